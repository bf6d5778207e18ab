"""The rows of the city profile's tables, from releasable tables, as plain Python values."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.publish import figures, levels
from kotaku_geo.publish.layers import THEMES
from kotaku_geo.publish.release import Release
from kotaku_geo.reasons import relation_reasons
from kotaku_geo.texts import english

_STATUS_ORDER = ("terindikasi", "data_sebagian", "data_tidak_tersedia", "tidak_terindikasi")
_VERDICTS = ("perlu_tinjau", "belum_terdata", "tidak_ada_di_sk", "tidak_ada_di_baseline",
             "berubah_bentuk", "meluas", "menyusut", "bergeser", "sesuai")  # fmt: skip


def kelurahan(released: Release) -> dict[str, Any]:
    """Kelurahan in the order of their codes, with kawasan counts and SK hectares.

    Slum hectares by RT level are those that are slum as it stands, beside those not known
    (belum_rt_ha) and those that may turn (ragu_ha, mungkin_ha of `figures.in_doubt`), as in
    `figures.headline`. n_open is how many of the kawasan have a level that is not settled.

    Keys: rows, total (of the city, each place counted once; bagian is unknown where some kawasan's
    level is).
    """
    frame = pd.DataFrame(released.table("consolidate/kelurahan")).drop(columns="geometry")
    kawasan = released.table("consolidate/kawasan")
    codes = kawasan["kode_kelurahan"].dropna().str.split(";").explode()
    unsure = (kawasan["tingkat_konflik"].fillna("") != "").reindex(codes.index)
    locations = released.table("verify/locations")
    sk = locations[locations["sisi"] == "sk"].groupby("kode_kelurahan")["luas_ha"].sum(min_count=1)
    for column, own in (("n_kawasan", codes), ("n_open", codes[unsure.to_numpy(dtype=bool)])):
        frame[column] = frame["kode_kelurahan"].map(own.value_counts()).fillna(0).astype(int)
    frame["sk_ha"] = frame["kode_kelurahan"].map(sk)
    frame["bagian"] = frame["luas_kumuh_kawasan_ha"] / frame["luas_ha"]
    by_rt = _by_rt(released).reindex(frame["kode_kelurahan"]).set_axis(frame.index)
    frame["luas_kumuh_rt_ha"] = by_rt["kumuh"].fillna(frame["luas_kumuh_rt_ha"])
    frame["belum_rt_ha"] = by_rt["belum"].fillna(0.0)
    for column in ("ragu_ha", "mungkin_ha"):
        frame[column] = by_rt[column].fillna(0.0)
    return {
        "rows": rows(frame.sort_values("kode_kelurahan")),
        "total": _city_total(frame, released),
    }


def _by_rt(released: Release) -> pd.DataFrame:
    """Hectares by kelurahan: kumuh (as it stands; unknown where no level is known), belum, and
    ragu_ha and mungkin_ha of `figures.in_doubt`."""
    rt = released.rt_levels
    open_, slum = rt["level"] == "tidak_diketahui", rt["level"].isin(levels.SLUM)
    ragu = rt["ragu"].astype(bool)
    split = pd.DataFrame(
        {
            "kumuh": rt["luas_ha"].where(slum, 0.0).mask(open_),
            "belum": rt["luas_ha"].where(open_),
            "ragu_ha": rt["luas_ha"].where(ragu & slum),
            "mungkin_ha": rt["luas_ha"].where(ragu & ~slum),
        }
    )
    return split.groupby(rt["kode_kelurahan"]).sum(min_count=1)


def _city_total(frame: pd.DataFrame, released: Release) -> dict[str, Any]:
    city = figures.headline(released)
    area = _value(frame["luas_ha"].sum(skipna=False)) if len(frame) else None
    slum = city["kumuh_kawasan_ha"]
    settled = area and slum is not None and not city["belum_kawasan_ha"]
    return {
        "luas_ha": area,
        "luas_kawasan_ha": city["luas_kawasan_ha"] if city["n_kawasan"] else None,
        "luas_kumuh_kawasan_ha": slum,
        "luas_kumuh_rt_ha": city["kumuh_rt_ha"],
        "belum_rt_ha": city["belum_rt_ha"],
        "ragu_ha": city["rt"]["ragu_ha"],
        "mungkin_ha": city["rt"]["mungkin_ha"],
        "kawasan": city["kawasan"],
        "n_open": int(
            (released.table("consolidate/kawasan")["tingkat_konflik"].fillna("") != "").sum()
        ),
        "bagian": slum / area if settled else None,
    }


def kawasan(released: Release) -> list[dict[str, Any]]:
    """Kawasan, gravest first: level, then score, then name.

    Adds level (the reported one), look (`levels.looks`) and unsettled (the level stands and may
    still change).
    """
    frame = pd.DataFrame(released.table("consolidate/kawasan")).drop(columns="geometry")
    rank = {level: i for i, level in enumerate(levels.LEVELS)}
    frame["level"], frame["look"] = levels.reported(frame), levels.looks(frame)
    frame["unsettled"] = levels.unsettled(frame)
    frame["_rank"] = frame["level"].map(rank)
    frame["nama"] = names(released)
    order = ["_rank", "skor", "nama_kelurahan", "nama", "id_kawasan"]
    frame = frame.sort_values(order, ascending=[True, False, True, True, True])
    return rows(frame.drop(columns="_rank"))


def names(released: Release) -> pd.Series:
    """What to call each kawasan, in the order of its table.

    Its own name; else the place its id is made of, in words (Mantuil RT 017/RW 002); else the id.
    """
    frame = released.table("consolidate/kawasan")
    parts = frame["id_kawasan"].str.extract(r"-RW(?P<rw>\w+)-RT(?P<rt>\w+)$")
    where = frame["nama_kelurahan"] + " RT " + parts["rt"]
    where = where.mask(parts["rw"].fillna("000") != "000", where + "/RW " + parts["rw"].fillna(""))
    return frame["nama_kawasan"].fillna(where).fillna(frame["id_kawasan"])


def rt(released: Release) -> list[dict[str, Any]]:
    """RT in the order of their table, with what to call each within its kelurahan.

    Adds nama (RT 001/RW 002).
    """
    listed = rows(pd.DataFrame(released.table("consolidate/rt")).drop(columns="geometry"))
    for row in listed:
        number = f"RT {row['rt'] or '–'}"
        bare = row["rw"] in (None, "", "000")
        row["nama"] = number if bare else f"{number}/RW {row['rw']}"
    return listed


def relations(released: Release) -> list[dict[str, Any]]:
    """Relations, those that need a look first, then by the hectares that change.

    Adds nama_sk and nama_kawasan, the names of the members, reason (`reasons`), and mungkin: the
    levels that the baseline's may still become, ``;``-joined; None where settled or unknown.
    """
    frame = released.table("verify/relations").copy()
    locations = released.table("verify/locations")
    own = locations[locations["sisi"] == "sk"].dropna(subset="nama").drop_duplicates("id")
    kawasan_ids = released.table("consolidate/kawasan")["id_kawasan"]
    known = {
        "sk": dict(zip(own["id"], own["nama"], strict=True)),
        "kawasan": dict(zip(kawasan_ids, names(released), strict=True)),
    }
    for side, column in (("sk", "id_sk"), ("kawasan", "id_kawasan")):
        frame[f"nama_{side}"] = frame[column].map(lambda ids, k=known[side]: _named(ids, k))
    frame["mungkin"] = possible_levels(released)
    frame["reason"] = pd.Series(reasons(released), index=frame.index, dtype="object")
    frame["_rank"] = frame["verdict"].map({v: i for i, v in enumerate(_VERDICTS)}).fillna(99)
    frame["_change"] = frame[["bertambah_ha", "berkurang_ha"]].sum(axis=1)
    frame = frame.sort_values(["_rank", "_change", "relation_id"], ascending=[True, False, True])
    return rows(frame.drop(columns=["_rank", "_change"]))


def reasons(released: Release) -> list[dict[str, str | None]]:
    """The reason of each relation by language, in the order of the table of relations.

    The table has the Indonesian; the English is made of the same row, with the same figures. Where
    the row does not give the sentence that stands in it, none is made (en is None).
    """
    frame = released.table("verify/relations")
    stated = [r["alasan"] for r in rows(frame[["alasan"]])]
    made = zip(*(relation_reasons(frame, lang) for lang in ("id", "en")), strict=True)
    return [
        {"id": said, "en": en if said == own else None}
        for said, (own, en) in zip(stated, made, strict=True)
    ]


def possible_levels(released: Release) -> list[str | None]:
    """Of each relation the levels that its baseline level may still become; None where settled.

    In the order of the table of relations.
    """
    kawasan = released.table("consolidate/kawasan")[["id_kawasan", "tingkat", "tingkat_konflik"]]
    known = {r["id_kawasan"]: (r["tingkat"], r["tingkat_konflik"]) for r in rows(kawasan)}
    frame = released.table("verify/relations")
    told = zip(frame["id_kawasan"], frame["tingkat_baseline"].notna(), strict=True)
    return [
        levels.worst(known.get(i, (None, None)) for i in ids.split(";"))
        if stands and isinstance(ids, str)
        else None
        for ids, stands in told
    ]


def verdicts(released: Release) -> list[dict[str, Any]]:
    """Number of relations and hectares by verdict; empty ones left out.

    Hectares are the SK's: as drawn, or as written where nothing is drawn; of a relation that the SK
    does not know, the baseline's. None where none is known.
    """
    frame = released.table("verify/relations")
    of_sk = frame["luas_sk_ha"].fillna(frame["luas_sk_tertulis_ha"])
    area = of_sk.where(frame["id_sk"].notna(), frame["luas_baseline_ha"])
    grouped = frame.assign(ha=area).groupby("verdict")["ha"]
    count, total = grouped.size(), grouped.sum(min_count=1)
    return [
        {"verdict": v, "n": int(count[v]), "ha": _value(total[v])} for v in _VERDICTS if v in count
    ]


def recommendations(released: Release) -> list[dict[str, Any]]:
    """Number of relations by recommendation, most frequent first."""
    count = released.table("verify/relations")["rekomendasi"].value_counts()
    ordered = sorted(count.items(), key=lambda item: (-item[1], str(item[0])))
    return [{"rekomendasi": name, "n": int(n)} for name, n in ordered]


def screening(released: Release) -> dict[str, Any]:
    """The matrix and its sums.

    Keys: themes (tema, counts by status, ha hit, kawasan), rows (id_kawasan, nama, nama_kelurahan,
    cells in the order of the themes: status, luas_ha, persen, tindak_lanjut, and told, it by
    language where indicated), those with most indications first.
    """
    frame = released.table("screen/screening")
    named = released.table("consolidate/kawasan")[["id_kawasan", "nama_kelurahan"]]
    named = named.assign(nama=names(released))
    hit = frame[frame["status"] == "terindikasi"]
    number_of_hits = hit["id_kawasan"].value_counts()
    cells = {
        (row["id_kawasan"], row["tema"]): row
        for row in rows(
            frame[["id_kawasan", "tema", "status", "luas_ha", "persen", "tindak_lanjut"]]
        )
    }
    listed = named[named["id_kawasan"].isin(frame["id_kawasan"])].copy()
    listed["n"] = listed["id_kawasan"].map(number_of_hits).fillna(0).astype(int)
    listed = listed.sort_values(["n", "nama", "id_kawasan"], ascending=[False, True, True])
    for (_, theme), cell in cells.items():
        hit = cell["status"] == "terindikasi" and cell["tindak_lanjut"]
        cell["told"] = retold(theme, cell["tindak_lanjut"]) if hit else None
    matrix = [
        {**row, "cells": [cells.get((row["id_kawasan"], theme)) for theme in THEMES]}
        for row in rows(listed)
    ]
    return {"themes": [_theme(frame, theme) for theme in THEMES], "rows": matrix}


def _theme(frame: pd.DataFrame, theme: str) -> dict[str, Any]:
    own = frame[frame["tema"] == theme]
    count = own["status"].value_counts()
    hit = own.loc[own["status"] == "terindikasi"]
    return {
        "tema": theme,
        "counts": [{"status": s, "n": int(count.get(s, 0))} for s in _STATUS_ORDER],
        "parts": [(f"status-{s}", int(count.get(s, 0))) for s in _STATUS_ORDER],
        "n": len(own),
        "terindikasi": int(count.get("terindikasi", 0)),
        "unseen": int(count.get("data_tidak_tersedia", 0)) == len(own),
        "ha": _value(hit["luas_ha"].sum(min_count=1)),
        "tindak_lanjut": instruments(theme, hit["tindak_lanjut"].dropna()),
    }


def instruments(theme: str, told: pd.Series) -> list[dict[str, Any]]:
    """What is proposed under a theme, each instrument once with the number of kawasan.

    What a sentence holds beside them (a note in brackets, say) is listed apart. Keys: n, id, en.
    """
    spec = resources.load("screening")["follow_up"].get(theme, {})
    known = [spec["terindikasi"], *spec.get("class", ())] if spec else []
    listed, rest = [], told.astype("str")
    for entry in known:
        if n := int(rest.str.contains(entry["id"], regex=False).sum()):
            listed.append({"n": n, "id": entry["id"], "en": entry["en"]})
            rest = rest.str.replace(entry["id"], "", regex=False)
    left = rest.str.strip("; ").str.replace(r"^\((.*)\)$", r"\1", regex=True)
    notes = left[left != ""].value_counts().sort_index()
    return [*listed, *({"n": int(n), **retold(theme, str(note))} for note, n in notes.items())]


def sources(released: Release) -> list[dict[str, Any]]:
    """Deliveries in the order of the pipeline file."""
    frame = released.table("ingest/sources")
    rank = {s.id: i for i, s in enumerate(released.pipeline.sources)}
    frame = frame.assign(_rank=frame["source_id"].map(rank)).sort_values(["_rank", "path"])
    return rows(frame.drop(columns="_rank"))


def retold(theme: str, said: str) -> dict[str, str]:
    """A follow-up of the screening by language: every sentence that ``screening.yaml`` knows."""
    texts = resources.load("screening")
    spec, told = texts["follow_up"].get(theme, {}), said
    known = [spec["terindikasi"], *spec.get("class", ())] if spec else []
    for entry in known:
        told = told.replace(entry["id"], entry["en"])
    for entry in texts["notes"].values():
        gaps = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^;()]*)", re.escape(entry["id"]))
        for note in re.finditer(gaps, told):
            told = told.replace(note[0], english(entry["en"].format(**note.groupdict())))
    return {"id": said, "en": told}


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as plain values; unknown is None."""
    plain_frame = frame.astype("object").where(frame.notna(), None)
    return [{str(k): _value(v) for k, v in r.items()} for r in plain_frame.to_dict("records")]


def _value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if value is None or value != value else value


def _named(ids: Any, known: Mapping[str, str]) -> str | None:
    if not isinstance(ids, str):
        return None
    return ", ".join(dict.fromkeys(known.get(i, i) for i in ids.split(";")))
