"""The stage's tables and texts as others read them, and runs over what may be missing."""

import json
import string

import pandas as pd
import pytest

from kotaku_geo import resources
from kotaku_geo.findings import FindingBook
from kotaku_geo.reasons import city_reason, location_reasons, relation_reasons
from kotaku_geo.verify import stage
from kotaku_geo.verify.verdicts import RECOMMENDATIONS, VERDICTS
from kotaku_geo.workspace import Workspace
from tests.verify.city import KEL, box, kawasan, row, sk, sources

SQUARE = box(0, 0, 100, 100)
COLUMNS = {
    "verify/pieces": "id_sk id_kawasan kelas luas_ha geometry",
    "verify/relations": "relation_id relation id_sk id_kawasan mode verdict susunan "
    "luas_sk_tertulis_ha luas_sk_ha luas_baseline_ha tetap_ha bertambah_ha berkurang_ha "
    "toleransi_ha iou iou_sejajar geser_p50_m geser_p95_m tingkat_sk tingkat_baseline "
    "perubahan_tingkat rekomendasi alasan",
    "verify/locations": "id sisi relation_id nama kode_kelurahan luas_ha tetap_ha berubah_ha "
    "toleransi_ha tetap_persen tingkat rekomendasi alasan",
}


@pytest.fixture
def mixed(verify):
    """A city with a bit of everything."""
    return verify(
        [
            sk(SQUARE, id_sk="A", luas_sk_ha=1.0, nama_lokasi="Melati"),
            sk(box(500, 0, 600, 100), id_sk="B", tingkat_sk=None),
            sk(box(550, 50, 650, 150), id_sk="C"),
        ],
        [
            kawasan("K", box(0, 0, 150, 100), tingkat="sedang"),
            kawasan("L", box(2000, 0, 2100, 100)),
            kawasan("M", box(3000, 0, 3100, 100), nama_kawasan="Mawar"),
            kawasan("N", box(4000, 0, 4100, 100), tingkat="tidak_kumuh"),
        ],
        sk_table=[row(nama_lokasi="Mawar", luas_sk_ha=1.3), row(nama_lokasi="Anyelir")],
    )


class TestTables:
    @pytest.mark.parametrize("table", COLUMNS)
    def test_columns_of_the_contract_come_first(self, mixed, table):
        expected = COLUMNS[table].split()
        assert list(mixed.ctx.tables[table].columns)[: len(expected)] == expected

    @pytest.mark.parametrize("rows", ["mixed", "nothing"])
    def test_types(self, mixed, verify, rows):
        ctx = mixed.ctx if rows == "mixed" else verify([], []).ctx
        for name, table in ctx.tables.items():
            for column, dtype in table.dtypes.items():
                if column == "geometry":
                    continue
                number = column.endswith(("_ha", "_m", "_persen")) or column.startswith("iou")
                assert dtype == ("float64" if number else "str"), (name, column)

    def test_written_and_read_again(self, mixed, tmp_path):
        workspace = Workspace(tmp_path / "out")
        for name, table in mixed.ctx.tables.items():
            workspace.write(name, table)
        again = workspace.read_geo("verify/pieces")
        assert again.crs == mixed.pieces.crs
        pd.testing.assert_frame_equal(workspace.read("verify/relations"), mixed.relations)

    def test_every_location_is_in_the_relation_that_names_it(self, mixed):
        for column, side in (("id_sk", "sk"), ("id_kawasan", "kawasan")):
            named = mixed.relations[mixed.relations[column].notna()]
            long = named.assign(id=named[column].str.split(";")).explode("id")
            places = mixed.locations[mixed.locations["sisi"] == side]
            assert long.set_index("id")["relation_id"].to_dict() == places["relation_id"].to_dict()

    def test_closed_words(self, mixed):
        relations = mixed.relations
        assert set(relations["verdict"]) <= set(VERDICTS)
        assert set(relations["rekomendasi"]) <= set(RECOMMENDATIONS)
        assert set(relations["mode"]) == {"poligon", "tabel"}
        assert relations["relation_id"].is_unique

    def test_outlines_of_the_sk(self, mixed):
        table = mixed.sk.set_index("id_sk")
        assert table.loc["A", "geometry"].equals(SQUARE)
        tabled = table[table["mode"] == "tabel"]
        assert tabled.index.tolist() == [f"SK-{KEL}-anyelir", f"SK-{KEL}-mawar"]
        assert tabled.geometry.isna().all()

    def test_runs_twice_alike(self, mixed):
        tables = dict(mixed.ctx.tables)
        stage.run(mixed.ctx)
        for name, table in tables.items():
            pd.testing.assert_frame_equal(table, mixed.ctx.tables[name])


