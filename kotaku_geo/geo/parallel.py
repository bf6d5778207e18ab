"""GEOS work on several threads: shapely lets go of the interpreter while GEOS runs.

Prepared geometries are built lazily and must not be shared between threads: a function that is
mapped here prepares what it needs itself.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
MIN_CHUNK = 256


def chunks(size: int, workers: int, least: int = MIN_CHUNK) -> list[slice]:
    """Slices that cut ``range(size)`` into even parts of at least ``least``, in order."""
    count = max(1, min(workers * 4, size // least))
    edges = np.linspace(0, size, count + 1).astype(int)
    return [slice(a, b) for a, b in pairwise(edges.tolist()) if b > a]


def begin(function: Callable[[], T], workers: int) -> Callable[[], T]:
    """Begin a function on a thread beside this one, where there are two workers for it.

    For work that is nearly all GEOS: unlike a process, a thread costs nothing to start, and
    memory is not copied. The function must not touch what this thread changes meanwhile, nor
    tables that both use: pandas fills its indexes when they are first read.

    Returns:
        what waits for the function's result; call it once.
    """
    if workers < 2:
        return function
    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(function)
    pool.shutdown(wait=False)
    return waiting.result


def map_chunks(
    function: Callable[[slice], T], size: int, workers: int | None, least: int = MIN_CHUNK
) -> list[T]:
    """Results of ``function`` for each part of ``range(size)``, in order, whatever the workers.

    ``least`` is the size from which a part is worth a thread: small where one call is dear.
    """
    parts = chunks(size, workers or 1, least)
    if (workers or 1) <= 1 or len(parts) <= 1:
        return [function(part) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, parts))


def side_by_side(functions: Sequence[Callable[[], T]], workers: int | None) -> list[T]:
    """Results of functions, in order; each has a thread to itself where there are workers.

    Better than parts of arrays where a function is a chain of steps, some too small to cut up.
    None may prepare a geometry that another uses.
    """
    if (workers or 1) <= 1:
        return [function() for function in functions]
    with ThreadPoolExecutor(workers) as pool:
        return [task.result() for task in [pool.submit(function) for function in functions]]


def aside(function: Callable[[], T], workers: int | None) -> Callable[[], T]:
    """Begin a function on a thread of its own; what is given back waits for its result.

    Without a second worker it runs when it is asked for. It must not prepare a geometry that is
    used meanwhile.
    """
    if (workers or 1) <= 1:
        return function
    pool = ThreadPoolExecutor(1)
    task = pool.submit(function)
    pool.shutdown(wait=False)
    return task.result


def map_arrays(
    function: Callable[..., Any],
    *arrays: NDArray[np.object_],
    workers: int | None = None,
    least: int = MIN_CHUNK,
) -> NDArray[Any]:
    """An element-wise function of arrays of one length, computed in parts on several threads."""
    size = len(arrays[0])
    if size == 0:
        return np.asarray(function(*arrays))
    return np.concatenate(
        map_chunks(lambda part: function(*(a[part] for a in arrays)), size, workers, least)
    )
