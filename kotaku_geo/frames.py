"""Tables with and without their geometry, at the price of the array alone.

geopandas looks through every column each time a frame is drawn or undrawn, which costs more than
most of our tables are worth: they hold a few hundred rows of many columns.
"""

from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from geopandas.array import GeometryArray
from numpy.typing import NDArray

GEOMETRY = "geometry"


def draw(frame: pd.DataFrame, shapes: NDArray[np.object_], crs: Any) -> gpd.GeoDataFrame:
    """The frame with ``geometry``, which comes last unless the frame has it already.

    Args:
        frame: any; it stays as it is.
        shapes: shapely geometries or None, object array (n,).
        crs: anything that pyproj takes, or None.
    """
    assert len(shapes) == len(frame)
    array = GeometryArray(np.asarray(shapes, dtype=object), _parsed(crs))
    result: Any = with_geometry(frame, array)
    result.__class__ = gpd.GeoDataFrame  # as geopandas does with frames it knows to be sound
    result._geometry_column_name = GEOMETRY
    made: gpd.GeoDataFrame = result
    return made


def with_geometry(frame: pd.DataFrame, values: Any) -> pd.DataFrame:
    """The frame as pandas sees it, with any values in the column ``geometry``."""
    result = plain(frame)
    if GEOMETRY in result.columns:
        result.isetitem(list(result.columns).index(GEOMETRY), values)
    else:
        result[GEOMETRY] = values
    return result


def shapes_in(column: pd.Series) -> NDArray[np.object_]:
    """Geometries of a column of objects; None where it has none, whatever stands there."""
    shapes = column.to_numpy(dtype=object, copy=True)
    shapes[pd.isna(shapes)] = None
    return shapes


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as pandas sees it, sharing its values; it keeps its geometry as any column."""
    result = frame.copy(deep=False)
    result.__class__ = pd.DataFrame
    return result


def undrawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without its geometry."""
    result = plain(frame)
    if GEOMETRY in result.columns:
        del result[GEOMETRY]
    return result


def _parsed(crs: Any) -> pyproj.CRS | None:
    return crs if crs is None or isinstance(crs, pyproj.CRS) else _named(crs)


@cache
def _named(crs: Any) -> pyproj.CRS:
    """Parsed once: it takes longer than all the rest."""
    return pyproj.CRS.from_user_input(crs)
