"""Which delivered column may hold which canonical one: by its heading and by what is in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import fuzz

from kotaku_geo import resources
from kotaku_geo.config import all_parameter_ids, layer_columns, parameter_ids
from kotaku_geo.ingest.discover.facts import Column, Places
from kotaku_geo.ingest.discover.look import Look
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.late import record, regex

UNITS = ("ha", "m2", "km2", "m²", "km²", "m", "km", "cm", "mm", "menit", "jam", "hari", "jiwa",
         "kk", "unit", "rp", "%", "hektar", "are")  # fmt: skip
TRUNCATED = 10  # characters that a DBF keeps of a heading
NEAR = 0.06  # headings closer than this in score are a tie unless their cells say the same
BY_VALUE = {"code": 0.9, "bps": 0.9, "date": 2.0, "level": 2.0}  # share that needs no heading
GENERIC = {
    "nama",
    "name",
    "namobj",
    "kode",
    "status",
    "luas",
    "jenis",
    "nilai",
    "tingkat",
    "x",
    "y",
}
_UNIT_BEHIND = regex(r"[\s_]+(?:" + "|".join(map(re.escape, UNITS)) + r")\.?$", re.I)
_PARAMETER = regex(r"(?<![0-9a-z])([vp]?)([1-7][a-e])([vpnr]?)(?![0-9a-z])")


@record
class Choice:
    """A canonical column's delivered column, how sure that is (0 … 1), and why."""

    canonical: str
    heading: str
    score: float
    why: str


@dataclass
class Mapping:
    """What is mapped, and what is left open with its candidates."""

    chosen: dict[str, Choice] = field(default_factory=dict)
    open: dict[str, list[Choice]] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        """Canonical → delivered heading."""
        return {c.canonical: c.heading for c in self.chosen.values()}


def columns_of(look: Look, places: Places) -> list[Column]:
    """The columns of a file that can say something: no constants of the format, no empty ones."""
    ignored = set(resources.load("discovery")["format_columns"])
    named = [str(c) for c in look.frame.columns]
    kept = [n for n in named if fold(n) not in ignored]
    if any(fold(n) in ("nama", "namobj") for n in kept):
        kept = [n for n in kept if n != "Name"]  # a KML writes every name twice
    columns = [Column(n, look.frame[n], places) for n in kept]
    return [c for c in columns if len(c.filled)]


def map_layer(layer: str, columns: list[Column]) -> Mapping:
    """The likeliest mapping of a file's columns to a layer's; ties are left open."""
    definitions = layer_columns(layer)
    choices: list[Choice] = []
    for canonical, definition in definitions.items():
        if re.fullmatch(r"[vp][1-7][a-e]", canonical):
            continue
        for column in columns:
            choice = _choice(canonical, definition, column)
            if choice is not None:
                choices.append(choice)
    mapping = _assign(choices, {c.heading: c for c in columns})
    _pair(mapping, columns, definitions)
    if "v1a" in definitions:
        taken = {c.heading for c in mapping.chosen.values()}
        _parameters(mapping, [c for c in columns if c.heading not in taken])
    return mapping


def _choice(canonical: str, definition: dict[str, Any], column: Column) -> Choice | None:
    kind = definition["type"]
    named = _heading_score(canonical, column.heading)
    if named < 0.5 and kind not in BY_VALUE and canonical != "nama_kelurahan":
        return None
    fits = column.fits(kind, definition, canonical)
    if fits is None:
        return None
    percent = f"{fits * 100:.0f} % isinya cocok"
    if named >= 0.5:
        if kind == "code" and column.fits("bps", {}, "") == fits == 1.0:
            return None
        needed = 0.5 if named < 0.9 or fold(column.heading) in GENERIC else 0.25
        if fits < needed:
            return None
        return Choice(canonical, column.heading, named * (0.6 + 0.4 * fits), percent)
    if kind in BY_VALUE and fits >= BY_VALUE[kind] and canonical not in ("kode_kecamatan",):
        return Choice(canonical, column.heading, 0.5, f"dikenali dari isinya ({percent})")
    by_name = canonical == "nama_kelurahan" and column.places.kelurahan
    if by_name and fits >= 0.8 and len(column.counts) >= 3:
        return Choice(canonical, column.heading, 0.5, f"dikenali dari isinya ({percent})")
    return None


