"""RT and names of which it is in dispute to which kelurahan they belong: decided, never guessed."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from tests.consolidate.world import (
    KODE,
    Consolidate,
    Outcome,
    area,
    box,
    decide,
    key,
    profile,
    rt_row,
    volumes,
)

OTHER = "33.75.01.1002"
WHOLE = {"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "geometry": box(0, 0, 1000)}
BESIDE = {"kode_kelurahan": OTHER, "nama_kelurahan": "Dua", "geometry": box(1000, 0, 1000)}
THERE = box(1200, 100, 100)  # in the other kelurahan
SLUM = area(THERE, id_kawasan="K-1", kode_kelurahan=None, nama_kelurahan=None)
PARAMETER = "kode_kelurahan"


def moved(rt: str, rw: str = "001") -> str:
    return f"{OTHER}-RW{rw}-RT{rt}"


def disputes(done: Outcome) -> pd.DataFrame:
    found = done.conflicts("identitas")
    return found[found["parameter"] == PARAMETER].reset_index(drop=True)


def said(done: Outcome) -> set[tuple[str, str, str]]:
    """Source, code and ground of each candidate of the one dispute."""
    (text,) = disputes(done)["candidates"]
    return {(c["source_id"], c["value"], c["cara"]) for c in json.loads(text)}


def misplaced(**more: Any) -> dict[str, Any]:
    """An RT that is written in the first kelurahan and lies in the second."""
    survey = [profile("001", **volumes(3)), profile("002", **volumes(0))]
    return {
        "kelurahan": [WHOLE, BESIDE],
        "rt": [rt_row("001", THERE), rt_row("002", box(0, 0, 100))],
        "kawasan": [SLUM], "profil_rt": survey, **more,
    }  # fmt: skip


def test_an_rt_that_lies_in_another_kelurahan_is_put_to_decision(consolidate: Consolidate) -> None:
    done = consolidate(**misplaced())
    (row,) = disputes(done).to_dict("records")
    assert (row["subject"], row["material"], row["status"]) == (key("001"), True, "terbuka")
    assert said(done) == {
        ("rt", KODE, "peta"), ("profil_rt", KODE, "profil"), ("kelurahan", OTHER, "letak"),
    }  # fmt: skip
    assert row["luas_ha"] == pytest.approx(1.0, rel=0.01)
    assert row["jumlah_kk"] == 100.0
    levels = json.loads(row["dampak_kawasan"])
    assert set(levels) == {KODE, OTHER}
    assert len(set(levels.values())) == 1  # the RT's figures move with it
    told = done.findings("conflict.identity")
    assert told["subject"].tolist() == [key("001")]
    assert done.rt(key("001"))["kode_kelurahan"] == KODE  # as written, until it is decided


def test_a_decision_takes_the_rt_along_everywhere(consolidate: Consolidate) -> None:
    before = consolidate(**misplaced())
    after = consolidate(**misplaced(), decisions=[decide(before, PARAMETER, value=OTHER)])
    assert after.table("decisions")["status"].tolist() == ["berlaku"]
    assert disputes(after)["status"].tolist() == ["diputuskan"]
    assert disputes(after)["conflict_id"].tolist() == disputes(before)["conflict_id"].tolist()
    assert disputes(after)["evidence"].tolist() == disputes(before)["evidence"].tolist()
    mine = after.rt(moved("001"))
    assert (mine["kode_kelurahan"], mine["nama_kelurahan"]) == (OTHER, "Dua")
    assert mine["skor"] == before.rt(key("001"))["skor"]
    assert after.rt(moved("001")).geometry.equals(before.rt(key("001")).geometry)
    assert key("001") not in set(after.table("facts")["id_rt"])
    assert after.facts(moved("001"), "3a")["persen"].tolist() == [60.0]
    assert after.kawasan()["kode_kelurahan"] == OTHER
    assert before.kawasan()["kode_kelurahan"] == KODE
    assert after.kawasan()["daftar_rt"] == moved("001")
    slum = [d.table("kelurahan").set_index(PARAMETER)["luas_kumuh_rt_ha"] for d in (before, after)]
    assert (slum[0][KODE] > 0.9, slum[0][OTHER]) == (True, 0.0)
    assert (slum[1][KODE], slum[1][OTHER] > 0.9) == (0.0, True)
    assert after.findings("conflict.identity").empty
    assert after.findings("rt.unknown").empty


def test_a_decision_for_the_written_kelurahan_settles_it_too(consolidate: Consolidate) -> None:
    before = consolidate(**misplaced())
    after = consolidate(**misplaced(), decisions=[decide(before, PARAMETER, value=KODE)])
    assert disputes(after)["status"].tolist() == ["diputuskan"]
    assert after.rt(key("001"))["kode_kelurahan"] == KODE


def test_another_kelurahan_than_those_on_the_table_is_not_used(consolidate: Consolidate) -> None:
    before = consolidate(**misplaced())
    other = decide(before, PARAMETER, value="33.75.01.1009")
    after = consolidate(**misplaced(), decisions=[other])
    (row,) = after.table("decisions").to_dict("records")
    assert row["status"] == "tidak_terpakai"
    assert "tidak ada di antara calon" in row["found"]
    assert disputes(after)["status"].tolist() == ["terbuka"]


def test_a_new_voice_makes_the_decision_stale_and_so_does_silence_on_what_was_chosen(
    consolidate: Consolidate,
) -> None:
    decision = decide(consolidate(**misplaced()), PARAMETER, value=OTHER)
    base = misplaced()
    base["kawasan"] = [{**SLUM, "rt": "001", "rw": "001", "kode_kelurahan": KODE}]
    stale = consolidate(**base, decisions=[decision])
    (row,) = stale.table("decisions").to_dict("records")
    assert row["status"] == "basi"
    assert "kawasan: 33.75.01.1001" in row["found"]
    assert disputes(stale)["status"].tolist() == ["basi"]
    assert stale.rt(key("001"))["kode_kelurahan"] == KODE
    base = misplaced(kelurahan=[{**WHOLE, "geometry": box(0, 0, 2000)}])
    gone = consolidate(**base, decisions=[decision])
    (row,) = gone.table("decisions").to_dict("records")
    assert row["status"] == "basi", "it would go back to the other kelurahan unseen"
    assert "hanya disebut di satu kelurahan" in row["found"]
    stays = decide(consolidate(**misplaced()), PARAMETER, value=KODE)
    (row,) = consolidate(**base, decisions=[stays]).table("decisions").to_dict("records")
    assert row["status"] == "tidak_terpakai", "what was chosen is what everyone says now"


def test_decisions_that_contradict_each_other_move_nothing(consolidate: Consolidate) -> None:
    before = consolidate(**misplaced())
    both = [decide(before, PARAMETER, value=code) for code in (KODE, OTHER)]
    after = consolidate(**misplaced(), decisions=both)
    assert set(after.table("decisions")["status"]) == {"bertentangan"}
    assert disputes(after)["status"].tolist() == ["terbuka"]
    assert after.rt(key("001"))["kode_kelurahan"] == KODE


def test_an_rt_that_takes_the_number_of_another_brings_up_that_dispute(
    consolidate: Consolidate,
) -> None:
    """What is decided may bring up other conflicts: they come with the next export."""
    base = misplaced()
    twin = {**rt_row("001", box(1500, 500, 100)), "kode_kelurahan": OTHER}
    base["rt"] = [*base["rt"], twin]
    before = consolidate(**base)
    assert disputes(before)["subject"].tolist() == [key("001")]
    after = consolidate(**base, decisions=[decide(before, PARAMETER, value=OTHER)])
    found = after.conflicts("identitas").set_index("parameter")
    assert found["subject"].to_dict() == {PARAMETER: key("001"), "id_rt": moved("001")}
    assert found["status"].to_dict() == {PARAMETER: "diputuskan", "id_rt": "terbuka"}


@pytest.mark.parametrize(("reach", "expected"), [(6, 0), (30, 1)])
def test_what_two_maps_are_uncertain_by_is_no_dispute(
    consolidate: Consolidate, reach: float, expected: int
) -> None:
    """A narrow RT along the border; the accuracy of both maps is 5 m, so 10.6 m together."""
    strip = box(1000, 0, 2 * reach, 100)
    base = misplaced(rt=[rt_row("001", strip)], kawasan=[{**SLUM, "geometry": strip}])
    assert len(disputes(consolidate(**base))) == expected


def test_an_rt_that_is_no_slum_is_not_brought_before_a_meeting(consolidate: Consolidate) -> None:
    base = misplaced(kawasan=[area(box(0, 0, 100), id_kawasan="K-1")], profil_rt=[])
    assert disputes(consolidate(**base)).empty


def test_an_rt_that_was_only_located_says_nothing_of_its_own(consolidate: Consolidate) -> None:
    base = misplaced(profil_rt=[])
    base["rt"] = [{**row, "kelurahan_cara": "lokasi"} for row in base["rt"]]
    assert disputes(consolidate(**base)).empty


OLD = {"id": "peta-lama", "layer": "rt"}
NEW = {"id": "peta-baru", "layer": "rt"}


def drawn_twice(first: str = KODE, **more: Any) -> dict[str, Any]:
    """Two maps draw one RT alike, under two kelurahan; the survey says the first."""
    second = OTHER if first == KODE else KODE
    rows = [
        {**rt_row("001", THERE), "source_id": "peta-baru", "kode_kelurahan": first},
        {**rt_row("001", box(1201, 100, 99)), "source_id": "peta-lama", "kode_kelurahan": second},
    ]
    survey = [profile("001", rw=None, **volumes(3))]
    return {"sources": [NEW, OLD], "kelurahan": [WHOLE, BESIDE], "rt": rows, "kawasan": [SLUM],
            "profil_rt": survey, **more}  # fmt: skip


@pytest.mark.parametrize("first", [KODE, OTHER])
def test_two_maps_that_draw_one_rt_in_two_kelurahan(consolidate: Consolidate, first: str) -> None:
    """The strongest map's word stands, and there is one RT and not two."""
    done = consolidate(**drawn_twice(first))
    assert disputes(done)["subject"].tolist() == [f"{first}-RW001-RT001"]
    second = OTHER if first == KODE else KODE
    assert said(done) == {
        ("peta-baru", first, "peta"), ("peta-lama", second, "peta"),
        ("profil_rt", KODE, "profil"), ("kelurahan", OTHER, "letak"),
    }  # fmt: skip
    assert done.table("rt")["id_rt"].tolist() == [f"{first}-RW001-RT001"]
    assert done.table("rt")["skor"].tolist() == [48.0]
    for choice in (KODE, OTHER):
        after = consolidate(**drawn_twice(first), decisions=[decide(done, PARAMETER, value=choice)])
        assert after.table("rt")["id_rt"].tolist() == [f"{choice}-RW001-RT001"]
        assert after.table("rt")["skor"].tolist() == [48.0]
        assert disputes(after)["status"].tolist() == ["diputuskan"]


