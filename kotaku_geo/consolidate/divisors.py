"""Denominators in dispute: what each of their candidates would make of the RT's parameters.

A share that hangs on the RT's households, buildings or metres is another one under another count
of them. Each candidate is put in the place of the one that stands, and nothing else is changed.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate.choose import Cells, Choice, cells_of
from kotaku_geo.consolidate.conflicts import Candidate, Conflict, conflict_id
from kotaku_geo.consolidate.facts import DRAWN, Denominators
from kotaku_geo.consolidate.tables import Bools, Floats, Ints, coded, codes_in, pairs, starts
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation

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

    def conflict(self, place: int, outcomes: "Outcomes | None" = None) -> Conflict:
        """One of them as a conflict; with what its candidates make of the parameters."""
        own = range(int(self.start[place]), int(self.start[place + 1]))
        said = [
            Candidate(self.source[i], self.row[i], value=float(self.amount[i]),
                      extra={} if outcomes is None else {OUTCOME: outcomes.of(i)})
            for i in own
        ]  # fmt: skip
        material = outcomes is not None and bool(outcomes.material[place])
        about = self.subject[place], self.parameter[place]
        return Conflict(KIND, *about, said, float(self.spread[place]), material)

    def places(self, asked: Collection[tuple[str, str]]) -> list[int]:
        """Those that are about one of these: id_rt and parameter."""
        about = zip(self.subject, self.parameter, strict=True)
        return [place for place, each in enumerate(about) if each in asked] if asked else []


@record
class Outcomes:
    """What follows from every candidate of every dispute, alone.

    Attributes:
        disputes: of which.
        entry, par: candidate and parameter of each value that hangs on a disputed denominator,
            arrays (v,), sorted.
        share, volume, penyebut, score: the value, NaN where it is unknown.
        differs: whether the candidates of a dispute give a parameter different scores (m,).
        apart: whether they differ by more than the tolerance (m,).
        material: whether the dispute is to be decided (m,).
        parameters: ids of the parameters.
    """

    disputes: Disputes
    entry: Ints
    par: Ints
    share: Floats
    volume: Floats
    penyebut: Floats
    score: Floats
    differs: Bools
    apart: Bools
    material: Bools
    parameters: tuple[str, ...]

    def of(self, entry: int) -> dict[str, Any]:
        """Parameter → share in percent and score under a candidate; null where unknown."""
        first, last = np.searchsorted(self.entry, [entry, entry + 1])
        return {
            self.parameters[int(self.par[i])]: [_told(100 * self.share[i]), _told(self.score[i])]
            for i in range(int(first), int(last))
        }

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Those by which a score changes, where the candidates differ or a level is at stake."""
        return [self.disputes.conflict(int(i), self) for i in np.flatnonzero(self.material)]

    def decided(self, ids: set[str]) -> list[Conflict]:
        """Those with these ids, material or not."""
        if not ids:
            return []
        found = [place for place, each in enumerate(self.disputes.ids) if each in ids]
        return [self.disputes.conflict(place, self) for place in found]

    def straddling(self) -> list[Conflict]:
        """Those that agree within the tolerance and yet give different scores."""
        places = np.flatnonzero(self.differs & ~self.apart)
        return [self.disputes.conflict(int(i), self) for i in places]


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


def outcomes(
    found: Disputes, choice: Choice, have: Denominators, law: Regulation, pipeline: Pipeline
) -> Outcomes:
    """Put every candidate of every dispute in the place of what stands.

    In each parameter the candidate that was decided stands, else the strongest whose share is known
    then.
    """
    values = _values(found, choice, have, law)
    names = tuple(law.parameter_ids)
    differs = _differ(found, values, len(names))
    limit = np.array([pipeline.tolerance(PREFIX + name) for name in DENOMINATORS])
    apart = found.spread > limit[found.name]
    moved = _moves_level(found, values, choice.chosen, law)
    return Outcomes(found, **values, differs=differs, apart=apart,
                    material=differs & (apart | moved), parameters=names)  # fmt: skip


def _values(found: Disputes, choice: Choice, have: Denominators, law: Regulation) -> dict[str, Any]:
    """What stands in every parameter that hangs on a dispute, under each of its candidates."""
    table = choice.candidates
    cell, by = cells_of(table, law), _by(table)
    size = len(law.parameters)
    # Every candidate of a parameter in which one hangs on the denominator, for every amount.
    key = table["unit"].to_numpy(dtype=np.int64) * len(DENOMINATORS) + by
    hanging = np.flatnonzero(by >= 0)
    entry, at = pairs(_keys_of(found), key[hanging])
    asked = np.unique(entry * (choice.chosen.share.size + 1) + cell[hanging[at]])
    entry, touched = np.divmod(asked, choice.chosen.share.size + 1)
    which, row = pairs(touched, cell)
    entry = entry[which]
    share, volume, penyebut = _exchanged(found, entry, row, table, have, law)
    usable = ~np.isnan(share)
    decided = (table["dipakai"] & table["decision_id"].notna()).to_numpy(dtype=bool)[row]
    order = np.lexsort([row, ~decided, ~usable, which])
    first = order[starts(which[order])] if len(order) else order
    lost = ~usable[first]
    for values in (share, volume, penyebut):
        values[first[lost]] = np.nan
    return {
        "entry": entry[first], "par": touched[which[first]] % size, "share": share[first],
        "volume": volume[first], "penyebut": penyebut[first], "score": law.scores(share[first]),
    }  # fmt: skip


