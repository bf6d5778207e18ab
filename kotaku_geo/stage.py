"""What a stage is given and what it leaves: tables in, tables out.

A stage never writes by itself. It hands its tables to the context, and the runner puts all of them
in place when the stage has succeeded, so that a stage that fails leaves the last good output.
"""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.errors import OutputError
from kotaku_geo.files import flushed
from kotaku_geo.findings import FindingBook
from kotaku_geo.workspace import Workspace

Say = Callable[[str], None]
WRITERS = 4  # most of what they do is wait for the disk
ACCOUNT = ["source_id", "path", "sha256", "rows_read", "rows_kept", "rows_rejected", "crs_found",
           "crs_used", "encoding_used", "agency", "date", "accuracy_m"]  # fmt: skip
# Beside a layer's own columns: how a row's kelurahan was found (kode, nama, nama_mirip, lokasi),
# and the codes, ;-joined, of a row whose name fits several.
HOW, TIED = "kelurahan_cara", "kelurahan_calon"


@dataclass
class StageContext:
    """One run of one stage.

    Attributes:
        pipeline: the city's pipeline file.
        workspace: where tables are.
        drop: folder of delivered files; only ingest opens it.
        base: folder of the pipeline file (decisions and waivers lie there).
        findings: where the stage records what it finds wrong.
        lang: language of people's documents.
        say: progress, one line at a time, to stderr.
        workers: threads for GEOS work.
        tables: what the stage has written, by table name.
        documents: JSON documents and other files' bytes, by name.
        finished: files that already wait beside their places, by table or document.
        hashes: content hashes of delivered files by name, where they are known already.
        reads: tables that the stage has asked for, whether or not they were there.
        early: tables are written beside their places as soon as they are left, while the stage goes
            on; it must end with `put` or `give_up`.
        ahead: loads what later stages need. A stage that works in several processes calls it in
            this one once the others have begun; then it costs the run but a share of its time.
    """

    pipeline: Pipeline
    workspace: Workspace
    drop: Path
    base: Path
    findings: FindingBook
    lang: str = "id"
    say: Say = lambda _: None
    workers: int = 2
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    finished: dict[str, Path] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    early: bool = False
    ahead: Callable[[], None] = lambda: None
    _writing: dict[str, Future[Path]] = field(default_factory=dict)
    _writers: ThreadPoolExecutor | None = None

    def has(self, table: str) -> bool:
        """Whether a table of an earlier stage is there."""
        self.reads.add(table)
        return self.workspace.has(table)

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A table of an earlier stage without its geometry, or some of its columns."""
        self.reads.add(table)
        return self.workspace.read(table, columns)

    def read_geo(self, table: str, columns: Sequence[str] | None = None) -> gpd.GeoDataFrame:
        """A table with geometry of an earlier stage, or some of its columns."""
        self.reads.add(table)
        return self.workspace.read_geo(table, columns)

    def read_json(self, name: str) -> Any:
        """A JSON document of an earlier stage."""
        self.reads.add(name)
        return self.workspace.read_json(name)

    def sources(self, *layers: str) -> pd.DataFrame:
        """The accounts (columns of ``ingest/sources``) of the files of some layers alone.

        A stage that asks so does not depend on files of other layers.
        """
        rows: list[dict[str, Any]] = []
        for layer in layers:
            name = f"ingest/accounts/{layer}.json"
            if self.has(name):
                rows += self.read_json(name)
        return pd.DataFrame(rows, columns=ACCOUNT)

    def counts(self, *layers: str) -> pd.DataFrame:
        """Ingest's findings of some layers, counted: columns rule, severity, jumlah."""
        rows: list[dict[str, Any]] = []
        for layer in layers:
            name = f"ingest/counts/{layer}.json"
            if self.has(name):
                rows += self.read_json(name)
        return pd.DataFrame(rows, columns=["rule", "severity", "jumlah"])

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Leave a table; rows must already be in a stable order."""
        self.tables[table] = frame
        if self.early:
            self._begin(table, frame.copy(deep=False))  # what the stage does to its own is its own

    def write_document(self, name: str, content: Any) -> None:
        """Leave a document: bytes and text are written as they are, anything else as JSON."""
        self.documents[name] = content

    def beside(
        self, name: str, content: pd.DataFrame | bytes, wkb: NDArray[np.object_] | None = None
    ) -> Path:
        """Write a table or document beside its place now, in whatever process this is.

        It counts only when it is given to `leave`. ``wkb`` is a table's geometry where it is at
        hand.
        """
        return self.workspace.write_beside(name, content, wkb)

    def leave(self, name: str, beside: Path) -> None:
        """Leave a table or document that `beside` has written."""
        self.finished[name] = beside

    def put(self) -> list[str]:
        """Put all that the stage left in its place, together; the names of what was put.

        Raises:
            OutputError: something cannot be written; what was there before stays.
        """
        for name, content in [*self.tables.items(), *self.documents.items()]:
            if name not in self._writing:
                self._begin(name, content if name in self.tables else _bytes(content))
        for name, beside in self.finished.items():
            self._writing[name] = self._pool().submit(flushed, beside)
        try:
            pending = {name: written.result() for name, written in self._writing.items()}
            for name, beside in pending.items():
                os.replace(beside, self.workspace.path(name))
        except OSError as error:
            raise OutputError(f"{error.filename}: tidak dapat ditulis: {error.strerror}") from error
        finally:
            self.give_up()
        return list(pending)

    def give_up(self) -> None:
        """Leave nothing: what waits beside its place, or is being written there, is removed."""
        if self._writers is not None:
            self._writers.shutdown(cancel_futures=True)
        for name in [*self._writing, *self.finished]:
            self.workspace.beside(name).unlink(missing_ok=True)
        self._writing, self._writers = {}, None

    def _begin(self, name: str, content: pd.DataFrame | bytes) -> None:
        """Write beside its place, in a thread of its own, and see it to the disk."""
        if name in self._writing:
            wait([self._writing[name]])
        write = self.workspace.write_beside
        self._writing[name] = self._pool().submit(lambda: flushed(write(name, content)))

    def _pool(self) -> ThreadPoolExecutor:
        if self._writers is None:
            self._writers = ThreadPoolExecutor(WRITERS)
        return self._writers


def _bytes(content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()
