"""A workbook for each sender, to be mailed back to the office that delivered the files."""

import datetime as dt
import io
import re
import tempfile
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from kotaku_geo import resources
from kotaku_geo.checking import CheckResult
from kotaku_geo.checking.senders import (
    Group,
    Speaker,
    by_rule,
    groups,
    lines,
    sender_of,
    title,
)
from kotaku_geo.errors import OutputError
from kotaku_geo.files import settle
from kotaku_geo.findings import rules

MOST = 100_000  # findings of one sheet
LONGEST = 2_000  # characters of one cell
STAMP = dt.datetime(2000, 1, 1)  # the same bytes every time
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDTHS = (6, 12, 26, 15, 11, 17, 44, 24, 15, 34, 24, 19)
LINE = 14.5  # points that a line of text is high
READ_FIRST = (38, 38, 14, 52, 18, 16)
COLUMNS = ("severity", "file", "table", "row", "column", "wrong", "was", "action", "act")


def write_workbooks(result: CheckResult, folder: Path, lang: str) -> list[tuple[Path, int]]:
    """One workbook per sender with its findings; gives the files and how many findings each has.

    Raises:
        OutputError: the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: tidak dapat dibuat: {error.strerror}") from error
    names = resources.load("check")[lang]["book"]["file"]
    written: list[tuple[Path, int]] = []
    taken: set[str] = set()
    for group in groups(result.findings, result.file.pipeline):
        if group.side != "pengirim":
            continue
        target = folder / _file_name(group.sender or "", taken, names)
        content = _workbook(group, result, lang)
        with tempfile.TemporaryDirectory(prefix=".check-", dir=folder) as beside:
            unfinished = Path(beside) / target.name
            unfinished.write_bytes(content)
            settle(unfinished, target)
        written.append((target, len(group.findings)))
    return written


def _file_name(sender: str, taken: set[str], words: dict[str, str]) -> str:
    """``temuan-dinas-perkim.xlsx``: letters, digits and hyphens alone, never the same twice."""
    plain = unicodedata.normalize("NFKD", sender).encode("ascii", "ignore").decode()
    slug = (
        re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:60].strip("-") or words["nobody"]
    )
    stem = f"{words['findings']}-{slug}"
    name, number = f"{stem}.xlsx", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.xlsx"
    taken.add(name)
    return name


@dataclass
class _Styles:
    """The formats of one workbook."""

    book: xlsxwriter.Workbook

    def __post_init__(self) -> None:
        base = {"text_wrap": True, "valign": "top"}
        line = {**base, "border": 1, "border_color": "#C0C0C0"}
        self.title = self.book.add_format({"bold": True, "font_size": 16})
        self.strong = self.book.add_format({**base, "bold": True})
        self.text = self.book.add_format(base)
        self.cell = self.book.add_format(line)
        self.number = self.book.add_format({**line, "num_format": "#,##0", "align": "center"})
        self.head = self.book.add_format(
            {**line, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"}
        )
        self.answer = self.book.add_format({**line, "bg_color": "#FFF9E5"})
        self.severity = {
            "error": self.book.add_format({**line, "bold": True, "bg_color": "#F8D7DA"}),
            "warning": self.book.add_format({**line, "bg_color": "#FFE8C2"}),
            "info": self.book.add_format({**line, "bg_color": "#E8EEF7"}),
        }


def _workbook(group: Group, result: CheckResult, lang: str) -> bytes:
    words = resources.load("check")[lang]
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(memory, options) as book:
        book.set_properties({"title": words["book"]["title"], "created": STAMP})
        styles = _Styles(book)
        first, findings, notes = words["book"]["sheets"]
        _read_first(book.add_worksheet(first), group, result, words, lang, styles)
        speaker = Speaker(result.file.pipeline, result.first_rows, words, lang)
        told = list(lines(group, speaker))
        graver = [row for row in told if row["severity"] != "info"]
        lighter = [row for row in told if row["severity"] == "info"]
        _findings(book.add_worksheet(findings), graver, words, styles)
        _findings(book.add_worksheet(notes), lighter, words, styles)
    return memory.getvalue()


def _read_first(
    sheet: Any, group: Group, result: CheckResult, words: dict[str, Any], lang: str, styles: _Styles
) -> None:
    """Plain instructions, the files that were looked at, and the findings counted."""
    texts = words["book"]
    city = result.file.pipeline.city
    for column, width in enumerate(READ_FIRST):
        sheet.set_column(column, column, width)
    _put(sheet, 0, 0, texts["title"], styles.title)
    _put(sheet, 2, 0, texts["to"], styles.strong)
    _put(sheet, 2, 1, group.sender or words["nobody"], styles.text)
    _put(sheet, 3, 0, texts["city"], styles.strong)
    _put(sheet, 3, 1, f"{city.name} ({city.code})", styles.text)
    row = 5
    for number, text in enumerate([*texts["intro"], texts["counting"]], start=1):
        sheet.merge_range(row, 0, row, 3, "")
        _put(sheet, row, 0, f"{number}. {text}", styles.text)
        sheet.set_row(row, _height([text], [sum(READ_FIRST[:4])]))
        row += 1
    row = _table(sheet, row + 1, texts["summary"], texts["summary_head"],
                 _summary(group, words, lang), styles)  # fmt: skip
    _table(sheet, row + 1, texts["files"], texts["file_head"], _files(group, result), styles)
    _page(sheet)


def _summary(group: Group, words: dict[str, Any], lang: str) -> Iterator[Sequence[Any]]:
    for severity, rule, some in by_rule(group.findings):
        act = rules()[rule][f"act_{lang}"]
        yield words["severity"][severity], title(rule, lang), len(some), act


def _files(group: Group, result: CheckResult) -> Iterator[Sequence[Any]]:
    """The accounts of the sender's files; those without a finding are told as well."""
    sources = result.sources
    own = sources["source_id"].map(lambda s: sender_of(s, result.file.pipeline)) == group.sender
    for row in sources[own].sort_values(["path", "source_id"]).to_dict("records"):
        read = [row[k] for k in ("rows_read", "rows_kept", "rows_rejected")]
        crs = row["crs_used"] if isinstance(row["crs_used"], str) else ""
        used = row["encoding_used"] if isinstance(row["encoding_used"], str) else ""
        yield row["path"], *read, crs[:40], used


