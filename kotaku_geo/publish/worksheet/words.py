"""Texts of the worksheet (``schemas/worksheet.yaml``), and text made fit for a cell.

The worksheet and the minutes are papers of an Indonesian meeting: they have one language.
"""

import re
from typing import Any

from kotaku_geo import resources

CELL = 32_000  # a spreadsheet's cell takes 32,767 letters
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def say(key: str, **params: Any) -> str:
    """The text of a dotted key with its gaps filled; KeyError where there is none."""
    found: Any = resources.load("worksheet")
    for part in key.split("."):
        found = found[part]
    return str(found).format(**params)


def listing(key: str) -> Any:
    """A list or table of ``schemas/worksheet.yaml``, not to be changed."""
    found: Any = resources.load("worksheet")
    for part in key.split("."):
        found = found[part]
    return found


def plain(value: Any) -> str:
    """Text that a cell or a paragraph can hold: no control characters, bounded length."""
    text = _CONTROL.sub("", str(value))
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
