"""Decisions follow an RT that another decision puts under another id."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.decisions import Decision
from tests.consolidate.world import (
    KODE,
    Consolidate,
    Outcome,
    area,
    box,
    decide,
    key,
    profile,
    rt_row,
    volumes,
)

OTHER, THIRD = "33.75.01.1002", "33.75.01.1003"
VILLAGES = [
    {"kode_kelurahan": code, "nama_kelurahan": name, "geometry": box(1000 * i, 0, 1000)}
    for i, (code, name) in enumerate(((KODE, "Satu"), (OTHER, "Dua"), (THIRD, "Tiga")))
]
HOME = "kode_kelurahan"
LATER = dt.date(2024, 6, 9)
FIRST, SECOND = {"id": "survei", "layer": "profil_rt"}, {"id": "dinas", "layer": "profil_rt"}


def at(code: str, rt: str = "001") -> str:
    return f"{code}-RW001-RT{rt}"


A, B, C = at(KODE), at(OTHER), at(THIRD)


def surveyed(code: str = KODE, share: float = 0.9, rt: str = "001", **more: Any) -> list[Any]:
    """A form of the one source, and what the other says on 3a."""
    form = {**profile(rt, **volumes(3)), "kode_kelurahan": code, "source_id": "survei", **more}
    other = {**profile(rt), "kode_kelurahan": code, "source_id": "dinas", "p3a": share}
    return [form, other]


def drawn(code: str, x: float, rt: str = "001", **more: Any) -> dict[str, Any]:
    return {**rt_row(rt, box(x, 100, 100)), "kode_kelurahan": code, **more}


def slum(name: str, x: float, **more: Any) -> dict[str, Any]:
    none = {"kode_kelurahan": None, "nama_kelurahan": None}
    return {**area(box(x, 100, 100), id_kawasan=name), **none, **more}


def city(**more: Any) -> dict[str, Any]:
    """RT 001 is written in the first kelurahan and lies in the second; two sources on its 3a."""
    return {
        "sources": [FIRST, SECOND], "kelurahan": VILLAGES, "rt": [drawn(KODE, 1200)],
        "kawasan": [slum("K-1", 1200)], "profil_rt": surveyed(), **more,
    }  # fmt: skip


def states(done: Outcome) -> dict[tuple[str, str], str]:
    """Status of each decision by the subject and parameter that it is about now."""
    rows = done.table("decisions").to_dict("records")
    return {(r["subject_now"], r["parameter"]): r["status"] for r in rows}


def left(done: Outcome) -> set[tuple[str, str]]:
    """Conflicts that are not decided."""
    rows = done.conflicts()
    rows = rows[rows["status"] != "diputuskan"]
    return set(zip(rows["subject"], rows["parameter"], strict=True))


def by_decision(done: Outcome, id_rt: str, parameter: str = "3a") -> list[Any]:
    """The share, in percent, that a decision has set."""
    facts = done.facts(id_rt, parameter)
    used = facts[facts["dipakai"]]
    assert used["rule"].tolist() == ["keputusan"]
    return list(used["persen"].round(6))


@pytest.mark.parametrize("day", [dt.date(2024, 4, 1), dt.date(2024, 5, 2), LATER])
def test_a_value_follows_the_rt(consolidate: Consolidate, day: dt.date) -> None:
    """Whether it was decided before the kelurahan, in the same meeting, or after it."""
    before = consolidate(**city())
    value = decide(before, "3a", source="dinas", date=day)
    home = decide(before, HOME, value=OTHER)
    after = consolidate(**city(), decisions=[value, home])
    assert states(after) == {(B, "3a"): "berlaku", (A, HOME): "berlaku"}
    assert left(after) == set()
    assert by_decision(after, B) == [90.0]
    assert after.facts(B, "3a").set_index("dipakai")["decision_id"][True] == value.decision_id
    (row,) = after.conflicts("nilai").to_dict("records")
    assert (row["subject"], row["status"], row["evidence"]) == (B, "diputuskan", value.evidence)
    told = after.table("decisions").set_index("parameter")
    assert told.loc["3a", "subject"] == A, "as it stands on file"
    assert told.loc["3a", "conflict_id"] == row["conflict_id"]
    assert f"untuk {A} yang kini {B}" in told.loc["3a", "found"]
    assert after.rt(B)["n3a"] == 5
    assert after.findings("decision.unused").empty


def test_typed_values_and_denominators_follow_too(consolidate: Consolidate) -> None:
    rows = [profile("001", source_id="survei", jumlah_kk=40, p6a=0.1),
            profile("001", source_id="dinas", jumlah_kk=80, p6a=0.6)]  # fmt: skip
    served = {"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE,
              "layak": False, "jumlah_kk": 24}  # fmt: skip
    sources = [FIRST, SECOND, {"id": "pdam", "layer": "air_minum"}]
    base = city(sources=sources, profil_rt=rows, air_minum=[served])
    before = consolidate(**base)
    made = [
        decide(before, "6a", value="30"), decide(before, HOME, value=OTHER),
        decide(before, "penyebut.jumlah_kk", source="dinas"),
    ]  # fmt: skip
    after = consolidate(**base, decisions=made)
    assert set(states(after).values()) == {"berlaku"}
    assert left(after) == set()
    assert by_decision(after, B, "6a") == [30.0]
    assert (after.rt(B)["jumlah_kk"], after.rt(B)["p3a"]) == (80, 0.3)


def test_changed_evidence_is_stale_under_the_new_id(consolidate: Consolidate) -> None:
    before = consolidate(**city())
    made = [decide(before, "3a", source="dinas"), decide(before, HOME, value=OTHER)]
    after = consolidate(**city(profil_rt=surveyed(share=0.1)), decisions=made)
    assert states(after) == {(B, "3a"): "basi", (A, HOME): "berlaku"}
    assert left(after) == {(B, "3a")}
    (told,) = after.findings("decision.stale").to_dict("records")
    assert told["subject"] == B
    assert f"untuk {A} yang kini {B}" in told["message"]
    assert "dinas 10,0 %" in told["message"]
    assert "data lain" not in told["message"]
    agreed = consolidate(**city(profil_rt=surveyed(share=0.6)), decisions=made)
    assert states(agreed)[B, "3a"] == "basi", "90 % was chosen, and all say 60 now"
    form, other = surveyed(share=0.9)
    confirmed = consolidate(**city(profil_rt=[{**form, "v3a": 90.0}, other]), decisions=made)
    assert states(confirmed)[B, "3a"] == "tidak_terpakai"
    (told,) = confirmed.findings("decision.unused").to_dict("records")
    assert "berlaku 90,0 % dari survei" in told["message"], "of the RT as it is called now"


def test_an_id_that_others_have_already_makes_it_stale_and_says_so(
    consolidate: Consolidate,
) -> None:
    rows = [*surveyed(), *surveyed(OTHER, 0.2)]
    base = city(profil_rt=rows, rt=[drawn(KODE, 1200), drawn(OTHER, 1500)])
    base["kawasan"] = [slum("K-1", 1200), slum("K-2", 1500)]
    before = consolidate(**base)
    made = [decide(before, "3a", subject=s, source="dinas") for s in (A, B)]
    after = consolidate(**base, decisions=[*made, decide(before, HOME, value=OTHER)])
    mine = after.table("decisions").set_index("subject")
    mine = mine[mine["parameter"] == "3a"]
    assert set(mine["status"]) == {"basi"}
    assert f"{B} juga ditulis untuk data lain" in mine.loc[A, "found"]
    assert (B, "3a") in left(after)


def test_decisions_under_both_ids(consolidate: Consolidate) -> None:
    """What was decided again under the new id: the same holds, another contradicts it."""
    before = consolidate(**city())
    home, old = decide(before, HOME, value=OTHER), decide(before, "3a", source="dinas")
    moved = consolidate(**city(), decisions=[home])
    assert left(moved) == {(B, "3a")}
    same = decide(moved, "3a", source="dinas", date=LATER)
    both = consolidate(**city(), decisions=[home, old, same])
    assert both.table("decisions")["status"].tolist() == ["berlaku"] * 3
    (row,) = both.conflicts("nilai").to_dict("records")
    assert row["decision_id"] == same.decision_id
    other = decide(moved, "3a", source="survei", date=LATER)
    clash = consolidate(**city(), decisions=[home, old, other])
    assert states(clash)[B, "3a"] == "bertentangan"
    assert left(clash) == {(B, "3a")}
    told = clash.findings("decision.contradicting")
    assert told["subject"].tolist() == [B, B]
    assert f"dinas untuk {A} yang kini {B}; survei" in told["message"].iloc[0]
    assert clash.rt(B)["n3a"] == 3, "the strongest source's, as nothing is decided"


@pytest.mark.parametrize("status", ["decided back", "withdrawn", "stale"])
def test_values_stand_when_the_rt_goes_back(consolidate: Consolidate, status: str) -> None:
    """Decided under the new id, and then the kelurahan is decided otherwise, or not at all."""
    before = consolidate(**city())
    home = decide(before, HOME, value=OTHER)
    moved = consolidate(**city(), decisions=[home])
    value = decide(moved, "3a", source="dinas", date=LATER)
    assert value.subject == B
    more = {"decided back": [decide(before, HOME, value=KODE)], "withdrawn": []}.get(status, [home])
    areas = [slum("K-1", 1200)]
    if status == "stale":  # another voice on where it belongs
        areas = [{**areas[0], "rt": "001", "rw": "001", "kode_kelurahan": KODE}]
    after = consolidate(**city(kawasan=areas), decisions=[value, *more])
    assert states(after)[A, "3a"] == "berlaku"
    assert by_decision(after, A) == [90.0]


def swapped(share: float = 0.9, other: float = 0.1) -> dict[str, Any]:
    """Two RT of one number that bear each other's kelurahan."""
    return city(
        rt=[drawn(KODE, 1200), drawn(OTHER, 200)], kawasan=[slum("K-1", 1200), slum("K-2", 200)],
        profil_rt=[*surveyed(KODE, share), *surveyed(OTHER, other)],
    )  # fmt: skip


