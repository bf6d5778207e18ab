"""Levels under one regulation, what is recommended, and the city's recommendation."""

import itertools

import numpy as np
import pandas as pd
import pytest

from kotaku_geo.verify import verdicts
from tests.verify.city import box, kawasan, row, sk, sources

SQUARE = box(0, 0, 100, 100)


def both(verify, level_sk, level, sk_source=None, **given):
    """One SK location and one kawasan of the same outline."""
    rows = [sk(SQUARE, id_sk="S", tingkat_sk=level_sk, luas_sk_ha=1.0, **given)]
    return verify(rows, [kawasan("K", SQUARE, tingkat=level)], sources=sources(sk=sk_source or {}))


class TestChange:
    @pytest.mark.parametrize(
        ("level_sk", "level", "change"),
        [
            ("ringan", "ringan", "sama"),
            ("ringan", "sedang", "naik"),
            ("berat", "sedang", "turun"),
            ("ringan", "tidak_kumuh", "turun"),
            (None, "ringan", "tidak_diketahui"),
            ("ringan", None, "tidak_diketahui"),
        ],
    )
    def test_under_one_regulation(self, verify, level_sk, level, change):
        assert both(verify, level_sk, level).only["perubahan_tingkat"] == change

    @pytest.mark.parametrize("regulation", ["permen-2-2016", "unknown"])
    def test_of_another_regulation(self, verify, regulation):
        found = both(verify, "ringan", "sedang", {"regulation": regulation})
        assert found.only["perubahan_tingkat"] == "tidak_diketahui"
        assert found.only["tingkat_sk"] == "ringan"  # as it is written
        assert found.only["rekomendasi"] == "tetap"
        assert "tidak dibandingkan" in found.only["alasan"]
        assert ("regulation.unknown" in found.rules) == (regulation == "unknown")

    def test_from_the_written_score(self, verify):
        """40 points are sedang under 14/2018 (38–59), whose source this is."""
        found = both(verify, None, "sedang", skor_sk=40.0)
        assert (found.only["tingkat_sk"], found.only["perubahan_tingkat"]) == ("sedang", "sama")
        assert "sk.level-missing" not in found.rules

    def test_a_score_of_2016_is_not_compared(self, verify):
        """40 points are ringan under 2/2016 (19–44), which says nothing under 14/2018."""
        found = both(verify, None, "sedang", {"regulation": "permen-2-2016"}, skor_sk=40.0)
        assert found.only["tingkat_sk"] == "ringan"
        assert found.only["perubahan_tingkat"] == "tidak_diketahui"

    def test_a_reported_baseline_level_is_of_its_source(self, verify):
        reported = kawasan("K", SQUARE, tingkat="ringan", kelengkapan="tanpa_data")
        found = verify(
            [sk(SQUARE)], [reported], sources=sources(kawasan={"regulation": "permen-2-2016"})
        )
        assert found.only["perubahan_tingkat"] == "tidak_diketahui"

    def test_worst_member(self, verify):
        halves = [kawasan("K1", box(0, 0, 50, 100), tingkat="ringan"),
                  kawasan("K2", box(50, 0, 100, 100), tingkat="sedang")]  # fmt: skip
        assert verify([sk(SQUARE)], halves).only["tingkat_baseline"] == "sedang"

    def test_an_unknown_member_may_be_worse(self, verify):
        halves = [kawasan("K1", box(0, 0, 50, 100), tingkat="sedang"),
                  kawasan("K2", box(50, 0, 100, 100), tingkat=None)]  # fmt: skip
        found = verify([sk(SQUARE)], halves)
        assert found.only.isna()["tingkat_baseline"]
        assert found.only["rekomendasi"] == "tinjau_lapangan"
        halves[0]["tingkat"] = "berat"  # nothing is worse
        assert verify([sk(SQUARE)], halves).only["tingkat_baseline"] == "berat"

    def test_missing(self, verify):
        assert "sk.level-missing" in both(verify, None, "ringan").rules


