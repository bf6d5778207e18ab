"""Buildings, households and people under the hits of a theme."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.cover import Geometries
from kotaku_geo.late import record
from kotaku_geo.screen.city import City, Floats


@record
class Footprints:
    """Buildings by kawasan: those of the strongest source that has any there.

    Attributes:
        target: (m,) position of the kawasan.
        x, y: (m,) a point inside the building.
        count: (n,) buildings of each kawasan.
    """

    target: NDArray[np.intp]
    x: Floats
    y: Floats
    count: Floats


def footprints(city: City, frame: gpd.GeoDataFrame | None, order: list[str]) -> Footprints:
    """Buildings by their representative points, so that none counts for two neighbours.

    Args:
        city: the kawasan.
        frame: ingest/bangunan, polygons or points; None where nobody delivered it.
        order: source ids, strongest first.
    """
    if frame is None or frame.empty:
        none = np.empty(0)
        return Footprints(np.empty(0, dtype=np.intp), none, none, np.zeros(len(city)))
    points = shapely.point_on_surface(np.asarray(frame.geometry.array, dtype=object))
    target, building = shapely.STRtree(points).query(city.geometry, predicate="intersects")
    strength = {source: place for place, source in enumerate(order)}
    rank = frame["source_id"].map(strength).fillna(len(order)).to_numpy(dtype=float)[building]
    strongest = np.full(len(city), np.inf)
    np.minimum.at(strongest, target, rank)
    chosen = rank == strongest[target]
    target, building = target[chosen].astype(np.intp), building[chosen]
    return Footprints(
        target,
        shapely.get_x(points[building]),
        shapely.get_y(points[building]),
        np.bincount(target, minlength=len(city)).astype(float),
    )


def affected(city: City, houses: Footprints, union: Geometries, luas_ha: Floats) -> pd.DataFrame:
    """Columns bangunan, kk, jiwa under the union of the hits.

    Where a kawasan has footprints, those inside the hits count, and its households and people
    are shared out by them; elsewhere all three are shared out by area. What the kawasan does not
    know stays unknown, unless nothing is affected.
    """
    shapely.prepare(union)
    inside = shapely.intersects_xy(union[houses.target], houses.x, houses.y)
    shapely.destroy_prepared(union)
    hit = np.bincount(houses.target[inside], minlength=len(city)).astype(float)
    counted = houses.count > 0
    share = np.divide(luas_ha, city.luas_ha, out=np.full(len(city), np.nan), where=city.luas_ha > 0)
    np.divide(hit, houses.count, out=share, where=counted)
    share = np.minimum(share, 1.0)
    return pd.DataFrame(
        {
            "bangunan": np.where(counted, hit, _part(share, city.numbers("jumlah_bangunan"))),
            "kk": _part(share, city.numbers("jumlah_kk")),
            "jiwa": _part(share, city.numbers("jumlah_penduduk")),
        }
    )


def _part(share: Floats, whole: Floats) -> Floats:
    return np.where(share == 0, 0.0, share * whole)
