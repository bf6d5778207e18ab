"""What a second source says about an RT: agreeing, disagreeing within a score, or materially."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kotaku_geo.sample import config, oracle
from kotaku_geo.sample.config import PARAMETERS
from kotaku_geo.sample.survey import RtFacts

SECOND = {
    "1a": config.BANGUNAN, "1c": config.BANGUNAN, "2a": config.JALAN, "2b": config.JALAN,
    "3a": config.PDAM, "3b": config.SUSULAN, "4a": config.GENANGAN, "4b": config.DRAINASE,
    "4c": config.DRAINASE, "5a": config.LIMBAH, "6a": config.SUSULAN, "6b": config.SAMPAH,
    "7a": config.HIDRAN, "7b": config.SUSULAN,
}  # fmt: skip
"""Which source besides the survey speaks of a parameter."""
EVERYWHERE = ("1a", "1c", "2a", "2b", "4a", "4b", "4c", "7a")
_LEAVES = {"2b": "2a", "4c": "4b"}
_MODES = ("same", "near", "immaterial", "material")
_CHANCE = (0.55, 0.34, 0.055, 0.055)


@dataclass(frozen=True)
class Candidate:
    """One source's value of one parameter of one RT; `share` is a fraction."""

    source: str
    volume: float | None
    denominator: float
    share: float


Second = dict[int, dict[str, Candidate]]
"""By cell and parameter: what the second source says."""


def _step(rt: RtFacts, parameter: str) -> float:
    """The smallest difference of shares that the second source can express."""
    if SECOND[parameter] == config.SUSULAN:
        return 0.001
    finest = {"luas": 0.0005, "jalan": 0.1, "drainase": 0.1}
    return finest.get(oracle.DENOMINATOR[parameter], 1.0) / rt.denominator(parameter)


def _meets(mode: str, ours: float, other: float) -> bool:
    spread = abs(ours - other) * 100
    same = oracle.score(ours) == oracle.score(other)
    if mode == "near":
        return same and 0.2 < spread < 4.0
    return spread > 6.5 and same == (mode == "immaterial")


def _other(
    rng: np.random.Generator, mode: str, ours: float, low: float, high: float, step: float
) -> float:
    """A share as another office would have it; the same one where the mode finds no room."""
    for _ in range(40):
        if mode == "same":
            break
        draw = ours + rng.uniform(-0.04, 0.04) if mode == "near" else rng.uniform(low, high)
        other = round(draw / step) * step
        if low <= other <= high and _meets(mode, ours, other):
            return other
    return max(ours, low)


def _one(
    rng: np.random.Generator, rt: RtFacts, parameter: str, found: Mapping[str, Candidate]
) -> Candidate:
    ours = rt.shares()[parameter]
    assert ours is not None
    low, high = (0.02, 1.0) if SECOND[parameter] == config.SUSULAN else (0.0, 1.0)
    if parameter in _LEAVES:
        high = 1.0 - found[_LEAVES[parameter]].share
    mode = "same" if rt.calm else str(rng.choice(_MODES, p=_CHANCE))
    step = _step(rt, parameter)
    other = _other(rng, mode, ours, low, high, step)
    denominator = rt.denominator(parameter)
    return Candidate(SECOND[parameter], other * denominator, denominator, other)


def _speaks(rng: np.random.Generator, rt: RtFacts) -> set[str]:
    """The sources, beside those that looked everywhere, that have something about an RT."""
    if rt.kawasan is None:
        return set()
    chance = {config.PDAM: 0.5, config.LIMBAH: 0.35, config.SAMPAH: 0.35, config.SUSULAN: 0.3}
    return {source for source, part in chance.items() if rng.random() < part}


def second_opinions(
    rng: np.random.Generator, facts: list[RtFacts], outside: Mapping[int, int]
) -> Second:
    """Plan what the second sources will say; the fabric is then drawn to say just that."""
    result: Second = {}
    for rt in facts:
        speaks = _speaks(rng, rt)
        found: dict[str, Candidate] = {}
        known = [p for p in PARAMETERS if rt.volumes[p] is not None]
        for parameter in known:
            if parameter == "7a":
                found[parameter] = _hydrants(rng, rt, outside.get(rt.cell, 0))
            elif parameter in EVERYWHERE or SECOND.get(parameter) in speaks:
                found[parameter] = _one(rng, rt, parameter, found)
            if parameter in _LEAVES:
                _make_room(rt, found, parameter)
        result[rt.cell] = found
    return result


def _make_room(rt: RtFacts, found: dict[str, Candidate], parameter: str) -> None:
    """More cannot be damaged than exists: where it would, both lengths are as surveyed."""
    first = _LEAVES[parameter]
    if found[parameter].share + found[first].share <= 1.0:
        return
    for each in (first, parameter):
        ours, whole = rt.shares()[each], rt.denominator(each)
        assert ours is not None
        found[each] = Candidate(SECOND[each], ours * whole, whole, ours)


def _hydrants(rng: np.random.Generator, rt: RtFacts, outside: int) -> Candidate:
    """Reach is a matter of geometry: here it is the survey that differs from the map."""
    reach = Candidate(config.HIDRAN, float(outside), float(rt.bangunan), outside / rt.bangunan)
    mode = "same" if rt.calm else str(rng.choice(_MODES, p=_CHANCE))
    other = _other(rng, mode, reach.share, 0.0, 1.0, 1.0 / rt.bangunan)
    rt.volumes["7a"] = float(round(other * rt.bangunan))
    return reach


def order_of(parameter: str) -> tuple[str, ...]:
    """Source ids, strongest first, as the pipeline file has them."""
    first = config.ORDER_BY_PARAMETER.get(parameter, ())
    return (*first, *(source for source in config.ORDER if source not in first))


@dataclass(frozen=True)
class Verdict:
    """All candidates of one parameter of one RT, strongest first, and what follows from them."""

    id_rt: str
    parameter: str
    candidates: list[Candidate]

    @property
    def spread(self) -> float:
        """Percentage points between the furthest candidates."""
        shares = [candidate.share for candidate in self.candidates]
        return (max(shares) - min(shares)) * 100 if shares else 0.0

    @property
    def conflict(self) -> bool:
        """Whether the candidates lie outside the tolerance."""
        return self.spread > config.TOLERANCE

    @property
    def material(self) -> bool:
        """Whether they would give different scores."""
        return self.conflict and len({oracle.score(c.share) for c in self.candidates}) > 1

    @property
    def rule(self) -> str:
        """tunggal, sepakat or urutan."""
        if len(self.candidates) == 1:
            return "tunggal"
        return "urutan" if self.conflict else "sepakat"


def weigh(
    facts: Iterable[RtFacts], second: Second, twice: Mapping[str, Candidate]
) -> list[Verdict]:
    """All candidates of all RTs. `twice`: what a second row of the survey says of an RT's 3a."""
    result = []
    for rt in facts:
        for parameter, ours in rt.shares().items():
            found = []
            if ours is not None:
                whole = rt.denominator(parameter)
                found.append(Candidate(config.PROFIL, rt.volumes[parameter], whole, ours))
            if rt.id_rt in twice and found:
                found.append(twice[rt.id_rt] if parameter == "3a" else found[0])
            if parameter in second.get(rt.cell, {}):
                found.append(second[rt.cell][parameter])
            rank = order_of(parameter)
            found.sort(key=lambda candidate: rank.index(candidate.source))
            result.append(Verdict(rt.id_rt, parameter, found))
    return result
