"""What the kawasan rows report of themselves, kept beside what is computed."""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kotaku_geo.config import Pipeline
from kotaku_geo.consolidate.kawasan import KawasanRows
from kotaku_geo.consolidate.tables import (
    Bools,
    Floats,
    Geometries,
    Ints,
    Objects,
    either,
    floats,
    source_rank,
    strongest,
    strongest_text,
)
from kotaku_geo.findings import FindingBook
from kotaku_geo.late import record
from kotaku_geo.regulation import LEVELS, Regulation, ids, load
from kotaku_geo.texts import UNKNOWN, number

PEOPLE = ("jumlah_bangunan", "jumlah_penduduk", "jumlah_kk")
COMPARED = ("tingkat_pertimbangan", "legalitas", *PEOPLE)
COUNT_TOLERANCE = 0.01  # of the surveyed count


@record
class Reported:
    """Reported values by kawasan.

    Attributes:
        table: skor, tingkat, prioritas, tingkat_pertimbangan, legalitas, tipologi, jumlah_*,
            source_id (of score and level), peraturan (its regulation, null where unknown),
            tingkat_skor (the level its score has under that regulation); sumber_<column>: who
            gives each of the columns of `COMPARED`.
    """

    table: pd.DataFrame


def build(kawasan: KawasanRows, pipeline: Pipeline) -> Reported:
    """Reported values of each kawasan: those of its strongest source that gives them.

    Rows of one source that say different things of one kawasan: the worst counts. Their counts of
    buildings and people are summed, but one total that all of them repeat counts once.
    """
    rows, code, size = kawasan.rows, kawasan.rows["code"].to_numpy(), kawasan.size
    rank = source_rank(pipeline, rows["source_id"])
    table = pd.DataFrame(index=range(size))
    says = rows["skor"].notna() | rows["tingkat"].notna()
    lead = strongest_text(rows["source_id"].where(says), code, rank, size)
    table["source_id"] = lead
    from_lead = (rows["source_id"].to_numpy(dtype=object) == lead[code]) & says.to_numpy()
    table["skor"] = strongest(np.where(from_lead, floats(rows["skor"]), np.nan), code, rank, size)
    levels = rows["tingkat"].map({name: float(i) for i, name in enumerate(LEVELS)})
    worst = strongest(
        np.where(from_lead, levels.to_numpy(dtype=float), np.nan), code, rank, size
    )  # fmt: skip
    table["tingkat"] = _named(worst, LEVELS)
    table["prioritas"] = strongest(floats(rows["prioritas"]), code, rank, size, smallest=True)
    ranks = ("rendah", "sedang", "tinggi")
    table["tingkat_pertimbangan"] = _worst(rows["tingkat_pertimbangan"], ranks, code, rank, size)
    table["legalitas"] = _worst(rows["legalitas"], ("legal", "tidak_legal"), code, rank, size)
    table["tipologi"] = strongest_text(rows["tipologi"], code, rank, size)
    for name, counts in _counted(rows, code, rank, size).items():
        table[name] = counts
    for name in COMPARED:
        who = rows["source_id"].where(rows[name].notna())
        table[f"sumber_{name}"] = strongest_text(who, code, rank, size)
    table["peraturan"] = _regulations(table["source_id"], pipeline)
    table["peraturan_pertimbangan"] = _regulations(table["sumber_tingkat_pertimbangan"], pipeline)
    table["tingkat_skor"] = _levels_of_scores(table)
    return Reported(table)


@record
class _Subjects:
    """The kawasan that are spoken of, and who says what of them."""

    given: pd.DataFrame
    ids: list[str]
    shapes: Geometries

    @cached_property
    def sources(self) -> dict[str, Objects]:
        """Who gives a column: looked up once a column, as every kawasan may have a finding."""
        names = ["source_id", *(f"sumber_{name}" for name in COMPARED)]
        return {name: self.given[name].to_numpy(dtype=object) for name in names}

    def about(self, i: Any, who: str = "source_id") -> dict[str, Any]:
        """What a finding on a kawasan is about."""
        source = self.sources[who][i]
        return {
            "source_id": None if pd.isna(source) else source,
            "subject": self.ids[i],
            "key": self.ids[i],
            "geometry": self.shapes[i],
        }


def standing_score(reported: Reported) -> Floats:
    """The reported score where it is in its regulation's range; NaN otherwise.

    One in range that no form can add up to is often a mean of RT: it stands, with a finding.
    """
    table = reported.table
    return np.where(_out_of_range(table), np.nan, table["skor"].to_numpy(dtype=float))


