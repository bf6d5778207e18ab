"""Which polygons of one layer overlap, where most of them do no more than share a border."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.overlay import NOTHING
from kotaku_geo.geo.parallel import map_arrays, map_chunks

MANY = 4_000  # fewer polygons are sooner asked pair by pair
BLOCK = 64  # polygons that are put together


def overlapping_pairs(
    layer: Geometries, *, workers: int | None = None, many: int = MANY
) -> tuple[Ints, Ints]:
    """Pairs of polygons whose interiors meet; a shared area below `NOTHING` may be passed over.

    Asking every pair of neighbours costs most where there is nothing to find. In a large layer
    only those polygons are asked that do not fit together edge by edge with the ones around them.

    Args:
        layer: (n,) valid, non-empty polygons or multipolygons.
        workers: threads; one if not given.
        many: number of polygons from which on it is looked first which fit together.

    Returns:
        the lower index, the higher index; each pair once, sorted.
    """
    asked = np.arange(len(layer)) if len(layer) < many else _misfits(layer, workers)
    if not len(asked):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first, second = shapely.STRtree(layer).query(layer[asked], predicate="intersects")
    first = asked[first]
    ends = np.stack([np.minimum(first, second), np.maximum(first, second)])
    low, high = np.unique(ends[:, first != second], axis=1)
    real = ~map_arrays(shapely.touches, layer[low], layer[high], workers=workers)
    return low[real], high[real]


def _misfits(layer: Geometries, workers: int | None) -> Ints:
    """Polygons that may overlap another; of two that do, at least one is among them.

    Neighbours are put together by dropping the edges that two of them share. Where the area of the
    block so made is the sum of theirs, none of them overlap one another: what lies under two of
    them would count twice in the sum and not at all in the block. Then the blocks, with the single
    polygons of those that were not sound, are asked for edges that do not match.
    """
    members = _squares(layer)
    blocks = np.concatenate(
        map_chunks(
            lambda part: np.array([_together(layer[m]) for m in members[part]], dtype=object),
            len(members),
            workers,
            1,
        )
    )
    starts = np.cumsum([0, *(len(m) for m in members[:-1])])
    total = np.add.reduceat(shapely.area(layer)[np.concatenate(members)], starts)
    sound = shapely.is_valid(blocks) & (np.abs(total - shapely.area(blocks)) <= NOTHING)
    alone = [np.array([i]) for k in np.flatnonzero(~sound) for i in members[k]]
    units = [members[k] for k in np.flatnonzero(sound)] + alone
    shapes = np.concatenate([blocks[sound], *(layer[i] for i in alone)])
    bad = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    return np.sort(np.concatenate([np.empty(0, np.int64), *(units[k] for k in bad)]))


def _together(polygons: Geometries) -> shapely.Geometry | None:
    """Polygons without the edges that two of them share; None where GEOS sees that they overlap."""
    try:
        block: shapely.Geometry = shapely.coverage_union_all(polygons)
    except shapely.GEOSException:
        return None
    return block


def _squares(layer: Geometries) -> list[NDArray[np.int64]]:
    """The polygons in groups of about `BLOCK` that lie near each other."""
    bounds = shapely.bounds(layer)
    x, y = bounds[:, 0] + bounds[:, 2], bounds[:, 1] + bounds[:, 3]
    columns = np.array_split(np.argsort(x, kind="stable"), int(np.sqrt(len(layer) / BLOCK)) + 1)
    groups: list[NDArray[np.int64]] = []
    for column in columns:
        groups += np.array_split(column[np.argsort(y[column], kind="stable")],
                                 len(column) // BLOCK + 1)  # fmt: skip
    return [group for group in groups if len(group)]
