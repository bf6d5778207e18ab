"""Where the baseline has looked: a location without kawasan is no slum only where somebody did."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, polygonal
from kotaku_geo.geo.overlay import intersection_areas
from kotaku_geo.stage import StageContext

WHOLE_CITY = "kota"
ENOUGH = 0.995  # of a location's area


def looked_at(ctx: StageContext, geometries: Geometries) -> NDArray[np.bool_]:
    """Whether at least 99.5 % of each polygon has been looked at.

    By the stated ``coverage`` of the delineation, or by RT facts that are below the slum
    threshold. A delineation that looked at the whole city has looked at all that its decree
    names, also where the borders of kelurahan are drawn too narrow, or not at all.
    """
    if not len(geometries):
        return np.zeros(0, dtype=bool)
    if any(s.coverage == WHOLE_CITY for s in ctx.pipeline.of_layer("kawasan")):
        return np.ones(len(geometries), dtype=bool)
    seen = shapely.union_all(np.concatenate([_stated(ctx), _no_slum(ctx)]))
    i, _, area = intersection_areas(geometries, np.array([seen], dtype=object))
    covered = np.bincount(i, weights=area, minlength=len(geometries))
    return np.asarray(covered >= ENOUGH * shapely.area(geometries))


def _stated(ctx: StageContext) -> Geometries:
    sources = [s for s in ctx.pipeline.of_layer("kawasan") if s.coverage]
    parts: list[Geometries] = [np.empty(0, dtype=object)]
    if ctx.has("ingest/coverage"):
        table = ctx.read_geo("ingest/coverage", ["source_id", "geometry"])
        named = [s.id for s in sources]
        parts.append(_polygons(table[table["source_id"].isin(named)].geometry))
    return np.concatenate(parts)


def _no_slum(ctx: StageContext) -> Geometries:
    """RTs whose own facts put them below the threshold, in a kawasan (``rt``) or in none."""
    parts: list[Geometries] = [np.empty(0, dtype=object)]
    for name in ("consolidate/rt", "consolidate/rt_lain"):
        if ctx.has(name):
            table = ctx.read_geo(name, ["tingkat", "geometry"])
            parts.append(_polygons(table[table["tingkat"] == "tidak_kumuh"].geometry))
    return np.concatenate(parts)


def _polygons(series: object) -> Geometries:
    return polygonal(np.array(series, dtype=object))
