"""A whole meeting: exported, filled with mistakes, mended, decided, sealed, and overtaken by a
changed delivery."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import docx

from tests.publish.worksheet.officer import RECORD, Copy, Desk
from tests.publish.worksheet.test_worksheet_import import _move_households, about, faults

BA = ("--minutes", RECORD["berita_acara"], "--date", "2024-05-02")


def seal(desk: Desk, *more: Any) -> tuple[int, Any]:
    """Exit code and what `seal` prints for machines."""
    folder = desk.desk / "segel"
    done = desk.call("seal", desk.pipeline, *BA, "--seal-dir", folder, "--format", "json", *more)
    return done.exit_code, json.loads(done.stdout)


def hashes(path: Path) -> list[list[str]]:
    """Rows of the annex with the hashes."""
    for table in docx.Document(str(path)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if "Sidik SHA-256" in rows[0]:
            return rows[1:]
    return []


def homeless(desk: Desk) -> str:
    """The RT that an older map counts to another kelurahan."""
    conflicts = desk.table("conflicts")
    own = conflicts[conflicts["candidates"].str.contains("perkim-rt-2019")]
    (subject,) = own["subject"]
    return str(subject)


def test_a_meeting_from_the_first_export_to_the_seal_and_after(desk: Desk, blank: Path) -> None:
    _nothing_is_sealed(desk)
    paths = _with_mistakes(desk, blank)
    _mended(desk, paths)
    count = _decided(desk)
    version = _sealed(desk)
    _overtaken(desk, version)
    print(f"\n{count} decisions in force, sealed, and two of them stale after a delivery")


def _nothing_is_sealed(desk: Desk) -> None:
    code, told = seal(desk)
    assert code == 4
    conflicts = desk.table("conflicts")
    left = conflicts[conflicts["material"]]
    listed = {(c["kind"], c["subject"], c["parameter"]) for c in told["open_conflicts"]}
    assert listed == set(left[["kind", "subject", "parameter"]].itertuples(index=False, name=None))
    assert ("identitas", homeless(desk), "kode_kelurahan") in listed
    assert not (desk.desk / "segel").exists()


def _with_mistakes(desk: Desk, blank: Path) -> list[Path]:
    """Two copies shared out: everything that is wrong is told, and nothing is written."""
    one, other = Copy(blank), Copy(blank)
    values, borders, names = one.ids("nilai"), one.ids("batas"), one.ids("identitas")
    for conflict_id in one.rows:
        one.decide(conflict_id)
    for conflict_id in values:
        other.decide(conflict_id)
    one.put(values[0], pilihan="dinas-lain")
    other.put(values[0], **dict.fromkeys(("pilihan", *RECORD)))
    one.put(borders[0], berita_acara=None)
    village = next(i for i in names if one.get(i, "subject") == homeless(desk))
    one.put(village, nilai="33.78.09.9999")
    other.put(values[1], pilihan=one.choices(values[1])[-1])
    paths = [c.save(desk.desk / n) for c, n in ((one, "satu.xlsx"), (other, "dua.xlsx"))]
    code, told = desk.bring_back(*paths)
    assert (code, told["written"]) == (3, False)
    assert not desk.decisions.exists()
    row = one.rows
    assert faults(told) == {
        (row[values[0]], "pilihan"), (row[borders[0]], "berita_acara"), (row[village], "nilai"),
        (row[values[1]], "pilihan"),
    }  # fmt: skip
    clash = [f for f in told["faults"] if f["row"] == row[values[1]]]
    assert {f["file"] for f in clash} == {"satu.xlsx", "dua.xlsx"}
    assert "33.78.09.9999" in str(told["faults"])
    assert seal(desk)[0] == 4
    return paths


def _mended(desk: Desk, copies: list[Path]) -> None:
    """The officers go back to their copies; the RT is the old map's after all."""
    one, other = map(Copy, copies)
    values = one.ids("nilai")
    one.decide(values[0])
    one.put(one.ids("batas")[0], **RECORD)
    other.decide(values[1])
    village = next(i for i in one.rows if one.get(i, "subject") == homeless(desk))
    one.put(village, nilai=_other_home(one, village))
    paths = [c.save(desk.desk / n) for c, n in ((one, "satu.xlsx"), (other, "dua.xlsx"))]
    code, told = desk.bring_back(*paths)
    assert (code, told["faults"]) == (0, [])
    assert len(told["new"]) == len(one.rows)


def _other_home(copy: Copy, conflict_id: str) -> str:
    """The kelurahan on the table that is not the one in which the RT is written."""
    own = str(copy.get(conflict_id, "subject")).partition("-RW")[0]
    (other,) = [c for c in copy.choices(conflict_id, "nilai") if c != own]
    return other


