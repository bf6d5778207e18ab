"""A delivered file where readers find it: under a plain name with the ending that its content has.

Readers go by names: GDAL looks for the parts of a file beside it, takes some drivers by ending and
some characters for syntax. What is not so by itself is linked into a folder of its own for as long
as it is read; members of archives are unpacked there. The drop itself is never written to.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kotaku_geo import resources
from kotaku_geo.errors import InputError
from kotaku_geo.ingest import archive, formats
from kotaku_geo.ingest.formats import Format
from kotaku_geo.ingest.locate import Delivered
from kotaku_geo.late import record, regex

ODD = regex(r"[^\w .()+,=@-]|^[.-]")
ALIKE = {
    "geojson": (".geojson", ".json"),
    "sqlite": (".sqlite", ".db"),
    "geotiff": (".tif", ".tiff"),
}


@record
class Staged:
    """A file to be read.

    Attributes:
        path: where it is now.
        kind: what it is.
        name: what to call it.
        lacking: endings of parts that it should have and has not.
        others: further documents of the same delivery: the KML that a KMZ holds beside its first.
    """

    path: Path
    kind: Format
    name: str
    lacking: tuple[str, ...] = ()
    others: "tuple[Staged, ...]" = ()


@contextmanager
def staged(delivered: Delivered) -> Iterator[Staged]:
    """The file, ready to be read, until the context is left.

    Raises:
        InputError: the format is refused, or the archive cannot be unpacked.
    """
    plain = _as_it_lies(delivered)
    if plain is not None:
        yield plain
        return
    with tempfile.TemporaryDirectory(prefix="kotaku-") as temporary:
        folder = Path(temporary)
        if delivered.member is None:
            yield from _placed(delivered.file, delivered.name, folder)
        else:
            (folder / "isi").mkdir()
            main = _unpacked(delivered, folder / "isi")
            (folder / "baca").mkdir()
            yield from _placed(main, delivered.name, folder / "baca")


def _as_it_lies(delivered: Delivered) -> Staged | None:
    """The file itself, where readers take it so."""
    if delivered.member is not None:
        return None
    path, kind = delivered.file, formats.sniff(delivered.file)
    if kind.id == "kmz" or kind.reader in ("refused", "archive"):
        return None
    parts = {} if path.is_dir() else parts_of(path, kind)
    lacking = _lacking(kind, parts)
    return None if lacking or not _plain(path, kind) else Staged(path, kind, delivered.name)


def _lacking(kind: Format, parts: dict[str, Path]) -> tuple[str, ...]:
    return tuple(p for p in (".dbf", ".shx") if kind.id == "shapefile" and p not in parts)


def _unpacked(delivered: Delivered, folder: Path) -> Path:
    """The member and its parts, in a folder."""
    name, member = delivered.name, str(delivered.member)
    content = archive.listing(delivered.file, name)
    if member not in content:
        raise InputError(f"{name}: anggota arsip ini tidak ada")
    base = PurePosixPath(member)
    if archive.GDB.match(member + "/"):
        folder = folder / base.name
        folder.mkdir()
        archive.unpack(delivered.file, name, content[member], folder)
        return folder
    stem = base.stem.lower()
    beside = [
        m for m in content
        if PurePosixPath(m).parent == base.parent and PurePosixPath(m).name.lower().startswith(stem)
    ]  # fmt: skip
    entries = [content[m][0] for m in beside if not archive.GDB.match(m + "/")]
    archive.unpack(delivered.file, name, entries, folder)
    return folder / base.name


def _placed(path: Path, name: str, folder: Path) -> Iterator[Staged]:
    kind = formats.sniff(path)
    if kind.reader == "refused":
        raise InputError(f"{name}: {kind.advice}")
    if kind.reader == "archive":
        raise InputError(f"{name}: arsip di dalam arsip tidak dibuka; kirim isinya langsung")
    if kind.id == "kmz":
        kml = formats.known()["kml"]
        first, *others = (Staged(p, kml, name) for p in _documents(path, name, folder))
        yield replace(first, others=tuple(others))
        return
    parts = {} if path.is_dir() else parts_of(path, kind)
    lacking = _lacking(kind, parts)
    if _plain(path, kind) and not lacking:
        yield Staged(path, kind, name)
        return
    stem = ODD.sub("_", path.stem) or "berkas"
    main = folder / (stem + (path.suffix.lower() if _fits(path, kind) else kind.suffix))
    for ending, part in parts.items():
        _link(part, folder / (main.name + ending if ending.startswith("-") else stem + ending))
    if _logs_ahead(path, kind):
        shutil.copy(path, main)
    _link(path, main)
    yield Staged(main, kind, name, lacking)


def _logs_ahead(path: Path, kind: Format) -> bool:
    """Whether SQLite would write beside the file even to read it (its header says so)."""
    if kind.id not in ("gpkg", "sqlite"):
        return False
    with path.open("rb") as handle:
        return handle.read(20)[18:20] == b"\x02\x02"


def _fits(path: Path, kind: Format) -> bool:
    return path.suffix.lower() in ALIKE.get(kind.id, (kind.suffix,))


def _plain(path: Path, kind: Format) -> bool:
    """Whether readers take the file as it lies."""
    if kind.reader not in ("vector", "raster"):
        return True
    lower = kind.id != "shapefile" or all(
        p.suffix == p.suffix.lower() for p in parts_of(path, kind).values()
    )
    return (
        lower
        and kind.id != "gml"  # GDAL writes its idea of the schema beside it
        and not _logs_ahead(path, kind)
        and path.suffix in ALIKE.get(kind.id, (kind.suffix,))
        and not ODD.search(path.name)
        and not any("!" in part or "{" in part for part in path.parts)
    )


def parts_of(path: Path, kind: Format) -> dict[str, Path]:
    """Ending (lower case) → file beside ``path`` that belongs to it; ``-wal`` is an ending too."""
    endings = {*kind.parts, *resources.load("formats")["common_parts"]}
    stem, full = path.stem.lower(), path.name.lower()
    found = {}
    for other in sorted(path.parent.iterdir(), reverse=True):
        low = other.name.lower()
        for start in (stem, full):
            ending = low.removeprefix(start)
            if low.startswith(start) and ending in endings and other != path and other.is_file():
                whole = start == full and not ending.startswith("-")
                found[path.suffix.lower() + ending if whole else ending] = other
    return found


def _documents(path: Path, name: str, folder: Path) -> list[Path]:
    """The KML of a KMZ, ``doc.kml`` first: it may hold nothing but links to the others.

    GDAL reads a KMZ as well, but loses SchemaData of its folders.
    """
    content = archive.listing(path, name)
    members = [m for m in content if m.lower().endswith(".kml")]
    members.sort(key=lambda m: (m.lower() != "doc.kml", m))
    stem = ODD.sub("_", path.stem) or "doc"
    found = []
    for number, member in enumerate(members):
        own = folder / str(number)
        own.mkdir()
        archive.unpack(path, name, content[member], own)
        named = stem if number == 0 else ODD.sub("_", PurePosixPath(member).stem)
        found.append((own / PurePosixPath(member).name).rename(own / f"{named}.kml"))
    return found


def _link(path: Path, target: Path) -> None:
    if target.exists():
        return
    try:
        os.symlink(path.resolve(), target)
    except OSError:  # a system without links
        shutil.copy(path, target)
