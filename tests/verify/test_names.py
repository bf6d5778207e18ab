"""Names and RT lists as they are compared."""

import pandas as pd
import pytest

from kotaku_geo.verify import names
from tests.verify.city import KEL


class TestSpelling:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("Kalia Lia", "KALIALIA"), ("Bone-bone", "Bonebone "), ("Panjang Wétan", "panjang wetan")],
    )
    def test_case_spaces_and_marks_do_not_matter(self, one, other):
        assert names.spelling(one) == names.spelling(other)

    def test_nothing_left(self):
        assert [names.spelling(v) for v in (None, " - ", float("nan"))] == [None] * 3

    @pytest.mark.parametrize("name", ["Kawasan Melati", "Permukiman Kumuh MELATI", "Kp. Melati"])
    def test_words_that_say_nothing(self, name):
        assert names.bare(name) == "melati"

    def test_parts_of_words_stay(self):
        assert names.bare("Kampungsari") == "kampungsari"
        assert names.bare("Kawasan Kumuh") is None


def rows(**columns):
    size = len(next(iter(columns.values())))
    blank = {c: [None] * size for c in ("kode_kelurahan", "rt", "rw", "daftar_rt")}
    return pd.DataFrame({**blank, "kode_kelurahan": [KEL] * size, **columns})


class TestRt:
    def test_of_rows(self):
        frame = rows(
            rt=["023;024", "001", "005", None],
            rw=[None, "002", "001", None],
            daftar_rt=[None, None, "RW002-RT001;RW000-RT006A", None],
        )
        found = names.rt_of_rows(frame)
        assert sorted(map(tuple, found.fillna("").to_numpy())) == [
            (0, KEL, "023", ""), (0, KEL, "024", ""), (1, KEL, "001", "002"),
            (2, KEL, "001", "002"), (2, KEL, "006A", ""),
        ]  # fmt: skip

    def test_a_number_without_a_kelurahan_is_no_place(self):
        assert names.rt_of_rows(rows(kode_kelurahan=[None], rt=["001"])).empty

    def test_of_ids(self):
        found = names.rt_of_ids(pd.Series([f"{KEL}-RW007-RT006A;{KEL}-RW000-RT001", None]))
        assert found["rt"].tolist() == ["006A", "001"]
        assert found["rw"].tolist() == ["007", None]
        assert set(found["kode"]) == {KEL}

    @pytest.mark.parametrize(
        ("ours", "theirs", "equal"),
        [
            ("RW001-RT001", "RW001-RT001", True),
            ("RW000-RT001", "RW001-RT001", True),  # RW is compared where both give one
            ("RW002-RT001", "RW001-RT001", False),
            ("RW001-RT001;RW001-RT002", "RW001-RT001", False),
            ("RW001-RT001;RW001-RT002", "RW001-RT002;RW001-RT001", True),
        ],
    )
    def test_equal_lists(self, ours, theirs, equal):
        left = names.rt_of_rows(rows(daftar_rt=[ours]))
        ids = ";".join(f"{KEL}-{part}" for part in theirs.split(";"))
        right = names.rt_of_ids(pd.Series([ids]))
        assert names.equal_rt(left, right) == ({(0, 0)} if equal else set())

    def test_equal_names(self):
        left = pd.Series(["melati", None, "mawar"], dtype=object)
        right = pd.Series([None, "melati", "melati"], dtype=object)
        assert names.equal_names(left, right) == {(0, 1), (0, 2)}


def test_joined():
    assert names.joined(["b;a", None, "a"]) == "a;b"
    assert names.joined([None]) is None
