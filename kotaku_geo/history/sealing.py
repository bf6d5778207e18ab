"""Freezing a baseline: whether it may be, which version it becomes, and the folder it is in."""

import contextlib
import datetime as dt
import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from kotaku_geo import __version__, resources
from kotaku_geo.config import PipelineFile
from kotaku_geo.decisions import minutes_key
from kotaku_geo.errors import InputError, OutputError
from kotaku_geo.files import file_hash, table_path
from kotaku_geo.history import diff
from kotaku_geo.history.baseline import (
    DECISIONS_FILE,
    SEAL_FILE,
    Baseline,
    decisions_path,
    records,
)
from kotaku_geo.history.canonical import whole_hash
from kotaku_geo.history.identities import about
from kotaku_geo.history.phrases import UsageError
from kotaku_geo.history.versions import (
    Version,
    broken,
    open_version,
    read_record,
    record_hash,
    sealed,
)

FIRST = Version(1, 0)
PIPELINE_FILE = "pipeline.yaml"
_READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True)
class Minutes:
    """The meeting's minutes: their number, and their date ``YYYY-MM-DD``."""

    number: str
    date: str


@dataclass(frozen=True)
class Hindrances:
    """What keeps a baseline from being agreed.

    Attributes:
        refused: ingest's findings on inputs of the baseline that could not be read.
        open: rows of ``consolidate/conflicts``: material and not decided.
        stale: decisions whose evidence has changed, with the candidates that are found now.
    """

    refused: list[dict[str, Any]]
    open: list[dict[str, Any]]
    stale: list[dict[str, Any]]

    @property
    def exit_code(self) -> int:
        """3, 4, 5, or 0 where there is nothing."""
        codes = {3: self.refused, 4: self.open, 5: self.stale}
        return next((code for code, some in codes.items() if some), 0)


@dataclass(frozen=True)
class Sealed:
    """A sealed version.

    Attributes:
        version, folder: its name and where it is.
        record: content of its ``segel.json``.
        new: whether it was sealed now; False where the same baseline with the same minutes was
            sealed before.
        unchanged: whether its content is that of the version before, and the minutes alone differ.
    """

    version: str
    folder: Path
    record: Mapping[str, Any]
    new: bool
    unchanged: bool = False


def hindrances(baseline: Baseline, refused: list[dict[str, Any]]) -> Hindrances:
    """What keeps a baseline from being sealed; see `Hindrances`."""
    conflicts = baseline.table("conflicts")
    is_open = conflicts["material"].fillna(False).astype(bool)
    is_open &= conflicts["status"].fillna("") != "diputuskan"
    stale = [
        {
            **row,
            "subject": about(row)[1],
            "candidates": (baseline.conflict_on(row) or {}).get("candidates"),
        }
        for row in baseline.decisions.values()
        if row.get("status") == "basi"
    ]
    return Hindrances(refused, records(conflicts[is_open]), stale)


def refuse_date(minutes: Minutes, folder: Path, today: dt.date) -> None:
    """Refuse minutes of a day to come, or of a day before the newest version's minutes.

    Raises:
        UsageError: says which.
        InputError: the newest version's ``segel.json`` cannot be read.
    """
    told = {"minutes": minutes.number, "date": minutes.date}
    if minutes.date > today.isoformat():
        raise UsageError("history", "seal.date.future", **told, today=today.isoformat())
    known = sealed(folder)
    last = read_record(folder / str(known[-1])) if known else {}
    if str(last.get("date") or "") > minutes.date:
        raise UsageError(
            "history", "seal.date.before_version", **told, version=known[-1], of=last["minutes"],
            sealed=last["date"],
        )  # fmt: skip