def _table(
    sheet: Any, row: int, heading: str, head: Sequence[str], body: Any, styles: _Styles
) -> int:
    """A headed table from ``row``; gives the row after it."""
    _put(sheet, row, 0, heading, styles.strong)
    for column, text in enumerate(head):
        _put(sheet, row + 1, column, text, styles.head)
    row += 2
    for line in body:
        for column, value in enumerate(line):
            _put(sheet, row, column, value, styles.cell if _is_text(value) else styles.number)
        sheet.set_row(row, _height(line, READ_FIRST))
        row += 1
    return row


def _findings(
    sheet: Any, told: list[dict[str, Any]], words: dict[str, Any], styles: _Styles
) -> None:
    """A line a finding, with a filter, a frozen header, and a column for the sender's answer."""
    texts = words["book"]
    for column, (text, width) in enumerate(zip(texts["head"], WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        _put(sheet, 0, column, text, styles.head)
    sheet.set_row(0, 2 * LINE)
    for row, line in enumerate(told[:MOST], start=1):
        shown = {
            **line,
            "severity": words["severity"][line["severity"]],
            "action": texts["action"][line["action"]],
        }
        _put(sheet, row, 0, row, styles.number)
        _put(sheet, row, 1, shown["severity"], styles.severity[line["severity"]])
        for column, key in enumerate(COLUMNS[1:], start=2):
            _put(sheet, row, column, shown[key], styles.number if key == "row" else styles.cell)
        sheet.set_row(row, _height([shown[k] for k in COLUMNS], WIDTHS[1:]))
        _put(sheet, row, 10, "", styles.answer)
        _put(sheet, row, 11, line["id"], styles.cell)
    last = min(len(told), MOST)
    if not told:
        _put(sheet, 1, 1, texts["empty"], styles.text)
    if len(told) > MOST:
        _put(sheet, last + 1, 1, texts["cut"].format(n=MOST), styles.strong)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(WIDTHS) - 1)
    _page(sheet)
    sheet.repeat_rows(0)


def _height(texts: Sequence[Any], widths: Sequence[float]) -> float:
    """Points that a row needs for its wrapped texts; not every program works it out by itself."""
    lines = [
        sum(len(textwrap.wrap(part, max(int(width * 0.95), 1))) or 1 for part in text.splitlines())
        for text, width in zip(texts, widths, strict=False)
        if isinstance(text, str) and text
    ]
    return LINE * max([1, *lines])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _page(sheet: Any) -> None:
    """Printed on A4 across, all columns on a page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)


def _put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a cell: numbers as numbers, all else as text that no program takes for a formula."""
    if value is None or value is pd.NA:
        sheet.write_blank(row, column, None, style)
    elif not isinstance(value, str):
        sheet.write_number(row, column, value, style)
    elif value == "":
        sheet.write_blank(row, column, None, style)
    else:
        sheet.write_string(row, column, harmless(value), style)


def harmless(text: str) -> str:
    """Text that stays text when the sheet is opened, saved as CSV and opened again.

    What begins like a formula gets an apostrophe in front; a plain number keeps its sign.
    """
    cleaned = "".join(c for c in text if c.isprintable() or c in "\t\n\r")[:LONGEST]
    if cleaned.lstrip(" ").startswith(FORMULA) and not re.fullmatch(
        r"[+-]?\d[\d.,]*\s?%?|[+−–-]", cleaned
    ):
        return f"'{cleaned}"
    return cleaned
