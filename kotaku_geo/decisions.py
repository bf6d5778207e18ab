"""``keputusan.csv``: what the Pokja has decided, one decision a row, made for version control.

A file with a fault is an input that is refused (exit 3) and not a fault of the pipeline file (exit
2): it is a record that people bring back from a meeting. Nothing is worked out beside it, as every
result would silently lack what was decided.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kotaku_geo.config import Pipeline, nearest, order_keys
from kotaku_geo.errors import InputError
from kotaku_geo.files import write_whole
from kotaku_geo.late import record

COLUMNS = ("decision_id", "kind", "subject", "parameter", "source_id", "value", "reason", "forum",
           "minutes", "date", "by", "evidence", "taken_on")  # fmt: skip
OPTIONAL = ("taken_on",)
KINDS = ("nilai", "batas", "identitas")
IDENTITIES = ("id_rt", "id_kawasan", "kode_kelurahan")
MAX_BYTES = 16_000_000
MAX_CELL = 4000
_NEEDED = ("subject", "reason", "forum", "minutes", "by", "evidence")
_SHOWN = 20  # faults that one message spells out
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@record
class Decision:
    """One decision of the Pokja; the fields are the columns of the file.

    Attributes:
        decision_id: made of what is decided and what is chosen, so the same choice keeps it.
        kind: nilai, batas or identitas.
        subject: id_rt, id_kawasan or kode_kelurahan, as in ``consolidate/conflicts``.
        parameter: a parameter, ``penyebut.…``, ``batas.…``, or the identity's column.
        source_id: whose value or outline stands (``source_id#source_row`` for one of several
            records); None where a value is given.
        value: a share in percent (an amount for ``penyebut.…``), or the identity that is meant;
            beside ``source_id#source_row`` the share, amount or hectares of that record, by which
            it is known again when its rows have moved.
        reason, forum, minutes, by: why, where, the number of the minutes, and who.
        date: of the meeting.
        evidence: hash over the candidates that were on the table.
        taken_on: these candidates in words (`kotaku_geo.evidence.in_words`), for people to read
            years later; empty in files without this column.
    """

    kind: str
    subject: str
    parameter: str
    source_id: str | None
    value: str | None
    reason: str
    forum: str
    minutes: str
    date: dt.date
    by: str
    evidence: str
    decision_id: str = ""
    taken_on: str = ""

    @property
    def about(self) -> tuple[str, str, str]:
        """What is decided: the same as of the conflict."""
        return self.kind, self.subject, self.parameter

    @property
    def choice(self) -> str:
        """What is chosen, as one text: a source, or a value."""
        return f"= {self.value}" if self.source_id is None else self.source_id

    @property
    def number(self) -> float | None:
        """The value as a number, for a typed share or amount."""
        return float(self.value) if self.kind == "nilai" and self.value is not None else None

    def cells(self) -> dict[str, str]:
        """As a row of the file."""
        row = {name: getattr(self, name) for name in COLUMNS}
        return {n: "" if v is None else _harmless(str(v)) for n, v in row.items()}


def decision_id(about: tuple[str, str, str], choice: str) -> str:
    """A stable id: twelve digits of a hash over what is decided and what is chosen."""
    text = json.dumps([*about, choice], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def minutes_key(number: str) -> str:
    """A number of minutes by which it is compared: without regard to case and blanks."""
    return "".join(number.split()).casefold()


def identified(decision: Decision) -> Decision:
    """The decision with its id, where it has none of its own."""
    made = decision_id(decision.about, decision.choice)
    return replace(decision, decision_id=decision.decision_id or made)


def read_decisions(path: Path, pipeline: Pipeline) -> list[Decision]:
    """The decisions on file, in stable order; none where there is no file.

    Rows that are the same in every cell are one. A source is not looked up in the pipeline: one
    that is no longer delivered makes a decision stale, and not the file wrong.

    Raises:
        InputError: names the file, row and column of every fault (the first twenty), what is wrong
            and what to do. Rows count as in a spreadsheet, the header being 1.
    """
    if not path.is_file():
        return []
    faults: list[str] = []
    found: dict[Decision, int] = {}
    keys = order_keys(pipeline.regulation)[1:]
    for row, cells in _rows(path):
        wrong = _faults(cells, keys)
        faults += [f"{path.name} baris {row} kolom {column}: {text}" for column, text in wrong]
        if not wrong:
            found.setdefault(identified(_decision(cells)), row)
    faults += _twice(found, path.name)
    if faults:
        rest = len(faults) - _SHOWN
        more = [f"… dan {rest} kesalahan lagi"] if rest > 0 else []
        raise InputError("\n".join([*faults[:_SHOWN], *more]))
    return _sorted(found)


def read_texts(path: Path) -> list[dict[str, str]]:
    """The rows of the file as texts, unchecked: as the record of a decision tells it.

    Columns that an older file lacks are empty; an id that is not written is made.

    Raises:
        InputError: it is no text table, or larger than any file of decisions.
    """
    told = []
    for _, cells in _rows(path, check=False):
        row = {name: cells.get(name, "") for name in COLUMNS}
        choice = row["source_id"] or f"= {row['value']}"
        made = decision_id((row["kind"], row["subject"], row["parameter"]), choice)
        told.append({**row, "decision_id": row["decision_id"] or made})
    return told


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write the file whole, or not at all; rows in stable order, each distinct one once.

    Raises:
        OutputError: the file cannot be written; what was there before stays.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(d.cells() for d in _sorted({identified(d) for d in decisions}))
    write_whole(path, text.getvalue().encode())


def _sorted(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted(decisions, key=lambda d: (*d.about, d.choice, d.date, tuple(d.cells().values())))


def _rows(path: Path, check: bool = True) -> list[tuple[int, dict[str, str]]]:
    """The file's records with their row, every cell a text; empty records are left out.

    As Excel writes it here, ``;`` separates as well.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1_000_000
            raise InputError(f"{path.name}: lebih dari {limit} MB; ini bukan berkas keputusan")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: bukan UTF-8; simpan sebagai CSV UTF-8") from error
    except OSError as error:
        raise InputError(f"{path.name}: tidak dapat dibaca: {error.strerror}") from error
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if check:
            _check_header(path.name, header)
        elif header and not set(COLUMNS) & set(header):
            raise InputError(f"{path.name} baris 1: kolom tidak ada: {', '.join(COLUMNS)}")
        return [(n, _plain(header, row)) for n, row in enumerate(reader, start=2) if any(row)]
    except csv.Error as error:
        raise InputError(f"{path.name} baris {reader.line_num}: bukan CSV: {error}") from error


