"""Which coordinate system a file's numbers are in: its own word, weighed against where the city is.

A declaration that fits alone is never overruled. Where others fit too, the city's land and the
names of its kelurahan are asked; what even they do not tell apart stands by the pipeline file's
word, and is refused where the file alone says it. A declaration that the numbers contradict gives
way to the only other reading that brings the layer into the city; where there are several, or
none, the layer is refused. Nothing is placed on a guess without a finding.
"""

from dataclasses import field, replace
from typing import Any

from kotaku_geo import resources
from kotaku_geo.ingest.crs import check_crs, is_geographic, same_crs
from kotaku_geo.ingest.extent import (
    KM_PER_DEGREE,
    Extent,
    band,
    degrees_between,
    grown,
    within_band,
)
from kotaku_geo.ingest.readings import (
    Evidence,
    Reading,
    candidate_of,
    holds,
    lonlat_boxes,
    meets,
    metres_between,
    options,
    read,
    short_name,
)
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.late import record
from kotaku_geo.texts import number

Groups = list[list[Reading]]  # each: readings that no extent tells apart, the one to take first
OFFSHORE_DEG = 1.0  # old systems are described for the land alone
WIDER = 1.5  # times the city: a layer that reaches beyond it


@record
class Verdict:
    """What was decided about a file's coordinates.

    Attributes:
        crs: the CRS to read them in, None where that is not known.
        swapped: the axes are to be exchanged first.
        rule: the finding that the decision raises, or None.
        refused: the geometries are not to be used.
        params: what the finding's text says.
        outvoted: the evidence is for another reading than the declared one.
    """

    crs: str | None
    swapped: bool = False
    rule: str | None = None
    refused: bool = False
    params: dict[str, Any] = field(default_factory=dict)
    outvoted: bool = False


@record
class _Fit:
    """How a reading lies to the city: the share of features that touch it, and whether the layer
    is wider than the city and holds some of it."""

    share: float
    wide: bool

    def reaches(self, share: float) -> bool:
        return self.share >= share or self.wide


@record
class _Case:
    """A file's numbers, what is said of them, and every other way to read them.

    ``stated``: the pipeline file says it; ``agreed``: the file itself says the same; ``grid``: it
    is a raster, which bears the system that it was computed in.
    """

    evidence: Evidence
    declared: str | None
    stated: bool
    agreed: bool
    groups: Groups
    where: Whereabouts
    grid: bool

    def is_firm(self, own: Reading, extent: Extent) -> bool:
        """Whether the declaration stands although others fit: the pipeline file says it, a raster
        bears it, or no more is known of the city than that it works in this CRS."""
        province = self.where.province
        at_home = province is None or meets(own.core, province)
        of_the_city = not extent.certain and at_home and same_crs(own.crs, self.where.city)
        return self.stated or self.grid or of_the_city

    def fitting(self, share: float, extent: Extent) -> Groups:
        """The readings that bring the layer into the city."""
        return [g for g in self.groups if _fit(g[0], self.evidence, extent).reaches(share)]

    def rivals(self, extent: Extent) -> Groups:
        """The readings that bring the layer into the city, or close to it."""
        if not extent.certain:
            return self.in_band()
        share = resources.load("crs")["shares"]["rivals"]
        reach = resources.load("crs")["rivals_km"][extent.kind]
        into = self.fitting(share, extent)
        return [g for g in self.groups if g in into or _gap_km(g[0], extent) <= reach]

    def in_band(self) -> Groups:
        """The readings that lie where the city's CRS is used."""
        return [g for g in self.groups if meets(g[0].core, self.where.band.box)]

    def beside(self, own: Reading) -> Groups:
        """Those of `in_band` that the city's province does not tell from the declared one."""
        firsts = [g[0] for g in self.groups]
        near = within_band(own, firsts, self.where.band.box, self.where.province)
        return [g for g, is_near in zip(self.groups, near, strict=True) if is_near]


def judge(
    evidence: Evidence,
    found: str | None,
    stated: str | None,
    where: Whereabouts,
    *,
    grid: bool = False,
) -> Verdict:
    """Decide what a file's numbers are in.

    Args:
        evidence: the numbers.
        found: the CRS that the file states.
        stated: the CRS that the pipeline file states, which goes before the file's.
        where: what is known of the city; its extent is asked for only where the answer needs it.
        grid: it is a raster, whose axes are never exchanged.
    """
    declared = stated or found
    if evidence.empty:
        return Verdict(declared)
    if evidence.collapsed:
        return Verdict(declared, rule="crs.collapsed", refused=True)
    said = [crs for crs in (declared, found) if crs]
    own = read(evidence, declared) if declared else None
    groups = [g for g in options(evidence, said, not grid) if own not in g]
    agreed = bool(stated and found and same_crs(stated, found))
    case = _Case(evidence, declared, stated is not None, agreed, groups, where, grid)
    if own is None:
        return _without_word(case)
    if meets(own.core, where.band.box) and not case.beside(own):
        return Verdict(declared)
    return _weighed(case, own)


