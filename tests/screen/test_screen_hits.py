"""What counts as a hit, how it is measured, and that each hectare counts once."""

import json

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.screen.screen_world import (
    box,
    details,
    ha,
    kawasan,
    kelurahan,
    layer,
    line,
    point,
    source,
)

HALF = ha(box(0, 0, 50, 100))  # of a kawasan of 100 × 100 m


def hazard(screen, /, *rows, **top):
    tables = {"ingest/rawan_bencana": layer("rawan_bencana", list(rows))}
    return screen(tables, [source("rawan_bencana", coverage="kota")], **top)


def protected(screen, /, *rows, **top):
    tables = {"ingest/kawasan_lindung": layer("kawasan_lindung", list(rows))}
    return screen(tables, [source("kawasan_lindung", coverage="kota")], **top)


class TestHazards:
    @pytest.mark.parametrize(
        ("kelas", "status"),
        [("tinggi", "terindikasi"), ("sedang", "terindikasi"), ("rendah", "tidak_terindikasi"),
         (None, "terindikasi")],
    )  # fmt: skip
    def test_which_classes_hit(self, screen, kelas, status):
        done = hazard(screen, (box(0, 0, 50, 100), {"bahaya": "banjir", "kelas": kelas}))
        row = done.row("rawan_bencana")
        assert row["status"] == status
        assert details(row) == {kelas or "banjir": pytest.approx(HALF, rel=1e-4)}
        expected = HALF if status == "terindikasi" else 0
        assert row["luas_ha"] == pytest.approx(expected, rel=1e-6)
        assert len(done.hits) == (status == "terindikasi")

    def test_a_low_class_is_no_object_and_no_distance(self, screen):
        row = hazard(screen, (box(0, 0), {"bahaya": "banjir", "kelas": "rendah"})).row(
            "rawan_bencana"
        )
        assert row["jumlah_objek"] == 0
        assert pd.isna(row["jarak_m"])

    def test_high_before_medium_before_classless_before_low(self, screen):
        """Four strips of 70 m laid 20 m apart: each class keeps what no higher one took."""
        rows = [
            (box(0, 0, 40, 100), {"bahaya": "banjir", "kelas": "rendah"}),
            (box(20, 0, 40, 100), {"bahaya": "rob", "kelas": None}),
            (box(40, 0, 40, 100), {"bahaya": "banjir", "kelas": "sedang"}),
            (box(60, 0, 40, 100), {"bahaya": "longsor", "kelas": "tinggi"}),
        ]
        row = hazard(screen, *rows).row("rawan_bencana")
        fifth = ha(box(0, 0, 20, 100))
        assert details(row) == {
            "tinggi": pytest.approx(2 * fifth, rel=1e-4),
            "sedang": pytest.approx(fifth, rel=1e-4),
            "rob": pytest.approx(fifth, rel=1e-4),
            "rendah": pytest.approx(fifth, rel=1e-4),
        }
        assert row["luas_ha"] == pytest.approx(4 * fifth, rel=1e-6)
        assert row["persen"] == pytest.approx(80)
        assert row["jumlah_objek"] == 3

    def test_a_class_wholly_under_a_higher_one_is_listed_with_nothing(self, screen):
        rows = [(box(0, 0), {"kelas": "tinggi"}), (box(0, 0, 50, 50), {"kelas": "sedang"})]
        assert details(hazard(screen, *rows).row("rawan_bencana"))["sedang"] == 0

    def test_a_polygon_without_class_and_kind(self, screen):
        row = hazard(screen, (box(0, 0), {})).row("rawan_bencana")
        assert list(details(row)) == ["tanpa kelas"]
        assert row["status"] == "terindikasi"

    def test_touching_is_no_hit(self, screen):
        row = hazard(screen, (box(100, 0), {"kelas": "tinggi"})).row("rawan_bencana")
        assert row["status"] == "tidak_terindikasi"
        assert row["jarak_m"] == 0  # nearest, at its edge


