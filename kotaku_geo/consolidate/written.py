"""Written areas against drawn ones."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.tables import Bools, Floats, floats
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.texts import number

LEAST_HA = 0.05  # smaller differences are rounding; DOMAIN §3.3


def compare(
    rows: gpd.GeoDataFrame, column: str, subjects: pd.Series, pipeline: Pipeline,
    findings: FindingBook,
) -> None:  # fmt: skip
    """One finding for each row whose written area is not the drawn one.

    They differ when they are more than ``verify.area_warning_pct`` apart, and more than half the
    last written digit and 0,05 ha. An area of 0 is no area and is found when it is read.

    Args:
        rows: source_id, source_row, geometry and ``column`` (``luas_ha`` or ``luas_km2``).
        subjects: what each row is about.
    """
    unit, hectares = ("km²", 100.0) if column == "luas_km2" else ("ha", 1.0)
    written = floats(rows[column])
    drawn = geodesic_ha(rows.geometry.to_numpy(), rows.crs) / hectares
    wrong = _differ(written, drawn, LEAST_HA / hectares, pipeline.verify.area_warning_pct / 100)
    places = np.flatnonzero(wrong)
    points = shapely.point_on_surface(rows.geometry.to_numpy()[places])
    for i, point in zip(places, points, strict=True):
        findings.add(
            "area.attribute-differs", source_id=rows["source_id"].iloc[i],
            source_row=int(rows["source_row"].iloc[i]), subject=subjects.iloc[i],
            key=f"{subjects.iloc[i]}|{number(drawn[i], 3)}", value=number(written[i], 3),
            geometry=point, tertulis=number(written[i], 3), gambar=number(drawn[i], 3),
            satuan=unit, rasio=number(written[i] / drawn[i]),
        )  # fmt: skip


def _differ(written: Floats, drawn: Floats, least: float, share: float) -> Bools:
    given = (written > 0) & (drawn > 0)
    half_digit = 0.5 * 10.0 ** -_decimals(written)
    limit = np.maximum(np.maximum(share * drawn, half_digit), least)
    return given & (np.abs(written - drawn) > limit)


def _decimals(written: Floats) -> Floats:
    """How many decimals each number is written with."""
    texts = [repr(value).partition(".")[2].rstrip("0") for value in written.tolist()]
    return np.array([len(text) for text in texts], dtype=np.float64)
