"""Likeness of outlines on shapes whose answer is known by hand."""

import numpy as np
import pytest
import shapely

from kotaku_geo.geo import similarity

SQUARE = shapely.box(0, 0, 100, 100)


def array(*geometries):
    return np.array([*geometries, None], dtype=object)[:-1]


def moved(shape, dx, dy=0.0):
    return shapely.transform(shape, lambda xy: xy + np.array([dx, dy]))


class TestIou:
    def test_by_hand(self):
        left = array(SQUARE, SQUARE, SQUARE)
        right = array(SQUARE, moved(SQUARE, 50), moved(SQUARE, 500))
        assert similarity.iou(left, right).tolist() == pytest.approx([1, 1 / 3, 0])

    def test_nothing_with_nothing_is_unknown(self):
        assert np.isnan(similarity.iou(array(shapely.Polygon()), array(shapely.Polygon())))[0]

    def test_aligned(self):
        right = array(moved(SQUARE, 40, -30), shapely.box(200, 0, 300, 50))
        found = similarity.aligned_iou(array(SQUARE, SQUARE), right)
        assert found.tolist() == pytest.approx([1, 0.5])

    def test_aligning_leaves_the_input_alone(self):
        right = array(moved(SQUARE, 40))
        similarity.aligned_iou(array(SQUARE), right)
        assert right[0].bounds == (40, 0, 140, 100)


class TestDisplacement:
    def test_identical(self):
        p50, p95 = similarity.displacement(array(SQUARE), array(SQUARE))
        assert (p50[0], p95[0]) == pytest.approx((0, 0))

    def test_concentric(self):
        """A frame of 5 m: the distance is 5 m everywhere but at the outer corners."""
        p50, p95 = similarity.displacement(array(SQUARE), array(shapely.box(-5, -5, 105, 105)))
        assert p50[0] == pytest.approx(5)
        assert 5 <= p95[0] < 7.1

    def test_one_notch_does_not_decide(self):
        notch = SQUARE.difference(shapely.box(49, 50, 51, 100))
        p50, p95 = similarity.displacement(array(SQUARE), array(notch), samples=512)
        assert p50[0] == pytest.approx(0)
        assert shapely.hausdorff_distance(SQUARE.boundary, notch.boundary) >= 49
        assert p95[0] < 49

    def test_both_directions(self):
        pair = array(SQUARE), array(moved(SQUARE, 30))
        there = similarity.displacement(*pair)
        back = similarity.displacement(*reversed(pair))
        assert there[0] == pytest.approx(back[0])
        assert there[1] == pytest.approx(back[1])

    def test_against_plain_interpolation(self):
        ring = SQUARE.difference(shapely.box(30, 30, 60, 60))
        two = shapely.MultiPolygon([ring, moved(shapely.Point(0, 0).buffer(20), 200)])
        other = moved(two, 7, 3)
        share = (np.arange(64) + 0.5) / 64

        def along(shape):
            parts = shapely.get_parts(shape)
            lines = [shapely.LineString(r) for p in parts for r in shapely.get_rings(p)]
            total = sum(line.length for line in lines)
            points = []
            for at in share * total:
                for line in lines:
                    if at <= line.length:
                        points.append(line.interpolate(at))
                        break
                    at -= line.length
            return points

        distances = [p.distance(other.boundary) for p in along(two)]
        distances += [p.distance(two.boundary) for p in along(other)]
        p50, p95 = similarity.displacement(array(two), array(other), samples=64)
        assert p50[0] == pytest.approx(np.percentile(distances, 50))
        assert p95[0] == pytest.approx(np.percentile(distances, 95))

    def test_none_at_all(self):
        assert [len(column) for column in similarity.displacement(array(), array())] == [0, 0]


def test_displacement_each_way_tells_the_side_that_has_more() -> None:
    """A wing that one outline has and the other has not is far from it one way only."""
    left = np.array(
        [shapely.box(0, 0, 100, 100).union(shapely.box(100, 40, 160, 60))], dtype=object
    )
    right = np.array([shapely.box(0, 0, 100, 100)], dtype=object)
    there, back = similarity.displacement_each_way(left, right)
    assert there[1][0] > 30
    assert back[1][0] < 11  # only where the wing begins
    pooled = similarity.displacement(left, right)
    assert back[1][0] < pooled[1][0] < there[1][0]
    assert similarity.displacement_each_way(left[:0], right[:0])[0].shape == (2, 0)
