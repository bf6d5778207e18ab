"""Which kelurahan a record belongs to: by code, by name, by location; never by a guess."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.findings import Action, FindingBook
from kotaku_geo.ingest.gazetteer import Gazetteer
from kotaku_geo.ingest.names import Answer, normalise
from kotaku_geo.late import record
from kotaku_geo.stage import HOW, TIED
from kotaku_geo.texts import number

MIN_WITNESSES = 3  # names that must contradict their codes before the codes are doubted


@record
class Written:
    """What rows of one source say alike of their place, and which rows of the layer say it."""

    source: str
    code: str | None
    name: str | None
    kecamatan: str | None
    about: dict[str, NDArray[np.object_]]
    at: NDArray[np.int64]
    answer: Answer

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows, as a finding names them."""
        for row in self.at.tolist():
            yield {name: values[row] for name, values in self.about.items()}

    @property
    def named(self) -> str | None:
        """The code that the name means."""
        return self.answer.match.code if self.answer.match else None


def resolve(frame: pd.DataFrame, places: Gazetteer, book: FindingBook) -> pd.DataFrame:
    """Fill ``kode_kelurahan`` of a layer and say in ``kelurahan_cara`` how it was found.

    Where a name fits several kelurahan and the place does not tell either, the code stays unknown
    and ``kelurahan_calon`` has the codes, ``;``-joined: which is meant is for a meeting to decide.
    """
    frame = frame.copy()
    size = len(frame)
    columns = [_column(frame, c) for c in ("kode_kelurahan", "nama_kelurahan", "nama_kecamatan")]
    group, told = _grouped(frame, columns, places)
    doubted = _doubted(told, book)
    answers = [_one(w, w.source in doubted, places, book) for w in told]
    codes, hows = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    if answers:
        found = np.array(answers, dtype=object)
        codes, hows = found[group, 0], found[group, 1]
    if "geometry" in frame:
        lost = pd.isna(hows)
        located = np.full(size, None, dtype=object)
        located[lost] = places.locate(frame["geometry"].to_numpy(dtype=object)[lost])
        codes = np.where(pd.notna(located), located, codes)
        hows = np.where(pd.notna(located), "lokasi", hows)
    hows = np.where(pd.isna(hows) & pd.notna(codes), "kode", hows)
    _tell_unknown(frame, columns[1], hows, [told[g] for g in group], places, book)
    frame["kode_kelurahan"] = pd.Series(codes, index=frame.index, dtype=object)
    frame[HOW] = pd.Series(hows, index=frame.index, dtype=object)
    ties = np.array([";".join(sorted(w.answer.tied)) or None for w in told], dtype=object)
    tied = pd.Series(ties[group] if told else codes, index=frame.index, dtype=object)
    frame[TIED] = tied.where(frame["kode_kelurahan"].isna(), None)
    return frame


