"""Work that can go on in a second process while this one does something else.

The process is forked, so that it starts with everything loaded. Where that cannot be (one
processor, a system without fork) or where the other process dies, the work is done here: what
comes out is the same.
"""

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """A function that runs in a process beside this one from now on."""

    def __init__(self, function: Callable[[], T]) -> None:
        context = multiprocessing.get_context("fork")
        self._function = function
        self._pipe, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_answer, args=(function, sender), daemon=True)
        self._process.start()
        sender.close()

    def result(self) -> T:
        """What the function gave; an error that it raised is raised here."""
        try:
            worked, answer = self._pipe.recv()
        except EOFError:  # the process is gone without a word
            return self._function()
        finally:
            self._process.join()
            self._pipe.close()
        if not worked:
            raise answer
        return answer  # type: ignore[no-any-return]


class Here(Generic[T]):
    """The same, without another process: the function runs when its result is asked for."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.result = function


Work = Beside[T] | Here[T]


def start(function: Callable[[], T], workers: int) -> Work[T]:
    """Begin ``function`` beside this process where there are at least two workers for it."""
    return Beside(function) if possible(workers) else Here(function)


def possible(workers: int) -> bool:
    """Whether a second process is to be had, and a worker for it."""
    return workers >= 2 and sys.platform == "linux"


def _answer(function: Callable[[], T], sender: Connection) -> None:
    try:
        answer: tuple[bool, object] = (True, function())
    except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where it is waited for)
        answer = (False, error)
    sender.send(answer)
    sender.close()
