"""What Google Earth writes beside the shapes: ExtendedData and the tables of HTML balloons.

GDAL reads the shapes and the plain fields. It leaves out SchemaData where the schema is missing or
stands in a folder, and a balloon it gives as one text: both are columns here.
"""

import html
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from kotaku_geo.late import regex

ROW = regex(r"(?is)<tr\b[^>]*>(.*?)</tr>")
CELL = regex(r"(?is)<t[dh]\b[^>]*>(.*?)(?=</t[dh]>|<t[dh]\b|\Z)")
LINE = regex(r"(?is)<(?:b|strong)>\s*([^<:]{1,60}?)\s*:?\s*</(?:b|strong)>\s*:?\s*([^<]*)")
TAG = regex(r"(?s)<[^>]*>")
BALLOON = ("description", "Description")
MARK = "Placemark"


def placemarks(path: Path) -> list[dict[str, str]] | None:
    """ExtendedData of each Placemark in the order of the document; None for no sound XML.

    The text has been looked at before: it defines no entity.
    """
    found: list[dict[str, str]] = []
    try:
        for _, element in ElementTree.iterparse(path, events=("end",)):
            if _tag(element) == MARK:
                found.append(_extended(element) | {"name": _name(element)})
                element.clear()
    except ElementTree.ParseError:
        return None
    return found


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _name(mark: ElementTree.Element) -> str:
    return next(((e.text or "").strip() for e in mark if _tag(e) == "name"), "")


def _extended(mark: ElementTree.Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in mark.iter():
        key = element.get("name")
        if key and _tag(element) == "SimpleData":
            values[key] = (element.text or "").strip()
        elif key and _tag(element) == "Data":
            inner = next((e for e in element if _tag(e) == "value"), None)
            values[key] = ((inner.text if inner is not None else None) or "").strip()
    return values


def complete(frame: pd.DataFrame, marks: list[dict[str, str]] | None) -> pd.DataFrame:
    """Add the columns that GDAL left out, where its records are the document's placemarks.

    Args:
        frame: all records of the document, in its order.
        marks: what `placemarks` gave.
    """
    if marks and _match(frame, marks):
        keys = dict.fromkeys(k for mark in marks for k in mark if k != "name")
        for key in keys:
            if _lacks(frame, key):
                frame[key] = pd.Series([m.get(key) or None for m in marks], dtype=object)
    column = next((c for c in BALLOON if c in frame), None)
    return frame if column is None else _unfold(frame, column)


def _match(frame: pd.DataFrame, marks: list[dict[str, str]]) -> bool:
    if len(frame) != len(marks):
        return False
    column = next((c for c in ("Name", "name") if c in frame), None)
    if column is None:
        return True
    names = ["" if v is None or v != v else str(v).strip() for v in frame[column]]
    return all(not m["name"] or n == m["name"] for n, m in zip(names, marks, strict=True))


def _lacks(frame: pd.DataFrame, key: str) -> bool:
    return key not in frame or bool(frame[key].isna().all())


def _unfold(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The tables of balloons as columns; the balloon stays."""
    tables = [_table(v) if isinstance(v, str) and "<" in v else {} for v in frame[column]]
    for key in dict.fromkeys(k for table in tables for k in table):
        if _lacks(frame, key):
            frame[key] = pd.Series([t.get(key) for t in tables], dtype=object)
    return frame


def _table(balloon: str) -> dict[str, Any]:
    """Rows of two cells, or ``<b>name</b>: value`` lines, as pairs."""
    rows = [[_text(c) for c in CELL.findall(row)] for row in ROW.findall(balloon)]
    pairs = [row for row in rows if len(row) == 2 and row[0]]
    if not pairs:
        pairs = [[_text(k), _text(v)] for k, v in LINE.findall(balloon)]
    return {key.rstrip(":").strip()[:120]: value or None for key, value in pairs}


def _text(cell: str) -> str:
    text = html.unescape(TAG.sub(" ", cell)).replace("\xa0", " ")
    return " ".join(text.split()).replace("<Null>", "")
