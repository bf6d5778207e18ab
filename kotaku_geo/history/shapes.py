"""Outlines of two states side by side: what was redrawn, and what has really changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo import similarity, tolerance
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import components, polygonal
from kotaku_geo.geo.overlay import intersection_areas
from kotaku_geo.geo.parallel import map_arrays
from kotaku_geo.history.canonical import shape_texts

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]
LEAST_M2 = 1e-6  # of change; less is rounding
RELATED = 0.5  # of the smaller of two areas, shared, makes them the same place; contract §5


@dataclass(frozen=True)
class Reshaped:
    """One outline that is not the same in two states.

    Attributes:
        iou: intersection over union, 0 … 1; None where one state has no outline.
        before_ha, after_ha: hectares of the whole outlines.
        added_ha, removed_ha: change beyond the tolerance.
        noise_ha: the rest of the difference, which redrawing alone may give (± hectares).
        tau_m: the tolerance, metres.
        old, new, added, removed: the shapes; added and removed beyond the tolerance.
    """

    iou: float | None
    before_ha: float
    after_ha: float
    added_ha: float
    removed_ha: float
    noise_ha: float
    tau_m: float
    old: shapely.Geometry | None
    new: shapely.Geometry | None
    added: shapely.Geometry
    removed: shapely.Geometry

    @property
    def changed(self) -> bool:
        """Whether it changed beyond the tolerance."""
        return self.added_ha > 0 or self.removed_ha > 0


def reshaped(
    old: Geometries, new: Geometries, tau: Floats, least_m2: float, crs: Any, workers: int
) -> dict[int, Reshaped]:
    """Those of n pairs of outlines that are not the same to the millimetre, by position.

    An outline where there was none, or none where there was one, is wholly added or removed.

    Args:
        old, new: polygons or None, object arrays (n,), in ``crs``, metres.
        tau: tolerance of each pair, metres (n,).
        least_m2: smallest core that counts, square metres.
    """
    texts = zip(shape_texts(old), shape_texts(new), strict=True)
    at = np.array([i for i, (a, b) in enumerate(texts) if a != b], dtype=np.int64)
    if not at.size:
        return {}
    before, after = polygonal(old[at]), polygonal(new[at])
    gone, come = (
        polygonal(map_arrays(shapely.difference, one, other, workers=workers))
        for one, other in ((before, after), (after, before))
    )
    lost = _real(tolerance.changed(gone, after, tau[at], least_m2, workers=workers))
    gained = _real(tolerance.changed(come, before, tau[at], least_m2, workers=workers))
    sizes = [geodesic_ha(s, crs) for s in (before, after, gained, lost, gone, come)]
    alike = similarity.iou(before, after, workers=workers)
    alike[shapely.is_missing(old[at]) | shapely.is_missing(new[at])] = np.nan
    measures = np.column_stack([alike, *sizes, tau[at]]).tolist()
    shapes = zip(old[at], new[at], gained, lost, strict=True)
    return {
        place: _measured(numbers, drawn)
        for place, numbers, drawn in zip(at.tolist(), measures, shapes, strict=True)
    }


def _measured(numbers: Sequence[float], drawn: tuple[Any, Any, Any, Any]) -> Reshaped:
    alike, before, after, added, removed, gone, come, tau = numbers
    noise = max(gone + come - added - removed, 0.0)
    known = None if np.isnan(alike) else alike
    return Reshaped(known, before, after, added, removed, noise, tau, *drawn)


def arrangements(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, key: str, workers: int
) -> list[tuple[list[str], list[str]]]:
    """Groups of areas whose ids changed though they are the same place.

    Two areas are the same place where they share half of the smaller one. A group tells of ids
    that only one state has: (ids before, ids after), both sorted; groups sorted.
    """
    ours, theirs = old.geometry.to_numpy(), new.geometry.to_numpy()
    left, right, shared = intersection_areas(ours, theirs, workers=workers)
    least = np.minimum(shapely.area(ours[left]), shapely.area(theirs[right]))
    near = shared >= RELATED * least
    left, right = left[near].astype(np.int64), right[near].astype(np.int64)
    label = components(left, right + len(old), len(old) + len(new))
    before, after = old[key].tolist(), new[key].tolist()
    groups: dict[int, tuple[list[str], list[str]]] = {}
    for place, name in enumerate([*before, *after]):
        side = int(place >= len(before))
        groups.setdefault(int(label[place]), ([], []))[side].append(name)
    return sorted(
        (sorted(one), sorted(other))
        for one, other in groups.values()
        if one and other and set(one) != set(other)
    )


def _real(shapes: Geometries) -> Geometries:
    """The shapes that have an area beyond rounding; empty polygons in place of the others."""
    result = shapes.copy()
    result[shapely.area(shapes) <= LEAST_M2] = shapely.Polygon()
    return result
