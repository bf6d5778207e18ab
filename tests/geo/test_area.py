"""The cheap geodesic area against `pyproj.Geod`, which walks every edge on the ellipsoid."""

import numpy as np
import pyproj
import pytest
import shapely

from kotaku_geo.geo.area import geodesic_ha, geodesic_m2, true_length_m

CITIES = {"Pontianak": (109.33, -0.02), "Banda Aceh": (95.32, 5.55), "Jayapura": (140.7, -2.53),
          "Banjarmasin": (114.59, -3.32), "Kupang": (123.6, -10.17), "Balikpapan": (116.83, -1.26)}  # fmt: skip


def oracle(shape: shapely.Geometry, crs: str) -> float:
    lonlat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    degrees = shapely.transform(
        shape, lambda c: np.column_stack(lonlat.transform(c[:, 0], c[:, 1]))
    )
    oriented = shapely.orient_polygons(degrees)  # Geod's areas have the sign of the ring
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(oriented)[0])


@pytest.mark.parametrize("city", CITIES)
def test_areas_agree_with_geod_to_one_in_a_hundred_thousand(city: str) -> None:
    lon, lat = CITIES[city]
    crs = f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) + 1}"
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    rng = np.random.default_rng(1)
    sizes = rng.uniform(30, 800, 50)
    shapes = shapely.buffer(
        shapely.points(x + rng.normal(0, 3000, 50), y + rng.normal(0, 3000, 50)), sizes
    )
    found = geodesic_m2(shapes, crs)
    # GEOS's circles have straight edges in the plane and Geod's are geodesics: below 1e-6 here.
    assert found == pytest.approx([oracle(s, crs) for s in shapes], rel=2e-6)


def test_holes_multiparts_and_what_has_no_area() -> None:
    ring = shapely.box(350000, 9235000, 350100, 9235100)
    holed = shapely.difference(ring, shapely.box(350020, 9235020, 350040, 9235040))
    both = shapely.MultiPolygon([holed, shapely.box(351000, 9235000, 351100, 9235100)])
    shapes = np.array(
        [holed, both, shapely.Point(350000, 9235000), shapely.Polygon(), None], dtype=object
    )
    areas = geodesic_ha(shapes, "EPSG:32749")
    assert areas[:2] == pytest.approx([oracle(s, "EPSG:32749") / 1e4 for s in shapes[:2]], rel=1e-6)
    assert areas[2:].tolist() == [0, 0, 0]


def test_lengths_agree_with_geod() -> None:
    line = shapely.LineString([(230000, 9630000), (230400, 9630300), (231000, 9630100)])
    lonlat = pyproj.Transformer.from_crs("EPSG:32750", "EPSG:4326", always_xy=True)
    degrees = shapely.transform(line, lambda c: np.column_stack(lonlat.transform(c[:, 0], c[:, 1])))
    wanted = pyproj.Geod(ellps="WGS84").geometry_length(degrees)
    assert true_length_m(np.array([line]), "EPSG:32750")[0] == pytest.approx(wanted, rel=1e-5)


def test_degrees_are_refused() -> None:
    with pytest.raises(ValueError, match="not a projected CRS"):
        geodesic_ha(np.array([shapely.box(0, 0, 1, 1)]), "EPSG:4326")
