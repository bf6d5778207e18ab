"""When a baseline may be frozen, as which version, and that it is still what was frozen."""

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotaku_geo.errors import InputError, OutputError, PipelineFileError
from kotaku_geo.history import sealing, versions
from kotaku_geo.history.baseline import Baseline, specs
from kotaku_geo.history.diff import diff
from kotaku_geo.history.report import hindered_json, hindered_text, sealed_json, sealed_text
from kotaku_geo.history.sealing import Minutes, Sealed, hindrances
from kotaku_geo.history.versions import Version, open_version, read_sealed
from tests.consolidate.world import box
from tests.history.world import R1, State, outline, rows

Make = Callable[..., State]
FIXTURE = Path(__file__).parent / "fixtures" / "format-1" / "v1.0"
BA = Minutes("BA 050/12/2024", "2024-05-02")


def seal(state: State, folder: Path, minutes: Minutes = BA) -> Sealed:
    copies = sealing.copies_of(state.file)
    return sealing.seal(state.baseline, folder, minutes, root=state.root, copies=copies)


def test_an_open_material_conflict_hinders_and_is_listed(state: Make) -> None:
    found = hindrances(state().baseline, [])
    assert found.exit_code == 4
    assert [(row["subject"], row["parameter"]) for row in found.open] == [(R1, "3a")]
    text = hindered_text(found, "id")
    assert "1 konflik material masih terbuka" in text
    assert "susulan 10,0 %; profil 60,0 %" in text


def test_a_stale_decision_hinders_and_says_what_is_found(state: Make) -> None:
    city = state()
    city.decide(status="basi")
    found = hindrances(city.baseline, [])
    assert found.exit_code == 4, "a conflict whose decision is stale is open"
    assert [row["decision_id"] for row in found.stale] == ["d1"]
    for lang, said in (
        (
            "id",
            f"3a {R1} (BA 050/12/2024, 2 Mei 2024): kini ditemukan susulan 10,0 %; profil 60,0 %",
        ),
        ("en", f"3a {R1} (BA 050/12/2024, 2 May 2024): now found susulan 10.0 %; profil 60.0 %"),
    ):
        assert hindered_text(found, lang).splitlines()[-1] == f"  d1  {said}"
    assert hindered_json(found)["stale_decisions"][0]["candidates"][0]["source_id"] == "susulan"
    city.change("conflicts", lambda f: f.assign(material=False))
    assert hindrances(city.baseline, []).exit_code == 5


def test_an_input_that_could_not_be_read_hinders_first(state: Make) -> None:
    refused = [{"source_id": "profil", "path": "profil.xlsx", "message": "rusak"}]
    found = hindrances(state().baseline, refused)
    assert found.exit_code == 3
    assert "profil.xlsx: rusak" in hindered_text(found, "id")


def test_once_decided_nothing_hinders(state: Make) -> None:
    city = state()
    city.decide()
    found = hindrances(city.baseline, [])
    assert (found.exit_code, found.open, found.stale) == (0, [], [])


def test_an_immaterial_conflict_does_not_hinder(state: Make) -> None:
    city = state()
    city.change("conflicts", lambda f: f.assign(material=False))
    assert hindrances(city.baseline, []).exit_code == 0


def test_a_sealed_version_tells_all_about_itself(state: Make, tmp_path: Path) -> None:
    city = state()
    city.decide()
    done = seal(city, tmp_path / "segel")
    record = json.loads((done.folder / "segel.json").read_text())
    assert (done.version, record["version"], done.new) == ("v1.0", "v1.0", True)
    assert (record["minutes"], record["date"]) == (BA.number, BA.date)
    assert record["counts"]["kawasan"] == 2
    assert record["counts"]["decisions"] == {"berlaku": 1}
    assert record["hectares"]["kawasan"]["sedang"] == pytest.approx(4.0, rel=1e-3)
    assert set(record["tables"]) == set(specs())
    assert set(record["documents"]) == {"keputusan.csv", "pipeline.yaml"}
    assert record["inputs"][0]["sha256"]
    assert record["changes"] == {"from": None, "weight": "major", "reasons": []}
    sealed = read_sealed(done.folder)
    assert sealed.setting == city.baseline.setting
    assert diff(sealed, city.baseline).weight is None


