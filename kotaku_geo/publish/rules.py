"""What the finding register says of a rule, for people: heading, act, and sentence in general."""

import re

from kotaku_geo import findings as register
from kotaku_geo.publish.words import text


def title(rule: str, lang: str = "id") -> str:
    """A rule's short heading; its sentence without particulars where it has none."""
    known = register.rules().get(rule, {})
    return known.get(f"title_{lang}") or plain(rule, lang)


def plain(rule: str, lang: str = "id") -> str:
    """A rule's sentence with an ellipsis in place of its particulars; its id where unknown."""
    known = register.rules().get(rule)
    return re.sub(r"\"?\{\w+\}\"?", "…", known[lang]) if known else rule


def act(rule: str, lang: str = "id") -> str:
    """What to do about a rule's findings; nothing where the rule is unknown."""
    return register.rules().get(rule, {}).get(f"act_{lang}", "")


def withheld(rule: str, lang: str = "id") -> str:
    """What is said of a finding whose particulars may not be seen."""
    return f"{plain(rule, lang)} ({text('temuan.tersembunyi', lang)})"


def told(rule: str, message: str, lang: str) -> str:
    """A finding's message, Indonesian as the register keeps it, in a language."""
    hidden = message == withheld(rule)
    return withheld(rule, lang) if hidden else register.translated(rule, message, lang)
