"""Runs stages in order, and only those whose inputs, settings or code have changed.

What a stage read is recorded by content; it is current while everything it read, and everything
it was told, is the same. A stage writes nothing itself: its tables are put in place together when
it has succeeded.
"""

import contextlib
import fcntl
import hashlib
import importlib
import importlib.metadata
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from kotaku_geo import beside, resources
from kotaku_geo.config import Pipeline, PipelineFile
from kotaku_geo.errors import OutputError, PipelineFileError
from kotaku_geo.files import file_hash
from kotaku_geo.garbage import collected_seldom
from kotaku_geo.late import record
from kotaku_geo.ledger import Ledger, RunReport, versions

if TYPE_CHECKING:
    from kotaku_geo.stage import StageContext

Say = Callable[[str], None]


@record
class Stage:
    """A stage of the road: what must come before it, and what of the pipeline file it heeds.

    Attributes:
        name: the command's name.
        entry: ``module:function``, imported when the stage has to run.
        needs: stages that come before.
        sections: top-level keys of the pipeline file that its result depends on.
        layers: its result depends on sources of these layers (None: all).
        people: whether it writes people's documents, so that ``--lang`` matters.
        beside: keys of the pipeline file that name a file beside it which the stage reads.
    """

    name: str
    entry: str
    needs: tuple[str, ...] = ()
    sections: tuple[str, ...] = ("city", "regulation")
    layers: frozenset[str] | None = None
    people: bool = False
    beside: tuple[str, ...] = ()


THEMES = frozenset({"kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah", "bangunan"})
SK = frozenset({"sk", "sk_tabel"})
FACTS = frozenset({"kelurahan", "rt", "profil_rt", "kawasan", "bangunan", "jalan", "drainase",
                   "genangan", "air_minum", "air_limbah", "persampahan", "proteksi_kebakaran",
                   "penduduk"})  # fmt: skip
STAGES = {
    s.name: s
    for s in (
        Stage("ingest", "kotaku_geo.ingest.stage:run", sections=("city", "policy")),
        Stage("consolidate", "kotaku_geo.consolidate.stage:run", ("ingest",),
              ("city", "regulation", "policy", "verify"), FACTS, beside=("decisions",)),
        Stage("verify", "kotaku_geo.verify.stage:run", ("consolidate",),
              ("city", "regulation", "verify"), SK | FACTS),
        Stage("screen", "kotaku_geo.screen.stage:run", ("consolidate",),
              ("city", "policy", "screen"), THEMES),
        Stage("profile", "kotaku_geo.publish.profile:run", ("verify", "screen"),
              ("city", "regulation", "policy", "verify", "screen"), None, True, ("decisions",)),
        Stage("publish", "kotaku_geo.publish.stage:run", ("profile",),
              ("city", "regulation", "policy", "verify", "screen"), None, True, ("decisions",)),
    )
}  # fmt: skip


def run_stages(
    file: PipelineFile,
    target: str | Sequence[str],
    *,
    drop: Path | None = None,
    build: Path = Path("build"),
    lang: str = "id",
    workers: int = 2,
    say: Say = lambda _: None,
) -> RunReport:
    """Bring a stage, and all that it needs, up to date.

    Args:
        file: the pipeline.
        target: the stage's name, or several.
        drop: delivered files, in place of the pipeline file's own folder.
        build: folder that workspaces are made in.
        lang: language of people's documents.
        workers: threads.
        say: takes lines of progress.

    Raises:
        KotakuError: as the stages do; what was there before stays.
    """
    root = build.resolve() / file.stem
    folder = (drop or file.drop).resolve()
    if not folder.is_dir():
        raise PipelineFileError(f"folder kiriman (drop) tidak ada: {folder}")
    with _locked(root), collected_seldom():
        state = Ledger.load(root)
        report = RunReport(root)
        inputs = _input_hashes(file.pipeline, folder)
        road = _road((target,) if isinstance(target, str) else target)
        told = _Told(file, folder, root, lang, workers, say, inputs, road)
        keys = {s.name: _key(s, file, inputs if s.name == "ingest" else {}, lang) for s in road}
        while road:
            together = _next(road, workers)
            stale = [s for s in together if not state.is_current(s.name, keys[s.name])]
            report.stages |= {s.name: "current" for s in together if s not in stale}
            if any(s.people for s in stale):
                _merge_findings(file, state)
            for stage, done in zip(stale, _execute_all(stale, told), strict=True):
                state.record(stage.name, keys[stage.name], done.reads, done.written)
                report.stages[stage.name] = "ran"
                report.seconds[stage.name] = done.seconds
                state.save(report, inputs)
        _merge_findings(file, state)
        state.save(report, inputs)
    return report


def _next(road: list[Stage], workers: int) -> list[Stage]:
    """Take the next stage off the road, with the one after it where the two do not meet."""
    first = road.pop(0)
    if workers >= 2 and road and first.needs == road[0].needs and not first.people:
        return [first, road.pop(0)]
    return [first]


