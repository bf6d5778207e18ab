"""What is not agreed: conflicts that nobody has decided, and decisions that are not applied."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kotaku_geo.publish import levels, listings, tables, words
from kotaku_geo.publish.release import Release

MOST = 400  # rows on the page; the workbook of the meeting has all
DECIDED = "diputuskan"
_LAPSED = ("basi", "bertentangan")


def state(released: Release) -> dict[str, Any]:
    """How far the baseline is agreed on.

    Keys: material, other (conflicts without a decision in force), stale, contradicting (decisions
    that are not applied), ever (whether there was any material conflict).
    """
    conflicts = released.table("consolidate/conflicts")
    material = conflicts["material"].fillna(False).astype(bool)
    undecided = _undecided(conflicts)
    status = released.table("consolidate/decisions")["status"]
    return {
        "material": int((undecided & material).sum()),
        "other": int((undecided & ~material).sum()),
        "stale": int((status == "basi").sum()),
        "contradicting": int((status == "bertentangan").sum()),
        "ever": bool(material.any()),
    }


def undecided(released: Release) -> list[dict[str, Any]]:
    """Conflicts without a decision in force: material first, then by what hangs on them.

    That is how many levels the choice decides between, then hectares, then households.

    Keys: conflict_id, kind, subject, place (in words; None where the subject is no place), what (by
    language), parameter, material, status, sides (who, and one of persen, ha, number, value, note),
    rt and kawasan (levels that the choice decides between, ``;``-joined; empty where it is one,
    None where unknown), luas_ha, jumlah_kk (jumlah_kk_teks where it is not to be told).
    """
    frame = released.table("consolidate/conflicts")
    places = _places(released)
    rows = listings.rows(frame[_undecided(frame)])
    return [_told(row, places, released) for row in sorted(rows, key=_gravity)]


def lapsed(released: Release) -> list[dict[str, Any]]:
    """Decisions that are stale or contradict each other.

    Keys: the columns of ``consolidate/decisions``, place and what as in `undecided`.
    """
    frame = released.table("consolidate/decisions")
    frame = frame[frame["status"].isin(_LAPSED)].sort_values(["status", "decision_id"])
    places = _places(released)
    return [{**row, **_named(row, places, released)} for row in listings.rows(frame)]


def _undecided(conflicts: pd.DataFrame) -> pd.Series:
    return conflicts["status"].fillna("") != DECIDED


def _gravity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    moved = sum(max(len(set(_outcomes(row, side).values())) - 1, 0) for side in ("rt", "kawasan"))
    weight = (-moved, -(row["luas_ha"] or 0.0), -(row["jumlah_kk"] or 0.0))
    return (not row["material"], *weight, row["kind"], row["subject"], row["parameter"])


def _outcomes(row: Mapping[str, Any], side: str) -> dict[str, str | None]:
    said = row[f"dampak_{side}"]
    found: dict[str, str | None] = json.loads(said) if said else {}
    return found


def _told(row: dict[str, Any], places: Mapping[str, str], released: Release) -> dict[str, Any]:
    said = json.loads(row["candidates"]) if row["candidates"] else []
    ids = [c.get("source_id") for c in said]
    return {
        **row,
        **_named(row, places, released),
        "sides": [_side(c, row["kind"], ids.count(c.get("source_id")) > 1, places) for c in said],
        "rt": _between(row, "rt"),
        "kawasan": _between(row, "kawasan"),
        "jumlah_kk_teks": row.get("jumlah_kk_teks"),
    }


def _named(row: Mapping[str, Any], places: Mapping[str, str], released: Release) -> dict[str, Any]:
    return {
        "place": places.get(row["subject"]),
        "what": {lang: _what(row, released, lang) for lang in words.LANGUAGES},
    }


def _what(row: Mapping[str, Any], released: Release, lang: str) -> str:
    parameter = row["parameter"] or ""
    key = f"kesepakatan.perihal.{parameter}"
    if key in words.catalogue():
        return words.text(key, lang)
    regulation = released.pipeline.regulation
    named = tables.parameter(parameter, regulation, lang)
    return named or tables.label(parameter, regulation, lang)


def _side(
    said: Mapping[str, Any], kind: str, several: bool, places: Mapping[str, str]
) -> dict[str, Any]:
    """One candidate: who says it, and what."""
    source, row, value = said.get("source_id"), said.get("source_row"), said.get("value")
    who = {"who": f"{source}#{row}" if several and row is not None else source}
    if said.get("keterangan"):
        return {**who, "note": said["keterangan"]}
    if said.get("persen") is not None:
        return {**who, "persen": said["persen"]}
    if isinstance(value, int | float):
        return {**who, "ha" if kind == "batas" else "number": value}
    place = places.get(str(value))
    return {**who, "value": f"{place} [{value}]" if place else value}


def _between(row: Mapping[str, Any], side: str) -> str | None:
    """The levels that the choice decides between; empty where it changes none."""
    outcomes = _outcomes(row, side)
    known = {level for level in outcomes.values() if level}
    if not outcomes or None in outcomes.values():
        return None
    if len(known) == 1:
        return ""
    named = {name for levels_ in known for name in levels_.split(";")}
    return ";".join(grade for grade in levels.GRADES if grade in named)


def _places(released: Release) -> dict[str, str]:
    """What to call every RT, kawasan and kelurahan."""
    villages = released.table("consolidate/kelurahan")[["kode_kelurahan", "nama_kelurahan"]]
    found = {r["kode_kelurahan"]: r["nama_kelurahan"] for r in listings.rows(villages)}
    ids = released.table("consolidate/kawasan")["id_kawasan"]
    found |= dict(zip(ids, listings.names(released), strict=True))
    for row in listings.rt(released):
        village = row["nama_kelurahan"] or found.get(row["kode_kelurahan"])
        found[row["id_rt"]] = f"{row['nama']}, {village}" if village else row["nama"]
    return {key: name for key, name in found.items() if key and name}
