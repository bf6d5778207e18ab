"""From a file's coordinates to the city's CRS: which it is, and whether its axes are swapped."""

import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import PipelineFileError

# Indonesia with its seas; the two ranges do not meet, so swapped axes show.
LON = (94.0, 142.0)
LAT = (-12.0, 7.0)
_local = threading.local()


@dataclass(frozen=True)
class Placed:
    """Geometries in the city's CRS and how they got there.

    ``rule`` is the finding that the choice raises, or None; ``refused`` tells that no CRS is known
    and the geometries are not to be used.
    """

    geometry: NDArray[np.object_]
    crs_used: str | None
    rule: str | None = None
    swapped: bool = False
    refused: bool = False


def place(
    geometry: NDArray[np.object_], found: str | None, stated: str | None, city: str
) -> Placed:
    """Bring geometries into the city's CRS.

    The pipeline's word goes before the file's. Without either, numbers that can only be degrees in
    Indonesia are WGS84; anything else is refused. Degrees that lie in Indonesia only with the axes
    exchanged are exchanged.
    """
    if not (~(shapely.is_missing(geometry) | shapely.is_empty(geometry))).any():
        return Placed(geometry, stated or found)
    bounds = shapely.total_bounds(geometry)
    used = stated or found
    rule = "crs.overridden" if stated and found and not same_crs(stated, found) else None
    if used is None:
        if not np.isfinite(bounds).all():
            return Placed(geometry, None)
        if not (_degrees(bounds) or _degrees(_exchanged(bounds))):
            return Placed(geometry, None, "crs.missing", refused=True)
        used, rule = "EPSG:4326", "crs.assumed"
    swapped = False
    if is_geographic(used) and np.isfinite(bounds).all():
        if not _degrees(bounds) and _degrees(_exchanged(bounds)):
            geometry = shapely.transform(geometry, lambda c: c[:, ::-1])
            swapped = True
        elif np.abs(bounds).max() > 360:
            return Placed(geometry, used, "crs.contradicts", refused=True)
    return Placed(to_crs(geometry, used, city), used, rule, swapped)


def to_crs(geometry: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Coordinates from one CRS to another, x before y on both sides."""
    if same_crs(source, target):
        return geometry
    transformer = _transformer(source, target)
    moved: NDArray[np.object_] = shapely.transform(
        geometry, lambda c: np.column_stack(transformer.transform(c[:, 0], c[:, 1]))
    )
    return moved


def _degrees(bounds: NDArray[np.float64]) -> bool:
    """Whether the middle of the bounds lies in Indonesia, as longitude and latitude."""
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    narrow = np.abs(bounds).max() <= 360
    return bool(narrow and LON[0] <= x <= LON[1] and LAT[0] <= y <= LAT[1])


def _exchanged(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    return bounds[[1, 0, 3, 2]]


def _transformer(source: str, target: str) -> pyproj.Transformer:
    cache = _local.__dict__.setdefault("transformers", {})
    if (source, target) not in cache:
        cache[source, target] = pyproj.Transformer.from_crs(
            check_crs(source), check_crs(target), always_xy=True
        )
    transformer: pyproj.Transformer = cache[source, target]
    return transformer


@lru_cache(maxsize=64)
def check_crs(text: str) -> pyproj.CRS:
    """The CRS that a text means.

    Raises:
        PipelineFileError: pyproj does not know it.
    """
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise PipelineFileError(f"sistem koordinat {text!r} tidak dikenal") from error


@lru_cache(maxsize=64)
def is_geographic(text: str) -> bool:
    """Whether the CRS counts in degrees."""
    return bool(check_crs(text).is_geographic)


@lru_cache(maxsize=64)
def same_crs(one: str, other: str) -> bool:
    """Whether two texts mean one CRS."""
    return one == other or bool(check_crs(one).equals(check_crs(other), ignore_axis_order=True))
