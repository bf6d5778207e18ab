"""Decisions on file by what they are about now: a decision follows an RT that another has moved."""

from collections.abc import Mapping, Sequence

from kotaku_geo.decisions import Decision
from kotaku_geo.history.baseline import records
from kotaku_geo.history.identities import Moves, about, conflict_id
from kotaku_geo.workspace import Workspace

About = tuple[str, str, str]


class Filed:
    """The decisions on file, and the ids under which things were known before.

    Attributes:
        about: decision → kind, subject and parameter, the subject as it is called now.
    """

    def __init__(self, workspace: Workspace, decisions: Sequence[Decision]) -> None:
        """Match the file of decisions with what consolidation made of it."""
        known = _rows(workspace, "consolidate/decisions")
        by_id = {str(row["decision_id"]): about(row) for row in known}
        self.about: Mapping[Decision, About] = {
            d: by_id.get(d.decision_id, d.about) for d in decisions
        }
        self._on: dict[About, list[Decision]] = {}
        for decision, subject in self.about.items():
            self._on.setdefault(subject, []).append(decision)
        moves = Moves(known, _rows(workspace, "consolidate/conflicts"))
        self._old: dict[str, list[str]] = {}
        for old, new in moves.by_old.items():
            self._old.setdefault(new, []).append(old)

    def on(self, subject: About) -> list[Decision]:
        """Decisions about a thing, under whatever id they are on file."""
        return self._on.get(subject, [])

    def formerly(self, subject: About) -> tuple[str, ...]:
        """Conflict ids that a conflict had before decisions in force moved its RT."""
        kind, name, parameter = subject
        return tuple(conflict_id(kind, old, parameter) for old in self._old.get(name, ()))


def _rows(workspace: Workspace, table: str) -> list[dict[str, object]]:
    return records(workspace.read(table)) if workspace.has(table) else []
