"""Who drew the outlines that stand: file and record of each kelurahan, RT and kawasan.

Consolidation keeps geometry, and beside it only the pairs of outlines that it compared; the rest is
found again in the delivered layers. A sealed version does not hold those, and tells no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from kotaku_geo.history.setting import Setting

Key = tuple[str, str]  # layer (kelurahan, rt, kawasan) and id
_COMPARED = "consolidate/boundaries"
_CHOSEN = -1
_NO_RW = "000"
_KM2 = {"luas_km2": 100.0, "luas_ha": 1.0}  # columns of written areas, in hectares
_COLUMNS = {
    "kelurahan": ["kode_kelurahan", "luas_km2"],
    "rt": ["kode_kelurahan", "rw", "rt"],
    "kawasan": ["id_kawasan", "luas_ha"],
}
_WHO = ["source_id", "source_row", "geometry"]


@dataclass(frozen=True)
class Outline:
    """A delivered outline: its source, its record from 0 (None where parts are of several), and
    the hectares that stand written beside it, where any do."""

    source_id: str
    source_row: int | None
    written_ha: float | None = None


class Tables(Protocol):
    """Where tables of a workspace are read: the workspace itself, or a stage's context."""

    def has(self, table: str) -> bool:
        """Whether the table is there."""

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some of its columns, without geometry or with it as bytes."""


def standing(tables: Tables, setting: Setting) -> dict[Key, Outline]:
    """The outline of each thing that delivered layers draw, the strongest source's or the chosen.

    An RT that its layer gives another RW, or none, is known by its number where that is the only
    one in the kelurahan; where it is not, the RT is left out.
    """
    chosen = _chosen(tables)
    found: dict[Key, Outline] = {}
    for layer, columns in _COLUMNS.items():
        if tables.has(f"ingest/{layer}"):
            rows = tables.read(f"ingest/{layer}", [*columns, *_WHO])
            rows = rows[rows["geometry"].notna()]
            for column in columns:
                if column not in rows:
                    rows = rows.assign(**{column: None})
            found |= _of_layer(layer, _keyed(layer, rows), setting, chosen)
    return found


def _chosen(tables: Tables) -> dict[Key, str]:
    """Source of the outline that stands, where several were compared."""
    if not tables.has(_COMPARED):
        return {}
    pairs = tables.read(_COMPARED, ["kind", "subject", "source_id"])
    return dict(
        zip(zip(pairs["kind"], pairs["subject"], strict=True), pairs["source_id"], strict=True)
    )


def _keyed(layer: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by what they draw; a row that names several RT draws each."""
    if layer != "rt":
        return rows.assign(key=rows["id_kawasan" if layer == "kawasan" else "kode_kelurahan"])
    rows = rows.assign(rt=rows["rt"].astype("str").str.split(";")).explode("rt", ignore_index=True)
    village, number = rows["kode_kelurahan"].astype("str"), rows["rt"].astype("str").str.strip()
    key = village + "-RW" + rows["rw"].astype("str").fillna(_NO_RW) + "-RT" + number
    bare = village + f"-RW{_NO_RW}-RT" + number
    # Under its number alone it is found as well, where no other RT has that number.
    alone = (key.groupby(bare).transform("nunique") == 1) & (key != bare)
    return pd.concat([rows.assign(key=key), rows.assign(key=bare)[alone]], ignore_index=True)


def _of_layer(
    layer: str, rows: pd.DataFrame, setting: Setting, chosen: Mapping[Key, str]
) -> dict[Key, Outline]:
    rank = {source: i for i, source in enumerate(setting.of_layer(layer))}
    rows = rows[rows["key"].notna()]
    wanted = rows["key"].map(lambda key: chosen.get((layer, key)))
    order = rows["source_id"].map(rank).fillna(len(rank)).mask(wanted == rows["source_id"], _CHOSEN)
    rows = rows.assign(order=order).sort_values(["key", "order", "source_row"])
    parts = rows.groupby(["key", "order"])["source_row"].transform("nunique")
    written = pd.Series(float("nan"), rows.index)
    for column, factor in _KM2.items():
        if column in rows:
            written = pd.to_numeric(rows[column]) * factor
    first = rows.assign(parts=parts, written=written).drop_duplicates("key")
    return {
        (layer, str(key)): Outline(
            str(source),
            int(row) if several == 1 and row == row else None,
            float(area) if several == 1 and area == area else None,
        )
        for key, source, row, several, area in zip(
            first["key"], first["source_id"], first["source_row"], first["parts"],
            first["written"], strict=True,
        )
    }  # fmt: skip


def of(
    outlines: Mapping[Key, Outline], layer: str, name: str, alone: bool = True
) -> Outline | None:
    """The outline of a thing.

    ``alone`` says that no other RT of the baseline has this one's number in its kelurahan: it is
    then known by its number alone, where the layer gives that one RT.
    """
    found = outlines.get((layer, name))
    if found is None and layer == "rt" and alone:
        found = outlines.get((layer, bare(name)))
    return found


def bare(id_rt: str) -> str:
    """An RT's id without its RW."""
    village, _, rest = id_rt.partition("-RW")
    return f"{village}-RW{_NO_RW}-RT{rest.partition('-RT')[2]}"
