"""Where footprints and lines of the sector layers lie, before anything is made of it."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo import beside
from kotaku_geo.consolidate.tables import Floats, Geometries, Ints, layer
from kotaku_geo.frames import undrawn
from kotaku_geo.geo import clip, parallel
from kotaku_geo.geo.area import linear_scale
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext

LINES = ("jalan", "drainase")
WORTH_PROCESS = 1_000_000  # bytes of footprints
_COLUMNS = {
    "bangunan": ["source_id", "tidak_teratur", "tidak_layak", "geometry"],
    **{name: ["source_id", "kondisi", "geometry"] for name in LINES},
}


@record
class Lines:
    """A layer of lines cut by units: row, unit and true length of each piece."""

    rows: gpd.GeoDataFrame
    row: Ints
    unit: Ints
    length: Floats


@record
class Footprints:
    """Rows of layer ``bangunan`` without their outlines.

    Attributes:
        rows: what is told of each.
        x, y: a point within each; NaN where nothing is drawn.
    """

    rows: pd.DataFrame
    x: Floats
    y: Floats

    @cached_property
    def points(self) -> Geometries:
        """The points; None where nothing is drawn."""
        made = np.asarray(shapely.points(self.x, self.y), dtype=object)
        made[np.isnan(self.x)] = None
        return made


@record
class Ground:
    """What lies where.

    Attributes:
        prints: the footprints.
        unit: unit that each lies in; −1 for none.
        lines: layers of lines by name; without a row where nobody delivered them.
    """

    prints: Footprints
    unit: Ints
    lines: dict[str, Lines]

    @property
    def footprints(self) -> pd.DataFrame:
        """Rows of the footprints."""
        return self.prints.rows

    @property
    def points(self) -> Geometries:
        """A point within each footprint."""
        return self.prints.points

    def under(self, units: gpd.GeoDataFrame, workers: int) -> "Ground":
        """The same footprints and lines under other units."""
        shapes, crs = _drawing(units)
        rows = {name: lines.rows for name, lines in self.lines.items()}
        unit = unit_of_points(self.points, shapes)
        return Ground(self.prints, unit, _cut_each(rows, shapes, crs, workers))


@record
class Reading:
    """What sector layers draw, being read.

    Attributes:
        prints: the footprints; it is told the RT, and says in which they lie.
        lines: waits for the layers of lines.
    """

    prints: beside.Work[tuple[Footprints, Ints]]
    lines: Callable[[], dict[str, gpd.GeoDataFrame]]


def begin_reading(ctx: StageContext) -> Reading:
    """Begin to read what sector layers draw.

    Footprints are many, and to make them takes the interpreter for itself: where it is worth one,
    a process beside this does it, and keeps their outlines out of this one.
    """
    name = "ingest/bangunan"
    many = ctx.has(name) and ctx.workspace.path(name).stat().st_size > WORTH_PROCESS
    prints = beside.start_waiting(partial(_located, ctx), ctx.workers if many else 1)

    def read() -> dict[str, gpd.GeoDataFrame]:
        return {name: _layer(ctx, name) for name in LINES}

    return Reading(prints, parallel.begin(read, ctx.workers))


def begin(ctx: StageContext, units: gpd.GeoDataFrame, reading: Reading) -> Callable[[], Ground]:
    """Begin to find out in which unit footprints and lines lie."""
    shapes, crs = _drawing(units)

    def measure() -> Ground:
        reading.prints.tell(shapely.to_wkb(shapes))
        cut = _cut_each(reading.lines(), shapes, crs, ctx.workers)
        return Ground(*reading.prints.result(), cut)

    return parallel.begin(measure, ctx.workers)


def _located(ctx: StageContext, units: beside.Wait) -> tuple[Footprints, Ints]:
    """The footprints, and the unit of each, of which the outlines are waited for."""
    rows = _layer(ctx, "bangunan")
    points = np.asarray(shapely.point_on_surface(rows.geometry.to_numpy()), dtype=object)
    prints = Footprints(undrawn(rows), shapely.get_x(points), shapely.get_y(points))
    shapes = np.asarray(shapely.from_wkb(units()), dtype=object)
    return prints, unit_of_points(points, shapes)


def unit_of_points(points: Geometries, shapes: Geometries) -> Ints:
    """Shape that each point lies in, the first of several; −1 for none."""
    point, unit = shapely.STRtree(shapes).query(points)
    solid = np.array(shapely.force_2d(shapes), dtype=object)  # none that another thread prepares
    shapely.prepare(solid)
    inside = shapely.intersects(solid[unit], points[point])
    point, unit = point[inside], unit[inside]
    result = np.full(len(points), len(shapes), dtype=np.int64)
    np.minimum.at(result, point, unit)
    result[result == len(shapes)] = -1
    return result


def _drawing(units: gpd.GeoDataFrame) -> tuple[Geometries, Any]:
    return np.asarray(units.geometry.to_numpy(), dtype=object), units.crs


def _layer(ctx: StageContext, name: str) -> gpd.GeoDataFrame:
    return layer(ctx, name, ordered=False, columns=_COLUMNS[name])


def _cut_each(
    layers: dict[str, gpd.GeoDataFrame], shapes: Geometries, crs: Any, workers: int
) -> dict[str, Lines]:
    tasks = [partial(_cut, rows, shapes, crs, workers) for rows in layers.values()]
    return dict(zip(layers, parallel.side_by_side(tasks, workers), strict=True))


def _cut(rows: gpd.GeoDataFrame, units: Geometries, crs: Any, workers: int) -> Lines:
    """Measure lines within units."""
    shapes = rows.geometry.to_numpy()
    line, unit = shapely.STRtree(units).query(shapes)
    length = clip.lengths_within(np.asarray(shapes, dtype=object), units, (line, unit), workers)
    return Lines(rows, line, unit, length / linear_scale(units, crs)[unit])
