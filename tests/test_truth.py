"""The sample city knows its answers: the program's must be the same.

The truth is computed by the sample from its construction parameters; nothing of it comes from the
stages that are judged here.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kotaku_geo.config import load_pipeline, parameter_ids
from kotaku_geo.runner import run_stages
from kotaku_geo.sample import write_sample

PARAMETERS = parameter_ids("permen-14-2018")
RELATION = ["relation", "mode", "susunan", "verdict", "tingkat_sk", "tingkat_baseline",
            "perubahan_tingkat", "rekomendasi"]  # fmt: skip
# Hectares that a tolerance may take from a raw geometric difference in a planted relation.
OPENING_HA = 0.02


class City:
    """A sample city's truth beside what the program made of it."""

    def __init__(self, root: Path, truth: Path) -> None:
        self.root, self.folder = root, truth

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv", dtype={"source_row": str})

    def made(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.root / f"{name}.parquet")


@pytest.fixture(scope="module", params=[1, 5], ids=lambda seed: f"seed{seed}")
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("kota")
    pipeline = write_sample(folder, seed=request.param, size="kecil")
    file = load_pipeline(pipeline)
    report = run_stages(file, ("verify", "screen"), build=folder / "build")
    return City(report.root, folder / "truth")


def differences(
    truth: pd.DataFrame, made: pd.DataFrame, columns: list[str]
) -> list[tuple[Any, ...]]:
    """(key, column, truth, made) of every cell that differs: by 1 in 1000 and by 0.001."""
    assert sorted(truth.index) == sorted(made.index)
    found = []
    for column in columns:
        left, right = truth[column], made[column].reindex(truth.index)
        if pd.api.types.is_numeric_dtype(left) and pd.api.types.is_numeric_dtype(right):
            a, b = left.astype(float).to_numpy(), right.astype(float).to_numpy()
            same = np.isclose(a, b, rtol=1e-3, atol=1e-3) | (np.isnan(a) & np.isnan(b))
        else:
            same = (
                (left.astype("str") == right.astype("str")) | (left.isna() & right.isna())
            ).to_numpy(bool)
        found += [(key, column, left[key], right[key]) for key in truth.index[~same]]
    return found


def test_every_rt_has_its_shares_scores_and_level(city: City) -> None:
    truth = city.truth("rt").set_index("id_rt")
    made = city.made("consolidate/rt").set_index("id_rt")
    columns = ["id_kawasan", "luas_ha", "skor", "skor_maks", "tingkat", "kelengkapan"]
    columns += [f"{kind}{p}" for p in PARAMETERS for kind in "pn"]
    assert differences(truth, made, columns) == []


def test_every_kawasan_has_its_score_level_class_and_priority(city: City) -> None:
    truth = city.truth("kawasan").set_index("id_kawasan")
    made = city.made("consolidate/kawasan").set_index("id_kawasan")
    columns = ["luas_ha", "skor", "skor_maks", "tingkat", "tingkat_pertimbangan", "legalitas",
               "klasifikasi", "prioritas", "pola_penanganan", "kewenangan", "kelengkapan"]  # fmt: skip
    assert differences(truth, made, columns) == []


def test_every_planted_value_conflict_is_found_and_none_is_invented(city: City) -> None:
    keys = ["subject", "parameter"]
    truth = city.truth("conflicts").set_index(keys)
    made = city.made("consolidate/conflicts")
    made = made[made["kind"] == "nilai"].set_index(keys)
    assert sorted(truth.index) == sorted(made.index)
    made = made.reindex(truth.index)
    assert (truth["material"].eq("ya") == made["material"]).all()
    assert np.allclose(truth["spread"], made["spread"], atol=0.1)


