"""Repair of a coverage: what noise explains is mended, everything else stays, and says so."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kotaku_geo.geo import planar, seams
from kotaku_geo.geo.planar import Distances, Repaired, repair

NEAR = Distances(0.5, 1.0)


def arr(*shapes: shapely.Geometry | None) -> np.ndarray:
    return np.array(shapes, dtype=object)


def box(x: float, y: float, w: float, h: float = 100.0) -> shapely.Polygon:
    return shapely.box(x, y, x + w, y + h)


def mend(shapes: np.ndarray, rank: list[int] | None = None, how: Distances = NEAR) -> Repaired:
    return repair(shapes, np.array(rank or [0] * len(shapes), dtype=np.int64), how)


def moved(left: shapely.Geometry, right: shapely.Geometry) -> float:
    return float(shapely.area(shapely.symmetric_difference(left, right)))


def test_a_sound_coverage_stays_as_it_is_object_for_object() -> None:
    shapes = arr(box(0, 0, 100), box(100, 0, 100), None, shapely.Polygon(), box(500, 0, 10))
    done = mend(shapes)
    assert not done.changed.any()
    assert all(a is b for a, b in zip(done.geometry, shapes, strict=True))
    assert (done.refused == None).all()  # noqa: E711


def test_a_narrow_overlap_goes_to_the_smaller_among_equals_and_no_area_is_lost() -> None:
    shapes = arr(box(0, 0, 300), box(299.2, 0, 100))
    done = mend(shapes)
    assert shapely.coverage_is_valid(done.geometry)
    assert shapely.area(done.geometry) == pytest.approx([299.2 * 100, 100 * 100])


def test_a_narrow_overlap_goes_to_the_authority_whatever_the_sizes() -> None:
    shapes = arr(box(0, 0, 300), box(299.2, 0, 100))
    done = mend(shapes, [0, 1])
    assert shapely.area(done.geometry) == pytest.approx([300 * 100, 99.2 * 100])
    assert moved(done.geometry[0], shapes[0]) < 1e-6


def test_a_narrow_gap_is_filled_by_the_weaker_side() -> None:
    ring = [box(0, 0, 100), box(100.8, 0, 100), box(0, 100, 200.8, 50), box(0, -50, 200.8, 50)]
    done = mend(arr(*ring), [0, 1, 0, 0])
    assert len(seams.gaps(done.geometry)) == 0
    assert shapely.coverage_is_valid(done.geometry)
    for strong in (0, 2, 3):
        assert moved(done.geometry[strong], ring[strong]) < 1e-3
    assert shapely.area(done.geometry[1]) == pytest.approx(100.8 * 100, abs=0.1)


def test_what_is_wider_than_the_tolerance_stays_and_the_rest_is_mended_round_it() -> None:
    shapes = arr(box(0, 0, 100), box(90, 0, 100), box(189.5, 0, 100))
    done = mend(shapes)
    assert shapely.area(shapely.intersection(done.geometry[0], done.geometry[1])) == pytest.approx(
        1000
    )
    assert shapely.area(shapely.intersection(done.geometry[1], done.geometry[2])) == 0
    assert shapely.touches(done.geometry[1], done.geometry[2])


@pytest.mark.parametrize("rank", [[0, 0, 0], [1, 0, 1], [0, 1, 0]])
def test_nested_and_duplicate_polygons_are_never_emptied(rank: list[int]) -> None:
    """GEOS' cleaner alone empties both."""
    shapes = arr(box(0, 0, 100), box(20, 20, 30, 30), box(0, 0, 100))
    emptied = shapely.is_empty(shapely.coverage_clean(shapes))
    assert emptied.any(), "or else there is nothing to protect from"
    done = mend(shapes, rank)
    assert [moved(a, b) for a, b in zip(done.geometry, shapes, strict=True)] == pytest.approx(
        [0, 0, 0]
    )


def test_three_owners_of_one_place_keep_it() -> None:
    shapes = arr(box(0, 0, 100), box(50, 0, 100), box(25, 50, 100))
    done = mend(shapes)
    assert [moved(a, b) for a, b in zip(done.geometry, shapes, strict=True)] == pytest.approx(
        [0, 0, 0]
    )


