"""What kawasan rows report stands where nothing can be computed, and is compared where it can."""

from typing import Any

import pandas as pd
import pytest

from tests.consolidate.world import KODE, Consolidate, area, box, profile, rt_row, volumes

ID = f"{KODE}-tepi"


def reported(consolidate: Consolidate, **row: Any) -> Any:
    return consolidate(kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi", **row)])


def computed(consolidate: Consolidate, score: int, **row: Any) -> Any:
    """A kawasan whose one RT has this score in every parameter."""
    return consolidate(
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi", **row)],
        profil_rt=[profile("001", **volumes(score))],
    )


def test_without_any_value_the_reported_score_and_level_stand(consolidate: Consolidate) -> None:
    done = reported(consolidate, skor=41, tingkat="berat", tingkat_pertimbangan="tinggi")
    whole = done.kawasan()
    assert whole["kelengkapan"] == "tanpa_data"
    assert (whole["skor"], whole["skor_maks"], whole["tingkat"]) == (41, 41, "berat")
    assert (whole["skor_dilaporkan"], whole["tingkat_dilaporkan"]) == (41, "berat")
    assert (whole["tingkat_pertimbangan"], whole["prioritas"]) == ("tinggi", 1)
    assert pd.isna(whole["pertimbangan_lain"])
    assert done.findings("kawasan.no-data")["subject"].tolist() == [ID]
    assert done.findings("parameter.missing").empty
    # 41 points are medium under 14/2018: the row contradicts itself.
    assert done.findings("level.reported-differs")["value"].tolist() == ["berat"]


@pytest.mark.parametrize(
    ("regulation", "score", "level"),
    [
        (None, 41, "sedang"),
        ("permen-14-2018", 15, "tidak_kumuh"),
        ("permen-2-2016", 41, "ringan"),
        ("unknown", 41, None),
    ],
)
def test_a_reported_score_gives_the_level_of_its_regulation(
    consolidate: Consolidate, regulation: str | None, score: float, level: str | None
) -> None:
    source = {"id": "kawasan", "layer": "kawasan", "regulation": regulation}
    rows = [area(box(0, 0, 100), nama_kawasan="Tepi", skor=score)]
    done = consolidate(sources=[source], kawasan=rows)
    whole = done.kawasan()
    assert whole["tingkat"] == level if level else pd.isna(whole["tingkat"])
    assert pd.isna(whole["tingkat_dilaporkan"])
    expected = regulation or "permen-14-2018"
    if regulation == "unknown":
        assert pd.isna(whole["peraturan"])
        assert done.findings("regulation.unknown")["source_id"].tolist() == ["kawasan"]
    else:
        assert whole["peraturan"] == expected


def test_nothing_reported_and_nothing_computed_is_unknown(consolidate: Consolidate) -> None:
    done = reported(consolidate)
    whole = done.kawasan()
    unknown = ["skor", "skor_maks", "tingkat", "prioritas", "klasifikasi", "pola_penanganan"]
    assert whole[unknown].isna().all()
    assert done.findings("kawasan.no-rt")["subject"].tolist() == [ID]
    assert pd.isna(done.table("kelurahan")["luas_kumuh_kawasan_ha"].iloc[0])


@pytest.mark.parametrize("score", [81, -3])
def test_a_score_outside_the_range_of_its_regulation_does_not_stand(
    consolidate: Consolidate, score: float
) -> None:
    done = reported(consolidate, skor=score)
    whole = done.kawasan()
    assert whole[["skor", "tingkat"]].isna().all()
    assert whole["skor_dilaporkan"] == score
    assert done.findings("score.impossible")["severity"].tolist() == ["error"]


@pytest.mark.parametrize(("score", "level"), [(35.5, "ringan"), (77, "berat"), (79, "berat")])
def test_a_score_in_range_that_no_form_can_add_up_to_stands_with_a_warning(
    consolidate: Consolidate, score: float, level: str
) -> None:
    """79 of 80 would take one parameter at 4; 35.5 is a mean of RT.

    What was reported is all there is: the limits of the levels still tell a level from it.
    """
    done = reported(consolidate, skor=score)
    whole = done.kawasan()
    assert (whole["skor"], whole["skor_maks"], whole["tingkat"]) == (score, score, level)
    found = done.findings("score.impossible")
    assert found["severity"].tolist() == ["warning"]
    assert found["value"].tolist() == [str(score).replace(".5", ",50")]


def test_reported_counts_density_and_legality_stand_where_nothing_is_known(
    consolidate: Consolidate,
) -> None:
    whole = reported(
        consolidate, jumlah_penduduk=250, jumlah_kk=60, legalitas="legal", tingkat="ringan",
        tingkat_pertimbangan="rendah", tipologi="Tepi air",
    ).kawasan()  # fmt: skip
    assert (whole["jumlah_penduduk"], whole["jumlah_kk"]) == (250, 60)
    assert whole["kepadatan"] == pytest.approx(250, rel=2e-3)
    assert (whole["klasifikasi"], whole["prioritas"]) == ("C5", 9)
    assert (whole["pola_penanganan"], whole["tipologi"]) == ("pemugaran", "Tepi air")


def test_what_is_computed_is_not_taken_from_the_report(consolidate: Consolidate) -> None:
    """The survey says nothing of legality and considerations: there the report stands."""
    done = computed(
        consolidate, 3, skor=45, tingkat="ringan", prioritas=7, legalitas="legal",
        tingkat_pertimbangan="rendah", jumlah_kk=7,
    )  # fmt: skip
    whole = done.kawasan()
    assert (whole["skor"], whole["tingkat"], whole["jumlah_kk"]) == (48, "sedang", 100)
    assert (whole["legalitas"], whole["tingkat_pertimbangan"]) == ("legal", "rendah")
    assert (whole["prioritas"], whole["klasifikasi"]) == (8, "B5")
    assert (whole["skor_dilaporkan"], whole["prioritas_dilaporkan"]) == (45, 7)
    assert done.findings("score.reported-differs")["value"].tolist() == ["45"]
    assert done.findings("level.reported-differs")["value"].tolist() == ["ringan"]
    assert "menurut peraturan 8" in done.findings("priority.reported-differs")["message"].iloc[0]


def test_a_reported_count_stands_where_those_of_the_rt_do_not_add_up(
    consolidate: Consolidate,
) -> None:
    """One RT without its people makes the sum unknown, not the reported total."""
    form = volumes(3)
    form["jumlah_penduduk"] = None
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi", jumlah_penduduk=500, jumlah_kk=100.9)],
        profil_rt=[profile("001", **form)],
    )
    whole = done.kawasan()
    assert (whole["jumlah_penduduk"], whole["jumlah_kk"]) == (500, 100)
    assert whole["kepadatan"] == pytest.approx(500, rel=2e-3)
    assert done.findings("count.reported-differs").empty  # 0.9 % apart, and nothing to compare


