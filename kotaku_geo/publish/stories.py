"""The stories of `explain` for the page: sentences stored once, told by the page's script.

A page holds the whole story of every kelurahan, kawasan and RT; of a parameter, where the sum of a
kawasan has any data, and in an RT where it is in dispute or was decided (a line of the RT's own
story says all there is of the others). They are made of releasable tables alone: what is kept back
is not in them.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.known import Unseen
from kotaku_geo.history.phrases import LANGUAGES, MOST_DECIMALS, Sentence, catalogue
from kotaku_geo.history.story import CATALOGUE, Story
from kotaku_geo.publish import listings
from kotaku_geo.publish.release import Release

_GAP = re.compile(r"\{(\w+)(?::(\w+))?\}")
_DIGITS = 9  # of a number that no sentence rounds
_FACTS = "consolidate/facts"
Asked = tuple[str, str | None]  # id and parameter


def explainer(released: Release) -> Explainer:
    """Stories of what may be published."""
    tables = {**released.tables, _FACTS: released.candidates}
    hidden = released.withheld
    baseline = Baseline.of_tables(tables, released.pipeline, pd.DataFrame(), released.outlines)
    return Explainer(baseline, None, Unseen(hidden.rt, hidden.kawasan, hidden.sources))


def asked(released: Release) -> list[Asked]:
    """Which stories the page holds, each once, in a stable order."""
    return list(dict.fromkeys(_asked(released)))


def _asked(released: Release) -> Iterator[Asked]:
    kawasan, rt = released.table("consolidate/kawasan"), released.table("consolidate/rt")
    parameters = [c[1:] for c in kawasan.columns if re.fullmatch(r"n\d[a-e]", c)]
    for name in sorted(released.table("consolidate/kelurahan")["kode_kelurahan"].dropna()):
        yield name, None
    scored = dict(zip(kawasan["id_kawasan"], kawasan["kelengkapan"] != "tanpa_data", strict=True))
    for name in sorted(kawasan["id_kawasan"].dropna()):
        yield name, None
        if scored[name] and name not in released.withheld.kawasan:
            yield from ((name, parameter) for parameter in parameters)
    there = set(rt["id_rt"].dropna())
    for name in sorted(there):
        yield name, None
    yield from _disputed(released, there - released.withheld.rt)


def _disputed(released: Release, there: set[str]) -> Iterator[Asked]:
    """Values in conflict or decided, and names that fit two places."""
    conflicts, facts = released.table("consolidate/conflicts"), released.table(_FACTS)
    decided = facts[facts["decision_id"].notna()]
    pairs = {
        *zip(conflicts["subject"], conflicts["parameter"], strict=True),
        *zip(decided["id_rt"], decided["parameter"], strict=True),
    }
    named = set(conflicts.loc[conflicts["kind"] == "identitas", "subject"])
    for name, parameter in sorted(pairs):
        if not parameter.startswith("batas.") and (name in there or name in named):
            yield name, parameter


def packed(released: Release) -> str:
    """All stories as text that a page can hold: JSON, deflated, base64.

    Keys: k (texts: Indonesian, English, names of gaps, key), w (words by group), a (headings), s
    (for each of the texts how many sentences have it, and what fills each gap in them; sentences
    are numbered throughout), p (paragraphs: heading, numbers of sentences), t (id → parameter, ""
    for the whole → numbers of paragraphs), n (id → what it is called, the kawasan it is in).
    """
    shelf = _Shelf()
    tell = explainer(released)
    for name, parameter in asked(released):
        shelf.add(name, parameter, tell.story(name, parameter))
    content = json.dumps(
        {**shelf.content(), "n": _names(released)},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    return base64.b64encode(zlib.compress(content.encode(), 9)).decode("ascii")


class _Shelf:
    """Stories with everything that repeats stored once."""

    def __init__(self) -> None:
        self._texts = catalogue(CATALOGUE).texts
        self._keys: dict[str, int] = {}
        self._gaps: dict[str, dict[str, int]] = {}  # decimals that are shown, by name
        self._sentences: dict[tuple[Any, ...], int] = {}
        self._paragraphs: dict[tuple[Any, ...], int] = {}
        self._stories: dict[str, dict[str, list[int]]] = {}

    def add(self, name: str, parameter: str | None, story: Story) -> None:
        """Store a story under what was asked for."""
        self._stories.setdefault(name, {})[parameter or ""] = [
            _number(self._paragraphs, (p.about, *map(self._sentence, p.sentences)))
            for p in story.paragraphs
        ]

    def content(self) -> dict[str, Any]:
        """All of it as JSON values."""
        words: Mapping[str, Any] = resources.load(CATALOGUE)["words"]
        said = list(self._sentences)
        place = _places(said)
        return {
            "k": [[*_pair(self._texts[key]), list(self._gaps[key]), key] for key in self._keys],
            "w": {g: {w: _pair(t) for w, t in group.items()} for g, group in words.items()},
            "a": {k[6:]: _pair(t) for k, t in self._texts.items() if k.startswith("about.")},
            "s": self._columns(said, place),
            "p": [[about, *(place[n] for n in own)] for about, *own in self._paragraphs],
            "t": self._stories,
        }

    def _columns(self, said: list[tuple[Any, ...]], place: list[int]) -> list[list[Any]]:
        """Of each text how many sentences have it, and what fills each of its gaps in turn."""
        found: list[list[Any]] = [
            [0, *([] for _ in self._gaps[key])] for key in self._keys
        ]  # in the order of `k`
        for number in sorted(range(len(place)), key=place.__getitem__):
            key, *values = said[number]
            found[key][0] += 1
            for column, value in zip(found[key][1:], values, strict=True):
                column.append(_json(value, place))
        return found

    def _sentence(self, said: Sentence) -> int:
        gaps = self._gaps.get(said.key)
        if gaps is None:
            self._keys[said.key] = len(self._keys)
            gaps = self._gaps[said.key] = _decimals(_pair(self._texts[said.key]))
        params = said.params
        values = [self._value(params.get(gap), decimals) for gap, decimals in gaps.items()]
        return _number(self._sentences, (self._keys[said.key], *values))

    def _value(self, value: Any, decimals: int) -> Any:
        """What can be looked up: a pair of a letter and something is no plain value."""
        if isinstance(value, float):
            return _short(value, decimals)
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, Sentence):
            return "s", self._sentence(value)
        if isinstance(value, Mapping):
            return "w", tuple(_pair(value))
        return "l", tuple(self._value(part, decimals) for part in value)


def _decimals(texts: list[str]) -> dict[str, int]:
    """The gaps of a text in both languages with the decimals that they show, where all agree."""
    asked: dict[str, set[str]] = {}
    for name, how in (found for text in texts for found in _GAP.findall(text)):
        asked.setdefault(name, set()).add(how)
    shown = {name: hows.pop() if len(hows) == 1 else "" for name, hows in asked.items()}
    return {
        name: int(how) if how.isdigit() else MOST_DECIMALS if how == "n" else _DIGITS
        for name, how in shown.items()
    }


def _short(value: float, decimals: int) -> float | int | None:
    """A number as it will be written: the page's script rounds it no further."""
    if value != value:
        return None
    rounded = round(value, decimals)
    return int(rounded) if rounded % 1 == 0 else rounded