def test_a_hole_that_is_drawn_is_no_gap_but_one_that_a_neighbour_half_fills_is() -> None:
    lake = box(0, 0, 100).difference(box(40, 40, 0.5, 10))
    assert not mend(arr(lake, box(100, 0, 100))).changed.any()
    assert len(seams.gaps(arr(lake))) == 0
    assert len(seams.gaps(arr(lake, box(40, 40, 0.5, 5)))) == 1


def test_what_the_gate_refuses_stays_as_it_was_and_the_others_are_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cleaner gone wild on one polygon, as GEOS' was seen to be with default snapping."""
    shapes = arr(box(0, 0, 100), box(99.5, 0, 100), box(199, 0, 100), box(298.4, 0, 120))
    joined = planar._joined

    def wild(cells: np.ndarray, snap: float, gap: float) -> np.ndarray:
        result = joined(cells, snap, gap)
        first = np.flatnonzero(shapely.bounds(cells)[:, 0] == 0)
        result[first] = shapely.buffer(result[first], -9)
        return result

    monkeypatch.setattr(planar, "_joined", wild)
    done = mend(shapes)
    assert done.refused[0] == "area"
    assert (done.refused[1:] == None).all()  # noqa: E711
    assert done.geometry[0] is shapes[0]
    assert shapely.coverage_is_valid(done.geometry[1:])


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (shapely.Polygon(), "empty"),
        (shapely.MultiPolygon([box(0, 0, 49), box(51, 0, 49)]), "parts"),
        (shapely.box(0, 0, 100, 97), "shift"),
        (shapely.box(0, 0, 99.5, 99.5), None),
    ],
)
def test_the_gate(after: shapely.Geometry, why: str | None) -> None:
    assert planar._judged(arr(box(0, 0, 100)), arr(after), 1.0)[0] == why


def test_the_gate_measures_area_against_tolerance_times_perimeter() -> None:
    """Strips of the allowed width on many sides may still be too much together."""
    comb = shapely.union_all([box(0, 0, 40, 2), *(box(4 * i, 0, 0.9, 60) for i in range(10))])
    assert planar._judged(arr(comb), arr(box(0, 0, 40, 2)), 0.4)[0] in ("area", "shift")
    thin, thick = shapely.box(0, 0, 0.9, 100), shapely.box(0, 0, 0.9, 1)
    assert planar._judged(arr(thin), arr(thick), 1.0)[0] is None


def test_a_strip_wider_than_the_tolerance_is_a_shift_however_short() -> None:
    notch = box(0, 0, 100).difference(box(0, 0, 1.2, 1.2))
    assert planar._judged(arr(box(0, 0, 100)), arr(notch), 1.0)[0] == "shift"


def test_overlaps_and_gaps_are_told_piece_by_piece() -> None:
    shapes = arr(box(0, 0, 100), shapely.Polygon([(99, 0), (200, 0), (200, 100), (99, 100), (99, 60), (103, 50), (99, 40)]))  # fmt: skip
    found = seams.overlaps(shapes)
    assert (found.left.tolist(), found.right.tolist()) == ([0, 0], [1, 1])
    assert shapely.area(found.geometry).sum() == pytest.approx(2 * (40 + 1 * 2.5 / 2))
    gaps = seams.gaps(arr(*shapes))
    assert shapely.area(gaps) == pytest.approx([3 * 15 / 2])
    assert seams.neighbours(gaps, shapes)[1].tolist() == [0, 1]
    assert seams.widths(gaps)[0] < 3
    assert seams.wider(gaps, 1.0).tolist() == [True]
    assert seams.wider(gaps, 3.0).tolist() == [False]


