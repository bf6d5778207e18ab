"""The differences of two baselines as a GeoPackage that a GIS analyst can open."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from kotaku_geo import regulation
from kotaku_geo.files import write_whole
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.history.baseline import Baseline
from kotaku_geo.history.changes import ADDED, REMOVED, Change, Difference
from kotaku_geo.history.diff import KEYS
from kotaku_geo.history.report import attribute_text
from kotaku_geo.publish.geopackage import geopackage
from kotaku_geo.publish.layers import Layer

COLUMNS = ["id", "nama", "perubahan", "bagian", "luas_ha", "tingkat", "luas_sebelum_ha",
           "luas_sesudah_ha", "iou", "toleransi_m", "atribut", "sumber", "keputusan"]  # fmt: skip
_NUMBERS = {"luas_ha", "luas_sebelum_ha", "luas_sesudah_ha", "iou", "toleransi_m"}
_TITLES = {"kawasan": "Kawasan yang berbeda", "rt": "RT yang berbeda",
           "kelurahan": "Kelurahan yang berbeda"}  # fmt: skip
_NO_DATE = "2000-01-01"  # of a state without a seal; the file must give one and asks no clock


def write_differences(found: Difference, before: Baseline, after: Baseline, path: Path) -> None:
    """Write layers kawasan, rt and kelurahan: outlines before and now, pieces added and removed.

    A thing has up to four rows, told apart by ``bagian``: lama and baru (outlines), bertambah and
    berkurang (pieces beyond the tolerance). One whose outline is the same has its outline alone.

    Raises:
        OutputError: the file cannot be written; what was there before stays.
    """
    crs = after.setting.crs or before.setting.crs
    made = [_layer(found, kind, before, after, crs) for kind in _TITLES]
    law = after.setting.regulation or regulation.ids()[0]
    sealed = after.seal or {}
    content = geopackage(made, crs=str(crs), regulation=law, date=sealed.get("date", _NO_DATE))
    write_whole(path, content)


def _layer(found: Difference, kind: str, before: Baseline, after: Baseline, crs: Any) -> Layer:
    key = KEYS[kind]
    old, new = (
        dict(zip(side.geo(kind)[key], side.geo(kind).geometry, strict=True))
        for side in (before, after)
    )
    rows = [row for change in found.of(kind) for row in _rows(change, old, new)]
    shapes = gpd.GeoSeries([row.pop("geometry") for row in rows], crs=crs)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for column in (
        "id",
        "nama",
        "perubahan",
        "bagian",
        "tingkat",
        "atribut",
        "sumber",
        "keputusan",
    ):
        frame[column] = frame[column].astype("str").where(frame[column].notna())
    frame["luas_ha"] = geodesic_ha(shapes.to_numpy(), crs).round(6) if len(frame) else []
    return Layer(
        name=kind,
        title=_TITLES[kind],
        description=f"Perbedaan {found.before} dan {found.after}",
        geometry="polygon",
        styles=("beda",),
        frame=gpd.GeoDataFrame(frame, geometry=shapes, crs=crs),
    )


def _rows(change: Change, old: dict[str, Any], new: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shape = change.shape
    common = {
        "id": change.id,
        "nama": change.name,
        "perubahan": change.what,
        "tingkat": change.level,
        "luas_sebelum_ha": shape and shape.before_ha,
        "luas_sesudah_ha": shape and shape.after_ha,
        "iou": shape and shape.iou,
        "toleransi_m": shape and shape.tau_m,
        "atribut": "; ".join(attribute_text(a) for a in change.attributes) or None,
        "sumber": ", ".join(change.sources) or None,
        "keputusan": ", ".join(change.decisions) or None,
    }
    if shape is not None:
        drawn = {"lama": shape.old, "baru": shape.new, "bertambah": shape.added,
                 "berkurang": shape.removed}  # fmt: skip
    elif change.what == REMOVED:
        drawn = {"lama": old.get(change.id), "berkurang": old.get(change.id)}
    elif change.what == ADDED:
        drawn = {"baru": new.get(change.id), "bertambah": new.get(change.id)}
    else:
        drawn = {"baru": new.get(change.id)}
    for part, geometry in drawn.items():
        if geometry is not None and not shapely.is_empty(geometry):
            yield {**common, "bagian": part, "geometry": geometry}
