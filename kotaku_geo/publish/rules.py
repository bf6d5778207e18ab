"""What the finding register says of a rule, for people: heading, act, and sentence in general."""

import re

import pandas as pd

from kotaku_geo import findings as register
from kotaku_geo.publish.words import text
from kotaku_geo.texts import counting

_OVER = ("conflict.value", "conflict.boundary", "parameter.band-limit")


def title(rule: str, lang: str = "id") -> str:
    """A rule's short heading; its sentence without particulars where it has none."""
    known = register.rules().get(rule, {})
    return known.get(f"title_{lang}") or plain(rule, lang)


def plain(rule: str, lang: str = "id") -> str:
    """A rule's sentence with an ellipsis in place of its particulars; its id where unknown."""
    known = register.rules().get(rule)
    return re.sub(r"\"?\{\w+\}\"?", "…", counting(known[lang], {})) if known else rule


def act(rule: str, lang: str = "id") -> str:
    """What to do about a rule's findings; nothing where the rule is unknown."""
    return register.rules().get(rule, {}).get(f"act_{lang}", "")


def withheld(rule: str, lang: str = "id") -> str:
    """What is said of a finding whose particulars may not be seen."""
    return f"{plain(rule, lang)} ({text('temuan.tersembunyi', lang)})"


def told(rule: str, message: str, lang: str) -> str:
    """A finding's message, Indonesian as the register keeps it, in a language."""
    if message == withheld(rule):
        return withheld(rule, lang)
    return register.translated(rule, message, lang)


def conflict_of(findings: pd.DataFrame, conflicts: pd.DataFrame) -> pd.Series:
    """The conflict_id that each finding tells of; null for other findings.

    Args:
        findings: with their messages whole.
        conflicts: ``consolidate/conflicts``.
    """
    known: dict[tuple[str, str], str] = {}
    keys = zip(conflicts["subject"], conflicts["kind"], conflicts["parameter"], strict=True)
    for (subject, kind, parameter), name in zip(keys, conflicts["conflict_id"], strict=True):
        known.setdefault((subject, kind if kind == "identitas" else parameter), name)
    told_of = zip(findings["rule"], findings["subject"], findings["message"], strict=True)
    found = [known.get((subject, _topic(rule, message))) for rule, subject, message in told_of]
    return pd.Series(found, findings.index, dtype="str")


def _topic(rule: str, message: str) -> str:
    """What a finding's conflict is over: a parameter, ``batas.…``, or ``identitas``."""
    if rule == "conflict.identity":
        return "identitas"
    said = (register.parameters(rule, message) or {}) if rule in _OVER else {}
    if rule == "conflict.boundary":
        return f"batas.{said.get('objek', '').partition(' ')[0]}"
    return said.get("parameter", "")
