"""Decisions of the Pokja: what is on file and what became of each.

No decision is applied yet: the strongest source decides, and every conflict stays open.
"""

import pandas as pd

from kotaku_geo.consolidate.tables import typed

COLUMNS = {"decision_id": "str", "status": "str", "found": "str"}


def table() -> pd.DataFrame:
    """``consolidate/decisions``."""
    return typed(pd.DataFrame(columns=list(COLUMNS)), COLUMNS)
