"""verify/summary.json: totals, the identity of the overlay, the city's recommendation."""

from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.geo.overlay import intersection_areas
from kotaku_geo.stage import StageContext
from kotaku_geo.verify.basis import BASIS
from kotaku_geo.verify.city import moved, recommendation
from kotaku_geo.verify.decree import Decree, faults, newest_source
from kotaku_geo.verify.verdicts import RECOMMENDATIONS, VERDICTS

LEVELS = ("berat", "sedang", "ringan", "tidak_kumuh", "tidak_diketahui")
CHANGES = ("sama", "naik", "turun", "tidak_diketahui")
_HECTARES = ["luas_sk_ha", "luas_sk_tertulis_ha", "luas_baseline_ha", "tetap_ha", "bertambah_ha",
             "berkurang_ha", "toleransi_ha"]  # fmt: skip
_DIGITS = 6


def summary(
    ctx: StageContext,
    relations: pd.DataFrame,
    locations: pd.DataFrame,
    pieces: pd.DataFrame,
    drawn_ha: dict[str, float],
    found: list[Decree],
) -> dict[str, Any]:
    """The summary document.

    Args:
        ctx: the stage's context, with its findings.
        relations, locations, pieces: the stage's tables.
        drawn_ha: hectares of either side (sk, kawasan) as measured before the overlay, each
            hectare once; what the pieces must add up to.
        found: the decrees.
    """
    pipeline = ctx.pipeline
    causes = faults(found, pipeline.regulation, newest_source(ctx))
    return {
        "kota": {"kode": pipeline.city.code, "nama": pipeline.city.name},
        "peraturan": pipeline.regulation,
        "total": _totals(pieces, locations, drawn_ha),
        "verdict": {v: _of_relations(relations[relations["verdict"] == v]) for v in VERDICTS},
        "tingkat": _levels(relations, locations),
        "rekomendasi": {
            "kota": recommendation(
                moved(pieces, relations), locations, causes, bool(found), _unread(ctx)
            ),
            "hubungan": {
                r: _of_relations(relations[relations["rekomendasi"] == r]) for r in RECOMMENDATIONS
            },
        },
        "kelurahan": _by_kelurahan(ctx, pieces, locations),
        "temuan": _findings(ctx),
        "masukan": _inputs(ctx),
    }


def _unread(ctx: StageContext) -> list[str]:
    """Sources of the SK that were delivered, or should have been, and gave no row."""
    accounts = ctx.sources("sk", "sk_tabel")
    kept = accounts.groupby("source_id")["rows_kept"].sum()
    return sorted(kept.index[kept == 0].astype(str))


def _totals(
    pieces: pd.DataFrame, locations: pd.DataFrame, drawn_ha: dict[str, float]
) -> dict[str, Any]:
    """Hectares of the city by class, each hectare once, and that the classes add up."""
    result = {}
    for side, sisi, column, changed in (
        ("sk", "sk", "id_sk", "berkurang"),
        ("baseline", "kawasan", "id_kawasan", "bertambah"),
    ):
        own = pieces[pieces[column].notna()]
        ha = own.groupby("kelas")["luas_ha"].sum()
        parts = {k: float(ha.get(k, 0.0)) for k in ("tetap", changed, "toleransi")}
        area = drawn_ha[sisi]
        places = locations[locations["sisi"] == sisi]
        result[side] = {
            "lokasi": len(places),
            "luas_ha": _round(area),
            **{f"{k}_ha": _round(v) for k, v in parts.items()},
            "selisih_identitas_ha": _round(area - sum(parts.values())),
            "luas_tertulis_ha": _round(places["luas_tertulis_ha"].sum(min_count=1)),
            "luas_mode_tabel_ha": _round(places.loc[places["tetap_ha"].isna(), "luas_ha"].sum()),
        }
    return result


def _of_relations(part: pd.DataFrame) -> dict[str, Any]:
    ids = {"lokasi_sk": "id_sk", "kawasan": "id_kawasan"}
    counts = {name: int((part[c].str.count(";") + 1).sum()) for name, c in ids.items()}
    hectares = {c: _round(part[c].sum()) for c in _HECTARES}
    return {"hubungan": len(part), **counts, **hectares}


def _levels(relations: pd.DataFrame, locations: pd.DataFrame) -> dict[str, Any]:
    level = locations["tingkat"].fillna("tidak_diketahui")
    area = locations["luas_ha"].fillna(locations["luas_tertulis_ha"])
    result: dict[str, Any] = {}
    for name, side in (("sk", "sk"), ("baseline", "kawasan")):
        own = locations["sisi"] == side
        result[name] = {
            k: {
                "lokasi": int((own & (level == k)).sum()),
                "luas_ha": _round(area[own & (level == k)].sum()),
            }
            for k in LEVELS
        }
    both = relations[relations["id_sk"].notna() & relations["id_kawasan"].notna()]
    result["perubahan"] = {k: int((both["perubahan_tingkat"] == k).sum()) for k in CHANGES}
    return result


