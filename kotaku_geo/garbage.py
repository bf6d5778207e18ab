"""Looking for reference cycles less often: stages make many small objects and few cycles."""

import contextlib
import gc
from collections.abc import Iterator

EVERY = 400_000  # new objects; takes a twentieth off a run, for a few megabytes


def seldom() -> None:
    """From now on look for cycles seldom, and never again among what is there already."""
    gc.freeze()
    gc.set_threshold(EVERY, *gc.get_threshold()[1:])


@contextlib.contextmanager
def collected_seldom() -> Iterator[None]:
    """`seldom` for a while, in a process that is not ours alone."""
    before = gc.get_threshold()
    gc.set_threshold(EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
