"""Hazard rasters: exact shares, breaks, no value, other CRS, and rasters beside polygons."""

import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kotaku_geo.errors import InputError
from kotaku_geo.screen.features import is_raster
from kotaku_geo.screen.grid import classify
from tests.screen.screen_world import (
    CRS,
    X0,
    Y0,
    box,
    details,
    ha,
    kawasan,
    layer,
    point,
    raster_rows,
    source,
    write_raster,
)  # fmt: skip

NAN = float("nan")
RASTER = source("rawan_bencana", "r", set={"bahaya": "banjir"})
ROWS = {"ingest/rawan_bencana": raster_rows("banjir")}


def one(screen, values, cell, x, y, /, tables=None, sources=None, **more):
    return screen(ROWS | (tables or {}), sources or [RASTER], {"r": (values, cell, x, y)}, **more)


class TestClasses:
    def test_breaks_belong_to_the_lower_class(self):
        values = np.array([0, 0.333, 0.334, 0.666, 0.667, 1, np.nan, -9999], dtype=np.float32)
        assert classify(values, (0.333, 0.666)).tolist() == [0, 0, 1, 1, 2, 2, -1, -1]

    def test_breaks_are_set_in_the_pipeline(self, screen):
        done = one(screen, [[1.0, 2.0, 3.0, 3.0]], 50, 0, 50,
                   screen={"rawan_bencana": {"breaks": [1.5, 2.5]}})  # fmt: skip
        assert details(done.row("rawan_bencana")) == {
            "rendah": pytest.approx(ha(box(0, 0, 50, 50)), rel=1e-4),
            "sedang": pytest.approx(ha(box(50, 0, 50, 50)), rel=1e-4),
        }


