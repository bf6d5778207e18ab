"""SK locations and kawasan drawn by hand, each with the verdict that the contract gives it.

Both sides have the accuracy of 5 m that is taken where a source states none: τ is
1.5·√(5² + 5²) = 10.6 m. The verdict of each case was argued from section 5 of the contract before
the code was asked.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.verify.city import (
    KEL,
    OTHER_KEL,
    TAU,
    box,
    kawasan,
    kelurahan,
    row,
    rt,
    sk,
    sources,
)

SQUARE = box(0, 0, 100, 100)
FAR = box(5000, 0, 5100, 100)
EVERYWHERE = kelurahan(KEL, box(-9000, -9000, 9000, 9000))


@dataclass(frozen=True)
class Pair:
    """A case: what is drawn, what must come out, and why."""

    name: str
    why: str
    sk: list[dict[str, Any]]
    kawasan: list[dict[str, Any]]
    verdict: str
    relation: str = "1:1"
    susunan: str | None = "tetap"
    rekomendasi: str = "ubah_sk"
    others: dict[str, Any] = field(default_factory=dict)


PAIRS = [
    Pair(
        "identical",
        "Nothing is added and nothing removed, and the levels are the same: sesuai, tetap.",
        [sk(SQUARE)], [kawasan("K", SQUARE)], "sesuai", rekomendasi="tetap",
    ),
    Pair(
        "strip-below-tau",
        "A strip of 10.5 m is narrower than τ, and opening by τ/2 leaves nothing of it.",
        [sk(SQUARE)], [kawasan("K", box(0, 0, 110.5, 100))], "sesuai", rekomendasi="tetap",
    ),
    Pair(
        "strip-above-tau",
        "A strip of 10.8 m survives the opening with a core of 0.19 m × 89 m: it is added.",
        [sk(SQUARE)], [kawasan("K", box(0, 0, 110.8, 100))], "meluas",
    ),
    Pair(
        "core-too-small",
        "The strip is τ + 5 mm wide: its core of 0.45 m² is under min_piece_m2 and is no change.",
        [sk(SQUARE)], [kawasan("K", box(0, 0, 100 + TAU + 0.005, 100))], "sesuai",
        rekomendasi="tetap",
    ),
    Pair(
        "thin-but-leads-away",
        "A lane 6 m wide vanishes in the opening, but 49 m of it lie further than τ from the SK.",
        [sk(SQUARE)], [kawasan("K", SQUARE.union(box(100, 40, 160, 46)))], "meluas",
    ),
    Pair(
        "shrunk",
        "Thirty metres of the SK lie outside the baseline, nothing is added; IoU 0.7.",
        [sk(SQUARE)], [kawasan("K", box(0, 0, 100, 70))], "menyusut",
    ),
    Pair(
        "grown",
        "The baseline adds 50 m and leaves nothing of the SK out.",
        [sk(SQUARE)], [kawasan("K", box(0, 0, 150, 100))], "meluas",
    ),
    Pair(
        "shifted",
        "Added and removed, ratio 1, IoU 0.54 becomes 1 when the centroids are aligned.",
        [sk(SQUARE)], [kawasan("K", box(30, 0, 130, 100))], "bergeser",
    ),
    Pair(
        "shifted-ratio-1.25",
        "Shifted, and the area ratio is 1.25, the last that counts; aligned IoU is 0.8 (before: "
        "0.45).",
        [sk(SQUARE)], [kawasan("K", box(30, 0, 155, 100))], "bergeser",
    ),
    Pair(
        "shifted-ratio-1.27",
        "As before, but the ratio is 1.27 and the aligned IoU 0.787: no mere shift.",
        [sk(SQUARE)], [kawasan("K", box(30, 0, 157, 100))], "berubah_bentuk",
    ),
    Pair(
        "shifted-ratio-0.8",
        "The baseline has 0.8 of the SK's area, the least that counts; aligned IoU 0.8.",
        [sk(SQUARE)], [kawasan("K", box(40, 0, 120, 100))], "bergeser",
    ),
    Pair(
        "shifted-ratio-0.78",
        "The ratio is 0.78: added and removed, but no mere shift.",
        [sk(SQUARE)], [kawasan("K", box(40, 0, 118, 100))], "berubah_bentuk",
    ),
    Pair(
        "gain-too-small",
        "A square of 400 m moved by 12 m: IoU 0.942 can gain only 0.058 by aligning.",
        [sk(box(0, 0, 400, 400))], [kawasan("K", box(12, 0, 412, 400))], "berubah_bentuk",
    ),
    Pair(
        "turned",
        "A bar and the same bar turned: ratio 1, but aligned they still share little (IoU 0.25).",
        [sk(box(0, 0, 200, 80))], [kawasan("K", box(60, -60, 140, 140))], "berubah_bentuk",
    ),
    Pair(
        "nested-low-iou",
        "The kawasan lies wholly inside the SK, so the two are related, but IoU is 0.09: that "
        "stands before menyusut.",
        [sk(box(0, 0, 200, 200))], [kawasan("K", box(70, 70, 130, 130))], "perlu_tinjau",
        rekomendasi="tinjau_lapangan",
    ),
    Pair(
        "nested",
        "The kawasan lies wholly inside the SK with IoU 0.25: the rest is removed.",
        [sk(box(0, 0, 200, 200))], [kawasan("K", box(50, 50, 150, 150))], "menyusut",
    ),
    Pair(
        "partners-low-iou",
        "They share 20 % of the smaller, each is the other's largest partner: related; the ratio "
        "is 0.5, so it is no shift, and IoU is 0.07.",
        [sk(SQUARE)], [kawasan("K", box(90, 0, 190, 50))], "perlu_tinjau",
        rekomendasi="tinjau_lapangan",
    ),
    Pair(
        "shifted-far",
        "The same square moved by 90 m: IoU is 0.05, but bergeser stands before the low IoU.",
        [sk(SQUARE)], [kawasan("K", box(90, 0, 190, 100))], "bergeser",
    ),
    Pair(
        "split",
        "Two kawasan fill one SK location: nothing changed but the arrangement.",
        [sk(box(0, 0, 200, 100))],
        [kawasan("K1", box(0, 0, 100, 100)), kawasan("K2", box(100, 0, 200, 100))],
        "sesuai", "1:n", "pecah", "tetap",
    ),
    Pair(
        "split-with-lane",
        "A lane of 8 m between the two kawasan is narrower than τ and leads nowhere.",
        [sk(box(0, 0, 200, 100))],
        [kawasan("K1", box(0, 0, 96, 100)), kawasan("K2", box(104, 0, 200, 100))],
        "sesuai", "1:n", "pecah", "tetap",
    ),
    Pair(
        "split-with-gap",
        "The gap between the two kawasan is 20 m wide: it is removed.",
        [sk(box(0, 0, 200, 100))],
        [kawasan("K1", box(0, 0, 90, 100)), kawasan("K2", box(110, 0, 200, 100))],
        "menyusut", "1:n", "pecah",
    ),
    Pair(
        "merged",
        "Two SK locations that share a border became one kawasan.",
        [sk(box(0, 0, 100, 100), id_sk="A"), sk(box(100, 0, 200, 100), id_sk="B")],
        [kawasan("K", box(0, 0, 200, 100))],
        "sesuai", "n:1", "gabung", "tetap",
    ),
    Pair(
        "merged-overlapping",
        "Two SK locations overlap by 20 m; counted once they are the kawasan.",
        [sk(box(0, 0, 100, 100), id_sk="A"), sk(box(80, 0, 180, 100), id_sk="B")],
        [kawasan("K", box(0, 0, 180, 100))],
        "sesuai", "n:1", "gabung", "tetap",
    ),
    Pair(
        "thin-neighbours",
        "Two SK strips of 8 m lie side by side; together they reach 20 m beyond the kawasan, and "
        "the border between them does not make that thin.",
        [sk(box(0, 0, 8, 140), id_sk="A"), sk(box(8, 0, 16, 140), id_sk="B")],
        [kawasan("K", box(0, 20, 16, 140))],
        "menyusut", "n:1", "gabung",
    ),
    Pair(
        "mixed-low-iou",
        "Two SK locations and two kawasan in a chain, IoU 0.27: a mixture under 0.5.",
        [sk(box(0, 0, 100, 100), id_sk="A"), sk(box(100, 0, 200, 100), id_sk="B")],
        [kawasan("K1", box(50, 0, 150, 40)), kawasan("K2", box(150, 0, 250, 40))],
        "perlu_tinjau", "m:n", "campuran", "tinjau_lapangan",
    ),
    Pair(
        "mixed",
        "The same chain with IoU 0.82, only grown: a mixture that can be judged.",
        [sk(box(0, 0, 100, 90), id_sk="A"), sk(box(100, 0, 200, 90), id_sk="B")],
        [kawasan("K1", box(0, 0, 150, 100)), kawasan("K2", box(150, 0, 220, 100))],
        "meluas", "m:n", "campuran",
    ),
    Pair(
        "low-iou-not-mixed",
        "IoU 0.27 is enough for one SK location with two kawasan: it is no mixture.",
        [sk(box(0, 0, 200, 100))],
        [kawasan("K1", box(0, 0, 100, 27)), kawasan("K2", box(100, 0, 200, 27))],
        "menyusut", "1:n", "pecah",
    ),
    Pair(
        "nobody-looked",
        "No kawasan, and nobody says where the delineation looked: that is no proof.",
        [sk(SQUARE)], [], "belum_terdata", "1:0", None, "tinjau_lapangan",
    ),
    Pair(
        "looked-everywhere",
        "The delineation looked at the whole city and drew nothing here.",
        [sk(SQUARE)], [], "tidak_ada_di_baseline", "1:0", None, "keluarkan_dari_sk",
        {"kelurahan_rows": [EVERYWHERE], "sources": sources(kawasan={"coverage": "kota"})},
    ),
    Pair(
        "looked-at-99.5",
        "The stated coverage holds exactly 99.5 % of the location: enough.",
        [sk(SQUARE)], [], "tidak_ada_di_baseline", "1:0", None, "keluarkan_dari_sk",
        {"coverage": [{"source_id": "kawasan", "geometry": box(-50, 0, 99.5001, 100)}],
         "sources": sources(kawasan={"coverage": "survei.gpkg"})},
    ),
    Pair(
        "looked-at-99.4",
        "The stated coverage holds 99.4 % of the location: not enough.",
        [sk(SQUARE)], [], "belum_terdata", "1:0", None, "tinjau_lapangan",
        {"coverage": [{"source_id": "kawasan", "geometry": box(-50, 0, 99.4, 100)}],
         "sources": sources(kawasan={"coverage": "survei.gpkg"})},
    ),
    Pair(
        "rt-no-slum",
        "No coverage is stated, but RT facts show the place to be below the slum threshold.",
        [sk(SQUARE)], [], "tidak_ada_di_baseline", "1:0", None, "keluarkan_dari_sk",
        {"rt_rows": [rt("a", box(0, 0, 60, 100), "tidak_kumuh"),
                     rt("b", box(60, 0, 100, 100), "tidak_kumuh")]},
    ),
    Pair(
        "rt-slum",
        "Half of the place belongs to an RT that is a slum: its facts do not clear it.",
        [sk(SQUARE)], [], "belum_terdata", "1:0", None, "tinjau_lapangan",
        {"rt_rows": [rt("a", box(0, 0, 60, 100), "tidak_kumuh"),
                     rt("b", box(60, 0, 100, 100), "ringan")]},
    ),
    Pair(
        "not-in-sk",
        "A slum that the SK does not name.",
        [], [kawasan("K", SQUARE)], "tidak_ada_di_sk", "0:1", None, "masukkan_ke_sk",
    ),
    Pair(
        "not-in-sk-no-slum",
        "A kawasan below the slum threshold need not enter the SK.",
        [], [kawasan("K", SQUARE, tingkat="tidak_kumuh")], "tidak_ada_di_sk", "0:1", None,
        "tidak_perlu_tindakan",
    ),
    Pair(
        "not-in-sk-level-unknown",
        "Whether it is a slum is not known: it is to be reviewed first.",
        [], [kawasan("K", SQUARE, tingkat=None)], "tidak_ada_di_sk", "0:1", None,
        "tinjau_lapangan",
    ),
    Pair(
        "no-longer-slum",
        "The outline agrees, but the baseline finds no slum there: out of the SK.",
        [sk(SQUARE)], [kawasan("K", SQUARE, tingkat="tidak_kumuh")], "sesuai",
        rekomendasi="keluarkan_dari_sk",
    ),
    Pair(
        "level-up",
        "The outline agrees, the level is worse: the SK is to be amended.",
        [sk(SQUARE)], [kawasan("K", SQUARE, tingkat="berat")], "sesuai",
    ),
    Pair(
        "baseline-level-unknown",
        "The outline agrees, but the baseline's level is open: review first.",
        [sk(SQUARE)], [kawasan("K", SQUARE, tingkat=None)], "sesuai",
        rekomendasi="tinjau_lapangan",
    ),
    Pair(
        "sk-level-unknown",
        "The outline agrees and the SK gives no level: it stands.",
        [sk(SQUARE, tingkat_sk=None)], [kawasan("K", SQUARE)], "sesuai", rekomendasi="tetap",
    ),
    Pair(
        "same-name-small-overlap",
        "15 % of the smaller, and K2 is the larger partner of the SK; but K1 bears its name and "
        "the overlap of 15 m is wider than τ: all three are one relation.",
        [sk(SQUARE, nama_lokasi="Kp. Melati")],
        [kawasan("K1", box(-85, 0, 15, 100), nama_kawasan="Kampung MELATI"),
         kawasan("K2", box(15, 0, 100, 100), nama_kawasan="Anggrek")],
        "meluas", "1:n", "pecah",
    ),
    Pair(
        "same-rt-small-overlap",
        "As before, by equal kelurahan and RT; the RW that one side lacks is not compared.",
        [sk(SQUARE, rt="005")],
        [kawasan("K1", box(-85, 0, 15, 100), daftar_rt=f"{KEL}-RW002-RT005"),
         kawasan("K2", box(15, 0, 100, 100), daftar_rt=f"{KEL}-RW002-RT006")],
        "meluas", "1:n", "pecah",
    ),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=[p.name for p in PAIRS])
def test_verdict(verify, pair):
    result = verify(pair.sk, pair.kawasan, **pair.others)
    assert result.only is not None, result.relations.T.to_string()
    found = result.only
    assert found["verdict"] == pair.verdict, pair.why
    assert found["relation"] == pair.relation
    assert (None if found.isna()["susunan"] else found["susunan"]) == pair.susunan
    assert found["rekomendasi"] == pair.rekomendasi
    assert found["alasan"]
    assert "?" not in found["alasan"]


class TestUnrelated:
    """Pairs that overlap and yet do not belong together."""

    def test_under_min_overlap(self, verify):
        """They share 4 %: each other's only partner, but less than min_overlap."""
        result = verify([sk(SQUARE)], [kawasan("K", box(96, 0, 196, 100))])
        assert sorted(result.relations["relation"]) == ["0:1", "1:0"]
        assert sorted(result.relations["verdict"]) == ["belum_terdata", "tidak_ada_di_sk"]

    def test_small_overlap_under_another_name(self, verify):
        """15 % of the smaller with a kawasan of another name, and the larger partner is K2."""
        result = verify(
            [sk(SQUARE, nama_lokasi="Melati")],
            [
                kawasan("K1", box(-85, 0, 15, 100), nama_kawasan="Mawar"),
                kawasan("K2", box(15, 0, 100, 100), nama_kawasan="Anggrek"),
            ],
        )
        related = result.relations.set_index("id_kawasan")
        assert related.loc["K1", "verdict"] == "tidak_ada_di_sk"
        assert related.loc["K2", "verdict"] == "sesuai"  # what K1 covers is not lost

    def test_same_name_within_tolerance(self, verify):
        """A kawasan of the SK's name overlaps by 8 m, less than τ: a neighbour, no partner."""
        result = verify(
            [sk(SQUARE, nama_lokasi="Melati")],
            [
                kawasan("K1", box(-92, 0, 8, 100), nama_kawasan="Melati"),
                kawasan("K2", box(8, 0, 100, 100), nama_kawasan="Anggrek"),
            ],
        )
        assert result.relations.set_index("id_kawasan").loc["K1", "relation"] == "0:1"

    def test_same_rt_of_another_rw(self, verify):
        """Both sides give an RW, and they differ: not the same RT."""
        result = verify(
            [sk(SQUARE, rt="005", rw="001")],
            [
                kawasan("K1", box(-85, 0, 15, 100), daftar_rt=f"{KEL}-RW002-RT005"),
                kawasan("K2", box(15, 0, 100, 100), daftar_rt=f"{KEL}-RW001-RT006"),
            ],
        )
        assert len(result.relations) == 2

    def test_rt_that_lie_in_no_kawasan_clear_a_place(self, verify):
        """RT that were surveyed and lie in no kawasan are facts as well."""
        outside = [rt("a", box(-10, -10, 110, 110), "tidak_kumuh")]
        result = verify([sk(SQUARE)], [], rt_lain_rows=outside)
        assert result.only["verdict"] == "tidak_ada_di_baseline"

    def test_one_sided_has_no_tolerance(self, verify):
        """A strip of 5 m is thinner than τ, but 1:0 knows no tolerance: all of it is lost."""
        result = verify([sk(box(0, 0, 100, 5))], [])
        assert result.only["berkurang_ha"] == pytest.approx(0.05, rel=1e-3)
        assert result.only["toleransi_ha"] == 0


