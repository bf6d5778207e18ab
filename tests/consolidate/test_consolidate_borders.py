"""Outlines against each other: how two of one thing differ, and how those of a layer fit."""

import datetime as dt
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kotaku_geo.decisions import Decision
from tests.consolidate.world import KODE, Consolidate, Outcome, area, box, key, profile, rt_row

OTHER = "33.75.01.1002"
TWO = [
    {"id": "kuat", "layer": "kelurahan", "accuracy_m": 1.0},
    {"id": "lemah", "layer": "kelurahan", "accuracy_m": 2.0},
]


def village(code: str, shape: shapely.Geometry, source: str = "kuat") -> dict[str, Any]:
    return {"kode_kelurahan": code, "nama_kelurahan": code, "geometry": shape, "source_id": source}


def decided(conflict: pd.Series, source: str) -> Decision:
    """A decision for one source's outline."""
    return Decision(
        kind="batas", subject=conflict.name, parameter="batas.kelurahan", source_id=source,
        value=None, reason="r", forum="f", minutes="BA 1", date=dt.date(2024, 5, 2), by="Pokja",
        evidence=conflict["evidence"],
    )  # fmt: skip


def outlines(done: Outcome) -> gpd.GeoSeries:
    frame = done.table("kelurahan")
    assert isinstance(frame, gpd.GeoDataFrame)
    return frame.set_index("kode_kelurahan").geometry


def test_a_pair_is_measured_both_ways_and_judged(consolidate: Consolidate) -> None:
    rows = [
        village(KODE, box(0, 0, 1000)),
        village(KODE, box(0, 0, 1000).union(box(1000, 450, 300, 100)), "lemah"),
        village(OTHER, box(3000, 0, 1000)),
        village(OTHER, box(3001, 0, 1000), "lemah"),
    ]
    done = consolidate(sources=TWO, kelurahan=rows)
    pairs = done.table("boundaries").set_index("subject")
    wing, noise = pairs.loc[KODE], pairs.loc[OTHER]
    assert (wing["kind"], wing["source_id"], wing["source_id_lain"]) == (
        "kelurahan",
        "kuat",
        "lemah",
    )
    assert wing["penilaian"] == "beda_nyata"
    assert wing["iou"] == pytest.approx(1000 / 1030, abs=1e-4)
    assert wing["selisih_ha"] == pytest.approx(3, rel=2e-3)
    assert wing["beda_ha"] == pytest.approx(3, rel=0.02)
    assert wing["geser_balik_p95_m"] > 150, "the other outline goes where the chosen one is not"
    assert wing["geser_p95_m"] < 50
    assert noise["penilaian"] == "gambar_ulang"
    assert noise["beda_ha"] == 0
    assert noise["beda_kotor_ha"] == pytest.approx(0.2, rel=0.01)
    assert noise["geser_p95_m"] == pytest.approx(1, abs=0.1)
    assert noise["selisih_ha"] == pytest.approx(0, abs=1e-4)


def test_the_uncertainty_follows_the_accuracy_of_both_sources(consolidate: Consolidate) -> None:
    """A square of side s: Σ |v(i+1) − v(i−1)|² = 8 s², so ± = 1.645 · σ · s · √2."""
    rows = [village(KODE, box(0, 0, 1000)), village(KODE, box(0, 0, 1010), "lemah")]
    pair = consolidate(sources=TWO, kelurahan=rows).table("boundaries").iloc[0]
    sigma = ((1.0 * 1000) ** 2 + (2.0 * 1010) ** 2) ** 0.5 / 2.146
    assert pair["ketidakpastian_ha"] == pytest.approx(1.645 * sigma * 2**0.5 / 1e4, rel=1e-3)


def test_candidates_of_a_boundary_carry_their_measures(consolidate: Consolidate) -> None:
    rows = [village(KODE, box(0, 0, 1000)), village(KODE, box(0, 0, 1200), "lemah")]
    said = consolidate(sources=TWO, kelurahan=rows).candidates(kind="batas")
    other = next(c for c in said if c["source_id"] == "lemah")
    assert {"iou", "beda_ha", "ketidakpastian_ha", "geser_p50_m", "geser_balik_p95_m"} <= set(other)


def test_an_outline_that_is_merely_redrawn_may_be_chosen_where_another_is_in_dispute(
    consolidate: Consolidate,
) -> None:
    third = {"id": "ketiga", "layer": "kelurahan", "accuracy_m": 1.0}
    rows = [
        village(KODE, box(0, 0, 1000)),
        village(KODE, box(0, 0, 1200), "lemah"),
        village(KODE, box(0.5, 0, 1000), "ketiga"),
    ]
    done = consolidate(sources=[*TWO, third], kelurahan=rows)
    pairs = done.table("boundaries").set_index("source_id_lain")["penilaian"].to_dict()
    assert pairs == {"lemah": "beda_nyata", "ketiga": "gambar_ulang"}
    conflict = done.conflicts("batas").iloc[0]
    assert {c["source_id"] for c in done.candidates(kind="batas")} == {"kuat", "lemah", "ketiga"}
    decision = decided(conflict.rename(KODE), "ketiga")
    after = consolidate(sources=[*TWO, third], kelurahan=rows, decisions=[decision])
    assert after.table("decisions")["status"].tolist() == ["berlaku"]
    assert outlines(after)[KODE].bounds[0] == box(0.5, 0, 1000).bounds[0]


