"""Banjarmasin's rivers, swamps and floods over its 370 surveyed kawasan, against plain shapely."""

import json
import time
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyogrio import set_gdal_config_options

from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.cover import ROUND
from kotaku_geo.screen.stage import run
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace
from tests.conftest import pipeline_of

CRS = "EPSG:32750"


@dataclass
class Real:
    kawasan: gpd.GeoDataFrame
    rivers: gpd.GeoDataFrame
    swamps: gpd.GeoDataFrame
    floods: gpd.GeoDataFrame
    ctx: StageContext
    seconds: float

    def column(self, theme: str, name: str) -> np.ndarray:
        frame = self.ctx.tables["screen/screening"]
        return frame.loc[frame["tema"] == theme, name].to_numpy()


def read(folder, name: str) -> gpd.GeoDataFrame:
    frame = gpd.read_file(folder / f"banjarmasin/{name}.geojson", on_invalid="fix")
    frame = frame.to_crs(CRS)
    shapes = shapely.force_2d(np.asarray(frame.geometry.array, dtype=object))
    return frame.set_geometry(
        gpd.GeoSeries(shapely.make_valid(shapes, method="structure", keep_collapsed=False), crs=CRS)
    )


def table(frame: gpd.GeoDataFrame, source: str, **columns: object) -> gpd.GeoDataFrame:
    kept = gpd.GeoDataFrame(columns, index=frame.index, geometry=frame.geometry)
    kept["source_id"] = source
    kept["source_row"] = pd.array(range(len(frame)), dtype="Int64")
    return kept


@pytest.fixture(scope="module")
def real(real_data, tmp_path_factory) -> Real:
    set_gdal_config_options({"OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": True})
    kawasan, rivers, swamps, floods = (
        read(real_data, f"perkim/{name}")
        for name in ("kumuh2022", "SUNGAI_LN", "RAWA_KOLAM_AR", "banjir")
    )
    kawasan["id_kawasan"] = [f"K{i:03}" for i in range(len(kawasan))]
    kawasan["kode_kelurahan"] = kawasan["KELURAHAN"]
    kelurahan = read(real_data, "kemendagri/kelurahan_6371").rename(
        columns={"kode": "kode_kelurahan"}
    )
    lindung = pd.concat(
        [table(rivers, "sungai", jenis=rivers["Jenis"], sempadan_m=np.nan),
         table(swamps, "rawa", jenis=swamps["JENIS"], sempadan_m=np.nan)],
        ignore_index=True,
    )  # fmt: skip
    workspace = Workspace(tmp_path_factory.mktemp("banjarmasin"))
    workspace.write("consolidate/kawasan", kawasan[["id_kawasan", "kode_kelurahan", "geometry"]])
    workspace.write("consolidate/kelurahan", kelurahan[["kode_kelurahan", "geometry"]])
    workspace.write("ingest/kawasan_lindung", lindung)
    hazards = table(floods, "banjir", bahaya=floods["Jenis"])
    hazards["kelas"] = pd.Series([None] * len(hazards), dtype="str")
    workspace.write("ingest/rawan_bencana", hazards)
    pipeline = pipeline_of(
        [{"id": "banjir", "layer": "rawan_bencana", "path": "b.geojson", "coverage": "kota"}],
        city={"code": "63.71", "name": "Kota Banjarmasin", "crs": CRS, "size": "besar"},
    )
    folder = workspace.root
    ctx = StageContext(pipeline, workspace, folder, folder, FindingBook("screen", CRS))
    start = time.perf_counter()
    run(ctx)
    return Real(kawasan, rivers, swamps, floods, ctx, time.perf_counter() - start)


def plain_union(kawasan, zones) -> np.ndarray:
    """Hectares of each kawasan inside the union of everything that meets it, one by one."""
    tree = shapely.STRtree(zones)
    parts = []
    for outline in kawasan.geometry:
        near = tree.query(outline, predicate="intersects")
        parts.append(outline.intersection(shapely.union_all(zones[near])))
    return geodesic_ha(np.array(parts, dtype=object), CRS)


def test_protected_hectares_are_those_of_whole_buffers(real):
    rivers = shapely.buffer(
        np.asarray(real.rivers.geometry.array, dtype=object), 15, quad_segs=ROUND
    )
    zones = np.concatenate([rivers, np.asarray(real.swamps.geometry.array, dtype=object)])
    expected = plain_union(real.kawasan, zones)
    np.testing.assert_allclose(real.column("kawasan_lindung", "luas_ha"), expected, atol=2e-5)
    assert expected.sum() > 60


def test_flooded_hectares(real):
    zones = np.asarray(real.floods.geometry.array, dtype=object)
    expected = plain_union(real.kawasan, zones)
    np.testing.assert_allclose(real.column("rawan_bencana", "luas_ha"), expected, atol=2e-6)


def test_details_add_up_and_distances_are_plain(real):
    frame = real.ctx.tables["screen/screening"]
    known = frame[frame["luas_ha"].notna()]
    sums = known["rincian"].map(lambda text: sum(json.loads(text).values()))
    np.testing.assert_allclose(sums, known["luas_ha"], atol=1e-5)
    assert (known["persen"] <= 100).all()
    away = frame[(frame["tema"] == "rawan_bencana") & (frame["jumlah_objek"] == 0)]
    floods = shapely.union_all(np.asarray(real.floods.geometry.array, dtype=object))
    outlines = real.kawasan.set_index("id_kawasan").geometry[away["id_kawasan"]]
    np.testing.assert_allclose(away["jarak_m"], outlines.distance(floods))


def test_a_citywide_flood_map_makes_the_rest_clean_and_rivers_stay_unknown(real):
    assert set(real.column("rawan_bencana", "status")) <= {
        "terindikasi", "tidak_terindikasi", "data_sebagian"
    }  # fmt: skip
    assert (real.column("rawan_bencana", "status") == "tidak_terindikasi").sum() > 50
    assert set(real.column("kawasan_lindung", "status")) == {"terindikasi", "data_sebagian"}


def test_pieces_are_valid_polygons_inside_their_kawasan(real):
    hits = real.ctx.tables["screen/hits"]
    shapes = np.asarray(hits.geometry.array, dtype=object)
    assert shapely.is_valid(shapes).all()
    outlines = real.kawasan.set_index("id_kawasan").geometry[hits["id_kawasan"]].to_numpy()
    outside = shapely.area(shapely.difference(shapes, outlines))
    assert outside.max() < 1e-3


def test_it_stays_quick(real):
    """Well under a second alone on two cores; the margin is for a busy machine."""
    assert real.seconds < 5
