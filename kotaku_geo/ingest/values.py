"""Cells to typed values: numbers, codes, closed vocabularies, priorities, dates, text.

Every parser works on the distinct values of a column and reports what it could not read or had to
mend; nothing is guessed. A parser gives the values and the issues; rows are positions in the
column. Those of numbers and codes live in `numbers` and `codes` and are named here as well.
"""

import datetime as dt
import re
from typing import Any

import pandas as pd

from kotaku_geo.ingest.cells import (
    Issue,
    Parsed,
    by_distinct,
    clean,
    fold_word,
    null_words,
    plain_text,
    unread,
    vocabulary,
)
from kotaku_geo.ingest.codes import KEMENDAGRI, bps, kemendagri, parse_bps, parse_code
from kotaku_geo.ingest.dates import as_date, month_of
from kotaku_geo.ingest.numbers import parse_integer, parse_number
from kotaku_geo.late import regex

__all__ = [
    "KEMENDAGRI",
    "MINUS",
    "Issue",
    "Parsed",
    "bps",
    "by_distinct",
    "clean",
    "fold_word",
    "kemendagri",
    "null_words",
    "parse_bps",
    "parse_code",
    "parse_date",
    "parse_integer",
    "parse_number",
    "parse_priority",
    "parse_text",
    "parse_word",
    "plain_text",
    "vocabulary",
]
_DAY_FIRST = regex(r"^(\d{1,2})[\s./-](\d{1,2}|[A-Za-z]{3,9})\.?[\s./-](\d{4}|\d{2})$")
_CLOCK = r"(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?"
_YEAR_FIRST = regex(rf"^(\d{{4}})[./-](\d{{1,2}})[./-](\d{{1,2}}){_CLOCK}$")
MINUS = frozenset({"-", "–"})


def parse_word(series: pd.Series, kind: str) -> Parsed:
    """Words of a closed vocabulary; the same word twice in a cell counts once, with an issue."""
    values, issues = clean(series, MINUS if kind in ("sign", "yesno", "legal") else frozenset())
    words = vocabulary(kind)
    found, rows = by_distinct(values, lambda cell: _word(cell, words))
    for cell, where in rows.items():
        word = found.iloc[where[0]]
        text = " ".join(str(cell).split())[:80]
        params = {"isi": text, "hasil": word}
        if word is None:
            issues.append(Issue("value.unknown-category", where, text, params))
        elif fold_word(cell) not in words:
            issues.append(Issue("value.repaired", where, text, params, action="repaired"))
    return Parsed(found.astype(object), issues)


def _word(cell: Any, words: dict[str, str]) -> str | None:
    folded = fold_word(cell)
    if folded in words:
        return words[folded]
    parts = [fold_word(p) for p in re.split(r"[\r\n;/|]+", str(cell)) if p.strip()]
    means = {words.get(p) for p in parts}
    return means.pop() if len(means) == 1 else None


def parse_priority(series: pd.Series) -> Parsed:
    """``Prioritas 3``, ``3`` or ``3.0`` → 3; only 1 … 9 are priorities."""
    values, issues = clean(series)

    def read(cell: Any) -> int | None:
        match = re.fullmatch(r"(?:prioritas\s*)?([1-9])(?:\.0+)?", str(cell).strip().casefold())
        return int(match.group(1)) if match else None

    found, rows = by_distinct(values, read)
    issues += unread(found, rows)
    return Parsed(found.astype("Int64"), issues)


def parse_date(series: pd.Series) -> Parsed:
    """Dates as ISO text; day before month, as Indonesian papers write it.

    ``2 Mei 2024``, ``02/05/2024``, ``02-05-24``, ``2024-05-02`` and a spreadsheet's number of the
    day are read.
    """
    values, issues = clean(series)
    found, rows = by_distinct(values, _date)
    return Parsed(found.astype(object), issues + unread(found, rows))


def _date(cell: Any) -> str | None:
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.strftime("%Y-%m-%d")
    match = _DAY_FIRST.match(" ".join(plain_text(cell).split()))
    if match:
        day, month, year = match.groups()
        number = int(month) if month.isdecimal() else month_of(month)
        return _iso(int(year) + (2000 if len(year) == 2 else 0), number or 0, int(day))
    match = _YEAR_FIRST.match(plain_text(cell).strip())
    if match:
        year, month, day = match.groups()
        return _iso(int(year), int(month), int(day))
    date = as_date(cell)
    return date.isoformat() if date and plain_text(cell).strip().isdecimal() else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def parse_text(series: pd.Series, keeps: frozenset[str] = frozenset()) -> Parsed:
    """Text with single spaces; null words are unknown, but for those that say something here."""
    values, issues = clean(series, keeps)
    found, _ = by_distinct(values, lambda c: " ".join(plain_text(c).split()) or None)
    return Parsed(found.astype(object), issues)
