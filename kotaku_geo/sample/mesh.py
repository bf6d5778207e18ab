"""The ground of the city: cells whose shared edges are drawn once, and are natural lines.

A Voronoi diagram gives the topology. Each of its edges is replaced by a noisy line that stays
inside the kite of the edge and its two seeds; kites do not overlap, so that cells tile exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.config import ORIGIN, PITCH
from kotaku_geo.sample.shapes import Floats

Ints = NDArray[np.int64]
_LEVELS = 4


@dataclass(frozen=True)
class Mesh:
    """Cells, their polygons, and the edges between them (`cells` of an edge: -1 is no cell)."""

    seeds: Floats
    sea: NDArray[np.bool_]
    polygons: list[Polygon]
    nodes: Floats
    edge_nodes: Ints
    edge_cells: Ints
    edge_lines: Floats
    outer_cells: Ints
    """The raw diagram's cells on both sides of each edge, those outside the city included."""

    def neighbours(self) -> list[dict[int, float]]:
        """For each cell its neighbours and the length (m) of the border with each."""
        result: list[dict[int, float]] = [{} for _ in self.polygons]
        for (one, other), points in zip(self.edge_cells.tolist(), self.edge_lines, strict=True):
            if one >= 0 and other >= 0:
                size = float(np.hypot(*np.diff(points, axis=0).T).sum())
                result[one][other] = result[one].get(other, 0.0) + size
                result[other][one] = result[other].get(one, 0.0) + size
        return result


def _seeds(rng: np.random.Generator, count: int) -> Floats:
    half = int(math.sqrt(count) * 0.95) + 6
    column, row = np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1))
    x = (column + 0.5 * (row % 2)).ravel() * PITCH
    y = row.ravel() * PITCH * math.sqrt(3) / 2
    seeds = np.column_stack([x, y]) + rng.uniform(-0.27, 0.27, (x.size, 2)) * PITCH
    moved: Floats = seeds + np.array(ORIGIN)
    return moved


def _choose(rng: np.random.Generator, seeds: Floats, count: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The `count` cells of the city (a lumpy disc cut off by the coast), and which are sea."""
    x, y = (seeds - np.array(ORIGIN)).T
    radius = math.sqrt(count / math.pi) * PITCH
    phase = rng.uniform(0, 2 * math.pi, 5)
    coast = 0.55 * radius + 0.08 * radius * np.sin(2.2 * x / radius + phase[0])
    coast += 0.05 * radius * np.sin(5.1 * x / radius + phase[1])
    sea = y > coast
    angle, distance = np.arctan2(y, x), np.hypot(x, y)
    lumps = 1 + 0.10 * np.sin(2 * angle + phase[2]) + 0.07 * np.sin(3 * angle + phase[3])
    lumps += 0.04 * np.sin(5 * angle + phase[4])
    order = np.argsort(np.where(sea, np.inf, distance / lumps), kind="stable")
    return np.sort(order[:count]), sea


def _edges(cells: Sequence[Geometry]) -> tuple[Floats, dict[tuple[int, int], list[int]]]:
    """Nodes (to the millimetre) and, for every edge by node ids, the raw cells beside it."""
    coords, owner = shapely.get_coordinates(np.asarray(cells), return_index=True)
    nodes, ids = np.unique(np.round(coords, 3), axis=0, return_inverse=True)
    ids = ids.ravel()
    beside: dict[tuple[int, int], list[int]] = {}
    for here, after, cell, same in zip(
        ids[:-1].tolist(), ids[1:].tolist(), owner[:-1].tolist(), owner[1:].tolist(), strict=True
    ):
        if cell == same and here != after:
            beside.setdefault((min(here, after), max(here, after)), []).append(cell)
    return nodes, beside


def _kites(nodes: Floats, seeds: Floats, ends: Ints, cells: Ints) -> tuple[Floats, ...]:
    """Corners of a convex kite about every edge, inside the two triangles edge-seed."""
    a, c = nodes[ends[:, 0]], nodes[ends[:, 1]]
    middle, along = (a + c) / 2, c - a
    length = np.hypot(*along.T)
    b, d = seeds[cells[:, 0]], seeds[cells[:, 1]]
    offset = np.abs(((b - middle) * along).sum(axis=1)) / np.maximum(length, 1e-9)
    reach = np.minimum(0.62, 0.9 * (length / 2) / np.maximum(offset, 1e-9))[:, None]
    # Noise on an edge of centimetres would not survive the rounding to millimetres.
    reach[length < 3.0] = 0.0
    return a, middle + reach * (b - middle), c, middle + reach * (d - middle)


def _noisy(rng: np.random.Generator, kites: tuple[Floats, ...]) -> Floats:
    """Midpoint displacement inside kites: (edges, 2**levels + 1, 2)."""
    a, b, c, d = (corner[:, None, :] for corner in kites)
    end = c[:, -1:, :]
    for _ in range(_LEVELS):
        p, q = (rng.uniform(0.3, 0.7, (*a.shape[:2], 1)) for _ in range(2))
        e, f = a + (d - a) * p, b + (c - b) * p
        g, i = a + (b - a) * q, d + (c - d) * q
        h = e + (f - e) * q
        a, b, c, d = (
            np.stack(pair, axis=2).reshape(a.shape[0], -1, 2)
            for pair in ((a, h), (g, f), (h, c), (e, i))
        )
    lines: Floats = np.round(np.concatenate([a, end], axis=1), 3)
    return lines


def _rings(cells: int, edge_cells: Ints, edge_nodes: Ints, lines: Floats) -> list[Polygon]:
    """One polygon a cell, walked along its edges."""
    around: list[dict[int, list[tuple[int, Floats]]]] = [{} for _ in range(cells)]
    for pair, (start, end), points in zip(
        edge_cells.tolist(), edge_nodes.tolist(), lines, strict=True
    ):
        for cell in pair:
            if cell >= 0:
                around[cell].setdefault(start, []).append((end, points))
                around[cell].setdefault(end, []).append((start, points[::-1]))
    return [_walk(links) for links in around]


def _walk(links: dict[int, list[tuple[int, Floats]]]) -> Polygon:
    start = min(links)
    here, before, parts = start, -1, []
    while True:
        here_next, points = next(link for link in links[here] if link[0] != before)
        parts.append(points[:-1])
        before, here = here, here_next
        if here == start:
            return Polygon(np.concatenate(parts))


def build_mesh(rng: np.random.Generator, count: int) -> Mesh:
    """A mesh of `count` land cells of about 2 ha in the city's CRS, with the sea in the north."""
    seeds = _seeds(rng, count)
    chosen, sea = _choose(rng, seeds, count)
    raw = shapely.voronoi_polygons(MultiPoint(seeds), ordered=True)
    nodes, beside = _edges(list(raw.geoms))
    number = np.full(len(seeds), -1, dtype=np.int64)
    number[chosen] = np.arange(count)
    kept = [
        (ends, pair)
        for ends, pair in sorted(beside.items())
        if len(pair) == 2 and (number[pair[0]] >= 0 or number[pair[1]] >= 0)
    ]
    ends = np.array([edge for edge, _ in kept], dtype=np.int64)
    outer = np.array([pair for _, pair in kept], dtype=np.int64)
    lines = _noisy(rng, _kites(nodes, seeds, ends, outer))
    # The noise of an edge ends in its nodes exactly: neighbours share them.
    lines[:, 0], lines[:, -1] = nodes[ends[:, 0]], nodes[ends[:, 1]]
    cells = number[outer]
    polygons = _rings(count, cells, ends, lines)
    return Mesh(seeds[chosen], sea, polygons, nodes, ends, cells, lines, outer)
