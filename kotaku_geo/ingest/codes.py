"""Codes of kelurahan and kecamatan as they come out of spreadsheets: dots and zeros lost, floats,
exponents.

A Kemendagri code (33.75.01.1002) and a BPS code (3375010002) of ten digits look alike and mean
different places. Neither is ever made of the other.
"""

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.ingest.cells import Issue, Parsed, by_distinct, clean, plain_text
from kotaku_geo.late import regex

KEMENDAGRI = regex(r"^([1-9]\d)\.?(\d{2})\.?(\d{2})\.?([123]\d{3})$")
_KECAMATAN = regex(r"^([1-9]\d)\.?(\d{2})\.?(\d{2})$")
_PARTS = regex(r"^([1-9]\d)\.(\d{1,2})\.(\d{1,2})(?:\.([123]\d{3}))?$")
_WITHIN_CITY = regex(r"^(?:(\d{1,2})\.|(0\d)|(\d))([123]\d{3})$")
_FLOAT_PARTS = {2: (7, 3), 4: (5, 1), 6: (3,)}  # digits left behind a dot when one zero was lost
_EXPONENT = regex(r"^(\d)[.,](\d{9})[eE]\+?0?9$")
_BPS = regex(r"^[1-9]\d{9}$")
_BPS_PARTS = regex(r"^([1-9]\d)\.?(\d{2})\.(\d{3})\.(\d{3})$")
_TEN_DIGITS = regex(r"^[1-9]\d{9}$")


def parse_code(series: pd.Series, city: str | None = None) -> Parsed:
    """Kemendagri codes in dotted form; what was written otherwise is an issue a row, or one for
    the column where it is only the dots that lack, and mostly.

    Args:
        series: the column as delivered.
        city: code of the city, for codes that begin with the kecamatan.
    """
    values, issues = clean(series)
    found, rows = by_distinct(values, lambda cell: kemendagri(cell, city))
    undotted: list[NDArray[np.int64]] = []
    for cell, where in rows.items():
        code, text = found.iloc[where[0]], str(cell).strip()
        if code is None:
            hint = "; bentuknya kode BPS" if _TEN_DIGITS.match(code_text(cell)) else ""
            issues.append(Issue("code.unreadable", where, text, {"isi": text, "usul": hint}))
        elif code.replace(".", "") == plain_text(cell).strip().removesuffix(".0"):
            undotted.append(where)
        elif code != text:
            issues.append(
                Issue("code.repaired", where, text, {"isi": text, "kode": code}, "repaired")
            )
    usual = sum(map(len, undotted)) > values.notna().sum() / 2
    for where in undotted[:1] if usual else undotted:
        params = {"isi": str(values.iloc[where[0]]), "kode": found.iloc[where[0]]}
        issues.append(Issue("code.repaired", where, params["isi"], params, "repaired", not usual))
    return Parsed(found.astype(object), issues)


def kemendagri(cell: Any, city: str | None = None) -> str | None:
    """One cell as a dotted Kemendagri code (kelurahan or kecamatan), or None.

    Zeros are given back only where there is one place for them: before a part that the dots set
    apart, at the end of a number that a spreadsheet cut, after the city's own code.
    """
    text = code_text(cell)
    for pattern in (KEMENDAGRI, _KECAMATAN):
        match = pattern.match(text)
        if match:
            return ".".join(match.groups())
    match = _PARTS.match(text)
    if match:
        head, tail = match.group(1), match.group(4)
        parts = [head, *(p.zfill(2) for p in match.group(2, 3)), *([tail] if tail else [])]
        return ".".join(parts)
    return _with_last_zero(text) or (_within(text, city) if city else None)


def _with_last_zero(text: str) -> str | None:
    """``337501.101`` → 33.75.01.1010: the number 337501.1010 as a spreadsheet keeps it."""
    head, _, tail = text.partition(".")
    if not text.replace(".", "", 1).isdigit() or len(tail) not in _FLOAT_PARTS.get(len(head), ()):
        return None
    digits = f"{head}{tail}0"
    for pattern in (KEMENDAGRI, _KECAMATAN):
        match = pattern.match(digits)
        if match:
            return ".".join(match.groups())
    return None


def _within(text: str, city: str) -> str | None:
    """Codes without the city's part, or without the zero of their kecamatan."""
    match = _WITHIN_CITY.match(text)
    if match:
        kecamatan = next(part for part in match.groups()[:3] if part)
        return f"{city}.{kecamatan.zfill(2)}.{match.group(4)}"
    digits = city.replace(".", "")
    if len(text) == 9 and text.isdigit() and text.startswith(digits):
        return kemendagri(f"{digits}0{text[4:]}")
    return None


def parse_bps(series: pd.Series) -> Parsed:
    """BPS codes: ten digits as text. A code in Kemendagri's dotted form is none."""
    values, issues = clean(series)
    found, rows = by_distinct(values, bps)
    for cell, where in rows.items():
        code, text = found.iloc[where[0]], str(cell).strip()
        if code is None:
            hint = "; bentuknya kode Kemendagri" if KEMENDAGRI.match(code_text(cell)) else ""
            issues.append(Issue("code.unreadable", where, text, {"isi": text, "usul": hint}))
        elif code != plain_text(cell).strip().removesuffix(".0"):
            issues.append(
                Issue("code.repaired", where, text, {"isi": text, "kode": code}, "repaired")
            )
    return Parsed(found.astype(object), issues)


def bps(cell: Any) -> str | None:
    """One cell as a BPS code of a kelurahan, or None."""
    text = code_text(cell)
    match = _BPS_PARTS.match(text)
    if match:
        return "".join(match.groups())
    return text if _BPS.match(text) else None


def code_text(cell: Any) -> str:
    """A code with dots between its parts and nothing round it; exponents written out."""
    text = unicodedata.normalize("NFKC", plain_text(cell)).strip().lstrip("'’").rstrip(" .")
    match = _EXPONENT.match(text)
    if match:
        return "".join(match.groups())
    text = re.sub(r"(?<=\d)\s*[.,\-–_/\s]\s*(?=\d)", ".", text).strip(" .")
    return text.removesuffix(".0") if re.fullmatch(r"\d{6,}\.0", text) else text
