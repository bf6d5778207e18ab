"""Findings of the screening: one for each thing found, on data and never on a kawasan."""

from collections.abc import Mapping

import numpy as np

from kotaku_geo.findings import FindingBook
from kotaku_geo.screen.city import City
from kotaku_geo.screen.coverage import ENOUGH, Looked, ThemeCoverage
from kotaku_geo.screen.delivered import Delivered, needs_statement
from kotaku_geo.screen.follow_up import width_text
from kotaku_geo.screen.themes import Theme
from kotaku_geo.texts import number


def report_nothing(book: FindingBook, theme: Theme) -> None:
    """Nothing was delivered for a theme."""
    book.add("screen.no-data", key=theme.name, tema=theme.name)


def report(
    book: FindingBook,
    theme: Theme,
    data: Delivered,
    by_source: Mapping[str, Looked],
    coverage: ThemeCoverage,
    city: City,
) -> None:
    """What a theme's data leave open."""
    drawn = np.isfinite(city.luas_ha)
    for source in data.sources:
        open_end = np.isnan(by_source[source].share[drawn]).any()
        if open_end and needs_statement(theme, data, source):
            book.add("screen.coverage-unknown", source_id=source, key=theme.name,
                     tema=theme.name, sumber=source)  # fmt: skip
    for kind in coverage.nowhere:
        book.add("screen.kind-missing", key=f"{theme.name}|{kind}", value=kind, tema=theme.name,
                 jenis=kind)  # fmt: skip
    _assumed(book, theme, data)
    _silent(book, theme, data)
    _partial(book, data, city)


def _assumed(book: FindingBook, theme: Theme, data: Delivered) -> None:
    rows = data.features.rows
    width = width_text(theme.width)
    for source, count in rows.loc[rows["assumed"], "source_id"].value_counts().sort_index().items():
        book.add("screen.buffer-assumed", source_id=str(source), key=theme.name, value=count,
                 tema=theme.name, jumlah=number(count, 0), lebar=width)  # fmt: skip


def _silent(book: FindingBook, theme: Theme, data: Delivered) -> None:
    rule = "screen.mha-unknown" if theme.name == "mha" else "screen.status-unknown"
    for source, count in data.features.silent.items():
        book.add(rule, source_id=source, key=theme.name, value=count, jumlah=number(count, 0))


def _partial(book: FindingBook, data: Delivered, city: City) -> None:
    for source, look in data.rasters.items():
        known = np.isfinite(look.share)
        if not (look.share[known] < ENOUGH).any():
            continue
        area = city.luas_ha[known]
        bare = float(np.sum(area * (1 - look.share[known])) / area.sum() * 100)
        book.add("screen.raster-partial", source_id=source, key=source, value=number(bare, 1),
                 sumber=source, persen=number(bare, 1))  # fmt: skip
