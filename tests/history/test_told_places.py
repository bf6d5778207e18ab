"""Kelurahan tell the parts that lie in them, layers the part they cover, kawasan their names."""

from collections.abc import Callable
from typing import Any

import pytest

from kotaku_geo.errors import PipelineFileError
from kotaku_geo.history.explain import Explainer
from kotaku_geo.history.phrases import Sentence, UsageError
from tests.consolidate.world import KODE, box, profile
from tests.history.world import AGREED, DISPUTED, R1, State, outline, rows

Make = Callable[..., State]
DUA = "33.75.01.1002"


def sentences(city: State, name: str, about: str, parameter: str | None = None) -> list[Sentence]:
    story = Explainer(city.baseline).story(name, parameter)
    return [s for p in story.paragraphs if p.about == about for s in p.sentences]


def text(city: State, name: str, parameter: str | None = None, lang: str = "id") -> str:
    return Explainer(city.baseline).story(name, parameter).text(lang)


@pytest.fixture
def two(state: Make) -> State:
    """Kelurahan Satu ends at x = 150: K1 is cut, K2 lies wholly in Dua though written in Satu."""
    west = {**rows()["kelurahan"][0], "geometry": box(-900, -900, 1050, 3000)}
    east = {**west, "kode_kelurahan": DUA, "nama_kelurahan": "Dua",
            "geometry": box(150, -900, 1000, 3000)}  # fmt: skip
    drawn = [outline("K1", box(0, 0, 200, 100)), outline("K2", box(300, 0, 100, 100)),
             outline("K3", box(0, 500, 100, 100))]  # fmt: skip
    return state(kelurahan=[west, east], kawasan=drawn)


def test_a_kelurahan_tells_the_part_of_each_kawasan_that_lies_in_it(two: State) -> None:
    satu, dua = text(two, KODE), text(two, DUA)
    assert "K1 Kampung K1: 1,50 dari 2,00 ha terletak di kelurahan ini" in satu
    assert "K2 Kampung K2: ditulis di kelurahan ini, tetapi seluruh 1,00 ha terletak" in satu
    assert "K3 Kampung K3: 1,00 ha," in satu
    assert "K1 Kampung K1: 0,50 dari 2,00 ha terletak di kelurahan ini, tetapi ditulis di " in dua
    assert "K2 Kampung K2: 1,00 dari 1,00 ha terletak" in dua
    assert "K3" not in dua


def test_the_parts_add_up_to_what_the_table_says(two: State) -> None:
    table = two.baseline.table("kelurahan").set_index("kode_kelurahan")["luas_kawasan_ha"]
    whole = {"kelurahan.kawasan": "luas_ha", "kelurahan.kawasan_elsewhere": None}
    for code in (KODE, DUA):
        said = sentences(two, code, "kawasan")
        names = [whole.get(s.key, "inside_ha") for s in said]
        parts = [s.params[n] for s, n in zip(said, names, strict=True) if n]
        assert sum(parts) == pytest.approx(table[code], abs=1e-4)


def test_a_value_from_a_layer_that_covers_a_part_says_which(state: Make) -> None:
    city = state()
    stands = text(city, R1, DISPUTED)
    assert "hanya mencakup" not in stands
    city.change("facts", lambda f: f.assign(kelengkapan_data=f["persen"].mask(
        f["parameter"] == DISPUTED, 0.758).mask(f["parameter"] != DISPUTED)))  # fmt: skip
    for name, parameter, times in ((R1, DISPUTED, 2), (R1, None, 1), ("K1", DISPUTED, 2)):
        said = text(city, name, parameter)
        assert said.count("lapisan yang hanya mencakup 75,8 % RT tersebut.") == times, name
    assert "a layer that covers only 75.8 % of the RT." in text(city, R1, DISPUTED, "en")
    assert "hanya mencakup" not in text(city, R1, AGREED)


def test_a_layer_that_covers_all_of_an_rt_is_not_told(state: Make) -> None:
    city = state()
    city.change("facts", lambda f: f.assign(kelengkapan_data=0.9999))
    assert "hanya mencakup" not in text(city, R1, DISPUTED)


def test_a_kawasan_is_found_by_its_name(state: Make) -> None:
    city = state()
    for name in ("Kampung K2", "kampung  k2", "Kawasan Kampung K2"):
        assert text(city, name, "1a") == text(city, "K2", "1a")
    with pytest.raises(PipelineFileError, match=r"yang mirip: .*K2 \(Kampung K2\)"):
        text(city, "Kampong K2")


