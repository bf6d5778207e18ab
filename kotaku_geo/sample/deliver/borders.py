"""Kelurahan and RT boundaries, and where the survey has looked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import config
from kotaku_geo.sample.city import City
from kotaku_geo.sample.formats import Value, geojson_geometry, write_geojson, write_layer
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.shapes import hectares, polygonal, polygons, shifted, to_lonlat
from kotaku_geo.sample.strangers import movable
from kotaku_geo.sample.tiling import Cell, Kelurahan


def write_borders(city: City, drop: Path, ledger: Ledger) -> None:
    """`administrasi/` and `cakupan/`."""
    _kelurahan(city, drop, ledger)
    _bps(city, drop, ledger)
    _rt(city, drop, ledger)
    _old_rt(city, drop, ledger)
    surveyed = [u.polygon for u in city.tiling.kelurahan if u.number != city.tiling.unsurveyed]
    _coverage(drop / "cakupan/cakupan_survei.geojson", shapely.union_all(np.array(surveyed)))
    _coverage(drop / "cakupan/cakupan_pu.geojson", city.looked_by_pu)


def _coverage(path: Path, shape: Geometry) -> None:
    geometry = geojson_geometry(to_lonlat(shape))
    write_geojson(path, [geometry], {"KET": ["Wilayah yang sudah didata"]}, path.stem)


def _kelurahan(city: City, drop: Path, ledger: Ledger) -> None:
    """The city's own boundaries with Kemendagri codes; the written areas of two are wrong."""
    units = sorted(city.tiling.kelurahan, key=lambda unit: unit.code)
    areas = [round(hectares(unit.polygon) / 100, 4) for unit in units]
    for row, factor in ((1, 1.06), (2, 1.9)):
        areas[row] = round(areas[row] * factor, 4)
        detail = f"luas tertulis {factor - 1:.0%} lebih besar"
        ledger.add("area.attribute-differs", config.KELURAHAN, row, units[row].code, detail)
    columns: dict[str, list[Value]] = {
        "NAMOBJ": [unit.name for unit in units],
        "KDEPUM": [unit.code for unit in units],
        "KDCPUM": [unit.kecamatan_code for unit in units],
        "WADMKC": [unit.kecamatan for unit in units],
        "LUAS_KM2": list(areas),
    }
    shapes = [unit.polygon for unit in units]
    write_layer(drop / "administrasi/batas_kelurahan.shp", shapes, columns, "Polygon")


def _bps_shapes(city: City, units: list[Kelurahan], ledger: Ledger) -> list[Geometry]:
    """Another base map: 2 m off, one unit 5 m further, and one RT given to the neighbour."""
    shapes: dict[int, Geometry] = {unit.number: unit.polygon for unit in units}
    cell, other = _border_cell(city)
    here = city.tiling.cells[cell]
    shapes[here.kelurahan] = polygonal(shapes[here.kelurahan].difference(here.polygon))
    shapes[other] = polygonal(shapes[other].union(here.polygon))
    for number in (here.kelurahan, other):
        unit = city.tiling.kelurahan[number]
        code, share = unit.code, here.polygon.area / unit.polygon.area
        material = share > config.MATERIAL
        ledger.dispute("batas", code, "batas.kelurahan", material=material)
        ledger.add("conflict.boundary", "", None, code, f"{here.id_rt} dihitung ke tetangganya")
    moved = [shifted(shapes[unit.number], 0.7, 2.0) for unit in units]
    moved[0] = shifted(moved[0], 2.4, 5.0)
    ledger.add("geometry.overlap", config.KELURAHAN_BPS, None, "", "satu batas bergeser 5 m")
    return moved


def _border_cell(city: City) -> tuple[int, int]:
    """An ordinary RT at the border of its kelurahan, and the kelurahan beyond."""
    used = {cell for group in city.groups for k in group.kawasan for cell in k.parts}
    tiling = city.tiling
    for cell in tiling.rt_cells():
        beyond = [tiling.cells[o].kelurahan for o in sorted(tiling.neighbours[cell.number])]
        others = [unit for unit in beyond if unit != cell.kelurahan]
        own = [unit for unit in beyond if unit == cell.kelurahan]
        if others and len(own) >= 2 and cell.number not in used:
            left = tiling.kelurahan[cell.kelurahan].polygon.difference(cell.polygon)
            if left.geom_type == "Polygon":
                return cell.number, others[0]
    raise AssertionError("no RT at the border of a kelurahan is free")


def _bps(city: City, drop: Path, ledger: Ledger) -> None:
    units = sorted(city.tiling.kelurahan, key=lambda unit: unit.bps)
    shapes = [shapely.force_3d(shape, 0.0) for shape in _bps_shapes(city, units, ledger)]
    columns: dict[str, list[Value]] = {
        "iddesa": [unit.bps for unit in units],
        "nmdesa": [unit.name.upper() for unit in units],
        "nmkec": [unit.kecamatan.upper() for unit in units],
    }
    path = drop / "administrasi/bps_desa_2020.gpkg"
    multi = [MultiPolygon(polygons(shape)) for shape in shapes]
    write_layer(path, multi, columns, "MultiPolygon Z", table="desa_2020")
    ledger.add("code.bridged", config.KELURAHAN_BPS, None, "", "kode BPS")
    ledger.add("geometry.z-dropped", config.KELURAHAN_BPS, None, "", "koordinat z 0")


