"""Denominators that surveys give differently: which, by whom, how far apart."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS
from kotaku_geo.consolidate.conflicts import Candidate, Conflict, conflict_id
from kotaku_geo.consolidate.facts import DRAWN, Denominators
from kotaku_geo.consolidate.tables import Floats, Ints, coded, codes_in, starts
from kotaku_geo.late import record

PREFIX = "penyebut."
KIND = "nilai"
OUTCOME = "akibat"  # of a candidate: parameter → its share in percent, and its score


@record
class Disputes:
    """Denominators that surveys give differently, and their candidates below each other.

    Attributes:
        unit, name: of each dispute (m,); name is the place in `DENOMINATORS`.
        start: where the candidates of each begin, and the end of the last (m + 1).
        amount, source, row: what each candidate says (e,), who says it, in which record.
        subject: id_rt of each dispute.
    """

    unit: Ints
    name: Ints
    start: Ints
    amount: Floats
    source: list[str]
    row: list[int | None]
    subject: list[str]

    def __len__(self) -> int:
        return len(self.unit)

    @cached_property
    def owner(self) -> Ints:
        """The dispute of each candidate."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @cached_property
    def parameter(self) -> list[str]:
        """What each is called in conflicts and decisions: ``penyebut.jumlah_kk``."""
        return [PREFIX + DENOMINATORS[name] for name in self.name.tolist()]

    @cached_property
    def ids(self) -> list[str]:
        """The conflict_id of each."""
        about = zip(self.subject, self.parameter, strict=True)
        return [conflict_id(KIND, *each) for each in about]

    @cached_property
    def spread(self) -> Floats:
        """How far the candidates of each are apart, in percent of the largest."""
        if not len(self):
            return np.zeros(0)
        most = np.maximum.reduceat(self.amount, self.start[:-1])
        least = np.minimum.reduceat(self.amount, self.start[:-1])
        share = np.divide(most - least, most, out=np.ones_like(most), where=most > 0)
        return np.asarray(np.round(100 * share, 9), dtype=np.float64)

    def conflict(
        self, place: int, told: Callable[[int], Mapping[str, Any]] | None = None,
        material: bool = False,
    ) -> Conflict:  # fmt: skip
        """One of them as a conflict; ``told``: what a candidate makes of the parameters."""
        own = range(int(self.start[place]), int(self.start[place + 1]))
        said = [
            Candidate(self.source[i], self.row[i], value=float(self.amount[i]),
                      extra={} if told is None else {OUTCOME: told(i)})
            for i in own
        ]  # fmt: skip
        about = self.subject[place], self.parameter[place]
        return Conflict(KIND, *about, said, float(self.spread[place]), material)

    def places(self, asked: Collection[tuple[str, str]]) -> list[int]:
        """Those that are about one of these: id_rt and parameter."""
        about = zip(self.subject, self.parameter, strict=True)
        return [place for place, each in enumerate(about) if each in asked] if asked else []


def disputes(
    have: Denominators, units: pd.DataFrame, asked: Sequence[tuple[str, str]] = ()
) -> Disputes:
    """Denominators of which surveys say different things, and those ``asked`` for (id_rt and
    parameter) that are known at all.

    Drawn hectares are no side of it: they count only where nobody surveyed any.
    """
    facts = have.facts[have.facts["rank"] != DRAWN].reset_index(drop=True)
    name = coded(facts["name"], DENOMINATORS).cat.codes.to_numpy(dtype=np.int64)
    unit, value = facts["unit"].to_numpy(dtype=np.int64), facts["value"].to_numpy(dtype=float)
    cell: Ints = (unit * len(DENOMINATORS) + name).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    begin = starts(cell) if len(cell) else np.zeros(0, dtype=np.int64)
    said = value[order]
    if not len(cell):
        return Disputes(begin, begin, np.zeros(1, dtype=np.int64), said, [], [], [])
    count = np.diff(np.append(begin, len(cell)))
    differ = np.maximum.reduceat(said, begin) != np.minimum.reduceat(said, begin)
    differ |= np.isin(cell[begin], _cells_of(asked, units))
    rows = order[np.repeat(differ, count)]
    first = order[begin[differ]]
    records = facts["source_row"].iloc[rows].tolist()
    ids = units["id_rt"].to_numpy(dtype=object)
    return Disputes(
        unit[first],
        name[first],
        np.append(0, np.cumsum(count[differ])),
        value[rows],
        facts["source_id"].iloc[rows].astype(object).tolist(),
        [None if pd.isna(row) else int(row) for row in records],
        ids[unit[first]].tolist(),
    )


def _cells_of(asked: Sequence[tuple[str, str]], units: pd.DataFrame) -> Ints:
    """Unit and denominator of each thing asked for, as one number; of those that there are."""
    named = [(subject, parameter.removeprefix(PREFIX)) for subject, parameter in asked
             if parameter.startswith(PREFIX)]  # fmt: skip
    unit = codes_in(pd.Series([subject for subject, _ in named], dtype="str"), units["id_rt"])
    name = np.array([DENOMINATORS.index(name) for _, name in named], dtype=np.int64)
    return np.asarray((unit * len(DENOMINATORS) + name)[unit >= 0], dtype=np.int64)
