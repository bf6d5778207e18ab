"""Small cities made by hand: what the tests of this room say them with."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import layer_columns
from kotaku_geo.decisions import Decision, identified
from kotaku_geo.evidence import in_words
from kotaku_geo.regulation import load
from kotaku_geo.stage import StageContext

CRS = "EPSG:32749"
X0, Y0 = 400_000.0, 9_230_000.0
KODE = "33.75.01.1001"
LAW = load("permen-14-2018")
NUMERIC = {"number", "integer", "share", "volume", "score51", "priority"}
Rows = Sequence[Mapping[str, Any]]


def box(x: float, y: float, width: float, height: float | None = None) -> shapely.Polygon:
    """A rectangle, in metres from the city's corner."""
    height = width if height is None else height
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X0 + x, Y0 + y)


def line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in xy])


def table(layer: str, rows: Rows) -> gpd.GeoDataFrame:
    """An ingest table: every column of the layer, null where a row does not give it."""
    frame = pd.DataFrame(list(rows))
    for name, spec in {**layer_columns(layer), "source_id": {"type": "text"}}.items():
        numeric = spec["type"] in NUMERIC
        if name not in frame:
            frame[name] = np.nan if numeric else None
        if spec["type"] == "yesno":
            frame[name] = frame[name].astype("boolean")
        else:
            frame[name] = frame[name].astype("float64" if numeric else "str")
    if "source_row" not in frame:
        frame["source_row"] = np.arange(len(frame))
    frame["source_id"] = frame["source_id"].fillna(layer)
    frame["source_row"] = frame["source_row"].astype("Int64")
    shapes = list(frame["geometry"]) if "geometry" in frame else [None] * len(frame)
    return gpd.GeoDataFrame(
        frame.drop(columns="geometry", errors="ignore"), geometry=shapes, crs=CRS
    )


def volumes(score: float | Mapping[str, float] = 0, **denominators: float) -> dict[str, Any]:
    """A whole survey form: every share stands for a score (or the scores given, 0 elsewhere)."""
    whole = {
        "jumlah_bangunan": 100.0, "jumlah_penduduk": 400.0, "jumlah_kk": 100.0, "luas_ha": 1.0,
        "jalan_ideal_m": 1000.0, "drainase_ideal_m": 1000.0, **denominators,
    }  # fmt: skip
    share = {0: 0.0, 1: 0.3, 3: 0.6, 5: 0.9}
    wanted = score if isinstance(score, Mapping) else dict.fromkeys(LAW.parameter_ids, score)
    form: dict[str, Any] = dict(whole)
    for parameter in LAW.parameters:
        form[f"v{parameter.id}"] = (
            share[int(wanted.get(parameter.id, 0))] * whole[parameter.denominator]
        )
    return form


@dataclass(frozen=True)
class Outcome:
    """What the stage left."""

    ctx: StageContext

    def table(self, name: str) -> pd.DataFrame:
        return self.ctx.tables[f"consolidate/{name}"]

    def rt(self, id_rt: str) -> pd.Series:
        frame = self.table("rt").set_index("id_rt")
        return frame.loc[id_rt]

    def kawasan(self, id_kawasan: str | None = None) -> pd.Series:
        frame = self.table("kawasan").set_index("id_kawasan")
        return frame.iloc[0] if id_kawasan is None else frame.loc[id_kawasan]

    def facts(self, id_rt: str, parameter: str) -> pd.DataFrame:
        frame = self.table("facts")
        return frame[(frame["id_rt"] == id_rt) & (frame["parameter"] == parameter)]

    def conflicts(self, kind: str | None = None) -> pd.DataFrame:
        frame = self.table("conflicts")
        return frame if kind is None else frame[frame["kind"] == kind].reset_index(drop=True)

    def candidates(self, row: int = 0, kind: str | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.conflicts(kind)["candidates"].iloc[row])
        return found

    def findings(self, rule: str) -> pd.DataFrame:
        frame = self.ctx.findings.frame()
        return frame[frame["rule"] == rule].sort_values("subject", ignore_index=True)


Consolidate = Callable[..., Outcome]


def decide(
    done: Outcome, parameter: str, *, subject: str | None = None, source: str | None = None,
    value: str | None = None, **more: Any,
) -> Decision:  # fmt: skip
    """A decision on the conflict that a run found over a parameter, on the evidence found."""
    found = done.table("conflicts")
    found = found[found["parameter"] == parameter]
    row = (found if subject is None else found[found["subject"] == subject]).iloc[0]
    cells: dict[str, Any] = {
        "kind": row["kind"], "subject": row["subject"], "parameter": parameter, "source_id": source,
        "value": value, "reason": "dicek di lapangan", "forum": "Rapat Pokja PKP",
        "minutes": "BA 1/2024", "date": dt.date(2024, 5, 2), "by": "Sekretaris Pokja",
        "evidence": row["evidence"],
        "taken_on": in_words(row["kind"], json.loads(row["candidates"])), **more,
    }  # fmt: skip
    return identified(Decision(**cells))


def rt_row(rt: str, shape: shapely.Geometry, rw: str | None = "001", **more: Any) -> dict[str, Any]:
    return {"rt": rt, "rw": rw, "kode_kelurahan": KODE, "geometry": shape, **more}


def profile(rt: str, rw: str | None = "001", **more: Any) -> dict[str, Any]:
    return {"rt": rt, "rw": rw, "kode_kelurahan": KODE, **more}


def area(shape: shapely.Geometry, **more: Any) -> dict[str, Any]:
    return {"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "geometry": shape, **more}


def key(rt: str, rw: str = "001") -> str:
    return f"{KODE}-RW{rw}-RT{rt}"
