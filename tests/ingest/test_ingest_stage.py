"""Files in, canonical layers out: nothing lost, everything told."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kotaku_geo.errors import PipelineFileError
from tests.conftest import CRS
from tests.ingest.conftest import X0, Y0, Ingested, square

Ingest = Callable[..., Ingested]


def write(drop: Path, name: str, shapes: list[Any], crs: str | None = CRS, **columns: Any) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)
    frame.to_file(drop / name)
    return drop / name


def test_every_row_is_accounted_for(ingest: Ingest, kelurahan: dict[str, Any], drop: Path) -> None:
    bowtie = shapely.Polygon([(X0, Y0), (X0 + 90, Y0 + 90), (X0 + 90, Y0), (X0, Y0 + 90)])
    shapes = [square(0, 0), square(0, 0), bowtie, None, square(2, 0)]
    write(drop, "sk.gpkg", shapes, LOKASI=["A", "A", "B", "C", "D"])
    done = ingest(
        kelurahan,
        {"id": "sk", "layer": "sk", "path": "sk.gpkg", "columns": {"nama_lokasi": "LOKASI"}},
    )
    account = done.account("sk")
    assert (account["rows_read"], account["rows_kept"], account["rows_rejected"]) == (5, 3, 2)
    assert done.rules("sk") == ["geometry.empty", "geometry.invalid", "row.duplicate"]
    assert done.tables["sk"]["source_row"].tolist() == [0, 2, 4]
    assert done.tables["sk"].geometry.is_valid.all()


def test_an_unclosed_ring_is_closed_and_told_with_its_areas(ingest: Ingest, drop: Path) -> None:
    ring = [[109.66, -6.88], [109.67, -6.88], [109.67, -6.87], [109.66, -6.87]]
    whole = [*ring, ring[0]]
    features = [{"type": "Feature", "properties": {"n": i}, "geometry": {"type": "Polygon", "coordinates": [r]}}
                for i, r in enumerate((ring, whole))]  # fmt: skip
    (drop / "x.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = ingest({"id": "x", "layer": "genangan", "path": "x.geojson"})
    told = done.findings[done.findings["rule"] == "geometry.unclosed"]
    assert told["source_row"].tolist() == [0]
    assert told["action"].tolist() == ["repaired"]
    assert "ha menjadi" in told["message"].iloc[0]
    areas = done.tables["genangan"].area
    assert areas.iloc[0] == pytest.approx(areas.iloc[1], rel=1e-9)


def test_a_repair_does_not_swallow_a_polygon_whose_rings_are_in_the_wrong_order(
    ingest: Ingest, drop: Path
) -> None:
    """The shell is tiny and its 'hole' is the real outline: by structure nothing would be left."""
    tiny, real = square(0, 0, 1).exterior.coords, square(0, 0, 500).exterior.coords
    features = [{"type": "Feature", "properties": {}, "geometry": {
        "type": "Polygon", "coordinates": [list(map(list, tiny)), list(map(list, real))]}}]  # fmt: skip
    (drop / "x.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = ingest({"id": "x", "layer": "genangan", "path": "x.geojson", "crs": CRS})
    assert done.tables["genangan"].area.sum() == pytest.approx(250_000, rel=0.01)


def test_swapped_axes_are_one_finding_for_the_whole_layer(ingest: Ingest, drop: Path) -> None:
    swapped = [shapely.box(-6.88, 109.66, -6.87, 109.67), shapely.box(-6.86, 109.66, -6.85, 109.67)]
    write(drop, "x.geojson", swapped, crs="EPSG:4326", n=[1, 2])
    done = ingest({"id": "x", "layer": "genangan", "path": "x.geojson"})
    told = done.findings[done.findings["rule"] == "geometry.swapped"]
    assert len(told) == 1
    assert told["source_row"].isna().all()
    assert done.tables["genangan"].to_crs(4326).total_bounds[0] == pytest.approx(109.66)


def test_a_file_without_crs_is_placed_where_only_one_fits(ingest: Ingest, drop: Path) -> None:
    write(drop, "utm.shp", [square(0, 0)], crs=None, n=[1])
    write(drop, "deg.shp", [shapely.box(109.66, -6.88, 109.67, -6.87)], crs=None, n=[1])
    write(drop, "merc.shp", [shapely.box(12.207e6, -770e3, 12.208e6, -769e3)], crs=None, n=[1])
    done = ingest(
        {"id": "utm", "layer": "genangan", "path": "utm.shp"},
        {"id": "deg", "layer": "genangan", "path": "deg.shp"},
        {"id": "merc", "layer": "genangan", "path": "merc.shp"},
        {"id": "said", "layer": "genangan", "path": "utm.shp", "crs": CRS},
    )
    assert done.rules("utm") == ["crs.assumed"]
    assert done.rules("deg") == ["crs.assumed"]
    assert done.rules("merc") == ["crs.ambiguous"]  # which Mercator, 5 km apart, nobody can say
    assert done.rules("said") == ["crs.stated"]
    said = done.findings[done.findings["source_id"] == "said"].iloc[0]
    assert (said["severity"], said["action"]) == ("info", "repaired")
    assert done.account("merc")["rows_rejected"] == 1
    assert sorted(done.tables["genangan"]["source_id"]) == ["deg", "said", "utm"]


def test_projected_numbers_under_a_geographic_crs_are_found_out(ingest: Ingest, drop: Path) -> None:
    write(drop, "x.gpkg", [square(0, 0)], crs="EPSG:4326", n=[1])
    write(drop, "y.gpkg", [shapely.box(1, 2, 3, 4)], crs=CRS, n=[1])
    done = ingest(
        {"id": "x", "layer": "genangan", "path": "x.gpkg"},
        {"id": "y", "layer": "genangan", "path": "y.gpkg"},
    )
    assert done.rules("x") == ["crs.corrected"]
    assert done.account("x")["crs_used"] == CRS
    assert done.tables["genangan"].total_bounds.tolist() == pytest.approx(square(0, 0).bounds)
    assert done.rules("y") == ["crs.contradicts"]
    assert done.account("y")["rows_kept"] == 0


@pytest.mark.parametrize("name", ["x.shp", "x.gpkg", "x.geojson", "x.fgb", "x.kml"])
def test_one_layer_in_every_format_gives_the_same_rows(
    ingest: Ingest, drop: Path, name: str
) -> None:
    shapes = gpd.GeoSeries([square(0, 0), square(2, 0)], crs=CRS).to_crs(4326)
    write(drop, name, list(shapes), crs="EPSG:4326", Name=["Tirto", "Podosugih"])
    done = ingest({"id": "x", "layer": "bcb", "path": name, "columns": {"nama": "Name"}})
    names = done.tables["bcb"]["nama"].tolist()
    if name.endswith(".fgb"):  # FlatGeobuf sorts its features when it indexes them
        names.sort(reverse=True)
    assert names == ["Tirto", "Podosugih"]
    assert done.tables["bcb"].area.tolist() == pytest.approx([10_000, 10_000], rel=1e-4)
    assert done.account("x")["crs_used"] == "EPSG:4326"


def test_a_member_of_a_zip_a_folder_and_a_glob(ingest: Ingest, drop: Path) -> None:
    folder = drop / "peta"
    folder.mkdir()
    for i in range(2):
        write(folder, f"rt{i}.shp", [square(i * 3, 0)], n=[i])
    with zipfile.ZipFile(drop / "peta.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    done = ingest(
        {"id": "anggota", "layer": "genangan", "path": "peta.zip/rt0.shp"},
        {"id": "arsip", "layer": "genangan", "path": "peta.zip"},
        {"id": "folder", "layer": "genangan", "path": "peta"},
        {"id": "pola", "layer": "genangan", "path": "peta/rt*.shp"},
    )
    counted = done.tables["genangan"].groupby("source_id").size().to_dict()
    assert counted == {"anggota": 1, "arsip": 2, "folder": 2, "pola": 2}


def test_a_link_out_of_the_drop_and_a_zip_that_climbs_out_are_refused(
    ingest: Ingest, drop: Path, tmp_path: Path
) -> None:
    write(tmp_path, "luar.gpkg", [square(0, 0)], n=[1])
    os.symlink(tmp_path / "luar.gpkg", drop / "tautan.gpkg")
    with zipfile.ZipFile(drop / "nakal.zip", "w") as archive:
        archive.writestr("../../luar.geojson", "{}")
    done = ingest(
        {"id": "tautan", "layer": "genangan", "path": "tautan.gpkg"},
        {"id": "nakal", "layer": "genangan", "path": "nakal.zip"},
    )
    assert "genangan" not in done.tables
    assert set(done.findings["action"]) == {"rejected"}
    assert len(done.findings) == 2


def test_a_vrt_by_any_name_is_not_opened(ingest: Ingest, drop: Path, tmp_path: Path) -> None:
    outside = write(tmp_path, "luar.gpkg", [square(0, 0)], n=[1])
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="luar"><SrcDataSource>{outside}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    (drop / "kel.geojson").write_text(vrt)
    done = ingest({"id": "x", "layer": "genangan", "path": "kel.geojson"})
    assert done.rules() == ["file.unreadable"]
    assert "genangan" not in done.tables


def test_files_without_a_feature_are_told_and_cost_nothing(ingest: Ingest, drop: Path) -> None:
    (drop / "e.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    gpd.GeoDataFrame({"a": []}, geometry=gpd.GeoSeries([], crs=CRS)).to_file(
        drop / "e.shp", geometry_type="Polygon"
    )
    done = ingest(
        {"id": "j", "layer": "bcb", "path": "e.geojson"},
        {"id": "s", "layer": "bcb", "path": "e.shp"},
    )
    assert done.rules() == ["file.empty", "file.empty"]
    assert done.account("s")["rows_read"] == 0


def test_a_shapefile_in_an_old_encoding_is_read_and_told(ingest: Ingest, drop: Path) -> None:
    frame = gpd.GeoDataFrame({"NAMA": ["Kampung Café"]}, geometry=[square(0, 0)], crs=CRS)
    frame.to_file(drop / "x.shp", encoding="cp1252")
    (drop / "x.cpg").unlink()
    dbf = bytearray((drop / "x.dbf").read_bytes())
    dbf[29] = 0  # no language driver either: GDAL takes it for what the system uses
    (drop / "x.dbf").write_bytes(dbf)
    source = {"id": "x", "layer": "bcb", "path": "x.shp", "columns": {"nama": "NAMA"}}
    assert ingest(source).tables["bcb"]["nama"].tolist() == ["Kampung Café"]
    assert ingest({**source, "encoding": "utf-8"}).rules() == ["file.unreadable"]
    assert ingest({**source, "encoding": "utf-99"}).rules() == ["file.unreadable"]


def test_all_folders_of_a_kml_are_read(ingest: Ingest, drop: Path) -> None:
    ring = "109.66,-6.88 109.67,-6.88 109.67,-6.87 109.66,-6.88"
    mark = f"<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    shifted = mark.replace("109.6", "109.7")
    folders = f"<Folder><name>tinggi</name>{mark}</Folder><Folder><name>rendah</name>{shifted}{mark.replace('-6.8', '-6.7')}</Folder>"
    (drop / "dua.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>'
    )
    done = ingest({"id": "x", "layer": "genangan", "path": "dua.kml"})
    assert done.account("x")["rows_read"] == 3
    assert done.tables["genangan"]["source_row"].tolist() == [0, 1, 2]


def test_a_shapefile_without_its_table_gives_its_shapes_and_says_so(
    ingest: Ingest, drop: Path
) -> None:
    write(drop, "x.shp", [square(0, 0)], n=[1])
    (drop / "x.dbf").unlink()
    done = ingest({"id": "x", "layer": "bcb", "path": "x.shp"})
    assert done.rules() == ["file.table-missing"]
    assert len(done.tables["bcb"]) == 1


def test_other_sources_are_worked_on_when_one_cannot_be_read(
    ingest: Ingest, kelurahan: dict[str, Any], drop: Path
) -> None:
    (drop / "rusak.gpkg").write_bytes(b"bukan geopackage")
    done = ingest(kelurahan, {"id": "rusak", "layer": "sk", "path": "rusak.gpkg"},
                  {"id": "tiada", "layer": "bcb", "path": "tiada.shp"})  # fmt: skip
    assert done.rules("rusak") == ["file.unreadable"]
    assert done.rules("tiada") == ["file.missing"]
    assert len(done.tables["kelurahan"]) == 2
    assert done.account("rusak")["rows_read"] == 0


def test_a_mapped_column_that_is_not_there_names_the_nearest(ingest: Ingest, drop: Path) -> None:
    write(drop, "x.gpkg", [square(0, 0)], KELAS_BHY=["1"])
    with pytest.raises(PipelineFileError, match="'KELAS_BHY'") as error:
        ingest(
            {
                "id": "x",
                "layer": "rawan_bencana",
                "path": "x.gpkg",
                "columns": {"kelas": "KELAS_BAHAYA"},
            }
        )
    assert error.value.exit_code == 2


def test_where_leaves_rows_out_and_says_how_many(ingest: Ingest, drop: Path) -> None:
    write(drop, "x.gpkg", [square(i * 2, 0) for i in range(3)], STATUS=["KUMUH", "TIDAK", "KUMUH"])
    done = ingest({"id": "x", "layer": "genangan", "path": "x.gpkg", "where": "STATUS = 'KUMUH'"})
    assert done.tables["genangan"]["source_row"].tolist() == [0, 2]
    assert done.rules() == ["source.filtered"]
    assert done.account("x")["rows_rejected"] == 1


def test_bps_codes_are_bridged_by_name_and_place(
    ingest: Ingest, kelurahan: dict[str, Any], drop: Path
) -> None:
    write(drop, "bps.gpkg", [square(0.1, 0.1, 970), square(10, 0, 1000)],
          KODE=[3375010001, 3375010002], NAMA=["PODOSUGIH", "Kel. Tirto"])  # fmt: skip
    source = {"id": "bps", "layer": "kelurahan", "path": "bps.gpkg",
              "columns": {"kode_bps": "KODE", "nama_kelurahan": "NAMA"}}  # fmt: skip
    done = ingest(kelurahan, source)
    table = done.tables["kelurahan"].set_index("source_id").loc["bps"]
    assert table["kode_kelurahan"].tolist() == ["33.75.01.1001", "33.75.01.1002"]
    assert table["kelurahan_cara"].unique().tolist() == ["jembatan"]
    alone = ingest(source)
    assert alone.tables["kelurahan"]["kode_kelurahan"].tolist() == ["3375010001", "3375010002"]
    assert alone.rules("bps").count("code.bps-kept") == 2


def test_kelurahan_are_found_by_name_and_by_place_and_contradictions_are_told(
    ingest: Ingest, kelurahan: dict[str, Any], drop: Path
) -> None:
    write(drop, "sk.gpkg", [square(1, 1), square(12, 1), square(3, 3), square(14, 4), square(5, 5)],
          KEL=["podosugih", "Kel. Podosugih", "Podo Sugih", None, "Entah"])  # fmt: skip
    done = ingest(
        kelurahan,
        {"id": "sk", "layer": "sk", "path": "sk.gpkg", "columns": {"nama_kelurahan": "KEL"}},
    )
    table = done.tables["sk"]
    first, second = "33.75.01.1001", "33.75.01.1002"
    assert table["kode_kelurahan"].tolist() == [first, first, first, second, first]
    assert table["kelurahan_cara"].tolist() == ["nama", "nama", "nama", "lokasi", "lokasi"]
    told = (
        done.findings[done.findings["source_id"] == "sk"].set_index("rule")["source_row"].to_dict()
    )
    assert told == {"name.contradicts-location": 1, "name.fuzzy": 2, "name.unknown-kelurahan": 4}


def test_a_workbook_with_title_merged_header_totals_and_signature(
    ingest: Ingest, kelurahan: dict[str, Any], drop: Path
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [
        ["DATA NUMERIK KUMUH", None, None, None, None],
        [None] * 5,
        ["Kelurahan", "RT/RW", "Jumlah KK", "Air Minum", None],
        [None, None, None, "3a", "3b"],
        ["Podosugih", "RT 01 RW 02", 40, "12,5", "NIHIL"],
        ["PODOSUGIH", "2/2", 38, 3, 4],
        [None] * 5,
        ["Jumlah", None, 78, 15.5, 4],
        ["Mengetahui, Lurah", None, None, None, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("D3:E3")
    book.save(drop / "profil.xlsx")
    source = {"id": "p", "layer": "profil_rt", "path": "profil.xlsx",
              "columns": {"nama_kelurahan": "Kelurahan", "rt": "RT/RW", "rw": "RT/RW",
                          "jumlah_kk": "Jumlah KK", "v3a": "3a", "v3b": "Air Minum / 3b"}}  # fmt: skip
    done = ingest(kelurahan, source)
    table = done.tables["profil_rt"]
    assert table["rt"].tolist() == ["001", "002"]
    assert table["rw"].tolist() == ["002", "002"]
    assert table["v3a"].tolist() == [12.5, 3]
    assert table["v3b"].isna().tolist() == [True, False]
    assert table["source_row"].tolist() == [0, 1]
    account = done.account("p")
    assert (account["rows_read"], account["rows_kept"], account["rows_rejected"]) == (5, 2, 3)
    assert {"row.empty", "row.total", "row.signature", "value.null-text"} <= set(done.rules("p"))
    subjects = done.findings[done.findings["rule"] == "row.total"]["subject"].tolist()
    assert subjects == ["p#3"]


def test_csv_with_semicolons_bom_comma_decimals_and_cp1252(ingest: Ingest, drop: Path) -> None:
    (drop / "a.csv").write_bytes(
        "\ufeffkode_kelurahan;jumlah_penduduk\n33.75.01.1001;1.234\n".encode()
    )
    (drop / "b.csv").write_bytes(
        "nama,status,kode_kelurahan\nKampung Café,ada,33.75.01.1001\n".encode("cp1252")
    )
    done = ingest(
        {"id": "a", "layer": "penduduk", "path": "a.csv"},
        {"id": "b", "layer": "mha", "path": "b.csv"},
    )
    assert done.tables["penduduk"]["jumlah_penduduk"].tolist() == [1234]
    assert done.tables["mha"]["nama"].tolist() == ["Kampung Café"]
    assert done.account("b")["encoding_used"] == "CP1252"


def test_percent_shares_are_told_and_divided(ingest: Ingest, drop: Path) -> None:
    (drop / "p.csv").write_text("nama_kelurahan;rt;p3a;p3b\nTirto;1;75,8;0,4\nTirto;2;12;0,2\n")
    done = ingest({"id": "p", "layer": "profil_rt", "path": "p.csv"})
    table = done.tables["profil_rt"]
    assert table["p3a"].tolist() == pytest.approx([0.758, 0.12])
    assert table["p3b"].tolist() == [0.4, 0.2]
    assert "value.percent-scale" in done.rules()


def test_identical_keys_with_other_values_are_all_kept_and_told(
    ingest: Ingest, kelurahan: dict[str, Any], drop: Path
) -> None:
    (drop / "p.csv").write_text("nama_kelurahan;rt;rw;jumlah_kk\nTirto;1;1;40\nTirto;01;01;44\n")
    done = ingest(kelurahan, {"id": "p", "layer": "profil_rt", "path": "p.csv"})
    assert len(done.tables["profil_rt"]) == 2
    told = done.findings[done.findings["rule"] == "rt.duplicate-key"]
    assert told["subject"].tolist() == ["33.75.01.1002-RW001-RT001"]


def test_a_raster_leaves_its_grid_and_its_footprint(ingest: Ingest, drop: Path) -> None:
    import rasterio
    from rasterio.io import MemoryFile

    values = np.array([[0.2, 0.5], [0.9, -9999]], dtype="float32")
    transform = rasterio.transform.from_origin(109.6, -6.8, 0.1, 0.1)
    with rasterio.open(drop / "h.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="float32",
                       crs="EPSG:4326", transform=transform) as dataset:  # fmt: skip
        dataset.write(values, 1)
    done = ingest(
        {"id": "h", "layer": "rawan_bencana", "path": "h.tif", "set": {"bahaya": "tanah longsor"}}
    )
    row = done.tables["rawan_bencana"].iloc[0]
    assert (row["bahaya"], bool(row["raster"])) == ("tanah longsor", True)
    with MemoryFile(done.documents["ingest/raster_h.tif"]) as memory, memory.open() as dataset:
        grid = dataset.read(1)
    assert np.isnan(grid[1, 1])
    assert grid[0, 1] == pytest.approx(0.5)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(6)))
def test_shuffled_rows_differ_only_in_their_number_and_keep_their_finding_ids(
    ingest: Ingest, drop: Path, order: list[int]
) -> None:
    bowtie = shapely.Polygon([(X0, Y0), (X0 + 90, Y0 + 90), (X0 + 90, Y0), (X0, Y0 + 90)])
    shapes = [square(0, 0), square(2, 0), bowtie, square(4, 0), None, square(4.5, 0)]
    levels = ["Ringan", "entah", "Berat", "Sedang\nSedang", "KS", "-"]

    def ingested(rows: list[int]) -> Ingested:
        path = drop / "sk.gpkg"
        path.unlink(missing_ok=True)
        write(drop, "sk.gpkg", [shapes[i] for i in rows], LOKASI=[f"L{i}" for i in rows],
              T=[levels[i] for i in rows])  # fmt: skip
        return ingest({"id": "sk", "layer": "sk", "path": "sk.gpkg",
                       "columns": {"nama_lokasi": "LOKASI", "tingkat_sk": "T"}})  # fmt: skip

    plain, mixed = ingested(list(range(6))), ingested(list(order))
    assert plain.findings["finding_id"].tolist() == mixed.findings["finding_id"].tolist()
    one, other = (pd.DataFrame(i.tables["sk"].assign(geometry=lambda f: f.geometry.to_wkb()))
                  .drop(columns="source_row").sort_values("nama_lokasi", ignore_index=True)
                  for i in (plain, mixed))  # fmt: skip
    pd.testing.assert_frame_equal(one, other)


def test_reading_what_ingest_wrote_gives_the_same_layer(ingest: Ingest, drop: Path) -> None:
    write(drop, "a.gpkg", [square(0, 0), square(3, 0)], nama=["A", "B"], zona=["inti", None])
    first = ingest({"id": "a", "layer": "bcb", "path": "a.gpkg"}).tables["bcb"]
    first.drop(columns=["source_id", "source_row"]).to_file(drop / "b.gpkg")
    again = ingest({"id": "a", "layer": "bcb", "path": "b.gpkg"}).tables["bcb"]
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(again))


def test_the_message_about_a_broken_file_names_no_folder_of_this_machine(
    ingest: Ingest, drop: Path
) -> None:
    (drop / "rusak.gpkg").write_bytes(b"bukan geopackage")
    message = ingest({"id": "r", "layer": "bcb", "path": "rusak.gpkg"}).findings["message"].iloc[0]
    assert str(drop) not in message
    assert "rusak.gpkg" in message
