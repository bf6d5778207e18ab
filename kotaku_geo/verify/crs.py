"""The city's CRS, read once: making one from text costs more than the areas asked of it."""

from functools import cache

import pyproj

from kotaku_geo.stage import StageContext


def city_crs(ctx: StageContext) -> pyproj.CRS:
    """The projected CRS of the city's tables."""
    return _read(ctx.pipeline.city.crs)


@cache
def _read(text: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(text)
