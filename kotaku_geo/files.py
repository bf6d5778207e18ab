"""Files on disk, without any library: content hashes, and putting a finished file in its place."""

import hashlib
import os
from pathlib import Path

from kotaku_geo.errors import OutputError


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def settle(beside: Path, target: Path) -> None:
    """Put a finished file in its place: flush to disk, then rename."""
    os.replace(flushed(beside), target)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole, or not at all; its folder is made.

    Raises:
        OutputError: it cannot be written; what was there before stays.
    """
    beside = target.with_name(f".{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        settle(beside, target)
    except OSError as error:
        raise OutputError(f"{target}: tidak dapat ditulis: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def flushed(path: Path) -> Path:
    """The file, once what is in it is on the disk."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
    return path


def unused(name: str) -> str:
    """A file's name, or with a number from 2 on, that the current folder does not have yet."""
    path, at = Path(name), 1
    while path.exists():
        at += 1
        path = Path(name).with_stem(f"{Path(name).stem}-{at}")
    return str(path)


def table_path(root: Path, name: str) -> Path:
    """File of a table (``stage/table``), or of a document when the name has an ending."""
    return root / (name if Path(name).suffix else f"{name}.parquet")