@cache
def _aliases(canonical: str) -> tuple[str, ...]:
    definition = resources.load("layers")["columns"].get(canonical, {})
    listed = [fold(canonical), *(fold(a) for a in definition.get("aliases", ()))]
    opposite = resources.load("discovery")["opposite"].get(canonical, ())
    return tuple(dict.fromkeys([*listed, *(fold(o) for o in opposite)]))


@lru_cache(maxsize=100_000)
def _heading_score(canonical: str, heading: str) -> float:
    """How much a heading looks like one that is known for the canonical column: 0 … 1."""
    known = _aliases(canonical)
    best = 0.0
    for form, worth in _forms(heading):
        if form in known:
            best = max(best, worth)
        elif len(heading) == TRUNCATED and len(form) >= 7:
            cut = [k for k in known if k.startswith(form)]
            best = max(best, worth * 0.9) if cut else best
        if best < 0.6 and len(form) >= 6:
            alike = max((fuzz.ratio(form, k) for k in known if len(k) >= 6), default=0.0)
            best = max(best, worth * 0.75) if alike >= 90 else best
    return best


@lru_cache(maxsize=10_000)
def _forms(heading: str) -> tuple[tuple[str, float], ...]:
    """A heading in the forms it may be known by: whole, last part, without its unit."""
    return tuple(_spelled(heading))


def _spelled(heading: str) -> Iterator[tuple[str, float]]:
    last = heading.split(" / ")[-1]
    for text, worth in ((heading, 1.0), (last, 0.97)):
        yield fold(text), worth
        bare = re.sub(r"\s*[(\[].*?[)\]]\s*", " ", text).strip()
        if bare and bare != text:
            yield fold(bare), worth * 0.97
        cut = _UNIT_BEHIND.sub("", bare)
        if cut and cut != bare:
            yield fold(cut), worth * 0.95


def unit_of(heading: str) -> str | None:
    """The unit that a heading names: ``Luas (m2)``, ``luas_sk_m2``."""
    text = heading.split(" / ")[-1].casefold().replace("²", "2")
    match = re.search(r"[(\[]\s*([a-z0-9%]+)\s*[)\]]", text) or re.search(
        r"[\s_]([a-z0-9]+)$", text
    )
    return match.group(1) if match and match.group(1) in UNITS else None


def _assign(choices: list[Choice], columns: dict[str, Column]) -> Mapping:
    """Best first, every delivered column once; equals that say different things stay open."""
    mapping = Mapping()
    taken: set[str] = set()
    for choice in sorted(choices, key=lambda c: (-c.score, c.canonical, c.heading)):
        if choice.canonical in mapping.chosen or choice.heading in taken:
            continue
        if choice.canonical in mapping.open:
            continue
        rivals = [
            c for c in choices
            if c.canonical == choice.canonical and c.heading not in taken
            and c.heading != choice.heading and choice.score - c.score < NEAR
            and not _same_cells(columns[c.heading], columns[choice.heading])
            and not _better_elsewhere(c, choices)
            and fold(choice.heading) != fold(choice.canonical)  # ingest maps such a heading itself
        ]  # fmt: skip
        if rivals:
            mapping.open[choice.canonical] = [choice, *rivals]
            continue
        mapping.chosen[choice.canonical] = choice
        taken.add(choice.heading)
    return mapping


def _better_elsewhere(rival: Choice, choices: list[Choice]) -> bool:
    """Whether the rival's column is clearly meant for another canonical column."""
    return any(
        c.heading == rival.heading and c.canonical != rival.canonical and c.score > rival.score
        for c in choices
    )


