"""The portfolio decided again in every redrawn scenario: what each strategy of each product would cost there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.decided import Decided
from engine.decision.solve import decide_instance
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.instance import Booleans, Instance, Integers
from engine.economics.optima.stock import best_stock, decide_stock, fold
from engine.errors import EngineError
from engine.evaluate.processes.side_by_side import side_by_side
from engine.evaluate.trust.resample import Resamples
from engine.model.portfolio import portfolio
from engine.program.deadline import Log
from engine.scenario.rules import BARRING, COUPLING, stated_rules
from engine.scenario.scenario import Scenario
from engine.search.alternatives import MoveCosts
from engine.search.evaluator import PooledEvaluator
from engine.search.recourse import Recourse
from engine.words.reason import cause

# Costs this close, relative to the objective, are equal: the strategy is kept.
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Costs of the strategies in redrawn scenarios.

    Parameters
    ----------
    strategy : shape (I,)
        The strategies of the plan.
    dearer : shape (draws, I, 3)
        Cost of each strategy less that of the plan's, money per year, the other products as best in that draw and
        stocks optimised; inf where a rule breaks, NaN where the strategy, or the plan's, is not possible there.
    kept : shape (draws, I)
        Whether the plan's strategy is the best of its product, ties included.
    solved : shape (draws,)
        Whether there is any plan that keeps all rules.
    barred : shape (draws, I), optional
        Whether another strategy than the plan's would cost less than all that the limit of changes (C8) leaves the
        product; None without a limit.
    """

    strategy: Integers
    dearer: Array
    kept: Booleans
    solved: Booleans
    barred: Booleans | None = None

    @property
    def regret(self) -> Array:
        """What the plan's strategy costs above the best one, shape (draws, I); NaN where it is not possible."""
        costs = np.where(np.isnan(self.dearer), np.inf, self.dearer).min(axis=2)
        possible = ~np.isnan(self.dearer).all(axis=2)
        return np.where(possible & np.isfinite(costs), np.maximum(-costs, 0.0), np.nan)


def decide_draws(
    resamples: Resamples, strategy: Integers, *, samples: int, gap: float = 0.01, processes: int = 1,
    tick: Log = lambda _: None,
) -> Draws:
    """Decide every redrawn scenario on samples of its own.

    The portfolio is decided to a wide gap, then every move of one product is costed exactly; a product whose move
    lowers the cost counts as moved, so that the wide gap leaves little behind.

    Parameters
    ----------
    resamples : Resamples
    strategy : shape (I,)
        The strategies of the plan.
    samples : int
        Of demand, per draw.
    gap : float
    processes : int
        That decide draws side by side; the draws are the same.
    tick : callable
        Told of each draw.
    """
    count, given = len(resamples.seeds), (resamples, strategy, samples, gap)
    results = []
    for one in side_by_side(_decided, given, range(count), processes=processes):
        results.append(one)
        tick(f"inputs redrawn: {len(results)} of {count}")
    dearer, kept, solved, barred = (np.array(part) for part in zip(*results, strict=True))
    return Draws(
        strategy=strategy, dearer=dearer, kept=kept, solved=solved,
        barred=barred if bars_of(resamples.scenario) else None,
    )  # fmt: skip


def _decided(given: tuple[Resamples, Integers, int, float], draw: int) -> tuple[Array, Booleans, bool, Booleans]:
    """Of one draw, as of `Draws`: what is dearer, what is kept, whether there is a plan, what limits bar."""
    resamples, strategy, samples, gap = given
    rows = np.arange(len(strategy))
    dearer, none = np.full((len(strategy), 3), np.nan), np.zeros(len(strategy), dtype=bool)
    instance, unserved = _built(resamples.draw(draw), samples=samples, seed=resamples.seeds[draw])
    decision = decide_instance(instance, gap=gap, served=False)
    best = decision.search.best
    if best is None:
        return dearer, none, False, none
    tie, barred = _TIE * max(1.0, abs(best.objective)), none
    cost = _moves(instance, decision, best)
    if bars_of(resamples.scenario):
        free = np.where(np.arange(3) == strategy[:, None], np.inf, cost)
        cost = within_changes(instance, best, cost)
        # Changes are priced beyond the last one, other rules are kept as they are.
        if portfolio(instance).stated & set(BARRING) - {"C8"}:
            cost = np.where(portfolio(instance).free(best.strategy), cost, np.inf)
        barred = _least(free) < _least(cost) - tie
    chosen = np.where(unserved, np.nan, cost[rows, strategy])
    kept = chosen <= _least(cost) + tie
    with np.errstate(invalid="ignore"):
        dearer = np.where(np.isfinite(chosen)[:, None], cost - chosen[:, None], np.nan)
    return dearer, kept, True, barred


