"""Coordinate systems: right or refused, never wrong; and never in silence."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.config import Pipeline
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest import cache
from kotaku_geo.ingest.crs import same_crs
from kotaku_geo.ingest.extent import KM_PER_DEGREE, Extent, band, extent_of, province_of
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.readings import candidates, metres_between
from kotaku_geo.ingest.stage import run
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace
from tests.conftest import pipeline_of
from tests.ingest.conftest import Ingested
from tests.ingest.deliveries import (
    CITIES,
    Delivery,
    Place,
    Shapes,
    cells,
    deliveries,
    ground,
    layers,
    moved,
)

Ingest = Callable[..., Ingested]
TOLERANCE_M = 1.0
COLUMNS = (
    "benar",
    "benar, kelasnya dicatat",
    "menurut pipeline, saingan disebut",
    "ditolak",
    "SALAH",
)
MERCATORS = ("EPSG:3857", "EPSG:3395")


def grown(box: tuple[float, float, float, float], km: float) -> tuple[float, ...]:
    by = km / KM_PER_DEGREE
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)


def known(city: Place, kind: str = "kelurahan") -> Whereabouts:
    """Where a city is, as its kelurahan, its other sources, its CRS and its province, or its CRS
    alone tell it."""
    if kind in ("pita", "provinsi"):
        return Whereabouts(city.crs, province=province_of(city.code) if kind != "pita" else None)
    box: Any = grown(city.box, {"kelurahan": 0.5, "lain": 25.0}[kind])
    extent = Extent(box, kind, True, ("uji",))
    land = ground(city).land if kind == "kelurahan" else None
    return Whereabouts(city.crs, lambda: extent, lambda: land)


def unswapped(delivery: Delivery) -> Shapes:
    shapes = delivery.shapes()
    return shapely.transform(shapes, lambda c: c[:, ::-1]) if delivery.swapped else shapes


def largest_metres(text: str) -> float:
    told = re.findall(r"([\d.]+) m\b", text)
    return max((float(n.replace(".", "")) for n in told), default=0.0)


def outcome(delivery: Delivery, placed: Placed) -> str:
    """The column of the confusion table that a delivery falls into."""
    if placed.refused:
        assert placed.rules, delivery
        return "ditolak"
    right = moved(unswapped(delivery), delivery.truth, delivery.city.crs)
    off = np.abs(shapely.get_coordinates(placed.geometry) - shapely.get_coordinates(right)).max()
    if off <= TOLERANCE_M:
        return "benar"
    if off <= 1.5 * largest_metres(placed.params.get("geser", "")):
        return "benar, kelasnya dicatat"
    if "crs.rival" in placed.rules:
        return "menurut pipeline, saingan disebut"
    return "SALAH"


def is_of_the_city(delivery: Delivery) -> bool:
    """Whether the file states the very CRS that the pipeline file gives the city."""
    return delivery.declared is not None and same_crs(delivery.declared, delivery.city.crs)


def confusion(cases: list[Delivery], kind: str, named: bool = False) -> dict[str, Counter[str]]:
    """Outcomes by declaration and truth; a wrong one stands by the pipeline file's word alone:
    of the source, or where nothing else is known, of the city."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for delivery in cases:
        words = delivery.words if named else None
        where = known(delivery.city, kind)
        shapes = delivery.shapes()
        placed = place(shapes, delivery.declared, delivery.stated, where, words=words)
        came = outcome(delivery, placed)
        blind = kind in ("provinsi", "pita") and is_of_the_city(delivery)
        assert came != COLUMNS[2] or delivery.stated or blind, delivery
        table[f"{delivery.case} | {delivery.kind}"][came] += 1
    return table


def printed(table: dict[str, Counter[str]], head: str) -> Counter[str]:
    total: Counter[str] = Counter()
    print(
        f"\n{head}\n{'deklarasi | sistem sebenarnya':62}"
        + " ".join(f"{c[:12]:>12}" for c in COLUMNS)
    )
    for name, counts in sorted(table.items()):
        print(f"{name:62}" + " ".join(f"{counts[c]:>12}" for c in COLUMNS))
        total.update(counts)
    print(f"{'jumlah':62}" + " ".join(f"{total[c]:>12}" for c in COLUMNS))
    return total


