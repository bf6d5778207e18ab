"""Copies put together: nothing is chosen, lost or put back without being told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.answers import LONGEST
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case
from kotaku_geo.publish.worksheet.judge import judge
from kotaku_geo.publish.worksheet.merge import Merged, joined, merge
from kotaku_geo.publish.worksheet.news import emptied
from kotaku_geo.publish.worksheet.returned import Key, Returned, Row
from kotaku_geo.publish.worksheet.words import speaking
from tests.publish.worksheet.drafts import RECORD, TODAY, case, copies, names, row, share
from tests.publish.worksheet.officer import Copy, Desk
from tests.publish.worksheet.test_worksheet_import import about, on_file

NAMES = names()
WATER = case(share("pdam-pelanggan", 92.4), share("profil-rt", 30.0))
WASTE = replace(WATER, conflict_id="c9", parameter="6b")
MAY, AUGUST = dt.date(2024, 5, 2), dt.date(2024, 8, 1)


def entry(of: Case = WATER, /, file: str = "a.xlsx", at: int = 2, **typed: Any) -> tuple[Case, Row]:
    """A row of a copy, filled as it should be unless something else is said."""
    return of, row(of, NAMES, file, at, **{"pilihan": "profil-rt", **RECORD, **typed})


def filed(decisions: Sequence[Decision]) -> dict[Decision, tuple[str, str, str]]:
    """Decisions on file with what they are about: nothing has moved since."""
    return {d: d.about for d in decisions}


def taken(rows: Sequence[tuple[Case, Row]], held: Sequence[Decision] = ()) -> Merged:
    """What these rows come to: their conflicts as they stand under the decisions on file."""
    cases = [under(of, held) for of in {of.conflict_id: of for of, _ in rows}.values()]
    return merge(judge(copies(NAMES, *rows), cases, NAMES, TODAY), filed(held), NAMES)


def under(of: Case, held: Sequence[Decision]) -> Case:
    own = [d for d in held if d.about == (of.kind, of.subject, of.parameter)]
    standing = [d for d in own if d.evidence == of.evidence]
    if not own:
        return of
    return replace(of, status=DECIDED if standing else STALE, decision=(standing or own)[0])


def one(*rows: tuple[Case, Row]) -> Decision:
    """The one decision that rows without a fault make."""
    found = taken(rows)
    assert found.faults == []
    (decision,) = found.decisions
    return decision


def test_an_older_copy_does_not_put_an_older_decision_back() -> None:
    held = one(entry(pilihan="pdam-pelanggan", berita_acara="BA 070", tanggal=AUGUST))
    found = taken([entry(file="lama.xlsx")], [held])
    assert (found.decisions, found.new, found.replaced) == ([held], [], [])
    (fault,) = found.faults
    assert (fault.file, fault.row, fault.column) == ("lama.xlsx", 2, "tanggal")
    for said in ("2 Mei 2024", held.decision_id, "BA 070", "1 Agustus 2024", "pdam-pelanggan",
                 "keputusan.csv"):  # fmt: skip
        assert said in fault.text


def test_neither_does_an_older_entry_that_chooses_the_same() -> None:
    held = one(entry(berita_acara="BA 070", tanggal=AUGUST))
    assert [f.column for f in taken([entry()], [held]).faults] == ["tanggal"]


@pytest.mark.parametrize("day", [MAY, AUGUST])
def test_what_is_as_late_or_later_is_taken_and_what_it_replaces_is_named(day: dt.date) -> None:
    held = one(entry(pilihan="pdam-pelanggan"))
    found = taken([entry(berita_acara="BA 070", tanggal=day)], [held])
    assert found.faults == []
    (changed,) = found.replaced
    assert found.decisions == found.changed == [changed.new]
    told = changed.as_json()
    assert (told["subject"], told["parameter"]) == (WATER.subject, "3a")
    assert [(d["source_id"], d["minutes"]) for d in told["old"]] == [("pdam-pelanggan", "BA 050")]
    assert (told["new"]["source_id"], told["new"]["minutes"]) == ("profil-rt", "BA 070")
    line = changed.as_text(NAMES)
    before, _, after = line.partition(" → ")
    assert all(
        t in before for t in (WATER.subject, " 3a]", "(pdam-pelanggan) – BA 050, 2 Mei 2024")
    )
    assert "(profil-rt) – BA 070, " in after
    with speaking("en"):
        assert changed.as_text(NAMES).startswith("Replaced: ")


def test_a_decision_on_other_evidence_is_no_bar() -> None:
    """It is stale: what the meeting said later of other figures does not hold for these."""
    held = replace(one(entry(berita_acara="BA 070", tanggal=AUGUST)), evidence="f" * 64)
    found = taken([entry()], [held])
    assert found.faults == []
    assert [d.minutes for d in found.decisions] == ["BA 050"]
    assert len(found.replaced) == 1


def test_the_same_choice_in_other_words_is_kept_whole() -> None:
    rows = [entry(file="a.xlsx", alasan="Dicek di lapangan"),
            entry(file="b.xlsx", alasan="Data PDAM lama", oleh="Lurah"),
            entry(file="c.xlsx", alasan="Dicek di lapangan", tanggal=dt.date(2024, 5, 3))]  # fmt: skip
    found = taken(rows)
    assert found.faults == []
    (decision,) = found.new
    assert decision.reason == "Data PDAM lama / Dicek di lapangan"
    assert (decision.by, decision.forum) == ("Lurah / Pokja", "Rapat")
    assert decision.date == dt.date(2024, 5, 3)
    columns = [n.column for n in found.notices]
    assert columns == ["alasan", "tanggal"]  # put together; and the minutes have two dates
    assert "b.xlsx baris 2, c.xlsx baris 2" in found.notices[0].text
    assert "2 Mei 2024 (a.xlsx baris 2); 3 Mei 2024 (c.xlsx baris 2)" in found.notices[1].text


@pytest.mark.parametrize(
    ("other", "column"),
    [({"pilihan": "pdam-pelanggan"}, "pilihan"), ({"berita_acara": "BA 051"}, "berita_acara"),
     ({"pilihan": None, "nilai": 45.5}, "pilihan")],
)  # fmt: skip
def test_another_choice_or_other_minutes_contradict(other: dict[str, Any], column: str) -> None:
    found = taken([entry(file="a.xlsx"), entry(file="b.xlsx", **other)])
    assert found.decisions == []
    assert [(f.file, f.column) for f in found.faults] == [("a.xlsx", column), ("b.xlsx", column)]
    assert all("bertentangan" in f.text for f in found.faults)


def test_copies_that_were_put_together_say_nothing_new_when_they_come_again() -> None:
    first, second = entry(file="a.xlsx", alasan="A"), entry(file="b.xlsx", alasan="B", oleh="Lurah")
    held = one(first, second)
    for rows in ([first], [second], [first, second], [second, first]):
        found = taken(rows, [held])
        assert (found.decisions, found.replaced, found.faults) == ([held], [], [])
        assert found.unchanged == len(rows)
    later = entry(file="b.xlsx", alasan="B", tanggal=AUGUST)
    both = one(first, later)
    assert taken([first, later], [both]).unchanged == 2
    assert [f.column for f in taken([first], [both]).faults] == ["tanggal"]


def test_another_copy_of_the_same_choice_adds_its_words_to_what_is_on_file() -> None:
    """Its officers have not seen what the others wrote, and what they wrote may not be here."""
    held = one(entry(file="a.xlsx", alasan="A"))
    found = taken([entry(file="b.xlsx", alasan="B")], [held])
    assert [d.reason for d in found.decisions] == ["A / B"]
    (notice,) = found.notices
    assert (notice.file, notice.column) == ("b.xlsx", "alasan")
    assert "keputusan.csv" in notice.text
    assert [d.reason for d in taken([entry(alasan="C")], found.decisions).decisions] == [
        "A / B / C"
    ]


def test_a_copy_taken_in_before_contradicts_one_that_decides_otherwise() -> None:
    """Both were filled without having seen the other: which holds is the meeting's to say."""
    first, second = entry(file="a.xlsx"), entry(file="b.xlsx", pilihan="pdam-pelanggan")
    held = one(first)
    found = taken([first, second], [held])
    assert found.decisions == [held]
    assert {(f.file, f.column) for f in found.faults} == {
        ("a.xlsx", "pilihan"),
        ("b.xlsx", "pilihan"),
    }


