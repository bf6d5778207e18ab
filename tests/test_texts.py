import math

import pytest

from kotaku_geo.texts import UNKNOWN, number, percent


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
