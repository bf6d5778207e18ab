"""The regulations against their worked examples (DOMAIN §1.3–1.6) and at every limit."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo import regulation
from kotaku_geo.errors import PipelineFileError

NEW = regulation.load("permen-14-2018")
OLD = regulation.load("permen-2-2016")
BOTH = pytest.mark.parametrize("law", [NEW, OLD], ids=lambda law: law.id)


def test_sixteen_and_nineteen_parameters_with_their_highest_totals() -> None:
    assert (len(NEW.parameters), NEW.max_score) == (16, 80)
    assert (len(OLD.parameters), OLD.max_score) == (19, 95)
    assert NEW.parameter_ids[:4] == ("1a", "1b", "1c", "2a")
    assert {p.aspect for p in NEW.parameters} == {p.aspect for p in OLD.parameters}


def test_loading_is_cached_and_an_unknown_id_names_the_known_ones() -> None:
    assert regulation.load("permen-14-2018") is NEW
    with pytest.raises(PipelineFileError, match=r"permen-14-2018, permen-2-2016"):
        regulation.load("permen-3-1999")


def test_letters_move_between_the_regulations_and_names_do_not() -> None:
    assert NEW.by_key["konstruksi_drainase"].id == "4c"
    assert OLD.by_key["konstruksi_drainase"].id == "4e"
    dropped = set(OLD.by_key) - set(NEW.by_key)
    assert dropped == {
        "keterhubungan_drainase",
        "pemeliharaan_drainase",
        "pemeliharaan_persampahan",
    }
    assert set(NEW.by_key) < set(OLD.by_key)


@pytest.mark.parametrize(
    ("percent", "score"),
    [
        (76.29, 5), (50.91, 1), (52.5, 3), (75.90, 3), (76.00, 5), (24.64, 0), (25.4, 1),
        (23.71, 0), (75.81, 3), (51.09, 3), (25, 1), (51, 3), (50.99, 1), (24.99, 0), (75.99, 3),
        (24.995, 1), (50.995, 3), (75.995, 5), (0, 0), (100, 5), (308, 5), (-61, 0),
    ],
)  # fmt: skip
@BOTH
def test_score_of_a_share(law: regulation.Regulation, percent: float, score: float) -> None:
    assert law.scores(percent / 100) == score


@BOTH
def test_a_share_that_floats_put_a_hair_below_a_limit_reaches_it(
    law: regulation.Regulation,
) -> None:
    for limit in (0.24995, 0.50995, 0.75995):
        assert law.scores(np.nextafter(limit, 0)) == law.scores(limit)
        assert law.scores(limit - 1e-6) < law.scores(limit)


def test_shares_of_nothing() -> None:
    shares = NEW.shares([3, 0, 5, 7, np.nan, 2, 2], [4, 0, 0, np.nan, 4, -1, 1])
    np.testing.assert_array_equal(shares, [0.75, 0, np.nan, np.nan, np.nan, np.nan, 2])
    flagged = NEW.zero_denominator([3, 0, 5, np.nan], [4, 0, 0, 0])
    assert flagged.tolist() == [False, False, True, False]


def test_unknown_shares_stay_unknown() -> None:
    assert np.isnan(NEW.scores([np.nan, None])).all()  # type: ignore[list-item]
    assert np.isnan(NEW.scores(pd.Series([pd.NA], dtype="Float64"))).all()


def test_totals_count_the_missing_as_none_and_as_the_highest() -> None:
    low, high = NEW.totals([[5, 3, np.nan], [1, 0, 0], [np.nan, np.nan, np.nan]])
    assert low.tolist() == [8, 1, 0]
    assert high.tolist() == [13, 1, 15]


@pytest.mark.parametrize(
    ("law", "total", "level"),
    [
        (NEW, 0, "tidak_kumuh"), (NEW, 15, "tidak_kumuh"), (NEW, 16, "ringan"), (NEW, 37, "ringan"),
        (NEW, 38, "sedang"), (NEW, 59, "sedang"), (NEW, 60, "berat"), (NEW, 80, "berat"),
        (NEW, 81, None), (NEW, -1, None), (NEW, np.nan, None),
        (OLD, 18, "tidak_kumuh"), (OLD, 19, "ringan"), (OLD, 44, "ringan"), (OLD, 45, "sedang"),
        (OLD, 70, "sedang"), (OLD, 71, "berat"), (OLD, 95, "berat"), (OLD, 96, None),
        (OLD, 41, "ringan"), (NEW, 41, "sedang"), (OLD, 17, "tidak_kumuh"), (NEW, 17, "ringan"),
    ],
)  # fmt: skip
def test_level_of_a_total(law: regulation.Regulation, total: float, level: str | None) -> None:
    assert law.level_of(total)[0] == level


def test_levels_between_two_totals() -> None:
    assert NEW.level_range(16, 37) == ["ringan"]
    assert NEW.level_range(15, 38) == ["tidak_kumuh", "ringan", "sedang"]
    assert NEW.level_range(np.nan, 38) == []
    ranges = NEW.level_ranges([16, 15, 30, np.nan], [37, 38, 60, 60])
    assert ranges.tolist() == [None, "tidak_kumuh;ringan;sedang", "ringan;sedang;berat", None]


@pytest.mark.parametrize(
    ("size", "density", "score"),
    [
        ("sedang", 149.99, 1), ("sedang", 150, 3), ("kecil", 199.9, 3), ("kecil", 200, 5),
        ("besar", 199.9, 1), ("besar", 200, 3), ("metropolitan", 399.9, 3),
        ("metropolitan", 400, 5),
        ("sedang", 0, 1), ("sedang", 45 / (0.1 + 0.2), 3),
    ],
)  # fmt: skip
def test_density_score(size: str, density: float, score: float) -> None:
    assert NEW.density_score(density, size) == score


def test_unknown_density_has_no_score() -> None:
    assert np.isnan(NEW.density_score([np.nan], "sedang")).all()


def test_classes_of_the_other_considerations_differ_between_the_regulations() -> None:
    low, middle, high = "rendah", "sedang", "tinggi"
    new = NEW.standing([3, 5, 6, 10, 11, 15, np.nan]).tolist()
    assert new == [low, low, middle, middle, high, high, None]
    assert OLD.standing([3, 4, 6, 7, 15]).tolist() == [low, middle, middle, high, high]


@BOTH
def test_whole_table_of_classes_and_priorities(law: regulation.Regulation) -> None:
    expected = {
        ("berat", "tinggi"): (1, "A1", "A2"), ("berat", "sedang"): (4, "A3", "A4"),
        ("berat", "rendah"): (7, "A5", "A6"), ("sedang", "tinggi"): (2, "B1", "B2"),
        ("sedang", "sedang"): (5, "B3", "B4"), ("sedang", "rendah"): (8, "B5", "B6"),
        ("ringan", "tinggi"): (3, "C1", "C2"), ("ringan", "sedang"): (6, "C3", "C4"),
        ("ringan", "rendah"): (9, "C5", "C6"),
    }  # fmt: skip
    for (level, standing), (priority, legal, illegal) in expected.items():
        assert law.priority(level, standing) == priority
        assert law.classification(level, standing, "legal")[0] == legal
        assert law.classification(level, standing, "tidak_legal")[0] == illegal


def test_what_is_unknown_or_no_slum_has_no_class_priority_or_pattern() -> None:
    levels, standings = ["tidak_kumuh", None, "berat"], ["tinggi", "tinggi", None]
    assert np.isnan(NEW.priority(levels, standings)).all()
    assert NEW.classification(levels, standings, "legal").tolist() == [None] * 3
    assert NEW.classification("berat", "tinggi", None)[0] is None
    assert NEW.pattern(["tidak_kumuh", "berat"], ["legal", None]).tolist() == [None, None]


def test_pattern() -> None:
    levels = ["ringan", "sedang", "berat"]
    assert NEW.pattern(levels, "legal").tolist() == ["pemugaran", "peremajaan", "peremajaan"]
    assert set(NEW.pattern(levels, "tidak_legal")) == {"permukiman kembali"}


def test_authority_by_size() -> None:
    sizes = [0, 9.99, 10, 14.99, 15, 200, np.nan, 9.999999999999998]
    expected = ["kota", "kota", "provinsi", "provinsi", "pusat", "pusat", None, "provinsi"]
    assert NEW.authority(sizes).tolist() == expected


@given(st.lists(st.floats(-1, 4), min_size=1, max_size=40))
def test_scores_rise_with_the_share(shares: list[float]) -> None:
    scores = NEW.scores(np.sort(shares))
    assert (np.diff(scores) >= 0).all()
    assert set(scores) <= {0.0, 1.0, 3.0, 5.0}


@given(
    st.lists(st.sampled_from([0.0, 1.0, 3.0, 5.0, None]), min_size=16, max_size=16),
    st.lists(st.sampled_from([0.0, 1.0, 3.0, 5.0]), min_size=16, max_size=16),
)
def test_whatever_the_missing_turn_out_to_be_the_level_is_in_the_range(
    known: list[float | None], filling: list[float]
) -> None:
    scores = np.array([[np.nan if s is None else s for s in known]])
    low, high = NEW.totals(scores)
    filled = np.where(np.isnan(scores), filling, scores).sum()
    assert low[0] <= filled <= high[0]
    assert NEW.level_of(filled)[0] in NEW.level_range(low[0], high[0])


def test_arrays_of_any_shape_keep_it() -> None:
    table = np.array([[0.1, 0.3], [0.6, None]], dtype=object)
    assert NEW.scores(table).shape == (2, 2)
    assert NEW.priority([["berat", "ringan"]], "tinggi").shape == (1, 2)


@BOTH
def test_levels_fill_the_scale_without_a_gap(law: regulation.Regulation) -> None:
    every = law.level_of(np.arange(law.max_score + 1))
    assert [name for name, _ in itertools.groupby(every)] == list(regulation.LEVELS)
