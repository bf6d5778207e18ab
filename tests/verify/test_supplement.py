"""The decree's table beside its map, what "kota" covers, and what an unread decree allows."""

import pytest

from tests.verify.city import box, kawasan, row, sk, sources

SQUARE = box(0, 0, 100, 100)
BASE = kawasan("K", SQUARE)


def test_a_table_that_contradicts_the_map_is_told_and_the_map_stands(verify):
    said = row(id_sk="S", luas_sk_ha=5.0, tingkat_sk="berat")
    done = verify([sk(SQUARE, id_sk="S", luas_sk_ha=1.0)], [BASE], sk_table=[said])
    told = done.findings[done.findings["rule"] == "sk.table-differs"]
    assert sorted(told["value"]) == ["1,00 ha ≠ 5,00 ha", "ringan ≠ berat"]
    assert done.only["luas_sk_tertulis_ha"] == 1.0
    assert done.only["tingkat_sk"] == "ringan"


def test_a_table_that_says_the_same_is_no_finding(verify):
    said = row(id_sk="S", luas_sk_ha=1.0)
    done = verify([sk(SQUARE, id_sk="S", luas_sk_ha=1.004)], [BASE], sk_table=[said])
    assert "sk.table-differs" not in done.rules


def test_a_delineation_of_the_whole_city_has_looked_at_all_that_the_decree_names(verify):
    """Also where no kelurahan was delivered whose borders could say what the city is."""
    far = sk(box(5000, 0, 5100, 100), id_sk="S")
    stated = verify([far], [BASE], sources=sources(kawasan={"coverage": "kota"}))
    unstated = verify([far], [BASE])
    verdicts = [d.relations.set_index("id_sk")["verdict"]["S"] for d in (stated, unstated)]
    assert verdicts == ["tidak_ada_di_baseline", "belum_terdata"]


def test_what_lies_in_the_sk_already_does_not_enter(verify):
    """A kawasan without partner, a fifth of it under an SK location that is another's."""
    location, partner = sk(box(0, 0, 100, 100), id_sk="S"), kawasan("A", box(0, 0, 100, 96))
    lone = kawasan("B", box(0, 96, 100, 196))
    done = verify([location], [partner, lone])
    assert done.relations.set_index("id_kawasan")["verdict"]["B"] == "tidak_ada_di_sk"
    assert done.city["masuk_ha"] == pytest.approx(0.96, rel=1e-3)


def test_an_sk_file_that_could_not_be_read_leaves_no_ground_for_a_recommendation(
    verify, make_context
):
    done = verify([sk(SQUARE, id_sk="S")], [BASE])
    assert done.city["nilai"] is not None
    account = {"source_id": "sk-tabel", "path": "sk.xlsx", "sha256": None, "rows_kept": 0}
    done.ctx.workspace.write_json("ingest/accounts/sk_tabel.json", [account])
    from kotaku_geo.verify import stage

    stage.run(done.ctx)
    city = done.ctx.documents["verify/summary.json"]["rekomendasi"]["kota"]
    assert city["nilai"] is None
    assert "sk-tabel" in city["alasan"]
