"""Why a decision is not applied: told from its fields, in the language asked for."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.report import hindered_text
from kotaku_geo.history.sealing import hindrances
from tests.consolidate.world import box, profile
from tests.history.world import DISPUTED, R1, State, outline, rows

Make = Callable[..., State]
FOUND = "Diputuskan 3a = pdam (BA 1, 2024-05-02) atas bukti yang lain"  # one language, raw


def told(city: State, name: str = R1, parameter: str = DISPUTED, lang: str = "id") -> list[str]:
    story = Explainer(city.baseline).story(name, parameter).as_json(lang)
    return [s["text"] for p in story["paragraphs"] for s in p["sentences"]
            if s["key"].startswith("keputusan.")]  # fmt: skip


def marked(city: State, status: str, **columns: Any) -> None:
    """A decision of this status, with what consolidation says of it."""
    city.decide(status=status)
    city.change("decisions", lambda f: f.assign(found=FOUND, **columns))


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("status", ["basi", "bertentangan", "tidak_terpakai"])
def test_no_other_sentence_is_put_into_one(state: Make, status: str, lang: str) -> None:
    city = state()
    marked(city, status)
    said = told(city, lang=lang)
    assert len(said) == 2
    assert FOUND not in " ".join(said)
    assert "2024-05-02" not in " ".join(said)
    if lang == "en":
        assert said[-1].startswith("That decision ")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("id", "Waktu diputuskan: pdam 35,0 %, profil-rt rekaman 4 62,0 %, kata orang."),
        ("en", "When it was taken: pdam 35.0 %, profil-rt record 4 62.0 %, kata orang."),
    ],
)
def test_a_stale_decision_tells_what_it_was_taken_on(state: Make, lang: str, said: str) -> None:
    city = state()
    marked(city, "basi", taken_on="pdam 35,0 %; profil-rt#4 62,0 %; kata orang")
    assert said in told(city, lang=lang)[-1]


def test_a_stale_boundary_tells_hectares(state: Make) -> None:
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, 130), "delineasi-lama")]
    city = state(kawasan=drawn)
    city.decide(kind="batas", subject="K1", parameter="batas.kawasan", source="delineasi",
                status="basi")  # fmt: skip
    assert "Now found: delineasi-lama 2.60 ha, delineasi 2.00 ha." in told(
        city, "K1", "batas.kawasan", "en"
    )[-1]  # fmt: skip


def test_unused_says_why(state: Make) -> None:
    city = state()
    marked(city, "tidak_terpakai")
    assert "tidak ada di antara kandidat (susulan 10,0 %, profil 60,0 %)" in told(city)[-1]
    twice = '[{"source_id": "susulan", "source_row": 4, "persen": 1.0}, {"source_id": "susulan", '
    twice += '"source_row": 7, "persen": 9.0}]'
    city.change("conflicts", lambda f: f.assign(candidates=twice))
    assert told(city)[-1].endswith("susulan punya beberapa rekaman (4, 7); pilih salah satunya.")
    city.change("conflicts", lambda f: f.iloc[:0])
    assert told(city)[-1].endswith("perbedaan yang diputuskan tidak ada lagi.")


def test_of_two_records_of_one_source_both_numbers_are_told(state: Make) -> None:
    form = [*rows()["profil_rt"], profile("001", source_id="susulan", p3a=0.3)]
    city = state(profil_rt=form)
    marked(city, "basi")
    said = told(city)[-1]
    assert "susulan rekaman 4 10,0 %" in said
    assert "susulan rekaman 5 30,0 %" in said
    assert "profil 60,0 %" in said, "one that has one record is told without"
    listed = hindered_text(hindrances(city.baseline, []), "en").splitlines()[-1]
    assert "susulan record 5 30.0 %" in listed
    assert "profil 60.0 %" in listed


def test_contradicting_decisions_name_each_other(state: Make) -> None:
    city = state()
    marked(city, "bertentangan", kind="nilai", subject=R1, parameter=DISPUTED,
           source_id="susulan")  # fmt: skip
    city.change("decisions", lambda f: pd.concat(
        [f, f.assign(decision_id="d2", source_id="profil")], ignore_index=True))  # fmt: skip
    said = told(city)
    assert (
        "Keputusan itu bertentangan dengan keputusan lain (d2: profil) dan tidak diterapkan."
        in said
    )
    assert (
        "Keputusan itu bertentangan dengan keputusan lain (d1: susulan) dan tidak diterapkan."
        in said
    )


def test_a_record_that_was_chosen_is_named_by_the_number_that_is_typed(state: Make) -> None:
    city = state()
    city.decide(source="susulan#4")
    assert "yang dipakai susulan, rekaman 4." in told(city)[0]
    assert "susulan, record 4, is used." in told(city, lang="en")[0]


def test_an_amount_that_was_set_is_no_share(state: Make) -> None:
    city = state()
    city.decide(parameter="penyebut.jumlah_kk", source="", value="87,5")
    assert "ditetapkan 87,5. Forum" in told(city, parameter="jumlah_kk")[0]


def test_a_decision_on_what_is_gone_can_be_explained(state: Make) -> None:
    """By its id or by the id of the thing, which the baseline no longer has."""
    city = state()
    city.decide(subject="33.75.01.1001-RW009-RT009", status="tidak_terpakai")
    for name in ("d1", "33.75.01.1001-RW009-RT009"):
        found = Explainer(city.baseline).story(name).as_json("id")
        story = " ".join(s["text"] for p in found["paragraphs"] for s in p["sentences"])
        assert "Keputusan d1: yang dipakai susulan" in story
        assert "BA 050/12/2024" in story
        assert "tidak terpakai: perbedaan yang diputuskan tidak ada lagi" in story
    with pytest.raises(PipelineFileError):
        Explainer(city.baseline).story("33.75.01.1001-RW009-RT008")
