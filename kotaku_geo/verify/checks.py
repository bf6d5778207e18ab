"""Findings of the verification: what is wrong with the SK itself."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import M2_PER_HA, geodesic_ha
from kotaku_geo.geo.grouping import Ints
from kotaku_geo.geo.overlay import Faces
from kotaku_geo.settings import Verify
from kotaku_geo.texts import number
from kotaku_geo.verify.decree import Decree
from kotaku_geo.verify.sides import UNKNOWN_REGULATION, Side
from kotaku_geo.verify.written import Written, allowed

Floats = NDArray[np.float64]
_EPS_HA = 1e-9


def check_written(
    book: FindingBook, sk: Side, written: Written, drawn: Floats, settings: Verify
) -> None:
    """Written against drawn hectares: a warning, an error, or that nothing is written.

    Args:
        written: what the decree writes of each location.
        drawn: geodesic hectares of each location; NaN where it is not drawn.
    """
    gap = np.abs(written.hectares - drawn) - _EPS_HA
    wrong = gap > allowed(drawn, written.half_digit, settings.area_error_pct)
    odd = gap > allowed(drawn, written.half_digit, settings.area_warning_pct)
    for at in np.flatnonzero(odd | wrong):
        value = written.hectares[at]
        book.add(
            "sk.area-differs",
            subject=sk.ids[at],
            source_id=_source(sk, at),
            severity="error" if wrong[at] else "warning",
            value=number(value),
            geometry=sk.geometry[at],
            key=sk.ids[at],
            tertulis=number(value),
            gambar=number(drawn[at]),
            persen=number(100 * (value - drawn[at]) / drawn[at], 1),
        )
    for at in np.flatnonzero(np.isnan(written.hectares)):
        book.add(
            "sk.area-missing",
            subject=sk.ids[at],
            source_id=_source(sk, at),
            geometry=_outline(sk, at),
        )


def check_levels(book: FindingBook, sk: Side) -> None:
    """SK locations without a level."""
    for at in np.flatnonzero(sk.frame["tingkat"].isna()):
        book.add(
            "sk.level-missing",
            subject=sk.ids[at],
            source_id=_source(sk, at),
            geometry=_outline(sk, at),
        )


def check_overlaps(
    book: FindingBook, sk: Side, partition: Faces, settings: Verify, crs: Any
) -> None:
    """SK locations that overlap one another, one finding a pair with what they share."""
    i, j, shared = partition.overlaps
    hectares = geodesic_ha(shared, crs)
    for at in np.flatnonzero(hectares * M2_PER_HA > settings.min_piece_m2):
        book.add(
            "sk.overlap",
            subject=sk.ids[i[at]],
            source_id=_source(sk, i[at]),
            value=number(hectares[at], 4),
            geometry=shared[at],
            key=f"{sk.ids[i[at]]}|{sk.ids[j[at]]}",
            lain=sk.ids[j[at]],
            luas=number(hectares[at], 4),
        )


def check_names(book: FindingBook, sk: Side, kawasan: Side, elsewhere: dict[int, Ints]) -> None:
    """SK locations that bear the name of a kawasan in another place."""
    for at, named in sorted(elsewhere.items()):
        book.add(
            "sk.name-elsewhere",
            subject=sk.ids[at],
            source_id=_source(sk, at),
            value=";".join(kawasan.ids[named]),
            geometry=_outline(sk, at),
            key=sk.ids[at],
            nama=sk.frame["nama"].iloc[at],
        )


def check_ambiguous(
    book: FindingBook, table: Side, kawasan: Side, ambiguous: dict[int, list[int]]
) -> None:
    """Table locations that fit several kawasan."""
    for at, candidates in sorted(ambiguous.items()):
        names = ", ".join(kawasan.ids[candidates])
        book.add(
            "sk.ambiguous",
            subject=table.ids[at],
            source_id=_source(table, at),
            value=names,
            key=table.ids[at],
            kandidat=names,
        )


def check_regulations(book: FindingBook, rows: pd.DataFrame) -> None:
    """Sources whose scores and levels are of an unknown regulation, one finding a source."""
    judged = rows[rows["tingkat_sk"].notna() | rows["skor_sk"].notna()]
    unknown = judged.loc[judged["regulation"] == UNKNOWN_REGULATION, "source_id"].dropna()
    for source_id in sorted(unknown.unique()):
        book.add("regulation.unknown", source_id=source_id, subject=source_id, kolom="tingkat_sk")


def check_dates(book: FindingBook, decrees: list[Decree], newest: dt.date | None) -> None:
    """Decrees older than five years when the baseline was made, and those without a date."""
    for decree in decrees:
        source_id, old = decree.source_id, [d for d in decree.dates if decree.is_old(d, newest)]
        if not decree.dates:
            book.add("sk.date-missing", source_id=source_id, subject=source_id)
        for day in (date.isoformat() for date in old):
            book.add("sk.age", source_id=source_id, subject=source_id, value=day, tanggal=day)


def _source(side: Side, at: np.intp | int) -> str | None:
    return side.sources[int(at)]


def _outline(side: Side, at: np.intp | int) -> shapely.Geometry | None:
    outline: shapely.Geometry = side.geometry[at]
    return None if shapely.is_empty(outline) else outline
