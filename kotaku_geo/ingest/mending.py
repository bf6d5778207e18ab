"""Repairs of single geometries, each told with the area before and after.

Thresholds are in ``schemas/geometry.yaml``; the kernels are in `kotaku_geo.geo`. What a repair
would change too much stays as it was delivered, if it can.
"""

from collections.abc import Set
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.findings import Action, FindingBook
from kotaku_geo.geo import outlines, repair, spikes
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.late import record
from kotaku_geo.texts import number

Geometries = NDArray[np.object_]
STACKED = "Stacked"
SMALL_M2 = 100.0  # areas below this are told to the square centimetre
REASONS = {
    "Self-intersection": "batasnya memotong dirinya sendiri",
    "Ring Self-intersection": "cincinnya menyentuh dirinya sendiri",
    "Hole lies outside shell": "lubang di luar poligonnya",
    "Nested shells": "poligon di dalam poligon",
    "Nested holes": "lubang di dalam lubang",
    "Interior is disconnected": "bagian dalamnya terputus",
    "Too few points in geometry component": "titiknya terlalu sedikit",
    "Duplicate Rings": "cincin ganda",
    "Invalid Coordinate": "koordinat bukan angka",
    "Holes are nested": "lubang di dalam lubang",
    "Stacked": "bagian-bagiannya bersarang atau bertumpang tindih; disatukan",
}


@record
class Record:
    """How findings name the records of a file."""

    source_id: str
    path: str
    rows: NDArray[np.int64]
    keys: NDArray[np.uint64]

    def of(self, index: Any, what: str = "") -> dict[str, Any]:
        """Arguments of a finding about one record."""
        return {
            "source_id": self.source_id,
            "path": self.path,
            "source_row": int(self.rows[index]),
            "key": f"{self.keys[index]:016x}|{what}",
        }


