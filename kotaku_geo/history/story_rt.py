"""Stories of an RT: as a whole, of one of its parameters, of one of its denominators."""

from collections.abc import Iterator, Sequence
from typing import Any

from kotaku_geo.history import story_divisor, story_identity
from kotaku_geo.history.choices import DENOMINATOR
from kotaku_geo.history.known import Known, Row, area_name, is_open, named
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import Story, paragraphs, say
from kotaku_geo.history.story_outline import of_cut, of_outline
from kotaku_geo.history.sums import Sum, sum_of
from kotaku_geo.regulation import Parameter

AREA = "luas_ha"  # the denominator that follows from where the RT is cut


def whole(known: Known, row: Row) -> Story:
    """An RT: what it is, its total and level, every parameter, its boundary."""
    return Story(
        row["id_rt"],
        "rt",
        None,
        paragraphs(
            ("apa", _head(known, row)),
            ("jumlah", known.total(row)),
            ("parameter", _lines(known, row)),
            ("batas", _outline(known, row)),
            ("penyebut", story_divisor.of_rt(known, row["id_rt"])),
            ("konflik", story_identity.of_rt(known, row["id_rt"])),
        ),
    )


def of_boundary(known: Known, row: Row) -> Story:
    """The outline of an RT alone."""
    told = paragraphs(("apa", _head(known, row)), ("batas", _outline(known, row)))
    return Story(row["id_rt"], "rt", "batas.rt", told)


def _outline(known: Known, row: Row) -> Iterator[Sentence]:
    yield from of_outline(known, row["id_rt"], "rt")
    yield from of_cut(known, row)


def kept_back(known: Known, row: Row) -> Story:
    """An RT of so few households that its figures are told to nobody: its level alone."""
    told = say("rt.kept", rt=known.rt_name(row), id=row["id_rt"], tingkat=row.get("tingkat"))
    return Story(row["id_rt"], "rt", None, paragraphs(("apa", [told, _home(known, row)])))


def of_parameter(known: Known, row: Row, parameter: Parameter) -> Story:
    """One parameter of an RT: candidates, rule or decision, arithmetic, what follows from it."""
    said = known.facts.get((row["id_rt"], parameter.id), [])
    area = known.kawasan.get(row["id_kawasan"] or "")
    return Story(
        row["id_rt"],
        "rt",
        parameter.id,
        paragraphs(
            ("apa", [_stands(known, row, parameter)]),
            ("kandidat", _candidates(known, said, parameter)),
            ("aturan", _rule(known, row["id_rt"], parameter.id, said)),
            ("hitungan", _arithmetic(known, row, parameter, said)),
            ("penyebut", story_divisor.of_parameter(known, row["id_rt"], parameter.id)),
            ("jumlah", known.total(row)),
            ("andai", _otherwise(known, row, parameter, said)),
            ("kawasan", _in_kawasan(known, area, parameter) if area else ()),
        ),
    )


def of_denominator(known: Known, row: Row, name: str) -> Story:
    """One denominator of an RT: who counted it, and whose count stands."""
    parameter = f"{DENOMINATOR}{name}"
    said = known.facts.get((row["id_rt"], parameter), [])
    used = known.used(row["id_rt"], parameter)
    about = {"denominator": name, "rt": known.rt_name(row), "id": row["id_rt"]}
    counted = [
        _marked(fact, _kept(known, fact) or say("kandidat.denominator", who=_who(known, fact),
                                                unit=name, volume=fact["volume"]))
        for fact in said
    ]  # fmt: skip
    return Story(
        row["id_rt"],
        "rt",
        parameter,
        paragraphs(
            ("apa", [say("rt.denominator", **about, value=used and used["volume"])]),
            ("kandidat", counted or [say("kandidat.none")]),
            ("aturan", _rule(known, row["id_rt"], parameter, said)),
            ("batas", of_cut(known, row) if name == AREA else ()),
        ),
    )


def _head(known: Known, row: Row) -> Iterator[Sentence]:
    counts = {c: row.get(c) for c in ("luas_ha", "jumlah_kk", "jumlah_penduduk",
                                      "jumlah_bangunan")}  # fmt: skip
    yield say("rt.head", rt=known.rt_name(row), id=row["id_rt"], **counts)
    yield _home(known, row)