def report(reported: Reported, table: pd.DataFrame, law: Regulation, findings: FindingBook) -> None:
    """Contradictions between what is reported and what is computed, or within what is reported.

    Args:
        table: ``consolidate/kawasan``.
    """
    given = reported.table
    comparable = (given["peraturan"] == law.id).to_numpy(dtype=bool)
    computed = (table["kelengkapan"] != "tanpa_data").to_numpy()
    subjects = _Subjects(given, table["id_kawasan"].tolist(), table["geometry"].to_numpy())
    _impossible_scores(given, subjects, findings)
    _scores(given, table, subjects, comparable & computed, findings)
    level = np.where(computed, table["tingkat"].to_numpy(dtype=object), given["tingkat_skor"])
    same_law = comparable | ~computed
    _levels(given, level, subjects, same_law, findings)
    _priorities(given, table, law, subjects, findings)
    own_law = (given["peraturan_pertimbangan"] == law.id).to_numpy(dtype=bool)
    every = np.ones(len(given), dtype=bool)
    _words_differ("tingkat_pertimbangan", "standing", given, table, subjects, own_law, findings)
    _words_differ("legalitas", "legality", given, table, subjects, every, findings)
    for name in PEOPLE:
        _counts_differ(name, given, table, subjects, findings)
    unknown = given["source_id"].notna() & given["peraturan"].isna()
    for source in sorted(given.loc[unknown, "source_id"].unique()):
        findings.add("regulation.unknown", source_id=source, kolom="skor, tingkat")


def _named(index: Floats, names: tuple[str, ...]) -> Geometries:
    place = np.where(np.isnan(index), len(names), index).astype(np.int64)
    return np.array([*names, None], dtype=object)[place]


def _worst(
    values: pd.Series, names: tuple[str, ...], code: Ints, rank: Ints, size: int
) -> Geometries:
    index = floats(values.map({name: float(i) for i, name in enumerate(names)}))
    return _named(strongest(index, code, rank, size), names)


def _counted(rows: pd.DataFrame, code: Ints, rank: Ints, size: int) -> dict[str, Floats]:
    """Counts of people and buildings of each kawasan by its strongest source that knows them."""
    table = pd.DataFrame({name: floats(rows[name]) for name in PEOPLE})[code >= 0]
    groups = table.groupby([code[code >= 0], rank[code >= 0]], sort=True)
    every, known = groups.size().to_numpy(), groups.count()
    total, least, most = groups.sum(), groups.min(), groups.max()
    of = known.index.get_level_values(0).to_numpy()
    result = {name: np.full(size, np.nan) for name in PEOPLE}
    for name, counts in result.items():
        whole = (known[name] == every).to_numpy()
        said = np.where(least[name] == most[name], most[name], total[name])
        codes, first = np.unique(of[whole], return_index=True)
        counts[codes] = said[whole][first]
    return result


def _regulations(sources: pd.Series, pipeline: Pipeline) -> Geometries:
    stated = {s.id: s.regulation or pipeline.regulation for s in pipeline.sources}
    laws = sources.map(stated).to_numpy(dtype=object)
    return either((laws == "unknown") | pd.isna(laws), None, laws)


def _levels_of_scores(table: pd.DataFrame) -> Geometries:
    result = np.full(len(table), None, dtype=object)
    for name in table["peraturan"].dropna().unique():
        mine = (table["peraturan"] == name).to_numpy(dtype=bool)
        result[mine] = load(name).level_of(table["skor"].to_numpy(dtype=float)[mine])
    return result


def _impossible(table: pd.DataFrame) -> Bools:
    """Scores that no form of their regulation can add up to."""
    score = table["skor"].to_numpy(dtype=float)
    result = np.zeros(len(table), dtype=bool)
    for name in table["peraturan"].dropna().unique():
        mine = (table["peraturan"] == name).to_numpy(dtype=bool)
        result |= mine & ~np.isnan(score) & ~load(name).possible(score)
    return result


def _out_of_range(table: pd.DataFrame) -> Bools:
    """Scores below 0 or above the highest of their regulation."""
    score = table["skor"].to_numpy(dtype=float)
    most = table["peraturan"].map({name: load(name).max_score for name in ids()})
    return np.asarray((score < 0) | (score > most.to_numpy(dtype=float)), dtype=bool)


