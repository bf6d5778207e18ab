"""The tables ``consolidate/rt``, ``kawasan`` and ``facts`` out of what was worked out."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from kotaku_geo.config import DENOMINATORS, Pipeline
from kotaku_geo.consolidate import score
from kotaku_geo.consolidate.choose import Choice
from kotaku_geo.consolidate.facts import Denominators
from kotaku_geo.consolidate.kawasan import KawasanRows
from kotaku_geo.consolidate.kelurahan import Kelurahan
from kotaku_geo.consolidate.reported import PEOPLE, Reported, standing_score
from kotaku_geo.consolidate.score import NO_DATA, Scored
from kotaku_geo.consolidate.tables import (
    Floats,
    Geometries,
    Ints,
    coded,
    either,
    joined,
    stacked,
    taken,
    typed,
    word_of,
)
from kotaku_geo.frames import draw
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.regulation import Regulation

FACTS = {
    "id_rt": "str", "parameter": "str", "source_id": "str", "source_row": "Int64",
    "volume": "float64", "penyebut": "float64", "persen": "float64", "nilai": "float64",
    "dipakai": "bool", "rule": "str", "decision_id": "str", "kelengkapan_data": "float64",
}  # fmt: skip
_RESULT = {
    "skor": "float64", "skor_maks": "float64", "tingkat": "str", "tingkat_konflik": "str",
}  # fmt: skip
_COUNTS = dict.fromkeys(PEOPLE, "float64")
_WGS84 = "EPSG:4326"


def rt_types(law: Regulation) -> dict[str, str]:
    """Columns of ``consolidate/rt`` but the geometry."""
    head = dict.fromkeys(
        ["id_rt", "id_kawasan", "kode_kelurahan", "nama_kelurahan", "rw", "rt"], "str"
    )
    numbers = {"luas_ha": "float64", "luas_verifikasi_ha": "float64", **_COUNTS}
    tail = {
        "kelengkapan": "str", "bangunan_per_ha": "float64", "nilai_strategis": "float64",
        "sosial_ekonomi": "float64", "legalitas": "str",
    }  # fmt: skip
    return {**head, **numbers, **_parameters(law), **_RESULT, **tail}


def kawasan_types(law: Regulation) -> dict[str, str]:
    """Columns of ``consolidate/kawasan`` but the geometry."""
    head = dict.fromkeys(
        ["id_kawasan", "nama_kawasan", "kode_kelurahan", "nama_kelurahan", "nama_kecamatan"], "str"
    )
    place = {"luas_ha": "float64", "lintang": "float64", "bujur": "float64", "jumlah_rt": "Int64"}
    counts = {**_COUNTS, "kepadatan": "float64", "tipologi": "str"}
    tail = {
        "skor_dilaporkan": "float64", "tingkat_dilaporkan": "str", "prioritas_dilaporkan": "Int64",
        "pertimbangan_lain": "float64", "tingkat_pertimbangan": "str", "legalitas": "str",
        "klasifikasi": "str", "prioritas": "Int64", "pola_penanganan": "str", "kewenangan": "str",
        "kelengkapan": "str", "daftar_rt": "str", "peraturan": "str", "source_id": "str",
        "accuracy_m": "float64",
    }  # fmt: skip
    return {**head, **place, **counts, **_parameters(law), **_RESULT, **tail}


def rt_table(
    units: gpd.GeoDataFrame, kawasan_ids: pd.Series, kelurahan: Kelurahan, have: Denominators,
    scored: Scored, extra: pd.DataFrame, law: Regulation,
) -> gpd.GeoDataFrame:  # fmt: skip
    """One row a scored RT, sorted by id_rt.

    ``luas_ha`` is what is drawn, else what the survey gives; ``luas_verifikasi_ha`` is what shares
    of hectares are divided by.
    """
    ids = taken(kawasan_ids, units["kawasan"].to_numpy())
    drawn = units["luas_gambar_ha"].to_numpy(dtype=float)
    verified = have.chosen["luas_ha"]
    frame = pd.DataFrame(
        {
            "id_rt": units["id_rt"],
            "kode_kelurahan": units["kode_kelurahan"],
            "rw": units["rw"],
            "rt": units["rt"],
            "id_kawasan": ids,
            "nama_kelurahan": kelurahan.names(units["kode_kelurahan"]),
            "luas_ha": np.where(np.isnan(drawn), verified, drawn),
            "luas_verifikasi_ha": verified,
            **{name: have.chosen[name] for name in PEOPLE},
            **score.parameter_columns(scored, law),
        }
    )
    frame = pd.concat([frame, scored.table, extra], axis=1)
    return draw(typed(frame, rt_types(law)), units.geometry.to_numpy(), units.crs)


def kawasan_table(
    rows: KawasanRows, units: gpd.GeoDataFrame, kelurahan: Kelurahan, have: Denominators,
    scored: Scored, extra: pd.DataFrame, reported: Reported, pipeline: Pipeline, law: Regulation,
) -> gpd.GeoDataFrame:  # fmt: skip
    """One row a kawasan, sorted by id_kawasan."""
    member, size = units["kawasan"].to_numpy(dtype=np.int64), rows.size
    shapes = rows.table.geometry.to_numpy()
    crs = rows.table.crs
    area = geodesic_ha(shapes, crs)
    frame = rows.table[["id_kawasan", "nama_kawasan", "source_id"]].assign(
        luas_ha=area,
        jumlah_rt=np.bincount(member[member >= 0], minlength=size),
        daftar_rt=joined(units["id_rt"], member, size),
        tipologi=reported.table["tipologi"],
        accuracy_m=rows.table["source_id"].map({s.id: s.accuracy for s in pipeline.sources}),
        kewenangan=law.authority(area),
        **_located(rows, units, kelurahan),
        **_position(shapes, crs),
        **score.parameter_columns(scored, law),
        **_result(scored, reported, law),
    )
    frame = frame.assign(
        **_people(units, have, reported, frame, area), skor_dilaporkan=reported.table["skor"],
        tingkat_dilaporkan=reported.table["tingkat"],
        prioritas_dilaporkan=reported.table["prioritas"],
    )  # fmt: skip
    frame = frame.assign(**_considered(frame, extra, member, reported, pipeline, law))
    return draw(typed(frame, kawasan_types(law)), shapes, crs)


def facts_table(
    choice: Choice, have: Denominators, units: pd.DataFrame, law: Regulation
) -> pd.DataFrame:
    """Every candidate of every parameter and denominator; sorted by RT, parameter, strength.

    A denominator's candidates stand in ``volume`` under ``penyebut.<name>``.
    """
    said, below = choice.candidates, have.facts
    names = [*law.parameter_ids, *(f"penyebut.{name}" for name in sorted(DENOMINATORS))]
    own = coded(below["name"], sorted(DENOMINATORS)).cat.codes.to_numpy(dtype=np.int64)
    name = np.concatenate([said["par"].to_numpy(dtype=np.int64), own + len(law.parameters)])
    unit = np.concatenate([part["unit"].to_numpy(dtype=np.int64) for part in (said, below)])
    place = np.argsort(np.argsort(names))  # of each name in the alphabet; units are sorted
    order = np.argsort(unit * len(names) + place[name], kind="stable")
    numbers = {"volume": said["volume"], "penyebut": said["penyebut"],
               "persen": 100 * said["share"], "nilai": said["score"],
               "kelengkapan_data": said["kelengkapan_data"]}  # fmt: skip
    nothing = np.full(len(below), np.nan)
    columns: dict[str, Any] = {
        key: np.concatenate([values.to_numpy(dtype=float), nothing])[order]
        for key, values in numbers.items()
    }
    columns["volume"] = np.concatenate([said["volume"].to_numpy(dtype=float), below["value"]])[
        order
    ]
    for key in ("source_id", "rule", "decision_id"):
        columns[key] = stacked([said[key], below[key]], order)
    for key in ("source_row", "dipakai"):
        columns[key] = pd.concat([said[key], below[key]]).array.take(order)
    columns["id_rt"] = word_of(unit[order], units["id_rt"].tolist())
    columns["parameter"] = word_of(name[order], names)
    return typed(pd.DataFrame(columns, copy=False), FACTS)


def _parameters(law: Regulation) -> dict[str, str]:
    shares = {f"p{name}": "float64" for name in law.parameter_ids}
    return {**shares, **{f"n{name}": "float64" for name in law.parameter_ids}}


def _located(rows: KawasanRows, units: pd.DataFrame, kelurahan: Kelurahan) -> dict[str, Geometries]:
    """Kelurahan of a kawasan's rows and of its RT: codes, and their names in the same order."""
    own = pd.DataFrame({"group": rows.rows["code"], "kode": rows.rows["kode_kelurahan"]})
    of_rt = pd.DataFrame({"group": units["kawasan"], "kode": units["kode_kelurahan"]})
    codes = pd.concat([own, of_rt]).dropna().drop_duplicates().sort_values(["group", "kode"])
    codes = codes[codes["group"] >= 0].reset_index(drop=True)
    group = codes["group"].to_numpy(dtype=np.int64)
    named = codes.assign(nama=kelurahan.names(codes["kode"])).dropna()
    official = named.groupby("group")["nama"].agg(";".join).reindex(range(rows.size))
    given = joined(rows.rows["nama_kelurahan"], rows.rows["code"].to_numpy(), rows.size)
    districts = kelurahan.names(codes["kode"], "nama_kecamatan")
    return {
        "kode_kelurahan": joined(codes["kode"], group, rows.size),
        "nama_kelurahan": either(official.isna().to_numpy(), given, official),
        "nama_kecamatan": joined(districts, group, rows.size),
    }