def homes(done: Outcome, *pairs: tuple[str, str], **more: Any) -> list[Decision]:
    return [decide(done, HOME, subject=s, value=v, **more) for s, v in pairs]


@pytest.mark.parametrize("other", [0.1, 0.9], ids=["other evidence", "the same evidence"])
def test_a_swap_in_one_meeting(consolidate: Consolidate, other: float) -> None:
    base = swapped(other=other)
    before = consolidate(**base)
    values = [
        decide(before, "3a", subject=A, value="30"),
        decide(before, "3a", subject=B, value="40"),
    ]
    made = [*values, *homes(before, (A, OTHER), (B, KODE))]
    after = consolidate(**base, decisions=made)
    assert set(after.table("decisions")["status"]) == {"berlaku"}
    assert left(after) == set()
    assert (by_decision(after, B), by_decision(after, A)) == ([30.0], [40.0])
    assert after.kawasan("K-1")["daftar_rt"] == B


@pytest.mark.parametrize("other", [0.1, 0.9], ids=["other evidence", "the same evidence"])
def test_a_swap_and_values_decided_after_it(consolidate: Consolidate, other: float) -> None:
    base = swapped(other=other)
    made = homes(consolidate(**base), (A, OTHER), (B, KODE))
    between = consolidate(**base, decisions=made)
    assert left(between) == {(A, "3a"), (B, "3a")}
    values = [
        decide(between, "3a", subject=s, value=v, date=LATER) for s, v in ((A, "40"), (B, "30"))
    ]
    after = consolidate(**base, decisions=[*made, *values])
    assert left(after) == set()
    assert (by_decision(after, B), by_decision(after, A)) == ([30.0], [40.0])


