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
    with beside.open("rb+") as handle:
        os.fsync(handle.fileno())
    os.replace(beside, target)


def table_path(root: Path, name: str) -> Path:
    """File of a table (``stage/table``), or of a document when the name has an ending."""
    return root / (name if Path(name).suffix else f"{name}.parquet")
