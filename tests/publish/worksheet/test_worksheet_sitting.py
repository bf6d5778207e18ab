"""Whose minutes they are: the latest meeting's decisions, apart from those that stand from before."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.table import Table

from kotaku_geo.config import City
from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.cases import DECIDED, OPEN, STALE, Case, Impact
from kotaku_geo.publish.worksheet.minutes import document
from kotaku_geo.publish.worksheet.names import Names, decreed_by
from kotaku_geo.publish.worksheet.sitting import grouped, latest
from kotaku_geo.publish.worksheet.words import speaking
from tests.publish.worksheet.officer import RECORD, Copy, Desk
from tests.publish.worksheet.test_worksheet_minutes import rows_of, spaced, texts
from tests.publish.worksheet.test_worksheet_told import gathered

FIRST = {"minutes": "BA 049/11/2024", "date": dt.date(2024, 4, 18), "forum": "Rapat Pokja PKP"}
SECOND = {"minutes": "BA 050/12/2024", "date": dt.date(2024, 5, 2), "forum": "Musyawarah kota"}


def case(name: str, status: str = DECIDED, **said: Any) -> Case:
    """A conflict with its decision, by the second meeting unless it is said otherwise."""
    record = {**SECOND, "by": "Pokja PKP", "reason": "Dicek", **said}
    decision = Decision("nilai", name, "1a", "a", None, evidence="0" * 64, **record)
    held = None if status == OPEN else decision
    return Case(name, "nilai", name, "1a", (), None, True, status, "0" * 64, Impact(), held)


def named(cases: Sequence[Case]) -> str:
    return "".join(c.conflict_id for c in cases)


def test_the_latest_day_tells_which_meeting_it_is_and_the_rest_is_earlier() -> None:
    found = latest([case("a"), case("b", **FIRST), case("c"), case("d", OPEN)])
    assert found is not None
    assert (found.number, found.date, found.forum) == tuple(SECOND.values())
    assert (named(found.agreed), named(found.earlier)) == ("ac", "b")
    assert latest([case("d", OPEN)]) is None
    assert latest([]) is None


def test_of_two_minutes_of_one_day_the_greater_number_is_the_latest() -> None:
    """As a person counts: 10 comes after 9, though its text comes before."""
    found = latest([case("a", minutes="BA 10"), case("b", minutes="BA 9"), case("c", **FIRST)])
    assert found is not None
    assert found.number == "BA 10"
    assert (named(found.agreed), named(found.earlier)) == ("ab", "c"), "one day is no earlier one"
    assert found.date == SECOND["date"]
    assert [(g.minutes, named(g.cases)) for g in grouped(found.agreed)] == [
        ("BA 9", "b"), ("BA 10", "a"),
    ]  # fmt: skip


def test_a_meeting_of_two_days_is_one_and_a_number_of_last_year_is_another() -> None:
    day, last_year = dt.date(2024, 4, 30), dt.date(2023, 5, 2)
    found = latest([case("a"), case("b", date=day, forum="Panggung"), case("c", date=last_year)])
    assert found is not None
    assert (named(found.agreed), named(found.earlier)) == ("ab", "c")
    assert (found.number, found.date, found.forum) == (SECOND["minutes"], None, None)


def test_a_stale_decision_still_tells_which_meeting_was_the_latest() -> None:
    found = latest([case("a", STALE), case("b", **FIRST)])
    assert found is not None
    assert found.number == SECOND["minutes"]
    assert (named(found.agreed), named(found.earlier)) == ("", "b")


def test_decisions_are_grouped_by_record_the_earliest_first() -> None:
    cases = [case("a"), case("b", by="Lurah"), case("c", **FIRST), case("d", reason="Lain")]
    groups = grouped(cases)
    assert [named(g.cases) for g in groups] == ["c", "b", "ad"]
    assert [g.reason for g in groups] == ["Dicek", "Dicek", None]
    assert groups[0].minutes == FIRST["minutes"]


@pytest.mark.parametrize(
    ("name", "code", "who", "english"),
    [
        ("Kota Contoh", "33.78", "Wali Kota Contoh", "Mayor of Contoh"),
        ("KOTA BANJAR", "32.04", "Wali Kota BANJAR", "Mayor of BANJAR"),
        ("Banjarmasin", "63.71", "Wali Kota Banjarmasin", "Mayor of Banjarmasin"),
        ("Kabupaten Banjar", "63.03", "Bupati Banjar", "Regent (Bupati) of Banjar"),
        ("Kab. Banjar", "63.71", "Bupati Banjar", "Regent (Bupati) of Banjar"),
        ("Kotabaru", "63.02", "Bupati Kotabaru", "Regent (Bupati) of Kotabaru"),
        ("Kota Jakarta Barat", "31.73", "Gubernur DKI Jakarta", "Governor of DKI Jakarta"),
    ],
)
def test_who_decrees_is_told_by_the_name_else_by_the_code(
    name: str, code: str, who: str, english: str
) -> None:
    city = City(code=code, name=name, crs="EPSG:32749")
    assert decreed_by(city) == who
    with speaking("en"):
        assert decreed_by(city) == english


def test_a_second_meeting_claims_its_own_decisions_alone(desk: Desk, blank: Path) -> None:
    """Every conflict stands in the minutes once: agreed on now, in the annex, or open."""
    copy = Copy(blank)
    ids = list(copy.rows)
    for conflict in ids[::2]:
        copy.decide(conflict, berita_acara="BA 049/11/2024", tanggal="18 April 2024")
    assert desk.bring_back(copy.save(desk.desk / "satu.xlsx"))[0] == 0
    copy = Copy(desk.export("lagi.xlsx"))
    later = [i for i in copy.rows if not copy.get(i, "alasan")]
    for at, conflict in enumerate(later[:9]):
        copy.decide(conflict, forum="Musyawarah kota", alasan=f"Alasan {at}", oleh="Pokja, Lurah")
    assert desk.bring_back(copy.save(desk.desk / "dua.xlsx"))[0] == 0
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target)
    agreed, every = rows_of(target, "Yang tidak dipilih"), rows_of(target, "Yang berlaku")
    opened = rows_of(target, "Kandidat")
    known = desk.table("conflicts").set_index("conflict_id")
    shown = [row[0].split("\n")[1] for row in agreed]
    assert set(shown) <= set(later)
    assert sorted(row[4] for row in agreed) == sorted(f"Alasan {at}" for at in range(9))
    held = [row[0].split("\n")[1] for row in every]
    left = [row[0].split("\n")[1] for row in opened]
    assert len(held) == len(set(held)) == int((known["status"] == DECIDED).sum())
    assert set(left) == set(known.index[known["material"] & (known["status"] != DECIDED)])
    for row in every:
        assert row[2].split("\n")[-1] == known.loc[row[0].split("\n")[1], "decision_id"]
    said = texts(target)
    for part in ("Nomor: BA 050/12/2024", "Rapat menyepakati 9 hal berikut.",
                 "Kamis, tanggal 2 Mei 2024", "telah dilaksanakan Musyawarah kota untuk",
                 f"tetap berlaku ({len(held) - 9} hal) tercantum dalam Lampiran I.",
                 "LAMPIRAN I – KEPUTUSAN RAPAT TERDAHULU YANG TETAP BERLAKU"):  # fmt: skip
        assert part in said, part
    for number in ("BA 049/11/2024, 18 April 2024", "BA 050/12/2024, 2 Mei 2024"):
        assert said.count(number) == 1, "a record is said once"
    before, _, after = said.partition("LAMPIRAN I – ")
    assert "BA 049" not in before
    assert "BA 049" in after


def test_a_blank_draft_for_the_next_meeting(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    ids = list(copy.rows)
    for conflict in ids[:5]:
        copy.decide(conflict)
    assert desk.bring_back(copy.save(desk.desk / "satu.xlsx"))[0] == 0
    target = desk.desk / "ba.docx"
    desk.export("lagi.xlsx", "--docx", target, "--new-meeting")
    known = desk.table("conflicts").set_index("conflict_id")
    said = texts(target)
    head, _, annex = said.partition("LAMPIRAN I – KEPUTUSAN RAPAT TERDAHULU")
    for part in ("Nomor: .....", "hari ini, .....", "tanggal .....", "dilaksanakan .....",
                 "Diisi dalam rapat.", "tetap berlaku (5 hal) tercantum dalam Lampiran I."):  # fmt: skip
        assert part in head, part
    for mine in (RECORD["berita_acara"], RECORD["tanggal"]):
        assert mine not in head
        assert mine in annex
    held = [row[0].split("\n")[1] for row in rows_of(target, "Yang berlaku")]
    assert sorted(held) == sorted(ids[:5])
    left = [row[0].split("\n")[1] for row in rows_of(target, "Kandidat")]
    assert set(left) == set(known.index[known["material"] & (known["status"] != DECIDED)])


def test_the_next_meeting_takes_stale_ones_up_again(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path
) -> None:
    cases, names = table_of
    held = decided(cases[:3])
    held[0] = replace(held[0], status=STALE)
    target = tmp_path / "ba.docx"
    target.write_bytes(document([*held, *cases[3:6]], names, None, new_meeting=True))
    left = {row[0].split("\n")[1]: row[-1] for row in rows_of(target, "Kandidat")}
    assert left[held[0].conflict_id].startswith("Keputusan lama basi: ")
    annexed = [row[0].split("\n")[1] for row in rows_of(target, "Yang berlaku")]
    assert annexed == [one.conflict_id for one in held[1:]]


def test_a_blank_draft_needs_a_file(desk: Desk) -> None:
    done = desk.call("worksheet", "export", desk.pipeline, desk.desk / "r.xlsx", "--new-meeting")
    assert done.exit_code == 2
    assert "--new-meeting memerlukan --docx" in done.stderr
    assert not (desk.desk / "r.xlsx").exists()


def decided(cases: Sequence[Case], **said: Any) -> list[Case]:
    """The same cases, decided by a typed share or by what the first candidate says."""
    record = {**SECOND, "by": "Pokja PKP", "reason": RECORD["alasan"], **said}
    made = []
    for one in cases:
        asked = one.kind == "identitas"
        choice = (None, one.identities[0]) if asked else (one.choices[0], None)
        about = (one.kind, one.subject, one.parameter)
        decision = Decision(*about, *choice, evidence=one.evidence, **record)
        made.append(replace(one, status=DECIDED, decision=decision))
    return made


@pytest.fixture(scope="module")
def table_of(made: Desk) -> tuple[Sequence[Case], Names]:
    """The city's conflicts, none decided."""
    made.decisions.unlink(missing_ok=True)
    return gathered(made)


