"""RT that a decision moves: found under both ids, with the decision, by `explain` and `diff`."""

from collections.abc import Callable
from typing import Any

import pytest

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history import causes
from kotaku_geo.history.diff import diff
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.identities import Moves, meant
from kotaku_geo.history.report import diff_text
from kotaku_geo.history.sealing import hindrances
from tests.consolidate.world import KODE, box, profile, table
from tests.history.world import R1, R2, R4, State, consolidated, rows

Make = Callable[..., State]
OTHER = "33.75.01.1002"
NEW = R2.replace(KODE, OTHER)
DECIDED = "berita acara BA 7/2024, 2 Mei 2024; oleh Ketua"


def villages() -> list[dict[str, Any]]:
    """RT 002 and 004 are written in kelurahan Satu and lie in kelurahan Dua."""
    west = {**rows()["kelurahan"][0], "geometry": box(-900, -900, 1000, 3000)}
    east = {**west, "kode_kelurahan": OTHER, "nama_kelurahan": "Dua",
            "geometry": box(100, -900, 1000, 3000)}  # fmt: skip
    return [west, east]


@pytest.fixture
def cities(state: Make) -> tuple[State, State]:
    """The city before the meeting, and after it put RT 002 where it lies."""
    before, after = (state(name, kelurahan=villages()) for name in ("a", "b"))
    after.agree("identitas", R2, "kode_kelurahan", value=OTHER)
    assert NEW in set(after.baseline.table("rt")["id_rt"]), "the decision has moved it"
    return before, after


def told(city: State, name: str, parameter: str | None = None, lang: str = "id") -> str:
    return Explainer(city.baseline).story(name, parameter).text(lang)


def test_the_story_of_a_moved_rt_and_of_its_kawasan_tell_the_decision(
    cities: tuple[State, State],
) -> None:
    _, after = cities
    moved = f"Dengan keputusan itu RT yang ditulis {R2} kini {NEW}."
    for name in (NEW, "K1", R2):
        text = told(after, name)
        assert DECIDED in text, name
        assert moved in text, name
        assert "yang dimaksud Dua (33.75.01.1002)" in text
    assert f"By that decision the RT that is written {R2} is now {NEW}." in told(
        after, NEW, lang="en"
    )
    assert DECIDED not in told(after, R1), "another RT of the kawasan was not moved"
    assert DECIDED not in told(after, "K2")


def test_the_identity_is_told_under_both_ids(cities: tuple[State, State]) -> None:
    before, after = cities
    assert told(after, NEW, "kode_kelurahan") == told(after, R2, "kode_kelurahan")
    decision = next(iter(after.baseline.decisions))
    assert told(after, decision) == told(after, R2, "kode_kelurahan")
    with pytest.raises(PipelineFileError, match="tidak pernah dipersoalkan"):
        told(before, R1, "kode_kelurahan")


def test_an_open_identity_says_what_it_is_about_and_what_stands_meanwhile(
    cities: tuple[State, State],
) -> None:
    before, _ = cities
    text = told(before, R2, "kode_kelurahan")
    assert f"RT {R2} ditulis atau terletak di lebih dari satu kelurahan: " in text
    assert "cocok dengan" not in text, "no name fits two"
    assert "menurut batas kelurahannya RT ini terletak di Dua (33.75.01.1002)." in text
    assert "rekaman 1, 1 Mei 2023): petanya menulis RT ini di Satu (33.75.01.1001)." in text
    assert "Selama belum diputuskan yang berlaku Satu (33.75.01.1001)." in text
    assert f"tentang kelurahan dari {R2} bersifat material dan masih terbuka." in told(before, R2)


def test_the_outline_of_a_moved_rt_is_that_of_the_record_that_drew_it(
    cities: tuple[State, State],
) -> None:
    for city, name in zip(cities, (R2, NEW), strict=True):
        assert "digambar Bappeda (peta-rt, rt.gpkg, rekaman 1," in told(city, name, "batas.rt")


