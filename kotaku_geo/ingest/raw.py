"""What a reader hands over: records as delivered, nothing interpreted."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.findings import Action
from kotaku_geo.late import record


@record
class Note:
    """What a reader has to tell about a file as a whole: a finding in the making.

    Attributes:
        rule: rule of the finding register.
        value: the finding's value.
        action: what was done.
        params: gaps of the rule's text.
    """

    rule: str
    value: Any = None
    action: Action = "kept"
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class RawLayer:
    """The records of one layer of a delivered file.

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
        doubtful: records that stay but look wrong: (number, rule, text).
        has_z: how many geometries carry Z or M.
        first_row: row of the sheet or text file that holds the first record, counted from 1.
        notes: what is to be told about the file as a whole.
        layer: the layer's name in a file of several, or the sheet's.
        curved: how many geometries had curves, which the reader has made straight.
        wkb: (n,) ``geometry`` as WKB where the reader has it, so that none need be made.
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
    doubtful: list[tuple[int, str, str]] = field(default_factory=list)
    has_z: int = 0
    first_row: int | None = None
    notes: list[Note] = field(default_factory=list)
    layer: str | None = None
    curved: int = 0
    wkb: NDArray[np.object_] | None = None

    def keep(self, mask: NDArray[np.bool_]) -> "RawLayer":
        """The same file with the records of ``mask`` only; ``rows_read`` stays."""
        geometry = None if self.geometry is None else self.geometry[mask]
        kept: dict[str, Any] = {**self.__dict__}
        kept |= {
            "frame": self.frame[mask].reset_index(drop=True),
            "geometry": geometry,
            "source_row": self.source_row[mask],
            "wkb": None if self.wkb is None else self.wkb[mask],
        }
        return RawLayer(**kept)
