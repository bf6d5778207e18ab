"""The truth beside the sample: tables computed from the construction alone.

Nothing of the programme is used here. Empty cells are values that nobody can know.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from kotaku_geo.sample import config, oracle
from kotaku_geo.sample.city import City
from kotaku_geo.sample.config import PARAMETERS
from kotaku_geo.sample.decree import joined
from kotaku_geo.sample.groups import Kawasan
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.shapes import hectares

Cell = str | int | float | None
_DETAIL = [f"{kind}{p}" for p in PARAMETERS for kind in ("p", "n")]


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])


def _number(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else round(value, digits)


def write_truth(city: City, folder: Path, ledger: Ledger) -> None:
    """`truth/`: hectares are geodesic, shares are fractions, spreads are percentage points."""
    _rt(city, folder)
    _kawasan(city, folder)
    _candidates(city, folder)
    _conflicts(city, folder, ledger)
    _disputes(folder, ledger)
    _relations(city, folder)
    _locations(city, folder)
    _screening(city, folder)
    defects = [(d.rule, d.source, d.row, d.subject, d.detail) for d in ledger.sorted()]
    header = ("rule", "source_id", "source_row", "subject", "detail")
    _write(folder / "defects.csv", header, defects)


def _rt(city: City, folder: Path) -> None:
    """One row a slum RT, those without any facts included."""
    rows: list[list[Cell]] = []
    for kawasan in city.kawasan():
        for cell, part in kawasan.parts.items():
            standing = city.rts.get(cell)
            ident = city.strangers.written_id(city.tiling.cells[cell])
            head: list[Cell] = [ident, kawasan.id, _number(hectares(part))]
            if standing is None:
                rows.append([*head, *[None] * (len(_DETAIL) + 3), "tanpa_data"])
                continue
            total = standing.total
            values: list[Cell] = []
            for p in PARAMETERS:
                values += [_number(standing.shares[p], 9), standing.scores[p]]
            state = "sebagian" if None in standing.scores.values() else "lengkap"
            rows.append([*head, *values, total.low, total.high, total.level, state])
    header = ["id_rt", "id_kawasan", "luas_ha", *_DETAIL, "skor", "skor_maks", "tingkat"]
    _write(folder / "rt.csv", [*header, "kelengkapan"], sorted(rows, key=lambda row: str(row[0])))


def _kawasan(city: City, folder: Path) -> None:
    rows: list[list[Cell]] = []
    for s in city.standings:
        legal = None if s.legal is None else "legal" if s.legal else "tidak_legal"
        values: list[Cell] = []
        for p in PARAMETERS:
            values += [_number(s.shares[p], 9), s.scores[p]]
        codes = ";".join(sorted(_codes(city, s.kawasan)))
        if s.kawasan.group.recipe.key == "tanpa_deliniasi_rt":
            codes = ""  # written and drawn in different kelurahan: whose word counts is policy
        rows.append(
            [s.kawasan.id, s.low, s.high, s.level, s.considered, legal, s.classification,
             s.priority, s.handling, oracle.authority(s.kawasan.luas), s.completeness,
             _number(s.kawasan.luas), s.kawasan.name, codes, s.points, *values]
        )  # fmt: skip
    header = ["id_kawasan", "skor", "skor_maks", "tingkat", "tingkat_pertimbangan", "legalitas",
              "klasifikasi", "prioritas", "pola_penanganan", "kewenangan", "kelengkapan",
              "luas_ha", "nama_kawasan", "kode_kelurahan", "pertimbangan_lain",
              *_DETAIL]  # fmt: skip
    _write(folder / "kawasan.csv", header, rows)


def _codes(city: City, kawasan: Kawasan) -> set[str]:
    """Codes of the kelurahan that a kawasan lies in and its RT are written in."""
    cells = [city.tiling.cells[cell] for cell in kawasan.parts]
    of_rt = {city.strangers.written_id(cell).partition("-RW")[0] for cell in cells}
    return of_rt | {city.tiling.kelurahan[k].code for k in kawasan.kelurahan}


def _in_kawasan(city: City) -> set[str]:
    """RTs of kawasan: the survey has one more, of which nobody says that it is a slum."""
    return {rt.id_rt for rt in city.facts if rt.kawasan is not None}


def _candidates(city: City, folder: Path) -> None:
    rows: list[list[Cell]] = []
    slum = _in_kawasan(city)
    for verdict in city.verdicts:
        for rank, candidate in enumerate(verdict.candidates):
            if verdict.id_rt in slum:
                rows.append(
                    [verdict.id_rt, verdict.parameter, candidate.source,
                     _number(candidate.volume, 4), candidate.denominator,
                     _number(candidate.share * 100, 4), oracle.score(candidate.share),
                     "ya" if rank == 0 else "tidak", verdict.rule]
                )  # fmt: skip
    header = ["id_rt", "parameter", "source_id", "volume", "penyebut", "persen", "nilai",
              "dipakai", "rule"]  # fmt: skip
    _write(folder / "candidates.csv", header, rows)


def _conflicts(city: City, folder: Path, ledger: Ledger) -> None:
    rows: list[list[Cell]] = []
    slum = _in_kawasan(city)
    for v in city.verdicts:
        if v.conflict and v.id_rt in slum:
            material = "ya" if v.material else "tidak"
            sources = ";".join(candidate.source for candidate in v.candidates)
            rows.append([v.id_rt, v.parameter, _number(v.spread, 4), material, sources])
            ledger.add("conflict.value", "", None, v.id_rt, v.parameter)
    header = ("subject", "parameter", "spread", "material", "source_ids")
    _write(folder / "conflicts.csv", header, rows)


def _disputes(folder: Path, ledger: Ledger) -> None:
    """Disagreements over outlines and identities; those over values are in `conflicts.csv`."""
    found = sorted(ledger.disputes, key=lambda d: (d.kind, d.subject, d.parameter))
    rows = [[d.kind, d.subject, d.parameter, "ya" if d.material else "tidak"] for d in found]
    _write(folder / "disputes.csv", ("kind", "subject", "parameter", "material"), rows)


def _relations(city: City, folder: Path) -> None:
    rows: list[list[Cell]] = []
    for r in city.relations:
        sk, kawasan = r.group.sk, r.group.kawasan
        count = ["n" if len(side) > 1 else str(len(side)) for side in (sk, kawasan)]
        relation = "m:n" if count == ["n", "n"] else ":".join(count)
        mode = "tabel" if r.group.in_table else "poligon"
        rows.append(
            [joined(sk), joined(kawasan), relation, mode, r.group.recipe.susunan or None,
             r.group.recipe.verdict, r.level_sk, r.level_baseline, r.change, r.recommendation,
             _number(sum(s.written or 0 for s in sk), 4) if sk else None,
             _number(r.sk_ha), _number(r.baseline_ha), _number(r.added_ha), _number(r.removed_ha),
             _number(r.iou), r.group.recipe.key]
        )  # fmt: skip
    header = ["id_sk", "id_kawasan", "relation", "mode", "susunan", "verdict", "tingkat_sk",
              "tingkat_baseline", "perubahan_tingkat", "rekomendasi", "luas_sk_tertulis_ha",
              "luas_sk_ha", "luas_baseline_ha", "beda_bertambah_ha", "beda_berkurang_ha", "iou",
              "resep"]  # fmt: skip
    _write(folder / "relations.csv", header, rows)


def _locations(city: City, folder: Path) -> None:
    rows: list[list[Cell]] = []
    for s in city.sk():
        drawn = _number(s.luas) if s.polygon is not None else None
        rows.append([s.id, "sk", s.name, drawn, s.written, s.level, s.group.recipe.verdict])
    for k in city.standings:
        verdict = k.kawasan.group.recipe.verdict
        drawn = _number(k.kawasan.luas)
        rows.append([k.kawasan.id, "kawasan", k.kawasan.name, drawn, None, k.level, verdict])
    header = ("id", "sisi", "nama", "luas_ha", "luas_tertulis_ha", "tingkat", "verdict")
    _write(folder / "locations.csv", header, rows)


def _screening(city: City, folder: Path) -> None:
    rows = [
        [row.kawasan.id, row.theme, row.status, _number(row.luas), row.objects,
         _number(None if row.covered is None else row.covered * 100, 3)]
        for row in city.screened
    ]  # fmt: skip
    header = ("id_kawasan", "tema", "status", "luas_ha", "jumlah_objek", "cakupan_data_persen")
    _write(folder / "screening.csv", header, rows)
    note = {
        "tolerance_points": config.TOLERANCE,
        "bcb_buffer_m": config.BCB_BUFFER,
        "sempadan_assumed_m": config.SEMPADAN_DEFAULT,
    }
    _write(folder / "parameters.csv", ("name", "value"), [list(item) for item in note.items()])
