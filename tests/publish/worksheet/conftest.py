"""A sample city on a desk: made once, its decisions cleared for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kotaku_geo.sample import write_sample
from tests.publish.worksheet.officer import Desk


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("rapat")
    pipeline = write_sample(folder / "kota", seed=5, size="kecil")
    desk = Desk(pipeline, folder / "build", folder)
    desk.export("kosong.xlsx")
    return desk


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Iterator[Desk]:
    made.decisions.unlink(missing_ok=True)
    yield Desk(made.pipeline, made.build, tmp_path)
    made.decisions.unlink(missing_ok=True)


@pytest.fixture
def blank(made: Desk, desk: Desk) -> Path:
    """The workbook of the city without a decision."""
    return Path(shutil.copy(made.desk / "kosong.xlsx", desk.desk / "rapat.xlsx"))
