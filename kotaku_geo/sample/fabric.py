"""The town's fabric: footprints of known number, streets and drains of known length."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.shapes import Floats


@dataclass
class Block:
    """The fabric of one RT: a turned lattice with houses on it (metres, city's CRS)."""

    cell: int
    region: Geometry
    angle: float
    pitch: float
    centres: Floats
    size: Floats
    phase: Floats


def _turn(points: Floats, angle: float) -> Floats:
    cos, sin = math.cos(angle), math.sin(angle)
    turned: Floats = points @ np.array([[cos, sin], [-sin, cos]])
    return turned


def footprint_rings(centres: Floats, size: Floats, angle: float) -> Floats:
    """(n, 5, 2) closed rings of rectangles of `size` (n, 2) turned by `angle`."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
    rings: Floats = _turn(corners[None, :, :] * size[:, None, :], angle) + centres[:, None, :]
    return np.round(rings, 3)


def _lattice(region: Geometry, angle: float, pitch: float, phase: Floats) -> Floats:
    xy = _turn(shapely.get_coordinates(region), -angle)
    low, high = xy.min(axis=0), xy.max(axis=0)
    axes = [np.arange(low[k] + phase[k] * pitch, high[k], pitch) for k in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    return _turn(grid, angle)


def build_block(
    rng: np.random.Generator, cell: int, ground: Geometry, margin: float, houses: int
) -> Block:
    """Put `houses` footprints on `ground`, all with their centre at least `margin` m inside."""
    region = ground.buffer(-margin)
    shapely.prepare(region)
    angle, phase = float(rng.uniform(0, math.pi / 2)), rng.uniform(0.2, 0.8, 2)
    pitch = math.sqrt(region.area / (max(houses, 20) * 1.25))
    points = _lattice(region, angle, pitch, phase)
    points = points[shapely.contains_xy(region, points[:, 0], points[:, 1])]
    while len(points) < houses:
        pitch *= 0.95
        points = _lattice(region, angle, pitch, phase)
        points = points[shapely.contains_xy(region, points[:, 0], points[:, 1])]
    chosen = points[np.sort(rng.permutation(len(points))[:houses])]
    size = np.minimum(rng.uniform(0.5, 0.8, (houses, 2)) * pitch, 14.0)
    return Block(cell, region, angle, pitch, np.round(chosen, 3), size, phase)


@dataclass
class Lines:
    """Straight street or drain segments of many RTs: ends (n, 4), damaged or not, and width."""

    ends: Floats
    damaged: NDArray[np.bool_]
    cell: NDArray[np.int64]

    def geometries(self) -> NDArray[np.object_]:
        """The segments as LineStrings."""
        return np.asarray(shapely.linestrings(self.ends.reshape(-1, 2, 2)))


def _streets(block: Block, offset: float) -> Floats:
    """All lines between the rows of houses that lie in the region: (n, 4), rows before columns."""
    xy = _turn(shapely.get_coordinates(block.region), -block.angle)
    low, high = xy.min(axis=0), xy.max(axis=0)
    ends = []
    for axis in (1, 0):
        first = low[axis] + (block.phase[axis] + 0.5) * block.pitch
        at = np.arange(first - block.pitch, high[axis], block.pitch) + offset
        pair = np.empty((len(at), 2, 2))
        pair[:, :, axis] = at[:, None]
        pair[:, 0, 1 - axis], pair[:, 1, 1 - axis] = low[1 - axis], high[1 - axis]
        ends.append(pair)
    lines = shapely.linestrings(_turn(np.concatenate(ends), block.angle))
    parts = shapely.get_parts(shapely.intersection(lines, block.region)).tolist()
    kept = [part for part in parts if isinstance(part, LineString) and part.length > 5]
    return np.array([shapely.get_coordinates(part)[[0, -1]].ravel() for part in kept])


def lay_lines(
    block: Block, offset: float, length: float, damaged: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Segments of `length` metres in all, of which the first `damaged` metres are in bad order."""
    if length <= 0:
        return np.empty((0, 4)), np.empty(0, dtype=np.bool_)
    ends = _streets(block, offset)
    sizes = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    until = np.cumsum(sizes)
    if until[-1] < length:
        raise AssertionError(f"cell {block.cell}: no room for {length:.0f} m of lines")
    stops = np.unique(np.concatenate([[0.0], until, until - sizes / 2, [length, damaged]]))
    stops = stops[stops <= length]
    start, end = stops[:-1], stops[1:]
    row = np.searchsorted(until, start, side="right")
    before = until[row] - sizes[row]
    from_, to = ends[row, :2], ends[row, 2:]
    near = from_ + (to - from_) * ((start - before) / sizes[row])[:, None]
    far = from_ + (to - from_) * ((end - before) / sizes[row])[:, None]
    return np.concatenate([near, far], axis=1), end <= damaged + 1e-9
