"""Delivered records that a question of identity is about: which they are, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.publish.worksheet.names import rt_parts
from kotaku_geo.workspace import Workspace, read_any

# What a record says that tells one place from another, in the order in which it is told.
WRITTEN = ("nama_kelurahan", "rw", "rt", "nama_kawasan", "luas_ha", "jumlah_bangunan", "jumlah_kk")


@dataclass(frozen=True)
class Record:
    """One record of a delivery.

    Attributes:
        source_row: its number.
        written: what it says, of `WRITTEN`; what it leaves empty is missing.
        drawn_ha: hectares of the outline that it draws; None where it draws none.
    """

    source_row: int
    written: Mapping[str, Any]
    drawn_ha: float | None


class Records:
    """Records by source; a layer is read when it is first asked for."""

    def __init__(self, workspace: Workspace, pipeline: Pipeline) -> None:
        self.workspace = workspace
        self.layers = {s.id: s.layer for s in pipeline.sources}
        self.read: dict[str, pd.DataFrame] = {}

    def of(self, source: str, subject: str, value: str) -> tuple[Record, ...]:
        """What a candidate of an RT's identity rests on, by number.

        Args:
            source: who says it.
            subject: the id that is in question.
            value: what may be meant: an id, or ``source_id#source_row`` of one of several outlines.

        Returns:
            The record that the value names, else the source's records of this id; none where the
            delivery has no record that says so.
        """
        rows = self._rows(source)
        if rows.empty:
            return ()
        _, _, number = value.partition("#")
        if number:
            asked = rows["source_row"].astype("str").eq(number).to_numpy(dtype=bool)
        else:
            asked = _named(rows, subject)
        found = rows[asked].sort_values("source_row")
        drawn = _hectares(found)
        return tuple(
            Record(int(row["source_row"]), _written(row), ha)
            for row, ha in zip(found.to_dict("records"), drawn, strict=True)
        )

    def _rows(self, source: str) -> pd.DataFrame:
        table = f"ingest/{self.layers.get(source)}"
        if not self.workspace.has(table):
            return pd.DataFrame()
        if table not in self.read:
            self.read[table] = read_any(self.workspace.path(table))
        rows = self.read[table]
        named = {"kode_kelurahan", "rw", "rt"} <= set(rows)
        return rows[rows["source_id"] == source] if named else pd.DataFrame()


def _named(rows: pd.DataFrame, subject: str) -> NDArray[np.bool_]:
    """The rows that give an RT this name; without RW where it has none, several RT joined."""
    parts = rt_parts(subject)
    if parts is None:
        return np.zeros(len(rows), dtype=bool)
    kode, rw, rt = parts
    said = rows["rt"].astype("str").str.replace(";", "+RT", regex=False)
    of_rw = rows["rw"].isna() if rw is None else rows["rw"].eq(rw)
    asked = rows["kode_kelurahan"].eq(kode) & of_rw & said.eq(rt)
    return asked.fillna(False).to_numpy(dtype=bool)


def _written(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in WRITTEN if pd.notna(row.get(name))}


def _hectares(rows: pd.DataFrame) -> list[float | None]:
    """Of each row's outline; None where it draws none."""
    if not isinstance(rows, gpd.GeoDataFrame):
        return [None] * len(rows)
    areas = geodesic_ha(rows.geometry.to_numpy(), rows.crs)
    return [float(ha) if ha > 0 else None for ha in areas]
