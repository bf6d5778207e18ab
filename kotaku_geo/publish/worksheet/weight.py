"""What a choice changes, in the sentence that heads the evidence of a conflict."""

from kotaku_geo.publish.worksheet.cases import BOUNDARY, IDENTITY, STALE, VALUE, Case
from kotaku_geo.publish.worksheet.words import number, say, series


def weight(case: Case) -> str:
    """Whether a choice matters, and for what: a level of its own it may leave as it is."""
    if case.kind == VALUE and case.status == STALE and case.material and not _differ(case):
        return say("bobot.basi")
    key = "material" if case.material else "tidak_material"
    if case.kind == IDENTITY:
        return say(f"bobot.{key}.{case.parameter if case.material else IDENTITY}")
    if case.kind == BOUNDARY:
        return say(f"bobot.{key}.batas")
    if not case.shares:
        return say(f"bobot.{key}.jumlah")
    return say(f"bobot.{key}.nilai", skor=_scores(case))


def _differ(case: Case) -> bool:
    """Whether the candidates differ from each other, and not from the old decision alone."""
    return len({o.score if case.shares else o.value for o in case.options}) > 1


def _scores(case: Case) -> str:
    """The distinct scores of the candidates, lowest first; empty where they are not known."""
    known = sorted({o.score for o in case.options if o.score is not None})
    told = [number(score, 0) for score in known]
    if not told or len({o.score for o in case.options}) > len(known):
        return ""
    return say("bobot.skor", skor=series(told, "nama.atau"))