class TestProtectedLand:
    def test_overlapping_areas_count_once(self, screen):
        rows = [(box(0, 0, 50, 100), {"jenis": "Hutan lindung"}),
                (box(0, 0, 50, 100), {"jenis": "hutan lindung"}),
                (box(25, 0, 50, 100), {"jenis": "RTH"})]  # fmt: skip
        done = protected(screen, *rows)
        row = done.row("kawasan_lindung")
        assert row["luas_ha"] == pytest.approx(1.5 * HALF, rel=1e-6)
        assert row["jumlah_objek"] == 3
        # The two spellings are one kind; alike in area, the kind that sorts first counts first.
        assert details(row) == {"Hutan lindung": pytest.approx(HALF, rel=1e-4),
                                "RTH": pytest.approx(HALF / 2, rel=1e-4)}  # fmt: skip
        assert done.hits["luas_ha"].sum() == pytest.approx(3 * HALF, rel=1e-6)

    def test_the_kind_with_more_area_in_the_kawasan_counts_first(self, screen):
        rows = [(box(0, 0, 40, 100), {"jenis": "A"}), (box(20, 0, 60, 100), {"jenis": "B"})]
        fifth = ha(box(0, 0, 20, 100))
        assert details(protected(screen, *rows).row("kawasan_lindung")) == {
            "A": pytest.approx(fifth, rel=1e-4), "B": pytest.approx(3 * fifth, rel=1e-4)
        }  # fmt: skip

    def test_order_is_by_area_in_the_kawasan_not_in_the_city(self, screen):
        rows = [(box(-5000, 0, 5020, 100), {"jenis": "A"}), (box(0, 0, 60, 100), {"jenis": "B"})]
        assert details(protected(screen, *rows).row("kawasan_lindung"))["A"] == 0

    def test_a_line_by_its_stated_width(self, screen):
        done = protected(screen, (line((-500, 50), (500, 50)), {"sempadan_m": 10.0}))
        row = done.row("kawasan_lindung")
        assert row["luas_ha"] == pytest.approx(ha(box(0, 40, 100, 20)), rel=1e-6)
        assert "asumsi" not in row["tindak_lanjut"]
        assert done.of("screen.buffer-assumed").empty

    @pytest.mark.parametrize("stated", [None, 0.0, -3.0])
    def test_a_line_by_the_assumed_width(self, screen, stated):
        done = protected(screen, (line((-500, 50), (500, 50)), {"sempadan_m": stated}))
        row = done.row("kawasan_lindung")
        assert row["luas_ha"] == pytest.approx(ha(box(0, 35, 100, 30)), rel=1e-6)
        assert "lebar sempadan asumsi 15 m" in row["tindak_lanjut"]

    def test_the_assumed_width_is_set_in_the_pipeline(self, screen):
        row = protected(
            screen, (line((-500, 50), (500, 50)), {}),
            screen={"kawasan_lindung": {"sempadan_m": 2.5}},
        ).row("kawasan_lindung")  # fmt: skip
        assert row["luas_ha"] == pytest.approx(ha(box(0, 47.5, 100, 5)), rel=1e-6)
        assert "2,5 m" in row["tindak_lanjut"]

    def test_a_width_of_none_still_meets_what_it_crosses(self, screen):
        row = protected(
            screen, (line((-500, 50), (500, 50)), {}), screen={"kawasan_lindung": {"sempadan_m": 0}}
        ).row("kawasan_lindung")
        assert row["status"] == "terindikasi"
        assert row["luas_ha"] < 0.003

    def test_a_bank_reaches_into_a_kawasan_that_the_river_does_not_cross(self, screen):
        row = protected(screen, (line((-500, 108), (500, 108)), {})).row("kawasan_lindung")
        assert row["luas_ha"] == pytest.approx(ha(box(0, 93, 100, 7)), rel=1e-6)
        assert row["jarak_m"] == 0

    def test_distance_is_to_the_river_not_to_its_bank(self, screen):
        row = protected(screen, (line((-500, 140), (500, 140)), {})).row("kawasan_lindung")
        assert row["status"] == "tidak_terindikasi"
        assert row["jarak_m"] == pytest.approx(40)

    def test_assumed_widths_are_counted_by_source(self, screen):
        rows = [(line((0, 0), (9, 9)), {}), (line((0, 0), (9, 9)), {"sempadan_m": 5.0}),
                (line((0, 0), (9, 9)), {}), (line((800, 0), (809, 9)), {}),
                (box(0, 0), {})]  # fmt: skip
        tables = {
            "ingest/kawasan_lindung": layer("kawasan_lindung", rows, ["s", "s", "s", "t", "t"])
        }
        done = screen(tables, [source("kawasan_lindung"), source("kawasan_lindung", "t")])
        found = done.of("screen.buffer-assumed").sort_values("source_id")
        assert found["source_id"].tolist() == ["s", "t"]
        assert found["value"].tolist() == ["2", "1"]

    def test_a_polygon_takes_the_width_it_states_and_no_other(self, screen):
        lake = (box(110, 0, 50, 100), {"jenis": "Danau", "sempadan_m": 20.0})
        plain = (box(110, 0, 50, 100), {"jenis": "Danau"})
        strip = (box(110, 0, 50, 100), {"jenis": "Sempadan sungai", "sempadan_m": 20.0})
        assert protected(screen, lake).row("kawasan_lindung")["luas_ha"] == pytest.approx(
            ha(box(90, 0, 10, 100)), rel=1e-6
        )
        assert protected(screen, plain).row("kawasan_lindung")["luas_ha"] == 0
        assert protected(screen, strip).row("kawasan_lindung")["luas_ha"] == 0


