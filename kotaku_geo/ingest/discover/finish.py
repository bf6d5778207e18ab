"""Entries in the order of the file, with their ids, and proven to be readable as they stand."""

import re
from pathlib import Path, PurePosixPath

from kotaku_geo import resources
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.discover.proposal import Entry
from kotaku_geo.ingest.discover.readers import is_table, read_layer
from kotaku_geo.ingest.locate import locate


def finish(entries: list[Entry], drop: Path) -> list[Entry]:
    """Sort, name and prove the entries; one that cannot be read as proposed becomes a comment."""
    layers = list(resources.load("layers")["layers"])
    order = sorted(
        entries,
        key=lambda e: (
            not e.live, layers.index(e.layer), _rank(e), -(e.year or 0),
            -e.points, e.name, e.table or "",
        ),
    )  # fmt: skip
    _name(order)
    for entry in order:
        _shorten(entry)
        if entry.live:
            _prove(entry, drop)
    return sorted(order, key=lambda e: not e.live)


def _rank(entry: Entry) -> tuple[int, int]:
    """Boundaries of kelurahan by their agency, those with Kemendagri codes before others."""
    if entry.layer != "kelurahan":
        return (0, 0)
    agencies = list(resources.load("discovery")["authority"])
    rank = agencies.index(entry.agency) if entry.agency in agencies else len(agencies)
    return (int("kode_kelurahan" not in entry.columns), rank)


def _name(entries: list[Entry]) -> None:
    """A slug of the file's name; with the layer's, the folder's or a number where that is taken."""
    stems = [_slug(PurePosixPath(e.name).stem) for e in entries]
    taken: set[str] = set()
    for entry, stem in zip(entries, stems, strict=True):
        folder = PurePosixPath(entry.name).parent.name
        choices = [stem] if stems.count(stem) == 1 else []
        choices += [_slug(f"{stem} {entry.table}")] if entry.table else []
        choices += [_slug(f"{folder} {stem}"), _slug(f"{folder} {stem} {entry.table or ''}")]
        number = 1
        while choices[0] in taken:
            choices = choices[1:] or [f"{stem}-{(number := number + 1)}"]
        entry.id = choices[0]
        taken.add(entry.id)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "sumber"


def _shorten(entry: Entry) -> None:
    """A joined heading is written by its last part where that tells it apart."""
    lasts = [h.split(" / ")[-1] for h in set(entry.columns.values())]
    for canonical, heading in entry.columns.items():
        last = heading.split(" / ")[-1]
        if lasts.count(last) == 1:
            entry.columns[canonical] = last


def _prove(entry: Entry, drop: Path) -> None:
    """Read a table as the pipeline will: its header row is found by the headings mapped."""
    try:
        delivered = locate(drop, entry.path)[0]
        if not is_table(delivered):
            return
        headings = list(entry.columns.values())
        raw = read_layer(delivered, entry.table, entry.encoding, headings)
    except (InputError, PipelineFileError) as error:
        entry.live = False
        entry.notes.insert(0, f"tidak dapat dibaca sebagaimana diusulkan: {error}")
        return
    have = [str(c) for c in raw.frame.columns]
    for canonical, heading in list(entry.columns.items()):
        whole = [h for h in have if h == heading or h.split(" / ")[-1] == heading]
        if heading not in have and len(whole) > 1:
            full = [h for h in whole if h.endswith(heading)]
            entry.notes.append(f"{heading}: judul itu ada beberapa kali; {canonical} dibuka dulu")
            entry.open[canonical] = full
            del entry.columns[canonical]
        elif not whole:
            entry.live = False
            entry.notes.insert(0, f"kolom {heading!r} tidak ditemukan saat dibaca ulang")