def some(cases: list[Delivery], each: int) -> list[Delivery]:
    """Some of the cases, spread over cities, systems and declarations."""
    return [cases[i] for i in np.random.default_rng(7).permutation(len(cases))[::each]]


def rightly_declared(table: dict[str, Counter[str]], mercator: bool) -> Counter[str]:
    own = {n: c for n, c in table.items() if n.startswith("benar |")}
    return sum((c for n, c in own.items() if ("Mercator" in n) is mercator), Counter())


@pytest.mark.parametrize("named", [False, True], ids=["unnamed", "named"])
def test_right_or_refused_never_wrong(named: bool) -> None:
    """The confusion table over 14 cities: 841 deliveries, the equator and zone edges among them,
    and 421 whose features name their kelurahan."""
    cases = some(deliveries(), 4 if named else 2)
    assert len(cases) >= 400
    assert {d.city.name for d in cases} == {c.name for c in CITIES}
    table = confusion(cases, "kelurahan", named)
    columns = "dengan" if named else "tanpa"
    total = printed(table, f"Kota dikenal dari batas kelurahan, {columns} kolom kelurahan")
    assert total["SALAH"] == total[COLUMNS[2]] == 0
    assert total["benar"] + total["benar, kelasnya dicatat"] >= 0.7 * total.total()
    plain = sum((c for name, c in table.items() if "Mercator" not in name), Counter())
    assert plain["benar"] + plain["benar, kelasnya dicatat"] >= 0.95 * plain.total()
    assert set(rightly_declared(table, mercator=False)) == {"benar"}
    assert set(rightly_declared(table, mercator=True)) <= {"benar", "ditolak"}  # never overruled


def test_names_let_the_mercators_stand_that_land_alone_does_not_tell() -> None:
    """All that are rightly declared: without names those that fill the city, with names all but
    wide themes and the equator, where the two are 60 m apart."""
    right = [d for d in deliveries() if d.case == "benar" and d.truth in MERCATORS]
    twins = [d for d in deliveries() if d.case == "Mercator yang satu untuk yang lain"]
    counts = {}
    for named in (False, True):
        table = confusion(right, "kelurahan", named)
        counts[named] = printed(table, f"Mercator yang benar, kolom kelurahan: {named}")
        wrong = sum(confusion(twins, "kelurahan", named).values(), Counter())
        assert set(wrong) == {"ditolak"}
    assert len(right) == 28
    assert counts[False]["benar"] >= 6
    assert counts[True]["benar"] >= 18


@pytest.mark.parametrize("kind", ["lain", "provinsi", "pita"])
def test_never_wrong_where_the_city_is_hardly_known(kind: str) -> None:
    """Without kelurahan more is refused; what stands and is wrong, the pipeline file has said."""
    total = printed(confusion(some(deliveries(), 8), kind), f"Kota dikenal dari: {kind}")
    assert total["SALAH"] == 0
    assert total["benar"] + total["benar, kelasnya dicatat"] >= 0.3 * total.total()


def test_classes_hold_what_the_tolerance_says() -> None:
    """At every city: the same is within a metre, the older is not, and no extent sees it."""
    for city in CITIES:
        point = np.array([[city.lon, city.lat]])
        for candidate in candidates():
            area = pyproj.CRS(candidate.use).area_of_use
            if candidate.centre and not (area.west <= city.lon <= area.east):
                continue
            if candidate.centre and not (area.south <= city.lat <= area.north):
                continue
            way = pyproj.Transformer.from_crs("EPSG:4326", candidate.use, always_xy=True)
            grid = np.column_stack(way.transform(*point.T))
            for same in candidate.same:
                assert metres_between(candidate.use, same, grid) < TOLERANCE_M, (city, same)
            for older in candidate.older:
                if "Batavia" in pyproj.CRS(older).name and city.lon > 115:
                    continue  # no transformation of that datum is known so far east
                assert TOLERANCE_M < metres_between(candidate.use, older, grid) < 400, (city, older)


def deliver(drop: Path, name: str, shapes: Shapes, crs: str | None) -> str:
    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=crs)
    frame.to_file(drop / name)
    return name


