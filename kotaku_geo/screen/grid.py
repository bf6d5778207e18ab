"""A hazard raster laid over the kawasan: classes of its cells, and where it has no value."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
import rasterio.windows
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import InputError
from kotaku_geo.geo.cover import Geometries, Pieces, collect
from kotaku_geo.geo.parallel import map_arrays
from kotaku_geo.geo.raster import CellShares, cell_shares, runs, zones
from kotaku_geo.late import record
from kotaku_geo.screen.city import City, Floats
from kotaku_geo.screen.themes import INDEX_CLASSES as CLASSES

NO_VALUE = -1
SEARCH_M = 10_000.0  # how far around the kawasan the raster is read, for the nearest hit
WHOLE = 1 - 1e-6  # shares of cells are good to 1e-6


@record
class Grid:
    """A window of a raster as classes.

    Attributes:
        classes: (rows, columns) positions in `CLASSES`, or `NO_VALUE`.
        transform: cell coordinates of the window to coordinates of ``crs``.
        crs: the raster's own.
    """

    classes: NDArray[np.int8]
    transform: rasterio.Affine
    crs: pyproj.CRS


@record
class RasterLook:
    """What a raster says of the kawasan.

    Attributes:
        pieces: kawasan × class (as ``feature``), dissolved, in the city's CRS.
        share: (n,) share of each kawasan on which the raster has a value.
        hits: rectangles of cells of the classes that are hits, in the city's CRS.
    """

    pieces: Pieces
    share: Floats
    hits: Geometries


def classify(values: NDArray[np.float32], breaks: tuple[float, float]) -> NDArray[np.int8]:
    """Classes of an index: up to the first break rendah, up to the second sedang, then tinggi.

    NaN and negative values are no value: an index has none below 0. Breaks are compared in the
    raster's own precision, so that a cell written as 0.333 is not above the break 0.333.
    """
    edges = np.asarray(breaks, dtype=np.float32)
    classes = np.digitize(values, edges, right=True).astype(np.int8)
    known = np.isfinite(values) & (values >= 0)
    return np.where(known, classes, np.int8(NO_VALUE))


def read_grid(path: Path, city: City, breaks: tuple[float, float]) -> Grid:
    """The window of a workspace raster around the kawasan.

    Raises:
        InputError: the raster cannot be read.
    """
    try:
        with rasterio.open(path, driver="GTiff") as dataset:
            crs = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
            window = _window(dataset.transform, crs, dataset.shape, city)
            size = (int(window.height), int(window.width))
            beyond = 0 in size
            values = np.ma.empty(size) if beyond else dataset.read(1, window=window, masked=True)
            transform = _moved(dataset.transform, window.col_off, window.row_off)
    except (rasterio.errors.RasterioError, AttributeError) as error:
        raise InputError(f"{path.name}: raster tidak dapat dibaca: {error}") from error
    filled = np.ma.filled(values.astype("float32"), np.nan)
    return Grid(classify(filled, breaks), transform, crs)


def look(grid: Grid, city: City, hit_classes: tuple[str, ...]) -> RasterLook:
    """Pieces, covered shares and hit cells of a raster.

    Shares are exact cell shares in the raster's own CRS. Pieces are the cells of one class, cut
    to the kawasan: their areas are the same sums of shares, and being polygons they can be
    united with whatever vector layers say, so that each hectare counts once.
    """
    outlines = _to_cells(city.geometry, grid.transform, grid.crs, city)
    shares = cell_shares(outlines, grid.classes.shape)
    classes = grid.classes[shares.row, shares.column]
    known = classes > NO_VALUE
    covered = np.bincount(shares.polygon[known], shares.share[known], minlength=len(city))
    area = shapely.area(outlines)
    share = np.full(len(city), np.nan)
    np.divide(covered, area, out=share, where=area > 0)
    hit = np.isin(grid.classes, [CLASSES.index(name) for name in hit_classes])
    return RasterLook(
        pieces=_pieces(shares, classes, share, grid, city),
        share=np.where(share >= WHOLE, 1.0, share),
        hits=_to_city(runs(hit), grid, city),
    )


def _pieces(
    shares: CellShares, classes: NDArray[np.int8], share: Floats, grid: Grid, city: City
) -> Pieces:
    """The kawasan's own outline where one class covers all of it, else zones cut to the outline."""
    kinds = len(CLASSES)
    known = classes > NO_VALUE
    group = shares.polygon[known] * kinds + classes[known]
    present, local = np.unique(group, return_inverse=True)
    target, level = present // kinds, present % kinds
    alone = (np.bincount(target, minlength=len(city)) == 1) & (share >= WHOLE)
    whole = alone[target]
    cut = ~whole[local]
    position = np.cumsum(~whole) - 1
    drawn = zones(
        shares.row[known][cut], shares.column[known][cut], position[local[cut]], int((~whole).sum())
    )
    geometry = city.geometry[target]
    geometry[~whole] = map_arrays(
        shapely.intersection, geometry[~whole], _to_city(drawn, grid, city), workers=city.workers
    )
    return collect(target.astype(np.intp), level.astype(np.intp), geometry)


