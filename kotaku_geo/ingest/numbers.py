"""Numbers as they are written in the field: ``1.234,56``, ``12,5 Ha``, ``Rp 1.250.000,-``,
``(-0,02677)``.

A mark between digits is a decimal mark or parts thousands. Most cells say which by themselves; one
like ``1.234`` does not, and is read as the other cells of its column show.
"""

import datetime as dt
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.ingest.cells import Issue, Parsed, by_distinct, clean, scaled
from kotaku_geo.late import record, regex

_NUMBER = regex(r"^([+-]?)\s*(\d[\d.,]*|[.,]\d+)(?:[eE]([+-]?\d{1,3}))?\s*([^\d\s].*)?$")
_PLAIN = regex(r"^-?\d+(\.\d+)?$")
_FAMILIAR = regex(r"^[+-]?[\d.,]+(?:\s*[A-Za-z%]+[2²]?)?\.?$")
_SPACED = regex(r"^[+-]?\s*\d{1,3}(?: \d{3})+(?!\d)")
_ALONE = regex(r"^\((.*)\)$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))
_SUPERSCRIPTS = regex(r"(?<=\d)[¹²³⁰⁴-⁹]+⁾?$")
_AMOUNT_END = regex(r"[.,]\s*-{1,3}$")
MARKS = (".", ",")
AMBIGUOUS = "ambigu"


@record
class Written:
    """A cell taken apart: sign, digits with their marks, exponent, unit.

    Attributes:
        unit: canonical unit that is written behind it, None where there is none.
        money: the cell says that it is an amount of rupiah.
        mended: it was written in a way that had to be seen through (footnote, brackets …).
    """

    negative: bool
    digits: str
    exponent: int
    unit: str | None
    money: bool
    mended: bool


@dataclass
class Marks:
    """How often a column uses each mark for certain: as decimal mark, to part thousands."""

    decimal: Counter[str] = field(default_factory=Counter)
    thousands: Counter[str] = field(default_factory=Counter)
    unclear: set[str] = field(default_factory=set)

    def add(self, digits: str) -> None:
        """Count what the digits of one cell show."""
        read = _by_itself(digits)
        if read is None:
            return
        mark = next((m for m in MARKS if m in digits), None)
        if read is AMBIGUOUS:
            self.unclear.add(str(mark))
        elif isinstance(read, tuple):
            for used, table in zip(read[1:], (self.decimal, self.thousands), strict=True):
                if used:
                    table[used] += 1

    def is_decimal(self, mark: str, whole: bool) -> bool | None:
        """Whether the mark of an unclear cell is decimal; None where the column says both."""
        other = MARKS[1 - MARKS.index(mark)]
        if self.decimal[mark] and self.thousands[mark]:
            return None
        if self.decimal[mark] or self.thousands[mark]:
            return bool(self.decimal[mark])
        if self.decimal[other] or self.thousands[other]:
            return not self.decimal[other]
        if whole:
            return False
        return mark == "," or "," not in self.unclear

    def shown(self, mark: str) -> bool:
        """Whether some cell tells what the mark of an unclear one is."""
        return any(self.decimal[m] or self.thousands[m] for m in (mark, *MARKS))


@cache
def unit_words() -> dict[str, str]:
    """Written unit, folded → canonical unit."""
    table = resources.load("values")["units"]
    return {str(word): str(unit) for unit, words in table.items() for word in words}


def parse_number(series: pd.Series, unit: str | None = None, whole: bool = False) -> Parsed:
    """Numbers in any of the field's spellings; a unit written behind a number is heeded.

    Args:
        series: the column as delivered.
        unit: the canonical unit, to convert a written ``m2`` in a column of hectares.
        whole: the quantity is counted (people, households), so that ``1.234`` is a thousand.
    """
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        numbers = series.astype("float64")
        return Parsed(numbers.where(np.isfinite(numbers)))
    values, issues = clean(series)
    cells = {c: take_apart(c) for c in _distinct_texts(values)}
    marks = Marks()
    for cell in cells.values():
        if cell is not None and not cell.money:
            marks.add(cell.digits)
    converted, rows = by_distinct(values, lambda cell: _number(cell, cells, marks, unit, whole))
    issues += _told(values, converted, rows, cells, unit)
    issues += _unclear_marks(rows, cells, marks, whole)
    return Parsed(pd.to_numeric(converted, errors="coerce").astype("float64"), issues)


def _distinct_texts(values: pd.Series) -> list[str]:
    return list(dict.fromkeys(v for v in values if isinstance(v, str)))


def take_apart(text: str) -> Written | None:
    """The parts of a cell, or None where it is no number with at most a unit behind it."""
    plain, money, about = _without_prefix(_tidy(text))
    if _AMOUNT_END.search(plain):
        plain, money = _AMOUNT_END.sub("", plain), True
    bare = plain.rstrip("".join(resources.load("values")["notes"]) + " ")
    mended = money or about or bare != plain or text != _tidy(text)
    inner = _ALONE.match(bare)
    if inner:
        if not (inner.group(1).strip().startswith("-") or money):
            return None  # brackets: an accountant's minus, or a remark
        bare, mended = "-" + inner.group(1).strip().lstrip("-"), True
    spaced = _SPACED.match(bare)
    if spaced:
        bare = spaced.group().replace(" ", "") + bare[spaced.end() :]
    match = _NUMBER.match(bare)
    if not match:
        return None
    sign, digits, exponent, behind = match.groups()
    unit = unit_words().get(re.sub(r"[\s.]+", "", behind).casefold()) if behind else None
    if behind and unit is None and behind.strip(" .'"):
        return None
    digits = digits.rstrip(".,")
    if exponent and sum(map(digits.count, MARKS)) == 1:
        digits += "0"  # no thousands are parted before an exponent: the mark is decimal
    return Written(sign == "-", digits, int(exponent or 0), unit, money, mended)


def _without_prefix(text: str) -> tuple[str, bool, bool]:
    """The text behind ``Rp`` and ``±``, whether it is money, and whether it is approximate."""
    found = {"money": False, "about": False}
    for kind in found:
        for word in resources.load("values")[kind]:
            if text.casefold().startswith(word) and re.match(r"[\s.\d+-]", text[len(word) :]):
                text, found[kind] = text[len(word) :].lstrip(" ."), True
    return text, found["money"], found["about"]


def states_unit(cell: Any) -> bool:
    """Whether a cell says its unit by itself; what the column is in does not concern it then."""
    written = take_apart(cell) if isinstance(cell, str) else None
    return written is not None and written.unit is not None


def _tidy(text: str) -> str:
    """One kind of space, minus and digit; footnote numbers set high are left out."""
    text = _SUPERSCRIPTS.sub("", text.strip().lstrip("'’").replace("\u00a0", " "))
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return " ".join(text.split())


def _by_itself(digits: str) -> tuple[str, str | None, str | None] | str | None:
    """(number, decimal mark, thousands mark) of digits that say how they are meant.

    `AMBIGUOUS` where they do not, None where they are no number.
    """
    used = [m for m in MARKS if m in digits]
    if not used:
        return digits, None, None
    if len(used) == 2:
        decimal = max(used, key=digits.rindex)
        thousands = min(used, key=digits.rindex)
        head, _, tail = digits.rpartition(decimal)
        if decimal in head or not _grouped(head, thousands):
            return None
        return f"{head.replace(thousands, '')}.{tail}", decimal, thousands
    mark = used[0]
    if digits.count(mark) > 1:
        return (digits.replace(mark, ""), None, mark) if _grouped(digits, mark) else None
    head, _, tail = digits.partition(mark)
    if len(tail) != 3 or not head or len(head) > 3 or head.startswith("0"):
        return f"{head or '0'}.{tail}", mark, None
    return AMBIGUOUS


def _grouped(digits: str, mark: str) -> bool:
    first, *rest = digits.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest)


