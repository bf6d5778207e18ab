"""What comes back: taken where it is right, told cell by cell where it is not, never guessed."""

import csv
import datetime as dt
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import read_decisions
from kotaku_geo.meeting import import_worksheets
from kotaku_geo.publish.worksheet.form import imprint
from tests.publish.worksheet.officer import CONTRACT, RECORD, Copy, Desk


def on_file(desk: Desk) -> dict[str, dict[str, str]]:
    """Rows of keputusan.csv by subject and parameter."""
    with desk.decisions.open(encoding="utf-8", newline="") as handle:
        return {f"{r['subject']} {r['parameter']}": r for r in csv.DictReader(handle)}


def about(copy: Copy, conflict_id: str) -> str:
    return f"{copy.get(conflict_id, 'subject')} {copy.get(conflict_id, 'parameter')}"


def faults(told: Any) -> set[tuple[int, str]]:
    return {(f["row"], f["column"]) for f in told["faults"]}


def test_the_round_trip(desk: Desk, blank: Path) -> None:
    """Fill, import, rerun: applied, scores follow; a second export shows it; nothing is lost."""
    assert desk.consolidate("--require-agreed") == 4
    copy = Copy(blank)
    before = desk.table("facts")
    value, *others = copy.ids("nilai")
    rest = copy.ids("batas") + copy.ids("batas", False) + copy.ids("nilai", False)
    for conflict_id in [*others, *rest]:
        copy.decide(conflict_id, last=copy.get(conflict_id, "kind") == "nilai")
    copy.put(value, nilai="80,5 %", **RECORD)
    for name in copy.ids("identitas"):
        copy.decide(name)
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
    assert code == 0
    assert told["written"]
    assert len(told["new"]) == len(copy.rows)
    desk.consolidate()
    status = desk.table("conflicts").set_index("conflict_id")["status"]
    odd = status[list(copy.rows)]
    assert odd[odd != "diputuskan"].to_dict() == {}, (
        desk.table("decisions").query("status != 'berlaku'")["found"].tolist()
    )
    facts = desk.table("facts")
    used = facts[facts["dipakai"] & (facts["rule"] == "keputusan")]
    typed = used[(used["id_rt"] + " " + used["parameter"]) == about(copy, value)]
    assert typed["persen"].tolist() == [80.5]
    assert typed["nilai"].tolist() == [5.0]
    decided = copy.ids("nilai") + copy.ids("nilai", False)
    assert len(used) >= len([i for i in decided if i in copy.rows])
    assert not facts.equals(before)
    again = Copy(desk.export("lagi.xlsx"))
    for conflict_id in copy.rows:
        assert again.get(conflict_id, "alasan") == RECORD["alasan"]
        assert again.get(conflict_id, "tanggal") == dt.datetime(2024, 5, 2)
    assert again.get(value, "nilai") == 80.5
    print(f"\n{len(told['new'])} decisions taken, {len(used)} shares stand by decision")
    code, told = desk.bring_back(desk.desk / "lagi.xlsx", desk.desk / "isi.xlsx")
    assert (code, told["written"], told["new"], told["changed"]) == (0, False, [], [])


def test_a_second_round_decides_what_the_first_opened_until_all_is_agreed(
    desk: Desk, blank: Path
) -> None:
    """Settling who is meant may put new values side by side: they come with the next export."""
    path = blank
    for _ in range(3):
        copy = Copy(path)
        for conflict_id in copy.rows:
            if not copy.get(conflict_id, "alasan"):
                copy.decide(conflict_id)
        code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
        assert code == 0, [f["message"] for f in told["faults"]]
        if desk.consolidate("--require-agreed", "--strict") == 0:
            break
        path = desk.export("lagi.xlsx")
    assert desk.consolidate("--require-agreed", "--strict") == 0
    assert (desk.table("conflicts")["status"] == "diputuskan").all()


