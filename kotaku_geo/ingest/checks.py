"""What is odd about a layer as a whole: overlaps, keys used twice, empty columns, coordinates that
lie elsewhere."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo import resources
from kotaku_geo.config import Source
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.ingest.crs import to_crs
from kotaku_geo.ingest.keys import rt_key, subjects
from kotaku_geo.texts import number

MOSTLY_EMPTY = 0.5
MIN_OVERLAP_M2 = 1.0
MAX_COORDINATE_GAP_M = 100.0
OUTSIDE_CITY_M = 1_000.0
BLUNDER_M = 100_000.0  # a theme may reach beyond the city, but not so far
COVERAGES = ("kelurahan", "rt", "kawasan", "rawan_bencana", "status_tanah", "genangan")
SERVICES = ("air_minum", "air_limbah", "persampahan")
OF_THE_CITY = ("rt", "profil_rt", "kawasan", "sk", "bangunan", "bcb", "kegiatan")


def check_layer(
    layer: str, frame: pd.DataFrame, sources: list[Source], city: Any, book: FindingBook
) -> None:
    """All checks of one layer; ``city`` is the union of its kelurahan, or None."""
    for source in sources:
        own = frame[frame["source_id"] == source.id]
        if len(own):
            _check_filled(source, own, book)
            _check_required(layer, own, book)
            _check_rw(source, own, book)
    if layer in ("rt", "profil_rt"):
        _check_keys(layer, frame, book)
    if "geometry" not in frame:
        return
    drawn = frame[frame["geometry"].notna()]
    if layer in COVERAGES:
        for source in sources:
            _check_overlaps(layer, drawn[drawn["source_id"] == source.id], book)
    if city is not None and layer != "kelurahan":
        near = OUTSIDE_CITY_M if layer in OF_THE_CITY else BLUNDER_M
        _check_outside(drawn, city, near, book)
    if {"lintang", "bujur"} <= set(frame.columns):
        _check_coordinates(drawn, book)


def _check_filled(source: Source, frame: pd.DataFrame, book: FindingBook) -> None:
    """Mapped columns of which most cells are empty."""
    for column in source.columns:
        if column == "rw" or column not in frame:
            continue
        empty = int(frame[column].isna().sum())
        if empty > MOSTLY_EMPTY * len(frame):
            book.add(
                "value.missing",
                source_id=source.id,
                kolom=column,
                jumlah=empty,
                dari=len(frame),
                value=f"{column}: {empty}/{len(frame)}",
                key=column,
            )


def _check_required(layer: str, frame: pd.DataFrame, book: FindingBook) -> None:
    """Records that lack what the layer cannot do without; the few, not a column as a whole."""
    groups = [list(g) for g in resources.load("layers")["layers"][layer]["required"]]
    if "rt" in frame and "geometry" in frame and layer in SERVICES:
        groups.append(["rt"])
    tabular = frame["geometry"].isna() if "geometry" in frame else None
    for group in groups:
        empty = frame[group].isna().all(axis=1)
        if layer in SERVICES and tabular is not None:
            empty &= tabular
        if not 0 < empty.sum() <= MOSTLY_EMPTY * len(frame):
            continue
        column = " / ".join(group)
        for row in frame[empty].to_dict("records"):
            book.add("value.missing", source_id=row["source_id"], source_row=row["source_row"],
                     kolom=column, jumlah=1, dari=len(frame), value=column,
                     key=f"{row['sidik']}|{column}")  # fmt: skip


def _check_rw(source: Source, frame: pd.DataFrame, book: FindingBook) -> None:
    if "rw" not in frame or not frame["rt"].notna().any():
        return
    lacking = int((frame["rt"].notna() & frame["rw"].isna()).sum())
    if lacking:
        book.add("rt.no-rw", source_id=source.id, jumlah=lacking, dari=len(frame),
                 value=f"{lacking}/{len(frame)}", key="rw")  # fmt: skip


def _check_keys(layer: str, frame: pd.DataFrame, book: FindingBook) -> None:
    """One RT key with several records in a source."""
    keys = rt_key(frame["kode_kelurahan"], frame["rt"], frame["rw"])
    known = frame.assign(_key=keys)[keys.notna()]
    twice = known[known.duplicated(["source_id", "_key"], keep=False)]
    for (source, key), group in twice.groupby(["source_id", "_key"]):
        book.add(
            "rt.duplicate-key",
            source_id=str(source),
            subject=str(key),
            kunci=key,
            jumlah=len(group),
            source_row=int(group["source_row"].min()),
            value=len(group),
            key=str(key),
        )


def _check_overlaps(layer: str, frame: gpd.GeoDataFrame, book: FindingBook) -> None:
    """Pairs of polygons of one source that share more than a square metre."""
    shapes = frame["geometry"].to_numpy(dtype=object)
    solid = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    if len(solid) < 2:
        return
    left, right = shapely.STRtree(shapes[solid]).query(shapes[solid], predicate="intersects")
    once = left < right
    left, right = solid[left[once]], solid[right[once]]
    touching = shapely.touches(shapes[left], shapes[right])
    left, right = left[~touching], right[~touching]
    shared = shapely.intersection(shapes[left], shapes[right])
    areas = shapely.area(shared)
    names = subjects(layer, frame)
    keys = frame["sidik"].to_numpy(dtype=object)
    same = shapely.equals(shapes[left], shapes[right])
    slivers = int(((areas > 0) & (areas <= MIN_OVERLAP_M2)).sum())
    if slivers:
        book.add("geometry.overlap-sliver", source_id=frame["source_id"].iloc[0], jumlah=slivers,
                 value=slivers, key=layer)  # fmt: skip
    for i in np.flatnonzero(areas > MIN_OVERLAP_M2):
        first, second = sorted((left[i], right[i]), key=lambda r: str(keys[r]))
        rule = "geometry.duplicate" if same[i] else "geometry.overlap"
        luas = number(areas[i] / M2_PER_HA, 4)
        book.add(rule, source_id=frame["source_id"].iloc[0], subject=str(names[first]),
                 source_row=int(frame["source_row"].iloc[first]), lain=names[second], luas=luas,
                 value=f"{names[second]}: {luas} ha", geometry=shared[i],
                 key=f"{keys[first]}|{keys[second]}")  # fmt: skip


def _check_outside(frame: gpd.GeoDataFrame, city: Any, near: float, book: FindingBook) -> None:
    shapes = frame["geometry"].to_numpy(dtype=object)
    shapely.prepare(city)
    far = np.flatnonzero(~shapely.intersects(city, shapes))
    gaps = shapely.distance(shapes[far], city)
    for index, gap in zip(far[gaps > near], gaps[gaps > near], strict=True):
        row = frame.iloc[index]
        book.add("geometry.outside-city", source_id=row["source_id"],
                 source_row=int(row["source_row"]), jarak=number(gap / 1000, 1),
                 value=f"{number(gap / 1000, 1)} km", key=row["sidik"],
                 geometry=shapely.point_on_surface(row["geometry"]))  # fmt: skip


def _check_coordinates(frame: gpd.GeoDataFrame, book: FindingBook) -> None:
    """Written coordinates against the drawn polygon."""
    written = frame[frame["lintang"].notna() & frame["bujur"].notna()]
    zero = (written["lintang"] == 0) & (written["bujur"] == 0)
    for row in written[zero].to_dict("records"):
        book.add("value.coordinate-zero", source_id=row["source_id"], key=row["sidik"],
                 source_row=row["source_row"], value="0 / 0")  # fmt: skip
    told = written[~zero]
    if told.empty:
        return
    points = shapely.points(told["bujur"].to_numpy(float), told["lintang"].to_numpy(float))
    moved = to_crs(points, "EPSG:4326", str(frame.crs))
    gaps = shapely.distance(moved, told["geometry"].to_numpy(dtype=object))
    for index in np.flatnonzero(~(gaps <= MAX_COORDINATE_GAP_M)):
        row = told.iloc[index]
        gap = number(gaps[index], 0) if np.isfinite(gaps[index]) else "tak terhingga"
        book.add("value.coordinate-mismatch", source_id=row["source_id"], jarak=gap,
                 source_row=int(row["source_row"]), value=f"{gap} m", key=row["sidik"],
                 geometry=shapely.point_on_surface(row["geometry"]))  # fmt: skip
