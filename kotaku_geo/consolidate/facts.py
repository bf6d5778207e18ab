"""What the surveys say of each RT: denominators, attributes, and candidates of every parameter."""

from dataclasses import field

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate.tables import (
    Floats,
    Ints,
    codes_in,
    either,
    floats,
    source_rank,
    strongest,
)
from kotaku_geo.late import record
from kotaku_geo.regulation import Parameter, Regulation, load

_EMPTY = {
    "unit": "int64", "par": "int64", "source_id": "str", "source_row": "Int64",
    "volume": "float64", "penyebut": "float64", "share": "float64", "by_volume": "bool",
    "divisor": "str", "shared": "bool", "kelengkapan_data": "float64",
}  # fmt: skip
DRAWN = int(np.iinfo(np.int64).max)  # rank of hectares that are drawn and not surveyed
_COLUMNS = list(_EMPTY)


@record
class Survey:
    """Rows of layer ``profil_rt`` that are of a known RT.

    Attributes:
        rows: the rows, in stable order.
        unit: position of each row's RT among the units.
    """

    rows: pd.DataFrame
    unit: Ints


@record
class Denominators:
    """The denominators of each RT.

    Attributes:
        chosen: name → value of each unit (n,), NaN where unknown.
        facts: every candidate: unit, name, source_id, source_row, value, rank, rule, dipakai,
            decision_id.
    """

    chosen: dict[str, Floats]
    facts: pd.DataFrame = field(repr=False)

    def of(self, parameter: Parameter) -> Floats:
        """What a parameter is a share of, by unit; the fallback where the first is unknown."""
        first = self.chosen[parameter.denominator]
        if parameter.fallback is None:
            return first
        return np.where(np.isnan(first), self.chosen[parameter.fallback], first)


def survey_of(rows: pd.DataFrame, units: pd.DataFrame) -> Survey:
    """The survey rows that belong to a unit, and to which."""
    unit = codes_in(rows["id_rt"], units["id_rt"])
    known = unit >= 0
    return Survey(rows[known].reset_index(drop=True), unit[known])


def denominators(survey: Survey, units: pd.DataFrame, pipeline: Pipeline) -> Denominators:
    """Denominators by the order of ``penyebut.…``; hectares not surveyed are those drawn."""
    chosen, facts = {}, []
    size = len(units)
    for name in DENOMINATORS:
        values = floats(survey.rows[name])
        rank = source_rank(pipeline, survey.rows["source_id"], f"penyebut.{name}")
        chosen[name] = strongest(values, survey.unit, rank, size)
        said = pd.DataFrame(
            {
                "unit": survey.unit,
                "name": name,
                "source_id": survey.rows["source_id"],
                "source_row": survey.rows["source_row"],
                "value": values,
                "rank": rank,
            }
        )
        facts.append(said[~np.isnan(values)])
    drawn = units["luas_gambar_ha"].to_numpy(dtype=float)
    facts.append(_drawn(units, drawn))
    chosen["luas_ha"] = np.where(np.isnan(chosen["luas_ha"]), drawn, chosen["luas_ha"])
    return Denominators(chosen, _marked(pd.concat(facts, ignore_index=True)))


