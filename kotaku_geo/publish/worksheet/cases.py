"""The conflicts as the meeting sees them: named places, named sources, and what hangs on each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import in_words, meant_by
from kotaku_geo.publish.worksheet.borders import common_lines
from kotaku_geo.publish.worksheet.filed import Filed
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.records import Record, Records
from kotaku_geo.workspace import Workspace

OPEN, DECIDED, STALE = "terbuka", "diputuskan", "basi"
VALUE, BOUNDARY, IDENTITY = "nilai", "batas", "identitas"
_PLACES = {
    "consolidate/rt": "id_rt",
    "consolidate/rt_lain": "id_rt",
    "consolidate/kawasan": "id_kawasan",
    "consolidate/kelurahan": "kode_kelurahan",
}


@dataclass(frozen=True)
class Option:
    """One candidate.

    Attributes:
        choice: what ``pilihan`` takes for it: source_id, or source_id#source_row where one source
            says several things.
        persen: share in percent, of a value.
        value: hectares of an outline, an identity, or a denominator.
        volume, penyebut, score: what the share was made of, and its score, where known.
        complete: part of the RT, or of what is in it, that the source speaks of (0 to 1).
        stands: whether it is the one that stands now.
        extra: further measures of the candidate.
        records: what was delivered that an RT's identity rests on.
    """

    choice: str
    source_id: str
    source_row: int | None
    persen: float | None = None
    value: Any = None
    volume: float | None = None
    penyebut: float | None = None
    score: float | None = None
    complete: float | None = None
    stands: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Impact:
    """What hangs on a conflict.

    Attributes:
        rt, kawasan: choice → the levels that the RT, or its kawasan, may have under it, lightest
            first; empty where nothing is known.
        hectares, households: in question; None where that is not known.
    """

    rt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kawasan: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hectares: float | None = None
    households: float | None = None

    @property
    def levels_moved(self) -> int:
        """How many different outcomes there are beyond one, for the RT and the kawasan together."""
        return sum(max(len(set(side.values())) - 1, 0) for side in (self.rt, self.kawasan))


@dataclass(frozen=True)
class Case:
    """A conflict, its candidates, and the decision on file (in force, or stale).

    ``formerly``: ids that the conflict had before its RT was moved; a copy may still bear them.
    ``common_line`` are subjects with whose outline a boundary shares the line that is in dispute.
    """

    conflict_id: str
    kind: str
    subject: str
    parameter: str
    options: tuple[Option, ...]
    spread: float | None
    material: bool
    status: str
    evidence: str
    impact: Impact
    decision: Decision | None = None
    formerly: tuple[str, ...] = ()
    common_line: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What ``pilihan`` may hold; nothing for an identity."""
        return () if self.kind == IDENTITY else tuple(o.choice for o in self.options)

    @property
    def identities(self) -> tuple[str, ...]:
        """What ``nilai`` may hold for an identity, each once; nothing for other kinds."""
        if self.kind != IDENTITY:
            return ()
        return tuple(dict.fromkeys(str(o.value) for o in self.options))

    @property
    def in_words(self) -> str:
        """The candidates in one line, as a decision keeps what it was taken on."""
        said = ("source_id", "source_row", "persen", "value")
        every = [{n: getattr(o, n) for n in said} | dict(o.extra) for o in self.options]
        return in_words(self.kind, every)

    @property
    def shares(self) -> bool:
        """Whether the candidates are shares, so that ``nilai`` is a number from 0 to 100."""
        return self.kind == VALUE and all(o.persen is not None for o in self.options)


