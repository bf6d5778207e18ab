"""Every defect of a geometry has its rule, with the area before and after."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from kotaku_geo.ingest import part
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.reading import read_layer
from kotaku_geo.ingest.wkb import from_wkb
from tests.conftest import CRS
from tests.ingest.conftest import X0, Y0, Ingested, square

Ingest = Callable[..., Ingested]
HA = 10_000.0


def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X0 + x, Y0 + y) for x, y in points]


def polygon(*points: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon(at(*points))


def deliver(drop: Path, shapes: list[Any], name: str = "x.gpkg", **columns: Any) -> None:
    columns = columns or {"n": list(range(len(shapes)))}
    gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(drop / name)


def of(done: Ingested, rule: str) -> dict[str, Any]:
    found = done.findings[done.findings["rule"] == rule]
    assert len(found) == 1, done.rules()
    return dict(found.iloc[0])


X: dict[str, Any] = {"id": "x", "layer": "genangan", "path": "x.gpkg"}
HAIR = [(100.0, 50.0), (180.0, 50.02), (100.0, 50.04)]
CASES: dict[str, tuple[Any, str, str, str, float]] = {
    "spike": (polygon((0, 0), (100, 0), *HAIR, (100, 100), (0, 100)), "geometry.spike", "warning",
              "repaired", 1.0),
    "sliver": (polygon((0, 0), (100, 0), (100, 0.05), (0, 0.05)), "geometry.sliver", "warning",
               "kept", 0.0005),
    "sliver part": (shapely.MultiPolygon([square(0, 0), polygon((200, 0), (210, 0), (210, 0.05))]),
                    "geometry.sliver-part", "warning", "repaired", 1.0),
    "nested copy": (shapely.MultiPolygon([square(0, 0), square(0.2, 0.2, 10)]), "geometry.invalid",
                    "warning", "repaired", 1.0),
    "overlapping parts": (shapely.MultiPolygon([square(0, 0), square(0.5, 0)]), "geometry.invalid",
                          "error", "repaired", 1.5),
    "bow tie": (polygon((0, 0), (100, 100), (100, 0), (0, 100)), "geometry.invalid", "error",
                "repaired", 0.5),
    "closed line": (shapely.LineString(square(0, 0).exterior.coords), "geometry.outline-closed",
                    "warning", "repaired", 1.0),
    "line with a small gap": (shapely.LineString(at((0, 0), (100, 0), (100, 100), (0, 100), (0, 0.3))),
                              "geometry.outline-closed", "warning", "repaired", 1.0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_defect_is_told_with_its_areas(
    ingest: Ingest, drop: Path, case: tuple[Any, str, str, str, float]
) -> None:
    shape, rule, severity, action, hectares = case
    deliver(drop, [shape])
    done = ingest(X)
    told = of(done, rule)
    assert (told["severity"], told["action"], told["source_row"]) == (severity, action, 0)
    assert "→" in told["value"] if action == "repaired" else "ha" in told["value"]
    assert "ha" in told["message"]
    assert done.rules() == [rule]
    assert done.tables["genangan"].geometry.is_valid.all()
    assert done.tables["genangan"].area.sum() / HA == pytest.approx(hectares, rel=0.01)


REJECTED = {
    "open outline": (shapely.LineString(at((0, 0), (100, 0), (100, 100), (0, 100), (0, 20))),
                     "geometry.outline-open"),
    "a street": (shapely.LineString(at((0, 0), (100, 0), (200, 10))), "geometry.wrong-type"),
    "no area": (polygon((0, 0), (100, 0), (50, 0)), "geometry.collapsed"),
    "a point": (shapely.Point(X0, Y0), "geometry.wrong-type"),
    "nothing": (None, "geometry.empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED.values(), ids=REJECTED)
def test_what_cannot_be_an_area_is_rejected_with_one_finding(
    ingest: Ingest, drop: Path, case: tuple[Any, str]
) -> None:
    shape, rule = case
    deliver(drop, [square(5, 5), shape])
    done = ingest(X)
    assert done.rules() == [rule]
    assert of(done, rule)["action"] == "rejected"
    assert done.account("x")["rows_rejected"] == 1
    assert done.tables["genangan"]["source_row"].tolist() == [0]


def test_parts_that_lie_on_each_other_are_told_as_that(ingest: Ingest, drop: Path) -> None:
    deliver(drop, [CASES["nested copy"][0]])
    assert "bersarang atau bertumpang tindih" in of(ingest(X), "geometry.invalid")["message"]


def test_a_spike_without_width_makes_a_polygon_invalid_and_is_gone(
    ingest: Ingest, drop: Path
) -> None:
    deliver(drop, [polygon((0, 0), (100, 0), (150, 0), (100, 0), (100, 100), (0, 100))])
    done = ingest(X)
    assert of(done, "geometry.invalid")["value"] == "1,0000 → 1,0000 ha"
    assert done.tables["genangan"].geometry.iloc[0].equals(square(0, 0))


def test_an_open_outline_tells_its_gap_and_a_layer_of_lines_keeps_its_lines(
    ingest: Ingest, drop: Path
) -> None:
    shape = REJECTED["open outline"][0]
    deliver(drop, [shape, shapely.LineString(square(3, 3).exterior.coords)])
    told = of(ingest(X), "geometry.outline-open")
    assert told["value"] == "20,00 m"
    streets = ingest({**X, "layer": "jalan"})
    assert streets.rules() == []
    assert set(streets.tables["jalan"].geom_type) == {"LineString"}


def test_a_spike_that_holds_much_of_the_area_stays_and_is_an_error(
    ingest: Ingest, drop: Path
) -> None:
    """A hut of 10 m² with a path of 5 cm by 90 m: it is more than a hundredth."""
    hut = polygon((0, 0), (3.2, 0), (3.2, 1.5), (93, 1.523), (3.2, 1.546), (3.2, 3.2), (0, 3.2))
    deliver(drop, [hut])
    done = ingest(X)
    told = of(done, "geometry.spike-kept")
    assert (told["severity"], told["action"]) == ("error", "kept")
    assert done.tables["genangan"].area.sum() == pytest.approx(hut.area)


def test_the_same_shape_drawn_twice_is_told_wherever_its_ring_begins(
    ingest: Ingest, drop: Path
) -> None:
    turned = shapely.Polygon(
        [*square(0, 0).exterior.coords[2:], *square(0, 0).exterior.coords[1:3]]
    )
    shapes = [square(0, 0), turned, square(4, 4)]
    deliver(drop, shapes, NAMA=["Satu", "Dua", "Tiga"])
    source = {**X, "layer": "sk", "columns": {"nama_lokasi": "NAMA"}}
    done = ingest(source)
    assert of(done, "geometry.duplicate")["action"] == "kept"
    assert done.account("x")["rows_kept"] == 3


def test_heights_and_measures_are_dropped_and_counted(ingest: Ingest, drop: Path) -> None:
    deep = shapely.force_3d(np.array([square(0, 0), square(2, 0)], dtype=object), 7.0)
    deliver(drop, list(deep))
    done = ingest(X)
    assert of(done, "geometry.z-dropped")["value"] == "2"
    assert not done.tables["genangan"].has_z.any()


@pytest.mark.parametrize("name", ["curve", "curvepolygon", "multisurface"])
def test_curves_are_made_straight(real_data: Path, name: str) -> None:
    fixtures = real_data / "torture/pyogrio/pyogrio/tests/fixtures"
    raw = read_layer(Delivered(fixtures / f"{name}.gpkg", f"{name}.gpkg"))
    assert (raw.rows_read, raw.curved, raw.broken) == (1, 1, {})
    assert raw.geometry is not None
    assert shapely.get_type_id(raw.geometry).max() <= 6


def test_straightened_curves_are_told(
    ingest: Ingest, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is installed here writes curves near the city: the count is what is told."""
    deliver(drop, [polygon((0, 0), (90, 0), (90, 90))])

    def curved(*args: Any) -> Any:
        return dataclasses.replace(read_layer(*args), curved=1)

    monkeypatch.setattr(part.reading, "read_layer", curved)
    assert of(ingest(X), "geometry.curve-linearised")["value"] == "1"