def test_a_part_of_a_name_leads_to_the_names_that_hold_it(state: Make) -> None:
    named = zip(rows()["kawasan"], ("Kampung Melati Indah", "Melatijaya"), strict=True)
    drawn: list[dict[str, Any]] = [{**row, "nama_kawasan": name} for row, name in named]
    city = state(kawasan=drawn)
    for name in ("Melati", "indah  MELATI"):
        with pytest.raises(PipelineFileError, match="yang mirip:") as raised:
            text(city, name)
        assert str(raised.value).count("K1 (Kampung Melati Indah)") == 1
    with pytest.raises(PipelineFileError) as raised:
        text(city, "Indah")
    assert "Melatijaya" not in str(raised.value), "a word, not some of its letters"


def test_a_name_that_two_kawasan_have_names_both(state: Make) -> None:
    drawn: list[dict[str, Any]] = [{**row, "nama_kawasan": "Melati"} for row in rows()["kawasan"]]
    with pytest.raises(PipelineFileError, match=r"kawasan K1 \(Melati\), kawasan K2 \(Melati\)"):
        text(state(kawasan=drawn), "Melati")


def test_a_kelurahan_is_found_by_its_name(state: Make) -> None:
    city = state()
    for name in ("Satu", "kelurahan  SATU"):
        assert text(city, name) == text(city, KODE)
    with pytest.raises(PipelineFileError, match=rf"yang mirip: .*{KODE} \(Satu\)"):
        text(city, "Sattu")
    drawn: list[dict[str, Any]] = [{**row, "nama_kawasan": "Satu"} for row in rows()["kawasan"][:1]]
    both = state("lain", kawasan=drawn)
    with pytest.raises(PipelineFileError, match=rf"kawasan K1 \(Satu\), kelurahan {KODE} \(Satu\)"):
        text(both, "Satu")
    assert text(both, "Kawasan Satu") == text(both, "K1")
    assert text(both, "Kelurahan Satu") == text(both, KODE)
    assert text(both, "Satu", "3a") == text(both, "K1", "3a"), "a kelurahan has no parameters"
    assert text(both, "Satu", "batas.kelurahan") == text(both, KODE, "batas.kelurahan")


def test_what_is_not_known_is_told_in_either_language(state: Make) -> None:
    with pytest.raises(UsageError) as raised:
        text(state(), "Sattu")
    assert raised.value.said("en") == f"id or name 'Sattu' is not known; the nearest: {KODE} (Satu)"


def test_a_conflict_whose_decision_lapsed_is_not_merely_open(state: Make) -> None:
    city = state()
    city.decide(status="basi")
    said = text(city, "K1")
    assert f"Keputusan BA 050/12/2024 tentang 3a di {R1} basi, buktinya berubah; konflik " in said
    assert "masih terbuka" not in said
    assert "keputusan BA 050/12/2024 basi, buktinya berubah." in text(city, R1)
    assert "the decision of BA 050/12/2024 is stale" in text(city, R1, lang="en")


def test_a_total_without_a_range_is_one_number(state: Make) -> None:
    city = state()
    city.change("rt", lambda f: f.assign(tingkat_konflik="sedang;berat", skor=60.0, skor_maks=60.0))
    assert "jumlah nilai 60, tingkat yang mungkin: kumuh sedang, kumuh berat." in text(city, "K1")
    city.change("rt", lambda f: f.assign(skor_maks=61.0))
    assert "jumlah nilai 60 sampai 61, tingkat yang mungkin: kumuh" in text(city, "K1")


def test_of_two_records_of_one_source_it_is_told_which(state: Make) -> None:
    form = [*rows()["profil_rt"], profile("001", source_id="susulan", p3a=0.3)]
    said = sentences(state(profil_rt=form), R1, "andai", DISPUTED)
    told = [(s.params["source_id"], s.params["row"]) for s in said if s.key == "andai.rt_record"]
    assert sorted(told) == [("susulan", 4), ("susulan", 5)]


def test_open_conflicts_that_are_not_material_are_told_in_short(state: Make) -> None:
    city = state()
    assert [s.key for s in sentences(city, "K1", "konflik")] == ["kawasan.conflict"]
    city.change("conflicts", lambda f: f.assign(material=False))
    said = sentences(city, "K1", "konflik")
    assert [s.key for s in said] == ["kawasan.conflict_minor"]
    assert "1 konflik lain masih terbuka tetapi tidak material (c3caf4bd6391)." in text(city, "K1")
