"""RT that a map puts into another kelurahan than the one they lie in.

Of the first the city's own map bears another kelurahan's name, and nobody surveyed it. The second
is drawn on the same ground by an older map under another name, and its survey is settled. Whichever
is meant, no figure comes into dispute by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kotaku_geo.sample.groups import Group
from kotaku_geo.sample.tiling import Cell, Kelurahan, Tiling


@dataclass(frozen=True)
class Stranger:
    """An RT, and the kelurahan whose name it bears on one of the maps."""

    cell: Cell
    elsewhere: Kelurahan

    @property
    def id_there(self) -> str:
        """The id that it has under that name."""
        return self.elsewhere.code + self.cell.id_rt[self.cell.id_rt.index("-RW") :]


@dataclass(frozen=True)
class Strangers:
    """Both of them; the second is None where no kelurahan is free of its number."""

    misnamed: Stranger
    claimed: Stranger | None

    def written_id(self, cell: Cell) -> str:
        """The id that an RT has until anything is decided: as the strongest map writes it."""
        return self.misnamed.id_there if self.misnamed.cell is cell else cell.id_rt


def strangers(tiling: Tiling, groups: Sequence[Group]) -> Strangers:
    """Choose them among RT of which no two sources say different things.

    The first was divided once: its number has a letter, by which no other RT is confused with it.
    """
    (divided, *_) = _cells(tiling, groups, ("tanpa_data",))
    divided.suffix, divided.id_rt = "B", divided.id_rt.removesuffix(divided.suffix) + "B"
    others = [u for u in tiling.kelurahan if u.has_rw and u.number != divided.kelurahan]
    settled = _cells(tiling, groups, ("tingkat_ragu", "tidak_kumuh_sk", "tidak_kumuh_baru"))
    return Strangers(Stranger(divided, others[0]), movable(tiling, settled))


def _cells(tiling: Tiling, groups: Sequence[Group], keys: tuple[str, ...]) -> list[Cell]:
    owned = {g.recipe.key: [c for k in g.kawasan for c in sorted(k.parts)] for g in groups}
    return [tiling.cells[cell] for key in keys for cell in owned.get(key, [])]


def movable(tiling: Tiling, cells: Iterable[Cell]) -> Stranger | None:
    """An RT, and a kelurahan whose name it can bear without being taken for another RT."""
    taken = {(c.kelurahan, c.rw, c.rt, c.suffix) for c in tiling.cells if c.rt}
    for cell in cells:
        for unit in tiling.kelurahan:
            free = (unit.number, cell.rw, cell.rt, cell.suffix) not in taken
            if cell.rw and unit.has_rw and free:
                return Stranger(cell, unit)
    return None