class TestHeritage:
    def test_a_point_reaches_as_far_as_the_buffer(self, screen):
        tables = {"ingest/bcb": layer("bcb", [(point(50, 50), {"nama": "Masjid"})]),
                  "consolidate/kawasan": kawasan(box(-100, -100, 300, 300))}  # fmt: skip
        done = screen(tables, [source("bcb")])
        row = done.row("bcb")
        assert row["luas_ha"] == pytest.approx(np.pi * 50**2 / 0.9996**2 / 1e4, rel=5e-4)
        assert "buffer asumsi 50 m" in row["tindak_lanjut"]
        assert done.of("screen.buffer-assumed")["value"].tolist() == ["1"]

    def test_a_polygon_is_widened_too(self, screen):
        tables = {"ingest/bcb": layer("bcb", [(box(110, -500, 50, 1500), {"zona": "inti"})])}
        row = screen(tables, [source("bcb")], screen={"bcb": {"buffer_m": 30}}).row("bcb")
        assert row["luas_ha"] == pytest.approx(ha(box(80, 0, 20, 100)), rel=1e-6)
        assert list(details(row)) == ["inti"]
        assert "zona inti" in row["tindak_lanjut"]

    @pytest.mark.parametrize(("away", "hit"), [(49, True), (51, False), (80, False)])
    def test_at_the_edge_of_the_buffer(self, screen, away, hit):
        tables = {"ingest/bcb": layer("bcb", [(point(50, 100 + away), {})])}
        row = screen(tables, [source("bcb", coverage="kota")]).row("bcb")
        assert row["status"] == ("terindikasi" if hit else "tidak_terindikasi")
        assert row["jarak_m"] == pytest.approx(0 if hit else away)

    def test_without_a_buffer_a_point_inside_is_still_a_hit(self, screen):
        tables = {"ingest/bcb": layer("bcb", [(point(50, 50), {})])}
        row = screen(tables, [source("bcb")], screen={"bcb": {"buffer_m": 0}}).row("bcb")
        assert row["status"] == "terindikasi"


TWO_KELURAHAN = {
    "consolidate/kelurahan": kelurahan(a=box(-900, -900, 930, 2000), b=box(30, -900, 900, 2000)),
    "consolidate/kawasan": kawasan(box(0, 0), box(500, 0), box(-500, 0)),
}


