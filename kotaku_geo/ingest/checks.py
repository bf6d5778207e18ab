"""What is odd about a layer as a whole: overlaps, keys used twice, empty columns, coordinates that
lie elsewhere."""

from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.config import Source
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.geo.distance import gaps_to
from kotaku_geo.geo.neighbours import overlapping_pairs
from kotaku_geo.ingest.crs import to_crs
from kotaku_geo.ingest.keys import rt_key, subjects
from kotaku_geo.texts import number

F = TypeVar("F", bound=pd.DataFrame)
MOSTLY_EMPTY = 0.5
SERVICES = ("air_minum", "air_limbah", "persampahan")


def check_layer(
    layer: str,
    frame: pd.DataFrame,
    sources: list[Source],
    city: Any,
    book: FindingBook,
    workers: int | None = None,
) -> None:
    """All checks of one layer; ``city`` are the outlines of its kelurahan, or None."""
    for source in sources:
        own = _of(frame, source)
        if len(own):
            _check_filled(source, own, book)
            _check_required(layer, own, book)
            _check_rw(source, own, book)
    if layer in ("rt", "profil_rt"):
        _check_keys(layer, frame, book)
    if "geometry" not in frame:
        return
    drawn = _where(frame, frame["geometry"].notna().to_numpy())
    limits = _limits()
    if layer in limits["overlap"]["layers"]:
        for source in sources:
            _check_overlaps(layer, _of(drawn, source), workers, book)
    if layer in limits["duplicates"]:
        for source in sources:
            _check_duplicates(layer, _of(drawn, source), book)
    if city is not None and layer != "kelurahan":
        outside = limits["outside"]
        near = outside["city_m" if layer in outside["of_the_city"] else "theme_m"]
        _check_outside(drawn, city, float(near), book)
    if {"lintang", "bujur"} <= set(frame.columns):
        _check_coordinates(drawn, book)


def _limits() -> dict[str, Any]:
    limits: dict[str, Any] = resources.load("geometry")
    return limits


def _of(frame: F, source: Source) -> F:
    return _where(frame, (frame["source_id"] == source.id).to_numpy())


def _where(frame: F, chosen: NDArray[np.bool_]) -> F:
    """Rows of a frame; the frame itself where that is all: copying a large one is dear."""
    return frame if chosen.all() else frame[chosen]


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
        for row in frame.loc[empty, ["source_id", "source_row", "sidik"]].to_dict("records"):
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


def _check_overlaps(
    layer: str, frame: gpd.GeoDataFrame, workers: int | None, book: FindingBook
) -> None:
    """Pairs of polygons of one source that share more than the limit; those below are counted."""
    shapes = frame["geometry"].to_numpy(dtype=object)
    solid = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    if len(solid) < 2:
        return
    left, right = (solid[i] for i in overlapping_pairs(shapes[solid], workers=workers))
    shared = shapely.intersection(shapes[left], shapes[right])
    areas = shapely.area(shared)
    least = float(_limits()["overlap"]["least_m2"])
    slivers = int(((areas > 0) & (areas <= least)).sum())
    if slivers:
        book.add("geometry.overlap-sliver", source_id=frame["source_id"].iloc[0], jumlah=slivers,
                 value=slivers, key=layer)  # fmt: skip
    real = areas > least
    left, right, shared, areas = left[real], right[real], shared[real], areas[real]
    ends = np.union1d(left, right)
    names = dict(zip(ends, subjects(layer, frame.iloc[ends]), strict=True))
    keys = dict(zip(ends, frame["sidik"].iloc[ends], strict=True))
    same = shapely.equals(shapes[left], shapes[right])
    for i in range(len(areas)):
        first, second = sorted((left[i], right[i]), key=lambda r: str(keys[r]))
        rule = "geometry.duplicate" if same[i] else "geometry.overlap"
        luas = number(areas[i] / M2_PER_HA, 4)
        source, row = frame["source_id"].iloc[second], int(frame["source_row"].iloc[second])
        book.add(rule, source_id=frame["source_id"].iloc[0], subject=str(names[first]),
                 source_row=int(frame["source_row"].iloc[first]),
                 lain=_placed(names[second], source, row), luas=luas,
                 value=f"{names[second]}: {luas} ha", geometry=shared[i],
                 key=f"{keys[first]}|{keys[second]}")  # fmt: skip


def _placed(name: str, source_id: str, row: int) -> str:
    """What a record is called, with where it stands: a name alone is not found in a file."""
    where = f"{source_id}#{row}"
    return name if name == where else f"{name} ({where})"


def _check_duplicates(layer: str, frame: gpd.GeoDataFrame, book: FindingBook) -> None:
    """The same line or polygon drawn for several records of a source."""
    shapes = frame["geometry"].to_numpy(dtype=object)
    drawn = np.flatnonzero(shapely.get_dimensions(shapes) > 0)
    bounds = pd.DataFrame(shapely.bounds(shapes[drawn]))
    maybe = drawn[bounds.duplicated(keep=False).to_numpy()]
    if not len(maybe):
        return
    plain = pd.Series(shapely.to_wkb(shapely.normalize(shapes[maybe])))
    twice = plain.duplicated(keep=False).to_numpy()
    told = frame.iloc[maybe[twice]].assign(_same=plain[twice].to_numpy())
    told = told.assign(_name=subjects(layer, told)).sort_values("sidik")
    for _, group in told.groupby("_same"):
        first, *copies = group[["source_id", "source_row", "_name", "sidik"]].to_dict("records")
        other = _placed(first["_name"], first["source_id"], int(first["source_row"]))
        for copy in copies:
            book.add("geometry.duplicate", source_id=copy["source_id"], subject=copy["_name"],
                     source_row=int(copy["source_row"]), lain=other, value=first["_name"],
                     geometry=group["geometry"].iloc[0],
                     key=f"{first['sidik']}|{copy['sidik']}")  # fmt: skip


def _check_outside(
    frame: gpd.GeoDataFrame, city: NDArray[np.object_], near: float, book: FindingBook
) -> None:
    shapes = frame["geometry"].to_numpy(dtype=object)
    outside = np.ones(len(shapes), dtype=bool)
    outside[shapely.STRtree(shapes).query(city, predicate="intersects")[1]] = False
    far = np.flatnonzero(outside)
    gaps = gaps_to(shapes[far], city)
    far, gaps = far[gaps > near], gaps[gaps > near]
    for row, gap in zip(_about(frame.iloc[far]), gaps, strict=True):
        away = number(gap / 1000, 1)
        book.add("geometry.outside-city", **row, jarak=away, value=f"{away} km")


def _about(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Arguments of a finding about each record, with a point inside its geometry."""
    columns = frame["source_id"], frame["source_row"].astype(int), frame["sidik"]
    inside = shapely.point_on_surface(frame["geometry"].to_numpy(dtype=object))
    return [
        {"source_id": source, "source_row": row, "key": key, "geometry": point}
        for source, row, key, point in zip(*columns, inside, strict=True)
    ]


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
    off = ~(gaps <= float(_limits()["coordinate_gap_m"]))
    for row, gap in zip(_about(told[off]), gaps[off], strict=True):
        away = number(gap, 0) if np.isfinite(gap) else "tak terhingga"
        book.add("value.coordinate-mismatch", **row, jarak=away, value=f"{away} m")
