"""Polygons fitted to each other: what GEOS' cleaner breaks, and what it cannot do."""

import numpy as np
import pytest
import shapely

from kotaku_geo.geo import fitting
from kotaku_geo.geo.planar import repair
from tests.geo.test_planar import NEAR, Case, arr, box, mend, tiled


def test_crumbs_are_left_to_a_neighbour_and_real_parts_are_not() -> None:
    whole = arr(box(0, 0, 100), box(0, 0, 100), shapely.MultiPolygon([box(0, 0, 9), box(20, 0, 0.1, 1)]))  # fmt: skip
    broken = arr(
        shapely.MultiPolygon([box(0, 0, 99), box(99.5, 0, 0.2, 1)]),
        shapely.MultiPolygon([box(0, 0, 49), box(50, 0, 50)]),
        whole[2],
    )
    kept = fitting._without_crumbs(broken, whole, 0.5)
    assert shapely.get_num_geometries(kept).tolist() == [1, 2, 2]
    assert kept[0].geom_type == "Polygon"


@pytest.mark.parametrize("fails", [(0.5,), (0.5, fitting.HAIR)])
def test_where_geos_cannot_bring_vertices_together_it_is_done_without(
    monkeypatch: pytest.MonkeyPatch, fails: tuple[float, ...]
) -> None:
    joined = fitting._joined

    def failing(cells: np.ndarray, snap: float, gap: float) -> np.ndarray:
        if snap in fails:
            raise shapely.GEOSException("no")
        return joined(cells, snap, gap)

    monkeypatch.setattr(fitting, "_joined", failing)
    done = mend(arr(box(0, 0, 100), box(99.5, 0, 60)))
    both = ["failed", "failed"] if len(fails) > 1 else [None, None]
    assert done.refused.tolist() == both
    assert shapely.coverage_is_valid(done.geometry) == (len(fails) == 1)


@pytest.mark.parametrize(
    "case", [(1374, 3.0, 4, 3, (1, 0, 1), 2), (1184, 0.3, 4, 1, (0, 2, 0), 2), (1299, 0.6, 3, 1, (0, 2, 2), 2), (1220, 0.05, 3, 1, (0, 2), 3), (708, 0.6, 3, 1, (2, 1, 0), 2)]
)  # fmt: skip
def test_neither_dust_nor_rounding_refuses_a_group(case: Case) -> None:
    """What overlays leave of nothing made GEOS fail, and all that touched stayed as it was."""
    done = repair(*tiled(case), NEAR)
    assert not {"failed", "unstable"} & set(done.refused)
