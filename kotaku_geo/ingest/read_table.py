"""Spreadsheets and delimited text as records: finds the header, joins merged headings, sets aside
totals and signatures."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

from kotaku_geo import resources
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest import wkb, workbook
from kotaku_geo.ingest.encoding import Text, shown
from kotaku_geo.ingest.formats import best_delimiter
from kotaku_geo.ingest.limits import at_most
from kotaku_geo.ingest.raw import Note, RawLayer
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

MAX_HEADER_ROW = 30
SAMPLE = 200_000  # characters that the delimiter is found in
SPACES = " \t\r\n\v\f\xa0\u200b\u200c\u200d\u2060\ufeff"  # hidden ones included
WKT = regex(
    r"(?i)(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE|GEOMETRYCOLLECTION"
    r"|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|TIN|TRIANGLE|POLYHEDRALSURFACE)"
    r"\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)"
)
Cell = Any
Grid = list[list[Cell]]


def read_table(
    staged: Staged, table: str | None, encoding: str | None, wanted: Sequence[str]
) -> RawLayer:
    """All records of one sheet or delimited file.

    Args:
        staged: the file; it has been looked at.
        table: sheet of a workbook; needed only where several hold data.
        encoding: encoding of a text file where it should not be found out.
        wanted: headings that the pipeline file maps; the header row is the one that has most.

    Raises:
        InputError: the file cannot be read, or holds no header row.
        PipelineFileError: the workbook has no such sheet.
    """
    if staged.kind.reader == "table":
        grid, text = _read_text(staged, encoding)
        return as_layer(grid, staged, staged.path.stem, wanted, text)
    grids = read_sheets(staged, table)
    if len(grids) > 1:
        fitting = {n: g for n, g in grids.items() if _best_header(g, wanted)[0] > 0}
        grids = fitting or grids
    if len(grids) > 1:
        known = ", ".join(grids)
        raise InputError(f"{staged.name}: beberapa lembar berisi data; pilih di `table`: {known}")
    if not grids:
        raise InputError(f"{staged.name}: buku kerja kosong")
    sheet, grid = next(iter(grids.items()))
    return as_layer(grid, staged, sheet, wanted, None)


def as_layer(
    grid: Grid, staged: Staged, layer: str, wanted: Sequence[str], text: Text | None
) -> RawLayer:
    """The records under the header of a grid of cells; WKT in a column becomes geometry."""
    _bounded(grid, staged.name)
    header, depth = _find_header(grid, wanted)
    names = _headings(grid, header, depth)
    body = grid[header + depth :]
    frame = pd.DataFrame(
        {name: pd.Series([_cell(row, i) for row in body], dtype=object) for i, name in names}
    )
    raw = RawLayer(
        path=staged.name,
        frame=frame,
        geometry=None,
        source_row=np.arange(len(body), dtype=np.int64),
        rows_read=len(body),
        first_row=header + depth + 1,
        encoding=shown(text.used) if text else None,
        layer=layer,
    )
    if text is not None and body and len(body[-1]) < len(grid[header]) and not text.ended:
        why = "baris terakhirnya tidak selesai"
        raw.notes.append(Note("file.unfinished", why, "kept", {"sebab": why}))
    if text is not None and text.guessed:
        params = {"dipakai": raw.encoding, "tertulis": "tidak ada"}
        raw.notes.append(Note("encoding.replaced", raw.encoding, "repaired", params))
    raw = _set_aside(raw, body)
    raw.doubtful += _beyond(raw, body, names[-1][0] + 1 if names else 0)
    return _with_shapes(raw)


def _with_shapes(raw: RawLayer) -> RawLayer:
    """Geometry of a column whose filled cells are all WKT."""
    for name in raw.frame.columns:
        texts = [v.strip() if isinstance(v, str) else v for v in raw.frame[name]]
        filled = [t for t in texts if t is not None]
        if not filled or not all(isinstance(t, str) and WKT.match(t) for t in filled):
            continue
        built = wkb.from_wkt(texts)
        raw.geometry, raw.closed, raw.broken = built.geometry, built.closed, built.broken
        raw.has_z = built.has_z
        raw.frame = raw.frame.drop(columns=name)
        srid = {t[5:].split(";")[0] for t in filled if t[:5].upper() == "SRID="}
        raw.crs_found = f"EPSG:{srid.pop()}" if len(srid) == 1 else None
        return raw
    return raw


def _cell(row: list[Cell], index: int) -> Cell:
    value = row[index] if index < len(row) else None
    return None if isinstance(value, str) and not value.strip(SPACES) else value


def _read_text(staged: Staged, encoding: str | None) -> tuple[Grid, Text]:
    at_most("text_bytes", staged.path.stat().st_size, "byte teks", staged.name)
    content, text = _decode(staged.path.read_bytes(), encoding, staged.name)
    delimiter = best_delimiter(content[:SAMPLE].splitlines()[:50])
    csv.field_size_limit(10_000_000)
    grid: Grid = []
    try:
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            at_most("columns", len(row), "kolom", staged.name)
            grid.append(list(row))
        text = replace(text, ended=content.endswith(("\n", "\r")))
    except csv.Error as error:
        raise InputError(f"{staged.name}: bukan CSV yang sah: {error}") from error
    return grid, text


def _decode(data: bytes, encoding: str | None, name: str) -> tuple[str, Text]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), Text("utf-16", "utf-16")
    guesses = resources.load("encodings")["guesses"]
    for candidate in (encoding,) if encoding else guesses:
        try:
            sure = encoding is not None or candidate == guesses[0]
            return data.decode(candidate), Text(encoding, candidate, not sure)
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise InputError(f"{name}: pengodean {candidate!r} tidak dikenal") from error
    raise InputError(f"{name}: isinya bukan {encoding}")


def read_sheets(staged: Staged, table: str | None = None) -> dict[str, Grid]:
    """The cells of the sheets that hold anything, or of the one that is named.

    Raises:
        InputError: the workbook cannot be read or is too large.
        PipelineFileError: it has no such sheet.
    """
    workbook.bearable(staged)
    try:
        book = python_calamine.load_workbook(str(staged.path))
        if table is not None and table not in book.sheet_names:
            known = ", ".join(book.sheet_names)
            raise PipelineFileError(
                f"{staged.name}: lembar {table!r} (`table`) tidak ada; yang ada: {known}"
            )
        names = [table] if table is not None else book.sheet_names
        grids = {n: _sheet(book, n, staged.name) for n in names}
    except python_calamine.PasswordError as error:
        raise InputError(f"{staged.name}: terkunci kata sandi; kirim tanpa kata sandi") from error
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile, ValueError) as error:
        text = str(error).replace(str(staged.path), staged.name)
        raise InputError(f"{staged.name}: buku kerja tidak dapat dibaca: {text}") from error
    return {n: g for n, g in grids.items() if any(_filled(c) for row in g for c in row)}


def _sheet(book: Any, name: str, path: str) -> Grid:
    """A sheet's cells, with merged ranges filled from their first cell."""
    sheet = book.get_sheet_by_name(name)
    at_most("cells", sheet.total_height * max(sheet.total_width, 1), "sel", path)
    grid: Grid = sheet.to_python(skip_empty_area=False)
    filled = 0
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or []:
        for r in range(top, min(bottom, len(grid) - 1, top + MAX_HEADER_ROW) + 1):
            last = min(right, len(grid[r]) - 1)
            filled += max(0, last - left + 1)
            at_most("cells", filled, "sel yang digabung", path)
            for c in range(left, last + 1):
                grid[r][c] = grid[top][left]
    return grid


