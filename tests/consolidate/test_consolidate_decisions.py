"""Decisions: of every kind, applied; made stale by a changed delivery, and by nothing else."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kotaku_geo import evidence
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

PLACE: dict[str, Any] = {
    "rt": [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
    "kawasan": [area(box(0, 0, 200, 100), nama_kawasan="Tepi Kali")],
}
TWO = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
RT = key("001")


def surveyed(
    consolidate: Consolidate, first: float = 30, second: float = 60,
    decisions: list[Decision] | None = None, **more: Any,
) -> Outcome:  # fmt: skip
    """Two surveys of RT 001 that give these percentages for 3a; RT 002 has 20 % of 100 KK."""
    said = {"a": first, "b": second}
    rows = [profile("001", source_id=s, **{**volumes(), "v3a": v}) for s, v in said.items()]
    rows.append(profile("002", source_id="a", **{**volumes(), "v3a": 20}))
    return consolidate(sources=TWO, profil_rt=rows, decisions=decisions or [], **PLACE, **more)


def statuses(done: Outcome) -> dict[str, str]:
    table = done.table("decisions")
    return dict(zip(table["decision_id"], table["status"], strict=True))


def status(done: Outcome) -> str:
    (only,) = statuses(done).values()
    return only


def found(done: Outcome) -> str:
    return str(done.table("decisions")["found"].iloc[0])


def conflict(done: Outcome) -> pd.Series:
    return done.conflicts().iloc[0]


def test_a_chosen_source_stands_in_the_rt_and_in_its_kawasan(consolidate: Consolidate) -> None:
    decision = decide(surveyed(consolidate), "3a", source="b")
    done = surveyed(consolidate, decisions=[decision])
    facts = done.facts(RT, "3a").set_index("source_id")
    assert facts.loc["b", ["dipakai", "rule", "decision_id"]].tolist() == [
        True, "keputusan", decision.decision_id
    ]  # fmt: skip
    assert facts.loc["a", ["dipakai", "rule"]].tolist() == [False, "urutan"]
    assert pd.isna(facts.loc["a", "decision_id"])
    assert (done.rt(RT)["p3a"], done.rt(RT)["n3a"]) == (0.6, 3)
    assert done.kawasan()["p3a"] == pytest.approx((60 + 20) / 200)
    assert status(done) == "berlaku"
    assert (conflict(done)["status"], conflict(done)["decision_id"]) == (
        "diputuskan", decision.decision_id
    )  # fmt: skip
    assert done.findings("conflict.value").empty


def test_a_typed_share_is_a_fact_of_its_own_with_its_arithmetic(consolidate: Consolidate) -> None:
    decision = decide(surveyed(consolidate), "3a", value="77.5")
    done = surveyed(consolidate, decisions=[decision])
    fact = done.facts(RT, "3a").set_index("source_id").loc["keputusan"]
    assert fact[["volume", "penyebut", "persen", "nilai"]].tolist() == [77.5, 100, 77.5, 5]
    assert fact[["dipakai", "rule", "decision_id"]].tolist() == [
        True, "keputusan", decision.decision_id
    ]  # fmt: skip
    assert done.rt(RT)["n3a"] == 5
    assert done.kawasan()["p3a"] == pytest.approx((77.5 + 20) / 200)
    assert conflict(done)["evidence"] == decision.evidence


def test_a_decided_conflict_narrows_the_levels_that_are_possible(consolidate: Consolidate) -> None:
    scores = {"1a": 5, "1c": 5, "5a": 3, "5b": 1}
    rows = [
        profile("001", source_id=s, **{**volumes(scores), "v3a": v})
        for s, v in {"a": 30, "b": 90}.items()
    ]
    before = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    assert before.rt(RT)["tingkat_konflik"] == "tidak_kumuh;ringan"
    decision = decide(before, "3a", source="b")
    after = consolidate(sources=TWO, profil_rt=rows, decisions=[decision], **PLACE)
    assert (after.rt(RT)["tingkat"], after.rt(RT)["skor"]) == ("ringan", 19)
    assert pd.isna(after.rt(RT)["tingkat_konflik"])


def test_one_of_several_records_of_a_source(consolidate: Consolidate) -> None:
    def run(values: Mapping[int, float], *decisions: Decision) -> Outcome:
        rows = [profile("001", jumlah_kk=100, v3a=v, source_row=i) for i, v in values.items()]
        return consolidate(profil_rt=rows, decisions=decisions, **PLACE)

    by_row = decide(run({4: 30, 9: 60}), "3a", source="profil_rt#4")
    assert run({4: 30, 9: 60}, by_row).rt(RT)["p3a"] == 0.3
    unclear = decide(run({4: 30, 9: 60}), "3a", source="profil_rt")
    done = run({4: 30, 9: 60}, unclear)
    assert status(done) == "tidak_terpakai"
    assert "profil_rt#4, profil_rt#9" in found(done)
    by_share = replace(by_row, value="30")
    assert run({4: 60, 9: 30}, by_share).rt(RT)["p3a"] == 0.3  # the record, wherever it stands


def test_a_chosen_denominator(consolidate: Consolidate) -> None:
    sources = [*TWO, {"id": "pdam", "layer": "air_minum"}]
    rows = [
        profile("001", source_id="a", jumlah_kk=40),
        profile("001", source_id="b", jumlah_kk=80),
    ]
    served = [{"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE,
               "layak": False, "jumlah_kk": 24}]  # fmt: skip

    def run(*decisions: Decision) -> Outcome:
        return consolidate(
            sources=sources, profil_rt=rows, air_minum=served, decisions=decisions, **PLACE
        )

    before = run()
    assert before.rt(RT)["p3a"] == 0.6  # 24 of 40; of 80 it is 30 %, another score
    assert before.conflicts()["parameter"].tolist() == ["penyebut.jumlah_kk"]
    after = run(decide(before, "penyebut.jumlah_kk", source="b"))
    assert (after.rt(RT)["jumlah_kk"], after.rt(RT)["p3a"]) == (80, 0.3)
    fact = after.facts(RT, "penyebut.jumlah_kk").set_index("source_id").loc["b"]
    assert fact[["dipakai", "rule"]].tolist() == [True, "keputusan"]
    assert conflict(after)[["status", "material"]].tolist() == ["diputuskan", True]
    typed = run(decide(before, "penyebut.jumlah_kk", value="50"))
    assert (typed.rt(RT)["jumlah_kk"], typed.rt(RT)["p3a"]) == (50, 0.48)
    assert "keputusan" in set(typed.facts(RT, "penyebut.jumlah_kk")["source_id"])


def test_a_denominator_that_changes_no_score_is_no_conflict(consolidate: Consolidate) -> None:
    rows = [profile("001", source_id="a", **volumes()),
            profile("001", source_id="b", **volumes(jumlah_kk=900))]  # fmt: skip
    assert consolidate(sources=TWO, profil_rt=rows, **PLACE).conflicts().empty


DRAWN = {
    "batas.kawasan": ("K1", "kawasan-a", "kawasan-b"),
    "batas.rt": (RT, "rt-a", "rt-b"),
    "batas.kelurahan": (KODE, "kelurahan-a", "kelurahan-b"),
}


def drawn(
    consolidate: Consolidate, *decisions: Decision, width: float = 150, other: float = 120
) -> Outcome:
    """Two agencies draw an RT (of 100 and ``width`` m), a kawasan and a kelurahan."""
    names = [name for _, *pair in DRAWN.values() for name in pair]
    sources = [{"id": n, "layer": n.split("-")[0], "accuracy_m": 1.0} for n in names]
    whole = {"kode_kelurahan": KODE, "nama_kelurahan": "Satu"}
    return consolidate(
        sources=sources, decisions=decisions,
        kelurahan=[{**whole, "geometry": box(0, 0, 1000), "source_id": "kelurahan-a"},
                   {**whole, "geometry": box(0, 0, 1000, 900), "source_id": "kelurahan-b"}],
        rt=[rt_row("001", box(0, 0, 100), source_id="rt-a"),
            rt_row("001", box(0, 0, width, 100), source_id="rt-b")],
        kawasan=[area(box(0, 0, 200, 100), id_kawasan="K1", source_id="kawasan-a"),
                 area(box(0, 0, other, 100), id_kawasan="K1", source_id="kawasan-b")],
    )  # fmt: skip


@pytest.mark.parametrize("parameter", list(DRAWN))
def test_a_chosen_outline(consolidate: Consolidate, parameter: str) -> None:
    subject, _, second = DRAWN[parameter]
    before = drawn(consolidate)
    decision = decide(before, parameter, source=second)
    after = drawn(consolidate, decision)
    hectares = {"batas.kawasan": (2.0, 1.2), "batas.rt": (1.0, 1.5), "batas.kelurahan": (100, 90)}
    table, column = {"batas.kawasan": ("kawasan", "id_kawasan"), "batas.rt": ("rt", "id_rt"),
                     "batas.kelurahan": ("kelurahan", "kode_kelurahan")}[parameter]  # fmt: skip
    for done, expected in zip((before, after), hectares[parameter], strict=True):
        row = done.table(table).set_index(column).loc[subject]
        assert row["luas_ha"] == pytest.approx(expected, rel=2e-3)
    assert status(after) == "berlaku"
    conflicts = after.conflicts("batas").set_index("parameter")
    assert conflicts.loc[parameter, "status"] == "diputuskan"
    assert conflicts.loc[parameter, "evidence"] == decision.evidence
    others = conflicts.drop(parameter)
    assert set(others["status"]) == {"terbuka"}
    assert set(after.findings("conflict.boundary")["subject"]) == set(others["subject"])


def test_outlines_that_are_decided_together_are_applied_together(consolidate: Consolidate) -> None:
    before = drawn(consolidate)
    every = [decide(before, p, source=second) for p, (_, _, second) in DRAWN.items()]
    after = drawn(consolidate, *every)
    assert set(statuses(after).values()) == {"berlaku"}
    assert set(after.conflicts()["status"]) == {"diputuskan"}
    assert after.rt(RT)["luas_ha"] == pytest.approx(1.2, rel=2e-3)  # 150 m, cut to 120


def test_a_changed_outline_makes_its_decision_stale_and_no_other(consolidate: Consolidate) -> None:
    before = drawn(consolidate)
    every = [decide(before, p, source=second) for p, (_, _, second) in DRAWN.items()]
    after = drawn(consolidate, *every, width=160)
    table = after.table("decisions").set_index("parameter")
    assert table["status"].to_dict() == {
        "batas.kawasan": "berlaku", "batas.rt": "basi", "batas.kelurahan": "berlaku",
    }  # fmt: skip
    assert "rt-b 1,60 ha" in table.loc["batas.rt", "found"]
    assert "batas.rt = rt-b (BA 1/2024, 2024-05-02)" in table.loc["batas.rt", "found"]
    assert after.conflicts().set_index("parameter").loc["batas.rt", "status"] == "basi"
    assert after.rt(RT)["luas_ha"] == pytest.approx(1.0, rel=2e-3)
    assert after.findings("decision.stale")["subject"].tolist() == [RT]


def test_the_rt_that_a_name_means(consolidate: Consolidate) -> None:
    layers = {
        "rt": [rt_row("001", box(0, 0, 100), rw="001"), rt_row("001", box(100, 0, 100), rw="002")],
        "kawasan": PLACE["kawasan"],
        "profil_rt": [profile("001", rw=None, **volumes(3))],
    }
    before = consolidate(**layers)
    second = key("001", "002")
    decision = decide(before, "id_rt", value=second)
    assert before.conflicts("identitas")["material"].tolist() == [True]
    assert before.rt(second)["kelengkapan"] == "tanpa_data"
    after = consolidate(decisions=[decision], **layers)
    assert after.rt(second)["skor"] == 48
    assert after.rt(key("001"))["kelengkapan"] == "tanpa_data"
    assert decision.subject not in after.table("rt")["id_rt"].tolist()
    assert conflict(after)["status"] == "diputuskan"
    third = rt_row("001", box(200, 0, 50), rw="003")
    stale = consolidate(decisions=[decision], **{**layers, "rt": [*layers["rt"], third]})
    assert status(stale) == "basi"
    assert key("001", "003") in found(stale)
    assert stale.rt(second)["kelengkapan"] == "tanpa_data"


def test_an_id_that_is_no_candidate_is_not_used(consolidate: Consolidate) -> None:
    layers = {
        "rt": [rt_row("001", box(0, 0, 100), rw="001"), rt_row("001", box(100, 0, 100), rw="002")],
        "kawasan": PLACE["kawasan"], "profil_rt": [profile("001", rw=None, **volumes(3))],
    }  # fmt: skip
    done = consolidate(
        decisions=[decide(consolidate(**layers), "id_rt", value=key("009"))], **layers
    )
    assert status(done) == "tidak_terpakai"
    assert "tidak ada di antara calon" in found(done)
    assert conflict(done)["status"] == "terbuka"
    assert len(done.findings("decision.unused")) == 1


def test_the_kawasan_that_an_rt_belongs_to(consolidate: Consolidate) -> None:
    layers = {
        "rt": [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
        "kawasan": [area(box(0, 0, 100), id_kawasan="K1", rt="001", rw="001"),
                    area(box(60, 0, 140, 100), id_kawasan="K2", rt="001;002", rw="001")],
        "profil_rt": [profile("001", **volumes(3))],
    }  # fmt: skip
    before = consolidate(**layers)
    assert before.rt(RT)["id_kawasan"] == "K1"
    decision = decide(before, "id_kawasan", subject=RT, value="K2")
    after = consolidate(decisions=[decision], **layers)
    assert after.rt(RT)["id_kawasan"] == "K2"
    assert after.kawasan("K1")["jumlah_rt"] == 0
    assert (conflict(after)["status"], status(after)) == ("diputuskan", "berlaku")
    more = [*layers["kawasan"], area(box(0, 0, 90), id_kawasan="K3", rt="001", rw="001")]
    stale = consolidate(decisions=[decision], **{**layers, "kawasan": more})
    assert status(stale) == "basi"
    assert stale.rt(RT)["id_kawasan"] == "K1"


def test_the_kawasan_that_a_name_means(consolidate: Consolidate) -> None:
    layers = {
        "kawasan": [area(box(0, 0, 100), id_kawasan="K1", nama_kawasan="Tepi Kali"),
                    area(box(300, 0, 100), id_kawasan="K2", nama_kawasan="Tepi Kali"),
                    area(box(400, 0, 50, 100), nama_kawasan="Tepi Kali", skor=40)],
    }  # fmt: skip
    before = consolidate(**layers)
    assert before.table("kawasan")["id_kawasan"].tolist() == [f"{KODE}-tepi-kali", "K1", "K2"]
    decision = decide(before, "id_kawasan", value="K2")
    after = consolidate(decisions=[decision], **layers)
    assert after.table("kawasan")["id_kawasan"].tolist() == ["K1", "K2"]
    assert after.kawasan("K2")["luas_ha"] == pytest.approx(1.5, rel=2e-3)
    assert conflict(after)["status"] == "diputuskan"


def test_the_place_of_an_rt_that_is_drawn_twice(consolidate: Consolidate) -> None:
    def run(*decisions: Decision, shift: float = 0) -> Outcome:
        return consolidate(
            rt=[rt_row("001", box(0, 0, 100), source_row=3),
                rt_row("001", box(500 + shift, 0, 50), source_row=7)],
            kawasan=[area(box(0, 0, 600, 100), nama_kawasan="Tepi Kali")], decisions=decisions,
        )  # fmt: skip

    before = run()
    assert before.rt(RT)["luas_ha"] == pytest.approx(1.25, rel=2e-3)
    decision = decide(before, "id_rt", value="rt#7")
    assert run(decision).rt(RT)["luas_ha"] == pytest.approx(0.25, rel=2e-3)
    assert status(run(decision)) == "berlaku"
    assert status(run(decision, shift=10)) == "basi"


def test_a_drawing_of_an_rt_that_one_source_draws_twice(consolidate: Consolidate) -> None:
    layers = {
        "rt": [rt_row("001", box(0, 0, 100), source_row=3),
               rt_row("001", box(0, 0, 60, 100), source_row=7)],
        "kawasan": [area(box(0, 0, 600, 100), nama_kawasan="Tepi Kali")],
    }  # fmt: skip
    decision = decide(consolidate(**layers), "batas.rt", source="rt#7")
    done = consolidate(decisions=[decision], **layers)
    assert done.rt(RT)["luas_ha"] == pytest.approx(0.6, rel=2e-3)
    assert status(done) == "berlaku"


def test_a_changed_delivery_makes_the_decision_stale_and_tells_what_is_found(
    consolidate: Consolidate,
) -> None:
    before = surveyed(consolidate)
    decision = decide(before, "3a", source="b")
    then = "a 30,0 %; b 60,0 %"
    assert evidence.in_words("nilai", json.loads(conflict(before)["candidates"])) == then
    done = surveyed(consolidate, second=62, decisions=[replace(decision, taken_on=then)])
    assert status(done) == "basi"
    assert conflict(done)["status"] == "basi"
    assert found(done) == (
        "Diputuskan 3a = b (BA 1/2024, 2024-05-02) atas a 30,0 %; b 60,0 %; sekarang ditemukan: "
        "a 30,0 %; b 62,0 %"
    )
    unknown = surveyed(consolidate, second=62, decisions=[replace(decision, taken_on="")])
    assert found(unknown) == (
        "Diputuskan 3a = b (BA 1/2024, 2024-05-02) atas bukti yang tidak tercatat di berkas "
        "keputusan; sekarang ditemukan: a 30,0 %; b 62,0 %"
    )
    assert done.rt(RT)["p3a"] == 0.3
    assert set(done.facts(RT, "3a")["rule"]) == {"urutan"}
    assert len(done.findings("decision.stale")) == len(done.findings("conflict.value")) == 1
    table = done.table("decisions").iloc[0]
    assert table["evidence"] == decision.evidence != table["evidence_found"]
    assert status(surveyed(consolidate, second=60.04, decisions=[decision])) == "berlaku"


def test_a_decision_without_its_conflict_is_unused_and_tells_what_stands(
    consolidate: Consolidate,
) -> None:
    decision = decide(surveyed(consolidate), "3a", source="b")
    done = surveyed(consolidate, first=58, decisions=[decision])
    assert status(done) == "tidak_terpakai"
    assert found(done).endswith("tidak ada lagi perbedaan: berlaku 58,0 % dari a (sepakat)")
    assert len(done.findings("decision.unused")) == 1
    gone = replace(decision, subject=key("077"), decision_id="")
    nothing = surveyed(consolidate, first=58, decisions=[gone])
    assert "tidak ada lagi dalam data" in found(nothing)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [(62, 62, "a 62,0 %; b 62,0 %"), (60, None, "a 60,0 %")],
    ids=["they agree on something else", "who was believed says nothing any more"],
)
def test_a_delivery_overturns_no_decision_unseen(
    consolidate: Consolidate, first: float, second: float | None, told: str
) -> None:
    """20 % was agreed on; sources that no longer differ say 60: the meeting looks again."""

    def run(a: float, b: float | None, *decisions: Decision) -> Outcome:
        said = {"a": a, "b": b}
        rows = [profile("001", source_id=s, **{**volumes(), "v3a": v})
                for s, v in said.items() if v is not None]  # fmt: skip
        return consolidate(sources=TWO, profil_rt=rows, decisions=list(decisions), **PLACE)

    decision = decide(run(60, 20), "3a", source="b")
    done = run(first, second, decision)
    assert status(done) == "basi"
    assert found(done).endswith(f"atas a 60,0 %; b 20,0 %; sekarang ditemukan: {told}")
    asked = conflict(done)
    assert asked[["status", "material", "parameter"]].tolist() == ["basi", True, "3a"]
    assert len(done.findings("decision.stale")) == 1
    assert done.rt(RT)["p3a"] == first / 100
    again = decide(done, "3a", value="20", date=dt.date(2025, 1, 1))
    after = run(first, second, again)
    assert (status(after), after.rt(RT)["p3a"]) == ("berlaku", 0.2)


def test_candidates_that_straddle_a_limit_overturn_no_decision_unseen(
    consolidate: Consolidate,
) -> None:
    """80 % was decided; 24 and 26 agree, and give other scores, and neither moves the level."""
    decision = decide(surveyed(consolidate, first=10, second=80), "3a", source="b")
    done = surveyed(consolidate, first=24, second=26, decisions=[decision])
    assert status(done) == "basi"
    assert conflict(done)[["status", "parameter"]].tolist() == ["basi", "3a"]


def test_a_share_that_was_rounded_on_file_is_kept(consolidate: Consolidate) -> None:
    """24,96 % is 25,0 on paper, which scores otherwise; it still is what was chosen."""
    decision = decide(surveyed(consolidate, first=24.96, second=60), "3a", source="a")
    done = surveyed(consolidate, first=24.96, second=24.96, decisions=[decision])
    assert status(done) == "tidak_terpakai"


@pytest.mark.parametrize(
    ("now", "state"),
    [((50, 51), "basi"), ((60, 63), "basi"), ((100, 100), "tidak_terpakai"), (None, "basi")],
    ids=["within tolerance", "no score hangs on it", "what was chosen", "nobody counts any more"],
)
def test_a_denominator_that_need_not_be_decided_is_not_overturned_unseen(
    consolidate: Consolidate, now: tuple[float, float] | None, state: str
) -> None:
    sources = [*TWO, {"id": "pdam", "layer": "air_minum"}]
    served = [{"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE,
               "layak": False, "jumlah_kk": 40}]  # fmt: skip

    def run(amounts: tuple[float, float] | None, *decisions: Decision) -> Outcome:
        said = zip("ab", amounts, strict=True) if amounts else ()
        rows = [profile("001", source_id=s, jumlah_kk=kk) for s, kk in said]
        return consolidate(
            sources=sources, profil_rt=rows or [profile("001", source_id="a", jumlah_bangunan=9)],
            air_minum=served, decisions=decisions, **PLACE,
        )  # fmt: skip

    decision = decide(run((50, 100)), "penyebut.jumlah_kk", source="b")
    assert status(run(now, decision)) == state


def test_an_outline_that_was_decided_is_known_by_its_hectares(consolidate: Consolidate) -> None:
    """Who was chosen now draws what was rejected: nobody differs, and it is not what was decided."""
    sources = [{"id": "k", "layer": "kawasan"}, {"id": "l", "layer": "kawasan"}]

    def run(small: float, *decisions: Decision) -> Outcome:
        slums = [area(box(0, 0, 100), id_kawasan="K1", source_id="k"),
                 area(box(0, 0, small, 100), id_kawasan="K1", source_id="l")]  # fmt: skip
        return consolidate(sources=sources, kawasan=slums, rt=PLACE["rt"], decisions=decisions)

    decision = decide(run(60), "batas.kawasan", source="l")
    assert status(run(60, decision)) == "berlaku"
    assert status(run(100, decision)) == "basi"


def test_where_nobody_says_anything_any_more_the_decision_is_stale(
    consolidate: Consolidate,
) -> None:
    decision = decide(surveyed(consolidate), "3a", source="b")
    form = {k: v for k, v in volumes().items() if k != "v3a"}
    done = consolidate(
        sources=TWO,
        profil_rt=[profile("001", source_id="a", **form)],
        decisions=[decision],
        **PLACE,
    )
    assert status(done) == "basi"
    assert "sekarang tidak ada sumber yang menyebutnya; tidak ada lagi yang dapat dipilih" in found(
        done
    )
    assert done.conflicts().empty


def test_a_wider_tolerance_does_not_undo_what_was_decided(consolidate: Consolidate) -> None:
    decision = decide(surveyed(consolidate), "3a", source="b")
    policy = {"policy": {"tolerance": {"3a": 40}}}
    done = surveyed(consolidate, decisions=[decision], top=policy)
    assert (status(done), done.rt(RT)["p3a"]) == ("berlaku", 0.6)


def test_a_denominator_that_was_decided_is_not_overturned_unseen(consolidate: Consolidate) -> None:
    sources = [*TWO, {"id": "pdam", "layer": "air_minum"}]
    served = [{"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE,
               "layak": False, "jumlah_kk": 24}]  # fmt: skip

    def run(a: float, b: float, *decisions: Decision) -> Outcome:
        rows = [
            profile("001", source_id="a", jumlah_kk=a),
            profile("001", source_id="b", jumlah_kk=b),
        ]
        return consolidate(
            sources=sources, profil_rt=rows, air_minum=served, decisions=decisions, **PLACE
        )

    decision = decide(run(40, 80), "penyebut.jumlah_kk", source="b")
    done = run(40, 40, decision)
    assert status(done) == "basi"
    assert conflict(done)[["status", "parameter"]].tolist() == ["basi", "penyebut.jumlah_kk"]
    assert status(run(80, 80, decision)) == "tidak_terpakai", "what was chosen is what stands"


@pytest.mark.parametrize("order", [(4, 9), (9, 4)])
@pytest.mark.parametrize(("said", "chosen"), [((24.96, 25.04), 24.96), ((24.96, 25.04), 25.04)])
def test_records_that_look_alike_are_told_apart(
    consolidate: Consolidate, order: tuple[int, int], said: tuple[float, float], chosen: float
) -> None:
    """Both are 25,0 % on paper, one scores 0 and the other 1; rows may stand the other way round."""

    def run(rows: Mapping[int, float], *decisions: Decision) -> Outcome:
        forms = [profile("001", jumlah_kk=100, v3a=v, source_row=i) for i, v in rows.items()]
        forms.append(profile("001", source_id="b", jumlah_kk=100, v3a=60))
        sources = [{"id": "profil_rt", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
        return consolidate(sources=sources, profil_rt=forms, decisions=decisions, **PLACE)

    before = dict(zip((4, 9), said, strict=True))
    row = next(i for i, share in before.items() if share == chosen)
    decision = decide(run(before), "3a", source=f"profil_rt#{row}", value=str(chosen))
    done = run(dict(zip(order, said, strict=True)), decision)
    assert status(done) == "berlaku"
    assert done.rt(RT)["p3a"] == pytest.approx(chosen / 100)


@pytest.mark.parametrize("order", [(4, 9), (9, 4)])
def test_a_record_of_a_denominator_is_known_by_its_amount(
    consolidate: Consolidate, order: tuple[int, int]
) -> None:
    served = [{"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE,
               "layak": False, "jumlah_kk": 40}]  # fmt: skip

    def run(rows: Mapping[int, float], *decisions: Decision) -> Outcome:
        forms = [profile("001", jumlah_kk=kk, source_row=i) for i, kk in rows.items()]
        sources = [{"id": "profil_rt", "layer": "profil_rt"}, {"id": "pdam", "layer": "air_minum"}]
        return consolidate(
            sources=sources, profil_rt=forms, air_minum=served, decisions=decisions, **PLACE
        )

    decision = decide(run({4: 50, 9: 100}), "penyebut.jumlah_kk", source="profil_rt#4", value="50")
    done = run(dict(zip(order, (50, 100), strict=True)), decision)
    assert (status(done), done.rt(RT)["jumlah_kk"], done.rt(RT)["n3a"]) == ("berlaku", 50, 5)


def test_decisions_that_contradict_each_other_are_not_applied(consolidate: Consolidate) -> None:
    before = surveyed(consolidate)
    both = [decide(before, "3a", source="b"), decide(before, "3a", value="10")]
    done = surveyed(consolidate, decisions=both)
    assert list(statuses(done).values()) == ["bertentangan"] * 2
    assert "= 10; b" in found(done)
    assert conflict(done)["status"] == "terbuka"
    assert done.rt(RT)["p3a"] == 0.3
    assert len(done.findings("decision.contradicting")) == 2


def test_the_same_decision_twice_is_one_and_a_later_one_renews_it(consolidate: Consolidate) -> None:
    old = decide(surveyed(consolidate), "3a", source="b")
    moved = surveyed(consolidate, second=62)
    new = decide(moved, "3a", source="b", minutes="BA 2/2025", date=dt.date(2025, 1, 1))
    assert old.decision_id == new.decision_id
    done = surveyed(consolidate, second=62, decisions=[old, new])
    assert statuses(done) == {new.decision_id: "berlaku"}
    assert done.rt(RT)["p3a"] == 0.62
    by_hand = surveyed(consolidate, second=62, decisions=[replace(old, decision_id="K-1"), new])
    assert statuses(by_hand) == {"K-1": "tidak_terpakai", new.decision_id: "berlaku"}


def test_what_straddles_a_limit_is_decided_and_stays_so(consolidate: Consolidate) -> None:
    """24 and 27 % are 0 and 1; with 15 points elsewhere the level hangs on it."""

    def run(*decisions: Decision, other: float = 76) -> Outcome:
        scores = {"1a": 5, "1c": 5}
        rows = [
            profile("001", source_id=s, **{**volumes(scores), "v3a": a, "v5a": b})
            for s, a, b in (("a", 24, 90), ("b", 27, other))
        ]
        return consolidate(sources=TWO, profil_rt=rows, decisions=decisions, **PLACE)

    before = run()
    assert before.conflicts().set_index("parameter")["material"].to_dict() == {
        "3a": True, "5a": False,
    }  # fmt: skip
    decision = decide(before, "3a", source="b")
    after = run(decision)
    assert (after.rt(RT)["skor"], after.rt(RT)["tingkat"]) == (16, "ringan")
    assert after.findings("parameter.band-limit").empty
    # Another decision takes the level elsewhere: this one is still in force.
    far = decide(run(other=10), "5a", source="b")
    both = run(decision, far, other=10)
    assert set(statuses(both).values()) == {"berlaku"}
    assert both.rt(RT)["skor"] == 11


def test_a_decision_may_bring_up_a_conflict(consolidate: Consolidate) -> None:
    """15 points and 3a at 24 or 27 %: material only once 5a is decided to be 5 points."""

    def run(*decisions: Decision) -> Outcome:
        scores = {"1a": 5, "1c": 5}
        rows = [
            profile("001", source_id=s, **{**volumes(scores), "v3a": a, "v5a": b})
            for s, a, b in (("a", 24, 60), ("b", 27, 90))
        ]
        return consolidate(sources=TWO, profil_rt=rows, decisions=decisions, **PLACE)

    before = run()
    assert before.conflicts()["parameter"].tolist() == ["5a"]
    first = decide(before, "5a", source="b")
    after = run(first)
    assert after.conflicts().set_index("parameter")["status"].to_dict() == {
        "3a": "terbuka", "5a": "diputuskan",
    }  # fmt: skip
    last = run(first, decide(after, "3a", source="b"))
    assert set(statuses(last).values()) == {"berlaku"}
    assert last.rt(RT)["tingkat"] == "ringan"


def test_without_a_decision_no_fact_has_one(consolidate: Consolidate) -> None:
    facts = surveyed(consolidate).table("facts")
    assert facts["decision_id"].isna().all()
    assert not np.isin(facts["rule"], ["keputusan"]).any()
