"""Vector files through pyogrio's Arrow stream: attributes as delivered, geometry salvaged.

A geometry that GEOS cannot build (an unclosed ring) does not cost the file: it is closed and
marked, and what even that does not mend is marked as broken.
"""

import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import pyproj
import shapely
from numpy.typing import NDArray

from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.raw import RawLayer

SINGLE = (".geojson", ".json", ".geojsonl", ".shp", ".fgb")  # formats of one layer
SNIFFED = 65_536
FALLBACK_ENCODING = "cp1252"
REDIRECTS = (b"<OGRVRTDataSource", b"<VRTDataset", b"<OGRWFSDataSource", b"<WFS", b"<GDAL")
# Each unclosed ring becomes a finding; said for good, as changing filters is not for threads.
warnings.filterwarnings("ignore", "Non closed ring detected", RuntimeWarning)
_CRS_LOCK = threading.Lock()


def read_vector(delivered: Delivered, table: str | None, encoding: str | None) -> RawLayer:
    """All records of one layer of a vector file.

    Args:
        delivered: the file.
        table: layer of a file that has several; needed only where there is more than one.
        encoding: encoding of attribute text where the file states none or a wrong one.

    Raises:
        InputError: GDAL cannot open it, or it has several layers and none was named.
    """
    _refuse_redirects(delivered)
    target = _target(delivered)
    try:
        layers = _layer_names(delivered, target, table)
        raws = [_read_layer(delivered, target, layer, encoding) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError(f"{delivered.name}: {_plain(error, delivered)}") from error
    except (pyogrio.errors.CRSError, ValueError, RuntimeError) as error:
        raise InputError(f"{delivered.name}: {_plain(error, delivered)}") from error
    return raws[0] if len(raws) == 1 else _stacked(raws)


def outlines(delivered: Delivered, table: str | None) -> tuple[str | None, NDArray[np.float64]]:
    """CRS of a vector file, and the box (n, 4) of each feature; nothing else of it is read.

    Raises:
        InputError: as `read_vector`.
    """
    _refuse_redirects(delivered)
    target = _target(delivered)
    try:
        layers = _layer_names(delivered, target, table)
        crs = pyogrio.read_info(target, layer=layers[0])["crs"]
        boxes = [pyogrio.read_bounds(target, layer=layer)[1].T for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError,
            pyogrio.errors.CRSError, ValueError, RuntimeError) as error:  # fmt: skip
        raise InputError(f"{delivered.name}: {_plain(error, delivered)}") from error
    return short_crs(crs), np.concatenate(boxes)


def _read_layer(
    delivered: Delivered, target: str, layer: str | None, encoding: str | None
) -> RawLayer:
    """One layer; text that is not what it claims to be is read as cp1252, as old DBF files are."""
    guessed = None
    try:
        meta, arrow = pyogrio.read_arrow(target, layer=layer, encoding=encoding)
        arrow.validate(full=True)
    except (UnicodeDecodeError, pa.ArrowException, LookupError) as error:
        if encoding is not None:
            text = f"{delivered.name}: isinya bukan {encoding}, atau pengodean itu tidak dikenal"
            raise InputError(text) from error
        guessed = FALLBACK_ENCODING
        meta, arrow = pyogrio.read_arrow(target, layer=layer, encoding=guessed)
    name = meta["geometry_name"] or "wkb_geometry"
    has_geometry = name in arrow.column_names
    frame = (arrow.drop_columns([name]) if has_geometry else arrow).to_pandas()
    raw = RawLayer(
        path=delivered.name,
        frame=frame,
        geometry=None,
        source_row=np.arange(len(frame), dtype=np.int64),
        rows_read=len(frame),
        crs_found=short_crs(meta["crs"]),
        encoding=guessed or encoding or meta.get("encoding") or "UTF-8",
        guessed_encoding=guessed is not None,
    )
    if has_geometry:
        wkb = arrow.column(name).to_numpy(zero_copy_only=False)
        _build(raw, wkb)
    return raw


def _refuse_redirects(delivered: Delivered) -> None:
    """Refuse text that would make GDAL read other files, whatever the file is called.

    The drivers for such text are switched off when the package is loaded; where somebody loaded
    GDAL before that, this stands alone.
    """
    if delivered.member is None:
        with delivered.file.open("rb") as handle:
            head = handle.read(SNIFFED).lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith(REDIRECTS) or b"<!ENTITY" in head:
            raise InputError(f"{delivered.name}: berkas ini menunjuk ke berkas lain; ditolak")


def _target(delivered: Delivered) -> str:
    if delivered.member is not None:
        return f"/vsizip/{{{delivered.file}}}/{delivered.member}"
    return str(delivered.file)


def _layer_names(delivered: Delivered, target: str, table: str | None) -> list[str | None]:
    """The layers to read: the one that is named, the only one, or all folders of a KML."""
    if table is None and delivered.suffix in SINGLE:
        return [None]  # asking would read the whole file once more
    names = [str(n) for n in pyogrio.list_layers(target)[:, 0]]
    if not names:
        raise InputError(f"{delivered.name}: tidak berisi satu layer pun")
    known = ", ".join(names)
    if table is not None:
        if table not in names:
            raise PipelineFileError(
                f"{delivered.name}: layer {table!r} (`table`) tidak ada; yang ada: {known}"
            )
        return [table]
    if len(names) > 1 and delivered.suffix not in (".kml", ".kmz"):
        raise InputError(f"{delivered.name}: berisi beberapa layer; pilih di `table`: {known}")
    return list(names)


def _stacked(raws: list[RawLayer]) -> RawLayer:
    """The folders of one file under each other, their records numbered through."""
    starts = np.cumsum([0, *(raw.rows_read for raw in raws)])
    shapes = [raw.geometry for raw in raws if raw.geometry is not None]
    return RawLayer(
        path=raws[0].path,
        frame=pd.concat([raw.frame for raw in raws], ignore_index=True),
        geometry=np.concatenate(shapes) if len(shapes) == len(raws) else None,
        source_row=np.arange(starts[-1], dtype=np.int64),
        rows_read=int(starts[-1]),
        crs_found=raws[0].crs_found,
        encoding=raws[0].encoding,
        closed={int(i + s) for raw, s in zip(raws, starts, strict=False) for i in raw.closed},
        broken={
            int(i + s): why
            for raw, s in zip(raws, starts, strict=False)
            for i, why in raw.broken.items()
        },
        has_z=sum(raw.has_z for raw in raws),
    )


def _build(raw: RawLayer, wkb: NDArray[np.object_]) -> None:
    """Geometries from WKB; unclosed rings are closed, hopeless ones noted."""
    given = np.array([w is not None for w in wkb], dtype=bool)
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    failed = np.flatnonzero(given & shapely.is_missing(geometry))
    for i in failed:  # a handful in a bad file; GEOS gives no array form that keeps the reason
        fixed = shapely.from_wkb(wkb[i], on_invalid="fix")
        if fixed is None or shapely.is_empty(fixed):
            raw.broken[int(i)] = "bentuknya tidak dapat disusun"
        else:
            raw.closed.add(int(i))
            geometry[i] = fixed
    raw.has_z = int((shapely.has_z(geometry) | shapely.has_m(geometry)).sum())
    raw.geometry = shapely.force_2d(geometry) if raw.has_z else geometry


def short_crs(crs: Any) -> str | None:
    """``EPSG:n`` where the CRS is exactly that, else its WKT; CRS84 is EPSG:4326 in x, y order."""
    if crs is None:
        return None
    text = str(crs)
    if text.startswith("EPSG:"):
        return text
    try:
        with _CRS_LOCK:
            parsed = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        return None
    if parsed.to_authority() == ("OGC", "CRS84"):
        return "EPSG:4326"
    code = parsed.to_epsg(min_confidence=100)
    return f"EPSG:{code}" if code else text


def _plain(error: Exception, delivered: Delivered) -> str:
    """GDAL's word without the folder that the file happens to lie in."""
    text = str(error).split("\n")[0]
    if "not recognized" in text:
        return "bukan format yang dikenal, atau berkasnya rusak"
    return text.replace(str(delivered.file), delivered.name)
