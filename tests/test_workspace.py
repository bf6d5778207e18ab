from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kotaku_geo.errors import OutputError
from kotaku_geo.workspace import Workspace, file_hash, read_any
from tests.conftest import CRS


@pytest.fixture
def layer() -> gpd.GeoDataFrame:
    shapes = [shapely.box(0, 0, 1, 1), None]
    return gpd.GeoDataFrame({"a": [1, 2], "t": ["x", None]}, geometry=shapes, crs=CRS)


def test_a_table_comes_back_and_the_same_rows_give_the_same_bytes(
    tmp_path: Path, layer: gpd.GeoDataFrame
) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("ingest/x", layer)
    first = file_hash(workspace.path("ingest/x"))
    workspace.write("ingest/x", layer.copy())
    assert file_hash(workspace.path("ingest/x")) == first
    back = workspace.read_geo("ingest/x")
    assert back.crs == layer.crs
    assert back["t"].isna().tolist() == [False, True]
    assert isinstance(read_any(workspace.path("ingest/x")), gpd.GeoDataFrame)


def test_a_write_that_fails_leaves_the_old_table_and_nothing_beside_it(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write("a/b", pd.DataFrame({"n": [1]}))

    def interrupted() -> None:
        with workspace.replacing("a/b") as beside:
            beside.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert workspace.read("a/b")["n"].tolist() == [1]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b.parquet"]


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as error:
        Workspace(tmp_path / "file").write("a/b", pd.DataFrame({"n": [1]}))
    assert error.value.exit_code == 6


def test_json_documents_refuse_nan(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        workspace.write_json("a.json", {"x": float("nan")})
    workspace.write_json("a.json", {"x": "ü"})
    assert workspace.read_json("a.json") == {"x": "ü"}
