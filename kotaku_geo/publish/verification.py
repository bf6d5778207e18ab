"""`verification.json`: what a later run is compared with (``verify --against``)."""

from typing import Any

import pandas as pd

from kotaku_geo.publish.release import Release

SCHEMA = "kotaku-geo/verification/1"
_FINDING = ["finding_id", "rule", "severity", "responsible", "subject", "message", "dikecualikan"]
_INPUT = ["source_id", "path", "sha256", "date"]


def verification(released: Release) -> dict[str, Any]:
    """The document: relations, locations and findings in stable order, and what they rest on.

    Keys: schema, city (code, name), regulation, summary (``verify/summary.json``), relations and
    locations (the columns of their tables), findings (finding_id, rule, severity, responsible,
    subject, message, dikecualikan), inputs (source_id, path, sha256, date). Unknown is null.
    """
    city = released.pipeline.city
    return {
        "schema": SCHEMA,
        "city": {"code": city.code, "name": city.name},
        "regulation": released.pipeline.regulation,
        "summary": dict(released.summary),
        "relations": records(released.table("verify/relations"), ["relation_id"]),
        "locations": records(released.table("verify/locations"), ["sisi", "id"]),
        "findings": records(released.table("findings")[_FINDING], ["finding_id"]),
        "inputs": records(released.table("ingest/sources")[_INPUT], ["source_id", "path"]),
    }


def records(frame: pd.DataFrame, order: list[str]) -> list[dict[str, Any]]:
    """Rows as plain JSON values, sorted; unknown is None."""
    plain = pd.DataFrame(frame).sort_values(order, kind="stable", na_position="first")
    plain = plain.astype("object").where(plain.notna(), None)
    return [
        {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]