def _weighed(case: _Case, own: Reading) -> Verdict:
    """A declaration that is possible, against readings that are possible as well."""
    shares, extent = resources.load("crs")["shares"], case.where.extent()
    fitting = case.fitting(shares["rivals"], extent)
    mine = _fit(own, case.evidence, extent)
    if mine.reaches(shares["rivals"]):
        better = _better(case, mine, extent)
        if better and not case.stated:
            return _unclear(case, [[own], *better], extent)
        doubts = _doubts(case, own, mine, extent)
        inner = band(case.where.city, margin=False).box
        if not (extent.certain or case.agreed or meets(own.core, inner)):
            return _unclear(case, [[own], *doubts], extent)
        return _told(case, own, doubts, extent) if doubts else Verdict(case.declared)
    if fitting:
        return _contradicted(case, own, fitting, extent)
    return _outside(case, own, extent)


def _told(case: _Case, own: Reading, doubts: Groups, extent: Extent) -> Verdict:
    """A declaration with rivals that fit as well: it stands where the evidence is for it against
    each, or where it is firm all the same."""
    from kotaku_geo.ingest.telling import tell  # reads the kelurahan: seldom needed

    told = tell(own, doubts, case.evidence, case.where.land())
    open_ = told.against or told.open
    if not open_:
        return Verdict(case.declared)
    if case.is_firm(own, extent):
        verdict = _kept(case, own, open_, extent, told.basis)
    else:
        verdict = _unclear(case, [[own], *open_], extent, told.basis)
    return replace(verdict, outvoted=bool(told.against))


def _outside(case: _Case, own: Reading, extent: Extent) -> Verdict:
    """No reading brings the layer into the city: the declared one stands if none is nearer."""
    gap, rivals = _gap_km(own, extent), case.in_band()
    nearer = [g for g in rivals if _gap_km(g[0], extent) < gap]
    in_band = meets(own.core, case.where.band.box)
    if nearer or (rivals and not in_band):
        return _unclear(case, [[own], *(nearer or rivals)], extent)
    wide = resources.load("crs")["misses_km"]["wide"]
    close = [g for g in rivals if gap > wide or _gap_km(g[0], extent) <= wide]
    if close and not case.is_firm(own, extent):
        return _unclear(case, [[own], *close], extent)
    if close:
        return _kept(case, own, close, extent)
    if in_band:  # near the city, as themes may be
        return Verdict(case.declared)
    params = {"jarak": number(gap, 0), "dasar": extent.basis()}
    return Verdict(case.declared, rule="crs.elsewhere", params=params)


def _contradicted(case: _Case, own: Reading, fitting: Groups, extent: Extent) -> Verdict:
    """A declaration that misses the city, where other readings do not.

    One that misses it widely gives way to the only other reading. One that misses it narrowly may
    be right about a layer that lies just outside: whoever wrote the pipeline file is believed then.
    """
    limits = resources.load("crs")["misses_km"]
    gap, share = _gap_km(own, extent), resources.load("crs")["shares"]["fits"]
    sole = len(case.rivals(extent)) == 1 and case.fitting(share, extent)
    if sole and extent.certain and gap > limits["wide"]:
        return _taken(case, fitting[0], extent.basis())
    if case.stated and extent.certain and gap <= limits["narrow"]:
        return _kept(case, own, fitting, extent)
    return _unclear(case, [[own], *fitting], extent)


def _without_word(case: _Case) -> Verdict:
    """No declaration, or one under which the numbers lie nowhere in Indonesia."""
    if len(case.groups) == 1:
        only = case.groups[0]
        if is_geographic(only[0].crs) or case.in_band():
            return _taken(case, only, "letaknya di Indonesia")
    shares, extent = resources.load("crs")["shares"], case.where.extent()
    rivals = case.rivals(extent)
    if len(rivals) > 1:
        return _unclear(case, rivals, extent)
    if rivals and rivals[0] in case.fitting(shares["fits"], extent):
        return _taken(case, rivals[0], extent.basis())
    rule = "crs.contradicts" if case.declared else "crs.missing"
    params = {"ditemukan": short_name(case.declared), "dasar": extent.basis()}
    return Verdict(case.declared, rule=rule, refused=True, params=params)


