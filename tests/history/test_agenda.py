"""What `run` tells of conflicts that are open and of decisions that are not in force."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.history.agenda import SHOWN, Agenda, agenda_of
from tests.history.world import R1, State

Make = Callable[..., State]
DECISION = {"kind": "nilai", "subject": R1, "parameter": "3a", "source_id": "susulan",
            "value": None, "minutes": "BA 1", "date": "2024-05-02"}  # fmt: skip


def on_file(city: State, *rows: dict[str, Any]) -> Agenda:
    given = [{"decision_id": f"d{i:02}", "conflict_id": "k1", **DECISION, **row}
             for i, row in enumerate(rows)]  # fmt: skip
    city.change("decisions", lambda _: pd.DataFrame(given))
    return agenda_of(city.workspace)


def test_what_is_open_is_counted_by_consequence(state: Make) -> None:
    city = state()
    found = agenda_of(city.workspace)
    assert (found.material, found.minor) == (1, 0)
    assert list(found.lines("id")) == ["Konflik material masih terbuka: 1."]
    assert list(found.lines("en")) == ["Material conflicts still open: 1."]
    twice = city.baseline.table("conflicts")
    both = pd.concat([twice, twice.assign(material=False)])
    city.change("conflicts", lambda _: both)
    assert list(agenda_of(city.workspace).lines("id")) == [
        "Konflik material masih terbuka: 1 (dan 1 yang tidak material)."
    ]
    city.change("conflicts", lambda _: both.assign(status="diputuskan"))
    assert agenda_of(city.workspace) == Agenda()
    assert list(Agenda().next_step("x", "id")) == []


def test_a_workspace_that_is_not_consolidated_has_none(state: Make) -> None:
    city = state()
    (city.root / "consolidate" / "decisions.parquet").unlink()
    assert agenda_of(city.workspace) == Agenda()


def test_each_kind_has_a_line_and_a_confirmed_one_is_history(state: Make) -> None:
    found = on_file(
        state(settled=True),
        {"status": "tidak_terpakai", "conflict_id": "k1"},
        {"status": "berlaku", "conflict_id": "k1"},
        {"status": "tidak_terpakai", "conflict_id": None},
        {"status": "bertentangan", "conflict_id": "k2"},
        {"status": "bertentangan", "conflict_id": "k2"},
        {"status": "basi", "conflict_id": "k3"},
    )
    assert [line.rpartition(": ")[2] for line in found.lines("id")] == ["1.", "2.", "1."]
    assert [row["decision_id"] for row in found.idle] == ["d05", "d03", "d04", "d02"]
    assert found.as_json() == {
        "open_conflicts": 0,
        "open_minor_conflicts": 0,
        "decisions": {"berlaku": 1, "basi": 1, "bertentangan": 2, "tidak_terpakai": 2},
        "idle_decisions": 4,
    }
    assert list(found.next_step("kotaku-geo x", "en")) == ["Next step: kotaku-geo x"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, f"3a {R1}, dipakai susulan (BA 1, 2 Mei 2024)"),
        ({"source_id": "susulan#3"}, f"3a {R1}, dipakai susulan rekaman 3 (BA 1, 2 Mei 2024)"),
        ({"source_id": None, "value": "12,5"}, f"3a {R1}, ditetapkan 12,5 % (BA 1, 2 Mei 2024)"),
        ({"source_id": None, "value": "1250", "parameter": "penyebut.jumlah_kk"},
         f"jumlah KK di {R1}, ditetapkan 1.250 (BA 1, 2 Mei 2024)"),
        ({"source_id": None, "value": "K2", "kind": "identitas", "parameter": "id_kawasan"},
         f"kawasan dari RT {R1}, yang dimaksud K2 (BA 1, 2 Mei 2024)"),
    ],
    ids=["source", "record", "share", "amount", "identity"],
)  # fmt: skip
def test_a_decision_is_told_as_it_was_made(state: Make, row: dict[str, Any], said: str) -> None:
    found = on_file(state(settled=True), {"status": "basi", **row})
    assert list(found.listed("id")) == [f"  d00  basi: {said}"]


def test_a_long_list_is_cut(state: Make) -> None:
    found = on_file(state(settled=True), *[{"status": "basi"}] * (SHOWN + 3))
    told = list(found.listed("id"))
    assert (len(told), told[-1]) == (SHOWN + 1, "  … dan 3 lagi")
