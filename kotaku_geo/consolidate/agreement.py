"""How well each source agrees with the others: whom the Pokja may trust, and in what."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.choose import Choice, cells_of
from kotaku_geo.consolidate.tables import Bools, Floats, typed
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation

EVERY = "semua"
COLUMNS = {
    "source_id": "str", "other_id": "str", "parameter": "str", "bersama": "Int64",
    "dalam_toleransi": "Int64", "persen_sepakat": "float64", "selisih_median": "float64",
    "nilai_sama": "Int64", "persen_nilai_sama": "float64",
}  # fmt: skip
_DIGITS = 9


@record
class _Sides:
    """What sources say of every RT and parameter, in the order of their names.

    Attributes:
        names: of the sources.
        share, score: (sources, n, k), NaN where one says nothing.
    """

    names: list[str]
    share: Floats
    score: Floats


@record
class _Compared:
    """Cells that two sources, or more, both speak of: arrays of one length."""

    gap: Floats
    within: Bools
    same: Bools

    def row(self, source: str, other: str, parameter: str) -> dict[str, Any]:
        """The cells as a row of the table."""
        both, agreed, alike = len(self.gap), int(self.within.sum()), int(self.same.sum())
        return {
            "source_id": source, "other_id": other, "parameter": parameter, "bersama": both,
            "dalam_toleransi": agreed, "persen_sepakat": 100 * agreed / both,
            "selisih_median": float(np.median(self.gap)), "nilai_sama": alike,
            "persen_nilai_sama": 100 * alike / both,
        }  # fmt: skip


def table(choice: Choice, law: Regulation, pipeline: Pipeline) -> pd.DataFrame:
    """``consolidate/agreement``, sorted by source, other source and parameter (``semua`` first).

    One row for two sources and a parameter, for two sources (parameter ``semua``), and for a source
    against all others (other_id and parameter ``semua``). A pair stands under either source, so
    that a source's rows are together.

    bersama: candidates that both give; dalam_toleransi: of them those within the policy's
    tolerance; selisih_median: percentage points; nilai_sama: those that score the same. The share
    of a source with several records for an RT is the one that would stand for it.
    """
    sides = _sides(choice, law)
    limit = np.array([pipeline.tolerance(name) for name in law.parameter_ids])
    rows: list[dict[str, Any]] = []
    met: dict[str, list[_Compared]] = {}
    for one, other in combinations(range(len(sides.names)), 2):
        pair = sides.names[one], sides.names[other]
        compared = list(_by_parameter(sides, one, other, limit))
        if not compared:
            continue
        every = _joined([cells for _, cells in compared])
        told = [every.row(*pair, EVERY)]
        told += [cells.row(*pair, law.parameter_ids[par]) for par, cells in compared]
        rows += [*told, *({**row, "source_id": pair[1], "other_id": pair[0]} for row in told)]
        for name in pair:
            met.setdefault(name, []).append(every)
    rows += [_joined(pairs).row(name, EVERY, EVERY) for name, pairs in met.items()]
    rows.sort(key=lambda row: (row["source_id"], *_last(row["other_id"]), *_last(row["parameter"])))
    return typed(pd.DataFrame(rows, columns=list(COLUMNS)), COLUMNS)


def _last(word: str) -> tuple[bool, str]:
    return word != EVERY, word


def _sides(choice: Choice, law: Regulation) -> _Sides:
    """Typed shares are nobody's; of a source's records the one that is strongest counts."""
    rows = choice.candidates
    share, score = rows["share"].to_numpy(dtype=float), rows["score"].to_numpy(dtype=float)
    usable = np.flatnonzero(~np.isnan(share) & (rows["rank"].to_numpy() >= 0))[::-1]
    source, names = pd.factorize(rows["source_id"].iloc[usable], sort=True)
    place = source, cells_of(rows, law)[usable]  # of several the last is kept: the strongest
    made = []
    for values in (share, score):
        side = np.full((len(names), choice.chosen.share.size), np.nan)
        side[place] = values[usable]
        made.append(side.reshape(len(names), *choice.chosen.share.shape))
    return _Sides([str(name) for name in names], *made)


def _by_parameter(
    sides: _Sides, one: int, other: int, limit: Floats
) -> Iterator[tuple[int, _Compared]]:
    """Cells of each parameter, by its position, that both of two sources speak of."""
    gap = np.round(100 * np.abs(sides.share[one] - sides.share[other]), _DIGITS)
    same = sides.score[one] == sides.score[other]
    known = ~np.isnan(gap)
    for par in np.flatnonzero(known.any(axis=0)).tolist():
        both = known[:, par]
        gaps = gap[both, par]
        yield par, _Compared(gaps, gaps <= limit[par], same[both, par])


def _joined(parts: list[_Compared]) -> _Compared:
    return _Compared(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("gap", "within", "same"))
    )
