"""The hash of a table's content: the same whatever order, library or version wrote the file.

A table is written down as text, canonically, and that text is hashed:

- columns by name in alphabetical order, whatever their order in the file, and the EPSG code of
  the geometries' CRS;
- each row as a JSON list; unknown (null, NaN, NA) is ``null``, whatever stood for it;
- numbers, whole or not, with six decimals (0.01 m² of a hectare, a ten-thousandth of a percentage
  point), and no minus before zero;
- geometries as little-endian two-dimensional WKB of coordinates rounded to a millimetre, with
  rings wound and begun, and parts ordered, as `shapely.normalize` does;
- rows sorted by their text.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

DECIMALS = 6
GRID_M = 0.001
_NULL = "null"
_NO_MINUS = f"-{0:.{DECIMALS}f}"


def table_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of a table's canonical text, hexadecimal."""
    names = sorted(map(str, frame.columns))
    head = [names, _epsg(frame)]
    digest = hashlib.sha256(json.dumps(head, ensure_ascii=False).encode())
    columns = [_cells(frame[name]) for name in names]
    for row in sorted(map(",".join, zip(*columns, strict=True))):
        digest.update(f"\n[{row}]".encode())
    return digest.hexdigest()


def json_hash(content: Any) -> str:
    """SHA-256 of a JSON value: keys sorted, no spaces."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def whole_hash(hashes: Mapping[str, str]) -> str:
    """One hash over the named hashes of all tables."""
    return json_hash(dict(hashes))


def same(left: pd.Series, right: pd.Series) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Where two columns of equal length say the same, as the hash sees it."""
    pairs = zip(_cells(left), _cells(right), strict=True)
    return np.fromiter((a == b for a, b in pairs), dtype=bool, count=len(left))


def shape_texts(shapes: Iterable[Any]) -> list[str]:
    """The canonical text of each geometry; ``null`` for None."""
    array = np.asarray(list(shapes), dtype=object)
    known = ~shapely.is_missing(array)
    rounded = shapely.set_precision(shapely.force_2d(array[known]), GRID_M, mode="pointwise")
    wkb = shapely.to_wkb(shapely.normalize(rounded), hex=True, byte_order=1, output_dimension=2)
    texts = np.full(len(array), _NULL, dtype=object)
    texts[known] = [f'"{text}"' for text in wkb]
    return texts.tolist()


def _epsg(frame: pd.DataFrame) -> int | None:
    crs = frame.crs if isinstance(frame, gpd.GeoDataFrame) and "geometry" in frame else None
    return None if crs is None else crs.to_epsg()


def _cells(column: pd.Series) -> list[str]:
    if str(column.dtype) == "geometry":
        return shape_texts(column.to_numpy())
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        values = column.astype("Float64").to_numpy(float, na_value=np.nan)
        return [_number(value) for value in values.tolist()]
    return [_cell(value) for value in column.astype(object).tolist()]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or value is pd.NA or value != value:
        return _NULL
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | float | np.number):
        return _number(float(value))
    return json.dumps(str(value), ensure_ascii=False)


def _number(value: float) -> str:
    if value != value:
        return _NULL
    text = f"{value:.{DECIMALS}f}"
    return text[1:] if text == _NO_MINUS else text
