"""The workbook that goes out: whole, sorted, locked where it must be, open where it may be."""

import io
import json
import shlex
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from kotaku_geo.config import load_pipeline
from kotaku_geo.decisions import read_decisions, write_decisions
from kotaku_geo.publish.worksheet import book, cases
from kotaku_geo.publish.worksheet.cases import DECIDED, OPEN, Case, Impact
from kotaku_geo.publish.worksheet.onward import after_export
from kotaku_geo.workspace import Workspace
from tests.publish.worksheet.officer import CONTRACT, RECORD, Copy, Desk


def test_the_sheet_holds_every_conflict_under_the_contracts_header(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    assert [c.value for c in copy.sheet[1]] == CONTRACT
    table = desk.table("conflicts").set_index("conflict_id")
    assert sorted(copy.rows) == sorted(table.index)
    for conflict_id, row in table.iterrows():
        for column in ("kind", "subject", "parameter"):
            assert copy.get(str(conflict_id), column) == row[column]
        assert all(copy.get(str(conflict_id), c) is None for c in CONTRACT[6:])
    print(f"\n{len(table)} conflicts, {int(table['material'].sum())} material")


def test_the_export_says_what_comes_next(desk: Desk, blank: Path) -> None:
    target = desk.desk / "lagi.xlsx"
    told = desk.call("worksheet", "export", desk.pipeline, target).stdout.splitlines()[-1]
    assert told == (
        "Selanjutnya: isi lembar konflik dalam rapat, lalu kotaku-geo worksheet import "
        f"{desk.pipeline} {target} --build {desk.build}"
    )
    done = desk.call("worksheet", "export", desk.pipeline, target, "--format", "json")
    assert json.loads(done.stdout)["next"] == [told.partition(", lalu ")[2]]
    assert desk.call(*shlex.split(json.loads(done.stdout)["next"][0])[1:]).exit_code == 0


def test_where_all_is_decided_nothing_is_to_be_filled_in(tmp_path: Path) -> None:
    one = Case("c", "nilai", "x", "1a", (), None, True, DECIDED, "0" * 64, Impact())
    pipeline, workbook, build = (tmp_path / name for name in ("k.yaml", "r.xlsx", "build"))
    assert list(after_export(pipeline, workbook, [one], None, build)) == []
    opened = replace(one, status=OPEN)
    assert len(list(after_export(pipeline, workbook, [one, opened], None, build))) == 1


def test_material_conflicts_come_first_then_the_larger(desk: Desk, blank: Path) -> None:
    table = desk.table("conflicts").set_index("conflict_id")
    order = list(Copy(blank).rows)
    material = table["material"].reindex(order).tolist()
    assert material == sorted(material, reverse=True)
    rt = desk.table("rt").set_index("id_rt")["luas_ha"]
    values = [i for i in order if table.loc[i, "material"] and table.loc[i, "kind"] == "nilai"]
    moved = [_outcomes(table.loc[i]) for i in values]
    assert moved == sorted(moved, reverse=True)
    for count in set(moved):
        own = [i for i, m in zip(values, moved, strict=True) if m == count]
        hectares = rt.reindex(table.loc[own, "subject"]).fillna(0).tolist()
        assert hectares == sorted(hectares, reverse=True)


def _outcomes(row: "pd.Series[Any]") -> int:
    sides = [json.loads(row[c]) for c in ("dampak_rt", "dampak_kawasan") if isinstance(row[c], str)]
    return sum(max(len({v for v in side.values() if v}) - 1, 0) for side in sides)


def test_what_is_left_to_decide_comes_before_what_is_decided(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    before = list(copy.rows)
    values = copy.ids("nilai")
    held, changed = values[:3], values[3]
    for conflict in [*held, changed]:
        copy.decide(conflict)
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    file = load_pipeline(desk.pipeline)
    on_file = read_decisions(desk.decisions, file.pipeline)
    table = desk.table("conflicts").set_index("conflict_id")
    evidence = table.loc[changed, "evidence"]
    stale = [replace(d, evidence="0" * 64) if d.evidence == evidence else d for d in on_file]
    write_decisions(desk.decisions, stale)
    order = list(Copy(desk.export("lagi.xlsx")).rows)
    assert desk.table("conflicts").set_index("conflict_id").loc[changed, "status"] == "basi"
    assert order == [*(i for i in before if i not in held), *held]


def test_numbers_and_days_do_not_run_into_the_next_column(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    conflict = copy.ids("nilai")[0]
    copy.put(conflict, **{**RECORD, "nilai": 45.5})
    assert desk.bring_back(copy.save(desk.desk / "isi.xlsx"))[0] == 0
    again = Copy(desk.export("lagi.xlsx"))
    for column in ("nilai", "tanggal"):
        cell = again.sheet.cell(again.rows[conflict], again.columns[column])
        assert not isinstance(cell.value, str)
        assert cell.alignment.horizontal == "left"


def test_dropdowns_hold_the_candidates_and_nothing_else(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    table = desk.table("conflicts").set_index("conflict_id")
    several = 0
    for conflict_id, row in table.iterrows():
        said = pd.read_json(io.StringIO(row["candidates"]), dtype={"value": str, "source_id": str})
        own, name = said["source_id"], str(conflict_id)
        if row["kind"] == "identitas":
            assert set(copy.choices(name, "nilai")) == set(said["value"])
            assert copy.choices(name) == []
            continue
        twice = own.duplicated(keep=False)
        expected = own.mask(twice & said["source_row"].notna(),
                            own + "#" + said["source_row"].astype("Int64").astype(str))  # fmt: skip
        several += int(twice.any())
        assert sorted(copy.choices(name)) == sorted(expected)
    assert several, "the sample has a source that says two things"


def test_what_must_not_change_is_locked_and_the_answers_are_not(blank: Path) -> None:
    sheet = openpyxl.load_workbook(blank)["konflik"]
    protection = sheet.protection
    assert protection.sheet
    assert not protection.password
    assert not protection.autoFilter, "filters may be used"
    assert not protection.formatColumns, "columns may be widened"
    assert sheet.auto_filter.ref
    assert sheet.freeze_panes == "E2"
    for row in sheet.iter_rows(min_row=2):
        kind = row[1].value
        open_cells = {c.column_letter for c in row if not c.protection.locked}
        shut = {"batas": "H", "identitas": "G"}.get(str(kind), "")
        assert open_cells == set("GHIJKLM") - set(shut)


def test_the_totals_count_what_is_on_the_sheet(desk: Desk, blank: Path) -> None:
    table = desk.table("conflicts")
    shown = openpyxl.load_workbook(blank, data_only=True)["petunjuk"]
    formulas = openpyxl.load_workbook(blank)["petunjuk"]
    numbers = {str(r[0].value): [c.value for c in r[1:6]] for r in shown.iter_rows(4, 9)}
    kinds = [int((table["kind"] == k).sum()) for k in ("nilai", "batas", "identitas")]
    expected = [len(table), int(table["material"].sum()), *kinds]
    assert numbers["Perbedaan data seluruhnya"] == expected
    assert numbers["Masih terbuka"] == expected
    assert numbers["Sudah diputuskan lengkap"] == [0] * 5
    assert all(
        str(c.value).startswith("=SUMPRODUCT") for r in formulas.iter_rows(5, 9) for c in r[1:6]
    )


def test_numbers_keep_off_the_next_column(blank: Path) -> None:
    sheet = openpyxl.load_workbook(blank)["nilai"]
    assert "Tidak ada konflik jenis ini." not in str(list(sheet.values))
    numbers = [
        c for r in sheet.iter_rows(min_row=3) for c in r if isinstance(c.value, (int, float))
    ]
    assert numbers
    assert all(cell.number_format.endswith("_)") for cell in numbers)


def test_every_boundary_has_its_picture(desk: Desk, blank: Path) -> None:
    found = openpyxl.load_workbook(blank)["batas"]
    conflicts = desk.table("conflicts")
    assert len(found._images) == int((conflicts["kind"] == "batas").sum()) > 0
    rows = sorted(image.anchor._from.row for image in found._images)
    assert rows == list(range(1, len(rows) + 1))


def test_neighbours_that_dispute_one_line_name_each_other(desk: Desk, blank: Path) -> None:
    """Tegalsari and Bandengan: what one source gives to the one the other gives to the other."""
    copy = Copy(blank)
    said = {
        str(copy.get(i, "subject")): str(copy.get(i, "bukti")).split("Garis yang sama")[1:]
        for m in (True, False) for i in copy.ids("batas", m)
    }  # fmt: skip
    names = dict(desk.table("kelurahan")[["kode_kelurahan", "nama_kelurahan"]].to_numpy())
    one, other = sorted(subject for subject in said if subject in names)
    for subject, beside in ((one, other), (other, one)):
        (line,) = said.pop(subject)
        assert f"dipersoalkan juga pada Kelurahan {names[beside]}. Pilih sumber yang sama" in line
    assert said
    assert not any(said.values()), "two kawasan share no line"


def test_every_pair_of_outlines_is_listed_also_what_is_merely_redrawn(
    desk: Desk, blank: Path
) -> None:
    sheet = openpyxl.load_workbook(blank)["ukuran garis"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    table = desk.table("boundaries")
    assert len(rows) == len(table)
    judged = [row[-1] for row in rows]
    counts = table["penilaian"].value_counts()
    assert (
        judged == ["Beda nyata"] * counts["beda_nyata"] + ["Gambar ulang"] * counts["gambar_ulang"]
    )
    assert counts["gambar_ulang"] > 0
    beyond = [row[-3] for row in rows]
    assert beyond == sorted(beyond, reverse=True)
    assert sorted(round(row[8], 6) for row in rows) == sorted(table["iou"].round(6))
    copy = Copy(blank)
    linked = {int(row[0]) for row in rows if row[0]}
    conflicts = {copy.rows[i] for m in (True, False) for i in copy.ids("batas", m)}
    assert linked == conflicts, "whoever is in dispute leads to where it is decided"


def test_an_rt_whose_kelurahan_is_in_dispute_has_its_picture(desk: Desk, blank: Path) -> None:
    """Beside the first of its meanings; a name that fits two has nothing to draw."""
    sheet = openpyxl.load_workbook(blank)["identitas"]
    conflicts = desk.table("conflicts")
    of_rt = conflicts[conflicts["parameter"].eq("kode_kelurahan")]["subject"].str.contains("-RW")
    asked = [str(row[1].value) for row in sheet.iter_rows(min_row=2)]
    drawn = {asked[image.anchor._from.row - 1] for image in sheet._images}
    assert len(sheet._images) == len(drawn) == int(of_rt.sum()) == 2
    assert all(text.startswith("Kelurahan mana: RT") for text in drawn)


def test_the_same_conflicts_give_the_same_bytes(desk: Desk, blank: Path) -> None:
    again = desk.export("lagi.xlsx", "--docx", desk.desk / "satu.docx")
    desk.export("dua.xlsx", "--docx", desk.desk / "dua.docx")
    assert again.read_bytes() == blank.read_bytes()
    assert (desk.desk / "satu.docx").read_bytes() == (desk.desk / "dua.docx").read_bytes()


def test_sentences_name_sources_and_say_no_hash(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    evidence = set(desk.table("conflicts")["evidence"])
    for conflict_id in copy.rows:
        text = f"{copy.get(conflict_id, 'kandidat')} {copy.get(conflict_id, 'bukti')}"
        assert "Kota Contoh" in text
        assert "202" in text
        assert not any(e[:8] in text for e in evidence)


def _workspace_with(desk: Desk, folder: Path, **changes: object) -> Workspace:
    source = desk.build / desk.pipeline.stem
    shutil.copytree(source / "consolidate", folder / "consolidate")
    workspace = Workspace(folder)
    table = workspace.read("consolidate/conflicts").assign(**changes)
    workspace.write("consolidate/conflicts", table)
    return workspace


def test_a_city_without_a_conflict_gets_a_workbook_too(desk: Desk, tmp_path: Path) -> None:
    workspace = _workspace_with(desk, tmp_path / "w")
    workspace.write("consolidate/conflicts", workspace.read("consolidate/conflicts").iloc[:0])
    pipeline = load_pipeline(desk.pipeline).pipeline
    found, names = cases.gather(workspace, pipeline, [])
    content = book.workbook(found, names, workspace)
    opened = openpyxl.load_workbook(io.BytesIO(content))
    assert [c.value for c in opened["konflik"][1]] == CONTRACT
    assert opened["konflik"].max_row == 1
    for name in ("nilai", "batas", "identitas"):
        assert "Tidak ada konflik jenis ini." in str(list(opened[name].values))
    assert "Tidak ada perbedaan" in str([c.value for row in opened["petunjuk"] for c in row])


def test_consequence_of_the_conflicts_own_columns_orders_the_rows(
    desk: Desk, tmp_path: Path
) -> None:
    table = desk.table("conflicts")
    levels = [None] * len(table)
    values = (table["material"] & (table["kind"] == "nilai")).to_numpy().nonzero()[0]
    last = int(values[-1])
    candidates = {c["source_id"] for c in json.loads(table["candidates"].iloc[last])}
    one, *others = sorted(candidates)
    said = {one: "ringan", **dict.fromkeys(others, "ringan;sedang")}
    levels[last] = json.dumps(said)
    changed = {"dampak_rt": levels, "dampak_kawasan": None, "luas_ha": 1.5, "jumlah_kk": 30.0}
    workspace = _workspace_with(desk, tmp_path / "w", **changed)
    found, names = cases.gather(workspace, load_pipeline(desk.pipeline).pipeline, [])
    assert found[0].conflict_id == table["conflict_id"].iloc[last]
    assert found[0].impact.rt[one] == ("ringan",)
    assert (found[0].impact.hectares, found[0].impact.households) == (1.5, 30.0)
    content = book.workbook(found, names, workspace)
    text = openpyxl.load_workbook(io.BytesIO(content))["konflik"]["F2"].value
    assert "→ kumuh ringan atau kumuh sedang" in text
    assert "1,50 ha, 30 KK" in text


def test_without_the_columns_of_consequence_the_places_figures_order_the_rows(
    desk: Desk, tmp_path: Path
) -> None:
    workspace = _workspace_with(desk, tmp_path / "w")
    extra = ["dampak_rt", "dampak_kawasan", "luas_ha", "jumlah_kk"]
    bare = workspace.read("consolidate/conflicts").drop(columns=extra)
    workspace.write("consolidate/conflicts", bare)
    found, _ = cases.gather(workspace, load_pipeline(desk.pipeline).pipeline, [])
    rt = desk.table("rt").set_index("id_rt")["luas_ha"]
    values = [case for case in found if case.kind == "nilai" and case.material]
    hectares = [case.impact.hectares or 0.0 for case in values]
    assert hectares == sorted(hectares, reverse=True)
    assert hectares == rt.reindex([case.subject for case in values]).fillna(0).tolist()


def test_how_sources_agree_is_shown_to_whom_to_trust(desk: Desk, blank: Path) -> None:
    table = desk.table("agreement")
    opened = openpyxl.load_workbook(blank)
    rows = list(opened["sumber"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(table) > 0
    first = table.iloc[0]
    assert first["source_id"] in str(rows[0][0])
    assert rows[0][3] == first["bersama"]
    overall = table[(table["other_id"] == "semua") & (table["parameter"] == "semua")]
    below = [row[0] for row in opened["ringkasan"].iter_rows(values_only=True)]
    assert all(any(i in str(cell) for cell in below) for i in overall["source_id"])


def test_what_a_delivery_says_never_becomes_a_formula(desk: Desk, tmp_path: Path) -> None:
    """Names of places and agencies come from people; a cell holds them as text."""
    workspace = _workspace_with(desk, tmp_path / "w")
    villages = workspace.read_geo("consolidate/kelurahan")
    villages["nama_kelurahan"] = '=HYPERLINK("http://x","y")\x07'
    workspace.write("consolidate/kelurahan", villages)
    file = load_pipeline(desk.pipeline)
    sources = [
        s.model_copy(update={"agency": "=1+1", "publish": False}) for s in file.pipeline.sources
    ]
    pipeline = file.pipeline.model_copy(update={"sources": sources})
    found, names = cases.gather(workspace, pipeline, [])
    content = book.workbook(found, names, workspace)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet") and name.endswith("xml"):
                text = archive.read(name).decode()
                formulas = [part.split("</f>")[0] for part in text.split("<f>")[1:]]
                assert all(f.startswith("SUMPRODUCT(") for f in formulas), name
                assert all("x0007" not in f for f in formulas)
    book_again = openpyxl.load_workbook(io.BytesIO(content))
    assert "Dokumen kerja terbatas" in str([c.value for row in book_again["petunjuk"] for c in row])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_opens_it_and_counts_what_was_filled(desk: Desk, blank: Path) -> None:
    copy = Copy(blank)
    material = desk.table("conflicts").set_index("conflict_id")["material"]
    ids = copy.ids("nilai")
    for conflict_id in ids[:5]:
        copy.decide(conflict_id)
    copy.put(ids[5], pilihan=copy.choices(ids[5])[0])
    filled = copy.save(desk.desk / "isi.xlsx")
    out = desk.desk / "lo"
    for kind in ("xlsx", "pdf"):
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{desk.desk}/profil",
             "--convert-to", kind, "--outdir", str(out), str(filled)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    assert (out / "isi.pdf").stat().st_size > 20_000
    totals = openpyxl.load_workbook(out / "isi.xlsx", data_only=True)["petunjuk"]
    numbers = {str(r[0].value): [c.value for c in r[1:3]] for r in totals.iter_rows(4, 9)}
    assert numbers["Sudah diputuskan lengkap"] == [5, int(material[ids[:5]].sum())]
    assert numbers["Dipilih, catatannya belum lengkap"][0] == 1
    assert numbers["Masih terbuka"][0] == len(copy.rows) - 6
    # What LibreOffice has saved comes back whole, dropdowns included.
    saved = Copy(out / "isi.xlsx")
    assert saved.choices(ids[0]) == copy.choices(ids[0]) != []
    saved.put(ids[5], **RECORD)
    code, told = desk.bring_back(saved.save(desk.desk / "kembali.xlsx"))
    assert (code, len(told["new"])) == (0, 6)
