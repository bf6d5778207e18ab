"""What a run came to: its exit code and the few lines that are printed."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kotaku_geo.findings import SEVERITIES, rules, sentence
from kotaku_geo.runner import RunReport
from kotaku_geo.texts import number
from kotaku_geo.waivers import is_waived

REFUSED = ("file.missing", "file.unreadable", "file.refused", "file.format", "file.column-missing",
           "crs.missing", "crs.contradicts")  # fmt: skip
PUBLISHED = ("profil.html", "profil.pdf", "profil.xlsx", "verifikasi.xlsx", "verification.json")
TEXTS = {
    "id": {"findings": "Temuan", "ran": "dijalankan", "current": "sudah mutakhir",
           "nothing": "Tidak ada yang berubah; semua tahap sudah mutakhir.", "see": "Lihat",
           "error": "galat", "warning": "peringatan", "info": "catatan"},
    "en": {"findings": "Findings", "ran": "ran", "current": "current",
           "nothing": "Nothing has changed; all stages are current.", "see": "See",
           "error": "errors", "warning": "warnings", "info": "notes"},
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A run's report with its findings counted."""

    report: RunReport
    counts: dict[str, int]
    exit_code: int
    products: list[str]

    def as_json(self) -> dict[str, Any]:
        """The outcome for a machine."""
        return {
            "workspace": str(self.report.root),
            "stages": self.report.stages,
            "seconds": self.report.seconds,
            "findings": self.counts,
            "products": self.products,
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
        lines += [f"{words['see']}: {product}" for product in self.products]
        return "\n".join(lines)

    def _seconds(self, name: str, lang: str) -> str:
        seconds = self.report.seconds.get(name)
        return "" if seconds is None else f" ({number(seconds, 1, lang)} s)"


def outcome_of(report: RunReport, fail_on: str, strict: bool, require_agreed: bool) -> Outcome:
    """Count a workspace's findings and decide the exit code."""
    columns = ["rule", "severity", "dikecualikan", "action", "source_row"]
    findings = pd.read_parquet(report.root / "findings.parquet", columns=columns)
    code = exit_code_of(findings, fail_on)
    if code in (0, 1):
        if require_agreed and _open_conflicts(report):
            code = 4
        elif strict and _stale_decisions(report):
            code = 5
    live = findings[~_waived(findings)]
    counts = {s: int((live["severity"] == s).sum()) for s in SEVERITIES}
    folder = report.root / "publish"
    products = [folder / name for name in PUBLISHED] + sorted(folder.glob("*.gpkg"))
    return Outcome(report, counts, code, [str(p) for p in products if p.is_file()])


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


def _open_conflicts(report: RunReport) -> bool:
    path = report.root / "consolidate" / "conflicts.parquet"
    if not path.is_file():
        return False
    conflicts = pd.read_parquet(path, columns=["material", "status"])
    return bool((conflicts["material"] & (conflicts["status"] != "diputuskan")).any())


def _stale_decisions(report: RunReport) -> bool:
    path = report.root / "consolidate" / "decisions.parquet"
    return path.is_file() and bool((pd.read_parquet(path)["status"] == "basi").any())


def rules_listing(form: str, lang: str) -> str:
    """The finding register, for a person or a machine."""
    rows = [{"rule": r, **dict(v)} for r, v in sorted(rules().items())]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False)
    return "\n".join(f"{r['rule']:<28} {r['severity']:<8} {r['responsible']:<10} {r[lang]}"
                     for r in rows)  # fmt: skip


def check_listing(result: Any, form: str, lang: str) -> str:
    """Findings and accounts of a check: JSON, or text grouped by who must act."""
    findings, sources = result.findings, result.sources
    if form == "json":
        table = pd.DataFrame(findings.drop(columns="geometry"))
        table["geometry"] = findings.geometry.to_wkt().where(findings.geometry.notna())
        content = {"findings": _records(table), "sources": _records(sources)}
        return json.dumps(content, ensure_ascii=False, allow_nan=False)
    lines = []
    for who, group in findings.groupby("responsible"):
        lines.append(f"## {who}: {number(len(group), 0, lang)}")
        by_rule = group.groupby(["severity", "rule", "source_id"], dropna=False)
        for (severity, rule, source), some in by_rule:
            lines.append(f"  {severity:<8} {rule:<28} {source or '':<24} {len(some):>6}  "
                         f"{some['message'].iloc[0]}")  # fmt: skip
            lines.append(f"{'':11}→ {sentence_act(rule, lang)}")
    return "\n".join(lines) if lines else "Tidak ada temuan."


def sentence_act(rule: str, lang: str) -> str:
    """What to do about a rule's findings."""
    return rules()[rule][f"act_{lang}"]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


__all__ = ["Outcome", "check_listing", "exit_code_of", "outcome_of", "rules_listing", "sentence"]
