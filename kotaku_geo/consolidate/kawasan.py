"""Which kawasan there are: rows grouped by id, by name, or by RT, and one outline each."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import boundaries, rt
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import shape_digest, slugs
from kotaku_geo.consolidate.tables import joined, source_rank, strongest_text

PLACELESS = "tanpa-kelurahan"


@dataclass(frozen=True)
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


def build(rows: gpd.GeoDataFrame, names: rt.Resolved, pipeline: Pipeline) -> KawasanRows:
    """Group the rows of layer ``kawasan`` and take the strongest outline of each group."""
    rows = rows.assign(rt_ids=_named_rt(names.names, len(rows)), slug=slugs(rows["nama_kawasan"]))
    keys, conflicts = _keys(rows)
    rows = rows.assign(key=keys)
    found = boundaries.outlines(rows, pipeline, "kawasan")
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


def _keys(rows: gpd.GeoDataFrame) -> tuple[pd.Series, list[Conflict]]:
    """Id of the kawasan that each row is of, and the rows whose name fits several."""
    given = rows["id_kawasan"].astype("str")
    place = rows["kode_kelurahan"].fillna(slugs(rows["nama_kelurahan"])).fillna(PLACELESS)
    by_name = place + "-" + rows["slug"]
    by_rt = rows["rt_ids"].str.replace(";", "+", regex=False)
    keys = given.copy()
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
    table = kawasan.table.reset_index(drop=True)
    asked = pd.DataFrame(
        {"name": names.to_numpy(dtype=object), "kode": kode.to_numpy(dtype=object)}
    )
    asked = asked.assign(row=np.arange(len(asked)), slug=slugs(asked["name"])).dropna(
        subset=["name"]
    )
    asked["id"] = asked["name"].str.strip().str.casefold()
    ids = pd.DataFrame({"id": table["id_kawasan"].str.casefold(), "code": table.index})
    by_id = asked.merge(ids, on="id")
    own = table[["slug"]].assign(code=table.index, kode=table["kode_kelurahan"].str.split(";"))
    own = own.dropna(subset=["slug"])
    rest = asked[~asked["row"].isin(by_id["row"])]
    local = rest.merge(own.explode("kode"), on=["slug", "kode"])
    rest = rest[~rest["row"].isin(local["row"])]
    anywhere = rest.merge(own[["slug", "code"]], on="slug")
    found = pd.concat([by_id, local, anywhere], ignore_index=True)[["row", "code"]]
    return found.drop_duplicates().sort_values(["row", "code"], ignore_index=True)
