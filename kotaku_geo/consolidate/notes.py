"""Findings about values, scores and membership."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.conflicts import Conflict
from kotaku_geo.consolidate.ids import slugs
from kotaku_geo.consolidate.kawasan import KawasanRows, find_named
from kotaku_geo.consolidate.reported import words
from kotaku_geo.consolidate.rt import Resolved
from kotaku_geo.consolidate.score import NO_DATA, PARTIAL, Scored
from kotaku_geo.consolidate.tables import Bools, records
from kotaku_geo.findings import FindingBook
from kotaku_geo.geo import cover
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.regulation import LEVELS, Regulation
from kotaku_geo.texts import number

HALF_DIGIT_HA = 0.005
CAPPED = 1 + 1e-9


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
    for row in records(kawasan[kawasan["kelengkapan"] == NO_DATA]):
        findings.add(
            "kawasan.no-data", subject=row.id_kawasan, key=row.id_kawasan, geometry=row.geometry
        )
    for row in records(kawasan[kawasan["jumlah_rt"] == 0]):
        findings.add(
            "kawasan.no-rt", subject=row.id_kawasan, key=row.id_kawasan, geometry=row.geometry
        )
    for row in records(kawasan[kawasan["tingkat"] == "tidak_kumuh"]):
        findings.add(
            "score.below-threshold", subject=row.id_kawasan, key=row.id_kawasan,
            value=number(row.skor, 0), geometry=row.geometry, skor=number(row.skor, 0),
            batas=number(law.slum_threshold, 0),
        )  # fmt: skip


def levels(rt: gpd.GeoDataFrame, kawasan: gpd.GeoDataFrame, findings: FindingBook) -> None:
    """Kawasan whose level is not that of all their RT."""
    own = kawasan.set_index("id_kawasan")["tingkat"]
    pairs = rt[["id_kawasan", "tingkat"]].dropna()
    pairs = pairs.assign(kawasan=pairs["id_kawasan"].map(own)).dropna()
    differing = pairs.loc[pairs["tingkat"] != pairs["kawasan"], "id_kawasan"]
    rows = pairs[pairs["id_kawasan"].isin(differing)]
    shapes = kawasan.set_index("id_kawasan").geometry
    for id_kawasan, group in rows.groupby("id_kawasan", sort=True):
        count = group["tingkat"].value_counts()
        text = ", ".join(f"{count[name]} {words(name)}" for name in LEVELS if name in count)
        findings.add(
            "level.rt-kawasan-differs", subject=id_kawasan, key=id_kawasan, value=text,
            geometry=shapes[id_kawasan], kawasan=words(group["kawasan"].iloc[0]), rt=text,
        )  # fmt: skip


def uncovered(
    units: gpd.GeoDataFrame, kawasan: gpd.GeoDataFrame, pipeline: Pipeline,
    findings: FindingBook, workers: int,
) -> None:  # fmt: skip
    """Parts of a kawasan that are drawn but fall to none of its RT."""
    member = units["kawasan"].to_numpy(dtype=np.int64)
    drawn = (member >= 0) & units.geometry.notna().to_numpy()
    union = cover.union_by(
        units.geometry.to_numpy()[drawn], member[drawn], len(kawasan), workers=workers
    )  # fmt: skip
    some = np.flatnonzero(~shapely.is_missing(union))
    rest = shapely.difference(kawasan.geometry.to_numpy()[some], union[some])
    area = geodesic_ha(rest, units.crs)
    whole = kawasan["luas_ha"].to_numpy(dtype=float)[some]
    limit = np.maximum(HALF_DIGIT_HA, pipeline.verify.area_warning_pct / 100 * whole)
    for i in np.flatnonzero(area > limit):
        subject = kawasan["id_kawasan"].iloc[some[i]]
        findings.add(
            "kawasan.uncovered", subject=subject, key=subject, value=number(area[i]),
            geometry=rest[i], luas=number(area[i]),
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
    for column in ("nama_kawasan", "kode_kelurahan", "tingkat", "skor"):
        said = areas.rows.groupby(["source_id", "key"])[column].nunique()
        counts = areas.rows.groupby(["source_id", "key"]).size()
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


def identities(conflicts: Iterable[Conflict], findings: FindingBook) -> None:
    """Names that fit several places."""
    for conflict in conflicts:
        if conflict.kind == "identitas":
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
    for i in np.flatnonzero(wanting):
        text = ", ".join(names[np.isnan(scored.score[i])])
        findings.add(
            "parameter.missing", subject=subjects.iloc[i], key=subjects.iloc[i], value=text,
            geometry=shapes.iloc[i], daftar=text,
        )  # fmt: skip
