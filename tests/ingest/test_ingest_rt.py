import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.ingest.dates import shows_month_first
from kotaku_geo.ingest.rt import Reading, read_list, read_pair, read_rt, read_rw


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


@pytest.mark.parametrize(
    ("cell", "rt", "rw"),
    [
        ("RT 01 s/d 05", "001;002;003;004;005", None), ("RT 1 s.d. 3 RW 02", "001;002;003", "002"),
        ("RT 01 sampai dengan RT 02", "001;002", None), ("RT 1 sd 2", "001;002", None),
        ("RT.1,2,3 RW.04", "001;002;003", "004"), ("RW 03 / RT 01, 02", "001;002", "003"),
        ("RT 01 dan RT 02 RW 03", "001;002", "003"), ("RT001/RW001; RT002/RW001", "001;002", "001"),
    ],
)  # fmt: skip
def test_ranges_and_lists_of_one_rw(cell: str, rt: str, rw: str | None) -> None:
    for reading in (read_pair(cell), read_rt(cell)):
        assert (reading.rt, reading.rw, reading.rule) == (rt, rw, "rt.two")


@pytest.mark.parametrize(
    ("cell", "rt", "rw"),
    [
        ("RT 1 RW IV", "001", "004"), ("RT II/RW IX", "002", "009"), ("RT/RW 003/004", "003", "004"),
        ("RT 03/04", "003", "004"), ("RT.003/RW.004", "003", "004"), ("RT: 3, RW: 4", "003", "004"),
        ("R.T. 03 R.W. 04", "003", "004"), ("RT 07\nRW 01", "007", "001"), ("RT１２ RW 1", "012", "001"),
        ("RT 6 A RW 2", "006A", "002"), ("001.002", "001", "002"), ("RT\u00a01 RW\u00a02", "001", "002"),
        ("RT 1 RW 000", "001", None), ("(RT 1/RW 2)", "001", "002"),
    ],
)  # fmt: skip
def test_more_spellings_of_a_pair(cell: str, rt: str, rw: str | None) -> None:
    reading = read_pair(cell)
    assert (reading.rt, reading.rw, reading.rule) == (rt, rw, None)


@pytest.mark.parametrize(
    "cell",
    ["RT 1-5", "RT 1-5 RW 2", "RT 1 RW 2, RT 3 RW 4", "RT 000", "000", "RT 5 s/d 1", "RT 1 s/d 999",
     "RT 5 Kel. Tirto", "1/2/3", 1.2, "RW 1 RT 2 RW 3", "RT C", "Mar-24", "12345678"],
)  # fmt: skip
def test_a_cell_of_both_that_may_mean_several_things_is_refused(cell: object) -> None:
    assert read_pair(cell).rule == "rt.unreadable"


def test_roman_numbers_stand_alone_only_in_a_column_of_rws() -> None:
    assert read_rw("IV").rw == "004"
    assert read_rw("RW xii").rw == "012"
    assert read_rw("x").rule == "rt.unreadable"  # a mark for "none"
    assert read_rt("IV").rule == "rt.unreadable"


@pytest.mark.parametrize("cell", [45356, "45356", 45356.0, "05-Mar", "5 Maret", "5/Mar/2024"])
def test_serial_numbers_and_written_months_are_dates(cell: object) -> None:
    reading = read_pair(cell)
    assert (reading.rt, reading.rw, reading.rule) == ("005", "003", "rt.date")
    assert read_rt(cell).rule == "rt.unreadable"


def test_dates_are_refused_where_other_cells_show_that_the_month_came_first() -> None:
    assert shows_month_first(["13/2", "1/2"])
    assert not shows_month_first(["013/002", "2/13", "RT 13 RW 2", "31/2", None, 5])
    assert read_pair(dt.date(2024, 3, 5), month_first=True).rule == "rt.unreadable"


def test_lists_with_ranges_and_rws_behind() -> None:
    assert read_list("RT.1,2,3 RW.04") == "RW004-RT001;RW004-RT002;RW004-RT003"
    assert (
        read_list("RT 1 s/d 3 RW 2; RT 1 RW 3") == "RW002-RT001;RW002-RT002;RW002-RT003;RW003-RT001"
    )
    assert read_list("RW 1: RT 1,2; RW 2: RT 3") == "RW001-RT001;RW001-RT002;RW002-RT003"
    assert read_list("001/002, 003/002") == "RW002-RT001;RW002-RT003"
    assert read_list("RT 1-5") is None
    assert read_list("RT 0") is None


FORMS = ["RT{}-RW{}", "RT {} RW {}", "rt.{}/rw.{}", "{}/{}", "{}-{}", "RT {} / RW {}", "RT{}RW{}",
         "RT/RW {}/{}", "RT: {}, RW: {}", "Rt {}; Rw {}", "R.T. {} R.W. {}", "RT{}\nRW{}"]  # fmt: skip


@given(st.integers(1, 999), st.sampled_from(["", "A", "b", "C"]), st.integers(1, 99),
       st.sampled_from(FORMS), st.sampled_from(["d", "02d", "03d"]))  # fmt: skip
def test_a_pair_in_any_spelling_is_read_back(
    rt: int, suffix: str, rw: int, form: str, width: str
) -> None:
    reading = read_pair(form.format(f"{rt:{width}}{suffix}", f"{rw:{width}}"))
    assert reading == Reading(f"{rt:03d}{suffix.upper()}", f"{rw:03d}")
    assert read_pair(f"RT{reading.rt}-RW{reading.rw}") == reading


@given(st.text(max_size=25) | st.floats() | st.integers() | st.dates() | st.datetimes()
       | st.from_regex(r"(R[TW]|[0-9]{1,3}[A-C]?|[IVX]+|[/,;:. -]|s/d|dan){1,9}", fullmatch=True))  # fmt: skip
def test_nothing_raises_and_what_is_read_is_canonical(cell: object) -> None:
    for reading in (read_pair(cell), read_rt(cell), read_rw(cell)):
        assert (reading.rule == "rt.unreadable") == (reading.rt is None and reading.rw is None) or (
            reading.rt is None and reading.rw is None
        )
        for rt in (reading.rt or "").split(";"):
            assert rt == "" or read_rt(rt).rt == rt
        assert reading.rw is None or read_rw(reading.rw).rw == reading.rw
    listed = read_list(cell)
    assert listed is None or read_list(listed.replace("-RT", " RT ")) == listed
