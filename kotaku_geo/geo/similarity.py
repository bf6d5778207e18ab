"""How alike two outlines are: overlap, overlap once aligned, and how far the border has moved."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries
from kotaku_geo.geo.parallel import map_arrays, map_chunks

DEAR = 16  # pairs of outlines that are worth a thread
SAMPLES = 128  # points along each boundary


def iou(left: Geometries, right: Geometries, *, workers: int | None = None) -> NDArray[np.float64]:
    """Intersection over union of each pair of polygons, 0 … 1; NaN where neither has area."""
    cut = map_arrays(shapely.intersection, left, right, workers=workers, least=DEAR)
    shared = shapely.area(cut)
    together = shapely.area(left) + shapely.area(right) - shared
    result = np.full(len(left), np.nan)
    np.divide(shared, together, out=result, where=together > 0)
    return result


def aligned_iou(
    left: Geometries, right: Geometries, *, workers: int | None = None
) -> NDArray[np.float64]:
    """`iou` after the right polygon is moved so that the centroids coincide."""
    shift = shapely.get_coordinates(shapely.centroid(left)) - shapely.get_coordinates(
        shapely.centroid(right)
    )
    return iou(left, translated(right, shift), workers=workers)


def translated(geometries: Geometries, shift: NDArray[np.float64]) -> Geometries:
    """Each geometry moved by its row of ``shift`` (n, 2)."""
    count = shapely.get_num_coordinates(geometries)
    moved = shapely.get_coordinates(geometries) + np.repeat(shift, count, axis=0)
    return np.asarray(shapely.set_coordinates(geometries.copy(), moved), dtype=object)


def displacement(
    left: Geometries, right: Geometries, *, samples: int = SAMPLES, workers: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and 95th percentile of the distance between two boundaries, both directions.

    Points are taken evenly along each boundary and measured to the other one. Unlike the Hausdorff
    distance, one notch does not decide it.

    Args:
        left, right: polygons with area, object arrays (n,).
        samples: points along each boundary.
        workers: threads.

    Returns:
        two float arrays (n,), in the units of the coordinates.
    """
    there, back = _distances(left, right, samples, workers)
    p50, p95 = _percentiles(np.hstack([there, back]))
    return p50, p95


def displacement_each_way(
    left: Geometries, right: Geometries, *, samples: int = SAMPLES, workers: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """As `displacement`, each direction by itself: from left to right, and from right to left.

    An outline that has a part more than the other is far from it there, and not the other way.

    Returns:
        two float arrays (2, n): median and 95th percentile.
    """
    there, back = _distances(left, right, samples, workers)
    return _percentiles(there), _percentiles(back)


def _percentiles(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median and 95th percentile of each row, float array (2, n)."""
    if not len(distances):
        return np.empty((2, 0))
    return np.asarray(np.percentile(distances, [50, 95], axis=1))


def _distances(
    left: Geometries, right: Geometries, samples: int, workers: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance of points along each boundary to the other one, float arrays (n, samples)."""
    if not len(left):
        return np.empty((0, samples)), np.empty((0, samples))
    lines, others = shapely.boundary(left), shapely.boundary(right)
    on_left, on_right = _along(left, samples), _along(right, samples)

    def part(rows: slice) -> NDArray[np.float64]:
        there = shapely.distance(on_left[rows], others[rows, None])
        back = shapely.distance(on_right[rows], lines[rows, None])
        return np.stack([there, back])

    there, back = np.concatenate(map_chunks(part, len(left), workers, DEAR), axis=1)
    return there, back


def _along(polygons: Geometries, samples: int) -> Geometries:
    """Points evenly along each polygon's rings, object array (n, samples).

    All boundaries are laid on one line, end to end; steps from ring to ring have no length.
    """
    parts, whole = shapely.get_parts(polygons, return_index=True)
    rings, owner = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0).T)
    step[np.diff(ring) > 0] = 0.0
    along = np.concatenate([[0.0], np.cumsum(step)])
    bounds = np.searchsorted(whole[owner[ring]], np.arange(len(polygons) + 1))
    start, end = along[bounds[:-1]], along[bounds[1:] - 1]
    share = (np.arange(samples) + 0.5) / samples
    at = start[:, None] + (end - start)[:, None] * share
    points = shapely.points(np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1]))
    return np.asarray(points, dtype=object)
