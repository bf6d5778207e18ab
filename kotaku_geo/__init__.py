"""Agreed slum baselines for Indonesian cities, with the reason for every value kept."""

import os

__version__ = "0.1.0"

# Deliveries are hostile. Drivers that run other drivers, fetch, start programs, or read what no
# office delivers are switched off in every GDAL that this process or its children load. GDAL reads
# the list once, when it is loaded: therefore here, before anything else.
_REFUSED_DRIVERS = (
    "OGR_VRT", "GDALG", "WFS", "OAPIF", "OGCAPI", "HTTP", "AmigoCloud", "Carto", "Elasticsearch",
    "PLSCENES", "NGW", "CSW", "EEDA", "ADBC", "GPSBabel", "PGDUMP", "PDF", "PDS4", "OGR_PDS",
    "VICAR", "MBTiles", "MVT", "PMTiles", "OSM", "PCIDSK", "GTFS",
)  # fmt: skip
os.environ["OGR_SKIP"] = ",".join(_REFUSED_DRIVERS)
os.environ.setdefault("CPL_LOG", os.devnull)  # GDAL's own remarks; what matters are findings
os.environ.setdefault("OGR_GEOJSON_MAX_OBJ_SIZE", "500")  # megabytes
