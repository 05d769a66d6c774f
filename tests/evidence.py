"""Whether tests run in their long form, whose figures the documentation has: `make evidence`."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations, product
from typing import TypeVar

import pytest

FULL = os.environ.get("CODP_EVIDENCE") == "full"

_Test = TypeVar("_Test", bound=Callable[..., object])


def long_form(why: str) -> Callable[[_Test], _Test]:
    """Leave a test to the long form; `why` says what it takes, or where the short form shows the same."""

    def marked(test: _Test) -> _Test:
        return pytest.mark.evidence(pytest.mark.skipif(not FULL, reason=f"{why}: CODP_EVIDENCE=full")(test))

    return marked


def covering(*axes: Iterable[object]) -> list[tuple[object, ...]]:
    """Every combination of the values of several axes in the long form; else as many as show what most faults need."""
    return list(product(*axes)) if FULL else meeting(*axes)


def meeting(*axes: Iterable[object]) -> list[tuple[object, ...]]:
    """Combinations in which, of three axes or more, every two values of two axes meet; of two, every value is there.

    Each time the combination is taken that brings most that is new; of two axes, the one whose values were taken least.

    >>> meeting("ab", "wxyz")
    [('a', 'w'), ('b', 'x'), ('a', 'y'), ('b', 'z')]
    >>> len(meeting("ab", "xy", "pq"))
    4
    """
    values = [list(axis) for axis in axes]
    # By their places, since not all values can be told apart by what they are.
    every = list(product(*(range(len(axis)) for axis in values)))
    together = min(2, len(axes) - 1)
    shown = {one: set(combinations(enumerate(one), together)) for one in every}
    left, chosen, taken = set().union(*shown.values()), list[tuple[int, ...]](), Counter[tuple[int, int]]()
    while left:
        best = max(every, key=lambda one: (len(left & shown[one]), -sum(taken[place] for place in enumerate(one))))
        chosen.append(best)
        left -= shown[best]
        # Of pairs it would take more to take values evenly.
        taken.update(enumerate(best) if together == 1 else ())
    return [tuple(axis[k] for axis, k in zip(values, one, strict=True)) for one in chosen]
