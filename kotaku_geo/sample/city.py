"""The whole synthetic city in memory: one deterministic construction from seed and size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.candidates import Second, Verdict, second_opinions, weigh
from kotaku_geo.sample.config import SIZES, Size
from kotaku_geo.sample.damage import Damage, break_cells
from kotaku_geo.sample.decree import Decree, Relation, relations, write_decree
from kotaku_geo.sample.groups import Group, Kawasan, SkLocation, plant_groups
from kotaku_geo.sample.screening import Screen, Screened
from kotaku_geo.sample.sectors import (
    Sectors,
    build_blocks,
    coverage_without,
    draw_sectors,
    out_of_reach,
    place_hydrants,
)
from kotaku_geo.sample.standing import (
    KawasanStanding,
    RtStanding,
    kawasan_standings,
    rt_standings,
)
from kotaku_geo.sample.strangers import Strangers, strangers
from kotaku_geo.sample.survey import RtFacts, survey, surveyed
from kotaku_geo.sample.themes import Themes, lay_themes
from kotaku_geo.sample.tiling import Tiling, build_tiling


@dataclass
class City:
    """Ground, kawasan, decree, survey, sectors and themes, with how all of it truly stands."""

    size: Size
    seed: int
    tiling: Tiling
    groups: list[Group]
    facts: list[RtFacts]
    second: Second
    damage: Damage
    sectors: Sectors
    verdicts: list[Verdict]
    rts: dict[int, RtStanding]
    standings: list[KawasanStanding]
    decree: Decree
    relations: list[Relation]
    themes: Themes
    screened: list[Screened]
    strangers: Strangers
    looked_by_pu: Geometry
    """Where the flood survey and the fire brigade have looked."""

    def kawasan(self) -> list[Kawasan]:
        """All kawasan in order of their ids."""
        return [standing.kawasan for standing in self.standings]

    def sk(self) -> list[SkLocation]:
        """All locations of the decree in order of their ids."""
        return sorted((s for group in self.groups for s in group.sk), key=lambda s: s.id)

    def group(self, key: str) -> Group:
        """The first group of a recipe."""
        return next(group for group in self.groups if group.recipe.key == key)

    def rng(self, purpose: int) -> np.random.Generator:
        """Chance for one deliverer: what one of them draws does not move the others."""
        return np.random.default_rng([self.seed, 7_000 + purpose])


def build_city(seed: int, size: str, say: Callable[[str], None]) -> City:
    """Construct the city; the same seed and size give the same city."""
    rng, wanted = np.random.default_rng(seed), SIZES[size]
    say("batas wilayah")
    tiling = build_tiling(rng, wanted)
    groups = plant_groups(rng, tiling, wanted)
    strange = strangers(tiling, groups)
    say("bangunan dan survei")
    facts = surveyed(rng, tiling, groups)
    blocks = build_blocks(rng, tiling, facts, groups)
    hydrants = place_hydrants(rng, blocks, facts)
    outside = out_of_reach(blocks, hydrants)
    survey(rng, facts, groups, outside)
    say("data sektor")
    second = second_opinions(rng, facts, outside)
    damage = break_cells(rng, facts, second)
    sectors = draw_sectors(rng, blocks, hydrants, facts, second)
    verdicts = weigh(facts, second, damage.twice)
    rts = rt_standings(facts, verdicts)
    standings = kawasan_standings(groups, rts)
    by_id = {standing.kawasan.id: standing for standing in standings}
    decree = write_decree(groups, by_id)
    say("tema penapisan")
    themes = lay_themes(rng, tiling, [standing.kawasan for standing in standings])
    screen = Screen(tiling, themes)
    screened = [row for standing in standings for row in screen.all(standing.kawasan)]
    bare = next(group for group in groups if group.recipe.key == "tanpa_data")
    unseen = {cell: tiling.cells[cell].polygon for cell in bare.kawasan[0].parts}
    return City(
        size=wanted,
        seed=seed,
        tiling=tiling,
        groups=groups,
        facts=facts,
        second=second,
        damage=damage,
        sectors=sectors,
        verdicts=verdicts,
        rts=rts,
        standings=standings,
        decree=decree,
        relations=relations(groups, by_id),
        themes=themes,
        screened=screened,
        strangers=strange,
        looked_by_pu=coverage_without(tiling.outline, unseen),
    )
