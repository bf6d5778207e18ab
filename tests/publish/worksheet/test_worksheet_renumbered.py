"""Records of one source whose rows have moved: a choice means what was said, and not a number."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from kotaku_geo.decisions import Decision, identified
from kotaku_geo.publish.worksheet.cases import _as_now
from kotaku_geo.publish.worksheet.judge import judge
from kotaku_geo.publish.worksheet.words import speaking
from tests.publish.worksheet.drafts import RECORD, RT, TODAY, case, copies, names, row, share

NAMES = names()
BEFORE = case(
    share("survei", 50.0, 1, True), share("survei", 10.0, 2, True), share("profil-rt", 30.0)
)
AFTER = replace(
    BEFORE,
    options=(
        share("survei", 10.0, 1, True),
        share("survei", 50.0, 2, True),
        share("profil-rt", 30.0),
    ),
)


def decision(**more: Any) -> Decision:
    said: dict[str, Any] = {
        "kind": "nilai", "subject": RT, "parameter": "3a", "source_id": "survei#1", "value": "50",
        "reason": "r", "forum": "f", "minutes": "m", "date": dt.date(2024, 5, 2), "by": "p",
        "evidence": "e" * 64, **more,
    }  # fmt: skip
    return identified(Decision(**said))


def on_table(*candidates: dict[str, Any], status: str = "diputuskan") -> dict[str, Any]:
    return {"status": status, "candidates": json.dumps(candidates)}


SHARES = ({"source_id": "survei", "source_row": 1, "persen": 10.0},
          {"source_id": "survei", "source_row": 2, "persen": 50.04})  # fmt: skip


def test_a_decision_in_force_names_the_row_that_the_record_has_now() -> None:
    filed = decision()
    now = _as_now(filed, on_table(*SHARES))
    assert now is not None
    assert (now.source_id, now.value) == ("survei#2", "50.04")
    assert now.decision_id == filed.decision_id
    assert _as_now(filed, on_table(*SHARES, status="basi")) is filed, "what was filed, as it was"
    assert (
        _as_now(decision(source_id="survei", value=None), on_table(*SHARES)).source_id == "survei"
    )  # type: ignore[union-attr]
    assert _as_now(None, on_table(*SHARES)) is None


def test_an_outline_by_its_hectares_and_an_identity_by_what_was_on_the_table() -> None:
    drawn = [{"source_id": "rt", "source_row": i, "value": ha} for i, ha in ((0, 1.95), (4, 1.22))]
    asked = decision(kind="batas", parameter="batas.rt", source_id="rt#4", value="1.95")
    now = _as_now(asked, on_table(*drawn))
    assert now is not None
    assert (now.source_id, now.value) == ("rt#0", "1.95")
    places = [{"source_id": "rt", "source_row": i, "value": f"rt#{i}", "luas_ha": ha}
              for i, ha in ((0, 1.95), (4, 1.22))]  # fmt: skip
    which = decision(kind="identitas", parameter="id_rt", source_id=None, value="rt#4",
                     taken_on="rt#0 1,2200 ha; rt#4 1,9500 ha")  # fmt: skip
    meant = _as_now(which, on_table(*places))
    assert meant is not None
    assert meant.value == "rt#0"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_copy_from_before_the_rows_moved_is_asked_for_again(lang: str) -> None:
    """The evidence is the same, as what the records say is; the number typed means another one."""
    with speaking(lang):
        filled = BEFORE, row(BEFORE, NAMES, pilihan="survei#1", **RECORD)
        books = copies(NAMES, filled)
    (stale,) = judge(books, [AFTER], NAMES, TODAY)
    assert [fault.column for fault in stale.faults] == ["kandidat"]
    assert stale.decision is None
    (same,) = judge(books, [BEFORE], NAMES, TODAY)
    assert same.faults == ()
    assert same.decision is not None
    assert (same.decision.source_id, same.decision.value) == ("survei#1", "50")


def test_other_choices_of_such_a_copy_stand_and_the_order_of_candidates_is_no_matter() -> None:
    books = copies(NAMES, (BEFORE, row(BEFORE, NAMES, pilihan="profil-rt", **RECORD)))
    (found,) = judge(books, [AFTER], NAMES, TODAY)
    assert found.faults == ()
    turned = replace(BEFORE, options=BEFORE.options[::-1])
    books = copies(NAMES, (BEFORE, row(BEFORE, NAMES, pilihan="survei#1", **RECORD)))
    (found,) = judge(books, [turned], NAMES, TODAY)
    assert found.faults == ()