@record
class Mender:
    """Mends the geometries of one file and tells what it did.

    Attributes:
        record: how findings name the file's records.
        book: where they go.
        bare: the layer takes records without geometry.
        workers: threads for GEOS.
    """

    record: Record
    book: FindingBook
    bare: bool = False
    workers: int | None = None

    def outlines(self, geometry: Geometries) -> Geometries:
        """Lines that run round an area, as polygons; None where an outline is left open."""
        lines = np.flatnonzero(np.isin(shapely.get_type_id(geometry), (1, 2, 5)))
        lines = lines[~shapely.is_empty(geometry[lines])]
        if not len(lines):
            return geometry
        limits = resources.load("geometry")["outline"]
        made, gap = outlines.enclosed(geometry[lines], limits["close_m"])
        drawn = ~shapely.is_missing(made)
        nearly = ~drawn & (gap <= limits["open_share"] * shapely.length(geometry[lines]))
        after = repair.drawn_area(made)
        for i in np.flatnonzero(drawn).tolist():
            self._tell("geometry.outline-closed", lines[i], 0.0, after[i], celah=number(gap[i], 2))
        for i in np.flatnonzero(nearly).tolist():
            value = f"{number(gap[i], 2)} m"
            self.book.add("geometry.outline-open", **self.record.of(lines[i]), value=value,
                          celah=number(gap[i], 2), action="rejected",
                          geometry=_inside(geometry[lines[i]]))  # fmt: skip
        result = geometry.copy()
        result[lines[drawn | nearly]] = made[drawn | nearly]
        return result

    def spikes(self, geometry: Geometries) -> Geometries:
        """Polygons without spikes; one that would change too much, or break, stays."""
        limits, gate = resources.load("geometry")["spike"], resources.load("geometry")["gate"]
        size = limits["width_m"], limits["length_m"]
        where = np.flatnonzero(spikes.spiky(geometry, *size, workers=self.workers))
        where = where[repair.mean_width(geometry[where]) >= _sliver()]  # all spike: a sliver
        if not len(where):
            return geometry
        made = spikes.without_spikes(geometry[where], *size)
        before, after = repair.drawn_area(geometry[where]), repair.drawn_area(made)
        worse = ~shapely.is_valid(made) | (made == geometry[where])
        off = worse | repair.drifted(before, after, **_limits(gate))
        for i, index in enumerate(where.tolist()):
            rule, action = _SPIKE[bool(off[i])]
            self._tell(rule, index, before[i], after[i], action=action,
                       geometry=_inside(geometry[index]))  # fmt: skip
        result = geometry.copy()
        result[where[~off]] = made[~off]
        return result

    def valid(
        self, geometry: Geometries, reasons: Geometries | None, closed: Set[int]
    ) -> Geometries:
        """Valid geometries; None where nothing is left of a polygon.

        Args:
            geometry: in the city's CRS.
            reasons: why each was invalid as delivered, in other coordinates; else empty.
            closed: those whose rings the reader closed.
        """
        suspect = None if reasons is None else reasons != ""
        gate = resources.load("geometry")["gate"]
        share = float(gate["share"])
        mended, invalid = repair.repair(geometry, suspect, share=share, workers=self.workers)
        shut = np.zeros(len(geometry), dtype=bool)
        shut[sorted(closed)] = True
        told = np.flatnonzero((invalid | shut) & ~shapely.is_missing(geometry))
        if not len(told):
            return mended
        before, after = repair.drawn_area(geometry[told]), repair.drawn_area(mended[told])
        here = shapely.is_valid_reason(geometry[told])
        why = here if reasons is None else np.where(here == "Valid Geometry", reasons[told], here)
        off = repair.drifted(before, after, **_limits(gate))
        stacked = repair.stacked_parts(geometry[told])
        gone = shapely.is_empty(mended[told]) & ~shapely.is_empty(geometry[told])
        where = _insides(mended[told])
        for i, index in enumerate(told.tolist()):
            reason = STACKED if stacked[i] else str(why[i]).split("[")[0].strip()
            rule, action = _rule(bool(gone[i]), bool(shut[index]), self.bare)
            self._tell(rule, index, before[i], after[i], action=action, geometry=where[i],
                       severity="error" if off[i] else None,
                       sebab=REASONS.get(reason, reason))  # fmt: skip
        if not self.bare:
            mended[told[gone]] = None
        return mended

    def thin_parts(self, geometry: Geometries) -> Geometries:
        """Multipolygons without parts that are thinner than the limit."""
        made, dropped = repair.without_slivers(geometry, _sliver())
        where = np.flatnonzero(dropped)
        before, after = repair.drawn_area(geometry[where]), repair.drawn_area(made[where])
        off = repair.drifted(before, after, **_limits(resources.load("geometry")["gate"]))
        made[where[off]] = geometry[where[off]]
        for i in np.flatnonzero(~off).tolist():
            self._tell("geometry.sliver-part", where[i], before[i], after[i],
                       jumlah=int(dropped[where[i]]))  # fmt: skip
        return made

    def tell_slivers(self, geometry: Geometries) -> None:
        """Polygons that are thinner than the limit as a whole: they stay."""
        wide, area = repair.mean_width(geometry), repair.drawn_area(geometry)
        thin = np.flatnonzero((wide < _sliver()) & (shapely.get_dimensions(geometry) == 2))
        for index in thin.tolist():
            self._tell("geometry.sliver", index, area[index], area[index], action="kept",
                       lebar=number(wide[index], 3), geometry=_inside(geometry[index]))  # fmt: skip

    def _tell(
        self, rule: str, index: Any, before: float, after: float,
        action: Action = "repaired", **more: Any,
    ) -> None:  # fmt: skip
        """A finding about one geometry with its area, in hectares, before and after."""
        small = 0 < max(before, after) < SMALL_M2
        was, now = (number(area / M2_PER_HA, 7 if small else 4) for area in (before, after))
        self.book.add(rule, **self.record.of(index), sebelum=was, sesudah=now,
                      value=f"{was} → {now} ha", action=action, **more)  # fmt: skip


_SPIKE: dict[bool, tuple[str, Action]] = {
    False: ("geometry.spike", "repaired"),
    True: ("geometry.spike-kept", "kept"),
}


def _rule(gone: bool, closed: bool, bare: bool) -> tuple[str, Action]:
    if gone:
        return "geometry.collapsed", "repaired" if bare else "rejected"
    return ("geometry.unclosed" if closed else "geometry.invalid"), "repaired"


def _sliver() -> float:
    return float(resources.load("geometry")["sliver"]["width_m"])


def _limits(gate: dict[str, float]) -> dict[str, float]:
    return {"share": gate["share"], "least": gate["least_m2"]}


def _inside(shape: shapely.Geometry) -> shapely.Geometry | None:
    point: shapely.Geometry | None = _insides(np.array([shape], dtype=object))[0]
    return point


def _insides(shapes: Geometries) -> Geometries:
    """A point inside each shape; None where it is empty."""
    points: Geometries = shapely.point_on_surface(shapes)
    points[shapely.is_empty(points)] = None
    return points