def test_one_map_that_gives_one_place_two_codes(consolidate: Consolidate) -> None:
    base = drawn_twice()
    base["rt"] = [{**row, "source_id": "peta-baru"} for row in base["rt"]]
    done, turned = consolidate(**base), consolidate(**{**base, "rt": base["rt"][::-1]})
    for one in (done, turned):
        assert disputes(one)["subject"].tolist() == [key("001")]
        assert one.table("rt")["id_rt"].tolist() == [key("001")]
    assert disputes(done)["evidence"].tolist() == disputes(turned)["evidence"].tolist()


def test_the_same_number_on_other_ground_is_another_rt(consolidate: Consolidate) -> None:
    base = drawn_twice()
    base["rt"][1]["geometry"] = box(1260, 100, 100)  # less than half of it lies on the other
    found = consolidate(**base).conflicts("identitas")
    assert [c for c in found["candidates"] if "peta-lama" in c] == []


def test_a_number_that_another_rt_bears_moves_nobody(consolidate: Consolidate) -> None:
    """The old map's name is that of an RT elsewhere: that is two drawings of it, far apart."""
    base = drawn_twice()
    elsewhere = {**rt_row("001", box(1500, 500, 100)), "kode_kelurahan": OTHER}
    base["rt"] = [*base["rt"], {**elsewhere, "source_id": "peta-baru"}]
    base["kawasan"] = [SLUM, {**SLUM, "id_kawasan": "K-2", "geometry": elsewhere["geometry"]}]
    done = consolidate(**base)
    assert [c for c in disputes(done)["candidates"] if "peta-lama" in c] == []
    assert set(done.table("rt")["id_rt"]) == {key("001"), moved("001")}
    borders = done.conflicts("batas")
    assert borders[borders["parameter"] == "batas.rt"]["subject"].tolist() == [moved("001")]


