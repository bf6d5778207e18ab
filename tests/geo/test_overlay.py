"""The overlay against geopandas and against brute force."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.geo import overlay
from kotaku_geo.geo.grouping import components, polygonal, union_by

boxes = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    st.integers(0, 30), st.integers(0, 30), st.integers(1, 15), st.integers(1, 15),
)  # fmt: skip
discs = st.builds(
    lambda x, y, r: shapely.Point(x, y).buffer(r, quad_segs=4),
    st.floats(0, 40), st.floats(0, 40), st.floats(0.5, 12),
)  # fmt: skip
layers = st.lists(st.one_of(boxes, discs), min_size=0, max_size=9).map(lambda g: array(*g))


def array(*geometries):
    return np.array([*geometries, None], dtype=object)[:-1]


def blobs(seed, count, size=40.0):
    """Irregular polygons with many corners, overlapping at random."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, 24)), axis=1)
    radius = rng.uniform(0.4, 1, (count, 24)) * size
    centre = rng.uniform(0, 600, (count, 1, 2))
    ring = centre + radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return polygonal(shapely.make_valid(shapely.polygons(ring)))


class TestIntersectionAreas:
    @settings(max_examples=100, deadline=None)
    @given(left=layers, right=layers)
    def test_as_the_plain_double_loop(self, left, right):
        i, j, area = overlay.intersection_areas(left, right)
        expected = {
            (a, b): one.intersection(other).area
            for a, one in enumerate(left)
            for b, other in enumerate(right)
            if one.intersection(other).area > 0
        }
        found = dict(zip(zip(i.tolist(), j.tolist(), strict=True), area, strict=True))
        assert {k for k, v in found.items() if v > 1e-9} == {
            k for k, v in expected.items() if v > 1e-9
        }
        for pair, value in expected.items():
            assert found.get(pair, 0) == pytest.approx(value, rel=1e-9, abs=1e-9)

    def test_as_geopandas(self):
        left, right = blobs(1, 300), blobs(2, 250)
        frames = [gpd.GeoDataFrame({"n": range(len(g))}, geometry=g) for g in (left, right)]
        oracle = gpd.overlay(*frames, keep_geom_type=True)
        i, j, area = overlay.intersection_areas(left, right, workers=2)
        ours = {(a, b): v for a, b, v in zip(i, j, area, strict=True) if v > 1e-9}
        theirs = dict(zip(zip(oracle["n_1"], oracle["n_2"], strict=True), oracle.area, strict=True))
        theirs = {k: v for k, v in theirs.items() if v > 1e-9}
        assert ours.keys() == theirs.keys()
        assert np.allclose([ours[k] for k in theirs], list(theirs.values()), rtol=1e-9)

    @pytest.mark.parametrize("workers", [None, 1, 2, 5])
    def test_sorted_and_the_same_whatever_the_workers(self, workers):
        left, right = blobs(3, 400), blobs(4, 400)
        i, j, area = overlay.intersection_areas(left, right, workers=workers)
        once = overlay.intersection_areas(left, right)
        assert np.array_equal(np.lexsort((j, i)), np.arange(len(i)))
        assert all(np.array_equal(a, b) for a, b in zip((i, j, area), once, strict=True))

    def test_nested_both_ways(self):
        outer, inner = shapely.box(0, 0, 10, 10), shapely.box(2, 2, 5, 6)
        for left, right in ((outer, inner), (inner, outer), (inner, inner)):
            _, _, area = overlay.intersection_areas(array(left), array(right))
            assert area.tolist() == [12.0]

    def test_inside_a_hole_shares_nothing(self):
        ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8))
        i, _, _ = overlay.intersection_areas(array(ring), array(shapely.box(3, 3, 7, 7)))
        assert len(i) == 0

    def test_none_empty_lines_and_touching(self):
        left = array(None, shapely.Polygon(), shapely.box(0, 0, 1, 1), shapely.Point(0, 0))
        right = array(shapely.LineString([(0, 0), (1, 1)]), None, shapely.box(1, 0, 2, 1))
        i, j, area = overlay.intersection_areas(left, right)
        assert (len(i), len(j), len(area)) == (0, 0, 0)
        assert (i.dtype, area.dtype) == (np.int64, np.float64)
        none = overlay.intersection_areas([], [])
        assert [len(column) for column in none] == [0, 0, 0]

    def test_takes_lists_and_series(self):
        square = gpd.GeoSeries([shapely.box(0, 0, 2, 2)])
        _, _, area = overlay.intersection_areas(square, [shapely.box(1, 1, 3, 3)])
        assert area.tolist() == [1.0]

    def test_the_polygons_of_a_collection_count(self):
        both = shapely.GeometryCollection(
            [shapely.box(0, 0, 2, 2), shapely.LineString([(0, 0), (9, 9)])]
        )
        _, _, area = overlay.intersection_areas(array(both), array(shapely.box(1, 0, 9, 9)))
        assert area.tolist() == [2.0]

    def test_leaves_the_callers_geometries_unprepared(self):
        left = array(shapely.box(0, 0, 10, 10))
        overlay.intersection_areas(left, array(shapely.box(1, 1, 2, 2)))
        assert not shapely.is_prepared(left).any()

    def test_threads_many_times(self):
        layer = blobs(5, 300)
        first = overlay.intersection_areas(layer, layer, workers=1)
        for _ in range(20):
            again = overlay.intersection_areas(layer, layer, workers=4)
            assert np.array_equal(first[2], again[2])