def shown(held: Decision, file: str, **typed: Any) -> list[Returned]:
    """A copy that went out with the decision on file, and comes back filled like this."""
    of = under(WATER, [held])
    said = {"pilihan": "profil-rt", **RECORD, **typed}
    return copies(NAMES, (of, row(of, NAMES, file, **said)))


@pytest.mark.parametrize("own", ["", "ba-050-1"], ids=["made id", "id of its own"])
def test_a_later_meeting_overrules_what_it_had_on_the_table(own: str) -> None:
    """Beside the copy in which that was decided, and one on which it is only shown."""
    first = one(entry(file="a.xlsx"))
    held = replace(first, decision_id=own or first.decision_id)
    new = shown(held, "b.xlsx", pilihan="pdam-pelanggan", berita_acara="BA 070", tanggal=AUGUST)
    old, still = copies(NAMES, entry(file="a.xlsx")), shown(held, "c.xlsx")
    for books in ([*old, *new, *still], [*still, *new], [*new, *old]):
        found = merge(judge(books, [under(WATER, [held])], NAMES, TODAY), filed([held]), NAMES)
        assert found.faults == []
        assert [d.minutes for d in found.decisions] == ["BA 070"]
        after = under(WATER, found.decisions)
        again = merge(judge(books, [after], NAMES, TODAY), filed(found.decisions), NAMES)
        assert again.decisions == found.decisions
        told = {r.file for r in (*again.faults, *again.notices)}
        assert told >= {b.file for b in books} - {"b.xlsx"}, "what is older by now is told"


