"""Files on disk, without any library: content hashes, and putting a finished file in its place."""

import hashlib
import os
from pathlib import Path


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def settle(beside: Path, target: Path) -> None:
    """Put a finished file in its place: flush to disk, then rename."""
    os.replace(flushed(beside), target)


def flushed(path: Path) -> Path:
    """The file, once what is in it is on the disk."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
    return path


def table_path(root: Path, name: str) -> Path:
    """File of a table (``stage/table``), or of a document when the name has an ending."""
    return root / (name if Path(name).suffix else f"{name}.parquet")
