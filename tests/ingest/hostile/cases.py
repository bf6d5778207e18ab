"""Deliveries that mean harm: each builds its files in a drop and names the path to be read.

Beside the drop lies a folder ``luar`` with a secret, which nothing may read.
"""

import json
import os
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
import shapely

SECRET = "RAHASIA-DI-LUAR"
WIDE = 100_000  # columns
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
MARK = (
    "<Placemark><name>{}</name>{}<Point><coordinates>109.6,-6.8</coordinates></Point></Placemark>"
)
Case = Callable[[Path], str]
CASES: dict[str, Case] = {}


def case(build: Case) -> Case:
    CASES[build.__name__] = build
    return build


def _frame() -> gpd.GeoDataFrame:
    shapes = [shapely.box(109.6, -6.9, 109.7, -6.8), shapely.box(109.7, -6.9, 109.8, -6.8)]
    return gpd.GeoDataFrame({"n": [1, 2], "t": ["x", "y"]}, geometry=shapes, crs=4326)


def _outside(drop: Path) -> Path:
    folder = drop.parent / "luar"
    folder.mkdir(exist_ok=True)
    frame = _frame().assign(t=SECRET)
    for name in ("rahasia.gpkg", "rahasia.shp"):
        frame.to_file(folder / name)
    return folder


def _patched(path: Path, at: int, data: bytes) -> str:
    content = bytearray(path.read_bytes())
    content[at : at + len(data)] = data
    path.write_bytes(bytes(content))
    return path.name


def _zip(drop: Path, *members: tuple[str, bytes]) -> str:
    with zipfile.ZipFile(drop / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return "x.zip"


@case
def zip_that_climbs_out(drop: Path) -> str:
    return _zip(drop, ("../../luar/x.geojson", b"{}"))


@case
def zip_with_an_absolute_member(drop: Path) -> str:
    return _zip(drop, ("/tmp/x.geojson", b"{}"))


@case
def zip_with_backslashes(drop: Path) -> str:
    name = _zip(drop, ("AAAA/AAAA/x.geojson", b"{}"))
    content = (
        (drop / name).read_bytes().replace(b"AAAA/AAAA/x", b"..\\\\..\\\\luar"[:11].ljust(11, b"x"))
    )
    (drop / name).write_bytes(content)
    return name


@case
def zip_with_a_drive_letter(drop: Path) -> str:
    return _zip(drop, ("C:/luar/x.geojson", b"{}"))


@case
def zip_with_a_link_out(drop: Path) -> str:
    _outside(drop)
    entry = zipfile.ZipInfo("x.gpkg")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(drop / "x.zip", "w") as archive:
        archive.writestr(entry, "../luar/rahasia.gpkg")
    return "x.zip"


@case
def zip_bomb(drop: Path) -> str:
    return _zip(drop, ("x.csv", b"a;b\n" + b"0" * 300_000_000))


@case
def zip_bomb_in_a_zip(drop: Path) -> str:
    inner = _zip(drop, ("x.csv", b"0" * 40_000_000))
    return _zip(drop, *((f"{i}.zip", (drop / inner).read_bytes()) for i in range(50)))


@case
def zip_of_overlapping_entries(drop: Path) -> str:
    """Many entries of the table of contents that are one and the same compressed data."""
    name = _zip(drop, ("a.csv", b"a;b\n" + b"0" * 30_000_000))
    content = (drop / name).read_bytes()
    at = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry, many = content[at:end], 2000
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, many, many, len(entry) * many, at, 0)
    (drop / name).write_bytes(content[:at] + entry * many + tail)
    return name


@case
def zip_that_lies_about_its_sizes(drop: Path) -> str:
    """The table of contents says ten bytes; two hundred megabytes come out."""
    name = _zip(drop, ("a.csv", b"a;b\n" + b"0" * 200_000_000))
    path = drop / name
    content = path.read_bytes()
    at = content.rindex(b"PK\x01\x02") + 24
    _patched(path, at, struct.pack("<I", 10))
    return _patched(path, 22, struct.pack("<I", 10))


@case
def zip_of_a_million_entries(drop: Path) -> str:
    entry = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    many = 300_000
    body = (entry + b"a") * many
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(body), 0, 0)
    (drop / "x.zip").write_bytes(body + tail)
    return "x.zip"


def _entities() -> str:
    levels = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{levels}]>'


