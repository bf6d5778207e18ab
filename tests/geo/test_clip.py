"""Lengths of lines within polygons are those of the intersections that GEOS makes."""

import numpy as np
import pytest
import shapely

from kotaku_geo.geo.clip import lengths_within

EAST, NORTH = 400_000.0, 9_230_000.0


def at(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: np.add(xy, (EAST, NORTH)))


def measured(lines: list[shapely.Geometry], polygons: list[shapely.Geometry]) -> np.ndarray:
    """Lengths of every line in every polygon, checked against the intersections."""
    ours, theirs = (np.array([at(g) for g in side], dtype=object) for side in (lines, polygons))
    pairs = np.divmod(np.arange(len(lines) * len(polygons)), len(polygons))
    got = lengths_within(ours, theirs, (pairs[0], pairs[1]), 1)
    made = shapely.length(shapely.intersection(ours[pairs[0]], theirs[pairs[1]]))
    np.testing.assert_allclose(got, made, rtol=0, atol=1e-8)
    return got


SQUARE = shapely.box(0, 0, 100, 100)
RING = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(40, 40, 60, 60).exterior.coords[::-1]])
TWO = shapely.MultiPolygon([shapely.box(0, 0, 30, 100), shapely.box(70, 0, 100, 100)])


@pytest.mark.parametrize(
    ("line", "polygon", "length"),
    [
        ([(-10, 50), (110, 50)], SQUARE, 100),
        ([(-10, 50), (110, 50)], SQUARE.reverse(), 100),  # whichever way it is wound
        ([(-10, 50), (110, 50)], RING, 80),
        ([(-10, 50), (110, 50)], TWO, 60),
        ([(45, 45), (55, 55)], RING, 0),  # in the hole
        ([(20, 20), (30, 20), (30, 30)], SQUARE, 20),  # wholly within
        ([(120, 0), (120, 100)], SQUARE, 0),  # beside it
        ([(50, 50), (200, 50)], SQUARE, 50),  # begins within
        ([(0, -50), (0, 150)], SQUARE, 100),  # along the edge
        ([(100, 20), (100, 60), (140, 60)], SQUARE, 40),  # along it for a while
        ([(-50, 50), (0, 50)], SQUARE, 0),  # ends on it
        ([(-50, 50), (50, 150)], SQUARE, 0),  # touches a corner
        ([(-50, -50), (150, 150)], SQUARE, 100 * 2**0.5),  # through two corners
        ([(50, 50), (50, 50), (200, 50)], SQUARE, 50),  # a corner written twice
        ([(50, 50), (150, 50), (50, 50)], SQUARE, 50),  # there and back: once
    ],
)
def test_a_line_is_measured_within_a_polygon(
    line: list[tuple[float, float]], polygon: shapely.Geometry, length: float
) -> None:
    found = measured([shapely.LineString(line)], [polygon])
    assert found[0] == pytest.approx(length, abs=1e-6)


def test_neighbours_both_have_a_line_along_their_border() -> None:
    pair = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    assert measured([shapely.LineString([(100, 10), (100, 90)])], pair) == pytest.approx([80, 80])


def test_several_lines_and_rows_without_a_drawing() -> None:
    lines = np.array(
        [at(shapely.MultiLineString([[(-10, 5), (10, 5)], [(90, 5), (130, 5)]])), None,
         shapely.LineString()], dtype=object,
    )  # fmt: skip
    polygons = np.array([at(SQUARE), None], dtype=object)
    pairs = np.array([0, 1, 2, 0]), np.array([0, 0, 0, 1])
    found = lengths_within(lines, polygons, pairs, 1)
    assert found == pytest.approx([20, 0, 0, 0])
    nothing = np.empty(0, dtype=np.int64)
    assert lengths_within(lines, polygons, (nothing, nothing), 1).shape == (0,)


@pytest.mark.parametrize("seed", range(6))
def test_lengths_are_those_of_intersections(seed: int) -> None:
    rng = np.random.default_rng(seed)
    polygons = [
        shapely.buffer(shapely.MultiPoint(rng.uniform(0, 300, (4, 2))), 40, quad_segs=3).difference(
            shapely.Point(rng.uniform(0, 300, 2)).buffer(25, quad_segs=2)
        )
        for _ in range(12)
    ]
    lines = [shapely.LineString(rng.uniform(0, 300, (rng.integers(2, 7), 2))) for _ in range(80)]
    assert measured(lines, polygons).max() > 100
