"""Spikes: vertices where an outline runs out and back along itself.

A vertex is a spike when the end of its shorter leg lies within ``width`` of the longer leg, and the
shorter leg is at least ``length`` long. Taking it out changes the area by less than width × length.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.parallel import map_chunks

STRAIGHT_BACK = 0.9  # squared cosine, a quick sieve: all spikes turn by more than this
PASSES = 64  # a spike of so many vertices is no slip of the hand
LEAST = 4_096  # polygons that are worth a thread

Floats = NDArray[np.float64]


def spiky(
    polygons: Geometries, width: float, length: float, *, workers: int | None = None
) -> NDArray[np.bool_]:
    """Which polygons have a spike.

    Args:
        polygons: (n,) polygons and multipolygons, valid or not; anything else has no spike.
        width, length: in the units of the coordinates.
        workers: threads; one if not given.
    """
    found = np.zeros(len(polygons), dtype=bool)
    kind = shapely.get_type_id(polygons)
    plain = (kind == 3) & (shapely.get_num_interior_rings(polygons) == 0)
    single = np.flatnonzero(plain & ~shapely.is_empty(polygons))
    several = np.flatnonzero(np.isin(kind, (3, 6)) & ~plain)
    parts, owner = shapely.get_parts(polygons[several], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    drawn = ~shapely.is_empty(rings)
    units = np.concatenate([polygons[single], rings[drawn]])
    owners = np.concatenate([single, several[owner[part[drawn]]]])

    def look(rows: slice) -> Ints:
        doubtful = _sieved(units[rows]) + rows.start
        points, ring = _open(units[doubtful])
        found: Ints = doubtful[ring[_tips(points, ring, width, length)]]
        return found

    for rows in map_chunks(look, len(units), workers, LEAST):
        found[owners[rows]] = True
    return found


def without_spikes(polygons: Geometries, width: float, length: float) -> Geometries:
    """Polygons with their spikes taken out, vertex by vertex, until none is left.

    Args:
        polygons: (n,) polygons and multipolygons without Z, as `spiky` finds them.
        width, length: as in `spiky`.

    Returns:
        (n,) polygons; where a shell would vanish, or spikes do not end, the polygon as it was.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = _open(rings)
    for _ in range(PASSES):
        tips = _tips(points, ring, width, length)
        if not len(tips):
            break
        gone = _with_double(points, ring, _not_beside(tips, ring), width)
        points, ring = np.delete(points, gone, axis=0), np.delete(ring, gone)
    made = _rebuilt(points, ring, part, owner, len(polygons))
    lost = shapely.is_missing(made) | spiky(made, width, length)
    made[lost] = polygons[lost]
    return made


def _sieved(rings: Geometries) -> Ints:
    """Rings that turn back sharply somewhere: all that have a spike, and few others."""
    x, y = np.ascontiguousarray(shapely.get_coordinates(rings).T)
    last = np.cumsum(shapely.get_num_coordinates(rings)) - 1
    first = np.append(0, last[:-1] + 1)
    legs = []
    for values in (x, y):
        leg = np.empty_like(values)
        np.subtract(values[1:], values[:-1], out=leg[:-1])
        leg[last] = leg[first]  # where a ring closes it goes on with its first leg
        legs.append(leg)
    x, y = legs
    back = x[1:] * x[:-1] + y[1:] * y[:-1]
    square = x * x + y * y
    sharp = np.flatnonzero((back < 0) & (back * back > STRAIGHT_BACK * square[1:] * square[:-1]))
    return np.unique(np.searchsorted(last, sharp))


def _open(rings: Geometries) -> tuple[Floats, Ints]:
    """Vertices of rings without the first one repeated at the end, and the ring of each."""
    points, ring = shapely.get_coordinates(rings, return_index=True)
    keep = np.append(ring[1:] == ring[:-1], False)[: len(ring)]
    return points[keep], ring[keep]


def _neighbours(ring: Ints) -> tuple[Ints, Ints]:
    """Position of the vertex before and after each one, round its ring."""
    place = np.arange(len(ring))
    start = np.flatnonzero(np.diff(ring, prepend=-1))
    end = np.append(start[1:], len(ring)) - 1
    before, after = place - 1, place + 1
    before[start], after[end] = end, start
    return before, after


def _tips(points: Floats, ring: Ints, width: float, length: float) -> Ints:
    """Positions of spikes among the vertices of open rings."""
    if not len(points):
        return np.empty(0, np.int64)
    before, after = _neighbours(ring)
    out = points[after] - points
    x, y = out[:, 0], out[:, 1]
    square = x * x + y * y
    back = -(x * x[before] + y * y[before])  # legs to both neighbours, multiplied
    maybe = np.flatnonzero((back > 0) & (back * back > STRAIGHT_BACK * square * square[before]))
    here, there = out[maybe], -out[before[maybe]]
    legs = np.sqrt(np.stack([square[maybe], square[before[maybe]]]))
    apart = np.abs(here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0])
    spike = (legs.min(axis=0) >= length) & (apart <= width * legs.max(axis=0))
    tips: Ints = maybe[spike]
    return tips


def _not_beside(tips: Ints, ring: Ints) -> Ints:
    """Spikes without those right after another one: what remains of them is seen next time."""
    before, _ = _neighbours(ring)
    chosen = np.zeros(len(ring), dtype=bool)
    chosen[tips] = True
    follows = chosen[before[tips]]
    return tips[~follows] if not follows.all() else tips[:1]


def _with_double(points: Floats, ring: Ints, tips: Ints, width: float) -> Ints:
    """The tips, and the vertex after each where it falls on the one before."""
    before, after = _neighbours(ring)
    gap = np.hypot(*(points[before[tips]] - points[after[tips]]).T)
    return np.union1d(tips, after[tips[gap <= width]])


def _rebuilt(points: Floats, ring: Ints, part: Ints, owner: Ints, size: int) -> Geometries:
    """Polygons of rings that have lost vertices; None where a shell has fewer than three."""
    count = np.bincount(ring, minlength=len(part))
    shell = np.diff(part, prepend=-1) != 0
    dead = np.unique(owner[part[shell & (count < 3)]])
    alive = (count >= 3) & ~np.isin(owner[part], dead)
    points, ring = points[alive[ring]], ring[alive[ring]]
    result = np.full(size, None, dtype=object)
    if not len(points):
        return result
    first = np.diff(ring, prepend=-1) != 0
    number = np.cumsum(first) - 1
    rings = np.asarray(shapely.linearrings(points, indices=number), dtype=object)
    parts = np.unique(part[ring[first]], return_inverse=True)
    polygons = np.asarray(shapely.polygons(rings, indices=parts[1]), dtype=object)
    whose = owner[parts[0]]
    alone = np.bincount(whose, minlength=size)[whose] == 1
    result[whose[alone]] = polygons[alone]
    if not alone.all():
        several, index = np.unique(whose[~alone], return_inverse=True)
        result[several] = shapely.multipolygons(polygons[~alone], indices=index)
    return result
