"""What the finding register says of a rule, for people: heading, act, and sentence in general."""

import re

from kotaku_geo import findings as register


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
