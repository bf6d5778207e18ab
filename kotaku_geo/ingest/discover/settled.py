"""Files whose own CRS the pipeline would refuse, as others fit too: `crs` is written for them.

What is proposed runs as it stands so; the evidence stands beside it, for whoever knows better.
"""

from pathlib import Path

import numpy as np
import yaml

from kotaku_geo.config import Pipeline, Source
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.ingest.columns import map_columns, typed_columns
from kotaku_geo.ingest.discover.crs import shapes_of
from kotaku_geo.ingest.discover.look import Look
from kotaku_geo.ingest.discover.proposal import Entry, Proposal
from kotaku_geo.ingest.discover.write import as_text
from kotaku_geo.ingest.placing import Placed, place
from kotaku_geo.ingest.raw import RawLayer
from kotaku_geo.ingest.readings import Words
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.ingest.whose import words_of

Looks = dict[tuple[str, str | None], Look]
OWN_WORD = "kata berkas sendiri; lihat catatan di atas"


def settle(proposal: Proposal, looks: Looks, drop: Path) -> None:
    """Write `crs` where the pipeline needs it; the kelurahan come first and tell the others."""
    ground = [e for e in proposal.live if e.layer == "kelurahan"]
    for entries in (ground, [e for e in proposal.live if e not in ground]):
        if not proposal.live:
            return
        pipeline = Pipeline.model_validate(yaml.safe_load(as_text(proposal, str(drop))))
        sources = {s.id: s for s in pipeline.sources}
        for entry in entries:
            seen = [looks[name, entry.table] for name in entry.files]
            if entry.crs is None and entry.kind != "none":
                where = Whereabouts.of(pipeline, drop, entry.id)
                _settle(entry, seen, sources[entry.id], pipeline, where)


def _settle(
    entry: Entry, seen: list[Look], source: Source, pipeline: Pipeline, where: Whereabouts
) -> None:
    """One source; its files are judged as the pipeline will, and then by the word of `crs`."""
    doubtful = [s for s in seen if _is_unclear(_placed(s, None, source, pipeline, where))]
    if not doubtful:
        return
    stated = _placed(doubtful[0], doubtful[0].crs, source, pipeline, where)
    if stated is None or stated.refused or stated.outvoted or len({s.crs for s in seen}) > 1:
        entry.live = False
        entry.notes.insert(0, f"{_said(doubtful[0], stated)}; isi `crs`, lalu buka barisnya")
        return
    entry.crs, entry.why["crs"] = doubtful[0].crs, OWN_WORD
    entry.notes.append(
        f"{_said(doubtful[0], stated)}; tidak ada yang membedakannya, maka `crs` menyatakan kata "
        "berkas sendiri: periksa letaknya di atas citra"
    )


def _is_unclear(placed: Placed | None) -> bool:
    return placed is not None and "crs.ambiguous" in placed.rules


def _said(look: Look, placed: Placed | None) -> str:
    """What the file says, and what fits too; of files that differ, only that."""
    said = f"berkas menyebut {look.crs}"
    if placed is None or "daftar" not in placed.params:
        return said
    how = "yang lebih cocok" if placed.outvoted else "yang juga cocok"
    return (
        f"{said}; menurut {placed.params['dasar']}, {how} (dan jaraknya): {placed.params['daftar']}"
    )


def _placed(
    look: Look, stated: str | None, source: Source, pipeline: Pipeline, where: Whereabouts
) -> Placed | None:
    """How the pipeline would take a file that states a CRS; None for one that states none."""
    shapes = shapes_of(look)
    if shapes is None or look.crs is None:
        return None
    grid = look.kind == "raster"
    words = None if grid else _words(look, source, pipeline)
    return place(shapes, look.crs, stated, where, grid=grid, words=words)


def _words(look: Look, source: Source, pipeline: Pipeline) -> Words | None:
    """What its records say of their kelurahan; None where the mapping is still to be mended."""
    rows = np.arange(len(look.frame), dtype=np.int64)
    raw = RawLayer(look.name, look.frame, look.geometry, rows, len(rows), look.crs)
    try:
        mapping = map_columns(source, raw)
    except PipelineFileError:  # told when the source itself is read
        return None
    frame, _ = typed_columns(source, raw, mapping, pipeline)
    return words_of(source, raw, frame, pipeline.city.code)
