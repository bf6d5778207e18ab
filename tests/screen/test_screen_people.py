"""Buildings, households and people: by footprints where there are any, else by area."""

import pandas as pd
import pytest
import shapely

from tests.screen.screen_world import box, kawasan, layer, point, source

HALF_HIT = {
    "ingest/rawan_bencana": layer("rawan_bencana", [(box(0, 0, 50, 100), {"kelas": "tinggi"})])
}


def houses(*places, source_id="h"):
    return {"ingest/bangunan": layer("bangunan", [(p, {}) for p in places], source_id)}


def test_by_area_without_footprints(screen):
    row = screen(HALF_HIT).row("rawan_bencana")
    assert row[["bangunan", "kk", "jiwa"]].tolist() == pytest.approx([50, 40, 160])


def test_by_footprints_where_there_are_any(screen):
    """Three of four houses stand in the hit half: three quarters of households and people."""
    places = [point(10, 10), point(20, 20), point(30, 30), point(90, 90), point(500, 500)]
    row = screen(HALF_HIT | houses(*places)).row("rawan_bencana")
    assert row[["bangunan", "kk", "jiwa"]].tolist() == [3, 60, 240]


def test_a_house_on_the_line_counts_by_a_point_inside_it(screen):
    """Most of the L lies outside the hit; its centroid would fall beside the house."""
    ell = shapely.union_all([box(55, 10, 30, 4), box(81, 10, 4, 60)])
    row = screen(HALF_HIT | houses(ell, box(45, 80, 4, 4))).row("rawan_bencana")
    assert row["bangunan"] == 1


def test_a_kawasan_without_footprints_goes_by_area(screen):
    tables = (
        HALF_HIT
        | houses(point(10, 10))
        | {"consolidate/kawasan": kawasan(box(0, 0), box(25, 0, 50, 100))}
    )
    done = screen(tables)
    assert done.row("rawan_bencana", "K1")["bangunan"] == 1
    assert done.row("rawan_bencana", "K2")["bangunan"] == pytest.approx(50)


def test_the_strongest_source_with_houses_there_counts(screen):
    weak = layer("bangunan", [(point(10, y), {}) for y in range(5, 95, 10)], "weak")
    strong = layer("bangunan", [(point(10, 10), {}), (point(90, 10), {})], "strong")
    tables = HALF_HIT | {"ingest/bangunan": pd.concat([weak, strong], ignore_index=True)}
    sources = [source("bangunan", "weak"), source("bangunan", "strong")]
    row = screen(tables, sources, policy={"order": {"default": ["strong", "weak"]}}).row(
        "rawan_bencana"
    )
    assert row[["bangunan", "kk"]].tolist() == [1, 40]


def test_unknown_stays_unknown(screen):
    unknown = kawasan(box(0, 0), jumlah_kk=[None], jumlah_bangunan=[None])
    row = screen(HALF_HIT | {"consolidate/kawasan": unknown}).row("rawan_bencana")
    assert pd.isna(row["kk"])
    assert pd.isna(row["bangunan"])
    assert row["jiwa"] == pytest.approx(160)


def test_nothing_hit_affects_nobody_even_where_numbers_are_unknown(screen):
    tables = {"ingest/rawan_bencana": layer("rawan_bencana", [(box(500, 0), {"kelas": "tinggi"})]),
              "consolidate/kawasan": kawasan(box(0, 0), jumlah_kk=[None])}  # fmt: skip
    row = screen(tables, [source("rawan_bencana", coverage="kota")]).row("rawan_bencana")
    assert row[["bangunan", "kk", "jiwa"]].tolist() == [0, 0, 0]


def test_houses_under_overlapping_hits_count_once(screen):
    rows = [(box(0, 0, 50, 100), {"kelas": "tinggi"}), (box(0, 0, 60, 100), {"kelas": "sedang"})]
    tables = {"ingest/rawan_bencana": layer("rawan_bencana", rows)} | houses(point(10, 10))
    assert screen(tables).row("rawan_bencana")["bangunan"] == 1
