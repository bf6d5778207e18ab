"""What production tells of findings, in both languages: every rule of the register."""

import re
from itertools import zip_longest

import pytest

from kotaku_geo import resources
from kotaku_geo.consolidate.planar import _WHY
from kotaku_geo.consolidate.standing import NOTHING
from kotaku_geo.findings import rules as register
from kotaku_geo.findings import sentence
from kotaku_geo.ingest.areas import MISREAD
from kotaku_geo.ingest.extent import Extent
from kotaku_geo.ingest.mending import REASONS
from kotaku_geo.ingest.salvage import HOPELESS
from kotaku_geo.ingest.shapes import NAMES
from kotaku_geo.publish import rules

WORDS = resources.load("finding_words")
DELIVERED = "cincin ganda 1.234,56"  # what looks like ours, and was written by a sender


def gaps(rule: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\{(\w+)\}", register()[rule]["id"])))


def delivered(rule: str, gap: str) -> bool:
    quoted = f'"{{{gap}}}"' in register()[rule]["id"]
    return (quoted or gap in WORDS["own"]) and f"{rule}/{gap}" not in WORDS["ours"]


def ours(rule: str, gap: str) -> list[str]:
    """All that the words know of a gap, in Indonesian."""
    words, parts = (
        WORDS[kind].get(f"{rule}/{gap}") or WORDS[kind].get(gap) or ()
        for kind in ("words", "parts")
    )
    return [*words, *(left for left, _ in parts)]


def samples(rule: str) -> list[dict[str, str]]:
    """Sentences' particulars until each gap has held all that may stand in it."""
    columns = {
        gap: [DELIVERED] if delivered(rule, gap) else [*ours(rule, gap), "1", "1.234", "1.234,56"]
        for gap in gaps(rule)
    }
    rows = zip_longest(*columns.values())
    return [
        {
            gap: said if said is not None else columns[gap][0]
            for gap, said in zip(columns, row, strict=True)
        }
        for row in rows
    ] or [{}]


@pytest.mark.parametrize("rule", sorted(register()))
def test_every_rule_is_told_in_both_languages(rule: str) -> None:
    known = {left.strip(" ;:%") for gap in gaps(rule) for left in ours(rule, gap)}
    for params in samples(rule):
        said = sentence(rule, params)
        assert rules.told(rule, said, "id") == said
        told = rules.told(rule, said, "en")
        own = [gap for gap in params if delivered(rule, gap)]
        assert all(DELIVERED in told for _ in own), "a sender's words stay"
        rest = told.replace(DELIVERED, "")
        assert "1.234" not in rest, "whole thousands too"
        left = [word for word in known if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest)]
        assert not left, told
        assert not re.search(r"[{}?]", re.sub(r"\bRT\?", "", rest)), told


def test_what_is_withheld_stays_withheld() -> None:
    hushed = rules.withheld("value.negative")
    assert rules.told("value.negative", hushed, "id") == hushed
    assert rules.told("value.negative", hushed, "en") == rules.withheld("value.negative", "en")
    assert "{" not in rules.withheld("value.missing", "en"), "no gap of a counted word stands open"


