"""Grouping arrays: connected components, and unions by group."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.parallel import map_arrays

Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]


def components(left: Ints, right: Ints, size: int) -> Ints:
    """Label of the connected component of each of ``size`` nodes.

    Args:
        left, right: the ends of each edge, int arrays (m,).
        size: number of nodes.

    Returns:
        int array (size,): labels 0 … k-1, numbered by the smallest node of each component.
    """
    label = np.arange(size)
    while True:
        low = np.minimum(label[left], label[right])
        step = label.copy()
        np.minimum.at(step, left, low)
        np.minimum.at(step, right, low)
        step = step[step]  # jump to the label's own label: long chains close in few rounds
        if np.array_equal(step, label):
            return np.unique(label, return_inverse=True)[1].astype(np.int64)
        label = step


def union_by(
    geometries: Geometries, group: Ints, size: int, *, workers: int | None = None
) -> Geometries:
    """Union of the geometries of each group.

    Args:
        geometries: polygons, object array (n,).
        group: group of each, int array (n,), values 0 … size-1.
        size: number of groups.
        workers: threads; one if not given.

    Returns:
        object array (size,); an empty polygon for a group without members. A group of one keeps
        its geometry as it is.
    """
    result = np.full(size, shapely.Polygon(), dtype=object)
    group = np.asarray(group, dtype=np.int64)
    count = np.bincount(group, minlength=size)
    single = count[group] == 1
    result[group[single]] = geometries[single]
    several = np.flatnonzero(count > 1)
    if several.size:
        rest = np.flatnonzero(~single)
        rest = rest[np.argsort(group[rest], kind="stable")]
        place = np.searchsorted(several, group[rest])
        bundles = np.asarray(shapely.geometrycollections(geometries[rest], indices=place))
        # One call for all groups: threads would wait for each other between many small ones.
        result[several] = map_arrays(_union_each, bundles.astype(object), workers=workers)
    return result


def _union_each(bundles: Geometries) -> Geometries:
    return np.asarray(shapely.union_all(bundles.reshape(-1, 1), axis=1), dtype=object)


def polygonal(geometries: Geometries) -> Geometries:
    """The polygons of each geometry: what an intersection leaves of lines and points is dropped.

    Returns:
        object array (n,) of polygons and multipolygons; empty polygons where there is none.
    """
    result = np.asarray(geometries, dtype=object).copy()
    result[shapely.get_dimensions(result) < 2] = shapely.Polygon()  # None and empties are -1
    mixed = np.flatnonzero(shapely.get_type_id(result) == 7)
    if mixed.size:
        parts, owner = shapely.get_parts(result[mixed], return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        flat = shapely.get_type_id(parts) == 3
        result[mixed] = collected(parts[flat], owner[inner][flat], len(mixed))
    return result


def collected(polygons: Geometries, group: Ints, size: int) -> Geometries:
    """Multipolygon of each group's disjoint polygons; ``group`` is sorted. Empty where none."""
    result = np.full(size, shapely.Polygon(), dtype=object)
    if len(polygons):
        present = np.unique(group)
        made = shapely.multipolygons(polygons, indices=np.searchsorted(present, group))
        result[present] = made
    return result
