"""Which delivered column holds which canonical one, and the typed values of each."""

import re
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo import resources
from kotaku_geo.config import Pipeline, Source, layer_columns, nearest
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.ingest import cells, values
from kotaku_geo.ingest import rt as rt_cells
from kotaku_geo.ingest.cells import Issue, Parsed
from kotaku_geo.ingest.dates import as_date, shows_month_first
from kotaku_geo.ingest.degrees import parse_degrees
from kotaku_geo.ingest.numbers import states_unit
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.ingest.shifted import shifted_rows
from kotaku_geo.regulation import load as load_regulation
from kotaku_geo.texts import number

COUNTED = {"jiwa", "KK", "unit", "rupiah"}
PERCENT_ABOVE = 1.5
MIXED_SCALE = 0.25  # of a column of percentages; more that are not above 1 may be fractions


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
    source: Source, raw: RawLayer, mapping: dict[str, str], pipeline: Pipeline
) -> tuple[pd.DataFrame, list[tuple[str, Issue]]]:
    """The layer's canonical columns, typed; and (column, issue) of all that was odd."""
    issues: list[tuple[str, Issue]] = []
    out: dict[str, pd.Series] = {}
    size = len(raw.source_row)
    definitions = _definitions(source, pipeline)
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
        replaced = _replace(delivered, source.values.get(name)).reset_index(drop=True)
        if name == "rt":
            out |= _rt(replaced, "rw" in mapping, issues)
            continue
        parsed = _parse(name, definition, replaced, source, pipeline.city.code)
        issues += [(name, issue) for issue in parsed.issues]
        out[name] = parsed.values.reset_index(drop=True)
    frame = pd.DataFrame({name: out[name] for name in definitions})
    return frame, issues + shifted_rows(frame, issues, definitions, raw.frame)


