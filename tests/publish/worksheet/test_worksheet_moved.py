"""One meeting puts an RT into another kelurahan and decides its values: no second round."""

import re
import shutil
from pathlib import Path

import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import read_decisions, write_decisions
from tests.publish.worksheet.officer import Copy, Desk
from tests.publish.worksheet.test_worksheet_meeting import homeless, seal


class Room:
    """A meeting over a delivery in which the RT that moves has values in dispute as well."""

    def __init__(self, desk: Desk, drop: Path, subject: str, home: str) -> None:
        self.desk, self.folder, self.drop = desk, drop, ("--drop", drop)
        self.subject, self.home = subject, home
        self.moved = home + subject[subject.index("-RW") :]

    def copy(self, name: str) -> Copy:
        return Copy(self.desk.export(name, *self.drop))

    def bring_back(self, copy: Copy, name: str, *more: str) -> str:
        path = copy.save(self.desk.desk / name)
        done = self.desk.call("worksheet", "import", self.desk.pipeline, path, *self.drop, *more)
        assert done.exit_code == 0, done.output
        return done.output

    def about(self, copy: Copy, kind: str = "nilai") -> list[str]:
        """Conflicts of the RT, by their ids."""
        ids = (self.subject, self.moved)
        return [i for i in copy.ids(kind) if copy.get(i, "subject") in ids]

    def village(self, copy: Copy) -> str:
        (found,) = (i for i in copy.ids("identitas") if copy.get(i, "subject") == self.subject)
        return found

    def undecided(self) -> set[tuple[str, str]]:
        rows = self.desk.table("conflicts")
        rows = rows[rows["material"] & (rows["status"] != "diputuskan")]
        return set(zip(rows["subject"], rows["parameter"], strict=True))

    def statuses(self) -> set[str]:
        return set(self.desk.table("decisions")["status"])


@pytest.fixture
def room(desk: Desk, blank: Path) -> Room:
    drop = desk.desk / "drop"
    shutil.copytree(desk.pipeline.parent.parent / "drop", drop)
    copy, subject = Copy(blank), homeless(desk)
    village = next(i for i in copy.rows if copy.get(i, "subject") == subject)
    own = subject.partition("-RW")[0]
    (home,) = [c for c in copy.choices(village, "nilai") if c != own]
    _customers(drop, subject, 57, 47)
    _waste(drop, subject, 44, 60)
    return Room(desk, drop, subject, home)


def test_one_copy_with_the_identity_and_all_values(room: Room) -> None:
    copy = room.copy("satu.xlsx")
    values = room.about(copy)
    assert {copy.get(i, "parameter") for i in values} == {"3a", "6b"}
    for conflict_id in copy.rows:
        copy.decide(conflict_id)
    copy.put(room.village(copy), nilai=room.home)
    room.bring_back(copy, "isi.xlsx")
    assert room.desk.consolidate(*room.drop, "--require-agreed", "--strict") == 0
    assert room.statuses() == {"berlaku"}
    assert room.undecided() == set()
    decisions = room.desk.table("decisions").set_index("conflict_id")
    followed = decisions[(decisions["subject"] != decisions["subject_now"])]
    assert set(followed["subject"]) == {room.subject}
    assert set(followed["subject_now"]) == {room.moved}
    assert len(followed) >= len(values)
    facts = room.desk.table("facts")
    used = facts[(facts["id_rt"] == room.moved) & facts["dipakai"]].set_index("parameter")
    for row in followed[followed["kind"] == "nilai"].to_dict("records"):
        assert used.loc[row["parameter"], "decision_id"] == row["decision_id"]
    code, told = seal(room.desk, *room.drop)
    assert code == 0, told
    print(f"\n{len(decisions)} decisions in force, {len(followed)} of them followed {room.moved}; "
          "none unused, none opened again")  # fmt: skip


def test_the_next_workbook_shows_them_and_taken_back_says_nothing_new(room: Room) -> None:
    copy = room.copy("satu.xlsx")
    for conflict_id in copy.rows:
        copy.decide(conflict_id)
    copy.put(room.village(copy), nilai=room.home)
    room.bring_back(copy, "isi.xlsx")
    on_file = room.desk.decisions.read_text()
    again = room.copy("lagi.xlsx")
    (first, *_) = room.about(again)
    assert again.get(first, "subject") == room.moved
    assert again.get(first, "alasan")
    assert "(dicatat untuk RT" in str(again.get(first, "bukti"))
    assert all(again.get(i, "alasan") for i in again.rows)
    room.bring_back(again, "lagi-isi.xlsx")
    assert room.desk.decisions.read_text() == on_file
    again = Copy(room.desk.desk / "lagi-isi.xlsx")
    again.put(first, pilihan=again.choices(first)[-1], alasan="diukur ulang")
    room.bring_back(again, "ganti.xlsx")  # in place of the one that is on file under the old id
    assert room.desk.consolidate(*room.drop, "--require-agreed", "--strict") == 0
    assert room.statuses() == {"berlaku"}


