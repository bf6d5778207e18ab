"""`init` on headings and habits seen in the field that neither the sample nor the real city has."""

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter

from kotaku_geo import resources
from kotaku_geo.config import load_pipeline
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.discover import propose
from kotaku_geo.ingest.discover.proposal import Entry, Proposal
from kotaku_geo.ingest.discover.write import as_text, write

UTM = "EPSG:32748"  # Sumatera Barat
X0, Y0 = 650_000.0, 9_890_000.0
NAMES = ["Alai", "Gunung Pangilun", "Lolong", "Ulak Karang", "Parupuk", "Kubu Dalam"]
CODES = [f"13.71.0{1 + i // 3}.100{1 + i % 3}" for i in range(6)]


def square(col: float, row: float, size: float) -> shapely.Polygon:
    x, y = X0 + col * 1000, Y0 + row * 1000
    return shapely.box(x, y, x + size, y + size)


def frame(shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=UTM)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A delivery with the boundaries of kelurahan in the form of the base map."""
    folder = tmp_path / "Kota_Padang"
    folder.mkdir()
    shapes = [square(i % 3, i // 3, 1000) for i in range(6)]
    rbi = frame(
        shapes, NAMOBJ=NAMES, KDEPUM=CODES, WADMKC=["Utara"] * 3 + ["Timur"] * 3, WADMKD=NAMES,
        WADMKK=["Kota Padang"] * 6, LUASWH=[100.0] * 6, REMARK=["Kelurahan"] * 6,
    )  # fmt: skip
    rbi.to_file(folder / "ADMINISTRASIDESA_AR_25K.shp")
    return folder


def entry(proposal: Proposal, name: str) -> Entry:
    return next(e for e in proposal.entries if name in e.files or e.name == name)


def left(proposal: Proposal) -> dict[str, str]:
    return {item.path: item.reason for item in proposal.left}


def book(path: Path, rows: list[list[Any]], sheet: str = "Sheet1") -> None:
    with xlsxwriter.Workbook(str(path)) as workbook:
        target = workbook.add_worksheet(sheet)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                target.write(r, c, cell)


def test_the_base_maps_fields_and_scale(drop: Path, tmp_path: Path) -> None:
    proposal = propose(drop)
    found = entry(proposal, "ADMINISTRASIDESA_AR_25K.shp")
    assert (found.layer, found.live, found.scale) == ("kelurahan", True, 25_000)
    assert found.columns["kode_kelurahan"] == "KDEPUM"
    assert found.columns["nama_kelurahan"] in ("NAMOBJ", "WADMKD")  # they say the same
    city = proposal.city
    assert (city.code, city.name, city.crs, city.size) == ("13.71", "Kota Padang", UTM, "sedang")
    assert "tidak diketahui" in city.why["size"]


def test_a_delineation_and_a_decree_by_their_columns(drop: Path) -> None:
    """Truncated headings of web maps; the district form; levels with an underscore."""
    shapes = [square(0.1 + i, 0.1, 200) for i in range(3)]
    akhir = frame(shapes, Desa_Kel=NAMES[:3], kumuh_awal=["Kumuh_Ringan"] * 3,
                  kumuh_akhi=["Tidak_Kumuh"] * 3, Luas_kumuh=[4.0] * 3)  # fmt: skip
    akhir.to_file(drop / "Delineasi_Kumuh_Akhir.geojson", driver="GeoJSON")
    sk = frame(shapes, Kelurahan=NAMES[:3], Kode_RT_RW=["001/002", "003/002", "004/001"],
               Luas_kumuh=[4.0] * 3, skor_kumuh=[20, 41, 30], Sk_Kumuh=["188/45/2020"] * 3)  # fmt: skip
    sk.to_file(drop / "kumuh_wali_kota.gpkg")
    proposal = propose(drop)
    survey, decree = (
        entry(proposal, n) for n in ("Delineasi_Kumuh_Akhir.geojson", "kumuh_wali_kota.gpkg")
    )
    assert (survey.layer, survey.live) == ("kawasan", True)
    assert survey.open["tingkat"] == ["kumuh_akhi", "kumuh_awal"]  # which is meant nobody says
    assert "# tingkat: kumuh_awal" in as_text(proposal, "../drop")
    assert (decree.layer, decree.live, decree.regulation) == ("sk", True, "unknown")
    assert decree.columns["nomor_sk"] == "Sk_Kumuh"
    assert decree.columns["rt"] == decree.columns["rw"] == "Kode_RT_RW"


def test_one_slum_layer_without_a_sign_is_no_decree(drop: Path) -> None:
    shapes = [square(0.1 + i, 0.1, 200) for i in range(3)]
    one = frame(
        shapes, KECAMATAN=["Utara"] * 3, KELURAHAN=NAMES[:3], Status=["Berat", "Sedang", "Sedang"]
    )
    one.to_file(drop / "KUMUH.gpkg")
    found = entry(propose(drop), "KUMUH.gpkg")
    assert (found.layer, found.live, found.confidence) == ("kawasan", True, "rendah")
    assert any("tidak jelas apakah ini SK" in note for note in found.notes)


def test_of_two_slum_layers_with_years_the_older_is_like_the_decree(drop: Path) -> None:
    for year in (2016, 2021):
        shapes = [square(0.1 + i, year / 10_000, 200) for i in range(3)]
        frame(shapes, KELURAHAN=NAMES[:3], TINGKAT=["Berat", "Sedang", "Ringan"]).to_file(
            drop / f"kumuh_{year}.gpkg"
        )
    proposal = propose(drop)
    older, newer = (entry(proposal, f"kumuh_{y}.gpkg") for y in (2016, 2021))
    assert (older.layer, newer.layer) == ("sk", "kawasan")
    assert any("BELUM PASTI" in note for note in older.notes)


def test_a_numeric_book_with_letters_for_volume_share_and_score(drop: Path) -> None:
    head = ["id", "Kelurahan", "RT/RW", "luasVerifikasi", "jumlahBangunan", "1av", "1ap", "1an",
            "2bv", "2bp", "2bn", "1r", "totalNilai", "tingkatKekumuhan"]  # fmt: skip
    rows = [[i, NAMES[i % 6], f"00{i + 1}/001", 1.2, 40, 10 + i, 0.25, 1, 120, 0.758, 3, 0.2, 22, "KR"]
            for i in range(8)]  # fmt: skip
    book(drop / "rekap numerik.xlsx", [head, *rows], "R0")
    found = entry(propose(drop), "rekap numerik.xlsx")
    assert (found.layer, found.live) == ("profil_rt", True)
    mapped = {k: found.columns.get(k) for k in ("v1a", "p1a", "v2b", "p2b", "rt", "rw")}
    assert mapped == {"v1a": "1av", "p1a": "1ap", "v2b": "2bv", "p2b": "2bp", "rt": "RT/RW", "rw": "RT/RW"}  # fmt: skip
    assert "1an" not in found.columns.values()


def test_bps_codes_are_told_from_kemendagri_codes_by_their_digits(drop: Path) -> None:
    shapes = [square(i % 3, i // 3, 999) for i in range(6)]
    bps = [f"13710{1 + i // 3}000{1 + i % 3}" for i in range(6)]
    frame(shapes, KODE_KEL=bps, DESA=NAMES).to_file(drop / "peta_desa.gpkg")
    plain = [int(c.replace(".", "")) for c in CODES]
    frame(shapes, KODE_KEL=plain, KEL=NAMES, ket=["x"] * 6).to_file(drop / "batas kelurahan.gpkg")
    proposal = propose(drop)
    assert entry(proposal, "peta_desa.gpkg").columns == {
        "kode_bps": "KODE_KEL",
        "nama_kelurahan": "DESA",
    }
    assert entry(proposal, "batas kelurahan.gpkg").columns["kode_kelurahan"] == "KODE_KEL"


def test_one_file_a_kelurahan_becomes_one_source(drop: Path) -> None:
    (drop / "batas rt").mkdir()
    for i, name in enumerate(NAMES):
        shapes = [square(i % 3 + j / 4, i // 3, 250) for j in range(4)]
        frame(shapes, RT=["01", "02", "03", "04"], RW=["01"] * 4).to_file(
            drop / "batas rt" / f"{name.lower()} fix.shp"
        )
    proposal = propose(drop)
    found = [e for e in proposal.entries if e.layer == "rt"]
    assert [(e.path, e.live, len(e.files)) for e in found] == [("batas rt/*.shp", True, 6)]


@pytest.mark.parametrize(
    ("crs", "found"),
    [
        (UTM, UTM),
        ("EPSG:23834", "EPSG:23834"),  # TM-3 48.2
        ("EPSG:3857", None),  # so near the equator World Mercator fits as well
        ("EPSG:32647", None),  # a zone away and on the wrong side of the equator: it must not fit
    ],
)
def test_a_crs_that_is_missing_is_found_beside_the_rest_or_left_open(
    drop: Path, crs: str, found: str | None
) -> None:
    roads = frame([shapely.LineString([(X0 + 100 * i, Y0), (X0 + 100 * i, Y0 + 900)]) for i in range(20)],
                  KONDISI=["Baik", "Rusak"] * 10, LEBAR=[2.0] * 20)  # fmt: skip
    moved = roads.translate(3e5, -9.9e6) if crs == "EPSG:32647" else roads.to_crs(crs)
    out = gpd.GeoDataFrame(
        roads.drop(columns="geometry"), geometry=moved.geometry.to_numpy(), crs=crs
    )
    out.to_file(drop / "jaling.shp")
    (drop / "jaling.prj").unlink()
    road = entry(propose(drop), "jaling.shp")
    assert (road.layer, road.crs_used, road.crs) == ("jalan", found, found)
    assert road.live == (found is not None)
    assert any("tidak menyebut sistem koordinat" in note for note in road.notes)


def test_the_unit_of_areas_is_the_one_that_agrees_with_what_is_drawn(drop: Path) -> None:
    shapes = [square(0.1 + i, 0.1, 100 * (i + 1)) for i in range(3)]
    area = np.array([s.area for s in shapes])
    frame(shapes, KELURAHAN=NAMES[:3], TINGKAT=["Berat", "Sedang", "Ringan"], LUAS=area,
          NO_SK=["1/2020"] * 3).to_file(drop / "sk.gpkg")  # fmt: skip
    frame(shapes, KELURAHAN=NAMES[:3], SKOR=[20, 30, 40], LUAS_KUMUH=area * 77).to_file(
        drop / "delineasi.gpkg"
    )
    proposal = propose(drop)
    assert entry(proposal, "sk.gpkg").units == {"luas_sk_ha": "m2"}
    odd = entry(proposal, "delineasi.gpkg")
    assert odd.units == {}
    assert "tidak cocok dengan luas tergambar" in odd.why["luas_ha"]


def test_copies_are_set_aside_whatever_their_format_and_row_order(drop: Path) -> None:
    shapes = [shapely.Point(X0 + 50 * i, Y0 + 70) for i in range(9)]
    points = frame(shapes, RADIUS=[float(i) for i in range(9)], JENIS=["Hidran"] * 9)
    points.to_file(drop / "hidran.gpkg")
    points.iloc[::-1].to_crs(4326).to_file(drop / "hidran lama.geojson", driver="GeoJSON")
    points.assign(RADIUS=99.0).to_file(drop / "hidran baru.gpkg")
    proposal = propose(drop)
    named = {
        e.name: (e.live, e.copy_of) for e in proposal.entries if e.layer == "proteksi_kebakaran"
    }
    copies = [n for n, (live, _) in named.items() if not live]
    assert len(named) == 3
    assert len(copies) == 1
    assert copies[0] != "hidran baru.gpkg"
    assert named[copies[0]][1] in ("hidran.gpkg", "hidran lama.geojson")


def test_what_fits_two_layers_is_left_open_with_its_candidates(drop: Path, tmp_path: Path) -> None:
    lines = [shapely.LineString([(X0, Y0 + i), (X0 + 500, Y0 + i)]) for i in range(5)]
    frame(lines, KONDISI=["Baik"] * 5, LEBAR=[1.0] * 5).to_file(drop / "jalan dan drainase.gpkg")
    proposal = propose(drop)
    found = entry(proposal, "jalan dan drainase.gpkg")
    assert not found.live
    assert {layer for layer, _ in found.candidates} >= {"jalan", "drainase"}
    file = write(proposal, drop, tmp_path / "padang.yaml")
    assert [s.layer for s in file.pipeline.sources] == ["kelurahan"]
    assert "  # - id: jalan-dan-drainase" in file.path.read_text(encoding="utf-8")


def test_a_wastewater_risk_by_kelurahan_is_no_hazard_layer(drop: Path) -> None:
    shapes = [square(i % 3, i // 3, 1000) for i in range(6)]
    frame(shapes, KELURAHAN=NAMES, KERAWANAN=["Risiko Tinggi", "Risiko Rendah"] * 3).to_file(
        drop / "kerawanan.gpkg"
    )
    proposal = propose(drop)
    assert not [e for e in proposal.live if e.name == "kerawanan.gpkg"]


def test_documents_and_strange_files_are_named_with_what_to_ask_for(drop: Path) -> None:
    (drop / "SK 2019.pdf").write_bytes(b"%PDF-1.4")
    (drop / "siteplan.DWG").write_bytes(b"AC1027")
    (drop / "catatan.xyz").write_bytes(b"?")
    (drop / "rusak.gpkg").write_bytes(b"bukan gpkg")
    (drop / "kosong.csv").write_bytes(b"")
    reasons = left(propose(drop))
    assert "sk template" in reasons["SK 2019.pdf"]
    assert "DXF" in reasons["siteplan.DWG"]
    assert "bukan format yang dikenal" in reasons["catatan.xyz"]
    assert reasons["rusak.gpkg"]
    assert reasons["kosong.csv"]
    assert not [p for p in reasons if p.endswith((".dbf", ".shx", ".prj", ".cpg"))]


def test_nothing_outside_the_folder_is_read_and_no_name_ends_a_comment(
    drop: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "rahasia.csv"
    secret.write_text("KODE_KEL;PENDUDUK\n13.71.01.1001;7\n")
    (drop / "tautan.csv").symlink_to(secret)
    (drop / "folder").symlink_to(tmp_path)
    with zipfile.ZipFile(drop / "arsip.zip", "w") as archive:
        archive.writestr("../keluar.csv", "a;b\n1;2\n")
    (drop / "kel.geojson").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>'
    )
    (drop / "baris\nbaru: x.csv").write_text("a;b\n1;2\n")
    odd = "KEL\n- id: jahat\u2028\u0085  layer: sk"
    pd.DataFrame({odd: NAMES, "x": range(6)}).to_csv(drop / "aneh.csv", index=False, sep=";")
    pd.DataFrame({"KODE_KEL": CODES, "PENDUDUK": range(100, 106), "KK # x": range(6)}).to_csv(
        drop / "penduduk.csv", index=False, sep=";"
    )
    proposal = propose(drop)
    reasons = left(proposal)
    assert {"tautan.csv", "folder", "arsip.zip", "kel.geojson", "baris\nbaru: x.csv"} <= set(
        reasons
    )
    assert "rahasia" not in repr(proposal.entries)
    file = write(proposal, drop, tmp_path / "p" / "padang.yaml")
    assert {s.layer for s in file.pipeline.sources} == {"kelurahan", "penduduk"}
    assert file.drop == drop.resolve()


def test_large_files_are_sampled_and_come_to_the_same(
    drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = [square(0.01 * (i % 90), 0.01 * (i // 90), 8) for i in range(3000)]
    frame(tiny, TERATUR=["Y", "T"] * 1500).to_file(drop / "bangunan.gpkg")
    pd.DataFrame({"KODE_KEL": CODES * 500, "RT": [1 + i % 30 for i in range(3000)], "RW": 1, "LAYAK": "Ya",
                  "JML_KK": 3}).to_csv(drop / "pdam.csv", index=False, sep=";")  # fmt: skip
    whole = propose(drop)
    monkeypatch.setitem(resources.load("discovery")["limits"], "whole_bytes", 20_000)
    monkeypatch.setitem(resources.load("discovery")["limits"], "rows", 300)
    sampled = propose(drop)
    for name, layer in (("bangunan.gpkg", "bangunan"), ("pdam.csv", "air_minum")):
        one, other = entry(whole, name), entry(sampled, name)
        assert one.layer == other.layer == layer
        assert one.columns == other.columns
        assert other.live


def test_an_existing_file_is_kept_and_an_empty_folder_is_refused(
    drop: Path, tmp_path: Path
) -> None:
    target = tmp_path / "padang.yaml"
    proposal = propose(drop)
    write(proposal, drop, target)
    target.write_text("milik orang", encoding="utf-8")
    with pytest.raises(PipelineFileError, match="--force"):
        write(proposal, drop, target)
    assert target.read_text(encoding="utf-8") == "milik orang"
    write(proposal, drop, target, force=True)
    assert load_pipeline(target).pipeline.sources
    assert load_pipeline(target).pipeline.decisions == "keputusan.csv"
    beside = write(proposal, drop, tmp_path / "lain.yaml")
    assert beside.pipeline.decisions == "keputusan-lain.csv", "another's decisions are not its own"
    empty = tmp_path / "kosong"
    empty.mkdir()
    (empty / "x.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match=r"x\.pdf"):
        write(propose(empty), empty, tmp_path / "y.yaml")
    assert not (tmp_path / "y.yaml").exists()
    with pytest.raises(InputError, match="tidak ditemukan"):
        propose(tmp_path / "tiada")


def test_a_city_without_codes_says_so(drop: Path) -> None:
    for path in drop.iterdir():
        path.unlink()
    frame([square(0, 0, 200)] * 2 + [square(1, 1, 300)], TINGKAT=["Berat", "Ringan", "Sedang"],
          SKOR=[61, 20, 40], NAMA_KAWASAN=["A", "B", "C"]).to_file(drop / "delineasi kumuh.gpkg")  # fmt: skip
    proposal = propose(drop)
    assert proposal.city.code == "99.99"
    assert "GANTI" in as_text(proposal, "../drop")


def test_a_folder_beyond_the_budget_is_still_looked_at_in_part(
    drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = [square(0.01 * (i % 90), 0.01 * (i // 90), 8) for i in range(2000)]
    for n in range(4):
        frame(tiny, TERATUR=["Y", "T"] * 1000, K=n).to_file(drop / f"bangunan {n}.gpkg")
    limits = resources.load("discovery")["limits"]
    monkeypatch.setitem(limits, "all_bytes", 700_000)
    monkeypatch.setitem(limits, "all_vertices", 20_000)
    subjects = [e for e in propose(drop).entries if e.name.startswith("bangunan")]
    assert [e.layer for e in subjects] == ["bangunan"] * len(subjects)
    assert {n for e in subjects for n in e.files} == {f"bangunan {n}.gpkg" for n in range(4)}
    monkeypatch.setitem(limits, "files", 3)
    assert any("tidak dilihat" in reason for reason in left(propose(drop)).values())


def test_copies_of_large_files_are_known_by_their_bytes(
    drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = [square(0.01 * (i % 90), 0.01 * (i // 90), 8) for i in range(2000)]
    frame(tiny, TERATUR=["Y", "T"] * 1000).to_file(drop / "bangunan.gpkg")
    (drop / "salin").mkdir()
    (drop / "salin" / "bangunan.gpkg").write_bytes((drop / "bangunan.gpkg").read_bytes())
    monkeypatch.setitem(resources.load("discovery")["limits"], "rows", 300)
    found = [e for e in propose(drop).entries if e.layer == "bangunan"]
    assert [e.live for e in found] == [True, False]
    assert found[1].copy_of == found[0].name
