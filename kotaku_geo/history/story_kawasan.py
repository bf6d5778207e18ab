"""Stories of a kawasan: as a whole, of one parameter, of one denominator, of its outline."""

from collections.abc import Iterator

from kotaku_geo.history import story_identity
from kotaku_geo.history.choices import DENOMINATOR
from kotaku_geo.history.known import Known, Row, area_name, named
from kotaku_geo.history.phrases import Sentence
from kotaku_geo.history.story import Story, paragraphs, say
from kotaku_geo.history.story_outline import of_outline
from kotaku_geo.history.sums import Sum, sum_of
from kotaku_geo.regulation import Parameter

SHOWN = 12  # RT that a list of missing ones names


def whole(known: Known, row: Row) -> Story:
    """A kawasan: who drew it, its RT, its total and level, what is missing or in dispute."""
    return Story(
        row["id_kawasan"],
        "kawasan",
        None,
        paragraphs(
            ("apa", [_head(row)]),
            ("batas", of_outline(known, row["id_kawasan"], "kawasan", row.get("source_id"))),
            ("jumlah", _total(known, row)),
            ("anggota", _members(known, row)),
            ("kurang", _missing(known, row)),
            ("konflik", _disputes(known, row)),
            ("lain", [_considered(row)]),
        ),
    )


def kept_back(row: Row) -> Story:
    """A kawasan of so few households that its figures are told to nobody: its level alone."""
    told = say("kawasan.kept", id=row["id_kawasan"], nama=area_name(row),
               tingkat=row.get("tingkat"))  # fmt: skip
    return Story(row["id_kawasan"], "kawasan", None, paragraphs(("apa", [told])))


def of_parameter(known: Known, row: Row, parameter: Parameter) -> Story:
    """One parameter of a kawasan: what each RT gives, the sums, the score, the total."""
    total = sum_of(known, row, parameter)
    return Story(
        row["id_kawasan"],
        "kawasan",
        parameter.id,
        paragraphs(
            ("apa", [_stands(row, parameter)]),
            ("anggota", _shares(known, total, parameter)),
            ("hitungan", _arithmetic(known, row, parameter, total)),
            ("jumlah", known.total(row)),
            ("konflik", _disputes(known, row, parameter.id)),
        ),
    )


def of_denominator(known: Known, row: Row, name: str) -> Story:
    """One denominator of a kawasan: what each RT adds to it."""
    parameter = f"{DENOMINATOR}{name}"
    parts: list[Sentence] = []
    counts: list[float | None] = []
    for rt in known.members.get(row["id_kawasan"], []):
        used = known.used(rt["id_rt"], parameter)
        about = {"rt": known.rt_name(rt), "id": rt["id_rt"]}
        counts.append(None if used is None else used["volume"])
        if rt["id_rt"] in known.unseen.rt or known.secret(used):
            parts.append(say("kawasan.rt_kept", **about, tingkat=rt.get("tingkat")))
        elif used is None or used["volume"] is None:
            parts.append(say("kawasan.rt_unknown", **about))
        else:
            parts.append(say("kawasan.rt_value", **about, volume=used["volume"], unit=name,
                             source_id=used["source_id"]))  # fmt: skip
    value = row.get(name)
    if name not in row:
        known_counts = [count for count in counts if count is not None]
        value = sum(known_counts) if counts and len(known_counts) == len(counts) else None
    head = say("kawasan.denominator", denominator=name, id=row["id_kawasan"],
               nama=area_name(row), value=value)  # fmt: skip
    told = paragraphs(("apa", [head]), ("anggota", parts))
    return Story(row["id_kawasan"], "kawasan", parameter, told)


def of_boundary(known: Known, row: Row) -> Story:
    """The outline of a kawasan alone."""
    return Story(
        row["id_kawasan"],
        "kawasan",
        "batas.kawasan",
        paragraphs(
            ("apa", [_head(row)]),
            ("batas", of_outline(known, row["id_kawasan"], "kawasan", row.get("source_id"))),
        ),
    )


def _head(row: Row) -> Sentence:
    counts = {c: row.get(c) for c in ("luas_ha", "jumlah_kk", "jumlah_penduduk")}
    where = row.get("nama_kelurahan") or row.get("kode_kelurahan") or ""
    return say("kawasan.head", id=row["id_kawasan"], nama=area_name(row),
               kelurahan=where.split(";"),
               n=row.get("jumlah_rt"), **counts)  # fmt: skip


def _total(known: Known, row: Row) -> Iterator[Sentence]:
    yield from known.total(row)
    scores = [
        say("kawasan.score", parameter=p, nilai=row[f"n{p}"])
        for p in known.parameters
        if row.get(f"n{p}")
    ]
    if scores:
        yield say("kawasan.scores", scores=scores)
    reported = row.get("skor_dilaporkan"), row.get("tingkat_dilaporkan")
    if row.get("kelengkapan") != "tanpa_data" and reported != (None, None):
        yield say("kawasan.reported", source_id=row.get("source_id"), skor=reported[0],
                  tingkat=reported[1])  # fmt: skip


