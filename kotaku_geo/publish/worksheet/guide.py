"""The first sheet: what to do, and how much remains, counted while the meeting works."""

from collections.abc import Callable, Sequence
from typing import Any

from kotaku_geo.publish.worksheet.cases import BOUNDARY, IDENTITY, STALE, VALUE, Case
from kotaku_geo.publish.worksheet.form import COLUMNS, KEY_SHEET, KEYS, RECORD, SHEET
from kotaku_geo.publish.worksheet.sheet import answers_of
from kotaku_geo.publish.worksheet.styles import Styles, fit, put, set_up
from kotaku_geo.publish.worksheet.words import listing, say

_WIDTHS = (34, 13, 13, 13, 13, 13)
_LETTERS = "ABCDEFGHIJKLM"
_COUNTS = ("semua", "material", VALUE, BOUNDARY, IDENTITY)
Test = Callable[[Case], bool]


def write_guide(
    sheet: Any, cases: Sequence[Case], city: str, notes: Sequence[str], styles: Styles
) -> None:
    """Title, totals as live formulas, and the steps.

    Args:
        sheet: the sheet.
        cases: every conflict, in the order of the rows of ``konflik``.
        city: name of the city.
        notes: what must be known of this workbook besides.
        styles: the formats.
    """
    set_up(sheet, city)
    sheet.fit_to_pages(1, 1)
    sheet.set_row(0, 24)
    sheet.set_row(1, 20)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, say("petunjuk.judul", kota=city), styles["title"])
    sheet.write_string(1, 0, say("petunjuk.anak_judul"), styles["sub"])
    row = _totals(sheet, 3, cases, styles)
    for title in ("langkah", "aturan"):
        sheet.write_string(row + 1, 0, say(f"petunjuk.{title}"), styles["sub"])
        row = _paragraphs(sheet, row + 2, listing(f"petunjuk.isi_{title}"), styles["text"])
    _paragraphs(sheet, row + 1, notes, styles["note"])


def _paragraphs(sheet: Any, row: int, texts: Sequence[str], style: Any) -> int:
    width = sum(_WIDTHS)
    for text in texts:
        sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, text, style)
        fit(sheet, row, [(text, width * 1.1)])
        row += 1
    return row


def _totals(sheet: Any, row: int, cases: Sequence[Case], styles: Styles) -> int:
    put(sheet, row, 0, say("petunjuk.hitungan"), styles["head"])
    for place, count in enumerate(_COUNTS, start=1):
        put(sheet, row, place, say(f"petunjuk.kolom.{count}"), styles["head"])
    for name, formula, test in _measures(len(cases)):
        row += 1
        put(sheet, row, 0, say(f"petunjuk.baris.{name}"), styles["cell_strong"])
        for place, count in enumerate(_COUNTS, start=1):
            where, counted = _column(count, len(cases))
            now = sum(test(case) and counted(case) for case in cases)
            sheet.write_formula(
                row, place, f"=SUMPRODUCT({formula}*{where})", styles["total"], now
            )  # fmt: skip
    return row + 1


def _measures(size: int) -> list[tuple[str, str, Test]]:
    """Name, formula over the rows of ``konflik``, and the same in Python for the first look."""
    chosen = _chosen_cells(size)
    whole = "*".join(f'({_cells(column, size)}<>"")' for column in RECORD)
    every = f'({_cells("conflict_id", size)}<>"")'
    stale = f'({_keys("status", size)}="{STALE}")'

    def part(test: Test) -> Test:
        return lambda case: _chosen(case) and test(case)

    return [
        ("konflik", every, lambda _: True),
        ("diputuskan", f"{every}*{chosen}*{whole}", part(_recorded)),
        ("belum_lengkap", f"{every}*{chosen}*(1-{whole})", part(lambda c: not _recorded(c))),
        ("terbuka", f"{every}*(1-{chosen})", lambda c: not _chosen(c)),
        ("basi", f"{every}*(1-{chosen})*{stale}", lambda c: c.status == STALE and not _chosen(c)),
    ]


def _chosen(case: Case) -> bool:
    return any(answer is not None for answer in answers_of(case)[:2])


def _recorded(case: Case) -> bool:
    return all(answers_of(case)[2:])


def _column(count: str, size: int) -> tuple[str, Test]:
    if count == "semua":
        return "1", lambda _: True
    if count == "material":
        return f"({_keys('material', size)}=1)", lambda c: c.material
    return f'({_cells("kind", size)}="{count}")', lambda c: c.kind == count


def _cells(column: str, size: int) -> str:
    letter = _LETTERS[COLUMNS.index(column)]
    return f"{SHEET}!${letter}$2:${letter}${max(size, 1) + 1}"


def _keys(column: str, size: int) -> str:
    letter = _LETTERS[KEYS.index(column)]
    return f"'{KEY_SHEET}'!${letter}$2:${letter}${max(size, 1) + 1}"


def _chosen_cells(size: int) -> str:
    """Formula's part: 1 for each row in which something is chosen."""
    return f'((({_cells("pilihan", size)}<>"")+({_cells("nilai", size)}<>""))>0)'


def remaining(cell: str, what: str, size: int) -> str:
    """Formula: conflicts still to be decided of the kelurahan that a cell names.

    Args:
        cell: its reference. A name in the formula itself could be too long for one, or hostile.
        what: a kind, ``material``, or ``semua``.
        size: how many conflicts there are.
    """
    here, counted = f"({_keys('kelurahan', size)}={cell})", _column(what, size)[0]
    return f"=SUMPRODUCT({here}*(1-{_chosen_cells(size)})*{counted})"
