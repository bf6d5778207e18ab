"""What tests of several rooms share: contexts on tables made by hand, and the real city's data."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from kotaku_geo.config import Pipeline
from kotaku_geo.findings import FindingBook
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace

# No deadlines: machines are noisy. The same examples in CI every time.
settings.register_profile("kota", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("kota")

ROOT = Path(__file__).resolve().parents[1]
CRS = "EPSG:32749"


def shared_data() -> Path:
    """Folder of real data; tests that need it are skipped where it is absent."""
    return Path(os.environ.get("KOTAKU_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = shared_data()
    if not folder.is_dir():
        pytest.skip(f"real data are not here: {folder} (set KOTAKU_SHARED_DATA)")
    return folder


def pipeline_of(sources: list[dict[str, Any]] | None = None, **top: Any) -> Pipeline:
    """A small pipeline; ``top`` replaces or adds top-level keys."""
    content: dict[str, Any] = {
        "city": {"code": "33.75", "name": "Kota Uji", "crs": CRS, "size": "sedang"},
        "drop": "drop",
        "sources": sources or [{"id": "kawasan", "layer": "kawasan", "path": "kawasan.gpkg"}],
    }
    return Pipeline.model_validate({**content, **top})


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., StageContext]:
    """A stage's context over tables: ``make_context("verify", tables, sources=…)``."""

    def make(
        stage: str,
        tables: Mapping[str, pd.DataFrame],
        sources: list[dict[str, Any]] | None = None,
        **top: Any,
    ) -> StageContext:
        workspace = Workspace(tmp_path / "build")
        for name, frame in tables.items():
            workspace.write(name, frame)
        pipeline = pipeline_of(sources, **top)
        return StageContext(
            pipeline=pipeline,
            workspace=workspace,
            drop=tmp_path / "drop",
            base=tmp_path,
            findings=FindingBook(stage, pipeline.city.crs),
        )

    return make
