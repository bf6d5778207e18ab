"""The survey workbook, one row an RT, as the field fills it in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kotaku_geo.sample import config, names
from kotaku_geo.sample.city import City
from kotaku_geo.sample.formats import Sheet, Value, open_workbook
from kotaku_geo.sample.ledger import PER_COLUMN, Ledger
from kotaku_geo.sample.survey import RtFacts
from kotaku_geo.sample.tiling import Cell, Kelurahan

Row = list[Value | datetime]
HEADER: tuple[tuple[str, str | None], ...] = (
    ("No", None),
    ("Kecamatan", None),
    ("Kelurahan/Desa", None),
    ("Nama Kawasan", None),
    ("RT/RW", None),
    ("Luas Verifikasi (Ha)", None),
    ("Jumlah Bangunan (Unit)", None),
    ("Kependudukan", "Jumlah Penduduk (Jiwa)"),
    ("Kependudukan", "Jumlah KK (KK)"),
    ("Panjang Jalan Lingkungan (m)", "Ideal Jalan"),
    ("Panjang Jalan Lingkungan (m)", "Eksisting Jalan"),
    ("Panjang Drainase Ideal (m)", None),
    ("1. Kondisi Bangunan Gedung", "1a (Unit)"),
    ("1. Kondisi Bangunan Gedung", "1b (Ha)"),
    ("1. Kondisi Bangunan Gedung", "1c (Unit)"),
    ("2. Kondisi Jalan Lingkungan", "2a (m)"),
    ("2. Kondisi Jalan Lingkungan", "2b (m)"),
    ("3. Kondisi Penyediaan Air Minum", "3a (KK)"),
    ("3. Kondisi Penyediaan Air Minum", "3b (KK)"),
    ("4. Kondisi Drainase Lingkungan", "4a (Ha)"),
    ("4. Kondisi Drainase Lingkungan", "4b (m)"),
    ("4. Kondisi Drainase Lingkungan", "4c (m)"),
    ("5. Kondisi Pengelolaan Air Limbah", "5a (KK)"),
    ("5. Kondisi Pengelolaan Air Limbah", "5b (KK)"),
    ("6. Kondisi Pengelolaan Persampahan", "6a (KK)"),
    ("6. Kondisi Pengelolaan Persampahan", "6b (KK)"),
    ("7. Kondisi Proteksi Kebakaran", "7a (Unit)"),
    ("7. Kondisi Proteksi Kebakaran", "7b (Unit)"),
    ("Legalitas Lahan", "Status Penguasaan Lahan (+/−)"),
    ("Legalitas Lahan", "Kesesuaian RTR (+/−)"),
    ("Pertimbangan Lain", "Nilai Strategis Lokasi"),
    ("Pertimbangan Lain", "Sosial Ekonomi Budaya"),
)
COLUMNS = {
    "nama_kelurahan": "Kelurahan/Desa",
    "nama_kawasan": "Nama Kawasan",
    "rt": "RT/RW",
    "rw": "RT/RW",
    "luas_ha": "Luas Verifikasi (Ha)",
    "jumlah_bangunan": "Jumlah Bangunan (Unit)",
    "jumlah_penduduk": "Jumlah Penduduk (Jiwa)",
    "jumlah_kk": "Jumlah KK (KK)",
    "jalan_ideal_m": "Ideal Jalan",
    "jalan_eksisting_m": "Eksisting Jalan",
    "drainase_ideal_m": "Panjang Drainase Ideal (m)",
    **{
        f"v{part.split()[0]}": part
        for _, part in HEADER
        if part is not None and part.split()[0] in config.PARAMETERS
    },
    "status_penguasaan_lahan": "Status Penguasaan Lahan (+/−)",
    "kesesuaian_rtr": "Kesesuaian RTR (+/−)",
    "nilai_strategis": "Nilai Strategis Lokasi",
    "sosial_ekonomi": "Sosial Ekonomi Budaya",
}
"""Canonical column → heading in the workbook, for the pipeline file."""


def spelled(cell: Cell, style: int) -> str:
    """RT and RW in one of the spellings that occur."""
    rt, rw, letter = cell.rt, cell.rw, cell.suffix
    if not rw:
        return (f"RT {rt:02d}", f"RT{rt:03d}", f"RT. {rt}")[style % 3]
    return (
        f"RT{rt:03d}{letter}-RW{rw:03d}",
        f"RT {rt:02d}{letter} RW {rw:02d}",
        f"RT{rt:03d}{letter} - RW{rw:02d}",
        f"{rt:03d}{letter}/{rw:03d}",
        f"{rt}{letter}/{rw}",
        f"RT{rt:02d}{letter}-RW{rw:02d}",
    )[style % 6]


def _kelurahan_name(unit: Kelurahan, style: int) -> str:
    name = unit.name
    return (name, name.upper(), f"Kel. {name}", name, f"{name} ")[style % 5]


class ProfileBook:
    """Writes the rows and notes what is wrong with them."""

    def __init__(self, city: City, ledger: Ledger) -> None:
        self.city, self.ledger = city, ledger
        self.written = city.damage.written()
        self.rows: list[Row] = []

    def _note(self, rule: str, subject: str, detail: str) -> None:
        row = None if rule in PER_COLUMN else len(self.rows)
        self.ledger.add(rule, config.PROFIL, row, subject, detail)

    def _text(self, rt: RtFacts, column: str, value: Value) -> Value:
        return self.written.get((rt.id_rt, column), value)

    def record(self, rt: RtFacts) -> Row:
        """One RT as a row of the workbook."""
        cell = self.city.tiling.cells[rt.cell]
        unit = self.city.tiling.kelurahan[cell.kelurahan]
        lacking = rt.volumes["2a"]
        strategic: Value = {5: "ya", 1: "tidak"}[rt.strategic or 1] if rt.cell % 4 else rt.strategic
        return [
            len(self.rows) + 1,
            unit.kecamatan,
            _kelurahan_name(unit, rt.cell),
            None if rt.kawasan is None else rt.kawasan.name + (" " if rt.cell % 7 == 0 else ""),
            spelled(cell, rt.cell),
            self._text(rt, "luas_ha", rt.luas),
            rt.bangunan,
            rt.penduduk,
            rt.kk,
            rt.jalan,
            None if lacking is None else rt.jalan - lacking,
            rt.drainase,
            *(self._text(rt, f"v{p}", rt.volumes[p]) for p in config.PARAMETERS),
            rt.land,
            rt.plan,
            strategic,
            rt.social,
        ]

    def _special(self, rt: RtFacts) -> None:
        """Note what is broken in a row that is about to be written."""
        if rt.volumes["7b"] is None and (rt.id_rt, "v7b") not in self.written:
            self._note("parameter.missing", rt.id_rt, "7b tanpa nilai")
        for broken in self.city.damage.cells:
            if broken.id_rt == rt.id_rt:
                for rule in broken.rules:
                    self._note(rule, rt.id_rt, broken.detail)
        if rt.kawasan is None:
            self._note("rt.no-kawasan", rt.id_rt, f"skor {rt.total().low}")

    def fill(self) -> None:
        """All rows, grouped by kelurahan with subtotals and empty rows between them."""
        dated, fuzzy = self._dated(), self._fuzzy()
        before: int | None = None
        for rt in self.city.facts:
            home = self.city.tiling.cells[rt.cell].kelurahan
            if before is not None and home != before:
                self._subtotal(before)
            before = home
            row = self.record(rt)
            self._special(rt)
            if rt is dated:
                cell = self.city.tiling.cells[rt.cell]
                row[4] = datetime(2023, cell.rw, cell.rt)
                self._note("rt.date", rt.id_rt, f"{cell.rt}/{cell.rw} menjadi tanggal")
            if rt is fuzzy:
                name = names.doubled(self.city.tiling.kelurahan[home].name)
                row[2] = name
                self._note("name.fuzzy", rt.id_rt, f"tertulis {name}")
            if rt.cell % 11 == 5 and rt is not fuzzy:
                row[2] = names.spaced(self.city.tiling.kelurahan[home].name)
            self.rows.append(row)
        self._again()
        self._junk()
        self._close()

    def _dated(self) -> RtFacts | None:
        """An RT whose date reads one way: with RT and RW exchanged there is none such."""
        cells = self.city.tiling.cells
        for rt in self.city.facts:
            cell = cells[rt.cell]
            swapped = any(
                c.kelurahan == cell.kelurahan and (c.rw, c.rt) == (cell.rt, cell.rw) for c in cells
            )
            plain = not cell.suffix and rt.kawasan is not None
            if plain and cell.rt > 1 and cell.rw not in (0, cell.rt) and not swapped:
                return rt
        return None

    def _fuzzy(self) -> RtFacts | None:
        """An RT in a kelurahan whose name can be misspelled without becoming another."""
        for rt in reversed(self.city.facts):
            unit = self.city.tiling.kelurahan[self.city.tiling.cells[rt.cell].kelurahan]
            if unit.number > 1 and names.doubled(unit.name) != unit.name and rt.kawasan:
                return rt
        return None

    def _subtotal(self, home: int) -> None:
        unit = self.city.tiling.kelurahan[home]
        members = [
            rt for rt in self.city.facts if self.city.tiling.cells[rt.cell].kelurahan == home
        ]
        self._note("row.total", "", f"jumlah {unit.name}")
        self.rows.append(_total(f"Jumlah Kelurahan {unit.name}", members))
        self._note("row.empty", "", "baris kosong")
        self.rows.append([None] * len(HEADER))

    def _again(self) -> None:
        """One row typed twice, and one RT entered a second time with another 3a."""
        facts = {rt.id_rt: rt for rt in self.city.facts}
        same = next(rt for rt in self.city.facts if rt.kawasan and not self._is_broken(rt))
        row = self.record(same)
        first = next(r for r in self.rows if r[3:] == row[3:])
        self._note("row.duplicate", same.id_rt, "baris sama persis")
        self.rows.append(list(first))
        for id_rt, candidate in self.city.damage.twice.items():
            row = self.record(facts[id_rt])
            row[12 + config.PARAMETERS.index("3a")] = candidate.volume
            self._note("rt.duplicate-key", id_rt, "3a berbeda dari baris pertama")
            self.rows.append(row)

    def _is_broken(self, rt: RtFacts) -> bool:
        broken = {cell.id_rt for cell in self.city.damage.cells}
        return rt.id_rt in broken or rt in (self._dated(), self._fuzzy())

    def _junk(self) -> None:
        """Rows that fit nowhere; no kawasan is named in them, so that they move no figure."""
        with_rw = next(u for u in self.city.tiling.kelurahan if u.has_rw and u.number > 1)
        real = with_rw.name
        rows = (
            ("rt.unreadable", real, "RT ?? / RW ??"),
            ("rt.date", real, datetime(2023, 5, 1)),
            ("rt.two", real, "RT 003 & 004 RW 002"),
            ("rt.date", real, datetime(2023, 12, 25)),
            ("conflict.identity", real, "RT 01"),
            ("name.unknown-kelurahan", "Antah Berantah", "RT001-RW001"),
            ("name.unknown-kelurahan", "Sukamaju", "RT001-RW001"),
        )
        for rule, name, rt in rows:
            row: Row = [len(self.rows) + 1, None, name, None, rt, 0.5, 20, 80, 22, 150, 120, 100]
            text = f"{rt:%d/%m}" if isinstance(rt, datetime) else rt
            if rule == "conflict.identity":
                # The number occurs in every RW: which of them is meant, nobody can tell.
                unclear = f"{with_rw.code}-RW000-RT001"
                self.ledger.add("rt.no-rw", config.PROFIL, None, "", text)
                self.ledger.add(rule, "", None, unclear, f"{name} {text}")
                self.ledger.dispute("identitas", unclear, "id_rt", material=True)
                # Without figures: whichever is meant, nothing else comes into dispute by it.
                self.rows.append([*row[:5], *[None] * (len(HEADER) - 5)])
                continue
            self._note(rule, "", f"{name} {text}")
            if name == "Sukamaju":  # which of two is meant, nobody can tell; without figures, too
                subject = f"{config.PROFIL}/sukamaju"
                self.ledger.add("conflict.identity", "", None, subject, f"{name} {text}")
                self.ledger.dispute("identitas", subject, "kode_kelurahan", material=True)
                self.rows.append([*row[:5], *[None] * (len(HEADER) - 5)])
                continue
            self.rows.append(row + [0] * 16 + ["+", "+", 1, 1])

    def _close(self) -> None:
        self._note("row.total", "", "jumlah seluruhnya")
        self.rows.append(_total("JUMLAH TOTAL", self.city.facts))
        for left, right in (
            ("Mengetahui,", "Kota Contoh, 15 Desember 2023"),
            ("Kepala Dinas Perkim", "Ketua Tim Pendataan"),
            ("NIP. 19700101 199503 1 001", "NIP. 19850212 201001 2 003"),
        ):
            self._note("row.signature", "", left)
            self.rows.append([None, left, None, None, None, None, right])


def _total(label: str, members: list[RtFacts]) -> Row:
    heads: Row = [
        round(sum(rt.luas for rt in members), 2),
        sum(rt.bangunan for rt in members),
        sum(rt.penduduk for rt in members),
        sum(rt.kk for rt in members),
    ]
    return [None, label, None, None, None, *heads]


def write_profile_book(city: City, drop: Path, ledger: Ledger) -> None:
    """`survei/profil_rt_2023.xlsx`, with a sheet of instructions before the numbers."""
    book = ProfileBook(city, ledger)
    book.fill()
    workbook = open_workbook(drop / "survei/profil_rt_2023.xlsx")
    guide = Sheet(workbook, "Petunjuk")
    guide.line(["Isi satu baris untuk setiap RT; volume adalah yang TIDAK memenuhi syarat."])
    sheet = Sheet(workbook, "Numerik RT")
    sheet.line(["DATA NUMERIK KEKUMUHAN TINGKAT RT"])
    sheet.line(["KOTA CONTOH TAHUN 2023 (Permen PUPR 14/PRT/M/2018)"])
    sheet.line([])
    sheet.header(HEADER)
    for row in book.rows:
        sheet.line(row)
    workbook.close()
