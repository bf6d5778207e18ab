"""The head of the pipeline file: the city's code, name, CRS and size, from what was delivered."""

import re
from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pyproj

from kotaku_geo import resources
from kotaku_geo.ingest import values as cells
from kotaku_geo.ingest.discover.crs import Box, utm_of
from kotaku_geo.ingest.discover.facts import is_bps, is_kemendagri
from kotaku_geo.ingest.discover.mapping import map_layer
from kotaku_geo.ingest.discover.proposal import CityGuess, Entry
from kotaku_geo.ingest.discover.scoring import Subject
from kotaku_geo.texts import number

UNKNOWN_CODE = "99.99"  # no city has it; ingest reports every code that does not begin with it
CITY_COLUMNS = ("wadmkk", "kabkota", "kabupatenkota", "kotakab", "namakota", "nmkab", "kabkot")


def guess_city(
    drop: Path, subjects: list[Subject], entries: list[Entry], box: Box | None
) -> CityGuess:
    """The city as far as the files tell; what they do not tell is said in the comments."""
    code, code_why = _code(subjects)
    name, name_why = _name(drop, code, subjects)
    size, size_why = _size(subjects, entries)
    if box is None:
        crs, crs_why = "EPSG:32748", "TIDAK DIKETAHUI: tidak ada peta yang dapat dibaca; GANTI"
    else:
        crs = utm_of(box)
        label = pyproj.CRS.from_user_input(crs).name
        low, high = number(box[0], 2), number(box[2], 2)
        crs_why = f"{label}, zona dari letak peta ({low}–{high}° BT)"
    why = {"code": code_why, "name": name_why, "crs": crs_why, "size": size_why}
    return CityGuess(code, name, crs, size, why)


def _code(subjects: list[Subject]) -> tuple[str, str]:
    own: Counter[str] = Counter()
    bps: Counter[str] = Counter()
    for subject in subjects:
        for column in subject.columns:
            if (column.share(is_kemendagri) or 0) >= 0.8:
                own.update({c[:5] for t in column.texts if (c := cells.kemendagri(t))})
            elif (column.share(is_bps) or 0) >= 0.8:
                bps.update({f"{t[:2]}.{t[2:4]}" for t in column.texts})
    for counted, what in ((own, "kode Kemendagri kelurahan"), (bps, "kode BPS; periksa")):
        ranked = sorted(counted.items(), key=lambda kv: (-kv[1], kv[0]))
        if ranked:
            others = f"; ada pula {', '.join(c for c, _ in ranked[1:4])}" if ranked[1:] else ""
            return ranked[0][0], f"dari {what} di {ranked[0][1]} kolom{others}"
    return UNKNOWN_CODE, "TIDAK DIKETAHUI: tidak ada kode kelurahan di kiriman; GANTI"


def _name(drop: Path, code: str, subjects: list[Subject]) -> tuple[str, str]:
    rules = resources.load("discovery")["city"]
    is_city = int(code[3:]) >= int(rules["city_from"])
    title = "Kota" if is_city else "Kabupaten"
    for subject in subjects:
        for column in subject.columns:
            folded = re.sub(r"[^a-z]", "", column.heading.casefold())
            if folded in CITY_COLUMNS and column.one_value():
                text = column.texts[0].title()
                named = text if text.startswith(("Kota", "Kab")) else f"{title} {text}"
                return named, f"dari kolom {column.heading} di {subject.look.name}"
    root = _common_kecamatan(subjects, set(rules["directions"]))
    if root:
        return f"{title} {root.title()}", f"dari nama kecamatan ({root.title()} …)"
    folder = re.sub(r"[\W_\d]+", " ", drop.resolve().name).strip()
    if folder and folder.casefold() not in rules["folders_that_say_nothing"]:
        named = folder.title()
        known = named if named.startswith(("Kota", "Kab")) else f"{title} {named}"
        return known, "dari nama folder; periksa"
    return f"{title} {code}", "TIDAK DIKETAHUI; GANTI"


def _common_kecamatan(subjects: list[Subject], directions: set[str]) -> str | None:
    """The word before the points of the compass in the names of kecamatan."""
    roots: Counter[str] = Counter()
    for subject in subjects:
        chosen = map_layer("kelurahan", subject.columns).chosen.get("nama_kecamatan")
        if chosen is None:
            continue
        column = next(c for c in subject.columns if c.heading == chosen.heading)
        names = {t.casefold() for t in column.texts}
        found = [
            n.rsplit(" ", 1)[0] for n in names if n.rsplit(" ", 1)[-1] in directions and " " in n
        ]
        if len(found) >= 2 and len(set(found)) == 1:
            roots[found[0]] += 1
    ranked = sorted(roots.items(), key=lambda kv: (-kv[1], kv[0]))
    return ranked[0][0] if ranked else None


def _size(subjects: list[Subject], entries: list[Entry]) -> tuple[str, str]:
    """The size class by the people counted in a table of them, else in a kelurahan layer."""
    sizes = resources.load("discovery")["city"]["sizes"]
    for layer in ("penduduk", "kelurahan"):
        for entry in [e for e in entries if e.layer == layer]:
            subject = next(s for s in subjects if s.look.name == entry.name
                           and s.look.table == entry.table)  # fmt: skip
            people = _people(subject)
            if people:
                size = [s for s, least in sizes.items() if people >= least][-1]
                label = PurePosixPath(entry.name).name
                return size, f"{number(people, 0)} jiwa menurut {label}"
    return "sedang", "jumlah penduduk tidak diketahui; periksa"


def _people(subject: Subject) -> float | None:
    """All people of one year; None where not all rows were seen or one lacks a number."""
    chosen = map_layer("penduduk", subject.columns).chosen
    if "jumlah_penduduk" not in chosen or not subject.look.whole:
        return None
    by_heading = {c.heading: c for c in subject.columns}
    people: pd.Series[float] = by_heading[chosen["jumlah_penduduk"].heading].numbers
    if "tahun" in chosen:
        years = by_heading[chosen["tahun"].heading].numbers
        people = people[(years == years.max()).to_numpy()]
    total = float(np.nansum(people))
    return total if total > 0 else None
