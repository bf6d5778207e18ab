"""A filled workbook is not overwritten before its entries are on file."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kotaku_geo.decisions import Decision
from kotaku_geo.errors import OutputError
from kotaku_geo.publish.worksheet.cases import Case
from kotaku_geo.publish.worksheet.guard import keep
from tests.publish.worksheet.drafts import RECORD, case, copies, meant, names, row, share
from tests.publish.worksheet.officer import Copy, Desk
from tests.publish.worksheet.test_worksheet_merge import entry, one

NAMES = names()
WATER = case(share("pdam-pelanggan", 92.4), share("profil-rt", 30.0))
OUTLINES = replace(WATER, kind="batas", parameter="batas.rt")
PEOPLE = replace(
    WATER, parameter="penyebut.jumlah_kk",
    options=tuple(replace(o, persen=None, value=120.0) for o in WATER.options),
)  # fmt: skip
VILLAGE = meant("33.78.01.1001", "33.78.02.1003", parameter="kode_kelurahan")


def refused(of: Case, held: list[Decision], gone: bool = False, **typed: Any) -> str | None:
    """What is said of a workbook with one filled row; ``gone``: its conflict is no more."""
    (book,) = copies(NAMES, (of, row(of, NAMES, at=7, **typed)))
    try:
        keep(book, Path("rapat.xlsx"), [] if gone else [of], held, NAMES)
    except OutputError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("of", "typed"),
    [(WATER, {"pilihan": "profil-rt"}), (WATER, {"nilai": "45,5"}), (WATER, {"nilai": "5 %"}),
     (OUTLINES, {"pilihan": "profil-rt"}), (PEOPLE, {"nilai": 130}),
     (VILLAGE, {"nilai": "33.78.02.1003"})],
)  # fmt: skip
@pytest.mark.parametrize("gone", [False, True], ids=["in dispute", "settled"])
def test_what_is_on_file_may_be_overwritten(of: Case, typed: dict[str, Any], gone: bool) -> None:
    """Also when the decision is stale by now, or its conflict is no more."""
    held = replace(one(entry(of, **{"pilihan": None, **typed})), evidence="f" * 64)
    assert refused(of, [held], gone, **typed, **RECORD) is None
    for lost in ({"alasan": "Lain"}, {"tanggal": dt.date(2024, 5, 3)}, {"berita_acara": "BA 051"},
                 {"oleh": None}):  # fmt: skip
        told = refused(of, [held], gone, **{**typed, **RECORD, **lost})
        assert told is not None
        assert "baris 7" in told
        assert "--force" in told
    assert refused(of, [], gone, **typed, **RECORD) is not None


def test_another_choice_than_on_file_is_not_overwritten() -> None:
    held = one(entry(pilihan="pdam-pelanggan"))
    assert refused(WATER, [held], pilihan="profil-rt", **RECORD) is not None
    assert refused(WATER, [held], nilai=92.4, **RECORD) is not None
    assert refused(WATER, [held], pilihan="PDAM Tirta Contoh", **RECORD) is None
    both = one(entry(file="a.xlsx", alasan="A"), entry(file="b.xlsx", alasan="B"))
    assert refused(WATER, [both], pilihan="profil-rt", **{**RECORD, "alasan": "A"}) is None


@pytest.mark.parametrize("typed", [{"pilihan": "profil-rt"}, {"alasan": "belum"}, {"nilai": "?"}])
def test_what_is_half_filled_is_not_overwritten(typed: dict[str, Any]) -> None:
    assert refused(WATER, [one(entry())], **typed) is not None


def test_an_empty_row_is_nothing_to_lose() -> None:
    assert refused(WATER, []) is None


def test_an_export_over_a_filled_workbook(desk: Desk, blank: Path) -> None:
    """Refused until its entries are taken in; forced it goes ahead."""
    assert desk.export(blank.name) == blank, "nobody has filled anything"
    copy = Copy(blank)
    first, second, *_ = copy.ids("nilai")
    copy.decide(first)
    filled = copy.save(blank).read_bytes()
    minutes = desk.desk / "ba.docx"
    done = desk.call("worksheet", "export", desk.pipeline, blank, "--docx", minutes)
    assert done.exit_code == 6
    for text in (blank.name, "1 baris", f"baris {copy.rows[first]}", "worksheet import", "--force"):
        assert text in done.stderr
    assert blank.read_bytes() == filled
    assert not minutes.exists()
    assert desk.bring_back(blank)[0] == 0
    assert Copy(desk.export(blank.name)).get(first, "alasan")
    copy = Copy(blank)
    copy.put(second, alasan="belum disepakati")
    copy.save(blank)
    done = desk.call("worksheet", "export", desk.pipeline, blank, "--lang", "en")
    assert done.exit_code == 6
    assert "is there already, and its sheet konflik holds entries" in done.stderr
    desk.export(blank.name, "--force")
    assert Copy(blank).get(second, "alasan") is None


@pytest.mark.parametrize("content", [b"", b"catatan rapat"])
def test_what_is_no_worksheet_is_not_overwritten(desk: Desk, content: bytes) -> None:
    target = desk.desk / "rapat.xlsx"
    target.write_bytes(content)
    done = desk.call("worksheet", "export", desk.pipeline, target)
    assert done.exit_code == 6
    assert "tidak dapat dibaca sebagai lembar kerja" in done.stderr
    assert target.read_bytes() == content
    desk.export("rapat.xlsx", "--force")
    assert Copy(target).rows
