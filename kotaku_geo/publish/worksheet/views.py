"""Further sheets, to look at: values side by side, outlines with pictures, identities, totals."""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kotaku_geo.publish.worksheet import agreement, guide, picture
from kotaku_geo.publish.worksheet.cases import BOUNDARY, IDENTITY, VALUE, Case, Option
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.outlines import Outlines
from kotaku_geo.publish.worksheet.sentences import (
    amount,
    candidates,
    evidence,
    meant_by,
    title,
    told_by,
)
from kotaku_geo.publish.worksheet.sheet import answers_of
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
from kotaku_geo.publish.worksheet.words import listing, number, say

SCALE = 0.72  # of a picture on the sheet; it is drawn larger, for paper
Numbered = Sequence[tuple[int, Case]]  # with the row of ``konflik``, counted from 1


def write_values(sheet: Any, cases: Numbered, names: Names, city: str, styles: Styles) -> None:
    """A conflict over a value a row, its candidates beside each other."""
    set_up(sheet, city, paper=A3, repeat=(0, 1))
    rows = [(row, case) for row, case in cases if case.kind == VALUE]
    base = [
        Column(say("nilai.baris"), 8, "link"), Column(say("nilai.tempat"), 30),
        Column(say("nilai.parameter"), 26), Column(say("nilai.material"), 9),
        Column(say("nilai.selisih"), 8, "share"), Column(say("nilai.luas"), 9, "area"),
        Column(say("nilai.kk"), 7, "count"),
    ]  # fmt: skip
    of_one = [
        Column(say("nilai.sumber"), 27), Column(say("nilai.bagian"), 8, "share"),
        Column(say("nilai.nilai"), 6, "count"), Column(say("nilai.tingkat_rt"), 11),
        Column(say("nilai.tingkat_kawasan"), 11),
    ]  # fmt: skip
    most = max((len(case.options) for _, case in rows), default=2)
    columns = [*base, *of_one * most]
    put_head(sheet, 1, columns, styles)
    sheet.merge_range(0, 0, 0, len(base) - 1, say("nilai.judul"), styles["band"])
    for place in range(most):
        first = len(base) + place * len(of_one)
        words = say("nilai.kandidat", nomor=place + 1)
        sheet.merge_range(0, first, 0, first + len(of_one) - 1, words, styles["band"])
    for at, (row, case) in enumerate(rows, start=2):
        cells = [*_about(case, names)]
        for option in case.options:
            cells += [_source(case, option, names), option.persen, option.score]
            levels = (case.impact.rt, case.impact.kawasan)
            cells += [names.levels(side.get(option.choice, ())) for side in levels]
        fit(sheet, at, [(v, c.width) for v, c in zip(cells, columns[1:], strict=False)])
        link(sheet, at, row, styles)
        for place, (value, column) in enumerate(zip(cells, columns[1:], strict=False), start=1):
            put(sheet, at, place, value, styles[column.style])
    none(sheet, 2, len(rows), styles)
    sheet.autofilter(1, 0, max(len(rows) + 1, 2), len(columns) - 1)
    sheet.freeze_panes(2, 3)


def _about(case: Case, names: Names) -> list[Any]:
    impact = case.impact
    return [
        names.place(case.subject), names.parameter(case.parameter),
        say("nilai.ya" if case.material else "nilai.tidak"), case.spread,
        impact.hectares, impact.households,
    ]  # fmt: skip


def _source(case: Case, option: Option, names: Names) -> str:
    """Who says it, of which day, and what the share was made of."""
    who = [names.record(option.choice), names.date(option.source_id)]
    if option.volume is not None and option.penyebut is not None:
        unit = names.unit(case.parameter)
        volume, below = amount(option.volume), amount(option.penyebut)
        who.append(say("nilai.volume", volume=volume, penyebut=below, satuan=unit))
    if not case.shares and isinstance(option.value, (int, float)):
        who.append(f"{amount(option.value)} {names.unit(case.parameter)}".strip())
    return "\n".join(who)


def write_boundaries(
    sheet: Any, cases: Numbered, names: Names, outlines: Outlines, city: str, styles: Styles
) -> None:
    """A boundary conflict a row, with its picture."""
    set_up(sheet, city, repeat=(0, 0))
    rows = [(row, case) for row, case in cases if case.kind == BOUNDARY]
    columns = [Column(say("batas.baris"), 8, "link"), Column(say("batas.kandidat"), 42),
               Column(say("batas.bukti"), 42), Column(say("batas.gambar"), 55)]  # fmt: skip
    put_head(sheet, 0, columns, styles)
    for at, (row, case) in enumerate(rows, start=1):
        said = candidates(case, names), evidence(case, names, pictured=True)
        link(sheet, at, row, styles)
        for place, text in enumerate(said, start=1):
            put(sheet, at, place, text, styles["cell"])
        put(sheet, at, 3, "", styles["cell"])
        height = _picture(sheet, at, case, names, outlines)
        fit(sheet, at, [(text, 42) for text in said], height)
    none(sheet, 1, len(rows), styles)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.freeze_panes(1, 0)


