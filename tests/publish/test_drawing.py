"""Shapes written as letters come back where they were."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.publish.drawing import Grid, encoded, simplified

GRID = Grid(1000.0, 2000.0, 0.5)


def decode(text: str, grid: Grid) -> list[list[tuple[float, float]]]:
    """The page's decoder, told again in Python."""
    runs = []
    for run in text.split(" ") if text else []:
        numbers, value, shift = [], 0, 0
        for letter in run:
            chunk = ord(letter) - 63
            value |= (chunk & 31) << shift
            shift += 5
            if chunk < 32:
                numbers.append(-((value + 1) >> 1) if value & 1 else value >> 1)
                value, shift = 0, 0
        steps = np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)
        runs.append([(grid.x + x * grid.step, grid.y + y * grid.step) for x, y in steps.tolist()])
    return runs


def test_a_polygon_with_a_hole_and_a_second_part() -> None:
    ring = shapely.box(1000, 2000, 1100, 2100).difference(shapely.box(1020, 2020, 1040, 2040))
    shape = shapely.union_all([ring, shapely.box(990, 1990, 995, 1995)])
    runs = decode(encoded(np.array([shape], dtype=object), GRID)[0], GRID)
    assert len(runs) == 3
    area = sum(shapely.Polygon(run).area * sign for run, sign in zip(
        sorted(runs, key=lambda r: -shapely.Polygon(r).area), [1, -1, 1], strict=True))  # fmt: skip
    assert area == shape.area


def test_none_and_empty_have_no_letters() -> None:
    shapes = np.array([None, shapely.Point(1000, 2000), shapely.Polygon()], dtype=object)
    assert encoded(shapes, GRID)[0] == ""
    assert encoded(shapes, GRID)[1] == "??"
    assert encoded(shapes, GRID)[2] == ""
    assert encoded(np.array([None], dtype=object), GRID) == [""]
    assert encoded(np.array([], dtype=object), GRID) == []


def test_letters_need_no_escaping_but_the_backslash() -> None:
    shape = shapely.LineString(np.random.default_rng(1).integers(0, 90_000, (500, 2)))
    letters = set(encoded(np.array([shape], dtype=object), GRID)[0])
    assert not letters & set("<>&'\" ")
    assert all(63 <= ord(letter) <= 126 for letter in letters)


def test_points_that_fall_together_are_written_once() -> None:
    line = shapely.LineString([(1000, 2000), (1000.1, 2000.1), (1010, 2000)])
    assert len(decode(encoded(np.array([line], dtype=object), GRID)[0], GRID)[0]) == 2


coordinate = st.integers(-1_000_000, 1_000_000)


@given(
    st.lists(
        st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=8, unique=True), max_size=6
    )
)
def test_any_lines_come_back(lines: list[list[tuple[int, int]]]) -> None:
    grid = Grid(0, 0, 1)
    shapes = np.array([shapely.LineString(line) for line in lines] or [None], dtype=object)
    found = [decode(text, grid) for text in encoded(shapes, grid)]
    assert found == ([[line] for line in lines] or [[]])


def test_simplifying_never_loses_a_shape() -> None:
    small = np.array([shapely.box(0, 0, 0.5, 0.5), shapely.box(0, 0, 100, 100), None], dtype=object)
    simple = simplified(small, 10)
    assert not shapely.is_empty(simple[:2]).any()
    assert simple[2] is None
