"""Ingest: every source becomes rows of its canonical layer, or a finding that says why not."""

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo import beside, resources
from kotaku_geo.config import Source
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest import cache, places
from kotaku_geo.ingest.checks import check_layer
from kotaku_geo.ingest.crs import check_crs, place
from kotaku_geo.ingest.inputs import bundle_hash, delivered_files
from kotaku_geo.ingest.keys import subjects
from kotaku_geo.ingest.locate import Delivered, locate
from kotaku_geo.ingest.part import FINGERPRINT, Part, read_part
from kotaku_geo.stage import ACCOUNT, StageContext

Job = tuple[Source, Delivered | InputError]
WORTH_SHARING = 2_000_000  # bytes; fewer are read sooner than a process starts
LOCATED = ("rt", "kawasan", "sk", "profil_rt", "kegiatan")


def run(ctx: StageContext) -> None:
    """Read all sources, resolve places, check the layers, and leave tables and accounts."""
    if not check_crs(ctx.pipeline.city.crs).is_projected:
        raise PipelineFileError(
            f"city.crs: {ctx.pipeline.city.crs} memakai derajat; pilih sistem koordinat dalam "
            "meter, misalnya UTM atau TM-3 kota ini"
        )
    parts = _all_parts(ctx)
    layers = _layers(parts, ctx)
    _resolve_places(layers, ctx)
    accounts = pd.DataFrame([p.account for p in parts], columns=ACCOUNT)
    subject_of: dict[tuple[str, int], str] = {}
    for name, frame in layers.items():
        names = subjects(name, frame)
        keys = zip(frame["source_id"], frame["source_row"], strict=True)
        subject_of |= dict(zip(keys, names, strict=True))
    for part in parts:
        ctx.findings.extend(part.findings)
        if part.raster is not None:
            ctx.write_document(f"ingest/raster_{part.account['source_id']}.tif", part.raster)
    ctx.findings.name_subjects(
        subject_of, dict(zip(accounts["source_id"], accounts["path"], strict=True))
    )
    for name, frame in sorted(layers.items()):
        ctx.write(f"ingest/{name}", _final(frame))
    ctx.write("ingest/sources", accounts.sort_values(["source_id", "path"], ignore_index=True))
    _accounts_by_layer(parts, ctx)
    _coverages(ctx)


def _accounts_by_layer(parts: list[Part], ctx: StageContext) -> None:
    """Accounts and counted findings of each layer, for stages that depend on some layers alone."""
    by_layer: dict[str, list[dict[str, Any]]] = {}
    for part in sorted(parts, key=lambda p: (p.account["source_id"], p.account["path"])):
        layer = ctx.pipeline.source(part.account["source_id"]).layer
        by_layer.setdefault(layer, []).append(part.account)
    for layer, accounts in sorted(by_layer.items()):
        ctx.write_document(f"ingest/accounts/{layer}.json", accounts)
    layer_of = {s.id: s.layer for s in ctx.pipeline.sources}
    findings = ctx.findings.raw()
    for layer, found in findings.groupby(findings["source_id"].map(layer_of)):
        counts = found.groupby(["rule", "severity"]).size().rename("jumlah").reset_index()
        ctx.write_document(f"ingest/counts/{layer}.json", counts.to_dict("records"))


def _all_parts(ctx: StageContext) -> list[Part]:
    """The parts of all sources, in the pipeline's order.

    Other processes read a share of the files into the cache, from where they are taken; what one
    of them cannot do is done, and told, here.
    """
    jobs = list(_jobs(delivered_files(ctx.pipeline, ctx.drop), ctx))
    mine, *others = _shares(jobs, ctx.workers)
    readers = [beside.start(partial(_read_ahead, share, ctx), ctx.workers) for share in others]
    parts = {index: _one(*jobs[index], ctx) for index, _ in mine}
    for reader in readers:
        reader.result()
    return [parts.get(index) or _one(*job, ctx) for index, job in enumerate(jobs)]


def _shares(jobs: list[Job], workers: int) -> list[list[tuple[int, Job]]]:
    """Jobs with their positions, shared out so that each worker has about as many bytes."""
    sizes = [0 if isinstance(f, InputError) else f.file.stat().st_size for _, f in jobs]
    if not beside.possible(workers) or sum(sizes) < WORTH_SHARING:
        return [list(enumerate(jobs))]
    sized = list(zip(sizes, range(len(jobs)), strict=True))
    shares: list[list[tuple[int, Job]]] = [[] for _ in range(min(workers, len(jobs)) or 1)]
    loads = [0] * len(shares)
    for size, index in sorted(sized, reverse=True):
        lightest = loads.index(min(loads))
        loads[lightest] += size
        shares[lightest].append((index, jobs[index]))
    return [share for share in shares if share] or [[]]


def _read_ahead(share: list[tuple[int, Job]], ctx: StageContext) -> None:
    """Leave parts in the cache; errors show again where the part is asked for."""
    for _, (source, file) in share:
        with contextlib.suppress(PipelineFileError):
            _one(source, file, ctx)


def _jobs(found: dict[str, list[Delivered] | InputError], ctx: StageContext) -> Iterator[Job]:
    for source in ctx.pipeline.sources:
        files = found[source.id]
        if isinstance(files, InputError):
            yield source, files
        else:
            yield from ((source, file) for file in files)


