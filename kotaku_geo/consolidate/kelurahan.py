"""The kelurahan: one outline each, and how many hectares of slum lie in it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import boundaries, planar, written
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Geometries,
    crs_of,
    floats,
    source_rank,
    strongest_text,
    typed,
)
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw, undrawn
from kotaku_geo.geo import cover, parallel
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import components, union_by
from kotaku_geo.late import record

COLUMNS = {
    "kode_kelurahan": "str",
    "nama_kelurahan": "str",
    "nama_kecamatan": "str",
    "luas_ha": "float64",
    "luas_kawasan_ha": "float64",
    "luas_kumuh_rt_ha": "float64",
    "luas_kumuh_kawasan_ha": "float64",
}


@record
class Kelurahan:
    """One row a kelurahan, sorted by code.

    Attributes:
        table: kode_kelurahan, nama_kelurahan, nama_kecamatan, geometry (as delivered).
        found: what each source draws.
        compared: what other sources draw differently.
        mended: the outlines as one coverage. Kelurahan are few and their outlines long, so both
            go on beside the rest of the stage.
    """

    table: gpd.GeoDataFrame
    found: boundaries.Outlines
    compared: Callable[[], boundaries.Compared]
    mended: Callable[[], planar.Mended]

    def redrawn(self) -> "Kelurahan":
        """The kelurahan with mended outlines."""
        columns = undrawn(self.table)
        return replace(self, table=draw(columns, self.mended().shapes, self.table.crs))

    def names(self, codes: pd.Series, column: str = "nama_kelurahan") -> pd.Series:
        """Name of each code; null where the kelurahan is not known."""
        table = self.table.set_index("kode_kelurahan")[column]
        return codes.map(table).astype("str")


@record
class Inside:
    """What of each kelurahan lies in kawasan.

    Attributes:
        pieces: by kelurahan and kawasan (positions in their tables).
        hectares: of each kelurahan; kawasan that overlap count once.
    """

    pieces: cover.Pieces
    hectares: Floats


def build(
    rows: gpd.GeoDataFrame, pipeline: Pipeline, findings: FindingBook, mender: planar.Mender,
    decided: Mapping[str, str] | None = None,
) -> Kelurahan:  # fmt: skip
    """The kelurahan of layer ``kelurahan``: the strongest outline and the strongest name.

    ``decided``: kode_kelurahan → the source whose outline was chosen.
    """
    rows = rows[rows["kode_kelurahan"].notna()].reset_index(drop=True)
    keyed = rows.assign(key=rows["kode_kelurahan"])
    found = boundaries.outlines(keyed, pipeline, "kelurahan", decided)
    codes = found.chosen["key"]
    group = pd.Index(codes).get_indexer(rows["kode_kelurahan"]).astype(np.int64)
    rank = source_rank(pipeline, rows["source_id"], "batas.kelurahan")
    names = {
        column: strongest_text(rows[column], group, rank, len(codes))
        for column in ("nama_kelurahan", "nama_kecamatan")
    }
    table = pd.DataFrame({"kode_kelurahan": codes.astype("str"), **names})
    shapes = found.chosen.geometry.to_numpy()
    workers = mender.workers
    compare = partial(boundaries.disagreements, found, pipeline, "kelurahan", workers)
    mended = mender.begin(planar.coverage(found.chosen, pipeline, "kelurahan"))
    compared = cache(parallel.begin(compare, workers))
    written.compare(rows, "luas_km2", rows["kode_kelurahan"], pipeline, findings)
    return Kelurahan(draw(table, shapes, crs_of(pipeline)), found, compared, mended)


def inside(kelurahan: Geometries, kawasan: Geometries, crs: pyproj.CRS, workers: int) -> Inside:
    """What of each kelurahan lies in which kawasan."""
    pieces = cover.pieces(kelurahan, kawasan, workers=workers)
    return Inside(pieces, _hectares(pieces, len(kelurahan), crs))


def with_slum_areas(
    kelurahan: Kelurahan, rt: gpd.GeoDataFrame, kawasan: gpd.GeoDataFrame, within: Inside,
    least_m2: float,
) -> gpd.GeoDataFrame:  # fmt: skip
    """``consolidate/kelurahan``: hectares of kawasan, and of slum by RT level and kawasan level.

    A sum is null where one of the levels it needs is unknown; a sliver under ``least_m2`` of a
    kawasan next door is not needed. Kawasan that overlap count once.
    """
    table = kelurahan.table.copy()
    shapes = table.geometry.to_numpy()
    needed = within.pieces.take(shapely.area(within.pieces.geometry) >= least_m2)
    slum, unknown = _slum(kawasan)
    table["luas_ha"] = geodesic_ha(shapes, table.crs)
    table["luas_kawasan_ha"] = within.hectares
    by_kawasan = _of_some(within, slum, table)
    table["luas_kumuh_kawasan_ha"] = _unless(by_kawasan, needed, unknown)
    by_rt = _rt_hectares(rt, table["kode_kelurahan"])
    no_rt = kawasan["jumlah_rt"].to_numpy() == 0
    table["luas_kumuh_rt_ha"] = _unless(by_rt, needed, no_rt)
    return draw(typed(table, COLUMNS), shapes, table.crs)


def _slum(frame: pd.DataFrame) -> tuple[Bools, Bools]:
    """Whether each row is a slum for sure, and whether that is unknown.

    A level that is not settled may still be settled as far as being a slum goes.
    """
    levels = frame["tingkat_konflik"].where(frame["tingkat"].isna(), frame["tingkat"])
    unknown = levels.isna() | levels.str.startswith("tidak_kumuh;").fillna(False).astype(bool)
    slum = ~unknown & (levels != "tidak_kumuh")
    return slum.to_numpy(dtype=bool), unknown.to_numpy(dtype=bool)


def _rt_hectares(rt: gpd.GeoDataFrame, codes: pd.Series) -> Floats:
    slum, unknown = _slum(rt)
    area = np.where(slum, floats(rt["luas_ha"]), np.where(unknown, np.nan, 0.0))
    place = pd.Index(codes).get_indexer(rt["kode_kelurahan"])
    total = np.zeros(len(codes))
    known = place >= 0
    np.add.at(total, place[known], area[known])
    return total


def _hectares(pieces: cover.Pieces, size: int, crs: pyproj.CRS) -> Floats:
    """Hectares of each of ``size`` kelurahan under pieces; those that overlap count once.

    Only pieces that meet another need be united: the others' areas are summed.
    """
    left, right = shapely.STRtree(pieces.geometry).query(pieces.geometry, predicate="intersects")
    meet = (left < right) & (pieces.target[left] == pieces.target[right])
    bundle = components(left[meet], right[meet], len(pieces))
    first = np.unique(bundle, return_index=True)[1]
    hectares = geodesic_ha(union_by(pieces.geometry, bundle, len(first)), crs)
    return np.asarray(np.bincount(pieces.target[first], hectares, size), dtype=np.float64)


def _of_some(within: Inside, chosen: Bools, table: gpd.GeoDataFrame) -> Floats:
    """Hectares inside chosen kawasan: those of all of them where all are chosen."""
    pieces, result = within.pieces, within.hectares.copy()
    kept = chosen[pieces.feature]
    lacking = np.unique(pieces.target[~kept])
    again = pieces.take(kept & np.isin(pieces.target, lacking))
    result[lacking] = _hectares(again, len(table), table.crs)[lacking]
    return result


def _unless(area: Floats, needed: cover.Pieces, unknown: Bools) -> Floats:
    result = area.copy()
    result[np.unique(needed.target[unknown[needed.feature]])] = np.nan
    return result
