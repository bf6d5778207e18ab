"""From values to totals, levels, classes and priorities, of RT and of kawasan."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.consolidate.choose import Cells, Choice
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.tables import Floats, Ints
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation

COMPLETE, PARTIAL, NO_DATA = "lengkap", "sebagian", "tanpa_data"
HIGHEST = 5.0  # of strategic value and socio-economy


@record
class Scored:
    """Shares, scores and what follows from them, for n things.

    Attributes:
        share, score: (n, k), NaN where unknown.
        low, high: totals that are possible with open conflicts and missing values, (n,).
        table: skor, skor_maks, tingkat, tingkat_konflik, kelengkapan, one row a thing.
    """

    share: Floats
    score: Floats
    low: Floats
    high: Floats
    table: pd.DataFrame


def of_units(choice: Choice, law: Regulation) -> Scored:
    """Score every RT."""
    some = np.asarray((~np.isnan(choice.chosen.score)).any(axis=1))
    ends = choice.low.score, choice.high.score
    return _scored(choice.chosen.share, choice.chosen.score, ends, some, law)


def of_kawasan(
    choice: Choice, have: Denominators, member: Ints, size: int, law: Regulation
) -> Scored:
    """Score every kawasan from the summed volumes and denominators of its RT.

    Args:
        member: kawasan of each unit, −1 for none.
        size: how many kawasan.
    """
    weight = have.weights(law)
    share, score = summed_cells(choice.chosen, weight, member, size, law)
    ends = [
        summed_cells(cells, weight, member, size, law)[1] for cells in (choice.low, choice.high)
    ]
    known = (~np.isnan(choice.chosen.score)).any(axis=1)
    some = np.zeros(size, dtype=bool)
    some[member[known & (member >= 0)]] = True
    return _scored(share, score, (ends[0], ends[1]), some, law)


def summed(values: Floats, member: Ints, size: int) -> Floats:
    """Sum of each kawasan's RT; NaN where one is unknown or there is no RT."""
    inside = member >= 0
    total = np.zeros(size)
    np.add.at(total, member[inside], values[inside])
    total[np.bincount(member[inside], minlength=size) == 0] = np.nan
    return np.round(total, 9)


def highest(values: Floats, member: Ints, size: int) -> Floats:
    """Highest value of each kawasan's RT; NaN where an unknown one could be higher."""
    inside = member >= 0
    most = np.full(size, -np.inf)
    np.fmax.at(most, member[inside], values[inside])
    unknown = np.bincount(member[inside & np.isnan(values)], minlength=size) > 0
    most[(unknown & (most < HIGHEST)) | np.isinf(most)] = np.nan
    return most


def legality(values: NDArray[np.object_], member: Ints, size: int) -> NDArray[np.object_]:
    """Legal where all RT are, not legal where one is not, unknown otherwise."""
    inside = member >= 0
    count = np.bincount(member[inside], minlength=size)
    legal = np.bincount(member[inside & (values == "legal")], minlength=size)
    illegal = np.bincount(member[inside & (values == "tidak_legal")], minlength=size)
    result = np.full(size, None, dtype=object)
    result[(count > 0) & (legal == count)] = "legal"
    result[illegal > 0] = "tidak_legal"
    return result


def parameter_columns(scored: Scored, law: Regulation) -> dict[str, Floats]:
    """``p<id>`` and ``n<id>`` of every parameter."""
    shares = {f"p{name}": scored.share[:, i] for i, name in enumerate(law.parameter_ids)}
    scores = {f"n{name}": scored.score[:, i] for i, name in enumerate(law.parameter_ids)}
    return {**shares, **scores}


def _scored(
    share: Floats, score: Floats, ends: tuple[Floats, Floats], some: NDArray[np.bool_],
    law: Regulation,
) -> Scored:  # fmt: skip
    skor, skor_maks = law.totals(score)
    low, high = law.totals(ends[0])[0], law.totals(ends[1])[1]
    for total in (skor, skor_maks, low, high):
        total[~some] = np.nan
    low, high = np.fmin(low, skor), np.fmax(high, skor_maks)
    level = law.level_of(skor)
    level[law.level_index(skor) != law.level_index(skor_maks)] = None
    whole = ~np.isnan(score).any(axis=1)
    table = pd.DataFrame(
        {
            "skor": skor,
            "skor_maks": skor_maks,
            "tingkat": level,
            "tingkat_konflik": law.level_ranges(low, high),
            "kelengkapan": np.where(whole, COMPLETE, np.where(some, PARTIAL, NO_DATA)),
        }
    )
    return Scored(share, score, low, high, table)


def summed_cells(
    cells: Cells, weight: Floats, member: Ints, size: int, law: Regulation
) -> tuple[Floats, Floats]:
    """Share and score of sums of ``cells`` by ``member`` (−1 for none), arrays (size, k).

    An RT without a share is counted as none and as wholly deficient; one whose share is known but
    not its weight may pull the sum anywhere towards its share. Where the score is the same at both
    ends it stands. The share is known only where that of every RT is. A negative volume is a slip
    of the survey: it takes nothing off the other RT's score, and the share stays as measured.
    """
    inside = member >= 0
    member = member[inside]
    share, volume, penyebut, weight = (
        a[inside] for a in (cells.share, cells.volume, cells.penyebut, weight)
    )
    known = ~np.isnan(share)
    loose = known & (np.isnan(volume) | np.isnan(penyebut))
    firm = known & ~loose
    measured, top, bottom = (
        _added(np.where(firm, a, 0.0), member, size)
        for a in (volume, np.maximum(volume, 0.0), penyebut)
    )
    spare = _added(np.where(known, 0.0, weight), member, size)
    weighed = _added((firm | ~known).astype(float), member, size) > 0
    low = np.where(weighed, law.shares(top, bottom + spare), np.nan)
    high = np.where(weighed, law.shares(top + spare, bottom + spare), np.nan)
    for end, pull in ((low, np.fmin), (high, np.fmax)):
        unknown = weighed & np.isnan(end)
        at = np.full((size, share.shape[1]), np.nan)
        pull.at(at, member, np.where(loose, share, np.nan))
        end[:] = pull(end, at)
        end[unknown] = np.nan
    some = _added(known.astype(float), member, size) > 0
    settled = some & (law.scores(low) == law.scores(high))
    score = np.where(settled, law.scores(low), np.nan)
    whole = settled & (_added((~known).astype(float), member, size) == 0) & (low == high)
    by_sum = _added(loose.astype(float), member, size) == 0
    part = np.where(by_sum, law.shares(measured, bottom), low)
    return np.where(whole, part, np.nan), score


def _added(values: Floats, member: Ints, size: int) -> Floats:
    total = [np.bincount(member, column, size) for column in np.ascontiguousarray(values.T)]
    return np.asarray(np.round(np.stack(total, axis=1), 9), dtype=np.float64)
