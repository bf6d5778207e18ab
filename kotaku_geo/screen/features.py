"""A theme's delivered rows as features: where they are, what class they are, whether they hit."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.geo.cover import Geometries
from kotaku_geo.late import record
from kotaku_geo.screen.city import City, Floats
from kotaku_geo.screen.themes import Theme
from kotaku_geo.screen.words import begins_with_any, one_spelling

HAIR_M = 0.1  # a line or point whose width is set to 0 must still be met by what it crosses
LINE, POLYGON = 1, 2


@record
class Features:
    """Rows of a theme that say something, in a stable order.

    Attributes:
        rows: source_id, source_row, kind ("" unknown), label, rank, hit, listed (a
            table row, placed by its kelurahan), assumed (widened by an assumed width).
        geometry: (n,) as delivered, or the kelurahan of a table row.
        reach: (n,) metres by which each is widened.
        silent: rows that fill in no status, counted by source.
    """

    rows: pd.DataFrame
    geometry: Geometries
    reach: Floats
    silent: dict[str, int]

    def of_source(self, source_id: str) -> NDArray[np.bool_]:
        """Which features a source delivered."""
        return (self.rows["source_id"] == source_id).to_numpy(dtype=bool)


def features_of(theme: Theme, frame: pd.DataFrame, city: City) -> Features:
    """The vector and table rows of an ingested layer; rows of rasters are left out.

    A parcel without status, and a table row that names neither a status nor a community, say
    nothing: they are no hit and cover nothing.
    """
    frame = _sorted(frame[~is_raster(frame)])
    shapes = _geometry(frame)
    listed = shapely.is_missing(shapes)
    mute = _mute(theme, frame, listed)
    silent = frame.loc[mute, "source_id"].value_counts().sort_index().to_dict()
    frame, shapes, listed = frame[~mute].reset_index(drop=True), shapes[~mute], listed[~mute]
    if listed.any() and "kode_kelurahan" in frame:
        shapes[listed] = city.places_of(frame.loc[listed, "kode_kelurahan"])
    labels = _labels(theme, frame)
    reach, assumed = _reach(theme, frame, shapes, labels)
    distinct = labels.unique()
    rows = pd.DataFrame(
        {
            "source_id": frame["source_id"].astype("str"),
            "source_row": frame["source_row"].astype("Int64"),
            "kind": one_spelling(frame[theme.kind]).fillna("") if theme.kind else "",
            "label": labels,
            "rank": labels.map({label: theme.rank(label) for label in distinct}).astype(int),
            "hit": labels.map({label: theme.is_hit(label) for label in distinct}).astype(bool),
            "listed": listed,
            "assumed": assumed,
        }
    )
    return Features(rows, shapes, reach, {str(k): int(v) for k, v in silent.items()})


def is_raster(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows stand for a raster, however the table spells true beside rows that say nothing."""
    if "raster" not in frame:
        return np.zeros(len(frame), dtype=bool)
    told = frame["raster"].map(str, na_action="ignore").str.casefold()
    return told.isin(["true", "1", "1.0"]).to_numpy(dtype=bool)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """By source and row; where those repeat (several files of one source) by outline as well."""
    keys = ["source_id", "source_row"]
    if frame.duplicated(keys).any():
        frame = frame.assign(_wkb=[shapely.to_wkb(g) or b"" for g in _geometry(frame)])
        keys = [*keys, "_wkb"]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def _geometry(frame: pd.DataFrame) -> Geometries:
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        return np.array(frame.geometry.array, dtype=object)
    return np.full(len(frame), None, dtype=object)


def _mute(theme: Theme, frame: pd.DataFrame, listed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if theme.name == "status_tanah":
        return frame["status"].isna().to_numpy(dtype=bool)
    if theme.name == "mha":
        unsaid = frame["status"].isna() & frame["nama"].isna()
        return unsaid.to_numpy(dtype=bool) & listed
    return np.zeros(len(frame), dtype=bool)


def _labels(theme: Theme, frame: pd.DataFrame) -> pd.Series:
    labels = pd.Series(theme.unlabeled, index=frame.index, dtype="str")
    for column in reversed(theme.label):
        given = frame[column]
        labels = given.astype("str").where(given.notna(), labels)
    return one_spelling(labels)


def _reach(
    theme: Theme, frame: pd.DataFrame, shapes: Geometries, labels: pd.Series
) -> tuple[Floats, NDArray[np.bool_]]:
    """Width of each feature, and whether it is assumed.

    A stated sempadan widens lines and polygons alike, but a polygon that already is the strip; a
    line that states none (or a width that is none) takes the assumed one. Heritage takes the
    assumed buffer whatever its shape: no national width exists.
    """
    size = len(frame)
    if theme.reach is None:
        return np.zeros(size), np.zeros(size, dtype=bool)
    thin = shapely.get_dimensions(shapes) < POLYGON
    if theme.reach == "assumed":
        return _at_least_a_hair(np.full(size, theme.width), thin), np.ones(size, dtype=bool)
    stated = frame["sempadan_m"].to_numpy(dtype=float, na_value=np.nan)
    given = stated > 0
    strips = resources.load("screening")["strips"]
    strip = labels.map({w: begins_with_any(w, strips) for w in labels.unique()}).to_numpy(
        dtype=bool
    )
    assumed = thin & ~given
    reach = np.where(given & (thin | ~strip), stated, np.where(assumed, theme.width, 0.0))
    return _at_least_a_hair(reach, thin), assumed


def _at_least_a_hair(reach: Floats, thin: NDArray[np.bool_]) -> Floats:
    return np.where(thin, np.maximum(reach, HAIR_M), reach)
