"""What ``pilihan`` and ``nilai`` of a row say, held against the candidates of its conflict.

What people type is taken where it can mean one candidate alone, and never guessed.
"""

import re
from collections.abc import Mapping, Sequence

from kotaku_geo.config import closest
from kotaku_geo.publish.worksheet import answers
from kotaku_geo.publish.worksheet.answers import AnswerError
from kotaku_geo.publish.worksheet.cases import BOUNDARY, IDENTITY, Case
from kotaku_geo.publish.worksheet.names import Names
from kotaku_geo.publish.worksheet.remarks import Fault
from kotaku_geo.publish.worksheet.returned import Cell, Row, is_blank
from kotaku_geo.publish.worksheet.sentences import amount, meant_by
from kotaku_geo.publish.worksheet.words import say

_TOKEN = re.compile(r"[^\W\d_]+|\d+|#")
Choice = tuple[str | None, str | None, list[Fault]]
Labels = Mapping[str, Sequence[str]]


def chosen(row: Row, case: Case, names: Names) -> Choice:
    """A source and no value, or a value and no source; neither where there is a fault."""
    choice, value = row.cells["pilihan"], row.cells["nilai"]
    has_choice, has_value = not is_blank(choice), not is_blank(value)
    if case.kind == IDENTITY:
        wrong = [Fault.at(row, "pilihan", say("tolak.identitas_pilihan"))] if has_choice else []
        if not has_value:
            return None, None, [*wrong, Fault.at(row, "nilai", say("tolak.kosong.nilai"))]
        meant, unknown = _among(row, "nilai", value.text, _meanings(case, names))
        return None, meant, wrong + unknown
    if case.kind == BOUNDARY and has_value:
        return None, None, [Fault.at(row, "nilai", say("tolak.batas_nilai"))]
    if has_choice and has_value:
        return None, None, [Fault.at(row, "nilai", say("tolak.keduanya"))]
    if has_choice:
        source, unknown = _among(row, "pilihan", choice.text, _sources(case, names))
        return source, None, unknown
    if not has_value:
        return None, None, [Fault.at(row, "pilihan", say("tolak.kosong.pilihan"))]
    try:
        return None, plain_number(_figure(value, case, names)), []
    except AnswerError as error:
        return None, None, [Fault.at(row, "nilai", str(error))]


def plain_number(value: float) -> str:
    """A number as ``keputusan.csv`` has it."""
    return repr(round(value, 6)).removesuffix(".0")


def _figure(cell: Cell, case: Case, names: Names) -> float:
    """The share or amount that is typed; `AnswerError` where nobody can tell what is meant."""
    if not case.shares:
        return answers.amount(cell.value, cell.percent)
    share = answers.share(cell.value, cell.percent)
    if answers.is_bare(cell.value, cell.percent) and _may_be_score(share, case, names):
        raise AnswerError(say("salah.skor", nilai=amount(share)))
    return share


def _may_be_score(share: float, case: Case, names: Names) -> bool:
    """Whether a bare number could be a score: it is one, and no candidate is anywhere near it.

    What is on file has been told from a score before.
    """
    decision = case.decision
    if decision is not None and decision.source_id is None and decision.number == share:
        return False
    scores = {score for _, score in names.law.bands}
    near = names.pipeline.tolerance(case.parameter)
    shares = [o.persen for o in case.options if o.persen is not None]
    return share in scores and all(abs(one - share) > near for one in shares)


def _sources(case: Case, names: Names) -> Labels:
    """Each candidate's entry for ``pilihan`` → what it may be called."""
    return {o.choice: (o.choice, names.source(o.source_id), names.record(o.choice))
            for o in case.options}  # fmt: skip


def _meanings(case: Case, names: Names) -> Labels:
    """Each possible identity → what it may be called."""
    labels: dict[str, tuple[str, ...]] = {}
    for option in case.options:
        value = str(option.value)
        name = meant_by(option, names)
        labels[value] = (value, name, f"{name} [{value}]", *names.spoken(value))
    return labels


def _among(row: Row, column: str, text: str, labels: Labels) -> tuple[str | None, list[Fault]]:
    """The entry that a text means, or the fault that it means none, or several."""
    if text in labels:
        return text, []
    said = _tokens(text)
    found = [entry for entry, called in labels.items() if said in map(_tokens, called)]
    if said and len(found) == 1:
        return found[0], []
    if said and found:
        told = say("tolak.rangkap", isi=text[:80], ada=", ".join(found))
        return None, [Fault.at(row, column, told)]
    by_name = {name.casefold(): entry for entry, called in labels.items() for name in called}
    near = closest(text.casefold(), list(by_name))
    hint = "" if near is None else say("tolak.maksud", isi=by_name[near])
    told = say(f"tolak.bukan_{column}", isi=text[:80], maksud=hint, ada=", ".join(labels))
    return None, [Fault.at(row, column, told)]


def _tokens(text: str) -> tuple[str, ...]:
    """Words and numbers of a text, without regard to case, blanks, marks and leading zeros."""
    found = _TOKEN.findall(text.casefold())
    return tuple(one.lstrip("0") or "0" if one.isdecimal() else one for one in found)
