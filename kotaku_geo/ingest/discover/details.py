"""What a source needs beside its columns: units, values, rows to leave out, agency, scale, date."""

import re
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from kotaku_geo import resources
from kotaku_geo.config import layer_columns
from kotaku_geo.ingest import values as cells
from kotaku_geo.ingest.discover.facts import Column, yes_or_no
from kotaku_geo.ingest.discover.mapping import unit_of
from kotaku_geo.ingest.discover.proposal import Entry
from kotaku_geo.ingest.discover.scoring import Subject, areas_m2
from kotaku_geo.ingest.read_table import fold
from kotaku_geo.late import regex
from kotaku_geo.texts import number

AGREES = (0.67, 1.5)  # written over drawn areas, median
AREAS = {"ha": 10_000.0, "km2": 1_000_000.0}
YEAR = regex(r"(?<!\d)(19[89]\d|20[0-4]\d)(?!\d)")
SCALE = regex(r"(?<![a-z0-9])(\d{1,3})k(?![a-z0-9])", re.I)
SAID = {"level": "tingkat", "standing": "tingkat pertimbangan", "condition": "kondisi"}


def fill(entry: Entry, subject: Subject) -> None:
    """Complete an entry that has its layer and columns."""
    _units(entry, subject)
    _values(entry, subject)
    _rows(entry, subject)
    _encoding(entry, subject)
    _origin(entry, subject)
    if entry.layer in ("sk", "sk_tabel", "kawasan") and _gives_level(entry):
        _regulation(entry, subject)
    if entry.layer == "kawasan_lindung" and "jenis" not in entry.columns:
        _kind_of_protected(entry, subject)


def _column(subject: Subject, heading: str) -> Column:
    return next(c for c in subject.columns if c.heading == heading)


def _units(entry: Entry, subject: Subject) -> None:
    """The unit that a heading names; of areas the one that agrees with what is drawn."""
    tables = resources.load("layers")["units"]
    for canonical, heading in entry.columns.items():
        definition = layer_columns(entry.layer)[canonical]
        unit = definition.get("unit")
        if definition["type"] not in ("number", "volume") or unit not in tables:
            continue
        named = unit_of(heading)
        named = named if named in tables[unit] else None
        drawn, told = None, None
        if unit in AREAS and subject.look.kind == "polygon" and subject.degrees is not None:
            drawn, told = _drawn_unit(_column(subject, heading), subject, unit, tables[unit])
        used = drawn or named
        if told:
            entry.why[canonical] += f"; {told}"
        if used and used != unit:
            entry.units[canonical] = used


def _drawn_unit(
    column: Column, subject: Subject, unit: str, table: dict[str, float]
) -> tuple[str | None, str | None]:
    """The one unit in which written areas agree with drawn ones, and the ratio as a sentence."""
    written = column.numbers.to_numpy()
    drawn = np.asarray(areas_m2(subject)) / AREAS[unit]
    both = np.isfinite(written) & (written > 0) & np.isfinite(drawn) & (drawn > 0)
    if both.sum() < 3:
        return None, None
    ratio = float(np.median(written[both] / drawn[both]))
    fitting = [u for u, f in table.items() if AGREES[0] <= ratio * float(f) <= AGREES[1]]
    if len(fitting) == 1:
        shown = number(ratio * float(table[fitting[0]]), 2)
        return fitting[0], f"satuan {fitting[0]}: tertulis/tergambar {shown} kali"
    return None, f"satuannya tidak cocok dengan luas tergambar ({number(ratio, 2)} kali)"


def _values(entry: Entry, subject: Subject) -> None:
    """Words that the vocabularies do not know but that can only mean one thing."""
    definitions = layer_columns(entry.layer)
    for canonical, heading in entry.columns.items():
        column, kind = _column(subject, heading), definitions[canonical]["type"]
        if kind == "yesno":
            _yes_no(entry, canonical, column)
        elif kind in cells_vocabularies():
            words = cells.vocabulary(kind)
            unknown = [t for t in column.texts if not _known(t, words)]
            if unknown:
                entry.notes.append(
                    f"{heading}: kata yang tidak dikenal: {_listed(unknown)}; artikan di `values`"
                )


def cells_vocabularies() -> set[str]:
    """Types of columns whose words are listed in layers.yaml."""
    return {"level", "standing", "sign", "legal", "condition", "hazard"}


def _known(text: str, words: dict[str, str]) -> bool:
    parts = [p for p in re.split(r"[\r\n;/|]+| (?=\S+$)", text) if p.strip()]
    return cells.fold_word(text) in words or all(cells.fold_word(p) in words for p in parts)


def _yes_no(entry: Entry, canonical: str, column: Column) -> None:
    """``values`` where the heading says the opposite, or the words are not of the vocabulary."""
    opposite = {fold(w) for w in resources.load("discovery")["opposite"].get(canonical, ())}
    turned = fold(column.heading.split(" / ")[-1]) in opposite
    words = cells.vocabulary("yesno")
    table: dict[str, str] = {}
    for text in column.texts:
        meaning = yes_or_no(text)
        if meaning is None:
            entry.notes.append(f"{column.heading}: '{text}' bukan ya/tidak; artikan di `values`")
            continue
        if turned:
            table[text] = {"ya": "tidak", "tidak": "ya"}[meaning]
        elif words.get(cells.fold_word(text)) is None:
            table[text] = meaning
    if table:
        entry.values[canonical] = table
    if turned:
        entry.why[canonical] += "; judul kolomnya kebalikan, maka nilainya dibalik"


