"""What the papers say of a conflict: nothing that was not so, and everything needed to decide."""

import io
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import read_decisions
from kotaku_geo.publish.worksheet.book import workbook
from kotaku_geo.publish.worksheet.cases import DECIDED, STALE, Case, gather
from kotaku_geo.publish.worksheet.minutes import document
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.sentences import candidates, chosen, evidence
from kotaku_geo.publish.worksheet.words import speaking
from kotaku_geo.workspace import Workspace
from tests.publish.worksheet.officer import RECORD, Copy, Desk
from tests.publish.worksheet.test_worksheet_import import _move_households
from tests.publish.worksheet.test_worksheet_minutes import rows_of


def gathered(desk: Desk) -> tuple[Sequence[Case], Names]:
    """The conflicts on the table under the decisions on file, and no other."""
    desk.consolidate()
    pipeline = load_pipeline(desk.pipeline).pipeline
    decisions = read_decisions(desk.decisions, pipeline) if desk.decisions.exists() else []
    return gather(Workspace(desk.build / desk.pipeline.stem), pipeline, decisions)


def shares_in(text: str) -> list[str]:
    """The shares that stand behind a colon, sorted."""
    return sorted(re.findall(r": (\d+,\d %)", text))


def decided(desk: Desk, blank: Path) -> tuple[Sequence[Case], Names]:
    """Every conflict decided for the last of its candidates."""
    copy = Copy(blank)
    for conflict in copy.rows:
        copy.decide(conflict, last=True)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    return gathered(desk)


@pytest.mark.parametrize("typed", [None, 45.5], ids=["a source", "a typed share"])
def test_a_stale_decision_is_told_without_figures_of_today(
    desk: Desk, blank: Path, typed: float | None
) -> None:
    """Who was chosen, by which minutes, of which day; a figure where the meeting typed one."""
    copy = Copy(blank)
    parameter = next(i for i in copy.ids("nilai") if copy.get(i, "parameter") == "6b")
    chosen_then = copy.choices(parameter)[0] if typed is None else None
    copy.decide(parameter, pilihan=chosen_then, nilai=typed)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    drop = desk.desk / "drop"
    shutil.copytree(desk.pipeline.parent.parent / "drop", drop)
    _move_households(drop / "sektor" / "dlh_persampahan.csv", str(copy.get(parameter, "subject")))
    minutes = desk.desk / "ba.docx"
    again = Copy(desk.export("lagi.xlsx", "--docx", minutes, "--drop", drop))
    told = str(again.get(parameter, "bukti")).split("\n")
    (line,) = [text for text in told if text.startswith("Keputusan lama")]
    (then,) = [text for text in told if text.startswith("Waktu diputuskan")]
    # It is no longer material, and stands in the minutes all the same.
    ((note, *more),) = [row[3].split("\n") for row in rows_of(minutes, "Kandidat") if row[3]]
    assert more == [then]
    figures, now = (shares_in(str(c.get(parameter, "kandidat"))) for c in (copy, again))
    assert len(figures) > 1
    assert shares_in(then) == figures != now
    for said in (line, note):
        for text in (RECORD["berita_acara"], "2 Mei 2024", str(chosen_then or "45,5 %")):
            assert text in said
        assert ("%" in said) == (typed is not None)
        assert "skor" not in said


def test_a_decision_in_force_is_told_with_the_figure_that_stands(desk: Desk, blank: Path) -> None:
    cases, names = decided(desk, blank)
    values = [c for c in cases if c.kind == "nilai" and c.shares]
    assert values
    for case in values:
        assert case.status == DECIDED
        (standing,) = [o for o in case.options if o.stands]
        figure = f"{standing.persen:.1f} %".replace(".", ",")
        assert figure in chosen(case, names)
        assert case.decision is not None
        assert str(case.decision.source_id).partition("#")[0] in chosen(case, names)
        assert figure not in chosen(replace(case, status=STALE), names)


def test_a_stale_outline_is_told_without_hectares(desk: Desk, blank: Path) -> None:
    cases, names = decided(desk, blank)
    outlines = [c for c in cases if c.kind == "batas"]
    assert outlines
    for case in outlines:
        assert " ha" in chosen(case, names)
        for lang in ("id", "en"):
            with speaking(lang):
                old = chosen(replace(case, status=STALE), names)
                assert " ha" not in old
                assert old in evidence(replace(case, status=STALE), names)


def test_the_minutes_tell_of_a_stale_decision_who_was_chosen(desk: Desk, blank: Path) -> None:
    cases, names = decided(desk, blank)
    stale = [replace(c, status=STALE) for c in cases if c.material and c.kind != "identitas"]
    path = desk.desk / "ba.docx"
    path.write_bytes(document(stale, names, None))
    notes = [row[3] for row in rows_of(path, "Kandidat")]
    assert len(notes) == len(stale) > 0
    for case, note in zip(stale, notes, strict=True):
        assert case.decision is not None
        source = str(case.decision.source_id).partition("#")[0]
        assert all(t in note for t in (source, RECORD["berita_acara"], "2 Mei 2024"))
        chosen_then = note.partition("Waktu diputuskan")[0]
        assert "%" not in chosen_then
        assert " ha" not in chosen_then


def test_an_ambiguous_record_is_told_with_its_number_and_what_it_says(
    desk: Desk, blank: Path
) -> None:
    copy = Copy(blank)
    survey = pd.read_parquet(desk.build / desk.pipeline.stem / "ingest/profil_rt.parquet")
    asked = [i for i in copy.ids("identitas") if copy.get(i, "parameter") == "id_rt"]
    assert asked
    for conflict in asked:
        kode, _, rt = str(copy.get(conflict, "subject")).replace("-RW000", "").partition("-RT")
        own = survey[
            (survey["kode_kelurahan"] == kode) & survey["rw"].isna() & (survey["rt"] == rt)
        ]
        assert len(own)
        told = str(copy.get(conflict, "bukti"))
        for row in own.to_dict("records"):
            assert (
                f"rekaman {row['source_row']}, menulis: Kelurahan {row['nama_kelurahan']}" in told
            )
            assert f"RT {rt}, " in told
            assert "tanpa RW" in told


