"""Stories: every rule, every kind of id, both languages, and numbers that add up."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kotaku_geo import resources
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history.explain import LOCATIONS, RELATIONS, Explainer
from kotaku_geo.history.phrases import LANGUAGES, catalogue, day, plain
from kotaku_geo.history.story import Story
from kotaku_geo.regulation import load
from tests.consolidate.world import KODE, box, profile, volumes
from tests.history.world import AGREED, DISPUTED, R1, R2, R4, State, outline, rows

Make = Callable[..., State]


def tell(city: State, name: str, parameter: str | None = None) -> Story:
    return Explainer(city.baseline).story(name, parameter)


def about(story: Story, heading: str, lang: str = "id") -> list[str]:
    """The sentences of one paragraph."""
    content = story.as_json(lang)["paragraphs"]
    return [s["text"] for p in content if p["about"] == heading for s in p["sentences"]]


def test_an_open_conflict(state: Make, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole story of a disputed value, as `kotaku-geo explain PIPELINE ID 3a` prints it:

    Ringkasan
      3a Ketidaktersediaan akses aman air minum di RT 001 RW 001 Kelurahan Satu (33.75.01.1001-RW001-RT001): 60,0 %, nilai 3.
    Kandidat
      Yang mengatakan sesuatu tentang nilai ini: 2 kandidat.
      Dinas Perkim (profil, profil.xlsx, rekaman 0, 15 Desember 2023): 60 dari 100 KK = 60,0 %, nilai 3. Nilai inilah yang berlaku.
      PDAM (susulan, susulan.csv, rekaman 4, 20 Januari 2024): 10 dari 100 KK = 10,0 %, nilai 0.
    Mengapa nilai ini yang berlaku
      Kandidatnya terpaut 50,0 poin, melampaui toleransi 5,0 poin. Selama belum diputuskan, angka sumber terkuat menurut urutan (profil, susulan) yang berlaku.
      Konflik c3caf4bd6391 bersifat material dan masih terbuka.
    Hitungan
      60 ÷ 100 = 60,00 %.
      60,00 % mencapai 51 % dan belum 76 %, jadi nilainya 3.
    Jumlah nilai dan tingkat
      Jumlah nilai 48 dari paling banyak 80: kumuh sedang (38–59 menurut Permen PUPR 14/PRT/M/2018).
    Bila kandidat lain yang berlaku
      Bila susulan (10,0 %, nilai 0) yang berlaku: jumlah nilai RT 45, kumuh sedang.
      Kawasan K1 karena itu 35,0 %, nilai 1, jumlah 46, kumuh sedang.
    Kawasan
      Volume dan penyebut 2 RT dijumlahkan: 120 ÷ 200 = 60,00 %.
      Di kawasan K1 Kampung K1 parameter ini 60,0 %, nilai 3.
      Jumlah nilai 48 dari paling banyak 80: kumuh sedang (38–59 menurut Permen PUPR 14/PRT/M/2018).
    """
    text = tell(state(), R1, DISPUTED).text()
    expected = str(test_an_open_conflict.__doc__).split("\n", 2)[2]
    assert text.split("\n") == [line[4:] for line in expected.rstrip().split("\n")]
    with capsys.disabled():
        print(f"\n{text}")


def test_a_decision(state: Make) -> None:
    city = state()
    city.decide()
    story = tell(city, R1, DISPUTED)
    assert about(story, "aturan") == [
        "Nilainya ditetapkan dengan keputusan.",
        "Konflik c3caf4bd6391 sudah diputuskan.",
        "Keputusan d1: yang dipakai susulan. Forum: Rapat Pokja PKP; berita acara BA 050/12/2024, "
        "2 Mei 2024; oleh Ketua Pokja. Alasan: angka PDAM diukur langsung.",
    ]
    assert about(story, "hitungan")[-1] == "10,00 % di bawah 25 %, jadi nilainya 0."
    assert about(story, "kandidat")[1].startswith("PDAM (susulan")
    assert (
        "3a Ketidaktersediaan akses aman air minum: 10,0 %, nilai 0 (keputusan rapat d1: susulan)."
        in (about(tell(city, R1), "parameter"))
    )


