"""Two baselines compared: what was added, removed and changed, by whom, and how much it weighs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history import causes
from kotaku_geo.history.baseline import Baseline, records
from kotaku_geo.history.canonical import same
from kotaku_geo.history.causes import Origins
from kotaku_geo.history.changes import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Attribute,
    Change,
    Difference,
    Total,
)
from kotaku_geo.history.identities import about
from kotaku_geo.history.shapes import Reshaped, arrangements, reshaped

KEYS = {"kawasan": "id_kawasan", "rt": "id_rt", "kelurahan": "kode_kelurahan"}
_NAMES = {"kawasan": "nama_kawasan", "rt": None, "kelurahan": "nama_kelurahan"}
_OF_SHAPE = {"geometry", "lintang", "bujur"}  # what the outline says already
MAJOR, MINOR = "major", "minor"
LEVELS = ("berat", "sedang", "ringan", "tidak_kumuh", None)


@dataclass(frozen=True)
class _Sides:
    """Both baselines, and the values that stand in each."""

    before: Baseline
    after: Baseline
    old: Origins
    new: Origins
    workers: int
    moved: Mapping[str, str]  # RT under another id: before → after


def diff(before: Baseline, after: Baseline, *, workers: int = 2) -> Difference:
    """What differs between two baselines of one city.

    An outline has changed where it differs beyond τ = k·√(accuracy² + accuracy²) of its two
    sources; what differs less was redrawn, and makes no new major version.

    Raises:
        PipelineFileError: the baselines are in different coordinate systems.
    """
    crs = _crs(before, after)
    moved = causes.moved(before, after)
    sides = _Sides(before, after, Origins(before), Origins(after), workers, moved)
    changes: list[Change] = []
    for kind in ("rt", "kawasan", "kelurahan"):
        changes += _changes(sides, kind, crs, changes)
    order = list(KEYS)
    changes.sort(key=lambda c: (order.index(c.kind), c.id))
    names = sorted({*before.hashes, *after.hashes})
    tables = tuple(n for n in names if before.hashes.get(n) != after.hashes.get(n))
    reasons = _reasons(changes)
    return Difference(
        before=before.name,
        after=after.name,
        changes=tuple(changes),
        arrangements=tuple(_arranged(sides)) if changes else (),
        sources=tuple(_sources(before, after)),
        decisions=tuple(_decisions(before, after)),
        totals=tuple(_totals(before, after)),
        tables=tables,
        columns=_columns(before, after),
        weight=MAJOR if reasons else MINOR if tables or changes else None,
        reasons=reasons,
    )


def _crs(before: Baseline, after: Baseline) -> Any:
    one, other = (side.geo("kawasan").crs for side in (before, after))
    if one is not None and other is not None and not one.equals(other, ignore_axis_order=True):
        raise PipelineFileError(
            f"{before.name} memakai {one.to_string()} dan {after.name} memakai "
            f"{other.to_string()}; hanya baseline dengan CRS yang sama dapat dibandingkan"
        )
    return one or other


def _reasons(changes: Sequence[Change]) -> tuple[str, ...]:
    """What makes a difference major: the set of areas, a boundary, a level."""
    found = [c.kind for c in changes if c.what != CHANGED]
    found += ["batas" for c in changes if c.what == CHANGED and c.shape and c.shape.changed]
    found += ["tingkat" for c in changes for a in c.attributes if a.column == "tingkat"]
    return tuple(name for name in (*KEYS, "batas", "tingkat") if name in found)


def _changes(sides: _Sides, kind: str, crs: Any, known: Sequence[Change]) -> Iterator[Change]:
    key = KEYS[kind]
    old, new = (_by_id(side.geo(kind), key) for side in (sides.before, sides.after))
    was: dict[str, str] = {}
    if kind == "rt" and sides.moved:
        old = old.rename(index=dict(sides.moved))
        was = {new_id: old_id for old_id, new_id in sides.moved.items()}
    for what, one, other in ((REMOVED, old, new), (ADDED, new, old)):
        alone = one[~one.index.isin(other.index)]
        for row in records(alone.reset_index()):
            yield _whole(sides, kind, what, row)
    common = old.index[old.index.isin(new.index)].sort_values()
    if not len(common):
        return
    old, new = old.loc[common], new.loc[common]
    shapes = _outlines(sides, kind, old, new, crs)
    said = _attributes(sides, kind, old, new, was)
    inside = _of_members(kind, sides, known)
    rows = records(new.reset_index())
    put = {place for place, name in enumerate(common) if name in was}
    for place in sorted({*shapes, *said, *put}):
        more = inside.get(rows[place][key], (set(), set()))
        change = _changed(
            sides, kind, rows[place], tuple(said.get(place, ())), shapes.get(place), more
        )
        yield _moved(sides, change, was[change.id]) if place in put else change


def _by_id(frame: gpd.GeoDataFrame, key: str) -> gpd.GeoDataFrame:
    """The table by id; should an id stand twice, the second is called ``id#2``."""
    frame = frame[frame[key].notna()]
    number = frame.groupby(key).cumcount() + 1
    ids = frame[key].astype(str).mask(number > 1, frame[key] + "#" + number.astype(str))
    return frame.assign(**{key: ids}).set_index(key)


