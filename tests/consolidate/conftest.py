"""Runs the stage on a small city: each test says only what matters to it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.consolidate import stage
from kotaku_geo.decisions import Decision, write_decisions
from kotaku_geo.stage import StageContext
from tests.consolidate.world import KODE, Consolidate, Outcome, Rows, box, table


@pytest.fixture
def consolidate(make_context: Callable[..., StageContext]) -> Consolidate:
    """Run the stage: ``consolidate(kawasan=[…], profil_rt=[…], sources=[{…}], policy={…})``.

    Every layer has a source of its own name unless ``sources`` says otherwise; a kelurahan that
    holds everything is there unless given.
    """

    def run(
        sources: Sequence[Mapping[str, Any]] = (),
        extra: Mapping[str, pd.DataFrame] | None = None,
        top: Mapping[str, Any] | None = None,
        decisions: Sequence[Decision] = (),
        **layers: Rows,
    ) -> Outcome:
        whole = {"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "geometry": box(0, 0, 5000)}
        layers = {"kelurahan": [whole], **layers}
        given = {s["id"] for s in sources}
        used = {
            (str(row.get("source_id", layer)), layer)
            for layer, rows in layers.items()
            for row in rows
        }
        every = [dict(path="x", **s) for s in sources]
        every += [
            {"id": i, "layer": layer, "path": "x"} for i, layer in sorted(used) if i not in given
        ]
        tables = {f"ingest/{name}": table(name, rows) for name, rows in layers.items() if rows}
        ctx = make_context("consolidate", {**tables, **(extra or {})}, every, **(top or {}))
        write_decisions(ctx.base / ctx.pipeline.decisions, decisions)
        stage.run(ctx)
        return Outcome(ctx)

    return run
