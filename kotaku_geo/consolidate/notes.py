"""Findings about values, scores and membership."""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from kotaku_geo.consolidate import boundaries
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.docket import DECIDED
from kotaku_geo.consolidate.ids import slugs
from kotaku_geo.consolidate.kawasan import KawasanRows, find_named
from kotaku_geo.consolidate.reported import words
from kotaku_geo.consolidate.rt import Resolved
from kotaku_geo.consolidate.score import NO_DATA, PARTIAL, Scored
from kotaku_geo.consolidate.tables import Bools, Floats, Geometries, Ints, codes_in, records
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import cover
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.cover import Index
from kotaku_geo.late import record
from kotaku_geo.regulation import LEVELS, Regulation
from kotaku_geo.texts import number

HALF_DIGIT_HA = 0.005
CAPPED = 1 + 1e-9
NEARLY = 0.9


def values(choice: Choice, units: gpd.GeoDataFrame, law: Regulation, findings: FindingBook) -> None:
    """Shares of nothing, above the whole, and below nothing.

    A denominator of 0 is one finding, whatever is divided by it. Negative volumes are found when
    they are read; here it is shares that were delivered so.
    """
    table = choice.candidates
    share, volume = table["share"].to_numpy(float), table["volume"].to_numpy(float)
    nothing = law.zero_denominator(volume, table["penyebut"].to_numpy(float)) & np.isnan(share)
    _nothing(table[nothing], units, law, findings)
    for rule, wrong in (
        ("value.over-denominator", share > CAPPED),
        ("value.negative", (share < 0) & ~table["by_volume"].to_numpy(bool)),
    ):
        for row in records(table[wrong]):
            parameter = law.parameter_ids[row.par]
            findings.add(
                rule, **_of_unit(row, units), key=f"{units['id_rt'].iat[row.unit]}|{parameter}",
                value=number(100 * row.share), parameter=parameter, volume=number(row.volume),
                penyebut=number(row.penyebut), kolom=f"p{parameter}", isi=number(row.share, 4),
            )  # fmt: skip


def _nothing(
    rows: pd.DataFrame, units: gpd.GeoDataFrame, law: Regulation, findings: FindingBook
) -> None:
    for _, group in rows.groupby(["unit", "source_id", "divisor", "source_row"], dropna=False):
        first = next(records(group))
        parameters = ", ".join(law.parameter_ids[par] for par in group["par"])
        findings.add(
            "parameter.zero-denominator", **_of_unit(first, units), value=first.divisor,
            key=f"{units['id_rt'].iat[first.unit]}|{first.divisor}", parameter=parameters,
            penyebut=first.divisor, volume="; ".join(number(v) for v in group["volume"]),
        )  # fmt: skip


def _of_unit(row: Any, units: gpd.GeoDataFrame) -> dict[str, Any]:
    return {
        "source_id": row.source_id,
        "source_row": None if pd.isna(row.source_row) else int(row.source_row),
        "subject": units["id_rt"].iat[row.unit],
        "geometry": units.geometry.iat[row.unit],
    }


def missing_rt(
    scored: Scored, units: gpd.GeoDataFrame, kawasan: pd.DataFrame, law: Regulation,
    findings: FindingBook,
) -> None:  # fmt: skip
    """Parameters without a value, one finding an RT; not in kawasan where nobody has any data."""
    empty = np.append((kawasan["kelengkapan"] == NO_DATA).to_numpy(), True)
    whole = empty[units["kawasan"].to_numpy(dtype=np.int64)]
    table = scored.table
    wanting = (table["kelengkapan"] == PARTIAL) | ((table["kelengkapan"] == NO_DATA) & ~whole)
    _missing(scored, units["id_rt"], units.geometry, wanting.to_numpy(), law, findings)