def _check_header(name: str, header: list[str]) -> None:
    missing = [c for c in COLUMNS if c not in header and c not in OPTIONAL]
    unknown = [c for c in header if c not in COLUMNS]
    twice = sorted({c for c in header if header.count(c) > 1})
    for words, columns in (("tidak ada", missing), ("tidak dikenal", unknown), ("ganda", twice)):
        if columns:
            raise InputError(f"{name} baris 1: kolom {words}: {', '.join(columns)}")


def _plain(header: list[str], row: list[str]) -> dict[str, str]:
    """Cells without blanks around them, and without the mark that `_harmless` puts before them.

    What stands beyond the last column is under ``""``.
    """
    empty = dict.fromkeys((*OPTIONAL, *header), "")
    cells = empty | dict(zip(header, map(str.strip, row), strict=False))
    cells = {n: v[1:] if v.startswith("'") and v[1:].startswith(_FORMULA) else v
             for n, v in cells.items()}  # fmt: skip
    return {**cells, "": "".join(row[len(header) :]).strip()}


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _faults(cells: dict[str, str], keys: list[str]) -> list[tuple[str, str]]:
    """Column and sentence of everything that is wrong in a row."""
    wrong = [(n, "wajib diisi") for n in _NEEDED if not cells[n]]
    wrong += [(n, f"lebih dari {MAX_CELL} huruf") for n in COLUMNS if len(cells[n]) > MAX_CELL]
    if cells[""]:
        wrong.append(("evidence", "ada sel sesudah kolom terakhir; periksa tanda pemisahnya"))
    if cells["evidence"] and not re.fullmatch(r"[0-9a-f]{64}", cells["evidence"]):
        wrong.append(
            ("evidence", "bukan sidik bukti; salin dari kolom evidence consolidate/conflicts")
        )
    if _date(cells["date"]) is None:
        wrong.append(("date", f"{cells['date']!r} bukan tanggal YYYY-MM-DD"))
    if cells["kind"] not in KINDS:
        text = f"{cells['kind']!r} tidak dikenal{nearest(cells['kind'], list(KINDS))}"
        return [*wrong, ("kind", text)]
    known = _parameters(cells["kind"], keys)
    if cells["parameter"] not in known:
        text = f"{cells['parameter']!r} tidak dikenal{nearest(cells['parameter'], known)}"
        return [*wrong, ("parameter", text)]
    return wrong + _choice_faults(cells)


