"""Small cities drawn by hand, in metres from a corner in UTM zone 49S."""

import geopandas as gpd
import pandas as pd
import shapely

from kotaku_geo.config import layer_columns
from tests.conftest import CRS

CORNER = (350_000.0, 9_230_000.0)
KEL = "33.75.01.1001"
OTHER_KEL = "33.75.01.1002"
TAU = 1.5 * (5.0**2 + 5.0**2) ** 0.5  # both sides of unknown accuracy: verify.accuracy_m is 5


def box(x0, y0, x1, y1):
    return shapely.box(CORNER[0] + x0, CORNER[1] + y0, CORNER[0] + x1, CORNER[1] + y1)


def sk(geometry, **given):
    """An SK row with a polygon; its level is ringan unless given."""
    return {"tingkat_sk": "ringan", "kode_kelurahan": KEL, "source_id": "sk",
            **given, "geometry": geometry}  # fmt: skip


def row(**given):
    """An SK row of a table."""
    return {"tingkat_sk": "ringan", "kode_kelurahan": KEL, "source_id": "sk-tabel", **given}


def kawasan(id_kawasan, geometry, **given):
    """A kawasan; its level is ringan unless given."""
    return {"id_kawasan": id_kawasan, "nama_kawasan": None, "kode_kelurahan": KEL,
            "tingkat": "ringan", "kelengkapan": "lengkap", "accuracy_m": None, "daftar_rt": None,
            "nama_kelurahan": "Uji", "source_id": "kawasan", **given,
            "geometry": geometry}  # fmt: skip


def kelurahan(code, geometry, name="Uji"):
    return {"kode_kelurahan": code, "nama_kelurahan": name, "geometry": geometry}


def rt(id_rt, geometry, tingkat):
    return {"id_rt": id_rt, "kode_kelurahan": KEL, "tingkat": tingkat, "geometry": geometry}


def geo(rows):
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=CRS)


def layer(name, rows):
    columns = [*layer_columns(name), "source_id", "source_row"]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    frame["source_row"] = range(len(frame))
    for column in layer_columns(name):
        kind = layer_columns(name)[column]["type"]
        frame[column] = (
            frame[column]
            .astype("float64" if kind == "number" else "str")
            .where(frame[column].notna())
        )
    return frame


def tables(
    sk_rows=(), kawasan_rows=(), sk_table=(), kelurahan_rows=(), rt_rows=(), rt_lain_rows=(),
    coverage=(),
):  # fmt: skip
    """Tables of a city as the stages before leave them; what is not given is not there."""
    result = {}
    if sk_rows:
        geometry = [r["geometry"] for r in sk_rows]
        result["ingest/sk"] = gpd.GeoDataFrame(layer("sk", sk_rows), geometry=geometry, crs=CRS)
    if sk_table:
        result["ingest/sk_tabel"] = layer("sk_tabel", sk_table)
    for name, rows in (
        ("consolidate/kawasan", kawasan_rows),
        ("consolidate/kelurahan", kelurahan_rows),
        ("consolidate/rt", rt_rows),
        ("consolidate/rt_lain", rt_lain_rows),
        ("ingest/coverage", coverage),
    ):
        if rows:
            result[name] = geo(list(rows))
    return result


SOURCES = [
    {"id": "sk", "layer": "sk", "path": "sk.gpkg"},
    {"id": "sk-tabel", "layer": "sk_tabel", "path": "sk.xlsx"},
    {"id": "kawasan", "layer": "kawasan", "path": "kawasan.gpkg", "date": "2024-01-01"},
]


def sources(**changes):
    """The pipeline's sources with some of their keys changed: ``sk={"regulation": "unknown"}``."""
    named = {k.replace("_", "-"): v for k, v in changes.items()}
    return [{**s, **named.get(s["id"], {})} for s in SOURCES]