def _whole(sides: _Sides, kind: str, what: str, row: Mapping[str, Any]) -> Change:
    """A thing that only one of the baselines has."""
    origins = sides.new if what == ADDED else sides.old
    sources = {row["source_id"]} if row.get("source_id") else set()
    decisions: set[str] = set()
    if kind == "rt":
        sources |= origins.sources_of(row["id_rt"])
        decisions = causes.movers(sides.before, sides.after, [row["id_rt"]])
    return Change(**_head(kind, row), what=what, sources=tuple(sorted(sources)),
                  decisions=tuple(sorted(decisions)))  # fmt: skip


def _moved(sides: _Sides, change: Change, was: str) -> Change:
    """An RT that both have, each under another id, by a decision."""
    decisions = causes.movers(sides.before, sides.after, [was, change.id])
    return replace(
        change, what=MOVED, was=was, decisions=tuple(sorted({*change.decisions, *decisions}))
    )


def _changed(
    sides: _Sides, kind: str, row: Mapping[str, Any], attributes: tuple[Attribute, ...],
    shape: Reshaped | None, more: tuple[set[str], set[str]],
) -> Change:  # fmt: skip
    """A thing that both have and that is not the same."""
    sources, decisions = causes.behind(a.cause for a in attributes)
    sources |= more[0]
    decisions |= more[1]
    if shape is not None:
        sources |= {row["source_id"]} if row.get("source_id") else set()
        made = sides.after.decision_on("batas", row[KEYS[kind]], f"batas.{kind}")
        decisions |= {made["decision_id"]} if made else set()
    return Change(
        **_head(kind, row), what=CHANGED, attributes=attributes, shape=shape,
        sources=tuple(sorted(sources)), decisions=tuple(sorted(decisions)),
    )  # fmt: skip


