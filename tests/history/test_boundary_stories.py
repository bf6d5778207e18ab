"""What is told of outlines: measures against the one that stands, whoever that is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.known import Unseen
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.texts import number
from tests.consolidate.world import box, profile
from tests.history.world import R1, State, outline, rows

Make = Callable[..., State]
MEASURES = ("selisih_ha", "ketidakpastian_ha", "geser_p50_m", "geser_p95_m", "geser_balik_p50_m",
            "geser_balik_p95_m")  # fmt: skip


def told(baseline: Baseline, name: str, parameter: str | None = None) -> list[Sentence]:
    story = Explainer(baseline).story(name, parameter)
    return [s for p in story.paragraphs if p.about == "batas" for s in p.sentences]


def one(said: list[Sentence], key: str) -> Sentence:
    found = [s for s in said if s.key == f"batas.{key}"]
    assert len(found) == 1, [s.key for s in said]
    return found[0]


@pytest.fixture
def decided(state: Make) -> State:
    """K1 drawn by two, and decided for the weaker one, which draws it larger."""
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, 130), "delineasi-lama")]
    city = state(kawasan=drawn)
    city.agree("batas", "K1", "batas.kawasan", source="delineasi-lama")
    return city


def test_measures_of_a_decided_boundary_are_those_of_the_table(decided: State) -> None:
    pairs = decided.workspace.read("consolidate/boundaries")
    row = pairs[pairs["subject"] == "K1"].iloc[0]
    assert row["source_id"] == "delineasi-lama"
    said = told(decided.baseline, "K1")
    other, apart = one(said, "other"), one(said, "apart")
    assert {n: other.params[n] for n in ("iou", "beda_ha", "beda_persen")} == {
        n: row[n] for n in ("iou", "beda_ha", "beda_persen")
    }
    measured = {n: row[n] for n in MEASURES} | {"selisih_ha": abs(row["selisih_ha"])}
    assert {n: apart.params[n] for n in MEASURES} == measured
    assert row["selisih_ha"] < 0, "how far they are apart has no sign"
    text = Explainer(decided.baseline).story("K1", "batas.kawasan").text()
    assert "– ha" not in text
    assert "IoU 0,769; 0,60 ha (23,1 %) berbeda" in text


def test_a_sealed_version_turns_the_measures_round(decided: State) -> None:
    """It holds no pairs: the conflict's measures are told from the side of what stands."""
    live = told(decided.baseline, "K1")
    sealed = told(replace(decided.baseline, outlines={}), "K1")
    for key, names in (("other", ("iou", "beda_ha", "beda_persen")), ("apart", MEASURES)):
        for name in names:
            both = [one(said, key).params[name] for said in (live, sealed)]
            decimals = 1 if name.startswith(("geser", "beda_p")) else 2
            assert number(both[0], decimals) == number(both[1], decimals), name


def test_a_third_outline_that_nobody_measured_has_no_measures(decided: State) -> None:
    """A sealed version tells its hectares alone, and no dash where a measure would be."""
    third = '{"source_id": "kel", "source_row": 0, "value": 3.0, "beda_ha": 1.0, "iou": 0.6}'
    decided.change("conflicts", lambda f: f.assign(candidates=[
        c[:-1] + f", {third}]" if s == "K1" else c
        for c, s in zip(f["candidates"], f["subject"], strict=True)]))  # fmt: skip
    sealed = told(replace(decided.baseline, outlines={}), "K1")
    assert one(sealed, "other_bare").params["value"] == 3.0
    assert one(sealed, "other").params["iou"] is not None


def test_an_outline_that_was_merely_redrawn_is_told_as_such(state: Make) -> None:
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, 100.4), "delineasi-lama")]
    city = state(kawasan=drawn)
    said = told(city.baseline, "K1")
    pair = city.workspace.read("consolidate/boundaries").iloc[0]
    assert pair["penilaian"] == "gambar_ulang"
    assert one(said, "redrawn").params["beda_kotor_ha"] == pair["beda_kotor_ha"]
    assert one(said, "apart").params["geser_p95_m"] == pair["geser_p95_m"]
    assert "batas.alone" not in {s.key for s in said}
    text = Explainer(city.baseline).story("K1", "batas.kawasan").text("en")
    assert "BPS (delineasi-lama, lama.gpkg, record 2, 1 January 2019), 2.01 ha" in text
    assert "redrawn, not in dispute" in text


