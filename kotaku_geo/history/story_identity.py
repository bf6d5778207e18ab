"""What is told of an identity in dispute: which RT, kawasan or kelurahan is meant."""

import json
from collections.abc import Iterator
from typing import Any

from kotaku_geo.history.identities import PARAMETERS, meant
from kotaku_geo.history.known import Known, Row, is_open
from kotaku_geo.history.lapsed import KEPT
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import Story, paragraphs, say

_CARA = {
    "kode_kelurahan": {"peta", "profil", "baris", "layanan", "letak", "nama"},
    "id_kawasan": {"baris", "profil", "lokasi"},
}


def of_identity(known: Known, conflict: Row) -> Story:
    """An identity in dispute: what it may be, who says so, what stands and what was decided."""
    said = json.loads(conflict["candidates"] or "[]")
    parts = (
        ("apa", [_head(known, conflict, said)]),
        ("kandidat", (_candidate(known, conflict, c) for c in said)),
        ("aturan", told(known, conflict)),
    )
    return Story(conflict["subject"], "identitas", conflict["parameter"], paragraphs(*parts))


def found(known: Known, name: str, parameter: str) -> Row | None:
    """The conflict over an identity of a thing, under the id it has now or the one in dispute."""
    row = known.conflicts.get((name, parameter))
    if row is not None:
        return row
    for decision in known.baseline.moves.of.get(name, []):
        if decision["parameter"] == parameter:
            return known.conflicts.get((str(decision["subject"]), parameter))
    return None


def of_rt(known: Known, id_rt: str) -> Iterator[Sentence]:
    """Every identity of an RT that is or was in dispute, and which decision gave it its id."""
    for parameter in PARAMETERS:
        row = found(known, id_rt, parameter)
        if row is not None:
            yield from told(known, row)
    for decision in known.baseline.moves.of.get(id_rt, []):
        if (decision["subject"], decision["parameter"]) not in known.conflicts:
            yield _moved(decision)
            yield from known.decision(decision)


def decided(known: Known, id_rt: str) -> Iterator[Sentence]:
    """The identities of an RT that were decided, in a kawasan's words."""
    for parameter in PARAMETERS:
        row = found(known, id_rt, parameter)
        if row is not None and not is_open(row):
            yield from told(known, row)


def told(known: Known, conflict: Row) -> Iterator[Sentence]:
    """Where an identity's conflict stands, what holds meanwhile, and every decision on it."""
    subject, parameter = str(conflict["subject"]), conflict["parameter"]
    about = {"conflict_id": conflict["conflict_id"], "parameter": parameter, "subject": subject}
    if not is_open(conflict):
        yield say("identitas.decided", **about)
        yield from known.decisions_on(subject, parameter)
        names = str(conflict.get("names") or "").split(";")
        for name in dict.fromkeys([subject, *names]):
            there = known.baseline.moves.now(name)
            if there != name:
                yield say("identitas.moved", subject=name, id=there)
        return
    stale = conflict["status"] == "basi"
    yield say("identitas.stale" if stale else "identitas.open", **about)
    if parameter == "id_rt" and subject in known.rt:
        yield say("identitas.apart")
    else:
        stands = _stands(known, conflict)
        key = "identitas.nothing" if stands is None else "identitas.meanwhile"
        yield say(key, value=stands)
    yield from known.decisions_on(subject, parameter)


def _moved(decision: Row) -> Sentence:
    return say("identitas.moved", subject=decision["subject"], id=meant(decision))


def _head(known: Known, conflict: Row, said: list[dict[str, Any]]) -> Sentence:
    values = {c["value"]: c.get("luas_ha") for c in said if c.get("value") is not None}
    parameter, subject = conflict["parameter"], str(conflict["subject"])
    told = {
        "subject": subject,
        "parameter": parameter,
        "values": [known.called(parameter, value, ha) for value, ha in values.items()],
    }
    written = next((c["tertulis"] for c in said if c.get("tertulis")), None)
    if written is not None:
        source = known.who(said[0].get("source_id"))
        return say("identitas.head_name", **{**told, "subject": written}, who=source)
    if parameter == "kode_kelurahan" and "-RW" in subject:
        return say("identitas.head_place", **told)
    if parameter == "id_rt" and "-RW" in subject:
        return say("identitas.head_rt", **told)
    if parameter == "id_kawasan" and "-RW" in subject:
        return say("identitas.head_kawasan", **told)
    return say("identitas.head", **told)


def _candidate(known: Known, conflict: Row, candidate: Row) -> Sentence:
    who = known.who(candidate.get("source_id"), candidate.get("source_row"))
    if KEPT in candidate:
        return say("kandidat.kept", who=who)
    parameter, cara = conflict["parameter"], candidate.get("cara")
    value = known.called(parameter, candidate.get("value"), candidate.get("luas_ha"))
    if cara in _CARA.get(parameter, ()):
        group = "kelurahan" if parameter == "kode_kelurahan" else "kawasan"
        return say(f"cara_{group}.{cara}", who=who, value=value)
    return say("kandidat.identity", who=who, value=value)


def _stands(known: Known, conflict: Row) -> Any:
    """What holds while nothing is decided; None where nothing does."""
    subject, parameter = str(conflict["subject"]), conflict["parameter"]
    if parameter == "id_kawasan":
        row = known.rt.get(subject)
        return None if row is None else known.called(parameter, row.get("id_kawasan"))
    if subject in known.rt:
        return known.called(parameter, known.rt[subject].get("kode_kelurahan"))
    for candidate in json.loads(conflict["candidates"] or "[]"):
        there = meant(conflict, candidate.get("value"))
        if parameter == "kode_kelurahan" and there in known.rt:
            return known.called(parameter, candidate["value"])
    return None
