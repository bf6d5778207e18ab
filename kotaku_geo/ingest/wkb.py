"""Geometries out of delivered WKB and WKT: unclosed rings closed, surfaces made plain polygons."""

import re
import struct
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.late import regex

# Each unclosed ring becomes a finding; said for good, as changing filters is not for threads.
warnings.filterwarnings("ignore", "Non closed ring detected", RuntimeWarning)

POLYHEDRAL, TIN, TRIANGLE = 15, 16, 17
PLAIN = {POLYHEDRAL: 6, TIN: 6, TRIANGLE: 3}  # laid out like multipolygons and polygons
CURVED = frozenset({8, 9, 10, 11, 12, 13, 14})
CURVES = regex(r"(?i)\b(?:CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)\b")
SURFACES = regex(r"\b(TIN|POLYHEDRALSURFACE|TRIANGLE)\b", re.IGNORECASE)
LITTLE_ENDIAN = b"\x01"  # as GEOS writes it; a GeoPackage may hold the other
HOPELESS = "bentuknya tidak dapat disusun"


@dataclass
class Built:
    """Geometries, and what had to be done for them.

    Attributes:
        geometry: shapely geometries (n,), in x and y; None where there is none or no hope.
        closed: positions whose rings had to be closed.
        broken: position → why there is no geometry.
        has_z: how many carried Z or M.
        wkb: (n,) the WKB that they were built of, where it says just that.
    """

    geometry: NDArray[np.object_]
    closed: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)
    has_z: int = 0
    wkb: NDArray[np.object_] | None = None

    def flat(self) -> "Built":
        """The same without Z and M."""
        self.has_z = int((shapely.has_z(self.geometry) | shapely.has_m(self.geometry)).sum())
        if self.has_z:
            self.geometry, self.wkb = shapely.force_2d(self.geometry), None
        return self


def kinds(wkb: NDArray[np.object_]) -> set[int]:
    """The geometry types (without dimensions) that occur; 0 for bytes that are no WKB."""
    return {_kind(head) for head in _heads(wkb)}


def curved(wkb: NDArray[np.object_]) -> int:
    """How many geometries are curved."""
    return sum(_kind(w[:5]) in CURVED for w in wkb if w is not None)


def _heads(wkb: NDArray[np.object_]) -> set[bytes]:
    return {w[:5] for w in wkb if w is not None}


def _kind(head: bytes) -> int:
    if len(head) < 5 or head[0] > 1:
        return 0
    code: int = struct.unpack("<I" if head[0] else ">I", head[1:5])[0]
    return (code & 0x0FFFFFFF) % 1000


def from_wkb(wkb: NDArray[np.object_]) -> Built:
    """Geometries (n,) from WKB, of which none may be curved.

    Surfaces (TIN, polyhedral) become multipolygons, corner for corner.
    """
    heads = _heads(wkb)
    as_geos = {head[:1] for head in heads} <= {LITTLE_ENDIAN}
    if {_kind(head) for head in heads} & PLAIN.keys():
        wkb = np.array([w if w is None else _plain_surface(w) for w in wkb], dtype=object)
    given = np.array([w is not None for w in wkb], dtype=bool)
    built = Built(shapely.from_wkb(wkb, on_invalid="ignore"))
    failed = np.flatnonzero(given & shapely.is_missing(built.geometry))
    for i in failed:  # a handful in a bad file; GEOS gives no array form that keeps the reason
        fixed = shapely.from_wkb(wkb[i], on_invalid="fix")
        if fixed is None or shapely.is_empty(fixed):
            built.broken[int(i)] = HOPELESS
        else:
            built.closed.add(int(i))
            built.geometry[i] = fixed
    built.wkb = wkb if as_geos and not len(failed) else None
    return built.flat()


def from_wkt(texts: list[str | None]) -> Built:
    """Geometries (n,) from WKT with or without an ``SRID=…;`` before it."""
    plain = [None if t is None else _plain_text(t) for t in texts]
    curved = [i for i, t in enumerate(plain) if t is not None and CURVES.search(t)]
    apart = set(curved)
    straight = np.array([None if i in apart else t for i, t in enumerate(plain)], dtype=object)
    built = Built(shapely.from_wkt(straight, on_invalid="ignore"))
    if curved:
        built.geometry[curved] = _straightened([str(plain[i]) for i in curved])
    for i, text in enumerate(plain):
        if text is None or built.geometry[i] is not None:
            continue
        if i in apart:
            built.broken[i] = HOPELESS
            continue
        fixed = shapely.from_wkt(text, on_invalid="fix")
        if fixed is None or shapely.is_empty(fixed):
            built.broken[i] = HOPELESS
        else:
            built.closed.add(i)
            built.geometry[i] = fixed
    return built.flat()


def _straightened(texts: list[str]) -> NDArray[np.object_]:
    """Curves as lines of many corners; GDAL knows how, and takes them as a CSV."""
    import pyogrio  # loads GDAL: not for tables alone

    with tempfile.TemporaryDirectory(prefix="kotaku-") as folder:
        file = Path(folder) / "kurva.csv"
        file.write_text("WKT\n" + "".join(f'"{t}"\n' for t in texts), encoding="utf-8")
        straight: NDArray[np.object_] = pyogrio.raw.read(file, columns=[])[2]
    shapes: NDArray[np.object_] = shapely.from_wkb(straight, on_invalid="ignore")
    return shapes


def _plain_text(text: str) -> str:
    text = text.strip()
    if text.upper().startswith("SRID="):
        text = text.partition(";")[2]
    return SURFACES.sub(lambda m: "POLYGON" if m[1].upper() == "TRIANGLE" else "MULTIPOLYGON", text)


def _plain_surface(wkb: bytes) -> bytes:
    """A surface's WKB as that of a multipolygon, if it is one: only the type numbers change."""
    if _kind(wkb[:5]) not in PLAIN:
        return wkb
    out = bytearray(wkb)
    try:
        _rename(out, 0)
    except (
        struct.error,
        IndexError,
    ):  # cut off: reported like any other geometry that cannot be built
        return wkb
    return bytes(out)


def _rename(out: bytearray, at: int) -> int:
    """Rename the geometry that begins at ``at`` and those in it; gives where it ends."""
    order = "<" if out[at] else ">"
    (code,) = struct.unpack_from(order + "I", out, at + 1)
    kind = (code & 0x0FFFFFFF) % 1000
    struct.pack_into(order + "I", out, at + 1, code - kind + PLAIN.get(kind, kind))
    (count,) = struct.unpack_from(order + "I", out, at + 5)
    at += 9
    if kind in (TIN, POLYHEDRAL):
        for _ in range(count):
            at = _rename(out, at)
        return at
    dimensions = 2 + (bool(code & 0x80000000) + bool(code & 0x40000000))
    dimensions += (0, 1, 1, 2)[(code & 0x0FFFFFFF) // 1000 % 4]
    for _ in range(count):
        (corners,) = struct.unpack_from(order + "I", out, at)
        at += 4 + corners * 8 * dimensions
    return at
