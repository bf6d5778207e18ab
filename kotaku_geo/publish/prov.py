"""`prov.json`: where the baseline comes from, as W3C PROV-JSON (Member Submission, 24 April 2013).

Delivered files (entities, by SHA-256) are read by the activity *ingest* into layers; *consolidate*
makes facts of them, one entity a source and parameter; each decision is an entity that a meeting
made; facts and decisions give the baseline, *verify* and *screen* use it, and *publish* makes the
documents. Agencies and the meeting are agents, and so is the program. No clock is asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd

from kotaku_geo.history.baseline import Baseline, records
from kotaku_geo.history.canonical import whole_hash
from kotaku_geo.history.identities import about
from kotaku_geo.publish.release import Release

BASELINE, VERIFIED, SCREENED = "kg:baseline", "kg:verifikasi", "kg:penapisan"
PROGRAM = "kg:kotaku-geo"
_CONFLICTS = "kg:konflik"
_BASIS = {"kelurahan", "rt", "profil_rt", "kawasan"}
_THEMES = {"kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah", "bangunan"}
_SK = {"sk", "sk_tabel"}
_MEETING = "Pokja PKP"  # where a decision names no forum


def provenance(
    released: Release, baseline: Baseline, documents: Mapping[str, str], version: str
) -> dict[str, Any]:
    """The document.

    Args:
        released: what may be published: files, facts and counts are taken from it.
        baseline: of the workspace; its hash is that of a sealed version with the same content.
        documents: SHA-256 of each published file, by name.
        version: of the program.
    """
    graph = Graph(version)
    layers = _files(graph, released.table("ingest/sources"))
    facts = _facts(graph, released.table("consolidate/facts"), layers)
    _conflicts(graph, released.table("consolidate/conflicts"), facts.values())
    shown = records(released.table("consolidate/decisions"))
    decisions = _decisions(graph, baseline.decisions, {row["decision_id"]: row for row in shown})
    city = released.pipeline.city
    told = {"kg:sha256": whole_hash(baseline.hashes), "kg:kota": city.code,
            "kg:peraturan": released.pipeline.regulation}  # fmt: skip
    drawn = [layers[s] for s in sorted(layers) if _layer(released, s) in _BASIS]
    graph.entity(BASELINE, "kg:Baseline", f"Baseline {city.name}", **told)
    graph.made(BASELINE, "kg:consolidate", [*drawn, *facts.values(), *decisions])
    for name, label, activity, needed in (
        (VERIFIED, "Verifikasi SK Kumuh", "kg:verify", _SK),
        (SCREENED, "Penapisan", "kg:screen", _THEMES),
    ):
        graph.entity(name, "kg:Result", label)
        used = [layers[s] for s in sorted(layers) if _layer(released, s) in needed]
        graph.made(name, activity, [BASELINE, *used])
    for name, digest in sorted(documents.items()):
        document = f"kg:dokumen/{_local(name)}"
        graph.entity(document, "kg:Document", name, **{"kg:sha256": digest})
        graph.made(document, "kg:publish", [BASELINE, VERIFIED, SCREENED])
    return graph.as_json()


class Graph:
    """A PROV-JSON document as it grows; every name in it is declared once."""

    def __init__(self, version: str) -> None:
        self._parts: dict[str, dict[str, Any]] = {
            name: {}
            for name in ("entity", "activity", "agent", "used", "wasGeneratedBy", "wasDerivedFrom",
                         "wasAttributedTo", "wasAssociatedWith")
        }  # fmt: skip
        self._related: set[tuple[str, ...]] = set()
        self.agent(PROGRAM, "prov:SoftwareAgent", "kotaku-geo", **{"kg:versi": version})

    def entity(self, name: str, kind: str, label: str, **more: Any) -> None:
        """Declare an entity; what is unknown is left out."""
        self._parts["entity"][name] = _told(kind, label, more)

    def agent(self, name: str, kind: str, label: str, **more: Any) -> None:
        """Declare an agent."""
        self._parts["agent"][name] = _told(kind, label, more)

    def activity(self, name: str, label: str, by: str = PROGRAM, **more: Any) -> None:
        """Declare an activity and who is responsible for it; once."""
        if name not in self._parts["activity"]:
            self._parts["activity"][name] = _told("kg:Stage", label, more)
            self._relate("wasAssociatedWith", activity=name, agent=by)

    def made(self, entity: str, activity: str, of: Sequence[str]) -> None:
        """An activity of the program made an entity out of others."""
        self.activity(activity, _local_of(activity))
        self._relate("wasGeneratedBy", entity=entity, activity=activity)
        for other in of:
            self.used(activity, other)
            self._relate("wasDerivedFrom", generatedEntity=entity, usedEntity=other,
                         activity=activity)  # fmt: skip

    def used(self, activity: str, entity: str) -> None:
        """An activity used an entity."""
        self._relate("used", activity=activity, entity=entity)

    def generated(self, entity: str, activity: str) -> None:
        """An activity made an entity."""
        self._relate("wasGeneratedBy", entity=entity, activity=activity)

    def attributed(self, entity: str, agent: str) -> None:
        """An entity is an agent's."""
        self._relate("wasAttributedTo", entity=entity, agent=agent)

    def as_json(self) -> dict[str, Any]:
        """The document, without the kinds that it has none of."""
        there = {name: part for name, part in self._parts.items() if part}
        return {"prefix": {"kg": "urn:kotaku-geo:"}, **there}

    def _relate(self, kind: str, **ends: str) -> None:
        part = self._parts[kind]
        told = (kind, *ends.values())
        if told not in self._related:
            self._related.add(told)
            row = {f"prov:{name}": value for name, value in ends.items()}
            part[f"_:{kind}{len(part) + 1}"] = row


