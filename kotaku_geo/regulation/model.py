"""One regulation: its parameters, bands and classes, applied to numpy arrays.

Sources: Permen PUPR 14/PRT/M/2018 and 02/PRT/M/2016, appendices; the bands with their half of a
hundredth of a point are those of the forms in use. Unknown (NaN, None) stays unknown.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kotaku_geo import resources
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.late import record

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

LEVELS = ("tidak_kumuh", "ringan", "sedang", "berat")  # lightest first
_DIGITS = 9  # sums and quotients of floats are compared with limits after rounding to this


@record
class Parameter:
    """One criterion of the form.

    Attributes:
        id: ``1a`` … ``7b``, letters as in this regulation's form.
        key: the parameter's name, the same in every regulation that has it.
        aspect: one of the seven aspects.
        volume_unit: unit of the deficient quantity.
        denominator: column that the volume is a share of.
        fallback: denominator where the first is not known, or None.
        id_name: name in Indonesian.
        en_name: name in English.
    """

    id: str
    key: str
    aspect: str
    volume_unit: str
    denominator: str
    id_name: str
    en_name: str
    fallback: str | None = None


@record
class Regulation:
    """A regulation's tables and the arithmetic on them.

    Attributes:
        id: as in the pipeline file, ``permen-14-2018``.
        title: as people cite it.
        parameters: in the order of the form.
        bands: (least share, score), highest first.
        levels: (least score, level), worst first.
        density: city size → (persons per hectare from, score), highest first.
        standings: (least sum, class) of the other considerations, highest first.
        letters, numbers: parts of the class A1 … C6, by level, and by standing and legality.
        priority_parts: what standing and level add to the priority.
        patterns: legality → level → way of handling.
        authorities: (hectares below which, authority); the last has no limit.
        building_density_limit: city size → buildings per hectare.
        inundation: figures that flooding must exceed to count.
    """

    id: str
    title: str
    parameters: tuple[Parameter, ...]
    bands: tuple[tuple[float, float], ...]
    levels: tuple[tuple[float, str], ...]
    density: Mapping[str, tuple[tuple[float, float], ...]]
    standings: tuple[tuple[float, str], ...]
    letters: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, int]]
    priority_parts: Mapping[str, Mapping[str, int]]
    patterns: Mapping[str, Mapping[str, str]]
    authorities: tuple[tuple[float, str], ...]
    building_density_limit: Mapping[str, float]
    inundation: Mapping[str, float]

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """Ids in the order of the form."""
        return tuple(p.id for p in self.parameters)

    @property
    def by_key(self) -> dict[str, Parameter]:
        """Parameters by the name that does not move between regulations."""
        return {p.key: p for p in self.parameters}

    @property
    def max_parameter(self) -> float:
        """Highest score of one parameter."""
        return self.bands[0][1]

    @property
    def max_score(self) -> float:
        """Highest total."""
        return self.max_parameter * len(self.parameters)

    @property
    def slum_threshold(self) -> float:
        """Lowest total that is a slum."""
        return self.levels[-1][0]

    def parameter(self, parameter_id: str) -> Parameter:
        """The parameter with this id; `KeyError` where the form has none."""
        return {p.id: p for p in self.parameters}[parameter_id]

    def shares(self, volume: ArrayLike, denominator: ArrayLike) -> Floats:
        """Deficient share, a fraction as measured (not capped).

        0/0 is 0; x/0 is NaN (see `zero_denominator`); what is unknown or divided by something
        negative is NaN.
        """
        volume, denominator = np.broadcast_arrays(_floats(volume), _floats(denominator))
        result = np.full(volume.shape, np.nan)
        usable = denominator > 0
        result[usable] = volume[usable] / denominator[usable]
        result[(denominator == 0) & (volume == 0)] = 0.0
        return result

    def zero_denominator(self, volume: ArrayLike, denominator: ArrayLike) -> NDArray[np.bool_]:
        """Where something is said to be a share of nothing: x/0."""
        volume, denominator = np.broadcast_arrays(_floats(volume), _floats(denominator))
        return np.asarray((denominator == 0) & (volume != 0) & ~np.isnan(volume))

    def scores(self, shares: ArrayLike) -> Floats:
        """Score of each share (fractions, clipped to 0 … 1); NaN stays NaN."""
        clipped = np.clip(np.round(_floats(shares), _DIGITS), 0.0, 1.0)
        result = np.where(np.isnan(clipped), np.nan, 0.0)
        for least, score in reversed(self.bands):
            result[clipped >= least] = score
        return result

    def totals(self, scores: ArrayLike) -> tuple[Floats, Floats]:
        """Total of scores (n, k) with the missing counted as none, and as the highest."""
        table = _floats(scores)
        missing = np.isnan(table)
        low = np.where(missing, 0.0, table).sum(axis=-1)
        return low, low + self.max_parameter * missing.sum(axis=-1)

    def possible(self, totals: ArrayLike) -> NDArray[np.bool_]:
        """Whether a filled-in form can add up to each total; unknown totals are not possible."""
        return np.isin(np.round(_floats(totals), _DIGITS), _sums(self))

    def level_index(self, scores: ArrayLike) -> NDArray[np.int64]:
        """Place of each total in `LEVELS`; −1 where unknown, negative or above the highest."""
        totals = np.round(_floats(scores), _DIGITS)
        limits = [least for least, _ in reversed(self.levels)]
        index = np.searchsorted(limits, totals, side="right").astype(np.int64)
        index[np.isnan(totals) | (totals < 0) | (totals > self.max_score)] = -1
        return index

    def level_of(self, scores: ArrayLike) -> Texts:
        """Level of each total: berat, sedang, ringan, tidak_kumuh, or None."""
        return np.array([*LEVELS, None], dtype=object)[self.level_index(scores)]

    def level_range(self, skor: float, skor_maks: float) -> list[str]:
        """Levels between two totals, lightest first; empty where either is unknown."""
        low, high = self.level_index([skor, skor_maks])
        return [] if low < 0 or high < 0 else list(LEVELS[low : high + 1])

    def level_ranges(self, skor: ArrayLike, skor_maks: ArrayLike) -> Texts:
        """`level_range` of arrays, ``;``-joined; None where it is one level or unknown."""
        low, high = self.level_index(skor), self.level_index(skor_maks)
        table = np.full((len(LEVELS) + 1, len(LEVELS) + 1), None, dtype=object)
        for i in range(len(LEVELS)):
            for j in range(i + 1, len(LEVELS)):
                table[i, j] = ";".join(LEVELS[i : j + 1])
        return np.asarray(table[low, high], dtype=object)

    def level_names(self, skor: ArrayLike, skor_maks: ArrayLike) -> Texts:
        """As `level_ranges`, and the level where it is one; None where it is unknown."""
        low, high = self.level_index(skor), self.level_index(skor_maks)
        return np.where(low == high, self.level_of(skor), self.level_ranges(skor, skor_maks))

    def density_score(self, density: ArrayLike, city_size: str) -> Floats:
        """Score 5, 3 or 1 of persons per hectare in a city of this size class."""
        return _banded(density, self.density[city_size])

    def standing(self, total: ArrayLike) -> Texts:
        """Class of the sum of the other considerations: tinggi, sedang, rendah, or None."""
        return _banded_text(total, self.standings)

    def classification(self, level: ArrayLike, standing: ArrayLike, legality: ArrayLike) -> Texts:
        """Class A1 … C6; None where a part is unknown or the level is tidak_kumuh."""
        return _looked_up(_class_table(self), level, standing, legality)

    def priority(self, level: ArrayLike, standing: ArrayLike) -> Floats:
        """Priority 1 … 9; NaN where unknown or tidak_kumuh. Legality does not move it."""
        table: dict[tuple[str, ...], int] = {
            (name, rank): by_level + by_rank
            for name, by_level in self.priority_parts["level"].items()
            for rank, by_rank in self.priority_parts["standing"].items()
        }
        return _looked_up(table, level, standing).astype(np.float64)

    def pattern(self, level: ArrayLike, legality: ArrayLike) -> Texts:
        """Way of handling; None where a part is unknown or the level is tidak_kumuh."""
        table: dict[tuple[str, ...], str] = {
            (name, legal): way
            for legal, ways in self.patterns.items()
            for name, way in ways.items()
        }
        return _looked_up(table, level, legality)

    def authority(self, hectares: ArrayLike) -> Texts:
        """Whose area it is by size: kota, provinsi, pusat, or None where the size is unknown."""
        limits = [below for below, _ in self.authorities[:-1]]
        area = np.round(_floats(hectares), _DIGITS)
        index = np.searchsorted(limits, area, side="right")
        names = np.array([name for _, name in self.authorities], dtype=object)[index]
        return _or_none(names, ~np.isnan(area))


@cache
def ids() -> tuple[str, ...]:
    """Ids of the regulations that ship with the package."""
    folder = resources.schemas_dir() / "regulation"
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


@cache
def load(regulation_id: str) -> Regulation:
    """The regulation with this id; `PipelineFileError` names the known ones otherwise."""
    if regulation_id not in ids():
        known = ", ".join(ids())
        raise PipelineFileError(f"peraturan {regulation_id!r} tidak dikenal; yang ada: {known}")
    raw: dict[str, Any] = resources.load(f"regulation/{regulation_id}")
    return Regulation(
        id=raw["id"],
        title=raw["title"],
        parameters=tuple(Parameter(**{**row, "id": str(row["id"])}) for row in raw["parameters"]),
        bands=_falling(raw["bands"], "score"),
        levels=_falling(raw["levels"], "level"),
        density=_frozen({size: _falling(rows, "score") for size, rows in raw["density"].items()}),
        standings=_falling(raw["standing"], "class"),
        letters=_frozen(raw["classification"]["letter"]),
        numbers=_frozen(raw["classification"]["number"]),
        priority_parts=_frozen(raw["priority"]),
        patterns=_frozen(raw["pattern"]),
        authorities=tuple((r.get("below", np.inf), r["authority"]) for r in raw["authority"]),
        building_density_limit=_frozen(raw["building_density_limit"]),
        inundation=_frozen(raw["inundation"]),
    )


@cache
def _totals_of(scores: tuple[float, ...], count: int) -> frozenset[float]:
    sums = {0.0}
    for _ in range(count):
        sums = {total + score for total in sums for score in scores}
    return frozenset(sums)


def _sums(law: Regulation) -> Floats:
    """Every total that the form's parameters can add up to."""
    scores = (0.0, *(score for _, score in law.bands))
    return np.array(sorted(_totals_of(scores, len(law.parameters))))