def _one(source: Source, file: Delivered | InputError, ctx: StageContext) -> Part:
    if isinstance(file, InputError):
        return _refused(source, source.path, None, file, ctx)
    sha256 = bundle_hash(file.file)
    key = cache.part_key(source, file.name, sha256, ctx.pipeline)
    kept = cache.load(ctx.workspace, key)
    if kept is not None:
        return kept
    ctx.say(f"ingest: {source.id} ← {file.name}")
    try:
        part = read_part(source, file, sha256, ctx.pipeline)
    except InputError as error:
        return _refused(source, file.name, sha256, error, ctx)
    cache.save(ctx.workspace, key, part)
    return part


def _refused(
    source: Source, path: str, sha256: str | None, error: InputError, ctx: StageContext
) -> Part:
    """A source that cannot be read: an error finding and a line of nothing in the accounts."""
    book = FindingBook("ingest", ctx.pipeline.city.crs)
    rule = "file.missing" if sha256 is None else "file.unreadable"
    book.add(rule, source_id=source.id, path=path, berkas=path, sebab=str(error),
             value=str(error), key=path, action="rejected")  # fmt: skip
    account = dict.fromkeys(ACCOUNT) | {
        "source_id": source.id, "path": path, "sha256": sha256, "rows_read": 0, "rows_kept": 0,
        "rows_rejected": 0, "agency": source.agency,
        "date": source.date.isoformat() if source.date else None, "accuracy_m": source.accuracy,
    }  # fmt: skip
    return Part(pd.DataFrame(), book.rows, account)


def _layers(parts: list[Part], ctx: StageContext) -> dict[str, pd.DataFrame]:
    """Parts of one layer under each other, in the order of sources and rows."""
    specs = resources.load("layers")["layers"]
    layers: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        if len(part.frame.columns):
            layer = ctx.pipeline.source(part.account["source_id"]).layer
            layers.setdefault(layer, []).append(part.frame)
    result: dict[str, pd.DataFrame] = {}
    for layer, frames in layers.items():
        frame = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
        if specs[layer]["geometry"] != ["none"]:
            geometry = gpd.GeoSeries(frame["geometry"], crs=ctx.pipeline.city.crs)
            frame = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=geometry)
        result[layer] = frame
    return result


def _resolve_places(layers: dict[str, pd.DataFrame], ctx: StageContext) -> None:
    """Fill in kelurahan codes of all layers, then look at each layer as a whole."""
    book = ctx.findings
    city = None
    known = places.Gazetteer([], {}, {}, np.array([], object), np.array([], object))
    if "kelurahan" in layers:
        layers["kelurahan"] = places.bridge(layers["kelurahan"], ctx.pipeline, book)
        places.check_city(layers["kelurahan"], ctx.pipeline, book)
        known = places.gazetteer(layers["kelurahan"], ctx.pipeline)
        city = shapely.union_all(known.polygons, grid_size=0.01) if len(known.polygons) else None
    for name in sorted(layers):
        if name != "kelurahan" and "kode_kelurahan" in layers[name]:
            layers[name] = places.resolve(layers[name], known, book)
            places.check_kecamatan(layers[name], known, book)
            if name in LOCATED and isinstance(layers[name], gpd.GeoDataFrame):
                places.check_location(layers[name], known, book)
        check_layer(name, layers[name], ctx.pipeline.of_layer(name), city, book)


def _final(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in their order and with plain types; the fingerprint stays behind."""
    frame = frame.drop(columns=FINGERPRINT)
    if "raster" in frame:
        frame["raster"] = frame["raster"].eq(True).astype(bool)
    for column in frame.columns:
        if frame[column].dtype == object and column != "geometry":
            frame[column] = frame[column].where(frame[column].notna(), None).astype("str")
    frame["source_row"] = frame["source_row"].astype("int64")
    return frame


def _coverages(ctx: StageContext) -> None:
    """Polygons of where a source looked, for those that name a file."""
    rows: list[dict[str, Any]] = []
    for source in ctx.pipeline.sources:
        if source.coverage in (None, "kota"):
            continue
        shape = _coverage(source, ctx)
        if shape is not None:
            rows.append({"source_id": source.id, "geometry": shape})
    if rows:
        ctx.write("ingest/coverage", gpd.GeoDataFrame(rows, crs=ctx.pipeline.city.crs))


def _coverage(source: Source, ctx: StageContext) -> shapely.Geometry | None:
    from kotaku_geo.ingest.read_vector import read_vector

    try:
        file = locate(ctx.drop, str(source.coverage))[0]
        raw = read_vector(file, None, None)
        if raw.geometry is None:
            raise InputError(f"{source.coverage}: tidak berisi poligon")
        placed = place(raw.geometry, raw.crs_found, None, ctx.pipeline.city.crs)
        if placed.refused:
            raise InputError(f"{source.coverage}: sistem koordinatnya tidak diketahui")
        return shapely.union_all(shapely.make_valid(placed.geometry, method="structure"))
    except InputError as error:
        ctx.findings.add("file.unreadable", source_id=source.id, path=source.coverage,
                         sebab=str(error), key=f"coverage|{source.coverage}")  # fmt: skip
        return None
