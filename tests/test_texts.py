import math

import pytest

from kotaku_geo.texts import UNKNOWN, counting, english, number, percent


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.56, 2, "1.234,56"), (0, 0, "0"), (-0.001, 2, "0,00"), (None, 2, UNKNOWN), (math.nan, 2, UNKNOWN),
     (1e6, 0, "1.000.000")],
)  # fmt: skip
def test_numbers_as_indonesia_writes_them(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_english_and_percent() -> None:
    assert number(1234.5, 1, "en") == "1,234.5"
    assert percent(0.758) == "75,8 %"
    assert percent(None) == UNKNOWN


@pytest.mark.parametrize(
    ("said", "told"),
    [("1.234 baris", "1,234 baris"), ("1.234,56 ha", "1,234.56 ha"), ("-0,5 %", "-0.5 %"),
     ("3147,5; 1.000.000.", "3147.5; 1,000,000."), ("0,1, 0,2", "0.1, 0.2"),
     ("33.78.01.1002", "33.78.01.1002"), ("BA 050/12.500/PKP", "BA 050/12.500/PKP"),
     ("2024-04-20, 31.12.2023, v1.5", "2024-04-20, 31.12.2023, v1.5")],
)  # fmt: skip
def test_numbers_of_a_text_are_written_as_in_english(said: str, told: str) -> None:
    assert english(said) == told


def test_one_is_counted_as_one() -> None:
    template = "{n} {n?row is|rows are} left"
    assert counting(template, {"n": 1}) == counting(template, {"n": "1"}) == "{n} row is left"
    assert counting(template, {"n": "11"}) == counting(template, {}) == "{n} rows are left"
