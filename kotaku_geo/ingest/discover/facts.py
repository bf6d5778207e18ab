"""What the cells of a delivered column look like, tested against what a canonical column holds."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.ingest import rt as rt_cells
from kotaku_geo.ingest import values as cells
from kotaku_geo.ingest.names import normalise
from kotaku_geo.late import record, regex

MOST_DISTINCT = 400
BPS = regex(r"^[1-9]\d{9}$")
VOCABULARIES = ("level", "standing", "sign", "legal", "condition", "hazard", "score51")
PARAMETER = regex(r"^[1-7][a-e]$")


@record
class Places:
    """Names of kelurahan and kecamatan that the delivery itself gives, normalised."""

    kelurahan: frozenset[str] = frozenset()
    kecamatan: frozenset[str] = frozenset()


@dataclass
class Column:
    """One delivered column: its heading and its distinct values with how often each occurs."""

    heading: str
    series: pd.Series
    places: Places = field(default_factory=Places)
    _known: dict[Any, float | None] = field(default_factory=dict, repr=False)

    @cached_property
    def filled(self) -> pd.Series:
        """Cells that say something, trimmed."""
        cleaned, _ = cells.clean(self.series)
        return cleaned[cleaned.notna()]

    @cached_property
    def counts(self) -> "dict[Any, int]":
        """Distinct value → how often, the commonest first, bounded."""
        counted = self.filled.map(_hashable).value_counts(sort=False)
        ordered = sorted(counted.items(), key=lambda kv: (-kv[1], str(kv[0])))
        return {k: int(n) for k, n in ordered[:MOST_DISTINCT]}

    @cached_property
    def texts(self) -> list[str]:
        """Distinct values as text, the commonest first."""
        return [" ".join(cells.plain_text(v).split()) for v in self.counts]

    @cached_property
    def numbers(self) -> "pd.Series[float]":
        """The cells as numbers where they are such."""
        return cells.parse_number(self.series).values.astype("float64")

    @cached_property
    def pairs(self) -> float:
        """Share of the cells that name RT and RW together."""
        return self.share(is_pair) or 0.0

    def share(self, test: Callable[[Any], bool]) -> float | None:
        """Share of the filled cells that pass; None where none is filled."""
        total = sum(self.counts.values())
        if not total:
            return None
        return sum(n for value, n in self.counts.items() if test(value)) / total

    def fits(self, kind: str, definition: dict[str, Any], name: str) -> float | None:
        """How far the cells are what a canonical column of this kind holds: 0 … 1, None unknown."""
        key = (kind, name if kind == "text" else str(definition.get("unit")), definition.get("min"))
        if key not in self._known:
            self._known[key] = self._fits(kind, definition, name)
        return self._known[key]

    def _fits(self, kind: str, definition: dict[str, Any], name: str) -> float | None:
        if kind in ("number", "volume", "integer", "share"):
            return self.fits_number(kind, definition)
        if kind == "date":
            return self._fits_date()
        test = _TESTS.get(kind)
        if test is not None:
            return self.share(test)
        if kind in VOCABULARIES:
            words = cells.vocabulary(kind)
            return self.share(lambda v: _in_words(v, words))
        if kind == "yesno":
            return self.share(lambda v: yes_or_no(v) is not None)
        if name == "nama_kelurahan" and self.places.kelurahan:
            return self.share(lambda v: normalise(str(v)) in self.places.kelurahan)
        if name == "nama_kecamatan" and self.places.kecamatan:
            return self.share(lambda v: normalise(str(v)) in self.places.kecamatan)
        return self._fits_text(name)

    def _fits_date(self) -> float | None:
        likely = [v for v in self.counts if _looks_like_date(v)]
        if not likely:
            return 0.0 if self.counts else None
        read = cells.parse_date(pd.Series(likely, dtype=object)).values
        dates = {v for v, date in zip(likely, read, strict=True) if isinstance(date, str)}
        return self.share(lambda v: v in dates)

    def _fits_text(self, name: str) -> float | None:
        if not self.counts:
            return None
        if name == "parameter":
            return self.share(lambda v: bool(PARAMETER.match(str(v).strip().casefold())))
        if name.startswith("id_") or name == "nomor_sk":
            return 1.0
        return self.share(lambda v: bool(re.search(r"[A-Za-z]", str(v))))

    def fits_number(self, kind: str, definition: dict[str, Any]) -> float | None:
        """How far the cells are numbers within what the canonical column allows."""
        if not len(self.filled):
            return None
        known = self.numbers.notna()
        share = float(known.sum() / len(self.filled))
        values = self.numbers[known & (self.numbers != 0)]
        if not len(values):
            return share
        low, high = definition.get("min"), definition.get("max")
        if low not in (None, 0):
            inside = (values >= low) & (values <= (high if high is not None else np.inf))
            share *= float(inside.mean())
        if definition.get("unit") == "nilai":  # scores: 0 … 95 in either regulation
            share *= float(((values >= 0) & (values <= 95)).mean())
        if kind == "integer":
            share *= float((values % 1 == 0).mean())
        return share

    def one_value(self) -> bool:
        """Whether all filled cells say the same."""
        return len(self.counts) == 1


def _hashable(value: Any) -> Any:
    return str(value) if isinstance(value, (list, dict, set, np.ndarray)) else value


def _in_words(value: Any, words: dict[str, str]) -> bool:
    if cells.fold_word(value) in words:
        return True
    parts = {
        words.get(cells.fold_word(p)) for p in re.split(r"[\r\n;/|]+", str(value)) if p.strip()
    }
    return len(parts) == 1 and None not in parts


def yes_or_no(value: Any) -> str | None:
    """``ya`` or ``tidak`` where a cell says either in one of the words of the field, else None."""
    word = cells.fold_word(value)
    known = cells.vocabulary("yesno").get(word)
    if known is not None:
        return "ya" if known == "true" else "tidak"
    rules = resources.load("discovery")["yesno"]
    for meaning in ("ya", "tidak"):
        if word in rules[meaning]:
            return meaning
    for prefix in rules["no_prefixes"]:
        rest = word.removeprefix(prefix)
        if rest != word and yes_or_no(rest) == "ya":
            return "tidak"
    return None


def is_pair(value: Any) -> bool:
    """Whether a cell names RT and RW together."""
    reading = rt_cells.read_pair(value)
    return reading.rt is not None and reading.rw is not None


def _is_rt(value: Any) -> bool:
    return rt_cells.read_rt(value).rt is not None or is_pair(value)


def _is_rt_list(value: Any) -> bool:
    listed = rt_cells.read_list(value)
    return listed is not None and bool(re.search("[A-Za-z/]", str(value)))


def is_kemendagri(value: Any) -> bool:
    """A kelurahan's Kemendagri code, with or without dots: its last block of four begins 1 to 3."""
    return bool(cells.KEMENDAGRI.match(_code_text(value)))