def candidates(survey: Survey, have: Denominators, pipeline: Pipeline) -> pd.DataFrame:
    """Every survey row's say on every parameter of the pipeline's regulation.

    A row divides by its own denominator, and by the RT's where it gives none; a share stands where
    there is no volume. A form of the other regulation speaks of the parameters of the same name,
    by their share.

    Returns:
        unit, par (position in the form), source_id, source_row, volume, penyebut, share (uncapped
        fraction, NaN for x/0 and where nothing is known to divide by), by_volume (whether it is
        made of a delivered volume), divisor (what ``penyebut`` counts), shared (whether the volume
        is divided by the RT's denominator, and not by one of the row's own).
    """
    law = load(pipeline.regulation)
    theirs = {s.id: s.regulation for s in pipeline.sources}
    form = survey.rows["source_id"].map(theirs).fillna(law.id).replace("unknown", law.id)
    parts = []
    for name in sorted(form.unique()):
        rows = np.flatnonzero((form == name).to_numpy())
        part = Survey(survey.rows.iloc[rows].reset_index(drop=True), survey.unit[rows])
        parts.append(_of_form(part, have, load(name), law))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Candidates of surveys and sectors in one table."""
    full = [part for part in parts if len(part)]
    if not full:
        return pd.DataFrame(columns=_COLUMNS).astype(_EMPTY)
    return pd.concat(full, ignore_index=True).reindex(columns=_COLUMNS)


def attributes(survey: Survey, size: int, pipeline: Pipeline) -> pd.DataFrame:
    """Strategic value, socio-economy and legality of each unit by the default order.

    Where one source says two things the higher value counts, and ``-`` before ``+``. An RT is
    legal where both signs are ``+``, not legal where one is ``-``, and unknown otherwise.
    """
    rank = source_rank(pipeline, survey.rows["source_id"])
    values = {
        name: strongest(floats(survey.rows[name]), survey.unit, rank, size)
        for name in ("nilai_strategis", "sosial_ekonomi")
    }
    signs = []
    for name in ("status_penguasaan_lahan", "kesesuaian_rtr"):
        plus = floats(survey.rows[name].map({"+": 1.0, "-": 0.0}))
        signs.append(strongest(plus, survey.unit, rank, size, smallest=True))
    held, planned = signs
    legal = either((held == 1) & (planned == 1), "legal", None)
    legality = either((held == 0) | (planned == 0), "tidak_legal", legal)
    return pd.DataFrame({**values, "legalitas": legality})


def bound(
    law: Regulation, parameter: Parameter, unit: Ints, volume: Floats, own: Floats,
    own_name: str, have: Denominators,
) -> pd.DataFrame:  # fmt: skip
    """Candidates of one parameter that a measure gives in its own denominator.

    Where the form divides by something else, the share is kept and the volume is expressed in the
    form's denominator, so that RT can be summed.
    """
    share = law.shares(volume, own)
    if parameter.denominator != own_name:
        own = have.of(parameter)[unit]
        volume = share * own
    par = law.parameter_ids.index(parameter.id)
    return pd.DataFrame(
        {
            "unit": unit,
            "par": par,
            "volume": volume,
            "penyebut": own,
            "share": share,
            "by_volume": True,
            "divisor": parameter.denominator,
            "shared": parameter.denominator == own_name,
        }
    )


def _of_form(survey: Survey, have: Denominators, form: Regulation, law: Regulation) -> pd.DataFrame:
    parts = []
    for par, parameter in enumerate(law.parameters):
        same = form.by_key.get(parameter.key)
        if same is None:
            continue
        own = _row_denominator(survey, have, same)
        shared = np.isnan(_own_denominator(survey, same))
        volume = floats(survey.rows[f"v{same.id}"])
        given = floats(survey.rows[f"p{same.id}"])
        measured = ~np.isnan(volume)
        share = form.shares(volume, own)
        by_share = np.isnan(share) & ~np.isnan(given)
        share = np.where(by_share, given, share)
        divisor = np.full(len(own), parameter.denominator, dtype=object)
        if same.denominator != parameter.denominator:
            # Nothing to convert where it is a share of nothing: it stays as found, to be reported.
            kept = form.zero_denominator(volume, own) & np.isnan(share)
            own = np.where(kept, own, have.of(parameter)[survey.unit])
            divisor[kept] = same.denominator
            by_share = ~kept
        volume = np.where(by_share, share * own, volume)
        table = survey.rows[["source_id", "source_row"]].assign(
            unit=survey.unit, par=par, volume=volume, penyebut=own, share=share,
            by_volume=measured, divisor=divisor,
            shared=shared & ~by_share & (same.denominator == parameter.denominator),
        )  # fmt: skip
        parts.append(table[measured | ~np.isnan(given)])
    return pd.concat(parts, ignore_index=True)


def _own_denominator(survey: Survey, parameter: Parameter) -> Floats:
    """What the row itself gives to divide by, NaN where it gives nothing."""
    own = floats(survey.rows[parameter.denominator])
    if parameter.fallback is None:
        return own
    return np.where(np.isnan(own), floats(survey.rows[parameter.fallback]), own)


def _row_denominator(survey: Survey, have: Denominators, parameter: Parameter) -> Floats:
    """The row's own denominator, else the RT's; then the same for the fallback."""
    result = np.full(len(survey.unit), np.nan)
    for name in (parameter.denominator, parameter.fallback):
        if name is None:
            continue
        for values in (floats(survey.rows[name]), have.chosen[name][survey.unit]):
            result = np.where(np.isnan(result), values, result)
    return result


def _drawn(units: pd.DataFrame, drawn: Floats) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "unit": np.arange(len(units)),
            "name": "luas_ha",
            "source_id": units["rt_source"],
            "source_row": units["rt_row"],
            "value": drawn,
            "rank": DRAWN,
        }
    )
    return table[~np.isnan(drawn)]


def _marked(facts: pd.DataFrame) -> pd.DataFrame:
    """Mark the candidate that stands, and say by which rule."""
    facts = facts.assign(order=-facts["value"].to_numpy(dtype=float))
    facts = facts.sort_values(["unit", "name", "rank", "order", "source_id"], kind="stable")
    group = facts.groupby(["unit", "name"])["value"]
    count, spread = group.transform("size"), group.transform("max") - group.transform("min")
    rule = np.where(count == 1, "tunggal", np.where(spread == 0, "sepakat", "urutan"))
    used = ~facts.duplicated(["unit", "name"])
    return facts.assign(rule=rule, dipakai=used, decision_id=None).reset_index(drop=True)
