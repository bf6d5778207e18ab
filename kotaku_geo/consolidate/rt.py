"""Which RT there are: those on the map, and those that only a survey or a kawasan row names."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate import boundaries, twins
from kotaku_geo.consolidate.conflicts import Candidate, Conflict
from kotaku_geo.consolidate.ids import NO_RW, parted, rt_ids, shape_digest
from kotaku_geo.consolidate.tables import Bools, Geometries, Ints, among, records, source_rank
from kotaku_geo.geo.area import M2_PER_HA
from kotaku_geo.late import record

OVERLAY_SHARE = 0.5  # two polygons of one key that share this much of the smaller draw one place
REGISTER = ["id_rt", "kode_kelurahan", "rw", "rt"]


@record
class RtMap:
    """The RT polygons.

    Attributes:
        register: one row a known RT, sorted by id_rt: id_rt, kode_kelurahan, rw (null where none
            is given), rt.
        written: the same with the ids that moved RT are written under as well.
        named: what each row names: row (of ``rows``), id_rt, written.
        rows: the rows of the layer, one each RT that they name.
        moved: the id under which an RT is written → the one that it has.
        twins: ids of different kelurahan that are drawn on one place.
        found: outlines by id_rt; empty where nobody delivered a map.
        twice: rows of one source with one key that lie apart or on each other.
    """

    register: pd.DataFrame
    written: pd.DataFrame
    named: pd.DataFrame
    rows: gpd.GeoDataFrame
    moved: Mapping[str, str]
    twins: list[set[str]]
    found: boundaries.Outlines
    twice: gpd.GeoDataFrame

    @property
    def delivered(self) -> bool:
        """Whether there is a map at all."""
        return len(self.found.chosen) > 0


@record
class Resolved:
    """Names brought to RT ids.

    Attributes:
        names: the names with columns ``id_rt`` (null where no key can be formed) and ``written``,
            the id that they mean before any RT is moved to another kelurahan.
        unknown: rows of ``names`` that fit no known RT.
        ambiguous: name → ids that it fits, for names that fit several.
    """

    names: pd.DataFrame
    unknown: pd.DataFrame
    ambiguous: dict[str, list[str]]


def build_map(
    rows: gpd.GeoDataFrame, pipeline: Pipeline, outlines: Mapping[str, str] | None = None,
    places: Mapping[str, str] | None = None, homes: Mapping[str, str] | None = None,
) -> RtMap:  # fmt: skip
    """The RT of layer ``rt``; a row that names several RT stands for each of them.

    Args:
        outlines: id_rt → the source, or ``source_id#source_row``, whose drawing was chosen.
        places: id_rt → the row that was meant, of a source that draws it in two places.
        homes: id_rt as written → the kode_kelurahan that was decided. Of RT that are drawn on one
            place in two kelurahan the strongest source's code stands until then.
    """
    places = {k: v for k, v in (places or {}).items() if "#" in v}
    names = split_names(rows)
    rows = rows.iloc[names["row"]].reset_index(drop=True)
    register = register_of(names[names["rw"].notna()])
    written = resolve(names, register)
    keyed = rows.assign(key=written.names["id_rt"].to_numpy(dtype=object))
    found_twins = twins.find(keyed, source_rank(pipeline, rows["source_id"], "batas.rt"))
    moved = twins.moves(found_twins, homes or {})
    resolved = resolve(names, register, moved=moved) if moved else written
    told, rows = rows, rows.assign(key=resolved.names["id_rt"].to_numpy(dtype=object))
    snap_m, _ = pipeline.policy.planar.of("rt")
    rows, twice = _told_apart(rows, snap_m, {**(outlines or {}), **places})
    found = boundaries.outlines(rows, pipeline, "rt", outlines)
    known, before = register_of(resolved.names), register_of(written.names)
    either = pd.concat([known, before]).drop_duplicates("id_rt").sort_values("id_rt")
    every = [set(group) for group, _ in found_twins]
    return RtMap(
        known, either.reset_index(drop=True), resolved.names, told, moved, every, found, twice
    )


def split_names(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an RT named: row (position in ``rows``), kode_kelurahan, rw, rt.

    ``rt`` may name several, ``;``-joined. RW ``000`` is no RW.
    """
    words = (rows[name].astype("str").array for name in ("kode_kelurahan", "rw", "rt"))
    columns = dict(zip(("kode_kelurahan", "rw", "rt"), words, strict=True))
    names = pd.DataFrame({"row": np.arange(len(rows)), **columns})
    if names["rt"].str.contains(";", regex=False).any():
        split = names["rt"].str.split(";")
        names = names.assign(rt=split).explode("rt", ignore_index=True)
    names["rt"] = names["rt"].astype("str").str.strip()
    names["rw"] = names["rw"].astype("str").mask(names["rw"] == NO_RW)
    return names


