"""Sheet ``konflik``, which the meeting fills, and the sheet of keys behind it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from kotaku_geo.publish.worksheet.cases import BOUNDARY, DECIDED, IDENTITY, STALE, Case
from kotaku_geo.publish.worksheet.form import (
    ANSWERS,
    COLUMNS,
    KEY_SHEET,
    KEYS,
    LOCKED,
    RECORD,
    imprint,
    locked_cells,
)
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.styles import A3, Styles, fit, put, set_up
from kotaku_geo.publish.worksheet.words import number, plain, say

WIDTHS = (13, 10, 26, 12, 46, 56, 20, 12, 28, 18, 18, 12, 18)
FIRST_CHOICE = len(KEYS) - 1  # column of the sheet of keys in which a row's choices begin
SMALL = 10  # percent: less than this is written with its sign
_PILIHAN, _NILAI, _ALASAN, _TANGGAL = (
    COLUMNS.index(c) for c in ("pilihan", "nilai", "alasan", "tanggal")
)
_DAYS = {"criteria": "between", "minimum": dt.date(2000, 1, 1), "maximum": dt.date(2099, 12, 31)}


def write_conflicts(
    sheet: Any, cases: Sequence[Case], names: Names, city: str, styles: Styles
) -> None:
    """Header in row 1, a conflict a row, the last seven columns open to the meeting."""
    set_up(sheet, city, paper=A3, repeat=(0, 0))
    for place, (column, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        put(sheet, 0, place, column, styles["head_answer" if column in ANSWERS else "head"])
    for row, case in enumerate(cases, start=1):
        cells = locked_cells(case, names)
        fit(sheet, row, [*zip(cells, WIDTHS, strict=False), *_widths_of(answers_of(case))])
        for place, text in enumerate(cells):
            put(sheet, row, place, text, styles[_look(case, COLUMNS[place])])
        _answers(sheet, row, case, styles)
        _validate(sheet, row, case)
    sheet.set_row(0, 20)
    last = max(len(cases), 1)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(1, COLUMNS.index("kandidat"))
    _missing(sheet, last, styles)


def _look(case: Case, column: str) -> str:
    """Style of a locked cell: ``conflict_id`` shows the status, ``kind`` what is material."""
    if column == "conflict_id":
        return {STALE: "stale", DECIDED: "decided"}.get(case.status, "locked")
    return "strong" if column == "kind" and case.material else "locked"


def write_keys(sheet: Any, cases: Sequence[Case], names: Names) -> None:
    """What the import and the live totals need to know of each row of ``konflik``."""
    for place, column in enumerate(KEYS):
        sheet.write_string(0, place, column)
    for row, case in enumerate(cases, start=1):
        village = names.village_of(case.subject) or say("ringkasan.tanpa")
        cells = case.conflict_id, case.evidence, imprint(locked_cells(case, names))
        for place, text in enumerate(cells):
            sheet.write_string(row, place, plain(text))
        sheet.write_number(row, KEYS.index("material"), int(case.material))
        sheet.write_string(row, KEYS.index("status"), case.status)
        sheet.write_string(row, KEYS.index("kelurahan"), village)
        if case.decision is not None and case.status == DECIDED:
            sheet.write_string(row, KEYS.index("decision_id"), case.decision.decision_id)
        for place, choice in enumerate(case.choices or case.identities):
            sheet.write_string(row, FIRST_CHOICE + place, plain(choice))
    sheet.very_hidden()


def answers_of(case: Case) -> tuple[Any, ...]:
    """The seven answers of the decision in force, in the order of `ANSWERS`; empty without one."""
    decision = case.decision
    if decision is None or case.status != DECIDED:
        return (None,) * len(ANSWERS)
    # Beside a source the file keeps the share of its record, which nobody has typed.
    value: Any = decision.value if decision.source_id is None else None
    if value is not None and case.kind != IDENTITY and decision.number is not None:
        value = decision.number
        if case.shares and 0 < value < SMALL:  # as a bare number it could be a fraction, or a score
            value = f"{number(value, 6).rstrip('0').rstrip(',.')} %"
    record = decision.reason, decision.forum, decision.minutes, decision.date, decision.by
    return decision.source_id, value, *record


def _widths_of(answers: Sequence[Any]) -> list[tuple[Any, float]]:
    return list(zip(answers, WIDTHS[len(LOCKED) :], strict=True))


def _answers(sheet: Any, row: int, case: Case, styles: Styles) -> None:
    shut = {_NILAI} if case.kind == BOUNDARY else {_PILIHAN} if case.kind == IDENTITY else set()
    for place, value in enumerate(answers_of(case), start=len(LOCKED)):
        dated = "answer_date" if place == _TANGGAL else "answer"
        style = styles["shut" if place in shut else dated]
        if isinstance(value, dt.date):
            sheet.write_datetime(row, place, value, style)
        else:
            put(sheet, row, place, value, style)


def _validate(sheet: Any, row: int, case: Case) -> None:
    choices = case.choices or case.identities
    listed = _reference(row, FIRST_CHOICE, FIRST_CHOICE + len(choices) - 1)
    if case.choices:
        sheet.data_validation(row, _PILIHAN, row, _PILIHAN, _rule("pilihan", "list", source=listed))
    if case.identities:
        sheet.data_validation(row, _NILAI, row, _NILAI, _rule("identitas", "list", source=listed))
    elif case.shares:
        cell = xl_rowcol_to_cell(row, _NILAI)
        signed = f'AND(ISTEXT({cell}),RIGHT(TRIM({cell}),1)="%")'
        either = f"=OR(AND(ISNUMBER({cell}),{cell}>=0,{cell}<=100),{signed})"
        sheet.data_validation(row, _NILAI, row, _NILAI, _rule("bagian", "custom", value=either))
    elif case.kind != BOUNDARY:
        least = {"criteria": ">=", "value": 0}
        sheet.data_validation(row, _NILAI, row, _NILAI, _rule("jumlah", "decimal", **least))
    # Where a spreadsheet does not know Indonesian months the text is still readable for the import.
    date = _rule("tanggal", "date", error_type="warning", **_DAYS)
    sheet.data_validation(row, _TANGGAL, row, _TANGGAL, date)


def _rule(key: str, kind: str, **more: Any) -> dict[str, Any]:
    words = {
        "input_title": say(f"isian.{key}.judul"),
        "input_message": say(f"isian.{key}.petunjuk"),
        "error_title": say("isian.salah"),
        "error_message": say(f"isian.{key}.salah"),
    }
    return {"validate": kind, "ignore_blank": True, **words, **more}


def _reference(row: int, first: int, last: int) -> str:
    return f"='{KEY_SHEET}'!{xl_range_abs(row, first, row, last)}"


def _missing(sheet: Any, last: int, styles: Styles) -> None:
    """Colour rows that are complete, and what a decision still lacks."""
    first, record, end = (COLUMNS.index(c) for c in ("pilihan", RECORD[0], RECORD[-1]))
    chosen = 'OR($G2<>"",$H2<>"")'
    done = f'=AND({chosen},$I2<>"",$J2<>"",$K2<>"",$L2<>"",$M2<>"")'
    for column, formula, look in ((first, done, "done"), (record, f'=AND({chosen},I2="")', "lack")):
        rule = {"type": "formula", "criteria": formula, "format": styles[look]}
        sheet.conditional_format(1, column, last, end, rule)