class TestRecommendations:
    """The rules of the contract as a table, written again as a chain of questions."""

    @staticmethod
    def expected(verdict, relation, level, change):
        if verdict in ("perlu_tinjau", "belum_terdata"):
            return "tinjau_lapangan"
        if relation != "1:0" and level is None:
            return "tinjau_lapangan"
        if relation == "0:1":
            return "tidak_perlu_tindakan" if level == "tidak_kumuh" else "masukkan_ke_sk"
        if relation == "1:0" or level == "tidak_kumuh":
            return "keluarkan_dari_sk"
        if verdict == "sesuai" and change in ("sama", "tidak_diketahui"):
            return "tetap"
        return "ubah_sk"

    def test_every_combination(self):
        two_sided = [v for v in verdicts.VERDICTS if v not in (
            "belum_terdata", "tidak_ada_di_baseline", "tidak_ada_di_sk")]  # fmt: skip
        cases = list(
            itertools.product(
                two_sided,
                ["1:1", "1:n", "n:1", "m:n"],
                ["berat", "sedang", "ringan", "tidak_kumuh", None],
                ["sama", "naik", "turun", "tidak_diketahui"],
            )
        )
        alone = ("belum_terdata", "tidak_ada_di_baseline")
        cases += [(v, "1:0", None, "tidak_diketahui") for v in alone]
        levels = ("berat", "tidak_kumuh", None)
        cases += [("tidak_ada_di_sk", "0:1", level, "tidak_diketahui") for level in levels]
        frame = pd.DataFrame(
            cases, columns=["verdict", "relation", "tingkat_baseline", "perubahan_tingkat"]
        )
        assert verdicts.recommendations(frame).tolist() == [self.expected(*c) for c in cases]


