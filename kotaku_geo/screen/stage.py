"""The screening stage: every kawasan under every theme, and the overlaps behind it.

Coverage, status, hits and figures follow the contract's paragraph on screening; the words,
classes and instruments are data in ``schemas/screening.yaml``.
"""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.frames import draw
from kotaku_geo.geo.cover import Geometries, nearest_distance
from kotaku_geo.late import record
from kotaku_geo.screen.affected import Footprints, affected, footprints
from kotaku_geo.screen.city import City, Floats, read_city
from kotaku_geo.screen.coverage import ENOUGH, ThemeCoverage, theme_coverage
from kotaku_geo.screen.delivered import (
    Delivered,
    StatedCoverage,
    accuracies,
    delivered,
    layer_of,
    looked,
)
from kotaku_geo.screen.follow_up import follow_up
from kotaku_geo.screen.report import report, report_nothing
from kotaku_geo.screen.tally import Found, Tally, hits_table, tally
from kotaku_geo.screen.themes import Theme, themes
from kotaku_geo.stage import StageContext

COLUMNS = ["id_kawasan", "tema", "status", "rincian", "luas_ha", "persen", "cakupan_data_persen",
           "jumlah_objek", "jarak_m", "bangunan", "kk", "jiwa", "ketelitian_m",
           "tindak_lanjut"]  # fmt: skip
FIGURES = ["luas_ha", "persen", "jumlah_objek", "bangunan", "kk", "jiwa"]


@record
class ThemeResult:
    """A theme's rows of both tables."""

    screening: pd.DataFrame
    hits: pd.DataFrame
    pieces: Geometries


def run(ctx: StageContext) -> None:
    """Write screen/screening and screen/hits.

    Raises:
        InputError: a raster of the workspace cannot be read.
    """
    city = read_city(ctx)
    houses = footprints(city, layer_of(ctx, "bangunan"), ctx.pipeline.order())
    stated = StatedCoverage(ctx, city)
    results = []
    for theme in themes(ctx.pipeline.screen):
        ctx.say(f"screen: {theme.name}")
        results.append(_screen(ctx, theme, city, houses, stated))
    place = {theme.name: i for i, theme in enumerate(themes(ctx.pipeline.screen))}
    ctx.write("screen/screening", _ordered(pd.concat([r.screening for r in results]), place))
    hits = pd.concat([r.hits for r in results], ignore_index=True)
    shapes = np.concatenate([r.pieces for r in results])
    ctx.write("screen/hits", _ordered(draw(hits, shapes, city.crs), place))


def _screen(
    ctx: StageContext, theme: Theme, city: City, houses: Footprints, stated: StatedCoverage
) -> ThemeResult:
    data = delivered(ctx, theme, city)
    if data is None:
        report_nothing(ctx.findings, theme)
        return _nothing(theme, city)
    by_source = looked(theme, data, city, stated)
    coverage = theme_coverage(city, by_source, data.kinds, theme.required)
    report(ctx.findings, theme, data, by_source, coverage, city)
    reckoned = tally(data.found, city)
    status = statuses(reckoned.jumlah_objek > 0, coverage)
    frame = _figures(city, houses, reckoned)
    frame.loc[status == "data_tidak_tersedia", FIGURES] = np.nan
    frame = frame.assign(
        tema=theme.name,
        status=pd.Series(status, dtype="str"),
        rincian=pd.Series(reckoned.rincian, dtype="str"),
        cakupan_data_persen=coverage.share * 100,
        jarak_m=_distance(city, data, reckoned),
        ketelitian_m=_accuracy(data.found, city, accuracies(ctx)),
        tindak_lanjut=_follow_ups(theme, city, status, data.found, coverage),
    )
    table, shapes = hits_table(data.found, city, theme.name)
    return ThemeResult(_typed(frame), table, shapes)


def statuses(hit: NDArray[np.bool_], coverage: ThemeCoverage) -> NDArray[np.object_]:
    """The status of each kawasan; unknown is not clean."""
    partly = np.isnan(coverage.share) | (coverage.share < ENOUGH)
    choices = ["terindikasi", "data_tidak_tersedia", "data_sebagian"]
    found = np.select([hit, ~coverage.looked, partly], choices, default="tidak_terindikasi")
    return found.astype(object)


