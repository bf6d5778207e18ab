"""The gate: workspace tables become releasable tables, and nothing is published that did not pass.

Three rules (contract, "What is published"):

- a source with ``publish: false`` appears with no row and no geometry; results that rest on it stay
  (a kawasan keeps its level and hectares, and loses the outline that is the source's own);
- figures of an RT with fewer than `HOUSEHOLDS` households are null, and "< 5" in text;
- customary-law communities are shown by kelurahan only, unless their source says ``publish: true``.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.publish import levels, rules, tables
from kotaku_geo.stage import StageContext
from kotaku_geo.texts import number

HOUSEHOLDS = 5
FEW = f"< {HOUSEHOLDS}"
WITHHELD = "rincian tidak dipublikasikan"
_HOUSEHOLD_COLUMNS = ["jumlah_bangunan", "jumlah_penduduk", "jumlah_kk", "kepadatan"]
_AFFECTED = ["bangunan", "kk", "jiwa"]
_MHA_FIGURES = ["luas_ha", "persen", "jumlah_objek", "jarak_m", *_AFFECTED]


@dataclass(frozen=True)
class Withheld:
    """What must not be seen.

    Attributes:
        sources: ids of sources with ``publish: false``.
        mha: ids of sources whose communities are shown by kelurahan only.
        rt: id_rt of RTs with fewer than five households.
        kawasan: id_kawasan of kawasan with fewer than five households.
        outlines: id_kawasan of kawasan whose outline is a withheld source's.
    """

    sources: frozenset[str]
    mha: frozenset[str]
    rt: frozenset[str]
    kawasan: frozenset[str]
    outlines: frozenset[str]


@dataclass(frozen=True)
class Release:
    """Everything that may be published.

    Attributes:
        pipeline: the city's pipeline file.
        tables: releasable tables by workspace name, columns as in ``schemas/publish/tables.yaml``.
        summary: ``verify/summary.json``, empty where there is none.
        rt_levels: hectares and number of RTs by kelurahan and reported level (columns
            kode_kelurahan, level, luas_ha, jumlah, tanpa_luas: how many have no hectares), reckoned
            before small figures are hidden, so that totals stay whole.
        mha_kelurahan: kelurahan codes in which a community is indicated.
    """

    pipeline: Pipeline
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    rt_levels: pd.DataFrame
    mha_kelurahan: frozenset[str]

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
        "consolidate/facts": _facts(raw["consolidate/facts"], hidden),
        "consolidate/conflicts": _conflicts(raw["consolidate/conflicts"], hidden),
        "consolidate/boundaries": _boundaries(raw["consolidate/boundaries"], hidden),
        "consolidate/planar": _seams(raw["consolidate/planar"], hidden),
        "consolidate/decisions": _decisions(raw["consolidate/decisions"], hidden),
        "verify/pieces": _pieces(raw["verify/pieces"], hidden, sk),
        "verify/relations": raw["verify/relations"],
        "verify/locations": raw["verify/locations"],
        "screen/screening": _screening(raw["screen/screening"], hidden),
        "screen/hits": _hits(raw["screen/hits"], hidden),
        "findings": _findings(raw["findings"], raw["consolidate/facts"], hidden),
        "ingest/sources": _sources(raw["ingest/sources"], ctx.pipeline),
    }
    summary = ctx.read_json("verify/summary.json") if ctx.has("verify/summary.json") else {}
    return Release(
        pipeline=ctx.pipeline,
        tables=released,
        summary=summary,
        rt_levels=_levels(raw["consolidate/rt"]),
        mha_kelurahan=_mha_kelurahan(raw, hidden),
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


def _told(frame: pd.DataFrame, column: str, few: pd.Series, decimals: int = 2) -> pd.DataFrame:
    """A copy with the column's figures in words beside it, "< 5" where there are too few."""
    frame = frame.copy()
    words = frame[column].map(lambda v: None if pd.isna(v) else number(v, decimals))
    told = words.astype("str").where(words.notna()).mask(few, FEW)
    frame.insert(list(frame.columns).index(column) + 1, f"{column}_teks", told)
    return frame


def _without_outline(frame: pd.DataFrame, ctx: StageContext, layer: str) -> pd.DataFrame:
    """Drop the shapes that a withheld source of ``layer`` drew.

    Where the table does not say whose outline a row has, one withheld source hides them all.
    """
    hidden = {s.id for s in ctx.pipeline.of_layer(layer) if s.publish is False}
    if not hidden:
        return frame
    if "source_id" in frame:
        return _blank(frame, frame["source_id"].isin(hidden), ["geometry"])
    return _blank(frame, pd.Series(True, frame.index), ["geometry"])


def _rt(frame: pd.DataFrame, hidden: Withheld, ctx: StageContext) -> pd.DataFrame:
    few = _few(frame)
    frame = _told(frame, "jumlah_kk", few, 0)
    frame = _blank(frame, few, frame.select_dtypes("number").columns)
    frame = _blank(frame, frame["id_kawasan"].isin(hidden.outlines), ["geometry"])
    return _without_outline(frame, ctx, "rt")