def _number(
    cell: Any, cells: dict[str, Written | None], marks: Marks, unit: str | None, whole: bool
) -> float | None:
    if isinstance(cell, (bool, np.bool_, dt.date, dt.datetime)):
        return None
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return _finite(cell)
    written = cells.get(cell) if isinstance(cell, str) else None
    factor = _factor(written.unit, unit) if written else None
    if written is None or factor is None:
        return None
    read = _by_itself(written.digits)
    if read is AMBIGUOUS:
        mark = next(m for m in MARKS if m in written.digits)
        decimal = False if written.money else marks.is_decimal(mark, whole)
        if decimal is None:
            return None
        text = written.digits.replace(mark, "." if decimal else "")
    elif isinstance(read, tuple):
        text = read[0]
    else:
        return None
    number = scaled(float(f"{text}e{written.exponent}"), factor)
    return _finite(-number if written.negative else number)


def _finite(cell: Any) -> float | None:
    try:
        number = float(cell)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _factor(written: str | None, unit: str | None) -> float | None:
    """Factor from the written unit to the column's; None where it is a unit of something else."""
    if written is None:
        return 1.0
    if written == "%":
        return 0.01 if unit == "pecahan" else None
    table = resources.load("layers")["units"].get(unit) if unit else None
    if table is None:
        return 1.0
    return float(table[written]) if written in table else None


