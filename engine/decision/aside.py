"""Work that need not wait for other work: deciding says which, whoever runs the command says where it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Aside(Protocol):
    """Begins a piece of work; what it gives back is called for the result, once the rest is done."""

    def __call__(self, work: Callable[[], Result], /) -> Callable[[], Result]:
        """What is called for the result of the work."""


def at_once(work: Callable[[], Result], /) -> Callable[[], Result]:
    """The piece done where it is begun, before all that comes after it.

    Examples
    --------
    >>> at_once(lambda: 6 * 7)()
    42
    """
    found = work()
    return lambda: found
