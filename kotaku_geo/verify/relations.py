"""The table of relations: groups of SK locations and kawasan with their figures and verdicts."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.geo.area import M2_PER_HA, geodesic_ha
from kotaku_geo.geo.grouping import Ints, union_by
from kotaku_geo.geo.similarity import aligned_iou, displacement
from kotaku_geo.late import record
from kotaku_geo.settings import Verify
from kotaku_geo.verify import verdicts
from kotaku_geo.verify.judging import Unions
from kotaku_geo.verify.overlaying import BERKURANG, BERTAMBAH, TETAP, TOLERANSI, Overlay
from kotaku_geo.verify.relating import Groups
from kotaku_geo.verify.sides import Side
from kotaku_geo.verify.written import Written, allowed

Floats = NDArray[np.float64]
POLYGON, TABLE = "poligon", "tabel"
COLUMNS = ["relation_id", "relation", "id_sk", "id_kawasan", "mode", "verdict", "susunan",
           "luas_sk_tertulis_ha", "luas_sk_ha", "luas_baseline_ha", "tetap_ha", "bertambah_ha",
           "berkurang_ha", "toleransi_ha", "iou", "iou_sejajar", "geser_p50_m", "geser_p95_m",
           "tingkat_sk", "tingkat_baseline", "perubahan_tingkat", "rekomendasi", "alasan",
           "tau_m", "sebab"]  # fmt: skip


@record
class Compared:
    """Two sides, how their places are grouped, and what the decree writes of the SK side."""

    sk: Side
    kawasan: Side
    groups: Groups
    written: Written


def drawn_relations(
    both: Compared, over: Overlay, tau: Floats, alike: dict[str, Floats], settings: Verify
) -> pd.DataFrame:
    """Relations of drawn places with their hectares and `likeness`, not yet judged."""
    groups, size = both.groups, both.groups.size
    frame = _heads(both, POLYGON)
    for column, side, kelas in (
        ("luas_sk_ha", "sk", None),
        ("luas_baseline_ha", "kawasan", None),
        ("tetap_ha", "sk", TETAP),
        ("bertambah_ha", "kawasan", BERTAMBAH),
        ("berkurang_ha", "sk", BERKURANG),
    ):
        label = groups.sk if side == "sk" else groups.kawasan
        frame[column] = over.by_group(side, label, size, kelas)
    frame["toleransi_ha"] = over.by_group("sk", groups.sk, size, TOLERANSI) + over.by_group(
        "kawasan", groups.kawasan, size, TOLERANSI
    )
    least = max(settings.min_piece_m2, 1e-3) / M2_PER_HA
    frame["ditambah"] = frame["bertambah_ha"] >= least
    frame["dikurangi"] = frame["berkurang_ha"] >= least
    shared = over.shared_in(groups.sk, groups.kawasan, size)
    together = frame["luas_sk_ha"] + frame["luas_baseline_ha"] - shared
    frame["iou"] = (shared / together).where(groups.both)
    return frame.assign(tau_m=tau, **alike)


def table_relations(both: Compared, crs: Any, percent: float) -> pd.DataFrame:
    """Relations in table mode, judged by their hectares; what was not drawn stays unknown."""
    groups, size = both.groups, both.groups.size
    frame = _heads(both, TABLE)
    union = union_by(both.kawasan.geometry, groups.kawasan, size)
    written = frame["luas_sk_tertulis_ha"].to_numpy(float)
    baseline = geodesic_ha(union, crs)
    digit = np.full(size, np.nan)
    np.fmax.at(digit, groups.sk, both.written.half_digit)
    limit = allowed(baseline, digit, percent)
    kind = frame["relation"].to_numpy(object)
    frame["verdict"] = verdicts.table_verdicts(kind, written, baseline, limit)
    frame["luas_baseline_ha"] = baseline
    wider, narrower = frame["verdict"] == "meluas", frame["verdict"] == "menyusut"
    compared = pd.Series(groups.both & ~np.isnan(written))
    frame["bertambah_ha"] = pd.Series(np.where(wider, baseline - written, 0.0)).where(compared)
    frame["berkurang_ha"] = pd.Series(np.where(narrower, written - baseline, 0.0)).where(compared)
    for column in ("luas_sk_ha", "tetap_ha", "toleransi_ha", "iou", "iou_sejajar", "geser_p50_m",
                   "geser_p95_m", "tau_m"):  # fmt: skip
        frame[column] = np.nan
    frame["sebab"] = pd.Series(None, index=frame.index, dtype=object)
    frame.loc[frame["verdict"] == "perlu_tinjau", "sebab"] = "luas_tidak_tertulis"
    return frame


def any_of(members: NDArray[np.bool_], group: Ints, size: int) -> NDArray[np.bool_]:
    """Whether any member of each group is one of these."""
    return np.bincount(group, weights=members, minlength=size).astype(bool)


def _heads(both: Compared, mode: str) -> pd.DataFrame:
    """Who belongs to each relation, what the decree writes of them, and their levels."""
    groups, size = both.groups, both.groups.size
    kind, arranged = verdicts.relation_kind(groups.count_sk, groups.count_kawasan)
    id_sk = _joined_ids(both.sk.ids, groups.sk, size)
    id_kawasan = _joined_ids(both.kawasan.ids, groups.kawasan, size)
    level_sk = verdicts.worst_level(both.sk.frame["tingkat"], groups.sk, size)
    level = verdicts.worst_level(both.kawasan.frame["tingkat"], groups.kawasan, size)
    rules = [
        verdicts.one_regulation(side.frame["regulation"], label, size)
        for side, label in ((both.sk, groups.sk), (both.kawasan, groups.kawasan))
    ]
    total = np.bincount(groups.sk, weights=both.written.hectares, minlength=size)
    change = verdicts.level_change(level_sk, level, rules[0], rules[1])
    return pd.DataFrame(
        {
            "relation_id": [_relation_id(a, b) for a, b in zip(id_sk, id_kawasan, strict=True)],
            "relation": kind,
            "id_sk": id_sk,
            "id_kawasan": id_kawasan,
            "mode": mode,
            "susunan": arranged,
            "luas_sk_tertulis_ha": np.where(groups.count_sk > 0, total, np.nan),
            "tingkat_sk": level_sk,
            "tingkat_baseline": level,
            "perubahan_tingkat": change,
        },
        index=pd.RangeIndex(size),
    )


def likeness(outlines: Unions, both: NDArray[np.bool_]) -> dict[str, Floats]:
    """Aligned IoU and displacement of the relations' own two unions; NaN for one side only."""
    result = {
        name: np.full(len(both), np.nan) for name in ("iou_sejajar", "geser_p50_m", "geser_p95_m")
    }
    sk, kawasan = outlines.sk[both], outlines.kawasan[both]
    result["iou_sejajar"][both] = aligned_iou(sk, kawasan)
    p50, p95 = displacement(sk, kawasan)
    result["geser_p50_m"][both], result["geser_p95_m"][both] = p50, p95
    return result


def _joined_ids(ids: NDArray[np.object_], group: Ints, size: int) -> NDArray[np.object_]:
    """``;``-joined ids of each group's members; places are sorted by id already."""
    members: list[list[str]] = [[] for _ in range(size)]
    for at, own in zip(group.tolist(), ids.tolist(), strict=True):
        members[at].append(own)
    return np.array([";".join(own) if own else None for own in members], dtype=object)


def _relation_id(id_sk: str | None, id_kawasan: str | None) -> str:
    identity = f"{id_sk or ''}|{id_kawasan or ''}"
    return "R-" + hashlib.sha256(identity.encode()).hexdigest()[:12]