def _window(
    transform: rasterio.Affine, crs: pyproj.CRS, shape: tuple[int, int], city: City
) -> rasterio.windows.Window:
    drawn = city.geometry[~shapely.is_missing(city.geometry)]
    if not len(drawn):
        return rasterio.windows.Window(0, 0, 0, 0)
    low_x, low_y, high_x, high_y = shapely.total_bounds(drawn)
    around = shapely.box(low_x - SEARCH_M, low_y - SEARCH_M, high_x + SEARCH_M, high_y + SEARCH_M)
    dense = np.array([shapely.segmentize(around, SEARCH_M)], dtype=object)
    left, top, right, bottom = shapely.total_bounds(_to_cells(dense, transform, crs, city))
    rows, columns = shape
    first_column, last_column = _clip(left, right, columns)
    first_row, last_row = _clip(top, bottom, rows)
    return rasterio.windows.Window(
        first_column, first_row, last_column - first_column, last_row - first_row
    )


def _clip(low: float, high: float, size: int) -> tuple[int, int]:
    first = min(max(math.floor(low), 0), size)
    return first, max(min(math.ceil(high), size), first)


def _to_cells(
    geometries: Geometries, transform: rasterio.Affine, crs: pyproj.CRS, city: City
) -> Geometries:
    project = pyproj.Transformer.from_crs(city.crs, crs, always_xy=True)
    inverse = ~transform

    def onto(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return _affine(inverse, *project.transform(x, y))

    return _transformed(geometries, onto)


def _to_city(geometries: Geometries, grid: Grid, city: City) -> Geometries:
    project = pyproj.Transformer.from_crs(grid.crs, city.crs, always_xy=True)

    def onto(column: Floats, row: Floats) -> tuple[Floats, Floats]:
        x, y = project.transform(*_affine(grid.transform, column, row))
        return x, y

    return _transformed(geometries, onto)


def _transformed(geometries: Geometries, onto: Callable[..., tuple[Floats, Floats]]) -> Geometries:
    moved = shapely.transform(geometries, onto, interleaved=False)  # type: ignore[arg-type]
    return np.asarray(moved)


def _moved(matrix: rasterio.Affine, columns: float, rows: float) -> rasterio.Affine:
    """The same grid counted from another cell."""
    x, y = _affine(matrix, columns, rows)
    return rasterio.Affine(matrix.a, matrix.b, x, matrix.d, matrix.e, y)


def _affine(matrix: rasterio.Affine, x: Any, y: Any) -> tuple[Any, Any]:
    return matrix.a * x + matrix.b * y + matrix.c, matrix.d * x + matrix.e * y + matrix.f
