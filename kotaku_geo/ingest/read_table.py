"""Spreadsheets and delimited text as records: finds the header, joins merged headings, sets aside
totals and signatures."""

import csv
import datetime as dt
import io
import re
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

from kotaku_geo import resources
from kotaku_geo.errors import InputError
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.raw import RawLayer

MAX_COLUMNS = 2_000
MAX_HEADER_ROW = 30
ENCODINGS = ("utf-8-sig", "cp1252")
Cell = Any
Grid = list[list[Cell]]


def read_table(
    delivered: Delivered, table: str | None, encoding: str | None, wanted: list[str]
) -> RawLayer:
    """All records of one sheet or delimited file.

    Args:
        delivered: the file.
        table: sheet of a workbook; needed only where several hold data.
        encoding: encoding of a text file where it should not be found out.
        wanted: headings that the pipeline file maps; the header row is the one that has most.

    Raises:
        InputError: the file cannot be read, or holds no header row.
    """
    if delivered.suffix in (".csv", ".tsv", ".txt"):
        grid, used = _read_text(delivered, encoding)
    else:
        grid, used = _read_workbook(delivered, table, wanted), None
    header, depth = _find_header(grid, wanted)
    names = _headings(grid, header, depth)
    body = grid[header + depth :]
    frame = pd.DataFrame(
        {name: pd.Series([_cell(row, i) for row in body], dtype=object) for i, name in names}
    )
    raw = RawLayer(
        path=delivered.name,
        frame=frame,
        geometry=None,
        source_row=np.arange(len(body), dtype=np.int64),
        rows_read=len(body),
        encoding=used,
        first_row=header + depth + 1,
    )
    return _set_aside(raw, body)


def _cell(row: list[Cell], index: int) -> Cell:
    value = row[index] if index < len(row) else None
    return None if isinstance(value, str) and not value.strip() else value


