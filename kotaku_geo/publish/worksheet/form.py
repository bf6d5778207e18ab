"""The form itself: what writing and reading the sheet ``konflik`` must agree on."""

import hashlib
import json
from collections.abc import Sequence

from kotaku_geo.publish.worksheet.cases import Case
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.sentences import candidates, evidence

SHEET = "konflik"
LOCKED = ("conflict_id", "kind", "subject", "parameter", "kandidat", "bukti")
ANSWERS = ("pilihan", "nilai", "alasan", "forum", "berita_acara", "tanggal", "oleh")
COLUMNS = (*LOCKED, *ANSWERS)
RECORD = ("alasan", "forum", "berita_acara", "tanggal", "oleh")  # what every decision must say
# A sheet that nobody sees: on what evidence each row was put before the meeting, what stood in its
# locked cells, and with which decision it went out. A spreadsheet program keeps it when the
# workbook is saved.
KEY_SHEET = "_kunci"
KEYS = ("conflict_id", "bukti", "isi", "material", "status", "kelurahan", "decision_id", "pilihan")


def locked_cells(case: Case, names: Names) -> tuple[str, ...]:
    """What stands in the locked cells of a conflict's row."""
    said = candidates(case, names), evidence(case, names)
    return case.conflict_id, case.kind, case.subject, case.parameter, *said


def same_text(text: object) -> str:
    """A cell as text without regard to how its white space was kept."""
    return " ".join(str("" if text is None else text).split())


def imprint(cells: Sequence[object]) -> str:
    """A short hash over locked cells, the same however a program keeps their white space."""
    content = json.dumps([same_text(c) for c in cells], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