@pytest.mark.parametrize(
    ("rule", "params", "said"),
    [
        ("planar.refused", {"objek": "kelurahan A", "sebab": "cincin ganda"},
         "The outline of kelurahan A is left as it was: a ring drawn twice"),
        ("level.rt-kawasan-differs", {"kawasan": "tidak kumuh", "rt": "2 ringan, 1 tidak kumuh"},
         "Kawasan level not a slum, levels of its RTs 2 light slum, 1 not a slum"),
        ("level.reported-differs", {"dilaporkan": "sedang", "hitung": "ringan"},
         "Reported level moderate slum, computed light slum"),
        ("standing.reported-differs", {"dilaporkan": "sedang", "hitung": "rendah"},
         "Reported level of other considerations medium, computed low"),
        ("name.unknown-kelurahan",
         {"isi": "Sukamaju", "usul": "; cocok dengan Sukamaju Kidul atau Sukamaju Lor"},
         'Kelurahan "Sukamaju" is not known; it fits Sukamaju Kidul or Sukamaju Lor'),
        ("screen.buffer-assumed", {"tema": "kawasan_lindung", "jumlah": "1.206", "lebar": "50"},
         "Theme protected land: 1,206 features use an assumed width of 50 m"),
        ("screen.buffer-assumed", {"tema": "bcb", "jumlah": "1", "lebar": "15"},
         "Theme heritage: 1 feature uses an assumed width of 15 m"),
        ("geometry.wrong-type", {"jenis": "titik", "layer": "genangan"},
         "Geometry type point is not what layer flooding takes"),
        ("number.comma", {"kolom": "v1", "jumlah": "1.234"},
         "Column v1: 1,234 numbers are written with a decimal comma and read so"),
        ("name.contradicts-kecamatan", {"isi": "Kidul", "tertulis": "1.234,56"},
         'Kelurahan "Kidul" is no part of kecamatan "1.234,56"'),
        ("value.missing", {"kolom": "rt", "jumlah": "1", "dari": "3147"},
         "Column rt: 1 of 3147 rows is not filled in"),
        ("file.truncated", {"sebutan": "12 baris", "ada": "1 baris"},
         "The header claims 12 rows, the file has 1 row; it may have been cut off"),
        ("file.unreadable", {"sebab": "a.xlsx: buku kerja tidak dapat dibaca: zip"},
         "The file cannot be read: a.xlsx: the workbook cannot be read: zip"),
        ("decision.stale",
         {"keputusan": "8af9", "berita": "BA 050/12.500/PKP",
          "ditemukan": "Diputuskan 4a = profil (BA 1, 2024-04-20) atas pdam 12,0 %; "
                       "sekarang ditemukan: pdam 13,5 %"},
         "Decision 8af9 (BA 050/12.500/PKP) is not applied, as its evidence has changed. "
         "Decided: 4a = profil (BA 1, 2024-04-20) on pdam 12.0 %; found now: pdam 13.5 %"),
    ],
)  # fmt: skip
def test_an_english_finding_is_english(rule: str, params: dict[str, str], said: str) -> None:
    assert rules.told(rule, sentence(rule, params), "en") == said


def test_every_word_of_a_stage_has_its_english() -> None:
    words = WORDS["words"]
    assert {*REASONS.values(), *_WHY.values(), HOPELESS} <= set(words["sebab"])
    assert set(NAMES.values()) <= set(words["jenis"])
    assert MISREAD in words["satuan"]
    kinds = resources.load("formats")["formats"].values()
    assert {k["advice"] for k in kinds if "advice" in k} <= set(ours("file.refused", "sebab"))
    assert NOTHING in ours("decision.unused", "ditemukan")
    same = {"kelurahan", "kawasan"}  # terms of the field
    assert set(resources.load("layers")["layers"]) - same == set(words["layer"])
    for kind in ("kelurahan", "lain", "kiriman", "pita"):
        basis = Extent((0.0, 0.0, 1.0, 1.0), kind, True, ("s",)).basis()
        assert any(left in basis for left in ours("crs.missing", "dasar"))


def test_a_theme_and_a_level_have_one_name() -> None:
    """Findings call them what the page calls them."""
    texts = resources.load("publish/texts")
    named = {name: entry["en"].lower() for name, entry in texts["tema"].items()}
    assert WORDS["words"]["tema"] == named
    level = resources.load("explain")["words"]["tingkat"]
    assert WORDS["words"]["kawasan"] | {"tidak kumuh": "not a slum"} == WORDS["words"]["kawasan"]
    assert all(WORDS["words"]["kawasan"][n] == e["en"] for n, e in level.items() if n != "unknown")


def test_what_stands_in_quotes_stays_whatever_its_gap_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(WORDS, "own", [])
    said = sentence("name.contradicts-kecamatan", {"isi": "1,5", "tertulis": "1.234,56"})
    assert rules.told("name.contradicts-kecamatan", said, "en") == (
        'Kelurahan "1,5" is no part of kecamatan "1.234,56"'
    )