def bars_of(scenario: Scenario) -> list[str]:
    """Settings of a scenario that can bar a product a strategy that would cost less."""
    return [COUPLING[rule] for rule in stated_rules(scenario.settings) if rule in BARRING]


def within_changes(instance: Instance, best: Recourse, moves: Array) -> Array:
    """Cost of every move under the limit of changes (C8), shape (I, 3).

    Where the plan of the draw uses all changes, a product that changes too takes the change of the product that gives
    it up at the least cost, and one that goes back leaves its change to the product that saves most by it: exact
    where products share nothing. Where nobody can give up a change, the move is not possible.

    Parameters
    ----------
    instance : Instance
    best : Recourse
        The plan of the draw.
    moves : shape (I, 3)
        Cost of every move by itself, the limit aside; NaN where not allowed.
    """
    if instance.max_changes is None:
        return moves
    count, current = len(moves), instance.current
    counted = current >= 0
    changed = counted & (best.strategy != current)
    if int(changed.sum()) < instance.max_changes:
        return moves
    rows = np.arange(count)
    finite = np.where(np.isfinite(moves), moves, np.inf)
    back = np.where(changed, finite[rows, np.maximum(current, 0)] - best.objective, np.inf)
    away = finite.copy()
    away[rows, np.maximum(current, 0)] = np.inf
    away = np.where(counted & ~changed, away.min(axis=1) - best.objective, np.inf)
    costs = moves.copy()
    for i in np.flatnonzero(counted).tolist():
        others = rows != i
        if changed[i]:
            # A change left over is used only where it saves.
            costs[i, current[i]] += min(0.0, float(away[others].min(initial=np.inf)))
        else:
            costs[i, np.arange(3) != current[i]] += float(back[others].min(initial=np.inf))
    return costs


def _least(cost: Array) -> Array:
    """Cost of each product's cheapest strategy, shape (I,)."""
    least: Array = np.where(np.isnan(cost), np.inf, cost).min(axis=1)
    return least


def _moves(instance: Instance, decision: Decided, best: Recourse) -> Array:
    """Cost of every move of one product by itself, the limit of changes (C8) aside; shape (I, 3)."""
    if instance.budget is not None and instance.cvar_weight <= 0.0:
        return _priced_moves(instance, best)
    if instance.max_changes is None:
        return decision.move_objectives(None).objective
    free = replace(instance, max_changes=None)
    folded = fold(free)
    return MoveCosts(folded, best, PooledEvaluator(folded)).every()


def _built(scenario: Scenario, *, samples: int, seed: int) -> tuple[Instance, Booleans]:
    """The instance of a draw, and the products that no strategy can serve in it: their rules are left out there."""
    instance = build_instance(scenario, samples=samples, seed=seed)
    unserved: Booleans = np.asarray(~instance.allowed.any(axis=1))
    if unserved.any():
        goods = scenario.products.copy()
        goods.loc[unserved, ["on_time_target", "shelf_life_days"]] = [0.0, np.nan]
        instance = build_instance(replace(scenario, products=goods), samples=samples, seed=seed)
    return instance, unserved


def _priced_moves(instance: Instance, best: Recourse) -> Array:
    """Cost of every move under an inventory budget (C7), at the budget's price; shape (I, 3).

    With the shadow price p of the budget as a charge on stock the products' stocks are free of each other: the
    Lagrangian relaxation of (C7) at p, exact for the plan itself and from below for its neighbours.
    """
    price = best.budget_price
    prices = instance.prices.plus("on_hand", "holding", price * instance.unit_cost)
    prices = prices.plus("part_on_hand", "holding", price * instance.parts.unit_cost)
    charged = replace(instance, prices=prices, budget=None, max_changes=None)
    folded = decide_stock(charged, best_stock(charged))
    evaluator = PooledEvaluator(folded)
    priced = evaluator.evaluate(best.strategy)
    if priced is None:
        raise EngineError(cause("budget_lost"))
    return MoveCosts(folded, priced, evaluator).every()
