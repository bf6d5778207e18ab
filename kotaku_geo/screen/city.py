"""What every theme is laid over: the kawasan, the kelurahan, the buildings."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.cover import Geometries, union_by
from kotaku_geo.late import record
from kotaku_geo.stage import StageContext

Floats = NDArray[np.float64]
COLUMNS = ["id_kawasan", "kode_kelurahan", "jumlah_bangunan", "jumlah_kk", "jumlah_penduduk",
           "geometry"]  # fmt: skip


@record
class City:
    """The kawasan of a city and where its kelurahan are.

    Attributes:
        kawasan: `COLUMNS` of consolidate/kawasan, sorted by id_kawasan.
        geometry: (n,) outlines in the city's CRS; None where a kawasan has none.
        luas_ha: (n,) geodesic hectares of the outlines; NaN where there is none.
        codes, places: kelurahan codes and their polygons.
        crs: the city's CRS.
        workers: threads for GEOS work.
    """

    kawasan: pd.DataFrame
    geometry: Geometries
    luas_ha: Floats
    codes: NDArray[np.object_]
    places: Geometries
    crs: Any
    workers: int

    def __len__(self) -> int:
        return len(self.kawasan)

    def places_of(self, codes: pd.Series) -> Geometries:
        """Polygons of kelurahan codes.

        A kelurahan that nobody drew is stood for by the kawasan that name it, and None where
        none does.
        """
        position = pd.Index(self.codes).get_indexer(pd.Index(codes))
        found = np.full(len(codes), None, dtype=object)
        found[position >= 0] = self.places[position[position >= 0]]
        undrawn = np.flatnonzero(shapely.is_missing(found) & codes.notna().to_numpy())
        if len(undrawn):
            named = self.kawasan["kode_kelurahan"].astype("str").fillna("").str.split(";")
            for row in undrawn:
                members = named.map(lambda listed, code=codes.iloc[row]: code in listed).to_numpy()
                found[row] = _union(self.geometry[members])
        return found

    def numbers(self, column: str) -> Floats:
        """A column of figures; NaN where unknown or not there."""
        if column not in self.kawasan:
            return np.full(len(self), np.nan)
        values = pd.to_numeric(self.kawasan[column]).astype("float64")
        return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))


def read_city(ctx: StageContext) -> City:
    """The kawasan and kelurahan of the workspace."""
    kawasan = ctx.read_geo("consolidate/kawasan", COLUMNS)
    kawasan = kawasan.sort_values("id_kawasan", ignore_index=True)
    outlines = np.asarray(kawasan.geometry.array, dtype=object)
    hectares = geodesic_ha(outlines, ctx.pipeline.city.crs)
    codes, places = np.empty(0, dtype=object), np.empty(0, dtype=object)
    if ctx.has("consolidate/kelurahan"):
        frame = ctx.read_geo("consolidate/kelurahan", ["kode_kelurahan", "geometry"])
        frame = frame[frame.geometry.notna()].sort_values("kode_kelurahan", ignore_index=True)
        numbers, distinct = pd.factorize(frame["kode_kelurahan"])
        codes = np.asarray(distinct, dtype=object)
        shapes = np.asarray(frame.geometry.array, dtype=object)
        places = union_by(shapes, numbers.astype(np.intp), len(codes))
    return City(
        kawasan=pd.DataFrame(kawasan.drop(columns=kawasan.geometry.name)),
        geometry=outlines,
        luas_ha=np.where(hectares > 0, hectares, np.nan),
        codes=codes,
        places=places,
        crs=ctx.pipeline.city.crs,
        workers=ctx.workers,
    )


def _union(geometries: Geometries) -> shapely.Geometry | None:
    drawn = geometries[~shapely.is_missing(geometries)]
    return shapely.union_all(drawn) if len(drawn) else None
