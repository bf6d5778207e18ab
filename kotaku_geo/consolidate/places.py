"""Which places there are and what belongs to what, with what is decided of them applied."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from kotaku_geo.consolidate import (
    boundaries,
    conflicts,
    kawasan,
    kelurahan,
    membership,
    notes,
    rt,
    sectoral,
    written,
)
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.decisions import Docket
from kotaku_geo.consolidate.field import Service
from kotaku_geo.consolidate.tables import Geometries, among, layer
from kotaku_geo.findings import FindingBook
from kotaku_geo.stage import StageContext

Chosen = Callable[[str, str], dict[str, str]]


@dataclass(frozen=True)
class Belonging:
    """The RT and kawasan, and which belongs to which.

    Attributes:
        map: RT that are drawn.
        kawasan: the kawasan and their rows.
        units: RT that are scored.
        survey: survey rows with their id_rt.
        services: service layers with the RT that their rows name.
        trail: what findings and conflicts are made of.
    """

    map: rt.RtMap
    kawasan: kawasan.KawasanRows
    units: gpd.GeoDataFrame
    survey: gpd.GeoDataFrame
    services: dict[str, Service]
    trail: "Trail"


@dataclass(frozen=True)
class Trail:
    """On what the belonging rests."""

    survey_rows: gpd.GeoDataFrame
    rows: gpd.GeoDataFrame
    named: rt.Resolved
    told: rt.Resolved
    unsettled: set[str]
    shared: membership.Overlaps
    claims: pd.DataFrame
    conflicts: list[Conflict]


@dataclass(frozen=True)
class Places(Belonging):
    """What there is and what belongs to what, before any value is weighed."""

    kelurahan: kelurahan.Kelurahan
    conflicts: list[Conflict]

    def outlines(self) -> dict[str, tuple[pd.Series, Geometries]]:
        """``batas.…`` → keys and outlines that stand, of each kind of thing that is drawn."""
        villages = self.kelurahan.table
        drawn = {"kawasan": self.kawasan.found.chosen, "rt": self.map.found.chosen}
        found = {f"batas.{kind}": (t["key"], t.geometry.to_numpy()) for kind, t in drawn.items()}
        of_villages = villages["kode_kelurahan"], villages.geometry.to_numpy()
        return {**found, "batas.kelurahan": of_villages}


def settled(ctx: StageContext, docket: Docket) -> Places:
    """The places with every decision over outlines and identities applied that applies.

    What is decided may bring up other conflicts, and decisions over those: it is gone through
    again until no further decision applies. Without a decision it is gone through once.
    """
    while True:
        book = FindingBook(ctx.findings.stage, ctx.findings.crs)
        places = build(replace(ctx, findings=book), docket.chosen)
        if not docket.judge(places.conflicts):
            ctx.findings.extend(book.rows)
            return places


def build(ctx: StageContext, chosen: Chosen) -> Places:
    """The places as they are where some things are decided, with findings and conflicts.

    Args:
        ctx: what the stage is given.
        chosen: kind and parameter → subject → what is chosen.
    """
    pipeline, findings = ctx.pipeline, ctx.findings
    decided = chosen("batas", "batas.kelurahan")
    rows = layer(ctx, "kelurahan")
    villages = kelurahan.build(rows, pipeline, findings, ctx.workers, decided)
    own = belonging(ctx, chosen)
    written.compare(own.kawasan.rows, "luas_ha", own.kawasan.rows["key"], pipeline, findings)
    found = _conflicts(ctx, own)
    _tell(ctx, own)
    found = conflicts.merged([*found, *villages.compared()])
    return Places(**vars(own), kelurahan=villages, conflicts=found)


def belonging(ctx: StageContext, chosen: Chosen) -> Belonging:
    """Which RT and kawasan there are, and which belongs to which; arguments as of `build`."""
    pipeline = ctx.pipeline
    meant, homes = chosen("identitas", "id_rt"), chosen("identitas", "id_kawasan")
    rt_map = rt.build_map(layer(ctx, "rt"), pipeline, chosen("batas", "batas.rt"), meant)
    survey_rows, rows = layer(ctx, "profil_rt"), layer(ctx, "kawasan")
    named = rt.resolve(rt.split_names(_one_key(survey_rows)), rt_map.register, meant)
    survey = survey_rows.assign(id_rt=named.names["id_rt"].to_numpy(dtype=object))
    survey = survey[survey["id_rt"].notna()].reset_index(drop=True)
    known = pd.concat([rt_map.register, rt.register_of(named.names)], ignore_index=True)
    known = known[~among(known["id_rt"], list(named.ambiguous))].drop_duplicates("id_rt")
    told = rt.resolve(rt.split_names(rows), known, meant)
    areas = kawasan.build(rows, told, pipeline, chosen("batas", "batas.kawasan"), homes)
    shared = membership.overlaps(rt_map, areas, ctx.workers)
    areas, unsettled = membership.settle_by_place(areas, told.ambiguous, rt_map, shared)
    claims = membership.claims(survey, rt_map, areas, shared)
    units = membership.units(claims, survey, rt_map, areas, shared, pipeline, homes)
    services = sectoral.services(ctx, known, meant)
    trail = Trail(survey_rows, rows, named, told, unsettled, shared, claims, units.conflicts)
    return Belonging(rt_map, areas, units.table, survey, services, trail)


def _conflicts(ctx: StageContext, own: Belonging) -> list[Conflict]:
    """Conflicts over identities, and over the outlines of kawasan and RT."""
    trail, scored = own.trail, set(own.units["id_rt"])
    found = [*own.kawasan.conflicts, *trail.conflicts]
    found += _ambiguous(trail.named, trail.survey_rows)
    found += _ambiguous(trail.told, trail.rows, trail.unsettled)
    found += _boundaries(ctx, own.map, own.kawasan, scored)
    for service in own.services.values():
        found += _ambiguous(service.named, service.rows, service.unsettled(scored))
    return found


def _tell(ctx: StageContext, own: Belonging) -> None:
    """What is wrong with names and places."""
    trail, findings = own.trail, ctx.findings
    if own.map.delivered:
        notes.unknown_rt(trail.named, trail.survey_rows, findings)
        notes.unknown_rt(trail.told, trail.rows, findings)
    membership.report(trail.claims, own.map, own.kawasan, trail.shared, ctx.pipeline, findings)
    notes.unknown_kawasan(own.survey, own.kawasan, findings)
    notes.without_kawasan(own.units, findings)
    notes.merged_rows(own.kawasan, findings)


def _boundaries(
    ctx: StageContext, rt_map: rt.RtMap, areas: kawasan.KawasanRows, relevant: set[str]
) -> list[Conflict]:
    """Conflicts over the outlines of kawasan, and of the RT that matter."""
    of_areas = boundaries.disagreements(areas.found, ctx.pipeline, "kawasan", ctx.workers)
    ids = pd.Series(sorted(relevant), dtype="str")
    of_rt = boundaries.disagreements(rt_map.found, ctx.pipeline, "rt", ctx.workers, ids)
    return conflicts.merged([*of_areas, *of_rt, *rt.twice_conflicts(rt_map, relevant)])


def _one_key(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Survey rows that name several RT describe them together: they get one key of their own."""
    return rows.assign(rt=rows["rt"].astype("str").str.replace(";", "+RT", regex=False))


def _ambiguous(
    named: rt.Resolved, rows: gpd.GeoDataFrame, names: set[str] | None = None
) -> list[Conflict]:
    """Identity conflicts over names that fit several RT."""
    sources = rows["source_id"].to_numpy(dtype=object)[named.names["row"]]
    asked = pd.DataFrame({"id_rt": named.names["id_rt"], "source_id": sources})
    result = []
    for name, ids in sorted(named.ambiguous.items()):
        if names is not None and name not in names:
            continue
        by = sorted(asked.loc[asked["id_rt"] == name, "source_id"].unique())
        said = [Candidate(source, None, value=i) for source in by for i in ids]
        result.append(Conflict("identitas", name, "id_rt", said, None, True))
    return result
