"""The chosen outlines of a layer as one coverage: mended where noise explains the misfit.

Where polygons overlap or leave gaps is told before and after; what stays as it was is a finding.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Geometries,
    Ints,
    Objects,
    codes_in,
    records,
    source_rank,
    typed,
)
from kotaku_geo.findings import FindingBook
from kotaku_geo.frames import draw, undrawn
from kotaku_geo.geo import fitting, parallel, planar, seams
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.grouping import collected, polygonal
from kotaku_geo.late import record
from kotaku_geo.texts import number

GAP, OVERLAP = "celah", "tumpang_tindih"
BEFORE, AFTER = "sebelum", "sesudah"
SEAMS = {
    "lapisan": "str", "kind": "str", "tahap": "str", "subjects": "str", "source_id": "str",
    "lebar_m": "float64", "serpih": "bool", "luas_ha": "float64",
}  # fmt: skip
_DUST_HA = 1e-6  # what rounding leaves is no seam to show
_WHY = {
    planar.EMPTY: "poligon akan hilang",
    planar.PARTS: "poligon akan terpecah",
    planar.AREA: "luas akan berubah lebih dari toleransi x keliling",
    planar.SHIFT: "batas akan bergeser lebih dari toleransi",
    planar.FAILED: "geometri tidak dapat dihitung",
    planar.UNSTABLE: "hasil tidak menetap",
    planar.UNFITTED: "celah atau tumpang tindih sempit tidak dapat dirapikan",
    planar.BESIDE: "perapian tetangganya ditolak",
}


@record
class Coverage:
    """Outlines that should fit together, as arrays that a thread may have to itself.

    Attributes:
        kind: kelurahan or rt.
        keys, sources: whose outline each is, and who drew it, object arrays (n,).
        rank: authority of who drew it, 0 the highest.
        shapes: the outlines.
        others: outlines of the layer that are left out, for they matter to nothing; a gap that one
            of them fills is none.
        crs: of all.
    """

    kind: str
    keys: Objects
    sources: Objects
    rank: Ints
    shapes: Geometries
    others: Geometries
    crs: Any

    def alike(self, other: "Coverage") -> bool:
        """Whether another coverage is mended in the same way."""
        return (
            self.kind == other.kind
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.rank, other.rank)
            and _identical(self.shapes, other.shapes)
        )


@record
class Mended:
    """A coverage and what became of it.

    Attributes:
        coverage: as it was.
        shapes: the outlines that stand.
        changed, refused: as in `kotaku_geo.geo.planar.Repaired`.
        seams: rows of ``consolidate/planar``.
    """

    coverage: Coverage
    shapes: Geometries
    changed: Bools
    refused: Objects
    seams: gpd.GeoDataFrame


def coverage(
    chosen: gpd.GeoDataFrame, pipeline: Pipeline, kind: str, keys: set[str] | None = None
) -> Coverage:
    """The outlines of ``chosen`` (key, source_id, geometry), or of some keys alone."""
    shapes, every = chosen.geometry.to_numpy(), chosen["key"].to_numpy(dtype=object)
    some = np.fromiter((keys is None or key in keys for key in every), bool, len(every))
    return Coverage(
        kind, every[some], chosen["source_id"].to_numpy(dtype=object)[some],
        source_rank(pipeline, chosen["source_id"], f"batas.{kind}")[some],
        shapes[some], shapes[~some], chosen.crs,
    )  # fmt: skip


@record
class Mender:
    """Mends coverages beside the rest of the stage, each but once.

    Attributes:
        pipeline, workers: as of `mend`.
        begun: coverages, and what waits for each.
    """

    pipeline: Pipeline
    workers: int
    begun: list[tuple[Coverage, Callable[[], Mended]]] = field(default_factory=list)

    def begin(self, layer: Coverage) -> Callable[[], Mended]:
        """Begin to mend a coverage, as `mend` does; gives what waits for it."""
        for known, waiting in self.begun:
            if known.alike(layer) and _identical(known.others, layer.others):
                return waiting
        work = parallel.begin(lambda: mend(layer, self.pipeline, self.workers), self.workers)
        waiting = cache(work)
        self.begun.append((layer, waiting))
        return waiting

    def shapes(self, layer: Coverage) -> Mended:
        """A coverage mended, without its seams where it was not mended before."""
        waiting = next((w for known, w in self.begun if known.alike(layer)), None)
        return repaired(layer, self.pipeline, self.workers) if waiting is None else waiting()


def repaired(
    layer: Coverage, pipeline: Pipeline, workers: int, askew: Bools | None = None
) -> Mended:
    """As `mend`, without telling where the outlines do not fit; ``askew``: of the layer."""
    within = fitting.Distances(*pipeline.policy.planar.of(layer.kind))
    done = planar.repair(layer.shapes, layer.rank, within, suspect=askew, workers=workers)
    return Mended(layer, done.geometry, done.changed, done.refused, table([], layer.crs))


def mend(layer: Coverage, pipeline: Pipeline, workers: int) -> Mended:
    """Mend a coverage within the distances of ``policy.planar``.

    Edges move by no more than ``gap_m``; vertices closer than ``snap_m`` are brought together.
    """
    _, gap_m = pipeline.policy.planar.of(layer.kind)
    uneven = seams.askew(layer.shapes)
    gaps = seams.gaps(layer.shapes, uneven)
    suspect = seams.suspect(layer.shapes, gap_m, uneven=uneven, enclosed=gaps)
    done = repaired(layer, pipeline, workers, suspect)
    before = _seams(layer, layer.shapes, BEFORE, gap_m, (uneven, gaps))
    after = before.assign(tahap=AFTER)
    if done.changed.any():
        still = seams.askew(done.shapes)
        left = seams.gaps(done.shapes, still)
        after = _seams(layer, done.shapes, AFTER, gap_m, (still, left))
    return replace(done, seams=table([before, after], layer.crs))


def table(parts: Sequence[gpd.GeoDataFrame], crs: Any) -> gpd.GeoDataFrame:
    """``consolidate/planar``: where coverages do not fit, before and after; in stable order."""
    full = [part for part in parts if len(part)]
    every = pd.concat(full or [pd.DataFrame(columns=[*SEAMS, "geometry"])], ignore_index=True)
    code = np.asarray(shapely.to_wkb(every["geometry"].to_numpy(dtype=object)), dtype=object)
    every = every.assign(code=code).sort_values(
        ["lapisan", "tahap", "kind", "subjects", "luas_ha", "code"], ignore_index=True
    )
    return draw(typed(every, SEAMS), every["geometry"].to_numpy(dtype=object), crs)


def redrawn(units: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, mended: Mended) -> gpd.GeoDataFrame:
    """Units (id_rt, kawasan, luas_gambar_ha, geometry) with the outlines that were mended.

    An RT of a kawasan is drawn within it, as before.
    """
    place = codes_in(units["id_rt"], pd.Series(mended.coverage.keys, dtype=object))
    shapes = units.geometry.to_numpy().copy()
    rows = (place >= 0) & mended.changed[place] if len(mended.changed) else place >= 0
    rows &= ~shapely.is_missing(shapes)
    if not rows.any():
        return units
    new, member = mended.shapes[place[rows]], units["kawasan"].to_numpy(dtype=np.int64)[rows]
    inside = member >= 0
    new[inside] = polygonal(
        shapely.intersection(new[inside], areas.geometry.to_numpy()[member[inside]])
    )
    new[shapely.is_empty(new)] = None
    shapes[rows] = new
    hectares: Floats = units["luas_gambar_ha"].to_numpy(dtype=float).copy()
    area = geodesic_ha(new, units.crs)
    hectares[rows] = np.where(area > 0, area, np.nan)
    columns = undrawn(units).assign(luas_gambar_ha=hectares)
    return draw(columns, shapes, units.crs)


def report(mended: Mended, findings: FindingBook) -> None:
    """What was mended in all, and one finding for each repair that was refused."""
    layer = mended.coverage
    total = mended.seams.groupby(["tahap", "kind"])["luas_ha"].sum()
    if mended.changed.any():
        sums: dict[str, Any] = {
            f"{kind}_{stage}": number(float(total.get((stage, kind), 0.0)), 4)
            for kind in (GAP, OVERLAP)
            for stage in (BEFORE, AFTER)
        }
        count = number(int(mended.changed.sum()), 0)
        findings.add(
            "planar.repaired", key=layer.kind, value=count, action="repaired", jumlah=count,
            lapisan=layer.kind, **sums,
        )  # fmt: skip
    for i in np.flatnonzero(mended.refused != None):  # noqa: E711 (element by element)
        findings.add(
            "planar.refused", subject=layer.keys[i], key=f"{layer.kind}|{layer.keys[i]}",
            source_id=layer.sources[i], value=_WHY[mended.refused[i]], geometry=mended.shapes[i],
            objek=f"{layer.kind} {layer.keys[i]}", sebab=_WHY[mended.refused[i]],
        )  # fmt: skip
    _report_kept(mended, findings)


def _report_kept(mended: Mended, findings: FindingBook) -> None:
    """Overlaps and gaps that are too wide to be noise: they stay.

    Between outlines of several sources nobody drew them: they came of choosing one for each side,
    and are for those to settle who chose.
    """
    kind = mended.coverage.kind
    left = mended.seams[(mended.seams["tahap"] == AFTER) & ~mended.seams["serpih"]]
    apart = left["source_id"].str.contains(";", regex=False).to_numpy(dtype=bool)
    _report_apart(left[apart], kind, findings)
    left = left[~apart]
    for row, shape in _by_pair(left[left["kind"] == OVERLAP]):
        one, other = row.subjects.split(";")
        findings.add(
            "planar.overlap-kept", subject=one, key=f"{kind}|{row.subjects}", geometry=shape,
            value=number(row.luas, 4), objek=f"{kind} {one}", lain=f"{other} ({row.sources})",
            luas=number(row.luas, 4), lebar=number(row.lebar, 1),
        )  # fmt: skip
    gaps = left[left["kind"] == GAP]
    for row, shape in zip(records(undrawn(gaps)), gaps.geometry.to_numpy(), strict=True):
        beside = row.subjects.split(";")
        findings.add(
            "planar.gap-kept", subject=beside[0], key=f"{kind}|{row.subjects}", geometry=shape,
            value=number(row.luas_ha, 4), objek=f"{kind} {', '.join(beside)}",
            luas=number(row.luas_ha, 4), lebar=number(row.lebar_m, 1),
        )  # fmt: skip


def _report_apart(left: gpd.GeoDataFrame, kind: str, findings: FindingBook) -> None:
    for what in (GAP, OVERLAP):
        for row, shape in _by_pair(left[left["kind"] == what]):
            beside = row.subjects.split(";")
            findings.add(
                "planar.sources-apart", subject=beside[0], geometry=shape,
                key=f"{kind}|{what}|{row.subjects}", value=number(row.luas, 4),
                objek=f"{kind} {', '.join(beside)}", sumber=row.sources.replace(";", ", "),
                jenis=what.replace("_", " "), luas=number(row.luas, 4),
                lebar=number(row.lebar, 1),
            )  # fmt: skip


def _by_pair(seams_left: gpd.GeoDataFrame) -> Iterator[tuple[Any, shapely.Geometry]]:
    """The pieces between the same outlines together: subjects, luas, lebar, sources; geometry."""
    code, pairs = pd.factorize(seams_left["subjects"], sort=True)
    shapes = collected(seams_left.geometry.to_numpy(), code, len(pairs))  # sorted by subjects
    groups = seams_left.groupby("subjects", sort=True).agg(
        luas=("luas_ha", "sum"), lebar=("lebar_m", "max"), sources=("source_id", "first")
    )
    return zip(records(groups.reset_index()), shapes, strict=True)


def _seams(
    layer: Coverage,
    shapes: Geometries,
    stage: str,
    tolerance: float,
    misfit: tuple[Bools, Geometries],
) -> gpd.GeoDataFrame:
    """Overlaps and gaps of outlines; where most of a layer is left out only narrow gaps are."""
    uneven, gaps = misfit
    askew = np.flatnonzero(uneven)
    found = seams.overlaps(shapes[askew])
    left, right = askew[found.left], askew[found.right]
    if len(layer.others):
        gaps = _unfilled(gaps[~seams.wider(gaps, tolerance)], layer.others)
    gap, beside = seams.neighbours(gaps, shapes)
    every = np.concatenate([np.column_stack([left, right]).ravel(), beside])
    owner = np.concatenate([np.repeat(np.arange(len(left)), 2), len(left) + gap])
    geometry = np.concatenate([found.geometry, gaps])
    frame = pd.DataFrame(
        {
            "lapisan": layer.kind,
            "kind": [OVERLAP] * len(left) + [GAP] * len(gaps),
            "tahap": stage,
            "subjects": _joined(layer.keys[every], owner, len(geometry)),
            "source_id": _joined(layer.sources[every], owner, len(geometry)),
            "lebar_m": seams.widths(geometry).round(2),
            "serpih": ~seams.wider(geometry, tolerance * seams.SLACK),
            "luas_ha": geodesic_ha(geometry, layer.crs),
        }
    )
    frame = draw(frame, geometry, layer.crs)
    return frame[frame["luas_ha"] >= _DUST_HA].reset_index(drop=True)


def _identical(left: Geometries, right: Geometries) -> bool:
    return len(left) == len(right) and bool(shapely.equals_identical(left, right).all())


def _unfilled(gaps: Geometries, others: Geometries) -> Geometries:
    if not (len(gaps) and len(others)):
        return gaps
    filled = shapely.STRtree(others).query(shapely.point_on_surface(gaps), predicate="intersects")
    return np.delete(gaps, np.unique(filled[0]))


def _joined(words: Objects, group: Ints, size: int) -> list[str]:
    """Distinct words of each group, sorted and ``;``-joined."""
    said: list[set[str]] = [set() for _ in range(size)]
    for word, place in zip(words, group.tolist(), strict=True):
        said[place].add(word)
    return [";".join(sorted(own)) for own in said]