class TestNames:
    """An SK location that bears the name of another kawasan."""

    AT_HOME = kawasan("K1", SQUARE, nama_kawasan="Kampung Anggrek")
    ELSEWHERE = kawasan("K2", FAR, nama_kawasan="Kawasan Melati")

    def test_elsewhere(self, verify):
        """It lies on Anggrek and is called Melati, which it does not touch: perlu_tinjau."""
        result = verify([sk(SQUARE, nama_lokasi="MELATI")], [self.AT_HOME, self.ELSEWHERE])
        found = result.relations.set_index("id_kawasan").loc["K1"]
        assert (found["verdict"], found["sebab"]) == ("perlu_tinjau", "nama_lain")
        assert "sk.name-elsewhere" in result.rules

    def test_also_here(self, verify):
        """The kawasan it lies on bears its name as well: there is nothing odd."""
        here = kawasan("K1", SQUARE, nama_kawasan="Melati")
        result = verify([sk(SQUARE, nama_lokasi="Melati")], [here, self.ELSEWHERE])
        assert result.relations.set_index("id_kawasan").loc["K1", "verdict"] == "sesuai"
        assert "sk.name-elsewhere" not in result.rules

    def test_of_none(self, verify):
        """No kawasan bears its name: names differ, that is all."""
        result = verify([sk(SQUARE, nama_lokasi="Mawar")], [self.AT_HOME, self.ELSEWHERE])
        assert result.relations.set_index("id_kawasan").loc["K1", "verdict"] == "sesuai"

    def test_by_rt(self, verify):
        """Without a name a location is called by its kelurahan and RT."""
        here = kawasan("K1", SQUARE, daftar_rt=f"{KEL}-RW001-RT001")
        there = kawasan("K2", FAR, daftar_rt=f"{KEL}-RW001-RT002")
        result = verify([sk(SQUARE, rt="002")], [here, there])
        assert result.relations.set_index("id_kawasan").loc["K1", "verdict"] == "perlu_tinjau"

    def test_without_kawasan(self, verify):
        """1:0 stands before the name; the finding is raised all the same."""
        result = verify([sk(SQUARE, nama_lokasi="Melati")], [self.ELSEWHERE])
        assert result.relations.set_index("relation").loc["1:0", "verdict"] == "belum_terdata"
        assert "sk.name-elsewhere" in result.rules


