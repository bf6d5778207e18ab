"""`seal`, `diff` and `explain` as a user calls them."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import Result

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
    assert "1 decision is stale because its evidence changed" in again.stdout
    found.change("conflicts", lambda f: f.assign(material=False))
    assert call("seal", found.file.path, *BA).exit_code == 5


def test_minutes_that_cannot_have_agreed_are_refused(made: Make) -> None:
    """Of a day to come; older than a decision in force; older than the version before."""
    found = made()
    seals = found.file.path.parent / "segel"
    found.decide(minutes="BA 3/2024", date="2024-04-30")

    def seal(day: dt.date, *more: str) -> Result:
        return call("seal", found.file.path, "--minutes", "BA 9", "--date", day.isoformat(), *more)

    today = dt.date.today()
    ahead = seal(today + dt.timedelta(days=1))
    assert (ahead.exit_code, "belum tiba" in ahead.stderr) == (2, True)
    early = seal(dt.date(2024, 4, 29))
    assert early.exit_code == 2
    assert f"keputusan d1 tentang 3a {R1}" in early.stderr
    assert "berita acara BA 3/2024, 30 April 2024" in early.stderr
    assert "before decision d1" in seal(dt.date(2020, 1, 1), "--lang", "en").stderr
    assert not seals.exists()
    assert seal(dt.date(2024, 4, 30)).exit_code == 0, "agreed on in the meeting that decided"
    assert call("seal", found.file.path, *BA).exit_code == 0
    behind = seal(dt.date(2024, 5, 1))
    assert behind.exit_code == 2
    assert "v1.1 yang sudah disegel (berita acara BA 050/12/2024, 2 Mei 2024)" in behind.stderr
    assert seal(today).exit_code == 0
    assert sorted(p.name for p in (seals / found.file.stem).iterdir()) == ["v1.0", "v1.1", "v1.2"]


def test_a_decision_that_is_not_in_force_dates_nothing(made: Make) -> None:
    found = made()
    found.decide(status="tidak_terpakai", date="2025-01-01")
    found.change("conflicts", lambda f: f.assign(material=False))
    assert call("seal", found.file.path, *BA).exit_code == 0


def test_sources_younger_than_the_minutes_are_told(made: Make) -> None:
    found = made(settled=True)
    early = ("--minutes", "BA 1", "--date", "2023-12-01")
    done = call("seal", found.file.path, *early)
    assert done.exit_code == 0
    assert "bertanggal sesudah berita acara, jadi belum ada waktu disepakati: profil, susulan" in (
        done.stdout
    )
    assert "Mind" not in call("seal", found.file.path, *BA, "--lang", "en").stdout
    again = call("seal", found.file.path, "--minutes", "BA 2", "--date", "2024-06-01").stdout
    assert "Isinya sama dengan v1.1" in again
    assert "minor" not in again


def test_minutes_that_no_decision_names_are_told(made: Make) -> None:
    found = made()
    found.decide(minutes="BA 3/2024", date="2024-04-30")
    found.change("conflicts", lambda f: f.assign(material=False))
    done = call("seal", found.file.path, *BA)
    assert done.exit_code == 0
    assert (
        "berita acara BA 050/12/2024 tidak disebut dalam keputusan mana pun; "
        "yang tercatat: BA 3/2024." in done.stdout
    )
    told = json.loads(call("seal", found.file.path, *BA, "--format", "json").stdout)
    assert told["other_minutes"] == ["BA 3/2024"]
    own = call("seal", found.file.path, "--minutes", "ba 3 / 2024", "--date", "2024-05-03")
    assert own.exit_code == 0
    assert "tidak disebut" not in own.stdout


def test_where_nothing_was_decided_any_minutes_will_do(made: Make) -> None:
    done = call("seal", made(settled=True).file.path, *BA, "--format", "json")
    assert json.loads(done.stdout)["other_minutes"] == []


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


def test_wrong_usage_is_told_in_the_language_asked_for(city: Path) -> None:
    told = call("seal", city, "--minutes", "BA 1")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "Kesalahan: --minutes dan --date diperlukan (atau --check)" in told.stderr
    english = call("seal", city, "--minutes", "BA 1", "--lang", "en")
    assert "Error: --minutes and --date are needed (or --check)" in english.stderr
    assert "Kesalahan: B atau --pipeline diperlukan" in call("diff", "v1.0").stderr


def test_a_version_that_is_not_there_names_those_that_are(city: Path) -> None:
    build = ("--build", city.parent / "build")
    assert call("seal", city, *BA, *build).exit_code == 0
    for name in ("v9", "v7.0"):
        told = call("diff", "v1.0", name, "--pipeline", city)
        assert told.exit_code == 2
        assert f"'{name}'; versi yang ada di {city.parent / 'segel' / 'uji'}: v1.0\n" in told.stderr
    assert "the versions in" in call("diff", "v1", "--pipeline", city, "--lang", "en").stderr
    assert "--pipeline BERKAS" in call("diff", "v1.0", "v9").stderr
    usage = call("diff", "--help").stdout
    assert "diff [OPTIONS] A [B]" in usage
    assert "AFTER" not in usage


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
