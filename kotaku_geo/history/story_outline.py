"""What is told of an outline: who drew it, how others draw it, and what was decided."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kotaku_geo.history.known import Known, Row, is_open
from kotaku_geo.history.lapsed import KEPT
from kotaku_geo.history.outlines import Outline
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import say

# How a comparison reads when it is made from the other outline's side.
_TURNED = {
    "geser_p50_m": "geser_balik_p50_m", "geser_p95_m": "geser_balik_p95_m",
    "geser_balik_p50_m": "geser_p50_m", "geser_balik_p95_m": "geser_p95_m",
}  # fmt: skip
LEAST_HA = 0.005  # less is told as 0,00 ha
_ALIKE = ("iou", "beda_ha", "ketidakpastian_ha")  # the same from either side


def of_outline(
    known: Known, subject: str, layer: str, source_id: str | None = None
) -> Iterator[Sentence]:
    """Who drew an outline, how other sources draw it, and what was decided.

    Args:
        layer: kelurahan, rt or kawasan.
        source_id: whose outline stands, where the baseline says so.
    """
    parameter = f"batas.{layer}"
    row = known.conflicts.get((subject, parameter))
    sources = known.setting.of_layer(layer)
    drawn = known.outline(layer, subject)
    source_id = source_id or (drawn.source_id if drawn else None)
    source_id = source_id or (sources[0] if len(sources) == 1 else None)
    if drawn is not None and drawn.source_id != source_id:
        drawn = None
    if row is not None:
        yield from _disputed(known, row, source_id, drawn)
        if is_open(row):
            yield say("batas.by_order", order=sources)
    elif known.shapeless(layer, subject) and drawn is None:
        yield say("batas.not_drawn", jenis=layer)
    else:
        yield _drawn(known, layer, source_id, drawn)
        yield from _redrawn(known, drawn)
    written = drawn.written_ha if drawn else None
    if written is not None and source_id not in known.unseen.sources:
        yield say("batas.written", source_id=source_id, written=written)
    yield from known.conflict(subject, parameter)


def of_cut(known: Known, row: Row) -> Iterator[Sentence]:
    """How much of an RT lies in its kawasan and counts, and who drew the line that cuts it.

    Args:
        row: of the RT; nothing is told of one that lies in no kawasan or that nobody drew.
    """
    name, inside = row.get("id_kawasan"), row.get("luas_ha")
    area, id_rt = known.kawasan.get(name or ""), row["id_rt"]
    if area is None or inside is None or known.shapeless("rt", id_rt):
        return
    source = area.get("source_id")
    drawn = known.outline("rt", id_rt)
    if {source, drawn.source_id if drawn else None} & known.unseen.sources:
        return  # what is left of an outline shows the other
    about = {"id_kawasan": name, "inside_ha": inside}
    if drawn is None or drawn.drawn_ha is None:
        yield say("batas.cut_bare", **about)
    else:
        who = known.who(drawn.source_id, drawn.source_row)
        whole = drawn.drawn_ha - inside < LEAST_HA
        key = "batas.cut_nothing" if whole else "batas.cut"
        yield say(key, who=who, drawn_ha=drawn.drawn_ha, **about)
    line = known.outline("kawasan", str(name))
    record = line.source_row if line is not None and line.source_id == source else None
    yield from _cutting(known, str(name), known.who(source, record))


def _cutting(known: Known, name: str, who: Sentence) -> Iterator[Sentence]:
    """Who drew the kawasan's outline, and what was decided on it."""
    conflict = known.conflicts.get((name, "batas.kawasan"))
    decision = known.baseline.decision_on("batas", name, "batas.kawasan")
    about = {"id_kawasan": name, "who": who}
    if decision is not None:
        told = {c: decision.get(c) for c in ("decision_id", "minutes", "date")}
        yield say("batas.cut_decided", **about, **told)
    elif is_open(conflict):
        assert conflict is not None
        yield say("batas.cut_open", **about, conflict_id=conflict["conflict_id"])
    else:
        yield say("batas.cut_by", **about)


