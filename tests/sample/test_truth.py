"""The truth agrees with itself, and everything that has to occur does occur."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kotaku_geo.sample import oracle
from kotaku_geo.sample.city import City
from kotaku_geo.sample.config import PARAMETERS
from kotaku_geo.sample.groups import TAU
from kotaku_geo.sample.recipes import PLANTED

VERDICTS = {
    "tidak_ada_di_baseline", "belum_terdata", "tidak_ada_di_sk", "perlu_tinjau", "sesuai",
    "bergeser", "meluas", "menyusut", "berubah_bentuk",
}  # fmt: skip


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_verdict_and_susunan_occurs(sample: Path) -> None:
    rows = read(sample, "relations.csv")
    assert {row["verdict"] for row in rows} == VERDICTS
    assert {row["susunan"] for row in rows} == {"", "tetap", "pecah", "gabung", "campuran"}
    assert {row["mode"] for row in rows} == {"poligon", "tabel"}
    assert {row["relation"] for row in rows} == {"1:1", "1:n", "n:1", "m:n", "1:0", "0:1"}
    assert len(rows) == len(PLANTED)


def test_levels_changed_in_every_way(sample: Path) -> None:
    rows = read(sample, "relations.csv")
    assert {row["perubahan_tingkat"] for row in rows} == {
        "sama", "naik", "turun", "tidak_diketahui",
    }  # fmt: skip
    assert {row["rekomendasi"] for row in rows} == {
        "tetap", "ubah_sk", "tinjau_lapangan", "masukkan_ke_sk", "keluarkan_dari_sk",
        "tidak_perlu_tindakan",
    }  # fmt: skip


def test_every_location_is_in_one_relation(sample: Path) -> None:
    for side, column in (("sk", "id_sk"), ("kawasan", "id_kawasan")):
        named = [i for row in read(sample, "relations.csv") for i in row[column].split(";") if i]
        listed = [row["id"] for row in read(sample, "locations.csv") if row["sisi"] == side]
        assert sorted(named) == sorted(listed)
        assert len(set(named)) == len(named)


def test_hectares_added_and_removed_balance(sample: Path) -> None:
    for row in read(sample, "relations.csv"):
        if row["beda_bertambah_ha"]:
            grown = float(row["beda_bertambah_ha"]) - float(row["beda_berkurang_ha"])
            known = float(row["luas_baseline_ha"]) - float(row["luas_sk_ha"])
            assert grown == pytest.approx(known, abs=2e-5)


def test_noise_stays_within_the_tolerance(city: City) -> None:
    for key in ("derau", "nama_lain"):
        group = city.group(key)
        kawasan, location = group.kawasan[0].polygon, group.sk[0].polygon
        assert location is not None
        assert 0 < kawasan.hausdorff_distance(location) < TAU / 2


def test_scores_and_levels_follow_from_the_shares(sample: Path) -> None:
    for row in [*read(sample, "rt.csv"), *read(sample, "kawasan.csv")]:
        if row["kelengkapan"] == "tanpa_data":
            continue
        scores: dict[str, int | None] = {}
        for p in PARAMETERS:
            scores[p] = int(row[f"n{p}"]) if row[f"n{p}"] else None
            if row[f"p{p}"]:
                assert scores[p] == oracle.score(float(row[f"p{p}"]))
        total = oracle.total(scores)
        assert (str(total.low), str(total.high)) == (row["skor"], row["skor_maks"])
        assert (total.level or "") == row["tingkat"]
        assert (None in scores.values()) == (row["kelengkapan"] == "sebagian")


def test_every_level_and_completeness_occurs(sample: Path) -> None:
    rows = read(sample, "kawasan.csv")
    assert {row["tingkat"] for row in rows} == {"", "ringan", "sedang", "berat", "tidak_kumuh"}
    assert {row["kelengkapan"] for row in rows} == {"lengkap", "sebagian", "tanpa_data"}
    assert {row["legalitas"] for row in rows} == {"", "legal", "tidak_legal"}
    assert {"kota", "provinsi"} <= {row["kewenangan"] for row in rows}


def test_no_slum_of_slum_rts(city: City) -> None:
    for key in ("tidak_kumuh_sk", "tidak_kumuh_baru"):
        standing = next(s for s in city.standings if s.kawasan is city.group(key).kawasan[0])
        assert standing.level == "tidak_kumuh"
        assert {member.total.level for member in standing.members} == {"ringan"}


def test_candidates_are_used_once(sample: Path) -> None:
    used: Counter[tuple[str, str]] = Counter()
    for row in read(sample, "candidates.csv"):
        used[row["id_rt"], row["parameter"]] += row["dipakai"] == "ya"
    assert set(used.values()) == {1}


def test_conflicts_are_clear_of_the_tolerance(sample: Path) -> None:
    spreads = [float(row["spread"]) for row in read(sample, "conflicts.csv")]
    assert min(spreads) > 5.2
    assert {row["material"] for row in read(sample, "conflicts.csv")} == {"ya", "tidak"}
    groups: dict[tuple[str, str], list[float]] = {}
    for row in read(sample, "candidates.csv"):
        groups.setdefault((row["id_rt"], row["parameter"]), []).append(float(row["persen"]))
    apart = {key for key, shares in groups.items() if max(shares) - min(shares) > 5}
    named = {(row["subject"], row["parameter"]) for row in read(sample, "conflicts.csv")}
    assert apart == named
    assert all(max(s) - min(s) < 4.8 for key, s in groups.items() if key not in apart)


def test_every_screening_status_occurs(sample: Path) -> None:
    rows = read(sample, "screening.csv")
    assert {row["status"] for row in rows} == {
        "terindikasi", "tidak_terindikasi", "data_tidak_tersedia", "data_sebagian",
    }  # fmt: skip
    assert {row["tema"] for row in rows} == {
        "kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah",
    }  # fmt: skip


def test_hits_are_no_slivers(sample: Path) -> None:
    size = {row["id_kawasan"]: float(row["luas_ha"]) for row in read(sample, "kawasan.csv")}
    for row in read(sample, "screening.csv"):
        luas = float(row["luas_ha"])
        assert (luas > 0) == (row["status"] == "terindikasi")
        assert luas == 0 or 0.002 < luas <= size[row["id_kawasan"]] + 1e-6


def test_defects_name_real_rules(sample: Path) -> None:
    known = Path(__file__).parents[2] / "schemas/findings.yaml"
    text = known.read_text(encoding="utf-8")
    rules = {row["rule"] for row in read(sample, "defects.csv")}
    assert len(rules) > 45
    assert [rule for rule in sorted(rules) if f"\n{rule}:" not in text] == []
