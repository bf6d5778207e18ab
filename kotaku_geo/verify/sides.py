"""The two sides that are compared: SK locations, made of rows, and the kawasan of the baseline."""

import hashlib
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import Geometries, Ints, polygonal, union_by
from kotaku_geo.late import record
from kotaku_geo.regulation import LEVELS, load
from kotaku_geo.stage import StageContext
from kotaku_geo.texts import number
from kotaku_geo.verify import names
from kotaku_geo.verify.crs import city_crs
from kotaku_geo.verify.written import Written, written_hectares

UNKNOWN_REGULATION = "unknown"
_EPS_HA = 1e-9
_TEXT = ["nama_lokasi", "id_sk", "tingkat_sk", "kode_kelurahan", "nama_kelurahan", "rt", "rw",
         "daftar_rt", "nomor_sk", "tanggal_sk", "source_id"]  # fmt: skip


@record
class Side:
    """Places of one side, sorted by id.

    Attributes:
        frame: one row a place, index 0 … n-1: id, nama, kunci (bare name), kode_kelurahan,
            nama_kelurahan, tingkat, regulation, accuracy_m, source_id.
        geometry: its polygons, object array (n,); empty for a place without.
        rt: the RTs it names (`names.RT_COLUMNS`; ``place`` is the row of ``frame``).
    """

    frame: pd.DataFrame
    geometry: Geometries
    rt: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def ids(self) -> NDArray[np.object_]:
        """The ids, object array (n,)."""
        return self.frame["id"].to_numpy(dtype=object)

    @cached_property
    def sources(self) -> list[str | None]:
        """The source of each place."""
        sources: list[str | None] = self.frame["source_id"].tolist()
        return sources

    def take(self, keep: Ints) -> "Side":
        """The places at these (sorted) positions."""
        position = pd.Series(np.arange(len(keep)), index=keep)
        rt = self.rt[self.rt["place"].isin(keep)]
        rt = rt.assign(place=position.reindex(rt["place"]).to_numpy(np.int64))
        frame = self.frame.iloc[keep].reset_index(drop=True)
        return Side(frame, self.geometry[keep], rt.reset_index(drop=True))


@record
class Decreed(Side):
    """The SK side, which also says what the decree writes.

    Attributes:
        rows: the delivered rows with ``place``; table rows that describe a drawn place too.
        written: written hectares of each place, as far as rows and drawn polygons tell.
    """

    rows: pd.DataFrame
    written: Written


def decreed(ctx: StageContext) -> tuple[Decreed, Decreed]:
    """SK locations that are drawn, and those that stand in tables only.

    A table row that describes a drawn location gives it what its own rows leave open.
    """
    rows = _rows(ctx)
    kelurahan = _kelurahan_keys(rows)
    rows["place_key"] = _place_keys(rows, kelurahan)
    rows["rt_key"] = _rt_keys(rows, kelurahan)
    rows["key"] = _keys(rows, kelurahan)
    drawn = rows[rows["drawn"]]
    table = rows[~rows["drawn"]]
    described = _described(drawn, table)
    lent = table[described.notna()].assign(key=described[described.notna()])
    return _side(drawn, lent, ctx), _side(table[described.isna()], None, ctx)


def baseline(ctx: StageContext) -> Side:
    """The kawasan of the baseline."""
    if not ctx.has("consolidate/kawasan"):
        return Side(pd.DataFrame(columns=_FRAME, dtype=object), np.empty(0, object), _no_rt())
    table = ctx.read_geo("consolidate/kawasan", _KAWASAN)
    table = table.sort_values("id_kawasan", ignore_index=True)
    source = _column(table, "source_id")
    reported = _column(table, "kelengkapan") == "tanpa_data"
    own = pd.Series(ctx.pipeline.regulation, index=table.index, dtype=object)
    stated = source.map(_regulations(ctx)).astype(object)
    accuracy = pd.to_numeric(_column(table, "accuracy_m")).fillna(ctx.pipeline.verify.accuracy_m)
    frame = pd.DataFrame(
        {
            "id": table["id_kawasan"].astype(object),
            "nama": _none(table["nama_kawasan"]),
            "kunci": names.bares(table["nama_kawasan"]),
            "kode_kelurahan": table["kode_kelurahan"].astype(object),
            "nama_kelurahan": _column(table, "nama_kelurahan"),
            "tingkat": _none(table["tingkat"]),
            # Only a reported level comes from a source; what is recomputed is of the pipeline's.
            "regulation": stated.where(reported & stated.notna(), own),
            "accuracy_m": accuracy.astype(float),
            "source_id": source,
        }
    )
    rt = names.rt_of_ids(_column(table, "daftar_rt"))
    frame["nama"] = _display_names(frame["nama"], frame, rt)
    return Side(frame, polygonal(np.array(table.geometry, dtype=object)), rt)


