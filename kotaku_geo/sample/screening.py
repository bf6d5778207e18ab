"""What screening must find for every kawasan and theme: status, hectares and objects hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.config import BCB_BUFFER, HAZARD_BREAKS
from kotaku_geo.sample.groups import Kawasan
from kotaku_geo.sample.raster import NODATA
from kotaku_geo.sample.shapes import hectares, polygonal
from kotaku_geo.sample.themes import CLEAR, Themes
from kotaku_geo.sample.tiling import Tiling

FULL = 0.995


@dataclass(frozen=True)
class Screened:
    """Expected result of one kawasan × theme; `covered` is a share, None where unknown."""

    kawasan: Kawasan
    theme: str
    status: str
    luas: float
    objects: int | None
    covered: float | None


def _status(hit: float, covered: float | None, lacking: bool = False) -> str:
    if hit > 0:
        return "terindikasi"
    if covered == 0:
        return "data_tidak_tersedia"
    if covered is None or covered < FULL or lacking:
        return "data_sebagian"
    return "tidak_terindikasi"


class Screen:
    """Lays the constructed themes over the constructed kawasan."""

    def __init__(self, tiling: Tiling, themes: Themes) -> None:
        self.themes = themes
        self.kelurahan = {unit.number: unit.polygon for unit in tiling.kelurahan}
        reserves = [(river.reserve(), "") for river in themes.rivers]
        self.protected = _Shapes([*reserves, *themes.protected])
        self.floods = _Shapes([(g, c) for g, c in themes.floods if c != "Rendah"])
        heritage = [(p.buffer(BCB_BUFFER, quad_segs=128), "") for p, _, _ in themes.heritage]
        self.heritage = _Shapes([*heritage, (themes.zone.buffer(BCB_BUFFER), "")])
        self.unclear = _Shapes([(g, s) for g, s in themes.parcels if s not in CLEAR])
        self.parcels = _Shapes(list(themes.parcels))

    def all(self, kawasan: Kawasan) -> list[Screened]:
        """All five themes of one kawasan."""
        return [
            self._protected(kawasan),
            self._hazard(kawasan),
            self._customary(kawasan),
            self._heritage(kawasan),
            self._land(kawasan),
        ]

    def _protected(self, kawasan: Kawasan) -> Screened:
        area, count = self.protected.over(kawasan.polygon)
        return _screened(kawasan, "kawasan_lindung", area, count, 1.0)

    def _hazard(self, kawasan: Kawasan) -> Screened:
        """Floods were looked for everywhere, landslides where the grid has values."""
        outline = kawasan.polygon
        boxes, values = self.themes.hazard.pixels_over(outline)
        inside = shapely.area(shapely.intersection(boxes, outline))
        covered = float(inside[values != NODATA].sum() / outline.area)
        hits = boxes[(values > HAZARD_BREAKS[0]) & (inside > 0)].tolist()
        area = shapely.union_all(np.array([*hits, *self.floods.under(outline)], dtype=object))
        clipped = polygonal(area.intersection(outline))
        status = _status(clipped.area, 1.0, lacking=covered < FULL)
        return Screened(kawasan, "rawan_bencana", status, hectares(clipped), None, covered)

    def _customary(self, kawasan: Kawasan) -> Screened:
        listed, hit, count = 0.0, 0.0, 0
        for number, status in self.themes.customary.items():
            part = polygonal(kawasan.polygon.intersection(self.kelurahan[number]))
            listed += part.area
            if status != "tidak" and part.area > 0:
                hit, count = hit + hectares(part), count + 1
        covered = listed / kawasan.polygon.area
        covered = 1.0 if covered > 0.999999 else covered
        return Screened(kawasan, "mha", _status(hit, covered), hit, count, covered)

    def _heritage(self, kawasan: Kawasan) -> Screened:
        area, count = self.heritage.over(kawasan.polygon)
        return _screened(kawasan, "bcb", area, count, None)

    def _land(self, kawasan: Kawasan) -> Screened:
        area, count = self.unclear.over(kawasan.polygon)
        covered = self.parcels.over(kawasan.polygon)[0].area / kawasan.polygon.area
        return _screened(kawasan, "status_tanah", area, count, round(covered, 9))


def _screened(
    kawasan: Kawasan, theme: str, area: Geometry, count: int, covered: float | None
) -> Screened:
    status = _status(area.area, covered)
    return Screened(kawasan, theme, status, hectares(area), count, covered)


class _Shapes:
    """Shapes of one theme with an index."""

    def __init__(self, shapes: Sequence[tuple[Geometry, str | None]]) -> None:
        self.shapes = np.array([shape for shape, _ in shapes], dtype=object)
        self.tree = shapely.STRtree(self.shapes)

    def under(self, outline: Geometry) -> list[Geometry]:
        """Shapes that share more than a trace with the outline."""
        found = self.shapes[np.sort(self.tree.query(outline, predicate="intersects"))]
        return [shape for shape in found.tolist() if shape.intersection(outline).area > 0.01]

    def over(self, outline: Geometry) -> tuple[Geometry, int]:
        """The union of the shapes inside an outline, and how many they are."""
        found = self.under(outline)
        if not found:
            return shapely.Polygon(), 0
        return polygonal(shapely.union_all(np.array(found)).intersection(outline)), len(found)
