"""What the page's map is drawn from: layers of encoded shapes, and what is told about each."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.publish import levels, listings, words
from kotaku_geo.publish.drawing import Grid, encoded, simplified
from kotaku_geo.publish.layers import THEMES, sk_outlines
from kotaku_geo.publish.release import Release

STEP_M = 0.5
TOLERANCE_M = {"kelurahan": 4.0, "kawasan": 0.8, "rt": 1.5, "sk": 0.8, "potongan": 1.0, "tema": 2.0}
BUDGET = 1_500_000  # letters of all shapes together; beyond it lines are simplified further
_ROUNDS = 7
_EMBLEM_WIDTH = 300

Shapes = NDArray[np.object_]


def map_data(released: Release) -> dict[str, Any]:
    """Layers for the page's map.

    Keys: step (metres of one grid unit), box (of all that is drawn, in grid units), and the layers
    kelurahan (g, n names, at label points), kawasan and rt (g, c `levels.looks`), sk (g), potongan
    (g, c class), tema (theme → g). ``g`` is a list of encoded shapes, in the row order of
    `kawasan_details`, `rt_details` and `sk_details` where the layer has such.
    """
    frames = _frames(released)
    grid, box = _grid(frames)
    factor = 1.0
    for _ in range(_ROUNDS):
        texts = {n: _encoded(n, f, grid, factor) for n, f in frames.items()}
        if sum(len(t) for layer in texts.values() for t in layer) <= BUDGET:
            break
        factor *= 1.7
    return {
        "step": STEP_M,
        "box": box,
        "kelurahan": {
            "g": texts["kelurahan"],
            "n": _texts(frames["kelurahan"]["nama_kelurahan"]),
            "at": _label_points(frames["kelurahan"], grid),
        },
        "kawasan": {"g": texts["kawasan"], "c": _levels(frames["kawasan"])},
        "rt": {"g": texts["rt"], "c": _levels(frames["rt"])},
        "sk": {"g": texts["sk"]},
        "potongan": {"g": texts["potongan"], "c": _texts(frames["potongan"]["kelas"])},
        "tema": {t: {"g": texts[f"tema.{t}"]} for t in THEMES if texts[f"tema.{t}"]},
    }


def kawasan_details(released: Release) -> list[dict[str, Any]]:
    """What the map tells of each kawasan, in the order of the table `consolidate/kawasan`."""
    frame = released.table("consolidate/kawasan")
    parameters = [c for c in frame.columns if c.startswith("p") and c[1:2].isdigit()]
    related = _related(released, "id_kawasan")
    themes = _themes_of(released)
    rows = listings.rows(
        pd.DataFrame(frame).drop(columns="geometry").assign(nama=listings.names(released))
    )
    return [
        {
            "id": r["id_kawasan"],
            "nama": r["nama"],
            "kel": r["nama_kelurahan"] or r["kode_kelurahan"],
            "kec": r["nama_kecamatan"],
            "ha": _short(r["luas_ha"]),
            "skor": r["skor"],
            "maks": r["skor_maks"],
            "tingkat": r["tingkat"],
            "mungkin": r["tingkat_konflik"],
            "prioritas": r["prioritas"],
            "klas": r["klasifikasi"],
            "pl": r["tingkat_pertimbangan"],
            "legal": r["legalitas"],
            "pola": r["pola_penanganan"],
            "kew": r["kewenangan"],
            "rt": r["jumlah_rt"],
            "jiwa": r["jumlah_penduduk"],
            "kk": r["jumlah_kk"] if r["jumlah_kk"] is not None else r["jumlah_kk_teks"],
            "padat": _short(r["kepadatan"]),
            "tipologi": _typology(r["tipologi"]),
            "data": r["kelengkapan"],
            "p": [_short(r[c]) for c in parameters],
            "rel": related.get(r["id_kawasan"], []),
            "tema": themes.get(r["id_kawasan"], []),
        }
        for r in rows
    ]


def rt_details(released: Release) -> list[dict[str, Any]]:
    """What the map tells of each RT, in the order of the table `consolidate/rt`."""
    return [
        {
            "id": r["id_rt"],
            "nama": r["nama"],
            "kel": r["nama_kelurahan"] or r["kode_kelurahan"],
            "k": r["id_kawasan"],
            "ha": _short(r["luas_ha"]),
            "skor": r["skor"],
            "maks": r["skor_maks"],
            "tingkat": r["tingkat"],
            "mungkin": r["tingkat_konflik"],
            "kk": r["jumlah_kk"] if r["jumlah_kk"] is not None else r["jumlah_kk_teks"],
        }
        for r in listings.rt(released)
    ]


def sk_details(released: Release) -> list[dict[str, Any]]:
    """What the map tells of each SK location, in the order of `layers.sk_outlines`."""
    frame = pd.DataFrame(sk_outlines(released)).drop(columns="geometry")
    places = released.table("consolidate/kelurahan").drop_duplicates("kode_kelurahan")
    names = dict(zip(places["kode_kelurahan"], places["nama_kelurahan"], strict=True))
    related = _related(released, "id_sk")
    return [
        {
            "id": r["id_sk"],
            "nama": r["nama"] or r["id_sk"],
            "kel": names.get(r["kode_kelurahan"], r["kode_kelurahan"]),
            "ha": _short(r["luas_ha"]),
            "tetap": _short(r["tetap_ha"]),
            "berubah": _short(r["berubah_ha"]),
            "toleransi": _short(r["toleransi_ha"]),
            "tingkat": r["tingkat"],
            "rel": related.get(r["id_sk"], []),
        }
        for r in listings.rows(frame)
    ]


def relation_notes(released: Release) -> list[Sequence[Any]]:
    """Of each relation, to which `rel` of the details points: verdict, recommendation, reason (in
    Indonesian and English, the latter None where unknown), and the levels that the baseline's may
    still become."""
    told = listings.rows(released.table("verify/relations")[["verdict", "rekomendasi"]])
    reasons, possible = listings.reasons(released), listings.possible_levels(released)
    return [
        [*row.values(), [why["id"], why["en"]], may]
        for row, why, may in zip(told, reasons, possible, strict=True)
    ]


def emblem(released: Release) -> dict[str, Any]:
    """The city's outline with its kawasan, as SVG paths (keys: path, slum, width, height)."""
    kelurahan = _shapes(released.geo("consolidate/kelurahan"))
    kawasan = _shapes(released.geo("consolidate/kawasan"))
    drawn = kelurahan[~shapely.is_missing(kelurahan)]
    if not len(drawn):
        return {"path": "", "slum": "", "width": 1, "height": 1}
    west, south, east, north = shapely.total_bounds(drawn)
    scale = _EMBLEM_WIDTH / max(east - west, north - south, 1.0)

    def path(shapes: Shapes, tolerance: float) -> str:
        known = shapes[~shapely.is_missing(shapes)]
        rings = shapely.get_rings(shapely.get_parts(simplified(known, tolerance / scale)))
        runs = []
        for ring in rings:
            points = (shapely.get_coordinates(ring) - (west, north)) * (scale, -scale)
            runs.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1]) + "Z")
        return "".join(runs)

    return {
        "path": path(kelurahan, 0.8),
        "slum": path(_oriented(kawasan), 0.4),
        "width": round((east - west) * scale, 1),
        "height": round((north - south) * scale, 1),
    }


