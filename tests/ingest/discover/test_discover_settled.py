"""`init` of files whose CRS others rival: what it proposes runs as it stands, and says why."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from kotaku_geo.checking import CheckResult, check_pipeline
from kotaku_geo.config import PipelineFile, load_pipeline
from kotaku_geo.ingest.discover import propose
from kotaku_geo.ingest.discover.write import write
from tests.ingest.deliveries import CITIES, Shapes, cells, ground, homes, layers, moved

WEB, WORLD = "EPSG:3857", "EPSG:3395"
CITY = next(c for c in CITIES if c.name == "Surabaya")


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "Kota_Surabaya"
    folder.mkdir()
    return folder


def deliver(drop: Path, name: str, shapes: Shapes, truth: str, said: str, **columns: Any) -> None:
    drawn = moved(shapes, "EPSG:4326", truth)
    gpd.GeoDataFrame(columns, geometry=list(drawn), crs=said).to_file(drop / name)


def kelurahan(drop: Path, crs: str) -> None:
    own = ground(CITY)
    deliver(drop, "BATAS_KELURAHAN.gpkg", own.shapes, crs, crs, KDEPUM=own.codes,
            KELURAHAN=own.names, KECAMATAN=["Utara"] * len(own.codes))  # fmt: skip


def slums(drop: Path, name: str, truth: str, said: str) -> None:
    """An SK with the kelurahan of each place."""
    west, south, east, _ = CITY.box
    third = (east - west) / 3
    shapes = cells((west + third, south + third, west + 2 * third, south + 2 * third), 4, 0.2)
    named = ground(CITY).names[homes(CITY, shapes)]
    size = len(shapes)
    deliver(drop, name, shapes, truth, said, KELURAHAN=named, TINGKAT=["Berat"] * size,
            LOKASI=[f"L{i}" for i in range(size)], NOMOR_SK=["1/2020"] * size)  # fmt: skip


def heritage(drop: Path, crs: str) -> None:
    sites = layers(CITY)["sudut"]
    size = len(sites)
    deliver(drop, "cagar_budaya.gpkg", sites, crs, crs, NAMA=[f"Situs {i}" for i in range(size)],
            PERINGKAT=["kota"] * size, ZONA=["inti"] * size)  # fmt: skip


def proposed(drop: Path) -> tuple[PipelineFile, str]:
    target = drop.parent / "usulan" / "kota.yaml"
    return write(propose(drop), drop, target), target.read_text(encoding="utf-8")


def unwrapped(text: str) -> str:
    """Comments without their line ends."""
    return " ".join(" ".join(line.strip().removeprefix("# ") for line in text.splitlines()).split())


def stated(file: PipelineFile) -> dict[str, str | None]:
    return {Path(s.path).stem: s.crs for s in file.pipeline.sources}


def checked(file: PipelineFile, drop: Path) -> CheckResult:
    return check_pipeline(file, drop, 1, lambda line: None)


def refused(result: CheckResult) -> list[str]:
    lost = result.sources[result.sources["rows_kept"] == 0]
    return sorted(Path(p).stem for p in lost["path"])


def test_a_file_that_nothing_tells_states_its_own_word_and_the_rivals_distance(drop: Path) -> None:
    kelurahan(drop, "EPSG:4326")
    heritage(drop, WEB)
    file, text = proposed(drop)
    assert stated(file) == {"BATAS_KELURAHAN": None, "cagar_budaya": WEB}
    plain = unwrapped(text)
    for word in ("berkas menyebut EPSG:3857", "EPSG:3395 (5.404 m)", "periksa letaknya di atas"):
        assert word in plain
    assert "crs: EPSG:3857" in text
    assert "# kata berkas sendiri" in text
    assert refused(checked(file, drop)) == []
    without = text.replace("    crs: EPSG:3857", "    # crs: EPSG:3857")  # what the line is for
    other = drop.parent / "usulan" / "tanpa.yaml"
    other.write_text(without, encoding="utf-8")
    assert refused(checked(load_pipeline(other), drop)) == ["cagar_budaya"]


def test_files_that_the_kelurahan_tell_state_nothing(drop: Path) -> None:
    kelurahan(drop, "EPSG:4326")
    slums(drop, "kumuh_sk.gpkg", WEB, WEB)
    file, text = proposed(drop)
    assert set(stated(file).values()) == {None}
    assert "EPSG:3395" not in text
    assert refused(checked(file, drop)) == []


@pytest.mark.parametrize("crs", ["EPSG:4326", CITY.utm()])
def test_usual_files_are_proposed_as_before(drop: Path, crs: str) -> None:
    kelurahan(drop, crs)
    heritage(drop, crs)
    file, text = proposed(drop)
    assert set(stated(file).values()) == {None}
    assert "juga cocok" not in text
    assert refused(checked(file, drop)) == []


def test_a_whole_web_map_runs_without_editing(drop: Path) -> None:
    """The kelurahan state it, what they do not tell as well, and what they tell need not."""
    kelurahan(drop, WEB)
    slums(drop, "kumuh_sk.gpkg", WEB, WEB)
    heritage(drop, WEB)
    file, _ = proposed(drop)
    assert stated(file) == {"BATAS_KELURAHAN": WEB, "kumuh_sk": None, "cagar_budaya": WEB}
    assert refused(checked(file, drop)) == []


def test_a_word_that_the_evidence_is_against_is_not_stated_but_left_open(drop: Path) -> None:
    kelurahan(drop, "EPSG:4326")
    slums(drop, "kumuh_sk.gpkg", WORLD, WEB)
    file, text = proposed(drop)
    assert "kumuh_sk" not in stated(file)
    plain = unwrapped(text)
    assert "isi `crs`, lalu buka barisnya" in plain
    assert "di kelurahan yang disebutnya" in plain


def test_files_of_one_source_that_say_different_things_are_left_open(drop: Path) -> None:
    kelurahan(drop, "EPSG:4326")
    (drop / "situs").mkdir()
    sites = layers(CITY)["sudut"]
    for i, crs in enumerate((WEB, WORLD, WEB)):
        own = sites[i * 4 : i * 4 + 4]
        deliver(drop, f"situs/cagar_budaya_{i}.gpkg", own, crs, crs, NAMA=[f"S{i}{n}" for n in "abcd"],
                PERINGKAT=["kota"] * 4, ZONA=["inti"] * 4)  # fmt: skip
    file, text = proposed(drop)
    assert list(stated(file)) == ["BATAS_KELURAHAN"]
    assert "situs/*.gpkg" in text
