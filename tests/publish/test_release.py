"""What may be seen, and what may not."""

import json
import pickle
from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kotaku_geo.publish import tables
from kotaku_geo.publish.layers import layers
from kotaku_geo.publish.masking import FEW
from kotaku_geo.publish.release import Release, release
from kotaku_geo.publish.words import text
from kotaku_geo.stage import StageContext

City = Callable[..., StageContext]
SMALL = "33.75.01.1001-RW001-RT002"
FIRST = "33.75.01.1001-RW001-RT001"


def row(frame: pd.DataFrame, column: str, value: str) -> pd.Series:
    found = frame[frame[column] == value]
    assert len(found) == 1
    return found.iloc[0]


def everything(released: Release) -> str:
    """All that a release holds, as text."""
    frames = [
        pd.DataFrame(f.drop(columns="geometry", errors="ignore")) for f in released.tables.values()
    ]
    return "\n".join(f.to_json(orient="records", force_ascii=False) for f in frames)


def test_nothing_withheld_passes_unchanged(city: City, tables: dict[str, pd.DataFrame]) -> None:
    released = release(city({"adat": {"publish": True}}))
    assert len(released.table("screen/hits")) == len(tables["screen/hits"])
    assert released.geo("consolidate/kawasan").geometry.notna().all()
    assert row(released.table("consolidate/kawasan"), "id_kawasan", "K1")["jumlah_kk"] == 43
    assert released.table("consolidate/facts")["source_id"].tolist() == ["profil", "pdam", "profil"]


def test_a_small_rt_has_no_figures(city: City) -> None:
    released = release(city())
    rts = released.table("consolidate/rt")
    small = row(rts, "id_rt", SMALL)
    assert small[rts.select_dtypes("number").columns].isna().all()
    assert small["jumlah_kk_teks"] == FEW == "< 5"
    assert small["tingkat"] == "sedang"
    assert row(rts, "id_rt", FIRST)["jumlah_kk_teks"] == "40"
    unknown = rts[rts["id_rt"].str.endswith("RT004")].iloc[0]
    assert pd.isna(unknown["jumlah_kk_teks"]), "unknown is not few"


def test_a_small_rt_has_no_facts_either(city: City) -> None:
    facts = release(city()).table("consolidate/facts")
    small = facts[facts["id_rt"] == SMALL]
    assert small[["volume", "penyebut", "persen", "nilai"]].isna().all(axis=None)
    assert (small["volume_teks"] == FEW).all()


def test_findings_about_a_small_rt_quote_no_figure(city: City) -> None:
    found = release(city()).table("findings")
    message = row(found[found["rule"] == "parameter.missing"], "subject", SMALL)["message"]
    assert "2 dari 3" not in message
    assert text("temuan.tersembunyi") in message