_FRAME = ["id", "nama", "kunci", "kode_kelurahan", "nama_kelurahan", "tingkat", "regulation",
          "accuracy_m", "source_id"]  # fmt: skip


_KAWASAN = ["id_kawasan", "nama_kawasan", "kode_kelurahan", "nama_kelurahan", "daftar_rt",
            "tingkat", "kelengkapan", "accuracy_m", "source_id", "geometry"]  # fmt: skip
_DECREE = ["nama_lokasi", "nomor_sk", "tanggal_sk"]


def _no_rt() -> pd.DataFrame:
    return pd.DataFrame(columns=names.RT_COLUMNS, dtype=object).astype({"place": np.int64})


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(None, index=frame.index, dtype=object)
    return _none(frame[name])


def _none(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), None)


def _regulations(ctx: StageContext) -> dict[str, str]:
    default = ctx.pipeline.regulation
    return {s.id: s.regulation or default for s in ctx.pipeline.sources}


def _accuracies(ctx: StageContext) -> dict[str, float]:
    return {s.id: s.accuracy for s in ctx.pipeline.sources if s.accuracy is not None}


def _rows(ctx: StageContext) -> pd.DataFrame:
    """Rows of both SK layers with their drawn hectares, level and what it was judged under."""
    frames = []
    for table, drawn in (("ingest/sk", True), ("ingest/sk_tabel", False)):
        if ctx.has(table):
            frame = ctx.read_geo(table) if drawn else ctx.read(table)
            frames.append(_delivered(frame, drawn, ctx))
    if not frames:
        return _delivered(pd.DataFrame(), False, ctx)
    rows = pd.concat(frames, ignore_index=True)
    order = ["source_id", "id_sk", "nama_lokasi", "kode_kelurahan", "rt", "rw", "daftar_rt"]
    alike = rows.duplicated(order, keep=False)
    rows["hash"] = _content(rows, alike)  # decides between rows that are alike in all else
    return rows.sort_values([*order, "hash"], kind="stable", ignore_index=True)


def _delivered(frame: pd.DataFrame, drawn: bool, ctx: StageContext) -> pd.DataFrame:
    rows = pd.DataFrame({name: _column(frame, name) for name in _TEXT}, index=frame.index)
    given = rows["id_sk"].astype(object).str.strip().str.replace(";", ",")
    rows["id_sk"] = _none(given.where(given != ""))
    for name in ("luas_sk_ha", "skor_sk"):
        rows[name] = pd.to_numeric(_column(frame, name)).astype(float)
    geometry = np.full(len(frame), shapely.Polygon(), dtype=object)
    if isinstance(frame, gpd.GeoDataFrame) and drawn:
        geometry = polygonal(np.array(frame.geometry, dtype=object))
    rows["geometry"] = geometry
    rows["drawn_ha"] = geodesic_ha(geometry, city_crs(ctx))
    rows["drawn"] = rows["drawn_ha"] > 0
    rows["accuracy_m"] = rows["source_id"].map(_accuracies(ctx)).astype(float)
    rows["accuracy_m"] = rows["accuracy_m"].fillna(ctx.pipeline.verify.accuracy_m)
    rows["regulation"] = rows["source_id"].map(_regulations(ctx)).astype(object)
    rows["regulation"] = rows["regulation"].fillna(ctx.pipeline.regulation)
    rows["tingkat"] = _levels(rows)
    return rows.astype(dict.fromkeys(_TEXT, object))


def _levels(rows: pd.DataFrame) -> pd.Series:
    """The level that is written, else that of the written score under its own regulation."""
    level = _none(rows["tingkat_sk"])
    for regulation in sorted(set(rows["regulation"]) - {UNKNOWN_REGULATION}):
        scored = level.isna() & rows["skor_sk"].notna() & (rows["regulation"] == regulation)
        level[scored] = load(regulation).level_of(rows.loc[scored, "skor_sk"].to_numpy())
    return level


def _content(rows: pd.DataFrame, chosen: pd.Series) -> pd.Series:
    """A hash of each row's outline to the centimetre, or of its text where it has none.

    Rows that are not ``chosen`` have none: few need one, and it costs more than all their texts.
    """
    hashes = pd.Series(None, index=rows.index, dtype=object)
    if chosen.any():
        hashes[chosen] = _hashes(rows[chosen])
    return hashes


def _hashes(rows: pd.DataFrame) -> list[str]:
    outline = shapely.normalize(shapely.set_precision(rows["geometry"].to_numpy(), 0.01))
    bytes_ = shapely.to_wkb(outline)
    text = ["|".join(map(str, row)) for row in rows[[*_TEXT, "luas_sk_ha"]].to_numpy(object)]
    return [
        hashlib.sha256(t.encode() if shape.is_empty else b).hexdigest()[:8]
        for shape, b, t in zip(outline, bytes_, text, strict=True)
    ]


