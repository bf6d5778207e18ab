"""What the records of a file say of the kelurahan that they lie in, before they are placed."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Source
from kotaku_geo.ingest import values
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.ingest.readings import Words

NAMED_BY = ("kode_kelurahan", "nama_kelurahan")
BESIDE = "nama_kecamatan"
MOST = 6  # columns that are tried where the layer has none for it


def words_of(source: Source, raw: RawLayer, frame: pd.DataFrame, city: str) -> Words:
    """Asked for some records, what they say: one frame for each column, or pair, that may say it.

    Args:
        source: the source.
        raw: its records as delivered.
        frame: the layer's canonical columns of the same records.
        city: code of the city.
    """

    def asked(rows: NDArray[np.int64]) -> list[pd.DataFrame]:
        own = [c for c in NAMED_BY if c in frame and frame[c].iloc[rows].notna().any()]
        if own:
            kept = [c for c in (*own, BESIDE) if c in frame]
            return [_about(frame[kept].iloc[rows].reset_index(drop=True), source.id)]
        return [
            _about(pd.DataFrame({canonical: cells}), source.id)
            for canonical, cells in _unmapped(raw.frame.iloc[rows], city)
        ]

    return asked


def _unmapped(frame: pd.DataFrame, city: str) -> Iterator[tuple[str, pd.Series]]:
    """Columns by their headings, for layers that have no place for a kelurahan."""
    definitions = resources.load("layers")["columns"]
    tried = 0
    for canonical in NAMED_BY:
        known = {fold(a) for a in (canonical, *definitions[canonical]["aliases"])}
        for heading in frame.columns:
            if tried < MOST and fold(str(heading).split(" / ")[-1]) in known:
                tried += 1
                cells = frame[heading].reset_index(drop=True)
                code = canonical == "kode_kelurahan"
                parsed = values.parse_code(cells, city) if code else values.parse_text(cells)
                yield canonical, parsed.values.reset_index(drop=True)


def _about(words: pd.DataFrame, source: str) -> pd.DataFrame:
    """With the columns that places are resolved beside."""
    return words.assign(source_id=source, source_row=range(len(words)), sidik="")
