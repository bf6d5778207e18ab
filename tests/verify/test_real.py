"""A real city: 452 polygons that stand in for the SK against 370 surveyed ones."""

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely

from kotaku_geo.geo.grouping import polygonal
from kotaku_geo.geo.overlay import cross, faces, intersection_areas
from tests.verify.city import kawasan, sk

UTM = "EPSG:32750"
# Made with GEOS from the published files: hectares in UTM 50S.
UNION_SK, UNION_BASELINE, SHARED = 517.95, 507.58, 183.05


@pytest.fixture(scope="module")
def outlines(real_data):
    folder = real_data / "banjarmasin" / "perkim"
    layers = [gpd.read_file(folder / name) for name in ("kumuh.geojson", "kumuh2022.geojson")]
    return [polygonal(np.array(g.to_crs(UTM).make_valid(), dtype=object)) for g in layers]


def test_overlay_has_the_published_hectares(outlines):
    ours, theirs = (faces(layer) for layer in outlines)
    found = cross(ours.geometry, theirs.geometry, workers=2)
    area = shapely.area(found.geometry) / 1e4
    both = (found.left >= 0) & (found.right >= 0)
    assert area[found.left >= 0].sum() == pytest.approx(UNION_SK, abs=0.005)
    assert area[found.right >= 0].sum() == pytest.approx(UNION_BASELINE, abs=0.005)
    assert area[both].sum() == pytest.approx(SHARED, abs=0.005)


def test_shared_areas_as_geopandas(outlines):
    frames = [gpd.GeoDataFrame(geometry=layer, crs=UTM) for layer in outlines]
    oracle = gpd.overlay(*frames, keep_geom_type=True).area
    _, _, area = intersection_areas(*outlines, workers=2)
    assert area.sum() == pytest.approx(oracle.sum(), rel=1e-9)


def test_stage(outlines, verify):
    rows = [sk(g, id_sk=f"S{n:03d}") for n, g in enumerate(outlines[0])]
    areas = [kawasan(f"K{n:03d}", g) for n, g in enumerate(outlines[1])]
    began = time.process_time()
    # The hand-drawn cities' zone 49S stands in for 50S: the same metres, another place.
    result = verify(rows, areas)
    assert time.process_time() - began < 20  # a guard against a loop gone quadratic
    places = result.locations
    parts = places[["tetap_ha", "berubah_ha", "toleransi_ha"]].sum(axis=1)
    assert np.allclose(parts, places["luas_ha"], rtol=1e-9)
    assert set(places.index) == {r["id_sk"] for r in rows} | {k["id_kawasan"] for k in areas}
    for total in result.summary["total"].values():
        assert abs(total["selisih_identitas_ha"]) < 1e-4
