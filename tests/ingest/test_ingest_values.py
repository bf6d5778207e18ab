import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest import cells, codes, values
from kotaku_geo.ingest import numbers as number_cells
from kotaku_geo.texts import number


def numbers(*cells: object, unit: str | None = None, whole: bool = False) -> list[float]:
    parsed = number_cells.parse_number(pd.Series(list(cells), dtype=object), unit, whole)
    return [float(v) for v in parsed.values]


def same(found: list[float], wanted: list[float]) -> bool:
    return all((math.isnan(a) and math.isnan(b)) or a == pytest.approx(b)
               for a, b in zip(found, wanted, strict=True))  # fmt: skip


def test_a_dot_with_three_digits_is_a_thousand_only_for_what_is_counted() -> None:
    assert numbers("1.234", "2.500", whole=True) == [1234, 2500]
    assert numbers("1.234", "2.500") == [1.234, 2.5]


def test_a_written_unit_is_heeded() -> None:
    assert same(numbers("6.891 m2", "1 ha", unit="ha"), [0.0006891, 1])
    assert same(numbers("6891 m2", unit="ha"), [0.6891])


def test_what_is_no_number_is_unknown_and_told() -> None:
    parsed = number_cells.parse_number(pd.Series(["3", "tiga", "4 ekor"], dtype=object))
    assert parsed.values.isna().tolist() == [False, True, True]
    assert {i.rule for i in parsed.issues} == {"value.not-number"}


def test_a_percentage_among_volumes_and_an_infinite_number_are_no_numbers() -> None:
    parsed = number_cells.parse_number(pd.Series(["10%", "1E+400", "4"], dtype=object), "KK")
    assert parsed.values.isna().tolist() == [True, True, False]
    assert number_cells.parse_number(
        pd.Series(["10 %"], dtype=object), "pecahan"
    ).values.tolist() == [0.1]


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 2)), min_size=2, max_size=20))
def test_indonesian_numbers_come_back(written: list[float]) -> None:
    cells = [number(x, 2) for x in written]
    assert numbers(*cells) == pytest.approx(written)


def test_levels_in_all_spellings() -> None:
    cells = pd.Series(
        ["Kumuh_Ringan", "BERAT", "KS", "Sedang\r\nSedang", "tinggi", None], dtype=object
    )
    parsed = values.parse_word(cells, "level")
    assert parsed.values.tolist() == ["ringan", "berat", "sedang", "sedang", None, None]
    assert [(i.rule, i.rows.tolist()) for i in parsed.issues] == [
        ("value.repaired", [3]), ("value.unknown-category", [4])]  # fmt: skip


def test_two_different_words_in_a_cell_are_not_guessed() -> None:
    parsed = values.parse_word(pd.Series(["Berat / Ringan"], dtype=object), "level")
    assert parsed.values.tolist() == [None]


def test_signs_keep_their_minus() -> None:
    parsed = values.parse_word(pd.Series(["+", "-", "−", "Tidak", None], dtype=object), "sign")
    assert parsed.values.tolist() == ["+", "-", "-", "-", None]


def test_a_bps_code_stays_what_the_pipeline_file_says_it_is() -> None:
    """Ten digits may be either code; which one is the mapping's word, never a guess."""
    assert codes.parse_bps(pd.Series([6371011010])).values.tolist() == ["6371011010"]


def test_priorities_and_dates() -> None:
    found = values.parse_priority(pd.Series(["Prioritas 8", "3", 9.0, "10", None], dtype=object))
    assert found.values.tolist()[:3] == [8, 3, 9]
    assert found.values.isna().tolist() == [False, False, False, True, True]
    spelled = [
        "2 Mei 2024",
        "02-05-24",
        "2.5.2024",
        "2024/5/2",
        "45414",
        "31/02/2024",
        "0000-00-00",
    ]
    read = values.parse_date(pd.Series(spelled, dtype=object)).values.tolist()
    assert read == ["2024-05-02"] * 5 + [None, None]
    dates = values.parse_date(pd.Series(["02/05/2024", "2024-05-02", "lusa"], dtype=object))
    assert dates.values.tolist() == ["2024-05-02", "2024-05-02", None]


def test_null_words_are_told_once_per_word() -> None:
    _, issues = cells.clean(pd.Series(["NULL", "NULL", "-", "x", ""], dtype=object))
    told = {i.value: i.params["jumlah"] for i in issues}
    assert told == {"NULL": 2, "-": 1}


def test_by_distinct_keeps_positions() -> None:
    series = pd.Series(["b", None, "a", "b"], dtype=object)
    out, rows = cells.by_distinct(series, str.upper)
    assert out.tolist() == ["B", None, "A", "B"]
    assert {k: np.sort(v).tolist() for k, v in rows.items()} == {"b": [0, 3], "a": [2]}