def _drawn(known: Known, layer: str, source_id: str | None, drawn: Outline | None) -> Sentence:
    """Who drew an outline that nobody disputes, with the record where it is known."""
    if source_id is None:
        sources = known.setting.of_layer(layer)
        return say("batas.strongest" if sources else "batas.not_drawn", jenis=layer,
                   order=sources)  # fmt: skip
    row = drawn.source_row if drawn is not None else None
    return say("batas.drawn", jenis=layer, who=known.who(source_id, row),
               accuracy=known.setting.accuracy(source_id))  # fmt: skip


def _redrawn(known: Known, drawn: Outline | None) -> Iterator[Sentence]:
    """Other outlines of a thing that is not in dispute: the same one, drawn again."""
    others = drawn.others if drawn is not None else ()
    for other in others:
        yield from _within(known, other, drawn)
    if not others:
        yield say("batas.alone")


def _within(known: Known, other: Mapping[str, Any], drawn: Outline | None) -> Iterator[Sentence]:
    who = known.who(other["source_id"], other["source_row"])
    if {other["source_id"], drawn.source_id if drawn else None} & known.unseen.sources:
        yield say("batas.other_kept", who=who)
        return
    yield say("batas.redrawn", who=who, **other)
    yield _apart(other)


def _disputed(
    known: Known, row: Row, source_id: str | None, drawn: Outline | None
) -> Iterator[Sentence]:
    """The outlines in dispute, the one that stands first, and those that merely redraw it."""
    said = json.loads(row["candidates"] or "[]")
    own = [c for c in said if c.get("source_id") == source_id] if source_id else []
    stands = own[:1] or [c for c in said if not {"beda_ha", KEPT} & set(c)][:1]
    for candidate in stands:
        who = known.who(candidate.get("source_id"), candidate.get("source_row"))
        key = "batas.stands_kept" if KEPT in candidate else "batas.stands"
        yield say(key, who=who, value=candidate.get("value"))
    others = [c for c in said if c not in stands]
    for candidate in others:
        yield from _other(known, candidate, stands[0] if stands else {}, drawn)
    named = {c.get("source_id") for c in said}
    for pair in drawn.others if drawn is not None else ():
        if pair["source_id"] not in named:
            yield from _within(known, pair, drawn)


def _other(known: Known, candidate: Row, stands: Row, drawn: Outline | None) -> Iterator[Sentence]:
    """Another outline, measured against the one that stands."""
    who = known.who(candidate.get("source_id"), candidate.get("source_row"))
    if KEPT in candidate:
        yield say("batas.other_kept", who=who)
        return
    measures = _measures(known, candidate, stands, drawn)
    told = {"who": who, "value": candidate.get("value"), **measures}
    yield say("batas.other" if "beda_ha" in measures else "batas.other_bare", **told)
    if measures.get("geser_p50_m") is not None:
        yield _apart(measures)


def _apart(measures: Mapping[str, Any]) -> Sentence:
    """How far two outlines are apart; their areas say which is the larger."""
    apart = measures.get("selisih_ha")
    return say("batas.apart", **{**measures, "selisih_ha": None if apart is None else abs(apart)})


def _measures(known: Known, candidate: Row, stands: Row, drawn: Outline | None) -> dict[str, Any]:
    """How far a candidate is from the outline that stands; empty where nobody has measured it.

    A conflict keeps the measures against the outline that stood when it was decided. Where they
    are not measured anew (a sealed version), those of two outlines are turned round.
    """
    source = candidate.get("source_id")
    pairs = drawn.others if drawn is not None and drawn.source_id == stands.get("source_id") else ()
    if {source, stands.get("source_id")} & known.unseen.sources:
        return {}  # what differs between two outlines shows both
    for pair in pairs:
        if pair["source_id"] == source:
            return {name: pair[name] for name in pair if name not in ("source_id", "source_row")}
    apart = _less(candidate.get("value"), stands.get("value"))
    if "beda_ha" in candidate and "beda_ha" not in stands:
        return {**candidate, "selisih_ha": apart}
    if "beda_ha" not in stands or "beda_ha" in candidate:
        return {}
    percent = stands.get("beda_persen")
    if percent is not None and candidate.get("value") and stands.get("value"):
        percent = percent * candidate["value"] / stands["value"]
    turned = {name: stands.get(other) for name, other in _TURNED.items()}
    alike = {name: stands.get(name) for name in _ALIKE}
    return {**alike, **turned, "beda_persen": percent, "selisih_ha": apart}


def _less(one: Any, other: Any) -> float | None:
    return None if one is None or other is None else one - other
