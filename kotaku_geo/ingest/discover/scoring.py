"""Which layer a file may be: signs counted in points, the points and words being data."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapely

from kotaku_geo import resources
from kotaku_geo.ingest.crs import to_crs
from kotaku_geo.ingest.discover.facts import Column
from kotaku_geo.ingest.discover.look import Look
from kotaku_geo.ingest.discover.mapping import Choice, Mapping, map_layer
from kotaku_geo.ingest.read_table import fold

WGS84, EQUAL_AREA = "EPSG:4326", "EPSG:6933"
LONG = 5  # letters from which a word also counts inside a longer one
FEW = 3
SMALL_M2, LARGE_M2, MANY = 1_500.0, 50_000.0, 200


@dataclass
class Scored:
    """A layer's points for one file, the signs that gave them, and how its columns would map."""

    layer: str
    points: float
    signs: list[str]
    mapping: Mapping
    set: dict[str, str] = field(default_factory=dict)


@dataclass
class Subject:
    """A file as the scoring sees it: what was seen, its columns, and its shapes in WGS84."""

    look: Look
    columns: list[Column]
    degrees: Any = None  # (n,) shapely geometries, or None

    @property
    def words(self) -> list[str]:
        """Words of the file's name and of its layer's, in order."""
        stem = PurePosixPath(self.look.name).stem
        texts = [stem, self.look.table or ""]
        return [w for t in texts for w in words_of(t)]

    @property
    def folders(self) -> list[str]:
        """Words of the folders' and archives' names."""
        parts = PurePosixPath(self.look.name).parts[:-1]
        return [w for p in parts for w in words_of(PurePosixPath(p).stem)]


def words_of(text: str) -> list[str]:
    """``BATAS_RT_AR`` → batas, rt, ar; neighbours also joined (cagar_budaya → cagarbudaya)."""
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    single = re.findall(r"[a-z]+\d?[a-z]*(?<!\d)|\d+[a-z]*", split.casefold())
    joined = [a + b for a, b in pairwise(single)]
    return [*single, *joined]


def score(subject: Subject) -> list[Scored]:
    """All layers that the file may be, the likeliest first."""
    layers = resources.load("layers")["layers"]
    found = [_one(subject, layer, spec) for layer, spec in layers.items()]
    return sorted((f for f in found if f is not None), key=lambda f: (-f.points, f.layer))


def _one(subject: Subject, layer: str, spec: dict[str, Any]) -> Scored | None:
    """A layer's points; None where the file cannot be one of its kind."""
    kind = subject.look.kind
    if kind == "raster":
        if not spec.get("raster"):
            return None
    elif kind not in spec["geometry"]:
        return None
    rules = resources.load("discovery")["layers"][layer]
    scored = Scored(layer, 0.0, [], deepcopy(_mapped_once(layer, subject)))
    if layer == "rawan_bencana":
        _name_hazard(subject, scored)
    _name_signs(subject, rules, scored)
    named = scored.points > 0
    _column_signs(subject, rules, scored)
    in_cells = _content_signs(subject, rules, scored)
    _trait_signs(subject, rules, scored)
    if _lacks(scored, spec, rules, kind, {"words": named, "contents": in_cells}):
        return None
    return scored


def _add(scored: Scored, points: float, sign: str) -> None:
    scored.points += points
    scored.signs.append(sign)


def _name_signs(subject: Subject, rules: dict[str, Any], scored: Scored) -> None:
    points = resources.load("discovery")["deciding"]["points"]
    for words, place, worth in (
        (subject.words, "nama", (points["word"], points["weak"])),
        (subject.folders, "folder", (points["folder"], 0.0)),
    ):
        hits = _hits(words, rules["words"])
        if hits:
            _add(scored, worth[0], f"{place} memuat '{hits[0]}'")
            return
        weak = _hits(words, rules.get("weak", ()))
        if weak and worth[1]:
            _add(scored, worth[1], f"{place} memuat '{weak[0]}'")


