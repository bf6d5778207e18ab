"""Gaps to an outline, beside GEOS' own distance."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.geo.distance import gaps_to

HOLED = shapely.Polygon(shapely.box(0, 0, 100, 100).exterior.coords,
                        [shapely.box(20, 20, 80, 80).exterior.coords])  # fmt: skip
AREA = shapely.MultiPolygon([HOLED, shapely.Point(300, 0).buffer(50)])


@given(st.integers(0, 2**32 - 1))
def test_the_gaps_are_those_of_geos(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-500, 500, (2, 40))
    shapes = np.concatenate([shapely.points(x, y), shapely.box(x, y, x + 9, y + 9),
                             shapely.linestrings(np.stack([x, y, y, x], 1).reshape(-1, 2, 2))])  # fmt: skip
    shapes = shapes[~shapely.intersects(shapes, AREA)]
    # To the last digits alone: GEOS takes the two shapes in the other order.
    np.testing.assert_allclose(gaps_to(shapes, AREA), shapely.distance(shapes, AREA), rtol=1e-12)


def test_no_shape_has_no_gap() -> None:
    assert gaps_to(np.empty(0, dtype=object), AREA).shape == (0,)
