"""Hectares that the decree writes, against those that are drawn."""

from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.late import record

Floats = NDArray[np.float64]
LEAST_HA = 0.05  # smaller differences are never remarked on


@record
class Written:
    """Written hectares of each location.

    Attributes:
        hectares: float array (n,); NaN where unknown.
        half_digit: half the last written digit, hectares, float array (n,).
    """

    hectares: Floats
    half_digit: Floats

    def filled(self, other: "Written") -> "Written":
        """This, and the other where this is unknown."""
        known = ~np.isnan(self.hectares)
        return Written(
            np.where(known, self.hectares, other.hectares),
            np.where(known, self.half_digit, other.half_digit),
        )


def written_hectares(rows: pd.DataFrame, drawn: Floats) -> Written:
    """Sum the written hectares of each location's rows; one merged total is counted once.

    A total that a merged cell gives to one row, or repeats on all of them, is told from hectares
    by row by what is drawn: the reading nearer to the drawn hectares holds. Without a drawing a
    figure that all rows repeat is one total.

    Args:
        rows: columns place (0 … n-1), luas_sk_ha, drawn_ha (of the row; 0 where not drawn).
        drawn: hectares that each location is compared with, float array (n,); 0 or NaN if none.
    """
    value = rows["luas_sk_ha"].where(rows["luas_sk_ha"] > 0)  # 0 says nothing of an area
    place = rows["place"].to_numpy(np.int64)
    known = value.notna().to_numpy(bool)
    own_drawn = rows["drawn_ha"].where(known, 0.0)
    total = pd.DataFrame({"v": value, "own": own_drawn}).groupby(place).sum()
    by_row, own = total.reindex(pd.RangeIndex(len(drawn))).to_numpy(float).T
    size = np.bincount(place, minlength=len(drawn))
    least, most, digit = (np.full(len(drawn), np.nan) for _ in range(3))
    np.fmin.at(least, place, value.to_numpy(float))
    np.fmax.at(most, place, value.to_numpy(float))
    np.fmax.at(digit, place, [half_digit(v) for v in value])
    complete = np.bincount(place[known], minlength=len(drawn)) == size
    summed = np.where(complete, by_row, np.nan)
    merged = np.where((least == most) & (size > 1), most, np.nan)
    return Written(_nearer(summed, merged, by_row, own, drawn), digit)


def _nearer(summed: Floats, merged: Floats, by_row: Floats, own: Floats, drawn: Floats) -> Floats:
    """Of a sum over rows and one merged total, that which is nearer to what is drawn."""
    with np.errstate(divide="ignore", invalid="ignore"):
        as_total = np.abs(np.log(merged / drawn))
        # Where rows are blank the others are held against their own polygons.
        as_rows = np.abs(np.log(by_row / np.where(np.isnan(summed), own, drawn)))
    undrawn = ~(np.nan_to_num(drawn) > 0)
    total = ~np.isnan(merged) & (undrawn | (as_total <= as_rows) | np.isnan(as_rows))
    return np.where(total, merged, summed)


def half_digit(value: float) -> float:
    """Half of the last digit that a number is written with: 12.5 → 0.05, 12 → 0.5."""
    if not np.isfinite(value) or value == 0:
        return np.nan
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return 0.5 * 10.0 ** min(int(exponent), 0)


def allowed(reference: Floats, half_digits: Floats, percent: float) -> Floats:
    """Difference in hectares up to which written and drawn agree."""
    floor = np.fmax(LEAST_HA, np.nan_to_num(half_digits))
    return np.maximum(reference * percent / 100, floor)
