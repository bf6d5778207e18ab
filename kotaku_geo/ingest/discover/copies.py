"""Files that say the same: copies, and one layer cut into a file for each kelurahan."""

import hashlib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import shapely

from kotaku_geo.errors import InputError
from kotaku_geo.ingest.discover.crs import Position
from kotaku_geo.ingest.discover.proposal import Entry
from kotaku_geo.ingest.discover.scoring import Subject
from kotaku_geo.ingest.inputs import bundle_hash
from kotaku_geo.ingest.locate import locate

GRID = 1e-6  # degrees, about 0.1 m: a change of format rounds by less
AT_LEAST = 3  # files of one folder that are one layer


def content_key(entry: Entry, subject: Subject, where: Position, drop: Path) -> str | None:
    """What an entry would say: its layer, its mapped cells and its shapes, in any row order.

    The bytes of the file where not all of it was seen; None where there is nothing to compare.
    """
    look = subject.look
    if look.kind == "raster" or look.rows != len(look.frame) or not look.rows:
        return _bytes_key(entry, drop)
    columns = [look.frame[h].map(_plain) for _, h in sorted(entry.columns.items())]
    rows = pd.DataFrame(dict(enumerate(columns)), index=range(len(look.frame)))
    if where.degrees is not None:
        rounded = shapely.set_precision(where.degrees, GRID, mode="pointwise")
        shapes = shapely.to_wkb(shapely.normalize(rounded))
        rows["shape"] = [hashlib.sha256(w or b"").hexdigest() for w in shapes]
    elif not entry.columns:
        return None
    lines = sorted("|".join(map(str, row)) for row in rows.itertuples(index=False))
    named = ";".join(sorted(entry.columns))
    return hashlib.sha256("\n".join([entry.layer, named, *lines]).encode()).hexdigest()


def _bytes_key(entry: Entry, drop: Path) -> str | None:
    path = drop / entry.name
    return f"{bundle_hash(path)}:{entry.table}" if path.is_file() else None


def _plain(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def set_copies_aside(entries: list[Entry], keys: list[str | None]) -> None:
    """Of entries that say the same the one with most evidence stays; the others become comments."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry, key in zip(entries, keys, strict=True):
        if key is not None:
            groups[key].append(entry)
    for group in groups.values():
        kept, *copies = sorted(
            group, key=lambda e: (not e.live, -e.points, e.agency is None, e.name)
        )
        for copy in copies:
            copy.live, copy.copy_of = False, kept.name
            copy.notes.insert(
                0, f"salinan dari {kept.name} (isi dan bentuknya sama); satu yang dipakai"
            )


def gather(entries: list[Entry], drop: Path) -> list[Entry]:
    """Files of one folder that are one layer with the same columns become one source by a glob."""
    groups: dict[Any, list[Entry]] = defaultdict(list)
    for entry in entries:
        path = PurePosixPath(entry.name)
        if entry.live and not entry.open:
            groups[_alike(entry, path)].append(entry)
    out = list(entries)
    for (folder, ending, *_), group in groups.items():
        pattern = f"{folder}/*{ending}" if folder != "." else f"*{ending}"
        if len(group) < AT_LEAST or not _means(drop, pattern, {e.name for e in group}):
            continue
        first = group[0]
        first.path = pattern
        first.files = [e.name for e in group]
        first.notes.append(f"{len(group)} berkas sejenis dalam satu folder dibaca sebagai satu")
        out = [e for e in out if e is first or e not in group]
    return out


def _alike(entry: Entry, path: PurePosixPath) -> tuple[Any, ...]:
    settings = (entry.columns, entry.values, entry.units, entry.set, entry.where)
    return (
        path.parent.as_posix(), path.suffix, entry.layer, entry.kind, entry.table, entry.crs,
        entry.encoding, repr([sorted(s.items()) if isinstance(s, dict) else s for s in settings]),
    )  # fmt: skip


def _means(drop: Path, pattern: str, names: set[str]) -> bool:
    """Whether a glob means exactly these files."""
    try:
        return {d.name for d in locate(drop, pattern)} == names
    except InputError:
        return False
