"""A small city made by hand, with every table of the contract and hostile names in it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kotaku_geo.findings import FindingBook
from kotaku_geo.stage import StageContext

CRS = "EPSG:32749"
X0, Y0 = 350_000.0, 9_238_000.0
PARAMETERS = ["1a", "1b", "1c", "2a", "2b", "3a", "3b", "4a", "4b", "4c", "5a", "5b", "6a", "6b",
              "7a", "7b"]  # fmt: skip
HOSTILE = '<script>alert(\'x\')</script>"\'&=HYPERLINK("a";"b")\u2028</script><!--'
KEL = ["33.75.01.1001", "33.75.01.1002", "33.75.02.1001"]
THEMES = ["kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah"]

SOURCES: list[dict[str, Any]] = [
    {"id": "kel", "layer": "kelurahan", "path": "kel.gpkg", "agency": "Bappeda",
     "date": "2023-05-01"},
    {"id": "rt", "layer": "rt", "path": "rt.gpkg"},
    {"id": "profil", "layer": "profil_rt", "path": "profil.xlsx", "date": "2022-12-31"},
    {"id": "pdam", "layer": "air_minum", "path": "pdam.csv"},
    {"id": "delineasi", "layer": "kawasan", "path": "kawasan.gpkg", "scale": 5000,
     "date": "2022-12-31"},
    {"id": "sk-2020", "layer": "sk", "path": "sk.gpkg", "scale": 5000, "date": "2020-06-01"},
    {"id": "sungai", "layer": "kawasan_lindung", "path": "sungai.gpkg", "coverage": "kota"},
    {"id": "banjir", "layer": "rawan_bencana", "path": "banjir.gpkg"},
    {"id": "cagar", "layer": "bcb", "path": "bcb.gpkg"},
    {"id": "adat", "layer": "mha", "path": "mha.gpkg"},
]  # fmt: skip


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle in metres from the city's corner."""
    return shapely.box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def geo(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def kelurahan() -> gpd.GeoDataFrame:
    names = ["Kauman", HOSTILE, "Kraton Kidul"]
    return geo(
        [
            {
                "kode_kelurahan": KEL[i],
                "nama_kelurahan": names[i],
                "nama_kecamatan": "Barat" if i < 2 else "Timur",
                "luas_ha": 100.0,
                "luas_kawasan_ha": [8.0, 5.0, 0.0][i],
                "luas_kumuh_rt_ha": [6.0, None, 0.0][i],
                "luas_kumuh_kawasan_ha": [8.0, 4.0, 0.0][i],
                "geometry": box(1000 * i, 0, 1000, 1000),
            }
            for i in range(3)
        ]
    )


def scores(seed: int, known: bool = True) -> dict[str, Any]:
    """Shares and scores of all parameters; one is unknown throughout."""
    values: dict[str, Any] = {}
    for i, parameter in enumerate(PARAMETERS):
        share = None if not known or parameter == "4c" else ((seed * 7 + i * 13) % 100) / 100
        values[f"p{parameter}"] = share
        limit = 5.0 if (share or 0) >= 0.76 else 3.0 if (share or 0) >= 0.51 else 1.0
        values[f"n{parameter}"] = None if share is None else (limit if share >= 0.25 else 0.0)
    return values


def rt() -> gpd.GeoDataFrame:
    rows = []
    for i in range(5):
        kk = [40.0, 3.0, 55.0, None, 20.0][i]
        rows.append(
            {
                "id_rt": f"{KEL[i // 3]}-RW001-RT00{i + 1}",
                "id_kawasan": f"K{i // 2 + 1}",
                "kode_kelurahan": KEL[i // 3],
                "nama_kelurahan": "Kauman" if i < 3 else HOSTILE,
                "rt": f"00{i + 1}",
                "rw": "001",
                "luas_ha": [1.0, 2.0, 3.0, 2.5, 1.5][i],
                "jumlah_bangunan": [30.0, 3.0, 44.0, None, 18.0][i],
                "jumlah_penduduk": [160.0, 9.0, 210.0, None, 80.0][i],
                "jumlah_kk": kk,
                **scores(i, known=i != 3),
                "skor": [33.0, 41.0, 20.0, None, 15.0][i],
                "skor_maks": [38.0, 41.0, 25.0, None, 15.0][i],
                "tingkat": ["ringan", "sedang", "ringan", None, "tidak_kumuh"][i],
                "tingkat_konflik": ["ringan;sedang", "", "", "", ""][i],
                "kelengkapan": ["sebagian", "lengkap", "lengkap", "tanpa_data", "lengkap"][i],
                "geometry": None if i == 3 else box(100 * i, 100, 100, 100),
            }
        )
    return geo(rows)


def kawasan() -> gpd.GeoDataFrame:
    rows = []
    for i in range(4):
        level = ["ringan", "sedang", "berat", None][i]
        rows.append(
            {
                "id_kawasan": f"K{i + 1}",
                "nama_kawasan": ["Kauman Lor", HOSTILE, "Tepi Kali", None][i],
                "kode_kelurahan": [KEL[0], f"{KEL[0]};{KEL[1]}", KEL[1], KEL[1]][i],
                "nama_kelurahan": "Kauman" if i == 0 else HOSTILE,
                "nama_kecamatan": "Barat",
                "luas_ha": [3.0, 5.0, 4.0, 1.25][i],
                "lintang": -6.9 - i / 100,
                "bujur": 109.6 + i / 100,
                "jumlah_rt": [2, 2, 1, 0][i],
                "jumlah_bangunan": [33.0, 44.0, 18.0, None][i],
                "jumlah_penduduk": [169.0, 210.0, 80.0, None][i],
                "jumlah_kk": [43.0, 55.0, 20.0, None][i],
                "kepadatan": [56.3, 42.0, 20.0, None][i],
                "tipologi": ["tepi air", None, "dataran rendah", None][i],
                **scores(i + 3, known=i != 3),
                "skor": [33.0, 41.0, 62.0, None][i],
                "skor_maks": [37.0, 41.0, 62.0, None][i],
                "tingkat": level,
                "tingkat_konflik": ["", "", "", "ringan;sedang"][i],
                "skor_dilaporkan": [35.0, None, 60.0, 17.0][i],
                "tingkat_dilaporkan": ["ringan", None, "berat", None][i],
                "prioritas_dilaporkan": [6, None, 1, None][i],
                "pertimbangan_lain": [7.0, 11.0, 3.0, None][i],
                "tingkat_pertimbangan": ["sedang", "tinggi", "rendah", None][i],
                "legalitas": ["legal", "tidak_legal", "legal", None][i],
                "klasifikasi": ["C3", "B2", "A5", None][i],
                "prioritas": [6, 2, 7, None][i],
                "pola_penanganan": ["pemugaran", "permukiman kembali", "peremajaan", None][i],
                "kewenangan": ["kota", "kota", "kota", "kota"][i],
                "kelengkapan": ["sebagian", "lengkap", "lengkap", "tanpa_data"][i],
                "accuracy_m": 2.5,
                "source_id": "delineasi",
                "daftar_rt": "",
                "geometry": box([0, 200, 1100, 1500][i], 100, 180, 200),
            }
        )
    frame = geo(rows)
    return frame.astype(
        {"jumlah_rt": "Int64", "prioritas": "Int64", "prioritas_dilaporkan": "Int64"}
    )


def facts() -> pd.DataFrame:
    small = f"{KEL[0]}-RW001-RT002"
    rows = [
        (f"{KEL[0]}-RW001-RT001", "3a", "profil", 1, 20.0, 40.0, 50.0, 1.0, True, "urutan", None),
        (f"{KEL[0]}-RW001-RT001", "3a", "pdam", 7, 36.0, 40.0, 90.0, 5.0, False, "urutan", None),
        (small, "3a", "profil", 2, 2.0, 3.0, 66.67, 3.0, True, "tunggal", None),
    ]
    columns = ["id_rt", "parameter", "source_id", "source_row", "volume", "penyebut", "persen",
               "nilai", "dipakai", "rule", "decision_id"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"source_row": "Int64", "dipakai": "boolean", "decision_id": "str"})


def conflicts() -> pd.DataFrame:
    first = f"{KEL[0]}-RW001-RT001"
    pair = [
        {"source_id": "profil", "source_row": 1, "persen": 50.0},
        {"source_id": "pdam", "source_row": 7, "persen": 90.0},
    ]
    return pd.DataFrame(
        [
            {
                "conflict_id": "c1",
                "kind": "nilai",
                "subject": first,
                "parameter": "3a",
                "candidates": json.dumps(pair),
                "spread": 40.0,
                "material": True,
                "status": "terbuka",
                "evidence": "ab12",
            }
        ]
    )


def pieces() -> gpd.GeoDataFrame:
    rows = [
        ("S1", "K1", "tetap", box(0, 100, 150, 200)),
        ("S1", None, "berkurang", box(0, 300, 150, 50)),
        (None, "K1", "bertambah", box(150, 100, 30, 200)),
        ("S2", "K2", "tetap", box(200, 100, 180, 195)),
        (None, "K2", "toleransi", box(200, 295, 180, 5)),
        ("S3", None, "berkurang", box(2300, 500, 200, 200)),
        (None, "K3", "bertambah", box(1100, 100, 180, 200)),
        (None, "K4", "bertambah", box(1500, 100, 180, 200)),
    ]
    return geo(
        [
            {"id_sk": s, "id_kawasan": k, "kelas": c, "luas_ha": g.area / 1e4, "geometry": g}
            for s, k, c, g in rows
        ]
    )


def relations() -> pd.DataFrame:
    shared = {"mode": "poligon", "luas_sk_tertulis_ha": 3.5, "tingkat_sk": "ringan"}
    rows = [
        ("r1", "1:1", "S1", "K1", "berubah_bentuk", "tetap", 3.75, 3.6, 3.0, 0.6, 0.75, 0.0,
         "ringan", "sama", "ubah_sk"),
        ("r2", "1:1", "S2", "K2", "sesuai", "tetap", 3.51, 3.6, 3.51, 0.0, 0.0, 0.09,
         "sedang", "naik", "ubah_sk"),
        ("r3", "1:0", "S3", None, "belum_terdata", None, 4.0, None, 0.0, 0.0, 4.0, 0.0,
         None, "tidak_diketahui", "tinjau_lapangan"),
        ("r4", "0:1", None, "K3", "tidak_ada_di_sk", None, None, 3.6, 0.0, 3.6, 0.0, 0.0,
         "berat", "tidak_diketahui", "masukkan_ke_sk"),
        ("r5", "0:1", None, "K4", "tidak_ada_di_sk", None, None, 3.6, 0.0, 3.6, 0.0, 0.0,
         None, "tidak_diketahui", "tinjau_lapangan"),
    ]  # fmt: skip
    columns = ["relation_id", "relation", "id_sk", "id_kawasan", "verdict", "susunan", "luas_sk_ha",
               "luas_baseline_ha", "tetap_ha", "bertambah_ha", "berkurang_ha", "toleransi_ha",
               "tingkat_baseline", "perubahan_tingkat", "rekomendasi"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).assign(**shared)
    frame["alasan"] = [f"Alasan untuk {HOSTILE}", "Tingkat naik", "Belum ada data", "Baru", "Baru"]
    return frame.assign(iou=0.7, iou_sejajar=0.75, geser_p50_m=2.0, geser_p95_m=9.0)


def locations() -> pd.DataFrame:
    rows = [
        ("S1", "sk", "r1", HOSTILE, KEL[0], 3.75, 3.0, 0.75, 0.0, 80.0, "ringan", "ubah_sk"),
        ("S2", "sk", "r2", "Lokasi dua", KEL[0], 3.51, 3.51, 0.0, 0.0, 100.0, "ringan", "ubah_sk"),
        ("S3", "sk", "r3", "Lokasi tiga", KEL[2], 4.0, 0.0, 4.0, 0.0, 0.0, None, "tinjau_lapangan"),
        ("K1", "kawasan", "r1", "Kauman Lor", KEL[0], 3.6, 3.0, 0.6, 0.0, 83.3, "ringan",
         "ubah_sk"),
        ("K2", "kawasan", "r2", HOSTILE, KEL[0], 3.6, 3.51, 0.0, 0.09, 97.5, "sedang", "ubah_sk"),
        ("K3", "kawasan", "r4", "Tepi Kali", KEL[1], 3.6, 0.0, 3.6, 0.0, 0.0, "berat",
         "masukkan_ke_sk"),
        ("K4", "kawasan", "r5", None, KEL[1], 3.6, 0.0, 3.6, 0.0, 0.0, None, "tinjau_lapangan"),
    ]  # fmt: skip
    columns = ["id", "sisi", "relation_id", "nama", "kode_kelurahan", "luas_ha", "tetap_ha",
               "berubah_ha", "toleransi_ha", "tetap_persen", "tingkat", "rekomendasi"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(alasan="Alasan")


def screening() -> pd.DataFrame:
    rows = []
    for i in range(4):
        for theme in THEMES:
            hit = (i, theme) in {
                (0, "kawasan_lindung"),
                (0, "bcb"),
                (1, "rawan_bencana"),
                (2, "mha"),
            }
            status = "terindikasi" if hit else "tidak_terindikasi"
            if theme == "status_tanah":
                status = "data_tidak_tersedia"
            elif theme == "rawan_bencana" and not hit:
                status = "data_sebagian"
            rows.append(
                {
                    "id_kawasan": f"K{i + 1}",
                    "tema": theme,
                    "status": status,
                    "rincian": json.dumps({"a": 0.5}) if hit else None,
                    "luas_ha": 0.5 if hit else None,
                    "persen": 13.9 if hit else None,
                    "cakupan_data_persen": 0.0 if theme == "status_tanah" else 100.0,
                    "jumlah_objek": 1 if hit else None,
                    "jarak_m": 0.0 if hit else 812.5,
                    "bangunan": 4.0 if hit else None,
                    "kk": 6.0 if hit else None,
                    "jiwa": 22.0 if hit else None,
                    "ketelitian_m": 2.5,
                    "tindak_lanjut": "Kajian lapangan" if hit else None,
                }
            )
    return pd.DataFrame(rows).astype({"jumlah_objek": "Int64"})


def hits() -> gpd.GeoDataFrame:
    rows = [
        ("K1", "kawasan_lindung", "sungai", 4, "sempadan sungai", box(0, 100, 50, 100)),
        ("K1", "bcb", "cagar", 2, "nasional", box(60, 100, 50, 100)),
        ("K2", "rawan_bencana", "banjir", 0, "banjir tinggi", box(200, 100, 50, 100)),
        ("K3", "mha", "adat", 0, "Masyarakat rahasia", box(1100, 100, 50, 100)),
    ]
    columns = ["id_kawasan", "tema", "source_id", "source_row", "kelas", "geometry"]
    frame = gpd.GeoDataFrame([dict(zip(columns, r, strict=True)) for r in rows], crs=CRS)
    frame["luas_ha"] = 0.5
    return frame.astype({"source_row": "Int64"})


def findings() -> gpd.GeoDataFrame:
    book = FindingBook("ingest", CRS)
    book.add("value.not-number", source_id="profil", path="profil.xlsx", source_row=4,
             subject="profil#4", value=HOSTILE, kolom="v3a", isi=HOSTILE)  # fmt: skip
    book.add("geometry.overlap", source_id="delineasi", path="kawasan.gpkg", source_row=1,
             subject="K1", geometry=box(0, 0, 10, 10), lain="K2", luas="0,01")  # fmt: skip
    book.add("value.coordinate-zero", source_id="cagar", path="bcb.gpkg", source_row=2,
             subject="cagar#2", value="0/0", geometry=shapely.Point(X0, Y0))  # fmt: skip
    book.add("conflict.value", subject=f"{KEL[0]}-RW001-RT001", value="3a", parameter="3a",
             selisih="40,0", kandidat="profil 50,0 %; pdam 90,0 %")  # fmt: skip
    book.add("parameter.missing", subject=f"{KEL[0]}-RW001-RT002", daftar="4c: 2 dari 3")
    return book.frame()


def source_table() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source_id": s["id"],
                "path": s["path"],
                "sha256": f"{i:064x}",
                "rows_read": 10 + i,
                "rows_kept": 9 + i,
                "rows_rejected": 1,
                "crs_found": CRS,
                "crs_used": CRS,
                "encoding_used": None,
                "agency": s.get("agency"),
                "date": s.get("date"),
                "accuracy_m": 2.5 if "scale" in s else np.nan,
            }
            for i, s in enumerate(SOURCES)
        ]
    )


