"""Sizes and constants of the synthetic city. Lengths are metres, areas hectares."""

from __future__ import annotations

from dataclasses import dataclass

CRS = "EPSG:32749"
CITY_CODE = "33.78"
CITY_NAME = "Kota Contoh"
BPS_CITY = "3378"
ORIGIN = (432_000.0, 9_233_000.0)
PITCH = 158.0
"""Spacing of RT seeds: a cell is about 2.1 ha."""

PARAMETERS = (
    "1a", "1b", "1c", "2a", "2b", "3a", "3b", "4a", "4b", "4c", "5a", "5b", "6a", "6b", "7a", "7b",
)  # fmt: skip

SEMPADAN_DEFAULT = 15.0
BCB_BUFFER = 50.0
HAZARD_BREAKS = (0.333, 0.666)
TOLERANCE = 5.0
MATERIAL = 0.05
"""Share of an area from which two outlines of it differ materially."""
TIMESTAMP = "2024-01-15T00:00:00Z"

# Source ids, in one place because the pipeline file, the truth and the defect list all name them.
KELURAHAN = "bappeda-kelurahan"
KELURAHAN_BPS = "bps-desa"
RT = "bappeda-rt"
RT_LAMA = "perkim-rt-2019"
PROFIL = "profil-rt-2023"
SUSULAN = "survei-susulan"
KAWASAN = "delineasi-2023"
KAWASAN_PU = "dpupr-delineasi"
SK = "sk-kumuh"
SK_TABEL = "sk-lampiran"
BANGUNAN = "dpupr-bangunan"
JALAN = "dpupr-jalan"
DRAINASE = "dpupr-drainase"
GENANGAN = "dpupr-genangan"
PDAM = "pdam-pelanggan"
LIMBAH = "dpkp-sanitasi"
SAMPAH = "dlh-persampahan"
HIDRAN = "damkar-hidran"
PENDUDUK = "dukcapil-penduduk"
LINDUNG = "rtrw-lindung"
SUNGAI = "bbws-sungai"
BANJIR = "bpbd-banjir"
LONGSOR = "bnpb-longsor"
MHA = "dinsos-mha"
BCB = "disbud-bcb"
BCB_ZONA = "disbud-zona"
TANAH = "bpn-tanah"
KEGIATAN = "pokja-kegiatan"

ORDER = (PROFIL, SUSULAN, PDAM, LIMBAH, SAMPAH, BANGUNAN, JALAN, DRAINASE, GENANGAN, HIDRAN)
ORDER_BY_PARAMETER = {"3a": (PDAM, PROFIL)}


@dataclass(frozen=True)
class Size:
    """How large a city is made: counts of kelurahan, cells (RT and open land) and kawasan."""

    name: str
    kelurahan: int
    kecamatan: int
    cells: int
    kawasan: int
    rt_per_rw: int


SIZES = {
    "kecil": Size("kecil", 6, 2, 84, 0, 4),
    "sedang": Size("sedang", 25, 4, 740, 60, 6),
    "besar": Size("besar", 50, 7, 2_950, 230, 7),
}
