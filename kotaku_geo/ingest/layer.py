"""One canonical layer: its parts read, put under each other, placed, checked and written."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Source
from kotaku_geo.errors import InputError
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw, shapes_in
from kotaku_geo.ingest import bridge, cache, places
from kotaku_geo.ingest.areas import UNIT_OF, check_units
from kotaku_geo.ingest.checks import check_layer
from kotaku_geo.ingest.gazetteer import Gazetteer, gazetteer
from kotaku_geo.ingest.inputs import bundle_hash
from kotaku_geo.ingest.keys import subjects
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.part import FINGERPRINT, Part, read_part
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.late import record
from kotaku_geo.stage import ACCOUNT, StageContext

Job = tuple[Source, Delivered | InputError]
GROUND = "kelurahan"  # the layer that the places of all others are resolved by
RESOLVED = {"kode_kelurahan", *UNIT_OF}  # columns that a layer's checks may change
LOCATED = ("rt", "kawasan", "sk", "profil_rt", "kegiatan")


@record
class Ground:
    """What places are resolved by: the kelurahan, and their outlines (None without any)."""

    known: Gazetteer
    city: NDArray[np.object_] | None

    @classmethod
    def nowhere(cls) -> "Ground":
        """Without any kelurahan."""
        none = np.array([], dtype=object)
        return cls(Gazetteer([], {}, {}, none, none), None)


@record
class Done:
    """What became of a layer.

    Attributes:
        layer: its name.
        findings: rows of a finding book.
        accounts: one a delivered file.
        files: table or document → file that waits beside its place.
    """

    layer: str
    findings: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    files: dict[str, Path]

    def counts(self) -> list[dict[str, Any]]:
        """Findings about sources by rule and severity."""
        about = [f for f in self.findings if f["source_id"] is not None]
        found = Counter((f["rule"], f["severity"]) for f in about)
        return [{"rule": r, "severity": s, "jumlah": n} for (r, s), n in sorted(found.items())]


@record
class Reading:
    """A layer as it was read, before its places are resolved.

    ``frame`` holds the parts under each other, in the order of sources and rows; it is None where
    nothing could be read.
    """

    layer: str
    parts: list[Part]
    frame: pd.DataFrame | None

    @classmethod
    def of(cls, layer: str, jobs: list[Job], ctx: StageContext) -> "Reading":
        """Read the files of a layer.

        Raises:
            PipelineFileError: the pipeline file asks for a column or sheet that is not there.
        """
        parts = [_one(*job, ctx) for job in jobs]
        return cls(layer, parts, _stacked(layer, parts, ctx))

    def finish(self, wait: Callable[[], Ground], ctx: StageContext) -> Done:
        """Wait for the kelurahan, resolve places, check the layer as a whole, and write it."""
        ground = wait()
        frame, book = self.frame, FindingBook("ingest", ctx.pipeline.city.crs)
        if frame is not None:
            if "kode_kelurahan" in frame:
                frame = places.resolve(frame, ground.known, book)
                places.check_kecamatan(frame, ground.known, book)
                if self.layer in LOCATED and isinstance(frame, gpd.GeoDataFrame):
                    places.check_location(frame, ground.known, book)
            sources = ctx.pipeline.of_layer(self.layer)
            frame = check_units(frame, sources, book)
            check_layer(self.layer, frame, sources, ground.city, book, ctx.workers)
        return _done(self.layer, frame, self.parts, book, ctx)


def make_ground(jobs: list[Job], ctx: StageContext) -> tuple[Done, Ground]:
    """The kelurahan, and what they say about places.

    Raises:
        PipelineFileError: as `Reading.of`.
    """
    reading = Reading.of(GROUND, jobs, ctx)
    frame, book = reading.frame, FindingBook("ingest", ctx.pipeline.city.crs)
    if frame is None:
        return _done(GROUND, None, reading.parts, book, ctx), Ground.nowhere()
    frame = check_units(frame, ctx.pipeline.of_layer(GROUND), book)
    frame = bridge.bridge(frame, ctx.pipeline, book)
    bridge.check_city(frame, ctx.pipeline, book)
    known = gazetteer(frame, ctx.pipeline)
    city = known.polygons if len(known.polygons) else None
    check_layer(GROUND, frame, ctx.pipeline.of_layer(GROUND), city, book)
    return _done(GROUND, frame, reading.parts, book, ctx), Ground(known, city)


def _one(source: Source, file: Delivered | InputError, ctx: StageContext) -> Part:
    if isinstance(file, InputError):
        return _refused(source, source.path, None, file, ctx)
    if file.passed_over is not None:
        return _passed_over(source, file, ctx)
    sha256 = ctx.hashes.get(file.name) or bundle_hash(file.file)
    key = cache.part_key(source, file.name, sha256, ctx.pipeline)
    where = Whereabouts.of(ctx.pipeline, ctx.drop, source.id)
    kept = cache.load(ctx.workspace, key, where)
    if kept is not None:
        return kept
    ctx.say(f"ingest: {source.id} ← {file.name}")
    try:
        part = read_part(source, file, sha256, ctx.pipeline, where, ctx.workers)
    except InputError as error:
        return _refused(source, file.name, sha256, error, ctx)
    part.key = key
    return part


def _refused(
    source: Source, path: str, sha256: str | None, error: InputError, ctx: StageContext
) -> Part:
    """A source that cannot be read: an error finding and a line of nothing in the accounts."""
    book = FindingBook("ingest", ctx.pipeline.city.crs)
    rule = "file.missing" if sha256 is None else "file.unreadable"
    book.add(rule, source_id=source.id, path=path, berkas=path, sebab=str(error),
             value=str(error), key=path, action="rejected")  # fmt: skip
    return Part(pd.DataFrame(), book.rows, _nothing(source, path, sha256))


def _passed_over(source: Source, file: Delivered, ctx: StageContext) -> Part:
    """A file that merely lies beside the data: a finding and a line of nothing in the accounts."""
    book = FindingBook("ingest", ctx.pipeline.city.crs)
    book.add("file.passed-over", source_id=source.id, path=file.name, sebab=file.passed_over,
             value=file.name, key=file.name, action="rejected")  # fmt: skip
    sha256 = bundle_hash(file.file)
    return Part(pd.DataFrame(), book.rows, _nothing(source, file.name, sha256))


def _nothing(source: Source, path: str, sha256: str | None) -> dict[str, Any]:
    return dict.fromkeys(ACCOUNT) | {
        "source_id": source.id, "path": path, "sha256": sha256, "rows_read": 0, "rows_kept": 0,
        "rows_rejected": 0, "agency": source.agency,
        "date": source.date.isoformat() if source.date else None, "accuracy_m": source.accuracy,
    }  # fmt: skip


def _stacked(layer: str, parts: list[Part], ctx: StageContext) -> pd.DataFrame | None:
    """Parts under each other, in the order of sources and rows; None where nothing was read."""
    frames = [part.frame for part in parts if len(part.frame.columns)]
    if not frames:
        return None
    full = [f for f in frames if len(f)] or frames[:1]
    if len(full) == 1:  # nothing to put together, and copying large ones is dear
        return full[0].copy(deep=False)
    frame: pd.DataFrame = pd.concat(full, ignore_index=True)
    if resources.load("layers")["layers"][layer]["geometry"] == ["none"]:
        return frame
    drawn: pd.DataFrame = draw(frame, shapes_in(frame["geometry"]), ctx.pipeline.city.crs)
    return drawn


def _done(
    layer: str, frame: pd.DataFrame | None, parts: list[Part], book: FindingBook, ctx: StageContext
) -> Done:
    """Name what the findings are about, and write the layer beside its place."""
    accounts = [part.account for part in parts]
    files = {}
    if frame is not None:
        name = f"ingest/{layer}"
        files[name] = ctx.beside(name, _final(frame), parts[0].wkb if len(parts) == 1 else None)
    _keep(layer, frame, parts, ctx, files)
    for part in parts:
        book.extend(part.findings)
    subject_of = {} if frame is None else _subjects(layer, frame, book)
    book.name_subjects(subject_of, {a["source_id"]: a["path"] for a in accounts})
    for part in parts:
        if part.raster is not None:
            name = f"ingest/raster_{part.account['source_id']}.tif"
            files[name] = ctx.beside(name, part.raster)
    return Done(layer, book.rows, accounts, files)


def _keep(
    layer: str,
    frame: pd.DataFrame | None,
    parts: list[Part],
    ctx: StageContext,
    files: dict[str, Path],
) -> None:
    """Keep the parts that were read now; one that is the whole layer, unresolved, as its table."""
    own = len(parts) == 1 and frame is not None and not RESOLVED & set(frame.columns)
    name = f"ingest/{layer}" if own else None
    for part in parts:
        if part.key is not None and cache.is_worth_keeping(part):
            cache.save(ctx.workspace, part.key, part, name, files[name] if name else None)


def _subjects(layer: str, frame: pd.DataFrame, book: FindingBook) -> dict[tuple[str, int], str]:
    """What the records are called that a finding is about: few of a large layer."""
    told: dict[str, set[int]] = {}
    for finding in book.rows:
        if finding["subject"] is None and finding["source_row"] is not None:
            told.setdefault(finding["source_id"], set()).add(int(finding["source_row"]))
    about = np.zeros(len(frame), dtype=bool)
    for source, rows in told.items():
        about |= (frame["source_id"] == source) & np.isin(frame["source_row"], list(rows))
    if not about.any():
        return {}
    own = frame[about]
    keys = zip(own["source_id"], own["source_row"], strict=True)
    return dict(zip(keys, subjects(layer, own), strict=True))


def _final(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in their order and with plain types; the fingerprint stays behind."""
    frame = frame.drop(columns=FINGERPRINT)
    if "raster" in frame:
        frame["raster"] = frame["raster"].eq(True).astype(bool)
    for column in frame.columns:
        if frame[column].dtype == object and column != "geometry":
            frame[column] = frame[column].astype("str")  # null stays null
    frame["source_row"] = frame["source_row"].astype("int64")
    return frame