def _impossible_scores(given: pd.DataFrame, subjects: _Subjects, findings: FindingBook) -> None:
    outside = _out_of_range(given)
    for i in np.flatnonzero(_impossible(given)):
        law = load(str(given["peraturan"].iloc[i]))
        said = float(given["skor"].iloc[i])
        score = number(said, 0 if said.is_integer() else 2)
        findings.add(
            "score.impossible", **subjects.about(i), value=score,
            severity="error" if outside[i] else "warning",
            skor=score, peraturan=law.title, maks=number(law.max_score, 0),
        )  # fmt: skip


def _scores(
    given: pd.DataFrame, table: pd.DataFrame, subjects: _Subjects,
    compared: Bools, findings: FindingBook,
) -> None:  # fmt: skip
    said = given["skor"].to_numpy(dtype=float)
    low, high = (table[c].to_numpy(dtype=float) for c in ("skor", "skor_maks"))
    for i in np.flatnonzero(compared & ((said < low) | (said > high))):
        span = (
            number(low[i], 0) if low[i] == high[i] else f"{number(low[i], 0)}–{number(high[i], 0)}"
        )
        findings.add(
            "score.reported-differs", **subjects.about(i), value=number(said[i], 0),
            dilaporkan=number(said[i], 0), hitung=span,
        )  # fmt: skip


def _levels(
    given: pd.DataFrame, level: Geometries, subjects: _Subjects,
    compared: Bools, findings: FindingBook,
) -> None:  # fmt: skip
    said = given["tingkat"].to_numpy(dtype=object)
    known = ~pd.isna(said) & ~pd.isna(level)
    for i in np.flatnonzero(compared & known & (said != level)):
        findings.add(
            "level.reported-differs", **subjects.about(i), value=said[i],
            dilaporkan=words(said[i]), hitung=words(level[i]),
        )  # fmt: skip


def _priorities(
    given: pd.DataFrame, table: pd.DataFrame, law: Regulation, subjects: _Subjects,
    findings: FindingBook,
) -> None:  # fmt: skip
    """The reported priority against the computed one, else the one that what is reported gives."""
    level = given["tingkat"].where(given["tingkat"].notna(), given["tingkat_skor"])
    by_table = law.priority(level, given["tingkat_pertimbangan"])
    computed = table["prioritas"].astype("Float64").to_numpy(float, na_value=np.nan)
    computed = np.where(table["kelengkapan"] == "tanpa_data", np.nan, computed)
    right = np.where(np.isnan(computed), by_table, computed)
    said = given["prioritas"].to_numpy(dtype=float)
    none_due = (level == "tidak_kumuh").to_numpy(dtype=bool) & np.isnan(computed)
    wrong = ~np.isnan(said) & ((~np.isnan(right) & (said != right)) | none_due)
    for i in np.flatnonzero(wrong):
        due = UNKNOWN if np.isnan(right[i]) else number(right[i], 0)
        findings.add(
            "priority.reported-differs", **subjects.about(i), value=number(said[i], 0),
            dilaporkan=number(said[i], 0), hitung=due,
        )  # fmt: skip


def _words_differ(
    name: str, rule: str, given: pd.DataFrame, table: pd.DataFrame, subjects: _Subjects,
    compared: Bools, findings: FindingBook,
) -> None:  # fmt: skip
    """A reported word against the one in the table: where that is the report's own, it agrees."""
    said, stands = (frame[name].to_numpy(dtype=object) for frame in (given, table))
    known = compared & ~pd.isna(said) & ~pd.isna(stands)
    for i in np.flatnonzero(known & (said != stands)):
        findings.add(
            f"{rule}.reported-differs", **subjects.about(i, f"sumber_{name}"),
            value=said[i], dilaporkan=words(said[i]), hitung=words(stands[i]),
        )  # fmt: skip


def _counts_differ(
    name: str, given: pd.DataFrame, table: pd.DataFrame, subjects: _Subjects,
    findings: FindingBook,
) -> None:  # fmt: skip
    said, stands = (frame[name].to_numpy(dtype=float) for frame in (given, table))
    for i in np.flatnonzero(np.abs(said - stands) > COUNT_TOLERANCE * stands):
        about = subjects.about(i, f"sumber_{name}")
        findings.add(
            "count.reported-differs", **{**about, "key": f"{about['subject']}|{name}"},
            value=number(said[i], 0), kolom=name, dilaporkan=number(said[i], 0),
            hitung=number(stands[i], 0),
        )  # fmt: skip


def words(level: Any) -> str:
    """A level as people write it."""
    return UNKNOWN if level is None or pd.isna(level) else str(level).replace("_", " ")
