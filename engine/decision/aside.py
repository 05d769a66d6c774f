"""Work that need not wait for other work: deciding says which, whoever runs the command says where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Aside(Protocol):
    """Begins work that gives results one after another, and hands them on as they come."""

    def __call__(self, work: Callable[[], Iterable[Result]], /) -> Iterator[Result]:
        """The results of the work, in its order."""


def at_once(work: Callable[[], Iterable[Result]], /) -> Iterator[Result]:
    """The work done here; what gives its results one by one goes on as they are asked for.

    Examples
    --------
    >>> list(at_once(lambda: (k * k for k in (1, 2, 3))))
    [1, 4, 9]
    """
    return iter(work())


def begun(aside: Aside, work: Callable[[], Result]) -> Callable[[], Result]:
    """Work with one result, begun now; what is called for it.

    Examples
    --------
    >>> begun(at_once, lambda: 6 * 7)()
    42
    """
    results = aside(lambda: [work()])
    return lambda: next(results)
