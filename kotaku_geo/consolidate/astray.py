"""RT that are not where their name says: in another kelurahan, or in a kawasan under another id."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.ground import unit_of_points
from kotaku_geo.consolidate.ids import NO_RW, parted
from kotaku_geo.consolidate.membership import BY_PLACE, HALF, Overlaps
from kotaku_geo.consolidate.rt import RtMap
from kotaku_geo.consolidate.tables import among, codes_in, floats, taken


def located(drawn: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Where each drawn RT lies: id_rt, code and source_id of the kelurahan that holds its inner
    point; RT outside all are left out. ``place`` is the row in ``drawn``, ``village`` the other."""
    points = shapely.point_on_surface(drawn.geometry.to_numpy())
    village = unit_of_points(points, villages.geometry.to_numpy())
    table = pd.DataFrame(
        {
            "id_rt": drawn["key"].to_numpy(dtype=object),
            "code": taken(villages["key"], village),
            "source_id": taken(villages["source_id"], village),
            "place": np.arange(len(drawn)),
            "village": village,
        }
    )
    return table[village >= 0].reset_index(drop=True)


def doubted(
    drawn: gpd.GeoDataFrame, lies: pd.DataFrame, villages: gpd.GeoDataFrame, pipeline: Pipeline
) -> list[tuple[str, str]]:
    """RT that lie in another kelurahan than their own: id_rt, and the code of the other.

    Half of the RT lies there, and its inner point further from its own kelurahan than both maps are
    uncertain. One whose own kelurahan nobody draws is not judged.
    """
    own = codes_in(parted(lies["id_rt"])["code"], villages["key"])
    odd = lies[(own >= 0) & (own != lies["village"].to_numpy())]
    if odd.empty:
        return []
    home = villages.iloc[own[odd.index]]
    shape = drawn.geometry.to_numpy()[odd["place"]]
    other = villages.geometry.to_numpy()[odd["village"]]
    accuracy = {s.id: s.accuracy or pipeline.verify.accuracy_m for s in pipeline.sources}
    blurs = [floats(t["source_id"].map(accuracy)) for t in (drawn.iloc[odd["place"]], home)]
    tau = pipeline.verify.tolerance_k * np.hypot(*blurs)
    share = shapely.area(shapely.intersection(shape, other)) / shapely.area(shape)
    apart = shapely.distance(shapely.point_on_surface(shape), home.geometry.to_numpy())
    sure = odd[(share >= HALF) & (apart > tau)]
    return list(zip(sure["id_rt"], sure["code"], strict=True))


def strays(claims: pd.DataFrame, rt_map: RtMap, shared: Overlaps) -> pd.DataFrame:
    """RT that rows name for a kawasan and nobody draws, while the kawasan holds a drawn RT with
    their RW and number in another kelurahan: id_rt, drawn.

    The map must draw other RT of the kelurahan that they are named in: else it merely ends there.
    """
    known = parted(rt_map.register["id_rt"])
    named = claims[claims["cara"] != BY_PLACE][["id_rt", "code"]].drop_duplicates()
    named = named[~among(named["id_rt"], rt_map.register["id_rt"])].astype({"id_rt": object})
    name = parted(named["id_rt"])
    mapped = among(name["code"], known["code"])
    whole = ~name["tail"].str.startswith(f"-RW{NO_RW}").fillna(True).to_numpy(dtype=bool)
    named = named.assign(tail=name["tail"])[mapped & whole]
    inside = (shared.of_rt >= HALF) | (shared.of_kawasan >= HALF)
    keys = rt_map.found.chosen["key"].to_numpy(dtype=object)[shared.rt[inside]]
    held = pd.DataFrame({"drawn": keys, "code": shared.kawasan[inside]})
    held = held.assign(tail=parted(held["drawn"])["tail"])
    pairs = named.merge(held, on=["code", "tail"])
    return pairs[["id_rt", "drawn"]].drop_duplicates()
