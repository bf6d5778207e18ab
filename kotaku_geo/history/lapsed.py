"""Why a decision on file is not applied, told from its fields and the conflict as it is now."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kotaku_geo.evidence import Told, told
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.identities import about
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import say

Row = Mapping[str, Any]
KEPT = "keterangan"  # of a candidate whose particulars are kept back
NOT_APPLIED = ("basi", "bertentangan", "tidak_terpakai")


def not_applied(baseline: Baseline, row: Row) -> Iterator[Sentence]:
    """One sentence on a decision that is stale, contradicted or unused."""
    conflict = baseline.conflict_on(row)
    said = json.loads(conflict["candidates"] or "[]") if conflict is not None else []
    status = row["status"]
    if status == "basi":
        yield from _stale(row, _found(conflict, said))
    elif status == "bertentangan":
        yield say("keputusan.bertentangan", others=_rivals(baseline, row))
    elif conflict is None:
        yield say("keputusan.hilang")
    elif conflict.get("status") == "diputuskan":
        yield say("keputusan.ditegaskan", decision_id=_in_force(baseline, row))
    else:
        source = str(row.get("source_id") or "").partition("#")[0]
        several = [c.get("source_row") for c in said if source and c.get("source_id") == source]
        if len(several) > 1:
            yield say("keputusan.beberapa", source_id=source, rows=[str(r) for r in several])
        else:
            yield say("keputusan.tanpa_calon", found=_found(conflict, said))


def _stale(row: Row, found: Sequence[Sentence]) -> Iterator[Sentence]:
    """What the decision was taken on, where that is on file, and what is found now."""
    then = [_then(one) for one in told(row.get("taken_on"))]
    key = "_then" if then and found else "" if found else "_bare"
    yield say(f"keputusan.basi{key}", then=then, found=found)


def _then(candidate: Told) -> Sentence:
    """A candidate that a decision was taken on, in a clause."""
    if candidate.source_id is None:
        return say("calon.text", text=candidate.text)
    source: Any = candidate.source_id
    if candidate.source_row is not None:
        source = say("calon.record", source_id=source, row=candidate.source_row)
    kind = {"%": "share", "ha": "hectares", "": "amount", None: "value"}[candidate.unit]
    return say(f"calon.{kind}", source_id=source, persen=candidate.value, value=candidate.value)


def _found(conflict: Row | None, said: Sequence[Row]) -> list[Sentence]:
    """The candidates in clauses; where a source has several records it is told which."""
    sources = Counter(c.get("source_id") for c in said)
    return [_said(conflict, c, sources[c.get("source_id")] > 1) for c in said]


def _said(conflict: Row | None, candidate: Row, several: bool) -> Sentence:
    """A candidate in a clause: its source, and the share, hectares, amount or identity."""
    kind = "value"
    if KEPT in candidate:
        kind = "kept"
    elif candidate.get("persen") is not None:
        kind = "share"
    elif conflict is not None and conflict["kind"] == "batas":
        kind = "hectares"
    elif conflict is not None and conflict["kind"] == "nilai":
        kind = "amount"
    words = {name: candidate.get(name) for name in ("source_id", "persen", "value")}
    if several and candidate.get("source_row") is not None:
        words["source_id"] = say("calon.record", source_id=words["source_id"],
                                row=candidate["source_row"])  # fmt: skip
    return say(f"calon.{kind}", **words)


def _rivals(baseline: Baseline, row: Row) -> list[Sentence]:
    """Every other decision on the same thing, with what it chooses."""
    others = [d for d in baseline.decisions.values() if about(d) == about(row)]
    return [
        say("calon.decision", decision_id=d["decision_id"],
            choice=d.get("source_id") or d.get("value"))
        for d in others if d["decision_id"] != row["decision_id"]
    ]  # fmt: skip


def _in_force(baseline: Baseline, row: Row) -> str | None:
    found = baseline.decision_on(*about(row))
    return None if found is None else str(found["decision_id"])
