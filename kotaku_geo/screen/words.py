"""Words of the field compared as people mean them: without case, spaces, signs and synonyms."""

from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.late import regex

_SIGNS = regex(r"[\W_]+")


def fold(word: str) -> str:
    """Lower case, letters and digits only: "Tanah-Longsor " and "TANAHLONGSOR" are one word."""
    return _SIGNS.sub("", str(word).casefold())


@cache
def canonical(word: str) -> str:
    """The folded word that stands for all its synonyms (``schemas/screening.yaml``)."""
    folded = fold(word)
    return _synonyms().get(folded, folded)


def one_spelling(words: pd.Series) -> pd.Series:
    """Words that fold alike written alike: the spelling that sorts first; null stays null."""
    trimmed = words.astype("str").str.strip()
    folded = trimmed.map({word: fold(word) for word in trimmed.dropna().unique()})
    return trimmed.groupby(folded).transform("min")


def looks_for(kind: str, wanted: str) -> bool:
    """Whether who looked for ``kind`` looked for ``wanted``: the same word, or one it begins.

    "banjir" is looked for by "banjir rob"; "banjir rob" is not looked for by "banjir".
    """
    return bool(kind) and canonical(kind).startswith(canonical(wanted))


def begins_with_any(word: str, starts: Iterable[str]) -> bool:
    """Whether a word is one of those, or begins with one."""
    return canonical(word).startswith(tuple(canonical(start) for start in starts))


@cache
def _synonyms() -> Mapping[str, str]:
    table: Mapping[str, list[str]] = resources.load("screening")["synonyms"]
    return {fold(other): fold(word) for word, others in table.items() for other in others}
