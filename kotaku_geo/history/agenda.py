"""What a baseline still has before the meeting: open conflicts, decisions that are not in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kotaku_geo.history.choices import chosen
from kotaku_geo.history.phrases import catalogue
from kotaku_geo.workspace import Workspace

CONFLICTS, DECISIONS = "consolidate/conflicts", "consolidate/decisions"
STATUSES = ("berlaku", "basi", "bertentangan", "tidak_terpakai")
SHOWN = 20  # decisions that are spelled out
_TOLD = ["decision_id", "status", "conflict_id", "kind", "subject", "parameter", "source_id",
         "value", "minutes", "date"]  # fmt: skip


@dataclass(frozen=True)
class Agenda:
    """What is still to be talked about.

    Attributes:
        material, minor: conflicts that are not decided, those that are material and the others.
        decisions: decisions on file by status.
        idle: rows of ``consolidate/decisions`` that are stale, contradict each other or decide
            nothing that is there, by status and id. A decision that a later one on the same
            conflict confirms is merely history, and not among them.
    """

    material: int = 0
    minor: int = 0
    decisions: Mapping[str, int] = field(default_factory=dict)
    idle: Sequence[Mapping[str, Any]] = ()

    def as_json(self) -> dict[str, Any]:
        """For a machine; ``open_conflicts`` are the material ones."""
        return {
            "open_conflicts": self.material,
            "open_minor_conflicts": self.minor,
            "decisions": {status: self.decisions.get(status, 0) for status in STATUSES},
            "idle_decisions": len(self.idle),
        }

    def lines(self, lang: str) -> Iterator[str]:
        """For a person: a line for each kind of thing that there is."""
        texts = catalogue("history")
        if self.material:
            params = {"n": self.material, "minor": self.minor}
            yield texts.text("agenda.open_both" if self.minor else "agenda.open", params, lang)
        for status in STATUSES[1:]:
            count = sum(row["status"] == status for row in self.idle)
            if count:
                yield texts.text(f"agenda.{status}", {"n": count}, lang)

    def listed(self, lang: str) -> Iterator[str]:
        """The decisions that are not in force, a line each, as far as `SHOWN`."""
        texts = catalogue("history")
        for row in self.idle[:SHOWN]:
            kind, cells = chosen(row)
            choice = texts.text(f"agenda.chosen.{kind}", {**row, **cells}, lang)
            yield texts.text("agenda.row", {**row, "choice": choice}, lang)
        if len(self.idle) > SHOWN:
            yield texts.text("agenda.more", {"n": len(self.idle) - SHOWN}, lang)

    def next_step(self, command: str, lang: str) -> Iterator[str]:
        """What to call next, where there is anything to talk about."""
        if self.material or self.idle:
            yield catalogue("history").text("agenda.next", {"command": command}, lang)


def agenda_of(workspace: Workspace) -> Agenda:
    """The agenda of a consolidated workspace; empty where it has not been consolidated."""
    if not (workspace.has(CONFLICTS) and workspace.has(DECISIONS)):
        return Agenda()
    conflicts = workspace.read(CONFLICTS, ["material", "status"])
    is_open = conflicts["status"] != "diputuskan"
    material = int((is_open & conflicts["material"]).sum())
    table = workspace.read(DECISIONS, _TOLD)
    settled = table.loc[table["status"] == "berlaku", "conflict_id"]
    idle = table[(table["status"] != "berlaku") & ~table["conflict_id"].isin(settled)]
    rows = idle.astype(object).where(idle.notna(), None).to_dict("records")
    told = [{str(name): value for name, value in row.items()} for row in rows]
    told.sort(key=lambda row: (STATUSES.index(row["status"]), row["decision_id"]))
    counts = {str(s): int(n) for s, n in table["status"].value_counts().items()}
    return Agenda(material, int(is_open.sum()) - material, counts, tuple(told))
