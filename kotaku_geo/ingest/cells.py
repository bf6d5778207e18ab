"""Cells as parsers see them: unknown ones found, distinct ones read once, what is odd told."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources


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
    if isinstance(series.dtype, pd.StringDtype):
        return _clean_text(series, null_words() - keeps)
    values = series.astype(object).where(series.notna(), None)
    cells = values.to_list()
    words = null_words() - keeps
    stripped = {text: text.strip() for text in {c for c in cells if isinstance(c, str)}}
    null = {text: word for text, word in stripped.items() if word.casefold() in words}
    changed: dict[str, str | None] = {t: w for t, w in stripped.items() if t != w}
    changed |= dict.fromkeys(null)
    if not changed:
        return values, []
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        if isinstance(cell, str) and cell in changed:
            cells[row] = changed[cell]
            if cell in null:
                rows.setdefault(null[cell], []).append(row)
    issues = []
    for word in sorted(rows.keys() - {""}):
        params = {"isi": word, "jumlah": len(rows[word])}
        where = np.asarray(rows[word], dtype=np.int64)
        issues.append(Issue("value.null-text", where, word, params, each=False))
    return pd.Series(cells, index=values.index, dtype=object), issues


def _clean_text(series: pd.Series, words: frozenset[str]) -> tuple[pd.Series, list[Issue]]:
    """`clean` of a column that holds nothing but text: each spelling is looked at once."""
    codes, spellings = pd.factorize(series)
    trimmed = np.empty(len(spellings) + 1, dtype=object)  # the last is for null, whose code is -1
    trimmed[:-1] = [spelling.strip() for spelling in spellings]
    null = {i: t for i, t in enumerate(trimmed[:-1]) if t.casefold() in words}
    issues = []
    for word in sorted(set(null.values()) - {""}):
        rows = np.flatnonzero(np.isin(codes, [i for i, t in null.items() if t == word]))
        params = {"isi": word, "jumlah": len(rows)}
        issues.append(Issue("value.null-text", rows, word, params, each=False))
    trimmed[list(null)] = None
    return pd.Series(trimmed[codes], index=series.index, dtype=object), issues


def by_distinct(
    values: pd.Series, function: Callable[[Any], Any]
) -> tuple[pd.Series, dict[Any, NDArray[np.int64]]]:
    """Apply ``function`` to each distinct value; also the rows of each distinct value."""
    known = values.notna().to_numpy()
    cells = values[known]
    if pd.api.types.infer_dtype(cells) != "string":
        cells = cells.map(_hashable)
    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
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
    if isinstance(value, bool):
        return str(value)  # else True would be the same as 1
    return str(value) if isinstance(value, (list, dict, set, np.ndarray)) else value


def plain_text(cell: Any) -> str:
    """A cell as text; a whole number that a spreadsheet made a float loses its ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


Scalable = TypeVar("Scalable", float, "pd.Series", NDArray[np.float64])


def scaled(figures: Scalable, factor: float) -> Scalable:
    """Figures in another unit. 600 m² are 0.06 ha to the last digit: a division by a whole number
    keeps what a multiplication by its inverse blurs."""
    inverse = round(1 / factor)
    if factor < 1 and math.isclose(inverse * factor, 1.0, rel_tol=1e-12):
        return figures / inverse
    return figures * factor


def unread(found: pd.Series, rows: dict[Any, NDArray[np.int64]]) -> list[Issue]:
    """An issue for each distinct cell in which no known word was found."""
    issues = []
    for cell, where in rows.items():
        if found.iloc[where[0]] is None:
            text = " ".join(str(cell).split())[:80]
            issues.append(Issue("value.unknown-category", where, text, {"isi": text}))
    return issues