def _places(said: list[tuple[Any, ...]]) -> list[int]:
    """The number of each sentence when those of one text stand together: they pack better."""
    order = sorted(range(len(said)), key=lambda number: (said[number][0], number))
    place = [0] * len(order)
    for new, old in enumerate(order):
        place[old] = new
    return place


def _json(value: Any, place: list[int]) -> Any:
    if not isinstance(value, tuple):
        return value
    kind, content = value
    if kind == "l":
        return {kind: [_json(part, place) for part in content]}
    return {kind: place[content] if kind == "s" else content}


def _number(known: dict[tuple[Any, ...], int], content: tuple[Any, ...]) -> int:
    return known.setdefault(content, len(known))


def _pair(texts: Mapping[str, str]) -> list[str]:
    return [texts[lang] for lang in LANGUAGES]


def _names(released: Release) -> dict[str, list[str | None]]:
    """What each thing is called, and the kawasan that an RT is in."""
    places, kawasan = (released.table(f"consolidate/{n}") for n in ("kelurahan", "kawasan"))
    rows = listings.rows(places[["kode_kelurahan", "nama_kelurahan"]])
    found: dict[str, list[str | None]] = {
        r["kode_kelurahan"]: [r["nama_kelurahan"], None] for r in rows
    }
    for row in listings.rt(released):
        found[row["id_rt"]] = [row["nama"], row["id_kawasan"]]
    for name, called in zip(kawasan["id_kawasan"], listings.names(released), strict=True):
        found[str(name)] = [str(called), None]
    return found
