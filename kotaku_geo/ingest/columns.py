"""Which delivered column holds which canonical one, and the typed values of each."""

from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.config import Source, layer_columns, nearest
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.ingest import rt as rt_cells
from kotaku_geo.ingest import values as cells
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.ingest.values import Issue, Parsed
from kotaku_geo.texts import number

COUNTED = {"jiwa", "KK", "unit", "rupiah"}
PERCENT_ABOVE = 1.5


def map_columns(source: Source, raw: RawLayer) -> dict[str, str]:
    """Canonical column → column of the file.

    A column is named in full, without regard to case, spaces and underscores, or by the last part
    of a joined heading where that is unique. Canonical names map to themselves unasked.

    Raises:
        PipelineFileError: a mapped column that the file lacks, or that fits several.
    """
    have = [str(c) for c in raw.frame.columns]
    mapping: dict[str, str] = {}
    for canonical, wanted in source.columns.items():
        mapping[canonical] = _find(wanted, have, source, raw.path)
    for canonical in layer_columns(source.layer):
        own = [c for c in have if fold(c) == fold(canonical)]
        if canonical not in mapping and canonical not in source.set and len(own) == 1:
            mapping[canonical] = own[0]
    return mapping


def _find(wanted: str, have: list[str], source: Source, path: str) -> str:
    if wanted in have:
        return wanted
    for candidates in (
        [c for c in have if fold(c) == fold(wanted)],
        [c for c in have if fold(c.split(" / ")[-1]) == fold(wanted)],
    ):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise PipelineFileError(
                f"{path}: kolom {wanted!r} (sources.{source.id}.columns) cocok dengan beberapa: "
                + ", ".join(candidates)
            )
    raise PipelineFileError(
        f"{path}: kolom {wanted!r} (sources.{source.id}.columns) tidak ada" + nearest(wanted, have)
    )


def missing_required(source: Source, mapping: dict[str, str], has_geometry: bool) -> list[str]:
    """Required columns that the file gives in none of the ways the layer allows."""
    spec = resources.load("layers")["layers"][source.layer]
    given = set(mapping) | set(source.set)
    lacking = [" / ".join(group) for group in spec["required"] if not given & set(group)]
    if source.layer == "profil_rt" and has_geometry:
        lacking = [x for x in lacking if "kelurahan" not in x]
    return lacking


def typed_columns(
    source: Source, raw: RawLayer, mapping: dict[str, str]
) -> tuple[pd.DataFrame, list[tuple[str, Issue]]]:
    """The layer's canonical columns, typed; and (column, issue) of all that was odd."""
    issues: list[tuple[str, Issue]] = []
    out: dict[str, pd.Series] = {}
    size = len(raw.source_row)
    definitions = layer_columns(source.layer)
    for name, definition in definitions.items():
        if name in mapping:
            delivered = raw.frame[mapping[name]]
        elif name in source.set:
            delivered = pd.Series([source.set[name]] * size, dtype=object)
        else:
            out.setdefault(name, _empty(definition["type"], size))
            continue
        if name in ("rt", "rw") and _is_pair(mapping):
            if name == "rt":
                out |= _pair(delivered, issues)
            continue
        parsed = _parse(name, definition, _replace(delivered, source.values.get(name)), source)
        issues += [(name, issue) for issue in parsed.issues]
        out[name] = parsed.values.reset_index(drop=True)
        if name == "rt":
            out |= _rw_beside(delivered, mapping)
    return pd.DataFrame({name: out[name] for name in definitions}), issues


def _is_pair(mapping: dict[str, str]) -> bool:
    return "rt" in mapping and mapping.get("rt") == mapping.get("rw")


def _replace(series: pd.Series, table: dict[str, Any] | None) -> pd.Series:
    """The pipeline file's ``values``: words compared trimmed and without case."""
    if not table:
        return series
    folded = {str(k).strip().casefold(): v for k, v in table.items()}
    values, _ = cells.by_distinct(
        series.astype(object).where(series.notna(), None),
        lambda c: folded.get(cells.plain_text(c).strip().casefold(), c),
    )
    return values


def _parse(name: str, definition: dict[str, Any], series: pd.Series, source: Source) -> Parsed:
    kind = definition["type"]
    if kind in ("number", "volume"):
        return _quantity(name, definition, series, source)
    if kind == "share":
        return _share(series)
    if kind in ("level", "standing", "sign", "legal", "condition", "hazard"):
        return cells.parse_word(series, kind)
    if kind == "yesno":
        parsed = cells.parse_word(series, kind)
        truth = [{"true": True, "false": False}.get(word) for word in parsed.values]
        return Parsed(pd.Series(truth, dtype="boolean"), parsed.issues)
    if kind == "score51":
        parsed = cells.parse_word(series, kind)
        return Parsed(pd.to_numeric(parsed.values).astype("float64"), parsed.issues)
    if kind in ("rt", "rw"):
        return _single(series, kind)
    if kind == "text":
        return cells.parse_text(series, frozenset(definition.get("keeps", ())))
    simple = {
        "integer": cells.parse_integer,
        "priority": cells.parse_priority,
        "date": cells.parse_date,
        "code": cells.parse_code,
        "bps": cells.parse_bps,
        "rt_list": _rt_list,
    }
    return simple[kind](series)


