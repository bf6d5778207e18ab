"""The rows of the city profile's tables, from releasable tables, as plain Python values."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.publish import figures, levels, rules
from kotaku_geo.publish.layers import THEMES
from kotaku_geo.publish.release import Release

EXAMPLES = 5
RESPONSIBLE = ("pokja", "kelurahan", "pengirim", "gis")
_STATUS_ORDER = ("terindikasi", "data_sebagian", "data_tidak_tersedia", "tidak_terindikasi")
_VERDICTS = ("perlu_tinjau", "belum_terdata", "tidak_ada_di_sk", "tidak_ada_di_baseline",
             "berubah_bentuk", "meluas", "menyusut", "bergeser", "sesuai")  # fmt: skip


def kelurahan(released: Release) -> dict[str, Any]:
    """Kelurahan in the order of their codes, with kawasan counts and SK hectares.

    Slum hectares by RT level are those that are slum for sure, beside those not known
    (belum_rt_ha), as in `figures.headline`.

    Keys: rows, total (of the city, each place counted once; bagian is unknown where some kawasan's
    level is).
    """
    frame = pd.DataFrame(released.table("consolidate/kelurahan")).drop(columns="geometry")
    kawasan = released.table("consolidate/kawasan")[["id_kawasan", "kode_kelurahan"]].dropna()
    codes = kawasan["kode_kelurahan"].str.split(";").explode()
    locations = released.table("verify/locations")
    sk = locations[locations["sisi"] == "sk"].groupby("kode_kelurahan")["luas_ha"].sum(min_count=1)
    frame["n_kawasan"] = frame["kode_kelurahan"].map(codes.value_counts()).fillna(0).astype(int)
    frame["sk_ha"] = frame["kode_kelurahan"].map(sk)
    frame["bagian"] = frame["luas_kumuh_kawasan_ha"] / frame["luas_ha"]
    by_rt = _by_rt(released).reindex(frame["kode_kelurahan"]).set_axis(frame.index)
    frame["luas_kumuh_rt_ha"] = by_rt["kumuh"].fillna(frame["luas_kumuh_rt_ha"])
    frame["belum_rt_ha"] = by_rt["belum"].fillna(0.0)
    return {
        "rows": rows(frame.sort_values("kode_kelurahan")),
        "total": _city_total(frame, released),
    }


def _by_rt(released: Release) -> pd.DataFrame:
    """Hectares by kelurahan: kumuh (for sure; unknown where no level is known), belum."""
    rt = released.rt_levels
    open_ = rt["level"] == "tidak_diketahui"
    slum = rt["luas_ha"].where(rt["level"].isin(levels.SLUM), 0.0)
    split = pd.DataFrame({"kumuh": slum.mask(open_), "belum": rt["luas_ha"].where(open_)})
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
        "bagian": slum / area if settled else None,
    }


def kawasan(released: Release) -> list[dict[str, Any]]:
    """Kawasan, gravest first: level, then score, then name; level is the reported one."""
    frame = pd.DataFrame(released.table("consolidate/kawasan")).drop(columns="geometry")
    rank = {level: i for i, level in enumerate(levels.LEVELS)}
    frame["level"] = levels.reported(frame)
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

    Adds nama_sk and nama_kawasan, the names of the members.
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
    frame["_rank"] = frame["verdict"].map({v: i for i, v in enumerate(_VERDICTS)}).fillna(99)
    frame["_change"] = frame[["bertambah_ha", "berkurang_ha"]].sum(axis=1)
    frame = frame.sort_values(["_rank", "_change", "relation_id"], ascending=[True, False, True])
    return rows(frame.drop(columns=["_rank", "_change"]))


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
    cells in the order of the themes: status, luas_ha, persen, rincian, tindak_lanjut), those with
    most indications first.
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

    What a sentence holds beside the texts of ``screening.yaml`` (a note in brackets, say) is listed
    as it stands, in Indonesian. Keys: n, id, en (None where as it stands).
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
    return [*listed, *({"n": int(n), "id": str(note), "en": None} for note, n in notes.items())]


def findings(released: Release) -> list[dict[str, Any]]:
    """Findings grouped by who must act and by rule, gravest first.

    Waived findings count apart. Keys of a group: responsible, n, waived, counts by severity, rules
    (rule, severity, n, waived, titles and acts by language, examples and how many more there are).
    """
    frame = pd.DataFrame(released.table("findings")).drop(columns="geometry")
    frame["_rank"] = frame["severity"].map({"error": 0, "warning": 1, "info": 2}).fillna(3)
    groups = []
    for side in RESPONSIBLE:
        own = frame[frame["responsible"] == side]
        if len(own):
            waived = own["dikecualikan"].notna()
            counts = own.loc[~waived, "severity"].value_counts()
            groups.append(
                {
                    "responsible": side,
                    "n": int((~waived).sum()),
                    "waived": int(waived.sum()),
                    "counts": {s: int(counts.get(s, 0)) for s in ("error", "warning", "info")},
                    "rules": _rules(own),
                }
            )
    return groups


def _rules(frame: pd.DataFrame) -> list[dict[str, Any]]:
    listed = []
    for (rank, rule), own in frame.groupby(["_rank", "rule"]):
        waived = own["dikecualikan"].notna()
        order = ["waived", "subject", "finding_id"]
        examples = own.assign(waived=waived).sort_values(order, na_position="first").head(EXAMPLES)
        listed.append(
            {
                "rank": rank,
                "rule": rule,
                "severity": own["severity"].iloc[0],
                "n": int((~waived).sum()),
                "waived": int(waived.sum()),
                "title": {lang: rules.title(str(rule), lang) for lang in ("id", "en")},
                "act": {lang: rules.act(str(rule), lang) for lang in ("id", "en")},
                "examples": [
                    {**row, "message": _message(str(rule), row["message"])}
                    for row in rows(
                        examples[["finding_id", "subject", "source_id", "message", "dikecualikan"]]
                    )
                ],
                "more": len(own) - len(examples),
            }
        )
    return sorted(listed, key=lambda r: (r["n"] == 0, r["rank"], -r["n"], r["rule"]))


def _message(rule: str, said: str) -> dict[str, str]:
    """A finding's message by language."""
    return {lang: rules.told(rule, said, lang) for lang in ("id", "en")}