def test_a_row_left_as_it_went_out_is_no_entry_when_it_was_decided_again_meanwhile() -> None:
    """Copies were shared out; one group decided anew, and the other had no business with it."""
    first = one(entry(file="a.xlsx"))
    now = one(entry(file="b.xlsx", pilihan="pdam-pelanggan", berita_acara="BA 070", tanggal=AUGUST))
    late = shown(first, "c.xlsx")
    for held in (now, replace(now, date=MAY)):
        found = merge(judge(late, [under(WATER, [held])], NAMES, TODAY), filed([held]), NAMES)
        assert (found.decisions, found.faults, found.replaced) == ([held], [], [])
        (notice,) = found.notices
        assert (notice.file, notice.column) == ("c.xlsx", "tanggal")
        assert all(t in notice.text for t in ("BA 050", "BA 070"))
    mended = shown(first, "c.xlsx", tanggal=dt.date(2024, 9, 1), berita_acara="BA 080")
    found = merge(judge(mended, [under(WATER, [now])], NAMES, TODAY), filed([now]), NAMES)
    assert [d.minutes for d in found.decisions] == ["BA 080"]


def test_what_was_exported_with_its_decision_and_filled_otherwise_is_meant() -> None:
    """Of a joined reason one half is taken out: an edit, and no old copy."""
    held = one(entry(file="a.xlsx", alasan="A"), entry(file="b.xlsx", alasan="B"))
    mended = shown(held, "c.xlsx", alasan="A")
    found = merge(judge(mended, [under(WATER, [held])], NAMES, TODAY), filed([held]), NAMES)
    assert [d.reason for d in found.decisions] == ["A"]
    (changed,) = found.replaced
    assert 'alasan: "A / B" → "A"' in changed.as_text(NAMES)


def test_words_that_have_no_room_together_are_left_to_the_meeting() -> None:
    long = "x" * (LONGEST - 1)
    found = taken([entry(file="a.xlsx", alasan=long), entry(file="b.xlsx", alasan="lain")])
    assert found.decisions == []
    assert [(f.file, f.column) for f in found.faults] == [
        ("a.xlsx", "alasan"),
        ("b.xlsx", "alasan"),
    ]
    assert "lebih dari 2.000 huruf" in found.faults[0].text


