"""A declared CRS that has a rival: told by the kelurahan, or refused; from files, as delivered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.ingest import land
from kotaku_geo.ingest.extent import province_of
from kotaku_geo.ingest.land import Land
from kotaku_geo.ingest.placing import place
from kotaku_geo.ingest.whereabouts import Whereabouts
from tests.conftest import pipeline_of
from tests.ingest.conftest import Ingested
from tests.ingest.deliveries import CITIES, Place, Shapes, cells, ground, homes, layers, moved
from tests.ingest.test_ingest_crs import MERCATORS, known

Ingest = Callable[..., Ingested]
WEB, WORLD = MERCATORS
CITY = next(c for c in CITIES if c.name == "Surabaya")  # the two are 5 km apart there
TOP = {"city": {"code": CITY.code, "name": CITY.name, "crs": CITY.crs}}


def delivered(drop: Path, name: str, shapes: Shapes, crs: str, **columns: Any) -> str:
    frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=list(shapes), crs=crs)
    frame.to_file(drop / name)
    return name


def kelurahan(drop: Path, truth: str, city: Place = CITY, **more: Any) -> dict[str, Any]:
    own = ground(city)
    path = delivered(drop, "kel.gpkg", moved(own.shapes, "EPSG:4326", truth), truth,
                     KODE=own.codes, NAMA=own.names)  # fmt: skip
    return {"id": "kel", "layer": "kelurahan", "path": path,
            "columns": {"kode_kelurahan": "KODE", "nama_kelurahan": "NAMA"}, **more}  # fmt: skip


def layer(
    drop: Path, name: str, which: str, truth: str, said: str, named: str | None = None, **more: Any
) -> dict[str, Any]:
    """A layer of the city as a source; ``named`` is its column of kelurahan, if it has one."""
    shapes = layers(CITY)[which]
    columns, own = {}, ground(CITY)
    if named:
        at = homes(CITY, shapes)
        columns[named] = (own.codes if named.startswith("KODE") else own.names)[at]
    delivered(drop, f"{name}.gpkg", moved(shapes, "EPSG:4326", truth), said, **columns)
    return {"id": name, "layer": "bcb", "path": f"{name}.gpkg", **more}


def kept(done: Ingested, name: str) -> bool:
    return bool(done.account(name)["rows_kept"])


def message(done: Ingested, name: str, rule: str) -> str:
    found = done.findings
    return str(found[(found["source_id"] == name) & (found["rule"] == rule)].iloc[0]["message"])


def test_a_layer_that_fills_the_city_is_told_from_its_rival(ingest: Ingest, drop: Path) -> None:
    right = layer(drop, "benar", "kota", WEB, WEB)
    wrong = layer(drop, "keliru", "kota", WORLD, WEB)
    done = ingest(kelurahan(drop, "EPSG:4326"), right, wrong, **TOP)
    assert kept(done, "benar")
    assert done.rules("benar") == []
    assert done.account("benar")["crs_used"] == WEB
    assert done.rules("keliru") == ["crs.ambiguous"]


def test_a_small_layer_is_refused_and_the_sentence_says_what_settles_it(
    ingest: Ingest, drop: Path
) -> None:
    alone = layer(drop, "sudut", "sudut", WEB, WEB)
    stated = layer(drop, "tertulis", "sudut", WEB, WEB, crs=WEB)
    done = ingest(kelurahan(drop, "EPSG:4326"), alone, stated, **TOP)
    assert not kept(done, "sudut")
    said = message(done, "sudut", "crs.ambiguous")
    for word in ("EPSG:3857; EPSG:3395 (5.4", " m)", "satu baris `crs:`", "batas kelurahan kel"):
        assert word in said
    assert kept(done, "tertulis")
    assert done.rules("tertulis") == ["crs.rival"]


@pytest.mark.parametrize(
    ("target", "column", "which"),
    [
        ("sk", "KELURAHAN", "sudut"),
        ("kegiatan", "KODE_KEL", "sudut"),
        ("kegiatan", "KODE_KEL", "titik"),
        ("bcb", "Desa_Kel", "sudut"),
        ("bcb", "Desa_Kel", "titik"),
        ("bcb", "KODE_DESA", "sudut"),
        ("bcb", "KODE_DESA", "titik"),
    ],
)
def test_names_and_codes_tell_even_a_small_layer(
    ingest: Ingest, drop: Path, target: str, column: str, which: str
) -> None:
    """In the layer's own columns, and in those of a layer that has no place for them."""
    mapped = {"sk": {"nama_kelurahan": column}, "kegiatan": {"kode_kelurahan": column}}
    how: dict[str, Any] = {"layer": target, "columns": mapped.get(target, {})}
    if target == "kegiatan":
        how["set"] = {"tahun": 2020}
    if target == "sk":
        how["set"] = {"nama_lokasi": "Lokasi"}
    right = layer(drop, "benar", which, WEB, WEB, column, **how)
    wrong = layer(drop, "keliru", which, WORLD, WEB, column, **how)
    done = ingest(kelurahan(drop, "EPSG:4326"), right, wrong, **TOP)
    assert kept(done, "benar")
    assert {"crs.rival", "crs.ambiguous"}.isdisjoint(done.rules("benar"))
    assert done.account("keliru")["rows_kept"] == 0
    said = message(done, "keliru", "crs.ambiguous")
    assert "EPSG:3395" in said
    if which == "sudut":  # of the other the city's extent tells enough
        assert "objek terletak di kelurahan yang disebutnya" in said


