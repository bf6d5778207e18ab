"""What people type into the worksheet, read: shares, dates, and plain words.

Every fault is an `AnswerError` whose text says what is wrong and what to write instead.
"""

import datetime as dt
import re
from typing import Any

from kotaku_geo.publish.worksheet.words import data, number, say

LONGEST = 2_000  # letters of an answer
EARLIEST = dt.date(2000, 1, 1)
_SERIAL_0 = dt.date(1899, 12, 30)  # day 0 of a spreadsheet's calendar
_SHARE = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,12}))?\s*(%|persen|percent)?", re.IGNORECASE)
_NUMERIC = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]+)")
_ERROR = re.compile(r"#(?:VALUE!|REF!|NAME\?|N/A|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|Err:[0-9]{3}")
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_WORDS = re.compile(r"(?:[a-z']+\s*,\s*)?([0-9]{1,2})\s*[-/ ]?\s*([a-z]+)\.?\s*[-/ ]?\s*([0-9]+)")
_SPACE = re.compile(r"\s+")


class AnswerError(ValueError):
    """An answer that cannot be used; its text says why and what to write."""


def words(value: Any) -> str:
    """A cell as one line of text without needless space; empty where nothing was written.

    Raises:
        AnswerError: it is too long, or what a formula shows that cannot be computed.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    kept = (letter for letter in str(value) if letter.isprintable() or letter.isspace())
    text = _SPACE.sub(" ", "".join(kept)).strip()
    if _ERROR.fullmatch(text):
        raise AnswerError(say("salah.rumus", isi=text))
    if len(text) > LONGEST:
        raise AnswerError(say("salah.panjang", batas=number(LONGEST, 0)))
    return text


def share(value: Any, percent_format: bool = False) -> float:
    """A share in percent, 0 … 100, of ``45,5``, ``45.5``, ``45,5 %`` or a number.

    Args:
        value: the cell.
        percent_format: the cell is shown as a percentage, so that 0.455 stands for 45.5 %.

    Raises:
        AnswerError: no number, out of range, or a number between 0 and 1 of which nobody can tell
            whether it is a fraction.
    """
    result = _number(value, percent_format)
    if not 0 <= result <= 100:
        raise AnswerError(say("salah.rentang", nilai=number(result, 2)))
    return round(result, 6) + 0.0


def is_bare(value: Any, percent_format: bool = False) -> bool:
    """Whether a number that `share` reads is written without a sign for percent."""
    match = _SHARE.fullmatch(str(value).strip())
    return not percent_format and (match is None or match[3] is None)


def amount(value: Any, percent_format: bool = False) -> float:
    """A number that is not negative, of ``45,5``, ``45.5`` or a number cell.

    Raises:
        AnswerError: no number, a percentage, or less than nothing.
    """
    if percent_format:
        raise AnswerError(say("salah.jumlah", nilai=_short(float(value))))
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        match = _SHARE.fullmatch(str(value).strip())
        if match is None or match[3]:
            raise AnswerError(say("salah.angka", nilai=str(value)[:40]))
        value = float(f"{match[1]}.{match[2] or 0}")
    if not 0 <= value < 1e9:
        raise AnswerError(say("salah.jumlah", nilai=_short(float(value))))
    return round(float(value), 6) + 0.0


def _number(value: Any, percent_format: bool) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if percent_format:
            return float(value) * 100
        if 0 < value < 1:
            raise AnswerError(say("salah.pecahan", nilai=_short(value), persen=_short(100 * value)))
        return float(value)
    match = _SHARE.fullmatch(str(value).strip())
    if match is None:
        raise AnswerError(say("salah.angka", nilai=str(value)[:40]))
    result = float(f"{match[1]}.{match[2] or 0}")
    if 0 < result < 1 and match[3] is None:
        raise AnswerError(say("salah.pecahan", nilai=_short(result), persen=_short(100 * result)))
    return result


def _short(value: float) -> str:
    return number(value, 3).rstrip("0").rstrip(",.")


def date(value: Any, today: dt.date) -> dt.date:
    """The day of ``2 Mei 2024``, ``02/05/2024`` (day first), ``2024-05-02`` or a date cell.

    Raises:
        AnswerError: no such day, a year of two digits, or a day that has not come yet.
    """
    day = _day(value)
    if day > today:
        raise AnswerError(say("salah.tanggal_depan", tanggal=day.strftime("%d/%m/%Y")))
    if day < EARLIEST:
        raise AnswerError(say("salah.tanggal_lama", tanggal=day.strftime("%d/%m/%Y")))
    return day


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not 0 < value < 100_000 or value != int(value):
            raise AnswerError(say("salah.tanggal", tanggal=value))
        return _SERIAL_0 + dt.timedelta(days=int(value))
    text = _SPACE.sub(" ", str(value)).strip().lower()
    if found := _ISO.fullmatch(text):
        return _made(found[3], int(found[2]), found[1], value)
    if found := _NUMERIC.fullmatch(text):
        return _made(found[1], int(found[2]), found[3], value)
    if found := _WORDS.fullmatch(text):
        return _made(found[1], _month(found[2], value), found[3], value)
    raise AnswerError(say("salah.tanggal", tanggal=str(value)[:40]))


def _month(word: str, value: Any) -> int:
    names: dict[str, int] = data("bulan")
    if word not in names:
        raise AnswerError(say("salah.tanggal", tanggal=str(value)[:40]))
    return names[word]


def _made(day: str, month: int, year: str, value: Any) -> dt.date:
    if len(year) != 4:
        raise AnswerError(say("salah.tahun", tanggal=str(value)[:40]))
    try:
        return dt.date(int(year), month, int(day))
    except ValueError as error:
        raise AnswerError(say("salah.tidak_ada", tanggal=str(value)[:40])) from error
