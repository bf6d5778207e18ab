"""A delivered raster: its grid goes into the workspace as plain floats with NaN for no value."""

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.io
import shapely
from numpy.typing import NDArray
from rasterio.errors import RasterioError

from kotaku_geo.config import Source
from kotaku_geo.errors import InputError
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest.extent import Whereabouts
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.part import FINGERPRINT, Part
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.read_vector import short_crs

MAX_PIXELS = 100_000_000
NO_VALUE = (-9999.0, -99999.0)  # written in the field without being declared
EDGE_POINTS = 21


def raster_part(
    source: Source, delivered: Delivered, sha256: str, where: Whereabouts, book: FindingBook
) -> Part:
    """One record for the raster (its footprint) and its first band as a GeoTIFF.

    Raises:
        InputError: it cannot be read, is too large, or its CRS is unknown.
    """
    target = delivered.file if delivered.member is None else None
    name = f"zip://{delivered.file}!{delivered.member}" if target is None else str(target)
    try:
        with rasterio.open(name, driver="GTiff") as dataset:
            if dataset.width * dataset.height > MAX_PIXELS:
                size = f"{dataset.width} × {dataset.height}"
                raise InputError(f"{delivered.name}: raster {size} piksel terlalu besar")
            values = dataset.read(1).astype("float32")
            mask = dataset.read_masks(1) > 0
            transform, found = dataset.transform, dataset.crs
    except RasterioError as error:
        raise InputError(f"{delivered.name}: raster tidak dapat dibaca: {error}") from error
    values[~mask | np.isin(values, NO_VALUE) | ~np.isfinite(values)] = np.nan
    crs_found = short_crs(found.to_wkt()) if found else None
    placed = place(_footprint(values.shape, transform), crs_found, source.crs, where, swaps=False)
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
