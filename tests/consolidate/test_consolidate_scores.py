"""Denominators, missing values and sums (contract §5)."""

import numpy as np
import pandas as pd
import pytest

from tests.consolidate.world import LAW, Consolidate, area, box, key, profile, rt_row, volumes

ONE = [rt_row("001", box(0, 0, 100))]
AREA = [area(box(0, 0, 100), nama_kawasan="Tepi Kali")]


def two_rt() -> dict[str, list[dict[str, object]]]:
    """A kawasan of two RT of one hectare each."""
    return {
        "rt": [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
        "kawasan": [area(box(0, 0, 200, 100), nama_kawasan="Tepi Kali")],
    }


@pytest.mark.parametrize(
    ("parameter", "denominator"),
    [
        ("1a", "jumlah_bangunan"), ("1c", "jumlah_bangunan"), ("7a", "jumlah_bangunan"),
        ("7b", "jumlah_bangunan"), ("1b", "luas_ha"), ("4a", "luas_ha"), ("2a", "jalan_ideal_m"),
        ("2b", "jalan_ideal_m"), ("4b", "drainase_ideal_m"), ("4c", "drainase_ideal_m"),
        ("3a", "jumlah_kk"), ("5b", "jumlah_kk"), ("6a", "jumlah_kk"),
    ],
)  # fmt: skip
def test_each_parameter_has_its_own_denominator(
    consolidate: Consolidate, parameter: str, denominator: str
) -> None:
    names = ("jumlah_bangunan", "luas_ha", "jalan_ideal_m", "drainase_ideal_m", "jumlah_kk")
    form = dict(zip(names, range(11, 16), strict=True))
    row = profile("001", **form, **{f"v{parameter}": 6})
    found = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row]).facts(key("001"), parameter)
    assert found["penyebut"].tolist() == [form[denominator]]
    assert found["persen"].tolist() == pytest.approx([100 * 6 / form[denominator]])


def test_hectares_not_surveyed_are_those_of_rt_and_kawasan_together(
    consolidate: Consolidate,
) -> None:
    half = [area(box(0, 0, 50, 100), nama_kawasan="Tepi Kali")]
    done = consolidate(rt=ONE, kawasan=half, profil_rt=[profile("001", v1b=0.25)])
    fact = done.facts(key("001"), "1b").iloc[0]
    assert fact["penyebut"] == pytest.approx(0.5, rel=2e-3)
    assert done.rt(key("001"))["n1b"] == 1


def test_the_old_form_divides_people_and_roads_by_what_it_says(consolidate: Consolidate) -> None:
    row = profile("001", jumlah_penduduk=400, v3a=200, jalan_ideal_m=1000, v2b=600)
    top = {"regulation": "permen-2-2016"}
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row], top=top)
    assert done.facts(key("001"), "3a")["penyebut"].tolist() == [400]
    assert done.facts(key("001"), "2b")["penyebut"].tolist() == [1000]
    row = {**row, "jalan_eksisting_m": 800}
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row], top=top)
    assert done.facts(key("001"), "2b")["persen"].tolist() == [75]


def test_a_form_of_the_other_regulation_speaks_by_name_not_by_letter(
    consolidate: Consolidate,
) -> None:
    """4e of 2016 is 4c of 2018; its 4c (connection to the city's drains) is nothing there."""
    row = profile("001", source_id="lama", luas_ha=2.0, drainase_ideal_m=100, v4e=1.2, v4c=2.0)
    old = {"id": "lama", "layer": "profil_rt", "regulation": "permen-2-2016"}
    done = consolidate(sources=[old], rt=ONE, kawasan=AREA, profil_rt=[row])
    facts = done.table("facts")
    drains = facts[facts["parameter"].str.startswith("4")]
    assert drains["parameter"].tolist() == ["4c"]
    fact = drains.iloc[0]
    assert (fact["persen"], fact["penyebut"], fact["volume"]) == (60, 100, 60)


def test_nothing_of_nothing_is_none_and_something_of_nothing_is_unknown(
    consolidate: Consolidate,
) -> None:
    row = profile("001", jumlah_kk=0, v3a=0, v5a=4, v6a=2)
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row])
    rt = done.rt(key("001"))
    assert (rt["p3a"], rt["n3a"]) == (0, 0)
    assert np.isnan(rt["p5a"])
    assert np.isnan(rt["n5a"])
    found = done.findings("parameter.zero-denominator")
    assert found["subject"].tolist() == [key("001")]
    assert "5a, 6a" in found["message"].iloc[0]


