"""Who drew the outlines that stand: file and record of each kelurahan, RT and kawasan.

Consolidation keeps geometry, and beside it only the pairs of outlines that it compared; the rest is
found again in the delivered layers. A sealed version does not hold those, and tells no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd
import shapely

from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.history.identities import Moves
from kotaku_geo.history.setting import Setting

Key = tuple[str, str]  # layer (kelurahan, rt, kawasan) and id
_COMPARED, _DECIDED = "consolidate/boundaries", "consolidate/decisions"
_DISPUTED = "consolidate/conflicts"
_CHOSEN = -1
_NO_RW = "000"
_KM2 = {"luas_km2": 100.0, "luas_ha": 1.0}  # columns of written areas, in hectares
_COLUMNS = {
    "kelurahan": ["kode_kelurahan", "luas_km2"],
    "rt": ["kode_kelurahan", "rw", "rt"],
    "kawasan": ["id_kawasan", "luas_ha"],
}
_WHO = ["source_id", "source_row", "geometry"]
_PAIR = {
    "source_id": "source_id_lain", "source_row": "source_row_lain", "value": "luas_lain_ha",
    "selisih_ha": "selisih_ha", "ketidakpastian_ha": "ketidakpastian_ha", "iou": "iou",
    "geser_p50_m": "geser_p50_m", "geser_p95_m": "geser_p95_m",
    "geser_balik_p50_m": "geser_balik_p50_m", "geser_balik_p95_m": "geser_balik_p95_m",
    "beda_kotor_ha": "beda_kotor_ha", "beda_ha": "beda_ha", "beda_persen": "beda_persen",
}  # fmt: skip
_ABOUT = ["kind", "subject", "source_id", "source_row"]


@dataclass(frozen=True)
class Outline:
    """A delivered outline that stands.

    Attributes:
        source_id: who drew it.
        source_row: in which record, from 0; None where parts are of several.
        written_ha: hectares that stand written beside it, where any do.
        drawn_ha: hectares of the outline as it was delivered, of an RT that one record draws alone.
        others: other outlines of the same thing, measured against this one: source_id, source_row,
            value (hectares) and measures of ``consolidate/boundaries``; unknown is None.
    """

    source_id: str
    source_row: int | None
    written_ha: float | None = None
    drawn_ha: float | None = None
    others: tuple[Mapping[str, Any], ...] = ()


class Tables(Protocol):
    """Where tables of a workspace are read: the workspace itself, or a stage's context."""

    def has(self, table: str) -> bool:
        """Whether the table is there."""

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some of its columns, without geometry or with it as bytes."""


def standing(tables: Tables, setting: Setting) -> dict[Key, Outline]:
    """The outline of each thing that delivered layers draw, the strongest source's or the chosen.

    An RT that a decision put under another id is known by that one. An RT that its layer gives
    another RW, or none, is known by its number where that is the only one in the kelurahan; where
    it is not, the RT is left out.
    """
    compared, moves = _compared(tables), _moves(tables)
    chosen = {key: outline.source_id for key, outline in compared.items()}
    found: dict[Key, Outline] = {}
    for layer, columns in _COLUMNS.items():
        if tables.has(f"ingest/{layer}"):
            rows = tables.read(f"ingest/{layer}", [*columns, *_WHO])
            rows = rows[rows["geometry"].notna()]
            for column in columns:
                if column not in rows:
                    rows = rows.assign(**{column: None})
            if layer == "rt":
                rows = rows.assign(drawn=_drawn(rows, setting.crs))
            found |= _of_layer(layer, _keyed(layer, rows, moves), setting, chosen)
    for key, outline in compared.items():
        own = found.get(key)
        known = own is not None and own.source_id == outline.source_id
        found[key] = replace(own if own and known else outline, others=outline.others)
    return found


def _compared(tables: Tables) -> dict[Key, Outline]:
    """The outlines that stand where several were compared, with the others."""
    if not tables.has(_COMPARED):
        return {}
    frame = tables.read(_COMPARED, list(dict.fromkeys([*_ABOUT, *_PAIR.values()])))
    frame = frame.reindex(columns=list(dict.fromkeys([*_ABOUT, *_PAIR.values()])))
    frame = frame.astype(object).where(frame.notna(), None)
    found: dict[Key, Outline] = {}
    for row in frame.to_dict("records"):
        key = (str(row["kind"]), str(row["subject"]))
        pair = {name: row[column] for name, column in _PAIR.items()}
        outline = found.setdefault(key, Outline(row["source_id"], row["source_row"]))
        found[key] = replace(outline, others=(*outline.others, pair))
    return found


def _moves(tables: Tables) -> Moves:
    """The RT that decisions in force put under another id."""
    if not tables.has(_DECIDED):
        return Moves([])
    decided = ["kind", "status", "subject", "parameter", "value", "date"]
    named = ["subject", "parameter", "names"]
    disputed = _rows(tables.read(_DISPUTED), named) if tables.has(_DISPUTED) else []
    return Moves(_rows(tables.read(_DECIDED), decided), disputed)


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some columns of a table as rows; what it lacks, and what is unknown, is None."""
    frame = frame.reindex(columns=list(columns)).astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def _drawn(rows: pd.DataFrame, crs: str | None) -> pd.Series:
    """Hectares of each row's outline; unknown where it is of several RT, or the CRS is unknown."""
    unknown = pd.Series(float("nan"), rows.index)
    if crs is None or rows.empty:
        return unknown
    shapes = rows["geometry"].to_numpy(dtype=object)
    if isinstance(shapes[0], bytes):
        shapes = shapely.from_wkb(shapes)
    several = rows["rt"].astype("str").str.contains(";", regex=False, na=False)
    return unknown.mask(~several, pd.Series(geodesic_ha(shapes, crs), rows.index))


def _keyed(layer: str, rows: pd.DataFrame, moves: Moves) -> pd.DataFrame:
    """Rows by what they draw; a row that names several RT draws each."""
    if layer != "rt":
        return rows.assign(key=rows["id_kawasan" if layer == "kawasan" else "kode_kelurahan"])
    rows = rows.assign(rt=rows["rt"].astype("str").str.split(";")).explode("rt", ignore_index=True)
    village, number = rows["kode_kelurahan"].astype("str"), rows["rt"].astype("str").str.strip()
    key = village + "-RW" + rows["rw"].astype("str").fillna(_NO_RW) + "-RT" + number
    if moves.by_old:
        key = key.map(moves.now, na_action="ignore")
    plain = key.map(bare, na_action="ignore")
    # Under its number alone it is found as well, where no other RT has that number.
    alone = (key.groupby(plain).transform("nunique") == 1) & (key != plain)
    return pd.concat([rows.assign(key=key), rows.assign(key=plain)[alone]], ignore_index=True)


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
    if "drawn" not in rows:
        rows = rows.assign(drawn=float("nan"))
    first = rows.assign(parts=parts, written=written).drop_duplicates("key")
    return {
        (layer, str(key)): Outline(
            str(source),
            int(row) if several == 1 and row == row else None,
            float(area) if several == 1 and area == area else None,
            float(drawn) if several == 1 and drawn == drawn else None,
        )
        for key, source, row, several, area, drawn in zip(
            first["key"], first["source_id"], first["source_row"], first["parts"],
            first["written"], first["drawn"], strict=True,
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