def _kelurahan_keys(rows: pd.DataFrame) -> pd.Series:
    return rows["kode_kelurahan"].fillna(names.spellings(rows["nama_kelurahan"])).astype(object)


def _place_keys(rows: pd.DataFrame, kelurahan: pd.Series) -> pd.Series:
    """Kelurahan and name; None where there is no name."""
    return _joined_keys(kelurahan, names.spellings(rows["nama_lokasi"]))


def _rt_keys(rows: pd.DataFrame, kelurahan: pd.Series) -> pd.Series:
    """Kelurahan and RTs; None where either is missing."""
    table = names.rt_of_rows(rows.assign(kode_kelurahan=kelurahan))
    label = "RW" + table["rw"].fillna(names.NO_RW).astype(str) + "-RT" + table["rt"].astype(str)
    return _joined_keys(kelurahan, _lists(label, table["place"], "+").reindex(rows.index))


def _keys(rows: pd.DataFrame, kelurahan: pd.Series) -> pd.Series:
    """What makes rows one location: id, else name and kelurahan, else kelurahan and RT."""
    key = rows["id_sk"].where(rows["id_sk"].notna(), rows["place_key"])
    key = key.where(key.notna(), rows["rt_key"])
    nameless = key.isna()
    rest = _joined_keys(kelurahan, _content(rows, nameless))
    return key.where(~nameless, rest).astype(object)


def _joined_keys(kelurahan: pd.Series, what: pd.Series) -> pd.Series:
    """``SK-<kelurahan>-<what>``; None where there is nothing of the kind."""
    texts = zip(kelurahan.fillna("X"), what, what.notna(), strict=True)
    keys = [f"SK-{place}-{text}" if known else None for place, text, known in texts]
    return pd.Series(keys, index=kelurahan.index, dtype=object)


def _lists(labels: pd.Series, places: pd.Series, sign: str) -> pd.Series:
    """The sorted labels of each place, joined."""
    members: dict[int, list[str]] = {}
    for place, label in zip(places.tolist(), labels.tolist(), strict=True):
        members.setdefault(place, []).append(label)
    lists = {place: sign.join(sorted(own)) for place, own in members.items()}
    return pd.Series(lists, dtype=object)


