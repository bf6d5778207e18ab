"""Cells to typed values: numbers as they are written in the field, closed vocabularies, codes.

Every parser works on the distinct values of a column and reports what it could not read or had to
mend; nothing is guessed. A parser gives the values and the issues; rows are positions in the
column.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources

KEMENDAGRI = re.compile(r"^([1-9]\d)\.?(\d{2})\.?(\d{2})\.?([123]\d{3})$")
_KECAMATAN = re.compile(r"^([1-9]\d)\.?(\d{2})\.?(\d{2})$")
_NUMBER = re.compile(r"^([+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?)\s*([a-z%²\u00b2/0-9]*)\.?$", re.I)
MINUS = frozenset({"-", "–"})
_PLAIN_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_SUFFIXES = {
    "ha": ("ha", 1.0), "hektar": ("ha", 1.0), "m2": ("m2", 1.0), "m²": ("m2", 1.0),
    "km2": ("km2", 1.0), "km²": ("km2", 1.0), "m": ("m", 1.0), "km": ("km", 1.0), "cm": ("cm", 1.0),
    "unit": ("unit", 1.0), "bh": ("unit", 1.0), "kk": ("KK", 1.0), "jiwa": ("jiwa", 1.0),
    "jam": ("jam", 1.0), "menit": ("menit", 1.0), "%": ("%", 1.0), "": ("", 1.0),
}  # fmt: skip


@dataclass
class Issue:
    """Something a parser has to tell: the rule, the rows, and what was there."""

    rule: str
    rows: NDArray[np.int64]
    value: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    action: str = "kept"
    each: bool = True


@dataclass
class Parsed:
    """A column's values with what its parser has to tell."""

    values: pd.Series
    issues: list[Issue] = field(default_factory=list)


@cache
def null_words() -> frozenset[str]:
    """Cells that mean "unknown", in lower case."""
    return frozenset(resources.load("layers")["vocabularies"]["null"])


@cache
def vocabulary(kind: str) -> dict[str, str]:
    """Folded spelling → canonical word of a closed vocabulary."""
    table = resources.load("layers")["vocabularies"][kind]
    folded = {fold_word(s): str(word) for word, spellings in table.items() for s in spellings}
    return folded | {fold_word(word): str(word) for word in table}


