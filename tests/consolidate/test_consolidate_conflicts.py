"""Candidates, agreement, conflicts, and what is material (contract §5)."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.consolidate.world import (  # fmt: skip
    LAW,
    Consolidate,
    Outcome,
    area,
    box,
    key,
    profile,
    rt_row,
    volumes,
)

PLACE: dict[str, Any] = {
    "rt": [rt_row("001", box(0, 0, 100))],
    "kawasan": [area(box(0, 0, 100), nama_kawasan="Tepi Kali")],
}
TWO = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]


def weighed(
    consolidate: Consolidate, first: float, second: float, **top: Any
) -> tuple[Outcome, pd.DataFrame]:
    """Two surveys of one RT that give these percentages for 3a, and its facts."""
    rows = [
        profile("001", source_id=name, jumlah_kk=1000, v3a=10 * percent)
        for name, percent in (("a", first), ("b", second))
    ]
    done = consolidate(sources=TWO, profil_rt=rows, top=top, **PLACE)
    return done, done.facts(key("001"), "3a")


def test_a_single_candidate_is_alone(consolidate: Consolidate) -> None:
    done = consolidate(profil_rt=[profile("001", jumlah_kk=10, v3a=4)], **PLACE)
    fact = done.facts(key("001"), "3a").iloc[0]
    assert (fact["rule"], fact["dipakai"], fact["nilai"]) == ("tunggal", True, 1)
    assert pd.isna(fact["decision_id"])
    assert done.conflicts().empty


def test_candidates_within_the_tolerance_agree_and_the_strongest_is_used(
    consolidate: Consolidate,
) -> None:
    done, facts = weighed(consolidate, 30, 35)
    assert facts["rule"].tolist() == ["sepakat", "sepakat"]
    assert facts.loc[facts["dipakai"], "source_id"].tolist() == ["a"]
    assert done.conflicts().empty


def test_candidates_beyond_the_tolerance_are_a_conflict_and_order_decides(
    consolidate: Consolidate,
) -> None:
    done, facts = weighed(consolidate, 30, 35.1)
    assert set(facts["rule"]) == {"urutan"}
    assert done.rt(key("001"))["p3a"] == 0.3
    found = done.conflicts().iloc[0]
    assert (found["kind"], found["subject"], found["parameter"]) == ("nilai", key("001"), "3a")
    assert found["spread"] == pytest.approx(5.1)
    assert (found["material"], found["status"]) == (False, "terbuka")


def test_a_conflict_is_material_when_the_scores_differ(consolidate: Consolidate) -> None:
    done, _ = weighed(consolidate, 30, 60)
    assert done.conflicts()["material"].tolist() == [True]
    message = done.findings("conflict.value")["message"].iloc[0]
    assert "30,0 poin" in message
    assert "a 30,0 %; b 60,0 %" in message


def test_the_order_of_the_policy_decides_for_its_parameter_alone(consolidate: Consolidate) -> None:
    said = {"a": 30, "b": 60}
    rows = [profile("001", source_id=s, jumlah_kk=100, v3a=v, v5a=v) for s, v in said.items()]
    policy = {"order": {"default": ["a", "b"], "3a": ["b"]}}
    done = consolidate(sources=TWO, profil_rt=rows, top={"policy": policy}, **PLACE)
    rt = done.rt(key("001"))
    assert (rt["p3a"], rt["p5a"]) == (0.6, 0.3)


def test_the_tolerance_may_be_a_parameters_own(consolidate: Consolidate) -> None:
    policy = {"tolerance": {"default": 5, "3a": 40}}
    done, facts = weighed(consolidate, 30, 60, policy=policy)
    assert set(facts["rule"]) == {"sepakat"}
    assert done.conflicts().empty


def test_agreement_across_a_band_limit_is_a_finding_only(consolidate: Consolidate) -> None:
    done, _ = weighed(consolidate, 24, 27)
    assert done.conflicts().empty
    assert done.findings("parameter.band-limit")["subject"].tolist() == [key("001")]


@pytest.mark.parametrize(("score_elsewhere", "material"), [(15, True), (14, False), (16, False)])
def test_agreement_across_a_band_limit_is_material_where_it_moves_the_level(
    consolidate: Consolidate, score_elsewhere: int, material: bool
) -> None:
    """24 and 27 % are 0 and 1: with 15 points elsewhere the one makes a slum and the other not."""
    names = [p for p in LAW.parameter_ids if p != "3a"]
    fives, ones = divmod(score_elsewhere, 5)
    scores = {**dict.fromkeys(names[:fives], 5), **dict.fromkeys(names[fives : fives + ones], 1)}
    form = volumes(scores)
    rows = [
        profile("001", source_id=s, **{**form, "v3a": v}) for s, v in {"a": 24, "b": 27}.items()
    ]
    done = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    found = done.conflicts()
    assert found["material"].tolist() == ([True] if material else [])
    rt = done.rt(key("001"))
    assert rt["skor"] == score_elsewhere
    assert (
        rt["tingkat_konflik"] == "tidak_kumuh;ringan"
        if material
        else pd.isna(rt["tingkat_konflik"])
    )
    assert len(done.findings("parameter.band-limit")) == 1


def test_open_conflicts_show_the_levels_that_are_possible(consolidate: Consolidate) -> None:
    """14 points and 3a at 30 or 90 %: 15 or 19. The strongest stands, and the doubt is shown."""
    scores = {"1a": 5, "1c": 5, "5a": 3, "5b": 1}
    form = volumes(scores)
    rows = [
        profile("001", source_id=s, **{**form, "v3a": v}) for s, v in {"a": 30, "b": 90}.items()
    ]
    done = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    for row in (done.rt(key("001")), done.kawasan()):
        assert (row["skor"], row["skor_maks"], row["tingkat"]) == (15, 15, "tidak_kumuh")
        assert row["tingkat_konflik"] == "tidak_kumuh;ringan"


def test_one_key_twice_in_a_source_gives_two_candidates_and_rows_do_not_decide(
    consolidate: Consolidate,
) -> None:
    rows = [profile("001", jumlah_kk=100, v3a=v, source_row=i) for i, v in ((4, 30), (9, 60))]
    one = consolidate(profil_rt=rows, **PLACE)
    assert [c["source_row"] for c in one.candidates()] == [4, 9]
    assert one.rt(key("001"))["p3a"] == 0.6
    swapped = [profile("001", jumlah_kk=100, v3a=v, source_row=i) for i, v in ((4, 60), (9, 30))]
    other = consolidate(profil_rt=swapped, **PLACE)
    assert other.rt(key("001"))["p3a"] == 0.6
    assert other.conflicts()["evidence"].tolist() == one.conflicts()["evidence"].tolist()


def test_a_candidate_without_a_share_is_kept_and_is_no_side_of_a_conflict(
    consolidate: Consolidate,
) -> None:
    rows = [profile("001", source_id="a", jumlah_kk=0, v3a=5),
            profile("001", source_id="b", jumlah_kk=10, v3a=5)]  # fmt: skip
    done = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    facts = done.facts(key("001"), "3a").set_index("source_id")
    assert np.isnan(facts.loc["a", "persen"])
    assert not facts.loc["a", "dipakai"]
    assert facts.loc["b", ["persen", "dipakai", "rule"]].tolist() == [50, True, "tunggal"]
    assert done.conflicts().empty


def test_a_conflict_keeps_its_id_and_its_evidence_follows_the_candidates(
    consolidate: Consolidate,
) -> None:
    before, same, moved = (
        weighed(consolidate, 30, second)[0].conflicts().iloc[0] for second in (60, 60.04, 60.3)
    )
    assert before["conflict_id"] == same["conflict_id"] == moved["conflict_id"]
    assert before["evidence"] == same["evidence"] != moved["evidence"]


def test_candidates_are_listed_whole(consolidate: Consolidate) -> None:
    found = weighed(consolidate, 30, 60)[0].conflicts()["candidates"].iloc[0]
    assert json.loads(found) == [
        {"source_id": "a", "source_row": 0, "persen": 30.0},
        {"source_id": "b", "source_row": 1, "persen": 60.0},
    ]


def test_denominators_are_candidates_too(consolidate: Consolidate) -> None:
    rows = [profile("001", source_id="a", jumlah_kk=40, v3a=20),
            profile("001", source_id="b", jumlah_kk=50, v5a=25)]  # fmt: skip
    policy = {"order": {"penyebut.jumlah_kk": ["b"]}}
    done = consolidate(sources=TWO, profil_rt=rows, top={"policy": policy}, **PLACE)
    facts = done.facts(key("001"), "penyebut.jumlah_kk").set_index("source_id")
    assert facts["volume"].to_dict() == {"a": 40, "b": 50}
    assert facts["dipakai"].to_dict() == {"a": False, "b": True}
    assert done.rt(key("001"))["jumlah_kk"] == 50
    # Each row's share is of its own households.
    assert done.facts(key("001"), "3a")["penyebut"].tolist() == [40]


def test_a_row_without_a_denominator_uses_the_rts(consolidate: Consolidate) -> None:
    rows = [profile("001", source_id="a", v3a=20), profile("001", source_id="b", jumlah_kk=50)]
    done = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    assert done.facts(key("001"), "3a")["persen"].tolist() == [40]


def test_two_delineations_of_a_kawasan(consolidate: Consolidate) -> None:
    sources = [{"id": i, "layer": "kawasan", "accuracy_m": 1.0} for i in ("lama", "baru")]
    rows = [area(box(0, 0, 100), source_id="lama", id_kawasan="K1"),
            area(box(0, 0, 120, 100), source_id="baru", id_kawasan="K1")]  # fmt: skip
    policy = {"order": {"batas.kawasan": ["baru"]}}
    done = consolidate(sources=sources, kawasan=rows, top={"policy": policy})
    assert done.kawasan("K1")["luas_ha"] == pytest.approx(1.2, rel=2e-3)
    found = done.conflicts("batas").iloc[0]
    assert (found["subject"], found["parameter"], found["material"]) == (
        "K1",
        "batas.kawasan",
        True,
    )
    assert found["spread"] == pytest.approx(100 * 20 / 120, rel=1e-3)
    assert {c["source_id"] for c in done.candidates(kind="batas")} == {"lama", "baru"}
    assert "K1" in done.findings("conflict.boundary")["message"].iloc[0]


@pytest.mark.parametrize(
    ("extra", "conflict"),
    [
        (0.0, None),
        (2.0, None),  # within 1,5 · √(1 + 1) = 2,1 m: redrawing
        (4.0, False),  # beyond the tolerance, but 4 % only
        (6.0, True),
    ],
)
def test_a_boundary_is_disputed_beyond_the_tolerance_and_material_beyond_five_percent(
    consolidate: Consolidate, extra: float, conflict: bool | None
) -> None:
    sources = [{"id": i, "layer": "kawasan", "accuracy_m": 1.0} for i in ("a", "b")]
    rows = [area(box(0, 0, 100), source_id="a", id_kawasan="K1"),
            area(box(0, 0, 100 + extra, 100), source_id="b", id_kawasan="K1")]  # fmt: skip
    found = consolidate(sources=sources, kawasan=rows).conflicts("batas")
    assert found["material"].tolist() == ([] if conflict is None else [conflict])


def test_two_delineations_of_an_rt_and_of_a_kelurahan(consolidate: Consolidate) -> None:
    sources = [{"id": i, "layer": layer, "accuracy_m": 1.0}
               for layer in ("rt", "kelurahan") for i in (f"{layer}-a", f"{layer}-b")]  # fmt: skip
    done = consolidate(
        sources=sources,
        kelurahan=[
            {"kode_kelurahan": "33.75.01.1001", "nama_kelurahan": n, "geometry": g, "source_id": s}
            for s, n, g in (("kelurahan-a", "Satu", box(0, 0, 1000)),
                            ("kelurahan-b", "SATU", box(0, 0, 1000, 900)))
        ],
        rt=[rt_row("001", box(0, 0, 100), source_id="rt-a"),
            rt_row("001", box(0, 0, 150, 100), source_id="rt-b"),
            rt_row("009", box(800, 0, 100), source_id="rt-a"),
            rt_row("009", box(800, 0, 150, 100), source_id="rt-b")],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi")],
    )  # fmt: skip
    found = done.conflicts("batas").set_index("parameter")
    assert found["subject"].to_dict() == {
        "batas.kelurahan": "33.75.01.1001", "batas.rt": key("001"),
    }  # fmt: skip
    assert found["material"].all()
    assert done.table("kelurahan")["nama_kelurahan"].tolist() == ["Satu"]
    assert done.table("kelurahan")["luas_ha"].iloc[0] == pytest.approx(100, rel=2e-3)


def test_a_moved_outline_of_the_same_size_is_other_evidence(consolidate: Consolidate) -> None:
    sources = [{"id": i, "layer": "kawasan", "accuracy_m": 1.0} for i in ("a", "b")]

    def evidence(shift: float) -> str:
        rows = [area(box(0, 0, 100), source_id="a", id_kawasan="K1"),
                area(box(shift, 0, 150, 100), source_id="b", id_kawasan="K1")]  # fmt: skip
        return str(
            consolidate(sources=sources, kawasan=rows).conflicts("batas")["evidence"].iloc[0]
        )

    assert evidence(10) == evidence(10) != evidence(20)


def test_no_decision_is_on_file(consolidate: Consolidate) -> None:
    done = weighed(consolidate, 30, 60)[0]
    assert done.table("decisions").empty
    assert list(done.table("decisions"))[:3] == ["decision_id", "status", "found"]
