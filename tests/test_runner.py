"""Only what has changed runs again, and a stage that fails leaves the last good output."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import yaml

from kotaku_geo import runner
from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import Decision, write_decisions
from kotaku_geo.errors import InputError, KotakuError
from kotaku_geo.files import file_hash
from kotaku_geo.ingest import cache
from kotaku_geo.ledger import RunReport
from kotaku_geo.runner import run_stages
from tests.conftest import CRS
from tests.ingest.conftest import square


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A tiny delivery: one kelurahan, two kawasan, one SK location, one heritage point."""
    drop = tmp_path / "drop"
    drop.mkdir()
    layer(
        drop,
        "kel",
        [square(0, 0, 2000)],
        kode_kelurahan=["33.75.01.1001"],
        nama_kelurahan=["Tirto"],
    )
    layer(drop, "kawasan", [square(1, 1, 200), square(6, 6, 300)], id_kawasan=["K1", "K2"],
          nama_kawasan=["Satu", "Dua"], skor=[40, 20])  # fmt: skip
    layer(drop, "sk", [square(1, 1, 200)], id_sk=["S1"], nama_lokasi=["Satu"], luas_sk_ha=[4.0],
          tingkat_sk=["sedang"])  # fmt: skip
    layer(drop, "bcb", [square(6, 6, 10)], nama=["Masjid"])
    sources = [{"id": n, "layer": la, "path": f"{n}.gpkg", "coverage": "kota"} for n, la in
               (("kel", "kelurahan"), ("kawasan", "kawasan"), ("sk", "sk"), ("bcb", "bcb"))]  # fmt: skip
    write(tmp_path, sources)
    return tmp_path / "uji.yaml"


