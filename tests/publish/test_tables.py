"""The list of columns that publication reads is the list that the stages write."""

import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.files import table_path
from kotaku_geo.publish import tables
from kotaku_geo.runner import run_stages
from kotaku_geo.sample import write_sample

# The gate makes it of `rule`; no stage writes it.
MADE = {"findings": {"judul"}}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small sample city, all stages run."""
    folder = tmp_path_factory.mktemp("sampel")
    file = Path(write_sample(folder, seed=3, size="kecil", progress=lambda line: None))
    report = run_stages(load_pipeline(file), "publish", build=folder / "build", workers=2)
    return report.root


@pytest.mark.parametrize("name", tables.names())
def test_every_column_that_a_stage_writes_is_listed_and_no_other(
    workspace: Path, name: str
) -> None:
    """A new column is published under its own name until somebody says what people call it."""
    path = table_path(workspace, name)
    assert path.is_file(), "the sample makes every table that is published"
    written = set(pq.read_schema(path).names) - {"geometry"}
    listed = set(tables.columns_of(name, "permen-14-2018")) - MADE.get(name, set())
    assert written - listed == set(), "not in schemas/publish/tables.yaml"
    assert listed - written == set(), "no stage writes it"


@pytest.mark.parametrize("name", tables.names())
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_column_has_a_name_for_people_in_both_languages(name: str, lang: str) -> None:
    unnamed = [
        column
        for column in tables.columns_of(name, "permen-14-2018")
        if tables.label(column, "permen-14-2018", lang) == column
    ]
    assert unnamed == []


def test_unknown_households_of_a_conflict_are_blank_in_the_geopackage(workspace: Path) -> None:
    conflicts = pq.read_table(table_path(workspace, "consolidate/conflicts")).to_pandas()
    unknown = conflicts["jumlah_kk"].isna()
    assert unknown.any()
    with sqlite3.connect(next((workspace / "publish").glob("*.gpkg"))) as connection:
        rows = connection.execute(
            "SELECT conflict_id, jumlah_kk, jumlah_kk_teks, dampak_rt FROM konflik"
        ).fetchall()
    shown = {name: (kk, text) for name, kk, text, _ in rows}
    assert {shown[i] for i in conflicts.loc[unknown, "conflict_id"]} == {(None, None)}
    assert any(effect for *_, effect in rows)