def test_a_decision_that_sets_a_value(state: Make) -> None:
    city = state()
    city.decide(source="", value="42,5")
    said = about(tell(city, R1, DISPUTED), "aturan", "en")
    assert said[-1].startswith("Decision d1: set to 42.5 %. Forum: Rapat Pokja PKP; minutes BA")


def test_a_stale_decision(state: Make) -> None:
    city = state()
    city.decide(status="basi")
    said = about(tell(city, R1, DISPUTED), "aturan")
    assert said[1] == "Konflik c3caf4bd6391 pernah diputuskan, tetapi keputusannya basi."
    assert said[-1] == (
        "Keputusan itu basi dan tidak diterapkan: buktinya berubah sejak diputuskan. "
        "Kini ditemukan: susulan 10,0 %, profil 60,0 %."
    )
    english = about(tell(city, R1, DISPUTED), "aturan", "en")
    assert english[-1].endswith("Now found: susulan 10.0 %, profil 60.0 %.")
    assert "PDAM 12,0 %" not in " ".join(said + english), "what the table says is in one language"


def test_sources_that_agree(state: Make) -> None:
    said = about(tell(state(), R1, AGREED), "aturan")
    assert said == [
        "Kandidatnya terpaut paling jauh 2,0 poin, masih dalam toleransi 5,0 poin: para sumber "
        "sepakat, dan angka sumber terkuat (profil, susulan) yang dipakai."
    ]


def test_a_single_source(state: Make) -> None:
    said = about(tell(state(), R2, "1a"), "aturan")
    assert said == ["Nilainya berlaku karena hanya satu sumber yang memberinya."]


def test_what_nobody_says(state: Make) -> None:
    story = tell(state(), R4, "7b")
    assert about(story, "apa")[0].endswith("belum diketahui.")
    assert about(story, "kandidat") == ["Tidak ada sumber yang menyebut nilai ini."]
    assert about(story, "aturan") == ["Belum ada nilai yang berlaku."]
    assert about(story, "jumlah") == [
        "Jumlah nilai 45 dari paling banyak 80: kumuh sedang (38–59 menurut Permen PUPR "
        "14/PRT/M/2018).",
        "1 parameter belum ada datanya (7b); bila semuanya bernilai tertinggi, jumlahnya 50.",
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.1, "10,00 % di bawah 25 %, jadi nilainya 0."),
        (0.3, "30,00 % mencapai 25 % dan belum 51 %, jadi nilainya 1."),
        (0.9, "90,00 % mencapai 76 %, jadi nilainya 5."),
        (1.8, "100,00 % mencapai 76 %, jadi nilainya 5."),
    ],
)
def test_every_band(state: Make, share: float, said: str) -> None:
    form = rows()["profil_rt"]
    form[1] = {**form[1], "v1a": 100 * share}
    story = tell(state(profil_rt=form), R2, "1a")
    assert about(story, "hitungan")[-1] == said
    assert len(about(story, "hitungan")) == (3 if share > 1 else 2)


def test_a_denominator(state: Make) -> None:
    for name in ("jumlah_kk", "penyebut.jumlah_kk"):
        story = tell(state(name), R1, name)
        assert story.parameter == "penyebut.jumlah_kk"
        assert about(story, "apa")[0].startswith("jumlah KK di RT 001 RW 001 Kelurahan Satu")
        assert about(story, "kandidat")[0].endswith("100 KK. Nilai inilah yang berlaku.")


