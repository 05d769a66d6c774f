"""Which switches come first: each wave the best next one, decided by the model with the rest at today's strategies.

What is on the way is measured as today is (`engine.decision.today.held`): no family, limit or lock was asked of it, but
for those that today keeps, which every wave keeps. A budget that today does not keep is neared: what a wave would save
beyond the plan by holding more than the plan may is never told as a saving, since the plan would take it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.plan import Plan
from engine.decision.settling.promise import inventory_value
from engine.decision.solve import decide_instance
from engine.decision.today import Held, Today, broken, held, with_hours
from engine.decision.whatif import best_stocks
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Booleans, Instance, Integers
from engine.economics.optima.stock import fold
from engine.economics.prices import TERMS
from engine.evaluate.reasons.today import running_cost
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.rules import free_of, without_targets
from engine.scenario.scenario import Scenario
from engine.search.alternatives import MoveCosts
from engine.search.evaluator import PooledEvaluator

# What is no saving: the digits of a cost.
_ROUNDING = 1e-9
# Halvings of the search for the inventory at which a wave saves as much as the plan.
_HALVINGS = 8
# Prices of a change tried until the changes of a wave cost no more than its budget.
_PRICES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Strategies on the way, with their best stocks.

    Parameters
    ----------
    strategy : shape (I,)
    plan : Plan
        Their tables.
    """

    strategy: Integers
    plan: Plan

    @property
    def cost(self) -> float:
        """What they cost a year once all changes are paid."""
        return running_cost(self.plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """On which samples everything is measured."""

    samples: int
    seed: int | None
    cache: SampleCache

    def instance(self, scenario: Scenario) -> Instance:
        return build_instance(scenario, samples=self.samples, seed=self.seed, cache=self.cache)

    def held(self, scenario: Scenario, strategy: Integers) -> Held | None:
        return held(scenario, strategy, samples=self.samples, seed=self.seed, cache=self.cache)


class Switching:
    """The switches from today's strategies to a plan's.

    Parameters
    ----------
    scenario : Scenario
        Its demand columns filled in.
    today : Today
    goal : Plan
    gap : float
        Relative gap to which each wave is proven the best.
    seed : int, optional
        Of the samples, where it is not the scenario's own.
    cache : SampleCache, optional
        Of the same products.
    """

    def __init__(
        self, scenario: Scenario, today: Today, goal: Plan, *, gap: float, seed: int | None = None,
        cache: SampleCache | None = None,
    ) -> None:  # fmt: skip
        self.scenario, self.gap = scenario, gap
        self._drawn = _Drawn(
            samples=int(goal.summary["samples"]), seed=seed, cache=SampleCache() if cache is None else cache
        )
        self.first = State(strategy=strategy_numbers(today.plan.decisions["strategy"]), plan=today.plan)
        self.last = State(strategy=strategy_numbers(goal.decisions["strategy"]), plan=goal)
        self.broken = frozenset(one.rule for one in broken(today, scenario))
        self._measured: dict[bytes, State | None] = {
            state.strategy.tobytes(): state for state in (self.first, self.last)
        }
        between = self._between(self.first.strategy)
        self._rules = portfolio(between)
        self.singles = self._singles(between)

    @property
    def switches(self) -> Integers:
        """Products that switch, ascending."""
        return np.flatnonzero(self.first.strategy != self.last.strategy)

    def after(self, at: Integers, switched: Integers) -> Integers:
        """Strategies, shape (I,), after some products have switched."""
        strategy = at.copy()
        strategy[switched] = self.last.strategy[switched]
        return strategy

    def remaining(self, at: Integers) -> Integers:
        """Products that have not switched yet, the one that saves most by itself first."""
        rows = np.flatnonzero(at != self.last.strategy)
        return rows[np.argsort(-self.singles[rows], kind="stable")]

    def best(self, at: State, candidates: list[Integers]) -> State | None:
        """The cheapest of some strategies; None where none saves."""
        states = [state for state in map(self.measure, candidates) if state is not None]
        cheapest = min(states, key=lambda state: state.cost, default=None)
        if cheapest is None or at.cost - cheapest.cost <= _ROUNDING * abs(at.cost):
            return None
        return cheapest

    def of_size(self, at: State, most: int) -> State | None:
        """After the best switches of so many products at most; None where none save."""
        chosen = self._decided(at.strategy, most=most)
        largest = self.after(at.strategy, self.remaining(at.strategy)[:most])
        return self.best(at, [one for one in (chosen, largest) if one is not None])

    def of_one(self, at: State, groups: list[Integers]) -> State | None:
        """After the switches of the best of some groups of products; None where none saves by itself."""
        return self.best(at, [self.after(at.strategy, group) for group in groups])

    def of_budget(self, at: State, most: float) -> State | None:
        """After switches whose changes cost no more than a budget, money once; None where none save.

        A price on the changes is raised until the model wants no more of them than the budget pays: what it then wants
        is the best for its money (Everett 1963). The largest savings for their money that the budget pays for are tried
        beside it.
        """
        once = self.once
        low, high, price = 0.0, np.inf, 0.0
        tried: list[Integers] = []
        for _ in range(_PRICES):
            chosen = self._decided(at.strategy, price=price)
            if chosen is None:
                break
            fits = once[chosen != at.strategy].sum() <= most * (1.0 + _ROUNDING)
            tried += [chosen] if fits else []
            if fits and price <= 0.0:
                break
            low, high = (low, price) if fits else (price, high)
            price = 2.0 * low + 0.5 if np.isinf(high) else 0.5 * (low + high)
        rows = self.remaining(at.strategy)
        worth = self.singles[rows] / np.maximum(once[rows], _ROUNDING)
        spent, largest = 0.0, at.strategy
        for i in rows[np.argsort(-worth, kind="stable")].tolist():
            if spent + once[i] <= most and self.singles[i] > 0.0:
                spent, largest = spent + once[i], self.after(largest, np.array([i]))
        return self.best(at, [*tried, largest])

    @property
    def once(self) -> Array:
        """What the change of each product costs, money once, shape (I,)."""
        return self.scenario.products["change_cost"].to_numpy(dtype=float)

    def measure(self, strategy: Integers) -> State | None:
        """Strategies, shape (I,), with their best stocks; None where they break a rule that today keeps."""
        key = strategy.tobytes()
        if key not in self._measured:
            holding = self._drawn.held(self.scenario, strategy) if self._rules.keeps(strategy) else None
            holding = None if holding is None else self._in_budget(holding)
            self._measured[key] = (
                None if holding is None else State(strategy=strategy, plan=holding.plan(seed=self._drawn.seed))
            )
        return self._measured[key]

    def _in_budget(self, holding: Held) -> Held | None:
        """The same within the budget (C7) where today keeps it; else no cheaper than the plan, with less in stock."""
        budget = self.scenario.settings.inventory_budget
        holds = inventory_value(holding.instance, holding.recourse)
        if budget is None or holds <= budget * (1.0 + _ROUNDING):
            return holding
        if "C7" not in self.broken:
            return _capped(holding, budget)
        kept, low, high = holding, budget, holds
        if _cost(holding) >= self.last.cost:
            return holding
        for _ in range(_HALVINGS):
            capped = _capped(holding, 0.5 * (low + high))
            if capped is not None and _cost(capped) < self.last.cost:
                high = 0.5 * (low + high)
            else:
                kept, low = capped or kept, 0.5 * (low + high)
        return kept

    def _decided(self, at: Integers, *, most: int | None = None, price: float = 0.0) -> Integers | None:
        """The best strategies between those in use and the plan's; None where none was found.

        Parameters
        ----------
        at : shape (I,)
        most : int, optional
            Products that switch at most.
        price : float
            Of a unit of money spent once on changes, money a year.
        """
        instance = self._between(at, most=most, price=price)
        # Prices are tried by the dozen: single moves first come first served are followed where one answer is wanted.
        search = decide_instance(instance, gap=self.gap, start=at, settle=most is not None).search
        return None if search.best is None else search.best.strategy

    def _between(self, at: Integers, *, most: int | None = None, price: float = 0.0) -> Instance:
        """Every product at the strategy in use or at the plan's, under the rules that today keeps."""
        settings, names = self.scenario.settings, [STRATEGIES[k] for k in at.tolist()]
        goal = [STRATEGIES[k] for k in self.last.strategy.tolist()]
        choices = ["|".join(dict.fromkeys(pair)) for pair in zip(names, goal, strict=True)]
        spread = settings.change_payback_years * price
        products = self.scenario.products.assign(
            allowed=choices, locked="", current_strategy=names, change_cost=self.once * spread
        )
        world = replace(self.scenario, products=products).with_settings(
            **{**free_of(self.broken), "max_changes": most}
        )
        instance = self._drawn.instance(world)
        barred = ~instance.allowed[np.arange(len(at)), at]
        if barred.any():
            # A strategy in use that cannot keep its target is an option all the same.
            instance = self._drawn.instance(without_targets(world, barred))
        return with_hours(instance, at)

    def _singles(self, instance: Instance) -> Array:
        """What each switch saves a year by itself, the others at today's strategies, by the program; shape (I,)."""
        at, goal = self.first.strategy, self.last.strategy
        folded = fold(instance)
        evaluator = PooledEvaluator(folded)
        base, rows = evaluator.evaluate(at), np.arange(len(at))
        if base is None:
            return np.zeros(len(at))
        switches = np.flatnonzero((at != goal) & folded.allowed[rows, goal])
        costs = MoveCosts(folded, base, evaluator).of([(i, int(goal[i])) for i in switches.tolist()])[rows, goal]
        return np.where(np.isfinite(costs), base.objective - costs, -np.inf)


def _capped(holding: Held, budget: float) -> Held | None:
    """The same strategies with no more in stock than a budget; None where no stocks keep it."""
    instance = replace(holding.instance, budget=budget)
    recourse = best_stocks(instance, holding.recourse.strategy)
    return None if recourse is None else replace(holding, instance=instance, recourse=recourse)


def _cost(holding: Held) -> float:
    """What it costs a year once all changes are paid, without its tables."""
    strategy = holding.recourse.strategy
    changes = holding.instance.prices.choice[np.arange(len(strategy)), strategy, TERMS.index("change")]
    return holding.recourse.objective - float(changes.sum())


def grouped(rows: Integers, labels: list[str]) -> list[Integers]:
    """Products by label, the labels in the order of the products.

    Parameters
    ----------
    rows : shape (n,)
    labels : list of str
        Of all products.

    Examples
    --------
    >>> [group.tolist() for group in grouped(np.array([3, 0, 2]), ["a", "b", "b", "a"])]
    [[3, 0], [2]]
    """
    of: Array = np.array([labels[i] for i in rows.tolist()], dtype=object)
    groups: list[Booleans] = [of == label for label in dict.fromkeys(of.tolist())]
    return [rows[mine] for mine in groups]
