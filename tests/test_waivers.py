import datetime as dt
from pathlib import Path

import pytest

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.findings import FindingBook
from kotaku_geo.waivers import apply_waivers, is_waived, read_waivers
from tests.conftest import CRS

HEAD = "finding_id,bukti,alasan,oleh,sampai\n"


def test_a_waiver_names_its_reason_and_until_when(tmp_path: Path) -> None:
    book = FindingBook("ingest", CRS)
    book.add("value.zero-area", source_id="s", key="a", kolom="luas_ha")
    book.add("value.zero-area", source_id="s", key="b", kolom="luas_ha")
    findings = book.frame()
    path = tmp_path / "pengecualian.csv"
    path.write_text(HEAD + f"{findings['finding_id'].iloc[0]},,sudah diperiksa,Pokja,2026-01-31\n")
    waived = apply_waivers(findings, path)["dikecualikan"]
    assert waived.iloc[0] == "sudah diperiksa (Pokja, sampai 2026-01-31)"
    assert waived.isna().tolist() == [False, True]
    assert is_waived(waived.iloc[0], dt.date(2026, 1, 31))
    assert not is_waived(waived.iloc[0], dt.date(2026, 2, 1))
    assert not is_waived(waived.iloc[1], dt.date(2026, 1, 1))


def test_semicolons_as_excel_writes_them_here(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(HEAD.replace(",", ";") + "x;;sudah, diperiksa;Pokja;\n", encoding="utf-8-sig")
    assert read_waivers(path) == {"x": "sudah, diperiksa (Pokja)"}


def test_no_file_waives_nothing_and_no_end_holds_for_ever(tmp_path: Path) -> None:
    book = FindingBook("ingest", CRS)
    book.add("value.zero-area", source_id="s", kolom="luas_ha")
    assert apply_waivers(book.frame(), tmp_path / "tiada.csv")["dikecualikan"].isna().all()
    assert is_waived("alasan (Pokja)", dt.date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "kolom tidak ada"),
        (HEAD + "x,,,Pokja,\n", "baris 2"),
        (HEAD + "x,,y,Pokja,besok\n", "'besok'"),
    ],
)
def test_a_faulty_waiver_names_its_row(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(PipelineFileError, match=said):
        apply_waivers(FindingBook("ingest", CRS).frame(), path)
