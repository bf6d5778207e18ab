"""The draft minutes: the usual form, what was decided, what is open, and the sealed version."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pytest

from kotaku_geo.errors import InputError
from kotaku_geo.publish.worksheet import picture
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
    assert by_value[4] == "Hasil <cek> & ricek bersama"
    assert f"{RECORD['berita_acara']}, 2 Mei 2024" in by_value[5]
    opened = rows_of(target, "Kandidat")
    conflicts = desk.table("conflicts")
    left = conflicts["material"] & (conflicts["status"] != "diputuskan")
    assert len(opened) == int(left.sum())


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


def test_a_picture_shows_every_side_and_is_the_same_every_time() -> None:
    import numpy as np
    import shapely
    from PIL import Image

    whole = shapely.box(0, 0, 300, 200) - shapely.box(50, 50, 90, 90)
    sides = [picture.Side("Bappeda: 6 ha", whole),
             picture.Side("BPS " + "panjang " * 60, shapely.box(40, 0, 340, 200)),
             picture.Side("tanpa gambar", None)]  # fmt: skip
    content, height = picture.draw(sides)
    assert (content, height) == picture.draw(sides)
    image = Image.open(io.BytesIO(content)).convert("RGB")
    assert image.size == (picture.WIDTH, height)
    colours = {tuple(c) for c in np.asarray(image).reshape(-1, 3)}
    for colour in picture.COLOURS[:2]:
        assert tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) in colours
    print(f"\na picture takes {len(content) / 1024:.1f} KB")
    assert picture.draw([picture.Side("tidak ada", None)])[1] < height
