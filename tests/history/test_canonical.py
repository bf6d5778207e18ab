"""One content, one hash: order, dtypes, writers and library versions do not count."""

import random
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.history.canonical import same, table_hash
from kotaku_geo.workspace import read_any, write_frame
from tests.consolidate.world import CRS, box

CELL = st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), st.integers(-99, 99))
ROWS = st.lists(
    st.tuples(st.text(max_size=5), CELL, st.booleans(), st.integers(0, 5)), min_size=1, max_size=12
)


def frame(rows: list[tuple[Any, ...]]) -> gpd.GeoDataFrame:
    shapes = [box(100 * i, 0, 90, 50 + i) if i else None for *_, i in rows]
    columns: dict[str, Any] = {
        "a": pd.array([r[0] for r in rows], dtype="str"),
        "b": pd.array([r[1] for r in rows], dtype="Float64"),
        "c": [r[2] for r in rows],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


@settings(max_examples=60)
@given(ROWS, st.integers(0, 99))
def test_order_of_rows_and_columns_does_not_count(rows: list[Any], seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    other = frame(shuffled)
    assert table_hash(frame(rows)) == table_hash(other[["geometry", "c", "b", "a"]])


@settings(max_examples=15)
@given(ROWS)
def test_the_writer_does_not_count(tmp_path_factory: Any, rows: list[Any]) -> None:
    """Compression, row groups, dictionaries, format version, footer metadata: all the same."""
    path: Path = tmp_path_factory.mktemp("t") / "t.parquet"
    write_frame(frame(rows), path)
    hashes = {table_hash(read_any(path))}
    whole = pq.read_table(path)
    for options in ({"compression": "none"}, {"row_group_size": 1}, {"use_dictionary": False},
                    {"version": "1.0"}, {"data_page_version": "2.0"}):  # fmt: skip
        table = whole.replace_schema_metadata({**whole.schema.metadata, b"writer": b"other 99.9"})
        pq.write_table(table, path, **options)
        hashes.add(table_hash(read_any(path)))
    assert len(hashes) == 1
    assert hashes == {table_hash(frame(rows))}


@settings(max_examples=60)
@given(ROWS, st.data())
def test_what_a_cell_says_counts(rows: list[Any], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    old = rows[at]
    new = (old[0] + "x", *old[1:]) if data.draw(st.booleans()) else (
        old[0], (old[1] or 0) + 0.001, *old[2:])  # fmt: skip
    assert table_hash(frame(rows)) != table_hash(frame([*rows[:at], new, *rows[at + 1 :]]))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (pd.Series([1, 2]), pd.Series([1.0, 2.0])),
        (pd.Series([1, None], dtype="Int64"), pd.Series([1.0, np.nan])),
        (pd.Series(["a", None], dtype="str"), pd.Series(["a", None], dtype=object)),
        (pd.Series([0.0]), pd.Series([-1e-9])),
        (pd.Series([1 / 3]), pd.Series([0.3333333334])),
        (pd.Series([True, None], dtype="boolean"), pd.Series([True, None], dtype=object)),
        (pd.Series(["x"], dtype="category"), pd.Series(["x"])),
    ],
)
def test_dtypes_and_digits_that_nobody_sees_do_not_count(left: pd.Series, right: pd.Series) -> None:
    assert table_hash(pd.DataFrame({"a": left})) == table_hash(pd.DataFrame({"a": right}))
    assert same(left, right).all()


def test_a_number_is_no_word_and_nothing_is_not_zero() -> None:
    cells = [1.0, "1.000000", "1.0", None, "null", 0.0, "", True, "true"]
    hashes = {table_hash(pd.DataFrame({"a": pd.Series([c], dtype=object)})) for c in cells}
    assert len(hashes) == len(cells)


def test_how_a_ring_is_wound_or_begun_does_not_count_but_a_millimetre_does() -> None:
    square = box(0, 0, 10)
    xy = shapely.get_coordinates(square)[:-1]
    turned = shapely.Polygon(np.roll(xy, 2, axis=0)[::-1])
    high = shapely.force_3d(square, 5.0)
    moved = shapely.transform(square, lambda c: c + 0.001)
    hair = shapely.transform(square, lambda c: c + 0.0001)
    hashes = [table_hash(gpd.GeoDataFrame(geometry=[g], crs=CRS)) for g in
              (square, turned, high, hair, moved)]  # fmt: skip
    assert hashes[0] == hashes[1] == hashes[2] == hashes[3] != hashes[4]
    assert hashes[0] != table_hash(gpd.GeoDataFrame(geometry=[square], crs="EPSG:32750"))


def test_parquet_of_another_writer_is_read_alike(tmp_path: Path) -> None:
    """A table without pandas' metadata, with large strings, as another program would write it."""
    rows = frame([("a", 1.5, True, 1), ("b", None, False, 0)])
    write_frame(rows, tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    geo = {b"geo": table.schema.metadata[b"geo"]}
    columns = {
        n: table[n].cast(pa.large_string()) if n == "a" else table[n] for n in table.column_names
    }
    pq.write_table(pa.table(columns).replace_schema_metadata(geo), tmp_path / "b.parquet")
    assert table_hash(read_any(tmp_path / "b.parquet")) == table_hash(rows)
