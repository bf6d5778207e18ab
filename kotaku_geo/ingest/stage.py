"""Ingest: every source becomes rows of its canonical layer, or a finding that says why not."""

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from kotaku_geo.config import Source
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest import lanes
from kotaku_geo.ingest.crs import check_crs
from kotaku_geo.ingest.inputs import delivered_files
from kotaku_geo.ingest.layer import Done, Job
from kotaku_geo.ingest.locate import locate
from kotaku_geo.ingest.placing import place
from kotaku_geo.ingest.reading import read_layer
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.stage import ACCOUNT, StageContext


def run(ctx: StageContext) -> None:
    """Read all sources, resolve places, check the layers, and leave tables and accounts.

    Layers do not meet, but all places are resolved by the kelurahan; they are made in lanes beside
    each other.
    """
    if not check_crs(ctx.pipeline.city.crs).is_projected:
        raise PipelineFileError(
            f"city.crs: {ctx.pipeline.city.crs} memakai derajat; pilih sistem koordinat dalam "
            "meter, misalnya UTM atau TM-3 kota ini"
        )
    by_layer: dict[str, list[Job]] = {}
    for job in _jobs(ctx):
        by_layer.setdefault(job[0].layer, []).append(job)
    done = lanes.make_all(by_layer, ctx)
    for made in sorted(done, key=lambda d: d.layer):
        ctx.findings.extend(made.findings)
        for name, beside in made.files.items():
            ctx.leave(name, beside)
        _write_accounts(made, ctx)
    accounts = [account for made in done for account in made.accounts]
    table = pd.DataFrame(accounts, columns=ACCOUNT)
    ctx.write("ingest/sources", table.sort_values(["source_id", "path"], ignore_index=True))
    _coverages(ctx)


def _write_accounts(made: Done, ctx: StageContext) -> None:
    """Accounts and counted findings of a layer, for stages that depend on some layers alone."""
    accounts = sorted(made.accounts, key=lambda a: (a["source_id"], a["path"]))
    ctx.write_document(f"ingest/accounts/{made.layer}.json", accounts)
    if made.findings:
        ctx.write_document(f"ingest/counts/{made.layer}.json", made.counts())


def _jobs(ctx: StageContext) -> Iterator[Job]:
    found = delivered_files(ctx.pipeline, ctx.drop)
    for source in ctx.pipeline.sources:
        files = found[source.id]
        if isinstance(files, InputError):
            yield source, files
        else:
            yield from ((source, file) for file in files)


def _coverages(ctx: StageContext) -> None:
    """Polygons of where a source looked, for those that name a file."""
    rows: list[dict[str, Any]] = []
    for source in ctx.pipeline.sources:
        if source.coverage in (None, "kota"):
            continue
        shape = _coverage(source, ctx)
        if shape is not None:
            rows.append({"source_id": source.id, "geometry": shape})
    if rows:
        ctx.write("ingest/coverage", gpd.GeoDataFrame(rows, crs=ctx.pipeline.city.crs))


def _coverage(source: Source, ctx: StageContext) -> shapely.Geometry | None:
    try:
        file = locate(ctx.drop, str(source.coverage))[0]
        raw = read_layer(file)
        if raw.geometry is None:
            raise InputError(f"{source.coverage}: tidak berisi poligon")
        where = Whereabouts.of(ctx.pipeline, ctx.drop)
        placed = place(raw.geometry, raw.crs_found, None, where)
        placed.tell(ctx.findings, source.id, str(source.coverage), raw.crs_found)
        if placed.refused:
            raise InputError(f"{source.coverage}: letaknya tidak diketahui")
        return shapely.union_all(shapely.make_valid(placed.geometry, method="structure"))
    except InputError as error:
        ctx.findings.add("file.unreadable", source_id=source.id, path=source.coverage,
                         sebab=str(error), key=f"coverage|{source.coverage}",
                         action="rejected")  # fmt: skip
        return None
