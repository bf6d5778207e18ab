"""One GeoPackage with every layer, named in Indonesian and styled for QGIS.

GDAL writes the layers; what it has no setting for (the columns' names, OGC GeoPackage 1.3 annex
F.9 "Schema", and QGIS's ``layer_styles``) is added to the same SQLite file afterwards. The same
layers give the same bytes: no clock is asked.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from kotaku_geo.publish import styles, tables
from kotaku_geo.publish.layers import Layer

_TYPES = {"polygon": "MultiPolygon", "line": "MultiLineString", "point": "MultiPoint"}
_SCHEMA_EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema")
_STYLES = """
CREATE TABLE "layer_styles" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256),
  "f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256),
  "styleName" TEXT(30), "styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN,
  "description" TEXT, "owner" TEXT(30), "ui" TEXT(30), "update_time" DATETIME);
"""
_COLUMNS = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""


def geopackage(layers: Sequence[Layer], *, crs: str, regulation: str, date: str) -> bytes:
    """The file's bytes.

    Args:
        layers: what to write, in order.
        crs: of every layer with geometry.
        regulation: names the parameter columns.
        date: ``YYYY-MM-DD`` that the file gives as its last change.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sikk.gpkg"
        with _fixed_clock(f"{date}T00:00:00.000Z"):
            for layer in layers:
                _write(layer, path, crs)
        with closing(sqlite3.connect(path)) as connection, connection:
            _describe_columns(connection, layers, regulation)
            _add_styles(connection, layers, regulation, f"{date}T00:00:00.000Z")
        return path.read_bytes()


@contextmanager
def _fixed_clock(moment: str) -> Iterator[None]:
    """GDAL takes ``moment`` for now, and does not wait for the disk under a temporary file."""
    wanted = {"OGR_CURRENT_DATE": moment, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in wanted}
    pyogrio.set_gdal_config_options(wanted)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write(layer: Layer, path: Path, crs: str) -> None:
    options = {"IDENTIFIER": layer.title, "DESCRIPTION": layer.description}
    common = {
        "layer": layer.name,
        "driver": "GPKG",
        "append": path.exists(),
        "layer_options": options,
    }
    frame = _plain(layer.frame)
    if layer.geometry == "none":
        pyogrio.write_dataframe(frame, path, **common)
        return
    shapes = gpd.GeoSeries(_only(layer), crs=crs)
    spatial = gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
    kind = _TYPES[layer.geometry]
    pyogrio.write_dataframe(spatial, path, geometry_type=kind, promote_to_multi=True, **common)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns as GDAL writes them: text, number, integer, boolean."""
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    for column in plain:
        if isinstance(plain[column].dtype, pd.StringDtype):
            plain[column] = plain[column].astype("object").where(plain[column].notna(), None)
    return plain


def _only(layer: Layer) -> list[shapely.Geometry | None]:
    """Shapes of the layer's own kind: a union may leave stray lines where polygons touch."""
    shapes = np.asarray(layer.frame["geometry"], dtype=object)
    if layer.geometry == "polygon":
        mixed = shapely.get_type_id(shapes) == 7
        shapes = shapes.copy()
        shapes[mixed] = [_polygons(s) for s in shapes[mixed]]
    return list(shapes)


def _polygons(mixed: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(mixed)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _describe_columns(
    connection: sqlite3.Connection, layers: Sequence[Layer], regulation: str
) -> None:
    connection.executescript(_COLUMNS)
    rows = [
        (layer.name, column, alias, alias, tables.label(column, regulation, "en"))
        for layer in layers
        for column, alias in _aliases(layer, regulation)
    ]
    connection.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)", rows)
    name, definition = _SCHEMA_EXTENSION
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')",
            (table, name, definition),
        )


def _aliases(layer: Layer, regulation: str) -> list[tuple[str, str]]:
    """Column and name pairs; a name that two columns would share is left to the first."""
    columns = [c for c in layer.frame.columns if c != "geometry"]
    named = pd.DataFrame(
        {"column": columns, "alias": [tables.label(c, regulation) for c in columns]}
    )
    return list(named.drop_duplicates("alias").itertuples(index=False, name=None))


def _add_styles(
    connection: sqlite3.Connection, layers: Sequence[Layer], regulation: str, moment: str
) -> None:
    connection.executescript(_STYLES)
    rows = []
    for layer in layers:
        aliases = _aliases(layer, regulation)
        chosen = [styles.style(name, layer.name, aliases) for name in layer.styles]
        chosen = chosen or [styles.alias_style(layer.name, aliases)]
        column = "" if layer.geometry == "none" else "geom"
        rows += [
            (layer.name, column, s.name, s.qml, s.sld, i == 0, s.description, moment)
            for i, s in enumerate(chosen)
        ]
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        ' f_geometry_column, "styleName", "styleQML", "styleSLD", "useAsDefault", description,'
        " owner, ui, update_time)"
        " VALUES ('', '', ?, ?, ?, ?, ?, ?, ?, 'kotaku-geo', NULL, ?)",
        rows,
    )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', 'Gaya QGIS', ?)",
        (moment,),
    )
