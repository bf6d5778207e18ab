"""What the sector layers say of each RT: buildings, roads, drains, flooding, services, fire posts.

A measure is bound to the parameter's name, so it finds its letter in either form. Inside the
stated coverage of a layer absence is a value; where coverage is unstated, only what the layer
shows is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.consolidate import rt
from kotaku_geo.consolidate.facts import Denominators, bound
from kotaku_geo.consolidate.tables import Floats, Geometries, Ints, among, codes_in, floats, layer
from kotaku_geo.geo import cover, parallel
from kotaku_geo.geo.area import geodesic_ha, true_length_m
from kotaku_geo.regulation import Regulation
from kotaku_geo.stage import StageContext
from kotaku_geo.texts import number

Bools = NDArray[np.bool_]
COVERED = 0.995  # an RT counts as looked at when this much of it is
_DIGITS = 6  # of metres and hectares, so that the order of summation leaves no trace
_SERVICES = {
    "air_minum": "akses_air_minum",
    "air_limbah": "sistem_air_limbah",
    "persampahan": "sistem_persampahan",
}
_LINES = {
    "jalan": ("cakupan_jalan", "kualitas_jalan", "jalan_ideal_m"),
    "drainase": ("ketersediaan_drainase", "konstruksi_drainase", "drainase_ideal_m"),
}


@dataclass(frozen=True)
class Service:
    """A service layer and the RT that its rows name.

    Attributes:
        rows: the rows of sources that count households.
        named: names of the rows that name one RT, against all known RT.
    """

    rows: gpd.GeoDataFrame
    named: rt.Resolved

    def unsettled(self, relevant: set[str]) -> set[str]:
        """Names that may mean a relevant RT among several, in rows without a place of their own."""
        names = self.named.names
        placeless = self.rows.geometry.isna().to_numpy()[names["row"].to_numpy(dtype=np.int64)]
        asked = set(names.loc[placeless, "id_rt"].dropna())
        several = self.named.ambiguous
        return {name for name in asked & set(several) if relevant & set(several[name])}


@dataclass(frozen=True)
class Field:
    """Where sector layers are measured: the RT, their denominators, and who looked where."""

    ctx: StageContext
    units: gpd.GeoDataFrame
    have: Denominators
    law: Regulation
    services: Mapping[str, Service]

    @property
    def shapes(self) -> Geometries:
        """Drawing of each unit, None where there is none."""
        return np.asarray(self.units.geometry.to_numpy(), dtype=object)

    @property
    def size(self) -> int:
        """How many units."""
        return len(self.units)

    def looked_at(self, source_id: str) -> Bools:
        """Units inside what a source states as its coverage; none where it states nothing."""
        stated = self.ctx.pipeline.source(source_id).coverage
        drawn = ~shapely.is_missing(self.shapes)
        if stated is None:
            return np.zeros(self.size, dtype=bool)
        if stated == "kota":
            return drawn
        area = self.ctx.read_geo("ingest/coverage") if self.ctx.has("ingest/coverage") else None
        own = [] if area is None else area.geometry[area["source_id"] == source_id].to_numpy()
        inside = cover.covered_by(self.shapes, np.asarray(own, dtype=object))
        return np.nan_to_num(cover.share_of(self.shapes, inside)) >= COVERED

    def speaks(self, source_id: str, present: Bools) -> Bools:
        """Units that a source says something about.

        Inside its stated coverage always, outside it never; without a stated coverage where it has
        something.
        """
        stated = self.ctx.pipeline.source(source_id).coverage is not None
        return self.looked_at(source_id) if stated else present

    def speaks_by_name(self, source_id: str, present: Bools, *, placed: bool) -> Bools:
        """As `speaks`, for rows that may name their RT and so need no drawing of it.

        An RT without a drawing is said what its own rows say; ``kota`` covers it too, unless some
        of the source's rows are ``placed`` by where they lie and could be meant for it.
        """
        whole_city = self.ctx.pipeline.source(source_id).coverage == "kota" and not placed
        undrawn = shapely.is_missing(self.shapes)
        return self.speaks(source_id, present) | (undrawn & (present | whole_city))

    def unit_of(self, geometries: Geometries) -> Ints:
        """Unit that each geometry's representative point lies in; −1 for none."""
        points = parallel.map_arrays(
            shapely.point_on_surface, geometries, workers=self.ctx.workers
        )  # fmt: skip
        return self.unit_of_points(points)

    def unit_of_points(self, points: Geometries) -> Ints:
        """Unit that each point lies in, the first of several; −1 for none."""
        point, unit = shapely.STRtree(self.shapes).query(points, predicate="intersects")
        order = np.lexsort((unit, point))
        first = np.unique(point[order], return_index=True)[1]
        result = np.full(len(points), -1, dtype=np.int64)
        result[point[order][first]] = unit[order][first]
        return result

    def total(self, unit: Ints, values: Floats) -> Floats:
        """Sum of values by unit; NaN where one of them is."""
        known = unit >= 0
        return np.bincount(unit[known], values[known], self.size).astype(np.float64)

    def said(
        self, key: str, volume: Floats, own: Floats, own_name: str, where: Bools
    ) -> pd.DataFrame:
        """Candidates of the parameter of this name for units where the measure is known."""
        parameter = self.law.by_key.get(key)
        unit = np.flatnonzero(where & ~np.isnan(volume) & ~np.isnan(own))
        if parameter is None or not len(unit):
            return pd.DataFrame()
        return bound(self.law, parameter, unit, volume[unit], own[unit], own_name, self.have)


