"""What `init` comes to: entries for the pipeline file, the city, and what was left."""

from dataclasses import dataclass, field
from typing import Any

from kotaku_geo.ingest.discover.walk import Left


@dataclass
class Entry:
    """A source as it is proposed, with the evidence for all that it says.

    ``live`` entries are written as they are, the others as comments: nothing is guessed.
    """

    name: str
    layer: str
    kind: str
    id: str = ""
    path: str = ""
    live: bool = True
    confidence: str = "sedang"
    table: str | None = None
    agency: str | None = None
    year: int | None = None
    scale: int | None = None
    crs: str | None = None
    encoding: str | None = None
    regulation: str | None = None
    where: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    open: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)
    candidates: list[tuple[str, float]] = field(default_factory=list)
    points: float = 0.0
    evidence: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: str = ""
    copy_of: str | None = None
    crs_used: str | None = None
    files: list[str] = field(default_factory=list)


@dataclass
class CityGuess:
    """The head of the pipeline file, each part with where it comes from."""

    code: str
    name: str
    crs: str
    size: str
    why: dict[str, str]


@dataclass
class Proposal:
    """A pipeline file in the making."""

    city: CityGuess
    entries: list[Entry]
    left: list[Left]

    @property
    def live(self) -> list[Entry]:
        """The sources that the file really has."""
        return [e for e in self.entries if e.live]

    @property
    def open(self) -> list[Entry]:
        """The sources that are left for a person to decide."""
        return [e for e in self.entries if not e.live]
