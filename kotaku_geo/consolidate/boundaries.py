"""Several sources draw one thing: the strongest gives the outline, the others are compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import shape_digest
from kotaku_geo.consolidate.tables import Bools, Floats, Geometries, among, floats, source_rank
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import cover, parallel, similarity, tolerance
from kotaku_geo.geo.area import M2_PER_HA, geodesic_ha
from kotaku_geo.geo.grouping import polygonal
from kotaku_geo.texts import number

MATERIAL_PCT = 5.0  # of the area; contract §5, "Candidate, conflict, decision"
SAME_M2 = 1e-6
FIRST = -1  # before the strongest source


@dataclass(frozen=True)
class Outlines:
    """What each source draws of each thing.

    Attributes:
        chosen: one row a thing, sorted by ``key``: key, source_id, source_row, geometry.
        drawn: one row a thing and source, sorted by key and rank: key, source_id, source_row,
            rank, geometry.
    """

    chosen: gpd.GeoDataFrame
    drawn: gpd.GeoDataFrame


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
    drawn = gpd.GeoDataFrame(
        {
            "key": rows["key"].to_numpy(dtype=object)[first],
            "source_id": rows["source_id"].to_numpy(dtype=object)[first],
            "source_row": rows["source_row"].to_numpy(dtype=object)[first],
            "rank": rank[first],
        },
        geometry=geometry,
        crs=rows.crs,
    )
    chosen = drawn.drop_duplicates("key").reset_index(drop=True)
    return Outlines(chosen, drawn)


def disagreements(
    found: Outlines, pipeline: Pipeline, kind: str, workers: int, keys: pd.Series | None = None
) -> list[Conflict]:
    """Conflicts between the chosen outline of each thing and every other drawn one.

    ``keys`` restricts the comparison to things that matter.
    """
    drawn = found.drawn if keys is None else found.drawn[among(found.drawn["key"], keys)]
    other = drawn[drawn.duplicated("key")]
    if other.empty:
        return []
    place = pd.Index(found.chosen["key"]).get_indexer(other["key"])
    strong = found.chosen.iloc[place]
    accuracy = {s.id: s.accuracy or pipeline.verify.accuracy_m for s in pipeline.sources}
    blur = np.hypot(*(floats(side["source_id"].map(accuracy)) for side in (strong, other)))
    tau = pipeline.verify.tolerance_k * blur
    shapes = strong.geometry.to_numpy(), other.geometry.to_numpy()
    change, iou = _compared(*shapes, tau, pipeline.verify.min_piece_m2, workers)
    measured = other.assign(
        percent=100 * change / shapely.area(shapes[0]), iou=iou, change_ha=change / M2_PER_HA
    )
    return _conflicts(found, measured[change > SAME_M2], kind)


def means(rows: pd.DataFrame, decided: Mapping[str, str]) -> Bools:
    """Whether each row (key, source_id, source_row) is what was chosen for its key."""
    result = np.zeros(len(rows), dtype=bool)
    if not decided:
        return result
    said = rows["key"].map(decided).to_numpy(dtype=object)
    asked = zip(said, rows["source_id"], rows["source_row"], strict=True)
    result[:] = [choice in (source, f"{source}#{row}") for choice, source, row in asked]
    return result


def difference_beyond(
    ours: Geometries, theirs: Geometries, tau: Floats, least: float, workers: int
) -> Floats:
    """Area (m²) by which two outlines differ more than redrawing noise of ``tau`` metres would."""
    removed = _difference(ours, theirs, workers)
    added = _difference(theirs, ours, workers)
    lost = tolerance.changed(removed, theirs, tau, least, workers=workers)
    gained = tolerance.changed(added, ours, tau, least, workers=workers)
    return np.asarray(shapely.area(lost) + shapely.area(gained))


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


def _difference(left: Geometries, right: Geometries, workers: int) -> Geometries:
    return polygonal(parallel.map_arrays(shapely.difference, left, right, workers=workers))


def _compared(
    ours: Geometries, theirs: Geometries, tau: Floats, least: float, workers: int
) -> tuple[Floats, Floats]:
    """Difference beyond tolerance (m²) and IoU of each pair.

    Offices pass copies around: what is compared already is not compared again.
    """
    pairs = pd.DataFrame({"a": shapely.to_wkb(ours), "b": shapely.to_wkb(theirs), "tau": tau})
    back = pairs.groupby(["a", "b", "tau"], sort=False).ngroup().to_numpy()
    first = ~pairs.duplicated().to_numpy()
    ours, theirs, tau = ours[first], theirs[first], tau[first]
    change = difference_beyond(ours, theirs, tau, least, workers)
    return change[back], similarity.iou(ours, theirs)[back]


def _conflicts(found: Outlines, apart: pd.DataFrame, kind: str) -> list[Conflict]:
    strong = found.chosen[among(found.chosen["key"], apart["key"])]
    ours = dict(zip(strong["key"], _drawn(strong, [{}] * len(strong)), strict=True))
    theirs: dict[str, list[Candidate]] = {}
    for key, candidate in zip(apart["key"], _drawn(apart, _measures(apart)), strict=True):
        theirs.setdefault(key, []).append(candidate)
    spreads = apart.groupby("key", sort=True)["percent"].max()
    return [
        Conflict(
            "batas", key, f"batas.{kind}", [ours[key], *theirs[key]], spread, spread > MATERIAL_PCT
        )
        for key, spread in zip(map(str, spreads.index), spreads.tolist(), strict=True)
    ]


def _measures(apart: pd.DataFrame) -> list[dict[str, float]]:
    """How far each outline is from the chosen one."""
    measured = zip(*(apart[name].tolist() for name in ("iou", "change_ha", "percent")), strict=True)
    return [
        {"iou": round(iou, 4), "beda_ha": round(change, 4), "beda_persen": round(percent, 2)}
        for iou, change, percent in measured
    ]


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
