"""Decisions over values: the share or the denominator that was chosen stands in its cell."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate import choose, shares
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.disputed import PREFIX, Disputes
from kotaku_geo.consolidate.divisors import Outcomes
from kotaku_geo.consolidate.docket import BY_DECISION, Docket, picked
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.shares import Shares
from kotaku_geo.consolidate.tables import codes_in
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import figure_then
from kotaku_geo.findings import FindingBook
from kotaku_geo.regulation import Regulation, load
from kotaku_geo.texts import number

# A cell (unit, and parameter or denominator), the decision on it, and the candidate it means.
Change = tuple[int, Any, Decision, list[Candidate]]
_ON_FILE = 0.051  # percentage points by which a share on file may be rounded
_QUIET = "sepakat"  # cells in which nobody differs


def values(
    choice: Choice, units: pd.DataFrame, have: Denominators, pipeline: Pipeline, docket: Docket
) -> Choice:
    """The choice with every decision over a share applied that applies.

    A share that was typed becomes a candidate of its own: its volume is the share of the RT's
    denominator, so that the RT of a kawasan can be summed. What straddles a band limit is judged
    anew with the scores that were decided.
    """
    law = load(pipeline.regulation)
    asked = [about for about in docket.asked("nilai") if not about[1].startswith(PREFIX)]
    groups = _asked(choice, _cells_of(asked, units, law))
    if groups.empty:
        return choice
    disputed = shares.of_groups(choice, groups, units, law)
    found = disputed.conflicts()
    new = docket.judge(found)
    _quiet(disputed, found, choice, docket, pipeline)
    if not new:
        return choice
    changes: list[Change] = []
    typed: list[dict[str, Any]] = []
    cells = (disputed.groups[name].tolist() for name in ("unit", "par"))
    for unit, par, conflict in zip(*cells, found, strict=True):
        decision = docket.applied.get(conflict.conflict_id)
        if decision is None:
            continue
        changes.append((unit, par, decision, picked(decision, conflict)[:1]))
        if decision.source_id is None:
            typed.append(_typed(unit, par, decision, have, law))
    return choose.decided(choice, _applied(choice.candidates, changes, typed), units, law)


def _asked(choice: Choice, cells: pd.DataFrame) -> pd.DataFrame:
    """Rows of `Choice.groups` for cells that decisions are about, also those in no dispute."""
    groups = cells.merge(choice.groups, on=["unit", "par"], how="left")
    rest = groups["kind"].isna()
    filled: dict[str, Any] = {"kind": _QUIET, "spread": 0.0, "material": False, "decided": False}
    for name, value in filled.items():
        groups[name] = groups[name].mask(rest, value)
    return groups.astype({"material": bool, "decided": bool})


def _quiet(
    disputed: Shares, found: Sequence[Conflict], choice: Choice, docket: Docket, pipeline: Pipeline
) -> None:
    """Take note of shares that were decided on, over which nobody differs any more.

    What stands is what was chosen where it lies within the tolerance of it and scores the same.
    """
    law, groups = load(pipeline.regulation), disputed.groups
    told = (groups["kind"] == "beda") | groups["material"]  # these are conflicts by themselves
    cells = (column.tolist() for column in (groups["unit"], groups["par"], told))
    for unit, par, is_conflict, conflict in zip(*cells, found, strict=True):
        if is_conflict:
            continue
        stands = 100 * float(choice.chosen.share[unit, par])
        limit = pipeline.tolerance(conflict.parameter)

        def keeps(decision: Decision, stands: float = stands, limit: float = limit) -> bool:
            then = figure_then(decision)
            if then is None or np.isnan(stands) or abs(then - stands) > limit:
                return False
            if abs(then - stands) < _ON_FILE:
                return True
            one, other = law.scores([then / 100, stands / 100])
            return bool(one == other)

        known = [d for d in docket.on(conflict) if not keeps(d)]
        docket.quiet(replace(conflict, material=bool(known)), keeps)


def _cells_of(
    asked: Sequence[tuple[str, str]], units: pd.DataFrame, law: Regulation
) -> pd.DataFrame:
    """Unit and position of each RT and parameter, each cell once."""
    names = {name: place for place, name in enumerate(law.parameter_ids)}
    subjects = pd.Series([subject for subject, _ in asked], dtype="str")
    unit = codes_in(subjects, units["id_rt"])
    par = np.array([names.get(parameter, -1) for _, parameter in asked], dtype=np.int64)
    frame = pd.DataFrame({"unit": unit, "par": par})
    return frame[(unit >= 0) & (par >= 0)].drop_duplicates(ignore_index=True)


def _typed(
    unit: int, par: int, decision: Decision, have: Denominators, law: Regulation
) -> dict[str, Any]:
    assert decision.number is not None
    parameter = law.parameters[par]
    share, own = decision.number / 100, float(have.of(parameter)[unit])
    return {
        "unit": unit, "par": par, "source_id": BY_DECISION, "source_row": pd.NA,
        "volume": share * own, "penyebut": own, "share": share, "by_volume": False,
        "divisor": parameter.denominator, "measure": np.nan, "by": None, "lacking": False,
        "kelengkapan_data": np.nan, "rank": -1,
        "score": float(law.scores([share])[0]), "rule": BY_DECISION, "dipakai": True,
        "decision_id": decision.decision_id,
    }  # fmt: skip


def _applied(
    table: pd.DataFrame, changes: list[Change], typed: list[dict[str, Any]]
) -> pd.DataFrame:
    """The candidates with what was chosen marked as used; typed ones after those of their cell."""
    table = _marked(table, "par", changes)
    if typed:
        table = pd.concat([table, pd.DataFrame(typed)[list(table)]], ignore_index=True)
        table = table.assign(source_id=table["source_id"].astype("category"))
    return table.sort_values(["unit", "par"], kind="stable", ignore_index=True)


def _marked(table: pd.DataFrame, column: str, changes: list[Change]) -> pd.DataFrame:
    """Candidates, by unit and ``column``, with those that were chosen marked and no other used."""
    cell = pd.MultiIndex.from_arrays([table["unit"], table[column]])
    wanted = np.asarray(cell.isin([change[:2] for change in changes]))
    used, rule, ids = (table[c].to_numpy(copy=True) for c in ("dipakai", "rule", "decision_id"))
    rule, ids = rule.astype(object), ids.astype(object)
    used[wanted] = False
    rows = table.loc[wanted, ["unit", column, "source_id", "source_row"]]
    place_of: dict[tuple[Any, ...], int] = {}  # of alike records the first
    for place, (unit, name, source, row) in zip(
        np.flatnonzero(wanted)[::-1].tolist(), rows[::-1].itertuples(index=False), strict=True
    ):
        place_of[unit, name, source, None if pd.isna(row) else int(row)] = place
    for unit, name, decision, chosen in changes:
        for candidate in chosen:
            place = place_of[unit, name, candidate.source_id, candidate.source_row]
            used[place], rule[place], ids[place] = True, BY_DECISION, decision.decision_id
    return table.assign(dipakai=used, rule=rule, decision_id=ids)


def denominators(have: Denominators, found: Disputes, docket: Docket) -> Denominators:
    """The denominators with every decision over one applied that applies."""
    about = {place: found.conflict(place) for place in found.places(set(docket.asked("nilai")))}
    new = docket.judge(about.values())
    if not new:
        return have
    chosen = {name: values.copy() for name, values in have.chosen.items()}
    changes: list[Change] = []
    for place, conflict in about.items():
        decision = docket.applied.get(conflict.conflict_id)
        if decision is not None:
            unit, name = int(found.unit[place]), DENOMINATORS[found.name[place]]
            meant = picked(decision, conflict)[:1]
            chosen[name][unit] = meant[0].value if meant else decision.number
            changes.append((unit, name, decision, meant))
    return Denominators(chosen, _decided_facts(have.facts, changes))


def quiet_amounts(
    outcomes: Outcomes, have: Denominators, units: pd.DataFrame, docket: Docket
) -> None:
    """Take note of denominators that were decided on, over which nobody need decide any more.

    Sources agree, or differ by nothing that a score hangs on, or nobody surveys any.
    """
    found = outcomes.disputes
    place_of = dict(
        zip(zip(found.subject, found.parameter, strict=True), range(len(found)), strict=True)
    )
    unit_of = {name: unit for unit, name in enumerate(units["id_rt"].tolist())}
    for subject, parameter in docket.asked("nilai"):
        if not parameter.startswith(PREFIX) or subject not in unit_of:
            continue
        place = place_of.get((subject, parameter))
        if place is None:
            nobody = Conflict("nilai", subject, parameter, [], None, True)
            docket.quiet(nobody, lambda _: False)
        elif not outcomes.material[place]:
            stands = float(have.chosen[parameter.removeprefix(PREFIX)][unit_of[subject]])
            conflict = found.conflict(place, outcomes.of, material=True)
            docket.quiet(conflict, partial(_stands, stands))


def _stands(amount: float, decision: Decision) -> bool:
    """Whether an amount is the one that was chosen."""
    then = figure_then(decision)
    return then is not None and round(then, 2) == round(amount, 2)


def _decided_facts(facts: pd.DataFrame, changes: list[Change]) -> pd.DataFrame:
    """The denominators' candidates with those that were chosen, or typed, marked as used."""
    facts = _marked(facts, "name", changes)
    typed = [
        {"unit": unit, "name": name, "source_id": BY_DECISION, "source_row": pd.NA,
         "value": decision.number, "rank": -1, "rule": BY_DECISION, "dipakai": True,
         "decision_id": decision.decision_id}
        for unit, name, decision, meant in changes if not meant
    ]  # fmt: skip
    if typed:
        facts = pd.concat([facts, pd.DataFrame(typed)[list(facts)]], ignore_index=True)
    return facts.sort_values(["unit", "name"], kind="stable", ignore_index=True)


def tell(
    outcomes: Outcomes, units: gpd.GeoDataFrame, docket: Docket, findings: FindingBook
) -> None:
    """A finding for each open conflict over a denominator, and for what straddles a band limit."""
    said = [("conflict.value", c) for c in outcomes.conflicts]
    told = {conflict.conflict_id for _, conflict in said}
    said += [
        ("parameter.band-limit", c) for c in outcomes.straddling() if c.conflict_id not in told
    ]
    shape_of = dict(zip(units["id_rt"], units.geometry, strict=True)) if said else {}
    for rule, conflict in said:
        if conflict.conflict_id in docket.applied:
            continue
        text = "; ".join(f"{c.source_id} {number(c.value)}" for c in conflict.candidates)
        spread = number(conflict.spread, 1)
        findings.add(
            rule, subject=conflict.subject, key=conflict.conflict_id, value=spread,
            geometry=shape_of[conflict.subject], parameter=conflict.parameter, selisih=spread,
            kandidat=text,
        )  # fmt: skip
