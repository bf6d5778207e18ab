"""`seal`, `diff` and `explain` as a user calls them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from kotaku_geo import agreement
from kotaku_geo.history.baseline import Baseline
from tests.history.world import R1, State
from tests.ingest.conftest import square
from tests.test_cli import call
from tests.test_runner import city, layer, same_code  # noqa: F401  (fixtures)

Make = Callable[..., State]
BA = ("--minutes", "BA 050/12/2024", "--date", "2024-05-02")


@pytest.fixture
def made(state: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[..., State]:
    """A workspace with planted disagreements that commands take for current."""

    def make(**how: Any) -> State:
        found = state(**how)
        findings = pd.DataFrame(
            columns=["rule", "action", "source_id", "path", "message"], dtype="str"
        )
        found.workspace.write("ingest/findings", findings)
        monkeypatch.setattr(agreement.Desk, "workspace", lambda *_: found.root)
        return found

    return make


def test_seal_refuses_with_the_list_and_succeeds_once_decided(made: Make) -> None:
    found = made()
    refused = call("seal", found.file.path, *BA)
    assert refused.exit_code == 4
    assert f"3a {R1}: susulan 10,0 %; profil 60,0 %" in refused.stdout
    assert not (found.file.path.parent / "segel").exists()
    content = json.loads(call("seal", found.file.path, *BA, "--format", "json").stdout)
    assert content["exit_code"] == 4
    assert [c["subject"] for c in content["open_conflicts"]] == [R1]
    found.decide()
    done = call("seal", found.file.path, *BA)
    assert done.exit_code == 0, done.output
    assert "disegel sebagai v1.0" in done.stdout
    assert "Berita acara BA 050/12/2024, 2 Mei 2024" in done.stdout
    folder = found.file.path.parent / "segel" / found.file.stem / "v1.0"
    assert json.loads((folder / "segel.json").read_text())["hash"] in done.stdout
    found.decide(status="basi")
    again = call("seal", found.file.path, *BA, "--lang", "en")
    assert again.exit_code == 4
    assert "1 decisions are stale" in again.stdout
    found.change("conflicts", lambda f: f.assign(material=False))
    assert call("seal", found.file.path, *BA).exit_code == 5


def test_an_input_of_the_baseline_that_cannot_be_read_is_exit_3(city: Path) -> None:
    build = city.parent / "build"
    (city.parent / "drop" / "bcb.gpkg").write_bytes(b"rusak")
    assert call("seal", city, *BA, "--build", build).exit_code == 0, "no part of the baseline"
    (city.parent / "drop" / "kawasan.gpkg").write_bytes(b"rusak")
    done = call("seal", city, *BA, "--build", build)
    assert done.exit_code == 3
    assert "kawasan.gpkg" in done.stdout


def test_versions_of_a_whole_run(city: Path, tmp_path: Path) -> None:
    """Seal, deliver anew, compare, seal again, look at both, explain the first."""
    build, seals = ("--build", city.parent / "build"), ("--seal-dir", tmp_path / "arsip")
    assert call("seal", city, *BA, *build, *seals).exit_code == 0
    assert not (city.parent / "segel").exists()
    layer(city.parent / "drop", "kawasan", [square(1, 1, 200), square(6, 6, 400)],
          id_kawasan=["K1", "K2"], nama_kawasan=["Satu", "Dua"], skor=[60, 20])  # fmt: skip
    gpkg = tmp_path / "beda.gpkg"
    found = call(
        "diff", "v1.0", "--pipeline", city, *build, *seals, "--gpkg", gpkg, "--format", "json"
    )
    assert found.exit_code == 0, found.output
    content = json.loads(found.stdout)
    assert (content["weight"], content["reasons"]) == ("major", ["batas", "tingkat"])
    assert set(gpd.read_file(gpkg, layer="kawasan")["id"]) == {"K1", "K2"}
    done = call("seal", city, "--minutes", "BA 9", "--date", "2024-11-01", *build, *seals)
    assert "disegel sebagai v2.0" in done.stdout
    two = call("diff", "v1.0", "v2.0", "--pipeline", city, *seals)
    assert "tingkat: kumuh sedang → kumuh berat" in two.stdout
    folder = tmp_path / "arsip" / "uji"
    assert call("diff", folder / "v2.0", city.parent / "build" / "uji").stdout.endswith(
        "Tidak ada perbedaan.\n"
    )
    same = call("diff", city.parent / "build" / "uji", "--pipeline", city, *build, *seals).stdout
    assert same.startswith(f"Perbandingan {city.parent / 'build' / 'uji'} → ")
    other = shutil.copytree(city.parent / "build" / "uji", tmp_path / "lain" / "uji")
    both = call("diff", other, city.parent / "build" / "uji").stdout
    assert both.startswith(f"Perbandingan {other} → {city.parent / 'build' / 'uji'}: ")
    now, then = (call("explain", city, "K1", *build, *seals, *more).stdout
                 for more in ((), ("--version", "v1.0")))  # fmt: skip
    assert "skor 60 dan tingkat kumuh berat" in now
    assert "skor 40 dan tingkat kumuh sedang" in then


def test_check_tells_a_changed_version(city: Path) -> None:
    build = ("--build", city.parent / "build")
    assert "Belum ada versi" in call("seal", city, "--check").stdout
    call("seal", city, *BA, *build)
    whole = call("seal", city, "--check")
    assert (whole.exit_code, "v1.0: utuh" in whole.stdout) == (0, True)
    record = city.parent / "segel" / "uji" / "v1.0" / "segel.json"
    record.chmod(0o644)
    record.write_text(record.read_text().replace("2024-05-02", "2023-05-02"))
    changed = call("seal", city, "--check")
    assert changed.exit_code == 3
    assert "v1.0: BERUBAH sejak disegel: segel.json" in changed.stdout
    assert call("diff", "v1.0", "--pipeline", city, *build).exit_code == 3


@pytest.mark.parametrize(
    "args",
    [
        ("seal", "CITY", "--minutes", "BA 1"),
        ("seal", "CITY", "--minutes", " ", "--date", "2024-05-02"),
        ("seal", "CITY", "--minutes", "BA 1", "--date", "2 Mei 2024"),
        ("diff", "v1.0"),
        ("diff", "v7.0", "--pipeline", "CITY"),
        ("diff", "tiada", "juga-tiada"),
        ("explain", "CITY", "K77"),
        ("explain", "CITY", "K1", "9z"),
        ("explain", "CITY", "K1", "--version", "v1.0"),
    ],
)
def test_wrong_usage_is_exit_2(city: Path, args: tuple[str, ...]) -> None:
    told = [str(city) if a == "CITY" else a for a in args]
    done = call(*told, *(() if "tiada" in args else ("--build", city.parent / "build")))
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def test_explain_an_sk_location(city: Path) -> None:
    """The verification is brought up to date for it alone."""
    build = city.parent / "build"
    done = call("explain", city, "S1", "--build", build, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["kind"] == "sk"
    assert not (build / "uji" / "screen").exists()
    assert "maksudnya" not in done.output
    near = call("explain", city, "S2", "--build", build)
    assert "yang mirip: S1" in near.stderr


def test_explain_speaks_two_languages(made: Make) -> None:
    found = made()
    done = call("explain", found.file.path, R1, "3a", "--lang", "en")
    assert "Conflict c3caf4bd6391 is material and still open." in done.stdout
    assert "60 of 100 households = 60.0 %, score 3." in done.stdout


def test_a_seal_that_cannot_be_written_is_exit_6(city: Path) -> None:
    (city.parent / "berkas").write_text("x")
    done = call(
        "seal", city, *BA, "--build", city.parent / "build", "--seal-dir", city.parent / "berkas"
    )
    assert done.exit_code == 6, done.output


def test_a_hostile_file_of_decisions_is_told(made: Make) -> None:
    found = made()
    path = found.file.path.parent / "keputusan.csv"
    path.write_bytes(b"\xff\xfe\x00")
    assert call("explain", found.file.path, R1).exit_code == 3
    path.write_text("salah;kolom\n1;2\n")
    done = call("explain", found.file.path, R1)
    assert "keputusan.csv baris 1: kolom tidak ada: decision_id" in done.stderr
    path.write_text('decision_id,subject,reason\nd9,x,"=HYPERLINK(1)"\n')
    assert Baseline.of_workspace(found.root, found.file).decided["reason"].tolist() == [
        "=HYPERLINK(1)"
    ]
