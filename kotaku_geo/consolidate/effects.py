"""What follows from each choice of a conflict: levels of the RT and its kawasan, and how much."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import DENOMINATORS
from kotaku_geo.consolidate import score
from kotaku_geo.consolidate.alternatives import Options, options_of
from kotaku_geo.consolidate.choose import Cells
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.divisors import rows_under
from kotaku_geo.consolidate.places import Places
from kotaku_geo.consolidate.shares import Shares
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Ints,
    Objects,
    codes_in,
    either,
    floats,
    pairs,
)
from kotaku_geo.consolidate.weigh import Weighed

Row = Mapping[str, Any]
AT_ONCE = 1000  # candidates of denominators whose kawasan are reckoned together


def shown(
    conflicts: Sequence[Conflict], places: Places, weighed: Weighed, options: Options,
    rt: pd.DataFrame, kawasan: pd.DataFrame,
) -> dict[str, Row]:  # fmt: skip
    """conflict_id → what a meeting wants to see beside it.

    dampak_rt and dampak_kawasan are JSON: choice (``source_id``, ``source_id#source_row`` where a
    source has several, or the identity) → the levels of the RT, or of its kawasan, under that
    choice alone, ``;``-joined from the lightest, null where nothing is known. luas_ha are the
    hectares in question (those that outlines differ by, else of the RT), jumlah_kk the households
    of the RT or kawasan. What cannot be computed is null.
    """
    if not conflicts:
        return {}
    size = _Sizes(places, rt, kawasan)
    over_values = [c for c in conflicts if c.kind == "nilai"]
    levels = _of_values(over_values, places, weighed)
    levels |= _of_denominators(over_values, weighed)
    levels |= {c.conflict_id: _of_place(c, places, weighed, options)
               for c in conflicts if c.kind != "nilai"}  # fmt: skip
    return {
        c.conflict_id: {
            "dampak_rt": _json(levels.get(c.conflict_id, ({}, {}))[0]),
            "dampak_kawasan": _json(levels.get(c.conflict_id, ({}, {}))[1]),
            **size.of(c),
        }
        for c in conflicts
    }


class _Sizes:
    """Hectares and households of RT and kawasan."""

    def __init__(self, places: Places, rt: pd.DataFrame, kawasan: pd.DataFrame) -> None:
        self.table: dict[str, tuple[float | None, float | None]] = {}
        for frame, key in ((rt, "id_rt"), (kawasan, "id_kawasan")):
            rows = zip(
                frame[key], floats(frame["luas_ha"]), floats(frame["jumlah_kk"]), strict=True
            )
            self.table |= {name: (_known(ha), _known(kk)) for name, ha, kk in rows}

    def of(self, conflict: Conflict) -> dict[str, float | None]:
        """luas_ha and jumlah_kk of a conflict."""
        names = [conflict.subject]
        if conflict.parameter == "kode_kelurahan":
            names = [conflict.meant(str(c.value)) for c in conflict.candidates]
        elif conflict.kind == "identitas" and conflict.subject not in self.table:
            names = [str(c.value) for c in conflict.candidates]
        found = [self.table[name] for name in names if name in self.table]
        found += [(c.extra.get("luas_ha"), c.extra.get("jumlah_kk")) for c in conflict.candidates]
        area = max((ha for ha, _ in found if ha is not None), default=None)
        people = max((kk for _, kk in found if kk is not None), default=None)
        differ = [c.extra["beda_ha"] for c in conflict.candidates if "beda_ha" in c.extra]
        if conflict.kind == "batas":
            area = max(differ, default=area)
        return {"luas_ha": area, "jumlah_kk": people}


def _of_place(
    conflict: Conflict, places: Places, weighed: Weighed, options: Options
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Levels of RT and kawasan under each choice over an outline or an identity."""
    of_rt: dict[str, str | None] = {}
    of_kawasan: dict[str, str | None] = {}
    for choice in options_of(conflict):
        for other in options.every:
            if other.picks.get(conflict.conflict_id) != choice:
                continue
            subject = conflict.meant(choice)
            if subject in other.rt.low.index:
                of_rt[choice] = _levels(other.rt.low[subject], other.rt.high[subject], weighed)
            area = subject if subject in other.kawasan.low.index else other.home.get(subject)
            if area is not None:
                ends = other.kawasan.low[area], other.kawasan.high[area]
                of_kawasan[choice] = _levels(*ends, weighed)
            break
    return of_rt, of_kawasan


def _levels(low: float, high: float, weighed: Weighed) -> str | None:
    words = ";".join(weighed.law.level_range(low, high))
    return words or None


