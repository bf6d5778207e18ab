"""RT that a decision put under another id: how they were written, and by which decision they moved.

Tables keep the conflict and the decision under the id that was in dispute, so that a decision is
found again however it turned out; the baseline knows the RT by the id that was decided.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kotaku_geo.consolidate.ids import under

Row = Mapping[str, Any]
PARAMETERS = ("id_rt", "id_kawasan", "kode_kelurahan")
_KIND, _IN_FORCE, _OF_RT = "identitas", "berlaku", "-RW"


def meant(row: Row, value: Any = None) -> str | None:
    """The id_rt that a conflict's or a decision's subject has under a choice.

    Args:
        row: subject and parameter; of a decision, its value as well.
        value: what is chosen; the row's own value where None.

    Returns:
        None where the choice gives no RT an id: over a kawasan, or a name that many RT share.
    """
    chosen = row.get("value") if value is None else value
    subject, parameter = str(row.get("subject") or ""), row.get("parameter")
    if chosen is None or _OF_RT not in subject:
        return None
    if parameter == "id_rt":
        return str(chosen)
    return under(subject, str(chosen)) if parameter == "kode_kelurahan" else None


class Moves:
    """Which id an RT has by the decisions in force, and the decisions that gave it that id."""

    def __init__(self, decisions: Iterable[Row]) -> None:
        self._step: dict[str, Row] = {}
        for row in decisions:
            if row.get("kind") == _KIND and row.get("status") == _IN_FORCE:
                there = meant(row)
                if there is not None and there != row["subject"]:
                    self._step[str(row["subject"])] = row
        self.by_old: dict[str, str] = {old: self._end(old) for old in sorted(self._step)}
        self.of: dict[str, list[Row]] = {}  # decisions by the id that they lead to
        for old, new in self.by_old.items():
            self.of.setdefault(new, []).append(self._step[old])

    def now(self, id_rt: str) -> str:
        """The id that an RT has now, by the one it was written under."""
        return self.by_old.get(id_rt, id_rt)

    def _end(self, id_rt: str) -> str:
        """Where decisions lead, one after the other; each is followed once."""
        seen = {id_rt}
        while id_rt in self._step:
            there = str(meant(self._step[id_rt]))
            if there in seen:
                break
            seen.add(there)
            id_rt = there
        return id_rt
