"""What may be typed for a choice: whatever means one candidate alone, and nothing that may not."""

from pathlib import Path
from typing import Any

import pytest

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.cases import DECIDED, Case
from kotaku_geo.publish.worksheet.choices import chosen
from kotaku_geo.publish.worksheet.returned import Cell
from kotaku_geo.publish.worksheet.sheet import answers_of
from kotaku_geo.publish.worksheet.words import speaking
from tests.publish.worksheet.drafts import RECORD, RT, case, meant, names, row, share
from tests.publish.worksheet.officer import Copy, Desk

NAMES = names()
WATER = case(share("pdam-pelanggan", 92.4), share("profil-rt", 30.0), share("survei", 12.0))
RECORDS = case(share("pdam-pelanggan", 92.4), share("profil-rt", 30.0, 11, True),
               share("profil-rt", 62.0, 51, True))  # fmt: skip
OTHER_RT = "33.78.01.1003-RW002-RT001"
IN_OTHER = "33.78.02.1003-RW002-RT001"
VILLAGES = ("33.78.01.1001", "33.78.02.1003")


def read(about: Case, **typed: Any) -> tuple[str | None, str | None, str]:
    """Source, value, and what is wrong."""
    source, value, wrong = chosen(row(about, NAMES, **typed), about, NAMES)
    assert not wrong or (source, value) == (None, None)
    return source, value, "; ".join(f"{w.column}: {w.text}" for w in wrong)


@pytest.mark.parametrize(
    "typed",
    ["pdam-pelanggan", "PDAM-PELANGGAN", " Pdam - Pelanggan ", "PDAM Tirta Contoh",
     "pdam tirta  contoh", "PDAM Tirta Contoh (pdam-pelanggan)"],
)  # fmt: skip
def test_a_source_is_known_by_its_id_and_its_agency(typed: str) -> None:
    assert read(WATER, pilihan=typed) == ("pdam-pelanggan", None, "")


@pytest.mark.parametrize("typed", ["profil-rt#51", "PROFIL-RT # 51", "Profil-RT #051"])
def test_a_record_is_known_by_its_number(typed: str) -> None:
    assert read(RECORDS, pilihan=typed) == ("profil-rt#51", None, "")


@pytest.mark.parametrize(
    ("about", "typed", "said"),
    [(WATER, "pdam-pelangan", 'maksudnya "pdam-pelanggan"?'),
     (WATER, "PDAM Tirta", 'maksudnya "pdam-pelanggan"?'),
     (WATER, "Dinas Perkim Kota Contoh", "cocok dengan lebih dari satu: profil-rt, survei"),
     (RECORDS, "Dinas Perkim Kota Contoh", "lebih dari satu: profil-rt#11, profil-rt#51"),
     (RECORDS, "profil-rt", 'maksudnya "profil-rt#'),
     (WATER, "dpupr-genangan", "bukan kandidat konflik ini"),
     (WATER, "xyzzy", "bukan kandidat konflik ini; pilih salah satu: pdam-pelanggan"),
     (WATER, "–", "bukan kandidat konflik ini; pilih salah satu")],
)  # fmt: skip
def test_what_is_no_candidate_or_several_is_told_with_what_may_be_meant(
    about: Case, typed: str, said: str
) -> None:
    source, value, wrong = read(about, pilihan=typed)
    assert (source, value) == (None, None)
    assert wrong.startswith("pilihan: ")
    assert said in wrong


def test_a_hint_is_in_the_language_that_is_spoken() -> None:
    with speaking("en"):
        wrong = read(WATER, pilihan="pdam-pelangan")[2]
    assert 'is no candidate of this conflict (do you mean "pdam-pelanggan"?); choose' in wrong


@pytest.mark.parametrize(
    ("about", "typed", "expected"),
    [(meant(RT, OTHER_RT), OTHER_RT, OTHER_RT),
     (meant(RT, OTHER_RT), "RT 001 RW 002", OTHER_RT),
     (meant(RT, OTHER_RT), "rt 1/rw 2", OTHER_RT),
     (meant(RT, OTHER_RT), "RW 002 RT 001", OTHER_RT),
     (meant(RT, OTHER_RT), "RT 001 RW 002, Kelurahan Kaligawe", OTHER_RT),
     (meant(RT, IN_OTHER), f"RT 001 RW 002, Kelurahan Sukamaju Kidul [{IN_OTHER}]", IN_OTHER),
     (meant(*VILLAGES, parameter="kode_kelurahan"), "Sukamaju Lor", VILLAGES[0]),
     (meant(*VILLAGES, parameter="kode_kelurahan"), "KELURAHAN SUKAMAJU  KIDUL", VILLAGES[1]),
     (meant("KWS-001", "KWS-002", parameter="id_kawasan"), "Bulu Dua", "KWS-001")],
)  # fmt: skip
def test_an_identity_is_known_by_its_id_and_its_name(
    about: Case, typed: str, expected: str
) -> None:
    assert read(about, nilai=typed) == (None, expected, "")


