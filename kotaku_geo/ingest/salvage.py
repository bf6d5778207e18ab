"""Feature by feature where a driver gives up in the middle: what came before is kept."""

from typing import Any

import fiona
import fiona.errors
import numpy as np
import pandas as pd
import shapely
import shapely.geometry
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.ingest.limits import at_most
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.staging import Staged

HOPELESS = "bentuknya tidak dapat disusun"


def salvaged(staged: Staged, layer: str | None, encoding: str | None) -> RawLayer | None:
    """The features that can be had before the driver fails; None where there is not one.

    Args:
        staged: the file.
        layer: its layer, or None where it has only one.
        encoding: encoding of its text.
    """
    from kotaku_geo.ingest.read_vector import short_crs  # it calls this module

    drivers = resources.load("formats")["drivers"]["vector"]
    records: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry | None] = []
    broken: dict[int, str] = {}
    crs = None
    try:
        with fiona.open(
            str(staged.path), layer=layer, encoding=encoding, enabled_drivers=drivers
        ) as features:
            crs = features.crs_wkt or None
            drawn = features.schema["geometry"] != "None"
            for feature in features:
                at_most("rows", len(records), "baris", staged.name)
                records.append(dict(feature["properties"]))
                shapes.append(_shape(feature["geometry"], broken, len(shapes)))
    except (fiona.errors.FionaError, UnicodeDecodeError, LookupError, ValueError, RuntimeError):
        if not records:  # what was read stays; the caller tells that the rest is missing
            return None
    return RawLayer(
        path=staged.name,
        frame=pd.DataFrame(records),
        geometry=_array(shapes) if drawn else None,
        source_row=np.arange(len(records), dtype=np.int64),
        rows_read=len(records),
        crs_found=short_crs(crs),
        encoding=encoding and encoding.upper(),
        broken=broken,
        layer=layer or staged.path.stem,
    )


def _shape(geometry: Any, broken: dict[int, str], row: int) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        return shapely.force_2d(shapely.geometry.shape(geometry))
    except (shapely.errors.ShapelyError, ValueError, TypeError, AttributeError):
        broken[row] = HOPELESS
        return None


def _array(shapes: list[shapely.Geometry | None]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
