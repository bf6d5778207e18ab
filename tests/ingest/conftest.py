"""A small delivery written by hand, and an ingest of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest.stage import run
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace, read_any
from tests.conftest import CRS, pipeline_of

X0, Y0 = 350_000.0, 9_235_000.0  # in Central Java, UTM 49S


def square(col: float, row: float, size: float = 100.0) -> shapely.Polygon:
    """A square ``col``, ``row`` hundred metres from the corner of the city."""
    x, y = X0 + col * 100, Y0 + row * 100
    return shapely.box(x, y, x + size, y + size)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def kelurahan(drop: Path) -> dict[str, Any]:
    """Two kelurahan side by side, as a delivered file and its source."""
    frame = gpd.GeoDataFrame(
        {"KODE": ["33.75.01.1001", "33.75.01.1002"], "NAMA": ["Podosugih", "Tirto"],
         "KEC": ["Pekalongan Barat"] * 2},
        geometry=[square(0, 0, 1000), square(10, 0, 1000)], crs=CRS,
    )  # fmt: skip
    frame.to_file(drop / "kel.gpkg")
    return {"id": "kel", "layer": "kelurahan", "path": "kel.gpkg",
            "columns": {"kode_kelurahan": "KODE", "nama_kelurahan": "NAMA", "nama_kecamatan": "KEC"}}  # fmt: skip


class Ingested:
    """An ingest's tables and findings."""

    def __init__(self, ctx: StageContext) -> None:
        waiting = {k: v for k, v in ctx.finished.items() if v.suffix == ".parquet"}
        tables = {**{k: read_any(v) for k, v in waiting.items()}, **ctx.tables}
        self.tables = {k.removeprefix("ingest/"): v for k, v in tables.items()}
        self.findings = ctx.findings.frame()
        rest = {k: v.read_bytes() for k, v in ctx.finished.items() if k not in waiting}
        self.documents = {**rest, **ctx.documents}

    def rules(self, source: str | None = None) -> list[str]:
        found = self.findings
        if source:
            found = found[found["source_id"] == source]
        return sorted(found["rule"])

    def account(self, source: str) -> dict[str, Any]:
        sources = self.tables["sources"]
        return dict(sources[sources["source_id"] == source].iloc[0])


@pytest.fixture
def ingest(tmp_path: Path, drop: Path) -> Callable[..., Ingested]:
    def run_ingest(*sources: dict[str, Any], **top: Any) -> Ingested:
        pipeline = pipeline_of(list(sources), **top)
        ctx = StageContext(
            pipeline=pipeline,
            workspace=Workspace(tmp_path / "build"),
            drop=drop,
            base=tmp_path,
            findings=FindingBook("ingest", pipeline.city.crs),
        )
        run(ctx)
        return Ingested(ctx)

    return run_ingest