def _doubts(case: _Case, own: Reading, mine: _Fit, extent: Extent) -> Groups:
    """Readings that no extent tells from a declaration that fits: those that bring the layer into
    the city as well, or so close to it that it may lie just outside; what is wider does not."""
    if not extent.certain:
        return case.beside(own)
    shares, narrow = resources.load("crs")["shares"], resources.load("crs")["misses_km"]["narrow"]
    least = shares["worse"] if mine.share >= shares["better"] else shares["rivals"]
    into = case.fitting(least, extent)
    return [
        g for g in case.groups if g in into or (not mine.wide and _gap_km(g[0], extent) <= narrow)
    ]


def _better(case: _Case, mine: _Fit, extent: Extent) -> Groups:
    """Readings that bring all of the layer into the city, where the declaration does not."""
    shares = resources.load("crs")["shares"]
    exact = extent.certain and extent.kind == "kelurahan"
    if not exact or mine.wide or mine.share > shares["worse"]:
        return []
    fits = ((g, _fit(g[0], case.evidence, extent)) for g in case.groups)
    return [g for g, fit in fits if fit.share >= shares["better"]]


def _gap_km(reading: Reading, extent: Extent) -> float:
    return degrees_between(reading.core, extent.box) * KM_PER_DEGREE


def _fit(reading: Reading, evidence: Evidence, extent: Extent) -> _Fit:
    boxes = lonlat_boxes(reading.crs, reading.swapped, evidence.sample)
    west, south, east, north = extent.box
    touch = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    touch &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    core = reading.core
    across, along = (core[2] - core[0]) / (east - west), (core[3] - core[1]) / (north - south)
    inside = touch.any() or holds(core, ((west + east) / 2, (south + north) / 2))
    return _Fit(float(touch.mean()), bool(inside and max(across, along) > WIDER))


def _kept(case: _Case, own: Reading, doubts: Groups, extent: Extent, told: str = "") -> Verdict:
    """The declaration stands, but other readings fit as well."""
    params = {"daftar": _apart(own, doubts), "dasar": _basis(extent, told)}
    return Verdict(case.declared, rule="crs.rival", params=params)


def _unclear(case: _Case, rivals: Groups, extent: Extent, told: str = "") -> Verdict:
    """Several readings fit: the layer is refused, and they are named."""
    first, *others = rivals
    names = [first[0].name()] + ([_apart(first[0], others)] if others else [])
    params = {
        "daftar": "; ".join(names),
        "dasar": _basis(extent, told),
        "ditemukan": short_name(case.declared),
    }
    return Verdict(case.declared, rule="crs.ambiguous", refused=True, params=params)


def _apart(one: Reading, others: Groups) -> str:
    """Other readings, and how far from the one they put the layer."""
    return "; ".join(f"{g[0].name()} ({_distance(one.metres_to(g[0]))})" for g in others)


def _basis(extent: Extent, told: str) -> str:
    return f"{extent.basis()}; {told}" if told else extent.basis()


def _taken(case: _Case, group: list[Reading], basis: str) -> Verdict:
    """The only reading that fits, and by how much its like would move the layer."""
    chosen = group[0]
    if chosen.crs == case.declared:  # its axes are swapped, and that is all
        return Verdict(chosen.crs, chosen.swapped)
    rule = "crs.corrected" if case.declared else "crs.assumed"
    params = {
        "ditemukan": short_name(case.declared),
        "dasar": basis,
        "geser": "; ".join(_shifts(case.evidence, group)) or "tidak ada",
    }
    return Verdict(chosen.crs, chosen.swapped, rule, params=params)


def _shifts(evidence: Evidence, group: list[Reading]) -> list[str]:
    """The systems that no extent tells from the chosen one, and how far they move the layer."""
    chosen, least = group[0], float(resources.load("crs")["tolerance_m"])
    candidate = candidate_of(chosen.crs)
    others = [r.crs for r in group[1:]] + list(candidate.older if candidate else ())
    grid = evidence.grid[:, ::-1] if chosen.swapped else evidence.grid
    told = []
    for crs in dict.fromkeys(others):
        area = check_crs(crs).area_of_use
        if area and not meets(grown(area.bounds, OFFSHORE_DEG), chosen.core):
            continue
        moved = metres_between(chosen.crs, crs, grid)
        if moved > least:
            told.append(f"{crs} ({check_crs(crs).name}) {_distance(moved)}")
    return told


def _distance(metres: float) -> str:
    return f"{number(metres, 0)} m" if metres < 10_000 else f"{number(metres / 1000, 0)} km"
