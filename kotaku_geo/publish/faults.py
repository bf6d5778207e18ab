"""What the checks found, as the page lists it: by who must act and by rule, the gravest first."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pandas as pd

from kotaku_geo.publish import disputes, listings, rules
from kotaku_geo.publish.release import Release

EXAMPLES = 5
RESPONSIBLE = ("pokja", "kelurahan", "pengirim", "gis")
SEVERITIES = ("error", "warning", "info")
_HEAD = 3  # a group's heading and margin, in rows
_SHOWN = ["finding_id", "subject", "source_id", "message", "severity", "material", "dikecualikan"]


def findings(released: Release) -> list[dict[str, Any]]:
    """Findings grouped by who must act and by rule, gravest first.

    Waived findings count apart. Keys of a group: responsible, n, waived, counts by severity, rules
    (rule, n, waived, counts by severity, severity: the gravest, mixed: whether there are several,
    disputed: whether they tell of conflicts, material: how many of material ones, titles and acts
    by language, examples, the gravest first, and how many more there are).
    """
    frame = _ranked(released)
    groups = []
    for side in RESPONSIBLE:
        own = frame[frame["responsible"] == side]
        if len(own):
            groups.append({"responsible": side, **_counted(own), "rules": _rules(own)})
    return groups


def columns(groups: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The groups in two columns of about one length, each in their order; the first leads.

    A group is as long as its list of rules, and its head.
    """
    length = [len(group["rules"]) + _HEAD for group in groups]

    def uneven(right: Sequence[bool]) -> tuple[int, Sequence[bool]]:
        apart = sum(n if other else -n for n, other in zip(length, right, strict=True))
        return abs(apart), right

    ways = product((False, True), repeat=max(len(groups) - 1, 0))
    best = min(((False, *way)[: len(groups)] for way in ways), key=uneven)
    placed = list(zip(groups, best, strict=True))
    return [g for g, right in placed if not right], [g for g, right in placed if right]


def _ranked(released: Release) -> pd.DataFrame:
    """Findings with rank (by severity), waived, material, and order (their conflict's rank)."""
    frame = pd.DataFrame(released.table("findings")).drop(columns="geometry")
    disputed = disputes.undecided(released)
    order = {row["conflict_id"]: i for i, row in enumerate(disputed)}
    material = {row["conflict_id"] for row in disputed if row["material"]}
    return frame.assign(
        rank=frame["severity"].map({s: i for i, s in enumerate(SEVERITIES)}).fillna(3),
        waived=frame["dikecualikan"].notna(),
        material=frame["conflict_id"].isin(material),
        order=frame["conflict_id"].map(order).astype("float64"),
    )


def _counted(frame: pd.DataFrame) -> dict[str, Any]:
    counts = frame.loc[~frame["waived"], "severity"].value_counts()
    return {
        "n": int((~frame["waived"]).sum()),
        "waived": int(frame["waived"].sum()),
        "counts": {s: int(counts.get(s, 0)) for s in SEVERITIES},
    }


def _rules(frame: pd.DataFrame) -> list[dict[str, Any]]:
    listed = []
    order = ["waived", "rank", "order", "subject", "finding_id"]
    for rule, own in frame.sort_values(order, na_position="last").groupby("rule"):
        examples = own.head(EXAMPLES)
        listed.append(
            {
                "rule": rule,
                **_counted(own),
                "rank": own["rank"].iloc[0],
                "severity": own["severity"].iloc[0],
                "mixed": own.loc[~own["waived"], "severity"].nunique() > 1,
                "disputed": bool(own["order"].notna().any()),
                "material": int((own["material"] & ~own["waived"]).sum()),
                "title": {lang: rules.title(str(rule), lang) for lang in ("id", "en")},
                "act": {lang: rules.act(str(rule), lang) for lang in ("id", "en")},
                "examples": [
                    {**row, "message": _message(str(rule), row["message"])}
                    for row in listings.rows(examples[_SHOWN])
                ],
                "more": len(own) - len(examples),
            }
        )
    return sorted(listed, key=_gravity)


def _gravity(rule: dict[str, Any]) -> tuple[Any, ...]:
    settled = rule["n"] == 0
    return settled, rule["rank"], -rule["material"], -rule["n"], rule["rule"]


def _message(rule: str, said: str) -> dict[str, str]:
    """A finding's message by language."""
    return {lang: rules.told(rule, said, lang) for lang in ("id", "en")}


def unread_sk(released: Release) -> list[dict[str, Any]]:
    """Deliveries of the SK of which nothing could be used, with the gravest finding about each.

    Keys: source_id, path, reason (by language; None where no finding says it).
    """
    frame = released.table("ingest/sources")
    unread = frame["sha256"].isna() | (frame["rows_kept"].fillna(0) == 0)
    lost = frame[frame["layer"].isin(("sk", "sk_tabel")) & unread]
    told = pd.DataFrame(released.table("findings")).drop(columns="geometry")
    told = told[(told["severity"] == "error") & (told["stage"] == "ingest")]
    told = told.sort_values(["source_row", "finding_id"], na_position="first")
    told = told.drop_duplicates("source_id").set_index("source_id")
    reasons = lost["source_id"].map(
        {
            str(source): _message(str(rule), str(said))
            for source, rule, said in zip(told.index, told["rule"], told["message"], strict=True)
        }
    )
    listed = lost[["source_id", "path"]].assign(reason=reasons)
    return listings.rows(listed.sort_values(["source_id", "path"]))
