"""Overlaps and gaps of a coverage, and who is beside them."""

import pytest
import shapely

from kotaku_geo.geo import seams
from tests.geo.test_planar import arr, box, mend


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


def test_a_gap_that_only_its_corners_tell_is_found() -> None:
    """A lens between two polygons that share both its ends: no edges of it lie side by side."""
    left = shapely.Polygon([(0, 0), (50, 0), (50.3, 0.4), (50, 0.8), (50, 50), (0, 50)])
    right = shapely.Polygon([(100, 0), (100, 50), (50, 50), (50, 0.8), (50.6, 0.4), (50, 0)])
    shapes = arr(left, right)
    assert not (shapely.length(shapely.coverage_invalid_edges(shapes, gap_width=1.0)) > 0).any()
    assert seams.suspect(shapes, 1.0).all()
    assert not len(seams.gaps(mend(shapes).geometry))


def test_a_hole_that_is_drawn_is_no_gap_but_one_that_a_neighbour_half_fills_is() -> None:
    lake = box(0, 0, 100).difference(box(40, 40, 0.5, 10))
    assert not mend(arr(lake, box(100, 0, 100))).changed.any()
    assert len(seams.gaps(arr(lake))) == 0
    assert len(seams.gaps(arr(lake, box(40, 40, 0.5, 5)))) == 1
