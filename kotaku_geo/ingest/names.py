"""Names of kelurahan and kecamatan: how they are compared, and who a written name means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

_TITLE = re.compile(r"^(?:kelurahan|kel|desa|kecamatan|kec)\b\.?\s*")
_PREFIX = re.compile(r"^(?:kelurahan|kel|desa|kampung|kampong|kp|kec|kecamatan)\b\.?\s*")
_OLD = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny"), ("sj", "sy"))
MIN_SIMILARITY = 85.0
MIN_MARGIN = 6.0


def normalise(name: str) -> str:
    """A name without case, prefix, punctuation, spaces, doubled letters and old spelling.

    Two names that agree so are one name: ``Kel. Kalia-lia`` and ``KALIALIA``.
    """
    text = re.sub(r"[’'`´]", "", name.casefold()).strip()
    shorter = _PREFIX.sub("", text)
    text = re.sub(r"[^a-z0-9]+", "", shorter or text)
    for old, new in _OLD:
        text = text.replace(old, new)
    return re.sub(r"([a-z])\1", r"\1", text)


@dataclass(frozen=True)
class Match:
    """Which code a name means, how that was found, and how alike the two are (0 … 100).

    ``spelled`` tells that the name is the official one but for its case and title.
    """

    code: str
    how: str
    similarity: float
    spelled: bool = True


def bare(name: str) -> str:
    """A name without case and without the title (Kelurahan, Kel., Desa) in front of it."""
    return _TITLE.sub("", " ".join(name.casefold().split()))


def match_name(name: str, candidates: Sequence[tuple[str, str]]) -> Match | None:
    """The one candidate that ``name`` means, or None where none or several fit.

    Args:
        name: as delivered.
        candidates: (code, official name) of the places it may be.

    An exact name, then a normalised one, must fit one code only. After that the most alike name
    wins if it is alike enough and clearly ahead of the next: a tie is never guessed.
    """
    for spelled, key in ((True, bare), (False, normalise)):
        codes = {code for code, official in candidates if key(official) == key(name)}
        if len(codes) == 1:
            return Match(codes.pop(), "nama", 100.0, spelled)
        if codes:
            return None
    wanted = normalise(name)
    best: dict[str, float] = {}
    for code, official in candidates:
        score = fuzz.ratio(wanted, normalise(official))
        best[code] = max(score, best.get(code, 0.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < MIN_SIMILARITY:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MIN_MARGIN:
        return None
    return Match(ranked[0][0], "nama_mirip", ranked[0][1], False)
