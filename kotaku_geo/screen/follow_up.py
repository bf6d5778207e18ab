"""What is proposed next, in words: data of ``schemas/screening.yaml``."""

from collections.abc import Collection
from typing import Any

from kotaku_geo import resources
from kotaku_geo.screen.words import begins_with_any


def follow_up(
    theme: str,
    status: str,
    *,
    classes: Collection[str] = (),
    missing: Collection[str] = (),
    assumed_m: float | None = None,
    lang: str = "id",
) -> str:
    """The proposed instrument for a kawasan under a theme; an indication, never a verdict.

    Args:
        theme: the theme's name.
        status: one of the four statuses.
        classes: classes that are hit there.
        missing: kinds that nobody looked for there.
        assumed_m: the assumed width that a hit rests on, metres.
        lang: id or en.
    """
    texts = resources.load("screening")
    spec, notes = texts["follow_up"][theme], texts["notes"]
    if status == "terindikasi":
        extra = [
            entry[lang]
            for entry in spec.get("class", ())
            if any(begins_with_any(name, entry["words"]) for name in classes)
        ]
        sentences = [spec["terindikasi"][lang], *extra]
    elif status == "tidak_terindikasi":
        sentences = [spec["tidak_terindikasi"][lang]]
    else:
        note = notes["no_data" if status == "data_tidak_tersedia" else "partial"][lang]
        sentences = [note, spec["data"][lang]]
    return "; ".join(sentences) + _notes(notes, missing, assumed_m, theme, lang)


def _notes(
    notes: Any, missing: Collection[str], assumed_m: float | None, theme: str, lang: str
) -> str:
    told = []
    if assumed_m is not None:
        kind = "assumed_buffer" if theme == "bcb" else "assumed_sempadan"
        told.append(notes[kind][lang].format(lebar=width_text(assumed_m, lang)))
    if missing:
        told.append(notes["missing"][lang].format(jenis=", ".join(missing)))
    return f" ({'; '.join(told)})" if told else ""


def width_text(metres: float, lang: str = "id") -> str:
    """A width as people write it: 15, or 7,5."""
    text = f"{metres:g}"
    return text.replace(".", ",") if lang == "id" else text
