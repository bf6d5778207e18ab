"""RT that a decision put under another id: how they were written, and by which decision they moved.

Tables keep a conflict over an identity under the id that was in dispute, so that its decision is
found again however it turned out; the baseline knows the RT by the id that was decided, and so it
does what else was decided of it, under whatever id that is on file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.ids import under

Row = Mapping[str, Any]
PARAMETERS = ("id_rt", "id_kawasan", "kode_kelurahan")
_KIND, _IN_FORCE, _HOME, _OF_RT = "identitas", "berlaku", "kode_kelurahan", "-RW"


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


def about(row: Row) -> tuple[str, str, str]:
    """What a decision is about: kind, subject and parameter, the subject as it is called now.

    Baselines of older releases know the subject alone that is on file.
    """
    subject = row.get("subject_now") or row.get("subject")
    return str(row.get("kind")), str(subject), str(row.get("parameter"))


def conflict_id(kind: str, subject: str, parameter: str) -> str:
    """The id that a conflict over a thing has, or would have."""
    return Conflict(kind, subject, parameter, (), None, False).conflict_id


class Moves:
    """Which id an RT has by the decisions in force, and the decisions that gave it that id."""

    def __init__(self, decisions: Iterable[Row], conflicts: Iterable[Row] = ()) -> None:
        """Find out where decisions lead.

        Args:
            decisions: with kind, status, subject, parameter and value; those that are in force
                over identities count.
            conflicts: with subject, parameter and names, the other ids that an RT in dispute is
                written under; they move with it.
        """
        made = [d for d in decisions if (d.get("kind"), d.get("status")) == (_KIND, _IN_FORCE)]
        made = [d for d in made if meant(d) is not None]
        names = {
            str(c.get("subject")): str(c["names"]).split(";")
            for c in conflicts if c.get("parameter") == _HOME and c.get("names")
        }  # fmt: skip
        homes = [d for d in made if d["parameter"] == _HOME]
        self._put = {
            name: (under(name, str(d["value"])), d)
            for d in homes for name in (str(d["subject"]), *names.get(str(d["subject"]), ()))
        }  # fmt: skip
        step = {**self._put}
        for decision in made:
            if decision["parameter"] != _HOME:
                step[str(decision["subject"])] = (self._end(decision), decision)
        step = {old: found for old, found in sorted(step.items()) if found[0] != old}
        self.by_old: dict[str, str] = {old: new for old, (new, _) in step.items()}
        self.of: dict[str, list[Row]] = {}  # decisions by the id that they lead to
        for new, decision in step.values():
            if decision not in self.of.setdefault(new, []):
                self.of[new].append(decision)

    def now(self, id_rt: str) -> str:
        """The id that an RT has now, by the one it was written under."""
        return self.by_old.get(id_rt, id_rt)

    def _end(self, decision: Row) -> str:
        """The id now of the RT that a name means: each RT moves once, however ids are passed on.

        Of a name that was decided after RT had moved the id is one of those that they moved to.
        """
        there = str(meant(decision))
        new, mover = self._put.get(there, (there, decision))
        later = str(decision.get("date") or "") > str(mover.get("date") or "")
        passed = later and any(there == end != old for old, (end, _) in self._put.items())
        return there if passed else new
