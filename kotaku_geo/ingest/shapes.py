"""A file's geometries made fit for a canonical layer: placed, valid, of the right kind.

Every repair is a finding with the area before and after; every rejection one with its reason.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import repair
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.ingest.extent import Whereabouts
from kotaku_geo.ingest.placing import place
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.texts import number

DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
NAMES = {-1: "kosong", 0: "titik", 1: "garis", 2: "poligon"}
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
}


@dataclass
class Shapes:
    """What became of a file's geometries.

    Attributes:
        geometry: (n,) in the city's CRS; None where rejected.
        keep: (n,) whether the record stays.
        crs_used: CRS that the coordinates were taken to be in.
        refused: the whole file is refused (no CRS, or one that the numbers contradict).
    """

    geometry: NDArray[np.object_]
    keep: NDArray[np.bool_]
    crs_used: str | None
    refused: bool = False


@dataclass(frozen=True)
class Record:
    """How findings name the records of a file."""

    source_id: str
    path: str
    rows: NDArray[np.int64]
    keys: NDArray[np.object_]

    def of(self, index: Any, what: str = "") -> dict[str, Any]:
        """Arguments of a finding about one record."""
        return {
            "source_id": self.source_id,
            "path": self.path,
            "source_row": int(self.rows[index]),
            "key": f"{self.keys[index]}|{what}",
        }


def fit(
    raw: RawLayer,
    record: Record,
    layer: str,
    stated: str | None,
    city: Whereabouts,
    book: FindingBook,
) -> Shapes:
    """Place, repair and sort out the geometries of one file."""
    assert raw.geometry is not None
    allowed = resources.load("layers")["layers"][layer]["geometry"]
    placed = place(raw.geometry, raw.crs_found, stated, city)
    placed.tell(book, record.source_id, raw.path, raw.crs_found)
    size = len(raw.geometry)
    if placed.refused:
        return Shapes(np.full(size, None), np.zeros(size, dtype=bool), placed.crs_used, True)
    geometry = _valid(placed.geometry, raw, record, book)
    geometry, keep = _right_kind(geometry, raw, record, allowed, layer, book)
    if raw.has_z:
        params: dict[str, Any] = {
            "jumlah": raw.has_z,
            "value": raw.has_z,
            "action": "repaired",
            "key": raw.path,
        }
        book.add("geometry.z-dropped", source_id=record.source_id, path=raw.path, **params)
    return Shapes(geometry, keep, placed.crs_used)


def _valid(
    geometry: NDArray[np.object_], raw: RawLayer, record: Record, book: FindingBook
) -> NDArray[np.object_]:
    """Repair what is invalid, as delivered or in the city's CRS; one finding each."""
    placed_elsewhere = geometry is not raw.geometry
    geometry, broken = _finite(geometry, raw, record, book)
    suspect = np.zeros(len(geometry), dtype=bool)
    if raw.geometry is not None and placed_elsewhere:
        suspect = ~shapely.is_missing(raw.geometry) & ~shapely.is_valid(raw.geometry)
    repaired, invalid = repair.repair(geometry, suspect)
    closed = np.isin(np.arange(len(geometry)), list(raw.closed))
    told = np.flatnonzero((invalid | closed) & ~broken)
    if not len(told):
        return repaired
    before = repair.drawn_area(geometry[told]) / M2_PER_HA
    after = repair.drawn_area(repaired[told]) / M2_PER_HA
    assert raw.geometry is not None
    here, there = (
        shapely.is_valid_reason(geometry[told]),
        shapely.is_valid_reason(raw.geometry[told]),
    )
    reasons = np.where(here == "Valid Geometry", there, here)
    where = shapely.point_on_surface(repaired[told])
    for i, index in enumerate(told):
        rule = "geometry.unclosed" if closed[index] else "geometry.invalid"
        reason = str(reasons[i]).split("[")[0].strip()
        areas = f"{number(before[i], 4)} → {number(after[i], 4)} ha"
        book.add(
            rule,
            **record.of(index),
            sebab=REASONS.get(reason, reason),
            sebelum=number(before[i], 4),
            sesudah=number(after[i], 4),
            value=areas,
            action="repaired",
            severity=_severity(before[i], after[i]),
            geometry=None if shapely.is_empty(where[i]) else where[i],
        )
    return repaired


def _severity(before: float, after: float) -> str | None:
    """A repair that changes the area by a hundredth, and by a square metre, is an error."""
    change = abs(after - before)
    return "error" if change > max(repair.MAX_CHANGE * before, 1 / M2_PER_HA) else None


def _finite(
    geometry: NDArray[np.object_], raw: RawLayer, record: Record, book: FindingBook
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Set aside what has no finite coordinates, and what the reader could not build."""
    bounds = shapely.bounds(geometry)
    there = ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry)
    wild = there & ~np.isfinite(bounds).all(axis=1)
    for index in np.flatnonzero(wild).tolist():
        book.add("geometry.unrepairable", **record.of(index), sebab="koordinatnya bukan angka",
                 action="rejected")  # fmt: skip
    for index, reason in sorted(raw.broken.items()):
        book.add("geometry.unrepairable", **record.of(index), sebab=reason, action="rejected")
    broken = wild.copy()
    broken[sorted(raw.broken)] = True
    geometry = geometry.copy()
    geometry[broken] = None
    return geometry, broken


def _right_kind(
    geometry: NDArray[np.object_],
    raw: RawLayer,
    record: Record,
    allowed: list[str],
    layer: str,
    book: FindingBook,
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Reject what is empty or of a kind the layer does not take."""
    told = np.isin(np.arange(len(geometry)), list(raw.broken)) | (
        shapely.is_missing(geometry) & ~shapely.is_missing(raw.geometry)
    )
    wanted = [DIMENSIONS[a] for a in allowed if a in DIMENSIONS]
    if len(wanted) == 1 or (geometry_is_collection(geometry)).any():
        target = max(wanted)
        geometry, lost = repair.only_dimension(geometry, target)
        for index in np.flatnonzero(lost).tolist():
            book.add("geometry.parts-dropped", **record.of(index), jenis=NAMES[target],
                     action="repaired")  # fmt: skip
    kind = repair.dimension(geometry)
    keep = np.isin(kind, wanted)
    if "none" in allowed:
        keep |= (kind == -1) & ~told
        geometry = geometry.copy()
        geometry[kind == -1] = None
    for index in np.flatnonzero(~keep & ~told).tolist():
        empty = kind[index] == -1
        rule = "geometry.empty" if empty else "geometry.wrong-type"
        book.add(rule, **record.of(index), jenis=NAMES[int(kind[index])], layer=layer,
                 action="rejected", value=NAMES[int(kind[index])])  # fmt: skip
    return geometry, keep


def geometry_is_collection(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which geometries are collections of several kinds."""
    kinds: NDArray[np.bool_] = shapely.get_type_id(geometry) == 7
    return kinds