def fold_word(cell: Any) -> str:
    """A word in lower case with single spaces and without punctuation, plus and minus kept."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = re.sub(r"[\s_]+", " ", str(cell).replace("−", "-")).strip().casefold()
    if text in ("+", "-", "–"):
        return text
    sign = "-" if re.match(r"-\d", text) else ""
    return sign + re.sub(r"[^\w\s+]", " ", text).strip()


def clean(series: pd.Series, keeps: frozenset[str] = frozenset()) -> tuple[pd.Series, list[Issue]]:
    """Null words but those in ``keeps`` become None; text is trimmed. One issue per word found."""
    values = series.astype(object).where(series.notna(), None)
    texts = np.array([isinstance(v, str) for v in values], dtype=bool)
    issues: list[Issue] = []
    if not texts.any():
        return values, issues
    stripped = values[texts].map(str.strip)
    folded = stripped.str.casefold()
    words = null_words() - keeps
    null = folded.isin(list(words))
    for word in sorted(set(stripped[null]) - {""}):
        rows = np.asarray(stripped.index[(stripped == word) & null], dtype=np.int64)
        params = {"isi": word, "jumlah": len(rows)}
        issues.append(Issue("value.null-text", rows, word, params, each=False))
    values = values.copy()
    values[stripped.index] = stripped.astype(object).where(~null, None)
    return values, issues


def by_distinct(
    values: pd.Series, function: Callable[[Any], Any]
) -> tuple[pd.Series, dict[Any, NDArray[np.int64]]]:
    """Apply ``function`` to each distinct value; also the rows of each distinct value."""
    known = values.notna().to_numpy()
    codes, distinct = pd.factorize(values[known].map(_hashable), use_na_sentinel=False)
    position = np.flatnonzero(known)
    results = np.empty(len(distinct), dtype=object)
    results[:] = [function(d) for d in distinct]
    out = np.full(len(values), None, dtype=object)
    out[position] = results[codes]
    order = np.argsort(codes, kind="stable")
    groups = np.split(position[order], np.flatnonzero(np.diff(codes[order])) + 1)
    rows = {d: groups[i] for i, d in enumerate(distinct)} if len(distinct) else {}
    return pd.Series(out, index=values.index, dtype=object), rows


def _hashable(value: Any) -> Any:
    return str(value) if isinstance(value, (list, dict, set, np.ndarray)) else value


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
    comma = _comma_decimal(values, whole)
    converted, rows = by_distinct(values, lambda cell: _number(cell, comma, unit))
    mostly_numbers = sum(not isinstance(v, str) for v in values if v is not None) * 2 > len(rows)
    for cell, where in rows.items():
        text = " ".join(str(cell).split())[:80]
        meant = converted.iloc[where[0]]
        if meant is None:
            issues.append(Issue("value.not-number", where, text, {"isi": text}))
        elif mostly_numbers and isinstance(cell, str) and not _PLAIN_NUMBER.match(cell):
            params = {"isi": text, "hasil": f"angka {meant:g}".replace(".", ",")}
            issues.append(Issue("value.repaired", where, text, params, "repaired"))
    return Parsed(pd.to_numeric(converted, errors="coerce").astype("float64"), issues)


def _comma_decimal(values: pd.Series, whole: bool) -> bool | None:
    """Whether a comma is the decimal mark in this column; None where a dot is, by all it shows."""
    texts = [v for v in values if isinstance(v, str)]
    if any(re.search(r"\d,\d{1,2}\b(?!\d)|\d,\d{4,}|\.\d{3},\d", t) for t in texts):
        return True
    if any(re.search(r"\d\.\d{1,2}\b(?!\d)|\d\.\d{4,}|,\d{3}\.\d", t) for t in texts):
        return None
    dotted = any(re.search(r"\d\.\d{3}$", t.strip()) for t in texts)
    commas = any(re.search(r"\d,\d{3}$", t.strip()) for t in texts)
    if dotted and commas:
        return True
    return True if (dotted and whole) else (not whole if commas else None)


def _number(cell: Any, comma: bool | None, unit: str | None) -> float | None:
    if isinstance(cell, (bool, dt.date, dt.datetime)):
        return None
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return float(cell) if np.isfinite(cell) else None
    match = _NUMBER.match(str(cell).strip().removeprefix("Rp").strip())
    if not match or match.group(2).lower() not in _SUFFIXES:
        return None
    digits = match.group(1)
    digits = digits.replace(".", "").replace(",", ".") if comma else digits.replace(",", "")
    try:
        number = float(digits)
    except ValueError:
        return None
    suffix = match.group(2).lower()
    if not np.isfinite(number) or (suffix == "%" and unit != "pecahan"):
        return None
    return number * _suffix_factor(suffix, unit)


def _suffix_factor(suffix: str, unit: str | None) -> float:
    name = _SUFFIXES[suffix][0]
    if name == "%":
        return 0.01 if unit == "pecahan" else 1.0
    table = resources.load("layers")["units"].get(unit, {}) if unit else {}
    return float(table.get(name, 1.0))


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
    issues += _unread(found, rows)
    return Parsed(found.astype("Int64"), issues)


def parse_integer(series: pd.Series) -> Parsed:
    """Whole numbers; 2019.0 is 2019."""
    parsed = parse_number(series, whole=True)
    broken = parsed.values.notna() & (parsed.values % 1 != 0)
    rows = np.flatnonzero(broken)
    if len(rows):
        parsed.issues.append(Issue("value.not-number", rows, None, {"isi": "pecahan"}))
    return Parsed(parsed.values.mask(broken).astype("Int64"), parsed.issues)


def parse_date(series: pd.Series) -> Parsed:
    """Dates as ISO text; day before month, as Indonesian papers write it."""
    values, issues = clean(series)

    def read(cell: Any) -> str | None:
        if isinstance(cell, (dt.date, dt.datetime)):
            return cell.strftime("%Y-%m-%d")
        text = str(cell).strip()
        for form in (
            "%Y-%m-%d",
            "%d/%m/%Y",
            "%d-%m-%Y",
            "%d.%m.%Y",
            "%Y/%m/%d",
            "%Y-%m-%d %H:%M:%S",
        ):
            try:
                return dt.datetime.strptime(text, form).strftime("%Y-%m-%d")
            except ValueError:
                continue
        return None

    found, rows = by_distinct(values, read)
    return Parsed(found.astype(object), issues + _unread(found, rows))


def parse_code(series: pd.Series) -> Parsed:
    """Kemendagri codes in dotted form; undotted ones are dotted, with an issue a row, or one for
    the column where that is how it is written throughout."""
    values, issues = clean(series)
    found, rows = by_distinct(values, kemendagri)
    mended: list[NDArray[np.int64]] = []
    for cell, where in rows.items():
        code = found.iloc[where[0]]
        text = str(cell).strip()
        if code is None:
            issues.append(Issue("code.unreadable", where, text, {"isi": text}))
        elif code != text:
            mended.append(where)
    usual = sum(map(len, mended)) > values.notna().sum() / 2
    for where in mended[:1] if usual else mended:
        params = {"isi": str(values.iloc[where[0]]), "kode": found.iloc[where[0]]}
        issues.append(Issue("code.repaired", where, params["isi"], params, "repaired", not usual))
    return Parsed(found.astype(object), issues)


def kemendagri(cell: Any) -> str | None:
    """One cell as a dotted Kemendagri code (kelurahan or kecamatan), or None."""
    text = _digits_text(cell)
    for pattern in (KEMENDAGRI, _KECAMATAN):
        match = pattern.match(text)
        if match:
            return ".".join(match.groups())
    return None


def parse_bps(series: pd.Series) -> Parsed:
    """BPS codes: ten digits as text."""
    values, issues = clean(series)

    def read(cell: Any) -> str | None:
        text = _digits_text(cell).replace(".", "")
        return text if re.fullmatch(r"[1-9]\d{9}", text) else None

    found, rows = by_distinct(values, read)
    for cell, where in rows.items():
        if found.iloc[where[0]] is None:
            issues.append(Issue("code.unreadable", where, str(cell), {"isi": str(cell)}))
    return Parsed(found.astype(object), issues)


def parse_text(series: pd.Series, keeps: frozenset[str] = frozenset()) -> Parsed:
    """Text with single spaces; null words are unknown, but for those that say something here."""
    values, issues = clean(series, keeps)
    found, _ = by_distinct(values, lambda c: " ".join(plain_text(c).split()) or None)
    return Parsed(found.astype(object), issues)


def plain_text(cell: Any) -> str:
    """A cell as text; a whole number that a spreadsheet made a float loses its ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _digits_text(cell: Any) -> str:
    text = plain_text(cell).strip()
    return text.removesuffix(".0")


def _unread(found: pd.Series, rows: dict[Any, NDArray[np.int64]]) -> list[Issue]:
    issues = []
    for cell, where in rows.items():
        if found.iloc[where[0]] is None:
            text = " ".join(str(cell).split())[:80]
            issues.append(Issue("value.unknown-category", where, text, {"isi": text}))
    return issues