def _falling(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[tuple[float, Any], ...]:
    ordered = sorted(rows, key=lambda row: -row["from"])
    return tuple((float(row["from"]), row[name]) for row in ordered)


def _frozen(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(table))


def _floats(values: ArrayLike) -> Floats:
    """At least one-dimensional floats; None and pandas' NA become NaN."""
    array = np.atleast_1d(np.asarray(values))
    if array.dtype == object:
        array = np.where(pd.isna(array), np.nan, array)
    return array.astype(np.float64)


def _words(values: ArrayLike) -> Texts:
    array = np.atleast_1d(np.asarray(values, dtype=object))
    return _or_none(array, ~pd.isna(array))


def _or_none(values: Texts, known: NDArray[np.bool_]) -> Texts:
    result = np.full(values.shape, None, dtype=object)
    result[known] = values[known]
    return result


def _banded(values: ArrayLike, bands: Sequence[tuple[float, float]]) -> Floats:
    known = np.round(_floats(values), _DIGITS)
    result = np.full(known.shape, np.nan)
    for least, score in reversed(bands):
        result[known >= least] = score
    return result


def _banded_text(values: ArrayLike, bands: Sequence[tuple[float, str]]) -> Texts:
    places = [(least, float(i)) for i, (least, _) in enumerate(bands)]
    index = _banded(values, places)
    names = np.array([*(name for _, name in bands), None], dtype=object)
    return np.asarray(names[np.where(np.isnan(index), len(bands), index).astype(int)], dtype=object)


def _class_table(regulation: Regulation) -> dict[tuple[str, ...], str]:
    return {
        (level, standing, legality): f"{letter}{number}"
        for level, letter in regulation.letters.items()
        for standing, by_legality in regulation.numbers.items()
        for legality, number in by_legality.items()
    }


def _looked_up(table: Mapping[tuple[str, ...], Any], *parts: ArrayLike) -> Texts:
    """Entries of a small table for arrays of words; None where there is none."""
    columns = np.broadcast_arrays(*(_words(p) for p in parts))
    result = np.full(columns[0].shape, None, dtype=object)
    for words, value in table.items():
        hit = np.ones(result.shape, dtype=bool)
        for column, word in zip(columns, words, strict=True):
            hit &= column == word
        result[hit] = value
    return result