class TestCustomaryLaw:
    def table(self, screen, *rows, where=None, **more):
        frame = layer("mha", [(where, dict(r)) for r in rows])
        return screen(TWO_KELURAHAN | {"ingest/mha": frame}, [source("mha", **more)])

    def test_the_area_is_the_kawasan_in_that_kelurahan(self, screen):
        done = self.table(screen, {"kode_kelurahan": "b", "status": "ditetapkan"})
        row = done.row("mha", "K1")
        assert row["status"] == "terindikasi"
        assert row["luas_ha"] == pytest.approx(ha(box(30, 0, 70, 100)), rel=1e-6)
        assert row["cakupan_data_persen"] == pytest.approx(70)
        assert done.row("mha", "K2")["persen"] == pytest.approx(100)
        assert done.row("mha", "K3")["status"] == "data_tidak_tersedia"
        assert "FPIC" in row["tindak_lanjut"]

    @pytest.mark.parametrize("word", ["tidak", "Tidak", "NIHIL", "tidak ada"])
    def test_said_not_to_be_there_is_covered_and_no_hit(self, screen, word):
        done = self.table(screen, *({"kode_kelurahan": k, "status": word} for k in "ab"))
        row = done.row("mha", "K1")
        assert row["status"] == "tidak_terindikasi"
        assert row["cakupan_data_persen"] == pytest.approx(100)
        assert done.hits.empty

    def test_a_kelurahan_that_is_not_listed_is_not_covered(self, screen):
        done = self.table(screen, {"kode_kelurahan": "a", "status": "tidak"})
        assert done.row("mha", "K1")["status"] == "data_sebagian"
        assert done.row("mha", "K1")["cakupan_data_persen"] == pytest.approx(30)
        assert done.row("mha", "K2")["status"] == "data_tidak_tersedia"
        assert done.of("screen.coverage-unknown").empty

    def test_a_row_that_says_nothing_covers_nothing(self, screen):
        done = self.table(screen, {"kode_kelurahan": "b"}, {"kode_kelurahan": "a", "nama": "Dayak"})
        assert done.row("mha", "K2")["status"] == "data_tidak_tersedia"
        assert done.row("mha", "K3")["status"] == "terindikasi"
        assert done.of("screen.mha-unknown")["value"].tolist() == ["1"]

    def test_polygons_hit_where_they_lie_and_cover_what_is_stated(self, screen):
        done = self.table(screen, {"nama": "Dayak"}, where=box(480, 0, 50, 100))
        row = done.row("mha", "K2")
        assert row["luas_ha"] == pytest.approx(ha(box(500, 0, 30, 100)), rel=1e-6)
        assert done.row("mha", "K3")["status"] == "data_sebagian"
        assert done.row("mha", "K3")["jarak_m"] == pytest.approx(880)
        assert len(done.of("screen.coverage-unknown")) == 1

    def test_a_table_that_states_citywide_coverage_is_believed(self, screen):
        done = self.table(screen, {"kode_kelurahan": "a", "status": "tidak"}, coverage="kota")
        assert done.row("mha", "K2")["status"] == "tidak_terindikasi"

    def test_a_kelurahan_nobody_drew_is_its_kawasan(self, screen):
        codes = kawasan(box(0, 0), box(500, 0), kode_kelurahan=["a;z", "a"])
        frame = layer("mha", [(None, {"kode_kelurahan": "z", "status": "ya"})])
        done = screen(TWO_KELURAHAN | {"consolidate/kawasan": codes, "ingest/mha": frame},
                      [source("mha")])  # fmt: skip
        assert done.row("mha", "K1")["persen"] == pytest.approx(100)
        assert done.row("mha", "K2")["status"] == "data_tidak_tersedia"


