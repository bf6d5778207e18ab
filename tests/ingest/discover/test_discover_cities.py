"""`init` on a real city's folder and on the sample: files, layers, CRS, and what must be edited."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.checking import CheckResult, check_pipeline
from kotaku_geo.config import PipelineFile, load_pipeline
from kotaku_geo.ingest.discover import propose
from kotaku_geo.ingest.discover.proposal import Entry, Proposal
from kotaku_geo.ingest.discover.write import write
from kotaku_geo.outcome import outcome_of
from kotaku_geo.runner import run_stages
from kotaku_geo.sample import write_sample

ROOT = Path(__file__).resolve().parents[3]
MOST_EDITS = 3
# What a person changes in the proposed file before the run, line by line.
EDITS = {"banjarmasin": [], "sampel": [("      # p6a: Sampah (%)", "      p6a: Sampah (%)")]}


@dataclass
class City:
    """A delivery, the pipeline that people wrote for it, and the one that is proposed."""

    name: str
    drop: Path
    reference: PipelineFile
    known: CheckResult
    proposal: Proposal
    proposed: PipelineFile
    build: Path


@pytest.fixture(scope="module", params=["banjarmasin", "sampel-1", "sampel-7"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "banjarmasin":
        drop = request.getfixturevalue("real_data") / "banjarmasin"
        reference = load_pipeline(ROOT / "pipelines" / "banjarmasin.yaml")
    else:
        seed = int(request.param.split("-")[1])
        pipeline = write_sample(folder, seed=seed, size="kecil", progress=lambda line: None)
        drop, reference = folder / "drop", load_pipeline(Path(pipeline))
    known = check_pipeline(reference, drop, 2, lambda line: None)
    proposal = propose(drop)
    proposed = write(proposal, drop, folder / "usulan" / "kota.yaml")
    return City(request.param, drop, reference, known, proposal, proposed, folder / "build")


def entry_of(city: City, path: str, table: str | None) -> Entry | None:
    same = [e for e in city.proposal.entries if path in e.files]
    named = [e for e in same if e.table == table]
    return (named or same or [None])[0]


def reference_rows(city: City) -> list[dict[str, Any]]:
    used = city.known.sources.set_index("source_id")["crs_used"]
    return [
        {
            "path": s.path, "table": s.table, "layer": s.layer, "columns": s.columns, "id": s.id,
            "crs": used.get(s.id), "entry": entry_of(city, s.path, s.table),
        }
        for s in city.reference.pipeline.sources
    ]  # fmt: skip


def test_layers_and_crs_are_right(city: City) -> None:
    """At least nine of ten files with a layer get it, and none a wrong one; every CRS is right."""
    rows = reference_rows(city)
    print(f"\n{city.name}: berkas × diusulkan × seharusnya × keyakinan")
    right = wrong = crs_right = crs_all = 0
    for row in rows:
        entry: Entry | None = row["entry"]
        proposed = "–" if entry is None else entry.layer
        state = "" if entry is None or entry.live else " (komentar)"
        counted = entry is not None and (entry.live or entry.copy_of is not None)
        right += counted and proposed == row["layer"]
        wrong += counted and proposed != row["layer"]
        mark = ""
        if isinstance(row["crs"], str):
            crs_all += 1
            found = None if entry is None else entry.crs_used
            crs_right += found == row["crs"]
            mark = f"{found} {'=' if found == row['crs'] else '≠'} {row['crs']}"
        confidence = "–" if entry is None else entry.confidence
        print(f"  {row['path']:<58}{proposed + state:<28}{row['layer']:<20}{confidence:<8}{mark}")
    live = sum(r["entry"] is not None and r["entry"].live for r in rows)
    print(f"  layer benar {right}/{len(rows)} ({live} langsung dipakai), CRS {crs_right}/{crs_all}")
    assert right >= 0.9 * len(rows)
    assert live >= 0.9 * len(rows)
    assert wrong == 0
    assert crs_right == crs_all


def test_what_has_no_layer_is_left_with_its_reason(city: City) -> None:
    wanted = {(s.path, s.layer) for s in city.reference.pipeline.sources}
    paths = {p for p, _ in wanted}
    for entry in city.proposal.live:
        assert set(entry.files) <= paths, f"{entry.name} is no layer in the reference"
    text = city.proposed.path.read_text(encoding="utf-8")
    for left in city.proposal.left:
        assert left.reason
        assert left.path.split(" [")[0] in " ".join(text.replace("#", " ").split())


def test_columns_are_mapped_as_people_did(city: City) -> None:
    """Canonical columns that both map go to the same delivered column, but for few."""
    same = other = missed = 0
    for row in reference_rows(city):
        entry = row["entry"]
        if entry is None or not entry.live:
            continue
        for canonical, heading in row["columns"].items():
            mine = entry.columns.get(canonical)
            if mine is None and canonical == "kode_bps":
                # What the reference calls a BPS code is the Kemendagri code without its dots.
                mine = entry.columns.get("kode_kelurahan")
            if mine == heading:
                same += 1
            elif mine is None:
                missed += 1
                print(f"  {city.name}: {row['path']} {canonical}: {heading} tidak dipetakan")
            else:
                other += 1
                print(f"  {city.name}: {row['path']} {canonical}: {mine}, bukan {heading}")
    print(f"  {city.name}: kolom sama {same}, lain {other}, tidak dipetakan {missed}")
    assert other <= 0.05 * same
    assert missed <= 0.05 * same


def test_it_runs_with_few_lines_edited_and_keeps_the_same_rows(city: City) -> None:
    before = city.proposed.path.read_text(encoding="utf-8")
    after = before
    for old, new in EDITS[city.name.split("-")[0]]:
        assert after.count(old) == 1
        after = after.replace(old, new)
    changed = sum(a != b for a, b in zip(before.split("\n"), after.split("\n"), strict=True))
    print(f"\n{city.name}: {changed} baris disunting")
    assert changed <= MOST_EDITS
    edited = city.proposed.path.with_name("disunting.yaml")
    edited.write_text(after, encoding="utf-8")
    target = ("verify", "screen") if city.name == "sampel-7" else "publish"  # the rest is alike
    file = load_pipeline(edited)
    report = run_stages(file, target, build=city.build)
    assert outcome_of(report, "never", False, False, file).exit_code == 0
    mine = pd.read_parquet(report.root / "ingest" / "sources.parquet")
    kept = mine.set_index("path")["rows_kept"]
    known = city.known.sources.set_index("path")["rows_kept"]
    shared = kept.index.intersection(known.index)
    assert len(shared) == len(kept)
    assert kept[shared].sort_index().equals(known[shared].sort_index())


def test_the_head_names_the_city(city: City) -> None:
    mine, known = city.proposed.pipeline.city, city.reference.pipeline.city
    assert (mine.code, mine.name, mine.crs) == (known.code, known.name, known.crs)
    if city.name == "banjarmasin":
        assert mine.size == known.size


def test_the_same_folder_gives_the_same_file(city: City) -> None:
    again = city.proposed.path.parent.with_name("lagi") / city.proposed.path.name
    write(propose(city.drop), city.drop, again)
    assert again.read_bytes() == city.proposed.path.read_bytes()
    assert not [p for p in again.parent.iterdir() if p.name.startswith(".")]
