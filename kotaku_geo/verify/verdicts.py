"""Verdicts, level changes and recommendations, on arrays: one entry a relation."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo.geo.grouping import Ints
from kotaku_geo.regulation import LEVELS
from kotaku_geo.verify.sides import UNKNOWN_REGULATION

Texts = NDArray[np.object_]
RATIO = (0.8, 1.25)  # baseline over SK, of a shape that was only shifted
ALIGNED_IOU = 0.8
ALIGNED_GAIN = 0.1
LOW_IOU = 0.2
LOW_IOU_MIXED = 0.5
_EPS = 1e-6  # equality of shares and ratios of areas on the ellipsoid
VERDICTS = ("sesuai", "meluas", "menyusut", "bergeser", "berubah_bentuk", "perlu_tinjau",
            "belum_terdata", "tidak_ada_di_baseline", "tidak_ada_di_sk")  # fmt: skip
RECOMMENDATIONS = ("tetap", "ubah_sk", "masukkan_ke_sk", "keluarkan_dari_sk", "tinjau_lapangan",
                   "tidak_perlu_tindakan")  # fmt: skip


def relation_kind(count_sk: Ints, count_kawasan: Ints) -> tuple[Texts, Texts]:
    """How many of either side (1:1 … 0:1), and how they are arranged (susunan; None one-sided)."""
    none_sk, none_kawasan = count_sk == 0, count_kawasan == 0
    one_sk, one_kawasan = count_sk == 1, count_kawasan == 1
    cases = [none_kawasan, none_sk, one_sk & one_kawasan, one_sk, one_kawasan]
    kind = np.select(cases, ["1:0", "0:1", "1:1", "1:n", "n:1"], "m:n").astype(object)
    arranged = dict(zip(("1:1", "1:n", "n:1", "m:n"), ("tetap", "pecah", "gabung", "campuran"),
                        strict=True))  # fmt: skip
    return kind, np.array([arranged.get(k) for k in kind], dtype=object)


def polygon_verdicts(frame: pd.DataFrame, covered: NDArray[np.bool_]) -> tuple[Texts, Texts]:
    """Verdict of each relation of drawn places, the first that holds, and its cause.

    Args:
        frame: relation, susunan, ditambah, dikurangi, nama_lain (bool), iou, iou_sejajar,
            luas_sk_ha, luas_baseline_ha.
        covered: whether a location without kawasan has been looked at.

    Returns:
        verdict, and why a relation is to be reviewed: nama_lain, iou_rendah, campuran or None.
    """
    iou = frame["iou"].to_numpy(float)
    aligned = frame["iou_sejajar"].to_numpy(float)
    added, removed = (frame[c].to_numpy(bool) for c in ("ditambah", "dikurangi"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = frame["luas_baseline_ha"].to_numpy(float) / frame["luas_sk_ha"].to_numpy(float)
    similar = (ratio >= RATIO[0] - _EPS) & (ratio <= RATIO[1] + _EPS)
    shifted = (aligned >= ALIGNED_IOU - _EPS) & (aligned - iou >= ALIGNED_GAIN - _EPS)
    low = iou < LOW_IOU - _EPS
    mixed = (frame["susunan"] == "campuran").to_numpy() & (iou < LOW_IOU_MIXED - _EPS)
    other_name = frame["nama_lain"].to_numpy(bool)
    kind = frame["relation"]
    cases = [
        ((kind == "1:0").to_numpy() & covered, "tidak_ada_di_baseline"),
        ((kind == "1:0").to_numpy(), "belum_terdata"),
        ((kind == "0:1").to_numpy(), "tidak_ada_di_sk"),
        (other_name, "perlu_tinjau"),
        (~added & ~removed, "sesuai"),
        (added & removed & similar & shifted, "bergeser"),
        (low | mixed, "perlu_tinjau"),
        (added & ~removed, "meluas"),
        (removed & ~added, "menyusut"),
    ]
    verdict = np.select([c for c, _ in cases], [v for _, v in cases], "berubah_bentuk")
    causes = np.select([other_name, low, mixed], ["nama_lain", "iou_rendah", "campuran"], "")
    cause = causes.astype(object)
    cause[(verdict != "perlu_tinjau") | (causes == "")] = None
    return verdict.astype(object), cause


def table_verdicts(
    kind: Texts,
    written: NDArray[np.float64],
    drawn: NDArray[np.float64],
    limit: NDArray[np.float64],
) -> Texts:
    """Verdict of relations in table mode: written against the baseline's hectares.

    What has no written hectares can be called neither equal nor different.
    """
    cases = [
        (kind == "1:0", "belum_terdata"),
        (np.isnan(written), "perlu_tinjau"),
        (np.abs(drawn - written) <= limit + _EPS, "sesuai"),
        (drawn > written, "meluas"),
    ]
    return np.select([c for c, _ in cases], [v for _, v in cases], "menyusut").astype(object)


def worst_level(level: pd.Series, group: Ints, size: int) -> Texts:
    """Worst level of each group; None where an unknown member might be worse, or none is there."""
    code = level.map({name: n for n, name in enumerate(LEVELS)}).astype(float).to_numpy()
    worst = np.full(size, -1.0)
    np.maximum.at(worst, group, np.where(np.isnan(code), -1.0, code))
    unknown = np.zeros(size, dtype=bool)
    np.logical_or.at(unknown, group, np.isnan(code))
    worst[unknown & (worst < len(LEVELS) - 1)] = -1
    return np.array([*LEVELS, None], dtype=object)[worst.astype(np.int64)]


def one_regulation(regulation: pd.Series, group: Ints, size: int) -> Texts:
    """The regulation under which all levels of a group were judged; None if mixed or unknown."""
    codes, found = pd.factorize(regulation.where(regulation != UNKNOWN_REGULATION).astype(object))
    least, most = np.full(size, len(found)), np.full(size, -1)
    np.minimum.at(least, group, codes)  # what is unknown has the code -1
    np.maximum.at(most, group, codes)
    result = np.full(size, None, dtype=object)
    single = (least == most) & (most >= 0)
    result[single] = np.asarray(found, dtype=object)[most[single]]
    return result


def level_change(sk: Texts, kawasan: Texts, rule_sk: Texts, rule_kawasan: Texts) -> Texts:
    """sama, naik (worse in the baseline), turun, or tidak_diketahui; under one regulation only."""
    place = {name: n for n, name in enumerate(LEVELS)}
    ours, theirs = (np.array([place.get(v, -1) for v in side]) for side in (sk, kawasan))
    known = (ours >= 0) & (theirs >= 0)
    same_rule = np.array(
        [a is not None and a == b for a, b in zip(rule_sk, rule_kawasan, strict=True)]
    )
    cases = [~(known & same_rule.astype(bool)), ours == theirs, theirs > ours]
    return np.select(cases, ["tidak_diketahui", "sama", "naik"], "turun").astype(object)


def recommendations(frame: pd.DataFrame) -> Texts:
    """What is recommended for each relation, the first rule that holds.

    Args:
        frame: relation, verdict, tingkat_baseline, perubahan_tingkat.
    """
    verdict, kind = frame["verdict"].to_numpy(object), frame["relation"].to_numpy(object)
    change = frame["perubahan_tingkat"].to_numpy(object)
    level = frame["tingkat_baseline"].to_numpy(object)
    no_baseline, no_sk = kind == "1:0", kind == "0:1"
    unknown = frame["tingkat_baseline"].isna().to_numpy() & ~no_baseline
    review = (verdict == "perlu_tinjau") | (verdict == "belum_terdata") | unknown
    no_slum = level == "tidak_kumuh"
    agrees = (verdict == "sesuai") & ((change == "sama") | (change == "tidak_diketahui"))
    cases = [
        (review, "tinjau_lapangan"),
        (no_sk & no_slum, "tidak_perlu_tindakan"),
        (no_sk, "masukkan_ke_sk"),
        (no_baseline | no_slum, "keluarkan_dari_sk"),
        (agrees, "tetap"),
    ]
    return np.select([c for c, _ in cases], [v for _, v in cases], "ubah_sk").astype(object)
