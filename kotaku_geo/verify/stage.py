"""The stage: baseline against SK, and what is recommended for each location and for the city."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import Ints
from kotaku_geo.geo.parallel import aside
from kotaku_geo.reasons import location_reasons, relation_reasons
from kotaku_geo.stage import StageContext
from kotaku_geo.verify import checks, places, verdicts
from kotaku_geo.verify.coverage import looked_at
from kotaku_geo.verify.crs import city_crs
from kotaku_geo.verify.decree import decrees, newest_source
from kotaku_geo.verify.judging import Unions, judged, unions
from kotaku_geo.verify.lying import Lying, lying
from kotaku_geo.verify.overlaying import Overlay, overlay
from kotaku_geo.verify.relating import Alike, Groups, called_alike, elsewhere, group, related
from kotaku_geo.verify.relations import (
    COLUMNS,
    TABLE,
    Compared,
    any_of,
    drawn_relations,
    likeness,
    table_relations,
)
from kotaku_geo.verify.sides import Decreed, Side, baseline, decreed
from kotaku_geo.verify.summary import summary
from kotaku_geo.verify.tables import Matches, match
from kotaku_geo.verify.written import written_hectares


def run(ctx: StageContext) -> None:
    """Verify the consolidated kawasan against the SK; see the contract, section 5."""
    settings, crs = ctx.pipeline.verify, city_crs(ctx)
    drawn, tabled = decreed(ctx)
    kawasan = baseline(ctx)
    ctx.say(f"verify: {len(drawn) + len(tabled)} lokasi SK, {len(kawasan)} kawasan")
    over, groups, outside, alike, matches = _arranged(ctx, drawn, tabled, kawasan)
    taken = np.unique(matches.edges["kawasan"].to_numpy(np.int64))
    by_polygon = Compared(drawn, outside, groups, drawn.written)
    by_table = _tabled(tabled, kawasan, matches, taken, crs)

    outlines = unions(drawn, outside, groups, settings)
    compared = aside(partial(likeness, outlines, groups.both), ctx.workers)
    whole = over.geometry
    where = aside(partial(lying, ctx, whole), ctx.workers)
    over = judged(over, drawn, outside, groups, outlines, settings, crs, ctx.workers)
    pieces, rows = places.pieces(by_polygon, over, crs)
    named = elsewhere(over.shared(), drawn, alike, settings)
    relations = _judged_relations(ctx, by_polygon, over, outlines, compared(), set(named))
    if not len(drawn):
        relations["mode"] = TABLE
    table = table_relations(by_table, crs, settings.area_warning_pct)
    unclear = any_of(np.isin(np.arange(len(tabled)), list(matches.ambiguous)),
                     by_table.groups.sk, by_table.groups.size)  # fmt: skip
    table.loc[unclear & (table["verdict"] == "belum_terdata"), "sebab"] = "ambigu"
    table["rekomendasi"] = verdicts.recommendations(table)
    ctx.write("verify/pieces", _plain(pieces))
    _write(ctx, by_polygon, by_table, over, relations, table)
    _check(ctx, by_polygon, by_table, over, kawasan, named, matches)
    lies = where()
    if lies is not None:
        lies = lies.parts(over.origin[rows], over.geometry[rows], whole)
    _conclude(ctx, drawn, tabled, over, lies)


def _arranged(
    ctx: StageContext, drawn: Decreed, tabled: Decreed, kawasan: Side
) -> tuple[Overlay, Groups, Side, Alike, Matches]:
    """The overlay and its groups, without the kawasan that only a table means."""
    settings, crs = ctx.pipeline.verify, city_crs(ctx)
    over = overlay(drawn, kawasan, crs, ctx.workers)
    alike = called_alike(drawn, kawasan)
    edges = related(over, drawn, kawasan, alike, settings)
    free = ~np.isin(np.arange(len(kawasan)), edges["kawasan"])
    matches = match(tabled, kawasan, free)
    if matches.edges.empty:
        return over, group(edges, len(drawn), len(kawasan)), kawasan, alike, matches
    rest = np.setdiff1d(np.arange(len(kawasan)), matches.edges["kawasan"])
    outside = kawasan.take(rest)
    over = overlay(drawn, outside, crs, ctx.workers)
    alike = called_alike(drawn, outside)
    edges = related(over, drawn, outside, alike, settings)
    return over, group(edges, len(drawn), len(outside)), outside, alike, matches


def _tabled(
    tabled: Decreed, kawasan: Side, matches: Matches, taken: Ints, crs: pyproj.CRS
) -> Compared:
    """The table's locations with the kawasan they mean; hectares are read beside theirs."""
    meant = kawasan.take(taken)
    edges = matches.edges.assign(kawasan=np.searchsorted(taken, matches.edges["kawasan"]))
    groups = group(edges, len(tabled), len(meant))
    hectares = geodesic_ha(meant.geometry, crs)
    total = np.bincount(groups.kawasan, weights=hectares, minlength=groups.size)
    reference = (total / np.maximum(groups.count_sk, 1))[groups.sk]
    return Compared(tabled, meant, groups, written_hectares(tabled.rows, reference))


