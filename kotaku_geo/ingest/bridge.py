"""Kelurahan that go by a BPS code alone get their Kemendagri code; codes that are not the city's.

The digits of the two kinds of code look alike and mean different places: they are never joined by
digits, only by name and location.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.findings import FindingBook
from kotaku_geo.ingest.gazetteer import gazetteer
from kotaku_geo.stage import HOW


def bridge(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline, book: FindingBook) -> gpd.GeoDataFrame:
    """Give kelurahan that have a BPS code alone their Kemendagri code, by name and location.

    Rows without a counterpart keep the BPS code, with a warning.
    """
    frame = kelurahan.copy()
    frame[HOW] = frame["kode_kelurahan"].notna().map({True: "kode", False: None}).astype(object)
    lacking = frame["kode_kelurahan"].isna() & frame["kode_bps"].notna()
    if not lacking.any():
        return frame
    known = gazetteer(frame[~lacking], pipeline)
    located = known.locate(frame.loc[lacking, "geometry"].to_numpy())
    codes, hows = [], []
    rows = zip(frame.index[lacking], located, strict=True)
    for index, place in rows:
        name, kecamatan = frame.at[index, "nama_kelurahan"], frame.at[index, "nama_kecamatan"]
        kecamatan = kecamatan if pd.notna(kecamatan) else None
        match = known.find(name, kecamatan).match if pd.notna(name) else None
        code, how = _bridged(match.code if match else None, place)
        codes.append(code or frame.at[index, "kode_bps"])
        hows.append(how)
    frame.loc[lacking, "kode_kelurahan"] = codes
    frame.loc[lacking, HOW] = ["jembatan" if h else None for h in hows]
    _tell_bridge(frame[lacking], codes, hows, book)
    return frame


def _bridged(by_name: str | None, by_place: str | None) -> tuple[str | None, str | None]:
    if by_name and by_name == by_place:
        return by_name, "nama dan letak"
    if by_name and by_place is None:
        return by_name, "nama"
    if by_place and by_name is None:
        return by_place, "letak"
    return by_name, "nama, letaknya lain" if by_name else None


def _tell_bridge(
    rows: gpd.GeoDataFrame, codes: list[str], hows: list[str | None], book: FindingBook
) -> None:
    told = rows.assign(_code=codes, _how=hows)
    for (source, how), group in told[told["_how"].notna()].groupby(["source_id", "_how"]):
        book.add("code.bridged", source_id=source, jumlah=len(group), cara=how, value=how,
                 action="repaired", key=how)  # fmt: skip
    for row in told[told["_how"].isna()].to_dict("records"):
        book.add("code.bps-kept", source_id=row["source_id"], source_row=row["source_row"],
                 subject=row["_code"], bps=row["kode_bps"], value=row["kode_bps"])  # fmt: skip


def check_city(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline, book: FindingBook) -> None:
    """Kemendagri codes that do not begin with the city's."""
    own = kelurahan[kelurahan[HOW] == "kode"]
    for source, rows in own.groupby("source_id"):
        foreign = ~rows["kode_kelurahan"].str.startswith(f"{pipeline.city.code}.")
        if foreign.any():
            book.add("code.other-city", source_id=str(source), jumlah=int(foreign.sum()),
                     dari=len(rows), kota=pipeline.city.code, value=int(foreign.sum()),
                     key=pipeline.city.code)  # fmt: skip
    _check_kode_kecamatan(own, book)


def _check_kode_kecamatan(kelurahan: gpd.GeoDataFrame, book: FindingBook) -> None:
    """Kelurahan codes that do not begin with the code of the kecamatan written beside them."""
    told = kelurahan[kelurahan["kode_kecamatan"].notna()]
    pairs = zip(told["kode_kelurahan"], told["kode_kecamatan"], strict=True)
    differ = [not code.startswith(f"{kecamatan}.") for code, kecamatan in pairs]
    for row in told[np.array(differ, dtype=bool)].to_dict("records"):
        code, kecamatan = row["kode_kelurahan"], row["kode_kecamatan"]
        book.add("code.contradicts-kecamatan", source_id=row["source_id"], kode=code,
                 source_row=row["source_row"], kecamatan=kecamatan, value=f"{code} / {kecamatan}",
                 key=row["sidik"])  # fmt: skip
