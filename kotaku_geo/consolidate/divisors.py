"""Denominators in dispute: what each of their candidates would make of the RT's parameters.

A share that hangs on the RT's households, buildings or metres is another one under another count
of them. Each candidate is put in the place of the one that stands, and nothing else is changed.
"""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate.choose import Cells, Choice, cells_of
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.disputed import PREFIX, Disputes
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.tables import Bools, Floats, Ints, coded, pairs, starts
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation


@record
class Outcomes:
    """What follows from every candidate of every dispute, alone.

    Attributes:
        disputes: of which.
        entry, par: candidate and parameter of each value that hangs on a disputed denominator,
            arrays (v,), sorted.
        share, volume, penyebut, score: the value, NaN where it is unknown.
        others: the same columns of every candidate in cells whose share is open itself: which of
            them will stand is not known, and may hang on the denominator too.
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
    others: dict[str, Any]
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

    def _conflict(self, place: int) -> Conflict:
        return self.disputes.conflict(place, self.of, bool(self.material[place]))

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Those by which a score changes, where the candidates differ or a level is at stake."""
        return [self._conflict(int(i)) for i in np.flatnonzero(self.material)]

    def decided(self, ids: set[str]) -> list[Conflict]:
        """Those with these ids, material or not."""
        if not ids:
            return []
        found = [place for place, each in enumerate(self.disputes.ids) if each in ids]
        return [self._conflict(place) for place in found]

    def straddling(self) -> list[Conflict]:
        """Those that agree within the tolerance and yet give different scores."""
        places = np.flatnonzero(self.differs & ~self.apart)
        return [self._conflict(int(i)) for i in places]


def outcomes(
    found: Disputes, choice: Choice, have: Denominators, law: Regulation, pipeline: Pipeline
) -> Outcomes:
    """Put every candidate of every dispute in the place of what stands.

    In each parameter the candidate that was decided stands, else the strongest whose share is known
    then.
    """
    values, others = _values(found, choice, have, law)
    names = tuple(law.parameter_ids)
    differs = _differ(found, values, len(names))
    limit = np.array([pipeline.tolerance(PREFIX + name) for name in DENOMINATORS])
    apart = found.spread > limit[found.name]
    moved = _moves_level(found, values, choice.chosen, law)
    return Outcomes(found, **values, others=others, differs=differs, apart=apart,
                    material=differs & (apart | moved), parameters=names)  # fmt: skip


def _values(
    found: Disputes, choice: Choice, have: Denominators, law: Regulation
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in every parameter that hangs on a dispute, under each of its candidates; and
    every candidate of those that are in dispute themselves."""
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
    open_ = (choice.low.share != choice.high.share).ravel()[touched[which]] & usable
    columns = {"entry": entry, "par": touched[which] % size, "share": share, "volume": volume,
               "penyebut": penyebut, "score": law.scores(share)}  # fmt: skip
    others = {name: values[open_] for name, values in columns.items()}
    decided = (table["dipakai"] & table["decision_id"].notna()).to_numpy(dtype=bool)[row]
    order = np.lexsort([row, ~decided, ~usable, which])
    first = order[starts(which[order])] if len(order) else order
    standing = {name: values[first] for name, values in columns.items()}
    lost = ~usable[first]
    for name in ("share", "volume", "penyebut"):
        standing[name][lost] = np.nan
    return standing, others


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
    unsettled = np.array([not settled or each not in settled for each in own.ids], dtype=bool)
    open_ = (found.material | (found.differs & found.apart)) & unsettled
    asked = np.flatnonzero(open_[own.owner[found.entry]]) if len(own) else own.unit[:0]
    more = np.flatnonzero((found.apart & unsettled)[own.owner[found.others["entry"]]])
    if not len(asked) and not len(more):
        return choice

    def of(name: str) -> Any:
        return np.concatenate([getattr(found, name)[asked], found.others[name][more]])

    unit, par = own.unit[own.owner[of("entry")]], of("par")
    new = {name: of(name) for name in ("share", "volume", "penyebut", "score")}
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
