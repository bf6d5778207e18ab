"""Runs the screening stage on tables made by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from kotaku_geo.screen.stage import run
from tests.screen import screen_world as world


@dataclass
class Screened:
    screening: pd.DataFrame
    hits: gpd.GeoDataFrame
    findings: gpd.GeoDataFrame

    def row(self, theme: str, kawasan: str = "K1") -> pd.Series:
        own = self.screening
        return own[(own["tema"] == theme) & (own["id_kawasan"] == kawasan)].iloc[0]

    def of(self, rule: str) -> pd.DataFrame:
        return self.findings[self.findings["rule"] == rule]


@pytest.fixture
def screen(make_context: Callable[..., Any]) -> Callable[..., Screened]:
    def go(
        tables: dict[str, pd.DataFrame] | None = None,
        sources: list[dict[str, Any]] | None = None,
        rasters: dict[str, tuple[Any, ...]] | None = None,
        workers: int = 1,
        accounts: dict[str, list[dict[str, Any]]] | None = None,
        **top: Any,
    ) -> Screened:
        given = {
            "consolidate/kawasan": world.kawasan(world.box(0, 0)),
            "consolidate/kelurahan": world.kelurahan(),
            **(tables or {}),
        }
        ctx = make_context("screen", given, sources, **top)
        ctx.workers = workers
        for name, rows in (accounts or {}).items():
            ctx.workspace.write_json(f"ingest/accounts/{name}.json", rows)
        for source_id, grid in (rasters or {}).items():
            path = ctx.workspace.path(f"ingest/raster_{source_id}.tif")
            if callable(grid[0]):
                grid[0](path)
            else:
                world.write_raster(path, *grid)
        run(ctx)
        return Screened(ctx.tables["screen/screening"], ctx.tables["screen/hits"],
                        ctx.findings.frame())  # fmt: skip

    return go
