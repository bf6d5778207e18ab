"""In which kelurahan the pieces of the overlay lie."""

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Geometries, Ints
from kotaku_geo.geo.overlay import intersection_areas
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext


@record
class Lying:
    """In which kelurahan pieces lie.

    Attributes:
        codes, titles: kelurahan by code, and null for what lies in none.
        piece, place: rows of the pieces and of the codes.
        share: share of the piece that lies there, 0 … 1.
    """

    codes: list[str | None]
    titles: list[str | None]
    piece: Ints
    place: Ints
    share: NDArray[np.float64]


def lying(ctx: StageContext, geometry: Geometries) -> Lying | None:
    """Where pieces lie; None where nobody drew kelurahan."""
    if not ctx.has("consolidate/kelurahan"):
        return None
    columns = ["kode_kelurahan", "nama_kelurahan", "geometry"]
    table = ctx.read_geo("consolidate/kelurahan", columns)
    table = table.sort_values("kode_kelurahan", ignore_index=True)
    i, j, area = intersection_areas(geometry, table.geometry)
    share = area / shapely.area(geometry)[i]
    outside = np.clip(1 - np.bincount(i, weights=share, minlength=len(geometry)), 0, None)
    outside[outside < 1e-9] = 0.0
    return Lying(
        codes=[*table["kode_kelurahan"], None],
        titles=[*table["nama_kelurahan"], None],
        piece=np.concatenate([i, np.arange(len(geometry))]),
        place=np.concatenate([j, np.full(len(geometry), len(table))]),
        share=np.concatenate([share, outside]),
    )
