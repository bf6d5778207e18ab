"""Which SK locations and which kawasan belong together."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.geo.grouping import Ints, components
from kotaku_geo.geo.overlay import intersections
from kotaku_geo.geo.tolerance import cores
from kotaku_geo.late import record
from kotaku_geo.settings import Verify
from kotaku_geo.verify import names
from kotaku_geo.verify.overlaying import Overlay
from kotaku_geo.verify.sides import Side

HALF = 0.5  # of the smaller: from here two places are one and the same
_TIE = 1e-6  # shares that differ by less are equal: areas on the ellipsoid carry that much


@record
class Groups:
    """The relations as groups of places.

    Attributes:
        sk, kawasan: relation of each place of either side, int arrays.
        size: number of relations.
        count_sk, count_kawasan: places of each side in each relation, int arrays (size,).
    """

    sk: Ints
    kawasan: Ints
    size: int

    @property
    def count_sk(self) -> Ints:
        """SK locations in each relation."""
        return np.bincount(self.sk, minlength=self.size)

    @property
    def count_kawasan(self) -> Ints:
        """Kawasan in each relation."""
        return np.bincount(self.kawasan, minlength=self.size)

    @property
    def both(self) -> NDArray[np.bool_]:
        """Relations that have both sides."""
        return (self.count_sk > 0) & (self.count_kawasan > 0)


def tolerance_m(
    accuracy_sk: NDArray[np.float64], accuracy_kawasan: NDArray[np.float64], settings: Verify
) -> NDArray[np.float64]:
    """τ = k·√(accuracy_SK² + accuracy_baseline²), metres."""
    return np.asarray(settings.tolerance_k * np.hypot(accuracy_sk, accuracy_kawasan))


@record
class Alike:
    """Pairs (row of the SK side, row of the kawasan) that are called alike.

    Attributes:
        name: of equal name.
        rt: of equal kelurahan and RT.
    """

    name: set[tuple[int, int]]
    rt: set[tuple[int, int]]


def called_alike(sk: Side, kawasan: Side) -> Alike:
    """Pairs of equal name, and pairs of equal kelurahan and RT."""
    by_name = names.equal_names(sk.frame["kunci"], kawasan.frame["kunci"])
    return Alike(by_name, names.equal_rt(sk.rt, kawasan.rt))


def group(edges: pd.DataFrame, size_sk: int, size_kawasan: int) -> Groups:
    """Connected groups of related places (columns sk, kawasan), the unrelated by themselves."""
    left = edges["sk"].to_numpy(np.int64)
    right = edges["kawasan"].to_numpy(np.int64) + size_sk
    label = components(left, right, size_sk + size_kawasan)
    return Groups(label[:size_sk], label[size_sk:], int(label.max(initial=-1)) + 1)


def related(over: Overlay, sk: Side, kawasan: Side, alike: Alike, settings: Verify) -> pd.DataFrame:
    """Pairs that are related by place or by place and name: columns sk, kawasan.

    By half of the smaller; or as each other's largest partner with ``min_overlap`` of the smaller;
    or under one name, or one kelurahan and RT, with an overlap beyond tolerance.
    """
    pairs = over.shared()
    area_sk = over.by_owner("sk", len(sk))
    area_kawasan = over.by_owner("kawasan", len(kawasan))
    smaller = np.minimum(area_sk[pairs["sk"]], area_kawasan[pairs["kawasan"]])
    share = pairs["ha"].to_numpy() / smaller
    best = _best(pairs, "sk") & _best(pairs, "kawasan")
    close = (share >= HALF - _TIE) | (best & (share >= settings.min_overlap - _TIE))
    named = _among(pairs, alike.name | alike.rt) & ~close
    close[named] = _beyond_tolerance(pairs[named], sk, kawasan, settings)
    return pairs.loc[close, ["sk", "kawasan"]].reset_index(drop=True)


def elsewhere(pairs: pd.DataFrame, sk: Side, alike: Alike, settings: Verify) -> dict[int, Ints]:
    """SK locations that bear the name of kawasan with which they share no area, and of no other.

    A location without a name is called by its kelurahan and RT. ``pairs`` are the shared hectares
    of the overlay; less than ``min_piece_m2`` is no area.

    Returns:
        row of the SK side → rows of the kawasan of that name.
    """
    nameless = sk.frame["kunci"].isna().to_numpy()
    named = alike.name | {(i, j) for i, j in alike.rt if nameless[i]}
    real = pairs["ha"].to_numpy() * M2_PER_HA >= settings.min_piece_m2
    touching = set(map(tuple, pairs.loc[real, ["sk", "kawasan"]].to_numpy(np.int64).tolist()))
    here = {i for i, j in named if (i, j) in touching}
    there: dict[int, list[int]] = {}
    for i, j in sorted(named):
        if i not in here:
            there.setdefault(i, []).append(j)
    return {i: np.array(js, dtype=np.int64) for i, js in there.items()}


def _best(pairs: pd.DataFrame, side: str) -> NDArray[np.bool_]:
    """Whether a pair has the largest shared area of its place on a side; equals are all largest."""
    largest = pairs.groupby(side)["ha"].transform("max").to_numpy()
    return np.asarray(pairs["ha"].to_numpy() >= largest * (1 - _TIE))


def _among(pairs: pd.DataFrame, known: set[tuple[int, int]]) -> NDArray[np.bool_]:
    keys = zip(pairs["sk"], pairs["kawasan"], strict=True)
    return np.fromiter(((i, j) in known for i, j in keys), dtype=bool, count=len(pairs))


def _beyond_tolerance(
    pairs: pd.DataFrame, sk: Side, kawasan: Side, settings: Verify
) -> NDArray[np.bool_]:
    """Whether the overlap of each pair is wider than τ somewhere."""
    i, j = pairs["sk"].to_numpy(), pairs["kawasan"].to_numpy()
    tau = tolerance_m(
        sk.frame["accuracy_m"].to_numpy(float)[i],
        kawasan.frame["accuracy_m"].to_numpy(float)[j],
        settings,
    )
    if not len(pairs):
        return np.zeros(0, dtype=bool)
    shared = intersections(sk.geometry[i], kawasan.geometry[j])
    core = cores(shared, tau / 2, settings.min_piece_m2)
    return np.asarray(shapely.area(core) > 0)