def _hits(words: list[str], known: Any) -> list[str]:
    """Known words among the words of a name, the longest first."""
    found = {
        k for k in map(str, known) for w in words
        if w == k or (len(k) >= LONG and k in w)
    }  # fmt: skip
    return sorted(found, key=lambda k: (-len(k), k))


def _column_signs(subject: Subject, rules: dict[str, Any], scored: Scored) -> None:
    columns = scored.mapping.columns
    for canonical, worth in rules["tells"].items():
        choice = scored.mapping.chosen.get(canonical)
        if choice is not None:
            points = worth * choice.score
            _add(scored, points, f"kolom {choice.heading}")
    parameters = [c for c in [*columns, *scored.mapping.open] if re.fullmatch(r"[vp][1-7][a-e]", c)]
    if parameters and "per_parameter" in rules:
        worth = min(rules["per_parameter"] * len(parameters), rules["most_parameters"])
        _add(scored, worth, f"{len(parameters)} kolom parameter")
    headings = {fold(c.heading.split(" / ")[-1]): c.heading for c in subject.columns}
    marks = [headings[fold(m)] for m in rules.get("marks", ()) if fold(m) in headings]
    if marks:
        worth = resources.load("discovery")["deciding"]["points"]["mark"]
        _add(scored, worth, f"kolom {marks[0]}")
    for canonical, worth in rules.get("against", {}).items():
        if canonical not in columns and _has(subject, canonical):
            _add(scored, -worth, f"kolom untuk {canonical} tidak lazim di layer ini")


def _has(subject: Subject, canonical: str) -> bool:
    """Whether some column would clearly be this canonical one, in whatever layer has it."""
    spec = resources.load("layers")["layers"]
    owner = next(name for name, s in spec.items() if canonical in s["columns"])
    choice = _mapped_once(owner, subject).chosen.get(canonical)
    return choice is not None and choice.score >= 0.8


def _mapped_once(layer: str, subject: Subject) -> Mapping:
    cache_of: dict[str, Mapping] = subject.__dict__.setdefault("_mapped", {})
    if layer not in cache_of:
        cache_of[layer] = map_layer(layer, subject.columns)
    return cache_of[layer]


def _content_signs(subject: Subject, rules: dict[str, Any], scored: Scored) -> bool:
    """Points where cells of a text column say what the layer is about."""
    words = tuple(str(w) for w in rules.get("contents", ()))
    if not words:
        return False
    found = _any_of(words).search
    for column in subject.columns:
        share = column.share(lambda v: isinstance(v, str) and found(v) is not None) or 0.0
        if share >= 0.5:
            points = resources.load("discovery")["deciding"]["points"]["contents"]
            example = column.texts[0][:40]
            _add(scored, points * share, f"isi kolom {column.heading} ('{example}')")
            return True
    return False


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """An expression that finds any of the words at the beginning of a word."""
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)


@cache
def hazard_words() -> tuple[tuple[str, str], ...]:
    """(word, kind of hazard), the longest word first."""
    table = resources.load("discovery")["hazards"]
    pairs = [(str(w), str(kind)) for kind, words in table.items() for w in words]
    return tuple(sorted(pairs, key=lambda p: (-len(p[0]), p[0])))


def hazard_in(text: str) -> str | None:
    """The one kind of hazard that a text names, None for none or several."""
    folded = re.sub(r"[^a-z]+", " ", text.casefold())
    kinds = []
    for word, kind in hazard_words():
        if re.search(rf"\b{word}\b", folded):
            kinds.append(kind)
            folded = re.sub(rf"\b{word}\b", " ", folded)
    return kinds[0] if len(set(kinds)) == 1 else None


def _name_hazard(subject: Subject, scored: Scored) -> None:
    """Which hazard it is: from a column of kinds, else from the name of the file or layer."""
    deciding = resources.load("discovery")["deciding"]["points"]
    if "bahaya" not in scored.mapping.chosen:
        _hazard_column(subject, scored)
    look = subject.look
    for text in (look.table or "", PurePosixPath(look.name).stem):
        kind = hazard_in(text)
        if kind:
            if "bahaya" not in scored.mapping.chosen:
                scored.set["bahaya"] = kind
            _add(scored, deciding["word"], f"nama menyebut bahaya '{kind}'")
            return


