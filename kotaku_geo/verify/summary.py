"""verify/summary.json: totals, the identity of the overlay, the city's recommendation."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.stage import StageContext
from kotaku_geo.verify.basis import BASIS
from kotaku_geo.verify.city import moved, recommendation
from kotaku_geo.verify.decree import Decree, faults, newest_source
from kotaku_geo.verify.lying import Lying
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
    where: Lying | None,
    found: list[Decree],
) -> dict[str, Any]:
    """The summary document.

    Args:
        ctx: the stage's context, with its findings.
        relations, locations, pieces: the stage's tables.
        drawn_ha: hectares of either side (sk, kawasan) as measured before the overlay, each
            hectare once; what the pieces must add up to.
        where: in which kelurahan the pieces lie.
        found: the decrees.
    """
    pipeline = ctx.pipeline
    causes = faults(found, pipeline.regulation, newest_source(ctx))
    return {
        "kota": {"kode": pipeline.city.code, "nama": pipeline.city.name},
        "peraturan": pipeline.regulation,
        "total": _totals(pieces, locations, drawn_ha),
        "verdict": _by(relations, "verdict", VERDICTS),
        "tingkat": _levels(relations, locations),
        "rekomendasi": {
            "kota": recommendation(
                moved(pieces, relations), locations, causes, bool(found), _unread(ctx)
            ),
            "hubungan": _by(relations, "rekomendasi", RECOMMENDATIONS),
        },
        "kelurahan": _by_kelurahan(where, pieces, locations),
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


def _by(relations: pd.DataFrame, column: str, words: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Number of relations, of their places on either side and their hectares by a column's word."""
    value = relations[column].to_numpy(object)
    members = {
        name: (relations[ids].str.count(";") + 1).fillna(0).to_numpy(int)
        for name, ids in (("lokasi_sk", "id_sk"), ("kawasan", "id_kawasan"))
    }
    hectares = {name: relations[name].to_numpy(float) for name in _HECTARES}
    result = {}
    for word in words:
        own = value == word
        counts = {name: int(count[own].sum()) for name, count in members.items()}
        sums = {name: _round(np.nansum(ha[own])) for name, ha in hectares.items()}
        result[word] = {"hubungan": int(own.sum()), **counts, **sums}
    return result


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
    where: Lying | None, pieces: pd.DataFrame, locations: pd.DataFrame
) -> list[dict[str, Any]]:
    """Hectares of the pieces where they lie, and how many places of each verdict are named there.

    What lies in no kelurahan is under the code null.
    """
    if where is None:
        return []
    hectares = _hectares_by(where, pieces)
    counts = _counts_by(locations, where.codes)
    told = zip(where.codes, where.titles, hectares, counts, strict=True)
    rows = [
        {"kode_kelurahan": code, "nama_kelurahan": title, **ha, **count}
        for code, title, ha, count in told
    ]
    return [
        r
        for r in rows
        if r["kode_kelurahan"] is not None or r["luas_sk_ha"] + r["luas_baseline_ha"] > 0
    ]


def _hectares_by(where: Lying, pieces: pd.DataFrame) -> list[dict[str, float | None]]:
    size = len(where.codes)
    hectares = pieces["luas_ha"].to_numpy(float)[where.piece] * where.share
    on_sk, on_baseline = (
        pieces[ids].notna().to_numpy(bool)[where.piece] for ids in ("id_sk", "id_kawasan")
    )
    kelas = pieces["kelas"].to_numpy(object)[where.piece]
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
        name: np.bincount(where.place[mask], weights=hectares[mask], minlength=size)
        for name, mask in masks.items()
    }
    return [{name: _round(values[n]) for name, values in columns.items()} for n in range(size)]


def _counts_by(locations: pd.DataFrame, codes: list[Any]) -> list[dict[str, Any]]:
    """Places of either side and their verdicts by kelurahan; a place in several counts in each."""
    row = {code: at for at, code in enumerate(codes[:-1])}
    elsewhere = len(codes) - 1
    told = locations[["sisi", "verdict", "kode_kelurahan"]].to_numpy(object).tolist()
    table = Counter(
        (row.get(code, elsewhere), sisi, verdict)
        for sisi, verdict, listed in told
        for code in (listed.split(";") if isinstance(listed, str) else [None])
    )
    result: list[dict[str, Any]] = [
        {"jumlah_lokasi_sk": 0, "jumlah_kawasan": 0, "verdict": {"sk": {}, "kawasan": {}}}
        for _ in codes
    ]
    for (at, sisi, verdict), count in sorted(table.items()):
        result[at]["verdict"][sisi][verdict] = count
        result[at]["jumlah_lokasi_sk" if sisi == "sk" else "jumlah_kawasan"] += count
    return result


def _findings(ctx: StageContext) -> dict[str, Any]:
    """Counts of what this stage found, and those before it in what it is based on."""
    found = [(row["rule"], row["severity"], 1) for row in ctx.findings.rows]
    if ctx.has("consolidate/findings"):
        before = ctx.read("consolidate/findings", ["rule", "severity"])
        found += [(rule, severity, 1) for rule, severity in before.to_numpy(object).tolist()]
    earlier = ctx.counts(*BASIS)[["rule", "severity", "jumlah"]].to_numpy(object)
    found += [(rule, severity, int(count)) for rule, severity, count in earlier.tolist()]
    by_rule, by_severity = Counter[str](), Counter[str]()
    for rule, severity, count in found:
        by_rule[rule] += count
        by_severity[severity] += count
    return {
        "jumlah": {severity: by_severity[severity] for severity in ("error", "warning", "info")},
        "menurut_aturan": {rule: by_rule[rule] for rule in sorted(by_rule)},
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
