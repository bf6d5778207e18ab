"""`init`: from a folder of delivered files to a proposed pipeline file, with its evidence."""

from collections.abc import Callable
from pathlib import Path

from kotaku_geo.errors import InputError
from kotaku_geo.ingest.discover import copies
from kotaku_geo.ingest.discover.city import guess_city
from kotaku_geo.ingest.discover.crs import Position, middle_box, position
from kotaku_geo.ingest.discover.decide import decide
from kotaku_geo.ingest.discover.facts import Places
from kotaku_geo.ingest.discover.finish import finish
from kotaku_geo.ingest.discover.look import Budget, Look, look
from kotaku_geo.ingest.discover.mapping import columns_of, known_headings
from kotaku_geo.ingest.discover.places import names_in
from kotaku_geo.ingest.discover.proposal import Proposal
from kotaku_geo.ingest.discover.scoring import Subject
from kotaku_geo.ingest.discover.settled import settle
from kotaku_geo.ingest.discover.walk import Left, walk

__all__ = ["Proposal", "propose"]


def propose(drop: Path, say: Callable[[str], None] = lambda line: None) -> Proposal:
    """Look through a folder of delivered files and propose a source for each that fits a layer.

    Nothing is guessed: what is not clear stays in the proposal as an open entry with its
    candidates. The same folder gives the same proposal.

    Raises:
        InputError: the folder is not there, or nothing in it fits a layer.
    """
    if not drop.is_dir():
        raise InputError(f"{drop}: folder kiriman tidak ditemukan")
    walked = walk(drop)
    headings = known_headings()
    looks: list[Look] = []
    left = list(walked.left)
    budget = Budget.fresh()
    for file in walked.files:
        say(f"init: {file.name}")
        for seen in look(file, headings, budget):
            if isinstance(seen, Left):
                left.append(seen)
            elif not len(seen.frame) and seen.kind != "raster":
                left.append(Left(seen.label, "tidak berisi satu baris pun"))
            else:
                looks.append(seen)
    subjects, positions, box = _placed(looks)
    pairs = list(zip(subjects, positions, strict=True))
    entries, unfit = decide(pairs)
    by_label = {(s.look.name, s.look.table): (s, p) for s, p in pairs}
    keys = [copies.content_key(e, *by_label[e.name, e.table], drop) for e in entries]
    copies.set_copies_aside(entries, keys)
    city = guess_city(drop, subjects, entries, box)
    entries = finish(copies.gather(entries, drop), drop)
    left = sorted([*left, *unfit], key=lambda x: (x.path.casefold(), x.path))
    proposal = Proposal(city, entries, left)
    settle(proposal, {label: subject.look for label, (subject, _) in by_label.items()}, drop)
    return proposal


def _placed(
    looks: list[Look],
) -> tuple[list[Subject], list[Position], tuple[float, float, float, float] | None]:
    """Columns and positions of all files: first what stands alone, then beside the rest."""
    first = [position(seen, None) for seen in looks]
    alone = [
        Subject(s, columns_of(s, Places()), p.degrees) for s, p in zip(looks, first, strict=True)
    ]
    places, kelurahan = names_in(alone)
    boxes = [p.box for i, p in enumerate(first) if i in kelurahan] or [p.box for p in first]
    box = middle_box([b for b in boxes if b is not None])
    positions = [
        p if p.degrees is not None or s.kind == "none" else position(s, box)
        for s, p in zip(looks, first, strict=True)
    ]
    subjects = [
        Subject(s, columns_of(s, places), p.degrees) for s, p in zip(looks, positions, strict=True)
    ]
    return subjects, positions, box
