"""Looks of the workbook's cells, and the set-up that all its sheets share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from kotaku_geo.publish.worksheet.form import SHEET
from kotaku_geo.publish.worksheet.words import plain, say

A3, A4 = 8, 9  # paper, as spreadsheets number it
LINE = 13.0  # points
_BASE = {"font_name": "Arial", "font_size": 10, "valign": "top", "text_wrap": True}
_BOX = {"border": 1, "border_color": "#BFBFBF"}
_HEAD = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "valign": "vcenter"}
_ANSWER = {**_BOX, "bg_color": "#FFFFE5", "locked": False, "align": "left"}
_TABLE: dict[str, dict[str, Any]] = {
    "text": {},
    "title": {"bold": True, "font_size": 16, "text_wrap": False},
    "sub": {"bold": True, "font_size": 12, "font_color": "#1F4E79", "text_wrap": False},
    "note": {"italic": True, "font_color": "#7F3F00"},
    "head": {**_BOX, **_HEAD},
    "head_answer": {**_BOX, **_HEAD, "bg_color": "#7F6000"},
    "band": {**_BOX, **_HEAD, "bg_color": "#2E75B6", "align": "center"},
    "locked": {**_BOX, "bg_color": "#F2F2F2"},
    "strong": {**_BOX, "bg_color": "#FCE4D6", "bold": True},
    "stale": {**_BOX, "bg_color": "#F4B084", "bold": True},
    "decided": {**_BOX, "bg_color": "#C6E0B4"},
    "shut": {**_BOX, "bg_color": "#D9D9D9"},
    # Numbers and days begin at the left as well, off the text of the next column.
    "answer": _ANSWER,
    "answer_date": {**_ANSWER, "num_format": "dd/mm/yyyy"},
    "cell": {**_BOX},
    "cell_strong": {**_BOX, "bold": True},
    # The room behind a number (``_)``) keeps it off the text of the next column.
    "share": {**_BOX, "num_format": "0.0_)"},
    "area": {**_BOX, "num_format": "#,##0.00_)"},
    "count": {**_BOX, "num_format": "#,##0_)"},
    "total": {**_BOX, "num_format": "#,##0", "bold": True, "align": "center", "font_size": 12},
    "link": {**_BOX, "font_color": "#0563C1", "underline": 1},
}
_TEXTS = ("locked", "strong", "stale", "decided", "cell", "cell_strong", "text")
_MARKS = {"done": {"bg_color": "#E2F0D9"}, "lack": {"bg_color": "#FFD966"}}


@dataclass(frozen=True)
class Column:
    """A column of a view: its heading, its width in letters, and the look of its cells."""

    heading: str
    width: float
    style: str = "cell"


class Styles:
    """The workbook's formats, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.formats = {
            # The prefix keeps a text that looks like a formula a text when its cell is edited.
            name: book.add_format({**_BASE, "quote_prefix": name in _TEXTS, **look})
            for name, look in _TABLE.items()
        }
        for name, look in _MARKS.items():  # a mark changes one thing and leaves the rest
            self.formats[name] = book.add_format(look)

    def __getitem__(self, name: str) -> Any:
        return self.formats[name]


def set_up(
    sheet: Any, city: str, *, paper: int = A4, repeat: tuple[int, int] | None = None
) -> None:
    """Landscape, as wide as the paper, header rows on every page, page numbers, no password."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.hide_gridlines(2)
    name = plain(city).replace("&", "&&")
    sheet.set_header(f"&L{name}&R&A")
    sheet.set_footer(f"&L{say('buku.kaki')}&R{say('buku.halaman')} &P / &N")
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    options = ("autofilter", "format_columns", "format_rows", "objects", "scenarios")
    sheet.protect("", dict.fromkeys(options, True))


def put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a number as a number and anything else as text; unknown leaves the cell empty."""
    if value is None or value != value or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, plain(value), style)


def put_head(sheet: Any, row: int, columns: Sequence[Column], styles: Styles) -> None:
    """A view's heading row, two lines high, and the widths of its columns."""
    sheet.set_row(row, 30)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        put(sheet, row, place, column.heading, styles["head"])


def fit(sheet: Any, row: int, cells: Sequence[tuple[Any, float]], least: float = 0) -> None:
    """Give a row the height that its texts need: not every program does so by itself.

    Args:
        sheet: the sheet.
        row: the row.
        cells: values of wrapped cells with the widths of their columns.
        least: points that the row needs besides, for a picture.
    """
    texts = [(value, width) for value, width in cells if isinstance(value, str)]
    most = max((lines(text, width) for text, width in texts), default=1)
    sheet.set_row(row, min(max(most * LINE + 4, least), 409))  # a row cannot be higher


def lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many letters, rather one too many."""
    return sum(max(1, -(-len(line) // max(int(width), 1))) for line in text.split("\n"))


def none(sheet: Any, at: int, count: int, styles: Styles, told: str | None = None) -> None:
    """Say it where a view has no row: a page that is printed is not to be empty."""
    if not count:
        put(sheet, at, 1, told or say("lembar.kosong"), styles["text"])


def link(sheet: Any, at: int, row: int, styles: Styles) -> None:
    """A link to the row of ``konflik``, counted from 1 below its header, in which it is decided."""
    sheet.write_url(at, 0, f"internal:{SHEET}!A{row + 1}", styles["link"], str(row + 1))
