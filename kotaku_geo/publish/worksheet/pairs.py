"""Sheet of every two outlines of one place: how far apart they are, and what that is taken for.

Those that are redrawing noise are no conflict, so they stand here alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kotaku_geo.publish.worksheet.cases import BOUNDARY, Case
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.styles import (
    A3,
    Column,
    Styles,
    fit,
    link,
    none,
    put,
    put_head,
    set_up,
)
from kotaku_geo.publish.worksheet.words import say
from kotaku_geo.workspace import Workspace

TABLE = "consolidate/boundaries"
_SIDES = (("source_id", "source_row"), ("source_id_lain", "source_row_lain"))
_MEASURES = {
    "luas_ha": (10, "area"), "luas_lain_ha": (10, "area"), "selisih_ha": (10, "area"),
    "ketidakpastian_ha": (11, "area"), "iou": (7, "area"), "geser_p50_m": (10, "share"),
    "geser_p95_m": (10, "share"), "geser_balik_p50_m": (10, "share"),
    "geser_balik_p95_m": (10, "share"), "beda_ha": (11, "area"), "beda_persen": (11, "share"),
}  # fmt: skip
_COLUMNS = ["kind", "subject", "penilaian", *(c for side in _SIDES for c in side), *_MEASURES]


def read(workspace: Workspace) -> pd.DataFrame:
    """The pairs, real differences before redrawing, the largest first; none without the table."""
    if not workspace.has(TABLE):
        return pd.DataFrame(columns=_COLUMNS)
    table = workspace.read(TABLE, _COLUMNS)
    by = ["penilaian", "beda_ha", "kind", "subject", "source_id", "source_id_lain"]
    return table.sort_values(by, ascending=[True, False, *[True] * 4], ignore_index=True)


def write_pairs(
    sheet: Any, table: pd.DataFrame, cases: Sequence[tuple[int, Case]], names: Names, city: str,
    styles: Styles,
) -> None:  # fmt: skip
    """A pair a row, with a link to the conflict over it where there is one.

    Args:
        table: as `read` gives it.
        cases: conflicts with their row of ``konflik``, counted from 1.
    """
    set_up(sheet, city, paper=A3, repeat=(0, 0))
    columns = [Column(say("garis.baris"), 8, "link"), Column(say("garis.tempat"), 34)]
    columns += [Column(say(f"garis.{name}"), 30) for name in ("satu", "lain")]
    columns += [Column(say(f"garis.{name}"), *look) for name, look in _MEASURES.items()]
    columns += [Column(say("garis.penilaian"), 16)]
    put_head(sheet, 0, columns, styles)
    sheet.set_row(0, 58)
    row_of = {(c.subject, c.parameter): row for row, c in cases if c.kind == BOUNDARY}
    for at, pair in enumerate(table.to_dict("records"), start=1):
        cells = [*_told(pair, names), *(pair[name] for name in _MEASURES)]
        cells.append(say(f"garis.{pair['penilaian']}"))
        fit(sheet, at, [(v, c.width) for v, c in zip(cells, columns[1:], strict=True)])
        row = row_of.get((pair["subject"], f"batas.{pair['kind']}"))
        if row is None:
            put(sheet, at, 0, None, styles["cell"])
        else:
            link(sheet, at, row, styles)
        for place, (value, column) in enumerate(zip(cells, columns[1:], strict=True), start=1):
            put(sheet, at, place, value, styles[column.style])
    none(sheet, 1, len(table), styles, say("garis.kosong"))
    sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
    sheet.freeze_panes(1, 2)


def _told(pair: Mapping[Any, Any], names: Names) -> list[str]:
    """The place, and who drew each side, with its record."""
    place = f"{names.parameter('batas.' + str(pair['kind']))}: {names.place(str(pair['subject']))}"
    return [place, *(_drawn_by(pair, *side, names) for side in _SIDES)]


def _drawn_by(pair: Mapping[Any, Any], source: str, row: str, names: Names) -> str:
    number = "" if pd.isna(pair[row]) else f"#{int(pair[row])}"
    return names.record(f"{pair[source]}{number}")
