"""A denominator in dispute is told where a share hangs on it: open, decided, stale, kept back."""

from collections.abc import Callable
from typing import Any

import pytest

from kotaku_geo.history.explain import Explainer
from tests.consolidate.world import profile
from tests.history.world import R1, R2, State, rows

Make = Callable[..., State]
HOUSEHOLDS = "penyebut.jumlah_kk"


def disputed() -> list[dict[str, Any]]:
    """Of RT 001 the survey counts 100 households and a later one 50; 40 lack 6b by a third row."""
    surveyed = rows()["profil_rt"]
    surveyed[0] = {**surveyed[0], "v6b": None}
    more = [profile("001", source_id="susulan", jumlah_kk=50.0),
            profile("001", source_id="susulan", v6b=40.0)]  # fmt: skip
    return [*surveyed, *more]


def told(city: State, name: str, parameter: str | None, lang: str = "id") -> list[str]:
    story = Explainer(city.baseline).story(name, parameter).as_json(lang)
    said = [p for p in story["paragraphs"] if p["about"] == "penyebut"]
    return [sentence["text"] for p in said for sentence in p["sentences"]]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("id", "profil 100 KK (jadi 6b 40,0 %, nilai 1), susulan 50 KK (jadi 6b 80,0 %, nilai 5)."),
        ("en", "profil 100 households (so 6b is 40.0 %, score 1), "
               "susulan 50 households (so 6b is 80.0 %, score 5)."),
    ],
)  # fmt: skip
def test_each_candidate_is_told_with_what_follows(state: Make, lang: str, said: str) -> None:
    city = state(profil_rt=disputed())
    dispute, standing = told(city, R1, "6b", lang)
    assert dispute.endswith(said)
    assert ("masih terbuka" if lang == "id" else "still open") in standing
    (whole, _) = told(city, R1, None, lang)
    assert "susulan 50" in whole
    assert "6b" not in whole
    assert told(city, R1, "6a", lang) == [], "the survey divides that by its own households"
    assert told(city, R2, "6b", lang) == told(city, R2, None, lang) == []


def test_what_was_decided_on_it_is_told_where_the_share_stands(state: Make) -> None:
    city = state(profil_rt=disputed())
    made = city.agree("nilai", R1, HOUSEHOLDS, source="susulan")
    _, standing, decision = told(city, R1, "6b")
    assert "sudah diputuskan" in standing
    assert decision.startswith(f"Keputusan {made}: yang dipakai susulan.")
    assert "BA 7/2024" in decision
    assert city.baseline.table("rt").set_index("id_rt").loc[R1, "n6b"] == 5
