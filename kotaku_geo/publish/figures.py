"""The figures of the city profile, from releasable tables. Unknown stays unknown in every sum."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.publish import levels
from kotaku_geo.publish.release import Release

PRIORITIES = range(1, 10)


def by_level(released: Release) -> list[dict[str, Any]]:
    """Hectares and counts by reported level, of kawasan and of RTs.

    Keys: level, and for both sides, kawasan and rt: _ha, _n, and of those the ones whose level may
    still change, _open_ha, _open_n.
    """
    sides = {"kawasan": _kawasan_levels(released), "rt": released.rt_levels}
    rows: list[dict[str, Any]] = [{"level": level} for level in levels.LEVELS]
    for side, frame in sides.items():
        for infix, own in (("", frame), ("_open", frame[frame["terbuka"].astype(bool)])):
            total = own.groupby("level")[["luas_ha", "jumlah"]].sum()
            for row in rows:
                row[f"{side}{infix}_ha"] = float(total["luas_ha"].get(row["level"], 0.0))
                row[f"{side}{infix}_n"] = int(total["jumlah"].get(row["level"], 0))
    return rows


def _kawasan_levels(released: Release) -> pd.DataFrame:
    """Each kawasan with the columns of `Release.rt_levels`."""
    frame = released.table("consolidate/kawasan")
    return levels.described(frame).assign(luas_ha=frame["luas_ha"], jumlah=1)


def in_doubt(frame: pd.DataFrame) -> dict[str, Any]:
    """Of places with the columns of `Release.rt_levels`, those that may be slum or may be none.

    Keys: ragu_ha, ragu_n (counted as slum, and may be none), mungkin_ha, mungkin_n (not counted as
    slum, and may be one): where a level stands and a conflict over it is open.
    """
    doubtful = frame[frame["ragu"].astype(bool)]
    slum = doubtful["level"].isin(levels.SLUM)
    return {
        f"{name}_{unit}": kind(doubtful.loc[mask, column].sum())
        for name, mask in (("ragu", slum), ("mungkin", ~slum))
        for unit, column, kind in (("ha", "luas_ha", float), ("n", "jumlah", int))
    }


def headline(released: Release) -> dict[str, Any]:
    """What stands at the top of the page.

    Keys: kumuh_kawasan_ha, kumuh_rt_ha, belum_kawasan_ha, belum_rt_ha (level unknown),
    terbuka_kawasan_ha, terbuka_rt_ha (the level may still change), kawasan and rt (`in_doubt`),
    n_kawasan, n_rt, n_rt_kumuh (None where no RT is known to be one and some are unknown),
    n_rt_belum, n_kelurahan, luas_kawasan_ha, luas_rt_ha, tanpa_rt_ha (hectares of kawasan that
    belong to no RT; None where an RT's hectares are unknown), and for jumlah_penduduk and jumlah_kk
    the sum over the kawasan that have it and how many those are (None where none has).
    """
    rows = {row["level"]: row for row in by_level(released)}
    unknown = rows["tidak_diketahui"]

    def slum(side: str) -> float | None:
        """Hectares that are slum as it stands; unknown where nothing is known of any."""
        known = sum(row[f"{side}_n"] for row in rows.values()) - unknown[f"{side}_n"]
        return sum(rows[level][f"{side}_ha"] for level in levels.SLUM) if known else None

    kawasan = released.table("consolidate/kawasan")
    codes = kawasan["kode_kelurahan"].dropna().str.split(";").explode()
    rt = released.rt_levels
    n_slum = sum(rows[level]["rt_n"] for level in levels.SLUM)
    area, rt_area = float(kawasan["luas_ha"].sum()), float(rt["luas_ha"].sum())
    figures: dict[str, Any] = {
        "kumuh_kawasan_ha": slum("kawasan"),
        "kumuh_rt_ha": slum("rt"),
        "belum_kawasan_ha": unknown["kawasan_ha"],
        "belum_rt_ha": unknown["rt_ha"],
        "terbuka_kawasan_ha": sum(row["kawasan_open_ha"] for row in rows.values()),
        "terbuka_rt_ha": sum(row["rt_open_ha"] for row in rows.values()),
        "kawasan": in_doubt(_kawasan_levels(released)),
        "rt": in_doubt(rt),
        "n_kawasan": len(kawasan),
        "n_rt": int(rt["jumlah"].sum()),
        "n_rt_kumuh": None if n_slum == 0 and unknown["rt_n"] else n_slum,
        "n_rt_belum": unknown["rt_n"],
        "n_kelurahan": int(codes.nunique()),
        "luas_kawasan_ha": area,
        "luas_rt_ha": rt_area,
        "tanpa_rt_ha": None if rt["tanpa_luas"].any() else max(area - rt_area, 0.0),
    }
    for column in ("jumlah_penduduk", "jumlah_kk"):
        known = kawasan[column].dropna()
        figures[column] = float(known.sum()) if len(known) else None
        figures[f"{column}_n"] = len(known)
    return figures


def balance(released: Release) -> dict[str, Any]:
    """The city's hectares of the overlay, each place counted once.

    tetap + berkurang + toleransi_sk = sk and tetap + bertambah + toleransi_baseline = baseline.
    These are the hectares drawn. Further keys: n_sk and n_kawasan (locations), and of those
    verified from a table n_sk_tabel and n_kawasan_tabel, sk_tabel and baseline_tabel (their
    hectares: as written in the SK, and of the kawasan; None where none is known), n_tanpa_luas (SK
    locations without any hectares), tidak_kumuh (hectares of kawasan that are no slum), and
    berkurang_tinjau and bertambah_tinjau (hectares of those that await field review), and
    bertambah_biasa (hectares of those added that need no action).
    """
    pieces = released.table("verify/pieces")
    area, kind = pieces["luas_ha"], pieces["kelas"]
    of_sk = pieces["id_sk"].notna()

    def of(kelas: str, side: str, action: str) -> float:
        return float(area[(kind == kelas) & _recommended(released, side, action)].sum())

    locations = released.table("verify/locations")
    sk, kawasan = (locations[locations["sisi"] == side] for side in ("sk", "kawasan"))
    sk_table = sk[sk["id"].isin(_verified_from_table(released, "id_sk"))]
    kawasan_table = kawasan[kawasan["id"].isin(_verified_from_table(released, "id_kawasan"))]
    written = sk_table["luas_tertulis_ha"]
    levelled = {row["level"]: row for row in by_level(released)}
    return {
        "sk": float(area[of_sk].sum()),
        "baseline": float(area[pieces["id_kawasan"].notna()].sum()),
        "tetap": float(area[kind == "tetap"].sum()),
        "bertambah": float(area[kind == "bertambah"].sum()),
        "berkurang": float(area[kind == "berkurang"].sum()),
        "bertambah_tinjau": of("bertambah", "id_kawasan", "tinjau_lapangan"),
        "bertambah_biasa": of("bertambah", "id_kawasan", "tidak_perlu_tindakan"),
        "berkurang_tinjau": of("berkurang", "id_sk", "tinjau_lapangan"),
        "toleransi_sk": float(area[(kind == "toleransi") & of_sk].sum()),
        "toleransi_baseline": float(area[(kind == "toleransi") & ~of_sk].sum()),
        "n_sk": len(sk),
        "n_kawasan": len(kawasan),
        "n_sk_tabel": len(sk_table),
        "n_kawasan_tabel": len(kawasan_table),
        "sk_tabel": _total(written),
        "baseline_tabel": _total(kawasan_table["luas_ha"]),
        "n_tanpa_luas": int(written.isna().sum()),
        "tidak_kumuh": levelled["tidak_kumuh"]["kawasan_ha"],
    }


def _recommended(released: Release, side: str, action: str) -> pd.Series:
    """Whether a piece belongs to a place of which this is recommended."""
    relations, pieces = released.table("verify/relations"), released.table("verify/pieces")
    places = set(_members(relations.loc[relations["rekomendasi"] == action, side]))
    ids = pieces[side].fillna("").str.split(";")
    return ids.map(lambda own: not places.isdisjoint(own)).astype(bool)


def _verified_from_table(released: Release, side: str) -> pd.Series:
    """Ids of the places that a relation without polygons names and no piece of the overlay has."""
    relations, pieces = released.table("verify/relations"), released.table("verify/pieces")
    named = _members(relations.loc[relations["mode"] == "tabel", side])
    return named[~named.isin(_members(pieces[side]))]


def _members(ids: pd.Series) -> pd.Series:
    return ids.dropna().astype("object").str.split(";").explode()


def _total(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.sum()) if len(known) else None


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


def bins(limits: Collection[int], widest: int = 3) -> tuple[int, int]:
    """Lower end of the first bin and the width of all, so that every limit begins a bin.

    Args:
        limits: scores at which a level begins.
        widest: scores that a bin may span.
    """
    first = min(limits)
    apart = math.gcd(*(limit - first for limit in limits))
    width = max(w for w in range(1, widest + 1) if apart % w == 0)
    return -(-first % width), width


def histogram(released: Release) -> dict[str, Any]:
    """How many kawasan have which score; no bin straddles the limit of a level.

    Keys: counts (per bin), start (of the first bin), width (scores a bin spans), largest (score),
    limits (level → lowest score), known, reported (how many are reported scores), open (how many
    may still cross a level's limit).
    """
    regulation = resources.load(f"regulation/{released.pipeline.regulation}")
    largest = 5 * len(regulation["parameters"])
    limits = {row["level"]: row["from"] for row in regulation["levels"]}
    start, width = bins(limits.values())
    kawasan = released.table("consolidate/kawasan")
    score = kawasan["skor"].dropna().clip(0, largest)
    edges = np.arange(start, largest + width + 1, width)
    counts, _ = np.histogram(score, edges)
    reported = kawasan["skor"].notna() & (kawasan["kelengkapan"] == "tanpa_data")
    return {
        "counts": [int(c) for c in counts],
        "start": start,
        "width": width,
        "largest": largest,
        "limits": limits,
        "known": len(score),
        "reported": int(reported.sum()),
        "open": int((levels.unsettled(kawasan) & kawasan["skor"].notna()).sum()),
    }


def priorities(released: Release) -> dict[str, Any]:
    """How many kawasan, and hectares, of each priority.

    Keys: rows (prioritas, n, ha) for all of 1 … 9, unknown (number of slum kawasan without one),
    open (how many have one that rests on a level that may still change), patterns and authorities
    (value, n, ha), most hectares first.
    """
    kawasan = released.table("consolidate/kawasan")
    area = kawasan.groupby("prioritas")["luas_ha"]
    count, total = area.size(), area.sum()
    unknown = kawasan["prioritas"].isna() & (levels.reported(kawasan) != "tidak_kumuh")
    return {
        "rows": [
            {"prioritas": p, "n": int(count.get(p, 0)), "ha": float(total.get(p, 0.0))}
            for p in PRIORITIES
        ],
        "unknown": int(unknown.sum()),
        "open": int((kawasan["prioritas"].notna() & levels.unsettled(kawasan)).sum()),
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
