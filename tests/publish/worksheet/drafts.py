"""Conflicts, names and filled rows made by hand: what is read of a workbook without a city."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from kotaku_geo.config import Pipeline
from kotaku_geo.publish.worksheet.cases import DECIDED, OPEN, Case, Impact, Option
from kotaku_geo.publish.worksheet.form import COLUMNS, imprint, locked_cells
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.returned import Cell, Key, Returned, Row
from kotaku_geo.regulation import load

TODAY = dt.date(2026, 6, 1)
RT = "33.78.01.1003-RW001-RT001"
RECORD = {"alasan": "Dicek", "forum": "Rapat", "berita_acara": "BA 050",
          "tanggal": dt.date(2024, 5, 2), "oleh": "Pokja"}  # fmt: skip


def names(tolerance: Mapping[str, float] | None = None) -> Names:
    """What things are called in a city of three agencies."""
    agencies = {"pdam-pelanggan": "PDAM Tirta Contoh", "dpupr-genangan": "DPUPR Kota Contoh",
                "profil-rt": "Dinas Perkim Kota Contoh", "survei": "Dinas Perkim Kota Contoh"}  # fmt: skip
    pipeline = Pipeline.model_validate({
        "city": {"code": "33.78", "name": "Kota Contoh", "crs": "EPSG:32749"},
        "drop": "drop",
        "sources": [{"id": i, "layer": "profil_rt", "path": f"{i}.csv", "agency": agency}
                    for i, agency in agencies.items()],
        "policy": {"tolerance": dict(tolerance or {})},
    })  # fmt: skip
    villages = {"33.78.01.1001": "Sukamaju Lor", "33.78.02.1003": "Sukamaju Kidul",
                "33.78.01.1003": "Kaligawe"}  # fmt: skip
    areas = {"KWS-001": "Bulu Dua"}
    return Names(pipeline, load("permen-14-2018"), villages, areas, {"KWS-001": "Kaligawe"})


def share(source: str, persen: float, row: int | None = None, several: bool = False) -> Option:
    """A share that a source has, or that one of its records has."""
    choice = f"{source}#{row}" if several else source
    return Option(choice, source, row, persen=persen)


def case(*options: Option, **more: Any) -> Case:
    """A conflict; over the share of one RT without water unless something else is said."""
    said = {
        "conflict_id": "65b54cd81c33", "kind": "nilai", "subject": RT, "parameter": "3a",
        "options": options, "spread": 60.0, "material": True, "status": OPEN,
        "evidence": "e" * 64, "impact": Impact(), **more,
    }  # fmt: skip
    return Case(**said)


def meant(*values: str, parameter: str = "id_rt") -> Case:
    """A question of identity."""
    options = [Option("profil-rt", "profil-rt", 5, value=v) for v in values]
    return case(*options, kind="identitas", parameter=parameter, spread=None)


def row(about: Case, called: Names, /, file: str = "isi.xlsx", at: int = 2, **answers: Any) -> Row:
    """A row of ``konflik`` as it is on the table, with what was typed."""
    cells = dict(zip(COLUMNS, locked_cells(about, called), strict=False)) | answers
    kept = {c: v if isinstance(v, Cell) else Cell(v)
            for c, v in {**dict.fromkeys(COLUMNS), **cells}.items()}  # fmt: skip
    return Row(file, at, kept)


def copies(called: Names, *rows: tuple[Case, Row]) -> list[Returned]:
    """Workbooks of these rows, one for each file, with the keys that the export keeps.

    A row of a conflict that is decided went out with its decision.
    """
    books: dict[str, tuple[list[Row], dict[str, Key]]] = {}
    for about, one in rows:
        kept, keys = books.setdefault(one.file, ([], {}))
        kept.append(one)
        held = about.decision.decision_id if about.decision and about.status == DECIDED else None
        content = imprint(locked_cells(about, called))
        keys[about.conflict_id] = Key(about.evidence, content, held)
    return [Returned(file, *each) for file, each in books.items()]
