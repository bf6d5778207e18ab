"""Areas that were delivered as the lines round them."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries

Floats = NDArray[np.float64]


def enclosed(lines: Geometries, close: float) -> tuple[Geometries, Floats]:
    """Polygons of lines that run round an area.

    The parts of a line are joined end to end first. An outline inside another is a hole.

    Args:
        lines: (n,) lines and multilines, none empty.
        close: a gap between the ends of an outline up to this is closed.

    Returns:
        the polygons, as drawn and perhaps invalid, None where a part stays open or has too few
        vertices; and the widest gap that each line had between the ends of its parts.
    """
    parts, owner = shapely.get_parts(shapely.line_merge(lines), return_index=True)
    ends = shapely.get_point(parts, 0), shapely.get_point(parts, -1)
    gap = shapely.distance(*ends)
    widest = np.zeros(len(lines))
    np.maximum.at(widest, owner, gap)
    vertices = shapely.get_num_points(parts) - (gap == 0)
    open_ = np.zeros(len(lines), dtype=bool)
    open_[owner[(gap > close) | (vertices < 3)]] = True
    result = np.full(len(lines), None, dtype=object)
    whole = ~open_[owner]
    points, ring = shapely.get_coordinates(parts[whole], return_index=True)
    if not len(points):
        return result, widest
    rings = np.asarray(shapely.linearrings(points, indices=ring), dtype=object)
    polygons = np.asarray(shapely.polygons(rings), dtype=object)
    whose = owner[whole]
    alone = np.bincount(whose, minlength=len(lines))[whose] == 1
    result[whose[alone]] = polygons[alone]
    if not alone.all():
        several, index = np.unique(whose[~alone], return_inverse=True)
        together = shapely.multilinestrings(rings[~alone], indices=index)
        result[several] = shapely.build_area(shapely.node(together))
    return result, widest
