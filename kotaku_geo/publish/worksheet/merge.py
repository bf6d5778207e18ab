"""Copies put together: contradictions are told and not settled, the rest joins what is on file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.answers import LONGEST
from kotaku_geo.publish.worksheet.cases import DECIDED, Case
from kotaku_geo.publish.worksheet.filed import About
from kotaku_geo.publish.worksheet.form import ANSWERS
from kotaku_geo.publish.worksheet.judge import Judged
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.news import (
    FIELDS,
    WORDS,
    Replaced,
    decisions_file,
    overtaken,
    together,
    two_dates,
    two_numbers,
)
from kotaku_geo.publish.worksheet.remarks import Fault, Notice, Remark
from kotaku_geo.publish.worksheet.sentences import decision_in_words
from kotaku_geo.publish.worksheet.words import day, number, say

BETWEEN = " / "  # what several copies say of one choice
_CHOICE = ("pilihan", "nilai", "berita_acara")  # two that differ here decide differently
Said = Sequence[tuple[Judged, Decision]]


@dataclass(frozen=True)
class Merged:
    """What the copies come to.

    Attributes:
        decisions: those on file with what was taken.
        new: decisions over what nothing was decided on before.
        replaced: decisions that take the place of others on file, with these.
        unchanged: how many answers say what is on file already.
        faults: all that is wrong, in the order of the copies.
        notices: what is to be known, in the order of the copies.
    """

    decisions: list[Decision]
    new: list[Decision] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def changed(self) -> list[Decision]:
        """Decisions that take the place of others on file."""
        return [one.new for one in self.replaced]


def merge(judged: Sequence[Judged], on_file: Mapping[Decision, About], names: Names) -> Merged:
    """Put the answers of all copies together with the decisions on file.

    A conflict is taken only where every row that speaks of it is without a fault and all choose the
    same by the same minutes; what they say of it in other words is kept side by side. Rows that
    still show the decision they went out with say nothing, and none takes the place of a later one.
    The result does not depend on the order of rows or copies.

    Args:
        judged: the rows of all copies.
        on_file: decision → what it is about now.
        names: what places and sources are called.
    """
    faults = [fault for one in judged for fault in one.faults]
    notices: list[Notice] = []
    new: list[Decision] = []
    replaced: list[Replaced] = []
    unchanged, taken_from = 0, list[tuple[Judged, Decision]]()
    kept = dict(on_file)
    known = {_nameless(_now(d, subject)): d.decision_id for d, (_, subject, _) in on_file.items()}
    for case, rows in _by_conflict(judged):
        outdated = [(o, d) for o, d in _said(rows, known) if _is_outdated(o, d, case)]
        notices += overtaken(outdated, case, names)
        said = [pair for pair in _said(rows, known) if pair not in outdated]
        unchanged += len([o for o in rows if o.decision and _nameless(o.decision) in known])
        if all(_nameless(d) in known for _, d in said):
            continue
        held = _held(said, case)
        wrong = _contradicting(said) or _too_long(said, held) or _too_late(said, case, names)
        faults += wrong
        if wrong or any(one.decision is None for one in rows):
            continue
        decision = joined([*(d for _, d in said), *held])
        if _nameless(decision) in known:
            unchanged += len([d for _, d in said if _nameless(d) not in known])
            continue
        taken_from += said
        notices += together(said, held, names)
        before = [d for d, subject in kept.items() if subject == decision.about]
        if before:
            replaced.append(Replaced(case, tuple(before), decision))
        else:
            new.append(decision)
        kept = {d: subject for d, subject in kept.items() if subject != decision.about}
        kept[decision] = decision.about
    stay = [d for d in on_file if d in kept]
    notices += [*two_dates(taken_from, stay, names), *two_numbers(judged, taken_from)]
    ordered = _order(judged)
    return Merged(list(kept), new, replaced, unchanged, sorted(faults, key=ordered),
                  sorted(notices, key=ordered))  # fmt: skip


def _now(decision: Decision, subject: str) -> Decision:
    """A decision on file with what its subject is called now."""
    return decision if decision.subject == subject else replace(decision, subject=subject)


def joined(decisions: Sequence[Decision]) -> Decision:
    """Decisions of one choice as one: of the latest date, with what each says beside the others."""
    said = {FIELDS[c]: _side_by_side([getattr(d, FIELDS[c]) for d in decisions]) for c in WORDS}
    return replace(decisions[0], date=max(d.date for d in decisions), **said)


def _side_by_side(texts: Sequence[str]) -> str:
    """Each distinct text once, in stable order; what was put together before is taken apart."""
    if len(set(texts)) == 1:
        return texts[0]
    return BETWEEN.join(sorted(set[str]().union(*map(parts, texts))))


def _by_conflict(judged: Sequence[Judged]) -> list[tuple[Case, list[Judged]]]:
    """Each conflict with the rows that speak of it, in an order that no copy's place changes."""
    about: dict[str, tuple[Case, list[Judged]]] = {}
    for one in sorted(judged, key=lambda j: (j.row.file, j.row.number)):
        if one.case is not None:
            about.setdefault(one.case.conflict_id, (one.case, []))[1].append(one)
    return [about[conflict_id] for conflict_id in sorted(about)]


