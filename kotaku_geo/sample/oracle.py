"""The arithmetic of Permen PUPR 14/2018 as far as the truth needs it, written for the truth alone.

It shares no line with the programme that it is held against. Shares are fractions of the form's
denominators; hectares and people per hectare are those of the construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kotaku_geo.sample.config import PARAMETERS

DENOMINATOR = {
    "1a": "bangunan", "1b": "luas", "1c": "bangunan", "2a": "jalan", "2b": "jalan",
    "3a": "kk", "3b": "kk", "4a": "luas", "4b": "drainase", "4c": "drainase",
    "5a": "kk", "5b": "kk", "6a": "kk", "6b": "kk", "7a": "bangunan", "7b": "bangunan",
}  # fmt: skip
LEVELS = ("tidak_kumuh", "ringan", "sedang", "berat")
HANDLING = {"ringan": "pemugaran", "sedang": "peremajaan", "berat": "peremajaan"}


def share(volume: float | None, denominator: float | None) -> float | None:
    """Deficient part; unknown where something is not known and for x/0, none for 0/0."""
    if volume is None or denominator is None:
        return None
    if denominator == 0:
        return 0.0 if volume == 0 else None
    return volume / denominator


def score(part: float | None) -> int | None:
    """0, 1, 3 or 5 by the bands 25, 51 and 76 %."""
    if part is None:
        return None
    if part >= 0.75995:
        return 5
    if part >= 0.50995:
        return 3
    return 1 if part >= 0.24995 else 0


def level(total: int) -> str:
    """Level of a total of sixteen scores."""
    if total < 16:
        return "tidak_kumuh"
    if total < 38:
        return "ringan"
    return "sedang" if total < 60 else "berat"


@dataclass(frozen=True)
class Total:
    """The sum of scores, unknown ones counted 0 and 5, and the level where both agree."""

    low: int
    high: int

    @property
    def level(self) -> str | None:
        """The level, or None where unknown scores leave it open."""
        return level(self.low) if level(self.low) == level(self.high) else None


def total(scores: Mapping[str, int | None]) -> Total:
    """Sum of the sixteen scores."""
    known = [scores[parameter] for parameter in PARAMETERS]
    low = sum(value for value in known if value is not None)
    return Total(low, low + 5 * sum(value is None for value in known))


@dataclass(frozen=True)
class Pooled:
    """One parameter of a kawasan: its share where all is known, its score where it is certain."""

    share: float | None
    score: int | None


def pool(members: Iterable[tuple[float | None, float | None]]) -> Pooled:
    """Sum (volume, denominator) of the RTs; missing ones count as none and as all deficient.

    A negative volume counts as none in the score; the share stays as measured.
    """
    rows = [(v if share(v, d) is not None else None, d or 0.0) for v, d in members]
    whole = sum(d for _, d in rows)
    measured = sum(v for v, _ in rows if v is not None)
    known = sum(max(v, 0.0) for v, _ in rows if v is not None)
    lacking = sum(d for v, d in rows if v is None)
    least, most = share(known, whole), share(known + lacking, whole)
    missing = any(v is None for v, _ in rows)
    certain = score(least) == score(most)
    return Pooled(None if missing else share(measured, whole), score(least) if certain else None)


def density_score(people_per_ha: float) -> int:
    """8b for a city of the size sedang."""
    if people_per_ha >= 200:
        return 5
    return 3 if people_per_ha >= 150 else 1


def consideration(points: int) -> str:
    """Level of the sum of the other considerations (14/2018)."""
    if points >= 11:
        return "tinggi"
    return "sedang" if points >= 6 else "rendah"


def classification(grade: str, considered: str, legal: bool) -> str:
    """A1 … C6."""
    letter = {"berat": "A", "sedang": "B", "ringan": "C"}[grade]
    column = {"tinggi": 1, "sedang": 3, "rendah": 5}[considered]
    return f"{letter}{column if legal else column + 1}"


def priority(grade: str, considered: str) -> int:
    """1 … 9; legality does not change it."""
    return {"tinggi": 0, "sedang": 3, "rendah": 6}[considered] + {
        "berat": 1,
        "sedang": 2,
        "ringan": 3,
    }[grade]


def authority(hectares: float) -> str:
    """Who is in charge of an area of this size."""
    if hectares < 10:
        return "kota"
    return "provinsi" if hectares < 15 else "pusat"