class TestCity:
    YOUNG = "2021-06-01"

    def agreed(self, verify, **given):
        given = {"tanggal_sk": self.YOUNG, **given}
        return both(verify, "ringan", "ringan", **given)

    def test_sk_tetap(self, verify):
        result = self.agreed(verify)
        assert result.city["nilai"] == "sk_tetap"
        assert result.city["sebab"] == []

    @pytest.mark.parametrize(
        ("date", "causes"),
        [
            ("2019-01-01", ["umur"]),  # five years to the day
            ("2019-01-02", []),
            ("2010-05-05", ["umur"]),
            (None, ["umur_tidak_diketahui"]),
        ],
    )
    def test_age_is_judged_against_the_newest_source(self, verify, date, causes):
        """The newest source is of 2024-01-01."""
        result = self.agreed(verify, tanggal_sk=date)
        assert result.city["sebab"] == causes
        assert result.city["nilai"] == ("perubahan_sk" if causes else "sk_tetap")
        assert ("sk.age" in result.rules) == (causes == ["umur"])
        assert ("sk.date-missing" in result.rules) == (date is None)

    def test_regulation(self, verify):
        for regulation in ("permen-2-2016", "unknown"):
            result = self.agreed(verify, sk_source={"regulation": regulation})
            assert result.city["nilai"] == "perubahan_sk"
            assert result.city["sebab"] == ["peraturan"]

    def test_a_date_that_only_the_table_gives(self, verify):
        result = verify(
            [sk(SQUARE, id_sk="S")],
            [kawasan("K", SQUARE)],
            sk_table=[row(id_sk="S", tanggal_sk=self.YOUNG, luas_sk_ha=1.0)],
        )
        assert "sk.age" not in result.rules
        assert result.findings.query("rule == 'sk.date-missing'")["subject"].tolist() == ["sk"]

    def test_half_is_not_over_half(self, verify):
        """1 ha of 2 ha is proposed to enter: exactly half, so the SK is amended."""
        rows = [sk(box(0, 0, 200, 100), id_sk="S", tanggal_sk=self.YOUNG)]
        agreed = kawasan("K", box(0, 0, 200, 100))
        half = verify(rows, [agreed, kawasan("L", box(900, 0, 999.9, 100))])
        assert half.city["nilai"] == "perubahan_sk"
        more = verify(rows, [agreed, kawasan("L", box(900, 0, 1001, 100))])
        assert more.city["nilai"] == "sk_baru"
        assert more.city["masuk_ha"] == pytest.approx(1.01, rel=1e-3)
        assert "setengah" in more.city["alasan"]

    def test_leaving_and_entering_are_not_added_up(self, verify):
        """30 % leave and 30 % enter: neither exceeds half."""
        rows = [sk(box(0, 0, 100, 100), id_sk="S")]
        result = verify(rows, [kawasan("K", box(0, 30, 100, 130))])
        assert result.city["keluar_ha"] == pytest.approx(0.3, rel=1e-3)
        assert result.city["masuk_ha"] == pytest.approx(0.3, rel=1e-3)
        assert result.city["nilai"] == "perubahan_sk"

    def test_what_awaits_review_counts_as_neither(self, verify):
        rows = [sk(SQUARE, id_sk="S"), sk(box(900, 0, 1200, 100), id_sk="T")]
        result = verify(rows, [kawasan("K", SQUARE)])
        assert result.city["menunggu_tinjauan_ha"] == pytest.approx(3, rel=1e-3)
        assert (result.city["keluar_ha"], result.city["masuk_ha"]) == (0, 0)
        assert result.city["nilai"] == "perubahan_sk"
        assert "menunggu" in result.city["alasan"]

    def test_overlapping_locations_count_once(self, verify):
        """Two locations of 1 ha share half: 1.5 ha leave, of 1.5 ha."""
        rows = [sk(SQUARE, id_sk="S"), sk(box(50, 0, 150, 100), id_sk="T")]
        result = verify(rows, [kawasan("K", box(0, 0, 150, 100), tingkat="tidak_kumuh")])
        assert result.city["luas_sk_ha"] == pytest.approx(1.5, rel=1e-3)
        assert result.city["keluar_ha"] == pytest.approx(1.5, rel=1e-3)

    def test_by_table_as_written(self, verify):
        """Melati leaves with the 3 ha that are written, Mawar adds 1 ha to its written one."""
        table = [
            row(nama_lokasi="Melati", luas_sk_ha=3.0),
            row(nama_lokasi="Mawar", luas_sk_ha=1.0),
        ]
        areas = [kawasan("K", SQUARE, nama_kawasan="Melati", tingkat="tidak_kumuh"),
                 kawasan("L", box(900, 0, 1100, 100), nama_kawasan="Mawar")]  # fmt: skip
        result = verify([], areas, sk_table=table)
        assert result.city["luas_sk_ha"] == 4.0
        assert result.city["keluar_ha"] == 3.0
        assert result.city["masuk_ha"] == pytest.approx(1.0, rel=2e-3)

    def test_no_slum_leaves(self, verify):
        result = both(verify, "ringan", "tidak_kumuh")
        assert result.city["keluar_ha"] == pytest.approx(1, rel=1e-3)
        assert result.city["nilai"] == "sk_baru"

    def test_without_an_sk(self, verify):
        assert verify([], [kawasan("K", SQUARE)]).city["nilai"] == "sk_baru"
        assert verify([], [kawasan("K", SQUARE, tingkat="tidak_kumuh")]).city["nilai"] is None

    def test_a_kawasan_that_needs_nothing_does_not_trouble_the_sk(self, verify):
        rows = [sk(SQUARE, id_sk="S", tanggal_sk=self.YOUNG)]
        calm = kawasan("L", box(900, 0, 1000, 100), tingkat="tidak_kumuh")
        assert verify(rows, [kawasan("K", SQUARE), calm]).city["nilai"] == "sk_tetap"


def test_relation_kinds():
    count = np.array([1, 1, 2, 3, 1, 0])
    others = np.array([1, 2, 1, 2, 0, 1])
    kind, arranged = verdicts.relation_kind(count, others)
    assert kind.tolist() == ["1:1", "1:n", "n:1", "m:n", "1:0", "0:1"]
    assert arranged.tolist() == ["tetap", "pecah", "gabung", "campuran", None, None]
