"""Which outlines share the line that is in dispute."""

from pathlib import Path

import geopandas as gpd
import shapely

from kotaku_geo.publish.worksheet.borders import TABLE, common_lines
from kotaku_geo.workspace import Workspace

CRS = "EPSG:32749"


def written(folder: Path, *rows: tuple[str, str, shapely.Geometry]) -> Workspace:
    columns = {"kind": [r[0] for r in rows], "subject": [r[1] for r in rows]}
    frame = gpd.GeoDataFrame(columns, geometry=[r[2] for r in rows], crs=CRS)
    workspace = Workspace(folder)
    workspace.path(TABLE).parent.mkdir(parents=True)
    frame.to_parquet(workspace.path(TABLE))
    return workspace


def strip(x: float, width: float = 10) -> shapely.Polygon:
    return shapely.box(x, 0, x + width, 100)


def test_neighbours_share_what_differs_between_them(tmp_path: Path) -> None:
    workspace = written(
        tmp_path,
        ("kelurahan", "A", strip(0)), ("kelurahan", "B", strip(0)),
        ("kelurahan", "C", strip(8)),  # touches a fifth of it
        ("kelurahan", "D", strip(500)), ("rt", "A", strip(0)), ("kelurahan", "E", strip(0)),
    )  # fmt: skip
    disputed = {("kelurahan", s) for s in "ABCD"} | {("rt", "A")}
    assert common_lines(workspace, disputed) == {
        ("kelurahan", "A"): ["B"], ("kelurahan", "B"): ["A"],
    }  # fmt: skip


def test_without_outlines_nothing_is_shared(tmp_path: Path) -> None:
    assert common_lines(Workspace(tmp_path), {("rt", "A")}) == {}
    assert common_lines(written(tmp_path / "a"), {("rt", "A")}) == {}
    workspace = written(tmp_path / "b", ("rt", "A", strip(0)))
    assert common_lines(workspace, set()) == {}