class TestSummary:
    def test_is_json(self, mixed):
        json.dumps(mixed.summary, allow_nan=False)

    def test_verdicts_add_up(self, mixed):
        by_verdict = mixed.summary["verdict"]
        assert sum(v["hubungan"] for v in by_verdict.values()) == len(mixed.relations)
        assert sum(v["lokasi_sk"] for v in by_verdict.values()) == 5
        assert sum(v["kawasan"] for v in by_verdict.values()) == 4
        by_action = mixed.summary["rekomendasi"]["hubungan"]
        assert sum(v["hubungan"] for v in by_action.values()) == len(mixed.relations)

    def test_levels_add_up(self, mixed):
        levels = mixed.summary["tingkat"]
        assert sum(v["lokasi"] for v in levels["sk"].values()) == 5
        assert levels["baseline"]["sedang"] == {
            "lokasi": 1,
            "luas_ha": pytest.approx(1.5, rel=1e-3),
        }
        assert sum(levels["perubahan"].values()) == 2  # relations with both sides

    def test_findings_and_inputs(self, verify, make_context):
        result = verify([sk(SQUARE, id_sk="A", luas_sk_ha=9.0)], [])
        counts = result.summary["temuan"]
        assert counts["jumlah"]["error"] == 1
        assert counts["menurut_aturan"]["sk.area-differs"] == 1
        assert sum(counts["jumlah"].values()) == len(result.findings)

    def test_findings_and_files_of_earlier_stages_count(self, mixed):
        account = {"source_id": "sk", "path": "sk.gpkg", "sha256": "ab"}
        counted = {"rule": "geometry.invalid", "severity": "warning", "jumlah": 3}
        for name, rows in (("accounts", [account]), ("counts", [counted])):
            mixed.ctx.workspace.write_json(f"ingest/{name}/sk.json", rows)
        mixed.ctx.workspace.write("consolidate/findings", mixed.findings)
        mixed.ctx.findings = FindingBook("verify", mixed.pieces.crs)
        stage.run(mixed.ctx)
        document = mixed.ctx.documents["verify/summary.json"]
        assert document["masukan"] == [account]
        assert document["temuan"]["menurut_aturan"]["geometry.invalid"] == 3
        assert sum(document["temuan"]["jumlah"].values()) == 2 * len(mixed.findings) + 3


class TestTexts:
    def test_every_text_in_both_languages(self):
        texts = resources.load("verify")
        for section in ("verdict", "recommendation", "location"):
            for key, text in texts[section].items():
                assert text.keys() == {"id", "en"}, key
                gaps = [
                    {g for _, g, _, _ in string.Formatter().parse(t) if g} for t in text.values()
                ]
                assert gaps[0] == gaps[1], key
        assert set(RECOMMENDATIONS) <= set(texts["recommendation"])
        plain = set(VERDICTS) - {"perlu_tinjau"}
        assert plain <= set(texts["verdict"])

    def test_reasons_are_sentences_with_numbers(self, mixed):
        for text in mixed.relations["alasan"]:
            assert text.endswith(".")
            assert text.count(". ") <= 1
        grown = mixed.relations.set_index("verdict").loc["meluas", "alasan"]
        assert "bertambah 0,50 ha" in grown
        assert "naik dari kumuh ringan menjadi kumuh sedang" in grown

    def test_in_english_from_the_same_rows(self, mixed):
        english = relation_reasons(mixed.relations, "en")
        assert any("adds 0.50 ha" in text for text in english)
        places = location_reasons(mixed.locations.reset_index(), mixed.relations, "en")
        assert any("lie in the baseline" in text for text in places)

    def test_of_the_city(self):
        numbers = {"luas_sk": 1234.5, "keluar": 1.0, "masuk": 2.0, "tinjau": 3.0}
        text = city_reason("perubahan_sk", numbers, [])
        assert "1.234,50 ha" in text
        assert text.endswith("3,00 ha menunggu tinjauan lapangan dan tidak dihitung.")

    def test_a_location_under_a_stranger_says_so(self, verify):
        result = verify([sk(SQUARE)], [kawasan("K", box(96, 0, 296, 100))])
        text = result.relations.set_index("relation").loc["1:0", "alasan"]
        assert "hanya tertindih 0,04 ha" in text


class TestMissing:
    def test_nothing_at_all(self, verify):
        result = verify([], [])
        assert len(result.relations) == len(result.locations) == len(result.pieces) == 0
        assert result.city["nilai"] is None

    def test_only_a_table(self, verify):
        result = verify([], [], sk_table=[row(nama_lokasi="Melati", luas_sk_ha=2.0)])
        assert result.only["verdict"] == "belum_terdata"
        assert result.city["menunggu_tinjauan_ha"] == 2.0
        assert result.city["luas_sk_ha"] == 2.0

    def test_a_row_of_the_sk_without_polygon_is_a_row_of_a_table(self, verify):
        """The layer takes polygons only, but a stray row is not lost."""
        rows = [sk(SQUARE, id_sk="A"), sk(None, id_sk="B", nama_lokasi="Melati", luas_sk_ha=1.0)]
        result = verify(rows, [kawasan("K", box(900, 0, 1000, 100), nama_kawasan="Melati")])
        found = result.relations.set_index("id_sk")
        assert (found.loc["B", "mode"], found.loc["B", "verdict"]) == ("tabel", "sesuai")

    def test_without_extras_of_the_consolidation(self, verify):
        """Accuracy, source and RT list of a kawasan may be absent as columns."""
        plain = kawasan("K", SQUARE)
        for column in ("accuracy_m", "source_id", "daftar_rt", "nama_kelurahan", "kelengkapan"):
            del plain[column]
        assert verify([sk(SQUARE)], [plain]).only["verdict"] == "sesuai"

    def test_regulation_findings_are_one_a_source(self, verify):
        rows = [sk(box(200 * n, 0, 200 * n + 100, 100), id_sk=str(n)) for n in range(4)]
        result = verify(rows, [], sources=sources(sk={"regulation": "unknown"}))
        assert result.rules.count("regulation.unknown") == 1


def test_overlaps_are_found_once_a_pair_with_what_they_share(verify):
    rows = [
        sk(SQUARE, id_sk="A"),
        sk(box(90, 0, 190, 100), id_sk="B"),
        sk(box(190, 0, 290, 100), id_sk="C"),  # touches B
        sk(box(0, 99.995, 100, 200), id_sk="D"),  # 0.5 m² of A
    ]
    found = verify(rows, []).findings
    found = found[found["rule"] == "sk.overlap"]
    assert found["subject"].tolist() == ["A"]
    assert found.geometry.iloc[0].area == pytest.approx(1000)
    assert "0,1000 ha" in found["message"].iloc[0]
