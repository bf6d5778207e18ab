"""Workspaces of a small city, consolidated for real, that the tests seal, compare and explain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.history.world import State, build


@pytest.fixture
def state(tmp_path: Path) -> Callable[..., State]:
    """A workspace by name: ``state("a")``, or with rows changed: ``state("b", kawasan=[…])``."""

    def make(name: str = "kota", **changed: Any) -> State:
        return build(tmp_path, name, **changed)

    return make