def _same_cells(one: Column, other: Column) -> bool:
    return one.series.astype(str).equals(other.series.astype(str))


def _pair(mapping: Mapping, columns: list[Column], definitions: dict[str, Any]) -> None:
    """One column that names RT and RW together serves both."""
    if "rt" not in definitions or "rw" not in definitions:
        return
    for column in columns:
        if column.pairs < 0.5:
            continue
        rt = mapping.chosen.get("rt")
        taken = {c.heading for k, c in mapping.chosen.items() if k not in ("rt", "rw")}
        if (rt is not None and rt.heading != column.heading) or column.heading in taken:
            continue
        if rt is None and _heading_score("rt", column.heading) < 0.5:
            continue
        why = "RT dan RW dalam satu kolom"
        for name in ("rt", "rw"):
            mapping.open.pop(name, None)
            mapping.chosen[name] = Choice(name, column.heading, 0.95, why)
        return


def _parameters(mapping: Mapping, columns: list[Column]) -> None:
    """Volumes and shares of the regulation's parameters, by letter or by name."""
    found: dict[str, list[Choice]] = {}
    for column in columns:
        if (column.fits_number("number", {"min": 0}) or 0) < 0.5:
            continue
        for canonical, score, why in _parameter_of(column):
            found.setdefault(canonical, []).append(Choice(canonical, column.heading, score, why))
    headings: dict[str, list[str]] = {}
    for canonical, choices in found.items():
        for choice in choices:
            headings.setdefault(choice.heading, []).append(canonical)
    for canonical, choices in sorted(found.items()):
        clear = [c for c in choices if len(headings[c.heading]) == 1]
        if len(choices) == 1 and clear:
            mapping.chosen[canonical] = clear[0]
        elif canonical not in mapping.chosen:
            mapping.open[canonical] = choices


def _parameter_of(column: Column) -> list[tuple[str, float, str]]:
    """The canonical parameter columns that a heading may mean."""
    text = column.heading.casefold()
    last = text.split(" / ")[-1]
    match = _PARAMETER.search(re.sub(r"[_\s]+(?=[vpnr]\b)", "", last))
    if match and match.group(2) in all_parameter_ids():
        kind = match.group(1) or match.group(3)
        if kind in ("n", "r"):
            return []
        kind = kind or ("p" if _is_share(column) else "v")
        return [(f"{kind}{match.group(2)}", 1.0, "huruf parameter")]
    words = resources.load("discovery")["parameters"]["permen-14-2018"]
    bare = re.sub(r"[^a-z0-9]+", " ", text).strip()
    best: dict[str, int] = {}
    for parameter in parameter_ids("permen-14-2018"):
        lengths = [len(w) for w in words.get(parameter, ()) if re.search(rf"\b{w}\b", bare)]
        if lengths:
            best[parameter] = max(lengths)
    longest = max(best.values(), default=0)
    kind = "p" if _is_share(column) else "v"
    return [(f"{kind}{p}", 0.8, "nama parameter") for p, n in best.items() if n == longest]


def _is_share(column: Column) -> bool:
    """Whether a parameter's column says it holds percentages or fractions."""
    text = column.heading.casefold()
    if "%" in text or "prosen" in text or "persen" in text:
        return True
    signed = column.share(lambda v: str(v).strip().endswith("%")) or 0
    values = column.numbers.dropna()
    fractions = len(values) > 0 and bool(((values > 0) & (values < 1)).mean() > 0.3)
    return signed > 0.5 or (fractions and unit_of(column.heading) is None and values.max() <= 1.0)


def known_headings() -> list[str]:
    """Every heading known in the field, to find header rows by."""
    layers = resources.load("layers")["columns"]
    named = [a for d in layers.values() for a in d.get("aliases", ())]
    return sorted({*layers, *named, *all_parameter_ids()})
