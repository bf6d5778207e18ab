"""Commands as a user calls them: exit codes, sentences instead of tracebacks, JSON alone on stdout."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from kotaku_geo.cli import STAGE_HELP, cli
from tests.test_runner import (  # noqa: F401  (fixtures)
    city,
    decided,
    disputed,
    layer,
    same_code,
    square,
    write,
)

ROOT = Path(__file__).resolve().parents[1]


def call(*args: Any) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def test_run_says_what_ran_and_where_to_look(city: Path) -> None:
    build = city.parent / "build"
    done = call("run", city, "--build", build)
    assert done.exit_code == 0, done.output
    for product in ("profil.html", "sikk_33.75.gpkg", "verification.json"):
        assert product in done.stdout
        assert (build / "uji" / "publish" / product).is_file()
    again = call("run", city, "--build", build)
    assert "semua tahap sudah mutakhir" in again.stdout
    assert "Nothing has changed" in call("verify", city, "--build", build, "--lang", "en").stdout


def test_json_goes_to_stdout_alone(city: Path) -> None:
    done = call("ingest", city, "--build", city.parent / "build", "--format", "json")
    content = json.loads(done.stdout)
    assert content["stages"] == {"ingest": "ran"}
    assert "ingest: kel" in done.stderr


def test_check_writes_nothing_and_gives_findings_and_sources_also_at_exit_3(city: Path) -> None:
    (city.parent / "drop" / "sk.gpkg").write_bytes(b"rusak")
    before = sorted(p for p in city.parent.rglob("*"))
    done = call("check", city, "--format", "json")
    assert done.exit_code == 3
    content = json.loads(done.stdout)
    assert {f["rule"] for f in content["findings"]} >= {"file.unreadable"}
    assert [s["source_id"] for s in content["sources"]] == ["bcb", "kawasan", "kel", "sk"]
    assert sorted(p for p in city.parent.rglob("*")) == before


def test_rules_are_listed() -> None:
    assert "geometry.invalid" in call("check", "--rules").stdout
    rules = json.loads(call("check", "--rules", "--format", "json").stdout)
    assert {"rule", "severity", "responsible"} <= set(rules[0])


def test_fail_on_sets_the_exit_code_only(city: Path) -> None:
    layer(city.parent / "drop", "bcb", [None], nama=["Masjid"])
    build = city.parent / "build"
    assert call("screen", city, "--build", build).exit_code == 0
    assert call("screen", city, "--build", build, "--fail-on", "error").exit_code == 1
    assert (build / "uji" / "screen" / "screening.parquet").is_file()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": [{"id": "a", "layer": "sk", "path": "../x"}]}, "jalur biasa"),
        ({"salah": 1}, "kunci tidak dikenal"),
        ({"sources": [{"id": "a", "layer": "sk", "path": "sk.gpkg", "columns": {"id_sk": "KODE_X"}}]}, "'KODE_X'"),
        ({"city": {"code": "33.75", "name": "x", "crs": "EPSG:1"}}, "'EPSG:1' tidak dikenal"),
    ],
)  # fmt: skip
def test_a_wrong_pipeline_file_is_exit_2_and_a_sentence(
    city: Path, change: dict[str, Any], said: str
) -> None:
    content = {**yaml.safe_load(city.read_text()), **change}
    city.write_text(yaml.safe_dump(content))
    done = call("verify", city, "--build", city.parent / "build")
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_drop_that_is_not_there_and_two_cities_of_one_name_are_exit_2(city: Path) -> None:
    build = city.parent / "build"
    gone = call("run", city, "--build", build, "--drop", city.parent / "tiada")
    assert gone.exit_code == 2
    assert "tiada" in gone.stderr
    other = city.parent / "lain"
    other.mkdir()
    (other / city.name).write_text(city.read_text())
    assert call("run", city, other / city.name, "--build", build).exit_code == 2


def test_a_city_crs_in_degrees_is_exit_2(city: Path) -> None:
    content = yaml.safe_load(city.read_text())
    content["city"]["crs"] = "EPSG:4326"
    city.write_text(yaml.safe_dump(content))
    done = call("check", city)
    assert done.exit_code == 2
    assert "derajat" in done.stderr


def test_a_coverage_that_cannot_be_read_is_exit_3(city: Path) -> None:
    content = yaml.safe_load(city.read_text())
    content["sources"][3]["coverage"] = "batas.geojson"
    city.write_text(yaml.safe_dump(content))
    for written in (None, "bukan peta"):
        if written:
            (city.parent / "drop" / "batas.geojson").write_text(written)
        done = call("screen", city, "--build", city.parent / "build")
        assert done.exit_code == 3, done.output
        screened = (city.parent / "build" / "uji" / "screen" / "screening.parquet").is_file()
        assert screened, "the other sources are still worked on"


def test_an_output_that_cannot_be_written_is_exit_6(city: Path) -> None:
    (city.parent / "file").write_text("x")
    done = call("ingest", city, "--build", city.parent / "file")
    assert done.exit_code == 6, done.output


def test_every_command_is_documented() -> None:
    """A command or make target that the README does not name does not exist for its users."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in cli.commands:
        assert re.search(rf"`(kotaku-geo )?{name}\b", readme), f"README does not name {name}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for stage in STAGE_HELP:
        assert stage in makefile


