"""What the bare numbers of a file may mean: candidate coordinate systems, tried on them.

Positions are rough here: the projection counts and the datum does not, as datums differ by metres
and a city is kilometres wide. What is read in the end goes through `crs.to_crs`.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.ingest.crs import check_crs, is_geographic, to_lonlat
from kotaku_geo.late import record

if TYPE_CHECKING:
    import pandas as pd

Words = Callable[[NDArray[np.int64]], "list[pd.DataFrame]"]
Box = tuple[float, float, float, float]  # west, south, east, north, degrees
TAIL = 0.05  # of the features at either end: strays do not say where a layer lies
COLLAPSED_FROM = 3  # so many features at one point are no layer
SURE_ENOUGH = 70  # percent; a WKT of another maker's may differ in a name
_GEOD = pyproj.Geod(ellps="WGS84")
_local = threading.local()


@record
class Candidate:
    """One class of coordinate systems; the fields are those of ``schemas/crs.yaml``."""

    use: str
    same: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    centre: float | None = None
    reach: float = 0.0
    within: Box | None = None

    def takes(self, x: float) -> bool:
        """Whether an easting is one that the system is used with."""
        return self.centre is None or abs(x - self.centre) <= self.reach


@cache
def candidates() -> tuple[Candidate, ...]:
    """All candidates, the first of equals first."""
    lists = ("same", "older", "within")

    def candidate(row: dict[str, Any]) -> Candidate:
        fields: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in row.items()}
        return Candidate(**fields)

    return tuple(candidate(row) for row in resources.load("crs")["candidates"])


class Evidence:
    """The numbers of a file's features, whatever they are in.

    Args:
        boxes: (n, 4) least and largest x and y of each feature; what is not finite says nothing.
        shapes: (n,) the features, where they are at hand.
        words: what records, by their positions, say of their kelurahan (see `whose`), if anything.

    ``boxes`` keeps those that say something, ``positions`` which they were.
    """

    def __init__(
        self,
        boxes: NDArray[np.float64],
        shapes: NDArray[np.object_] | None = None,
        words: Words | None = None,
    ) -> None:
        self.shapes, self.words = shapes, words
        told: NDArray[np.int64] = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        finite = boxes[told]
        there = (finite != 0).any(axis=1)  # 0/0 stands for "not measured"
        placed: NDArray[np.float64] = finite[there]
        self.boxes, self.positions = placed, told[there]
        self.empty = not len(finite)
        spread = np.ptp(placed[:, :2], axis=0).max() if len(placed) else 0.0
        point = bool(spread == 0 and (placed[:, 2:] == placed[:, :2]).all())
        self.collapsed = bool(len(finite)) and point and len(placed) not in range(1, COLLAPSED_FROM)

    @classmethod
    def of(cls, geometry: NDArray[np.object_], words: Words | None = None) -> "Evidence":
        """Of geometries; None and empties say nothing."""
        return cls(shapely.bounds(geometry).reshape(-1, 4), geometry, words)

    @cached_property
    def core(self) -> NDArray[np.float64]:
        """(3, 2) x and y: where the features' middles begin, are by half, and end; no strays."""
        middles = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        ends: NDArray[np.float64] = np.quantile(middles, [TAIL, 0.5, 1 - TAIL], axis=0)
        if len(middles) == 1:  # one feature is its own extent
            ends[[0, 2]] = self.boxes[0, :2], self.boxes[0, 2:]
        return ends

    @cached_property
    def grid(self) -> NDArray[np.float64]:
        """(9, 2) x and y over `core`; the fifth is its middle."""
        x, y = np.meshgrid(self.core[:, 0], self.core[:, 1])
        return np.column_stack([x.ravel(), y.ravel()])

    @cached_property
    def sample(self) -> NDArray[np.float64]:
        """(m, 4) boxes of some features, the same whatever the order of the records."""
        return self.boxes[some(self.boxes, int(resources.load("crs")["sampled"]))]


@record
class Reading:
    """Numbers taken to be in ``crs``.

    Attributes:
        crs: the coordinate system.
        swapped: y is taken to stand before x.
        middle: longitude and latitude of the layer's middle.
        core: the box of most of the layer, degrees.
        grid: (9, 2) longitudes and latitudes over that box.
    """

    crs: str
    swapped: bool
    middle: tuple[float, float]
    core: Box
    grid: NDArray[np.float64] = field(compare=False, repr=False)

    def metres_to(self, other: "Reading") -> float:
        """How far apart, at most, two readings put the layer."""
        return farthest(self.grid, other.grid)

    def name(self) -> str:
        """The CRS, and whether the axes are swapped, as people read it."""
        return short_name(self.crs) + (" dengan sumbu tertukar" if self.swapped else "")


