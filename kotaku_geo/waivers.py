"""Findings that the Pokja has looked at and lets stand, with the reason and until when."""

import csv
import datetime as dt
import re
from pathlib import Path

import geopandas as gpd

from kotaku_geo.errors import PipelineFileError

COLUMNS = ("finding_id", "bukti", "alasan", "oleh", "sampai")


def read_waivers(path: Path) -> dict[str, str]:
    """Finding id → "alasan (oleh …, sampai …)" of every waiver on file.

    Raises:
        PipelineFileError: a column is absent, a reason is empty, or a date cannot be read.
    """
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head = handle.readline()
        handle.seek(0)
        delimiter = ";" if head.count(";") > head.count(",") else ","  # as Excel writes it here
        reader = csv.DictReader(handle, delimiter=delimiter)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or [])]
        if missing:
            raise PipelineFileError(f"{path.name}: kolom tidak ada: {', '.join(missing)}")
        rows = list(reader)
    found = {}
    for number, row in enumerate(rows, start=2):
        if not row["alasan"] or not row["oleh"]:
            raise PipelineFileError(f"{path.name} baris {number}: alasan dan oleh harus diisi")
        until = row["sampai"].strip()
        if until:
            try:
                dt.date.fromisoformat(until)
            except ValueError as error:
                text = f"{path.name} baris {number}: tanggal {until!r} bukan YYYY-MM-DD"
                raise PipelineFileError(text) from error
        ending = f", sampai {until}" if until else ""
        found[row["finding_id"].strip()] = f"{row['alasan'].strip()} ({row['oleh']}{ending})"
    return found


def apply_waivers(findings: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """The findings with ``dikecualikan`` filled in for those that a waiver names."""
    waived = findings["finding_id"].map(read_waivers(path))
    text = waived.astype("str").where(waived.notna())
    return findings.assign(dikecualikan=text)


def is_waived(text: object, today: dt.date) -> bool:
    """Whether a ``dikecualikan`` cell still holds on a day."""
    if not isinstance(text, str):
        return False
    match = re.search(r", sampai (\d{4}-\d{2}-\d{2})\)$", text)
    return match is None or dt.date.fromisoformat(match.group(1)) >= today