def twice_drawn(desk: Desk, folder: Path) -> tuple[Case, Names, Workspace]:
    """A case in which one map draws an RT in two places, as it stands in the tables."""
    desk.consolidate()
    shutil.copytree(desk.build / desk.pipeline.stem, folder)
    workspace = Workspace(folder)
    rows = workspace.read_geo("ingest/rt")
    first, second = rows.index[rows["source_id"] == "bappeda-rt"][:2]
    rows.loc[second, ["kode_kelurahan", "rw", "rt"]] = rows.loc[
        first, ["kode_kelurahan", "rw", "rt"]
    ].to_numpy()
    workspace.write("ingest/rt", rows)
    numbers = rows.loc[[first, second], "source_row"].tolist()
    said = [{"source_id": "bappeda-rt", "source_row": n, "value": f"bappeda-rt#{n}"}
            for n in numbers]  # fmt: skip
    table = workspace.read("consolidate/conflicts")
    one = table[table["parameter"] == "id_rt"].iloc[:1]
    name = "{}-RW{}-RT{}".format(*rows.loc[first, ["kode_kelurahan", "rw", "rt"]])
    workspace.write("consolidate/conflicts",
                    one.assign(subject=name, candidates=json.dumps(said)))  # fmt: skip
    (case,), names = gather(workspace, load_pipeline(desk.pipeline).pipeline, [])
    return case, names, workspace


def test_outlines_of_which_one_is_meant_have_sizes_and_a_picture(
    desk: Desk, tmp_path: Path
) -> None:
    case, names, workspace = twice_drawn(desk, tmp_path / "w")
    told = evidence(case, names)
    for option in case.options:
        (record,) = option.records
        assert record.source_row == option.source_row
        assert record.drawn_ha is not None
        size = f"{record.drawn_ha:.2f}".replace(".", ",")
        assert f"(bappeda-rt), rekaman {option.source_row}, menulis: " in told
        assert f"digambar {size} ha" in told
        assert f"{size} ha [{option.value}]" in candidates(case, names)
    assert "Gambarnya ada di lembar" in told
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([case], names, workspace)))["identitas"]
    assert len(sheet._images) == 1
    assert f"di rekaman {case.options[0].source_row}, " in str(sheet["D2"].value)


def test_a_source_that_speaks_of_a_part_of_the_rt_is_told(desk: Desk, blank: Path) -> None:
    facts = desk.table("facts").set_index(["id_rt", "parameter", "source_id"])["kelengkapan_data"]
    told_of = 0
    for case in gathered(desk)[0]:
        text = str(Copy(blank).get(case.conflict_id, "bukti")) if case.kind == "nilai" else ""
        own = [facts.get((case.subject, case.parameter, o.source_id)) for o in case.options]
        shares = [float(s) for s in own if isinstance(s, float) and s < 0.995]
        told_of += len(shares)
        assert text.count("hanya lengkap untuk") == len(shares)
        for share in shares:
            assert f"untuk {100 * share:.1f} % RT ini".replace(".", ",") in text
    assert told_of, "the sample has a layer that covers a part of an RT"


def test_a_record_has_one_number_everywhere(desk: Desk, blank: Path) -> None:
    """That which is typed behind ``#``, in the sheet to fill, the views and the minutes."""
    cases, names = gathered(desk)
    several = [(c, o) for c in cases if c.choices for o in c.options if "#" in o.choice]
    assert several
    copy = Copy(blank)
    views = [str(v) for r in copy.book["nilai"].iter_rows(values_only=True) for v in r]
    path = desk.desk / "ba.docx"
    path.write_bytes(document([c for c, _ in several], names, None))
    minutes = "\n".join(row[2] for row in rows_of(path, "Kandidat"))
    for case, option in several:
        source, _, number = option.choice.partition("#")
        assert option.choice in copy.choices(case.conflict_id)
        assert f"rekaman {number}: " in str(copy.get(case.conflict_id, "kandidat"))
        assert f"({source}), rekaman {number}" in str(copy.get(case.conflict_id, "bukti"))
        assert option.choice not in str(copy.get(case.conflict_id, "bukti"))
        assert not case.material or f"rekaman {number}: " in minutes
        assert case.kind != "nilai" or any(f"({source}), rekaman {number}\n" in v for v in views)


def test_an_outline_is_told_with_its_displacement_and_uncertainty(desk: Desk, blank: Path) -> None:
    conflicts = desk.table("conflicts").set_index("conflict_id")
    copy = Copy(blank)
    drawn = conflicts[conflicts["kind"] == "batas"]
    measured = 0
    for conflict, row in drawn.iterrows():
        told = str(copy.get(str(conflict), "bukti"))
        for said in json.loads(row["candidates"]):
            if "geser_p95_m" not in said:
                continue
            measured += 1
            there, there_most, back, back_most = (
                f"{said[f'geser_{p}_m']:.1f}" for p in ("p50", "p95", "balik_p50", "balik_p95")
            )
            for text in (
                f"median {there} m dan persentil ke-95 {there_most} m, "
                f"dari garis lain itu {back} m dan {back_most} m",
                f"± {said['ketidakpastian_ha']:.2f} ha",
                f"berbeda {said['beda_ha']:.2f} ha",
            ):
                assert _indonesian(text) in told
    assert measured


def _indonesian(text: str) -> str:
    """A text with decimal commas."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)
