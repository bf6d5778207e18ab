"""The uncertainty of an area against what happens when vertices are moved at random."""

import numpy as np
import pytest
import shapely

from kotaku_geo.geo.uncertainty import SIGMA_PER_CE90, area_uncertainty


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(0, 0, 200, 100),
        shapely.Point(0, 0).buffer(80, quad_segs=16),
        shapely.box(0, 0, 200, 100).difference(shapely.box(50, 20, 90, 70)),
        shapely.MultiPolygon([shapely.box(0, 0, 60, 60), shapely.box(100, 0, 180, 40)]),
    ],
)
def test_nine_in_ten_redrawn_areas_lie_within_it(shape: shapely.Geometry) -> None:
    rng, accuracy, tries = np.random.default_rng(3), 1.5, 4000
    parts = shapely.get_parts(shape)
    rings = [(p.exterior, 1) for p in parts] + [(r, -1) for p in parts for r in p.interiors]
    total = np.zeros(tries)
    for ring, way in rings:
        xy = shapely.get_coordinates(ring)[:-1]
        moved = xy + rng.normal(0, accuracy * SIGMA_PER_CE90, (tries, *xy.shape))
        x, y = moved[..., 0], moved[..., 1]
        total += way * np.abs((x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(1)) / 2
    told = area_uncertainty(np.array([shape], dtype=object), np.array([accuracy]))[0]
    assert np.mean(np.abs(total - shape.area) <= told) == pytest.approx(0.9, abs=0.02)


def test_nothing_drawn_is_not_uncertain() -> None:
    shapes = np.array([None, shapely.Polygon(), shapely.box(0, 0, 10, 10)], dtype=object)
    told = area_uncertainty(shapes, np.full(3, 2.0))
    assert told[:2].tolist() == [0, 0]
    assert told[2] > 0
    assert len(area_uncertainty(np.empty(0, dtype=object), np.empty(0))) == 0
