"""What contradicts itself in a delivery: codes, names and places; units; rows that slid."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from kotaku_geo.ingest.areas import unit_of
from tests.conftest import CRS
from tests.ingest.conftest import Ingested, square

Ingest = Callable[..., Ingested]
NAMES = ["Podosugih", "Tirto", "Sapuro", "Kergon"]
CODES = [f"33.75.01.100{i}" for i in range(1, 5)]


@pytest.fixture
def city(drop: Path) -> dict[str, Any]:
    """Four kelurahan in a row, in two kecamatan."""
    gpd.GeoDataFrame(
        {"KODE": CODES, "NAMA": NAMES, "KEC": ["Barat", "Barat", "Timur", "Timur"]},
        geometry=[square(10 * i, 0, 1000) for i in range(4)], crs=CRS,
    ).to_file(drop / "kel.gpkg")  # fmt: skip
    columns = {"kode_kelurahan": "KODE", "nama_kelurahan": "NAMA", "nama_kecamatan": "KEC"}
    return {"id": "kel", "layer": "kelurahan", "path": "kel.gpkg", "columns": columns}


def table(drop: Path, name: str, frame: dict[str, list[Any]]) -> str:
    pd.DataFrame(frame).to_csv(drop / name, sep=";", index=False)
    return name


def drawn(drop: Path, name: str, **columns: list[Any]) -> str:
    size = len(next(iter(columns.values())))
    shapes = [square(0.5 + 2 * (i % 4), 1 + 2 * (i // 4)) for i in range(size)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(drop / name)
    return name


def told(done: Ingested, rule: str) -> list[str]:
    return sorted(done.findings[done.findings["rule"] == rule]["message"])


def test_bps_codes_taken_for_kemendagri_codes_are_doubted_and_names_are_used(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    turned = ["3375011002", "3375011003", "3375011004", "3375011001"]
    path = table(drop, "p.csv", {"kode_kelurahan": turned, "nama_kelurahan": NAMES,
                                 "jumlah_penduduk": [10, 20, 30, 40]})  # fmt: skip
    done = ingest(city, {"id": "p", "layer": "penduduk", "path": path})
    assert done.tables["penduduk"]["kode_kelurahan"].tolist() == CODES
    assert set(done.tables["penduduk"]["kelurahan_cara"]) == {"nama"}
    assert len(told(done, "code.bps-suspect")) == 1
    assert told(done, "name.contradicts-code") == []


def test_one_code_that_contradicts_its_name_stands_and_is_told(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    path = table(drop, "p.csv", {"kode_kelurahan": [CODES[0], CODES[1], CODES[1], CODES[3]],
                                 "nama_kelurahan": NAMES, "jumlah_penduduk": [1, 2, 3, 4]})  # fmt: skip
    done = ingest(city, {"id": "p", "layer": "penduduk", "path": path})
    assert done.tables["penduduk"]["kode_kelurahan"].tolist()[2] == CODES[1]
    assert told(done, "name.contradicts-code") == [
        "Kode 33.75.01.1002 dan nama Sapuro tidak menunjuk kelurahan yang sama"]  # fmt: skip
    assert told(done, "code.bps-suspect") == []


def test_a_code_that_no_kelurahan_has_gives_way_to_the_name_then_to_the_place(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    path = drawn(drop, "sk.gpkg", KODE=["33.75.09.1009"] * 2, KEL=["Tirto", "Entah"])
    done = ingest(city, {"id": "sk", "layer": "sk", "path": path,
                         "columns": {"kode_kelurahan": "KODE", "nama_kelurahan": "KEL"}})  # fmt: skip
    sk = done.tables["sk"]
    assert sk["kode_kelurahan"].tolist() == [CODES[1], CODES[0]]
    assert sk["kelurahan_cara"].tolist() == ["nama", "lokasi"]
    assert len(told(done, "code.unknown-kelurahan")) == 2


def test_codes_and_kecamatan_that_disagree_are_told(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    path = drawn(drop, "k.gpkg", KODE=[CODES[0]], KEC=["Timur"])
    columns = {"kode_kelurahan": "KODE", "nama_kecamatan": "KEC"}
    done = ingest(city, {"id": "k", "layer": "kawasan", "path": path, "columns": columns})
    assert told(done, "name.contradicts-kecamatan") == [
        'Kelurahan "Podosugih" bukan bagian kecamatan "Timur"']  # fmt: skip
    gpd.GeoDataFrame(
        {"kode_kelurahan": CODES[:1], "nama_kelurahan": NAMES[:1], "kode_kecamatan": ["33.75.02"]},
        geometry=[square(0, 0, 1000)], crs=CRS,
    ).to_file(drop / "kel2.gpkg")  # fmt: skip
    done = ingest({"id": "kel2", "layer": "kelurahan", "path": "kel2.gpkg"})
    assert told(done, "code.contradicts-kecamatan") == [
        "Kode kelurahan 33.75.01.1001 bukan bagian kecamatan 33.75.02"]  # fmt: skip


def test_a_name_that_begins_two_is_told_with_both_and_left_open(ingest: Ingest, drop: Path) -> None:
    names = ["Sungai Andai", "Sungai Jingah"]
    gpd.GeoDataFrame({"kode_kelurahan": CODES[:2], "nama_kelurahan": names},
                     geometry=[square(0, 0, 1000), square(10, 0, 1000)], crs=CRS,
                     ).to_file(drop / "kel.gpkg")  # fmt: skip
    path = table(drop, "p.csv", {"nama_kelurahan": ["Sungai", "Sei Andai", "Sungai J"],
                                 "rt": ["1", "2", "3"]})  # fmt: skip
    done = ingest({"id": "kel", "layer": "kelurahan", "path": "kel.gpkg"},
                  {"id": "p", "layer": "profil_rt", "path": path})  # fmt: skip
    profile = done.tables["profil_rt"]
    assert profile["kode_kelurahan"].isna().tolist() == [True, False, False]
    assert profile["kelurahan_cara"].tolist()[1:] == ["nama", "nama_mirip"]
    assert told(done, "name.fuzzy") == [
        'Nama kelurahan "Sei Andai" dibaca sebagai Sungai Andai (ejaan, kemiripan 100)',
        'Nama kelurahan "Sungai J" dibaca sebagai Sungai Jingah (nama terpotong, kemiripan 74)',
    ]
    assert told(done, "name.unknown-kelurahan") == ['Kelurahan "Sungai" tidak dikenal']


def test_codes_that_a_name_fits_are_left_beside_the_row_for_a_decision(
    ingest: Ingest, drop: Path
) -> None:
    """Only where neither the name nor the place tells."""
    names = ["Sukamaju Lor", "Sukamaju Kidul"]
    shapes = [square(0, 0, 1000), square(10, 0, 1000)]
    gpd.GeoDataFrame({"kode_kelurahan": CODES[:2], "nama_kelurahan": names},
                     geometry=shapes, crs=CRS).to_file(drop / "kel.gpkg")  # fmt: skip
    gpd.GeoDataFrame({"nama_kelurahan": ["Sukamaju"], "rt": ["1"]},
                     geometry=[square(1, 1, 100)], crs=CRS).to_file(drop / "rt.gpkg")  # fmt: skip
    path = table(drop, "p.csv", {"nama_kelurahan": ["Sukamaju", "Antah", "Sukamaju Lor"],
                                 "rt": ["1", "2", "3"]})  # fmt: skip
    done = ingest({"id": "kel", "layer": "kelurahan", "path": "kel.gpkg"},
                  {"id": "rt", "layer": "rt", "path": "rt.gpkg"},
                  {"id": "p", "layer": "profil_rt", "path": path})  # fmt: skip
    said = done.tables["profil_rt"]["kelurahan_calon"]
    assert said.iloc[0] == ";".join(CODES[:2])
    assert said.iloc[1:].isna().all()
    assert done.tables["profil_rt"]["kode_kelurahan"].isna().tolist() == [True, True, False]
    assert done.tables["rt"]["kode_kelurahan"].tolist() == [CODES[0]]
    assert done.tables["rt"]["kelurahan_calon"].isna().all()
    told_of = told(done, "name.unknown-kelurahan")
    assert any("cocok dengan Sukamaju Kidul atau Sukamaju Lor" in text for text in told_of)


@pytest.mark.parametrize(
    ("factor", "unit"), [(10_000, "m2"), (100, "are"), (0.01, "km2"), (1, None), (4, None)]
)
def test_the_unit_of_written_areas_shows_against_the_drawn_ones(
    factor: float, unit: str | None
) -> None:
    rng = np.random.default_rng(5)
    m2 = rng.uniform(2_000, 90_000, 30)
    written = m2 / 10_000 * factor * rng.uniform(0.9, 1.1, 30)
    found = unit_of(written, m2, "ha")
    assert (found.name if found else None) == unit
    assert unit_of(written[:3], m2[:3], "ha") is None


def test_square_metres_in_a_column_of_hectares_are_converted_where_it_is_clear(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    clear = drawn(drop, "a.gpkg", nama_lokasi=list("abcdef"),
                  luas_sk_ha=[10_010, 9_990, 10_300, 9_700, 10_000, 0])  # fmt: skip
    mixed = drawn(
        drop, "b.gpkg", nama_lokasi=list("ghijkl"), luas_sk_ha=[10_010, 9_990, 10_300, 9_700, 1, 1]
    )
    source = {"layer": "sk"}
    done = ingest(city, {"id": "a", "path": clear, **source}, {"id": "b", "path": mixed, **source},
                  {"id": "c", "path": clear, **source, "units": {"luas_sk_ha": "ha"}})  # fmt: skip
    sk = done.tables["sk"].set_index("source_id")["luas_sk_ha"]
    assert sk["a"].tolist() == pytest.approx([1.001, 0.999, 1.03, 0.97, 1, 0])
    assert sk["b"].tolist() == [10_010, 9_990, 10_300, 9_700, 1, 1]
    assert sk["c"].tolist()[0] == 10_010  # the pipeline file has said what it is
    assert done.rules("a").count("value.unit-converted") == 1
    assert "m2" in told(done, "value.unit-converted")[0]
    for doubtful in ("b", "c"):
        assert done.rules(doubtful).count("value.unit-suspect") == 1


PROFILE = {
    "nama_kelurahan": ["Tirto"] * 8, "rt": [str(i) for i in range(1, 9)],
    "jumlah_kk": [40, 38, 51, 47, 33, 29, 60, 44], "jumlah_bangunan": [35, 30, 41, 40, 28, 25, 50, 40],
    "luas_ha": [0.71, 1.2, 0.66, 0.9, 1.11, 0.52, 0.83, 0.97],
    "v3a": [12, 3, 40, 22, 10, 8, 9, 31],
}  # fmt: skip


def profile(**changed: dict[int, Any]) -> dict[str, list[Any]]:
    frame = {name: list(cells) for name, cells in PROFILE.items()}
    for name, cells in changed.items():
        for row, cell in cells.items():
            frame[name][row] = cell
    return frame


def test_a_row_that_slid_is_told_and_kept_as_it_is(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    frame = profile(jumlah_kk={2: "Tirto", 5: 0.62}, luas_ha={2: "Kumuh ringan"},
                    jumlah_bangunan={5: 29.5}, v3a={7: "tiga"})  # fmt: skip
    done = ingest(city, {"id": "p", "layer": "profil_rt", "path": table(drop, "p.csv", frame)})
    shifted = done.findings[done.findings["rule"] == "row.shifted"]
    assert sorted(shifted["source_row"]) == [2, 5]  # one odd cell in row 7 is no shift
    assert done.tables["profil_rt"]["jumlah_kk"].tolist()[5] == 0.62
    assert done.account("p")["rows_kept"] == 8
    calm = ingest(city, {"id": "p", "layer": "profil_rt", "path": table(drop, "p.csv", profile())})
    assert "row.shifted" not in calm.rules("p")


def test_scores_that_do_not_add_up_to_their_total_are_told(
    ingest: Ingest, city: dict[str, Any], drop: Path
) -> None:
    letters = ["1a", "1b", "1c", "2a", "2b", "3a", "3b", "4a", "4b", "4c"]
    frame = profile()
    for i, letter in enumerate(letters):
        frame[f"{letter}n"] = [[0, 1, 3, 5][(i + row) % 4] for row in range(8)]
    frame["totalNilai"] = [sum(frame[f"{x}n"][row] for x in letters) for row in range(8)]
    frame["totalNilai"][3] = 450
    done = ingest(city, {"id": "p", "layer": "profil_rt", "path": table(drop, "p.csv", frame)})
    assert done.findings[done.findings["rule"] == "row.shifted"]["source_row"].tolist() == [3]
    assert "450" in told(done, "row.shifted")[0]


def test_impossible_values_are_kept_and_told(ingest: Ingest, drop: Path) -> None:
    path = table(drop, "k.csv", {"tahun": ["0000", "2019", "2020"], "volume": [-3, 5, 6],
                                 "kegiatan": ["a", "b", "c"]})  # fmt: skip
    done = ingest({"id": "k", "layer": "kegiatan", "path": path})
    assert done.tables["kegiatan"]["tahun"].tolist() == [0, 2019, 2020]
    assert done.tables["kegiatan"]["volume"].tolist() == [-3, 5, 6]
    assert {"value.impossible", "value.negative"} <= set(done.rules("k"))


def test_percentages_among_fractions_are_told(ingest: Ingest, drop: Path) -> None:
    shares = ["75,8", "0,41", "12,5", "0,3", "88", "51"]
    path = table(
        drop, "p.csv", {"nama_kelurahan": ["Tirto"] * 6, "rt": list("123456"), "p3a": shares}
    )
    done = ingest({"id": "p", "layer": "profil_rt", "path": path})
    assert "value.percent-mixed" in done.rules("p")
    assert done.tables["profil_rt"]["p3a"].tolist()[:2] == pytest.approx([0.758, 0.0041])


def test_a_volume_is_in_the_unit_of_its_regulation(ingest: Ingest, drop: Path) -> None:
    cells = {"nama_kelurahan": ["Tirto"], "rt": ["1"], "v1b": ["600 m2"], "v3a": ["1.234 KK"],
             "v2a": ["1,5 km"], "v5a": ["12 jiwa"]}  # fmt: skip
    done = ingest({"id": "p", "layer": "profil_rt", "path": table(drop, "p.csv", cells)})
    row = done.tables["profil_rt"].iloc[0]
    assert (row["v1b"], row["v3a"], row["v2a"]) == pytest.approx((0.06, 1234, 1500))
    assert np.isnan(row["v5a"])
    assert done.rules("p").count("value.unit-mismatch") == 1


def test_the_unit_of_the_pipeline_file_holds_for_cells_that_say_none(
    ingest: Ingest, drop: Path
) -> None:
    cells = {
        "nama_kelurahan": ["Tirto"] * 3,
        "rt": list("123"),
        "luas_ha": ["600", "600 m2", "2 ha"],
    }
    done = ingest({"id": "p", "layer": "profil_rt", "path": table(drop, "p.csv", cells),
                   "units": {"luas_ha": "m2"}})  # fmt: skip
    assert done.tables["profil_rt"]["luas_ha"].tolist() == [0.06, 0.06, 2]


def test_a_column_headed_rt_rw_is_one_of_both(ingest: Ingest, drop: Path) -> None:
    for heading, rt, rw in (("RT/RW", "023", "024"), ("RT", "023;024", None)):
        path = table(drop, "p.csv", {"nama_kelurahan": ["Tirto"], heading: ["23/24"]})
        done = ingest({"id": "p", "layer": "profil_rt", "path": path, "columns": {"rt": heading}})
        row = done.tables["profil_rt"].iloc[0]
        assert row["rt"] == rt
        assert row["rw"] == rw or (rw is None and pd.isna(row["rw"]))


def test_dates_that_a_spreadsheet_made_of_rt_and_rw(ingest: Ingest, drop: Path) -> None:
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["Kelurahan", "RT/RW"], ["Tirto", dt.datetime(2024, 3, 5)], ["Tirto", 45391],
                ["Tirto", "001/002"], ["Tirto", "RT 4 RW IV"]]:  # fmt: skip
        sheet.append(row)
    book.save(drop / "p.xlsx")
    columns = {"nama_kelurahan": "Kelurahan", "rt": "RT/RW", "rw": "RT/RW"}
    done = ingest({"id": "p", "layer": "profil_rt", "path": "p.xlsx", "columns": columns})
    profile = done.tables["profil_rt"]
    assert profile["rt"].tolist() == ["005", "009", "001", "004"]
    assert profile["rw"].tolist() == ["003", "004", "002", "004"]
    assert done.rules("p").count("rt.date") == 2
