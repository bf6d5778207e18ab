"""`check` for people: the table by who must act, and the workbook that goes back to a sender."""

import io
import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet

from kotaku_geo.checking import CheckResult, check_pipeline
from kotaku_geo.checking.listing import WIDTH, check_listing, written_listing
from kotaku_geo.checking.workbook import harmless, write_workbooks
from kotaku_geo.cli import cli
from kotaku_geo.config import load_pipeline
from kotaku_geo.findings import parameters, rules, sentence
from kotaku_geo.sample import write_sample

PERKIM = "temuan-dinas-perkim-kota-contoh.xlsx"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contoh")
    return Path(write_sample(folder, seed=3, size="kecil", progress=lambda line: None))


@pytest.fixture(scope="module")
def result(sample: Path) -> CheckResult:
    return check_pipeline(load_pipeline(sample), None, 2, lambda line: None)


@pytest.fixture(scope="module")
def books(result: CheckResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("buku")
    write_workbooks(result, folder, "id")
    return folder


def table(sheet: Worksheet) -> pd.DataFrame:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return pd.DataFrame(rows[1:], columns=rows[0])


def call(*args: Any) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def test_the_listing_names_each_sender_and_fits_a_hundred_columns(result: CheckResult) -> None:
    text = check_listing(result, "text", "id")
    assert max(map(len, text.splitlines())) <= WIDTH == 100
    agencies = {s.agency for s in result.file.pipeline.sources}
    blamed = result.findings[result.findings["responsible"] == "pengirim"]
    for source_id in blamed["source_id"].dropna().unique():
        agency = result.file.pipeline.source(source_id).agency
        assert agency in agencies
        assert f"PENGIRIM: {agency} (" in text
    for rule, some in result.findings.groupby("rule"):
        assert f"[{rule}]" in text
        assert str(len(some)) in text
    for side, head in (("pokja", "POKJA PKP"), ("kelurahan", "KELURAHAN"), ("gis", "TIM GIS")):
        assert (head in text) == (side in set(result.findings["responsible"]))
    assert text == check_listing(result, "text", "id")
    assert "kotaku-geo run menemukan lebih banyak" in text
    english = check_listing(result, "text", "en")
    assert "SENDER: " in english
    assert "kotaku-geo run finds more: differences between sources" in english
    assert "1 error, " in english
    assert " 0 notes)" in english
    assert not re.search(r"cocok dengan|maksudnya|memotong|ejaan|\b0 note\b", english)


def test_an_overlap_names_the_record_it_is_with(result: CheckResult) -> None:
    """An id is in no file: the other object is told as the sender counts."""
    text = " ".join(check_listing(result, "text", "id").split())
    found = re.findall(
        r"batas_rt\.gpkg objek (\d+): Bertumpang tindih dengan (\S+) \(objek (\d+)\)", text
    )
    assert found
    drawn = gpd.read_file(
        result.file.drop / "administrasi" / "batas_rt.gpkg", layer="batas_rt_2023"
    )
    for one, _, other in found:
        both = drawn.geometry.iloc[[int(one) - 1, int(other) - 1]]
        assert both.iloc[0].intersection(both.iloc[1]).area > 1


def test_every_finding_for_a_sender_is_in_their_workbook_once(
    result: CheckResult, books: Path
) -> None:
    ids: list[str] = []
    for path in sorted(books.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["Baca dulu", "Temuan", "Catatan"]
        for name in ("Temuan", "Catatan"):
            ids += list(table(book[name])["Nomor temuan"].dropna())
    blamed = result.findings[result.findings["responsible"] == "pengirim"]
    assert sorted(ids) == sorted(blamed["finding_id"])


def test_rows_are_numbered_as_the_sender_sees_them(books: Path, sample: Path) -> None:
    """The row that is named holds what is said to be there."""
    told = table(openpyxl.load_workbook(books / PERKIM)["Temuan"])
    sheet = openpyxl.load_workbook(sample.parent.parent / "drop/survei/profil_rt_2023.xlsx")[
        "Numerik RT"
    ]
    here = told[(told["Berkas"] == "survei/profil_rt_2023.xlsx") & told["Baris/objek"].notna()]
    unread = here[
        here["Apa yang salah"].str.contains("tidak dapat dibaca|tidak dikenal|bukan angka")
    ]
    assert len(unread) >= 3
    for row in unread.to_dict("records"):
        cells = [str(c.value) for c in sheet[int(row["Baris/objek"])]]
        assert any(str(row["Isinya sekarang"]) in cell for cell in cells), row
    map_rows = told[told["Berkas"] == "survei/delineasi_kumuh_2023.geojson"]
    drawn = json.loads(
        (sample.parent.parent / "drop/survei/delineasi_kumuh_2023.geojson").read_text()
    )
    odd = map_rows[map_rows["Apa yang salah"].str.startswith("Kecamatan")]
    assert len(odd)
    for row in odd.to_dict("records"):
        feature = drawn["features"][int(row["Baris/objek"]) - 1]
        assert feature["properties"]["KECAMATAN"] == row["Isinya sekarang"]


def test_columns_bear_the_senders_headings_and_twins_their_row(books: Path) -> None:
    told = table(openpyxl.load_workbook(books / PERKIM)["Temuan"])
    named = set(told["Kolom"].dropna())
    assert {"LUAS_HA", "tingkat_ku"} <= named
    twin = told[told["Apa yang salah"].str.startswith("Baris ini sama persis")]
    for row in twin.to_dict("records"):
        assert int(row["Apa yang salah"].split("baris ")[1].split(";")[0]) >= 1


def test_the_sheets_can_be_worked_in(books: Path) -> None:
    book = openpyxl.load_workbook(books / PERKIM)
    sheet = book["Temuan"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:L{sheet.max_row}"
    assert [c.value for c in sheet[1]][:3] == ["No", "Tingkat", "Berkas"]
    assert sheet.column_dimensions["G"].width >= 40
    assert sheet["G2"].alignment.wrap_text
    assert sheet.print_title_rows == "$1:$1"
    first = [c.value for row in book["Baca dulu"].iter_rows() for c in row if c.value is not None]
    assert "Dinas Perkim Kota Contoh" in first
    assert any("kirim ulang" in str(v) for v in first)
    assert "survei/profil_rt_2023.xlsx" in first
    for name in book.sheetnames:
        for row in book[name].iter_rows():
            assert all(c.data_type != "f" for c in row)
            assert all(c.value not in (False, True) for c in row if isinstance(c.value, bool))


def test_the_same_bytes_every_time_and_in_english(
    result: CheckResult, books: Path, tmp_path: Path
) -> None:
    write_workbooks(result, tmp_path / "lagi", "id")
    assert (tmp_path / "lagi" / PERKIM).read_bytes() == (books / PERKIM).read_bytes()
    assert not [p for p in (tmp_path / "lagi").iterdir() if p.name.startswith(".")]
    write_workbooks(result, tmp_path / "en", "en")
    book = openpyxl.load_workbook(tmp_path / "en" / PERKIM.replace("temuan-", "findings-"))
    assert "(1 finding)" in written_listing([(tmp_path / "x.xlsx", 1)], "en")
    assert book.sheetnames == ["Read first", "Findings", "Notes"]
    text = " ".join(table(book["Findings"])["What is wrong"])
    assert "is not known" in text or "unknown" in text
    assert "tidak dikenal" not in text


def test_every_rules_sentence_is_read_back_into_its_parts() -> None:
    """The English of a finding comes from its Indonesian sentence: no gap is lost on the way."""
    for rule, entry in rules().items():
        names = {part.split("}")[0] for part in entry["id"].split("{")[1:]}
        said = sentence(rule, {name: f"<{name}>" for name in names})
        assert parameters(rule, said) == {name: f"<{name}>" for name in names}, rule


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+62811", "+62811"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-0,12", "-0,12"),
        ("-2+3", "'-2+3"),
        ("-", "-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\x07=1", "'=1"),
        ("Kelurahan", "Kelurahan"),
    ],
)
def test_no_cell_becomes_a_formula(text: str, safe: str) -> None:
    assert harmless(text) == safe


