"""Repairs: valid, idempotent, and no polygon eaten."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.geo import repair
from kotaku_geo.geo.outlines import enclosed

BOX = shapely.box(0, 0, 10, 10)
NESTED = shapely.MultiPolygon([BOX, shapely.box(2, 2, 4, 4)])


def array(*shapes: shapely.Geometry | None) -> np.ndarray:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


rings = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=4, max_size=10)
polygons = st.lists(rings, min_size=1, max_size=3).map(
    lambda found: (
        shapely.MultiPolygon([shapely.Polygon(r) for r in found])
        if len(found) > 1
        else shapely.Polygon(found[0])
    )
)


@given(st.lists(polygons, min_size=1, max_size=5))
def test_a_repair_is_valid_and_repairing_twice_changes_nothing(
    shapes: list[shapely.Geometry],
) -> None:
    before = array(*shapes)
    once, invalid = repair.repair(before, workers=2)
    assert shapely.is_valid(once).all()
    assert (invalid == ~shapely.is_valid(before)).all()
    assert (once[~invalid] == before[~invalid]).all()
    twice, again = repair.repair(once)
    assert not again.any()
    assert (twice == once).all()


@given(st.lists(polygons, min_size=1, max_size=5))
def test_a_repair_eats_no_polygon(shapes: list[shapely.Geometry]) -> None:
    """Where rings enclose something, something is left, and it lies where the rings are."""
    before = array(*shapes)
    after = repair.repair(before)[0]
    assert (shapely.area(after)[repair.drawn_area(before) > 0] > 0).all()
    outside = shapely.difference(after, shapely.buffer(shapely.convex_hull(before), 1e-6))
    assert shapely.is_empty(outside).all()


def test_stacked_parts_are_told_from_parts_that_cross_themselves() -> None:
    bowtie = shapely.Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])
    apart = shapely.MultiPolygon([BOX, shapely.box(20, 20, 30, 30)])
    shapes = array(NESTED, apart, shapely.MultiPolygon([BOX, bowtie]), bowtie, BOX, None)
    assert repair.stacked_parts(shapes).tolist() == [True, False, False, False, False, False]
    assert repair.repair(shapes)[0][0].area == 100


def test_sliver_parts_are_dropped_and_a_whole_sliver_is_not() -> None:
    hair = shapely.box(20, 0, 20.05, 40)
    bowtie = shapely.Polygon([(40, 0), (50, 10), (50, 0), (40, 10)])
    shapes = array(shapely.MultiPolygon([BOX, hair]), hair, shapely.MultiPolygon([hair, hair]),
                   shapely.MultiPolygon([BOX, bowtie]), BOX, None)  # fmt: skip
    made, dropped = repair.without_slivers(shapes, 0.1)
    assert dropped.tolist() == [1, 0, 0, 0, 0, 0]
    assert made[0].area == 100
    assert made[1] == hair
    assert made[2] == shapes[2]
    assert made[3] == shapes[3], "a part that crosses itself has no area as drawn, and is no sliver"
    assert repair.mean_width(array(hair))[0] == pytest.approx(0.05, rel=0.01)
    assert (repair.without_slivers(made, 0.1)[1] == 0).all()


def test_drift_counts_from_a_share_and_from_a_least_area() -> None:
    before, after = np.array([1000.0, 1000.0, 10.0, 0.0]), np.array([1005.0, 1020.0, 10.9, 2.0])
    assert repair.drifted(before, after, 0.01, 1.0).tolist() == [False, True, False, True]


def test_outlines_become_areas_and_open_ones_tell_their_gap() -> None:
    ring = shapely.LinearRing(BOX.exterior.coords)
    line = shapely.LineString(BOX.exterior.coords)
    nearly = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0.3)])
    wide = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 3)])
    halves = shapely.MultiLineString([[(0, 0), (10, 0), (10, 10)], [(10, 10), (0, 10), (0, 0)]])
    inner = shapely.LineString(shapely.box(2, 2, 4, 4).exterior.coords)
    ringed = shapely.MultiLineString([line, inner])
    there = shapely.LineString([(0, 0), (10, 0), (0, 0)])
    lines = array(ring, line, nearly, wide, halves, ringed, there)
    made, gap = enclosed(lines, 0.5)
    assert gap.tolist() == pytest.approx([0, 0, 0.3, 3, 0, 0, 0])
    assert shapely.is_missing(made).tolist() == [False, False, False, True, False, False, True]
    assert shapely.area(made)[[0, 1, 2, 4, 5]].tolist() == pytest.approx([100, 100, 100, 100, 96])


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7, unique=True)
)
def test_a_polygon_given_as_its_outline_comes_back(points: list[tuple[int, int]]) -> None:
    hull = shapely.convex_hull(shapely.MultiPoint(points))
    if hull.geom_type != "Polygon":
        return
    made, gap = enclosed(array(shapely.LineString(hull.exterior.coords)), 0.0)
    assert gap[0] == 0
    assert made[0].equals(hull)
