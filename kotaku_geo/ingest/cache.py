"""Parts of sources that have not changed are kept in the workspace and not read again.

A part that is its layer as it stands is not written twice: only what the layer's table leaves out
is kept, beside the hash of that table.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source
from kotaku_geo.ingest.part import FINGERPRINT, Part
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.workspace import Workspace, file_hash, read_any

FOLDER = "cache/ingest"
WORTH_KEEPING = 5_000  # records; fewer are read again in less than a second


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


def is_worth_keeping(part: Part) -> bool:
    """Whether a part takes longer to read again than to find."""
    return part.raster is not None or len(part.frame) >= WORTH_KEEPING


def load(workspace: Workspace, key: str, where: Whereabouts) -> Part | None:
    """A part that was kept under ``key``, or None; one that was placed by the city's extent
    or land is no longer good when that has changed."""
    account = _file(workspace, key, "json")
    if not account.is_file():
        return None
    kept = json.loads(account.read_text(encoding="utf-8"))
    extent = kept["extent"]
    if not where.still(extent):
        return None
    frame = _frame(workspace, key, kept)
    if frame is None:
        return None
    raster = _file(workspace, key, "tif")
    return Part(
        frame,
        _revived(kept["findings"]),
        kept["account"],
        raster.read_bytes() if raster.is_file() else None,
        extent,
    )


def _frame(workspace: Workspace, key: str, kept: dict[str, Any]) -> pd.DataFrame | None:
    """The records of a part; None where they lie in a table that is no longer the same."""
    rows = read_any(_file(workspace, key, "rows.parquet"))
    if kept["table"] is None:
        return rows
    table = workspace.path(kept["table"])
    if not table.is_file() or file_hash(table) != kept["sha256"]:
        return None
    frame = read_any(table)
    frame[FINGERPRINT] = rows[FINGERPRINT]
    return frame


def save(
    workspace: Workspace, key: str, part: Part, table: str | None = None, beside: Path | None = None
) -> None:
    """Keep a part; its account is written last and makes it count.

    Args:
        workspace: where to.
        key: of `part_key`.
        part: what to keep.
        table: the table that holds the part's records and no others, as they are, if there is one.
        beside: that table's file, which waits beside its place.
    """
    rows = part.frame if beside is None else pd.DataFrame(part.frame[[FINGERPRINT]])
    workspace.write(f"{FOLDER}/{key}.rows.parquet", rows)
    if part.raster is not None:
        with workspace.replacing(f"{FOLDER}/{key}.tif") as unfinished:
            unfinished.write_bytes(part.raster)
    kept = {
        "account": part.account,
        "findings": _plain(part.findings),
        "extent": part.extent,
        "table": table,
        "sha256": None if beside is None else file_hash(beside),
    }
    with workspace.replacing(f"{FOLDER}/{key}.json") as unfinished:
        unfinished.write_text(json.dumps(kept, ensure_ascii=False, allow_nan=False), "utf-8")


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings as JSON takes them: geometries as hexadecimal WKB, numbers as Python's own."""
    shapes = shapely.to_wkb(np.array([row["geometry"] for row in rows], dtype=object), hex=True)
    return [
        {k: v.item() if isinstance(v, np.generic) else v for k, v in row.items()} | {"geometry": g}
        for row, g in zip(rows, shapes, strict=True)
    ]


def _revived(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shapes = shapely.from_wkb(np.array([row["geometry"] for row in rows], dtype=object))
    return [{**row, "geometry": shape} for row, shape in zip(rows, shapes, strict=True)]


def sweep(workspace: Workspace, current: set[str]) -> None:
    """Forget parts that no source of the present pipeline file uses."""
    folder = workspace.root / FOLDER
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.name.split(".")[0] not in current:
            path.unlink(missing_ok=True)


def _file(workspace: Workspace, key: str, ending: str) -> Path:
    return workspace.root / FOLDER / f"{key}.{ending}"