def test_a_surface_of_triangles_becomes_a_multipolygon() -> None:
    x, y = X0, Y0
    faces = (f"(({x} {y} 0, {x + 10} {y} 0, {x} {y + 10} 5, {x} {y} 0)), "
             f"(({x + 10} {y} 0, {x + 10} {y + 10} 5, {x} {y + 10} 5, {x + 10} {y} 0))")  # fmt: skip
    wkb = shapely.to_wkb(
        shapely.from_wkt(f"MULTIPOLYGON Z ({faces})"), output_dimension=3, flavor="iso"
    )
    tin = bytearray(wkb)
    tin[1:5] = (1016).to_bytes(4, "little")
    at_face = 9
    for _ in range(2):
        tin[at_face + 1 : at_face + 5] = (1017).to_bytes(4, "little")
        at_face += 9 + 4 + 4 * 24
    huge = b"\x01\xf8\x03\x00\x00\xff\xff\xff\xff"  # a count that the bytes cannot hold
    built = from_wkb(np.array([bytes(tin), wkb, bytes(tin[:-3]), huge], dtype=object))
    assert shapely.equals_exact(built.geometry[0], built.geometry[1])
    assert built.geometry[0].geom_type == "MultiPolygon"
    assert sorted(built.broken) == [2, 3]


def test_a_shape_kept_by_one_repair_is_left_alone_by_the_next_reading(
    ingest: Ingest, drop: Path
) -> None:
    deliver(drop, [case[0] for case in CASES.values()])
    first = ingest(X).tables["genangan"]
    first[["geometry"]].assign(n=range(len(first))).to_file(drop / "x.gpkg")
    again = ingest(X)
    told = {"geometry.invalid", "geometry.spike", "geometry.sliver-part",
            "geometry.outline-closed", "geometry.unclosed"}  # fmt: skip
    assert not told & set(again.rules())
    assert (again.tables["genangan"].geometry.to_numpy() == first.geometry.to_numpy()).all()


def test_an_unclosed_ring_is_told(ingest: Ingest, drop: Path) -> None:
    ring = [[X0, Y0], [X0 + 100, Y0], [X0 + 100, Y0 + 100], [X0, Y0 + 100]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (drop / "x.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    done = ingest({**X, "path": "x.geojson", "crs": CRS})
    assert "geometry.unclosed" in done.rules()
    assert of(done, "geometry.unclosed")["value"] == "1,0000 → 1,0000 ha"
