"""A budget by its price: plans that pay for inventory instead of keeping a budget bound those that keep it.

For every price b >= 0 and plan that keeps the budget B, cost + b (inventory - B) <= cost, so that the least of the
left-hand side over all plans is a bound of all that keep it (Lagrangian relaxation, Geoffrion 1974). Without the budget
finished stocks are folded and the program is a small one. One price bounds all budgets, and what one search leaves
(rows, cuts, the plan and its basis) the search at the next price begins from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.settling.promise import inventory_value, promised
from engine.economics.instance import Instance, Integers
from engine.economics.optima.screen import screen
from engine.economics.optima.stock import fold
from engine.program.deadline import NEVER
from engine.search.branch_and_cut import PooledSearch
from engine.search.cheapest import without_shared_parts
from engine.search.cuts.families import Cut
from engine.search.evaluator import PooledEvaluator
from engine.search.held_rows import RowPool
from engine.search.recourse import Recourse
from engine.search.start import PlanBasis

# Prices looked for at most for one budget; the first as a share of what money in stock costs; the most that a price
# grows at a time, and how far beyond where it would do.
_PRICES, _FIRST, _GROWTH, _BEYOND = 8, 0.2, 1.6, 1.03
# Of the gap asked for, what a search at a price may leave open.
_SHARE = 0.8
# A price nearer than this share to one known says nothing new.
_NEAR = 0.02
# Where prices are looked for from the tightest budget on: how far apart, how many at most, how often what lies between
# two is halved, and how far below a price known the next may be.
_STEP, _STEPS, _HALVINGS, _NEXT_PRICE = 2.0, 8, 4, 1.03
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A plan of the program at a price of inventory.

    Parameters
    ----------
    price : float
        Money a year per money in stock; 0 where a budget was kept.
    plan : Recourse
        With hindsight.
    cost : float
        Money a year, without what is paid for inventory.
    inventory : float
        Money.
    """

    price: float
    plan: Recourse
    cost: float
    inventory: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The best plan found under a budget.

    Parameters
    ----------
    plan : Recourse
        First come first served.
    program : float
        What the best plan of the program known costs at most, money per year.
    bound : float
        No plan that keeps the budget costs less, money per year.
    """

    plan: Recourse
    program: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A budget whose gap is proven, its plan still to be served in turn.

    Parameters
    ----------
    instance : Instance
        With the budget.
    price : float
        Of inventory, money a year per money in stock, near the budget.
    starts : tuple of Recourse
        Plans of the program that keep the budget or nearly do, that at the price first.
    value, bound : float
        As of `Within`, of the program alone.
    """

    instance: Instance
    price: float
    starts: tuple[Recourse, ...]
    value: float
    bound: float

    def served(self, near: Recourse | None = None) -> Within | None:
        """The best plan first come first served; None where none found keeps the budget.

        Parameters
        ----------
        near : Recourse, optional
            A plan first come first served of a near budget, whose strategies are tried, too.
        """
        starts = self.starts
        if near is not None and (near.strategy != starts[0].strategy).any():
            starts = (*starts, replace(near, budget_price=self.price))
        plans = [plan for plan in (promised(self.instance, one) for one in starts) if plan is not None]
        if not plans:
            return None
        best = min(plans, key=lambda plan: plan.objective)
        program = min(self.value, best.objective)
        return Within(plan=best, program=program, bound=min(self.bound, program))