def _members(known: Known, row: Row) -> Iterator[Sentence]:
    members = known.members.get(row["id_kawasan"], [])
    if not members:
        yield say("kawasan.no_rt")
    for rt in members:
        told = {c: rt.get(c) for c in ("luas_ha", "skor", "skor_maks", "tingkat")}
        told |= {"rt": known.rt_name(rt), "id": rt["id_rt"]}
        if rt["id_rt"] in known.unseen.rt:
            yield say("kawasan.rt_kept", **told)
        elif rt.get("tingkat_konflik"):
            key = "rt_levels" if told["skor"] == told["skor_maks"] else "rt_range"
            yield say(f"kawasan.{key}", **told, levels=rt["tingkat_konflik"].split(";"))
        else:
            yield say("kawasan.rt", **told)


def _missing(known: Known, row: Row) -> Iterator[Sentence]:
    """Parameters that some RT have no data of, and which RT."""
    every = known.members.get(row["id_kawasan"], [])
    members = [rt for rt in every if rt["id_rt"] not in known.unseen.rt]
    if members and all(rt.get("skor") is None for rt in members):
        yield say("kawasan.missing_all", n=len(members))
        return
    complete = bool(members) and len(members) == len(every)
    for parameter in known.law.parameters:
        without = [rt["id_rt"] for rt in members if rt.get(f"n{parameter.id}") is None]
        if without:
            complete = False
            shown = without[:SHOWN] + ["…"] * (len(without) > SHOWN)
            yield say("kawasan.missing", parameter=parameter.id, name=named(parameter),
                      n=len(without), rt=shown)  # fmt: skip
    if complete:
        yield say("kawasan.complete")


def _disputes(known: Known, row: Row, parameter: str | None = None) -> Iterator[Sentence]:
    """Conflicts of the kawasan and its RT that are not decided: the material ones each, the others
    by their number; and the decisions that made an RT what it is."""
    members = known.members.get(row["id_kawasan"], [])
    minor = []
    for subject in sorted({row["id_kawasan"], *(rt["id_rt"] for rt in members)}):
        for conflict in known.disputed.get(subject, []):
            about = conflict["parameter"]
            if parameter not in (None, about):
                continue
            if conflict["material"]:
                lapsed = known.lapsed(conflict)
                key = "kawasan.conflict_lapsed" if lapsed else "kawasan.conflict"
                yield say(key, conflict_id=conflict["conflict_id"], parameter=about,
                          subject=subject, minutes=lapsed)  # fmt: skip
            else:
                minor.append(conflict["conflict_id"])
    if minor:
        shown = minor[:SHOWN] + ["…"] * (len(minor) > SHOWN)
        yield say("kawasan.conflict_minor", n=len(minor), ids=shown)
    for rt in members if parameter is None else ():
        if rt["id_rt"] not in known.unseen.rt:
            yield from story_identity.decided(known, rt["id_rt"])


def _considered(row: Row) -> Sentence:
    return say(
        "kawasan.considered",
        total=row.get("pertimbangan_lain"),
        standing=row.get("tingkat_pertimbangan"),
        legalitas=row.get("legalitas"),
        klasifikasi=row.get("klasifikasi"),
        prioritas=row.get("prioritas"),
        kewenangan=row.get("kewenangan"),
    )


def _stands(row: Row, parameter: Parameter) -> Sentence:
    share, score = row.get(f"p{parameter.id}"), row.get(f"n{parameter.id}")
    about = {"parameter": parameter.id, "name": named(parameter), "id": row["id_kawasan"],
             "nama": area_name(row), "nilai": score}  # fmt: skip
    if score is None:
        return say("kawasan.parameter_unknown", **about)
    if share is None:
        return say("kawasan.parameter_score", **about)
    return say("kawasan.parameter", **about, persen=100 * share)


def _shares(known: Known, total: Sum, parameter: Parameter) -> Iterator[Sentence]:
    for rt, fact in total.rows:
        yield _share(known, rt, fact, parameter)
        if rt["id_rt"] not in known.unseen.rt:
            yield from known.covered(fact)


def _share(known: Known, rt: Row, fact: Row | None, parameter: Parameter) -> Sentence:
    about = {"rt": known.rt_name(rt), "id": rt["id_rt"]}
    if rt["id_rt"] in known.unseen.rt or known.secret(fact):
        return say("kawasan.rt_kept", **about, tingkat=rt.get("tingkat"))
    if fact is None or fact["persen"] is None:
        return say("kawasan.rt_unknown", **about)
    kind = "rt_share" if fact["volume"] is None or fact["penyebut"] is None else "rt_volume"
    told = {c: fact[c] for c in ("volume", "penyebut", "persen", "source_id", "rule")}
    return say(f"kawasan.{kind}", **about, **told, unit=parameter.denominator)


def _arithmetic(known: Known, row: Row, parameter: Parameter, total: Sum) -> Iterator[Sentence]:
    share, score = row.get(f"p{parameter.id}"), row.get(f"n{parameter.id}")
    if total.share is not None:
        yield say("kawasan.sum", n=len(total.rows), volume=total.volume, penyebut=total.penyebut,
                  persen=100 * total.share)  # fmt: skip
    if any(rt["id_rt"] in known.unseen.rt or known.secret(fact) for rt, fact in total.rows):
        yield say("kawasan.sum_kept")
    elif total.missing and row.get("kelengkapan") != "tanpa_data":
        key = "kawasan.no_end" if score is None else "kawasan.both_ends"
        yield say(key, n=len(total.missing))
    if share is not None:
        yield from known.band(share)
