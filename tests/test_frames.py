"""Frames are what geopandas would make of the same."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kotaku_geo.frames import draw, plain, shapes_in, undrawn, with_geometry

SHAPES = np.array([shapely.Point(1, 2), None, shapely.box(0, 0, 1, 1)], dtype=object)
CRS = "EPSG:32750"


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame({"nama": ["a", None, "c"], "luas_ha": [1.0, np.nan, 3.0]}, index=[7, 5, 6])


def test_drawn_as_geopandas_draws(table: pd.DataFrame) -> None:
    made = draw(table, SHAPES, CRS)
    expected = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(SHAPES, index=table.index, crs=CRS))
    pd.testing.assert_frame_equal(made, expected)
    assert type(made) is gpd.GeoDataFrame
    assert made.crs == expected.crs
    assert type(made[["nama"]]) is pd.DataFrame
    assert type(made.iloc[:1]) is gpd.GeoDataFrame
    assert draw(table, SHAPES, None).crs is None
    assert "geometry" not in table.columns


def test_a_second_geometry_takes_the_place_of_the_first(table: pd.DataFrame) -> None:
    first = draw(table, SHAPES, CRS)[["geometry", "nama"]]
    again = draw(first, SHAPES[::-1].copy(), "EPSG:4326")
    assert list(again.columns) == ["geometry", "nama"]
    assert again.crs == "EPSG:4326"
    assert again.geometry.iloc[0] is SHAPES[2]
    assert first.geometry.iloc[0] is SHAPES[0]


def test_undrawn_is_the_table_again(table: pd.DataFrame) -> None:
    made = draw(table, SHAPES, CRS)
    pd.testing.assert_frame_equal(undrawn(made), table)
    pd.testing.assert_frame_equal(undrawn(table), table)
    assert type(plain(made)) is pd.DataFrame
    assert type(made) is gpd.GeoDataFrame


def test_what_is_changed_afterwards_changes_no_other(table: pd.DataFrame) -> None:
    made = draw(table, SHAPES, CRS)
    made["luas_ha"] = 0.0
    made.loc[7, "nama"] = "z"
    bare = undrawn(made)
    bare["nama"] = "y"
    assert table["luas_ha"].iloc[0] == 1.0
    assert table["nama"].iloc[0] == "a"
    assert made["nama"].iloc[0] == "z"


def test_missing_shapes_are_none() -> None:
    column = pd.Series([SHAPES[0], np.nan, None, pd.NA], dtype=object)
    assert shapes_in(column).tolist() == [SHAPES[0], None, None, None]
    assert pd.isna(column.iloc[3])


def test_geometry_may_be_any_values_for_a_file(table: pd.DataFrame) -> None:
    bare = with_geometry(draw(table, SHAPES, CRS), shapely.to_wkb(SHAPES))
    assert type(bare) is pd.DataFrame
    assert bare["geometry"].iloc[1] is None or pd.isna(bare["geometry"].iloc[1])
    assert shapely.from_wkb(bare["geometry"].iloc[0]) == SHAPES[0]
