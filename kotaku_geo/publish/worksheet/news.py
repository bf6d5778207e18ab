"""What an import tells besides faults: what is replaced, put together, withdrawn in vain, odd."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kotaku_geo.decisions import Decision, minutes_key
from kotaku_geo.publish.worksheet.cases import Case
from kotaku_geo.publish.worksheet.form import ANSWERS
from kotaku_geo.publish.worksheet.judge import Judged
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.remarks import Notice
from kotaku_geo.publish.worksheet.returned import Returned, is_blank
from kotaku_geo.publish.worksheet.sentences import decision_in_words, title
from kotaku_geo.publish.worksheet.words import day, number, plain, say

FIELDS = dict(zip(ANSWERS, ("source_id", "value", "reason", "forum", "minutes", "date", "by"),
                  strict=True))  # fmt: skip
WORDS = ("alasan", "forum", "oleh")  # what may be said in several ways of one choice
_TOLD = ("decision_id", "source_id", "value", "reason", "forum", "minutes", "by")
_SHOWN = 120  # letters of an answer that a line shows


@dataclass(frozen=True)
class Replaced:
    """Decisions on file that another takes the place of."""

    case: Case
    old: tuple[Decision, ...]
    new: Decision

    def as_text(self, names: Names) -> str:
        """Subject, parameter, and what was chosen by which minutes before and after."""
        about = f"{title(self.case, names)} [{self.case.subject} {self.case.parameter}]"
        before = "; ".join(decision_in_words(d, names) for d in self.old)
        line = say("hasil.diganti", apa=about, lama=before,
                   baru=decision_in_words(self.new, names))  # fmt: skip
        return "\n".join([line, *self._words()])

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        about = {"kind": self.case.kind, "subject": self.case.subject,
                 "parameter": self.case.parameter}  # fmt: skip
        return {**about, "old": [_row(d) for d in self.old], "new": _row(self.new)}

    def _words(self) -> Iterator[str]:
        """What else is said otherwise; against one decision, as of several nobody could tell."""
        for column in WORDS if len(self.old) == 1 else ():
            before, after = (getattr(d, FIELDS[column]) for d in (*self.old, self.new))
            if before != after:
                yield say("hasil.kata", kolom=column, lama=before[:_SHOWN], baru=after[:_SHOWN])


def _row(decision: Decision) -> dict[str, Any]:
    return {**{n: getattr(decision, n) for n in _TOLD}, "date": decision.date.isoformat()}


def together(
    said: Sequence[tuple[Judged, Decision]], held: Sequence[Decision], names: Names
) -> Iterator[Notice]:
    """That rows, and the decision on file, are put together, as they say one choice differently."""
    (first, decision), *others = said
    for column in (*WORDS, "tanggal"):
        every = [*(d for _, d in said), *held]
        if len({getattr(d, FIELDS[column]) for d in every}) > 1:
            rows = [_where(one) for one, d in others if d != decision]
            beside = ", ".join([*rows, *(decisions_file(names) for _ in held)])
            yield Notice.at(first.row, column, say("kabar.digabung", lain=beside))
            return


def overtaken(
    said: Iterable[tuple[Judged, Decision]], case: Case, names: Names
) -> Iterator[Notice]:
    """One for each row that shows what it went out with, where something else is on file by now."""
    for one, decision in said:
        assert case.decision is not None
        text = say("kabar.usang", lama=decision_in_words(decision, names),
                   isi=decision_in_words(case.decision, names))  # fmt: skip
        yield Notice.at(one.row, "tanggal", text)


def two_dates(
    said: Iterable[tuple[Judged, Decision]], kept: Iterable[Decision], names: Names
) -> list[Notice]:
    """One for each number of minutes that is written with several dates, here or against the file.

    Args:
        said: rows that say something new.
        kept: decisions on file that stay.
        names: names the file of decisions.
    """
    file = decisions_file(names)
    found: dict[str, dict[Any, str]] = {}
    first: dict[str, tuple[Judged, Decision]] = {}
    for one, decision in sorted(said, key=lambda s: (s[1].date, s[0].row.file, s[0].row.number)):
        name = minutes_key(decision.minutes)
        first.setdefault(name, (one, decision))
        found.setdefault(name, {}).setdefault(decision.date, _where(one))
    for decision in kept:
        if (dates := found.get(minutes_key(decision.minutes))) is not None:
            dates.setdefault(decision.date, file)
    notices = []
    for name, dates in found.items():
        if len(dates) > 1:
            one, decision = first[name]
            told = "; ".join(f"{day(date)} ({dates[date]})" for date in sorted(dates))
            text = say("kabar.dua_tanggal", berita=plain(decision.minutes), tanggal=told)
            notices.append(Notice.at(one.row, "tanggal", text))
    return notices


def two_numbers(
    judged: Iterable[Judged], said: Iterable[tuple[Judged, Decision]]
) -> Iterator[Notice]:
    """One for each number of minutes that few rows of a copy have, beside more of one meeting.

    A meeting is known by its day and forum. Of numbers that are as frequent the first written
    counts as the meeting's own.

    Args:
        judged: all rows of all copies.
        said: rows that say something new; a meeting of which nothing is new is not told again.
    """
    news = {(one.row.file, d.date, minutes_key(d.forum)) for one, d in said}
    meetings: dict[tuple[str, Any, str], dict[str, list[Judged]]] = {}
    for one in sorted(judged, key=lambda j: (j.row.file, j.row.number)):
        if (d := one.decision) is not None:
            numbers = meetings.setdefault((one.row.file, d.date, minutes_key(d.forum)), {})
            numbers.setdefault(minutes_key(d.minutes), []).append(one)
    for meeting, numbers in meetings.items():
        usual, *others = sorted(numbers.values(), key=lambda rows: -len(rows))
        for rows in others if meeting in news else ():
            yield _other_number(rows, usual)


def _other_number(rows: Sequence[Judged], usual: Sequence[Judged]) -> Notice:
    mine, theirs = rows[0].decision, usual[0].decision
    assert mine is not None
    assert theirs is not None
    text = say("kabar.dua_nomor", baris=", ".join(str(one.row.number) for one in rows),
               berita=plain(mine.minutes), jumlah=number(len(usual), 0),
               lain=plain(theirs.minutes), tanggal=day(mine.date),
               forum=plain(mine.forum))  # fmt: skip
    return Notice.at(rows[0].row, "berita_acara", text)


def emptied(
    books: Sequence[Returned], by_id: Mapping[str, Case], decisions: Sequence[Decision],
    names: Names,
) -> Iterator[Notice]:  # fmt: skip
    """One for each row that went out with a decision, comes back empty, and withdraws nothing.

    Args:
        books: the copies.
        by_id: conflicts by their id.
        decisions: those that are on file after the import.
        names: what sources and places are called.
    """
    held = {d.decision_id: d for d in decisions}
    for book in books:
        for row in book.rows:
            name = row.cells["conflict_id"].text
            key, case = book.keys.get(name), by_id.get(name)
            if key is None or key.decision_id is None:
                continue
            if any(not is_blank(row.cells[column]) for column in ANSWERS):
                continue
            now = case.decision.decision_id if case is not None and case.decision else ""
            decision = held.get(key.decision_id or now)  # older exports kept no id
            if decision is not None:
                text = say("kabar.kosong", id=decision.decision_id, berkas=decisions_file(names),
                           isi=decision_in_words(decision, names))  # fmt: skip
                yield Notice.at(row, "pilihan", text)


def decisions_file(names: Names) -> str:
    """Name of the file of decisions."""
    return Path(names.pipeline.decisions).name


def _where(one: Judged) -> str:
    return say("kabar.di", berkas=one.row.file, baris=one.row.number)
