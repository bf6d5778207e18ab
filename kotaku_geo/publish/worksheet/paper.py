"""A document's paper: page, headings, tables whose headings repeat, and lines to sign on."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from kotaku_geo.publish.worksheet.words import plain

_PAGE = Cm(21.0), Cm(29.7)
_MARGINS = {"left_margin": 1.7, "right_margin": 1.7, "top_margin": 1.8, "bottom_margin": 2.1}
_FONT, _MONO = "Arial", "Courier New"
_TEXT, _SMALL, _FOOT, _CODE = Pt(10.5), Pt(8.5), Pt(8), Pt(6)
WIDTH = 17.6  # between the margins, centimetres
GAP = Pt(10)  # before what begins anew
_DENSE = Pt(7.5)
Widths = tuple[float, ...]
# A figure and its unit, RT and RW and their number, and a score in brackets stay on one line.
_JOINED = re.compile(r"(?<=\d) (?=%|ha\b)|(?<=\bR[TW]) (?=\d)| (?=\d+\))")
_FIELDS = {"{ke}": "PAGE", "{jumlah}": "NUMPAGES"}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and below it in small type an id by which it is found elsewhere."""

    text: str
    code: str = ""


def set_up(doc: Any, title: str, made: dt.datetime, *, foot: str, pages: str) -> None:
    """A4, plain letters, page numbers at the foot, and properties that do not tell the hour.

    Args:
        doc: the document.
        title: as the properties have it.
        made: when the properties are to say it was made.
        foot: what stands at the foot of every page.
        pages: the page's number there: a text with gaps for it (``{ke}``) and for how many there
            are (``{jumlah}``).
    """
    section = doc.sections[0]
    section.page_width, section.page_height = _PAGE
    for name, centimetres in _MARGINS.items():
        setattr(section, name, Cm(centimetres))
    style = doc.styles["Normal"]
    style.font.name, style.font.size = _FONT, _TEXT
    style.paragraph_format.space_after = Pt(6)
    about = doc.core_properties
    about.title, about.author, about.comments = title, "", ""
    about.created = about.modified = made
    about.last_modified_by, about.revision = "", 1
    line = section.footer.paragraphs[0]
    line.style = style  # that of footers has stops of its own, for another width
    _foot(line, foot, pages)


def _foot(paragraph: Any, text: str, pages: str) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{plain(text)}\t").font.size = _FOOT
    for part in re.split(r"(\{\w+\})", pages):
        if part in _FIELDS:
            _field(paragraph, _FIELDS[part])
        else:
            paragraph.add_run(part).font.size = _FOOT


def _field(paragraph: Any, instruction: str) -> None:
    """A number that the program that opens the document works out."""
    run = paragraph.add_run("1")
    run.font.size = _FOOT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    field.append(run._r)
    paragraph._p.append(field)


def unbroken(text: str) -> str:
    """A text that stays on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def centred(doc: Any, text: str, *, bold: bool = False) -> Any:
    """A line in the middle; gives its paragraph."""
    paragraph = doc.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(plain(text)).bold = bold
    return paragraph


def overleaf(doc: Any, text: str) -> None:
    """A heading in the middle, at the top of a new page; no page is left empty before it."""
    shape = centred(doc, text, bold=True).paragraph_format
    shape.page_break_before = shape.keep_with_next = True
    shape.space_after = Pt(6)


def section(doc: Any, text: str) -> None:
    """A heading that stays with what follows."""
    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.space_before = GAP
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(plain(text)).bold = True


def led(doc: Any, text: str) -> None:
    """A paragraph that stays with the table that follows."""
    doc.add_paragraph(plain(text)).paragraph_format.keep_with_next = True


def table(
    doc: Any, heads: Sequence[str], rows: Sequence[Sequence[str | Cell]], widths: Widths,
    *, least: float = 0.0, mono: int | None = None, dense: bool = False,
) -> None:  # fmt: skip
    """A ruled table; its heading stands on every page and no row breaks over two.

    Args:
        doc: the document.
        heads: headings of the columns.
        rows: their cells.
        widths: of the columns, centimetres.
        least: height of every row at least, centimetres.
        mono: column set in letters of one width.
        dense: whether its letters are smaller.
    """
    size = _DENSE if dense else _SMALL
    made = doc.add_table(rows=0, cols=len(heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    for place, cells in enumerate([heads, *rows]):
        line = made.add_row()
        _keep_whole(line, heading=place == 0)
        if least and place:
            line.height, line.height_rule = Cm(least), WD_ROW_HEIGHT_RULE.AT_LEAST
        for at, (cell, said, width) in enumerate(zip(line.cells, cells, widths, strict=True)):
            cell.width = Cm(width)
            letters = _MONO if place and at == mono else _FONT
            _fill(cell, said, letters, size, heading=place == 0)
    doc.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(cell: Any, said: str | Cell, letters: str, size: Any, *, heading: bool) -> None:
    """Write a cell; the heading stays with the row below it."""
    one = said if isinstance(said, Cell) else Cell(said)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.keep_with_next = heading or None
    _put(paragraph, _JOINED.sub("\N{NO-BREAK SPACE}", one.text), letters, size).bold = heading
    if one.code:
        _put(cell.add_paragraph(), one.code, _MONO, _CODE)


def _put(paragraph: Any, text: str, letters: str, size: Any) -> Any:
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(1)
    run = paragraph.add_run(plain(text))
    run.font.name, run.font.size = letters, size
    return run


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
