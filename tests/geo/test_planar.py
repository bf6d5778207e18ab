"""Repair of a coverage: what noise explains is mended, everything else stays, and says so."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kotaku_geo.geo import fitting, planar, seams
from kotaku_geo.geo.fitting import Distances
from kotaku_geo.geo.planar import Repaired, repair

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


def test_what_the_gate_refuses_stays_as_it_was_and_the_others_are_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cleaner gone wild on one polygon, as GEOS' was seen to be with default snapping."""
    shapes = arr(box(0, 0, 100), box(99.5, 0, 100), box(199, 0, 100), box(298.4, 0, 120))
    joined = fitting._joined

    def wild(cells: np.ndarray, snap: float, gap: float) -> np.ndarray:
        result = joined(cells, snap, gap)
        first = np.flatnonzero(shapely.bounds(cells)[:, 0] == 0)
        result[first] = shapely.buffer(result[first], -9)
        return result

    monkeypatch.setattr(fitting, "_joined", wild)
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


Case = tuple[int, float, int, int, tuple[int, ...], int]


def tiled(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """A grid of quadrilaterals whose corners each polygon draws for itself, with odd ones out.

    Given a seed, the noise, the columns, the rows, what the odd ones are, and the ranks.
    """
    seed, noise, across, up, odds, ranks = case
    rng = np.random.default_rng(seed)
    base = np.stack(np.meshgrid(np.arange(across + 1), np.arange(up + 1), indexing="ij"), -1) * 60.0
    base += rng.uniform(-12, 12, base.shape)
    shapes = []
    for i in range(across):
        for j in range(up):
            corners = base[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
            between = (corners + np.roll(corners, -1, axis=0)) / 2
            ring = np.stack([corners, between], 1).reshape(-1, 2)
            shapes.append(shapely.Polygon(ring + rng.uniform(-noise, noise, ring.shape)))
    for kind in odds:
        odd = shapes[int(rng.integers(len(shapes)))]
        x, y = shapely.get_coordinates(odd.centroid)[0]
        shapes.append((odd, odd.buffer(-5), shapely.box(x, y, x + 70, y + 20))[kind])
    good = arr(*[s for s in shapes if s.is_valid and s.area > 0])
    return good, rng.integers(0, ranks, len(good))


def coverages(worst: float = 3.0) -> st.SearchStrategy[Case]:
    """Cases of `tiled`."""
    return st.tuples(
        st.integers(0, 2**32 - 1),
        st.sampled_from([n for n in (0.05, 0.3, 0.6, 3.0) if n <= worst]),
        st.integers(1, 4),
        st.integers(1, 3),
        st.lists(st.integers(0, 2), max_size=3).map(tuple),
        st.sampled_from([1, 2, 3]),
    )


def inside_kept(pieces: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Whether more than two polygons cover each piece of an overlap."""
    i, j = shapely.STRtree(shapes).query(pieces, predicate="intersects")
    covers = shapely.area(shapely.intersection(pieces[i], shapes[j])) > shapely.area(pieces[i]) / 2
    return np.asarray(np.bincount(i[covers], minlength=len(pieces)) > 2)


@settings(max_examples=40)
@given(coverages())
@example((1374, 3.0, 4, 3, (1, 0, 1), 2))  # a vertex drifted by a rounding in each round
@example((1508, 0.6, 4, 3, (2, 0), 2))  # gaps that a refused polygon has filled one by one
def test_repairing_again_changes_nothing(case: Case) -> None:
    shapes, rank = tiled(case)
    once = repair(shapes, rank, NEAR)
    twice = repair(once.geometry, rank, NEAR)
    assert not twice.changed.any()
    assert all(a is b for a, b in zip(twice.geometry, once.geometry, strict=True))


@settings(max_examples=40)
@given(coverages(), st.integers(0, 1000), st.sampled_from([None, 2]))
@example((1862, 3.0, 2, 2, (0, 0), 3), 8, None)  # twins: one was refused, whichever came first
@example((21059, 0.05, 2, 2, (0, 2, 0), 3), 1, None)  # twins: one got the strip
def test_order_and_workers_leave_no_trace(case: Case, seed: int, workers: int | None) -> None:
    shapes, rank = tiled(case)
    other = np.random.default_rng(seed).permutation(len(shapes))
    one = repair(shapes, rank, NEAR)
    two = repair(shapes[other], rank[other], NEAR, workers=workers)
    assert shapely.to_wkb(one.geometry[other]).tolist() == shapely.to_wkb(two.geometry).tolist()
    assert one.refused[other].tolist() == two.refused.tolist()


@settings(max_examples=40)
@given(coverages())
@example((7523, 0.6, 1, 3, (1, 0, 0), 2))  # unchanged, and yet another object
@example((11608, 0.6, 1, 3, (0, 0, 2), 3))
def test_the_gate_holds(case: Case) -> None:
    old, rank = tiled(case)
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
@example((89, 0.3, 2, 1, (0, 0), 1))  # a sliver of a gap that no edge beside it tells
@example((342, 0.6, 2, 3, (2,), 1))
@example((2418, 0.6, 4, 3, (1, 2), 3))  # a strip hangs together with a cell by the next strip
@example((3454, 0.3, 4, 2, (1, 2, 2), 1))
@example((5539, 0.3, 2, 3, (0, 2, 2), 3))  # noding shuts a bay
@example((1824, 0.05, 2, 2, (2, 0), 2))  # dust
@example((2077, 0.6, 4, 3, (0,), 3))
@example((4130, 0.3, 4, 3, (1, 0, 2), 3))
@example((22103, 0.05, 1, 2, (0, 2, 2), 1))
def test_the_repaired_part_is_a_coverage(case: Case) -> None:
    shapes, rank = tiled(case)
    done = repair(shapes, rank, NEAR)
    tiles = done.geometry[done.refused == None]  # noqa: E711
    left = seams.overlaps(tiles)
    narrow = left.geometry[~seams.wider(left.geometry, 1.0)]
    assert inside_kept(narrow, tiles).all(), "only inside an overlap that is kept"
    assert not (seams.widths(seams.gaps(tiles)) < 0.9).any()


@settings(max_examples=40)
@given(coverages())
@example((315, 3.0, 4, 3, (2, 2, 2), 3))
@example((1763, 3.0, 2, 2, (1,), 2))
@example((2088, 3.0, 4, 3, (1, 1), 3))  # vertices brought together made the gap too wide to fill
def test_what_is_left_is_wide_or_a_refused_polygon_is_beside_it(case: Case) -> None:
    shapes, rank = tiled(case)
    done = repair(shapes, rank, NEAR)
    new, refused = done.geometry, done.refused != None  # noqa: E711
    left = seams.overlaps(new)
    silent = ~(seams.wider(left.geometry, 1.0) | refused[left.left] | refused[left.right])
    pieces = left.geometry[silent]
    i, j = shapely.STRtree(new).query(pieces, predicate="intersects")
    told = np.zeros(len(pieces), dtype=bool)
    told[i[refused[j]]] = True
    assert (told | inside_kept(pieces, new)).all()
    gaps = seams.gaps(new)
    narrow = gaps[~seams.wider(gaps, 1.0)]
    gap, beside = seams.neighbours(narrow, new)
    assert set(gap[refused[beside]]) == set(range(len(narrow)))


@settings(max_examples=40)
@given(coverages(worst=0.6))
@example((3832, 0.05, 1, 2, (0,), 2))  # rounding was mended by bringing vertices together
@example((2042, 0.3, 3, 3, (2,), 3))  # a crumb broke off, and the whole polygon was refused
@example((2766, 0.3, 3, 1, (2, 1, 0), 3))  # GEOS merged a thin cell into a fixed one
@example((20790, 0.05, 4, 2, (0, 0), 2))
@example((25983494, 0.6, 4, 3, (0, 2, 1), 3))  # what else was in the group decided
def test_edges_of_authority_stay(case: Case) -> None:
    """What the strongest are among themselves is what they are among the weaker."""
    shapes, rank = tiled(case)
    first = rank == rank.min()
    alone, beside = repair(shapes[first], rank[first], NEAR), repair(shapes, rank, NEAR)
    assume((alone.refused == None).all() & (beside.refused == None).all())  # noqa: E711
    for a, b in zip(alone.geometry, beside.geometry[first], strict=True):
        assert moved(a, b) <= 2e-3 * shapely.length(a)


def test_a_weaker_duplicate_stays_whole_beside_a_mended_border() -> None:
    shapes = arr(box(0, 0, 100), box(0, 0, 100), box(99.5, 0, 60))
    done = mend(shapes, [0, 1, 1])
    assert moved(done.geometry[0], shapes[0]) < 1e-6
    assert moved(done.geometry[0], done.geometry[1]) < 1e-6
    assert shapely.touches(done.geometry[0], done.geometry[2])


def round_a_thin_one(*thin: tuple[float, float]) -> np.ndarray:
    """Two that overlap by a hair's breadth, two beside the one of them, and one between these."""
    middle = shapely.Polygon([(0, 0), (200, 0), (200, 100), (100, 100), (0, 100)])
    between = shapely.Polygon(thin)
    sides = [box(x, 100, 100).difference(between) for x in (0, 100)]
    return arr(box(0, -99.5, 200), middle, *sides, between)


def test_a_thin_polygon_is_no_gap_where_its_neighbours_are_mended() -> None:
    """It fits, between two that fit too and take part only as neighbours of what does not."""
    shapes = round_a_thin_one(
        (99.8, 130), (100, 130), (100.2, 130), (100.2, 160), (100, 160), (99.8, 160)
    )
    assert seams.suspect(shapes, 1.0).tolist() == [True, True, False, False, False]
    done = mend(shapes)
    assert all(a is b for a, b in zip(done.geometry[2:], shapes[2:], strict=True))
    assert shapely.touches(done.geometry[0], done.geometry[1])
    assert done.refused.tolist() == [None] * 5


def test_the_place_of_a_thin_polygon_that_was_refused_is_no_gap() -> None:
    """Its edges do not match, and brought together with the rest they are nothing at first."""
    shapes = round_a_thin_one((99.8, 130), (100.2, 130), (100.2, 160), (99.8, 160))
    assert seams.suspect(shapes, 1.0).all()
    done = mend(shapes)
    assert done.refused.tolist() == [None] * 5
    assert shapely.coverage_is_valid(done.geometry)
    assert [moved(a, b) for a, b in zip(done.geometry[2:], shapes[2:], strict=True)] == (
        pytest.approx([0, 0, 0], abs=1e-6)
    )


def test_thin_polygons_that_are_drawn_twice_stay_and_are_told() -> None:
    thin = box(0, 0, 0.8)
    done = mend(arr(thin, thin, box(50, 0, 10)))
    assert done.refused.tolist() == ["unfitted", "unfitted", None]
    assert not done.changed.any()


def test_a_gap_that_cannot_be_filled_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cleaner that fills nothing."""
    joined = fitting._joined
    monkeypatch.setattr(fitting, "_joined", lambda cells, snap, gap: joined(cells, snap, 0.0))
    ring = [box(0, 0, 100), box(100.8, 0, 100), box(0, 100, 200.8, 50), box(0, -50, 200.8, 50)]
    done = mend(arr(*ring, box(500, 0, 10)))
    assert done.refused.tolist() == ["unfitted"] * 4 + [None]
