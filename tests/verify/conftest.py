"""Runs of the stage over hand-drawn cities."""

import shutil
from types import SimpleNamespace

import pytest

from kotaku_geo.verify import stage
from tests.verify import city


@pytest.fixture
def verify(make_context, tmp_path):
    """``verify(sk_rows, kawasan_rows, …)``: the stage's tables, summary and findings."""

    def run(sk_rows=(), kawasan_rows=(), *, sources=None, top=None, workers=2, **others):
        shutil.rmtree(tmp_path / "build", ignore_errors=True)  # of an earlier call
        frames = city.tables(sk_rows, kawasan_rows, **others)
        ctx = make_context("verify", frames, sources or city.SOURCES, **(top or {}))
        ctx.workers = workers
        stage.run(ctx)
        relations = ctx.tables["verify/relations"]
        return SimpleNamespace(
            ctx=ctx,
            relations=relations,
            only=relations.iloc[0] if len(relations) == 1 else None,
            locations=ctx.tables["verify/locations"].set_index("id"),
            pieces=ctx.tables["verify/pieces"],
            sk=ctx.tables["verify/sk"],
            summary=ctx.documents["verify/summary.json"],
            city=ctx.documents["verify/summary.json"]["rekomendasi"]["kota"],
            findings=ctx.findings.frame(),
            rules=sorted(ctx.findings.frame()["rule"]),
        )

    return run
