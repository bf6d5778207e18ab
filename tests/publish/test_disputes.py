"""What is not agreed: told at the head of the page, listed with what weighs most first."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.findings import FindingBook
from kotaku_geo.publish import disputes, faults, profile, rules
from kotaku_geo.publish.release import release
from kotaku_geo.stage import StageContext
from tests.publish.conftest import CRS, KEL
from tests.publish.test_page import Reader

City = Callable[..., StageContext]
FIRST, SMALL, THIRD = (f"{KEL[0]}-RW001-RT00{n}" for n in (1, 2, 3))


def conflict(name: str, kind: str, subject: str, parameter: str, **more: Any) -> dict[str, Any]:
    said = [
        {"source_id": "profil", "source_row": 1, "persen": 50.0},
        {"source_id": "pdam", "source_row": 7, "persen": 90.0},
    ]
    row = {"candidates": json.dumps(said), "material": False, "status": "terbuka", "spread": 40.0}
    about = {"conflict_id": name, "kind": kind, "subject": subject, "parameter": parameter}
    return {**about, **row, **more}


@pytest.fixture
def disputed(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Six conflicts, of which one is decided, with the findings about those that are not."""
    outlines = [
        {"source_id": "delineasi", "value": 3.0, "beda_ha": 0.3},
        {"source_id": "lama", "value": 3.2},
    ]
    moved = {"dampak_rt": json.dumps({"profil": "ringan", "pdam": "sedang"}), "luas_ha": 1.0}
    still = {"dampak_rt": json.dumps({"profil": "ringan", "pdam": "ringan"}), "luas_ha": 3.0}
    rows = [
        conflict("c1", "nilai", FIRST, "3a"),
        conflict("c2", "nilai", THIRD, "3a", material=True, jumlah_kk=55.0, **still),
        conflict("c3", "nilai", FIRST, "5a", material=True, jumlah_kk=40.0, **moved),
        conflict("c4", "nilai", FIRST, "6a", material=True, status="diputuskan"),
        conflict("c5", "batas", "K1", "batas.kawasan", candidates=json.dumps(outlines)),
        conflict("c6", "nilai", SMALL, "3a", material=True, status="basi"),
    ]
    tables["consolidate/conflicts"] = pd.DataFrame(rows)
    book = FindingBook("consolidate", CRS)
    for row in rows[:3] + rows[5:]:
        book.add("conflict.value", subject=row["subject"], key=row["conflict_id"], value="40,0",
                 parameter=row["parameter"], selisih="40,0",
                 kandidat="profil 50,0 %; pdam 90,0 %")  # fmt: skip
    book.add("conflict.boundary", subject="K1", key="c5", value="9,1", luas="0,30", persen="9,1",
             objek="kawasan K1 (delineasi, lama)")  # fmt: skip
    for i, severity in enumerate(("warning", "error", "warning")):
        book.add("sk.area-differs", subject=f"S{i}", tertulis="1.234,50", gambar="3,00",
                 persen="20,5", severity=severity)  # fmt: skip
    tables["findings"] = book.frame()
    return tables


def page_of(ctx: StageContext) -> str:
    profile.run(ctx)
    content = ctx.documents[profile.PAGE]
    assert isinstance(content, bytes)
    return content.decode()


def head(text: str) -> str:
    return Reader(text[text.index("<header") : text.index("</header>")]).text


def test_the_head_tells_how_far_it_is_agreed(city: City, disputed: dict[str, pd.DataFrame]) -> None:
    assert disputes.state(release(city())) == {
        "material": 3, "other": 2, "stale": 1, "contradicting": 0, "ever": True,
    }  # fmt: skip
    text = page_of(city())
    said = "3 perbedaan material belum diputuskan · 1 keputusan basi · 2 perbedaan lain"
    assert said in head(text)
    assert 'class="agreed open"><a href="#kesepakatan">' in text
    assert 'id="kesepakatan"' in text


def test_a_baseline_that_is_agreed_says_so(city: City, disputed: dict[str, pd.DataFrame]) -> None:
    disputed["consolidate/conflicts"]["status"] = "diputuskan"
    disputed["consolidate/decisions"]["status"] = "berlaku"
    text = page_of(city())
    assert "Semua perbedaan material sudah diputuskan · 0 keputusan basi" in head(text)
    assert 'class="agreed done"' in text
    assert 'id="t-konflik"' not in text
    disputed["consolidate/conflicts"]["material"] = False
    assert "Tidak ada perbedaan material ·" in head(page_of(city()))


def test_a_stale_decision_leads_where_no_material_difference_is_open(
    city: City, disputed: dict[str, pd.DataFrame]
) -> None:
    """The seal refuses it: that all is decided would be untrue."""
    disputed["consolidate/conflicts"]["status"] = "diputuskan"
    disputed["consolidate/decisions"]["status"] = "basi"
    text = page_of(city())
    assert "1 keputusan basi harus diputuskan ulang · 0 perbedaan lain" in head(text)
    assert "sudah diputuskan" not in head(text)
    assert 'class="agreed open"' in text


