"""Hectares of the overlay: what must add up, what must not depend on the order of rows."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kotaku_geo.geo.area import geodesic_ha
from tests.conftest import CRS
from tests.verify.city import CORNER, KEL, TAU, box, kawasan, kelurahan, sk, sources

SQUARE = box(0, 0, 100, 100)
rectangles = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    st.floats(0, 400), st.floats(0, 400), st.floats(5, 250), st.floats(5, 250),
)  # fmt: skip
discs = st.builds(
    lambda x, y, r: shapely.Point(CORNER[0] + x, CORNER[1] + y).buffer(r, quad_segs=5),
    st.floats(0, 400), st.floats(0, 400), st.floats(8, 120),
)  # fmt: skip
outlines = st.lists(st.one_of(rectangles, discs), min_size=0, max_size=6)
some = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def hectares(shapes):
    return float(geodesic_ha(np.array([shapely.union_all(shapes)], dtype=object), CRS)[0])


class TestIdentities:
    @some
    @given(decreed=outlines, delineated=outlines)
    def test_city_and_every_location(self, verify, decreed, delineated):
        result = verify(
            [sk(g, id_sk=f"S{n}") for n, g in enumerate(decreed)],
            [kawasan(f"K{n}", g) for n, g in enumerate(delineated)],
        )
        pieces, drawn = result.pieces, {}
        for column, side, shapes in (("id_sk", "S", decreed), ("id_kawasan", "K", delineated)):
            own = pieces[pieces[column].notna()]
            assert own["luas_ha"].sum() == pytest.approx(hectares(shapes), rel=1e-6, abs=1e-9)
            drawn |= {f"{side}{n}": hectares([g]) for n, g in enumerate(shapes)}
            long = own.assign(id=own[column].str.split(";")).explode("id")
            by_id = long.groupby("id")["luas_ha"].sum()
            for name in by_id.index:
                assert by_id[name] == pytest.approx(drawn[name], rel=1e-6)
        places = result.locations
        assert set(places.index) == set(drawn)
        parts = places[["tetap_ha", "berubah_ha", "toleransi_ha"]].sum(axis=1)
        assert np.allclose(parts, places["luas_ha"], rtol=1e-9)
        assert np.allclose(places["luas_ha"], [drawn[i] for i in places.index], rtol=1e-6)
        for total in result.summary["total"].values():
            assert abs(total["selisih_identitas_ha"]) < 1e-5

    @some
    @given(decreed=outlines, delineated=outlines)
    def test_pieces_are_disjoint_and_in_their_class(self, verify, decreed, delineated):
        result = verify(
            [sk(g, id_sk=f"S{n}") for n, g in enumerate(decreed)],
            [kawasan(f"K{n}", g) for n, g in enumerate(delineated)],
        )
        pieces = result.pieces
        together = shapely.union_all(pieces.geometry.to_numpy()).area
        assert pieces.area.sum() == pytest.approx(together, rel=1e-6, abs=1e-3)
        has_sk, has_kawasan = pieces["id_sk"].notna(), pieces["id_kawasan"].notna()
        kelas = pieces["kelas"]
        assert (kelas[has_sk & has_kawasan] == "tetap").all()
        assert kelas[has_sk & ~has_kawasan].isin(["berkurang", "toleransi"]).all()
        assert kelas[~has_sk & has_kawasan].isin(["bertambah", "toleransi"]).all()

    @some
    @given(decreed=outlines, delineated=outlines)
    def test_relations_hold_their_members(self, verify, decreed, delineated):
        result = verify(
            [sk(g, id_sk=f"S{n}") for n, g in enumerate(decreed)],
            [kawasan(f"K{n}", g) for n, g in enumerate(delineated)],
        )
        relations = result.relations
        for column, side in (("id_sk", "S"), ("id_kawasan", "K")):
            shapes = decreed if side == "S" else delineated
            members = relations[column].dropna().str.split(";").explode()
            assert sorted(members) == sorted(f"{side}{n}" for n in range(len(shapes)))
            area = "luas_sk_ha" if side == "S" else "luas_baseline_ha"
            for ids, value in relations.loc[relations[column].notna(), [column, area]].to_numpy():
                union = hectares([shapes[int(i[1:])] for i in ids.split(";")])
                assert value == pytest.approx(union, rel=1e-6)
        tau = relations["tau_m"]
        assert (tau.isna() == relations["relation"].isin(["1:0", "0:1"])).all()
        assert (relations.loc[tau.isna(), "toleransi_ha"] == 0).all()
        two = relations[tau.notna()]
        left = two["luas_sk_ha"] - two["tetap_ha"] - two["berkurang_ha"]
        assert (left >= -1e-9).all()  # the SK side's tolerance
        assert (left <= two["toleransi_ha"] + 1e-9).all()
        assert two["iou"].between(0, 1 + 1e-9).all()

    @some
    @given(decreed=outlines, delineated=outlines, seed=st.integers(0, 9), workers=st.integers(1, 3))
    def test_order_and_workers_change_nothing(self, verify, decreed, delineated, seed, workers):
        rng = np.random.default_rng(seed)
        rows = [sk(g, rt=f"{n:03d}", luas_sk_ha=1.5) for n, g in enumerate(decreed)]
        areas = [kawasan(f"K{n}", g) for n, g in enumerate(delineated)]
        one = verify(rows, areas, workers=1)
        shuffled = [rows[n] for n in rng.permutation(len(rows))]
        two = verify(shuffled, [areas[n] for n in rng.permutation(len(areas))], workers=workers)
        pd.testing.assert_frame_equal(one.relations, two.relations)
        pd.testing.assert_frame_equal(one.locations, two.locations)
        pd.testing.assert_frame_equal(one.pieces, two.pieces)
        assert one.summary == two.summary
        assert one.findings["finding_id"].tolist() == two.findings["finding_id"].tolist()


class TestTolerance:
    def test_of_either_side(self, verify):
        """10 m × 100 m on the baseline's side are noise; the SK's side has none."""
        result = verify([sk(SQUARE, id_sk="S")], [kawasan("K", box(0, 0, 110, 100))])
        assert result.only["toleransi_ha"] == pytest.approx(0.1, rel=1e-3)
        assert result.locations.loc["K", "toleransi_ha"] == pytest.approx(0.1, rel=1e-3)
        assert result.locations.loc["S", "toleransi_ha"] == 0
        tolerated = result.pieces[result.pieces["kelas"] == "toleransi"]
        assert tolerated["id_sk"].isna().all()

    def test_from_the_sources(self, verify):
        """1 m and 2 m: τ is 1.5·√5 = 3.35 m, so the same 10 m are change."""
        result = verify(
            [sk(SQUARE)],
            [kawasan("K", box(0, 0, 110, 100), accuracy_m=2.0)],
            sources=sources(sk={"accuracy_m": 1.0}),
        )
        assert result.only["tau_m"] == pytest.approx(1.5 * 5**0.5)
        assert result.only["verdict"] == "meluas"

    def test_from_a_scale(self, verify):
        result = verify([sk(SQUARE)], [kawasan("K", SQUARE)], sources=sources(sk={"scale": 5000}))
        assert result.only["tau_m"] == pytest.approx(1.5 * np.hypot(2.5, 5))

    def test_from_the_settings(self, verify):
        settings_ = {"verify": {"accuracy_m": 1.0, "tolerance_k": 2.0}}
        result = verify([sk(SQUARE)], [kawasan("K", SQUARE)], top=settings_)
        assert result.only["tau_m"] == pytest.approx(2 * 2**0.5)

    def test_the_worst_member_decides(self, verify):
        result = verify(
            [sk(box(0, 0, 200, 100))],
            [
                kawasan("K1", box(0, 0, 100, 100), accuracy_m=1.0),
                kawasan("K2", box(100, 0, 200, 100), accuracy_m=9.0),
            ],
        )
        assert result.only["tau_m"] == pytest.approx(1.5 * np.hypot(5, 9))

    def test_neighbours_of_a_relation_are_dissolved(self, verify):
        """16 m × 20 m lie beyond the kawasan: all is lost, half of it by each strip of 8 m."""
        result = verify(
            [sk(box(0, 0, 8, 140), id_sk="A"), sk(box(8, 0, 16, 140), id_sk="B")],
            [kawasan("K", box(0, 20, 16, 140))],
        )
        assert result.only["berkurang_ha"] == pytest.approx(0.032, rel=1e-3)
        for name in ("A", "B"):
            assert result.locations.loc[name, "berubah_ha"] == pytest.approx(0.016, rel=1e-3)
            assert result.locations.loc[name, "toleransi_ha"] == pytest.approx(0, abs=1e-6)

    def test_a_lane_that_leads_away(self, verify):
        """Of a lane of 6 m × 60 m what lies further than τ is change, the rest tolerance."""
        result = verify([sk(SQUARE)], [kawasan("K", SQUARE.union(box(100, 40, 160, 46)))])
        assert result.only["bertambah_ha"] == pytest.approx(6 * (60 - TAU) / 1e4, rel=1e-2)
        assert result.only["toleransi_ha"] == pytest.approx(6 * TAU / 1e4, rel=3e-2)


class TestOverlap:
    def test_what_overlaps_counts_once_for_the_city(self, verify):
        result = verify(
            [sk(box(0, 0, 100, 100), id_sk="A"), sk(box(80, 0, 180, 100), id_sk="B")],
            [kawasan("K", box(0, 0, 180, 60))],
        )
        shared = result.pieces[result.pieces["id_sk"] == "A;B"]
        assert set(shared["kelas"]) == {"tetap", "berkurang"}
        assert result.only["luas_sk_ha"] == pytest.approx(1.8, rel=1e-3)
        assert result.locations.loc["A", "luas_ha"] == pytest.approx(1.0, rel=1e-3)
        assert result.summary["total"]["sk"]["luas_ha"] == pytest.approx(1.8, rel=1e-3)
        assert result.rules.count("sk.overlap") == 1

    def test_unrelated_cover_is_tetap(self, verify):
        """Under 4 % of the smaller: not related, and yet neither added nor lost."""
        result = verify([sk(SQUARE, id_sk="S")], [kawasan("K", box(96, 0, 196, 100))])
        assert (result.pieces["kelas"] == "tetap").sum() == 1
        places = result.locations
        assert places["tetap_ha"].tolist() == pytest.approx([0.04, 0.04], rel=1e-3)
        assert places["tetap_persen"].tolist() == pytest.approx([4, 4], rel=1e-3)


class TestRows:
    def test_rows_of_one_id_are_one_location(self, verify):
        rows = [sk(box(0, 0, 50, 100), id_sk="A", luas_sk_ha=0.5),
                sk(box(50, 0, 100, 100), id_sk="A", luas_sk_ha=0.51)]  # fmt: skip
        result = verify(rows, [kawasan("K", SQUARE)])
        assert result.only["id_sk"] == "A"
        assert result.only["luas_sk_tertulis_ha"] == pytest.approx(1.01)
        assert result.only["verdict"] == "sesuai"

    def test_else_name_and_kelurahan_then_rt(self, verify):
        rows = [
            sk(box(0, 0, 50, 100), nama_lokasi="Melati", rt="001"),
            sk(box(50, 0, 100, 100), nama_lokasi="MELATI ", rt="002"),
            sk(box(200, 0, 250, 100), nama_lokasi="Melati", kode_kelurahan="33.75.01.1002"),
            sk(box(300, 0, 350, 100), rt="001", rw="002"),
            sk(box(350, 0, 400, 100), rt="001", rw="002"),
            sk(box(400, 0, 450, 100), rt="001", rw="003"),
        ]
        ids = verify(rows, []).sk["id_sk"].tolist()
        assert ids == [
            f"SK-{KEL}-RW002-RT001",
            f"SK-{KEL}-RW003-RT001",
            f"SK-{KEL}-melati",
            "SK-33.75.01.1002-melati",
        ]

    def test_ids_without_any_key_come_from_the_outline(self, verify):
        one = verify([sk(SQUARE), sk(box(500, 0, 600, 90))], []).sk["id_sk"]
        two = verify([sk(box(500, 0, 600, 90)), sk(SQUARE)], []).sk["id_sk"]
        assert one.tolist() == two.tolist()
        assert one.is_unique
        assert one.str.startswith(f"SK-{KEL}-").all()

    def test_relation_ids_are_stable(self, verify):
        before = verify([sk(SQUARE, id_sk="S")], [kawasan("K", SQUARE)])
        after = verify([sk(SQUARE, id_sk="S")], [kawasan("K", box(0, 0, 180, 100))])
        assert before.only["relation_id"] == after.only["relation_id"]


class TestKelurahan:
    def test_hectares_where_they_lie(self, verify):
        result = verify(
            [sk(SQUARE, id_sk="S")],
            [kawasan("K", box(0, 0, 150, 100))],
            kelurahan_rows=[
                kelurahan(KEL, box(-500, -500, 50, 500), "Barat"),
                kelurahan("33.75.01.1002", box(50, -500, 120, 500), "Timur"),
            ],
        )
        west, east, beyond = result.summary["kelurahan"]
        assert (west["nama_kelurahan"], beyond["kode_kelurahan"]) == ("Barat", None)
        assert west["tetap_ha"] == pytest.approx(0.5, rel=1e-3)
        assert east["bertambah_ha"] == pytest.approx(0.2, rel=1e-3)
        assert beyond["bertambah_ha"] == pytest.approx(0.3, rel=1e-3)
        assert west["jumlah_lokasi_sk"] == 1
        assert west["verdict"] == {"sk": {"meluas": 1}, "kawasan": {"meluas": 1}}
