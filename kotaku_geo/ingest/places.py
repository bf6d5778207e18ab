"""Which kelurahan a record belongs to: by code, by name, by location; never by a guess."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kotaku_geo.config import Pipeline
from kotaku_geo.findings import Action, FindingBook
from kotaku_geo.ingest.names import Match, match_name, normalise
from kotaku_geo.texts import number

HOW = "kelurahan_cara"


@dataclass
class Gazetteer:
    """The city's kelurahan: their codes, all names they go by, their kecamatan, their polygons.

    Attributes:
        names: (code, name) pairs; a code may have several names.
        kecamatan: code → normalised names of its kecamatan.
        codes: (n,) codes of the polygons.
        polygons: (n,) of the strongest boundary source, in the city's CRS.
    """

    names: list[tuple[str, str]]
    kecamatan: dict[str, set[str]]
    kecamatan_names: dict[str, str]
    codes: NDArray[np.object_]
    polygons: NDArray[np.object_]

    def official(self, code: str) -> str:
        """The first name of a code, or the code itself."""
        return next((name for c, name in self.names if c == code), code)

    def within(self, kecamatan: str | None) -> list[tuple[str, str]]:
        """Names to choose from: those of the kecamatan where it is known, else all."""
        wanted = normalise(kecamatan) if kecamatan else None
        if wanted is None or wanted not in self.kecamatan_names:
            return self.names
        return [(c, n) for c, n in self.names if wanted in self.kecamatan.get(c, set())]

    def locate(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Code of the kelurahan that holds each geometry's inner point; None outside all."""
        found = np.full(len(geometry), None, dtype=object)
        there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
        if not there.any() or not len(self.polygons):
            return found
        points = shapely.point_on_surface(geometry[there])
        tree = shapely.STRtree(self.polygons)
        point, polygon = tree.query(points, predicate="intersects")
        order = np.lexsort((self.codes[polygon].astype(str), point))
        first = np.unique(point[order], return_index=True)[1]
        position = np.flatnonzero(there)[point[order][first]]
        found[position] = self.codes[polygon[order][first]]
        return found


def bridge(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline, book: FindingBook) -> gpd.GeoDataFrame:
    """Give kelurahan that have a BPS code alone their Kemendagri code, by name and location.

    Rows without a counterpart keep the BPS code, with a warning.
    """
    frame = kelurahan.copy()
    frame[HOW] = frame["kode_kelurahan"].notna().map({True: "kode", False: None}).astype(object)
    lacking = frame["kode_kelurahan"].isna() & frame["kode_bps"].notna()
    if not lacking.any():
        return frame
    known = gazetteer(frame[~lacking], pipeline)
    located = known.locate(frame.loc[lacking, "geometry"].to_numpy())
    codes, hows = [], []
    rows = zip(frame.index[lacking], located, strict=True)
    for index, place in rows:
        name = frame.at[index, "nama_kelurahan"]
        match = match_name(name, known.names) if name else None
        code, how = _bridged(match.code if match else None, place)
        codes.append(code or frame.at[index, "kode_bps"])
        hows.append(how)
    frame.loc[lacking, "kode_kelurahan"] = codes
    frame.loc[lacking, HOW] = ["jembatan" if h else None for h in hows]
    _tell_bridge(frame[lacking], codes, hows, book)
    return frame


def _bridged(by_name: str | None, by_place: str | None) -> tuple[str | None, str | None]:
    if by_name and by_name == by_place:
        return by_name, "nama dan letak"
    if by_name and by_place is None:
        return by_name, "nama"
    if by_place and by_name is None:
        return by_place, "letak"
    return by_name, "nama, letaknya lain" if by_name else None


