"""What the sector layers say of each RT: buildings, roads, drains, flooding, services, fire posts.

A measure is bound to the parameter's name, so it finds its letter in either form. Inside the
stated coverage of a layer absence is a value; where coverage is unstated, only what the layer
shows is one.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.consolidate import namesakes, rt
from kotaku_geo.consolidate.field import Field, Service
from kotaku_geo.consolidate.ground import Lines
from kotaku_geo.consolidate.tables import Floats, Ints, among, codes_in, floats, layer
from kotaku_geo.geo import cover
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.stage import StageContext
from kotaku_geo.texts import number

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


def services(
    ctx: StageContext, register: pd.DataFrame, meant: Mapping[str, str] | None = None,
    moved: Mapping[str, str] | None = None, villages: Mapping[str, str] | None = None,
) -> dict[str, Service]:  # fmt: skip
    """The service layers, their names brought to the RT of a register.

    Args:
        register: every known RT, of the map and of the survey, scored or not: a name that fits
            several must not fall to the one that happens to be a slum.
        meant: name → id_rt that was decided.
        moved: id as written → id, of RT that stand in another kelurahan.
        villages: name that fits several kelurahan → the code that was decided.
    """
    result = {}
    for name in _SERVICES:
        rows = namesakes.told(layer(ctx, name), villages or {})
        counts = rows.groupby("source_id")["jumlah_kk"].transform("count") > 0
        rows = rows[counts].reset_index(drop=True)
        names = rt.split_names(rows)
        single = ~names["row"].duplicated(keep=False)
        asked = names[single].reset_index(drop=True)
        result[name] = Service(rows, rt.resolve(asked, register, meant, moved))
    return result


def candidates(field: Field) -> tuple[pd.DataFrame, Floats]:
    """Candidates of every sector layer, and footprints per hectare of each unit.

    Returns:
        unit, par, source_id, source_row (null: measured from many), volume, penyebut, share,
        kelengkapan_data; and buildings per hectare (n,), NaN where no footprints say anything.
    """
    footprints, unit = field.ground.footprints, field.ground.unit
    measures: dict[str, Callable[[gpd.GeoDataFrame], pd.DataFrame]] = {
        "genangan": partial(_inundation, field),
        "proteksi_kebakaran": partial(_fire, field),
    }
    parts = [_buildings(field, footprints, unit)]
    parts += [_service(field, name, service) for name, service in field.services.items()]
    for name, lines in field.ground.lines.items():
        if len(lines.rows) or field.silent(name, lines.rows):
            parts.append(_lines(field, name, lines))
    for name, measure in measures.items():
        rows = layer(field.ctx, name, ordered=False)
        if len(rows) or field.silent(name, rows):
            parts.append(measure(rows))
    field.report()
    table = _together(parts)
    return table.assign(source_row=None), _density(field, footprints, unit)


def _by_source(
    rows: pd.DataFrame, measure: Callable[[str, Any], pd.DataFrame], silent: Sequence[str] = ()
) -> pd.DataFrame:
    """Candidates of each source of a layer; ``silent`` are those that looked and list nothing."""
    parts = []
    for source in sorted({*rows["source_id"].unique(), *silent}):
        mine = (rows["source_id"] == source).to_numpy()
        own = rows if mine.all() else rows[mine]
        part = measure(source, own)
        parts.append(part.assign(source_id=source) if len(part) else part)
    return _together(parts)


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame()


def share_of(part: Floats, whole: Floats) -> Floats:
    """A share, 0 … 1; NaN where there is nothing to be a share of."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _buildings(field: Field, rows: gpd.GeoDataFrame, unit: Ints) -> pd.DataFrame:
    flags = {"tidak_teratur": "ketidakteraturan", "tidak_layak": "persyaratan_teknis"}
    plain = pd.DataFrame(rows[["source_id", *flags]]).assign(unit=unit)

    def measure(source: str, own: pd.DataFrame) -> pd.DataFrame:
        inside = own["unit"].to_numpy()
        count = field.total(inside, np.ones(len(own)))
        where = field.speaks(source, count > 0)
        parts = []
        for column, key in flags.items():
            bad = floats(own[column])
            if np.isnan(bad).all():
                continue
            rated = share_of(field.total(inside, (~np.isnan(bad)).astype(float)), count)
            volume = field.total(inside, bad)
            said = field.said(
                key, source, volume, count, "jumlah_bangunan", where, rated, of_rt=False
            )
            parts.append(said)
        return _together(parts)

    return _by_source(plain, measure)


