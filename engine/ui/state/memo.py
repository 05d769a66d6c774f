"""What is worked out of one scenario several times in a run, worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from engine.economics.exposure.steep import steep_seasons
from engine.notices import Notice
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
_REMEMBERED = 12


def _once(function: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """Remember the last few results by the scenario object itself, which nothing changes once it is made."""
    memo: OrderedDict[int, tuple[Scenario, T]] = OrderedDict()

    def remembered(scenario: Scenario) -> T:
        # The object is kept beside its result, so that no other one can have its id meanwhile.
        entry = memo.get(id(scenario))
        if entry is None or entry[0] is not scenario:
            entry = memo[id(scenario)] = (scenario, function(scenario))
            while len(memo) > _REMEMBERED:
                memo.popitem(last=False)
        return entry[1]

    return remembered


def kept(memo: dict[K, V], key: K, make: Callable[[], V], *, most: int) -> V:
    """A value worked out once: from `memo`, which is told it and forgets its oldest ones beyond so many.

    Examples
    --------
    >>> memo = {}
    >>> [kept(memo, key, lambda: key * 10, most=2) for key in (1, 2, 3)], list(memo)
    ([10, 20, 30], [2, 3])
    """
    if key in memo:
        return memo[key]
    remember(memo, key, value := make(), most=most)
    return value


def remember(memo: dict[K, V], key: K, value: V, *, most: int) -> None:
    """Put a value in, and forget the oldest ones beyond so many."""
    memo[key] = value
    while len(memo) > most:
        del memo[next(iter(memo))]


digest_of: Callable[[Scenario], str] = _once(lambda scenario: scenario.digest())
derived_of: Callable[[Scenario], Derived] = _once(derive)
steep_seasons_of: Callable[[Scenario], tuple[Notice, ...]] = _once(steep_seasons)
