"""What filled copies say, checked row by row against the conflicts as they are now."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kotaku_geo.decisions import Decision, identified
from kotaku_geo.publish.words import LANGUAGES
from kotaku_geo.publish.worksheet import answers, choices
from kotaku_geo.publish.worksheet.answers import AnswerError
from kotaku_geo.publish.worksheet.cases import Case, figure_on_file
from kotaku_geo.publish.worksheet.form import ANSWERS, LOCKED, imprint, locked_cells, same_text
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.remarks import Fault
from kotaku_geo.publish.worksheet.returned import Cell, Key, Returned, Row, is_blank
from kotaku_geo.publish.worksheet.sentences import candidates, grounds
from kotaku_geo.publish.worksheet.words import say, speaking


@dataclass(frozen=True)
class Judged:
    """A filled row with its conflict: a decision, or the faults that keep it from being one.

    Attributes:
        row: the row.
        case: None where no conflict has the row's id.
        decision: what it decides; None where it does not, or has a fault.
        faults: all that is wrong with it.
        exported: id of the decision that the row went out with; empty where it may have gone out
            with one and nobody knows which; None where it went out empty.
    """

    row: Row
    case: Case | None
    decision: Decision | None
    faults: tuple[Fault, ...]
    exported: str | None = None


def judge(
    books: Sequence[Returned], cases: Sequence[Case], names: Names, today: dt.date
) -> list[Judged]:
    """Every row that says something, or whose locked cells were changed, in the order read."""
    known = _Cases(cases)
    result = []
    for book in books:
        for row in book.rows:
            judged = _row(row, book, known, names, today)
            if judged is not None:
                result.append(judged)
    return result


class _Cases:
    """Conflicts by the ids that copies may have them under."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.now = {case.conflict_id: case for case in cases}
        self.before = {name: case for case in cases for name in case.formerly}

    def of(self, name: str, key: Key | None) -> Case | None:
        """The conflict of a row: of an RT that was moved since, if it rests on its evidence."""
        case, moved = self.now.get(name), self.before.get(name)
        if moved is None or key is None or (case is not None and case.evidence == key.evidence):
            return case
        return moved if case is None or moved.evidence == key.evidence else case


def _row(row: Row, book: Returned, known: _Cases, names: Names, today: dt.date) -> Judged | None:
    name = row.cells["conflict_id"].text
    key = book.keys.get(name)
    case = known.of(name, key)
    filled = any(not is_blank(row.cells[column]) for column in ANSWERS)
    if not filled and (key is None) and not book.keys:
        return None  # nothing was said, and nobody knows what stood here
    faults = list(_changed(row, case, key, names))
    if case is None and (filled or key is None):
        word = "tanpa_id" if not name else "hilang" if key else "asing"
        faults = [Fault.at(row, "conflict_id", say(f"tolak.{word}", id=name))]
    if not filled:
        return Judged(row, case, None, tuple(faults)) if faults else None
    if case is None:
        return Judged(row, None, None, tuple(faults))
    if key is not None and key.evidence != case.evidence:
        now = candidates(case, names).replace("\n", " ")
        faults.append(Fault.at(row, "bukti", say("tolak.basi", kini=now)))
    elif _renumbered(row, case, names):
        faults.append(Fault.at(row, "kandidat", say("tolak.rekaman")))
    decision, wrong = _decision(row, case, names, today)
    faults += wrong
    exported = "" if key is None else key.decision_id
    return Judged(row, case, None if faults else decision, tuple(faults), exported)


def _renumbered(row: Row, case: Case, names: Names) -> bool:
    """Whether a record is chosen by a number that stood for another one in this copy.

    Rows move in a later delivery, and the evidence does not tell: what the records say is the same.
    """
    if not any("#" in row.cells[column].text for column in ("pilihan", "nilai")):
        return False
    shown = _lines_of(str(row.cells["kandidat"].value))
    for lang in LANGUAGES:
        with speaking(lang):
            if _lines_of(candidates(case, names)) == shown:
                return False
    return True


def _lines_of(text: str) -> list[str]:
    """The lines of a cell, in no order: which candidate stands first may have changed."""
    return sorted(same_text(line) for line in text.split("\n"))


def _changed(row: Row, case: Case | None, key: Key | None, names: Names) -> Iterator[Fault]:
    """Locked cells that are not as they were put before the meeting."""
    cells = [row.cells[column].value for column in LOCKED]
    if key is not None and imprint(cells) == key.imprint:
        return
    if case is None:
        if key is not None:
            yield Fault.at(row, "conflict_id", say("tolak.terkunci"))
        return
    differ, lang = _differing(cells, case, names)
    if key is not None:
        for column in differ or ["bukti"]:
            yield Fault.at(row, column, say("tolak.terkunci"))
        return
    with speaking(lang):
        if "bukti" in differ and _has_grounds(row, case, names):
            differ.remove("bukti")
    for column in differ:
        text = say("tolak.terkunci" if column not in ("kandidat", "bukti") else "tolak.lain")
        yield Fault.at(row, column, text)


def _differing(cells: Sequence[object], case: Case, names: Names) -> tuple[list[str], str]:
    """The locked cells that are not as now, in the language in which the fewest are not."""
    found = []
    for lang in LANGUAGES:
        with speaking(lang):
            pairs = zip(LOCKED, cells, locked_cells(case, names), strict=True)
            differ = [column for column, a, b in pairs if same_text(a) != same_text(b)]
        found.append((differ, lang))
    return min(found, key=lambda one: len(one[0]))


def _has_grounds(row: Row, case: Case, names: Names) -> bool:
    """Whether the evidence stands in ``bukti`` as it is now; what follows from it may change.

    This is what can be compared where a program did not keep the keys.
    """
    cell = row.cells["bukti"].text
    return bool(cell) and all(same_text(line) in cell for line in grounds(case, names))


def _decision(
    row: Row, case: Case, names: Names, today: dt.date
) -> tuple[Decision | None, list[Fault]]:
    faults: list[Fault] = []

    def read(column: str, how: Callable[[Cell], Any]) -> Any:
        cell = row.cells[column]
        try:
            if is_blank(cell):
                raise AnswerError(say(f"tolak.kosong.{column}"))
            return how(cell)
        except AnswerError as error:
            faults.append(Fault.at(row, column, str(error)))
            return None

    source, value, wrong = choices.chosen(row, case, names)
    faults += wrong
    said = {c: read(c, lambda cell: answers.words(cell.value))
            for c in ("alasan", "forum", "berita_acara", "oleh")}  # fmt: skip
    date = read("tanggal", lambda cell: answers.date(cell.value, today))
    if faults:
        return None, faults
    made = Decision(
        kind=case.kind, subject=case.subject, parameter=case.parameter, source_id=source,
        value=value or _figure_of_record(source, case), reason=said["alasan"], forum=said["forum"],
        minutes=said["berita_acara"], date=date, by=said["oleh"], evidence=case.evidence,
        taken_on=case.in_words,
    )  # fmt: skip
    return identified(made), []


def _figure_of_record(source: str | None, case: Case) -> str | None:
    """The share, amount or hectares of one record of several, by which it is known again when its
    rows have moved."""
    if source is None or "#" not in source:
        return None
    (option, *_) = (o for o in case.options if o.choice == source)
    return figure_on_file(option.value if option.persen is None else option.persen)