def test_kelurahan_are_mended_within_tolerance_and_told_before_and_after(
    consolidate: Consolidate,
) -> None:
    rows = [
        village(KODE, box(0, 0, 1000)),
        village(OTHER, box(999.4, 0, 500, 1000)),
        village("33.75.01.1003", box(1480, 0, 1000)),
    ]
    done = consolidate(kelurahan=rows, sources=[TWO[0]])
    drawn, seams = outlines(done), done.table("planar")
    assert shapely.coverage_is_valid(drawn.to_numpy()[:2])
    before, after = (seams[seams["tahap"] == t] for t in ("sebelum", "sesudah"))
    assert before["serpih"].tolist() == [True, False]
    assert before["lebar_m"].tolist() == pytest.approx([0.6, 19.4], abs=0.2)
    assert after["subjects"].tolist() == [f"{OTHER};33.75.01.1003"]
    assert after["luas_ha"].iloc[0] == pytest.approx(1.94, rel=2e-3)
    kept = done.findings("planar.overlap-kept")
    assert kept["subject"].tolist() == [OTHER]
    assert "19,4" in kept["message"].iloc[0]
    assert done.findings("planar.repaired")["action"].tolist() == ["repaired"]
    assert done.findings("planar.refused").empty


@pytest.mark.parametrize(
    ("wing", "chosen", "kind"),
    [(KODE, "kuat", "celah"), (KODE, "lemah", "tumpang tindih")],
)
def test_one_line_decided_both_ways_is_told_to_those_who_decided(
    consolidate: Consolidate, wing: str, chosen: str, kind: str
) -> None:
    """Two kelurahan draw their common line 100 m apart; each source is whole in itself."""
    east = {"kuat": box(1000, 0, 1000), "lemah": box(1100, 0, 900, 1000)}
    west = {"kuat": box(0, 0, 1000), "lemah": box(0, 0, 1100, 1000)}
    frame = box(-100, -100, 2200, 1200).difference(box(0, 0, 2000, 1000))
    rows = [village(KODE, shape, source) for source, shape in west.items()]
    rows += [village(OTHER, shape, source) for source, shape in east.items()]
    rows += [village("33.75.01.1003", frame, source) for source in ("kuat", "lemah")]
    sound = consolidate(sources=TWO, kelurahan=rows)
    assert sound.findings("planar.sources-apart").empty
    conflicts = sound.conflicts("batas").set_index("subject")
    picks = {wing: chosen, OTHER: {"kuat": "lemah", "lemah": "kuat"}[chosen]}
    decisions = [decided(conflicts.loc[code], source) for code, source in picks.items()]
    done = consolidate(sources=TWO, kelurahan=rows, decisions=decisions)
    (found,) = done.findings("planar.sources-apart").to_dict("records")
    assert (found["severity"], found["responsible"]) == ("warning", "pokja")
    assert f"{kind} 10,0" in found["message"]
    assert {KODE, OTHER} <= set(found["message"].replace(",", "").split())
    assert done.findings("planar.gap-kept").empty
    assert done.findings("planar.overlap-kept").empty


def test_a_sound_coverage_is_neither_touched_nor_told_of(consolidate: Consolidate) -> None:
    rows = [village(KODE, box(0, 0, 1000)), village(OTHER, box(1000, 0, 500, 1000))]
    done = consolidate(kelurahan=rows, sources=[TWO[0]])
    assert done.table("planar").empty
    found = done.ctx.findings.frame()
    assert not found["rule"].str.startswith("planar").any()
    assert outlines(done).to_wkb().tolist() == [r["geometry"].wkb for r in rows]


def test_rt_of_one_kawasan_share_no_area_once_mended(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("002", box(99.5, 0, 100))]
    survey = [profile("001", jumlah_kk=50), profile("002", jumlah_kk=50)]
    done = consolidate(
        rt=rts, profil_rt=survey, kawasan=[area(box(0, 0, 199.5, 100), rt="001;002", rw="001")]
    )
    table = done.table("rt")
    assert table["luas_ha"].sum() == pytest.approx(done.kawasan()["luas_ha"], rel=1e-9)
    shapes = table.geometry.to_numpy()
    assert shapely.area(shapely.intersection(*shapes)) == 0
    assert set(done.table("planar")["lapisan"]) == {"rt"}


def test_an_rt_alone_in_its_kawasan_stays_as_drawn(consolidate: Consolidate) -> None:
    rts = [rt_row("001", box(0, 0, 100)), rt_row("002", box(99.5, 0, 100))]
    done = consolidate(rt=rts, kawasan=[area(box(0, 0, 100), rt="001", rw="001"), area(box(100, 0, 99.5, 100), rt="002", rw="001")])  # fmt: skip
    assert done.table("rt").set_index("id_rt").loc[key("001")].geometry.area == pytest.approx(
        10_000
    )
    assert done.table("planar").empty
