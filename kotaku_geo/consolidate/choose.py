"""Candidates against each other: who agrees, who differs, and whose value stands."""

from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.facts import RULES
from kotaku_geo.consolidate.tables import Bools, Floats, Ints, in_order, of_codes, starts
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation

_DIGITS = 9  # differences of percentages are compared with the tolerance after rounding to this


@record
class Cells:
    """One value for each unit and parameter, arrays (n, k); NaN where there is none.

    Attributes:
        share: deficient share, uncapped fraction.
        volume, penyebut: what it was made of; NaN where only the share is known.
        score: 0, 1, 3 or 5.
    """

    share: Floats
    volume: Floats
    penyebut: Floats
    score: Floats


@record
class Choice:
    """What stands, and what might.

    Attributes:
        candidates: all candidates with score, dipakai, rule, decision_id; by unit, parameter,
            strength.
        chosen: the values that stand.
        low, high: the values with each open conflict at its least and at its worst.
        groups: one row a disputed or straddling cell: unit, par, spread, kind (beda, mengapit),
            least and most (scores of its candidates), material, decided.
    """

    candidates: pd.DataFrame
    chosen: Cells
    low: Cells
    high: Cells
    groups: pd.DataFrame


def choose(candidates: pd.DataFrame, size: int, law: Regulation, pipeline: Pipeline) -> Choice:
    """Weigh the candidates of every unit and parameter.

    Shares within the tolerance agree, and the strongest source gives the value. Beyond it there is
    a conflict, material where the candidates score differently. Those that agree across a band
    limit are a material conflict where the exchange of that score alone moves the unit's level.
    """
    table = _by_strength(candidates, law, pipeline)
    cell = cells_of(table, law)
    usable = np.flatnonzero(~np.isnan(table["share"].to_numpy()))
    stats = _stats(table, cell, usable, law, pipeline)
    used = np.zeros(len(table), dtype=bool)
    used[stats["first"]] = True
    rule = np.full(size * len(law.parameters), -1)
    rule[stats["cell"]] = np.where(stats["count"] == 1, 0, np.where(stats["apart"], 2, 1))
    table["rule"] = of_codes(rule[cell], RULES)
    table["dipakai"] = used
    table["decision_id"] = None
    chosen = _cells(table[used], size, law)
    groups = _disputed(stats, chosen, law)
    low, high = _extremes(table, groups, chosen, law)
    return Choice(table, chosen, low, high, groups)


def decided(
    choice: Choice, candidates: pd.DataFrame, units: pd.DataFrame, law: Regulation
) -> Choice:
    """The choice with other candidates marked as used, by decisions that are in force."""
    chosen = _cells(candidates[candidates["dipakai"]], len(units), law)
    settled = cells_of(candidates[candidates["decision_id"].notna()], law)
    groups = choice.groups.assign(decided=np.isin(cells_of(choice.groups, law), settled))
    groups["material"] = _material(groups, chosen, law)
    low, high = _extremes(candidates, groups, chosen, law)
    return Choice(candidates, chosen, low, high, groups)


def cells_of(rows: pd.DataFrame, law: Regulation) -> Ints:
    """A number for the unit and parameter of each row; by unit, then parameter."""
    unit, par = (rows[name].to_numpy(dtype=np.int64) for name in ("unit", "par"))
    return np.asarray(unit * len(law.parameters) + par, dtype=np.int64)


def _by_strength(candidates: pd.DataFrame, law: Regulation, pipeline: Pipeline) -> pd.DataFrame:
    """Candidates sorted by cell, then strongest source, then larger share; with their scores."""
    source = candidates["source_id"].cat.codes.to_numpy(dtype=np.int64)
    rank = _ranks(candidates["source_id"].cat.categories, law, pipeline)
    rank = rank[candidates["par"].to_numpy(dtype=np.int64), source]
    share = candidates["share"].to_numpy(dtype=float)
    row = candidates["source_row"].to_numpy(dtype=float, na_value=np.inf)
    minor = [-share, candidates["volume"].to_numpy(dtype=float), source, row]
    cell = cells_of(candidates, law)
    order = in_order(cell * (rank.max(initial=0) + 1) + rank, minor)
    table = candidates.assign(rank=rank, score=law.scores(share), share=share)
    return table.iloc[order].reset_index(drop=True)


def _ranks(sources: pd.Index, law: Regulation, pipeline: Pipeline) -> Ints:
    """Place of each source in the policy's order of each parameter, (k, sources); 0 the strongest.

    Those that the policy does not know come last.
    """
    orders = [pipeline.order(name) for name in law.parameter_ids]
    last = sum(len(order) for order in orders)
    places = [{source: i for i, source in enumerate(order)} for order in orders]
    table = [[own.get(source, last) for source in sources] for own in places]
    return np.array(table, dtype=np.int64).reshape(len(orders), len(sources))


