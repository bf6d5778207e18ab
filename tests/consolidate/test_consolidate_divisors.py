"""Denominators in dispute: found wherever a score hangs on them, and what each would make of it."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.consolidate.world import (
    KODE,
    LAW,
    Consolidate,
    Outcome,
    area,
    box,
    decide,
    key,
    line,
    profile,
    rt_row,
)

TWO = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
ONE = key("001")
PLACE: dict[str, Any] = {
    "rt": [rt_row("001", box(0, 0, 100))],
    "kawasan": [area(box(0, 0, 100), id_kawasan="K1")],
}
SERVED = {"source_id": "pdam", "rt": "001", "rw": "001", "kode_kelurahan": KODE, "layak": False}


def run(consolidate: Consolidate, name: str, amounts: tuple[float, float], **more: Any) -> Outcome:
    """Two surveys that give ``name`` differently, and what sectors say of it."""
    given = more.pop("given", {})
    rows = [profile("001", source_id=s, **{name: v}, **(given if s == "a" else {}))
            for s, v in zip("ab", amounts, strict=True)]  # fmt: skip
    sources = [*TWO, *({"id": s, "layer": layer} for s, layer in more.pop("layers", {}).items())]
    return consolidate(sources=sources, profil_rt=rows, **{**PLACE, **more})


def served(consolidate: Consolidate, amounts: tuple[float, float], **more: Any) -> Outcome:
    rows = [{**SERVED, "jumlah_kk": more.pop("kk", 40)}]
    return run(
        consolidate, "jumlah_kk", amounts, layers={"pdam": "air_minum"}, air_minum=rows, **more
    )


def told(done: Outcome) -> dict[float, dict[str, list[float | None]]]:
    """Amount of each candidate → what it makes of the parameters."""
    (row,) = done.conflicts("nilai").to_dict("records")
    return {c["value"]: c["akibat"] for c in json.loads(row["candidates"])}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_lack_of_road_is_reckoned_anew_from_what_is_there(
    consolidate: Consolidate, order: tuple[str, str]
) -> None:
    """A good 100 m of road: of 100 m nothing lacks, of 400 m three quarters; whoever stands."""
    road = {"geometry": line((-1, 50), (101, 50)), "kondisi": "baik", "source_id": "pu"}
    policy = {"order": {"penyebut.jalan_ideal_m": list(order)}}
    done = run(
        consolidate, "jalan_ideal_m", (100.0, 400.0), layers={"pu": "jalan"}, jalan=[road],
        top={"policy": policy},
    )  # fmt: skip
    conflict = done.conflicts("nilai").iloc[0]
    assert (conflict["parameter"], conflict["material"]) == ("penyebut.jalan_ideal_m", True)
    found = told(done)
    assert found[100.0]["2a"][1] == 0
    assert found[400.0]["2a"] == [pytest.approx(75, abs=0.1), 3]
    assert done.rt(ONE)["n2a"] == found[100.0 if order[0] == "a" else 400.0]["2a"][1]


def test_a_form_that_divides_by_something_else_hangs_on_it_too(consolidate: Consolidate) -> None:
    """The old form counts people; what was measured of households still hangs on households."""
    given = {"jumlah_penduduk": 200.0}
    done = served(
        consolidate, (50.0, 100.0), given=given, top={"regulation": "permen-2-2016"}
    )  # fmt: skip
    assert done.conflicts("nilai")["parameter"].tolist() == ["penyebut.jumlah_kk"]
    assert {a: o["3a"] for a, o in told(done).items()} == {50.0: [80, 5], 100.0: [40, 1]}


def test_a_share_of_nothing_is_a_difference(consolidate: Consolidate) -> None:
    done = served(consolidate, (0.0, 50.0))
    assert np.isnan(done.rt(ONE)["n3a"])
    assert {a: o["3a"] for a, o in told(done).items()} == {0.0: [None, None], 50.0: [80, 5]}
    assert done.conflicts("nilai")["material"].tolist() == [True]


def rest(*fives: str, but: str = "3a") -> dict[str, float]:
    """Every other parameter known, as shares: 5 points for those named, none for the others."""
    others = [p for p in LAW.parameter_ids if p != but]
    return {f"p{p}": 0.9 if p in fives else 0.0 for p in others}


@pytest.mark.parametrize(("fives", "threes", "material"), [(0, 0, False), (6, 1, True)])
def test_within_the_tolerance_only_a_level_makes_it_material(
    consolidate: Consolidate, fives: int, threes: int, material: bool
) -> None:
    """54 or 52 households make 74,1 or 76,9 %: 3 points or 5. Beside 33 others these are 36,
    ringan, or 38, sedang; beside none it is no slum either way."""
    others = [p for p in LAW.parameter_ids if p != "3a"]
    given = rest(*others[:fives]) | {f"p{p}": 0.6 for p in others[fives : fives + threes]}
    done = served(consolidate, (54.0, 52.0), given=given)
    rule = "conflict.value" if material else "parameter.band-limit"
    (told_of,) = done.findings(rule).to_dict("records")
    assert told_of["subject"] == ONE
    assert "a 54,00; b 52,00" in told_of["message"]
    assert done.conflicts("nilai")["material"].tolist() == ([True] if material else [])
    levels = done.rt(ONE)["tingkat_konflik"]
    assert (levels == "ringan;sedang") if material else pd.isna(levels)


def test_tolerance_of_a_denominator_is_its_own(consolidate: Consolidate) -> None:
    policy = {"tolerance": {"penyebut.jumlah_kk": 60}}
    assert len(served(consolidate, (50.0, 100.0)).conflicts("nilai")) == 1
    wide = served(consolidate, (50.0, 100.0), top={"policy": policy})
    assert wide.conflicts("nilai").empty
    assert len(wide.findings("parameter.band-limit")) == 1


def test_what_hangs_on_it_is_open_and_shown(consolidate: Consolidate) -> None:
    """3a of 5 or of 1 beside 14 points: ringan, or no slum."""
    given = rest("1a", "1b") | {"p1c": 0.6, "p2a": 0.3}
    done = served(consolidate, (50.0, 100.0), given=given)
    for row in (done.rt(ONE), done.kawasan("K1")):
        assert (row["skor"], row["tingkat"]) == (19, "ringan")
        assert row["tingkat_konflik"] == "tidak_kumuh;ringan"
    conflict = done.conflicts("nilai").iloc[0]
    outcome = {"a": "ringan", "b": "tidak_kumuh"}
    assert json.loads(conflict["dampak_rt"]) == json.loads(conflict["dampak_kawasan"]) == outcome
    decision = decide(done, "penyebut.jumlah_kk", source="b")
    after = served(consolidate, (50.0, 100.0), given=given, decisions=[decision])
    for row in (after.rt(ONE), after.kawasan("K1")):
        assert (row["skor"], row["tingkat"]) == (15, "tidak_kumuh")
        assert pd.isna(row["tingkat_konflik"])
    settled = after.conflicts("nilai").iloc[0]
    assert settled[["status", "material"]].tolist() == ["diputuskan", True]
    assert json.loads(settled["dampak_rt"]) == outcome
    assert settled["evidence"] == conflict["evidence"]


def test_a_neighbour_in_the_kawasan_counts_in_its_level(consolidate: Consolidate) -> None:
    """Two RT: 40 of 50 or of 100 households here, none of 400 there."""
    given = rest("1a", "1b") | {"p1c": 0.6, "p2a": 0.3}
    beside = profile("002", source_id="a", jumlah_kk=400.0, **{**given, "p3a": 0.0})
    rows = [profile("001", source_id="a", jumlah_kk=50.0, **given),
            profile("001", source_id="b", jumlah_kk=100.0), beside]  # fmt: skip
    done = consolidate(
        sources=[*TWO, {"id": "pdam", "layer": "air_minum"}], profil_rt=rows,
        air_minum=[{**SERVED, "jumlah_kk": 40}],
        rt=[rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
        kawasan=[area(box(0, 0, 200, 100), id_kawasan="K1")],
    )  # fmt: skip
    conflict = done.conflicts("nilai").iloc[0]
    assert json.loads(conflict["dampak_rt"]) == {"a": "ringan", "b": "tidak_kumuh"}
    assert json.loads(conflict["dampak_kawasan"]) == {"a": "tidak_kumuh", "b": "tidak_kumuh"}
    assert pd.isna(done.kawasan("K1")["tingkat_konflik"])


def test_the_strongest_counts_where_its_share_is_known_then(consolidate: Consolidate) -> None:
    """The survey has 40 without water and counts nobody, or 50; a weaker source says 10 %."""
    rows = [profile("001", source_id="a", v3a=40.0), profile("001", source_id="b", p3a=0.1),
            profile("001", source_id="a", jumlah_kk=0.0, source_row=7),
            profile("001", source_id="b", jumlah_kk=50.0, source_row=8)]  # fmt: skip
    done = consolidate(sources=TWO, profil_rt=rows, **PLACE)
    assert done.rt(ONE)["n3a"] == 0
    found = {a: o["3a"] for a, o in told(done).items()}
    assert found == {0.0: [10, 0], 50.0: [80, 5]}
    assert done.conflicts("nilai")["material"].tolist() == [True]


def test_a_share_in_dispute_that_hangs_on_a_denominator_in_dispute_is_open_in_both(
    consolidate: Consolidate,
) -> None:
    """The survey says 10 %; the sector has 30 of 50 households, or of 35: 60 or 86 %. Neither
    makes a slum of 13 points by itself: 16 or 18 with the sector believed."""
    given = rest("1a", "1b") | {"p1c": 0.6, "p3a": 0.1}
    done = served(consolidate, (50.0, 35.0), given=given, kk=30,
                  top={"policy": {"order": {"3a": ["a"]}}})  # fmt: skip
    assert done.rt(ONE)["skor"] == 13
    assert set(done.conflicts("nilai")["parameter"]) == {"3a"}
    assert done.rt(ONE)["tingkat_konflik"] == "tidak_kumuh;ringan"
    heavier = rest(*[p for p in LAW.parameter_ids if p != "3a"][:6]) | {"p7b": 0.6, "p3a": 0.1}
    both = served(consolidate, (50.0, 35.0), given=heavier, kk=30,
                  top={"policy": {"order": {"3a": ["a"]}}})  # fmt: skip
    assert both.rt(ONE)["skor"] == 33, "36 with 60 %, and 38, sedang, with 86"
    assert both.rt(ONE)["tingkat_konflik"] == "ringan;sedang"
