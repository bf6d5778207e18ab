"""A DBF as its bytes are: its fields and records, and numbers that were typed with a comma.

GDAL reads a number up to the first character that it does not know: ``35,5`` becomes 35.
"""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.late import record

FIELD = 32  # bytes of a field's description
DELETED = 0x2A
NUMERIC = b"NF"


@record
class Field:
    """A column: its name, its kind (``C``, ``N``, …), where it begins in a record, its width."""

    name: bytes
    kind: bytes
    at: int
    width: int


@record
class Table:
    """The bytes of a DBF.

    Attributes:
        fields: its columns.
        rows: bytes of the records that are there, (n, width of a record).
        driver: the byte that names the code page.
    """

    fields: list[Field]
    rows: NDArray[np.uint8]
    driver: int

    def cells(self, field: Field) -> NDArray[np.uint8]:
        """Bytes (n, width) of a column."""
        return self.rows[:, field.at : field.at + field.width]


def opened(path: Path) -> Table | None:
    """A DBF's bytes, mapped and not read; None where it has no sound header."""
    with path.open("rb") as handle:
        head = handle.read(FIELD)
        if len(head) < FIELD:
            return None
        count, start, width = struct.unpack("<IHH", head[4:12])
        described = handle.read(max(0, start - FIELD))
    there = max(0, path.stat().st_size - start) // max(width, 1)
    count = min(count, there)
    if not count:
        return Table([], np.empty((0, 0), dtype=np.uint8), head[29])
    rows = np.memmap(path, np.uint8, "r", offset=start, shape=(count, width))
    return Table(_fields(described, width), rows, head[29])


def _fields(described: bytes, width: int) -> list[Field]:
    fields, at = [], 1
    for i in range(0, len(described) - FIELD + 1, FIELD):
        one = described[i : i + FIELD]
        if one[0] == 0x0D:
            break
        wide = one[16] + (one[17] << 8 if one[11:12] == b"C" else 0)
        if at + wide > width:
            break
        fields.append(Field(one[:11].split(b"\0")[0], one[11:12], at, wide))
        at += wide
    return fields


def commas(path: Path, frame: pd.DataFrame) -> dict[str, int]:
    """Put numbers that were typed with a decimal comma into ``frame``, as they were meant.

    Args:
        path: the DBF that ``frame`` was read from, or the shapefile beside it.
        frame: its columns in their order; records marked as deleted are not in it.

    Returns:
        Column → how many numbers were put right.
    """
    table = path.with_suffix(".dbf")
    found = opened(table) if table.is_file() else None
    if found is None or len(found.fields) != len(frame.columns):
        return {}
    live = np.flatnonzero(found.rows[:, 0] != DELETED) if len(found.rows) else np.array([], int)
    if len(live) != len(frame):
        return {}
    right: dict[str, int] = {}
    for field, column in zip(found.fields, frame.columns, strict=True):
        if field.kind not in (b"N", b"F"):
            continue
        cells = found.cells(field)
        odd = np.flatnonzero((cells == ord(",")).any(axis=1)[live])
        values = [_number(bytes(cells[live[i]])) for i in odd]
        good = [(i, v) for i, v in zip(odd, values, strict=True) if v is not None]
        if good:
            whole = frame[column].astype("float64").to_numpy(copy=True)
            whole[[i for i, _ in good]] = [v for _, v in good]
            frame[column] = whole
            right[str(column)] = len(good)
    return right


def _number(cell: bytes) -> float | None:
    """The number of a cell with one comma and no point; None for anything else."""
    text = cell.decode("ascii", errors="replace").strip().strip("\0")
    if text.count(",") != 1 or "." in text.split(",")[0]:
        return None
    try:
        return float(text.replace(".", "").replace(",", "."))
    except ValueError:
        return None