def test_after_a_swap_old_decisions_never_fall_to_the_other_rt(consolidate: Consolidate) -> None:
    """What was decided of the one is by chance what is found of the other now."""
    before = consolidate(**swapped(0.9, 0.1))
    value = decide(before, "3a", subject=A, value="30", date=dt.date(2024, 4, 1))
    made = [value, *homes(before, (A, OTHER), (B, KODE))]
    after = consolidate(**swapped(0.8, 0.9), decisions=made)
    assert states(after)[B, "3a"] == "basi"
    assert {(A, "3a"), (B, "3a")} <= left(after)


def test_a_chain_in_one_meeting(consolidate: Consolidate) -> None:
    """The RT of the first kelurahan goes to the second, the second's to the third."""
    base = city(
        rt=[drawn(KODE, 1200), drawn(OTHER, 2200)],
        kawasan=[slum("K-1", 1200), slum("K-2", 2200)],
        profil_rt=[*surveyed(KODE, 0.9), *surveyed(OTHER, 0.1)],
    )  # fmt: skip
    before = consolidate(**base)
    values = [
        decide(before, "3a", subject=A, value="30"),
        decide(before, "3a", subject=B, value="40"),
    ]
    after = consolidate(**base, decisions=[*values, *homes(before, (A, OTHER), (B, THIRD))])
    assert set(after.table("decisions")["status"]) == {"berlaku"}
    assert left(after) == set()
    assert (by_decision(after, B), by_decision(after, C)) == ([30.0], [40.0])


