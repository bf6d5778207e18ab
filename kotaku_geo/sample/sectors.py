"""Sector layers, drawn so that they say what is planned: counts, lengths and areas are exact."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.candidates import Second
from kotaku_geo.sample.config import LIMBAH
from kotaku_geo.sample.fabric import Block, Lines, build_block, lay_lines
from kotaku_geo.sample.groups import Group
from kotaku_geo.sample.shapes import Floats, cut, polygonal
from kotaku_geo.sample.survey import RtFacts
from kotaku_geo.sample.tiling import Tiling

_SLUM_MARGIN, _OTHER_MARGIN = 1.5, 6.0


@dataclass
class Hydrant:
    """A hydrant with its reach in metres."""

    x: float
    y: float
    radius: float


@dataclass
class Flood:
    """A pool of standing water; figures that are missing are None."""

    polygon: Geometry
    depth_cm: float | None
    hours: float | None
    times: float | None


@dataclass
class Sectors:
    """Everything that the sector offices have drawn (city's CRS)."""

    blocks: list[Block]
    irregular: list[np.ndarray] = field(default_factory=list)
    unfit: list[np.ndarray] = field(default_factory=list)
    streets: Lines | None = None
    drains: Lines | None = None
    floods: list[Flood] = field(default_factory=list)
    toilets: list[tuple[Point, bool, int]] = field(default_factory=list)
    hydrants: list[Hydrant] = field(default_factory=list)


def build_blocks(
    rng: np.random.Generator, tiling: Tiling, facts: list[RtFacts], groups: list[Group]
) -> list[Block]:
    """Houses of all RTs; in slum RTs they stand in the slum part, exactly as many as counted."""
    by_cell = {rt.cell: rt for rt in facts}
    bare = {cell for g in groups if g.recipe.key == "tanpa_data" for cell in g.sk[0].cells}
    blocks = []
    for cell in tiling.cells:
        if cell.rt == 0 or cell.number in bare:
            continue
        rt = by_cell.get(cell.number)
        if rt is not None:
            block = build_block(rng, cell.number, rt.ground, _SLUM_MARGIN, rt.bangunan)
        else:
            houses = round(cell.polygon.area / 10_000 * rng.uniform(24, 40))
            block = build_block(rng, cell.number, cell.polygon, _OTHER_MARGIN, houses)
        blocks.append(block)
    return blocks


def place_hydrants(
    rng: np.random.Generator, blocks: list[Block], facts: list[RtFacts]
) -> list[Hydrant]:
    """Hydrants in some RTs, none of whose circles passes near the middle of a house."""
    slum = {rt.cell for rt in facts}
    houses = np.concatenate([block.centres for block in blocks])
    result = []
    for block in blocks:
        if rng.random() < (0.22 if block.cell in slum else 0.10):
            at = np.round(block.centres.mean(axis=0) + rng.uniform(-20, 20, 2), 2)
            far = np.hypot(*(houses - at).T)
            result.append(Hydrant(float(at[0]), float(at[1]), _clear_radius(rng, far[far < 120])))
    return result


def _clear_radius(rng: np.random.Generator, far: Floats) -> float:
    """A radius of 45 … 95 m in the widest gap between distances to houses."""
    low = rng.uniform(45, 80)
    tried = np.round(np.arange(low, low + 15, 0.1), 1)
    gap = np.abs(far[None, :] - tried[:, None]).min(axis=1)
    return float(tried[int(np.argmax(gap))])


def out_of_reach(blocks: list[Block], hydrants: list[Hydrant]) -> dict[int, int]:
    """For each cell the number of houses outside every circle."""
    result = {}
    at = np.array([[h.x, h.y] for h in hydrants]).reshape(-1, 2)
    radius = np.array([h.radius for h in hydrants])
    for block in blocks:
        away = block.centres[:, None, :] - at[None, :, :]
        reached = (np.hypot(away[..., 0], away[..., 1]) <= radius).any(axis=1)
        result[block.cell] = int((~reached).sum())
    return result


def _flags(rng: np.random.Generator, count: int, marked: int) -> np.ndarray:
    flags = np.zeros(count, dtype=bool)
    flags[rng.permutation(count)[:marked]] = True
    return flags


def _plan(
    rng: np.random.Generator, block: Block, rt: RtFacts | None, second: Second
) -> dict[str, float]:
    """Counts and metres to draw in one RT."""
    if rt is not None:
        said = {p: c.volume or 0.0 for p, c in second[rt.cell].items()}
        return {
            "1a": said["1a"], "1c": said["1c"],
            "jalan": rt.jalan - said["2a"], "jalan_rusak": said["2b"],
            "drainase": rt.drainase - said["4b"], "drainase_rusak": said["4c"],
        }  # fmt: skip
    houses, hectares = len(block.centres), block.region.area / 10_000
    street, drain = hectares * rng.uniform(150, 240), hectares * rng.uniform(120, 220)
    return {
        "1a": houses * rng.uniform(0, 0.2), "1c": houses * rng.uniform(0, 0.15),
        "jalan": street, "jalan_rusak": street * rng.uniform(0, 0.3),
        "drainase": drain, "drainase_rusak": drain * rng.uniform(0, 0.3),
    }  # fmt: skip


def draw_sectors(
    rng: np.random.Generator,
    blocks: list[Block],
    hydrants: list[Hydrant],
    facts: list[RtFacts],
    second: Second,
) -> Sectors:
    """Draw every sector layer from the plan."""
    sectors = Sectors(blocks, hydrants=hydrants)
    by_cell = {rt.cell: rt for rt in facts}
    laid: dict[str, list[tuple[Floats, np.ndarray, int]]] = {"jalan": [], "drainase": []}
    for block in blocks:
        rt = by_cell.get(block.cell)
        plan = _plan(rng, block, rt, second)
        houses = len(block.centres)
        sectors.irregular.append(_flags(rng, houses, round(plan["1a"])))
        sectors.unfit.append(_flags(rng, houses, round(plan["1c"])))
        for kind, offset in (("jalan", 0.0), ("drainase", 1.3)):
            ends, damaged = lay_lines(block, offset, plan[kind], plan[f"{kind}_rusak"])
            laid[kind].append((ends, damaged, block.cell))
        if rt is not None:
            sectors.floods += _floods(rng, rt, second[rt.cell]["4a"].share)
            if "5a" in second[rt.cell]:
                sectors.toilets += _toilets(rng, block, rt, second)
    sectors.streets, sectors.drains = _joined(laid["jalan"]), _joined(laid["drainase"])
    return sectors


def _joined(parts: list[tuple[Floats, np.ndarray, int]]) -> Lines:
    return Lines(
        np.concatenate([ends for ends, _, _ in parts]),
        np.concatenate([damaged for _, damaged, _ in parts]),
        np.concatenate([np.full(len(ends), cell) for ends, _, cell in parts]),
    )


def _floods(rng: np.random.Generator, rt: RtFacts, part: float) -> list[Flood]:
    """Pools of exactly the share wanted, sometimes two that overlap, and some that do not count."""
    angle = float(rng.uniform(0, 2 * math.pi))
    depth, hours, times = (float(v) for v in rng.integers([35, 3, 3], [90, 12, 10]))
    result = []
    share = part * rt.luas / rt.luas_drawn
    if share > 0.004:
        whole = rt.ground if share > 0.999 else cut(rt.ground, angle, share)[0]
        if rng.random() < 0.3 and share < 0.9:
            near = cut(rt.ground, angle, share * 0.7)[0]
            rest = polygonal(whole.difference(cut(rt.ground, angle, share * 0.4)[0]))
            result = [Flood(near, depth, hours, times), Flood(rest, depth + 5, hours, times + 1)]
        else:
            result = [Flood(whole, depth, hours, times)]
    if rng.random() < 0.25:
        # Shallow, short or without figures: such water is no genangan by the regulation.
        shallow = [(20.0, hours, times), (depth, 1.0, times), (depth, hours, 1.0), (None,) * 3]
        figures = shallow[int(rng.integers(len(shallow)))]
        result.append(Flood(cut(rt.ground, angle + 2, 0.3)[0], *figures))
    return result


def _toilets(
    rng: np.random.Generator, block: Block, rt: RtFacts, second: Second
) -> list[tuple[Point, bool, int]]:
    """Points of one to five families each, that sum to all families of the RT."""
    assert second[rt.cell]["5a"].source == LIMBAH
    bad = round(second[rt.cell]["5a"].volume or 0.0)
    result = []
    at = block.centres[rng.permutation(len(block.centres))]
    turn = 0
    for proper, left in ((False, bad), (True, rt.kk - bad)):
        while left > 0:
            families = min(left, int(rng.integers(1, 6)))
            result.append((Point(at[turn % len(at)]), proper, families))
            left, turn = left - families, turn + 1
    return result


def coverage_without(outline: Geometry, cells: Mapping[int, Geometry]) -> Geometry:
    """The city but for some cells: where an office says that it has looked."""
    return polygonal(outline.difference(shapely.union_all(np.array(list(cells.values())))))
