"""RT that are drawn on one place under two kelurahan: the same number, the same ground."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.consolidate.ids import parted, under
from kotaku_geo.consolidate.tables import Geometries, Ints, Objects, among

SAME_SHARE = 0.5  # of the larger of two polygons that is on the other where they draw one RT

Twins = Sequence[tuple[list[str], str]]


def find(rows: gpd.GeoDataFrame, rank: Ints) -> Twins:
    """The ids of each RT that has several, sorted, and the code that stands until it is decided.

    It is the one of the strongest source; of one source that gives several, the smallest code, so
    that row order never decides. An id that is drawn elsewhere too is another RT's.

    Args:
        rows: with column ``key``, the id as written, and geometry.
        rank: of each row's source, 0 the strongest.
    """
    drawn = np.flatnonzero(rows["key"].notna().to_numpy() & rows.geometry.notna().to_numpy())
    name = parted(rows["key"].iloc[drawn])
    number, code = (pd.factorize(name[column])[0] for column in ("tail", "code"))
    shapes = rows.geometry.to_numpy()[drawn]
    left, right = _overlaying(shapes, number, code)
    if not len(left):
        return []
    keys = rows["key"].to_numpy(dtype=object)[drawn]
    apart = _drawn_apart(keys, shapes, np.union1d(left, right))
    pairs = ({keys[i], keys[j]} for i, j in zip(left, right, strict=True))
    groups = joined([pair for pair in pairs if not pair & apart])
    places = rank[drawn]
    order = sorted((int(r), c, k) for r, c, k in zip(places, name["code"], keys, strict=True))
    first = {k: (r, c) for r, c, k in reversed(order)}
    return [(sorted(group), min(first[k] for k in group)[1]) for group in groups]


def _overlaying(shapes: Geometries, number: Ints, code: Ints) -> tuple[Ints, Ints]:
    """Pairs of shapes with one number and two codes that lie on each other."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes)
    alike = (left < right) & (number[left] == number[right]) & (code[left] != code[right])
    left, right = left[alike], right[alike]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    larger = np.maximum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    same = shared >= SAME_SHARE * larger
    return left[same], right[same]


def _drawn_apart(keys: Objects, shapes: Geometries, paired: Ints) -> set[str]:
    """Ids of pairs that are drawn somewhere else as well: those RT are there, and do not move."""
    own = np.flatnonzero(among(keys, list(keys[paired])))
    result = set()
    for place in np.setdiff1d(own, paired).tolist():
        same = shapes[paired[keys[paired] == keys[place]]]
        if not shapely.intersects(shapes[place], same).any():
            result.add(str(keys[place]))
    return result


def moves(twins: Twins, homes: Mapping[str, str]) -> dict[str, str]:
    """Id as written → id, of RT that stand in another kelurahan than the one they are written in.

    ``homes``: id as written → the code that was decided.
    """
    stands = {key: code for group, code in twins for key in group}
    every = {key: code for key, code in {**stands, **homes}.items() if "-RW" in key}
    return {key: under(key, code) for key, code in every.items() if under(key, code) != key}


def joined(groups: Sequence[set[str]]) -> list[set[str]]:
    """Groups that share a member put together; in the order of their smallest members."""
    result: list[set[str]] = []
    for group in groups:
        touching = [known for known in result if known & group]
        result = [known for known in result if not known & group]
        result.append(set().union(group, *touching))
    return sorted(result, key=min)