def test_shares_are_kept_as_measured_and_scored_capped(consolidate: Consolidate) -> None:
    row = profile("001", luas_ha=1.0, v4a=3.08, v1b=-0.61)
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row])
    rt = done.rt(key("001"))
    assert (rt["p4a"], rt["n4a"], rt["p1b"], rt["n1b"]) == (3.08, 5, -0.61, 0)
    assert len(done.findings("value.over-denominator")) == 1
    assert done.findings("value.negative").empty  # a volume: found when it was read


def test_a_share_stands_where_there_is_no_volume(consolidate: Consolidate) -> None:
    row = profile("001", jumlah_kk=40, p3a=0.6, v5a=10, p5a=0.9, p6a=-0.1)
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row])
    assert done.facts(key("001"), "3a").iloc[0]["volume"] == pytest.approx(24)
    assert done.rt(key("001"))["p5a"] == 0.25
    assert len(done.findings("value.negative")) == 1


def test_missing_parameters_count_none_and_five(consolidate: Consolidate) -> None:
    """Fourteen of sixteen: 14 × 1 = 14, with the missing at most 24: no slum or light."""
    form = {**volumes(1), "v7a": None, "v7b": None}
    rt = consolidate(rt=ONE, kawasan=AREA, profil_rt=[profile("001", **form)]).rt(key("001"))
    assert (rt["skor"], rt["skor_maks"], rt["kelengkapan"]) == (14, 24, "sebagian")
    assert pd.isna(rt["tingkat"])
    assert rt["tingkat_konflik"] == "tidak_kumuh;ringan"


def test_a_level_stands_where_the_missing_cannot_move_it(consolidate: Consolidate) -> None:
    form = {**volumes({"1a": 5, "1c": 5, "3a": 5, "3b": 5}), "v7b": None}
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[profile("001", **form)])
    for row in (done.rt(key("001")), done.kawasan()):
        assert (row["skor"], row["skor_maks"], row["tingkat"]) == (20, 25, "ringan")
        assert pd.isna(row["tingkat_konflik"])
    missing = done.findings("parameter.missing")
    assert missing["value"].tolist() == ["7b", "7b"]


def test_a_kawasan_sums_volumes_and_denominators_before_it_scores(consolidate: Consolidate) -> None:
    """30 of 40 and 0 of 60 households: 3 and 0 apart, but 30 % together, which is 1."""
    rows = [profile("001", **{**volumes(0, jumlah_kk=40), "v3a": 30}),
            profile("002", **volumes(0, jumlah_kk=60))]  # fmt: skip
    done = consolidate(profil_rt=rows, **two_rt())
    assert (done.rt(key("001"))["n3a"], done.rt(key("002"))["n3a"]) == (3, 0)
    whole = done.kawasan()
    assert (whole["p3a"], whole["n3a"], whole["jumlah_kk"]) == (0.3, 1, 100)


@pytest.mark.parametrize(
    ("known", "denominator", "score"),
    [
        (90, 10, 5),  # 90 of 110 at least, 100 of 110 at most: 5 either way
        (70, 10, 3),  # 63.6 % or 72.7 %
        (80, 10, None),  # 72.7 % or 81.8 %: 3 or 5
        (60, 10, 3),  # 54.5 % or 63.6 %
        (80, 0, 5),  # nobody lives there: nothing can be deficient
        (10, 50, None),  # 6.7 % or 40 %
    ],
)
def test_an_rt_without_a_value_leaves_the_sum_only_what_is_certain(
    consolidate: Consolidate, known: float, denominator: float, score: float | None
) -> None:
    rows = [profile("001", **{**volumes(0), "v3a": known}),
            profile("002", **{**volumes(0, jumlah_kk=denominator), "v3a": None})]  # fmt: skip
    whole = consolidate(profil_rt=rows, **two_rt()).kawasan()
    assert whole["n3a"] == score if score is not None else np.isnan(whole["n3a"])
    assert np.isnan(whole["p3a"])


def test_an_rt_whose_denominator_is_unknown_too_leaves_nothing_certain(
    consolidate: Consolidate,
) -> None:
    lacking = {**volumes(0), "v3a": None, "jumlah_kk": None}
    rows = [profile("001", **volumes(0)), profile("002", **lacking)]
    whole = consolidate(profil_rt=rows, **two_rt()).kawasan()
    assert np.isnan(whole["n3a"])
    assert np.isnan(whole["n3b"])
    assert np.isnan(whole["jumlah_kk"])


def test_x_of_nothing_is_a_missing_value_in_the_sum(consolidate: Consolidate) -> None:
    rows = [profile("001", **{**volumes(0), "v3a": 60}),
            profile("002", **{**volumes(0, jumlah_kk=0), "v3a": 5})]  # fmt: skip
    whole = consolidate(profil_rt=rows, **two_rt()).kawasan()
    assert whole["n3a"] == 3
    assert np.isnan(whole["p3a"])


