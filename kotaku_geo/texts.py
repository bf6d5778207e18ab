"""Numbers as people in Indonesia write them: 1.234,56."""

import math
from collections.abc import Sequence
from typing import Any

UNKNOWN = "–"
_SWAP = str.maketrans(",.", ".,")


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