def register_of(names: pd.DataFrame) -> pd.DataFrame:
    """Known RT out of names: those that a key can be formed of, each once, sorted."""
    ids = names["id_rt"] if "id_rt" in names else _own_ids(names)
    register = names.assign(id_rt=ids)[REGISTER]
    register = register[register["id_rt"].notna()].sort_values(["id_rt", "rw"])
    return register.drop_duplicates("id_rt", ignore_index=True)


def resolve(
    names: pd.DataFrame, register: pd.DataFrame, meant: Mapping[str, str] | None = None,
    moved: Mapping[str, str] | None = None,
) -> Resolved:  # fmt: skip
    """Bring names to the ids of known RT.

    A name fits the RT with its key; where one side gives no RW, the RT of its number if there is
    one only in the kelurahan, on both sides. What fits nothing keeps its own key. Before all that
    a name is what was decided: ``meant``, own key → id_rt. What it means by all this has moved
    with its RT: ``moved``, id as written → id; the register then has both.
    """
    own = _own_ids(names)
    settled = among(own, list(meant or {})) & ~among(own, register["id_rt"])
    theirs, mine = _numbered(register, names)
    size = int(max(theirs.max(initial=-1), mine.max(initial=-1))) + 1
    known = np.flatnonzero(theirs >= 0)
    count = np.bincount(theirs[known], minlength=size + 1)  # the last, of no number, stays 0
    first = np.full(size + 1, 0)
    first[theirs[known[::-1]]] = known[::-1]
    ids = register["id_rt"].to_numpy(dtype=object)
    bare = (register["rw"].isna() & register["id_rt"].notna()).to_numpy()
    no_rw = names["rw"].isna().to_numpy()
    open_ = own.notna().to_numpy() & ~among(own, register["id_rt"]) & ~settled
    single = open_ & (count[mine] == 1)
    fits = single & no_rw
    one_rw = single & ~no_rw & (_distinct(names["rw"], mine, size)[mine] == 1)
    fits[one_rw] = bare[first[mine[one_rw]]]
    several = open_ & no_rw & (count[mine] > 1)
    found = own.to_numpy(dtype=object).copy()
    found[fits] = ids[first[mine[fits]]]
    found[settled] = own[settled].map(meant or {}).to_numpy(dtype=object)
    written = pd.Series(found, index=names.index, dtype="str")
    names = _moved(names.assign(written=written, id_rt=written), moved or {})
    unknown = names[open_ & ~fits & ~several & ~among(names["id_rt"], register["id_rt"])]
    fitting = _fitting(register, np.isin(theirs, mine[several]))
    return Resolved(names, unknown, _each_once(fitting, moved or {}))


def _moved(names: pd.DataFrame, moved: Mapping[str, str]) -> pd.DataFrame:
    """The names with the ids, and so the kelurahan, to which their RT have moved."""
    gone = among(names["id_rt"], list(moved))
    if not gone.any():
        return names
    ids = names["id_rt"].to_numpy(dtype=object).copy()
    codes = names["kode_kelurahan"].to_numpy(dtype=object).copy()
    ids[gone] = [moved[name] for name in ids[gone]]
    codes[gone] = parted(pd.Series(ids[gone], dtype="str"))["code"].to_numpy(dtype=object)
    changed = {"id_rt": ids, "kode_kelurahan": codes}
    return names.assign(**{c: pd.Series(v, names.index, dtype="str") for c, v in changed.items()})


def _each_once(fitting: dict[str, list[str]], moved: Mapping[str, str]) -> dict[str, list[str]]:
    """The same with ids that RT have, each once."""
    return {name: sorted({moved.get(i, i) for i in ids}) for name, ids in fitting.items()}


def _numbered(register: pd.DataFrame, names: pd.DataFrame) -> tuple[Ints, Ints]:
    """A code of the kelurahan and RT number of each row of either, without RW; −1 where unknown."""
    sides = (
        side["kode_kelurahan"].astype("str") + "|" + side["rt"].astype("str")
        for side in (register, names)
    )
    codes = pd.factorize(np.concatenate([side.to_numpy(dtype=object) for side in sides]))[0]
    return codes[: len(register)].astype(np.int64), codes[len(register) :].astype(np.int64)