def _home(known: Known, row: Row) -> Sentence:
    """The kawasan that an RT belongs to."""
    area = known.kawasan.get(row["id_kawasan"] or "")
    if area is None:
        return say("rt.outside")
    return say("rt.member", id_kawasan=area["id_kawasan"], nama=area_name(area))


def _lines(known: Known, row: Row) -> Iterator[Sentence]:
    """Every parameter, with what the layer that its value rests on does not cover."""
    for parameter in known.law.parameters:
        yield _line(known, row, parameter)
        yield from known.covered(known.used(row["id_rt"], parameter.id))


def _line(known: Known, row: Row, parameter: Parameter) -> Sentence:
    """One parameter in one sentence."""
    used = known.used(row["id_rt"], parameter.id)
    told: dict[str, Any] = {"parameter": parameter.id, "name": named(parameter)}
    if used is None or row.get(f"n{parameter.id}") is None:
        return say("rt.row_unknown", **told)
    conflict = known.conflicts.get((row["id_rt"], parameter.id))
    told |= {"persen": used["persen"], "nilai": used["nilai"], "rule": used["rule"],
             "source_id": used["source_id"]}  # fmt: skip
    if known.secret(used):  # the result stays, as the RT has it
        share = row.get(f"p{parameter.id}")
        told["persen"] = None if share is None else 100 * share
        told["nilai"] = row[f"n{parameter.id}"]
    if used["decision_id"]:
        return say("rt.row_decided", **told, decision_id=used["decision_id"])
    if conflict is not None and is_open(conflict):
        lapsed = known.lapsed(conflict)
        if lapsed:
            return say("rt.row_lapsed", **told, minutes=lapsed)
        return say("rt.row_open", **told, conflict_id=conflict["conflict_id"])
    return say("rt.row", **told)


def _stands(known: Known, row: Row, parameter: Parameter) -> Sentence:
    share, score = row.get(f"p{parameter.id}"), row.get(f"n{parameter.id}")
    about = {"parameter": parameter.id, "name": named(parameter), "id": row["id_rt"],
             "rt": known.rt_name(row)}  # fmt: skip
    if score is None:
        return say("rt.parameter_unknown", **about)
    return say("rt.parameter", **about, persen=None if share is None else 100 * share, nilai=score)


def _candidates(known: Known, said: Sequence[Row], parameter: Parameter) -> Iterator[Sentence]:
    yield say("kandidat.head", n=len(said)) if said else say("kandidat.none")
    for fact in said:
        kind = "volume"
        if fact["persen"] is None:
            kind = "no_share"
        elif fact["volume"] is None or fact["penyebut"] is None:
            kind = "share"
        unit = parameter.denominator
        told = say(f"kandidat.{kind}", who=_who(known, fact), unit=unit, **_said(fact))
        yield _marked(fact, _kept(known, fact) or told)
        yield from known.covered(fact)


def _said(fact: Row) -> dict[str, float | None]:
    return {name: fact[name] for name in ("volume", "penyebut", "persen", "nilai")}


def _who(known: Known, fact: Row) -> Sentence:
    return known.who(fact["source_id"], fact["source_row"])


def _kept(known: Known, fact: Row) -> Sentence | None:
    """A candidate whose particulars are kept back; None where it may be told."""
    return say("kandidat.kept", who=_who(known, fact)) if known.secret(fact) else None


def _marked(fact: Row, said: Sentence) -> Sentence:
    return say("kandidat.used", said=said) if fact["dipakai"] else said


