"""The city's kelurahan by code, by name and by place."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.ingest.names import Answer, NameIndex, normalise


@dataclass
class Gazetteer:
    """The city's kelurahan: their codes, all names they go by, their kecamatan, their polygons.

    Attributes:
        names: (code, name) pairs; a code may have several names.
        kecamatan: code → normalised names of its kecamatan.
        codes: (n,) codes of the polygons.
        polygons: (n,) of the strongest boundary source, in the city's CRS.
        city: name of the city.
    """

    names: list[tuple[str, str]]
    kecamatan: dict[str, set[str]]
    kecamatan_names: dict[str, str]
    codes: NDArray[np.object_]
    polygons: NDArray[np.object_]
    city: str | None = None

    @cached_property
    def index(self) -> NameIndex:
        """The names as they are searched, with those that a cell may give beside them."""
        around = [*self.kecamatan_names.values(), *([self.city] if self.city else [])]
        return NameIndex(self.names, around)

    @cached_property
    def known(self) -> frozenset[str]:
        """All codes that have a name or a polygon."""
        return frozenset(c for c, _ in self.names) | frozenset(self.codes.tolist())

    def official(self, code: str) -> str:
        """The first name of a code, or the code itself."""
        return next((name for c, name in self.names if c == code), code)

    def within(self, kecamatan: str | None) -> frozenset[str] | None:
        """Codes of a kecamatan; None where it is not given or not known."""
        wanted = normalise(kecamatan) if kecamatan else None
        if wanted is None or wanted not in self.kecamatan_names:
            return None
        return frozenset(c for c, _ in self.names if wanted in self.kecamatan.get(c, set()))

    def find(self, name: str, kecamatan: str | None = None) -> Answer:
        """Who a name means, in the kecamatan written beside it, in its own cell or another."""
        answer = self.index.find(name, self.within(kecamatan))
        if kecamatan is None and answer.kecamatan is not None:
            inside = self.index.find(name, self.within(answer.kecamatan))
            return inside if inside.match else answer
        return answer

    def locate(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Code of the kelurahan that holds each geometry's inner point; None outside all."""
        found = np.full(len(geometry), None, dtype=object)
        there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
        if not there.any() or not len(self.polygons):
            return found
        points = shapely.point_on_surface(geometry[there])
        tree = shapely.STRtree(self.polygons)
        point, polygon = tree.query(points, predicate="intersects")
        order = np.lexsort((self.codes[polygon].astype(str), point))
        first = np.unique(point[order], return_index=True)[1]
        position = np.flatnonzero(there)[point[order][first]]
        found[position] = self.codes[polygon[order][first]]
        return found


def gazetteer(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline) -> Gazetteer:
    """The gazetteer of the delivered kelurahan, boundaries by the policy's order."""
    rank = {s: i for i, s in enumerate(pipeline.order("batas.kelurahan"))}
    known = kelurahan[kelurahan["kode_kelurahan"].notna()]
    known = known.assign(_rank=known["source_id"].map(rank))
    known = known.sort_values(["kode_kelurahan", "_rank", "source_row"], kind="stable")
    named = known[known["nama_kelurahan"].notna()]
    names = list(dict.fromkeys(zip(named["kode_kelurahan"], named["nama_kelurahan"], strict=True)))
    kecamatan: dict[str, set[str]] = {}
    kecamatan_names: dict[str, str] = {}
    written = known[known["nama_kecamatan"].notna()]
    for code, name in zip(written["kode_kelurahan"], written["nama_kecamatan"], strict=True):
        kecamatan.setdefault(code, set()).add(normalise(name))
        kecamatan_names.setdefault(normalise(name), name)
    shapes = known.drop_duplicates("kode_kelurahan")
    return Gazetteer(
        names,
        kecamatan,
        kecamatan_names,
        shapes["kode_kelurahan"].to_numpy(dtype=object),
        shapes["geometry"].to_numpy(dtype=object),
        pipeline.city.name,
    )
