"""RT, kawasan, and what belongs to what (contract §5, "RT and kawasan")."""

from typing import Any

import pandas as pd
import pytest

from tests.consolidate.world import KODE, Consolidate, area, box, key, profile, rt_row, volumes

OTHER = "33.75.01.1002"


def named(consolidate: Consolidate, **layers: Any) -> dict[str, list[str]]:
    """id_kawasan → its RT."""
    rts = consolidate(**layers).table("rt")
    return {str(k): sorted(g["id_rt"]) for k, g in rts.groupby("id_kawasan")}


def test_rt_that_a_kawasan_row_names_belong_to_it_wherever_they_lie(
    consolidate: Consolidate,
) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))]
    rows = [area(box(0, 0, 200, 100), nama_kawasan="Tepi", rt="001", rw="001")]
    assert named(consolidate, rt=rts, kawasan=rows) == {f"{KODE}-tepi": [key("001")]}


def test_rt_whose_survey_row_names_the_kawasan_belong_to_it(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 200, 100), nama_kawasan="Kawasan Tepi Kali")]
    told = [profile("001", nama_kawasan="TEPI  KALI "), profile("002", nama_kawasan="tepi-kali")]
    assert named(consolidate, kawasan=rows, profil_rt=told) == {
        f"{KODE}-tepi-kali": [key("001"), key("002")]
    }


def test_without_names_the_place_decides_by_half_of_either(consolidate: Consolidate) -> None:
    rts = [
        rt_row("001", box(0, 0, 100)),  # 60 % of it inside
        rt_row("002", box(100, 0, 100)),  # 40 % of it inside
        rt_row("003", box(1000, 0, 1000)),  # holds a small kawasan whole
    ]
    rows = [area(box(40, 0, 100, 100), nama_kawasan="Satu"),
            area(box(1100, 0, 50), nama_kawasan="Dua")]  # fmt: skip
    assert named(consolidate, rt=rts, kawasan=rows) == {
        f"{KODE}-satu": [key("001")], f"{KODE}-dua": [key("003")],
    }  # fmt: skip


def test_a_surveyed_rt_that_names_nothing_belongs_by_place_beside_named_ones(
    consolidate: Consolidate,
) -> None:
    rts = [rt_row(n, box(100 * i, 0, 100)) for i, n in enumerate(("001", "002", "003"))]
    rows = [area(box(0, 0, 300, 100), nama_kawasan="Tepi")]
    told = [profile("001", nama_kawasan="Tepi"), profile("002")]
    assert named(consolidate, rt=rts, kawasan=rows, profil_rt=told) == {
        f"{KODE}-tepi": [key("001"), key("002")]
    }


def test_a_slum_rt_is_what_rt_and_kawasan_share(consolidate: Consolidate) -> None:
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))], kawasan=[area(box(0, 0, 60, 100), nama_kawasan="T")]
    )
    rt = done.rt(key("001"))
    assert rt["luas_ha"] == pytest.approx(0.6, rel=2e-3)
    assert rt.geometry.equals(box(0, 0, 60, 100))


def test_survey_rows_without_an_rt_map_have_no_geometry_and_belong_by_name(
    consolidate: Consolidate,
) -> None:
    done = consolidate(
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi")],
        profil_rt=[profile("001", nama_kawasan="Tepi", **volumes(1))],
    )
    rt = done.rt(key("001"))
    assert rt.geometry is None
    assert (rt["luas_ha"], rt["skor"]) == (1.0, 16)
    assert done.kawasan()["tingkat"] == "ringan"
    assert done.findings("rt.unknown").empty


def test_a_survey_row_is_never_prorated(consolidate: Consolidate) -> None:
    """It describes the slum part of its RT: a tenth of the RT has all its deficiencies."""
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 1000, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="Tepi")],
        profil_rt=[profile("001", jumlah_kk=40, v3a=30)],
    )
    assert done.kawasan()[["jumlah_kk", "p3a"]].tolist() == [40, 0.75]