def test_precision_and_recall_of_conflicts(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    """Values, outlines and identities together; what is immaterial is told apart."""
    keys = ["kind", "subject", "parameter"]
    planted = pd.concat([city.truth("conflicts").assign(kind="nilai"), city.truth("disputes")])
    planted = planted.set_index(keys)["material"].eq("ya")
    found = city.made("consolidate/conflicts").set_index(keys)["material"]
    assert set(planted.index.get_level_values("kind")) == {"nilai", "batas", "identitas"}
    for weight, material in (("material", True), ("immaterial", False)):
        truth, made = (set(s.index[s == material]) for s in (planted, found))
        hit = len(truth & made)
        with capsys.disabled():
            print(f"\n  {weight} conflicts: precision {hit}/{len(made)}, recall {hit}/{len(truth)}")
        assert truth
        assert made == truth


def test_every_relation_has_its_verdict_level_change_and_recommendation(city: City) -> None:
    keys = ["id_sk", "id_kawasan"]
    truth = city.truth("relations").fillna(dict.fromkeys(keys, "")).set_index(keys)
    made = city.made("verify/relations").fillna(dict.fromkeys(keys, "")).set_index(keys)
    assert differences(truth, made, RELATION) == []
    made = made.reindex(truth.index)
    for planted, found in (
        ("beda_bertambah_ha", "bertambah_ha"),
        ("beda_berkurang_ha", "berkurang_ha"),
    ):
        known = truth[planted].notna()
        gaps = (truth[planted] - made[found])[known].abs()
        assert (gaps <= OPENING_HA).all(), gaps[gaps > OPENING_HA]


def test_every_verdict_and_arrangement_is_planted(city: City) -> None:
    made = city.made("verify/relations")
    assert set(made["verdict"]) == {
        "tidak_ada_di_baseline", "belum_terdata", "tidak_ada_di_sk", "perlu_tinjau", "sesuai",
        "bergeser", "meluas", "menyusut", "berubah_bentuk"}  # fmt: skip
    assert set(made["susunan"].dropna()) == {"tetap", "pecah", "gabung", "campuran"}


def test_screening_statuses_and_hectares(city: City) -> None:
    keys = ["id_kawasan", "tema"]
    truth = city.truth("screening").set_index(keys)
    made = city.made("screen/screening").set_index(keys)
    assert differences(truth, made, ["status"]) == []
    hectares = truth["luas_ha"].fillna(0)
    gaps = (hectares - made["luas_ha"].reindex(truth.index).fillna(0).astype(float)).abs()
    assert (gaps <= np.maximum(0.001 * hectares, 1e-5)).all(), gaps[gaps > 0.001 * hectares]


def test_tetap_berkurang_and_toleransi_make_up_the_sk(city: City) -> None:
    made = city.made("verify/locations")
    drawn = made[made["luas_ha"].notna() & made["tetap_ha"].notna()]
    parts = drawn[["tetap_ha", "berubah_ha", "toleransi_ha"]].sum(axis=1)
    assert np.allclose(parts, drawn["luas_ha"], rtol=1e-3)


def test_recall_of_planted_defects(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    found = city.made("findings")
    row = found["source_row"].map(lambda r: "" if pd.isna(r) else str(int(r)))
    by_subject = set(zip(found["rule"], found["subject"].fillna(""), strict=True))
    by_row = set(zip(found["rule"], found["source_id"].fillna(""), row, strict=True))
    by_source = {(rule, source) for rule, source, _ in by_row}
    planted = city.truth("defects").fillna("")
    missed = []
    for defect in planted.to_dict("records"):
        rule, source, number = defect["rule"], defect["source_id"], defect["source_row"]
        hit = bool(defect["subject"]) and (rule, defect["subject"]) in by_subject
        hit = hit or (
            (rule, source, number) in by_row
            if number
            else bool(source) and (rule, source) in by_source
        )
        if not hit:
            missed.append((rule, source, number, defect["subject"], defect["detail"]))
    with capsys.disabled():
        print(f"\n  recall of planted defects: {len(planted) - len(missed)}/{len(planted)}")
    assert missed == []
