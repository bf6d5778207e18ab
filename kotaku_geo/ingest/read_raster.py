"""A delivered raster: its grid goes into the workspace as plain floats with NaN for no value."""

from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.io
import shapely
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from kotaku_geo.config import Source
from kotaku_geo.errors import InputError
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest.limits import at_most
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.part import FINGERPRINT, Part
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.read_vector import short_crs
from kotaku_geo.ingest.staging import Staged, staged
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.late import record

NO_VALUE = (-9999.0, -99999.0)  # written in the field without being declared
EDGE_POINTS = 21


@record
class Grid:
    """A raster's first band.

    Attributes:
        values: (height, width), NaN where there is none.
        transform: from column and row to coordinates.
        crs_found: its CRS as ``EPSG:n`` or WKT, or None.
    """

    values: NDArray[np.float32]
    transform: rasterio.Affine
    crs_found: str | None


def read_grid(delivered: Delivered) -> Grid:
    """The first band of a delivered raster.

    Raises:
        InputError: it cannot be read, or claims more pixels than are taken in.
    """
    with staged(delivered) as ready:
        if ready.kind.reader != "raster":
            raise InputError(f"{delivered.name}: ini bukan raster melainkan {ready.kind.name}")
        try:
            with opened(ready) as dataset:
                if not dataset.count:
                    raise InputError(f"{delivered.name}: raster tanpa satu lapis nilai pun")
                pixels = dataset.width * dataset.height
                at_most("pixels", pixels, "piksel", delivered.name)
                values = dataset.read(1, out_dtype="float32")
                values[dataset.read_masks(1) == 0] = np.nan
                transform, found = dataset.transform, dataset.crs
        except (RasterioError, CPLE_BaseError, ValueError, MemoryError) as error:
            text = str(error).split("\n")[0].replace(str(ready.path), delivered.name)
            raise InputError(f"{delivered.name}: raster tidak dapat dibaca: {text}") from error
    values[np.isin(values, np.array(NO_VALUE, dtype="float32")) | ~np.isfinite(values)] = np.nan
    return Grid(values, transform, short_crs(found.to_wkt()) if found else None)


def opened(ready: Staged) -> Any:
    """The dataset, by the drivers of its format alone."""
    *others, last = ready.kind.drivers
    for driver in others:
        try:
            return rasterio.open(ready.path, driver=driver)
        except RasterioError:  # the next one may know it; the last one says what is wrong
            continue
    return rasterio.open(ready.path, driver=last)


def raster_part(
    source: Source, delivered: Delivered, sha256: str, where: Whereabouts, book: FindingBook
) -> Part:
    """One record for the raster (its footprint) and its first band as a GeoTIFF.

    Raises:
        InputError: it cannot be read, is too large, or its CRS is unknown.
    """
    grid = read_grid(delivered)
    values, transform, crs_found = grid.values, grid.transform, grid.crs_found
    placed = place(_footprint(values.shape, transform), crs_found, source.crs, where, grid=True)
    placed.tell(book, source.id, delivered.name, crs_found)
    frame = _record(source, placed, where.city)
    used = None if placed.refused else placed.crs_used
    return Part(
        frame,
        book.rows,
        {
            "source_id": source.id, "path": delivered.name, "sha256": sha256, "rows_read": 1,
            "rows_kept": len(frame), "rows_rejected": 1 - len(frame), "crs_found": crs_found,
            "crs_used": placed.crs_used, "encoding_used": None, "agency": source.agency,
            "date": source.date.isoformat() if source.date else None,
            "accuracy_m": source.accuracy,
        },
        None if used is None else _geotiff(values, transform, used),
        where.asked,
    )  # fmt: skip


def _footprint(shape: tuple[int, ...], transform: rasterio.Affine) -> NDArray[np.object_]:
    """The raster's outline as one polygon, in its own CRS."""
    height, width = shape
    along = np.linspace(0, 1, EDGE_POINTS)
    ring = np.concatenate([
        np.column_stack([along * width, np.zeros(EDGE_POINTS)]),
        np.column_stack([np.full(EDGE_POINTS, width), along * height]),
        np.column_stack([along[::-1] * width, np.full(EDGE_POINTS, height)]),
        np.column_stack([np.zeros(EDGE_POINTS), along[::-1] * height]),
    ])  # fmt: skip
    a, b, c, d, e, f = tuple(transform)[:6]
    x, y = a * ring[:, 0] + b * ring[:, 1] + c, d * ring[:, 0] + e * ring[:, 1] + f
    return np.array([shapely.Polygon(np.column_stack([x, y]))], dtype=object)


def _record(source: Source, placed: Placed, city: str) -> gpd.GeoDataFrame:
    """The one row that stands for the raster: its footprint, in the city's CRS."""
    frame = gpd.GeoDataFrame(
        {
            "bahaya": [source.set.get("bahaya")],
            "kelas": [None],
            "source_id": [source.id],
            "source_row": [0],
            FINGERPRINT: [source.id],
            "raster": [True],
        },
        geometry=placed.geometry,
        crs=city,
    )
    return frame.iloc[:0] if placed.refused else frame


def _geotiff(values: NDArray[np.float32], transform: rasterio.Affine, crs: str) -> bytes:
    height, width = values.shape
    with rasterio.io.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=width, height=height, count=1, dtype="float32", crs=crs,
            transform=transform, nodata=float("nan"), compress="deflate",
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)
        return bytes(memory.read())
