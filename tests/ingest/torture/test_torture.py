"""Every file of the torture set that a library can open is read, with the same rows."""

from pathlib import Path

import pytest

from tests.ingest.torture import table


@pytest.fixture(scope="module")
def lines(real_data: Path) -> list[table.Line]:
    folder = real_data / "torture"
    if not folder.is_dir():
        pytest.skip(f"the awkward files are not here: {folder}")
    return table.make(folder)


def test_what_a_library_opens_is_read_with_the_same_rows(lines: list[table.Line]) -> None:
    print(table.shown(lines, everything=False))
    counts = table.summary(lines)
    assert counts["the libraries can open"] > 300
    assert counts["we read of these"] == counts["the libraries can open"]
    lost = [f"{x.path}: {x.there} there, {x.ours} read" for x in lines
            if x.verdict in ("LOST", "FEWER", "more")]  # fmt: skip
    assert not lost, lost


def test_nothing_crashes_hangs_or_goes_without_a_reason(lines: list[table.Line]) -> None:
    assert [x.path for x in lines if x.crashed] == []
    assert [x.path for x in lines if x.seconds > table.SLOW] == []
    assert [x.path for x in lines if x.ours is None and not x.reason] == []


def test_reading_writes_nothing_beside_the_files(lines: list[table.Line], real_data: Path) -> None:
    now = sorted(p for p in (real_data / "torture").rglob("*") if p.is_file())
    assert len(now) == len(lines)
