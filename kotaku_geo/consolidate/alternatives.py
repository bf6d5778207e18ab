"""What would follow if open conflicts over outlines and identities were decided otherwise.

Deciding over a place can move RT between kawasan and change what sector layers measure in them, so
the places are built and weighed again with other choices: once for each choice that a conflict
has beside the one that stands, all conflicts together. A kawasan that several of them concern is
shown with their common effect.
"""

import re
from collections.abc import Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS
from kotaku_geo.consolidate import places as placing
from kotaku_geo.consolidate import weigh
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.ground import Ground
from kotaku_geo.consolidate.places import Belonging, Places
from kotaku_geo.consolidate.score import Scored
from kotaku_geo.consolidate.tables import Floats
from kotaku_geo.consolidate.weigh import Weighed
from kotaku_geo.findings import FindingBook
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation
from kotaku_geo.stage import StageContext

MOST = 4  # choices of one conflict that are gone through; each takes as long as the stage


@record
class Ends:
    """Lowest and highest total that is possible, by id, of RT or of kawasan."""

    low: pd.Series
    high: pd.Series

    def levels(self, law: Regulation) -> dict[str, str | None]:
        """Id → the levels that are possible, ``;``-joined from the lightest."""
        words = law.level_names(self.low.to_numpy(float), self.high.to_numpy(float))
        return dict(zip(self.low.index, words, strict=True))


@record
class Alternative:
    """One set of choices and what follows from it.

    Attributes:
        picks: conflict_id → what is chosen.
        rt, kawasan: totals that are possible.
        home: id_rt → id_kawasan.
    """

    picks: dict[str, str]
    rt: Ends
    kawasan: Ends
    home: dict[str, str]


@record
class Options:
    """The state that stands, with the choices that it amounts to, and the alternatives."""

    standing: Alternative
    others: list[Alternative] = field(default_factory=list)

    @property
    def every(self) -> list[Alternative]:
        """All of them, what stands first."""
        return [self.standing, *self.others]


def explore(ctx: StageContext, found: Places, docket: Docket, weighed: Weighed) -> Options:
    """Go through the choices of every open conflict that may move a level.

    An outline of a kelurahan moves none, and nothing does where no value is known at all.
    """
    open_ = [c for c in found.conflicts if _counts(c, docket) and _says(c, ctx, found)]
    stands = {c.conflict_id: s for c in open_ if (s := _standing(c, found)) is not None}
    options = Options(_alternative(stands, found, weighed))
    if not open_ or weighed.choice.candidates.empty:
        return options
    choices = {c.conflict_id: _choices(c, stands) for c in open_}
    quiet = replace(ctx, findings=FindingBook(ctx.findings.stage, ctx.findings.crs))
    for turn in range(min(MOST, max(len(own) for own in choices.values()))):
        picks = {i: own[turn] for i, own in choices.items() if turn < len(own)}
        supposed = _Supposed(docket, open_, picks)
        other = placing.redrawn(quiet, placing.belonging(quiet, supposed.chosen), found.mender)
        ground = partial(_ground, found, other, ctx.workers)
        own = docket.of_places()
        if own.on_file:
            own.follow(found.conflicts, other.ids(), supposed.chosen)
        then = weigh.weigh(quiet, other, own, ground, (found, weighed))
        options.others.append(_alternative(picks, other, then))
    return options


def _ground(found: Places, other: Belonging, workers: int) -> Ground:
    return found.ground().under(other.units, workers)


def widened(weighed: Weighed, found: Places, options: Options) -> Weighed:
    """Ranges of possible levels, with those under the alternatives."""
    if not options.others:
        return weighed
    ids = found.units["id_rt"], found.kawasan.table["id_kawasan"]
    sides = [(a.rt, a.kawasan) for a in options.every]
    scored = [
        _wider(own, weighed.law, [side[i] for side in sides], ids[i])
        for i, own in enumerate((weighed.of_units, weighed.of_kawasan))
    ]
    return replace(weighed, of_units=scored[0], of_kawasan=scored[1])