def test_a_denominator_on_which_all_agree_is_told_without_points(state: Make) -> None:
    surveyed = rows()["profil_rt"]
    story = tell(
        state(profil_rt=[*surveyed, profile("001", source_id="susulan", jumlah_kk=100)]),
        R1,
        "jumlah_kk",
    )
    assert about(story, "aturan") == [
        "Para sumber menyebut angka yang sama; yang dipakai angka sumber terkuat (profil, susulan)."
    ]
    assert about(story, "aturan", "en") == [
        "The sources give the same figure; that of the strongest (profil, susulan) is used."
    ]


def test_a_kawasan(state: Make) -> None:
    story = tell(state(), "K2")
    assert about(story, "apa") == ["Kawasan K2 Kampung K2, Satu: 2,00 ha, 2 RT, 200 KK, 800 jiwa."]
    assert about(story, "batas") == [
        "Batas kawasan ini digambar Dinas Perkim (delineasi, kawasan.gpkg, rekaman 1, 30 November 2023); "
        "ketelitiannya 1,0 m.",
        "Tidak ada delineasi lain yang berbeda di luar toleransi batas.",
    ]
    assert len(about(story, "anggota")) == 2
    assert about(story, "kurang") == [
        f"7b Ketidaktersediaan sarana proteksi kebakaran: belum ada data 1 RT ({R4})."
    ]
    assert about(story, "lain")[0].startswith("Pertimbangan lain 15 (tinggi); legalitas: legal;")


def test_the_sums_of_a_kawasan_are_those_of_the_baseline(state: Make) -> None:
    city = state()
    story = tell(city, "K1", DISPUTED)
    area = city.baseline.table("kawasan").set_index("id_kawasan").loc["K1"]
    sums = [s for p in story.paragraphs for s in p.sentences if s.key == "kawasan.sum"]
    assert [s.params["persen"] for s in sums] == [pytest.approx(100 * area["p3a"])]
    assert len(about(story, "anggota")) == 2
    assert about(story, "konflik") == [f"Konflik c3caf4bd6391 tentang 3a di {R1} masih terbuka."]


def test_a_kawasan_with_an_rt_without_data(state: Make) -> None:
    story = tell(state(), "K2", "7b")
    assert about(story, "apa")[0].endswith("belum diketahui.")
    assert "1 RT belum ada datanya" in about(story, "hitungan")[0]
    assert "nilainya berbeda" in about(story, "hitungan")[0]


def test_levels_that_are_open(state: Make) -> None:
    form = [profile("001", **volumes({"1a": 5, "1b": 5, "1c": 5}), source_id="profil")]
    form[0]["v7b"] = form[0]["v7a"] = None
    story = tell(state(profil_rt=form), R1)
    assert about(story, "jumlah") == [
        "Jumlah nilai 15 sampai 25: tingkatnya belum dapat ditetapkan.",
        "2 parameter belum ada datanya (7a, 7b); bila semuanya bernilai tertinggi, jumlahnya 25.",
        "Dengan konflik yang terbuka dan data yang kurang, tingkat yang mungkin: tidak kumuh, "
        "kumuh ringan.",
    ]


def test_a_boundary_in_dispute(state: Make) -> None:
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, 130), "delineasi-lama")]
    city = state(kawasan=drawn)
    for name, parameter in (("K1", None), ("K1", "batas.kawasan")):
        said = about(tell(city, name, parameter), "batas")
        assert said[0].startswith("Yang berlaku: Dinas Perkim (delineasi, kawasan.gpkg,")
        assert said[1].startswith("Delineasi lain: BPS (delineasi-lama, lama.gpkg,")
        assert "2,60 ha; IoU 0,769; 0,60 ha (30,0 %) berbeda di luar toleransi." in said[1]
        assert said[2].startswith("Luasnya terpaut 0,60 ha (± 0,03 ha) dari yang berlaku")
        assert "persentil ke-95 30,0 m, dari garis lain itu 0,0 m dan 30,0 m." in said[2]
        assert "menurut urutan (delineasi, delineasi-lama)" in said[3]
        assert said[4].endswith("bersifat material dan masih terbuka.")
    city.decide(kind="batas", subject="K1", parameter="batas.kawasan", source="delineasi")
    assert "Keputusan d1: yang dipakai delineasi." in about(tell(city, "K1"), "batas")[-1]


