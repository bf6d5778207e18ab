"""Disagreements: what was on the table, how far apart, and whether it matters."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from kotaku_geo.consolidate.ids import digest, under
from kotaku_geo.consolidate.tables import typed
from kotaku_geo.late import record

COLUMNS = {
    "conflict_id": "str",
    "kind": "str",
    "subject": "str",
    "parameter": "str",
    "candidates": "str",
    "spread": "float64",
    "material": "bool",
    "status": "str",
    "evidence": "str",
    "decision_id": "str",
    "dampak_rt": "str",
    "dampak_kawasan": "str",
    "luas_ha": "float64",
    "jumlah_kk": "float64",
    "names": "str",
}
OPEN = "terbuka"


@record
class Candidate:
    """One side of a disagreement.

    Attributes:
        source_id: who says it.
        source_row: in which record; None where it was measured from many.
        persen: share in percent, for values.
        value: what is meant: an identity, or hectares of an outline.
        extra: measures to show beside it.
        proof: what a decision rests on where that is neither the share nor the value.
    """

    source_id: str
    source_row: int | None
    persen: float | None = None
    value: Any = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    proof: str | None = None

    def record(self) -> dict[str, Any]:
        """As it is written into the table."""
        said = {"persen": _rounded(self.persen, 6)} if self.persen is not None else {}
        meant = {"value": _rounded(self.value, 4)} if self.value is not None else {}
        who = {"source_id": self.source_id, "source_row": self.source_row}
        return {**who, **said, **meant, **self.extra}

    def fingerprint(self) -> tuple[str, str]:
        """What a decision rests on: not the row, and not digits that nobody would see."""
        said = _rounded(self.persen, 1) if self.persen is not None else self.value
        return self.source_id, str(said if self.proof is None else self.proof)


@record
class Conflict:
    """A disagreement about one thing.

    Attributes:
        kind: nilai, batas or identitas.
        subject: id_rt, id_kawasan or kode_kelurahan.
        parameter: the parameter, ``batas.…``, or the identity's column.
        candidates: all that was on the table.
        spread: percentage points; of the area for outlines; None for identities.
        material: whether it would change a result.
        status: terbuka, diputuskan or basi.
        decision_id: the decision in force, None where there is none.
        names: what else than the subject a choice holds for: the ids under which sources know an
            RT whose kelurahan is in dispute.
    """

    kind: str
    subject: str
    parameter: str
    candidates: Sequence[Candidate]
    spread: float | None
    material: bool
    status: str = OPEN
    decision_id: str | None = None
    names: tuple[str, ...] = ()

    def chosen(self, choice: str) -> dict[str, str]:
        """What a choice means: the subject, and each other name → what is chosen for it."""
        return dict.fromkeys((self.subject, *self.names), choice)

    def meant(self, choice: str) -> str:
        """What is talked of under a choice: the id that is chosen, else the subject.

        An RT whose kelurahan is chosen has another id in each.
        """
        if self.parameter == "id_rt" and "#" not in choice:
            return choice
        if self.parameter == "kode_kelurahan" and "-RW" in self.subject:
            return under(self.subject, choice)
        return self.subject

    @cached_property
    def conflict_id(self) -> str:
        """Made of what is disputed: it stays when the candidates change."""
        return conflict_id(self.kind, self.subject, self.parameter)

    @property
    def evidence(self) -> str:
        """Hash over the candidates, shares rounded to a tenth of a point."""
        return evidence_of([c.fingerprint() for c in self.candidates])

    def row(self) -> dict[str, Any]:
        """As a row of ``consolidate/conflicts``."""
        records = [c.record() for c in self.candidates]
        records.sort(key=lambda r: json.dumps({**r, "source_row": None}, sort_keys=True))
        return {
            "conflict_id": self.conflict_id,
            "kind": self.kind,
            "subject": self.subject,
            "parameter": self.parameter,
            "candidates": json.dumps(records, ensure_ascii=False),
            "spread": None if self.spread is None else round(self.spread, 6),
            "material": self.material,
            "status": self.status,
            "evidence": self.evidence,
            "decision_id": self.decision_id,
            "names": ";".join(sorted({*self.names} - {self.subject})) or None,
        }


def conflict_id(kind: str, subject: str, parameter: str) -> str:
    """The id of a conflict over this: twelve digits of a hash."""
    return digest([kind, subject, parameter], 12)


def evidence_of(fingerprints: Iterable[tuple[str, str]]) -> str:
    """Hash over the fingerprints of candidates, in whatever order they come."""
    return digest(sorted(fingerprints))


def merged(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """One conflict for each thing in dispute, with all candidates; sorted by what it is about."""
    result: dict[str, Conflict] = {}
    for conflict in sorted(conflicts, key=lambda c: (c.kind, c.subject, c.parameter)):
        known = result.get(conflict.conflict_id)
        result[conflict.conflict_id] = conflict if known is None else _joined(known, conflict)
    return list(result.values())


def _joined(one: Conflict, other: Conflict) -> Conflict:
    candidates = [*one.candidates, *(c for c in other.candidates if c not in one.candidates)]
    spreads = [c.spread for c in (one, other) if c.spread is not None]
    return replace(
        one, candidates=candidates, spread=max(spreads, default=None),
        material=one.material or other.material,
    )  # fmt: skip


def table(
    conflicts: Iterable[Conflict], shown: Mapping[str, Mapping[str, Any]], others: pd.DataFrame
) -> pd.DataFrame:
    """``consolidate/conflicts``, sorted by kind, subject and parameter.

    Args:
        conflicts: those that are told one by one.
        shown: conflict_id → what is told of its consequences.
        others: rows of this table for the others.
    """
    found = [{**c.row(), **shown.get(c.conflict_id, {})} for c in conflicts]
    rows = pd.DataFrame(found, columns=list(COLUMNS))
    parts = [typed(part, COLUMNS) for part in (rows, others) if len(part)]
    every = pd.concat(parts, ignore_index=True) if parts else typed(rows, COLUMNS)
    return every.sort_values(["kind", "subject", "parameter"], ignore_index=True)


def _rounded(value: Any, digits: int) -> Any:
    return round(value, digits) + 0.0 if isinstance(value, float) else value
