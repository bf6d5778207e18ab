"""What is looked at before a library may open a file: claims that are false, text that unfolds.

The libraries believe what a file says of itself. A table that claims ten thousand times its size,
an XML that defines entities, a database with views that never end: each is refused with a sentence
before memory or time is spent on it.
"""

import re
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kotaku_geo.errors import InputError
from kotaku_geo.ingest import archive
from kotaku_geo.ingest.limits import at_most, limit
from kotaku_geo.ingest.raw import Note
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

CHUNK = 1 << 24
KEYS = regex(rb'"((?:[^"\\]|\\.){0,200})"\s*:')
TAGS = regex(rb"<([A-Za-z_][\w:.-]*)(?:\s+name=[\"']([^\"']{0,200}))?")
JSON = ("geojson", "geojsonseq", "topojson", "esrijson", "jsonfg")
XML = ("kml", "gml", "gpx", "osm", "georss", "jml")
ENTITIES = regex(r"<!ENTITY|<!DOCTYPE[^>]*(?:\[|\bSYSTEM\b|\bPUBLIC\b)", re.IGNORECASE)
FIRST_ELEMENT = regex(r"<[A-Za-z_]")
LINKED_CRS = regex(rb'"crs"\s*:\s*\{[^{}]*"type"\s*:\s*"(?:link|url)"', re.IGNORECASE)
ENDLESS = regex(r"\bRECURSIVE\b|\bload_extension\b|\breadfile\b|\b(?:gdal|ogr)_\w+\s*\(", re.I)
VIRTUAL = regex(r"CREATE\s+VIRTUAL\s+TABLE.*?USING\s+[\"'\[]?(\w+)", re.I | re.S)
HARMLESS_MODULES = ("rtree", "fts3", "fts4", "fts5", "virtualspatialindex", "virtualelementary")
ENTITY = regex(rb"(?m)^[ \t]*0[ \t]*\r?\n[ \t]*([A-Za-z]\w*)[ \t]*\r?$")
MAX_NESTED = 64
Insert = tuple[bytes, int]  # a block, and how many times
FIELDS = regex(rb"(?im)^\s*(?:columns|fields)\s+(\d+)")


def look_at(staged: Staged) -> list[Note]:
    """What there is to tell about a file before it is read.

    Raises:
        InputError: the file is refused.
    """
    path, name, kind = staged.path, staged.name, staged.kind.id
    if kind in JSON or kind in XML:
        at_most("text_bytes", path.stat().st_size, "byte teks", name)
    if kind in XML:
        refuse_entities(path, name)
        _few_names(path, TAGS, b"<", name)
    if kind in JSON:
        _few_names(path, KEYS, b":", name)
        _own_crs(path, name)
    if kind in ("xlsx", "ods", "xlsb"):
        _workbook(path, name)
    check = _BY_KIND.get(kind)
    return check(path, name) if check else []


def refuse_entities(path: Path, name: str) -> None:
    """Refuse an XML text that defines entities or names an outside definition.

    Both stand before the first element; a text that has none within a megabyte is refused as well.
    """
    with path.open("rb") as handle:
        _prolog(handle.read(limit("prolog_bytes")), name)


def _prolog(head: bytes, name: str) -> None:
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:4]
    order = "utf-16-be" if head[:1] in (b"\xfe", b"\0") else "utf-16-le"
    text = head.decode(order if wide else "latin-1", errors="replace")
    bare = re.sub(r"(?s)<!--.*?-->", "", text)
    first = FIRST_ELEMENT.search(bare)
    if first is None:
        raise InputError(f"{name}: XML tanpa satu elemen pun di awalnya; ditolak")
    if ENTITIES.search(bare[: first.start()]):
        raise InputError(f"{name}: XML ini mendefinisikan entitas (<!ENTITY>); ditolak")