def _judged_relations(
    ctx: StageContext,
    both: Compared,
    over: Overlay,
    outlines: Unions,
    alike: dict[str, NDArray[np.float64]],
    named: set[int],
) -> pd.DataFrame:
    """Relations of drawn places with verdict and recommendation, in the order of the groups."""
    groups = both.groups
    frame = drawn_relations(both, over, outlines.tau, alike, ctx.pipeline.verify)
    frame["nama_lain"] = any_of(
        np.isin(np.arange(len(both.sk)), list(named)), groups.sk, groups.size
    )
    alone = np.flatnonzero((groups.count_sk > 0) & ~groups.both)
    covered = np.zeros(groups.size, dtype=bool)
    covered[alone] = looked_at(ctx, outlines.sk[alone])
    frame["verdict"], frame["sebab"] = verdicts.polygon_verdicts(frame, covered)
    frame["rekomendasi"] = verdicts.recommendations(frame)
    return frame


def _write(
    ctx: StageContext,
    by_polygon: Compared,
    by_table: Compared,
    over: Overlay,
    relations: pd.DataFrame,
    table: pd.DataFrame,
) -> None:
    crs = city_crs(ctx)
    frames = [f for f in (relations, table) if len(f)] or [relations]
    merged = pd.concat([f.reindex(columns=COLUMNS) for f in frames], ignore_index=True)
    merged["alasan"] = relation_reasons(merged)
    order = ["id_sk", "id_kawasan"]
    merged = merged.sort_values(order, na_position="last", ignore_index=True)
    locations = places.tidy_locations(
        [
            places.drawn_locations(by_polygon, over, relations),
            places.table_locations(by_table, table, crs),
        ]
    )
    locations["alasan"] = location_reasons(locations, merged)
    ctx.write("verify/relations", _plain(merged))
    ctx.write("verify/locations", _plain(locations))
    ctx.write("verify/sk", _plain(places.sk_outlines(by_polygon, by_table, crs)))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Text as text and numbers as float64, also where a column is empty throughout."""
    for column in frame.columns:
        if column == "geometry":
            continue
        number = column.endswith(("_ha", "_m", "_persen")) or column.startswith("iou")
        kind: Any = "float64" if number else "str"
        if frame[column].dtype != kind:
            frame[column] = frame[column].astype(kind)  # null stays null
    return frame


def _check(
    ctx: StageContext,
    by_polygon: Compared,
    by_table: Compared,
    over: Overlay,
    kawasan: Side,
    named: dict[int, Ints],
    matches: Matches,
) -> None:
    book, settings, crs = ctx.findings, ctx.pipeline.verify, city_crs(ctx)
    drawn, tabled = by_polygon.sk, by_table.sk
    for both in (by_polygon, by_table):
        area = geodesic_ha(both.sk.geometry, crs)
        area[area == 0] = np.nan  # a table draws nothing
        checks.check_written(book, both.sk, both.written, area, settings)
        checks.check_levels(book, both.sk)
    checks.check_overlaps(book, drawn, over.sk, settings, crs)
    checks.check_names(book, drawn, by_polygon.kawasan, named)
    checks.check_ambiguous(book, tabled, kawasan, matches.ambiguous)


def _conclude(
    ctx: StageContext, drawn: Decreed, tabled: Decreed, over: Overlay, where: Lying | None
) -> None:
    """Judge the decree itself, and sum up."""
    rows = pd.concat([drawn.rows, tabled.rows], ignore_index=True)
    found = decrees(rows)
    checks.check_regulations(ctx.findings, rows)
    checks.check_dates(ctx.findings, found, newest_source(ctx))
    relations, locations, pieces = (
        ctx.tables[f"verify/{name}"] for name in ("relations", "locations", "pieces")
    )
    sides = {"sk": over.sk.geometry, "kawasan": over.kawasan.geometry}
    drawn_ha = {name: float(geodesic_ha(g, city_crs(ctx)).sum()) for name, g in sides.items()}
    document = summary(ctx, relations, locations, pieces, drawn_ha, where, found)
    ctx.write_document("verify/summary.json", document)
