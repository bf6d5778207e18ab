"""Overlay of polygon layers: shared areas, planar partition of one layer, crossing of two.

Noding and overlay are GEOS' OverlayNG; what is done here is to ask it for as little as possible.
"""

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from kotaku_geo.geo.grouping import Geometries, Ints, components, polygonal, union_by
from kotaku_geo.geo.parallel import map_arrays, map_chunks
from kotaku_geo.late import record

NOTHING = 1e-6  # square units; less than this is rounding in the coordinates, not area
DEAR = 32  # pairs of polygons that are worth a thread


def intersection_areas(
    left: ArrayLike, right: ArrayLike, *, workers: int | None = None
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Shared area of every pair of polygons from two arrays that overlap.

    Args:
        left, right: arrays (n,), (m,) of valid shapely polygons in one CRS; None, empties, lines
            and points have no area and are passed over.
        workers: threads; one if not given.

    Returns:
        index into ``left``, index into ``right``, area in the units of the coordinates squared;
        one entry for each pair with an area, sorted by left, then right.

    Raises:
        shapely.GEOSException: a geometry is invalid in a way GEOS cannot overlay.
    """
    ours, theirs = _solid(left), _solid(right)
    tree = shapely.STRtree(theirs)
    tree.query(shapely.box(0, 0, 1, 1))  # builds the tree before threads share it

    def part(rows: slice) -> tuple[Ints, Ints, NDArray[np.float64]]:
        return _areas_of(ours[rows], theirs, tree, rows.start)

    parts = map_chunks(part, len(ours), workers, DEAR)
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    i, j, area = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((j, i))
    return i[order], j[order], area[order]


def self_overlaps(
    layer: Geometries, *, workers: int | None = None
) -> tuple[Ints, Ints, Geometries]:
    """Pairs of polygons of one layer that share area, each once, and what they share.

    Returns:
        the lower index, the higher index, the shared (multi)polygon; sorted by the indices.
    """
    i, j = shapely.STRtree(layer).query(layer, predicate="intersects")
    i, j = i[i < j], j[i < j]
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    shared = intersections(layer[i], layer[j], workers=workers)
    real = shapely.area(shared) > NOTHING
    return i[real], j[real], shared[real]


@record
class Faces:
    """A planar partition of a layer whose polygons may overlap one another.

    Attributes:
        geometry: the faces, object array (f,): they share no area and together cover the layer.
        owner: index of a polygon that covers a face, int array (k,), by face and then owner.
        start: where each face's owners begin in ``owner``, int array (f + 1,).
        overlaps: the pairs of polygons that share area (`self_overlaps`).
    """

    geometry: Geometries
    owner: Ints
    start: Ints
    overlaps: tuple[Ints, Ints, Geometries]

    @cached_property
    def owners(self) -> Ints:
        """Number of polygons that cover each face."""
        return np.diff(self.start)

    def expand(self, face: Ints) -> tuple[Ints, Ints]:
        """For an array of faces: its rows repeated once an owner, and those owners."""
        count = self.owners[face]
        row = np.repeat(np.arange(len(face)), count)
        first = np.cumsum(count) - count
        offset = np.arange(len(row)) - np.repeat(first, count)
        return row, self.owner[np.repeat(self.start[face], count) + offset]


def faces(geometries: ArrayLike, *, workers: int | None = None) -> Faces:
    """Cut a layer into faces that do not overlap, and say which polygons cover each.

    Only polygons that overlap others are noded; every other one is its own face. Faces that the
    same polygons cover are one (multi)polygon. The result depends on the order of the input only
    in the order of the faces.
    """
    layer = _solid(geometries)
    i, j, shared = self_overlaps(layer, workers=workers)
    overlapping = np.zeros(len(layer), dtype=bool)
    overlapping[i] = overlapping[j] = True
    alone = np.flatnonzero(~overlapping & (shapely.area(layer) > 0))
    group = components(i, j, len(layer))
    together = np.flatnonzero(overlapping)
    noded, covers = _noded(layer[together], group[together], together)
    geometry = np.concatenate([layer[alone], noded])
    owners = [np.array([k]) for k in alone] + covers
    start = np.concatenate([[0], np.cumsum([len(o) for o in owners], dtype=np.int64)])
    flat = np.concatenate(owners) if owners else np.empty(0)
    overlaps = (i, j, shared)
    return Faces(geometry, flat.astype(np.int64), start.astype(np.int64), overlaps)


@record
class Crossing:
    """The overlay of two planar partitions.

    Attributes:
        left, right: face of each side, int arrays (p,); -1 where the piece lies outside that side.
        geometry: the pieces, object array (p,), disjoint.
    """

    left: Ints
    right: Ints
    geometry: Geometries


def cross(left: Geometries, right: Geometries, *, workers: int | None = None) -> Crossing:
    """Cross two planar partitions: what both cover, then what only the left, only the right does.

    Args:
        left, right: arrays of valid polygons; within an array no two share area.
        workers: threads.
    """
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    shared = intersections(left[i], right[j], workers=workers)
    solid = shapely.area(shared) > NOTHING
    i, j, shared = i[solid], j[solid], shared[solid]
    ours = remainders(left, right[j], i, workers=workers)
    theirs = remainders(right, left[i], j, workers=workers)
    only_left = np.flatnonzero(shapely.area(ours) > NOTHING)
    only_right = np.flatnonzero(shapely.area(theirs) > NOTHING)
    return Crossing(
        np.concatenate([i, only_left, np.full(len(only_right), -1)]).astype(np.int64),
        np.concatenate([j, np.full(len(only_left), -1), only_right]).astype(np.int64),
        np.concatenate([shared, ours[only_left], theirs[only_right]]),
    )


def intersections(left: Geometries, right: Geometries, *, workers: int | None = None) -> Geometries:
    """Polygonal intersection of each pair; empty polygons where they share no area."""
    return polygonal(map_arrays(shapely.intersection, left, right, workers=workers, least=DEAR))


def remainders(
    geometries: Geometries, others: Geometries, row: Ints, *, workers: int | None = None
) -> Geometries:
    """What is left of each geometry outside those ``others`` whose ``row`` is its index."""
    cover = union_by(others, row, len(geometries))
    result = np.asarray(geometries, dtype=object).copy()
    hit = np.flatnonzero(~shapely.is_empty(cover))
    if hit.size:
        left = map_arrays(shapely.difference, result[hit], cover[hit], workers=workers, least=DEAR)
        result[hit] = polygonal(left)
    return result


def _solid(geometries: ArrayLike) -> Geometries:
    """A copy in two dimensions in which everything without area is None.

    The copy matters: predicates prepare geometries in place, and the caller's may be in the hands
    of another thread.
    """
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    result = polygonal(shapely.force_2d(array))
    result[~(np.nan_to_num(shapely.area(result)) > 0)] = None
    return result


def _areas_of(
    ours: Geometries, theirs: Geometries, tree: shapely.STRtree, offset: int
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Shared areas of a part of the left side; everything prepared here belongs to one thread."""
    i, j = tree.query(ours)
    area = np.full(len(i), np.nan)
    boxes, other_boxes = shapely.bounds(ours)[i], shapely.bounds(theirs)[j]
    left, right = ours[i], _copies(theirs, j)
    # Where one contains the other the area is that of the inner: no overlay is needed.
    roomy = np.flatnonzero(_within(other_boxes, boxes))
    inside = roomy[_contains(left[roomy], right[roomy])]
    area[inside] = shapely.area(right[inside])
    roomy = np.flatnonzero(_within(boxes, other_boxes) & np.isnan(area))
    inside = roomy[_contains(right[roomy], left[roomy])]
    area[inside] = shapely.area(left[inside])
    rest = np.flatnonzero(np.isnan(area))
    rest = rest[_meet(right[rest], left[rest])]
    area[rest] = shapely.area(shapely.intersection(left[rest], right[rest]))
    real = area > 0
    return i[real] + offset, j[real], area[real]


def _copies(geometries: Geometries, index: Ints) -> Geometries:
    """``geometries[index]`` as objects of this thread, each copied once."""
    used, back = np.unique(index, return_inverse=True)
    copied: Geometries = shapely.force_2d(geometries[used])
    return copied[back]


def _within(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.bool_]:
    low = (inner[:, :2] >= outer[:, :2]).all(axis=1)
    return np.asarray(low & (inner[:, 2:] <= outer[:, 2:]).all(axis=1))


def _contains(outer: Geometries, inner: Geometries) -> NDArray[np.bool_]:
    shapely.prepare(outer)
    return np.asarray(shapely.contains_properly(outer, inner), dtype=bool)


def _meet(ours: Geometries, theirs: Geometries) -> NDArray[np.bool_]:
    shapely.prepare(ours)
    return np.asarray(shapely.intersects(ours, theirs), dtype=bool)


def _noded(layer: Geometries, group: Ints, index: Ints) -> tuple[Geometries, list[Ints]]:
    """Faces of polygons that overlap, and the owners (as ``index`` names them) of each."""
    if not len(layer):
        return np.empty(0, dtype=object), []
    labels, member = np.unique(group, return_inverse=True)
    lines = union_by(shapely.boundary(layer), member, len(labels))
    cells = shapely.get_parts(shapely.polygonize(lines[:, None]), return_index=True)
    polygons, cell_group = cells
    tree = shapely.STRtree(layer)
    cell, owner = tree.query(shapely.point_on_surface(polygons), predicate="intersects")
    same = member[owner] == cell_group[cell]  # groups share no area, but rounding may touch
    order = np.lexsort((owner[same], cell[same]))
    cell, owner = cell[same][order], owner[same][order]
    covered, start = np.unique(cell, return_index=True)
    sets = [tuple(part) for part in np.split(owner, start[1:])]
    keys = sorted(set(sets))
    place = {key: n for n, key in enumerate(keys)}
    merged = union_by(polygons[covered], np.array([place[s] for s in sets]), len(keys))
    return merged, [index[list(key)] for key in keys]
