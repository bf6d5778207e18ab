"""Whether a workbook can be taken into memory, found out without taking it in.

A reader of spreadsheets lays out every cell between the first and the last: one cell in the last
corner of a sheet costs gigabytes, and a repeated one in an ODS as well.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from kotaku_geo.errors import InputError
from kotaku_geo.ingest import archive, probe
from kotaku_geo.ingest.limits import at_most, limit
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

CHUNK = 1 << 22
CELL = regex(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>')


def bearable(staged: Staged) -> None:
    """Refuse a workbook whose sheets would be too large.

    Raises:
        InputError: one is larger than is taken in, or it cannot be read within its limits.
    """
    if staged.kind.id == "xls":  # cannot be larger than 65,536 × 256 cells
        return
    content = archive.listing(staged.path, staged.name)
    size = sum(entry.file_size for entries in content.values() for entry in entries)
    at_most("workbook.unpacked_bytes", size, "byte isi buku kerja", staged.name)
    if staged.kind.id != "xlsx":
        _tried(staged)
        return
    with archive.opened(staged.path, staged.name) as book:
        for member, entries in content.items():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member):
                with book.open(entries[0]) as stream:
                    height, width = _extent(iter(lambda: stream.read(CHUNK), b""))
                at_most("cells", height * width, "sel dalam satu lembar", staged.name)


def _extent(chunks: Iterator[bytes]) -> tuple[int, int]:
    """(last row, last column) that hold a value, from 1."""
    rows, columns, rest = 0, 0, b""
    for chunk in chunks:
        text = rest + chunk
        found = CELL.findall(text)
        if found:
            columns = max(columns, *(_column(c) for c in {c for c, _ in found}))
            rows = max(rows, *(int(r) for r in {r for _, r in found}))
        rest = text[-256:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _tried(staged: Staged) -> None:
    """Let another process, with little memory and time, lay the sheets out first."""
    arguments = [limit("workbook.memory_bytes"), limit("workbook.seconds"), limit("cells")]
    command = [sys.executable, str(Path(probe.__file__)), str(staged.path), *map(str, arguments)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=limit("workbook.seconds") * 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{staged.name}: buku kerja terlalu lama dibaca; ditolak") from error
    if done.returncode == probe.TOO_LARGE or done.returncode < 0:
        raise InputError(f"{staged.name}: buku kerja terlalu besar untuk dibaca; ditolak")
