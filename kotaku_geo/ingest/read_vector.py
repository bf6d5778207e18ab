"""Vector files through pyogrio's Arrow stream: attributes as delivered, geometry salvaged.

A geometry that GEOS cannot build (an unclosed ring) does not cost the file: it is closed and
marked, and what even that does not mend is marked as broken. Where the driver gives up in the
middle, the features before that are kept.
"""

import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import pyproj
from numpy.typing import NDArray

from kotaku_geo.errors import InputError
from kotaku_geo.ingest import dbf, kml, wkb
from kotaku_geo.ingest import encoding as encodings
from kotaku_geo.ingest.limits import at_most
from kotaku_geo.ingest.raw import Note, RawLayer
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

FALLBACK_ENCODING = "cp1252"
GEOMETRY = "wkb_geometry"  # what GDAL calls a geometry column without a name
CUT = regex(r"Value '(.*)' of field (.*) parsed incompletely")
_CRS_LOCK = threading.Lock()
FAILURES = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    pyogrio.errors.FieldError,
    pa.ArrowException,
    ValueError,
    RuntimeError,
    LookupError,
    OSError,
)


def layer_names(staged: Staged) -> list[str]:
    """Names of a vector file's layers; the file's own name where it cannot have several.

    Raises:
        InputError: GDAL cannot open it.
    """
    if ".shx" in staged.lacking:
        _restore_index(staged)
    if staged.kind.one_layer:
        return [staged.path.stem]  # asking would read the whole file once more
    try:
        with _remarks():
            return [str(n) for n in pyogrio.list_layers(gdal_name(staged))[:, 0]]
    except FAILURES as error:
        raise InputError(f"{staged.name}: {_plain(error, staged)}") from error


def _restore_index(staged: Staged) -> None:
    """Let GDAL write the index of a shapefile, beside the link that it is read through."""
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        with _remarks():
            pyogrio.read_info(staged.path)
    except FAILURES as error:
        raise InputError(f"{staged.name}: {_plain(error, staged)}") from error
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def read_vector(staged: Staged, layer: str, encoding: str | None) -> RawLayer:
    """All records of one layer of a vector file.

    Args:
        staged: the file; it has been looked at.
        layer: one of `layer_names`.
        encoding: encoding of attribute text where the file states none or a wrong one.

    Raises:
        InputError: it cannot be read, or is not in that encoding.
    """
    named = None if staged.kind.one_layer else layer
    with _remarks() as remarks:
        raw = _read(staged, named, encoding)
    raw.layer = layer
    raw.notes += _cut(remarks, raw)
    return raw


def outlines(staged: Staged, layer: str) -> tuple[str | None, NDArray[np.float64]]:
    """CRS of a layer, and the box (n, 4) of each feature; nothing else of it is read.

    Raises:
        InputError: as `read_vector`.
    """
    target, named = gdal_name(staged), None if staged.kind.one_layer else layer
    try:
        with _remarks():
            crs = pyogrio.read_info(target, layer=named)["crs"]
            boxes = pyogrio.read_bounds(target, layer=named)[1].T
    except FAILURES as error:
        raise InputError(f"{staged.name}: {_plain(error, staged)}") from error
    return short_crs(crs), boxes


def _read(staged: Staged, named: str | None, encoding: str | None) -> RawLayer:
    text = _text(staged, encoding)
    try:
        meta, table = _arrow(staged, named, text.used if text else None)
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        if encoding is not None:
            raise InputError(f"{staged.name}: isinya bukan {encoding}") from error
        text = encodings.Text(None, FALLBACK_ENCODING, True)
        meta, table = _arrow(staged, named, text.used)
    except FAILURES as error:
        from kotaku_geo.ingest.salvage import salvaged  # loads another GDAL: seldom needed

        rescued = salvaged(staged, named, encoding or FALLBACK_ENCODING)
        if rescued is None:
            raise InputError(f"{staged.name}: {_plain(error, staged)}") from error
        rescued.notes += [_broken_off(rescued, error, staged), *_lacking(staged)]
        return rescued
    return _raw(staged, named, meta, table, text)