def test_findings_about_a_small_rts_own_row_quote_no_figure(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables["findings"].loc[tables["findings"]["rule"] == "value.not-number", "source_row"] = 2
    found = release(city()).table("findings").set_index("rule").loc["value.not-number"]
    assert text("temuan.tersembunyi") in found["message"]
    assert pd.isna(found["value"])


def test_totals_by_level_count_small_rts(city: City) -> None:
    levels = release(city()).rt_levels.groupby("level")["luas_ha"].sum()
    assert levels["sedang"] == 2.0
    assert levels["tidak_diketahui"] == 2.5


def test_a_small_kawasan_is_one_small_rt(city: City, tables: dict[str, pd.DataFrame]) -> None:
    tables["consolidate/kawasan"].loc[2, "jumlah_kk"] = 4.0
    kawasan = row(release(city()).table("consolidate/kawasan"), "id_kawasan", "K3")
    assert pd.isna(kawasan["jumlah_kk"])
    assert kawasan["jumlah_kk_teks"] == FEW
    assert pd.isna(kawasan["p1a"])
    assert kawasan["tingkat"] == "berat"
    assert kawasan["luas_ha"] == 4.0


@pytest.mark.parametrize("source", ["cagar", "sungai", "banjir"])
def test_a_withheld_theme_has_no_hits_but_its_result(city: City, source: str) -> None:
    released = release(city({source: {"publish": False}}))
    assert source not in set(released.table("screen/hits")["source_id"])
    before = release(city()).table("screen/screening")
    pd.testing.assert_frame_equal(released.table("screen/screening"), before)


def test_findings_of_a_withheld_source_stay_countable(city: City) -> None:
    open_, closed = release(city()), release(city({"cagar": {"publish": False}}))
    assert len(open_.table("findings")) == len(closed.table("findings"))
    rows = closed.table("findings")
    one = rows[rows["source_id"] == "cagar"].iloc[0]
    assert one["geometry"] is None
    assert pd.isna(one["value"])
    assert pd.isna(one["source_row"])
    assert one["subject"] == "cagar"


def test_a_withheld_source_has_no_facts_and_is_not_quoted(city: City) -> None:
    released = release(city({"pdam": {"publish": False}}))
    assert "pdam" not in set(released.table("consolidate/facts")["source_id"])
    conflict = released.table("consolidate/conflicts").iloc[0]
    candidates = json.loads(conflict["candidates"])
    assert [c.get("persen") for c in candidates] == [50.0, None]
    assert pd.isna(conflict["spread"])
    text = everything(released)
    assert "90,0" not in text
    assert "90.0" not in text


def effects(tables: dict[str, pd.DataFrame], subject: str, kk: float | None) -> None:
    """The conflict's further columns, as consolidation writes them."""
    tables["consolidate/conflicts"] = tables["consolidate/conflicts"].assign(
        subject=subject, decision_id=None, luas_ha=1.0, jumlah_kk=kk,
        dampak_rt=json.dumps({"profil": "ringan", "pdam": "sedang"}),
        dampak_kawasan=json.dumps({"profil": "ringan", "pdam": "ringan"}),
    ).astype({"jumlah_kk": "float64", "decision_id": "str"})  # fmt: skip


def test_what_each_choice_would_make_is_published_but_not_of_a_withheld_source(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    effects(tables, FIRST, 40.0)
    shown = release(city()).table("consolidate/conflicts").iloc[0]
    assert json.loads(shown["dampak_rt"]) == {"profil": "ringan", "pdam": "sedang"}
    assert (shown["jumlah_kk"], shown["jumlah_kk_teks"], shown["luas_ha"]) == (40.0, "40", 1.0)
    kept = release(city({"pdam": {"publish": False}})).table("consolidate/conflicts").iloc[0]
    assert kept[["dampak_rt", "dampak_kawasan", "spread"]].isna().all()


@pytest.mark.parametrize(
    ("subject", "kk", "text"), [(SMALL, 3.0, FEW), ("K1", 3.0, FEW), (FIRST, None, None)]
)
def test_households_of_a_conflict_that_are_few_or_unknown_are_blank(
    city: City, tables: dict[str, pd.DataFrame], subject: str, kk: float | None, text: str | None
) -> None:
    effects(tables, subject, kk)
    shown = release(city()).table("consolidate/conflicts").iloc[0]
    assert pd.isna(shown["jumlah_kk"]), "unknown is not zero"
    told = shown["jumlah_kk_teks"]
    assert (None if pd.isna(told) else told) == text
    assert pd.isna(shown["luas_ha"]) == (text is not None)


def test_a_decision_quotes_neither_a_withheld_source_nor_a_small_rt(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables["consolidate/decisions"] = pd.DataFrame(
        {
            "decision_id": ["d1", "d2", "d3", "d4"],
            "status": "berlaku",
            "found": None,
            "subject": [FIRST, SMALL, FIRST, "33.75.09.1009-RW001-RT001"],
            "subject_now": [FIRST, SMALL, FIRST, SMALL],  # the last followed its RT
            "source_id": ["pdam#7", None, "profil", None],
            "value": ["90.0", "66.7", None, "50.0"],
            "reason": ["pdam 90,0 % lebih baru", "Dihitung ulang", "Disepakati", "Diukur"],
        }
    ).astype({"found": "str"})
    shown = release(city({"pdam": {"publish": False}})).table("consolidate/decisions")
    assert shown["source_id"].fillna("").tolist() == ["pdam", "", "profil", ""]
    assert shown["reason"].fillna("").tolist() == ["", "", "Disepakati", ""]
    assert shown.loc[[1, 3], ["value", "reason"]].isna().all(axis=None)


def test_a_withheld_delineation_keeps_results_and_loses_shapes(city: City) -> None:
    released = release(city({"delineasi": {"publish": False}}))
    kawasan = released.geo("consolidate/kawasan")
    assert kawasan.geometry.isna().all()
    assert kawasan["lintang"].isna().all()
    assert kawasan["tingkat"].notna().sum() == 3
    assert released.geo("consolidate/rt").geometry.isna().all()
    pieces = released.geo("verify/pieces")
    assert pieces.loc[pieces["id_kawasan"].notna(), "geometry"].isna().all()
    assert pieces["luas_ha"].notna().all()


def test_a_withheld_sk_keeps_results_and_loses_shapes(city: City) -> None:
    pieces = release(city({"sk-2020": {"publish": False}})).geo("verify/pieces")
    assert pieces.loc[pieces["id_sk"].notna(), "geometry"].isna().all()
    assert pieces.loc[pieces["id_sk"].isna(), "geometry"].notna().all()
    assert pieces["luas_ha"].notna().all()


@pytest.mark.parametrize(("source", "table"), [("kel", "kelurahan"), ("rt", "rt")])
def test_a_withheld_border_is_not_drawn(city: City, source: str, table: str) -> None:
    released = release(city({source: {"publish": False}}))
    assert released.geo(f"consolidate/{table}").geometry.isna().all()


def seam_tables() -> dict[str, pd.DataFrame]:
    shape = gpd.GeoSeries([shapely.box(0, 0, 1, 1)] * 2, crs="EPSG:32749")
    pairs = {"kind": "rt", "subject": [FIRST, SMALL], "source_id": "profil", "luas_ha": 1.0,
             "source_id_lain": ["pdam", "rt"], "beda_ha": 0.5}  # fmt: skip
    seams = {"lapisan": "rt", "kind": "celah", "tahap": ["sebelum", "sesudah"], "luas_ha": 0.1,
             "subjects": f"{FIRST};{SMALL}", "source_id": ["pdam;rt", "rt"]}  # fmt: skip
    return {
        "consolidate/boundaries": gpd.GeoDataFrame(pairs, geometry=shape),
        "consolidate/planar": gpd.GeoDataFrame(seams, geometry=shape),
    }


def test_what_differs_from_a_withheld_outline_is_not_drawn(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables.update(seam_tables())
    open_, closed = release(city()), release(city({"pdam": {"publish": False}}))
    for name in ("consolidate/boundaries", "consolidate/planar"):
        assert len(open_.geo(name)) == 2
        assert len(closed.geo(name)) == 1
    small = row(open_.table("consolidate/boundaries"), "subject", SMALL)
    assert pd.isna(small["luas_ha"])
    assert row(open_.table("consolidate/boundaries"), "subject", FIRST)["luas_ha"] == 1.0


def test_gaps_before_and_after_are_layers_of_their_own(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables.update(seam_tables())
    made = {layer.name: layer.frame for layer in layers(release(city()))}
    assert made["batas_sebelum"]["source_id"].tolist() == ["pdam;rt"]
    assert made["batas_sesudah"]["source_id"].tolist() == ["rt"]
    assert len(made["beda_batas"]) == 2


def test_communities_are_shown_by_kelurahan_only(city: City) -> None:
    released = release(city())
    assert "mha" not in set(released.table("screen/hits")["tema"])
    assert released.mha_kelurahan == {"33.75.01.1002"}
    screening = released.table("screen/screening")
    mha = screening[screening["tema"] == "mha"]
    figures = ["luas_ha", "persen", "jarak_m", "jumlah_objek", "bangunan", "kk", "jiwa", "rincian"]
    assert mha[figures].isna().all(axis=None)
    assert (mha["status"] == "terindikasi").sum() == 1
    assert "Masyarakat rahasia" not in everything(released)


def test_communities_are_shown_where_their_source_agrees(city: City) -> None:
    released = release(city({"adat": {"publish": True}}))
    assert (released.table("screen/hits")["tema"] == "mha").sum() == 1


def test_communities_of_a_withheld_source_are_not_placed(city: City) -> None:
    assert release(city({"adat": {"publish": False}})).mha_kelurahan == frozenset()


def test_no_withheld_geometry_survives_anywhere(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    shapes = tables["screen/hits"].loc[lambda f: f["tema"] == "mha", "geometry"]
    released = release(city())
    for frame in released.tables.values():
        if isinstance(frame, gpd.GeoDataFrame) and len(frame):
            known = frame.geometry[frame.geometry.notna()]
            assert not known.geom_equals(shapes.iloc[0]).any()


def test_absent_tables_are_empty_ones(city: City) -> None:
    names = [n for n in tables.names() if n.startswith(("screen/", "verify/"))]
    released = release(city(without=tuple(names)))
    for name in names:
        assert list(released.table(name).columns)[: len(tables.columns_of(name, "permen-14-2018"))]
        assert released.table(name).empty


def test_the_same_tables_give_the_same_release(city: City) -> None:
    assert pickle.dumps(everything(release(city()))) == pickle.dumps(everything(release(city())))
