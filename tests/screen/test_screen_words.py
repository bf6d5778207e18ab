"""Words, themes and follow-up texts are data: complete, in both languages, and read as meant."""

import pytest

from kotaku_geo import resources
from kotaku_geo.screen.follow_up import follow_up
from kotaku_geo.screen.themes import themes
from kotaku_geo.screen.words import canonical, looks_for
from kotaku_geo.settings import Screen

STATUSES = ["terindikasi", "tidak_terindikasi", "data_tidak_tersedia", "data_sebagian"]
NAMES = ["kawasan_lindung", "rawan_bencana", "mha", "bcb", "status_tanah"]


def test_the_themes_are_layers_in_the_order_of_the_contract():
    found = themes(Screen())
    assert [theme.name for theme in found] == NAMES
    for theme in found:
        columns = resources.load("layers")["layers"][theme.name]["columns"]
        assert set(theme.label) <= set(columns)
        assert theme.kind is None or theme.kind in columns


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("theme", NAMES)
def test_every_status_of_every_theme_proposes_something(theme, status, lang):
    text = follow_up(theme, status, missing=["banjir"], assumed_m=7.5, lang=lang)
    assert "banjir" in text
    assert "{" not in text
    assert ("7,5" if lang == "id" else "7.5") in text


def test_texts_come_in_both_languages():
    def entries(node):
        if isinstance(node, dict):
            if "id" in node or "en" in node:
                yield node
            for child in node.values():
                yield from entries(child)
        elif isinstance(node, list):
            for child in node:
                yield from entries(child)

    found = list(entries(resources.load("screening")))
    assert len(found) > 20
    assert all(node["id"] and node["en"] for node in found)


def test_a_word_stands_for_one_thing_only():
    seen = {}
    for word, others in resources.load("screening")["synonyms"].items():
        for other in others:
            assert seen.setdefault(canonical(other), word) == word
        assert canonical(word) == canonical(canonical(word))


def test_indication_is_said_as_an_indication():
    for theme in NAMES:
        assert follow_up(theme, "terindikasi").startswith("Terindikasi")


def test_an_unknown_kind_looked_for_nothing():
    assert not looks_for("", "banjir")


def test_classes_add_their_own_instruments():
    plain = follow_up("kawasan_lindung", "terindikasi", classes=["RTH"])
    forest = follow_up("kawasan_lindung", "terindikasi", classes=["Hutan Lindung"])
    assert "tidak dibiayai" in forest
    assert "tidak dibiayai" not in plain
