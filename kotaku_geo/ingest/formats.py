"""What a delivered file is, by its content; its ending decides only where the content does not.

The formats, their signatures and what to send instead of those that are refused are data
(``schemas/formats.yaml``). Only what is recognised here reaches a reader.
"""

import csv
import io
import re
import struct
import zipfile
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from kotaku_geo import resources
from kotaku_geo.late import record, regex

HEAD = 262_144  # bytes that are looked at
SAMPLE_LINES = 40
DBF_KINDS = (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5, 0xFB)
INDEXES = (".shx", ".sbn", ".sbx")
TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".dsv", ".psv", "")
OPENING = regex(r"\A\{(?![^{]*\"features\")")
ONE_AFTER_ANOTHER = regex(r"\}\s*[\r\n\x1e]+\s*\{")
DELIMITERS = (";", "\t", ",", "|")


@record
class Format:
    """One format of ``schemas/formats.yaml``.

    Attributes:
        id: its name there.
        reader: vector, table, workbook, arrow, parquet, raster, archive or refused.
        name: what people call it.
        suffix: the ending that a reader expects.
        parts: endings of files beside it that belong to it.
        one_layer: whether it cannot hold several layers.
        prefix: what GDAL wants before the path, to take it for this format.
        drivers: GDAL's drivers for a raster of this format.
        picture: whether it is a map only where something says where it lies.
        advice: what to send instead, of a format that is refused.
    """

    id: str
    reader: str
    name: str
    suffix: str = ""
    parts: tuple[str, ...] = ()
    one_layer: bool = False
    prefix: str = ""
    drivers: tuple[str, ...] = ()
    picture: bool = False
    advice: str = ""


@cache
def known() -> dict[str, Format]:
    """Every format by its id."""
    return {k: _format(k, spec) for k, spec in resources.load("formats")["formats"].items()}


def _format(format_id: str, spec: dict[str, Any]) -> Format:
    values: dict[str, Any] = {f: tuple(v) if isinstance(v, list) else v for f, v in spec.items()}
    return Format(format_id, **values)


@cache
def _magic() -> list[tuple[re.Pattern[bytes], str]]:
    """Signatures as patterns; two dots stand for any byte."""
    rules = []
    for digits, format_id in resources.load("formats")["magic"]:
        pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
        parts = [b"." if p == ".." else re.escape(bytes.fromhex(p)) for p in pairs]
        rules.append((re.compile(b"".join(parts), re.DOTALL), format_id))
    return rules


@cache
def _texts() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), f) for pattern, f in resources.load("formats")["text"]]


def sniff(path: Path) -> Format:
    """The format of a file, or of a folder that is a FileGDB."""
    if path.is_dir():
        return known()["filegdb" if path.suffix.lower() == ".gdb" else "unknown"]
    now = path.stat()
    return _sniffed(path, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=1024)
def _sniffed(path: Path, _changed: int, _size: int) -> Format:
    """`sniff` of a file as it is now; several ask for the same one."""
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    found = of_head(head, path.name)
    if found == "zip":
        found = _of_zip(path)
    elif found == "xls":
        found = "doc" if b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t" in head else "xls"
    return known()[found]


def of_head(head: bytes, name: str) -> str:
    """Id of the format that a file's first bytes and, where these are silent, its name tell."""
    ending = PurePosixPath(name).suffix.lower()
    for pattern, format_id in _magic():
        if pattern.match(head):  # an index begins like the shapefile that it belongs to
            if format_id == "shapefile" and ending in INDEXES:
                return "part"
            geopackage = head[68:70] == b"GP" or ending == ".gpkg"
            return "gpkg" if format_id == "sqlite" and geopackage else format_id
    if _is_dbf(head):
        return "dbf"
    text = decoded(head)
    if text is not None:
        for rule, format_id in _texts():
            if rule.search(text):
                return "geojsonseq" if format_id == "geojson" and _is_sequence(text) else format_id
    by_name: str | None = resources.load("formats")["endings"].get(ending)
    if by_name is not None:
        return by_name
    return "csv" if text is not None and _is_delimited(text, ending) else "unknown"


