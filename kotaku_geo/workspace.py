"""Tables on disk: where stages meet.

A table is a (Geo)Parquet file ``<stage>/<table>.parquet``. Writing is atomic (beside, fsync,
rename) and the same rows give the same bytes.
"""

import contextlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import OutputError
from kotaku_geo.files import file_hash, settle, table_path
from kotaku_geo.frames import GEOMETRY, draw, with_geometry

WORTH_THREADS = 1_000_000  # cells; fewer are read sooner than threads start


class Workspace:
    """The folder ``build/<pipeline stem>/``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, table: str) -> Path:
        """File of a table (``stage/table``), or of a document when the name has an ending."""
        return table_path(self.root, table)

    def beside(self, name: str) -> Path:
        """Where a table or document waits until it takes its place."""
        target = self.path(name)
        return target.with_name(f".{target.name}")

    def has(self, table: str) -> bool:
        """Whether the table is there."""
        return self.path(table).is_file()

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A table without geometry, or some columns of any table."""
        return _read(self.path(table), columns)[0]

    def read_geo(self, table: str, columns: Sequence[str] | None = None) -> gpd.GeoDataFrame:
        """A table with geometry, in the city's CRS, or those of some columns that it has.

        ``geometry`` must be one of the columns.
        """
        frame = read_any(self.path(table), columns)
        assert isinstance(frame, gpd.GeoDataFrame), f"{table} has no geometry"
        return frame

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Write a table whole, or not at all."""
        with self.replacing(table) as beside:
            write_frame(frame, beside)

    def write_beside(
        self, name: str, content: pd.DataFrame | bytes, wkb: NDArray[np.object_] | None = None
    ) -> Path:
        """Write a table or document beside its place (a file that begins with a dot).

        ``wkb`` is a table's geometry where it is at hand, little-endian and without Z.
        """
        target, beside = self.path(name), self.beside(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                beside.write_bytes(content)
            else:
                write_frame(content, beside, wkb)
        except OSError as error:
            raise OutputError(
                f"{target}: tidak dapat ditulis: {error.strerror or error}"
            ) from error
        return beside

    def clear_unfinished(self, stage: str) -> None:
        """Remove what a stage that failed had written beside its places."""
        for path in (self.root / stage).rglob(".*"):
            path.unlink(missing_ok=True)

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON document whole, or not at all."""
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False, allow_nan=False)
        with self.replacing(name) as beside:
            beside.write_text(text + "\n", encoding="utf-8")

    def read_json(self, name: str) -> Any:
        """Content of a JSON document."""
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    @contextlib.contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """A file to write beside ``name``; it takes its place only when all went well."""
        target, beside = self.path(name), self.beside(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            yield beside
            settle(beside, target)
        except OSError as error:
            raise OutputError(
                f"{target}: tidak dapat ditulis: {error.strerror or error}"
            ) from error
        finally:
            if beside.exists():
                beside.unlink()


def read_any(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table or those of some columns that it has, with geometry where it has any."""
    frame, geo = _read(path, columns)
    if geo is None:
        return frame
    shapes = shapely.from_wkb(frame[GEOMETRY].to_numpy(dtype=object))
    drawn: pd.DataFrame = draw(frame, shapes, _crs_of(geo))
    return drawn


def _read(path: Path, columns: Sequence[str] | None) -> tuple[pd.DataFrame, bytes | None]:
    """A table as it lies there, and what its file says of its geometry."""
    with pq.ParquetFile(path) as file:  # read_table would look for a dataset first
        large = file.metadata.num_rows * file.metadata.num_columns > WORTH_THREADS
        table = file.read(columns, use_threads=large)
    frame: pd.DataFrame = table.to_pandas(use_threads=large)
    return frame, (table.schema.metadata or {}).get(b"geo")


@cache
def _crs_of(geo: bytes) -> pyproj.CRS | None:
    """CRS of a GeoParquet file's metadata; parsed once, as that takes longer than the reading."""
    crs = json.loads(geo)["columns"]["geometry"]["crs"]
    return None if crs is None else pyproj.CRS.from_json_dict(crs)


@cache
def _geo_metadata(crs: pyproj.CRS | None) -> bytes:
    """GeoParquet 1.0 metadata of a table whose geometry column holds WKB."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": crs and crs.to_json_dict(),
    }
    content = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return json.dumps(content, sort_keys=True).encode()


def write_frame(frame: pd.DataFrame, path: Path, wkb: NDArray[np.object_] | None = None) -> None:
    """Write one (Geo)Parquet file; the index is not kept, and the same rows give the same bytes."""
    metadata = {}
    if isinstance(frame, gpd.GeoDataFrame):
        if wkb is None:
            wkb = shapely.to_wkb(frame.geometry.to_numpy(), output_dimension=2)
        metadata[b"geo"] = _geo_metadata(frame.crs)
        frame = with_geometry(frame, wkb)
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)  # a pool costs more
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata})
    pq.write_table(table, path, compression="lz4")  # written once, read often


__all__ = ["Workspace", "file_hash", "read_any", "settle", "write_frame"]