def kawasan_data(
    scored: Scored, kawasan: gpd.GeoDataFrame, law: Regulation, findings: FindingBook
) -> None:
    """Kawasan without data, with parameters missing, or below the slum threshold."""
    partial = (kawasan["kelengkapan"] == PARTIAL).to_numpy()
    _missing(scored, kawasan["id_kawasan"], kawasan.geometry, partial, law, findings)
    ids, shapes = kawasan["id_kawasan"].tolist(), kawasan.geometry.to_numpy()
    for rule, wrong in (
        ("kawasan.no-data", kawasan["kelengkapan"] == NO_DATA),
        ("kawasan.no-rt", kawasan["jumlah_rt"] == 0),
    ):
        for i in np.flatnonzero(wrong):
            findings.add(rule, subject=ids[i], key=ids[i], geometry=shapes[i])
    limit = number(law.slum_threshold, 0)
    for i in np.flatnonzero(kawasan["tingkat"] == "tidak_kumuh"):
        score = number(kawasan["skor"].iloc[i], 0)
        findings.add(
            "score.below-threshold", subject=ids[i], key=ids[i], value=score, geometry=shapes[i],
            skor=score, batas=limit,
        )  # fmt: skip


def levels(rt: gpd.GeoDataFrame, kawasan: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """Kawasan whose level is not that of all their RT."""
    home = codes_in(rt["id_kawasan"], kawasan["id_kawasan"])
    own = kawasan["tingkat"].to_numpy(dtype=object)
    names = {name: place for place, name in enumerate(LEVELS)}
    level, whole = (
        np.array([names.get(word, -1) for word in words_of], dtype=np.int64)
        for words_of in (rt["tingkat"].to_numpy(dtype=object), own)
    )
    known = (home >= 0) & (level >= 0)
    home, level = home[known], level[known]
    known = whole[home] >= 0
    place = home[known] * len(LEVELS) + level[known]
    count = np.bincount(place, minlength=len(kawasan) * len(LEVELS)).reshape(-1, len(LEVELS))
    same = count[np.arange(len(kawasan)), whole]
    ids, shapes = kawasan["id_kawasan"].tolist(), kawasan.geometry.to_numpy()
    for i in np.flatnonzero((whole >= 0) & (count.sum(axis=1) > same)):
        said = zip(count[i].tolist(), LEVELS, strict=True)
        text = ", ".join(f"{many} {words(name)}" for many, name in said if many)
        findings.add(
            "level.rt-kawasan-differs", subject=ids[i], key=ids[i], value=text,
            geometry=shapes[i], kawasan=words(own[i]), rt=text,
        )  # fmt: skip


@record
class Rest:
    """Parts of kawasan that are drawn but fall to none of their RT, where they are not small.

    Attributes:
        kawasan: position of the kawasan.
        hectares, geometry: of the part.
    """

    kawasan: Index
    hectares: Floats
    geometry: Geometries


def rest(
    shapes: Geometries, rts: Geometries, member: Ints, crs: pyproj.CRS, warning_pct: float,
    workers: int,
) -> Rest:  # fmt: skip
    """What the RT of each kawasan leave of its shape, where any of them is drawn.

    Args:
        shapes: of the kawasan.
        rts, member: drawing of each RT, None without one; position of its kawasan, −1 for none.
        crs: of both.
        warning_pct: share of a kawasan that is not small.
        workers: threads.
    """
    drawn = (member >= 0) & ~shapely.is_missing(rts)
    union = cover.union_by(rts[drawn], member[drawn], len(shapes), workers=workers)
    whole = geodesic_ha(shapes, crs)
    limit = np.maximum(HALF_DIGIT_HA, warning_pct / 100 * whole)
    # RT are drawn within their kawasan, so the areas tell nearly what is left; few have to be cut.
    left = whole * (1 - shapely.area(union) / shapely.area(shapes))
    some = np.flatnonzero(left > NEARLY * limit)  # not where nothing is drawn: NaN
    parts = shapely.difference(shapes[some], union[some])
    area = geodesic_ha(parts, crs)
    over = area > limit[some]
    return Rest(some[over], area[over], parts[over])


def uncovered(rest: Rest, kawasan: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """Parts of a kawasan that are drawn but fall to none of its RT."""
    ids = kawasan["id_kawasan"].to_numpy(dtype=object)[rest.kawasan]
    for subject, area, shape in zip(ids, rest.hectares, rest.geometry, strict=True):
        findings.add(
            "kawasan.uncovered", subject=subject, key=subject, value=number(area),
            geometry=shape, luas=number(area),
        )  # fmt: skip


def unknown_rt(resolved: Resolved, rows: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """RT that rows name and that are not on the map."""
    table = resolved.unknown.assign(
        source_id=rows["source_id"].to_numpy(dtype=object)[resolved.unknown["row"]],
        source_row=rows["source_row"].to_numpy(dtype=object)[resolved.unknown["row"]],
    )
    for row in records(table.drop_duplicates(["id_rt", "source_id"])):
        findings.add(
            "rt.unknown", source_id=row.source_id, source_row=int(row.source_row),
            subject=row.id_rt, key=row.id_rt, kunci=row.id_rt,
        )  # fmt: skip


def unknown_kawasan(survey: pd.DataFrame, areas: KawasanRows, findings: FindingBook) -> None:
    """Kawasan that survey rows name and nobody draws; one finding a name and kelurahan."""
    said = survey[slugs(survey["nama_kawasan"]).notna().to_numpy()]
    if said.empty:
        return
    same = ["source_id", "nama_kawasan", "kode_kelurahan"]
    names = said.groupby(same, dropna=False)["id_rt"].agg(first="min", many="nunique").reset_index()
    found = find_named(areas, names["nama_kawasan"], names["kode_kelurahan"])["row"]
    unknown = ~names.index.isin(found) & (areas.size > 0)
    for row in records(names[unknown]):
        findings.add(
            "name.unknown-kawasan", source_id=row.source_id, subject=row.first,
            key=f"{row.kode_kelurahan}|{row.nama_kawasan}", value=row.nama_kawasan,
            nama=row.nama_kawasan, jumlah=number(row.many, 0),
        )  # fmt: skip


def merged_rows(areas: KawasanRows, findings: FindingBook) -> None:
    """Rows of a source that are one kawasan by their id and yet call or judge it differently."""
    same, columns = ["source_id", "key"], ["nama_kawasan", "kode_kelurahan", "tingkat", "skor"]
    rows = pd.DataFrame(areas.rows[[*same, *columns]])
    groups = rows[rows.duplicated(same, keep=False)].groupby(same)
    counts = groups.size()
    for column in columns:
        said = groups[column].nunique()
        for source, key in said.index[said > 1]:
            findings.add(
                "kawasan.rows-differ",
                source_id=source,
                subject=key,
                key=f"{key}|{column}",
                kolom=column,
                jumlah=int(counts[source, key]),
                value=column,
            )


def without_kawasan(units: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """Surveyed RT that belong to no kawasan."""
    lone = units[(units["kawasan"] < 0) & units["surveyed"]]
    for row in records(lone):
        findings.add("rt.no-kawasan", subject=row.id_rt, key=row.id_rt, geometry=row.geometry)


def places(
    conflicts: Iterable[Conflict], outlines: Mapping[str, tuple[pd.Series, Geometries]],
    findings: FindingBook,
) -> None:  # fmt: skip
    """Undecided conflicts over outlines and identities.

    ``outlines``: ``batas.…`` → keys and the outlines that stand.
    """
    open_ = [c for c in conflicts if c.status != DECIDED]
    for parameter, (keys, shapes) in outlines.items():
        own = [c for c in open_ if c.parameter == parameter]
        if own:
            shape_of = dict(zip(keys, shapes, strict=True))
            boundaries.report(own, findings, shape_of.__getitem__)
    _identities((c for c in open_ if c.kind == "identitas"), findings)


def _identities(conflicts: Iterable[Conflict], findings: FindingBook) -> None:
    """Names that fit several places."""
    for conflict in conflicts:
        said = "; ".join(sorted({str(c.value) for c in conflict.candidates}))
        findings.add(
            "conflict.identity", subject=conflict.subject, key=conflict.conflict_id,
            objek=conflict.subject, kandidat=said,
        )  # fmt: skip


def _missing(
    scored: Scored, subjects: pd.Series, shapes: gpd.GeoSeries, wanting: Bools,
    law: Regulation, findings: FindingBook,
) -> None:  # fmt: skip
    names = np.array(law.parameter_ids)
    ids, drawn = subjects.tolist(), shapes.to_numpy()
    for i in np.flatnonzero(wanting):
        text = ", ".join(names[np.isnan(scored.score[i])])
        findings.add(
            "parameter.missing", subject=ids[i], key=ids[i], value=text, geometry=drawn[i],
            daftar=text,
        )  # fmt: skip
