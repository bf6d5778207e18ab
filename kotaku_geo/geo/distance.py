"""Distances to large outlines, for many shapes."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries


def gaps_to(shapes: Geometries, area: shapely.Geometry | Geometries) -> NDArray[np.float64]:
    """Distance of each shape to (multi)polygons that it does not meet: to the nearest of them.

    GEOS would look at the whole outline for every shape; a tree of its segments finds the nearest.

    Args:
        shapes: (n,) geometries outside of ``area``, none missing or empty.
        area: polygon or multipolygon, or several.

    Returns:
        distances in the units of the coordinates.
    """
    if not len(shapes):
        return np.empty(0)
    rings = shapely.get_rings(shapely.get_parts(area))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][within], points[1:][within]], axis=1)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=object))
    (which, _), gaps = tree.query_nearest(shapes, return_distance=True, all_matches=False)
    result = np.empty(len(shapes))
    result[which] = gaps
    return result
