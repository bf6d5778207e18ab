"""Pieces, unions and priorities, against brute force over the same geometries."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.geo import cover

boxes = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    st.integers(0, 30), st.integers(0, 30), st.integers(1, 15), st.integers(1, 15),
)  # fmt: skip
some_boxes = st.lists(boxes, min_size=1, max_size=8).map(lambda g: np.array(g, dtype=object))


def array(*geometries):
    return np.array([*geometries, None], dtype=object)[:-1]


class TestPieces:
    @settings(max_examples=60, deadline=None)
    @given(targets=some_boxes, features=some_boxes)
    def test_as_the_plain_double_loop(self, targets, features):
        found = cover.pieces(targets, features)
        expected = {
            (t, f): target.intersection(feature).area
            for t, target in enumerate(targets)
            for f, feature in enumerate(features)
            if target.intersection(feature).area > 0
        }
        pairs = list(zip(found.target.tolist(), found.feature.tolist(), strict=True))
        assert pairs == sorted(expected)
        np.testing.assert_allclose(
            shapely.area(found.geometry), [expected[pair] for pair in pairs], rtol=1e-12
        )

    @settings(max_examples=40, deadline=None)
    @given(
        targets=some_boxes,
        path=st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), min_size=2, max_size=6,
                      unique=True),
        width=st.floats(0.5, 6),
    )  # fmt: skip
    def test_cutting_before_buffering_changes_nothing(self, targets, path, width):
        line = shapely.LineString(path)
        found = cover.pieces(targets, array(line), np.array([width]))
        whole = line.buffer(width, quad_segs=cover.ROUND)
        got = np.zeros(len(targets))
        got[found.target] = shapely.area(found.geometry)
        # Both are polygons inscribed in the same round shape, cut at other corners.
        slack = 2 * np.pi * width**2 * 0.0005 * len(path)
        np.testing.assert_allclose(got, shapely.area(shapely.intersection(whole, targets)),
                                   atol=slack + 1e-9)  # fmt: skip

    def test_a_feature_of_several_parts_is_one_piece(self):
        feature = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
        found = cover.pieces(array(shapely.box(0, 0, 5, 5)), array(feature))
        assert len(found) == 1
        assert found.geometry[0].geom_type == "MultiPolygon"
        assert found.geometry[0].area == 2

    def test_touching_is_no_piece_and_noise_is_left_out(self):
        target = array(shapely.box(0, 0, 1, 1))
        assert len(cover.pieces(target, array(shapely.box(1, 0, 2, 1)))) == 0
        sliver = array(shapely.box(1 - 1e-6, 0, 2, 1))
        assert len(cover.pieces(target, sliver)) == 1
        assert len(cover.pieces(target, sliver, least=1e-5)) == 0

    def test_missing_targets_and_features_have_no_piece(self):
        square = shapely.box(0, 0, 1, 1)
        found = cover.pieces(array(None, square), array(square, None), np.array([0.0, 1.0]))
        assert found.target.tolist() == [1]
        assert found.feature.tolist() == [0]

    def test_nothing_at_all(self):
        empty = np.empty(0, dtype=object)
        assert len(cover.pieces(empty, empty)) == 0
        assert len(cover.pieces(array(shapely.box(0, 0, 1, 1)), empty)) == 0

    def test_points_by_their_reach(self):
        found = cover.pieces(
            array(shapely.box(-50, -50, 50, 50)), array(shapely.Point(0, 0)), np.array([10.0])
        )
        assert shapely.area(found.geometry)[0] == pytest.approx(np.pi * 100, rel=5e-4)

    @pytest.mark.parametrize("workers", [1, 2, 3])
    def test_workers_change_nothing(self, workers):
        rng = np.random.default_rng(1)
        discs = shapely.buffer(shapely.points(rng.uniform(0, 300, (1500, 2))), 9)
        alone = cover.pieces(discs[:700], discs[700:], workers=1)
        many = cover.pieces(discs[:700], discs[700:], workers=workers)
        assert shapely.to_wkb(alone.geometry).tolist() == shapely.to_wkb(many.geometry).tolist()


class TestUnions:
    @settings(max_examples=60, deadline=None)
    @given(shapes=some_boxes, data=st.data())
    def test_union_by_group(self, shapes, data):
        groups = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(shapes),
                                             max_size=len(shapes))), dtype=np.intp)  # fmt: skip
        united = cover.union_by(shapes, groups, 5)
        for group in range(5):
            members = shapes[groups == group]
            if not len(members):
                assert united[group] is None
            else:
                assert united[group].equals(shapely.union_all(members))

    @settings(max_examples=60, deadline=None)
    @given(shapes=some_boxes)
    def test_without_earlier_adds_up_to_the_union(self, shapes):
        place = np.arange(len(shapes), dtype=np.intp)
        own = cover.without_earlier(shapes, np.zeros(len(shapes), dtype=np.intp), place)
        assert shapely.area(own).sum() == pytest.approx(shapely.union_all(shapes).area)
        for i in range(1, len(shapes)):
            before = shapely.union_all(shapes[:i])
            assert own[i].intersection(before).area == pytest.approx(0, abs=1e-9)

    def test_without_earlier_keeps_targets_apart(self):
        square = shapely.box(0, 0, 1, 1)
        own = cover.without_earlier(array(square, square, square), np.array([0, 1, 0]),
                                    np.array([0, 0, 1]))  # fmt: skip
        assert shapely.area(own).tolist() == [1, 1, 0]

    def test_share_counts_overlapping_covers_once(self):
        targets = array(shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10), None)
        covers = array(shapely.box(0, 0, 6, 10), shapely.box(4, 0, 8, 10))
        share = cover.share_of(targets, cover.covered_by(targets, covers))
        np.testing.assert_allclose(share, [0.8, 0, np.nan])


def test_polygons_within_nested_collections():
    nested = shapely.GeometryCollection(
        [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]),
         shapely.LineString([(0, 0), (1, 1)]), shapely.box(4, 0, 5, 1)]
    )  # fmt: skip
    polygons, source = cover.polygons_of(array(shapely.Point(0, 0), nested, None))
    assert shapely.area(polygons).tolist() == [1, 1, 1]
    assert source.tolist() == [1, 1, 1]


def test_nearest_distance():
    targets = array(shapely.box(0, 0, 1, 1), None, shapely.box(5, 0, 6, 1))
    features = array(shapely.Point(3, 0.5), shapely.Point(100, 0))
    np.testing.assert_allclose(cover.nearest_distance(targets, features), [2, np.nan, 2])
    assert np.isnan(cover.nearest_distance(targets, np.empty(0, dtype=object))).all()
