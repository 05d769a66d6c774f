"""Plans that differ from another in a few products, served in turn from the stocks of the one they are next to.

Two plans that were tuned each from its own program differ by how well they are tuned, too: on large groups by more than
one product costs. Here what they differ by is the move.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from engine.decision.settling.promise import laid_out, price_of_budget, promised
from engine.demand.streams import Array
from engine.economics.instance import MTS, Instance, Integers
from engine.economics.optima.stock import best_stock, fold
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.evaluator import PooledEvaluator
from engine.search.first_come.waiting import FirstCome
from engine.search.recourse import Recourse, dispatch_hours

# Rounds of descent, and the first steps of parts that others draw from after the move and of all other parts, shares of
# the spread of what a part has to cover.
NEXT_TO, _CHANGED, _OTHERS = 12, 0.1, 0.01
# Where a part that nobody drew from begins, in spreads above the mean of what it has to cover.
_NEW_PART = 1.0


class Beside:
    """Plans next to a plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    plan : Recourse
        First come first served.
    rounds : int
        Most rounds of descent.
    evaluator : PooledEvaluator, optional
        Of the folded instance. It is asked where risk counts, since what is best in stock hangs on all products there,
        and where a move draws from parts that nobody drew from.
    """

    def __init__(
        self, instance: Instance, plan: Recourse, *, rounds: int = NEXT_TO, evaluator: PooledEvaluator | None = None
    ) -> None:
        self.instance, self.plan, self.rounds, self._given = instance, plan, rounds, evaluator
        self._budget_price: float | None = None

    def served(self, strategy: Integers, *, deadline: Deadline = NEVER) -> Recourse | None:
        """The plan of other strategies, its program's value not known; None where hours or the budget do not do.

        Parameters
        ----------
        strategy : shape (I,)
        deadline : Deadline
            After it the levels stay as they are by then.
        """
        overtime, outsourced, worked = dispatch_hours(self.instance, strategy)
        if not worked:
            return None
        after = laid_out(self.instance, strategy, near=self._queue)
        drawn = np.zeros(0, dtype=np.int64) if self._queue is None else self._queue.used
        new, risky = after is not None and not np.isin(after.used, drawn).all(), self.instance.cvar_weight > 0.0
        program = self._program(strategy) if new or risky else None
        if program is None and (new or risky):
            return None
        none = np.zeros(self.plan.prices.shape)
        if risky and program is not None:
            start = replace(program, base=np.zeros(len(none)))
        else:
            level = np.where(self.plan.strategy == MTS, self.plan.level, self._stock_level)
            start = replace(
                self.plan, strategy=strategy, program_value=-np.inf, level=np.where(strategy == MTS, level, np.nan),
                base=np.zeros(len(none)), prices=none, overtime=overtime, outsourced=outsourced,
            )  # fmt: skip
        # Where parts come in whole units the others are where no unit more or less saves: there they stay.
        first = np.where(self.instance.parts.whole, 0.0, _OTHERS)
        if after is not None:
            changed = self._begin(start.base, after)
            first[changed] = _CHANGED
        served = promised(
            self.instance, start, rounds=self.rounds, first=first, price=self.budget_price(deadline), queue=after,
            from_plan=True, deadline=deadline,
        )  # fmt: skip
        if not new or program is None or deadline.passed():
            return served
        # A kit of several parts that nobody drew from has no level to begin with, and may stand on a ridge there.
        other = promised(self.instance, program, queue=after, deadline=deadline)
        return other if served is None or (other is not None and other.objective < served.objective) else served

    def budget_price(self, deadline: Deadline = NEVER) -> float | None:
        """The price of inventory, money per year, at which the plan uses its budget up; None where it has none.

        None as well where some of it is left anyway.

        Parameters
        ----------
        deadline : Deadline
            No price is tried after it.
        """
        if self.instance.budget is not None and self._budget_price is None:
            self._budget_price = price_of_budget(self.instance, self.plan, queue=self._queue, deadline=deadline)
        return self._budget_price or None

    def _begin(self, base: Array, after: FirstCome) -> Integers:
        """Put levels from which parts are tuned into shape (C,), and tell which parts cover something else than before.

        S_c' = m_c' + s_c' (S_c - m_c) / s_c: as many spreads above the mean of what a part has to cover as it was.
        """
        used, ratio = after.used, np.full(len(base), _NEW_PART)
        same = np.zeros(len(used), dtype=bool)
        if (before := self._queue) is not None:
            at = before.used
            ratio[at] = (self.plan.base[at] + before.free[at]) / before.spread[at]
            same = (after.total[used] == before.total[used]).all(axis=1)
        base[used] = np.where(same, self.plan.base[used], ratio[used] * after.spread[used] - after.free[used])
        return used[~same]

    @cached_property
    def _queue(self) -> FirstCome | None:
        return laid_out(self.instance, self.plan.strategy)

    def _program(self, strategy: Integers) -> Recourse | None:
        """What the program says of strategies, whether they keep the rules over strategies or not."""
        if self._given is not None and portfolio(self.instance).keeps(strategy):
            return self._given.evaluate(strategy)
        return self._evaluator.evaluate(strategy)

    @cached_property
    def _evaluator(self) -> PooledEvaluator:
        return PooledEvaluator(fold(self.instance.untied()))

    @cached_property
    def _stock_level(self) -> Array:
        """What a product that comes to be made to stock has, shape (I,)."""
        return best_stock(self.instance).level
