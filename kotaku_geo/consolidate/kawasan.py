"""Which kawasan there are: rows grouped by id, by name, or by RT, and one outline each."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import boundaries, rt
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import shape_digest, slugs
from kotaku_geo.consolidate.tables import joined, source_rank, strongest_text
from kotaku_geo.late import record

PLACELESS = "tanpa-kelurahan"


@record
class KawasanRows:
    """The kawasan and the rows that draw them.

    Attributes:
        rows: rows of layer ``kawasan`` with column ``key`` (id_kawasan) and ``code`` (position in
            ``table``).
        names: RT that the rows name: row, kode_kelurahan, rw, rt, id_rt, code.
        table: one row a kawasan, sorted by id_kawasan: id_kawasan, nama_kawasan, slug,
            kode_kelurahan (``;``-joined), source_id, source_row, geometry.
        found: what each source draws.
        conflicts: names that fit several kawasan.
    """

    rows: gpd.GeoDataFrame
    names: pd.DataFrame
    table: gpd.GeoDataFrame
    found: boundaries.Outlines
    conflicts: list[Conflict]

    @property
    def size(self) -> int:
        """How many kawasan."""
        return len(self.table)


def build(
    rows: gpd.GeoDataFrame, names: rt.Resolved, pipeline: Pipeline,
    outlines: Mapping[str, str] | None = None, meant: Mapping[str, str] | None = None,
) -> KawasanRows:  # fmt: skip
    """Group the rows of layer ``kawasan`` and take the strongest outline of each group.

    Args:
        rows: the layer's.
        names: RT that the rows name.
        pipeline: says who is the strongest.
        outlines: id_kawasan → the source whose outline was chosen.
        meant: name that fits several kawasan → the id_kawasan that was meant.
    """
    rows = rows.assign(rt_ids=_named_rt(names.names, len(rows)), slug=slugs(rows["nama_kawasan"]))
    keys, conflicts = _keys(rows, meant or {})
    rows = rows.assign(key=keys)
    found = boundaries.outlines(rows, pipeline, "kawasan", outlines)
    ids = found.chosen["key"]
    code = pd.Index(ids).get_indexer(rows["key"]).astype(np.int64)
    rows = rows.assign(code=code)
    rank = source_rank(pipeline, rows["source_id"], "batas.kawasan")
    table = found.chosen[["source_id", "source_row", "geometry"]].assign(
        id_kawasan=ids.to_numpy(dtype=object),
        nama_kawasan=strongest_text(rows["nama_kawasan"], code, rank, len(ids)),
        slug=strongest_text(rows["slug"], code, rank, len(ids)),
        kode_kelurahan=joined(rows["kode_kelurahan"], code, len(ids)),
    )
    named = names.names.assign(code=code[names.names["row"].to_numpy(dtype=np.int64)])
    return KawasanRows(rows, named[named["id_rt"].notna()], table, found, conflicts)


def _named_rt(names: pd.DataFrame, size: int) -> pd.Series:
    """RT ids that each row names, joined by ``+``; null where none."""
    return pd.Series(joined(names["id_rt"], names["row"].to_numpy(dtype=np.int64), size)).astype(
        "str"
    )


def _keys(rows: gpd.GeoDataFrame, meant: Mapping[str, str]) -> tuple[pd.Series, list[Conflict]]:
    """Id of the kawasan that each row is of, and the rows whose name fits several."""
    given = rows["id_kawasan"].astype("str")
    place = rows["kode_kelurahan"].fillna(slugs(rows["nama_kelurahan"])).fillna(PLACELESS)
    by_name = place + "-" + rows["slug"]
    by_rt = rows["rt_ids"].str.replace(";", "+", regex=False)
    keys = given.copy()
    for label in (by_name, by_rt):
        named = keys.isna() & label.isin(list(meant))
        keys = keys.mask(named, label.map(meant).astype("str"))
    keys, unclear = _adopted(keys, by_name)
    keys = keys.fillna(by_name)
    keys, unclear_rt = _adopted(keys, by_rt)
    keys = keys.fillna(by_rt)
    nameless = keys.isna()
    keys[nameless] = [
        f"{where}-{shape_digest(shape)[:8]}" if shape is not None else None
        for where, shape in zip(place[nameless], rows.geometry[nameless], strict=True)
    ]
    return keys, _unclear_names(rows, keys, {**unclear, **unclear_rt})


def _adopted(keys: pd.Series, label: pd.Series) -> tuple[pd.Series, dict[str, list[str]]]:
    """Give rows without a key that of the one kawasan which bears the same label.

    Returns also the labels that several kawasan bear, for rows that have nothing better.
    """
    known = pd.DataFrame({"label": label, "key": keys}).dropna().drop_duplicates()
    count = known.groupby("label")["key"].agg(["size", "first"])
    waiting = keys.isna() & label.notna()
    single = count.loc[count["size"] == 1, "first"]
    keys = keys.mask(waiting, label.map(single)).astype("str")
    several = set(label[waiting & keys.isna()]) & set(count.index[count["size"] > 1])
    fits = known[known["label"].isin(several)].groupby("label")["key"].agg(sorted)
    return keys, {str(name): list(ids) for name, ids in fits.items()}


def _unclear_names(
    rows: gpd.GeoDataFrame, keys: pd.Series, unclear: dict[str, list[str]]
) -> list[Conflict]:
    conflicts = []
    for label, ids in sorted(unclear.items()):
        own = rows[keys == label]
        for_row = own.iloc[0] if len(own) else None
        if for_row is None:
            continue
        candidates = [Candidate(str(for_row["source_id"]), None, value=i) for i in ids]
        conflicts.append(Conflict("identitas", label, "id_kawasan", candidates, None, True))
    return conflicts


def find_named(kawasan: KawasanRows, names: pd.Series, kode: pd.Series) -> pd.DataFrame:
    """The kawasan that survey rows name.

    By id; else by name within the row's kelurahan; else by a name that is the only one in the
    city.

    Returns:
        one row a match: row (position in ``names``), code (position in the kawasan table). A name
        that fits several has several rows; one that fits none has no row.
    """
    by_id, local, anywhere = _named_places(kawasan.table)
    known = np.flatnonzero(names.notna())
    asked = names.iloc[known]
    words = zip(known.tolist(), asked, slugs(asked), kode.iloc[known], strict=True)
    found = [
        (row, code)
        for row, name, slug, where in words
        for code in sorted(
            by_id.get(name.strip().casefold())
            or local.get((slug, None if pd.isna(where) else where))
            or anywhere.get(slug, set())
        )
    ]
    return pd.DataFrame(found, columns=["row", "code"], dtype=np.int64)


def _named_places(
    table: pd.DataFrame,
) -> tuple[dict[str, set[int]], dict[tuple[str, str | None], set[int]], dict[str, set[int]]]:
    """Positions of the kawasan by id, by slug and kelurahan (None: of none), and by slug alone."""
    by_id: dict[str, set[int]] = {}
    local: dict[tuple[str, str | None], set[int]] = {}
    anywhere: dict[str, set[int]] = {}
    rows = zip(table["id_kawasan"], table["slug"], table["kode_kelurahan"], strict=True)
    for code, (own_id, slug, kode) in enumerate(rows):
        by_id.setdefault(own_id.casefold(), set()).add(code)
        if pd.isna(slug):
            continue
        anywhere.setdefault(slug, set()).add(code)
        for one in [None] if pd.isna(kode) else kode.split(";"):
            local.setdefault((slug, one), set()).add(code)
    return by_id, local, anywhere
