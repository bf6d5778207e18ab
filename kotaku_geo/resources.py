"""The data that ship with the package: rules, layers, regulations, texts.

Everything under ``schemas/`` is data. A wheel carries the folder inside the package; a checkout
has it beside the package. One loader serves both.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).resolve().parent


@cache
def schemas_dir() -> Path:
    """Folder of the shipped data files."""
    inside = _PACKAGE / "schemas"
    return inside if inside.is_dir() else _PACKAGE.parent / "schemas"


@cache
def load(name: str) -> Any:
    """Content of ``schemas/<name>.yaml``; the same object every time, not to be changed."""
    text = (schemas_dir() / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_text(name: str) -> str:
    """Text of ``schemas/<name>``, a template or a style."""
    return (schemas_dir() / name).read_text(encoding="utf-8")


@cache
def code_files() -> tuple[Path, ...]:
    """Every file whose content decides what a run computes: the code and the shipped data."""
    code = sorted(p for p in _PACKAGE.rglob("*.py"))
    data = sorted(p for p in schemas_dir().rglob("*") if p.is_file())
    return tuple(code + data)