def _stats(
    table: pd.DataFrame, cell: Ints, usable: Ints, law: Regulation, pipeline: Pipeline
) -> dict[str, Any]:
    """Arrays of what the usable candidates of each cell have in common.

    cell, first (row of the strongest), count, spread, least and most (scores), apart (whether they
    differ by more than the tolerance).
    """
    begin = starts(cell[usable])
    share, score = (table[name].to_numpy()[usable] for name in ("share", "score"))
    here = cell[usable[begin]]
    most, least = (pull.reduceat(share, begin) for pull in (np.maximum, np.minimum))
    spread = np.round(100 * (most - least), _DIGITS)
    limit = np.array([pipeline.tolerance(p) for p in law.parameter_ids])
    return {
        "cell": here,
        "first": usable[begin],
        "count": np.diff(np.append(begin, len(usable))),
        "spread": spread,
        "least": np.minimum.reduceat(score, begin),
        "most": np.maximum.reduceat(score, begin),
        "apart": spread > limit[here % len(law.parameters)],
    }


def _cells(rows: pd.DataFrame, size: int, law: Regulation) -> Cells:
    shape = (size, len(law.parameters))
    place = rows["unit"].to_numpy(dtype=np.int64), rows["par"].to_numpy(dtype=np.int64)
    made = {}
    for name in ("share", "volume", "penyebut", "score"):
        made[name] = np.full(shape, np.nan)
        made[name][place] = rows[name].to_numpy(dtype=float)
    return Cells(**made)


def _disputed(stats: dict[str, Any], chosen: Cells, law: Regulation) -> pd.DataFrame:
    """Cells whose candidates differ, or agree but score differently, with what is material."""
    asked = stats["apart"] | (stats["least"] != stats["most"])
    unit, par = np.divmod(stats["cell"][asked], len(law.parameters))
    groups = pd.DataFrame(
        {
            "unit": unit,
            "par": par,
            "spread": stats["spread"][asked],
            "kind": np.where(stats["apart"][asked], "beda", "mengapit"),
            "least": stats["least"][asked],
            "most": stats["most"][asked],
        }
    )
    return groups.assign(material=_material(groups, chosen, law), decided=False)


def _material(groups: pd.DataFrame, chosen: Cells, law: Regulation) -> Bools:
    scores_differ = (groups["least"] != groups["most"]).to_numpy(dtype=bool)
    moved = _moves_level(groups, chosen, law)
    return np.where(groups["kind"] == "beda", scores_differ, moved).astype(bool)


def _moves_level(groups: pd.DataFrame, chosen: Cells, law: Regulation) -> Bools:
    """Whether the least or the greatest candidate score alone would move the unit's level."""
    unit = groups["unit"].to_numpy(dtype=np.int64)
    low, high = (total[unit] for total in law.totals(chosen.score))
    now = chosen.score[unit, groups["par"].to_numpy(dtype=np.int64)]
    moved = np.zeros(len(groups), dtype=bool)
    for name in ("least", "most"):
        step = groups[name].to_numpy(dtype=float) - now
        for total in (low, high):
            moved |= law.level_index(total + step) != law.level_index(total)
    return moved


def _extremes(
    table: pd.DataFrame, groups: pd.DataFrame, chosen: Cells, law: Regulation
) -> tuple[Cells, Cells]:
    """The chosen values with every open conflict at its least, and at its greatest share."""
    counts = (groups["kind"] == "beda") | groups["material"]
    is_open = np.zeros(chosen.share.size, dtype=bool)
    is_open[cells_of(groups[counts & ~groups["decided"]], law)] = True
    every, share = cells_of(table, law), table["share"].to_numpy(dtype=float)
    rows = np.flatnonzero(is_open[every] & ~np.isnan(share))
    rows = rows[np.lexsort([share[rows], every[rows]])]
    first = starts(every[rows])
    ends = []
    for end in (first, np.append(first[1:], len(rows))[: len(first)] - 1):
        there = table.iloc[rows[end]]
        place = np.divmod(every[rows[end]], len(law.parameters))
        cells = {}
        for name in ("share", "volume", "penyebut", "score"):
            cells[name] = getattr(chosen, name).copy()
            cells[name][place] = there[name].to_numpy(dtype=float)
        ends.append(Cells(**cells))
    return ends[0], ends[1]
