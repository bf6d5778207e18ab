"""Zip archives: what is in them, and members unpacked within limits, never where they ask to be.

The table of contents may lie: what counts is what really comes out.
"""

import fnmatch
import re
import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from kotaku_geo.errors import InputError
from kotaku_geo.ingest import formats
from kotaku_geo.ingest.formats import Format
from kotaku_geo.ingest.limits import at_most, limit
from kotaku_geo.late import regex

CHUNK = 1 << 20
END, END64, LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
TAIL = 65_536 + 22 + 20
UNKNOWN64 = 0xFFFFFFFF
GDB = regex(r"(?i)^(.*?\.gdb)/")
Content = dict[str, list[zipfile.ZipInfo]]  # member → its entries: one, or the files of a FileGDB


@contextmanager
def opened(file: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """An archive whose table of contents is bearable; whatever is wrong with it is told plainly.

    Raises:
        InputError: no zip, damaged, locked, or too large.
    """
    _bearable(file, name)
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except RuntimeError as error:  # what zipfile raises for a password
        raise InputError(f"{name}: arsip terkunci kata sandi; kirim tanpa kata sandi") from error
    except NotImplementedError as error:
        raise InputError(f"{name}: cara pemampatan arsip ini tidak dikenal; pakai ZIP") from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, struct.error) as error:
        raise InputError(f"{name}: bukan arsip zip yang utuh") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise InputError(f"{name}: bukan arsip zip yang utuh") from error


def _bearable(file: Path, name: str) -> None:
    """The size of the table of contents, before all of it is taken into memory."""
    size = file.stat().st_size
    with file.open("rb") as handle:
        handle.seek(max(0, size - TAIL))
        tail = handle.read()
        at = tail.rfind(END)
        if at < 0 or len(tail) < at + 22:
            raise InputError(f"{name}: bukan arsip zip yang utuh")
        entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
        locator = tail.rfind(LOCATOR64)
        if locator >= 0:
            (offset,) = struct.unpack("<Q", tail[locator + 8 : locator + 16])
            handle.seek(min(offset, size))
            record = handle.read(56)
            if record[:4] == END64 and len(record) == 56:
                entries, length = struct.unpack("<QQ", record[32:48])
    at_most("archive.entries", entries, "anggota arsip", name)
    if length != UNKNOWN64:
        at_most("archive.directory_bytes", length, "byte daftar isi arsip", name)


def listing(file: Path, name: str) -> Content:
    """What an archive holds; the files of a FileGDB are one member.

    Raises:
        InputError: it cannot be read, is too large unpacked, or a member points outside.
    """
    with opened(file, name) as archive:
        entries = archive.infolist()
    at_most("archive.entries", len(entries), "anggota arsip", name)
    for entry in entries:
        _harmless(entry, name)
    unpacked = sum(e.file_size for e in entries)
    packed = max(1, min(sum(e.compress_size for e in entries), file.stat().st_size))
    at_most("archive.unpacked_bytes", unpacked, "byte isi arsip", name)
    if unpacked > limit("archive.ratio_from") and unpacked / packed > limit("archive.ratio"):
        raise InputError(
            f"{name}: isi arsip {unpacked // packed} kali besar arsipnya; ditolak sebagai bom zip"
        )
    content: Content = {}
    for entry in entries:
        if not entry.is_dir():
            within = GDB.match(entry.filename)
            content.setdefault(within[1] if within else entry.filename, []).append(entry)
    return dict(sorted(content.items()))


def _harmless(entry: zipfile.ZipInfo, name: str) -> None:
    shown = entry.filename.replace("\\", "/")
    orig = entry.orig_filename
    if (
        shown.startswith("/")
        or re.match(r"[A-Za-z]:", shown)
        or ".." in PurePosixPath(shown).parts
        or "\\" in orig
        or "\0" in orig
    ):
        raise InputError(f"{name}: anggota arsip {entry.filename!r} menunjuk ke luar; ditolak")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InputError(f"{name}: anggota arsip {entry.filename!r} adalah tautan; ditolak")


def matching(content: Content, pattern: str | None) -> list[str]:
    """Members that a pattern means: a name, a glob, a folder, or all where it is None."""
    if pattern is None:
        return list(content)
    if pattern in content:
        return [pattern]
    folder = pattern.rstrip("/") + "/"
    return [m for m in content if fnmatch.fnmatch(m, pattern) or m.startswith(folder)]


def kinds(file: Path, name: str, content: Content) -> dict[str, Format]:
    """The format of every member, by its first bytes."""
    found = {}
    with opened(file, name) as archive:
        for member, entries in content.items():
            if GDB.match(member + "/"):
                found[member] = formats.known()["filegdb"]
                continue
            with archive.open(entries[0]) as stream:
                found[member] = _kind(stream, member)
    return found


def _kind(stream: IO[bytes], member: str) -> Format:
    """A member's format; of a zip in the zip, its ending says whether it is a workbook."""
    head = stream.read(formats.HEAD)
    kind = formats.of_head(head, member)
    ending = PurePosixPath(member).suffix.lower().lstrip(".")
    if kind == "zip":
        kind = {"xlsm": "xlsx"}.get(ending, ending)
        kind = kind if kind in ("xlsx", "xlsb", "ods", "kmz") else "zip"
    return formats.known()[kind]


def unpack(file: Path, name: str, entries: Sequence[zipfile.ZipInfo], folder: Path) -> None:
    """Write entries under their last names into a folder, counting what really comes out.

    Raises:
        InputError: more comes out than is allowed, or the archive is damaged.
    """
    total = 0
    with opened(file, name) as archive:
        for entry in entries:
            target = folder / PurePosixPath(entry.filename).name
            with archive.open(entry) as stream, target.open("wb") as out:
                while chunk := stream.read(CHUNK):
                    total += len(chunk)
                    at_most("archive.unpacked_bytes", total, "byte isi arsip", name)
                    out.write(chunk)
