"""The one place where `init` and `check` touch the readers: what a file is, and its records.

Everything else here works on `RawLayer`s and never opens a file.
"""

import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.errors
import python_calamine
import rasterio
import shapely
from rasterio.errors import RasterioError

from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.locate import RASTER, READABLE, Delivered
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_table import read_table
from kotaku_geo.ingest.read_vector import _refuse_redirects, read_vector, short_crs

Reader = Literal["raster", "text", "workbook", "vector"]
WORKBOOK = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
TEXT = (".csv", ".tsv", ".txt")
ONE_LAYER = (".geojson", ".json", ".shp", ".fgb", ".dbf", ".kml", ".kmz")  # read as one
ENDLESS = 1 << 40  # bytes: a file geodatabase is never read whole
FAILURES = (
    InputError, PipelineFileError, OSError, ValueError, RuntimeError, zipfile.BadZipFile,
    zlib.error, pa.ArrowException, python_calamine.CalamineError, RasterioError,
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.CRSError,
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Head of a raster: its CRS, its extent, and its number of pixels."""

    crs: str | None
    bounds: tuple[float, float, float, float]
    pixels: int


def readable(name: str) -> bool:
    """Whether a reader takes files of this name's ending, archives included."""
    return PurePosixPath(name).suffix.lower() in (*READABLE, ".zip", ".gdb")


def reader_of(name: str) -> Reader:
    """Which reader a file of this name goes to."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in RASTER:
        return "raster"
    if ending in WORKBOOK:
        return "workbook"
    return "text" if ending in TEXT else "vector"


def size_of(delivered: Delivered) -> int:
    """Bytes of a file with its table, unpacked."""
    if delivered.member is not None:
        with zipfile.ZipFile(delivered.file) as archive:
            return archive.getinfo(delivered.member).file_size
    if delivered.file.is_dir():
        return ENDLESS
    parts = {delivered.file}
    if delivered.suffix == ".shp":
        parts.add(delivered.file.with_suffix(".dbf"))
    return sum(p.stat().st_size for p in parts if p.is_file())


def layers_of(delivered: Delivered) -> list[str]:
    """Layers or sheets of a file that may hold several; [] where it is read as one."""
    if delivered.suffix in ONE_LAYER or reader_of(delivered.name) in ("text", "raster"):
        return []
    if reader_of(delivered.name) == "workbook":
        with tempfile.SpooledTemporaryFile(max_size=50_000_000) as spool:
            if delivered.member is not None:
                with zipfile.ZipFile(delivered.file) as archive:
                    spool.write(archive.read(delivered.member))
                spool.seek(0)
            book = python_calamine.load_workbook(spool if delivered.member else delivered.file)
            return list(book.sheet_names)
    _refuse(delivered)
    return [str(n) for n in pyogrio.list_layers(_gdal_name(delivered))[:, 0]]


def read_layer(
    delivered: Delivered, table: str | None, encoding: str | None, wanted: Sequence[str]
) -> RawLayer:
    """All records of a layer, as the pipeline reads them.

    Raises:
        InputError: the file is refused or cannot be read.
        PipelineFileError: it has no such layer.
    """
    if reader_of(delivered.name) in ("text", "workbook"):
        return read_table(delivered, table, encoding, list(wanted))
    return read_vector(delivered, table, encoding)


def read_head(
    delivered: Delivered, table: str | None, wanted: Sequence[str], rows: int, size: int
) -> tuple[RawLayer, int | None]:
    """The first records of a large file, and how many it has where that is told in its head.

    Args:
        delivered: the file, a text file or a vector file.
        table: layer of a file of several.
        wanted: headings by which the header row of a text file is found.
        rows: records of a vector file that are read.
        size: bytes of a text file that are read.
    """
    if reader_of(delivered.name) == "text":
        with tempfile.TemporaryDirectory(prefix="kotaku-geo-") as folder:
            head = Path(folder) / PurePosixPath(delivered.name).name
            text = _first_bytes(delivered, size)
            head.write_bytes(text[: text.rfind(b"\n") + 1] or text)
            return read_table(Delivered(head, delivered.name), table, None, list(wanted)), None
    _refuse(delivered)
    name = _gdal_name(delivered)
    count = int(pyogrio.read_info(name, layer=table)["features"])
    meta, arrow = pyogrio.read_arrow(name, layer=table, max_features=rows)
    column = meta["geometry_name"] or "wkb_geometry"
    geometry = None
    if column in arrow.column_names:
        wkb = arrow.column(column).to_numpy(zero_copy_only=False)
        geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
        arrow = arrow.drop_columns([column])
    raw = RawLayer(
        delivered.name, arrow.to_pandas(), geometry, np.arange(arrow.num_rows),
        arrow.num_rows, short_crs(meta["crs"]), meta.get("encoding"),
    )  # fmt: skip
    return raw, count if count >= 0 else None


def grid_of(delivered: Delivered) -> Grid:
    """The head of a raster; no pixel is read.

    Raises:
        RasterioError: it cannot be opened.
    """
    name = str(delivered.file)
    if delivered.member is not None:
        name = f"zip://{delivered.file}!{delivered.member}"
    with rasterio.open(name, driver="GTiff") as dataset:
        crs = short_crs(dataset.crs.to_wkt()) if dataset.crs else None
        west, south, east, north = (float(v) for v in dataset.bounds)
        return Grid(crs, (west, south, east, north), dataset.width * dataset.height)


def _gdal_name(delivered: Delivered) -> str:
    if delivered.member is None:
        return str(delivered.file)
    return f"/vsizip/{{{delivered.file}}}/{delivered.member}"


def _refuse(delivered: Delivered) -> None:
    """The readers' refusal of text that points to other files; a file geodatabase has none."""
    if not delivered.file.is_dir():
        _refuse_redirects(delivered)


def _first_bytes(delivered: Delivered, count: int) -> bytes:
    if delivered.member is None:
        with delivered.file.open("rb") as handle:
            return handle.read(count)
    with zipfile.ZipFile(delivered.file) as archive, archive.open(delivered.member) as member:
        return member.read(count)