def test_a_kawasan_called_after_its_rt_tells_of_both(state: Make) -> None:
    drawn = [{**rows()["kawasan"][0], "id_kawasan": None, "nama_kawasan": None, "rt": "001", "rw": "001",
              "geometry": box(0, 0, 100)}]  # fmt: skip
    city = state(kawasan=drawn)
    story = tell(city, R1)
    assert story.kind == "kawasan"
    assert about(story, "apa")[0].startswith(f"Kawasan {R1} (tanpa nama), Satu: 1,00 ha, 1 RT")
    assert about(story, "apa")[1].startswith(f"RT 001 RW 001 Kelurahan Satu ({R1})")
    assert len(about(story, "parameter")) == 16
    assert len(about(tell(city, R1, DISPUTED), "kandidat")) == 3
    assert about(tell(city, R1, "batas.kawasan"), "parameter") == []
    assert about(tell(city, R1, "batas.rt"), "batas")[0].startswith("Batas RT ini digambar Bappeda")


def test_a_kawasan_without_any_data_says_so_once(state: Make) -> None:
    bare = [profile("003", source_id="profil", jumlah_kk=20)]
    said = about(tell(state(profil_rt=bare), "K2"), "kurang")
    assert said == ["Belum ada data parameter apa pun dari 2 RT di dalamnya."]


def test_what_does_not_matter_is_said_to(state: Make) -> None:
    drawn = [*rows()["kawasan"], outline("K1", box(0, 0, 200, 104), "delineasi-lama")]
    said = about(tell(state(kawasan=drawn), "K1"), "batas")
    assert said[-1].endswith("tidak material: bedanya hanya sebagian kecil luasnya.")


def test_a_kelurahan(state: Make) -> None:
    story = tell(state(), KODE)
    assert story.kind == "kelurahan"
    assert len(about(story, "kawasan")) == 2
    assert about(story, "batas")[0].startswith(
        "Batas kelurahan ini digambar Bappeda (kel, kel.gpkg"
    )
    assert about(tell(state("b"), KODE, "batas.kelurahan"), "kawasan") == []


def test_a_name_that_fits_two_places(state: Make) -> None:
    city = state()
    city.change("conflicts", lambda f: f.assign(kind="identitas", subject="K9", parameter="id_kawasan",
                candidates='[{"source_id": "profil", "source_row": null, "value": "K1"}]'))  # fmt: skip
    story = tell(city, "K9")
    assert story.kind == "identitas"
    assert about(story, "kandidat") == [
        "Dinas Perkim (profil, profil.xlsx, 15 Desember 2023): Kampung K1 (K1)."
    ]


def test_an_sk_location(state: Make) -> None:
    place = {"id": "SK-1", "sisi": "sk", "relation_id": "R-1", "nama": "Mlaten", "luas_ha": 1.9,
             "luas_tertulis_ha": 2.0, "tetap_ha": 1.0, "tetap_persen": 52.6, "berubah_ha": 0.9,
             "toleransi_ha": 0.0, "tingkat": "berat", "rekomendasi": "ubah_sk",
             "alasan": "Menyusut."}  # fmt: skip
    relation = {"relation_id": "R-1", "verdict": "menyusut", "id_kawasan": "K1"}
    verified = {LOCATIONS: pd.DataFrame([place]), RELATIONS: pd.DataFrame([relation])}
    story = Explainer(state().baseline, verified).story("SK-1")
    assert about(story, "apa") == [
        "Lokasi SK SK-1 Mlaten: tertulis 2,00 ha, tergambar 1,90 ha.",
        "Tingkat menurut SK: kumuh berat.",
    ]
    assert "menyusut; rekomendasi: ubah dalam SK." in about(story, "verifikasi")[1]
    assert about(story, "kawasan")[0].startswith(
        "Berhubungan dengan kawasan K1 Kampung K1: 2,00 ha"
    )