def test_what_the_pipeline_states_stands_against_the_evidence_and_is_told(
    ingest: Ingest, drop: Path
) -> None:
    wrong = layer(drop, "keliru", "sudut", WORLD, WEB, "KELURAHAN", crs=WEB)
    done = ingest(kelurahan(drop, "EPSG:4326"), wrong, **TOP)
    assert kept(done, "keliru")
    assert "objek terletak di kelurahan yang disebutnya" in message(done, "keliru", "crs.rival")


def whole_of_a_web_map(drop: Path, **of_kelurahan: Any) -> list[dict[str, Any]]:
    return [
        kelurahan(drop, WEB, **of_kelurahan),
        layer(drop, "kota", "kota", WEB, WEB),
        layer(drop, "bernama", "sudut", WEB, WEB, "KELURAHAN"),
        layer(drop, "sudut", "sudut", WEB, WEB),
        layer(drop, "keliru", "sudut", WORLD, WEB, "KELURAHAN"),
    ]


def test_of_a_whole_web_map_one_line_at_the_kelurahan_settles_most(
    ingest: Ingest, drop: Path
) -> None:
    """By the files' word alone nobody can say which Mercator it is; all say what settles it."""
    none = ingest(*whole_of_a_web_map(drop), **TOP)
    for name in ("kel", "kota", "bernama", "sudut", "keliru"):
        assert "crs.ambiguous" in none.rules(name)
        assert "satu baris `crs:`" in message(none, name, "crs.ambiguous")
    done = ingest(*whole_of_a_web_map(drop, crs=WEB), **TOP)
    assert [n for n in ("kel", "kota", "bernama", "sudut", "keliru") if kept(done, n)] == [
        "kel",
        "kota",
        "bernama",
    ]
    assert done.rules("kota") == []
    assert "crs.rival" in done.rules("kel")  # it is no witness of its own


def sides(drop: Path) -> dict[str, Any]:
    """Another layer of the whole city, in UTM."""
    delivered(drop, "b.gpkg", moved(cells(CITY.box, 12), "EPSG:4326", CITY.utm()), CITY.utm())
    return {"id": "b", "layer": "bcb", "path": "b.gpkg"}