def _parameters(kind: str, keys: list[str]) -> list[str]:
    if kind == "identitas":
        return list(IDENTITIES)
    return [key for key in keys if key.startswith("batas.") == (kind == "batas")]


def _choice_faults(cells: dict[str, str]) -> list[tuple[str, str]]:
    kind, source, value = cells["kind"], cells["source_id"], cells["value"]
    if kind == "batas":
        wrong = [] if source else [("source_id", "isi sumber yang garisnya berlaku")]
        drawn = "#" in source and (_number(value) or 0) > 0  # hectares of the record
        if value and not drawn:
            wrong.append(("value", "kosongkan: batas dipilih dengan source_id"))
        return wrong
    if kind == "identitas":
        wrong = [] if value else [("value", f"isi {cells['parameter']} yang dimaksud")]
        return wrong + (
            [("source_id", "kosongkan: identitas dipilih dengan value")] if source else []
        )
    if bool(source) == bool(value) and "#" not in source:
        return [("source_id", "isi salah satu saja: source_id, atau value")]
    if not value:
        return []
    amount = _number(value)
    share = not cells["parameter"].startswith("penyebut.")
    if amount is None or amount < 0 or (share and amount > 100):
        allowed = "angka 0 sampai 100 (persen)" if share else "angka yang tidak negatif"
        return [("value", f"{value!r} harus {allowed}")]
    return []


def _decision(cells: dict[str, str]) -> Decision:
    """The decision of a row without a fault; a number is brought to one way of writing."""
    value: str | None = cells["value"] or None
    amount = _number(cells["value"])
    if cells["kind"] != "identitas" and amount is not None:
        value = repr(amount).removesuffix(".0")
    date = _date(cells["date"])
    assert date is not None
    return Decision(
        kind=cells["kind"], subject=cells["subject"], parameter=cells["parameter"],
        source_id=cells["source_id"] or None, value=value, reason=cells["reason"],
        forum=cells["forum"], minutes=cells["minutes"], date=date, by=cells["by"],
        evidence=cells["evidence"], decision_id=cells["decision_id"], taken_on=cells["taken_on"],
    )  # fmt: skip


def _twice(found: dict[Decision, int], name: str) -> list[str]:
    """Faults of ids that stand before different decisions."""
    first: dict[str, Decision] = {}
    wrong = []
    for decision, row in found.items():
        known = first.setdefault(decision.decision_id, decision)
        if (known.about, known.choice) != (decision.about, decision.choice):
            wrong.append(
                f"{name} baris {row} kolom decision_id: {decision.decision_id!r} sudah dipakai di "
                f"baris {found[known]} untuk keputusan lain; kosongkan agar dibuatkan"
            )
    return wrong


def _number(text: str) -> float | None:
    """A number as written here or by a machine: ``52,5`` and ``52.5``."""
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,15})?", text):
        return None
    amount = float(text.replace(",", "."))
    return amount if math.isfinite(amount) else None


def _date(text: str) -> dt.date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
