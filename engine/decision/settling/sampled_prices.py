"""A budget by prices looked for on some of the samples: these say which strategies suit it, all say what they cost.

A search on a quarter of the samples takes a tenth of the time, and its strategies cost on all of them little more than
those of a search on all. Nothing is proven of them: a bound on some samples is none on all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.decision.settling.budget_prices import BudgetPrices, Closed
from engine.economics.instance import Instance, Integers
from engine.search.evaluator import PooledEvaluator
from engine.search.start import PlanBasis, some_samples


class SampledPrices:
    """Plans of one instance under any inventory budget, their strategies from some of its samples.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open; its own budget is not looked at.
    count : int
        Samples on which strategies are looked for.
    start : shape (I,), optional
        Strategies to begin with.
    """

    def __init__(self, instance: Instance, *, count: int, start: Integers | None = None) -> None:
        self.instance = instance
        self.prices = BudgetPrices(some_samples(instance, count), start=start)
        # Of the last plan on all samples.
        self._basis: PlanBasis | None = None

    def are_of(self, instance: Instance) -> bool:
        """Whether an instance costs the same but for its budget, on which segments' late costs hang."""
        return self.prices.are_of(instance)

    def begin_tight(self, budget: float, gap: float) -> None:
        """As of `BudgetPrices`."""
        self.prices.begin_tight(budget, gap)

    def close(self, budget: float, *, gap: float) -> Closed | None:
        """Plans of the program on all samples to serve in turn, of which nothing is proven; None where there is none.

        Parameters
        ----------
        budget : float
        gap : float
            As of `BudgetPrices`, to which the prices next to the budget are looked for.
        """
        instance = replace(self.instance, budget=budget)
        near = self.prices.next_to(budget, gap=gap)
        starts = []
        for strategy in {one.plan.strategy.tobytes(): one.plan.strategy for one in near}.values():
            evaluator = PooledEvaluator(instance, plan=self._basis)
            recourse = evaluator.evaluate(strategy)
            self._basis = evaluator.plan
            starts += [] if recourse is None else [recourse]
        if not starts:
            return None
        return Closed(instance=instance, price=near[0].price, starts=tuple(starts), value=np.inf, bound=-np.inf)