def test_a_name_that_the_place_contradicts_stands_with_a_finding(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("002", box(500, 0, 100))]
    rows = [area(box(500, 0, 100), nama_kawasan="Tepi", rt="001", rw="001")]
    done = consolidate(rt=rts, kawasan=rows)
    assert done.table("rt")["id_rt"].tolist() == [key("001")]
    assert done.rt(key("001")).geometry is None
    found = done.findings("rt.contradicts-location").iloc[0]
    assert (found["subject"], found["value"]) == (f"{KODE}-tepi", key("002"))


def test_a_survey_name_that_the_place_contradicts(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100))]
    rows = [area(box(0, 0, 100), nama_kawasan="Sini"), area(box(500, 0, 100), nama_kawasan="Sana")]
    done = consolidate(rt=rts, kawasan=rows, profil_rt=[profile("001", nama_kawasan="Sana")])
    found = done.findings("rt.contradicts-location").iloc[0]
    assert (found["subject"], found["value"]) == (key("001"), f"{KODE}-sini")
    assert done.rt(key("001"))["id_kawasan"] == f"{KODE}-sana"


def test_an_rt_named_for_one_kawasan_that_lies_in_another(consolidate: Consolidate) -> None:
    """A corner of it lies where it is named, but by its place it would belong to the other."""
    rts = [rt_row("001", box(0, 0, 100))]
    rows = [area(box(94, 0, 100), nama_kawasan="Alfa"), area(box(0, 0, 94, 100), nama_kawasan="B")]
    done = consolidate(rt=rts, kawasan=rows, profil_rt=[profile("001", nama_kawasan="Alfa")])
    found = done.findings("rt.contradicts-location")
    assert found[["subject", "value"]].to_numpy().tolist() == [[key("001"), f"{KODE}-b"]]
    assert done.rt(key("001"))["id_kawasan"] == f"{KODE}-alfa"
    # Half of the named kawasan lies in the RT: it belongs there by its place as well.
    rows[0] = area(box(94, 0, 12, 100), nama_kawasan="Alfa")
    done = consolidate(rt=rts, kawasan=rows, profil_rt=[profile("001", nama_kawasan="Alfa")])
    assert done.findings("rt.contradicts-location").empty


def test_a_survey_that_names_a_kawasan_nobody_draws(consolidate: Consolidate) -> None:
    rts = [rt_row(f"00{i}", box(100 * i, 0, 100)) for i in (1, 2, 3)]
    rows = [area(box(100, 0, 300, 100), nama_kawasan="Alfa")]
    told = [profile("001", nama_kawasan="Gamma"), profile("002", nama_kawasan="Gamma"),
            profile("003", nama_kawasan="kawasan ALFA")]  # fmt: skip
    done = consolidate(rt=rts, kawasan=rows, profil_rt=told)
    found = done.findings("name.unknown-kawasan")
    assert found[["subject", "value"]].to_numpy().tolist() == [[key("001"), "Gamma"]]
    assert "2 RT" in found["message"].iloc[0]
    assert done.rt(key("001"))["id_kawasan"] == f"{KODE}-alfa"


def test_a_sliver_of_an_unknown_kawasan_leaves_the_neighbours_hectares_known(
    consolidate: Consolidate,
) -> None:
    """Borders that two offices drew differ by less than anyone can see."""
    villages = [{"kode_kelurahan": code, "nama_kelurahan": code, "geometry": box(x, 0, 1000)}
                for code, x in ((KODE, 0), (OTHER, 1000))]  # fmt: skip
    known = area(box(1500, 0, 100), id_kawasan="B", kode_kelurahan=OTHER, skor=20)
    for reach, blank in ((100 + 1e-7, False), (101, True)):
        rows = [area(box(900, 0, reach, 100), id_kawasan="A"), known]
        done = consolidate(kelurahan=villages, kawasan=rows)
        hectares = done.table("kelurahan").set_index("kode_kelurahan")["luas_kumuh_kawasan_ha"]
        assert pd.isna(hectares[KODE])
        assert pd.isna(hectares[OTHER]) == blank
    assert hectares.index.tolist() == [KODE, OTHER]


