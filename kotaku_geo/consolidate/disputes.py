"""RT of which it is in dispute to which kelurahan they belong: never guessed, put to decision.

An RT goes by its number within a kelurahan, so who puts it into another kelurahan gives it another
id. That two ids are one RT is said by the ground: both are drawn there; or the RT lies in another
kelurahan than the one it is written in; or a kawasan whose rows name the one id holds the drawn
other. All that is known of such an RT is one conflict. Its subject is the id under which the
strongest map writes it: this is so whatever is decided, as a decision moves RT and not what sources
write, and whatever weaker sources come to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import astray
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import parted, under
from kotaku_geo.consolidate.membership import Overlaps
from kotaku_geo.consolidate.namesakes import PARAMETER
from kotaku_geo.consolidate.rt import Resolved, RtMap
from kotaku_geo.consolidate.tables import among, records, source_rank
from kotaku_geo.consolidate.twins import joined
from kotaku_geo.late import record
from kotaku_geo.stage import HOW

BY_MAP, BY_SURVEY, BY_ROW, BY_SERVICE, BY_GROUND = "peta", "profil", "baris", "layanan", "letak"
Named = tuple[Resolved, gpd.GeoDataFrame]


@record
class Basis:
    """On what it is judged where RT belong.

    Attributes:
        map: RT that are drawn.
        scored: id_rt of the RT that matter.
        survey, areas: names in survey rows and in rows of kawasan, with those rows.
        services: the same of service layers.
        claims: which kawasan claims which RT: id_rt, code, cara.
        shared: RT cut by kawasan.
        villages: outlines of kelurahan that stand: key (the code), source_id, geometry.
    """

    map: RtMap
    scored: set[str]
    survey: Named
    areas: Named
    services: Sequence[Named]
    claims: pd.DataFrame
    shared: Overlaps
    villages: gpd.GeoDataFrame


@dataclass
class _Dispute:
    """An RT in dispute: the ids it is written under, and drawn RT of which one may be meant."""

    ids: set[str]
    others: set[str] = field(default_factory=set)


def conflicts(basis: Basis, pipeline: Pipeline) -> list[Conflict]:
    """Conflicts over the kelurahan of scored RT; they are always material."""
    chosen = basis.map.found.chosen
    strays = astray.strays(basis.claims, basis.map, basis.shared)
    matter = among(chosen["key"], [*basis.scored, *strays["drawn"]])
    drawn = chosen[matter].reset_index(drop=True)
    lies = astray.located(drawn, basis.villages)
    doubted = astray.doubted(drawn, lies, basis.villages, pipeline)
    if not (basis.map.twins or len(doubted) or len(strays)):
        return []
    told = _told(basis)
    names = _sets(told, "written")
    found = [_Dispute(group) for group in basis.map.twins if _scored(group, basis)]
    found += [_Dispute(_of_place(key, code, basis.map, names)) for key, code in doubted]
    found += _of_strays(strays, told, names)
    strength = told.assign(rank=source_rank(pipeline, told["source_id"], "batas.rt"))
    result = (_conflict(dispute, strength, lies) for dispute in _together(found))
    return [conflict for conflict in result if len({c.value for c in conflict.candidates}) > 1]


def _scored(group: set[str], basis: Basis) -> bool:
    return bool({basis.map.moved.get(i, i) for i in group} & basis.scored)


def _told(basis: Basis) -> pd.DataFrame:
    """Who names which RT: id_rt, written, source_id, source_row, cara, sure (not by its place)."""
    parts = [_named(basis.map.named, basis.map.rows, BY_MAP)]
    others = [(basis.survey, BY_SURVEY), (basis.areas, BY_ROW)]
    for (resolved, rows), how in [*others, *((s, BY_SERVICE) for s in basis.services)]:
        place = resolved.names["row"].to_numpy(dtype=np.int64)
        parts.append(_named(resolved.names, rows.iloc[place], how))
    return pd.concat(parts, ignore_index=True)


def _named(names: pd.DataFrame, rows: pd.DataFrame, how: str) -> pd.DataFrame:
    """Names of one layer beside the rows that they stand in."""
    placed = (rows[HOW] == "lokasi").to_numpy(dtype=bool) if HOW in rows else np.False_
    table = pd.DataFrame(
        {
            "id_rt": names["id_rt"].to_numpy(dtype=object),
            "written": names["written"].to_numpy(dtype=object),
            "source_id": rows["source_id"].to_numpy(dtype=object),
            "source_row": rows["source_row"].to_numpy(dtype=object),
            "cara": how,
            "sure": ~placed,
        }
    )
    return table[table["written"].notna()]


def _of_place(key: str, code: str, rt_map: RtMap, names: Mapping[str, set[str]]) -> set[str]:
    """Ids of an RT that lies in another kelurahan: those it is written under, and the one that it
    would have there, where that is named and no other drawn RT has it."""
    there = under(key, code)
    free = there in names and there not in set(rt_map.register["id_rt"])
    return names[key] | (names[there] if free else set())


def _of_strays(
    strays: pd.DataFrame, told: pd.DataFrame, names: Mapping[str, set[str]]
) -> Iterator[_Dispute]:
    """Named RT that nobody draws, with the drawn ones of their number in the same kawasan.

    Who names both knows them for two.
    """
    by = _sets(told[told["sure"]], "source_id")
    for id_rt, fits in _sets(strays, "drawn").items():
        mine = by.get(id_rt, set())
        others = [names[d] for d in sorted(fits) if not mine & by.get(d, set())]
        if len(others) == 1:
            yield _Dispute(names[id_rt] | others[0])
        elif others:
            yield _Dispute(names[id_rt], set().union(*others))


def _sets(table: pd.DataFrame, column: str) -> dict[str, set[str]]:
    """id_rt → what stands in a column beside it."""
    groups = table.groupby("id_rt", sort=True)[column].agg(set)
    return {str(name): words for name, words in groups.items()}


def _together(found: list[_Dispute]) -> list[_Dispute]:
    """Disputes over one RT put together."""
    result = []
    for ids in joined([d.ids for d in found]):
        others = set().union(*(d.others for d in found if d.ids & ids))
        result.append(_Dispute(ids, others - ids))
    return result


def _conflict(dispute: _Dispute, told: pd.DataFrame, lies: pd.DataFrame) -> Conflict:
    """Every source that writes one of the ids, and in whose outline of a kelurahan the RT lies."""
    said = told[told["sure"] & among(told["written"], list(dispute.ids | dispute.others))]
    said = said.assign(code=parted(said["written"])["code"])
    said = said.sort_values(["code", "source_id", "cara", "source_row"])
    said = said.drop_duplicates(["code", "source_id"])
    found = [
        Candidate(row.source_id, int(row.source_row), value=row.code, extra={"cara": row.cara})
        for row in records(said)
    ]
    stands = told.loc[among(told["written"], list(dispute.ids)), "id_rt"]
    here = lies[among(lies["id_rt"], stands)].drop_duplicates(["code", "source_id"])
    found += [
        Candidate(row.source_id, None, value=row.code, extra={"cara": BY_GROUND})
        for row in records(here.sort_values(["code", "source_id"]))
    ]
    names = tuple(sorted(dispute.ids))
    return Conflict("identitas", _subject(dispute, told), PARAMETER, found, None, True, names=names)


def _subject(dispute: _Dispute, told: pd.DataFrame) -> str:
    """The id that the strongest map writes; the smallest where one map writes several or none."""
    on_map = told[(told["cara"] == BY_MAP) & among(told["written"], list(dispute.ids))]
    first = on_map.sort_values(["rank", "written"])["written"]
    return str(first.iloc[0]) if len(first) else min(dispute.ids)
