"""The gate: workspace tables become releasable tables, and nothing is published that did not pass.

Three rules (contract, "What is published"):

- a source with ``publish: false`` appears with no row and no geometry; results that rest on it stay
  (a kawasan keeps its level and hectares, and loses the outline that is the source's own);
- figures of an RT with fewer than `HOUSEHOLDS` households are null, and "< 5" in text;
- customary-law communities are shown by kelurahan only, unless their source says ``publish: true``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.history import outlines
from kotaku_geo.history.setting import Setting
from kotaku_geo.publish import agreed, levels, rules, tables
from kotaku_geo.publish.masking import HOUSEHOLDS, Withheld, blank, mentions, told
from kotaku_geo.stage import StageContext

_HOUSEHOLD_COLUMNS = ["jumlah_bangunan", "jumlah_penduduk", "jumlah_kk", "kepadatan"]
_AFFECTED = ["bangunan", "kk", "jiwa"]
_MHA_FIGURES = ["luas_ha", "persen", "jumlah_objek", "jarak_m", *_AFFECTED]


@dataclass(frozen=True)
class Release:
    """Everything that may be published.

    Attributes:
        pipeline: the city's pipeline file.
        tables: releasable tables by workspace name, columns as in ``schemas/publish/tables.yaml``.
        summary: ``verify/summary.json``, empty where there is none.
        rt_levels: hectares and number of RTs by kelurahan and reported level (columns
            kode_kelurahan, level, terbuka, ragu, luas_ha, jumlah, tanpa_luas: how many have no
            hectares), reckoned before small figures are hidden, so that totals stay whole; terbuka
            and ragu as in `levels.described`.
        mha_kelurahan: kelurahan codes in which a community is indicated.
        candidates: ``consolidate/facts`` whole, so that a story may say that somebody spoke; it
            tells no figure and no row that the table of facts does not.
        withheld: what is kept back, so that a story calls it that and not unknown.
        outlines: who drew the outlines that stand.
    """

    pipeline: Pipeline
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    rt_levels: pd.DataFrame
    mha_kelurahan: frozenset[str]
    candidates: pd.DataFrame
    withheld: Withheld
    outlines: Mapping[outlines.Key, outlines.Outline]

    def table(self, name: str) -> pd.DataFrame:
        """A releasable table."""
        return self.tables[name]

    def geo(self, name: str) -> gpd.GeoDataFrame:
        """A releasable table with geometry, in the city's CRS."""
        frame = self.tables[name]
        assert isinstance(frame, gpd.GeoDataFrame)
        return frame


def release(ctx: StageContext) -> Release:
    """Read the workspace and keep what may be published."""
    raw = {name: tables.read(ctx, name) for name in tables.names()}
    hidden = _withheld(ctx.pipeline, raw)
    sk = _outlines_of(ctx, "sk", hidden.sources)
    released = {
        "consolidate/kelurahan": _without_outline(raw["consolidate/kelurahan"], ctx, "kelurahan"),
        "consolidate/rt": _rt(raw["consolidate/rt"], hidden, ctx),
        "consolidate/kawasan": _kawasan(raw["consolidate/kawasan"], hidden),
        "consolidate/facts": agreed.facts(raw["consolidate/facts"], hidden),
        "consolidate/conflicts": agreed.conflicts(raw["consolidate/conflicts"], hidden),
        "consolidate/boundaries": agreed.boundaries(raw["consolidate/boundaries"], hidden),
        "consolidate/planar": agreed.seams(raw["consolidate/planar"], hidden),
        "consolidate/decisions": agreed.decisions(raw["consolidate/decisions"], hidden),
        "verify/pieces": _pieces(raw["verify/pieces"], hidden, sk),
        "verify/relations": raw["verify/relations"],
        "verify/locations": raw["verify/locations"],
        "screen/screening": _screening(raw["screen/screening"], hidden),
        "screen/hits": _hits(raw["screen/hits"], hidden),
        "findings": _findings(raw, hidden),
        "ingest/sources": _sources(raw["ingest/sources"], ctx.pipeline),
    }
    summary = ctx.read_json("verify/summary.json") if ctx.has("verify/summary.json") else {}
    return Release(
        pipeline=ctx.pipeline,
        tables=released,
        summary=summary,
        rt_levels=_levels(raw["consolidate/rt"]),
        mha_kelurahan=_mha_kelurahan(raw, hidden),
        candidates=agreed.candidates(raw["consolidate/facts"], hidden),
        withheld=hidden,
        outlines=outlines.standing(ctx, Setting.of_pipeline(ctx.pipeline)),
    )


