"""The stories that the page holds: whole, small, and without anything that is kept back."""

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kotaku_geo.publish import stories
from kotaku_geo.publish.release import Release, release
from kotaku_geo.stage import StageContext
from tests.publish.conftest import KEL

City = Callable[..., StageContext]
FIRST, SMALL = f"{KEL[0]}-RW001-RT001", f"{KEL[0]}-RW001-RT002"


def unpacked(released: Release) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        zlib.decompress(base64.b64decode(stories.packed(released)))
    )
    return content


def sentences(content: dict[str, Any]) -> list[list[Any]]:
    """Every sentence in the order of its number: key of its text, what fills its gaps."""
    found = []
    for (*_, names, key), (count, *columns) in zip(content["k"], content["s"], strict=True):
        assert [len(c) for c in columns] == [count] * len(names)
        found += [[key, *row] for row in zip(*columns, strict=True)] if names else [[key]] * count
    return found


def told(released: Release, name: str, parameter: str | None = None, lang: str = "id") -> str:
    return stories.explainer(released).story(name, parameter).text(lang)


def test_every_kelurahan_kawasan_and_rt_has_its_story_and_each_disputed_value(city: City) -> None:
    content = unpacked(release(city()))
    assert set(content["t"]) >= {*KEL, "K1", "K2", "K3", "K4", FIRST, SMALL}
    assert "3a" in content["t"]["K1"], "a kawasan with data tells each parameter"
    assert set(content["t"]["K4"]) == {""}, "one without any data does not"
    assert set(content["t"][FIRST]) == {"", "3a"}, "an RT tells what is in dispute"
    assert content["n"][FIRST] == ["RT 001/RW 001", "K1"]


def test_what_is_stored_once_is_what_explain_says(city: City) -> None:
    """Every number in the index points to what it should, whatever repeats."""
    released = release(city())
    content = unpacked(released)
    tell = stories.explainer(released)
    said = sentences(content)
    assert len(said) == len({json.dumps(s) for s in said}), "each is stored once"
    for name, parameter in stories.asked(released):
        story = tell.story(name, parameter)
        stored = [content["p"][i] for i in content["t"][name][parameter or ""]]
        assert [p[0] for p in stored] == [p.about for p in story.paragraphs]
        keys = [[said[s][0] for s in p[1:]] for p in stored]
        assert keys == [[s.key for s in p.sentences] for p in story.paragraphs]


def test_a_small_rt_is_told_with_its_level_alone(city: City) -> None:
    released = release(city())
    assert (
        told(released, SMALL)
        .splitlines()[1]
        .endswith(
            "kumuh sedang. Angkanya tidak dipublikasikan karena penghuninya kurang dari 5 KK."
        )
    )
    whole, part = told(released, "K1"), told(released, "K1", "3a")
    assert f"({SMALL}): kumuh sedang; angkanya tidak dipublikasikan." in whole
    assert f"({SMALL}): kumuh sedang; angkanya tidak dipublikasikan." in part
    assert "maka penjumlahannya tidak ditampilkan" in part, "nor by what the others lack of the sum"
    missing = [line for line in whole.splitlines() if "belum ada data" in line]
    assert not any(SMALL in line for line in missing), "kept back is not unknown"


def test_a_small_kawasan_is_told_with_its_level_alone(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    tables["consolidate/kawasan"].loc[2, "jumlah_kk"] = 4.0
    released = release(city())
    assert set(unpacked(released)["t"]["K3"]) == {""}
    assert "kumuh berat. Angkanya tidak dipublikasikan" in told(released, "K3")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_withheld_source_is_named_and_not_quoted(city: City, lang: str) -> None:
    shown = told(release(city()), FIRST, "3a", lang)
    assert re.search(r"\b90[.,]0 %", shown)
    assert re.search(r"(rekaman|record) 7\b", shown)
    released = release(city({"pdam": {"publish": False}}))
    kept = told(released, FIRST, "3a", lang)
    assert "pdam" in kept
    assert ("rinciannya tidak dipublikasikan" if lang == "id" else "not published") in kept
    assert not re.search(r"\b(90[.,]0|36|40[.,]0)\b", kept), "neither its value nor the spread"
    assert not re.search(r"(rekaman|record) 7\b", kept), "nor its row"


def test_the_value_of_a_withheld_source_stays_a_result(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    """What stands is published; which row of which file said so is not."""
    released = release(city({"profil": {"publish": False}}))
    share = tables["consolidate/rt"].set_index("id_rt").loc[FIRST, "p3a"]
    line = next(x for x in told(released, FIRST).splitlines() if "3a " in x)
    assert f"{100 * share:.1f}".replace(".", ",") in line
    assert "rekaman" not in told(released, FIRST, "3a").split("pdam")[0]


def test_the_same_tables_give_the_same_text(city: City) -> None:
    assert stories.packed(release(city())) == stories.packed(release(city()))


def test_without_tables_there_is_nothing_to_tell(city: City) -> None:
    names = ("kelurahan", "rt", "kawasan", "facts", "conflicts", "decisions")
    content = unpacked(release(city(without=tuple(f"consolidate/{n}" for n in names))))
    assert (content["t"], content["s"], content["n"]) == ({}, [], {})