def test_no_file_of_a_version_may_be_written_again(state: Make, tmp_path: Path) -> None:
    done = seal(state(settled=True), tmp_path / "segel")
    files = [path for path in done.folder.rglob("*") if path.is_file()]
    assert len(files) == 10
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in files)


def test_the_same_baseline_is_sealed_again_only_by_other_minutes(
    state: Make, tmp_path: Path
) -> None:
    city, folder = state(settled=True), tmp_path / "segel"
    first, again = seal(city, folder), seal(city, folder)
    assert (again.version, again.new, again.record) == ("v1.0", False, first.record)
    later = seal(city, folder, Minutes("BA 7", "2024-08-01"))
    assert later.version == "v1.1"
    assert later.record["hash"] == first.record["hash"]
    assert later.record["changes"] == {"from": "v1.0", "weight": "minor", "reasons": []}
    assert (first.unchanged, later.unchanged) == (False, True)
    assert sealed_json(later)["unchanged"] is True
    assert "Isinya sama dengan v1.0; hanya berita acaranya yang lain." in sealed_text(later, "id")
    assert "the minutes alone differ" not in sealed_text(first, "en")


def test_two_seals_of_one_baseline_are_the_same_to_the_byte(state: Make, tmp_path: Path) -> None:
    city = state(settled=True)
    one, other = (seal(city, tmp_path / name).folder for name in ("a", "b"))
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (other / path.relative_to(one)).read_bytes()


def _level(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(tingkat=frame["tingkat"].mask(frame.index == 0, "berat"))


def test_numbering(state: Make, tmp_path: Path) -> None:
    """Minor for a value; major for a level, a boundary, a kawasan more."""
    city, folder = state(settled=True), tmp_path / "segel"
    said = [seal(city, folder)]
    for table, how in (
        ("rt", lambda f: f.assign(jumlah_kk=f["jumlah_kk"] + 1)),
        ("rt", _level),
        ("facts", lambda f: f.assign(persen=f["persen"] + 1)),
        ("kawasan", lambda f: f.assign(geometry=f.geometry.buffer(-20))),
        ("kawasan", lambda f: f.assign(geometry=f.geometry.buffer(-0.2))),
        ("kawasan", lambda f: f[f["id_kawasan"] == "K1"]),
    ):
        city.change(table, how)
        said.append(seal(city, folder))
    names = [done.version for done in said]
    assert names == ["v1.0", "v1.1", "v2.0", "v2.1", "v3.0", "v3.1", "v4.0"]
    assert [done.record["changes"]["reasons"] for done in said[1:]] == [
        [], ["tingkat"], [], ["batas"], [], ["kawasan"]
    ]  # fmt: skip
    assert versions.sealed(folder)[-1] == Version(4, 0)


@given(st.lists(st.booleans(), max_size=30))
def test_versions_only_grow(majors: list[bool]) -> None:
    version = sealing.FIRST
    seen = [version]
    for major in majors:
        version = version.after(major)
        seen.append(version)
    assert seen == sorted(set(seen))
    assert all(Version.of(str(v)) == v for v in seen)
    assert version.major == 1 + sum(majors)


def _cut_table(folder: Path) -> None:
    path = folder / "consolidate" / "kawasan.parquet"
    frame = pd.read_parquet(path)
    path.chmod(0o644)
    frame.assign(tingkat="ringan").to_parquet(path)


def _cut_text(name: str, old: str, new: str) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        path = folder / name
        path.chmod(0o644)
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return cut


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (_cut_table, "consolidate/kawasan"),
        (_cut_text("keputusan.csv", "Ketua Pokja", "Orang lain"), "keputusan.csv"),
        (_cut_text("pipeline.yaml", "Kota Uji", "Kota Lain"), "pipeline.yaml"),
        (_cut_text("segel.json", "BA 050/12/2024", "BA 999/12/2024"), "segel.json"),
        (lambda f: (f / "keputusan.csv").unlink(), "keputusan.csv"),
        (lambda f: (f / "consolidate" / "facts.parquet").unlink(), "consolidate/facts"),
    ],
    ids=["table", "decisions", "pipeline", "record", "no decisions", "no table"],
)
def test_a_changed_version_is_told(
    state: Make, tmp_path: Path, tamper: Callable[[Path], None], told: str
) -> None:
    city = state()
    city.decide()
    done = seal(city, tmp_path / "segel")
    tamper(done.folder)
    with pytest.raises(InputError, match=told):
        read_sealed(done.folder)
    checked = versions.checked(tmp_path / "segel")
    assert told in checked["v1.0"][1]
    with pytest.raises(InputError, match="berubah sejak disegel"):
        seal(city, tmp_path / "segel", Minutes("BA 8", "2024-09-01"))


