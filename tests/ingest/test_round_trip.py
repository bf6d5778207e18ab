"""One layer in every format and encoding that can be written, read back equal.

What a format cannot keep is data here: `Trip.keeps` names the columns that come back, `Trip.shapes`
the kinds of geometry that it takes, and `UNWRITTEN` the drivers that nothing can be written with.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from kotaku_geo.ingest.locate import Delivered, locate
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.reading import read_layer

ALL = ("teks", "angka", "bulat", "tanggal")
SHAPES = ("titik", "garis", "poligon")
UNWRITTEN = {
    "S57": "writes charts alone, from records in a form of its own",
    "MEM": "is memory",
    "Memory": "is memory",
}
WORDS = ["Kêtéwèl, Jågå ﬁ", "Sumur; “Banyu”", None, "Ngayogyakartå ꦗꦮ"]
LATIN = ["Kêtéwèl, Jågå fi", 'Sumur; "Banyu"', None, "Ngayogyakartå"]  # what cp1252 has letters for
SMALL = ["Kétéwèl, Jagå fi", 'Sumur; "Banyu"', None, "Ngayogyakartå"]  # what the codes of DOS have


@dataclass(frozen=True)
class Trip:
    """A format to write and read back.

    Attributes:
        name: of the file.
        driver: GDAL's; None where a library of its own writes it.
        encoding: that text is written in.
        words: the texts that it has letters for.
        keeps: columns that come back.
        shapes: kinds of geometry that it takes.
        ordered: whether the rows come back in their order.
        renamed: column → what the format calls it.
        options: for the driver.
        empty: column → what stands where nothing was written, in a format that knows no nothing.
        read_as: what `encoding_used` says.
    """

    name: str
    driver: str | None
    encoding: str | None = None
    words: tuple[str | None, ...] = tuple(WORDS)
    keeps: tuple[str, ...] = ALL
    shapes: tuple[str, ...] = SHAPES
    ordered: bool = True
    renamed: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    empty: tuple[tuple[str, Any], ...] = ()
    read_as: str | None = "UTF-8"

    @property
    def id(self) -> str:
        return f"{self.name}-{self.driver or 'own'}-{self.encoding or ''}"


ZERO = (("angka", 0.0),)  # a number that is not there is 0
NAMED = (("teks", "Name"),)  # KML has one text of its own
TRIPS = [
    Trip("a.gpkg", "GPKG"),
    Trip("a.sqlite", "SQLite"),
    Trip("b.sqlite", "SQLite", options=(("SPATIALITE", "NO"), ("FORMAT", "WKB"))),
    Trip("a.geojson", "GeoJSON"),
    Trip("a.geojsonl", "GeoJSONSeq"),
    Trip("rs.geojsonl", "GeoJSONSeq", options=(("RS", "YES"),)),
    Trip("a.json", "JSONFG"),
    Trip("a.fgb", "FlatGeobuf", ordered=False),
    Trip("b.fgb", "FlatGeobuf", options=(("SPATIAL_INDEX", "NO"),)),
    Trip("a.gml", "GML"),
    Trip("a.jml", "JML"),
    Trip("a.gmt", "OGR_GMT", empty=ZERO),
    Trip("a.gdb", "OpenFileGDB"),
    Trip("a.kml", "LIBKML", renamed=(("teks", "Name"),)),
    Trip("a.kmz", "LIBKML", renamed=(("teks", "Name"),)),
    Trip("b.kml", "KML", renamed=NAMED),
    Trip("a.shp", "ESRI Shapefile", "UTF-8"),
    Trip("b.shp", "ESRI Shapefile", "CP1252", tuple(LATIN), read_as="CP1252"),
    Trip("c.shp", "ESRI Shapefile", "ISO-8859-1", tuple(LATIN), read_as="ISO8859-1"),
    Trip("d.shp", "ESRI Shapefile", "CP850", tuple(SMALL), read_as="CP850"),
    Trip("a.tab", "MapInfo File", "UTF-8", empty=ZERO, options=(("FORMAT", "TAB"),)),
    Trip("b.tab", "MapInfo File", "CP1252", tuple(LATIN), empty=ZERO, options=(("FORMAT", "TAB"),)),
    Trip("a.mif", "MapInfo File", "UTF-8", empty=ZERO, options=(("FORMAT", "MIF"),)),
    Trip("a.csv", "CSV", options=(("GEOMETRY", "AS_WKT"),)),
    Trip("b.csv", "CSV", options=(("GEOMETRY", "AS_WKT"), ("SEPARATOR", "SEMICOLON"))),
    Trip("a.gpx", "GPX", keeps=("teks",), shapes=("titik",), renamed=(("teks", "name"),)),
    Trip("a.rss", "GeoRSS", keeps=("teks",), renamed=(("teks", "title"),),
         empty=(("teks", "Feature 3"),), options=(("USE_EXTENSIONS", "YES"),)),
    Trip("a.dxf", "DXF", keeps=(), shapes=("garis", "poligon")),  # a drawing has no columns
    Trip("a.dgn", "DGN", keeps=(), shapes=("garis",)),  # a point is a line without length
    Trip("a.parquet", None),
    Trip("b.parquet", None, options=(("geometry_encoding", "geoarrow"),)),
    Trip("a.feather", None),
    Trip("a.arrow", None),
]  # fmt: skip
TABLES = [
    ("a.csv", ",", "utf-8", WORDS, "UTF-8"),
    ("b.csv", ";", "utf-8-sig", WORDS, "UTF-8"),
    ("c.csv", "\t", "utf-16", WORDS, "UTF-16"),
    ("d.csv", "|", "cp1252", LATIN, "CP1252"),
    ("tanpa-akhiran", ";", "utf-8", WORDS, "UTF-8"),
    ("a.xlsx", "", "", WORDS, None),
]


def layer(kind: str, words: tuple[str | None, ...] = tuple(WORDS)) -> gpd.GeoDataFrame:
    """Four records in degrees round a city of Java."""
    x, y = 109.6 + np.arange(4) * 0.01, np.full(4, -6.9)
    shapes = {
        "titik": shapely.points(x, y),
        "garis": np.array([shapely.LineString([(a, b), (a + 0.004, b + 0.002), (a + 0.006, b)])
                           for a, b in zip(x, y, strict=True)]),
        "poligon": np.array([shapely.box(a, b, a + 0.005, b + 0.005) for a, b in zip(x, y, strict=True)]),
    }  # fmt: skip
    dates = [dt.date(2021, 3, 9), None, dt.date(1999, 12, 31), dt.date(2024, 2, 29)]
    return gpd.GeoDataFrame(
        {
            "teks": list(words),
            "angka": [1.25, None, -0.02677, 123456.789],
            "bulat": np.array([1, 2, 3, 4_000_000], dtype="int32"),
            "tanggal": pd.array(dates, dtype="date32[pyarrow]"),
        },
        geometry=shapes[kind],
        crs="EPSG:4326",
    )


def write(folder: Path, trip: Trip, frame: gpd.GeoDataFrame) -> Path:
    path = folder / trip.name
    options = dict(trip.options)
    if trip.driver is None:
        if path.suffix == ".parquet":
            frame.to_parquet(path, **options)
        elif path.suffix == ".feather":
            frame.to_feather(path)
        else:
            import pyarrow as pa

            table = pa.table(frame.to_arrow())
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as out:
                out.write_table(table)
        return path
    frame = frame.rename(columns=dict(trip.renamed))
    kept = [dict(trip.renamed).get(c, c) for c in trip.keeps]
    bare = gpd.GeoDataFrame(frame[[*kept, "geometry"]], crs=frame.crs)
    if trip.encoding and trip.driver in ("ESRI Shapefile", "MapInfo File"):
        options["encoding" if trip.driver == "ESRI Shapefile" else "layer_options"] = trip.encoding
    if "layer_options" in options:
        options["layer_options"] = {"ENCODING": options["layer_options"]}
    pyogrio.write_dataframe(
        bare, path, driver=trip.driver, use_arrow=trip.driver != "GPX", **options
    )
    return path


@pytest.mark.parametrize("trip", TRIPS, ids=lambda t: t.id)
def test_a_layer_comes_back_as_it_was_written(trip: Trip, tmp_path: Path) -> None:
    for kind in trip.shapes:
        folder = tmp_path / kind
        folder.mkdir()
        frame = layer(kind, trip.words)
        path = write(folder, trip, frame)
        (delivered,) = [d for d in locate(folder, path.name) if d.passed_over is None]
        raw = read_layer(delivered, table=_table(delivered, trip))
        _same_shapes(raw, frame, trip)
        _same_values(raw, frame, trip)
        if trip.keeps and trip.read_as:
            assert raw.encoding == trip.read_as


def _table(delivered: Delivered, trip: Trip) -> str | None:
    return "waypoints" if trip.driver == "GPX" else None


def _same_shapes(raw: RawLayer, frame: gpd.GeoDataFrame, trip: Trip) -> None:
    assert raw.geometry is not None
    assert raw.rows_read == len(frame)
    assert not raw.broken
    there = shapely.normalize(_single(raw.geometry))
    written = shapely.normalize(_single(frame.geometry.to_numpy()))
    if trip.driver == "DXF":  # a closed line is what a polygon becomes
        there, written = shapely.normalize(_outline(there)), shapely.normalize(_outline(written))
    order = range(len(written)) if trip.ordered else _order(there, written)
    for i, j in enumerate(order):
        assert shapely.equals_exact(there[i], written[j], 1e-6), (there[i], written[j])


def _order(there: Any, written: Any) -> list[int]:
    return [
        int(np.argmin(shapely.distance(shapely.centroid(written), shapely.centroid(t))))
        for t in there
    ]


def _single(shapes: Any) -> Any:
    """A multi-geometry of one part as that part: several formats know nothing else."""
    return np.array(
        [shapely.get_geometry(s, 0) if shapely.get_num_geometries(s) == 1 else s for s in shapes]
    )


def _outline(shapes: Any) -> Any:
    return np.array(
        [shapely.LineString(s.exterior.coords) if s.geom_type == "Polygon" else s for s in shapes]
    )


def _same_values(raw: RawLayer, frame: gpd.GeoDataFrame, trip: Trip) -> None:
    order = range(len(frame))
    if not trip.ordered:
        order = _order(raw.geometry, frame.geometry.to_numpy())
    names = dict(trip.renamed)
    for column in trip.keeps:
        there = raw.frame[_found(raw, names.get(column, column))]
        for i, j in enumerate(order):
            written = _plain(frame[column].iloc[j], column)
            if written is None:
                written = dict(trip.empty).get(column)
            assert _plain(there.iloc[i], column) == written, column


def _found(raw: RawLayer, column: str) -> str:
    return next(c for c in raw.frame.columns if str(c).casefold() == column.casefold())


def _plain(value: Any, column: str) -> Any:
    if pd.isna(value) or value == "":
        return None
    if column in ("angka", "bulat"):
        return pytest.approx(float(value), rel=1e-9)
    if column == "tanggal":
        return str(value)[:10].replace("/", "-")
    return str(value)


@pytest.mark.parametrize(("name", "delimiter", "encoding", "words", "used"), TABLES)
def test_a_table_comes_back_as_it_was_written(
    name: str, delimiter: str, encoding: str, words: list[str | None], used: str, tmp_path: Path
) -> None:
    frame = pd.DataFrame(layer("titik", tuple(words)).drop(columns="geometry"))
    path = tmp_path / name
    if delimiter:
        path.write_bytes(frame.to_csv(sep=delimiter, index=False).encode(encoding))
    else:
        frame.to_excel(path, index=False)
    raw = read_layer(Delivered(path, name))
    assert raw.geometry is None
    assert raw.encoding == used
    for column in ALL:
        for there, written in zip(raw.frame[column], frame[column], strict=True):
            assert _plain(there, column) == _plain(written, column), column


def test_no_writable_driver_is_left_out() -> None:
    writable = {d for d, can in pyogrio.list_drivers().items() if "w" in can}
    tried = {t.driver for t in TRIPS}
    assert writable - tried == set(UNWRITTEN) & writable
