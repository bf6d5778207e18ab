"""Where the recipes are planted: kawasan and SK locations on the cells of the city."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import names
from kotaku_geo.sample.config import Size
from kotaku_geo.sample.recipes import FILLERS, LARGE, PLANTED, Ground, Recipe, Shapes
from kotaku_geo.sample.shapes import ShapeError, aligned_iou, hectares, iou, polygonal
from kotaku_geo.sample.tiling import Tiling

TAU = 1.5 * math.hypot(0.5, 2.5)
"""The tolerance (m) that the sources of the sample have between them."""
_LEAST_PART = 2_500.0


@dataclass
class Kawasan:
    """One slum area as delineated; `parts` is its ground in each of its RTs (by cell)."""

    id: str
    name: str
    polygon: Geometry
    parts: dict[int, Geometry]
    kelurahan: list[int]
    group: Group
    luas: float = 0.0


@dataclass
class SkLocation:
    """One location of the decree; without a polygon it stands in the table only."""

    id: str
    name: str
    polygon: Geometry | None
    cells: list[int]
    kelurahan: int
    group: Group
    luas: float = 0.0
    written: float | None = None
    level: str | None = None


@dataclass
class Group:
    """A planted relation with what must be found about it."""

    recipe: Recipe
    kawasan: list[Kawasan] = field(default_factory=list)
    sk: list[SkLocation] = field(default_factory=list)

    @property
    def in_table(self) -> bool:
        """Whether the SK side is known from the table only."""
        return bool(self.sk) and all(location.polygon is None for location in self.sk)


def _opened(difference: Geometry) -> float:
    """Square metres of a difference that are wider than the tolerance."""
    return float(difference.buffer(-TAU / 2).buffer(TAU / 2).intersection(difference).area)


def _shown_verdict(shapes: Shapes, susunan: str) -> str:
    """The verdict that the two unions of one relation give, by the words of the contract."""
    new = shapely.union_all(np.array([outline for outline, _ in shapes.kawasan]))
    old = shapely.union_all(np.array([outline for outline in shapes.sk if outline is not None]))
    added, removed = _opened(new.difference(old)) > 1, _opened(old.difference(new)) > 1
    overlap, aligned = iou(old, new), aligned_iou(old, new)
    alike = 0.8 <= new.area / old.area <= 1.25 and aligned >= 0.8 and aligned >= overlap + 0.1
    if not (added or removed):
        return "sesuai"
    if added and removed and alike:
        return "bergeser"
    if overlap < 0.2 or (susunan == "campuran" and overlap < 0.5):
        return "perlu_tinjau"
    if added and removed:
        return "berubah_bentuk"
    return "meluas" if added else "menyusut"


def _check(recipe: Recipe, shapes: Shapes, ground: Ground) -> None:
    drawn = [outline for outline in shapes.sk if outline is not None]
    outlines = [outline for outline, _ in shapes.kawasan] + drawn
    if not all(outline.is_valid and outline.geom_type == "Polygon" for outline in outlines):
        raise ShapeError("an outline is not one valid polygon")
    if any(not ground.outline.buffer(-1.0).contains(outline) for outline in outlines):
        raise ShapeError("an outline leaves the cells of its group")
    named = recipe.key == "nama_lain"
    shows = shapes.kawasan and drawn and not named
    if shows and _shown_verdict(shapes, recipe.susunan) != recipe.verdict:
        raise ShapeError("the shapes show another verdict")


def _sites(tiling: Tiling, free: set[int], recipe: Recipe, rng: np.random.Generator) -> list[int]:
    """Free cells on which a recipe may begin, least used kelurahan first."""
    unsurveyed = recipe.place == "unsurveyed"
    cells = [
        number
        for number in sorted(free)
        if (tiling.cells[number].kelurahan == tiling.unsurveyed) == unsurveyed
        and (tiling.cells[number].rt == 0) == (recipe.place == "open")
    ]
    share = {
        unit.number: sum(cell in free for cell in unit.cells) / len(unit.cells)
        for unit in tiling.kelurahan
    }
    chance = dict(zip(cells, rng.random(len(cells)).tolist(), strict=True))
    return sorted(cells, key=lambda c: -share[tiling.cells[c].kelurahan] + 0.35 * chance[c])


def _grow(tiling: Tiling, free: set[int], recipe: Recipe, start: int) -> list[int] | None:
    """Neighbouring cells for a recipe, the one with the longest common border first."""
    chosen = [start]
    while len(chosen) < recipe.cells:
        border: dict[int, float] = {}
        for cell in chosen:
            for other, length in tiling.neighbours[cell].items():
                if other in free and other not in chosen and _fits(tiling, recipe, start, other):
                    border[other] = border.get(other, 0.0) + length
        if not border:
            return None
        chosen.append(max(border, key=lambda cell: (border[cell], cell)))
    return chosen


def _fits(tiling: Tiling, recipe: Recipe, start: int, other: int) -> bool:
    one, two = tiling.cells[start], tiling.cells[other]
    if two.kelurahan == tiling.unsurveyed and recipe.place != "unsurveyed":
        return False
    if recipe.place == "border":
        return one.kelurahan != two.kelurahan and two.rt > 0
    if one.kelurahan != two.kelurahan:
        return False
    return (two.rt == 0) == (recipe.place == "beside")


def _parts(tiling: Tiling, outline: Geometry, cells: list[int]) -> dict[int, Geometry]:
    parts = {}
    for cell in cells:
        if tiling.cells[cell].rt:
            part = polygonal(outline.intersection(tiling.cells[cell].polygon))
            if part.area < _LEAST_PART:
                raise ShapeError("too little of an RT is in the kawasan")
            parts[cell] = part
    return parts


class _Planter:
    """Gives cells away, and names and numbers to what is planted on them."""

    def __init__(self, rng: np.random.Generator, tiling: Tiling) -> None:
        self.rng, self.tiling = rng, tiling
        self.free = {cell.number for cell in tiling.cells}
        self.groups: list[Group] = []
        self._names: Iterator[str] = (names.place_name(number) for number in range(400))

    def plant(self, recipe: Recipe, tries: int) -> bool:
        """Plant one recipe on the first ground that bears it."""
        for start in _sites(self.tiling, self.free, recipe, self.rng)[:tries]:
            cells = _grow(self.tiling, self.free, recipe, start)
            if cells is None:
                continue
            try:
                self._plant_on(recipe, cells)
            except ShapeError:
                continue
            self.free.difference_update(cells)
            return True
        return False

    def _plant_on(self, recipe: Recipe, cells: list[int]) -> None:
        polygons: list[Geometry] = [self.tiling.cells[cell].polygon for cell in cells]
        outline = shapely.coverage_union_all(np.array(polygons))
        ground = Ground(self.rng, cells, polygons, outline)
        shapes = recipe.build(ground)
        _check(recipe, shapes, ground)
        parts = [_parts(self.tiling, k, owned) for k, owned in shapes.kawasan]
        group = Group(recipe)
        for (polygon, owned), part in zip(shapes.kawasan, parts, strict=True):
            kelurahan = sorted({self.tiling.cells[cell].kelurahan for cell in owned})
            group.kawasan.append(Kawasan("", next(self._names), polygon, part, kelurahan, group))
        own = len(shapes.kawasan) == len(shapes.sk) == 1
        for decree in shapes.sk:
            name = group.kawasan[0].name if own else next(self._names)
            group.sk.append(SkLocation("", name, decree, cells, self._home(cells), group))
        self.groups.append(group)

    def _home(self, cells: list[int]) -> int:
        return self.tiling.cells[cells[0]].kelurahan

    def number(self) -> None:
        """Give out ids in the order of the kelurahan codes, as an office would."""
        code = {unit.number: unit.code for unit in self.tiling.kelurahan}
        areas = [k for group in self.groups for k in group.kawasan]
        for count, k in enumerate(sorted(areas, key=lambda k: (code[k.kelurahan[0]], k.name)), 1):
            k.id, k.luas = f"KWS-{count:03d}", hectares(k.polygon)
        decree = [s for group in self.groups for s in group.sk]
        for count, s in enumerate(sorted(decree, key=lambda s: (code[s.kelurahan], s.name)), 1):
            s.id, s.luas = f"SK-{count:03d}", hectares(s.polygon) if s.polygon else 0.0


def plant_groups(rng: np.random.Generator, tiling: Tiling, size: Size) -> list[Group]:
    """Plant every recipe once, then fill up to the number of kawasan of the size."""
    planter = _Planter(rng, tiling)
    for recipe in PLANTED:
        planted = planter.plant(recipe, tries=10_000)
        while not planted and recipe.cells > 2:
            recipe = replace(recipe, cells=recipe.cells - 1)
            planted = planter.plant(recipe, tries=10_000)
        if not planted:
            raise ShapeError(f"no place for the recipe {recipe.key}: take another seed")
    for _ in range(size.kawasan // 30):
        planter.plant(LARGE, tries=20)
    count = sum(len(group.kawasan) for group in planter.groups)
    for step in range(size.kawasan):
        if count < size.kawasan and planter.plant(FILLERS[step % len(FILLERS)], tries=25):
            count += len(planter.groups[-1].kawasan)
    _borrow_name(planter.groups)
    planter.number()
    return planter.groups


def _borrow_name(groups: list[Group]) -> None:
    """The SK location of `nama_lain` bears the name of a kawasan that lies elsewhere."""
    by_key = {group.recipe.key: group for group in groups}
    by_key["nama_lain"].sk[0].name = by_key["nama_asli"].kawasan[0].name
