"""What stands now, said in words: for decisions whose conflict is no more."""

from typing import Any

import geopandas as gpd
import pandas as pd

from kotaku_geo.consolidate import kelurahan, rt
from kotaku_geo.consolidate.boundaries import MATERIAL_PCT, Outlines
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.ids import under
from kotaku_geo.consolidate.kawasan import KawasanRows
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import figure_then
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation
from kotaku_geo.texts import number

NOTHING = "hal itu tidak ada lagi dalam data"


@record
class Standing:
    """The places and values that stand."""

    choice: Choice
    units: gpd.GeoDataFrame
    map: rt.RtMap
    kawasan: KawasanRows
    kelurahan: kelurahan.Kelurahan
    law: Regulation

    def sentence(self, decision: Decision) -> str:
        """What stands for what a decision is about."""
        if decision.kind == "nilai":
            return self._value(decision)
        if decision.kind == "batas":
            return self._outline(decision)
        return self._identity(decision)

    def keeps(self, decision: Decision) -> bool | None:
        """Whether what a decision over an outline or an identity chose is what stands, or agrees
        with it; None for values, and where the thing is no more."""
        if decision.kind == "batas":
            return self._draws(decision)
        if decision.kind == "nilai" or "-RW" not in decision.subject:
            return None
        own = self.units.loc[self.units["id_rt"] == decision.subject, "kawasan"]
        if decision.parameter == "id_kawasan" and len(own):
            home = int(own.iloc[0])
            return home >= 0 and self.kawasan.table["id_kawasan"].iloc[home] == decision.value
        if decision.parameter == "kode_kelurahan":
            there = set(self.units["id_rt"]) & {
                decision.subject, under(decision.subject, str(decision.value))
            }  # fmt: skip
            return under(decision.subject, str(decision.value)) in there if there else None
        return None

    def _draws(self, decision: Decision) -> bool | None:
        """Whether the source still draws what was chosen, by its hectares: nobody differs."""
        drawn = self._outlines(decision.parameter).drawn
        rows = drawn[drawn["key"] == decision.subject]
        if rows.empty:
            return None
        source = str(decision.source_id).partition("#")[0]
        own = rows[rows["source_id"] == source]
        then = figure_then(decision)
        if own.empty or then is None:
            return False
        now = float(geodesic_ha(own.geometry.to_numpy(), drawn.crs).sum())
        return abs(now - then) <= MATERIAL_PCT / 100 * then

    def _outlines(self, parameter: str) -> Outlines:
        return {
            "batas.kawasan": self.kawasan.found,
            "batas.rt": self.map.found,
            "batas.kelurahan": self.kelurahan.found,
        }[parameter]

    def shapes(self, subjects: pd.Series) -> dict[str, Any]:
        """Subject → its outline, of RT, kawasan and kelurahan that are drawn."""
        found: dict[str, Any] = {}
        for ids, shapes in (
            (self.kelurahan.table["kode_kelurahan"], self.kelurahan.table.geometry),
            (self.kawasan.table["id_kawasan"], self.kawasan.table.geometry),
            (self.units["id_rt"], self.units.geometry),
        ):
            mine = ids.isin(subjects.tolist())
            found |= dict(zip(ids[mine], shapes[mine], strict=True))
        return found

    def _value(self, decision: Decision) -> str:
        if decision.parameter not in self.law.parameter_ids:
            return "sumber tidak lagi memberi penyebut yang berbeda"
        unit = self.units.index[self.units["id_rt"] == decision.subject]
        par = self.law.parameter_ids.index(decision.parameter)
        table = self.choice.candidates
        used = table[table["dipakai"] & table["unit"].isin(unit) & (table["par"] == par)]
        if used.empty:
            return NOTHING
        row = used.iloc[0]
        return f"berlaku {number(100 * row['share'], 1)} % dari {row['source_id']} ({row['rule']})"

    def _outline(self, decision: Decision) -> str:
        drawn = self._outlines(decision.parameter).chosen
        own = drawn.loc[drawn["key"] == decision.subject, "source_id"]
        return f"berlaku garis {own.iloc[0]}" if len(own) else NOTHING

    def _identity(self, decision: Decision) -> str:
        own = self.units.loc[self.units["id_rt"] == decision.subject, "kawasan"]
        if decision.parameter == "id_kawasan" and len(own) and own.iloc[0] >= 0:
            return f"termasuk kawasan {self.kawasan.table['id_kawasan'].iloc[own.iloc[0]]}"
        if decision.parameter == "kode_kelurahan" and len(own):
            return "RT ini hanya disebut di satu kelurahan"
        if decision.parameter == "kode_kelurahan" and "-RW" in decision.subject:
            there = under(decision.subject, str(decision.value))
            if (self.units["id_rt"] == there).any():
                return f"semua sumber kini menyebutnya {there}"
        if decision.parameter == "id_kawasan" and len(own):
            return "RT ini tidak termasuk kawasan mana pun"
        known = len(own) or (self.kawasan.table["id_kawasan"] == decision.subject).any()
        return "nama itu hanya cocok dengan satu tempat" if known else NOTHING