def sources(released: Release) -> list[dict[str, Any]]:
    """Deliveries in the order of the pipeline file."""
    frame = released.table("ingest/sources")
    rank = {s.id: i for i, s in enumerate(released.pipeline.sources)}
    frame = frame.assign(_rank=frame["source_id"].map(rank)).sort_values(["_rank", "path"])
    return rows(frame.drop(columns="_rank"))


def unread_sk(released: Release) -> list[dict[str, Any]]:
    """Deliveries of the SK of which nothing could be used, with the gravest finding about each.

    Keys: source_id, path, reason (by language; None where no finding says it).
    """
    frame = released.table("ingest/sources")
    unread = frame["sha256"].isna() | (frame["rows_kept"].fillna(0) == 0)
    lost = frame[frame["layer"].isin(("sk", "sk_tabel")) & unread]
    told = pd.DataFrame(released.table("findings")).drop(columns="geometry")
    told = told[(told["severity"] == "error") & (told["stage"] == "ingest")]
    told = told.sort_values(["source_row", "finding_id"], na_position="first")
    told = told.drop_duplicates("source_id").set_index("source_id")
    reasons = lost["source_id"].map(
        {
            str(source): _message(str(rule), str(said))
            for source, rule, said in zip(told.index, told["rule"], told["message"], strict=True)
        }
    )
    listed = lost[["source_id", "path"]].assign(reason=reasons)
    return rows(listed.sort_values(["source_id", "path"]))


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
