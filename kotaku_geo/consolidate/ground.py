"""Where footprints and lines of the sector layers lie, before anything is made of it."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from kotaku_geo.consolidate.tables import Floats, Geometries, Ints, layer
from kotaku_geo.geo import parallel
from kotaku_geo.geo.area import linear_scale
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext

LINES = ("jalan", "drainase")
Footprints = tuple[gpd.GeoDataFrame, Geometries]


@record
class Lines:
    """A layer of lines cut by units: row, unit and true length of each piece."""

    rows: gpd.GeoDataFrame
    row: Ints
    unit: Ints
    length: Floats


@record
class Ground:
    """What lies where.

    Attributes:
        footprints: rows of layer ``bangunan``.
        points: a point within each.
        unit: unit that it lies in; −1 for none.
        lines: layers of lines by name; without a row where nobody delivered them.
    """

    footprints: gpd.GeoDataFrame
    points: Geometries
    unit: Ints
    lines: dict[str, Lines]

    def under(self, units: gpd.GeoDataFrame, workers: int) -> "Ground":
        """The same footprints and lines under other units."""
        rows = {name: lines.rows for name, lines in self.lines.items()}
        return _measured((self.footprints, self.points), rows, *_drawing(units), workers)


def begin_footprints(ctx: StageContext) -> Callable[[], Footprints]:
    """Begin to read the footprints, of which there are many, and to find a point within each."""

    def read() -> Footprints:
        rows = layer(ctx, "bangunan", ordered=False)
        return rows, np.asarray(shapely.point_on_surface(rows.geometry.to_numpy()), dtype=object)

    return parallel.begin(read, ctx.workers)


def begin(
    ctx: StageContext, units: gpd.GeoDataFrame, footprints: Callable[[], Footprints]
) -> Callable[[], Ground]:
    """Begin to find out in which unit footprints and lines lie."""
    shapes, crs = _drawing(units)

    def measure() -> Ground:
        rows = {name: layer(ctx, name, ordered=False) for name in LINES}
        return _measured(footprints(), rows, shapes, crs, ctx.workers)

    return parallel.begin(measure, ctx.workers)


def unit_of_points(points: Geometries, shapes: Geometries) -> Ints:
    """Shape that each point lies in, the first of several; −1 for none."""
    point, unit = shapely.STRtree(shapes).query(points, predicate="intersects")
    order = np.lexsort((unit, point))
    first = np.unique(point[order], return_index=True)[1]
    result = np.full(len(points), -1, dtype=np.int64)
    result[point[order][first]] = unit[order][first]
    return result


def _drawing(units: gpd.GeoDataFrame) -> tuple[Geometries, Any]:
    return np.asarray(units.geometry.to_numpy(), dtype=object), units.crs


def _measured(
    footprints: Footprints, lines: dict[str, gpd.GeoDataFrame], shapes: Geometries, crs: Any,
    workers: int,
) -> Ground:  # fmt: skip
    rows, points = footprints
    cut = {name: _cut(own, shapes, crs, workers) for name, own in lines.items()}
    return Ground(rows, points, unit_of_points(points, shapes), cut)


def _cut(rows: gpd.GeoDataFrame, units: Geometries, crs: Any, workers: int) -> Lines:
    """Cut lines by units.

    A line that lies in one unit is its own piece: only those that cross a border are cut.
    """
    shapes = rows.geometry.to_numpy()
    line, unit = shapely.STRtree(units).query(shapes, predicate="intersects")
    length = np.zeros(len(line))
    whole = np.zeros(len(line), dtype=bool)
    lone = np.flatnonzero(np.bincount(line, minlength=len(shapes))[line] == 1)
    whole[lone] = shapely.covers(units[unit[lone]], shapes[line[lone]])
    length[whole] = shapely.length(shapes[line[whole]])
    pieces = parallel.map_arrays(
        shapely.intersection, shapes[line[~whole]], units[unit[~whole]], workers=workers
    )
    length[~whole] = shapely.length(pieces)
    return Lines(rows, line, unit, length / linear_scale(units, crs)[unit])
