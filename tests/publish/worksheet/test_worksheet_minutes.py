"""The draft minutes: the usual form, what was decided, what is open, and the sealed version."""

import json
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from docx.text.paragraph import Paragraph

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import read_decisions
from kotaku_geo.errors import InputError
from kotaku_geo.history import sealing
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.sealing import Minutes, Sealed
from kotaku_geo.publish.worksheet.sealed import latest
from tests.publish.worksheet.officer import RECORD, Copy, Desk


def spaced(text: str) -> str:
    """A text with ordinary spaces where its lines may not be broken."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def texts(path: Path) -> str:
    doc = docx.Document(str(path))
    cells = [c.text for t in doc.tables for row in t.rows for c in row.cells]
    return spaced("\n".join([*(p.text for p in doc.paragraphs), *cells]))


def rows_of(path: Path, head: str) -> list[list[str]]:
    """Rows of every table that has a column of this heading."""
    found = []
    for table in docx.Document(str(path)).tables:
        rows = [[spaced(c.text) for c in row.cells] for row in table.rows]
        found += rows[1:] if head in rows[0] else []
    return found


def test_the_draft_has_the_usual_form_and_lists_what_is_open(desk: Desk, blank: Path) -> None:
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    text = texts(target)
    for part in ("BERITA ACARA", "Nomor: ....", "Pada hari ini, ....", "14/PRT/M/2018",
                 "DAFTAR HADIR", "Ketua Pokja PKP", "Belum ada keputusan",
                 "dilaksanakan rapat Pokja PKP Kota Contoh untuk",
                 "Keputusan Wali Kota Contoh Nomor ...."):  # fmt: skip
        assert part in text, part
    conflicts = desk.table("conflicts")
    opened = rows_of(target, "Kandidat")
    material = set(conflicts.loc[conflicts["material"], "conflict_id"])
    assert {row[0].split("\n")[1] for row in opened} == material
    assert len(opened) == len(material)
    assert f"Masih terbuka {len(material)} perbedaan yang mengubah hasil" in text
    assert f"masih ada {len(conflicts) - len(material)} perbedaan yang tidak material" in text
    assert "LAMPIRAN" not in text
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
    ids = {
        d.about: d.decision_id
        for d in read_decisions(desk.decisions, load_pipeline(desk.pipeline).pipeline)
    }
    assert len(decided) == len(ids) == 2
    by_value = next(row for row in decided if row[2].startswith("45,5 %"))
    about = ("nilai", copy.get(value, "subject"), copy.get(value, "parameter"))
    assert by_value[0].split("\n")[1] == value
    assert by_value[2] == f"45,5 %\n{ids[about]}"
    assert by_value[4] == "Hasil <cek> & ricek bersama"
    said = texts(target)
    assert "BA 050/12/2024, 2 Mei 2024 – Rapat Pokja PKP; diputuskan oleh Pokja PKP: 2 hal." in said
    assert said.count("diputuskan oleh") == 1
    for part in ("Nomor: BA 050/12/2024", "Pada hari ini, Kamis, tanggal 2 Mei 2024, bertempat",
                 "telah dilaksanakan Rapat Pokja PKP untuk menyepakati"):  # fmt: skip
        assert part in said
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
    what = [row[1].split("\n")[1] for row in rows]
    assert set(what) >= {"RT mana yang dimaksud", "Masuk kelurahan mana"}
    assert {len(row) for row in rows} == {4}, "one reason stands once above the table"
    assert texts(target).count(RECORD["alasan"]) == 1
    assert 'tertulis "Sukamaju" oleh Dinas Perkim Kota Contoh (profil-rt-2023)' in str(rows)
    assert "profil-rt-2023/sukamaju" not in str(rows)
    values = conflicts[conflicts["kind"] != "identitas"]
    told = sorted(
        len(row[3].split("\n"))
        for row, about in zip(rows, what, strict=True)
        if "mana" not in about
    )
    assert told == sorted(len(json.loads(c)) - 1 for c in values["candidates"])
    for row in rows:
        assert row[3]
        assert not set(row[3].split("\n")) & {row[2].split("\n")[0]}


def test_those_who_sign_stand_on_one_page_in_lines(desk: Desk, blank: Path) -> None:
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target, "--lang", "en")
    document = docx.Document(str(target))
    (table,) = [t for t in document.tables if "Head of Bappeda" in t.rows[0].cells[1].text]
    kept = [[c.paragraphs[0].paragraph_format.keep_with_next for c in r.cells] for r in table.rows]
    assert all(all(row) for row in kept[:-1])
    assert not any(kept[-1])
    before = table._tbl.getprevious()
    led = []
    while before.tag.endswith("}p") and (line := Paragraph(before, None)).text:
        led.append((line.text, line.paragraph_format.keep_with_next))
        before = before.getprevious()
    assert [keep for _, keep in led[:4]] == [True] * 4
    assert led[3][0] == "V. Closing", "on the page of the signatures stands what is signed"
    for row in table.rows[1::2]:
        left, right = (cell.text for cell in row.cells)
        assert left == right
        assert left.strip().startswith("(....")


def sealed(desk: Desk, folder: Path) -> Sealed:
    """What stands on the desk as the next version; nobody asks whether it is agreed."""
    desk.consolidate()
    file, root = load_pipeline(desk.pipeline), desk.build / desk.pipeline.stem
    minutes = Minutes("BA 050", "2024-05-02")
    return sealing.seal(
        Baseline.of_workspace(root, file),
        folder / desk.pipeline.stem,
        minutes,
        root=root,
        copies={},
    )


def test_after_the_seal_the_annex_names_the_newest_versions_hash(desk: Desk, blank: Path) -> None:
    folder, target = desk.desk / "segel", desk.desk / "ba.docx"
    first = sealed(desk, folder)
    desk.export("lagi.xlsx", "--docx", target, "--seal-dir", folder)
    assert "versi v1.0" in texts(target)
    assert "LAMPIRAN I – VERSI YANG DISEGEL" in texts(target)
    annex = dict(rows_of(target, "Sidik SHA-256"))
    assert annex.pop("Seluruh versi") == first.record["hash"]
    assert annex == {name: entry["hash"] for name, entry in first.record["tables"].items()}
    assert "PERHATIAN" not in texts(target)
    copy = Copy(blank)
    copy.decide(copy.ids("nilai")[0])
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    desk.export("lagi.xlsx", "--docx", target, "--seal-dir", folder)
    (note,) = [t for t in texts(target).split("\n") if "PERHATIAN" in t]
    assert "berbeda dari versi v1.0" in note
    assert "consolidate/decisions" in note
    assert "consolidate/kelurahan" not in note, "the meeting has not touched it"
    second = sealed(desk, folder)
    desk.export("lagi.xlsx", "--docx", target, "--seal-dir", folder)
    assert f"versi {second.version}" in texts(target)
    assert dict(rows_of(target, "Sidik SHA-256"))["Seluruh versi"] == second.record["hash"]
    assert "PERHATIAN" not in texts(target)


def test_a_seal_that_cannot_be_read_or_was_changed_is_told(desk: Desk) -> None:
    done = sealed(desk, desk.desk / "segel")
    now = Baseline.of_workspace(desk.build / desk.pipeline.stem, load_pipeline(desk.pipeline))
    assert latest(desk.desk / "tiada", now) is None
    record = done.folder / "segel.json"
    record.chmod(0o644)
    record.write_text(record.read_text().replace("BA 050", "BA 051"))
    with pytest.raises(InputError, match="berubah sejak disegel"):
        latest(done.folder.parent, now)
    record.write_text("{}")
    with pytest.raises(InputError, match=r"segel\.json"):
        latest(done.folder.parent, now)


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
