"""From scored layers to entries: one layer clearly ahead is taken, all else is left open."""

from kotaku_geo import resources
from kotaku_geo.ingest.discover import slum
from kotaku_geo.ingest.discover.crs import Position
from kotaku_geo.ingest.discover.details import fill
from kotaku_geo.ingest.discover.proposal import Entry
from kotaku_geo.ingest.discover.scoring import Scored, Subject, score
from kotaku_geo.ingest.discover.walk import Left
from kotaku_geo.texts import number

KINDS = {"point": "titik", "line": "garis", "polygon": "poligon", "none": "baris",
         "raster": "piksel"}  # fmt: skip
WORTH_NAMING = 1.5  # points below which a layer is no candidate at all


def decide(subjects: list[tuple[Subject, Position]]) -> tuple[list[Entry], list[Left]]:
    """An entry for every file that fits a layer or may fit several; the rest with the reason."""
    scores = [score(subject) for subject, _ in subjects]
    slums = {
        i: (subjects[i][0], found)
        for i, found in enumerate(scores)
        if found and found[0].layer in slum.SLUM and _leads(found, pair=True)
    }
    told = slum.told_apart(slums)
    entries: list[Entry] = []
    left: list[Left] = []
    for i, ((subject, where), found) in enumerate(zip(subjects, scores, strict=True)):
        covers = _coverage(subject)
        if covers:
            left.append(covers)
        elif not found or found[0].points < WORTH_NAMING:
            left.append(Left(subject.look.label, _unfit(subject)))
        else:
            layer, note = told.get(i, (found[0].layer, None))
            entry = _entry(subject, where, found, layer)
            if note:
                entry.notes.append(note)
                entry.confidence = "rendah"
            _open_where_unsure(entry, found, i in told)
            entries.append(entry)
    return entries, left


def _leads(found: list[Scored], pair: bool = False) -> bool:
    """Whether the likeliest layer has enough points and is clearly ahead of the next."""
    rules = resources.load("discovery")["deciding"]
    if found[0].points < rules["least"]:
        return False
    rivals = [f for f in found[1:] if not (pair and f.layer in slum.SLUM)]
    return not rivals or found[0].points - rivals[0].points >= rules["margin"]


def _confidence(found: list[Scored], pair: bool) -> str:
    rules = resources.load("discovery")["deciding"]
    rivals = [f.points for f in found[1:] if not (pair and f.layer in slum.SLUM)]
    lead = found[0].points - max(rivals, default=0.0)
    sure = found[0].points >= rules["sure"] and lead >= rules["sure_margin"]
    return "tinggi" if sure else "sedang"


def _open_where_unsure(entry: Entry, found: list[Scored], pair: bool) -> None:
    if not _leads(found, pair):
        entry.live = False
        entry.confidence = "rendah"
        entry.notes.insert(0, "tidak cukup jelas layer apa; pilih satu dari calon, lalu buka baris")
    elif entry.crs_used is None and entry.kind not in ("none",):
        entry.live = False
        entry.notes.insert(0, "isi `crs`, lalu buka barisnya")
    elif entry.confidence != "rendah":
        entry.confidence = _confidence(found, pair)


def _entry(subject: Subject, where: Position, found: list[Scored], layer: str) -> Entry:
    look = subject.look
    chosen = next((f for f in found if f.layer == layer), found[0])
    mapping = chosen.mapping
    entry = Entry(
        name=look.name,
        layer=chosen.layer,
        kind=look.kind,
        path=look.name,
        table=look.table,
        crs=where.crs if where.write else None,
        crs_used=where.crs,
        columns=mapping.columns,
        why={c.canonical: c.why for c in mapping.chosen.values()},
        open={k: [c.heading for c in v] for k, v in mapping.open.items()},
        set=dict(chosen.set),
        candidates=[(f.layer, f.points) for f in found if f.points >= WORTH_NAMING][:3],
        points=chosen.points,
        evidence=list(dict.fromkeys(chosen.signs)),
        seen=_seen(subject, where),
        files=[look.name],
    )
    if where.note:
        entry.notes.append(where.note)
    if where.candidates:
        entry.notes.append("calon sistem koordinat: " + ", ".join(where.candidates))
    fill(entry, subject)
    return entry


def _seen(subject: Subject, where: Position) -> str:
    """``52 poligon, EPSG:4326``: what the file was seen to hold."""
    look = subject.look
    counted = "baris belum dihitung" if look.rows is None else number(look.rows, 0)
    parts = [f"{counted} {KINDS[look.kind]}"]
    if look.kind != "none":
        stated = look.crs if look.crs is None or look.crs.startswith("EPSG") else "CRS dalam WKT"
        parts.append(
            f"{where.crs or 'CRS tidak diketahui'}" + ("" if stated else " (tidak tertulis)")
        )
    if look.encoding:
        parts.append(look.encoding)
    return ", ".join(parts)


def _coverage(subject: Subject) -> Left | None:
    """A polygon of where somebody looked is no layer: it goes into `coverage` of a source."""
    words = set(resources.load("discovery")["coverage_words"])
    if subject.look.kind != "polygon" or not words & set(subject.words):
        return None
    return Left(
        subject.look.label,
        "tampaknya poligon cakupan pendataan, bukan layer; tulis `coverage: "
        f"{subject.look.name}` pada sumber yang pendataannya sampai di situ",
    )


def _unfit(subject: Subject) -> str:
    look = subject.look
    if look.kind == "none" and len(look.frame.columns) < 2:
        return "bukan tabel data"
    headings = ", ".join(c.heading for c in subject.columns[:6]) or "tidak ada kolom yang berisi"
    return f"tidak cocok dengan layer mana pun ({KINDS[look.kind]}; kolom: {headings})"
