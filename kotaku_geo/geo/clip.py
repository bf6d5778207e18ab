"""How much of lines lies within polygons, without making the pieces."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.parallel import map_arrays
from kotaku_geo.late import record

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ALONG_M = 1e-6  # an edge this near to a segment's line runs along it
_LINEAR = (-1, 1, 2, 5)  # nothing, a line, a ring, several lines
CHUNK = 1024  # pairs at once: what is worked on stays in the processor's cache


@record
class _Segments:
    """Segments of lines below each other: begin, direction (a metre of it) and length.

    ``start``: of each line (n + 1).
    """

    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    length: Floats
    start: Ints


@record
class _Rings:
    """Corners of polygons, their interior to the left; ``start`` of each polygon (n + 1).

    ``edge``: whether an edge leads from a corner to the next.
    """

    x: Floats
    y: Floats
    edge: Bools
    start: Ints


def lengths_within(
    lines: Geometries, polygons: Geometries, pairs: tuple[Ints, Ints], workers: int
) -> Floats:
    """Length of lines within polygons, for pairs of positions in either; as of intersections.

    The edges that cross the straight line of a segment carry a sign, by which side they come from:
    the sum of the signed distances at which they cross it is what lies inside. Corners that are
    made are rounded as GEOS does. Where a segment runs along an edge, where a line that crosses a
    border meets itself (it counts once where it lies on itself), and of anything but lines, GEOS is
    asked.

    Args:
        lines: (multi)linestrings; polygons: valid (multi)polygons; of one planar CRS in metres.
        pairs: of lines and polygons whose boxes meet.
        workers: threads.
    """
    line, polygon = pairs
    result = np.zeros(len(line))
    doubtful = np.zeros(len(line), dtype=bool)
    other = ~np.isin(shapely.get_type_id(lines), _LINEAR)
    segments, rings = _segments(lines), _rings(polygons)
    for first in range(0, len(line), CHUNK):
        part = slice(first, first + CHUNK)
        result[part], doubtful[part] = _within(segments, rings, line[part], polygon[part])
    whole = np.diff(np.append(0, np.cumsum(segments.length))[segments.start])
    cut = (result > 0) & (result < whole[line] - ALONG_M)
    doubtful |= other[line]
    doubtful[cut] |= ~shapely.is_simple(lines[line[cut]])
    pieces = map_arrays(
        shapely.intersection, lines[line[doubtful]], polygons[polygon[doubtful]], workers=workers
    )
    result[doubtful] = shapely.length(pieces)
    return result


def _segments(lines: Geometries) -> _Segments:
    parts, line = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    follows = part[1:] == part[:-1]
    (x, y), (dx, dy) = xy[:-1][follows].T, np.diff(xy, axis=0)[follows].T
    length = np.sqrt(dx * dx + dy * dy)
    real = length > 0
    x, y, dx, dy, length = (values[real] for values in (x, y, dx, dy, length))
    count = np.bincount(line[part[:-1][follows]][real], minlength=len(lines))
    return _Segments(x, y, dx / length, dy / length, length, np.append(0, np.cumsum(count)))


def _rings(polygons: Geometries) -> _Rings:
    parts, polygon = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.append(ring[1:] == ring[:-1], False)[: len(ring)]
    count = np.bincount(polygon[part[ring]], minlength=len(polygons))
    return _Rings(xy[:, 0], xy[:, 1], edge, np.append(0, np.cumsum(count)))


def _within(segments: _Segments, rings: _Rings, line: Ints, polygon: Ints) -> tuple[Floats, Bools]:
    """Length of each line in its polygon, and where a segment runs along an edge."""
    pair, segment = _spread(segments.start, line)
    row, corner = _spread(rings.start, polygon[pair])
    x, y, dx, dy, length = (
        values[segment]
        for values in (segments.x, segments.y, segments.dx, segments.dy, segments.length)
    )
    # Corners as seen from the segment's begin: how far ahead of it, and how far to its left.
    right, up = rings.x[corner] - x[row], rings.y[corner] - y[row]
    left = dx[row] * up - dy[row] * right
    edge = rings.edge[corner][:-1] if len(corner) else np.empty(0, dtype=bool)
    above = left >= 0
    over = np.flatnonzero(edge & (above[1:] != above[:-1]))
    at = row[over]
    part = left[over] / (left[over] - left[over + 1])
    px = (x[at] + (right[over] + part * (right[over + 1] - right[over]))) - x[at]
    py = (y[at] + (up[over] + part * (up[over + 1] - up[over]))) - y[at]
    ahead = px * dx[at] + py * dy[at]
    far = np.where(ahead > 0, np.sqrt(px * px + py * py), 0.0)
    signed = np.where(above[over], -1.0, 1.0) * np.minimum(far, length[at])
    inside = np.maximum(np.bincount(at, signed, len(segment)), 0.0)
    near = np.abs(left) <= ALONG_M
    beside = np.flatnonzero(edge & near[1:] & near[:-1])
    doubtful = np.zeros(len(line), dtype=bool)
    doubtful[pair[row[beside]]] = True
    return np.bincount(pair, inside, len(line)).astype(np.float64), doubtful


def _spread(start: Ints, asked: Ints) -> tuple[Ints, Ints]:
    """For runs of rows that are asked for: which was asked, and the row, one below the other."""
    count = np.diff(start)[asked]
    owner = np.repeat(np.arange(len(asked)), count)
    first = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + np.repeat(start[asked] - first, count)
