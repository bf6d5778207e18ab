"""Kelurahan, RW and RT on the mesh: nested by construction, with Kemendagri and BPS codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import names
from kotaku_geo.sample.config import BPS_CITY, CITY_CODE, Size
from kotaku_geo.sample.mesh import Ints, Mesh, build_mesh
from kotaku_geo.sample.shapes import Floats


@dataclass
class Cell:
    """One piece of ground: an RT, or land on which no RT is (`rt` 0)."""

    number: int
    polygon: Polygon
    kelurahan: int
    rw: int = 0
    rt: int = 0
    suffix: str = ""
    id_rt: str = ""


@dataclass
class Kelurahan:
    """One kelurahan with both of its codes; the polygon is in the city's CRS."""

    number: int
    code: str
    bps: str
    name: str
    kecamatan: str
    kecamatan_code: str
    polygon: Polygon
    cells: list[int] = field(default_factory=list)
    has_rw: bool = True


@dataclass
class Tiling:
    """The whole ground: mesh, cells and kelurahan, and the outline of the city."""

    mesh: Mesh
    neighbours: list[dict[int, float]]
    cells: list[Cell]
    kelurahan: list[Kelurahan]
    outline: Polygon
    unsurveyed: int
    """The kelurahan where the survey has not been."""

    def rt_cells(self) -> list[Cell]:
        """The cells that are RTs, in order of their id."""
        return sorted((cell for cell in self.cells if cell.rt), key=lambda cell: cell.id_rt)


def _spread(rng: np.random.Generator, points: Floats, groups: int) -> Ints:
    """Group points into compact groups of similar size (k-means from far-apart starts)."""
    centres = [points[int(rng.integers(len(points)))]]
    for _ in range(groups - 1):
        away = np.min([((points - c) ** 2).sum(axis=1) for c in centres], axis=0)
        centres.append(points[int(np.argmax(away))])
    middle = np.array(centres)
    label = np.zeros(len(points), dtype=np.int64)
    for _ in range(30):
        far = ((points[:, None, :] - middle[None, :, :]) ** 2).sum(axis=2)
        label = np.argmin(far, axis=1).astype(np.int64)
        for group in range(groups):
            if (label == group).any():
                middle[group] = points[label == group].mean(axis=0)
    return label


def _connected(label: Ints, neighbours: list[dict[int, float]]) -> Ints:
    """Give pieces that are cut off from their group to the neighbour with the longest border."""
    label = label.copy()
    for _ in range(10):
        stray = _strays(label, neighbours)
        if not stray:
            break
        for cell in stray:
            border: dict[int, float] = {}
            for other, length in neighbours[cell].items():
                if label[other] != label[cell]:
                    border[int(label[other])] = border.get(int(label[other]), 0.0) + length
            if border:
                label[cell] = max(border, key=lambda key: (border[key], -key))
    return label


def _strays(label: Ints, neighbours: list[dict[int, float]]) -> list[int]:
    seen: set[int] = set()
    pieces: dict[int, list[list[int]]] = {}
    for start in range(len(label)):
        if start in seen:
            continue
        piece, heap = [], [start]
        seen.add(start)
        while heap:
            cell = heap.pop()
            piece.append(cell)
            for other in neighbours[cell]:
                if other not in seen and label[other] == label[cell]:
                    seen.add(other)
                    heap.append(other)
        pieces.setdefault(int(label[start]), []).append(sorted(piece))
    return sorted(c for group in pieces.values() for p in sorted(group, key=len)[:-1] for c in p)


def _codes(centres: Floats, kecamatan: Ints) -> list[tuple[int, int]]:
    """(kecamatan, running number in it) of each kelurahan, counted from the north west."""
    counts: dict[int, int] = {}
    result = [(0, 0)] * len(centres)
    for index in np.lexsort((centres[:, 0], -centres[:, 1])).tolist():
        group = int(kecamatan[index])
        counts[group] = counts.get(group, 0) + 1
        result[index] = (group, counts[group])
    return result


