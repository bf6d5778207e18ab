"""`prov.json` is PROV-JSON in which every reference resolves, from file hashes to documents."""

import csv
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from kotaku_geo.history.baseline import Baseline, specs
from kotaku_geo.history.canonical import whole_hash
from kotaku_geo.publish import prov, stage
from kotaku_geo.stage import StageContext

City = Callable[..., StageContext]
RELATIONS = {  # of PROV-JSON: its required ends, and of which kind each is
    "used": {"prov:activity": "activity", "prov:entity": "entity"},
    "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
    "wasDerivedFrom": {"prov:generatedEntity": "entity", "prov:usedEntity": "entity",
                       "prov:activity": "activity"},
    "wasAttributedTo": {"prov:entity": "entity", "prov:agent": "agent"},
    "wasAssociatedWith": {"prov:activity": "activity", "prov:agent": "agent"},
}  # fmt: skip
DECISION = {"decision_id": "d1", "kind": "nilai", "subject": "33.75.01.1001-RW001-RT001",
            "parameter": "3a", "source_id": "pdam", "value": "", "reason": "rahasia dapur",
            "forum": "Rapat Pokja", "minutes": "BA 050/12/2024", "date": "2024-05-02",
            "by": "Bu Ketua", "evidence": "x"}  # fmt: skip


def published(ctx: StageContext) -> dict[str, Any]:
    stage.run(ctx)
    content = ctx.documents["publish/prov.json"]
    assert isinstance(content, bytes)
    found: dict[str, Any] = json.loads(content)
    return found