def _of_values(
    conflicts: Sequence[Conflict], places: Places, weighed: Weighed
) -> dict[str, tuple[dict[str, str | None], dict[str, str | None]]]:
    """Levels of RT and kawasan under each candidate of a share, everything else as it stands."""
    entries = _entries(conflicts, places, weighed)
    if entries.empty:
        return {}
    of_rt, of_area, inside = _under_each(entries, weighed)
    result: dict[str, tuple[dict[str, str | None], dict[str, str | None]]] = {}
    for ident, name, one, area, lies in zip(
        entries["conflict_id"], entries["choice"], of_rt, of_area, inside, strict=True
    ):
        rts, areas = result.setdefault(ident, ({}, {}))
        rts[name] = one
        if lies:
            areas[name] = area
    return result


def _under_each(entries: pd.DataFrame, weighed: Weighed) -> tuple[Objects, Objects, Bools]:
    """Levels of the RT and of its kawasan under each share, and whether it lies in one.

    ``entries``: unit, par, share, volume, penyebut.
    """
    unit, par = (entries[c].to_numpy(dtype=np.int64) for c in ("unit", "par"))
    law, chosen = weighed.law, weighed.choice.chosen
    of_rt = _with(chosen.score[unit], par, law.scores(entries["share"]), weighed)
    home = weighed.member[unit]
    inside = np.flatnonzero(home >= 0)
    mine, cell = entries.iloc[inside], (unit[inside], par[inside])
    stands = np.ones(len(inside), dtype=bool)
    for name in ("share", "volume", "penyebut"):
        said, own = mine[name].to_numpy(dtype=float), getattr(chosen, name)[cell]
        stands &= (said == own) | (np.isnan(said) & np.isnan(own))
    kawasan = weighed.of_kawasan.score[home[inside]]
    swapped = kawasan[np.arange(len(inside)), par[inside]]
    swapped[~stands] = _swapped(mine[~stands], weighed)
    of_area = np.full(len(entries), None, dtype=object)
    of_area[inside] = _with(kawasan, par[inside], swapped, weighed)
    return of_rt, of_area, home >= 0


def of_shares(found: Shares, weighed: Weighed, rt: pd.DataFrame) -> pd.DataFrame:
    """`shown` of conflicts over shares: its columns, one row a conflict.

    ``rt``: the table of RT that lie in kawasan; of others neither area nor households are told.
    """
    table = weighed.choice.candidates
    entries = table[["unit", "par", "share", "volume", "penyebut"]].iloc[found.place]
    of_rt, of_area, lies = _under_each(entries, weighed)
    choice = {source: json.dumps(source, ensure_ascii=False) for source in set(found.source)}
    levels = {level: json.dumps(level) for level in {*of_rt, *of_area}}
    texts = []
    for words in (of_rt, of_area):
        said = zip(found.source, words, strict=True)
        own = found.parts([f"{choice[source]}: {levels[level]}" for source, level in said])
        texts.append([f"{{{', '.join(each)}}}" for each in own])
    place = codes_in(pd.Series(found.subject, dtype="str"), rt["id_rt"])
    size = {name: np.append(floats(rt[name]), np.nan)[place] for name in ("luas_ha", "jumlah_kk")}
    here = either(lies[found.start[:-1]], np.array(texts[1], dtype=object), None)
    return pd.DataFrame({"dampak_rt": texts[0], "dampak_kawasan": here, **size})


def _entries(conflicts: Sequence[Conflict], places: Places, weighed: Weighed) -> pd.DataFrame:
    """One row a candidate: conflict_id, choice, unit, par, share, volume, penyebut."""
    units = {name: i for i, name in enumerate(places.units["id_rt"])}
    pars = {name: i for i, name in enumerate(weighed.law.parameter_ids)}
    rows = [
        (c.conflict_id, name, units[c.subject], pars[c.parameter], one.source_id, one.source_row)
        for c in conflicts if c.parameter in pars and c.subject in units
        for name, one in zip(options_of(c), c.candidates, strict=True)
    ]  # fmt: skip
    keys = ["unit", "par", "source_id", "source_row"]
    asked = pd.DataFrame(rows, columns=["conflict_id", "choice", *keys])
    known = weighed.choice.candidates[[*keys, "share", "volume", "penyebut"]]
    known = known.drop_duplicates(keys)
    for frame in (asked, known):
        frame["source_row"] = frame["source_row"].astype("Int64").fillna(-1)
    return asked.merge(known.astype({"source_id": object}), how="left", on=keys)


