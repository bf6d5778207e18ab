"""What the surveys say of each RT: denominators, attributes, and candidates of every parameter."""

from dataclasses import field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Ints,
    coded,
    codes_in,
    either,
    floats,
    in_order,
    of_codes,
    source_rank,
    starts,
    strongest,
)
from kotaku_geo.late import record
from kotaku_geo.regulation import Parameter, Regulation, load

_EMPTY = {
    "unit": "int64", "par": "int64", "source_id": "str", "source_row": "Int64",
    "volume": "float64", "penyebut": "float64", "share": "float64", "by_volume": "bool",
    "divisor": "str", "measure": "float64", "by": "str", "lacking": "bool",
    "kelengkapan_data": "float64",
}  # fmt: skip
DRAWN = int(np.iinfo(np.int64).max)  # rank of hectares that are drawn and not surveyed
RULES = ["tunggal", "sepakat", "urutan"]  # the only one, all agree, the order of sources
_COLUMNS = list(_EMPTY)
_RANKS = 1 << 20  # more than any order of sources has


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

    def weights(self, law: Regulation) -> Floats:
        """What every parameter is a share of, by unit, (n, k)."""
        return np.column_stack([self.of(parameter) for parameter in law.parameters])


def survey_of(rows: pd.DataFrame, units: pd.DataFrame) -> Survey:
    """The survey rows that belong to a unit, and to which."""
    unit = codes_in(rows["id_rt"], units["id_rt"])
    known = unit >= 0
    return Survey(rows[known].reset_index(drop=True), unit[known])


def denominators(survey: Survey, units: pd.DataFrame, pipeline: Pipeline) -> Denominators:
    """Denominators by the order of ``penyebut.…``; hectares not surveyed are those drawn."""
    chosen, said = {}, []
    size = len(units)
    for name in DENOMINATORS:
        values = floats(survey.rows[name])
        rank = source_rank(pipeline, survey.rows["source_id"], f"penyebut.{name}")
        chosen[name] = strongest(values, survey.unit, rank, size)
        row = np.flatnonzero(~np.isnan(values))
        said.append((name, row, survey.unit[row], values[row], rank[row]))
    drawn = units["luas_gambar_ha"].to_numpy(dtype=float)
    unit = np.flatnonzero(~np.isnan(drawn))
    said.append(("luas_ha", len(survey.rows) + unit, unit, drawn[unit], np.full(len(unit), DRAWN)))
    chosen["luas_ha"] = np.where(np.isnan(chosen["luas_ha"]), drawn, chosen["luas_ha"])
    return Denominators(chosen, _marked(said, _records(survey, units)))


def candidates(survey: Survey, have: Denominators, pipeline: Pipeline) -> pd.DataFrame:
    """Every survey row's say on every parameter of the pipeline's regulation.

    A row divides by its own denominator, and by the RT's where it gives none; a share stands where
    there is no volume. A form of the other regulation speaks of the parameters of the same name,
    by their share.

    Returns:
        unit, par (position in the form), source_id, source_row, volume, penyebut, share (uncapped
        fraction, NaN for x/0 and where nothing is known to divide by), by_volume (whether it is
        made of a delivered volume), divisor (what ``penyebut`` counts); and how the share hangs on
        a denominator of the RT: by (which, null where the row divides by its own), measure (what is
        divided by it, NaN where none is), lacking (whether that is what is there, of which the
        denominator says how much there ought to be).
    """
    law = load(pipeline.regulation)
    theirs = {s.id: s.regulation or law.id for s in pipeline.sources}
    codes, sources = pd.factorize(survey.rows["source_id"])
    form = np.array([theirs.get(source, law.id) for source in sources], dtype=object)
    form = np.where(form == "unknown", law.id, form)[codes]
    parts = []
    for name in sorted(set(form)):
        mine = form == name
        part = survey if mine.all() else Survey(
            survey.rows[mine].reset_index(drop=True), survey.unit[mine]
        )  # fmt: skip
        parts.append(_of_form(part, have, load(name), law))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Candidates of surveys and sectors in one table."""
    full = [part for part in parts if len(part)]
    names = sorted({source for part in full for source in part["source_id"].unique()})
    if not full:
        nobody = pd.DataFrame(columns=_COLUMNS).astype(_EMPTY)
        return nobody.assign(source_id=coded(nobody["source_id"], names))
    full = [
        part.assign(
            source_id=coded(part["source_id"], names),
            divisor=coded(part["divisor"], DENOMINATORS),
            by=coded(part["by"], DENOMINATORS),
        )
        for part in full
    ]
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
    form's denominator, so that RT can be summed. They hang on no denominator of the RT until
    `hanging` says so.
    """
    share = law.shares(volume, own)
    if parameter.denominator != own_name:
        own = have.of(parameter)[unit]
        volume = share * own
    return pd.DataFrame(
        {
            "unit": unit,
            "par": law.parameter_ids.index(parameter.id),
            "volume": volume,
            "penyebut": own,
            "share": share,
            "by_volume": True,
            "divisor": parameter.denominator,
            "measure": np.nan,
            "by": None,
            "lacking": False,
        }
    )


def hanging(
    table: pd.DataFrame, by: str, measure: Floats, where: Bools, *, lacking: bool = False
) -> pd.DataFrame:
    """Candidates of `bound` of which some hang on the RT's own denominator ``by``."""
    names = of_codes(np.where(where, DENOMINATORS.index(by), -1), DENOMINATORS)
    return table.assign(by=names, measure=np.where(where, measure, np.nan), lacking=lacking)


