"""Sector layers as candidates, and what absence means (contract §5, "Sectoral candidates")."""

import inspect
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from kotaku_geo import resources
from kotaku_geo.consolidate import sectoral
from tests.consolidate.world import (
    CRS,
    KODE,
    LAW,
    Consolidate,
    Outcome,
    area,
    box,
    key,
    line,
    point,
    profile,
    rt_row,
)

ONE = key("001")
FORM = {"jumlah_bangunan": 10, "jumlah_kk": 50, "jalan_ideal_m": 200, "drainase_ideal_m": 200}
FLOOD = {"tinggi_cm": 40, "lama_jam": 3, "frekuensi": 3}


def sector(
    consolidate: Consolidate, layer: str, rows: list[dict[str, Any]], coverage: str | None = None,
    **more: Any,
) -> Outcome:  # fmt: skip
    """One RT of a hectare, wholly slum, with the layer's rows."""
    layers = {
        "rt": [rt_row("001", box(0, 0, 100))],
        "kawasan": [area(box(0, 0, 100), nama_kawasan="T")],
        "profil_rt": [profile("001", **FORM)],
        layer: rows,
    }
    sources = [{"id": layer, "layer": layer, "coverage": coverage}]
    return consolidate(sources=sources, **{**layers, **more})


def percent(done: Outcome, parameter: str) -> list[float]:
    return [float(p) for p in done.facts(ONE, parameter)["persen"]]


def house(x: float, y: float, **flags: bool) -> dict[str, Any]:
    return {"geometry": box(x, y, 8), **flags}


def test_buildings_count_by_their_representative_point(consolidate: Consolidate) -> None:
    """A house that leans over the border counts where its middle is."""
    flags = {"tidak_layak": False}
    rows = [
        house(10, 10, tidak_teratur=True, **flags),
        house(30, 10, tidak_teratur=False, **flags),
        house(95, 10, tidak_teratur=True, **flags),  # middle at 99: inside
        house(97, 40, tidak_teratur=True, **flags),  # middle at 101: outside
        {"geometry": point(50, 50), "tidak_teratur": False, **flags},
    ]
    done = sector(consolidate, "bangunan", rows)
    fact = done.facts(ONE, "1a").iloc[0]
    assert (fact["volume"], fact["penyebut"], fact["persen"]) == (2, 4, 50)
    assert pd.isna(fact["source_row"])
    assert percent(done, "1c") == [0]
    assert done.facts(ONE, "1b").empty  # evidence beside it, no candidate
    assert done.rt(ONE)["bangunan_per_ha"] == pytest.approx(4, rel=2e-3)


def test_a_flag_that_was_not_asked_says_nothing(consolidate: Consolidate) -> None:
    done = sector(consolidate, "bangunan", [house(10, 10, tidak_teratur=True)])
    assert percent(done, "1a") == [100]
    assert done.facts(ONE, "1c").empty


def test_one_unknown_flag_leaves_the_share_unknown(consolidate: Consolidate) -> None:
    rows = [house(10, 10, tidak_teratur=True), {"geometry": box(30, 10, 8)}]
    assert sector(consolidate, "bangunan", rows).facts(ONE, "1a").empty


@pytest.mark.parametrize(
    ("layer", "lacking", "damaged"), [("jalan", "2a", "2b"), ("drainase", "4b", "4c")]
)
def test_lengths_against_the_ideal(
    consolidate: Consolidate, layer: str, lacking: str, damaged: str
) -> None:
    """120 m inside of an ideal 200: 80 lacking; 60 of them damaged."""
    rows = [
        {"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"},
        {"geometry": line((40, 50), (140, 50)), "kondisi": "baik"},  # 60 m of it inside
    ]
    done = sector(consolidate, layer, rows)
    assert percent(done, lacking) == pytest.approx([40], rel=1e-3)
    assert percent(done, damaged) == pytest.approx([30], rel=1e-3)


def test_more_than_the_ideal_is_nothing_lacking(consolidate: Consolidate) -> None:
    rows = [{"geometry": line((0, y), (100, y)), "kondisi": "baik"} for y in (10, 20, 30)]
    done = sector(consolidate, "jalan", rows)
    assert percent(done, "2a") == [0]