@pytest.fixture
def decided(city: City) -> StageContext:
    ctx = city()
    with (ctx.base / "keputusan.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(DECISION))
        writer.writeheader()
        writer.writerow(DECISION)
    return ctx


def derived(document: dict[str, Any], name: str) -> set[str]:
    """All that an entity comes from, near and far."""
    of: dict[str, set[str]] = {}
    for row in document["wasDerivedFrom"].values():
        of.setdefault(row["prov:generatedEntity"], set()).add(row["prov:usedEntity"])
    seen: set[str] = set()
    open_ = {name}
    while open_:
        open_ = {used for one in open_ for used in of.get(one, ())} - seen
        seen |= open_
    return seen


def test_every_reference_resolves(decided: StageContext) -> None:
    document = published(decided)
    assert set(document) == {"prefix", "entity", "activity", "agent", *RELATIONS}
    for kind, ends in RELATIONS.items():
        assert document[kind]
        for name, row in document[kind].items():
            assert name.startswith("_:")
            assert set(row) == set(ends), kind
            for end, of in ends.items():
                assert row[end] in document[of], row
    for part in ("entity", "activity", "agent"):
        for name, told in document[part].items():
            prefix, _, local = name.partition(":")
            assert prefix in document["prefix"]
            assert local
            assert not set(local) & set(" \"'<>&;()[]{}|\\"), name
            assert {key.partition(":")[0] for key in told} <= {"prov", *document["prefix"]}
            for value in told.values():
                assert isinstance(value, str | int) or set(value) == {"$", "type"}


def test_every_entity_but_files_was_made_by_something(decided: StageContext) -> None:
    document = published(decided)
    made = [row["prov:entity"] for row in document["wasGeneratedBy"].values()]
    assert len(made) == len(set(made))
    assert set(document["entity"]) - set(made) == {
        name for name in document["entity"] if name.startswith("kg:berkas/")
    }


def test_it_leads_from_the_files_to_every_document(decided: StageContext) -> None:
    document = published(decided)
    files = {name: told["kg:sha256"] for name, told in document["entity"].items()
             if name.startswith("kg:berkas/")}  # fmt: skip
    assert files
    documents = {n for n in document["entity"] if n.startswith("kg:dokumen/")}
    assert {n.rpartition("/")[2] for n in documents} == {"sikk_33.75.gpkg", "verification.json"}
    for name in documents:
        assert "kg:baseline" in derived(document, name)
        assert {f for f in files if "/profil/" in f} <= derived(document, name)
    body = decided.documents["publish/verification.json"]
    told = document["entity"]["kg:dokumen/verification.json"]
    assert told["kg:sha256"] == hashlib.sha256(body).hexdigest()


def test_facts_are_counted_and_not_listed(decided: StageContext) -> None:
    document = published(decided)
    facts = {n: t for n, t in document["entity"].items() if n.startswith("kg:fakta/")}
    rows = decided.read("consolidate/facts")
    assert len(facts) == len(rows[["source_id", "parameter"]].drop_duplicates())
    assert sum(told["kg:jumlah"] for told in facts.values()) == len(rows)


def test_a_decision_is_the_meetings_and_in_force_when_it_is(decided: StageContext) -> None:
    document = published(decided)
    told = document["entity"]["kg:keputusan/d1"]
    assert told["kg:berita_acara"] == "BA 050/12/2024"
    assert told["kg:tanggal"] == {"$": "2024-05-02", "type": "xsd:date"}
    assert "kg:rapat/BA%20050/12/2024" in document["activity"]
    attributed = [row["prov:agent"] for row in document["wasAttributedTo"].values()
                  if row["prov:entity"] == "kg:keputusan/d1"]  # fmt: skip
    assert attributed == ["kg:forum/Rapat%20Pokja"]
    assert told["kg:status"] == "basi"
    assert "kg:keputusan/d1" not in derived(document, "kg:baseline"), "a stale one is not applied"
    decisions = decided.read("consolidate/decisions").assign(status="berlaku")
    decided.workspace.write("consolidate/decisions", decisions)
    assert "kg:keputusan/d1" in derived(published(decided), "kg:baseline")


def test_a_decision_that_followed_its_rt_names_both_ids(decided: StageContext) -> None:
    told = published(decided)["entity"]["kg:keputusan/d1"]
    assert (told["kg:tentang"], told.get("kg:tentang_semula")) == (DECISION["subject"], None)
    moved = decided.read("consolidate/decisions").assign(subject_now="33.75.01.1009-RW001-RT001")
    decided.workspace.write("consolidate/decisions", moved)
    told = published(decided)["entity"]["kg:keputusan/d1"]
    assert told["kg:tentang"] == "33.75.01.1009-RW001-RT001"
    assert told["kg:tentang_semula"] == DECISION["subject"]


def test_the_baselines_hash_is_that_of_a_seal(decided: StageContext) -> None:
    told = published(decided)["entity"]["kg:baseline"]
    sealed = Baseline.of_workspace(decided.workspace.root)
    assert told["kg:sha256"] == whole_hash(sealed.hashes)
    assert set(specs()) <= decided.reads, "the stage runs again when one of them changes"


def test_no_person_no_reason_and_no_withheld_source_is_told(city: City) -> None:
    ctx = city({"pdam": {"publish": False}})
    (ctx.base / "keputusan.csv").write_text(
        ",".join(DECISION) + "\n" + ",".join(DECISION.values()) + "\n"
    )
    document = published(ctx)
    text = json.dumps(document)
    assert "rahasia dapur" not in text
    assert "Bu Ketua" not in text
    assert not [name for name in document["entity"] if name.startswith("kg:fakta/pdam/")]


def test_it_is_the_same_every_time_and_listed(decided: StageContext) -> None:
    first = published(decided)
    body = decided.documents["publish/prov.json"]
    assert published(decided) == first
    assert decided.documents["publish/prov.json"] == body
    sums = decided.documents["publish/checksums.sha256"]
    assert f"{hashlib.sha256(body).hexdigest()}  prov.json" in sums
    package = json.loads(decided.documents["publish/datapackage.json"])
    assert "prov.json" in [resource["path"] for resource in package["resources"]]


def test_a_decision_tells_what_was_decided_as_far_as_it_may_be_published() -> None:
    graph = prov.Graph("1")
    on_file = {"d1": {**DECISION, "value": "52.5", "source_id": None, "status": "berlaku"}}
    assert prov._decisions(graph, on_file, {"d1": {"value": "52.5"}}) == ["kg:keputusan/d1"]
    told = graph.as_json()["entity"]["kg:keputusan/d1"]
    assert (told["kg:nilai"], told["kg:sidik_bukti"]) == ("52.5", "x")
    hidden = prov.Graph("1")
    prov._decisions(hidden, on_file, {"d1": {"value": None}})
    assert "kg:nilai" not in hidden.as_json()["entity"]["kg:keputusan/d1"]
