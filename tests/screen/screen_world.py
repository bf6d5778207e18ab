"""A small city made by hand: squares of 100 m at known places, and builders for its layers.

Coordinates of the builders are metres from the city's corner, which lies on the central meridian
of UTM 49S at about 7° S; `ha` is the oracle for hectares (`pyproj.Geod`, nothing of ours).
"""

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio
import shapely

CRS = "EPSG:32749"
X0, Y0 = 500_000.0, 9_220_000.0
_GEOD = pyproj.Geod(ellps="WGS84")
_TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def box(x: float, y: float, width: float = 100, height: float = 100) -> shapely.Polygon:
    """A rectangle by its lower left corner and size."""
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X0 + x, Y0 + y)


def line(*corners: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in corners])


def ha(geometry: shapely.Geometry) -> float:
    """Hectares on the ellipsoid, edges cut fine so that straight lines stay straight."""
    dense = shapely.segmentize(geometry, 5)
    degrees = shapely.transform(dense, lambda xy: np.column_stack(_TO_DEGREES.transform(*xy.T)))
    return abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(degrees))[0]) / 10_000


def kawasan(*outlines: shapely.Geometry, **columns: Any) -> gpd.GeoDataFrame:
    """consolidate/kawasan with ids K1, K2, … in kelurahan `a`."""
    size = len(outlines)
    base = {
        "id_kawasan": [f"K{i + 1}" for i in range(size)],
        "kode_kelurahan": ["a"] * size,
        "jumlah_bangunan": [100.0] * size,
        "jumlah_kk": [80.0] * size,
        "jumlah_penduduk": [320.0] * size,
    }
    return gpd.GeoDataFrame({**base, **columns}, geometry=list(outlines), crs=CRS)


def kelurahan(**outlines: shapely.Geometry) -> gpd.GeoDataFrame:
    """consolidate/kelurahan by code; by default one kelurahan `a` of 2 × 2 km."""
    outlines = outlines or {"a": box(-1000, -1000, 2000, 2000)}
    codes = list(outlines)
    frame = {"kode_kelurahan": codes, "nama_kelurahan": [c.upper() for c in codes]}
    return gpd.GeoDataFrame(frame, geometry=list(outlines.values()), crs=CRS)


TEXT = {"jenis", "bahaya", "kelas", "nama", "status", "peringkat", "zona", "kode_kelurahan",
        "nama_kelurahan"}  # fmt: skip
COLUMNS = {
    "kawasan_lindung": ["jenis", "sempadan_m"],
    "rawan_bencana": ["bahaya", "kelas"],
    "mha": ["nama", "status", "kode_kelurahan", "nama_kelurahan"],
    "bcb": ["nama", "peringkat", "zona"],
    "status_tanah": ["status"],
    "bangunan": ["tidak_teratur", "tidak_layak"],
}


def layer(
    name: str,
    rows: list[tuple[shapely.Geometry | None, dict[str, Any]]],
    source: str | list[str] = "s",
) -> gpd.GeoDataFrame:
    """ingest/<name> of rows (geometry, columns), with every column of the layer."""
    frame = pd.DataFrame([values for _, values in rows], index=range(len(rows)))
    for column in COLUMNS[name]:
        if column not in frame:
            frame[column] = None
        kind = "str" if column in TEXT else "float64"
        frame[column] = frame[column].astype(kind).where(frame[column].notna())
    frame["source_id"] = source
    frame["source_row"] = pd.array(range(len(rows)), dtype="Int64")
    frame["kelurahan_cara"] = pd.Series([None] * len(rows), dtype="str")
    return gpd.GeoDataFrame(frame, geometry=[g for g, _ in rows], crs=CRS)


def source(layer_name: str, source_id: str = "s", **more: Any) -> dict[str, Any]:
    return {"id": source_id, "layer": layer_name, "path": f"{source_id}.gpkg", **more}


def raster_rows(bahaya: str | None, source_id: str = "r") -> gpd.GeoDataFrame:
    """The row of ingest/rawan_bencana that stands for a raster."""
    frame = layer("rawan_bencana", [(box(0, 0), {"bahaya": bahaya})], source_id)
    return frame.assign(raster=pd.array([True], dtype="boolean"))


def write_raster(
    path: Any,
    values: Any,
    cell: float,
    x: float,
    y: float,
    crs: str = CRS,
    origin: tuple[float, float] = (X0, Y0),
) -> rasterio.Affine:
    """A grid as ingest leaves it; x, y is its upper left corner."""
    values = np.asarray(values, dtype="float32")
    transform = rasterio.Affine(cell, 0, origin[0] + x, 0, -cell, origin[1] + y)
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype="float32", crs=crs, transform=transform, nodata=float("nan"),
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return transform


def details(row: pd.Series) -> dict[str, float]:
    return dict(json.loads(row["rincian"]))