def _crossed(polygon: Polygon) -> Polygon:
    """Two neighbouring vertices exchanged: the ring crosses itself in a small bow tie."""
    ring = shapely.get_coordinates(polygon.exterior)
    for at in range(3, len(ring) - 4):
        tied = ring.copy()
        tied[[at, at + 1]] = tied[[at + 1, at]]
        if not Polygon(tied).is_valid:
            return Polygon(tied)
    raise AssertionError("no bow tie comes of this ring")


def _ordinary(city: City) -> list[Cell]:
    """RTs far from any kawasan first: what is wrong with them moves no figure."""
    used = {cell for group in city.groups for k in group.kawasan for cell in k.parts}
    used |= {rt.cell for rt in city.facts}
    free = [cell for cell in city.tiling.rt_cells() if cell.number not in used and cell.rw]

    def near(cell: Cell) -> int:
        return sum(other in used for other in city.tiling.neighbours[cell.number])

    return sorted(free, key=lambda cell: (near(cell), cell.id_rt))


def _rt(city: City, drop: Path, ledger: Ledger) -> None:
    """All RTs of the city in one table of a GeoPackage that has another one as well."""
    cells, ordinary = city.tiling.rt_cells(), _ordinary(city)
    wide, tied, again = ordinary[0], ordinary[1], cells[0]
    misnamed = city.strangers.misnamed
    foreign = movable(city.tiling, ordinary[2:])
    shapes: list[Geometry | None] = []
    names: list[Value] = []
    for row, cell in enumerate(cells):
        unit = city.tiling.kelurahan[cell.kelurahan]
        shape: Geometry = cell.polygon
        if cell is wide:
            shape = cell.polygon.buffer(3.0, join_style="mitre")
            ledger.add("geometry.overlap", config.RT, None, cell.id_rt, "3 m ke dalam tetangga")
        if cell is tied:
            shape = _crossed(cell.polygon)
            ledger.add("geometry.invalid", config.RT, row, cell.id_rt, "dua titik tertukar")
        name = unit.name
        for stranger in (foreign, misnamed):
            if stranger is not None and cell is stranger.cell:
                name = stranger.elsewhere.name
                ledger.add("name.contradicts-location", config.RT, row, "", f"tertulis {name}")
        shapes.append(shape)
        names.append(name.upper() if cell.number % 3 == 0 else name)
    rows = [*cells, again, ordinary[3]]
    shapes += [shapes[0], None]
    names += [names[0], city.tiling.kelurahan[ordinary[3].kelurahan].name]
    ledger.add("row.duplicate", config.RT, len(cells), again.id_rt, "baris sama persis")
    ledger.add("geometry.empty", config.RT, len(cells) + 1, "", "tanpa geometri")
    columns: dict[str, list[Value]] = {
        "NO_RT": [*(f"{cell.rt:03d}{cell.suffix}" for cell in rows[:-1]), "099"],
        "NO_RW": [f"{cell.rw:03d}" if cell.rw else None for cell in rows],
        "KEL": names,
        "KETERANGAN": ["Hasil pemetaan partisipatif" for _ in rows],
    }
    path = drop / "administrasi/batas_rt.gpkg"
    write_layer(path, shapes, columns, "Polygon", table="batas_rt_2023")
    note = [Point(city.tiling.mesh.seeds[0])]
    write_layer(path, note, {"CATATAN": ["titik rapat"]}, "Point", table="catatan")
    _disputed(ledger, misnamed.id_there, f"terletak sebagai {misnamed.cell.id_rt}")


def _old_rt(city: City, drop: Path, ledger: Ledger) -> None:
    """An older map of a few RT, drawn alike; one of them it counts to another kelurahan."""
    claimed = city.strangers.claimed
    cells = _ordinary(city)[4:6] + ([claimed.cell] if claimed is not None else [])
    units = [city.tiling.kelurahan[cell.kelurahan] for cell in cells]
    if claimed is not None:
        units[-1] = claimed.elsewhere
        detail = f"tertulis {claimed.elsewhere.name}"
        at = len(cells) - 1
        ledger.add("name.contradicts-location", config.RT_LAMA, at, claimed.id_there, detail)
        _disputed(ledger, claimed.cell.id_rt, detail)
    columns: dict[str, list[Value]] = {
        "RT": [f"{cell.rt:03d}{cell.suffix}" for cell in cells],
        "RW": [f"{cell.rw:03d}" for cell in cells],
        "KELURAHAN": [unit.name for unit in units],
    }
    shapes = [cell.polygon for cell in cells]
    path = drop / "administrasi/rt_kumuh_2019.gpkg"
    write_layer(path, shapes, columns, "Polygon", table="rt_kumuh")


def _disputed(ledger: Ledger, id_rt: str, detail: str) -> None:
    """Note that it is in dispute to which kelurahan an RT belongs."""
    ledger.dispute("identitas", id_rt, "kode_kelurahan", material=True)
    ledger.add("conflict.identity", "", None, id_rt, detail)
