"""Which files a source's ``path`` means, and a refusal for all that would leave the drop.

A file that is named by itself is read or refused. In a folder, a glob or an archive, files that
are no data are passed over, each with its reason.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from kotaku_geo import resources
from kotaku_geo.errors import InputError
from kotaku_geo.ingest import archive, formats
from kotaku_geo.ingest.formats import Format
from kotaku_geo.late import record


@record
class Delivered:
    """One file to read.

    Attributes:
        file: where it, or the archive that holds it, is; a folder where it is a FileGDB.
        name: what to call it: relative to the drop, a member after the archive's name.
        member: its name in the archive, if it is in one.
        passed_over: why it is not read, where it merely lies beside what is.
    """

    file: Path
    name: str
    member: str | None = None
    passed_over: str | None = None

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
    zipped = _split_archive(drop, pattern)
    if zipped:
        packed, member = zipped
        return _members(inside(drop, drop / packed), packed, member)
    if any(c in pattern for c in "*?[") and not (drop / pattern).exists():
        found = sorted(p for p in drop.glob(pattern) if p.is_file() or _is_gdb(p))
    elif (drop / pattern).is_dir() and not _is_gdb(drop / pattern):
        inside(drop, drop / pattern)
        found = sorted(p for p in (drop / pattern).iterdir() if p.is_file() or _is_gdb(p))
    else:
        return [_single(drop, pattern)]
    chosen = list(_chosen(drop, found))
    if all(d.passed_over for d in chosen):
        reasons = "".join(f"\n- {d.name}: {d.passed_over}" for d in chosen)
        raise InputError(f"{pattern}: tidak ada berkas yang dapat dibaca{reasons}")
    return chosen


def _single(drop: Path, pattern: str) -> Delivered:
    path = drop / pattern
    if not path.exists():
        _inside_even_broken(drop, path)
        raise InputError(f"{pattern}: berkas tidak ditemukan di dalam drop")
    real = inside(drop, path)
    _parts_inside(drop, path)
    return Delivered(real, pattern)


def _chosen(drop: Path, found: list[Path]) -> Iterator[Delivered]:
    """The files of a folder that are read, and those that are passed over."""
    links = {p: inside(drop, p) for p in found}
    kinds = {p: formats.sniff(links[p]) for p in found}
    beside = {p.name.lower() for p in found}
    ignored = resources.load("formats")["ignored"]
    parts = part_names((p.name, kinds[p]) for p in found)
    for path in found:
        if path.name.lower() in ignored or path.name.lower() in parts:
            continue
        name = path.relative_to(drop).as_posix()
        if kinds[path].reader == "archive":
            yield from _members(links[path], name, None)
            continue
        _parts_inside(drop, path)
        yield Delivered(links[path], name, None, why_not(path.name, kinds[path], beside))


def why_not(name: str, kind: Format, beside: set[str]) -> str | None:
    """Why a file of a folder is passed over, or None where it is read.

    A picture is a map only where a file beside it says where it lies; ``beside`` are the names
    in the folder, in lower case.
    """
    if kind.reader == "refused":
        return kind.advice
    located = (*kind.parts, ".aux.xml")
    stem = PurePosixPath(name).stem.lower()
    if kind.picture and not any(
        stem + part in beside or name.lower() + part in beside for part in located
    ):
        return "gambar tanpa koordinat; kirim sebagai GeoTIFF"
    return None


def part_names(files: Iterable[tuple[str, Format]]) -> set[str]:
    """Lower-case names that belong to files of a folder (names and formats), there or not."""
    common = resources.load("formats")["common_parts"]
    names: set[str] = set()
    for name, kind in files:
        if kind.reader != "refused":
            stem, full = PurePosixPath(name).stem.lower(), name.lower()
            own = {start + e for e in (*kind.parts, *common) for start in (stem, full)}
            names |= own - {full}
    return names


def inside(drop: Path, path: Path) -> Path:
    """Where a path really is.

    Raises:
        InputError: it leads out of the drop.
    """
    real = path.resolve()
    if not real.is_relative_to(drop.resolve()):
        raise InputError(f"{path.name}: tautan ini menunjuk ke luar drop; ditolak")
    return real


def _inside_even_broken(drop: Path, path: Path) -> None:
    if path.is_symlink():
        inside(drop, path)


def _parts_inside(drop: Path, path: Path) -> None:
    """Files that a reader takes in by itself, beside the one that is named, are no links out."""
    within = path.rglob("*") if path.is_dir() else path.parent.glob(f"{_plain(path.stem)}*")
    for part in within:
        if part.is_symlink():
            inside(drop, part)


def _plain(stem: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in stem)


def _is_gdb(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() == ".gdb"


def _split_archive(drop: Path, pattern: str) -> tuple[str, str | None] | None:
    """(archive, member) where a part of the path is an archive, whatever its ending."""
    parts = PurePosixPath(pattern).parts
    for i in range(len(parts)):
        name = "/".join(parts[: i + 1])
        path = drop / name
        if not path.is_file():
            if parts[i].lower().endswith(".zip") and not path.is_dir():
                _inside_even_broken(drop, path)
                raise InputError(f"{name}: berkas tidak ditemukan di dalam drop")
            continue
        member = "/".join(parts[i + 1 :]) or None
        kind = formats.sniff(inside(drop, path))
        if kind.reader == "archive":
            return name, member
        if member is not None or (parts[i].lower().endswith(".zip") and kind.id == "unknown"):
            raise InputError(f"{name}: bukan arsip zip yang utuh")
        return None
    return None


def _members(file: Path, name: str, pattern: str | None) -> list[Delivered]:
    """The files of an archive that are read or passed over."""
    content = archive.listing(file, name)
    wanted = archive.matching(content, pattern)
    if not wanted:
        raise InputError(f"{name}: tidak ada anggota arsip yang cocok dengan {pattern!r}")
    kinds = archive.kinds(file, name, content)
    folders: dict[PurePosixPath, list[tuple[str, Format]]] = {}
    for member, kind in kinds.items():
        path = PurePosixPath(member)
        folders.setdefault(path.parent, []).append((path.name, kind))
    parts = {folder: part_names(files) for folder, files in folders.items()}
    names = {folder: {n.lower() for n, _ in files} for folder, files in folders.items()}
    ignored = resources.load("formats")["ignored"]
    chosen: list[Delivered] = []
    for member in wanted:
        base, folder = PurePosixPath(member).name, PurePosixPath(member).parent
        if base.lower() in ignored or "__MACOSX" in member or base.lower() in parts[folder]:
            continue
        reason = why_not(base, kinds[member], names[folder])
        if kinds[member].reader == "archive":
            reason = "arsip di dalam arsip tidak dibuka; kirim isinya langsung"
        chosen.append(Delivered(file, f"{name}/{member}", member, reason))
    return _at_least_one(chosen, name, pattern)


def _at_least_one(chosen: list[Delivered], name: str, pattern: str | None) -> list[Delivered]:
    if len(chosen) == 1 and pattern == chosen[0].member:
        return [Delivered(chosen[0].file, chosen[0].name, chosen[0].member)]
    if all(d.passed_over for d in chosen):
        reasons = "".join(f"\n- {d.name}: {d.passed_over}" for d in chosen[:10])
        raise InputError(f"{name}: tidak ada berkas yang dapat dibaca di dalam arsip{reasons}")
    return chosen
