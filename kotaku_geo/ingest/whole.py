"""Whether a text was delivered whole: several drivers give what there is of a file that was cut
off, and say nothing.
"""

import re
from pathlib import Path

from kotaku_geo.ingest.guard import XML, flatgeobuf_count
from kotaku_geo.ingest.raw import Note
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

TAIL = 65_536
HEAD = 65_536
ROOT = regex(rb"<([A-Za-z_][\w:.-]*)")
COMMENT = regex(rb"(?s)<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>]*>")
RECORD = regex(rb"(?m)^\{")


def notes(staged: Staged, rows: int) -> list[Note]:
    """What there is to tell of a file of which ``rows`` records were read."""
    kind, path = staged.kind.id, staged.path
    if kind in XML and not _closed(path):
        return [_unfinished("elemen terluarnya tidak ditutup")]
    if kind == "dxf" and not _tail(path).upper().endswith(b"EOF"):
        return [_unfinished("tidak berakhir dengan EOF")]
    claimed = _claimed(staged)
    if claimed is None or claimed <= rows:
        return []
    params = {"sebutan": f"{claimed} baris", "ada": f"{rows} baris"}
    return [Note("file.truncated", f"{rows}/{claimed}", "kept", params)]


def _unfinished(why: str) -> Note:
    return Note("file.unfinished", why, "kept", {"sebab": why})


def _tail(path: Path) -> bytes:
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - TAIL))
        return handle.read().rstrip(b"\0\r\n\t \x1a")


def _closed(path: Path) -> bool:
    """Whether an XML text ends with the end of its first element."""
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    if b"\0" in head:  # in sixteen bits
        return True
    first = ROOT.search(COMMENT.sub(b"", head))
    tail = COMMENT.sub(b"", _tail(path)).rstrip()
    if first is None:
        return False
    return bool(re.search(rb"</" + re.escape(first[1]) + rb"\s*>\Z", tail)) or tail.endswith(b"/>")


def _claimed(staged: Staged) -> int | None:
    """How many records there should be, of formats that tell."""
    if staged.kind.id == "flatgeobuf":
        return flatgeobuf_count(staged.path)
    if staged.kind.id == "geojsonseq":
        text = staged.path.read_bytes()
        return text.count(b"\x1e") or len(RECORD.findall(text))
    attributes = staged.path.with_suffix(".mid")
    if staged.kind.id == "mif" and attributes.exists():
        return attributes.read_bytes().rstrip().count(b"\n") + 1 if attributes.stat().st_size else 0
    return None
