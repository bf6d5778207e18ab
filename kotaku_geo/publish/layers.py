"""The GeoPackage's layers, made from releasable tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo import resources
from kotaku_geo.publish.release import Release

THEMES = ("kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah")
_TYPE_IDS = {"titik": (0, 4), "garis": (1, 2, 5), "area": (3, 6)}  # shapely's, by layer


@dataclass(frozen=True)
class Layer:
    """One layer as it is written: Indonesian title and description, its styles, its rows."""

    name: str
    title: str
    description: str
    geometry: str
    styles: tuple[str, ...]
    frame: pd.DataFrame


def layers(released: Release) -> list[Layer]:
    """All layers in the order of ``layers.yaml``; those without rows are there too."""
    made = []
    for name, spec in resources.load("publish/layers").items():
        frame = _frame(released, spec["from"])
        if spec["geometry"] == "none":
            frame = frame.drop(columns="geometry", errors="ignore")
        made.append(
            Layer(
                name=name,
                title=spec["title"],
                description=spec["description"],
                geometry=spec["geometry"],
                styles=tuple(spec.get("styles", ())),
                frame=frame.reset_index(drop=True),
            )
        )
    return made


def sk_outlines(released: Release) -> gpd.GeoDataFrame:
    """SK locations with the outline that the overlay's pieces give back.

    Pieces that carry an SK id cover its location without gap or overlap, so their union is the
    location; one that was verified from a table has no outline.
    """
    locations = released.table("verify/locations")
    rows = locations[locations["sisi"] == "sk"].drop(columns="sisi").rename(columns={"id": "id_sk"})
    return _with_outline(released, rows, "id_sk", _merged(released, "id_sk"))


def _frame(released: Release, source: str) -> pd.DataFrame:
    builders: dict[str, Callable[[Release], gpd.GeoDataFrame]] = {
        "sk_lokasi": sk_outlines,
        "verifikasi_relasi": _relations,
        "penapisan_kawasan": _screened,
        "penapisan_mha_kelurahan": _mha_kelurahan,
    }
    if source in builders:
        frame = builders[source](released)
    elif source.startswith("temuan_"):
        frame = _findings(released, source.removeprefix("temuan_"))
    elif source.startswith("batas_"):
        seams = released.geo("consolidate/planar")
        frame = seams[seams["tahap"] == source.removeprefix("batas_")]
    elif source.startswith("penapisan_"):
        frame = _theme(released, source.removeprefix("penapisan_"))
    else:
        frame = released.table(source)
    return pd.DataFrame(frame)


def _relations(released: Release) -> gpd.GeoDataFrame:
    """Relations with the union of all pieces of their members."""
    rows = released.table("verify/relations")
    members = pd.concat(
        [
            rows[["relation_id", side]].dropna().rename(columns={side: "id"}).assign(side=side)
            for side in ("id_sk", "id_kawasan")
        ]
    )
    members["id"] = members["id"].str.split(";")
    members = members.explode("id")
    parts = pd.concat(
        [
            members[members["side"] == side].merge(
                _exploded(released, side), left_on="id", right_on=side
            )
            for side in ("id_sk", "id_kawasan")
        ]
    )
    parts = parts.drop_duplicates(["relation_id", "piece"])
    return _with_outline(released, rows, "relation_id", _union(parts, "relation_id"))


def _screened(released: Release) -> gpd.GeoDataFrame:
    """Kawasan with the status of each theme, one column a theme."""
    kawasan = released.geo("consolidate/kawasan")
    screening = released.table("screen/screening")
    status = screening.drop_duplicates(["id_kawasan", "tema"])
    wide = status.pivot(index="id_kawasan", columns="tema", values="status")
    wide = wide.reindex(columns=list(THEMES)).astype("str").where(lambda f: f.notna())
    columns = [
        "id_kawasan",
        "nama_kawasan",
        "nama_kelurahan",
        "nama_kecamatan",
        "luas_ha",
        "tingkat",
    ]
    frame = kawasan[[*columns, "geometry"]].join(wide, on="id_kawasan")
    hit = sum((frame[t] == "terindikasi").astype(int) for t in THEMES)
    known = frame["id_kawasan"].isin(screening["id_kawasan"])
    frame["jumlah_terindikasi"] = pd.Series(hit, index=frame.index).astype("Int64").where(known)
    return frame[[*columns, *THEMES, "jumlah_terindikasi", "geometry"]]


def _theme(released: Release, theme: str) -> gpd.GeoDataFrame:
    """Hits of one theme, each with its kawasan's name and what is to be done."""
    hits = released.geo("screen/hits")
    hits = hits[hits["tema"] == theme]
    names = released.table("consolidate/kawasan")[["id_kawasan", "nama_kawasan", "nama_kelurahan"]]
    screening = released.table("screen/screening")
    follow = screening.loc[screening["tema"] == theme, ["id_kawasan", "status", "tindak_lanjut"]]
    frame = pd.DataFrame(hits).merge(names, on="id_kawasan", how="left")
    frame = frame.merge(follow.drop_duplicates("id_kawasan"), on="id_kawasan", how="left")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=hits.crs)


def _mha_kelurahan(released: Release) -> gpd.GeoDataFrame:
    kelurahan = released.geo("consolidate/kelurahan")
    seen = kelurahan["kode_kelurahan"].isin(released.mha_kelurahan)
    return kelurahan.loc[seen, ["kode_kelurahan", "nama_kelurahan", "nama_kecamatan", "geometry"]]


def _findings(released: Release, kind: str) -> gpd.GeoDataFrame:
    frame = released.geo("findings")
    types = shapely.get_type_id(np.asarray(frame["geometry"], dtype=object))
    return frame[np.isin(types, _TYPE_IDS[kind])]


def _exploded(released: Release, side: str) -> pd.DataFrame:
    """Pieces of one side, one row for each id they carry, with the piece's number."""
    pieces = released.geo("verify/pieces")
    frame = pd.DataFrame({side: pieces[side], "geometry": pieces["geometry"]})
    frame["piece"] = np.arange(len(frame))
    frame = frame[frame[side].notna() & frame["geometry"].notna()]
    return frame.assign(**{side: frame[side].str.split(";")}).explode(side)


def _merged(released: Release, side: str) -> pd.Series:
    return _union(_exploded(released, side), side)


def _union(parts: pd.DataFrame, key: str) -> pd.Series:
    """Union of the shapes of each key, indexed by key.

    A grid of a millimetre closes the hairlines that rounding left between neighbouring pieces.
    """
    grouped = parts.sort_values([key, "piece"]).groupby(key)["geometry"]
    shapes: dict[Any, Any] = {
        name: shapely.union_all(np.asarray(group, dtype=object), grid_size=0.001)
        for name, group in grouped
    }
    return pd.Series(shapes, dtype="object")


def _with_outline(
    released: Release, rows: pd.DataFrame, key: str, shapes: pd.Series
) -> gpd.GeoDataFrame:
    crs = released.pipeline.city.crs
    geometry = [shapes.get(i) for i in rows[key]]
    return gpd.GeoDataFrame(
        rows.reset_index(drop=True), geometry=gpd.GeoSeries(geometry, crs=crs), crs=crs
    )