def _hazard_column(subject: Subject, scored: Scored) -> None:
    taken = set(scored.mapping.columns.values())
    for column in subject.columns:
        share = column.share(lambda v: isinstance(v, str) and hazard_in(v) is not None) or 0.0
        if share >= 0.8 and column.heading not in taken:
            why = f"{share * 100:.0f} % isinya menyebut bahaya"
            scored.mapping.chosen["bahaya"] = Choice("bahaya", column.heading, 1.0, why)
            return


def _trait_signs(subject: Subject, rules: dict[str, Any], scored: Scored) -> None:
    for trait, worth in rules.get("traits", {}).items():
        if TRAITS[trait](subject, scored):
            _add(scored, worth, SAYINGS[trait])


def _one_per(subject: Subject, scored: Scored, names: tuple[str, ...]) -> bool:
    columns = scored.mapping.columns
    used = [columns[n] for n in names if n in columns]
    if not used or len(subject.look.frame) < FEW:
        return False
    frame = subject.look.frame[list(dict.fromkeys(used))].astype(str)
    return bool(len(frame.drop_duplicates()) >= 0.95 * len(frame))


def _one_per_kelurahan(subject: Subject, scored: Scored) -> bool:
    names = ("kode_kelurahan", "kode_bps", "nama_kelurahan")
    return any(_one_per(subject, scored, (n,)) for n in names)


def _one_per_rt(subject: Subject, scored: Scored) -> bool:
    if "rt" not in scored.mapping.columns:
        return False
    return _one_per(subject, scored, ("rt", "rw", "kode_kelurahan", "nama_kelurahan"))


def _median_m2(subject: Subject) -> float | None:
    if subject.degrees is None or subject.look.kind != "polygon":
        return None
    areas = areas_m2(subject)
    areas = areas[areas > 0]
    return float(np.median(areas)) if len(areas) else None


def areas_m2(subject: Subject) -> Any:
    """Areas of the shapes seen, m², NaN where there is none."""
    if "_areas" not in subject.__dict__:
        subject.__dict__["_areas"] = shapely.area(to_crs(subject.degrees, WGS84, EQUAL_AREA))
    return subject.__dict__["_areas"]


def _small(subject: Subject, scored: Scored) -> bool:
    median = _median_m2(subject)
    return median is not None and median < SMALL_M2


def _large(subject: Subject, scored: Scored) -> bool:
    median = _median_m2(subject)
    return median is not None and median >= LARGE_M2


def _many(subject: Subject, scored: Scored) -> bool:
    rows = subject.look.rows
    return rows is None or rows >= MANY


TRAITS: dict[str, Callable[[Subject, Scored], bool]] = {
    "one_per_kelurahan": _one_per_kelurahan,
    "one_per_rt": _one_per_rt,
    "small_shapes": _small,
    "large_shapes": _large,
    "many": _many,
}
SAYINGS = {
    "one_per_kelurahan": "satu baris per kelurahan",
    "one_per_rt": "satu baris per RT",
    "small_shapes": "poligon sekecil bangunan",
    "large_shapes": "poligon seluas kelurahan",
    "many": "barisnya banyak",
}


def _lacks(
    scored: Scored, spec: dict[str, Any], rules: dict[str, Any], kind: str, said: dict[str, bool]
) -> bool:
    """Whether something is absent without which it cannot be this layer."""
    given = {*scored.mapping.columns, *scored.mapping.open, *scored.set}
    if any(re.fullmatch(r"[vp][1-7][a-e]", g) for g in given):
        given.add("parameters")
    given |= {name for name, is_said in said.items() if is_said}
    required = [] if kind == "raster" else list(spec["required"])
    return any(not given & set(group) for group in [*required, *rules.get("needs", ())])
