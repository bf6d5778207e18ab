"""The rows of the city profile's tables, from releasable tables, as plain Python values."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kotaku_geo import findings as register
from kotaku_geo.publish import levels
from kotaku_geo.publish.layers import THEMES
from kotaku_geo.publish.release import Release

EXAMPLES = 5
RESPONSIBLE = ("pokja", "kelurahan", "pengirim", "gis")
_STATUS_ORDER = ("terindikasi", "data_sebagian", "data_tidak_tersedia", "tidak_terindikasi")
_VERDICTS = ("perlu_tinjau", "belum_terdata", "tidak_ada_di_sk", "tidak_ada_di_baseline",
             "berubah_bentuk", "meluas", "menyusut", "bergeser", "sesuai")  # fmt: skip


def kelurahan(released: Release) -> dict[str, Any]:
    """Kelurahan in the order of their codes, with kawasan counts and SK hectares.

    Keys: rows, total (sums of the hectares; unknown where one kelurahan's is).
    """
    frame = pd.DataFrame(released.table("consolidate/kelurahan")).drop(columns="geometry")
    kawasan = released.table("consolidate/kawasan")[["id_kawasan", "kode_kelurahan"]].dropna()
    codes = kawasan["kode_kelurahan"].str.split(";").explode()
    locations = released.table("verify/locations")
    sk = locations[locations["sisi"] == "sk"].groupby("kode_kelurahan")["luas_ha"].sum(min_count=1)
    frame["n_kawasan"] = frame["kode_kelurahan"].map(codes.value_counts()).fillna(0).astype(int)
    frame["sk_ha"] = frame["kode_kelurahan"].map(sk)
    frame["bagian"] = frame["luas_kumuh_kawasan_ha"] / frame["luas_ha"]
    hectares = ["luas_ha", "luas_kawasan_ha", "luas_kumuh_rt_ha", "luas_kumuh_kawasan_ha"]
    total = frame[hectares].sum(skipna=False) if len(frame) else pd.Series(None, index=hectares)
    return {
        "rows": rows(frame.sort_values("kode_kelurahan")),
        "total": {name: _value(value) for name, value in total.items()},
    }


def kawasan(released: Release) -> list[dict[str, Any]]:
    """Kawasan, gravest first: level, then score, then name; level is the reported one."""
    frame = pd.DataFrame(released.table("consolidate/kawasan")).drop(columns="geometry")
    rank = {level: i for i, level in enumerate(levels.LEVELS)}
    frame["level"] = levels.reported(frame)
    frame["_rank"] = frame["level"].map(rank)
    frame["nama"] = names(released)
    order = ["_rank", "skor", "nama_kelurahan", "nama", "id_kawasan"]
    frame = frame.sort_values(order, ascending=[True, False, True, True, True])
    return rows(frame.drop(columns="_rank"))


def names(released: Release) -> pd.Series:
    """What to call each kawasan, in the order of its table.

    Its own name; else the place its id is made of, in words (Mantuil RT 017/RW 002); else the id.
    """
    frame = released.table("consolidate/kawasan")
    parts = frame["id_kawasan"].str.extract(r"-RW(?P<rw>\w+)-RT(?P<rt>\w+)$")
    where = frame["nama_kelurahan"] + " RT " + parts["rt"]
    where = where.mask(parts["rw"].fillna("000") != "000", where + "/RW " + parts["rw"].fillna(""))
    return frame["nama_kawasan"].fillna(where).fillna(frame["id_kawasan"])


def relations(released: Release) -> list[dict[str, Any]]:
    """Relations, those that need a look first, then by the hectares that change.

    Adds nama_sk and nama_kawasan, the names of the members.
    """
    frame = released.table("verify/relations").copy()
    locations = released.table("verify/locations")
    own = locations[locations["sisi"] == "sk"].dropna(subset="nama").drop_duplicates("id")
    kawasan_ids = released.table("consolidate/kawasan")["id_kawasan"]
    known = {
        "sk": dict(zip(own["id"], own["nama"], strict=True)),
        "kawasan": dict(zip(kawasan_ids, names(released), strict=True)),
    }
    for side, column in (("sk", "id_sk"), ("kawasan", "id_kawasan")):
        frame[f"nama_{side}"] = frame[column].map(lambda ids, k=known[side]: _named(ids, k))
    frame["_rank"] = frame["verdict"].map({v: i for i, v in enumerate(_VERDICTS)}).fillna(99)
    frame["_change"] = frame[["bertambah_ha", "berkurang_ha"]].sum(axis=1)
    frame = frame.sort_values(["_rank", "_change", "relation_id"], ascending=[True, False, True])
    return rows(frame.drop(columns=["_rank", "_change"]))


def verdicts(released: Release) -> list[dict[str, Any]]:
    """Number of relations and hectares (of the larger side) by verdict; empty ones left out."""
    frame = released.table("verify/relations")
    area = frame[["luas_baseline_ha", "luas_sk_ha"]].max(axis=1)
    grouped = frame.assign(ha=area).groupby("verdict")["ha"]
    count, total = grouped.size(), grouped.sum()
    return [
        {"verdict": v, "n": int(count[v]), "ha": float(total[v])} for v in _VERDICTS if v in count
    ]


def recommendations(released: Release) -> list[dict[str, Any]]:
    """Number of relations by recommendation, most frequent first."""
    count = released.table("verify/relations")["rekomendasi"].value_counts()
    ordered = sorted(count.items(), key=lambda item: (-item[1], str(item[0])))
    return [{"rekomendasi": name, "n": int(n)} for name, n in ordered]


def screening(released: Release) -> dict[str, Any]:
    """The matrix and its sums.

    Keys: themes (tema, counts by status, ha hit, kawasan), rows (id_kawasan, nama, nama_kelurahan,
    cells in the order of the themes: status, luas_ha, persen, rincian, tindak_lanjut), those with
    most indications first.
    """
    frame = released.table("screen/screening")
    named = released.table("consolidate/kawasan")[["id_kawasan", "nama_kelurahan"]]
    named = named.assign(nama=names(released))
    hit = frame[frame["status"] == "terindikasi"]
    number_of_hits = hit["id_kawasan"].value_counts()
    cells = {
        (row["id_kawasan"], row["tema"]): row
        for row in rows(
            frame[["id_kawasan", "tema", "status", "luas_ha", "persen", "tindak_lanjut"]]
        )
    }
    listed = named[named["id_kawasan"].isin(frame["id_kawasan"])].copy()
    listed["n"] = listed["id_kawasan"].map(number_of_hits).fillna(0).astype(int)
    listed = listed.sort_values(["n", "nama", "id_kawasan"], ascending=[False, True, True])
    matrix = [
        {**row, "cells": [cells.get((row["id_kawasan"], theme)) for theme in THEMES]}
        for row in rows(listed)
    ]
    return {"themes": [_theme(frame, theme) for theme in THEMES], "rows": matrix}


def _theme(frame: pd.DataFrame, theme: str) -> dict[str, Any]:
    own = frame[frame["tema"] == theme]
    count = own["status"].value_counts()
    hit = own.loc[own["status"] == "terindikasi"]
    follow = hit["tindak_lanjut"].dropna().drop_duplicates().sort_values()
    return {
        "tema": theme,
        "counts": [{"status": s, "n": int(count.get(s, 0))} for s in _STATUS_ORDER],
        "parts": [(f"status-{s}", int(count.get(s, 0))) for s in _STATUS_ORDER],
        "n": len(own),
        "terindikasi": int(count.get("terindikasi", 0)),
        "unseen": int(count.get("data_tidak_tersedia", 0)) == len(own),
        "ha": _value(hit["luas_ha"].sum(min_count=1)),
        "tindak_lanjut": list(follow),
    }


def findings(released: Release) -> list[dict[str, Any]]:
    """Findings grouped by who must act and by rule, gravest first.

    Keys of a group: responsible, n, counts by severity, rules (rule, severity, n, waived, texts
    and acts by language, examples).
    """
    frame = pd.DataFrame(released.table("findings")).drop(columns="geometry")
    frame["_rank"] = frame["severity"].map({"error": 0, "warning": 1, "info": 2}).fillna(3)
    groups = []
    for side in RESPONSIBLE:
        own = frame[frame["responsible"] == side]
        if len(own):
            counts = own["severity"].value_counts()
            groups.append(
                {
                    "responsible": side,
                    "n": len(own),
                    "counts": {s: int(counts.get(s, 0)) for s in ("error", "warning", "info")},
                    "rules": _rules(own),
                }
            )
    return groups


def _rules(frame: pd.DataFrame) -> list[dict[str, Any]]:
    listed = []
    for (rank, rule), own in frame.groupby(["_rank", "rule"]):
        examples = own.sort_values(["dikecualikan", "subject", "finding_id"], na_position="first")
        listed.append(
            {
                "rank": rank,
                "rule": rule,
                "severity": own["severity"].iloc[0],
                "n": len(own),
                "waived": int(own["dikecualikan"].notna().sum()),
                "text": {lang: plain(str(rule), lang) for lang in ("id", "en")},
                "act": {lang: _act(str(rule), lang) for lang in ("id", "en")},
                "examples": rows(examples.head(EXAMPLES)[["subject", "source_id", "message"]]),
            }
        )
    return sorted(listed, key=lambda r: (r["rank"], -r["n"], r["rule"]))


def plain(rule: str, lang: str) -> str:
    """A rule's sentence with an ellipsis in place of its particulars; its id where unknown."""
    known: Mapping[str, Mapping[str, str]] = register.rules()
    return re.sub(r"\"?\{\w+\}\"?", "…", known[rule][lang]) if rule in known else rule


def _act(rule: str, lang: str) -> str:
    known = register.rules()
    return known[rule][f"act_{lang}"] if rule in known else ""


def sources(released: Release) -> list[dict[str, Any]]:
    """Deliveries in the order of the pipeline file."""
    frame = released.table("ingest/sources")
    rank = {s.id: i for i, s in enumerate(released.pipeline.sources)}
    frame = frame.assign(_rank=frame["source_id"].map(rank)).sort_values(["_rank", "path"])
    return rows(frame.drop(columns="_rank"))


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as plain values; unknown is None."""
    plain_frame = frame.astype("object").where(frame.notna(), None)
    return [{str(k): _value(v) for k, v in r.items()} for r in plain_frame.to_dict("records")]


def _value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if value is None or value != value else value


def _named(ids: Any, known: Mapping[str, str]) -> str | None:
    if not isinstance(ids, str):
        return None
    return ", ".join(dict.fromkeys(known.get(i, i) for i in ids.split(";")))