def _told(
    values: pd.Series,
    converted: pd.Series,
    rows: dict[Any, Any],
    cells: dict[str, Written | None],
    unit: str | None,
) -> list[Issue]:
    """What is no number, and what was read although it looks otherwise."""
    issues = []
    known = values[values.notna()]
    mostly_numbers = sum(not isinstance(v, str) for v in known) * 2 > len(rows)
    for cell, where in rows.items():
        text = " ".join(str(cell).split())[:80]
        meant = converted.iloc[where[0]]
        written = cells.get(cell) if isinstance(cell, str) else None
        params = {"isi": text}
        if meant is None and written is not None and _by_itself(written.digits) is AMBIGUOUS:
            continue  # told once for the column
        if meant is None:
            mismatch = written is not None and _factor(written.unit, unit) is None
            rule = "value.unit-mismatch" if mismatch else "value.not-number"
            told = {"ditulis": written.unit if written else None, "satuan": unit}
            issues.append(Issue(rule, where, text, params | told))
        elif written is not None and (
            (written.mended and not _FAMILIAR.match(cell.strip()))
            or (mostly_numbers and not _PLAIN.match(cell))
        ):
            params["hasil"] = f"angka {meant:.15g}".replace(".", ",")
            issues.append(Issue("value.repaired", where, text, params, "repaired"))
    return issues


def _unclear_marks(
    rows: dict[Any, Any], cells: dict[str, Written | None], marks: Marks, whole: bool
) -> list[Issue]:
    """One issue for a column in which nothing tells whether ``1.234`` is a thousand."""
    unclear = [
        cell
        for cell, written in cells.items()
        if written is not None and not written.money and _by_itself(written.digits) is AMBIGUOUS
    ]
    if not unclear:
        return []
    mark = next(m for m in MARKS if m in unclear[0])
    decimal = marks.is_decimal(mark, whole)
    if decimal is not None and (whole or marks.shown(mark)):
        return []
    where = np.sort(np.concatenate([rows[c] for c in unclear]))
    example = sorted(unclear)[0]
    meant = {True: "desimal", False: "ribuan", None: "tidak diketahui"}[decimal]
    params = {"isi": example, "jumlah": len(where), "hasil": meant}
    return [Issue("value.unclear-mark", where, example, params, each=False)]


def parse_integer(series: pd.Series) -> Parsed:
    """Whole numbers; 2019.0 is 2019, and a date that stands for a year is its year."""
    dates = series.map(lambda c: isinstance(c, (dt.date, dt.datetime)))
    years = series.where(~dates, series.map(lambda c: getattr(c, "year", c)))
    parsed = parse_number(years if dates.any() else series, whole=True)
    broken = parsed.values.notna() & (parsed.values % 1 != 0)
    rows = np.flatnonzero(broken)
    if len(rows):
        parsed.issues.append(Issue("value.not-number", rows, None, {"isi": "pecahan"}))
    return Parsed(parsed.values.mask(broken).astype("Int64"), parsed.issues)
