"""Polygons fitted to each other by GEOS' coverage cleaner, the most authoritative first.

An overlap that is wider than a tolerance is no noise: it stays with all its owners, and the rest
is fitted round it. So nested and duplicate polygons never reach the cleaner, which would empty
them.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo import seams
from kotaku_geo.geo.grouping import Geometries, Ints, collected, polygonal, union_by
from kotaku_geo.geo.overlay import NOTHING, faces, intersections, remainders
from kotaku_geo.late import record

Bools = NDArray[np.bool_]
HAIR = 1e-4  # metres: what noding may move
POINT = 10 * HAIR  # two that share no more of a border touch in a point
ROUNDING = 1e-6  # metres: what an overlay moves a vertex by that is where it was


@record
class Distances:
    """How far a repair may go, in the units of the coordinates.

    Attributes:
        snap: vertices this close are brought together.
        tolerance: gaps and overlaps up to this width are mended; no edge moves further.
    """

    snap: float
    tolerance: float


def cleaned(shapes: Geometries, rank: Ints, distances: Distances) -> Geometries:
    """Fit polygons to each other: gaps and overlaps within tolerance go.

    Args:
        shapes: valid polygons (n,), sorted by rank.
        rank: authority of each, 0 the highest; the weaker are fitted to the stronger.
        distances: how far it may go.

    Raises:
        shapely.GEOSException: the cleaner cannot do it.
    """
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
    used = np.flatnonzero(shapely.area(cells) > NOTHING)
    used = used[np.argsort(place[used], kind="stable")]
    cells[used] = _clean(cells[used], fixed[place[used]], used < len(wide), distances)
    pieces = np.concatenate([cells[len(wide) :], cells[: len(wide)][cell]])
    whole = union_by(pieces, np.concatenate([np.arange(len(shapes)), owner]), len(shapes))
    whole = _without_crumbs(polygonal(whole), shapes, distances.snap)
    if same(whole, shapes, ROUNDING).all():  # or overlays of what they gave would never rest
        return shapes
    return np.where(same(whole, shapes), shapes, whole)


def _wide_overlaps(shapes: Geometries, tolerance: float) -> tuple[Geometries, Ints, Ints]:
    """Faces of overlaps wider than the tolerance, and who owns each: (face, owner) pairs."""
    found = seams.overlaps(shapes)
    wide = seams.wider(found.geometry, tolerance * seams.SLACK)
    pieces, left, right = found.geometry[wide], found.left[wide], found.right[wide]
    cut = faces(pieces)
    face, piece = cut.expand(np.arange(len(cut.geometry)))
    pairs = np.unique(
        np.column_stack([np.tile(face, 2), np.concatenate([left[piece], right[piece]])]), axis=0
    )
    return cut.geometry, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _without_crumbs(shapes: Geometries, before: Geometries, snap: float) -> Geometries:
    """Polygons without the parts that vertices brought together have broken off.

    Such a part is smaller than a square of that distance; it is left as a gap for a neighbour.
    """
    result = shapes.copy()
    count = shapely.get_num_geometries(before)
    some = np.flatnonzero(shapely.get_num_geometries(shapes) > count)
    parts, owner = shapely.get_parts(shapes[some], return_index=True)
    area = shapely.area(parts)
    order = np.lexsort((-area, owner))
    parts, owner, area = parts[order], owner[order], area[order]
    place = np.arange(len(parts)) - np.searchsorted(owner, owner)
    stays = (place < count[some][owner]) | (area > snap**2)
    result[some] = collected(parts[stays], owner[stays], len(some))
    single = some[shapely.get_num_geometries(result[some]) == 1]
    result[single] = shapely.get_geometry(result[single], 0)
    return result


def _clean(cells: Geometries, fixed: Bools, wide: Bools, distances: Distances) -> Geometries:
    """Clean cells where they do not fit; those that do stay as they are, and so do the fixed.

    Vertices are brought together where more than noding is amiss. That can widen a gap until it is
    none to fill, or be more than GEOS can do: what does not fit then is mended without. An overlap
    that is kept takes a gap only then, when nobody else beside it has.
    """
    result, failure = cells, None
    for snap in (distances.snap, HAIR):
        coarse = snap > HAIR
        uneven, beside = _faulty(result, distances.tolerance, HAIR if coarse else 0.0)
        wrong = uneven | (beside & ~wide if coarse else beside)
        if not wrong.any():
            continue
        try:
            joined = _restored(result, _joined(result, snap, distances.tolerance), ~wrong)
            result = _restored(cells, joined, fixed)
        except shapely.GEOSException as error:
            failure = error
    if failure is not None and result is cells:
        raise failure
    return result


def _joined(cells: Geometries, snap: float, gap: float) -> Geometries:
    """GEOS' cleaner; an overlap goes to the first."""
    cleaned = shapely.coverage_clean(  # type: ignore[attr-defined]  # stubs are behind
        cells, gap_width=gap, snapping_distance=snap, merge_strategy="min_index"
    )
    return polygonal(np.asarray(cleaned, dtype=object))


