"""Agreed slum baselines for Indonesian cities, with the reason for every value kept."""

import logging
import os

__version__ = "0.1.0"

# Deliveries are hostile. Drivers that run other drivers, fetch, start programs, or read what no
# office delivers are switched off in every GDAL that this process or its children load (pyogrio,
# rasterio and fiona bring one each, with drivers of their own). GDAL reads the list once, when it
# is loaded: therefore here, before anything else. What is left is the list in
# ``schemas/formats.yaml``, which a test holds against all three.
_REFUSED_VECTOR = (
    "OGR_VRT", "GDALG", "WFS", "OAPIF", "OGCAPI", "HTTP", "AmigoCloud", "Carto", "Elasticsearch",
    "PLSCENES", "NGW", "CSW", "EEDA", "ADBC", "GPSBabel", "PGDUMP", "PDF", "PDS4", "OGR_PDS",
    "VICAR", "MBTiles", "MVT", "PMTiles", "PCIDSK", "GTFS", "XLSX", "ODS", "AIVector", "AVCBin",
    "CAD", "EDIGEO", "Geoconcept", "Idrisi", "LVBAG", "MapML", "MiraMonVector", "SVG", "SXF",
    "Selafin", "TIGER", "UK .NTF", "VDV", "VFK", "WAsP", "Parquet", "Arrow",
)  # fmt: skip
_REFUSED_RASTER = (
    "VRT", "DERIVED", "GTI", "WMS", "WMTS", "WCS", "HTTP", "EEDAI", "EEDA", "PLMOSAIC", "STACIT",
    "STACTA", "Zarr", "MRF", "TIL", "ECRGTOC", "RPFTOC", "SAFE", "SENTINEL2", "DIMAP", "ESRIC",
    "KMLSUPEROVERLAY", "Rasterlite", "GNMFile", "GNMDatabase", "MBTiles", "MVT", "PDF",
    "PDS", "PDS4", "VICAR", "ISIS2", "ISIS3", "HDF5", "HDF5Image", "BAG", "S102", "S104", "S111",
    "NITF", "ERS", "RS2", "TSX", "CALS", "JAXAPALSAR", "COSAR", "COASP", "CEOS", "SAR_CEOS", "SDTS",
    "AirSAR", "ELAS", "EIR", "FAST", "GFF", "FIT", "ILWIS", "RIK", "LCP", "GTX", "LOSLAS", "NTv2",
    "CTable2", "PCIDSK", "PCRaster", "RMF", "RST", "RRASTER", "SAGA", "SGI", "SIGDEM", "SNODAS",
    "PAux", "MFF", "MFF2", "GSC", "NDF", "LAN", "CPG", "CTG", "DOQ1", "DOQ2", "GenBin", "ISCE",
    "ROI_PAC", "IRIS", "JDEM", "L1B", "MSGN", "NGSGEOID", "NOAA_B", "NSIDCbin", "NWT_GRC",
    "NWT_GRD", "OZI", "MAP", "PRF", "R", "SNAP_TIFF", "SRP", "ADRG", "AIG", "ACE2", "BLX", "BSB",
    "BT", "BYN", "DAAS", "DIPEx", "ESAT", "GRASSASCIIGrid", "GXF", "HF2", "ISG", "KRO", "Leveller",
    "PNM", "TGA", "Terragen", "USGSDEM", "WEBP", "XPM", "XYZ", "ZMap",
)  # fmt: skip
os.environ["OGR_SKIP"] = ",".join(_REFUSED_VECTOR)
os.environ["GDAL_SKIP"] = ",".join(_REFUSED_RASTER)
# Processors are for GEOS and for reading: threads of BLAS, which has next to nothing to do here,
# would wait beside them at full speed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("CPL_LOG", os.devnull)  # GDAL's own remarks; what matters are findings
os.environ.setdefault("OGR_GEOJSON_MAX_OBJ_SIZE", "500")  # megabytes
# Nothing is fetched: not for a schema or a CRS that a file names, nor under a name that is a URL.
os.environ["GDAL_HTTP_PROXY"] = os.environ["GDAL_HTTPS_PROXY"] = "127.0.0.1:9"
os.environ["GML_DOWNLOAD_SCHEMA"] = "NO"
os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] = ".kosong"

for _library in ("rasterio", "fiona"):  # what they pass on: each driver that one of them lacks
    logging.getLogger(f"{_library}._env").setLevel(logging.ERROR)