def test_help_needs_nothing_that_is_slow_to_import() -> None:
    """Commands import what they need when they are called."""
    script = (
        "import sys, kotaku_geo.cli\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & {'numpy', 'pandas', 'shapely',"
        " 'geopandas', 'pyogrio', 'pydantic', 'yaml', 'jinja2', 'xlsxwriter', 'docx'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_init_writes_a_pipeline_file_that_check_reads(city: Path) -> None:
    drop = city.parent / "drop"
    target = city.parent / "usulan" / "baru.yaml"
    done = call("init", drop, "-o", target, "--format", "json")
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["pipeline"] == str(target)
    layers = {s["path"]: s["layer"] for s in content["sources"] if s["proposed"]}
    assert layers["kel.gpkg"] == "kelurahan"
    assert layers["sk.gpkg"] == "sk"
    assert call("check", target).exit_code == 0
    assert call("init", drop, "-o", target).exit_code == 2
    assert call("init", drop, "-o", target, "--force").exit_code == 0
    assert call("init", city.parent / "tiada", "-o", city.parent / "x.yaml").exit_code == 3
    assert call("init", drop, "-o", city / "x.yaml").exit_code == 6


def test_every_stage_tells_what_is_still_to_be_agreed(city: Path) -> None:
    build = ("--build", city.parent / "build")
    assert "worksheet export" not in call("screen", city, *build).stdout
    conflict = disputed(city)
    decided(city, conflict, evidence="0" * 64)
    for stage in ("consolidate", "verify", "run"):
        told = call(stage, city, *build).stdout
        assert "Konflik material masih terbuka: 1." in told
        assert "Keputusan basi, tidak diterapkan karena buktinya berubah: 1." in told
        assert told.splitlines()[-1].startswith("Langkah berikutnya: kotaku-geo worksheet export")
        assert "K1" not in told, "the decisions are listed only where they must be in force"
    assert "Konflik" not in call("ingest", city, *build).stdout
    content = json.loads(call("verify", city, *build, "--format", "json").stdout)
    assert (content["open_conflicts"], content["open_minor_conflicts"]) == (1, 0)
    assert content["decisions"] == {
        "berlaku": 0, "basi": 1, "bertentangan": 0, "tidak_terpakai": 0
    }  # fmt: skip
    assert content["idle_decisions"] == 1


def test_make_run_ends_with_the_next_steps() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    told = subprocess.run(["make", "-n", "--no-print-directory", "run", "PIPELINE=kota.yaml"], cwd=ROOT, check=True,
                          capture_output=True, text=True).stdout  # fmt: skip
    last = [line for line in told.splitlines() if line.strip()][-2:]
    assert ["make check PIPELINE=kota.yaml" in last[0], "make worksheet PIPELINE" in last[1]] == [
        True, True
    ]  # fmt: skip


def test_what_comes_after_the_meeting_is_the_seal_until_it_is_sealed(
    city: Path,
) -> None:
    build = ("--build", city.parent / "build")
    done = call("consolidate", city, *build)
    seal = f"Langkah berikutnya: kotaku-geo seal {city} --build {build[1]} --minutes"
    assert f"{seal} NOMOR --date TTTT-BB-HH" in done.stdout, "nothing had to be decided"
    decided(city, disputed(city))
    done = call("consolidate", city, *build)
    assert f"{seal} 'BA 1' --date 2024-05-02" in done.stdout
    assert "seal" not in call("ingest", city, *build).stdout
    sealed = call("seal", city, *build, "--minutes", "BA 2", "--date", "2024-05-03")
    assert sealed.exit_code == 0, sealed.output
    done = call("consolidate", city, *build)
    assert done.stdout.endswith("Isi ini sudah disegel sebagai v1.0.\n")
    assert json.loads(call("consolidate", city, *build, "--format", "json").stdout)[
        "sealed_as"] == "v1.0"  # fmt: skip
    layer(city.parent / "drop", "kawasan", [square(1, 1, 200), square(6, 6, 400)],
          id_kawasan=["K1", "K2"], nama_kawasan=["Satu", "Dua"], skor=[40, 20])  # fmt: skip
    done = call("consolidate", city, *build)
    assert f"{seal} NOMOR" in done.stdout, "the minutes on file are earlier than the version's"
    record = city.parent / "segel/uji/v1.0/segel.json"
    record.chmod(0o644)
    record.write_text(record.read_text().replace("BA 2", "BA 3"))
    done = call("consolidate", city, *build)
    assert done.exit_code == 0
    assert "berubah sejak disegel" in done.stdout.splitlines()[-1]


def test_the_suggested_workbook_is_none_that_is_there(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disputed(city)
    monkeypatch.chdir(tmp_path)
    for there, said in (("x.xlsx", "rapat.xlsx"), ("rapat.xlsx", "rapat-2.xlsx"),
                        ("rapat-2.xlsx", "rapat-3.xlsx")):  # fmt: skip
        (tmp_path / there).touch()
        done = call("consolidate", city, "--build", city.parent / "build")
        assert f"worksheet export {city} {said} --build" in done.stdout


def test_open_conflicts_and_stale_decisions_set_the_exit_code(city: Path) -> None:
    build = ("--build", city.parent / "build")
    conflict = disputed(city)
    agreed = ("consolidate", city, *build, "--require-agreed", "--strict")
    assert call("consolidate", city, *build).exit_code == 0
    opened = call(*agreed)
    assert (opened.exit_code, "masih terbuka: 1" in opened.stdout) == (4, True)
    assert f"berikutnya: kotaku-geo worksheet export {city} rapat.xlsx --build" in opened.stdout
    assert ".parquet" not in opened.stdout
    assert "consolidate/" not in opened.stdout
    decided(city, conflict)
    assert call(*agreed).exit_code == 0
    decided(city, conflict, evidence="0" * 64)
    assert call(*agreed).exit_code == 4  # a conflict whose decision is stale is open
    stale = call("consolidate", city, *build, "--strict")
    assert (stale.exit_code, "Keputusan basi" in stale.stdout) == (5, True)
    assert "basi: batas kawasan K1, dipakai lain (BA 1, 2 Mei 2024)" in stale.stdout
    assert "stale: boundary of kawasan K1, lain was chosen (BA 1, 2 May 2024)" in (
        call("consolidate", city, *build, "--strict", "--lang", "en").stdout
    )
    decided(city, conflict, subject="K9")
    assert call("consolidate", city, *build, "--strict").exit_code == 5  # nothing is there
    (city.parent / "keputusan.csv").write_text("kind\n")
    broken = call(*agreed)
    assert (broken.exit_code, "keputusan.csv baris 1" in broken.stderr) == (3, True)
