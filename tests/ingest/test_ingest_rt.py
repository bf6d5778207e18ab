import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.rt import read_list, read_pair, read_rt, read_rw


@pytest.mark.parametrize(
    ("cell", "rt", "rw"),
    [
        ("RT001-RW007", "001", "007"), ("RT 04 RW 02", "004", "002"), ("RT008 - RW009", "008", "009"),
        ("RT01-RW05", "001", "005"), ("RT011-RW05", "011", "005"), ("RT06A-RW002", "006A", "002"),
        ("001/002", "001", "002"), ("1/2", "001", "002"), ("rt.3/rw.4", "003", "004"),
        ("RW 02 RT 05", "005", "002"), ("RT 1 / RW 2", "001", "002"), ("7", "007", None),
        ("RT04RW02", "004", "002"), (7.0, "007", None), ("12-3", "012", "003"),
    ],
)  # fmt: skip
def test_spellings_of_the_field(cell: object, rt: str, rw: str | None) -> None:
    reading = read_pair(cell)
    assert (reading.rt, reading.rw, reading.rule) == (rt, rw, None)


@pytest.mark.parametrize(
    "cell", [dt.datetime(2024, 3, 5), dt.date(2024, 3, 5), "2024-03-05 00:00:00"]
)
def test_a_date_is_day_rt_and_month_rw_with_a_finding(cell: object) -> None:
    reading = read_pair(cell)
    assert (reading.rt, reading.rw, reading.rule) == ("005", "003", "rt.date")


def test_a_date_on_the_first_may_be_month_and_year_and_is_refused() -> None:
    assert read_pair(dt.date(2024, 2, 1)).rule == "rt.unreadable"
    assert read_pair(dt.date(2024, 2, 1), largest_rw=24).rule == "rt.unreadable"
    certain = read_pair(dt.date(2024, 2, 1), largest_rw=9)
    assert (certain.rt, certain.rw, certain.rule) == ("001", "002", "rt.date")
    assert read_rt(dt.date(2024, 2, 5)).rule == "rt.unreadable"


def test_two_numbers_are_a_pair_in_a_column_of_both_and_two_rts_in_a_column_of_rts() -> None:
    assert read_pair("23/24").rw == "024"
    alone = read_rt("23/24")
    assert (alone.rt, alone.rule) == ("023;024", "rt.two")
    assert read_rt("1, 2 dan 3").rt == "001;002;003"
    both = read_pair("RT 003 & 004 RW 002")
    assert (both.rt, both.rw, both.rule) == ("003;004", "002", "rt.two")


@pytest.mark.parametrize("cell", ["", "abc", "RT", "12345", "1/2/3/x", "RW 05"])
def test_what_cannot_be_read_is_not_guessed(cell: str) -> None:
    assert read_rt(cell).rule == "rt.unreadable"


def test_rw_alone() -> None:
    assert read_rw("RW 5").rw == "005"
    assert read_rw("05").rw == "005"
    assert read_rw("RT 5/2").rule == "rt.unreadable"


def test_lists_are_sorted_and_an_rw_holds_for_what_follows() -> None:
    assert read_list("RT 03/RW 02, RT 01/RW 02") == "RW002-RT001;RW002-RT003"
    assert read_list("RW 02: RT 01, 03") == "RW002-RT001;RW002-RT003"
    assert read_list("5; 6") == "RW000-RT005;RW000-RT006"
    assert read_list("RT satu") is None


@given(st.integers(1, 199), st.sampled_from(["", "A", "b"]), st.integers(1, 40))
def test_reading_what_was_written_gives_it_back(rt: int, suffix: str, rw: int) -> None:
    reading = read_pair(f"RT {rt}{suffix} RW {rw}")
    assert (reading.rt, reading.rw) == (f"{rt:03d}{suffix.upper()}", f"{rw:03d}")
    again = read_pair(f"RT{reading.rt}-RW{reading.rw}")
    assert again == reading
