"""How well each source agrees with the others, as the meeting sees it."""

from typing import Any

import pandas as pd

from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.styles import Column, Styles, fit, put, put_head, set_up
from kotaku_geo.publish.worksheet.words import say
from kotaku_geo.workspace import Workspace

TABLE = "consolidate/agreement"
EVERY = "semua"  # stands for all other sources, and for all parameters
_LOOKS = {
    "source_id": (40, "cell"), "other_id": (40, "cell"), "parameter": (40, "cell"),
    "bersama": (10, "count"), "dalam_toleransi": (11, "count"), "persen_sepakat": (10, "share"),
    "selisih_median": (15, "share"), "nilai_sama": (10, "count"),
    "persen_nilai_sama": (11, "share"),
}  # fmt: skip


def read(workspace: Workspace) -> pd.DataFrame:
    """The table, with a column for each heading; no rows where the stage did not write it."""
    if not workspace.has(TABLE):
        return pd.DataFrame(columns=list(_LOOKS))
    return workspace.read(TABLE, list(_LOOKS))


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold a source against all others in all parameters."""
    return table[(table["other_id"] == EVERY) & (table["parameter"] == EVERY)]


def write_agreement(
    sheet: Any, table: pd.DataFrame, names: Names, city: str, styles: Styles
) -> None:
    """A row for two sources and a parameter, the totals of each before its particulars."""
    set_up(sheet, city, repeat=(0, 0))
    columns = [Column(say(f"sumber.{name}"), *look) for name, look in _LOOKS.items()]
    put_head(sheet, 0, columns, styles)
    for at, row in enumerate(table.to_dict("records"), start=1):
        cells = [_cell(name, row[name], names) for name in _LOOKS]
        fit(sheet, at, [(v, c.width) for v, c in zip(cells, columns, strict=True)])
        for place, (value, column) in enumerate(zip(cells, columns, strict=True)):
            put(sheet, at, place, value, styles[column.style])
    sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
    sheet.freeze_panes(1, 1)


def write_overall(sheet: Any, row: int, table: pd.DataFrame, names: Names, styles: Styles) -> None:
    """The totals alone, below other things on a sheet."""
    shown = [name for name in _LOOKS if name not in ("other_id", "parameter")]
    sheet.write_string(row, 0, say("ringkasan.sepakat"), styles["sub"])
    for place, name in enumerate(shown):
        put(sheet, row + 1, place, say(f"sumber.{name}"), styles["head"])
    sheet.set_row(row + 1, 30)
    for at, values in enumerate(overall(table).to_dict("records"), start=row + 2):
        for place, name in enumerate(shown):
            value = _cell(name, values[name], names)
            put(sheet, at, place, value, styles[_LOOKS[name][1]])


def _cell(name: str, value: Any, names: Names) -> Any:
    if pd.isna(value):
        return None
    if value == EVERY:
        return say(f"sumber.semua_{name}")
    if name == "parameter":
        return names.parameter(str(value))
    if name.endswith("_id"):
        return f"{names.source(str(value))} ({value})"
    return value
