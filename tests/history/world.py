"""A small city with planted disagreements, and decisions as the meeting leaves them."""

import csv
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from kotaku_geo import resources
from kotaku_geo.config import PipelineFile, load_pipeline
from kotaku_geo.consolidate import stage
from kotaku_geo.decisions import Decision, identified, read_decisions, write_decisions
from kotaku_geo.findings import FindingBook
from kotaku_geo.history.baseline import Baseline, decisions_path
from kotaku_geo.stage import ACCOUNT, StageContext
from kotaku_geo.workspace import Workspace
from tests.consolidate.world import KODE, area, box, key, profile, rt_row, table, volumes

SOURCES = [
    {
        "id": "kel",
        "layer": "kelurahan",
        "path": "kel.gpkg",
        "agency": "Bappeda",
        "date": "2023-05-01",
        "accuracy_m": 2.5,
    },
    {
        "id": "peta-rt",
        "layer": "rt",
        "path": "rt.gpkg",
        "agency": "Bappeda",
        "date": "2023-05-01",
        "accuracy_m": 1.0,
    },
    {
        "id": "profil",
        "layer": "profil_rt",
        "path": "profil.xlsx",
        "agency": "Dinas Perkim",
        "date": "2023-12-15",
    },
    {
        "id": "susulan",
        "layer": "profil_rt",
        "path": "susulan.csv",
        "agency": "PDAM",
        "date": "2024-01-20",
    },
    {
        "id": "delineasi",
        "layer": "kawasan",
        "path": "kawasan.gpkg",
        "agency": "Dinas Perkim",
        "date": "2023-11-30",
        "accuracy_m": 1.0,
    },
    {
        "id": "delineasi-lama",
        "layer": "kawasan",
        "path": "lama.gpkg",
        "agency": "BPS",
        "date": "2019-01-01",
        "accuracy_m": 1.0,
    },
]
R1, R2, R3, R4 = (key(f"00{i}") for i in (1, 2, 3, 4))
DISPUTED, AGREED = "3a", "5a"
Rows = Sequence[Mapping[str, Any]]


def rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of every layer: two kawasan of two RT each.

    Of RT 001 two surveys say different things on 3a (60 and 10 %), the same on 5a (60 and 62 %);
    RT 004 has no 7b.
    """
    homes = {"001": (0, 0), "002": (100, 0), "003": (0, 1000), "004": (100, 1000)}
    form = {**volumes(3), "source_id": "profil", "nilai_strategis": 5, "sosial_ekonomi": 5,
            "status_penguasaan_lahan": "+", "kesesuaian_rtr": "+"}  # fmt: skip
    surveyed = [profile(rt, **form) for rt in homes]
    surveyed[3]["v7b"] = None
    more = profile("001", source_id="susulan", p3a=0.1, p5a=0.62)
    return {
        "kelurahan": [{"kode_kelurahan": KODE, "nama_kelurahan": "Satu", "source_id": "kel",
                       "geometry": box(-100, -100, 3000)}],
        "rt": [rt_row(rt, box(x, y, 100), source_id="peta-rt") for rt, (x, y) in homes.items()],
        "profil_rt": [*surveyed, more],
        "kawasan": [outline("K1", box(0, 0, 200, 100)), outline("K2", box(0, 1000, 200, 100))],
    }  # fmt: skip


def outline(name: str, shape: Any, source: str = "delineasi", **more: Any) -> dict[str, Any]:
    return area(shape, id_kawasan=name, nama_kawasan=f"Kampung {name}", source_id=source, **more)


@dataclass(frozen=True)
class State:
    """A workspace and the pipeline file beside it."""

    root: Path
    file: PipelineFile

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    @property
    def baseline(self) -> Baseline:
        return Baseline.of_workspace(self.root, self.file)

    def change(self, name: str, how: Callable[[Any], pd.DataFrame]) -> None:
        """Rewrite a table of ``consolidate/``."""
        path = f"consolidate/{name}"
        spatial = resources.load("seal")["tables"][path].get("geometry")
        frame = self.workspace.read_geo(path) if spatial else self.workspace.read(path)
        self.workspace.write(path, how(frame))

    def agree(
        self, kind: str, subject: str, parameter: str, *, source: str | None = None,
        value: str | None = None,
    ) -> str:  # fmt: skip
        """Put a decision on file on the evidence of now, and consolidate again; its id."""
        table = self.baseline.table("conflicts")
        about = (table["kind"] == kind) & (table["subject"] == subject)
        evidence = table.loc[about & (table["parameter"] == parameter), "evidence"].item()
        made = identified(
            Decision(
                kind, subject, parameter, source, value, "disepakati", "Rapat Pokja", "BA 7/2024",
                dt.date(2024, 5, 2), "Ketua", evidence,
            )
        )  # fmt: skip
        path = decisions_path(self.file)
        write_decisions(path, [*read_decisions(path, self.file.pipeline), made])
        consolidated(self)
        return made.decision_id

    def decide(self, source: str = "susulan", status: str = "berlaku", **more: Any) -> str:
        """A decision on the disputed value: on file, in the tables, and applied where it stands."""
        row = {"decision_id": "d1", "kind": "nilai", "subject": R1, "parameter": DISPUTED,
               "source_id": source, "value": "", "reason": "angka PDAM diukur langsung",
               "forum": "Rapat Pokja PKP", "minutes": "BA 050/12/2024", "date": "2024-05-02",
               "by": "Ketua Pokja", "evidence": "x", **more}  # fmt: skip
        path = self.file.path.parent / self.file.pipeline.decisions
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(row), lineterminator="\n")
            writer.writeheader()
            writer.writerow(row)
        found = "PDAM 12,0 %" if status == "basi" else None
        status_row = {"decision_id": row["decision_id"], "status": status, "found": found}
        told = pd.DataFrame([status_row]).astype("str").where(lambda f: f.notna())
        self.change("decisions", lambda _: told)
        self.change("conflicts", lambda f: _settled(f, status))
        if status == "berlaku":
            self.change("facts", lambda f: _applied(f, source, row["decision_id"]))
            self.change("rt", _rescored)
        return str(row["decision_id"])


def build(folder: Path, name: str, settled: bool = False, **changed: Rows) -> State:
    """Consolidate the city with some layers' rows changed; ``settled`` leaves no conflict."""
    layers = {**rows(), **changed}
    if settled:
        layers["profil_rt"] = [r for r in layers["profil_rt"] if r["source_id"] == "profil"]
    content = {"city": {"code": "33.75", "name": "Kota Uji", "crs": "EPSG:32749"},
               "drop": "drop", "sources": SOURCES, "policy": {"tolerance": {"default": 5}}}  # fmt: skip
    (folder / name).mkdir()
    (folder / name / "drop").mkdir()
    (folder / name / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    file = load_pipeline(folder / name / f"{name}.yaml")
    workspace = Workspace(folder / name / "build" / name)
    for layer, given in layers.items():
        workspace.write(f"ingest/{layer}", table(layer, given))
    workspace.write("ingest/sources", accounts())
    return consolidated(State(workspace.root, file))


def consolidated(city: State) -> State:
    """The city consolidated (again) from what was ingested and decided."""
    base = city.file.path.parent
    book = FindingBook("consolidate", "EPSG:32749")
    ctx = StageContext(city.file.pipeline, city.workspace, base, base, book)
    stage.run(ctx)
    ctx.put()
    return city


def accounts() -> pd.DataFrame:
    rows_ = [{**dict.fromkeys(ACCOUNT), "source_id": s["id"], "path": s["path"], "agency": s["agency"],
              "date": s["date"], "sha256": str(s["id"]) * 2, "accuracy_m": s.get("accuracy_m"),
              "rows_read": 4, "rows_kept": 4, "rows_rejected": 0} for s in SOURCES]  # fmt: skip
    frame = pd.DataFrame(rows_)
    for column in ("crs_found", "crs_used", "encoding_used"):
        frame[column] = frame[column].astype("str").where(frame[column].notna())
    return frame


def _settled(conflicts: pd.DataFrame, status: str) -> pd.DataFrame:
    word = {"berlaku": "diputuskan", "basi": "basi"}.get(status, "terbuka")
    ours = (conflicts["subject"] == R1) & (conflicts["parameter"] == DISPUTED)
    return conflicts.assign(status=conflicts["status"].mask(ours, word))


def _applied(facts: pd.DataFrame, source: str, decision: str) -> pd.DataFrame:
    ours = (facts["id_rt"] == R1) & (facts["parameter"] == DISPUTED)
    chosen = ours & (facts["source_id"] == source)
    return facts.assign(
        dipakai=facts["dipakai"].mask(ours, False).mask(chosen, True),
        rule=facts["rule"].mask(ours, "keputusan"),
        decision_id=facts["decision_id"].mask(ours, decision),
    )


def _rescored(rt: Any) -> Any:
    ours = rt["id_rt"] == R1
    new = {"p3a": 0.1, "n3a": 0.0, "skor": rt["skor"] - 3, "skor_maks": rt["skor_maks"] - 3}
    return rt.assign(**{c: rt[c].mask(ours, v) for c, v in new.items()})