def _few_names(path: Path, pattern: re.Pattern[bytes], mark: bytes, name: str) -> None:
    """Each name may become a column: GDAL's work grows with their square.

    Every name comes with a ``mark``: a text with few of them needs no closer look.
    """
    with path.open("rb") as handle:
        marks = sum(chunk.count(mark) for chunk in iter(lambda: handle.read(CHUNK), b""))
        if marks <= limit("names"):
            return
        handle.seek(0)
        found: set[bytes | tuple[bytes, ...]] = set()
        rest = b""
        while chunk := handle.read(CHUNK):
            text = rest + chunk
            found.update(pattern.findall(text))
            at_most("names", len(found), "nama kolom atau elemen yang berbeda", name)
            rest = text[-512:]


def _own_crs(path: Path, name: str) -> None:
    """A CRS that is a link would be fetched."""
    with path.open("rb") as handle:
        if LINKED_CRS.search(handle.read(CHUNK)):
            raise InputError(f"{name}: `crs` menunjuk ke alamat lain; tulis kode EPSG-nya")


def _workbook(path: Path, name: str) -> None:
    content = archive.listing(path, name)
    with archive.opened(path, name) as book:
        for member, entries in content.items():
            if member.lower().endswith((".xml", ".rels")):
                with book.open(entries[0]) as stream:
                    head = stream.read(limit("prolog_bytes"))
                if head.strip():
                    _prolog(head, f"{name}/{member}")


def _shapefile(path: Path, name: str) -> list[Note]:
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = handle.read(100)
    claimed = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == 100 else -1
    if claimed < 0:
        raise InputError(f"{name}: kepala shapefile-nya rusak; ekspor ulang")
    notes = _claim(claimed, size, name)
    table = path.with_suffix(".dbf")
    return notes + (_dbf(table, f"{name} (.dbf)") if table.exists() else [])


def _dbf(path: Path, name: str) -> list[Note]:
    with path.open("rb") as handle:
        head = handle.read(32)
    if len(head) < 32:
        raise InputError(f"{name}: kepala tabelnya rusak; ekspor ulang")
    records, start, width = struct.unpack("<IHH", head[4:12])
    if width == 0 and records:
        raise InputError(f"{name}: kepala tabelnya rusak; ekspor ulang")
    at_most("rows", records, "baris", name)
    return _claim(start + records * width, path.stat().st_size, name)


def _claim(claimed: int, size: int, name: str) -> list[Note]:
    """A header that claims a little more than there is was cut off; much more is false."""
    slack = int(limit("truncated_slack"))
    if claimed > size * limit("false_claim") + slack:
        raise InputError(
            f"{name}: kepalanya menyebut {claimed} byte, berkasnya hanya {size}; ditolak"
        )
    if claimed > size + 1:
        params = {"sebutan": claimed, "ada": size}
        return [Note("file.truncated", f"{size}/{claimed}", "kept", params)]
    return []


def _mapinfo(path: Path, name: str) -> list[Note]:
    """The number of columns that a MIF or a TAB announces."""
    with path.open("rb") as handle:
        announced = FIELDS.search(handle.read(limit("prolog_bytes")))
    if announced:
        at_most("columns", int(announced[1]), "kolom", name)
    return []


def _flatgeobuf(path: Path, name: str) -> list[Note]:
    """The number of features in the header, against the room that they would need."""
    size = path.stat().st_size
    count = flatgeobuf_count(path)
    if count is None or count * 12 > size:
        raise InputError(f"{name}: kepala FlatGeobuf-nya menyebut lebih dari isi berkas; ditolak")
    return []


def flatgeobuf_count(path: Path) -> int | None:
    """Features that a FlatGeobuf says it has (0 where it does not say); None for no header.

    The header is a FlatBuffers table whose ninth field is the count.
    """
    with path.open("rb") as handle:
        start = handle.read(12)
        if len(start) < 12:
            return None
        (length,) = struct.unpack("<I", start[8:12])
        if length > min(path.stat().st_size, 1 << 24):
            return None
        header = handle.read(length)
    try:
        (table,) = struct.unpack_from("<I", header, 0)
        vtable = table - struct.unpack_from("<i", header, table)[0]
        (room,) = struct.unpack_from("<H", header, vtable)
        slot = 4 + 2 * 8
        (at,) = struct.unpack_from("<H", header, vtable + slot) if room > slot else (0,)
        return int(struct.unpack_from("<Q", header, table + at)[0]) if at else 0
    except struct.error:
        return None