def services(ctx: StageContext, register: pd.DataFrame) -> dict[str, Service]:
    """The service layers, their names brought to the RT of a register.

    Args:
        register: every known RT, of the map and of the survey, scored or not: a name that fits
            several must not fall to the one that happens to be a slum.
    """
    result = {}
    for name in _SERVICES:
        rows = layer(ctx, name)
        counts = rows.groupby("source_id")["jumlah_kk"].transform("count") > 0
        rows = rows[counts].reset_index(drop=True)
        names = rt.split_names(rows)
        single = ~names["row"].duplicated(keep=False)
        result[name] = Service(rows, rt.resolve(names[single].reset_index(drop=True), register))
    return result


def candidates(field: Field) -> tuple[pd.DataFrame, Floats]:
    """Candidates of every sector layer, and footprints per hectare of each unit.

    Returns:
        unit, par, source_id, source_row (null: measured from many), volume, penyebut, share; and
        buildings per hectare (n,), NaN where no footprint layer says anything.
    """
    footprints = layer(field.ctx, "bangunan")
    unit = field.unit_of(footprints.geometry.to_numpy())
    measures: dict[str, Callable[[gpd.GeoDataFrame], pd.DataFrame]] = {
        **{name: partial(_lines, field, name) for name in _LINES},
        "genangan": partial(_inundation, field),
        "proteksi_kebakaran": partial(_fire, field, footprints, unit),
    }
    parts = [_buildings(field, footprints, unit)]
    parts += [_service(field, name, service) for name, service in field.services.items()]
    for name, measure in measures.items():
        if field.ctx.has(f"ingest/{name}"):
            rows = layer(field.ctx, name)
            parts += [measure(rows)] if len(rows) else []
    table = _together(parts)
    return table.assign(source_row=None), _density(field, footprints, unit)