def sk_rows() -> gpd.GeoDataFrame:
    return geo(
        [
            {"id_sk": "S1", "source_id": "sk-2020", "geometry": box(0, 100, 150, 250)},
            {"id_sk": "S2", "source_id": "sk-2020", "geometry": box(200, 100, 180, 195)},
            {"id_sk": "S3", "source_id": "sk-2020", "geometry": box(2300, 500, 200, 200)},
        ]
    )


SUMMARY: dict[str, Any] = {
    "rekomendasi": {
        "kota": {
            "nilai": "perubahan_sk",
            "alasan": f"Satu lokasi berubah {HOSTILE}",
            "alasan_en": "One location changed",
            "keluar_ha": 0.75,
            "masuk_ha": 4.2,
            "menunggu_tinjauan_ha": 7.6,
        }
    }
}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Every table of the workspace that publication reads."""
    return {
        "consolidate/kelurahan": kelurahan(),
        "consolidate/rt": rt(),
        "consolidate/kawasan": kawasan(),
        "consolidate/facts": facts(),
        "consolidate/conflicts": conflicts(),
        "consolidate/decisions": pd.DataFrame(
            {"decision_id": ["d1"], "status": ["basi"], "found": ["pdam 90,0 %"]}
        ),
        "verify/pieces": pieces(),
        "verify/relations": relations(),
        "verify/locations": locations(),
        "screen/screening": screening(),
        "screen/hits": hits(),
        "findings": findings(),
        "ingest/sources": source_table(),
        "ingest/sk": sk_rows(),
    }


@pytest.fixture
def city(
    make_context: Callable[..., StageContext], tables: dict[str, pd.DataFrame]
) -> Callable[..., StageContext]:
    """A context over the small city: ``city()``, or with some sources' keys changed."""

    def make(
        changed: Mapping[str, Mapping[str, Any]] | None = None,
        without: tuple[str, ...] = (),
        stage: str = "publish",
        **replaced: Any,
    ) -> StageContext:
        sources = [{**s, **(changed or {}).get(s["id"], {})} for s in SOURCES]
        kept = {n: f for n, f in tables.items() if n not in without}
        name = {"code": "33.75", "name": f"Kota {HOSTILE}", "crs": CRS, "size": "sedang"}
        context = make_context(stage, kept, sources, **{"city": name, **replaced})
        context.workspace.write_json("verify/summary.json", SUMMARY)
        return context

    return make
