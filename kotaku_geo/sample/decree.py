"""What the decree says of its locations, and what verifying it must find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import oracle
from kotaku_geo.sample.groups import Group, Kawasan
from kotaku_geo.sample.shapes import hectares, iou
from kotaku_geo.sample.standing import KawasanStanding

_SAID = ("sama", "sama", "sama", "naik", "turun", "sama")


@dataclass
class AreaSlip:
    """A written area that is wrong on purpose: the id it belongs to, and how far (fraction)."""

    id: str
    fraction: float


@dataclass
class Decree:
    """Planted slips of the decree, by id_sk."""

    slips: list[AreaSlip]
    zero: str
    unknown_level: str
    in_two_rows: str
    foreign_kelurahan: str


def baseline_level(group: Group, standing: dict[str, KawasanStanding]) -> str | None:
    """The worst level of the kawasan of a relation; None where one is unknown or there is none."""
    levels = [standing[kawasan.id].level for kawasan in group.kawasan]
    if not levels or None in levels:
        return None
    return max((str(level) for level in levels), key=oracle.LEVELS.index)


def _neighbour(level: str, said: str) -> str:
    """What the decree says where the baseline is better (`turun`) or worse (`naik`) than that."""
    index = oracle.LEVELS.index(level) + {"sama": 0, "naik": -1, "turun": 1}[said]
    return oracle.LEVELS[index] if 1 <= index <= 3 else level


def write_decree(groups: list[Group], standing: dict[str, KawasanStanding]) -> Decree:
    """Give every SK location its level and written hectares; returns what was made wrong."""
    turn = 0
    for group in groups:
        level = baseline_level(group, standing) or "ringan"
        said = "turun" if level == "tidak_kumuh" else _SAID[turn % len(_SAID)]
        turn += bool(group.sk and group.kawasan)
        for location in group.sk:
            location.level = _neighbour(level, said)
            location.written = _written(group, location.luas)
    return _slip(groups)


def _written(group: Group, drawn: float) -> float:
    """Hectares as the annex has them; those of the table are what makes its verdict."""
    if not group.in_table:
        return round(drawn, 4)
    if not group.kawasan:
        return 1.25
    factor = {"meluas": 0.65, "menyusut": 1.45}.get(group.recipe.verdict, 1.0)
    return round(sum(kawasan.luas for kawasan in group.kawasan) * factor, 2)


def _slip(groups: list[Group]) -> Decree:
    drawn = [s for group in groups for s in group.sk if s.polygon is not None]
    large = [s for s in drawn if s.luas > 1.5 and s.group.recipe.key in ("sama", "lintas", "pecah")]
    others = [s for s in drawn if s.group.recipe.key in ("derau", "geser", "susut")]
    slips = []
    for location, fraction in ((large[0], 0.06), (large[1], 0.24)):
        location.written = round(location.luas * (1 + fraction), 4)
        slips.append(AreaSlip(location.id, fraction))
    zero, unknown = others[0], others[1]
    zero.written, unknown.level = 0.0, None
    two = next(s for s in drawn if s.group.recipe.key == "besar")
    foreign = next(s for s in drawn if s.group.recipe.key == "luas")
    return Decree(slips, zero.id, unknown.id, two.id, foreign.id)


@dataclass(frozen=True)
class Relation:
    """One planted relation as `verify/relations` has to show it; hectares are those drawn."""

    group: Group
    level_sk: str | None
    level_baseline: str | None
    change: str
    recommendation: str
    sk_ha: float | None
    baseline_ha: float | None
    added_ha: float | None
    removed_ha: float | None
    iou: float | None


def _change(group: Group, old: str | None, new: str | None) -> str:
    # The table is of the regulation of 2016: its levels are on another scale.
    if old is None or new is None or group.in_table:
        return "tidak_diketahui"
    step = oracle.LEVELS.index(new) - oracle.LEVELS.index(old)
    return "sama" if step == 0 else "naik" if step > 0 else "turun"


def _recommend(group: Group, new: str | None, change: str) -> str:
    verdict = group.recipe.verdict
    unknown = bool(group.kawasan) and new is None
    if verdict in ("perlu_tinjau", "belum_terdata") or unknown:
        return "tinjau_lapangan"
    if verdict == "tidak_ada_di_sk":
        return "tidak_perlu_tindakan" if new == "tidak_kumuh" else "masukkan_ke_sk"
    if verdict == "tidak_ada_di_baseline" or new == "tidak_kumuh":
        return "keluarkan_dari_sk"
    return "tetap" if verdict == "sesuai" and change in ("sama", "tidak_diketahui") else "ubah_sk"


def relations(groups: list[Group], standing: dict[str, KawasanStanding]) -> list[Relation]:
    """All relations, ordered by their ids."""
    found = [_relation(group, standing) for group in groups]
    return sorted(found, key=lambda r: (joined(r.group.sk) or "~", joined(r.group.kawasan)))


def joined(members: Iterable[object]) -> str:
    """Ids, sorted and joined by `;`."""
    return ";".join(sorted(str(getattr(member, "id", "")) for member in members))


def _relation(group: Group, standing: dict[str, KawasanStanding]) -> Relation:
    said = [s.level for s in group.sk]
    levels = [level for level in said if level is not None]
    old = max(levels, key=oracle.LEVELS.index) if levels and None not in said else None
    new = baseline_level(group, standing)
    change = _change(group, old, new)
    drawn = [s.polygon for s in group.sk if s.polygon is not None]
    before, after = _union(drawn), _union([k.polygon for k in group.kawasan])
    both = bool(drawn and group.kawasan)
    return Relation(
        group,
        old,
        new,
        change,
        _recommend(group, new, change),
        hectares(before) if drawn else None,
        hectares(after) if group.kawasan else None,
        hectares(after.difference(before)) if both else None,
        hectares(before.difference(after)) if both else None,
        iou(before, after) if both else None,
    )


def _union(outlines: list[Geometry]) -> Geometry:
    return shapely.union_all(np.array(outlines, dtype=object))


def written_in(kawasan: Kawasan) -> float:
    """Hectares of a kawasan as its delineation states them."""
    return round(kawasan.luas, 2)
