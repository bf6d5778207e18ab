"""RT and RW in the spellings of the field: ``RT001-RW007``, ``RT 04 RW 02``, ``001/002``, ``7``,
``RT06A-RW002``, ``RW IV``, ``RT 01 s/d 05``, dates that a spreadsheet made of ``5/3``, and cells
that name several RTs.
"""

import re
import unicodedata
from typing import Any

from kotaku_geo.ingest.dates import as_date
from kotaku_geo.late import record, regex

_TOKEN = regex(
    r"(?P<label>R\.?\s?[TW](?![A-Z]{2})\.?)"
    r"|(?P<range>\bS\s?[./]\s?D\b\.?|\bSD\b|\bS\.\s?D\.|\bSAMPAI(?:\s+DENGAN)?\b|\bHINGGA\b)"
    r"|(?P<number>\d{1,3})(?!\d)"
    r"(?:(?P<suffix>[A-Z])(?:(?=R\.?\s?[TW])|(?![A-Z.]|/D))|\s(?P<apart>[A-H])(?![A-Z.]))?"
    r"|(?P<roman>[IVX]{1,7})(?![A-Z])"
    r"|(?P<slash>[/\\])|(?P<dash>-)|(?P<list>[,;&+\n]|\bDAN\b)|(?P<colon>:)|(?P<space>[\s.]+)",
)
_ROMAN = regex(r"^(X{0,3})(IX|IV|V?I{0,3})$")
_DOTTED = regex(r"^(\d{1,3})\.(\d{0,2}[1-9]\d?)$")  # a number's fraction has lost its zeros
_HEADED = regex(r"^R\.?T\.?\s*/\s*R\.?W\.?\s*:?\s*(?=\d)", re.IGNORECASE)  # "RT/RW 03/04"
_KINDS = ("label", "range", "number", "roman", "slash", "dash", "list", "colon", "space")
MAX_RANGE = 60
_NONE = "000"


@record
class Reading:
    """What a cell was understood to say.

    ``rt`` and ``rw`` are canonical ('007', '006A') or None; several RTs are ``;``-joined.
    ``rule`` names the finding that the reading raises, if any.
    """

    rt: str | None = None
    rw: str | None = None
    rule: str | None = None


UNREADABLE = Reading(rule="rt.unreadable")


def canonical(number: str, suffix: str = "") -> str:
    """'7' → '007', ('6', 'a') → '006A'."""
    return f"{int(number):03d}{suffix.upper()}"


@record
class _Token:
    kind: str
    text: str


def read_pair(cell: Any, largest_rw: int | None = None, month_first: bool = False) -> Reading:
    """A cell of a column of both: RT and RW, RT first unless it says otherwise.

    Args:
        cell: as delivered.
        largest_rw: the largest RW that other cells of the column name. A date on the first of a
            month may have been ``5/3`` or, month and year, ``3/24``: it is read as a day only
            where no RW can be as large as its year.
        month_first: other cells show that the spreadsheet reads the month first: which number of
            a date was the RT cannot be told.
    """
    date = as_date(cell)
    if date is not None:
        first_of_month = date.day == 1 and (largest_rw is None or date.year % 100 <= largest_rw)
        if first_of_month or month_first:
            return UNREADABLE
        return Reading(f"{date.day:03d}", f"{date.month:03d}", "rt.date")
    dotted = _DOTTED.match(cell.strip()) if isinstance(cell, str) else None
    text = "/".join(dotted.groups()) if dotted else _HEADED.sub("", _text(cell))
    tokens = _tokens(text)
    if tokens is None:
        return UNREADABLE
    pair = _plain_pair(tokens)
    if pair:
        return pair
    found = _listed(tokens)
    if found is None or len({rw for _, rw in found}) > 1:
        return UNREADABLE
    return _reading(found)


