"""What is wrong, how badly, and whose it is to mend.

Rules, their texts and their severities are data (``schemas/findings.yaml``). A finding's id is
made of what it is about and never of a row number, so that the same defect keeps its id when rows
are shuffled or a run is repeated.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
import shapely

from kotaku_geo import resources
from kotaku_geo.frames import draw, shapes_in
from kotaku_geo.texts import counting, english

Action = Literal["rejected", "repaired", "kept"]
COLUMNS = [
    "finding_id",
    "rule",
    "severity",
    "responsible",
    "stage",
    "source_id",
    "path",
    "source_row",
    "subject",
    "message",
    "value",
    "action",
    "dikecualikan",
    "geometry",
]
SEVERITIES = ("info", "warning", "error")
_TEXT = [c for c in COLUMNS if c not in ("source_row", "geometry")] + ["key"]


class _Gaps(dict[str, Any]):
    """Parameters of a text; one that is not given shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def rules() -> Mapping[str, Mapping[str, str]]:
    """The register: rule id → severity, responsible side, texts."""
    register: Mapping[str, Mapping[str, str]] = resources.load("findings")
    return register


def sentence(rule: str, params: Mapping[str, Any], lang: str = "id") -> str:
    """The register's text of a rule with its gaps filled."""
    return counting(rules()[rule][lang], params).format_map(_Gaps(params))


def parameters(rule: str, said: str) -> dict[str, str] | None:
    """What filled the gaps of a rule's sentence; None where the sentence is not the rule's."""
    match = _pattern(rule).fullmatch(said) if rule in rules() else None
    return None if match is None else {k: v for k, v in match.groupdict().items() if v is not None}


def translated(rule: str, said: str, lang: str) -> str:
    """A finding's Indonesian sentence in a language; as it stands where it is not its rule's."""
    params = None if lang == "id" else parameters(rule, said)
    return said if params is None else sentence(rule, worded(rule, params, lang), lang)


def worded(rule: str, params: Mapping[str, str], lang: str) -> dict[str, str]:
    """What fills the gaps of a rule's Indonesian sentence, in a language: codes in its words,
    numbers in its notation, and what a sender wrote, or stands in quotes, as it was delivered."""
    return dict(params) if lang == "id" else {k: _english(rule, k, v) for k, v in params.items()}


def _english(rule: str, gap: str, said: str) -> str:
    data, exact = resources.load("finding_words"), f"{rule}/{gap}"
    quoted = f'"{{{gap}}}"' in rules()[rule]["id"]
    if (quoted or gap in data["own"]) and exact not in data["ours"]:
        return said
    words, parts = (data[kind].get(exact) or data[kind].get(gap) for kind in ("words", "parts"))
    said = (words or {}).get(said, said)
    for ours, theirs in parts or ():
        said = said.replace(ours, theirs)
    return english(said)


@cache
def _pattern(rule: str) -> re.Pattern[str]:
    """A rule's Indonesian text as an expression that finds its gaps again."""
    seen: set[str] = set()
    out = ""
    for part in re.split(r"(\{\w+\})", rules()[rule]["id"]):
        name = part[1:-1] if re.fullmatch(r"\{\w+\}", part) else None
        if name is None:
            out += re.escape(part)
        elif name in seen:
            out += f"(?P={name})"
        else:
            seen.add(name)
            out += f"(?P<{name}>.*?)"
    return re.compile(out, re.DOTALL)


class FindingBook:
    """Collects the findings of one stage."""

    def __init__(self, stage: str, crs: Any = None) -> None:
        self.stage = stage
        self.crs = crs
        self.rows: list[dict[str, Any]] = []

    def add(
        self,
        rule: str,
        *,
        source_id: str | None = None,
        path: str | None = None,
        source_row: int | None = None,
        subject: str | None = None,
        value: Any = None,
        action: Action = "kept",
        geometry: shapely.Geometry | None = None,
        key: str | None = None,
        severity: str | None = None,
        responsible: str | None = None,
        **params: Any,
    ) -> None:
        """Record one finding; ``params`` fill the gaps of the rule's text.

        ``key`` tells findings of one rule and source apart where the subject does not: it must
        not depend on row order. ``geometry`` is in the city's CRS.
        """
        register = rules()[rule]
        self.rows.append(
            {
                "rule": rule,
                "severity": severity or register["severity"],
                "responsible": responsible or register["responsible"],
                "stage": self.stage,
                "source_id": source_id,
                "path": path,
                "source_row": source_row,
                "subject": subject,
                "message": sentence(rule, params),
                "value": None if value is None else str(value),
                "action": action,
                "dikecualikan": None,
                "geometry": geometry,
                "key": key,
            }
        )

    def add_many(self, rule: str, records: Iterable[Mapping[str, Any]], **common: Any) -> None:
        """Record a finding of one rule for each record; a record overrides what is common."""
        for record in records:
            self.add(rule, **{**common, **record})

    def extend(self, rows: Iterable[dict[str, Any]]) -> None:
        """Take over the ``rows`` of another book of this stage."""
        self.rows += rows

    def name_subjects(
        self, subject_of: Mapping[tuple[str, int], str], path_of: Mapping[str, str]
    ) -> None:
        """Say what findings are about that so far know only their row, and where they lie.

        A finding of a row without a name of its own is about ``source_id#source_row``.
        """
        for row in self.rows:
            source, number = row["source_id"], row["source_row"]
            if source is None:
                continue
            if row["subject"] is None and number is not None:
                row["subject"] = subject_of.get((source, int(number)), f"{source}#{number}")
            if row["path"] is None:
                row["path"] = path_of.get(source)

    def __len__(self) -> int:
        return len(self.rows)

    def raw(self) -> gpd.GeoDataFrame:
        """The findings without ids, with ``key``."""
        columns = {name: [row[name] for row in self.rows] for name in [*COLUMNS[1:], "key"]}
        return _typed(pd.DataFrame(columns), self.crs)

    def frame(self) -> gpd.GeoDataFrame:
        """The findings with stable ids, sorted by them; columns as in `COLUMNS`."""
        return with_ids(self.raw())


def with_ids(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give raw findings their ids: rule, source, and what the finding is about."""
    frame = raw.copy()
    if frame.empty:
        frame.insert(0, "finding_id", pd.Series([], dtype="str"))
        return frame[COLUMNS]
    subject = frame["subject"].fillna("")
    by_row = subject.str.contains("#", regex=False)
    about = frame["key"].fillna(subject.mask(by_row, "") + "|" + frame["value"].fillna(""))
    base = frame["rule"] + "|" + frame["source_id"].fillna("") + "|" + about
    frame["_base"] = base
    identity = base + "|0"
    if base.duplicated().any():
        frame = frame.sort_values(
            ["_base", "message", "source_row"], kind="stable", na_position="first"
        )
        identity = frame["_base"] + "|" + frame.groupby("_base").cumcount().astype(str)
    ids = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in identity]
    frame["finding_id"] = pd.Series(ids, index=frame.index, dtype="str")
    return frame.sort_values("finding_id", ignore_index=True)[COLUMNS]


def _typed(frame: pd.DataFrame, crs: Any) -> gpd.GeoDataFrame:
    for column in _TEXT:
        if column in frame:
            frame[column] = frame[column].astype("str").where(frame[column].notna())
    frame["source_row"] = frame["source_row"].astype("Int64")
    shapes = shapes_in(frame.pop("geometry"))
    return draw(frame, shapes, crs)
