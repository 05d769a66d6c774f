"""What is worked out of one scenario several times in a run, worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario

T = TypeVar("T")
_REMEMBERED = 12


def _once(function: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """Remember the last few results by the scenario object itself, which nothing changes once it is made."""
    known: OrderedDict[int, tuple[Scenario, T]] = OrderedDict()

    def remembered(scenario: Scenario) -> T:
        # The object is kept beside its result, so that no other one can have its id meanwhile.
        found = known.get(id(scenario))
        if found is None or found[0] is not scenario:
            found = known[id(scenario)] = (scenario, function(scenario))
            while len(known) > _REMEMBERED:
                known.popitem(last=False)
        return found[1]

    return remembered


digest_of: Callable[[Scenario], str] = _once(lambda scenario: scenario.digest())
derived_of: Callable[[Scenario], Derived] = _once(derive)
