"""Small planar tools from which every planted shape is made (coordinates in metres)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.config import CRS

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
G = TypeVar("G", bound=Geometry)
_GEOD = Geod(ellps="WGS84")
_TO_LONLAT = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
_TO_CITY = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)


class ShapeError(ValueError):
    """A planted shape cannot be made on this ground; another place has to be tried."""


def _by(transformer: Transformer) -> Callable[[Floats], Floats]:
    return lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))


def to_lonlat(geometry: G) -> G:
    """Geometry in the city's CRS → longitude, latitude (WGS84 degrees)."""
    return shapely.transform(geometry, _by(_TO_LONLAT))


def all_to_city(geometries: Objects) -> Objects:
    """Geometries in longitude, latitude → the city's CRS (metres)."""
    return shapely.transform(geometries, _by(_TO_CITY))


def all_to_lonlat(geometries: Objects) -> Objects:
    """Geometries in the city's CRS → longitude, latitude (WGS84 degrees)."""
    return shapely.transform(geometries, _by(_TO_LONLAT))


def lonlat(x: float, y: float) -> tuple[float, float]:
    """One point of the city's CRS as (longitude, latitude)."""
    lon, lat = _TO_LONLAT.transform(x, y)
    return float(lon), float(lat)


def hectares(geometry: Geometry) -> float:
    """Geodesic hectares (WGS84 ellipsoid) of a polygonal geometry in the city's CRS."""
    if geometry.is_empty:
        return 0.0
    oriented = shapely.orient_polygons(to_lonlat(geometry))
    return abs(float(_GEOD.geometry_area_perimeter(oriented)[0])) / 10_000.0


def polygons(geometry: Geometry) -> list[Polygon]:
    """The polygons of any geometry, lines and points dropped."""
    return [part for part in _leaves(geometry) if isinstance(part, Polygon) and not part.is_empty]


def _leaves(geometry: Geometry) -> Iterable[Geometry]:
    parts = getattr(geometry, "geoms", None)
    if parts is None:
        return [geometry]
    return [leaf for part in parts for leaf in _leaves(part)]


def polygonal(geometry: Geometry) -> Geometry:
    """The polygonal part of an overlay result, as one Polygon or MultiPolygon."""
    parts = polygons(geometry)
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def largest(geometry: Geometry) -> Polygon:
    """The largest polygon of a geometry; raises `ShapeError` where there is none."""
    parts = polygons(geometry)
    if not parts:
        raise ShapeError("nothing polygonal is left")
    return max(parts, key=lambda part: part.area)


def inset(geometry: Geometry, metres: float) -> Polygon:
    """Shrink by `metres` with mitred corners; the largest part, without holes."""
    part = largest(geometry.buffer(-metres, join_style="mitre"))
    return Polygon(part.exterior)


def _half_plane(direction: Floats, limit: float, centre: Floats, reach: float) -> Polygon:
    """Everything whose projection on `direction` (from `centre`) is below `limit`."""
    across = np.array([-direction[1], direction[0]])
    near, far, side = centre + direction * limit, centre - direction * reach, across * reach
    return Polygon(np.array([near - side, near + side, far + side, far - side]))


def cut(geometry: Geometry, angle: float, share: float) -> tuple[Geometry, Geometry]:
    """Cut by a line across `angle` (radians) so that the first part has `share` of the area."""
    direction = np.array([math.cos(angle), math.sin(angle)])
    xy = shapely.get_coordinates(geometry)
    centre = xy.mean(axis=0)
    along = (xy - centre) @ direction
    reach = float(np.abs(xy - centre).max()) * 4 + 10
    low, high, wanted = float(along.min()), float(along.max()), geometry.area * share
    for _ in range(44):
        middle = (low + high) / 2
        if geometry.intersection(_half_plane(direction, middle, centre, reach)).area < wanted:
            low = middle
        else:
            high = middle
    knife = _half_plane(direction, (low + high) / 2, centre, reach)
    return polygonal(geometry.intersection(knife)), polygonal(geometry.difference(knife))


def shifted(geometry: G, angle: float, metres: float) -> G:
    """Move by `metres` towards `angle` (radians)."""
    step = np.array([math.cos(angle), math.sin(angle)]) * metres
    return shapely.transform(geometry, lambda xy: xy + step)


def wobble(rng: np.random.Generator, amplitude: float, wave: float) -> Callable[[Floats], Floats]:
    """A smooth displacement of at most `amplitude` metres; one-to-one while wave > amplitude."""
    phase = rng.uniform(0, 2 * math.pi, 4)
    size = amplitude / math.sqrt(2)

    def move(xy: Floats) -> Floats:
        x, y = xy[:, 0] / wave, xy[:, 1] / wave
        dx = (np.sin(x + phase[0]) + np.sin(1.7 * y + phase[1])) / 2
        dy = (np.sin(y + phase[2]) + np.sin(1.7 * x + phase[3])) / 2
        return xy + size * np.column_stack([dx, dy])

    return move


def redrawn(rng: np.random.Generator, geometry: Geometry, amplitude: float) -> Polygon:
    """The same outline as another hand would draw it, nowhere further off than `amplitude`."""
    dense = geometry.segmentize(6.0)
    return largest(shapely.transform(dense, wobble(rng, amplitude, wave=14.0)))


def longest_axis(geometry: Geometry) -> float:
    """Angle (radians) of the longer side of the minimum rotated rectangle."""
    ring = shapely.get_coordinates(geometry.minimum_rotated_rectangle)
    first, second = ring[1] - ring[0], ring[2] - ring[1]
    side = first if np.hypot(*first) >= np.hypot(*second) else second
    return math.atan2(side[1], side[0])


def iou(one: Geometry, other: Geometry) -> float:
    """Intersection over union of two polygonal geometries."""
    both = one.intersection(other).area
    return float(both / (one.area + other.area - both))


def aligned_iou(one: Geometry, other: Geometry) -> float:
    """Intersection over union after the centroids are laid on each other."""
    start, end = (shapely.get_coordinates(shape.centroid)[0] for shape in (one, other))
    return iou(shapely.transform(one, lambda xy: xy + (end - start)), other)


def blob(rng: np.random.Generator, x: float, y: float, radius: float) -> Polygon:
    """A lumpy round polygon about (x, y)."""
    angle = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    phase = rng.uniform(0, 2 * math.pi, 3)
    lumps = sum(0.12 / k * np.sin((k + 1) * angle + phase[k - 1]) for k in (1, 2, 3))
    far = radius * (1 + np.asarray(lumps))
    return Polygon(np.column_stack([x + far * np.cos(angle), y + far * np.sin(angle)]))


def line(points: Floats) -> LineString:
    """A LineString of an (n, 2) array."""
    return LineString(points)
