"""One source from delivered file to canonical records: the part that a cache can keep."""

import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw
from kotaku_geo.ingest import reading
from kotaku_geo.ingest.cells import Issue
from kotaku_geo.ingest.columns import map_columns, missing_required, typed_columns
from kotaku_geo.ingest.crs import check_crs
from kotaku_geo.ingest.fingerprint import as_text, fingerprints
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.mending import Record
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.shapes import fit
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.ingest.whose import words_of

FINGERPRINT = "sidik"


@dataclass
class Part:
    """The canonical records of one delivered file, its findings, and its line in the accounts.

    ``extent`` is the digest of the city's extent, or land, where the file's place was judged by it.
    ``key`` is what it is to be kept under; None where it is kept already, or is not to be.
    ``wkb`` is the geometry of ``frame`` as WKB where it is at hand.
    """

    frame: pd.DataFrame
    findings: list[dict[str, Any]]
    account: dict[str, Any]
    raster: bytes | None = None
    extent: str | None = None
    key: str | None = None
    wkb: NDArray[np.object_] | None = None


def read_part(
    source: Source,
    delivered: Delivered,
    sha256: str,
    pipeline: Pipeline,
    where: Whereabouts,
    workers: int | None = None,
) -> Part:
    """Read one file and make canonical records of it.

    Raises:
        InputError: the file cannot be read; the caller records it and goes on.
        PipelineFileError: the pipeline file asks for a column or layer that is not there.
    """
    book = FindingBook("ingest", pipeline.city.crs)
    if reading.format_of(delivered).reader == "raster":
        from kotaku_geo.ingest.read_raster import raster_part

        return raster_part(source, delivered, sha256, where, book)
    wanted = list(source.columns.values())
    raw = reading.read_layer(delivered, source.table, source.encoding, wanted)
    part = _canonical(source, raw, pipeline, where, book, workers)
    part.account = _account(source, raw, sha256, part)
    return part


def _canonical(
    source: Source,
    raw: RawLayer,
    pipeline: Pipeline,
    where: Whereabouts,
    book: FindingBook,
    workers: int | None,
) -> Part:
    common: dict[str, Any] = {"source_id": source.id, "path": raw.path}
    for row, rule, text in raw.aside:
        shown = None if rule == "row.signature" else text  # names and NIP of officials stay out
        book.add(rule, **common, source_row=row, isi=text, value=shown, action="rejected",
                 key=f"{rule}|{text}")  # fmt: skip
    if not raw.rows_read:
        book.add("file.empty", **common, key=raw.path)
    for row, rule, text in raw.doubtful:
        book.add(rule, **common, source_row=row, isi=text, value=text, key=f"{rule}|{text}")
    for note in raw.notes:
        book.add(note.rule, **common, value=note.value, action=note.action,
                 key=f"{raw.path}|{note.value}", **note.params)  # fmt: skip
    raw = _filtered(source, raw, book)
    mapping = map_columns(source, raw)
    spec = resources.load("layers")["layers"][source.layer]
    if raw.geometry is None and "none" not in spec["geometry"]:
        raise InputError(f"{raw.path}: layer {source.layer} butuh geometri, berkas ini tabel")
    lacking = missing_required(source, mapping, raw.geometry is not None)
    if lacking:
        book.add("file.column-missing", **common, kolom="; ".join(lacking), key=raw.path,
                 value="; ".join(lacking), action="rejected")  # fmt: skip
        raw = raw.keep(np.zeros(len(raw.source_row), dtype=bool))
    record = Record(source.id, raw.path, raw.source_row, fingerprints(raw))
    record, raw = _distinct(record, raw, book)
    frame, issues = typed_columns(source, raw, mapping, pipeline)
    keep = _readable_rt(frame, issues, spec)
    _tell(issues, record, book)
    geometry, crs_used, wkb = None, None, None
    if raw.geometry is not None:
        words = words_of(source, raw, frame, pipeline.city.code)
        shapes = fit(raw, record, source.layer, source.crs, where, book, workers, words)
        geometry, crs_used, wkb = shapes.geometry, shapes.crs_used, shapes.wkb
        keep &= shapes.keep
    frame = _assemble(frame, geometry, source, record, spec, where.city)
    if not keep.all():
        frame = frame[keep].reset_index(drop=True)
    kept_wkb = None if wkb is None else wkb[keep]
    part = Part(frame, book.rows, {}, extent=where.asked, wkb=kept_wkb)
    part.account["crs_used"] = crs_used
    return part


