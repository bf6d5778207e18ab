"""Forty ways in which a name of a kelurahan is misspelt, as seeded functions.

Each takes a generator, the official name and the name of its kecamatan, and gives what an office
might have written.
"""

import re
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
Distortion = Callable[[Rng, str, str], str]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
OLD = (("ny", "nj"), ("sy", "sj"), ("j", "dj"), ("c", "tj"), ("y", "j"), ("u", "oe"))
SHORT = {
    "selatan": "Sltn", "utara": "Utr", "timur": "Tmr", "barat": "Brt", "tengah": "Tgh", "dalam": "Dlm",
    "luar": "Lr", "besar": "Bsr", "kecil": "Kcl", "baru": "Br", "lama": "Lm", "sungai": "Sei",
    "teluk": "Tlk", "tanjung": "Tj.", "pasar": "Psr.", "karang": "Krg.", "seberang": "Sbr.",
    "kebun": "Kbn.",
}  # fmt: skip


def _place(rng: Rng, text: str, letters: str = r"[A-Za-z]") -> int:
    """Position of a letter of the text, never the first."""
    places = [m.start() for m in re.finditer(letters, text) if m.start()]
    return int(rng.choice(places)) if places else 0


def _doubled(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name, r"[bcdfghjklmnprstwy]")
    return name[:at] + name[at] + name[at:]


def _missing(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name)
    return name[:at] + name[at + 1 :]


def _missing_vowel(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name, "[aeiou]")
    return name[:at] + name[at + 1 :]


def _inserted(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name)
    return name[:at] + str(rng.choice(list(LETTERS))) + name[at:]


def _substituted(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name)
    return name[:at] + str(rng.choice(list(LETTERS))) + name[at + 1 :]


def _other_vowel(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name, "[aeiou]")
    return name[:at] + str(rng.choice(list("aeiou".replace(name[at], "")))) + name[at + 1 :]


def _transposed(rng: Rng, name: str, kec: str) -> str:
    pairs = [m.start() for m in re.finditer(r"(?=[A-Za-z][a-z])", name) if m.start()]
    at = int(rng.choice(pairs))
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _old(rng: Rng, name: str, kec: str) -> str:
    text = name.lower()
    for new, old in OLD:
        text = re.sub(rf"(?<![dtns]){new}" if new == "j" else new, old, text)
    return text.title()


def _half_old(rng: Rng, name: str, kec: str) -> str:
    return name.replace("u", "oe").replace("U", "Oe")


def _short_last(rng: Rng, name: str, kec: str) -> str:
    *first, last = name.split()
    return " ".join([*first, SHORT.get(last.lower(), last)])


def _short_all(rng: Rng, name: str, kec: str) -> str:
    return " ".join(SHORT.get(w.lower(), w) for w in name.split())


def _short_first(rng: Rng, name: str, kec: str) -> str:
    first, *rest = name.split()
    return " ".join([SHORT.get(first.lower(), first), *rest])


def _no_vowels(rng: Rng, name: str, kec: str) -> str:
    words = [w[0] + re.sub("[aeiou]", "", w[1:]) if len(w) > 5 else w for w in name.split()]
    return " ".join(words)


def _torn(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name[:-1])
    return f"{name[:at]} {name[at:]}"


def _order(rng: Rng, name: str, kec: str) -> str:
    first, *rest = name.split()
    return " ".join([*rest, first])


def _apostrophe(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name)
    return name[:at] + str(rng.choice(["'", "’", "`", "´"])) + name[at:]


def _accent(rng: Rng, name: str, kec: str) -> str:
    at = _place(rng, name, "[aeiou]")
    return name[:at] + dict(zip("aeiou", "áéíóú", strict=True))[name[at]] + name[at + 1 :]


def _mojibake(rng: Rng, name: str, kec: str) -> str:
    """An accented name and its quotes, written as UTF-8 and read as Windows-1252."""
    return f"‘{_accent(rng, name, kec)}’".encode().decode("cp1252", "replace")


def _typo_and_title(rng: Rng, name: str, kec: str) -> str:
    return f"KEL. {_transposed(rng, name, kec).upper()}"


def _case(rng: Rng, name: str, kec: str) -> str:
    return "".join(c.upper() if rng.random() < 0.5 else c.lower() for c in name)


DISTORTIONS: dict[str, Distortion] = {
    "huruf besar": lambda r, n, k: n.upper(),
    "huruf kecil, spasi di tepi": lambda r, n, k: f"  {n.lower()} ",
    "huruf campur": _case,
    "Kel.": lambda r, n, k: f"Kel. {n}",
    "Kel. tanpa spasi": lambda r, n, k: f"Kel.{n}",
    "Kelurahan": lambda r, n, k: f"Kelurahan {n}",
    "KELURAHAN :": lambda r, n, k: f"KELURAHAN : {n.upper()}",
    "Desa": lambda r, n, k: f"Ds. {n}",
    "Kp.": lambda r, n, k: f"Kp. {n}",
    "tanpa spasi": lambda r, n, k: n.replace(" ", ""),
    "spasi ganda": lambda r, n, k: n.replace(" ", "  ") + "\u00a0",
    "kata terbelah": _torn,
    "tanda hubung": lambda r, n, k: n.replace(" ", "-"),
    "garis bawah": lambda r, n, k: n.replace(" ", "_").upper(),
    "apostrof": _apostrophe,
    "aksen": _accent,
    "konsonan ganda": _doubled,
    "huruf hilang": _missing,
    "vokal hilang": _missing_vowel,
    "huruf tersisip": _inserted,
    "huruf terganti": _substituted,
    "vokal terganti": _other_vowel,
    "huruf tertukar": _transposed,
    "tertukar, dengan Kel.": _typo_and_title,
    "ejaan lama": _old,
    "oe": _half_old,
    "terpotong 10": lambda r, n, k: n[:10],
    "terpotong 12": lambda r, n, k: n[:12],
    "terpotong 14": lambda r, n, k: n[:14].upper(),
    "OCR 0/O dan 1/l": lambda r, n, k: n.replace("o", "0").replace("l", "1").replace("i", "1"),
    "OCR rn/m": lambda r, n, k: n.replace("m", "rn"),
    "OCR 5/s dan 8/B": lambda r, n, k: n.replace("s", "5").replace("S", "5").replace("B", "8"),
    "mojibake": _mojibake,
    "arah disingkat": _short_last,
    "kata pertama disingkat": _short_first,
    "semua disingkat": _short_all,
    "tanpa vokal": _no_vowels,
    "urutan kata": _order,
    "kelurahan dan kecamatan": lambda r, n, k: f"{n}, Kec. {k}",
    "kata di belakang": lambda r, n, k: f"{n} Kota Banjarmasin",
}