def kelurahan_of(drop: Path, city: Place, crs: str = "EPSG:4326") -> dict[str, Any]:
    shapes = moved(cells(city.box, 2, share=1.0), "EPSG:4326", crs)
    kode = [f"33.75.01.100{i}" for i in range(4)]
    frame = gpd.GeoDataFrame(
        {"KODE": kode, "NAMA": ["Satu", "Dua", "Tiga", "Empat"]}, geometry=list(shapes), crs=crs
    )
    frame.to_file(drop / "kelurahan.gpkg")
    return {"id": "kel", "layer": "kelurahan", "path": "kelurahan.gpkg",
            "columns": {"kode_kelurahan": "KODE", "nama_kelurahan": "NAMA"}}  # fmt: skip


def file_of(drop: Path, delivery: Delivery, number: int) -> dict[str, Any]:
    """A delivery as a real file, and its source; GeoJSON can only claim degrees."""
    ending = "shp" if delivery.declared is None else ("gpkg", "shp", "fgb")[number % 3]
    if delivery.declared == "EPSG:4326":
        ending = ("geojson", "gpkg", "fgb")[number % 3]
    name = deliver(drop, f"x{number}.{ending}", delivery.shapes(), delivery.declared)
    source = {"id": f"x{number}", "layer": "bcb", "path": name}
    return source if delivery.stated is None else {**source, "crs": delivery.stated}


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("city", CITIES, ids=lambda c: c.name)
def test_real_files_come_out_as_the_table_says(ingest: Ingest, drop: Path, city: Place) -> None:
    mine = [d for d in deliveries() if d.city == city and d.layer != "provinsi"]
    chosen = some(mine, max(1, len(mine) // 6))[:6]
    sources = [file_of(drop, d, i) for i, d in enumerate(chosen)]
    top = {"city": {"code": "33.75", "name": city.name, "crs": city.crs}}
    done = ingest(kelurahan_of(drop, city), *sources, **top)
    placed = done.tables.get("bcb")
    for source, delivery in zip(sources, chosen, strict=True):
        account, rules = done.account(source["id"]), done.rules(source["id"])
        assert account["rows_read"] == account["rows_kept"] + account["rows_rejected"]
        direct = place(delivery.shapes(), delivery.declared, delivery.stated, known(city))
        assert set(direct.rules) <= set(rules)
        assert (account["rows_kept"] == 0) == direct.refused
        if not direct.refused:
            assert placed is not None
            own = placed[placed["source_id"] == source["id"]]
            right = moved(unswapped(delivery), delivery.truth, city.crs)
            off = np.abs(own.total_bounds - shapely.total_bounds(right)).max()
            said = done.findings[done.findings["source_id"] == source["id"]]["message"]
            assert off <= max(TOLERANCE_M, 1.5 * max(map(largest_metres, said), default=0.0))


@st.composite
def declared_rightly(draw: st.DrawFn) -> tuple[Place, Shapes, str]:
    """A layer somewhere in and about a city, in one of the systems that offices use."""
    city = draw(st.sampled_from(CITIES))
    usual = ["EPSG:4326", "EPSG:4238", city.utm(), city.datum(9476, 9487, 47), city.tm3()]
    truth = draw(st.sampled_from([*usual, "EPSG:3857", "EPSG:3395"]))
    size = draw(st.floats(0.002, 0.2))
    away = 0.3 if truth in usual else 0.0  # of a Mercator's twin see below
    room = max(0.0, city.km / 222 - size / 2) + away
    lon = city.lon + draw(st.floats(-room, room))
    lat = city.lat + draw(st.floats(-room, room))
    half = min(size, city.km / 111) / 2
    shapes = cells((lon - half, lat - half, lon + half, lat + half), draw(st.integers(1, 5)))
    return city, moved(shapes, "EPSG:4326", truth), truth


@settings(max_examples=150)
@given(layer=declared_rightly(), kind=st.sampled_from(["kelurahan", "lain"]), said=st.booleans())
def test_a_right_declaration_is_never_overruled(
    layer: tuple[Place, Shapes, str], kind: str, said: bool
) -> None:
    city, shapes, truth = layer
    placed = place(shapes, None if said else truth, truth if said else None, known(city, kind))
    # A file's own word alone may leave a rival: the other Mercator, or the axes exchanged where east
    # and north are alike. It is refused then, and never replaced.
    alone = not said and (truth in MERCATORS or city.name == "Medan")
    assert not placed.refused or (alone and placed.rules == ("crs.ambiguous",))
    assert not placed.swapped
    assert placed.crs_used == truth
    assert {"crs.corrected", "crs.elsewhere"}.isdisjoint(placed.rules)


def test_the_order_of_records_does_not_matter() -> None:
    city = CITIES[6]
    shapes = moved(cells(city.box, 60), "EPSG:4326", city.utm())
    assert len(shapes) > 2000
    shuffled = shapes[np.random.default_rng(1).permutation(len(shapes))]
    one, two = (place(s, None, None, known(city)) for s in (shapes, shuffled))
    assert (one.crs_used, one.rules, one.params) == (two.crs_used, two.rules, two.params)


def test_layers_of_a_country_or_a_province_are_placed() -> None:
    """What reaches far beyond the city fits where it holds the city."""
    city = CITIES[6]
    country = cells((95.0, -10.5, 140.5, 5.8), 25)
    outline = np.array([shapely.box(95.0, -10.9, 141.0, 5.9)], dtype=object)
    sparse = shapely.points([97.1, 104.2, 110.4, 120.3, 132.2, 140.1], [4, -2, -7, -4, -1, -3])
    for shapes in (country, outline, sparse):
        for declared in (None, "EPSG:4326", city.utm()):
            placed = place(shapes, declared, None, known(city))
            assert (placed.refused, placed.crs_used) == (False, "EPSG:4326")
        swapped = place(shapely.transform(shapes, lambda c: c[:, ::-1]), None, None, known(city))
        assert (swapped.refused, swapped.swapped) == (False, True)
    province = moved(layers(city)["provinsi"], "EPSG:4326", city.utm())
    for declared in (None, "EPSG:4326", city.utm(-1)):
        assert place(province, declared, None, known(city)).crs_used == city.utm()
    mercator = moved(country, "EPSG:4326", "EPSG:3395")
    assert place(mercator, "EPSG:3395", None, known(city)).crs_used == "EPSG:3395"
    assert place(mercator, None, None, known(city)).rules == ("crs.ambiguous",)


def test_collapsed_coordinates_are_refused_and_single_strays_are_not_heeded() -> None:
    city = CITIES[6]
    for point in (shapely.Point(0, 0), shapely.Point(112.7, -7.3)):
        same = np.array([point] * 5, dtype=object)
        assert place(same, "EPSG:4326", None, known(city)).rules == ("crs.collapsed",)
    one = np.array([shapely.Point(112.74, -7.27)], dtype=object)
    assert not place(one, None, None, known(city)).refused
    strays = np.append(cells(city.box, 6), [shapely.Point(0, 0), shapely.Point(1e7, -3e8), None])
    placed = place(strays, None, None, known(city))
    assert (placed.refused, placed.crs_used) == (False, "EPSG:4326")


def test_nobody_asks_for_the_extent_where_the_numbers_leave_no_choice() -> None:
    def never() -> Extent:
        raise AssertionError("the extent was asked for")

    for city in (CITIES[3], CITIES[6], CITIES[10]):
        for truth in ("EPSG:4326", city.utm()):
            shapes = moved(layers(city)["kota"], "EPSG:4326", truth)
            where = Whereabouts(city.crs, never)
            assert place(shapes, truth, None, where).crs_used == truth
            assert where.asked is None


def test_a_system_of_no_place_and_one_of_another_city_are_told() -> None:
    city = CITIES[6]
    shapes = moved(layers(city)["kota"], "EPSG:4326", city.utm())
    nowhere = 'LOCAL_CS["Unknown",UNIT["metre",1]]'
    placed = place(shapes, nowhere, None, known(city))
    assert (placed.rules, placed.crs_used) == (("crs.corrected",), city.utm())
    other = layers(CITIES[9])["kota"]
    told = place(other, "EPSG:4326", None, known(city))
    assert (told.rules, told.refused) == (("crs.elsewhere",), False)
    assert place(other, city.utm(), None, known(city)).crs_used == "EPSG:4326"


def test_the_pipelines_word_is_weighed_like_the_files() -> None:
    city = CITIES[6]
    shapes = moved(layers(city)["kota"], "EPSG:4326", city.utm())
    assert place(shapes, None, city.utm(), known(city)).rules == ("crs.stated",)
    assert place(shapes, "EPSG:4326", city.utm(), known(city)).rules == ("crs.overridden",)
    wrong = place(shapes, city.utm(), city.utm(-1), known(city))
    assert (wrong.rules, wrong.crs_used) == (("crs.corrected",), city.utm())
    assert place(shapes, None, "EPSG:4326", Whereabouts(city.crs)).rules == ("crs.corrected",)


def sources_of(drop: Path, *files: tuple[str, str, Shapes, str | None]) -> Pipeline:
    rows = []
    for ident, layer, shapes, crs in files:
        deliver(drop, f"{ident}.gpkg", shapes, crs)
        rows.append({"id": ident, "layer": layer, "path": f"{ident}.gpkg"})
    city = CITIES[6]
    return pipeline_of(rows, city={"code": "35.78", "name": city.name, "crs": city.crs})


def test_the_extent_is_of_those_who_agree(drop: Path) -> None:
    city, far = CITIES[6], CITIES[9]
    kota, lain = cells(city.box, 3), cells(far.box, 3)
    told = extent_of(sources_of(drop, ("kel", "kelurahan", kota, "EPSG:4326")), drop)
    assert (told.kind, told.certain, told.told_by) == ("kelurahan", True, ("kel",))
    assert told.box == pytest.approx(grown(tuple(shapely.total_bounds(kota)), 0.5), abs=1e-4)
    utm = ("utm", "jalan", moved(kota, "EPSG:4326", city.utm()), city.utm())
    wrong = ("salah", "kelurahan", moved(kota, "EPSG:4326", city.utm()), city.utm(-1))
    two = extent_of(sources_of(drop, ("kel", "kelurahan", lain, "EPSG:4326"), utm,
                               ("deg", "bcb", kota, "EPSG:4326")), drop)  # fmt: skip
    assert two.kind == "kelurahan"  # degrees can be read in no other way; others do not vote
    split = extent_of(sources_of(drop, ("kel", "kelurahan", lain, "EPSG:4326"),
                                 ("kel2", "kelurahan", kota, "EPSG:4326"), utm), drop)  # fmt: skip
    assert (split.kind, split.told_by) == ("lain", ("kel2", "utm"))
    assert extent_of(sources_of(drop, wrong, utm), drop).told_by == ("utm",)
    assert extent_of(sources_of(drop, wrong), drop) == band(city.crs)


def context(tmp_path: Path, drop: Path, pipeline: Pipeline) -> StageContext:
    book = FindingBook("ingest", pipeline.city.crs)
    return StageContext(pipeline, Workspace(tmp_path / "build"), drop, tmp_path, book)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_part_placed_by_the_extent_goes_with_it(
    tmp_path: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = CITIES[6]
    kel = ("kel", "kelurahan", cells(city.box, 3), "EPSG:4326")
    lost = ("lost", "jalan", moved(cells(city.box, 3), "EPSG:4326", city.utm()), None)
    sure = ("sure", "bcb", cells(city.box, 3), "EPSG:4326")
    loaded: list[bool] = []
    load = cache.load

    def watched(*args: Any) -> Any:
        part = load(*args)
        loaded.append(part is not None)
        return part

    monkeypatch.setattr(cache, "load", watched)
    monkeypatch.setattr(cache, "WORTH_KEEPING", 0)
    pipeline = sources_of(drop, kel, lost, sure)
    for changed, expected in ((0, [False] * 3), (0, [True] * 3), (0.02, [False, False, True])):
        if changed:
            deliver(drop, "kel.gpkg", shapely.transform(kel[2], lambda c: c + 0.02), kel[3])
        loaded.clear()
        ctx = context(tmp_path, drop, pipeline)
        run(ctx)
        ctx.put()
        assert sorted(loaded) == expected


def raster(path: Path, box: tuple[float, float, float, float], crs: str | None) -> None:
    transform = rasterio.transform.from_bounds(*box, 20, 20)
    with rasterio.open(path, "w", driver="GTiff", width=20, height=20, count=1, dtype="float32",
                       crs=crs, transform=transform) as dataset:  # fmt: skip
        dataset.write(np.ones((20, 20), dtype="float32"), 1)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_rasters_are_placed_by_the_same_rules(ingest: Ingest, drop: Path) -> None:
    city = CITIES[6]
    utm = tuple(shapely.total_bounds(moved(cells(city.box, 1, 1.0), "EPSG:4326", city.utm())))
    wide = (110.8, -8.9, 114.6, -6.4)
    merc = tuple(
        shapely.total_bounds(moved(np.array([shapely.box(*wide)]), "EPSG:4326", "EPSG:3395"))
    )
    cases: dict[str, tuple[Any, str | None, str | None]] = {
        "tanpa": (utm, None, city.utm()), "derajat": (wide, None, "EPSG:4326"),
        "salah": (utm, "EPSG:4326", city.utm()), "zona": (utm, city.utm(-1), city.utm()),
        "inarisk": (merc, "EPSG:3395", "EPSG:3395"), "entah": (merc, None, None),
    }  # fmt: skip
    sources = []
    for name, (box, crs, _) in cases.items():
        raster(drop / f"{name}.tif", box, crs)
        sources.append({"id": name, "layer": "rawan_bencana", "path": f"{name}.tif",
                        "set": {"bahaya": "banjir"}})  # fmt: skip
    top = {"city": {"code": "35.78", "name": city.name, "crs": city.crs}}
    done = ingest(kelurahan_of(drop, city), *sources, **top)
    for name, (_, _, used) in cases.items():
        kept = done.account(name)["rows_kept"]
        assert kept == (used is not None), name
        assert (f"ingest/raster_{name}.tif" in done.documents) == (used is not None)
        if used:
            assert done.account(name)["crs_used"] == used
    assert done.rules("entah") == ["crs.ambiguous"]
    assert done.rules("inarisk") == ["crs.rival"]  # a raster bears the system it was computed in


def kml_of(shapes: Shapes) -> str:
    marks = "".join(
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(s).tolist())
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for s in shapes
    )
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_formats_that_state_no_system_or_always_the_same(ingest: Ingest, drop: Path) -> None:
    """A drawing has none; KML and GeoJSON say degrees whatever they hold; all are found out."""
    city = CITIES[6]
    degrees = cells(city.box, 3)
    utm, tm3 = (moved(degrees, "EPSG:4326", crs) for crs in (city.utm(), city.tm3()))
    lines = shapely.boundary(utm)
    gpd.GeoDataFrame(geometry=list(lines)).to_file(drop / "gambar.dxf", driver="DXF")
    (drop / "derajat.kml").write_text(kml_of(degrees))
    (drop / "meter.kml").write_text(kml_of(utm))
    deliver(drop, "meter.geojson", tm3, "EPSG:4326")
    sources = [{"id": n.replace(".", "-"), "layer": layer, "path": n}
               for n, layer in (("gambar.dxf", "jalan"), ("derajat.kml", "bcb"),
                                ("meter.kml", "bcb"), ("meter.geojson", "bcb"))]  # fmt: skip
    top = {"city": {"code": "35.78", "name": city.name, "crs": city.crs}}
    done = ingest(kelurahan_of(drop, city), *sources, **top)
    assert done.account("gambar-dxf")["crs_used"] == city.utm()
    assert "crs.assumed" in done.rules("gambar-dxf")
    assert "crs.corrected" not in done.rules("derajat-kml")
    assert done.account("meter-geojson")["crs_used"] == city.tm3()
    assert "crs.corrected" in done.rules("meter-geojson")
    assert done.account("meter-kml")["crs_used"] == city.utm()
    right = shapely.total_bounds(utm)
    for _, own in done.tables["bcb"].groupby("source_id"):
        assert own.total_bounds == pytest.approx(right, abs=TOLERANCE_M)


def test_every_finding_says_how_the_city_is_known_and_how_far_its_like_would_move() -> None:
    city, book = CITIES[6], FindingBook("ingest", CITIES[6].crs)
    shapes = moved(layers(city)["kota"], "EPSG:4326", city.utm())
    place(shapes, None, None, known(city)).tell(book, "jalan", "jalan.shp", None)
    message = book.rows[0]["message"]
    assert "batas kelurahan uji" in message
    assert re.search(r"EPSG:23889 \(ID74 / UTM zone 49S\) \d\d m", message)
