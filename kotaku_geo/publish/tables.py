"""The workspace's tables as publication reads them: all known columns, absent tables empty."""

import re
from typing import Any

import geopandas as gpd
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.config import parameter_ids
from kotaku_geo.stage import StageContext


def names() -> list[str]:
    """Names of the tables that publication reads."""
    return list(resources.load("publish/tables")["tables"])


def read(ctx: StageContext, name: str) -> pd.DataFrame:
    """A table with all its columns in order and plain dtypes; no rows where it is absent.

    A table with geometry is a GeoDataFrame in the city's CRS. Further columns that the stage
    wrote come after the known ones.
    """
    spec = resources.load("publish/tables")["tables"][name]
    spatial = bool(spec.get("geometry"))
    if not ctx.has(name):
        frame = _empty(spatial, ctx.pipeline.city.crs)
    else:
        frame = ctx.read_geo(name) if spatial else ctx.read(name)
    return _completed(frame, columns_of(name, ctx.pipeline.regulation))


def columns_of(name: str, regulation: str) -> list[str]:
    """Known columns of a table, parameters included, without geometry."""
    spec = resources.load("publish/tables")["tables"][name]
    columns = list(spec["columns"])
    if after := spec.get("parameters_after"):
        at = columns.index(after) + 1
        shares = [f"{kind}{p}" for p in parameter_ids(regulation) for kind in ("p", "n")]
        columns[at:at] = shares
    return columns


def label(column: str, regulation: str, lang: str = "id") -> str:
    """What people call a column; its own name where nobody has named it."""
    known = resources.load("publish/tables")["columns"]
    if column in known:
        return str(known[column][lang])
    for row in resources.load(f"regulation/{regulation}")["parameters"]:
        if column in (f"p{row['id']}", f"n{row['id']}"):
            word = {"p": {"id": "bagian", "en": "share"}, "n": {"id": "nilai", "en": "score"}}
            return f"{row['id']} {row[f'{lang}_name']} ({word[column[0]][lang]})"
    return column


def parameter(name: str, regulation: str, lang: str = "id") -> str | None:
    """A parameter's id with its name; None where the regulation has no such parameter."""
    rows = resources.load(f"regulation/{regulation}")["parameters"]
    return next((f"{name} {row[f'{lang}_name']}" for row in rows if row["id"] == name), None)


def _empty(spatial: bool, crs: Any) -> pd.DataFrame:
    return gpd.GeoDataFrame(geometry=[], crs=crs) if spatial else pd.DataFrame()


def _completed(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    frame = frame.copy()
    for column in columns:
        given = frame[column] if column in frame else pd.Series(None, frame.index, dtype="object")
        frame[column] = _typed(given, kind_of(column))
    extra = [c for c in frame.columns if c not in columns and c != "geometry"]
    last = ["geometry"] if isinstance(frame, gpd.GeoDataFrame) else []
    return frame[[*columns, *extra, *last]]


def kind_of(column: str) -> str:
    """text, number, integer or boolean; parameter columns are numbers."""
    known = resources.load("publish/tables")["columns"]
    if column in known:
        return str(known[column].get("type", "text"))
    return "number" if re.fullmatch(r"[pn]\d[a-e]", column) else "text"


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind == "text":
        return values.astype("str").where(values.notna())
    if kind == "number":
        return pd.to_numeric(values).astype("Float64").astype("float64")
    return values.astype("Int64" if kind == "integer" else "boolean")