def _tell_bridge(
    rows: gpd.GeoDataFrame, codes: list[str], hows: list[str | None], book: FindingBook
) -> None:
    told = rows.assign(_code=codes, _how=hows)
    for (source, how), group in told[told["_how"].notna()].groupby(["source_id", "_how"]):
        book.add("code.bridged", source_id=source, jumlah=len(group), cara=how, value=how,
                 action="repaired", key=how)  # fmt: skip
    for row in told[told["_how"].isna()].to_dict("records"):
        book.add("code.bps-kept", source_id=row["source_id"], source_row=row["source_row"],
                 subject=row["_code"], bps=row["kode_bps"], value=row["kode_bps"])  # fmt: skip


def gazetteer(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline) -> Gazetteer:
    """The gazetteer of the delivered kelurahan, boundaries by the policy's order."""
    rank = {s: i for i, s in enumerate(pipeline.order("batas.kelurahan"))}
    known = kelurahan[kelurahan["kode_kelurahan"].notna()]
    known = known.assign(_rank=known["source_id"].map(rank))
    known = known.sort_values(["kode_kelurahan", "_rank", "source_row"], kind="stable")
    named = known[known["nama_kelurahan"].notna()]
    names = list(dict.fromkeys(zip(named["kode_kelurahan"], named["nama_kelurahan"], strict=True)))
    kecamatan: dict[str, set[str]] = {}
    kecamatan_names: dict[str, str] = {}
    written = known[known["nama_kecamatan"].notna()]
    for code, name in zip(written["kode_kelurahan"], written["nama_kecamatan"], strict=True):
        kecamatan.setdefault(code, set()).add(normalise(name))
        kecamatan_names.setdefault(normalise(name), name)
    shapes = known.drop_duplicates("kode_kelurahan")
    return Gazetteer(
        names,
        kecamatan,
        kecamatan_names,
        shapes["kode_kelurahan"].to_numpy(dtype=object),
        shapes["geometry"].to_numpy(dtype=object),
    )


def check_city(kelurahan: gpd.GeoDataFrame, pipeline: Pipeline, book: FindingBook) -> None:
    """Kemendagri codes that do not begin with the city's."""
    own = kelurahan[kelurahan[HOW] == "kode"]
    for source, rows in own.groupby("source_id"):
        foreign = ~rows["kode_kelurahan"].str.startswith(f"{pipeline.city.code}.")
        if foreign.any():
            book.add("code.other-city", source_id=str(source), jumlah=int(foreign.sum()),
                     dari=len(rows), kota=pipeline.city.code, value=int(foreign.sum()),
                     key=pipeline.city.code)  # fmt: skip


def resolve(frame: pd.DataFrame, places: Gazetteer, book: FindingBook) -> pd.DataFrame:
    """Fill ``kode_kelurahan`` of a layer and say in ``kelurahan_cara`` how it was found."""
    frame = frame.copy()
    size = len(frame)
    written = frame["kode_kelurahan"].astype(object).where(frame["kode_kelurahan"].notna(), None)
    names = _column(frame, "nama_kelurahan")
    kecamatan = _column(frame, "nama_kecamatan")
    codes = written.to_numpy(dtype=object).copy()
    hows = np.full(size, None, dtype=object)
    hows[pd.notna(codes)] = "kode"
    keys = pd.Series(list(zip(codes, names, kecamatan, strict=True)), dtype=object)
    group, distinct = pd.factorize(keys)
    about = frame[["source_id", "source_row", "sidik"]].to_dict("records")
    members: list[list[dict[Any, Any]]] = [[] for _ in distinct]
    for row, number_of_group in zip(about, group, strict=True):
        members[number_of_group].append(row)
    answers = [
        _one(code, name, kec, members[i], places, book)
        for i, (code, name, kec) in enumerate(distinct)
    ]
    if answers:
        found = np.array(answers, dtype=object)
        codes, hows = found[group, 0], found[group, 1]
    if "geometry" in frame:
        lost = np.array([c is None for c in codes], dtype=bool)
        located = np.full(size, None, dtype=object)
        located[lost] = places.locate(frame["geometry"].to_numpy(dtype=object)[lost])
        codes = np.where(lost, located, codes)
        hows = np.where(lost & pd.notna(located), "lokasi", hows)
    _tell_unknown(frame, names, codes, hows, book)
    frame["kode_kelurahan"] = pd.Series(codes, index=frame.index, dtype=object)
    frame[HOW] = pd.Series(hows, index=frame.index, dtype=object)
    return frame


