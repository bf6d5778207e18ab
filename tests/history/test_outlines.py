"""Who drew an outline: the file and the record, of the source whose outline stands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.history import outlines
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.outlines import Outline
from tests.consolidate.world import KODE, box, key, rt_row
from tests.history.world import R1, R2, R3, State, outline, rows

Make = Callable[..., State]


def boundary(city: State, name: str, parameter: str | None = None, lang: str = "id") -> list[str]:
    content = Explainer(city.baseline).story(name, parameter).as_json(lang)["paragraphs"]
    return [s["text"] for p in content if p["about"] == "batas" for s in p["sentences"]]


def test_a_kelurahan_names_the_record_that_drew_it_and_the_area_written_there(state: Make) -> None:
    drawn = [{**rows()["kelurahan"][0], "luas_km2": 9.5}]
    said = boundary(state(kelurahan=drawn), KODE)
    assert said[0] == (
        "Batas kelurahan ini digambar Bappeda (kel, kel.gpkg, rekaman 0, 1 Mei 2023); "
        "ketelitiannya 2,5 m."
    )
    assert said[-1] == "kel menulis luasnya 950,00 ha; luas di atas dihitung dari garisnya."


def test_an_rt_names_the_record_that_drew_it(state: Make) -> None:
    city = state()
    assert "(peta-rt, rt.gpkg, rekaman 1, 1 Mei 2023)" in boundary(city, R2)[0]
    assert "(peta-rt, rt.gpkg, record 2, 1 May 2023)" in boundary(city, R3, "batas.rt", "en")[0]


def test_of_several_sources_the_one_whose_outline_stands(state: Make) -> None:
    """K1 is drawn by two, a little differently; K2 by the weaker source alone."""
    drawn = [
        outline("K1", box(0, 0, 200, 100.4), "delineasi-lama"),
        outline("K1", box(0, 0, 200, 100)),
        outline("K2", box(0, 1000, 200, 100), "delineasi-lama"),
    ]
    found = state(kawasan=drawn).baseline.outlines
    assert replace(found["kawasan", "K1"], others=()) == Outline("delineasi", 1, None)
    assert [o["source_id"] for o in found["kawasan", "K1"].others] == ["delineasi-lama"]
    assert found["kawasan", "K2"] == Outline("delineasi-lama", 2, None)


class Tables(dict[str, pd.DataFrame]):
    """Tables by name, as a workspace gives them."""

    def has(self, table: str) -> bool:
        return table in self

    def read(self, table: str, columns: Any = None) -> pd.DataFrame:
        return self[table][[c for c in columns if c in self[table]]]


def of_rt(state: State, given: list[dict[str, Any]]) -> dict[tuple[str, str], Outline]:
    frame = pd.DataFrame(given).assign(source_id="peta-rt")
    frame["source_row"] = pd.array(range(len(frame)), dtype="Int64")
    return outlines.standing(Tables({"ingest/rt": frame}), state.baseline.setting)


def test_an_rt_of_a_layer_without_rw_is_known_by_its_number_where_that_is_one(
    state: Make,
) -> None:
    shape = box(0, 0, 1)
    found = of_rt(state(), [rt_row("001", shape, rw=None), rt_row("002", shape, rw="001"),
                            rt_row("002", shape, rw="002"), rt_row("003;004", shape)])  # fmt: skip
    rows_of = {rt: outlines.of(found, "rt", key(rt)) for rt in ("001", "002", "003", "004")}
    assert {rt: drawn and drawn.source_row for rt, drawn in rows_of.items()} == {
        "001": 0, "002": 1, "003": 3, "004": 3,
    }  # fmt: skip
    assert outlines.of(found, "rt", key("004", "000")) == Outline("peta-rt", 3), "its number alone"
    assert outlines.of(found, "rt", key("002", "000")) is None, "two have that number"
    assert outlines.of(found, "rt", key("009")) is None
    assert outlines.of(found, "rt", key("001"), alone=False) is None, "another may be meant"


def test_an_rt_that_one_record_draws_alone_has_its_hectares(state: Make) -> None:
    city = state()
    found = of_rt(city, [rt_row("001", box(0, 0, 100)), rt_row("002;003", box(200, 0, 100))])
    drawn = {rt: outlines.of(found, "rt", key(rt)) for rt in ("001", "002")}
    assert drawn["001"] is not None
    assert drawn["001"].drawn_ha == pytest.approx(1.0, rel=1e-3)
    assert drawn["002"] is not None
    assert drawn["002"].drawn_ha is None
    assert city.baseline.outlines["rt", R1].drawn_ha == drawn["001"].drawn_ha


def test_parts_of_several_records_name_none(state: Make) -> None:
    found = of_rt(state(), [rt_row("001", box(0, 0, 1)), rt_row("001", box(5, 0, 1))])
    assert outlines.of(found, "rt", R1) == Outline("peta-rt", None)


def test_a_row_without_geometry_draws_nothing(state: Make) -> None:
    assert of_rt(state(), [rt_row("001", None)]) == {}  # type: ignore[arg-type]


def test_a_sealed_version_names_the_source_and_no_record(state: Make) -> None:
    city = state()
    sealed = replace(city.baseline, outlines={})
    content = Explainer(sealed).story(KODE).as_json()["paragraphs"]
    said = [s["text"] for p in content if p["about"] == "batas" for s in p["sentences"]]
    assert said[0].startswith("Batas kelurahan ini digambar Bappeda (kel, kel.gpkg, 1 Mei 2023)")