def _described(drawn: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Key of the drawn location that each table row describes; None where there is none.

    Compared by id, then name and kelurahan, then kelurahan and RT; what fits several locations
    describes none of them.
    """
    result = pd.Series(None, index=table.index, dtype=object)
    for column in ("id_sk", "place_key", "rt_key"):
        known = drawn[drawn[column].notna()].groupby(column)["key"].agg(["nunique", "first"])
        single = known.loc[known["nunique"] == 1, "first"]
        result = result.where(result.notna(), table[column].map(single).astype(object))
    return _none(result)


def _side(rows: pd.DataFrame, lent: pd.DataFrame | None, ctx: StageContext) -> Decreed:
    if rows.empty:
        frame = pd.DataFrame(columns=[*_FRAME, *_DECREE], dtype=object)
        nothing = Written(np.empty(0), np.empty(0))
        return Decreed(frame, np.empty(0, object), _no_rt(), rows.assign(place=0), nothing)
    ids = np.array(sorted(rows["key"].unique()), dtype=object)
    place = pd.Index(ids).get_indexer(rows["key"])
    rows = rows.assign(place=place.astype(np.int64)).reset_index(drop=True)
    geometry = union_by(rows["geometry"].to_numpy(), rows["place"].to_numpy(), len(ids))
    frame = _attributes(rows, ids)
    written = written_hectares(rows, geodesic_ha(geometry, city_crs(ctx)))
    rt = names.rt_of_rows(rows)
    rt["place"] = rows["place"].to_numpy()[rt["place"].to_numpy()]
    if lent is not None and len(lent):
        lent = lent.assign(place=pd.Index(ids).get_indexer(lent["key"])).reset_index(drop=True)
        by_table = _attributes(lent, ids)
        table_ha = written_hectares(lent, geodesic_ha(geometry, city_crs(ctx)))
        _tell_contradictions(frame, by_table, written, table_ha, ctx.findings)
        frame = _supplemented(frame, by_table)
        written = written.filled(table_ha)
        more = names.rt_of_rows(lent)
        more["place"] = lent["place"].to_numpy()[more["place"].to_numpy()]
        rt = pd.concat([rt, more[~more["place"].isin(rt["place"])]], ignore_index=True)
        rows = pd.concat([rows, lent], ignore_index=True)
    rt = rt.drop_duplicates(ignore_index=True)
    frame["nama"] = _display_names(frame["nama_lokasi"], frame, rt)
    return Decreed(frame, geometry, rt, rows, written)


def _attributes(rows: pd.DataFrame, ids: NDArray[np.object_]) -> pd.DataFrame:
    """What the rows of each location say together; None where none of them says it."""
    index = pd.RangeIndex(len(ids))
    levels = {level: n for n, level in enumerate(LEVELS)}
    worst = rows["tingkat"].map(levels).groupby(rows["place"]).max().reindex(index)
    judged = rows[rows["tingkat"].notna()].groupby("place")["regulation"].agg(["nunique", "min"])
    regulation = judged["min"].where(judged["nunique"] == 1, UNKNOWN_REGULATION)
    frame = pd.DataFrame({"id": ids}, index=index)
    for column in ("nama_lokasi", "nama_kelurahan", "source_id", "nomor_sk", "tanggal_sk"):
        frame[column] = _first(rows, column, index)
    frame["kunci"] = names.bares(frame["nama_lokasi"])
    frame["kode_kelurahan"] = _codes(rows, index)
    frame["tingkat"] = _none(worst.map(dict(enumerate(LEVELS))))
    frame["regulation"] = _none(regulation.reindex(index))
    frame["accuracy_m"] = rows.groupby("place")["accuracy_m"].max().reindex(index).astype(float)
    return frame


def _first(rows: pd.DataFrame, column: str, index: pd.RangeIndex) -> pd.Series:
    """The first in the alphabet of what a location's rows state: row order decides nothing."""
    known = rows[column].notna().to_numpy(bool)
    places, texts = (rows[name].to_numpy(object)[known].tolist() for name in ("place", column))
    first: dict[int, str] = {}
    for place, text in zip(places, texts, strict=True):
        first[place] = min(text, first.get(place, text))
    return pd.Series([first.get(place) for place in index], index=index, dtype=object)


def _codes(rows: pd.DataFrame, index: pd.RangeIndex) -> pd.Series:
    """The codes that a location's rows state, ``;``-joined."""
    stated: dict[int, list[str]] = {}
    for place, code in zip(rows["place"].tolist(), rows["kode_kelurahan"].tolist(), strict=True):
        stated.setdefault(place, []).append(code)
    codes = [names.joined(stated.get(place, ())) for place in index]
    return pd.Series(codes, index=index, dtype=object)


def _tell_contradictions(
    map_: pd.DataFrame, table: pd.DataFrame, map_ha: Written, table_ha: Written, book: FindingBook
) -> None:
    """Where the decree's table says other hectares or another level than its map does."""
    apart = np.abs(map_ha.hectares - table_ha.hectares)
    hectares = apart > np.maximum(map_ha.half_digit, table_ha.half_digit) + _EPS_HA
    both = map_["tingkat"].notna() & table["tingkat"].notna()
    levels = (both & (map_["tingkat"] != table["tingkat"])).to_numpy(dtype=bool)
    map_words, table_words = map_["tingkat"].tolist(), table["tingkat"].tolist()
    ids, sources = map_["id"].tolist(), table["source_id"].tolist()
    told = [
        (at, "luas", f"{number(map_ha.hectares[at])} ha", f"{number(table_ha.hectares[at])} ha")
        for at in np.flatnonzero(hectares).tolist()
    ]
    told += [
        (at, "tingkat", map_words[at], table_words[at]) for at in np.flatnonzero(levels).tolist()
    ]
    for at, what, on_map, in_table in told:
        book.add("sk.table-differs", subject=ids[at], key=f"{ids[at]}|{what}", apa=what,
                 source_id=sources[at], peta=on_map, tabel=in_table,
                 value=f"{on_map} ≠ {in_table}")  # fmt: skip


def _supplemented(frame: pd.DataFrame, lent: pd.DataFrame) -> pd.DataFrame:
    """Fill what a location's own rows leave open; a level brings its regulation with it."""
    result = frame.copy()
    levelled = frame["tingkat"].isna() & lent["tingkat"].notna()
    for column in ("nama_lokasi", "kunci", "nama_kelurahan", "kode_kelurahan", "nomor_sk",
                   "tanggal_sk"):  # fmt: skip
        result[column] = frame[column].where(frame[column].notna(), lent[column])
    for column in ("tingkat", "regulation"):
        result[column] = frame[column].mask(levelled, lent[column])
    return result


def _display_names(name: pd.Series, frame: pd.DataFrame, rt: pd.DataFrame) -> pd.Series:
    """The name, else kelurahan and RT, else the id."""
    label = "RT " + rt["rt"].astype(str)
    label += (" RW " + rt["rw"].astype(object)).where(rt["rw"].notna(), "").astype(str)
    lists = _lists(label, rt["place"], ", ").reindex(frame.index)
    place = (frame["nama_kelurahan"].fillna("") + " " + lists.fillna("")).str.strip()
    named = name.where(name.notna(), place)
    return named.where(named != "", frame["id"]).astype(object)
