"""A file's geometries made fit for a canonical layer: placed, valid, of the right kind.

Every repair is a finding with the area before and after; every rejection one with its reason.
"""

from dataclasses import dataclass
from operator import is_, is_not
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import repair
from kotaku_geo.ingest.mending import Mender, Record
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.readings import Words
from kotaku_geo.ingest.whereabouts import Whereabouts

DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
NAMES = {-1: "kosong", 0: "titik", 1: "garis", 2: "poligon"}


@dataclass
class Shapes:
    """What became of a file's geometries.

    Attributes:
        geometry: (n,) in the city's CRS; None where rejected.
        keep: (n,) whether the record stays.
        crs_used: CRS that the coordinates were taken to be in.
        refused: the whole file is refused (no CRS, or one that the numbers contradict).
        wkb: (n,) ``geometry`` as WKB, where the reader has that of most.
    """

    geometry: NDArray[np.object_]
    keep: NDArray[np.bool_]
    crs_used: str | None
    refused: bool = False
    wkb: NDArray[np.object_] | None = None


def fit(
    raw: RawLayer,
    record: Record,
    layer: str,
    stated: str | None,
    city: Whereabouts,
    book: FindingBook,
    workers: int | None = None,
    words: Words | None = None,
) -> Shapes:
    """Place, repair and sort out the geometries of one file."""
    assert raw.geometry is not None
    allowed = resources.load("layers")["layers"][layer]["geometry"]
    placed = place(raw.geometry, raw.crs_found, stated, city, words=words)
    placed.tell(book, record.source_id, raw.path, raw.crs_found)
    size = len(raw.geometry)
    if placed.refused:
        return Shapes(np.full(size, None), np.zeros(size, dtype=bool), placed.crs_used, True)
    there = ~shapely.is_missing(raw.geometry)
    geometry = _finite(placed.geometry, raw, record, book)
    mender = Mender(record, book, "none" in allowed, workers)
    if "polygon" in allowed and "line" not in allowed:
        geometry = mender.outlines(geometry)
    geometry = mender.valid(geometry, _elsewhere(raw, placed, geometry, workers), raw.closed)
    rejected = there & shapely.is_missing(geometry)
    geometry, keep = _right_kind(geometry, rejected, record, allowed, layer, book)
    geometry = repair.single(mender.spikes(mender.thin_parts(geometry)))
    mender.tell_slivers(geometry)
    _tell_dropped(raw, record, book)
    return Shapes(geometry, keep, placed.crs_used, wkb=_encoded(raw, geometry))


def _encoded(raw: RawLayer, geometry: NDArray[np.object_]) -> NDArray[np.object_] | None:
    """The reader's WKB with that of geometries that are no longer the reader's made anew."""
    if raw.wkb is None or raw.geometry is None:
        return None
    changed = np.fromiter(map(is_not, geometry, raw.geometry), bool, len(geometry))
    if 2 * changed.sum() > len(changed):
        return None
    wkb = raw.wkb.copy()
    wkb[changed] = shapely.to_wkb(geometry[changed], output_dimension=2)
    return wkb


def _elsewhere(
    raw: RawLayer, placed: Placed, geometry: NDArray[np.object_], workers: int | None
) -> NDArray[np.object_] | None:
    """Why GEOS calls a geometry invalid as it was delivered, where it was moved; else empty."""
    if placed.geometry is raw.geometry or raw.geometry is None:
        return None
    reasons = np.full(len(geometry), "", dtype=object)
    # What was mended since then is judged anew.
    same = np.fromiter(map(is_, geometry, placed.geometry), bool, len(geometry))
    sound = repair.valid(raw.geometry, workers) | shapely.is_missing(geometry)
    wrong = np.flatnonzero(same & ~sound)
    reasons[wrong] = shapely.is_valid_reason(raw.geometry[wrong])
    return reasons


def _tell_dropped(raw: RawLayer, record: Record, book: FindingBook) -> None:
    """What was lost of all geometries alike: heights, and curves."""
    common: dict[str, Any] = {"source_id": record.source_id, "path": raw.path, "key": raw.path}
    told = {"geometry.z-dropped": raw.has_z, "geometry.curve-linearised": raw.curved}
    for rule, count in told.items():
        if count:
            book.add(rule, **common, jumlah=count, value=count, action="repaired")


def _finite(
    geometry: NDArray[np.object_], raw: RawLayer, record: Record, book: FindingBook
) -> NDArray[np.object_]:
    """Set aside what has no finite coordinates, and what the reader could not build."""
    odd = np.flatnonzero(~np.isfinite(shapely.bounds(geometry)).all(axis=1))
    wild = odd[~shapely.is_missing(geometry[odd]) & ~shapely.is_empty(geometry[odd])]
    for index in wild.tolist():
        book.add("geometry.unrepairable", **record.of(index), sebab="koordinatnya bukan angka",
                 action="rejected")  # fmt: skip
    for index, reason in sorted(raw.broken.items()):
        book.add("geometry.unrepairable", **record.of(index), sebab=reason, action="rejected")
    geometry = geometry.copy()
    geometry[wild] = None
    geometry[sorted(raw.broken)] = None
    return geometry


def _right_kind(
    geometry: NDArray[np.object_],
    told: NDArray[np.bool_],
    record: Record,
    allowed: list[str],
    layer: str,
    book: FindingBook,
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Reject what is empty or of a kind the layer does not take; ``told`` are rejected already."""
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