def _position(shapes: Geometries, crs: pyproj.CRS) -> dict[str, Floats]:
    points = shapely.point_on_surface(shapes)
    to_degrees = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
    lon, lat = to_degrees.transform(shapely.get_x(points), shapely.get_y(points))
    return {"lintang": np.round(lat, 7), "bujur": np.round(lon, 7)}


def _result(scored: Scored, reported: Reported, law: Regulation) -> dict[str, object]:
    """Computed results; where there is no value at all the reported score and level stand."""
    table = scored.table
    none = (table["kelengkapan"] == NO_DATA).to_numpy()
    score_said = standing_score(reported)
    given = reported.table
    level_said = given["tingkat"].where(given["tingkat"].notna(), given["tingkat_skor"])
    return {
        "skor": np.where(none, score_said, table["skor"]),
        "skor_maks": np.where(none, score_said, table["skor_maks"]),
        "tingkat": either(none, level_said, table["tingkat"]),
        "tingkat_konflik": either(none, None, table["tingkat_konflik"]),
        "kelengkapan": table["kelengkapan"],
        "peraturan": either(none, given["peraturan"], law.id),
    }


def _people(
    units: gpd.GeoDataFrame, have: Denominators, reported: Reported, frame: pd.DataFrame,
    area: Floats,
) -> dict[str, Floats]:  # fmt: skip
    """Counts and density: of the RT; of the report where those of the RT do not add up."""
    member = units["kawasan"].to_numpy(dtype=np.int64)
    none = (frame["kelengkapan"] == NO_DATA).to_numpy()
    result = {}
    for name in PEOPLE:
        total = score.summed(have.chosen[name], member, len(frame))
        said = reported.table[name].to_numpy(dtype=float)
        result[name] = np.where(np.isnan(total), said, total)
    surveyed = score.summed(have.chosen["jumlah_penduduk"], member, len(frame))
    hectares = score.summed(have.chosen["luas_ha"], member, len(frame))
    by_rt = _quotient(surveyed, hectares)
    by_report = _quotient(result["jumlah_penduduk"], area)
    told = (none | np.isnan(surveyed)) & np.isnan(by_rt)
    result["kepadatan"] = np.where(told, by_report, by_rt)
    return result


