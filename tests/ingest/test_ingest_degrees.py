"""Coordinates as people write them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.degrees import angle, parse_degrees


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("3°19'12\" LS", -3.32), ("3° 19’ 12,0″ S", -3.32), ("114°35'24\" BT", 114.59),
     ("3,32 LS", -3.32), ("LS 3.32", -3.32), ("0°30' LU", 0.5), ("-3°19'12\"", -3.32)],
)  # fmt: skip
def test_degrees_minutes_and_halves_of_the_globe(cell: str, wanted: float) -> None:
    assert angle(cell) == pytest.approx(wanted)


@pytest.mark.parametrize("cell", ["3.32", "-3,32", "3°75' LS", "LS 3 LU", "3 KK", "", 3.32, None])
def test_anything_else_is_left_to_the_numbers(cell: object) -> None:
    assert angle(cell) is None


def test_a_mixed_column() -> None:
    parsed = parse_degrees(pd.Series(["-3,32", "3°19'12\" LS", -3.32, "-", "x"], dtype=object))
    assert parsed.values.tolist() == pytest.approx(
        [-3.32, -3.32, -3.32, float("nan"), float("nan")], nan_ok=True
    )
    assert sorted(i.rule for i in parsed.issues) == [
        "value.not-number",
        "value.null-text",
        "value.repaired",
    ]


@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 599),
    st.sampled_from(["LU", "LS", "S", "N"]),
)
def test_what_is_written_is_read_back(degrees: int, minutes: int, tenths: int, half: str) -> None:
    size = degrees + minutes / 60 + tenths / 36000
    wanted = -size if half in ("LS", "S") else size
    for cell in (
        f"{degrees}°{minutes}'{tenths / 10}\" {half}",
        f"{half} {degrees}° {minutes}′ {tenths / 10}″",
    ):
        assert angle(cell) == pytest.approx(wanted)


@given(st.lists(st.text(max_size=12) | st.floats() | st.none(), max_size=8))
def test_nothing_raises(cells: list[object]) -> None:
    assert len(parse_degrees(pd.Series(cells, dtype=object)).values) == len(cells)