def test_an_rt_that_two_kawasan_claim_is_an_identity_conflict(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100))]
    rows = [area(box(0, 0, 40), nama_kawasan="A"), area(box(40, 0, 60, 100), nama_kawasan="B")]
    done = consolidate(rt=rts, kawasan=rows)
    found = done.conflicts("identitas").iloc[0]
    assert (found["subject"], found["parameter"]) == (key("001"), "id_kawasan")
    assert found["material"]
    assert pd.isna(found["spread"])
    assert {c["value"] for c in done.candidates(kind="identitas")} == {f"{KODE}-a", f"{KODE}-b"}
    assert done.rt(key("001"))["id_kawasan"] == f"{KODE}-b"  # the larger share
    assert done.findings("kawasan.no-rt")["subject"].tolist() == [f"{KODE}-a"]
    assert len(done.findings("conflict.identity")) == 1


def test_a_kawasan_name_that_fits_two_is_an_identity_conflict(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 50), id_kawasan="K1", nama_kawasan="Tepi"),
            area(box(100, 0, 50), id_kawasan="K2", nama_kawasan="Tepi")]  # fmt: skip
    done = consolidate(kawasan=rows, profil_rt=[profile("001", nama_kawasan="Tepi")])
    assert {c["value"] for c in done.candidates(kind="identitas")} == {"K1", "K2"}


def test_a_kawasan_name_is_sought_in_the_rows_own_kelurahan_first(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 50), nama_kawasan="Tepi"),
            area(box(100, 0, 50), nama_kawasan="Tepi", kode_kelurahan=OTHER)]  # fmt: skip
    told = [profile("001", nama_kawasan="Tepi"),
            profile("001", nama_kawasan="Tepi", kode_kelurahan=OTHER)]  # fmt: skip
    assert named(consolidate, kawasan=rows, profil_rt=told) == {
        f"{KODE}-tepi": [key("001")], f"{OTHER}-tepi": [f"{OTHER}-RW001-RT001"],
    }  # fmt: skip


def test_an_rt_without_rw_is_the_only_one_of_its_number(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100), rw="003"), rt_row("002", box(100, 0, 100), rw="003")]
    rows = [area(box(0, 0, 100), nama_kawasan="Tepi", rt="001")]
    assert named(consolidate, rt=rts, kawasan=rows) == {f"{KODE}-tepi": [key("001", "003")]}


def test_a_map_without_rw_takes_the_names_rw_where_the_number_is_the_only_one(
    consolidate: Consolidate,
) -> None:
    rts = [rt_row("001", box(0, 0, 100), rw=None)]
    told = [profile("001", rw="003", **volumes(1))]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 100), nama_kawasan="T")], profil_rt=told)
    assert done.table("rt")["id_rt"].tolist() == [key("001", "000")]
    assert done.rt(key("001", "000"))["skor"] == 16


def test_two_rw_do_not_share_the_one_number_of_a_map_without_rw(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100), rw=None)]
    told = [profile("001", rw=rw, nama_kawasan="T") for rw in ("003", "004")]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 100), nama_kawasan="T")], profil_rt=told)
    assert set(done.table("rt")["id_rt"]) == {key("001", "003"), key("001", "004")}
    assert len(done.findings("rt.unknown")) == 2


def test_an_rt_number_that_fits_two_is_told_by_the_drawing(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100), rw="003"), rt_row("001", box(500, 0, 100), rw="004")]
    rows = [area(box(500, 0, 100), nama_kawasan="Tepi", rt="001")]
    done = consolidate(rt=rts, kawasan=rows)
    assert done.table("rt")["id_rt"].tolist() == [key("001", "004")]
    assert done.conflicts("identitas").empty


