"""``run.json``: what each stage was told, read and wrote, and so what is current."""

import importlib.metadata
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kotaku_geo import __version__
from kotaku_geo.files import file_hash, table_path

RUN_FILE = "run.json"
LIBRARIES = ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "rasterio", "shapely")


@cache
def versions() -> dict[str, str]:
    """Versions of the program and of the libraries that compute."""
    found = {"kotaku_geo": __version__}
    return found | {name: importlib.metadata.version(name) for name in LIBRARIES}


@dataclass
class RunReport:
    """What a run did: stage → "ran" or "current", and seconds of those that ran."""

    root: Path
    stages: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Ledger:
    """The content of ``run.json``.

    Attributes:
        root: the workspace.
        stages: stage → key of all it was told, and content hashes of what it read and wrote.
        merged: tables made of several stages' → hashes of what they were made of.
        hashes: content hashes of tables as they lie there now, as far as asked for.
    """

    root: Path
    stages: dict[str, dict[str, Any]]
    merged: dict[str, Any] = field(default_factory=dict)
    hashes: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path) -> "Ledger":
        """Of a workspace; empty where nothing has run, or the file is not what we wrote."""
        try:
            content = json.loads((root / RUN_FILE).read_text(encoding="utf-8"))
            return cls(root, dict(content["stages"]), dict(content["merged"]))
        except (FileNotFoundError, ValueError, KeyError):
            return cls(root, {})

    def hash_of(self, table: str) -> str | None:
        """Content hash of a table or document as it lies there now."""
        if table not in self.hashes:
            path = table_path(self.root, table)
            self.hashes[table] = file_hash(path) if path.is_file() else None
        return self.hashes[table]

    def is_current(self, stage: str, key: str) -> bool:
        """Whether a stage was told the same, and all that it read and wrote is as it was."""
        known = self.stages.get(stage)
        if known is None or known["key"] != key:
            return False
        seen = {**known["reads"], **known["writes"]}
        return all(self.hash_of(table) == digest for table, digest in seen.items())

    def record(self, stage: str, key: str, reads: list[str], writes: list[str]) -> None:
        """Note what a stage has done."""
        gone = set(self.stages.get(stage, {}).get("writes", {})) - set(writes)
        for table in gone:  # a layer that is no longer delivered leaves no table behind
            table_path(self.root, table).unlink(missing_ok=True)
        for table in [*writes, *gone]:
            self.hashes.pop(table, None)
        self.stages[stage] = {
            "key": key,
            "reads": {table: self.hash_of(table) for table in reads},
            "writes": {table: self.hash_of(table) for table in writes},
        }

    def is_made_of(self, table: str, parts: dict[str, str | None]) -> bool:
        """Whether a table is there and made of these parts."""
        known = self.merged.get(table)
        return known is not None and known == {**parts, table: self.hash_of(table)}

    def made_of(self, table: str, parts: dict[str, str | None]) -> None:
        """Note what a table was made of."""
        self.hashes.pop(table, None)
        self.merged[table] = {**parts, table: self.hash_of(table)}

    def save(self, report: RunReport, inputs: dict[str, str]) -> None:
        """Write ``run.json``, whole or not at all."""
        content = {
            "versions": versions(),
            "inputs": inputs,
            "run": {"stages": report.stages, "seconds": report.seconds},
            "stages": self.stages,
            "merged": self.merged,
        }
        beside = self.root / f".{RUN_FILE}"
        beside.write_text(json.dumps(content, indent=1), encoding="utf-8")
        beside.replace(self.root / RUN_FILE)
