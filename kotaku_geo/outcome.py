"""What a run came to: its exit code and the few lines that are printed."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kotaku_geo.config import Pipeline, PipelineFile
from kotaku_geo.findings import SEVERITIES, rules
from kotaku_geo.history.agenda import Agenda, agenda_of
from kotaku_geo.ledger import RunReport
from kotaku_geo.runner import FACTS
from kotaku_geo.texts import number
from kotaku_geo.waivers import is_waived
from kotaku_geo.workspace import Workspace

if TYPE_CHECKING:
    from kotaku_geo.history.ready import Ready

REFUSED = ("file.missing", "file.unreadable", "file.refused", "file.format", "file.column-missing",
           "file.broken-off", "file.unfinished", "crs.missing", "crs.contradicts", "crs.ambiguous",
           "crs.collapsed")  # fmt: skip
PUBLISHED = ("profil.html", "profil.pdf", "profil.xlsx", "verifikasi.xlsx", "verification.json")
TEXTS = {
    "id": {"findings": "Temuan", "ran": "dijalankan", "current": "sudah mutakhir",
           "nothing": "Tidak ada yang berubah; semua tahap sudah mutakhir.", "see": "Lihat",
           "error": "kesalahan", "warning": "peringatan", "info": "catatan"},
    "en": {"findings": "Findings", "ran": "ran", "current": "current",
           "nothing": "Nothing has changed; all stages are current.", "see": "See",
           "error": "errors", "warning": "warnings", "info": "notes"},
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A run's report with its findings counted.

    Attributes:
        report: what ran.
        counts: findings by severity, without those that are waived.
        exit_code: of the command.
        products: paths of what people take away.
        agenda: what is still before the meeting.
        meeting: the command that takes it there.
        strict: whether decisions that are not in force are spelled out.
        ready: how a baseline that may be sealed stands to its versions; None where it may not.
        seal: the command that seals it, without its minutes.
    """

    report: RunReport
    counts: dict[str, int]
    exit_code: int
    products: list[str]
    agenda: Agenda
    meeting: str
    strict: bool
    ready: "Ready | None" = None
    seal: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The outcome for a machine."""
        return {
            "workspace": str(self.report.root),
            "stages": self.report.stages,
            "seconds": self.report.seconds,
            "findings": self.counts,
            "products": self.products,
            **self.agenda.as_json(),
            "sealed_as": self.ready.version if self.ready else None,
            "exit_code": self.exit_code,
        }

    def as_text(self, lang: str) -> str:
        """The outcome for a person."""
        words = TEXTS[lang]
        counted = ", ".join(f"{number(self.counts[s], 0, lang)} {words[s]}"
                            for s in reversed(SEVERITIES))  # fmt: skip
        lines = [f"{name:<12} {words[how]}" + self._seconds(name, lang)
                 for name, how in self.report.stages.items()]  # fmt: skip
        if "ran" not in self.report.stages.values():
            lines = [words["nothing"]]
        lines.append(f"{words['findings']}: {counted}")
        agreed = "consolidate" in self.report.stages
        if agreed or self.exit_code in (4, 5):
            lines += self.agenda.lines(lang)
        if self.strict:
            lines += self.agenda.listed(lang)
        lines += [f"{words['see']}: {product}" for product in self.products]
        if agreed:
            lines += self.agenda.next_step(self.meeting, lang)
        if self.ready is not None:
            lines.append(self.ready.line(self.seal, lang))
        return "\n".join(lines)

    def _seconds(self, name: str, lang: str) -> str:
        seconds = self.report.seconds.get(name)
        return "" if seconds is None else f" ({number(seconds, 1, lang)} s)"


def outcome_of(
    report: RunReport, fail_on: str, strict: bool, require_agreed: bool, file: PipelineFile,
    *, meeting: str = "", seal: Sequence[str] = (),
) -> Outcome:  # fmt: skip
    """Count a workspace's findings and decide the exit code.

    ``meeting`` is the command that takes open conflicts to the meeting, ``seal`` the one that seals
    what has none, without its minutes.
    """
    columns = ["rule", "severity", "dikecualikan", "action", "source_row"]
    workspace = Workspace(report.root)
    findings = workspace.read("findings", columns)
    code = exit_code_of(findings, fail_on)
    agenda = agenda_of(workspace)
    if code in (0, 1):
        if require_agreed and agenda.material:
            code = 4
        elif strict and agenda.idle:
            code = 5
    live = findings[~_waived(findings)]
    counts = {s: int((live["severity"] == s).sum()) for s in SEVERITIES}
    folder = report.root / "publish"
    products = [folder / name for name in PUBLISHED] + sorted(folder.glob("*.gpkg"))
    made = [str(p) for p in products if p.is_file()]
    found = _ready(report, agenda, file)
    return Outcome(report, counts, code, made, agenda, meeting, strict, found, seal)


def _ready(report: RunReport, agenda: Agenda, file: PipelineFile) -> "Ready | None":
    """Whether the baseline may be sealed, and how it stands to its versions then."""
    if "consolidate" not in report.stages or agenda.material or agenda.idle:
        return None
    if refused_inputs(report.root, file.pipeline):
        return None
    from kotaku_geo.history.ready import ready

    return ready(report.root, file)


def exit_code_of(findings: pd.DataFrame, fail_on: str) -> int:
    """3 where an input was refused, 1 where findings reach ``fail_on``, else 0."""
    refused = findings["rule"].isin(REFUSED) & (findings["action"] == "rejected")
    if refused.any():
        return 3
    if fail_on == "never":
        return 0
    reached = SEVERITIES[SEVERITIES.index(fail_on) :]
    live = findings[~_waived(findings)]
    return 1 if live["severity"].isin(reached).any() else 0


def _waived(findings: pd.DataFrame) -> "pd.Series[bool]":
    today = dt.date.today()
    return findings["dikecualikan"].map(lambda text: is_waived(text, today)).astype(bool)


def refused_inputs(root: Path, pipeline: Pipeline) -> list[dict[str, Any]]:
    """Findings on files that the baseline is made of and that could not be read.

    Columns source_id, path and message; files of other layers do not count.
    """
    columns = ["rule", "action", "source_id", "path", "message"]
    findings = Workspace(root).read("ingest/findings", columns)
    ours = findings["source_id"].isin([s.id for s in pipeline.of_layer(*FACTS)])
    refused = findings["rule"].isin(REFUSED) & (findings["action"] == "rejected") & ours
    rows = findings.loc[refused, columns[2:]].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def rules_listing(form: str, lang: str) -> str:
    """The finding register, for a person or a machine."""
    rows = [{"rule": r, **dict(v)} for r, v in sorted(rules().items())]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False)
    return "\n".join(f"{r['rule']:<28} {r['severity']:<8} {r['responsible']:<10} {r[lang]}"
                     for r in rows)  # fmt: skip


def init_listing(proposal: Any, path: Path, form: str, lang: str) -> str:
    """What `init` proposed: a line a file, for a person or a machine."""
    rows = [
        {"path": e.path, "table": e.table, "layer": e.layer, "confidence": e.confidence,
         "points": round(e.points, 2), "crs": e.crs_used, "proposed": e.live, "id": e.id,
         "notes": e.notes}
        for e in proposal.entries
    ]  # fmt: skip
    if form == "json":
        left = [{"path": item.path, "reason": item.reason} for item in proposal.left]
        content = {"pipeline": str(path), "sources": rows, "left": left}
        return json.dumps(content, ensure_ascii=False)
    words = TEXTS[lang]
    lines = []
    for row in rows:
        mark = " " if row["proposed"] else "?"
        name = row["path"] if row["table"] is None else f"{row['path']} [{row['table']}]"
        lines.append(f"{mark} {row['layer']:<20} {row['confidence']:<8} {name}")
    lines += [f"- {item.path}: {item.reason}" for item in proposal.left]
    return "\n".join([*lines, f"{words['see']}: {path}"])
