"""Values of places: candidates weighed, decisions applied, RT and kawasan scored."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kotaku_geo.consolidate import choose, facts, score, sectoral, settle
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.decisions import Docket
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.field import Field
from kotaku_geo.consolidate.places import Belonging
from kotaku_geo.consolidate.score import Scored
from kotaku_geo.consolidate.tables import Ints
from kotaku_geo.regulation import Regulation, load
from kotaku_geo.stage import StageContext


@dataclass(frozen=True)
class Weighed:
    """What stands of every RT and kawasan.

    Attributes:
        law: the regulation that was scored by.
        have: denominators of the RT.
        choice: candidates, and the values that stand.
        extra: other attributes of the RT.
        member: position of each RT's kawasan, −1 for none.
        of_units, of_kawasan: scores.
    """

    law: Regulation
    have: Denominators
    choice: Choice
    extra: pd.DataFrame
    member: Ints
    of_units: Scored
    of_kawasan: Scored


def weigh(ctx: StageContext, places: Belonging, docket: Docket) -> Weighed:
    """Weigh the candidates of every RT and score RT and kawasan."""
    pipeline, units = ctx.pipeline, places.units
    law = load(pipeline.regulation)
    survey = facts.survey_of(places.survey, units)
    have = facts.denominators(survey, units, pipeline)
    have = settle.denominators(have, units, docket)
    field = Field(ctx, units, have, law, places.services)
    by_sector, density = sectoral.candidates(field)
    said = facts.candidates(survey, have, pipeline)
    choice = choose.choose(facts.together(said, by_sector), len(units), law, pipeline)
    choice = settle.values(choice, units, have, law, docket)
    extra = facts.attributes(survey, len(units), pipeline).assign(bangunan_per_ha=density)
    member = units["kawasan"].to_numpy(dtype=np.int64)
    of_units = score.of_units(choice, law)
    of_areas = score.of_kawasan(choice, have, member, places.kawasan.size, law)
    return Weighed(law, have, choice, extra, member, of_units, of_areas)
