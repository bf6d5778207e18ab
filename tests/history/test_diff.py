"""Every kind of difference is found, named with its cause, and weighed; none is invented."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history.baseline import decisions_path
from kotaku_geo.history.changes import Change, Difference
from kotaku_geo.history.diff import diff
from kotaku_geo.history.report import diff_text
from kotaku_geo.publish.differences import write_differences
from tests.consolidate.world import box
from tests.history.world import DISPUTED, R1, R2, R4, State, build, consolidated, outline, rows

Make = Callable[..., State]


def only(found: Difference, kind: str, what: str | None = None) -> Change:
    changes = found.of(kind, what)
    assert len(changes) == 1, [c.id for c in changes]
    return changes[0]


def columns(change: Change) -> dict[str, tuple[Any, Any]]:
    return {a.column: (a.before, a.after) for a in change.attributes}


@pytest.fixture(scope="module")
def same_city(tmp_path_factory: pytest.TempPathFactory) -> State:
    return build(tmp_path_factory.mktemp("kota"), "kota")


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_a_baseline_differs_from_itself_in_nothing(same_city: State, seed: int) -> None:
    """Whatever the order of the rows."""
    before = same_city.baseline
    shuffled = {
        name: frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        for name, frame in before.tables.items()
    }
    after = replace(before, tables=shuffled)
    found = diff(before, after)
    assert (found.weight, found.changes, found.sources, found.decisions) == (None, (), (), ())
    assert found.tables == ()
    assert "Tidak ada perbedaan." in diff_text(found, "id")


def test_a_decision_is_named_as_the_cause(state: Make) -> None:
    one, other = state("a"), state("b")
    other.decide()
    found = diff(one.baseline, other.baseline)
    change = only(found, "rt")
    assert change.id == R1
    assert columns(change)["n3a"] == (3.0, 0.0)
    cause = next(a.cause for a in change.attributes if a.column == "p3a")
    assert cause is not None
    assert (cause.source_before, cause.source_after) == ("profil", "susulan")
    assert (cause.rule, cause.decision_id) == ("keputusan", "d1")
    assert (change.sources, change.decisions) == (("profil", "susulan"), ("d1",))
    assert [d["decision_id"] for d in found.decisions] == ["d1"]
    assert found.weight == "minor"
    text = diff_text(found, "id")
    assert "3a: 60,0 % → 10,0 % [susulan, keputusan d1]" in text
    assert "Keputusan d1 tentang" in text
    assert "3a: 60.0 % → 10.0 % [susulan, decision d1]" in diff_text(found, "en")


def test_a_decision_that_fell_away_is_named_as_the_cause(state: Make) -> None:
    """A later delivery makes it stale: what changed rested on it."""
    city = state("a")
    made = city.agree("nilai", R1, DISPUTED, source="susulan")
    rows_ = rows()["profil_rt"]
    rows_[-1] = {**rows_[-1], "p3a": 0.3}
    later = state("b", profil_rt=rows_)
    shutil.copy(decisions_path(city.file), decisions_path(later.file))
    consolidated(later)
    found = diff(city.baseline, later.baseline)
    (change,) = [c for c in found.changes if c.id == R1]
    (share,) = [a for a in change.attributes if a.column == "p3a"]
    assert share.cause is not None
    assert (share.cause.decision_id, share.cause.decision_lost) == (None, made)
    assert made in change.decisions
    assert f"keputusan {made} tidak berlaku lagi" in diff_text(found, "id")


def test_another_source_is_named_as_the_cause(state: Make) -> None:
    stronger = rows()["profil_rt"]
    stronger[1] = {**stronger[1], "v3a": 90.0}
    found = diff(state("a").baseline, state("b", profil_rt=stronger).baseline)
    change = only(found, "rt")
    assert (change.id, change.sources) == (R2, ("profil",))
    assert columns(change)["skor"] == (48.0, 50.0)
    area = only(found, "kawasan")
    assert (area.id, area.sources) == ("K1", ("profil",)), "what changed in its RT changed it"


def test_a_level_that_changes_is_major(state: Make) -> None:
    one, other = state("a"), state("b")
    other.change("rt", lambda f: f.assign(tingkat=f["tingkat"].mask(f["id_rt"] == R1, "ringan")))
    found = diff(one.baseline, other.baseline)
    assert (found.weight, found.reasons) == ("major", ("tingkat",))
    totals = {(t.kind, t.level): (t.count_before, t.count_after) for t in found.totals}
    assert totals["rt", "sedang"] == (4, 3)
    assert totals["rt", "ringan"] == (0, 1)


def test_a_level_that_is_no_longer_known_is_a_level_that_changes(state: Make) -> None:
    one, other = state("a"), state("b")
    other.change("kawasan", lambda f: f.assign(tingkat=f["tingkat"].mask(f["id_kawasan"] == "K1")))
    found = diff(one.baseline, other.baseline)
    assert found.reasons == ("tingkat",)
    assert "tingkat: kumuh sedang → belum diketahui" in diff_text(found, "id")


def test_columns_and_codes_are_told_in_words(state: Make) -> None:
    one, other = state("a"), state("b")
    changed = {"skor_maks": 63.0, "tingkat_konflik": "sedang;berat", "legalitas": "tidak_legal",
               "kelengkapan": "sebagian"}  # fmt: skip
    other.change("kawasan", lambda f: f.assign(
        **{c: f[c].mask(f["id_kawasan"] == "K1", v) for c, v in changed.items()}))  # fmt: skip
    found = diff(one.baseline, other.baseline)
    told = diff_text(found, "id")
    assert "  Skor terbesar yang mungkin: 48 → 63" in told
    assert "  Tingkat yang mungkin: – → Kumuh sedang atau Kumuh berat" in told
    assert "  Legalitas lahan: Legal → Tidak legal" in told
    english = diff_text(found, "en")
    assert "  Possible levels: – → Moderate slum or Heavy slum" in english
    assert "  Completeness: Complete → Partial" in english
    for text in (told, english):
        assert not set(changed) & set(re.findall(r"\w+", text)), "no column by its own name"


def test_what_is_added_and_removed(state: Make) -> None:
    fewer = rows()["kawasan"][:1]
    found = diff(state("a").baseline, state("b", kawasan=fewer).baseline)
    assert (only(found, "kawasan").id, only(found, "kawasan").what) == ("K2", "dihapus")
    assert {c.id for c in found.of("rt", "dihapus")} == {R4, R4.replace("004", "003")}
    assert found.reasons == ("kawasan", "rt")
    back = diff(state("c", kawasan=fewer).baseline, state("d").baseline)
    assert only(back, "kawasan").what == "ditambah"
    assert set(back.of("rt")[0].sources) == {"profil"}


def test_a_boundary_beyond_the_tolerance_is_measured(state: Make) -> None:
    wider = [outline("K1", box(0, 0, 200, 110)), rows()["kawasan"][1]]
    found = diff(state("a").baseline, state("b", kawasan=wider).baseline)
    shape = only(found, "kawasan").shape
    assert shape is not None
    assert shape.changed
    assert shape.added_ha == pytest.approx(0.2, rel=2e-3)
    assert shape.removed_ha == 0
    assert shape.iou == pytest.approx(100 / 110, abs=1e-6)
    assert shape.tau_m == pytest.approx(1.5 * 2**0.5)
    assert only(found, "kawasan").sources == ("delineasi",)
    assert found.reasons == ("batas",)
    assert "batas: +0,20 ha, −0,00 ha (± 0,00 ha dalam toleransi 2,1 m)" in diff_text(found, "id")


def test_redrawing_within_the_tolerance_is_told_and_weighs_nothing(state: Make) -> None:
    wider = [outline("K1", box(0, 0, 200, 101)), rows()["kawasan"][1]]
    found = diff(state("a").baseline, state("b", kawasan=wider).baseline)
    shape = only(found, "kawasan").shape
    assert shape is not None
    assert not shape.changed
    assert shape.noise_ha == pytest.approx(0.02, rel=2e-3)
    assert (found.weight, found.reasons) == ("minor", ())
    assert "batas digambar ulang dalam toleransi 2,1 m: ± 0,02 ha" in diff_text(found, "id")


def test_an_outline_that_was_decided_names_its_decision(state: Make) -> None:
    other = [outline("K1", box(0, 0, 200, 130), "delineasi-lama"), rows()["kawasan"][1]]
    one, two = state("a"), state("b", kawasan=other)
    two.decide(kind="batas", subject="K1", parameter="batas.kawasan", source="delineasi-lama")
    change = only(diff(one.baseline, two.baseline), "kawasan")
    assert columns(change)["source_id"] == ("delineasi", "delineasi-lama")
    assert change.decisions == ("d1",)


@pytest.mark.parametrize(
    ("old", "new", "susunan"),
    [
        ([("K1", 0, 200)], [("K1", 0, 100), ("K9", 100, 100)], "pecah"),
        ([("K1", 0, 100), ("K9", 100, 100)], [("K1", 0, 200)], "gabung"),
        ([("K1", 0, 200)], [("KB", 0, 190)], "ganti_id"),
        (
            [("K1", 0, 100), ("K3", 100, 100)],
            [("K5", 0, 60), ("K6", 60, 40), ("K7", 100, 100)],
            None,
        ),
        ([("K1", 0, 100), ("K3", 100, 100)], [("K5", 0, 150), ("K6", 150, 50)], "campuran"),
        ([("K1", 0, 200)], [("K1", 0, 150), ("K9", 400, 50)], None),
    ],
    ids=["split", "merge", "renamed", "two at once", "rearranged", "elsewhere"],
)
def test_splits_and_merges_are_noticed(
    state: Make, old: list[Any], new: list[Any], susunan: str | None
) -> None:
    rest = rows()["kawasan"][1]
    before, after = (
        state(name, kawasan=[*(outline(i, box(x, 0, w, 100)) for i, x, w in some), rest])
        for name, some in (("a", old), ("b", new))
    )
    found = diff(before.baseline, after.baseline)
    groups = [(g["susunan"], g["before"], g["after"]) for g in found.arrangements]
    if old[0][0] == new[0][0] and susunan is None:
        assert groups == []
        return
    if susunan is None:
        assert groups == [("pecah", ["K1"], ["K5", "K6"]), ("ganti_id", ["K3"], ["K7"])]
        return
    assert groups == [(susunan, [i for i, *_ in old], [i for i, *_ in new])]
    assert "K1" in diff_text(found, "id")


def test_files_that_came_went_or_changed(state: Make) -> None:
    one, other = state("a"), state("b")
    told = other.workspace.read("ingest/sources")
    told.loc[told["source_id"] == "profil", "sha256"] = "anders"
    other.workspace.write("ingest/sources", told[told["source_id"] != "susulan"])
    found = diff(one.baseline, other.baseline)
    assert [(s["source_id"], s["what"]) for s in found.sources] == [
        ("profil", "berubah"), ("susulan", "dihapus")
    ]  # fmt: skip
    assert found.tables == ("ingest/sources",)
    assert (found.weight, found.changes) == ("minor", ())
    assert "Berkas profil (profil.xlsx, Dinas Perkim, 15 Desember 2023) berubah" in diff_text(
        found, "id"
    )


def test_columns_of_one_side_alone_are_told_and_not_compared(state: Make) -> None:
    one, other = state("a"), state("b")
    other.change("rt", lambda f: f.assign(kolom_baru=1.0).drop(columns="legalitas"))
    found = diff(one.baseline, other.baseline)
    assert found.changes == ()
    assert found.columns == {"consolidate/rt": ["kolom_baru", "legalitas"]}


def test_an_rt_that_had_no_outline_has_a_boundary_now(state: Make) -> None:
    one, other = state("a"), state("b")
    one.change("rt", lambda f: f.set_geometry(f.geometry.where(f["id_rt"] != R1, None)))
    shape = only(diff(one.baseline, other.baseline), "rt").shape
    assert shape is not None
    assert shape.iou is None
    assert shape.added_ha == pytest.approx(1.0, rel=2e-3)


def test_different_coordinate_systems_are_not_compared(state: Make) -> None:
    one, other = state("a"), state("b")
    for name in ("kawasan", "rt", "rt_lain", "kelurahan"):
        other.change(name, lambda f: f.set_crs("EPSG:32750", allow_override=True))
    with pytest.raises(PipelineFileError, match="EPSG:32749"):
        diff(one.baseline, other.baseline)


def test_the_difference_is_json(state: Make) -> None:
    wider = [outline("K1", box(0, 0, 200, 110)), outline("K3", box(0, 2000, 100))]
    found = diff(state("a").baseline, state("b", kawasan=wider).baseline)
    content = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert content["weight"] == "major"
    shapes = [c["shape"] for c in content["changes"] if c["id"] == "K1"]
    assert shapes[0]["beyond_tolerance"] is True
    assert "old" not in shapes[0]


def test_the_geopackage_draws_what_differs(state: Make, tmp_path: Path) -> None:
    wider = [outline("K1", box(0, 0, 180, 110)), outline("K3", box(0, 2000, 100))]
    one, other = state("a"), state("b", kawasan=wider)
    other.decide()
    before, after = one.baseline, other.baseline
    found = diff(before, after)
    path = tmp_path / "beda.gpkg"
    write_differences(found, before, after, path)
    assert {name for name, _ in pyogrio.list_layers(path)} >= {"kawasan", "rt", "kelurahan"}
    areas = gpd.read_file(path, layer="kawasan")
    parts = areas.groupby("id")["bagian"].agg(list).to_dict()
    assert parts == {
        "K1": ["lama", "baru", "bertambah", "berkurang"],
        "K2": ["lama", "berkurang"],
        "K3": ["baru", "bertambah"],
    }
    pieces = areas.set_index(["id", "bagian"])
    assert pieces.loc[("K1", "bertambah"), "luas_ha"] == pytest.approx(0.18, rel=2e-3)
    assert pieces.loc[("K1", "berkurang"), "luas_ha"] == pytest.approx(0.2, rel=2e-3)
    old, new = (pieces.loc[("K1", part), "geometry"] for part in ("lama", "baru"))
    assert shapely.symmetric_difference(old, new).area == pytest.approx(1800 + 2000, rel=1e-3)
    rts = gpd.read_file(path, layer="rt")
    told = rts[rts["id"] == R1]
    assert told["atribut"].str.contains("nilai 3a: 3 → 0").all()
    assert set(told["keputusan"]) == {"d1"}
    again = tmp_path / "lagi.gpkg"
    write_differences(found, before, after, again)
    assert again.read_bytes() == path.read_bytes()
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert {"kawasan", "rt", "kelurahan"} == set(styles["f_table_name"])


def test_no_difference_is_an_empty_geopackage(state: Make, tmp_path: Path) -> None:
    baseline = state().baseline
    write_differences(diff(baseline, baseline), baseline, baseline, tmp_path / "beda.gpkg")
    assert len(gpd.read_file(tmp_path / "beda.gpkg", layer="kawasan")) == 0
