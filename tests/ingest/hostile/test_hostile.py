"""Hostile deliveries: refused with a sentence, nothing read outside, memory and time bounded."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import fiona
import pyogrio
import pytest
import rasterio
import yaml

from kotaku_geo import resources
from tests.conftest import ROOT
from tests.ingest.hostile import jail
from tests.ingest.hostile.cases import CASES, SECRET

PEAK_MB = 100  # beyond the libraries themselves
# Laid out in a process of its own, which may take a gigabyte and is stopped there.
LARGER = {"a_cell_in_an_ods_repeated_eighty_million_times": 1100}
SECONDS = 10.0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Case → what came of reading it."""
    drops, untouched = {}, {}
    for name, build in CASES.items():
        drops[name] = tmp_path_factory.mktemp(name) / "drop"
        drops[name].mkdir()
        untouched[name] = build(drops[name]), _content(drops[name])
    asked = "".join(f"{drops[n]}\t{path}\n" for n, (path, _) in untouched.items())
    done = subprocess.run(
        [sys.executable, jail.__file__], input=asked, text=True, capture_output=True, timeout=400,
        check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = dict(zip(CASES, answers, strict=True))
    for name, answer in found.items():
        answer["touched"] = _content(drops[name]) != untouched[name][1]
        answer["drop"] = str(drops[name])
    return found


def _content(drop: Path) -> dict[str, str]:
    files = [p for p in sorted(drop.rglob("*")) if p.is_file() and not p.is_symlink()]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_delivery_is_refused_in_a_sentence(
    name: str, outcomes: dict[str, dict[str, Any]]
) -> None:
    got = outcomes[name]
    print(f"{name:<48}{got['mb']:>5} MB {got['seconds']:>6.2f} s  {got['outcome']}  "
          f"{got['message'].splitlines()[0][:110]}")  # fmt: skip
    assert SECRET not in got["message"]
    assert not got["touched"], "reading wrote into the drop"
    assert got["mb"] <= LARGER.get(name, PEAK_MB)
    assert got["seconds"] <= SECONDS
    assert got["outcome"] == "exit 3", got["message"]
    assert "Traceback" not in got["message"]
    assert got["drop"] not in got["message"], "names a folder of the machine"


def test_only_listed_drivers_are_there_in_every_gdal() -> None:
    listed = resources.load("formats")["drivers"]
    allowed = {*listed["vector"], *listed["raster"]}
    with fiona.Env() as env:
        of_fiona = set(env.drivers())
    with rasterio.Env() as env:
        of_rasterio = set(env.drivers())
    for library, drivers in (("pyogrio", set(pyogrio.list_drivers())), ("fiona", of_fiona),
                             ("rasterio", of_rasterio)):  # fmt: skip
        print(library, sorted(drivers))
        assert drivers <= allowed, library
    assert "GTiff" in of_rasterio
    assert "GPKG" in pyogrio.list_drivers()


@pytest.mark.parametrize(
    "path",
    ["CSV:/etc/passwd", '{"type": "Point", "coordinates": [1, 1]}', "/vsicurl/http://x/y.gpkg",
     "vsizip/x.zip", "PG:dbname=x", "../x.shp", "/etc/passwd", "http://x/y.geojson",
     "<OGRVRTDataSource/>"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["path", "coverage"])
def test_a_connection_string_in_the_pipeline_file_is_wrong_usage(
    tmp_path: Path, path: str, key: str
) -> None:
    source = {"id": "x", "layer": "bcb", "path": "x.shp", key: path}
    file = tmp_path / "kota.yaml"
    file.write_text(yaml.safe_dump({
        "city": {"code": "33.75", "name": "Kota Uji", "crs": "EPSG:32749"},
        "drop": ".", "sources": [source]}))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "kotaku_geo", "check", str(file)], capture_output=True, text=True,
        check=False, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "jalur biasa" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_other_sources_are_worked_on_and_the_exit_code_is_three(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    CASES["a_vrt_called_geojson"](drop)
    (drop / "penduduk.csv").write_text("kode_kelurahan;jumlah_penduduk\n33.75.01.1001;12\n")
    file = tmp_path / "kota.yaml"
    file.write_text(yaml.safe_dump({
        "city": {"code": "33.75", "name": "Kota Uji", "crs": "EPSG:32749"}, "drop": "drop",
        "sources": [{"id": "x", "layer": "bcb", "path": "x.geojson"},
                    {"id": "p", "layer": "penduduk", "path": "penduduk.csv"}]}))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "kotaku_geo", "check", str(file), "--format", "json"],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 3
    assert SECRET not in done.stdout + done.stderr
    accounts = {s["source_id"]: s["rows_read"] for s in json.loads(done.stdout)["sources"]}
    assert accounts == {"x": 0, "p": 1}
