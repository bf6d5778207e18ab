"""Candidates against each other: who agrees, who differs, and whose value stands."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.tables import Bools, Floats
from kotaku_geo.findings import FindingBook
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation
from kotaku_geo.texts import number

_DISPUTED = ["unit", "par", "source_id", "source_row", "share", "spread", "kind", "material"]
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
    usable = table[table["share"].notna()]
    cell = usable.groupby(["unit", "par"], sort=False)
    limit = np.array([pipeline.tolerance(p) for p in law.parameter_ids])
    spread = (100 * (cell["share"].max() - cell["share"].min())).round(_DIGITS)
    stats = pd.DataFrame(
        {
            "count": cell.size(),
            "spread": spread,
            "least": cell["score"].min(),
            "most": cell["score"].max(),
        }
    ).reset_index()
    apart = stats["spread"].to_numpy() > limit[stats["par"].to_numpy(dtype=np.int64)]
    rule = np.where(stats["count"] == 1, "tunggal", np.where(apart, "urutan", "sepakat"))
    stats = stats.assign(rule=rule, apart=apart)
    table = table.merge(stats[["unit", "par", "rule"]], how="left", on=["unit", "par"])
    first = usable.drop_duplicates(["unit", "par"]).index
    table["dipakai"] = table.index.isin(first)
    table["decision_id"] = None
    chosen = _cells(table[table["dipakai"]], size, law)
    groups = _disputed(stats, chosen, law)
    low, high = _extremes(table, groups, chosen, law)
    return Choice(table, chosen, low, high, groups)


def decided(
    choice: Choice, candidates: pd.DataFrame, units: pd.DataFrame, law: Regulation
) -> Choice:
    """The choice with other candidates marked as used, by decisions that are in force."""
    chosen = _cells(candidates[candidates["dipakai"]], len(units), law)
    cells = candidates.loc[candidates["decision_id"].notna(), ["unit", "par"]]
    settled = pd.MultiIndex.from_frame(cells)
    asked = pd.MultiIndex.from_frame(choice.groups[["unit", "par"]])
    groups = choice.groups.assign(decided=asked.isin(settled))
    groups["material"] = _material(groups, chosen, law)
    low, high = _extremes(candidates, groups, chosen, law)
    return Choice(candidates, chosen, low, high, groups)


@record
class Dispute:
    """A cell whose candidates differ (``apart``), or agree but score differently."""

    unit: int
    par: int
    apart: bool
    conflict: Conflict


def disputes(choice: Choice, units: pd.DataFrame, law: Regulation) -> Iterator[Dispute]:
    """Every cell of ``choice.groups`` with its candidates; those that were typed are none."""
    usable = choice.candidates[choice.candidates["share"].notna()]
    usable = usable[usable["rank"] >= 0]
    disputed = usable.merge(choice.groups, on=["unit", "par"])
    ids, names = units["id_rt"].tolist(), law.parameter_ids
    # Plain tuples: a frame for each cell would cost more than all the rest of the stage.
    rows = zip(*(disputed[column].tolist() for column in _DISPUTED), strict=True)
    for (unit, par), cell in itertools.groupby(rows, key=itemgetter(0, 1)):
        said = list(cell)
        *_, spread, kind, material = said[0]
        sides = [
            Candidate(source, None if pd.isna(row) else int(row), persen=100 * share)
            for _, _, source, row, share, *_ in said
        ]
        found = Conflict("nilai", ids[unit], names[par], sides, float(spread), bool(material))
        yield Dispute(unit, par, kind == "beda", found)


def conflicts(
    choice: Choice, units: gpd.GeoDataFrame, law: Regulation, findings: FindingBook
) -> list[Conflict]:
    """Open conflicts over values, each with its finding; and findings for what straddles a limit.

    What is decided is neither.
    """
    if choice.groups.empty:
        return []
    shapes = units.geometry.to_numpy()
    open_ = replace(choice, groups=choice.groups[~choice.groups["decided"]])
    result = []
    for cell in disputes(open_, units, law):
        _tell(cell.conflict, cell.apart, shapes[cell.unit], findings)
        if cell.apart or cell.conflict.material:
            result.append(cell.conflict)
    return result


def tell_all(found: list[Conflict], units: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """A finding for each conflict over a denominator."""
    if found:
        shape_of = dict(zip(units["id_rt"], units.geometry, strict=True))
        for conflict in found:
            text = "; ".join(f"{c.source_id} {number(c.value)}" for c in conflict.candidates)
            spread = number(conflict.spread, 1)
            findings.add(
                "conflict.value", subject=conflict.subject, key=conflict.conflict_id, value=spread,
                geometry=shape_of[conflict.subject], parameter=conflict.parameter, selisih=spread,
                kandidat=text,
            )  # fmt: skip


def _tell(
    found: Conflict, apart: bool, shape: shapely.Geometry | None, findings: FindingBook
) -> None:
    text = "; ".join(f"{c.source_id} {number(c.persen, 1)} %" for c in found.candidates)
    about: dict[str, Any] = {
        "subject": found.subject,
        "key": found.conflict_id,
        "geometry": shape,
        "parameter": found.parameter,
        "kandidat": text,
    }
    if apart:
        spread = number(found.spread, 1)
        findings.add("conflict.value", value=spread, selisih=spread, **about)
    else:
        findings.add("parameter.band-limit", **about)


def _by_strength(candidates: pd.DataFrame, law: Regulation, pipeline: Pipeline) -> pd.DataFrame:
    """Candidates sorted by cell, then strongest source, then larger share; with their scores."""
    order = {
        (par, source): place
        for par, name in enumerate(law.parameter_ids)
        for place, source in enumerate(pipeline.order(name))
    }
    keys = pd.MultiIndex.from_tuples(list(order), names=["par", "source_id"])
    asked = pd.MultiIndex.from_arrays([candidates["par"], candidates["source_id"]])
    rank = np.append(list(order.values()), len(order))[keys.get_indexer(asked)]
    share = candidates["share"].to_numpy(dtype=float)
    table = candidates.assign(rank=rank, score=law.scores(share), share=share, less=-share)
    keys_by = ["unit", "par", "rank", "less", "volume", "source_id", "source_row"]
    return table.sort_values(keys_by, kind="stable", ignore_index=True).drop(columns="less")


def _cells(rows: pd.DataFrame, size: int, law: Regulation) -> Cells:
    shape = (size, len(law.parameters))
    place = rows["unit"].to_numpy(dtype=np.int64), rows["par"].to_numpy(dtype=np.int64)
    made = {}
    for name in ("share", "volume", "penyebut", "score"):
        made[name] = np.full(shape, np.nan)
        made[name][place] = rows[name].to_numpy(dtype=float)
    return Cells(**made)


def _disputed(stats: pd.DataFrame, chosen: Cells, law: Regulation) -> pd.DataFrame:
    """Cells whose candidates differ, or agree but score differently, with what is material."""
    straddle = ~stats["apart"] & (stats["least"] != stats["most"])
    groups = stats[stats["apart"] | straddle].copy()
    groups["kind"] = np.where(groups["apart"], "beda", "mengapit")
    groups["material"] = _material(groups, chosen, law)
    groups["decided"] = False
    columns = ["unit", "par", "spread", "kind", "least", "most", "material", "decided"]
    return groups[columns].sort_values(["unit", "par"], ignore_index=True)


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
    is_open = groups[counts & ~groups["decided"]]
    rows = table[table["share"].notna()].merge(is_open[["unit", "par"]], on=["unit", "par"])
    rows = rows.sort_values(["unit", "par", "share"], kind="stable")
    ends = []
    for keep in ("first", "last"):
        end = rows.drop_duplicates(["unit", "par"], keep=keep)
        place = end["unit"].to_numpy(dtype=np.int64), end["par"].to_numpy(dtype=np.int64)
        cells = {}
        for name in ("share", "volume", "penyebut", "score"):
            cells[name] = getattr(chosen, name).copy()
            cells[name][place] = end[name].to_numpy(dtype=float)
        ends.append(Cells(**cells))
    return ends[0], ends[1]
