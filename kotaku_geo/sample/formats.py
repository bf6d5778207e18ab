"""Writers of the delivered files; the same input gives the same bytes on any day."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
import xlsxwriter
from shapely import Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.config import CRS, TIMESTAMP

Value = str | int | float | None
Columns = Mapping[str, Sequence[Value]]
_STAMP = datetime.fromisoformat(TIMESTAMP.replace("Z", "+00:00"))
_ZIP_DATE = (2024, 1, 15, 0, 0, 0)


def _array(values: Sequence[Value]) -> np.ndarray:
    """Text as objects, whole numbers as int64, numbers with gaps as float64."""
    if any(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    if any(value is None or isinstance(value, float) for value in values):
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return np.array(values, dtype=np.int64)


def write_layer(
    path: Path,
    geometries: Sequence[Geometry | None] | np.ndarray,
    columns: Columns,
    geometry_type: str,
    *,
    table: str | None = None,
    crs: str = CRS,
    encoding: str | None = None,
) -> None:
    """Write a layer with GDAL: a shapefile, or a GeoPackage table beside those already there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": TIMESTAMP})
    shape = path.suffix == ".shp"
    options = {"DBF_DATE_LAST_UPDATE": TIMESTAMP[:10]} if shape else {}
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(np.asarray(geometries, dtype=object)),
        [_array(values) for values in columns.values()],
        np.array(list(columns), dtype=object),
        layer=table or path.stem,
        driver="ESRI Shapefile" if shape else "GPKG",
        geometry_type=geometry_type,
        crs=crs,
        encoding=encoding,
        append=path.exists() and not shape,
        layer_options=options,
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _coordinates(geometry: Geometry) -> Any:
    """GeoJSON coordinates with 9 decimals (0.1 mm)."""
    mapping = json.loads(shapely.to_geojson(geometry))

    def rounded(item: Any) -> Any:
        return [rounded(i) for i in item] if isinstance(item, list) else round(item, 9)

    return {"type": mapping["type"], "coordinates": rounded(mapping["coordinates"])}


def geojson_geometry(geometry: Geometry | None) -> dict[str, Any] | None:
    """A geometry in longitude and latitude as a GeoJSON object."""
    if geometry is None:
        return None
    found: dict[str, Any] = _coordinates(geometry)
    return found


def write_geojson(
    path: Path, geometries: Sequence[dict[str, Any] | None], columns: Columns, name: str
) -> None:
    """Write ready GeoJSON geometries with their properties, one feature a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for row, geometry in enumerate(geometries):
        properties = {key: values[row] for key, values in columns.items()}
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False))
    head = f'{{"type": "FeatureCollection", "name": {json.dumps(name)}, "features": [\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def write_csv(path: Path, rows: Sequence[Sequence[Value]], encoding: str) -> None:
    """Rows (header first) separated by semicolons, as spreadsheets here save them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """An archive whose members carry a fixed date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), members[name], zipfile.ZIP_DEFLATED)


def _kml_points(xy: np.ndarray) -> str:
    return " ".join(f"{x:.9f},{y:.9f},0" for x, y in xy.tolist())


def _kml_shape(geometry: Geometry) -> str:
    if isinstance(geometry, Polygon):
        ring = _kml_points(shapely.get_coordinates(geometry.exterior))
        inner = f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        return f"<Polygon><outerBoundaryIs>{inner}</outerBoundaryIs></Polygon>"
    kind = geometry.geom_type
    coordinates = _kml_points(shapely.get_coordinates(geometry))
    return f"<{kind}><coordinates>{coordinates}</coordinates></{kind}>"


def kml(
    name: str, geometries: Sequence[Geometry], columns: Columns, *, folder: bool = True
) -> bytes:
    """A KML document as Google Earth writes it: schema data as strings, altitude 0.

    Inside a KMZ, GDAL 3.12 loses the schema data of placemarks in a folder: leave it out there.
    """
    opened, closed = (f"<Folder><name>{escape(name)}</name>", "</Folder>") if folder else ("", "")
    fields = "".join(f'<SimpleField name="{key}" type="string"/>' for key in columns)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f'<Document><name>{escape(name)}</name><Schema name="{name}" id="{name}">{fields}</Schema>'
        f"{opened}\n"
    )
    marks = []
    for row, geometry in enumerate(geometries):
        data = "".join(
            f'<SimpleData name="{key}">{escape(str(values[row]))}</SimpleData>'
            for key, values in columns.items()
            if values[row] is not None
        )
        marks.append(
            f"<Placemark><name>{escape(name)} {row + 1}</name><ExtendedData>"
            f'<SchemaData schemaUrl="#{name}">{data}</SchemaData></ExtendedData>'
            f"{_kml_shape(geometry)}</Placemark>\n"
        )
    return (head + "".join(marks) + f"{closed}</Document></kml>\n").encode("utf-8")


class Sheet:
    """One worksheet that is written from the top down."""

    def __init__(self, book: xlsxwriter.Workbook, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.bold = book.add_format({"bold": True, "align": "center", "border": 1})
        self.date = book.add_format({"num_format": "d/m"})
        self.row = 0

    def line(self, values: Sequence[Value | datetime]) -> None:
        """Write one row; None leaves the cell empty, a datetime is shown as day/month."""
        for column, value in enumerate(values):
            if isinstance(value, datetime):
                self.sheet.write_datetime(self.row, column, value, self.date)
            elif isinstance(value, str):
                self.sheet.write_string(self.row, column, value)
            elif value is not None:
                self.sheet.write_number(self.row, column, value)
        self.row += 1

    def header(self, names: Sequence[tuple[str, str | None]]) -> None:
        """A header: (group, part), merged over the group; no part: merged down over both rows."""
        if all(part is None for _, part in names):
            for each, (text, _) in enumerate(names):
                self.sheet.write_string(self.row, each, text, self.bold)
            self.row += 1
            return
        column = 0
        while column < len(names):
            group, part = names[column]
            last = column
            while part is not None and last + 1 < len(names) and names[last + 1][0] == group:
                last += 1
            if part is None:
                self.sheet.merge_range(self.row, column, self.row + 1, column, group, self.bold)
            elif last > column:
                self.sheet.merge_range(self.row, column, self.row, last, group, self.bold)
            else:
                self.sheet.write_string(self.row, column, group, self.bold)
            for each in range(column, last + 1):
                below = names[each][1]
                if below is not None:
                    self.sheet.write_string(self.row + 1, each, below, self.bold)
            column = last + 1
        self.row += 2


def open_workbook(path: Path) -> xlsxwriter.Workbook:
    """A workbook whose properties carry a fixed date; the caller closes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"created": _STAMP.replace(tzinfo=None), "author": "Pokja PKP"})
    return book
