"""Files for the environmental and social screening."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import config
from kotaku_geo.sample.city import City
from kotaku_geo.sample.formats import (
    Value,
    geojson_geometry,
    kml,
    write_csv,
    write_geojson,
    write_layer,
)
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.raster import NODATA, PIXEL
from kotaku_geo.sample.shapes import to_lonlat


def write_themes(city: City, drop: Path, ledger: Ledger) -> None:
    """All of `penapisan/`."""
    _protected(city, drop, ledger)
    _hazards(city, drop, ledger)
    _grid(city, drop)
    _customary(city, drop)
    _heritage(city, drop, ledger)
    _land(city, drop)
    for source in (config.BCB, config.BCB_ZONA):
        ledger.add("screen.coverage-unknown", source, None, "", "cakupan tidak dinyatakan")
    if any(row.covered != 1.0 for row in city.screened if row.theme == "rawan_bencana"):
        ledger.add("screen.raster-partial", config.LONGSOR, None, "", "sebelah timur tanpa nilai")


def _multi(geometry: Geometry) -> Geometry:
    return MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry


def _protected(city: City, drop: Path, ledger: Ledger) -> None:
    """Protected ground as areas, rivers as lines, some without a width for their reserve."""
    themes = city.themes
    shapes = [_multi(shape) for shape, _ in themes.protected]
    columns: dict[str, list[Value]] = {"JENIS": [kind for _, kind in themes.protected]}
    path = drop / "penapisan/kawasan_lindung.gpkg"
    write_layer(path, shapes, columns, "MultiPolygon", table="lindung_ar_25k")
    rivers = themes.rivers
    for river in rivers:
        if river.width is None:
            ledger.add("screen.buffer-assumed", config.SUNGAI, None, "", river.name)
    lines: dict[str, list[Value]] = {
        "NAMA": [river.name for river in rivers],
        "ORDE": [None for _ in rivers],
        "SEMPADAN": [river.width for river in rivers],
    }
    found = [geojson_geometry(to_lonlat(river.line)) for river in rivers]
    write_geojson(drop / "penapisan/sungai.geojson", found, lines, "sungai")


def _hazards(city: City, drop: Path, ledger: Ledger) -> None:
    """Flood zones that overlap, and a bow tie where no slum is."""
    zones = city.themes.floods
    x, y = city.tiling.kelurahan[city.tiling.unsurveyed].polygon.representative_point().coords[0]
    tie = Polygon([(x, y), (x + 30, y + 30), (x + 30, y), (x, y + 30), (x, y)])
    columns: dict[str, list[Value]] = {"KELAS": [*(grade for _, grade in zones), "Rendah"]}
    ledger.add("geometry.invalid", config.BANJIR, len(zones), "", "pita kupu-kupu")
    ledger.add("geometry.overlap", config.BANJIR, None, "", "zona saling menumpuk")
    path = drop / "penapisan/kebencanaan.gpkg"
    shapes = [*(_multi(zone) for zone, _ in zones), _multi(tie)]
    write_layer(path, shapes, columns, "MultiPolygon", table="zona_banjir")
    post = [Point(at) for at in np.round(city.tiling.mesh.seeds[:3], 1)]
    posts: dict[str, list[Value]] = {"NAMA": ["Pos 1", "Pos 2", "Pos 3"]}
    write_layer(path, post, posts, "Point", table="pos_siaga")


def _grid(city: City, drop: Path) -> None:
    hazard = city.themes.hazard
    path = drop / "penapisan/indeks_longsor.tif"
    rows, columns = hazard.values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        nodata=NODATA,
        transform=from_origin(hazard.west, hazard.north, PIXEL, PIXEL),
        compress="deflate",
    ) as grid:
        grid.write(hazard.values, 1)


def _customary(city: City, drop: Path) -> None:
    rows: list[list[Value]] = [["KODE_KEL", "KELURAHAN", "KOMUNITAS", "STATUS"]]
    for number, status in sorted(city.themes.customary.items()):
        unit = city.tiling.kelurahan[number]
        name = f"Paguyuban Adat {unit.name}" if status != "tidak" else "-"
        rows.append([unit.code, unit.name, name, status.capitalize()])
    write_csv(drop / "penapisan/mha.csv", rows, "utf-8")


def _heritage(city: City, drop: Path, ledger: Ledger) -> None:
    """The register's points have latitude where longitude belongs, all of them."""
    heritage = city.themes.heritage
    swapped = [
        Point(np.flip(shapely.get_coordinates(to_lonlat(point))[0])) for point, _, _ in heritage
    ]
    columns: dict[str, list[Value]] = {
        "NAMA": [name for _, name, _ in heritage],
        "PERINGKAT": [rank for _, _, rank in heritage],
    }
    path = drop / "penapisan/cagar_budaya.geojson"
    write_geojson(path, [geojson_geometry(point) for point in swapped], columns, "cagar_budaya")
    ledger.add("geometry.swapped", config.BCB, None, "", "lintang dan bujur tertukar")
    zone: dict[str, list[Value]] = {"NAMA": ["Kawasan Kota Lama"], "ZONA": ["inti"]}
    document = kml("Zona", [to_lonlat(city.themes.zone)], zone)
    (drop / "penapisan/zona_cagar_budaya.kml").write_bytes(document)
    ledger.add("geometry.z-dropped", config.BCB_ZONA, None, "", "ketinggian 0")


def _land(city: City, drop: Path) -> None:
    parcels = city.themes.parcels
    columns: dict[str, list[Value]] = {"TIPEHAK": [status for _, status in parcels]}
    shapes = [_multi(shape) for shape, _ in parcels]
    path = drop / "penapisan/bidang_tanah.gpkg"
    write_layer(path, shapes, columns, "MultiPolygon", table="bidang_tanah")
