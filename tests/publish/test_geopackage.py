"""The GeoPackage as GDAL and QGIS find it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from kotaku_geo import resources
from kotaku_geo.publish import stage, words
from kotaku_geo.stage import StageContext

City = Callable[..., StageContext]
NAME = "publish/sikk_33.75.gpkg"


def written(ctx: StageContext) -> bytes:
    stage.run(ctx)
    content = ctx.documents[NAME]
    assert isinstance(content, bytes)
    return content


_MADE: dict[str, bytes] = {}


@pytest.fixture
def gpkg(city: City, tmp_path: Path) -> Path:
    """The small city's file; made once, a fresh copy for each test."""
    if NAME not in _MADE:
        _MADE[NAME] = written(city())
    path = tmp_path / "out.gpkg"
    path.write_bytes(_MADE[NAME])
    return path


@pytest.fixture
def database(gpkg: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(gpkg)) as connection:
        yield connection


def read(path: Path, layer: str) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(path, layer=layer)


def test_every_layer_is_there(gpkg: Path) -> None:
    found = [str(name) for name, _ in pyogrio.list_layers(gpkg)]
    assert set(found) == {*resources.load("publish/layers"), "layer_styles"}
    drawn = [n for n, s in resources.load("publish/layers").items() if s["geometry"] != "none"]
    assert [n for n in found if n in drawn] == drawn


def test_layers_have_their_kind_of_geometry(gpkg: Path) -> None:
    kinds = {
        "polygon": "MultiPolygon",
        "line": "MultiLineString",
        "point": "MultiPoint",
        "none": None,
    }
    found = dict(pyogrio.list_layers(gpkg).tolist())
    for name, spec in resources.load("publish/layers").items():
        assert found[name] == kinds[spec["geometry"]], name


@pytest.mark.parametrize(
    ("layer", "table"),
    [
        ("kawasan", "consolidate/kawasan"),
        ("rt", "consolidate/rt"),
        ("verifikasi_potongan", "verify/pieces"),
        ("temuan", "findings"),
        ("penapisan", "screen/screening"),
        ("fakta", "consolidate/facts"),
        ("konflik", "consolidate/conflicts"),
        ("sumber", "ingest/sources"),
    ],
)
def test_rows_arrive(gpkg: Path, tables: dict[str, pd.DataFrame], layer: str, table: str) -> None:
    assert len(read(gpkg, layer)) == len(tables[table])


def test_sk_outlines_are_rebuilt_from_the_pieces(
    gpkg: Path, tables: dict[str, pd.DataFrame]
) -> None:
    drawn = read(gpkg, "sk_lokasi").set_index("id_sk").geometry
    truth = tables["ingest/sk"].set_index("id_sk")["geometry"]
    for name, shape in truth.items():
        assert shapely.area(shapely.symmetric_difference(drawn[name], shape)) < 1e-3


def test_relations_are_drawn_with_all_their_members(gpkg: Path) -> None:
    relations = read(gpkg, "verifikasi_relasi").set_index("relation_id")
    assert relations.loc["r1", "geometry"].area == pytest.approx(150 * 250 + 30 * 200)
    assert relations.loc["r5", "geometry"].area == pytest.approx(180 * 200)