def test_sources_that_agree_on_the_citys_extent_tell_its_kelurahan(
    ingest: Ingest, drop: Path
) -> None:
    """Two layers in degrees and UTM end where the kelurahan do by the right reading alone."""
    two = [layer(drop, "jalan-a", "kota", "EPSG:4326", "EPSG:4326"),
           sides(drop)]  # fmt: skip
    far = shapely.transform(layers(CITY)["kota"], lambda c: c + 0.05)
    delivered(drop, "lain.gpkg", far, "EPSG:4326")
    shifted = {"id": "lain", "layer": "bcb", "path": "lain.gpkg"}
    named = layer(drop, "bernama", "sudut", WEB, WEB, "KELURAHAN")
    done = ingest(kelurahan(drop, WEB), *two, named, **TOP)
    assert kept(done, "kel")
    assert kept(done, "bernama")  # by the kelurahan, now that these are placed
    assert not kept(ingest(kelurahan(drop, WEB), two[0], named, **TOP), "kel")  # one is not several
    assert not kept(ingest(kelurahan(drop, WEB), two[0], shifted, **TOP), "kel")  # nor do these


def test_the_wrong_twin_of_the_kelurahan_is_found_out_by_those_who_agree(
    ingest: Ingest, drop: Path
) -> None:
    two = [layer(drop, "a", "kota", "EPSG:4326", "EPSG:4326"),
           sides(drop)]  # fmt: skip
    own = ground(CITY)
    delivered(drop, "kel.gpkg", moved(own.shapes, "EPSG:4326", WORLD), WEB,
              KODE=own.codes, NAMA=own.names)  # fmt: skip
    source = {"id": "kel", "layer": "kelurahan", "path": "kel.gpkg",
              "columns": {"kode_kelurahan": "KODE", "nama_kelurahan": "NAMA"}}  # fmt: skip
    done = ingest(source, *two, **TOP)
    assert not kept(done, "kel")
    assert "crs.ambiguous" in done.rules("kel")


def test_the_province_tells_zones_where_nothing_else_does(ingest: Ingest, drop: Path) -> None:
    """A delivery all in UTM of a city near a zone's edge, where the next zone is near as well."""
    city = next(c for c in CITIES if c.name == "Makassar")
    small = moved(layers(city)["sudut"], "EPSG:4326", city.utm())
    delivered(drop, "x.gpkg", small, city.utm())
    x = {"id": "x", "layer": "bcb", "path": "x.gpkg"}
    top = {"city": {"code": city.code, "name": city.name, "crs": city.crs}}
    done = ingest(kelurahan(drop, city.utm(), city), x, **top)
    assert not [r for r in done.rules() if r.startswith("crs.")]
    edge = next(c for c in CITIES if c.name == "Cirebon")  # `city.crs` is of the zone beside it
    where = Whereabouts(edge.crs, province=province_of(edge.code))
    shapes = moved(layers(edge)["sudut"], "EPSG:4326", edge.utm())
    wrong = place(shapes, edge.utm(-1), None, where)  # 600 km off, in Bengkulu
    assert wrong.rules == ("crs.ambiguous",)
    assert place(shapes, edge.utm(-1), edge.utm(-1), where).rules == ("crs.rival",)