def _column(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    values = frame[name].astype(object).where(frame[name].notna(), None)
    return values.to_numpy(dtype=object)


def _one(
    code: str | None,
    name: str | None,
    kecamatan: str | None,
    rows: list[dict[Any, Any]],
    places: Gazetteer,
    book: FindingBook,
) -> tuple[str | None, str | None]:
    """Resolve one distinct (code, name, kecamatan); ``rows`` are those that say it."""
    match = match_name(name, places.within(kecamatan)) if name and places.names else None
    if match is None and name and kecamatan:
        match = _elsewhere(name, kecamatan, rows, places, book)
    if code is not None:
        if match and match.code != code:
            for row in rows:
                book.add("name.contradicts-code", **_about(row), kode=code, tertulis=name,
                         value=f"{code} / {name}", key=row["sidik"])  # fmt: skip
        return code, "kode"
    if match is None:
        return None, None
    if not match.spelled:
        for row in rows:
            book.add("name.fuzzy", **_about(row), isi=name, value=name, action="repaired",
                     nama=places.official(match.code), skor=number(match.similarity, 0),
                     key=f"{row['sidik']}|{name}")  # fmt: skip
    return match.code, match.how


def _elsewhere(
    name: str, kecamatan: str, rows: list[dict[Any, Any]], places: Gazetteer, book: FindingBook
) -> Match | None:
    """A name that another kecamatan has, letter for letter: taken, and told."""
    match = match_name(name, places.names)
    if match is None or match.how != "nama":
        return None
    for row in rows:
        book.add("name.contradicts-kecamatan", **_about(row), isi=name, tertulis=kecamatan,
                 value=f"{name} / {kecamatan}", key=row["sidik"])  # fmt: skip
    return match


def _about(row: dict[Any, Any]) -> dict[str, Any]:
    return {"source_id": row["source_id"], "source_row": row["source_row"]}


def _tell_unknown(
    frame: pd.DataFrame,
    names: NDArray[np.object_],
    codes: NDArray[np.object_],
    hows: NDArray[np.object_],
    book: FindingBook,
) -> None:
    unknown = pd.notna(names) & (pd.isna(codes) | (hows == "lokasi"))
    for index in np.flatnonzero(unknown).tolist():
        row = frame.iloc[index]
        action: Action = "repaired" if hows[index] == "lokasi" else "kept"
        book.add("name.unknown-kelurahan", source_id=row["source_id"], isi=names[index],
                 source_row=int(row["source_row"]), value=names[index], action=action,
                 key=f"{row['sidik']}|{names[index]}")  # fmt: skip


def check_kecamatan(frame: pd.DataFrame, places: Gazetteer, book: FindingBook) -> None:
    """Kecamatan names that the city does not have; a beginning of one is named as a hint."""
    if "nama_kecamatan" not in frame or not places.kecamatan_names:
        return
    for row in (
        frame[frame["nama_kecamatan"].notna()]
        .drop_duplicates(["source_id", "nama_kecamatan"])
        .to_dict("records")
    ):
        name = row["nama_kecamatan"]
        folded = normalise(name)
        if folded in places.kecamatan_names:
            continue
        near = [n for f, n in places.kecamatan_names.items() if f.startswith(folded)]
        hint = f"; maksudnya {' atau '.join(sorted(near))}?" if near else ""
        same = frame[(frame["source_id"] == row["source_id"]) & (frame["nama_kecamatan"] == name)]
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