def test_a_relation_of_a_table_has_no_shape(
    city: City, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    tables["verify/pieces"] = tables["verify/pieces"].iloc[:0]
    path = tmp_path / "t.gpkg"
    path.write_bytes(written(city()))
    assert read(path, "verifikasi_relasi").geometry.isna().all()
    assert read(path, "sk_lokasi").geometry.isna().all()


def test_themes_are_layers_of_their_own(gpkg: Path) -> None:
    hit = read(gpkg, "penapisan_kawasan_lindung").iloc[0]
    assert (hit["id_kawasan"], hit["nama_kawasan"]) == ("K1", "Kauman Lor")
    assert hit["tindak_lanjut"] == "Kajian lapangan"
    assert read(gpkg, "penapisan_status_tanah").empty
    summary = read(gpkg, "penapisan_kawasan").set_index("id_kawasan")
    assert summary.loc["K1", "jumlah_terindikasi"] == 2
    assert summary.loc["K1", "status_tanah"] == "data_tidak_tersedia"


def test_communities_are_in_the_kelurahan_layer_only(gpkg: Path) -> None:
    assert read(gpkg, "penapisan_mha").empty
    assert read(gpkg, "penapisan_mha_kelurahan")["kode_kelurahan"].tolist() == ["33.75.01.1002"]


def test_findings_with_a_place_are_layers_too(gpkg: Path) -> None:
    assert len(read(gpkg, "temuan_area")) == 1
    assert len(read(gpkg, "temuan_titik")) == 1
    assert read(gpkg, "temuan_area")["judul"].tolist() == ["Poligon bertumpang tindih"]
    assert read(gpkg, "temuan_garis").empty


def test_every_style_loads_and_names_columns_that_exist(database: sqlite3.Connection) -> None:
    rows = database.execute(
        'SELECT f_table_name, f_geometry_column, "styleName", "styleQML", "styleSLD"'
        " FROM layer_styles"
    ).fetchall()
    for table, geometry, name, qml, sld in rows:
        columns = {r[1] for r in database.execute(f'PRAGMA table_info("{table}")')}
        assert geometry in columns | {""}
        assert len(name) <= 30
        root = ElementTree.fromstring(qml)
        assert root.tag == "qgis"
        fields = {alias.get("field") for alias in root.iter("alias")}
        fields |= {r.get("attr") for r in root.iter("renderer-v2") if r.get("attr")}
        fields |= {t.get("fieldName") for t in root.iter("text-style")}
        assert fields <= columns, (table, fields - columns)
        symbols = {s.get("name") for s in root.findall("renderer-v2/symbols/symbol")}
        used = {c.get("symbol") for c in root.iter("category")}
        assert used <= symbols
        assert not sld or ElementTree.fromstring(sld.encode())


def test_every_layer_has_one_default_style(database: sqlite3.Connection) -> None:
    counted = dict(
        database.execute('SELECT f_table_name, sum("useAsDefault") FROM layer_styles GROUP BY 1')
    )
    assert counted == dict.fromkeys(resources.load("publish/layers"), 1)


def test_an_unknown_level_is_hatched(database: sqlite3.Connection) -> None:
    query = "SELECT \"styleQML\" FROM layer_styles WHERE f_table_name = 'kawasan'"
    root = ElementTree.fromstring(database.execute(query).fetchone()[0])
    null = next(c for c in root.iter("category") if c.get("value") == "")
    symbol = root.find(f"renderer-v2/symbols/symbol[@name='{null.get('symbol')}']")
    assert symbol is not None
    assert null.get("label") == words.text("tidak_diketahui")
    assert "LinePatternFill" in {layer.get("class") for layer in symbol.iter("layer")}


def test_columns_have_names_that_people_use(database: sqlite3.Connection) -> None:
    names = dict(
        database.execute(
            "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'kawasan'"
        )
    )
    assert names["luas_ha"] == "Luas (ha)"
    assert names["p3a"] == "3a Ketidaktersediaan akses aman air minum (bagian)"
    columns = {r[1] for r in database.execute('PRAGMA table_info("kawasan")')} - {"fid", "geom"}
    assert set(names) == columns


def test_the_same_tables_give_the_same_bytes(city: City) -> None:
    assert written(city()) == written(city())


def test_the_clock_setting_is_put_back(city: City) -> None:
    stage.run(city())
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_hostile_names_stay_text(gpkg: Path, database: sqlite3.Connection) -> None:
    name = read(gpkg, "kawasan").set_index("id_kawasan").loc["K2", "nama_kawasan"]
    assert "<script>" in name
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_small_rts_are_empty_in_the_file(gpkg: Path) -> None:
    rts = read(gpkg, "rt")
    small = rts[rts["jumlah_kk_teks"] == "< 5"]
    assert len(small) == 1
    assert small[["jumlah_kk", "jumlah_penduduk", "p3a", "skor"]].isna().all(axis=None)


def test_a_city_without_anything_has_all_layers(
    city: City, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    path = tmp_path / "empty.gpkg"
    path.write_bytes(written(city(without=tuple(tables))))
    assert len(pyogrio.list_layers(path)) == len(resources.load("publish/layers")) + 1
