"""Texts in Indonesian and English, and dates and numbers as each writes them.

Texts are data (``schemas/publish/texts.yaml``): a nested mapping whose leaves hold ``id`` and
``en``. A gap ``{name}`` takes a string, ``{name:2}`` a number with two decimals, and
``{name?RT|RTs}`` is the first word where the number is one and the second where it is not.
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kotaku_geo import resources
from kotaku_geo.texts import UNKNOWN, counting, number

LANGUAGES = ("id", "en")
_UNIT = re.compile(r"(\{\w+:\d\}) ha\b")  # a number and its unit stay on one line
_GAP = re.compile(r"\{(\w+)(?::(\d))?\}")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All texts: dotted key → text by language."""
    found: dict[str, Mapping[str, str]] = {}
    _collect(resources.load("publish/texts"), "", found)
    return found


def text(key: str, lang: str = "id", **params: Any) -> str:
    """The text of a key with its gaps filled; KeyError where there is none."""
    return fill(catalogue()[key][lang], params, lang)


def fill(template: str, params: Mapping[str, Any], lang: str) -> str:
    """A text with its gaps filled; a gap without a value shows as unknown."""

    def value(match: re.Match[str]) -> str:
        given = params.get(match[1])
        if given is None or given != given:
            return UNKNOWN
        return str(given) if match[2] is None else number(given, int(match[2]), lang)

    return _GAP.sub(value, counting(template, params))


def day(value: str | dt.date | None, lang: str = "id") -> str:
    """A date in words (31 Desember 2022); unknown is a dash, what is no date stays as it is."""
    if value is None or value != value:
        return UNKNOWN
    try:
        date = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{date.day} {text(f'bulan.{date.month}', lang)} {date.year}"


def _collect(node: Mapping[Any, Any], prefix: str, found: dict[str, Mapping[str, str]]) -> None:
    for key, child in node.items():
        name = f"{prefix}{key}"
        if set(child) == set(LANGUAGES):
            found[name] = {
                lang: _UNIT.sub("\\1\N{NO-BREAK SPACE}ha", child[lang]) for lang in LANGUAGES
            }
        else:
            _collect(child, f"{name}.", found)
