"""Codes as spreadsheets leave them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.codes import bps, kemendagri, parse_bps, parse_code

CODE = "33.75.01.1002"


@pytest.mark.parametrize(
    "cell",
    [CODE, "3375011002", 3375011002, 3375011002.0, "3375011002.0", "33.75.1.1002", f" {CODE} ",
     "3.375011002E9", "3,375011002E+09", "33 75 01 1002", "33-75-01-1002", "33,75,01,1002",
     "'3375011002", f"{CODE}.", f"\u00a0{CODE}", "337501.1002", 337501.1002, "33.75011002",
     "３３７５０１１００２"],
)  # fmt: skip
def test_one_code_in_all_its_forms(cell: object) -> None:
    assert kemendagri(cell) == CODE


@pytest.mark.parametrize(
    ("cell", "code"),
    [(337501.101, "33.75.01.1010"), (33.7501101, "33.75.01.1010"), ("3375.1", "33.75.10"),
     ("33.75.1", "33.75.01"), ("33.75.10", "33.75.10"), ("337501", "33.75.01")],
)  # fmt: skip
def test_zeros_that_a_number_lost_at_its_end_and_parts_lost_at_their_beginning(
    cell: object, code: str
) -> None:
    assert kemendagri(cell) == code


@pytest.mark.parametrize("cell", ["01.1002", "1.1002", "011002", "11002", "337511002"])
def test_codes_without_the_city_are_completed_only_where_it_is_known(cell: str) -> None:
    assert kemendagri(cell, "33.75") == CODE
    assert kemendagri(cell) is None


@pytest.mark.parametrize(
    "cell",
    ["3.38E+09", "3.3750110E9", "33.75.01.101", "33.75.01.4002", "33.75.01.0002", "33.75", "1.1",
     "6371010001", "abc", "", "33751002"],
)  # fmt: skip
def test_what_may_be_several_codes_is_none(cell: str) -> None:
    assert kemendagri(cell, "33.75") is None


def test_neither_kind_of_code_is_made_of_the_other() -> None:
    assert bps(CODE) is None
    assert bps("6371.010.001") == bps("63.71.010.001") == bps(6371010001.0) == "6371010001"
    told = parse_bps(pd.Series([CODE, 6371010001])).issues
    assert [(i.rule, i.params["usul"]) for i in told] == [
        ("code.unreadable", "; bentuknya kode Kemendagri")]  # fmt: skip
    told = parse_code(pd.Series(["6371010001"])).issues
    assert [(i.rule, i.params["usul"]) for i in told] == [
        ("code.unreadable", "; bentuknya kode BPS")
    ]


def test_every_repair_tells_what_was_there() -> None:
    usual = parse_code(pd.Series(["3375011002", "3375011003", "33.75.1.1004"])).issues
    assert [(i.rule, i.value, i.each, i.params["kode"]) for i in usual] == [
        ("code.repaired", "33.75.1.1004", True, "33.75.01.1004"),
        ("code.repaired", "3375011002", False, "33.75.01.1002"),
    ]


codes = st.builds(
    lambda p, k, c, d, n: f"{p}.{k:02d}.{c:02d}.{d}{n:03d}",
    st.integers(11, 97), st.integers(1, 99), st.integers(1, 99), st.integers(1, 3), st.integers(0, 999),
)  # fmt: skip


@given(codes, st.sampled_from(["{}", " {} ", "'{}", "{}."]))
def test_a_code_in_any_form_is_read_back_and_stays(code: str, wrap: str) -> None:
    digits = code.replace(".", "")
    head, tail = digits[:6], digits[6:]
    forms = [code, digits, int(digits), float(digits), f"{digits}.0", code.replace(".", " "),
             f"{head}.{tail}", f"{digits[0]}.{digits[1:]}E+09"]  # fmt: skip
    written = [wrap.format(f) if isinstance(f, str) else f for f in forms]
    assert {kemendagri(f) for f in written} == {code}
    assert kemendagri(kemendagri(code)) == code


@given(st.text(max_size=20) | st.floats() | st.integers() | st.dates())
def test_nothing_raises_and_a_code_is_a_code(cell: object) -> None:
    for code in (kemendagri(cell), kemendagri(cell, "33.75")):
        assert code is None or kemendagri(code) == code
    found = bps(cell)
    assert found is None or (bps(found) == found and len(found) == 10)
