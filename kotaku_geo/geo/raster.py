"""Polygons on a raster: exact shares of cells, class zones, runs of cells.

All coordinates are cell coordinates: x counts columns, y counts rows downwards from the grid's
upper edge, and the cell of row r and column c is the unit square [c, c + 1] × [r, r + 1]. A grid
that is rotated or flipped is a plain grid here, and shares are the same in every affine system.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.feature import Feature, FeatureSource
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray

from kotaku_geo.late import record

Geometries = NDArray[np.object_]
Index = NDArray[np.intp]


@record
class CellShares:
    """Cells that polygons touch, sorted by polygon, then row, then column.

    Attributes:
        polygon: (n,) position of the polygon.
        row, column: (n,) the cell.
        share: (n,) share of the cell that lies in the polygon, over 0 up to 1.
    """

    polygon: Index
    row: Index
    column: Index
    share: NDArray[np.float64]


def cell_shares(polygons: Geometries, shape: tuple[int, int]) -> CellShares:
    """How much of each cell lies in each polygon, exactly, not by the cell's centre.

    The algorithm is exactextract's (Baston, D., https://github.com/isciences/exactextract): it
    follows the boundary through the grid and never cuts a cell that it does not cross.

    Args:
        polygons: (n,) valid polygonal geometries in cell coordinates; None touches nothing.
        shape: rows and columns of the grid; what lies outside it is left out.

    Returns:
        one entry for each polygon and cell; shares are good to 1e-6.
    """
    rows, columns = shape
    inside = ~shapely.is_missing(polygons) & ~shapely.is_empty(polygons)
    present = np.flatnonzero(inside) if rows and columns else np.empty(0, dtype=np.intp)
    upward = shapely.transform(polygons[present], lambda xy: np.array([0, rows]) + xy * [1, -1])
    grid = NumPyRasterSource(
        np.broadcast_to(np.zeros(1, dtype=np.uint8), shape), xmin=0, ymin=0, xmax=columns, ymax=rows
    )
    found = exact_extract(grid, _Polygons(upward), ["cell_id", "coverage"]) if len(present) else []
    cells = [np.asarray(f["properties"]["cell_id"], dtype=np.intp) for f in found]
    shares = [np.asarray(f["properties"]["coverage"], dtype=np.float64) for f in found]
    polygon = np.repeat(present, [len(c) for c in cells]).astype(np.intp)
    cell = np.concatenate([np.empty(0, dtype=np.intp), *cells])
    share = np.concatenate([np.empty(0), *shares])
    touched = share > 0
    polygon, cell, share = polygon[touched], cell[touched], share[touched]
    order = np.lexsort((cell, polygon))
    return CellShares(
        polygon[order], cell[order] // max(columns, 1), cell[order] % max(columns, 1), share[order]
    )


def zones(row: Index, column: Index, group: Index, size: int) -> Geometries:
    """The cells of each group as one polygonal geometry in cell coordinates.

    Args:
        row, column: (n,) cells; within a group no cell occurs twice.
        group: (n,) group of each, 0 … size − 1.
        size: how many groups there are.

    Returns:
        (size,) geometries, None for a group without cells. Every corner of a cell on the outline
        stays a vertex, so that a zone keeps its shape in any projection.
    """
    result = np.full(size, None, dtype=object)
    if not len(row):
        return result
    order = np.argsort(group, kind="stable")
    squares = cells(row[order], column[order])
    present, indices = np.unique(group[order], return_inverse=True)
    bundles = np.asarray(shapely.geometrycollections(squares, indices=indices), dtype=object)
    result[present] = shapely.coverage_union_all(bundles.reshape(-1, 1), axis=1)
    return result


def cells(row: Index, column: Index) -> Geometries:
    """The unit squares of cells."""
    return np.asarray(shapely.box(column, row, column + 1.0, row + 1.0), dtype=object)


def runs(mask: NDArray[np.bool_]) -> Geometries:
    """Rectangles that together make up the true cells: one for each unbroken run along a row."""
    edge = np.zeros((mask.shape[0], 1), dtype=np.int8)
    step = np.diff(np.hstack([edge, mask.astype(np.int8), edge]), axis=1)
    row, start = np.nonzero(step == 1)
    _, stop = np.nonzero(step == -1)
    return np.asarray(shapely.box(start, row, stop, row + 1.0), dtype=object)


class _Polygons(FeatureSource):  # type: ignore[misc]
    """Geometries as exactextract takes them, without a detour through a table or text."""

    def __init__(self, polygons: Geometries) -> None:
        super().__init__()
        self._wkb = shapely.to_wkb(polygons)

    def __iter__(self) -> "Iterator[_Polygon]":
        return (_Polygon(wkb) for wkb in self._wkb)

    def count(self) -> int:
        return len(self._wkb)

    def srs_wkt(self) -> None:
        return None


class _Polygon(Feature):  # type: ignore[misc]
    """One geometry, without attributes."""

    def __init__(self, wkb: bytes) -> None:
        super().__init__()
        self._wkb = wkb

    def geometry(self) -> bytes:
        return self._wkb

    def fields(self) -> list[str]:
        return []

    def get(self, name: str) -> None:
        return None
