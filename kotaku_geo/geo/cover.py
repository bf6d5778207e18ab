"""What of a set of targets is covered by other geometries: pieces, unions, shares, priorities.

Everything is planar, in the units of the coordinates; callers turn areas into hectares. Only what
lies near a target is touched: a tree finds the pairs, features to be widened are cut to the
target's surroundings before they are buffered, and unions are made within one target at a time.
"""

from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo import grouping
from kotaku_geo.geo.parallel import map_arrays
from kotaku_geo.late import record

Geometries = NDArray[np.object_]
Index = NDArray[np.intp]
ROUND = 32  # segments of a quarter circle: a disc loses 0.04 % of its area
POLYGON = 3  # shapely's type id


@record
class Pieces:
    """Polygonal pieces of targets, sorted by target, then feature.

    Attributes:
        target: (n,) position of the target.
        feature: (n,) position of the feature; a pair of both occurs once.
        geometry: (n,) MultiPolygons of positive area.
    """

    target: Index
    feature: Index
    geometry: Geometries

    def __len__(self) -> int:
        return len(self.target)

    def take(self, chosen: NDArray[np.bool_] | Index) -> "Pieces":
        """Some of the pieces, in the given order."""
        return Pieces(self.target[chosen], self.feature[chosen], self.geometry[chosen])


def pieces(
    targets: Geometries,
    features: Geometries,
    reach: NDArray[np.float64] | None = None,
    *,
    least: float = 0.0,
    workers: int | None = None,
) -> Pieces:
    """What each feature, widened by its reach, covers of each target.

    Args:
        targets: (n,) valid polygons; None has no piece.
        features: (m,) valid geometries of any kind; those of reach 0 count by their polygons.
        reach: (m,) distances by which features are widened; None widens none.
        least: pieces of this area or less are noise of the coordinates and left out.
        workers: threads.

    Returns:
        the pieces; buffers have `ROUND` segments a quarter circle.
    """
    widths = np.zeros(len(features)) if reach is None else np.asarray(reach, dtype=float)
    plain, wide = np.flatnonzero(~(widths > 0)), np.flatnonzero(widths > 0)
    target, part, geometry = _overlaps(targets, features[plain], workers)
    target_w, part_w, geometry_w = _widened(targets, features[wide], widths[wide], workers)
    return collect(
        np.concatenate([target, target_w]),
        np.concatenate([plain[part], wide[part_w]]).astype(np.intp),
        np.concatenate([geometry, geometry_w]),
        least,
    )


def collect(target: Index, feature: Index, geometry: Geometries, least: float = 0.0) -> Pieces:
    """One MultiPolygon for each (target, feature) out of fragments that do not overlap.

    Fragments that are no polygons are dropped, and so are pieces of area ``least`` or less.
    """
    polygons, source = polygons_of(geometry)
    target, feature = target[source], feature[source]
    order = np.lexsort((feature, target))
    polygons, target, feature = polygons[order], target[order], feature[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(target) != 0) | (np.diff(feature) != 0)
    if not len(order):
        return Pieces(target, feature, polygons)
    whole = shapely.multipolygons(polygons, indices=np.cumsum(first) - 1)
    found = Pieces(target[first], feature[first], np.asarray(whole, dtype=object))
    return found.take(shapely.area(found.geometry) > least)


def polygons_of(geometries: Geometries) -> tuple[Geometries, Index]:
    """All polygons within geometries of any kind, and the position each came from."""
    parts, source = shapely.get_parts(geometries, return_index=True)
    nested = shapely.get_type_id(parts) > POLYGON
    if nested.any():
        inner, position = shapely.get_parts(parts, return_index=True)
        parts, source = inner, source[position]
    solid = shapely.get_type_id(parts) == POLYGON
    solid[solid] = shapely.area(parts[solid]) > 0
    return parts[solid], source[solid].astype(np.intp)


def union_by(
    geometries: Geometries, groups: Index, size: int, *, workers: int | None = None
) -> Geometries:
    """Union of the geometries of each group.

    Args:
        geometries: (n,) valid polygonal geometries.
        groups: (n,) group of each, 0 … size − 1.
        size: how many groups there are.
        workers: threads.

    Returns:
        (size,) geometries; None for a group that has none.
    """
    group = np.asarray(groups, dtype=np.int64)
    result = grouping.union_by(geometries, group, size, workers=workers)
    result[np.bincount(group, minlength=size) == 0] = None
    return result