def _fits(shapes: Geometries, tolerance: float) -> bool:
    """Whether polygons fit together and enclose no gap narrow enough to be filled."""
    uneven = seams.askew(shapes)
    return not uneven.any() and bool(seams.wider(seams.gaps(shapes, uneven), tolerance).all())


def _faulty(cells: Geometries, tolerance: float, least: float) -> tuple[Bools, Bools]:
    """Cells that do not fit; cells beside an enclosed gap that is narrow enough to be filled.

    What is no wider than ``least`` does not count.
    """
    uneven, beside = seams.askew(cells), np.zeros(len(cells), dtype=bool)
    gaps = seams.gaps(cells, uneven)
    gaps = gaps[~seams.wider(gaps, tolerance)]
    if least:
        gaps = gaps[seams.wider(gaps, least)]
        rows = np.flatnonzero(uneven)
        found = seams.overlaps(cells[rows])
        real = seams.wider(found.geometry, least)
        uneven = np.zeros(len(cells), dtype=bool)
        uneven[rows[np.concatenate([found.left[real], found.right[real]])]] = True
    beside[seams.neighbours(gaps, cells)[1]] = True
    return uneven, beside


def _restored(before: Geometries, after: Geometries, stays: Bools) -> Geometries:
    """A cleaned coverage in which some cells are put back as they were, and the rest fitted."""
    if same(before[stays], after[stays]).all():
        return after
    fitted = _fitted(before[stays], after[stays], after[~stays])
    joint = _noded(np.concatenate([before[stays], fitted]))
    result, size = after.copy(), np.count_nonzero(stays)
    result[stays], result[~stays] = joint[:size], joint[size:]
    return result


def _noded(cells: Geometries) -> Geometries:
    """Cells that fit to within a hair, noded to each other.

    Where GEOS snaps, however near, it was seen to fail and to merge a thin cell into its neighbour;
    then it must do without. What it merges all the same is for the gate to judge.
    """
    done, failure = [], None
    for snap in (HAIR, 0.0):
        try:
            done.append(_joined(cells, snap, 0.0))
        except shapely.GEOSException as error:
            failure = error
            continue
        drift = np.abs(shapely.area(done[-1]) - shapely.area(cells))
        if (drift <= HAIR * shapely.length(cells)).all():
            return done[-1]
    if failure is not None and not done:
        raise failure
    return done[0]


def _fitted(fixed: Geometries, moved: Geometries, others: Geometries) -> Geometries:
    """The other cells once the fixed ones are put back: strips fall to the others beside them.

    What the fixed ones had been given is one region before it is dealt out: a strip between two of
    them hangs together with the next, and by that with a cell that may have it.
    """
    away = ~same(moved, fixed)
    given = _without(polygonal(shapely.difference(moved[away], fixed[away])), fixed)
    strips = shapely.get_parts(shapely.union_all(given))
    strips = strips[shapely.area(strips) > NOTHING]
    strip, cell = shapely.STRtree(others).query(strips, predicate="dwithin", distance=HAIR)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = shapely.buffer(strips[strip], HAIR, quad_segs=1)
    border = shapely.length(shapely.intersection(shapely.boundary(others[cell]), near))
    along = border > POINT
    strip, cell, border = strip[along], cell[along], border[along]
    best = np.lexsort((cell, -border, strip))
    best = best[np.unique(strip[best], return_index=True)[1]]
    every = np.concatenate([others, strips[strip[best]]])
    grown = union_by(every, np.concatenate([np.arange(len(others)), cell[best]]), len(others))
    return _without(grown, fixed)


def _without(shapes: Geometries, fixed: Geometries) -> Geometries:
    """What the fixed ones leave of each shape; one that shares nothing with them is as it was."""
    i, j = shapely.STRtree(fixed).query(shapes, predicate="intersects")
    real = shapely.area(intersections(shapes[i], fixed[j])) > NOTHING
    return remainders(shapes, fixed[j[real]], i[real])


def same(left: Geometries, right: Geometries, distance: float = 0.0) -> Bools:
    """Whether two arrays hold the same polygons to within a distance, wherever rings begin."""
    return np.asarray(shapely.equals_exact(left, right, distance, normalize=True), dtype=bool)
