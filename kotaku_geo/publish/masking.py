"""Ways to keep something out of what is published: blanks, and words in place of figures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.texts import number

HOUSEHOLDS = 5
FEW = f"< {HOUSEHOLDS}"


@dataclass(frozen=True)
class Withheld:
    """What must not be seen.

    Attributes:
        sources: ids of sources with ``publish: false``.
        mha: ids of sources whose communities are shown by kelurahan only.
        rt: id_rt of RTs with fewer than five households.
        kawasan: id_kawasan of kawasan with fewer than five households.
        outlines: id_kawasan of kawasan whose outline is a withheld source's.
    """

    sources: frozenset[str]
    mha: frozenset[str]
    rt: frozenset[str]
    kawasan: frozenset[str]
    outlines: frozenset[str]


def told(frame: pd.DataFrame, column: str, few: pd.Series, decimals: int = 2) -> pd.DataFrame:
    """A copy with the column's figures in words beside it, "< 5" where there are too few."""
    frame = frame.copy()
    words = frame[column].map(lambda v: None if pd.isna(v) else number(v, decimals))
    told = words.astype("str").where(words.notna()).mask(few, FEW)
    frame.insert(list(frame.columns).index(column) + 1, f"{column}_teks", told)
    return frame


def mentions(texts: pd.Series, words: Iterable[str]) -> pd.Series:
    """Whether a text names one of the words as a whole word."""
    listed = "|".join(re.escape(w) for w in sorted(words))
    if not listed:
        return pd.Series(False, texts.index)
    return texts.str.contains(rf"(?<![\w-])(?:{listed})(?![\w-])", regex=True, na=False)


def blank(frame: pd.DataFrame, mask: pd.Series, columns: Iterable[str]) -> pd.DataFrame:
    """A copy with these columns unknown where ``mask`` holds."""
    frame = frame.copy()
    for column in columns:
        if column == "geometry":
            shapes = np.asarray(frame["geometry"], dtype=object).copy()
            shapes[mask.to_numpy(dtype=bool)] = None
            frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
        else:
            frame[column] = frame[column].mask(mask)
    return frame
