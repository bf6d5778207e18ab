"""What was delivered for a theme: its features, its rasters, and where each source looked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.config import Source, layer_columns
from kotaku_geo.geo.cover import Geometries, Pieces, pieces, union_by
from kotaku_geo.late import record
from kotaku_geo.screen.city import City
from kotaku_geo.screen.coverage import Looked, of_parts, together, unknown, within
from kotaku_geo.screen.features import Features, features_of, is_raster
from kotaku_geo.screen.tally import Found
from kotaku_geo.screen.themes import INDEX_CLASSES, Theme
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import read_any

if TYPE_CHECKING:  # loads rasterio: only where a raster was delivered
    from kotaku_geo.screen.grid import RasterLook

NOISE_M2 = 0.01  # overlaps up to this are what two projections make of one line
CITYWIDE = "kota"


@record
class Delivered:
    """A theme's data on the kawasan.

    Attributes:
        sources: ids of the sources that were delivered, sorted.
        features: vector and table rows.
        found: pieces of kawasan under features and rasters.
        rasters: what each raster says, by source id.
        kinds: the kinds that each source looked for.
    """

    sources: tuple[str, ...]
    features: Features
    found: Found
    rasters: Mapping[str, "RasterLook"]
    kinds: Mapping[str, frozenset[str]]

    def targets(self) -> Geometries:
        """Where a hit would be: features of classes that are hits, unwidened, and hit cells."""
        hit = self.features.rows["hit"].to_numpy(dtype=bool)
        cells = [self.rasters[source].hits for source in sorted(self.rasters)]
        return np.concatenate([self.features.geometry[hit], *cells])


def delivered(ctx: StageContext, theme: Theme, city: City) -> Delivered | None:
    """What was delivered for a theme; None where nothing was.

    Raises:
        InputError: a raster of the workspace cannot be read.
    """
    frame = _layer(ctx, theme.name)
    sources = tuple(sorted({*frame["source_id"].dropna(), *_empty_sources(ctx, theme.name)}))
    if not sources:
        return None
    features = features_of(theme, frame, city)
    own = pieces(
        city.geometry, features.geometry, features.reach, least=NOISE_M2, workers=city.workers
    )
    rasters = _rasters(ctx, theme, frame, city)
    return Delivered(
        sources=sources,
        features=features,
        found=_found(theme, features, own, rasters),
        rasters=rasters,
        kinds={source: _kinds(ctx, theme, frame, features, source) for source in sources},
    )


def looked(
    theme: Theme, data: Delivered, city: City, stated: "StatedCoverage"
) -> dict[str, Looked]:
    """Where each source of a theme looked."""
    return {source: _looked(source, theme, data, city, stated) for source in data.sources}


class StatedCoverage:
    """Coverage that the pipeline file states, overlaid once for each statement."""

    def __init__(self, ctx: StageContext, city: City) -> None:
        self.ctx = ctx
        self.city = city
        self._whole: Looked | None = None

    def of(self, source_id: str) -> Looked | None:
        """Where a source says it looked; None where it says nothing that can be drawn."""
        source = source_of(self.ctx, source_id)
        if source is None or source.coverage is None:
            return None
        if source.coverage == CITYWIDE:
            if self._whole is None:
                self._whole = within(self.city, self.city.places)
            return self._whole
        if not self.ctx.has("ingest/coverage"):
            return None
        frame = self.ctx.read_geo("ingest/coverage")
        own = frame[(frame["source_id"] == source_id) & frame.geometry.notna()]
        return within(self.city, np.asarray(own.geometry.array, dtype=object)) if len(own) else None


def source_of(ctx: StageContext, source_id: str) -> Source | None:
    """A source of the pipeline file."""
    return next((s for s in ctx.pipeline.sources if s.id == source_id), None)


def needs_statement(theme: Theme, data: Delivered, source: str) -> bool:
    """Whether only a stated coverage can tell where a source looked."""
    if theme.looked == "value" or source in data.rasters:
        return False
    listed = data.features.rows.loc[data.features.of_source(source), "listed"]
    return not listed.all() if len(listed) else source not in data.features.silent


def _looked(
    source: str, theme: Theme, data: Delivered, city: City, stated: StatedCoverage
) -> Looked:
    """Parcels cover themselves, rasters their values, tables their kelurahan, the rest what is
    stated; a statement holds for tables as well."""
    mine = data.features.of_source(source)
    if theme.looked == "value":
        return _of_rows(city, data.found, (data.found.rows["source_id"] == source).to_numpy(bool))
    looks = []
    if source in data.rasters:
        raster = data.rasters[source]
        valued = union_by(raster.pieces.geometry, raster.pieces.target, len(city))
        looks.append(Looked(raster.share, valued))
    listed = mine & data.features.rows["listed"].to_numpy(dtype=bool)
    if listed.any():
        looks.append(within(city, data.features.geometry[listed]))
    said = stated.of(source)
    if said is not None and source not in data.rasters:
        looks.append(said)
    elif needs_statement(theme, data, source):
        looks.append(unknown(city))
    return together(city, looks) if looks else within(city, np.empty(0, dtype=object))


def _of_rows(city: City, found: Found, chosen: NDArray[np.bool_]) -> Looked:
    target = found.rows["target"].to_numpy(dtype=np.intp)[chosen]
    return of_parts(city, union_by(found.geometry[chosen], target, len(city), workers=city.workers))


def _layer(ctx: StageContext, layer: str) -> pd.DataFrame:
    table = f"ingest/{layer}"
    if not ctx.has(table):
        columns = ["source_id", *layer_columns(layer)]
        nothing = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
        return nothing.assign(source_row=pd.Series(dtype="Int64"))
    return read_any(ctx.workspace.path(table))


def _empty_sources(ctx: StageContext, layer: str) -> list[str]:
    """Sources of a layer whose file was read and holds no row: they looked and found nothing."""
    mine = [source.id for source in ctx.pipeline.of_layer(layer)]
    table = ctx.sources(layer)
    if not mine or table.empty:
        return []
    read = table["rows_read"].fillna(-1).groupby(table["source_id"]).agg(["min", "max"])
    return [s for s in mine if s in read.index and (read.loc[s] == 0).all()]


def _rasters(
    ctx: StageContext, theme: Theme, frame: pd.DataFrame, city: City
) -> dict[str, "RasterLook"]:
    sources = sorted(frame.loc[is_raster(frame), "source_id"].unique())
    if not sources:
        return {}
    from kotaku_geo.screen import grid

    hit = tuple(name for name in INDEX_CLASSES if theme.is_hit(name))
    breaks = ctx.pipeline.screen.rawan_bencana.breaks
    found = {}
    for source in sources:
        name = f"ingest/raster_{source}.tif"
        ctx.reads.add(name)
        read = grid.read_grid(ctx.workspace.path(name), city, breaks)
        found[str(source)] = grid.look(read, city, hit)
    return found


def _found(
    theme: Theme, features: Features, own: Pieces, rasters: Mapping[str, "RasterLook"]
) -> Found:
    columns = ["source_id", "source_row", "label", "rank", "hit", "assumed"]
    rows = features.rows[columns].iloc[own.feature].assign(target=own.target)
    tables, shapes = [rows], [own.geometry]
    for source, look in rasters.items():
        labels = pd.Series(np.array(INDEX_CLASSES, dtype=object)[look.pieces.feature], dtype="str")
        table = pd.DataFrame({"source_id": source, "label": labels, "assumed": False})
        table["source_row"] = pd.array([None] * len(table), dtype="Int64")
        table["rank"] = labels.map(theme.rank).astype(int)
        table["hit"] = labels.map(theme.is_hit).astype(bool)
        tables.append(table.assign(target=look.pieces.target))
        shapes.append(look.pieces.geometry)
    filled = [t for t in tables if len(t)] or tables[:1]
    merged = pd.concat(filled, ignore_index=True)
    keys = ["target", "source_id", "source_row", "rank"]
    order = merged.sort_values(keys, kind="stable", na_position="first").index.to_numpy()
    return Found(merged.loc[order].reset_index(drop=True), np.concatenate(shapes)[order])


def _kinds(
    ctx: StageContext, theme: Theme, frame: pd.DataFrame, features: Features, source: str
) -> frozenset[str]:
    """What a source looked for: the kinds of its rows, or what the pipeline file sets."""
    if theme.kind is None:
        return frozenset([""])
    kinds = set(features.rows.loc[features.of_source(source), "kind"])
    if theme.kind in frame:
        raster = is_raster(frame) & (frame["source_id"] == source).to_numpy(dtype=bool)
        kinds |= set(frame.loc[raster, theme.kind].fillna(""))
    named = source_of(ctx, source)
    if named is not None and theme.kind in named.set:
        kinds.add(str(named.set[theme.kind]))
    return frozenset(kinds or {""})


def layer_of(ctx: StageContext, layer: str) -> gpd.GeoDataFrame | None:
    """A layer with geometry, or None where nobody delivered it."""
    return ctx.read_geo(f"ingest/{layer}") if ctx.has(f"ingest/{layer}") else None


def accuracies(ctx: StageContext) -> dict[str, float]:
    """CE90 of each source, metres; NaN unknown."""
    return {s.id: np.nan if s.accuracy is None else s.accuracy for s in ctx.pipeline.sources}