@case
def entities_in_a_kml(drop: Path) -> str:
    (drop / "x.kml").write_text(_entities() + KML.format(MARK.format("&a12;", "")))
    return "x.kml"


@case
def entities_in_a_kml_of_sixteen_bits(drop: Path) -> str:
    (drop / "x.kml").write_text(_entities() + KML.format(MARK.format("&a12;", "")), "utf-16")
    return "x.kml"


@case
def an_entity_that_is_a_file(drop: Path) -> str:
    secret = drop.parent / "luar.txt"
    secret.write_text(SECRET)
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>'
    (drop / "x.gml").write_text(
        f'<?xml version="1.0"?>{entity}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">'
        "<gml:featureMember><x><n>&s;</n></x></gml:featureMember></gml:FeatureCollection>"
    )
    return "x.gml"


def _workbook(drop: Path, sheet: str, strings: str | None = None) -> str:
    types = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    rels = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
    book = '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    main = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    with zipfile.ZipFile(drop / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", rels.format("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", book)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", rels.format("worksheet", "worksheets/sheet1.xml")
        )
        archive.writestr("xl/worksheets/sheet1.xml", main.format(sheet))
        if strings is not None:
            archive.writestr("xl/sharedStrings.xml", strings)
    return "x.xlsx"


@case
def entities_in_a_workbook(drop: Path) -> str:
    return _workbook(
        drop, '<row r="1"><c r="A1"><v>1</v></c></row>', _entities() + "<sst>&a12;</sst>"
    )


@case
def a_cell_in_the_last_corner(drop: Path) -> str:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _workbook(drop, '<row r="1"><c r="A1"><v>1</v></c></row>' + last)


@case
def a_cell_in_an_ods_repeated_sixteen_billion_times(drop: Path) -> str:
    return _repeated(drop, 1_000_000, 16_000)


@case
def a_cell_in_an_ods_repeated_eighty_million_times(drop: Path) -> str:
    return _repeated(drop, 9_000, 9_000)  # within the limit of the library


def _repeated(drop: Path, rows: int, columns: int) -> str:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "table", "text")
    )
    body = f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name="S">{row}</table:table></office:spreadsheet></office:body></office:document-content>'
    manifest = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with zipfile.ZipFile(drop / "x.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr("META-INF/manifest.xml", manifest)
    return "x.ods"


def _vrt(drop: Path, name: str) -> str:
    target = _outside(drop) / "rahasia.gpkg"
    (drop / name).write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="rahasia"><SrcDataSource>{target}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    return name


@case
def a_vrt(drop: Path) -> str:
    return _vrt(drop, "x.vrt")


@case
def a_vrt_called_geojson(drop: Path) -> str:
    return _vrt(drop, "x.geojson")


@case
def a_vrt_behind_a_kml(drop: Path) -> str:
    content = (drop / _vrt(drop, "x.kml")).read_text()
    (drop / "x.kml").write_text("<!-- <kml> -->" + content)
    return "x.kml"


@case
def a_raster_vrt_called_tif(drop: Path) -> str:
    (drop / "x.tif").write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
    )
    return "x.tif"


@case
def a_web_map_called_tif(drop: Path) -> str:
    (drop / "x.tif").write_text(
        "<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service></GDAL_WMS>"
    )
    return "x.tif"


@case
def a_mapinfo_table_of_tables(drop: Path) -> str:
    target = _outside(drop) / "rahasia.tab"
    (drop / "x.tab").write_text(
        f'!table\n!version 100\nopen table "{target}" as a\ncreate view x as select * from a\n'
    )
    return "x.tab"


@case
def a_crs_that_is_a_link(drop: Path) -> str:
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [1, 1]},
    }
    crs = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
    (drop / "x.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": [point]})
    )
    return "x.geojson"


@case
def a_link_out(drop: Path) -> str:
    os.symlink(_outside(drop) / "rahasia.gpkg", drop / "x.gpkg")
    return "x.gpkg"


@case
def a_link_out_that_leads_nowhere(drop: Path) -> str:
    os.symlink(drop.parent / "tiada.gpkg", drop / "x.gpkg")
    return "x.gpkg"


@case
def a_folder_that_is_a_link_out(drop: Path) -> str:
    os.symlink(_outside(drop), drop / "peta")
    return "peta"