def test_a_copy_that_comes_back_after_the_rt_has_moved(room: Room) -> None:
    """Two officers: the identity is imported and consolidated before the values arrive."""
    one, other = room.copy("satu.xlsx"), room.copy("dua.xlsx")
    values = room.about(one)
    for conflict_id in one.rows:
        (other if conflict_id in values else one).decide(conflict_id)
    one.put(room.village(one), nilai=room.home)
    room.bring_back(one, "satu-isi.xlsx")
    assert room.desk.consolidate(*room.drop) == 0
    parameters = {str(one.get(i, "parameter")) for i in values}
    assert room.undecided() == {(room.moved, p) for p in parameters}
    room.bring_back(other, "dua-isi.xlsx")
    assert room.desk.consolidate(*room.drop, "--require-agreed", "--strict") == 0
    assert room.statuses() == {"berlaku"}


def test_a_stale_decision_is_decided_anew_under_the_new_id(room: Room) -> None:
    """What takes its place on file is the one under the old id."""
    copy = room.copy("satu.xlsx")
    for conflict_id in copy.rows:
        copy.decide(conflict_id)
    copy.put(room.village(copy), nilai=room.home)
    room.bring_back(copy, "isi.xlsx")
    pipeline = load_pipeline(room.desk.pipeline).pipeline
    decisions = read_decisions(room.desk.decisions, pipeline)
    _customers(room.folder, room.subject, 70, 34)
    assert room.desk.consolidate(*room.drop) == 0
    table = room.desk.table("decisions")
    (stale,) = table[table["status"] != "berlaku"].to_dict("records")
    assert (stale["status"], stale["subject"], stale["subject_now"]) == (
        "basi", room.subject, room.moved,
    )  # fmt: skip
    again = room.copy("lagi.xlsx")
    (asked,) = (i for i in again.rows if not again.get(i, "alasan"))
    assert again.get(asked, "subject") == room.moved
    assert "tidak berlaku lagi" in str(again.get(asked, "bukti"))
    again.decide(asked, last=True)
    room.bring_back(again, "lagi-isi.xlsx")
    after = read_decisions(room.desk.decisions, pipeline)
    assert len(after) == len(decisions)
    assert room.desk.consolidate(*room.drop, "--require-agreed", "--strict") == 0
    assert room.statuses() == {"berlaku"}
    write_decisions(room.desk.decisions, [*after, *decisions])  # both: the meeting must tell
    assert room.desk.consolidate(*room.drop, "--strict") == 5
    table = room.desk.table("decisions")
    clash = table[table["status"] == "bertentangan"]
    assert set(clash["subject_now"]) == {room.moved}


def _parts(id_rt: str) -> tuple[str, str, str]:
    """Kelurahan, RT and RW as services write them."""
    kode, rw, rt = re.fullmatch(r"(.*)-RW(\d+)-RT(\d+)", id_rt).groups()  # type: ignore[union-attr]
    return kode, str(int(rt)), str(int(rw))


def _customers(drop: Path, id_rt: str, served: int, unserved: int) -> None:
    """What the water company delivers of an RT, under the id that it is written under."""
    path = drop / "sektor" / "pdam_pelanggan.csv"
    kode, rt, rw = _parts(id_rt)
    told = {"Layak": served, "Tidak Layak": unserved}
    lines = [line.split(";") for line in path.read_text(encoding="cp1252").splitlines()]
    own = [c for c in lines if [c[0], *c[2:4]] == [kode, rt, rw]]
    assert {c[4] for c in own} == set(told)
    for cells in own:
        cells[5] = f"{told[cells[4]]},0"
    text = "\n".join(";".join(cells) for cells in lines) + "\n"
    path.write_text(text, encoding="cp1252")


def _waste(drop: Path, id_rt: str, served: int, unserved: int) -> None:
    """The waste service delivers an RT of which it has said nothing."""
    path = drop / "sektor" / "dlh_persampahan.csv"
    more = [";".join([*_parts(id_rt), said, str(n)])
            for said, n in (("Ya", served), ("Tidak", unserved))]  # fmt: skip
    path.write_text(path.read_text(encoding="utf-8") + "\n".join([*more, ""]), encoding="utf-8")
