"""Parquet, Arrow and Feather through pyarrow, with or without geometry."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import InputError
from kotaku_geo.ingest.limits import at_most
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_vector import gathered, short_crs, take_shapes
from kotaku_geo.ingest.staging import Staged

DEFAULT_CRS = "EPSG:4326"  # what GeoParquet without a CRS is in: longitude, latitude
NAMES = ("geometry", "geom", "wkb_geometry", "the_geom", "shape", "wkb")
EXTENSION = b"ARROW:extension:name"


def read_arrow(staged: Staged) -> RawLayer:
    """All records of a Parquet, Arrow or Feather file.

    Raises:
        InputError: it cannot be read, or claims or holds more than is taken in.
    """
    try:
        table = _parquet(staged) if staged.kind.id == "parquet" else _arrow(staged)
        return _raw(staged, table)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
        text = str(error).split("\n")[0].replace(str(staged.path), staged.name)
        raise InputError(f"{staged.name}: tidak dapat dibaca: {text}") from error
    except shapely.errors.ShapelyError as error:
        raise InputError(f"{staged.name}: geometrinya tidak dapat dibaca: {error}") from error


def _parquet(staged: Staged) -> pa.Table:
    with pq.ParquetFile(
        staged.path, thrift_string_size_limit=100_000_000, thrift_container_size_limit=10_000_000
    ) as file:
        meta = file.metadata
        at_most("columns", meta.num_columns, "kolom", staged.name)
        at_most("rows", meta.num_rows, "baris", staged.name)
        at_most("table_cells", meta.num_rows * meta.num_columns, "sel", staged.name)
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        at_most("layer_bytes", size, "byte", staged.name)
        return gathered(file.iter_batches(), file.schema_arrow, staged.name)


def _arrow(staged: Staged) -> pa.Table:
    """An IPC file, an IPC stream or a Feather file of the first version."""
    with pa.memory_map(str(staged.path)) as source:
        head = source.read(6)
        source.seek(0)
        if head.startswith(b"FEA1"):
            table = pyarrow.feather.read_table(source)
            return gathered(table.to_batches(), table.schema, staged.name)
        if not head.startswith(b"ARROW1"):
            with pa.ipc.open_stream(source) as stream:
                return gathered(stream, stream.schema, staged.name)
        with pa.ipc.open_file(source) as file:
            at_most("columns", len(file.schema), "kolom", staged.name)
            batches = (file.get_batch(i) for i in range(file.num_record_batches))
            return gathered(batches, file.schema, staged.name)


def _raw(staged: Staged, table: pa.Table) -> RawLayer:
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    name = _geometry_column(table, geo)
    rest = table.drop_columns([name]) if name else table
    raw = RawLayer(
        path=staged.name,
        frame=_plain(rest).to_pandas(),
        geometry=None,
        source_row=np.arange(table.num_rows, dtype=np.int64),
        rows_read=table.num_rows,
        encoding="UTF-8",
        layer=Path(staged.name).stem,
    )
    if name:
        take_shapes(raw, _wkb(table.select([name]), geo, name))
        raw.crs_found = _crs(table.schema.field(name), geo, name)
    return raw


def _plain(table: pa.Table) -> pa.Table:
    """The columns without what pandas noted of its index, lists and structs as JSON text."""
    table = table.replace_schema_metadata(None)
    for i, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            cells = table.column(i).to_pylist()
            text = [None if c is None else json.dumps(c, default=str) for c in cells]
            table = table.set_column(i, field.name, pa.array(text, pa.string()))
    return table


def _geometry_column(table: pa.Table, geo: dict[str, Any]) -> str | None:
    """The column that GeoParquet or GeoArrow names; else one so called that holds WKB."""
    primary = geo.get("primary_column")
    if primary in table.column_names:
        return str(primary)
    for field in table.schema:
        if (field.metadata or {}).get(EXTENSION, b"").startswith((b"geoarrow.", b"ogc.wkb")):
            return str(field.name)
    for field in table.schema:
        binary = pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
        if binary and field.name.lower() in NAMES:
            return str(field.name)
    return None


def _wkb(column: pa.Table, geo: dict[str, Any], name: str) -> NDArray[np.object_]:
    field = column.schema.field(name)
    if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
        return np.array(column.column(name).to_pylist(), dtype=object)
    encoding = (geo.get("columns") or {}).get(name, {}).get("encoding", "")
    if encoding and not (field.metadata or {}).get(EXTENSION):
        field = field.with_metadata({EXTENSION: f"geoarrow.{encoding.lower()}".encode()})
    bare = pa.table([column.column(name)], schema=pa.schema([_without_crs(field)]))
    shapes = gpd.GeoDataFrame.from_arrow(bare).geometry.to_numpy()
    return np.asarray(shapely.to_wkb(shapes), dtype=object)


def _without_crs(field: pa.Field) -> pa.Field:
    return field.with_metadata({EXTENSION: field.metadata[EXTENSION]})


def _crs(field: pa.Field, geo: dict[str, Any], name: str) -> str | None:
    """What GeoParquet or GeoArrow says; the default of GeoParquet where it says nothing."""
    column = (geo.get("columns") or {}).get(name)
    if column is not None:
        said = column.get("crs", DEFAULT_CRS)
    else:
        said = json.loads((field.metadata or {}).get(b"ARROW:extension:metadata", b"{}")).get("crs")
    if isinstance(said, dict):
        code = said.get("id") or {}
        if code.get("authority") == "EPSG":
            return f"EPSG:{code['code']}"
        said = json.dumps(said)
    return short_crs(said)
