"""The sector offices' files: houses, streets, drains, water, sanitation and hydrants."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point

from kotaku_geo.sample import config
from kotaku_geo.sample.city import City
from kotaku_geo.sample.fabric import footprint_rings
from kotaku_geo.sample.formats import (
    Value,
    geojson_geometry,
    kml,
    write_geojson,
    write_layer,
    write_zip,
)
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.shapes import polygonal, to_lonlat


def write_sectors(city: City, drop: Path, ledger: Ledger) -> None:
    """All of `sektor/` that is drawn."""
    _houses(city, drop)
    _streets(city, drop, ledger)
    _drains(city, drop, ledger)
    _floods(city, drop, ledger)
    _toilets(city, drop)
    _hydrants(city, drop, ledger)


def _houses(city: City, drop: Path) -> None:
    blocks = city.sectors.blocks
    rings = np.concatenate([footprint_rings(b.centres, b.size, b.angle) for b in blocks])
    crooked, unfit = np.concatenate(city.sectors.irregular), np.concatenate(city.sectors.unfit)
    columns: dict[str, list[Value]] = {
        "TERATUR": np.where(crooked, "T", "Y").tolist(),
        "MEMENUHI": np.where(unfit, "T", "Y").tolist(),
    }
    shapes = np.asarray(shapely.polygons(rings))
    write_layer(drop / "sektor/bangunan.gpkg", shapes, columns, "Polygon", table="bangunan_gedung")


def _streets(city: City, drop: Path, ledger: Ledger) -> None:
    """A shapefile inside a zip; one street lies in the sea of another country."""
    lines = city.sectors.streets
    assert lines is not None
    shapes = [*lines.geometries().tolist(), LineString([(1.0, 1.0), (50.0, 50.0)])]
    damaged = [*lines.damaged.tolist(), False]
    columns: dict[str, list[Value]] = {
        "KONDISI": ["Rusak" if bad else "Baik" for bad in damaged],
        "LEBAR": [round(1.2 + (row % 7) * 0.3, 1) for row in range(len(shapes))],
    }
    ledger.add("geometry.outside-city", config.JALAN, len(shapes) - 1, "", "dekat titik nol UTM")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jalan_lingkungan.shp"
        write_layer(path, shapes, columns, "LineString")
        members = {f"jalan/{file.name}": file.read_bytes() for file in Path(folder).iterdir()}
    write_zip(drop / "sektor/jalan_lingkungan.zip", members)


def _drains(city: City, drop: Path, ledger: Ledger) -> None:
    """A KMZ from Google Earth: every value is text, every point has altitude 0."""
    lines = city.sectors.drains
    assert lines is not None
    shapes = to_lonlat(MultiLineString(lines.geometries().tolist())).geoms
    columns: dict[str, list[Value]] = {
        "KONDISI": ["rusak" if bad else "baik" for bad in lines.damaged.tolist()],
        "LEBAR_M": [("0,3", "0,4", "0,5")[row % 3] for row in range(len(lines.ends))],
    }
    document = kml("Drainase", list(shapes), columns, folder=False)
    write_zip(drop / "sektor/drainase.kmz", {"doc.kml": document})
    ledger.add("geometry.z-dropped", config.DRAINASE, None, "", "ketinggian 0")


def _floods(city: City, drop: Path, ledger: Ledger) -> None:
    floods = city.sectors.floods
    # On a grid of a millimetre: hair-thin corners would cross when degrees are rounded.
    fine = [shapely.set_precision(flood.polygon, 0.001) for flood in floods]
    shapes = [geojson_geometry(to_lonlat(polygonal(shape))) for shape in fine]
    point = geojson_geometry(to_lonlat(Point(city.tiling.mesh.seeds[0])))
    columns: dict[str, list[Value]] = {
        "TINGGI_CM": [*(flood.depth_cm for flood in floods), 40.0, 40.0],
        "LAMA_JAM": [*(flood.hours for flood in floods), 3.0, 3.0],
        "FREK_THN": [*(flood.times for flood in floods), 4.0, 4.0],
    }
    ledger.add("geometry.wrong-type", config.GENANGAN, len(floods), "", "titik")
    ledger.add("geometry.empty", config.GENANGAN, len(floods) + 1, "", "tanpa geometri")
    write_geojson(drop / "sektor/genangan.geojson", [*shapes, point, None], columns, "genangan")


def _toilets(city: City, drop: Path) -> None:
    toilets = city.sectors.toilets
    columns: dict[str, list[Value]] = {
        "SPALD": ["Sesuai" if proper else "Tidak Sesuai" for _, proper, _ in toilets],
        "KK": [families for _, _, families in toilets],
    }
    shapes = [point for point, _, _ in toilets]
    path = drop / "sektor/sanitasi.gpkg"
    write_layer(path, shapes, columns, "Point", table="air_limbah_setempat")


def _hydrants(city: City, drop: Path, ledger: Ledger) -> None:
    hydrants = city.sectors.hydrants
    shapes = [to_lonlat(Point(h.x, h.y)) for h in hydrants]
    columns: dict[str, list[Value]] = {
        "JENIS": ["Hidran" for _ in hydrants],
        "RADIUS": [f"{h.radius:.1f}".replace(".", ",") for h in hydrants],
    }
    path = drop / "sektor/hidran.kml"
    path.write_bytes(kml("Hidran", shapes, columns))
    ledger.add("geometry.z-dropped", config.HIDRAN, None, "", "ketinggian 0")
