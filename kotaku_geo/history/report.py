"""What `seal` and `diff` print: lines for people, JSON for machines."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kotaku_geo import resources
from kotaku_geo.history.changes import CHANGED, MOVED, Attribute, Change, Difference
from kotaku_geo.history.diff import KEYS
from kotaku_geo.history.phrases import catalogue
from kotaku_geo.history.sealing import Hindrances, Sealed
from kotaku_geo.texts import number

_CELL = re.compile(r"([pn])(\d[a-e])")
_CODED = {  # columns of codes, and the group of words that each is told in
    "tingkat_konflik": "tingkat", "tingkat_dilaporkan": "tingkat", "legalitas": "legalitas",
    "kewenangan": "kewenangan", "kelengkapan": "kelengkapan", "tingkat_pertimbangan": "standing",
    "pola_penanganan": "pola",
}  # fmt: skip
_SAME_PLACE = {"consolidate/kawasan", "consolidate/rt", "consolidate/kelurahan"}


def sealed_text(
    done: Sealed, lang: str, younger: Sequence[str] = (), others: Sequence[str] = ()
) -> str:
    """What was sealed: version, folder, minutes, content, hash.

    ``younger`` are the sources that are dated after the minutes; ``others`` the minutes that
    decisions name, where none names these.
    """
    record = done.record
    counts, changes = record["counts"], record.get("changes", {})
    held = {"ha": record["hectares"]["kawasan"]["jumlah"], **counts}
    stands = "unchanged" if done.unchanged else "weight" if changes.get("from") else "first"
    lines = [
        _say("seal.done" if done.new else "seal.again", lang, version=done.version,
             folder=done.folder),
        _say("seal.minutes", lang, **record),
        _say("seal.content", lang, **held),
        _say(f"seal.{stands}", lang, **changes),
        _say("seal.hash", lang, **record),
    ]  # fmt: skip
    if younger:
        lines.append(_say("seal.younger", lang, sources=younger))
    if others:
        lines.append(_say("seal.unnamed", lang, minutes=record["minutes"], others=others))
    return "\n".join(lines)


def sealed_json(
    done: Sealed, younger: Sequence[str] = (), others: Sequence[str] = ()
) -> dict[str, Any]:
    """The same for a machine: version, folder, whether new or unchanged, and ``segel.json``."""
    return {
        "version": done.version,
        "folder": str(done.folder),
        "new": done.new,
        "unchanged": done.unchanged,
        "younger_sources": list(younger),
        "other_minutes": list(others),
        "segel": done.record,
        "exit_code": 0,
    }


def hindered_text(found: Hindrances, lang: str) -> str:
    """What keeps the baseline from being sealed, all of it, and what to do."""
    lines = []
    for name in ("refused", "open", "stale"):
        rows = getattr(found, name)
        if rows:
            lines.append(_say(f"seal.{name}.head", lang, n=len(rows)))
            told = [{**row, "said": _candidates(row, lang)} for row in rows]
            lines += [_say(f"seal.{name}.row", lang, **row) for row in told]
    return "\n".join(lines)


def hindered_json(found: Hindrances) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "version": None,
        "refused": found.refused,
        "open_conflicts": [
            {**row, "candidates": json.loads(row["candidates"] or "[]")} for row in found.open
        ],
        "stale_decisions": [
            {**row, "candidates": json.loads(row["candidates"] or "[]")} for row in found.stale
        ],
        "exit_code": found.exit_code,
    }


def _candidates(row: Mapping[str, Any], lang: str) -> str:
    """What is on the table; where a source has several records it is told which."""
    candidates = json.loads(row.get("candidates") or "[]")
    sources = Counter(c.get("source_id") for c in candidates)
    said = []
    for candidate in candidates:
        share, value = candidate.get("persen"), candidate.get("value")
        kind = "share" if share is not None else "hectares" if _is_number(value) else "value"
        if kind == "hectares" and row.get("kind") == "nilai":
            kind = "amount"
        if sources[candidate.get("source_id")] > 1 and candidate.get("source_row") is not None:
            named = _say("seal.open.record", lang, **candidate)
            candidate = {**candidate, "source_id": named}
        said.append(_say(f"seal.open.{kind}", lang, **candidate))
    return "; ".join(said)


def checked_text(found: Mapping[str, tuple[Mapping[str, Any], list[str]]], folder: Path,
                 lang: str) -> str:  # fmt: skip
    """Of each sealed version whether it is still what was sealed."""
    if not found:
        return _say("seal.none", lang, folder=folder)
    return "\n".join(
        _say("seal.altered", lang, version=name, tables=wrong)
        if wrong
        else _say("seal.whole", lang, **record)
        for name, (record, wrong) in found.items()
    )


def diff_text(found: Difference, lang: str) -> str:
    """The difference in lines, the weight first and each thing with what it was and is."""
    if found.weight is None:
        return "\n".join([_say("diff.head", lang, **_ends(found)), _say("diff.nothing", lang)])
    return "\n".join(_diff_lines(found, lang))


def _diff_lines(found: Difference, lang: str) -> Iterator[str]:
    yield _say("diff.head", lang, **_ends(found))
    if found.reasons:
        yield _say("diff.reasons", lang, reasons=found.reasons)
    yield from _counted(found, lang)
    yield _say("diff.totals", lang)
    for total in found.totals:
        change = number(total.ha_after - total.ha_before, 2, lang)
        change = change if change.startswith("-") else f"+{change}"
        yield _say("diff.total", lang, **vars(total), ha=change.replace("-", "−"))
    for group in found.arrangements:
        yield _say("diff.arranged", lang, **group)
    for change_ in found.changes:
        yield from _change_lines(change_, lang)
    for row in found.sources:
        yield _say("diff.source", lang, **row)
    for row in found.decisions:
        yield _say("diff.decision_moved" if row["was"] else "diff.decision", lang, **row)
    others = [name for name in found.tables if name not in _SAME_PLACE]
    if others:
        yield _say("diff.tables", lang, tables=others)
    for table, columns in found.columns.items():
        yield _say("diff.columns", lang, table=table, columns=list(columns))


def _counted(found: Difference, lang: str) -> Iterator[str]:
    for kind in KEYS:
        changes = found.of(kind)
        both = (CHANGED, MOVED)
        shapes = [c for c in changes if c.what in both and c.shape and c.shape.changed]
        levels = [c for c in changes if any(a.column == "tingkat" for a in c.attributes)]
        yield _say(
            "diff.count", lang, kind=kind, added=len(found.of(kind, "ditambah")),
            removed=len(found.of(kind, "dihapus")), changed=len(found.of(kind, CHANGED)),
            shape=len(shapes), level=len(levels),
        )  # fmt: skip
        moved = len(found.of(kind, MOVED))
        if moved:
            yield _say("diff.moved_count", lang, kind=kind, n=moved)


def _change_lines(change: Change, lang: str) -> Iterator[str]:
    if change.what not in (CHANGED, MOVED):
        key = "diff.place" if change.kind == "kelurahan" else "diff.whole"
        yield _say(key, lang, **vars(change))
    else:
        yield _say("diff.moved" if change.what == MOVED else "diff.changed", lang, **vars(change))
        yield from (_attribute(a, lang) for a in change.attributes)
    if change.shape is not None:
        key = "diff.shape" if change.shape.changed else "diff.redrawn"
        yield _say(key, lang, **vars(change.shape))
    if change.sources:
        yield _say("diff.by", lang, sources=change.sources)
    if change.decisions:
        yield _say("diff.by_decision", lang, decisions=change.decisions)


def _attribute(changed: Attribute, lang: str) -> str:
    """One column: from what, to what, and whose value it was and is."""
    line = _said(changed, lang)
    why = changed.cause
    if why is None:
        return line
    key = "diff.cause" if why.source_before != why.source_after else "diff.same_source"
    if why.decision_id is None and why.decision_lost is not None:
        return line + _say("diff.lost", lang, **vars(why))
    return line + _say("diff.decided" if why.decision_id else key, lang, **vars(why))


def attribute_text(changed: Attribute, lang: str = "id") -> str:
    """What one column was and is, without whose it is."""
    return _said(changed, lang).strip()


def _said(changed: Attribute, lang: str) -> str:
    before, after = changed.before, changed.after
    match = _CELL.fullmatch(changed.column)
    if match is not None and match[1] == "p":
        shares = {"before": _times(before, 100), "after": _times(after, 100)}
        return _say("diff.share", lang, parameter=match[2], **shares)
    if match is not None:
        return _say("diff.score", lang, parameter=match[2], before=before, after=after)
    told = {"column": _title(changed.column, lang), "before": before, "after": after}
    if changed.column == "tingkat":
        return _say("diff.level", lang, **told)
    if all(value is None or _is_number(value) for value in (before, after)):
        return _say("diff.number", lang, **told)
    words = {side: _words(changed.column, told[side], lang) for side in ("before", "after")}
    return _say("diff.word", lang, **{**told, **words})


def _title(column: str, lang: str) -> str:
    """What people call a column; its own name where they have none for it."""
    titles = resources.load("publish/tables")["columns"]
    return str(titles[column][lang]) if column in titles else column


def _words(column: str, value: Any, lang: str) -> Any:
    """A cell as people read it: its code in words; of several, which it may be or which it has."""
    if not isinstance(value, str):
        return value
    known = resources.load("publish/texts").get(_CODED.get(column, ""), {})
    said = [str(known[part][lang]) if part in known else part for part in value.split(";")]
    either = _say("diff.or", lang)
    return f" {either} ".join(said) if column == "tingkat_konflik" else ", ".join(said)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ends(found: Difference) -> dict[str, Any]:
    return {"before": found.before, "after": found.after, "weight": found.weight}


def _say(key: str, lang: str, **params: Any) -> str:
    plain = {k: list(v) if isinstance(v, Sequence) and not isinstance(v, str) else v
             for k, v in params.items()}  # fmt: skip
    return catalogue("history").text(key, plain, lang)
