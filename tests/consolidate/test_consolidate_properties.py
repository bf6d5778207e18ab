"""What holds for any city: order leaves no trace, sums add up, and unknown stays in bounds."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consolidate.world import (
    LAW,
    Consolidate,
    Outcome,
    area,
    box,
    decide,
    key,
    profile,
    rt_row,
)

EXAMPLES = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = [f"{n:03d}" for n in range(1, 7)]
SOURCES = [{"id": "a", "layer": "profil_rt"}, {"id": "b", "layer": "profil_rt"}]
WHOLE = {
    "jumlah_bangunan": 37.0, "jumlah_penduduk": 162.0, "jumlah_kk": 48.0, "luas_ha": 0.7,
    "jalan_ideal_m": 350.0, "drainase_ideal_m": 300.0,
}  # fmt: skip

shares = st.one_of(st.none(), st.sampled_from([0.0, 0.24, 0.26, 0.5, 0.52, 0.75, 0.77, 1.0, 1.3]))
forms = st.fixed_dictionaries(dict.fromkeys(LAW.parameter_ids, shares))
cities = st.lists(forms, min_size=12, max_size=12)


def survey(forms_: list[Mapping[str, float | None]]) -> list[dict[str, Any]]:
    """Two surveys of six RT."""
    rows = []
    for i, form in enumerate(forms_):
        given_ = {
            f"v{p.id}": None if share is None else share * WHOLE[p.denominator]
            for p in LAW.parameters
            for share in [form[p.id]]
        }
        source = SOURCES[i // len(NUMBERS)]["id"]
        rows.append(profile(NUMBERS[i % len(NUMBERS)], source_id=source, **WHOLE, **given_))
    return rows


def layers(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rt": [rt_row(n, box(100 * i, 0, 100)) for i, n in enumerate(NUMBERS)],
        "kawasan": [
            area(box(0, 0, 150, 100), nama_kawasan="A", skor=20),
            area(box(150, 0, 150, 100), nama_kawasan="A", skor=30),
            area(box(300, 0, 300, 100), nama_kawasan="B"),
        ],
        "profil_rt": rows,
    }


def content(done: Outcome) -> dict[str, pd.DataFrame]:
    """The tables without what names a row of a file."""
    tables = {name: frame.copy() for name, frame in done.ctx.tables.items()}
    facts = tables["consolidate/facts"].drop(columns="source_row")
    tables["consolidate/facts"] = facts
    said = tables["consolidate/conflicts"]
    said["candidates"] = said["candidates"].str.replace(r'"source_row": \w+', "", regex=True)
    return tables


@EXAMPLES
@given(cities, st.randoms(use_true_random=False))
def test_the_order_of_rows_leaves_no_trace(
    consolidate: Consolidate, forms_: list[Any], shuffle: random.Random
) -> None:
    one = layers(survey(forms_))
    other = {name: shuffle.sample(rows, len(rows)) for name, rows in one.items()}
    first, second = (consolidate(sources=SOURCES, **each) for each in (one, other))
    ours, theirs = content(first), content(second)
    for name, frame in ours.items():
        pd.testing.assert_frame_equal(frame, theirs[name], check_exact=True)
    ids = [done.ctx.findings.frame()["finding_id"].tolist() for done in (first, second)]
    assert ids[0] == ids[1]


@EXAMPLES
@given(cities, st.permutations(SOURCES), st.randoms(use_true_random=False))
def test_where_the_policy_ranks_the_sources_their_place_in_the_file_leaves_no_trace(
    consolidate: Consolidate, forms_: list[Any], listed: list[Any], shuffle: random.Random
) -> None:
    policy = {"policy": {"order": {"default": ["b", "a"]}}}
    one = layers(survey(forms_))
    other = {name: shuffle.sample(rows, len(rows)) for name, rows in one.items()}
    first = consolidate(sources=SOURCES, top=policy, **one)
    second = consolidate(sources=listed, top=policy, **other)
    theirs = content(second)
    for name, frame in content(first).items():
        pd.testing.assert_frame_equal(frame, theirs[name], check_exact=True)


@EXAMPLES
@given(cities, st.randoms(use_true_random=False))
def test_a_decision_that_repeats_the_present_value_changes_no_score(
    consolidate: Consolidate, forms_: list[Any], shuffle: random.Random
) -> None:
    city = layers(survey(forms_))
    before = consolidate(sources=SOURCES, **city)
    facts = before.table("facts")
    stands = facts[facts["dipakai"]].set_index(["id_rt", "parameter"])["source_id"]
    found = before.conflicts("nilai")
    some = found.iloc[shuffle.sample(range(len(found)), len(found) // 2)]
    decisions = [
        decide(before, p, subject=s, source=stands[s, p])
        for s, p in zip(some["subject"], some["parameter"], strict=True)
    ]
    after = consolidate(sources=SOURCES, decisions=decisions, **city)
    assert (after.table("decisions")["status"] == "berlaku").all()
    assert len(after.table("decisions")) == len(decisions)
    for name in ("rt", "kawasan"):
        ours, theirs = (d.table(name).drop(columns="tingkat_konflik", errors="ignore")
                        for d in (before, after))  # fmt: skip
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    # The levels that are possible narrow, and never widen.
    for one, other in zip(
        before.table("rt")["tingkat_konflik"], after.table("rt")["tingkat_konflik"], strict=True
    ):
        assert pd.isna(other) or set(other.split(";")) <= set(str(one).split(";"))
    decided = after.conflicts().set_index("conflict_id")["status"] == "diputuskan"
    assert decided.sum() == len(decisions)


@EXAMPLES
@given(cities)
def test_the_facts_of_all_rt_sum_to_their_kawasan(
    consolidate: Consolidate, forms_: list[Any]
) -> None:
    done = consolidate(sources=SOURCES, **layers(survey(forms_)))
    facts = done.table("facts")
    used = facts[facts["dipakai"] & ~facts["parameter"].str.startswith("penyebut.")]
    home = done.table("rt").set_index("id_rt")["id_kawasan"]
    sums = used.groupby([used["id_rt"].map(home), "parameter"])[["volume", "penyebut"]].agg(["sum", "size"])  # fmt: skip
    areas = done.table("kawasan").set_index("id_kawasan")
    for (id_kawasan, parameter), row in sums.iterrows():  # type: ignore[misc]
        share = areas.loc[id_kawasan, f"p{parameter}"]
        if row["volume", "size"] == areas.loc[id_kawasan, "jumlah_rt"]:
            expected = row["volume", "sum"] / row["penyebut", "sum"]
            assert share == pytest.approx(expected, abs=1e-9)
            assert areas.loc[id_kawasan, f"n{parameter}"] == LAW.scores(expected)[0]
        else:
            assert np.isnan(share)


@EXAMPLES
@given(cities, st.lists(st.sampled_from([0.0, 0.3, 0.6, 1.0]), min_size=200, max_size=200))
def test_whatever_the_missing_turn_out_to_be_lies_within_the_bounds(
    consolidate: Consolidate, forms_: list[Any], filling: list[float]
) -> None:
    """One survey only; then the same with every gap filled in."""
    half = forms_[: len(NUMBERS)]
    answers = iter(filling)
    filled = [{p: next(answers) if s is None else s for p, s in form.items()} for form in half]
    before = consolidate(sources=SOURCES, **layers(survey(half)))
    after = consolidate(sources=SOURCES, **layers(survey(filled)))
    for name, index in (("rt", "id_rt"), ("kawasan", "id_kawasan")):
        known = before.table(name).set_index(index)
        whole = after.table(name).set_index(index)
        some = known[known["kelengkapan"] != "tanpa_data"].index
        known, whole = known.loc[some], whole.loc[some]
        assert (known["skor"] <= whole["skor"]).all()
        assert (whole["skor"] <= known["skor_maks"]).all()
        settled = known["tingkat"].notna()
        assert (known["tingkat"][settled] == whole["tingkat"][settled]).all()
        for levels, level in zip(known["tingkat_konflik"], whole["tingkat"], strict=True):
            assert pd.isna(levels) or level in levels.split(";")


@EXAMPLES
@given(cities)
def test_exactly_one_candidate_of_a_cell_is_used_and_it_is_the_strongest(
    consolidate: Consolidate, forms_: list[Any]
) -> None:
    facts = consolidate(sources=SOURCES, **layers(survey(forms_))).table("facts")
    values = facts[~facts["parameter"].str.startswith("penyebut.")]
    for _, cell in values.groupby(["id_rt", "parameter"]):
        assert cell["dipakai"].sum() == 1
        assert cell.loc[cell["dipakai"], "source_id"].iloc[0] == cell["source_id"].min()
        apart = cell["persen"].max() - cell["persen"].min() > 5 + 1e-9
        alone = "tunggal" if len(cell) == 1 else "urutan" if apart else "sepakat"
        assert set(cell["rule"]) == {alone}


def test_the_same_city_twice_gives_the_same_bytes(consolidate: Consolidate, tmp_path: Any) -> None:
    rows = survey([dict.fromkeys(LAW.parameter_ids, 0.3 + 0.05 * i) for i in range(12)])
    written = []
    for _ in range(2):
        done = consolidate(sources=SOURCES, **layers(rows))
        done.ctx.workspace.write("consolidate/kawasan", done.table("kawasan"))
        done.ctx.workspace.write("consolidate/facts", done.table("facts"))
        written.append(
            [done.ctx.workspace.path(f"consolidate/{n}").read_bytes() for n in ("kawasan", "facts")]
        )
    assert written[0] == written[1]
    assert key("001") in done.table("rt")["id_rt"].tolist()
