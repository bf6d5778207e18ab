"""Unknown is not clean: the four statuses, coverage, and kinds."""

import pandas as pd
import pytest

from tests.screen.screen_world import box, kawasan, kelurahan, layer, line, source

THEMES = ["kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah"]
FAR = box(900, 900, 10, 10)


def hazards(*rows, **where):
    return {"ingest/rawan_bencana": layer("rawan_bencana", list(rows), **where)}


def flood(**more):
    return source("rawan_bencana", **more)


class TestNothingDelivered:
    def test_five_rows_for_each_kawasan_and_nothing_known(self, screen):
        done = screen({"consolidate/kawasan": kawasan(box(0, 0), box(200, 0))})
        assert done.screening["id_kawasan"].tolist() == ["K1"] * 5 + ["K2"] * 5
        assert done.screening["tema"].tolist() == THEMES * 2
        assert set(done.screening["status"]) == {"data_tidak_tersedia"}
        figures = ["luas_ha", "persen", "jumlah_objek", "jarak_m", "bangunan", "kk", "jiwa",
                   "ketelitian_m"]  # fmt: skip
        assert done.screening[figures].isna().all(axis=None)
        assert (done.screening["cakupan_data_persen"] == 0).all()
        assert done.hits.empty

    def test_one_finding_a_theme(self, screen):
        found = screen().of("screen.no-data")
        assert len(found) == 5
        assert found["finding_id"].is_unique

    def test_follow_up_asks_for_the_data(self, screen):
        assert "BPBD" in screen().row("rawan_bencana")["tindak_lanjut"]


class TestStatedCoverage:
    def test_unstated_is_unknown_and_never_clean(self, screen):
        done = screen(hazards((FAR, {"bahaya": "banjir"})), [flood()])
        row = done.row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert pd.isna(row["cakupan_data_persen"])
        assert row["luas_ha"] == 0
        assert done.of("screen.coverage-unknown")["source_id"].tolist() == ["s"]

    def test_citywide_and_nothing_found_is_clean(self, screen):
        done = screen(hazards((FAR, {"bahaya": "banjir"})), [flood(coverage="kota")])
        row = done.row("rawan_bencana")
        assert row["status"] == "tidak_terindikasi"
        assert row["cakupan_data_persen"] == pytest.approx(100)
        assert (row["luas_ha"], row["persen"], row["jumlah_objek"]) == (0, 0, 0)
        assert done.of("screen.coverage-unknown").empty

    def test_citywide_is_the_union_of_the_kelurahan(self, screen):
        tables = hazards((FAR, {"bahaya": "banjir"})) | {
            "consolidate/kelurahan": kelurahan(a=box(0, 0, 30, 100), b=box(20, 0, 40, 100))
        }
        row = screen(tables, [flood(coverage="kota")]).row("rawan_bencana")
        assert row["cakupan_data_persen"] == pytest.approx(60)
        assert row["status"] == "data_sebagian"

    @pytest.mark.parametrize(
        ("covered", "status"),
        [(99.6, "tidak_terindikasi"), (99.4, "data_sebagian"), (50, "data_sebagian")],
    )
    def test_a_polygon_of_the_drop(self, screen, covered, status):
        cover = layer("status_tanah", [(box(-500, 0, 500 + covered, 100), {})])
        tables = hazards((FAR, {"bahaya": "banjir"})) | {"ingest/coverage": cover}
        row = screen(tables, [flood(coverage="wilayah.geojson")]).row("rawan_bencana")
        assert row["status"] == status
        assert row["cakupan_data_persen"] == pytest.approx(covered)

    def test_looked_elsewhere_is_no_data_but_the_distance_is_known(self, screen):
        cover = layer("status_tanah", [(box(500, 0), {})])
        tables = hazards((box(600, 0), {"bahaya": "banjir"})) | {"ingest/coverage": cover}
        row = screen(tables, [flood(coverage="wilayah.geojson")]).row("rawan_bencana")
        assert row["status"] == "data_tidak_tersedia"
        assert row["cakupan_data_persen"] == 0
        assert pd.isna(row["luas_ha"])
        assert pd.isna(row["jumlah_objek"])
        assert row["jarak_m"] == pytest.approx(500)

    def test_a_stated_polygon_that_was_not_delivered_is_unknown(self, screen):
        done = screen(hazards((FAR, {"bahaya": "banjir"})), [flood(coverage="wilayah.geojson")])
        assert done.row("rawan_bencana")["status"] == "data_sebagian"
        assert len(done.of("screen.coverage-unknown")) == 1

    def test_a_hit_outside_the_stated_coverage_is_a_hit(self, screen):
        cover = layer("status_tanah", [(box(500, 0), {})])
        tables = hazards((box(50, 0), {"bahaya": "banjir"})) | {"ingest/coverage": cover}
        row = screen(tables, [flood(coverage="wilayah.geojson")]).row("rawan_bencana")
        assert row["status"] == "terindikasi"
        assert row["jarak_m"] == 0

    def test_a_citywide_source_beside_an_unstated_one_covers_all(self, screen):
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "banjir"})]
        done = screen(
            hazards(*rows, source=["s", "t"]), [flood(coverage="kota"), flood(source_id="t")]
        )
        assert done.row("rawan_bencana")["status"] == "tidak_terindikasi"

    def test_two_polygons_cover_their_union_once(self, screen):
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "banjir"})]
        cover = layer("status_tanah", [(box(0, 0, 60, 100), {}), (box(40, 0, 40, 100), {})],
                      source=["s", "t"])  # fmt: skip
        tables = hazards(*rows, source=["s", "t"]) | {"ingest/coverage": cover}
        sources = [flood(coverage="a.geojson"), flood(source_id="t", coverage="b.geojson")]
        row = screen(tables, sources).row("rawan_bencana")
        assert row["cakupan_data_persen"] == pytest.approx(80)

    def test_a_file_without_a_row_still_looked_where_it_says(self, screen):
        account = {"source_id": "s", "rows_read": 0, "accuracy_m": None}
        done = screen({}, [source("bcb", coverage="kota")], accounts={"bcb": [account]})
        assert done.row("bcb")["status"] == "tidak_terindikasi"
        assert pd.isna(done.row("bcb")["jarak_m"])

    def test_a_file_whose_rows_were_all_rejected_looked_nowhere(self, screen):
        account = {"source_id": "s", "rows_read": 4, "accuracy_m": None}
        done = screen({}, [source("bcb", coverage="kota")], accounts={"bcb": [account]})
        assert done.row("bcb")["status"] == "data_tidak_tersedia"