def written(path: Path, cases: Sequence[Case], names: Names) -> Path:
    path.write_bytes(document(cases, names, None))
    return path


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_word_is_wider_than_its_column_and_tables_keep_their_heads(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path, lang: str
) -> None:
    cases, names = table_of
    half = len(cases) // 3
    mixed = [*decided(cases[:half]), *decided(cases[half : 2 * half], **FIRST), *cases[2 * half :]]
    mixed[0] = replace(mixed[0], decision=replace(mixed[0].decision, reason="Lain"))  # type: ignore[type-var]
    mixed[1] = replace(mixed[1], status=STALE)
    with speaking(lang):
        tables = docx.Document(str(written(tmp_path / "ba.docx", mixed, names))).tables
    ruled = [t for t in tables if t.style is not None and t.style.name == "Table Grid"]
    assert [len(t.columns) for t in ruled] == [5, 4, 4, 3]
    for table in ruled:
        assert _too_wide(table) == []
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(c.paragraphs[0].paragraph_format.keep_with_next for c in head.cells)
        assert all(r._tr.trPr.find(qn("w:cantSplit")) is not None for r in (head, *rows))
        total = sum(cell.width.cm for cell in head.cells)
        assert total == pytest.approx(17.6, abs=0.01)


def _too_wide(table: Table) -> list[str]:
    """Pieces that must stay whole and do not fit, in letters that are wide (0.62 of their size)."""
    found = []
    for row in table.rows:
        for cell in row.cells:
            room = cell.width.pt - 10.8  # the margins of a cell
            for run in (r for p in cell.paragraphs for r in p.runs):
                pieces = re.split(r"[ \n]|(?<=-)", run.text)
                found += [p for p in pieces if len(p) * 0.62 * run.font.size.pt > room]
    return found