class TestLandStatus:
    def parcels(self, screen, /, *rows, **top):
        frame = layer("status_tanah", [(g, {"status": s}) for g, s in rows])
        return screen(
            {"ingest/status_tanah": frame}, [source("status_tanah", coverage="kota")], **top
        )

    @pytest.mark.parametrize("word", ["Hak Milik", "SHM", "HGB", "Hak Guna Bangunan", "hak pakai",
                                      "Wakaf", "Tanah Wakaf"])  # fmt: skip
    def test_clear_status_is_no_hit(self, screen, word):
        row = self.parcels(screen, (box(0, 0), word)).row("status_tanah")
        assert row["status"] == "tidak_terindikasi"
        assert details(row) == {word: pytest.approx(2 * HALF, rel=1e-4)}

    @pytest.mark.parametrize("word", ["Tanah Negara", "girik", "HPL", "Sengketa", "tidak diketahui",
                                      "hak milik adat"])  # fmt: skip
    def test_any_other_status_is_a_hit(self, screen, word):
        assert (
            self.parcels(screen, (box(0, 0), word)).row("status_tanah")["status"] == "terindikasi"
        )

    def test_what_is_clear_is_set_in_the_pipeline(self, screen):
        row = self.parcels(
            screen, (box(0, 0, 50, 100), "HM"), (box(50, 0, 50, 100), "girik"),
            screen={"status_tanah": {"jelas": ["letter C"]}},
        ).row("status_tanah")  # fmt: skip
        assert row["luas_ha"] == pytest.approx(HALF, rel=1e-6)
        assert details(row)["HM"] == pytest.approx(HALF, rel=1e-4)

    def test_parcels_cover_where_they_have_a_value_whatever_is_stated(self, screen):
        done = self.parcels(screen, (box(0, 0, 60, 100), "hak milik"), (box(60, 0, 20, 100), None))
        row = done.row("status_tanah")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == pytest.approx(60)
        assert done.of("screen.status-unknown")["value"].tolist() == ["1"]
        assert done.of("screen.coverage-unknown").empty

    def test_parcels_without_any_status_are_no_data(self, screen):
        row = self.parcels(screen, (box(0, 0), None)).row("status_tanah")
        assert row["status"] == "data_tidak_tersedia"
        assert pd.isna(row["luas_ha"])

    def test_overlapping_parcels_count_once_and_hits_by_their_union(self, screen):
        rows = [(box(0, 0, 80, 100), "hak milik"), (box(40, 0, 60, 100), "girik")]
        row = self.parcels(screen, *rows).row("status_tanah")
        fifth = ha(box(0, 0, 20, 100))
        assert details(row) == {"hak milik": pytest.approx(4 * fifth, rel=1e-4),
                                "girik": pytest.approx(fifth, rel=1e-4)}  # fmt: skip
        assert row["luas_ha"] == pytest.approx(3 * fifth, rel=1e-6)
        assert "PTSL" in row["tindak_lanjut"]


class TestAccuracy:
    def two(self, screen, first, second):
        rows = [(box(0, 0, 50, 100), {"jenis": "A"}), (box(50, 0, 50, 100), {"jenis": "B"})]
        tables = {"ingest/kawasan_lindung": layer("kawasan_lindung", rows, ["s", "t"])}
        return screen(
            tables,
            [source("kawasan_lindung", **first), source("kawasan_lindung", "t", **second)],
        ).row("kawasan_lindung")["ketelitian_m"]

    def test_the_coarsest_source_hit(self, screen):
        assert self.two(screen, {"scale": 50_000}, {"accuracy_m": 2.5}) == 25

    def test_one_unknown_leaves_it_unknown(self, screen):
        assert pd.isna(self.two(screen, {"scale": 5000}, {}))

    def test_sources_that_do_not_hit_do_not_count(self, screen):
        rows = [(box(0, 0, 50, 100), {"jenis": "A"}), (box(500, 0), {"jenis": "B"})]
        tables = {"ingest/kawasan_lindung": layer("kawasan_lindung", rows, ["s", "t"])}
        sources = [
            source("kawasan_lindung", scale=5000),
            source("kawasan_lindung", "t", scale=50_000),
        ]
        assert screen(tables, sources).row("kawasan_lindung")["ketelitian_m"] == 2.5