def _picture(sheet: Any, at: int, case: Case, names: Names, outlines: Outlines) -> float:
    """Place the picture of a boundary conflict; its height in points."""
    sides = []
    for option, shape in zip(case.options, outlines.of(case), strict=True):
        size = option.value if isinstance(option.value, (int, float)) else None
        label = f"{number(size, 2)} ha – {names.dated(option.source_id)}"
        sides.append(picture.Side(label if shape else say("batas.tanpa", siapa=label), shape))
    return _insert(sheet, at, 3, sides, title(case, names))


def _insert(
    sheet: Any, at: int, column: int, sides: Sequence[picture.Side], told: str
) -> float:  # fmt: skip
    content, height = picture.draw(sides, say("batas.utara"))
    sheet.insert_image(
        at, column, "peta.png",
        {"image_data": io.BytesIO(content), "x_offset": 4, "y_offset": 4, "x_scale": SCALE,
         "y_scale": SCALE, "object_position": 1, "description": told},
    )  # fmt: skip
    return height * SCALE * 0.75 + 8


def write_identities(
    sheet: Any, cases: Numbered, names: Names, outlines: Outlines, city: str, styles: Styles
) -> None:
    """A possible meaning a row, with a picture where an RT's kelurahan is in dispute."""
    set_up(sheet, city, repeat=(0, 0))
    columns = [Column(say("identitas.baris"), 8, "link"), Column(say("identitas.apa"), 44),
               Column(say("identitas.id"), 32), Column(say("identitas.nama"), 40),
               Column(say("identitas.siapa"), 44), Column(say("identitas.gambar"), 55)]  # fmt: skip
    put_head(sheet, 0, columns, styles)
    at = 0
    for row, case in cases:
        if case.kind != IDENTITY:
            continue
        for place_of, option in enumerate(case.options):
            at += 1
            least = _surroundings(sheet, at, case, names, outlines) if place_of == 0 else 0.0
            meant = str(option.value)
            cells = title(case, names), meant, meant_by(option, names), told_by(option, names)
            link(sheet, at, row, styles)
            texts = [(v, c.width) for v, c in zip(cells, columns[1:], strict=False)]
            fit(sheet, at, texts, least)
            for place, text in enumerate([*cells, ""], start=1):
                put(sheet, at, place, text, styles["cell"])
    none(sheet, 1, at, styles)
    sheet.autofilter(0, 0, max(at, 1), len(columns) - 1)
    sheet.freeze_panes(1, 0)


def _surroundings(sheet: Any, at: int, case: Case, names: Names, outlines: Outlines) -> float:
    """Place the picture of an RT and what it may lie in, or of all that may be the RT.

    Returns its height in points, 0 where there is none.
    """
    meant = outlines.meant(case)
    if meant:
        drawn = [picture.Side(meant_by(option, names), shape) for option, shape in meant]
        return _insert(sheet, at, 5, drawn, title(case, names))
    found = outlines.around(case)
    if found is None:
        return 0.0
    place, joined = names.place(case.subject), say("nama.dan")
    sides = []
    for options, shape in found.drawn:
        who = joined.join(dict.fromkeys(names.source(o.source_id) for o in options))
        sides.append(picture.Side(say("identitas.rt", tempat=place, siapa=who), shape))
    for code, part in found.villages.items():
        sides.append(picture.Side(f"{names.place(code)} [{code}]", part))
    for code, (metres, wind) in found.far.items():
        told = say("identitas.jauh", tempat=names.place(code), id=code,
                   arah=listing("identitas.arah")[wind], km=number(metres / 1000, 1))  # fmt: skip
        sides.append(picture.Side(told, None))
    return _insert(sheet, at, 5, sides, title(case, names))


def write_summary(
    sheet: Any, cases: Sequence[Case], names: Names, table: pd.DataFrame, city: str,
    styles: Styles,
) -> None:  # fmt: skip
    """Conflicts by kelurahan with what remains, and how well sources agree with each other."""
    set_up(sheet, city)
    kinds = ("semua", "material", VALUE, BOUNDARY, IDENTITY)
    columns = [Column(say("ringkasan.kelurahan"), 34)]
    columns += [Column(say(f"ringkasan.ada.{kind}"), 13, "count") for kind in kinds]
    columns += [Column(say(f"ringkasan.sisa.{kind}"), 13, "count") for kind in kinds[:2]]
    put_head(sheet, 0, columns, styles)
    places = [names.village_of(case.subject) or say("ringkasan.tanpa") for case in cases]
    row = 0
    for village in sorted(set(places)):
        row += 1
        own = [case for case, place in zip(cases, places, strict=True) if place == village]
        put(sheet, row, 0, village, styles["cell_strong"])
        for place, kind in enumerate(kinds, start=1):
            put(sheet, row, place, sum(_counted(case, kind) for case in own), styles["count"])
        for place, kind in enumerate(kinds[:2], start=1 + len(kinds)):
            left = sum(_counted(c, kind) and answers_of(c)[:2] == (None, None) for c in own)
            formula = guide.remaining(f"$A{row + 1}", kind, len(cases))
            sheet.write_formula(row, place, formula, styles["count"], left)
    if len(table):
        agreement.write_overall(sheet, row + 3, table, names, styles)
    sheet.freeze_panes(1, 0)


def _counted(case: Case, kind: str) -> bool:
    return kind == "semua" or (case.material if kind == "material" else case.kind == kind)
