"""Which files a pipeline reads, and their content hashes; light enough to run before anything."""

import hashlib
from pathlib import Path

from kotaku_geo.config import Pipeline
from kotaku_geo.errors import InputError
from kotaku_geo.files import file_hash
from kotaku_geo.ingest.formats import sniff
from kotaku_geo.ingest.locate import Delivered, locate
from kotaku_geo.ingest.staging import parts_of


def delivered_files(pipeline: Pipeline, drop: Path) -> dict[str, list[Delivered] | InputError]:
    """The files that each source means, or why there are none."""
    found: dict[str, list[Delivered] | InputError] = {}
    for source in pipeline.sources:
        try:
            found[source.id] = locate(drop, source.path)
        except InputError as error:
            found[source.id] = error
    return found


def input_hashes(pipeline: Pipeline, drop: Path) -> dict[str, str]:
    """SHA-256 of every delivered file that the pipeline names, by name."""
    files = {
        d.name: d.file
        for found in delivered_files(pipeline, drop).values()
        if not isinstance(found, InputError)
        for d in found
    }
    for source in pipeline.sources:
        if source.coverage not in (None, "kota") and (drop / str(source.coverage)).is_file():
            files[str(source.coverage)] = drop / str(source.coverage)
    return {name: bundle_hash(file) for name, file in sorted(files.items())}


def bundle_hash(file: Path) -> str:
    """Hash of a file together with the files that belong to it; of a FileGDB, of all of it."""
    if file.is_dir():
        parts = sorted((str(p.relative_to(file)), p) for p in file.rglob("*") if p.is_file())
    else:
        parts = sorted(parts_of(file, sniff(file)).items())
        if not parts:
            return file_hash(file)
        parts.insert(0, ("", file))
    digest = hashlib.sha256()
    for name, part in parts:
        digest.update(f"{name}:{file_hash(part)}".encode())
    return digest.hexdigest()
