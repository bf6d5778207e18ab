"""Which boundary conflicts are over one line: what two sources give to either of two neighbours."""

import numpy as np
import pandas as pd
import shapely

from kotaku_geo.workspace import Workspace

TABLE = "consolidate/boundaries"
_COMMON = 0.5  # of the smaller difference, from which two are over the same ground

About = tuple[str, str]  # kind of outline, subject


def common_lines(workspace: Workspace, disputed: set[About]) -> dict[About, list[str]]:
    """For each outline in dispute the subjects, sorted, with which it shares the line in dispute.

    Two neighbours share it where the ground that sources draw differently for one is the ground
    that they draw differently for the other: chosen by different sources it would be left out, or
    fall to both.
    """
    if not workspace.has(TABLE):
        return {}
    table = workspace.read_geo(TABLE, ["kind", "subject", "geometry"])
    about = list(zip(table["kind"], table["subject"], strict=True))
    asked = np.array([one in disputed for one in about], dtype=bool)
    table = table[asked].reset_index(drop=True)
    shapes = table.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    kind, subject = (table[name].to_numpy(dtype=object) for name in ("kind", "subject"))
    apart = (kind[one] == kind[other]) & (subject[one] != subject[other])
    one, other = one[apart], other[apart]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    least = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    same = shared > _COMMON * least
    found = pd.DataFrame({"kind": kind[one[same]], "subject": subject[one[same]],
                          "other": subject[other[same]]}).drop_duplicates()  # fmt: skip
    groups = found.groupby(["kind", "subject"])["other"]
    return {(str(k), str(s)): sorted(map(str, others)) for (k, s), others in groups}
