"""Change apart from redrawing noise, relation by relation, cut into the pieces of the overlay."""

from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints, union_by
from kotaku_geo.geo.overlay import NOTHING, intersections, remainders
from kotaku_geo.geo.parallel import side_by_side
from kotaku_geo.geo.tolerance import changed
from kotaku_geo.late import record
from kotaku_geo.settings import Verify
from kotaku_geo.verify.overlaying import BERKURANG, BERTAMBAH, TOLERANSI, Overlay, replaced
from kotaku_geo.verify.relating import Groups, tolerance_m
from kotaku_geo.verify.sides import Side

Floats = NDArray[np.float64]
HAIR_M = 1e-5  # width of what rounding leaves along a border


@record
class Unions:
    """The outlines of the relations.

    Attributes:
        sk, kawasan: union of the members of either side, object arrays (relations,).
        tau: tolerance in metres; NaN where a relation has one side only.
    """

    sk: Geometries
    kawasan: Geometries
    tau: Floats


def unions(sk: Side, kawasan: Side, groups: Groups, settings: Verify) -> Unions:
    """Outline and tolerance of each relation; the least accurate member decides its side's."""
    accuracies = []
    for side, label in ((sk, groups.sk), (kawasan, groups.kawasan)):
        worst = np.full(groups.size, np.nan)
        np.fmax.at(worst, label, side.frame["accuracy_m"].to_numpy(float))
        accuracies.append(worst)
    return Unions(
        union_by(sk.geometry, groups.sk, groups.size),
        union_by(kawasan.geometry, groups.kawasan, groups.size),
        tolerance_m(accuracies[0], accuracies[1], settings),
    )


def judged(
    over: Overlay,
    sk: Side,
    kawasan: Side,
    groups: Groups,
    outlines: Unions,
    settings: Verify,
    crs: Any,
    workers: int,
) -> Overlay:
    """Split what lies on one side only into change and what is within tolerance.

    The difference of a whole relation is opened, so that borders between neighbours of one
    relation do not make it thin; then it is cut by location. A relation of one side only has no
    tolerance. Where locations of several relations overlap, what is change for one is change.
    """
    sides = (
        _OneSide("sk", BERKURANG, outlines.sk, kawasan.geometry, groups.sk),
        _OneSide("kawasan", BERTAMBAH, outlines.kawasan, sk.geometry, groups.kawasan),
    )
    share = max(1, workers // len(sides))
    tasks = [
        partial(_judged_side, over, side, groups.both, outlines.tau, settings, share)
        for side in sides
    ]
    keep = (over.left >= 0) & (over.right >= 0)
    parts: list[tuple[Ints, Geometries, str]] = []
    for whole, split in side_by_side(tasks, workers):
        keep[whole] = True
        parts += split
    return replaced(over, keep, parts, crs)


@record
class _OneSide:
    """What lies on one side only, and how it is judged.

    Attributes:
        name: sk or kawasan.
        kelas: the class of change there.
        own: the outline of each relation on this side.
        other: the places of the other side.
        label: relation of each place of this side.
    """

    name: str
    kelas: str
    own: Geometries
    other: Geometries
    label: Ints


def _judged_side(
    over: Overlay,
    side: _OneSide,
    both: NDArray[np.bool_],
    tau: Floats,
    settings: Verify,
    workers: int,
) -> tuple[Ints, list[tuple[Ints, Geometries, str]]]:
    """Pieces that are change as a whole, and the parts of the others: (piece, geometry, class)."""
    change = np.full(len(both), shapely.Polygon(), dtype=object)
    change[both] = _change(side.own[both], side.other, tau[both], settings, workers)
    piece, region, whole = _regions(over, side.name, side.label, change, both)
    split = _split(over.geometry[piece[~whole]], region[~whole], workers)
    parts = [
        (piece[~whole][solid], shape, name)
        for (solid, shape), name in zip(split, (side.kelas, TOLERANSI), strict=True)
    ]
    return piece[whole], parts


def _change(
    own: Geometries, other: Geometries, tau: Floats, settings: Verify, workers: int
) -> Geometries:
    """Change of each relation's outline against the whole other side within reach."""
    if not len(own):
        return own
    tree = shapely.STRtree(other)
    i, j = tree.query(own, predicate="dwithin", distance=tau)
    order = np.lexsort((j, i))
    near = union_by(other[j[order]], i[order], len(own))
    difference = remainders(own, near, np.arange(len(own)), workers=workers)
    return changed(difference, near, tau, settings.min_piece_m2, workers=workers)


def _regions(
    over: Overlay, side: str, label: Ints, change: Geometries, both: NDArray[np.bool_]
) -> tuple[Ints, Geometries, NDArray[np.bool_]]:
    """Pieces on one side only, the change under each, and whether it is change as a whole."""
    piece, owner = over.owned(side)
    alone = ((over.left < 0) | (over.right < 0))[piece]
    piece, relation = piece[alone], label[owner[alone]]
    pieces, row = np.unique(piece, return_inverse=True)
    whole = np.zeros(len(pieces), dtype=bool)
    np.logical_or.at(whole, row, ~both[relation])
    pair = np.unique(np.column_stack([row, relation]), axis=0)
    region = union_by(change[pair[:, 1]], pair[:, 0], len(pieces))
    return pieces, region, whole


def _split(
    geometries: Geometries, region: Geometries, workers: int
) -> list[tuple[Ints, Geometries]]:
    """What of each geometry lies inside its region, and what outside; no hair is split off."""
    inside = np.full(len(geometries), shapely.Polygon(), dtype=object)
    outside = geometries.copy()
    some = np.flatnonzero(~shapely.is_empty(region))
    if some.size:
        ours, theirs = geometries[some], region[some]
        inside[some] = intersections(ours, theirs, workers=workers)
        outside[some] = remainders(ours, theirs, np.arange(some.size), workers=workers)
    hair = np.maximum(HAIR_M * shapely.length(geometries), NOTHING)
    mostly = shapely.area(outside) <= hair
    hardly = ~mostly & (shapely.area(inside) <= hair)
    inside[mostly], outside[hardly] = geometries[mostly], geometries[hardly]
    kept = (np.flatnonzero(~hardly), np.flatnonzero(~mostly))
    return [(rows, g[rows]) for rows, g in zip(kept, (inside, outside), strict=True)]
