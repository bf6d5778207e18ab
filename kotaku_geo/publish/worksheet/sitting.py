"""Of which meeting the minutes are, and decisions grouped by the record that they carry."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case

T = TypeVar("T")


@dataclass(frozen=True)
class Sitting:
    """A meeting: the latest that has decided something, or the next one.

    Attributes:
        number: of its minutes, the greatest where its day has several; None of the next meeting.
        date, forum: of the meeting; None where its decisions carry several.
        agreed: its decisions that are in force, with those that carry another number and its day.
        earlier: those of other meetings that are in force as well.
    """

    number: str | None
    date: dt.date | None
    forum: str | None
    agreed: tuple[Case, ...]
    earlier: tuple[Case, ...]


@dataclass(frozen=True)
class Group:
    """Decisions of one record: by whom, in which forum, on which day, by which minutes."""

    date: dt.date
    minutes: str
    forum: str
    by: str
    cases: tuple[Case, ...]

    @property
    def reason(self) -> str | None:
        """The reason of all of them; None where they have several."""
        return _only([decision_of(case).reason for case in self.cases])


def latest(cases: Sequence[Case]) -> Sitting | None:
    """The meeting with the latest day, the greater number where two were on one day.

    A decision that has become stale still tells which meeting was the latest. Numbers of minutes
    begin anew every year: the same number in another year is another meeting. What was decided on
    a day of the meeting is no earlier decision, whatever its number. None where no decision is on
    file.
    """
    told = [case for case in cases if case.status in (DECIDED, STALE) and case.decision is not None]
    if not told:
        return None
    last = max((decision_of(case) for case in told), key=_moment)
    days = {d.date for d in map(decision_of, told) if _same(d, last)}
    own = [d for d in map(decision_of, told) if d.date in days]
    decided = [case for case in told if case.status == DECIDED]
    return Sitting(
        number=last.minutes,
        date=_only([d.date for d in own]),
        forum=_only([d.forum for d in own]),
        agreed=tuple(c for c in decided if decision_of(c).date in days),
        earlier=tuple(c for c in decided if decision_of(c).date not in days),
    )


def upcoming(cases: Sequence[Case]) -> Sitting:
    """The next meeting: it has decided nothing, and everything in force is of earlier ones."""
    return Sitting(None, None, None, (), tuple(c for c in cases if c.status == DECIDED))


def grouped(cases: Sequence[Case]) -> list[Group]:
    """Decided cases by their record, the earliest first; within it in the order given."""
    found: dict[tuple[dt.date, str, str, str], list[Case]] = {}
    for case in cases:
        one = decision_of(case)
        found.setdefault((one.date, one.minutes, one.forum, one.by), []).append(case)
    groups = [Group(*record, tuple(members)) for record, members in found.items()]
    return sorted(groups, key=lambda g: (g.date, _natural(g.minutes), g.minutes, g.forum, g.by))


def decision_of(case: Case) -> Decision:
    """The decision on file of a case that has one."""
    assert case.decision is not None
    return case.decision


def _same(one: Decision, other: Decision) -> bool:
    return (one.minutes, one.date.year) == (other.minutes, other.date.year)


def _moment(decision: Decision) -> tuple[Any, ...]:
    return decision.date, _natural(decision.minutes), decision.minutes


def _natural(number: str) -> tuple[str | int, ...]:
    """A number of minutes as a person orders it: BA 9 before BA 10."""
    parts = re.split(r"(\d+)", number.casefold())
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts))


def _only(values: Sequence[T]) -> T | None:
    """The value that all are; None where they differ."""
    return values[0] if len(set(values)) == 1 else None
