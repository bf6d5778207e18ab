"""Reading what ingest left, in an order that its rows do not decide, and typing what is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline, layer_columns
from kotaku_geo.frames import draw, undrawn
from kotaku_geo.stage import StageContext

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

_NUMBERS = {"number", "integer", "share", "volume", "score51", "priority"}


def layer(
    ctx: StageContext, name: str, *, ordered: bool = True, columns: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """A layer's table; empty, with all its columns, where nobody delivered it.

    Rows are ordered by source, then by what they say and where they are, and never by where they
    stood in their file; rows that tie are alike. Where the order leaves no trace (things that are
    only counted and summed) it need not be made, and some ``columns`` may be all that is read.
    """
    if not ctx.has(f"ingest/{name}"):
        return _empty(ctx.pipeline, name)
    rows = ctx.read_geo(f"ingest/{name}", columns)
    return _ordered(rows) if ordered else rows


def source_rank(pipeline: Pipeline, source_id: pd.Series, key: str = "default") -> Ints:
    """Place of each row's source in the policy's order, 0 the strongest."""
    places = {source: i for i, source in enumerate(pipeline.order(key))}
    codes, names = pd.factorize(source_id)
    ranks = [places.get(name, len(places)) for name in names]
    return np.array([*ranks, len(places)], dtype=np.int64)[codes]


def floats(column: pd.Series) -> Floats:
    """A column as floats of its own, unknown as NaN."""
    if column.dtype == np.float64:
        return np.array(column, dtype=np.float64)
    known = pd.to_numeric(column, errors="coerce").astype("Float64")
    return np.asarray(known.to_numpy(float, na_value=np.nan), dtype=np.float64)


def in_order(major: Ints, minor: Sequence[NDArray[Any]]) -> Ints:
    """Order of rows by a number, and by ``minor`` (most important first) where that is the same.

    Few rows tie where the number says nearly all, so the others need no more than one sort.
    """
    order: Ints = np.argsort(major, kind="stable").astype(np.int64)
    said = major[order]
    same = said[1:] == said[:-1]
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    rows = order[tied]
    order[tied] = rows[np.lexsort([*(key[rows] for key in reversed(minor)), major[rows]])]
    return order


def starts(sorted_keys: Ints) -> Ints:
    """Where each run of one key begins."""
    new = np.ones(len(sorted_keys), dtype=bool)
    np.not_equal(sorted_keys[1:], sorted_keys[:-1], out=new[1:])
    return np.flatnonzero(new)


def pairs(asked: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Every place in ``asked`` with every place in ``keys`` that holds the same."""
    order = np.argsort(keys, kind="stable")
    ends = [np.searchsorted(keys[order], asked, side=side) for side in ("left", "right")]
    count = ends[1] - ends[0]
    which = np.repeat(np.arange(len(asked)), count)
    begun = np.cumsum(count) - count
    place = np.arange(len(which)) - np.repeat(begun, count) + np.repeat(ends[0], count)
    return which, order[place]


def first_of(group: Ints, order: Sequence[NDArray[np.generic]], usable: NDArray[np.bool_]) -> Ints:
    """Row that comes first in each group by ``order`` (most important first), of usable rows."""
    rows = np.flatnonzero(usable)
    sequence = np.lexsort([key[rows] for key in reversed([group, *order])])
    _, start = np.unique(group[rows][sequence], return_index=True)
    return rows[sequence[start]]


def strongest(
    values: Floats, group: Ints, rank: Ints, size: int, *, smallest: bool = False
) -> Floats:
    """Value of each group's strongest row that has one; the largest among rows of one source."""
    result = np.full(size, np.nan)
    tie = values if smallest else -values
    rows = first_of(group, [rank, tie], ~np.isnan(values) & (group >= 0))
    result[group[rows]] = values[rows]
    return result


def strongest_text(values: pd.Series, group: Ints, rank: Ints, size: int) -> Geometries:
    """As `strongest`, for words; the first in the alphabet among rows of one source."""
    result = np.full(size, None, dtype=object)
    known = values.notna().to_numpy()
    codes = pd.Categorical(values).codes.astype(np.int64)
    rows = first_of(group, [rank, codes], known & (group >= 0))
    result[group[rows]] = values.to_numpy(dtype=object)[rows]
    return result


def joined(values: pd.Series, group: Ints, size: int) -> Geometries:
    """Distinct words of each group, sorted and ``;``-joined; None where there are none.

    Rows of group −1 belong to none.
    """
    result = np.full(size, None, dtype=object)
    known = values.notna().to_numpy() & (group >= 0)
    words: dict[int, set[str]] = {}
    said = zip(group[known].tolist(), values.to_numpy(dtype=object)[known], strict=True)
    for place, word in said:
        words.setdefault(place, set()).add(word)
    for place, own in words.items():
        result[place] = ";".join(sorted(own))
    return result


