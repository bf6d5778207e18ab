"""What a comparison of two baselines finds, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from kotaku_geo.history.shapes import Reshaped

ADDED, REMOVED, CHANGED, MOVED = "ditambah", "dihapus", "berubah", "pindah"
_DRAWN = ("old", "new", "added", "removed")


@dataclass(frozen=True)
class Cause:
    """Why a value differs: whose value stood before and stands now, by which rule and decision.

    ``decision_lost`` is the decision that it rested on before and no longer does.
    """

    source_before: str | None = None
    source_after: str | None = None
    rule: str | None = None
    decision_id: str | None = None
    decision_lost: str | None = None


@dataclass(frozen=True)
class Attribute:
    """One column of one thing that says something else; None is unknown."""

    column: str
    before: Any
    after: Any
    cause: Cause | None = None


@dataclass(frozen=True)
class Change:
    """One kawasan, RT or kelurahan that is not as it was.

    Attributes:
        kind: kawasan, rt or kelurahan.
        id, name: of the thing; the name as it is now, else as it was.
        what: ditambah, dihapus, berubah; pindah: an RT that a decision put under another id.
        hectares: of the thing now, else as it was.
        level: tingkat now, else as it was.
        attributes: columns that differ, in the table's order; empty for what was added or removed.
        shape: the outline, where it differs.
        sources: ids of the sources behind what has changed.
        decisions: ids of the decisions behind it.
        was: the id that it had, where that is another.
    """

    kind: str
    id: str
    name: str | None
    what: str
    hectares: float | None
    level: str | None
    attributes: tuple[Attribute, ...] = ()
    shape: Reshaped | None = None
    sources: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    was: str | None = None


@dataclass(frozen=True)
class Total:
    """Number and hectares of one level, before and now; the level is None where it is unknown."""

    kind: str
    level: str | None
    count_before: int
    count_after: int
    ha_before: float
    ha_after: float


@dataclass(frozen=True)
class Difference:
    """All that differs between two baselines.

    Attributes:
        before, after: their names.
        changes: kawasan, then RT, then kelurahan, by id.
        arrangements: kawasan whose ids changed though the place did not: susunan (ganti_id,
            pecah, gabung, campuran), before, after (ids).
        sources: delivered files that came, went or changed: source_id, path, what, agency, date.
        decisions: decisions that came, went or changed status: decision_id, before, after
            (status), subject, parameter, minutes.
        totals: by kind and level.
        tables: names of the tables whose content differs.
        columns: columns that only one of the two has, by table; they are not compared.
        weight: major, minor, or None where nothing differs.
        reasons: what makes it major: kawasan, rt, kelurahan (the set), batas, tingkat.
    """

    before: str
    after: str
    changes: tuple[Change, ...] = ()
    arrangements: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    decisions: tuple[Mapping[str, Any], ...] = ()
    totals: tuple[Total, ...] = ()
    tables: tuple[str, ...] = ()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    weight: str | None = None
    reasons: tuple[str, ...] = ()

    def of(self, kind: str, what: str | None = None) -> list[Change]:
        """The changes of one kind of thing."""
        return [c for c in self.changes if c.kind == kind and what in (None, c.what)]

    def as_json(self) -> dict[str, Any]:
        """As JSON values, without shapes."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["changes"] = [_change(c) for c in self.changes]
        plain["totals"] = [asdict(t) for t in self.totals]
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}


def _change(change: Change) -> dict[str, Any]:
    plain = {f.name: getattr(change, f.name) for f in fields(change)}
    plain["attributes"] = [asdict(a) for a in change.attributes]
    if change.shape is not None:
        shape = {f.name: getattr(change.shape, f.name) for f in fields(change.shape)}
        plain["shape"] = {k: v for k, v in shape.items() if k not in _DRAWN}
        plain["shape"]["beyond_tolerance"] = change.shape.changed
    return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}