def _column(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    values = frame[name].astype(object).where(frame[name].notna(), None)
    return values.to_numpy(dtype=object)


def _grouped(
    frame: pd.DataFrame, columns: list[NDArray[np.object_]], places: Gazetteer
) -> tuple[NDArray[np.int64], list[Written]]:
    """The group of each row, and what each group says."""
    keys = pd.Series(list(zip(frame["source_id"], *columns, strict=True)), dtype=object)
    group, distinct = pd.factorize(keys)
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(group) else []
    about = {c: frame[c].to_numpy(dtype=object) for c in ("source_id", "source_row", "sidik")}
    told = []
    for (source, code, name, kecamatan), at in zip(distinct, members, strict=True):
        answer = places.find(name, kecamatan) if name and places.names else Answer()
        told.append(Written(source, code, name, kecamatan or answer.kecamatan, about, at, answer))
    return group, told


def _doubted(told: list[Written], book: FindingBook) -> set[str]:
    """Sources whose codes mostly mean other places than the names beside them.

    So it is where BPS codes are delivered as Kemendagri codes: ten digits either way, and other
    kelurahan.
    """
    agree: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for what in {(w.source, w.code, w.name): w for w in told}.values():
        match = what.answer.match
        if what.code and match and match.how == "nama":
            (agree if match.code == what.code else differ)[what.source] += 1
    doubted = {s for s in differ if differ[s] >= MIN_WITNESSES and differ[s] > agree[s]}
    for source in sorted(doubted):
        book.add("code.bps-suspect", source_id=source, jumlah=differ[source],
                 dari=differ[source] + agree[source], value=differ[source],
                 action="repaired", key="kode_kelurahan")  # fmt: skip
    return doubted


def _one(
    what: Written, doubted: bool, places: Gazetteer, book: FindingBook
) -> tuple[str | None, str | None]:
    """Code and how it was found; without a how, the location has the next word."""
    code, match = what.code, what.answer.match
    if code is not None and not doubted:
        if not places.known or code in places.known:
            _tell_contradictions(what, code, places, book)
            return code, "kode"
        for row in what.rows:
            book.add("code.unknown-kelurahan", **_about(row), kode=code, value=code,
                     key=row["sidik"])  # fmt: skip
    if match is None:
        return (None if doubted else code), None
    _tell_spelling(what, places, book)
    return match.code, match.how


def _tell_contradictions(what: Written, code: str, places: Gazetteer, book: FindingBook) -> None:
    """A name, or a kecamatan, that is not the one of the code."""
    of_code = places.kecamatan.get(code, set())
    wanted = normalise(what.kecamatan) if what.kecamatan else None
    other_kecamatan = wanted in places.kecamatan_names and of_code and wanted not in of_code
    other_name = what.named and what.named != code
    for row in what.rows if other_name or other_kecamatan else ():
        if other_name:
            book.add("name.contradicts-code", **_about(row), kode=code, tertulis=what.name,
                     value=f"{code} / {what.name}", key=row["sidik"])  # fmt: skip
        if other_kecamatan:
            book.add("name.contradicts-kecamatan", **_about(row), isi=places.official(code),
                     tertulis=what.kecamatan, value=f"{code} / {what.kecamatan}",
                     key=row["sidik"])  # fmt: skip


def _tell_spelling(what: Written, places: Gazetteer, book: FindingBook) -> None:
    """A name that is not spelled as the official one, or not of the kecamatan beside it."""
    match = what.answer.match
    if match is None or (match.spelled and not match.elsewhere):
        return
    for row in what.rows:
        if match.elsewhere:
            book.add("name.contradicts-kecamatan", **_about(row), isi=what.name,
                     tertulis=what.kecamatan, value=f"{what.name} / {what.kecamatan}",
                     key=row["sidik"])  # fmt: skip
        if not match.spelled:
            book.add("name.fuzzy", **_about(row), isi=what.name, value=what.name, cara=match.way,
                     action="repaired", nama=places.official(match.code),
                     skor=number(match.similarity, 0),
                     key=f"{row['sidik']}|{what.name}")  # fmt: skip


def _about(row: dict[Any, Any]) -> dict[str, Any]:
    return {"source_id": row["source_id"], "source_row": row["source_row"]}


def _tell_unknown(
    frame: pd.DataFrame,
    names: NDArray[np.object_],
    hows: NDArray[np.object_],
    told: list[Written],
    places: Gazetteer,
    book: FindingBook,
) -> None:
    """Names that fit no kelurahan, or several: which ones is named as a hint."""
    named = np.array([w.named is not None for w in told], dtype=bool)
    unknown = pd.notna(names) & ~named & (pd.isna(hows) | (hows == "lokasi"))
    for index in np.flatnonzero(unknown).tolist():
        row = frame.iloc[index]
        action: Action = "repaired" if hows[index] == "lokasi" else "kept"
        tied = sorted(places.official(code) for code in told[index].answer.tied)
        hint = f"; cocok dengan {' atau '.join(tied)}" if tied else ""
        book.add("name.unknown-kelurahan", source_id=row["source_id"], isi=names[index],
                 source_row=int(row["source_row"]), value=names[index], action=action,
                 usul=hint, key=f"{row['sidik']}|{names[index]}")  # fmt: skip


def check_kecamatan(frame: pd.DataFrame, places: Gazetteer, book: FindingBook) -> None:
    """Kecamatan names that the city does not have; a beginning of one is named as a hint."""
    if "nama_kecamatan" not in frame or not places.kecamatan_names:
        return
    said = frame[["source_id", "source_row", "sidik", "nama_kecamatan"]]
    said = said[said["nama_kecamatan"].notna()]
    for row in said.drop_duplicates(["source_id", "nama_kecamatan"]).to_dict("records"):
        name = row["nama_kecamatan"]
        folded = normalise(name)
        if folded in places.kecamatan_names:
            continue
        near = [n for f, n in places.kecamatan_names.items() if f.startswith(folded)]
        hint = f"; maksudnya {' atau '.join(sorted(near))}?" if near else ""
        same = said[(said["source_id"] == row["source_id"]) & (said["nama_kecamatan"] == name)]
        for one in same.to_dict("records"):
            book.add("name.unknown-kecamatan", **_about(one), isi=name, usul=hint, value=name,
                     key=f"{one['sidik']}|{name}")  # fmt: skip


def check_location(frame: gpd.GeoDataFrame, places: Gazetteer, book: FindingBook) -> None:
    """Records whose named kelurahan is not where most of them lies."""
    if not len(places.polygons):
        return
    shapes = frame["geometry"].to_numpy(dtype=object)
    named = frame["kode_kelurahan"].to_numpy(dtype=object)
    told = np.isin(frame[HOW].astype(object).to_numpy(), ["kode", "nama", "nama_mirip"])
    located = places.locate(shapes)
    suspect = np.flatnonzero(told & pd.notna(located) & (located != named))
    polygon_of = dict(zip(places.codes, places.polygons, strict=True))
    for index in suspect:
        shape, home = shapes[index], polygon_of.get(named[index])
        elsewhere = _share(shape, polygon_of[located[index]])
        if home is not None and _share(shape, home) >= elsewhere:
            continue
        row = frame.iloc[index]
        book.add("name.contradicts-location", source_id=row["source_id"],
                 source_row=int(row["source_row"]), tertulis=places.official(named[index]),
                 letak=places.official(located[index]), persen=number(elsewhere * 100, 0),
                 value=f"{named[index]} ≠ {located[index]}", key=row["sidik"],
                 geometry=shapely.point_on_surface(shape))  # fmt: skip


def _share(shape: shapely.Geometry, polygon: shapely.Geometry) -> float:
    whole, part = shape, shapely.intersection(shape, polygon)
    if shapely.area(whole) > 0:
        return float(shapely.area(part) / shapely.area(whole))
    if shapely.length(whole) > 0:
        return float(shapely.length(part) / shapely.length(whole))
    return 0.0 if shapely.is_empty(part) else 1.0