def test_an_rt_number_that_fits_two_and_has_no_drawing_is_a_conflict(
    consolidate: Consolidate,
) -> None:
    rts = [rt_row("001", box(0, 0, 100), rw="003"), rt_row("001", box(500, 0, 100), rw="004")]
    done = consolidate(rt=rts, profil_rt=[profile("001", rw=None, jumlah_kk=10)])
    found = done.conflicts("identitas").iloc[0]
    assert (found["subject"], found["parameter"]) == (key("001", "000"), "id_rt")
    assert {c["value"] for c in done.candidates(kind="identitas")} == {
        key("001", "003"), key("001", "004"),
    }  # fmt: skip


def test_one_sources_rt_drawn_in_two_places(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(x, 0, 100), source_row=row) for x, row in ((0, 3), (900, 8))]
    rows = [area(box(900, 0, 100), nama_kawasan="Tepi", rt="001", rw="001")]
    done = consolidate(rt=rts, kawasan=rows)
    assert {c["value"] for c in done.candidates(kind="identitas")} == {"rt#3", "rt#8"}
    assert done.rt(key("001")).geometry.equals(box(900, 0, 100))  # the one that lies in it
    elsewhere = consolidate(rt=rts, kawasan=[area(box(400, 0, 100), nama_kawasan="X")])
    assert elsewhere.conflicts().empty  # nobody needs that RT


def test_one_sources_rt_drawn_in_touching_parts_is_one_rt(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("001", box(100, 0, 50, 100))]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 150, 100), nama_kawasan="T")])
    assert done.rt(key("001"))["luas_ha"] == pytest.approx(1.5, rel=2e-3)
    assert done.conflicts().empty


def test_one_sources_rt_drawn_twice_on_itself_is_two_delineations(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("001", box(0, 0, 80, 100))]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 100), nama_kawasan="T")])
    found = done.conflicts().iloc[0]
    assert (found["kind"], found["parameter"], found["material"]) == ("batas", "batas.rt", True)
    assert done.rt(key("001"))["luas_ha"] == pytest.approx(1, rel=2e-3)
    assert found["spread"] == pytest.approx(20)
    assert done.findings("conflict.boundary")["subject"].tolist() == [key("001")]


def test_one_sources_rt_drawn_twice_alike_is_no_dispute(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100), nama_kelurahan=n) for n in ("Satu", "SATU")]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 100), nama_kawasan="T")])
    assert done.conflicts().empty


def test_one_dispute_has_one_conflict_with_all_that_is_said(consolidate: Consolidate) -> None:
    """The same name without RW in the survey and in a kawasan row that lies on neither RT."""
    rts = [rt_row("001", box(0, 0, 100), rw="003"), rt_row("001", box(500, 0, 100), rw="004")]
    done = consolidate(
        rt=rts,
        kawasan=[area(box(900, 0, 100), nama_kawasan="T", rt="001")],
        profil_rt=[profile("001", rw=None, jumlah_kk=10)],
    )
    assert done.conflicts()["conflict_id"].is_unique
    said = {(c["source_id"], c["value"]) for c in done.candidates(kind="identitas")}
    assert said == {(s, key("001", rw)) for s in ("kawasan", "profil_rt") for rw in ("003", "004")}


def test_names_that_the_map_does_not_know(consolidate: Consolidate) -> None:
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(0, 0, 100), nama_kawasan="T", rt="001;007", rw="001")],
        profil_rt=[profile("009", jumlah_kk=4)],
    )
    assert done.findings("rt.unknown")["subject"].tolist() == [key("007"), key("009")]
    assert done.kawasan()["jumlah_rt"] == 2
    assert done.findings("rt.no-kawasan")["subject"].tolist() == [key("009")]


def test_surveyed_rt_outside_every_kawasan_stand_apart(consolidate: Consolidate) -> None:
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))],
        kawasan=[area(box(500, 0, 100), nama_kawasan="T")],
        profil_rt=[profile("001", **volumes(0))],
    )
    assert done.table("rt").empty
    assert done.kawasan()["jumlah_rt"] == 0
    assert pd.isna(done.kawasan()["daftar_rt"])
    apart = done.table("rt_lain").iloc[0]
    assert (apart["id_rt"], apart["tingkat"], apart["skor"]) == (key("001"), "tidak_kumuh", 0)
    assert apart.geometry.equals(box(0, 0, 100))
    assert list(done.table("rt_lain")) == list(done.table("rt"))