def _by_kelurahan(
    ctx: StageContext, pieces: pd.DataFrame, locations: pd.DataFrame
) -> list[dict[str, Any]]:
    """Hectares of the pieces where they lie, and how many places of each verdict are named there.

    What lies in no kelurahan is under the code null.
    """
    if not ctx.has("consolidate/kelurahan"):
        return []
    table = ctx.read_geo("consolidate/kelurahan").sort_values("kode_kelurahan", ignore_index=True)
    i, j, area = intersection_areas(pieces.geometry, table.geometry, workers=ctx.workers)
    share = area / pieces.geometry.area.to_numpy()[i]
    outside = np.clip(1 - np.bincount(i, weights=share, minlength=len(pieces)), 0, None)
    outside[outside < 1e-9] = 0.0
    piece = np.concatenate([i, np.arange(len(pieces))])
    place = np.concatenate([j, np.full(len(pieces), len(table))])
    parts = pieces.drop(columns="geometry").iloc[piece].reset_index(drop=True)
    parts["luas_ha"] *= np.concatenate([share, outside])
    parts["tempat"] = place
    hectares = _hectares_by(parts, len(table) + 1)
    codes = [*table["kode_kelurahan"], None]
    titles = [*table["nama_kelurahan"], None]
    counts = _counts_by(locations, codes)
    rows = [
        {"kode_kelurahan": code, "nama_kelurahan": title, **ha, **count}
        for code, title, ha, count in zip(codes, titles, hectares, counts, strict=True)
    ]
    return [
        r
        for r in rows
        if r["kode_kelurahan"] is not None or r["luas_sk_ha"] + r["luas_baseline_ha"] > 0
    ]


def _hectares_by(parts: pd.DataFrame, size: int) -> list[dict[str, float | None]]:
    on_sk, on_baseline = parts["id_sk"].notna(), parts["id_kawasan"].notna()
    kelas = parts["kelas"]
    masks = {
        "luas_sk_ha": on_sk,
        "luas_baseline_ha": on_baseline,
        "tetap_ha": kelas == "tetap",
        "berkurang_ha": kelas == "berkurang",
        "bertambah_ha": kelas == "bertambah",
        "toleransi_sk_ha": on_sk & (kelas == "toleransi"),
        "toleransi_baseline_ha": on_baseline & (kelas == "toleransi"),
    }
    columns = {
        name: np.bincount(parts["tempat"][m], weights=parts["luas_ha"][m], minlength=size)
        for name, m in masks.items()
    }
    return [{name: _round(values[n]) for name, values in columns.items()} for n in range(size)]


def _counts_by(locations: pd.DataFrame, codes: list[Any]) -> list[dict[str, Any]]:
    """Places of either side and their verdicts by kelurahan; a place in several counts in each."""
    places = locations[["sisi", "verdict"]].assign(
        kode=locations["kode_kelurahan"].astype(object).str.split(";")
    )
    long = places.explode("kode", ignore_index=True)
    long["at"] = pd.Index(codes[:-1]).get_indexer(long["kode"]) % len(codes)  # unknown: the last
    table = long.groupby(["at", "sisi", "verdict"]).size()
    result: list[dict[str, Any]] = [
        {"jumlah_lokasi_sk": 0, "jumlah_kawasan": 0, "verdict": {"sk": {}, "kawasan": {}}}
        for _ in codes
    ]
    for at, sisi, verdict, count in table.reset_index().itertuples(index=False):
        result[at]["verdict"][sisi][verdict] = int(count)
        result[at]["jumlah_lokasi_sk" if sisi == "sk" else "jumlah_kawasan"] += int(count)
    return result


def _findings(ctx: StageContext) -> dict[str, Any]:
    """Counts of what this stage found, and those before it in what it is based on."""
    own = [ctx.findings.raw()[["rule", "severity"]]]
    if ctx.has("consolidate/findings"):
        own.append(ctx.read_geo("consolidate/findings")[["rule", "severity"]])
    frames = [pd.DataFrame(f).assign(jumlah=1) for f in own] + [ctx.counts(*BASIS)]
    table = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    by_severity = table.groupby("severity")["jumlah"].sum()
    by_rule = table.groupby("rule")["jumlah"].sum()
    return {
        "jumlah": {k: int(by_severity.get(k, 0)) for k in ("error", "warning", "info")},
        "menurut_aturan": {k: int(by_rule[k]) for k in sorted(by_rule.index)},
    }


def _inputs(ctx: StageContext) -> list[dict[str, Any]]:
    """The files of the decree and of the baseline, with their hashes."""
    table = ctx.sources(*BASIS)[["source_id", "path", "sha256"]]
    table = table.sort_values(["source_id", "path"]).astype(object)
    records = table.where(table.notna(), None).to_dict("records")
    return [{str(k): v for k, v in record.items()} for record in records]


def _round(value: Any) -> float | None:
    """Hectares to the square centimetre; null where unknown."""
    if value is None or pd.isna(value):
        return None
    return round(float(value), _DIGITS) + 0.0
