"""The one overlay of all SK locations with all kawasan, and what it says of each of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.overlay import Faces, cross, faces
from kotaku_geo.late import record
from kotaku_geo.verify.sides import Side

Floats = NDArray[np.float64]
TETAP, BERKURANG, BERTAMBAH, TOLERANSI = "tetap", "berkurang", "bertambah", "toleransi"


@record
class Overlay:
    """Disjoint pieces of the overlay.

    Attributes:
        sk, kawasan: each side as a planar partition; owners are rows of the side.
        left, right: face of each side under a piece, int arrays (p,); -1 outside that side.
        kelas: class of each piece, object array (p,).
        geometry: the pieces, object array (p,).
        ha: geodesic hectares, float array (p,).
        origin: the piece of the first overlay that each is, or is a part of, int array (p,).
    """

    sk: Faces
    kawasan: Faces
    left: Ints
    right: Ints
    kelas: NDArray[np.object_]
    geometry: Geometries
    ha: Floats
    origin: Ints

    def owned(self, side: str) -> tuple[Ints, Ints]:
        """Pieces on a side (``sk``, ``kawasan``) and the locations they belong to, in pairs."""
        face = self.left if side == "sk" else self.right
        inside = np.flatnonzero(face >= 0)
        partition = self.sk if side == "sk" else self.kawasan
        row, owner = partition.expand(face[inside])
        return inside[row], owner

    def by_owner(self, side: str, size: int, kelas: str | None = None) -> Floats:
        """Hectares of each location of a side, of one class or of all."""
        piece, owner = self.owned(side)
        if kelas is not None:
            of_class = self.kelas[piece] == kelas
            piece, owner = piece[of_class], owner[of_class]
        return np.bincount(owner, weights=self.ha[piece], minlength=size).astype(float)

    def by_group(self, side: str, group: Ints, size: int, kelas: str | None = None) -> Floats:
        """Hectares of each group of locations of a side; what several members share counts once."""
        piece, owner = self.owned(side)
        if kelas is not None:
            of_class = self.kelas[piece] == kelas
            piece, owner = piece[of_class], owner[of_class]
        pairs = np.unique(np.column_stack([piece, group[owner]]), axis=0)
        return np.bincount(pairs[:, 1], weights=self.ha[pairs[:, 0]], minlength=size).astype(float)

    def shared(self) -> pd.DataFrame:
        """Hectares shared by each SK location and kawasan: columns sk, kawasan, ha."""
        both = np.flatnonzero((self.left >= 0) & (self.right >= 0))
        piece, i = self.sk.expand(self.left[both])
        row, j = self.kawasan.expand(self.right[both][piece])
        table = pd.DataFrame({"sk": i[row], "kawasan": j, "ha": self.ha[both][piece[row]]})
        return table.groupby(["sk", "kawasan"])[["ha"]].sum().reset_index()

    def shared_in(self, group_sk: Ints, group_kawasan: Ints, size: int) -> Floats:
        """Hectares that the two sides of each group share with each other, each hectare once."""
        both = np.flatnonzero((self.left >= 0) & (self.right >= 0))
        piece, i = self.sk.expand(self.left[both])
        row, j = self.kawasan.expand(self.right[both][piece])
        ours, theirs = group_sk[i[row]], group_kawasan[j]
        same = ours == theirs
        pairs = np.unique(np.column_stack([both[piece[row]], ours])[same], axis=0)
        return np.bincount(pairs[:, 1], weights=self.ha[pairs[:, 0]], minlength=size).astype(float)


def overlay(sk: Side, kawasan: Side, crs: Any, workers: int) -> Overlay:
    """Cross the two sides; what lies on one side only is not yet judged against the tolerance."""
    ours = faces(sk.geometry, workers=workers)
    theirs = faces(kawasan.geometry, workers=workers)
    crossing = cross(ours.geometry, theirs.geometry, workers=workers)
    kelas = np.full(len(crossing.left), TETAP, dtype=object)
    kelas[crossing.right < 0] = BERKURANG
    kelas[crossing.left < 0] = BERTAMBAH
    ha = geodesic_ha(crossing.geometry, crs)
    every = np.arange(len(kelas))
    return Overlay(ours, theirs, crossing.left, crossing.right, kelas, crossing.geometry, ha, every)


def replaced(
    base: Overlay, keep: NDArray[np.bool_], parts: list[tuple[Ints, Geometries, str]], crs: Any
) -> Overlay:
    """The overlay with some pieces replaced by parts of them: (piece, geometry, class) of each."""
    origin = np.concatenate([np.flatnonzero(keep), *(p[0] for p in parts)]).astype(np.int64)
    geometry = np.concatenate([base.geometry[keep], *(p[1] for p in parts)])
    kelas = np.concatenate(
        [base.kelas[keep], *(np.full(len(p[0]), p[2], dtype=object) for p in parts)]
    )
    return replace(
        base,
        left=base.left[origin],
        right=base.right[origin],
        kelas=kelas,
        geometry=geometry,
        origin=base.origin[origin],
        ha=np.concatenate([base.ha[keep], *(geodesic_ha(p[1], crs) for p in parts)]),
    )


def id_texts(partition: Faces, ids: NDArray[np.object_], face: Ints) -> NDArray[np.object_]:
    """``;``-joined sorted ids of the locations over each face; None where the face is -1."""
    text = np.full(len(partition.geometry) + 1, None, dtype=object)
    row, owner = partition.expand(np.arange(len(partition.geometry)))
    single = partition.owners[row] == 1
    text[row[single]] = ids[owner[single]]
    for several in np.flatnonzero(partition.owners > 1):  # few: where locations overlap each other
        part = partition.owner[partition.start[several] : partition.start[several + 1]]
        text[several] = ";".join(sorted(ids[part]))
    return text[face]  # face -1 is the last entry: None