def test_a_survey_row_of_two_rt_is_a_unit_of_its_own(consolidate: Consolidate) -> None:
    done = consolidate(
        kawasan=[area(box(0, 0, 100), nama_kawasan="T")],
        profil_rt=[profile("023;024", nama_kawasan="T", jumlah_kk=40, v3a=30)],
    )
    assert done.table("rt")["id_rt"].tolist() == [f"{key('023')}+RT024"]
    assert done.kawasan()["p3a"] == 0.75


def test_what_no_rt_covers_stays_in_the_kawasan_with_a_finding(consolidate: Consolidate) -> None:
    done = consolidate(
        rt=[rt_row("001", box(0, 0, 100))], kawasan=[area(box(0, 0, 150, 100), nama_kawasan="T")]
    )
    assert done.kawasan()["luas_ha"] == pytest.approx(1.5, rel=2e-3)
    found = done.findings("kawasan.uncovered").iloc[0]
    assert found["value"] == "0,50"
    assert found.geometry.equals(box(100, 0, 50, 100))


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ([{"id_kawasan": "K9"}, {"id_kawasan": "K9", "nama_kawasan": "Lain"}], ["K9"]),
        ([{"nama_kawasan": "Tepi Kali"}, {"nama_kawasan": "Kawasan TEPI KALI"}],
         [f"{KODE}-tepi-kali"]),
        ([{"nama_kawasan": "Tepi"}, {"nama_kawasan": "Tepi", "kode_kelurahan": OTHER}],
         [f"{KODE}-tepi", f"{OTHER}-tepi"]),
        ([{"rt": "006", "rw": "007"}, {"rt": "006", "rw": "007"}], [f"{KODE}-RW007-RT006"]),
        ([{"rt": "006", "rw": "007"}, {"rt": "006", "rw": "008"}],
         [f"{KODE}-RW007-RT006", f"{KODE}-RW008-RT006"]),
        ([{"id_kawasan": "K1", "nama_kawasan": "Tepi"}, {"nama_kawasan": "Tepi"}], ["K1"]),
        ([{"id_kawasan": "K1", "rt": "006", "rw": "007"}, {"rt": "006", "rw": "007"}], ["K1"]),
    ],
)  # fmt: skip
def test_rows_of_one_kawasan(
    consolidate: Consolidate, rows: list[dict[str, Any]], ids: list[str]
) -> None:
    parts = [area(box(200 * i, 0, 100), **row) for i, row in enumerate(rows)]
    done = consolidate(kawasan=parts)
    assert done.table("kawasan")["id_kawasan"].tolist() == ids
    assert done.table("kawasan")["luas_ha"].sum() == pytest.approx(2, rel=2e-3)


def test_a_kawasan_with_nothing_to_call_it_by_is_known_by_its_shape(
    consolidate: Consolidate,
) -> None:
    rows = [area(box(0, 0, 100)), area(box(300, 0, 100))]
    one = consolidate(kawasan=rows).table("kawasan")
    other = consolidate(kawasan=rows[::-1]).table("kawasan")
    assert one["id_kawasan"].nunique() == 2
    assert one["id_kawasan"].str.startswith(f"{KODE}-").all()
    assert one["id_kawasan"].tolist() == other["id_kawasan"].tolist()


def test_a_row_whose_name_fits_two_kawasan_stays_apart_with_a_conflict(
    consolidate: Consolidate,
) -> None:
    rows = [area(box(200 * i, 0, 100), nama_kawasan="Tepi", **more)
            for i, more in enumerate(({"id_kawasan": "K1"}, {"id_kawasan": "K2"}, {}))]  # fmt: skip
    done = consolidate(kawasan=rows)
    assert done.table("kawasan")["id_kawasan"].tolist() == [f"{KODE}-tepi", "K1", "K2"]
    found = done.conflicts("identitas").iloc[0]
    assert (found["subject"], found["parameter"]) == (f"{KODE}-tepi", "id_kawasan")