def codes_in(ids: pd.Series, register: pd.Series) -> Ints:
    """Position of each id in a register of distinct ids; −1 where it is not there."""
    return np.asarray(pd.Index(register).get_indexer(ids), dtype=np.int64)


def among(words: pd.Series | Objects, known: pd.Series | Sequence[str]) -> Bools:
    """Whether each word is a known one; null is none.

    `pd.Series.isin` turns every known word into a scalar of its own, which takes ten times longer.
    """
    some = {word for word in np.asarray(known, dtype=object) if isinstance(word, str)}
    asked = np.asarray(words, dtype=object)
    return np.fromiter((word in some for word in asked), dtype=bool, count=len(asked))


def coded(words: pd.Series, names: Sequence[str]) -> pd.Series:
    """Words as places in a list of names that has them all; the list's order is theirs."""
    kind = pd.CategoricalDtype(_index(names))
    return words.cat.set_categories(kind.categories) if _is_coded(words) else words.astype(kind)


def of_codes(codes: Ints, names: Sequence[str]) -> pd.Categorical:
    """`coded` words of which the places are known; −1 is null."""
    made: pd.Categorical = pd.Categorical.from_codes(codes, _index(names))
    return made


def _index(names: Sequence[str]) -> Any:
    return pd.Index(list(names), dtype="str")


def word_of(codes: NDArray[np.integer[Any]], names: Iterable[str]) -> pd.Series:
    """Names at their places; null at −1."""
    return pd.Series(pd.array(list(names), dtype="str").take(codes, allow_fill=True))


def stacked(parts: Sequence[pd.Series], order: Ints) -> pd.Series:
    """Columns of words below each other, in an order."""
    said = [p.cat.categories if _is_coded(p) else p.dropna().unique() for p in parts]
    names = sorted({word for own in said for word in own})
    if not names:
        return word_of(np.full(len(order), -1), names)
    codes = [coded(part, names).cat.codes.to_numpy(dtype=np.int64) for part in parts]
    return word_of(np.concatenate(codes)[order], names)


def taken(values: pd.Series, place: Ints) -> Objects:
    """Values at positions; None at −1."""
    every = np.full(len(values) + 1, None, dtype=object)
    every[:-1] = values.to_numpy(dtype=object)
    return every[place]


def either(condition: Bools, yes: Any, no: Any) -> Objects:
    """``yes`` where the condition holds, else ``no``: arrays, columns or None."""
    result = np.full(len(condition), None, dtype=object)
    for mask, side in ((condition, yes), (~condition, no)):
        if side is not None:
            whole = np.broadcast_to(np.asarray(side, dtype=object), len(condition))
            result[mask] = whole[mask]
    return result


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The frame's rows as named tuples: for things that are reported one by one."""
    if frame.empty:  # most things that can be wrong are not: a tuple's class is not made for none
        return iter(())
    return pd.DataFrame(frame).itertuples()  # a GeoDataFrame makes a GeoSeries of each column


def typed(frame: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """The frame's columns in the order of ``types`` and with those dtypes; unknown stays null."""
    result = {}
    for name, dtype in types.items():
        column = frame[name]
        if dtype == "str" and column.dtype != "str":
            column = _texts(column)
        elif dtype == "Int64" and column.dtype != "Int64":
            column = pd.to_numeric(column).astype("Int64")
        elif dtype not in ("str", "Int64"):
            column = column.astype(np.dtype(dtype))
        result[name] = column
    return pd.DataFrame(result, index=frame.index, copy=False)  # columns by themselves


def _texts(column: pd.Series) -> pd.Series:
    if _is_coded(column):
        codes = column.cat.codes.to_numpy(dtype=np.int64)
        return word_of(codes, column.cat.categories).set_axis(column.index)
    known = column.notna()
    if not known.any():
        return word_of(np.full(len(column), -1), []).set_axis(column.index)
    return column.astype(object).where(known, None).astype("str")


def _is_coded(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype)


def crs_of(pipeline: Pipeline) -> pyproj.CRS:
    """The city's CRS, made once: parsing it costs more than most small tables."""
    return _crs(pipeline.city.crs)


@cache
def _crs(name: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(name)


def _empty(pipeline: Pipeline, name: str) -> gpd.GeoDataFrame:
    kinds = {column: str(spec["type"]) for column, spec in layer_columns(name).items()}
    kinds |= {"source_id": "text", "source_row": "integer"}
    number, text = np.empty(0), pd.array([], dtype="str")
    columns = {column: number if kind in _NUMBERS else text for column, kind in kinds.items()}
    return draw(pd.DataFrame(columns), np.empty(0, dtype=object), crs_of(pipeline))


def _ordered(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy()
    words = undrawn(frame).drop(columns=["source_row", "source_id"])
    said = pd.util.hash_pandas_object(words, index=False).to_numpy()
    source = frame["source_id"].astype("category").cat.codes.to_numpy()
    order = np.lexsort([shapely.area(shapes), *shapely.bounds(shapes).T, said, source])
    return frame.iloc[order].reset_index(drop=True)
