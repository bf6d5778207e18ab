"""Decisions of the Pokja: which of them apply, and what became of the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from kotaku_geo.consolidate.conflicts import OPEN, Candidate, Conflict
from kotaku_geo.consolidate.tables import typed
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import in_words
from kotaku_geo.findings import FindingBook
from kotaku_geo.texts import number

DECIDED, STALE = "diputuskan", "basi"
IN_FORCE, UNUSED, CONTRADICTED = "berlaku", "tidak_terpakai", "bertentangan"
BY_DECISION = "keputusan"  # the rule of a fact, and the source of a typed value
COLUMNS = {
    "decision_id": "str", "status": "str", "found": "str", "conflict_id": "str", "kind": "str",
    "subject": "str", "parameter": "str", "source_id": "str", "value": "str", "reason": "str",
    "forum": "str", "minutes": "str", "date": "str", "by": "str", "evidence": "str",
    "taken_on": "str", "evidence_found": "str",
}  # fmt: skip
RULES = {STALE: "decision.stale", UNUSED: "decision.unused",
         CONTRADICTED: "decision.contradicting"}  # fmt: skip
_ORDER = [IN_FORCE, STALE, CONTRADICTED, UNUSED]

About = tuple[str, str, str]


@dataclass
class Docket:
    """The decisions on file, and those of them that have been applied.

    A decision applies where its conflict is there with the evidence that it was taken on. Of
    decisions that choose the same for the same thing the latest with that evidence is in force;
    where they choose differently none applies.

    Attributes:
        on_file: what was read.
        applied: conflict_id → the decision in force.
        as_decided: conflict_id → the conflict as it was decided on. Deciding over a place may
            change what is on the table, so it is not looked for again.
        unfit: conflict_id → why a decision with the right evidence cannot be applied.
    """

    on_file: Sequence[Decision] = ()
    applied: dict[str, Decision] = field(default_factory=dict)
    as_decided: dict[str, Conflict] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_about: dict[About, list[Decision]] = {}
        for decision in self.on_file:
            self._by_about.setdefault(decision.about, []).append(decision)

    def of_kind(self, *kinds: str) -> list[Decision]:
        """Decisions of these kinds."""
        return [d for d in self.on_file if d.kind in kinds]

    def asks(self, parameter: str) -> bool:
        """Whether any decision is about such a thing."""
        return any(d.parameter == parameter for d in self.on_file)

    def knows(self, about: About) -> bool:
        """Whether anything on file is about this."""
        return about in self._by_about

    def contradicts_itself(self, about: About) -> bool:
        """Whether decisions on one thing choose differently."""
        return len({d.choice for d in self._by_about.get(about, ())}) > 1

    def judge(self, conflicts: Iterable[Conflict]) -> bool:
        """Take note of the decisions that apply to these conflicts; whether there are new ones."""
        found = False
        for conflict in conflicts:
            about = (conflict.kind, conflict.subject, conflict.parameter)
            known = self._by_about.get(about)
            if known is None or conflict.conflict_id in self.applied:
                continue
            standing = [d for d in known if d.evidence == conflict.evidence]
            if not standing or self.contradicts_itself(about):
                continue
            chosen = max(standing, key=lambda d: (d.date, d.minutes, d.decision_id))
            fault = _unfit(chosen, conflict)
            if fault is not None:
                self.unfit[conflict.conflict_id] = fault
                continue
            self.applied[conflict.conflict_id] = chosen
            self.as_decided[conflict.conflict_id] = conflict
            found = True
        return found

    def told(self, conflicts: Iterable[Conflict]) -> None:
        """What is known by now of conflicts that were decided on: how much hung on them."""
        self.as_decided.update({c.conflict_id: c for c in conflicts})

    def of_places(self) -> "Docket":
        """A docket of its own in which decisions over values are yet to be judged."""
        applied = {i: d for i, d in self.applied.items() if d.kind != "nilai"}
        return Docket(self.on_file, applied, {i: self.as_decided[i] for i in applied})

    def chosen(self, kind: str, parameter: str) -> dict[str, str]:
        """Subject → what is chosen (a source, or the identity meant), of decisions in force."""
        result: dict[str, str] = {}
        for ident, decision in self.applied.items():
            if (decision.kind, decision.parameter) == (kind, parameter):
                choice = str(decision.source_id or decision.value)
                result |= self.as_decided[ident].chosen(choice)
        return result

    def marked(self, conflicts: Iterable[Conflict]) -> list[Conflict]:
        """The conflicts with their status; those that were decided stand as they were then."""
        found = {c.conflict_id: c for c in conflicts} | self.as_decided
        return [self._marked(c) for c in found.values()]

    def _marked(self, conflict: Conflict) -> Conflict:
        decision = self.applied.get(conflict.conflict_id)
        if decision is not None:
            return replace(conflict, status=DECIDED, decision_id=decision.decision_id)
        about = (conflict.kind, conflict.subject, conflict.parameter)
        known = about in self._by_about and conflict.conflict_id not in self.unfit
        stale = known and not self.contradicts_itself(about)
        return replace(conflict, status=STALE if stale else OPEN)


def table(
    docket: Docket, conflicts: Iterable[Conflict], standing: Callable[[Decision], str]
) -> pd.DataFrame:
    """``consolidate/decisions``, sorted by id; a decision that is written twice has one row.

    Args:
        conflicts: all that were found, marked.
        standing: what stands now where a decision's conflict is no more, as a sentence's end.
    """
    found = {(c.kind, c.subject, c.parameter): c for c in conflicts}
    rows = [_row(d, docket, found.get(d.about), standing) for d in docket.on_file]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = frame["status"].map(_ORDER.index) if rows else frame["status"]
    frame = frame.assign(order=order).sort_values(
        ["decision_id", "order", "date", "minutes"], ascending=[True, True, False, True]
    )
    return typed(frame.drop_duplicates("decision_id", ignore_index=True), COLUMNS)


def report(decisions: pd.DataFrame, findings: FindingBook, shape_of: Mapping[str, Any]) -> None:
    """One finding for each decision that is not in force."""
    for row in decisions[decisions["status"] != IN_FORCE].to_dict("records"):
        findings.add(
            RULES[row["status"]], subject=row["subject"], key=row["decision_id"],
            value=row["decision_id"], geometry=shape_of.get(row["subject"]),
            keputusan=row["decision_id"], berita=row["minutes"], ditemukan=row["found"],
        )  # fmt: skip


def _row(
    decision: Decision, docket: Docket, conflict: Conflict | None,
    standing: Callable[[Decision], str],
) -> dict[str, Any]:  # fmt: skip
    status, found = _became(decision, docket, conflict, standing)
    cells = {name: getattr(decision, name) for name in COLUMNS if hasattr(decision, name)}
    return {
        **cells,
        "taken_on": decision.taken_on or None,
        "date": decision.date.isoformat(),
        "status": status,
        "found": found,
        "conflict_id": conflict.conflict_id if conflict else None,
        "evidence_found": conflict.evidence if conflict else None,
    }


def _became(
    decision: Decision, docket: Docket, conflict: Conflict | None,
    standing: Callable[[Decision], str],
) -> tuple[str, str]:  # fmt: skip
    if docket.contradicts_itself(decision.about):
        others = sorted({d.choice for d in docket.on_file if d.about == decision.about})
        return CONTRADICTED, f"Keputusan untuk hal yang sama berbeda pilihan: {'; '.join(others)}"
    taken = f"Diputuskan {_words(decision)} ({decision.minutes}, {decision.date.isoformat()})"
    if conflict is None:
        return UNUSED, f"{taken}; tidak ada lagi perbedaan: {standing(decision)}"
    force = docket.applied.get(conflict.conflict_id)
    if force is not None and decision.evidence == force.evidence:
        return IN_FORCE, f"{taken} atas {evidence_text(conflict)}"
    if force is not None:
        return UNUSED, f"{taken}; ditegaskan kembali oleh keputusan {force.decision_id}" + (
            f" ({force.minutes}) atas bukti yang sekarang"
        )
    if conflict.conflict_id in docket.unfit and decision.evidence == conflict.evidence:
        return UNUSED, f"{taken}; {docket.unfit[conflict.conflict_id]}"
    then = decision.taken_on or "bukti yang tidak tercatat di berkas keputusan"
    return STALE, f"{taken} atas {then}; sekarang ditemukan: {evidence_text(conflict)}"


def _words(decision: Decision) -> str:
    if decision.number is None or decision.source_id is not None:
        return f"{decision.parameter} = {decision.source_id or decision.value}"
    unit = "" if decision.parameter.startswith("penyebut.") else " %"
    return f"{decision.parameter} = {number(decision.number, 1)}{unit}"


def evidence_text(conflict: Conflict) -> str:
    """The candidates of a conflict as one sentence's part."""
    return in_words(conflict.kind, [c.record() for c in conflict.candidates])


