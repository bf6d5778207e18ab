"""A baseline indexed by what stories ask for, and the sentences that every story shares."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kotaku_geo import regulation
from kotaku_geo.geo.area import geodesic_ha
from kotaku_geo.geo.cover import pieces
from kotaku_geo.history import outlines
from kotaku_geo.history.baseline import Baseline, records
from kotaku_geo.history.choices import chosen
from kotaku_geo.history.identities import about
from kotaku_geo.history.lapsed import NOT_APPLIED, not_applied
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import say
from kotaku_geo.regulation import LEVELS, Parameter, Regulation

Row = Mapping[str, Any]
_WHOLLY = 0.9995  # of an RT; more is told as 100,0 %
_OPEN = ("terbuka", "basi")
_SHAPES = {
    "kelurahan": ("kode_kelurahan", ("kelurahan",)),
    "rt": ("id_rt", ("rt", "rt_lain")),
    "kawasan": ("id_kawasan", ("kawasan",)),
}


@dataclass(frozen=True)
class Unseen:
    """What the tables were deprived of: a story calls it kept back, and not unknown.

    Attributes:
        rt, kawasan: ids of those whose figures are left out.
        sources: ids of those whose rows and values are left out.
    """

    rt: frozenset[str] = frozenset()
    kawasan: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()


class Known:
    """Rows of a baseline by id; every index is made once, when it is first asked for."""

    def __init__(self, baseline: Baseline, unseen: Unseen | None = None) -> None:
        self.baseline = baseline
        self.setting = baseline.setting
        self.unseen = unseen or Unseen()

    @cached_property
    def law(self) -> Regulation:
        """The regulation in force."""
        return regulation.load(self.setting.regulation or regulation.ids()[0])

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Parameters of the regulation by id."""
        return {p.id: p for p in self.law.parameters}

    @cached_property
    def kawasan(self) -> dict[str, Row]:
        """Kawasan by id_kawasan."""
        return {row["id_kawasan"]: row for row in records(self.baseline.table("kawasan"))}

    @cached_property
    def kelurahan(self) -> dict[str, Row]:
        """Kelurahan by kode_kelurahan."""
        return {row["kode_kelurahan"]: row for row in records(self.baseline.table("kelurahan"))}

    @cached_property
    def rt(self) -> dict[str, Row]:
        """RT by id_rt, those in no kawasan too."""
        tables = (self.baseline.table(name) for name in ("rt_lain", "rt"))
        return {row["id_rt"]: row for table in tables for row in records(table)}

    @cached_property
    def _numbers(self) -> Counter[str]:
        """How many RT there are by id without RW."""
        return Counter(map(outlines.bare, self.rt))

    @cached_property
    def members(self) -> dict[str, list[Row]]:
        """RT of each kawasan, sorted by id."""
        found: dict[str, list[Row]] = {}
        for _, row in sorted(self.rt.items()):
            if row["id_kawasan"] is not None:
                found.setdefault(row["id_kawasan"], []).append(row)
        return found

    @cached_property
    def facts(self) -> dict[tuple[str, str], list[Row]]:
        """Candidates of each RT and parameter, the one that stands first."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in records(self.baseline.table("facts")):
            found.setdefault((row["id_rt"], row["parameter"]), []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: not row["dipakai"])
        return found

    @cached_property
    def conflicts(self) -> dict[tuple[str, str], Row]:
        """Conflicts by subject and parameter."""
        rows = records(self.baseline.table("conflicts"))
        return {(row["subject"], row["parameter"]): row for row in rows}

    @cached_property
    def disputed(self) -> dict[str, list[Row]]:
        """Conflicts that are not decided, by subject, sorted by parameter."""
        found: dict[str, list[Row]] = {}
        for (subject, _), row in sorted(self.conflicts.items()):
            if is_open(row):
                found.setdefault(subject, []).append(row)
        return found

    @cached_property
    def subjects(self) -> dict[str, tuple[str, str]]:
        """What each conflict is about, by its id."""
        return {row["conflict_id"]: about for about, row in self.conflicts.items()}

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in records(self.baseline.sources):
            found.setdefault(row["source_id"], []).append(row["path"])
        return found

    def used(self, id_rt: str, parameter: str) -> Row | None:
        """The candidate that stands."""
        rows = self.facts.get((id_rt, parameter), [])
        return rows[0] if rows and rows[0]["dipakai"] else None

    def who(self, source_id: str | None, row: int | None = None) -> Sentence:
        """Who says it: agency, source, file, record as the tables number it, date."""
        note = self.setting.sources.get(source_id) if source_id else None
        paths = self._paths.get(source_id or "", [])
        if note is None and not paths:
            return say("who.decision")
        told = {
            "agency": (note and note.agency) or source_id,
            "source_id": source_id,
            "path": paths[0] if len(paths) == 1 else say("who.files", n=len(paths)),
            "date": (note and note.date) or say("who.no_date"),
        }
        if row is None or source_id in self.unseen.sources:
            return say("who.file", **told)
        return say("who.row", **told, row=row)

    def secret(self, fact: Row | None) -> bool:
        """Whether a candidate is of a source whose values are kept back."""
        return fact is not None and fact["source_id"] in self.unseen.sources

    def covered(self, fact: Row | None) -> Iterator[Sentence]:
        """How much of the RT the layer covers that a candidate rests on, where it is not all."""
        share = None if fact is None else fact.get("kelengkapan_data")
        if fact is not None and share is not None and share < _WHOLLY and not self.secret(fact):
            yield say("kandidat.partial", source_id=fact["source_id"], percent=100 * share)

    def rt_name(self, row: Row) -> Sentence:
        """What people call an RT."""
        where = row.get("nama_kelurahan") or row.get("kode_kelurahan")
        named = {"rt": row.get("rt"), "rw": row.get("rw"), "kelurahan": where}
        bare = row.get("rw") in (None, "", "000")
        return say("rt.name_no_rw" if bare else "rt.name", **named)

    def called(self, parameter: Any, value: Any, luas_ha: float | None = None) -> Any:
        """An identity that is meant, by its name where the baseline knows one; one of several
        outlines by its record, and its hectares where they are known."""
        name: Any = None
        source, record, row = str(value).partition("#")
        if record:
            key = "record" if luas_ha is None else "drawn"
            return say(f"identitas.{key}", source_id=source, row=row, luas_ha=luas_ha)
        if parameter == "kode_kelurahan":
            name = self.kelurahan.get(value, {}).get("nama_kelurahan")
        elif parameter == "id_kawasan" and value in self.kawasan:
            name = area_name(self.kawasan[value])
        return value if name is None else say("identitas.called", nama=name, id=value)

    def total(self, row: Row) -> Iterator[Sentence]:
        """The total, the level and its limits, and what missing values could make of it."""
        low, high = row.get("skor"), row.get("skor_maks")
        if low is None or high is None:
            yield say("jumlah.none")
            return
        missing = [p for p in self.parameters if row.get(f"n{p}") is None]
        if row.get("kelengkapan") == "tanpa_data":
            yield say("jumlah.reported", skor=low, tingkat=row.get("tingkat"))
            return
        if row.get("tingkat") is not None:
            yield self.levelled("jumlah.level", low, row["tingkat"])
        else:
            yield say("jumlah.unsure", skor=low, skor_maks=high)
        if missing:
            yield say("jumlah.missing", n=len(missing), missing=missing, skor_maks=high)
        if row.get("tingkat_konflik"):
            yield say("jumlah.range", levels=row["tingkat_konflik"].split(";"))

    def levelled(self, key: str, total: float, level: str) -> Sentence:
        """A total with its level and the limits of that level."""
        limits = {name: least for least, name in self.law.levels}
        place = LEVELS.index(level)
        above = [limits[name] for name in LEVELS[place + 1 :]]
        return say(
            key,
            skor=total,
            most=self.law.max_score,
            tingkat=level,
            to=min(above) - 1 if above else self.law.max_score,
            law=self.law.title,
            **{"from": limits.get(level, 0)},
        )

    def band(self, share: float) -> Iterator[Sentence]:
        """Which band a share (fraction) reaches, and what that scores."""
        percent = 100 * share
        if not 0 <= share <= 1:
            percent = 100 * min(max(share, 0.0), 1.0)
            yield say("hitungan.capped", persen=percent)
        score = float(self.law.scores(share)[0])
        reached = [least for least, value in self.law.bands if value == score]
        above = [least for least, value in self.law.bands if value > score]
        told = {"persen": percent, "nilai": score, "to": 100 * min(above, default=1.0)}
        if not reached:
            yield say("hitungan.below", **told)
            return
        key = "hitungan.band" if above else "hitungan.top"
        yield say(key, **told, **{"from": 100 * reached[0]})

    def conflict(self, subject: str, parameter: str) -> Iterator[Sentence]:
        """Where a conflict over a value or an outline stands, and every decision on it."""
        row = self.conflicts.get((subject, parameter))
        if row is not None:
            yield say(f"aturan.{_standing(row)}", conflict_id=row["conflict_id"])
        yield from self.decisions_on(subject, parameter)

    def decisions_on(self, subject: str, parameter: str) -> Iterator[Sentence]:
        """Every decision on a thing in dispute."""
        for decision in self.baseline.decisions.values():
            if about(decision)[1:] == (subject, parameter):
                yield from self.decision(decision)

    def lapsed(self, conflict: Row) -> list[str]:
        """Minutes of the stale decisions on a conflict, where that is what keeps it open."""
        if conflict["status"] != "basi":
            return []
        wanted = conflict["subject"], conflict["parameter"]
        rows = self.baseline.decisions.values()
        stale = (d for d in rows if d.get("status") == "basi")
        ours = (d for d in stale if about(d)[1:] == wanted)
        return sorted({str(d["minutes"]) for d in ours if d.get("minutes")})

    def decision(self, row: Row) -> Iterator[Sentence]:
        """What was decided, where, by whom and why; and why it is not applied, if it is not."""
        kind, cells = chosen(row)
        told = {**row, **cells}
        told["reason"] = str(row["reason"]).rstrip(". ") if row.get("reason") else None
        if kind == "value":
            told["value"] = self.called(row.get("parameter"), row.get("value"))
        yield say(f"keputusan.{kind}", **told)
        _, now, _ = about(row)
        if row.get("subject") not in (None, now):
            yield say("keputusan.ikut", subject=row["subject"], id=now)
        if row.get("status") in NOT_APPLIED:
            yield from not_applied(self.baseline, row)

    def outline(self, layer: str, name: str) -> outlines.Outline | None:
        """Who drew the outline that stands, where the delivered layers tell."""
        alone = self._numbers[outlines.bare(name)] == 1
        return outlines.of(self.baseline.outlines, layer, name, alone)

    @cached_property
    def parts(self) -> dict[tuple[str, str], float]:
        """Hectares of a kawasan that lie in a kelurahan, by kode_kelurahan and id_kawasan."""
        places, areas = (self.baseline.geo(name) for name in ("kelurahan", "kawasan"))
        if areas.crs is None or places.empty or areas.empty:
            return {}
        drawn = [side[side.geometry.notna()] for side in (places, areas)]
        shapes = [side.geometry.to_numpy(dtype=object) for side in drawn]
        found = pieces(*shapes, workers=1)
        codes = drawn[0]["kode_kelurahan"].to_numpy(dtype=object)[found.target]
        names = drawn[1]["id_kawasan"].to_numpy(dtype=object)[found.feature]
        hectares = geodesic_ha(found.geometry, areas.crs).tolist()
        return dict(zip(zip(codes, names, strict=True), hectares, strict=True))

    def shapeless_kawasan(self, name: str) -> bool:
        """Whether no outline of a kawasan is told, for whatever reason."""
        return ("kawasan", name) in self._shapeless

    def shapeless(self, layer: str, name: str) -> bool:
        """Whether the baseline has no outline of a thing, and not because it is kept back."""
        return (layer, name) in self._shapeless and not self.unseen.sources

    @cached_property
    def _shapeless(self) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for layer, (key, tables) in _SHAPES.items():
            for name in tables:
                frame = self.baseline.table(name)
                if "geometry" in frame:
                    bare = frame["geometry"].isna()
                    found |= {(layer, str(i)) for i in frame.loc[bare, key].dropna()}
        return found


def named(parameter: Parameter) -> dict[str, str]:
    """A parameter's name in both languages."""
    return {"id": parameter.id_name, "en": parameter.en_name}


def area_name(row: Row) -> str | Sentence:
    """A kawasan's name; many have none."""
    return row.get("nama_kawasan") or say("kawasan.unnamed")


def is_open(row: Row | None) -> bool:
    """Whether a conflict is there and not decided."""
    return row is not None and row["status"] in _OPEN


def _standing(row: Row) -> str:
    status = {"diputuskan": "decided", "basi": "stale"}.get(row["status"], "open")
    if status != "open" or row["material"]:
        return status
    return "open_small" if row["kind"] == "batas" else "open_minor"
