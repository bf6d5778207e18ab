"""What is made late is the same as what is made at once."""

import copy
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from threading import Thread

import pytest

from kotaku_geo.late import record, regex


@record
class Place:
    """A place."""

    name: str
    hectares: float = 1.5
    parts: list[int] = field(default_factory=list)


@record
class Village(Place):
    """One that takes fields from another."""

    code: str = ""


@record
class Never:
    """One that nobody makes."""

    name: str


@record
class Sent:
    """One that comes from elsewhere."""

    name: str


def test_a_record_is_a_frozen_dataclass_from_its_first_instance() -> None:
    assert not is_dataclass(Never)
    village = Village("Basirih", 2.0, code="63.71.02.1001")
    assert [f.name for f in fields(Village)] == ["name", "hectares", "parts", "code"]
    assert village == Village("Basirih", 2.0, [], "63.71.02.1001")
    assert repr(Place("a")) == "Place(name='a', hectares=1.5, parts=[])"
    assert replace(village, name="Mantuil").name == "Mantuil"
    assert Place("a").parts is not Place("a").parts
    with pytest.raises(FrozenInstanceError):
        village.name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Place()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "brought", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
)
def test_an_instance_that_no_init_made(brought: Callable[[Sent], Sent]) -> None:
    """A process that is sent an instance has made none itself."""
    said = pickle.dumps(Sent("x"))
    assert len({brought(Sent("x")), Sent("x"), pickle.loads(said)}) == 1


def test_an_unpickled_instance_makes_its_class() -> None:
    @record
    class Fresh:
        name: str

    made = Fresh.__new__(Fresh)
    assert is_dataclass(Fresh)
    assert isinstance(made, Fresh)


def test_threads_that_come_together_make_one_class() -> None:
    @record
    class Shared:
        number: int

    made: list[Shared] = []
    threads = [Thread(target=lambda n=n: made.append(Shared(n))) for n in range(20)]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(s.number for s in made) == list(range(20))


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_a_late_pattern_answers_as_a_compiled_one(flags: int) -> None:
    text = r"rt\s*(\d+)"
    late, now = regex(text, flags), re.compile(text, flags)
    for said in ("RT 04 rt5", "rt 1", "", "x"):
        assert late.findall(said) == now.findall(said)
        assert late.sub("-", said) == now.sub("-", said)
        assert bool(late.fullmatch(said)) == bool(now.fullmatch(said))
    assert (late.pattern, late.flags) == (now.pattern, now.flags)
    assert regex(rb"\d").findall(b"a1") == [b"1"]
    with pytest.raises(re.error):
        regex("(").match("x")
