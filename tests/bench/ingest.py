"""Ingest of a large city's parcels and buildings, beside bare reading and writing of the same files.

python tests/bench/ingest.py [--rounds 5] [--broken]

Both sides run in processes of their own; the clock starts when their libraries are loaded. The bare
side reads with pyogrio, hashes, asks GEOS what is valid, and writes Parquet; it repairs, checks and
tells nothing.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
CRS, X0, Y0, CELL = "EPSG:32749", 345_000.0, 9_228_000.0, 25.0
COLUMNS, ROWS = 400, 325  # 130,000 parcels
BUILDINGS = 180_000
HAK = ["Hak Milik", "HGB", "Hak Pakai", "HPL", "Tanah Negara", "Girik", "wakaf", "-"]
PIPELINE = """
city: {code: "33.75", name: Kota Uji, crs: EPSG:32749, size: besar}
drop: drop
sources:
  - {id: kelurahan, layer: kelurahan, path: kelurahan.gpkg,
     columns: {kode_kelurahan: KODE, nama_kelurahan: NAMA}}
  - {id: persil, layer: status_tanah, path: persil.gpkg, columns: {status: TIPE_HAK}}
  - {id: bangunan, layer: bangunan, path: bangunan.shp,
     columns: {tidak_teratur: TERATUR, tidak_layak: RTLH}}
"""


def lattice(rng: np.random.Generator) -> NDArray[np.float64]:
    """Corners of the parcels, (rows + 1, columns + 1, 2): a grid that somebody has shaken."""
    x, y = np.meshgrid(np.arange(COLUMNS + 1), np.arange(ROWS + 1))
    corners = np.stack([x, y], axis=-1) * CELL + rng.uniform(-7, 7, (ROWS + 1, COLUMNS + 1, 2))
    return corners + np.array([X0, Y0])


def parcels(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Parcels that share their borders, mostly, with a vertex in the middle of each side."""
    c = lattice(rng)
    across, up = (c[:, :-1] + c[:, 1:]) / 2, (c[:-1] + c[1:]) / 2
    around = [c[:-1, :-1], across[:-1], c[:-1, 1:], up[:, 1:], c[1:, 1:], across[1:], c[1:, :-1],
              up[:, :-1], c[:-1, :-1]]  # fmt: skip
    rings = np.stack(around, axis=2).reshape(-1, 9, 2).copy()
    size = len(rings)
    rings[500::1000, 4] += 2.0  # a corner that was moved over the neighbours
    return gpd.GeoDataFrame(
        {"NIB": [f"11.17.{i:08d}" for i in range(size)],
         "TIPE_HAK": rng.choice(HAK, size), "LUAS": shapely.area(shapely.polygons(rings)).round(),
         "PEMILIK": np.char.add("Warga ", rng.integers(0, 90_000, size).astype(str)),
         "TAHUN": rng.integers(1980, 2023, size)},
        geometry=shapely.polygons(rings), crs=CRS,
    )  # fmt: skip


def buildings(rng: np.random.Generator, broken: float) -> gpd.GeoDataFrame:
    """Turned L-shaped footprints; a share of them crosses itself, and one in 500 comes twice."""
    shape = np.array([(0, 0), (9, 0), (9, 5), (5, 5), (5, 8), (0, 8), (0, 0)], dtype=float)
    rings = np.repeat(shape[None], BUILDINGS, axis=0) * rng.uniform(0.6, 1.5, (BUILDINGS, 1, 1))
    crossed = rng.random(BUILDINGS) < broken
    rings[crossed] = rings[crossed][:, [0, 2, 1, 3, 4, 5, 6]]
    angle = rng.uniform(0, np.pi, BUILDINGS)
    turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1)
    rings = rings @ turn.reshape(-1, 2, 2)
    rings += (
        np.array([X0, Y0])
        + rng.uniform((0, 0), (COLUMNS * CELL, ROWS * CELL), (BUILDINGS, 2))[:, None]
    )
    frame = gpd.GeoDataFrame(
        {"KODE": [f"B{i:07d}" for i in range(BUILDINGS)],
         "TERATUR": rng.choice(["ya", "tidak"], BUILDINGS),
         "RTLH": rng.choice(["ya", "tidak"], BUILDINGS), "LANTAI": rng.integers(1, 4, BUILDINGS)},
        geometry=shapely.polygons(rings), crs=CRS,
    )  # fmt: skip
    copies = np.arange(BUILDINGS)
    copies[1::500] -= 1
    return frame.iloc[copies].reset_index(drop=True)