def decoded(head: bytes) -> str | None:
    """The beginning of a text without byte-order mark, record separators and leading space.

    None where the bytes are no text.
    """
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\0" in head:
        return None
    else:
        text = head.decode("utf-8-sig", errors="replace")
        if "\ufffd" in text[:-4]:
            text = head.decode("cp1252", errors="replace").removeprefix("ï»¿")
    return text.lstrip("\ufeff\x1e \t\r\n")


def _is_sequence(text: str) -> bool:
    """Whether a JSON text is one feature a line, or one after a record separator."""
    if not OPENING.search(text) or not ONE_AFTER_ANOTHER.search(text):
        return False
    return bool(ONE_AFTER_ANOTHER.search(_outside_strings(text)))


def _outside_strings(text: str) -> str:
    """The text where its outermost object has ended, or nothing while it has not."""
    depth, quoted, escaped = 0, False, False
    for i, char in enumerate(text):
        if quoted:
            quoted, escaped = escaped or char != '"', char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return text[i : i + 4096]
    return ""


def _is_dbf(head: bytes) -> bool:
    if len(head) < 33 or head[0] not in DBF_KINDS:
        return False
    header, record = struct.unpack("<HH", head[8:12])
    month, day = head[2], head[3]
    plain = month <= 12 and day <= 31 and header >= 33 and record >= 1
    ends = head[header - 1 : header] == b"\r" or head[header - 264 : header - 263] == b"\r"
    return bool(plain and (ends or header > len(head)))


def _of_zip(path: Path) -> str:
    """What a zip is: a workbook, a KMZ, a document, or an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:4096]
            kind = archive.read("mimetype")[:100] if "mimetype" in names[:3] else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return "zip"
    return _by_members(names, kind)


def _by_members(names: Sequence[str], kind: bytes) -> str:
    if "xl/workbook.bin" in names:
        return "xlsb"
    for prefix, found in (("xl/", "xlsx"), ("word/", "doc"), ("ppt/", "doc")):
        if "[Content_Types].xml" in names and any(n.startswith(prefix) for n in names):
            return found
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        return "ods" if b"spreadsheet" in kind else "doc"
    top = [n for n in names if "/" not in n]
    if [n for n in top if n.lower().endswith(".kml")] and not any(
        n.lower().endswith((".shp", ".zip", ".gpkg", ".tab", ".geojson")) for n in names
    ):
        return "kmz"
    return "zip"


def _is_delimited(text: str, ending: str) -> bool:
    """Whether a text looks like a table; one that says so by its ending needs no second column."""
    if ending in (".csv", ".tsv"):
        return bool(text.strip())
    if ending not in TEXT_ENDINGS and ending in (".md", ".html", ".htm", ".py", ".log"):
        return False
    return columns_agree(text.splitlines()[:SAMPLE_LINES]) >= 0.8


def columns_agree(lines: list[str]) -> float:
    """Share of lines that the best delimiter cuts into the same number (≥ 2) of cells."""
    lines = [line for line in lines if line.strip()]
    if len(lines) < 2:
        return 0.0
    return max(_agreement(lines, d)[0] for d in DELIMITERS)


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """(share of lines that agree, their number of cells); (0, 1) where it cuts nothing."""
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:  # a cell beyond csv's limit: this delimiter does not cut it
        return 0.0, 1
    counts = [len(row) for row in rows if row]
    if not counts:
        return 0.0, 1
    most = max(set(counts), key=lambda n: (counts.count(n), n))
    return (counts.count(most) / len(counts) if most > 1 else 0.0), most


def best_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells; more cells break ties."""
    lines = [line for line in lines if line.strip()]
    scores: dict[str, Any] = {d: _agreement(lines, d) for d in DELIMITERS}
    best = max(DELIMITERS, key=lambda d: scores[d][0] * (1 + scores[d][1] / 100))
    return best if scores[best][0] > 0 else ","