@record
class _Told:
    """What every stage of a run is told."""

    file: PipelineFile
    drop: Path
    root: Path
    lang: str
    workers: int
    say: Say
    inputs: dict[str, str]
    road: list[Stage]

    def load_ahead(self) -> None:
        """Import the stages that are still to come."""
        for stage in self.road:
            _entry(stage)


@record
class _Done:
    """What a stage has read and written."""

    reads: list[str]
    written: list[str]
    seconds: float


def _execute_all(stages: list[Stage], told: _Told) -> list[_Done]:
    """Run stages that do not meet, the first here and the second beside it.

    The second gives way: it is done sooner, and fills what the first leaves of the processors.
    """
    other = [beside.start(partial(_execute, s, told), told.workers, nice=10) for s in stages[1:]]
    return [*(_execute(s, told) for s in stages[:1]), *(o.result() for o in other)]


def _road(targets: Sequence[str]) -> list[Stage]:
    """The stages up to the targets, each after what it needs."""
    road: list[Stage] = []

    def visit(name: str) -> None:
        for need in STAGES[name].needs:
            visit(need)
        if STAGES[name] not in road:
            road.append(STAGES[name])

    for target in targets:
        visit(target)
    return road


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    """One run at a time in a workspace."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = (root / ".lock").open("w")
    except OSError as error:
        raise OutputError(f"{root}: tidak dapat ditulis: {error.strerror}") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _input_hashes(pipeline: Pipeline, drop: Path) -> dict[str, str]:
    """Content hashes of delivered files, taken while the libraries are loaded."""
    from kotaku_geo.ingest.inputs import input_hashes

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(input_hashes, pipeline, drop)
        importlib.import_module("kotaku_geo.stage")
        return found.result()


def _execute(stage: Stage, told: _Told) -> _Done:
    """Run one stage and put its tables in place."""
    from kotaku_geo.findings import FindingBook
    from kotaku_geo.stage import StageContext
    from kotaku_geo.workspace import Workspace

    told.say(f"{stage.name} …")
    started = time.perf_counter()
    pipeline = told.file.pipeline
    ctx = StageContext(
        pipeline=pipeline,
        workspace=Workspace(told.root),
        drop=told.drop,
        base=told.file.path.parent,
        findings=FindingBook(stage.name, pipeline.city.crs),
        lang=told.lang,
        say=told.say,
        workers=told.workers,
        hashes=told.inputs,
        early=told.workers > 1,
        ahead=told.load_ahead,
    )
    try:
        _entry(stage)(ctx)
        if not stage.people:
            ctx.write(f"{stage.name}/findings", ctx.findings.frame())
        written = ctx.put()
    except BaseException:
        ctx.give_up()
        ctx.workspace.clear_unfinished(stage.name)
        raise
    return _Done(sorted(ctx.reads), written, round(time.perf_counter() - started, 3))


def _entry(stage: Stage) -> Callable[["StageContext"], None]:
    module, function = stage.entry.split(":")
    entry: Callable[[StageContext], None] = getattr(importlib.import_module(module), function)
    return entry


def _merge_findings(file: PipelineFile, state: "Ledger") -> None:
    """``findings.parquet``: those of all stages up to screening, with the waivers on file.

    Stages that write people's documents read this table; they find nothing wrong themselves.
    """
    names = [f"{s.name}/findings" for s in STAGES.values() if not s.people]
    waivers = file.path.parent / file.pipeline.waivers
    made_of = {n: state.hash_of(n) for n in names}
    made_of["waivers"] = file_hash(waivers) if waivers.is_file() else None
    if state.is_made_of("findings", made_of):
        return
    import pandas as pd

    from kotaku_geo.waivers import apply_waivers
    from kotaku_geo.workspace import Workspace

    workspace = Workspace(state.root)
    frames = [workspace.read_geo(name) for name in names if workspace.has(name)]
    full = [f for f in frames if len(f)] or frames[:1]
    merged = pd.concat(full, ignore_index=True).sort_values("finding_id", ignore_index=True)
    workspace.write("findings", apply_waivers(merged, waivers))
    state.made_of("findings", made_of)


def _key(stage: Stage, file: PipelineFile, inputs: dict[str, str], lang: str) -> str:
    """All that decides a stage's result besides the tables it reads, as one hash."""
    told = file.pipeline.model_dump(mode="json", include=set(stage.sections) | {"sources"})
    if stage.layers is not None:
        told["sources"] = [s for s in told["sources"] if s["layer"] in stage.layers]
    said = [_code_hash(), told, inputs, lang if stage.people else "", _beside(stage, file)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _beside(stage: Stage, file: PipelineFile) -> dict[str, str | None]:
    """Content hashes of the files beside the pipeline file that a stage reads."""
    paths = {key: file.path.parent / getattr(file.pipeline, key) for key in stage.beside}
    return {key: file_hash(path) if path.is_file() else None for key, path in paths.items()}


@cache
def _code_hash() -> str:
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    for path in resources.code_files():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
