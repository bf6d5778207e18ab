"""``keputusan.csv``: written in stable order, read back the same, and faults named exactly."""

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from kotaku_geo.decisions import COLUMNS, Decision, read_decisions, write_decisions
from kotaku_geo.errors import InputError
from tests.conftest import pipeline_of

PIPELINE = pipeline_of()
ONE = Decision(
    kind="nilai", subject="33.75.01.1001-RW001-RT001", parameter="3a", source_id="pdam", value=None,
    reason="sambungan dihitung ulang", forum="Rapat Pokja PKP", minutes="BA 050/12/2024",
    date=dt.date(2024, 5, 2), by="Sekretaris Pokja", evidence="a" * 64,
)  # fmt: skip
EVERY = [
    ONE,
    replace(ONE, parameter="5a", source_id=None, value="52.5"),
    replace(ONE, parameter="penyebut.jumlah_kk", source_id=None, value="148"),
    replace(ONE, kind="batas", subject="K1", parameter="batas.kawasan", source_id="gis#4"),
    replace(ONE, kind="identitas", parameter="id_kawasan", source_id=None, value="K2"),
]


def row(**cells: str) -> dict[str, str]:
    return {**ONE.cells(), **cells}


def written(folder: Path, *rows: dict[str, str], delimiter: str = ",") -> Path:
    path = folder / "keputusan.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_decisions(path, PIPELINE)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_what_is_written_is_read_and_order_leaves_no_trace(tmp_path: Path) -> None:
    one, other = tmp_path / "satu.csv", tmp_path / "dua.csv"
    write_decisions(one, EVERY)
    write_decisions(other, [*reversed(EVERY), EVERY[0]])
    assert one.read_bytes() == other.read_bytes()
    back = read_decisions(one, PIPELINE)
    assert {replace(d, decision_id="") for d in back} == set(EVERY)
    assert all(len(d.decision_id) == 12 for d in back)
    write_decisions(other, back)
    assert one.read_bytes() == other.read_bytes()


def test_an_id_is_of_what_is_decided_and_chosen_alone(tmp_path: Path) -> None:
    path = tmp_path / "keputusan.csv"
    others = [replace(ONE, minutes="BA 2", evidence="b" * 64), replace(ONE, source_id="profil")]
    write_decisions(path, [ONE, *others])
    ids = [d.decision_id for d in read_decisions(path, PIPELINE)]
    assert sorted(ids.count(i) for i in set(ids)) == [1, 2]


def test_no_file_is_no_decision(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "keputusan.csv", PIPELINE) == []


def test_formulas_are_written_harmless_and_come_back_as_said(tmp_path: Path) -> None:
    path = tmp_path / "keputusan.csv"
    said = replace(ONE, reason='=HYPERLINK("http://x")', by="@pokja", minutes="-1")
    write_decisions(path, [said])
    with path.open(newline="") as handle:
        cells = next(csv.DictReader(handle))
    assert not [c for c in cells.values() if c.startswith(("=", "+", "-", "@"))]
    assert read_decisions(path, PIPELINE)[0].reason == said.reason


def test_excel_saves_with_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    path = written(tmp_path, row(source_id="", value="52,5"), delimiter=";")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_decisions(path, PIPELINE)[0].number == 52.5


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"kind": "nilay"}, "kind", "'nilai'"),
        ({"parameter": "9z"}, "parameter", "'9z' tidak dikenal"),
        ({"parameter": "batas.rt"}, "parameter", "tidak dikenal"),
        ({"minutes": " "}, "minutes", "wajib diisi"),
        ({"date": "2 Mei 2024"}, "date", "YYYY-MM-DD"),
        ({"date": "2024-02-30"}, "date", "YYYY-MM-DD"),
        ({"source_id": ""}, "source_id", "salah satu"),
        ({"value": "40"}, "source_id", "salah satu"),
        ({"source_id": "", "value": "140"}, "value", "0 sampai 100"),
        ({"source_id": "", "value": "nan"}, "value", "0 sampai 100"),
        ({"source_id": "", "value": "1e999"}, "value", "0 sampai 100"),
        ({"evidence": "abc"}, "evidence", "bukan sidik bukti"),
        ({"kind": "batas", "parameter": "batas.rt", "source_id": ""}, "source_id", "isi sumber"),
        ({"kind": "identitas", "parameter": "id_rt", "source_id": ""}, "value", "isi id_rt"),
        ({"reason": "x" * 5000}, "reason", "lebih dari 4000"),
    ],
)  # fmt: skip
def test_a_fault_names_file_row_and_column(
    tmp_path: Path, cells: dict[str, str], column: str, said: str
) -> None:
    text = refusal(written(tmp_path, row(parameter="5a"), row(**cells)))
    assert f"keputusan.csv baris 3 kolom {column}: " in text
    assert said in text


def test_all_faults_are_told_at_once_and_empty_rows_keep_the_count(tmp_path: Path) -> None:
    empty = dict.fromkeys(COLUMNS, "")
    text = refusal(written(tmp_path, row(by=""), empty, row(date="", parameter="5a")))
    assert "baris 2 kolom by" in text
    assert "baris 4 kolom date" in text


def test_one_id_for_two_decisions_is_a_fault(tmp_path: Path) -> None:
    text = refusal(written(tmp_path, row(decision_id="K-1"),
                           row(decision_id="K-1", source_id="profil")))  # fmt: skip
    assert "kolom decision_id: 'K-1' sudah dipakai" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"kind,subject\n", "kolom tidak ada"),
        (b"", "kolom tidak ada"),
        (b"\xff\xfe\x00", "bukan UTF-8"),
        (",".join([*COLUMNS, "catatan"]).encode() + b"\n", "kolom tidak dikenal: catatan"),
        ((",".join(COLUMNS) + '\n"tak ditutup').encode(), "bukan CSV"),
        ((",".join(COLUMNS) + "\n" + ",".join(["x"] * 14)).encode(), "sesudah kolom terakhir"),
    ],
)  # fmt: skip
def test_what_is_no_decisions_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "keputusan.csv"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "keputusan.csv"
    with path.open("wb") as handle:
        handle.truncate(16_000_001)
    assert "16 MB" in refusal(path)
