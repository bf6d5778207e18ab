"""Keys made of what a thing is called, never of where its row stands."""

import hashlib
import json
import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
import shapely

from kotaku_geo.late import regex

NO_RW = "000"
_PARTS = ("code", "tail")
_RT_ID = regex(r"([\d.]+)(-RW.+)$")
_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True
).encode  # `json.dumps` makes one each time


def rt_ids(kode: pd.Series, rw: pd.Series, rt: pd.Series) -> pd.Series:
    """``33.75.01.1002-RW007-RT006A``; null where kelurahan or RT is not known."""
    return kode.astype("str") + "-RW" + rw.astype("str").fillna(NO_RW) + "-RT" + rt.astype("str")


def parted(ids: pd.Series) -> pd.DataFrame:
    """Columns ``code`` and ``tail`` (``-RW003-RT012``) of RT ids; null for what is no such id."""
    words = np.asarray(ids, dtype=object)
    found = [_RT_ID.match(word) if isinstance(word, str) else None for word in words]
    parts = [(None, None) if match is None else match.groups() for match in found]
    columns = zip(*parts, strict=True) if parts else ((), ())
    made = {name: pd.array(own, dtype="str") for name, own in zip(_PARTS, columns, strict=True)}
    return pd.DataFrame(made, index=ids.index)


def under(id_rt: str, code: str) -> str:
    """The id of the same RT in another kelurahan."""
    return code + id_rt[id_rt.index("-RW") :]


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, without the word that every name begins with."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words.removeprefix("kawasan-") or words


def slugs(texts: pd.Series) -> pd.Series:
    """`slug` of every text; null stays null, and so does a text without a letter or digit."""
    known = texts.dropna().unique()
    table = {text: slug(text) or None for text in known}
    return texts.map(table).astype("str")


def digest(content: Any, length: int = 64) -> str:
    """SHA-256 of a JSON value, hexadecimal, shortened to ``length``."""
    return hashlib.sha256(_json(content).encode()).hexdigest()[:length]


def shape_digest(geometry: shapely.Geometry) -> str:
    """A short hash of a shape to the decimetre, the same however its rings are wound."""
    rounded = shapely.set_precision(shapely.force_2d(geometry), 0.1, mode="pointwise")
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(rounded))).hexdigest()[:12]
