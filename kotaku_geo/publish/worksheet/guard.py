"""A workbook that an export would overwrite: what people have filled in must not be lost unseen."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from kotaku_geo.decisions import Decision
from kotaku_geo.errors import InputError, OutputError
from kotaku_geo.publish.worksheet import answers
from kotaku_geo.publish.worksheet.answers import AnswerError
from kotaku_geo.publish.worksheet.cases import Case, by_conflict_id
from kotaku_geo.publish.worksheet.choices import chosen, plain_number
from kotaku_geo.publish.worksheet.form import ANSWERS
from kotaku_geo.publish.worksheet.merge import parts
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.news import FIELDS, WORDS, decisions_file
from kotaku_geo.publish.worksheet.returned import Returned, Row, is_blank, read_workbook
from kotaku_geo.publish.worksheet.words import number, say

_SHOWN = 10  # rows that the message names


def read_back(target: Path) -> Returned | None:
    """The workbook that stands where one is to be written; None where there is nothing.

    Raises:
        OutputError: it cannot be read as a worksheet, so that nobody knows what would be lost.
    """
    if not target.is_file():
        return None
    try:
        return read_workbook(target)
    except InputError as error:
        raise OutputError(say("ekspor.asing", berkas=target, sebab=error)) from error


def keep(
    book: Returned, target: Path, cases: Sequence[Case], decisions: Sequence[Decision],
    names: Names,
) -> None:  # fmt: skip
    """Let a workbook be overwritten where all its entries are on file.

    Raises:
        OutputError: names the rows that hold entries that are not.
    """
    by_id = by_conflict_id(cases)
    lost = [row.number for row in book.rows
            if _is_filled(row) and not _on_file(row, by_id, decisions, names)]  # fmt: skip
    if lost:
        rows = ", ".join(map(str, lost[:_SHOWN])) + (", …" if len(lost) > _SHOWN else "")
        text = say("ekspor.terisi", berkas=target, jumlah=number(len(lost), 0), baris=rows,
                   keputusan=decisions_file(names))  # fmt: skip
        raise OutputError(text)


def _is_filled(row: Row) -> bool:
    return any(not is_blank(row.cells[column]) for column in ANSWERS)


def _on_file(row: Row, by_id: dict[str, Case], decisions: Sequence[Decision], names: Names) -> bool:
    """Whether a row's answers are those of a decision on file, stale or not.

    The evidence does not matter: what was decided is kept, whatever has become of it.
    """
    case = by_id.get(row.cells["conflict_id"].text)
    about = tuple(row.cells[column].text for column in ("kind", "subject", "parameter"))
    held = [d for d in decisions if d.about == about]
    if case is not None and case.decision is not None:
        held.append(case.decision)
    try:
        said = _choices(row, case, names)
        # Of a day that has not come yet it does not matter here: it is on file, or it is not.
        date = answers.date(row.cells["tanggal"].value, dt.date.max)
        words = {column: answers.words(row.cells[column].value) for column in ANSWERS}
    except AnswerError:
        return False
    return any(
        d.choice in said and d.date == date and d.minutes == words["berita_acara"]
        and all(parts(words[c]) <= parts(getattr(d, FIELDS[c])) for c in WORDS)
        for d in held
    )  # fmt: skip


def _choices(row: Row, case: Case | None, names: Names) -> set[str]:
    """What a row chooses, as `Decision.choice` has it: as read now, and as it is written.

    A conflict that is gone has no candidates against which it could be read.
    """
    source, value = (row.cells[column].text for column in ("pilihan", "nilai"))
    said = {source.lower()} if source else {f"= {value}"}
    if not source and row.cells["kind"].text == "nilai":
        cell = row.cells["nilai"]
        read = answers.amount if "." in row.cells["parameter"].text else answers.share
        said.add(f"= {plain_number(read(cell.value, cell.percent))}")
    if case is not None:
        found, meant, wrong = chosen(row, case, names)
        if not wrong:
            said.add(found or f"= {meant}")
    return said
