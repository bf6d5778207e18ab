"""The city's land, to tell coordinate systems apart that its extent does not.

It is the kelurahan, by their borders and names; where these cannot be placed, the extent that
several other sources agree on. It is read only where a declared system has a rival.
"""

import hashlib
import json
from dataclasses import field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest import places
from kotaku_geo.ingest.bridge import bridge
from kotaku_geo.ingest.crs import to_crs
from kotaku_geo.ingest.extent import (
    KM_PER_DEGREE,
    REMEMBERED,
    Gathered,
    Seen,
    gathered,
    grown,
    kelurahan_files,
    province_of,
    stats_of,
)
from kotaku_geo.ingest.gazetteer import Gazetteer, gazetteer
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.part import read_part
from kotaku_geo.ingest.readings import Box
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.late import record
from kotaku_geo.stage import HOW

BY_WORD = ("kode", "nama", "nama_mirip")
UNUSED = {"crs.elsewhere", "crs.corrected", "crs.assumed"}  # kelurahan that are no witnesses
_known: dict[str, "Land | None"] = {}


@record
class Land:
    """Where the city's land is.

    Attributes:
        shapes: (n,) polygons in degrees.
        told_by: ids of the sources that tell it.
        known: the kelurahan of ``shapes``, by code and name; None where these are no kelurahan.
    """

    shapes: NDArray[np.object_]
    told_by: tuple[str, ...]
    known: Gazetteer | None = field(default=None, repr=False)

    @classmethod
    def of(cls, known: Gazetteer, crs: str, told_by: tuple[str, ...]) -> "Land":
        """Of kelurahan whose polygons are in ``crs``."""
        return cls(to_crs(known.polygons, crs, "EPSG:4326"), told_by, known)

    @cached_property
    def digest(self) -> str:
        """Changes when the land, or what its parts are called, does."""
        names = [] if self.known is None else [self.known.codes.tolist(), self.known.names]
        digest = hashlib.sha256(json.dumps([self.told_by, names]).encode())
        for wkb in shapely.to_wkb(self.shapes):
            digest.update(wkb)
        return digest.hexdigest()[:16]

    @cached_property
    def box(self) -> Box:
        """West, south, east, north, degrees."""
        west, south, east, north = shapely.total_bounds(self.shapes).tolist()
        return (west, south, east, north)

    def holds(self, points: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which points, in degrees, lie in it, or as near as borders are drawn."""
        found = self._tree.query(points, predicate="dwithin", distance=_near())[0]
        inside = np.zeros(len(points), dtype=bool)
        inside[found] = True
        return inside

    def hold(self, points: NDArray[np.object_], codes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which points lie in, or near, the kelurahan of the code beside them."""
        shapes = self.shapes[[self._position[code] for code in codes]]
        inside: NDArray[np.bool_] = shapely.dwithin(shapes, points, _near())
        return inside

    def named(self, words: pd.DataFrame) -> NDArray[np.object_]:
        """The kelurahan that records say to lie in; None where they say none that has a border."""
        found = np.full(len(words), None, dtype=object)
        if self.known is None or not len(words):
            return found
        scratch = FindingBook("ingest", "EPSG:4326")  # what is odd is told when the layer is made
        resolved = places.resolve(words, self.known, scratch)
        codes = resolved["kode_kelurahan"].to_numpy(dtype=object)
        told = resolved[HOW].isin(BY_WORD).to_numpy() & np.isin(codes, list(self._position))
        found[told] = codes[told]
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def _position(self) -> dict[str, int]:
        shapely.prepare(self.shapes)
        return {} if self.known is None else {c: i for i, c in enumerate(self.known.codes)}


def _near() -> float:
    return float(resources.load("crs")["tells"]["near_m"]) / 1000 / KM_PER_DEGREE


def land_of(pipeline: Pipeline, drop: Path, but: str | None = None) -> Land | None:
    """The city's land as all sources but one tell it, or None; remembered while the files stay the
    same."""
    files = [(s, f) for s, f in kelurahan_files(pipeline, drop) if s.id != but]
    found = gathered(pipeline, drop)
    told = [[s.model_dump(mode="json"), f.name, *stats_of(f.file)] for s, f in files]
    found = Gathered(found.extent, tuple(s for s in found.others if s.source != but))
    others = [pipeline.city.model_dump(), repr(found), str(drop)]
    key = json.dumps([others, told])
    if key not in _known:
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[key] = _land(pipeline, files, found)
    return _known[key]


def _land(
    pipeline: Pipeline, files: list[tuple[Source, Delivered]], found: Gathered
) -> Land | None:
    """The kelurahan that can be placed, by their own word, the pipeline file's, or the extent that
    others agree on; else that extent."""
    extent, agreed = found.extent, _agreed(found.others)
    if extent.certain and extent.kind == "kelurahan":
        files = [(s, f) for s, f in files if s.id in extent.told_by]
    if sum(f.file.stat().st_size for _, f in files) > resources.load("crs")["tells"]["bytes"]:
        return agreed
    province = province_of(pipeline.city.code)
    where = Whereabouts(pipeline.city.crs, lambda: extent, lambda: agreed, province)
    frames = [frame for job in files if (frame := _kelurahan(*job, pipeline, where)) is not None]
    if not frames:
        return agreed
    frame = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=pipeline.city.crs)
    frame = bridge(frame, pipeline, FindingBook("ingest", pipeline.city.crs))
    known = gazetteer(frame, pipeline)
    if not len(known.polygons):
        return agreed
    return Land.of(known, pipeline.city.crs, tuple(sorted(set(frame["source_id"]))))


def _kelurahan(
    source: Source, file: Delivered, pipeline: Pipeline, where: Whereabouts
) -> gpd.GeoDataFrame | None:
    """The kelurahan of one file; None where they cannot be read, or lie where nobody says."""
    try:
        part = read_part(source, file, "", pipeline, where, 1)
    except (InputError, PipelineFileError):  # told when the source itself is read
        return None
    if not len(part.frame) or UNUSED & {f["rule"] for f in part.findings}:
        return None
    return part.frame


def _agreed(others: tuple[Seen, ...]) -> Land | None:
    """The extent that several sources have alike, at every side."""
    limits = resources.load("crs")["tells"]
    sure = [s for s in others if s.certain]
    near = float(limits["edges_km"]) / KM_PER_DEGREE
    boxes = np.array([s.box for s in sure]).reshape(-1, 4)
    alike = [(np.abs(boxes - box) <= near).all(axis=1) for box in boxes]
    most = max(alike, key=np.sum, default=np.zeros(0, dtype=bool))
    told_by = tuple(sorted({s.source for s, same in zip(sure, most, strict=True) if same}))
    if len(told_by) < limits["agreeing"]:
        return None
    west, south, east, north = np.median(boxes[most], axis=0).tolist()
    city = shapely.box(*grown((west, south, east, north), near))
    return Land(np.array([city], dtype=object), told_by)