class TestKinds:
    def test_a_flood_map_says_nothing_about_landslides(self, screen):
        done = screen(
            hazards((FAR, {"bahaya": "Banjir"})),
            [flood(coverage="kota")],
            screen={"rawan_bencana": {"jenis_wajib": ["banjir", "tanah longsor"]}},
        )
        row = done.row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == 0  # of the kind least looked for
        assert row["luas_ha"] == 0  # of what was looked for, known
        assert "tanah longsor" in row["tindak_lanjut"]
        assert done.of("screen.kind-missing")["value"].tolist() == ["tanah longsor"]

    @pytest.mark.parametrize(
        ("delivered", "required", "looked"),
        [
            ("Banjir Rob", "banjir", True),
            ("banjir", "banjir rob", False),
            ("TANAH_LONGSOR", "tanah longsor", True),
            ("Gerakan tanah", "tanah longsor", True),
            ("kekeringan", "banjir", False),
        ],
    )
    def test_who_looked_for_what(self, screen, delivered, required, looked):
        done = screen(
            hazards((FAR, {"bahaya": delivered})),
            [flood(coverage="kota")],
            screen={"rawan_bencana": {"jenis_wajib": [required]}},
        )
        expected = "tidak_terindikasi" if looked else "data_sebagian"
        assert done.row("rawan_bencana")["status"] == expected
        assert done.of("screen.kind-missing").empty == looked

    def test_by_default_the_kinds_delivered_must_have_been_looked_for(self, screen):
        """Floods everywhere, landslides in the west half: half of the theme is unknown."""
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "longsor"})]
        cover = layer("status_tanah", [(box(0, 0, 50, 100), {})], source="t")
        tables = hazards(*rows, source=["s", "t"]) | {"ingest/coverage": cover}
        sources = [flood(coverage="kota"), flood(source_id="t", coverage="b.geojson")]
        row = screen(tables, sources).row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == pytest.approx(50)

    def test_halves_of_two_kinds_do_not_make_a_whole(self, screen):
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "longsor"})]
        cover = layer("status_tanah", [(box(0, 0, 50, 100), {}), (box(50, 0, 50, 100), {})],
                      source=["s", "t"])  # fmt: skip
        tables = hazards(*rows, source=["s", "t"]) | {"ingest/coverage": cover}
        sources = [flood(coverage="a.geojson"), flood(source_id="t", coverage="b.geojson")]
        row = screen(tables, sources).row("rawan_bencana")
        assert row["cakupan_data_persen"] == pytest.approx(50)

    def test_a_kind_looked_for_elsewhere_only_is_lacking_here(self, screen):
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "longsor"})]
        cover = layer("status_tanah", [(box(500, 0), {})], source="t")
        tables = hazards(*rows, source=["s", "t"]) | {"ingest/coverage": cover}
        sources = [flood(coverage="kota"), flood(source_id="t", coverage="b.geojson")]
        row = screen(tables, sources).row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == 0
        assert "longsor" in row["tindak_lanjut"]

    def test_a_kind_looked_for_nowhere_outweighs_one_that_is_unknown(self, screen):
        done = screen(
            hazards((FAR, {"bahaya": "Banjir"})),
            [flood()],
            screen={"rawan_bencana": {"jenis_wajib": ["banjir", "tanah longsor"]}},
        )
        assert done.row("rawan_bencana")["status"] == "data_sebagian"
        assert done.row("rawan_bencana")["cakupan_data_persen"] == 0

    def test_other_kinds_than_those_required_are_data_all_the_same(self, screen):
        done = screen(
            hazards((FAR, {"bahaya": "Banjir"})),
            [flood(coverage="kota")],
            screen={"rawan_bencana": {"jenis_wajib": ["tsunami"]}},
        )
        assert done.row("rawan_bencana")["status"] == "data_sebagian"

    def test_kinds_that_are_not_required_do_not_hold_the_theme_back(self, screen):
        rows = [(FAR, {"bahaya": "banjir"}), (FAR, {"bahaya": "longsor"})]
        done = screen(
            hazards(*rows, source=["s", "t"]),
            [flood(coverage="kota"), flood(source_id="t")],
            screen={"rawan_bencana": {"jenis_wajib": ["banjir"]}},
        )
        assert done.row("rawan_bencana")["status"] == "tidak_terindikasi"

    def test_protected_land_is_reckoned_by_kind_as_well(self, screen):
        rows = [(FAR, {"jenis": "Hutan lindung"}), (FAR, {"jenis": "Sempadan pantai"})]
        done = screen(
            {"ingest/kawasan_lindung": layer("kawasan_lindung", rows, source=["s", "t"])},
            [source("kawasan_lindung", coverage="kota"), source("kawasan_lindung", "t")],
        )
        assert done.row("kawasan_lindung")["status"] == "data_sebagian"

    def test_an_empty_file_looked_for_the_kind_that_the_pipeline_sets(self, screen):
        account = {"source_id": "s", "rows_read": 0, "accuracy_m": None}
        done = screen(
            {},
            [flood(coverage="kota", set={"bahaya": "tsunami"})],
            accounts={"rawan_bencana": [account]},
            screen={"rawan_bencana": {"jenis_wajib": ["tsunami"]}},
        )
        assert done.row("rawan_bencana")["status"] == "tidak_terindikasi"


def test_a_kawasan_without_outline_is_unknown(screen):
    tables = hazards((box(0, 0), {"bahaya": "banjir"})) | {
        "consolidate/kawasan": kawasan(box(0, 0), None)
    }
    row = screen(tables, [flood(coverage="kota")]).row("rawan_bencana", "K2")
    assert row["status"] == "data_sebagian"
    assert pd.isna(row["luas_ha"])
    assert pd.isna(row["persen"])


def test_findings_are_the_same_in_every_run(screen):
    tables = {"ingest/kawasan_lindung": layer("kawasan_lindung", [(line((0, 0), (9, 9)), {})])}
    first = screen(tables, [source("kawasan_lindung")]).findings
    again = screen(tables, [source("kawasan_lindung")]).findings
    assert first["finding_id"].tolist() == again["finding_id"].tolist()
