"""Findings as those who must act read them: by side and sender, in either language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kotaku_geo.checking.rows import number_of, place_of
from kotaku_geo.config import Pipeline
from kotaku_geo.findings import SEVERITIES, parameters, rules, sentence, worded

SIDES = ("pengirim", "kelurahan", "pokja", "gis")


@dataclass(frozen=True)
class Group:
    """The findings that one side, and among the senders one office, must act on."""

    side: str
    sender: str | None
    findings: pd.DataFrame


def groups(findings: pd.DataFrame, pipeline: Pipeline) -> Iterator[Group]:
    """Who must act on what: each sender (agency, else source) first, then the other sides."""
    for side in SIDES:
        own = findings[findings["responsible"] == side]
        if own.empty:
            continue
        if side != "pengirim":
            yield Group(side, None, own)
            continue
        names = own["source_id"].map(lambda s: sender_of(s, pipeline))
        for sender in sorted(set(names), key=lambda n: (n == "", n.casefold())):
            yield Group(side, sender, own[names == sender])


def sender_of(source_id: Any, pipeline: Pipeline) -> str:
    """The agency of a source, else its id; "" where the finding names no source."""
    if not isinstance(source_id, str):
        return ""
    source = next((s for s in pipeline.sources if s.id == source_id), None)
    return source_id if source is None else (source.agency or source.id).strip()


def by_rule(findings: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """(severity, rule, its findings), the gravest first, within one severity the commonest."""
    for severity in reversed(SEVERITIES):
        some = findings[findings["severity"] == severity]
        counted = some["rule"].value_counts()
        ranked = sorted((-int(n), str(rule)) for rule, n in counted.items())
        for _, rule in ranked:
            own = some[some["rule"] == rule]
            order = ["source_id", "path", "source_row", "finding_id"]
            yield severity, rule, own.sort_values(order, kind="stable", na_position="first")


def title(rule: str, lang: str) -> str:
    """Two to six words that head a rule's findings."""
    entry = rules()[rule]
    return str(entry.get(f"title_{lang}") or entry[lang])


@dataclass(frozen=True)
class Speaker:
    """Says findings in a sender's own words: their columns, their way of counting rows.

    Attributes:
        pipeline: whose sources the findings name.
        firsts: (source id, path) of a table → row of its first record.
        words: the texts of ``schemas/check.yaml`` in the language.
        lang: the language.
    """

    pipeline: Pipeline
    firsts: dict[tuple[str, str], int]
    words: dict[str, Any]
    lang: str

    def message(self, row: Mapping[Any, Any]) -> str:
        """The finding's sentence; where it is not its rule's, as the stage wrote it."""
        rule, said = str(row["rule"]), str(row["message"])
        params = parameters(rule, said)
        if params is None:
            return said
        if "kolom" in params:
            params["kolom"] = self.column(row)
        if params.get("kembar", "").isdigit():
            number, _ = number_of({**row, "source_row": int(params["kembar"])}, self.firsts)
            params["kembar"] = str(number)
        params = worded(rule, params, self.lang)
        return self._counted(sentence(rule, params, self.lang), row)

    def _counted(self, text: str, row: Mapping[Any, Any]) -> str:
        """``sk-2021#4`` inside a sentence as the sender counts: ``objek 5``."""

        def place(match: re.Match[str]) -> str:
            one = {**row, "source_row": int(match.group(1))}
            return place_of(one, self.firsts, self.words) or match.group(0)

        source = row["source_id"]
        return re.sub(rf"{re.escape(source)}#(\d+)", place, text) if source else text

    def column(self, row: Mapping[Any, Any]) -> str:
        """The column as the sender calls it, where the finding is about one."""
        said = parameters(str(row["rule"]), str(row["message"])) or {}
        named = [n.strip() for n in said.get("kolom", "").split(";") if n.strip()]
        source = next((s for s in self.pipeline.sources if s.id == row["source_id"]), None)
        mapped = source.columns if source is not None else {}
        return "; ".join(mapped.get(n, n) for n in named)


def lines(group: Group, speaker: Speaker) -> Iterator[dict[str, Any]]:
    """A sender's findings as rows of a workbook, the gravest first."""
    sources = {s.id: s for s in speaker.pipeline.sources}
    for severity, rule, some in by_rule(group.findings):
        for row in some.to_dict("records"):
            source = sources.get(str(row["source_id"]))
            yield {
                "severity": severity,
                "file": row["path"] if isinstance(row["path"], str) else "",
                "table": (source.table if source is not None else None) or "",
                "row": number_of(row, speaker.firsts)[0],
                "column": speaker.column(row),
                "wrong": speaker.message(row),
                "was": row["value"] if isinstance(row["value"], str) else "",
                "action": row["action"],
                "act": rules()[rule][f"act_{speaker.lang}"],
                "id": row["finding_id"],
            }
