"""Values of places: candidates weighed, decisions applied, RT and kawasan scored."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely

from kotaku_geo.consolidate import choose, disputed, divisors, facts, score, sectoral, settle
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.divisors import Outcomes
from kotaku_geo.consolidate.docket import Docket
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.field import Field
from kotaku_geo.consolidate.ground import Ground
from kotaku_geo.consolidate.places import Belonging
from kotaku_geo.consolidate.score import Scored
from kotaku_geo.consolidate.tables import Floats, Ints, codes_in
from kotaku_geo.late import record
from kotaku_geo.regulation import Regulation, load
from kotaku_geo.stage import StageContext


@record
class Weighed:
    """What stands of every RT and kawasan.

    Attributes:
        law: the regulation that was scored by.
        have: denominators of the RT.
        outcomes: what each candidate of a denominator in dispute would make of the values.
        choice: candidates, and the values that stand.
        extra: other attributes of the RT.
        by_sector: what the sector layers say of the RT.
        member: position of each RT's kawasan, −1 for none.
        of_units, of_kawasan: scores.
    """

    law: Regulation
    have: Denominators
    outcomes: Outcomes
    choice: Choice
    extra: pd.DataFrame
    by_sector: pd.DataFrame
    member: Ints
    of_units: Scored
    of_kawasan: Scored


def weigh(
    ctx: StageContext, places: Belonging, docket: Docket, ground: Callable[[], Ground],
    known: tuple[Belonging, "Weighed"] | None = None,
) -> Weighed:  # fmt: skip
    """Weigh the candidates of every RT and score RT and kawasan.

    ``ground``: what lies in the RT, asked for where sector layers are measured. ``known``:
    another state that was weighed; they are not measured again where the RT, what they are
    divided by and the names in the layers are the same.
    """
    pipeline, units = ctx.pipeline, places.units
    law = load(pipeline.regulation)
    survey = facts.survey_of(places.survey, units)
    have = facts.denominators(survey, units, pipeline)
    disputes = disputed.disputes(have, units, docket.asked("nilai"))
    have = settle.denominators(have, disputes, docket)
    said = facts.candidates(survey, have, pipeline)
    extra = facts.attributes(survey, len(units), pipeline)
    again = None if known is None else _measured(places, have, *known)
    if again is None:
        again = sectoral.candidates(Field(ctx, units, have, law, places.services, ground()))
    by_sector, density = again
    choice = choose.choose(facts.together(said, by_sector), len(units), law, pipeline)
    choice = settle.values(choice, units, have, pipeline, docket)
    outcomes = divisors.outcomes(disputes, choice, have, law, pipeline)
    settle.quiet_amounts(outcomes, have, units, docket)
    choice = divisors.widened(choice, outcomes, set(docket.applied))
    extra = extra.assign(bangunan_per_ha=density)
    member = units["kawasan"].to_numpy(dtype=np.int64)
    of_units = score.of_units(choice, law)
    of_areas = score.of_kawasan(choice, have, member, places.kawasan.size, law)
    return Weighed(law, have, outcomes, choice, extra, by_sector, member, of_units, of_areas)


def _measured(
    places: Belonging, have: Denominators, other: Belonging, weighed: Weighed
) -> tuple[pd.DataFrame, Floats] | None:
    """What sector layers said in another state, where they must say the same; None otherwise."""
    ours, theirs = places.units, other.units
    place = codes_in(ours["id_rt"], theirs["id_rt"])
    if (place < 0).any():
        return None
    gone = np.setdiff1d(np.arange(len(theirs)), place)
    then = theirs.geometry.to_numpy()
    now = ours.geometry.to_numpy()
    drawn = shapely.is_missing(now) == shapely.is_missing(then[place])
    same = drawn & (shapely.is_missing(now) | shapely.equals_identical(now, then[place]))
    alike = same.all() and shapely.is_missing(then[gone]).all() and all(
        np.array_equal(values, weighed.have.chosen[name][place], equal_nan=True)
        for name, values in have.chosen.items()
    ) and all(
        service.named.names["id_rt"].equals(other.services[name].named.names["id_rt"])
        for name, service in places.services.items()
    )  # fmt: skip
    if not alike:
        return None
    at = np.full(len(theirs), -1, dtype=np.int64)
    at[place] = np.arange(len(place))
    rows = weighed.by_sector
    if len(rows):
        rows = rows.assign(unit=at[rows["unit"].to_numpy(dtype=np.int64)])
        rows = rows[rows["unit"] >= 0].reset_index(drop=True)
    return rows, weighed.extra["bangunan_per_ha"].to_numpy(dtype=float)[place]
