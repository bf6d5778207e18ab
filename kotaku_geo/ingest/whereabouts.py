"""What is known of the city while its files are placed: its CRS, its province, and, for those who
ask, its extent and its land. Most files never need the latter."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kotaku_geo.config import Pipeline
from kotaku_geo.ingest.extent import Extent, band, extent_of, province_of
from kotaku_geo.ingest.readings import Box

if TYPE_CHECKING:
    from kotaku_geo.ingest.land import Land

LAND = "+"  # before the land's digest


class Whereabouts:
    """Where the city is.

    Attributes:
        city: CRS of the city's tables.
        band: the area that this CRS is made for.
        province: where the city's province lies, where that is known.
        asked: digest of what somebody has asked for, extent or land; what was made of a file then
            depends on it.
    """

    def __init__(
        self,
        city: str,
        extent: Callable[[], Extent] | None = None,
        land: "Callable[[], Land | None] | None" = None,
        province: Box | None = None,
    ) -> None:
        self.city = city
        self.band = band(city)
        self.province = province
        self.asked: str | None = None
        self._extent = extent
        self._land = land

    def extent(self) -> Extent:
        """The best that is known."""
        extent = self._extent() if self._extent else self.band
        self.asked = self.asked or extent.digest
        return extent

    def land(self) -> "Land | None":
        """The city's land by its kelurahan, or None where nothing tells it."""
        land = self._land() if self._land else None
        self.asked = f"{self.extent().digest}{LAND}{land.digest if land else 'tidak ada'}"
        return land

    def still(self, asked: str | None) -> bool:
        """Whether what somebody had asked for another time is the same now."""
        if asked is None:
            return True
        if LAND not in asked:
            return self.extent().digest == asked
        self.land()
        return self.asked == asked

    @classmethod
    def of(cls, pipeline: Pipeline, drop: Path, but: str | None = None) -> "Whereabouts":
        """Of a pipeline's city; the source ``but`` tells nothing of the land, as it is judged."""

        def land() -> "Land | None":
            from kotaku_geo.ingest.land import land_of  # reads the kelurahan: seldom needed

            return land_of(pipeline, drop, but)

        province = province_of(pipeline.city.code)
        return cls(pipeline.city.crs, lambda: extent_of(pipeline, drop), land, province)
