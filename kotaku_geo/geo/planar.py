"""Repair of a coverage behind a gate: polygons that should tile the plane, and do not quite.

What noise of drawing explains is mended: edges that do not match, enclosed gaps and overlaps
narrower than a tolerance. An overlap that is wider is no noise: it stays with all its owners, and
the rest of the coverage is mended round it (inside it nothing is). So nested and duplicate
polygons never reach the cleaner (GEOS' coverage cleaner would empty them). What comes out is
measured against what went in; a polygon that fails is left as it was, and the others are mended
without it.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo import seams
from kotaku_geo.geo.grouping import Geometries, Ints, components, polygonal, union_by
from kotaku_geo.geo.overlay import faces
from kotaku_geo.geo.parallel import side_by_side
from kotaku_geo.late import record

Bools = NDArray[np.bool_]
Reasons = NDArray[np.object_]
EMPTY, PARTS, AREA, SHIFT, FAILED, UNSTABLE, BESIDE = (
    "empty", "parts", "area", "shift", "failed", "unstable", "beside",
)  # fmt: skip
ROUNDS = 4  # until a repair must have come to rest
HAIR = 1e-4  # metres: what noding may move
SLACK = 1.001  # a width just at the tolerance passes, whichever way it is rounded


@record
class Distances:
    """How far a repair may go, in the units of the coordinates.

    Attributes:
        snap: vertices this close are brought together.
        tolerance: gaps and overlaps up to this width are mended; no edge moves further.
    """

    snap: float
    tolerance: float


@record
class Repaired:
    """A repaired coverage.

    Attributes:
        geometry: the polygons, object array (n,), in the order of the input.
        changed: which are not as they were, bool array (n,).
        refused: why a polygon was left as it was, object array (n,): ``empty``, ``parts``,
            ``area``, ``shift``, ``failed``, ``unstable``, or ``beside`` where its repair hangs
            together with one that was refused; None where it was not. One that is changed all the
            same was mended, and then could not be fitted to what its neighbours had become.
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
    them. The result depends neither on the order of the input nor on the workers, and repairing
    it again changes nothing.

    Args:
        geometries: valid polygons (n,), CRS in metres; None and empties are passed over.
        rank: authority of each, 0 the highest, int array (n,).
        distances: how far it may go.
        suspect: `seams.suspect` of the polygons for the tolerance, where that is known.
        workers: threads.
    """
    solid = np.flatnonzero(np.nan_to_num(shapely.area(geometries)) > 0)
    order = solid[_order(geometries[solid], rank[solid])]
    before, ranks = geometries[order], np.asarray(rank, dtype=np.int64)[order]
    after, why = before, np.full(len(order), None, dtype=object)
    moving, rows = np.zeros(len(order), dtype=bool), np.arange(len(order))
    known = None if suspect is None else suspect[order]
    for _ in range(ROUNDS):
        step, why[rows] = _step(after[rows], ranks[rows], distances, known, workers)
        known = None
        moving[:] = False
        moving[rows] = ~_same(step, after[rows])
        after = after.copy()
        after[rows] = step
        if not moving.any():
            break
        rows = _about(after, moving, distances)
    reason = _judged(before, after, distances.tolerance)
    reason[moving] = UNSTABLE
    after = _reverted(before, after, reason, distances)  # and says so in ``reason``
    why = np.where(reason != None, reason, why)  # noqa: E711 (element by element)
    mended = ~_same(after, before)
    result, refused = geometries.copy(), np.full(len(geometries), None, dtype=object)
    changed = np.zeros(len(geometries), dtype=bool)
    result[order], refused[order], changed[order] = after, why, mended
    return Repaired(result, changed, refused)


def _order(geometries: Geometries, rank: Ints) -> Ints:
    """By rank, then the smaller first, then by the bytes: never by where a polygon stood."""
    code = np.unique(np.asarray(shapely.to_wkb(geometries), dtype=object), return_inverse=True)[1]
    return np.lexsort((code, shapely.area(geometries), rank)).astype(np.int64)


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
    """Polygons that do not fit their neighbours, with those neighbours, in groups that touch."""
    if len(shapes) < 2:
        return []
    askew = seams.suspect(shapes, distances.tolerance) if known is None else known
    suspect = np.flatnonzero(askew)
    reach = max(distances.snap, distances.tolerance)
    tree = shapely.STRtree(shapes)
    i, j = tree.query(shapes[suspect], predicate="dwithin", distance=reach)
    label = components(suspect[i], j.astype(np.int64), len(shapes))
    rows = np.unique(j)
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
    return np.flatnonzero(rows)


def _mended(shapes: Geometries, rank: Ints, distances: Distances) -> tuple[Geometries, Reasons]:
    """One group: what the gate refuses is taken out, until the rest passes."""
    result, why = shapes.copy(), np.full(len(shapes), None, dtype=object)
    rows = np.arange(len(shapes))
    while len(rows) > 1:
        try:
            done = _cleaned(shapes[rows], rank[rows], distances)
        except shapely.GEOSException:
            why[rows] = FAILED
            break
        reason = _judged(shapes[rows], done, distances.tolerance)
        fails = reason != None  # noqa: E711 (element by element)
        why[rows[fails]] = reason[fails]
        if not fails.any():
            result[rows] = done
            break
        rows = rows[~fails]
    return result, why


def _cleaned(shapes: Geometries, rank: Ints, distances: Distances) -> Geometries:
    """Clean a group sorted by rank: the most authoritative first, then the weaker against them."""
    result = shapes.copy()
    for level in np.unique(rank):
        size = np.searchsorted(rank, level, side="right")
        result[:size] = _cleaned_against(result[:size], rank[:size] < level, distances)
    return result


def _cleaned_against(shapes: Geometries, fixed: Bools, distances: Distances) -> Geometries:
    """Clean polygons against the first of them, which are clean and stay as they are.

    Wide overlaps are cells of their own, and given back to all their owners.
    """
    if _fits(shapes, distances.tolerance):
        return shapes
    wide, cell, owner = _wide_overlaps(shapes, distances.tolerance)
    held = union_by(wide[cell], owner, len(shapes))
    rest = shapes.copy()
    cut = np.flatnonzero(~shapely.is_empty(held))
    rest[cut] = polygonal(shapely.difference(shapes[cut], held[cut]))
    first = np.full(len(wide), len(shapes))
    np.minimum.at(first, cell, owner)  # a shared place ranks with the first of its owners
    cells, place = np.concatenate([wide, rest]), np.concatenate([first, np.arange(len(shapes))])
    used = np.flatnonzero(~shapely.is_empty(cells))
    used = used[np.argsort(place[used], kind="stable")]
    before = cells[used]
    cells[used] = _restored(before, _clean(before, distances), fixed[place[used]])
    pieces = np.concatenate([cells[len(wide) :], cells[: len(wide)][cell]])
    whole = union_by(pieces, np.concatenate([np.arange(len(shapes)), owner]), len(shapes))
    whole = polygonal(whole)
    return np.where(_same(whole, shapes), shapes, whole)


def _wide_overlaps(shapes: Geometries, tolerance: float) -> tuple[Geometries, Ints, Ints]:
    """Faces of overlaps wider than the tolerance, and who owns each: (face, owner) pairs."""
    found = seams.overlaps(shapes)
    wide = seams.wider(found.geometry, tolerance * SLACK)
    pieces, left, right = found.geometry[wide], found.left[wide], found.right[wide]
    cut = faces(pieces)
    face, piece = cut.expand(np.arange(len(cut.geometry)))
    pairs = np.unique(
        np.column_stack([np.tile(face, 2), np.concatenate([left[piece], right[piece]])]), axis=0
    )
    return cut.geometry, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _clean(cells: Geometries, distances: Distances) -> Geometries:
    """Clean cells where they do not fit; those that do stay as they are."""
    wrong = _faulty(cells, distances.tolerance)
    if not wrong.any():
        return cells
    return _restored(cells, _joined(cells, distances.snap, distances.tolerance), ~wrong)


def _joined(cells: Geometries, snap: float, gap: float) -> Geometries:
    """GEOS' cleaner; an overlap goes to the first."""
    cleaned = shapely.coverage_clean(  # type: ignore[attr-defined]  # stubs are behind
        cells, gap_width=gap, snapping_distance=snap, merge_strategy="min_index"
    )
    return polygonal(np.asarray(cleaned, dtype=object))


