"""Change apart from redrawing noise: a difference between outlines opened by a distance.

Morphological opening (Serra 1982) removes what is thinner than the structuring element and gives
back what is wider: erosion by half the distance, dilation by the same, clipped to the difference.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, collected, polygonal
from kotaku_geo.geo.parallel import map_arrays

SLIT_M = 0.01  # gaps thinner than twice this between parts of a difference are rounding
DUST_M2 = 1e-4  # what rounding leaves of a strip exactly as wide as the distance
HAIR_M = 1e-5  # erosion goes deeper, so that a strip of just the distance leaves no hairline core
SLACK_M = 0.001  # dilation goes further, so that no hair is left along a border
DEAR = 16  # outlines that are worth a thread
SEGMENTS = 8  # of a quarter circle: its chords are within half a percent of the radius
MITRE = 1.5  # gives right angles back whole (1.414) and cuts sharper tips


def cores(
    geometries: Geometries,
    distance: NDArray[np.float64],
    min_area: float,
    *,
    workers: int | None = None,
) -> Geometries:
    """What erosion by ``distance`` leaves of each geometry, without parts under ``min_area``.

    Args:
        geometries: polygons (n,), CRS in metres.
        distance: metres, float array (n,).
        min_area: square metres.

    Returns:
        object array (n,); an empty polygon where nothing is left.
    """

    def erode(shape: Geometries, by: Geometries) -> Geometries:
        closed = _buffer(shape, SLIT_M, join_style="mitre")
        inward = -(by.astype(np.float64) + SLIT_M + HAIR_M)
        return _buffer(closed, inward, quad_segs=SEGMENTS)

    eroded = map_arrays(erode, geometries, distance.astype(object), workers=workers, least=DEAR)
    return _without_small(eroded, min_area)


def changed(
    difference: Geometries,
    other: Geometries,
    distance: NDArray[np.float64],
    min_area: float,
    *,
    workers: int | None = None,
) -> Geometries:
    """The part of each difference that is change; the rest is within tolerance.

    It is the opening of the difference by ``distance``, less cores under ``min_area``, with the
    portions of at least ``min_area`` that lie further than ``distance`` from the other side. A
    strip narrower than ``distance`` vanishes unless it leads away.

    Args:
        difference: what one side has and the other has not, polygons (n,), CRS in metres.
        other: the other side within reach of each, polygons (n,).
        distance: metres, float array (n,).
        min_area: square metres.

    Returns:
        object array (n,) of polygons inside ``difference``; empty where nothing changed.
    """
    core = cores(difference, distance / 2, min_area, workers=workers)

    def open_(shape: Geometries, inner: Geometries, by: Geometries) -> Geometries:
        reach = by.astype(np.float64) / 2 + SLACK_M
        wide = _buffer(inner, reach, join_style="mitre", mitre_limit=MITRE)
        return np.asarray(shapely.intersection(shape, wide))

    def away(shape: Geometries, beside: Geometries, by: Geometries) -> Geometries:
        near = _buffer(beside, by.astype(np.float64), quad_segs=SEGMENTS)
        return np.asarray(shapely.difference(shape, near))

    tau = distance.astype(object)
    opened = polygonal(map_arrays(open_, difference, core, tau, workers=workers, least=DEAR))
    # What is too small, or has changed as a whole already, gains nothing by what lies far away.
    open_end = (shapely.area(difference) >= min_area) & ~_is_whole(difference, opened)
    rest = np.flatnonzero(open_end)
    parts = map_arrays(away, difference[rest], other[rest], tau[rest], workers=workers, least=DEAR)
    far = _without_small(parts, min_area)
    some = np.flatnonzero(~shapely.is_empty(far))
    result = opened.copy()
    result[rest[some]] = polygonal(shapely.union(opened[rest[some]], far[some]))
    return np.where(_is_whole(difference, result), difference, result)


def _buffer(
    geometries: Geometries, distance: float | NDArray[np.float64], **how: Any
) -> Geometries:
    """`shapely.buffer`; GEOS divides by zero at corners that are all but straight, and recovers."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(shapely.buffer(geometries, distance, **how), dtype=object)


def _without_small(geometries: Geometries, min_area: float) -> Geometries:
    parts, owner = shapely.get_parts(polygonal(geometries), return_index=True)
    keep = shapely.area(parts) >= max(min_area, DUST_M2)
    return collected(parts[keep], owner[keep], len(geometries))


def _is_whole(difference: Geometries, change: Geometries) -> NDArray[np.bool_]:
    """Where all but a hair of the difference changed."""
    size = shapely.area(difference)
    rest = size - shapely.area(change)
    hair = SLACK_M * shapely.length(difference)
    return np.asarray((rest <= hair) & ~shapely.is_empty(change) & (size > 0))
