"""A landslide hazard index as a grid of longitude and latitude, in the manner of InaRISK."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.config import HAZARD_BREAKS
from kotaku_geo.sample.shapes import all_to_city, all_to_lonlat, to_lonlat

PIXEL = 0.00027
"""Degrees, about 30 m."""
NODATA = -9999.0


@dataclass
class Hazard:
    """The grid: index 0 … 1 (float32), row 0 in the north; `west` and `north` in degrees."""

    west: float
    north: float
    values: NDArray[np.float32]

    def pixels_over(self, outline: Geometry) -> tuple[NDArray[np.object_], NDArray[np.float32]]:
        """Pixel squares (in the city's CRS) under an outline, with their values."""
        left, low, right, high = to_lonlat(outline).bounds
        rows, columns = self.values.shape
        first = max(int((left - self.west) / PIXEL) - 1, 0)
        last = min(int((right - self.west) / PIXEL) + 2, columns)
        top = max(int((self.north - high) / PIXEL) - 1, 0)
        bottom = min(int((self.north - low) / PIXEL) + 2, rows)
        row, column = np.mgrid[top : max(bottom, top), first : max(last, first)].reshape(2, -1)
        x, y = self.west + column * PIXEL, self.north - row * PIXEL
        boxes = shapely.box(x, y - PIXEL, x + PIXEL, y)
        return all_to_city(np.asarray(boxes)), self.values[row, column]


def grade(values: NDArray[np.float32]) -> NDArray[np.str_]:
    """Class of each index: rendah, sedang, tinggi, or empty where there is no value."""
    names = np.array(["rendah", "sedang", "tinggi"])
    classes = names[np.digitize(values, HAZARD_BREAKS, right=True)]
    return np.where(values == NODATA, "", classes)


def build_hazard(
    rng: np.random.Generator, bounds: tuple[float, float, float, float], areas: list[Geometry]
) -> Hazard:
    """Hills in the south; nothing is known of the east of the city."""
    left, low, right, high = bounds
    edge = shapely.box(left - 100, low - 100, left + 0.72 * (right - left), high + 100)
    west, south, east, north = to_lonlat(edge).bounds
    shape = (math.ceil((north - south) / PIXEL), math.ceil((east - west) / PIXEL))
    row, column = np.mgrid[0 : shape[0], 0 : shape[1]]
    phase = rng.uniform(0, 6.28, 3)
    down = row / shape[0]
    lumps = np.sin(row / 5 + phase[0]) * np.sin(column / 7 + phase[1])
    index = 0.9 * down**2.2 + 0.10 * lumps + 0.06 * np.sin(column / 3 + phase[2])
    # Off the class limits, whose float32 neighbours would be a matter of taste.
    values = np.round(np.clip(index, 0.01, 0.99), 2) + 0.004
    hazard = Hazard(round(west, 6), round(north, 6), values.astype(np.float32))
    hazard.values[: shape[0] // 9, : shape[1] // 5] = NODATA
    _settle(hazard, areas)
    return hazard


def _settle(hazard: Hazard, areas: list[Geometry]) -> None:
    """Where the hits in an area would be a few square metres only, make them no hits."""
    for outline in areas:
        boxes, values = hazard.pixels_over(outline)
        inside = shapely.area(shapely.intersection(boxes, outline))
        hit = (values > HAZARD_BREAKS[0]) & (inside > 0)
        if hit.any() and inside[hit].sum() < 40.0:
            middles = all_to_lonlat(shapely.centroid(boxes[hit]))
            for x, y in shapely.get_coordinates(middles):
                at = int((hazard.north - y) / PIXEL), int((x - hazard.west) / PIXEL)
                hazard.values[at] = 0.304