def _fits(shapes: Geometries, tolerance: float) -> bool:
    """Whether polygons fit together and enclose no gap narrow enough to be filled."""
    if not shapely.coverage_is_valid(shapes):
        return False
    some = shapes[seams.suspect(shapes, tolerance)]
    return bool(seams.wider(seams.gaps(some), tolerance).all())


def _faulty(cells: Geometries, tolerance: float) -> Bools:
    """Cells that do not fit together, or border an enclosed gap narrow enough to be filled."""
    result = np.zeros(len(cells), dtype=bool)
    if len(cells) < 2:
        return result
    some = np.flatnonzero(seams.suspect(cells, tolerance))
    if not len(some):
        return result
    result[some] = seams.suspect(cells[some], 0.0)
    gaps = seams.gaps(cells[some])
    narrow = gaps[~seams.wider(gaps, tolerance)]
    result[some[seams.neighbours(narrow, cells[some])[1]]] = True
    return result


def _restored(before: Geometries, after: Geometries, stays: Bools) -> Geometries:
    """A cleaned coverage in which some cells are put back as they were, and the rest fitted."""
    if _same(before[stays], after[stays]).all():
        return after
    fitted = _fitted(before[stays], after[stays], after[~stays])
    joint = _joined(np.concatenate([before[stays], fitted]), HAIR, 0.0)
    result, size = after.copy(), np.count_nonzero(stays)
    result[stays], result[~stays] = joint[:size], joint[size:]
    return result


