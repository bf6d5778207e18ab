"""Who a written name means: never the wrong one, and nearly always the right one."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.names import NameIndex, match_name, normalise
from kotaku_geo.ingest.slips import is_short_for
from kotaku_geo.ingest.spelling import unmojibake
from tests.ingest.distortions import DISTORTIONS
from tests.ingest.other_places import AROUND, SEMARANG

RECALL = 0.97
KELURAHAN = [
    ("1", "Sungai Andai"), ("2", "Sungai Jingah"), ("3", "Basirih"), ("4", "Basirih Selatan"),
    ("5", "Kelayan Timur"), ("6", "Kelayan Tengah"), ("7", "Kebonsari I"), ("8", "Kebonsari II"),
    ("9", "Kampung Melayu"), ("10", "Cokrodiningrat"), ("11", "Kalia-Lia"), ("16", "Panggung"), ("12", "Telaga Biru"),
    ("13", "Kuin Selatan"), ("14", "Sungai Bilu"), ("15", "Sungai Baru"),
]  # fmt: skip
INDEX = NameIndex(KELURAHAN, ["Banjarmasin Timur", "Kota Banjarmasin"])


def code(name: str, inside: set[str] | None = None) -> str | None:
    match = INDEX.find(name, inside).match
    return match.code if match else None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("SUNGAI ANDAI", "1"), ("Kel. Sei Andai", "1"), ("Soengai Djingah", "2"), ("Sg Jingah", "2"),
        ("basirih", "3"), ("Basirih Slt", "4"), ("Basirih Se", "4"), ("Kelajan Timoer", "5"),
        ("Klyn Tgh", "6"), ("Kebonsari 2", "8"), ("Kebon Sari II", "8"), ("KEBONSARI 1", "7"),
        ("Kp. Melayu", "9"), ("Tjokrodiningrat", "10"), ("Kalialia", "11"), ("Kallia lia", "11"),
        ("Kelurahan Sungai Andai Kec. Banjarmasin Timur", "1"), ("Sungai Andai (Banjarmasin)", "1"),
        ("Banjarmasin Timur - Sungai Andai", "1"), ("Telaga Birru", "12"), ("Selatan Kuin", "13"),
        ("Kuin S.", "13"), ("Sungai Andai RT 05 RW 02", "1"), ("Sungai Andia", "1"),
        ("5ungai Anda1", "1"), ("Sun gai Andai", "1"), ("Kel ayan Timur", "5"), ("Kal ial ia", "11"), ("Pang gung", "16"),
    ],
)  # fmt: skip
def test_spellings_of_the_field(name: str, wanted: str) -> None:
    assert code(name) == wanted


@pytest.mark.parametrize(
    "name",
    ["Sungai", "Kelayan T", "Kelayan", "Kebonsari", "Kebonsari III", "Kebonsari 3", "Basirih Timur",
     "Telaga", "Telaga Baru", "Sungai Batu", "Sungai Bulu", "Kuin", "Melayu Ilir", "Selatan", "Kel.",
     "", "-", "123", "Kelurahan Kota", "Banjarmasin Timur"],
)  # fmt: skip
def test_what_fits_two_or_none_is_nobody(name: str) -> None:
    assert code(name) is None


def test_a_tie_names_those_that_fit() -> None:
    assert INDEX.find("Kelayan T").tied == ("5", "6")
    assert INDEX.find("Sungai Bulu").tied == ("14", "15")


def test_first_words_that_several_share_are_a_tie_and_common_words_are_none() -> None:
    index = NameIndex([("1", "Sukamaju Lor"), ("2", "Sukamaju Kidul"), ("3", "Sungai Baru"),
                       ("4", "Sungai Lulut"), ("5", "Kaligawe Wetan")])  # fmt: skip
    assert index.find("Kel. Sukamaju").tied == ("1", "2")
    assert index.find("Sukamaju", {"2", "3"}).tied == ()
    assert index.find("Sungai").tied == index.find("Kaligawe").tied == ()
    assert index.find("Sukamaju").match is None


def test_the_kecamatan_settles_what_fits_two_but_is_not_believed_against_a_closer_name() -> None:
    assert code("Kelayan T", {"5", "1"}) == "5"
    assert code("Sungai Barru", {"14"}) == "15"  # equal but for a letter: told as elsewhere
    match = INDEX.find("Sungai Baru", {"14"}).match
    assert match is not None
    assert match.elsewhere
    assert code("Sungai Bsru", {"14"}) is None


def test_method_and_score_are_kept() -> None:
    exact, spelled, near = (INDEX.find(n).match for n in ("Basirih", "Bassirih", "Basireh"))
    assert exact is not None
    assert spelled is not None
    assert near is not None
    assert (exact.how, exact.similarity, exact.spelled) == ("nama", 100, True)
    assert (spelled.how, spelled.similarity, spelled.spelled) == ("nama", 100, False)
    assert near.how == "nama_mirip"
    assert near.similarity == pytest.approx(85.7, abs=0.1)
    assert (spelled.way, near.way) == ("ejaan", "salah ketik")


def test_the_cell_says_its_kecamatan() -> None:
    answer = INDEX.find("Sungai Andai, Kec. Banjarmasin Timur")
    assert answer.kecamatan == "Banjarmasin Timur"


def test_short_forms() -> None:
    assert is_short_for("sltn", "selatan")
    assert is_short_for("klyn", "kelayan")
    assert not is_short_for("pangan", "pengambangan")  # a word of its own
    assert not is_short_for("mly", "melayu", alone=True)


def test_twice_decoded_text_is_decoded_back() -> None:
    assert unmojibake("Kampung PetÃ©k") == "Kampung Peték"
    assert unmojibake("Â") == "Â"
    assert unmojibake("Sungai Ã") == "Sungai Ã"


@pytest.fixture(scope="module")
def banjarmasin(real_data: Path) -> list[tuple[str, str, str]]:
    """(code, name, kecamatan) of the 52 kelurahan."""
    folder = real_data / "banjarmasin"
    agency = json.loads((folder / "perkim/kelurahan.geojson").read_text(encoding="utf-8"))
    kecamatan = {
        f["properties"]["KELURAHAN"]: f["properties"]["KECAMATAN"] for f in agency["features"]
    }
    text = (folder / "kemendagri/kelurahan_6371.geojson").read_text(encoding="utf-8")
    rows = [f["properties"] for f in json.loads(text)["features"]]
    return [(r["kode"], r["nama"], kecamatan[r["nama"]]) for r in rows]


def index_of(kelurahan: list[tuple[str, str, str]]) -> NameIndex:
    around = [*sorted({k for _, _, k in kelurahan}), "Kota Banjarmasin"]
    return NameIndex([(c, n) for c, n, _ in kelurahan], around)


def distorted(
    kelurahan: list[tuple[str, str, str]], seed: int
) -> Iterator[tuple[str, str, str, str]]:
    """(way, code, written, kecamatan) of every name in every way."""
    for number, (way, distort) in enumerate(DISTORTIONS.items()):
        rng = np.random.default_rng([seed, number])
        for kode, name, kecamatan in kelurahan:
            yield way, kode, distort(rng, name, kecamatan), kecamatan


def measured(
    kelurahan: list[tuple[str, str, str]], given_kecamatan: bool, seed: int
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Names found by way, and those that were taken for another."""
    index = index_of(kelurahan)
    official = {name.casefold(): kode for kode, name, _ in kelurahan}
    inside: dict[str, set[str]] = {}
    for kode, _, kecamatan in kelurahan:
        inside.setdefault(kecamatan, set()).add(kode)
    found: Counter[str] = Counter()
    wrong = []
    for way, kode, written, kecamatan in distorted(kelurahan, seed):
        match = index.find(written, inside[kecamatan] if given_kecamatan else None).match
        if match is None:
            continue
        found[way] += match.code == kode
        became_another = official.get(written.strip().casefold(), kode) == match.code != kode
        if match.code != kode and not became_another:
            wrong.append((way, written, match.code))
    return found, wrong


