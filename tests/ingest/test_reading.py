"""What files are, whatever they are called, and what is told of those that are not sound."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely

from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest import formats, kml
from kotaku_geo.ingest.encoding import mend
from kotaku_geo.ingest.locate import locate
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_raster import read_grid
from kotaku_geo.ingest.reading import layers_of, read_layer
from tests.ingest.conftest import Ingested, square

Ingest = Callable[..., Ingested]


def frame(words: list[Any] | None = None) -> gpd.GeoDataFrame:
    words = words or ["Tirto", "Podosugih"]
    shapes = [shapely.Point(109.6 + i / 100, -6.9) for i in range(len(words))]
    return gpd.GeoDataFrame({"NAMA": words}, geometry=shapes, crs="EPSG:4326")


def read(drop: Path, path: str, **asked: Any) -> RawLayer:
    (delivered,) = [d for d in locate(drop, path) if d.passed_over is None]
    return read_layer(delivered, **asked)


def rules(raw: RawLayer) -> list[str]:
    return [note.rule for note in raw.notes]


def zipped(drop: Path, name: str, *files: Path) -> None:
    with zipfile.ZipFile(drop / name, "w") as archive:
        for file in files:
            archive.write(file, file.relative_to(drop))


@pytest.mark.parametrize("name", ["data", "data.resource", "data.txt", "data.shp", "data.csv"])
@pytest.mark.parametrize("written", ["geojson", "kml", "gml", "gpkg", "fgb", "dxf", "parquet"])
def test_the_content_says_what_a_file_is(drop: Path, name: str, written: str) -> None:
    whole = drop / f"asli.{written}"
    if written == "parquet":
        frame().to_parquet(whole)
    else:
        source = frame().drop(columns="NAMA") if written == "dxf" else frame()
        pyogrio.write_dataframe(source, whole, driver="LIBKML" if written == "kml" else None)
    whole.rename(drop / name)
    assert read(drop, name).rows_read == 2


@pytest.mark.parametrize("name", ["a!b.geojson", "a{b}.shp", "peta (1) & kel's.gpkg", "ａ.fgb"])
def test_odd_names_are_only_names(drop: Path, name: str) -> None:
    plain = drop / f"polos{Path(name).suffix}"
    frame().to_file(plain)
    for part in list(drop.glob("polos.*")):
        part.rename(drop / name.replace(Path(name).suffix, part.suffix))
    assert read(drop, name).rows_read == 2


def test_a_shapefile_whose_parts_are_in_capitals(drop: Path) -> None:
    frame().to_file(drop / "x.shp")
    for part in list(drop.glob("x.*")):
        part.rename(drop / ("X" + part.suffix.upper()))
    raw = read(drop, "X.SHP")
    assert raw.frame["NAMA"].tolist() == ["Tirto", "Podosugih"]
    assert raw.crs_found == "EPSG:4326"


def test_a_missing_index_is_rebuilt_and_the_drop_left_alone(drop: Path) -> None:
    frame().to_file(drop / "x.shp")
    (drop / "x.shx").unlink()
    before = {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in drop.iterdir()}
    raw = read(drop, "x.shp")
    assert (raw.rows_read, rules(raw)) == (2, ["file.index-missing"])
    assert {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in drop.iterdir()} == before


def test_reading_a_gml_or_a_database_writes_nothing_beside_it(drop: Path) -> None:
    pyogrio.write_dataframe(frame(), drop / "x.gml")
    (drop / "x.xsd").unlink()
    frame().to_file(drop / "x.gpkg")
    import sqlite3

    with sqlite3.connect(drop / "x.gpkg") as db:
        db.execute("PRAGMA journal_mode = WAL")
    db.close()
    before = sorted(drop.iterdir())
    assert read(drop, "x.gml").rows_read == read(drop, "x.gpkg").rows_read == 2
    assert sorted(drop.iterdir()) == before


def test_a_geodatabase_as_a_folder_in_a_zip_and_under_another_name(drop: Path) -> None:
    pyogrio.write_dataframe(frame(), drop / "peta.gdb", driver="OpenFileGDB", layer="kel")
    files = sorted((drop / "peta.gdb").iterdir())
    zipped(drop, "lain.zip", *files)
    assert read(drop, "peta.gdb").rows_read == 2
    assert read(drop, "lain.zip").rows_read == 2
    assert read(drop, "lain.zip/peta.gdb", table="kel").rows_read == 2
    assert [d.name for d in locate(drop, ".")] == ["lain.zip/peta.gdb", "peta.gdb"]


def test_several_layers_want_one_to_be_named(drop: Path) -> None:
    for layer in ("kel", "rt"):
        pyogrio.write_dataframe(frame(), drop / "x.gpkg", layer=layer, append=layer == "rt")
    (delivered,) = locate(drop, "x.gpkg")
    assert layers_of(delivered) == ["kel", "rt"]
    with pytest.raises(InputError, match="pilih di `table`: kel, rt"):
        read_layer(delivered)
    with pytest.raises(PipelineFileError, match="yang ada: kel, rt"):
        read_layer(delivered, table="rw")
    assert read_layer(delivered, table="rt").rows_read == 2


def test_what_lies_beside_the_data_is_passed_over_with_its_reason(
    ingest: Ingest, drop: Path
) -> None:
    folder = drop / "kiriman"
    folder.mkdir()
    frame().to_file(folder / "bcb.shp")
    (folder / "peta.pdf").write_bytes(b"%PDF-1.7")
    (folder / "gambar.dwg").write_bytes(b"AC1027" + b"\0" * 64)
    (folder / "bcb.qml").write_text("<!DOCTYPE qgis><qgis/>")
    done = ingest({"id": "x", "layer": "bcb", "path": "kiriman", "columns": {"nama": "NAMA"}})
    told = done.findings[done.findings["rule"] == "file.passed-over"]
    assert sorted(told["path"]) == ["kiriman/gambar.dwg", "kiriman/peta.pdf"]
    assert told["message"].str.contains("DXF").any()
    assert len(done.tables["bcb"]) == 2
    named = ingest({"id": "x", "layer": "bcb", "path": "kiriman/gambar.dwg"})
    assert named.rules() == ["file.unreadable"]


KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
POINT = "<Point><coordinates>109.6,-6.9</coordinates></Point>"
IN_FOLDER = (
    '<Folder><name>F</name><Schema name="S" id="S"><SimpleField name="RT" type="string"/></Schema>'
    '<Placemark><name>A</name><ExtendedData><SchemaData schemaUrl="#S"><SimpleData name="RT">001</SimpleData>'
    f"</SchemaData></ExtendedData>{POINT}</Placemark>"
    f'<Placemark><name>B</name><ExtendedData><Data name="RW"><value>02</value></Data></ExtendedData>{POINT}</Placemark>'
    "<Placemark><name>C</name><description><![CDATA[<table><tr><td>LUAS</td><td>1,5&nbsp;ha</td></tr>"
    f"<tr><td>KEL</td><td>Tirto &amp; Co</td></tr></table>]]></description>{POINT}</Placemark></Folder>"
)


@pytest.mark.parametrize("name", ["x.kml", "x.kmz"])
def test_attributes_of_google_earth_become_columns(drop: Path, name: str) -> None:
    text = KML.format(IN_FOLDER)
    if name == "x.kml":
        (drop / name).write_text(text, encoding="utf-8")
    else:
        with zipfile.ZipFile(drop / name, "w") as archive:
            archive.writestr("doc.kml", text)
    table = read(drop, name).frame.astype(object).where(lambda t: t.notna(), None)
    assert table["RT"].tolist() == ["001", None, None]
    assert table["RW"].tolist() == [None, "02", None]
    assert table["LUAS"].tolist() == [None, None, "1,5 ha"]
    assert table["KEL"].tolist() == [None, None, "Tirto & Co"]


def test_placemarks_that_do_not_match_the_records_add_nothing() -> None:
    records = pd.DataFrame({"Name": ["A", "B"]})
    other = kml.complete(records.copy(), [{"name": "A", "RT": "1"}, {"name": "X", "RT": "2"}])
    assert list(other.columns) == ["Name"]


def test_a_decimal_comma_in_a_dbf_keeps_its_decimals(drop: Path) -> None:
    frame().assign(LUAS=[35.5, 7.25]).to_file(drop / "x.shp")
    table = drop / "x.dbf"
    content = table.read_bytes()
    whole, decimals = b"35.500000", b"35,500000"
    assert content.count(whole) == 1
    table.write_bytes(content.replace(whole, decimals))
    raw = read(drop, "x.shp")
    assert raw.frame["LUAS"].tolist() == [35.5, 7.25]
    assert rules(raw) == ["number.comma"]


def test_numbers_that_the_driver_cuts_are_told(drop: Path) -> None:
    frame().assign(LUAS=[35.5, 7.25]).to_file(drop / "x.shp")
    table = drop / "x.dbf"
    table.write_bytes(table.read_bytes().replace(b"35.500000", b"35 hektar"))
    assert rules(read(drop, "x.shp")) == ["number.cut"]


@pytest.mark.parametrize(
    ("declared", "written", "used", "told"),
    [
        ("cp1252", "utf-8", "UTF-8", True),  # strict UTF-8 is its own proof
        ("utf-8", "cp1252", "CP1252", True),
        ("", "utf-8", "UTF-8", False),
        ("", "cp1252", "CP1252", True),
        ("1252", "cp1252", "CP1252", False),
        ("850", "cp850", "CP850", False),
    ],
)
def test_the_bytes_of_a_dbf_say_what_its_encoding_is(
    drop: Path, declared: str, written: str, used: str, told: bool
) -> None:
    pyogrio.write_dataframe(frame(["Café Åsri", "x"]), drop / "x.shp", encoding=written)
    (drop / "x.cpg").write_text(declared)
    raw = read(drop, "x.shp")
    assert raw.frame["NAMA"].tolist() == ["Café Åsri", "x"]
    assert raw.encoding == used
    assert ("encoding.replaced" in rules(raw)) == told
    if told:
        said = next(n.params["tertulis"] for n in raw.notes)
        assert said == (declared.upper() or "tidak ada")


@pytest.mark.parametrize("through", ["cp1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_mangled_words_are_read_back(drop: Path, through: str, times: int) -> None:
    word = "Kampung Café"
    for _ in range(times):
        word = word.encode("utf-8").decode(through)
    frame([word, "Ñandú naÏve"]).to_file(drop / "x.gpkg")
    raw = read(drop, "x.gpkg")
    assert raw.frame["NAMA"].tolist() == ["Kampung Café", "Ñandú naÏve"]
    assert rules(raw) == ["encoding.mangled"]


def test_sound_words_are_left_as_they_are() -> None:
    sound = pd.Series(["Café", "Ã", "naÏve", "Jalan Â", "ÂŽ", "Ünal", None, "Ê ngê"], dtype=object)
    same, changed, _ = mend(sound)
    assert len(changed) == 0
    assert same is sound


def test_a_broken_file_gives_what_came_before(drop: Path) -> None:
    pyogrio.write_dataframe(frame(["Tirto"] * 200), drop / "x.fgb", SPATIAL_INDEX="NO")
    content = (drop / "x.fgb").read_bytes()
    (drop / "x.fgb").write_bytes(content[: len(content) * 6 // 10])
    raw = read(drop, "x.fgb")
    assert 100 < raw.rows_read < 130
    assert rules(raw) == ["file.broken-off", "file.truncated"]
    assert raw.frame["NAMA"].eq("Tirto").all()


@pytest.mark.parametrize("ending", ["geojson", "kml"])
@pytest.mark.parametrize("share", [0.3, 0.61, 0.9])
def test_a_text_that_breaks_off_gives_its_whole_features(
    drop: Path, ending: str, share: float
) -> None:
    words = [f"Tirto {i}" for i in range(100)]
    driver = "LIBKML" if ending == "kml" else None
    pyogrio.write_dataframe(frame(words), drop / f"x.{ending}", driver=driver)
    content = (drop / f"x.{ending}").read_bytes()
    (drop / f"x.{ending}").write_bytes(content[: int(len(content) * share)])
    raw = read(drop, f"x.{ending}")
    assert 100 * share - 8 < raw.rows_read <= 100 * share
    assert raw.frame["NAMA"].tolist() == words[: raw.rows_read]
    assert rules(raw) == ["file.broken-off"]


@pytest.mark.parametrize("ending", ["gml", "dxf", "jml", "mif", "csv"])
def test_a_file_that_was_cut_off_is_told(drop: Path, ending: str) -> None:
    many = gpd.GeoDataFrame(geometry=frame(["x"] * 50).geometry, crs=4326)
    many = many if ending == "dxf" else many.assign(NAMA="Tirto", LUAS=1.5)
    options = (
        {"GEOMETRY": "AS_WKT"} if ending == "csv" else {"FORMAT": "MIF"} if ending == "mif" else {}
    )
    pyogrio.write_dataframe(many, drop / f"x.{ending}", **options)
    content = (drop / f"x.{ending}").read_bytes()
    assert not [r for r in rules(read(drop, f"x.{ending}")) if r.startswith("file.")]
    (drop / f"x.{ending}").write_bytes(content[: int(len(content) * 0.61)])
    raw = read(drop, f"x.{ending}")
    assert raw.rows_read < 50
    assert rules(raw) in (["file.unfinished"], ["file.truncated"])


def test_one_feature_a_line_is_a_sequence(drop: Path) -> None:
    lines = [
        json.dumps({"type": "Feature", "properties": {"n": i}, "geometry": None}) for i in range(3)
    ]
    for name, before in (("x.json", "\n"), ("y.txt", "\r\n"), ("z", "\n\x1e")):
        (drop / name).write_bytes("".join(before + line for line in lines).strip("\r\n").encode())
        assert read(drop, name).rows_read == 3, name


def test_curves_and_surfaces_become_plain_shapes(drop: Path) -> None:
    rows = ["CIRCULARSTRING (0 0, 1 1, 2 0)", "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))",
            "TIN Z (((0 0 0, 0 1 0, 1 0 0, 0 0 0)))", "SRID=4326;POINT (1 2)"]  # fmt: skip
    (drop / "x.csv").write_text("n|WKT\n" + "".join(f"{i}|{t}\n" for i, t in enumerate(rows)))
    raw = read(drop, "x.csv")
    assert raw.geometry is not None
    assert [g.geom_type for g in raw.geometry] == ["LineString", "Polygon", "MultiPolygon", "Point"]
    assert raw.geometry[1].area == pytest.approx(np.pi, rel=0.01)
    assert not raw.broken


def test_cells_beyond_the_headings_are_told(drop: Path) -> None:
    (drop / "x.csv").write_text("KODE,LUAS\nA,1\nB,2,5\nC,3\n")  # a decimal comma that cuts
    assert read(drop, "x.csv").doubtful == [(1, "row.beyond", "5")]


def test_hidden_spaces_are_no_content(drop: Path) -> None:
    (drop / "x.csv").write_text("\ufeff id;NAMA \n1;\u200b\n2;\xa0Tirto\n", encoding="utf-8")
    raw = read(drop, "x.csv", wanted=["ID", "NAMA"])
    assert raw.frame.columns.tolist() == ["id", "NAMA"]
    assert raw.frame["NAMA"].tolist() == [None, "\xa0Tirto"]


def test_a_cell_may_hold_lines(drop: Path) -> None:
    (drop / "x.csv").write_text('NAMA;ALAMAT\nA;"Jl. 1\nRT 2"\nB;Jl. 3\n')
    assert read(drop, "x.csv").frame["ALAMAT"].tolist() == ["Jl. 1\nRT 2", "Jl. 3"]


@pytest.mark.parametrize("driver", ["GTiff", "PNG", "AAIGrid", "HFA", "GSBG"])
def test_a_raster_is_read_by_the_drivers_of_its_format(drop: Path, driver: str) -> None:
    values = np.arange(12, dtype="uint8" if driver == "PNG" else "float32").reshape(3, 4)
    place = rasterio.transform.from_origin(350_000, 9_235_000, 10, 10)
    if driver == "AAIGrid":
        rows = "\n".join(" ".join(map(str, row)) for row in values)
        (drop / "x.dat").write_text(
            f"ncols 4\nnrows 3\nxllcorner 350000\nyllcorner 9234970\ncellsize 10\n{rows}\n"
        )
    else:
        with rasterio.open(drop / "x.dat", "w", driver=driver, width=4, height=3, count=1,
                           dtype=values.dtype, transform=place) as out:  # fmt: skip
            out.write(values, 1)
    (delivered,) = locate(drop, "x.dat")
    assert np.nan_to_num(read_grid(delivered).values).tolist() == values.tolist()


def test_a_picture_in_a_folder_is_a_map_only_with_its_place(drop: Path) -> None:
    (drop / "foto").mkdir()
    (drop / "foto" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    frame().to_file(drop / "foto" / "x.gpkg")
    assert [d.passed_over for d in locate(drop, "foto") if d.name.endswith("png")] == [
        "gambar tanpa koordinat; kirim sebagai GeoTIFF"
    ]
    (drop / "foto" / "a.pgw").write_text("1\n0\n0\n-1\n0\n0\n")
    assert [d.passed_over for d in locate(drop, "foto") if d.name.endswith("png")] == [None]


def test_every_signature_and_text_rule_names_a_format() -> None:
    from kotaku_geo import resources

    spec = resources.load("formats")
    named = (
        {f for _, f in spec["magic"]} | {f for _, f in spec["text"]} | set(spec["endings"].values())
    )
    assert named <= set(formats.known())
    for kind in formats.known().values():
        assert bool(kind.advice) == (kind.reader == "refused"), kind.id


def test_a_truncated_table_of_a_shapefile_is_told(drop: Path) -> None:
    frame(["Tirto"] * 50).to_file(drop / "x.shp")
    table = drop / "x.dbf"
    content = table.read_bytes()
    header, width = struct.unpack("<HH", content[8:12])
    table.write_bytes(content[: header + width * 30])
    raw = read(drop, "x.shp")
    assert (rules(raw), raw.rows_read) == (["file.truncated"], 30)


def test_a_note_of_a_reader_is_a_finding_of_the_source(ingest: Ingest, drop: Path) -> None:
    gpd.GeoDataFrame({"NAMA": ["Café"]}, geometry=[square(0, 0)], crs="EPSG:32749").to_file(
        drop / "x.shp"
    )
    (drop / "x.cpg").write_text("1252")
    done = ingest({"id": "x", "layer": "bcb", "path": "x.shp", "columns": {"nama": "NAMA"}})
    assert done.rules() == ["encoding.replaced"]
    assert "UTF-8" in done.findings["message"].iloc[0]
    assert done.account("x")["encoding_used"] == "UTF-8"