@pytest.mark.parametrize("hidden", ["delineasi", "delineasi-lama"])
@pytest.mark.parametrize("height", [100.4, 130])
def test_nothing_is_measured_against_an_outline_that_is_kept_back(
    state: Make, hidden: str, height: float
) -> None:
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, height), "delineasi-lama")]
    city = state(kawasan=drawn)
    assert {"batas.other", "batas.redrawn"} & {s.key for s in told(city.baseline, "K1")}
    unseen = Unseen(sources=frozenset({hidden}))
    story = Explainer(city.baseline, None, unseen).story("K1", "batas.kawasan")
    keys = {s.key for p in story.paragraphs for s in p.sentences}
    assert not keys & {"batas.other", "batas.redrawn", "batas.apart"}
    assert "IoU" not in story.text()


def test_an_rt_that_nobody_drew_has_no_drawn_boundary(state: Make) -> None:
    more: list[dict[str, Any]] = [*rows()["profil_rt"], profile("009", source_id="profil")]
    city = state(profil_rt=more)
    name = R1.replace("RT001", "RT009")
    said = told(city.baseline, name, "batas.rt")
    assert [s.key for s in said] == ["batas.not_drawn"]


def test_the_boundary_of_an_rt_is_told_without_its_parameters(state: Make) -> None:
    story = Explainer(state().baseline).story(R1, "batas.rt")
    assert story.parameter == "batas.rt"
    assert [p.about for p in story.paragraphs] == ["apa", "batas"]


@pytest.fixture
def cut(state: Make) -> State:
    """RT 001 of 1.00 ha reaches 0.20 ha out of its kawasan, which two sources draw."""
    drawn = [outline("K1", box(20, 0, 180, 100)), outline("K2", box(0, 1000, 200, 100)),
             outline("K1", box(0, 0, 200, 130), "delineasi-lama")]  # fmt: skip
    surveyed = [{k: v for k, v in row.items() if k != "luas_ha"} for row in rows()["profil_rt"]]
    return state(kawasan=drawn, profil_rt=surveyed)


def sentences_of(baseline: Baseline, name: str, parameter: str | None, lang: str) -> list[str]:
    content = Explainer(baseline).story(name, parameter).as_json(lang)["paragraphs"]
    return [s["text"] for p in content if p["about"] == "batas" for s in p["sentences"]]


@pytest.mark.parametrize("parameter", [None, "batas.rt", "luas_ha"])
def test_an_rt_tells_where_it_is_cut_and_by_whose_line(cut: State, parameter: str | None) -> None:
    drawn = "Bappeda (peta-rt, rt.gpkg, rekaman 0, 1 Mei 2023)"
    line = "Dinas Perkim (delineasi, kawasan.gpkg, rekaman 0, 30 November 2023)"
    said = sentences_of(cut.baseline, R1, parameter, "id")
    conflict = cut.baseline.conflict_on(
        {"kind": "batas", "subject": "K1", "parameter": "batas.kawasan"}
    )
    assert conflict is not None
    assert said[-2:] == [
        f"{drawn} menggambarnya seluas 1,00 ha; 0,80 ha di antaranya terletak di kawasan K1, dan hanya "
        "bagian itu yang dihitung.",
        f"Batas kawasan K1 sementara menurut {line}; konflik {conflict['conflict_id']} tentangnya "
        "masih terbuka.",
    ]


def test_the_line_that_cuts_names_its_decision(cut: State) -> None:
    name = cut.agree("batas", "K1", "batas.kawasan", source="delineasi")
    said = sentences_of(cut.baseline, R1, "batas.rt", "en")
    assert "0.80 ha of it lie in kawasan K1, and that part alone counts." in said[-2]
    assert said[-1].endswith(f"by decision {name} (minutes BA 7/2024, 2 May 2024).")
    sealed = sentences_of(replace(cut.baseline, outlines={}), R1, "batas.rt", "id")
    assert "hanya bagian RT yang terletak di kawasan K1, 0,80 ha." in sealed[-2]
    assert name in sealed[-1]


def test_an_rt_that_lies_wholly_in_its_kawasan_is_not_cut(state: Make) -> None:
    city = state()
    keys = [s.key for s in told(city.baseline, R1, "batas.rt")]
    assert keys[-2:] == ["batas.cut_nothing", "batas.cut_by"]
    assert "seluruhnya terletak di kawasan K1" in Explainer(city.baseline).story(R1).text()


@pytest.mark.parametrize("hidden", ["peta-rt", "delineasi"])
def test_no_cut_is_told_of_what_is_kept_back(cut: State, hidden: str) -> None:
    unseen = Unseen(sources=frozenset({hidden}))
    story = Explainer(cut.baseline, None, unseen).story(R1)
    assert not [s for p in story.paragraphs for s in p.sentences if s.key.startswith("batas.cut")]


def test_an_rt_in_no_kawasan_is_cut_by_none(state: Make) -> None:
    city = state(kawasan=[outline("K2", box(0, 1000, 200, 100))])
    assert not [s for s in told(city.baseline, R1, "batas.rt") if s.key.startswith("batas.cut")]
