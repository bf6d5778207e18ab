"""Making geometries valid and of the wanted dimension, arrays in and arrays out."""

from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.parallel import map_arrays

_POINT, _LINE, _POLYGON = 0, 1, 2  # dimensions
_SIMPLE = 3  # kinds of geometry up to this are of one part
_COLLECTION = 7
MAX_CHANGE = 0.01  # share of the drawn area that a repair may change before another is tried
DEAR = 64  # invalid polygons that are worth a thread


def repair(
    geometries: NDArray[np.object_],
    suspect: NDArray[np.bool_] | None = None,
    *,
    share: float = MAX_CHANGE,
    workers: int | None = None,
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Make invalid geometries valid, without letting a repair swallow a polygon.

    Repair by structure (rings keep their role as shell or hole) loses a polygon whose rings come
    in the wrong order: where it changes the area by more than ``share``, repair by linework is
    tried as well, and the one that stays nearer to the area as drawn stands.

    Args:
        geometries: (n,) array.
        suspect: (n,) those that are known to be invalid in other coordinates; repaired as well.
        share: of the drawn area that may change before another way is tried.
        workers: threads; one if not given.

    Returns:
        The geometries and a mask of those that were invalid. Repairing twice changes nothing.
    """
    invalid = ~shapely.is_missing(geometries) & ~valid(geometries, workers)
    if suspect is not None:
        invalid |= suspect & ~shapely.is_missing(geometries)
    repaired = geometries.copy()
    where = np.flatnonzero(invalid)
    if not len(where):
        return repaired, invalid
    drawn = drawn_area(geometries[where])
    mended = map_arrays(_by_structure, geometries[where], workers=workers, least=DEAR)
    off = np.abs(shapely.area(mended) - drawn)
    doubtful = np.flatnonzero(off > share * drawn)
    if len(doubtful):
        other = shapely.make_valid(geometries[where[doubtful]], method="linework")
        nearer = np.abs(shapely.area(other) - drawn[doubtful]) < off[doubtful]
        mended[doubtful[nearer]] = other[nearer]
    repaired[where] = mended
    return repaired, invalid


def valid(geometries: NDArray[np.object_], workers: int | None = None) -> NDArray[np.bool_]:
    """Which geometries are valid; None is not."""
    found: NDArray[np.bool_] = map_arrays(
        shapely.is_valid, geometries, workers=workers, least=8_192
    )
    return found


def _by_structure(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    mended: NDArray[np.object_] = shapely.make_valid(
        geometries, method="structure", keep_collapsed=False
    )
    return mended


def drifted(
    before: NDArray[np.float64], after: NDArray[np.float64], share: float, least: float
) -> NDArray[np.bool_]:
    """Whether a repair changes an area by more than a share of it, and by more than ``least``."""
    change: NDArray[np.float64] = np.abs(after - before)
    return np.greater(change, np.maximum(share * before, least))


def stacked_parts(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which invalid multipolygons have nothing wrong but that their parts lie on each other."""
    result = np.zeros(len(geometries), dtype=bool)
    where = np.flatnonzero((shapely.get_type_id(geometries) == 6) & ~shapely.is_valid(geometries))
    parts, owner = shapely.get_parts(geometries[where], return_index=True)
    wrong = np.bincount(owner[~shapely.is_valid(parts)], minlength=len(where))
    result[where] = (wrong == 0) & (np.bincount(owner, minlength=len(where)) > 1)
    return result


def mean_width(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """Twice the area over the perimeter: the width of a long thin polygon; NaN without one."""
    around = shapely.length(polygons)
    wide: NDArray[np.float64] = np.full(len(polygons), np.nan)
    np.divide(2 * drawn_area(polygons), around, where=around > 0, out=wide)
    return wide


def without_slivers(
    polygons: NDArray[np.object_], width: float
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Multipolygons without the valid parts whose mean width is below ``width``.

    A part that crosses itself may have no area as drawn, and be no sliver.

    Returns:
        the polygons; one of which nothing would be left stays whole. And the parts dropped of each.
    """
    result, dropped = polygons.copy(), np.zeros(len(polygons), dtype=np.int64)
    where = np.flatnonzero(shapely.get_type_id(polygons) == 6)
    parts, owner = shapely.get_parts(polygons[where], return_index=True)
    thin = mean_width(parts) < width
    thin[thin] = shapely.is_valid(parts[thin])
    gone = np.bincount(owner[thin], minlength=len(where))
    some = (gone > 0) & (gone < np.bincount(owner, minlength=len(where)))
    left = ~thin & some[owner]
    if left.any():
        kept, index = np.unique(owner[left], return_inverse=True)
        result[where[kept]] = shapely.multipolygons(parts[left], indices=index)
        dropped[where[some]] = gone[some]
    return result, dropped


def single(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Collections of one member as that member: formats differ in what they promote."""
    several = shapely.get_type_id(geometries) > _SIMPLE
    alone = np.flatnonzero(several & (shapely.get_num_geometries(geometries) == 1))
    if not len(alone):
        return geometries
    result = geometries.copy()
    result[alone] = shapely.get_geometry(geometries[alone], 0)
    return result


def drawn_area(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Area as drawn, also of invalid polygons: never negative, whatever the order of rings."""
    return np.abs(np.nan_to_num(shapely.area(geometries)))


def dimension(geometries: NDArray[np.object_]) -> NDArray[np.int64]:
    """Highest dimension in each geometry: 0 point, 1 line, 2 polygon, -1 none or empty."""
    size = shapely.get_dimensions(geometries)
    return np.where(shapely.is_missing(geometries) | shapely.is_empty(geometries), -1, size)


def only_dimension(
    geometries: NDArray[np.object_], wanted: int
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Keep the parts of one dimension.

    Returns:
        Geometries without parts of another dimension (empty where nothing is left), and a mask of
        those that lost parts.
    """
    kinds = shapely.get_type_id(geometries)
    mixed = (kinds == _COLLECTION) & ~shapely.is_empty(geometries)
    result = geometries.copy()
    if not mixed.any():
        return result, mixed
    where = np.flatnonzero(mixed)
    parts, owner = _explode(geometries[mixed])
    keep = shapely.get_dimensions(parts) == wanted
    for i, index in enumerate(where):
        result[index] = _collect(parts[(owner == i) & keep], wanted)
    lost = np.zeros(len(geometries), dtype=bool)
    lost[where] = np.bincount(owner[~keep], minlength=len(where)) > 0
    return result, lost


def _explode(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Single parts of (nested) collections and the index of each one's owner."""
    owner = np.arange(len(geometries))
    while (shapely.get_type_id(geometries) >= 4).any():
        geometries, index = shapely.get_parts(geometries, return_index=True)
        owner = owner[index]
    return geometries, owner


def _collect(parts: NDArray[np.object_], wanted: int) -> shapely.Geometry:
    if wanted == _POLYGON:
        return shapely.union_all(parts) if len(parts) else shapely.MultiPolygon()
    made = shapely.multipoints(parts) if wanted == _POINT else shapely.multilinestrings(parts)
    return cast(shapely.Geometry, made)
