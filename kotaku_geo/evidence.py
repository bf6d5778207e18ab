"""What a decision was taken on, in words that people read in ``keputusan.csv`` years later.

The hash beside it tells whether anything has changed; the words tell what stood there then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kotaku_geo.late import record, regex
from kotaku_geo.texts import number

_FIGURE = regex(r"(?P<who>\S+) (?P<value>\d{1,3}(?:\.\d{3})*,\d+)(?: (?P<unit>%|ha))?")
_BETWEEN = "; "


@record
class Told:
    """One candidate as the words tell it.

    Attributes:
        text: as it stands there.
        source_id: who said it; None where the words cannot be read.
        source_row: which of several records of the source; None where it has one.
        value: percent, hectares or an amount, by ``unit``; for an identity the id that was meant.
        unit: ``%``, ``ha``, ``""`` (an amount), or None for an identity.
    """

    text: str
    source_id: str | None = None
    source_row: str | None = None
    value: float | str | None = None
    unit: str | None = None


def in_words(kind: str, candidates: Iterable[Mapping[str, Any]]) -> str:
    """The candidates of a conflict in one line: ``pdam 35,0 %; profil-rt 62,0 %``.

    Args:
        kind: of the conflict.
        candidates: as ``consolidate/conflicts`` has them: source_id, source_row, persen or value
            (and luas_ha of an outline). The row is told where a source says several things.
    """
    said = list(candidates)
    sources = Counter(c["source_id"] for c in said)
    return _BETWEEN.join(sorted(_in_words(kind, c, sources[c["source_id"]] > 1) for c in said))


def _in_words(kind: str, candidate: Mapping[str, Any], several: bool) -> str:
    who, value = candidate["source_id"], candidate.get("value")
    if several and candidate.get("source_row") is not None:
        who = f"{who}#{candidate['source_row']}"
    if candidate.get("persen") is not None:
        return f"{who} {number(candidate['persen'], 1)} %"
    if kind == "identitas":
        drawn = candidate.get("luas_ha")  # one of several outlines is known by its hectares
        return f"{who}: {value}" if drawn is None else f"{who} {number(drawn, 4)} ha"
    return f"{who} {number(value)}" + (" ha" if kind == "batas" else "")


def told(words: str | None) -> list[Told]:
    """What `in_words` wrote, candidate by candidate; what people typed instead stands as it is."""
    return [_told(part) for part in (words or "").split(_BETWEEN) if part]


def _told(part: str) -> Told:
    found = _FIGURE.fullmatch(part)
    if found is not None:
        who, _, row = found["who"].partition("#")
        amount = float(found["value"].replace(".", "").replace(",", "."))
        return Told(part, who, row or None, amount, found["unit"] or "")
    who, colon, value = part.partition(": ")
    if not colon or " " in who:
        return Told(part)
    who, _, row = who.partition("#")
    return Told(part, who, row or None, value)
