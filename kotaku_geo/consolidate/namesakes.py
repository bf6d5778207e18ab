"""Written names that fit several kelurahan: which is meant is decided, and holds for its source.

Ingest leaves the code of such a row unknown and the codes that its name fits beside it. Another
source may mean another kelurahan by the same name, so each has a conflict of its own.
"""

from collections.abc import Iterable, Mapping

import geopandas as gpd
import pandas as pd

from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import digest, rt_ids, slugs
from kotaku_geo.consolidate.tables import among, floats
from kotaku_geo.stage import TIED

PARAMETER = "kode_kelurahan"
_SUMS = ("luas_ha", "jumlah_kk")


def told(rows: gpd.GeoDataFrame, decided: Mapping[str, str]) -> gpd.GeoDataFrame:
    """The rows with the code that was decided for their name: ``decided``, label → code."""
    if not decided or TIED not in rows:
        return rows
    codes = labels(rows).map(decided)
    return rows.assign(kode_kelurahan=rows["kode_kelurahan"].where(codes.isna(), codes))


def labels(rows: pd.DataFrame) -> pd.Series:
    """``source/name`` of rows whose name fits several kelurahan, with the kecamatan that is written
    beside it; null of other rows."""
    label = rows["source_id"].astype("str") + "/" + slugs(rows["nama_kelurahan"])
    if "nama_kecamatan" in rows:
        label = label + ("/" + slugs(rows["nama_kecamatan"])).fillna("")
    return label.where(rows[TIED].notna())


def conflicts(
    survey: pd.DataFrame, services: Iterable[pd.DataFrame], scored: set[str]
) -> list[Conflict]:
    """One conflict for each such name of the survey; of service layers for those that may mean a
    scored RT. They do not change when they are decided."""
    found = [survey] if TIED in survey else []
    found += [_relevant(rows, scored) for rows in services if TIED in rows]
    result = []
    for rows in found:
        label = labels(rows)
        for subject, group in rows[label.notna()].groupby(label.dropna(), sort=True):
            for codes, own in group.groupby(TIED, sort=True):
                result.append(_conflict(str(subject), str(codes).split(";"), own))
    return result


def _relevant(rows: pd.DataFrame, scored: set[str]) -> pd.DataFrame:
    """Rows of which a possible meaning is a scored RT."""
    asked = rows[rows[TIED].notna()]
    each = asked.assign(code=asked[TIED].str.split(";")).explode("code")
    ids = rt_ids(each["code"], each["rw"], each["rt"])
    return asked.loc[each.index[among(ids, list(scored))].unique()]


def _conflict(subject: str, codes: list[str], rows: pd.DataFrame) -> Conflict:
    """The conflict over one name; what it is decided for are the RT that bear it."""
    said = rows[["rw", "rt"]].astype(object)
    bearers = sorted({f"{rw}|{rt}" for rw, rt in said.where(said.notna(), "").to_numpy()})
    about = {
        "cara": "nama", "tertulis": min(rows["nama_kelurahan"].astype(str)),
        "jumlah_baris": len(rows), **_totals(rows),
    }  # fmt: skip
    source = str(rows["source_id"].iloc[0])
    row = int(rows["source_row"].iloc[0]) if len(rows) == 1 else None
    proof = digest(bearers, 12)
    candidates = [
        Candidate(source, row, value=code, extra=about, proof=f"{code}|{proof}") for code in codes
    ]
    return Conflict("identitas", subject, PARAMETER, candidates, None, True)


def _totals(rows: pd.DataFrame) -> dict[str, float]:
    """Hectares and households of the rows, of each that every row gives."""
    known = {name: floats(rows[name]) for name in _SUMS if name in rows}
    sums = {name: float(values.sum()) for name, values in known.items()}
    return {name: round(total, 4) for name, total in sums.items() if total == total}
