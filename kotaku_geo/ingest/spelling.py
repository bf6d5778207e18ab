"""How a place name is folded before it is compared: titles, abbreviations, old spelling, numerals.

The word lists are data (``schemas/names.yaml``) and know no city.
"""

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache
from itertools import groupby

from kotaku_geo import resources
from kotaku_geo.late import record, regex

_APOSTROPHES = regex(r"[’'`´‘ʼʻ\"]")
_MOJIBAKE = regex("[ÃÂâ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_DOUBLED = regex(r"([a-z])\1+")
_DIGITS_ONLY = regex(r"\d+")
_SPLIT = regex(r"[^a-z0-9|!]+")
_RT = regex(r"\b(?:rt|rw)\b[\W_]*\d+[a-z]?\b")


@cache
def lists() -> dict[str, frozenset[str]]:
    """The word lists by their names."""
    data = resources.load("names")
    names = ("titles", "weak_titles", "kecamatan", "city", "asides", "directions", "words")
    return {name: frozenset(data[name]) for name in names}


@cache
def _table(name: str) -> dict[str, str]:
    return dict(resources.load("names")[name])


@cache
def _pairs(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((old, new) for old, new in resources.load("names")[name])


@lru_cache(maxsize=65536)
def plain(name: str) -> str:
    """Lower case, without accents and apostrophes, text that was decoded twice decoded back."""
    text = unmojibake(name)
    text = _APOSTROPHES.sub("", text)
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).casefold()


def unmojibake(text: str) -> str:
    """``Kampung PetÃ©k`` → ``Kampung Peték``: UTF-8 that was read as Windows-1252."""
    for _ in range(2):
        if not _MOJIBAKE.search(text):
            break
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            break
    return text


def tokens(text: str) -> tuple[str, ...]:
    """The words of a `plain` text."""
    return tuple(w for w in _SPLIT.split(text) if w)


def words_of(name: str, written_out: bool = True) -> tuple[str, ...]:
    """The words of a name, titles in front and asides behind left out, abbreviations written out.

    Roman numerals are digits where they are not the first word; a name that is nothing but a title
    keeps it.

    Args:
        name: as written.
        written_out: whether abbreviations become the words that they stand for.
    """
    parts = list(tokens(_RT.sub(" ", plain(name))))
    kinds = lists()
    while len(parts) > 1 and parts[0] in kinds["titles"]:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in kinds["asides"]:
        parts = parts[:-1]
    short, numerals = _table("abbreviations"), _table("numerals")
    spelled = [short.get(w, w) if written_out and len(parts) > 1 else w for w in parts]
    return tuple(numerals.get(w, w) if i else w for i, w in enumerate(spelled))


def without_weak_title(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without Kampung, Kp. in front."""
    return words[1:] if len(words) > 1 and words[0] in lists()["weak_titles"] else words


@lru_cache(maxsize=65536)
def modern(word: str) -> str:
    """A word in today's spelling without doubled letters: ``Koeinn`` → ``kuin``."""
    if _DIGITS_ONLY.fullmatch(word):
        return word
    word = _DOUBLED.sub(r"\1", word)
    for old, new in _pairs("spelling"):
        word = word.replace(old, new)
    return _DOUBLED.sub(r"\1", word)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """A word with letters that are taken for one another made one; a number stays a number."""
    if _DIGITS_ONLY.fullmatch(word):
        return word
    for written, meant in _pairs("look_alikes"):
        word = word.replace(written, meant)
    return modern(word)


def joined(words: Sequence[str], fold: Callable[[str], str]) -> str:
    """Words without spaces between them, folded as one; numbers stay apart from letters."""
    runs = groupby(words, str.isdigit)
    return "".join("".join(run) if number else fold("".join(run)) for number, run in runs)


def bare(name: str) -> str:
    """A name without case and without the title (Kelurahan, Kel., Desa) in front of it."""
    words = name.casefold().split()
    while len(words) > 1 and words[0].rstrip(".") in lists()["titles"] | lists()["kecamatan"]:
        words = words[1:]
    return " ".join(words)


@record
class Spelled:
    """A name in the forms that are compared."""

    text: str
    words: tuple[str, ...]

    @cached_property
    def bare(self) -> str:
        """Without case and title."""
        return bare(self.text)

    @cached_property
    def modern(self) -> tuple[str, ...]:
        """The words in today's spelling."""
        return tuple(modern(w) for w in self.words)

    @cached_property
    def joined(self) -> str:
        """In today's spelling without spaces."""
        return joined(self.words, modern)

    @cached_property
    def skeleton(self) -> str:
        """Without spaces, letters that look alike made one."""
        return joined(self.words, skeleton)

    @cached_property
    def bag(self) -> tuple[str, ...]:
        """The words of `skeleton` in any order."""
        return tuple(sorted(skeleton(w) for w in self.words))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The words that are numbers: they are equal or the names are not."""
        return tuple(w for w in self.words if w.isdigit())
