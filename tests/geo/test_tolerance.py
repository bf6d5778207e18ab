"""Change and tolerance on shapes whose answer is known by hand."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.geo.tolerance import changed, cores

TAU = 10.0
NOBODY = shapely.Polygon()


def array(*geometries):
    return np.array([*geometries, None], dtype=object)[:-1]


def change(difference, other=None, tau=TAU, min_area=1.0, **options):
    """Change of one difference; without another side nothing is far from it."""
    beside = difference if other is None else other
    found = changed(array(difference), array(beside), np.array([tau]), min_area, **options)
    return found[0]


class TestOpening:
    @pytest.mark.parametrize(
        ("width", "survives"), [(2, False), (9.9, False), (10.2, True), (40, True)]
    )
    def test_a_strip(self, width, survives):
        strip = shapely.box(0, 0, 300, width)
        assert change(strip).area == pytest.approx(strip.area if survives else 0, rel=1e-9)

    def test_small_cores_do_not_count(self):
        strip = shapely.box(0, 0, 100, TAU + 0.005)  # its core has 0.45 m²
        assert change(strip).area == 0
        assert change(strip, min_area=0.4).area == pytest.approx(strip.area, rel=1e-9)

    def test_a_thin_arm_is_cut_off(self):
        square, arm = shapely.box(0, 0, 50, 50), shapely.box(50, 20, 90, 23)
        found = change(shapely.union(square, arm))
        assert found.area == pytest.approx(square.area, rel=1e-3)
        assert found.intersection(arm).area < 1  # a disc of the square's bulges into its mouth

    def test_corners_come_back(self):
        """Mitred dilation gives a right angle back whole; round joins would keep 98 % of it."""
        ell = shapely.union(shapely.box(0, 0, 60, 20), shapely.box(0, 0, 20, 60))
        assert change(ell).area == pytest.approx(ell.area, rel=1e-9)

    def test_a_hair_between_neighbours_does_not_make_them_thin(self):
        pair = shapely.union(shapely.box(0, 0, 7, 80), shapely.box(7.001, 0, 14, 80))
        assert change(pair).area == pytest.approx(pair.area, rel=1e-6)
        apart = shapely.union(shapely.box(0, 0, 7, 80), shapely.box(8, 0, 15, 80))
        assert change(apart).area == 0

    def test_without_tolerance(self):
        sliver = shapely.box(0, 0, 100, 0.5)
        assert change(sliver, NOBODY, tau=0.0).area == pytest.approx(50)
        assert change(sliver, NOBODY, tau=0.0, min_area=60).area == 0


class TestFarAway:
    SIDE = shapely.box(0, 0, 100, 100)

    def test_a_lane_that_leads_away(self):
        lane = shapely.box(100, 40, 160, 44)
        found = change(lane, self.SIDE)
        assert found.bounds[0] == pytest.approx(110, abs=0.01)
        assert found.area == pytest.approx(50 * 4, rel=1e-3)

    def test_a_short_lane(self):
        assert change(shapely.box(100, 40, 109, 44), self.SIDE).area == 0

    def test_a_speck_too_small(self):
        assert change(shapely.box(100, 40, 110.2, 44), self.SIDE).area == 0  # 0.8 m² beyond

    def test_with_nobody_on_the_other_side_everything_is_far(self):
        thin = shapely.box(0, 0, 100, 2)
        assert change(thin, NOBODY).area == pytest.approx(200)


class TestArrays:
    def test_empty(self):
        found = changed(array(NOBODY), array(NOBODY), np.array([TAU]), 1.0)
        assert found[0].is_empty
        assert len(changed(array(), array(), np.empty(0), 1.0)) == 0

    def test_own_distance_each(self):
        strips = array(shapely.box(0, 0, 100, 8), shapely.box(0, 0, 100, 8))
        found = changed(strips, strips, np.array([5.0, 10.0]), 1.0)
        assert [round(g.area) for g in found] == [800, 0]

    def test_workers_change_nothing(self):
        rng = np.random.default_rng(7)
        shapes = array(*(shapely.Point(*xy).buffer(r) for *xy, r in rng.uniform(2, 30, (120, 3))))
        distance = rng.uniform(1, 20, 120)
        one = changed(shapes, shapes, distance, 1.0, workers=1)
        two = changed(shapes, shapes, distance, 1.0, workers=2)
        assert all(shapely.equals_exact(a, b) for a, b in zip(one, two, strict=True))

    @settings(max_examples=100, deadline=None)
    @given(
        width=st.floats(0.5, 60), height=st.floats(0.5, 60), tau=st.floats(0.5, 30),
        shift=st.floats(0, 40),
    )  # fmt: skip
    def test_between_the_disc_opening_and_the_difference(self, width, height, tau, shift):
        """All that opening by a disc keeps, nothing out of a mitre's reach of its core."""
        shape = shapely.union(
            shapely.box(0, 0, width, height),
            shapely.box(shift, shift, shift + height, shift + width),
        )
        found = change(shape, tau=tau, min_area=0.01)
        strict = shape.buffer(-tau / 2 - 0.02, quad_segs=64)  # a strip of just τ is cut
        parts = shapely.get_parts(strict)  # cores under min_area do not count
        disc = shapely.union_all(parts[shapely.area(parts) >= 0.01]).buffer(tau / 2, quad_segs=64)
        assert found.difference(shape).area < 1e-6
        assert disc.difference(found).area < 0.01 * disc.area + 0.1
        roomy = shape.buffer(-tau / 2 + 0.02, quad_segs=64)  # a strip of just τ survives
        assert found.difference(roomy.buffer(tau)).area < 1e-6

    def test_cores(self):
        found = cores(array(shapely.box(0, 0, 10, 10)), np.array([3.0]), 1.0)
        assert found[0].area == pytest.approx(16, rel=1e-4)
