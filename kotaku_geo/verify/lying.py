"""In which kelurahan the pieces of the overlay lie."""

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.overlay import intersection_areas
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext

HAIR = 1e-9  # of a piece: what rounding leaves is nowhere else


@record
class Lying:
    """In which kelurahan pieces lie.

    Attributes:
        codes, titles: kelurahan by code, and null for what lies in none.
        shapes: their outlines.
        piece, place: rows of the pieces and of the codes; sorted by piece.
        share: share of the piece that lies there, 0 … 1.
    """

    codes: list[str | None]
    titles: list[str | None]
    shapes: Geometries
    piece: Ints
    place: Ints
    share: NDArray[np.float64]

    def parts(self, origin: Ints, geometry: Geometries, base: Geometries) -> "Lying":
        """The same for parts of the pieces.

        A part of what lies in one kelurahan, and touches no other, lies there as well; only the
        others are measured.

        Args:
            origin: the piece that each part is of.
            geometry: the parts.
            base: the pieces.
        """
        sole = np.bincount(self.piece, self.share > 0, len(base)) == 1
        known = sole[origin] | (geometry == base[origin])
        count = np.bincount(self.piece, minlength=len(base))
        first = np.cumsum(count) - count
        of = np.flatnonzero(known)
        many = count[origin[of]]
        row = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        row += np.repeat(first[origin[of]], many)
        rest = np.flatnonzero(~known)
        piece, place, share = _shares(geometry[rest], self.shapes)
        every = np.concatenate([np.repeat(of, many), rest[piece]])
        order = np.argsort(every, kind="stable")
        return replace(
            self,
            piece=every[order],
            place=np.concatenate([self.place[row], place])[order],
            share=np.concatenate([self.share[row], share])[order],
        )


def lying(ctx: StageContext, geometry: Geometries) -> Lying | None:
    """Where pieces lie; None where nobody drew kelurahan."""
    if not ctx.has("consolidate/kelurahan"):
        return None
    columns = ["kode_kelurahan", "nama_kelurahan", "geometry"]
    table = ctx.read_geo("consolidate/kelurahan", columns)
    table = table.sort_values("kode_kelurahan", ignore_index=True)
    shapes = table.geometry.to_numpy()
    codes, titles = [*table["kode_kelurahan"], None], [*table["nama_kelurahan"], None]
    return Lying(codes, titles, shapes, *_shares(geometry, shapes))


def _shares(geometry: Geometries, shapes: Geometries) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Piece, place and share of each pair that meets, and of what lies in none; by piece."""
    i, j, area = intersection_areas(geometry, shapes)
    share = area / shapely.area(geometry)[i]
    outside = np.clip(1 - np.bincount(i, weights=share, minlength=len(geometry)), 0, None)
    outside[outside < HAIR] = 0.0
    piece = np.concatenate([i, np.arange(len(geometry))])
    order = np.argsort(piece, kind="stable")
    place = np.concatenate([j, np.full(len(geometry), len(shapes))])
    return piece[order], place[order], np.concatenate([share, outside])[order]
