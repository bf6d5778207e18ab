"""Coordinate systems by name, and coordinates from one to another."""

import threading
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import PipelineFileError

_local = threading.local()


def to_crs(geometry: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Coordinates from one CRS to another, x before y on both sides."""
    if same_crs(source, target):
        return geometry
    transformer = _transformer(source, target)
    moved: NDArray[np.object_] = shapely.transform(
        geometry, lambda c: np.column_stack(transformer.transform(c[:, 0], c[:, 1]))
    )
    return moved


def _transformer(source: str, target: str) -> pyproj.Transformer:
    cache = _local.__dict__.setdefault("transformers", {})
    if (source, target) not in cache:
        cache[source, target] = pyproj.Transformer.from_crs(
            check_crs(source), check_crs(target), always_xy=True
        )
    transformer: pyproj.Transformer = cache[source, target]
    return transformer


@lru_cache(maxsize=256)
def check_crs(text: str) -> pyproj.CRS:
    """The CRS that a text means.

    Raises:
        PipelineFileError: pyproj does not know it.
    """
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise PipelineFileError(f"sistem koordinat {text!r} tidak dikenal") from error


@lru_cache(maxsize=256)
def is_geographic(text: str) -> bool:
    """Whether the CRS counts in degrees."""
    return bool(check_crs(text).is_geographic)


@lru_cache(maxsize=256)
def same_crs(one: str, other: str) -> bool:
    """Whether two texts mean one CRS."""
    return one == other or bool(check_crs(one).equals(check_crs(other), ignore_axis_order=True))


def to_lonlat(
    crs: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """WGS84 longitudes and latitudes; infinite where there are none, or no way leads there."""
    try:
        lon, lat = _transformer(crs, "EPSG:4326").transform(x, y)
    except pyproj.exceptions.ProjError:  # a system that belongs to no place on the globe
        nowhere = np.full(np.shape(x), np.inf)
        return nowhere, nowhere
    return np.asarray(lon), np.asarray(lat)