def _figures(city: City, houses: Footprints, reckoned: Tally) -> pd.DataFrame:
    """Hectares, shares, objects and what they touch; nothing is known of a kawasan undrawn."""
    people = affected(city, houses, reckoned.union, reckoned.luas_ha)
    frame = people.assign(
        id_kawasan=city.kawasan["id_kawasan"].astype("str"),
        luas_ha=reckoned.luas_ha,
        persen=np.minimum(reckoned.luas_ha / city.luas_ha * 100, 100.0),
        jumlah_objek=reckoned.jumlah_objek,
    )
    frame.loc[np.isnan(city.luas_ha), FIGURES] = np.nan
    return frame


def _distance(city: City, data: Delivered, reckoned: Tally) -> Floats:
    """Metres to the nearest feature that would be a hit, as delivered; 0 where one is hit."""
    hit = reckoned.jumlah_objek > 0
    targets = data.targets()
    drawn = targets[~shapely.is_missing(targets)]
    distance = np.zeros(len(city))
    distance[~hit] = nearest_distance(city.geometry[~hit], drawn)
    return distance


def _accuracy(found: Found, city: City, known: dict[str, float]) -> Floats:
    """The coarsest source hit; unknown where one of them states no accuracy."""
    rows = found.hits.rows
    metres = rows["source_id"].map(known).astype("float64").fillna(np.inf).to_numpy()
    worst = np.full(len(city), -np.inf)
    np.maximum.at(worst, rows["target"].to_numpy(dtype=np.intp), metres)
    return np.where(np.isinf(worst), np.nan, worst)


def _follow_ups(
    theme: Theme, city: City, status: NDArray[np.object_], found: Found, coverage: ThemeCoverage
) -> pd.Series:
    rows = found.hits.rows
    classes: dict[int, set[str]] = {}
    for row, label in zip(rows["target"].tolist(), rows["label"].tolist(), strict=True):
        classes.setdefault(row, set()).add(label)
    assumed = set(rows.loc[rows["assumed"], "target"])
    texts = [
        follow_up(
            theme.name,
            str(status[row]),
            classes=sorted(classes.get(row, ())),
            missing=coverage.missing[row],
            assumed_m=theme.width if row in assumed else None,
        )
        for row in range(len(city))
    ]
    return pd.Series(texts, dtype="str")


def _nothing(theme: Theme, city: City) -> ThemeResult:
    """A theme for which nothing was delivered: nobody looked, and nothing is known."""
    frame = pd.DataFrame(
        {
            "id_kawasan": city.kawasan["id_kawasan"].astype("str"),
            "tema": theme.name,
            "status": "data_tidak_tersedia",
            "rincian": "{}",
            "cakupan_data_persen": 0.0,
            "tindak_lanjut": follow_up(
                theme.name, "data_tidak_tersedia", missing=theme.required or ()
            ),
        }
    )
    unknown = dict.fromkeys((c for c in COLUMNS if c not in frame), np.nan)
    empty = Found(
        pd.DataFrame({
            "target": pd.Series(dtype=int), "source_id": pd.Series(dtype="str"),
            "source_row": pd.Series(dtype="Int64"), "label": pd.Series(dtype="str"),
            "hit": pd.Series(dtype=bool),
        }),
        np.empty(0, dtype=object),
    )  # fmt: skip
    return ThemeResult(_typed(frame.assign(**unknown)), *hits_table(empty, city, theme.name))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    texts = ["id_kawasan", "tema", "status", "rincian", "tindak_lanjut"]
    kinds = {c: "str" if c in texts else "float64" for c in COLUMNS} | {"jumlah_objek": "Int64"}
    return frame[COLUMNS].astype(kinds)


def _ordered(frame: pd.DataFrame, place: dict[str, int]) -> pd.DataFrame:
    """By kawasan, then theme in the order of the report; rows of both keep their order."""
    frame = frame.reset_index(drop=True)
    keys = pd.DataFrame({"id": frame["id_kawasan"], "place": frame["tema"].map(place)})
    return frame.loc[keys.sort_values(["id", "place"], kind="stable").index].reset_index(drop=True)
