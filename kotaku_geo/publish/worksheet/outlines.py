"""The outlines that a boundary conflict is about, as the sources delivered them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.publish.worksheet.cases import BOUNDARY, Case, Option
from kotaku_geo.workspace import Workspace

# What rows of one source must share to be parts of one thing: the first that a row gives.
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "kelurahan": (("kode_kelurahan",),),
    "rt": (("kode_kelurahan", "nama_kelurahan", "rw", "rt"),),
    "kawasan": (("id_kawasan",), ("nama_kawasan", "kode_kelurahan", "nama_kelurahan"),
                ("kode_kelurahan", "nama_kelurahan", "rw", "rt")),
}  # fmt: skip


class Outlines:
    """Shapes of candidates, in metres of the city's CRS; layers are read when first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.drawn: dict[str, dict[str, _Drawn]] = {}

    def of(self, case: Case) -> list[shapely.Geometry | None]:
        """A shape for each candidate; None where it is not to be found."""
        layer = case.parameter.removeprefix("batas.")
        if case.kind != BOUNDARY or layer not in _KEYS:
            return [None] * len(case.options)
        if layer not in self.drawn:
            self.drawn[layer] = self._read(layer)
        return [self._shape(layer, option) for option in case.options]

    def _read(self, layer: str) -> "dict[str, _Drawn]":
        """What each source of a layer draws."""
        table = f"ingest/{layer}"
        if not self.workspace.has(table):
            return {}
        rows = self.workspace.read_geo(table)
        rows = rows[rows.geometry.notna()]
        shapes, words = rows.geometry.to_numpy(), pd.DataFrame(rows.drop(columns="geometry"))
        groups = words.groupby("source_id", sort=True).indices
        return {
            str(source): _Drawn.of(words.iloc[at], shapes[at], _KEYS[layer])
            for source, at in groups.items()
        }

    def _shape(self, layer: str, option: Option) -> shapely.Geometry | None:
        drawn = self.drawn[layer].get(option.source_id)
        place = None if drawn is None else drawn.place.get(option.source_row)
        if drawn is None or place is None:
            return None
        alone = "#" in option.choice
        parts = drawn.shapes[[place]] if alone else drawn.shapes[drawn.thing == drawn.thing[place]]
        shape = shapely.union_all(parts)
        return None if shape.is_empty else shape


@dataclass(frozen=True)
class _Drawn:
    """One source's rows of a layer: their place by number, the thing each draws, their shapes."""

    place: Mapping[int | None, int]
    thing: NDArray[np.int64]
    shapes: NDArray[np.object_]

    @classmethod
    def of(
        cls, rows: pd.DataFrame, shapes: NDArray[np.object_], keys: Sequence[Sequence[str]]
    ) -> "_Drawn":
        place: dict[int | None, int] = {}
        for at, number in enumerate(rows["source_row"]):
            place[int(number)] = at
        return cls(place, _things(rows, keys), shapes)


def _things(rows: pd.DataFrame, keys: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """A number for what each row draws: rows are of one thing that say the same of it."""
    said = []
    for row in rows.to_dict("records"):
        named = [k for k in keys if any(pd.notna(row[column]) for column in k)]
        words = [str(row[column]) for column in named[0]] if named else [str(row["source_row"])]
        said.append(repr((named[:1], words)))
    return pd.factorize(np.array(said, dtype=object))[0].astype(np.int64)
