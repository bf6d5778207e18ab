"""The tables of pieces, of locations, and of the SK outlines as they were compared."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.frames import draw
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import Ints
from kotaku_geo.verify.overlaying import (
    BERKURANG,
    BERTAMBAH,
    TETAP,
    TOLERANSI,
    Overlay,
    id_texts,
)
from kotaku_geo.verify.relations import TABLE, Compared

PIECES = ["id_sk", "id_kawasan", "kelas", "luas_ha", "geometry"]
LOCATIONS = ["id", "sisi", "relation_id", "nama", "kode_kelurahan", "luas_ha", "tetap_ha",
             "berubah_ha", "toleransi_ha", "tetap_persen", "tingkat", "rekomendasi", "alasan",
             "verdict", "luas_tertulis_ha"]  # fmt: skip


def pieces(both: Compared, over: Overlay, crs: Any) -> tuple[gpd.GeoDataFrame, Ints]:
    """The overlay as a table, sorted by ids and class; and where its rows stood."""
    said = {
        "id_sk": id_texts(over.sk, both.sk.ids, over.left),
        "id_kawasan": id_texts(over.kawasan, both.kawasan.ids, over.right),
        "kelas": over.kelas,
        "luas_ha": over.ha,
    }
    frame = draw(pd.DataFrame(said), over.geometry, crs)
    order = ["id_sk", "id_kawasan", "kelas"]
    frame = frame.sort_values(order, na_position="last")
    rows = frame.index.to_numpy(dtype=np.int64)
    return frame.reset_index(drop=True)[PIECES], rows


def drawn_locations(both: Compared, over: Overlay, relations: pd.DataFrame) -> pd.DataFrame:
    """Both sides' places with their own hectares.

    Args:
        relations: the relations of ``both``, in the order of its groups, judged.
    """
    frames = []
    for sisi, side, label, changed in (
        ("sk", both.sk, both.groups.sk, BERKURANG),
        ("kawasan", both.kawasan, both.groups.kawasan, BERTAMBAH),
    ):
        frame = _heads(sisi, side.frame, relations.iloc[label])
        frame["luas_ha"] = over.by_owner(sisi, len(side))
        frame["tetap_ha"] = over.by_owner(sisi, len(side), TETAP)
        frame["berubah_ha"] = over.by_owner(sisi, len(side), changed)
        frame["toleransi_ha"] = over.by_owner(sisi, len(side), TOLERANSI)
        frame["tetap_persen"] = (
            100 * frame["tetap_ha"] / frame["luas_ha"].where(frame["luas_ha"] > 0)
        )
        if sisi == "sk":
            frame["luas_tertulis_ha"] = both.written.hectares
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def table_locations(both: Compared, relations: pd.DataFrame, crs: Any) -> pd.DataFrame:
    """Places in table mode: nothing was drawn of the SK side, and nothing was overlaid."""
    sk = _heads("sk", both.sk.frame, relations.iloc[both.groups.sk])
    sk["luas_tertulis_ha"] = both.written.hectares
    kawasan = _heads("kawasan", both.kawasan.frame, relations.iloc[both.groups.kawasan])
    kawasan["luas_ha"] = geodesic_ha(both.kawasan.geometry, crs)
    return pd.concat([sk, kawasan], ignore_index=True)


def tidy_locations(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One table, SK side first, each side by id."""
    table = pd.concat(frames, ignore_index=True)
    for column in LOCATIONS:
        if column not in table:
            table[column] = None
    side = table["sisi"].map({"sk": 0, "kawasan": 1})
    order = np.lexsort((table["id"].astype(str), side))
    return table.iloc[order].reset_index(drop=True)[LOCATIONS]


def sk_outlines(drawn: Compared, table: Compared, crs: Any) -> gpd.GeoDataFrame:
    """SK locations as they were compared: rows made one, attributes supplemented, with outline."""
    frames = []
    for both, geometry in ((drawn, drawn.sk.geometry), (table, np.full(len(table.sk), None))):
        frame = both.sk.frame.assign(luas_sk_ha=both.written.hectares, geometry=geometry)
        frame["mode"] = TABLE if both is table else "poligon"
        frames.append(frame.rename(columns={"id": "id_sk", "tingkat": "tingkat_sk"}))
    merged = pd.concat(frames, ignore_index=True).sort_values("id_sk", ignore_index=True)
    columns = ["id_sk", "nama", "mode", "kode_kelurahan", "nama_kelurahan", "luas_sk_ha",
               "tingkat_sk", "regulation", "accuracy_m", "nomor_sk", "tanggal_sk", "source_id",
               "geometry"]  # fmt: skip
    return gpd.GeoDataFrame(merged[columns], geometry="geometry", crs=crs)


def _heads(sisi: str, frame: pd.DataFrame, relation: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": frame["id"],
            "sisi": sisi,
            "nama": frame["nama"],
            "kode_kelurahan": frame["kode_kelurahan"],
            "tingkat": frame["tingkat"],
            "luas_ha": np.nan,
            "tetap_ha": np.nan,
            "berubah_ha": np.nan,
            "toleransi_ha": np.nan,
            "tetap_persen": np.nan,
            "luas_tertulis_ha": np.nan,
            **{c: relation[c].to_numpy(object) for c in ("relation_id", "verdict", "rekomendasi")},
        }
    )
