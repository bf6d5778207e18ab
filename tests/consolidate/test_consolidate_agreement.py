"""How well sources agree, counted by hand."""

import pandas as pd
import pytest

from tests.consolidate.world import Consolidate, area, box, key, profile, rt_row

SOURCES = [{"id": i, "layer": "profil_rt"} for i in ("a", "b", "c")]


@pytest.fixture
def agreed(consolidate: Consolidate) -> pd.DataFrame:
    """Three surveys of 3a in four RT; c has two of them, and a has a record of one twice."""
    said = {"a": [30, 30, 30, 30], "b": [30, 34, 40, 60], "c": [30, 90]}
    rows = [
        profile(f"{i + 1:03d}", source_id=source, jumlah_kk=100, v3a=value)
        for source, values in said.items()
        for i, value in enumerate(values)
    ]
    rows.append(profile("004", source_id="a", jumlah_kk=100, v3a=20))
    rows.append(profile("001", source_id="b", jumlah_kk=100, v5a=1))  # nobody else says it
    done = consolidate(
        sources=SOURCES,
        rt=[rt_row(f"{i + 1:03d}", box(100 * i, 0, 100)) for i in range(4)],
        kawasan=[area(box(0, 0, 400, 100), nama_kawasan="Tepi Kali")], profil_rt=rows,
    )  # fmt: skip
    assert key("004") in done.table("rt")["id_rt"].tolist()
    return done.table("agreement")


def test_two_sources_and_a_parameter(agreed: pd.DataFrame) -> None:
    rows = agreed.set_index(["source_id", "other_id", "parameter"])
    row = rows.loc["a", "b", "3a"]
    assert row[["bersama", "dalam_toleransi", "nilai_sama"]].tolist() == [4, 2, 3]
    assert row[["persen_sepakat", "persen_nilai_sama"]].tolist() == [50, 75]
    assert row["selisih_median"] == pytest.approx((4 + 10) / 2)
    assert rows.loc[("b", "a", "3a")].tolist() == row.tolist()
    assert rows.loc[("a", "b", "semua")].tolist() == row.tolist()


def test_a_source_against_all_others(agreed: pd.DataFrame) -> None:
    rows = agreed.set_index(["source_id", "other_id", "parameter"])
    total = rows.loc["c", "semua", "semua"]
    assert total[["bersama", "dalam_toleransi"]].tolist() == [4, 2]
    assert total["persen_sepakat"] == 50


def test_rows_are_in_a_stable_order_and_totals_lead(agreed: pd.DataFrame) -> None:
    assert agreed["source_id"].tolist() == ["a"] * 5 + ["b"] * 5 + ["c"] * 5
    assert agreed["other_id"].tolist()[:3] == ["semua", "b", "b"]
    assert agreed["parameter"].tolist()[:3] == ["semua", "semua", "3a"]
    assert "5a" not in set(agreed["parameter"])


def test_nobody_to_agree_with(consolidate: Consolidate) -> None:
    done = consolidate(profil_rt=[profile("001", jumlah_kk=10, v3a=4)])
    assert done.table("agreement").empty
