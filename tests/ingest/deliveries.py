"""Generated deliveries: a layer of a city, the CRS that it is truly in, and what its file claims;
and the city's kelurahan, which a layer may name."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.ingest.gazetteer import Gazetteer
from kotaku_geo.ingest.land import Land
from tests.ingest.other_places import SEMARANG

KELURAHAN_KM, MOST = 2.5, 10
MISNAMED = 11  # one feature in so many names another kelurahan than its own
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Place:
    """A city: its middle, its own CRS, how wide it is, and its Kemendagri code."""

    name: str
    lon: float
    lat: float
    crs: str
    km: float = 14.0
    code: str = "99.99"

    @property
    def zone(self) -> int:
        return int((self.lon + 180) // 6) + 1

    def utm(self, shift: int = 0, south: bool | None = None) -> str:
        """WGS84 / UTM of its zone, or of one ``shift`` zones further east."""
        south = self.lat < 0 if south is None else south
        return f"EPSG:{(32700 if south else 32600) + self.zone + shift}"

    def tm3(self, shift: int = 0) -> str:
        return f"EPSG:{23830 + int((self.lon - 93) // 3) + shift}"

    def datum(self, first_north: int, first_south: int, south_from: int) -> str:
        """A UTM of another datum, whose codes begin at zones 46N and ``south_from`` S."""
        if self.lat < 0:
            return f"EPSG:{first_south + self.zone - south_from}"
        return f"EPSG:{first_north + self.zone - 46}"

    @property
    def box(self) -> tuple[float, float, float, float]:
        half = self.km / 2 / 111.0
        return (self.lon - half, self.lat - half, self.lon + half, self.lat + half)


CITIES = [
    Place("Banda Aceh", 95.32, 5.55, "EPSG:32646", 10, "11.71"),
    Place("Medan", 98.67, 3.59, "EPSG:32647", 20, "12.71"),
    Place("Padang", 100.37, -0.93, "EPSG:32747", 24, "13.71"),
    Place("Jakarta", 106.83, -6.20, "EPSG:32748", 30, "31.71"),
    Place("Cirebon", 108.55, -6.72, "EPSG:32748", 8, "32.74"),  # the province's zone, not its own
    Place("Pontianak", 109.34, -0.02, "EPSG:32749", 14, "61.71"),  # astride the equator
    Place("Surabaya", 112.74, -7.27, "EPSG:32749", 24, "35.78"),
    Place("Banjarmasin", 114.59, -3.32, "EPSG:32750", 13, "63.71"),
    Place("Balikpapan", 116.85, -1.24, "EPSG:23837", 20, "64.71"),
    Place("Makassar", 119.43, -5.15, "EPSG:32750", 17, "73.71"),
    Place("Kupang", 123.60, -10.17, "EPSG:32751", 18, "53.71"),
    Place("Manado", 124.85, 1.48, "EPSG:32651", 16, "71.71"),
    Place("Ambon", 128.18, -3.68, "EPSG:9492", 20, "81.71"),
    Place("Jayapura", 140.70, -2.55, "EPSG:32754", 25, "91.71"),
]


def cells(box: tuple[float, float, float, float], n: int, share: float = 0.8) -> Shapes:
    """n × n squares over a box, each ``share`` of its cell wide."""
    west, south, east, north = box
    x, y = np.meshgrid(np.linspace(west, east, n + 1)[:-1], np.linspace(south, north, n + 1)[:-1])
    across, along = (east - west) / n * share, (north - south) / n * share
    made: Shapes = shapely.box(x.ravel(), y.ravel(), x.ravel() + across, y.ravel() + along)
    return made


def layers(city: Place) -> dict[str, Shapes]:
    """Layers of a city in degrees: all of it, a corner of it, points, and a wide theme."""
    west, south, east, north = city.box
    fifth = (east - west) / 5
    corner = (west + fifth, south + fifth, west + 2 * fifth, south + 2 * fifth)
    rng = np.random.default_rng(int(city.lon * 100))
    points = shapely.points(rng.uniform(west, east, 40), rng.uniform(south, north, 40))
    reach = (city.lon - 1.2, city.lat - 1.0, city.lon + 0.9, city.lat + 1.3)
    return {
        "kota": cells(city.box, 6),
        "sudut": cells(corner, 4),
        "titik": points,
        "provinsi": cells(reach, 12),
    }


@dataclass(frozen=True)
class Ground:
    """A city's kelurahan: squares in degrees, their codes and names."""

    shapes: Shapes
    codes: NDArray[np.object_]
    names: NDArray[np.object_]

    @property
    def land(self) -> Land:
        """As ingest knows them."""
        named = list(zip(self.codes.tolist(), self.names.tolist(), strict=True))
        return Land(self.shapes, ("uji",), Gazetteer(named, {}, {}, self.codes, self.shapes))


@cache
def ground(city: Place) -> Ground:
    """The kelurahan of a city, some two and a half kilometres wide each."""
    n = min(MOST, round(city.km / KELURAHAN_KM))
    shapes = cells(city.box, n, share=1.0)
    codes = [f"{city.code}.{1 + i // 9:02d}.{1001 + i % 9}" for i in range(n * n)]
    named = (np.array(column, dtype=object) for column in (codes, SEMARANG[: n * n]))
    return Ground(shapes, *named)


