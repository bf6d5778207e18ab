"""What holds for every delivery: nothing is lost, order says nothing, reading is idempotent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.conftest import CRS
from tests.ingest.conftest import X0, Y0, Ingested

Ingest = Callable[..., Ingested]
DRAWN = ["gpkg", "geojson", "shp", "fgb", "kml", "geojsonl"]
CELLS = ["Ringan", "sedang", "KB", "entah", "-", "NIHIL", "", None, " Berat ", "3"]
NUMBERS = ["1,5", "2.5", "12", "-3", "NULL", "dua", None, "1.234,5", "75 %", "4 ha"]
RTS = ["1", "RT 02", "3/4", "RT06A-RW002", None, "x", "23/24", "0"]
LAYERS: dict[str, dict[str, str]] = {
    "sk": {"nama_lokasi": "NAMA", "tingkat_sk": "KATA", "luas_sk_ha": "ANGKA", "rt": "RT"},
    "kegiatan": {"tahun": "TAHUN", "kegiatan": "NAMA", "volume": "ANGKA", "rt": "RT"},
    "kawasan_lindung": {"jenis": "NAMA", "sempadan_m": "ANGKA"},
    "bangunan": {"tidak_layak": "KATA"},
    "proteksi_kebakaran": {"jenis": "NAMA", "radius_m": "ANGKA"},
    "air_minum": {"layak": "KATA", "jumlah_kk": "ANGKA", "rt": "RT"},
}
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

place = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
    lambda p: (X0 + 10.0 * p[0], Y0 + 10.0 * p[1])
)


polygons = st.lists(place, min_size=4, max_size=7).map(shapely.Polygon)
lines = st.lists(place, min_size=2, max_size=5, unique=True).map(shapely.LineString)
closed = polygons.map(lambda p: shapely.LineString(p.exterior.coords))


def with_spike(corner: tuple[float, float]) -> shapely.Polygon:
    offsets = [(0, 0), (50, 0), (90, 0.01), (50, 0.02), (50, 50), (0, 50)]
    return shapely.Polygon([(corner[0] + x, corner[1] + y) for x, y in offsets])


spiked = place.map(with_spike)
slivers = place.map(lambda p: shapely.box(p[0], p[1], p[0] + 60, p[1] + 0.04))
points = place.map(shapely.Point)
flat = st.one_of(polygons, polygons, lines, closed, spiked, slivers, points)
shapes = st.one_of(
    flat,
    st.lists(polygons, min_size=1, max_size=3).map(shapely.MultiPolygon),
    st.lists(lines, min_size=1, max_size=2).map(shapely.MultiLineString),
    st.lists(flat, min_size=1, max_size=3).map(shapely.GeometryCollection),
    flat.map(shapely.force_3d),
    st.just(shapely.Polygon()),
    st.none(),
)


@st.composite
def deliveries(draw: st.DrawFn) -> pd.DataFrame:
    """Records of a file: any geometry, any cells, some of them twice."""
    size = draw(st.integers(1, 7))
    rows = [
        {"NAMA": draw(st.sampled_from(["Tirto", "Podosugih ", "", None, "Kampung Café"])),
         "KATA": draw(st.sampled_from(CELLS)), "ANGKA": draw(st.sampled_from(NUMBERS)),
         "RT": draw(st.sampled_from(RTS)), "TAHUN": draw(st.sampled_from(["2019", "2020", None])),
         "geometry": draw(shapes)}
        for _ in range(size)
    ]  # fmt: skip
    rows += [rows[i] for i in draw(st.lists(st.integers(0, size - 1), max_size=2))]
    return pd.DataFrame(
        rows, columns=["NAMA", "KATA", "ANGKA", "RT", "TAHUN", "geometry"], dtype=object
    )


def written(rows: pd.DataFrame, drop: Path, ending: str) -> str:
    """Write what a format takes of the records; a format that refuses them has nothing to say."""
    for old in drop.glob("x.*"):
        old.unlink()
    geometry = rows["geometry"].to_numpy(dtype=object)
    if ending == "shp":  # one kind a file, and no collections
        kind = shapely.get_dimensions(geometry)
        rows = rows[(kind == kind.max()) & (shapely.get_type_id(geometry) != 7)]
    frame = gpd.GeoDataFrame(rows.reset_index(drop=True), geometry="geometry", crs=CRS)
    if ending in ("geojson", "geojsonl", "kml"):
        frame = frame.to_crs(4326)
    driver = {"geojsonl": "GeoJSONSeq"}.get(ending)
    frame.to_file(drop / f"x.{ending}", **({"driver": driver} if driver else {}))
    return f"x.{ending}"


def source(layer: str, path: str) -> dict[str, Any]:
    return {"id": "x", "layer": layer, "path": path, "columns": LAYERS[layer]}


def told_rows(done: Ingested) -> set[int]:
    """Records that a finding says are rejected."""
    found = done.findings
    rows = found[(found["source_id"] == "x") & (found["action"] == "rejected")]["source_row"]
    return set(rows.dropna().astype(int))


@quick
@given(rows=deliveries(), layer=st.sampled_from(sorted(LAYERS)), ending=st.sampled_from(DRAWN))
def test_every_record_is_kept_or_rejected_and_the_rejected_are_told(
    ingest: Ingest, drop: Path, rows: pd.DataFrame, layer: str, ending: str
) -> None:
    try:
        path = written(rows, drop, ending)
    except Exception as error:  # noqa: BLE001 (what GDAL will not write cannot be delivered)
        note(f"{ending}: {error}")
        return
    done = ingest(source(layer, path))
    account = done.account("x")
    table = done.tables.get(layer, pd.DataFrame({"source_row": []}))
    assert account["rows_read"] == account["rows_kept"] + account["rows_rejected"]
    assert account["rows_kept"] == len(table)
    gone = set(range(account["rows_read"])) - set(table["source_row"])
    assert gone <= told_rows(done) or done.rules()[0].startswith(("file.", "crs.")), done.rules()
    if layer in done.tables:
        drawn = table.geometry[table.geometry.notna()]
        assert drawn.is_valid.all()
        assert not drawn.is_empty.any()
        assert not drawn.has_z.any()
        assert set(shapely.get_type_id(drawn.to_numpy())) <= {0, 1, 3, 4, 5, 6}


@quick
@given(
    rows=st.lists(st.tuples(*(st.sampled_from(v) for v in (RTS, NUMBERS, CELLS))), max_size=9),
    mark=st.sampled_from([";", ",", "\t"]),
    coding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    total=st.booleans(),
)
def test_every_line_of_a_table_is_kept_or_rejected(
    ingest: Ingest, drop: Path, rows: list[tuple[Any, ...]], mark: str, coding: str, total: bool
) -> None:
    lines = [("nama_kelurahan", "rt", "jumlah_kk", "status_penguasaan_lahan"),
             *(("Café", *(c or "" for c in row)) for row in rows),
             *([("Jumlah", "", "99", "")] if total else [])]  # fmt: skip
    text = "\n".join(mark.join(f'"{c}"' for c in line) for line in lines) + "\n"
    (drop / "p.csv").write_bytes(text.encode(coding))
    done = ingest({"id": "x", "layer": "profil_rt", "path": "p.csv"})
    account = done.account("x")
    assert account["rows_read"] == len(rows) + total
    assert account["rows_read"] == account["rows_kept"] + account["rows_rejected"]
    kept = set(done.tables["profil_rt"]["source_row"]) if "profil_rt" in done.tables else set()
    assert set(range(account["rows_read"])) - kept <= told_rows(done)


def comparable(table: pd.DataFrame) -> pd.DataFrame:
    """A layer without its row numbers, in an order of its own."""
    plain = pd.DataFrame(table.drop(columns="source_row"))
    plain["geometry"] = [None if g is None else g.wkb_hex for g in table.geometry]
    texts = pd.Series(
        ["|".join(map(repr, row)) for row in plain.itertuples(index=False)], dtype=object
    )
    return plain.loc[texts.sort_values(kind="stable").index].reset_index(drop=True)


def without_numbers(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings without what names a row by its number."""
    plain = pd.DataFrame(findings[["finding_id", "rule", "severity", "value", "action"]])
    plain.loc[plain["rule"].str.endswith(".duplicate"), "value"] = None
    return plain