@contextmanager
def _remarks() -> Iterator[list[warnings.WarningMessage]]:
    """What GDAL remarks, each once; files are read one at a time in a process."""
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("default")
        yield remarks


def _cut(remarks: list[warnings.WarningMessage], raw: RawLayer) -> list[Note]:
    """Numbers of which GDAL read only the beginning, or nothing at all."""
    mended = {n.params["kolom"] for n in raw.notes if n.rule == "number.comma"}
    found = [m for m in map(CUT.search, (str(r.message) for r in remarks)) if m]
    found = [m for m in found if m[2].rpartition(".")[2] not in mended]
    if not found:
        return []
    example = f"{found[0][2]} = {found[0][1]}"
    return [Note("number.cut", len(found), "kept", {"jumlah": len(found), "contoh": example})]


def _broken_off(raw: RawLayer, error: Exception, staged: Staged) -> Note:
    params = {"jumlah": raw.rows_read, "sebab": _plain(error, staged)}
    return Note("file.broken-off", raw.rows_read, "kept", params)


def _text(staged: Staged, encoding: str | None) -> encodings.Text | None:
    """In which encoding to read; None where the format says it itself, or all is ASCII."""
    if encoding is not None:
        try:
            return encodings.Text(None, encodings.plain(encoding))
        except LookupError as error:
            raise InputError(f"{staged.name}: pengodean {encoding!r} tidak dikenal") from error
    if staged.kind.id in ("shapefile", "dbf"):
        return encodings.of_dbf(staged.path)
    return None


def _arrow(
    staged: Staged, layer: str | None, encoding: str | None
) -> tuple[dict[str, Any], pa.Table]:
    """The layer as it streams, for as long as it stays within the limits.

    Raises:
        InputError: more rows, columns or bytes than are taken in.
    """
    opening = pyogrio.raw.open_arrow(
        gdal_name(staged), layer=layer, encoding=encoding, use_pyarrow=True
    )
    with opening as (meta, reader):
        table = gathered(reader, reader.schema, staged.name)
    table.validate(full=True)
    return meta, table


def gathered(batches: Iterable[pa.RecordBatch], schema: pa.Schema, name: str) -> pa.Table:
    """Batches as a table, for as long as they stay within the limits.

    Raises:
        InputError: more rows, columns or bytes than are taken in.
    """
    at_most("columns", len(schema), "kolom", name)
    kept, rows, size = [], 0, 0
    for batch in batches:
        rows, size = rows + batch.num_rows, size + batch.nbytes
        at_most("rows", rows, "baris", name)
        at_most("layer_bytes", size, "byte", name)
        kept.append(batch)
    return pa.Table.from_batches(kept, schema)


def _raw(
    staged: Staged,
    layer: str | None,
    meta: dict[str, Any],
    table: pa.Table,
    text: encodings.Text | None,
) -> RawLayer:
    name = meta["geometry_name"] or GEOMETRY
    drawn = name in table.column_names
    frame = (table.drop_columns([name]) if drawn else table).to_pandas()
    used = text.used if text else meta.get("encoding") or "UTF-8"
    raw = RawLayer(
        path=staged.name,
        frame=frame,
        geometry=None,
        source_row=np.arange(len(frame), dtype=np.int64),
        rows_read=len(frame),
        crs_found=short_crs(meta["crs"]),
        encoding=encodings.shown(used),
        notes=[*_told(text), *_lacking(staged)],
    )
    if staged.kind.id in ("shapefile", "dbf"):
        for column, count in dbf.commas(staged.path, frame).items():
            params = {"kolom": column, "jumlah": count}
            raw.notes.append(Note("number.comma", f"{column}: {count}", "repaired", params))
    if drawn:
        _draw(raw, staged, layer, table.column(name))
    return raw


