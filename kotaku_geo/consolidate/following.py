"""Under which ids things stand that decisions on file are about: a decision follows its RT.

An identity decision may give an RT another id. What was decided of that RT under the old one is
about it still: evidence is a hash over candidates and not over the subject, so it holds under the
new id where the same is said there. RT may also exchange ids, or one take an id that another
leaves; a decision under such an id is then read by its date and by its evidence.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace

from kotaku_geo.consolidate.conflicts import Conflict, evidence_of
from kotaku_geo.consolidate.ids import under
from kotaku_geo.decisions import Decision
from kotaku_geo.late import record

Chosen = Callable[[str, str], dict[str, str]]
_IDENTITY, _HOME, _NAME, _AREA = "identitas", "kode_kelurahan", "id_rt", "id_kawasan"
_OF_RT, _RECORD, _TOGETHER = "-RW", "#", "+"


@record
class Ids:
    """Ids of RT as they are.

    Attributes:
        taken: those that RT have now.
        written: those under which RT are written, wherever they have moved to.
    """

    taken: Collection[str]
    written: Collection[str]


@record
class Renamed:
    """Which ids things have now that decisions know by another one.

    Attributes:
        rt: id → the one that its RT has by identity decisions in force.
        areas: the same of names of kawasan.
        others: id that no RT has → the RT that would have it, were its kelurahan decided otherwise.
        taken: ids that RT have now.
        shared: ids of what has moved under which sources write something else as well.
        since: id of ``rt`` → the day of the decision; none where it is only supposed.
    """

    rt: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    taken: Collection[str] = ()
    shared: Collection[str] = ()
    since: Mapping[str, dt.date] = field(default_factory=dict)

    def readings(self, decision: Decision) -> tuple[str, ...]:
        """The subjects that a decision may be about now, the likeliest first.

        There are two where another RT has the decision's id now. What was decided before the RT
        moved is about the one that had it then.
        """
        subject, parameter = decision.subject, decision.parameter
        if moves_ids(decision) or parameter in (_HOME, "batas.kelurahan"):
            return (subject,)
        if parameter in ("batas.kawasan", _AREA) and subject in self.areas:
            return (self.areas[subject],)
        if _TOGETHER in subject:
            return (self.forward(subject),)
        there = self.rt.get(subject)
        if there is None:
            return (self.others.get(subject, subject),)
        if subject not in self.taken:
            return (there,)
        since = self.since.get(subject)
        if since is not None and decision.date > since:
            return subject, there
        return (there,) if since is not None and decision.date < since else (there, subject)

    def forward(self, name: str) -> str:
        """The id now of an RT, or of a kawasan that is called after its RT."""
        return _TOGETHER.join(sorted(self.rt.get(part, part) for part in name.split(_TOGETHER)))

    def written(self, name: str) -> str:
        """An id of now as one that `forward` leads to it."""
        if self.forward(name) == name:
            return name
        return self._before(name)

    def formerly(self, conflict: Conflict) -> str:
        """The evidence of a conflict over kawasan that RT give their name, before the RT moved."""
        said = (replace(c, value=self._before(str(c.value))) for c in conflict.candidates)
        return evidence_of(c.fingerprint() for c in said)

    def _before(self, name: str) -> str:
        return _TOGETHER.join(
            sorted(
                min((old for old, new in self.rt.items() if new == part), default=part)
                for part in name.split(_TOGETHER)
            )
        )


def adopted(
    on_file: Collection[Decision], ids: Ids, disputes: Iterable[Conflict]
) -> list[Decision]:
    """Decisions on where an RT belongs that deliveries follow by now: nobody writes it elsewhere.

    They are of no more use themselves, but what was decided of the RT under its old id is about it
    still. Of two that name different places neither tells.
    """
    open_ = {name for c in disputes for name in (c.subject, *c.names)}
    found = [
        d for d in on_file
        if moves_ids(d) and d.parameter == _HOME and d.subject not in open_
        and d.subject not in ids.taken and under(d.subject, str(d.value)) in ids.taken
    ]  # fmt: skip
    places: dict[str, set[str]] = {}
    for decision in found:
        places.setdefault(decision.subject, set()).add(str(decision.value))
    return [d for d in found if len(places[d.subject]) == 1]


def with_adopted(chosen: Chosen, own: Collection[Decision]) -> Chosen:
    """What is chosen, with the homes of RT that deliveries have adopted."""
    homes = {d.subject: str(d.value) for d in own}

    def all_chosen(kind: str, parameter: str) -> dict[str, str]:
        said = chosen(kind, parameter)
        return {**homes, **said} if (kind, parameter) == (_IDENTITY, _HOME) else said

    return all_chosen


def renamed(
    chosen: Chosen, since: Mapping[str, dt.date], disputes: Iterable[Conflict], ids: Ids
) -> Renamed:
    """What follows from the identities that are chosen.

    Args:
        chosen: kind and parameter → subject → what is chosen.
        since: subject → the day of its decision.
        disputes: conflicts, of which those over the kelurahan of RT count.
        ids: of RT as they are where that is chosen.
    """
    homes = chosen(_IDENTITY, _HOME)
    rt = {name: under(name, code) for name, code in homes.items() if _OF_RT in name}
    meant = {n: there for n, there in chosen(_IDENTITY, _NAME).items() if _RECORD not in there}
    rt |= {name: rt.get(there, there) for name, there in meant.items()}
    rt = {old: new for old, new in rt.items() if old != new}
    over_homes = [c for c in disputes if c.parameter == _HOME and _OF_RT in c.subject]
    areas = {n: there for n, there in chosen(_IDENTITY, _AREA).items() if _OF_RT not in n}
    return Renamed(
        rt, areas, _others(over_homes, rt, ids.taken), ids.taken,
        _shared(over_homes, rt, ids) | {*areas.values()},
        {name: day for name, day in since.items() if name in rt},
    )  # fmt: skip


def _others(
    over_homes: Iterable[Conflict], rt: Mapping[str, str], taken: Collection[str]
) -> dict[str, str]:
    """Ids that RT in dispute would have under other choices, where one RT alone would have it."""
    found: dict[str, set[str]] = {}
    for conflict in over_homes:
        own = {conflict.subject, *conflict.names}
        stands = {rt.get(name, name) for name in own} & set(taken)
        would = {conflict.meant(str(c.value)) for c in conflict.candidates}
        for name in (own | would) - set(taken) - set(rt):
            found.setdefault(name, set()).update(stands)
    return {name: stands.pop() for name, stands in found.items() if len(stands) == 1}


def _shared(over_homes: Iterable[Conflict], rt: Mapping[str, str], ids: Ids) -> frozenset[str]:
    """Ids to which an RT has moved and under which something else is written that stays there."""
    same = {(name, rt.get(name, name)) for c in over_homes for name in (c.subject, *c.names)}
    there = {new for new in rt.values() if new in ids.written and new not in rt}
    return frozenset(new for new in there if (new, new) not in same)


def moves_ids(decision: Decision) -> bool:
    """Whether a decision may give an RT or a kawasan another id."""
    if decision.kind != _IDENTITY:
        return False
    of_rt = _OF_RT in decision.subject
    if decision.parameter == _NAME:
        return _RECORD not in str(decision.value)
    return of_rt if decision.parameter == _HOME else not of_rt


def touched(on_file: Collection[Decision]) -> frozenset[Decision]:
    """Decisions over places whose subject another decision may move: they wait for that one."""
    movers = [d for d in on_file if moves_ids(d)]
    moving = {_tail(d.subject) for d in movers}
    moving |= {_tail(str(d.value)) for d in movers if d.parameter != _HOME}
    return frozenset(
        d for d in on_file
        if d.kind != "nilai" and not moves_ids(d)
        and any(_tail(part) in moving for part in d.subject.split(_TOGETHER))
    )  # fmt: skip


def _tail(name: str) -> str:
    """What an RT keeps of its id in every kelurahan; another name as it is."""
    return name[name.index(_OF_RT) :] if _OF_RT in name else name