def _with(scores: Floats, par: Ints, new: Floats, weighed: Weighed) -> Objects:
    """Levels of rows of scores where one of them is another."""
    scores = scores.copy()
    scores[np.arange(len(scores)), par] = new
    return weighed.law.level_names(*weighed.law.totals(scores))


def _swapped(entries: pd.DataFrame, weighed: Weighed) -> Floats:
    """Score of each entry's kawasan in its parameter with the entry's value in its RT.

    Every RT of the kawasan is one row of a sum of its own: few kawasan have conflicts, and fewer
    have many.
    """
    unit, par = (entries[c].to_numpy(dtype=np.int64) for c in ("unit", "par"))
    entry, rows = pairs(weighed.member[unit], weighed.member)
    column = par[entry]
    mine = rows == unit[entry]
    chosen = weighed.choice.chosen
    cells = {
        name: np.where(
            mine, entries[name].to_numpy(float)[entry], getattr(chosen, name)[rows, column]
        )
        for name in ("share", "volume", "penyebut")
    }
    weight = weighed.have.weights(weighed.law)[rows, column]
    columns = {name: values[:, None] for name, values in cells.items()}
    alone = Cells(**columns, score=weighed.law.scores(columns["share"]))
    return score.summed_cells(alone, weight[:, None], entry, len(entries), weighed.law)[1][:, 0]


def _of_denominators(
    conflicts: Sequence[Conflict], weighed: Weighed
) -> dict[str, tuple[dict[str, str | None], dict[str, str | None]]]:
    """Levels of RT and kawasan under each candidate of a denominator, all else as it stands."""
    own = weighed.outcomes.disputes
    by_id = {c.conflict_id: c for c in conflicts}
    places = [place for place, ident in enumerate(own.ids) if ident in by_id] if by_id else []
    if not places:
        return {}
    entry = np.flatnonzero(np.isin(own.owner, places))
    of_rt, of_area = _under_amounts(entry, weighed)
    result = {}
    for place in places:
        names = options_of(by_id[own.ids[place]])
        first = int(np.searchsorted(entry, own.start[place]))
        rts = {name: of_rt[first + i] for i, name in enumerate(names)}
        inside = weighed.member[own.unit[place]] >= 0
        areas = {name: of_area[first + i] for i, name in enumerate(names)} if inside else {}
        result[own.ids[place]] = (rts, areas)
    return result


def _under_amounts(entry: Ints, weighed: Weighed) -> tuple[Objects, Objects]:
    """Levels of the RT, and of its kawasan, under some candidates of denominators in dispute.

    Every RT of a kawasan is reckoned for each candidate, so a few are taken at a time.
    """
    parts = [_under_some(entry[i : i + AT_ONCE], weighed) for i in range(0, len(entry), AT_ONCE)]
    rts, areas = zip(*parts, strict=True)
    return np.concatenate(rts), np.concatenate(areas)


def _under_some(entry: Ints, weighed: Weighed) -> tuple[Objects, Objects]:
    found, law = weighed.outcomes, weighed.law
    own, chosen = found.disputes, weighed.choice.chosen
    number = np.full(len(own.amount), -1)
    number[entry] = np.arange(len(entry))
    asked = number[found.entry] >= 0
    columns = ("par", "share", "volume", "penyebut", "score")
    values = {name: getattr(found, name)[asked] for name in columns}
    values["entry"] = number[found.entry[asked]]
    unit = own.unit[own.owner[entry]]
    of_rt = law.level_names(*law.totals(rows_under(values, chosen.score[unit], "score")))
    home = weighed.member[unit]
    which, rows = pairs(np.where(home < 0, -2, home), weighed.member)  # −1 is no kawasan
    mine = rows == unit[which]
    cells = {}
    for name in columns[1:]:
        every = getattr(chosen, name)[rows]
        every[mine] = rows_under(values, getattr(chosen, name)[unit], name)[which[mine]]
        cells[name] = every
    weight = weighed.have.weights(law)[rows]
    for at, parameter in enumerate(law.parameters):
        divisor = DENOMINATORS.index(parameter.denominator)
        same = mine & (own.name[own.owner[entry]] == divisor)[which]
        weight[same, at] = own.amount[entry[which[same]]]
    summed = score.summed_cells(Cells(**cells), weight, which, len(unit), law)[1]
    return of_rt, law.level_names(*law.totals(summed))


def _json(levels: Mapping[str, str | None]) -> str | None:
    return json.dumps(levels, ensure_ascii=False) if levels else None


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
