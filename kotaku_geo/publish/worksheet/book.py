"""The workbook of a meeting, whole: the same conflicts give the same bytes."""

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from kotaku_geo.publish.worksheet import agreement, guide, pairs, views
from kotaku_geo.publish.worksheet.cases import Case
from kotaku_geo.publish.worksheet.form import KEY_SHEET, SHEET
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.outlines import Outlines
from kotaku_geo.publish.worksheet.sheet import write_conflicts, write_keys
from kotaku_geo.publish.worksheet.styles import Styles
from kotaku_geo.publish.worksheet.words import plain, say
from kotaku_geo.workspace import Workspace

_EPOCH = dt.datetime(2000, 1, 1)  # a workbook names the day it was made on; ours must not
_VIEWS = ("nilai", "batas", "garis", "identitas", "ringkasan", "sumber")


def workbook(cases: Sequence[Case], names: Names, workspace: Workspace) -> bytes:
    """The workbook as XLSX, in the language that is spoken; sheet ``konflik`` keeps its name.

    Args:
        cases: every conflict, in the order in which the meeting takes them.
        names: what places and sources are called.
        workspace: where delivered outlines and the agreement of sources are read.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        city = plain(names.pipeline.city.name)
        book.set_properties({"title": say("petunjuk.judul", kota=city), "created": _EPOCH})
        styles = Styles(book)
        sheets = {
            name: book.add_worksheet(name if name in (SHEET, KEY_SHEET) else say(f"lembar.{name}"))
            for name in ("petunjuk", SHEET, *_VIEWS, KEY_SHEET)
        }
        sheets["petunjuk"].set_tab_color("#1F4E79")
        sheets[SHEET].set_tab_color("#FFC000")
        guide.write_guide(sheets["petunjuk"], cases, city, _notes(cases, names), styles)
        write_conflicts(sheets[SHEET], cases, names, city, styles)
        write_keys(sheets[KEY_SHEET], cases, names)
        rows = list(enumerate(cases, start=1))
        views.write_values(sheets["nilai"], rows, names, city, styles)
        outlines = Outlines(workspace)
        views.write_boundaries(sheets["batas"], rows, names, outlines, city, styles)
        drawn = pairs.read(workspace)
        pairs.write_pairs(sheets["garis"], drawn, rows, names, city, styles)
        views.write_identities(sheets["identitas"], rows, names, outlines, city, styles)
        table = agreement.read(workspace)
        views.write_summary(sheets["ringkasan"], cases, names, table, city, styles)
        agreement.write_agreement(sheets["sumber"], table, names, city, styles)
        sheets["petunjuk"].activate()
    return stream.getvalue()


def _notes(cases: Sequence[Case], names: Names) -> list[str]:
    """What must be known of this workbook besides the steps."""
    if not cases:
        return [say("petunjuk.tanpa_konflik")]
    kept = {s.id for s in names.pipeline.sources if s.publish is False}
    used = sorted({o.source_id for case in cases for o in case.options} & kept)
    if not used:
        return []
    return [say("petunjuk.rahasia", sumber=", ".join(names.source(i) for i in used))]
