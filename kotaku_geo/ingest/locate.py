"""Which files a source's ``path`` means, and a refusal for all that would leave the drop."""

import fnmatch
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kotaku_geo.errors import InputError

VECTOR = (".geojson", ".json", ".shp", ".gpkg", ".kml", ".kmz", ".fgb", ".geojsonl", ".tab", ".mif",
          ".gml", ".dxf", ".gpx")  # fmt: skip
TABLE = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".dbf")
RASTER = (".tif", ".tiff")
READABLE = VECTOR + TABLE + RASTER
SIDECARS = (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".xml")
MAX_UNPACKED = 4 * 1024**3
MAX_RATIO = 200


@dataclass(frozen=True)
class Delivered:
    """One file to read: where it is, what to call it, and the archive member, if any."""

    file: Path
    name: str
    member: str | None = None

    @property
    def suffix(self) -> str:
        """Lower-case ending of the file or member."""
        return PurePosixPath(self.member or self.file.name).suffix.lower()


def locate(drop: Path, pattern: str) -> list[Delivered]:
    """Files that ``pattern`` (file, folder, glob, or zip[/member]) means, sorted by name.

    Raises:
        InputError: nothing is there, or a link or an archive member leaves the drop.
    """
    drop = drop.resolve()
    zipped = _split_zip(pattern)
    if zipped:
        archive, member = zipped
        return _members(_inside(drop, drop / archive), archive, member)
    if any(c in pattern for c in "*?["):
        found = sorted(p for p in drop.glob(pattern) if p.is_file())
    elif (drop / pattern).is_dir():
        found = sorted(p for p in (drop / pattern).iterdir() if p.is_file())
    else:
        found = [drop / pattern]
        if not found[0].exists():
            raise InputError(f"{pattern}: berkas tidak ditemukan di dalam drop")
        _whole(found[0], pattern)
        return [Delivered(_inside(drop, found[0]), pattern)]
    readable = [p for p in found if p.suffix.lower() in READABLE and not _is_sidecar(p)]
    if not readable:
        raise InputError(f"{pattern}: tidak ada berkas yang cocok")
    return [Delivered(_inside(drop, p), p.relative_to(drop).as_posix()) for p in readable]


def _whole(path: Path, name: str) -> None:
    """A shapefile is several files; without its table it says nothing."""
    if path.suffix.lower() == ".shp" and not any(
        path.with_suffix(ending).exists() for ending in (".dbf", ".DBF", ".Dbf")
    ):
        raise InputError(f"{name}: berkas .dbf-nya tidak ikut dikirim")


def _inside(drop: Path, path: Path) -> Path:
    real = path.resolve()
    if not real.is_relative_to(drop):
        raise InputError(f"{path.name}: tautan ini menunjuk ke luar drop")
    return real


def _is_sidecar(path: Path) -> bool:
    return path.suffix.lower() == ".dbf" and path.with_suffix(".shp").exists()


def _split_zip(pattern: str) -> tuple[str, str | None] | None:
    parts = PurePosixPath(pattern).parts
    for i, part in enumerate(parts):
        if part.lower().endswith(".zip"):
            member = "/".join(parts[i + 1 :]) or None
            return "/".join(parts[: i + 1]), member
    return None


def _members(file: Path, name: str, member: str | None) -> list[Delivered]:
    if not file.is_file():
        raise InputError(f"{name}: berkas tidak ditemukan di dalam drop")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InputError(f"{name}: bukan arsip zip yang utuh") from error
    unpacked = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if unpacked > MAX_UNPACKED or (unpacked > 10_000_000 and unpacked / packed > MAX_RATIO):
        raise InputError(f"{name}: isi arsip terlalu besar ({unpacked} byte)")
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if entry.filename.startswith(("/", "\\")) or ".." in parts:
            raise InputError(f"{name}: anggota arsip {entry.filename!r} menunjuk ke luar")
    files = sorted(e.filename for e in entries if not e.is_dir())
    wanted = [f for f in files if fnmatch.fnmatch(f, member)] if member else files
    chosen = [f for f in wanted if PurePosixPath(f).suffix.lower() in READABLE]
    chosen = [f for f in chosen if not (f.endswith(".dbf") and f[:-4] + ".shp" in files)]
    if not chosen:
        raise InputError(f"{name}: tidak ada berkas yang dapat dibaca di dalam arsip")
    return [Delivered(file, f"{name}/{f}", f) for f in chosen]
