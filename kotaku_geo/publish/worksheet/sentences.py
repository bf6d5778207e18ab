"""A conflict in sentences that an officer without GIS understands: candidates, and evidence."""

from kotaku_geo.publish.worksheet.cases import BOUNDARY, DECIDED, IDENTITY, STALE, Case, Option
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.words import day, number, plain, say


def title(case: Case, names: Names) -> str:
    """What a conflict is about: the place, and the parameter or outline."""
    if case.kind == IDENTITY:
        return say(f"judul.{case.parameter}", tempat=_place(case, names), id=case.subject)
    what = names.parameter(case.parameter)
    return say("judul.nilai", tempat=names.place(case.subject), apa=what)


def _place(case: Case, names: Names) -> str:
    """The place in words; a name that fits several as it is written."""
    written = case.options[0].extra.get("tertulis") if case.options else None
    return (
        names.place(case.subject) if written is None else say("nama.tertulis", nama=plain(written))
    )


def candidates(case: Case, names: Names) -> str:
    """Cell ``kandidat``: the title, and a line for each candidate with who says it and when."""
    lines = [title(case, names)]
    lines += [f"• {_who(o, names)}: {_said(o, case, names)}" for o in case.options]
    return plain("\n".join(lines))


def evidence(case: Case, names: Names) -> str:
    """Cell ``bukti``: how the candidates came about, how far apart they are, what hangs on it."""
    lines = [say("bukti.material" if case.material else "bukti.tidak_material")]
    lines += grounds(case, names)
    lines += _apart(case, names)
    lines += consequences(case, names)
    if case.decision is not None and case.status in (STALE, DECIDED):
        told = decision_told(case, names)
        lines.append(say("bukti.basi" if case.status == STALE else "bukti.berlaku", isi=told))
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
    return say(
        "bukti.keputusan",
        pilihan=chosen(case, names),
        berita=plain(decision.minutes),
        tanggal=day(decision.date),
    )


def chosen(case: Case, names: Names) -> str:
    """What the decision on file chooses, in words."""
    decision = case.decision
    assert decision is not None
    if decision.source_id is not None:
        source, _, row = decision.source_id.partition("#")
        who = names.source(source) + (say("nama.rekaman", baris=row) if row else "")
        for option in case.options:
            if option.choice == decision.source_id and case.kind != IDENTITY:
                return f"{who}: {_said(option, case, names)}"
        return who
    if decision.number is not None:
        unit = " %" if case.shares else ""
        return amount(decision.number) + unit
    return names.place(str(decision.value))


def _who(option: Option, names: Names) -> str:
    who = names.dated(option.source_id)
    return who + (say("nama.rekaman", baris=option.source_row) if "#" in option.choice else "")


def _called(option: Option, case: Case, names: Names) -> str:
    """A candidate in a clause: its agency, told apart where that says several things."""
    who = names.source(option.source_id)
    same = [o for o in case.options if names.source(o.source_id) == who]
    return who if len(same) == 1 else f"{who} ({option.choice})"


def _said(option: Option, case: Case, names: Names) -> str:
    if option.persen is not None:
        score = "" if option.score is None else say("kandidat.nilai", nilai=number(option.score, 0))
        return f"{number(option.persen, 1)} %{score}"
    if case.kind == BOUNDARY and isinstance(option.value, (int, float)):
        return f"{number(option.value, 2)} ha"
    if case.kind == IDENTITY:
        name, given = names.place(str(option.value)), plain(option.value)
        return name if name == given else f"{name} [{given}]"
    return (
        number(option.value, 2) if isinstance(option.value, (int, float)) else plain(option.value)
    )


def grounds(case: Case, names: Names) -> list[str]:
    """The evidence itself, of all that stands in ``bukti``.

    What each share was made of; how each outline differs; where each identity comes from.
    """
    lines = []
    unit = names.unit(case.parameter)
    for option in case.options:
        who = _called(option, case, names)
        if option.persen is not None and option.volume is not None and option.penyebut is not None:
            lines.append(
                say("bukti.volume", siapa=who, volume=amount(option.volume), satuan=unit,
                    penyebut=amount(option.penyebut), persen=number(option.persen, 1))
            )  # fmt: skip
        elif "beda_ha" in option.extra:
            iou = option.extra.get("iou")
            lines.append(
                say("bukti.batas", siapa=who, ha=number(option.extra["beda_ha"], 2),
                    persen=number(option.extra.get("beda_persen"), 1))
                + ("" if iou is None else say("bukti.iou", iou=number(iou, 2)))
            )  # fmt: skip
        elif "cara" in option.extra:
            of_village = case.parameter == "kode_kelurahan"
            key = f"bukti.{'kelurahan' if of_village else 'cara'}.{option.extra['cara']}"
            lines.append(say(key, siapa=who, tempat=names.place(str(option.value))))
    return list(dict.fromkeys(lines))


def amount(value: float) -> str:
    """A number with no more decimals than it needs, two at most."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(",.")


def _apart(case: Case, names: Names) -> list[str]:
    standing = next((o for o in case.options if o.stands), None)
    lines = []
    if case.spread is not None and case.shares:
        limit = names.pipeline.tolerance(case.parameter)
        lines.append(say("bukti.selisih", selisih=number(case.spread, 1), batas=number(limit, 1)))
    if case.kind == BOUNDARY:
        lines.append(say("bukti.lihat"))
    elif any(option.extra.get("cara") == "peta" for option in case.options):
        lines.append(say("bukti.lihat_identitas"))
    if standing is not None and case.status != DECIDED:
        lines.append(say("bukti.sementara", siapa=_called(standing, case, names)))
    return lines