def test_everything_wrong_is_told_and_nothing_is_written(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    ids = copy.ids("nilai")
    row = copy.rows
    copy.decide(ids[0], pilihan="dinas-lain")
    copy.decide(ids[1], berita_acara=None)
    copy.decide(ids[2], pilihan=None, nilai=145)
    copy.decide(ids[3], nilai="45,5")
    copy.decide(ids[4], tanggal="31/02/2024", oleh="  ")
    copy.put(ids[5], alasan="belum memilih")
    copy.decide(ids[6], subject="33.78.01.9999-RW001-RT001")
    (name, *_), (border, *_) = copy.ids("identitas"), copy.ids("batas")
    copy.decide(name, nilai="RT 1")
    copy.decide(border, pilihan=None, nilai=12)
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
    assert code == 3
    assert not told["written"]
    assert not desk.decisions.exists()
    expected = {
        (row[ids[0]], "pilihan"), (row[ids[1]], "berita_acara"), (row[ids[2]], "nilai"),
        (row[ids[3]], "nilai"), (row[ids[4]], "tanggal"), (row[ids[4]], "oleh"),
        (row[ids[5]], "pilihan"), (row[ids[6]], "subject"), (row[name], "nilai"),
        (row[border], "nilai"),
        *((row[ids[5]], c) for c in ("forum", "berita_acara", "tanggal", "oleh")),
    }  # fmt: skip
    assert faults(told) == expected
    assert all(f["file"] == "isi.xlsx" and f["sheet"] == "konflik" for f in told["faults"])
    text = desk.call("worksheet", "import", desk.pipeline, desk.desk / "isi.xlsx").output
    assert f"isi.xlsx, lembar konflik, baris {row[ids[0]]}, kolom pilihan" in text
    assert "dinas-lain" in text
    assert "Traceback" not in text
    print(f"\n{len(expected)} faults in 9 rows, each told with file, sheet, row and column")


def test_partial_takes_the_good_rows_and_lists_the_rest(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    good, bad, *_ = copy.ids("nilai")
    copy.decide(good)
    copy.decide(bad, berita_acara=None)
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"), partial=True)
    assert (code, told["written"], len(told["new"])) == (3, True, 1)
    assert list(on_file(desk)) == [about(copy, good)]


def test_a_file_that_does_not_exist_is_told_without_partial(desk: Desk, blank: Path) -> None:
    gone = desk.desk / "tiada.xlsx"
    done = desk.call("worksheet", "import", desk.pipeline, gone)
    assert done.exit_code == 3
    assert done.stdout.splitlines() == [
        "tiada.xlsx: berkas tidak ada; periksa nama dan foldernya",
        "Tidak ada yang ditulis ke keputusan.csv: 1 berkas tidak dapat dibaca, 0 isian ditolak",
    ]
    copy = Copy(blank)
    copy.decide(copy.ids("nilai")[0], berita_acara=None)
    wrong = copy.save(desk.desk / "isi.xlsx")
    assert "--partial" in desk.call("worksheet", "import", desk.pipeline, wrong).stdout
    both = desk.call("worksheet", "import", desk.pipeline, gone, wrong, "--lang", "en").stdout
    assert "--partial" not in both
    assert "1 file(s) cannot be read, 1 entries refused" in both


def test_copies_that_disagree_are_reported_and_neither_is_chosen(desk: Desk, blank: Path) -> None:
    first, second = Copy(blank), Copy(blank)
    shared, apart, minutes, *_ = first.ids("nilai")
    for copy in (first, second):
        copy.decide(shared)
        copy.decide(apart, last=copy is second)
        copy.decide(minutes)
    second.put(minutes, berita_acara="BA 051/12/2024")
    paths = first.save(desk.desk / "satu.xlsx"), second.save(desk.desk / "dua.xlsx")
    code, told = desk.bring_back(*paths)
    assert code == 3
    assert not desk.decisions.exists()
    found = {(f["file"], f["row"], f["column"]) for f in told["faults"]}
    rows = first.rows
    assert found == {(file, rows[i], c) for file in ("satu.xlsx", "dua.xlsx")
                     for i, c in ((apart, "pilihan"), (minutes, "berita_acara"))}  # fmt: skip
    assert all("bertentangan" in f["message"] for f in told["faults"])
    code, told = desk.bring_back(*paths, partial=True)
    assert list(on_file(desk)) == [about(first, shared)]


def test_a_wrong_row_in_one_copy_keeps_the_other_copys_row_back(desk: Desk, blank: Path) -> None:
    first, second = Copy(blank), Copy(blank)
    one, *_ = first.ids("nilai")
    first.decide(one)
    second.decide(one, last=True, oleh=None)
    paths = first.save(desk.desk / "satu.xlsx"), second.save(desk.desk / "dua.xlsx")
    code, told = desk.bring_back(*paths, partial=True)
    assert (code, told["written"]) == (3, False)


def test_order_of_rows_and_copies_changes_no_byte(desk: Desk, blank: Path) -> None:
    ids = Copy(blank).ids("nilai")
    written = []
    for turn in (1, -1):
        desk.decisions.unlink(missing_ok=True)
        first, second = Copy(blank), Copy(blank)
        for conflict_id in ids[:4]:
            first.decide(conflict_id)
        for conflict_id in ids[3:6]:
            second.decide(conflict_id)
        if turn < 0:
            lines = [[c.value for c in row] for row in first.sheet.iter_rows(min_row=2)]
            for at, line in enumerate(reversed(lines), start=2):
                for column, value in enumerate(line, start=1):
                    first.sheet.cell(at, column).value = value
        paths = [first.save(desk.desk / "a.xlsx"), second.save(desk.desk / "b.xlsx")][::turn]
        assert desk.bring_back(*paths)[0] == 0
        written.append(desk.decisions.read_bytes())
    assert written[0] == written[1]
    assert written[0].count(b"\n") == 7


def test_a_new_answer_takes_the_place_of_the_old_and_other_decisions_stay(
    desk: Desk, blank: Path
) -> None:
    copy = Copy(blank)
    kept, moved, *_ = copy.ids("nilai")
    copy.decide(kept)
    copy.decide(moved)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    before = on_file(desk)
    again, untouched = Copy(desk.export("lagi.xlsx")), Copy(desk.desk / "lagi.xlsx")
    again.decide(moved, last=True, berita_acara="BA 051")
    paths = again.save(desk.desk / "baru.xlsx"), untouched.save(desk.desk / "lama.xlsx")
    code, told = desk.bring_back(*paths)  # the copy that still shows the old one says nothing new
    assert (code, len(told["changed"]), told["new"]) == (0, 1, [])
    after = on_file(desk)
    assert after[about(copy, kept)] == before[about(copy, kept)]
    assert after[about(copy, moved)]["minutes"] == "BA 051"
    assert after[about(copy, moved)]["source_id"] == again.choices(moved)[-1]
    assert len(after) == 2


def test_one_record_of_several_is_kept_with_its_share(desk: Desk, blank: Path) -> None:
    """Rows of a file may move: the share tells which record was meant."""
    copy = Copy(blank)
    several = next(i for i in copy.rows if any("#" in c for c in copy.choices(i)))
    choice = next(c for c in copy.choices(several) if "#" in c)
    copy.decide(several, pilihan=choice)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    row = on_file(desk)[about(copy, several)]
    assert row["source_id"] == choice
    facts = desk.table("facts")
    source, _, number = choice.partition("#")
    mine = facts[(facts["id_rt"] + " " + facts["parameter"] == about(copy, several))
                 & (facts["source_id"] == source) & (facts["source_row"] == int(number))]  # fmt: skip
    assert float(row["value"]) == pytest.approx(mine["persen"].iloc[0], abs=0.051)
    desk.consolidate()
    status = desk.table("conflicts").set_index("conflict_id")["status"]
    assert status[several] == "diputuskan"


def test_evidence_that_changed_since_the_export_is_refused(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    one, *_ = copy.ids("nilai")
    keys = copy.book["_kunci"]
    for row in keys.iter_rows(min_row=2):
        if row[0].value == one:
            row[1].value = "0" * 64
    copy.decide(one)
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
    assert (code, faults(told)) == (3, {(copy.rows[one], "bukti")})
    assert "Ekspor lembar baru" in told["faults"][0]["message"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_copy_that_lost_its_keys_is_held_against_the_sentences(
    desk: Desk, blank: Path, changed: bool
) -> None:
    copy = Copy(blank)
    one, *_ = copy.ids("nilai")
    copy.decide(one)
    if changed:
        copy.put(one, bukti=str(copy.get(one, "bukti")).replace(" dari ", " daripada "))
    bare = openpyxl.Workbook()
    bare.active.title = "konflik"
    for row in copy.sheet.iter_rows(values_only=True):
        bare.active.append(row)
    bare.save(desk.desk / "isi.xlsx")
    code, told = desk.bring_back(desk.desk / "isi.xlsx")
    expected = {(copy.rows[one], "bukti")} if changed else set()
    assert (code, faults(told)) == (3 if changed else 0, expected)


def test_a_workbook_of_an_earlier_release_is_still_read(desk: Desk, blank: Path) -> None:
    """Its sentences are worded otherwise, and it did not keep with which decision a row went out."""
    copy = Copy(blank)
    first, second, *_ = copy.ids("nilai")
    for conflict in (first, second):
        copy.decide(conflict)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    old = Copy(desk.export("lama.xlsx"))
    keys = old.book["_kunci"]
    heads = {str(c.value): c.column for c in keys[1] if c.value}
    keys.cell(1, heads["decision_id"]).value = None
    for place, conflict in enumerate(old.rows, start=2):
        old.put(conflict, kandidat=str(old.get(conflict, "kandidat")).replace("(skor", "(nilai"))
        locked = [old.get(conflict, column) for column in CONTRACT[:6]]
        keys.cell(place, heads["isi"]).value = imprint(locked)
    third = old.ids("nilai")[2]
    old.decide(third)
    old.decide(first, last=True, berita_acara="BA 051", tanggal="3 Mei 2024")
    old.put(second, **dict.fromkeys(("pilihan", *RECORD)))
    code, told = desk.bring_back(old.save(desk.desk / "kembali.xlsx"))
    assert (code, told["faults"]) == (0, [])
    assert (len(told["new"]), len(told["replaced"])) == (1, 1)
    assert [(n["row"], n["column"]) for n in told["notices"]] == [(old.rows[second], "pilihan")]


def test_an_unknown_conflict_and_a_row_without_one_are_told(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    first, second, third, *_ = copy.ids("nilai")
    copy.decide(first)
    copy.put(first, conflict_id="abcdefabcdef")
    copy.decide(second)
    copy.put(second, conflict_id=None)
    copy.put(third, conflict_id="000000000000")  # nobody filled it, but the cell is locked
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
    assert code == 3
    rows = [copy.rows[i] for i in (first, second, third)]
    assert faults(told) == {(row, "conflict_id") for row in rows}


def test_a_percentage_cell_a_date_cell_and_plain_numbers_are_read(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    ids = copy.ids("nilai")
    answers: list[tuple[Any, str, Any, str]] = [
        (0.455, "0.0%", "02/05/2024", "45.5"), (45.5, "0.0##", dt.datetime(2024, 5, 2), "45.5"),
        ("45.5", "General", "Kamis, 2 Mei 2024", "45.5"), (100, "General", 45414, "100"),
    ]  # fmt: skip
    for conflict_id, (value, form, date, _) in zip(ids, answers, strict=False):
        copy.decide(conflict_id, pilihan=None, nilai=value, tanggal=date)
        row = copy.rows[conflict_id]
        copy.sheet.cell(row, copy.columns["nilai"]).number_format = form
        if date == 45414:
            copy.sheet.cell(row, copy.columns["tanggal"]).number_format = "General"
    code, told = desk.bring_back(copy.save(desk.desk / "isi.xlsx"))
    assert code == 0, told
    rows = on_file(desk)
    for conflict_id, (_, _, _, expected) in zip(ids, answers, strict=False):
        row = rows[about(copy, conflict_id)]
        assert (row["value"], row["date"], row["source_id"]) == (expected, "2024-05-02", "")


def test_a_meeting_that_has_not_been_held_decides_nothing(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    one, *_ = copy.ids("nilai")
    copy.decide(one)
    path = copy.save(desk.desk / "isi.xlsx")
    file = load_pipeline(desk.pipeline)
    for today, right in ((dt.date(2024, 5, 1), False), (dt.date(2024, 5, 2), True)):
        done = import_worksheets(file, [path], build=desk.build, today=today)
        assert done.written is right
        assert [f.column for f in done.faults] == ([] if right else ["tanggal"])


def test_text_that_looks_like_a_formula_is_harmless_on_file(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    one, *_ = copy.ids("nilai")
    copy.decide(one, alasan="+62 cmd|' /C calc'!A0")
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    assert on_file(desk)[about(copy, one)]["reason"] == "'+62 cmd|' /C calc'!A0"
    file = load_pipeline(desk.pipeline)
    assert read_decisions(desk.decisions, file.pipeline)[0].reason == "+62 cmd|' /C calc'!A0"
    again = Copy(desk.export("lagi.xlsx"))
    assert again.get(one, "alasan") == "+62 cmd|' /C calc'!A0"


@pytest.mark.parametrize("how", ["text", "cut", "no-sheet", "no-column", "bomb", "absent"])
def test_what_is_no_worksheet_is_refused_in_a_sentence(desk: Desk, blank: Path, how: str) -> None:
    path = desk.desk / "isi.xlsx"
    if how == "text":
        path.write_text("bukan buku kerja")
    elif how == "cut":
        path.write_bytes(blank.read_bytes()[:5000])
    elif how in ("no-sheet", "no-column"):
        copy = Copy(blank)
        if how == "no-sheet":
            copy.sheet.title = "lain"
        else:
            copy.sheet["I1"].value = "sebab"
        copy.save(path)
    elif how == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
                with archive.open(name, "w", force_zip64=True) as member:
                    for _ in range(100):
                        member.write(bytes(1_000_000))
    code, told = desk.bring_back(path)
    assert (code, told["written"], len(told["faults"])) == (3, False, 1)
    assert told["faults"][0]["message"].startswith("isi.xlsx")
    other = Copy(blank)
    one, *_ = other.ids("nilai")
    other.decide(one)
    code, told = desk.bring_back(path, other.save(desk.desk / "baik.xlsx"), partial=True)
    assert (code, len(told["new"])) == (3, 1)


def test_a_changed_delivery_makes_exactly_the_touched_decision_stale(
    desk: Desk, blank: Path
) -> None:
    """It is put before the meeting again, empty, with what was decided; the old copy is refused."""
    copy = Copy(blank)
    for conflict_id in copy.rows:
        copy.decide(conflict_id)
    touched = next(i for i in copy.ids("nilai") if copy.get(i, "parameter") == "6b")
    old = copy.save(desk.desk / "isi.xlsx")
    assert desk.bring_back(old)[0] == 0
    drop = desk.desk / "drop"
    shutil.copytree(desk.pipeline.parent.parent / "drop", drop)
    _move_households(drop / "sektor" / "dlh_persampahan.csv", str(copy.get(touched, "subject")))
    changed = desk.export("lagi.xlsx", "--drop", drop)
    decisions = desk.table("decisions")
    stale = decisions[decisions["status"] == "basi"]
    assert (stale["subject"] + " " + stale["parameter"]).tolist() == [about(copy, touched)]
    again = Copy(changed)
    assert [again.get(touched, column) for column in CONTRACT[6:]] == [None] * 7
    assert "tidak berlaku lagi" in str(again.get(touched, "bukti"))
    assert RECORD["berita_acara"] in str(again.get(touched, "bukti"))
    assert all(again.get(i, "alasan") for i in copy.rows if i != touched)
    done = desk.call("worksheet", "import", desk.pipeline, old, "--drop", drop, "--format", "json")
    told = json.loads(done.stdout)
    assert done.exit_code == 3
    assert faults(told) == {(copy.rows[touched], "bukti")}
    bare = Copy(old)
    del bare.book["_kunci"]
    kept = bare.save(desk.desk / "tanpa-kunci.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, kept, "--drop", drop, "--format", "json")
    told = json.loads(done.stdout)
    assert done.exit_code == 3, "a copy that lost its keys is as old as it was"
    assert {row for row, _ in faults(told)} == {copy.rows[touched]}
    again.decide(touched, berita_acara="BA 051/2024")
    fresh = again.save(desk.desk / "baru.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, fresh, "--drop", drop)
    assert done.exit_code == 0, done.output
    assert desk.consolidate("--drop", drop, "--strict") == 0
    assert on_file(desk)[about(copy, touched)]["minutes"] == "BA 051/2024"
    print(f"\n1 of {len(decisions)} decisions stale after the delivery, decided anew")


def _move_households(path: Path, id_rt: str) -> None:
    """Another delivery of the waste service: twenty households of one RT are served after all."""
    kode, rw, rt = re.fullmatch(r"(.*)-RW(\d+)-RT(\d+)", id_rt).groups()  # type: ignore[union-attr]
    lines = path.read_text(encoding="utf-8").splitlines()
    step = {"Ya": 20, "Tidak": -20}
    for at, line in enumerate(lines):
        cells = line.split(";")
        if cells[:3] == [kode, str(int(rt)), str(int(rw))]:
            cells[4] = str(int(cells[4]) + step[cells[3]])
            lines[at] = ";".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