def test_a_version_under_another_number_is_told(state: Make, tmp_path: Path) -> None:
    done = seal(state(settled=True), tmp_path / "segel")
    shutil.copytree(done.folder, tmp_path / "segel" / "v1.1")
    with pytest.raises(InputError, match=r"v1\.1.*segel\.json \(v1\.0\)"):
        read_sealed(tmp_path / "segel" / "v1.1")


def test_a_version_that_was_written_anew_is_told_by_the_next(state: Make, tmp_path: Path) -> None:
    """With hashes of its own it is whole by itself, and not what the version after it was made on."""
    city = state(settled=True)
    first = seal(city, tmp_path / "segel")
    second = seal(city, tmp_path / "segel", Minutes("BA 8", "2024-09-01"))
    assert second.record["previous"] == first.record["record_hash"]
    assert first.record["previous"] is None
    assert all(not wrong for _, wrong in versions.checked(tmp_path / "segel").values())
    record = {**first.record, "minutes": "BA 999"}
    record["record_hash"] = versions.record_hash(record)
    path = first.folder / "segel.json"
    path.chmod(0o644)
    path.write_text(json.dumps(record), encoding="utf-8")
    assert versions.read_sealed(first.folder).seal == record, "whole by itself"
    told = versions.checked(tmp_path / "segel")
    assert told["v1.0"][1] == ["segel.json (v1.1)"]
    assert told["v1.1"][1] == []
    with pytest.raises(InputError, match=r"v1\.0: rantai segel putus: segel\.json \(v1\.1\)"):
        seal(city, tmp_path / "segel", Minutes("BA 9", "2024-10-01"))
    shutil.rmtree(first.folder)
    assert versions.checked(tmp_path / "segel")["v1.1"][1] == [
        "segel.json (versi sebelumnya tidak ada)"
    ]


def test_a_newer_format_is_refused_in_words(state: Make, tmp_path: Path) -> None:
    done = seal(state(settled=True), tmp_path / "segel")
    _cut_text("segel.json", '"format": 1', '"format": 2')(done.folder)
    with pytest.raises(InputError, match=r"format 2.*perbarui kotaku-geo"):
        read_sealed(done.folder)


