"""A real city's delivery, from files to screening; skipped where the data are absent."""

import json
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.findings import SEVERITIES
from kotaku_geo.runner import run_stages

ROOT = Path(__file__).resolve().parents[1]
# Published, planar UTM 50S: union of both sets and what they share, hectares.
SK_HA, BASELINE_HA, SHARED_HA = 517.95, 507.58, 183.05
# At 114.6° E the projection's areal scale is 1.00097: planar hectares are that much too large.
SCALE = 1.00097


@pytest.fixture(scope="module")
def built(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = load_pipeline(ROOT / "pipelines" / "banjarmasin.yaml")
    build = tmp_path_factory.mktemp("banjarmasin")
    targets = ("verify", "screen")
    return run_stages(file, targets, drop=real_data / "banjarmasin", build=build).root


@pytest.fixture(scope="module")
def findings(built: Path) -> gpd.GeoDataFrame:
    return gpd.read_parquet(built / "findings.parquet")


def count(findings: pd.DataFrame, rule: str, source: str | None = None) -> int:
    found = findings[findings["rule"] == rule]
    return len(found if source is None else found[found["source_id"] == source])


def test_both_sets_and_their_overlap_agree_with_what_was_published(built: Path) -> None:
    summary = json.loads((built / "verify" / "summary.json").read_text())["total"]
    assert summary["sk"]["luas_ha"] * SCALE == pytest.approx(SK_HA, rel=0.003)
    assert summary["baseline"]["luas_ha"] * SCALE == pytest.approx(BASELINE_HA, rel=0.003)
    assert summary["sk"]["tetap_ha"] * SCALE == pytest.approx(SHARED_HA, rel=0.003)


def test_the_hectares_add_up_for_the_city_and_for_every_location(built: Path) -> None:
    pieces = gpd.read_parquet(built / "verify" / "pieces.parquet")
    side = {"sk": pieces["id_sk"].notna(), "kawasan": pieces["id_kawasan"].notna()}
    locations = pd.read_parquet(built / "verify" / "locations.parquet")
    summary = json.loads((built / "verify" / "summary.json").read_text())["total"]
    for name, total in (("sk", "sk"), ("kawasan", "baseline")):
        assert pieces.loc[side[name], "luas_ha"].sum() == pytest.approx(
            summary[total]["luas_ha"], rel=1e-3
        )
    parts = locations[["tetap_ha", "berubah_ha", "toleransi_ha"]].sum(axis=1)
    assert np.allclose(parts, locations["luas_ha"], rtol=1e-3)
    counted = Counter(locations["sisi"])
    assert counted["sk"] == 452
    assert counted["kawasan"] == 362  # 370 rows, of which eight repeat an RT


def test_every_row_of_every_file_is_accounted_for(built: Path, real_data: Path) -> None:
    sources = pd.read_parquet(built / "ingest" / "sources.parquet")
    assert (sources["rows_read"] == sources["rows_kept"] + sources["rows_rejected"]).all()
    for row in sources.to_dict("records"):
        content = json.loads((real_data / "banjarmasin" / row["path"]).read_text(encoding="utf-8"))
        assert row["rows_read"] == len(content["features"]), row["path"]
    rejected = pd.read_parquet(built / "ingest" / "findings.parquet")
    rejected = rejected[rejected["action"] == "rejected"].groupby("source_id").size()
    assert (
        rejected.to_dict()
        == sources.set_index("source_id")["rows_rejected"].loc[lambda s: s > 0].to_dict()
    )


@pytest.mark.parametrize(
    ("rule", "source", "number"),
    [
        ("geometry.unclosed", "rawa-kolam", 33),
        ("geometry.invalid", "perkim-kelurahan", 7),
        ("geometry.invalid", "batas-rt", 41),
        ("value.repaired", "kumuh-sk", 1),  # Sedang\r\nSedang
        ("value.null-text", "kumuh-sk", 1),  # NULL, thirteen cells of one column
        ("value.zero-area", "kumuh-sk", 9),
        ("rt.two", "kumuh-sk", 1),  # 23/24
        ("name.unknown-kecamatan", "kumuh-sk", 1),  # Banjarmasin Ba
        ("value.coordinate-zero", "kumuh-2022", 1),
        ("value.missing", "sungai", 1),  # mostly unclassed
        ("geometry.overlap", "banjir", 1),
        ("rt.no-rw", "kegiatan-drainase", 1),
        ("rt.no-rw", "kegiatan-persampahan", 1),
        ("rt.no-rw", "kegiatan-spald", 1),
        ("geometry.z-dropped", "persampahan-titik", 1),
        ("score.below-threshold", None, 1),
    ],
)
def test_the_known_defects_are_findings(
    findings: gpd.GeoDataFrame, rule: str, source: str | None, number: int
) -> None:
    assert count(findings, rule, source) == number


def test_eleven_pairs_of_kelurahan_overlap(findings: gpd.GeoDataFrame) -> None:
    told = findings[findings["source_id"] == "perkim-kelurahan"]
    slivers = told.loc[told["rule"] == "geometry.overlap-sliver", "value"].astype(int).sum()
    assert count(told, "geometry.overlap") + slivers == 11


def test_fifteen_sk_polygons_bear_another_name_than_the_kelurahan_they_lie_in(
    findings: gpd.GeoDataFrame,
) -> None:
    """Thirteen are spellings (Kampung Melayu, Benua Anyar); two lie in another kelurahan."""
    assert count(findings, "name.fuzzy", "kumuh-sk") == 13
    assert count(findings, "name.contradicts-location", "kumuh-sk") == 2


def test_areas_of_kelurahan_that_are_off_are_told_up_to_four_times(
    findings: gpd.GeoDataFrame,
) -> None:
    told = findings[
        (findings["rule"] == "area.attribute-differs")
        & (findings["source_id"] == "perkim-kelurahan")
    ]
    assert len(told) > 20
    ratios = (
        told["message"].str.extract(r"\(([\d,]+) kali\)")[0].str.replace(",", ".").astype(float)
    )
    assert ratios.min() < 0.5
    assert ratios.max() > 3.5


def test_the_priorities_of_the_rendah_rows_contradict_the_regulation(
    findings: gpd.GeoDataFrame, built: Path
) -> None:
    kawasan = gpd.read_parquet(built / "consolidate" / "kawasan.parquet")
    rendah = kawasan[
        (kawasan["tingkat_pertimbangan"] == "rendah") & (kawasan["tingkat"] == "ringan")
    ]
    assert set(rendah["prioritas"].dropna()) == {9}
    told = findings[findings["rule"] == "priority.reported-differs"]
    wrong = rendah.loc[
        rendah["prioritas_dilaporkan"].notna() & (rendah["prioritas_dilaporkan"] != 9), "id_kawasan"
    ]
    assert set(wrong) <= set(told["subject"])
    assert len(wrong) > 100


def test_identical_names_never_hide_and_ids_are_unique(
    findings: gpd.GeoDataFrame, built: Path
) -> None:
    assert findings["finding_id"].is_unique
    assert set(findings["severity"]) <= set(SEVERITIES)
    for table, key in (("consolidate/kawasan", "id_kawasan"), ("consolidate/rt", "id_rt"),
                       ("consolidate/kelurahan", "kode_kelurahan"), ("verify/relations", "relation_id")):  # fmt: skip
        frame = pd.read_parquet(built / f"{table}.parquet")
        assert frame[key].is_unique, table


def test_nobody_looked_for_landslides_mha_heritage_or_land_so_nothing_is_clean(built: Path) -> None:
    screening = pd.read_parquet(built / "screen" / "screening.parquet")
    assert len(screening) == 362 * 5
    assert not (screening["status"] == "tidak_terindikasi").any()
    nothing = screening[screening["tema"].isin(["mha", "bcb", "status_tanah"])]
    assert set(nothing["status"]) == {"data_tidak_tersedia"}
    assert nothing["luas_ha"].isna().all()


def test_the_same_run_twice_gives_the_same_bytes(
    built: Path, real_data: Path, tmp_path: Path
) -> None:
    from kotaku_geo.files import file_hash

    file = load_pipeline(ROOT / "pipelines" / "banjarmasin.yaml")
    targets = ("verify", "screen")
    run_stages(file, targets, drop=real_data / "banjarmasin", build=tmp_path, workers=1)
    again = tmp_path / "banjarmasin"
    for path in sorted(built.rglob("*.parquet")):
        name = path.relative_to(built)
        if name.parts[0] != "cache":
            assert file_hash(again / name) == file_hash(path), name
