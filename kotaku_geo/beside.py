"""Work that can go on in a second process while this one does something else.

The process is forked, so that it starts with everything loaded. Where that cannot be (one
processor, a system without fork) or where the other process dies, the work is done here: what
comes out is the same.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Wait = Callable[[], Any]


class Beside(Generic[T]):
    """A function that runs in a process beside this one from now on.

    It is given a way to wait for what `tell` tells it.
    """

    def __init__(self, function: Callable[[Wait], T]) -> None:
        context = multiprocessing.get_context("fork")
        self._function = function
        self._told: Any = None
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_answer, args=(function, other), daemon=True)
        self._process.start()
        other.close()

    def tell(self, message: Any) -> None:
        """Tell the function what it waits for; once."""
        self._told = message
        try:
            self._pipe.send(message)
        except BrokenPipeError:  # the process is gone; `result` does its work
            return

    def result(self) -> T:
        """What the function gave; an error that it raised is raised here."""
        try:
            worked, answer = self._pipe.recv()
        except (EOFError, ConnectionResetError):  # the process is gone without a word
            return self._function(lambda: self._told)
        finally:
            self._process.join()
            self._pipe.close()
        if not worked:
            raise answer
        return answer  # type: ignore[no-any-return]


class Here(Generic[T]):
    """The same, without another process: the function runs when its result is asked for."""

    def __init__(self, function: Callable[[Wait], T]) -> None:
        self._function = function
        self._told: Any = None

    def tell(self, message: Any) -> None:
        """Keep what the function will ask for."""
        self._told = message

    def result(self) -> T:
        """Run the function."""
        return self._function(lambda: self._told)


class Queue(Generic[T]):
    """Things to do that this process, and those forked from it, take from until none is left.

    What is left lies as numbers in a pipe, of which reading takes one whatever else reads.
    """

    MOST = 256

    def __init__(self, items: Sequence[T]) -> None:
        assert len(items) <= self.MOST, "a number must fit in a byte, and all in the pipe"
        self._items = items
        self._read, write = os.pipe()
        os.write(write, bytes(range(len(items))))
        os.close(write)

    def __iter__(self) -> Iterator[T]:
        while number := os.read(self._read, 1):
            yield self._items[number[0]]

    def __del__(self) -> None:
        os.close(self._read)


Work = Beside[T] | Here[T]


def start(function: Callable[[], T], workers: int, *, nice: int = 0) -> Work[T]:
    """Begin ``function`` beside this process where there are at least two workers for it.

    ``nice``: how far a process of its own gives way to others.
    """

    def yielding(_: Wait) -> T:
        os.nice(nice)
        return function()

    if possible(workers):
        return Beside(yielding)
    return Here(lambda _: function())


def start_waiting(function: Callable[[Wait], T], workers: int) -> Work[T]:
    """`start` a function that at some point waits to be told something."""
    return Beside(function) if possible(workers) else Here(function)


def possible(workers: int) -> bool:
    """Whether a second process is to be had, and a worker for it; not from one that is beside."""
    alone = not multiprocessing.current_process().daemon
    return workers >= 2 and sys.platform == "linux" and alone


def _answer(function: Callable[[Wait], Any], pipe: Connection) -> None:
    try:
        answer: tuple[bool, object] = (True, function(pipe.recv))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where it is waited for)
        answer = (False, error)
    pipe.send(answer)
    pipe.close()
