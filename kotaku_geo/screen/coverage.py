"""Where anybody looked: reckoned for each source, then for each kind, then for the theme.

Shares are of a kawasan's area, 0 … 1; NaN is unknown, because nobody has said where a source
looked, and unknown covers nothing for certain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.geo.cover import Geometries, covered_by, share_of, union_by
from kotaku_geo.late import record
from kotaku_geo.screen.city import City, Floats
from kotaku_geo.screen.words import canonical, looks_for

ALL = 1 - 1e-9
ENOUGH = 0.995  # of a kawasan; below this it is covered in part


@record
class Looked:
    """Where one looked: share of each kawasan and the covered part of its outline.

    Attributes:
        share: (n,) 0 … 1; NaN unknown.
        covered: (n,) the part of the outline; None where nothing or unknown.
    """

    share: Floats
    covered: Geometries


@record
class ThemeCoverage:
    """What of each kawasan was looked at for a theme.

    Attributes:
        share: (n,) that of the required kind least looked for; NaN unknown.
        looked: (n,) whether anybody looked for anything there, as far as is known.
        missing: (n,) kinds that must be looked for and that nobody looked for there.
        nowhere: kinds that must be looked for and that nobody looked for anywhere.
    """

    share: Floats
    looked: NDArray[np.bool_]
    missing: list[tuple[str, ...]]
    nowhere: tuple[str, ...]


def unknown(city: City) -> Looked:
    """Nobody has said where."""
    return Looked(np.full(len(city), np.nan), np.full(len(city), None, dtype=object))


def within(city: City, cover: Geometries) -> Looked:
    """Looked inside these polygons and nowhere else."""
    return of_parts(city, covered_by(city.geometry, cover, workers=city.workers))


def of_parts(city: City, covered: Geometries) -> Looked:
    """Looked in these parts of the kawasan."""
    return Looked(share_of(city.geometry, covered), covered)


def together(city: City, looks: Sequence[Looked]) -> Looked:
    """Where any of several looked; unknown where one is unknown and the others leave a rest."""
    if len(looks) == 1:
        return looks[0]
    shares = np.array([look.share for look in looks])
    best = np.nanmax(np.nan_to_num(shares, nan=0.0), axis=0)
    parts = np.array([look.covered for look in looks], dtype=object)
    several = (np.sum(shares > 0, axis=0) > 1) & (best < ALL)
    covered = parts[np.argmax(np.nan_to_num(shares, nan=0.0), axis=0), np.arange(len(city))]
    rows = np.flatnonzero(several)
    flat = parts[:, rows].T.ravel()
    group = np.repeat(np.arange(len(rows)), len(looks))
    drawn = ~shapely.is_missing(flat)
    covered[rows] = union_by(flat[drawn], group[drawn], len(rows), workers=city.workers)
    share = np.where(several, share_of(city.geometry, covered), best)
    return Looked(np.where(np.isnan(shares).any(axis=0) & (share < ALL), np.nan, share), covered)


def theme_coverage(
    city: City,
    by_source: Mapping[str, Looked],
    kinds: Mapping[str, Iterable[str]],
    required: Sequence[str] | None,
) -> ThemeCoverage:
    """Coverage of a theme out of that of its sources.

    Args:
        city: the kawasan.
        by_source: where each source looked.
        kinds: the kinds each source looked for; the empty word where it does not say.
        required: kinds that must have been looked for; None: those delivered.

    Returns:
        the least share among the required kinds (none required: among those delivered), so that
        a kind half covered keeps the theme half covered, and one that nobody looked for keeps it
        at 0, while ``looked`` tells whether another kind was looked for.
    """
    delivered = _distinct(kind for found in kinds.values() for kind in found)
    wanted = delivered if required is None else _distinct(required)
    exact = {kind: _sources(kinds, kind, _same) for kind in delivered}
    asked = exact if required is None else {k: _sources(kinds, k, looks_for) for k in wanted}
    looked = {g: _share(city, by_source, g) for g in {*exact.values(), *asked.values()}}
    shares = [looked[exact[kind]] for kind in delivered]
    every = [*shares, *(looked[asked[kind]] for kind in wanted)]
    gaps = {kind: looked[asked[kind]] == 0 for kind in wanted}
    return ThemeCoverage(
        share=_least(city, [looked[asked[kind]] for kind in wanted] or shares),
        looked=np.any([np.zeros(len(city), dtype=bool), *(share != 0 for share in every)], axis=0),
        missing=[tuple(k for k in wanted if k and gaps[k][row]) for row in range(len(city))],
        nowhere=tuple(kind for kind in wanted if kind and gaps[kind].all()),
    )


def _distinct(kinds: Iterable[str]) -> list[str]:
    """Kinds in order, one spelling each."""
    spelled: dict[str, str] = {}
    for kind in sorted(set(kinds)):
        spelled.setdefault(canonical(kind), kind)
    return sorted(spelled.values())


def _same(kind: str, wanted: str) -> bool:
    return canonical(kind) == canonical(wanted)


def _sources(
    kinds: Mapping[str, Iterable[str]], wanted: str, serves: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """Sources that looked for a kind."""
    return tuple(sorted(s for s, found in kinds.items() if any(serves(k, wanted) for k in found)))


def _share(city: City, by_source: Mapping[str, Looked], group: tuple[str, ...]) -> Floats:
    if not group:
        return np.zeros(len(city))
    return together(city, [by_source[source] for source in group]).share


def _least(city: City, shares: Sequence[Floats]) -> Floats:
    """Least of the shares; 0 where one is 0, whatever is unknown of the others."""
    table = np.array(shares) if shares else np.zeros((1, len(city)))
    return np.asarray(np.where((table == 0).any(axis=0), 0.0, table.min(axis=0)))