class TestTable:
    """SK locations that stand in a table only; the kawasan has 1 ha on the ground (± 0.05 %)."""

    K = kawasan("K", SQUARE, nama_kawasan="Melati", daftar_rt=f"{KEL}-RW001-RT001")

    @pytest.mark.parametrize(
        ("hectares", "verdict"),
        [
            (1.00, "sesuai"),
            (1.04, "sesuai"),  # 0.04 ha is under the 0.05 ha that are never remarked on
            (1.07, "menyusut"),
            (0.93, "meluas"),
            (1.4, "menyusut"),
            (None, "perlu_tinjau"),  # nothing is written: it can be neither equal nor different
            (0.0, "perlu_tinjau"),
        ],
    )
    def test_hectares(self, verify, hectares, verdict):
        result = verify([], [self.K], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=hectares)])
        assert (result.only["verdict"], result.only["mode"]) == (verdict, "tabel")
        assert result.only["relation"] == "1:1"
        assert len(result.pieces) == 0  # a kawasan matched so has no pieces

    def test_large_area_in_percent(self, verify):
        """16 ha: the limit is 1 %, 0.16 ha, and no longer 0.05 ha."""
        k = kawasan("K", box(0, 0, 400, 400), nama_kawasan="Melati")
        agrees = verify([], [k], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=16.12)])
        assert agrees.only["verdict"] == "sesuai"
        differs = verify([], [k], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=16.25)])
        assert differs.only["verdict"] == "menyusut"

    def test_whole_hectares(self, verify):
        """Written in whole hectares, half of the last digit is 0.5 ha."""
        k = kawasan("K", box(0, 0, 115, 120), nama_kawasan="Melati")  # 1.38 ha
        result = verify([], [k], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=1.0)])
        assert result.only["verdict"] == "sesuai"

    def test_other_kelurahan(self, verify):
        """The name fits but the kelurahan does not: no match, and the name is elsewhere."""
        result = verify(
            [], [self.K], sk_table=[row(nama_lokasi="Melati", kode_kelurahan=OTHER_KEL)]
        )
        verdicts = result.relations.set_index("relation")["verdict"]
        assert verdicts.to_dict() == {"1:0": "belum_terdata", "0:1": "tidak_ada_di_sk"}
        assert set(result.relations["mode"]) == {"tabel"}  # the city has no SK polygons

    def test_by_rt(self, verify):
        result = verify([], [self.K], sk_table=[row(rt="001", rw="001", luas_sk_ha=1.0)])
        assert result.only["verdict"] == "sesuai"

    def test_rt_in_two_kawasan(self, verify):
        """An RT list over two kawasan means both."""
        other = kawasan("L", FAR, daftar_rt=f"{KEL}-RW001-RT002")
        result = verify(
            [], [self.K, other],
            sk_table=[row(daftar_rt="RW001-RT001;RW001-RT002", luas_sk_ha=2.0)],
        )  # fmt: skip
        assert (result.only["relation"], result.only["verdict"]) == ("1:n", "sesuai")

    def test_ambiguous(self, verify):
        """Two kawasan of the name in one kelurahan: nobody can choose."""
        twin = kawasan("L", FAR, nama_kawasan="melati", daftar_rt=f"{KEL}-RW001-RT002")
        result = verify([], [self.K, twin], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=1.0)])
        found = result.relations.set_index("relation")
        assert found.loc["1:0", "verdict"] == "belum_terdata"
        assert found.loc["1:0", "rekomendasi"] == "tinjau_lapangan"
        assert "sk.ambiguous" in result.rules

    def test_told_apart_by_rt(self, verify):
        twin = kawasan("L", FAR, nama_kawasan="melati", daftar_rt=f"{KEL}-RW001-RT002")
        result = verify(
            [], [self.K, twin], sk_table=[row(nama_lokasi="Melati", rt="002", luas_sk_ha=1.0)]
        )
        matched = result.relations[result.relations["relation"] == "1:1"].iloc[0]
        assert matched["id_kawasan"] == "L"

    def test_beside_polygons(self, verify):
        """With SK polygons in the city, a kawasan that nobody names is of mode poligon."""
        nobody = kawasan("Z", box(9000, 0, 9100, 100))
        drawn = kawasan("P", box(7000, 0, 7100, 100))
        result = verify(
            [sk(box(7000, 0, 7100, 100), id_sk="S")],
            [self.K, nobody, drawn],
            sk_table=[row(nama_lokasi="Melati", luas_sk_ha=1.0)],
        )
        modes = result.relations.set_index("id_kawasan")["mode"].to_dict()
        assert modes == {"K": "tabel", "P": "poligon", "Z": "poligon"}
        assert set(result.pieces["id_kawasan"]) == {"P", "Z"}

    def test_describes_a_polygon(self, verify):
        """A table row of a drawn location's id lends it what its own row lacks."""
        drawn = sk(SQUARE, id_sk="S1", tingkat_sk=None)
        table = [row(id_sk="S1", nama_lokasi="Melati", tingkat_sk="sedang", luas_sk_ha=1.02)]
        result = verify([drawn], [kawasan("K", SQUARE, tingkat="sedang")], sk_table=table)
        assert result.only["mode"] == "poligon"
        assert result.only["luas_sk_tertulis_ha"] == 1.02
        assert result.only["tingkat_sk"] == "sedang"
        assert result.only["rekomendasi"] == "tetap"
        assert result.locations.loc["S1", "nama"] == "Melati"
