"""Of many things alike the first are told one by one, the rest are counted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

# Of notices of one kind in one file, and of faults of one kind in one column, so many are told one by one.
TOLD_ONE_BY_ONE = 20

_Thing = TypeVar("_Thing")


def few(
    things: Iterable[_Thing], alike: Callable[[_Thing], Hashable], most: int = TOLD_ONE_BY_ONE
) -> list[tuple[_Thing, list[_Thing]]]:
    """The first of what is alike, in their order; the last of them has those that are not told.

    Examples
    --------
    >>> few(["a1", "b1", "a2", "a3"], lambda word: word[0], most=1)
    [('a1', ['a2', 'a3']), ('b1', [])]
    """
    kept: list[tuple[_Thing, list[_Thing]]] = []
    seen: dict[Hashable, int] = {}
    last: dict[Hashable, int] = {}
    for thing in things:
        key = alike(thing)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= most:
            last[key] = len(kept)
            kept.append((thing, []))
        else:
            kept[last[key]][1].append(thing)
    return kept