def test_a_report_that_the_rt_contradict_is_found_and_does_not_stand(
    consolidate: Consolidate,
) -> None:
    form = {**volumes(3), "status_penguasaan_lahan": "-", "kesesuaian_rtr": "+"}
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi", legalitas="legal", jumlah_kk=102,
                      tingkat_pertimbangan="rendah")],
        profil_rt=[profile("001", **form, nilai_strategis=5, sosial_ekonomi=5)],
    )  # fmt: skip
    whole = done.kawasan()
    assert (whole["legalitas"], whole["tingkat_pertimbangan"]) == ("tidak_legal", "tinggi")
    assert whole["jumlah_kk"] == 100
    said = {
        rule: done.findings(f"{rule}.reported-differs")["value"].tolist()
        for rule in ("legality", "standing", "count")
    }
    assert said == {"legality": ["legal"], "standing": ["rendah"], "count": ["102"]}
    assert done.findings("legality.reported-differs")["source_id"].tolist() == ["kawasan"]


def test_a_report_that_agrees_raises_nothing(consolidate: Consolidate) -> None:
    done = computed(
        consolidate, 3, skor=48, tingkat="sedang", prioritas=8, tingkat_pertimbangan="rendah"
    )
    for rule in ("score", "level", "priority"):
        assert done.findings(f"{rule}.reported-differs").empty


def test_a_report_under_another_regulation_is_not_compared(consolidate: Consolidate) -> None:
    done = consolidate(
        sources=[{"id": "kawasan", "layer": "kawasan", "regulation": "permen-2-2016"}],
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi", skor=57, tingkat="sedang")],
        profil_rt=[profile("001", **volumes(1))],
    )
    assert done.findings("score.reported-differs").empty
    assert done.findings("level.reported-differs").empty
    assert done.kawasan()["peraturan"] == "permen-14-2018"


@pytest.mark.parametrize(
    ("level", "standing", "priority", "wrong"),
    [
        ("ringan", "rendah", 8, True), ("ringan", "rendah", 9, False),
        ("berat", "tinggi", 1, False),
        ("tidak_kumuh", "tinggi", 3, True), (None, "tinggi", 3, False), ("ringan", None, 3, False),
    ],
)  # fmt: skip
def test_a_reported_priority_is_held_against_the_regulations_table(
    consolidate: Consolidate, level: str | None, standing: str | None, priority: int, wrong: bool
) -> None:
    done = reported(consolidate, tingkat=level, tingkat_pertimbangan=standing, prioritas=priority)
    assert len(done.findings("priority.reported-differs")) == wrong


def test_rows_of_one_kawasan_that_report_differently_count_at_their_worst(
    consolidate: Consolidate,
) -> None:
    low = {"skor": 20, "prioritas": 9, "jumlah_kk": 10}
    high = {"skor": 44, "prioritas": 4, "jumlah_kk": 15}
    rows = [
        area(box(100 * i, 0, 100), nama_kawasan="Tepi", **row) for i, row in enumerate((low, high))
    ]
    for order in (rows, rows[::-1]):
        whole = consolidate(kawasan=order).kawasan()
        assert (whole["skor"], whole["tingkat"]) == (44, "sedang")
        assert (whole["prioritas_dilaporkan"], whole["jumlah_kk"]) == (4, 25)


def test_one_total_that_all_rows_repeat_counts_once(consolidate: Consolidate) -> None:
    rows = [area(box(100 * i, 0, 100), nama_kawasan="Tepi", jumlah_kk=30) for i in range(3)]
    assert consolidate(kawasan=rows).kawasan()["jumlah_kk"] == 30


def test_the_strongest_source_that_reports_is_believed(consolidate: Consolidate) -> None:
    sources = [{"id": i, "layer": "kawasan"} for i in ("a", "b")]
    rows = [area(box(0, 0, 100), source_id="a", id_kawasan="K1"),
            area(box(0, 0, 100), source_id="b", id_kawasan="K1", skor=40)]  # fmt: skip
    whole = consolidate(sources=sources, kawasan=rows).kawasan("K1")
    assert (whole["skor"], whole["source_id"]) == (40, "a")