def _distinct(words: pd.Series, group: Ints, size: int) -> Ints:
    """How many distinct words each of ``size`` groups has; 0 for group −1, that comes last."""
    codes, found = pd.factorize(words.to_numpy(dtype=object))
    known = (codes >= 0) & (group >= 0)
    pairs = np.unique(group[known] * len(found) + codes[known])
    return np.bincount(pairs // max(len(found), 1), minlength=size + 1)


def _fitting(register: pd.DataFrame, several: Bools) -> dict[str, list[str]]:
    """For the RT that share their number: the id without RW → all that it may mean."""
    asked = register[several]
    own = _own_ids(asked.assign(rw=pd.Series(None, index=asked.index, dtype="str")))
    result: dict[str, list[str]] = {}
    for name, fits in sorted(zip(own, asked["id_rt"], strict=True)):
        result.setdefault(name, []).append(fits)
    return result


def twice_conflicts(rt_map: RtMap, relevant: set[str]) -> list[Conflict]:
    """Conflicts over RT that one source draws more than once, where they matter.

    Polygons apart are a name that fits two places; polygons on each other are two delineations.
    """
    rows = rt_map.twice[among(rt_map.twice["key"], list(relevant))]
    conflicts = []
    for key, group in rows.groupby("key", sort=True):
        make = _two_places if group["apart"].any() else _two_drawings
        conflicts.append(make(str(key), group))
    return conflicts


def _two_places(key: str, group: pd.DataFrame) -> Conflict:
    said = [
        Candidate(
            row.source_id, int(row.source_row), value=f"{row.source_id}#{row.source_row}",
            extra={"luas_ha": round(row.area / M2_PER_HA, 4)}, proof=shape_digest(row.geometry),
        )
        for row in records(group)
    ]  # fmt: skip
    return Conflict("identitas", key, "id_rt", said, None, True)


def _two_drawings(key: str, group: pd.DataFrame) -> Conflict:
    largest = float(group["area"].max())
    said = [
        Candidate(
            row.source_id, int(row.source_row), value=row.area / M2_PER_HA,
            extra={
                "beda_ha": round(row.differs / M2_PER_HA, 4),
                "beda_persen": round(100 * row.differs / largest, 2),
            },
            proof=shape_digest(row.geometry),
        )
        for row in records(group)
    ]  # fmt: skip
    spread = 100 * float(group["differs"].max()) / largest
    return Conflict("batas", key, "batas.rt", said, spread, spread > boundaries.MATERIAL_PCT)


def _own_ids(names: pd.DataFrame) -> pd.Series:
    return rt_ids(names["kode_kelurahan"], names["rw"], names["rt"])


def _told_apart(
    rows: gpd.GeoDataFrame, snap_m: float, decided: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Rows to draw each RT of, and those that give one source's RT twice.

    Of polygons that lie on each other the larger is drawn; polygons that touch are parts of one RT;
    polygons apart are all drawn, so that each kawasan finds the one that lies in it. Where a row
    was chosen, it alone is drawn of its source's.
    """
    same = ["key", "source_id"]
    doubled = rows["key"].notna() & rows.geometry.notna() & rows.duplicated(same, keep=False)
    group = rows[doubled]
    area = shapely.area(group.geometry.to_numpy())
    group = group.assign(area=area).sort_values([*same, "area"], ascending=[True, True, False])
    lead = group.groupby(same).cumcount() == 0
    leader: Geometries = np.repeat(
        group.geometry.to_numpy()[lead.to_numpy()], group.groupby(same, sort=True).size()
    )
    mine = group.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(leader, mine))
    on_it = (shared >= OVERLAY_SHARE * shapely.area(mine)) & ~lead.to_numpy()
    apart = shapely.distance(leader, mine) > snap_m
    differs = shapely.area(leader) + shapely.area(mine) - 2 * shared
    group = group.assign(apart=apart, differs=np.where(on_it, differs, 0.0))
    odd = (apart | (group["differs"] > boundaries.SAME_M2)).groupby(
        [group["key"], group["source_id"]]
    )
    twice = group[odd.transform("any").to_numpy(dtype=bool)]
    row_chosen = boundaries.means(group, {k: v for k, v in decided.items() if "#" in v})
    by_row = group.assign(row_chosen=row_chosen).groupby(same)["row_chosen"].transform("any")
    hidden = np.where(by_row, ~row_chosen, on_it)
    drawn = rows.drop(index=group.index[hidden])
    return drawn, twice
