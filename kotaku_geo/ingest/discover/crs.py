"""Where a file lies, for `init`: its shapes in degrees, and its CRS where the file states none.

The pipeline's own reading decides (`ingest.placing`): the file's own word stands where the numbers
allow it, and what is found against the rest of the delivery is written into the pipeline file.
Whether the pipeline takes the file's word as well is asked last (`settled`).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.ingest.discover.look import Look, bounds_of
from kotaku_geo.ingest.extent import Extent, grown
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.whereabouts import Whereabouts

WGS84 = "EPSG:4326"
Box = tuple[float, float, float, float]
REACH = 0.02  # degrees that a file may lie outside the rest, about two kilometres


@dataclass
class Position:
    """Shapes in WGS84 (None where unknown), the CRS that was used, and what to say about it.

    ``write`` tells that the pipeline file must state the CRS; ``candidates`` are those that fit
    where more than one does.
    """

    degrees: Any = None
    crs: str | None = None
    write: bool = False
    note: str | None = None
    candidates: list[str] = field(default_factory=list)

    @property
    def box(self) -> Box | None:
        """The extent in degrees."""
        return None if self.degrees is None else bounds_of(self.degrees)


def position(look: Look, around: Box | None) -> Position:
    """Where a file lies; ``around`` is where the rest of the delivery does, once it is known."""
    shapes = shapes_of(look)
    if shapes is None:
        return Position()
    try:
        placed = place(shapes, look.crs, look.crs, _whereabouts(around), grid=look.kind == "raster")
    except PipelineFileError as error:
        return Position(note=str(error))
    said = "tidak menyebut sistem koordinat" if look.crs is None else f"menyebut {look.crs}"
    if placed.refused:
        several = str(placed.params.get("daftar", ""))
        return Position(
            note=f"berkas {said}, dan letaknya tidak pasti" if several else f"berkas {said}",
            candidates=several.split("; ") if several and around is not None else [],
        )
    return Position(placed.geometry, placed.crs_used, _is_found(placed), _note(placed, said))


def _whereabouts(around: Box | None) -> Whereabouts:
    """The rest of the delivery as the city's extent; Indonesia while nothing else is known."""
    if around is None:
        return Whereabouts(WGS84)
    extent = Extent(grown(around, REACH), "kiriman", True, ("berkas lain kiriman ini",))
    return Whereabouts(WGS84, lambda: extent)


def _is_found(placed: Placed) -> bool:
    """Whether the CRS is not the file's own word, nor degrees that speak for themselves."""
    told = {"crs.corrected", "crs.assumed"} & set(placed.rules)
    return bool(told) and placed.crs_used != WGS84


def _note(placed: Placed, said: str) -> str | None:
    if placed.swapped:
        return "koordinatnya tertukar (lintang, bujur); ditukar saat dibaca"
    if {"crs.corrected", "crs.assumed"} & set(placed.rules):
        return (
            f"berkas {said}; hanya {placed.crs_used} yang cocok (menurut {placed.params['dasar']})"
        )
    return None


def shapes_of(look: Look) -> Any:
    """The shapes that were seen; of a raster its outline; None of a table."""
    if look.kind == "raster" and look.bounds is not None:
        return np.array([shapely.box(*look.bounds)], dtype=object)
    return look.geometry


def middle_box(boxes: list[Box]) -> Box | None:
    """The extent of the city from those of its files: the median of each side."""
    if not boxes:
        return None
    low_x, low_y, high_x, high_y = (float(v) for v in np.median(np.array(boxes), axis=0))
    return (low_x, low_y, high_x, high_y)


def utm_of(box: Box) -> str:
    """WGS84 / UTM zone of an extent's middle."""
    lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    zone = int((lon + 180) // 6) + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
