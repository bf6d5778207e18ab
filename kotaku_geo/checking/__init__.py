"""A look at a delivery that leaves nothing behind: ingest in a folder that is thrown away."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kotaku_geo.checking.rows import first_rows
from kotaku_geo.config import PipelineFile
from kotaku_geo.runner import Say, run_stages
from kotaku_geo.workspace import Workspace


@dataclass(frozen=True)
class CheckResult:
    """Findings and accounts, with the columns of those tables, and what names them for people.

    ``first_rows`` gives, for (source id, path) of a table, the row of the sheet or text file that
    holds its first record, counted from 1.
    """

    findings: gpd.GeoDataFrame
    sources: pd.DataFrame
    file: PipelineFile
    first_rows: dict[tuple[str, str], int]


def check_pipeline(file: PipelineFile, drop: Path | None, workers: int, say: Say) -> CheckResult:
    """Ingest a pipeline and give its findings and accounts."""
    with tempfile.TemporaryDirectory(prefix="kotaku-geo-") as folder:
        report = run_stages(file, "ingest", drop=drop, build=Path(folder), workers=workers, say=say)
        workspace = Workspace(report.root)
        findings, sources = workspace.read_geo("findings"), workspace.read("ingest/sources")
    rows = first_rows(file.pipeline, drop or file.drop, findings)
    return CheckResult(findings, sources, file, rows)
