"""Parts of sources that have not changed are kept in the workspace and not read again."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source
from kotaku_geo.ingest.extent import Whereabouts
from kotaku_geo.ingest.part import Part
from kotaku_geo.workspace import Workspace, file_hash, read_any

FOLDER = "cache/ingest"


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in resources.code_files():
        digest.update(file_hash(path).encode())
    return digest.hexdigest()


def part_key(source: Source, name: str, sha256: str, pipeline: Pipeline) -> str:
    """Everything that a part depends on, as one hash."""
    text = json.dumps(
        [_code(), source.model_dump(mode="json"), name, sha256, pipeline.city.crs,
         pipeline.city.code, pipeline.regulation],
        sort_keys=True,
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def load(workspace: Workspace, key: str, where: Whereabouts) -> Part | None:
    """A part that was kept under ``key``, or None; one that was placed by the city's extent is
    no longer good when that has changed."""
    account = _file(workspace, key, "json")
    if not account.is_file():
        return None
    kept = json.loads(account.read_text(encoding="utf-8"))
    extent = kept["extent"]
    if extent is not None and extent != where.extent().digest:
        return None
    raster = _file(workspace, key, "tif")
    return Part(
        read_any(_file(workspace, key, "rows.parquet")),
        [_revived(row) for row in kept["findings"]],
        kept["account"],
        raster.read_bytes() if raster.is_file() else None,
        extent,
    )


def save(workspace: Workspace, key: str, part: Part) -> None:
    """Keep a part; its account is written last and makes it count."""
    workspace.write(f"{FOLDER}/{key}.rows.parquet", part.frame)
    if part.raster is not None:
        with workspace.replacing(f"{FOLDER}/{key}.tif") as beside:
            beside.write_bytes(part.raster)
    findings = [_plain(row) for row in part.findings]
    account = {"account": part.account, "findings": findings, "extent": part.extent}
    workspace.write_json(f"{FOLDER}/{key}.json", account)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A finding as JSON takes it: its geometry as hexadecimal WKB, numbers as Python's own."""
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
    geometry = row["geometry"]
    return {**plain, "geometry": None if geometry is None else shapely.to_wkb(geometry, hex=True)}


def _revived(row: dict[str, Any]) -> dict[str, Any]:
    geometry = row["geometry"]
    return {**row, "geometry": None if geometry is None else shapely.from_wkb(geometry)}


def sweep(workspace: Workspace, current: set[str]) -> None:
    """Forget parts that no source of the present pipeline file uses."""
    folder = workspace.root / FOLDER
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.name.split(".")[0] not in current:
            path.unlink(missing_ok=True)


def _file(workspace: Workspace, key: str, ending: str) -> Path:
    return workspace.root / FOLDER / f"{key}.{ending}"
