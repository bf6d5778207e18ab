"""A baseline as it can be compared and explained: of a workspace, or of a sealed version."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, PipelineFile
from kotaku_geo.decisions import read_texts
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.files import table_path
from kotaku_geo.history.canonical import table_hash
from kotaku_geo.history.identities import Moves, about
from kotaku_geo.history.outlines import Key, Outline, standing
from kotaku_geo.history.setting import Setting, SourceNote
from kotaku_geo.workspace import Workspace, read_any

SEAL_FILE = "segel.json"
DECISIONS_FILE = "keputusan.csv"
_TYPES = {"text": "str", "number": "float64", "integer": "Int64", "boolean": "boolean"}


@dataclass(frozen=True)
class Baseline:
    """Tables of one state of the baseline.

    Attributes:
        name: ``v1.0``, or the name of the workspace.
        setting: what it was made under.
        tables: by workspace name (``consolidate/kawasan``); every table of ``schemas/seal.yaml``.
        decided: rows of ``keputusan.csv``, all columns text; empty where there are none.
        seal: content of ``segel.json``; None for a workspace.
        columns: the columns that each table had before absent ones were added, by table; a
            table that was not there is not among them.
        outlines: who drew the outlines that stand, where the delivered layers are at hand.
    """

    name: str
    setting: Setting
    tables: Mapping[str, pd.DataFrame]
    decided: pd.DataFrame
    seal: Mapping[str, Any] | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outlines: Mapping[Key, Outline] = field(default_factory=dict)

    @classmethod
    def of_workspace(cls, root: Path, file: PipelineFile | None = None) -> Self:
        """The baseline of a workspace.

        Without the pipeline file its numbers are the defaults, and nothing is known of decisions
        but their status.

        Raises:
            PipelineFileError: there is no baseline in the folder.
        """
        if not table_path(root, "consolidate/kawasan").is_file():
            raise PipelineFileError(
                f"{root}: bukan versi tersegel dan bukan folder kerja yang sudah dikonsolidasi; "
                "jalankan kotaku-geo consolidate, atau tunjuk folder yang berisi segel.json"
            )
        tables, columns = read_tables(root)
        setting = _guessed(root, tables) if file is None else Setting.of_pipeline(file.pipeline)
        decided = read_decided(None if file is None else decisions_path(file))
        drawn = standing(Workspace(root), setting)
        return cls(root.name, setting, tables, decided, None, columns, drawn)

    @classmethod
    def of_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        pipeline: Pipeline,
        decided: pd.DataFrame,
        outlines: Mapping[Key, Outline] | None = None,
    ) -> Self:
        """A baseline of tables in memory, as a stage holds them."""
        whole = {name: _completed(tables.get(name), spec) for name, spec in specs().items()}
        setting = Setting.of_pipeline(pipeline)
        columns = {name: list(tables[name].columns) for name in whole if name in tables}
        return cls(pipeline.city.name, setting, whole, decided, None, columns, outlines or {})

    def table(self, name: str) -> pd.DataFrame:
        """A table of ``consolidate/``."""
        return self.tables[f"consolidate/{name}"]

    def geo(self, name: str) -> gpd.GeoDataFrame:
        """A table of ``consolidate/`` with geometry."""
        frame = self.table(name)
        assert isinstance(frame, gpd.GeoDataFrame)
        return frame

    @property
    def sources(self) -> pd.DataFrame:
        """Accounts of the delivered files."""
        return self.tables["ingest/sources"]

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Canonical hash of every table that is there, over the columns that it had."""
        return {n: table_hash(self.tables[n][list(c)]) for n, c in sorted(self.columns.items())}

    @cached_property
    def decisions(self) -> dict[str, dict[str, Any]]:
        """Decisions by id: columns of ``keputusan.csv``, with status and what was found."""
        known: dict[str, dict[str, Any]] = {r["decision_id"]: r for r in records(self.decided)}
        for row in records(self.table("decisions")):
            known[row["decision_id"]] = {**known.get(row["decision_id"], {}), **row}
        return known

    @cached_property
    def moves(self) -> Moves:
        """RT that decisions in force put under another id."""
        return Moves(self.decisions.values(), self._conflicts.values())

    @cached_property
    def _conflicts(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {
            (r["kind"], r["subject"], r["parameter"]): r for r in records(self.table("conflicts"))
        }

    def conflict_on(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """The conflict that a decision is about, a row of ``consolidate/conflicts``."""
        return self._conflicts.get(about(row))

    def decision_on(self, kind: str, subject: str, parameter: str) -> dict[str, Any] | None:
        """The decision in force on a thing in dispute."""
        for row in self.decisions.values():
            if about(row) == (kind, subject, parameter) and row.get("status") == "berlaku":
                return row
        return None


def decisions_path(file: PipelineFile) -> Path:
    """Where a pipeline's decisions are on file."""
    return file.path.parent / file.pipeline.decisions


def specs() -> Mapping[str, Mapping[str, Any]]:
    """The tables of a baseline, as ``schemas/seal.yaml`` describes them."""
    tables: Mapping[str, Mapping[str, Any]] = resources.load("seal")["tables"]
    return tables


def read_tables(root: Path) -> tuple[dict[str, pd.DataFrame], dict[str, list[str]]]:
    """Every table of a baseline with all its columns, and the columns of those that are there.

    Raises:
        InputError: a file is no table.
    """
    tables, columns = {}, {}
    for name, spec in specs().items():
        path = table_path(root, name)
        frame = None
        if path.is_file():
            try:
                frame = read_any(path)
            except (OSError, ValueError, KeyError) as error:  # pyarrow's errors are ValueErrors
                raise InputError(f"{path}: tabel tidak dapat dibaca: {error}") from error
            columns[name] = list(frame.columns)
        tables[name] = _completed(frame, spec)
    return tables, columns


def read_decided(path: Path | None) -> pd.DataFrame:
    """Rows of ``keputusan.csv`` as text, unknown as None; empty where there is no file.

    Raises:
        InputError: the file is no such CSV, or larger than any file of decisions.
    """
    columns = list(resources.load("seal")["decisions"])
    if path is None or not path.is_file():
        return pd.DataFrame(columns=columns, dtype=object)
    cells = [[row[name] or None for name in columns] for row in read_texts(path)]
    return pd.DataFrame(cells, columns=columns, dtype=object)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain Python values; unknown is None, geometry is left out."""
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    names = list(map(str, plain.columns))
    columns = [[_plain(v) for v in plain[name].astype(object).tolist()] for name in plain.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def _completed(frame: pd.DataFrame | None, spec: Mapping[str, Any]) -> pd.DataFrame:
    """A table with every column it may be asked for; those that it lacks are null."""
    spatial = bool(spec.get("geometry"))
    if frame is None:
        frame = gpd.GeoDataFrame(geometry=[]) if spatial else pd.DataFrame()
    frame = frame.copy()
    for name, kind in spec["columns"].items():
        if name not in frame:
            frame[name] = pd.Series(None, index=frame.index, dtype=_TYPES[kind])
    return frame


def _guessed(root: Path, tables: Mapping[str, pd.DataFrame]) -> Setting:
    """What a workspace tells of its setting without the pipeline file: CRS, and its sources."""
    kawasan = tables["consolidate/kawasan"]
    assert isinstance(kawasan, gpd.GeoDataFrame)
    notes: dict[str, SourceNote] = {}
    for path in sorted((root / "ingest" / "accounts").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            note = SourceNote(path.stem, row.get("agency"), row.get("date"), row.get("accuracy_m"))
            notes[row["source_id"]] = note
    regulation = kawasan["peraturan"].dropna().mode() if "peraturan" in kawasan else []
    return Setting(
        crs=None if kawasan.crs is None else kawasan.crs.to_string(),
        regulation=str(regulation[0]) if len(regulation) else None,
        sources=notes,
    )
