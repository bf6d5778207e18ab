"""What the survey found in every slum RT: heads, lengths, deficient volumes and other answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import oracle
from kotaku_geo.sample.config import PARAMETERS
from kotaku_geo.sample.groups import Group, Kawasan
from kotaku_geo.sample.shapes import hectares
from kotaku_geo.sample.tiling import Tiling

_BANDS = {0: (0.0, 0.21), 1: (0.29, 0.46), 3: (0.55, 0.71), 5: (0.80, 1.0)}
_BAND_CHANCE = {
    "ringan": (0.34, 0.30, 0.20, 0.16),
    "sedang": (0.10, 0.17, 0.33, 0.40),
    "berat": (0.02, 0.04, 0.10, 0.84),
}
_WANTED = {"ringan": (19, 34), "sedang": (41, 56), "berat": (61, 75), "ragu": (33, 37)}
_HALF = {"2b": "2a", "4c": "4b"}
"""Damaged length of what exists: the first share cannot exceed what the second leaves."""
# Without a second source: cells of these may be broken and the truth is still known.
ALONE = ("1b", "3b", "5b", "6a", "7b")


@dataclass
class RtFacts:
    """One RT of the survey; `ground` is its slum part, `luas` its hectares as written."""

    cell: int
    id_rt: str
    kawasan: Kawasan | None
    calm: bool
    ground: Geometry
    luas_drawn: float
    luas: float
    bangunan: int
    penduduk: int
    kk: int
    jalan: int
    drainase: int
    volumes: dict[str, float | None] = field(default_factory=dict)
    land: str | None = "+"
    plan: str | None = "+"
    strategic: int | None = 1
    social: int | None = 1

    def denominator(self, parameter: str) -> float:
        """The denominator of a parameter by the 14/2018 form."""
        return float(getattr(self, oracle.DENOMINATOR[parameter]))

    def shares(self) -> dict[str, float | None]:
        """Share of each parameter as the survey has it."""
        return {p: oracle.share(self.volumes[p], self.denominator(p)) for p in PARAMETERS}

    def total(self) -> oracle.Total:
        """Total of the scores as the survey has them."""
        return oracle.total({p: oracle.score(v) for p, v in self.shares().items()})


def head_counts(
    rng: np.random.Generator, cell: int, id_rt: str, kawasan: Kawasan | None, ground: Geometry
) -> RtFacts:
    """Houses, people and ideal lengths of one RT, in the range of real slum lists."""
    drawn = hectares(ground)
    houses = int(np.clip(round(drawn * rng.uniform(32, 62)), 9, 110))
    families = round(houses * rng.uniform(1.0, 1.3))
    return RtFacts(
        cell=cell,
        id_rt=id_rt,
        kawasan=kawasan,
        calm=kawasan is None or kawasan.group.recipe.calm,
        ground=ground,
        luas_drawn=drawn,
        luas=round(drawn, 2),
        bangunan=houses,
        penduduk=round(families * rng.uniform(3.1, 4.4)),
        kk=families,
        jalan=round(drawn * rng.uniform(200, 330)),
        drainase=round(drawn * rng.uniform(180, 300)),
        land="+" if rng.random() < 0.8 else "−",
        plan="+" if rng.random() < 0.85 else "−",
        strategic=5 if rng.random() < 0.35 else 1,
        social=5 if rng.random() < 0.4 else 1,
    )


def _volume(rng: np.random.Generator, rt: RtFacts, parameter: str, band: int) -> float:
    """A volume in the band, rounded as the form has it (ha to 0.001, m and units whole)."""
    low, high = _BANDS[band]
    denominator = rt.denominator(parameter)
    if parameter in _HALF:
        first = rt.volumes[_HALF[parameter]]
        room = 1 - (first or 0.0) / denominator - 0.06
        low, high = min(low, max(room * 0.6, 0.0)), max(min(high, room), 0.0)
    digits = 3 if oracle.DENOMINATOR[parameter] == "luas" else 0
    volume = 0.0
    for _ in range(12):
        volume = round(rng.uniform(low, high) * denominator, digits)
        if any(a <= volume / denominator <= b for a, b in _BANDS.values()):
            break
    return volume


def _bands(rng: np.random.Generator, target: str) -> dict[str, int]:
    chance = np.array(_BAND_CHANCE["ringan" if target == "ragu" else target])
    drawn = rng.choice([0, 1, 3, 5], size=len(PARAMETERS), p=chance)
    return dict(zip(PARAMETERS, drawn.tolist(), strict=True))


def _fill(
    rng: np.random.Generator, rt: RtFacts, bands: Mapping[str, int], outside: int | None
) -> None:
    rt.volumes = {}
    for parameter in PARAMETERS:
        band = bands[parameter] if rng.random() < 0.85 else int(rng.choice([0, 1, 3, 5]))
        rt.volumes[parameter] = _volume(rng, rt, parameter, band)
    if outside is not None:
        rt.volumes["7a"] = float(outside)


def _pooled_total(members: list[RtFacts]) -> oracle.Total:
    return oracle.total(
        {
            p: oracle.pool((rt.volumes[p], rt.denominator(p)) for rt in members).score
            for p in PARAMETERS
        }
    )


def _accepted(members: list[RtFacts], target: str) -> bool:
    if target == "ragu":
        total = members[0].total()
        return total.high - total.low == 5 and total.level is None
    low, high = _WANTED[target]
    totals = [_pooled_total(members), *(rt.total() for rt in members)]
    return all(low <= total.low <= high for total in totals)


def _sample(
    rng: np.random.Generator, members: list[RtFacts], target: str, outside: Mapping[int, int]
) -> None:
    """Draw volumes until the RTs and their kawasan have the level wanted."""
    for attempt in range(4_000):
        bands = _bands(rng, target)
        for rt in members:
            _fill(rng, rt, bands, outside.get(rt.cell))
            if target == "ragu":
                rt.volumes["7b"] = None
        if _accepted(members, target):
            return
        if attempt == 1_500 and target in ("sedang", "berat"):
            # Hydrants nearby may put a level out of reach; a lighter one is as good.
            target = "sedang" if target == "berat" else "ringan"
    raise AssertionError(f"no volumes give {target}")


def _light(members: list[RtFacts], outside: Mapping[int, int]) -> None:
    """RTs that are slums in different ways, whose sum is no slum (DOMAIN: 5 of 26 in one city)."""
    poor = (("3a", "5a", "6a"), ("3b", "5b", "7b"))
    more = (("4a", "1c"), ("6b", "1b"))
    for index, rt in enumerate(members):
        rt.volumes = dict.fromkeys(PARAMETERS, 0.0)
        rt.volumes["7a"] = float(outside.get(rt.cell, 0))
        for parameter in poor[index % 2]:
            rt.volumes[parameter] = float(round(0.84 * rt.denominator(parameter)))
        for parameter in more[index % 2]:
            if rt.total().low < 16:
                whole = oracle.DENOMINATOR[parameter] != "luas"
                rt.volumes[parameter] = round(0.4 * rt.denominator(parameter), 0 if whole else 3)


def survey(
    rng: np.random.Generator, facts: list[RtFacts], groups: list[Group], outside: Mapping[int, int]
) -> None:
    """Fill in the volumes of every RT; `outside` has the houses out of reach of any hydrant."""
    by_cell = {rt.cell: rt for rt in facts}
    for group in groups:
        for kawasan in group.kawasan:
            members = [by_cell[cell] for cell in sorted(kawasan.parts) if cell in by_cell]
            if members and group.recipe.level == "tidak_kumuh":
                _light(members, outside)
            elif members:
                _sample(rng, members, group.recipe.level, outside)
    for rt in facts:
        if rt.kawasan is None:
            rt.volumes = dict.fromkeys(PARAMETERS, 0.0)
            rt.volumes |= {"7a": float(outside.get(rt.cell, 0)), "6a": float(round(0.4 * rt.kk))}


def surveyed(rng: np.random.Generator, tiling: Tiling, groups: list[Group]) -> list[RtFacts]:
    """Heads of all RTs that the survey describes: those of the kawasan, and of `sk_fakta`."""
    facts = []
    for group in groups:
        for kawasan in group.kawasan:
            if group.recipe.key != "tanpa_data":
                for cell, part in sorted(kawasan.parts.items()):
                    id_rt = tiling.cells[cell].id_rt
                    facts.append(head_counts(rng, cell, id_rt, kawasan, part))
        if group.recipe.level == "tidak_kumuh":
            # As many heads in each RT, so that what is bad in one of them is under half of all.
            facts[-2].kk, facts[-2].bangunan = facts[-1].kk, facts[-1].bangunan
            facts[-2].penduduk = facts[-1].penduduk
        if group.recipe.key == "sk_fakta":
            unit = tiling.cells[group.sk[0].cells[0]]
            facts.append(head_counts(rng, unit.number, unit.id_rt, None, unit.polygon))
    return sorted(facts, key=lambda rt: rt.id_rt)