class TestFaces:
    @settings(max_examples=100, deadline=None)
    @given(layer=layers)
    def test_a_partition(self, layer):
        found = overlay.faces(layer)
        total = shapely.union_all(layer).area if len(layer) else 0.0
        assert shapely.area(found.geometry).sum() == pytest.approx(total, rel=1e-7, abs=1e-6)
        row, owner = found.expand(np.arange(len(found.geometry)))
        area = np.bincount(owner, shapely.area(found.geometry)[row], minlength=len(layer))
        assert np.allclose(area, shapely.area(layer), rtol=1e-7, atol=1e-5)
        _, _, shared = overlay.self_overlaps(found.geometry)
        assert shapely.area(shared).sum() < 1e-5

    def test_owners(self):
        layer = array(shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(9, 9, 10, 10))
        found = overlay.faces(layer)
        owners = [
            tuple(found.owner[a:b]) for a, b in zip(found.start, found.start[1:], strict=False)
        ]
        assert sorted(owners) == [(0,), (0, 1), (1,), (2,)]
        assert [len(part) for part in found.overlaps] == [1, 1, 1]

    def test_nested_and_identical(self):
        square = shapely.box(0, 0, 4, 4)
        found = overlay.faces(array(square, square, shapely.box(1, 1, 2, 2)))
        areas = {
            tuple(found.owner[found.start[n] : found.start[n + 1]]): found.geometry[n].area
            for n in range(len(found.geometry))
        }
        assert areas == {(0, 1): 15.0, (0, 1, 2): 1.0}

    def test_without_anything(self):
        found = overlay.faces(array(None, shapely.Polygon()))
        assert len(found.geometry) == 0
        assert found.start.tolist() == [0]


class TestCross:
    @settings(max_examples=100, deadline=None)
    @given(left=layers, right=layers)
    def test_nothing_is_lost_or_doubled(self, left, right):
        ours, theirs = overlay.faces(left), overlay.faces(right)
        found = overlay.cross(ours.geometry, theirs.geometry)
        area = shapely.area(found.geometry)
        for faces, index in ((ours.geometry, found.left), (theirs.geometry, found.right)):
            inside = index >= 0
            total = np.bincount(index[inside], area[inside], minlength=len(faces))
            assert np.allclose(total, shapely.area(faces), rtol=1e-7, atol=1e-5)
        both = area[(found.left >= 0) & (found.right >= 0)].sum()
        expected = shapely.union_all(left).intersection(shapely.union_all(right)).area
        assert both == pytest.approx(expected, rel=1e-7, abs=1e-5)


class TestGrouping:
    @settings(max_examples=100)
    @given(
        size=st.integers(1, 30),
        edges=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40),
    )
    def test_components_as_by_search(self, size, edges):
        edges = [(a % size, b % size) for a, b in edges]
        left, right = (np.array([e[k] for e in edges], dtype=np.int64) for k in (0, 1))
        label = components(left, right, size)
        group = {n: {n} for n in range(size)}
        for a, b in edges:
            merged = group[a] | group[b]
            for n in merged:
                group[n] = merged
        for n in range(size):
            assert set(np.flatnonzero(label == label[n])) == group[n]
        assert sorted(set(label.tolist())) == list(range(label.max() + 1))

    def test_union_by(self):
        a, b, c = (shapely.box(n, 0, n + 1.5, 1) for n in range(3))
        found = union_by(array(a, b, c), np.array([2, 0, 2]), 4)
        assert [g.area for g in found] == [1.5, 0.0, 3.0, 0.0]
        assert found[0] is b

    def test_polygonal(self):
        box = shapely.box(0, 0, 1, 1)
        mixed = shapely.GeometryCollection(
            [shapely.MultiPolygon([box, shapely.box(2, 2, 3, 3)]), shapely.Point(5, 5)]
        )
        found = polygonal(array(box, None, shapely.Point(1, 1), mixed))
        assert [g.area for g in found] == [1.0, 0.0, 0.0, 2.0]
        assert all(g.geom_type in ("Polygon", "MultiPolygon") for g in found)
