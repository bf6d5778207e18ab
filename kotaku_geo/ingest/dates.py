"""Dates as spreadsheets and papers write them, among them those made of RT and RW."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from kotaku_geo.late import regex

_ISO_DATE = regex(r"^(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00(?:\.0+)?)?$")
_DAY_MONTH = regex(r"^(\d{1,2})[\s/-]([A-Za-z]{3,9})\.?(?:[\s/-](?:\d{4}|\d{2}))?$")
_MONTHS_EN = {"may": 5, "aug": 8, "agt": 8, "oct": 10, "dec": 12, "peb": 2, "nop": 11}
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_SERIAL = range(36526, 55153)  # a spreadsheet's numbers of the days of 2000 … 2050
_FIRST_DAY = dt.date(1899, 12, 30)


def as_date(cell: Any) -> dt.date | None:
    """The date that a spreadsheet made of a cell: as such, as its number, as text; else None."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell).strip().removesuffix(".0")
    if len(text) == 5 and text.isdecimal() and int(text) in _SERIAL:
        return _FIRST_DAY + dt.timedelta(days=int(text))
    match = _ISO_DATE.match(text)
    try:
        if match:
            return dt.date(*(int(g) for g in match.groups()))
        match = _DAY_MONTH.match(text)
        month = month_of(match[2]) if match else None
        return dt.date(2000, month, int(match[1])) if match and month else None
    except ValueError:
        return None


def month_of(word: str) -> int | None:
    """The month that a word or its first three letters name, in Indonesian or English."""
    short = word[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else _MONTHS_EN.get(short)


def shows_month_first(cells: Iterable[Any]) -> bool:
    """Whether some cell, still text, would be a date if the day came first: ``13/2``.

    A spreadsheet that reads the day first would have made a date of it; so it reads the month
    first, and its dates are month and day.
    """
    for cell in cells:
        match = re.fullmatch(r"(\d{2})[/-](\d{1,2})", str(cell).strip())
        if match and 12 < int(match[1]) <= 28 and 1 <= int(match[2]) <= 12 and match[2][0] != "0":
            return True
    return False
