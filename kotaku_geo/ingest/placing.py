"""A file's geometries in the city's CRS, or word that they cannot be placed."""

from dataclasses import field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kotaku_geo.findings import Action, FindingBook
from kotaku_geo.ingest.crs import same_crs, to_crs
from kotaku_geo.ingest.judging import judge
from kotaku_geo.ingest.readings import Evidence, Words, short_name
from kotaku_geo.ingest.whereabouts import Whereabouts
from kotaku_geo.late import record


@record
class Placed:
    """Geometries in the city's CRS and how they got there.

    ``rules`` are the findings that the choice raises; ``refused`` tells that no CRS is known or
    that it is not to be trusted, and the geometries are not to be used; ``outvoted``, that the
    evidence is for another CRS than the declared one.
    """

    geometry: NDArray[np.object_]
    crs_used: str | None
    rules: tuple[str, ...] = ()
    swapped: bool = False
    refused: bool = False
    params: dict[str, Any] = field(default_factory=dict)
    outvoted: bool = False

    def tell(self, book: FindingBook, source_id: str, path: str, found: str | None) -> None:
        """The findings, one of each rule about the file as a whole."""
        common: dict[str, Any] = {"source_id": source_id, "path": path, "key": path}
        params = {"ditemukan": short_name(found), "dipakai": short_name(self.crs_used)}
        for rule in self.rules:
            book.add(rule, **common, **{**params, **self.params}, action=self._action(rule),
                     value=self.crs_used if rule == "crs.stated" else found)  # fmt: skip
        if self.swapped:
            book.add("geometry.swapped", **common, action="repaired")

    def _action(self, rule: str) -> Action:
        if self.refused:
            return "rejected"
        return "repaired" if rule in ("crs.stated", "crs.corrected") else "kept"


def place(
    geometry: NDArray[np.object_],
    found: str | None,
    stated: str | None,
    where: Whereabouts,
    *,
    grid: bool = False,
    words: Words | None = None,
) -> Placed:
    """Bring geometries into the city's CRS.

    Args:
        geometry: (n,) as delivered.
        found: the CRS that the file states.
        stated: the CRS that the pipeline file states; it goes before the file's.
        where: the city's CRS, and its extent.
        grid: it is a raster, whose axes are never exchanged.
        words: what records say of their kelurahan, where they may.
    """
    verdict = judge(Evidence.of(geometry, words), found, stated, where, grid=grid)
    used = verdict.crs
    rules: tuple[str, ...] = () if verdict.rule is None else (verdict.rule,)
    if stated and used and same_crs(stated, used) and not verdict.refused:
        rules = _by_the_pipeline(found, stated) + rules
    if used is None or verdict.refused:
        refused, outvoted = verdict.refused, verdict.outvoted
        return Placed(geometry, used, rules, False, refused, verdict.params, outvoted)
    if verdict.swapped:
        geometry = shapely.transform(geometry, lambda c: c[:, ::-1])
    moved = to_crs(geometry, used, where.city)
    return Placed(moved, used, rules, verdict.swapped, False, verdict.params, verdict.outvoted)


def _by_the_pipeline(found: str | None, stated: str) -> tuple[str, ...]:
    """The pipeline file's word stands: whether the file says nothing, or something else."""
    if found is None:
        return ("crs.stated",)
    return () if same_crs(stated, found) else ("crs.overridden",)
