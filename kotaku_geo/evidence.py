"""What a decision was taken on, in words that people read in ``keputusan.csv`` years later.

The hash beside it tells whether anything has changed; the words tell what stood there then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kotaku_geo.decisions import Decision
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


def meant_by(decision: Decision, candidates: Sequence[Mapping[str, Any]]) -> list[int]:
    """Places of the candidates that a decision means; a value that was typed means none.

    ``source_id#source_row`` means one of several records of a source. Rows move in a later
    delivery, so a record is known again by its share, amount or hectares: of those that say the
    same the one that is nearest, then the one of that row.

    Args:
        decision: as it is on file.
        candidates: as ``consolidate/conflicts`` has them.
    """
    identity = decision.kind == "identitas"
    choice = str(decision.value) if identity else decision.source_id
    if choice is None:
        return []
    source, _, row = choice.partition("#")
    if identity and not row:
        return [i for i, c in enumerate(candidates) if str(c.get("value")) == choice]
    own = [(i, c) for i, c in enumerate(candidates) if c["source_id"] == source]
    if not row:
        return [i for i, _ in own]
    figure = _said(decision, source, row) if identity else _typed(decision)
    if figure is None:
        return [i for i, c in own if str(c.get("source_row")) == row]
    said = [(i, c, f) for i, c in own if (f := _figure(c)) is not None]
    if decision.kind == "nilai":  # of outlines the evidence tells that they are the same ones
        said = [one for one in said if round(one[2], 1) == round(figure, 1)]
    apart = [(round(abs(f - figure), 6), str(c.get("source_row")) != row, i) for i, c, f in said]
    return [i for *_, i in sorted(apart)[:1]]


def figure_then(decision: Decision) -> float | None:
    """The share in percent, the amount or the hectares that a decision chose when it was taken."""
    source, _, row = str(decision.source_id).partition("#")
    typed = _typed(decision)
    return _said(decision, source, row or None) if typed is None else typed


def _typed(decision: Decision) -> float | None:
    return None if decision.value is None else float(decision.value)


def _said(decision: Decision, source: str, row: str | None) -> float | None:
    """What a source said when it was decided, by the words on file."""
    said = {(t.source_id, t.source_row): t.value for t in told(decision.taken_on)}
    found = said.get((source, row))
    return found if isinstance(found, float) else None


def _figure(candidate: Mapping[str, Any]) -> float | None:
    """What tells a record from the others: its share in percent, amount, or hectares."""
    if candidate.get("persen") is not None:
        return float(candidate["persen"])
    value = candidate.get("luas_ha", candidate.get("value"))
    return float(value) if isinstance(value, (int, float)) else None