def _definitions(source: Source, pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """The layer's columns; volumes in the unit that the source's regulation counts them in."""
    definitions = layer_columns(source.layer)
    rules = source.regulation or pipeline.regulation
    if rules == "unknown" or not any(d["type"] == "volume" for d in definitions.values()):
        return definitions
    unit_of = {f"v{p.id}": p.volume_unit for p in load_regulation(rules).parameters}
    return {n: {**d, "unit": unit_of.get(n, d.get("unit"))} for n, d in definitions.items()}


def _is_pair(mapping: dict[str, str]) -> bool:
    """Whether RT and RW come from one column: mapped twice, or once and headed with both."""
    if "rt" not in mapping:
        return False
    heading = mapping["rt"].casefold()
    both = re.search(r"\brt\W*(?:dan\W*)?rw\b", heading.replace("_", " "))
    return mapping["rt"] == mapping.get("rw") or ("rw" not in mapping and both is not None)


def _replace(series: pd.Series, table: dict[str, Any] | None) -> pd.Series:
    """The pipeline file's ``values``: words compared trimmed and without case."""
    if not table:
        return series
    folded = {str(k).strip().casefold(): v for k, v in table.items()}
    found, _ = cells.by_distinct(
        series.astype(object).where(series.notna(), None),
        lambda c: folded.get(cells.plain_text(c).strip().casefold(), c),
    )
    return found


def _parse(
    name: str, definition: dict[str, Any], series: pd.Series, source: Source, city: str
) -> Parsed:
    kind = definition["type"]
    if kind in ("number", "volume"):
        return _quantity(name, definition, series, source)
    if kind == "share":
        return _share(series)
    if kind in ("level", "standing", "sign", "legal", "condition", "hazard"):
        return values.parse_word(series, kind)
    if kind in ("yesno", "score51"):
        return _decided(values.parse_word(series, kind), kind)
    if kind == "rw":
        return _rw(series)
    if kind == "text":
        return values.parse_text(series, frozenset(definition.get("keeps", ())))
    if kind == "code":
        return values.parse_code(series, city)
    if kind == "integer":
        parsed = values.parse_integer(series)
        parsed.issues += _out_of_range(name, definition, parsed.values)
        return parsed
    simple = {
        "priority": values.parse_priority,
        "date": values.parse_date,
        "bps": values.parse_bps,
        "rt_list": _rt_list,
    }
    return simple[kind](series)


def _decided(parsed: Parsed, kind: str) -> Parsed:
    """Words for yes and no as booleans, those for 5 and 1 as numbers."""
    if kind == "score51":
        return Parsed(pd.to_numeric(parsed.values).astype("float64"), parsed.issues)
    truth = parsed.values.map({"true": True, "false": False})
    return Parsed(truth.astype("boolean"), parsed.issues)


def _quantity(name: str, definition: dict[str, Any], series: pd.Series, source: Source) -> Parsed:
    unit = definition.get("unit")
    angles = unit == "derajat"
    parsed = parse_degrees(series) if angles else values.parse_number(series, unit, unit in COUNTED)
    if name in source.units:
        table = resources.load("layers")["units"].get(unit, {})
        converted = cells.scaled(parsed.values, float(table.get(source.units[name], 1.0)))
        own, _ = cells.by_distinct(series, states_unit)
        parsed.values = parsed.values.where(own.eq(True).to_numpy(), converted)
    parsed.issues += _out_of_range(name, definition, parsed.values)
    if name in ("luas_sk_ha", "luas_ha", "luas_km2"):
        zero = np.flatnonzero(parsed.values == 0)
        if len(zero):
            parsed.issues.append(Issue("value.zero-area", zero, "0", {}))
    return parsed


def _out_of_range(name: str, definition: dict[str, Any], found: pd.Series) -> list[Issue]:
    """Negative values, and those beyond what the column can hold: kept as found, and told."""
    most = resources.load("values")["most"].get(name, np.inf)
    low, high = definition.get("min"), definition.get("max", most)
    if definition["type"] == "volume":
        low = 0
    if low is None:
        return []
    figures = found.to_numpy(dtype=float, na_value=np.nan)
    above = figures > high
    limits = {"value.negative": figures < 0} if low == 0 else {}
    limits["value.impossible"] = above if low == 0 else above | (figures < low)
    if definition.get("unit") == "derajat":  # 0/0 is told once, for both coordinates together
        limits["value.impossible"] &= figures != 0
    issues = []
    for rule, mask in limits.items():
        for row in np.flatnonzero(mask):
            text = number(figures[row])
            issues.append(Issue(rule, np.array([row]), text, {"isi": text}))
    return issues


def _share(series: pd.Series) -> Parsed:
    """Shares as fractions: a column whose usual value is above 1.5 holds percentages."""
    signed = series.map(lambda c: isinstance(c, str) and c.strip().endswith("%"))
    parsed = values.parse_number(series, "pecahan")
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
        small = told[told <= 1]
        if len(small) > MIXED_SCALE * len(told):
            params = {"jumlah": len(small), "dari": len(told)}
            where = np.asarray(small.index, dtype=np.int64)
            parsed.issues.append(Issue("value.percent-mixed", where, None, params, each=False))
    return parsed


def _pair(series: pd.Series, issues: list[tuple[str, Issue]]) -> dict[str, pd.Series]:
    """RT and RW out of one column."""
    known, told = cells.clean(series)
    plain, _ = cells.by_distinct(known, rt_cells.read_pair)
    named = [int(r.rw[:3]) for r in plain if r is not None and r.rw and r.rule is None]
    largest = max(named, default=None)
    dated = any(as_date(v) is not None for v in known if v is not None)
    month_first = dated and shows_month_first(v for v in known if v is not None)
    read, rows = cells.by_distinct(
        known, lambda cell: rt_cells.read_pair(cell, largest, month_first)
    )
    issues += [("rt", i) for i in told + _rt_issues(read, rows)]
    return {
        "rt": read.map(lambda r: r.rt if r else None).astype(object),
        "rw": read.map(lambda r: r.rw if r else None).astype(object),
    }


def _rt(series: pd.Series, has_rw: bool, issues: list[tuple[str, Issue]]) -> dict[str, pd.Series]:
    """RTs, and the RW that the cells name by themselves where the file gives no RW column."""
    known, told = cells.clean(series)
    read, rows = cells.by_distinct(known, rt_cells.read_rt)
    issues += [("rt", i) for i in told + _rt_issues(read, rows)]
    wanted = ("rt",) if has_rw else ("rt", "rw")
    return {k: read.map(lambda r, k=k: getattr(r, k) if r else None).astype(object) for k in wanted}


def _rw(series: pd.Series) -> Parsed:
    known, issues = cells.clean(series)
    read, rows = cells.by_distinct(known, rt_cells.read_rw)
    issues += _rt_issues(read, rows)
    return Parsed(read.map(lambda r: r.rw if r else None).astype(object), issues)


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
    known, issues = cells.clean(series)
    found, rows = cells.by_distinct(known, rt_cells.read_list)
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