def test_shares_without_weights_score_only_where_they_agree(consolidate: Consolidate) -> None:
    alike = [profile("001", p3a=0.8, p5a=0.8), profile("002", p3a=0.9, p5a=0.1)]
    whole = consolidate(profil_rt=alike, **two_rt()).kawasan()
    assert whole["n3a"] == 5
    assert np.isnan(whole["p3a"])
    assert np.isnan(whole["n5a"])
    one = consolidate(rt=ONE, kawasan=AREA, profil_rt=[profile("001", p3a=0.8)]).kawasan()
    assert (one["p3a"], one["n3a"]) == (0.8, 5)


def test_an_unsurveyed_rt_keeps_its_kawasan_uncertain(consolidate: Consolidate) -> None:
    done = consolidate(profil_rt=[profile("001", **volumes(3))], **two_rt())
    whole = done.kawasan()
    assert (whole["kelengkapan"], whole["skor"], whole["skor_maks"]) == ("sebagian", 0, 80)
    assert whole["tingkat_konflik"] == "tidak_kumuh;ringan;sedang;berat"
    assert pd.isna(whole["tingkat"])
    assert pd.isna(whole["prioritas"])
    assert done.rt(key("002"))["kelengkapan"] == "tanpa_data"
    assert np.isnan(done.rt(key("002"))["skor"])


CONSIDERED = {
    "nilai_strategis": 5, "sosial_ekonomi": 1, "status_penguasaan_lahan": "+", "kesesuaian_rtr": "+"
}  # fmt: skip


def test_considerations_class_priority_and_pattern(consolidate: Consolidate) -> None:
    """5 strategic + 5 density (400 on 1 ha) + 1 social = 11: tinggi. 48 points: sedang; legal."""
    row = profile("001", **volumes(3), **CONSIDERED)
    whole = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row]).kawasan()
    assert (whole["skor"], whole["tingkat"], whole["kelengkapan"]) == (48, "sedang", "lengkap")
    assert (whole["kepadatan"], whole["pertimbangan_lain"]) == (400, 11)
    assert (whole["tingkat_pertimbangan"], whole["klasifikasi"]) == ("tinggi", "B1")
    assert (whole["prioritas"], whole["pola_penanganan"]) == (2, "peremajaan")
    assert (whole["legalitas"], whole["kewenangan"], whole["jumlah_rt"]) == ("legal", "kota", 1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, (11, "tinggi", "legal")),
        ({}, {"status_penguasaan_lahan": "-"}, (11, "tinggi", "tidak_legal")),
        ({}, {"kesesuaian_rtr": None}, (11, "tinggi", None)),
        ({"kesesuaian_rtr": None}, {"status_penguasaan_lahan": "-"}, (11, "tinggi", "tidak_legal")),
        ({}, {"nilai_strategis": 1, "sosial_ekonomi": 5}, (15, "tinggi", "legal")),
        ({}, {"nilai_strategis": None}, (11, "tinggi", "legal")),  # 5 cannot be surpassed
        ({}, {"sosial_ekonomi": None}, (None, None, "legal")),  # 1 may be
        ({}, {"jumlah_penduduk": None}, (None, None, "legal")),
    ],
)
def test_considerations_and_legality_of_several_rt(
    consolidate: Consolidate,
    first: dict[str, object],
    second: dict[str, object],
    expected: tuple[float | None, str | None, str | None],
) -> None:
    rows = [profile("001", **{**volumes(3), **CONSIDERED, **first}),
            profile("002", **{**volumes(3), **CONSIDERED, **second})]  # fmt: skip
    whole = consolidate(profil_rt=rows, **two_rt()).kawasan()
    found = [whole[c] for c in ("pertimbangan_lain", "tingkat_pertimbangan", "legalitas")]
    assert [None if pd.isna(v) else v for v in found] == list(expected)


def test_priority_and_class_of_no_slum_are_null(consolidate: Consolidate) -> None:
    row = profile("001", **volumes(0), **CONSIDERED)
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[row])
    whole = done.kawasan()
    assert whole["tingkat"] == "tidak_kumuh"
    assert whole["legalitas"] == "legal"
    assert whole[["prioritas", "klasifikasi", "pola_penanganan"]].isna().all()
    assert done.findings("score.below-threshold")["value"].tolist() == ["0"]


