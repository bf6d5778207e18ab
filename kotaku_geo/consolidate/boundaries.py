"""Several sources draw one thing: the strongest gives the outline, the others are compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import shape_digest
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Geometries,
    among,
    codes_in,
    floats,
    source_rank,
    typed,
)
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw
from kotaku_geo.geo import cover, parallel, similarity, tolerance
from kotaku_geo.geo.area import M2_PER_HA, geodesic_ha
from kotaku_geo.geo.grouping import collected, polygonal
from kotaku_geo.geo.uncertainty import area_uncertainty
from kotaku_geo.late import record
from kotaku_geo.texts import number

MATERIAL_PCT = 5.0  # of the area; contract §5, "Candidate, conflict, decision"
SAME_M2 = 1e-6
FIRST = -1  # before the strongest source
REDRAWN, REAL = "gambar_ulang", "beda_nyata"
# From the chosen outline to the other, and from the other to the chosen one.
DISPLACEMENT = ("geser_p50_m", "geser_p95_m", "geser_balik_p50_m", "geser_balik_p95_m")
PAIRS = {
    "kind": "str", "subject": "str", "source_id": "str", "source_row": "Int64",
    "source_id_lain": "str", "source_row_lain": "Int64", "luas_ha": "float64",
    "luas_lain_ha": "float64", "selisih_ha": "float64", "ketidakpastian_ha": "float64",
    "iou": "float64", **dict.fromkeys(DISPLACEMENT, "float64"), "beda_kotor_ha": "float64",
    "beda_ha": "float64", "beda_persen": "float64", "penilaian": "str",
}  # fmt: skip


@record
class Outlines:
    """What each source draws of each thing.

    Attributes:
        chosen: one row a thing, sorted by ``key``: key, source_id, source_row, geometry.
        drawn: one row a thing and source, sorted by key and rank: key, source_id, source_row,
            rank, geometry.
    """

    chosen: gpd.GeoDataFrame
    drawn: gpd.GeoDataFrame


@record
class Compared:
    """What the comparison of outlines found.

    Attributes:
        conflicts: things of which an outline differs by more than redrawing.
        pairs: one row a chosen outline and another one of the same thing; columns of `PAIRS`,
            geometry what only one of them covers.
    """

    conflicts: list[Conflict]
    pairs: gpd.GeoDataFrame


def outlines(
    rows: gpd.GeoDataFrame, pipeline: Pipeline, kind: str, decided: Mapping[str, str] | None = None
) -> Outlines:
    """Outlines of the things that ``rows`` (key, source_id, source_row, geometry) draw.

    Rows of one source with one key are parts of one thing. ``kind`` is kelurahan, rt or kawasan;
    ``policy.order`` of ``batas.<kind>`` says who is the strongest, and before it ``decided``: key →
    the source (or ``source_id#source_row``) whose outline was chosen.
    """
    rows = rows[rows["key"].notna() & rows.geometry.notna()]
    rank = source_rank(pipeline, rows["source_id"], f"batas.{kind}")
    rank = np.where(means(rows, decided or {}), FIRST, rank)
    group = pd.DataFrame({"key": rows["key"].astype(object), "rank": rank})
    code = np.asarray(group.groupby(["key", "rank"], sort=True).ngroup(), dtype=np.int64)
    size = int(code.max(initial=-1)) + 1
    first = np.full(size, 0, dtype=np.intp)
    first[code[::-1]] = np.arange(len(code))[::-1]
    geometry = cover.union_by(rows.geometry.to_numpy(), code, size)
    said = {
        "key": rows["key"].to_numpy(dtype=object)[first],
        "source_id": rows["source_id"].to_numpy(dtype=object)[first],
        "source_row": rows["source_row"].to_numpy(dtype=object)[first],
        "rank": rank[first],
    }
    drawn = draw(pd.DataFrame(said), geometry, rows.crs)
    chosen = drawn.drop_duplicates("key").reset_index(drop=True)
    return Outlines(chosen, drawn)


def disagreements(
    found: Outlines, pipeline: Pipeline, kind: str, workers: int, keys: pd.Series | None = None
) -> Compared:
    """Compare the chosen outline of each thing with every other drawn one.

    ``keys`` restricts the comparison to things that matter.
    """
    drawn = found.drawn if keys is None else found.drawn[among(found.drawn["key"], keys)]
    place = codes_in(drawn["key"], found.chosen["key"])
    strong = found.chosen.iloc[place]
    other = (drawn["source_id"].to_numpy() != strong["source_id"].to_numpy()).nonzero()[0]
    if not len(other):
        return Compared([], pairs_table([], found.chosen.crs))
    strong, drawn = strong.iloc[other], drawn.iloc[other]
    accuracy = {s.id: s.accuracy or pipeline.verify.accuracy_m for s in pipeline.sources}
    blurs = [floats(side["source_id"].map(accuracy)) for side in (strong, drawn)]
    measured = _measured(strong, drawn, blurs, pipeline, workers)
    apart = drawn["key"][(measured["change"] > SAME_M2).to_numpy()]
    disputed = np.flatnonzero(among(drawn["key"], apart))
    conflicts = _conflicts(found, drawn.iloc[disputed], measured.iloc[disputed], kind)
    return Compared(conflicts, _pairs(strong, drawn, measured, kind))


def means(rows: pd.DataFrame, decided: Mapping[str, str]) -> Bools:
    """Whether each row (key, source_id, source_row) is what was chosen for its key."""
    result = np.zeros(len(rows), dtype=bool)
    if not decided:
        return result
    said = rows["key"].map(decided).to_numpy(dtype=object)
    asked = zip(said, rows["source_id"], rows["source_row"], strict=True)
    result[:] = [choice in (source, f"{source}#{row}") for choice, source, row in asked]
    return result


def report(
    conflicts: list[Conflict], findings: FindingBook, shape_of: Callable[[str], shapely.Geometry]
) -> None:
    """One finding for each undecided boundary conflict, with the outline that stands."""
    for conflict in conflicts:
        ours = conflict.candidates[0]
        most = max(conflict.candidates[1:], key=lambda c: c.extra["beda_ha"])
        findings.add(
            "conflict.boundary",
            subject=conflict.subject,
            key=conflict.conflict_id,
            value=number(conflict.spread),
            geometry=shape_of(conflict.subject),
            objek=f"{conflict.parameter.removeprefix('batas.')} {conflict.subject} "
            f"({ours.source_id}, {most.source_id})",
            luas=number(most.extra["beda_ha"]),
            persen=number(conflict.spread, 1),
        )


def pairs_table(tables: Sequence[gpd.GeoDataFrame], crs: Any) -> gpd.GeoDataFrame:
    """``consolidate/boundaries`` out of comparisons, sorted by kind, subject and source."""
    empty = pd.DataFrame(columns=[*PAIRS, "geometry"])
    every = pd.concat([t for t in tables if len(t)] or [empty], ignore_index=True)
    keys = ["kind", "subject", "source_id_lain", "source_row_lain"]
    every = every.sort_values(keys, ignore_index=True, kind="stable")
    return draw(typed(every, PAIRS), every["geometry"].to_numpy(dtype=object), crs)


def _measured(
    strong: gpd.GeoDataFrame, other: gpd.GeoDataFrame, blurs: Sequence[Floats],
    pipeline: Pipeline, workers: int,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Measures of each pair: those of `_Pair`, ± of their areas, and percent of the chosen one.

    Offices pass copies around: what is compared already is not compared again.
    """
    ours, theirs = strong.geometry.to_numpy(), other.geometry.to_numpy()
    tau = pipeline.verify.tolerance_k * np.hypot(*blurs)
    pairs = pd.DataFrame({"a": shapely.to_wkb(ours), "b": shapely.to_wkb(theirs), "tau": tau})
    back = pairs.groupby(["a", "b", "tau"], sort=False).ngroup().to_numpy()
    first = ~pairs.duplicated().to_numpy()
    least = pipeline.verify.min_piece_m2
    table = _compared(ours[first], theirs[first], tau[first], least, workers).iloc[back]
    spread = [area_uncertainty(g, b) for g, b in zip((ours, theirs), blurs, strict=True)]
    return table.assign(
        percent=100 * table["change"] / shapely.area(ours), plus_minus=np.hypot(*spread)
    ).reset_index(drop=True)


def _compared(
    ours: Geometries, theirs: Geometries, tau: Floats, least: float, workers: int
) -> gpd.GeoDataFrame:
    """Each pair: change (m² beyond tolerance), iou, displacement each way, and what differs."""
    removed, added = _difference(ours, theirs, workers), _difference(theirs, ours, workers)
    lost = tolerance.changed(removed, theirs, tau, least, workers=workers)
    gained = tolerance.changed(added, ours, tau, least, workers=workers)
    there, back = similarity.displacement_each_way(ours, theirs, workers=workers)
    parts, owner = shapely.get_parts(np.column_stack([removed, added]).ravel(), return_index=True)
    solid = shapely.area(parts) > 0
    table = {
        "change": shapely.area(lost) + shapely.area(gained),
        "iou": similarity.iou(ours, theirs, workers=workers),
        **dict(zip(DISPLACEMENT, (*there, *back), strict=True)),
    }
    shapes = collected(parts[solid], owner[solid] // 2, len(ours))
    return draw(pd.DataFrame(table), shapes, None)


def _pairs(
    strong: gpd.GeoDataFrame, other: gpd.GeoDataFrame, measured: gpd.GeoDataFrame, kind: str
) -> gpd.GeoDataFrame:
    crs, changed = strong.crs, (measured["change"] > SAME_M2).to_numpy()
    ours, theirs = (geodesic_ha(t.geometry.to_numpy(), crs) for t in (strong, other))
    shapes = measured.geometry.to_numpy()
    rows = pd.DataFrame(
        {
            "kind": kind,
            "subject": strong["key"].to_numpy(dtype=object),
            "source_id": strong["source_id"].to_numpy(dtype=object),
            "source_row": strong["source_row"].to_numpy(dtype=object),
            "source_id_lain": other["source_id"].to_numpy(dtype=object),
            "source_row_lain": other["source_row"].to_numpy(dtype=object),
            "luas_ha": ours,
            "luas_lain_ha": theirs,
            "selisih_ha": theirs - ours,
            "ketidakpastian_ha": measured["plus_minus"] / M2_PER_HA,
            **{name: measured[name] for name in ("iou", *DISPLACEMENT)},
            "beda_kotor_ha": geodesic_ha(shapes, crs),
            "beda_ha": measured["change"] / M2_PER_HA,
            "beda_persen": measured["percent"],
            "penilaian": np.where(changed, REAL, REDRAWN),
        }
    )
    return draw(rows, shapes, crs)


def _difference(left: Geometries, right: Geometries, workers: int) -> Geometries:
    return polygonal(parallel.map_arrays(shapely.difference, left, right, workers=workers))


def _conflicts(
    found: Outlines, apart: gpd.GeoDataFrame, measured: pd.DataFrame, kind: str
) -> list[Conflict]:
    """A conflict for each thing in dispute, with every outline of it: any of them may be chosen,
    also one that by itself would be redrawing."""
    strong = found.chosen[among(found.chosen["key"], apart["key"])]
    ours = dict(zip(strong["key"], _drawn(strong, [{}] * len(strong)), strict=True))
    theirs: dict[str, list[Candidate]] = {}
    for key, candidate in zip(apart["key"], _drawn(apart, _measures(measured)), strict=True):
        theirs.setdefault(key, []).append(candidate)
    spreads = measured.groupby(apart["key"].to_numpy(), sort=True)["percent"].max()
    return [
        Conflict(
            "batas", key, f"batas.{kind}", [ours[key], *theirs[key]], spread, spread > MATERIAL_PCT
        )
        for key, spread in zip(map(str, spreads.index), spreads.tolist(), strict=True)
    ]


def _measures(measured: pd.DataFrame) -> list[dict[str, float]]:
    """How far each outline is from the chosen one."""
    told = {
        "iou": measured["iou"].round(4),
        "beda_ha": (measured["change"] / M2_PER_HA).round(4),
        "beda_persen": measured["percent"].round(2),
        "ketidakpastian_ha": (measured["plus_minus"] / M2_PER_HA).round(4),
        **{name: measured[name].round(2) for name in DISPLACEMENT},
    }
    values = zip(*(column.tolist() for column in told.values()), strict=True)
    return [dict(zip(told, row, strict=True)) for row in values]


def _drawn(outlines: gpd.GeoDataFrame, measures: Sequence[dict[str, float]]) -> list[Candidate]:
    """A candidate of each outline. Plain lists: a frame for each thing would cost far more."""
    shapes = outlines.geometry.to_numpy()
    hectares = geodesic_ha(shapes, outlines.crs).tolist()
    rows = zip(
        outlines["source_id"], outlines["source_row"], hectares, measures, shapes, strict=True
    )
    return [
        Candidate(source, _row(row), value=ha, extra=extra, proof=shape_digest(shape))
        for source, row, ha, extra, shape in rows
    ]


def _row(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
