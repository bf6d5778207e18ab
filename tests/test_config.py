from pathlib import Path
from typing import Any

import pytest
import yaml

from kotaku_geo.config import check_plain_path, load_pipeline
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.settings import Planar
from tests.conftest import pipeline_of

MINIMAL: dict[str, Any] = {
    "city": {"code": "33.75", "name": "Kota Uji", "crs": "EPSG:32749"},
    "drop": "drop",
    "sources": [{"id": "kel", "layer": "kelurahan", "path": "kel.shp"}],
}


def loaded(tmp_path: Path, **changes: Any) -> Any:
    path = tmp_path / "uji.yaml"
    path.write_text(yaml.safe_dump({**MINIMAL, **changes}), encoding="utf-8")
    return load_pipeline(path)


def test_only_city_drop_and_sources_are_required_and_defaults_are_the_contracts(
    tmp_path: Path,
) -> None:
    file = loaded(tmp_path)
    pipeline = file.pipeline
    assert file.stem == "uji"
    assert file.drop == tmp_path / "drop"
    assert pipeline.regulation == "permen-14-2018"
    assert (pipeline.decisions, pipeline.waivers) == ("keputusan.csv", "pengecualian.csv")
    assert pipeline.policy.tolerance == {"default": 5}
    assert (pipeline.verify.min_overlap, pipeline.verify.tolerance_k) == (0.05, 1.5)
    assert pipeline.verify.accuracy_m == 5
    assert pipeline.screen.bcb.buffer_m == 50
    assert pipeline.screen.kawasan_lindung.sempadan_m == 15
    assert pipeline.screen.rawan_bencana.breaks == (0.333, 0.666)
    assert pipeline.city.size == "sedang"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kota": 1}, "kota: kunci tidak dikenal"),
        ({"screen": {"bcb": {"bufer_m": 1}}}, "screen.bcb.bufer_m: kunci tidak dikenal; maksudnya 'buffer_m'"),
        ({"sources": [{"id": "a", "layer": "kelurahen", "path": "x"}]}, "maksudnya 'kelurahan'"),
        ({"sources": [{"id": "a", "layer": "rt", "path": "x", "colums": {}}]}, "maksudnya 'columns'"),
        ({"sources": [{"id": "a", "layer": "rt", "path": "x", "columns": {"rrt": "RT"}}]}, "maksudnya 'rt'"),
        ({"sources": [{"id": "a", "layer": "sk", "path": "x", "units": {"luas_sk_ha": "acre"}}]}, "'acre' tidak dikenal"),
        ({"sources": MINIMAL["sources"] * 2}, "lebih dari sekali: kel"),
        ({"policy": {"order": {"3a": ["kell"]}}}, "maksudnya 'kel'"),
        ({"policy": {"order": {"9z": ["kel"]}}}, "policy.order: '9z' tidak dikenal"),
        ({"policy": {"tolerance": {"4e": 3}}}, "policy.tolerance: '4e' tidak dikenal"),
        ({"city": {"code": "3375", "name": "x", "crs": "EPSG:1"}}, "city.code"),
        ({"sources": []}, "sources: tidak boleh kosong"),
        ({"city": {"code": 33.75, "name": "x", "crs": "EPSG:1"}}, "tanda kutip"),
        ({"sources": [{"id": "sk", "layer": "sk", "path": "x", "columns": {"id_sk": False}}]}, "sources.sk.columns.id_sk: harus teks"),
        ({"screen": {"rawan_bencana": {"breaks": [0.9, 0.6]}}}, "harus menaik"),
        ({"screen": {"bcb": {"buffer_m": -50}}}, "screen.bcb.buffer_m: tidak boleh kurang dari 0"),
    ],
)  # fmt: skip
def test_a_fault_names_the_key(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PipelineFileError, match=r"uji\.yaml") as error:
        loaded(tmp_path, **changes)
    assert said in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "path",
    ["../x.shp", "/etc/passwd", "a/../../x", "CSV:/x", "/vsicurl/http://x", "vsizip/x", "http://x/y",
     '{"type": "FeatureCollection"}', "<OGRVRTDataSource>", "C:\\x.shp", "~/x", "a\nb", ""],
)  # fmt: skip
def test_a_path_that_is_no_plain_path_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(PipelineFileError):
        loaded(tmp_path, sources=[{"id": "a", "layer": "rt", "path": path}])


@pytest.mark.parametrize(
    "path", ["a.shp", "kel/*.shp", "data.zip/kel.shp", "Peta 2023/RT 01.geojson"]
)
def test_plain_paths_are_taken(path: str) -> None:
    check_plain_path(path)


def test_a_key_written_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "uji.yaml"
    path.write_text("drop: a\ndrop: b\n", encoding="utf-8")
    with pytest.raises(PipelineFileError, match="ditulis dua kali"):
        load_pipeline(path)


def test_a_missing_file_and_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    with pytest.raises(PipelineFileError, match="tidak ditemukan"):
        load_pipeline(tmp_path / "tiada.yaml")
    (tmp_path / "x.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(PipelineFileError, match="YAML"):
        load_pipeline(tmp_path / "x.yaml")


def test_a_layer_may_have_distances_of_its_own() -> None:
    policy = {"planar": {"snap_m": 0.2, "kelurahan": {"gap_m": 12}}}
    planar = pipeline_of(policy=policy).policy.planar
    assert planar.of("kelurahan") == (0.2, 12)
    assert planar.of("rt") == (0.2, 1.0)
    assert Planar().of("rt") == Planar().of("kelurahan") == (0.5, 1.0)


def test_order_is_the_parameters_then_the_default_then_the_files() -> None:
    sources = [{"id": i, "layer": "profil_rt", "path": f"{i}.xlsx"} for i in ("a", "b", "c", "d")]
    pipeline = pipeline_of(sources, policy={"order": {"default": ["c"], "3a": ["b"]}})
    assert pipeline.order() == ["c", "a", "b", "d"]
    assert pipeline.order("3a") == ["b", "c", "a", "d"]


def test_accuracy_is_stated_or_half_a_millimetre_at_scale() -> None:
    sources = [
        {"id": "a", "layer": "sk", "path": "a", "scale": 5000},
        {"id": "b", "layer": "sk", "path": "b", "scale": 5000, "accuracy_m": 1.5},
        {"id": "c", "layer": "sk", "path": "c"},
    ]
    assert [s.accuracy for s in pipeline_of(sources).sources] == [2.5, 1.5, None]
