import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.findings import COLUMNS, FindingBook, rules, sentence, translated
from tests.conftest import CRS

ROWS = [
    {"source_row": 3, "subject": "33.75.01.1001-RW001-RT001", "value": "-5"},
    {"source_row": 9, "subject": "33.75.01.1001-RW001-RT002", "value": "-5"},
    {"source_row": 4, "subject": None, "value": "x", "key": "abc"},
    {"source_row": 5, "subject": None, "value": "x", "key": "abc"},
]


def book_of(rows: list[dict]) -> gpd.GeoDataFrame:  # type: ignore[type-arg]
    book = FindingBook("ingest", CRS)
    for row in rows:
        book.add("value.negative", source_id="s", kolom="v3a", isi=row["value"], **row)
    return book.frame()


def test_a_finding_takes_severity_side_and_text_from_the_register() -> None:
    row = book_of(ROWS[:1]).iloc[0]
    assert (row["severity"], row["responsible"]) == (
        "warning",
        rules()["value.negative"]["responsible"],
    )
    assert row["message"] == "Kolom v3a: nilai negatif -5; disimpan, dihitung 0 dalam skor"
    assert list(book_of(ROWS).columns) == COLUMNS


@given(st.permutations(ROWS), st.integers(0, 100))
def test_ids_do_not_depend_on_row_order_or_row_numbers(rows: list[dict], shift: int) -> None:  # type: ignore[type-arg]
    moved = [{**r, "source_row": r["source_row"] + shift} for r in rows]
    assert book_of(moved)["finding_id"].tolist() == book_of(ROWS)["finding_id"].tolist()


def test_the_same_defect_twice_has_two_ids_and_other_defects_others() -> None:
    ids = book_of(ROWS)["finding_id"]
    assert ids.is_unique
    other = book_of([{**ROWS[0], "value": "-6"}])["finding_id"]
    assert not set(other) & set(ids)


def test_an_empty_book_has_the_columns_and_crs() -> None:
    frame = FindingBook("verify", CRS).frame()
    assert list(frame.columns) == COLUMNS
    assert frame.crs.to_epsg() == 32749


def test_what_another_book_found_keeps_its_ids() -> None:
    book = FindingBook("ingest", CRS)
    book.add("value.zero-area", source_id="s", source_row=1, key="k", kolom="luas_ha",
             geometry=shapely.Point(1, 2))  # fmt: skip
    again = FindingBook("ingest", CRS)
    again.extend(book.rows)
    assert again.frame().equals(book.frame())


def test_findings_of_a_row_get_its_subject_and_path() -> None:
    book = FindingBook("ingest", CRS)
    book.add("value.zero-area", source_id="s", source_row=1, kolom="luas_ha")
    book.add("value.zero-area", source_id="s", source_row=2, kolom="luas_ha")
    book.name_subjects({("s", 1): "sk-1"}, {"s": "a.shp"})
    frame = book.frame().sort_values("source_row")
    assert frame["subject"].tolist() == ["sk-1", "s#2"]
    assert frame["path"].tolist() == ["a.shp", "a.shp"]


def test_an_unknown_rule_is_an_error_and_a_missing_word_shows() -> None:
    with pytest.raises(KeyError):
        FindingBook("ingest").add("value.tiada")
    assert "?" in sentence("value.negative", {"kolom": "x"})
    assert sentence("row.empty", {}, "en") == "An empty row"


def test_a_sentence_is_said_in_the_other_language_with_the_same_particulars() -> None:
    said = book_of(ROWS[:1]).iloc[0]["message"]
    english = translated("value.negative", said, "en")
    assert english == sentence("value.negative", {"kolom": "v3a", "isi": "-5"}, "en")
    assert translated("value.negative", said, "id") == said
    assert translated("value.negative", "ditulis orang", "en") == "ditulis orang"
    assert translated("tiada.aturan", said, "en") == said


@pytest.mark.parametrize(
    ("rule", "params", "said"),
    [
        ("geometry.invalid", {"sebab": "batasnya memotong dirinya sendiri", "sebelum": "2,2301",
                              "sesudah": "1.234,50"},
         "Invalid geometry (its outline crosses itself); repaired, area 2.2301 ha became 1,234.50 ha"),
        ("name.unknown-kelurahan", {"isi": "Suka", "usul": "; cocok dengan Kidul atau Lor"},
         'Kelurahan "Suka" is not known; it fits Kidul or Lor'),
        ("value.repaired", {"kolom": "v1b", "isi": "0,411", "hasil": "angka 0,411"},
         'Column v1b: "0,411" is read as "number 0.411"'),
        ("value.negative", {"kolom": "v1b", "isi": "-0,12"},
         "Column v1b: negative value -0.12; kept, counted as 0 in the score"),
        ("code.repaired", {"isi": "3378011002", "kode": "33.78.01.1002"},
         'Code "3378011002" is read as 33.78.01.1002'),
        ("conflict.value", {"parameter": "3a", "selisih": "11,0", "kandidat": "a-2 90,9 %; b 1 %"},
         "Parameter 3a: sources differ by 11.0 points (a-2 90.9 %; b 1 %)"),
        ("parameter.missing", {"daftar": "3b, 6a"}, "Parameters without a value: 3b, 6a"),
        ("crs.stated", {"dipakai": "EPSG:32749"},
         "The file states no coordinate system; EPSG:32749 is used as the pipeline file says"),
    ],
)  # fmt: skip
def test_a_sentence_is_english_with_all_that_fills_it(
    rule: str, params: dict[str, str], said: str
) -> None:
    """Codes in words, numbers in their notation, and what a sender wrote as it stands."""
    indonesian = sentence(rule, params)
    assert translated(rule, indonesian, "en") == said
    assert translated(rule, indonesian, "id") == indonesian