MAPS = [{"id": "peta", "layer": "rt"}, {"id": "peta-lama", "layer": "rt"}]


def test_outlines_and_kawasan_of_the_rt_follow(consolidate: Consolidate) -> None:
    """Decided in one meeting: the kelurahan, the outline and the kawasan of an RT."""
    narrow = {**drawn(KODE, 1200), "geometry": box(1200, 100, 60, 100), "source_id": "peta-lama"}
    rows = surveyed()
    rows[0]["nama_kawasan"], rows[1]["nama_kawasan"] = "K-1", "K-2"
    base = city(
        sources=[FIRST, SECOND, *MAPS], rt=[drawn(KODE, 1200, source_id="peta"), narrow],
        kawasan=[slum("K-1", 1200), slum("K-2", 1300)], profil_rt=rows,
    )  # fmt: skip
    before = consolidate(**base)
    made = [
        decide(before, HOME, value=OTHER), decide(before, "batas.rt", source="peta-lama"),
        decide(before, "id_kawasan", value="K-2"), decide(before, "3a", source="dinas"),
    ]  # fmt: skip
    alone = consolidate(**base, decisions=made[1:])
    assert alone.table("rt").set_index("id_rt").loc[A, "id_kawasan"] == "K-2"
    after = consolidate(**base, decisions=made)
    assert set(states(after).items()) == {
        ((A, HOME), "berlaku"), ((B, "batas.rt"), "berlaku"), ((B, "id_kawasan"), "berlaku"),
        ((B, "3a"), "berlaku"),
    }  # fmt: skip
    assert left(after) == set()
    assert after.table("rt").set_index("id_rt").loc[B, "id_kawasan"] == "K-2"
    borders = after.table("boundaries")
    chosen = borders[borders["kind"] == "rt"].set_index("subject")["source_id"]
    assert chosen.to_dict() == {B: "peta-lama"}


def test_an_outline_that_brings_up_the_move_follows_it(consolidate: Consolidate) -> None:
    """The chosen outline lies in another kelurahan; where the RT belongs is decided after that."""
    there = {**drawn(KODE, 1200), "source_id": "peta-lama"}
    base = city(
        sources=[FIRST, SECOND, *MAPS], rt=[drawn(KODE, 200, source_id="peta"), there],
        kawasan=[slum("K-1", 200), slum("K-2", 1200)],
        profil_rt=[{**row, "nama_kawasan": "K-2"} for row in surveyed()],
    )  # fmt: skip
    outline = decide(consolidate(**base), "batas.rt", source="peta-lama")
    between = consolidate(**base, decisions=[outline])
    assert (A, HOME) in left(between)
    made = [outline, decide(between, HOME, value=OTHER), decide(between, "3a", source="dinas")]
    after = consolidate(**base, decisions=made)
    assert states(after) == {
        (B, "batas.rt"): "berlaku", (A, HOME): "berlaku", (B, "3a"): "berlaku",
    }  # fmt: skip
    assert left(after) == set()
    assert after.rt(B).geometry.equals(box(1200, 100, 100))


