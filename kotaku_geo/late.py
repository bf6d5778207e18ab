"""Dataclasses and patterns that are made when they are first used.

A command imports many modules and uses few of their classes; making a frozen dataclass takes half
a millisecond, and compiling a pattern up to two. Every command would pay that before its work
begins.
"""

import dataclasses
import re
from threading import RLock
from typing import Any, AnyStr, TypeVar, dataclass_transform

T = TypeVar("T")
_making = RLock()


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[T]) -> type[T]:
    """A frozen dataclass, made when its first instance is (a copied or unpickled one as well).

    Until then `dataclasses.fields` does not know it.
    """

    def __new__(made: type[Any], *_: Any, **__: Any) -> Any:
        with _making:
            for each in made.__mro__[::-1]:  # what a class takes its fields from comes first
                _make(each)
        return object.__new__(made)

    __new__.late = True  # type: ignore[attr-defined]
    cls.__new__ = __new__  # type: ignore[method-assign, assignment]
    return cls


def _make(cls: type[Any]) -> None:
    """Make a class that waits for it; no other."""
    waiting = cls.__dict__.get("__new__")
    if getattr(getattr(waiting, "__func__", waiting), "late", False):
        dataclasses.dataclass(frozen=True)(cls)
        # Taken away, it would leave an `object.__new__` that refuses arguments.
        cls.__new__ = _new  # type: ignore[assignment]


def _new(made: type[Any], *_: Any, **__: Any) -> Any:
    return object.__new__(made)


class _Pattern:
    """Stands for a compiled pattern, and answers as it does from the first question on."""

    def __init__(self, text: Any, flags: int) -> None:
        self._said = (text, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._said)
        for each in ("search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def regex(text: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """`re.compile`, put off until the pattern is used.

    It answers as a pattern does but is none to `isinstance`: give pandas or numpy a compiled one.
    """
    return _Pattern(text, flags)  # type: ignore[return-value]
