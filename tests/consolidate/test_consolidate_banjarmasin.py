"""The real city: no RT facts at all, so what is reported stands."""

from pathlib import Path

import geopandas as gpd
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.consolidate import stage as consolidate
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest import stage as ingest
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace
from tests.conftest import ROOT

WANTED = ("kelurahan", "rt", "kawasan")


@pytest.fixture(scope="module")
def done(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    file = load_pipeline(ROOT / "pipelines/banjarmasin.yaml")
    wanted = [s for s in file.pipeline.sources if s.layer in WANTED]
    pipeline = file.pipeline.model_copy(update={"sources": wanted})
    workspace = Workspace(tmp_path_factory.mktemp("build"))
    for name, module in (("ingest", ingest), ("consolidate", consolidate)):
        book = FindingBook(name, pipeline.city.crs)
        ctx = StageContext(pipeline, workspace, real_data / "banjarmasin", file.path.parent, book)
        module.run(ctx)
        ctx.put()
    return ctx


def test_370_rows_are_362_kawasan_that_keep_their_reported_score(done: StageContext) -> None:
    delivered = done.workspace.read_geo("ingest/kawasan")
    areas = done.tables["consolidate/kawasan"]
    assert (len(delivered), len(areas)) == (370, 362)
    assert set(areas["kelengkapan"]) == {"tanpa_data"}
    assert areas["skor"].notna().all()
    assert areas["tingkat"].value_counts().to_dict() == {"ringan": 360, "sedang": 1, "tidak_kumuh": 1}  # fmt: skip
    assert (areas["peraturan"] == "permen-14-2018").all()
    assert areas["legalitas"].isna().all()


def test_every_kawasan_is_one_rt_by_name(done: StageContext) -> None:
    rts, areas = done.tables["consolidate/rt"], done.tables["consolidate/kawasan"]
    assert (areas["jumlah_rt"] == 1).all()
    assert rts["id_rt"].is_unique
    assert rts["id_rt"].tolist() == areas["daftar_rt"].tolist()
    assert rts["skor"].isna().all()


def test_no_hectare_is_lost(done: StageContext) -> None:
    areas = done.tables["consolidate/kawasan"]
    assert isinstance(areas, gpd.GeoDataFrame)
    delivered = done.workspace.read_geo("ingest/kawasan")
    assert areas.area.sum() == pytest.approx(delivered.area.sum(), rel=1e-3)
    villages = done.tables["consolidate/kelurahan"]
    assert len(villages) == 52
    assert villages["luas_kawasan_ha"].sum() == pytest.approx(areas["luas_ha"].sum(), rel=0.01)


def test_reported_priorities_of_low_standing_are_not_the_regulations(done: StageContext) -> None:
    """Data README: PENANGANAN of the RENDAH rows is not what the table gives (8 instead of 9)."""
    findings = done.findings.frame()
    wrong = findings[findings["rule"] == "priority.reported-differs"]["subject"]
    areas = done.tables["consolidate/kawasan"].set_index("id_kawasan")
    assert len(wrong) > 100
    differs = areas.loc[wrong]
    assert differs["tingkat_pertimbangan"].isin(["rendah"]).mean() > 0.95
    right = areas["prioritas_dilaporkan"] == areas["prioritas"]
    assert not right[wrong].fillna(False).any()


def test_three_sources_draw_the_kelurahan_differently(done: StageContext) -> None:
    conflicts = done.tables["consolidate/conflicts"]
    of_kelurahan = conflicts[conflicts["parameter"] == "batas.kelurahan"]
    assert len(of_kelurahan) == 52
    assert 0 < of_kelurahan["material"].sum() < 52
    assert (of_kelurahan["spread"] < 20).all()  # IoU is 0.832 at least


def test_findings_keep_their_ids_and_name_no_row(done: StageContext) -> None:
    findings = done.findings.frame()
    assert findings["finding_id"].is_unique
    assert not findings["subject"].dropna().str.contains("#", regex=False).any()
