"""The one place where `init` and `check` touch the readers: what a file is, and its records.

Everything else here works on `RawLayer`s and never opens a file. Small files are read as the
pipeline reads them; of large ones only the head.
"""

import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.errors
import python_calamine
import shapely
from rasterio.errors import RasterioError

from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest import reading
from kotaku_geo.ingest.formats import Format
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.staging import parts_of, staged
from kotaku_geo.late import record

TABLES = ("table", "workbook")
HEADED = ("table", "vector")  # readers that can stop after the first rows
ENDLESS = 1 << 40  # bytes: a file geodatabase is never read whole
FAILURES = (
    InputError, PipelineFileError, OSError, ValueError, RuntimeError, zipfile.BadZipFile,
    zlib.error, pa.ArrowException, python_calamine.CalamineError, RasterioError,
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.CRSError,
)  # fmt: skip


@record
class Grid:
    """Head of a raster: its CRS, its extent, and its number of pixels."""

    crs: str | None
    bounds: tuple[float, float, float, float]
    pixels: int


def format_of(delivered: Delivered) -> Format:
    """What a file is, by its content.

    Raises:
        InputError: its format is refused; the sentence says what to send instead.
    """
    kind = reading.format_of(delivered)
    if kind.reader == "refused":
        raise InputError(f"{delivered.name}: {kind.advice}")
    return kind


def is_table(delivered: Delivered) -> bool:
    """Whether a file is a text table or a workbook."""
    return reading.format_of(delivered).reader in TABLES


def size_of(delivered: Delivered, kind: Format) -> int:
    """Bytes of a file with its parts, unpacked."""
    if delivered.member is not None:
        with zipfile.ZipFile(delivered.file) as archive:
            stem = PurePosixPath(delivered.member).with_suffix("").as_posix()
            entries = archive.infolist()
            return sum(e.file_size for e in entries if e.filename.startswith(stem))
    if delivered.file.is_dir():
        return ENDLESS
    parts = [delivered.file, *parts_of(delivered.file, kind).values()]
    return sum(p.stat().st_size for p in parts)


def layers_of(delivered: Delivered, kind: Format) -> list[str]:
    """Layers or sheets of a file that may hold several; [] where it is read as one."""
    if kind.one_layer or kind.id in ("kml", "kmz") or kind.reader not in ("vector", "workbook"):
        return []
    return reading.layers_of(delivered)


def read_layer(
    delivered: Delivered, table: str | None, encoding: str | None, wanted: Sequence[str]
) -> RawLayer:
    """All records of a layer, as the pipeline reads them.

    Raises:
        InputError: the file is refused or cannot be read.
        PipelineFileError: it has no such layer.
    """
    return reading.read_layer(delivered, table, encoding, wanted)


def read_head(
    delivered: Delivered,
    kind: Format,
    table: str | None,
    wanted: Sequence[str],
    rows: int,
    size: int,
) -> tuple[RawLayer, int | None]:
    """The first records of a large file, and how many it has where that is told in its head.

    Args:
        delivered: the file.
        kind: what it is; one of the readers that are `HEADED`.
        table: layer of a file of several.
        wanted: headings by which the header row of a text file is found.
        rows: records of a vector file that are read.
        size: bytes of a text file that are read.
    """
    if kind.reader == "table":
        with tempfile.TemporaryDirectory(prefix="kotaku-geo-") as folder:
            head = Path(folder) / PurePosixPath(delivered.name).name
            text = _first_bytes(delivered, size)
            head.write_bytes(text[: text.rfind(b"\n") + 1] or text)
            return read_layer(Delivered(head, delivered.name), table, None, wanted), None
    return _vector_head(delivered, table, rows)


def _vector_head(delivered: Delivered, table: str | None, rows: int) -> tuple[RawLayer, int | None]:
    from kotaku_geo.ingest.read_vector import gdal_name, short_crs

    with staged(delivered) as ready:
        reading.looked_at(ready)
        name = gdal_name(ready)
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
    from kotaku_geo.ingest.read_raster import opened
    from kotaku_geo.ingest.read_vector import short_crs

    with staged(delivered) as ready, opened(ready) as dataset:
        crs = short_crs(dataset.crs.to_wkt()) if dataset.crs else None
        west, south, east, north = (float(v) for v in dataset.bounds)
        return Grid(crs, (west, south, east, north), dataset.width * dataset.height)


def _first_bytes(delivered: Delivered, count: int) -> bytes:
    if delivered.member is None:
        with delivered.file.open("rb") as handle:
            return handle.read(count)
    with zipfile.ZipFile(delivered.file) as archive, archive.open(delivered.member) as member:
        return member.read(count)
