"""A document's paper: page, headings, tables whose headings repeat, and lines to sign on."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from kotaku_geo.publish.worksheet.words import plain

_PAGE = Cm(21.0), Cm(29.7)
_MARGINS = {"left_margin": 1.7, "right_margin": 1.7, "top_margin": 1.8, "bottom_margin": 1.8}
_FONT, _SMALL, _MONO = "Arial", Pt(8.5), "Courier New"


def set_up(doc: Any, title: str, made: dt.datetime) -> None:
    """A4, plain letters, page numbers at the foot, and properties that do not tell the hour."""
    section = doc.sections[0]
    section.page_width, section.page_height = _PAGE
    for name, centimetres in _MARGINS.items():
        setattr(section, name, Cm(centimetres))
    style = doc.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10.5)
    style.paragraph_format.space_after = Pt(6)
    about = doc.core_properties
    about.title, about.author, about.comments = title, "", ""
    about.created = about.modified = made
    about.last_modified_by, about.revision = "", 1
    foot = section.footer.paragraphs[0]
    foot.text = f"{title} – "
    _page_number(foot)


def _page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def centred(doc: Any, text: str, *, bold: bool = False) -> None:
    """A line in the middle."""
    paragraph = doc.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(plain(text)).bold = bold


def section(doc: Any, text: str) -> None:
    """A heading that stays with what follows."""
    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(plain(text)).bold = True


def table(
    doc: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
    *, least: float = 0.0, mono: int | None = None,
) -> None:  # fmt: skip
    """A ruled table; its heading stands on every page and no row breaks over two.

    Args:
        doc: the document.
        heads: headings of the columns.
        rows: their cells.
        widths: of the columns, centimetres.
        least: height of every row at least, centimetres.
        mono: column set in letters of one width.
    """
    made = doc.add_table(rows=0, cols=len(heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    for place, cells in enumerate([heads, *rows]):
        line = made.add_row()
        _keep_whole(line, heading=place == 0)
        if least and place:
            line.height, line.height_rule = Cm(least), WD_ROW_HEIGHT_RULE.AT_LEAST
        for at, (cell, text, width) in enumerate(zip(line.cells, cells, widths, strict=True)):
            cell.width = Cm(width)
            _fill(cell, text, bold=place == 0, mono=bool(place) and at == mono)
    doc.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(cell: Any, text: str, *, bold: bool, mono: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(plain(text))
    run.bold, run.font.size = bold, _SMALL
    if mono:
        run.font.name = _MONO


def _keep_whole(row: Any, *, heading: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))


def signatures(doc: Any, who: Sequence[str], name: str) -> None:
    """Room to sign, two beside each other: all on one page, and the lines at one height."""
    pairs = [who[i : i + 2] for i in range(0, len(who), 2)]
    made = doc.add_table(rows=0, cols=2)
    for pair in pairs:
        _signed(made.add_row(), pair, together=True)
        _signed(made.add_row(), [f"\n\n\n{name}"] * len(pair), together=pair is not pairs[-1])


def _signed(row: Any, texts: Sequence[str], *, together: bool) -> None:
    """A row of texts in the middle; ``together`` with the next row on one page."""
    _keep_whole(row, heading=False)
    for cell, text in zip(row.cells, texts, strict=False):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = together
        paragraph.add_run(plain(text))