def picked(decision: Decision, conflict: Conflict) -> list[Candidate]:
    """The candidates that a decision means; a value that was typed means none.

    ``source_id#source_row`` means one of several records of a source; where the decision tells
    its share as well, that tells the record, as rows may move in a later delivery.
    """
    if decision.kind == "identitas":
        return [c for c in conflict.candidates if str(c.value) == decision.value]
    if decision.source_id is None:
        return []
    source, _, row = decision.source_id.partition("#")
    own = [c for c in conflict.candidates if c.source_id == source]
    if not row:
        return own
    if decision.number is not None:
        share = round(decision.number, 1)
        return [c for c in own if c.persen is not None and round(c.persen, 1) == share][:1]
    return [c for c in own if str(c.source_row) == row]


def _unfit(decision: Decision, conflict: Conflict) -> str | None:
    """Why a decision cannot be applied to its conflict, or None."""
    if decision.kind == "nilai" and decision.source_id is None:
        return None
    found = picked(decision, conflict)
    if not found:
        return f"pilihan itu tidak ada di antara calon: {evidence_text(conflict)}"
    several = decision.kind != "identitas" and len({c.fingerprint() for c in found}) > 1
    if several:
        rows = ", ".join(sorted(f"{c.source_id}#{c.source_row}" for c in found))
        return f"sumber itu punya beberapa catatan; pilih salah satu: {rows}"
    return None
