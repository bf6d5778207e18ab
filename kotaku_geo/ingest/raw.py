"""What a reader hands over: records as delivered, nothing interpreted."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass
class RawLayer:
    """The records of one delivered file.

    Attributes:
        path: path relative to the drop, with the member of an archive after a slash.
        frame: attributes as delivered, one row a record, default index.
        geometry: shapely geometries (n,) in the file's own CRS, or None for a table.
        source_row: number of each record in its file, from 0.
        rows_read: records in the file, rows that a reader set aside included.
        crs_found: CRS of the file as ``EPSG:n`` or WKT, or None.
        encoding: encoding that text was read in, where it is known.
        closed: records whose rings the reader had to close.
        broken: record number → why its geometry could not be built at all.
        aside: records that are no data: (number, rule, text).
        has_z: how many geometries carry Z or M.
        guessed_encoding: the text was not in the encoding that the file claims.
        first_row: row of the sheet or text file that holds the first record, counted from 1.
    """

    path: str
    frame: pd.DataFrame
    geometry: NDArray[np.object_] | None
    source_row: NDArray[np.int64]
    rows_read: int
    crs_found: str | None = None
    encoding: str | None = None
    closed: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)
    aside: list[tuple[int, str, str]] = field(default_factory=list)
    has_z: int = 0
    guessed_encoding: bool = False
    first_row: int | None = None

    def keep(self, mask: NDArray[np.bool_]) -> "RawLayer":
        """The same file with the records of ``mask`` only; ``rows_read`` stays."""
        geometry = None if self.geometry is None else self.geometry[mask]
        kept: dict[str, Any] = {**self.__dict__}
        kept |= {
            "frame": self.frame[mask].reset_index(drop=True),
            "geometry": geometry,
            "source_row": self.source_row[mask],
        }
        return RawLayer(**kept)
