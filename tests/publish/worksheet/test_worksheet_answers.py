"""Shares, dates and words as people type them."""

import datetime as dt
import io
import zipfile
from functools import cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotaku_geo.errors import InputError
from kotaku_geo.publish.worksheet import answers
from kotaku_geo.publish.worksheet.answers import AnswerError
from kotaku_geo.publish.worksheet.form import COLUMNS, KEYS
from kotaku_geo.publish.worksheet.returned import read_workbook
from kotaku_geo.publish.worksheet.words import NAME, data, plain

TODAY = dt.date(2026, 6, 1)
MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
          "Oktober", "November", "Desember"]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("45,5", 45.5), ("45.5", 45.5), ("45,5 %", 45.5), ("45,5%", 45.5), (" 45,5 persen ", 45.5),
     (45.5, 45.5), (0, 0), ("0", 0), (100, 100), ("100,0", 100), ("0,4 %", 0.4)],
)  # fmt: skip
def test_shares(typed: object, expected: float) -> None:
    assert answers.share(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "empat", "45,5,5", "-3", -3, 100.01, "101", "1.000,5", "45 persen lebih", "٤٥", "1e2", True,
     0.455, "0,455", float("nan"), float("inf"), dt.datetime(2024, 5, 2)],
)  # fmt: skip
def test_what_is_no_share(typed: object) -> None:
    with pytest.raises(AnswerError):
        answers.share(typed)


@given(
    st.integers(100, 10_000),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " %", "%", " persen"]),
)
def test_every_share_with_two_decimals_is_read_as_written(
    hundredths: int, mark: str, ending: str
) -> None:
    whole, rest = divmod(hundredths, 100)
    assert answers.share(f"{whole}{mark}{rest:02d}{ending}") == pytest.approx(hundredths / 100)
    assert answers.share(hundredths / 100) == pytest.approx(hundredths / 100)
    assert answers.share(hundredths / 10_000, percent_format=True) == pytest.approx(
        hundredths / 100
    )


@given(st.dates(dt.date(2000, 1, 1), TODAY))
def test_every_day_is_read_in_every_way_of_writing_it(day: dt.date) -> None:
    d, m, y = day.day, day.month, day.year
    month = MONTHS[m - 1]
    serial = (day - dt.date(1899, 12, 30)).days
    for written in (
        f"{d} {month} {y}", f"{d:02d} {month.upper()} {y}", f"{d}-{month[:3]}-{y}", f"{d}/{m}/{y}",
        f"{d:02d}/{m:02d}/{y}", f"{d:02d}-{m:02d}-{y}", f"{d}.{m}.{y}", day.isoformat(),
        f"Senin, {d} {month} {y}", f"Jum'at, {d}  {month.lower()}  {y}", day,
        dt.datetime(y, m, d, 10, 30), serial, float(serial), f"{day.isoformat()} 00:00:00",
    ):  # fmt: skip
        assert answers.date(written, TODAY) == day, written


def test_every_month_is_known_by_its_name_and_its_short_name() -> None:
    names = data("bulan")
    for number, month in enumerate(MONTHS, start=1):
        assert names[month.lower()] == names[month.lower()[:3]] == number


@pytest.mark.parametrize(
    ("typed", "said"),
    [("31/02/2024", "kalender"), ("05/13/2024", "kalender"), ("2/5/24", "empat angka"), ("2 Mei 24", "empat angka"),
     ("kemarin", "bukan tanggal"), ("2 Mai 2024", "bukan tanggal"), (12.5, "bukan tanggal"),
     (True, "bukan tanggal"), ("02/06/2026", "belum tiba"), ("1 Mei 1999", "terlalu lama"),
     (10, "terlalu lama"), ("0/0/2024", "kalender"), ("2024-13-01", "kalender")],
)  # fmt: skip
def test_what_is_no_day(typed: object, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        answers.date(typed, TODAY)


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans(), st.datetimes()))
@settings(max_examples=400)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(typed: object) -> None:
    said: list[str] = []
    for read in (answers.share, answers.amount, lambda v: answers.date(v, TODAY), answers.words):
        try:
            found = read(typed)
        except AnswerError as error:
            said.append(str(error))
            continue
        if read is answers.share:
            assert 0 <= found <= 100
        if isinstance(found, dt.date):
            assert answers.EARLIEST <= found <= TODAY
        if isinstance(found, str):
            assert found == answers.words(found)
            assert "\n" not in found
    assert all(said)


@given(
    st.floats(0, 1, exclude_max=True),
    st.binary(min_size=1, max_size=40),
    st.sampled_from(range(12)),
)
@settings(max_examples=120)
def test_a_damaged_workbook_is_read_or_refused_and_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, where: float, piece: bytes, member: int
) -> None:
    """Damage in the archive itself, and in a member of a sound one."""
    path = tmp_path_factory.getbasetemp() / "rusak.xlsx"
    path.write_bytes(_damaged(_workbook(), where, piece, member))
    try:
        numbers = [row.number for row in read_workbook(path).rows]
    except InputError as error:
        said = str(error)
    else:
        said, first = path.name, min(numbers, default=2)
        assert first >= 2
    assert said.startswith(path.name)


def _damaged(whole: bytes, where: float, piece: bytes, member: int) -> bytes:
    def cut(content: bytes) -> bytes:
        at = int(where * len(content))
        return content[:at] + piece + content[at + len(piece) :]

    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = archive.namelist()
        if member >= len(names):
            return cut(whole)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            for name in names:
                content = archive.read(name)
                made.writestr(name, cut(content) if name == names[member] else content)
    return stream.getvalue()


@cache
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "konflik"
    book.active.append(COLUMNS)
    book.active.append(
        ["a1", "nilai", "x", "3a", "k", "b", "pdam", 45.5, "y", "f", "BA", dt.date(2024, 5, 2), "o"]
    )
    book.create_sheet("_kunci").append(KEYS)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("error", ["#VALUE!", "#REF!", "#NAME?", "#N/A", "#DIV/0!", "Err:502"])
def test_a_formula_that_failed_is_no_answer(error: str) -> None:
    with pytest.raises(AnswerError, match="rumus"):
        answers.words(error)
    assert answers.words(f"lihat {error} di lampiran") == f"lihat {error} di lampiran"


def test_a_date_with_the_year_first_may_have_either_mark() -> None:
    for typed in ("2024-05-02", "2024/05/02", "2024/5/2"):
        assert answers.date(typed, TODAY) == dt.date(2024, 5, 2)


def test_names_are_cut_and_cannot_turn_what_stands_beside_them() -> None:
    assert plain("Kampung \u202egnupmaK\u202c Satu") == "Kampung gnupmaK Satu"
    assert len(plain("x" * 100_000, NAME)) == NAME