def _withheld(pipeline: Pipeline, raw: Mapping[str, pd.DataFrame]) -> Withheld:
    sources = frozenset(s.id for s in pipeline.sources if s.publish is False)
    mha = frozenset(s.id for s in pipeline.of_layer("mha") if s.publish is not True)
    rt, kawasan = raw["consolidate/rt"], raw["consolidate/kawasan"]
    return Withheld(
        sources=sources,
        mha=mha,
        rt=frozenset(rt.loc[_few(rt), "id_rt"].dropna()),
        kawasan=frozenset(kawasan.loc[_few(kawasan), "id_kawasan"].dropna()),
        outlines=frozenset(kawasan.loc[kawasan["source_id"].isin(sources), "id_kawasan"].dropna()),
    )


def _few(frame: pd.DataFrame) -> pd.Series:
    return frame["jumlah_kk"] < HOUSEHOLDS


def _outlines_of(ctx: StageContext, layer: str, sources: frozenset[str]) -> NDArray[np.object_]:
    """Polygons that withheld sources of a layer delivered."""
    delivered = {s.id for s in ctx.pipeline.of_layer(layer)} & sources
    if not delivered or not ctx.has(f"ingest/{layer}"):
        return np.array([], dtype=object)
    frame = ctx.read_geo(f"ingest/{layer}")
    return np.asarray(frame.loc[frame["source_id"].isin(delivered), "geometry"], dtype=object)


def _without_outline(frame: pd.DataFrame, ctx: StageContext, layer: str) -> pd.DataFrame:
    """Drop the shapes that a withheld source of ``layer`` drew.

    Where the table does not say whose outline a row has, one withheld source hides them all.
    """
    hidden = {s.id for s in ctx.pipeline.of_layer(layer) if s.publish is False}
    if not hidden:
        return frame
    if "source_id" in frame:
        return blank(frame, frame["source_id"].isin(hidden), ["geometry"])
    return blank(frame, pd.Series(True, frame.index), ["geometry"])


def _rt(frame: pd.DataFrame, hidden: Withheld, ctx: StageContext) -> pd.DataFrame:
    few = _few(frame)
    frame = told(frame, "jumlah_kk", few, 0)
    frame = blank(frame, few, frame.select_dtypes("number").columns)
    frame = blank(frame, frame["id_kawasan"].isin(hidden.outlines), ["geometry"])
    return _without_outline(frame, ctx, "rt")