def test_two_drawings_under_two_codes_are_compared_as_drawings_of_one_rt(
    consolidate: Consolidate,
) -> None:
    base = drawn_twice()
    base["rt"][1]["geometry"] = box(1200, 100, 70, 100)
    done = consolidate(**base)
    assert done.conflicts("batas")["subject"].tolist() == [key("001")]
    assert done.conflicts("batas")["material"].tolist() == [True]


def stray(**more: Any) -> dict[str, Any]:
    """A survey names an RT of the first kelurahan for a kawasan that holds it in the second."""
    drawn = [{**rt_row("012", THERE, rw="003"), "kode_kelurahan": OTHER},
             rt_row("001", box(0, 0, 100))]  # fmt: skip
    survey = [profile("012", rw="003", nama_kawasan="K-1", **volumes(3))]
    return {"kelurahan": [WHOLE, BESIDE], "rt": drawn, "kawasan": [SLUM], "profil_rt": survey,
            **more}  # fmt: skip


def test_a_surveyed_rt_that_the_map_has_in_another_kelurahan(consolidate: Consolidate) -> None:
    done = consolidate(**stray())
    ours, theirs = key("012", "003"), moved("012", "003")
    assert disputes(done)["subject"].tolist() == [theirs]
    assert said(done) == {
        ("profil_rt", KODE, "profil"), ("rt", OTHER, "peta"), ("kelurahan", OTHER, "letak"),
    }  # fmt: skip
    assert done.table("rt")["id_rt"].tolist() == [ours]  # nothing is put together unasked
    assert done.rt(ours).geometry is None
    assert done.findings("rt.unknown")["subject"].tolist() == [ours]
    for choice, stands in ((KODE, ours), (OTHER, theirs)):
        after = consolidate(**stray(), decisions=[decide(done, PARAMETER, value=choice)])
        assert after.table("rt")["id_rt"].tolist() == [stands]
        assert after.rt(stands).geometry.area == pytest.approx(10_000)
        assert after.rt(stands)["skor"] == 48.0
        assert after.findings("rt.unknown").empty
        assert disputes(after)["status"].tolist() == ["diputuskan"]


