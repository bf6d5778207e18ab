"""Which of several readings of a file is the true one, by what is more than an extent: where the
kelurahan are that its features name, and whether it fills the city's land.

One that is neither shown nor refuted stays possible; thresholds are in ``schemas/crs.yaml``.
"""

from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.ingest.crs import to_lonlat
from kotaku_geo.ingest.land import Land
from kotaku_geo.ingest.readings import Evidence, Reading, some
from kotaku_geo.late import record
from kotaku_geo.texts import number

Groups = list[list[Reading]]
NOWHERE = 999.0  # degrees; no land is there
EDGE = 0.01  # of the corners at either end: strays do not say how wide a layer is


@record
class Told:
    """What came of the question.

    Attributes:
        open: readings that nothing tells from the declared one.
        against: readings that the evidence puts before the declared one.
        basis: the evidence in words, empty where there is none.
    """

    open: Groups
    against: Groups = field(default_factory=list)
    basis: str = ""


def tell(own: Reading, rivals: Groups, evidence: Evidence, land: Land | None) -> Told:
    """Hold the declared reading against each of its rivals."""
    if land is None or evidence.shapes is None:
        return Told(rivals)
    bench = _Bench(evidence, evidence.shapes, land)
    found = [bench.between(own, group[0]) for group in rivals]
    pairs = list(zip(rivals, found, strict=True))
    against = [g for g, won in pairs if won < 0]
    basis = bench.basis([own, *(g[0] for g in against or rivals)])
    return Told([g for g, won in pairs if won == 0], against, basis)


class _Bench:
    """The evidence of one file, each reading looked at once."""

    def __init__(self, evidence: Evidence, shapes: NDArray[np.object_], land: Land) -> None:
        self.evidence, self.shapes, self.land = evidence, shapes, land
        self.limits: dict[str, Any] = resources.load("crs")["tells"]
        self._home: dict[Reading, NDArray[np.bool_]] = {}
        self._inside: dict[Reading, NDArray[np.bool_]] = {}

    def between(self, own: Reading, rival: Reading) -> int:
        """1 where the evidence is for ``own``, -1 where for ``rival``, 0 where it says nothing."""
        return self._by_names(own, rival) or self._by_land(own, rival)

    def basis(self, readings: list[Reading]) -> str:
        """The figures behind the answer."""
        if len(self.codes):
            what, hits = "objek terletak di kelurahan yang disebutnya", self._at_home
        elif self.land.known is not None:
            what, hits = "sudutnya terletak di dalam batas kelurahan", self._in_land
        else:
            what, hits = "sudutnya terletak di wilayah itu", self._in_land
        shares = ((r.name(), hits(r)) for r in readings)
        told = [f"{int(h.sum())} dari {number(len(h), 0)} menurut {n}" for n, h in shares]
        return f"{what}: {', '.join(told)}"

    def _by_names(self, own: Reading, rival: Reading) -> int:
        ours, theirs = self._at_home(own), self._at_home(rival)
        least, right = int(self.limits["witnesses"]), float(self.limits["right"])
        for won, one, other in ((1, ours, theirs), (-1, theirs, ours)):
            if len(one) and one.mean() >= right and self._clear(one, other, least):
                return won
        return 0

    def _by_land(self, own: Reading, rival: Reading) -> int:
        ours, theirs = self._in_land(own), self._in_land(rival)
        least = max(int(self.limits["fewest"]), float(self.limits["outside"]) * len(ours))
        for won, reading, one, other in ((1, own, ours, theirs), (-1, rival, theirs, ours)):
            if (
                len(one)
                and one.mean() >= float(self.limits["inside"])
                and self._clear(one, other, least)
                and self._spans(reading)
            ):
                return won
        return 0

    def _clear(self, one: NDArray[np.bool_], other: NDArray[np.bool_], least: float) -> bool:
        """Whether enough speaks for one alone, and hardly anything for the other alone."""
        speak, contradict = int((one & ~other).sum()), int((other & ~one).sum())
        against = float(self.limits["against"]) * (speak + contradict)
        return speak >= least and contradict <= against

    def _at_home(self, reading: Reading) -> NDArray[np.bool_]:
        if reading not in self._home:
            self._home[reading] = self.land.hold(_points(reading, self.middles), self.codes)
        return self._home[reading]

    def _in_land(self, reading: Reading) -> NDArray[np.bool_]:
        if reading not in self._inside:
            self._inside[reading] = self.land.holds(_points(reading, self.corners))
        return self._inside[reading]

    def _spans(self, reading: Reading) -> bool:
        """Whether the layer is about as wide and as high as the city."""
        seen = _lonlat(reading, self.corners)
        low, high = np.quantile(seen, [EDGE, 1 - EDGE], axis=0)
        west, south, east, north = self.land.box
        spans = (high - low) / np.array([east - west, north - south])
        return bool((spans >= float(self.limits["spans"])).all())

    @cached_property
    def sample(self) -> NDArray[np.int64]:
        """Positions of the features that are looked at."""
        chosen = some(self.evidence.boxes, int(resources.load("crs")["sampled"]))
        rows: NDArray[np.int64] = self.evidence.positions[chosen]
        return rows

    @property
    def _boxes(self) -> NDArray[np.float64]:
        boxes: NDArray[np.float64] = shapely.bounds(self.shapes[self.sample]).reshape(-1, 4)
        return boxes

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """(n, 2) some corners of these features, as they are in the file."""
        found: NDArray[np.float64] = shapely.get_coordinates(self.shapes[self.sample])
        found = found[np.isfinite(found).all(axis=1)]
        return found[some(found, int(self.limits["corners"]))]

    @cached_property
    def _witnesses(self) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
        """Positions of features that name a kelurahan, and its code; by the best column."""
        asked = self.sample[some(self._boxes, int(self.limits["features"]))]
        best = np.full(len(asked), None, dtype=object)
        words = self.evidence.words(asked) if self.evidence.words else []
        for frame in words:
            codes = self.land.named(frame)
            if (codes != None).sum() > (best != None).sum():  # noqa: E711 (arrays)
                best = codes
        told = np.flatnonzero(best != None)  # noqa: E711
        return asked[told], best[told]

    @property
    def codes(self) -> NDArray[np.object_]:
        """(n,) the kelurahan that features name."""
        return self._witnesses[1]

    @cached_property
    def middles(self) -> NDArray[np.float64]:
        """(n, 2) a point of each of them, as it is in the file: in it, or in the middle of its box
        where it is heavy or broken."""
        shapes = self.shapes[self._witnesses[0]]
        boxes = shapely.bounds(shapes).reshape(-1, 4)
        points: NDArray[np.float64] = (boxes[:, :2] + boxes[:, 2:]) / 2
        light = shapely.get_num_coordinates(shapes) <= int(self.limits["heavy"])
        light[light] = shapely.is_valid(shapes[light])
        inner = shapely.point_on_surface(shapes[light])
        points[light] = np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])
        return points


def _points(reading: Reading, points: NDArray[np.float64]) -> NDArray[np.object_]:
    made: NDArray[np.object_] = np.asarray(shapely.points(_lonlat(reading, points)), dtype=object)
    return made


def _lonlat(reading: Reading, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the file as longitudes and latitudes, datums included."""
    x, y = (points[:, ::-1] if reading.swapped else points).T
    found = np.column_stack(to_lonlat(reading.crs, x, y))
    found[~np.isfinite(found).all(axis=1)] = NOWHERE
    return found
