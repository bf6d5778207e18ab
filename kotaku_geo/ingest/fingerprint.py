"""A number for all that a record says, so that findings do not depend on the order of rows."""

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from kotaku_geo.ingest.raw import RawLayer

MIX = np.uint64(1_000_003)  # spreads the columns of a record over its hash
DIGITS = 16
_PAIRS = np.array([f"{byte:02x}" for byte in range(256)], dtype="S2")


def fingerprints(raw: RawLayer) -> NDArray[np.uint64]:
    """A hash (n,) of each record's cells and geometry; identical records have the same."""
    total: NDArray[np.uint64] = np.zeros(len(raw.source_row), dtype=np.uint64)
    for i, column in enumerate(sorted(raw.frame.columns)):
        values = raw.frame[column]
        if values.dtype == object:
            values = values.map(lambda v: "" if v is None else str(v)).astype(str)
        hashed = pd.util.hash_pandas_object(values, index=False).to_numpy()
        total = (total * MIX + hashed + np.uint64(i)).astype(np.uint64)
    if raw.geometry is not None and len(total):
        wkb = shapely.to_wkb(raw.geometry) if raw.wkb is None else raw.wkb.copy()
        wkb[shapely.is_missing(raw.geometry)] = b""
        total = total * MIX + pd.util.hash_array(wkb, categorize=False)
    return total


def as_text(numbers: NDArray[np.uint64]) -> pd.Series:
    """Fingerprints as sixteen hexadecimal digits each; their order stays."""
    digits = _PAIRS[numbers.astype(">u8").view(np.uint8)]
    starts = np.arange(len(numbers) + 1, dtype=np.int64) * DIGITS
    buffers = pa.py_buffer(starts), pa.py_buffer(np.ascontiguousarray(digits))
    text = pa.LargeStringArray.from_buffers(len(numbers), *buffers)
    return pd.Series(pd.array(text, dtype="str"))