def test_hits_are_sorted_pieces_that_stay_inside(screen):
    rows = [(box(-20, -20, 60, 60), {"jenis": "B"}), (box(30, 0, 200, 50), {"jenis": "A"})]
    tables = {"ingest/kawasan_lindung": layer("kawasan_lindung", rows),
              "ingest/rawan_bencana": layer("rawan_bencana", [(box(0, 0), {"kelas": "tinggi"})]),
              "consolidate/kawasan": kawasan(box(0, 0), box(100, 0))}  # fmt: skip
    hits = screen(tables, [source("kawasan_lindung")]).hits
    assert list(hits.columns) == ["id_kawasan", "tema", "source_id", "source_row", "kelas",
                                  "luas_ha", "geometry"]  # fmt: skip
    assert hits[["id_kawasan", "tema", "source_row"]].to_numpy().tolist() == [
        ["K1", "kawasan_lindung", 0], ["K1", "kawasan_lindung", 1], ["K1", "rawan_bencana", 0],
        ["K2", "kawasan_lindung", 1],
    ]  # fmt: skip
    assert hits["luas_ha"].tolist() == pytest.approx([ha(g) for g in hits.geometry], rel=1e-6)
    assert hits.geometry[0].equals(box(0, 0, 40, 40))


def test_tables_have_their_columns_and_types(screen):
    done = hazard(screen, (box(0, 0), {"kelas": "tinggi"}))
    assert list(done.screening.columns) == [
        "id_kawasan", "tema", "status", "rincian", "luas_ha", "persen", "cakupan_data_persen",
        "jumlah_objek", "jarak_m", "bangunan", "kk", "jiwa", "ketelitian_m", "tindak_lanjut",
    ]  # fmt: skip
    assert done.screening["jumlah_objek"].dtype == "Int64"
    assert done.hits["source_row"].dtype == "Int64"
    assert all(isinstance(json.loads(text), dict) for text in done.screening["rincian"])
    assert done.hits.crs == "EPSG:32749"


shapes = st.builds(box, st.integers(-60, 90), st.integers(-60, 90), st.integers(5, 120),
                   st.integers(5, 120))  # fmt: skip
hazard_rows = st.lists(
    st.tuples(shapes, st.sampled_from(["tinggi", "sedang", "rendah", None]),
              st.sampled_from(["banjir", "longsor"])),
    min_size=1, max_size=7,
)  # fmt: skip


class TestProperties:
    @settings(max_examples=15, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(rows=hazard_rows, data=st.data())
    def test_sums_stay_within_the_area_and_row_order_decides_nothing(self, screen, rows, data):
        listed = [(g, {"kelas": k, "bahaya": b}) for g, k, b in rows]
        frame = layer("rawan_bencana", listed)
        order = data.draw(st.permutations(range(len(rows))))
        areas = kawasan(box(0, 0), box(60, 40))
        done = screen({"ingest/rawan_bencana": frame, "consolidate/kawasan": areas})
        again = screen({"ingest/rawan_bencana": frame.iloc[order],
                        "consolidate/kawasan": areas.iloc[::-1]}, workers=2)  # fmt: skip
        pd.testing.assert_frame_equal(done.screening, again.screening)
        pd.testing.assert_frame_equal(done.hits, again.hits)
        for name, outline in zip(["K1", "K2"], areas.geometry, strict=True):
            row = done.row("rawan_bencana", name)
            parts = details(row)
            assert sum(parts.values()) <= ha(outline) * (1 + 1e-6) + 1e-5
            hit = sum(v for k, v in parts.items() if k != "rendah")
            assert hit == pytest.approx(row["luas_ha"], abs=1e-5)
            # Brute force: the union, class after class, by plain shapely.
            taken = shapely.Polygon()
            for kelas in ("tinggi", "sedang"):
                own = shapely.union_all([g for g, k, _ in rows if k == kelas]).intersection(outline)
                assert parts.get(kelas, 0) == pytest.approx(
                    ha_or_0(own.difference(taken)), abs=1e-5
                )
                taken = taken.union(own)


def ha_or_0(geometry):
    return ha(geometry) if geometry.area > 0 else 0.0
