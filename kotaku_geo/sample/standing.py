"""How every RT and kawasan truly stands: scores, levels, class and priority, from construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kotaku_geo.sample import oracle
from kotaku_geo.sample.candidates import Verdict
from kotaku_geo.sample.config import PARAMETERS
from kotaku_geo.sample.groups import Group, Kawasan
from kotaku_geo.sample.survey import RtFacts

REPORTED_SCORE = 24
"""What is reported of a kawasan of which there are no RT facts."""


@dataclass(frozen=True)
class RtStanding:
    """One RT's true shares and scores (None where nobody can know)."""

    facts: RtFacts
    shares: dict[str, float | None]
    scores: dict[str, int | None]

    @property
    def total(self) -> oracle.Total:
        """Total and level."""
        return oracle.total(self.scores)


@dataclass(frozen=True)
class KawasanStanding:
    """One kawasan's true standing; None is unknown."""

    kawasan: Kawasan
    members: list[RtStanding]
    shares: dict[str, float | None]
    scores: dict[str, int | None]

    @property
    def completeness(self) -> str:
        """lengkap, sebagian or tanpa_data."""
        if not self.members:
            return "tanpa_data"
        return "sebagian" if None in self.scores.values() else "lengkap"

    @property
    def low(self) -> int:
        """The score, unknown parameters counted 0; the reported one where nothing is known."""
        return oracle.total(self.scores).low if self.members else REPORTED_SCORE

    @property
    def high(self) -> int:
        """The same with unknown parameters counted 5."""
        return oracle.total(self.scores).high if self.members else REPORTED_SCORE

    @property
    def level(self) -> str | None:
        """The level, None where unknown scores leave it open."""
        low, high = oracle.level(self.low), oracle.level(self.high)
        return low if low == high else None

    @property
    def points(self) -> int | None:
        """Sum of the other considerations."""
        facts = [member.facts for member in self.members]
        strategic, social = [rt.strategic for rt in facts], [rt.social for rt in facts]
        if not facts or None in strategic or None in social:
            return None
        people = sum(rt.penduduk for rt in facts) / sum(rt.luas for rt in facts)
        best = max(v for v in strategic if v) + max(v for v in social if v)
        return best + oracle.density_score(people)

    @property
    def considered(self) -> str | None:
        """tinggi, sedang, rendah."""
        return None if self.points is None else oracle.consideration(self.points)

    @property
    def legal(self) -> bool | None:
        """Legal only if every RT is, in title and in plan."""
        answers = [answer for m in self.members for answer in (m.facts.land, m.facts.plan)]
        if "−" in answers:
            return False
        return None if not answers or None in answers else True

    @property
    def priority(self) -> int | None:
        """1 … 9, None where the level or the considerations are unknown, and for no slum."""
        if self.level in (None, "tidak_kumuh") or self.considered is None:
            return None
        return oracle.priority(str(self.level), self.considered)

    @property
    def classification(self) -> str | None:
        """A1 … C6."""
        if self.priority is None or self.legal is None or self.considered is None:
            return None
        return oracle.classification(str(self.level), self.considered, self.legal)

    @property
    def handling(self) -> str | None:
        """Pattern of handling."""
        if self.level in (None, "tidak_kumuh") or self.legal is None:
            return None
        return oracle.HANDLING[str(self.level)] if self.legal else "permukiman kembali"


def rt_standings(facts: Iterable[RtFacts], verdicts: Iterable[Verdict]) -> dict[int, RtStanding]:
    """Standing of each RT, by cell, from the strongest candidate of each parameter."""
    used = {(v.id_rt, v.parameter): v.candidates[0].share for v in verdicts if v.candidates}
    result = {}
    for rt in facts:
        shares = {p: used.get((rt.id_rt, p)) for p in PARAMETERS}
        scores = {p: oracle.score(part) for p, part in shares.items()}
        result[rt.cell] = RtStanding(rt, shares, scores)
    return result


def kawasan_standings(groups: list[Group], rts: dict[int, RtStanding]) -> list[KawasanStanding]:
    """Standing of each kawasan: volumes and denominators of its RTs are summed, then scored."""
    result = []
    for kawasan in sorted((k for g in groups for k in g.kawasan), key=lambda k: k.id):
        members = [rts[cell] for cell in sorted(kawasan.parts) if cell in rts]
        pooled = {p: oracle.pool(_member(m, p) for m in members) for p in PARAMETERS}
        shares = {p: pooled[p].share if members else None for p in PARAMETERS}
        scores = {p: pooled[p].score if members else None for p in PARAMETERS}
        result.append(KawasanStanding(kawasan, members, shares, scores))
    return result


def _member(member: RtStanding, parameter: str) -> tuple[float | None, float]:
    """(volume, denominator) of the value that stands."""
    whole, part = member.facts.denominator(parameter), member.shares[parameter]
    return (None if part is None else part * whole), whole
