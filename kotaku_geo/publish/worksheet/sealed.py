"""The newest sealed version, as the annex of the minutes names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.versions import departed, open_version, sealed
from kotaku_geo.publish.worksheet.words import plain


@dataclass(frozen=True)
class Seal:
    """A sealed version.

    Attributes:
        version, digest, minutes, date: its number, the hash over its content, its minutes.
        tables: the hash of each of its tables.
        departed: tables of which the content is another by now; the minutes of today are then not
            those of this version.
    """

    version: str
    digest: str
    minutes: str
    date: str
    tables: Mapping[str, str]
    departed: tuple[str, ...] = ()


def latest(folder: Path, now: Baseline) -> Seal | None:
    """The version with the highest number in ``segel/<stem>/``; None where nothing is sealed.

    ``now`` is the baseline as it stands, which may have moved on since.

    Raises:
        InputError: the version cannot be read, or is no longer what was sealed.
    """
    known = sealed(folder)
    if not known:
        return None
    found = open_version(folder, str(known[-1]))
    record = found.seal
    assert record is not None
    said = {name: plain(record[name]) for name in ("version", "hash", "minutes", "date")}
    tables = {plain(n): plain(entry["hash"]) for n, entry in sorted(record["tables"].items())}
    return Seal(said["version"], said["hash"], said["minutes"], said["date"], tables,
                tuple(departed(found, now)))  # fmt: skip