_WORDS = st.sampled_from(["A", "B", "A / B", "Dicek", "C / A"])
_ENTRIES = st.lists(
    st.fixed_dictionaries({
        "of": st.sampled_from([WATER, WASTE]), "file": st.sampled_from(["a.xlsx", "b.xlsx"]),
        "pilihan": st.sampled_from(["profil-rt", "profil-rt", "pdam-pelanggan"]),
        "alasan": _WORDS, "oleh": _WORDS, "tanggal": st.sampled_from([MAY, AUGUST]),
        "berita_acara": st.sampled_from(["BA 050", "BA 050", "BA 070"]),
    }), min_size=1, max_size=5,
)  # fmt: skip


@given(_ENTRIES, st.lists(_ENTRIES, max_size=1), st.randoms())
@settings(max_examples=150, deadline=None)
def test_order_of_rows_and_copies_changes_nothing(
    entries: list[dict[str, Any]], before: list[list[dict[str, Any]]], chance: Any
) -> None:
    """Also over a file; and what is taken says nothing new when all of it comes again."""

    def rows(said: list[dict[str, Any]]) -> list[tuple[Case, Row]]:
        return [entry(e["of"], at=at, **{k: v for k, v in e.items() if k != "of"})
                for at, e in enumerate(said, start=2)]  # fmt: skip

    held = taken(rows(before[0])).decisions if before else []
    given_ = rows(entries)
    mixed = list(given_)
    chance.shuffle(mixed)
    one_way, other = taken(given_, held), taken(mixed, held)
    assert set(one_way.decisions) == set(other.decisions)
    assert one_way.unchanged == other.unchanged
    assert {(f.file, f.row, f.column) for f in one_way.faults} == {
        (f.file, f.row, f.column) for f in other.faults
    }
    assert set(one_way.notices) == set(other.notices)
    again = taken(given_, one_way.decisions)
    assert set(again.decisions) == set(one_way.decisions)
    assert again.new == again.replaced == []


@given(st.lists(_WORDS, min_size=1, max_size=6), st.integers(0, 5))
def test_putting_words_together_does_not_depend_on_the_steps(words: list[str], cut: int) -> None:
    first = one(entry())
    all_of = [replace(first, reason=word) for word in words]
    left, right = all_of[:cut], all_of[cut:]
    parts = [joined(side) for side in (left, right) if side]
    if len(set(words)) > 1:
        assert joined(parts).reason in (joined(all_of).reason, parts[0].reason)
    assert joined([joined(all_of)] * 2) == joined(all_of)


def test_minutes_with_two_dates_are_told_here_and_against_the_file() -> None:
    held = one(entry(WASTE, berita_acara="ba  050", tanggal=dt.date(2024, 5, 1)))
    found = taken([entry()], [held])
    assert found.faults == []
    (notice,) = found.notices
    assert (notice.file, notice.row, notice.column) == ("a.xlsx", 2, "tanggal")
    assert "1 Mei 2024 (keputusan.csv); 2 Mei 2024 (a.xlsx baris 2)" in notice.text
    assert taken([entry(berita_acara="BA 051")], [held]).notices == []
    # A decision that is replaced is no longer on file, and its date is told as put together.
    earlier = one(entry(tanggal=dt.date(2024, 5, 1)))
    (notice,) = taken([entry()], [earlier]).notices
    assert "pilihannya sama dengan keputusan.csv" in notice.text
    twice = taken([entry(), entry(WASTE, at=3, tanggal=AUGUST)])
    assert len(twice.notices) == 1


