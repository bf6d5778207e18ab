"""SK locations that stand in a table only: which kawasan do they mean?"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.late import record
from kotaku_geo.verify import names
from kotaku_geo.verify.relating import called_alike
from kotaku_geo.verify.sides import Side

Pairs = set[tuple[int, int]]


@record
class Matches:
    """What the locations of a table were found to mean.

    Attributes:
        edges: columns sk (row of the table side), kawasan.
        ambiguous: location → rows of the kawasan among which nobody can choose.
    """

    edges: pd.DataFrame
    ambiguous: dict[int, list[int]]


def match(table: Side, kawasan: Side, free: NDArray[np.bool_]) -> Matches:
    """Match by kelurahan, name and RT list, among the kawasan that no polygon is related to.

    A name that one kawasan of the kelurahan bears decides; several of that name are told apart by
    their RTs. Without a kawasan of its name a location means those that hold its RTs, each RT in
    one of them; without name and RTs, the only kawasan of its kelurahan.
    """
    if not len(table):
        return Matches(pd.DataFrame({"sk": [], "kawasan": []}, dtype=np.int64), {})
    near = {(i, j) for i, j in _same_kelurahan(table, kawasan) if free[j]}
    by_name = called_alike(table, kawasan).name & near
    shared = names.same_rt(table.rt, kawasan.rt)
    shared = shared[free[shared["place_r"].to_numpy(np.int64)]]
    split = shared.groupby(["place_l", "entry_l"])["place_r"].nunique() > 1
    unclear = set(split[split].index.get_level_values("place_l"))
    by_rt = set(map(tuple, shared[["place_l", "place_r"]].to_numpy(np.int64).tolist()))
    named = _listed(by_name)
    named_rt = _listed(by_name & by_rt)
    rt, around = _listed(by_rt), _listed(near)
    lists_rt = set(table.rt["place"])
    nameless = table.frame["kunci"].isna()
    edges: list[tuple[int, int]] = []
    ambiguous: dict[int, list[int]] = {}
    for i in range(len(table)):
        found = named.get(i, [])
        clear = len(found) == 1
        if len(found) > 1:
            clear = len(named_rt.get(i, [])) == 1
            found = named_rt[i] if clear else found
        elif not found and i in lists_rt:
            found, clear = rt.get(i, []), i not in unclear
        elif not found and nameless[i]:
            found = around.get(i, [])
            clear = len(found) == 1
        if clear:
            edges += [(i, j) for j in found]
        elif found:
            ambiguous[i] = found
    return Matches(pd.DataFrame(edges, columns=["sk", "kawasan"], dtype=np.int64), ambiguous)


def _listed(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    table: dict[int, list[int]] = {}
    for i, j in sorted(pairs):
        table.setdefault(i, []).append(j)
    return table


def _same_kelurahan(table: Side, kawasan: Side) -> Pairs:
    """Pairs that lie in one kelurahan, by code, else by name; every pair where neither is given."""
    codes = _crossed(_exploded(table.frame["kode_kelurahan"]), kawasan.frame["kode_kelurahan"])
    coded = table.frame["kode_kelurahan"].notna()
    spelt = names.spellings(table.frame["nama_kelurahan"].where(~coded))
    theirs = _exploded(kawasan.frame["nama_kelurahan"])
    theirs = names.spellings(theirs.reset_index(drop=True)).set_axis(theirs.index)
    by_name = _merged(spelt.dropna(), theirs.dropna())
    placeless = np.flatnonzero(~coded & spelt.isna())
    anywhere = {(int(i), j) for i in placeless for j in range(len(kawasan))}
    return codes | by_name | anywhere


def _exploded(texts: pd.Series) -> pd.Series:
    known = texts[texts.notna()].astype(object)
    return known.str.split(";").explode().astype(object).str.strip()


def _crossed(left: pd.Series, right: pd.Series) -> Pairs:
    return _merged(left, _exploded(right))


def _merged(left: pd.Series, right: pd.Series) -> Pairs:
    sides = [pd.DataFrame({"key": s.to_numpy(object), "at": s.index}) for s in (left, right)]
    pairs = sides[0].merge(sides[1], on="key", suffixes=("_l", "_r"))
    return set(map(tuple, pairs[["at_l", "at_r"]].to_numpy(np.int64).tolist()))
