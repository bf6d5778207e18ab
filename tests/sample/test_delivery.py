"""The delivered files: the same bytes again, readable, and saying what was planned."""

from __future__ import annotations

import ast
import hashlib
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
import rasterio
import shapely
import yaml
from click.testing import CliRunner

from kotaku_geo import sample as package
from kotaku_geo.cli import cli
from kotaku_geo.errors import OutputError, PipelineFileError
from kotaku_geo.sample import write_sample
from kotaku_geo.sample.city import City
from tests.sample.conftest import SEED
from tests.sample.test_truth import read

ALLOWED = {"kotaku_geo.errors"}


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_imports_nothing_of_what_it_is_held_against() -> None:
    for path in Path(str(package.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                names = [node.module or ""]
            for name in names:
                ours = name.startswith("kotaku_geo")
                assert not ours or name in ALLOWED or name.startswith("kotaku_geo.sample"), path


def test_same_seed_same_bytes(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, seed=SEED, size="kecil")
    assert _hashes(tmp_path) == _hashes(sample)
    write_sample(tmp_path, seed=SEED, size="kecil", force=True)
    assert _hashes(tmp_path) == _hashes(sample)


def test_other_seed_other_city(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, seed=SEED + 1, size="kecil")
    ours, theirs = _hashes(sample), _hashes(tmp_path)
    assert ours.keys() == theirs.keys()
    same = {name for name in ours if ours[name] == theirs[name]}
    assert same == {name for name in same if name.endswith((".yaml", ".cpg", ".prj"))} | {
        "truth/parameters.csv"
    }


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    with pytest.raises(OutputError, match="no earlier sample"):
        write_sample(tmp_path, seed=1, size="kecil")


@pytest.mark.parametrize("name", ["contoh.yaml", "kota.yml"])
def test_a_city_is_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / name).write_text("city: {}\n")
    delivered = tmp_path / "drop/jalan.csv"
    delivered.parent.mkdir()
    delivered.write_text("delivered\n")
    done = CliRunner().invoke(cli, ["sample", str(tmp_path)])
    assert done.exit_code == 2
    assert f"pipelines/{name}" in done.stderr
    assert "--force" in done.stderr
    assert delivered.read_text() == "delivered\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["drop", "pipelines"]


def test_unknown_size(tmp_path: Path) -> None:
    with pytest.raises(PipelineFileError, match="kecil, sedang, besar"):
        write_sample(tmp_path, seed=1, size="raksasa")


def _pipeline(sample: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (sample / "pipelines/contoh.yaml").read_text(encoding="utf-8")
    )
    return loaded


def test_every_source_is_there(sample: Path) -> None:
    pipeline = _pipeline(sample)
    drop = (sample / "pipelines" / pipeline["drop"]).resolve()
    ids = [source["id"] for source in pipeline["sources"]]
    assert len(ids) == len(set(ids))
    for source in pipeline["sources"]:
        file, _, member = source["path"].partition(".zip/")
        path = drop / (f"{file}.zip" if member else file)
        assert path.is_file(), source["id"]
        if member:
            assert member in zipfile.ZipFile(path).namelist()
        if source.get("coverage", "kota") != "kota":
            assert (drop / source["coverage"]).is_file()
    assert {id_ for order in pipeline["policy"]["order"].values() for id_ in order} <= set(ids)


def test_mapped_columns_exist(sample: Path) -> None:
    for source in _pipeline(sample)["sources"]:
        path = sample / "drop" / source["path"]
        if path.suffix in (".gpkg", ".shp", ".geojson", ".kml", ".kmz") and path.is_file():
            fields = set(pyogrio.read_info(path, layer=source.get("table"))["fields"])
            assert set(source["columns"].values()) <= fields, source["id"]
        if path.suffix == ".csv":
            head = path.read_text(encoding=source.get("encoding", "utf-8-sig")).splitlines()[0]
            assert set(source["columns"].values()) <= set(head.split(";"))


def test_the_workbook_says_what_is_known(sample: Path) -> None:
    book = openpyxl.load_workbook(sample / "drop/survei/profil_rt_2023.xlsx")
    rows = list(book["Numerik RT"].iter_rows(min_row=6, values_only=True))
    for defect in read(sample, "defects.csv"):
        if defect["source_id"] == "profil-rt-2023" and defect["source_row"]:
            row = rows[int(defect["source_row"])]
            text = " ".join(str(cell) for cell in row if cell is not None)
            if defect["rule"] == "row.empty":
                assert text == ""
            if defect["rule"] == "row.total":
                assert text.casefold().startswith("jumlah")
            if defect["rule"] == "rt.date":
                assert isinstance(row[4], datetime)


def test_the_decree_has_no_projection(sample: Path) -> None:
    folder = sample / "drop/sk"
    assert not list(folder.glob("*.prj")) + list(folder.glob("*.cpg"))
    _, _, _, fields = pyogrio.raw.read(folder / "sk_kumuh_2021.shp", encoding="cp1252")
    assert any("’" in name for name in fields[1])


def test_one_ring_is_open_and_points_are_swapped(sample: Path) -> None:
    text = (sample / "drop/survei/delineasi_kumuh_2023.geojson").read_text(encoding="utf-8")
    rings = [f["geometry"]["coordinates"][0] for f in json.loads(text)["features"]]
    assert sum(ring[0] != ring[-1] for ring in rings) == 1
    points = json.loads((sample / "drop/penapisan/cagar_budaya.geojson").read_text())["features"]
    assert all(p["geometry"]["coordinates"][0] < 0 for p in points)


def test_the_grid_has_gaps(sample: Path) -> None:
    with rasterio.open(sample / "drop/penapisan/indeks_longsor.tif") as grid:
        values = grid.read(1)
        assert grid.nodata == -9999
        assert grid.crs.to_epsg() == 4326
    assert (values == -9999).any()
    assert values[values != -9999].min() >= 0
    assert values.max() <= 1


def test_drawn_lengths_and_counts_are_those_planned(city: City) -> None:
    streets, drains = city.sectors.streets, city.sectors.drains
    assert streets is not None
    assert drains is not None
    blocks = {block.cell: index for index, block in enumerate(city.sectors.blocks)}
    for rt in city.facts:
        said = city.second[rt.cell]
        for lines, ideal, lacking, bad in (
            (streets, rt.jalan, "2a", "2b"),
            (drains, rt.drainase, "4b", "4c"),
        ):
            here = lines.cell == rt.cell
            sizes = shapely.length(lines.geometries()[here])
            assert sizes.sum() == pytest.approx(ideal * (1 - said[lacking].share), abs=0.01)
            damaged = sizes[lines.damaged[here]].sum()
            assert damaged == pytest.approx(ideal * said[bad].share, abs=0.01)
        index = blocks[rt.cell]
        assert len(city.sectors.blocks[index].centres) == rt.bangunan
        assert city.sectors.irregular[index].sum() == round(said["1a"].volume or 0)
