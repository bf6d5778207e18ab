"""Shapes as short strings: simplified, put on a grid, differences written in printable letters.

A ring is a run of letters, rings are separated by a space, and a shape drawn with the even-odd rule
needs nothing else. Each coordinate is the zigzag-coded difference to the one before, in groups of
five bits, lowest first, 32 added where more follow, 63 added to stay printable (the "encoded
polyline" letters of Google's maps, on a grid of metres).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_OFFSET = 63
_POLYGON = 3


@dataclass(frozen=True)
class Grid:
    """Where the drawing's whole numbers begin, and how many metres one is."""

    x: float
    y: float
    step: float


def simplified(geometries: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Shapes with fewer points; one that would vanish stays as it is.

    Args:
        geometries: array (n,) of geometries in metres, None allowed.
        tolerance: metres.
    """
    simple = shapely.simplify(geometries, tolerance, preserve_topology=True)
    lost = shapely.is_empty(simple) & ~shapely.is_empty(geometries)
    return np.where(lost, geometries, simple)


def encoded(geometries: NDArray[np.object_], grid: Grid) -> list[str]:
    """One string a shape, empty for None; points and lines give runs of their own.

    Args:
        geometries: array (n,) of geometries in metres.
        grid: the drawing's origin and step.
    """
    count = len(geometries)
    rings, owner = _runs(geometries)
    if not len(rings):
        return [""] * count
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    points = np.rint((coordinates - (grid.x, grid.y)) / grid.step).astype(np.int64)
    keep = np.ones(len(points), dtype=bool)
    same_ring = ring[1:] == ring[:-1]
    keep[1:] = ~same_ring | (points[1:] != points[:-1]).any(axis=1)
    points, ring = points[keep], ring[keep]
    letters, lengths = _letters(_differences(points, ring))
    ends = np.cumsum(lengths.reshape(-1, 2).sum(axis=1))
    last = np.flatnonzero(np.append(ring[1:] != ring[:-1], True))
    return _joined(letters, ends[last], owner[ring[last]], count)


def _runs(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Rings, lines and points of all shapes, and the shape each belongs to."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    solid = shapely.get_type_id(parts) == _POLYGON
    rings, ring_owner = shapely.get_rings(parts[solid], return_index=True)
    every: NDArray[Any] = np.concatenate([rings, parts[~solid]])
    belongs = np.concatenate([owner[solid][ring_owner], owner[~solid]])
    order = np.argsort(belongs, kind="stable")
    return every[order], belongs[order]


def _differences(points: NDArray[np.int64], ring: NDArray[np.intp]) -> NDArray[np.int64]:
    """Steps from point to point; a ring's first point is told from the origin."""
    steps = points.copy()
    inside = np.flatnonzero(ring[1:] == ring[:-1]) + 1
    steps[inside] = points[inside] - points[inside - 1]
    return steps


def _letters(steps: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """The letters of all numbers after each other, and how many each number takes."""
    flat = steps.reshape(-1)
    coded = np.where(flat < 0, -2 * flat - 1, 2 * flat)
    groups = np.maximum(1, np.ceil(np.log2(coded + 1) / 5 - 1e-12)).astype(np.int64)
    width = int(groups.max(initial=1))
    shift = np.arange(width) * 5
    chunks = (coded[:, None] >> shift) & 31
    used = np.arange(width) < groups[:, None]
    more = np.arange(width) < groups[:, None] - 1
    return (chunks + 32 * more + _OFFSET)[used].astype(np.uint8).tobytes(), groups


def _joined(
    letters: bytes, ends: NDArray[np.int64], owner: NDArray[np.intp], count: int
) -> list[str]:
    shapes: list[list[str]] = [[] for _ in range(count)]
    start = 0
    for end, shape in zip(ends.tolist(), owner.tolist(), strict=True):
        shapes[shape].append(letters[start:end].decode("ascii"))
        start = end
    return [" ".join(runs) for runs in shapes]
