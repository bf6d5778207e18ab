"""Texts of the worksheet (``schemas/worksheet.yaml``), and text made fit for a cell.

A paper is in one language throughout: `speaking` says which, for all that is said within it. The
words that machines read (headers, kinds, statuses) are the same in every language.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from kotaku_geo import resources, texts
from kotaku_geo.publish import words
from kotaku_geo.publish.words import LANGUAGES

CELL = 32_000  # a spreadsheet's cell takes 32,767 letters
NAME = 120  # letters of a name out of a delivery: what stands beside it must be seen as well
# Control characters, halves of pairs, and marks that turn the direction of what is shown.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LANGUAGE: ContextVar[str] = ContextVar("language of the papers", default=LANGUAGES[0])


@contextlib.contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Everything said within is in this language."""
    before = _LANGUAGE.set(lang)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def language() -> str:
    """The language that is spoken now."""
    return _LANGUAGE.get()


def say(key: str, **params: Any) -> str:
    """The text of a dotted key with its gaps filled; KeyError where there is none."""
    return str(data(key)[language()]).format(**params)


def listing(key: str) -> list[str]:
    """A list of texts, not to be changed."""
    found: list[str] = data(key)[language()]
    return found


def data(key: str) -> Any:
    """What stands under a dotted key, in no language, not to be changed."""
    found: Any = resources.load("worksheet")
    for part in key.split("."):
        found = found[part]
    return found


def number(value: Any, decimals: int = 2) -> str:
    """A number as it is written in the language."""
    return texts.number(value, decimals, language())


def day(value: Any) -> str:
    """A date in words."""
    return words.day(value, language())


def level(name: str) -> str:
    """A slum level in words."""
    return words.text(f"tingkat.{name}", language()).lower()


def series(parts: Sequence[str], last: str) -> str:
    """``A, B dan C``; ``last`` is the key of the word before the last part."""
    *others, end = parts
    return say(last).join([", ".join(others), end] if others else [end])


def plain(value: Any, most: int = CELL) -> str:
    """Text that a cell or a paragraph can hold: no control characters, bounded length."""
    text = _CONTROL.sub("", str(value))
    return text if len(text) <= most else text[: most - 1] + "…"