def test_what_is_said_of_open_differences_is_never_zero(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path
) -> None:
    cases, names = table_of
    material = [c for c in cases if c.material]
    minor = [c for c in cases if not c.material]
    assert material
    assert minor
    for name, given, parts in (
        ("satu", [*decided(material), *minor],
         ["Tidak ada lagi perbedaan yang mengubah hasil (material).",
          f"masih ada {len(minor)} perbedaan yang tidak material"]),
        ("dua", [*material, *decided(minor)],
         [f"Masih terbuka {len(material)} perbedaan yang mengubah hasil (material)."]),
        ("tiga", decided(cases), ["Tidak ada lagi perbedaan yang belum diputuskan."]),
    ):  # fmt: skip
        said = texts(written(tmp_path / f"{name}.docx", given, names))
        for part in parts:
            assert part in said
        assert " 0 perbedaan" not in said


def test_where_all_of_the_latest_is_stale_the_minutes_say_so(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path
) -> None:
    cases, names = table_of
    one, *rest = [c for c in cases if c.material]
    (stale,) = decided([one])
    given = [replace(stale, status=STALE), *decided(rest, **FIRST)]
    path = written(tmp_path / "ba.docx", given, names)
    said = texts(path)
    assert "Nomor: BA 050/12/2024" in said
    assert "Tidak ada keputusan rapat ini yang masih berlaku" in said
    assert len(rows_of(path, "Yang berlaku")) == len(rest)
    ((*_, note),) = rows_of(path, "Catatan")
    assert note.startswith("Keputusan lama basi")


