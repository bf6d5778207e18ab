"""The draft minutes: the usual form, what was decided, what is open, and the sealed version."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pytest

from kotaku_geo.errors import InputError
from kotaku_geo.publish.worksheet.sealed import latest
from tests.publish.worksheet.officer import RECORD, Copy, Desk


def texts(path: Path) -> str:
    doc = docx.Document(str(path))
    cells = [c.text for t in doc.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in doc.paragraphs), *cells])


def rows_of(path: Path, head: str) -> list[list[str]]:
    for table in docx.Document(str(path)).tables:
        rows = [[c.text for c in row.cells] for row in table.rows]
        if head in rows[0]:
            return rows[1:]
    return []


def test_the_draft_has_the_usual_form_and_lists_what_is_open(desk: Desk, blank: Path) -> None:
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    text = texts(target)
    for part in ("BERITA ACARA", "Nomor: ....", "Pada hari ini", "14/PRT/M/2018", "DAFTAR HADIR",
                 "Ketua Pokja PKP", "Belum ada keputusan"):  # fmt: skip
        assert part in text, part
    conflicts = desk.table("conflicts")
    assert len(rows_of(target, "Kandidat")) == int(conflicts["material"].sum())
    assert "SHA-256" not in text
    agencies = [row[2] for row in rows_of(target, "Tanda tangan") if row[2]]
    assert "PDAM Tirta Contoh" in agencies


def test_decisions_stand_with_their_record_and_leave_the_open_list(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    value, other, *_ = copy.ids("nilai")
    copy.decide(value, pilihan=None, nilai=45.5, alasan="Hasil <cek> & ricek bersama")
    copy.decide(other)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    decided = rows_of(target, "Yang berlaku")
    assert len(decided) == 2
    by_value = next(row for row in decided if row[3] == "45,5 %")
    assert by_value[5] == "Hasil <cek> & ricek bersama"
    assert f"{RECORD['berita_acara']}, 2 Mei 2024" in by_value[6]
    opened = rows_of(target, "Kandidat")
    conflicts = desk.table("conflicts")
    left = conflicts["material"] & (conflicts["status"] != "diputuskan")
    assert len(opened) == int(left.sum())


def test_what_was_not_chosen_stands_beside_what_was(desk: Desk, blank: Path) -> None:
    """Every candidate is in the row, on one side or the other; a name says who wrote it."""
    copy = Copy(blank)
    for conflict in copy.rows:
        copy.decide(conflict)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    rows = rows_of(target, "Yang tidak dipilih")
    conflicts = desk.table("conflicts")
    assert len(rows) == len(conflicts)
    assert {row[2] for row in rows} >= {"RT mana yang dimaksud", "Masuk kelurahan mana"}
    assert 'tertulis "Sukamaju" oleh Dinas Perkim Kota Contoh (profil-rt-2023)' in str(rows)
    assert "profil-rt-2023/sukamaju" not in str(rows)
    values = conflicts[conflicts["kind"] != "identitas"]
    told = sorted(len(row[4].split("\n")) for row in rows if row[2] and "mana" not in row[2])
    assert told == sorted(len(json.loads(c)) - 1 for c in values["candidates"])
    for row in rows:
        assert row[4]
        assert not set(row[4].split("\n")) & {row[3]}


def test_those_who_sign_stand_on_one_page_in_lines(desk: Desk, blank: Path) -> None:
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target, "--lang", "en")
    document = docx.Document(str(target))
    (table,) = [t for t in document.tables if "Head of Bappeda" in t.rows[0].cells[1].text]
    kept = [[c.paragraphs[0].paragraph_format.keep_with_next for c in r.cells] for r in table.rows]
    assert all(all(row) for row in kept[:-1])
    assert not any(kept[-1])
    for row in table.rows[1::2]:
        left, right = (cell.text for cell in row.cells)
        assert left == right
        assert left.strip().startswith("(....")


def seal(folder: Path, version: str, **more: Any) -> None:
    (folder / version).mkdir(parents=True)
    record = {"version": version, "hash": version[-1] * 64, "minutes": "BA 050", "date": "2024-05-02",
              "tables": {"rt": {"hash": "ab" * 32}}, **more}  # fmt: skip
    (folder / version / "segel.json").write_text(json.dumps(record))


def test_after_the_seal_the_annex_names_the_newest_versions_hash(desk: Desk) -> None:
    folder = desk.desk / "segel"
    for version in ("v1.0", "v1.10", "v1.9"):
        seal(folder / desk.pipeline.stem, version)
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target, "--seal-dir", folder)
    assert "versi v1.10" in texts(target)
    annex = rows_of(target, "Sidik SHA-256")
    assert annex == [["Seluruh versi", "0" * 64], ["rt", "ab" * 32]]


def test_a_seal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert latest(tmp_path / "tiada") is None
    seal(tmp_path, "v1.0", tables=[])
    with pytest.raises(InputError, match=r"v1\.0/segel\.json"):
        latest(tmp_path)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_opens_the_draft(desk: Desk) -> None:
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    done = subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{desk.desk}/profil",
         "--convert-to", "pdf", "--outdir", str(desk.desk), str(target)],
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    made = desk.desk / "ba.pdf"
    if not made.exists():
        pytest.skip(f"LibreOffice without its word processor: {done.stderr[-200:]!r}")
    assert made.stat().st_size > 10_000