def _by_source(
    rows: gpd.GeoDataFrame, measure: Callable[[str, gpd.GeoDataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """Candidates of each source of a layer.

    A source without a single row says nothing, whatever it states: an empty file is more often a
    failed export than a city without roads.
    """
    parts = []
    for source in sorted(rows["source_id"].unique()):
        own = rows[rows["source_id"] == source]
        part = measure(source, own)
        parts.append(part.assign(source_id=source) if len(part) else part)
    return _together(parts)


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame()


def _buildings(field: Field, rows: gpd.GeoDataFrame, unit: Ints) -> pd.DataFrame:
    flags = {"tidak_teratur": "ketidakteraturan", "tidak_layak": "persyaratan_teknis"}
    rows = rows.assign(unit=unit)

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        inside = own["unit"].to_numpy()
        count = field.total(inside, np.ones(len(own)))
        where = field.speaks(source, count > 0)
        parts = []
        for column, key in flags.items():
            bad = floats(own[column])
            if np.isnan(bad).all():
                continue
            parts.append(field.said(key, field.total(inside, bad), count, "jumlah_bangunan", where))
        return _together(parts)

    return _by_source(rows, measure)


def _lines(field: Field, name: str, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    missing_key, damaged_key, ideal_name = _LINES[name]
    ideal = field.have.chosen[ideal_name]
    shapes = rows.geometry.to_numpy()
    line, unit = shapely.STRtree(field.shapes).query(shapes, predicate="intersects")
    cut = parallel.map_arrays(
        shapely.intersection, shapes[line], field.shapes[unit], workers=field.ctx.workers
    )
    length = true_length_m(cut, field.units.crs)
    pieces = rows[["source_id", "kondisi"]].iloc[line].assign(unit=unit, length=length)
    unrated = set(rows["source_id"]) - set(rows.loc[rows["kondisi"].notna(), "source_id"])

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        mine = pieces[(pieces["source_id"] == source) & (pieces["length"] > 0)]
        inside, metres = mine["unit"].to_numpy(), mine["length"].to_numpy()
        total = np.round(field.total(inside, metres), _DIGITS)
        where = field.speaks(source, total > 0)
        parts = [field.said(missing_key, np.maximum(ideal - total, 0), ideal, ideal_name, where)]
        if source not in unrated:
            rated = mine["kondisi"].map({"rusak": 1.0, "baik": 0.0}).to_numpy(dtype=float)
            damaged = np.round(field.total(inside, metres * rated), _DIGITS)
            parts.append(field.said(damaged_key, damaged, ideal, ideal_name, where))
        return _together(parts)

    return _by_source(rows, measure)


def _inundation(field: Field, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    area = field.have.chosen["luas_ha"]

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        rated = np.ones(len(own), dtype=bool)
        counts = np.ones(len(own), dtype=bool)
        for column, limit in field.law.inundation.items():
            values = floats(own[column])
            rated &= ~np.isnan(values)
            counts &= values > limit
        shapes = own.geometry.to_numpy()
        touched = cover.pieces(field.shapes, shapes, workers=field.ctx.workers)
        wet = touched.take(counts[touched.feature])
        union = cover.union_by(wet.geometry, wet.target, field.size, workers=field.ctx.workers)
        hectares = np.round(geodesic_ha(union, field.units.crs), _DIGITS)
        present = np.zeros(field.size, dtype=bool)
        present[touched.target[rated[touched.feature]]] = True
        return field.said("genangan", hectares, area, "luas_ha", field.speaks(source, present))

    return _by_source(rows, measure)


def _service(field: Field, name: str, service: Service) -> pd.DataFrame:
    rows = service.rows.assign(unit=_service_units(field, service))
    households = field.have.chosen["jumlah_kk"]

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        inside, kk = own["unit"].to_numpy(), floats(own["jumlah_kk"])
        decent = floats(own["layak"])
        without = np.where(decent == 1, 0.0, np.where(decent == 0, kk, np.nan))
        without = np.where((kk == 0) & np.isnan(decent), 0.0, without)
        present = field.total(inside, np.ones(len(own))) > 0
        served = field.total(inside, kk)
        own_kk = np.where(np.isnan(households) & present, served, households)
        volume = field.total(inside, without)
        placed = bool(own.geometry.notna().any())
        where = field.speaks_by_name(source, present, placed=placed)
        return field.said(_SERVICES[name], volume, own_kk, "jumlah_kk", where)

    return _by_source(rows, measure)


def _service_units(field: Field, service: Service) -> Ints:
    """By RT where the row names a known one, by place otherwise; −1 where it is not scored."""
    unit = field.unit_of(service.rows.geometry.to_numpy())
    named = service.named
    unclear = among(named.names["id_rt"], list(named.ambiguous))
    unknown = named.names.index.isin(named.unknown.index)
    told = named.names[named.names["id_rt"].notna().to_numpy() & ~unclear & ~unknown]
    unit[told["row"].to_numpy(dtype=np.int64)] = codes_in(told["id_rt"], field.units["id_rt"])
    return unit


def _fire(
    field: Field, footprints: gpd.GeoDataFrame, unit: Ints, rows: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Footprints outside the reach of every post.

    Posts that state no reach do not count, and a source of nothing else says nothing.
    """
    _without_reach(field, rows)
    lead = _leading(field, footprints)
    own_prints = (footprints["source_id"] == lead).to_numpy(dtype=bool) & (unit >= 0)
    points = shapely.point_on_surface(footprints.geometry.to_numpy()[own_prints])
    inside = unit[own_prints]
    count = field.total(inside, np.ones(len(inside)))

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        radius = floats(own["radius_m"])
        centres, reach = own.geometry.to_numpy()[radius > 0], radius[radius > 0]
        if not len(reach):
            return pd.DataFrame()
        tree = shapely.STRtree(points)
        reached = tree.query(centres, predicate="dwithin", distance=reach)[1]
        outside = np.ones(len(points))
        outside[reached] = 0.0
        near = shapely.STRtree(field.shapes).query(centres, predicate="dwithin", distance=reach)[1]
        present = np.zeros(field.size, dtype=bool)
        present[near] = True
        where = field.speaks(source, present) & (count > 0)
        volume = field.total(inside, outside)
        return field.said("prasarana_kebakaran", volume, count, "jumlah_bangunan", where)

    return _by_source(rows, measure)


def _without_reach(field: Field, rows: gpd.GeoDataFrame) -> None:
    for source, radius in rows.groupby("source_id", sort=True)["radius_m"]:
        count = int((~(floats(radius) > 0)).sum())
        if count:
            field.ctx.findings.add(
                "sector.no-radius", source_id=str(source), value=number(count, 0),
                jumlah=number(count, 0), semua=number(len(radius), 0),
            )  # fmt: skip


def _leading(field: Field, rows: gpd.GeoDataFrame) -> str | None:
    """Strongest source of footprints by the default order."""
    present = set(rows["source_id"])
    return next((s for s in field.ctx.pipeline.order() if s in present), None)


def _density(field: Field, footprints: gpd.GeoDataFrame, unit: Ints) -> Floats:
    """Footprints per hectare: evidence beside the density parameter, no candidate of it."""
    lead = _leading(field, footprints)
    if lead is None:
        return np.full(field.size, np.nan)
    inside = unit[(footprints["source_id"] == lead).to_numpy(dtype=bool)]
    count = field.total(inside, np.ones(len(inside)))
    where = field.speaks(lead, count > 0)
    drawn = field.units["luas_gambar_ha"].to_numpy(dtype=float)
    return np.where(where, np.round(count / drawn, _DIGITS), np.nan)
