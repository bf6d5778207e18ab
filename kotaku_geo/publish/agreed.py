"""Parts of the gate `release`: facts, conflicts, outlines and decisions."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kotaku_geo.publish.masking import FEW, HOUSEHOLDS, Withheld, blank, mentions, told
from kotaku_geo.publish.words import text

_FIGURES = ["volume", "penyebut", "persen", "nilai"]
_OUTCOMES = ["spread", "dampak_rt", "dampak_kawasan"]  # each tells what the candidates said
_QUOTING = ["value", "reason", "found", "taken_on"]  # of a decision: words and figures of people


def facts(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Candidates of sources that may be seen; of a small RT without figures."""
    frame = frame[~frame["source_id"].isin(hidden.sources)].reset_index(drop=True)
    few = frame["id_rt"].isin(hidden.rt)
    return blank(told(frame, "volume", few), few, _FIGURES)


def candidates(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """All candidates, so that a story can count them; of what is withheld only who speaks."""
    secret = frame["source_id"].isin(hidden.sources)
    frame = blank(frame, secret | frame["id_rt"].isin(hidden.rt), _FIGURES)
    return blank(frame, secret, ["source_row"])


def conflicts(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Candidates without what is withheld; what would give them away goes with them.

    Households and hectares of a small RT or kawasan are not told; unknown ones stay unknown.
    """
    parsed = frame["candidates"].map(lambda said: json.loads(said) if isinstance(said, str) else [])
    secret = parsed.map(lambda c: any(o.get("source_id") in hidden.sources for o in c))
    secret = secret.astype(bool) if len(frame) else pd.Series([], dtype=bool)
    small = frame["subject"].isin(hidden.rt)
    shown = [
        json.dumps([_candidate(o, hidden, few) for o in c], ensure_ascii=False)
        for c, few in zip(parsed, small, strict=True)
    ]
    frame = frame.assign(candidates=pd.Series(shown, index=frame.index, dtype="str"))
    few = small | frame["subject"].isin(hidden.kawasan) | (frame["jumlah_kk"] < HOUSEHOLDS)
    frame = blank(told(frame, "jumlah_kk", few, 0), few, ["jumlah_kk", "luas_ha"])
    return blank(blank(frame, secret, _OUTCOMES), small, ["spread"])


def _candidate(candidate: Mapping[str, Any], hidden: Withheld, small: bool) -> dict[str, Any]:
    if candidate.get("source_id") in hidden.sources:
        return {"source_id": candidate["source_id"], "keterangan": text("temuan.tersembunyi")}
    if small:
        return {"source_id": candidate.get("source_id"), "keterangan": f"{FEW} KK"}
    return dict(candidate)


def boundaries(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """What differs between two outlines shows both: a withheld source takes its pairs with it."""
    secret = frame["source_id"].isin(hidden.sources) | frame["source_id_lain"].isin(hidden.sources)
    frame = frame[~secret].reset_index(drop=True)
    few = frame["subject"].isin(hidden.rt | hidden.kawasan)
    return blank(frame, few, frame.select_dtypes("number").columns)


def seams(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """Gaps and overlaps are drawn by all whose outlines border them."""
    by = frame["source_id"].str.split(";")
    secret = by.map(lambda ids: isinstance(ids, list) and not hidden.sources.isdisjoint(ids))
    return frame[~secret.to_numpy(dtype=bool)].reset_index(drop=True)


def decisions(frame: pd.DataFrame, hidden: Withheld) -> pd.DataFrame:
    """What people wrote may quote a withheld source or a small RT; of such a source no row."""
    names = [*hidden.sources, *hidden.rt]
    for column in _QUOTING:
        frame = blank(frame, mentions(frame[column], names), [column])
    small = frame["subject"].isin(hidden.rt) | frame["subject_now"].isin(hidden.rt)
    frame = blank(frame, small, _QUOTING)
    source = frame["source_id"].str.partition("#")[0] if len(frame) else frame["source_id"]
    return frame.assign(source_id=frame["source_id"].mask(source.isin(hidden.sources), source))