def read_rt(cell: Any) -> Reading:
    """A cell of a column that holds RTs alone; ``23/24`` are two of them."""
    if as_date(cell) is not None:
        return UNREADABLE
    text = _text(cell)
    if _HEADED.match(text):
        return read_pair(text)
    tokens = _tokens(text)
    if tokens is None:
        return UNREADABLE
    if not any(t.kind == "rw" for t in tokens):
        tokens = [_Token("list", t.text) if t.kind == "slash" else t for t in tokens]
    found = _listed(tokens)
    if found is None or len({rw for _, rw in found}) > 1:
        return UNREADABLE
    return _reading(found)


def read_rw(cell: Any) -> Reading:
    """A cell of a column that holds RWs alone."""
    if as_date(cell) is not None:
        return UNREADABLE
    tokens = _tokens(_text(cell), roman=True)
    kinds = [t.kind for t in _without_marks_before_labels(tokens or [])]
    if tokens and kinds in (["number"], ["rw", "number"]):
        return Reading(None, None if tokens[-1].text == _NONE else tokens[-1].text)
    return UNREADABLE


def read_list(cell: Any) -> str | None:
    """A list of RTs as sorted ``RW002-RT001;…``; None where a part cannot be read.

    An RW that is named before RTs holds for those after it (``RW 02: RT 01, 03``), one that is
    named behind them for those before it (``RT 1, 2, 3 RW 04``).
    """
    tokens = _tokens(_HEADED.sub("", _text(cell)))
    found = _listed(tokens, pairs=True) if tokens else None
    if found and any(rt.startswith(_NONE) for rt, _ in found):
        return None
    return ";".join(sorted({f"RW{rw or _NONE}-RT{rt}" for rt, rw in found})) if found else None


def _tokens(text: str, roman: bool = False) -> list[_Token] | None:
    """The cell in tokens; None where it holds anything else. Roman numbers need a label."""
    upper = text.upper()
    tokens: list[_Token] = []
    position = 0
    while position < len(upper):
        match = _TOKEN.match(upper, position)
        if not match or match.end() == position:
            return None
        position = match.end()
        kind = next(k for k in _KINDS if match.group(k) is not None)
        if kind == "label":
            tokens.append(_Token("rt" if "T" in match.group(kind) else "rw", ""))
        elif kind == "number":
            tokens.append(
                _Token(
                    "number", canonical(match["number"], match["suffix"] or match["apart"] or "")
                )
            )
        elif kind == "roman":
            number = _from_roman(match[kind])
            labelled = (roman and text.isupper()) or (tokens and tokens[-1].kind in ("rt", "rw"))
            if not number or not labelled:
                return None
            tokens.append(_Token("number", canonical(str(number))))
        elif kind != "space":
            tokens.append(_Token(kind, match[kind]))
    return tokens


def _from_roman(text: str) -> int:
    match = _ROMAN.match(text)
    if not match:
        return 0
    units = {
        "": 0,
        "I": 1,
        "II": 2,
        "III": 3,
        "IV": 4,
        "V": 5,
        "VI": 6,
        "VII": 7,
        "VIII": 8,
        "IX": 9,
    }
    return 10 * len(match.group(1)) + units[match.group(2)]


def _plain_pair(tokens: list[_Token]) -> Reading | None:
    """``001/002``, ``12-3``, ``RT 03/04``, ``RT/RW 03/04``: two numbers that only a mark parts."""
    kinds = [t.kind for t in tokens]
    labels = kinds[:-3]
    if kinds[-3:] not in (["number", "slash", "number"], ["number", "dash", "number"]):
        return None
    if labels == ["rt"] and kinds[-2] == "dash":
        return UNREADABLE  # "RT 1-5": from one to the other, or RT and RW?
    if [k for k in labels if k not in ("slash", "dash", "colon")] not in ([], ["rt"], ["rt", "rw"]):
        return None
    return _reading([(tokens[-3].text, tokens[-1].text)])


def _reading(found: list[tuple[str, str | None]]) -> Reading:
    rts = sorted({rt for rt, _ in found})
    rw = found[0][1]
    if not rts or any(rt.startswith(_NONE) for rt in rts):
        return UNREADABLE
    return Reading(";".join(rts), None if rw == _NONE else rw, "rt.two" if len(rts) > 1 else None)


