"""The ground tiles, is nested, and every planted shape is where it has to be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from kotaku_geo.sample.city import City
from kotaku_geo.sample.config import SIZES
from kotaku_geo.sample.groups import plant_groups
from kotaku_geo.sample.mesh import build_mesh
from kotaku_geo.sample.shapes import cut, hectares, inset, lonlat, to_lonlat
from kotaku_geo.sample.tiling import build_tiling


@pytest.mark.parametrize("seed", range(6))
def test_cells_tile_without_gaps_or_overlaps(seed: int) -> None:
    cells = np.array(build_mesh(np.random.default_rng(seed), 120).polygons)
    assert shapely.is_valid(cells).all()
    assert shapely.coverage_is_valid(cells)
    union = shapely.union_all(cells)
    assert union.geom_type == "Polygon"
    assert len(union.interiors) == 0
    assert union.area == pytest.approx(shapely.area(cells).sum(), rel=1e-12)


def test_a_large_city_tiles_as_well() -> None:
    cells = np.array(build_mesh(np.random.default_rng(5), 2_000).polygons)
    assert shapely.is_valid(cells).all()
    assert shapely.coverage_is_valid(cells)


def test_borders_are_wiggly(city: City) -> None:
    straight = shapely.length(shapely.linestrings(city.tiling.mesh.edge_lines[:, [0, -1]]))
    drawn = shapely.length(shapely.linestrings(city.tiling.mesh.edge_lines))
    assert (drawn > straight).mean() > 0.9
    assert (drawn.sum() / straight.sum()) > 1.02


def test_kelurahan_are_made_of_their_cells(city: City) -> None:
    units = np.array([unit.polygon for unit in city.tiling.kelurahan])
    assert shapely.coverage_is_valid(units)
    assert sum(unit.area for unit in units) == pytest.approx(city.tiling.outline.area, rel=1e-12)
    for unit in city.tiling.kelurahan:
        parts = [city.tiling.cells[cell].polygon for cell in unit.cells]
        assert shapely.area(parts).sum() == pytest.approx(unit.polygon.area, rel=1e-12)


def test_ids_of_rts_are_unique_and_well_formed(city: City) -> None:
    ids = [cell.id_rt for cell in city.tiling.rt_cells()]
    assert len(ids) == len(set(ids))
    assert all(i.startswith("33.78.") and "-RW" in i and "-RT" in i for i in ids)
    assert any(i.endswith("A") for i in ids)
    assert any("-RW000-" in i for i in ids)


def test_groups_keep_to_themselves(city: City) -> None:
    """No kawasan touches the SK location of another group: relations are those planted."""
    for group in city.groups:
        own = [s.polygon for s in group.sk if s.polygon is not None]
        for other in city.groups:
            if other is not group:
                for kawasan in other.kawasan:
                    assert all(kawasan.polygon.disjoint(shape) for shape in own)


def test_parts_of_rts_make_up_the_kawasan(city: City) -> None:
    for kawasan in city.kawasan():
        covered = sum(part.area for part in kawasan.parts.values())
        whole = kawasan.group.recipe.key not in ("tak_tercakup", "tanpa_deliniasi_rt")
        assert covered <= kawasan.polygon.area + 1e-6
        assert (covered == pytest.approx(kawasan.polygon.area, rel=1e-9)) == whole


def test_kawasan_of_one_side_do_not_overlap(city: City) -> None:
    outlines = np.array([kawasan.polygon for kawasan in city.kawasan()])
    union = shapely.union_all(outlines).area
    assert union == pytest.approx(shapely.area(outlines).sum(), rel=1e-9)


@pytest.mark.parametrize("seed", range(10, 18))
def test_every_seed_finds_a_place_for_every_recipe(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tiling = build_tiling(rng, SIZES["kecil"])
    assert len({g.recipe.key for g in plant_groups(rng, tiling, SIZES["kecil"])}) == 28


def test_cut_gives_the_share_asked_for() -> None:
    box = shapely.box(432_000, 9_233_000, 432_300, 9_233_100)
    for share in (0.1, 0.5, 0.83):
        one, other = cut(box, 0.7, share)
        assert one.area == pytest.approx(share * box.area, rel=1e-6)
        assert one.area + other.area == pytest.approx(box.area, rel=1e-9)


def test_hectares_are_geodesic() -> None:
    box = shapely.box(500_000, 9_233_000, 500_100, 9_233_100)
    assert hectares(box) == pytest.approx(1 / 0.9996**2, rel=1e-5)
    lon, lat = lonlat(500_000, 9_233_000)
    assert lon == pytest.approx(111.0)
    assert -7 < lat < -6
    assert hectares(inset(box, 10)) < hectares(box)
    assert to_lonlat(box).bounds[0] == pytest.approx(111.0)
