"""The reckoning of a theme: hectares by class, hits and their union, each hectare once."""

import json
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.cover import Geometries, union_by, without_earlier
from kotaku_geo.late import record
from kotaku_geo.screen.city import City, Floats

HA_DECIMALS = 6  # of `rincian`: a hundredth of a square metre


@record
class Found:
    """Pieces of kawasan under the features of a theme, vector and raster, in a stable order.

    Attributes:
        rows: target (position of the kawasan), source_id, source_row, label, rank, hit, assumed.
        geometry: (n,) the pieces.
    """

    rows: pd.DataFrame
    geometry: Geometries

    @cached_property
    def hits(self) -> "Found":
        """The pieces that are hits."""
        chosen = self.rows["hit"].to_numpy(dtype=bool)
        return Found(self.rows[chosen].reset_index(drop=True), self.geometry[chosen])


@record
class Tally:
    """A theme's figures for each kawasan.

    Attributes:
        union: (n,) union of the hits; None where nothing is hit.
        luas_ha: (n,) its geodesic hectares.
        rincian: (n,) class → hectares as JSON.
        jumlah_objek: (n,) features hit; a raster is one.
    """

    union: Geometries
    luas_ha: Floats
    rincian: list[str]
    jumlah_objek: Floats


def tally(found: Found, city: City) -> Tally:
    """Unite, rank and add up the pieces of a theme."""
    classes = _classes(found, city)
    hit = classes.rows["hit"].to_numpy(dtype=bool)
    target = classes.rows["target"].to_numpy(dtype=np.intp)
    union = union_by(classes.geometry[hit], target[hit], len(city), workers=city.workers)
    objects = found.hits.rows[["target", "source_id", "source_row"]]
    one_raster = objects["source_row"].isna() & objects.duplicated()
    count = np.bincount(objects.loc[~one_raster, "target"], minlength=len(city))
    return Tally(union, geodesic_ha(union, city.crs), _details(classes, city), count.astype(float))


def hits_table(found: Found, city: City, theme: str) -> tuple[pd.DataFrame, Geometries]:
    """Rows of screen/hits, without their geometry, and the geometry."""
    hits = found.hits
    ids = city.kawasan["id_kawasan"].to_numpy()[hits.rows["target"]]
    table = pd.DataFrame(
        {
            "id_kawasan": pd.Series(ids, dtype="str"),
            "tema": theme,
            "source_id": hits.rows["source_id"],
            "source_row": hits.rows["source_row"],
            "kelas": hits.rows["label"],
            "luas_ha": geodesic_ha(hits.geometry, city.crs),
        }
    )
    return table, hits.geometry


def _classes(found: Found, city: City) -> Found:
    """One row for each kawasan and class, in the order in which classes count."""
    keys = ["target", "label"]
    group = found.rows.groupby(keys, sort=True).ngroup().to_numpy().astype(np.intp)
    rows = found.rows.drop_duplicates(keys).sort_values(keys, ignore_index=True)
    united = union_by(found.geometry, group, len(rows), workers=city.workers)
    rows["_by_area"] = -np.round(shapely.area(united), 2)  # centimetres do not decide
    order = rows.sort_values(["target", "rank", "_by_area", "label"], kind="stable").index
    return Found(rows.loc[order].reset_index(drop=True), united[order])


def _details(classes: Found, city: City) -> list[str]:
    """``rincian``: what each class covers that no class before it does."""
    rows = classes.rows
    place = rows.groupby("target").cumcount().to_numpy().astype(np.intp)
    own = without_earlier(classes.geometry, rows["target"].to_numpy(dtype=np.intp), place)
    hectares = np.round(geodesic_ha(own, city.crs), HA_DECIMALS)
    details: list[dict[str, float]] = [{} for _ in range(len(city))]
    for target, label, value in zip(rows["target"], rows["label"], hectares, strict=True):
        details[target][label] = float(value)
    return [json.dumps(d, ensure_ascii=False, sort_keys=True) for d in details]