def _kawasan(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """A kawasan of fewer than five households is one small RT: its figures are as telling."""
    shares = [c for c in frame.columns if re.fullmatch(r"[pn]\d[a-e]", c)]
    few = _few(frame)
    frame = blank(told(frame, "jumlah_kk", few, 0), few, [*_HOUSEHOLD_COLUMNS, *shares])
    outline = frame["id_kawasan"].isin(hidden.outlines)
    reported = ["skor_dilaporkan", "tingkat_dilaporkan", "prioritas_dilaporkan"]
    return blank(frame, outline, ["geometry", "lintang", "bujur", *reported])


def _pieces(frame: pd.DataFrame, hidden: Withheld, sk: NDArray[np.object_]) -> pd.DataFrame:
    """Pieces keep their hectares; those cut from a withheld outline lose their shape."""
    ids = frame["id_kawasan"].str.split(";")
    secret = ids.map(lambda i: isinstance(i, list) and not hidden.outlines.isdisjoint(i))
    mask = secret.to_numpy(dtype=bool).copy()
    if len(sk) and len(frame):
        inside = shapely.point_on_surface(np.asarray(frame.geometry, dtype=object))
        found = shapely.STRtree(sk).query(inside, predicate="intersects")[0]
        mask[found] = True
    return blank(frame, pd.Series(mask, frame.index), ["geometry"])


def _hits(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    secret = frame["source_id"].isin(hidden.sources | hidden.mha)
    return frame[~secret].reset_index(drop=True)


def _screening(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Status and follow-up stay; figures that would place a community within its kelurahan go."""
    frame = blank(frame, frame["id_kawasan"].isin(hidden.kawasan), _AFFECTED)
    if not hidden.mha:
        return frame
    return blank(frame, frame["tema"] == "mha", [*_MHA_FIGURES, "rincian"])


def _mha_kelurahan(raw: Mapping[str, pd.DataFrame], hidden: Withheld) -> frozenset[str]:
    """Kelurahan in which a community of a publishable source is indicated."""
    hits, places = raw["screen/hits"], raw["consolidate/kelurahan"]
    seen = hits[(hits["tema"] == "mha") & ~hits["source_id"].isin(hidden.sources)]
    if seen.empty or places.empty:
        return frozenset()
    tree = shapely.STRtree(np.asarray(places["geometry"], dtype=object))
    inside = shapely.point_on_surface(np.asarray(seen["geometry"], dtype=object))
    found = tree.query(inside, predicate="intersects")[1]
    return frozenset(places["kode_kelurahan"].iloc[found])


def _findings(raw: Mapping[str, pd.DataFrame], hidden: Withheld) -> pd.DataFrame:
    """Findings stay countable; those about withheld content say only which rule and source.

    Adds judul, and the conflict_id of the conflict that a finding tells of.
    """
    frame, facts = raw["findings"], raw["consolidate/facts"]
    frame = frame.assign(conflict_id=rules.conflict_of(frame, raw["consolidate/conflicts"]))
    own = frame["source_id"].isin(hidden.sources | hidden.mha)
    quoted = mentions(frame["message"] + " " + frame["value"].fillna(""), hidden.sources)
    secret = own | quoted
    small = frame["subject"].isin(hidden.rt | hidden.kawasan) | _of_rows(frame, facts, hidden)
    hushed = frame["rule"].map(rules.withheld)
    frame = frame.assign(message=frame["message"].mask(secret | small, hushed))
    frame["judul"] = frame["rule"].map(rules.title).astype("str")
    row = frame["subject"].str.contains("#", regex=False, na=False)
    frame["subject"] = frame["subject"].mask(own & row, frame["source_id"])
    frame = blank(frame, own, ["source_row"])
    frame = blank(frame, secret, ["geometry"])
    return blank(frame, secret | small, ["value"])


def _of_rows(frame: pd.DataFrame, facts: pd.DataFrame, hidden: Withheld) -> pd.Series:
    """Whether a finding is about the very row from which a small RT's figures come."""
    rows = ["source_id", "source_row"]
    small = facts.loc[facts["id_rt"].isin(hidden.rt), rows].dropna()
    found = pd.MultiIndex.from_frame(frame[rows]).isin(pd.MultiIndex.from_frame(small))
    return pd.Series(found, frame.index)


def _sources(frame: pd.DataFrame, pipeline: Pipeline) -> pd.DataFrame:
    """The list of deliveries, with what the pipeline file says of each."""
    stated = {s.id: s for s in pipeline.sources}
    known = frame["source_id"].map(stated.get)
    return frame.assign(
        layer=known.map(lambda s: s.layer if s else None).astype("str"),
        licence=known.map(lambda s: s.licence if s else None).astype("str"),
        dipublikasikan=known.map(lambda s: "tidak" if s and s.publish is False else "ya"),
    )


def _levels(rt: pd.DataFrame) -> pd.DataFrame:
    keys = ["kode_kelurahan", "level", "terbuka", "ragu"]
    columns = ["kode_kelurahan", "luas_ha"]
    rows = pd.concat([pd.DataFrame(rt)[columns], levels.described(rt)], axis=1)
    grouped = rows.groupby(keys, dropna=False)["luas_ha"]
    size = grouped.size()
    counted = {"luas_ha": grouped.sum(), "jumlah": size, "tanpa_luas": size - grouped.count()}
    return pd.DataFrame(counted).reset_index()
