"""Work on long outlines goes on in a process of its own while the stage goes on in this one.

A thread would do where GEOS is called a few times on much; work of many small steps would wait for
the interpreter at each of them, and let the rest of the stage wait.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import shapely

from kotaku_geo import beside
from kotaku_geo.consolidate.tables import Geometries
from kotaku_geo.geo import parallel

T = TypeVar("T")
Begin = Callable[[Callable[[], Any], int], Callable[[], Any]]
WORTH_A_PROCESS = 20_000  # corners; less is done sooner than a process starts


def way(shapes: Geometries) -> Begin:
    """How to begin work on these shapes: `begin` if they are long, else a thread."""
    corners = int(shapely.get_num_coordinates(shapes).sum())
    return begin if corners >= WORTH_A_PROCESS else parallel.begin


def begin(function: Callable[[], T], workers: int) -> Callable[[], T]:
    """Begin a function in a process; what waits for its result, to be called once.

    No other thread of this process may be at work when it is called: a fork knows nothing of
    the locks that it holds.
    """
    return beside.start(function, workers).result
