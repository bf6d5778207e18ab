"""The figures of the city profile, from releasable tables. Unknown stays unknown in every sum."""

from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.publish import levels
from kotaku_geo.publish.release import Release

PRIORITIES = range(1, 10)


def by_level(released: Release) -> list[dict[str, Any]]:
    """Hectares and counts by reported level, of kawasan and of RTs.

    Keys: level, kawasan_ha, kawasan_n, rt_ha, rt_n.
    """
    kawasan = released.table("consolidate/kawasan")
    grouped = kawasan.assign(level=levels.reported(kawasan)).groupby("level")["luas_ha"]
    area, count, rt = grouped.sum(), grouped.size(), released.rt_levels
    return [
        {
            "level": level,
            "kawasan_ha": float(area.get(level, 0.0)),
            "kawasan_n": int(count.get(level, 0)),
            "rt_ha": float(rt["luas_ha"].get(level, 0.0)),
            "rt_n": int(rt["jumlah"].get(level, 0)),
        }
        for level in levels.LEVELS
    ]


def headline(released: Release) -> dict[str, Any]:
    """What stands at the top of the page.

    Keys: kumuh_kawasan_ha, kumuh_rt_ha, belum_kawasan_ha, belum_rt_ha (level unknown), n_kawasan,
    n_rt, n_kelurahan, luas_kawasan_ha, and for jumlah_penduduk and jumlah_kk the sum over the
    kawasan that have it and how many those are (None where none has).
    """
    rows = {row["level"]: row for row in by_level(released)}
    unknown = rows["tidak_diketahui"]

    def slum(side: str) -> float | None:
        """Hectares that are slum for sure; unknown where nothing is known of any."""
        known = sum(row[f"{side}_n"] for row in rows.values()) - unknown[f"{side}_n"]
        return sum(rows[level][f"{side}_ha"] for level in levels.SLUM) if known else None

    kawasan = released.table("consolidate/kawasan")
    codes = kawasan["kode_kelurahan"].dropna().str.split(";").explode()
    figures: dict[str, Any] = {
        "kumuh_kawasan_ha": slum("kawasan"),
        "kumuh_rt_ha": slum("rt"),
        "belum_kawasan_ha": unknown["kawasan_ha"],
        "belum_rt_ha": unknown["rt_ha"],
        "n_kawasan": len(kawasan),
        "n_rt": int(released.rt_levels["jumlah"].sum()),
        "n_kelurahan": int(codes.nunique()),
        "luas_kawasan_ha": float(kawasan["luas_ha"].sum()),
    }
    for column in ("jumlah_penduduk", "jumlah_kk"):
        known = kawasan[column].dropna()
        figures[column] = float(known.sum()) if len(known) else None
        figures[f"{column}_n"] = len(known)
    return figures


def balance(released: Release) -> dict[str, Any]:
    """The city's hectares of the overlay, each place counted once.

    tetap + berkurang + toleransi_sk = sk and tetap + bertambah + toleransi_baseline = baseline.
    Further keys: n_sk and n_kawasan (locations), n_tabel (SK locations without a polygon).
    """
    pieces = released.table("verify/pieces")
    area, kind = pieces["luas_ha"], pieces["kelas"]
    of_sk = pieces["id_sk"].notna()
    locations = released.table("verify/locations")
    relations = released.table("verify/relations")
    tabular = relations.loc[relations["mode"] == "tabel", "id_sk"].dropna()
    return {
        "sk": float(area[of_sk].sum()),
        "baseline": float(area[pieces["id_kawasan"].notna()].sum()),
        "tetap": float(area[kind == "tetap"].sum()),
        "bertambah": float(area[kind == "bertambah"].sum()),
        "berkurang": float(area[kind == "berkurang"].sum()),
        "toleransi_sk": float(area[(kind == "toleransi") & of_sk].sum()),
        "toleransi_baseline": float(area[(kind == "toleransi") & ~of_sk].sum()),
        "n_sk": int((locations["sisi"] == "sk").sum()),
        "n_kawasan": int((locations["sisi"] == "kawasan").sum()),
        "n_tabel": int(tabular.str.count(";").add(1).sum()) if len(tabular) else 0,
    }


