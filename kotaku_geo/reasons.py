"""Why the verification says what it says: one or two sentences, made of the tables' own columns.

The tables carry them in Indonesian; documents in English make them anew from the same rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from kotaku_geo import resources
from kotaku_geo.texts import UNKNOWN, number

Row = Mapping[Any, Any]
SEEN_HA = 0.005  # what two decimals show
_FIGURES = {
    "luas_sk": ("luas_sk_ha", 2),
    "luas_tertulis": ("luas_sk_tertulis_ha", 2),
    "luas_baseline": ("luas_baseline_ha", 2),
    "tetap": ("tetap_ha", 2),
    "bertambah": ("bertambah_ha", 2),
    "berkurang": ("berkurang_ha", 2),
    "iou": ("iou", 2),
    "iou_sejajar": ("iou_sejajar", 2),
    "geser": ("geser_p50_m", 1),
    "tau": ("tau_m", 1),
}


def relation_reasons(relations: pd.DataFrame, lang: str = "id") -> list[str]:
    """The sentences of each relation: what was found, and what follows from it.

    Args:
        relations: the columns of ``verify/relations`` (`alasan` is not read).
        lang: id or en.
    """
    return [f"{_found(row, lang)} {_follows(row, lang)}" for row in _records(relations)]


def location_reasons(
    locations: pd.DataFrame, relations: pd.DataFrame, lang: str = "id"
) -> list[str]:
    """The sentences of each location: its own hectares, and what follows for its relation.

    A location without pieces (in table mode) has its relation's sentences.
    """
    by_id = {row["relation_id"]: row for row in _records(relations)}
    return [_location(row, by_id[row["relation_id"]], lang) for row in _records(locations)]


def city_reason(
    key: str,
    hectares: Mapping[str, float],
    causes: list[str],
    lang: str = "id",
    unread: Sequence[str] = (),
) -> str:
    """Why the city's recommendation is what it is, and what awaits review."""
    texts = resources.load("verify")["city"]
    numbers = {name: number(value, lang=lang) for name, value in hectares.items()}
    because = ", ".join(texts["sebab"][cause][lang] for cause in causes)
    sentences = [texts[key][lang].format(**numbers, sebab=because, sumber=", ".join(unread))]
    if hectares["tinjau"] > 0:
        sentences.append(texts["menunggu"][lang].format(**numbers))
    return " ".join(sentences)


def _records(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows as mappings from column to value."""
    columns = list(frame.columns)
    for values in zip(*(frame[column].tolist() for column in columns), strict=True):
        yield dict(zip(columns, values, strict=True))


def _found(row: Row, lang: str) -> str:
    texts = resources.load("verify")["verdict"]
    verdict, cause = row["verdict"], row["sebab"]
    if not _known(cause):
        beside = row["relation"] == "1:0" and row["tetap_ha"] >= SEEN_HA
        cause = "tabel" if row["mode"] == "tabel" else "sebagian" if beside else ""
    text = texts.get(f"{verdict}.{cause}", texts.get(verdict))
    return str(text[lang].format_map(_Numbers(row, lang)))


def _follows(row: Row, lang: str) -> str:
    texts = resources.load("verify")["recommendation"]
    what = row["rekomendasi"]
    variant = f"{what}.{_variant(row)}"
    text = texts.get(variant, texts[what])
    return str(text[lang].format(**_words(row, lang)))


def _variant(row: Row) -> str:
    """Which of a recommendation's reasons applies."""
    what, change = row["rekomendasi"], row["perubahan_tingkat"]
    if what == "tinjau_lapangan":
        own = row["verdict"] in ("perlu_tinjau", "belum_terdata")
        return "" if own else "tingkat"
    if what == "keluarkan_dari_sk":
        return "" if row["relation"] == "1:0" else "tingkat"
    if what == "tetap":
        return "tanpa_banding" if change == "tidak_diketahui" else ""
    return "tingkat" if what == "ubah_sk" and change in ("naik", "turun") else ""


def _location(row: Row, relation: Row, lang: str) -> str:
    if relation["mode"] == "tabel" and not _known(row["tetap_ha"]):
        return f"{_found(relation, lang)} {_follows(relation, lang)}"
    if relation["relation"] in ("1:0", "0:1") and not row["tetap_ha"] > 0:
        return f"{_found(relation, lang)} {_follows(relation, lang)}"
    text = resources.load("verify")["location"][row["sisi"]][lang]
    own = text.format(
        luas=number(row["luas_ha"], lang=lang),
        tetap=number(row["tetap_ha"], lang=lang),
        berubah=number(row["berubah_ha"], lang=lang),
        toleransi=number(row["toleransi_ha"], lang=lang),
        persen=number(row["tetap_persen"], 1, lang),
    )
    return f"{own} {_follows(relation, lang)}"


class _Numbers(dict[str, str]):
    """A row's figures as a text names them, written only where it does."""

    def __init__(self, row: Row, lang: str) -> None:
        super().__init__()
        self.row, self.lang = row, lang

    def __missing__(self, name: str) -> str:
        column, decimals = _FIGURES[name]
        return number(self.row[column], decimals, self.lang)


def _words(row: Row, lang: str) -> dict[str, str]:
    texts = resources.load("verify")
    levels, changes = texts["levels"][lang], texts["changes"][lang]
    return {
        "tingkat_sk": levels.get(row["tingkat_sk"], UNKNOWN),
        "tingkat_baseline": levels.get(row["tingkat_baseline"], UNKNOWN),
        "perubahan": changes.get(row["perubahan_tingkat"], UNKNOWN),
    }


def _known(value: Any) -> bool:
    return not pd.isna(value)