def test_no_number_is_overwritten(
    state: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two seal at once and both take themselves for the first."""
    one, other = state("a", settled=True), state("b", settled=True)
    done = seal(one, tmp_path / "segel")
    before = (done.folder / "segel.json").read_bytes()
    monkeypatch.setattr(sealing, "sealed", lambda folder: [])
    with pytest.raises(OutputError, match="tidak ditimpa"):
        seal(other, tmp_path / "segel", Minutes("BA 2", "2024-06-01"))
    assert (done.folder / "segel.json").read_bytes() == before
    assert [path.name for path in (tmp_path / "segel").iterdir()] == ["v1.0"]


def test_a_seal_that_fails_leaves_nothing(
    state: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    city = state(settled=True)
    monkeypatch.setattr(sealing, "_write", full)
    with pytest.raises(OutputError, match="No space left"):
        seal(city, tmp_path / "segel")
    assert list((tmp_path / "segel").iterdir()) == []


def test_tables_that_change_meanwhile_are_not_sealed(state: Make, tmp_path: Path) -> None:
    city = state(settled=True)
    baseline, copies = city.baseline, sealing.copies_of(city.file)
    assert baseline.hashes
    city.change("rt", _level)
    with pytest.raises(InputError, match="berubah selagi disegel"):
        sealing.seal(baseline, tmp_path / "segel", BA, root=city.root, copies=copies)
    assert list((tmp_path / "segel").iterdir()) == []


def test_a_version_that_is_not_there_names_those_that_are(state: Make, tmp_path: Path) -> None:
    seal(state(settled=True), tmp_path / "segel")
    with pytest.raises(PipelineFileError, match=r"versi yang ada di .*: v1\.0$"):
        open_version(tmp_path / "segel", "v1.3")
    with pytest.raises(PipelineFileError, match="belum ada versi"):
        open_version(tmp_path / "kosong", "v1.0")


def test_the_order_in_which_rows_are_delivered_does_not_count(state: Make, tmp_path: Path) -> None:
    """The tables of the baseline, not their rows' numbers in files, which facts and conflicts tell."""
    layers = rows()
    one = state("a").baseline
    other = state("b", **{name: list(reversed(some)) for name, some in layers.items()}).baseline
    for name in ("kawasan", "rt", "kelurahan"):
        assert one.hashes[f"consolidate/{name}"] == other.hashes[f"consolidate/{name}"]


def test_format_1_stays_readable() -> None:
    """A version of the first format, sealed by the first release that sealed, in few columns.

    Made by `tests.history.fixture`; if this fails, old versions have become unreadable: mend the
    reader and leave the fixture as it is.
    """
    sealed = read_sealed(FIXTURE)
    assert sealed.seal is not None
    assert sealed.seal["format"] == 1
    assert sealed.seal["hash"] == "512e08c638b69044cf0e5791f291cbf6f7a19447f443fee9a900991cf01dbe00"
    assert sealed.setting.sources["profil"].agency == "Dinas Perkim"
    areas = sealed.table("kawasan")
    assert areas["tingkat"].tolist() == ["sedang", "sedang"]
    assert areas["kewenangan"].isna().all(), "a column that the file lacks is unknown"
    assert sealed.decisions["d1"]["minutes"] == "BA 050/12/2024"


def test_format_1_can_be_compared_with_what_is_made_today(state: Make) -> None:
    city = state()
    city.decide()
    found = diff(read_sealed(FIXTURE), city.baseline)
    assert [(c.id, c.attributes) for c in found.changes if c.what == "berubah"] == []
    assert "kewenangan" in found.columns["consolidate/kawasan"]
    moved = state("lain", kawasan=[outline("K1", box(0, 0, 200, 100))])
    assert "kawasan" in diff(read_sealed(FIXTURE), moved.baseline).reasons


def test_a_folder_that_is_neither_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineFileError, match="bukan versi tersegel"):
        versions.open_folder(tmp_path)
    (tmp_path / "segel.json").write_text("{}")
    with pytest.raises(InputError, match=r"bukan segel\.json yang sah"):
        versions.open_folder(tmp_path)


def test_a_workspace_without_its_pipeline_file_knows_its_crs(state: Make) -> None:
    guessed = Baseline.of_workspace(state().root).setting
    assert (guessed.crs, guessed.regulation) == ("EPSG:32749", "permen-14-2018")
