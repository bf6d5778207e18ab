"""Imports go down only: the house is a rule, not a hope."""

import ast
from pathlib import Path

import pytest

import kotaku_geo

PACKAGE = Path(kotaku_geo.__file__).parent
# Ground floor last; a room may import from rooms below it, and from itself.
FLOORS = [
    {"cli", "__main__"},
    {"outcome", "checking", "agreement", "meeting"},
    {"runner"},
    {"ledger"},
    {"publish"},
    {"history"},
    {"verify", "screen"},
    {"consolidate"},
    {"ingest", "sample"},
    {"regulation"},
    {"stage", "waivers", "decisions", "evidence", "reasons"},
    {"workspace", "findings"},
    {"config"},
    {"texts", "files", "frames", "resources", "beside", "garbage"},
    {"errors", "settings"},
    {"geo"},
    {"late"},
]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
BESIDE = {frozenset({"verify", "screen"}), frozenset({"ingest", "sample"})}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == "kotaku_geo":
                names = [f"kotaku_geo.{a.name}" for a in node.names]
        rooms |= {n.split(".")[1] for n in names if n.startswith("kotaku_geo.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        assert not imported_rooms(path)
        return
    for other in imported_rooms(path) - {room}:
        assert FLOOR[other] > FLOOR[room] or FLOOR[other] == FLOOR[room], f"{room} imports {other}"
        assert frozenset({room, other}) not in BESIDE, f"{room} imports its neighbour {other}"


def test_stages_do_not_reach_into_each_other() -> None:
    """Stages meet through tables: no stage's room imports an earlier stage's room."""
    stages = {"ingest", "consolidate", "verify", "screen", "publish", "sample"}
    for path in MODULES:
        if room_of(path) in stages:
            assert not (imported_rooms(path) & stages) - {room_of(path)}, path


def test_kernels_open_no_file_and_know_no_domain() -> None:
    for path in (PACKAGE / "geo").glob("*.py"):
        assert imported_rooms(path) <= {"geo", "late"}, path
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call)
                 and isinstance(n.func, ast.Name)}  # fmt: skip
        assert "open" not in calls, path
