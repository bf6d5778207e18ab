"""What is shown beside a conflict is what follows when it is decided so."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kotaku_geo.consolidate import sectoral
from kotaku_geo.decisions import Decision
from tests.consolidate.test_consolidate_properties import layers, survey
from tests.consolidate.world import (
    LAW,
    Consolidate,
    Outcome,
    area,
    box,
    decide,
    key,
    point,
    profile,
    rt_row,
    volumes,
)

TWO = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
RT = key("001")


def effects(row: pd.Series, column: str) -> dict[str, Any]:
    return dict(json.loads(row[column])) if isinstance(row[column], str) else {}


def levels(row: pd.Series) -> str | None:
    """What a table says of the level: one, or the range."""
    if row["tingkat_konflik"] is not None and not pd.isna(row["tingkat_konflik"]):
        return str(row["tingkat_konflik"])
    return None if pd.isna(row["tingkat"]) else str(row["tingkat"])


def test_the_levels_under_each_source_are_those_that_follow(consolidate: Consolidate) -> None:
    """Random surveys: every open conflict of an RT is decided in turn, all others alike."""
    rng = np.random.default_rng(7)
    forms = [dict.fromkeys(LAW.parameter_ids, 0.52) for _ in range(12)]
    for i, form in enumerate(forms):
        for parameter in rng.choice(LAW.parameter_ids, 4, replace=False).tolist():
            form[parameter] = float(rng.choice([0.0, 0.3, 0.6, 0.9]))
        if i % 6 == 2:
            form["7b"] = 0.0
    city = layers(survey(forms))
    found = consolidate(sources=TWO, **city).conflicts()
    checked = 0
    for at in rng.choice(len(found), 6, replace=False).tolist():
        row = found.iloc[at]
        rest = found.drop(index=at)
        for source in ("a", "b"):
            before = consolidate(sources=TWO, **city)
            every = [decide(before, p, subject=s, source="a")
                     for s, p in zip(rest["subject"], rest["parameter"], strict=True)]  # fmt: skip
            every.append(decide(before, row["parameter"], subject=row["subject"], source=source))
            after = consolidate(sources=TWO, decisions=every, **city)
            rt = after.rt(row["subject"])
            assert effects(row, "dampak_rt")[source] == levels(rt)
            home = after.kawasan(rt["id_kawasan"])
            assert effects(row, "dampak_kawasan")[source] == levels(home)
            checked += 1
    assert checked == 12


def test_hectares_and_households_stand_beside_a_value(consolidate: Consolidate) -> None:
    rows = [
        profile("001", source_id=s, **{**volumes(jumlah_kk=250.0), "v3a": v})
        for s, v in (("a", 20), ("b", 200))
    ]
    place = {"rt": [rt_row("001", box(0, 0, 100))], "kawasan": [area(box(0, 0, 100))]}
    row = consolidate(sources=TWO, profil_rt=rows, **place).conflicts().iloc[0]
    assert row["luas_ha"] == pytest.approx(1.0, rel=2e-3)
    assert row["jumlah_kk"] == 250
    assert effects(row, "dampak_rt") == {"a": "tidak_kumuh", "b": "tidak_kumuh"}


CLAIMED: dict[str, Any] = {
    "rt": [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100)),
           rt_row("003", box(200, 0, 100))],
    "kawasan": [area(box(0, 0, 200, 100), id_kawasan="K1", rt="001;002", rw="001"),
                area(box(60, 0, 240, 100), id_kawasan="K2", rt="002;003", rw="001")],
    "profil_rt": [profile("001", **volumes(1)), profile("002", **volumes(5)),
                  profile("003", **volumes(1))],
}  # fmt: skip


def decided(consolidate: Consolidate, *decisions: Decision) -> Outcome:
    return consolidate(decisions=decisions, **CLAIMED)


def test_an_open_identity_widens_the_levels_and_a_decision_narrows_them(
    consolidate: Consolidate,
) -> None:
    before = decided(consolidate)
    row = before.conflicts("identitas").iloc[0]
    assert row["subject"] == key("002")
    outcomes = {}
    for choice in ("K1", "K2"):
        after = decided(consolidate, decide(before, "id_kawasan", value=choice))
        assert effects(row, "dampak_kawasan")[choice] == levels(after.kawasan(choice))
        assert effects(row, "dampak_rt")[choice] == "berat"
        assert after.table("kawasan")["tingkat_konflik"].isna().all()
        outcomes[choice] = after.table("kawasan").set_index("id_kawasan")["tingkat"].to_dict()
    for name in ("K1", "K2"):
        possible = before.kawasan(name)["tingkat_konflik"].split(";")
        assert {outcomes["K1"][name], outcomes["K2"][name]} <= set(possible)
        assert len(possible) > 1
    assert (row["luas_ha"], row["jumlah_kk"]) == (pytest.approx(1.0, rel=2e-3), 100)


def test_an_open_outline_widens_the_levels(consolidate: Consolidate) -> None:
    """By the second outline RT 002, which is worse, belongs to the kawasan as well."""
    sources = [{"id": i, "layer": "kawasan", "accuracy_m": 1.0} for i in ("lama", "baru")]
    city: dict[str, Any] = {
        "sources": sources,
        "rt": [rt_row("001", box(0, 0, 100)), rt_row("002", box(100, 0, 100))],
        "kawasan": [area(box(0, 0, 100), source_id="lama", id_kawasan="K1"),
                    area(box(0, 0, 200, 100), source_id="baru", id_kawasan="K1")],
        "profil_rt": [profile("001", **volumes(1)), profile("002", **volumes(5))],
    }  # fmt: skip
    before = consolidate(**city)
    row = before.conflicts("batas").iloc[0]
    after = consolidate(decisions=[decide(before, "batas.kawasan", source="baru")], **city)
    assert effects(row, "dampak_kawasan") == {
        "lama": before.kawasan("K1")["tingkat"], "baru": after.kawasan("K1")["tingkat"],
    }  # fmt: skip
    assert before.kawasan("K1")["tingkat"] != after.kawasan("K1")["tingkat"]
    possible = before.kawasan("K1")["tingkat_konflik"].split(";")
    assert {before.kawasan("K1")["tingkat"], after.kawasan("K1")["tingkat"]} <= set(possible)
    assert row["luas_ha"] == pytest.approx(1.0, rel=2e-3)
    assert len(before.findings("rt.no-kawasan")) == 1  # what is only supposed leaves no finding
    assert after.findings("rt.no-kawasan").empty


def test_a_name_that_fits_several_rt_shows_each_of_them(consolidate: Consolidate) -> None:
    city: dict[str, Any] = {
        "rt": [rt_row("001", box(0, 0, 100), rw="001"), rt_row("001", box(100, 0, 100), rw="002")],
        "kawasan": [area(box(0, 0, 200, 100), nama_kawasan="Tepi Kali")],
        "profil_rt": [profile("001", rw=None, **volumes(5))],
    }
    before = consolidate(**city)
    row = before.conflicts("identitas").iloc[0]
    assert effects(row, "dampak_rt") == {key("001", rw): "berat" for rw in ("001", "002")}


def test_the_outline_of_a_kelurahan_moves_no_level(consolidate: Consolidate) -> None:
    whole = {"kode_kelurahan": "33.75.01.1001", "nama_kelurahan": "Satu"}
    rows = [{**whole, "geometry": box(0, 0, 1000), "source_id": "x"},
            {**whole, "geometry": box(0, 0, 1000, 900), "source_id": "y"}]  # fmt: skip
    sources = [{"id": i, "layer": "kelurahan", "accuracy_m": 1.0} for i in ("x", "y")]
    row = consolidate(sources=sources, kelurahan=rows).conflicts().iloc[0]
    assert row[["dampak_rt", "dampak_kawasan", "jumlah_kk"]].isna().all()
    assert row["luas_ha"] == pytest.approx(10, rel=2e-3)


def test_sectors_are_measured_once_where_nothing_moved(
    consolidate: Consolidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A survey row without denominators names one of two RT: only its own shares can go over."""
    city: dict[str, Any] = {
        "rt": [rt_row("001", box(0, 0, 100), rw="001"), rt_row("001", box(100, 0, 100), rw="002")],
        "kawasan": [area(box(0, 0, 200, 100), nama_kawasan="Tepi Kali")],
        "profil_rt": [profile("001", rw="001", **volumes(1)), profile("001", rw="002", **volumes(1)),
                      profile("001", rw=None, p3a=0.9)],
        "air_minum": [{"geometry": point(10, 10), "layak": False, "jumlah_kk": 80}],
    }  # fmt: skip
    measured = []
    measure = sectoral.candidates

    def counted(field: Any) -> Any:
        measured.append(1)
        return measure(field)

    monkeypatch.setattr(sectoral, "candidates", counted)
    before = consolidate(**city)
    assert len(measured) == 1
    row = before.conflicts("identitas").iloc[0]
    for choice in (key("001", "001"), key("001", "002")):
        after = consolidate(decisions=[decide(before, "id_rt", value=choice)], **city)
        assert effects(row, "dampak_rt")[choice] == levels(after.rt(choice))
        assert effects(row, "dampak_kawasan")[choice] == levels(after.kawasan())


def test_what_is_decided_of_values_holds_under_every_alternative(consolidate: Consolidate) -> None:
    """RT 002, that two kawasan claim, is berat by a and tidak_kumuh by b; b was chosen."""
    worst, best = volumes(5), volumes(0)
    rows = [profile("001", source_id="a", **volumes(1)), profile("003", source_id="a", **volumes(1)),
            profile("002", source_id="a", **worst), profile("002", source_id="b", **best)]  # fmt: skip
    city = {**CLAIMED, "sources": TWO, "profil_rt": rows}
    before = consolidate(**city)
    values = before.conflicts("nilai")
    chosen = [decide(before, p, subject=key("002"), source="b") for p in values["parameter"]]
    after = consolidate(decisions=chosen, **city)
    row = after.conflicts("identitas").iloc[0]
    assert effects(row, "dampak_rt") == {"K1": "tidak_kumuh", "K2": "tidak_kumuh"}
    for choice in ("K1", "K2"):
        both = [*chosen, decide(after, "id_kawasan", value=choice)]
        then = consolidate(decisions=both, **city)
        assert set(then.table("decisions")["status"]) == {"berlaku"}
        assert effects(row, "dampak_kawasan")[choice] == levels(then.kawasan(choice))
