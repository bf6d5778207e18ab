"""Sealed versions on disk: where they are, how they are read, and whether they are still whole."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import total_ordering
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from kotaku_geo import resources
from kotaku_geo.config import PipelineFile
from kotaku_geo.errors import InputError
from kotaku_geo.files import file_hash
from kotaku_geo.history.baseline import (
    DECISIONS_FILE,
    SEAL_FILE,
    Baseline,
    read_decided,
    read_tables,
)
from kotaku_geo.history.canonical import json_hash, table_hash, whole_hash
from kotaku_geo.history.phrases import UsageError
from kotaku_geo.history.setting import Setting

FOLDER = "segel"
_NAME = re.compile(r"v(\d{1,6})\.(\d{1,6})")
_OWN, _BEFORE = "record_hash", "previous"


@total_ordering
@dataclass(frozen=True)
class Version:
    """A version's number, ``v<major>.<minor>``."""

    major: int
    minor: int

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The version that a text names, or None."""
        match = _NAME.fullmatch(text)
        return None if match is None else cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}"

    def __lt__(self, other: "Version") -> bool:
        return (self.major, self.minor) < (other.major, other.minor)

    def after(self, major: bool) -> "Version":
        """The next version."""
        return Version(self.major + 1, 0) if major else Version(self.major, self.minor + 1)


def folder_of(file: PipelineFile, seal_dir: Path | None = None) -> Path:
    """Where a pipeline's versions are: ``segel/<stem>/`` beside its file, or ``seal_dir``."""
    return (seal_dir or file.path.parent / FOLDER) / file.stem


def sealed(folder: Path) -> list[Version]:
    """The versions in a folder, oldest first; a folder without ``segel.json`` is none."""
    if not folder.is_dir():
        return []
    names = {path.name for path in folder.iterdir() if (path / SEAL_FILE).is_file()}
    return sorted(version for name in names if (version := Version.of(name)) is not None)


def open_version(folder: Path, name: str) -> Baseline:
    """A version by its name.

    Raises:
        UsageError: there is no such version; the message names those there are.
        InputError: as `read_sealed`.
    """
    known = [str(version) for version in sealed(folder)]
    if name not in known:
        key = "version.absent" if known else "version.none"
        raise UsageError("history", key, name=name, folder=folder, known=known)
    return read_sealed(folder / name)


def open_named(name: str, versions: Path | None) -> Baseline:
    """What a user names: a version in the folder ``versions``, or a folder of its own.

    Raises:
        UsageError: there is neither.
        PipelineFileError, InputError: as `open_folder`.
    """
    there = Path(name).exists()
    if versions is not None and (Version.of(name) is not None or not there):
        return open_version(versions, name)
    if not there:
        raise UsageError("history", "version.which", name=name)
    return open_folder(Path(name))


def read_sealed(folder: Path) -> Baseline:
    """A sealed version, of this release's format or an earlier one.

    Raises:
        InputError: it cannot be read, was sealed in a newer format, or has been changed since.
    """
    found = _unchecked(folder, read_record(folder))
    if changed := altered(folder, found):
        raise InputError(
            f"{folder}: isi versi ini berubah sejak disegel: {', '.join(changed)}; "
            "pulihkan foldernya dari cadangan atau dari riwayat git"
        )
    return found


def open_folder(folder: Path) -> Baseline:
    """The baseline in a folder: a sealed version, or a workspace.

    Raises:
        PipelineFileError: it is neither.
        InputError: as `read_sealed`.
    """
    if (folder / SEAL_FILE).is_file():
        return read_sealed(folder)
    return Baseline.of_workspace(folder)


def checked(folder: Path) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """Every version of a folder: its ``segel.json``, and what of it has been changed since.

    A version that cannot be read has lost its ``segel.json`` or one of its tables. Each version
    names the hash of the one before it, so that none can be written anew with hashes of its own.
    """
    found = {}
    for version in map(str, sealed(folder)):
        record: dict[str, Any] = {"version": version}
        try:
            record = read_record(folder / version)
            wrong = altered(folder / version, _unchecked(folder / version, record))
        except InputError as error:
            wrong = [str(error)]
        found[version] = (record, wrong)
    for version, told in broken({name: record for name, (record, _) in found.items()}).items():
        found[version][1].append(told)
    return found


def broken(records: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Versions that are not what the next one was made on, or of which the one before is gone.

    ``records``: of each version, oldest first.
    """
    told = {}
    for (version, record), (after, later) in pairwise(records.items()):
        if later.get(_BEFORE) is not None and later[_BEFORE] != record.get(_OWN):
            told[version] = f"{SEAL_FILE} ({after})"
    first, record = next(iter(records.items()), ("", {}))
    if record.get(_BEFORE) is not None:
        told[first] = f"{SEAL_FILE} (versi sebelumnya tidak ada)"
    return told


def read_record(folder: Path) -> dict[str, Any]:
    """Content of a version's ``segel.json``.

    Raises:
        InputError: it is no such document, or of a newer format than this release reads.
    """
    path = folder / SEAL_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        written = int(record["format"])
        assert isinstance(record["version"], str)
        assert isinstance(record["tables"], dict)
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise InputError(f"{path}: bukan segel.json yang sah") from error
    if written > resources.load("seal")["format"]:
        raise InputError(
            f"{path}: disegel dalam format {written}, lebih baru daripada yang dikenal rilis ini; "
            "perbarui kotaku-geo"
        )
    return dict(record)


def _unchecked(folder: Path, record: dict[str, Any]) -> Baseline:
    tables, columns = read_tables(folder)
    return Baseline(
        name=record["version"],
        setting=Setting.of_json(record.get("setting", {})),
        tables=tables,
        decided=read_decided(folder / DECISIONS_FILE),
        seal=record,
        columns=columns,
    )


def record_hash(record: Mapping[str, Any]) -> str:
    """Hash of ``segel.json`` without its own hash."""
    return json_hash({key: value for key, value in record.items() if key != _OWN})


def altered(folder: Path, found: Baseline) -> list[str]:
    """What of a sealed version is no longer as it was sealed: tables, documents, ``segel.json``."""
    record = found.seal
    assert record is not None
    stated = {name: entry["hash"] for name, entry in record["tables"].items()}
    names = sorted({*stated, *found.hashes})
    wrong = [name for name in names if stated.get(name) != found.hashes.get(name)]
    for name, digest in sorted(record.get("documents", {}).items()):
        path = folder / name
        if not path.is_file() or file_hash(path) != digest:
            wrong.append(name)
    if whole_hash(stated) != record.get("hash") or record_hash(record) != record.get(_OWN):
        wrong.append(SEAL_FILE)
    if folder.name != record["version"] and Version.of(folder.name) is not None:
        wrong.append(f"{SEAL_FILE} ({record['version']})")
    return wrong


def departed(version: Baseline, now: Baseline) -> list[str]:
    """Tables of a sealed version of which the content is another now, over the columns sealed.

    Columns that a later release adds to a table are no change of what was agreed.
    """
    return [
        name
        for name, digest in version.hashes.items()
        if not {*version.columns[name]} <= {*now.tables[name].columns}
        or table_hash(now.tables[name][list(version.columns[name])]) != digest
    ]
