"""Slum levels as they are reported, and how sure they are.

A level may stand and yet not be settled: until a conflict is decided the strongest source's value
stands, and ``tingkat_konflik`` lists the levels that it may still become.
"""

from collections.abc import Iterable

import pandas as pd

SLUM = ("berat", "sedang", "ringan", "belum_pasti")
LEVELS = (*SLUM, "tidak_kumuh", "tidak_diketahui")
GRADES = ("tidak_kumuh", "ringan", "sedang", "berat")  # lightest first, as ranges list them
OPEN = "-open"  # behind a level, the look of one that stands and is not settled


def reported(frame: pd.DataFrame) -> pd.Series:
    """A level for each row, from tingkat and tingkat_konflik; never null.

    Where no level stands, ``belum_pasti`` is a slum whichever of its possible levels it has;
    ``tidak_diketahui`` may be no slum at all.
    """
    possible = frame["tingkat_konflik"].fillna("")
    unsure = pd.Series("tidak_diketahui", frame.index, dtype="str")
    unsure = unsure.mask((possible != "") & ~_may_be_none(frame), "belum_pasti")
    return frame["tingkat"].fillna(unsure)


def unsettled(frame: pd.DataFrame) -> pd.Series:
    """Whether a level stands that may still change: a conflict is open, or a decision stale."""
    return frame["tingkat"].notna() & (frame["tingkat_konflik"].fillna("") != "")


def doubtful(frame: pd.DataFrame) -> pd.Series:
    """Whether a level stands and it may still change whether the place is a slum at all."""
    return frame["tingkat"].notna() & _may_be_none(frame)


def described(frame: pd.DataFrame) -> pd.DataFrame:
    """`reported`, `unsettled` and `doubtful` of each row, as columns level, terbuka and ragu."""
    return pd.DataFrame(
        {"level": reported(frame), "terbuka": unsettled(frame), "ragu": doubtful(frame)}
    )


def looks(frame: pd.DataFrame) -> pd.Series:
    """`reported`, with `OPEN` behind what is not settled."""
    level = reported(frame)
    return level.mask(unsettled(frame), level + OPEN)


def worst(members: Iterable[tuple[str | None, str | None]]) -> str | None:
    """The levels that the gravest of several places may have, ``;``-joined from the lightest.

    None where it is one level, or where nothing is known of some place.

    Args:
        members: tingkat and tingkat_konflik of each place.
    """
    ranges = [(possible or level or "").split(";") for level, possible in members]
    if not ranges or any(name not in GRADES for own in ranges for name in own):
        return None
    low = max(min(map(GRADES.index, own)) for own in ranges)
    high = max(max(map(GRADES.index, own)) for own in ranges)
    return ";".join(GRADES[low : high + 1]) if high > low else None


def _may_be_none(frame: pd.DataFrame) -> pd.Series:
    possible = frame["tingkat_konflik"].fillna("").str.split(";")
    return possible.map(lambda levels: "tidak_kumuh" in levels).astype(bool)
