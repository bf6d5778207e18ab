"""The outlines that a conflict is about, as the sources delivered them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.publish.worksheet.cases import BOUNDARY, Case, Option
from kotaku_geo.publish.worksheet.names import is_record
from kotaku_geo.workspace import Workspace

SEEN = 0.05  # of an RT, from which two drawings of it are not the same
NEAR = 1.0  # what is shown of kelurahan around an RT, in widths of the RT
# What rows of one source must share to be parts of one thing: the first that a row gives.
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "kelurahan": (("kode_kelurahan",),),
    "rt": (("kode_kelurahan", "nama_kelurahan", "rw", "rt"),),
    "kawasan": (("id_kawasan",), ("nama_kawasan", "kode_kelurahan", "nama_kelurahan"),
                ("kode_kelurahan", "nama_kelurahan", "rw", "rt")),
}  # fmt: skip


Drawing = tuple[tuple[Option, ...], shapely.Geometry]


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

    def around(self, case: Case) -> "Around | None":
        """An RT whose kelurahan is in dispute, as maps draw it, and the kelurahan near it.

        None where nobody draws it, or no kelurahan that is named lies near.
        """
        drawn = [o for o in case.options if o.extra.get("cara") == "peta"]
        if case.parameter != "kode_kelurahan" or not drawn:
            return None
        if "rt" not in self.drawn:
            self.drawn["rt"] = self._read("rt")
        found = [(o, s) for o in drawn if (s := self._shape("rt", o)) is not None]
        if not found:
            return None
        shapes = [shape for _, shape in found]
        left, bottom, right, top = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
        room = NEAR * max(right - left, top - bottom)
        window = shapely.box(left - room, bottom - room, right + room, top + room)
        near = {code: shapely.intersection(self.villages[code], window)
                for code in case.identities if code in self.villages}  # fmt: skip
        seen = {code: part for code, part in near.items() if not part.is_empty}
        far = {code: _way(shapes[0], self.villages[code])
               for code, part in near.items() if part.is_empty}  # fmt: skip
        return Around(_apart(found), seen, far) if seen else None

    def meant(self, case: Case) -> list[tuple[Option, shapely.Geometry]]:
        """The outlines of which one is meant, where one source draws an RT in several places."""
        drawn = [o for o in case.options if is_record(o.value) and "#" in o.choice]
        if case.parameter != "id_rt" or not drawn:
            return []
        if "rt" not in self.drawn:
            self.drawn["rt"] = self._read("rt")
        return [(o, shape) for o in drawn if (shape := self._shape("rt", o)) is not None]

    @cached_property
    def villages(self) -> dict[str, shapely.Geometry]:
        """Outlines of the kelurahan that stand, by code."""
        if not self.workspace.has("consolidate/kelurahan"):
            return {}
        table = self.workspace.read_geo("consolidate/kelurahan")
        drawn = table[table.geometry.notna()]
        return dict(zip(drawn["kode_kelurahan"], drawn.geometry, strict=True))

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
class Around:
    """Where an RT lies whose kelurahan is in dispute.

    Attributes:
        drawn: what maps draw, each with all who draw it so.
        villages: what is near of each kelurahan that is named, by code.
        far: those that are not near, by code: metres to them, and the wind, 0 … 7 from north by
            east.
    """

    drawn: list[Drawing]
    villages: Mapping[str, shapely.Geometry]
    far: Mapping[str, tuple[float, int]]


def _way(shape: shapely.Geometry, place: shapely.Geometry) -> tuple[float, int]:
    """How far a place is from a shape, and into which of the eight winds."""
    ends = shapely.get_coordinates(shapely.shortest_line(shape, place))
    east, north = ends[-1] - shapely.get_coordinates(shapely.centroid(shape))[0]
    wind = round(math.degrees(math.atan2(east, north)) / 45) % 8
    return float(shapely.distance(shape, place)), wind


def _apart(found: Sequence[tuple[Option, shapely.Geometry]]) -> list[Drawing]:
    """The drawings; one that an eye cannot tell from an earlier one is told with it."""
    kept: list[tuple[list[Option], shapely.Geometry]] = []
    for option, shape in found:
        least = SEEN * shapely.area(shape)
        alike = (own for own, known in kept
                 if shapely.area(shapely.symmetric_difference(shape, known)) <= least)  # fmt: skip
        own = next(alike, None)
        if own is None:
            kept.append(([option], shape))
        else:
            own.append(option)
    return [(tuple(own), shape) for own, shape in kept]


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
