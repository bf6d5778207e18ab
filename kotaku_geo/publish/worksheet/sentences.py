"""A conflict in sentences that an officer without GIS understands: candidates, and evidence."""

from kotaku_geo import resources
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import Told, told
from kotaku_geo.publish.worksheet.cases import BOUNDARY, DECIDED, IDENTITY, STALE, Case, Option
from kotaku_geo.publish.worksheet.names import Names, is_record
from kotaku_geo.publish.worksheet.records import Record
from kotaku_geo.publish.worksheet.weight import weight
from kotaku_geo.publish.worksheet.words import NAME, day, number, plain, say, series

_SHIFTS = ("geser_p50_m", "geser_p95_m", "geser_balik_p50_m", "geser_balik_p95_m")


def title(case: Case, names: Names) -> str:
    """What a conflict is about: the place, and the parameter or outline."""
    if case.kind == IDENTITY:
        return say(f"judul.{case.parameter}", tempat=place(case, names), id=case.subject)
    what = names.parameter(case.parameter)
    return say("judul.nilai", tempat=names.place(case.subject), apa=what)


def place(case: Case, names: Names) -> str:
    """The place alone in words; a name that fits several as it is written, and by whom."""
    written = case.options[0].extra.get("tertulis") if case.options else None
    if written is None:
        return names.place(case.subject)
    who = names.record(case.options[0].choice)
    return say("nama.tertulis", nama=plain(written, NAME), siapa=who)


def candidates(case: Case, names: Names) -> str:
    """Cell ``kandidat``: the title, and a line for each candidate with who says it and when."""
    lines = [title(case, names)]
    lines += [f"• {told_by(o, names)}: {_said(o, case, names)}" for o in case.options]
    return plain("\n".join(lines))


def evidence(case: Case, names: Names, *, pictured: bool = False) -> str:
    """Cell ``bukti``: how the candidates came about, how far apart they are, what hangs on it.

    That an earlier decision is stale comes first. ``pictured``: the picture stands beside it.
    """
    lines = []
    said = case.decision is not None and decision_told(case, names)
    if case.decision is not None and case.status == STALE:
        lines.append(say("bukti.basi", isi=said))
        if case.decision.taken_on:
            lines.append(say("bukti.waktu_itu", isi="; ".join(taken_on(case.decision, names))))
    lines.append(weight(case))
    lines += grounds(case, names)
    lines += _incomplete(case, names)
    lines += _apart(case, names, pictured)
    lines += consequences(case, names)
    if case.common_line:
        places = series([names.place(subject) for subject in case.common_line], "nama.dan")
        lines.append(say("bukti.garis_bersama", tempat=places))
    if case.decision is not None and case.status == DECIDED:
        lines.append(say("bukti.berlaku", isi=said))
    return plain("\n".join(lines))


def consequences(case: Case, names: Names) -> list[str]:
    """What each choice makes of the levels, and how much hangs on it; nothing where not known."""
    lines = []
    for what, levels in (("rt", case.impact.rt), ("kawasan", case.impact.kawasan)):
        outcomes = set(levels.values())
        if len(outcomes) == 1 and len(levels) == len(set(_choices(case))):
            lines.append(say(f"bukti.tetap_{what}", tingkat=names.levels(*outcomes)))
        elif outcomes:
            said = [f"{_by_choice(choice, case, names)} → {names.levels(levels[choice])}"
                    for choice in _choices(case) if choice in levels]  # fmt: skip
            lines.append(say(f"bukti.dampak_{what}", tingkat="; ".join(dict.fromkeys(said))))
    impact = case.impact
    parts = []
    if impact.hectares is not None:
        parts.append(f"{number(impact.hectares, 2)} ha")
    if impact.households is not None:
        parts.append(say("bukti.kk", n=number(impact.households, 0)))
    if parts:
        lines.append(say("bukti.menyangkut", apa=", ".join(parts)))
    return lines


def _choices(case: Case) -> tuple[str, ...]:
    return case.identities if case.kind == IDENTITY else case.choices


def _by_choice(choice: str, case: Case, names: Names) -> str:
    """A choice in a clause: who is believed, or what is meant."""
    if case.kind == IDENTITY:
        return names.place(choice)
    return next(_called(o, case, names) for o in case.options if o.choice == choice)


def decision_told(case: Case, names: Names) -> str:
    """The decision on file in a clause: what was chosen, by which minutes, of which day."""
    decision = case.decision
    assert decision is not None
    told = say(
        "bukti.keputusan",
        pilihan=chosen(case, names),
        berita=plain(decision.minutes),
        tanggal=day(decision.date),
    )
    if decision.subject == case.subject:
        return told
    return say("bukti.keputusan_pindah", isi=told, tempat=names.place(decision.subject))


