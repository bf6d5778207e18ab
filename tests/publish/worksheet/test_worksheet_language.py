"""The papers in English: other words, the same machine values, read back all the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from kotaku_geo import resources
from kotaku_geo.publish.worksheet.words import data, language, number, say, speaking
from tests.publish.worksheet.officer import CONTRACT, Copy, Desk

ENGLISH = ("--lang", "en")
MACHINE = CONTRACT[:4]
_GAP = re.compile(r"\{\w+\}")
_NO_TEXTS = {"bulan", "acara.lapisan", "acara.kode"}


@pytest.fixture(scope="module")
def english(made: Desk) -> Path:
    """The workbook of the city without a decision, in English."""
    made.decisions.unlink(missing_ok=True)
    return made.export("kosong-en.xlsx", "--docx", made.desk / "ba-en.docx", *ENGLISH)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, child in node.items():
        name = f"{path}{key}"
        if name in _NO_TEXTS:
            continue
        if set(child) == {"id", "en"} and not isinstance(child["id"], dict):
            yield name, child
        else:
            yield from leaves(child, f"{name}.")


def test_every_text_is_there_in_both_languages_with_the_same_gaps() -> None:
    texts = dict(leaves(resources.load("worksheet")))
    assert len(texts) > 150
    for name, both in texts.items():
        told = [t if isinstance(t, list) else [t] for t in (both["id"], both["en"])]
        assert len(told[0]) == len(told[1]), name
        for one, other in zip(*told, strict=True):
            assert sorted(_GAP.findall(one)) == sorted(_GAP.findall(other)), name


@pytest.mark.parametrize("lang", ["id", "en"])
def test_hints_fit_a_spreadsheet(lang: str) -> None:
    """A program leaves out what is longer than this."""
    for hint in data("isian").values():
        for part, most in (("judul", 32), ("petunjuk", 255), ("salah", 255)):
            if part in hint:
                assert len(hint[part][lang]) <= most


def test_a_language_is_spoken_within_and_not_after() -> None:
    with speaking("en"):
        assert (say("nama.atau"), number(1234.5, 1)) == (" or ", "1,234.5")
        with speaking("id"):
            assert (say("nama.atau"), number(1234.5, 1)) == (" atau ", "1.234,5")
        assert language() == "en"
    assert language() == "id"


def test_the_sheet_keeps_its_name_header_and_machine_values(blank: Path, english: Path) -> None:
    ours, theirs = Copy(blank), Copy(english)
    assert [c.value for c in theirs.sheet[1]] == CONTRACT
    assert list(theirs.rows) == list(ours.rows)
    for conflict in ours.rows:
        for column in MACHINE:
            assert theirs.get(conflict, column) == ours.get(conflict, column)
        column = "nilai" if ours.get(conflict, "kind") == "identitas" else "pilihan"
        assert theirs.choices(conflict, column) == ours.choices(conflict, column)
        assert theirs.get(conflict, "bukti") != ours.get(conflict, "bukti")


def test_what_people_read_is_english(english: Path) -> None:
    book = openpyxl.load_workbook(english)
    assert book.sheetnames == ["guide", "konflik", "values", "boundaries", "outline measures",
                               "identities", "summary", "sources", "_kunci"]  # fmt: skip
    text = "\n".join(
        str(value)
        for sheet in book
        if sheet.title != "_kunci"
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    )
    assert re.search(r"MATERIAL – the choice changes this parameter's score \(\d or \d\)\.", text)
    assert re.search(r"\d\.\d % \(score \d\)", text)
    for word in ("yang", "dari", "belum", "atau", "Tingkat", "rekaman", "kumuh", "Dinas yang"):
        assert not re.search(rf"\b{word}\b", text), word


def test_the_minutes_are_english(english: Path) -> None:
    document = docx.Document(str(english.parent / "ba-en.docx"))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "AGREEMENT ON THE SLUM BASELINE" in text
    assert "Law Number 1 of 2011" in text
    assert "IV. Not agreed yet" in text
    assert document.core_properties.title.startswith("Minutes of Agreement")
    assert not re.search(r"\b(yang|belum|dengan)\b", text)


def filled(path: Path, target: Path) -> tuple[Path, list[str]]:
    """One conflict of each kind decided, and a share typed."""
    copy = Copy(path)
    found = [*copy.ids("nilai")[:2], *copy.ids("batas", material=False)[:1],
             *copy.ids("identitas")[:1]]  # fmt: skip
    for conflict in found:
        copy.decide(conflict)
    copy.put(found[1], pilihan=None, nilai="45.5 %", tanggal="2 May 2024")
    return copy.save(target), found


def test_an_english_copy_gives_the_decisions_that_an_indonesian_one_gives(
    desk: Desk, blank: Path, english: Path
) -> None:
    copy, found = filled(english, desk.desk / "en.xlsx")
    code, told = desk.bring_back(copy)
    assert (code, len(told["new"])) == (0, len(found))
    theirs = desk.decisions.read_text(encoding="utf-8")
    desk.decisions.unlink()
    copy, _ = filled(blank, desk.desk / "id.xlsx")
    assert desk.bring_back(copy)[0] == 0
    assert desk.decisions.read_text(encoding="utf-8") == theirs


def test_copies_in_both_languages_are_read_together(desk: Desk, blank: Path, english: Path) -> None:
    one, found = filled(blank, desk.desk / "a.xlsx")
    other, _ = filled(english, desk.desk / "b.xlsx")
    code, told = desk.bring_back(one, other)
    assert (code, len(told["new"])) == (0, len(found)), "they say the same"


@pytest.mark.parametrize("kept", [True, False], ids=["with keys", "without keys"])
def test_a_changed_cell_of_an_english_copy_is_found(desk: Desk, english: Path, kept: bool) -> None:
    """Also where a program did not keep the sheet of keys."""
    copy = Copy(english)
    first, second = copy.ids("nilai")[:2]
    for conflict in (first, second):
        copy.decide(conflict)
    if not kept:
        del copy.book["_kunci"]
    copy.put(second, kandidat="something else")
    code, told = desk.bring_back(copy.save(desk.desk / "en.xlsx"), partial=True)
    assert code == 3
    assert [f["column"] for f in told["faults"]] == ["kandidat"]
    assert len(told["new"]) == 1


def test_faults_are_told_in_the_language_that_is_asked_for(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    conflict = copy.ids("nilai")[0]
    copy.decide(conflict, alasan=None, tanggal="31/02/2024")
    saved = copy.save(desk.desk / "rapat.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, saved, *ENGLISH)
    assert done.exit_code == 3
    assert "column alasan: not filled; write why it was decided so" in done.stdout
    assert "is not in the calendar" in done.stdout
    assert "Nothing was written" in done.stdout
    again = desk.call("worksheet", "import", desk.pipeline, saved)
    assert "kolom alasan: belum diisi" in again.stdout
