"""One delivered file, looked at: headers, counts and a sample of rows, no more than is needed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.errors import InputError
from kotaku_geo.ingest.discover import readers
from kotaku_geo.ingest.discover.walk import Left
from kotaku_geo.ingest.formats import Format
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.raw import RawLayer

HEAD = 1_000_000  # bytes of a large text file that are read
KINDS = {0: "point", 1: "line", 2: "polygon"}


@dataclass
class Budget:
    """What may still be read whole and kept: a delivery of any size takes bounded memory.

    Files are looked at in a fixed order, so that the same folder spends it in the same way.
    """

    bytes_left: int
    vertices_left: int

    @classmethod
    def fresh(cls) -> "Budget":
        """The budget of one delivery."""
        limits = resources.load("discovery")["limits"]
        return cls(int(limits["all_bytes"]), int(limits["all_vertices"]))

    def takes(self, size: int) -> bool:
        """Whether a file of ``size`` bytes is read whole; it is paid for if so."""
        most = int(resources.load("discovery")["limits"]["whole_bytes"])
        if size > min(most, self.bytes_left):
            return False
        self.bytes_left -= size
        return True

    def keep(self, geometry: NDArray[np.object_]) -> NDArray[np.int64]:
        """Positions of the shapes that are kept, spread over all, few where little is left."""
        rows = int(resources.load("discovery")["limits"]["rows"])
        chosen = _spread(len(geometry), rows)
        vertices = shapely.get_num_coordinates(geometry[chosen])
        while len(chosen) > 1 and vertices.sum() > self.vertices_left // 4:
            chosen, vertices = chosen[::2], vertices[::2]
        self.vertices_left -= int(vertices.sum())
        return chosen


@dataclass
class Look:
    """What was seen of one layer of one file.

    Attributes:
        name: path relative to the drop, with the member of an archive after a slash.
        table: layer or sheet, where the file has several.
        kind: point, line, polygon, none (a table) or raster.
        frame: attributes of the rows seen, as delivered.
        geometry: shapes of the rows seen, in the file's own CRS; None for tables.
        rows: records in the file, where that is known without reading it all.
        crs: the CRS that the file states.
        encoding: what its text was read in.
        bounds: minx, miny, maxx, maxy of a raster or of the shapes seen.
        whole: all rows were seen.
    """

    name: str
    table: str | None
    kind: str
    frame: pd.DataFrame
    geometry: NDArray[np.object_] | None = None
    rows: int | None = None
    crs: str | None = None
    encoding: str | None = None
    bounds: tuple[float, float, float, float] | None = None
    whole: bool = True

    @property
    def label(self) -> str:
        """Name with the layer or sheet, as people say it."""
        return self.name if self.table is None else f"{self.name} [{self.table}]"


def look(delivered: Delivered, headings: list[str], budget: Budget) -> Iterator[Look | Left]:
    """Everything in one file that may be a layer, or why it cannot be read.

    Args:
        delivered: the file.
        headings: column headings known in the field, by which the header row of a table is found.
        budget: what may still be read and kept.
    """
    limits = resources.load("discovery")["limits"]
    if delivered.passed_over:
        yield Left(delivered.name, delivered.passed_over)
        return
    try:
        kind = readers.format_of(delivered)
        if kind.reader not in (*readers.HEADED, "raster"):
            _check_size(delivered, kind, int(limits["book_bytes"]))
        names = readers.layers_of(delivered, kind)
    except readers.FAILURES as error:
        yield Left(delivered.name, _sentence(error, delivered))
        return
    most = int(limits["layers"])
    for table in names[:most] if len(names) > 1 else [None]:
        yield _guarded(delivered, kind, table, headings, budget)
    if len(names) > most:
        yield Left(delivered.name, f"{len(names) - most} layer lagi tidak dilihat")


def _check_size(delivered: Delivered, kind: Format, most: int) -> None:
    """Refuse a file that would have to be read whole to be looked at."""
    if readers.size_of(delivered, kind) > most:
        raise InputError(f"berkas {kind.name} ini terlalu besar untuk dilihat")


def _guarded(
    delivered: Delivered, kind: Format, table: str | None, headings: list[str], budget: Budget
) -> Look | Left:
    try:
        return _look(delivered, kind, table, headings, budget)
    except readers.FAILURES as error:
        label = delivered.name if table is None else f"{delivered.name} [{table}]"
        return Left(label, _sentence(error, delivered))


def _look(
    delivered: Delivered, kind: Format, table: str | None, headings: list[str], budget: Budget
) -> Look:
    if kind.reader == "raster":
        grid = readers.grid_of(delivered)
        return Look(delivered.name, None, "raster", pd.DataFrame(), None, grid.pixels, grid.crs,
                    bounds=grid.bounds)  # fmt: skip
    whole = budget.takes(readers.size_of(delivered, kind))
    if whole or kind.reader not in readers.HEADED:
        raw = readers.read_layer(delivered, table, None, headings)
        return _seen(delivered, raw, table, raw.rows_read, True, budget)
    rows = int(resources.load("discovery")["limits"]["rows"])
    raw, count = readers.read_head(delivered, kind, table, headings, rows, HEAD)
    return _seen(delivered, raw, table, count, False, budget)


def _seen(
    delivered: Delivered,
    raw: RawLayer,
    table: str | None,
    count: int | None,
    whole: bool,
    budget: Budget,
) -> Look:
    geometry, frame = raw.geometry, raw.frame
    kind = _kind(geometry)
    if kind == "none" or geometry is None:
        geometry = None
        chosen = _spread(len(frame), int(resources.load("discovery")["limits"]["rows"]))
    else:
        chosen = budget.keep(geometry)
    return Look(
        delivered.name,
        table,
        kind,
        frame.iloc[chosen].reset_index(drop=True),
        None if geometry is None else geometry[chosen],
        count,
        raw.crs_found,
        raw.encoding,
        None if geometry is None else bounds_of(geometry),
        whole,
    )


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """Positions spread evenly over all rows, the same every time."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.linspace(0, count - 1, most).astype(np.int64)


def _kind(geometry: NDArray[np.object_] | None) -> str:
    """The kind that most shapes have; "none" where there is no shape at all."""
    if geometry is None:
        return "none"
    there = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if not len(there):
        return "none"
    dimensions = shapely.get_dimensions(there)
    return KINDS[int(np.bincount(dimensions[dimensions >= 0], minlength=3).argmax())]


def bounds_of(geometry: NDArray[np.object_]) -> tuple[float, float, float, float] | None:
    """Extent of shapes, without those that have none; None where none has."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _sentence(error: Exception, delivered: Delivered) -> str:
    """A reader's error without the file's name, which stands beside it, and without its folder."""
    text = str(error).split("\n")[0].removeprefix(f"{delivered.name}: ")
    text = text.replace(str(delivered.file), delivered.name)
    return " ".join(text.split())[:200] or type(error).__name__