def _head(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    name = _NAMES[kind]
    return {
        "kind": kind,
        "id": row[KEYS[kind]],
        "name": row.get(name) if name else _called(row),
        "hectares": row.get("luas_ha"),
        "level": row.get("tingkat"),
    }


def _called(row: Mapping[str, Any]) -> str:
    """What people call an RT."""
    rw = f" RW {row['rw']}" if row.get("rw") else ""
    where = f" {row['nama_kelurahan']}" if row.get("nama_kelurahan") else ""
    return f"RT {row.get('rt') or '?'}{rw}{where}"


def _outlines(
    sides: _Sides, kind: str, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, crs: Any
) -> dict[int, Reshaped]:
    if crs is None:
        return {}
    setting = sides.after.setting
    blur = np.hypot(_blur(sides.before, kind, old), _blur(sides.after, kind, new))
    return reshaped(
        old.geometry.to_numpy(), new.geometry.to_numpy(), setting.tolerance_k * blur,
        setting.min_piece_m2, crs, sides.workers,
    )  # fmt: skip


def _blur(baseline: Baseline, kind: str, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Accuracy of each outline in metres: of its source, else of the least accurate that drew it.

    An RT of the baseline is cut from its map and from its kawasan.
    """
    setting = baseline.setting
    if kind == "kawasan":
        return np.array([setting.accuracy(source) for source in rows["source_id"]], dtype=float)
    layers = ("rt", "kawasan") if kind == "rt" else (kind,)
    drawn = [setting.accuracy(s) for layer in layers for s in setting.of_layer(layer)]
    return np.full(len(rows), max(drawn, default=setting.accuracy_m))


def _attributes(
    sides: _Sides, kind: str, old: pd.DataFrame, new: pd.DataFrame, was: Mapping[str, str]
) -> dict[int, list[Attribute]]:
    """The cells that differ, by row, in the order of the columns that both tables have."""
    found: dict[int, list[Attribute]] = {}
    had, has = (side.columns.get(f"consolidate/{kind}", ()) for side in (sides.before, sides.after))
    both = [c for c in new.columns if c in had and c in has and c not in _OF_SHAPE]
    old, new = pd.DataFrame(old), pd.DataFrame(new)  # a GeoDataFrame's columns cost ten times more
    for column in both:
        differ = np.flatnonzero(~same(old[column], new[column]))
        if not differ.size:
            continue
        before, after = (records(side[[column]].iloc[differ]) for side in (old, new))
        for place, one, other in zip(differ.tolist(), before, after, strict=True):
            why = None
            if kind == "rt":
                name = str(new.index[place])
                why = causes.cause(sides.old, sides.new, name, column, was.get(name))
            changed = Attribute(column, one[column], other[column], why)
            found.setdefault(place, []).append(changed)
    return found


def _of_members(
    kind: str, sides: _Sides, known: Sequence[Change]
) -> dict[str, tuple[set[str], set[str]]]:
    """Sources and decisions behind the changes of each kawasan's RT."""
    result: dict[str, tuple[set[str], set[str]]] = {}
    if kind != "kawasan":
        return result
    member: dict[str, set[str]] = {}
    for side in (sides.before, sides.after):
        rows = side.table("rt")
        for id_rt, area in zip(rows["id_rt"], rows["id_kawasan"], strict=True):
            member.setdefault(sides.moved.get(id_rt, id_rt), set()).add(area)
    for change in known:
        for area in member.get(change.id, ()):
            sources, decisions = result.setdefault(area, (set(), set()))
            sources.update(change.sources)
            decisions.update(change.decisions)
    return result


def _arranged(sides: _Sides) -> Iterator[dict[str, Any]]:
    old, new = sides.before.geo("kawasan"), sides.after.geo("kawasan")
    for before, after in arrangements(old, new, KEYS["kawasan"], sides.workers):
        one, other = len(before) == 1, len(after) == 1
        kind = {(True, True): "ganti_id", (True, False): "pecah", (False, True): "gabung"}
        susunan = kind.get((one, other), "campuran")
        yield {"susunan": susunan, "before": before, "after": after}


def _sources(before: Baseline, after: Baseline) -> Iterator[dict[str, Any]]:
    old, new = (
        {(row["source_id"], row["path"]): row for row in records(side.sources)}
        for side in (before, after)
    )
    for key in sorted({*old, *new}, key=str):
        row = new.get(key) or old[key]
        what = REMOVED if key not in new else ADDED if key not in old else CHANGED
        if what == CHANGED and old[key]["sha256"] == new[key]["sha256"]:
            continue
        date = None if row["date"] is None else str(row["date"])
        yield {"source_id": key[0], "path": key[1], "what": what, "agency": row["agency"],
               "date": date}  # fmt: skip


def _decisions(before: Baseline, after: Baseline) -> Iterator[dict[str, Any]]:
    for name in sorted({*before.decisions, *after.decisions}):
        old, new = (side.decisions.get(name, {}) for side in (before, after))
        if old and new and old.get("status") == new.get("status"):
            continue
        row = new or old
        told = {key: row.get(key) for key in ("kind", "parameter", "minutes", "date")}
        subject, filed = about(row)[1], row.get("subject")
        told |= {"subject": subject, "was": filed if filed not in (None, subject) else None}
        yield {"decision_id": name, "before": old.get("status"), "after": new.get("status"), **told}


def _totals(before: Baseline, after: Baseline) -> Iterator[Total]:
    for kind in ("kawasan", "rt"):
        old, new = (by_level(side.table(kind)) for side in (before, after))
        for level in LEVELS:
            (n1, ha1), (n2, ha2) = old.get(level, (0, 0.0)), new.get(level, (0, 0.0))
            if n1 or n2:
                yield Total(kind, level, n1, n2, ha1, ha2)


def by_level(rows: pd.DataFrame) -> dict[str | None, tuple[int, float]]:
    """Number and hectares by level; None is the level that is not known."""
    level = rows["tingkat"].astype(object).where(rows["tingkat"].notna(), None)
    grouped = rows.assign(level=level).groupby("level", dropna=False)["luas_ha"]
    return {
        None if pd.isna(name) else str(name): (len(some), round(float(some.sum()), 6))
        for name, some in grouped
    }


def _columns(before: Baseline, after: Baseline) -> dict[str, list[str]]:
    """Columns that only one of the two has, where both have the table."""
    found = {}
    for name in sorted({*before.columns} & {*after.columns}):
        alone = sorted({*before.columns[name]} ^ {*after.columns[name]})
        if alone:
            found[name] = alone
    return found
