"""How a place is called: names compared by spelling, and RT lists compared as sets."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.geo.grouping import Ints

_ID_RT = r"^(?:(.+)-)?RW(\d{3}[A-Z]?)-RT(\d{3}[A-Z]?)$"
NO_RW = "000"
RT_COLUMNS = ["place", "kode", "rt", "rw"]


def spelling(name: Any) -> str | None:
    """A name without case, accents, spaces and punctuation; None where nothing is left."""
    if not isinstance(name, str):
        return None
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower()) or None


def bare(name: Any) -> str | None:
    """`spelling` without words that say nothing of the place (kawasan, permukiman kumuh …)."""
    if not isinstance(name, str):
        return None
    words = "|".join(resources.load("verify")["ignored_words"])
    return spelling(re.sub(rf"\b(?:{words})\b", " ", name, flags=re.IGNORECASE))


def spellings(names: pd.Series) -> pd.Series:
    """`spelling` of each, each distinct name read once."""
    return _mapped(names, spelling)


def bares(names: pd.Series) -> pd.Series:
    """`bare` of each, each distinct name read once."""
    return _mapped(names, bare)


def _mapped(names: pd.Series, read: Any) -> pd.Series:
    table = {name: read(name) for name in names.dropna().unique()}
    return names.astype(object).map(table).astype(object).where(names.notna(), None)


def rt_of_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The RTs that each row names: from daftar_rt, else from rt and rw.

    Args:
        frame: index 0 … n-1; columns kode_kelurahan, rt, rw, daftar_rt. A row without
            kode_kelurahan names no RT: its number alone is no place.

    Returns:
        columns place (row of ``frame``), kode, rt, rw (None where not given); no doubles.
    """
    known = frame[frame["kode_kelurahan"].notna()]
    listed = known[known["daftar_rt"].notna()]
    single = known[known["daftar_rt"].isna() & known["rt"].notna()]
    short = single["rt"].astype(object).str.split(";").explode()
    rows = [
        _read_ids(listed["daftar_rt"], listed["kode_kelurahan"]),
        pd.DataFrame(
            {
                "place": short.index,
                "kode": single["kode_kelurahan"].astype(object).reindex(short.index).to_numpy(),
                "rt": short.to_numpy(),
                "rw": single["rw"].astype(object).reindex(short.index).to_numpy(),
            }
        ),
    ]
    return _tidy(pd.concat(rows, ignore_index=True))


def rt_of_ids(daftar_rt: pd.Series) -> pd.DataFrame:
    """The RTs of ``;``-joined id_rt; columns as `rt_of_rows` gives them."""
    return _tidy(_read_ids(daftar_rt[daftar_rt.notna()], None))


def _read_ids(lists: pd.Series, kode: pd.Series | None) -> pd.DataFrame:
    parts = lists.astype(object).str.split(";").explode().astype(object)
    found = parts.str.strip().str.extract(_ID_RT)
    own = found[0] if kode is None else kode.astype(object).reindex(parts.index)
    table = pd.DataFrame({"place": parts.index, "kode": own.to_numpy(object)})
    table["rt"] = found[2].to_numpy(object)
    table["rw"] = found[1].to_numpy(object)
    return table


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["rt"].notna() & table["kode"].notna()].astype(object)
    table["place"] = table["place"].astype(np.int64)
    table["rw"] = table["rw"].where(table["rw"].notna() & (table["rw"] != NO_RW), None)
    return table.drop_duplicates(RT_COLUMNS).reset_index(drop=True)[RT_COLUMNS]


def same_rt(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Pairs of an RT of the left and an RT of the right that may be one and the same.

    Equal kelurahan and RT; RW is compared only where both sides give one.

    Returns:
        columns place_l, place_r, entry_l, entry_r (rows of the two tables).
    """
    pairs = left.assign(entry=np.arange(len(left))).merge(
        right.assign(entry=np.arange(len(right))), on=["kode", "rt"], suffixes=("_l", "_r")
    )
    open_ = pairs["rw_l"].isna() | pairs["rw_r"].isna() | (pairs["rw_l"] == pairs["rw_r"])
    return pairs[open_][["place_l", "place_r", "entry_l", "entry_r"]].astype(np.int64)


def equal_rt(left: pd.DataFrame, right: pd.DataFrame) -> set[tuple[int, int]]:
    """Pairs of places that name the same RTs: each RT of either is found in the other."""
    found = same_rt(left, right).to_numpy(np.int64)
    pairs, of_left = _distinct(found, 2)
    _, of_right = _distinct(found, 3)
    size_l, size_r = (np.bincount(side["place"].to_numpy(np.int64)) for side in (left, right))
    whole = (of_left == size_l[pairs[:, 0]]) & (of_right == size_r[pairs[:, 1]])
    return set(map(tuple, pairs[whole].tolist()))


def _distinct(found: Ints, column: int) -> tuple[Ints, Ints]:
    """Pairs of places (the first two columns), and how many values of a column each has."""
    values = np.unique(found[:, [0, 1, column]], axis=0)
    pairs, count = np.unique(values[:, :2], axis=0, return_counts=True)
    return pairs, count


def equal_names(left: pd.Series, right: pd.Series) -> set[tuple[int, int]]:
    """Pairs of places whose names are the same; nameless places equal none."""
    bearers: dict[str, list[int]] = {}
    for j, name in enumerate(right.tolist()):
        if isinstance(name, str):
            bearers.setdefault(name, []).append(j)
    return {(i, j) for i, name in enumerate(left.tolist()) for j in bearers.get(name, ())}


def joined(values: Iterable[Any]) -> str | None:
    """Distinct parts of ``;``-joined texts, sorted and joined again; None where there are none."""
    texts = (v for v in values if isinstance(v, str))
    parts = {part.strip() for text in texts for part in text.split(";")}
    return ";".join(sorted(parts - {""})) or None
