"""Survey cells that arrive broken: what is written in them and what is known in spite of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kotaku_geo.sample import config, oracle
from kotaku_geo.sample.candidates import Candidate, Second
from kotaku_geo.sample.survey import RtFacts

Cell = str | float | int | None


@dataclass(frozen=True)
class Broken:
    """One cell of the survey: the column's canonical name, what is written, rules it breaks."""

    id_rt: str
    column: str
    written: Cell
    rules: tuple[str, ...]
    detail: str


@dataclass
class Damage:
    """All broken cells, the RT that is entered twice, and its second value of 3a."""

    cells: list[Broken]
    twice: dict[str, Candidate]

    def written(self) -> dict[tuple[str, str], Cell]:
        """What stands in a cell, by (id_rt, column), where it is not the plain value."""
        return {(cell.id_rt, cell.column): cell.written for cell in self.cells}


def _missing(parameter: str, written: Cell, *rules: str) -> Callable[[RtFacts], Broken]:
    def apply(rt: RtFacts) -> Broken:
        rt.volumes[parameter] = None
        return Broken(rt.id_rt, f"v{parameter}", written, rules, f"{parameter} tanpa nilai")

    return apply


def _value(parameter: str, factor: float, rule: str) -> Callable[[RtFacts], Broken]:
    def apply(rt: RtFacts) -> Broken:
        volume = round(factor * rt.denominator(parameter), 2)
        rt.volumes[parameter] = volume
        return Broken(rt.id_rt, f"v{parameter}", volume, (rule,), f"{parameter} = {volume}")

    return apply


def _comma(rt: RtFacts) -> Broken:
    text = f"{rt.volumes['1b'] or 0.0:.3f}".replace(".", ",")
    return Broken(rt.id_rt, "v1b", text, ("value.repaired",), "koma desimal")


def _suffix(rt: RtFacts) -> Broken:
    text = f"{rt.luas:.2f} Ha".replace(".", ",")
    return Broken(rt.id_rt, "luas_ha", text, ("value.repaired",), "akhiran Ha dan koma desimal")


def _no_families(rt: RtFacts) -> Broken:
    rt.kk = 0
    return Broken(rt.id_rt, "jumlah_kk", 0, ("parameter.zero-denominator",), "jumlah KK 0")


# In kawasan of several RTs, so that the sum over the kawasan has to cope with them.
_SEVERAL: tuple[Callable[[RtFacts], Broken], ...] = (
    _missing("6a", None, "parameter.missing"),
    _missing("5b", "NIHIL", "parameter.missing", "value.null-text"),
    _missing("3b", "NULL", "parameter.missing", "value.null-text"),
    _missing("7b", "dua puluh", "parameter.missing", "value.not-number"),
    _missing("2a", None),
    _missing("4b", "-", "value.null-text"),
    _value("1b", -0.06, "value.negative"),
    _value("5b", 1.35, "value.over-denominator"),
    _comma,
    _suffix,
    _no_families,
)
_NO_OTHER_SOURCE = {config.SUSULAN}
_BY_FAMILY = {config.SUSULAN, config.PDAM, config.LIMBAH, config.SAMPAH}


def _silence(second: Second, rt: RtFacts, sources: set[str]) -> None:
    """Let some sources say nothing of an RT, so that what is broken stays broken."""
    said = second[rt.cell]
    second[rt.cell] = {p: c for p, c in said.items() if c.source not in sources}


def _robust(members: list[RtFacts]) -> bool:
    """Whether clipping each RT's volume before the sum would change no score of the kawasan."""
    for parameter in config.PARAMETERS:
        raw = [(rt.volumes[parameter], rt.denominator(parameter)) for rt in members]
        clipped = [(None if v is None else min(max(v, 0.0), d), d) for v, d in raw]
        if oracle.pool(raw).score != oracle.pool(clipped).score:
            return False
    return True


def _try(change: Callable[[RtFacts], Broken], rt: RtFacts, members: list[RtFacts]) -> Broken | None:
    before, kk = dict(rt.volumes), rt.kk
    broken = change(rt)
    if _robust(members):
        return broken
    rt.volumes, rt.kk = before, kk
    return None


def break_cells(rng: np.random.Generator, facts: list[RtFacts], second: Second) -> Damage:
    """Break one cell in each of some RTs, leaving the truth known."""
    groups: dict[str, list[RtFacts]] = {}
    for rt in facts:
        if rt.kawasan is not None and not rt.calm:
            groups.setdefault(rt.kawasan.id, []).append(rt)
    several = [members for members in groups.values() if len(members) > 1]
    pool = [(rt, members) for members in several for rt in members[:2]]
    pool = [pool[int(index)] for index in rng.permutation(len(pool))]
    cells = []
    for change in _SEVERAL:
        for rt, members in pool:
            broken = _try(change, rt, members)
            if broken is not None:
                pool.remove((rt, members))
                _silence(second, rt, _BY_FAMILY if change is _no_families else _NO_OTHER_SOURCE)
                cells.append(broken)
                break
    single = [members[0] for members in groups.values() if len(members) == 1]
    cells += _answers(single)
    return Damage(cells, _enter_twice(facts, second, {cell.id_rt for cell in cells}))


def _answers(single: list[RtFacts]) -> list[Broken]:
    """Answers without which priority or legality cannot be told."""
    one, two = single[0], single[1]
    one.social, two.land, two.plan = None, None, "+"
    return [
        Broken(one.id_rt, "sosial_ekonomi", None, (), "tanpa jawaban"),
        Broken(two.id_rt, "status_penguasaan_lahan", "", (), "tanpa jawaban"),
    ]


def _enter_twice(
    facts: list[RtFacts], second: Mapping[int, Mapping[str, Candidate]], used: set[str]
) -> dict[str, Candidate]:
    """An RT entered twice with another 3a; the stronger source PDAM settles its value."""
    for rt in facts:
        ours = rt.shares()["3a"]
        free = not rt.calm and rt.id_rt not in used
        if free and "3a" in second[rt.cell] and ours is not None:
            volume = float(round((0.12 if ours > 0.5 else 0.88) * rt.kk))
            return {rt.id_rt: Candidate(config.PROFIL, volume, float(rt.kk), volume / rt.kk)}
    return {}
