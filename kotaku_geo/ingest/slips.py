"""How far a written name is from an official one: short forms, cut ends and slips of the hand.

A word that is well spelt is never taken for a slip of another one, and numbers are equal or not.
"""

from functools import cache

from rapidfuzz.distance import OSA

from kotaku_geo import resources
from kotaku_geo.ingest.spelling import Spelled, lists, modern, skeleton

MAX_EDITS = 2
SHORT_FORM = 0.5  # what a short form or a cut end costs, in edits
MIN_CUT = 8  # letters: a shorter beginning is no name cut short
MIN_WHOLE_CUT = 10  # letters, where it is cut between two words
VOWELS = frozenset("aeiou")


def slip(written: Spelled, official: Spelled, known: frozenset[str]) -> tuple[float, str] | None:
    """Edits from the official name to the written one and what they are; None where too many.

    Args:
        written: the name as delivered.
        official: a name it may mean.
        known: words (`modern`) that names are made of.
    """
    if written.numbers != official.numbers:
        return None
    if _is_cut(written, official):
        return SHORT_FORM, "nama terpotong"
    if len(written.modern) == len(official.modern):
        return _by_words(written.words, official.words, known)
    if any(len(w) == 1 for w in written.modern) or len(official.joined) < MIN_CUT:
        return None
    edits = OSA.distance(written.joined, official.joined, score_cutoff=1)
    return (float(edits), "salah ketik") if edits <= 1 else None


def _is_cut(written: Spelled, official: Spelled) -> bool:
    """Whether the name is the beginning of the official one, cut where a field was full."""
    size = sum(map(len, written.words)) + len(written.words) - 1
    if written.joined == official.joined or not official.joined.startswith(written.joined):
        return False
    between = written.modern == official.modern[: len(written.modern)]
    return size >= (MIN_WHOLE_CUT if between else MIN_CUT)


def _by_words(
    written: tuple[str, ...], official: tuple[str, ...], known: frozenset[str]
) -> tuple[float, str] | None:
    total, way = 0.0, "singkatan"
    for one, other in zip(written, official, strict=True):
        cost = _word_cost(one, other, known, len(official) == 1)
        if cost is None:
            return None
        if cost >= 1:
            way = "salah ketik"
        total += cost
    letters = sum(map(len, official))
    limit = 1 if letters < MIN_CUT else MAX_EDITS
    return (total, way) if total <= limit else None


def _word_cost(written: str, official: str, known: frozenset[str], alone: bool) -> float | None:
    if modern(written) == modern(official) or skeleton(written) == skeleton(official):
        return 0.0
    if is_short_for(written, official, alone):
        return SHORT_FORM
    if modern(written) in known or written.isdigit() or official.isdigit() or len(official) < 3:
        return None
    limit = 1 if len(official) < MIN_CUT else MAX_EDITS
    edits = min(
        OSA.distance(written, official, score_cutoff=limit),
        OSA.distance(modern(written), modern(official), score_cutoff=limit),
    )
    if edits > limit:
        return None
    if alone and not _is_slip(written, official):
        return None
    begins_alike = written[:1] == official[:1] or sorted(written) == sorted(official)
    enough = len(official) > 5 and not (alone and edits > 1)
    return float(edits) if begins_alike or enough else None


def _is_slip(written: str, official: str) -> bool:
    """Whether the letters that differ lie beside each other on the keyboard, or are vowels.

    A name of one word with another letter in it may be another place: only what the hand or the
    ear confuses is taken for a slip.
    """
    if len(written) != len(official):
        return True
    differing = [(a, b) for a, b in zip(written, official, strict=True) if a != b]
    if sorted(a for a, _ in differing) == sorted(b for _, b in differing):
        return True
    return all({a, b} <= VOWELS or frozenset((a, b)) in _neighbours() for a, b in differing)


@cache
def _neighbours() -> frozenset[frozenset[str]]:
    """Pairs of keys that lie beside each other, in a row or in the next one."""
    rows = resources.load("names")["keyboard"]
    keys = {key: (y, x) for y, row in enumerate(rows) for x, key in enumerate(row)}
    pairs = ((a, b) for a in keys for b in keys if a != b)
    near = (
        frozenset((a, b))
        for a, b in pairs
        if max(abs(keys[a][0] - keys[b][0]), abs(keys[a][1] - keys[b][1])) == 1
    )
    return frozenset(near)


def is_short_for(written: str, official: str, alone: bool = False) -> bool:
    """Whether a word is a short form: its beginning, or its first letter and some consonants.

    Args:
        alone: the word is the whole name; then more of it must be there.
    """
    if len(written) >= len(official) or written[:1] != official[:1]:
        return False
    if len(written) == 1:
        return not alone and official in lists()["directions"]
    if not alone and len(written) >= 3 and official.startswith(written):
        return True
    if VOWELS & set(written[1:]) or (alone and len(written) < 4):
        return False
    letters = iter(official)
    return all(letter in letters for letter in written)
