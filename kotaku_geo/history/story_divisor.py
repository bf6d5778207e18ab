"""What hangs on a denominator over which sources differ, and what was decided on it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kotaku_geo.history.choices import DENOMINATOR
from kotaku_geo.history.known import Known, Row
from kotaku_geo.history.lapsed import KEPT
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import say

OUTCOME = "akibat"  # of a candidate: parameter → share in percent, score


def of_parameter(known: Known, id_rt: str, parameter: str) -> Iterator[Sentence]:
    """The disputes over what a parameter of an RT is divided by, as each candidate would have it,
    whether they are settled and how."""
    for conflict in _over_denominators(known, id_rt):
        said = json.loads(conflict["candidates"] or "[]")
        if any(parameter in c.get(OUTCOME, {}) for c in said):
            name = _name(conflict)
            options = [_outcome(c, name, parameter) for c in said]
            yield say("penyebut.dispute", denominator=name, options=options)
            yield from known.conflict(id_rt, conflict["parameter"])


def of_rt(known: Known, id_rt: str) -> Iterator[Sentence]:
    """The disputes over denominators of an RT: who counts how many, settled or not."""
    for conflict in _over_denominators(known, id_rt):
        name = _name(conflict)
        options = [_amount(c, name) for c in json.loads(conflict["candidates"] or "[]")]
        yield say("penyebut.dispute", denominator=name, options=options)
        yield from known.conflict(id_rt, conflict["parameter"])


def _over_denominators(known: Known, id_rt: str) -> list[Row]:
    return [
        row
        for (subject, parameter), row in sorted(known.conflicts.items())
        if subject == id_rt and parameter.startswith(DENOMINATOR)
    ]


def _name(conflict: Row) -> str:
    return str(conflict["parameter"]).removeprefix(DENOMINATOR)


def _amount(candidate: Mapping[str, Any], name: str) -> Sentence:
    if KEPT in candidate:
        return say("calon.kept", source_id=candidate.get("source_id"))
    return say("calon.counted", source_id=candidate["source_id"], value=candidate["value"],
               unit=name)  # fmt: skip


def _outcome(candidate: Mapping[str, Any], name: str, parameter: str) -> Sentence:
    """A candidate in a clause, with the share and the score that follow from it."""
    told = _amount(candidate, name)
    share, score = candidate.get(OUTCOME, {}).get(parameter, (None, None))
    if KEPT in candidate:
        return told
    if share is None:
        return say("calon.counted_unknown", counted=told, parameter=parameter)
    return say("calon.counted_so", counted=told, parameter=parameter, persen=share, nilai=score)
