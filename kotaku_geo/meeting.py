"""Papers of the meeting: workbook and minutes out, decisions in; consolidation comes first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kotaku_geo.config import PipelineFile
from kotaku_geo.decisions import Decision, read_decisions, write_decisions
from kotaku_geo.errors import InputError
from kotaku_geo.files import write_whole
from kotaku_geo.outcome import exit_code_of
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case, by_conflict_id, gather
from kotaku_geo.publish.worksheet.filed import Filed
from kotaku_geo.publish.worksheet.guard import keep, read_back
from kotaku_geo.publish.worksheet.judge import judge
from kotaku_geo.publish.worksheet.merge import Merged, merge
from kotaku_geo.publish.worksheet.news import emptied
from kotaku_geo.publish.worksheet.onward import Step, after_export, next_steps
from kotaku_geo.publish.worksheet.remarks import Fault, Notice
from kotaku_geo.publish.worksheet.returned import Returned, read_workbook
from kotaku_geo.publish.worksheet.words import number, say, speaking
from kotaku_geo.runner import Say, run_stages
from kotaku_geo.workspace import Workspace

_REFUSED = InputError.exit_code


@dataclass(frozen=True)
class Exported:
    """What was written, how many conflicts of which kind are in it, and what comes next."""

    files: list[str]
    counts: dict[str, int]
    exit_code: int
    lang: str = "id"
    steps: Sequence[Step] = ()

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        steps = [step.command for step in self.steps]
        return {"files": self.files, **self.counts, "next": steps, "exit_code": self.exit_code}

    def as_text(self) -> str:
        """For a person."""
        with speaking(self.lang):
            counts = {name: number(count, 0) for name, count in self.counts.items()}
            seen = [say("hasil.lihat", berkas=file) for file in self.files]
            told = [step.told for step in self.steps]
            return "\n".join([say("hasil.ekspor", **counts), *seen, *told])


@dataclass(frozen=True)
class Imported:
    """What became of filled copies.

    Attributes:
        merged: what the copies come to.
        written: whether the file of decisions was.
        path: that file.
        exit_code: of the command.
        faults: all that is wrong.
        notices: what is to be known besides.
        replaced: sentences on what is replaced.
        steps: what to do next, and how it is told; nothing where nothing was written.
        lang: the language of what is told.
    """

    merged: Merged
    written: bool
    path: Path
    exit_code: int
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    lang: str = "id"

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "decisions_file": self.path.name,
            "written": self.written,
            "new": [d.decision_id for d in self.merged.new],
            "changed": [d.decision_id for d in self.merged.changed],
            "replaced": [one.as_json() for one in self.merged.replaced],
            "unchanged": self.merged.unchanged,
            "on_file": len(self.merged.decisions) if self.written else None,
            "faults": [fault.as_json() for fault in self.faults],
            "notices": [notice.as_json() for notice in self.notices],
            "next": [step.command for step in self.steps],
            "exit_code": self.exit_code,
        }

    def as_text(self) -> str:
        """For a person: all that is wrong or to be known, what was taken, and what comes next."""
        with speaking(self.lang):
            lines = [fault.as_text() for fault in self.faults]
            lines += [say("kabar.catatan", isi=notice.as_text()) for notice in self.notices]
            lines += self.replaced if self.written else []
            counts = {"baru": len(self.merged.new), "ganti": len(self.merged.changed),
                      "tetap": self.merged.unchanged, "salah": len(self.faults)}  # fmt: skip
            unread = sum(fault.row is None for fault in self.faults)
            key = "ditulis" if self.written else "ditolak" if self.faults else "sama"
            if key == "ditolak" and unread:  # what such a file holds nobody knows: no --partial
                key, counts["salah"] = "ditolak_berkas", len(self.faults) - unread
            counts["berkas_salah"] = unread
            told = {name: number(count, 0) for name, count in counts.items()}
            result = say(f"hasil.{key}", berkas=self.path.name, **told)
            return "\n".join([*lines, result, *(step.told for step in self.steps)])


def export_worksheet(
    file: PipelineFile,
    target: Path,
    *,
    docx: Path | None = None,
    new_meeting: bool = False,
    force: bool = False,
    drop: Path | None = None,
    build: Path = Path("build"),
    seal_dir: Path | None = None,
    lang: str = "id",
    workers: int = 2,
    say_line: Say = lambda _: None,
) -> Exported:
    """Write the workbook of every conflict, and the draft minutes where ``docx`` asks for them.

    The minutes are of the latest meeting on file, or blank for the next one (``new_meeting``).
    ``lang`` is the language of both; a copy in either can be imported. Where ``target`` is there
    with entries that are not on file it stays as it is, unless ``force``.

    Raises:
        KotakuError: as consolidation does; `OutputError` where a paper cannot be written, or the
            workbook would take the place of such entries.
    """
    from kotaku_geo.publish.worksheet.book import workbook

    with speaking(lang):
        there = None if force else read_back(target)
    workspace, code = _consolidated(file, drop, build, workers, say_line)
    decisions = read_decisions(file.path.parent / file.pipeline.decisions, file.pipeline)
    cases, names = gather(workspace, file.pipeline, decisions)
    written = [str(target)]
    with speaking(lang):
        if there is not None:
            keep(there, target, cases, decisions, names)
        write_whole(target, workbook(cases, names, workspace))
        if docx is not None:
            from kotaku_geo.history.baseline import Baseline
            from kotaku_geo.history.versions import folder_of
            from kotaku_geo.publish.worksheet.minutes import document
            from kotaku_geo.publish.worksheet.sealed import latest

            now = Baseline.of_workspace(workspace.root, file)
            seal = latest(folder_of(file, seal_dir), now)
            write_whole(docx, document(cases, names, seal, new_meeting=new_meeting))
            written.append(str(docx))
        steps = list(after_export(file.path, target, cases, drop, build))
    return Exported(written, _counts(cases), code, lang, steps)


def import_worksheets(
    file: PipelineFile,
    filled: Sequence[Path],
    *,
    partial: bool = False,
    drop: Path | None = None,
    build: Path = Path("build"),
    lang: str = "id",
    workers: int = 2,
    say_line: Say = lambda _: None,
    today: dt.date | None = None,
) -> Imported:
    """Take the decisions of filled copies into the pipeline's ``keputusan.csv``.

    Nothing is written when anything is wrong, unless ``partial``: then what is right is taken.
    ``lang`` is the language of what is said about it, whatever the copies are in.

    Raises:
        KotakuError: as consolidation does; `InputError` where the decisions on file have a fault.
    """
    workspace, code = _consolidated(file, drop, build, workers, say_line)
    path = file.path.parent / file.pipeline.decisions
    on_file = read_decisions(path, file.pipeline)
    cases, names = gather(workspace, file.pipeline, on_file)
    with speaking(lang):
        books, unread = _read(filled)
        judged = judge(books, cases, names, today or dt.date.today())
        merged = merge(judged, _with_words(Filed(workspace, on_file).about, cases), names)
        faults = [*unread, *merged.faults]
        taken = [*merged.new, *merged.changed]
        written = bool(taken) and (partial or not faults)
        held = merged.decisions if written else on_file
        notices = [*merged.notices, *emptied(books, by_conflict_id(cases), held, names)]
        replaced = [one.as_text(names) for one in merged.replaced]
        steps = list(next_steps(file.path, cases, taken, drop, build)) if written else []
    if written:
        write_decisions(path, merged.decisions)
    code = _REFUSED if faults else code
    return Imported(merged, written, path, code, faults, notices, replaced, steps, lang)


def _with_words(
    on_file: Mapping[Decision, tuple[str, str, str]], cases: Sequence[Case]
) -> dict[Decision, tuple[str, str, str]]:
    """The decisions on file, with the evidence in words where only its hash is kept, and records
    called by the rows that they have now.

    The words are those of now, so only a decision that was taken on what is there now gets them.
    """
    words = {(c.kind, c.subject, c.parameter, c.evidence): c.in_words for c in cases}
    held = {c.decision.decision_id: c.decision for c in cases if c.decision and c.status == DECIDED}
    result = {}
    for decision, about in on_file.items():
        meant = held.get(decision.decision_id, decision)  # it calls records by the rows of now
        taken_on = decision.taken_on or words.get((*about, decision.evidence), "")
        now = replace(decision, source_id=meant.source_id, value=meant.value, taken_on=taken_on)
        result[now] = about
    return result


def _read(filled: Sequence[Path]) -> tuple[list[Returned], list[Fault]]:
    """The copies that can be read, and a fault for each that cannot."""
    books, unread = [], []
    for path in filled:
        try:
            books.append(read_workbook(path))
        except InputError as error:
            unread.append(Fault(path.name, str(error)))
    return books, unread


def _consolidated(
    file: PipelineFile, drop: Path | None, build: Path, workers: int, say_line: Say
) -> tuple[Workspace, int]:
    """The workspace with consolidation up to date, and the exit code that it asks for."""
    report = run_stages(
        file, "consolidate", drop=drop, build=build, workers=workers, say=say_line
    )  # fmt: skip
    columns = ["rule", "severity", "dikecualikan", "action"]
    findings = Workspace(report.root).read("findings", columns)
    return Workspace(report.root), exit_code_of(findings, "never")


def _counts(cases: Sequence[Case]) -> dict[str, int]:
    undecided = [case for case in cases if case.status != DECIDED]
    return {
        "conflicts": len(cases),
        "material": sum(case.material for case in cases),
        "open": len(undecided),
        "material_open": sum(case.material for case in undecided),
        "stale": sum(case.status == STALE for case in cases),
    }