def is_bps(value: Any) -> bool:
    """A kelurahan's BPS code: ten digits whose block of three for the kecamatan ends in 0.

    The same digit begins the last block of a Kemendagri code and is 1, 2 or 3 there: the two
    readings exclude each other.
    """
    text = _code_text(value)
    return bool(BPS.match(text)) and text[6] == "0"


def _code_text(value: Any) -> str:
    return cells.plain_text(value).strip().removesuffix(".0")


def _is_kecamatan_code(value: Any) -> bool:
    return bool(re.fullmatch(r"[1-9]\d\.?\d{2}\.?\d{2}", _code_text(value)))


def _looks_like_date(value: Any) -> bool:
    """Whether a cell could be a date at all: numbers and words are not tried."""
    if isinstance(value, str):
        return bool(re.match(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", value))
    return isinstance(value, dt.date)


def _is_priority(value: Any) -> bool:
    return bool(re.fullmatch(r"(?:prioritas\s*)?[1-9](?:\.0+)?", str(value).strip().casefold()))


_TESTS: dict[str, Callable[[Any], bool]] = {
    "code": lambda v: is_kemendagri(v) or _is_kecamatan_code(v),
    "bps": is_bps,
    "rt": _is_rt,
    "rw": lambda v: rt_cells.read_rw(v).rw is not None or is_pair(v),
    "rt_list": _is_rt_list,
    "priority": _is_priority,
}
