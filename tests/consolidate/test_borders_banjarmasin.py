"""The real city's kelurahan, which three offices draw: one coverage of each, and of both mixed."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from kotaku_geo.config import load_pipeline
from kotaku_geo.consolidate import stage as consolidate
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import planar, seams
from kotaku_geo.ingest import stage as ingest
from kotaku_geo.settings import Planar
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace
from tests.conftest import ROOT

KEMENDAGRI, PERKIM = "kemendagri-kelurahan", "perkim-kelurahan"
SHARE = 1e-4  # 0.01 %
Run = Callable[[str, float | None], StageContext]


@pytest.fixture(scope="module")
def run(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The stage on the city's kelurahan: the strongest source, and the tolerance in metres."""
    file = load_pipeline(ROOT / "pipelines/banjarmasin.yaml")
    wanted = [s for s in file.pipeline.sources if s.layer in ("kelurahan", "kawasan")]
    workspace = Workspace(tmp_path_factory.mktemp("build"))

    def context(stage: str, strongest: str, tolerance: float | None) -> StageContext:
        order = {"batas.kelurahan": [strongest]}
        within = file.pipeline.policy.planar if tolerance is None else Planar(gap_m=tolerance)
        policy = file.pipeline.policy.model_copy(update={"order": order, "planar": within})
        pipeline = file.pipeline.model_copy(update={"sources": wanted, "policy": policy})
        book = FindingBook(stage, pipeline.city.crs)
        return StageContext(pipeline, workspace, real_data / "banjarmasin", ROOT, book)

    first = context("ingest", KEMENDAGRI, 1.0)
    ingest.run(first)
    first.put()

    def made(strongest: str, tolerance: float | None) -> StageContext:
        ctx = context("consolidate", strongest, tolerance)
        consolidate.run(ctx)
        return ctx

    return made


def drawn(ctx: StageContext, source: str) -> np.ndarray:
    rows = ctx.workspace.read_geo("ingest/kelurahan")
    rows = rows[rows["source_id"] == source].sort_values("kode_kelurahan")
    assert len(rows) == 52
    return np.asarray(rows.geometry.to_numpy(), dtype=object)


def tiles(shapes: np.ndarray) -> np.ndarray:
    """The coverage with every overlap once, as a tile of its own."""
    shared = shapely.union_all(seams.overlaps(shapes).geometry)
    alone = shapely.difference(shapes, shared)
    return np.concatenate([alone[~shapely.is_empty(alone)], shapely.get_parts(shared)])


@pytest.mark.parametrize("tolerance", [1.0, 12.0])
@pytest.mark.parametrize("source", [KEMENDAGRI, PERKIM])
def test_the_coverage_is_valid_and_no_ground_is_lost(
    run: Run, source: str, tolerance: float
) -> None:
    """Ground covered = Σ area − what is counted twice. Filled gaps are all that may be won."""
    ctx = run(source, tolerance)
    before, frame = drawn(ctx, source), ctx.tables["consolidate/kelurahan"]
    assert isinstance(frame, gpd.GeoDataFrame)
    after = frame.geometry.to_numpy()
    assert shapely.is_valid(after).all()
    kept = seams.overlaps(after)
    assert seams.wider(kept.geometry, tolerance).all(), "only what is wider than noise overlaps"
    assert shapely.coverage_is_valid(tiles(after))
    ground = [shapely.area(shapely.union_all(shapes)) for shapes in (before, after)]
    twice = [shapely.area(s).sum() - g for s, g in zip((before, after), ground, strict=True)]
    gaps = [shapely.area(seams.gaps(shapes)).sum() for shapes in (before, after)]
    filled = shapely.area(shapely.intersection(seams.gaps(before), shapely.union_all(after))).sum()
    lost = ground[1] - ground[0] - filled
    print(
        f"{source}, {tolerance:g} m: Σ {shapely.area(before).sum() / 1e4:.2f} → "
        f"{shapely.area(after).sum() / 1e4:.2f} ha; twice {twice[0] / 1e4:.4f} → "
        f"{twice[1] / 1e4:.4f}; gaps {gaps[0] / 1e4:.4f} → {gaps[1] / 1e4:.4f}, filled "
        f"{filled / 1e4:.4f}; ground {100 * lost / ground[0]:+.6f} % beside it"
    )
    assert abs(lost) < SHARE * ground[0]
    if tolerance == 1.0:
        expected = shapely.area(before).sum() - twice[0]
        assert abs(ground[1] - expected) < SHARE * expected
    else:
        assert len(kept.geometry) == 0
        assert shapely.coverage_is_valid(after)
        expected = shapely.area(before).sum() - twice[0] + filled
        assert abs(shapely.area(after).sum() - expected) < SHARE * expected