def _rows(entry: Entry, subject: Subject) -> None:
    """A column that marks rows as decided or only proposed: the proposed are left out."""
    if entry.layer not in ("sk", "sk_tabel"):
        return
    rules = resources.load("discovery")["standing_of_rows"]
    for column in subject.columns:
        if column.heading in entry.columns.values():
            continue
        words = {t: t.casefold() for t in column.texts}
        proposed = [t for t, w in words.items() if w in rules["proposed"]]
        decided = [t for t, w in words.items() if w in rules["decided"]]
        if not proposed or not decided:
            continue
        listed = ", ".join(f"'{_quoted(t)}'" for t in sorted(decided))
        where = f'"{_name(column.heading)}" IN ({listed})'
        if len(proposed) + len(decided) == len(words):
            entry.where = where
            entry.notes.append(
                f"baris dengan {column.heading} {_listed(proposed)} tidak ikut (`where`): "
                "berkas sendiri menyebutnya belum ditetapkan"
            )
        else:
            entry.notes.append(f"periksa kolom {column.heading}; bila perlu: where: {where}")
        return


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _name(heading: str) -> str:
    return heading.replace('"', '""')


def _encoding(entry: Entry, subject: Subject) -> None:
    """The encoding of text that is not UTF-8 and does not say what it is."""
    used = (subject.look.encoding or "UTF-8").upper()
    if used in ("UTF-8", "UTF-16") or subject.look.name.lower().endswith((".tab", ".mif")):
        return
    odd = any(not str(t).isascii() for c in subject.columns for t in [c.heading, *c.texts])
    if odd:
        entry.encoding = "cp1252" if used in ("ISO-8859-1", "LATIN-1", "CP1252") else used
        entry.notes.append(f"teksnya bukan UTF-8; dibaca sebagai {entry.encoding}")


def _origin(entry: Entry, subject: Subject) -> None:
    """Agency, scale and year, as far as names say them."""
    words = [*subject.words, *subject.folders]
    agencies = resources.load("discovery")["agencies"]
    fitting = [a for a, known in agencies.items() if set(known) & set(subject.words)]
    fitting = fitting or [a for a, known in agencies.items() if set(known) & set(words)]
    if len(fitting) == 1:
        entry.agency = fitting[0]
    text = f"{PurePosixPath(subject.look.name).stem} {subject.look.table or ''}"
    scales = {int(n) for n in SCALE.findall(text.replace("_", " ")) if 1 <= int(n) <= 250}
    if len(scales) == 1:
        entry.scale = scales.pop() * 1000
    entry.year = year_of(subject)


def year_of(subject: Subject) -> int | None:
    """The one year that the file's name or its layer's says, else that of its folder."""
    path = PurePosixPath(subject.look.name)
    for text in (f"{path.stem} {subject.look.table or ''}", path.parent.as_posix()):
        years = {int(y) for y in YEAR.findall(text)}
        if len(years) == 1:
            return years.pop()
    return None


def _gives_level(entry: Entry) -> bool:
    return bool({"tingkat", "tingkat_sk", "skor", "skor_sk"} & set(entry.columns))


def _regulation(entry: Entry, subject: Subject) -> None:
    """The regulation under which scores give the levels beside them; unknown where both do."""
    scores = entry.columns.get("skor_sk") or entry.columns.get("skor")
    levels = entry.columns.get("tingkat_sk") or entry.columns.get("tingkat")
    fitting = _fitting_regulations(subject, scores, levels)
    if len(fitting) == 1:
        entry.regulation = fitting[0]
        entry.notes.append(f"skor dan tingkat hanya sejalan menurut {fitting[0]}")
    elif entry.layer in ("sk", "sk_tabel"):
        entry.regulation = "unknown"
        entry.notes.append("peraturan penilaian tidak terbaca dari berkas: `regulation: unknown`")
    elif scores:
        entry.notes.append("skor dianggap menurut peraturan pipeline; periksa `regulation`")


def _fitting_regulations(subject: Subject, scores: str | None, levels: str | None) -> list[str]:
    if scores is None or levels is None:
        return []
    values = _column(subject, scores).numbers
    words = cells.parse_word(subject.look.frame[levels], "level").values
    both = values.notna() & words.notna()
    if both.sum() < 3:
        return []
    fitting = []
    for regulation in ("permen-14-2018", "permen-2-2016"):
        steps = resources.load(f"regulation/{regulation}")["levels"]
        means = values[both].map(lambda v, s=steps: _level(v, s))
        if (means == words[both]).mean() >= 0.95:
            fitting.append(regulation)
    return fitting


def _level(value: float, steps: list[dict[str, Any]]) -> str:
    return next((str(s["level"]) for s in steps if value >= s["from"]), "tidak_kumuh")


def _kind_of_protected(entry: Entry, subject: Subject) -> None:
    """What kind of protected land it is where no column says it: from the file's name."""
    known = resources.load("discovery")["layers"]["kawasan_lindung"]["words"]
    for word in subject.words:
        if word in known and word != "lindung":
            entry.set["jenis"] = f"sempadan {word}" if word in ("sungai", "pantai") else word
            entry.notes.append(f"`jenis` dari nama berkas: {entry.set['jenis']}")
            return


def _listed(texts: list[str]) -> str:
    shown = int(resources.load("discovery")["limits"]["shown"])
    listed = ", ".join(f"'{t[:40]}'" for t in texts[:shown])
    return listed + (f" dan {len(texts) - shown} lagi" if len(texts) > shown else "")
