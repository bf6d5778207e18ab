"""``consolidate/decisions``: what became of each decision on file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.docket import STALE, Docket, evidence_text
from kotaku_geo.consolidate.standing import Standing
from kotaku_geo.consolidate.tables import typed
from kotaku_geo.decisions import Decision
from kotaku_geo.findings import FindingBook
from kotaku_geo.texts import number

IN_FORCE, UNUSED, CONTRADICTED = "berlaku", "tidak_terpakai", "bertentangan"
COLUMNS = {
    "decision_id": "str", "status": "str", "found": "str", "conflict_id": "str", "kind": "str",
    "subject": "str", "parameter": "str", "source_id": "str", "value": "str", "reason": "str",
    "forum": "str", "minutes": "str", "date": "str", "by": "str", "evidence": "str",
    "taken_on": "str", "evidence_found": "str", "subject_now": "str",
}  # fmt: skip
RULES = {STALE: "decision.stale", UNUSED: "decision.unused",
         CONTRADICTED: "decision.contradicting"}  # fmt: skip
# Where nothing is left to choose from the meeting cannot decide anew in the workbook.
_WITHDRAW = "tidak ada lagi yang dapat dipilih; cabut: hapus barisnya dari berkas keputusan"
_ORDER = [IN_FORCE, STALE, CONTRADICTED, UNUSED]


def table(docket: Docket, conflicts: Iterable[Conflict], standing: Standing) -> pd.DataFrame:
    """``consolidate/decisions``, sorted by id; a decision that is written twice has one row.

    Args:
        conflicts: all that were found, marked.
        standing: what stands now where a decision's conflict is no more.
    """
    found = {(c.kind, c.subject, c.parameter): c for c in conflicts}
    rows = [_row(d, docket, found.get(docket.about(d)), standing) for d in docket.on_file]
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
            RULES[row["status"]], subject=row["subject_now"], key=row["decision_id"],
            value=row["decision_id"], geometry=shape_of.get(row["subject_now"]),
            keputusan=row["decision_id"], berita=row["minutes"], ditemukan=row["found"],
        )  # fmt: skip


def _row(
    decision: Decision, docket: Docket, conflict: Conflict | None,
    standing: Standing,
) -> dict[str, Any]:  # fmt: skip
    status, found = _became(decision, docket, conflict, standing)
    force = docket.applied.get(conflict.conflict_id) if conflict else None
    # Of several records of a source the one that is meant is called by the row that it has now.
    now = force if status == IN_FORCE and force is not None else decision
    cells = {name: getattr(decision, name) for name in COLUMNS if hasattr(decision, name)}
    if "#" in (decision.source_id or decision.value or ""):
        cells |= {"source_id": now.source_id, "value": now.value}
    return {
        **cells,
        "taken_on": decision.taken_on or None,
        "date": decision.date.isoformat(),
        "status": status,
        "found": found,
        "conflict_id": conflict.conflict_id if conflict else None,
        "evidence_found": conflict.evidence if conflict else None,
        "subject_now": docket.about(decision)[1],
    }


def _became(
    decision: Decision, docket: Docket, conflict: Conflict | None,
    standing: Standing,
) -> tuple[str, str]:  # fmt: skip
    about = docket.about(decision)
    if docket.contradicts_itself(about):
        return CONTRADICTED, "Keputusan untuk hal yang sama berbeda pilihan: " + "; ".join(
            sorted({_choice(d, docket) for d in docket.on_file if docket.about(d) == about})
        )
    taken = _taken(decision, decision, docket)
    if conflict is None:
        now = docket.now(decision)
        if about in docket.silent:
            nobody = "sekarang tidak ada sumber yang menyebutnya"
            return STALE, f"{taken} atas {_then(decision)}; {nobody}; {_WITHDRAW}"
        if standing.keeps(now) is False:
            told = f"sekarang tidak ada perbedaan: {standing.sentence(now)}"
            return STALE, f"{taken} atas {_then(decision)}; {told}; {_WITHDRAW}"
        return UNUSED, f"{taken}; tidak ada lagi perbedaan: {standing.sentence(now)}"
    force = docket.applied.get(conflict.conflict_id)
    if force is not None and decision.evidence == force.evidence:
        now = replace(force, subject=decision.subject)
        return IN_FORCE, f"{_taken(now, decision, docket)} atas {evidence_text(conflict)}"
    if force is not None:
        return UNUSED, f"{taken}; ditegaskan kembali oleh keputusan {force.decision_id}" + (
            f" ({force.minutes}) atas bukti yang sekarang"
        )
    if conflict.conflict_id in docket.unfit and decision.evidence == conflict.evidence:
        return UNUSED, f"{taken}; {docket.unfit[conflict.conflict_id]}"
    mixed = about[1] != decision.subject and about[1] in docket.renamed.shared
    why = f"; {about[1]} juga ditulis untuk data lain, jadi calonnya tergabung" if mixed else ""
    found = evidence_text(conflict)
    return STALE, f"{taken} atas {_then(decision)}{why}; sekarang ditemukan: {found}"


def _then(decision: Decision) -> str:
    """What it was taken on, in words."""
    return decision.taken_on or "bukti yang tidak tercatat di berkas keputusan"


def _taken(meant: Decision, decision: Decision, docket: Docket) -> str:
    """What was decided, by which minutes; ``meant`` names records by the rows that they have."""
    day = decision.date.isoformat()
    return f"Diputuskan {_words(meant)} ({decision.minutes}, {day}){_moved(decision, docket)}"


def _moved(decision: Decision, docket: Docket) -> str:
    """Under which id it was decided, where that is another now."""
    now = docket.about(decision)[1]
    return "" if now == decision.subject else f" untuk {decision.subject} yang kini {now}"


def _choice(decision: Decision, docket: Docket) -> str:
    """What a decision chooses, and under which id where that is another now."""
    return decision.choice + _moved(decision, docket)


def _words(decision: Decision) -> str:
    if decision.number is None or decision.source_id is not None:
        return f"{decision.parameter} = {decision.source_id or decision.value}"
    unit = "" if decision.parameter.startswith("penyebut.") else " %"
    return f"{decision.parameter} = {number(decision.number, 1)}{unit}"
