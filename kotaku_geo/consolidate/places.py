"""Which places there are and what belongs to what, with what is decided of them applied."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import geopandas as gpd
import pandas as pd

from kotaku_geo.consolidate import (
    boundaries,
    conflicts,
    disputes,
    ground,
    kawasan,
    kelurahan,
    membership,
    namesakes,
    notes,
    planar,
    rt,
    sectoral,
    written,
)
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.field import Service
from kotaku_geo.consolidate.following import Chosen, Ids
from kotaku_geo.consolidate.ground import Ground, Reading
from kotaku_geo.consolidate.tables import Geometries, among, layer
from kotaku_geo.findings import FindingBook
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext


@record
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

    def ids(self) -> Ids:
        """Ids that RT have, and that they are written under."""
        taken = {*self.units["id_rt"], *self.map.register["id_rt"]}
        names = (self.map.named, self.trail.named.names, self.trail.told.names)
        return Ids(taken, set().union(*(each["written"].dropna() for each in names)))


@record
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


@record
class Places(Belonging):
    """What there is and what belongs to what, before any value is weighed.

    Attributes:
        kelurahan: the kelurahan; their outlines are mended beside the rest of the stage.
        conflicts: over outlines, as they were delivered, and identities; those over outlines of
            kelurahan are in ``kelurahan.compared``.
        pairs: outlines of one thing, but for kelurahan, compared.
        seams: where outlines of RT do not fit together, before they were mended and after.
        ground: what lies in the RT.
        mender: what mended the outlines.
    """

    kelurahan: kelurahan.Kelurahan
    conflicts: list[Conflict]
    pairs: list[gpd.GeoDataFrame]
    seams: gpd.GeoDataFrame
    ground: Callable[[], Ground]
    mender: planar.Mender

    def every_conflict(self) -> list[Conflict]:
        """`conflicts` with those over outlines of kelurahan."""
        return conflicts.merged([*self.conflicts, *self.kelurahan.compared().conflicts])

    def every_pair(self) -> list[gpd.GeoDataFrame]:
        """`pairs` with those of kelurahan."""
        return [*self.pairs, self.kelurahan.compared().pairs]

    def outlines(self) -> dict[str, tuple[pd.Series, Geometries]]:
        """``batas.…`` → keys and outlines that stand, as delivered, of each kind of thing."""
        drawn = {
            "kawasan": self.kawasan.found.chosen,
            "rt": self.map.found.chosen,
            "kelurahan": self.kelurahan.found.chosen,
        }
        return {f"batas.{kind}": (t["key"], t.geometry.to_numpy()) for kind, t in drawn.items()}


@record
class _Draft:
    """Places of which the outlines are not yet mended."""

    own: Belonging
    kelurahan: kelurahan.Kelurahan
    conflicts: list[Conflict]
    pairs: list[gpd.GeoDataFrame]
    mended: Callable[[], planar.Mended]


def settled(ctx: StageContext, docket: Docket) -> Places:
    """The places with every decision over outlines and identities applied that applies.

    What is decided may bring up other conflicts, and decisions over those: it is gone through
    again until no further decision applies. Without a decision it is gone through once.
    """
    reading = ground.begin_reading(ctx)
    mender = planar.Mender(ctx.pipeline, ctx.workers)
    while True:
        book = FindingBook(ctx.findings.stage, ctx.findings.crs)
        own = replace(ctx, findings=book)
        villages = _kelurahan(own, docket.chosen, mender)
        draft = _draft(own, docket.chosen, mender, villages)
        asked = _asked(draft, docket)
        if docket.on_file:
            docket.follow(asked, draft.own.ids())
        if not (docket.judge(asked, early=True) or docket.judge(asked)):
            ctx.findings.extend(book.rows)
            return _mended(ctx, draft, mender, reading)


def _kelurahan(ctx: StageContext, chosen: Chosen, mender: planar.Mender) -> kelurahan.Kelurahan:
    rows, decided = layer(ctx, "kelurahan"), chosen("batas", "batas.kelurahan")
    return kelurahan.build(rows, ctx.pipeline, ctx.findings, mender, decided)


def _asked(draft: _Draft, docket: Docket) -> list[Conflict]:
    """The conflicts that a decision may be about; kelurahan are waited for only where one is."""
    if not docket.asks("batas.kelurahan"):
        return draft.conflicts
    return conflicts.merged([*draft.conflicts, *draft.kelurahan.compared().conflicts])


def _draft(
    ctx: StageContext, chosen: Chosen, mender: planar.Mender, villages: kelurahan.Kelurahan
) -> _Draft:
    """The places as they are where some things are decided, with findings and conflicts.

    Args:
        ctx: what the stage is given.
        chosen: kind and parameter → subject → what is chosen.
        mender: what begins to mend the outlines.
        villages: the kelurahan.
    """
    pipeline, findings = ctx.pipeline, ctx.findings
    own = belonging(ctx, chosen)
    mended = mender.begin(_coverage(ctx, own))
    written.compare(own.kawasan.rows, "luas_ha", own.kawasan.rows["key"], pipeline, findings)
    found, pairs = _conflicts(ctx, own)
    _tell(ctx, own)
    found += disputes.conflicts(_basis(own, villages), pipeline)
    return _Draft(own, villages, conflicts.merged(found), pairs, mended)


def _mended(ctx: StageContext, draft: _Draft, mender: planar.Mender, reading: Reading) -> Places:
    """The places with mended outlines of RT, and what was mended told."""
    of_rt, own = draft.mended(), draft.own
    planar.report(of_rt, ctx.findings)
    units = planar.redrawn(own.units, own.kawasan.table, of_rt)
    lies = cache(ground.begin(ctx, units, reading))
    notes.without_kawasan(units, ctx.findings)
    return Places(
        **{**vars(own), "units": units}, kelurahan=draft.kelurahan,
        conflicts=draft.conflicts, pairs=draft.pairs, seams=of_rt.seams,
        ground=lies, mender=mender,
    )  # fmt: skip


def redrawn(ctx: StageContext, own: Belonging, mender: planar.Mender) -> Belonging:
    """RT and kawasan with mended outlines of the RT; what was mended before is so still."""
    mended = mender.shapes(_coverage(ctx, own))
    return replace(own, units=planar.redrawn(own.units, own.kawasan.table, mended))


def _coverage(ctx: StageContext, own: Belonging) -> planar.Coverage:
    """The RT that meet within a kawasan, or belong to none.

    One that is alone in its kawasan is drawn within it, and no other RT is in any table.
    """
    units = own.units
    wanted = set(units["id_rt"][(units["kawasan"] < 0) | units["kawasan"].duplicated(keep=False)])
    return planar.coverage(own.map.found.chosen, ctx.pipeline, "rt", wanted)


def belonging(ctx: StageContext, chosen: Chosen) -> Belonging:
    """Which RT and kawasan there are, and which belongs to which; outlines as delivered.

    ``chosen``: kind and parameter → subject → what is chosen.
    """
    pipeline = ctx.pipeline
    meant, homes = chosen("identitas", "id_rt"), chosen("identitas", "id_kawasan")
    villages = chosen("identitas", namesakes.PARAMETER)
    rt_map = rt.build_map(
        layer(ctx, "rt"), pipeline, chosen("batas", "batas.rt"), meant, villages
    )  # fmt: skip
    moved = rt_map.moved
    survey_rows, rows = namesakes.told(layer(ctx, "profil_rt"), villages), layer(ctx, "kawasan")
    named = rt.resolve(rt.split_names(_one_key(survey_rows)), rt_map.written, meant, moved)
    survey = survey_rows.assign(
        id_rt=named.names["id_rt"].to_numpy(dtype=object),
        kelurahan_rt=named.names["kode_kelurahan"].to_numpy(dtype=object),
    )
    survey = survey[survey["id_rt"].notna()].reset_index(drop=True)
    known = pd.concat([rt_map.written, rt.register_of(named.names)], ignore_index=True)
    known = known[~among(known["id_rt"], list(named.ambiguous))].drop_duplicates("id_rt")
    told = rt.resolve(rt.split_names(rows), known, meant, moved)
    areas = kawasan.build(rows, told, pipeline, chosen("batas", "batas.kawasan"), homes)
    shared = membership.overlaps(rt_map, areas, ctx.workers)
    areas, unsettled = membership.settle_by_place(areas, told.ambiguous, rt_map, shared)
    claims = membership.claims(survey, rt_map, areas, shared)
    units = membership.units(claims, survey, rt_map, areas, shared, pipeline, homes)
    services = sectoral.services(ctx, known, meant, moved, villages)
    trail = Trail(survey_rows, rows, named, told, unsettled, shared, claims, units.conflicts)
    return Belonging(rt_map, areas, units.table, survey, services, trail)


def _conflicts(ctx: StageContext, own: Belonging) -> tuple[list[Conflict], list[gpd.GeoDataFrame]]:
    """Conflicts over identities, and over outlines of kawasan and RT; what was compared."""
    trail, scored = own.trail, set(own.units["id_rt"])
    found = [*own.kawasan.conflicts, *trail.conflicts]
    found += _ambiguous(trail.named, trail.survey_rows)
    found += _ambiguous(trail.told, trail.rows, trail.unsettled)
    over_outlines, pairs = _boundaries(ctx, own.map, own.kawasan, scored)
    found += over_outlines
    for service in own.services.values():
        found += _ambiguous(service.named, service.rows, service.unsettled(scored))
    services = [service.rows for service in own.services.values()]
    found += namesakes.conflicts(trail.survey_rows, services, scored)
    return found, pairs


def _basis(own: Belonging, villages: kelurahan.Kelurahan) -> disputes.Basis:
    """On what it is judged to which kelurahan RT belong."""
    trail = own.trail
    return disputes.Basis(
        map=own.map, scored=set(own.units["id_rt"]), survey=(trail.named, trail.survey_rows),
        areas=(trail.told, trail.rows), services=[(s.named, s.rows) for s in own.services.values()],
        claims=trail.claims, shared=trail.shared, villages=villages.found.chosen,
    )  # fmt: skip


def _tell(ctx: StageContext, own: Belonging) -> None:
    """What is wrong with names and places."""
    trail, findings = own.trail, ctx.findings
    if own.map.delivered:
        notes.unknown_rt(trail.named, trail.survey_rows, findings)
        notes.unknown_rt(trail.told, trail.rows, findings)
    membership.report(trail.claims, own.map, own.kawasan, trail.shared, ctx.pipeline, findings)
    notes.unknown_kawasan(own.survey, own.kawasan, findings)
    notes.merged_rows(own.kawasan, findings)


def _boundaries(
    ctx: StageContext, rt_map: rt.RtMap, areas: kawasan.KawasanRows, relevant: set[str]
) -> tuple[list[Conflict], list[gpd.GeoDataFrame]]:
    """Conflicts over the outlines of kawasan, and of the RT that matter; what was compared."""
    of_areas = boundaries.disagreements(areas.found, ctx.pipeline, "kawasan", ctx.workers)
    ids = pd.Series(sorted(relevant), dtype="str")
    of_rt = boundaries.disagreements(rt_map.found, ctx.pipeline, "rt", ctx.workers, ids)
    twice = rt.twice_conflicts(rt_map, relevant)
    every = conflicts.merged([*of_areas.conflicts, *of_rt.conflicts, *twice])
    return every, [of_areas.pairs, of_rt.pairs]


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
