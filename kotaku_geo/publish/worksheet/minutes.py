"""The draft Berita Acara: what was decided and what is left open, in the usual form.

It is of the latest meeting whose decisions are on file, and is a draft: place, attendance and
signatures are blanks, and before the first meeting number and day are as well. That of the next
meeting leaves its forum and what it agrees on blank too. The same conflicts give the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx

from kotaku_geo.publish.worksheet import paper
from kotaku_geo.publish.worksheet.cases import DECIDED, IDENTITY, STALE, Case
from kotaku_geo.publish.worksheet.names import Names, decreed_by
from kotaku_geo.publish.worksheet.sealed import Seal
from kotaku_geo.publish.worksheet.sentences import (
    candidates,
    chosen,
    decision_told,
    place,
    rejected,
    taken_on,
)
from kotaku_geo.publish.worksheet.sitting import (
    Group,
    Sitting,
    decision_of,
    grouped,
    latest,
    upcoming,
)
from kotaku_geo.publish.worksheet.words import data, day, listing, number, plain, say

ATTENDANCE = 12  # lines to sign
_EPOCH = dt.datetime(2000, 1, 1)  # a document names the day it was made on; ours must not
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ANNEXES = ("I", "II")
# Columns in centimetres: number, matter, what stands, what was not chosen, reason.
_ONE_REASON: paper.Widths = (2.0, 5.2, 4.9, 5.5)
_OWN_REASONS: paper.Widths = (2.0, 4.6, 3.7, 4.1, 3.2)
_EARLIER: paper.Widths = (2.0, 7.4, 8.2)
# Number, matter, candidates, note.
_OPEN: paper.Widths = (2.0, 6.6, 9.0)
_OPEN_NOTED: paper.Widths = (2.0, 4.3, 5.8, 5.5)


def document(
    cases: Sequence[Case], names: Names, seal: Seal | None, *, new_meeting: bool = False
) -> bytes:
    """The draft minutes as DOCX, in the language that is spoken.

    Args:
        cases: every conflict, in the order in which the meeting takes them.
        names: what places and sources are called.
        seal: the newest sealed version, whose hash the annex names; None where there is none.
        new_meeting: of the next meeting, and not of the latest on file.
    """
    doc = docx.Document()
    city = plain(names.pipeline.city.name)
    title, foot = (say("acara.judul_berkas", kota=k) for k in (city, paper.unbroken(city)))
    paper.set_up(doc, title, _EPOCH, foot=foot, pages=_pages())
    sitting = upcoming(cases) if new_meeting else latest(cases)
    _heading(doc, city, sitting)
    _opening(doc, city, names, sitting)
    _agreed(doc, names, sitting)
    _left_open(doc, [case for case in cases if case.status != DECIDED], names)
    _closing(doc)
    _attendance(doc, names)
    annexes = iter(_ANNEXES)
    if sitting is not None and sitting.earlier:
        _earlier(doc, next(annexes), sitting, names)
    if seal is not None:
        _sealed(doc, next(annexes), seal)
    stream = io.BytesIO()
    doc.save(stream)
    return _undated(stream.getvalue())


def _pages() -> str:
    """A page's number with its gaps left open."""
    return say("acara.halaman", ke="{ke}", jumlah="{jumlah}")


def _heading(doc: Any, city: str, sitting: Sitting | None) -> None:
    for text in listing("acara.kepala"):
        paper.centred(doc, text.format(kota=paper.unbroken(city.upper())), bold=True)
    known = None if sitting is None else sitting.number
    paper.centred(doc, say("acara.nomor", nomor=known or say("acara.titik.nomor")))


def _opening(doc: Any, city: str, names: Names, sitting: Sitting | None) -> None:
    first = doc.add_paragraph(plain(say("acara.pembuka", kota=city, **_held(city, sitting))))
    first.paragraph_format.space_before = paper.GAP
    paper.section(doc, say("acara.dasar"))
    said = {"peraturan": say(f"acara.peraturan.{names.law.id}"),
            "kepala": decreed_by(names.pipeline.city)}  # fmt: skip
    for text in listing("acara.isi_dasar"):
        doc.add_paragraph(text.format(**said), style="List Number")
    paper.section(doc, say("acara.bahan"))
    used = sorted({s.id for s in names.pipeline.sources if s.layer in data("acara.lapisan")})
    doc.add_paragraph(say("acara.isi_bahan", jumlah=number(len(used), 0)))


def _held(city: str, sitting: Sitting | None) -> dict[str, str]:
    """When and in what forum it met: what all of its decisions say, else blanks to fill."""
    said = {name: say(f"acara.titik.{name}") for name in ("hari", "tanggal")}
    said["forum"] = say("acara.rapat", kota=city)
    if sitting is not None and sitting.number is None:
        said["forum"] = say("acara.titik.forum")
    if sitting is not None and sitting.date is not None:
        weekday = listing("acara.hari")[sitting.date.weekday()]
        said |= {"hari": weekday, "tanggal": day(sitting.date)}
    if sitting is not None and sitting.forum is not None:
        said["forum"] = sitting.forum
    return said


def _agreed(doc: Any, names: Names, sitting: Sitting | None) -> None:
    """What this meeting decided, a table for each record; what stands from before is counted."""
    paper.section(doc, say("acara.diputuskan"))
    if sitting is None:
        doc.add_paragraph(say("acara.belum_ada"))
        return
    if sitting.number is None:
        doc.add_paragraph(say("acara.akan"))
    elif sitting.agreed:
        file = Path(names.pipeline.decisions).name
        doc.add_paragraph(say("acara.isi_diputuskan", jumlah=number(len(sitting.agreed), 0)))
        doc.add_paragraph(say("acara.isi_kode", berkas=file))
    else:
        doc.add_paragraph(say("acara.semua_basi"))
    if sitting.earlier:
        count = number(len(sitting.earlier), 0)
        doc.add_paragraph(say("acara.isi_terdahulu", jumlah=count, ke=_ANNEXES[0]))
    before = 0
    for group in grouped(sitting.agreed):
        _group(doc, group, before, names)
        before += len(group.cases)