def chosen(case: Case, names: Names) -> str:
    """What the decision on file chooses, in words.

    A figure is told of a decision in force alone: under one that is stale the source says something
    else by now, and what it said then is told by `taken_on`.
    """
    decision = case.decision
    assert decision is not None
    if decision.source_id is not None:
        option = _in_force(case) if case.status == DECIDED else None
        who = _choice(decision, names)
        return who if option is None else f"{who}: {_said(option, case, names)}"
    return _choice(decision, names)


def decision_in_words(decision: Decision, names: Names) -> str:
    """A decision by itself in a clause: whom or what it chooses, by which minutes, of which day."""
    return say("bukti.keputusan", pilihan=_choice(decision, names),
               berita=plain(decision.minutes), tanggal=day(decision.date))  # fmt: skip


def _choice(decision: Decision, names: Names) -> str:
    if decision.source_id is not None:
        return names.record(decision.source_id)
    if decision.number is not None:
        unit = "" if decision.parameter.startswith("penyebut.") else " %"
        return amount(decision.number) + unit
    return names.place(str(decision.value))


def taken_on(decision: Decision, names: Names) -> list[str]:
    """What was on the table when it was decided: a clause for each candidate, as it is on file."""
    clauses = []
    for one in told(decision.taken_on):
        if one.source_id is None:
            clauses.append(plain(one.text))
            continue
        row = f"#{one.source_row}" if one.source_row else ""
        clauses.append(f"{names.record(one.source_id + row)}: {_worth(one, names)}")
    return clauses


def _worth(one: Told, names: Names) -> str:
    if isinstance(one.value, float):
        worth = number(one.value, 1 if one.unit == "%" else 2)
        return f"{worth} {one.unit}".strip()
    return names.place(str(one.value))


def rejected(case: Case, names: Names) -> list[str]:
    """The candidates that the decision in force has not chosen: who says what, a line each."""
    decision = case.decision
    assert decision is not None
    if case.kind == IDENTITY:
        others = [o for o in case.options if str(o.value) != decision.value]
    else:
        kept = None if decision.source_id is None else _in_force(case)
        others = [o for o in case.options if o is not kept]
    said = [f"{names.record(o.choice)}: {_said(o, case, names)}" for o in others]
    return list(dict.fromkeys(said))


def _in_force(case: Case) -> Option | None:
    """The candidate that the decision in force has made stand; None where it cannot be told.

    A record of several is known by its share: it may have another row than when it was decided.
    """
    decision = case.decision
    assert decision is not None
    source = str(decision.source_id).partition("#")[0]
    standing = [o for o in case.options if o.stands and o.source_id == source]
    named = [o for o in case.options if o.choice == decision.source_id]
    return next(iter(standing or named), None)


def told_by(option: Option, names: Names) -> str:
    """Who says it, of which day its data are, and in which of its records where there are several.

    A record has everywhere the number that is typed behind ``#``.
    """
    who = names.dated(option.source_id)
    return who + (say("nama.rekaman", baris=option.source_row) if "#" in option.choice else "")


def _called(option: Option, case: Case, names: Names) -> str:
    """A candidate in a clause: its agency, told apart where that says several things."""
    who = names.source(option.source_id)
    same = [o for o in case.options if names.source(o.source_id) == who]
    return who if len(same) == 1 else names.record(option.choice)


def _said(option: Option, case: Case, names: Names) -> str:
    if option.persen is not None:
        score = "" if option.score is None else say("kandidat.skor", skor=number(option.score, 0))
        return f"{number(option.persen, 1)} %{score}"
    if case.kind == BOUNDARY and isinstance(option.value, (int, float)):
        return f"{number(option.value, 2)} ha"
    if case.kind == IDENTITY:
        name, given = meant_by(option, names), plain(option.value)
        return name if name == given else f"{name} [{given}]"
    if not isinstance(option.value, (int, float)):
        return plain(option.value)
    return f"{amount(option.value)} {names.unit(case.parameter)}".strip()


def meant_by(option: Option, names: Names) -> str:
    """What a candidate of an identity stands for; of one outline of several how large it is."""
    drawn = [r.drawn_ha for r in option.records if r.drawn_ha is not None]
    if is_record(option.value) and drawn:
        row = str(option.value).rpartition("#")[2]
        return say("kandidat.garis", baris=row, ha=number(drawn[0], 2))
    return names.place(str(option.value))


