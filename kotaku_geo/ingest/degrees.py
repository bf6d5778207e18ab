"""Coordinates that are written in degrees, minutes and seconds: ``3°19'12" LS``."""

import re
import unicodedata
from typing import Any

import pandas as pd

from kotaku_geo.ingest.cells import Issue, Parsed, by_distinct, clean
from kotaku_geo.ingest.numbers import parse_number
from kotaku_geo.late import regex

_PART = r"\d{1,3}(?:[.,]\d+)?"
_ANGLE = regex(
    rf"^(?P<before>[a-z]{{1,2}})?\s*(?P<sign>-?)\s*(?P<degrees>{_PART})\s*(?:°|º|d|derajat)?"
    rf"(?:\s*(?P<minutes>{_PART})\s*(?:'|menit))?"
    rf"(?:\s*(?P<seconds>{_PART})\s*(?:\"|''|detik))?\s*(?P<behind>[a-z]{{1,2}})?\.?$",
    re.IGNORECASE,
)
_HALVES = {"n": 1, "lu": 1, "e": 1, "bt": 1, "s": -1, "ls": -1, "w": -1, "bb": -1}
_MARKS = str.maketrans({"′": "'", "’": "'", "`": "'", "″": '"', "”": '"', "“": '"', "−": "-"})


def parse_degrees(series: pd.Series) -> Parsed:
    """Degrees, south and west negative; plain numbers as `parse_number` reads them.

    A cell in degrees, minutes and seconds, or with its half of the globe, is told.
    """
    if pd.api.types.is_numeric_dtype(series):
        return parse_number(series, "derajat")
    values, issues = clean(series)
    angles, rows = by_distinct(values, angle)
    written = angles.notna()
    parsed = parse_number(values.where(~written, None), "derajat")
    for cell, where in rows.items():
        if written.iloc[where[0]]:
            text = str(cell)[:80]
            params = {"isi": text, "hasil": f"{angles.iloc[where[0]]:.7g}".replace(".", ",")}
            issues.append(Issue("value.repaired", where, text, params, "repaired"))
    found = parsed.values.where(~written, pd.to_numeric(angles, errors="coerce"))
    return Parsed(found.astype("float64"), issues + parsed.issues)


def angle(cell: Any) -> float | None:
    """Degrees of a cell that names minutes or its half of the globe; None for any other."""
    if not isinstance(cell, str):
        return None
    text = unicodedata.normalize("NFKC", cell.strip().translate(_MARKS)).translate(_MARKS)
    match = _ANGLE.match(text)
    if not match:
        return None
    halves = [w.casefold() for w in match.group("before", "behind") if w]
    if len(halves) > 1 or any(w not in _HALVES for w in halves):
        return None
    if not halves and match["minutes"] is None:
        return None
    parts = [float((match[k] or "0").replace(",", ".")) for k in ("degrees", "minutes", "seconds")]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    size = parts[0] + parts[1] / 60 + parts[2] / 3600
    half = _HALVES[halves[0]] if halves else 1
    return -size if match["sign"] or half < 0 else size