def kelurahan() -> gpd.GeoDataFrame:
    """Sixty kelurahan that hold the city."""
    x, y = (a.ravel() for a in np.meshgrid(np.arange(10), np.arange(6)))
    wide, high = (COLUMNS + 2) * CELL / 10, (ROWS + 2) * CELL / 6
    boxes = shapely.box(X0 - CELL + x * wide, Y0 - CELL + y * high,
                        X0 - CELL + (x + 1) * wide, Y0 - CELL + (y + 1) * high)  # fmt: skip
    names = {"KODE": [f"33.75.0{j + 1}.10{i + 1:02d}" for i, j in zip(x, y, strict=True)],
             "NAMA": [f"Kelurahan {chr(65 + i)}{chr(65 + j)}" for i, j in zip(x, y, strict=True)]}  # fmt: skip
    return gpd.GeoDataFrame(names, geometry=boxes, crs=CRS)


def write_city(folder: Path, broken: float = 0.001) -> None:
    """Write the drop and its pipeline file; the same numbers every time."""
    rng = np.random.default_rng(2023)
    drop = folder / "drop"
    drop.mkdir(parents=True)
    kelurahan().to_file(drop / "kelurahan.gpkg")
    parcels(rng).to_file(drop / "persil.gpkg")
    buildings(rng, broken).to_file(drop / "bangunan.shp")
    (folder / "kota.yaml").write_text(PIPELINE)


_TELL = """
import json, resource, sys, time
def used():
    own, children = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
def peak():
    return max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
folder, out = sys.argv[1:]
"""
_CLOCK = """
began, cpu = time.perf_counter(), used()
work()
print(json.dumps([time.perf_counter() - began, used() - cpu, peak()]))
"""
_OURS = """
from pathlib import Path
from kotaku_geo.config import load_pipeline
from kotaku_geo.runner import run_stages
import kotaku_geo.ingest.stage, kotaku_geo.ingest.read_vector
file = load_pipeline(Path(folder) / "kota.yaml")
def work():
    run_stages(file, "ingest", build=Path(out))
"""
_BARE = """
import hashlib
from pathlib import Path
import geopandas, pyarrow.parquet, pyogrio, shapely
def work():
    for name in ("kelurahan.gpkg", "persil.gpkg", "bangunan.shp"):
        for part in sorted((Path(folder) / "drop").glob(Path(name).stem + ".*")):
            with part.open("rb") as handle:
                hashlib.file_digest(handle, "sha256")
        frame = pyogrio.read_dataframe(Path(folder) / "drop" / name, use_arrow=True)
        frame["sah"] = shapely.is_valid(frame.geometry.to_numpy())
        frame.to_parquet(f"{out}-{name}.parquet")
"""


def measured(work: str, folder: Path, out: Path) -> list[float]:
    """[seconds, seconds of processor, peak megabytes] of one side, libraries loaded before."""
    command = [sys.executable, "-c", _TELL + work + _CLOCK, str(folder), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: list[float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(rounds: int, folder: Path) -> float:
    """Print both sides' medians of interleaved rounds; returns the ratio of the times."""
    ours, bare = [], []
    for i in range(rounds):
        bare.append(measured(_BARE, folder, folder / f"bare{i}"))
        ours.append(measured(_OURS, folder, folder / f"ours{i}"))
    (a, ca, ma), (b, cb, mb) = (
        [statistics.median(figures) for figures in zip(*runs, strict=True)] for runs in (ours, bare)
    )
    print(f"ingest of {COLUMNS * ROWS:,} parcels and {BUILDINGS:,} buildings, beside bare reading: "
          f"ours {a:.2f} s, bare {b:.2f} s, ratio {a / b:.2f}; processor {ca:.2f} s against "
          f"{cb:.2f} s; peak of a process {ma:.0f} MB against {mb:.0f} MB")  # fmt: skip
    return a / b


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--broken", type=float, default=0.001, help="share of broken buildings")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        write_city(Path(name) / "kota", told.broken)
        compare(told.rounds, Path(name) / "kota")


if __name__ == "__main__":
    main()