def _told(text: encodings.Text | None) -> list[Note]:
    if text is None or not text.guessed:
        return []
    used = encodings.shown(text.used)
    params = {"dipakai": used, "tertulis": encodings.shown(text.declared) or "tidak ada"}
    return [Note("encoding.replaced", used, "repaired", params)]


def _lacking(staged: Staged) -> list[Note]:
    """Parts that a shapefile should have: without its table it tells no more than its shapes."""
    words = {".dbf": "file.table-missing", ".shx": "file.index-missing"}
    actions = {".dbf": "kept", ".shx": "repaired"}
    return [Note(words[p], p, actions[p], {"bagian": p}) for p in staged.lacking]  # type: ignore[arg-type]


def _draw(raw: RawLayer, staged: Staged, layer: str | None, column: pa.ChunkedArray) -> None:
    """The geometries, curves as lines of many corners; GEOS knows no others."""
    shapes: NDArray[np.object_] = column.to_numpy(zero_copy_only=False)
    if wkb.kinds(shapes) & wkb.CURVED:
        raw.curved = wkb.curved(shapes)
        shapes = pyogrio.raw.read(
            gdal_name(staged), layer=layer, columns=[], datetime_as_string=True
        )[2]
        if len(shapes) != raw.rows_read:
            raise InputError(f"{staged.name}: bentuk lengkungnya tidak dapat diluruskan")
    take_shapes(raw, shapes)


def take_shapes(raw: RawLayer, shapes: NDArray[np.object_]) -> None:
    """Give a layer its geometries, with what had to be done for them."""
    built = wkb.from_wkb(shapes)
    raw.geometry, raw.closed, raw.broken = built.geometry, built.closed, built.broken
    raw.has_z, raw.wkb = built.has_z, built.wkb


def stacked(raws: list[RawLayer]) -> RawLayer:
    """The folders of one file under each other, their records numbered through."""
    if len(raws) == 1:
        return raws[0]
    starts = np.cumsum([0, *(raw.rows_read for raw in raws)])
    parts = list(zip(raws, starts, strict=False))
    shapes = [
        np.full(raw.rows_read, None) if raw.geometry is None else raw.geometry for raw in raws
    ]
    return RawLayer(
        path=raws[0].path,
        frame=pd.concat([raw.frame for raw in raws], ignore_index=True),
        geometry=np.concatenate(shapes) if any(r.geometry is not None for r in raws) else None,
        source_row=np.arange(starts[-1], dtype=np.int64),
        rows_read=int(starts[-1]),
        crs_found=next((raw.crs_found for raw in raws if raw.crs_found), None),
        encoding=raws[0].encoding,
        closed={int(i + s) for raw, s in parts for i in raw.closed},
        broken={int(i + s): why for raw, s in parts for i, why in raw.broken.items()},
        has_z=sum(raw.has_z for raw in raws),
        notes=[note for raw in raws for note in raw.notes],
        layer=raws[0].layer,
        curved=sum(raw.curved for raw in raws),
    )


def completed(staged: Staged, raw: RawLayer) -> RawLayer:
    """The records of a whole KML with the columns that GDAL leaves out."""
    raw.frame = kml.complete(raw.frame, kml.placemarks(staged.path))
    return raw


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


def gdal_name(staged: Staged) -> str:
    """What GDAL is to open."""
    return f"{staged.kind.prefix}{staged.path}"


def _plain(error: Exception, staged: Staged) -> str:
    """GDAL's word without the folder that the file happens to lie in."""
    text = str(error).split("\n")[0]
    if "not recognized" in text:
        return "bukan format yang dikenal, atau berkasnya rusak"
    text = text.replace(str(staged.path), staged.name).replace(str(staged.path.parent), "")
    return f"berkasnya rusak atau tidak lengkap (GDAL: {text})"
