"""The baseline delineation of the slum areas with what was reported of them, and a rival one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import config, names
from kotaku_geo.sample.city import City
from kotaku_geo.sample.deliver.profile_book import spelled
from kotaku_geo.sample.formats import Value, geojson_geometry, write_geojson, write_layer
from kotaku_geo.sample.ledger import PER_COLUMN, Ledger
from kotaku_geo.sample.shapes import (
    cut,
    hectares,
    largest,
    longest_axis,
    lonlat,
    shifted,
    to_lonlat,
)
from kotaku_geo.sample.standing import KawasanStanding

LEVEL_TEXT = {
    "ringan": "Ringan",
    "sedang": "Sedang",
    "berat": "Berat",
    "tidak_kumuh": "Tidak Kumuh",
}
COLUMNS = {
    "id_kawasan": "ID_KWS",
    "nama_kawasan": "KAWASAN",
    "nama_kelurahan": "KELURAHAN",
    "nama_kecamatan": "KECAMATAN",
    "rt": "RT_RW",
    "rw": "RT_RW",
    "lintang": "LATITUDE",
    "bujur": "LONGITUDE",
    "luas_ha": "LUAS_HA",
    "skor": "NILAI",
    "tingkat": "TINGKAT",
    "tipologi": "TIPOLOGI",
    "tingkat_pertimbangan": "PL",
    "prioritas": "PRIORITAS",
    "legalitas": "LEGALITAS",
}
_TYPOLOGY = ("Dataran Rendah", "Tepi Air", "Perbukitan", "Dataran Rendah")


@dataclass
class _Row:
    geometry: Geometry
    values: dict[str, Value]
    standing: KawasanStanding
    unclosed: bool = False
    whole: bool = True
    notes: list[tuple[str, str]] = field(default_factory=list)


def _values(city: City, standing: KawasanStanding, shape: Geometry) -> dict[str, Value]:
    kawasan, index = standing.kawasan, int(standing.kawasan.id[-3:])
    unit = city.tiling.kelurahan[kawasan.kelurahan[0]]
    cells = [city.tiling.cells[cell] for cell in sorted(kawasan.parts)]
    single = len(cells) == 1 and cells[0].rw > 0 and bool(standing.members)
    point = shape.representative_point()
    lon, lat = lonlat(point.x, point.y)
    known = standing.legal is not None
    spellings = (unit.name, unit.name.upper(), f"KEL. {unit.name.upper()}")
    return {
        "ID_KWS": kawasan.id,
        "KAWASAN": kawasan.name,
        "KELURAHAN": spellings[index % 3] if len(kawasan.kelurahan) == 1 else None,
        "KECAMATAN": unit.kecamatan,
        "RT_RW": spelled(cells[0], 3) if single else None,
        "LATITUDE": round(lat, 6),
        "LONGITUDE": round(lon, 6),
        "LUAS_HA": round(hectares(shape), 2),
        "NILAI": standing.low,
        "TINGKAT": LEVEL_TEXT.get(standing.level or ""),
        "TIPOLOGI": _TYPOLOGY[index % 4],
        "PL": None if standing.considered is None else standing.considered.capitalize(),
        "PRIORITAS": standing.priority,
        "LEGALITAS": ("Legal" if standing.legal else "Tidak Legal") if known else None,
    }


def _rows(city: City) -> list[_Row]:
    split = city.group("gabung").kawasan[0]
    result = []
    for standing in city.standings:
        kawasan = standing.kawasan
        shapes = [kawasan.polygon]
        if kawasan is split:
            shapes = [kawasan.parts[cell] for cell in sorted(kawasan.parts)]
        result += [
            _Row(shape, _values(city, standing, shape), standing, whole=len(shapes) == 1)
            for shape in shapes
        ]
    return result


def _spoil(city: City, rows: list[_Row]) -> None:
    """Plant what is wrong with single records; each in a record of its own."""
    sound = [
        row
        for row in rows
        if row.whole and row.standing.completeness == "lengkap" and row.standing.priority
    ]
    sound = [row for row in sound if len(row.standing.kawasan.kelurahan) == 1]
    sound = sorted(sound, key=lambda row: -row.standing.kawasan.luas)
    area_warning, area_error, *rest = sound
    _area(area_warning, 1.06)
    _area(area_error, 1.27)
    score, grade, rank, zero, origin, away, lost, fuzzy, broken = rest[:9]
    _set(score, "NILAI", score.standing.low + 3, "score.reported-differs")
    other = "Ringan" if grade.standing.level == "sedang" else "Sedang"
    _set(grade, "TINGKAT", f"{other}\r\n{other}", "level.reported-differs", "value.repaired")
    _set(rank, "PRIORITAS", (rank.standing.priority or 0) % 9 + 1, "priority.reported-differs")
    _set(zero, "LUAS_HA", 0.0, "value.zero-area")
    _set(origin, "LATITUDE", 0.0, "value.coordinate-zero")
    origin.values["LONGITUDE"] = 0.0
    _set(away, "LATITUDE", float(str(away.values["LATITUDE"])) - 0.05, "value.coordinate-mismatch")
    _set(lost, "KECAMATAN", "Seberang Lautan", "name.unknown-kecamatan")
    fuzzy.values["KECAMATAN"] = str(fuzzy.values["KECAMATAN"])[:10]
    name = city.tiling.kelurahan[fuzzy.standing.kawasan.kelurahan[0]].name
    if names.doubled(name) != name and not name.startswith("Sukamaju"):
        _set(fuzzy, "KELURAHAN", names.doubled(name), "name.fuzzy")
    broken.unclosed = True
    broken.notes.append(("geometry.unclosed", "ring tidak menutup"))
    open_land = city.group("tanpa_deliniasi_rt").kawasan[0]
    row = next(row for row in rows if row.standing.kawasan is open_land)
    home = open_land.kelurahan[0]
    far = next(u for u in reversed(city.tiling.kelurahan) if u.number != home)
    _set(row, "KELURAHAN", far.name, "name.contradicts-location")
    _set(rest[9 % len(rest)], "TIPOLOGI", "NULL", "value.null-text")


def _area(row: _Row, factor: float) -> None:
    written = round(float(str(row.values["LUAS_HA"])) * factor, 2)
    _set(row, "LUAS_HA", written, "area.attribute-differs")


def _set(row: _Row, column: str, value: Value, *rules: str) -> None:
    before = row.values[column]
    row.values[column] = value
    row.notes += [(rule, f"{column}: {before} → {value}") for rule in rules]


def _geometry(row: _Row) -> dict[str, Any]:
    found = geojson_geometry(to_lonlat(row.geometry))
    assert found is not None
    if row.unclosed:
        found["coordinates"][0] = found["coordinates"][0][:-1]
    return found


def write_delineation(city: City, drop: Path, ledger: Ledger) -> None:
    """`survei/delineasi_kumuh_2023.geojson` in longitude and latitude."""
    rows = _rows(city)
    _spoil(city, rows)
    again = next(row for row in rows if row.whole and not row.notes)
    rows.append(_Row(again.geometry, again.values, again.standing, notes=[("row.duplicate", "")]))
    for number, row in enumerate(rows):
        for rule, detail in row.notes:
            at = None if rule in PER_COLUMN else number
            ledger.add(rule, config.KAWASAN, at, row.standing.kawasan.id, detail)
    _states(city, ledger)
    columns = {key: [row.values[key] for row in rows] for key in rows[0].values}
    path = drop / "survei/delineasi_kumuh_2023.geojson"
    write_geojson(path, [_geometry(row) for row in rows], columns, "delineasi_kumuh_2023")
    _other_office(city, drop, ledger)


def _other_office(city: City, drop: Path, ledger: Ledger) -> None:
    """What another office drew of three kawasan: alike but for noise, with a bulge, and cut.

    Where they differ nobody surveyed: whichever outline is chosen, no value is measured anew.
    """
    keys = ("sama", "tanpa_deliniasi_rt", "tanpa_data")
    alike, bulging, smaller = (city.group(key).kawasan[0] for key in keys)
    bulge = 0.03
    radius = math.sqrt(2 * bulge * bulging.polygon.area / math.pi)
    left, _ = cut(smaller.polygon, longest_axis(smaller.polygon), 0.8)
    shapes = {
        alike.id: shifted(alike.polygon, 0.3, 0.4),
        bulging.id: bulging.polygon.union(_middle_of_side(bulging.polygon).buffer(radius)),
        smaller.id: largest(left),
    }
    path = drop / "survei/delineasi_dpupr_2020.gpkg"
    columns: dict[str, list[Value]] = {"KODE": list(shapes)}
    write_layer(path, list(shapes.values()), columns, "Polygon", table="kumuh_2020")
    for kawasan, detail in ((bulging, "tonjolan 3 %"), (smaller, "seperlima tidak digambar")):
        differs = kawasan.polygon.symmetric_difference(shapes[kawasan.id]).area
        material = differs / kawasan.polygon.area > config.MATERIAL
        ledger.dispute("batas", kawasan.id, "batas.kawasan", material=material)
        ledger.add("conflict.boundary", "", None, kawasan.id, detail)


def _middle_of_side(polygon: Geometry) -> Point:
    """The middle of the longest straight side of an outline."""
    ring = shapely.get_coordinates(polygon)
    lengths = np.hypot(*np.diff(ring, axis=0).T)
    at = int(np.argmax(lengths))
    return Point(*((ring[at] + ring[at + 1]) / 2))


def _states(city: City, ledger: Ledger) -> None:
    """What follows for whole kawasan from how they were built."""
    for standing in city.standings:
        kawasan, key = standing.kawasan, standing.kawasan.group.recipe.key
        levels = {member.total.level for member in standing.members}
        if standing.members and standing.level not in levels and None not in levels:
            found = ", ".join(sorted(str(level) for level in levels))
            ledger.add("level.rt-kawasan-differs", "", None, kawasan.id, f"RT: {found}")
        if standing.level == "tidak_kumuh":
            ledger.add("score.below-threshold", "", None, kawasan.id, f"skor {standing.low}")
        if key == "tanpa_deliniasi_rt":
            ledger.add("kawasan.no-rt", "", None, kawasan.id, "di atas lahan tanpa RT")
        if standing.completeness == "tanpa_data":
            ledger.add("kawasan.no-data", "", None, kawasan.id, "tanpa data RT")
        if key == "tak_tercakup":
            ledger.add("kawasan.uncovered", "", None, kawasan.id, "sebagian tanpa RT")