def _rule(known: Known, subject: str, parameter: str, said: Sequence[Row]) -> Iterator[Sentence]:
    """Which rule gave the value, and what is known of the conflict and the decision."""
    used = said[0] if said and said[0]["dipakai"] else None
    rule = used["rule"] if used else None
    shares = [fact["persen"] for fact in said if fact["persen"] is not None]
    told = {
        "spread": max(shares) - min(shares) if shares else None,
        "tolerance": known.setting.within(parameter),
        "order": _order(known, parameter, said),
    }
    key = {"tunggal": "single", None: "none"}.get(rule, rule)
    kept = any(known.secret(fact) for fact in said)
    if rule == "urutan" and (parameter.startswith(DENOMINATOR) or not shares or kept):
        key = "order"
    if rule == "sepakat" and parameter.startswith(DENOMINATOR):
        key = "sepakat_jumlah"
    elif rule == "sepakat" and kept:
        key = "sepakat_kept"
    if key is not None:
        yield say(f"aturan.{key}", **told)
    yield from known.conflict(subject, parameter)


def _order(known: Known, parameter: str, said: Sequence[Row]) -> list[str]:
    """The candidates' sources, strongest first."""
    there = {fact["source_id"] for fact in said}
    ranked = [source for source in known.setting.ranked(parameter) if source in there]
    return ranked + sorted(s for s in there - set(ranked) if s)


def _arithmetic(
    known: Known, row: Row, parameter: Parameter, said: Sequence[Row]
) -> Iterator[Sentence]:
    used = said[0] if said and said[0]["dipakai"] else None
    share = row.get(f"p{parameter.id}")
    if used is None or share is None:
        return
    if used["volume"] is not None and used["penyebut"] is not None:
        yield say("hitungan.share", **_said(used))
    yield from known.band(share)


def _otherwise(
    known: Known, row: Row, parameter: Parameter, said: Sequence[Row]
) -> Iterator[Sentence]:
    """What each candidate that scores differently would make of the RT and of its kawasan."""
    now = row.get(f"n{parameter.id}")
    if now is None or row.get("skor") is None:
        return
    for fact in said:
        if fact["dipakai"] or fact["nilai"] in (None, now):
            continue
        step = fact["nilai"] - now
        same = [f for f in said if f["source_id"] == fact["source_id"]]
        record = fact["source_row"] if len(same) > 1 and not known.secret(fact) else None
        yield say(
            "andai.rt" if record is None else "andai.rt_record",
            source_id=fact["source_id"],
            row=record,
            persen=fact["persen"],
            nilai=fact["nilai"],
            skor=row["skor"] + step,
            tingkat=_level(known, row["skor"] + step, row["skor_maks"] + step),
        )
        area = known.kawasan.get(row["id_kawasan"] or "")
        if area is not None:
            yield from _kawasan_otherwise(known, area, parameter, row["id_rt"], fact)


def _kawasan_otherwise(
    known: Known, area: Row, parameter: Parameter, id_rt: str, fact: Row
) -> Iterator[Sentence]:
    """What another candidate of one RT would make of its kawasan, where the sums are known."""
    name = f"n{parameter.id}"
    total = sum_of(known, area, parameter, {id_rt: fact})
    if total.share is None or area.get(name) is None or area.get("skor") is None:
        return
    score = float(known.law.scores(total.share)[0])
    step = score - area[name]
    yield say(
        "andai.kawasan",
        id_kawasan=area["id_kawasan"],
        persen=100 * total.share,
        nilai=score,
        skor=area["skor"] + step,
        tingkat=_level(known, area["skor"] + step, area["skor_maks"] + step),
    )


def _level(known: Known, low: float, high: float) -> str | None:
    """The level of a total; None where the missing values leave it open."""
    possible = known.law.level_range(low, high)
    return possible[0] if len(possible) == 1 else None


def _in_kawasan(known: Known, area: Row, parameter: Parameter) -> Iterator[Sentence]:
    """The kawasan's sums, its score on the parameter, and its level."""
    total: Sum = sum_of(known, area, parameter)
    if total.share is not None:
        yield say("kawasan.sum", n=len(total.rows), volume=total.volume, penyebut=total.penyebut,
                  persen=100 * total.share)  # fmt: skip
    share = area.get(f"p{parameter.id}")
    key = "kawasan.sum_unknown" if share is None else "kawasan.sum_score"
    yield say(key, id=area["id_kawasan"], nama=area_name(area),
              persen=None if share is None else 100 * share,
              nilai=area.get(f"n{parameter.id}"))  # fmt: skip
    yield from known.total(area)