def _of_form(survey: Survey, have: Denominators, form: Regulation, law: Regulation) -> pd.DataFrame:
    by_key = form.by_key
    parts = [
        _of_parameter(survey, have, form, (par, parameter), by_key[parameter.key])
        for par, parameter in enumerate(law.parameters) if parameter.key in by_key
    ]  # fmt: skip
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    row = columns.pop("row")
    sources, records = (survey.rows[name] for name in ("source_id", "source_row"))
    names = sorted(sources.unique())
    source = coded(sources, names).cat.codes.to_numpy()[row]
    return pd.DataFrame(
        {
            "source_id": of_codes(source, names),
            "source_row": records.array.take(row),
            "divisor": of_codes(columns.pop("divisor"), DENOMINATORS),
            "by": of_codes(columns.pop("by"), DENOMINATORS),
            **columns,
        }
    )


def _of_parameter(
    survey: Survey, have: Denominators, form: Regulation, meant: tuple[int, Parameter],
    same: Parameter,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """What the rows say of a parameter (its position, and it) in the form that they fill in."""
    par, parameter = meant
    volume, given = (floats(survey.rows[f"{kind}{same.id}"]) for kind in "vp")
    row = np.flatnonzero(~(np.isnan(volume) & np.isnan(given)))
    own, by = (each[row] for each in _divisors(survey, have, same))
    volume, given, unit = volume[row], given[row], survey.unit[row]
    measured = ~np.isnan(volume)
    share = form.shares(volume, own)
    by_share = np.isnan(share) & ~np.isnan(given)
    share = np.where(by_share, given, share)
    by = np.where(by_share | ~measured, -1, by)
    measure = np.where(by >= 0, volume, np.nan)
    divisor = np.full(len(row), DENOMINATORS.index(parameter.denominator))
    if same.denominator != parameter.denominator:
        # Nothing to convert where it is a share of nothing: it stays as found, to be reported.
        kept = form.zero_denominator(volume, own) & np.isnan(share)
        own = np.where(kept, own, have.of(parameter)[unit])
        divisor[kept] = DENOMINATORS.index(same.denominator)
        by_share = ~kept
    return {
        "row": row,
        "unit": unit,
        "par": np.full(len(row), par),
        "volume": np.where(by_share, share * own, volume),
        "penyebut": own,
        "share": share,
        "by_volume": measured,
        "divisor": divisor,
        "measure": measure,
        "by": by,
        "lacking": np.zeros(len(row), dtype=bool),
    }


def _divisors(survey: Survey, have: Denominators, parameter: Parameter) -> tuple[Floats, Ints]:
    """What each row is divided by, and which denominator of the RT that is; −1: the row's own.

    Its own denominator, else the RT's; then the same for the fallback.
    """
    result = np.full(len(survey.unit), np.nan)
    by = np.full(len(survey.unit), -1, dtype=np.int64)
    for name in (parameter.denominator, parameter.fallback):
        if name is None:
            continue
        code = DENOMINATORS.index(name)
        for values, of_rt in (
            (floats(survey.rows[name]), -1),
            (have.chosen[name][survey.unit], code),
        ):
            new = np.isnan(result) & ~np.isnan(values)
            result, by = np.where(new, values, result), np.where(new, of_rt, by)
    return result, by


def _records(survey: Survey, units: pd.DataFrame) -> pd.DataFrame:
    """Source and record of what rows give, and then of what is drawn of each unit."""
    drawn = pd.DataFrame(
        {
            "source_id": pd.Series(units["rt_source"]).astype("str"),
            "source_row": pd.Series(units["rt_row"]).astype("Int64"),
        }
    )
    every = pd.concat([survey.rows[["source_id", "source_row"]], drawn], ignore_index=True)
    return every.assign(
        source_id=coded(every["source_id"], sorted(every["source_id"].dropna().unique()))
    )


def _marked(said: list[Any], records: pd.DataFrame) -> pd.DataFrame:
    """Candidates of all denominators in order, and by which rule the first of them stands.

    ``said``: of each name the places in ``records``, units, values and ranks.
    """
    names = sorted(DENOMINATORS)
    row, unit, value, rank = (np.concatenate([part[i] for part in said]) for i in range(1, 5))
    name = np.repeat([names.index(part[0]) for part in said], [len(part[1]) for part in said])
    cell = unit * len(names) + name
    source = records["source_id"].cat.codes.to_numpy(dtype=np.int64)
    place = np.minimum(rank, _RANKS - 1)
    order = in_order(cell * _RANKS + place, [-value, source[row]])
    row, unit, value, rank, name, cell = (
        each[order] for each in (row, unit, value, rank, name, cell)
    )
    begin = starts(cell)
    count = np.diff(np.append(begin, len(cell)))
    spread = np.maximum.reduceat(value, begin) - np.minimum.reduceat(value, begin)
    rule = np.repeat(np.where(count == 1, 0, np.where(spread == 0, 1, 2)), count)
    used = np.zeros(len(cell), dtype=bool)
    used[begin] = True
    return pd.DataFrame(
        {
            "unit": unit,
            "name": of_codes(name, names),
            "source_id": records["source_id"].array.take(row),
            "source_row": records["source_row"].array.take(row),
            "value": value,
            "rank": rank,
            "rule": of_codes(rule, RULES),
            "dipakai": used,
            "decision_id": None,
        }
    )