def test_a_road_of_unknown_condition(consolidate: Consolidate) -> None:
    mixed = [
        {"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"},
        {"geometry": line((0, 20), (60, 20))},
    ]
    assert sector(consolidate, "jalan", mixed).facts(ONE, "2b").empty
    assert sector(consolidate, "jalan", mixed[1:]).facts(ONE, "2b").empty
    assert percent(sector(consolidate, "jalan", mixed), "2a") == pytest.approx([40], rel=1e-3)


def test_without_an_ideal_length_there_is_no_candidate(consolidate: Consolidate) -> None:
    rows = [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"}]
    done = sector(consolidate, "jalan", rows, profil_rt=[profile("001", jumlah_kk=4)])
    assert done.facts(ONE, "2a").empty


def test_flooding_is_the_union_of_what_counts(consolidate: Consolidate) -> None:
    rows = [
        {"geometry": box(0, 0, 100, 30), **FLOOD},
        {"geometry": box(0, 20, 100, 20), **FLOOD},  # 10 m of it over the first
        {"geometry": box(0, 60, 100, 10), **{**FLOOD, "tinggi_cm": 30}},  # not above 30 cm
        {"geometry": box(0, 70, 100, 10), **{**FLOOD, "lama_jam": 2}},
        {"geometry": box(0, 80, 100, 10), **{**FLOOD, "frekuensi": 2}},
        {"geometry": box(0, 90, 100, 10), **{**FLOOD, "frekuensi": None}},
    ]
    done = sector(consolidate, "genangan", rows)
    fact = done.facts(ONE, "4a").iloc[0]
    assert fact["persen"] == pytest.approx(40, rel=1e-4)
    assert fact["volume"] == pytest.approx(0.4, rel=2e-3)


def test_flooding_below_the_limits_is_none_and_without_figures_is_unknown(
    consolidate: Consolidate,
) -> None:
    shallow = [{"geometry": box(0, 0, 100), **{**FLOOD, "tinggi_cm": 10}}]
    assert percent(sector(consolidate, "genangan", shallow), "4a") == [0]
    bare = [{"geometry": box(0, 0, 100)}]
    assert sector(consolidate, "genangan", bare).facts(ONE, "4a").empty
    assert percent(sector(consolidate, "genangan", bare, "kota"), "4a") == [0]


@pytest.mark.parametrize(
    ("layer", "parameter"), [("air_minum", "3a"), ("air_limbah", "5a"), ("persampahan", "6b")]
)
def test_households_without_decent_service(
    consolidate: Consolidate, layer: str, parameter: str
) -> None:
    rows = [
        {"geometry": point(10, 10), "layak": True, "jumlah_kk": 30},
        {"geometry": point(20, 10), "layak": False, "jumlah_kk": 15},
        {"geometry": box(30, 30, 10), "layak": False, "jumlah_kk": 5},
        {"geometry": point(500, 10), "layak": False, "jumlah_kk": 90},
    ]
    assert percent(sector(consolidate, layer, rows), parameter) == [40]


def test_a_service_table_goes_by_rt(consolidate: Consolidate) -> None:
    row = {"kode_kelurahan": KODE, "rt": "001", "layak": False, "jumlah_kk": 20}
    assert percent(sector(consolidate, "air_minum", [{**row, "rw": "001"}]), "3a") == [40]
    assert percent(sector(consolidate, "air_minum", [row]), "3a") == [40]  # the only RT 001
    other = sector(consolidate, "air_minum", [{**row, "rt": "002"}])
    assert other.facts(ONE, "3a").empty


@pytest.mark.parametrize("coverage", [None, "kota", "cakupan.geojson"])
def test_a_row_that_names_an_undrawn_rt_speaks_whatever_the_coverage(
    consolidate: Consolidate, coverage: str | None
) -> None:
    """Coverage is about where the layer looked; the row says that it looked at this RT."""
    row = {"kode_kelurahan": KODE, "rt": "001", "rw": "001", "layak": False, "jumlah_kk": 20}
    drawn = gpd.GeoDataFrame({"source_id": ["air_minum"]}, geometry=[box(0, 0, 9)], crs=CRS)
    done = sector(
        consolidate, "air_minum", [row], coverage, rt=[], extra={"ingest/coverage": drawn},
        profil_rt=[profile("001", nama_kawasan="T", **FORM)],
    )  # fmt: skip
    assert percent(done, "3a") == [40]


@pytest.mark.parametrize("more", [{}, {"geometry": point(5, 5)}])
def test_the_whole_city_covers_an_undrawn_rt_unless_rows_are_placed_by_location(
    consolidate: Consolidate, more: dict[str, Any]
) -> None:
    """A point may lie in the RT that nobody drew: its absence there is not known."""
    other = {"kode_kelurahan": KODE, "rt": "002", "rw": "001", "layak": False, "jumlah_kk": 20}
    done = sector(
        consolidate, "air_minum", [{**other, **more}], "kota", rt=[],
        profil_rt=[profile("001", nama_kawasan="T", **FORM)],
    )  # fmt: skip
    assert percent(done, "3a") == ([] if more else [0])


def test_an_undrawn_rt_has_no_road_lengths_even_where_the_whole_city_was_looked_at(
    consolidate: Consolidate,
) -> None:
    road = {"geometry": line((0, 10), (60, 10)), "kondisi": "baik"}
    told = [profile("001", nama_kawasan="T", **FORM)]
    done = sector(consolidate, "jalan", [road], "kota", rt=[], profil_rt=told)
    assert done.facts(ONE, "2a").empty


def test_a_service_row_whose_name_fits_two_rt_is_given_to_neither(consolidate: Consolidate) -> None:
    """That only one of them is a slum does not make it the one that is meant."""
    rts = [rt_row("001", box(0, 0, 100)), rt_row("001", box(1000, 0, 100), rw="002")]
    row = {"kode_kelurahan": KODE, "rt": "001", "layak": False, "jumlah_kk": 20}
    done = sector(consolidate, "air_minum", [row], rt=rts)
    assert done.facts(ONE, "3a").empty
    found = done.conflicts("identitas")
    assert found["subject"].tolist() == [key("001", "000")]
    assert {c["value"] for c in done.candidates(kind="identitas")} == {ONE, key("001", "002")}
    assert len(done.findings("conflict.identity")) == 1
    # Its place tells which is meant: nothing is open.
    placed = sector(consolidate, "air_minum", [{**row, "geometry": point(5, 5)}], rt=rts)
    assert percent(placed, "3a") == [40]
    assert placed.conflicts("identitas").empty


def test_a_service_name_that_fits_two_rt_outside_the_slums_is_nobodys_concern(
    consolidate: Consolidate,
) -> None:
    rts = [rt_row("001", box(0, 0, 100))]
    rts += [rt_row("007", box(1000 * i, 0, 100), rw=f"00{i}") for i in (1, 2)]
    row = {"kode_kelurahan": KODE, "rt": "007", "layak": False, "jumlah_kk": 20}
    assert sector(consolidate, "air_minum", [row], rt=rts).conflicts("identitas").empty


def test_households_of_unknown_service_leave_the_share_unknown(consolidate: Consolidate) -> None:
    rows = [
        {"geometry": point(10, 10), "layak": False, "jumlah_kk": 30},
        {"geometry": point(20, 10), "layak": None, "jumlah_kk": 15},
    ]
    assert sector(consolidate, "air_minum", rows).facts(ONE, "3a").empty


def test_where_the_rts_households_are_unknown_those_of_the_layer_count(
    consolidate: Consolidate,
) -> None:
    rows = [
        {"geometry": point(10, 10), "layak": False, "jumlah_kk": 10},
        {"geometry": point(20, 10), "layak": True, "jumlah_kk": 30},
    ]
    done = sector(consolidate, "air_minum", rows, profil_rt=[profile("001", jumlah_bangunan=9)])
    assert percent(done, "3a") == [25]


def test_fire_protection_reaches_by_radius(consolidate: Consolidate) -> None:
    houses = [house(10, 10), house(30, 10), house(80, 80), house(60, 80)]
    posts = [
        {"geometry": point(0, 0), "radius_m": 40.0},
        {"geometry": point(70, 90), "radius_m": None},  # no reach stated
    ]
    done = sector(consolidate, "proteksi_kebakaran", posts, bangunan=houses)
    assert done.facts(ONE, "7a")["volume"].tolist() == [2]
    assert percent(done, "7a") == [50]
    assert done.facts(ONE, "7a")["source_id"].tolist() == ["proteksi_kebakaran"]


@pytest.mark.parametrize("coverage", [None, "kota"])
def test_posts_without_any_reach_say_nothing(
    consolidate: Consolidate, coverage: str | None
) -> None:
    """Hydrants on a map without their radius do not prove that every house is out of reach."""
    posts = [{"geometry": point(x, 0)} for x in (0, 5)]
    done = sector(consolidate, "proteksi_kebakaran", posts, coverage, bangunan=[house(10, 10)])
    assert done.facts(ONE, "7a").empty
    assert done.findings("sector.no-radius")["value"].tolist() == ["2"]


def test_a_post_next_door_reaches_too(consolidate: Consolidate) -> None:
    posts = [{"geometry": point(-10, 14), "radius_m": 30.0}]
    done = sector(consolidate, "proteksi_kebakaran", posts, bangunan=[house(10, 10)])
    assert percent(done, "7a") == [0]


@pytest.mark.parametrize(
    ("layer", "elsewhere", "parameter", "inside"),
    [
        ("jalan", {"geometry": line((500, 0), (600, 0)), "kondisi": "baik"}, "2a", 100),
        ("jalan", {"geometry": line((500, 0), (600, 0)), "kondisi": "baik"}, "2b", 0),
        ("genangan", {"geometry": box(500, 0, 50), **FLOOD}, "4a", 0),
        ("bangunan", {"geometry": box(500, 0, 8), "tidak_teratur": True}, "1a", 0),
        ("air_minum", {"geometry": point(500, 0), "layak": False, "jumlah_kk": 3}, "3a", 0),
    ],
)
def test_absence_is_a_value_only_inside_the_stated_coverage(
    consolidate: Consolidate, layer: str, elsewhere: dict[str, Any], parameter: str, inside: float
) -> None:
    assert sector(consolidate, layer, [elsewhere]).facts(ONE, parameter).empty
    assert percent(sector(consolidate, layer, [elsewhere], "kota"), parameter) == [inside]


@pytest.mark.parametrize(
    ("width", "looked"), [(100.0, True), (99.6, True), (99.0, False), (0.0, False)]
)
def test_coverage_by_a_polygon(consolidate: Consolidate, width: float, looked: bool) -> None:
    """What lies outside it is no candidate, even where the layer shows something."""
    parts = [box(0, 0, width, 100)] if width else [box(900, 900, 10)]
    drawn = gpd.GeoDataFrame({"source_id": ["jalan"]}, geometry=parts, crs=CRS)
    rows = [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"}]
    done = sector(consolidate, "jalan", rows, "cakupan.geojson", extra={"ingest/coverage": drawn})
    assert len(done.facts(ONE, "2a")) == looked


def test_sectors_speak_by_name_under_the_old_regulation(consolidate: Consolidate) -> None:
    """Damaged drains are 4e there, a share of the area: the share is kept, in hectares."""
    rows = [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"}]
    done = sector(
        consolidate, "drainase", rows, top={"regulation": "permen-2-2016"},
        profil_rt=[profile("001", drainase_ideal_m=200, luas_ha=2.0)],
    )  # fmt: skip
    fact = done.facts(ONE, "4e").iloc[0]
    assert fact["persen"] == pytest.approx(30, rel=1e-3)
    assert (fact["penyebut"], fact["volume"]) == (2.0, pytest.approx(0.6, rel=1e-3))
    assert done.facts(ONE, "4c").empty


def test_a_sector_may_be_stronger_than_the_survey(consolidate: Consolidate) -> None:
    rows = [{"geometry": point(10, 10), "layak": False, "jumlah_kk": 45}]
    survey = [profile("001", **FORM, v3a=10)]
    policy = {"policy": {"order": {"3a": ["air_minum"]}}}
    done = sector(consolidate, "air_minum", rows, profil_rt=survey, top=policy)
    assert done.rt(ONE)["p3a"] == 0.9
    assert done.conflicts("nilai")["material"].tolist() == [True]
    assert {c["source_row"] for c in done.candidates(kind="nilai")} == {None, 0}


def test_flooding_is_measured_in_the_slum_part_of_the_rt(consolidate: Consolidate) -> None:
    rows = [{"geometry": box(0, 0, 100, 50), **FLOOD}]
    done = sector(
        consolidate, "genangan", rows, kawasan=[area(box(0, 0, 60, 100), nama_kawasan="T")]
    )
    fact = done.facts(ONE, "4a").iloc[0]
    assert fact["volume"] == pytest.approx(0.3, rel=2e-3)
    assert fact["persen"] == pytest.approx(50, rel=1e-4)


def test_no_footprints_leave_the_density_unknown(consolidate: Consolidate) -> None:
    done = sector(consolidate, "jalan", [{"geometry": line((0, 1), (9, 1)), "kondisi": "baik"}])
    assert np.isnan(done.rt(ONE)["bangunan_per_ha"])


# Every derivation: layer, what completeness is measured over, and a layer that is rated in part.
PARTLY: list[tuple[str, str, list[dict[str, Any]], float]] = [
    ("1a", "bangunan", [house(10, 10, tidak_teratur=True), house(30, 10)], 0.5),
    ("1c", "bangunan", [house(10, 10, tidak_layak=True), house(30, 10), house(50, 10),
                        house(70, 10)], 0.25),
    ("2b", "jalan", [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"},
                     {"geometry": line((0, 20), (40, 20))}], 0.6),
    ("4c", "drainase", [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"},
                        {"geometry": line((0, 20), (20, 20))}], 0.75),
]  # fmt: skip


@pytest.mark.parametrize(("parameter", "layer", "rows", "share"), PARTLY)
def test_what_is_rated_in_part_says_so_instead_of_giving_a_number(
    consolidate: Consolidate, parameter: str, layer: str, rows: list[dict[str, Any]], share: float
) -> None:
    done = sector(consolidate, layer, rows)
    assert done.facts(ONE, parameter).empty
    found = done.findings("sector.incomplete")
    assert found["subject"].tolist() == [ONE]
    assert found["value"].tolist() == [f"{100 * share:.0f} %"]
    assert f"Parameter {parameter}" in found["message"].iloc[0]
    whole = [{**row, "tidak_teratur": True, "tidak_layak": True} if layer == "bangunan"
             else {**row, "kondisi": "baik"} for row in rows]  # fmt: skip
    fact = sector(consolidate, layer, whole).facts(ONE, parameter).iloc[0]
    assert fact["kelengkapan_data"] == 1


@pytest.mark.parametrize("kk", [20, 50, 80])
@pytest.mark.parametrize(
    ("parameter", "layer"), [("3a", "air_minum"), ("5a", "air_limbah"), ("6b", "persampahan")]
)
def test_a_service_tells_how_many_households_it_lists(
    consolidate: Consolidate, parameter: str, layer: str, kk: int
) -> None:
    """One that lists those without alone leaves nobody out whom it ought to list."""
    row = {"geometry": point(10, 10), "layak": False, "jumlah_kk": kk}
    fact = sector(consolidate, layer, [row]).facts(ONE, parameter).iloc[0]
    assert (fact["volume"], fact["penyebut"]) == (kk, 50)
    assert np.isnan(fact["kelengkapan_data"])
    served = {"geometry": point(20, 10), "layak": True, "jumlah_kk": 26}
    census = sector(consolidate, layer, [row, served]).facts(ONE, parameter).iloc[0]
    assert census["kelengkapan_data"] == min((kk + 26) / 50, 1)


@pytest.mark.parametrize(("served", "speaks"), [(5, False), (15, False), (25, True), (30, True)])
def test_a_census_that_leaves_households_out_says_so_instead_of_giving_a_number(
    consolidate: Consolidate, served: int, speaks: bool
) -> None:
    """20 of 50 households without; whether those that nobody listed are served is not known."""
    rows = [
        {"geometry": point(10, 10), "layak": False, "jumlah_kk": 20},
        {"geometry": point(20, 10), "layak": True, "jumlah_kk": served},
    ]
    done = sector(consolidate, "air_minum", rows)
    assert len(done.facts(ONE, "3a")) == speaks
    found = done.findings("sector.incomplete")
    assert found["value"].tolist() == ([] if speaks else [f"{2 * (20 + served)} %"])
    if speaks:
        assert percent(done, "3a") == [40]


def test_pools_without_figures_lessen_the_completeness(consolidate: Consolidate) -> None:
    rows = [{"geometry": box(0, 0, 30, 100), **FLOOD}, {"geometry": box(50, 0, 10, 100)}]
    fact = sector(consolidate, "genangan", rows).facts(ONE, "4a").iloc[0]
    assert fact["persen"] == pytest.approx(30, rel=2e-3)
    assert fact["kelengkapan_data"] == pytest.approx(0.75)


def test_a_layer_that_covers_part_of_an_rt_says_so(consolidate: Consolidate) -> None:
    def run(width: float) -> Outcome:
        drawn = gpd.GeoDataFrame(
            {"source_id": ["jalan"]}, geometry=[box(0, 0, width, 100)], crs=CRS
        )
        rows = [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"}]
        extra = {"ingest/coverage": drawn}
        return sector(consolidate, "jalan", rows, "cakupan.geojson", extra=extra)

    part = run(60)
    assert part.facts(ONE, "2a").empty
    found = part.findings("sector.incomplete")
    assert (found["value"].tolist(), found["subject"].tolist()) == (["60 %"], [ONE])
    assert "2a, 2b" in found["message"].iloc[0]
    assert run(99.7).facts(ONE, "2a")["kelengkapan_data"].tolist() == [pytest.approx(0.997)]
    assert run(100).findings("sector.incomplete").empty


def test_completeness_is_unknown_where_nothing_tells_it(consolidate: Consolidate) -> None:
    rows = [{"geometry": line((0, 10), (60, 10)), "kondisi": "rusak"}]
    done = sector(consolidate, "jalan", rows, profil_rt=[profile("001", **FORM, v3a=5)])
    assert done.facts(ONE, "2a")["kelengkapan_data"].isna().all()
    assert done.facts(ONE, "2b")["kelengkapan_data"].tolist() == [1]
    assert done.facts(ONE, "3a")["kelengkapan_data"].isna().all()
    assert done.facts(ONE, "penyebut.jumlah_kk")["kelengkapan_data"].isna().all()


def test_every_derivation_is_documented_and_no_other() -> None:
    """The data's keys are the parameters' names, with all that the code needs and people read."""
    table = resources.load("sectoral")["turunan"]
    words = ("rumus", "dihitung", "kurang", "kelengkapan")
    for name, entry in table.items():
        assert set(entry) == {"layer", "penyebut", "satuan", "minimum"} | {
            f"{word}_{lang}" for word in words for lang in ("id", "en")
        }
        assert 0 <= entry["minimum"] <= 1
        parameter = LAW.by_key.get(name)
        if entry["penyebut"] is not None:
            assert parameter is not None
            assert parameter.denominator == entry["penyebut"]
    used = set(re.findall(r'"(\w+)"', inspect.getsource(sectoral)))
    assert {k for k, e in table.items() if e["penyebut"] is not None} <= used
    assert used & set(LAW.by_key) <= set(table)


EMPTY = [("jalan", "2a", [100]), ("drainase", "4b", [100]), ("genangan", "4a", [0])]


def emptied(
    consolidate: Consolidate, tmp_path: Path, layer: str, coverage: str | None = "kota",
    rules: Sequence[str] = ("file.empty",), **account: int,
) -> Outcome:  # fmt: skip
    """One RT, and a source of a layer whose file had no row that was kept."""
    counted = {"rows_read": 0, "rows_kept": 0, "rows_rejected": 0, **account}
    folder = tmp_path / "build" / "ingest"
    for name, content in (
        ("accounts", [{"source_id": layer, **counted}]),
        ("counts", [{"rule": rule, "severity": "error", "jumlah": 1} for rule in rules]),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / f"{layer}.json").write_text(json.dumps(content))
    more = {"bangunan": [house(10, 10), house(30, 10)]} if layer == "proteksi_kebakaran" else {}
    return sector(consolidate, layer, [], coverage, **more)


@pytest.mark.parametrize(("layer", "parameter", "expected"), EMPTY)
def test_an_empty_layer_that_was_read_whole_says_that_nothing_is_there(
    consolidate: Consolidate, tmp_path: Path, layer: str, parameter: str, expected: list[float]
) -> None:
    assert percent(emptied(consolidate, tmp_path, layer), parameter) == expected


def test_no_fire_post_at_all_reaches_no_building(consolidate: Consolidate, tmp_path: Path) -> None:
    assert percent(emptied(consolidate, tmp_path, "proteksi_kebakaran"), "7a") == [100]


@pytest.mark.parametrize(
    "more",
    [
        {"coverage": None},
        {"rules": ("file.unreadable",)},
        {"rules": ("crs.missing",)},
        {"rows_read": 3, "rows_rejected": 3},
    ],
)  # fmt: skip
def test_an_empty_layer_that_may_be_unread_says_nothing(
    consolidate: Consolidate, tmp_path: Path, more: dict[str, Any]
) -> None:
    assert emptied(consolidate, tmp_path, "jalan", **more).facts(ONE, "2a").empty
