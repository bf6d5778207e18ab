"""What a decision chose, as its row of ``keputusan.csv`` or ``consolidate/decisions`` says."""

from collections.abc import Mapping
from typing import Any

DENOMINATOR = "penyebut."


def chosen(row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """How a decision's choice is told, and the cells that differ for it from the row's.

    The ways are source, record (source_id, and row as it was typed), share (value in percent),
    amount (value as a number) and value (the identity that is meant).
    """
    source = row.get("source_id")
    if row.get("kind") == "identitas":
        return "value", {}
    if not source:
        counted = str(row.get("parameter")).startswith(DENOMINATOR)
        return "amount" if counted else "share", {"value": number_of(row.get("value"))}
    if "#" in str(source):
        name, _, number = str(source).partition("#")
        return "record", {"source_id": name, "row": number}
    return "source", {}


def number_of(value: Any) -> float | None:
    """A number as people write it into a decision; None where it is none."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None
