"""The decree: a shapefile without its projection, and the annex's table for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from shapely.geometry.base import BaseGeometry as Geometry

from kotaku_geo.sample import config
from kotaku_geo.sample.city import City
from kotaku_geo.sample.formats import Sheet, Value, open_workbook, write_layer
from kotaku_geo.sample.groups import SkLocation
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.shapes import cut, hectares, longest_axis, polygonal
from kotaku_geo.sample.tiling import Cell

NUMBER, DATE = "050/412/2021", "2021-06-14"
LEVEL_CODE = {"ringan": "KR", "sedang": "KS", "berat": "KB"}
COLUMNS = {
    "id_sk": "id_sk",
    "nama_lokasi": "nama_lokas",
    "luas_sk_ha": "luas_sk_m2",
    "tingkat_sk": "tingkat_ku",
    "nama_kelurahan": "kelurahan_",
    "nama_kecamatan": "nama_kecam",
    "daftar_rt": "daftar_rt_",
    "nomor_sk": "nomor_sk",
    "tanggal_sk": "tanggal_sk",
}
"""Canonical column → field of the shapefile, cut off at ten letters."""
TABLE_COLUMNS = {
    "id_sk": "ID Lokasi",
    "nama_lokasi": "Nama Lokasi",
    "luas_sk_ha": "Luas (Ha)",
    "daftar_rt": "RT/RW",
    "nama_kelurahan": "Kelurahan",
    "nama_kecamatan": "Kecamatan",
    "jumlah_penduduk": "Jumlah (Jiwa)",
    "lintang": "Lintang",
    "bujur": "Bujur",
    "skor_sk": "Nilai",
    "tingkat_sk": "Tingkat",
}
_SCORE_2016 = {"ringan": 33, "sedang": 52, "berat": 77}
_ACCENTS = str.maketrans({"e": "é", "a": "à", "i": "ï"})


@dataclass
class _Record:
    location: SkLocation
    shape: Geometry
    written: float
    name: str
    kelurahan: str
    level: str
    status: str = "KUMUH"


def write_decree_files(city: City, drop: Path, ledger: Ledger) -> None:
    """`sk/`: the shapefile and the annex."""
    _shapefile(city, drop, ledger)
    _annex(city, drop, ledger)


def _rt_list(city: City, location: SkLocation) -> str:
    cells = sorted((city.tiling.cells[cell] for cell in location.cells), key=lambda c: c.id_rt)
    return ", ".join(_rt_text(cell) for cell in cells if cell.rt)


def _rt_text(cell: Cell) -> str:
    rw = f"/RW {cell.rw:03d}" if cell.rw else ""
    return f"RT {cell.rt:03d}{cell.suffix}{rw}"


def _record(city: City, location: SkLocation, shape: Geometry, written: float) -> _Record:
    unit = city.tiling.kelurahan[location.kelurahan]
    name = location.name
    if location.group.recipe.key in ("sama", "geser", "susut"):
        # As typed by those who say what they write: an accent and a typographic apostrophe.
        name = name[:-2] + name[-2:].translate(_ACCENTS) + "’"
    level = "Agak Kumuh" if location.level is None else LEVEL_CODE[location.level]
    return _Record(location, shape, written, name, unit.name, level)


def _records(city: City, ledger: Ledger) -> list[_Record]:
    records: list[_Record] = []
    decree = city.decree
    for location in city.sk():
        if location.polygon is None:
            continue
        shapes = [location.polygon]
        if location.id == decree.in_two_rows:
            shapes = list(cut(location.polygon, longest_axis(location.polygon), 0.4))
        for shape in shapes:
            whole = len(shapes) == 1
            written = (location.written or 0.0) if whole else round(hectares(shape), 4)
            records.append(_record(city, location, polygonal(shape), written))
            _notes(city, records, ledger)
    # A proposal that was never decreed: the pipeline's `where` leaves it out.
    records.append(replace(records[0], name="Usulan 2024", level="KR", status="USULAN"))
    ledger.add("source.filtered", config.SK, None, "", "baris usulan")
    return records


def _notes(city: City, records: list[_Record], ledger: Ledger) -> None:
    row, record, decree = len(records) - 1, records[-1], city.decree
    id_sk = record.location.id
    for slip in decree.slips:
        if slip.id == id_sk:
            ledger.add("sk.area-differs", config.SK, None, id_sk, f"tertulis +{slip.fraction:.0%}")
    if id_sk == decree.zero:
        ledger.add("value.zero-area", config.SK, row, id_sk, "luas 0")
    if id_sk == decree.unknown_level:
        ledger.add("value.unknown-category", config.SK, row, id_sk, record.level)
    if id_sk == decree.foreign_kelurahan:
        other = next(u for u in city.tiling.kelurahan[3:] if u.number != record.location.kelurahan)
        record.kelurahan = other.name
        ledger.add("name.contradicts-location", config.SK, row, id_sk, f"tertulis {other.name}")
    key = record.location.group.recipe.key
    if key == "nama_lain":
        ledger.add("sk.name-elsewhere", "", None, id_sk, record.name)
    if key == "gabung" and id_sk == min(s.id for s in record.location.group.sk):
        ledger.add("sk.overlap", "", None, id_sk, "tumpang tindih dengan lokasi lain")


def _shapefile(city: City, drop: Path, ledger: Ledger) -> None:
    records = _records(city, ledger)
    columns: dict[str, list[Value]] = {
        "id_sk": [r.location.id if r.status == "KUMUH" else "USUL-1" for r in records],
        "nama_lokas": [r.name for r in records],
        "luas_sk_m2": [round(r.written * 10_000, 1) for r in records],
        "tingkat_ku": [r.level for r in records],
        "kelurahan_": [r.kelurahan for r in records],
        "nama_kecam": [city.tiling.kelurahan[r.location.kelurahan].kecamatan for r in records],
        "daftar_rt_": [_rt_list(city, r.location) for r in records],
        "nomor_sk": [NUMBER for _ in records],
        "tanggal_sk": [DATE for _ in records],
        "status_kum": [r.status for r in records],
    }
    path = drop / "sk/sk_kumuh_2021.shp"
    write_layer(path, [r.shape for r in records], columns, "Polygon", encoding="cp1252")
    for suffix in (".prj", ".cpg"):
        path.with_suffix(suffix).unlink(missing_ok=True)
    ledger.add("crs.stated", config.SK, None, "", "tanpa .prj")


def _annex(city: City, drop: Path, ledger: Ledger) -> None:
    """Locations that were never drawn; their levels are of the regulation of 2016."""
    book = open_workbook(drop / "sk/lampiran_sk_2021.xlsx")
    sheet = Sheet(book, "Lampiran I")
    sheet.line(["LAMPIRAN I KEPUTUSAN WALI KOTA CONTOH"])
    sheet.line([f"NOMOR {NUMBER} TANGGAL 14 JUNI 2021"])
    sheet.header(
        [("No", None), ("ID Lokasi", None), ("Nama Lokasi", None), ("Luas (Ha)", None),
         ("Lingkup Administratif", "RT/RW"), ("Lingkup Administratif", "Kelurahan"),
         ("Lingkup Administratif", "Kecamatan"), ("Kependudukan", "Jumlah (Jiwa)"),
         ("Titik Koordinat", "Lintang"), ("Titik Koordinat", "Bujur"),
         ("Kekumuhan", "Nilai"), ("Kekumuhan", "Tingkat")]
    )  # fmt: skip
    locations = [s for s in city.sk() if s.polygon is None]
    for number, s in enumerate(locations, 1):
        unit = city.tiling.kelurahan[s.kelurahan]
        level = s.level or "ringan"
        sheet.line(
            [number, s.id, s.name, f"{s.written or 0:.2f}".replace(".", ","), _rt_list(city, s),
             unit.name, unit.kecamatan, 300 + 7 * number, None, None, _SCORE_2016[level],
             f"Kumuh {level.capitalize()}"]
        )  # fmt: skip
    count = len(locations)
    sheet.line(["JUMLAH", None, None, f"{sum(s.written or 0 for s in locations):.2f}"])
    sheet.line([])
    sheet.line([None, None, None, None, None, "WALI KOTA CONTOH,"])
    sheet.line([None, None, None, None, None, "ttd."])
    book.close()
    ledger.add("row.total", config.SK_TABEL, count, "", "jumlah")
    ledger.add("row.empty", config.SK_TABEL, count + 1, "", "baris kosong")
    ledger.add("row.signature", config.SK_TABEL, count + 2, "", "wali kota")
    ledger.add("row.signature", config.SK_TABEL, count + 3, "", "ttd.")
