"""Slum levels as they are reported: the five that are sure, and two ways of not being sure."""

import pandas as pd

SLUM = ("berat", "sedang", "ringan", "belum_pasti")
LEVELS = (*SLUM, "tidak_kumuh", "tidak_diketahui")


def reported(frame: pd.DataFrame) -> pd.Series:
    """A level for each row, from tingkat and tingkat_konflik; never null.

    Where the level is open, ``belum_pasti`` is a slum whichever of its possible levels it has;
    ``tidak_diketahui`` may be no slum at all.
    """
    possible = frame["tingkat_konflik"].fillna("")
    slum = (possible != "") & ~possible.str.split(";").map(lambda levels: "tidak_kumuh" in levels)
    unsure = pd.Series("tidak_diketahui", frame.index, dtype="str").mask(slum, "belum_pasti")
    return frame["tingkat"].fillna(unsure)