def test_a_kawasan_that_is_called_after_its_rt_is_followed(consolidate: Consolidate) -> None:
    """It has neither id nor name; its outline, and the RT that belongs to it, were decided."""
    sources = [FIRST, SECOND, {"id": "d1", "layer": "kawasan"}, {"id": "d2", "layer": "kawasan"}]
    own = {"rt": "001", "rw": "001", "kode_kelurahan": KODE, "nama_kelurahan": "Satu"}
    first = slum(None, 1200, source_id="d1", **own)  # type: ignore[arg-type]
    second = {**first, "source_id": "d2", "geometry": box(1200, 100, 100, 60)}
    rows = surveyed()
    rows[0]["nama_kawasan"] = "K-2"
    base = city(sources=sources, kawasan=[first, second, slum("K-2", 1300, source_id="d1")],
                profil_rt=rows)  # fmt: skip
    before = consolidate(**base)
    assert set(before.table("kawasan")["id_kawasan"]) == {A, "K-2"}
    made = [
        decide(before, HOME, value=OTHER), decide(before, "batas.kawasan", source="d2"),
        decide(before, "id_kawasan", value=A),
    ]  # fmt: skip
    after = consolidate(**base, decisions=made)
    assert set(after.table("decisions")["status"]) == {"berlaku"}
    assert {p for _, p in left(after)} <= {"3a"}
    assert set(after.table("kawasan")["id_kawasan"]) == {B, "K-2"}
    assert after.rt(B)["id_kawasan"] == B
    assert after.kawasan(B)["source_id"] == "d2"


