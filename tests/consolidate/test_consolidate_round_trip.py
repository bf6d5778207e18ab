"""The sample city decided whole, and a changed delivery: exactly the touched decisions are stale."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import Decision, write_decisions
from kotaku_geo.ledger import RunReport
from kotaku_geo.runner import run_stages
from kotaku_geo.sample import write_sample

SUPPLEMENT = "survei-susulan"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kota")
    write_sample(folder, seed=5, size="kecil")
    return folder


def run(folder: Path) -> RunReport:
    file = load_pipeline(folder / "pipelines" / "contoh.yaml")
    return run_stages(file, "consolidate", build=folder / "build")


def made(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "build" / "contoh" / "consolidate" / f"{name}.parquet")


def chosen(row: dict[str, Any], which: int) -> dict[str, str | None]:
    """One of a conflict's candidates, as a meeting writes it."""
    said = json.loads(row["candidates"])
    one = said[which]
    if row["kind"] == "identitas":
        return {"source_id": None, "value": one["value"]}
    twice = sum(o["source_id"] == one["source_id"] for o in said) > 1
    source = f"{one['source_id']}#{one['source_row']}" if twice else one["source_id"]
    return {"source_id": source, "value": None}


def decide_all(folder: Path, which: int) -> None:
    meeting: dict[str, Any] = {
        "reason": "dibahas", "forum": "Rapat Pokja PKP", "minutes": "BA 1",
        "date": dt.date(2024, 5, 2), "by": "Sekretaris",
    }  # fmt: skip
    rows = made(folder, "conflicts").to_dict("records")
    columns = ("kind", "subject", "parameter", "evidence")
    decisions = [
        Decision(**{c: r[c] for c in columns}, **chosen(r, which), **meeting) for r in rows
    ]
    write_decisions(folder / "pipelines" / "keputusan.csv", decisions)


@pytest.mark.parametrize("which", [0, -1])
def test_one_meeting_settles_the_sample(folder: Path, which: int) -> None:
    (folder / "pipelines" / "keputusan.csv").unlink(missing_ok=True)
    run(folder)
    before = made(folder, "conflicts")
    assert set(before["kind"]) == {"nilai", "batas", "identitas"}
    decide_all(folder, which)
    assert run(folder).stages == {"ingest": "current", "consolidate": "ran"}
    after = made(folder, "conflicts")
    assert after["conflict_id"].tolist() == before["conflict_id"].tolist()
    assert set(after["status"]) == {"diputuskan"}
    assert set(made(folder, "decisions")["status"]) == {"berlaku"}
    facts = made(folder, "facts").set_index(["id_rt", "parameter"])
    used = facts[facts["dipakai"]]
    for row in before[before["kind"] == "nilai"].to_dict("records"):
        fact = used.loc[(row["subject"], row["parameter"])]
        assert fact["rule"] == "keputusan"
        assert fact["source_id"] == json.loads(row["candidates"])[which]["source_id"]


def test_exactly_the_touched_decisions_become_stale(folder: Path) -> None:
    """One percentage of the supplement is another, and one rival outline has moved."""
    conflicts = made(folder, "conflicts")
    told = conflicts[conflicts["candidates"].str.contains(SUPPLEMENT)].iloc[0]
    row = next(c["source_row"] for c in json.loads(told["candidates"])
               if c["source_id"] == SUPPLEMENT)  # fmt: skip
    column = {"3b": "Air 60 l (%)", "6a": "Sampah (%)", "7b": "APAR (%)"}[told["parameter"]]
    path = folder / "drop" / "survei" / "survei_susulan.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    at = lines[0].split(";").index(column)
    cells = lines[row + 1].split(";")
    percent = float(cells[at].replace(",", "."))
    cells[at] = f"{percent - 0.4:.1f}".replace(".", ",")
    path.write_text("\n".join([*lines[: row + 1], ";".join(cells), *lines[row + 2 :]]) + "\n")
    outline = conflicts[conflicts["parameter"] == "batas.kawasan"].iloc[0]
    path = folder / "drop" / "survei" / "delineasi_dpupr_2020.gpkg"
    rival = gpd.read_file(path)
    mine = rival["KODE"] == outline["subject"]
    rival.loc[mine, "geometry"] = rival.loc[mine].translate(1.0, 0.0)
    rival.to_file(path, layer="kumuh_2020")
    run(folder)
    decisions = made(folder, "decisions")
    stale = decisions[decisions["status"] != "berlaku"]
    assert set(stale["status"]) == {"basi"}
    assert set(stale["conflict_id"]) == {told["conflict_id"], outline["conflict_id"]}
    states = made(folder, "conflicts").set_index("conflict_id")["status"]
    assert set(states.index[states == "basi"]) == set(stale["conflict_id"])
    assert (states.drop(stale["conflict_id"].tolist()) == "diputuskan").all()