def _decided(desk: Desk) -> int:
    """The decisions apply, and scores and places follow."""
    conflicts = desk.table("conflicts").set_index("subject")
    subject = homeless(desk)
    before = desk.table("rt").set_index("id_rt").loc[subject]
    assert desk.consolidate("--require-agreed", "--strict") == 0
    decisions, facts = desk.table("decisions"), desk.table("facts")
    assert set(decisions["status"]) == {"berlaku"}
    decided = decisions[decisions["parameter"].isin(facts["parameter"])]
    used = facts[facts["dipakai"]].set_index(["id_rt", "parameter"])
    for row in decided.to_dict("records"):
        fact = used.loc[(row["subject"], row["parameter"])]
        assert (fact["rule"], fact["decision_id"]) == ("keputusan", row["decision_id"])
        assert fact["source_id"] == row["source_id"].partition("#")[0]
    home = decisions[decisions["subject"] == subject]["value"].iloc[0]
    rt = desk.table("rt").set_index("id_rt")
    after = rt.loc[home + subject[subject.index("-RW") :]]
    assert subject not in rt.index
    assert (after["kode_kelurahan"], after["skor"]) == (home, before["skor"])
    kawasan = desk.table("kawasan").set_index("id_kawasan").loc[after["id_kawasan"]]
    assert home in kawasan["kode_kelurahan"].split(";")
    assert set(facts["id_rt"]).isdisjoint({subject})
    assert len(conflicts) == len(decisions)
    return len(decisions)


def _sealed(desk: Desk) -> str:
    code, told = seal(desk)
    assert code == 0, told
    folder = desk.desk / "segel"
    (record,) = folder.glob("*/v1.0/segel.json")
    sealed = json.loads(record.read_text())
    assert sealed["minutes"] == RECORD["berita_acara"]
    target = desk.desk / "ba.docx"
    desk.export("segel.xlsx", "--docx", target, "--seal-dir", folder)
    annex = dict(hashes(target))
    assert annex.pop("Seluruh versi") == sealed["hash"]
    assert annex == {name: table["hash"] for name, table in sealed["tables"].items()}
    return str(sealed["hash"])


def _overtaken(desk: Desk, version: str) -> None:
    """One service has other households, one counts the RT to the old map's kelurahan, too."""
    drop = desk.desk / "drop"
    shutil.copytree(desk.pipeline.parent.parent / "drop", drop)
    decided = desk.table("decisions")
    subject = homeless(desk)
    conflicts = desk.table("conflicts")
    households = conflicts[conflicts["material"] & (conflicts["parameter"] == "6b")].iloc[0]
    _move_households(drop / "sektor" / "dlh_persampahan.csv", str(households["subject"]))
    home = decided.loc[decided["subject"] == subject, "value"].iloc[0]
    _moves_along(drop / "sektor" / "pdam_pelanggan.csv", subject, home)
    code, told = seal(desk, "--drop", drop)
    assert code == 4
    after = desk.table("decisions")
    touched = {(subject, "kode_kelurahan"), (households["subject"], "6b")}
    stale = after[after["status"] != "berlaku"]
    assert set(stale["status"]) == {"basi"}, stale["found"].tolist()
    assert set(stale[["subject", "parameter"]].itertuples(index=False, name=None)) == touched
    assert len(told["stale_decisions"]) == 2
    kept = after[after["status"] == "berlaku"]["decision_id"]
    assert set(kept) == set(decided["decision_id"]) - set(stale["decision_id"])
    states = desk.table("conflicts").set_index(["subject", "parameter"])["status"]
    assert set(states.index[states != "diputuskan"]) == touched
    assert subject in set(desk.table("rt")["id_rt"])  # back where the strongest map has it
    again = Copy(desk.export("lagi.xlsx", "--drop", drop))
    empty = {about(again, i) for i in again.rows if not again.get(i, "alasan")}
    assert empty == {f"{name} {parameter}" for name, parameter in touched}
    (record,) = (desk.desk / "segel").glob("*/v1.0/segel.json")
    assert json.loads(record.read_text())["hash"] == version  # what was sealed stays


def _moves_along(path: Path, id_rt: str, code: str) -> None:
    """The water company has its customers in the RT under another kelurahan's code."""
    kode, rw, rt = re.fullmatch(r"(.*)-RW(\d+)-RT(\d+)", id_rt).groups()  # type: ignore[union-attr]
    lines = path.read_text(encoding="cp1252").splitlines()
    for at, line in enumerate(lines):
        cells = line.split(";")
        if [cells[0].replace(".", ""), *cells[2:4]] == [kode.replace(".", ""), rt.lstrip("0"),
                                                        rw.lstrip("0")]:  # fmt: skip
            lines[at] = ";".join([code, *cells[1:]])
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
