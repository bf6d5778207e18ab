"""The verification document, the description and the checksums."""

import hashlib
import json
from collections.abc import Callable

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.publish import profile, stage
from kotaku_geo.publish.profile import PAGE
from kotaku_geo.stage import StageContext

City = Callable[..., StageContext]


def run(ctx: StageContext) -> dict[str, bytes]:
    """Both stages, as the runner would: the page is there when `publish` runs."""
    profile.run(ctx)
    page = ctx.documents[PAGE]
    path = ctx.workspace.path(PAGE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    stage.run(ctx)
    return {
        n.removeprefix("publish/"): b if isinstance(b, bytes) else b.encode()
        for n, b in ctx.documents.items()
    }


def test_the_verification_document_has_what_a_later_run_compares(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    document = json.loads(run(city())["verification.json"])
    assert document["schema"] == "kotaku-geo/verification/1"
    assert document["city"]["code"] == "33.75"
    assert document["summary"]["rekomendasi"]["kota"]["nilai"] == "perubahan_sk"
    ids = [r["relation_id"] for r in document["relations"]]
    assert ids == sorted(tables["verify/relations"]["relation_id"])
    found = [f["finding_id"] for f in document["findings"]]
    assert found == sorted(tables["findings"]["finding_id"])
    keys = ["finding_id", "rule", "severity", "responsible", "subject", "message", "dikecualikan"]
    assert list(document["findings"][0]) == keys
    assert document["inputs"][0].keys() == {"source_id", "path", "sha256", "date"}


def test_unknown_is_null_in_the_verification_document(city: City) -> None:
    relations = json.loads(run(city())["verification.json"])["relations"]
    added = next(r for r in relations if r["relation_id"] == "r4")
    assert added["id_sk"] is None
    assert added["luas_sk_ha"] is None


def test_row_order_changes_nothing(city: City, tables: dict[str, pd.DataFrame]) -> None:
    before = run(city())["verification.json"]
    for name, frame in tables.items():
        tables[name] = frame.iloc[::-1].reset_index(drop=True)
    assert run(city())["verification.json"] == before


def test_checksums_cover_every_file(city: City) -> None:
    files = run(city())
    lines = files.pop("checksums.sha256").decode().splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    assert listed == {n: hashlib.sha256(b).hexdigest() for n, b in files.items()}
    assert [line[66:] for line in lines] == sorted(files)


def test_the_data_package_describes_every_layer_and_file(city: City) -> None:
    files = run(city())
    package = json.loads(files["datapackage.json"])
    resources_ = {r["name"]: r for r in package["resources"]}
    layers = {n.replace("_", "-") for n in resources.load("publish/layers")}
    assert set(resources_) == layers | {"profil-html", "verification-json", "prov-json"}
    kawasan = resources_["kawasan"]
    assert kawasan["path"] == "sikk_33.75.gpkg"
    assert kawasan["bytes"] == len(files["sikk_33.75.gpkg"])
    assert kawasan["hash"] == f"sha256:{hashlib.sha256(files['sikk_33.75.gpkg']).hexdigest()}"
    assert kawasan["dialect"] == {"table": "kawasan"}
    types = {f["name"]: f["type"] for f in kawasan["schema"]["fields"]}
    assert types["luas_ha"] == "number"
    assert types["prioritas"] == "integer"
    assert types["nama_kawasan"] == "string"
    assert types["geom"] == "any"
    fakta = {f["name"]: f["type"] for f in resources_["fakta"]["schema"]["fields"]}
    assert fakta["dipakai"] == "boolean"
    assert "geom" not in fakta


def test_both_stages_give_the_same_bytes_twice(city: City) -> None:
    assert run(city()) == run(city())


def test_no_path_of_this_machine_is_written(city: City) -> None:
    ctx = city()
    here = str(ctx.workspace.root).encode()
    for name, body in run(ctx).items():
        assert here not in body, name


def test_withheld_content_is_in_no_file(city: City) -> None:
    """The share that only the water company states is quoted nowhere, the page included."""
    open_, closed = run(city()), run(city({"pdam": {"publish": False}}))
    for name in ("profil.html", "verification.json"):
        assert b"pdam 90,0" in open_[name], name
        assert b"pdam 90,0" not in closed[name], name
    assert b'"pdam", "source_row": 7, "persen": 90.0' in open_["sikk_33.75.gpkg"]
    assert b'"pdam", "source_row": 7' not in closed["sikk_33.75.gpkg"]


def test_a_hidden_community_is_in_no_file(city: City) -> None:
    for name, body in run(city()).items():
        assert b"Masyarakat rahasia" not in body, name
    stated = run(city({"adat": {"publish": True}}))
    assert b"Masyarakat rahasia" in stated["sikk_33.75.gpkg"]