def _group(doc: Any, group: Group, before: int, names: Names) -> None:
    """Decisions of one record, said once above them, and so is a reason that all have."""
    paper.led(doc, _record(group))
    heads, widths = listing("acara.kolom_diputuskan"), _OWN_REASONS
    if group.reason is not None:
        paper.led(doc, say("acara.alasan", alasan=group.reason))
        heads, widths = heads[:-1], _ONE_REASON
    rows = []
    for count, case in enumerate(group.cases, start=before + 1):
        cells = [*_ruled(count, case, names), "\n".join(rejected(case, names))]
        rows.append([*cells, decision_of(case).reason][: len(heads)])
    paper.table(doc, heads, rows, widths)


def _record(group: Group) -> str:
    count = number(len(group.cases), 0)
    return say("acara.catatan", berita=group.minutes, tanggal=day(group.date), forum=group.forum,
               oleh=group.by, jumlah=count)  # fmt: skip


def _ruled(count: int, case: Case, names: Names) -> list[str | paper.Cell]:
    """Number, matter, and what stands, with the ids of worksheet and file of decisions."""
    asked = case.kind == IDENTITY
    what = say(f"acara.hal.{case.parameter}") if asked else names.parameter(case.parameter)
    stands = paper.Cell(chosen(case, names), decision_of(case).decision_id)
    return [paper.Cell(str(count), case.conflict_id), f"{place(case, names)}\n{what}", stands]


def _left_open(doc: Any, cases: Sequence[Case], names: Names) -> None:
    paper.section(doc, say("acara.terbuka"))
    if not cases:
        doc.add_paragraph(say("acara.tidak_ada_terbuka"))
        return
    doc.add_paragraph(_how_many_open(cases))
    stale = [case for case in cases if case.status == STALE]
    if stale:
        doc.add_paragraph(say("acara.isi_basi", jumlah=number(len(stale), 0)))
    rows: list[list[str | paper.Cell]] = []
    listed = [case for case in cases if case.material or case.status == STALE]
    for count, case in enumerate(listed, start=1):
        what, *said = candidates(case, names).split("\n")
        number_of = paper.Cell(str(count), case.conflict_id)
        rows.append([number_of, what, "\n".join(said), _note(case, names)])
    heads, widths = listing("acara.kolom_terbuka"), _OPEN_NOTED
    if not stale:
        heads, widths = heads[:-1], _OPEN
    if rows:
        paper.table(doc, heads, [row[: len(heads)] for row in rows], widths)


def _how_many_open(cases: Sequence[Case]) -> str:
    material = sum(case.material for case in cases)
    said = [say("acara.isi_terbuka", jumlah=number(material, 0)) if material
            else say("acara.tidak_ada_material")]  # fmt: skip
    if rest := len(cases) - material:
        said.append(say("acara.isi_tidak_material", lain=number(rest, 0)))
    return " ".join(said)


def _note(case: Case, names: Names) -> str:
    """What was once decided of it, where that is stale."""
    if case.status != STALE or case.decision is None:
        return ""
    note = say("acara.basi", isi=decision_told(case, names))
    then = taken_on(case.decision, names)
    return note + ("\n" + say("bukti.waktu_itu", isi="; ".join(then)) if then else "")


def _closing(doc: Any) -> None:
    paper.section(doc, say("acara.penutup"))
    for text in listing("acara.isi_penutup"):
        paper.led(doc, text)  # whoever signs sees on the same page what is signed
    paper.led(doc, say("acara.tempat"))
    paper.signatures(doc, listing("acara.penanda_tangan"), say("acara.nama"))


def _attendance(doc: Any, names: Names) -> None:
    paper.overleaf(doc, say("acara.hadir"))
    agencies = sorted({plain(s.agency) for s in names.pipeline.sources if s.agency})
    blank = [""] * max(ATTENDANCE - len(agencies), 4)
    rows = [[str(i), "", agency, ""] for i, agency in enumerate([*agencies, *blank], start=1)]
    paper.table(doc, listing("acara.kolom_hadir"), rows, (1.0, 5.5, 6.9, 4.2), least=0.8)


def _earlier(doc: Any, annex: str, sitting: Sitting, names: Names) -> None:
    """What earlier meetings decided and is in force, by their minutes."""
    paper.overleaf(doc, say("acara.terdahulu", ke=annex))
    doc.add_paragraph(say("acara.isi_lampiran_terdahulu"))
    heads = listing("acara.kolom_diputuskan")[: len(_EARLIER)]
    before = 0
    for group in grouped(sitting.earlier):
        paper.led(doc, _record(group))
        rows = [_ruled(at, case, names) for at, case in enumerate(group.cases, start=before + 1)]
        paper.table(doc, heads, rows, _EARLIER, dense=True)
        before += len(group.cases)


def _sealed(doc: Any, annex: str, seal: Seal) -> None:
    paper.overleaf(doc, say("acara.lampiran", ke=annex))
    doc.add_paragraph(
        say("acara.isi_lampiran", versi=seal.version, berita=seal.minutes, tanggal=day(seal.date))
    )
    if seal.departed:
        doc.add_paragraph(say("acara.isi_lain", versi=seal.version, tabel=", ".join(seal.departed)))
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
