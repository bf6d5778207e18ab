"""Writes a synthetic city into a folder: what is delivered, the pipeline file, and the truth."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kotaku_geo.errors import OutputError, PipelineFileError
from kotaku_geo.sample.city import City, build_city
from kotaku_geo.sample.config import SIZES
from kotaku_geo.sample.deliver.borders import write_borders
from kotaku_geo.sample.deliver.decree_files import write_decree_files
from kotaku_geo.sample.deliver.delineation import write_delineation
from kotaku_geo.sample.deliver.profile_book import write_profile_book
from kotaku_geo.sample.deliver.sector_files import write_sectors
from kotaku_geo.sample.deliver.tables import write_tables
from kotaku_geo.sample.deliver.theme_files import write_themes
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.pipeline import write_pipeline
from kotaku_geo.sample.shapes import ShapeError
from kotaku_geo.sample.truth import write_truth

PIPELINE = "pipelines/contoh.yaml"


def _clear(directory: Path) -> None:
    """Remove an earlier sample; a folder that holds anything else under these names is left."""
    ours = (directory / PIPELINE).is_file() and (directory / "truth/defects.csv").is_file()
    for name in ("drop", "truth"):
        folder = directory / name
        if folder.exists() and not ours:
            raise OutputError(
                f"{folder}: a folder of this name is there and is no earlier sample; "
                "choose another directory"
            )
        if folder.exists():
            shutil.rmtree(folder)


def _refuse_city(directory: Path) -> None:
    """Refuse a folder that holds a city: its decisions would stand beside another delivery.

    Raises:
        PipelineFileError: there is a pipeline file.
    """
    there = sorted(path.name for path in (directory / PIPELINE).parent.glob("*.y*ml"))
    if there:
        raise PipelineFileError(
            f"{directory}: sudah berisi sebuah kota (pipelines/{there[0]}); kirimannya akan "
            "ditimpa. Pilih folder lain, atau pakai --force"
        )


def _build(seed: int, size: str, say: Callable[[str], None]) -> City:
    try:
        return build_city(seed, size, say)
    except ShapeError as error:
        raise PipelineFileError(f"sample --seed {seed}: {error}") from error


def _deliver(city: City, directory: Path, say: Callable[[str], None]) -> None:
    drop, ledger = directory / "drop", Ledger()
    drop.mkdir(parents=True)
    for label, write in (
        ("berkas batas", write_borders),
        ("buku survei", write_profile_book),
        ("delineasi", write_delineation),
        ("SK", write_decree_files),
        ("tabel", write_tables),
        ("berkas sektor", write_sectors),
        ("berkas penapisan", write_themes),
    ):
        say(label)
        write(city, drop, ledger)
    say("kebenaran")
    write_truth(city, directory / "truth", ledger)


def write_sample(
    directory: Path, *, seed: int, size: str, force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Path:  # fmt: skip
    """Write `drop/`, `pipelines/contoh.yaml` and `truth/` under `directory`.

    The same seed and size give the same bytes. A directory that holds a city is refused, unless
    `force`: then an earlier sample in it is replaced.
    `progress` is told, in Indonesian, what is being made. Returns the pipeline file.
    """
    if size not in SIZES:
        raise PipelineFileError(f"sample --size {size}: choose one of {', '.join(SIZES)}")
    if not force:
        _refuse_city(directory)
    say = progress or (lambda _: None)
    city = _build(seed, size, say)
    try:
        _clear(directory)
        _deliver(city, directory, say)
        write_pipeline(directory / PIPELINE)
    except OSError as error:
        raise OutputError(f"{directory}: the sample cannot be written: {error}") from error
    return directory / PIPELINE
