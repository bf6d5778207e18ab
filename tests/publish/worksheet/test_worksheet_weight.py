"""What a choice changes is told as it is: scores, an area, a place; and a stale decision first."""

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kotaku_geo.decisions import Decision
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case, Impact, Option
from kotaku_geo.publish.worksheet.sentences import evidence
from kotaku_geo.publish.worksheet.weight import weight
from kotaku_geo.publish.worksheet.words import speaking
from tests.publish.worksheet.drafts import RECORD, case, meant, names
from tests.publish.worksheet.officer import Copy, Desk
from tests.publish.worksheet.test_worksheet_told import decided

NAMES = names()


def scored(*scores: float | None, material: bool = True) -> Case:
    options = [Option(f"s{i}", f"s{i}", i, persen=30.0 + i, score=s) for i, s in enumerate(scores)]
    level = {o.choice: ("ringan",) for o in options}
    return case(*options, material=material, impact=Impact(rt=level))


@pytest.mark.parametrize(
    ("of", "said", "en"),
    [(scored(3, 0), "mengubah skor parameter ini (0 atau 3).", "score (0 or 3)."),
     (scored(5, 0, 3, 0), "mengubah skor parameter ini (0, 3 atau 5).", "score (0, 3 or 5)."),
     (scored(3, None), "mengubah skor parameter ini.", "score."),
     (scored(3, 3, material=False), "skor parameter ini sama, apa pun pilihannya (3).", "(3)."),
     (meant("a", "b"), "RT mana yang dimaksud", "which RT is meant"),
     (meant("a", "b", parameter="id_kawasan"), "di kawasan mana", "in which kawasan"),
     (meant("a", "b", parameter="kode_kelurahan"), "di kelurahan mana", "in which kelurahan"),
     (replace(meant("a"), material=False), "tidak mengubah hasil", "no result"),
     (case(kind="batas", parameter="batas.rt"), "lebih dari sekadar gambar ulang", "redrawing"),
     (case(kind="batas", parameter="batas.rt", material=False), "sedikit saja", "slightly"),
     (case(Option("a", "a", 1, value=9.0), parameter="penyebut.jumlah_kk"), "dengan angka ini", "this figure"),
     (case(Option("a", "a", 1, value=9.0), parameter="penyebut.jumlah_kk", material=False),
      "tidak mengubah skor apa pun", "no score")],
)  # fmt: skip
def test_a_choice_is_said_to_change_what_it_changes(of: Case, said: str, en: str) -> None:
    assert said in weight(of)
    assert weight(of).startswith("MATERIAL – " if of.material else "Tidak material – ")
    with speaking("en"):
        assert en in weight(of)


def test_a_level_that_stays_is_not_said_to_change() -> None:
    told = evidence(scored(3, 0), NAMES)
    assert "Tingkat RT kumuh ringan, apa pun pilihannya." in told
    assert "mengubah hasil" not in told


def test_a_stale_decision_heads_the_evidence() -> None:
    of = scored(3, 0)
    made = Decision(
        kind="nilai", subject=of.subject, parameter="3a", source_id="s0", value=None, reason="a",
        forum="b", minutes="BA 050", date=RECORD["tanggal"], by="d", evidence="f" * 64,
        taken_on="s0 30,0 %; s1 31,0 %",
    )  # fmt: skip
    stale = evidence(replace(of, status=STALE, decision=made), NAMES).split("\n")
    assert stale[0].startswith("Keputusan lama tidak berlaku lagi")
    assert stale[1].startswith("Waktu diputuskan")
    assert stale[2].startswith("MATERIAL")
    in_force = evidence(replace(of, status=DECIDED, decision=made), NAMES).split("\n")
    assert in_force[0].startswith("MATERIAL")
    assert in_force[-1].startswith("Sudah diputuskan")


def test_several_kelurahan_are_told_as_people_say_them() -> None:
    of = replace(
        names(), village_of_kawasan={"K1": "Bulu Dua;Sukamaju Lor", "K2": "A;B;C", "K3": "A"}
    )
    assert [of.village_of(k) for k in ("K1", "K2", "K3")] == [
        "Bulu Dua dan Sukamaju Lor", "A, B dan C", "A"]  # fmt: skip
    with speaking("en"):
        assert of.village_of("K1") == "Bulu Dua and Sukamaju Lor"


def _fill(sheet: Worksheet, row: int) -> str:
    return str(sheet.cell(row, 1).fill.fgColor.rgb)[-6:]


def test_the_status_of_a_row_is_seen_in_the_colour_of_its_id(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    first, *_ = copy.ids("nilai")
    copy.decide(first)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    text = desk.decisions.read_text(encoding="utf-8")
    again = Copy(desk.export("lagi.xlsx"))
    colours = {i: _fill(again.sheet, row) for i, row in again.rows.items()}
    assert colours.pop(first) == "C6E0B4"
    assert set(colours.values()) == {"F2F2F2"}
    evidence_of = text.splitlines()[1].split(",")[11]
    desk.decisions.write_text(text.replace(evidence_of, "f" * 64), encoding="utf-8")
    stale = Copy(desk.export("basi.xlsx"))
    assert _fill(stale.sheet, stale.rows[first]) == "F4B084"
    assert str(stale.get(first, "bukti")).startswith("Keputusan lama tidak berlaku lagi")


def test_a_score_is_called_a_score_and_a_sheet_does_not_point_at_itself(
    desk: Desk, blank: Path
) -> None:
    book = openpyxl.load_workbook(blank)
    text = "\n".join(str(c) for r in book["konflik"].iter_rows(values_only=True) for c in r)
    assert " % (skor " in text
    assert "(nilai " not in text
    assert 'Gambarnya ada di lembar "batas"' in text
    own = [str(r[2]) for r in book["batas"].iter_rows(min_row=2, values_only=True)]
    assert own
    assert not any("Gambarnya ada" in said for said in own)
    heads = [c.value for c in book["nilai"][2]]
    assert "Skor" in heads
    assert "Nilai" not in heads


def test_the_scores_told_are_those_of_the_candidates(desk: Desk, blank: Path) -> None:
    cases, names_ = decided(desk, blank)
    told = [c for c in cases if c.shares]
    assert told
    for of in told:
        scores = sorted({int(o.score) for o in of.options if o.score is not None})
        assert of.material == (len(scores) > 1)
        assert weight(of) in evidence(of, names_)
        (shown,) = re.findall(r" \(([^)]*)\)\.$", weight(of))
        assert re.findall(r"\d+", shown) == [str(score) for score in scores]