def test_a_kawasan_row_that_names_an_rt_of_another_kelurahan(consolidate: Consolidate) -> None:
    named = {**SLUM, "rt": "012", "rw": "003", "kode_kelurahan": KODE}
    done = consolidate(**stray(kawasan=[named], profil_rt=[]))
    assert ("kawasan", KODE, "baris") in said(done)


@pytest.mark.parametrize("why", ["names both", "map ends", "no rw", "other kawasan"])
def test_numbers_alone_make_no_dispute(consolidate: Consolidate, why: str) -> None:
    """RT numbers begin anew in each kelurahan: without more, two of one number are two RT."""
    base = stray()
    if why == "names both":
        beside = profile("012", rw="003", **volumes(0))
        base["profil_rt"] = [*base["profil_rt"], {**beside, "kode_kelurahan": OTHER}]
    elif why == "map ends":
        base["rt"] = base["rt"][:1]
    elif why == "no rw":
        base["profil_rt"] = [profile("012", rw=None, nama_kawasan="K-1", **volumes(3))]
    else:
        far = area(box(300, 300, 100), id_kawasan="K-2")
        base["kawasan"] = [SLUM, far]
        base["profil_rt"] = [profile("012", rw="003", nama_kawasan="K-2", **volumes(3))]
    assert disputes(consolidate(**base)).empty


def test_a_name_that_may_be_either_of_two_drawn_rt(consolidate: Consolidate) -> None:
    """The surveyed name moves; the drawn RT stay two."""
    third = {"kode_kelurahan": "33.75.01.1003", "geometry": box(2000, 0, 1000)}
    row = {**rt_row("012", box(2000, 100, 100), rw="003"), "kode_kelurahan": "33.75.01.1003"}
    slum = {**SLUM, "geometry": box(1200, 100, 900)}
    base = stray(kawasan=[slum], kelurahan=[WHOLE, BESIDE, third])
    base["rt"] = [*base["rt"], row]
    done = consolidate(**base)
    assert {code for _, code, _ in said(done)} == {KODE, OTHER, "33.75.01.1003"}
    after = consolidate(**base, decisions=[decide(done, PARAMETER, value="33.75.01.1003")])
    assert after.table("rt")["id_rt"].tolist() == ["33.75.01.1003-RW003-RT012"]
    assert disputes(after)["status"].tolist() == ["diputuskan"]


