"""Which encoding delivered text is in: what the file says, what its bytes say, and mangled words.

Strict UTF-8 with a letter beyond ASCII is its own proof, whatever the file says of itself.
"""

import codecs
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kotaku_geo import resources
from kotaku_geo.ingest import dbf
from kotaku_geo.late import record, regex

CUT = 3  # bytes of a UTF-8 letter that a field's width may have cut off
CONTROLS = regex("[\x80-\x9f]")
MANGLED = regex("[ÃÂâÄÅÆÇÈÉÊËÐÑ√¬‚Ô][\x80-\xbf\u0080-\u024f\u02c6-\u02dc\u2013-\u2122]")


@record
class Text:
    """In which encoding a file's text is.

    Attributes:
        declared: what the file says, or None where it says nothing.
        used: what it is read in, as Python names it.
        guessed: whether that is other than declared, or a guess.
        ended: whether a delimited text ends with the end of a line.
    """

    declared: str | None
    used: str
    guessed: bool = False
    ended: bool = True


def of_dbf(path: Path) -> Text | None:
    """The encoding of a DBF's text, by its bytes, its ``.cpg`` and its language driver.

    None where there is no DBF or all of it is ASCII, so that it does not matter.
    """
    path = path.with_suffix(".dbf")
    table = dbf.opened(path) if path.is_file() else None
    if table is None:
        return None
    texts = [table.cells(f) for f in table.fields if f.kind == b"C"]
    cells: set[bytes] = set().union(*map(_odd_cells, texts))
    if not cells:
        return None
    return decide(sorted(cells), _declared(path.with_suffix(".cpg"), table.driver))


def decide(cells: Iterable[bytes], declared: str | None) -> Text:
    """The encoding of cells that hold more than ASCII.

    UTF-8 where they all are; else as declared where they can be; else a guess.
    """
    cells = list(cells)
    if all(_fits(cell, "utf-8") for cell in cells):
        return Text(declared, "utf-8", declared is not None and not same(declared, "utf-8"))
    if declared and not same(declared, "utf-8") and all(_fits(c, declared) for c in cells):
        return Text(declared, declared)
    guesses = [g for g in resources.load("encodings")["guesses"] if not same(g, "utf-8-sig")]
    used = next(g for g in guesses if all(_fits(c, g) for c in cells))
    return Text(declared, used, True)


def _fits(cell: bytes, encoding: str) -> bool:
    """Whether a cell can be decoded; a UTF-8 letter may be cut off at its end."""
    if encoding != "utf-8":
        try:
            cell.decode(encoding)
        except UnicodeDecodeError:
            return False
        return True
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start >= len(cell) - CUT
    return True


def same(one: str, other: str) -> bool:
    """Whether two names mean the same encoding; a byte-order mark makes no difference."""
    return codecs.lookup(one).name.removesuffix("-sig") == codecs.lookup(other).name.removesuffix(
        "-sig"
    )


def _declared(cpg: Path, driver: int) -> str | None:
    spec = resources.load("encodings")
    if cpg.is_file():
        with cpg.open("rb") as handle:
            said = handle.read(64).decode("ascii", errors="ignore").strip()
        found = codec(said)
        if found is not None:
            return found
    by_driver: str | None = spec["dbf_language"].get(driver)
    return by_driver


@cache
def codec(said: str) -> str | None:
    """Python's name of an encoding as files call it, or None where it is not known."""
    folded = re.sub(r"[\s_-]+", "", said).casefold()
    known = resources.load("encodings")["cpg"]
    tries = [known.get(folded), said, f"cp{folded}", f"iso-8859-{folded.removeprefix('8859')}"]
    for candidate in filter(None, tries):
        try:
            return codecs.lookup(candidate).name
        except LookupError:
            continue
    return None


def _odd_cells(cells: NDArray[np.uint8]) -> set[bytes]:
    """Cells (n, width) that hold more than ASCII, each once."""
    odd = np.flatnonzero((cells > 0x7F).any(axis=1))
    return {bytes(cells[i]).split(b"\0")[0].rstrip(b" ") for i in odd}


def mend(values: pd.Series) -> tuple[pd.Series, NDArray[np.int64], str | None]:
    """Words that were UTF-8 read as something else, read back.

    Returns:
        The values, the positions that changed, and in what they had been read.
    """
    text = values.astype(object)
    changed, mistaken = [], None
    for i in _suspect(values):
        better, by = _read_back(text.iloc[i])
        if better is not None:
            changed.append(int(i))
            mistaken = by
            text.iloc[i] = better
    return (text if changed else values), np.array(changed, dtype=np.int64), mistaken


def _suspect(values: pd.Series) -> NDArray[np.int64]:
    if isinstance(values.dtype, pd.StringDtype):
        if pc.all(pc.string_is_ascii(pa.array(values))).as_py() is not False:
            return np.array([], dtype=np.int64)
        return np.flatnonzero(values.str.contains(MANGLED.pattern, na=False).to_numpy(dtype=bool))
    if values.dtype != object:
        return np.array([], dtype=np.int64)
    return np.flatnonzero([isinstance(v, str) and bool(MANGLED.search(v)) for v in values])


def _read_back(word: str) -> tuple[str | None, str | None]:
    """The word as it was meant, and what it had been read in; None where it is as it is."""
    best: tuple[str | None, str | None] = (None, None)
    for _ in range(2):  # once, or twice over
        step = _once(word)
        if step is None:
            break
        word, by = step
        best = (word, by)
    return best


def _once(word: str) -> tuple[str, str] | None:
    if not MANGLED.search(word):
        return None
    for mistaken in resources.load("encodings")["mistaken"]:
        try:
            better = _bytes(word, mistaken).decode("utf-8")
        except UnicodeError:
            continue
        if not CONTROLS.search(better):
            return better, mistaken
    return None


def _bytes(word: str, encoding: str) -> bytes:
    """Bytes that give the word in an encoding; cp1252 leaves five bytes as they are."""
    out = bytearray()
    for char in word:
        if encoding == "cp1252" and char in "\x81\x8d\x8f\x90\x9d":
            out.append(ord(char))
        else:
            out += char.encode(encoding)
    return bytes(out)


def shown(encoding: str | None) -> str | None:
    """An encoding's name as people write it."""
    return None if encoding is None else encoding.removesuffix("-sig").upper()


def plain(value: Any) -> str:
    """An encoding's name from a pipeline file, checked.

    Raises:
        LookupError: Python does not know it.
    """
    return codecs.lookup(str(value)).name
