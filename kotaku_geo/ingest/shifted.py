"""Rows whose cells slid into the neighbouring columns when they were pasted.

One odd cell is a slip; several odd ones in a row that is otherwise like no other are a shift. The
row is kept as it is: nobody can say by how much it slid.
"""

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.ingest.cells import Issue
from kotaku_geo.ingest.numbers import parse_number
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.texts import number

USUAL = 0.75  # share of a column's cells that are alike, for the others to be odd
MIN_ROWS = 4
MIN_SCORES = 10  # headings of scores that make a form
MAX_DIFFERING = 0.5  # of the rows: more, and the sum means something else
COUNTED = frozenset({"jiwa", "KK", "unit", "nilai"})
MEASURED = frozenset({"ha", "km2"})
LARGE = 5.0  # times the usual area
ODD = 2
Oddities = dict[str, NDArray[np.bool_]]


def shifted_rows(
    frame: pd.DataFrame,
    issues: list[tuple[str, Issue]],
    definitions: dict[str, dict[str, Any]],
    delivered: pd.DataFrame,
) -> list[tuple[str, Issue]]:
    """An issue for each row that seems to have slid.

    Args:
        frame: the typed columns.
        issues: (column, issue) of the parsers.
        definitions: of the columns of ``frame``.
        delivered: the columns as they came.
    """
    odd = _words(frame, issues, definitions)
    for column, mask in _figures(frame, definitions).items():
        odd[column] = odd.get(column, False) | mask
    if odd and len(frame) >= MIN_ROWS:
        count = np.sum(list(odd.values()), axis=0)
        told = [
            _issue(int(row), "; ".join(sorted(c for c, mask in odd.items() if mask[row])))
            for row in np.flatnonzero(count >= ODD)
        ]
    else:
        told = []
    known = {int(issue.rows[0]) for _, issue in told}
    return told + [(c, i) for c, i in _sums(delivered) if int(i.rows[0]) not in known]


def _issue(row: int, columns: str) -> tuple[str, Issue]:
    params = {"sebab": f"isi yang tidak lazim di kolom {columns}"}
    return "baris", Issue("row.shifted", np.array([row]), columns, params)


def _words(
    frame: pd.DataFrame, issues: list[tuple[str, Issue]], definitions: dict[str, dict[str, Any]]
) -> Oddities:
    """Text in columns of numbers, and numbers in no RT's spelling, where both are rare."""
    found: Oddities = {}
    for column, issue in issues:
        numeric = definitions.get(column, {}).get("type") in ("number", "volume", "share")
        if (numeric and issue.rule == "value.not-number") or issue.rule == "rt.unreadable":
            found.setdefault(column, np.zeros(len(frame), dtype=bool))[issue.rows] = True
    return {c: mask for c, mask in found.items() if mask.mean() <= 1 - USUAL}


def _figures(frame: pd.DataFrame, definitions: dict[str, dict[str, Any]]) -> Oddities:
    """Fractions in columns of counts; large whole numbers in columns of areas."""
    found: Oddities = {}
    for column, definition in definitions.items():
        unit = definition.get("unit")
        if definition["type"] not in ("number", "volume") or unit not in COUNTED | MEASURED:
            continue
        values = frame[column].to_numpy(dtype=float)
        known = ~np.isnan(values)
        if known.sum() < MIN_ROWS:
            continue
        odd = known & (values % 1 != 0)
        if unit in MEASURED:
            odd = known & ~odd & (values > LARGE * np.median(values[known]))
        if 0 < odd.sum() <= (1 - USUAL) * known.sum():
            found[column] = odd
    return found


@cache
def _score_heading() -> re.Pattern[str]:
    return re.compile(resources.load("values")["score_heading"], re.IGNORECASE)


def _sums(delivered: pd.DataFrame) -> list[tuple[str, Issue]]:
    """Rows of a numeric form whose scores do not add up to the total written beside them."""
    heads = {str(c): fold(str(c).split(" / ")[-1]) for c in delivered.columns}
    scores = [c for c, head in heads.items() if _score_heading().match(head)]
    aliases = {fold(a) for a in resources.load("layers")["columns"]["skor"]["aliases"]}
    totals = [c for c, head in heads.items() if head in aliases]
    if len(scores) < MIN_SCORES or len(totals) != 1:
        return []
    table = np.column_stack([parse_number(delivered[c]).values.to_numpy() for c in scores])
    total = parse_number(delivered[totals[0]]).values.to_numpy()
    added = np.where(np.isnan(table).all(axis=1), np.nan, np.nansum(table, axis=1))
    known = ~(np.isnan(added) | np.isnan(total))
    differs = known & ~np.isclose(added, total)
    if differs.sum() > MAX_DIFFERING * max(known.sum(), 1):
        return []
    told = []
    for row in np.flatnonzero(differs):
        written = f"{number(added[row])} ≠ {number(total[row])}"
        params = {"sebab": f"jumlah nilai parameter {written} (total tertulis)"}
        told.append(("baris", Issue("row.shifted", np.array([row]), written, params)))
    return told
