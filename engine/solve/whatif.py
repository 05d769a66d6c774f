"""What-ifs at the speed of a slider: one object keeps samples, windows, prices and the last plan between moves.

Everything here is NumPy and HiGHS called directly: several sessions may use their own objects in several threads
at once, which a Pyomo solve does not survive. One object serves one thread at a time.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from engine.economics.build import build_instance
from engine.economics.draw import SampleCache
from engine.economics.instance import ATO, Instance, Integers
from engine.economics.stock import best_stock, decide_stock
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.solve.bridge import Status
from engine.solve.cuts import CutSearch, FirstAnswer
from engine.solve.decide import decide_instance, needs_extensive
from engine.solve.pool import Pool
from engine.solve.search import PooledSearch

FIRST_GAP = 0.01
FIRST_SECONDS = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """The decision of one what-if.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Indices of `STRATEGIES`.
    objective, bound, gap : float
        Money per year; the gap is relative and proven.
    counts : dict of str to int
    seconds : float
    proven : bool
        The gap is the one asked for in `prove`.
    """

    instance: Instance
    strategy: Integers
    objective: float
    bound: float
    gap: float
    counts: dict[str, int]
    seconds: float
    proven: bool


class WhatIf:
    """Decides what-ifs on the same products.

    Parameters
    ----------
    scenario : Scenario
        The base; its samples are drawn once.
    samples : int, optional
        In place of the scenario's own.
    """

    def __init__(self, scenario: Scenario, *, samples: int | None = None) -> None:
        self.samples = scenario.settings.samples if samples is None else samples
        self.cache = SampleCache()
        self._lock = threading.Lock()
        self._pool: Pool | None = None
        self._shape: tuple[object, ...] = ()
        self._last: FirstAnswer | None = None
        self.first(scenario)

    @staticmethod
    def supports(instance: Instance) -> bool:
        """Whether there are first answers: not with CVaR, lost sales, stocking costs or minimum order quantities."""
        rules = instance.cvar_weight > 0.0 or bool((instance.lost > 0.0).any())
        return not rules and Pool.supports(instance) and bool(instance.allowed.any(axis=1).all())

    def first(
        self, scenario: Scenario, *, gap: float = FIRST_GAP, seconds: float = FIRST_SECONDS
    ) -> WhatIfAnswer | None:
        """A plan with an honest gap, fast; None where no plan was found or the rules need the whole program.

        Parameters
        ----------
        scenario : Scenario
            The base with values changed; products, components and bill of materials as in the base.
        gap : float
            Stop as soon as it is proven.
        seconds : float
            Time for the search after the windows are ready.
        """
        with self._lock:
            began = time.perf_counter()
            instance = build_instance(scenario, samples=self.samples, cache=self.cache)
            if not self.supports(instance):
                return None
            pool = self._pool_for(instance)
            price = self._last.value_price if self._last is not None else 0.0
            pool.update(instance, value_price=0.0 if instance.budget is None else price)
            search = CutSearch(instance, pool, value_price=price)
            start = None if self._last is None else self._last.strategy
            found = search.run(gap=gap, seconds=seconds, start=start)
            if found is None:
                return None
            self._last = found
            return _answer(instance, found.strategy, found.objective, found.bound, began, proven=False)

    def prove(
        self, scenario: Scenario, *, gap: float = 1e-3, time_limit: float | None = None
    ) -> WhatIfAnswer | None:
        """The same with a proven gap; starts from the last plan. None where the rules cannot be kept.

        CVaR and lost sales need the whole program in Pyomo: call it in a process of its own then.
        """
        with self._lock:
            began = time.perf_counter()
            instance = build_instance(scenario, samples=self.samples, cache=self.cache)
            deadline = None if time_limit is None else began + time_limit
            if needs_extensive(instance):
                search = decide_instance(instance, gap=gap, deadline=deadline).search
            else:
                optimum = best_stock(instance)
                start = None if self._last is None else self._last.strategy
                folded = decide_stock(instance, optimum) if instance.budget is None else instance
                search = PooledSearch(
                    folded, optimum, gap=gap, deadline=deadline, start=start
                ).run()
            if search.best is None:
                return None
            best = search.best
            proven = search.status is Status.OPTIMAL
            return _answer(instance, best.strategy, best.objective, search.bound, began, proven=proven)

    def _pool_for(self, instance: Instance) -> Pool:
        """The pool kept from the last what-if, or a new one where what may be assembled has changed."""
        edges = instance.edges
        shape = (
            instance.allowed[:, ATO].tobytes(), edges.product.tobytes(), edges.component.tobytes(),
            instance.on_time_target.tobytes(), instance.samples,
        )  # fmt: skip
        if self._pool is None or shape != self._shape:
            self._pool, self._shape = Pool(instance, share=0.35), shape
        return self._pool


def _answer(
    instance: Instance, strategy: Integers, objective: float, bound: float, began: float, *, proven: bool
) -> WhatIfAnswer:
    bound = min(bound, objective)
    return WhatIfAnswer(
        instance=instance,
        strategy=strategy,
        objective=objective,
        bound=bound,
        gap=max(0.0, objective - bound) / max(abs(objective), 1e-9),
        counts={name: int((strategy == k).sum()) for k, name in enumerate(STRATEGIES)},
        seconds=time.perf_counter() - began,
        proven=proven,
    )