def _lines(field: Field, name: str, lines: Lines) -> pd.DataFrame:
    rows = lines.rows
    missing_key, damaged_key, ideal_name = _LINES[name]
    ideal = field.have.chosen[ideal_name]
    codes, names = pd.factorize(rows["source_id"])
    state = rows["kondisi"].map({"rusak": 1.0, "baik": 0.0}).to_numpy(dtype=float)
    told = rows["kondisi"].notna().to_numpy()
    unrated = set(names) - set(names[np.unique(codes[told])])

    def measure(source: str, _: pd.DataFrame) -> pd.DataFrame:
        mine = (lines.length > 0) & (codes[lines.row] == names.get_indexer([source])[0])
        inside, metres = lines.unit[mine], lines.length[mine]
        total = np.round(field.total(inside, metres), _DIGITS)
        where = field.speaks(source, total > 0)
        lacking = np.maximum(ideal - total, 0)
        parts = [field.said(missing_key, source, lacking, ideal, ideal_name, where, there=total)]
        if source not in unrated:
            rated = state[lines.row[mine]]
            damaged = np.round(field.total(inside, metres * rated), _DIGITS)
            known = share_of(field.total(inside, metres * ~np.isnan(rated)), total)
            parts.append(field.said(damaged_key, source, damaged, ideal, ideal_name, where, known))
        return _together(parts)

    return _by_source(rows, measure, field.silent(name, rows))


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
        where = field.speaks(source, present)
        whole = shapely.area(touched.geometry)
        told = field.total(touched.target, whole * rated[touched.feature])
        known = share_of(told, field.total(touched.target, whole))
        return field.said("genangan", source, hectares, area, "luas_ha", where, known)

    return _by_source(rows, measure, field.silent("genangan", rows))


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
        listed = np.minimum(share_of(served, own_kk), 1.0)
        # Whom a list of both kinds leaves out may be either; one of those without names them all.
        census = bool(((decent == 1) & (kk > 0)).any())
        return field.said(
            _SERVICES[name], source, volume, own_kk, "jumlah_kk", where,
            listed if census else None, of_rt=~np.isnan(households),
        )  # fmt: skip

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


def _fire(field: Field, rows: gpd.GeoDataFrame) -> pd.DataFrame:
    """Footprints outside the reach of every post.

    Posts that state no reach do not count, and a source of nothing else says nothing; one that
    looked and found no post at all says that none is in reach.
    """
    _without_reach(field, rows)
    silent = field.silent("proteksi_kebakaran", rows)
    ground = field.ground
    footprints, unit = ground.footprints, ground.unit
    lead = _leading(field, footprints)
    own_prints = (footprints["source_id"] == lead).to_numpy(dtype=bool) & (unit >= 0)
    points = ground.points[own_prints]
    inside = unit[own_prints]
    count = field.total(inside, np.ones(len(inside)))

    def measure(source: str, own: gpd.GeoDataFrame) -> pd.DataFrame:
        radius = floats(own["radius_m"])
        centres, reach = own.geometry.to_numpy()[radius > 0], radius[radius > 0]
        if not len(reach) and source not in silent:
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
        return field.said(
            "prasarana_kebakaran", source, volume, count, "jumlah_bangunan", where, of_rt=False
        )

    return _by_source(rows, measure, silent)


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
    present = set(rows["source_id"].unique())
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
