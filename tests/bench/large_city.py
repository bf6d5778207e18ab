"""A large city as ingest leaves it: 2,700 RT, three surveys, buildings, roads and drains.

    python large_city.py FOLDER

writes ``ingest/<layer>.parquet`` and ``pipeline.yaml``; the same bytes every time.
"""

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import yaml

from kotaku_geo.config import layer_columns
from kotaku_geo.regulation import load
from kotaku_geo.workspace import Workspace

CRS = "EPSG:32749"
X0, Y0, CELL = 400_000.0, 9_230_000.0, 100.0
ACROSS, UP = 54, 50  # RT
WIDE, HIGH = 6, 5  # RT in a kawasan
RT, BUILDINGS, LINES = ACROSS * UP, 180_000, 20_000  # lines of roads, and as many of drains
SURVEYS = ("profil-a", "profil-b", "profil-c")
STEPS = 6  # vertices along an edge of an RT
APART = 0.03  # of the shares, a survey says something quite different
LAW = load("permen-14-2018")
Floats = np.ndarray
_NUMERIC = {"number", "integer", "share", "volume", "score51", "priority"}


def edges(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Vertices along the horizontal and the vertical edges of the grid, crooked and shared."""
    corner = np.stack(np.meshgrid(np.arange(ACROSS + 1), np.arange(UP + 1), indexing="ij"), -1)
    corner = corner * CELL + rng.uniform(-15, 15, corner.shape) + (X0, Y0)
    step = np.linspace(0, 1, STEPS)[None, None, :, None]
    made = []
    for a, b in ((corner[:-1], corner[1:]), (corner[:, :-1], corner[:, 1:])):
        line = a[:, :, None] * (1 - step) + b[:, :, None] * step
        line[:, :, 1:-1] += rng.uniform(-4, 4, line[:, :, 1:-1].shape)
        made.append(line)
    return made[0], made[1]


def rts(rng: np.random.Generator) -> np.ndarray:
    """Outlines of the RT, column by column."""
    along, up = edges(rng)
    rings = [
        np.concatenate(
            [along[i, j], up[i + 1, j, 1:], along[i, j + 1, ::-1][1:], up[i, j, ::-1][1:]]
        )
        for i in range(ACROSS)
        for j in range(UP)
    ]
    return np.asarray(shapely.polygons(rings), dtype=object)


def table(layer: str, source: str, columns: dict[str, object], shapes: object) -> gpd.GeoDataFrame:
    """An ingest table with every column of the layer, null where none is given."""
    size = len(next(iter(columns.values())))  # type: ignore[arg-type]
    frame = pd.DataFrame(columns, index=range(size))
    for name, spec in layer_columns(layer).items():
        kind = str(spec["type"])
        dtype = "boolean" if kind == "yesno" else "float64" if kind in _NUMERIC else "str"
        frame[name] = (frame[name] if name in frame else pd.Series(None, range(size))).astype(dtype)
    frame["source_id"], frame["source_row"] = source, pd.Series(range(size), dtype="Int64")
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)


def lines(rng: np.random.Generator) -> np.ndarray:
    """Segments of roads or drains: three vertices, 30 to 90 m, most of them within one RT."""
    start = rng.uniform(0, 1, (LINES, 1, 2)) * (ACROSS * CELL, UP * CELL) + (X0, Y0)
    way = rng.uniform(0, 2 * np.pi, (LINES, 1))
    bend = np.concatenate([way, way + rng.uniform(-0.5, 0.5, (LINES, 1))], axis=1)
    leg = rng.uniform(15, 45, (LINES, 2, 1)) * np.stack([np.cos(bend), np.sin(bend)], -1)
    xy = np.concatenate([start, start + np.cumsum(leg, axis=1)], axis=1)
    return np.asarray(shapely.linestrings(xy), dtype=object)


def buildings(rng: np.random.Generator) -> np.ndarray:
    """Footprints turned every way."""
    centre = rng.uniform(0, 1, (BUILDINGS, 1, 2)) * (ACROSS * CELL, UP * CELL) + (X0, Y0)
    half = rng.uniform(2, 5, (BUILDINGS, 1, 2)) * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    turn = rng.uniform(0, np.pi, BUILDINGS)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(
        shapely.polygons(centre + np.einsum("ijn,nkj->nki", matrix, half)), dtype=object
    )


def measured(
    shapes: np.ndarray, made: dict[str, gpd.GeoDataFrame]
) -> tuple[dict[str, Floats], Floats]:
    """What is there by RT: denominators, and shares of the parameters that sectors measure."""
    tree = shapely.STRtree(shapes)
    house = made["bangunan"]
    at, unit = tree.query(shapely.centroid(house.geometry.to_numpy()), predicate="intersects")
    count = np.maximum(np.bincount(unit, minlength=RT), 1)
    rng = np.random.default_rng(9)
    form = {"jumlah_bangunan": count}
    share = rng.beta(1.2, 1.5, (RT, len(LAW.parameters)))
    for letter, flag in (("1a", "tidak_teratur"), ("1c", "tidak_layak")):
        bad = np.bincount(unit, house[flag].to_numpy(float)[at], RT)
        share[:, LAW.parameter_ids.index(letter)] = bad / count
    for layer, ideal, lacking, damaged in (
        ("jalan", "jalan_ideal_m", "2a", "2b"), ("drainase", "drainase_ideal_m", "4b", "4c"),
    ):  # fmt: skip
        line, unit = tree.query(made[layer].geometry.to_numpy(), predicate="intersects")
        length = shapely.length(
            shapely.intersection(made[layer].geometry.to_numpy()[line], shapes[unit])
        )
        total = np.bincount(unit, length, RT)
        bad = np.bincount(unit, length * (made[layer]["kondisi"].to_numpy()[line] == "rusak"), RT)
        form[ideal] = (total * rng.uniform(0.9, 1.6, RT)).round() + 50
        share[:, LAW.parameter_ids.index(lacking)] = (
            np.maximum(form[ideal] - total, 0) / form[ideal]
        )
        share[:, LAW.parameter_ids.index(damaged)] = bad / form[ideal]
    return form, share


def surveys(
    names: dict[str, object], form: dict[str, Floats], share: Floats
) -> list[gpd.GeoDataFrame]:
    """Three forms of each RT: mostly alike and like what is there, some shares quite different."""
    rng = np.random.default_rng(5)
    form = form | {
        "jumlah_penduduk": rng.integers(80, 500, RT), "jumlah_kk": rng.integers(20, 140, RT),
        "luas_ha": rng.uniform(0.8, 1.2, RT).round(3),
    }  # fmt: skip
    said = []
    for source in SURVEYS:
        other = np.where(rng.random(share.shape) < APART, rng.random(share.shape), share)
        told = np.clip(other + rng.uniform(-0.01, 0.01, share.shape), 0, 1)
        volumes = {
            f"v{p.id}": (told[:, k] * form[p.denominator]).round(3)
            for k, p in enumerate(LAW.parameters)
        }
        said.append(table("profil_rt", source, {**names, **form, **volumes}, [None] * RT))
    return said


def tables(seed: int = 4) -> dict[str, gpd.GeoDataFrame]:
    """The city's ingest tables, by layer."""
    rng = np.random.default_rng(seed)
    shapes = rts(rng)
    i, j = np.divmod(np.arange(RT), UP)
    block = (i // WIDE) * (UP // HIGH) + j // HIGH
    village = i // WIDE  # a column of kawasan
    codes = np.array([f"33.75.01.{1001 + v}" for v in range(village.max() + 1)])
    within = (i % WIDE) * UP + j
    names = {
        "kode_kelurahan": codes[village],
        "rw": [f"{1 + n // 10:03d}" for n in within], "rt": [f"{1 + n % 10:03d}" for n in within],
    }  # fmt: skip
    areas = [shapely.coverage_union_all(shapes[block == b]) for b in range(block.max() + 1)]
    villages = [shapely.coverage_union_all(shapes[village == v]) for v in range(len(codes))]
    first = np.unique(block, return_index=True)[1]
    flag = {k: rng.random(BUILDINGS) < 0.3 for k in ("tidak_teratur", "tidak_layak")}
    state = [np.where(rng.random(LINES) < 0.4, "rusak", "baik") for _ in range(2)]
    made = {
        "kelurahan": table("kelurahan", "kel", {"kode_kelurahan": codes, "nama_kelurahan": codes}, villages),
        "rt": table("rt", "rt", names, shapes),
        "kawasan": table("kawasan", "kws", {
            "id_kawasan": [f"K{b:03d}" for b in range(len(areas))],
            "nama_kawasan": [f"Kawasan {b}" for b in range(len(areas))],
            "kode_kelurahan": codes[village[first]]}, areas),
        "bangunan": table("bangunan", "tapak", flag, buildings(rng)),
        "jalan": table("jalan", "jalan", {"kondisi": state[0]}, lines(rng)),
        "drainase": table("drainase", "drainase", {"kondisi": state[1]}, lines(rng)),
    }  # fmt: skip
    every = pd.concat(surveys(names, *measured(shapes, made)), ignore_index=True)
    return {"profil_rt": gpd.GeoDataFrame(every, crs=CRS), **made}  # surveys are believed first


def main() -> None:
    folder = Path(sys.argv[1])
    workspace = Workspace(folder)
    made = tables()
    for layer, frame in made.items():
        workspace.write(f"ingest/{layer}", frame)
    sources = [{"id": s, "layer": layer, "path": "x"}
               for layer, frame in made.items() for s in frame["source_id"].unique()]  # fmt: skip
    for source in sources:
        if source["layer"] in ("bangunan", "jalan", "drainase"):
            source["coverage"] = "kota"
    content = {
        "city": {"code": "33.75", "name": "Kota Uji", "crs": CRS, "size": "sedang"},
        "drop": ".", "sources": sources,
    }  # fmt: skip
    (folder / "pipeline.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


if __name__ == "__main__":
    main()
