"""Overlapping pairs, found the long way and the short way."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.geo.neighbours import overlapping_pairs


def tiles(columns: int, rows: int, shake: float, rng: np.random.Generator) -> np.ndarray:
    """Quadrangles that share their corners."""
    x, y = np.meshgrid(np.arange(columns + 1), np.arange(rows + 1))
    c = np.stack([x, y], axis=-1) * 20.0 + rng.uniform(-shake, shake, (rows + 1, columns + 1, 2))
    rings = np.stack([c[:-1, :-1], c[:-1, 1:], c[1:, 1:], c[1:, :-1], c[:-1, :-1]], axis=2)
    return shapely.polygons(rings.reshape(-1, 5, 2) + np.array([350_000, 9_235_000]))


def pairs_of(layer: np.ndarray, least: float = 1e-6) -> list[tuple[int, int]]:
    """All pairs that share area, by asking every pair."""
    i, j = shapely.STRtree(layer).query(layer)
    i, j = i[i < j], j[i < j]
    shared = shapely.area(shapely.intersection(layer[i], layer[j])) > least
    return sorted(zip(i[shared].tolist(), j[shared].tolist(), strict=True))


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 4.0]), st.integers(0, 6))
def test_the_short_way_finds_every_pair_that_the_long_way_finds(
    seed: int, shake: float, planted: int
) -> None:
    rng = np.random.default_rng(seed)
    layer = tiles(12, 9, shake, rng)
    for index in rng.integers(0, len(layer), planted):
        shape = layer[index]
        x, y = shapely.get_x(shapely.centroid(shape)), shapely.get_y(shapely.centroid(shape))
        # identical, nested, shifted, two tiles in one, a sliver over the neighbour, part of it
        odd = [shape, shapely.box(x - 2, y - 2, x + 2, y + 2),
               shapely.transform(shape, lambda c: c + rng.uniform(-9, 9, 2)),
               shapely.coverage_union(shape, layer[(index + 1) % len(layer)]),
               shapely.buffer(shape, 0.01), shapely.Polygon(shapely.get_coordinates(shape)[[0, 1, 2]])]  # fmt: skip
        layer = np.append(layer, [odd[rng.integers(len(odd))]])
    layer = layer[rng.permutation(len(layer))]
    layer = layer[shapely.is_valid(layer) & (shapely.get_type_id(layer) == 3)]
    low, high = overlapping_pairs(layer, many=1, workers=2)
    shared = shapely.area(shapely.intersection(layer[low], layer[high])) > 1e-6
    found = list(zip(low[shared].tolist(), high[shared].tolist(), strict=True))
    assert found == pairs_of(layer)


def test_a_second_city_drawn_over_the_first_is_found_though_all_edges_match() -> None:
    layer = np.tile(tiles(8, 8, 3.0, np.random.default_rng(1)), 2)
    assert list(zip(*(a.tolist() for a in overlapping_pairs(layer, many=1)), strict=True)) == [
        (i, i + 64) for i in range(64)
    ]


def test_nothing_overlaps_in_a_mosaic_and_nothing_is_asked_of_an_empty_layer() -> None:
    for layer in (tiles(30, 30, 5.0, np.random.default_rng(2)), np.empty(0, dtype=object)):
        for many in (1, 10_000):
            assert [len(side) for side in overlapping_pairs(layer, many=many)] == [0, 0]
