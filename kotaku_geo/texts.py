"""Numbers as people in Indonesia write them (1.234,56), and in English; words that count."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

UNKNOWN = "–"
_SWAP = str.maketrans(",.", ".,")
_WRITTEN = re.compile(  # 1.234, 0,5 and 1.234,56, and no part of a code, a date or a word
    r"(?<![\w.,/])(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d+)(?![\w/]|[.,]\d)"
)
_COUNTING = re.compile(r"\{(\w+)\?([^|{}]*)\|([^{}]*)\}")


def number(value: Any, decimals: int = 2, lang: str = "id") -> str:
    """``value`` with ``decimals`` places; unknown is a dash and never zero.

    Indonesian writes 1.234,56 and English 1,234.56.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or value != value:
        return UNKNOWN
    try:
        text = f"{float(value):,.{decimals}f}"
    except (TypeError, ValueError):
        return UNKNOWN
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.translate(_SWAP) if lang == "id" else text


def english(said: str) -> str:
    """An Indonesian text with its numbers written as English writes them."""
    return _WRITTEN.sub(lambda match: match[0].translate(_SWAP), said)


def counting(template: str, params: Mapping[str, Any]) -> str:
    """A text whose gaps ``{name?RT|RTs}`` hold the first word for one, else the second."""
    return _COUNTING.sub(lambda m: m[2] if params.get(m[1]) in (1, "1") else m[3], template)


def numbers(values: Sequence[float], decimals: int = 2) -> list[str]:
    """`number` of each value in Indonesian: for the thousands that are told at once."""
    text = "\n".join([f"{value:,.{decimals}f}" for value in values])
    if not text or "-" in text or "n" in text:  # nothing, below zero, unknown or without end
        return [number(value, decimals) for value in values]
    return text.translate(_SWAP).split("\n")


def percent(fraction: Any, decimals: int = 1, lang: str = "id") -> str:
    """A fraction 0 … 1 written as a percentage with its sign."""
    text = number(None if fraction is None else fraction * 100, decimals, lang)
    return text if text == UNKNOWN else f"{text} %"
