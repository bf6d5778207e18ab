"""Where the city lies, as far as it is known before its files are read.

The kelurahan say it, where their CRS leaves no doubt; else what most of the other files agree on;
else only the area that the city's own CRS is made for.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.crs import check_crs
from kotaku_geo.ingest.inputs import delivered_files
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.reading import format_of
from kotaku_geo.ingest.readings import Box, Evidence, Reading, lonlat_boxes, meets, options, read
from kotaku_geo.late import record

KM_PER_DEGREE = 111.0
REMEMBERED = 4  # cities whose extent a process keeps in mind
_known: dict[str, "Gathered"] = {}


@record
class Extent:
    """Where the city lies.

    Attributes:
        box: degrees; what touches it may be of the city.
        kind: what tells it: ``kelurahan``, ``lain`` (other sources), ``kiriman`` (the middle of all
            files of a delivery) or ``pita`` (the city's CRS).
        certain: the sources that tell it can be read in no other way.
        told_by: ids of those sources, or the CRS.
    """

    box: Box
    kind: str
    certain: bool
    told_by: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Changes when the extent does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def basis(self) -> str:
        """How it is known, in words."""
        what = {
            "kelurahan": "batas kelurahan",
            "lain": "letak sumber lain",
            "kiriman": "letak",
            "pita": "wilayah",
        }
        return f"{what[self.kind]} {', '.join(self.told_by)}"


def band(city: str, margin: bool = True) -> Extent:
    """The area of use of the city's CRS within Indonesia, and a margin round it."""
    facts = resources.load("crs")
    west, south, east, north = facts["indonesia"]
    area = check_crs(city).area_of_use
    if area is not None:
        grow = float(facts["band_margin_deg"]) if margin else 0.0
        west, east = max(west, area.west - grow), min(east, area.east + grow)
        south, north = max(south, area.south - grow), min(north, area.north + grow)
    return Extent((west, south, east, north), "pita", False, (city,))


def province_of(code: str) -> Box | None:
    """Where the province of a city's code lies, roughly; None where the code names none."""
    box = resources.load("crs")["provinces"].get(code[:2])
    return None if box is None else tuple(box)


def within_band(
    own: Reading, others: Iterable[Reading], around: Box, province: Box | None
) -> list[bool]:
    """Which other readings lie where the city's CRS is used, as the declared one may; where that
    one lies in the city's province, those that do not are out."""
    inside = province is not None and meets(own.core, province)
    return [
        meets(r.core, around) and not (inside and province and not meets(r.core, province))
        for r in others
    ]


@record
class Seen:
    """Where one source says that it lies."""

    source: str
    box: Box
    certain: bool


@record
class Gathered:
    """The city's extent, and what other sources than the kelurahan say for certain, if asked."""

    extent: Extent
    others: tuple[Seen, ...] = ()


def gathered(pipeline: Pipeline, drop: Path) -> Gathered:
    """The city's extent from what it has delivered; remembered while the files stay the same."""
    found = delivered_files(pipeline, drop)
    files = [(source, file) for source in pipeline.sources for file in _vectors(found[source.id])]
    key = _signature(pipeline, files)
    if key not in _known:
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[key] = _gathered(pipeline, files)
    return _known[key]


def extent_of(pipeline: Pipeline, drop: Path) -> Extent:
    """The city's extent, as `gathered`."""
    return gathered(pipeline, drop).extent


def kelurahan_files(pipeline: Pipeline, drop: Path) -> list[tuple[Source, Delivered]]:
    """The vector files of the kelurahan, in the order of the sources."""
    found = delivered_files(pipeline, drop)
    ground = [s for s in pipeline.sources if s.layer == "kelurahan"]
    return [(source, file) for source in ground for file in _vectors(found[source.id])]


def _vectors(found: list[Delivered] | InputError) -> list[Delivered]:
    if isinstance(found, InputError):
        return []
    return [f for f in found if f.passed_over is None and _is_vector(f)]


def _is_vector(file: Delivered) -> bool:
    try:
        return format_of(file).reader == "vector"
    except InputError:  # told when the source itself is read
        return False


def _signature(pipeline: Pipeline, files: list[tuple[Source, Delivered]]) -> str:
    told = [[s.id, s.layer, s.crs, s.table, f.name, *stats_of(f.file)] for s, f in files]
    return json.dumps([pipeline.city.crs, pipeline.city.code, told])


def stats_of(file: Path) -> list[str | int]:
    """What changes when a file does, or one that lies beside it and says its CRS."""
    beside = sorted(file.parent.glob(f"{file.stem}.*")) if file.suffix.lower() == ".shp" else [file]
    return [str(file), *(n for p in beside for n in (p.stat().st_mtime_ns, p.stat().st_size))]


def _gathered(pipeline: Pipeline, files: list[tuple[Source, Delivered]]) -> Gathered:
    limits = resources.load("crs")["gather"]
    ground = [(s, f) for s, f in files if s.layer == "kelurahan"]
    kelurahan = _seen(pipeline, ground)
    agreed = _agreed([s for s in kelurahan if s.certain], "kelurahan")
    if agreed:
        return Gathered(agreed)
    small = [(s, f) for s, f in files if f.file.stat().st_size <= limits["bytes"]]
    rest = sorted(
        ((s, f) for s, f in small if s.layer != "kelurahan"),
        key=lambda job: (job[1].file.stat().st_size, job[0].id, job[1].name),
    )
    others = [s for s in _seen(pipeline, rest[: limits["files"]]) if s.certain]
    certain = [s for s in kelurahan if s.certain] + others
    extent = _agreed(certain, "lain") or _agreed(kelurahan, "kelurahan", False)
    return Gathered(extent or band(pipeline.city.crs), tuple(others))


def _seen(pipeline: Pipeline, files: Iterable[tuple[Source, Delivered]]) -> list[Seen]:
    seen = (_where(pipeline, source, file) for source, file in files)
    return [s for s in seen if s is not None]


def _where(pipeline: Pipeline, source: Source, file: Delivered) -> Seen | None:
    """Where a file lies by its own word; None where it has none or lies nowhere plausible."""
    from kotaku_geo.ingest.reading import outlines  # loads GDAL

    try:
        found, boxes = outlines(file, source.table)
        evidence, declared = Evidence(boxes), source.crs or found
        if declared is None or evidence.empty or evidence.collapsed:
            return None
        own = read(evidence, declared)
    except (InputError, PipelineFileError):  # told when the source itself is read
        return None
    if own is None:
        return None
    rivals = [g[0] for g in options(evidence, [declared], True) if g[0] != own]
    around = band(pipeline.city.crs).box
    near = any(within_band(own, rivals, around, province_of(pipeline.city.code)))
    certain = not rivals or (not near and meets(own.core, around))
    if not certain and not meets(own.core, around):
        return None
    box = _whole(lonlat_boxes(declared, False, evidence.boxes), own.middle)
    widest = float(resources.load("crs")["max_city_deg"])
    if max(box[2] - box[0], box[3] - box[1]) > widest:
        return None
    return Seen(source.id, box, certain)


def _whole(boxes: NDArray[np.float64], middle: tuple[float, float]) -> Box:
    """The box of all features but strays, which lie further off than any city is wide."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    reach = float(resources.load("crs")["max_city_deg"])
    own = boxes[(np.abs(centres - np.array(middle)) <= reach).all(axis=1)]
    west, south = own[:, :2].min(axis=0).tolist()
    east, north = own[:, 2:].max(axis=0).tolist()
    return (west, south, east, north)


def _agreed(seen: list[Seen], kind: str, certain: bool = True) -> Extent | None:
    """What more than half of the sources agree on, and only they; None where they do not."""
    if not seen:
        return None
    near = float(resources.load("crs")["near_km"][kind]) / KM_PER_DEGREE
    boxes = [grown(s.box, near) for s in seen]
    with_ = [[i for i, other in enumerate(boxes) if meets(box, other)] for box in boxes]
    most = max(with_, key=len)
    if len(most) * 2 <= len(seen):
        return None
    west, south, east, north = np.array([boxes[i] for i in most]).T
    box = (float(west.min()), float(south.min()), float(east.max()), float(north.max()))
    rounded = tuple(round(v, 6) for v in box)
    return Extent(rounded, kind, certain, tuple(sorted({seen[i].source for i in most})))  # type: ignore[arg-type]


def grown(box: Box, by: float) -> Box:
    """A box with ``by`` degrees more at each side."""
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)


def degrees_between(one: Box, other: Box) -> float:
    """The gap between two boxes, degrees; 0 where they meet."""
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    along = max(one[1] - other[3], other[1] - one[3], 0.0)
    return float(np.hypot(across, along))
