"""By whom and by which decision a value of the baseline came to be what it is."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from kotaku_geo.history.baseline import Baseline, records
from kotaku_geo.history.changes import Cause

_PARAMETER = re.compile(r"[pn](\d[a-e])")
_COUNTED = {"luas_verifikasi_ha": "penyebut.luas_ha"}


class Origins:
    """The values that stand in a baseline, by RT and parameter."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline

    @cached_property
    def _used(self) -> dict[tuple[str, str], dict[str, Any]]:
        facts = self._baseline.table("facts")
        used = facts[facts["dipakai"].fillna(False).astype(bool)]
        return {(row["id_rt"], row["parameter"]): row for row in records(used)}

    @cached_property
    def _by_rt(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for (id_rt, _), row in self._used.items():
            if row["source_id"]:
                found.setdefault(id_rt, set()).add(row["source_id"])
        return found

    def used(self, id_rt: str, parameter: str) -> Mapping[str, Any] | None:
        """The fact that stands, a row of ``consolidate/facts``."""
        return self._used.get((id_rt, parameter))

    def sources_of(self, id_rt: str) -> set[str]:
        """Sources whose values stand anywhere in an RT."""
        return self._by_rt.get(id_rt, set())


def parameter_of(column: str) -> str | None:
    """The parameter of ``consolidate/facts`` that a column of the baseline is made of."""
    match = _PARAMETER.fullmatch(column)
    if match is not None:
        return match[1]
    if column.startswith("jumlah_") and column != "jumlah_rt":
        return f"penyebut.{column}"
    return _COUNTED.get(column)


def cause(
    before: Origins, after: Origins, id_rt: str, column: str, was: str | None = None
) -> Cause | None:
    """Why a column of an RT differs; None for what is worked out of others.

    ``was`` is the id that the RT had before, where that is another.
    """
    parameter = parameter_of(column)
    if parameter is None:
        return None
    old, new = before.used(was or id_rt, parameter) or {}, after.used(id_rt, parameter) or {}
    if not old and not new:
        return None
    then, now = old.get("decision_id"), new.get("decision_id")
    return Cause(
        source_before=old.get("source_id"),
        source_after=new.get("source_id"),
        rule=new.get("rule"),
        decision_id=now,
        decision_lost=then if then != now else None,
    )


def behind(causes: Iterable[Cause | None]) -> tuple[set[str], set[str]]:
    """Sources and decisions that several causes name."""
    known = [c for c in causes if c is not None]
    sources = {s for c in known for s in (c.source_before, c.source_after) if s}
    return sources, {d for c in known for d in (c.decision_id, c.decision_lost) if d}


def moved(before: Baseline, after: Baseline) -> dict[str, str]:
    """RT that decisions, made or withdrawn, put under another id: id before → id after.

    Only those of which either baseline has the one id alone: else they are two RT.
    """
    old, new = (set(side.table("rt")["id_rt"].dropna()) for side in (before, after))
    named = sorted({*before.moves.by_old, *after.moves.by_old})
    pairs = {before.moves.now(name): after.moves.now(name) for name in named}
    return {a: b for a, b in pairs.items() if a in old - new and b in new - old}


def movers(before: Baseline, after: Baseline, ids: Iterable[str | None]) -> set[str]:
    """Decisions of either baseline that put an RT under one of these ids, or away from it."""
    asked = set(ids)
    both = [(side.moves, other.moves) for side, other in ((before, after), (after, before))]
    return {
        str(row["decision_id"])
        for here, there in both
        for name, rows in here.of.items()
        for row in rows
        if {name, row["subject"]} & asked and there.now(str(row["subject"])) != name
    }