def _files(graph: Graph, sources: pd.DataFrame) -> dict[str, str]:
    """Delivered files and the layers that ingest read from them; entity of each source's layer."""
    layers: dict[str, str] = {}
    rows = sorted(records(sources), key=lambda row: (row["source_id"], row["path"]))
    for row in rows:
        source = row["source_id"]
        file = f"kg:berkas/{_local(source)}/{_local(row['path'])}"
        told = {"kg:sha256": row["sha256"], "kg:sumber": source, "kg:tanggal": _date(row["date"])}
        graph.entity(file, "kg:File", row["path"], **told)
        if row["agency"]:
            agency = f"kg:instansi/{_local(row['agency'])}"
            graph.agent(agency, "prov:Organization", row["agency"])
            graph.attributed(file, agency)
        layer = f"kg:lapisan/{_local(source)}"
        layers[source] = layer
        graph.entity(layer, "kg:Layer", source, **{"kg:lapisan": row.get("layer")})
        graph.made(layer, "kg:ingest", [file])
    return layers


def _facts(
    graph: Graph, facts: pd.DataFrame, layers: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """One entity for what a source says of a parameter in all RT together."""
    made = {}
    used = facts["dipakai"].fillna(False).astype(int)
    grouped = facts.assign(used=used).groupby(["source_id", "parameter"], sort=True)["used"]
    for key, some in grouped:
        source, parameter = map(str, key)
        if source not in layers:
            continue
        name = f"kg:fakta/{_local(source)}/{_local(parameter)}"
        counts = {"kg:jumlah": len(some), "kg:dipakai": int(some.sum())}
        graph.entity(name, "kg:Facts", f"{source} {parameter}", **counts)
        graph.made(name, "kg:consolidate", [layers[source]])
        made[source, parameter] = name
    return made


def _conflicts(graph: Graph, conflicts: pd.DataFrame, facts: Iterable[str]) -> None:
    """The conflicts that a meeting had before it, all as one entity."""
    if conflicts.empty:
        return
    material = conflicts["material"].fillna(False).astype(bool)
    counts = {"kg:jumlah": len(conflicts), "kg:material": int(material.sum())}
    graph.entity(_CONFLICTS, "kg:Conflicts", "Konflik", **counts)
    graph.made(_CONFLICTS, "kg:consolidate", list(facts))


def _decisions(
    graph: Graph, decisions: Mapping[str, Mapping[str, Any]], shown: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Every decision and the meeting that took it; the entities of those in force.

    ``shown`` are their rows as they may be published: what was decided is taken from there.
    """
    in_force = []
    for name, row in sorted(decisions.items()):
        entity = f"kg:keputusan/{_local(name)}"
        forum = row.get("forum") or _MEETING
        agent = f"kg:forum/{_local(forum)}"
        meeting = f"kg:rapat/{_local(row.get('minutes') or forum)}"
        subject, filed = about(row)[1], row.get("subject")
        was = filed if filed != subject else None
        told = {"kg:tentang": filed and subject, "kg:tentang_semula": was,
                "kg:parameter": row.get("parameter"),
                "kg:sumber": row.get("source_id"), "kg:berita_acara": row.get("minutes"),
                "kg:nilai": shown.get(name, {}).get("value"),
                "kg:sidik_bukti": row.get("evidence"),
                "kg:tanggal": _date(row.get("date")), "kg:status": row.get("status")}  # fmt: skip
        graph.agent(agent, "prov:Organization", forum)
        graph.entity(entity, "kg:Decision", f"Keputusan {name}", **told)
        graph.activity(meeting, row.get("minutes") or forum, agent)
        graph.generated(entity, meeting)
        graph.attributed(entity, agent)
        if row.get("status") == "berlaku":
            in_force.append(entity)
    return in_force


def _told(kind: str, label: str, more: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in more.items() if value is not None}
    return {"prov:type": {"$": kind, "type": "prov:QUALIFIED_NAME"}, "prov:label": label, **known}


def _layer(released: Release, source_id: str) -> str | None:
    layers = {s.id: s.layer for s in released.pipeline.sources}
    return layers.get(source_id)


def _date(value: Any) -> dict[str, str] | None:
    text = "" if value is None else str(value)[:10]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    return {"$": text, "type": "xsd:date"}


def _local(text: Any) -> str:
    """The local part of a qualified name: what may not stand there is percent-encoded."""
    return quote(str(text), safe="/")


def _local_of(name: str) -> str:
    return name.partition(":")[2]
