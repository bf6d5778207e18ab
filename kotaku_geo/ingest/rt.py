"""RT and RW in the spellings of the field: ``RT001-RW007``, ``RT 04 RW 02``, ``001/002``, ``7``,
``RT06A-RW002``, dates that a spreadsheet made of ``5/3``, and cells that name several RTs.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

_NUMBER = r"0*(\d{1,3})\s*([A-Za-z]?)"
_PAIR = re.compile(rf"^RT\W*{_NUMBER}\W*RW\W*{_NUMBER}$", re.IGNORECASE)
_RIAP = re.compile(rf"^RW\W*{_NUMBER}\W*RT\W*{_NUMBER}$", re.IGNORECASE)
_PLAIN_PAIR = re.compile(rf"^{_NUMBER}\s*[/\-.\\]\s*{_NUMBER}$")
_SINGLE = re.compile(rf"^(?:R[TW]\W*)?{_NUMBER}$", re.IGNORECASE)
_MANY = re.compile(r"^RT\W*(.+?)\W*RW\W*(\w+)$", re.IGNORECASE)
_FLOAT = re.compile(r"^(\d{1,3})\.0+$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00)?$")
_SPLIT = re.compile(r"\s*(?:[/,;&+]|\bdan\b|\bs\.?d\.?\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a cell was understood to say.

    ``rt`` and ``rw`` are canonical ('007', '006A') or None; several RTs are ``;``-joined.
    ``rule`` names the finding that the reading raises, if any.
    """

    rt: str | None = None
    rw: str | None = None
    rule: str | None = None


UNREADABLE = Reading(rule="rt.unreadable")


def canonical(number: str, suffix: str = "") -> str:
    """'7' → '007', ('6', 'a') → '006A'."""
    return f"{int(number):03d}{suffix.upper()}"


def read_pair(cell: Any, largest_rw: int | None = None) -> Reading:
    """A cell that names RT and RW together, RT first unless it says otherwise.

    Args:
        cell: as delivered.
        largest_rw: the largest RW that other cells of the column name. A date on the first of a
            month may have been ``5/3`` or, month and year, ``3/24``: it is read as a day only
            where no RW can be as large as its year.
    """
    date = _as_date(cell)
    if date is not None:
        if date.day == 1 and (largest_rw is None or date.year % 100 <= largest_rw):
            return UNREADABLE
        return Reading(f"{date.day:03d}", f"{date.month:03d}", "rt.date")
    text = _text(cell)
    match = _PAIR.match(text) or _PLAIN_PAIR.match(text)
    if match:
        rt, rt_suffix, rw, rw_suffix = match.groups()
        return Reading(canonical(rt, rt_suffix), canonical(rw, rw_suffix))
    match = _RIAP.match(text)
    if match:
        rw, rw_suffix, rt, rt_suffix = match.groups()
        return Reading(canonical(rt, rt_suffix), canonical(rw, rw_suffix))
    match = _SINGLE.match(text)
    if match and not text.upper().startswith("RW"):
        return Reading(canonical(*match.groups()))
    match = _MANY.match(text)
    if match:
        several, rw = read_rt(match.group(1)), read_rw(match.group(2))
        if several.rt and rw.rw:
            return Reading(several.rt, rw.rw, several.rule)
    return UNREADABLE


def read_rt(cell: Any) -> Reading:
    """A cell of a column that holds RTs alone; ``23/24`` are two of them."""
    if _as_date(cell) is not None:
        return UNREADABLE
    text = _text(cell)
    match = _SINGLE.match(text)
    if match and not text.upper().startswith("RW"):
        return Reading(canonical(*match.groups()))
    match = _PAIR.match(text) or _RIAP.match(text)
    if match:
        return read_pair(cell)
    parts = [_SINGLE.match(p) for p in _SPLIT.split(text) if p]
    if len(parts) > 1 and all(parts):
        names = sorted({canonical(*m.groups()) for m in parts if m})
        return Reading(";".join(names), None, "rt.two" if len(names) > 1 else None)
    return UNREADABLE


def read_rw(cell: Any) -> Reading:
    """A cell of a column that holds RWs alone."""
    if _as_date(cell) is not None:
        return UNREADABLE
    match = _SINGLE.match(_text(cell))
    return Reading(None, canonical(*match.groups())) if match else UNREADABLE


def read_list(cell: Any) -> str | None:
    """A list of RTs as sorted ``RW002-RT001;…``; None where a part cannot be read.

    An RW that is named once holds for the RTs after it (``RW 02: RT 01, 03``).
    """
    text = _text(cell)
    keys: set[str] = set()
    rw = "000"
    for part in re.split(r"\s*(?:[,;:&+\n]|\bdan\b)\s*", text):
        if not part:
            continue
        if re.match(rf"^RW\W*{_NUMBER}$", part, re.IGNORECASE):
            rw = read_rw(part).rw or rw
            continue
        reading = read_pair(part)
        if reading.rt is None or reading.rule:
            return None
        keys.add(f"RW{reading.rw or rw}-RT{reading.rt}")
    return ";".join(sorted(keys)) or None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = re.sub(r"\s+", " ", str(cell)).strip()
    match = _FLOAT.match(text)
    return match.group(1) if match else text


def _as_date(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    match = _ISO_DATE.match(str(cell).strip())
    if not match:
        return None
    try:
        return dt.date(*(int(g) for g in match.groups()))
    except ValueError:
        return None