def test_swapped_codes_are_swapped_back(consolidate: Consolidate) -> None:
    """Two RT with one number that bear each other's kelurahan."""
    here = box(100, 100, 100)
    rows = [rt_row("001", THERE), {**rt_row("001", here), "kode_kelurahan": OTHER}]
    areas = [SLUM, {**SLUM, "id_kawasan": "K-2", "geometry": here}]
    base: Mapping[str, Any] = {"kelurahan": [WHOLE, BESIDE], "rt": rows, "kawasan": areas}
    before = consolidate(**base)
    assert disputes(before)["subject"].tolist() == [key("001"), moved("001")]
    both = [decide(before, PARAMETER, subject=s, value=v)
            for s, v in ((key("001"), OTHER), (moved("001"), KODE))]  # fmt: skip
    after = consolidate(**base, decisions=both)
    homes = after.table("rt").set_index("id_rt")["id_kawasan"]
    assert homes.to_dict() == {moved("001"): "K-1", key("001"): "K-2"}
    assert set(disputes(after)["status"]) == {"diputuskan"}


def named(*rows: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Survey rows whose kelurahan's name fits two."""
    tied = {"kode_kelurahan": None, "nama_kelurahan": "Sukamaju",
            "kelurahan_calon": f"{KODE};{OTHER}"}  # fmt: skip
    drawn = [rt_row("001", box(0, 0, 100)), {**rt_row("001", THERE), "kode_kelurahan": OTHER}]
    areas = [SLUM, area(box(0, 0, 100), id_kawasan="K-2")]
    return {"kelurahan": [WHOLE, BESIDE], "rt": drawn, "kawasan": areas,
            "profil_rt": [{**profile("001", **volumes(3)), **tied, **row} for row in rows],
            **more}  # fmt: skip


def test_a_name_that_fits_two_kelurahan_is_put_to_decision(consolidate: Consolidate) -> None:
    before = consolidate(**named({}))
    (row,) = disputes(before).to_dict("records")
    assert (row["subject"], row["material"]) == ("profil_rt/sukamaju", True)
    assert said(before) == {("profil_rt", KODE, "nama"), ("profil_rt", OTHER, "nama")}
    assert (row["luas_ha"], row["jumlah_kk"]) == (1.0, 100.0)
    assert set(before.table("rt")["kelengkapan"]) == {"tanpa_data"}
    for choice, home in ((KODE, "K-2"), (OTHER, "K-1")):
        decision = decide(before, PARAMETER, value=choice)
        after = consolidate(**named({}), decisions=[decision])
        assert after.table("decisions")["status"].tolist() == ["berlaku"]
        assert after.kawasan(home)["skor"] == 48.0
        assert after.rt(f"{choice}-RW001-RT001")["kelengkapan"] == "lengkap"
        more = consolidate(**named({}, {"rt": "007"}), decisions=[decision])
        assert more.table("decisions")["status"].tolist() == ["basi"]  # of another RT as well


def test_each_source_means_its_own_by_a_name(consolidate: Consolidate) -> None:
    sources = [{"id": i, "layer": "profil_rt"} for i in ("satu", "dua")]
    base = named({"source_id": "satu"}, {"source_id": "dua", "nama_kelurahan": "SUKAMAJU"})
    done = consolidate(sources=sources, **base)
    assert disputes(done)["subject"].tolist() == ["dua/sukamaju", "satu/sukamaju"]


def test_a_service_row_whose_kelurahan_fits_two_asks_where_it_matters(
    consolidate: Consolidate,
) -> None:
    tied = {"kode_kelurahan": None, "nama_kelurahan": "Sukamaju",
            "kelurahan_calon": f"{KODE};{OTHER}"}  # fmt: skip
    row = {**tied, "rt": "001", "rw": "001", "jumlah_kk": 40, "layak": False}
    survey = [profile("001", **volumes(0))]
    before = consolidate(**named(profil_rt=survey, air_minum=[row]))
    assert disputes(before)["subject"].tolist() == ["air_minum/sukamaju"]
    elsewhere = consolidate(**named(profil_rt=survey, air_minum=[{**row, "rt": "044"}]))
    assert disputes(elsewhere).empty
    decision = decide(before, PARAMETER, value=KODE)
    after = consolidate(**named(profil_rt=survey, air_minum=[row]), decisions=[decision])
    assert set(after.facts(key("001"), "3a")["source_id"]) == {"profil_rt", "air_minum"}