def test_the_id_of_a_conflict_or_decision_leads_to_what_it_is_about(state: Make) -> None:
    city = state()
    city.decide()
    wanted = tell(city, R1, DISPUTED)
    assert tell(city, "c3caf4bd6391") == wanted
    assert tell(city, "d1") == wanted


@pytest.mark.parametrize(
    ("name", "parameter", "said"),
    [
        ("K3", None, "yang mirip: K"),
        (R1.replace("RT001", "RT0001"), None, R1),
        ("xyz", None, "'xyz' tidak dikenal$"),
        ("K1", "3z", "maksudnya '3[ab]'"),
        (R1, "jumlah_k", "maksudnya 'jumlah_kk'"),
        (KODE, "3a", "batas.kelurahan"),
    ],
)
def test_what_does_not_exist_is_exit_2_and_names_the_nearest(
    state: Make, name: str, parameter: str | None, said: str
) -> None:
    with pytest.raises(PipelineFileError, match=said) as raised:
        tell(state(), name, parameter)
    assert raised.value.exit_code == 2


def test_every_story_of_a_city_can_be_told(state: Make) -> None:
    """As the profile would ask: each kawasan and RT, each parameter, both languages."""
    city = state()
    city.decide()
    found = Explainer(city.baseline)
    law = load("permen-14-2018")
    count = 0
    for name in ("K1", "K2", R1, R2, R4):
        outline_of = "batas.kawasan" if name.startswith("K") else "batas.rt"
        for parameter in (None, *law.parameter_ids, "luas_ha", outline_of):
            story = found.story(name, parameter)
            assert json.dumps(story.as_json("en"), allow_nan=False)
            for lang in LANGUAGES:
                text = story.text(lang)
                assert not re.search(r"[{}]|\bNone\b|\bnan\b", text), text
            count += 1
    assert count == 5 * 19


def test_what_is_unknown_is_a_dash_and_never_zero(state: Make) -> None:
    city = state()
    city.change("rt", lambda f: f.assign(jumlah_kk=None))
    assert "– KK" in about(tell(city, R1), "apa")[0]


@pytest.mark.parametrize("name", ["explain", "history"])
def test_texts_have_both_languages_with_the_same_gaps(name: str) -> None:
    texts = catalogue(name).texts
    words = resources.load(name)["words"]
    for key, both in texts.items():
        gaps = [sorted(set(re.findall(r"\{(\w+)", both[lang]))) for lang in LANGUAGES]
        assert gaps[0] == gaps[1], key
        for how in re.findall(r"\{\w+:(\w+)\}", both["id"]):
            assert how in {"n", "tgl", "nomor", *words} or how.isdigit(), f"{key}: {how}"


def test_every_text_is_used() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in Path("kotaku_geo/history").glob("*.py"))
    for name in ("explain", "history"):
        for key in catalogue(name).texts:
            group, last = key.rsplit(".", 1)
            if group.startswith("words") or group == "about":
                continue
            made = f"{group}.{{" in code or f'}}.{last}"' in code or f'"{last}"' in code
            assert f'"{key}"' in code or made, key


@pytest.mark.parametrize(
    ("value", "lang", "said"),
    [(38.0, "id", "38"), (1234.5, "id", "1.234,5"), (0.12345, "id", "0,1235"), (1234.5, "en", "1,234.5"),
     (-0.5, "id", "-0,5"), (0, "id", "0")],
)  # fmt: skip
def test_numbers_have_the_decimals_they_need(value: float, lang: str, said: str) -> None:
    assert plain(value, lang) == said


@pytest.mark.parametrize(
    ("value", "said"), [("2024-05-02", "2 Mei 2024"), ("Mei 2024", "Mei 2024")]
)
def test_dates_in_words(value: Any, said: str) -> None:
    assert day(value) == said