def gather(
    workspace: Workspace, pipeline: Pipeline, decisions: Sequence[Decision]
) -> tuple[list[Case], Names]:
    """Every conflict of ``consolidate/conflicts``: what is left to decide before what is decided.

    Within each those with the gravest consequence come first.
    """
    filed = Filed(workspace, decisions)
    frame = workspace.read("consolidate/conflicts")
    known_of = _Known(_Facts(workspace, frame["subject"]), Records(workspace, pipeline))
    spots = _spots(workspace)
    lines = common_lines(workspace, _outlines_in(frame))
    cases = []
    for row in frame.to_dict("records"):
        about = (str(row["kind"]), str(row["subject"]), str(row["parameter"]))
        decision = _as_now(_decision(row, filed.on(about)), row)
        case = _case(row, known_of, spots.get(about[1], {}), pipeline, decision)
        shared = lines.get((about[2].removeprefix("batas."), about[1]), [])
        formerly = filed.formerly(about)
        cases.append(replace(case, formerly=formerly, common_line=tuple(shared)))
    return sorted(cases, key=_urgency), Names.of(workspace, pipeline)


def by_conflict_id(cases: Sequence[Case]) -> dict[str, Case]:
    """Cases by their id, and by those that they had before an RT was moved."""
    former = {name: case for case in cases for name in case.formerly}
    return former | {case.conflict_id: case for case in cases}


def _outlines_in(conflicts: pd.DataFrame) -> set[tuple[str, str]]:
    """Kind and subject of every outline in dispute."""
    rows = conflicts[conflicts["kind"] == BOUNDARY]
    return set(zip(rows["parameter"].str.removeprefix("batas."), rows["subject"], strict=True))


def _decision(row: Mapping[Any, Any], on_file: Sequence[Decision]) -> Decision | None:
    """The decision in force by its id; else the latest, which a stale conflict had."""
    in_force = [d for d in on_file if d.decision_id == row.get("decision_id")]
    return max(in_force or on_file, key=lambda d: (d.date, d.minutes, d.decision_id), default=None)


def _as_now(decision: Decision | None, row: Mapping[Any, Any]) -> Decision | None:
    """A decision in force for one of several records, called by the row that it has now."""
    choice = "" if decision is None else decision.source_id or decision.value or ""
    if decision is None or "#" not in choice or row["status"] != DECIDED:
        return decision
    said: list[dict[str, Any]] = json.loads(row["candidates"])
    found = meant_by(decision, said)
    if not found:
        return decision
    meant = said[found[0]]
    if decision.kind == IDENTITY:
        return replace(decision, value=str(meant["value"]))
    figure = meant["value"] if meant.get("persen") is None else meant["persen"]
    return replace(decision, source_id=f"{meant['source_id']}#{meant['source_row']}",
                   value=figure_on_file(figure))  # fmt: skip


def figure_on_file(figure: Any) -> str | None:
    """The share, amount or hectares of one record of several as a decision keeps it."""
    if not isinstance(figure, (int, float)):
        return None
    return repr(round(float(figure), 4)).removesuffix(".0")


def _urgency(case: Case) -> tuple[Any, ...]:
    impact = case.impact
    weight = (-impact.levels_moved, -(impact.hectares or 0.0), -(impact.households or 0.0))
    decided = case.status == DECIDED
    return (decided, not case.material, *weight, case.kind, case.subject, case.parameter)


def _case(
    row: Mapping[Any, Any],
    known_of: "_Known",
    spot: Mapping[Any, Any],
    pipeline: Pipeline,
    decision: Decision | None,
) -> Case:
    said: list[dict[str, Any]] = json.loads(row["candidates"])
    ids = [str(c["source_id"]) for c in said]
    several = {i for i in ids if ids.count(i) > 1}
    options = [_option(c, several, row, known_of) for c in said]
    rank = {source: i for i, source in enumerate(pipeline.order(str(row["parameter"])))}
    options.sort(
        key=lambda o: (not o.stands, rank.get(o.source_id, len(rank)), o.choice, str(o.value))
    )
    return Case(
        conflict_id=str(row["conflict_id"]),
        kind=str(row["kind"]),
        subject=str(row["subject"]),
        parameter=str(row["parameter"]),
        options=tuple(options),
        spread=known(row["spread"]),
        material=bool(row["material"]),
        status=str(row["status"]),
        evidence=str(row["evidence"]),
        impact=_impact(row, spot, options),
        decision=decision,
    )


