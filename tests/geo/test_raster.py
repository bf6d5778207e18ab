"""Cell shares against brute force with every cell, and zones against the cells they are made of."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from kotaku_geo.geo import raster

SHAPE = (12, 15)


def array(*geometries):
    return np.array([*geometries, None], dtype=object)[:-1]


def brute_shares(polygon, shape):
    rows, columns = np.indices(shape)
    squares = shapely.box(columns, rows, columns + 1, rows + 1)
    return shapely.area(shapely.intersection(squares, polygon))


shapes = st.builds(
    lambda x, y, radius, sides, angle, squeeze: affinity.rotate(
        affinity.scale(shapely.Point(x, y).buffer(radius, quad_segs=sides), 1, squeeze), angle
    ),
    st.floats(-3, 18), st.floats(-3, 15), st.floats(0.05, 8), st.integers(1, 6),
    st.floats(0, 90), st.floats(0.1, 1),
)  # fmt: skip


class TestCellShares:
    @settings(max_examples=80, deadline=None)
    @given(polygons=st.lists(shapes, min_size=1, max_size=4))
    def test_as_brute_force(self, polygons):
        found = raster.cell_shares(array(*polygons), SHAPE)
        for position, polygon in enumerate(polygons):
            got = np.zeros(SHAPE)
            mine = found.polygon == position
            got[found.row[mine], found.column[mine]] = found.share[mine]
            np.testing.assert_allclose(got, brute_shares(polygon, SHAPE), atol=2e-6)

    def test_holes_and_parts(self):
        ring = shapely.box(1.5, 1.5, 8.5, 8.5).difference(shapely.box(3, 3, 7, 7))
        both = shapely.union_all([ring, shapely.box(10.25, 0, 11, 0.5)])
        found = raster.cell_shares(array(both), SHAPE)
        assert found.share.sum() == pytest.approx(both.area, abs=1e-5)
        corner = (found.row == 0) & (found.column == 10)
        assert found.share[corner] == pytest.approx(0.375)

    def test_rows_count_downwards(self):
        found = raster.cell_shares(array(shapely.box(2, 0, 3, 1)), SHAPE)
        assert (found.row.tolist(), found.column.tolist()) == ([0], [2])

    def test_missing_empty_and_outside_touch_nothing(self):
        outside = shapely.box(100, 100, 101, 101)
        found = raster.cell_shares(array(None, shapely.Polygon(), outside), SHAPE)
        assert len(found.share) == 0
        assert len(raster.cell_shares(array(shapely.box(0, 0, 1, 1)), (0, 0)).share) == 0

    def test_order_is_polygon_row_column(self):
        found = raster.cell_shares(array(shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 4)), SHAPE)
        keys = list(zip(found.polygon, found.row, found.column, strict=True))
        assert keys == sorted(keys)


class TestZones:
    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_zones_are_their_cells(self, data):
        size = SHAPE[0] * SHAPE[1]
        groups = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size)))
        groups = groups.reshape(SHAPE)
        row, column = np.nonzero(groups >= 0)
        drawn = raster.zones(row, column, groups[row, column], 4)
        for group in range(4):
            count = int((groups == group).sum())
            if count == 0:
                assert drawn[group] is None
                continue
            assert drawn[group].is_valid
            assert drawn[group].area == pytest.approx(count)
            mine = groups[row, column] == group
            centres = shapely.points(column[mine] + 0.5, row[mine] + 0.5)
            assert shapely.contains(drawn[group], centres).all()

    def test_no_cells(self):
        none = np.empty(0, dtype=np.intp)
        assert raster.zones(none, none, none, 2).tolist() == [None, None]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_runs_make_up_the_mask(data):
    size = SHAPE[0] * SHAPE[1]
    cells = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    mask = np.array(cells).reshape(SHAPE)
    rectangles = raster.runs(mask)
    assert shapely.area(rectangles).sum() == mask.sum()
    row, column = np.nonzero(mask)
    if len(row):
        centres = shapely.points(column + 0.5, row + 0.5)
        hits = shapely.STRtree(rectangles).query(centres, predicate="intersects")
        assert hits[0].tolist() == list(range(len(row)))