@pytest.fixture(autouse=True)
def same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code's hash is a setting here, so that an edit during the tests does not count; and the
    smallest of files is worth keeping."""
    monkeypatch.setattr(cache, "WORTH_KEEPING", 0)
    monkeypatch.setattr(runner, "_code_hash", lambda: "uji")
    monkeypatch.setattr(cache, "_code", lambda: "uji")


def layer(drop: Path, name: str, shapes: list[Any], **columns: Any) -> None:
    (drop / f"{name}.gpkg").unlink(missing_ok=True)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(drop / f"{name}.gpkg")


def write(folder: Path, sources: list[dict[str, Any]], **top: Any) -> None:
    content = {"city": {"code": "33.75", "name": "Kota Uji", "crs": CRS}, "drop": "drop",
               "sources": sources, **top}  # fmt: skip
    (folder / "uji.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def run(city: Path, target: str | tuple[str, ...] = "screen", **options: Any) -> RunReport:
    return run_stages(load_pipeline(city), target, build=city.parent / "build", **options)


def ran(report: RunReport) -> list[str]:
    return [name for name, how in report.stages.items() if how == "ran"]


def tables(city: Path, build: str = "build") -> dict[str, str]:
    root = city.parent / build / "uji"
    return {p.relative_to(root).as_posix(): file_hash(p)
            for p in sorted(root.rglob("*.parquet")) if "cache" not in p.parts}  # fmt: skip


def test_a_second_run_does_nothing(city: Path) -> None:
    assert ran(run(city)) == ["ingest", "consolidate", "screen"]
    before = tables(city)
    assert ran(run(city)) == []
    assert tables(city) == before


def test_changing_one_source_reruns_only_what_depends_on_it(city: Path) -> None:
    run(city, "verify")
    run(city, "screen")
    layer(city.parent / "drop", "bcb", [square(1, 1, 10)], nama=["Masjid"])
    said: list[str] = []
    assert ran(run(city, "verify", say=said.append)) == ["ingest"]
    assert [line for line in said if "←" in line] == ["ingest: bcb ← bcb.gpkg"]
    assert ran(run(city, "screen")) == ["screen"]
    layer(city.parent / "drop", "sk", [square(1, 1, 150)], id_sk=["S1"], nama_lokasi=["Satu"],
          luas_sk_ha=[4.0], tingkat_sk=["sedang"])  # fmt: skip
    assert ran(run(city, "screen")) == ["ingest"]
    assert ran(run(city, "verify")) == ["verify"]


def test_changing_a_setting_reruns_only_the_stages_that_heed_it(city: Path) -> None:
    run(city, "verify")
    run(city, "screen")
    content = yaml.safe_load(city.read_text(encoding="utf-8"))
    write(city.parent, content["sources"], screen={"bcb": {"buffer_m": 10}})
    assert ran(run(city, "verify")) == []
    assert ran(run(city, "screen")) == ["screen"]
    write(city.parent, content["sources"], verify={"tolerance_k": 2})
    assert "verify" in ran(run(city, "verify"))


def test_a_table_that_somebody_touched_is_made_again(city: Path) -> None:
    run(city)
    good = tables(city)
    path = city.parent / "build" / "uji" / "consolidate" / "kawasan.parquet"
    path.write_bytes(b"rusak")
    assert "consolidate" in ran(run(city))
    assert tables(city) == good


def test_a_layer_that_is_no_longer_delivered_leaves_no_table(city: Path) -> None:
    run(city)
    content = yaml.safe_load(city.read_text(encoding="utf-8"))
    write(city.parent, [s for s in content["sources"] if s["id"] != "bcb"])
    run(city)
    assert not (city.parent / "build" / "uji" / "ingest" / "bcb.parquet").exists()


def test_workers_and_build_folder_do_not_change_a_byte(city: Path) -> None:
    run(city, workers=1)
    file = load_pipeline(city)
    run_stages(file, "screen", build=city.parent / "lain", workers=4)
    assert tables(city) == tables(city, "lain")


def test_a_stage_that_fails_leaves_the_last_good_output(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(city)
    good = tables(city)

    def fails(ctx: Any) -> None:
        ctx.write("screen/screening", ctx.read_geo("consolidate/kawasan"))
        raise KotakuError("uji")

    monkeypatch.setattr("kotaku_geo.screen.stage.run", fails)
    monkeypatch.setattr(runner, "_code_hash", lambda: "lain")
    with pytest.raises(KotakuError):
        run(city)
    assert {k: v for k, v in tables(city).items() if k.startswith("screen/")} == {
        k: v for k, v in good.items() if k.startswith("screen/")}  # fmt: skip


def test_run_json_tells_versions_inputs_and_stages(city: Path) -> None:
    run(city)
    content = json.loads((city.parent / "build" / "uji" / "run.json").read_text())
    assert set(content["inputs"]) == {"kel.gpkg", "kawasan.gpkg", "sk.gpkg", "bcb.gpkg"}
    assert content["run"]["stages"]["screen"] == "ran"
    assert content["versions"]["shapely"]


def test_waivers_apply_without_running_a_stage_again(city: Path) -> None:
    run(city)
    root = city.parent / "build" / "uji"
    findings = gpd.read_parquet(root / "findings.parquet")
    waiver = (
        f"finding_id,bukti,alasan,oleh,sampai\n{findings['finding_id'].iloc[0]},,lihat BA,Pokja,\n"
    )
    (city.parent / "pengecualian.csv").write_text(waiver)
    assert ran(run(city)) == []
    assert gpd.read_parquet(root / "findings.parquet")["dikecualikan"].notna().sum() == 1


def test_a_part_that_is_its_whole_layer_is_kept_as_its_table(city: Path) -> None:
    run(city, "ingest")
    good, root = tables(city), city.parent / "build" / "uji"
    kept = [json.loads(p.read_text()) for p in (root / "cache" / "ingest").glob("*.json")]
    assert {k["table"] for k in kept} == {None, "ingest/bcb"}

    def read_again() -> list[str]:
        said: list[str] = []
        run(city, "ingest", say=said.append)
        return [line for line in said if "←" in line]

    content = yaml.safe_load(city.read_text(encoding="utf-8"))
    write(city.parent, content["sources"], policy={"planar": {"snap_m": 0.4}})
    assert read_again() == []
    assert tables(city) == good
    (root / "ingest" / "bcb.parquet").write_bytes(b"rusak")
    assert read_again() == ["ingest: bcb ← bcb.gpkg"]


def disputed(city: Path) -> dict[str, Any]:
    """Two delineations of one kawasan; gives the conflict as a row."""
    drop = city.parent / "drop"
    layer(drop, "lain", [square(1, 1, 150)], id_kawasan=["K1"], nama_kawasan=["Satu"])
    content = yaml.safe_load(city.read_text(encoding="utf-8"))
    more = {"id": "lain", "layer": "kawasan", "path": "lain.gpkg", "accuracy_m": 1.0}
    write(city.parent, [*content["sources"], more])
    run(city)
    table = pd.read_parquet(city.parent / "build" / "uji" / "consolidate" / "conflicts.parquet")
    row: dict[str, Any] = table.iloc[0].to_dict()
    return row


def decided(city: Path, conflict: dict[str, Any], **cells: Any) -> None:
    """Write a decision for the second delineation."""
    said = {"kind": "batas", "subject": "K1", "parameter": "batas.kawasan", "source_id": "lain",
            "value": None, "reason": "diukur ulang", "forum": "Rapat Pokja", "minutes": "BA 1",
            "date": dt.date(2024, 5, 2), "by": "Sekretaris", "evidence": conflict["evidence"]}  # fmt: skip
    write_decisions(city.parent / "keputusan.csv", [Decision(**{**said, **cells})])


def test_a_changed_decision_runs_what_follows_from_it_and_not_ingest(city: Path) -> None:
    conflict = disputed(city)
    every = ("verify", "screen")
    run(city, every)
    decided(city, conflict)
    assert ran(run(city, every)) == ["consolidate", "verify", "screen"]
    root = city.parent / "build" / "uji" / "consolidate"
    areas = pd.read_parquet(root / "kawasan.parquet").set_index("id_kawasan")
    assert areas.loc["K1", "source_id"] == "lain"
    assert ran(run(city, every)) == []
    decided(city, conflict, reason="dicek lagi")  # the same choice: nothing follows from it
    assert ran(run(city, every)) == ["consolidate"]
    (city.parent / "keputusan.csv").unlink()
    assert ran(run(city, every)) == ["consolidate", "verify", "screen"]


def test_a_broken_decisions_file_leaves_the_last_good_output(city: Path) -> None:
    run(city)
    good = tables(city)
    (city.parent / "keputusan.csv").write_text("kind\nnilai\n")
    with pytest.raises(InputError, match=r"keputusan\.csv baris 1"):
        run(city)
    assert tables(city) == good
