"""Where an RT lies whose kelurahan is in dispute: who draws it, what is near, what is far."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from kotaku_geo.publish.worksheet.cases import Case, Impact, Option
from kotaku_geo.publish.worksheet.outlines import Outlines
from kotaku_geo.workspace import Workspace

CRS = "EPSG:32749"
HERE, NEXT, AWAY = "33.75.01.1001", "33.75.01.1002", "33.75.01.1003"
RT = f"{HERE}-RW001-RT001"


def box(x: float, y: float, size: float) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


def put(workspace: Workspace, table: str, **columns: Any) -> None:
    path = workspace.path(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, crs=CRS).to_parquet(path)


def city(folder: Path, *drawn: shapely.Polygon, away: tuple[float, float] = (0, 0)) -> Outlines:
    """Sources a, b, … draw the RT; of the kelurahan one lies round it, one beside, one far away."""
    workspace = Workspace(folder)
    size = len(drawn)
    put(
        workspace, "ingest/rt", source_id=[chr(97 + i) for i in range(size)],
        source_row=list(range(size)), kode_kelurahan=[HERE] * size, nama_kelurahan=["Sini"] * size,
        rw=["001"] * size, rt=["001"] * size, geometry=list(drawn),
    )  # fmt: skip
    put(
        workspace, "consolidate/kelurahan", kode_kelurahan=[HERE, NEXT, AWAY],
        geometry=[box(0, 0, 1000), box(1000, 0, 1000), box(*away, 1000)],
    )  # fmt: skip
    return Outlines(workspace)


def case(*sources: str) -> Case:
    named = {"a": HERE, "b": NEXT, "c": AWAY}
    options = [
        Option(
            choice=s, source_id=s, source_row=ord(s) - 97, value=named[s], extra={"cara": "peta"}
        )
        for s in sources
    ]
    return Case(
        conflict_id="x", kind="identitas", subject=RT, parameter="kode_kelurahan",
        options=tuple(options), spread=None, material=True, status="terbuka", evidence="e",
        impact=Impact(),
    )  # fmt: skip


def test_drawings_that_look_the_same_are_told_together(tmp_path: Path) -> None:
    outlines = city(tmp_path, box(850, 0, 100), box(851, 0, 100), box(950, 0, 100), away=(9e3, 0))
    found = outlines.around(case("a", "b", "c"))
    assert found is not None
    assert [[o.source_id for o in who] for who, _ in found.drawn] == [["a", "b"], ["c"]]
    assert set(found.villages) == {HERE, NEXT}
    assert found.far == {AWAY: (pytest.approx(9000 - 1050, abs=101), 2)}


@pytest.mark.parametrize(
    ("away", "wind"),
    [((0, 5000), 0), ((5000, 5000), 1), ((5000, 0), 2), ((5000, -5000), 3), ((0, -5000), 4),
     ((-5000, -5000), 5), ((-5000, 0), 6), ((-5000, 5000), 7)],
)  # fmt: skip
def test_what_is_far_is_told_with_its_wind(
    tmp_path: Path, away: tuple[float, float], wind: int
) -> None:
    found = city(tmp_path, *[box(450, 450, 100)] * 3, away=away).around(case("a", "c"))
    assert found is not None
    assert {code: way[1] for code, way in found.far.items()} == {AWAY: wind}


def test_nobody_draws_it(tmp_path: Path) -> None:
    outlines = city(tmp_path, box(450, 450, 100))
    assert outlines.around(case("b")) is None
    by_place = Option(choice="a", source_id="a", source_row=0, value=HERE, extra={"cara": "letak"})
    assert outlines.around(replace(case("a"), options=(by_place,))) is None
