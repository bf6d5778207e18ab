"""From a delivered file to its records: the one way in, whatever the format.

Below this nothing knows of pipelines; above it nothing knows of formats.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest import archive, guard, whole
from kotaku_geo.ingest import encoding as encodings
from kotaku_geo.ingest.formats import Format, sniff
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.ingest.raw import Note, RawLayer
from kotaku_geo.ingest.shortened import shortened
from kotaku_geo.ingest.staging import Staged, staged

FOLDERED = ("kml",)  # its layers are folders of one thing, and are read together
EXAMPLES = 3


def format_of(delivered: Delivered) -> Format:
    """What a delivered file is, by its first bytes.

    Raises:
        InputError: an archive cannot be opened.
    """
    if delivered.member is None:
        return sniff(delivered.file)
    content = archive.listing(delivered.file, delivered.name)
    chosen = {m: e for m, e in content.items() if m == delivered.member}
    if not chosen:
        raise InputError(f"{delivered.name}: anggota arsip ini tidak ada")
    return archive.kinds(delivered.file, delivered.name, chosen)[str(delivered.member)]


def read_layer(
    delivered: Delivered,
    table: str | None = None,
    encoding: str | None = None,
    wanted: Sequence[str] = (),
) -> RawLayer:
    """All records of one layer of a delivered file.

    Args:
        delivered: the file.
        table: layer or sheet of a file that has several; needed only where there is more than one.
        encoding: encoding of text where the file states none or a wrong one.
        wanted: headings that the pipeline file maps; they tell the header row of a table.

    Raises:
        InputError: the file is refused or cannot be read, or has several layers and none was named.
        PipelineFileError: it has no such layer.
    """
    with staged(delivered) as ready:
        notes = looked_at(ready)
        raw = _one(ready, table, encoding, wanted)
    raw.notes = [*notes, *raw.notes]
    return _mended(raw)


def read_layers(delivered: Delivered) -> list[RawLayer]:
    """All layers of a delivered file; sheets without a cell are none.

    Raises:
        InputError: the file is refused or cannot be read.
    """
    with staged(delivered) as ready:
        notes = looked_at(ready)
        raws = _all(ready)
    for raw in raws:
        raw.notes = [*notes, *raw.notes]
    return [_mended(raw) for raw in raws]


def outlines(delivered: Delivered, table: str | None) -> tuple[str | None, NDArray[np.float64]]:
    """CRS of a vector file, and the box (n, 4) of each feature; nothing else of it is read.

    Raises:
        InputError: it is refused, cannot be read, or is no vector file.
    """
    from kotaku_geo.ingest import read_vector  # loads GDAL

    with staged(delivered) as ready:
        looked_at(ready)
        if ready.kind.reader != "vector":
            raise InputError(f"{ready.name}: bukan berkas vektor")
        pieces = (ready, *ready.others)
        layers = [(p, n) for p in pieces for n in read_vector.layer_names(p)]
        found = [read_vector.outlines(p, n) for p, n in layers if table in (None, n)]
    if not found:
        raise InputError(f"{ready.name}: tidak berisi satu layer pun")
    return found[0][0], np.concatenate([boxes for _, boxes in found])


def layers_of(delivered: Delivered) -> list[str]:
    """Names of the layers or sheets of a file, for `read_layer`.

    Raises:
        InputError: the file is refused or cannot be read.
    """
    with staged(delivered) as ready:
        looked_at(ready)
        if ready.kind.reader == "vector":
            from kotaku_geo.ingest.read_vector import layer_names

            return [name for piece in (ready, *ready.others) for name in layer_names(piece)]
        if ready.kind.reader == "workbook":
            from kotaku_geo.ingest.read_table import read_sheets

            return list(read_sheets(ready))
    return [ready.path.stem]


def looked_at(ready: Staged) -> list[Note]:
    """What is to be told of a file before it is read.

    Raises:
        InputError: it claims more than is taken in, or points elsewhere.
    """
    return [note for piece in (ready, *ready.others) for note in guard.look_at(piece)]


def _one(ready: Staged, table: str | None, encoding: str | None, wanted: Sequence[str]) -> RawLayer:
    reader = ready.kind.reader
    if reader in ("table", "workbook"):
        from kotaku_geo.ingest.read_table import read_table

        return read_table(ready, table, encoding, wanted)
    if reader in ("arrow", "parquet"):
        from kotaku_geo.ingest.read_arrow import read_arrow

        return read_arrow(ready)
    if reader == "raster":
        raise InputError(f"{ready.name}: ini raster; layer ini butuh vektor atau tabel")
    return _salvaged(ready, lambda whole: [_vector(whole, table, encoding)])[0]


def _salvaged(ready: Staged, read: Callable[[Staged], list[RawLayer]]) -> list[RawLayer]:
    """What ``read`` gives; of a text that breaks off, what it gives of the whole features."""
    try:
        return read(ready)
    except InputError as error:
        with tempfile.TemporaryDirectory(prefix="kotaku-") as folder:
            shorter = shortened(ready, Path(folder))
            if shorter is None:
                raise
            raws = read(shorter)
        for raw in raws:
            params = {"jumlah": raw.rows_read, "sebab": str(error).removeprefix(f"{ready.name}: ")}
            raw.notes.append(Note("file.broken-off", raw.rows_read, "kept", params))
        return raws


def _vector(ready: Staged, table: str | None, encoding: str | None) -> RawLayer:
    from kotaku_geo.ingest import read_vector  # loads GDAL: not for tables alone

    layers = [(p, n) for p in (ready, *ready.others) for n in read_vector.layer_names(p)]
    names = [name for _, name in layers]
    known = ", ".join(names)
    if not names:
        raise InputError(f"{ready.name}: tidak berisi satu layer pun")
    if table is not None and table not in names:
        raise PipelineFileError(
            f"{ready.name}: layer {table!r} (`table`) tidak ada; yang ada: {known}"
        )
    if table is None and len(names) > 1 and ready.kind.id not in FOLDERED:
        raise InputError(f"{ready.name}: berisi beberapa layer; pilih di `table`: {known}")
    pieces = []
    for piece in (ready, *ready.others):
        chosen = [n for p, n in layers if p is piece and table in (None, n)]
        raws = [read_vector.read_vector(piece, n, encoding) for n in chosen]
        if raws:
            raw = read_vector.stacked(raws)
            if table is None:
                raw.notes += whole.notes(piece, raw.rows_read)
            complete = piece.kind.id == "kml" and table is None
            pieces.append(read_vector.completed(piece, raw) if complete else raw)
    return read_vector.stacked(pieces)


def _all(ready: Staged) -> list[RawLayer]:
    reader = ready.kind.reader
    if reader == "workbook":
        from kotaku_geo.ingest.read_table import as_layer, read_sheets

        sheets = read_sheets(ready)
        return [as_layer(grid, ready, name, (), None) for name, grid in sheets.items()]
    if reader == "vector":
        return _salvaged(ready, _layers)
    return [_one(ready, None, None, ())]


def _layers(ready: Staged) -> list[RawLayer]:
    from kotaku_geo.ingest import read_vector

    layers = [(p, n) for p in (ready, *ready.others) for n in read_vector.layer_names(p)]
    if not layers:
        raise InputError(f"{ready.name}: tidak berisi satu layer pun")
    return [read_vector.read_vector(piece, n, None) for piece, n in layers]


def _mended(raw: RawLayer) -> RawLayer:
    """Text that was mangled on its way read back, and told."""
    count, examples, mistaken = 0, [], None
    for column in raw.frame.columns:
        values, changed, by = encodings.mend(raw.frame[column])
        if len(changed):
            before = raw.frame[column].iloc[changed[0]]
            examples.append(f"{before} → {values.iloc[changed[0]]}")
            raw.frame[column] = values
            count, mistaken = count + len(changed), by
    if count:
        params = {"jumlah": count, "contoh": "; ".join(examples[:EXAMPLES]),
                  "salah": encodings.shown(mistaken)}  # fmt: skip
        raw.notes.append(Note("encoding.mangled", count, "repaired", params))
    return raw
