"""How well the area of an outline is known, from how well its vertices are.

The area of a polygon is half the sum of cross products of its vertices; errors of the vertices,
independent and alike in x and y, propagate to it as σ_A² = σ²/4 · Σ |v(i+1) − v(i−1)|² (Ghilani,
"Adjustment Computations"). A border drawn with more vertices averages more errors out.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries

SIGMA_PER_CE90 = 1 / 2.1460  # of one axis, where the error is circular normal
NINETY = 1.6449  # a normal error is within so many sigmas in nine cases of ten


def area_uncertainty(polygons: Geometries, accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half width of the 90 % interval of each polygon's area.

    Args:
        polygons: polygons and multipolygons (n,); None has 0.
        accuracy: CE90 of the vertices of each, float array (n,), in the units of the coordinates.

    Returns:
        float array (n,), units of the coordinates squared.
    """
    parts, whole = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # Rings are closed: the last vertex repeats the first, whose neighbours are the second and the
    # last but one.
    first = np.searchsorted(ring, np.arange(len(rings)))
    last = np.searchsorted(ring, np.arange(len(rings)), side="right") - 1
    before, after = np.arange(len(xy)) - 1, np.arange(len(xy)) + 1
    before[first] = last - 1
    after[last] = 0
    span = np.square(xy[after] - xy[before]).sum(axis=1)
    span[last] = 0.0
    total = np.bincount(whole[part[ring]], span, len(polygons))
    sigma = np.sqrt(total) / 2 * np.asarray(accuracy, dtype=np.float64) * SIGMA_PER_CE90
    return np.asarray(NINETY * sigma)