class TestShares:
    def test_cells_count_by_the_share_that_lies_in_the_kawasan(self, screen):
        """Cells of 80 m from −40: the kawasan holds 40 + 60 m of two columns and two rows."""
        done = one(screen, [[0.9, 0.1], [0.5, 0.9]], 80, -40, 140)
        row = done.row("rawan_bencana")
        assert details(row) == {
            "tinggi": pytest.approx(ha(box(0, 60, 40, 40)) + ha(box(40, 0, 60, 60)), rel=1e-4),
            "sedang": pytest.approx(ha(box(0, 0, 40, 60)), rel=1e-4),
            "rendah": pytest.approx(ha(box(40, 60, 60, 40)), rel=1e-4),
        }
        assert row["luas_ha"] == pytest.approx(ha(box(0, 0)) - ha(box(40, 60, 60, 40)), rel=1e-6)
        assert row["cakupan_data_persen"] == pytest.approx(100)
        assert row["jumlah_objek"] == 1

    def test_hits_are_dissolved_by_class_without_a_row(self, screen):
        hits = one(screen, [[0.9, 0.1], [0.5, 0.9]], 80, -40, 140).hits
        assert hits["kelas"].tolist() == ["tinggi", "sedang"]
        assert hits["source_row"].isna().all()
        assert hits.geometry[1].equals(box(0, 0, 40, 60))
        assert hits["luas_ha"].tolist() == pytest.approx([ha(g) for g in hits.geometry], rel=1e-6)

    def test_only_low_cells_are_clean(self, screen):
        row = one(screen, np.full((4, 4), 0.1), 50, -50, 150).row("rawan_bencana")
        assert row["status"] == "tidak_terindikasi"
        assert list(details(row)) == ["rendah"]

    @settings(max_examples=10, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(seed=st.integers(0, 10_000), cell=st.sampled_from([7.0, 13.0, 30.0, 90.0]))
    def test_as_exactextract_run_on_the_file(self, screen, tmp_path, seed, cell):
        """The oracle reads the same raster by its own reader and weighs values by coverage."""
        rng = np.random.default_rng(seed)
        values = rng.uniform(0, 1, (22, 22)).astype("float32")
        values[rng.random(values.shape) < 0.2] = np.nan
        outlines = [point(*rng.uniform(20, 80, 2)).buffer(rng.uniform(10, 60)) for _ in range(3)]
        areas = kawasan(*outlines)
        at = (cell, -20, 140)
        done = screen(ROWS | {"consolidate/kawasan": areas}, [RASTER], {"r": (values, *at)})
        path = tmp_path / "oracle.tif"
        write_raster(path, np.digitize(values, [0.333, 0.666], right=True)
                     .astype("float32") + np.where(np.isnan(values), np.nan, 0), *at)  # fmt: skip
        oracle = exact_extract(str(path), areas, ["unique", "frac", "count"], output="pandas")
        for name, told, outline in zip(
            areas["id_kawasan"], oracle.itertuples(), outlines, strict=True
        ):
            row = done.row("rawan_bencana", name)
            cells = outline.area / cell**2
            share = float(told.count) / cells
            assert row["cakupan_data_persen"] == pytest.approx(share * 100, abs=1e-3)
            known = dict(zip(told.unique, told.frac, strict=True))
            for level, label in enumerate(("rendah", "sedang", "tinggi")):
                expected = known.get(level, 0) * share * ha(outline)
                assert details(row).get(label, 0) == pytest.approx(expected, abs=2e-5)


class TestNoValue:
    def test_cells_without_value_are_not_covered(self, screen):
        done = one(screen, [[0.1, NAN]], 50, 0, 50,
                   {"consolidate/kawasan": kawasan(box(0, 0, 100, 50))})  # fmt: skip
        row = done.row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == pytest.approx(50)
        assert done.of("screen.raster-partial")["value"].tolist() == ["50,0"]

    @pytest.mark.parametrize(("x", "y"), [(0, 100), (5_000_000, 100), (0, -5_000_000)])
    def test_no_value_at_all_is_no_data(self, screen, x, y):
        """All cells empty, or the raster lies elsewhere: nobody looked here."""
        values = np.full((2, 2), NAN if (x, y) == (0, 100) else 0.9)
        row = one(screen, values, 50, x, y).row("rawan_bencana")
        assert row["status"] == "data_tidak_tersedia"
        assert pd.isna(row["luas_ha"])

    def test_a_hit_in_a_raster_that_covers_in_part_is_a_hit(self, screen):
        row = one(screen, [[0.9, NAN], [NAN, NAN]], 50, 0, 100).row("rawan_bencana")
        assert row["status"] == "terindikasi"
        assert row["cakupan_data_persen"] == pytest.approx(25)
        assert row["persen"] == pytest.approx(25)

    def test_the_coverage_of_a_raster_is_its_values_whatever_is_stated(self, screen):
        row = one(screen, [[0.1, NAN]], 50, 0, 50, sources=[RASTER | {"coverage": "kota"}])
        assert row.row("rawan_bencana")["cakupan_data_persen"] == pytest.approx(25)

    def test_a_full_raster_raises_no_finding(self, screen):
        done = one(screen, np.full((4, 4), 0.1), 50, -50, 150)
        assert done.of("screen.raster-partial").empty
        assert done.of("screen.coverage-unknown").empty


class TestBesidePolygons:
    def test_each_hectare_counts_once_over_raster_and_polygon(self, screen):
        """Raster: west half tinggi, east half rendah. Polygon: sedang from 30 to 80 m."""
        polygon = layer("rawan_bencana", [(box(30, 0, 50, 100), {"kelas": "sedang"})], "s")
        both = pd.concat([raster_rows("banjir"), polygon], ignore_index=True)
        done = screen(
            {"ingest/rawan_bencana": both}, [RASTER, source("rawan_bencana")],
            {"r": ([[0.9, 0.1], [0.9, 0.1]], 50, 0, 100)},
        )  # fmt: skip
        row = done.row("rawan_bencana")
        assert row["luas_ha"] == pytest.approx(ha(box(0, 0, 80, 100)), rel=1e-6)
        assert details(row) == {
            "tinggi": pytest.approx(ha(box(0, 0, 50, 100)), rel=1e-4),
            "sedang": pytest.approx(ha(box(50, 0, 30, 100)), rel=1e-4),
            "rendah": pytest.approx(ha(box(80, 0, 20, 100)), rel=1e-4),
        }
        assert row["jumlah_objek"] == 2
        assert done.hits["source_id"].tolist() == ["r", "s"]

    def test_a_raster_and_a_polygon_of_one_kind_cover_their_union(self, screen):
        polygon = layer("rawan_bencana", [(box(900, 0), {"bahaya": "banjir"})], "s")
        cover = layer("status_tanah", [(box(25, 0, 50, 100), {})], "s")
        both = pd.concat([raster_rows("banjir"), polygon], ignore_index=True)
        done = screen(
            {"ingest/rawan_bencana": both, "ingest/coverage": cover},
            [RASTER, source("rawan_bencana", coverage="a.geojson")],
            {"r": ([[0.1, NAN], [0.1, NAN]], 50, 0, 100)},
        )  # fmt: skip
        assert done.row("rawan_bencana")["cakupan_data_persen"] == pytest.approx(75)

    def test_two_rasters_of_two_kinds_are_reckoned_apart(self, screen):
        rows = pd.concat([raster_rows("banjir"), raster_rows("longsor", "q")], ignore_index=True)
        done = screen(
            {"ingest/rawan_bencana": rows}, [RASTER, source("rawan_bencana", "q")],
            {"r": (np.full((2, 2), 0.1), 50, 0, 100), "q": ([[0.1, NAN], [0.1, NAN]], 50, 0, 100)},
        )  # fmt: skip
        row = done.row("rawan_bencana")
        assert row["status"] == "data_sebagian"
        assert row["cakupan_data_persen"] == pytest.approx(50)
        # Both speak of the west half: it is counted once.
        assert details(row)["rendah"] == pytest.approx(ha(box(0, 0)), rel=1e-4)


class TestDistance:
    def test_to_the_nearest_cell_that_would_be_a_hit(self, screen):
        values = np.full((10, 40), 0.1)
        values[4, 30:34] = 0.9
        row = one(screen, values, 20, -40, 150).row("rawan_bencana")
        assert row["jarak_m"] == pytest.approx(560 - 100)  # column 30 begins at −40 + 30 × 20

    def test_unknown_where_no_cell_would_be_one(self, screen):
        assert pd.isna(
            one(screen, np.full((4, 4), 0.1), 50, -50, 150).row("rawan_bencana")["jarak_m"]
        )


class TestOtherCrs:
    def test_world_mercator_as_inarisk_exports_it(self, screen):
        """One cell high, whose ground outline pyproj gives; 3395 itself is 1.5 % off at 7° S."""
        crs = "EPSG:3395"
        over = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
        east, north = over.transform(X0 + 20, Y0 + 70)
        values = np.full((40, 40), 0.1)
        values[20, 20] = 0.9
        size = 30.0
        grid = (values, size, -20 * size, 20 * size, crs, (east, north))
        done = screen(ROWS, [RASTER], {"r": grid})
        corner = shapely.box(east, north - size, east + size, north)
        back = pyproj.Transformer.from_crs(crs, CRS, always_xy=True)
        ground = shapely.transform(shapely.segmentize(corner, 1),
                                   lambda xy: np.column_stack(back.transform(*xy.T)))  # fmt: skip
        row = done.row("rawan_bencana")
        assert box(0, 0).contains(ground)
        assert row["luas_ha"] == pytest.approx(ha(ground), rel=1e-6)
        assert row["luas_ha"] < size**2 / 1e4 * 0.99

    def test_degrees(self, screen):
        over = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
        east, north = over.transform(X0, Y0)
        grid = (np.full((30, 30), 0.9), 0.0005, -0.005, 0.01, "EPSG:4326", (east, north))
        row = screen(ROWS, [RASTER], {"r": grid}).row("rawan_bencana")
        assert row["persen"] == pytest.approx(100)

    def test_a_raster_that_is_written_upside_down(self, screen):
        """Rows that run northwards: the first row is the southern one."""
        done_path = []

        def flip(path):
            transform = rasterio.Affine(50, 0, X0, 0, 50, Y0)
            path.parent.mkdir(parents=True, exist_ok=True)
            with rasterio.open(path, "w", driver="GTiff", width=2, height=2, count=1, crs=CRS,
                               dtype="float32", transform=transform) as dataset:  # fmt: skip
                dataset.write(np.array([[0.9, 0.9], [0.1, 0.1]], dtype="float32"), 1)
            done_path.append(path)

        hits = screen(ROWS, [RASTER], {"r": (flip,)}).hits
        assert done_path
        assert hits.geometry[0].equals(box(0, 0, 100, 50))


def test_workers_and_row_order_change_nothing(screen):
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 1, (60, 60))
    outlines = [point(x * 40, y * 40).buffer(25) for x in range(8) for y in range(8)]
    areas = kawasan(*outlines)
    grid = {"r": (values, 11, -100, 500)}
    first = screen(ROWS | {"consolidate/kawasan": areas}, [RASTER], grid, workers=1)
    again = screen(ROWS | {"consolidate/kawasan": areas.sample(frac=1, random_state=1)}, [RASTER],
                   grid, workers=3)  # fmt: skip
    pd.testing.assert_frame_equal(first.screening, again.screening)
    pd.testing.assert_frame_equal(first.hits, again.hits)


@pytest.mark.parametrize("told", [[True, None], ["True", None], [1.0, None]])
def test_a_raster_is_told_however_the_table_spells_true(told):
    frame = pd.DataFrame({"raster": told})
    assert is_raster(frame).tolist() == [True, False]
    assert is_raster(pd.DataFrame(index=[0])).tolist() == [False]


def test_a_raster_that_cannot_be_read_says_so(screen):
    def spoil(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no raster")

    with pytest.raises(InputError, match=r"raster_r\.tif"):
        screen(ROWS, [RASTER], {"r": (spoil,)})