def test_a_moved_rt_is_one_change_with_its_decision(cities: tuple[State, State]) -> None:
    before, after = cities
    ids = tuple(after.baseline.decisions)
    for one, other, was, now in ((before, after, R2, NEW), (after, before, NEW, R2)):
        found = diff(one.baseline, other.baseline)
        assert [(c.what, c.was, c.id) for c in found.of("rt")] == [("pindah", was, now)]
        change = found.of("rt")[0]
        assert change.decisions == ids
        assert {a.column for a in change.attributes} >= {"kode_kelurahan", "nama_kelurahan"}
        assert change.shape is None, "it lies where it lay"
        assert "rt" in found.reasons
        assert found.of("kawasan")[0].decisions == ids, "its kawasan changed by it"
        text = diff_text(found, "id")
        assert f"RT {now} " in text
        assert f"pindah dari {was}" in text
        assert "RT: 0 ditambah, 0 dihapus, 0 berubah" in text
    assert found.as_json()["changes"][-1]["kind"] in ("rt", "kelurahan")


def test_an_rt_that_both_have_under_the_other_id_too_is_not_linked(
    cities: tuple[State, State],
) -> None:
    before, after = cities
    assert causes.moved(before.baseline, after.baseline) == {R2: NEW}
    before.change("rt", lambda f: f.assign(id_rt=f["id_rt"].replace(R4, NEW)))
    assert causes.moved(before.baseline, after.baseline) == {}


def decision(subject: str, value: str, parameter: str = "kode_kelurahan", **more: Any) -> Any:
    row = {"kind": "identitas", "subject": subject, "parameter": parameter, "value": value}
    return {**row, "status": "berlaku", "decision_id": f"{subject}={value}", **more}


def test_decisions_that_follow_each_other_are_followed() -> None:
    bare = f"{KODE}-RW000-RT002"
    moves = Moves([decision(bare, R2, "id_rt"), decision(R2, OTHER)])
    assert moves.now(bare) == moves.now(R2) == NEW
    assert [d["subject"] for d in moves.of[NEW]] == [bare, R2]
    assert moves.now(R1) == R1


def test_a_circle_of_decisions_ends() -> None:
    moves = Moves([decision(R1, R2, "id_rt"), decision(R2, R1, "id_rt")])
    assert set(moves.by_old) == {R1, R2}


@pytest.mark.parametrize(
    "row",
    [
        decision("profil/sukamaju", OTHER),
        decision(R2, "K1", "id_kawasan"),
        decision(R2, OTHER, status="basi"),
        decision(R2, KODE),
        decision(R2, "3", "3a", kind="nilai"),
    ],
)
def test_other_decisions_move_nothing(row: Any) -> None:
    assert Moves([row]).by_old == {}


def test_what_a_choice_would_make_of_an_id() -> None:
    assert meant(decision(R2, KODE), OTHER) == NEW
    assert meant(decision("K1", "K2", "id_kawasan")) is None


def test_one_rt_that_takes_the_id_which_another_leaves() -> None:
    third = R2.replace(KODE, "33.75.01.1003")
    moves = Moves([decision(R2, OTHER), decision(NEW, "33.75.01.1003")])
    assert moves.by_old == {R2: NEW, NEW: third}
    assert [d["subject"] for d in moves.of[NEW]] == [R2]
    swap = Moves([decision(R2, OTHER), decision(NEW, KODE)])
    assert swap.by_old == {R2: NEW, NEW: R2}


def test_a_name_that_was_decided_after_rt_had_moved_means_an_id_of_then() -> None:
    bare, day = f"{KODE}-RW000-RT002", "2024-05-02"
    swap = [decision(R2, OTHER, date=day), decision(NEW, KODE, date=day)]
    for date, now in ((day, R2), ("2024-06-09", NEW)):
        assert Moves([*swap, decision(bare, NEW, "id_rt", date=date)]).now(bare) == now


