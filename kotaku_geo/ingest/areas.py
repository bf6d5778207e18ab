"""Written areas against drawn ones: does the column hold the unit that it is taken to hold?"""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Source
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.ingest.cells import scaled
from kotaku_geo.late import record
from kotaku_geo.texts import number

UNIT_OF = {"luas_ha": "ha", "luas_sk_ha": "ha", "luas_km2": "km2"}
M2_PER = {"ha": M2_PER_HA, "km2": 1e6}
NEAR = 1.5  # factor within which a ratio is that of a unit
MIN_ROWS = 5
MOSTLY = 0.5  # of the rows near the ratio of another unit: doubtful
NEARLY_ALL = 0.9  # clear enough to convert
MISREAD = "ribuan (titik dan koma tertukar)"


@record
class Unit:
    """A unit that a column seems to be in.

    Attributes:
        name: as people call it.
        factor: from it to the column's unit.
        ratio: median of written to drawn area.
        near: how many rows have about the ratio of this unit.
        rows: how many have both areas.
    """

    name: str
    factor: float
    ratio: float
    near: int
    rows: int


def check_units(frame: pd.DataFrame, sources: list[Source], book: FindingBook) -> pd.DataFrame:
    """Find columns of areas that are in another unit than they are taken for.

    Where nearly all rows say so, and the pipeline file does not state the unit, the column is
    converted; else it stays as it is. Either way it is told, once a column and source.

    Returns:
        the frame, or a copy of it with converted columns.
    """
    columns = sorted(UNIT_OF.keys() & set(frame.columns))
    if not columns or "geometry" not in frame:
        return frame
    drawn = shapely.area(frame["geometry"].to_numpy(dtype=object))
    converted = frame
    for column in columns:
        for source in sources:
            own = (frame["source_id"] == source.id).to_numpy()
            written = frame[column].to_numpy(dtype=float)[own]
            unit = unit_of(written, drawn[own], UNIT_OF[column])
            if unit is None:
                continue
            convert = _is_clear(unit) and column not in source.units
            _tell(source, column, unit, convert, book)
            if convert:
                converted = frame.copy() if converted is frame else converted
                converted.loc[own, column] = scaled(written, unit.factor)
    return converted


def unit_of(
    written: NDArray[np.float64], drawn_m2: NDArray[np.float64], taken_for: str
) -> Unit | None:
    """The other unit that most of the figures are in, or None.

    Args:
        written: (n,) figures, NaN where there is none.
        drawn_m2: (n,) drawn areas of the same records, square metres.
        taken_for: the canonical unit of the column.
    """
    both = (written > 0) & (drawn_m2 > 0)
    if both.sum() < MIN_ROWS:
        return None
    ratio = written[both] / (drawn_m2[both] / M2_PER[taken_for])
    factors = {k: float(f) for k, f in resources.load("layers")["units"][taken_for].items()}
    for name, factor in {**factors, MISREAD: 1000.0}.items():
        near = np.abs(np.log(ratio * factor)) <= np.log(NEAR)
        if name != taken_for and near.mean() >= MOSTLY:
            return Unit(name, factor, float(np.median(ratio)), int(near.sum()), len(ratio))
    return None


def _is_clear(unit: Unit) -> bool:
    return unit.name != MISREAD and unit.near >= NEARLY_ALL * unit.rows


def _tell(source: Source, column: str, unit: Unit, convert: bool, book: FindingBook) -> None:
    rule = "value.unit-converted" if convert else "value.unit-suspect"
    book.add(rule, source_id=source.id, kolom=column, satuan=unit.name, jumlah=unit.near,
             dari=unit.rows, rasio=number(unit.ratio, 0 if unit.ratio >= 10 else 4),
             kanonik=UNIT_OF[column], value=unit.name, key=column,
             action="repaired" if convert else "kept")  # fmt: skip
