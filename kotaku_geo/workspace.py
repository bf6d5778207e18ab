"""Tables on disk: where stages meet.

A table is a (Geo)Parquet file ``<stage>/<table>.parquet``. Writing is atomic (beside, fsync,
rename) and the same rows give the same bytes.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from kotaku_geo.errors import OutputError
from kotaku_geo.files import file_hash, settle, table_path


class Workspace:
    """The folder ``build/<pipeline stem>/``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, table: str) -> Path:
        """File of a table (``stage/table``), or of a document when the name has an ending."""
        return table_path(self.root, table)

    def has(self, table: str) -> bool:
        """Whether the table is there."""
        return self.path(table).is_file()

    def read(self, table: str) -> pd.DataFrame:
        """A table without geometry."""
        return pd.read_parquet(self.path(table))

    def read_geo(self, table: str) -> gpd.GeoDataFrame:
        """A table with geometry, in the city's CRS."""
        return gpd.read_parquet(self.path(table))

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Write a table whole, or not at all."""
        with self.replacing(table) as beside:
            write_frame(frame, beside)

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
        target = self.path(name)
        beside = target.with_name(f".{target.name}")
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


def read_any(path: Path) -> pd.DataFrame:
    """A table, with geometry where its file has any."""
    metadata = pq.read_schema(path).metadata or {}
    return gpd.read_parquet(path) if b"geo" in metadata else pd.read_parquet(path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write one (Geo)Parquet file; the index is not kept."""
    frame = frame.reset_index(drop=True)
    if isinstance(frame, gpd.GeoDataFrame):
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        frame.to_parquet(path, index=False, compression="zstd")


__all__ = ["Workspace", "file_hash", "read_any", "settle", "write_frame"]
