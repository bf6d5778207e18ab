"""A GeoJSON or KML that breaks off, up to its last whole feature: drivers refuse all of it."""

import json
from dataclasses import replace
from pathlib import Path

from kotaku_geo.ingest import kml
from kotaku_geo.ingest.limits import limit
from kotaku_geo.ingest.staging import Staged
from kotaku_geo.late import regex

FEATURE = regex(rb'\}(?=\s*,\s*\{\s*"(?:type"\s*:\s*"Feature"|geometry"|properties"|id"))')
LAST_MARK = b"</Placemark>"
TAG = regex(rb"(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(/?)([A-Za-z_][\w:.-]*)[^>]*?(/?)>")


def shortened(staged: Staged, folder: Path) -> Staged | None:
    """The file without what is broken, in ``folder``; None where it is whole or holds nothing.

    Only a text that is no sound JSON or XML is shortened.
    """
    cut = {"geojson": _geojson, "kml": _kml}.get(staged.kind.id)
    small = staged.path.stat().st_size <= limit("shortened_bytes")
    text = cut(staged.path) if cut and small else None
    if text is None:
        return None
    path = folder / staged.path.name
    path.write_bytes(text)
    return replace(staged, path=path)


def _geojson(path: Path) -> bytes | None:
    text = path.read_bytes()
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        ends = [m.end() for m in FEATURE.finditer(text)]
        return text[: ends[-1]] + b"]}" if ends else None
    return None


def _kml(path: Path) -> bytes | None:
    if kml.placemarks(path) is not None:
        return None
    text = path.read_bytes()
    end = text.rfind(LAST_MARK)
    if end < 0:
        return None
    text = text[: end + len(LAST_MARK)]
    opened: list[bytes] = []
    for tag in TAG.finditer(text):
        closes, name, empty = tag.groups()
        if name is None or empty:
            continue
        if not closes:
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        else:
            return None  # broken before its end: nothing can be told of what is whole
    return text + b"".join(b"</" + name + b">" for name in reversed(opened))