def _kawasan(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """A kawasan of fewer than five households is one small RT: its figures are as telling."""
    shares = [c for c in frame.columns if re.fullmatch(r"[pn]\d[a-e]", c)]
    few = _few(frame)
    frame = _blank(_told(frame, "jumlah_kk", few, 0), few, [*_HOUSEHOLD_COLUMNS, *shares])
    outline = frame["id_kawasan"].isin(hidden.outlines)
    reported = ["skor_dilaporkan", "tingkat_dilaporkan", "prioritas_dilaporkan"]
    return _blank(frame, outline, ["geometry", "lintang", "bujur", *reported])


def _facts(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    frame = frame[~frame["source_id"].isin(hidden.sources)].reset_index(drop=True)
    few = frame["id_rt"].isin(hidden.rt)
    return _blank(_told(frame, "volume", few), few, ["volume", "penyebut", "persen", "nilai"])


def _conflicts(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Candidates without what is withheld; the spread would give it away and goes with it."""
    parsed = frame["candidates"].map(lambda text: json.loads(text) if isinstance(text, str) else [])
    secret = parsed.map(lambda c: any(o.get("source_id") in hidden.sources for o in c))
    secret = secret.astype(bool) if len(frame) else pd.Series([], dtype=bool)
    few = frame["subject"].isin(hidden.rt)
    shown = [
        json.dumps([_candidate(o, hidden, small) for o in c], ensure_ascii=False)
        for c, small in zip(parsed, few, strict=True)
    ]
    frame = frame.assign(candidates=pd.Series(shown, index=frame.index, dtype="str"))
    return _blank(frame, secret | few, ["spread"])


def _candidate(candidate: Mapping[str, Any], hidden: Withheld, small: bool) -> dict[str, Any]:
    if candidate.get("source_id") in hidden.sources:
        return {"source_id": candidate["source_id"], "keterangan": WITHHELD}
    if small:
        return {"source_id": candidate.get("source_id"), "keterangan": f"{FEW} KK"}
    return dict(candidate)


def _boundaries(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """What differs between two outlines shows both: a withheld source takes its pairs with it."""
    secret = frame["source_id"].isin(hidden.sources) | frame["source_id_lain"].isin(hidden.sources)
    frame = frame[~secret].reset_index(drop=True)
    few = frame["subject"].isin(hidden.rt | hidden.kawasan)
    return _blank(frame, few, frame.select_dtypes("number").columns)


def _seams(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Gaps and overlaps are drawn by all whose outlines border them."""
    by = frame["source_id"].str.split(";")
    secret = by.map(lambda ids: isinstance(ids, list) and not hidden.sources.isdisjoint(ids))
    return frame[~secret.to_numpy(dtype=bool)].reset_index(drop=True)


def _decisions(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """What a stale decision found instead may quote a withheld source or a small RT."""
    quoted = _mentions(frame["found"], [*hidden.sources, *hidden.rt])
    return _blank(frame, quoted, ["found"])


def _pieces(frame: pd.DataFrame, hidden: Withheld, sk: NDArray[np.object_]) -> pd.DataFrame:
    """Pieces keep their hectares; those cut from a withheld outline lose their shape."""
    ids = frame["id_kawasan"].str.split(";")
    secret = ids.map(lambda i: isinstance(i, list) and not hidden.outlines.isdisjoint(i))
    mask = secret.to_numpy(dtype=bool).copy()
    if len(sk) and len(frame):
        inside = shapely.point_on_surface(np.asarray(frame.geometry, dtype=object))
        found = shapely.STRtree(sk).query(inside, predicate="intersects")[0]
        mask[found] = True
    return _blank(frame, pd.Series(mask, frame.index), ["geometry"])


def _hits(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    secret = frame["source_id"].isin(hidden.sources | hidden.mha)
    return frame[~secret].reset_index(drop=True)


def _screening(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Status and follow-up stay; figures that would place a community within its kelurahan go."""
    frame = _blank(frame, frame["id_kawasan"].isin(hidden.kawasan), _AFFECTED)
    if not hidden.mha:
        return frame
    return _blank(frame, frame["tema"] == "mha", [*_MHA_FIGURES, "rincian"])


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


def _findings(frame: pd.DataFrame, facts: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Findings stay countable; those about withheld content say only which rule and source."""
    own = frame["source_id"].isin(hidden.sources | hidden.mha)
    quoted = _mentions(frame["message"] + " " + frame["value"].fillna(""), hidden.sources)
    secret = own | quoted
    small = frame["subject"].isin(hidden.rt | hidden.kawasan) | _of_rows(frame, facts, hidden)
    plain = frame["rule"].map(lambda rule: f"{rules.plain(rule)} ({WITHHELD})")
    frame = frame.assign(message=frame["message"].mask(secret | small, plain))
    frame["judul"] = frame["rule"].map(rules.title).astype("str")
    row = frame["subject"].str.contains("#", regex=False, na=False)
    frame["subject"] = frame["subject"].mask(own & row, frame["source_id"])
    frame = _blank(frame, own, ["source_row"])
    frame = _blank(frame, secret, ["geometry"])
    return _blank(frame, secret | small, ["value"])


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
    keys = ["kode_kelurahan", "level"]
    grouped = rt.assign(level=levels.reported(rt)).groupby(keys, dropna=False)["luas_ha"]
    size = grouped.size()
    counted = {"luas_ha": grouped.sum(), "jumlah": size, "tanpa_luas": size - grouped.count()}
    return pd.DataFrame(counted).reset_index()


def _mentions(texts: pd.Series, words: Iterable[str]) -> pd.Series:
    """Whether a text names one of the words as a whole word."""
    listed = "|".join(re.escape(w) for w in sorted(words))
    if not listed:
        return pd.Series(False, texts.index)
    return texts.str.contains(rf"(?<![\w-])(?:{listed})(?![\w-])", regex=True, na=False)


def _blank(frame: pd.DataFrame, mask: pd.Series, columns: Iterable[str]) -> pd.DataFrame:
    """A copy with these columns unknown where ``mask`` holds."""
    frame = frame.copy()
    for column in columns:
        if column == "geometry":
            shapes = np.asarray(frame["geometry"], dtype=object).copy()
            shapes[mask.to_numpy(dtype=bool)] = None
            frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
        else:
            frame[column] = frame[column].mask(mask)
    return frame