def refuse_before_decisions(minutes: Minutes, baseline: Baseline) -> None:
    """Refuse minutes that are older than a decision in force: they cannot have agreed on it.

    Raises:
        UsageError: names the latest of these decisions.
    """
    in_force = [row for row in baseline.decisions.values() if row.get("status") == "berlaku"]
    dated = [(str(row["date"]), str(row["decision_id"])) for row in in_force if row.get("date")]
    latest, name = max(dated, default=("", ""))
    if latest > minutes.date:
        row = baseline.decisions[name]
        raise UsageError(
            "history", "seal.date.before_decision", minutes=minutes.number, date=minutes.date,
            decision_id=name, parameter=row.get("parameter"), subject=row.get("subject"),
            of=row.get("minutes"), decided=latest,
        )  # fmt: skip


def other_minutes(minutes: Minutes, baseline: Baseline) -> list[str]:
    """The minutes that decisions in force name, where none names these; else nothing.

    A baseline on which nothing had to be decided is agreed on by whatever minutes there are.
    """
    in_force = [row for row in baseline.decisions.values() if row.get("status") == "berlaku"]
    named = {str(row["minutes"]) for row in in_force if row.get("minutes")}
    known = {minutes_key(number) for number in named}
    return [] if minutes_key(minutes.number) in known else sorted(named)


def younger_sources(record: Mapping[str, Any], layers: frozenset[str]) -> list[str]:
    """Sources of these layers that are dated after the minutes of a version, by its record."""
    sources = record["setting"]["sources"]
    return sorted(
        name
        for name, note in sources.items()
        if note.get("layer") in layers and str(note.get("date") or "") > record["date"]
    )


def copies_of(file: PipelineFile) -> dict[str, Path]:
    """The documents that a version keeps, by the names that it keeps them under."""
    return {DECISIONS_FILE: decisions_path(file), PIPELINE_FILE: file.path}


def seal(
    baseline: Baseline, folder: Path, minutes: Minutes, *, root: Path, copies: Mapping[str, Path],
    workers: int = 2,
) -> Sealed:  # fmt: skip
    """Freeze a baseline in which nothing hinders the agreement as the next version.

    A baseline whose content is that of the newest version is not sealed again, unless other
    minutes (number or date) confirm it: then it is the next minor version.

    Args:
        baseline: of the workspace ``root``.
        folder: where the pipeline's versions are.
        minutes: that agreed on it.
        root: the workspace, whose tables are copied.
        copies: documents to keep beside the tables, by name in the version.

    Raises:
        InputError: the newest version has been changed since it was sealed.
        OutputError: the folder cannot be written, or somebody sealed the same number meanwhile.
    """
    known = sealed(folder)
    _check_chain(folder, known)
    last = open_version(folder, str(known[-1])) if known else None
    digest = whole_hash(baseline.hashes)
    again = {"hash": digest, "minutes": minutes.number, "date": minutes.date}
    if last is not None and last.seal is not None and again.items() <= last.seal.items():
        return Sealed(last.name, folder / last.name, last.seal, False)
    found = None if last is None else diff.diff(last, baseline, workers=workers)
    version = FIRST
    if found is not None:
        version = known[-1].after(major=found.weight == diff.MAJOR)
    named = replace(baseline, name=str(version))
    with _folder(folder, version) as beside:
        hashes = _copied(named, root, copies, beside)
        record = _record(named, minutes, hashes)
        record["changes"] = _weight(last, found)
        record["previous"] = None if last is None else (last.seal or {}).get("record_hash")
        record["record_hash"] = record_hash(record)
        _write(beside / SEAL_FILE, _json(record))
    unchanged = last is not None and last.seal is not None and last.seal.get("hash") == digest
    return Sealed(str(version), folder / str(version), record, True, unchanged)


def _check_chain(folder: Path, known: Sequence[Version]) -> None:
    """Refuse to go on from versions of which one is not what the next was made on."""
    wrong = broken({str(version): read_record(folder / str(version)) for version in known})
    for name, what in wrong.items():
        raise InputError(
            f"{folder / name}: rantai segel putus: {what}; "
            "pulihkan foldernya dari cadangan atau dari riwayat git"
        )


