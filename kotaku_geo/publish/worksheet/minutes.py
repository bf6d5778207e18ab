"""The draft Berita Acara: what was decided and what is left open, in the usual form.

It is a draft: number, day, place, attendance and signatures are blanks. The same conflicts give
the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import docx

from kotaku_geo.publish.worksheet import paper
from kotaku_geo.publish.worksheet.cases import DECIDED, IDENTITY, STALE, Case
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.sealed import Seal
from kotaku_geo.publish.worksheet.sentences import (
    candidates,
    chosen,
    decision_told,
    place,
    rejected,
    taken_on,
)
from kotaku_geo.publish.worksheet.words import data, day, listing, number, plain, say

ATTENDANCE = 12  # lines to sign
_EPOCH = dt.datetime(2000, 1, 1)  # a document names the day it was made on; ours must not
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def document(cases: Sequence[Case], names: Names, seal: Seal | None) -> bytes:
    """The draft minutes as DOCX, in the language that is spoken.

    Args:
        cases: every conflict, in the order in which the meeting takes them.
        names: what places and sources are called.
        seal: the newest sealed version, whose hash the annex names; None where there is none.
    """
    doc = docx.Document()
    city = plain(names.pipeline.city.name)
    title = say("acara.judul_berkas", kota=city)
    paper.set_up(doc, title, _EPOCH)
    _heading(doc, city)
    _opening(doc, city, names)
    decided = [case for case in cases if case.status == DECIDED]
    _decided(doc, decided, names)
    _left_open(doc, [case for case in cases if case.status != DECIDED], names)
    _closing(doc)
    _attendance(doc, names)
    if seal is not None:
        _annex(doc, seal)
    stream = io.BytesIO()
    doc.save(stream)
    return _undated(stream.getvalue())


def _heading(doc: Any, city: str) -> None:
    for text in listing("acara.kepala"):
        paper.centred(doc, text.format(kota=city.upper()), bold=True)
    paper.centred(doc, say("acara.nomor"))


def _opening(doc: Any, city: str, names: Names) -> None:
    doc.add_paragraph(say("acara.pembuka", kota=city))
    paper.section(doc, say("acara.dasar"))
    law = say(f"acara.peraturan.{names.law.id}")
    for text in listing("acara.isi_dasar"):
        doc.add_paragraph(text.format(kota=city, peraturan=law), style="List Number")
    paper.section(doc, say("acara.bahan"))
    used = sorted({s.id for s in names.pipeline.sources if s.layer in data("acara.lapisan")})
    doc.add_paragraph(say("acara.isi_bahan", jumlah=number(len(used), 0)))


def _decided(doc: Any, cases: Sequence[Case], names: Names) -> None:
    paper.section(doc, say("acara.diputuskan"))
    if not cases:
        doc.add_paragraph(say("acara.belum_ada"))
        return
    doc.add_paragraph(say("acara.isi_diputuskan", jumlah=number(len(cases), 0)))
    rows = []
    for count, case in enumerate(cases, start=1):
        decision = case.decision
        assert decision is not None
        asked = case.kind == IDENTITY
        what = say(f"acara.hal.{case.parameter}") if asked else names.parameter(case.parameter)
        record = f"{decision.minutes}, {day(decision.date)} – {decision.forum}; {decision.by}"
        others = "\n".join(rejected(case, names))
        rows.append([str(count), place(case, names), what, chosen(case, names), others,
                     decision.reason, record])  # fmt: skip
    widths = (1.0, 2.4, 3.1, 2.8, 3.3, 2.3, 2.7)
    paper.table(doc, listing("acara.kolom_diputuskan"), rows, widths)


def _left_open(doc: Any, cases: Sequence[Case], names: Names) -> None:
    paper.section(doc, say("acara.terbuka"))
    material = [case for case in cases if case.material]
    rest = len(cases) - len(material)
    if not cases:
        doc.add_paragraph(say("acara.tidak_ada_terbuka"))
        return
    doc.add_paragraph(
        say("acara.isi_terbuka", jumlah=number(len(material), 0), lain=number(rest, 0))
    )
    stale = [case for case in cases if case.status == STALE]
    if stale:
        doc.add_paragraph(say("acara.isi_basi", jumlah=number(len(stale), 0)))
    listed = [case for case in cases if case.material or case.status == STALE]
    rows = []
    for count, case in enumerate(listed, start=1):
        what, *said = candidates(case, names).split("\n")
        note = ""
        if case.status == STALE and case.decision is not None:
            note = say("acara.basi", isi=decision_told(case, names))
            then = taken_on(case.decision, names)
            note += "".join(["\n", say("bukti.waktu_itu", isi="; ".join(then))]) if then else ""
        rows.append([str(count), what, "\n".join(said), note])
    if rows:
        paper.table(doc, listing("acara.kolom_terbuka"), rows, (1.0, 5.5, 7.9, 3.2))


def _closing(doc: Any) -> None:
    paper.section(doc, say("acara.penutup"))
    for text in listing("acara.isi_penutup"):
        doc.add_paragraph(text)
    doc.add_paragraph(say("acara.tempat")).paragraph_format.keep_with_next = True
    paper.signatures(doc, listing("acara.penanda_tangan"), say("acara.nama"))


def _attendance(doc: Any, names: Names) -> None:
    doc.add_page_break()
    paper.centred(doc, say("acara.hadir"), bold=True)
    agencies = sorted({plain(s.agency) for s in names.pipeline.sources if s.agency})
    blank = [""] * max(ATTENDANCE - len(agencies), 4)
    rows = [[str(i), "", agency, ""] for i, agency in enumerate([*agencies, *blank], start=1)]
    paper.table(doc, listing("acara.kolom_hadir"), rows, (1.0, 5.5, 6.9, 4.2), least=0.8)


def _annex(doc: Any, seal: Seal) -> None:
    doc.add_page_break()
    paper.centred(doc, say("acara.lampiran"), bold=True)
    doc.add_paragraph(
        say("acara.isi_lampiran", versi=seal.version, berita=seal.minutes, tanggal=day(seal.date))
    )
    rows = [[say("acara.seluruhnya"), seal.digest], *([n, h] for n, h in seal.tables.items())]
    paper.table(doc, listing("acara.kolom_lampiran"), rows, (4.6, 13.0), mono=1)


def _undated(content: bytes) -> bytes:
    """The same archive with its members of one day: a document is not to differ by its hour."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(member, given.read(name))
    return stream.getvalue()