def test_a_kawasan_over_two_kelurahan_names_both(consolidate: Consolidate) -> None:
    kelurahan = [
        {"kode_kelurahan": code, "nama_kelurahan": name, "nama_kecamatan": "Kec", "geometry": shape}
        for code, name, shape in ((KODE, "Satu", box(0, 0, 500)), (OTHER, "Dua", box(500, 0, 500)))
    ]
    row = {"id_kawasan": "K1", "tingkat": "berat"}
    rows = [area(box(400, 0, 100), **row), area(box(500, 0, 100), kode_kelurahan=OTHER, **row)]
    done = consolidate(kelurahan=kelurahan, kawasan=rows)
    whole = done.kawasan("K1")
    assert whole["kode_kelurahan"] == f"{KODE};{OTHER}"
    assert (whole["nama_kelurahan"], whole["nama_kecamatan"]) == ("Satu;Dua", "Kec")
    parts = done.table("kelurahan").set_index("kode_kelurahan")["luas_kumuh_kawasan_ha"]
    assert parts.tolist() == pytest.approx([1, 1], rel=2e-3)


def test_a_kawasan_lies_in_the_kelurahan_of_its_rt_too(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("001", box(100, 0, 100), kode_kelurahan=OTHER)]
    whole = consolidate(rt=rts, kawasan=[area(box(0, 0, 200, 100), nama_kawasan="T")]).kawasan()
    assert whole["kode_kelurahan"] == f"{KODE};{OTHER}"
    assert whole["nama_kelurahan"] == "Satu"  # the other is on no list


def test_a_kawasans_position_is_a_point_of_it_in_degrees(consolidate: Consolidate) -> None:
    whole = consolidate(kawasan=[area(box(0, 0, 100), nama_kawasan="T")]).kawasan()
    # EPSG:32749, 400 km east and 9 230 km north: west of 111° E, south of the equator.
    assert whole["bujur"] == pytest.approx(110.0954, abs=2e-3)
    assert whole["lintang"] == pytest.approx(-6.9653, abs=2e-3)


def test_written_areas_that_are_not_the_drawn_ones(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 1000), nama_kawasan="A", luas_ha=100.0),
            area(box(2000, 0, 1000), nama_kawasan="B", luas_ha=127.0),
            area(box(4000, 0, 100), nama_kawasan="C", luas_ha=1.04)]  # fmt: skip
    kelurahan = [area(box(0, 0, 5000), luas_km2=6.3)]
    found = consolidate(kawasan=rows, kelurahan=kelurahan).findings("area.attribute-differs")
    assert found["subject"].tolist() == [KODE, f"{KODE}-b"]


def test_a_city_without_anything_but_kelurahan(consolidate: Consolidate) -> None:
    done = consolidate()
    assert [len(done.table(t)) for t in ("kelurahan", "rt", "kawasan", "facts", "conflicts")] == [
        1, 0, 0, 0, 0,
    ]  # fmt: skip
    assert done.table("kelurahan")["luas_kumuh_rt_ha"].tolist() == [0]


def test_rows_of_one_id_that_contradict_each_other_are_told(consolidate: Consolidate) -> None:
    rows = [area(box(0, 0, 50), id_kawasan="K1", nama_kawasan="Tepi", tingkat="ringan"),
            area(box(100, 0, 50), id_kawasan="K1", nama_kawasan="Hulu", tingkat="ringan")]  # fmt: skip
    done = consolidate(kawasan=rows)
    told = done.findings("kawasan.rows-differ")
    assert told["value"].tolist() == ["nama_kawasan"]
    assert told["subject"].tolist() == ["K1"]
    alike = consolidate(kawasan=[{**r, "nama_kawasan": "Tepi"} for r in rows])
    assert alike.findings("kawasan.rows-differ").empty