class BudgetPrices:
    """Plans of one instance under any inventory budget.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open; its own budget is not looked at.
    start : shape (I,), optional
        Strategies to begin with.
    """

    def __init__(self, instance: Instance, *, start: Integers | None = None) -> None:
        self.instance = replace(instance, budget=None)
        self.start = start
        # Searches at their prices, ascending, their bounds, and all plans known of each choice of strategies.
        self.searched: list[Priced] = []
        self.bounds: list[tuple[float, float]] = []
        self.plans: dict[bytes, list[Priced]] = {}
        # Of budgets and strategies: the plan of the program that keeps the one with the other.
        self._keeping: dict[tuple[float, bytes], Recourse | None] = {}
        self._rows: RowPool | None = None
        self._cuts: list[Cut] = []
        # Of the last plans without a budget and with one.
        self._basis: PlanBasis | None = None
        self._kept: PlanBasis | None = None

    @staticmethod
    def suits(instance: Instance) -> bool:
        """Whether nothing but the budget ties finished stocks, and every product has a strategy left."""
        return instance.cvar_weight <= 0.0 and bool(instance.allowed.any(axis=1).all())

    def are_of(self, instance: Instance) -> bool:
        """Whether an instance costs the same but for its budget, on which segments' late costs hang."""
        mine, its = self.instance.prices, instance.prices
        return np.array_equal(mine.backlog, its.backlog) and np.array_equal(mine.waiting, its.waiting)

    def bound(self, budget: float) -> float:
        """No plan that keeps the budget costs less, money per year."""
        return max((bound - price * budget for price, bound in self.bounds), default=-np.inf)

    def close(self, budget: float, *, gap: float) -> Closed | None:
        """The gap of a budget proven, and plans of the program to serve in turn; None where prices do not prove it.

        Parameters
        ----------
        budget : float
        gap : float
            Of the program to its bound, relative.
        """
        nearest = self._close(budget, gap)
        if nearest is None:
            return None
        starts = (replace(nearest.plan, budget_price=nearest.price), *self._keep(budget))
        return Closed(
            instance=replace(self.instance, budget=budget), price=nearest.price, starts=starts,
            value=self.value(budget), bound=self.bound(budget),
        )  # fmt: skip

    def next_to(self, budget: float, *, gap: float) -> list[Priced]:
        """Plans searched that hold the least above a budget and the most within it, the nearer first.

        Prices are looked for until the gap of the budget is proven or none would say more.
        """
        self._close(budget, gap)
        around = [one for one in self._around(budget) if one is not None]
        return sorted(around, key=lambda one: abs(one.inventory - budget))

    def value(self, budget: float) -> float:
        """What the best plan of the program known to keep the budget costs at most, money per year."""
        return min((self._within(of, budget) for of in self.plans.values()), default=np.inf)

    @staticmethod
    def _within(plans: list[Priced], budget: float) -> float:
        """The same of plans of the same strategies: between two of them lie plans that are no dearer than the chord."""
        lean = [one for one in plans if one.inventory <= budget]
        if not lean:
            return float("inf")
        low = max(lean, key=lambda one: one.inventory)
        values = [one.cost for one in lean]
        for high in plans:
            if high.inventory > budget:
                share = (budget - low.inventory) / (high.inventory - low.inventory)
                values.append(low.cost + share * (high.cost - low.cost))
        return min(values)

    def _close(self, budget: float, gap: float) -> Priced | None:
        """A plan near the budget once its gap is proven; None where prices do not prove it."""
        for _ in range(_PRICES):
            if None not in self._around(budget) and not self._proven(budget, gap):
                self._keep(budget)
            if self._proven(budget, gap):
                return min(self.searched, key=lambda one: abs(one.inventory - budget))
            price = self._next(budget)
            if price is None:
                return None
            self._search(price, gap)
        return None

    def _proven(self, budget: float, gap: float) -> bool:
        value = self.value(budget)
        return bool(np.isfinite(value)) and value - self.bound(budget) <= gap * max(abs(value), _SMALLEST)

    def _around(self, budget: float) -> tuple[Priced | None, Priced | None]:
        """The plans searched that hold the least above the budget and the most within it."""
        above = [one for one in self.searched if one.inventory > budget]
        below = [one for one in self.searched if one.inventory <= budget]
        return (
            min(above, key=lambda one: one.inventory) if above else None,
            max(below, key=lambda one: one.inventory) if below else None,
        )

    def _next(self, budget: float) -> float | None:
        """The next price to search at; None where none would say more."""
        above, below = self._around(budget)
        if above is None:
            return 0.0 if below is None else self._back(budget)
        if below is None:
            return self._further(budget)
        # Where both cost the same, what is paid for inventory included.
        price = (below.cost - above.cost) / (above.inventory - below.inventory)
        near = _NEAR * max(price, _SMALLEST)
        return price if all(abs(price - one.price) > near for one in self.searched) else None

    def _further(self, budget: float) -> float:
        """A price above all known ones: where inventory, even in the price's logarithm, leads a little below budget."""
        dear = sorted((one for one in self.searched if one.price > 0.0), key=lambda one: one.price)
        if not dear:
            return _FIRST * self._carrying()
        most = _GROWTH
        if len(dear) > 1 and dear[-2].inventory > dear[-1].inventory:
            fall = (dear[-2].inventory - dear[-1].inventory) / np.log(dear[-1].price / dear[-2].price)
            most = min(most, _BEYOND * float(np.exp((dear[-1].inventory - budget) / fall)))
        return dear[-1].price * most

    def _back(self, budget: float) -> float | None:
        """A price below all, where strategies known hold about the budget; None below which there is none."""
        low = min(self.searched, key=lambda one: one.price)
        if low.price <= 0.0:
            return None
        return self._price_of(budget, below=low.price / _NEXT_PRICE)

    def begin_tight(self, budget: float, gap: float) -> None:
        """Search first where the strategies to begin with hold about a budget that is the tightest of all.

        Parameters
        ----------
        budget : float
        gap : float
            As of `close`.
        """
        least = self._price_of(budget, below=_FIRST * self._carrying() * _STEP**_STEPS)
        if not self.searched and least > 0.0:
            self._search(least, gap)

    def _price_of(self, budget: float, *, below: float) -> float:
        """The price below another at which strategies known hold about a budget; zero where they hold less at any."""
        high, low = below, below / _STEP
        for _ in range(_STEPS):
            if self._held(low) > budget:
                break
            high, low = low, low / _STEP
        else:
            return 0.0
        for _ in range(_HALVINGS):
            middle = float(np.sqrt(low * high))
            low, high = (low, middle) if self._held(middle) <= budget else (middle, high)
        return high

    def _held(self, price: float) -> float:
        """What the better of the strategies to begin with and of none that share parts holds at a price."""
        instance = fold(self._priced(price))
        evaluator = PooledEvaluator(instance, plan=self._basis)
        tried = [without_shared_parts(instance), *([] if self.start is None else [self.start])]
        plans = [plan for one in tried if (plan := evaluator.evaluate(one)) is not None]
        if not plans:
            return np.inf
        return inventory_value(self.instance, min(plans, key=lambda plan: plan.objective))

    def _carrying(self) -> float:
        """What money in stock costs a year, over all products and parts."""
        cost = self.instance.carrying.sum() + self.instance.part_carrying.sum()
        worth = self.instance.unit_cost.sum() + self.instance.parts.unit_cost.sum()
        return float(cost / max(worth, _SMALLEST))

    def _priced(self, price: float) -> Instance:
        """The instance that pays for inventory as if holding it cost so much more."""
        dearer = self.instance.prices.plus("on_hand", "holding", price * self.instance.unit_cost)
        dearer = dearer.plus("part_on_hand", "holding", price * self.instance.parts.unit_cost)
        return replace(self.instance, prices=dearer)

    def _search(self, price: float, gap: float) -> None:
        """Search at a price, from what the last search left."""
        instance = fold(self._priced(price))
        last = self.searched[-1] if self.searched else None
        # The gap is one of the cost, of which inventory is no part.
        share = 1.0 if last is None else last.cost / max(last.cost + price * last.inventory, _SMALLEST)
        search = PooledSearch(instance, gap=_SHARE * gap * share, start=self.start, plan=self._basis)
        if self._rows is not None:
            search.rows.widen(self._rows)
        result, self._cuts = search.first(
            until=NEVER, allowed=screen(instance).allowed, cuts=self._cuts, repriced=self._basis is not None
        )
        self._rows, self._basis = search.rows, search.evaluator.plan
        if result.best is None:
            return
        self.bounds.append((price, result.bound))
        self.start = result.best.strategy
        self.searched.append(self._know(price, result.best))

    def _know(self, price: float, plan: Recourse) -> Priced:
        inventory = inventory_value(self.instance, plan)
        one = Priced(price=price, plan=plan, cost=plan.objective - price * inventory, inventory=inventory)
        self.plans.setdefault(plan.strategy.tobytes(), []).append(one)
        return one

    def _keep(self, budget: float) -> list[Recourse]:
        """Plans of the program that keep the budget with the strategies of the plans searched next to it.

        A program of a few tenths of a second each, and cheaper than what lies on a chord.
        """
        for strategy in (one.plan.strategy for one in self._around(budget) if one is not None):
            key = budget, strategy.tobytes()
            if key not in self._keeping:
                evaluator = PooledEvaluator(replace(self.instance, budget=budget), plan=self._kept)
                self._keeping[key] = recourse = evaluator.evaluate(strategy)
                self._kept = evaluator.plan
                if recourse is not None:
                    self._know(0.0, recourse)
        return [plan for (of, _), plan in self._keeping.items() if of == budget and plan is not None]
