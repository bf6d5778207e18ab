"""The pipeline file that goes with the delivered files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kotaku_geo.sample import config
from kotaku_geo.sample.deliver import decree_files, delineation, profile_book, tables
from kotaku_geo.sample.names import AGENCIES

Source = dict[str, Any]
_HEAD = """\
# Kota contoh: dibuat oleh `kotaku-geo sample`; isinya sengaja berantakan.
# Kebenarannya ada di ../truth/, di samping berkas yang diserahkan.
"""
_YES = {"Ya": "ya", "Tidak": "tidak"}


def _source(
    ident: str, layer: str, path: str, agency: str, date: str, scale: int | None, **more: object
) -> Source:
    source: Source = {"id": ident, "layer": layer, "path": path}
    if "table" in more:
        source["table"] = more.pop("table")
    source |= {"agency": AGENCIES[agency], "date": date}
    if scale is not None:
        source["scale"] = scale
    return source | more


def _borders() -> list[Source]:
    return [
        _source(
            config.KELURAHAN, "kelurahan", "administrasi/batas_kelurahan.shp", "bappeda",
            "2023-02-01", 5000,
            columns={
                "kode_kelurahan": "KDEPUM", "nama_kelurahan": "NAMOBJ",
                "kode_kecamatan": "KDCPUM", "nama_kecamatan": "WADMKC", "luas_km2": "LUAS_KM2",
            },
        ),
        _source(
            config.KELURAHAN_BPS, "kelurahan", "administrasi/bps_desa_2020.gpkg", "bps",
            "2020-09-01", 25000, table="desa_2020",
            columns={"kode_bps": "iddesa", "nama_kelurahan": "nmdesa", "nama_kecamatan": "nmkec"},
        ),
        _source(
            config.RT, "rt", "administrasi/batas_rt.gpkg", "bappeda", "2023-03-15", 1000,
            table="batas_rt_2023",
            columns={"rt": "NO_RT", "rw": "NO_RW", "nama_kelurahan": "KEL"},
        ),
        _source(
            config.RT_LAMA, "rt", "administrasi/rt_kumuh_2019.gpkg", "perkim", "2019-08-01", 1000,
            table="rt_kumuh", columns={"rt": "RT", "rw": "RW", "nama_kelurahan": "KELURAHAN"},
        ),
    ]  # fmt: skip


def _survey() -> list[Source]:
    return [
        _source(
            config.PROFIL, "profil_rt", "survei/profil_rt_2023.xlsx", "perkim", "2023-12-15", None,
            table="Numerik RT", columns=dict(profile_book.COLUMNS),
        ),
        _source(
            config.SUSULAN, "profil_rt", "survei/survei_susulan.csv", "perkim", "2024-01-20", None,
            columns={
                "nama_kelurahan": "Kelurahan", "rt": "RT/RW", "rw": "RT/RW",
                "p3b": "Air 60 l (%)", "p6a": "Sampah (%)", "p7b": "APAR (%)",
            },
        ),
        _source(
            config.KAWASAN, "kawasan", "survei/delineasi_kumuh_2023.geojson", "perkim",
            "2023-11-30", 1000, columns=dict(delineation.COLUMNS),
            values={
                "tingkat": {text: level for level, text in delineation.LEVEL_TEXT.items()},
                "legalitas": {"Legal": "legal", "Tidak Legal": "tidak_legal"},
                "tingkat_pertimbangan": {
                    "Tinggi": "tinggi", "Sedang": "sedang", "Rendah": "rendah",
                },
            },
            coverage="cakupan/cakupan_survei.geojson",
        ),
        _source(
            config.KAWASAN_PU, "kawasan", "survei/delineasi_dpupr_2020.gpkg", "dpupr",
            "2020-10-01", 2500, table="kumuh_2020", columns={"id_kawasan": "KODE"},
        ),
    ]  # fmt: skip


def _decree() -> list[Source]:
    return [
        _source(
            config.SK, "sk", "sk/sk_kumuh_2021.shp", "perkim", decree_files.DATE, 5000,
            crs=config.CRS, encoding="cp1252", columns=dict(decree_files.COLUMNS),
            values={"tingkat_sk": {c: level for level, c in decree_files.LEVEL_CODE.items()}},
            where="status_kum = 'KUMUH'", units={"luas_sk_ha": "m2"},
        ),
        _source(
            config.SK_TABEL, "sk_tabel", "sk/lampiran_sk_2021.xlsx", "perkim", decree_files.DATE,
            None, table="Lampiran I", columns=dict(decree_files.TABLE_COLUMNS),
            values={
                "tingkat_sk": {
                    f"Kumuh {level.capitalize()}": level for level in decree_files.LEVEL_CODE
                }
            },
            regulation="permen-2-2016",
            set={"nomor_sk": decree_files.NUMBER, "tanggal_sk": decree_files.DATE},
        ),
    ]  # fmt: skip


def _sectors() -> list[Source]:
    pu = "cakupan/cakupan_pu.geojson"
    yes_no = {"Y": "tidak", "T": "ya"}
    return [
        _source(
            config.BANGUNAN, "bangunan", "sektor/bangunan.gpkg", "dpupr", "2023-06-01", 1000,
            table="bangunan_gedung",
            columns={"tidak_teratur": "TERATUR", "tidak_layak": "MEMENUHI"},
            values={"tidak_teratur": dict(yes_no), "tidak_layak": dict(yes_no)},
        ),
        _source(
            config.JALAN, "jalan", "sektor/jalan_lingkungan.zip/jalan/jalan_lingkungan.shp",
            "dpupr", "2023-07-01", 1000, columns={"kondisi": "KONDISI", "lebar_m": "LEBAR"},
            values={"kondisi": {"Baik": "baik", "Rusak": "rusak"}}, coverage="kota",
        ),
        _source(
            config.DRAINASE, "drainase", "sektor/drainase.kmz", "dpupr", "2023-07-01", 1000,
            columns={"kondisi": "KONDISI", "lebar_m": "LEBAR_M"}, coverage="kota",
        ),
        _source(
            config.GENANGAN, "genangan", "sektor/genangan.geojson", "dpupr", "2023-02-20", 2500,
            columns={"tinggi_cm": "TINGGI_CM", "lama_jam": "LAMA_JAM", "frekuensi": "FREK_THN"},
            coverage=pu,
        ),
        _source(
            config.PDAM, "air_minum", "sektor/pdam_pelanggan.csv", "pdam", "2023-10-31", None,
            encoding="cp1252",
            columns={
                "kode_kelurahan": "Kode Désa", "rt": "RT", "rw": "RW", "layak": "Layanan",
                "jumlah_kk": "Jml KK",
            },
            values={"layak": {"Layak": "ya", "Tidak Layak": "tidak"}},
        ),
        _source(
            config.LIMBAH, "air_limbah", "sektor/sanitasi.gpkg", "perkim", "2023-08-01", 1000,
            table="air_limbah_setempat", columns={"layak": "SPALD", "jumlah_kk": "KK"},
            values={"layak": {"Sesuai": "ya", "Tidak Sesuai": "tidak"}},
        ),
        _source(
            config.SAMPAH, "persampahan", "sektor/dlh_persampahan.csv", "dlh", "2023-09-01", None,
            columns={
                "kode_kelurahan": "KODE_KEL", "rt": "RT", "rw": "RW", "layak": "TERLAYANI",
                "jumlah_kk": "JML_KK",
            },
            values={"layak": dict(_YES)},
        ),
        _source(
            config.HIDRAN, "proteksi_kebakaran", "sektor/hidran.kml", "damkar", "2023-05-05", 2500,
            columns={"jenis": "JENIS", "radius_m": "RADIUS"}, coverage=pu,
        ),
        _source(
            config.PENDUDUK, "penduduk", "kependudukan/penduduk_2023.csv", "dukcapil",
            "2023-12-31", None,
            columns={
                "kode_kelurahan": "KODE_WILAYAH", "jumlah_penduduk": "PENDUDUK",
                "jumlah_kk": "KK", "tahun": "TAHUN",
            },
        ),
    ]  # fmt: skip


def _themes() -> list[Source]:
    return [
        _source(
            config.LINDUNG, "kawasan_lindung", "penapisan/kawasan_lindung.gpkg", "bappeda",
            "2021-01-01", 25000, table="lindung_ar_25k", columns={"jenis": "JENIS"},
            coverage="kota",
        ),
        _source(
            config.SUNGAI, "kawasan_lindung", "penapisan/sungai.geojson", "bbws", "2022-04-01",
            10000, columns={"sempadan_m": "SEMPADAN"}, coverage="kota",
            set={"jenis": "sempadan sungai"},
        ),
        _source(
            config.BANJIR, "rawan_bencana", "penapisan/kebencanaan.gpkg", "bpbd", "2022-12-01",
            10000, table="zona_banjir", columns={"kelas": "KELAS"},
            values={"kelas": {"Rendah": "rendah", "Sedang": "sedang", "Tinggi": "tinggi"}},
            coverage="kota", set={"bahaya": "banjir"},
        ),
        _source(
            config.LONGSOR, "rawan_bencana", "penapisan/indeks_longsor.tif", "bnpb", "2021-07-01",
            50000, set={"bahaya": "tanah longsor"},
        ),
        _source(
            config.MHA, "mha", "penapisan/mha.csv", "dinsos", "2022-01-10", None,
            columns={"nama": "KOMUNITAS", "status": "STATUS", "kode_kelurahan": "KODE_KEL"},
            values={
                "status": {
                    "Tidak": "tidak", "Ditetapkan": "ditetapkan", "Teregistrasi": "teregistrasi",
                }
            },
        ),
        _source(
            config.BCB, "bcb", "penapisan/cagar_budaya.geojson", "disbud", "2022-08-17", 5000,
            columns={"nama": "NAMA", "peringkat": "PERINGKAT"},
        ),
        _source(
            config.BCB_ZONA, "bcb", "penapisan/zona_cagar_budaya.kml", "disbud", "2022-08-17",
            5000, columns={"nama": "NAMA", "zona": "ZONA"},
        ),
        _source(
            config.TANAH, "status_tanah", "penapisan/bidang_tanah.gpkg", "bpn", "2023-01-31", 1000,
            table="bidang_tanah", columns={"status": "TIPEHAK"}, licence="internal", publish=False,
        ),
        _source(
            config.KEGIATAN, "kegiatan", "program/kegiatan_2024.xlsx", "pokja", "2024-12-20", None,
            table="Kegiatan", columns=dict(tables.WORKS) | {"rw": tables.WORKS["rt"]},
        ),
    ]  # fmt: skip


def pipeline() -> dict[str, Any]:
    """The pipeline as data; it is the same for every seed and size."""
    return {
        "city": {
            "code": config.CITY_CODE,
            "name": config.CITY_NAME,
            "crs": config.CRS,
            "size": "sedang",
        },
        "regulation": "permen-14-2018",
        "drop": "../drop",
        "sources": [*_borders(), *_survey(), *_decree(), *_sectors(), *_themes()],
        "policy": {
            "order": {
                "default": list(config.ORDER),
                **{key: list(ids) for key, ids in config.ORDER_BY_PARAMETER.items()},
            },
            "tolerance": {"default": int(config.TOLERANCE)},
        },
        "screen": {
            "bcb": {"buffer_m": int(config.BCB_BUFFER)},
            "kawasan_lindung": {"sempadan_m": int(config.SEMPADAN_DEFAULT)},
            "rawan_bencana": {
                "breaks": list(config.HAZARD_BREAKS),
                "jenis_wajib": ["banjir", "tanah longsor"],
            },
        },
    }


def write_pipeline(path: Path) -> None:
    """Write the pipeline file; its paths are relative to the drop beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(pipeline(), allow_unicode=True, sort_keys=False, width=100)
    path.write_text(_HEAD + text, encoding="utf-8")
