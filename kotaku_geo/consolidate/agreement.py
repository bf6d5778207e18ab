"""How well each source agrees with the others: whom the Pokja may trust, and in what."""

import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.tables import Bools, floats, typed
from kotaku_geo.regulation import Regulation

EVERY = "semua"
COLUMNS = {
    "source_id": "str", "other_id": "str", "parameter": "str", "bersama": "Int64",
    "dalam_toleransi": "Int64", "persen_sepakat": "float64", "selisih_median": "float64",
    "nilai_sama": "Int64", "persen_nilai_sama": "float64",
}  # fmt: skip
_DIGITS = 9


def table(choice: Choice, law: Regulation, pipeline: Pipeline) -> pd.DataFrame:
    """``consolidate/agreement``, sorted by source, other source and parameter (``semua`` first).

    One row for two sources and a parameter, for two sources (parameter ``semua``), and for a source
    against all others (other_id and parameter ``semua``). A pair stands under either source, so
    that a source's rows are together.

    bersama: candidates that both give; dalam_toleransi: of them those within the policy's
    tolerance; selisih_median: percentage points; nilai_sama: those that score the same. The share
    of a source with several records for an RT is the one that would stand for it.
    """
    pairs = _pairs(choice)
    if pairs.empty:
        return typed(pd.DataFrame(columns=list(COLUMNS)), COLUMNS)
    limit = np.array([pipeline.tolerance(name) for name in law.parameter_ids])
    names = np.array(law.parameter_ids, dtype=object)
    par = pairs["par"].to_numpy(dtype=np.int64)
    gap = np.round(100 * np.abs(floats(pairs["share_a"]) - floats(pairs["share_b"])), _DIGITS)
    same: Bools = floats(pairs["score_a"]) == floats(pairs["score_b"])
    measured = pd.DataFrame(
        {"source_id": pairs["source_a"], "other_id": pairs["source_b"], "parameter": names[par],
         "gap": gap, "within": gap <= limit[par], "same": same}
    )  # fmt: skip
    turned = measured.rename(columns={"source_id": "other_id", "other_id": "source_id"})
    both = pd.concat([measured, turned], ignore_index=True)
    every = [both, both.assign(parameter=EVERY), both.assign(parameter=EVERY, other_id=EVERY)]
    return _summed(pd.concat(every, ignore_index=True))


def _pairs(choice: Choice) -> pd.DataFrame:
    """Two sources' shares and scores of one cell, the first in the alphabet as ``_a``."""
    rows = choice.candidates
    usable = rows[rows["share"].notna() & (rows["rank"] >= 0)]
    keys = ["unit", "par", "source_id"]
    usable = usable.drop_duplicates(keys)[[*keys, "share", "score"]]
    usable = usable[usable.duplicated(["unit", "par"], keep=False)]
    names = usable.rename(columns={"source_id": "source"})
    pairs = names.merge(names, on=["unit", "par"], suffixes=("_a", "_b"))
    return pairs[pairs["source_a"] < pairs["source_b"]].reset_index(drop=True)


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    groups = rows.groupby(["source_id", "other_id", "parameter"], sort=True)
    result = groups.agg(
        bersama=("gap", "size"), dalam_toleransi=("within", "sum"),
        selisih_median=("gap", "median"), nilai_sama=("same", "sum"),
    ).reset_index()  # fmt: skip
    for name, count in (("sepakat", "dalam_toleransi"), ("nilai_sama", "nilai_sama")):
        result[f"persen_{name}"] = 100 * result[count] / result["bersama"]
    for name in ("other_id", "parameter"):
        result[f"{name}_last"] = result[name] != EVERY
    result = result.sort_values(
        ["source_id", "other_id_last", "other_id", "parameter_last", "parameter"], ignore_index=True
    )
    return typed(result, COLUMNS)