def _read_text(delivered: Delivered, encoding: str | None) -> tuple[Grid, str]:
    data = _bytes(delivered)
    text, used = _decode(data, encoding, delivered.name)
    lines = text.splitlines()
    delimiter = _delimiter(lines[:50])
    csv.field_size_limit(10_000_000)
    try:
        grid: Grid = [list(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as error:
        raise InputError(f"{delivered.name}: bukan CSV yang sah: {error}") from error
    return _bounded(grid, delivered.name), used


def _bytes(delivered: Delivered) -> bytes:
    if delivered.member is None:
        return delivered.file.read_bytes()
    with zipfile.ZipFile(delivered.file) as archive:
        return archive.read(delivered.member)


def _decode(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16"), "UTF-16"
    for candidate in (encoding,) if encoding else ENCODINGS:
        try:
            return data.decode(candidate), candidate.removesuffix("-sig").upper()
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise InputError(f"{name}: pengodean {candidate!r} tidak dikenal") from error
    if encoding:
        raise InputError(f"{name}: isinya bukan {encoding}")
    return data.decode("latin-1"), "LATIN-1"


def _delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for candidate in (";", "\t", ",", "|"):
        counts = [len(next(csv.reader([line], delimiter=candidate), [])) for line in lines if line]
        if not counts:
            continue
        most = max(set(counts), key=lambda n: (counts.count(n), n))
        score = counts.count(most) / len(counts) * (most > 1) * (1 + most / 100)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _read_workbook(delivered: Delivered, table: str | None, wanted: list[str]) -> Grid:
    path: Any = delivered.file
    if delivered.member is not None:
        path = io.BytesIO(_bytes(delivered))
    try:
        book = python_calamine.load_workbook(path)
        names = [table] if table is not None else book.sheet_names
        missing = [n for n in names if n not in book.sheet_names]
        if missing:
            known = ", ".join(book.sheet_names)
            raise InputError(f"{delivered.name}: lembar {table!r} tidak ada; yang ada: {known}")
        grids = [_sheet(book, n) for n in names]
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"{delivered.name}: buku kerja tidak dapat dibaca: {error}") from error
    full = [g for g in grids if any(any(c not in ("", None) for c in row) for row in g)]
    if len(full) > 1:
        full = [g for g in full if _best_header(g, wanted)[0] > 0] or full
    if len(full) > 1:
        raise InputError(f"{delivered.name}: beberapa lembar berisi data; pilih di `table`")
    if not full:
        raise InputError(f"{delivered.name}: buku kerja kosong")
    return _bounded(full[0], delivered.name)


def _sheet(book: Any, name: str) -> Grid:
    """A sheet's cells, with merged ranges filled from their first cell."""
    sheet = book.get_sheet_by_name(name)
    grid: Grid = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for r in range(top, min(bottom, len(grid) - 1, top + MAX_HEADER_ROW) + 1):
            for c in range(left, min(right, len(grid[r]) - 1) + 1):
                grid[r][c] = grid[top][left]
    return grid


def _bounded(grid: Grid, name: str) -> Grid:
    width = max((len(row) for row in grid[:1000]), default=0)
    if width > MAX_COLUMNS:
        raise InputError(f"{name}: {width} kolom; paling banyak {MAX_COLUMNS} yang diterima")
    while grid and not any(_filled(c) for c in grid[-1]):
        grid.pop()
    if not grid:
        raise InputError(f"{name}: berkas kosong")
    return grid


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def fold(heading: Any) -> str:
    """A heading without case, spaces, dots and underscores, for comparison."""
    return re.sub(r"[\s_.]+", "", str(heading)).casefold()


def _best_header(grid: Grid, wanted: list[str]) -> tuple[int, int]:
    """(mapped headings found, row) of the best header row; the first of equals."""
    folded = {fold(part) for w in wanted for part in (w, *w.split(" / "))}
    best = (0, 0)
    for i, row in enumerate(grid[:MAX_HEADER_ROW]):
        found = len({fold(c) for c in row if _filled(c)} & folded)
        if found > best[0]:
            best = (found, i)
    return best


def _find_header(grid: Grid, wanted: list[str]) -> tuple[int, int]:
    """(first row, number of rows) of the header.

    The row that holds most mapped headings; where the row above it heads groups of its columns
    (merged cells), both rows are the header. Without a mapping: the first row of texts that is
    as wide as the table.
    """
    found, row = _best_header(grid, wanted)
    if not found:
        widths = [sum(_filled(c) for c in r) for r in grid[:MAX_HEADER_ROW]]
        full = max(widths)
        row = next(i for i, w in enumerate(widths) if w >= 0.6 * full)
    below = grid[row + 1] if row + 1 < len(grid) else []
    if below and (
        [str(c) for c in below] == [str(c) for c in grid[row]] or _is_subheader(grid[row], below)
    ):  # merged downwards, or heads groups
        return row, 2
    if row > 0 and _is_subheader(grid[row - 1], grid[row]):
        return row - 1, 2
    return row, 1


def _is_subheader(upper: list[Cell], lower: list[Cell]) -> bool:
    """Whether ``upper`` repeats headings over several columns and ``lower`` tells them apart."""
    texts = [str(c).strip() for c in upper if _filled(c)]
    groups = {t for t in texts if texts.count(t) > 1}
    if not groups or any(isinstance(c, (int, float)) for c in lower):
        return False
    under = [_cell(lower, i) for i, c in enumerate(upper) if str(c).strip() in groups]
    return all(isinstance(c, str) for c in under) and len({str(c) for c in under}) > 1


def _headings(grid: Grid, header: int, depth: int) -> list[tuple[int, str]]:
    """(column, name) of every named column; ``A / B`` where two rows head it."""
    rows = grid[header : header + depth]
    names: list[tuple[int, str]] = []
    for i in range(max(len(r) for r in rows)):
        parts = [" ".join(str(r[i]).split()) for r in rows if i < len(r) and _filled(r[i])]
        parts = list(dict.fromkeys(parts))
        if parts:
            names.append((i, " / ".join(parts)))
    seen: dict[str, int] = {}
    unique = []
    for i, name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append((i, name if seen[name] == 1 else f"{name} ({seen[name]})"))
    return unique


def _set_aside(raw: RawLayer, body: Grid) -> RawLayer:
    """Put aside empty rows, totals and signatures, each with its rule."""
    words = resources.load("layers")["vocabularies"]
    keep = np.ones(len(body), dtype=bool)
    for i, row in enumerate(body):
        rule = _no_data(row, words)
        if rule:
            keep[i] = False
            text = "; ".join(str(c).strip() for c in row if _filled(c))[:120]
            raw.aside.append((i, rule, text))
    return raw.keep(keep)


def _no_data(row: list[Cell], words: Any) -> str | None:
    filled = [c for c in row if _filled(c)]
    if not filled:
        return "row.empty"
    texts = [str(c).strip().casefold().rstrip(":") for c in filled if isinstance(c, str)]
    texts = [t for t in texts if not re.fullmatch(r"[\d.,]+", t)]
    if len(texts) <= 2 and any(_begins(t, w) for t in texts for w in words["totals"]):
        return "row.total"
    first = [t for t in texts if any(_begins(t, w) for w in words["signatures"])]
    if first and len(filled) <= 3:
        return "row.signature"
    return None


def _begins(text: str, word: str) -> bool:
    return text == word or text.startswith((word + " ", word + ",", word + ":", word + "."))


def is_date(value: Any) -> bool:
    """Whether a cell holds a date that the spreadsheet made."""
    return isinstance(value, (dt.date, dt.datetime))