def _filtered(source: Source, raw: RawLayer, book: FindingBook) -> RawLayer:
    """Only the records that satisfy the source's ``where``, in SQLite's SQL."""
    if source.where is None:
        return raw
    with sqlite3.connect(":memory:") as db:
        table = raw.frame.astype(object).where(raw.frame.notna(), None)
        table = table.map(lambda v: v if isinstance(v, (int, float, str, type(None))) else str(v))
        table.to_sql("t", db, index_label="__row")
        try:
            cursor = db.execute(f"SELECT __row FROM t WHERE {source.where}")
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
            raise PipelineFileError(
                f"sources.{source.id}.where: {source.where!r} tidak dapat dijalankan: {error}"
            ) from error
        chosen = [int(row) for (row,) in cursor]
    keep = np.zeros(len(raw.frame), dtype=bool)
    keep[chosen] = True
    left_out = int((~keep).sum())
    if left_out:
        book.add("source.filtered", source_id=source.id, path=raw.path, jumlah=left_out,
                 value=left_out, action="rejected", key=raw.path)  # fmt: skip
    return _renumbered(raw, keep)


def _renumbered(raw: RawLayer, keep: NDArray[np.bool_]) -> RawLayer:
    """`RawLayer.keep` that also moves the reader's notes, which are by position."""
    position = np.cumsum(keep) - 1
    kept = raw.keep(keep)
    kept.closed = {int(position[i]) for i in raw.closed if keep[i]}
    kept.broken = {int(position[i]): why for i, why in raw.broken.items() if keep[i]}
    return kept


def _distinct(record: Record, raw: RawLayer, book: FindingBook) -> tuple[Record, RawLayer]:
    """Keep the first of identical records; each copy is a finding."""
    copies = pd.Series(record.keys).duplicated().to_numpy()
    if not copies.any():
        return record, raw
    kept, first = np.unique(record.keys, return_index=True)
    twins = record.rows[first[np.searchsorted(kept, record.keys[copies])]]
    for index, twin in zip(np.flatnonzero(copies).tolist(), twins.tolist(), strict=True):
        book.add("row.duplicate", **record.of(index), kembar=twin, value=twin, action="rejected")
    distinct = Record(record.source_id, record.path, record.rows[~copies], record.keys[~copies])
    return distinct, _renumbered(raw, ~copies)


def _tell(issues: list[tuple[str, Issue]], record: Record, book: FindingBook) -> None:
    for column, issue in issues:
        params = {"kolom": column, **issue.params}
        if not issue.each:
            params.setdefault("jumlah", len(issue.rows))
            book.add(issue.rule, source_id=record.source_id, path=record.path, value=issue.value,
                     action=issue.action, key=f"{column}|{issue.value}", **params)  # type: ignore[arg-type]  # fmt: skip
            continue
        for index in issue.rows:
            book.add(issue.rule, **record.of(int(index), column), value=issue.value,
                     action=issue.action, **params)  # type: ignore[arg-type]  # fmt: skip


def _readable_rt(
    frame: pd.DataFrame, issues: list[tuple[str, Issue]], spec: dict[str, Any]
) -> NDArray[np.bool_]:
    """Records of a layer that lives by its RTs do not stay where the RT cannot be read.

    Elsewhere the record stays and only its RT is unknown.
    """
    keep = np.ones(len(frame), dtype=bool)
    for column, issue in issues:
        if column == "rt" and issue.rule == "rt.unreadable":
            if ["rt"] in spec["required"]:
                keep[issue.rows] = False
            else:
                issue.action = "kept"
    return keep


def _assemble(
    frame: pd.DataFrame,
    geometry: NDArray[np.object_] | None,
    source: Source,
    record: Record,
    spec: dict[str, Any],
    crs: str,
) -> pd.DataFrame:
    told = frame.assign(source_id=source.id, source_row=record.rows)
    told[FINGERPRINT] = as_text(record.keys)
    if spec["geometry"] == ["none"]:
        return told
    if geometry is None:
        geometry = np.full(len(told), None)
    drawn: pd.DataFrame = draw(told, geometry, check_crs(crs))
    return drawn


def _account(source: Source, raw: RawLayer, sha256: str, part: Part) -> dict[str, Any]:
    kept = len(part.frame)
    return {
        "source_id": source.id,
        "path": raw.path,
        "sha256": sha256,
        "rows_read": raw.rows_read,
        "rows_kept": kept,
        "rows_rejected": raw.rows_read - kept,
        "crs_found": raw.crs_found,
        "crs_used": part.account.get("crs_used"),
        "encoding_used": raw.encoding,
        "agency": source.agency,
        "date": source.date.isoformat() if source.date else None,
        "accuracy_m": source.accuracy,
    }
