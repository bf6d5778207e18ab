"""How each verdict and each susunan is planted: shapes of kawasan and of SK locations.

Every recipe works inside the outline of its own cells, so that groups never touch each other.
Changes are at least 15 m wide where they have to be seen, and under 1.5 m where they are noise;
the boundary tolerance of the sample's sources (0.5 m and 2.5 m) is 3.8 m.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample.shapes import (
    ShapeError,
    aligned_iou,
    cut,
    inset,
    iou,
    largest,
    longest_axis,
    polygonal,
    redrawn,
    shifted,
)

EDGE = 3.0
"""Delineations stay this far (m) from the border of their cells, where the streets are."""
ROOM = 24.0
"""The same where the other outline needs room to lie elsewhere."""


@dataclass
class Ground:
    """The cells a recipe may use: their numbers, polygons and common outline."""

    rng: np.random.Generator
    cells: list[int]
    polygons: list[Geometry]
    outline: Geometry


@dataclass
class Shapes:
    """Outlines of kawasan with their cells, and of SK locations (None: no polygon)."""

    kawasan: list[tuple[Geometry, list[int]]] = field(default_factory=list)
    sk: list[Geometry | None] = field(default_factory=list)


Builder = Callable[[Ground], Shapes]


@dataclass(frozen=True)
class Recipe:
    """One planted relation: what it needs, how it is made and what must be found."""

    key: str
    build: Builder
    cells: int
    verdict: str
    susunan: str = "tetap"
    level: str = "ringan"
    place: str = "surveyed"
    """surveyed, unsurveyed, open (no RT), beside (an RT and open land), border (two kelurahan)."""
    calm: bool = False
    """Keep planted disagreements and broken cells out of its RTs."""


def _same(ground: Ground) -> Shapes:
    outline = inset(ground.outline, EDGE)
    return Shapes([(outline, ground.cells)], [outline])


def _noise(ground: Ground) -> Shapes:
    outline = inset(ground.outline, EDGE + 3)
    return Shapes([(outline, ground.cells)], [redrawn(ground.rng, outline, 1.2)])


def _moved(ground: Ground) -> Shapes:
    outline = inset(ground.outline, ROOM)
    start = ground.rng.uniform(0, 2 * math.pi)
    for step in np.arange(12) * math.pi / 6:
        other = shifted(outline, start + step, 19.0)
        if 0.4 < iou(outline, other) < 0.84 and ground.outline.contains(other.buffer(1)):
            return Shapes([(outline, ground.cells)], [other])
    raise ShapeError("no room to move")


def _grown(ground: Ground) -> Shapes:
    outline = inset(ground.outline, EDGE)
    part, _ = cut(outline, longest_axis(outline), 0.66)
    return Shapes([(outline, ground.cells)], [inset(part, 0.0)])


def _shrunk(ground: Ground) -> Shapes:
    outline = inset(ground.outline, EDGE)
    part, _ = cut(outline, longest_axis(outline) + math.pi / 2, 0.7)
    return Shapes([(inset(part, 0.0), ground.cells)], [outline])


def _reshaped(ground: Ground) -> Shapes:
    outline = inset(ground.outline, ROOM)
    for share in (0.45, 0.4, 0.35, 0.3):
        part, _ = cut(outline, longest_axis(outline), share)
        wide = inset(part, 0.0).buffer(15.0, join_style="mitre", mitre_limit=1.5)
        other = polygonal(wide.intersection(inset(ground.outline, EDGE)))
        ratio = outline.area / other.area
        unlike = ratio > 1.35 or aligned_iou(outline, other) < 0.7
        if unlike and iou(outline, other) > 0.25:
            return Shapes([(outline, ground.cells)], [other])
    raise ShapeError("too like a shift")


def _tiny(ground: Ground) -> Shapes:
    decree = inset(ground.outline, EDGE)
    room = inset(ground.polygons[0], ROOM)
    share = 0.13 * decree.area / room.area
    if share > 0.9:
        raise ShapeError("cell too small")
    part, _ = cut(room, ground.rng.uniform(0, math.pi), share)
    return Shapes([(inset(part, 0.0), ground.cells[:1])], [decree])


def _baseline_only(ground: Ground) -> Shapes:
    return Shapes([(inset(ground.outline, EDGE), ground.cells)], [])


def _table(ground: Ground) -> Shapes:
    return Shapes([(inset(ground.outline, EDGE), ground.cells)], [None])


def _table_only(ground: Ground) -> Shapes:
    return Shapes([], [None])


def _decree_only(ground: Ground) -> Shapes:
    return Shapes([], [inset(ground.outline, 9.0)])


def _halves(ground: Ground, outline: Geometry) -> list[tuple[Geometry, list[int]]]:
    parts = [polygonal(outline.intersection(cell)) for cell in ground.polygons]
    return [(part, [cell]) for part, cell in zip(parts, ground.cells, strict=True)]


def _split(ground: Ground) -> Shapes:
    outline = inset(ground.outline, EDGE)
    return Shapes(_halves(ground, outline), [outline])


def _merged(ground: Ground) -> Shapes:
    """Two SK locations that overlap each other by a strip: overlap inside a side counts once."""
    outline = inset(ground.outline, EDGE)
    axis = longest_axis(outline)
    one, _ = cut(outline, axis, 0.56)
    _, other = cut(outline, axis, 0.51)
    return Shapes([(outline, ground.cells)], [inset(one, 0.0), inset(other, 0.0)])


def _mixed(ground: Ground) -> Shapes:
    """Kawasan cut one way, SK locations cut the other way: every pair but one is related."""
    outline = inset(ground.outline, EDGE)
    kawasan = _halves(ground, outline)
    towards = shapely.get_coordinates(shapely.centroid(np.array([k for k, _ in kawasan])))
    axis = math.atan2(*(towards[1] - towards[0])[::-1])
    for turn in (math.pi / 2, -math.pi / 2):
        one, other = cut(outline, axis + turn, 0.62)
        shapes = Shapes(kawasan, [inset(one, 0.0), inset(other, 0.0)])
        if _one_piece(shapes) and _linked(shapes):
            return shapes
    raise ShapeError("the four pieces do not hang together")


def _one_piece(shapes: Shapes) -> bool:
    outlines = [k for k, _ in shapes.kawasan] + [s for s in shapes.sk if s is not None]
    return all(outline.geom_type == "Polygon" for outline in outlines)


def _linked(shapes: Shapes) -> bool:
    """At least three of the four pairs overlap by clearly more than half of the smaller."""
    shares = [
        outline.intersection(decree).area / min(outline.area, decree.area)
        for outline, _ in shapes.kawasan
        for decree in shapes.sk
        if decree is not None
    ]
    doubtful = any(0.46 < share < 0.54 for share in shares)
    return not doubtful and sum(share > 0.5 for share in shares) >= 3


def _between(outline: Geometry, axis: float, low: float, high: float) -> Geometry:
    """The slice of an outline between two shares of its area along `axis`."""
    upper = cut(outline, axis, high)[0] if high < 1 else outline
    return cut(outline, axis, low)[1].intersection(upper) if low > 0 else upper


def _mixed_far(ground: Ground) -> Shapes:
    """A large and a small one on either side, crosswise: nobody can say what became of the SK."""
    outline = inset(ground.outline, EDGE)
    near, far = ground.polygons
    centres = shapely.get_coordinates(shapely.centroid(np.array([near, far])))
    axis = math.atan2(*(centres[1] - centres[0])[::-1])
    large = largest(_between(outline, axis, 0.53, 0.87).intersection(far))
    small = largest(_between(outline, axis, 0.0, 0.09).intersection(near))
    decree = largest(_between(outline, axis, 0.0, 0.72))
    corner = largest(_between(outline, axis, 0.79, 0.87).intersection(far))
    shapes = Shapes([(large, ground.cells[1:]), (small, ground.cells[:1])], [decree, corner])
    if not _linked(shapes):
        raise ShapeError("the four pieces do not hang together")
    return shapes


def _uncovered(ground: Ground) -> Shapes:
    """A kawasan that reaches some 25 m into land that belongs to no RT."""
    rt, beside = ground.polygons
    strip = polygonal(beside.intersection(rt.buffer(28.0)))
    outline = inset(polygonal(rt.union(strip)), EDGE)
    return Shapes([(outline, ground.cells[:1])], [outline])


PLANTED = (
    Recipe("besar", _same, 6, "sesuai", level="sedang"),
    Recipe("campuran", _mixed, 2, "sesuai", "campuran"),
    Recipe("campuran_jauh", _mixed_far, 2, "perlu_tinjau", "campuran"),
    Recipe("lintas", _same, 2, "sesuai", place="border"),
    Recipe("tanpa_deliniasi_rt", _same, 1, "sesuai", place="open"),
    Recipe("tak_tercakup", _uncovered, 2, "sesuai", place="beside"),
    Recipe("sama", _same, 2, "sesuai"),
    Recipe("derau", _noise, 1, "sesuai", level="berat"),
    Recipe("geser", _moved, 2, "bergeser"),
    Recipe("luas", _grown, 2, "meluas", level="sedang"),
    Recipe("susut", _shrunk, 2, "menyusut"),
    Recipe("bentuk", _reshaped, 2, "berubah_bentuk"),
    Recipe("serpih", _tiny, 2, "perlu_tinjau"),
    Recipe("pecah", _split, 2, "sesuai", "pecah"),
    Recipe("gabung", _merged, 2, "sesuai", "gabung"),
    Recipe("tidak_kumuh_sk", _same, 2, "sesuai", level="tidak_kumuh", calm=True),
    Recipe("tidak_kumuh_baru", _baseline_only, 2, "tidak_ada_di_sk", "", "tidak_kumuh", calm=True),
    Recipe("nama_lain", _noise, 1, "perlu_tinjau"),
    Recipe("nama_asli", _baseline_only, 1, "tidak_ada_di_sk", ""),
    Recipe("tingkat_ragu", _same, 1, "sesuai", level="ragu", calm=True),
    Recipe("tanpa_data", _same, 1, "sesuai", calm=True),
    Recipe("tabel_sama", _table, 1, "sesuai"),
    Recipe("tabel_luas", _table, 1, "meluas"),
    Recipe("tabel_susut", _table, 1, "menyusut"),
    Recipe("sk_saja", _decree_only, 1, "tidak_ada_di_baseline", ""),
    Recipe("sk_fakta", _decree_only, 1, "tidak_ada_di_baseline", "", place="unsurveyed", calm=True),
    Recipe("sk_luar", _decree_only, 1, "belum_terdata", "", place="unsurveyed"),
    Recipe("sk_tabel_saja", _table_only, 1, "belum_terdata", "", place="unsurveyed"),
)
"""Each of these is in every sample."""

FILLERS = (
    Recipe("sama", _same, 3, "sesuai"),
    Recipe("sama", _same, 2, "sesuai", level="sedang"),
    Recipe("derau", _noise, 3, "sesuai"),
    Recipe("luas", _grown, 2, "meluas"),
    Recipe("susut", _shrunk, 3, "menyusut"),
    Recipe("geser", _moved, 2, "bergeser"),
    Recipe("baru", _baseline_only, 2, "tidak_ada_di_sk", ""),
    Recipe("pecah", _split, 3, "sesuai", "pecah"),
    Recipe("bentuk", _reshaped, 2, "berubah_bentuk", level="sedang"),
    Recipe("tabel_sama", _table, 2, "sesuai"),
    Recipe("sama", _same, 1, "sesuai", level="berat"),
    Recipe("gabung", _merged, 3, "sesuai", "gabung"),
)
"""With these the larger samples are filled up to their number of kawasan."""

LARGE = Recipe("besar", _same, 9, "sesuai")
"""More than 15 ha: a matter of the national government. Only in the larger samples."""
