"""Where sector layers are measured: the RT, what they are divided by, and who looked where."""

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo import resources
from kotaku_geo.consolidate import rt
from kotaku_geo.consolidate.facts import Denominators, bound, hanging
from kotaku_geo.consolidate.ground import Ground, unit_of_points
from kotaku_geo.consolidate.tables import Bools, Floats, Geometries, Ints
from kotaku_geo.geo import cover, parallel
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation
from kotaku_geo.stage import StageContext
from kotaku_geo.texts import percent

# Rules of a layer's files that leave in doubt whether an empty source was read whole.
_UNREAD = frozenset({"file.missing", "file.unreadable", "file.refused", "file.format",
                     "file.column-missing", "crs.missing", "crs.contradicts"})  # fmt: skip
_DIGITS = 6


@cache
def derivations() -> Mapping[str, Mapping[str, Any]]:
    """Key of a parameter → how sector layers speak of it (``schemas/sectoral.yaml``)."""
    table: Mapping[str, Mapping[str, Any]] = resources.load("sectoral")["turunan"]
    return table


@cache
def covered_least() -> float:
    """Share of an RT in a stated coverage from which it counts as looked at."""
    return float(resources.load("sectoral")["cakupan_minimum"])


@record
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


@record
class Field:
    """Where sector layers are measured: the RT, their denominators, and who looked where.

    Attributes:
        ctx, units, have, law, services, ground: what is measured in, and by what.
        gaps: source and unit → parameters that it is too incomplete for, and how complete it is.
    """

    ctx: StageContext
    units: gpd.GeoDataFrame
    have: Denominators
    law: Regulation
    services: Mapping[str, Service]
    ground: Ground
    gaps: dict[tuple[str, int], list[tuple[str, float]]] = field(default_factory=dict)
    _shares: dict[str, Floats] = field(default_factory=dict)

    @property
    def shapes(self) -> Geometries:
        """Drawing of each unit, None where there is none."""
        return np.asarray(self.units.geometry.to_numpy(), dtype=object)

    @property
    def size(self) -> int:
        """How many units."""
        return len(self.units)

    def covered(self, source_id: str) -> Floats:
        """Share of each unit that lies in what a source states as its coverage; NaN: unstated."""
        if source_id not in self._shares:
            self._shares[source_id] = self._covered(source_id)
        return self._shares[source_id]

    def _covered(self, source_id: str) -> Floats:
        stated = self.ctx.pipeline.source(source_id).coverage
        if stated is None:
            return np.full(self.size, np.nan)
        if stated == "kota":
            return (~shapely.is_missing(self.shapes)).astype(np.float64)
        area = self.ctx.read_geo("ingest/coverage") if self.ctx.has("ingest/coverage") else None
        own = [] if area is None else area.geometry[area["source_id"] == source_id].to_numpy()
        inside = cover.covered_by(self.shapes, np.asarray(own, dtype=object))
        return np.minimum(np.nan_to_num(cover.share_of(self.shapes, inside)), 1.0)

    def looked_at(self, source_id: str) -> Bools:
        """Units inside what a source states as its coverage; none where it states nothing."""
        return np.nan_to_num(self.covered(source_id)) >= covered_least()

    def silent(self, layer: str, rows: gpd.GeoDataFrame) -> list[str]:
        """Sources of a layer that looked somewhere and, read whole, list nothing at all.

        An empty file is more often a failed export than a city without roads: that it is not is
        said by its stated coverage. Where a file of the layer could not be read, none counts.
        """
        present = set(rows["source_id"].unique())
        asked = [s.id for s in self.ctx.pipeline.of_layer(layer)
                 if s.coverage is not None and s.id not in present]  # fmt: skip
        if not asked or set(self.ctx.counts(layer)["rule"]) & _UNREAD:
            return []
        accounts = self.ctx.sources(layer)
        whole = accounts[["rows_kept", "rows_rejected"]].eq(0).all(axis=1)
        known = whole.groupby(accounts["source_id"]).all()
        return [source for source in asked if bool(known.get(source, False))]

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
        return unit_of_points(points, self.shapes)

    def total(self, unit: Ints, values: Floats) -> Floats:
        """Sum of values by unit; NaN where one of them is."""
        known = unit >= 0
        return np.bincount(unit[known], values[known], self.size).astype(np.float64)

    def said(
        self, key: str, source: str, volume: Floats, own: Floats, own_name: str, where: Bools,
        rated: Floats | None = None, *, of_rt: bool | Bools = True,
        there: Floats | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Candidates of the parameter of this name for units where the measure is known.

        Args:
            key: the parameter's name.
            source: who says it.
            volume, own: of each unit; ``own_name`` is what ``own`` counts.
            where: units that the source speaks of.
            rated: share of each unit's objects that could be counted; NaN where there are none.
            of_rt: whether ``own`` is the RT's denominator, and not the layer's own count.
            there: what is there of what ``own`` says there ought to be, where the volume is what
                lacks.
        """
        parameter = self.law.by_key.get(key)
        if parameter is None:
            return pd.DataFrame()
        known = ~np.isnan(volume) & ~np.isnan(own)
        rated = np.full(self.size, np.nan) if rated is None else np.round(rated, _DIGITS)
        complete = np.fmin(self.covered(source), rated)
        said = where & known & ~(rated < derivations()[key]["minimum"])
        unit = np.flatnonzero(said)
        self._note(source, parameter.id, complete, said, where)
        if not len(unit):
            return pd.DataFrame()
        made = bound(self.law, parameter, unit, volume[unit], own[unit], own_name, self.have)
        hangs = np.broadcast_to(of_rt, self.size)[unit]
        measure = volume if there is None else there
        made = hanging(made, own_name, measure[unit], hangs, lacking=there is not None)
        return made.assign(kelengkapan_data=np.round(complete[unit], _DIGITS))

    def _note(
        self, source: str, parameter: str, complete: Floats, said: Bools, where: Bools
    ) -> None:
        """Keep the units that a source knows something of, and not enough."""
        partly = (complete > 0) & (complete < 1) & ~said
        partly &= where | (self.covered(source) < covered_least())
        for unit in np.flatnonzero(partly).tolist():
            self.gaps.setdefault((source, unit), []).append((parameter, float(complete[unit])))

    def report(self) -> None:
        """One finding for each RT and source with too little of it rated or covered."""
        ids, shapes = self.units["id_rt"].tolist(), self.shapes
        for (source, unit), found in sorted(self.gaps.items()):
            names = ", ".join(sorted({name for name, _ in found}))
            share = percent(min(complete for _, complete in found), 0)
            self.ctx.findings.add(
                "sector.incomplete", source_id=source, subject=ids[unit], value=share,
                key=f"{ids[unit]}|{names}", geometry=shapes[unit], parameter=names, persen=share,
            )  # fmt: skip
