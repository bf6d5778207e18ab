"""Which RT belong to which kawasan, and where names and places do not agree."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import kawasan as kw
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.rt import RtMap
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Geometries,
    Ints,
    among,
    codes_in,
    records,
    source_rank,
    taken,
)
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw
from kotaku_geo.geo import cover
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.late import record

HALF = 0.5 - 1e-9
BY_ROW, BY_SURVEY, BY_PLACE = "baris", "profil", "lokasi"
_STRENGTH = {BY_ROW: 0, BY_SURVEY: 0, BY_PLACE: 1}


@record
class Overlaps:
    """RT polygons cut by kawasan outlines: one entry for each pair that shares an area.

    Attributes:
        rt, kawasan: positions in the RT map and in the kawasan table.
        shape: what they share.
        of_rt, of_kawasan: its share of either, 0 … 1.
    """

    rt: Ints
    kawasan: Ints
    shape: Geometries
    of_rt: Floats
    of_kawasan: Floats


@record
class Units:
    """The RT that are scored, sorted by id_rt.

    Attributes:
        table: id_rt, kode_kelurahan, rw, rt, kawasan (position, −1 for none), cara, surveyed,
            rt_source, rt_row, luas_gambar_ha (NaN without a drawing), geometry (RT ∩ kawasan; the
            whole RT where it belongs to none; None without a drawing).
        conflicts: RT that several kawasan claim.
    """

    table: gpd.GeoDataFrame
    conflicts: list[Conflict]


def overlaps(rt_map: RtMap, kawasan: kw.KawasanRows, workers: int) -> Overlaps:
    """What each RT of the map shares with each kawasan."""
    rts = rt_map.found.chosen.geometry.to_numpy()
    areas = kawasan.table.geometry.to_numpy()
    found = cover.pieces(rts, areas, least=1e-6, workers=workers)
    size = shapely.area(found.geometry)
    return Overlaps(
        found.target.astype(np.int64),
        found.feature.astype(np.int64),
        found.geometry,
        size / shapely.area(rts)[found.target],
        size / shapely.area(areas)[found.feature],
    )


def settle_by_place(
    kawasan: kw.KawasanRows, ambiguous: dict[str, list[str]], rt_map: RtMap, shared: Overlaps
) -> tuple[kw.KawasanRows, set[str]]:
    """Let the drawing tell which RT a kawasan row means whose name fits several.

    The one that overlaps the kawasan by half of either is meant.

    Returns:
        the kawasan with settled names, and the names that stay open.
    """
    keys = rt_map.found.chosen["key"].to_numpy(dtype=object)[shared.rt]
    half = (shared.of_rt >= HALF) | (shared.of_kawasan >= HALF)
    near = pd.DataFrame({"id": keys[half], "code": shared.kawasan[half]})
    names, unsettled = kawasan.names.reset_index(drop=True), set()
    for i in np.flatnonzero(among(names["id_rt"], list(ambiguous))):
        name, code = str(names["id_rt"].iloc[i]), names["code"].iloc[i]
        here = near.loc[near["code"] == code, "id"]
        fits = here[here.isin(ambiguous[name])]
        if len(fits) == 1:
            names.loc[i, "id_rt"] = fits.iloc[0]
        else:
            unsettled.add(name)
    return replace(kawasan, names=names), unsettled


def claims(
    survey: pd.DataFrame, rt_map: RtMap, kawasan: kw.KawasanRows, shared: Overlaps
) -> pd.DataFrame:
    """Who claims which RT: id_rt, code, cara, source_id, of_rt, of_kawasan.

    Named are the RT of a kawasan's own row and those whose survey row names it. By place belong
    those that overlap by at least half of either: to a kawasan that nobody names an RT of, and RT
    that were surveyed without a name to any kawasan that names no RT in its own rows.

    Args:
        survey: rows with id_rt, nama_kawasan, kode_kelurahan (as written), source_id.
    """
    own = kawasan.names.assign(cara=BY_ROW)
    own["source_id"] = kawasan.rows["source_id"].to_numpy(dtype=object)[own["row"]]
    matches = kw.find_named(kawasan, survey["nama_kawasan"], survey["kode_kelurahan"])
    named = survey.iloc[matches["row"]][["id_rt", "source_id"]].assign(
        code=matches["code"].to_numpy(), cara=BY_SURVEY
    )
    told = pd.concat([own[["id_rt", "code", "cara", "source_id"]], named], ignore_index=True)
    placed = _by_place(told, own, survey, rt_map, shared)
    every = pd.concat([told, placed], ignore_index=True)
    every = every[every["id_rt"].notna()].astype({"code": np.int64})
    return _with_shares(every, rt_map, shared)


def units(
    every: pd.DataFrame,
    survey: pd.DataFrame,
    rt_map: RtMap,
    kawasan: kw.KawasanRows,
    shared: Overlaps,
    pipeline: Pipeline,
    homes: Mapping[str, str] | None = None,
) -> Units:
    """Settle every RT on one kawasan and give it its drawing.

    Until an identity conflict is decided the strongest claim stands: a name before a place, then
    the source that ``policy.order`` puts first, then the larger shared area. ``homes``: id_rt → the
    id_kawasan that was decided.
    """
    strength = every["cara"].map(_STRENGTH).to_numpy(copy=True)
    if homes:
        ids = kawasan.table["id_kawasan"].to_numpy(dtype=object)[every["code"]]
        strength[(every["id_rt"].map(homes) == ids).to_numpy(dtype=bool)] = -1
    rank = source_rank(pipeline, every["source_id"], "batas.kawasan")
    size = every["of_kawasan"].fillna(0) + every["of_rt"].fillna(0)
    every = every.assign(strength=strength, rank=rank, size=-size).sort_values(
        ["id_rt", "strength", "rank", "size", "code"]
    )
    claimed = every.drop_duplicates(["id_rt", "code"])
    conflicts = _claim_conflicts(claimed, kawasan)
    settled = claimed.drop_duplicates("id_rt")
    ids = np.union1d(
        settled["id_rt"].to_numpy(dtype=str), survey["id_rt"].dropna().to_numpy(dtype=str)
    )
    table = pd.DataFrame({"id_rt": pd.Series(ids, dtype="str")})
    table = table.merge(settled[["id_rt", "code", "cara"]], how="left", on="id_rt")
    table["kawasan"] = table.pop("code").fillna(-1).astype(np.int64)
    table["surveyed"] = among(table["id_rt"], survey["id_rt"])
    table = _with_names(table, rt_map, survey, kawasan)
    return Units(_with_drawing(table, rt_map, shared), conflicts)


def report(
    every: pd.DataFrame,
    rt_map: RtMap,
    kawasan: kw.KawasanRows,
    shared: Overlaps,
    pipeline: Pipeline,
    findings: FindingBook,
) -> None:
    """Names that the place contradicts.

    Hardly any of the smaller lies in the other; or the RT lies in another kawasan for the most
    part, and would not belong to the named one by its place.
    """
    table = every[every["cara"] != BY_PLACE].drop_duplicates(["id_rt", "code", "cara"])
    on_map = among(table["id_rt"], rt_map.found.chosen["key"])
    larger = table[["of_rt", "of_kawasan"]].max(axis=1).fillna(0)
    far = larger < pipeline.verify.min_overlap
    elsewhere = (larger < HALF) & _lies_elsewhere(table, rt_map, shared)
    wrong = table.assign(far=far)[on_map & (far | elsewhere)].sort_values(["id_rt", "code"])
    ids = kawasan.table["id_kawasan"].to_numpy(dtype=object)
    shapes = kawasan.table.geometry.to_numpy()
    for row in records(wrong):
        by_row = row.cara == BY_ROW and row.far
        place = _mostly_in(int(row.code), row.id_rt, by_row, rt_map, ids, shared)
        findings.add(
            "rt.contradicts-location",
            source_id=row.source_id,
            subject=ids[row.code] if by_row else row.id_rt,
            key=f"{row.id_rt}|{ids[row.code]}",
            value=place,
            geometry=shapes[row.code],
            tertulis=row.id_rt if by_row else f"kawasan {ids[row.code]}",
            letak=place,
        )


def _lies_elsewhere(told: pd.DataFrame, rt_map: RtMap, shared: Overlaps) -> Bools:
    """Whether at least half of each RT lies in another kawasan than the one it is told to."""
    half = shared.of_rt >= HALF
    keys = rt_map.found.chosen["key"].to_numpy(dtype=object)[shared.rt[half]]
    home = pd.DataFrame({"id_rt": keys, "home": shared.kawasan[half]})
    asked = told[["id_rt", "code"]].assign(place=np.arange(len(told)))
    pairs = asked.astype({"id_rt": object}).merge(home, on="id_rt")
    result = np.zeros(len(told), dtype=bool)
    result[pairs.loc[pairs["home"] != pairs["code"], "place"].to_numpy(dtype=np.int64)] = True
    return result


def _by_place(
    told: pd.DataFrame, own: pd.DataFrame, survey: pd.DataFrame, rt_map: RtMap, shared: Overlaps
) -> pd.DataFrame:
    half = (shared.of_rt >= HALF) | (shared.of_kawasan >= HALF)
    keys = rt_map.found.chosen["key"].to_numpy(dtype=object)[shared.rt]
    unnamed = ~among(keys, told["id_rt"])
    nobody_names = ~np.isin(shared.kawasan, told["code"].to_numpy(dtype=np.int64))
    no_own_names = ~np.isin(shared.kawasan, own["code"].to_numpy(dtype=np.int64))
    surveyed = among(keys, survey["id_rt"])
    fits = half & unnamed & (nobody_names | (no_own_names & surveyed))
    return pd.DataFrame(
        {"id_rt": keys[fits], "code": shared.kawasan[fits], "cara": BY_PLACE, "source_id": None}
    )


def _with_shares(every: pd.DataFrame, rt_map: RtMap, shared: Overlaps) -> pd.DataFrame:
    pairs = pd.DataFrame(
        {
            "id_rt": rt_map.found.chosen["key"].to_numpy(dtype=object)[shared.rt],
            "code": shared.kawasan,
            "of_rt": shared.of_rt,
            "of_kawasan": shared.of_kawasan,
        }
    )
    return every.astype({"id_rt": object}).merge(pairs, how="left", on=["id_rt", "code"])


def _claim_conflicts(claimed: pd.DataFrame, kawasan: kw.KawasanRows) -> list[Conflict]:
    ids = kawasan.table["id_kawasan"].to_numpy(dtype=object)
    sources = kawasan.table["source_id"].to_numpy(dtype=object)
    doubled = claimed[claimed["id_rt"].duplicated(keep=False)]
    conflicts = []
    for id_rt, group in doubled.groupby("id_rt", sort=True):
        candidates = [
            Candidate(
                r.source_id if isinstance(r.source_id, str) else sources[r.code], None,
                value=ids[r.code], extra={"cara": r.cara},
            )
            for r in records(group)
        ]  # fmt: skip
        conflicts.append(Conflict("identitas", str(id_rt), "id_kawasan", candidates, None, True))
    return conflicts


def _with_names(
    table: pd.DataFrame, rt_map: RtMap, survey: pd.DataFrame, kawasan: kw.KawasanRows
) -> pd.DataFrame:
    columns = ["id_rt", "kode_kelurahan", "rw", "rt"]
    surveyed = survey.assign(kode_kelurahan=survey["kelurahan_rt"])
    known = pd.concat([rt_map.register[columns], surveyed[columns], kawasan.names[columns]])
    known = known.dropna(subset=["id_rt"]).drop_duplicates("id_rt")
    return table.merge(known, how="left", on="id_rt")


def _with_drawing(table: pd.DataFrame, rt_map: RtMap, shared: Overlaps) -> gpd.GeoDataFrame:
    chosen = rt_map.found.chosen
    place = codes_in(table["id_rt"], chosen["key"])
    drawn = place >= 0
    geometry = np.full(len(table), None, dtype=object)
    whole = drawn & (table["kawasan"].to_numpy() < 0)
    geometry[whole] = chosen.geometry.to_numpy()[place[whole]]
    pairs = pd.MultiIndex.from_arrays([shared.rt, shared.kawasan])
    asked = pd.MultiIndex.from_arrays([place, table["kawasan"].to_numpy()])
    cut = pairs.get_indexer(asked)
    inside = drawn & ~whole & (cut >= 0)
    geometry[inside] = shared.shape[cut[inside]]
    table["rt_source"] = taken(chosen["source_id"], place)
    table["rt_row"] = taken(chosen["source_row"], place)
    crs = chosen.crs
    area = geodesic_ha(geometry, crs) if drawn.any() else np.zeros(len(table))
    table["luas_gambar_ha"] = np.where(area > 0, area, np.nan)
    return draw(table, geometry, crs)


def _mostly_in(
    code: int, id_rt: str, by_row: bool, rt_map: RtMap, ids: Geometries, shared: Overlaps
) -> str:
    """Where a wrongly named kawasan, or RT, lies for the most part."""
    keys = rt_map.found.chosen["key"].to_numpy(dtype=object)
    if by_row:
        here = np.flatnonzero(shared.kawasan == code)
        best = here[np.argsort(-shared.of_kawasan[here], kind="stable")][:1]
        return str(keys[shared.rt[best[0]]]) if len(best) else "–"
    here = np.flatnonzero(keys[shared.rt] == id_rt)
    best = here[np.argsort(-shared.of_rt[here], kind="stable")][:1]
    return str(ids[shared.kawasan[best[0]]]) if len(best) else "–"