def _bounded(grid: Grid, name: str) -> None:
    """Cut empty rows off the end.

    Raises:
        InputError: nothing is left, or it is wider than is taken in.
    """
    at_most("columns", max((len(row) for row in grid), default=0), "kolom", name)
    while grid and not any(_filled(c) for c in grid[-1]):
        grid.pop()
    if not grid:
        raise InputError(f"{name}: berkas kosong")


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip(SPACES) != ""


def fold(heading: Any) -> str:
    """A heading without case, spaces, dots and underscores, for comparison."""
    return re.sub(r"[\s_.]+", "", str(heading)).casefold()


def _best_header(grid: Grid, wanted: Sequence[str]) -> tuple[int, int]:
    """(mapped headings found, row) of the best header row; the first of equals."""
    folded = {fold(part) for w in wanted for part in (w, *w.split(" / "))}
    best = (0, 0)
    for i, row in enumerate(grid[:MAX_HEADER_ROW]):
        found = len({fold(c) for c in row if _filled(c)} & folded)
        if found > best[0]:
            best = (found, i)
    return best


def _find_header(grid: Grid, wanted: Sequence[str]) -> tuple[int, int]:
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


def _beyond(raw: RawLayer, body: Grid, width: int) -> list[tuple[int, str, str]]:
    """Records with cells past the last heading, which are in no column."""
    return [
        (
            int(i),
            "row.beyond",
            "; ".join(str(c).strip() for c in body[i][width:] if _filled(c))[:120],
        )
        for i in raw.source_row
        if any(_filled(c) for c in body[i][width:])
    ]


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