def test_hostile_names_of_senders_and_cells(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "p.csv").write_text("KODE;JUMLAH\n=1+1;-2+3\n33.75.01.1001;5\n", encoding="utf-8")
    pipeline = tmp_path / "kota.yaml"
    agencies = ["../../etc/Dinas: <x>*", "Dinas x", "..\\etc dinas x", "水"]
    sources = "".join(
        f"  - {{id: s{i}, layer: penduduk, path: p.csv, agency: {json.dumps(a)}, columns: "
        "{kode_kelurahan: KODE, jumlah_penduduk: JUMLAH}}\n"
        for i, a in enumerate(agencies)
    )
    pipeline.write_text('city: {code: "33.75", name: Kota Uji, crs: EPSG:32749}\ndrop: drop\n'
                        f"sources:\n{sources}", encoding="utf-8")  # fmt: skip
    done = call("check", pipeline, "--format", "xlsx", "-o", tmp_path / "keluar")
    assert done.exit_code == 0, done.output
    names = sorted(p.name for p in (tmp_path / "keluar").iterdir())
    assert names == ["temuan-dinas-x.xlsx", "temuan-etc-dinas-x-2.xlsx",
                     "temuan-etc-dinas-x.xlsx", "temuan-pengirim.xlsx"]  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["drop", "keluar", "kota.yaml"]
    told = table(openpyxl.load_workbook(tmp_path / "keluar" / "temuan-dinas-x.xlsx")["Temuan"])
    assert {"'=1+1", "'-2+3"} <= set(told["Isinya sekarang"])


def test_options_belong_together_and_exit_codes_stand(sample: Path, tmp_path: Path) -> None:
    assert call("check", sample, "--format", "xlsx").exit_code == 2
    assert call("check", sample, "-o", tmp_path / "x").exit_code == 2
    (tmp_path / "berkas").write_text("x")
    assert call("check", sample, "--format", "xlsx", "-o", tmp_path / "berkas" / "y").exit_code == 6
    reached = call("check", sample, "--format", "xlsx", "-o", tmp_path / "z", "--fail-on", "error")
    assert reached.exit_code == 1
    assert (tmp_path / "z" / PERKIM).is_file()


def test_json_holds_all_columns_of_both_tables(result: CheckResult) -> None:
    content = json.loads(check_listing(result, "json", "id"))
    findings: gpd.GeoDataFrame = result.findings
    assert len(content["findings"]) == len(findings)
    assert set(content["findings"][0]) == set(findings.columns)
    assert set(content["sources"][0]) == set(result.sources.columns)


def test_a_spreadsheet_program_opens_it(books: Path, tmp_path: Path) -> None:
    """The package is whole; and LibreOffice, where it is installed, makes pages of it."""
    with zipfile.ZipFile(io.BytesIO((books / PERKIM).read_bytes())) as archive:
        assert archive.testzip() is None
    import shutil

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
               str(books / PERKIM)]  # fmt: skip
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert (tmp_path / PERKIM).with_suffix(".pdf").read_bytes().startswith(b"%PDF")