def grounds(case: Case, names: Names) -> list[str]:
    """The evidence itself, of all that stands in ``bukti``.

    What each share was made of; how each outline differs; where each identity comes from.
    """
    lines = []
    standing = next((o for o in case.options if o.stands), None)
    unit = names.unit(case.parameter)
    for option in case.options:
        who = _called(option, case, names)
        if option.persen is not None and option.volume is not None and option.penyebut is not None:
            lines.append(
                say("bukti.volume", siapa=who, volume=amount(option.volume), satuan=unit,
                    penyebut=amount(option.penyebut), persen=number(option.persen, 1))
            )  # fmt: skip
        elif "akibat" in option.extra:
            lines.append(_amounts_to(option, case, names))
        elif "beda_ha" in option.extra:
            lines.append(_differs(who, option, standing))
        elif "cara" in option.extra:
            of_village = case.parameter == "kode_kelurahan"
            key = f"bukti.{'kelurahan' if of_village else 'cara'}.{option.extra['cara']}"
            lines.append(say(key, siapa=who, tempat=names.place(str(option.value))))
        else:
            lines += [_recorded(record, option, names) for record in option.records]
    return list(dict.fromkeys(lines))


def _amounts_to(option: Option, case: Case, names: Names) -> str:
    """What an amount makes of the parameters that are divided by it: their shares and scores."""
    said = []
    for parameter, (share, score) in sorted(option.extra["akibat"].items()):
        key = "bukti.akibat_tak_diketahui" if share is None else "bukti.akibat_nilai"
        said.append(say(key, parameter=names.parameter(parameter), persen=number(share, 1),
                        skor=number(score, 0)))  # fmt: skip
    counted = f"{amount(option.value)} {names.unit(case.parameter)}".strip()
    return say("bukti.akibat", siapa=_called(option, case, names), jumlah=counted,
               isi="; ".join(said))  # fmt: skip


def _differs(who: str, option: Option, standing: Option | None) -> str:
    """How far an outline is from the one that stands, by what has been measured."""
    measures = option.extra
    ha, persen = number(measures["beda_ha"], 2), number(measures.get("beda_persen"), 1)
    parts = [say("bukti.batas", siapa=who, ha=ha, persen=persen)]
    uncertain = measures.get("ketidakpastian_ha")
    if uncertain is not None and standing is not None:
        apart = number(abs(option.value - standing.value), 2)
        parts.append(say("bukti.luas", selisih=apart, ketidakpastian=number(uncertain, 2)))
    if measures.get("iou") is not None:
        parts.append(say("bukti.iou", iou=number(measures["iou"], 2)))
    shifts = {name: number(measures[name], 1) for name in _SHIFTS if name in measures}
    if len(shifts) == len(_SHIFTS):
        parts.append(say("bukti.geser", **shifts))
    return "; ".join(parts) + "."


def _recorded(record: Record, option: Option, names: Names) -> str:
    """What a delivered record says of the place that is in question."""
    numbers = {"luas_ha": 2, "jumlah_bangunan": 0, "jumlah_kk": 0}
    said = [
        say(
            f"rekaman.{name}", isi=number(value, numbers[name]) if name in numbers else plain(value)
        )
        for name, value in record.written.items()
    ]
    if "rw" not in record.written:
        said.append(say("rekaman.tanpa_rw"))
    if record.drawn_ha is not None:
        said.append(say("rekaman.digambar", ha=number(record.drawn_ha, 2)))
    who = names.record(f"{option.source_id}#{record.source_row}")
    return say("rekaman.menulis", siapa=who, isi=", ".join(said))


def _incomplete(case: Case, names: Names) -> list[str]:
    """The candidates whose source speaks of less than the whole RT; no part of the evidence."""
    whole: float = resources.load("sectoral")["cakupan_minimum"]
    return [
        say("bukti.kelengkapan", siapa=_called(o, case, names), persen=number(100 * o.complete, 1))
        for o in case.options
        if o.complete is not None and o.complete < whole
    ]


def amount(value: float) -> str:
    """A number with no more decimals than it needs, two at most."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(",.")


def _apart(case: Case, names: Names, pictured: bool) -> list[str]:
    standing = next((o for o in case.options if o.stands), None)
    lines = []
    if case.spread is not None and case.shares:
        limit = names.pipeline.tolerance(case.parameter)
        lines.append(say("bukti.selisih", selisih=number(case.spread, 1), batas=number(limit, 1)))
    if case.kind == BOUNDARY:
        lines += [] if pictured else [say("bukti.lihat")]
    elif any(o.extra.get("cara") == "peta" or is_record(o.value) for o in case.options):
        lines.append(say("bukti.lihat_identitas"))
    if standing is not None and case.status != DECIDED:
        lines.append(say("bukti.sementara", siapa=_called(standing, case, names)))
    return lines
