"""How much of a delivery is taken in (``schemas/limits.yaml``), and what to say beyond it."""

from typing import Any

from kotaku_geo import resources
from kotaku_geo.errors import InputError
from kotaku_geo.texts import number


def limit(name: str) -> Any:
    """A limit by its name; one of a group as ``group.name``."""
    value = resources.load("limits")
    for part in name.split("."):
        value = value[part]
    return value


def at_most(name: str, amount: float, what: str, path: str) -> None:
    """Refuse what is more than a limit.

    Raises:
        InputError: ``amount`` of ``what`` (in Indonesian) is more than the limit.
    """
    most = limit(name)
    if amount > most:
        raise InputError(
            f"{path}: {number(amount, 0)} {what}; yang diterima paling banyak {number(most, 0)}"
        )
