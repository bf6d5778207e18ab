"""Sentences that are data: a text with gaps, in two languages, and numbers as people write them.

A catalogue (``schemas/<name>.yaml``) nests texts whose leaves hold ``id`` and ``en``. A gap is
``{name}`` for a word as it stands, ``{name:2}`` for a number with two decimals, ``{name:n}`` for a
number with as many as it needs, ``{name:nomor}`` for the number of a record as it is typed,
``{name:tgl}`` for a date in words, ``{name?RT|RTs}`` for the first word where the number is one and
the second where it is not, and ``{name:group}`` for a word of ``words.<group>`` of the catalogue.
What fills a gap may be a sentence itself, a word in both languages (``{"id": …, "en": …}``), or a
list, which is joined with commas; unknown is a dash.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kotaku_geo import resources
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.texts import UNKNOWN, counting, number

LANGUAGES = ("id", "en")
_GAP = re.compile(r"\{(\w+)(?::(\w+))?\}")
MOST_DECIMALS = 4


@dataclass(frozen=True)
class Sentence:
    """A text of a catalogue, not yet in any language: its key, and what fills its gaps."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Key and params as JSON values."""
        return {"key": self.key, "params": {k: _json(v) for k, v in self.params.items()}}


class Phrases:
    """The texts of one catalogue."""

    def __init__(self, name: str) -> None:
        self._words: Mapping[str, Any] = resources.load(name).get("words", {})
        self.texts = dict(_leaves(resources.load(name), ""))

    def text(self, key: str, params: Mapping[str, Any], lang: str = "id") -> str:
        """A text with its gaps filled; KeyError where there is none of that key."""

        def fill(match: re.Match[str]) -> str:
            return self._said(params.get(match[1]), match[2], lang)

        return _GAP.sub(fill, counting(self.texts[key][lang], params))

    def sentence(self, said: Sentence, lang: str = "id") -> str:
        """A sentence in one language."""
        return self.text(said.key, said.params, lang)

    def _said(self, value: Any, how: str | None, lang: str) -> str:
        if isinstance(value, Sentence):
            return self.sentence(value, lang)
        if isinstance(value, Mapping):
            return str(value[lang])
        if isinstance(value, list | tuple):
            return ", ".join(self._said(part, how, lang) for part in value) or UNKNOWN
        if how is not None and how in self._words:
            known = self._words[how].get("unknown" if value is None else value)
            return str(value) if known is None else str(known[lang])
        if value is None or value != value:
            return UNKNOWN
        if how is None:
            return str(value)
        if how == "tgl":
            return day(value, lang)
        if how == "nomor":
            return str(int(value))
        return plain(value, lang) if how == "n" else number(value, int(how), lang)


@cache
def catalogue(name: str) -> Phrases:
    """The catalogue ``schemas/<name>.yaml``."""
    return Phrases(name)


class UsageError(PipelineFileError):
    """What was asked for cannot be done; a catalogue's sentence tells why, in either language."""

    def __init__(self, name: str, key: str, /, **params: Any) -> None:
        self._name, self._sentence = name, Sentence(key, params)
        super().__init__(self.said("id"))

    def said(self, lang: str) -> str:
        """The message in a language."""
        return catalogue(self._name).sentence(self._sentence, lang)


def plain(value: Any, lang: str = "id") -> str:
    """A number with as many decimals as it needs, four at most."""
    text = f"{float(value):.{MOST_DECIMALS}f}".rstrip("0")
    return number(value, len(text) - text.index(".") - 1, lang)


def day(value: Any, lang: str = "id") -> str:
    """A date in words, 2 Mei 2024; what is no date stays as it is."""
    try:
        date = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    months = resources.load("publish/texts")["bulan"]
    return f"{date.day} {months[date.month][lang]} {date.year}"


def _json(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.as_json()
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return value


def _leaves(node: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for key, child in node.items():
        if set(child) == set(LANGUAGES):
            yield f"{prefix}{key}", child
        else:
            yield from _leaves(child, f"{prefix}{key}.")