@st.composite
def coverages(draw: st.DrawFn, worst: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """A grid of quadrilaterals whose corners each polygon draws for itself, with odd ones out."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    noise = draw(st.sampled_from([n for n in (0.05, 0.3, 0.6, 3.0) if n <= worst]))
    across, up = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    base = np.stack(np.meshgrid(np.arange(across + 1), np.arange(up + 1), indexing="ij"), -1) * 60.0
    base += rng.uniform(-12, 12, base.shape)
    shapes = []
    for i in range(across):
        for j in range(up):
            corners = base[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
            between = (corners + np.roll(corners, -1, axis=0)) / 2
            ring = np.stack([corners, between], 1).reshape(-1, 2)
            shapes.append(shapely.Polygon(ring + rng.uniform(-noise, noise, ring.shape)))
    for _ in range(draw(st.integers(0, 3))):
        odd = shapes[int(rng.integers(len(shapes)))]
        x, y = shapely.get_coordinates(odd.centroid)[0]
        shapes.append(
            draw(st.sampled_from([odd, odd.buffer(-5), shapely.box(x, y, x + 70, y + 20)]))
        )
    good = arr(*[s for s in shapes if s.is_valid and s.area > 0])
    ranks = draw(st.sampled_from([1, 2, 3]))
    return good, rng.integers(0, ranks, len(good))


@settings(max_examples=40)
@given(coverages())
def test_repairing_again_changes_nothing(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    shapes, rank = drawn
    once = repair(shapes, rank, NEAR)
    twice = repair(once.geometry, rank, NEAR)
    assert not twice.changed.any()
    assert all(a is b for a, b in zip(twice.geometry, once.geometry, strict=True))


@settings(max_examples=40)
@given(coverages(), st.integers(0, 1000), st.sampled_from([None, 2]))
def test_order_and_workers_leave_no_trace(
    drawn: tuple[np.ndarray, np.ndarray], seed: int, workers: int | None
) -> None:
    shapes, rank = drawn
    other = np.random.default_rng(seed).permutation(len(shapes))
    one = repair(shapes, rank, NEAR)
    two = repair(shapes[other], rank[other], NEAR, workers=workers)
    assert shapely.to_wkb(one.geometry[other]).tolist() == shapely.to_wkb(two.geometry).tolist()
    assert one.refused[other].tolist() == two.refused.tolist()


@settings(max_examples=40)
@given(coverages())
def test_the_gate_holds(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    old, rank = drawn
    done = repair(old, rank, NEAR)
    new = done.geometry
    assert len(new) == len(old)
    assert not (shapely.is_empty(new) | ~shapely.is_valid(new)).any()
    assert (shapely.get_num_geometries(new) <= shapely.get_num_geometries(old)).all()
    assert (np.abs(shapely.area(new) - shapely.area(old)) <= 1.001 * shapely.length(old)).all()
    strips = shapely.symmetric_difference(old, new)
    assert shapely.is_empty(shapely.buffer(strips, -0.51)).all()
    assert all(a is b for a, b in zip(new[~done.changed], old[~done.changed], strict=True))


@settings(max_examples=40)
@given(coverages(worst=0.6))
@example((arr(box(0, 0, 100), box(0, 0, 100), box(99.5, 0, 60)), np.array([0, 1, 1])))
def test_the_repaired_part_is_a_coverage(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    shapes, rank = drawn
    done = repair(shapes, rank, NEAR)
    new = done.geometry
    kept = done.refused == None  # noqa: E711
    tiles = new[kept]
    left = seams.overlaps(tiles)
    narrow = left.geometry[~seams.wider(left.geometry, 1.0)]
    owners = shapely.STRtree(tiles).query(shapely.point_on_surface(narrow), "intersects")[0]
    assert (np.bincount(owners) > 2).all(), "only inside an overlap that is kept"
    assert not (seams.widths(seams.gaps(tiles)) < 0.9).any()


@settings(max_examples=40)
@given(coverages(worst=0.6))
def test_edges_of_authority_stay(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """What the strongest are among themselves is what they are among the weaker."""
    shapes, rank = drawn
    first = rank == rank.min()
    alone, beside = repair(shapes[first], rank[first], NEAR), repair(shapes, rank, NEAR)
    assume((alone.refused == None).all() & (beside.refused == None).all())  # noqa: E711
    for a, b in zip(alone.geometry, beside.geometry[first], strict=True):
        assert moved(a, b) <= 2e-3 * shapely.length(a)