@quick
@given(rows=deliveries(), layer=st.sampled_from(sorted(LAYERS)), data=st.data())
def test_the_order_of_rows_changes_nothing_but_their_numbers(
    ingest: Ingest, drop: Path, rows: pd.DataFrame, layer: str, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    made = [ingest(source(layer, written(some, drop, "gpkg"))) for some in (rows, rows.iloc[order])]
    plain, mixed = made
    assert plain.findings["finding_id"].tolist() == mixed.findings["finding_id"].tolist()
    one, other = (without_numbers(done.findings) for done in made)
    pd.testing.assert_frame_equal(one, other)
    if layer in plain.tables:
        pd.testing.assert_frame_equal(
            comparable(plain.tables[layer]), comparable(mixed.tables[layer])
        )


REPAIRS = ("geometry.invalid", "geometry.spike", "geometry.sliver-part", "geometry.unclosed",
           "geometry.outline-closed", "geometry.parts-dropped", "geometry.z-dropped")  # fmt: skip


@quick
@given(rows=deliveries(), layer=st.sampled_from(sorted(LAYERS)))
def test_reading_what_ingest_wrote_gives_the_same_layer(
    ingest: Ingest, drop: Path, rows: pd.DataFrame, layer: str
) -> None:
    done = ingest(source(layer, written(rows, drop, "gpkg")))
    first = done.tables[layer]
    if not len(first):
        return
    for old in drop.glob("x.*"):
        old.unlink()
    first.drop(columns=["source_id", "source_row"]).to_file(drop / "x.gpkg")
    again = ingest({"id": "x", "layer": layer, "path": "x.gpkg"})
    assert not set(REPAIRS) & set(again.rules()), again.rules()
    keep = ~pd.DataFrame(comparable(first)).duplicated()
    pd.testing.assert_frame_equal(
        comparable(first)[keep.to_numpy()].reset_index(drop=True), comparable(again.tables[layer])
    )


def test_a_large_layer_is_read_with_threads_as_without(ingest: Ingest, drop: Path) -> None:
    """More records than one part of any kernel takes, a few of them broken."""
    rng = np.random.default_rng(5)
    x, y = (a.ravel() * 12.0 for a in np.meshgrid(np.arange(120), np.arange(100)))
    ring = np.array([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], dtype=float)
    rings = ring + np.stack([X0 + x, Y0 + y], axis=1)[:, None]
    broken = rng.choice(len(rings), 300, replace=False)
    rings[broken] = rings[broken][:, [0, 2, 1, 3, 0]]
    frame = gpd.GeoDataFrame(
        {"n": np.arange(len(rings))}, geometry=shapely.polygons(rings), crs=CRS
    )
    frame.to_file(drop / "x.gpkg")
    done = ingest({"id": "x", "layer": "status_tanah", "path": "x.gpkg"})
    told = done.findings[done.findings["rule"] == "geometry.invalid"]
    assert sorted(told["source_row"]) == sorted(broken)
    assert done.account("x")["rows_kept"] == len(rings)
    assert done.tables["status_tanah"].area.sum() == pytest.approx(
        100 * 11_700 + 50 * 300, rel=1e-6
    )