@pytest.mark.parametrize("source", [KEMENDAGRI, PERKIM])
def test_as_the_city_sets_it_up_the_coverage_is_valid_whole(run: Run, source: str) -> None:
    """Within ``policy.planar.kelurahan`` of its file: no overlap or gap, no refusal, no area lost.

    What overlaps counted twice makes up for what gaps left out, so both the sum of the kelurahan
    and the ground that they cover, gaps filled, are held to the share.
    """
    ctx = run(source, None)
    before, frame = drawn(ctx, source), ctx.tables["consolidate/kelurahan"]
    after = np.asarray(frame.geometry.to_numpy(), dtype=object)
    assert len(after) == 52
    assert not shapely.is_empty(after).any()
    assert shapely.coverage_is_valid(after)
    rules = set(ctx.findings.frame()["rule"])
    assert "planar.repaired" in rules
    assert not rules & {"planar.refused", "planar.overlap-kept"}
    assert len(seams.gaps(after)) == 0
    total = [shapely.area(shapes).sum() for shapes in (before, after)]
    ground = [shapely.area(shapely.union_all([*s, *seams.gaps(s)])) for s in (before, after)]
    for name, (then, now) in {"sum": total, "ground": ground}.items():
        print(f"{source}: {name} {100 * (now / then - 1):+.6f} %")
        assert abs(now - then) < SHARE * then


@pytest.mark.parametrize("source", [KEMENDAGRI, PERKIM])
def test_whatever_stays_unmended_is_a_finding(run: Run, source: str) -> None:
    ctx = run(source, 1.0)
    frame, found = ctx.tables["consolidate/kelurahan"], ctx.findings.frame()
    codes, kept = frame["kode_kelurahan"].to_numpy(), seams.overlaps(frame.geometry.to_numpy())
    pairs = {";".join(sorted(p)) for p in zip(codes[kept.left], codes[kept.right], strict=True)}
    told = ctx.tables["consolidate/planar"]
    told = told[(told["tahap"] == "sesudah") & (told["kind"] == "tumpang_tindih")]
    assert set(told["subjects"]) == pairs
    assert (found["rule"] == "planar.overlap-kept").sum() == len(pairs)
    as_drawn = drawn(ctx, source)
    done = planar.repair(as_drawn, np.zeros(52, dtype=np.int64), planar.Distances(0.5, 1.0))
    refused = codes[done.refused != None]  # noqa: E711 (element by element)
    assert set(found.loc[found["rule"] == "planar.refused", "subject"]) == set(refused)
    print(f"{source}: {len(pairs)} overlaps kept, {len(refused)} repairs refused")


def test_borders_of_two_offices_meet_on_those_of_the_stronger(run: Run) -> None:
    """One district by one office, the rest by the other, which yields where they meet."""
    ctx = run(KEMENDAGRI, 1.0)
    codes = ctx.tables["consolidate/kelurahan"]["kode_kelurahan"].to_numpy()
    first = np.array([code.startswith("63.71.01") for code in codes])
    shapes = np.where(first, drawn(ctx, KEMENDAGRI), drawn(ctx, PERKIM))
    near = planar.Distances(0.5, 1.0)
    alone = planar.repair(shapes[first], np.zeros(first.sum(), dtype=np.int64), near)
    done = planar.repair(shapes, (~first).astype(np.int64), near)
    again = planar.repair(done.geometry, (~first).astype(np.int64), near)
    assert not again.changed.any()
    moved = shapely.area(shapely.symmetric_difference(alone.geometry, done.geometry[first]))
    kept = (done.refused[first] == None) & (alone.refused == None)  # noqa: E711
    assert (moved[kept] <= 2e-3 * shapely.length(shapes[first][kept])).all()
    drift = np.abs(shapely.area(done.geometry) - shapely.area(shapes))
    assert (drift <= shapely.length(shapes)).all()
    print(f"mixed: {done.changed.sum()} changed, {(~kept).sum()} of the stronger refused")


def test_every_outline_is_compared_with_every_other_offices(run: Run) -> None:
    pairs = run(KEMENDAGRI, 1.0).tables["consolidate/boundaries"]
    assert len(pairs) == 104
    own = pairs[pairs["source_id_lain"] == PERKIM]
    assert own["iou"].mean() == pytest.approx(0.957, abs=0.0005)
    assert own["iou"].min() == pytest.approx(0.832, abs=0.0005)
    assert (own["beda_ha"] <= own["beda_kotor_ha"] + 1e-9).all()
    assert set(own["penilaian"]) <= {"gambar_ulang", "beda_nyata"}
    counts = own["penilaian"].value_counts().to_dict()
    beyond = (own["selisih_ha"].abs() > own["ketidakpastian_ha"]).sum()
    print(f"{counts}; hectares differ by more than ± in {beyond} of 52")
