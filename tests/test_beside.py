"""Work in a second process gives what it would have given here."""

import os

import pytest

from kotaku_geo import beside
from kotaku_geo.errors import InputError


@pytest.mark.parametrize("workers", [1, 2])
def test_a_result_and_an_error_come_back(workers: int) -> None:
    assert beside.start(lambda: [1, 2], workers).result() == [1, 2]

    def fails() -> None:
        raise InputError("berkas rusak")

    with pytest.raises(InputError, match="berkas rusak"):
        beside.start(fails, workers).result()


@pytest.mark.skipif(not beside.possible(2), reason="no second process on this system")
def test_it_runs_in_another_process_and_here_when_that_one_dies() -> None:
    here = os.getpid()
    assert beside.start(os.getpid, 2).result() != here

    def dies() -> str:
        if os.getpid() != here:
            os._exit(9)
        return "here"

    assert beside.start(dies, 2).result() == "here"


def test_one_worker_stays_in_this_process() -> None:
    assert beside.start(os.getpid, 1).result() == os.getpid()


@pytest.mark.parametrize("workers", [1, 2])
def test_it_waits_for_what_it_is_told(workers: int) -> None:
    work = beside.start_waiting(lambda wait: wait() * 2, workers)
    work.tell(21)
    assert work.result() == 42


@pytest.mark.skipif(not beside.possible(2), reason="no second process on this system")
def test_what_a_dead_process_was_told_is_not_lost() -> None:
    here = os.getpid()

    def dies(wait: beside.Wait) -> str:
        said = wait()
        if os.getpid() != here:
            os._exit(9)
        return str(said)

    work = beside.start_waiting(dies, 2)
    work.tell("kelurahan")
    assert work.result() == "kelurahan"


def test_each_thing_of_a_queue_is_taken_once() -> None:
    queue = beside.Queue(list("abcdefghij"))
    other = beside.start(lambda: list(queue), 2)
    mine = list(queue)
    assert sorted([*mine, *other.result()]) == list("abcdefghij")
    assert list(queue) == []


def test_a_process_beside_starts_none_of_its_own() -> None:
    def below() -> tuple[bool, int]:
        return beside.possible(2), beside.start(lambda: 7, 2).result()

    assert beside.start(below, 2).result() == (False, 7)