def _fitted(fixed: Geometries, moved: Geometries, others: Geometries) -> Geometries:
    """The other cells once the fixed ones are put back: strips fall to the others beside them."""
    away = ~_same(moved, fixed)
    strips = shapely.get_parts(polygonal(shapely.difference(moved[away], fixed[away])))
    strips = strips[shapely.area(strips) > 0]
    strip, cell = shapely.STRtree(others).query(strips, predicate="dwithin", distance=HAIR)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = shapely.buffer(strips[strip], HAIR, quad_segs=1)
    border = shapely.length(shapely.intersection(shapely.boundary(others[cell]), near))
    best = np.lexsort((cell, -border, strip))
    best = best[np.unique(strip[best], return_index=True)[1]]
    every = np.concatenate([others, strips[strip[best]]])
    grown = union_by(every, np.concatenate([np.arange(len(others)), cell[best]]), len(others))
    i, j = shapely.STRtree(fixed).query(grown, predicate="intersects")
    cover = union_by(fixed[j], i, len(grown))
    return polygonal(shapely.difference(grown, cover))


def _judged(before: Geometries, after: Geometries, tolerance: float) -> Reasons:
    """The gate: why each polygon's repair is refused; None where it passes."""
    reason = np.full(len(before), None, dtype=object)
    some = np.flatnonzero(~_same(before, after))
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
    result[owner[seams.wider(strips, tolerance * SLACK)]] = True
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
            lost = rows[~fails[rows] & ~_same(before[rows], after[rows])]
            reason[lost] = BESIDE
    return result


def _same(left: Geometries, right: Geometries) -> Bools:
    """Whether two arrays hold the same polygons, wherever their rings begin."""
    return np.asarray(shapely.equals_exact(left, right, 0.0, normalize=True), dtype=bool)