@pytest.mark.parametrize(
    ("about", "typed", "said"),
    [(meant(OTHER_RT, IN_OTHER), "RT 001 RW 002", f"lebih dari satu: {OTHER_RT}, {IN_OTHER}"),
     (meant(RT, OTHER_RT), "RT 001", "bukan kemungkinan konflik ini (maksudnya"),
     (meant(*VILLAGES, parameter="kode_kelurahan"), "Sukamaju Lo", f'maksudnya "{VILLAGES[0]}"'),
     (meant(*VILLAGES, parameter="kode_kelurahan"), "Sukamaju", "maksudnya"),
     (meant(*VILLAGES, parameter="kode_kelurahan"), "Kaligawe", "bukan kemungkinan")],
)  # fmt: skip
def test_an_identity_that_is_not_clear_is_never_guessed(about: Case, typed: str, said: str) -> None:
    assert read(about, nilai=typed)[:2] == (None, None)
    assert said in read(about, nilai=typed)[2]


@pytest.mark.parametrize("typed", [1, 3, 5, 5.0, "5", "3,0", " 1 "])
def test_a_bare_score_far_from_every_candidate_is_questioned(typed: object) -> None:
    _, value, wrong = read(case(share("pdam-pelanggan", 92.4), share("survei", 30.0)), nilai=typed)
    assert value is None
    assert "dapat berarti skor" in wrong


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("5 %", "5"), ("5%", "5"), ("3 persen", "3"), (Cell(0.05, percent=True), "5"), (0, "0"),
     (4, "4"), (6, "6"), ("5,1", "5.1"), (45.5, "45.5")],
)  # fmt: skip
def test_a_share_that_says_so_or_is_no_score_is_taken(typed: object, expected: str) -> None:
    about = case(share("pdam-pelanggan", 92.4), share("survei", 30.0))
    assert read(about, nilai=typed) == (None, expected, "")


def test_how_far_is_what_the_pipeline_tolerates() -> None:
    about = case(share("pdam-pelanggan", 92.4), share("survei", 9.0))
    assert read(about, nilai=5) == (None, "5", "")  # 4 points from a candidate
    strict = names({"3a": 3.0})
    _, value, wrong = chosen(row(about, strict, nilai=5), about, strict)
    assert value is None
    assert len(wrong) == 1
    people = case(share("survei", 9.0), parameter="penyebut.jumlah_kk")
    amounts = Case(**{**vars(people), "options": (
        type(people.options[0])("survei", "survei", 1, value=120.0),)})  # fmt: skip
    assert read(amounts, nilai=5) == (None, "5", "")  # households, and no share


def test_what_is_on_file_is_no_question_again() -> None:
    about = case(share("pdam-pelanggan", 92.4), share("survei", 30.0), status=DECIDED)
    made = Decision(
        kind="nilai", subject=RT, parameter="3a", source_id=None, value="5", reason="a", forum="b",
        minutes="c", date=RECORD["tanggal"], by="d", evidence=about.evidence,
    )  # fmt: skip
    held = Case(**{**vars(about), "decision": made})
    assert read(held, nilai=5) == (None, "5", "")
    assert "skor" in read(held, nilai=3)[2]
    exported = answers_of(held)[1]
    assert exported == "5 %"
    assert read(about, nilai=exported) == (None, "5", "")


def test_an_officers_own_words_are_taken_and_a_score_is_not(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    values = [i for i in copy.ids("nilai") if all("#" not in c for c in copy.choices(i))]
    first = values[0]
    # A fire station's reach in which no candidate is near any score.
    second = next(i for i in values[1:] if copy.get(i, "parameter") == "7a")
    (asked, *_) = [i for i in copy.ids("identitas") if copy.get(i, "parameter") == "id_rt"]
    chosen_then = copy.choices(first)[-1]
    copy.decide(first, pilihan=chosen_then.upper())
    copy.decide(second, pilihan=None, nilai=5)
    entry = copy.choices(asked, "nilai")[1]
    kode, _, rest = entry.partition("-RW")
    rw, _, rt = rest.partition("-RT")
    copy.decide(asked, nilai=f"RT {rt} RW {rw}")
    path = copy.save(desk.desk / "isi.xlsx")
    code, told = desk.bring_back(path, partial=True)
    assert (code, [f["column"] for f in told["faults"]]) == (3, ["nilai"])
    assert told["faults"][0]["row"] == copy.rows[second]
    held = desk.decisions.read_text(encoding="utf-8")
    assert f",{chosen_then}," in held
    assert f",{entry}," in held
    assert kode in held
