"""One small city for all tests of the sample: in memory, and written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kotaku_geo.sample import write_sample
from kotaku_geo.sample.city import City, build_city

SEED = 3


@pytest.fixture(scope="session")
def city() -> City:
    return build_city(SEED, "kecil", lambda _: None)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contoh")
    write_sample(folder, seed=SEED, size="kecil")
    return folder