def _listed(tokens: list[_Token], pairs: bool = False) -> list[tuple[str, str | None]] | None:
    """(RT, RW) of every RT that the tokens name; None where they do not make sense.

    Args:
        tokens: of one cell.
        pairs: two numbers with a slash or dash between them are RT and RW.
    """
    items = _items(_without_marks_before_labels(tokens), pairs)
    if items is None:
        return None
    found: list[tuple[str, str | None]] = []
    waiting: list[str] = []  # RTs whose RW is still to come
    rw, used = None, True
    for rts, number in items:
        if not rts and waiting:
            found += [(rt, number) for rt in waiting]
            waiting = []
        elif not rts:
            if not used:
                return None
            rw, used = number, False
        elif number or rw:
            found += [(rt, number or rw) for rt in rts]
            used = True
        else:
            waiting += rts
    found += [(rt, None) for rt in waiting]
    return found if found and used else None


def _items(tokens: list[_Token], pairs: bool) -> list[tuple[list[str], str | None]] | None:
    """RTs with the RW of their pair, and (no RT, RW) for an RW that is named by itself."""
    items: list[tuple[list[str], str | None]] = []
    index, may_follow = 0, True
    while index < len(tokens):
        kind = tokens[index].kind
        after = tokens[index + 1] if index + 1 < len(tokens) else _Token("", "")
        if kind in ("rt", "rw") and after.kind != "number":
            return None
        if kind == "rw":
            items.append(([], after.text))
            index, may_follow = index + 2, False
        elif kind == "number":
            span = _span(tokens, index, pairs) if may_follow else None
            if span is None:
                return None
            items.append(span[:2])
            index, may_follow = index + span[2], False
        elif kind in ("rt", "list", "colon"):
            index, may_follow = index + 1, True
        else:
            return None
    return items


def _without_marks_before_labels(tokens: list[_Token]) -> list[_Token]:
    """``RT 1 / RW 2``: a mark before a label, or a colon behind one, says nothing."""
    kept: list[_Token] = []
    for i, token in enumerate(tokens):
        before_label = i + 1 < len(tokens) and tokens[i + 1].kind in ("rt", "rw")
        behind_label = i > 0 and tokens[i - 1].kind in ("rt", "rw")
        if token.kind in ("slash", "dash", "list", "colon") and (before_label and i > 0):
            continue
        if token.kind in ("dash", "colon") and behind_label:
            continue
        kept.append(token)
    return kept


def _span(
    tokens: list[_Token], index: int, pairs: bool
) -> tuple[list[str], str | None, int] | None:
    """The RTs that begin at a number, the RW of a pair, and how many tokens they take."""
    first = tokens[index].text
    shape = [t.kind for t in tokens[index + 1 : index + 4]]
    if shape[:2] == ["range", "rt"]:
        shape = ["range", *shape[2:]]
        skip = 1
    else:
        skip = 0
    if shape[:2] == ["range", "number"]:
        rts = _between(first, tokens[index + 2 + skip].text)
        return None if rts is None else (rts, None, 3 + skip)
    if shape[:2] in (["slash", "number"], ["dash", "number"]):
        from_to = shape[0] == "dash" and index > 0 and tokens[index - 1].kind == "rt"
        if from_to or not pairs:
            return _two(first, tokens[index + 2].text, shape[0])
        return [first], tokens[index + 2].text, 3
    return [first], None, 1


def _two(first: str, last: str, mark: str) -> tuple[list[str], None, int] | None:
    """Two RTs; a dash may also stand for all between them, so it must leave none out."""
    if mark == "dash" and _between(first, last) != [first, last]:
        return None
    return [first, last], None, 3


def _between(first: str, last: str) -> list[str] | None:
    """All RTs from one to the other, both included."""
    if not (first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= MAX_RANGE):
        return None
    return [f"{n:03d}" for n in range(int(first), int(last) + 1)]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = unicodedata.normalize("NFKC", str(cell)).replace("–", "-").replace("—", "-")
    text = re.sub(r"[^\S\n]+", " ", text).strip().strip("'’()").strip()
    match = re.fullmatch(r"(\d{1,3})\.0+", text)
    return match.group(1) if match else text
