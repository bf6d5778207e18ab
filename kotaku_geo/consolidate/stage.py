"""The stage ``consolidate``: one agreed table of RT and kawasan out of what ingest left."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.consolidate import (
    assemble,
    boundaries,
    choose,
    conflicts,
    decisions,
    facts,
    kawasan,
    kelurahan,
    membership,
    notes,
    reported,
    rt,
    score,
    sectoral,
    written,
)
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.tables import among, layer
from kotaku_geo.geo import parallel
from kotaku_geo.regulation import load
from kotaku_geo.stage import StageContext


@dataclass(frozen=True)
class Places:
    """What there is and what belongs to what, before any value is weighed."""

    kelurahan: kelurahan.Kelurahan
    kawasan: kawasan.KawasanRows
    units: gpd.GeoDataFrame
    survey: gpd.GeoDataFrame
    services: dict[str, sectoral.Service]
    conflicts: list[Conflict]
    covered: Callable[[], "Covered"]


@dataclass(frozen=True)
class Covered:
    """What shapes cover of each other; no value counts in it, so it is measured beside them."""

    of_kelurahan: kelurahan.Inside
    uncovered: notes.Rest


def run(ctx: StageContext) -> None:
    """Write ``consolidate/kelurahan``, ``rt``, ``rt_lain``, ``kawasan``, ``facts``,
    ``conflicts`` and ``decisions``.

    ``rt_lain`` has the columns of ``rt`` and holds RT that were surveyed but lie in no kawasan.
    """
    places = _places(ctx)
    disputes = _values(ctx, places)
    every = [*places.conflicts, *disputes]
    notes.identities(places.conflicts, ctx.findings)
    ctx.write("consolidate/conflicts", conflicts.table(every))
    ctx.write("consolidate/decisions", decisions.table())


def _places(ctx: StageContext) -> Places:
    pipeline, findings = ctx.pipeline, ctx.findings
    villages = kelurahan.build(layer(ctx, "kelurahan"), pipeline, findings, ctx.workers)
    rt_map = rt.build_map(layer(ctx, "rt"), pipeline)
    survey_rows, rows = layer(ctx, "profil_rt"), layer(ctx, "kawasan")
    named = rt.resolve(rt.split_names(_one_key(survey_rows)), rt_map.register)
    survey = survey_rows.assign(id_rt=named.names["id_rt"].to_numpy(dtype=object))
    survey = survey[survey["id_rt"].notna()].reset_index(drop=True)
    known = pd.concat([rt_map.register, rt.register_of(named.names)], ignore_index=True)
    known = known[~among(known["id_rt"], list(named.ambiguous))].drop_duplicates("id_rt")
    told = rt.resolve(rt.split_names(rows), known)
    areas = kawasan.build(rows, told, pipeline)
    shared = membership.overlaps(rt_map, areas, ctx.workers)
    areas, unsettled = membership.settle_by_place(areas, told.ambiguous, rt_map, shared)
    claims = membership.claims(survey, rt_map, areas, shared)
    units = membership.units(claims, survey, rt_map, areas, shared, pipeline)
    found = [*areas.conflicts, *units.conflicts]
    found += _ambiguous(named, survey_rows) + _ambiguous(told, rows, unsettled)
    written.compare(areas.rows, "luas_ha", areas.rows["key"], pipeline, findings)
    scored = set(units.table["id_rt"])
    found += _boundaries(ctx, rt_map, areas, scored)
    services = sectoral.services(ctx, known)
    for service in services.values():
        found += _ambiguous(service.named, service.rows, service.unsettled(scored))
    if rt_map.delivered:
        notes.unknown_rt(named, survey_rows, findings)
        notes.unknown_rt(told, rows, findings)
    membership.report(claims, rt_map, areas, shared, pipeline, findings)
    notes.unknown_kawasan(survey, areas, findings)
    notes.without_kawasan(units.table, findings)
    notes.merged_rows(areas, findings)
    found = conflicts.merged([*found, *villages.conflicts(findings)])
    covered = _covered(ctx, villages, areas, units.table)
    return Places(villages, areas, units.table, survey, services, found, covered)


def _covered(
    ctx: StageContext, villages: kelurahan.Kelurahan, areas: kawasan.KawasanRows,
    units: gpd.GeoDataFrame,
) -> Callable[[], Covered]:  # fmt: skip
    """Begin to measure what shapes cover of each other; the thread is given arrays, no tables."""
    crs, warning = areas.table.crs, ctx.pipeline.verify.area_warning_pct
    shapes, village_shapes = (t.geometry.to_numpy() for t in (areas.table, villages.table))
    rts, member = units.geometry.to_numpy(), units["kawasan"].to_numpy(dtype=np.int64)

    def measure() -> Covered:
        return Covered(
            kelurahan.inside(village_shapes, shapes, crs, ctx.workers),
            notes.rest(shapes, rts, member, crs, warning, ctx.workers),
        )

    return parallel.begin(measure, ctx.workers)


def _boundaries(
    ctx: StageContext, rt_map: rt.RtMap, areas: kawasan.KawasanRows, relevant: set[str]
) -> list[Conflict]:
    """Conflicts over the outlines of kawasan, and of the RT that matter."""
    of_areas = boundaries.disagreements(areas.found, ctx.pipeline, "kawasan", ctx.workers)
    ids = pd.Series(sorted(relevant), dtype="str")
    of_rt = boundaries.disagreements(rt_map.found, ctx.pipeline, "rt", ctx.workers, ids)
    of_rt = conflicts.merged([*of_rt, *rt.twice_conflicts(rt_map, relevant)])
    for found, drawn in ((of_areas, areas.found.chosen), (of_rt, rt_map.found.chosen)):
        shapes = dict(zip(drawn["key"], drawn.geometry, strict=True))
        outlines = [c for c in found if c.kind == "batas"]
        boundaries.report(outlines, ctx.findings, shapes.__getitem__)
    return [*of_areas, *of_rt]


def _values(ctx: StageContext, places: Places) -> list[Conflict]:
    """Weigh the candidates, score, and write the tables."""
    pipeline, findings = ctx.pipeline, ctx.findings
    law = load(pipeline.regulation)
    units = places.units
    survey = facts.survey_of(places.survey, units)
    have = facts.denominators(survey, units, pipeline)
    field = sectoral.Field(ctx, units, have, law, places.services)
    by_sector, density = sectoral.candidates(field)
    said = facts.candidates(survey, have, pipeline)
    choice = choose.choose(facts.together(said, by_sector), len(units), law, pipeline)
    extra = facts.attributes(survey, len(units), pipeline).assign(bangunan_per_ha=density)
    of_units = score.of_units(choice, law)
    member = units["kawasan"].to_numpy(dtype=np.int64)
    of_areas = score.of_kawasan(choice, have, member, places.kawasan.size, law)
    given = reported.build(places.kawasan, pipeline)
    ids = places.kawasan.table["id_kawasan"]
    rts = assemble.rt_table(units, ids, places.kelurahan, have, of_units, extra, law)
    areas = assemble.kawasan_table(
        places.kawasan, units, places.kelurahan, have, of_areas, extra, given, pipeline, law
    )
    inside = rts["id_kawasan"].notna()
    slum = rts[inside].reset_index(drop=True)
    ctx.write("consolidate/rt", slum)
    ctx.write("consolidate/rt_lain", rts[~inside].reset_index(drop=True))
    ctx.write("consolidate/kawasan", areas)
    ctx.write("consolidate/facts", assemble.facts_table(choice, have, units, law))
    notes.values(choice, units, law, findings)
    notes.missing_rt(of_units, units, areas, law, findings)
    notes.kawasan_data(of_areas, areas, law, findings)
    notes.levels(slum, areas, findings)
    reported.report(given, areas, law, findings)
    disputes = choose.conflicts(choice, units, law, findings)
    covered = places.covered()
    notes.uncovered(covered.uncovered, areas, findings)
    villages = kelurahan.with_slum_areas(
        places.kelurahan, slum, areas, covered.of_kelurahan, pipeline.verify.min_piece_m2
    )
    ctx.write("consolidate/kelurahan", villages)
    return disputes


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
