"""Copies put together: contradictions are told and not settled, the rest joins what is on file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.filed import About
from kotaku_geo.publish.worksheet.form import ANSWERS
from kotaku_geo.publish.worksheet.judge import Fault, Judged
from kotaku_geo.publish.worksheet.words import say

_FIELDS = ("source_id", "value", "reason", "forum", "minutes", "date", "by")  # as `ANSWERS`


@dataclass(frozen=True)
class Merged:
    """What the copies come to.

    Attributes:
        decisions: those on file with what was taken.
        new: decisions over what nothing was decided on before.
        changed: decisions that take the place of others on file.
        unchanged: how many answers say what is on file already.
        faults: all that is wrong, in the order of the copies.
    """

    decisions: list[Decision]
    new: list[Decision]
    changed: list[Decision]
    unchanged: int
    faults: list[Fault]


def merge(judged: Sequence[Judged], on_file: Mapping[Decision, About]) -> Merged:
    """Put the answers of all copies together with the decisions on file.

    A conflict is taken only where every row that speaks of it is without a fault and all say the
    same; rows that repeat the decision on file say nothing new. The result does not depend on the
    order of rows or copies.

    Args:
        judged: the rows of all copies.
        on_file: decision → what it is about now.
    """
    faults = [fault for one in judged for fault in one.faults]
    about: dict[str, list[Judged]] = {}
    for one in judged:
        if one.case is not None:
            about.setdefault(one.case.conflict_id, []).append(one)
    new: list[Decision] = []
    changed: list[Decision] = []
    unchanged = 0
    kept = dict(on_file)
    known = {_nameless(replace(d, subject=subject)) for d, (_, subject, _) in on_file.items()}
    for conflict_id in sorted(about):
        said = [(one, one.decision) for one in about[conflict_id]]
        fresh = [(one, d) for one, d in said if d is None or _nameless(d) not in known]
        unchanged += len(said) - len(fresh)
        clashes = _clashes([(one, d) for one, d in fresh if d is not None])
        faults += clashes
        taken = {d for _, d in fresh}
        if clashes or None in taken or not taken:
            continue
        (decision,) = (d for d in taken if d is not None)
        before = [d for d, subject in kept.items() if subject == decision.about]
        (changed if before else new).append(decision)
        kept = {d: subject for d, subject in kept.items() if subject != decision.about}
        kept[decision] = decision.about
    return Merged(list(kept), new, changed, unchanged, _in_order(faults, judged))


def _nameless(decision: Decision) -> Decision:
    """A decision as people take it: without its id, and without what the evidence is in words."""
    return replace(decision, decision_id="", taken_on="")


def _clashes(said: Sequence[tuple[Judged, Decision]]) -> list[Fault]:
    """A fault for each row of a conflict on which the copies do not say the same."""
    faults = []
    for one, decision in said:
        other = next(((o, d) for o, d in said if d != decision), None)
        if other is not None:
            column, mine, theirs = _difference(decision, other[1])
            text = say("tolak.bertentangan", berkas=other[0].row.file, baris=other[0].row.number,
                       ini=mine, itu=theirs)  # fmt: skip
            faults.append(Fault(one.row.file, text, one.row.number, column))
    return faults


def _difference(one: Decision, other: Decision) -> tuple[str, str, str]:
    """The first column in which two decisions differ, and what each says there."""
    for column, name in zip(ANSWERS, _FIELDS, strict=True):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine != theirs:
            empty = say("tolak.tanpa_isi")
            return column, str(mine or empty)[:120], str(theirs or empty)[:120]
    raise AssertionError("decisions that are alike do not clash")


def _in_order(faults: Sequence[Fault], judged: Sequence[Judged]) -> list[Fault]:
    files = list(dict.fromkeys(one.row.file for one in judged))
    place = {column: i for i, column in enumerate(ANSWERS)}

    def key(fault: Fault) -> tuple[int, int, int, str]:
        column = place.get(fault.column or "", -1)
        return files.index(fault.file), fault.row or 0, column, fault.text

    return sorted(faults, key=key)