def parameters(released: Release) -> list[dict[str, Any]]:
    """Each parameter's mean deficient share over the kawasan that have it, weighted by hectares.

    Keys: id, aspect, names (id, en), mean (0 … 1, None where no kawasan has it), known, of,
    scores (number of kawasan with 5, 3, 1, 0).
    """
    kawasan = released.table("consolidate/kawasan")
    table = resources.load(f"regulation/{released.pipeline.regulation}")["parameters"]
    rows = []
    for row in table:
        share = kawasan[f"p{row['id']}"].clip(0, 1)
        score = kawasan[f"n{row['id']}"]
        rows.append(
            {
                "id": row["id"],
                "aspect": row["aspect"],
                "names": {"id": row["id_name"], "en": row["en_name"]},
                "mean": _weighted(share, kawasan["luas_ha"]),
                "known": int(share.notna().sum()),
                "of": len(kawasan),
                "scores": {s: int((score == s).sum()) for s in (5, 3, 1, 0)},
            }
        )
    return rows


def aspects(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The seven aspects: plain mean of their parameters' means (keys: aspect, mean)."""
    frame = pd.DataFrame(rows)[["aspect", "mean"]].astype({"mean": "float64"})
    means = frame.groupby("aspect", sort=False)["mean"].mean()
    return [{"aspect": a, "mean": None if np.isnan(m) else float(m)} for a, m in means.items()]


def histogram(released: Release, bins: int = 27) -> dict[str, Any]:
    """How many kawasan have which score.

    Keys: counts (per bin), width (scores a bin spans), largest (score), limits (level → lowest
    score), known, reported (how many are reported scores).
    """
    regulation = resources.load(f"regulation/{released.pipeline.regulation}")
    largest = 5 * len(regulation["parameters"])
    width = max(1, round(largest / bins))
    kawasan = released.table("consolidate/kawasan")
    score = kawasan["skor"].dropna().clip(0, largest)
    edges = np.arange(0, largest + width + 1, width)
    counts, _ = np.histogram(score, edges)
    reported = kawasan["skor"].notna() & (kawasan["kelengkapan"] == "tanpa_data")
    return {
        "counts": [int(c) for c in counts],
        "width": width,
        "largest": largest,
        "limits": {row["level"]: row["from"] for row in regulation["levels"]},
        "known": len(score),
        "reported": int(reported.sum()),
    }


def priorities(released: Release) -> dict[str, Any]:
    """How many kawasan, and hectares, of each priority.

    Keys: rows (prioritas, n, ha) for all of 1 … 9, unknown (number of slum kawasan without one),
    patterns and authorities (value, n, ha), most hectares first.
    """
    kawasan = released.table("consolidate/kawasan")
    area = kawasan.groupby("prioritas")["luas_ha"]
    count, total = area.size(), area.sum()
    open_ = kawasan["prioritas"].isna() & (levels.reported(kawasan) != "tidak_kumuh")
    return {
        "rows": [
            {"prioritas": p, "n": int(count.get(p, 0)), "ha": float(total.get(p, 0.0))}
            for p in PRIORITIES
        ],
        "unknown": int(open_.sum()),
        "patterns": _counted(kawasan, "pola_penanganan"),
        "authorities": _counted(kawasan, "kewenangan"),
    }


def _counted(kawasan: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    area = kawasan.groupby(column)["luas_ha"]
    total, size = area.sum(), area.size()
    listed = [
        {"value": str(v), "n": int(n), "ha": float(ha)}
        for v, n, ha in zip(size.index, size, total, strict=True)
    ]
    return sorted(listed, key=lambda row: (-row["ha"], row["value"]))


def _weighted(values: pd.Series, weights: pd.Series) -> float | None:
    known = values.notna() & weights.notna()
    total = float(weights[known].sum())
    if not known.any():
        return None
    if total <= 0:
        return float(values[known].mean())
    return float((values[known] * weights[known]).sum() / total)
