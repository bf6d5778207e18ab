"""Where a coverage does not fit together: overlaps of its polygons, and gaps that they enclose."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints, polygonal
from kotaku_geo.geo.overlay import NOTHING, self_overlaps
from kotaku_geo.geo.parallel import map_arrays
from kotaku_geo.late import record

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
TOUCH = 1e-6  # a gap's border is its neighbours' to within rounding
SLACK = 1.001  # a width just at the tolerance passes, whichever way it is rounded
FINE = 0.1  # metres to which a width is told


@record
class Overlap:
    """Connected pieces that two polygons share.

    Attributes:
        left, right: positions of the two, left < right, int arrays (m,).
        geometry: the pieces, polygons (m,).
    """

    left: Ints
    right: Ints
    geometry: Geometries


def askew(polygons: Geometries) -> Bools:
    """Polygons with an edge that does not match a neighbour's; all that overlap are among them."""
    if len(polygons) < 2:
        return np.zeros(len(polygons), dtype=bool)
    return np.asarray(shapely.length(shapely.coverage_invalid_edges(polygons)) > 0)


def suspect(
    polygons: Geometries,
    width: float,
    *,
    uneven: Bools | None = None,
    enclosed: Geometries | None = None,
) -> Bools:
    """Polygons that do not fit a neighbour, or border a gap no wider than ``width``.

    Args:
        polygons: valid polygons (n,).
        width: in the units of the coordinates.
        uneven, enclosed: `askew` and `gaps` of the polygons, where they are known.
    """
    uneven = askew(polygons) if uneven is None else uneven
    enclosed = gaps(polygons, uneven) if enclosed is None else enclosed
    result = uneven.copy()
    result[neighbours(enclosed[~wider(enclosed, width)], polygons)[1]] = True
    return result


def overlaps(polygons: Geometries, *, workers: int | None = None) -> Overlap:
    """What polygons of one layer share, piece by piece; rounding is no piece.

    Args:
        polygons: valid polygons (n,); None and empties share nothing.
        workers: threads.
    """
    left, right, shared = self_overlaps(polygons, workers=workers)
    pieces, pair = shapely.get_parts(shared, return_index=True)
    real = shapely.area(pieces) > NOTHING
    pair = pair[real]
    return Overlap(left[pair], right[pair], pieces[real])


def gaps(polygons: Geometries, uneven: Bools | None = None) -> Geometries:
    """What polygons enclose between them and none covers, polygons (m,); rounding is no gap.

    A hole that one polygon has by itself, and nothing lies in, is how it was drawn: it is no gap.

    Args:
        polygons: valid polygons (n,).
        uneven: `askew` of the polygons, where it is known.
    """
    uneven = askew(polygons) if uneven is None else uneven
    # Those that match are united far quicker by themselves.
    even = shapely.coverage_union_all(polygons[~uneven & (shapely.area(polygons) > NOTHING)])
    whole = shapely.get_parts(shapely.union_all([*polygons[uneven], even]))
    holes = np.asarray(shapely.polygons(_inner_rings(whole)), dtype=object)
    holes = holes[shapely.area(holes) > NOTHING]
    own = np.asarray(shapely.polygons(_inner_rings(shapely.get_parts(polygons))), dtype=object)
    if not (len(holes) and len(own)):
        return holes
    hole, ring = shapely.STRtree(own).query(holes, predicate="covered_by")
    same = np.abs(shapely.area(holes[hole]) - shapely.area(own[ring])) <= NOTHING
    drawn = np.zeros(len(holes), dtype=bool)
    drawn[hole[same]] = True
    return holes[~drawn]


def neighbours(gap: Geometries, polygons: Geometries) -> tuple[Ints, Ints]:
    """The polygons that border each gap: position of the gap, of the polygon; sorted."""
    left, right = shapely.STRtree(polygons).query(gap, predicate="dwithin", distance=TOUCH)
    order = np.lexsort((right, left))
    return left[order].astype(np.int64), right[order].astype(np.int64)


def wider(polygons: Geometries, width: float, *, workers: int | None = None) -> Bools:
    """Whether each polygon is somewhere wider than ``width``: a circle that wide lies in it."""
    if not len(polygons):
        return np.zeros(0, dtype=bool)

    def eroded(part: Geometries) -> Geometries:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(shapely.buffer(part, -width / 2, quad_segs=4), dtype=object)

    # An area over half the perimeter is a mean width, which the greatest is never below.
    result = np.asarray(2 * shapely.area(polygons) > width * shapely.length(polygons))
    rest = np.flatnonzero(~result)
    left = map_arrays(eroded, polygons[rest], workers=workers)
    result[rest] = ~shapely.is_empty(left)
    return result


def widths(polygons: Geometries) -> Floats:
    """Width of each polygon where it is widest: the diameter of the largest circle in it."""
    if not len(polygons):
        return np.empty(0)
    radius = shapely.maximum_inscribed_circle(polygons, tolerance=FINE / 2)
    return np.asarray(2 * shapely.length(radius), dtype=np.float64)


def _inner_rings(polygons: Geometries) -> Geometries:
    flat = polygonal(polygons)
    rings, owner = shapely.get_rings(flat[~shapely.is_empty(flat)], return_index=True)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = np.diff(owner) > 0
    return np.asarray(rings[~outer], dtype=object)
