"""The decree itself: its regulation and its age, judged by the pipeline's dates, not the clock."""

import datetime as dt

import pandas as pd

from kotaku_geo.late import record
from kotaku_geo.stage import StageContext
from kotaku_geo.verify.basis import BASIS

YEARS = 5  # Permen 14/2018 art. 38: reviewed at least once in five years


@record
class Decree:
    """What one SK source says of itself.

    Attributes:
        source_id: the source.
        regulation: id, or ``unknown``.
        dates: the dates of its decrees, oldest first; empty where unknown.
    """

    source_id: str
    regulation: str
    dates: tuple[dt.date, ...]

    def is_old(self, date: dt.date, newest: dt.date | None) -> bool:
        """Whether a date is five years or more before the newest source."""
        return newest is not None and newest >= _later(date, YEARS)


def decrees(rows: pd.DataFrame) -> list[Decree]:
    """The SK sources that delivered rows (columns source_id, regulation, tanggal_sk), by id."""
    found = []
    for source_id, part in rows[rows["source_id"].notna()].groupby("source_id"):
        dates = {_date(text) for text in part["tanggal_sk"].dropna().unique()} - {None}
        regulation = str(part["regulation"].iloc[0])
        found.append(Decree(str(source_id), regulation, tuple(sorted(d for d in dates if d))))
    return found


def newest_source(ctx: StageContext) -> dt.date | None:
    """Newest date of the sources that the verification is based on; None where none states one."""
    dates = {s.date for s in ctx.pipeline.of_layer(*BASIS)}
    return max((d for d in dates if d is not None), default=None)


def faults(found: list[Decree], regulation: str, newest: dt.date | None) -> list[str]:
    """Why the SK cannot simply stand: peraturan, umur, umur_tidak_diketahui."""
    causes = []
    if any(d.regulation != regulation for d in found):
        causes.append("peraturan")
    if any(d.is_old(date, newest) for d in found for date in d.dates):
        causes.append("umur")
    elif newest is None or not all(d.dates for d in found):
        causes.append("umur_tidak_diketahui")
    return causes


def _date(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _later(date: dt.date, years: int) -> dt.date:
    try:
        return date.replace(year=date.year + years)
    except ValueError:  # 29 February
        return date.replace(year=date.year + years, day=28)
