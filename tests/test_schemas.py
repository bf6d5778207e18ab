"""The shipped data hold together, and with the code."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kotaku_geo import config, findings, resources
from kotaku_geo.ingest import values

ROOT = Path(__file__).resolve().parents[1]


def test_pipeline_schema_is_the_models() -> None:
    kept = json.loads(resources.read_text("pipeline.schema.json"))
    assert kept == config.json_schema(), "run: kotaku-geo schema > schemas/pipeline.schema.json"


def test_every_rule_has_severity_side_and_both_languages() -> None:
    for rule, entry in findings.rules().items():
        assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", rule)
        assert entry["severity"] in findings.SEVERITIES
        assert entry["responsible"] in ("pengirim", "pokja", "kelurahan", "gis")
        gaps = [set(re.findall(r"\{(\w+)\}", entry[lang])) for lang in ("id", "en")]
        assert gaps[0] == gaps[1], rule
        assert entry["act_id"]
        assert entry["act_en"]


def test_every_rule_that_code_raises_is_registered() -> None:
    pattern = re.compile(
        r'"((?:' + "|".join({r.split(".")[0] for r in findings.rules()}) + r')\.[a-z0-9-]+)"'
    )
    for path in (ROOT / "kotaku_geo").rglob("*.py"):
        if "sample" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for rule in pattern.findall(text):
            if f'add(\n            "{rule}' in text or f'add("{rule}"' in text:
                assert rule in findings.rules(), f"{path}: {rule}"


def test_layer_columns_are_defined() -> None:
    layers = resources.load("layers")
    kinds = {"text", "number", "integer", "code", "bps", "rt", "rw", "rt_list", "level", "standing",
             "priority", "yesno", "sign", "score51", "legal", "condition", "hazard", "date"}  # fmt: skip
    assert {c["type"] for c in layers["columns"].values()} <= kinds
    for name, spec in layers["layers"].items():
        assert set(spec["columns"]) <= set(layers["columns"]), name
        assert {c for group in spec["required"] for c in group} <= set(spec["columns"]), name


def test_vocabularies_are_unambiguous() -> None:
    for kind, table in resources.load("layers")["vocabularies"].items():
        if isinstance(table, dict):
            folded = [(values.fold_word(s), word) for word, ss in table.items() for s in ss]
            assert len({f for f, _ in folded}) == len(set(folded)), kind


@pytest.mark.parametrize(("regulation", "count"), [("permen-14-2018", 16), ("permen-2-2016", 19)])
def test_regulations_have_their_parameters(regulation: str, count: int) -> None:
    assert len(config.parameter_ids(regulation)) == count


def test_the_wheel_carries_the_schemas(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps",
               "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    shipped = {p.relative_to(ROOT).as_posix() for p in (ROOT / "schemas").rglob("*") if p.is_file()}
    assert shipped <= {n.removeprefix("kotaku_geo/") for n in names}