def test_the_levels_of_a_kawasan_and_its_rt_may_differ(consolidate: Consolidate) -> None:
    """DOMAIN §1.4: RT that are slums in different ways, whose sum is none."""
    rows = [profile("001", **volumes({"1a": 5, "3a": 5, "5a": 5, "6a": 1})),
            profile("002", **volumes({"1c": 5, "3b": 5, "5b": 5, "6b": 1}))]  # fmt: skip
    done = consolidate(profil_rt=rows, **two_rt())
    assert set(done.table("rt")["tingkat"]) == {"ringan"}
    assert done.kawasan()["tingkat"] == "tidak_kumuh"
    assert done.findings("level.rt-kawasan-differs")["value"].tolist() == ["2 ringan"]


@pytest.mark.parametrize(
    ("side", "who"), [(315.0, "kota"), (317.0, "provinsi"), (386.0, "provinsi"), (388.0, "pusat")]
)
def test_authority_by_geodesic_hectares(consolidate: Consolidate, side: float, who: str) -> None:
    whole = consolidate(kawasan=[area(box(0, 0, side), nama_kawasan="X")]).kawasan()
    assert whole["luas_ha"] == pytest.approx(side**2 / 10_000, rel=2e-3)
    assert whole["kewenangan"] == who


def test_slum_hectares_of_a_kelurahan_by_rt_and_by_kawasan(consolidate: Consolidate) -> None:
    rows = [profile("001", **volumes(3)), profile("002", **volumes(0))]
    found = consolidate(profil_rt=rows, **two_rt()).table("kelurahan").iloc[0]
    assert found["luas_kawasan_ha"] == pytest.approx(2, rel=2e-3)
    assert found["luas_kumuh_kawasan_ha"] == found["luas_kawasan_ha"]
    assert found["luas_kumuh_rt_ha"] == pytest.approx(1, rel=2e-3)


def test_unknown_levels_leave_slum_hectares_unknown(consolidate: Consolidate) -> None:
    found = consolidate(profil_rt=[profile("001", **volumes(3))], **two_rt()).table("kelurahan")
    assert found[["luas_kumuh_rt_ha", "luas_kumuh_kawasan_ha"]].isna().all(axis=None)
    assert found["luas_kawasan_ha"].notna().all()


def test_a_slum_of_unsettled_level_is_a_slum_all_the_same(consolidate: Consolidate) -> None:
    """35 or up to 40: light or medium, but a slum."""
    scores = dict.fromkeys(LAW.parameter_ids[:7], 5)
    form = {**volumes(scores), "v7b": None}
    done = consolidate(rt=ONE, kawasan=AREA, profil_rt=[profile("001", **form)])
    assert done.kawasan()["tingkat_konflik"] == "ringan;sedang"
    assert done.table("kelurahan")["luas_kumuh_rt_ha"].iloc[0] == pytest.approx(1, rel=2e-3)


def test_kawasan_that_overlap_count_once_in_their_kelurahan(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 200, 100), nama_kawasan="A", tingkat="ringan"),
            area(box(100, 0, 200, 100), nama_kawasan="B", tingkat="ringan")]  # fmt: skip
    found = consolidate(kawasan=rows).table("kelurahan").iloc[0]
    assert found["luas_kawasan_ha"] == pytest.approx(3, rel=2e-3)
    assert found["luas_kumuh_kawasan_ha"] == pytest.approx(3, rel=2e-3)


def test_a_share_of_nothing_in_the_other_regulations_form_is_found(
    consolidate: Consolidate,
) -> None:
    """Water supply is a share of people in 2/2016: 5 of 0 people is found as there."""
    source = {"id": "profil_rt", "layer": "profil_rt", "regulation": "permen-2-2016"}
    done = consolidate(
        sources=[source], rt=[rt_row("001", box(0, 0, 100))], kawasan=[area(box(0, 0, 100))],
        profil_rt=[profile("001", jumlah_penduduk=0, jumlah_kk=100, v3a=5)],
    )  # fmt: skip
    assert done.findings("parameter.zero-denominator")["value"].tolist() == ["jumlah_penduduk"]
    fact = done.facts(key("001"), "3a").iloc[0]
    assert (fact["volume"], fact["penyebut"]) == (5, 0)
    assert pd.isna(fact["persen"])


def test_a_negative_volume_takes_nothing_off_the_score_of_a_kawasan(
    consolidate: Consolidate,
) -> None:
    """One RT wholly deficient beside a slip of −60 of 100: 50 % for the score, 20 % as measured."""
    told = [profile("001", jumlah_kk=100, v3a=100), profile("002", jumlah_kk=100, v3a=-60)]
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
        kawasan=[area(box(0, 0, 200, 100))], profil_rt=told,
    )  # fmt: skip
    whole = done.kawasan()
    assert (whole["p3a"], whole["n3a"]) == (pytest.approx(0.2), 1)
    assert done.rt(key("002"))[["p3a", "n3a"]].tolist() == [-0.6, 0]