def _wider(own: Scored, law: Regulation, ends: Sequence[Ends], ids: pd.Series) -> Scored:
    low = _extreme(np.fmin, [e.low for e in ends], ids)
    high = _extreme(np.fmax, [e.high for e in ends], ids)
    return replace(own, table=own.table.assign(tingkat_konflik=law.level_ranges(low, high)))


def _extreme(pull: np.ufunc, ends: Sequence[pd.Series], ids: pd.Series) -> Floats:
    return np.asarray(pull.reduce([e.reindex(ids).to_numpy(float) for e in ends]), dtype=float)


def _counts(conflict: Conflict, docket: Docket) -> bool:
    return conflict.conflict_id not in docket.applied and conflict.parameter != "batas.kelurahan"


def _says(conflict: Conflict, ctx: StageContext, found: Places) -> bool:
    """Whether anything hangs on a conflict: not where a survey names an RT and gives no figure."""
    if conflict.parameter != "id_rt" or conflict.subject not in set(found.survey["id_rt"]):
        return True
    layers = {ctx.pipeline.source(c.source_id).layer for c in conflict.candidates}
    own = found.survey[found.survey["id_rt"] == conflict.subject]
    figures = [*DENOMINATORS, *(n for n in own if re.fullmatch(r"[vp]\d[a-z]", n))]
    return layers != {"profil_rt"} or bool(own[figures].notna().to_numpy().any())


def options_of(conflict: Conflict) -> list[str]:
    """What may be chosen in a conflict, as a decision writes it, in the candidates' order."""
    if conflict.kind == "identitas":
        return list(dict.fromkeys(str(c.value) for c in conflict.candidates))
    names = [c.source_id for c in conflict.candidates]
    return [
        c.source_id if names.count(c.source_id) == 1 else f"{c.source_id}#{c.source_row}"
        for c in conflict.candidates
    ]


def _choices(conflict: Conflict, stands: dict[str, str]) -> list[str]:
    """The choices of a conflict but the one that stands."""
    return [o for o in options_of(conflict) if o != stands.get(conflict.conflict_id)]


def _standing(conflict: Conflict, found: Places) -> str | None:
    """The choice that what stands amounts to; None where none of them does."""
    every = options_of(conflict)
    if conflict.kind == "batas":
        return every[0]
    if conflict.parameter == "kode_kelurahan":
        scored = set(found.units["id_rt"])
        stand = [o for o in every if conflict.meant(o) in scored]
        return stand[0] if len(stand) == 1 else None
    if conflict.parameter != "id_kawasan":
        return None
    own = found.units.loc[found.units["id_rt"] == conflict.subject, "kawasan"]
    home = [found.kawasan.table["id_kawasan"].iloc[code] for code in own if code >= 0]
    return next((o for o in every if o in home), None)


@record
class _Supposed:
    """A docket's choices, and others that are only supposed."""

    docket: Docket
    conflicts: list[Conflict]
    picks: dict[str, str]

    def chosen(self, kind: str, parameter: str) -> dict[str, str]:
        """Subject → what is chosen, or supposed to be."""
        result = self.docket.chosen(kind, parameter)
        for conflict in self.conflicts:
            pick = self.picks.get(conflict.conflict_id)
            if pick is not None and (conflict.kind, conflict.parameter) == (kind, parameter):
                result |= conflict.chosen(pick)
        return result


def _alternative(picks: dict[str, str], places: Belonging, weighed: Weighed) -> Alternative:
    areas = places.kawasan.table["id_kawasan"]
    ids = places.units["id_rt"].tolist()
    names: list[Any] = areas.tolist()
    home = {i: names[m] for i, m in zip(ids, weighed.member.tolist(), strict=True) if m >= 0}
    return Alternative(picks, _ends(weighed.of_units, ids), _ends(weighed.of_kawasan, names), home)


def _ends(scored: Scored, ids: list[str]) -> Ends:
    return Ends(pd.Series(scored.low, index=ids), pd.Series(scored.high, index=ids))