def _database(path: Path, name: str) -> list[Note]:
    """No view that may never end or reach outside, and no table that is another file."""
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            rows = db.execute("SELECT type, name, sql FROM sqlite_master").fetchmany(20_000)
    except sqlite3.Error as error:
        raise InputError(f"{name}: basis datanya rusak: {error}") from error
    for kind, table, sql in rows:
        module = VIRTUAL.match(sql or "")
        if kind == "view" and ENDLESS.search(sql or ""):
            raise InputError(f"{name}: tampilan (view) {table!r} tidak diterima; kirim tabelnya")
        if module and module[1].lower() not in HARMLESS_MODULES:
            raise InputError(f"{name}: tabel {table!r} menunjuk ke luar basis data; ditolak")
    return []


def _drawing(path: Path, name: str) -> list[Note]:
    """How many entities a DXF unfolds to: blocks insert blocks, in rows and columns."""
    at_most("text_bytes", path.stat().st_size, "byte teks", name)
    sizes, inserted, drawn = _blocks(path.read_bytes())
    known: dict[bytes, float] = {}

    def unfolded(block: bytes, above: frozenset[bytes]) -> float:
        if block in above or len(above) > MAX_NESTED:
            return float("inf")
        if block not in known:
            within = (n * unfolded(b, above | {block}) for b, n in inserted.get(block, []))
            known[block] = sizes.get(block, 0) + sum(within)
        return known[block]

    total = sum(count * unfolded(block, frozenset()) for block, count in drawn)
    if total > limit("unfolded"):
        raise InputError(
            f"{name}: blok di dalam gambar ini terurai menjadi terlalu banyak bentuk; ditolak. "
            "Di AutoCAD jalankan EXPLODE dan PURGE, lalu simpan ulang"
        )
    return []


def _blocks(text: bytes) -> tuple[dict[bytes, int], dict[bytes, list[Insert]], list[Insert]]:
    """(block → its own entities, block → what it inserts, what the drawing inserts)."""
    sizes: dict[bytes, int] = {}
    inserted: dict[bytes, list[Insert]] = {}
    drawn: list[Insert] = []
    within: bytes | None = None
    found = list(ENTITY.finditer(text))
    for i, entity in enumerate(found):
        kind = entity[1].upper()
        if kind not in (b"BLOCK", b"ENDBLK", b"INSERT"):
            if within is not None:
                sizes[within] = sizes.get(within, 0) + 1
            continue
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        codes = _groups(text[entity.end() : end])
        block = codes.get(b"2", b"").upper()
        if kind == b"INSERT":
            many = max(1, _count(codes, b"70")) * max(1, _count(codes, b"71"))
            (drawn if within is None else inserted.setdefault(within, [])).append((block, many))
        else:
            within = block if kind == b"BLOCK" else None
    return sizes, inserted, drawn


def _groups(text: bytes) -> dict[bytes, bytes]:
    """Group code → its first value, of an entity's lines."""
    lines = [line.strip() for line in text.splitlines()][1:]
    return dict(reversed(list(zip(lines[::2], lines[1::2], strict=False))))


def _count(codes: dict[bytes, bytes], code: bytes) -> int:
    text = codes.get(code, b"1")
    return int(text) if text.isdigit() else 1


_BY_KIND: dict[str, Callable[[Path, str], list[Note]]] = {
    "shapefile": _shapefile,
    "dbf": _dbf,
    "flatgeobuf": _flatgeobuf,
    "dxf": _drawing,
    "mif": _mapinfo,
    "tab": _mapinfo,
    "gpkg": _database,
    "sqlite": _database,
}
