"""What lies in a folder of delivered files: data to look at, and all that is none, with why."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kotaku_geo import resources
from kotaku_geo.config import check_plain_path
from kotaku_geo.errors import InputError
from kotaku_geo.ingest.locate import Delivered, locate
from kotaku_geo.late import record

_GLOB = "*?["


@record
class Left:
    """A file that becomes no source, and the reason, as a sentence in Indonesian."""

    path: str
    reason: str


@dataclass
class Walk:
    """The readable files of a folder, and those that were left with their reasons."""

    files: list[Delivered]
    left: list[Left]


def walk(drop: Path) -> Walk:
    """All files under ``drop``, sorted by name; archives give their members.

    What a file is shows when it is looked at. Links out of the folder are left, files
    beyond the limit are counted and not looked at.
    """
    rules = resources.load("discovery")
    found = Walk([], [])
    names = sorted(_names(drop), key=lambda n: (n.casefold(), n))
    limit = int(rules["limits"]["files"])
    if len(names) > limit:
        found.left.append(Left("…", f"{len(names) - limit} berkas lagi tidak dilihat"))
    stems = {n[: -len(PurePosixPath(n).suffix)] for n in names if n.lower().endswith(".shp")}
    for name in names[:limit]:
        reason = _no_data(name, stems, rules)
        if reason is None:
            _take(drop, name, found)
        elif reason:
            found.left.append(Left(name, reason))
    return found


def _names(drop: Path) -> list[str]:
    """Files under the folder by name; a file geodatabase counts as one, hidden files as none."""
    names: list[str] = []
    for folder, folders, files in os.walk(drop):  # follows no links to folders
        here = Path(folder)
        whole = [f for f in folders if f.lower().endswith(".gdb")]
        folders[:] = [f for f in folders if f not in whole and not f.startswith(".")]
        entries = [*files, *whole]
        entries += [f for f in folders if (here / f).is_symlink()]
        names += [(here / f).relative_to(drop).as_posix() for f in entries if f[0] != "."]
    return names


def _no_data(name: str, shapefiles: set[str], rules: Any) -> str | None:
    """Why a file is no data: a sentence, "" for a sidecar that needs none, None for data."""
    ending = PurePosixPath(name).suffix.lower()
    stem = name[: -len(ending)] if ending else name
    if ending in rules["silent"] or name.lower().endswith((".shp.xml", ".aux.xml")):
        return ""
    if ending == ".dbf" and any(stem.casefold() == s.casefold() for s in shapefiles):
        return ""
    if ending in rules["documents"]:
        return str(rules["documents"][ending])
    if any(c in name for c in _GLOB):
        return "nama berkas memuat tanda * ? atau [; ganti namanya"
    try:
        check_plain_path(name)
    except ValueError:
        return "nama berkas memuat tanda yang tidak dapat dipakai; ganti namanya"
    return None


def _take(drop: Path, name: str, found: Walk) -> None:
    try:
        found.files += _whole(drop, name)
    except InputError as error:
        found.left.append(Left(name, str(error).removeprefix(f"{name}: ")))


def _whole(drop: Path, name: str) -> list[Delivered]:
    files = locate(drop, name)
    for one in files:
        check = one.name if one.member else name
        if any(c in check for c in _GLOB):
            raise InputError(f"{name}: anggota arsip bernama tidak biasa; ganti namanya")
        try:
            check_plain_path(check)
        except ValueError as error:
            raise InputError(f"{name}: anggota arsip bernama tidak biasa") from error
    return files
