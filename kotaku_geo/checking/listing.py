"""What `check` prints: findings grouped by who must act, or the two tables as JSON."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.checking import CheckResult
from kotaku_geo.checking.rows import place_of
from kotaku_geo.checking.senders import Group, Speaker, by_rule, groups, title
from kotaku_geo.findings import SEVERITIES, rules
from kotaku_geo.texts import number

WIDTH = 100
SHOWN = 3  # findings of a rule that are spelled out
LEFT = 22  # columns for severity and count


def check_listing(result: CheckResult, form: str, lang: str) -> str:
    """Findings and accounts of a check: JSON, or a table of at most 100 columns."""
    if form == "json":
        return _json(result)
    words = resources.load("check")[lang]
    scope = textwrap.wrap(words["scope"], WIDTH)
    if result.findings.empty:
        return "\n".join([words["nothing"], *scope])
    lines = [f"{words['findings']}: {_counts(result.findings, words, lang)}", *scope]
    speaker = Speaker(result.file.pipeline, result.first_rows, words, lang)
    for group in groups(result.findings, result.file.pipeline):
        lines += ["", *_group(group, speaker)]
    return "\n".join(lines)


def written_listing(written: list[tuple[Path, int]], lang: str) -> str:
    """The workbooks that were written, a line each."""
    words = resources.load("check")[lang]
    told = [
        words["written" if n != 1 else "written_one"].format(path=path, n=number(n, 0, lang))
        for path, n in written
    ]
    return "\n".join(told) or str(words["none_written"])


def _json(result: CheckResult) -> str:
    table = pd.DataFrame(result.findings.drop(columns="geometry"))
    shapes = result.findings.geometry
    table["geometry"] = shapes.to_wkt().where(shapes.notna())
    content = {"findings": _records(table), "sources": _records(result.sources)}
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _counts(findings: pd.DataFrame, words: dict[str, Any], lang: str) -> str:
    counted = {s: int((findings["severity"] == s).sum()) for s in reversed(SEVERITIES)}
    return ", ".join(
        f"{number(n, 0, lang)} {words['severity' if n == 1 else 'severities'][s]}"
        for s, n in counted.items()
    )


def _group(group: Group, speaker: Speaker) -> list[str]:
    words, lang = speaker.words, speaker.lang
    name = words["who"][group.side]
    if group.side == "pengirim":
        name += f": {group.sender or words['nobody']}"
    head = words["head"]
    lines = [f"{name} ({_counts(group.findings, words, lang)})"[:WIDTH], "─" * WIDTH]
    lines.append(f"{head[0]:<12}{head[1]:>7}   {head[2]}")
    for severity, rule, some in by_rule(group.findings):
        counted = number(len(some), 0, lang)
        lines.append(
            f"{words['severity'][severity]:<12}{counted:>7}   {title(rule, lang)} [{rule}]"
        )
        lines += _wrapped(f"→ {rules()[rule][f'act_{lang}']}", "  ")
        for row in some.head(SHOWN).to_dict("records"):
            lines += _example(row, speaker)
        if len(some) > SHOWN:
            lines += _wrapped(words["more"].format(n=number(len(some) - SHOWN, 0, lang)))
    return lines


def _example(row: dict[Any, Any], speaker: Speaker) -> list[str]:
    """One finding: its id (which a waiver names), file and row, and what is wrong there."""
    file = row["path"] if isinstance(row["path"], str) else row["source_id"]
    place = place_of(row, speaker.firsts, speaker.words)
    where = " ".join(str(p) for p in (file, place) if isinstance(p, str))
    said = " ".join(speaker.message(row).split())
    return _wrapped(f"{row['finding_id']}  " + (f"{where}: {said}" if where else said), "  ")


def _wrapped(text: str, hang: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * LEFT, subsequent_indent=" " * LEFT + hang
    )