def test_what_weighs_most_is_listed_first(city: City, disputed: dict[str, pd.DataFrame]) -> None:
    rows = {row["conflict_id"]: row for row in disputes.undecided(release(city()))}
    assert list(rows) == ["c3", "c2", "c6", "c5", "c1"]
    assert rows["c3"]["rt"] == "ringan;sedang"
    assert (rows["c2"]["rt"], rows["c2"]["kawasan"]) == ("", None)
    assert rows["c3"]["what"]["en"].startswith("5a ")
    assert rows["c3"]["place"] == "RT 001/RW 001, Kauman"
    assert rows["c3"]["sides"] == [
        {"who": "profil", "persen": 50.0}, {"who": "pdam", "persen": 90.0},
    ]  # fmt: skip
    assert rows["c5"]["sides"][0] == {"who": "delineasi", "ha": 3.0}
    assert rows["c5"]["place"] == "Kauman Lor"
    assert rows["c6"]["sides"][0] == {"who": "profil", "note": "< 5 KK"}, "a small RT"
    text = page_of(city())
    table = text[text.index('id="t-konflik"') :].partition("</table>")[0]
    assert "RT: ringan atau sedang" in Reader(table).text
    assert table.count('class="chip material"') == 3


def test_decisions_that_are_not_applied_are_listed(
    city: City, disputed: dict[str, pd.DataFrame]
) -> None:
    disputed["consolidate/decisions"] = pd.DataFrame(
        {"decision_id": ["d1", "d2"], "status": ["basi", "berlaku"], "kind": "nilai",
         "subject": [FIRST, THIRD], "parameter": "3a", "minutes": "BA 1/2024",
         "date": "2024-05-02", "found": ["pdam 90,0 %", None],
         "taken_on": ["profil 50,0 %; pdam 70,0 %", None]}
    )  # fmt: skip
    assert [row["decision_id"] for row in disputes.lapsed(release(city()))] == ["d1"]
    text = page_of(city())
    seen = Reader(text[text.index('id="t-keputusan"') :].partition("</table>")[0]).text
    for said in ("RT 001/RW 001, Kauman", "BA 1/2024", "2 Mei 2024", "profil 50,0 %; pdam 70,0 %"):
        assert said in seen


def test_material_findings_stand_first_and_are_marked(
    city: City, disputed: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "EXAMPLES", 3)
    pokja = next(g for g in faults.findings(release(city())) if g["responsible"] == "pokja")
    values = next(r for r in pokja["rules"] if r["rule"] == "conflict.value")
    assert (values["n"], values["material"], values["more"], values["disputed"]) == (4, 3, 1, True)
    assert [e["subject"] for e in values["examples"]] == [FIRST, THIRD, SMALL]
    assert [e["material"] for e in values["examples"]] == [True] * 3, "also what is kept back"
    assert "Parameter 5a" in values["examples"][0]["message"]["id"]
    outlines = next(r for r in pokja["rules"] if r["rule"] == "conflict.boundary")
    assert (outlines["material"], outlines["disputed"]) == (0, True)


def test_a_rule_stands_once_with_its_severities(
    city: City, disputed: dict[str, pd.DataFrame]
) -> None:
    groups = faults.findings(release(city()))
    areas = [r for g in groups for r in g["rules"] if r["rule"] == "sk.area-differs"]
    assert len(areas) == 1
    assert areas[0]["counts"] == {"error": 1, "warning": 2, "info": 0}
    assert (areas[0]["severity"], areas[0]["mixed"]) == ("error", True)
    assert [e["subject"] for e in areas[0]["examples"]] == ["S1", "S0", "S2"], "the gravest first"
    assert "Kesalahan 1 · Peringatan 2" in Reader(page_of(city())).text


def test_groups_fill_two_columns_evenly() -> None:
    groups = [{"responsible": str(i), "rules": [None] * n} for i, n in enumerate((15, 6, 36, 6))]
    sides = [[g["responsible"] for g in side] for side in faults.columns(groups)]
    assert sides == [["0", "1", "3"], ["2"]]
    assert faults.columns(groups[2:3]) == ([groups[2]], [])
    assert faults.columns([]) == ([], [])


def test_numbers_of_a_finding_are_written_as_the_language_does() -> None:
    said = "Parameter 3a: sumber berbeda 40,0 poin (profil 1.250,5 %; pdam 90,0 %)"
    assert rules.told("conflict.value", said, "en") == (
        "Parameter 3a: sources differ by 40.0 points (profil 1,250.5 %; pdam 90.0 %)"
    )
    assert rules.told("conflict.value", said, "id") == said
    quoted = 'Kolom v3a: "1,5x" bukan angka; dianggap tidak diketahui'
    assert '"1,5x"' in rules.told("value.not-number", quoted, "en"), "as it was delivered"