def _said(rows: Sequence[Judged], known: Mapping[Decision, str]) -> Said:
    """The rows that decide something.

    One that still shows the decision it went out with decides nothing; nor does one that repeats
    what is on file where another had that on the table and decides otherwise.
    """
    said = [(one, d) for one in rows if (d := one.decision) is not None]
    on_file = [known.get(_nameless(d)) for _, d in said]
    pairs = list(zip(said, on_file, strict=True))
    overruled = any(one.exported is not None and held is None for (one, _), held in pairs)
    return [
        (one, d)
        for (one, d), held in pairs
        if held is None or not (overruled or one.exported in ("", held))
    ]


def _is_outdated(one: Judged, decision: Decision, case: Case) -> bool:
    """Whether a row still shows the decision it went out with, and the meeting has decided anew."""
    held = case.decision if case.status == DECIDED else None
    if held is None or one.exported != decision.decision_id:
        return False
    same_day = decision.date == held.date and decision.choice != held.choice
    return decision.date < held.date or same_day


def _held(said: Said, case: Case) -> list[Decision]:
    """The decision in force that rows speak of beside each other, without having shown it.

    What it says is kept beside what they say of the same choice: it may come from copies that are
    not here. Who had it on the table and wrote otherwise meant to change it.
    """
    decision = case.decision if case.status == DECIDED else None
    if decision is None or any(one.exported is not None for one, _ in said):
        return []
    return [decision] if {_choice(d) for _, d in said} == {_choice(decision)} else []


def parts(text: str) -> set[str]:
    """What several copies have said, of a text that was put together."""
    return set(text.split(BETWEEN))


def _choice(decision: Decision) -> tuple[str | None, ...]:
    """What two decisions must have in common for one not to contradict the other."""
    return tuple(getattr(decision, FIELDS[column]) for column in _CHOICE)


def _nameless(decision: Decision) -> Decision:
    """A decision as people take it: without its id, and without what the evidence is in words."""
    return replace(decision, decision_id="", taken_on="")


def _contradicting(said: Said) -> list[Fault]:
    """A fault for each row of a conflict on which the copies do not choose the same."""
    faults = []
    for one, decision in said:
        other = next(((o, d) for o, d in said if _choice(d) != _choice(decision)), None)
        if other is not None:
            column, mine, theirs = _difference(decision, other[1])
            text = say("tolak.bertentangan", berkas=other[0].row.file, baris=other[0].row.number,
                       ini=mine, itu=theirs)  # fmt: skip
            faults.append(Fault.at(one.row, column, text))
    return faults


def _difference(one: Decision, other: Decision) -> tuple[str, str, str]:
    """The first column in which two choices differ, and what each says there."""
    column = next(c for c in _CHOICE if getattr(one, FIELDS[c]) != getattr(other, FIELDS[c]))
    empty = say("tolak.tanpa_isi")
    mine, theirs = (str(getattr(d, FIELDS[column]) or empty)[:120] for d in (one, other))
    return column, mine, theirs


def _too_long(said: Said, held: Sequence[Decision]) -> list[Fault]:
    """A fault for each row where what all say has no room in one cell."""
    whole = joined([*(d for _, d in said), *held])
    long = [column for column in WORDS if len(getattr(whole, FIELDS[column])) > LONGEST]
    text = say("tolak.gabungan_panjang", batas=number(LONGEST, 0))
    return [Fault.at(one.row, column, text) for one, _ in said for column in long]


def _too_late(said: Said, case: Case, names: Names) -> list[Fault]:
    """A fault for each row where the meeting has decided anew since."""
    held = case.decision if case.status == DECIDED else None
    if held is None or max(d.date for _, d in said) >= held.date:
        return []
    about = {"id": held.decision_id, "isi": decision_in_words(held, names),
             "berkas": decisions_file(names)}  # fmt: skip
    return [
        Fault.at(one.row, "tanggal", say("tolak.lebih_lama", tanggal=day(d.date), **about))
        for one, d in said
    ]


def _order(judged: Sequence[Judged]) -> Callable[[Remark], tuple[int, int, int, str]]:
    """Sort key: in the order of the copies, their rows and their columns."""
    files = list(dict.fromkeys(one.row.file for one in judged))
    place = {column: i for i, column in enumerate(ANSWERS)}

    def key(remark: Remark) -> tuple[int, int, int, str]:
        column = place.get(remark.column or "", -1)
        return files.index(remark.file), remark.row or 0, column, remark.text

    return key
