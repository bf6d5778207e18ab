"""The newest sealed version, as the annex of the minutes names it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kotaku_geo.errors import InputError
from kotaku_geo.publish.worksheet.words import plain, say

RECORD = "segel.json"
_VERSION = re.compile(r"v(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True)
class Seal:
    """A sealed version: its number, the hash over its content, its minutes, and its tables."""

    version: str
    digest: str
    minutes: str
    date: str
    tables: Mapping[str, str]


def latest(folder: Path) -> Seal | None:
    """The version with the highest number in ``segel/<stem>/``; None where nothing is sealed.

    Raises:
        InputError: its record cannot be read.
    """
    if not folder.is_dir():
        return None
    found = [
        (int(match[1]), int(match[2]), path / RECORD)
        for path in folder.iterdir()
        if (match := _VERSION.fullmatch(path.name)) and (path / RECORD).is_file()
    ]
    if not found:
        return None
    *_, path = max(found)
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(say("acara.segel_rusak", berkas=f"{path.parent.name}/{RECORD}")) from error


def _read(record: Mapping[str, Any]) -> Seal:
    said = {name: plain(record[name]) for name in ("version", "hash", "minutes", "date")}
    tables = {plain(n): plain(entry["hash"]) for n, entry in sorted(record["tables"].items())}
    return Seal(said["version"], said["hash"], said["minutes"], said["date"], tables)
