"""`datapackage.json`: what the published files hold, as a Data Package 2 (datapackage.org).

Each layer of the GeoPackage is a resource of its own (path and ``dialect.table``) with its fields;
every other file is a resource without a schema.
"""

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.publish import tables
from kotaku_geo.publish.layers import Layer

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_KEYS = {"kelurahan": "kode_kelurahan", "kawasan": "id_kawasan",
         "sk_lokasi": "id_sk", "verifikasi_relasi": "relation_id", "temuan": "finding_id",
         "konflik": "conflict_id"}  # fmt: skip
_MEDIA = {".gpkg": "application/geopackage+sqlite3", ".json": "application/json",
          ".html": "text/html"}  # fmt: skip


def datapackage(
    pipeline: Pipeline,
    layers: Sequence[Layer],
    gpkg: str,
    documents: Mapping[str, bytes],
    version: str,
) -> dict[str, Any]:
    """The descriptor.

    Args:
        pipeline: the city's pipeline file.
        layers: layers of the GeoPackage.
        gpkg: file name of the GeoPackage, a key of ``documents``.
        documents: content by file name inside ``publish/``.
        version: of the program that made them.
    """
    files = {name: _file(name, body) for name, body in sorted(documents.items())}
    described = [
        {**files[gpkg], **_layer(layer, pipeline.regulation, pipeline.city.crs)} for layer in layers
    ]
    others = [{**f, "name": _slug(name)} for name, f in files.items() if name != gpkg]
    return {
        "$schema": PROFILE,
        "name": f"sikk-{pipeline.city.code.replace('.', '-')}",
        "title": f"Sistem informasi kumuh {pipeline.city.name}",
        "description": "Baseline permukiman kumuh, verifikasi SK Kumuh dan penapisan.",
        "version": version,
        "resources": [*described, *others],
    }


def _file(name: str, body: bytes) -> dict[str, Any]:
    ending = PurePosixPath(name).suffix
    return {
        "path": name,
        "format": ending.removeprefix("."),
        "mediatype": _MEDIA.get(ending) or mimetypes.types_map.get(ending, "text/plain"),
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
    }


def _layer(layer: Layer, regulation: str, crs: str) -> dict[str, Any]:
    columns = [c for c in layer.frame.columns if c != "geometry"]
    fields = [
        {"name": c, "type": _type(layer.frame[c]), "title": tables.label(c, regulation)}
        for c in columns
    ]
    if layer.geometry != "none":
        fields.append({"name": "geom", "type": "any", "title": f"Geometri ({crs})"})
    key = {"primaryKey": [_KEYS[layer.name]]} if layer.name in _KEYS else {}
    return {
        "name": layer.name.replace("_", "-"),
        "title": layer.title,
        "description": layer.description,
        "dialect": {"table": layer.name},
        "schema": {"fields": fields, **key},
    }


def _type(values: pd.Series) -> str:
    kinds = pd.api.types
    if kinds.is_bool_dtype(values):
        return "boolean"
    if kinds.is_integer_dtype(values):
        return "integer"
    return "number" if kinds.is_float_dtype(values) else "string"


def _slug(name: str) -> str:
    return name.lower().replace(".", "-").replace("_", "-")