@case
def a_file_behind_a_folder_that_is_a_link_out(drop: Path) -> str:
    os.symlink(_outside(drop), drop / "peta")
    return "peta/rahasia.gpkg"


@case
def a_glob_through_a_link_out(drop: Path) -> str:
    os.symlink(_outside(drop), drop / "peta")
    return "*/*.gpkg"


@case
def a_table_that_is_a_link_out(drop: Path) -> str:
    _frame().to_file(drop / "x.shp")
    (drop / "x.dbf").unlink()
    os.symlink(_outside(drop) / "rahasia.dbf", drop / "x.dbf")
    return "x.shp"


@case
def a_link_out_in_a_geodatabase(drop: Path) -> str:
    (drop / "x.gdb").mkdir()
    os.symlink(_outside(drop) / "rahasia.gpkg", drop / "x.gdb" / "a00000001.gdbtable")
    return "x.gdb"


@case
def a_shapefile_of_four_gigabytes(drop: Path) -> str:
    _frame().to_file(drop / "x.shp")
    return _patched(drop / "x.shp", 24, struct.pack(">i", 2**31 - 1))


@case
def a_shape_of_a_billion_corners(drop: Path) -> str:
    _frame().to_file(drop / "x.shp")
    _patched(drop / "x.shp", 104, struct.pack(">i", 2**30))
    _patched(drop / "x.shx", 104, struct.pack(">i", 2**30))
    return _patched(drop / "x.shp", 144, struct.pack("<ii", 2**28, 2**30))


@case
def a_table_of_two_billion_rows(drop: Path) -> str:
    _frame().drop(columns="geometry").to_csv(drop / "y.csv")
    _frame().to_file(drop / "x.shp")
    (drop / "x.shp").unlink()
    return _patched(drop / "x.dbf", 4, struct.pack("<I", 2**31 - 1))


@case
def a_shapefile_whose_table_claims_two_billion_rows(drop: Path) -> str:
    _frame().to_file(drop / "x.shp")
    _patched(drop / "x.dbf", 4, struct.pack("<I", 2**31 - 1))
    return "x.shp"


@case
def an_index_of_two_billion_shapes(drop: Path) -> str:
    _frame().to_file(drop / "x.shp")
    _patched(drop / "x.shx", 24, struct.pack(">i", 2**31 - 1))
    return "x.shp"


@case
def a_tiff_of_ten_gigapixels(drop: Path) -> str:
    with rasterio.open(drop / "x.tif", "w", driver="GTiff", width=100_000, height=100_000, count=1,
                       dtype="uint8", sparse_ok=True, crs="EPSG:32749", tiled=True,
                       transform=rasterio.transform.from_origin(350_000, 9_235_000, 1, 1)):  # fmt: skip
        pass
    return "x.tif"


@case
def a_parquet_of_a_billion_rows(drop: Path) -> str:
    zeros = pa.table({"a": pa.array(np.zeros(50_000_000, dtype=np.int8))})
    pq.write_table(zeros, drop / "x.parquet", compression="zstd")
    return "x.parquet"