def _quantity(name: str, definition: dict[str, Any], series: pd.Series, source: Source) -> Parsed:
    unit = definition.get("unit")
    parsed = cells.parse_number(series, unit, unit in COUNTED)
    if name in source.units:
        table = resources.load("layers")["units"].get(unit, {})
        parsed.values = parsed.values * float(table.get(source.units[name], 1.0))
    low, high = definition.get("min"), definition.get("max")
    limits = (
        {"value.negative": parsed.values < 0} if low == 0 or definition["type"] == "volume" else {}
    )
    if low not in (0, None):
        outside = (parsed.values < low) | (parsed.values > (high or np.inf))
        if unit == "derajat":  # 0/0 is told once, for both coordinates together
            outside &= parsed.values != 0
        limits["value.impossible"] = outside
    for rule, mask in limits.items():
        for row in np.flatnonzero(mask):
            text = number(parsed.values.iloc[row])
            parsed.issues.append(Issue(rule, np.array([row]), text, {"isi": text}))
    if name in ("luas_sk_ha", "luas_ha", "luas_km2"):
        zero = np.flatnonzero(parsed.values == 0)
        if len(zero):
            parsed.issues.append(Issue("value.zero-area", zero, "0", {}))
    return parsed


def _share(series: pd.Series) -> Parsed:
    """Shares as fractions: a column whose usual value is above 1.5 holds percentages."""
    signed = series.map(lambda c: isinstance(c, str) and c.strip().endswith("%"))
    parsed = cells.parse_number(series, "pecahan")
    told = parsed.values[
        ~signed.to_numpy(dtype=bool) & (parsed.values != 0) & parsed.values.notna()
    ]
    if len(told) and float(np.median(told)) > PERCENT_ABOVE:
        largest = number(told.max())
        parsed.values = parsed.values.where(signed.to_numpy(dtype=bool), parsed.values / 100)
        rows = np.asarray(told.index, dtype=np.int64)
        parsed.issues.append(
            Issue("value.percent-scale", rows, largest, {"terbesar": largest}, "repaired", False)
        )
    return parsed


def _pair(series: pd.Series, issues: list[tuple[str, Issue]]) -> dict[str, pd.Series]:
    """RT and RW out of one column."""
    values, told = cells.clean(series)
    plain, _ = cells.by_distinct(values, rt_cells.read_pair)
    named = [int(r.rw[:3]) for r in plain if r is not None and r.rw and r.rule is None]
    largest = max(named, default=None)
    read, rows = cells.by_distinct(values, lambda cell: rt_cells.read_pair(cell, largest))
    issues += [("rt", i) for i in told + _rt_issues(read, rows)]
    return {
        "rt": read.map(lambda r: r.rt if r else None).astype(object),
        "rw": read.map(lambda r: r.rw if r else None).astype(object),
    }


def _single(series: pd.Series, kind: str) -> Parsed:
    values, issues = cells.clean(series)
    reader = rt_cells.read_rt if kind == "rt" else rt_cells.read_rw
    read, rows = cells.by_distinct(values, reader)
    issues += _rt_issues(read, rows)
    return Parsed(read.map(lambda r: getattr(r, kind) if r else None).astype(object), issues)


def _rw_beside(series: pd.Series, mapping: dict[str, str]) -> dict[str, pd.Series]:
    """The RW that an RT column names by itself, where the file gives no RW column."""
    if "rw" in mapping:
        return {}
    values, _ = cells.clean(series)
    read, _ = cells.by_distinct(values, rt_cells.read_rt)
    return {"rw": read.map(lambda r: r.rw if r else None).astype(object).reset_index(drop=True)}


def _rt_issues(read: pd.Series, rows: dict[Any, Any]) -> list[Issue]:
    issues = []
    for cell, where in rows.items():
        reading = read.iloc[where[0]]
        if reading.rule:
            text = " ".join(str(cell).split())
            params = {"isi": text, "rt": reading.rt, "rw": reading.rw, "daftar": reading.rt}
            action = {"rt.unreadable": "rejected", "rt.date": "repaired"}.get(reading.rule, "kept")
            issues.append(Issue(reading.rule, where, text, params, action))
    return issues


def _rt_list(series: pd.Series) -> Parsed:
    values, issues = cells.clean(series)
    found, rows = cells.by_distinct(values, rt_cells.read_list)
    for cell, where in rows.items():
        if found.iloc[where[0]] is None:
            text = " ".join(str(cell).split())[:80]
            issues.append(Issue("rt.unreadable", where, text, {"isi": text}))
    return Parsed(found.astype(object), issues)


def _empty(kind: str, size: int) -> pd.Series:
    dtype = {
        "number": "float64", "volume": "float64", "share": "float64", "score51": "float64",
        "integer": "Int64", "priority": "Int64", "yesno": "boolean",
    }.get(kind, "object")  # fmt: skip
    empty = np.nan if dtype == "float64" else None
    return pd.Series([empty] * size, dtype=dtype)