def _option(
    said: Mapping[str, Any], several: set[str], row: Mapping[Any, Any], known_of: "_Known"
) -> Option:
    source, number = str(said["source_id"]), said.get("source_row")
    unclear = source in several and number is not None
    extra = {
        k: v for k, v in said.items() if k not in ("source_id", "source_row", "persen", "value")
    }
    subject, parameter = str(row["subject"]), str(row["parameter"])
    fact = known_of.facts.of(subject, parameter, source, number)
    asked = parameter == "id_rt"
    drawn_first = row["kind"] == BOUNDARY and "beda_ha" not in extra
    return Option(
        choice=f"{source}#{number}" if unclear else source,
        source_id=source,
        source_row=number,
        persen=known(said.get("persen")),
        value=said.get("value"),
        volume=known(fact.get("volume")),
        penyebut=known(fact.get("penyebut")),
        score=known(fact.get("nilai")),
        complete=known(fact.get("kelengkapan_data")),
        stands=bool(fact.get("dipakai", drawn_first)),
        extra=extra,
        records=known_of.records.of(source, subject, str(said.get("value"))) if asked else (),
    )


class _Facts:
    """The candidates of some RT in ``consolidate/facts``, by parameter, source and row."""

    def __init__(self, workspace: Workspace, rts: pd.Series) -> None:
        self.rows: dict[tuple[str, str, str, int | None], dict[Any, Any]] = {}
        if not workspace.has("consolidate/facts"):
            return
        every = workspace.read("consolidate/facts")
        for row in every[every["id_rt"].isin(rts)].to_dict("records"):
            number = None if pd.isna(row["source_row"]) else int(row["source_row"])
            key = (str(row["id_rt"]), str(row["parameter"]), str(row["source_id"]), number)
            self.rows[key] = row

    def of(self, id_rt: str, parameter: str, source: str, number: int | None) -> Mapping[Any, Any]:
        """The candidate's fact; empty where there is none."""
        return self.rows.get((id_rt, parameter, source, number), {})


@dataclass(frozen=True)
class _Known:
    """What is known of candidates besides what the conflict says."""

    facts: _Facts
    records: Records


def _spots(workspace: Workspace) -> dict[str, dict[Any, Any]]:
    """Hectares, households and levels of every RT, kawasan and kelurahan, by id."""
    result: dict[str, dict[Any, Any]] = {}
    for name, key in _PLACES.items():
        if workspace.has(name):
            for row in workspace.read(name).to_dict("records"):
                result.setdefault(str(row[key]), row)
    return result


def _impact(row: Mapping[Any, Any], spot: Mapping[Any, Any], options: Sequence[Option]) -> Impact:
    """Of the conflict's own columns where the stage gives them; else of the place's figures.

    Of an outline it is the hectares in dispute that hang on it, and nobody has counted who lives
    there.
    """
    disputed = [known(o.extra.get("beda_ha")) for o in options]
    if row["kind"] == BOUNDARY:
        spot = {"luas_ha": max((ha for ha in disputed if ha is not None), default=None)}
    hectares = known(row.get("luas_ha"))
    households = known(row.get("jumlah_kk"))
    return Impact(
        rt=_levels(row.get("dampak_rt")),
        kawasan=_levels(row.get("dampak_kawasan")),
        hectares=known(spot.get("luas_ha")) if hectares is None else hectares,
        households=known(spot.get("jumlah_kk")) if households is None else households,
    )


def _levels(text: Any) -> dict[str, tuple[str, ...]]:
    """Levels by choice, of a cell that holds them as JSON."""
    said: dict[str, str | None] = json.loads(text) if isinstance(text, str) and text else {}
    return {choice: tuple((levels or "").split(";")) for choice, levels in said.items() if levels}


def known(value: Any) -> float | None:
    """A number, or None where it is unknown or no number."""
    if value is None or isinstance(value, (str, bool)) or pd.isna(value):
        return None
    return float(value)
