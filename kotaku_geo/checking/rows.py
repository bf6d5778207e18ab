"""The number that a sender knows a record by: the row of the sheet, or the count of the feature."""

from pathlib import Path
from typing import Any

import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.discover.readers import is_table, read_layer
from kotaku_geo.ingest.locate import locate


def first_rows(
    pipeline: Pipeline, drop: Path, findings: pd.DataFrame
) -> dict[tuple[str, str], int]:
    """(source id, path) → row of the first record, for the tables that findings of rows name."""
    out: dict[tuple[str, str], int] = {}
    named = findings[findings["source_row"].notna() & findings["path"].notna()]
    for source_id, path in named[["source_id", "path"]].drop_duplicates().itertuples(index=False):
        source = pipeline.source(str(source_id))
        headings = list(source.columns.values())
        try:
            for delivered in locate(drop, source.path):
                if delivered.name == path and is_table(delivered):
                    raw = read_layer(delivered, source.table, source.encoding, headings)
                    out[str(source_id), str(path)] = raw.first_row or 1
        except (InputError, PipelineFileError):
            continue  # a file that cannot be read has its own finding, and no rows
    return out


def place_of(
    row: dict[Any, Any], firsts: dict[tuple[str, str], int], words: dict[str, Any]
) -> str | None:
    """``baris 12`` or ``objek 3``; None where the finding is about no record."""
    number, is_table = number_of(row, firsts)
    if number is None:
        return None
    return f"{words['row'] if is_table else words['record']} {number}"


def number_of(row: dict[Any, Any], firsts: dict[tuple[str, str], int]) -> tuple[int | None, bool]:
    """The record's number as its sender counts, and whether it is a row of a table."""
    if pd.isna(row["source_row"]):
        return None, False
    path = row["path"] if isinstance(row["path"], str) else ""
    first = firsts.get((str(row["source_id"]), path))
    return int(row["source_row"]) + (1 if first is None else first), first is not None
