"""Repair of a coverage behind a gate: polygons that should tile the plane, and do not quite.

What noise of drawing explains is mended: edges that do not match, enclosed gaps and overlaps
narrower than a tolerance. An overlap that is wider is no noise: it stays with all its owners, and
the rest of the coverage is mended round it (inside it nothing is). What comes out is measured
against what went in; a polygon that fails is left as it was, and the others are mended without
it. A narrow gap that is left has a refused polygon beside it.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo import seams
from kotaku_geo.geo.fitting import HAIR, Bools, Distances, cleaned, same
from kotaku_geo.geo.grouping import Geometries, Ints, components, polygonal
from kotaku_geo.geo.parallel import side_by_side
from kotaku_geo.late import record

Reasons = NDArray[np.object_]
EMPTY, PARTS, AREA, SHIFT, FAILED, UNSTABLE, BESIDE, UNFITTED = (
    "empty", "parts", "area", "shift", "failed", "unstable", "beside", "unfitted",
)  # fmt: skip
ROUNDS = 8  # until a repair must have come to rest


@record
class Repaired:
    """A repaired coverage.

    Attributes:
        geometry: the polygons, object array (n,), in the order of the input.
        changed: which are not as they were, bool array (n,).
        refused: why a polygon was left as it was, object array (n,): ``empty``, ``parts``,
            ``area``, ``shift``, ``failed``, ``unstable``, ``unfitted`` where a narrow gap beside
            it could not be filled, or it is narrow itself and drawn twice, or ``beside`` where
            its repair hangs together with one that was refused; None where it was not. One that
            is changed all the same was mended, and then could not be fitted to what its
            neighbours had become.
    """

    geometry: Geometries
    changed: Bools
    refused: Reasons


def repair(
    geometries: Geometries,
    rank: Ints,
    distances: Distances,
    *,
    suspect: Bools | None = None,
    workers: int | None = None,
) -> Repaired:
    """Mend a coverage within tolerance.

    Overlaps go to the polygon of the lower rank, and among equals to the smaller, which has more
    to lose by a strip of the same width; edges of a lower rank stay where a higher rank meets
    them. Polygons that are drawn the same, with the same rank, stay the same. The result depends
    neither on the order of the input nor on the workers, and repairing it again changes nothing.

    Args:
        geometries: valid polygons (n,), CRS in metres; None and empties are passed over.
        rank: authority of each, 0 the highest, int array (n,).
        distances: how far it may go.
        suspect: `seams.suspect` of the polygons for the tolerance, where that is known.
        workers: threads.
    """
    solid = np.flatnonzero(np.nan_to_num(shapely.area(geometries)) > 0)
    order, twin = _order(geometries[solid], rank[solid])
    order = solid[order]
    first = order[np.unique(twin, return_index=True)[1]]
    before, ranks = geometries[first], np.asarray(rank, dtype=np.int64)[first]
    after, why = before, np.full(len(first), None, dtype=object)
    moving, rows = np.zeros(len(first), dtype=bool), np.arange(len(first))
    known = None if suspect is None else suspect[first]
    for _ in range(ROUNDS):
        step, why[rows] = _step(after[rows], ranks[rows], distances, known, workers)
        known = None
        moving[:] = False
        moving[rows] = ~same(step, after[rows])
        after = after.copy()
        after[rows] = step
        if not moving.any():
            break
        rows = _about(after, moving, distances)
    reason = _judged(before, after, distances.tolerance)
    reason[moving] = UNSTABLE
    after = _reverted(before, after, reason, distances)  # and says so in ``reason``
    why = np.where(reason != None, reason, why)  # noqa: E711 (element by element)
    several = np.bincount(twin, minlength=len(first)) > 1
    why[several & (why == None) & ~seams.wider(after, distances.tolerance)] = UNFITTED  # noqa: E711
    mended = ~same(after, before)
    result, refused = geometries.copy(), np.full(len(geometries), None, dtype=object)
    changed = np.zeros(len(geometries), dtype=bool)
    refused[order], changed[order] = why[twin], mended[twin]
    result[order[mended[twin]]] = after[twin[mended[twin]]]
    return Repaired(result, changed, refused)


def _order(geometries: Geometries, rank: Ints) -> tuple[Ints, Ints]:
    """By rank, then the smaller first, then by the bytes: never by where a polygon stood.

    Returns:
        the order; for each in that order the number of those that are drawn the same, with the
        same authority. Nothing tells them apart, so what becomes of one becomes of all.
    """
    code = np.unique(np.asarray(shapely.to_wkb(geometries), dtype=object), return_inverse=True)[1]
    order = np.lexsort((code, shapely.area(geometries), rank)).astype(np.int64)
    new = np.ones(len(order), dtype=np.int64)
    new[1:] = (np.diff(code[order]) != 0) | (np.diff(rank[order]) != 0)
    return order, np.cumsum(new) - 1


def _step(
    shapes: Geometries,
    rank: Ints,
    distances: Distances,
    suspect: Bools | None,
    workers: int | None,
) -> tuple[Geometries, Reasons]:
    """Mend each group of polygons that touch; only where something is wrong, and beside it."""
    result, why = shapes.copy(), np.full(len(shapes), None, dtype=object)
    groups = _groups(shapes, distances, suspect)
    tasks: list[Callable[[], tuple[Geometries, Reasons]]] = [
        partial(_mended, shapes[rows], rank[rows], distances) for rows in groups
    ]
    for rows, (done, reason) in zip(groups, side_by_side(tasks, workers), strict=True):
        result[rows], why[rows] = done, reason
    return result, why


def _groups(shapes: Geometries, distances: Distances, known: Bools | None = None) -> list[Ints]:
    """Polygons that do not fit their neighbours, with those neighbours, in groups that touch.

    Thin polygons that lie beside a group are in it: without them their place would be a gap.
    """
    if len(shapes) < 2:
        return []
    suspect = seams.suspect(shapes, distances.tolerance) if known is None else known
    seeds = np.flatnonzero(suspect | ~seams.wider(shapes, distances.tolerance))
    reach = max(distances.snap, distances.tolerance)
    tree = shapely.STRtree(shapes)
    i, j = tree.query(shapes[seeds], predicate="dwithin", distance=reach)
    label = components(seeds[i], j.astype(np.int64), len(shapes))
    rows = np.unique(j)
    rows = rows[np.isin(label[rows], label[suspect])]
    rows = rows[np.argsort(label[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(label[rows])) + 1
    return [part.astype(np.int64) for part in np.split(rows, cuts) if len(part)]


def _about(shapes: Geometries, moved: Bools, distances: Distances) -> Ints:
    """Whatever can take part in a group with polygons that have moved; the rest is at rest."""
    rows = moved
    for _ in range(2):  # neighbours may turn suspect, and theirs are in a group with them
        j = shapely.STRtree(shapes).query(
            shapes[rows], predicate="dwithin", distance=max(distances.snap, distances.tolerance)
        )[1]
        rows = np.zeros(len(shapes), dtype=bool)
        rows[j] = True
    return np.flatnonzero(rows | ~seams.wider(shapes, distances.tolerance))


def _mended(shapes: Geometries, rank: Ints, distances: Distances) -> tuple[Geometries, Reasons]:
    """One group: what the gate refuses is taken out, until the rest passes."""
    result, why = shapes.copy(), np.full(len(shapes), None, dtype=object)
    rows = np.arange(len(shapes))
    while len(rows) > 1:
        try:
            done = cleaned(shapes[rows], rank[rows], distances)
        except shapely.GEOSException:
            why[rows] = FAILED
            break
        reason = _judged(shapes[rows], done, distances.tolerance)
        out = np.delete(np.arange(len(shapes)), rows)
        thin = out[~seams.wider(shapes[out], distances.tolerance)]
        reason[_over(shapes[thin], shapes[rows], done)] = BESIDE
        fails = reason != None  # noqa: E711 (element by element)
        why[rows[fails]] = reason[fails]
        if not fails.any():
            result[rows] = done
            break
        rows = rows[~fails]
    if same(result, shapes).all():
        why[_beside_gaps(result, why, distances.tolerance)] = UNFITTED
    return result, why


def _over(thin: Geometries, before: Geometries, after: Geometries) -> Ints:
    """Polygons that have come to lie over thin ones that were taken out, as if over a gap."""
    moved = np.flatnonzero(~same(before, after)) if len(thin) else np.empty(0, dtype=np.int64)
    i, j = shapely.STRtree(thin).query(after[moved], predicate="intersects")
    i = moved[i]
    more = shapely.area(shapely.intersection(after[i], thin[j]))
    more -= shapely.area(shapely.intersection(before[i], thin[j]))
    return np.unique(i[more > HAIR * shapely.length(thin[j])])


def _beside_gaps(shapes: Geometries, why: Reasons, tolerance: float) -> Ints:
    """Polygons round narrow gaps that were not filled though none of them was refused."""
    gaps = seams.gaps(shapes)
    gap, beside = seams.neighbours(gaps[~seams.wider(gaps, tolerance)], shapes)
    told = np.zeros(len(gaps), dtype=bool)
    told[gap[why[beside] != None]] = True  # noqa: E711 (element by element)
    return np.unique(beside[~told[gap]])


def _judged(before: Geometries, after: Geometries, tolerance: float) -> Reasons:
    """The gate: why each polygon's repair is refused; None where it passes."""
    reason = np.full(len(before), None, dtype=object)
    some = np.flatnonzero(~same(before, after))
    old, new = before[some], after[some]
    drift = np.abs(shapely.area(new) - shapely.area(old))
    tests = (
        (SHIFT, _shifted(old, new, tolerance)),
        (AREA, drift > tolerance * shapely.length(old)),
        (PARTS, shapely.get_num_geometries(new) > shapely.get_num_geometries(old)),
        (EMPTY, shapely.is_empty(new) & ~shapely.is_empty(old)),
    )
    for name, fails in tests:
        reason[some[fails]] = name
    return reason


def _shifted(old: Geometries, new: Geometries, tolerance: float) -> Bools:
    """Whether an edge moved further than the tolerance: a strip between old and new is wider."""
    moved = shapely.symmetric_difference(old, new)
    strips, owner = shapely.get_parts(polygonal(moved), return_index=True)
    result = np.zeros(len(old), dtype=bool)
    result[owner[seams.wider(strips, tolerance * seams.SLACK)]] = True
    return result


def _reverted(
    before: Geometries, after: Geometries, reason: Reasons, distances: Distances
) -> Geometries:
    """The coverage with each group in which one polygon failed put back as it was."""
    fails = reason != None  # noqa: E711 (element by element)
    result = after.copy()
    if not fails.any():
        return result
    for rows in _groups(before, distances):
        if fails[rows].any():
            result[rows] = before[rows]
            lost = rows[~fails[rows] & ~same(before[rows], after[rows])]
            reason[lost] = BESIDE
    return result
