"""Geodesic areas and lengths of arrays, without a loop over features.

A projected area divided by the projection's areal scale at the feature's centroid is the area on
the ellipsoid, to about one part in a million at the size of a settlement; `pyproj.Geod` is the
oracle in the tests.
"""

import threading
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

M2_PER_HA = 10_000.0


@lru_cache(maxsize=32)
def _proj(crs: str, _thread: int) -> tuple[pyproj.Proj, pyproj.Transformer]:
    target = pyproj.CRS.from_user_input(crs)
    if not target.is_projected:
        raise ValueError(f"{crs} is not a projected CRS")
    geographic = target.geodetic_crs
    to_degrees = pyproj.Transformer.from_crs(target, geographic, always_xy=True)
    return pyproj.Proj(target), to_degrees


def _text_of(crs: Any) -> str:
    text: str = pyproj.CRS.from_user_input(crs).to_wkt()
    return text


def scale_at(x: NDArray[np.float64], y: NDArray[np.float64], crs: Any) -> NDArray[np.float64]:
    """Areal scale (projected over true area) at points given in a projected CRS; NaN stays NaN."""
    text = crs if isinstance(crs, str) else _text_of(crs)
    projection, to_degrees = _proj(text, threading.get_ident())  # a `Proj` belongs to one thread
    lon, lat = to_degrees.transform(x, y)
    known = np.isfinite(lon) & np.isfinite(lat)
    scale = np.full(np.shape(x), np.nan)
    if known.any():
        factors = projection.get_factors(np.asarray(lon)[known], np.asarray(lat)[known])
        scale[known] = factors.areal_scale
    return scale


def geodesic_m2(geometries: NDArray[np.object_], crs: Any) -> NDArray[np.float64]:
    """Area on the ellipsoid, square metres; lines, points, empties and None have 0.

    Args:
        geometries: array (n,) of geometries in ``crs``.
        crs: a projected CRS in metres, anything pyproj takes.

    Returns:
        float array (n,).
    """
    geometries = np.asarray(geometries, dtype=object)
    planar = np.nan_to_num(shapely.area(geometries))
    result = np.zeros(planar.shape)
    solid = planar > 0
    if solid.any():
        centre = shapely.centroid(geometries[solid])
        scale = scale_at(shapely.get_x(centre), shapely.get_y(centre), crs)
        result[solid] = planar[solid] / scale
    return result


def geodesic_ha(geometries: NDArray[np.object_], crs: Any) -> NDArray[np.float64]:
    """Area on the ellipsoid, hectares; see `geodesic_m2`."""
    return geodesic_m2(geometries, crs) / M2_PER_HA


def linear_scale(geometries: NDArray[np.object_], crs: Any) -> NDArray[np.float64]:
    """Projected over true length at each geometry's centroid; NaN without one.

    What lies within a few hundred metres shares it to one part in a million.
    """
    centre = shapely.centroid(geometries)
    return np.sqrt(scale_at(shapely.get_x(centre), shapely.get_y(centre), crs))


def true_length_m(geometries: NDArray[np.object_], crs: Any) -> NDArray[np.float64]:
    """Length on the ellipsoid, metres: planar length over the linear scale at the centroid.

    Good for conformal projections (UTM, TM-3), where the scale is the same in all directions.
    """
    geometries = np.asarray(geometries, dtype=object)
    planar = np.nan_to_num(shapely.length(geometries))
    result = np.zeros(planar.shape)
    drawn = planar > 0
    if drawn.any():
        centre = shapely.centroid(geometries[drawn])
        scale = scale_at(shapely.get_x(centre), shapely.get_y(centre), crs)
        result[drawn] = planar[drawn] / np.sqrt(scale)
    return result