def _exchanged(
    found: Disputes, entry: Ints, row: Ints, table: pd.DataFrame, have: Denominators,
    law: Regulation,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Share, volume and denominator of candidates with a disputed amount in its place."""
    share, volume, penyebut, measure = (
        table[name].to_numpy(dtype=float)[row].copy()
        for name in ("share", "volume", "penyebut", "measure")
    )
    name, amount = found.name[found.owner[entry]], found.amount[entry]
    hangs = _by(table)[row] == name
    lacks = hangs & table["lacking"].to_numpy(dtype=bool)[row]
    part = np.where(lacks, np.maximum(amount - measure, 0.0), measure)
    share[hangs] = law.shares(part, amount)[hangs]
    divisor = coded(table["divisor"], DENOMINATORS).cat.codes.to_numpy(dtype=np.int64)[row]
    same = hangs & (divisor == name)
    volume[same], penyebut[same] = part[same], amount[same]
    other = hangs & ~same
    volume[other] = (share * penyebut)[other]
    return share, volume, penyebut


def _differ(found: Disputes, values: dict[str, Any], size: int) -> Bools:
    """Whether the candidates of each dispute give a parameter different scores.

    That a candidate leaves it unknown is a difference.
    """
    dispute = found.owner[values["entry"]] if len(found) else values["entry"]
    group = dispute * size + values["par"]
    score = np.where(np.isnan(values["score"]), -1.0, values["score"])
    result = np.zeros(len(found), dtype=bool)
    order = np.argsort(group, kind="stable")
    if len(order):
        begin = starts(group[order])
        said = score[order]
        differ = np.maximum.reduceat(said, begin) != np.minimum.reduceat(said, begin)
        result[group[order][begin[differ]] // size] = True
    return result


def _moves_level(found: Disputes, values: dict[str, Any], chosen: Cells, law: Regulation) -> Bools:
    """Whether a candidate of each dispute would move the RT's level."""
    owner = found.owner
    scores = rows_under(values, chosen.score[found.unit[owner]], "score")
    levels = [law.level_index(total) for total in law.totals(scores)]
    now = [law.level_index(total)[found.unit[owner]] for total in law.totals(chosen.score)]
    moved = np.zeros(len(found), dtype=bool)
    for then, before in zip(levels, now, strict=True):
        moved[owner[then != before]] = True
    return moved


def rows_under(values: dict[str, Any], rows: Floats, name: str) -> Floats:
    """Rows of parameters (e, k), one a candidate, with what hangs on it in its place."""
    rows = rows.copy()
    rows[values["entry"], values["par"]] = values[name]
    return rows


def widened(choice: Choice, found: Outcomes, settled: set[str]) -> Choice:
    """The choice with its least and worst values under every open dispute as well.

    ``settled``: conflict_id of those that are decided.
    """
    own = found.disputes
    open_ = found.material | (found.differs & found.apart)
    if settled and open_.any():
        open_ &= ~np.array([each in settled for each in own.ids], dtype=bool)
    asked = open_[own.owner[found.entry]] if len(own) else np.zeros(0, dtype=bool)
    if not asked.any():
        return choice
    unit, par = own.unit[own.owner[found.entry[asked]]], found.par[asked]
    new = {n: getattr(found, n)[asked] for n in ("share", "volume", "penyebut", "score")}
    low = _pulled(choice.low, unit, par, new, -1)
    high = _pulled(choice.high, unit, par, new, 1)
    return Choice(choice.candidates, choice.chosen, low, high, choice.groups)


def _pulled(cells: Cells, unit: Ints, par: Ints, new: dict[str, Floats], sign: int) -> Cells:
    """Cells with the value that lies farthest, or none where one leaves it unknown.

    ``sign``: 1 for the greatest share, −1 for the least.
    """
    made = {name: getattr(cells, name).copy() for name in new}
    rank = np.where(np.isnan(new["share"]), np.inf, sign * new["share"])
    order = np.argsort(rank, kind="stable")  # the farthest last, and what is unknown after it
    unit, par, rank = unit[order], par[order], rank[order]
    take = np.isinf(rank) | (rank > sign * made["share"][unit, par])
    for name, values in made.items():
        values[unit[take], par[take]] = new[name][order][take]
    return Cells(**made)


def _by(table: pd.DataFrame) -> Ints:
    """Which denominator of the RT each candidate hangs on; −1 for none."""
    codes = coded(table["by"], DENOMINATORS).cat.codes
    return np.asarray(codes.to_numpy(), dtype=np.int64)


def _keys_of(found: Disputes) -> Ints:
    """Unit and denominator of each candidate of a dispute, as one number."""
    keys: Ints = (found.unit * len(DENOMINATORS) + found.name).astype(np.int64)
    return keys[found.owner]


def _told(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6) + 0.0
