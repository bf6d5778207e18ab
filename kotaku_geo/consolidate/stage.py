"""The stage ``consolidate``: one agreed table of RT and kawasan out of what ingest left."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np

from kotaku_geo.consolidate import (
    agreement,
    alternatives,
    assemble,
    boundaries,
    conflicts,
    decisions,
    effects,
    kelurahan,
    notes,
    places,
    planar,
    reported,
    settle,
    shares,
    weigh,
)
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.places import Places
from kotaku_geo.consolidate.shares import Shares
from kotaku_geo.consolidate.standing import Standing
from kotaku_geo.consolidate.weigh import Weighed
from kotaku_geo.decisions import read_decisions
from kotaku_geo.geo import parallel
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext


@record
class Covered:
    """What shapes cover of each other; no value counts in it, so it is measured beside them."""

    of_kelurahan: kelurahan.Inside
    uncovered: notes.Rest


@record
class Tables:
    """What was written of RT and kawasan."""

    rt: gpd.GeoDataFrame
    kawasan: gpd.GeoDataFrame


def run(ctx: StageContext) -> None:
    """Write ``consolidate/kelurahan``, ``rt``, ``rt_lain``, ``kawasan``, ``facts``,
    ``conflicts``, ``decisions``, ``agreement``, ``boundaries`` and ``planar``.

    ``rt_lain`` has the columns of ``rt`` and holds RT that were surveyed but lie in no kawasan.
    """
    docket = Docket(read_decisions(ctx.base / ctx.pipeline.decisions, ctx.pipeline))
    found = places.settled(ctx, docket)
    weighed = weigh.weigh(ctx, found, docket, found.ground)
    covering = _covered(ctx, found)  # not before: what is weighed waits for the processors
    options = alternatives.explore(ctx, found, docket, weighed)
    weighed = alternatives.widened(weighed, found, options)
    tables = _tables(ctx, found, weighed, covering)
    over_shares, others = _disputes(ctx, found, weighed, docket)
    every = docket.marked([*found.every_conflict(), *others])
    notes.places(every, found.outlines(), ctx.findings)
    shown = effects.shown(every, found, weighed, options, tables.rt, tables.kawasan)
    many = over_shares.table(effects.of_shares(over_shares, weighed, tables.rt))
    ctx.write("consolidate/conflicts", conflicts.table(every, shown, many))
    ctx.write("consolidate/agreement", agreement.table(weighed.choice, weighed.law, ctx.pipeline))
    _decisions(ctx, docket, every, found, weighed)
    crs = found.kelurahan.table.crs
    ctx.write("consolidate/boundaries", boundaries.pairs_table(found.every_pair(), crs))
    ctx.write(
        "consolidate/planar", planar.table([found.seams, found.kelurahan.mended().seams], crs)
    )


def _disputes(
    ctx: StageContext, found: Places, weighed: Weighed, docket: Docket
) -> tuple[Shares, list[Conflict]]:
    """Open conflicts over values and denominators: those over shares, and all others."""
    units, law, choice = found.units, weighed.law, weighed.choice
    over_shares, special = shares.open_ones(choice, units, law, ctx.findings).parted(docket)
    settle.tell(weighed.outcomes, units, docket, ctx.findings)
    docket.told(weighed.outcomes.decided(set(docket.applied)))
    return over_shares, [*special, *weighed.outcomes.conflicts]


def _decisions(
    ctx: StageContext, docket: Docket, every: list[Conflict], found: Places, weighed: Weighed
) -> None:
    standing = Standing(
        weighed.choice, found.units, found.map, found.kawasan, found.kelurahan, weighed.law
    )
    table = decisions.table(docket, every, standing)
    if len(table):
        decisions.report(table, ctx.findings, standing.shapes(table["subject_now"]))
    ctx.write("consolidate/decisions", table)


def _covered(ctx: StageContext, places: Places) -> Callable[[], Covered]:
    """Begin to measure what shapes cover of each other; the thread is given arrays, no tables."""
    areas, units = places.kawasan.table, places.units
    crs, warning = areas.crs, ctx.pipeline.verify.area_warning_pct
    shapes, villages = areas.geometry.to_numpy(), places.kelurahan.mended
    rts, member = units.geometry.to_numpy(), units["kawasan"].to_numpy(dtype=np.int64)

    def measure() -> Covered:
        return Covered(
            kelurahan.inside(villages().shapes, shapes, crs, ctx.workers),
            notes.rest(shapes, rts, member, crs, warning, ctx.workers),
        )

    return parallel.begin(measure, ctx.workers)


def _tables(
    ctx: StageContext, places: Places, weighed: Weighed, covering: Callable[[], Covered]
) -> Tables:
    """Write the tables of RT, kawasan, facts and kelurahan, and tell what is wrong in them."""
    pipeline, findings, law = ctx.pipeline, ctx.findings, weighed.law
    units, have, extra = places.units, weighed.have, weighed.extra
    of_units, of_areas = weighed.of_units, weighed.of_kawasan
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
    ctx.write("consolidate/facts", assemble.facts_table(weighed.choice, have, units, law))
    notes.values(weighed.choice, units, law, findings)
    notes.missing_rt(of_units, units, areas, law, findings)
    notes.kawasan_data(of_areas, areas, law, findings)
    notes.levels(slum, areas, findings)
    reported.report(given, areas, law, findings)
    covered = covering()
    notes.uncovered(covered.uncovered, areas, findings)
    planar.report(places.kelurahan.mended(), findings)
    villages = kelurahan.with_slum_areas(
        places.kelurahan.redrawn(), slum, areas, covered.of_kelurahan, pipeline.verify.min_piece_m2
    )
    ctx.write("consolidate/kelurahan", villages)
    return Tables(slum, areas)
