"""Delivered tables: follow-up survey, PDAM, waste, population and the programme's works."""

from __future__ import annotations

from pathlib import Path

from kotaku_geo.sample import config
from kotaku_geo.sample.city import City
from kotaku_geo.sample.deliver.profile_book import spelled
from kotaku_geo.sample.formats import Sheet, Value, open_workbook, write_csv
from kotaku_geo.sample.ledger import Ledger
from kotaku_geo.sample.survey import RtFacts
from kotaku_geo.sample.tiling import Cell, Kelurahan

Rows = list[list[Value]]
FOLLOW_UP = ("3b", "6a", "7b")


def write_tables(city: City, drop: Path, ledger: Ledger) -> None:
    """All CSV files of `survei/`, `sektor/` and `kependudukan/`, and `program/`."""
    _follow_up(city, drop, ledger)
    _water(city, drop, ledger)
    _waste(city, drop)
    _population(city, drop)
    _works(city, drop, ledger)


def _place(city: City, rt: RtFacts) -> tuple[Kelurahan, Cell]:
    cell = city.tiling.cells[rt.cell]
    return city.tiling.kelurahan[cell.kelurahan], cell


def _comma(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _follow_up(city: City, drop: Path, ledger: Ledger) -> None:
    """Shares in percent with a decimal comma, in a file with a byte order mark."""
    rows: Rows = [["Kelurahan", "RT/RW", "Air 60 l (%)", "Sampah (%)", "APAR (%)"]]
    for rt in city.facts:
        said = {p: c for p, c in city.second[rt.cell].items() if c.source == config.SUSULAN}
        if said:
            unit, cell = _place(city, rt)
            shares = [_comma(said[p].share * 100, 1) if p in said else "" for p in FOLLOW_UP]
            rows.append([unit.name, spelled(cell, 0), *shares])
    ledger.add("value.percent-scale", config.SUSULAN, None, "", "kolom dalam persen")
    write_csv(drop / "survei/survei_susulan.csv", rows, "utf-8-sig")


def _rt_text(cell: Cell) -> tuple[str, str]:
    return f"{cell.rt}{cell.suffix}", f"{cell.rw}" if cell.rw else ""


def _water(city: City, drop: Path, ledger: Ledger) -> None:
    """Families by supply, in cp1252; some codes went through a spreadsheet as numbers."""
    rows: Rows = [["Kode Désa", "Kelurahan", "RT", "RW", "Layanan", "Jml KK"]]
    spoilt = 0
    for rt in city.facts:
        said = city.second[rt.cell].get("3a")
        if said is None:
            continue
        unit, cell = _place(city, rt)
        code = unit.code
        if spoilt < 2 and cell.rw:
            code, spoilt = unit.code.replace(".", ""), spoilt + 1
            ledger.add("code.repaired", config.PDAM, None, "", f"tertulis {code}")
        bad = round(said.volume or 0.0)
        rw_rt = _rt_text(cell)
        for answer, families in (("Layak", rt.kk - bad), ("Tidak Layak", bad)):
            rows.append([code, unit.name, *rw_rt, answer, _comma(float(families), 1)])
    ledger.add("value.missing", config.PDAM, None, "", f"baris {len(rows) - 1} tanpa RT")
    unit = city.tiling.kelurahan[0]
    rows.append([unit.code, unit.name, "", "", "Layak", "12,0"])
    ledger.add("row.total", config.PDAM, len(rows) - 1, "", "jumlah")
    total = sum(rt.kk for rt in city.facts if "3a" in city.second[rt.cell])
    rows.append(["JUMLAH", "", "", "", "", _comma(float(total + 12), 1)])
    write_csv(drop / "sektor/pdam_pelanggan.csv", rows, "cp1252")


def _waste(city: City, drop: Path) -> None:
    rows: Rows = [["KODE_KEL", "RT", "RW", "TERLAYANI", "JML_KK"]]
    for rt in city.facts:
        said = city.second[rt.cell].get("6b")
        if said is not None:
            unit, cell = _place(city, rt)
            bad = round(said.volume or 0.0)
            rows += [
                [unit.code, *_rt_text(cell), answer, families]
                for answer, families in (("Ya", rt.kk - bad), ("Tidak", bad))
            ]
    write_csv(drop / "sektor/dlh_persampahan.csv", rows, "utf-8-sig")


def _population(city: City, drop: Path) -> None:
    rng = city.rng(1)
    rows: Rows = [["KODE_WILAYAH", "NAMA", "PENDUDUK", "KK", "TAHUN"]]
    for unit in sorted(city.tiling.kelurahan, key=lambda u: u.code):
        families = round(unit.polygon.area / 10_000 * rng.uniform(38, 60))
        people = round(families * rng.uniform(3.2, 3.8))
        rows.append([unit.code, unit.name.upper(), people, families, 2023])
    write_csv(drop / "kependudukan/penduduk_2023.csv", rows, "utf-8")


def _works(city: City, drop: Path, ledger: Ledger) -> None:
    """What has been planned and built since: the programme's own list of works."""
    rng = city.rng(2)
    book = open_workbook(drop / "program/kegiatan_2024.xlsx")
    sheet = Sheet(book, "Kegiatan")
    sheet.line(["REKAP KEGIATAN PENANGANAN KUMUH"])
    sheet.header([(name, None) for name in WORKS.values()])
    works = {"2b": "Perbaikan jalan lingkungan", "4c": "Perbaikan drainase", "6a": "Gerobak sampah"}
    row = 0
    for rt in city.facts:
        if rt.kawasan is None or rng.random() > 0.4:
            continue
        unit, cell = _place(city, rt)
        parameter = str(rng.choice(list(works)))
        volume = round((rt.volumes[parameter] or 0.0) * rng.uniform(0.3, 0.9))
        money = volume * 450_000
        year: Value = 2024
        if row == 3:
            year = "-"
            ledger.add("value.missing", config.KEGIATAN, None, "", f"baris {row} tanpa tahun")
        sheet.line(
            [year, unit.code, unit.name, spelled(cell, 3), parameter, works[parameter],
             round(volume * 1.1), volume, str(rng.choice(["APBD", "APBN", "Swadaya"])),
             f"{money:,.2f}".translate(str.maketrans(",.", ".,")), round(money * 0.93), rt.kk,
             rt.penduduk, "Selesai" if rng.random() < 0.7 else "Berjalan"]
        )  # fmt: skip
        row += 1
    book.close()


WORKS = {
    "tahun": "Tahun",
    "kode_kelurahan": "Kode Kelurahan",
    "nama_kelurahan": "Kelurahan",
    "rt": "RT/RW",
    "parameter": "Kriteria",
    "kegiatan": "Kegiatan",
    "volume_rencana": "Volume Rencana",
    "volume": "Volume Realisasi",
    "sumber_dana": "Sumber Dana",
    "anggaran": "Pagu (Rp)",
    "realisasi": "Realisasi (Rp)",
    "kk_pemanfaat": "KK Pemanfaat",
    "jiwa_pemanfaat": "Jiwa Pemanfaat",
    "status": "Status",
}
"""Canonical column → heading in the list of works."""