def test_the_other_ids_of_an_rt_move_with_it() -> None:
    stray = {"subject": NEW, "parameter": "kode_kelurahan", "names": R2}
    moves = Moves([decision(NEW, OTHER)], [stray])
    assert moves.by_old == {R2: NEW}
    assert Moves([decision(NEW, KODE)], [stray]).by_old == {NEW: R2}
    assert Moves([], [stray]).by_old == {}


def disputed() -> list[dict[str, Any]]:
    """The surveys with a second voice on 3a of RT 002, too."""
    more = profile("002", source_id="susulan", p3a=0.1)
    return [*rows()["profil_rt"], more]


@pytest.fixture
def decided(state: Make) -> tuple[State, State, str]:
    """A value of RT 002 was decided; in the second city the RT was then moved; the value's id."""
    before, after = (state(name, kelurahan=villages(), profil_rt=disputed()) for name in ("c", "d"))
    value = before.agree("nilai", R2, "3a", source="susulan")
    assert after.agree("nilai", R2, "3a", source="susulan") == value
    after.agree("identitas", R2, "kode_kelurahan", value=OTHER)
    return before, after, value


def test_a_value_is_told_under_the_new_id_with_the_old_one(
    decided: tuple[State, State, str],
) -> None:
    _, after, value = decided
    text = told(after, NEW, "3a")
    assert "Nilainya ditetapkan dengan keputusan." in text
    assert f"Keputusan {value}: yang dipakai susulan." in text
    assert f"Keputusan itu dicatat untuk {R2}, yang kini {NEW}, dan mengikutinya." in text
    english = told(after, NEW, "3a", lang="en")
    assert f"That decision is on file for {R2}, which is now {NEW}, and follows it." in english
    assert told(after, value) == text, "by the decision's id"
    assert told(after, R2, "3a") == text, "by the id that it had"
    conflict = after.baseline.conflict_on(after.baseline.decisions[value])
    assert conflict is not None
    assert (conflict["subject"], conflict["status"]) == (NEW, "diputuskan")
    assert told(after, str(conflict["conflict_id"])) == text


def test_a_stale_one_is_told_and_hinders_the_seal_under_the_new_id(
    decided: tuple[State, State, str],
) -> None:
    _, after, value = decided
    surveys = table("profil_rt", [*rows()["profil_rt"],
                                  profile("002", source_id="susulan", p3a=0.3)])  # fmt: skip
    after.workspace.write("ingest/profil_rt", surveys)
    consolidated(after)
    text = told(after, NEW, "3a")
    assert "Keputusan itu basi dan tidak diterapkan" in text
    assert f"dicatat untuk {R2}, yang kini {NEW}" in text
    stale = hindrances(after.baseline, []).stale
    assert [(row["decision_id"], row["subject"]) for row in stale] == [(value, NEW)]
    assert "susulan" in stale[0]["candidates"]


def test_diff_tells_a_decision_of_a_moved_rt_once(decided: tuple[State, State, str]) -> None:
    before, after, value = decided
    found = diff(before.baseline, after.baseline)
    assert value not in {row["decision_id"] for row in found.decisions}, "it holds as it did"
    assert [(c.what, c.was, c.id) for c in found.of("rt")] == [("pindah", R2, NEW)]
    assert not {a.column for c in found.of("rt") for a in c.attributes} & {"p3a", "n3a", "skor"}
    alone = diff(after.baseline, before.baseline)
    assert value not in {row["decision_id"] for row in alone.decisions}


def test_diff_names_the_old_id_of_a_decision_that_is_new(
    cities: tuple[State, State], decided: tuple[State, State, str]
) -> None:
    _, after, value = decided
    first = cities[0]
    found = diff(first.baseline, after.baseline)
    (row,) = (row for row in found.decisions if row["decision_id"] == value)
    assert (row["subject"], row["was"]) == (NEW, R2)
    assert f"{NEW}, diputuskan ketika masih {R2} (BA 7/2024)" in diff_text(found, "id")
    assert f"{NEW}, taken when it was {R2} (BA 7/2024)" in diff_text(found, "en")