def _quotient(top: Floats, bottom: Floats) -> Floats:
    result = np.full(len(top), np.nan)
    np.divide(top, bottom, out=result, where=bottom > 0)
    return result


def _considered(
    frame: pd.DataFrame, extra: pd.DataFrame, member: Ints, reported: Reported,
    pipeline: Pipeline, law: Regulation,
) -> dict[str, object]:  # fmt: skip
    """Other considerations, legality, class, priority and way of handling.

    What the RT leave unknown is as reported.
    """
    size = len(frame)
    density = law.density_score(frame["kepadatan"], pipeline.city.size)
    strategic, social = (
        score.highest(extra[name].to_numpy(dtype=float), member, size)
        for name in ("nilai_strategis", "sosial_ekonomi")
    )
    total = strategic + density + social
    standing = law.standing(total)
    said = reported.table
    standing = either(pd.isna(standing), said["tingkat_pertimbangan"], standing)
    legality = score.legality(extra["legalitas"].to_numpy(dtype=object), member, size)
    legality = either(pd.isna(legality), said["legalitas"], legality)
    level = frame["tingkat"]
    return {
        "pertimbangan_lain": total,
        "tingkat_pertimbangan": standing,
        "legalitas": legality,
        "klasifikasi": law.classification(level, standing, legality),
        "prioritas": law.priority(level, standing),
        "pola_penanganan": law.pattern(level, legality),
    }
