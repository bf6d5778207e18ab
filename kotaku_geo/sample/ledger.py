"""The list of everything that was broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field

PER_COLUMN = ("value.null-text", "value.missing", "code.repaired", "rt.no-rw")
"""Rules of which a sender wants to hear once a column, not once a row."""


@dataclass(frozen=True)
class Defect:
    """One planted defect; `row` counts the records after the header from 0."""

    rule: str
    source: str
    row: int | None
    subject: str
    detail: str


@dataclass(frozen=True)
class Dispute:
    """One planted disagreement over an outline or an identity."""

    kind: str
    subject: str
    parameter: str
    material: bool


@dataclass
class Ledger:
    """Collects planted defects and disagreements while the files are written."""

    defects: list[Defect] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def add(
        self, rule: str, source: str, row: int | None, subject: str = "", detail: str = ""
    ) -> None:
        """Note a defect; `source` and `row` are empty where no single record is at fault."""
        self.defects.append(Defect(rule, source, row, subject, detail))

    def dispute(self, kind: str, subject: str, parameter: str, *, material: bool) -> None:
        """Note a disagreement that a meeting has to settle."""
        self.disputes.append(Dispute(kind, subject, parameter, material))

    def sorted(self) -> list[Defect]:
        """By rule, source and row."""

        def key(defect: Defect) -> tuple[str, str, int, str]:
            row = -1 if defect.row is None else defect.row
            return defect.rule, defect.source, row, defect.subject

        return sorted(self.defects, key=key)
