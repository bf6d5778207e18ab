"""The truth's own arithmetic against values published by cities (DOMAIN §1)."""

from __future__ import annotations

import pytest

from kotaku_geo.sample import oracle
from kotaku_geo.sample.config import PARAMETERS


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(50.91, 1), (52.5, 3), (75.81, 3), (75.90, 3), (76.0, 5), (24.64, 0), (51.09, 3),
     (76.29, 5), (25.4, 1), (23.71, 0), (24.995, 1), (308.0, 5), (-2.0, 0)],
)  # fmt: skip
def test_scores_of_published_shares(percent: float, expected: int) -> None:
    assert oracle.score(percent / 100) == expected


def test_shares_of_nothing() -> None:
    assert oracle.share(0, 0) == 0
    assert oracle.share(3, 0) is None
    assert oracle.share(None, 4) is None
    assert oracle.score(None) is None


@pytest.mark.parametrize(
    ("total", "level"),
    [(15, "tidak_kumuh"), (16, "ringan"), (37, "ringan"), (38, "sedang"), (59, "sedang"),
     (60, "berat"), (80, "berat")],
)  # fmt: skip
def test_levels(total: int, level: str) -> None:
    assert oracle.level(total) == level


def test_unknown_scores_count_none_and_five() -> None:
    scores: dict[str, int | None] = dict.fromkeys(PARAMETERS, 1)
    assert oracle.total(scores) == oracle.Total(16, 16)
    scores["7b"] = None
    assert oracle.total(scores) == oracle.Total(15, 20)
    assert oracle.total(scores).level is None


def test_pooling_sums_before_it_scores() -> None:
    assert oracle.pool([(8, 10), (0, 10)]) == oracle.Pooled(0.4, 1)


def test_pooling_bounds_what_is_missing() -> None:
    assert oracle.pool([(90, 100), (None, 10)]).score == 5
    assert oracle.pool([(90, 100), (None, 10)]).share is None
    assert oracle.pool([(20, 100), (None, 100)]).score is None
    assert oracle.pool([(30, 100), (4, 0)]).score == 1


def test_priority_table() -> None:
    table = {
        ("berat", "tinggi"): 1, ("sedang", "tinggi"): 2, ("ringan", "tinggi"): 3,
        ("berat", "sedang"): 4, ("sedang", "sedang"): 5, ("ringan", "sedang"): 6,
        ("berat", "rendah"): 7, ("sedang", "rendah"): 8, ("ringan", "rendah"): 9,
    }  # fmt: skip
    assert {key: oracle.priority(*key) for key in table} == table
    assert oracle.classification("berat", "tinggi", True) == "A1"
    assert oracle.classification("ringan", "rendah", False) == "C6"


@pytest.mark.parametrize(("points", "expected"), [(11, "tinggi"), (10, "sedang"), (5, "rendah")])
def test_considerations(points: int, expected: str) -> None:
    assert oracle.consideration(points) == expected


def test_density_and_authority() -> None:
    assert [oracle.density_score(d) for d in (200, 199.9, 150, 149)] == [5, 3, 3, 1]
    assert [oracle.authority(h) for h in (9.99, 10, 14.99, 15)] == [
        "kota", "provinsi", "provinsi", "pusat",
    ]  # fmt: skip
