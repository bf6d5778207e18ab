"""Numbers as they are written in the field."""

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.cells import Parsed
from kotaku_geo.ingest.numbers import parse_integer, parse_number


def parsed(*cells: object, unit: str | None = None, whole: bool = False) -> Parsed:
    return parse_number(pd.Series(list(cells), dtype=object), unit, whole)


def rules(result: Parsed) -> list[str]:
    return [issue.rule for issue in result.issues]


NAN = math.nan


@pytest.mark.parametrize(
    ("cells", "unit", "wanted"),
    [
        (["1.234,56", "3,34"], None, [1234.56, 3.34]),
        (["1,234.56", "1.234.567,8", "1,234,567"], None, [1234.56, 1234567.8, 1234567]),
        (["3,34", "3.34", "0.5", ",5", "5,"], None, [3.34, 3.34, 0.5, 0.5, 5]),  # mixed by hand
        (["12,5 Ha.", "3 hektar", "600 m²", "600m2", "1 km2", "2 are"], "ha",
         [12.5, 3, 0.06, 0.06, 100, 0.02]),
        (["120 m'", "15 m1", "3 mtr", "1,5 km"], "m", [120, 15, 3, 1500]),
        (["Rp 1.250.000,-", "Rp. 1.250.000,00", "Rp1250000", "IDR 5,000", "2,5 juta"], "rupiah",
         [1_250_000, 1_250_000, 1_250_000, 5000, 2_500_000]),
        (["(-0,02677)", "−3", "–4", "- 5"], None, [-0.02677, -3, -4, -5]),
        (["12\u00a0345", "1 234 567,8", "１２,５"], None, [12345, 1234567.8, 12.5]),
        (["12*", "12**", "5¹", "± 10", "~7", "sekitar 8", "'9"], None, [12, 12, 5, 10, 7, 8, 9]),
        (["1e3", "3,3E+2", "1.234E2"], None, [1000, 330, 123.4]),
        (["75,8 %", "0,758", "10%"], "pecahan", [0.758, 0.758, 0.1]),
        (["-", "NIHIL", "NULL", "n/a", "", None, "  "], None, [NAN] * 7),
        (["(0,5)", ">5", "1 2", "1.2.3", "12.34.567", "1..2", "--", "."], None, [NAN] * 8),
        ([True, dt.date(2020, 1, 1), "inf", "1E+999"], None, [NAN] * 4),
    ],
)  # fmt: skip
def test_spellings_of_the_field(cells: list[object], unit: str | None, wanted: list[float]) -> None:
    assert parsed(*cells, unit=unit).values.tolist() == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        (["2,5"], 1234), (["2.5"], 1.234), (["1.234.567"], 1234), (["1,234,567"], 1.234),
        (["7,125,000.5"], 1.234), (["7.125.000,5"], 1234), (["5,678"], 1234), (["7"], 1.234),
    ],
)  # fmt: skip
def test_a_mark_that_says_nothing_is_read_as_its_column_shows(
    others: list[str], wanted: float
) -> None:
    assert parsed("1.234", *others).values[0] == pytest.approx(wanted)


def test_where_nothing_tells_it_is_told_and_where_the_column_says_both_it_is_unknown() -> None:
    assert rules(parsed("1.234", "7")) == ["value.unclear-mark"]
    assert rules(parsed("1.234", "2,5")) == []
    assert rules(parsed("1.234", whole=True)) == []
    both = parsed("1.234.567", "2.5", "1.234")
    assert both.values.isna().tolist() == [False, False, True]
    assert rules(both) == ["value.unclear-mark"]


def test_a_unit_of_something_else_makes_no_number() -> None:
    for cell, unit in (("12 m", "ha"), ("12 jiwa", "KK"), ("10%", "KK"), ("3 ha", "jiwa")):
        result = parsed(cell, unit=unit)
        assert result.values.isna().all()
        assert rules(result) == ["value.unit-mismatch"]


def test_what_was_seen_through_is_told_with_what_was_there() -> None:
    told = parsed("12*", "(-3)", "5").issues
    assert [(i.rule, i.value, i.action) for i in told] == [
        ("value.repaired", "12*", "repaired"), ("value.repaired", "(-3)", "repaired")]  # fmt: skip


def test_a_year_may_be_a_float_a_date_or_nothing_of_the_kind() -> None:
    cells = pd.Series([2019.0, "2020", dt.date(2021, 1, 1), "0000", "20,5", None], dtype=object)
    found = parse_integer(cells).values
    assert found.tolist()[:4] == [2019, 2020, 2021, 0]
    assert found.isna().tolist() == [False] * 4 + [True, True]


def _indonesian(value: float, places: int) -> str:
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def _english(value: float, places: int) -> str:
    return f"{value:,.{places}f}"


def _spaced(value: float, places: int) -> str:
    return f"{value:,.{places}f}".replace(",", " ").replace(".", ",")


FORMS = {
    "indonesia": _indonesian,
    "inggris": _english,
    "spasi": _spaced,
    "polos": lambda v, p: f"{v:.{p}f}",
    "koma": lambda v, p: f"{v:.{p}f}".replace(".", ","),
}
WRAPS = ["{}", "{} ha", "{}Ha.", " {} ", "{}*", "\u00a0{}", "'{}", "{} hektar"]


@given(
    st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=12),
    st.sampled_from([1, 2, 4, 6]),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(WRAPS),
)
def test_what_is_written_in_any_form_is_read_back(
    numbers: list[float], places: int, form: str, wrap: str
) -> None:
    cells = [wrap.format(FORMS[form](x, places)) for x in numbers]
    wanted = [round(x, places) for x in numbers]
    assert parsed(*cells, unit="ha").values.tolist() == pytest.approx(wanted, abs=1e-9)


@given(st.lists(st.integers(-10_000_000, 10_000_000), min_size=1, max_size=12),
       st.sampled_from(["indonesia", "inggris", "polos"]))  # fmt: skip
def test_counts_are_read_back(counts: list[int], form: str) -> None:
    cells = [FORMS[form](float(x), 0) for x in counts]
    assert parsed(*cells, whole=True).values.tolist() == counts


CELLS = (
    st.text(max_size=15)
    | st.from_regex(r"[-(]?[0-9]{1,4}([.,][0-9]{0,4}){0,3} ?(ha|m2|%|\*)?\)?", fullmatch=True)
    | st.floats()
    | st.integers(-(2**70), 2**70)
    | st.none()
    | st.booleans()
    | st.dates()
)


@given(st.lists(CELLS, max_size=15), st.randoms(use_true_random=False))
def test_nothing_raises_and_the_order_of_rows_changes_nothing(
    cells: list[object], random: object
) -> None:
    order = list(range(len(cells)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = parsed(*cells), parsed(*(cells[i] for i in order))
    assert one.values.to_numpy()[order].tolist() == pytest.approx(
        other.values.tolist(), nan_ok=True
    )
    told = sorted((i.rule, str(i.value), len(i.rows)) for i in one.issues)
    assert told == sorted((i.rule, str(i.value), len(i.rows)) for i in other.issues)


@given(st.lists(CELLS, max_size=15))
def test_reading_the_result_again_changes_nothing(cells: list[object]) -> None:
    first = parsed(*cells).values
    assert parse_number(first).values.tolist() == pytest.approx(first.tolist(), nan_ok=True)
    again = parsed(*first).values.tolist()
    assert again == pytest.approx(first.tolist(), nan_ok=True)