def test_the_52_kelurahan_of_banjarmasin_in_40_spellings(
    banjarmasin: list[tuple[str, str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (len(banjarmasin), len(DISTORTIONS)) == (52, 40)
    total = len(banjarmasin) * len(DISTORTIONS)
    tables = {}
    for given_kecamatan, label in ((True, "dengan kecamatan"), (False, "tanpa kecamatan")):
        found, wrong = measured(banjarmasin, given_kecamatan, seed=0)
        tables[label] = found
        recall = found.total() / total
        with capsys.disabled():
            print(f"\n{label}: {total} ejaan, ketepatan {100 if not wrong else 0:.0f} %, "
                  f"ditemukan {found.total()} ({recall:.1%})")  # fmt: skip
        assert wrong == []
        assert recall >= RECALL
    names = {kode: name for kode, name, _ in banjarmasin}
    changed = sum(names[kode] != written for _, kode, written, _ in distorted(banjarmasin, 0))
    with capsys.disabled():
        print(f"{changed} dari {total} ejaan berbeda dari nama resminya")
        for way in DISTORTIONS:
            counts = " / ".join(
                f"{table[way] / len(banjarmasin):6.1%}" for table in tables.values()
            )
            print(f"  {way:28} {counts}")


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_find_nobody_wrong_either(
    banjarmasin: list[tuple[str, str, str]], seed: int
) -> None:
    for given_kecamatan in (True, False):
        assert measured(banjarmasin, given_kecamatan, seed)[1] == []


def test_places_around_match_none_of_the_52(
    banjarmasin: list[tuple[str, str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    index = index_of(banjarmasin)
    scopes: list[set[str] | None] = [None]
    scopes += [{c for c, _, k in banjarmasin if k == kec} for kec in {k for _, _, k in banjarmasin}]
    taken = {
        (n, m.code) for n in AROUND + SEMARANG for s in scopes if (m := index.find(n, s).match)
    }
    with capsys.disabled():
        print(f"\n{len(AROUND + SEMARANG)} nama tempat lain: {len(taken)} tertukar")
    assert taken == set()
    assert [n for _, n, _ in banjarmasin if index.find(n).match is None] == []


def test_another_city_that_nothing_was_tuned_on(capsys: pytest.CaptureFixture[str]) -> None:
    city = [(str(i), name, "Semarang Tengah") for i, name in enumerate(SEMARANG)]
    found, wrong = measured(city, given_kecamatan=False, seed=0)
    with capsys.disabled():
        print(f"\nSemarang: {found.total() / (len(city) * len(DISTORTIONS)):.1%} dari "
              f"{len(city) * len(DISTORTIONS)} ejaan")  # fmt: skip
    assert wrong == []
    assert found.total() / (len(city) * len(DISTORTIONS)) >= 0.95


names = st.text(st.characters(codec="utf-8"), max_size=30)


@given(names, st.sets(st.sampled_from([c for c, _ in KELURAHAN])) | st.none())
def test_any_text_is_answered_and_an_answer_is_one_of_those_asked_for(
    name: str, inside: set[str] | None
) -> None:
    answer = INDEX.find(name, inside)
    assert answer.match is None or answer.match.code in dict(KELURAHAN)
    assert normalise(normalise(name)) == normalise(name) or not name.isascii()


@given(st.permutations(KELURAHAN), st.sampled_from(["Sungai", "Klyn Tgh", "Basirih S", "Kalialia"]))
def test_the_order_of_the_candidates_decides_nothing(
    candidates: list[tuple[str, str]], name: str
) -> None:
    assert match_name(name, candidates) == match_name(name, KELURAHAN)