def test_a_number_of_minutes_that_few_rows_of_a_meeting_have_is_told() -> None:
    more = [replace(WATER, conflict_id=f"d{at}", parameter=p) for at, p in enumerate(("6a", "7a"))]
    rows = [entry(), entry(WASTE, at=3, berita_acara="BA 005"), entry(more[0], at=4),
            entry(more[1], at=5, berita_acara="ba050")]  # fmt: skip
    found = taken(rows)
    assert found.faults == []
    assert len(found.new) == 4, "it keeps nothing from being taken"
    (notice,) = found.notices
    assert (notice.file, notice.row, notice.column) == ("a.xlsx", 3, "berita_acara")
    assert notice.text == (
        'berita acara "BA 005" ditulis di baris 3, sedangkan 3 baris lain dengan tanggal '
        '(2 Mei 2024) dan forum (Rapat) yang sama menulis "BA 050"; periksa mana yang benar'
    )
    apart = [entry(), entry(WASTE, at=3, berita_acara="BA 005", forum="Musyawarah")]
    assert taken(apart).notices == [], "another forum is another meeting"
    copies_of_two = [entry(), entry(WASTE, file="b.xlsx", berita_acara="BA 005")]
    assert taken(copies_of_two).notices == [], "two copies may be of two meetings"
    assert taken(rows, found.decisions).notices == [], "what is on file already is not told again"


def _emptied(key: Key, held: Sequence[Decision], of: Case) -> list[str]:
    book = Returned("a.xlsx", [row(of, NAMES)], {of.conflict_id: key})
    return [n.text for n in emptied([book], {of.conflict_id: of}, held, NAMES)]


def test_a_row_that_went_out_decided_and_comes_back_empty_is_told() -> None:
    held = one(entry())
    of = under(WATER, [held])
    key = Key(of.evidence, "x", held.decision_id)
    (told,) = _emptied(key, [held], of)
    assert all(t in told for t in (held.decision_id, "BA 050", "hapus baris", "keputusan.csv"))
    assert _emptied(replace(key, decision_id=""), [held], of) == [told], (
        "an older export kept no id"
    )
    assert _emptied(replace(key, decision_id=None), [held], of) == []
    assert _emptied(key, [], WATER) == [], "it was withdrawn"


def test_an_older_workbook_decided_anew_and_emptied_as_an_officer_does(
    desk: Desk, blank: Path
) -> None:
    """The whole way: what is replaced, refused, told as empty, and what comes next."""
    copy = Copy(blank)
    moved, left, *_ = copy.ids("nilai")
    for conflict in (moved, left):
        copy.decide(conflict)
    old = copy.save(desk.desk / "lama.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, old)
    assert done.exit_code == 0
    assert "Selanjutnya: kotaku-geo run " in done.stdout
    assert "Masih terbuka: " in done.stdout
    assert "kotaku-geo worksheet export" in done.stdout
    again = Copy(desk.export("lagi.xlsx"))
    again.decide(moved, last=True, berita_acara="BA 070", tanggal="1 Agustus 2024")
    again.put(left, **dict.fromkeys(("pilihan", *RECORD)))
    fresh = again.save(desk.desk / "baru.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, fresh)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    (changed,) = [line for line in lines if line.startswith("Diganti: ")]
    assert "BA 050/12/2024, 2 Mei 2024" in changed.partition(" → ")[0]
    assert "BA 070, 1 Agustus 2024" in changed.partition(" → ")[2]
    (note,) = [line for line in lines if line.startswith("Catatan: ")]
    assert f"baris {again.rows[left]}, kolom pilihan" in note
    assert on_file(desk)[about(copy, left)]["decision_id"] in note
    code, told = desk.bring_back(old)
    assert (code, told["written"], told["replaced"]) == (3, False, [])
    assert [(f["row"], f["column"]) for f in told["faults"]] == [(copy.rows[moved], "tanggal")]
    assert on_file(desk)[about(copy, moved)]["minutes"] == "BA 070"


def test_when_all_is_decided_the_next_step_is_the_seal(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    for conflict in copy.rows:
        copy.decide(conflict)
    path = copy.save(desk.desk / "isi.xlsx")
    done = desk.call("worksheet", "import", desk.pipeline, path, "--lang", "en")
    assert done.exit_code == 0
    assert "Next: kotaku-geo run " in done.stdout
    assert "--minutes 'BA 050/12/2024' --date 2024-05-02" in done.stdout
    code, told = desk.bring_back(path)
    assert (code, told["written"], told["next"]) == (0, False, [])