def _name_rts(
    rng: np.random.Generator, kelurahan: Kelurahan, cells: list[Cell], points: Floats, per_rw: int
) -> None:
    """Number RW and RT of one kelurahan: RTs begin anew in each RW, as in most cities of Java."""
    members = [cell for cell in cells if cell.rt]
    if not kelurahan.has_rw:
        for number, cell in enumerate(sorted(members, key=lambda c: -points[c.number, 1]), 1):
            cell.rw, cell.rt = 0, number
    else:
        xy = points[[cell.number for cell in members]]
        label = _spread(rng, xy, max(2, round(len(members) / per_rw)))
        rank = {int(group): rw for rw, group in enumerate(dict.fromkeys(label.tolist()), 1)}
        counts: dict[int, int] = {}
        for cell, group in zip(members, label.tolist(), strict=True):
            cell.rw = rank[int(group)]
            counts[cell.rw] = counts.get(cell.rw, 0) + 1
            cell.rt = counts[cell.rw]
    if kelurahan.number == 2:
        # One RT was divided long ago: 003 became 003 and 003A.
        last = max((c for c in members if c.rw == 1), key=lambda c: c.rt)
        if last.rt > 1:
            last.rt, last.suffix = last.rt - 1, "A"
    for cell in members:
        cell.id_rt = f"{kelurahan.code}-RW{cell.rw:03d}-RT{cell.rt:03d}{cell.suffix}"


def _kelurahan(mesh: Mesh, label: Ints, size: Size, rng: np.random.Generator) -> list[Kelurahan]:
    polygons = [
        _united([mesh.polygons[cell] for cell in np.flatnonzero(label == group).tolist()])
        for group in range(size.kelurahan)
    ]
    centres = shapely.get_coordinates(shapely.centroid(np.array(polygons)))
    codes = _codes(centres, _spread(rng, centres, size.kecamatan))
    return [
        Kelurahan(
            number=number,
            code=f"{CITY_CODE}.{group + 1:02d}.{1000 + count}",
            bps=f"{BPS_CITY}{(group + 1) * 10:03d}{count:03d}",
            name=names.KELURAHAN[number],
            kecamatan=names.KECAMATAN[group],
            kecamatan_code=f"{CITY_CODE}.{group + 1:02d}",
            polygon=polygon,
            cells=np.flatnonzero(label == number).tolist(),
            has_rw=number != 3,
        )
        for number, (polygon, (group, count)) in enumerate(zip(polygons, codes, strict=True))
    ]


def _united(parts: list[Polygon]) -> Polygon:
    """Cells that share their edges exactly: their union has the same edges."""
    union: Geometry = shapely.coverage_union_all(np.array(parts))
    if not isinstance(union, Polygon):
        raise AssertionError("a group of cells is not in one piece")
    return union


def build_tiling(rng: np.random.Generator, size: Size) -> Tiling:
    """The ground of a city of the given size; polygons in the city's CRS (metres)."""
    mesh = build_mesh(rng, size.cells)
    neighbours = mesh.neighbours()
    label = _connected(_spread(rng, mesh.seeds, size.kelurahan), neighbours)
    kelurahan = _kelurahan(mesh, label, size, rng)
    cells = [
        Cell(number, polygon, int(label[number])) for number, polygon in enumerate(mesh.polygons)
    ]
    open_land = rng.random(len(cells)) < 0.06
    for unit in kelurahan:
        # Every kelurahan keeps one piece of open land (a market, an office, a pond).
        open_land[unit.cells[len(unit.cells) // 2]] = True
        for number in unit.cells:
            cells[number].rt = 0 if open_land[number] else 1
        members = [cells[number] for number in unit.cells]
        _name_rts(rng, unit, members, mesh.seeds, size.rt_per_rw)
    outline = _united(mesh.polygons)
    return Tiling(mesh, neighbours, cells, kelurahan, outline, unsurveyed=size.kelurahan - 1)