def read(evidence: Evidence, crs: str, swapped: bool = False) -> Reading | None:
    """The numbers in a CRS, or None where they do not lie in Indonesia so."""
    candidate = candidate_of(crs)
    x, y = evidence.grid[:, ::-1].T if swapped else evidence.grid.T
    if candidate and not candidate.takes(float(x[4])):
        return None
    grid = np.column_stack(positions(crs, x, y))
    middle = (float(grid[4, 0]), float(grid[4, 1]))
    limits = [tuple(resources.load("crs")["indonesia"])]
    if candidate and candidate.within:
        limits.append(candidate.within)
    if not all(holds(limit, middle) for limit in limits):
        return None
    seen = grid[np.isfinite(grid).all(axis=1)]
    (west, south), (east, north) = seen.min(axis=0).tolist(), seen.max(axis=0).tolist()
    return Reading(crs, swapped, middle, (west, south, east, north), grid)


def options(evidence: Evidence, said: Iterable[str], swaps: bool) -> list[list[Reading]]:
    """Every way to read the numbers that lies in Indonesia, in groups that no extent tells apart.

    Args:
        evidence: the numbers.
        said: coordinate systems that somebody named; they go before the candidates.
        swaps: whether the axes may have been swapped.
    """
    unseen = float(resources.load("crs")["unseen_m"])
    names = list(dict.fromkeys([*said, *(c.use for c in candidates())]))
    groups: list[list[Reading]] = []
    for swapped in (False, True) if swaps else (False,):
        for found in _readings(evidence, names, swapped):
            near = next((g for g in groups if _alike(g, found, unseen)), None)
            if near is None:
                groups.append([found])
            else:
                near.append(found)
    return groups


def _alike(group: list[Reading], found: Reading, unseen: float) -> bool:
    """Whether a reading lies where those of a group do, and none of them is of another class."""
    own = candidate_of(found.crs)
    classes = [c for r in group if (c := candidate_of(r.crs)) is not None]
    akin = own is None or all(c is own for c in classes)
    return akin and group[0].metres_to(found) <= unseen


def _readings(evidence: Evidence, names: list[str], swapped: bool) -> Iterator[Reading]:
    for name in names:
        found = read(evidence, name, swapped)
        if found is not None:
            yield found


def some(rows: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Positions of at most so many rows of numbers, the same rows in whatever order they are."""
    if len(rows) <= most:
        return np.arange(len(rows), dtype=np.int64)
    ranked: NDArray[np.int64] = np.lexsort(rows.T)
    return ranked[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def lonlat_boxes(crs: str, swapped: bool, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) boxes in degrees of boxes in a CRS; NaN where they cannot be."""
    if swapped:
        boxes = boxes[:, [1, 0, 3, 2]]
    lon, lat = positions(crs, boxes[:, [0, 0, 2, 2]].ravel(), boxes[:, [1, 3, 1, 3]].ravel())
    lon, lat = lon.reshape(-1, 4), lat.reshape(-1, 4)
    return np.column_stack([lon.min(axis=1), lat.min(axis=1), lon.max(axis=1), lat.max(axis=1)])


def positions(
    crs: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes, within some hundred metres; not finite where there are none."""
    if candidate_of(crs) is None:
        return to_lonlat(crs, x, y)
    if is_geographic(crs):
        return x, y
    cache_ = _local.__dict__.setdefault("projections", {})
    if crs not in cache_:
        cache_[crs] = pyproj.Proj(check_crs(crs))
    lon, lat = cache_[crs](x, y, inverse=True)
    return np.asarray(lon), np.asarray(lat)


@cache
def candidate_of(crs: str) -> Candidate | None:
    """The class that a CRS is of, or whose numbers it shares."""
    code = crs
    if not crs.startswith("EPSG:"):
        code = f"EPSG:{check_crs(crs).to_epsg(min_confidence=SURE_ENOUGH)}"
    alike = (c for c in candidates() if code in (c.use, *c.same, *c.older))
    return next(alike, None)


def metres_between(one: str, other: str, grid: NDArray[np.float64]) -> float:
    """How far apart, at most, two coordinate systems put the same numbers, datums included."""
    ends = [np.column_stack(to_lonlat(crs, *grid.T)) for crs in (one, other)]
    return farthest(*ends)


def farthest(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The largest distance, metres, between points (n, 2) in degrees; infinite if none is one."""
    seen = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
    if not seen.any():
        return np.inf
    return float(_GEOD.inv(*one[seen].T, *other[seen].T)[2].max())


def holds(box: tuple[float, ...], point: tuple[float, float]) -> bool:
    """Whether a point lies in a box; one that is not finite lies nowhere."""
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes share a point."""
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def short_name(crs: str | None) -> str:
    """A CRS as people write it: its code, or the name that its WKT begins with."""
    if crs is None:
        return "tidak ada"
    return crs if crs.startswith("EPSG:") else check_crs(crs).name[:60]