def without_earlier(geometries: Geometries, target: Index, position: Index) -> Geometries:
    """What of each geometry no earlier one of the same target covers already.

    Args:
        geometries: (n,) valid polygonal geometries.
        target: (n,) which target each belongs to.
        position: (n,) its place in the target's order, 0, 1, 2 … without gaps or repeats.

    Returns:
        (n,) polygonal geometries, empty where all was covered; their areas sum to the union's.
    """
    result = geometries.copy()
    taken = np.full(int(target.max(initial=-1)) + 1, None, dtype=object)
    for place in range(int(position.max(initial=-1)) + 1):
        here = np.flatnonzero(position == place)
        mine, before = geometries[here], taken[target[here]]
        meets = shapely.intersects(mine, before)
        result[here[meets]] = _polygonal(shapely.difference(mine[meets], before[meets]))
        joined = mine.copy()
        known = ~shapely.is_missing(before)
        joined[known] = shapely.union(mine[known], before[known])
        taken[target[here]] = joined
    return result


def covered_by(
    targets: Geometries, cover: Geometries, *, least: float = 0.0, workers: int | None = None
) -> Geometries:
    """The part of each target inside the union of ``cover``; None where it is outside."""
    found = pieces(targets, cover, least=least, workers=workers)
    return union_by(found.geometry, found.target, len(targets), workers=workers)


def share_of(targets: Geometries, covered: Geometries) -> NDArray[np.float64]:
    """Area of the covered part over the target's, 0 … 1; NaN for a target without area."""
    whole = shapely.area(targets)
    part = np.nan_to_num(shapely.area(covered))
    share = np.full(len(targets), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return np.asarray(np.minimum(share, 1.0))


def nearest_distance(targets: Geometries, features: Geometries) -> NDArray[np.float64]:
    """Distance from each target to the nearest feature; NaN where there is none.

    The distance to one part of a feature nearby bounds the search: only parts whose boxes come as
    close are measured, which are far fewer than a search by boxes alone would measure.
    """
    distance = np.full(len(targets), np.nan)
    some = np.flatnonzero(~(shapely.is_missing(targets) | shapely.is_empty(targets)))
    parts = shapely.get_parts(features)
    tree = shapely.STRtree(parts)
    if not (len(some) and len(tree)):
        return distance
    present = targets[some]
    at, first = tree.query_nearest(shapely.centroid(present), all_matches=False)
    some, present = some[at], present[at]
    reach = shapely.distance(parts[first], present)
    target, part = tree.query(_boxes(present, reach))
    other = part != first[target]
    target, part = target[other], part[other]
    distance[some] = reach
    np.fmin.at(distance, some[target], shapely.distance(parts[part], present[target]))
    return distance


def _overlaps(
    targets: Geometries, features: Geometries, workers: int | None
) -> tuple[Index, Index, Geometries]:
    """Intersections of targets with the polygons of features, pair by pair."""
    polygons, owner = polygons_of(features)
    target, part = shapely.STRtree(polygons).query(targets, predicate="intersects")
    common = map_arrays(shapely.intersection, targets[target], polygons[part], workers=workers)
    return target, owner[part], common


def _widened(
    targets: Geometries, features: Geometries, widths: NDArray[np.float64], workers: int | None
) -> tuple[Index, Index, Geometries]:
    """Intersections of targets with buffered features, pair by pair.

    A feature is first cut to the target's box grown by the width: no point further away reaches
    the target, so the cut changes nothing inside it.
    """
    tree = shapely.STRtree(targets)
    feature, target = tree.query(features, predicate="dwithin", distance=widths)
    width = widths[feature]
    boxes = _boxes(targets[target], width)
    zones = map_arrays(
        _buffered_within, features[feature], targets[target], boxes, width, workers=workers
    )
    return target, feature, zones


def _boxes(geometries: Geometries, width: NDArray[np.float64]) -> Geometries:
    """The box of each geometry, grown by its width."""
    low_x, low_y, high_x, high_y = shapely.bounds(geometries).T
    return np.asarray(shapely.box(low_x - width, low_y - width, high_x + width, high_y + width))


def _buffered_within(
    features: Geometries, targets: Geometries, boxes: Geometries, width: NDArray[np.float64]
) -> Geometries:
    near = shapely.intersection(features, boxes)
    zones = shapely.buffer(near, width, quad_segs=ROUND)
    return np.asarray(shapely.intersection(zones, targets), dtype=object)


def _polygonal(geometries: Geometries) -> Geometries:
    """The same areas without stray lines and points."""
    mixed = shapely.get_type_id(geometries) > POLYGON
    if not mixed.any():
        return geometries
    parts, source = polygons_of(geometries)
    join = partial(union_by, size=len(geometries))
    clean = join(parts, source)
    clean[shapely.is_missing(clean)] = shapely.Polygon()
    return np.where(mixed, clean, geometries)