@case
def an_arrow_file_that_claims_more_than_it_holds(drop: Path) -> str:
    table = pa.table({"a": pa.array(range(1000), pa.int64())})
    with (
        pa.OSFile(str(drop / "x.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)
    content = (
        (drop / "x.arrow").read_bytes().replace(struct.pack("<q", 8000), struct.pack("<q", 2**40))
    )
    (drop / "x.arrow").write_bytes(content)
    return "x.arrow"


@case
def a_flatgeobuf_of_ten_billion_features(drop: Path) -> str:
    _frame().to_file(drop / "x.fgb")
    content = (drop / "x.fgb").read_bytes()
    at = content.index(struct.pack("<Q", 2), 12)
    return _patched(drop / "x.fgb", at, struct.pack("<Q", 10**10))


@case
def a_flatgeobuf_with_a_header_of_two_gigabytes(drop: Path) -> str:
    _frame().to_file(drop / "x.fgb")
    return _patched(drop / "x.fgb", 8, struct.pack("<I", 2**31 - 1))


@case
def a_geopackage_of_two_billion_pages(drop: Path) -> str:
    _frame().to_file(drop / "x.gpkg")
    return _patched(drop / "x.gpkg", 28, struct.pack(">I", 2**31 - 1))


def _sql(drop: Path, *statements: str) -> str:
    _frame().to_file(drop / "x.gpkg")
    with sqlite3.connect(drop / "x.gpkg") as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return "x.gpkg"


@case
def a_view_that_never_ends(drop: Path) -> str:
    endless = (
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS fid, n FROM c"
    )
    listed = "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('v', 'attributes', 'v')"
    return _sql(drop, f"CREATE VIEW v AS {endless}", listed)


@case
def a_virtual_table_that_is_another_file(drop: Path) -> str:
    schema = "CREATE VIRTUAL TABLE luar USING VirtualOGR(''../luar/rahasia.gpkg'')"
    return _sql(drop, "PRAGMA writable_schema = ON",
                f"INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) VALUES ('table', 'luar', 'luar', 0, '{schema}')")  # fmt: skip


@case
def a_csv_of_many_columns(drop: Path) -> str:
    heads = ";".join(f"c{i}" for i in range(WIDE))
    (drop / "x.csv").write_text(f"{heads}\n{';'.join('1' * WIDE)}\n")
    return "x.csv"


@case
def a_geojson_of_many_columns(drop: Path) -> str:
    feature = {"type": "Feature", "properties": {f"c{i}": i for i in range(WIDE)}, "geometry": None}
    (drop / "x.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    return "x.geojson"


@case
def a_kml_of_many_columns(drop: Path) -> str:
    data = "".join(f'<Data name="c{i}"><value>{i}</value></Data>' for i in range(WIDE))
    (drop / "x.kml").write_text(
        KML.format(MARK.format("a", f"<ExtendedData>{data}</ExtendedData>"))
    )
    return "x.kml"


@case
def a_gml_of_many_columns(drop: Path) -> str:
    cells = "".join(f"<c{i}>{i}</c{i}>" for i in range(WIDE))
    (drop / "x.gml").write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember>'
        f"<x>{cells}</x></gml:featureMember></gml:FeatureCollection>"
    )
    return "x.gml"


@case
def a_mif_of_many_columns(drop: Path) -> str:
    columns = "\n".join(f"c{i} Integer" for i in range(WIDE))
    (drop / "x.mif").write_text(
        f'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns {WIDE}\n{columns}\nData\n\nPoint 1 1\n'
    )
    (drop / "x.mid").write_text(",".join("1" * WIDE) + "\n")
    return "x.mif"


@case
def a_parquet_of_many_columns(drop: Path) -> str:
    pq.write_table(pa.table({f"c{i}": [1] for i in range(20_000)}), drop / "x.parquet")
    return "x.parquet"


@case
def a_sheet_of_many_columns(drop: Path) -> str:
    return _workbook(drop, "<row>" + "<c><v>1</v></c>" * WIDE + "</row>")


@case
def brackets_without_end(drop: Path) -> str:
    depth = 200_000
    (drop / "x.geojson").write_text(
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": '
        + "[" * depth + "]" * depth + "}}"
    )  # fmt: skip
    return "x.geojson"


@case
def blocks_within_blocks(drop: Path) -> str:
    """A drawing whose blocks insert each other ten times each, twelve deep."""

    def block(i: int) -> str:
        inner = (
            f"  0\nINSERT\n  8\n0\n  2\nB{i - 1}\n 10\n0.0\n 20\n0.0\n" * 10
            if i
            else "  0\nPOINT\n  8\n0\n 10\n0.0\n 20\n0.0\n"
        )
        return f"  0\nBLOCK\n  8\n0\n  2\nB{i}\n 10\n0.0\n 20\n0.0\n  3\nB{i}\n{inner}  0\nENDBLK\n"

    blocks = "".join(block(i) for i in range(13))
    insert = "  0\nINSERT\n  8\n0\n  2\nB12\n 10\n0.0\n 20\n0.0\n 70\n30000\n 71\n30000\n"
    (drop / "x.dxf").write_text(
        f"  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n  1\nAC1009\n  0\nENDSEC\n  0\nSECTION\n  2\nBLOCKS\n{blocks}  0\nENDSEC\n  0\nSECTION\n  2\nENTITIES\n{insert}  0\nENDSEC\n  0\nEOF\n"
    )
    return "x.dxf"


@case
def a_drawing_of_autocad(drop: Path) -> str:
    (drop / "x.dwg").write_bytes(b"AC1027" + b"\0" * 200)
    return "x.dwg"


@case
def a_printed_map(drop: Path) -> str:
    (drop / "x.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    return "x.pdf"