def homes(city: Place, shapes: Shapes) -> NDArray[np.int64]:
    """The kelurahan that shapes in degrees say to lie in, by position; -1 for none. Some err."""
    known = ground(city).shapes
    found = np.full(len(shapes), -1, dtype=np.int64)
    point, polygon = shapely.STRtree(known).query(shapely.centroid(shapes), predicate="intersects")
    found[point] = polygon
    astray = (np.arange(len(found)) % MISNAMED == MISNAMED - 1) & (found >= 0)
    found[astray] = (found[astray] + 1) % len(known)
    return found


@cache
def _way(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@cache
def _is_geographic(crs: str) -> bool:
    return bool(pyproj.CRS(crs).is_geographic)


@cache
def name_of(crs: str) -> str:
    return str(pyproj.CRS(crs).name)


def moved(shapes: Shapes, source: str, target: str, swapped: bool = False) -> Shapes:
    """Shapes in another CRS, by pyproj itself; with the axes exchanged where asked."""
    way = _way(source, target)

    def exact(c: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = way.transform(c[:, 0], c[:, 1])
        return np.column_stack([y, x] if swapped else [x, y])

    out: Shapes = shapely.transform(shapes, exact)
    return out


@dataclass(frozen=True)
class Delivery:
    """One generated delivery."""

    city: Place
    layer: str
    truth: str
    kind: str
    case: str
    declared: str | None
    stated: str | None = None
    swapped: bool = False

    def shapes(self) -> Shapes:
        """The numbers that the file holds."""
        return moved(layers(self.city)[self.layer], "EPSG:4326", self.truth, self.swapped)

    def words(self, rows: NDArray[np.int64]) -> list[pd.DataFrame]:
        """What the features say of their kelurahan: its code, or its name."""
        known, at = ground(self.city), homes(self.city, layers(self.city)[self.layer])
        code = len(self.truth + self.layer) % 2
        said = np.append(known.codes if code else known.names, None)[at]
        frame = pd.DataFrame({"kode_kelurahan" if code else "nama_kelurahan": said[rows]})
        return [frame.assign(source_id="x", source_row=range(len(rows)), sidik="")]


def truths(city: Place) -> dict[str, str]:
    """The coordinate systems that this city's offices may have used."""
    told = {
        "WGS84": "EPSG:4326",
        "UTM WGS84": city.utm(),
        "UTM DGN95": city.datum(23866, 23877, 47),
        "UTM SRGI2013": city.datum(9476, 9487, 47),
        "TM-3": city.tm3(),
        "Web Mercator": "EPSG:3857",
        "World Mercator": "EPSG:3395",
        "ID74": "EPSG:4238",
        "UTM ID74": city.datum(23846, 23887, 47),
    }
    if city.lat < 0:
        told["UTM N, y negatif"] = city.utm(south=False)
    if 106 < city.lon < 110 and -6.89 < city.lat < -5:
        told |= {"Batavia TM": "EPSG:2308", "UTM Batavia": f"EPSG:{21148 + city.zone - 48}"}
    if city.lon < 117 and city.lat > -8.9:
        told["Batavia"] = "EPSG:4211"
    return told


def wrong_words(city: Place, truth: str) -> Iterator[tuple[str, str | None, bool]]:
    """(case, what the file declares, swapped) for every way to say it badly."""
    degrees = _is_geographic(truth)
    yield "benar", truth, False
    yield "tidak ada", None, False
    yield "tidak ada, sumbu tertukar", None, True
    yield "benar, sumbu tertukar", truth, True
    if degrees:
        yield "derajat berkepala UTM", city.utm(), False
        yield "derajat berkepala TM-3", city.tm3(), False
        yield "derajat berkepala Mercator", "EPSG:3857", False
        return
    yield "meter berkepala WGS84", "EPSG:4326", False
    yield "meter berkepala WGS84, sumbu tertukar", "EPSG:4326", True
    for shift in (-1, 1):
        if city.utm(shift) != truth and 46 <= city.zone + shift <= 54:
            yield "zona UTM sebelah", city.utm(shift), False
    akin = f"UTM zone {city.zone}{'S' if city.lat < 0 else 'N'}" in name_of(truth)
    if not akin:  # another datum's UTM differs by metres, which no extent tells
        yield "UTM untuk yang bukan UTM", city.utm(), False
    if city.tm3() != truth:
        yield "TM-3 untuk yang bukan TM-3", city.tm3(), False
    else:
        yield "zona TM-3 sebelah", city.tm3(1), False
    yield "belahan bumi keliru", city.utm(south=city.lat >= 0), False
    twin = {"EPSG:3857": "EPSG:3395", "EPSG:3395": "EPSG:3857"}.get(truth)
    if twin:
        yield "Mercator yang satu untuk yang lain", twin, False


def deliveries() -> list[Delivery]:
    """Every case of every city; layers take turns."""
    made: list[Delivery] = []
    for city in CITIES:
        names = list(layers(city))
        for kind, truth in truths(city).items():
            for case, declared, swapped in wrong_words(city, truth):
                layer = names[len(made) % len(names)]
                made.append(Delivery(city, layer, truth, kind, case, declared, None, swapped))
                if case.startswith("zona"):  # and the same said by the pipeline file
                    layer = names[len(made) % len(names)]
                    case = f"{case}, kata pipeline"
                    made.append(Delivery(city, layer, truth, kind, case, None, declared, swapped))
    return made