def test_no_kelurahan_are_read_where_there_is_no_rival(
    ingest: Ingest, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("the kelurahan were read")

    monkeypatch.setattr(land, "land_of", never)
    sources = [layer(drop, f"x{i}", "kota", crs, crs)
               for i, crs in enumerate(("EPSG:4326", CITY.utm(), CITY.tm3()))]  # fmt: skip
    done = ingest(kelurahan(drop, "EPSG:4326"), *sources, **TOP)
    assert all(kept(done, f"x{i}") for i in range(3))


def test_a_layer_is_judged_anew_when_the_land_is_another(
    ingest: Ingest, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipeline_of([kelurahan(drop, "EPSG:4326")], **TOP)
    where = Whereabouts.of(pipeline, drop)
    where.extent()
    assert Whereabouts.of(pipeline, drop).still(where.asked)
    where.land()
    assert Whereabouts.of(pipeline, drop).still(where.asked)
    own = ground(CITY)
    swapped_names = np.roll(own.codes, 1)
    delivered(drop, "kel.gpkg", own.shapes, "EPSG:4326", KODE=swapped_names, NAMA=own.names)
    later = Whereabouts.of(pipeline, drop)
    assert not later.still(where.asked)
    only_extent = Whereabouts.of(pipeline, drop)
    only_extent.extent()
    assert later.still(only_extent.asked)


def test_the_order_of_records_does_not_change_what_is_told() -> None:
    shapes = moved(cells(CITY.box, 60), "EPSG:4326", WORLD)
    shuffled = shapes[np.random.default_rng(1).permutation(len(shapes))]
    one, two = (place(s, WORLD, None, known(CITY)) for s in (shapes, shuffled))
    assert (one.crs_used, one.rules, one.refused) == (WORLD, (), False)
    assert (one.rules, one.params) == (two.rules, two.params)
    wrong, same = (place(s, WEB, None, known(CITY)) for s in (shapes, shuffled))
    assert wrong.refused
    assert wrong.params == same.params


@st.composite
def twins(draw: st.DrawFn) -> tuple[Place, Shapes, str, str]:
    """A layer somewhere in a city, in one Mercator, that says to be in the other."""
    city = draw(st.sampled_from(CITIES))
    west, south, east, north = city.box
    x = sorted(draw(st.tuples(st.floats(0, 0.9), st.floats(0.1, 1))))
    y = sorted(draw(st.tuples(st.floats(0, 0.9), st.floats(0.1, 1))))
    across, along = east - west, north - south
    box = (west + x[0] * across, south + y[0] * along,
           west + max(x[1], x[0] + 0.05) * across, south + max(y[1], y[0] + 0.05) * along)  # fmt: skip
    truth, said = draw(st.permutations(MERCATORS))
    return city, cells(box, draw(st.integers(1, 6))), truth, said


@settings(max_examples=150)
@given(layer=twins(), kind=st.sampled_from(["kelurahan", "lain", "provinsi", "pita"]))
def test_the_wrong_mercator_never_stands_by_the_files_word(
    layer: tuple[Place, Shapes, str, str], kind: str
) -> None:
    city, shapes, truth, said = layer
    placed = place(moved(shapes, "EPSG:4326", truth), said, None, known(city, kind))
    assert placed.refused
    assert placed.rules == ("crs.ambiguous",)


def test_broken_shapes_and_cells_that_name_nobody_are_no_witnesses() -> None:
    shapes = moved(layers(CITY)["sudut"], "EPSG:4326", WEB)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    odd = [None, shapely.Point(), shapely.Point(0, 0), shapely.Point(np.nan, 1), bow,
           shapely.Point(1e300, -1e300), shapely.GeometryCollection()]  # fmt: skip
    mixed = np.append(shapes, np.array(odd, dtype=object))
    rubbish = ["' OR 1=1", "x" * 100_000, "", None, "\0", 12, float("nan")]
    own = ground(CITY)
    said = [*own.names[homes(CITY, layers(CITY)["sudut"])], *rubbish]

    def words(rows: Any) -> list[pd.DataFrame]:
        names = pd.Series([said[i] if isinstance(said[i], str) else None for i in rows])
        frame = pd.DataFrame({"nama_kelurahan": names})
        return [frame.assign(source_id="x", source_row=range(len(frame)), sidik="")]

    assert not place(mixed, WEB, None, known(CITY), words=words).refused
    none = place(mixed, WEB, None, known(CITY), words=lambda rows: [])
    assert none.rules == ("crs.ambiguous",)


def test_kelurahan_that_cannot_be_read_tell_nothing(ingest: Ingest, drop: Path) -> None:
    source = kelurahan(drop, "EPSG:4326")
    broken = {**source, "columns": {"kode_kelurahan": "TIDAK_ADA", "nama_kelurahan": "NAMA"}}
    pipeline = pipeline_of([broken], **TOP)
    assert land.land_of(pipeline, drop) is None
    told = land.land_of(pipeline_of([source], **TOP), drop)
    assert isinstance(told, Land)
    assert len(told.shapes) == len(ground(CITY).shapes)
