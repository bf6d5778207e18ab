"""Filled workbooks, read: the sheet ``konflik`` and the keys behind it, and nothing else.

A workbook that comes back is hostile until read: its size is bounded before and while it is
unpacked, and what formulas would give is taken as it was last shown.
"""

import contextlib
import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from kotaku_geo.errors import InputError
from kotaku_geo.publish.worksheet.cases import DECIDED
from kotaku_geo.publish.worksheet.form import COLUMNS, KEY_SHEET, KEYS, SHEET, same_text
from kotaku_geo.publish.worksheet.words import number, say

# What libraries raise on a file that is not what it says it is.
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError,
    TypeError, AttributeError, ArithmeticError, EOFError, RuntimeError,
)  # fmt: skip
MAX_BYTES = 32_000_000
MAX_UNPACKED = 160_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 60  # a person may have added some; columns are found by their names


@dataclass(frozen=True)
class Cell:
    """A value as it stands in the sheet, and whether it is shown as a percentage."""

    value: Any = None
    percent: bool = False

    @property
    def text(self) -> str:
        """The value as text, white space made single."""
        return same_text(self.value)


@dataclass(frozen=True)
class Row:
    """One row of ``konflik``: its file, its number in the sheet (the header is 1), its cells."""

    file: str
    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Key:
    """What the export kept of a row.

    Attributes:
        evidence: hash over the candidates.
        imprint: of the row's locked cells.
        decision_id: of the decision that the row went out with; empty where an older export wrote
            one and did not keep its id; None where it wrote none.
    """

    evidence: str
    imprint: str
    decision_id: str | None = None


@dataclass(frozen=True)
class Returned:
    """A filled workbook; ``keys`` is empty where a program did not keep them."""

    file: str
    rows: list[Row]
    keys: Mapping[str, Key] = field(default_factory=dict)


def read_workbook(path: Path) -> Returned:
    """Read one filled copy.

    Raises:
        InputError: it is no workbook, too large, or has no sheet ``konflik`` with its columns.
    """
    with _refusing(path):
        _check_size(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of parts that it does not keep
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        with contextlib.closing(book):
            if SHEET not in book.sheetnames:
                there = ", ".join(book.sheetnames)[:200]
                raise InputError(say("baca.tanpa_lembar", berkas=path.name, ada=there))
            rows = _rows(path.name, book[SHEET])
            keys = _keys(book[KEY_SHEET]) if KEY_SHEET in book.sheetnames else {}
    return Returned(path.name, rows, keys)


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Say in a sentence that a file cannot be read, or is not what it says it is."""
    try:
        yield
    except _BROKEN as error:
        raise InputError(say("baca.rusak", berkas=path.name)) from error
    except FileNotFoundError as error:
        raise InputError(say("baca.tidak_ada", berkas=path.name)) from error
    except OSError as error:
        text = say("baca.gagal", berkas=path.name, sebab=error.strerror or "?")
        raise InputError(text) from error


def _check_size(path: Path) -> None:
    """Refuse what is too large packed, or would be unpacked.

    A member cannot be read beyond the size that the archive declares for it.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    for size, most in ((path.stat().st_size, MAX_BYTES), (unpacked, MAX_UNPACKED)):
        if size > most:
            raise InputError(say("baca.besar", berkas=path.name, mb=most // 1_000_000))


def _rows(file: str, sheet: Any) -> list[Row]:
    lines = _lines(sheet)
    header = [same_text(cell.value).lower() for cell in next(lines, [])]
    missing = [column for column in COLUMNS if column not in header]
    twice = sorted({column for column in COLUMNS if header.count(column) > 1})
    if missing or twice:
        key = "baca.tanpa_kolom" if missing else "baca.kolom_ganda"
        raise InputError(say(key, berkas=file, kolom=", ".join(missing or twice)))
    places = {column: header.index(column) for column in COLUMNS}
    rows = []
    for place, line in enumerate(lines, start=2):
        if place > MAX_ROWS:
            raise InputError(say("baca.panjang", berkas=file, baris=number(MAX_ROWS, 0)))
        cells = {c: line[at] if at < len(line) else Cell() for c, at in places.items()}
        if any(cell.text for cell in cells.values()):
            rows.append(Row(file, place, cells))
    return rows


def _lines(sheet: Any) -> Iterator[list[Cell]]:
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    for line in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS):
        yield [Cell(cell.value, _shows_percent(cell)) for cell in line]


def _shows_percent(cell: Any) -> bool:
    """Whether a number's format multiplies it by a hundred for the eye."""
    if not isinstance(cell.value, (int, float)) or isinstance(cell.value, bool):
        return False
    form = cast(str, cell.number_format or "")
    quoted = form.split('"')[::2]  # what stands between quotes is text
    return "%" in "".join(quoted).replace("\\%", "")


def _keys(sheet: Any) -> dict[str, Key]:
    found: dict[str, Key] = {}
    lines = _lines(sheet)
    header = [cell.text for cell in next(lines, [])]
    if any(name not in header for name in KEYS[:3]):
        return {}
    places = {name: header.index(name) for name in KEYS if name in header}
    for line in lines:
        cells = {n: line[at].text if at < len(line) else "" for n, at in places.items()}
        name, evidence, content = (cells[column] for column in KEYS[:3])
        if name and evidence and content:
            found[name] = Key(evidence, content, _went_out_with(cells))
    return found


def _went_out_with(cells: Mapping[str, str]) -> str | None:
    """The id of the decision that a row was exported with; see `Key`."""
    if "decision_id" in cells:
        return cells["decision_id"] or None
    return "" if cells.get("status") == DECIDED else None


def is_blank(cell: Cell) -> bool:
    """Whether nothing was written: no value, or white space alone."""
    return not isinstance(cell.value, (dt.date, int, float)) and not cell.text