def embedded(content: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end or open one."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _frames(released: Release) -> dict[str, gpd.GeoDataFrame]:
    hits = released.geo("screen/hits")
    frames = {
        "kelurahan": released.geo("consolidate/kelurahan"),
        "kawasan": released.geo("consolidate/kawasan"),
        "rt": released.geo("consolidate/rt"),
        "sk": sk_outlines(released),
        "potongan": released.geo("verify/pieces"),
    }
    for theme in THEMES:
        frames[f"tema.{theme}"] = hits[hits["tema"] == theme]
    places = frames["kelurahan"]
    if frames["tema.mha"].empty:
        frames["tema.mha"] = places[places["kode_kelurahan"].isin(released.mha_kelurahan)]
    return frames


def _grid(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[Grid, list[int] | None]:
    every: Shapes = np.concatenate([_shapes(f) for f in frames.values()])
    every = every[~(shapely.is_missing(every) | shapely.is_empty(every))]
    if not len(every):
        return Grid(0.0, 0.0, STEP_M), None
    west, south, east, north = shapely.total_bounds(every)
    grid = Grid(float(np.floor(west)), float(np.floor(south)), STEP_M)
    return grid, [0, 0, round((east - grid.x) / STEP_M), round((north - grid.y) / STEP_M)]


def _encoded(name: str, frame: gpd.GeoDataFrame, grid: Grid, factor: float) -> list[str]:
    kind = name.split(".")[0]
    shapes = _shapes(frame)
    tolerance = TOLERANCE_M[kind] * factor
    if kind == "kelurahan" and not shapely.is_missing(shapes).any() and len(shapes):
        simple = shapely.coverage_simplify(shapes, tolerance)  # shared borders stay shared
    else:
        simple = simplified(shapes, tolerance)
    return encoded(_oriented(simple) if kind == "tema" else simple, grid)


def _oriented(shapes: Shapes) -> Shapes:
    """Shells one way and holes the other: the non-zero rule then draws overlaps filled."""
    oriented: Shapes = shapely.orient_polygons(shapes)
    return oriented


def _shapes(frame: gpd.GeoDataFrame) -> Shapes:
    return np.asarray(frame["geometry"], dtype=object)


def _label_points(frame: gpd.GeoDataFrame, grid: Grid) -> list[list[int] | None]:
    inside = shapely.point_on_surface(_shapes(frame))
    x, y = shapely.get_x(inside), shapely.get_y(inside)
    return [
        None if np.isnan(a) else [round((a - grid.x) / grid.step), round((b - grid.y) / grid.step)]
        for a, b in zip(x, y, strict=True)
    ]


def _levels(frame: pd.DataFrame) -> list[str]:
    return [str(v) for v in levels.looks(frame)]


def _texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(v) else str(v) for v in values]


def _related(released: Release, side: str) -> dict[str, list[int]]:
    """Numbers of the relations of each SK location or kawasan."""
    ids = released.table("verify/relations")[side].dropna().str.split(";").explode()
    found: dict[str, list[int]] = {}
    for number, name in ids.items():
        found.setdefault(str(name), []).append(int(str(number)))
    return found


def _themes_of(released: Release) -> dict[str, list[Sequence[Any]]]:
    frame = released.table("screen/screening")[["id_kawasan", "tema", "status", "luas_ha"]]
    found: dict[str, list[Sequence[Any]]] = {}
    rank = {t: i for i, t in enumerate(THEMES)}
    frame = frame.assign(_rank=frame["tema"].map(rank)).sort_values(["id_kawasan", "_rank"])
    for row in listings.rows(frame):
        told = [row["tema"], row["status"], _short(row["luas_ha"])]
        found.setdefault(row["id_kawasan"], []).append(told)
    return found


def _typology(said: str | None) -> str | None:
    """The key of a settlement typology that the texts know; else as it was delivered."""
    key = re.sub(r"[\s_-]+", " ", said or "").strip().lower()
    return key if f"tipologi.{key}" in words.catalogue() else said


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
