"""Spikes found and taken out, whatever the ring they sit on."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.geo.spikes import spiky, without_spikes

WIDTH, LENGTH = 0.05, 1.0
BOX = shapely.box(0, 0, 10, 10)
HAIR = [(10, 5), (30, 5.01), (10, 5.02)]
SPIKED = shapely.Polygon([(0, 0), (10, 0), *HAIR, (10, 10), (0, 10)])


def one(shape: shapely.Geometry) -> shapely.Geometry:
    return without_spikes(np.array([shape], dtype=object), WIDTH, LENGTH)[0]


def has(shape: shapely.Geometry | None) -> bool:
    return bool(spiky(np.array([shape], dtype=object), WIDTH, LENGTH)[0])


CASES = {
    "hair": SPIKED,
    "out and back": shapely.Polygon([(0, 0), (10, 0), (30, 0), (10, 0), (10, 10), (0, 10)]),
    "of several vertices": shapely.Polygon(
        [(0, 0), (10, 0), (20, 0), (30, 0), (20, 0), (10, 0), (10, 10), (0, 10)]
    ),
    "where the ring begins": shapely.Polygon(
        [(30, 0), (10, 0), (10, 10), (0, 10), (0, 0), (10, 0.01)]
    ),
    "two in a row": shapely.Polygon(
        [(0, 0), (10, 0), *HAIR, (10, 7), (30, 7), (10, 7.02), (10, 10), (0, 10)]
    ),
}


@pytest.mark.parametrize("shape", CASES.values(), ids=CASES)
def test_a_spike_is_taken_out(shape: shapely.Polygon) -> None:
    assert has(shape)
    made = one(shape)
    assert not has(made)
    assert made.is_valid
    assert made.area == pytest.approx(100, abs=0.5)


def test_spikes_of_holes_and_parts_go_and_the_rest_stays() -> None:
    hole = shapely.Polygon(shapely.box(-50, -50, 50, 50).exterior.coords, [SPIKED.exterior.coords])
    assert one(hole).area == pytest.approx(10_000 - 100)
    assert len(one(hole).interiors) == 1
    far = shapely.box(100, 100, 110, 110)
    made = one(shapely.MultiPolygon([SPIKED, far]))
    assert made.geom_type == "MultiPolygon"
    assert made.geoms[1] == far
    assert made.area == pytest.approx(200)


def test_what_is_all_spike_stays_as_it_is() -> None:
    needle = shapely.Polygon([(0, 0), (10, 0), (0, 0.03)])
    assert one(needle) == needle


@pytest.mark.parametrize("shape", [None, shapely.Point(0, 0), shapely.Polygon(), BOX,
                                   shapely.LineString([(0, 0), (9, 0), (0, 0)]),
                                   shapely.MultiPolygon([BOX, shapely.Polygon()])])  # fmt: skip
def test_other_geometries_have_none(shape: shapely.Geometry | None) -> None:
    assert not has(shape)


@given(st.integers(0, 2**32 - 1), st.integers(0, 4))
def test_taking_out_is_idempotent_keeps_the_area_and_misses_no_planted_spike(
    seed: int, planted: int
) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
    ring = (np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(60, 100, (12, 1))).tolist()
    for place in sorted(rng.choice(12, planted, replace=False), reverse=True):
        (x, y), reach = ring[place], rng.uniform(5, 40)
        ring[place : place + 1] = [
            (x, y),
            (x * (1 + reach / 80), y * (1 + reach / 80)),
            (x + 0.01, y),
        ]
    shape = shapely.Polygon(ring)
    made = one(shape)
    assert one(made) == made
    assert abs(abs(made.area) - shape.area) <= max(planted, 1) * WIDTH * 200
    if planted:
        assert has(shape)
        assert not has(made) or made == shape


def test_the_number_of_threads_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    many = np.tile(np.array([SPIKED, BOX, CASES["of several vertices"]], dtype=object), 9_000)
    many = many[rng.permutation(len(many))]
    assert (spiky(many, WIDTH, LENGTH) == spiky(many, WIDTH, LENGTH, workers=2)).all()
    assert spiky(many, WIDTH, LENGTH).sum() == 18_000
