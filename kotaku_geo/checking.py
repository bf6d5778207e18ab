"""A look at a delivery that leaves nothing behind: ingest in a folder that is thrown away."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kotaku_geo.config import PipelineFile
from kotaku_geo.runner import Say, run_stages
from kotaku_geo.workspace import Workspace


@dataclass(frozen=True)
class CheckResult:
    """Findings and accounts, with the columns of those tables."""

    findings: gpd.GeoDataFrame
    sources: pd.DataFrame


def check_pipeline(file: PipelineFile, drop: Path | None, workers: int, say: Say) -> CheckResult:
    """Ingest a pipeline and give its findings and accounts."""
    with tempfile.TemporaryDirectory(prefix="kotaku-geo-") as folder:
        report = run_stages(file, "ingest", drop=drop, build=Path(folder), workers=workers, say=say)
        workspace = Workspace(report.root)
        return CheckResult(workspace.read_geo("findings"), workspace.read("ingest/sources"))
