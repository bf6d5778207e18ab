"""What places, sources, parameters and levels are called in a meeting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kotaku_geo.config import City, Pipeline
from kotaku_geo.publish.worksheet.words import (
    NAME,
    data,
    day,
    language,
    level,
    plain,
    say,
    series,
)
from kotaku_geo.regulation import Regulation, load
from kotaku_geo.workspace import Workspace

_RT = re.compile(r"(?P<kode>[\d.]+)-RW(?P<rw>\w+)-RT(?P<rt>[\w+]+)")
_NO_RW = "000"
_CITY = re.compile(r"(?:(?P<kota>kota)|kabupaten|kab\.?)\s+(?P<nama>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """Names by id."""

    pipeline: Pipeline
    law: Regulation
    kelurahan: Mapping[str, str]
    kawasan: Mapping[str, str]
    village_of_kawasan: Mapping[str, str]

    @classmethod
    def of(cls, workspace: Workspace, pipeline: Pipeline) -> "Names":
        """The names that consolidation settled on."""
        return cls(
            pipeline,
            load(pipeline.regulation),
            _column(workspace, "consolidate/kelurahan", "kode_kelurahan", "nama_kelurahan"),
            _column(workspace, "consolidate/kawasan", "id_kawasan", "nama_kawasan"),
            _column(workspace, "consolidate/kawasan", "id_kawasan", "nama_kelurahan"),
        )

    def place(self, subject: str) -> str:
        """An RT, a kawasan, a kelurahan or one record in words; what is none of them as it is."""
        if parts := rt_parts(subject):
            kode, number, rt = parts
            rw = "" if number is None else say("nama.rw", rw=number)
            numbers = rt.replace("+RT", ", ")
            return say("nama.rt", rt=numbers, rw=rw, kelurahan=self.village(kode))
        if subject in self.kelurahan:
            return say("nama.kelurahan", nama=self.kelurahan[subject])
        if subject in self.kawasan:
            return say("nama.kawasan", nama=self.kawasan[subject], id=subject)
        return self.record(subject) if is_record(subject) else plain(subject)

    def spoken(self, subject: str) -> list[str]:
        """What a place is called for short, where it is clear which kelurahan is talked of."""
        if parts := rt_parts(subject):
            _, number, rt = parts
            numbers = rt.replace("+RT", ", ")
            if number is None:
                return [say("nama.rt_saja", rt=numbers)]
            return [say(f"nama.{key}", rt=numbers, rw=number) for key in ("rt_rw", "rw_rt")]
        return [table[subject] for table in (self.kelurahan, self.kawasan) if subject in table]

    def village(self, kode: str) -> str:
        """A kelurahan's name; its code where it has none."""
        return self.kelurahan.get(kode, kode)

    def village_of(self, subject: str) -> str:
        """Name of the kelurahan in which a thing lies, or of all; empty if unknown."""
        if subject in self.village_of_kawasan:
            return series(self.village_of_kawasan[subject].split(";"), "nama.dan")
        match = re.match(r"\d\d\.\d\d\.\d\d\.\d{4}", subject)
        return self.village(match[0]) if match else ""

    def parameter(self, parameter: str) -> str:
        """``3a Ketidaktersediaan akses aman air minum``, or what an outline or identity is of."""
        for known in self.law.parameters:
            if known.id == parameter:
                return f"{parameter} {getattr(known, f'{language()}_name')}"
        return say(f"parameter.{parameter}") if "." in parameter else plain(parameter)

    def unit(self, parameter: str) -> str:
        """Unit of a parameter's volume, or of a denominator; empty where it has none."""
        units = {p.id: p.volume_unit for p in self.law.parameters} | _COUNTED
        return say(f"satuan.{units[parameter]}") if parameter in units else ""

    def source(self, source_id: str) -> str:
        """Who a source is: its agency, or its id where the pipeline file names none."""
        return plain(self._agency(source_id) or source_id)

    def record(self, choice: str) -> str:
        """Who a source is, by its id, and which of its records: of ``source_id#source_row``."""
        source, _, row = choice.partition("#")
        who = say("nama.siapa", siapa=self.source(source), id=source)
        return who + (say("nama.rekaman", baris=row) if row else "")

    def dated(self, source_id: str) -> str:
        """Who a source is and of which day its data are."""
        date = self.date(source_id)
        return say("nama.sumber", siapa=self.source(source_id), id=source_id, tanggal=date)

    def date(self, source_id: str) -> str:
        """Day of a source's data in words."""
        dates = {s.id: s.date for s in self.pipeline.sources}
        found = dates.get(source_id)
        return say("nama.tanpa_tanggal") if found is None else day(found)

    def levels(self, levels: tuple[str, ...]) -> str:
        """Levels in words, joined by *atau*."""
        return say("nama.atau").join(level(name) for name in levels)

    def _agency(self, source_id: str) -> str | None:
        return {s.id: s.agency for s in self.pipeline.sources}.get(source_id)


def decreed_by(city: City) -> str:
    """Who decrees for a city or regency, by its name; by its code where that does not tell."""
    province, number = city.code.split(".")
    match = _CITY.fullmatch(plain(city.name).strip())
    by_code = number >= data("acara.kode.kota_dari")
    kind = "kota" if (by_code if match is None else match["kota"]) else "kabupaten"
    if province == data("acara.kode.provinsi"):
        kind = "provinsi"
    return say(f"acara.kepala_daerah.{kind}", nama=match["nama"] if match else plain(city.name))


_COUNTED = {
    "penyebut.jumlah_bangunan": "unit", "penyebut.jumlah_penduduk": "jiwa",
    "penyebut.jumlah_kk": "KK", "penyebut.luas_ha": "ha", "penyebut.jalan_ideal_m": "m",
    "penyebut.jalan_eksisting_m": "m", "penyebut.drainase_ideal_m": "m",
}  # fmt: skip


def rt_parts(subject: str) -> tuple[str, str | None, str] | None:
    """Kelurahan, RW (None without one) and RT of an RT's id; None for what is no such id."""
    match = _RT.fullmatch(subject)
    if match is None:
        return None
    return match["kode"], None if match["rw"] == _NO_RW else match["rw"], match["rt"]


def is_record(value: object) -> bool:
    """Whether what is meant is one record of a delivery: ``source_id#source_row``."""
    return re.fullmatch(r"[^#]+#\d+", str(value)) is not None


def _column(workspace: Workspace, table: str, key: str, column: str) -> dict[str, str]:
    if not workspace.has(table):
        return {}
    frame = workspace.read(table, [key, column]).dropna()
    return {str(k): plain(v, NAME) for k, v in zip(frame[key], frame[column], strict=True)}