def test_the_outline_of_a_kawasan_that_was_found_to_be_another(consolidate: Consolidate) -> None:
    """Two agencies draw a kawasan whose name fits two others; it is one of those after all."""
    sources = [{"id": i, "layer": "kawasan"} for i in ("d0", "d1", "d2")]
    name = {"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "nama_kawasan": "Kampung Baru"}
    known = [slum(i, x, source_id="d0", **name) for i, x in (("K-1", 200), ("K-2", 400))]
    bare = [
        {**slum(None, 600, **name), "source_id": source, "geometry": box(600, 100, 100, height)}  # type: ignore[arg-type]
        for source, height in (("d1", 100), ("d2", 60))
    ]
    base = city(sources=sources, rt=[], profil_rt=[], kawasan=[*known, *bare])
    before = consolidate(**base)
    label = f"{KODE}-kampung-baru"
    made = [decide(before, "batas.kawasan", subject=label, source="d2"),
            decide(before, "id_kawasan", subject=label, value="K-1")]  # fmt: skip
    alone = consolidate(**base, decisions=made[:1])
    assert states(alone) == {(label, "batas.kawasan"): "berlaku"}
    after = consolidate(**base, decisions=made)
    assert states(after) == {("K-1", "batas.kawasan"): "basi", (label, "id_kawasan"): "berlaku"}
    assert ("K-1", "batas.kawasan") in left(after)
    (told,) = after.findings("decision.stale")["message"]
    assert f"untuk {label} yang kini K-1" in told
    assert "K-1 juga ditulis untuk data lain" in told


def test_a_name_without_rw_takes_its_values_along(consolidate: Consolidate) -> None:
    """The name fits two RT; its values were decided under the name, and then which RT it is."""
    bare = key("001", "000")
    rows = [{**row, "rw": None, "nama_kawasan": "K-1"} for row in surveyed()]
    base = city(
        rt=[drawn(KODE, 200), {**drawn(KODE, 400), "rw": "002"}],
        kawasan=[slum("K-1", 200), slum("K-2", 400)], profil_rt=rows,
    )  # fmt: skip
    before = consolidate(**base)
    made = [decide(before, "3a", subject=bare, source="dinas"),
            decide(before, "id_rt", subject=bare, value=A)]  # fmt: skip
    after = consolidate(**base, decisions=made)
    assert states(after) == {(A, "3a"): "berlaku", (bare, "id_rt"): "berlaku"}
    assert left(after) == set()
    assert by_decision(after, A) == [90.0]


def test_a_name_and_the_rt_that_it_means_move_one_after_the_other(
    consolidate: Consolidate,
) -> None:
    bare = key("001", "000")
    rows = [{**row, "rw": None, "nama_kawasan": "K-1"} for row in surveyed()]
    named = slum("K-1", 1200, rt="001", rw="001", kode_kelurahan=KODE)
    base = city(
        rt=[drawn(KODE, 1200), {**drawn(KODE, 400), "rw": "002"}],
        kawasan=[named, slum("K-2", 400)], profil_rt=rows,
    )  # fmt: skip
    before = consolidate(**base)
    value = decide(before, "3a", subject=bare, source="dinas")
    name = decide(before, "id_rt", subject=bare, value=A)
    home = decide(before, HOME, subject=A, value=OTHER)
    after = consolidate(**base, decisions=[value, name, home])
    assert left(after) == set()
    assert by_decision(after, B) == [90.0]
    later = decide(consolidate(**base, decisions=[home]), "id_rt", subject=bare, value=B)
    again = consolidate(**base, decisions=[value, later, home])
    assert left(again) == set()
    assert by_decision(again, B) == [90.0]


def test_a_stray_that_was_decided_both_ways(consolidate: Consolidate) -> None:
    """A survey names it in the first kelurahan, the map has it in the second, in one kawasan."""
    rows = [{**row, "rw": "003", "nama_kawasan": "K-1"} for row in surveyed(rt="012")]
    base = city(rt=[{**drawn(OTHER, 1200, "012"), "rw": "003"}, drawn(KODE, 200)], profil_rt=rows)
    ours, theirs = (f"{code}-RW003-RT012" for code in (KODE, OTHER))
    before = consolidate(**base)
    value = decide(before, "3a", subject=ours, source="dinas")
    (dispute,) = before.conflicts("identitas").to_dict("records")
    assert (dispute["subject"], dispute["names"]) == (theirs, ours)
    for choice, stands in ((KODE, ours), (OTHER, theirs)):
        after = consolidate(**base, decisions=[value, decide(before, HOME, value=choice)])
        assert states(after) == {(stands, "3a"): "berlaku", (theirs, HOME): "berlaku"}
        assert left(after) == set()
        assert by_decision(after, stands) == [90.0]


def test_an_open_identity_keeps_what_is_decided_under_either_choice(
    consolidate: Consolidate,
) -> None:
    """The levels that are possible while the kelurahan is open rest on the decided value."""
    before = consolidate(**city())
    done = consolidate(**city(), decisions=[decide(before, "3a", source="dinas")])
    (row,) = done.conflicts("identitas").to_dict("records")
    assert set(json.loads(row["dampak_rt"]).values()) == {done.rt(A)["tingkat"]}
    assert pd.isna(done.rt(A)["tingkat_konflik"])


def test_a_decision_follows_where_the_delivery_itself_adopts_the_move(
    consolidate: Consolidate,
) -> None:
    """Every source writes the RT in its kelurahan by now: the value decided under the old id holds."""
    before = consolidate(**city())
    made = [decide(before, "3a", source="dinas"), decide(before, HOME, value=OTHER)]
    there = city(rt=[drawn(OTHER, 1200)], profil_rt=surveyed(OTHER))
    after = consolidate(**there, decisions=made)
    assert states(after)[B, "3a"] == "berlaku"
    assert after.rt(B)["p3a"] == 0.9
    assert left(after) == set()
    home = after.table("decisions").set_index("parameter").loc[HOME]
    assert home["status"] == "tidak_terpakai"
    assert f"semua sumber kini menyebutnya {B}" in home["found"]
    changed = consolidate(
        **city(rt=[drawn(OTHER, 1200)], profil_rt=surveyed(OTHER, 0.6)), decisions=made
    )
    assert states(changed)[B, "3a"] == "basi"
