"""Evidence in words: what is written is read back, and what people typed stands as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.evidence import in_words, told

SLUG = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
AMOUNT = st.floats(0, 1e9, allow_nan=False)


def said(source: str, row: int | None, **value: object) -> dict[str, object]:
    return {"source_id": source, "source_row": row, **value}


@given(st.lists(st.tuples(SLUG, AMOUNT), min_size=1, unique_by=lambda c: c[0]))
def test_shares_and_hectares_come_back(given: list[tuple[str, float]]) -> None:
    shares = told(in_words("nilai", [said(s, 3, persen=v) for s, v in given]))
    assert {(t.source_id, t.source_row, t.unit) for t in shares} == {
        (s, None, "%") for s, _ in given
    }
    drawn = told(in_words("batas", [said(s, 3, value=v) for s, v in given]))
    by_source = dict(given)
    for one in drawn:
        assert one.unit == "ha"
        assert one.value == pytest.approx(by_source[str(one.source_id)], abs=0.0051)


def test_records_of_one_source_are_told_apart_and_order_leaves_no_trace() -> None:
    both = [said("gis", 4, value=3.2), said("gis", 9, value=12345.678), said("pu", 1, value=1.0)]
    words = in_words("batas", both)
    assert words == "gis#4 3,20 ha; gis#9 12.345,68 ha; pu 1,00 ha" == in_words("batas", both[::-1])
    assert [(t.source_id, t.source_row, t.value) for t in told(words)] == [
        ("gis", "4", 3.2), ("gis", "9", 12345.68), ("pu", None, 1.0)
    ]  # fmt: skip


def test_an_amount_and_an_identity_are_told_apart() -> None:
    assert in_words("nilai", [said("bps", 0, value=148.0)]) == "bps 148,00"
    (amount,) = told("bps 148,00")
    assert (amount.value, amount.unit) == (148.0, "")
    words = in_words("identitas", [said("bps", 0, value="33.75.01.1001")])
    (one,) = told(words)
    assert (one.source_id, one.value, one.unit) == ("bps", "33.75.01.1001", None)


@pytest.mark.parametrize("text", ["kata orang", "rapat: lihat lampiran 3", "pdam 1.2.3 %"])
def test_what_people_typed_stands_as_it_is(text: str) -> None:
    (one,) = told(text)
    assert one.text == text
    assert one.source_id is None or one.unit is None


def test_nothing_is_nothing() -> None:
    assert told(None) == told("") == []