def test_forums_and_days_that_differ_are_not_claimed_in_the_head(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path
) -> None:
    cases, names = table_of
    day = dt.date(2024, 5, 3)
    given = [*decided(cases[:2]), *decided(cases[2:4], date=day, forum="Rapat lanjutan")]
    said = texts(written(tmp_path / "ba.docx", given, names))
    assert "Nomor: BA 050/12/2024" in said
    assert "Pada hari ini, ...." in said
    assert "telah dilaksanakan rapat Pokja PKP Kota Contoh untuk" in said
    assert "BA 050/12/2024, 3 Mei 2024 – Rapat lanjutan; diputuskan oleh Pokja PKP: 2 hal." in said


@pytest.mark.parametrize(("lang", "pages"), [("id", "Halaman 1 dari 1"), ("en", "Page 1 of 1")])
def test_title_and_foot_keep_the_city_whole_and_pages_are_counted(
    table_of: tuple[Sequence[Case], Names], tmp_path: Path, lang: str, pages: str
) -> None:
    with speaking(lang):
        made = docx.Document(str(written(tmp_path / "ba.docx", *table_of)))
    title = [p.text for p in made.paragraphs[:2]]
    assert spaced(title[1]) == "(POKJA PKP) KOTA CONTOH"
    assert " " not in title[1]
    (foot,) = made.sections[0].footer.paragraphs
    assert "Kota\N{NO-BREAK SPACE}Contoh" in foot.text
    fields = [f.get(qn("w:instr")) for f in foot._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "".join(t.text for t in foot._p.iter(qn("w:t"))).endswith(pages)
    assert "Kota Contoh" in made.core_properties.title


def test_the_same_decisions_in_another_order_of_the_file_give_the_same_bytes(
    desk: Desk, blank: Path
) -> None:
    copy = Copy(blank)
    for at, conflict in enumerate(copy.rows):
        copy.decide(conflict, oleh=f"Lurah {at % 3}", berita_acara=f"BA {at % 4}")
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    desk.export("lagi.xlsx", "--docx", desk.desk / "satu.docx")
    head, *rows = desk.decisions.read_text(encoding="utf-8").splitlines()
    desk.decisions.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    desk.export("lagi.xlsx", "--docx", desk.desk / "dua.docx")
    assert (desk.desk / "satu.docx").read_bytes() == (desk.desk / "dua.docx").read_bytes()
