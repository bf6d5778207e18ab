"""Making geometries valid and of the wanted dimension, arrays in and arrays out."""

from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

_POINT, _LINE, _POLYGON = 0, 1, 2
MAX_CHANGE = 0.01  # share of the drawn area that a repair may change before another is tried


def repair(
    geometries: NDArray[np.object_], suspect: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Make invalid geometries valid, without letting a repair swallow a polygon.

    Repair by structure (rings keep their role as shell or hole) loses a polygon whose rings come
    in the wrong order: where it changes the area by more than `MAX_CHANGE`, repair by linework is
    tried as well, and the one that stays nearer to the area as drawn stands.

    Args:
        geometries: (n,) array.
        suspect: (n,) those that are known to be invalid in other coordinates; repaired as well.

    Returns:
        The geometries and a mask of those that were invalid. Repairing twice changes nothing.
    """
    invalid = ~shapely.is_missing(geometries) & ~shapely.is_valid(geometries)
    if suspect is not None:
        invalid |= suspect & ~shapely.is_missing(geometries)
    repaired = geometries.copy()
    where = np.flatnonzero(invalid)
    if not len(where):
        return repaired, invalid
    drawn = drawn_area(geometries[where])
    mended = shapely.make_valid(geometries[where], method="structure", keep_collapsed=False)
    off = np.abs(shapely.area(mended) - drawn)
    doubtful = np.flatnonzero(off > MAX_CHANGE * drawn)
    if len(doubtful):
        other = shapely.make_valid(geometries[where[doubtful]], method="linework")
        nearer = np.abs(shapely.area(other) - drawn[doubtful]) < off[doubtful]
        mended[doubtful[nearer]] = other[nearer]
    repaired[where] = mended
    return repaired, invalid


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
    mixed = (kinds == 7) & ~shapely.is_empty(geometries)
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