def _weight(last: Baseline | None, found: Any) -> dict[str, Any]:
    """How a version stands to the one before."""
    if last is None or found is None:
        return {"from": None, "weight": diff.MAJOR, "reasons": []}
    weight = found.weight or diff.MINOR
    return {"from": last.name, "weight": weight, "reasons": list(found.reasons)}


def _record(baseline: Baseline, minutes: Minutes, documents: Mapping[str, str]) -> dict[str, Any]:
    """Content of ``segel.json`` but its own hash. It knows no clock and no machine."""
    setting = baseline.setting
    hashes = baseline.hashes
    return {
        "format": resources.load("seal")["format"],
        "version": baseline.name,
        "minutes": minutes.number,
        "date": minutes.date,
        "city": {"code": setting.code, "name": setting.name, "crs": setting.crs},
        "regulation": setting.regulation,
        "hash": whole_hash(hashes),
        "tables": {
            name: {"rows": len(baseline.tables[name]), "hash": digest}
            for name, digest in hashes.items()
        },
        "documents": dict(sorted(documents.items())),
        "inputs": _inputs(baseline),
        "counts": _counts(baseline),
        "hectares": {kind: _hectares(baseline.table(kind)) for kind in ("kawasan", "rt")},
        "program": __version__,
        "setting": setting.as_json(),
    }


def _inputs(baseline: Baseline) -> list[dict[str, Any]]:
    columns = ["source_id", "path", "sha256", "agency", "date"]
    rows = records(baseline.sources[columns].sort_values(["source_id", "path"]))
    return [{k: None if v is None else str(v) for k, v in row.items()} for row in rows]


def _counts(baseline: Baseline) -> dict[str, Any]:
    """Rows of the tables; conflicts and decisions by status."""
    tables = ("kelurahan", "kawasan", "rt", "rt_lain", "facts")
    counts: dict[str, Any] = {name: len(baseline.table(name)) for name in tables}
    for name in ("conflicts", "decisions"):
        of_status = baseline.table(name)["status"].value_counts().sort_index()
        counts[name] = {str(status): int(count) for status, count in of_status.items()}
    return counts


def _hectares(rows: pd.DataFrame) -> dict[str, float]:
    """Hectares by level (``tidak_diketahui`` where it is not known), and of all."""
    found = diff.by_level(rows)
    named = {level or "tidak_diketahui": ha for level, (_, ha) in found.items()}
    return {**dict(sorted(named.items())), "jumlah": round(float(rows["luas_ha"].sum()), 6)}


@contextlib.contextmanager
def _folder(parent: Path, version: Version) -> Iterator[Path]:
    """A folder beside the version's place, that takes it whole when all went well."""
    target = parent / str(version)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=parent))
    except OSError as error:
        raise OutputError(f"{parent}: tidak dapat ditulis: {error.strerror}") from error
    try:
        yield beside
        beside.chmod(0o755)
        beside.rename(target)  # fails where the version is there already
        _flush_folder(parent)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise OutputError(f"{target}: versi ini sudah disegel; segel tidak ditimpa") from error
        name = error.filename or target
        raise OutputError(f"{name}: tidak dapat ditulis: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copied(
    baseline: Baseline, root: Path, copies: Mapping[str, Path], beside: Path
) -> dict[str, str]:
    """Copy the tables and documents; the hashes of the documents.

    Raises:
        InputError: a table is no longer what was read.
    """
    for name in baseline.hashes:
        target = table_path(beside, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, table_path(root, name).read_bytes())
    written = Baseline.of_workspace(beside)
    if written.hashes != baseline.hashes:
        raise InputError(f"{root}: tabel berubah selagi disegel; ulangi perintahnya")
    hashes = {}
    for name, path in sorted(copies.items()):
        if path.is_file():
            _write(beside / name, path.read_bytes())
            hashes[name] = file_hash(beside / name)
    return hashes


def _write(path: Path, content: bytes) -> None:
    """Write a file to the disk and let nobody write it again."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    path.chmod(_READ_ONLY)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _json(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()
