"""Base stocks of parts tuned to how parts are really given out, and the cost the client can count on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.decision.plan import Plan
from engine.demand.streams import Array
from engine.economics.instance import Booleans
from engine.evaluate.simulate.clock.system import System
from engine.evaluate.simulate.clock.worth import Worth
from engine.evaluate.simulate.findings.ledger import inventory_value, simulated_ledger
from engine.evaluate.simulate.replicate import DAYS_PER_YEAR, Simulated, simulate_system
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.scenario.stock_prices import stock_prices

# Seeds of tuning, of the estimate the client reads, and of the check are as far apart as to never meet.
TUNING, ESTIMATE = 1_000_003, 2_000_003
ROUNDS = 7
# How much worse than the plan's own stocks the share of units on time may get, against targets, on average.
MISSED_MORE = 0.002
# Most by which the weight of a target changes in a step, and most it begins with.
URGENCY_STEP, URGENCY_MOST = 2.0, 100.0
# The worth of one more unit falls by e where the stock grows by so many standard deviations: near the tail that
# is optimal for parts, a normal shortfall has a hazard of 1.5 to 2.
HAZARD = 1.7
STEP_MOST = 0.6
STEP_NOTHING_WAITS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedStocks:
    """Stocks found, and what they cost on seeds that they were not tuned on.

    Parameters
    ----------
    level : shape (C,)
        Base stock of every part.
    simulated : Simulated
        The run that the corrected costs are read from.
    costs : tuple of float
        Simulated cost on the tuning seeds before each round, for the record.
    """

    level: Array
    simulated: Simulated
    costs: tuple[float, ...]


def with_levels(system: System, level: Array) -> System:
    """The same system with other base stocks of parts."""
    parts = tuple(
        replace(part, shelf=replace(part.shelf, level=float(value)))
        for part, value in zip(system.parts, level, strict=True)
    )
    return replace(system, parts=parts)


def tune(
    scenario: Scenario,
    plan: Plan,
    system: System,
    *,
    years: float,
    replications: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> CorrectedStocks:
    """Tune the base stocks of parts by what one more unit would have saved on simulated paths.

    A step multiplies: the stock moves by the logarithm of worth over carrying cost, in standard deviations of the
    part's net stock. A product with an on-time target weighs by its late cost times an urgency, at first such that the
    plan's stocks are worth their cost, then more where it is missed and less where it is exceeded. Where the inventory
    budget is exceeded, the value of every unit weighs more. Of the stocks seen on the tuning seeds, the cheapest are
    kept that miss targets and budget by no more than the plan's own, which are among them.
    """
    carrying, value = _carrying(scenario)
    quantity = {(i, c): q for i, good in enumerate(system.goods) for c, q in good.parts}
    used = np.zeros(len(system.parts), dtype=bool)
    used[[c for _, c in quantity]] = True
    late = derive(scenario).late_cost_per_unit_day * DAYS_PER_YEAR
    target, budget = derive(scenario).on_time_target, scenario.settings.inventory_budget
    assembled = np.array([bool(good.parts) for good in system.goods])
    aimed = assembled & (target > 0.0)
    urgency = np.ones(len(system.goods))
    dearer = float(plan.summary.get("budget_price_per_year") or 0.0)
    level = np.array([part.shelf.level for part in system.parts])
    best, best_cost, most_missed, most_held, costs = level, np.inf, np.inf, np.inf, []
    for round_ in range(ROUNDS):
        carry = carrying + dearer * value
        material = np.zeros(len(system.goods))
        for (i, c), q in quantity.items():
            material[i] += q * carry[c]
        worth = Worth(late=late * urgency, material=material, carrying=carry, quantity=quantity)
        run = simulate_system(
            with_levels(system, level), years=years, replications=replications, seed=seed + TUNING, worth=worth
        )
        if run.stopped:
            raise KeyboardInterrupt
        seen = run.observed
        cost = float(simulated_ledger(scenario, plan, run).sum(axis=(1, 2)).mean())
        on_time = 1.0 - seen.late_units.mean(axis=0) / np.maximum(seen.units.mean(axis=0), 1e-300)
        held = float(inventory_value(scenario, run).mean())
        units = seen.units.mean(axis=0)
        short = units * np.maximum(target - on_time, 0.0)
        missed = float(short[assembled].sum()) / max(float(units[assembled].sum()), 1e-300)
        if round_ == 0:
            most_missed = missed + MISSED_MORE
            most_held = np.inf if budget is None else max(budget, held)
            urgency = _first_urgency(quantity, carry, seen.part_worth.mean(axis=0), aimed)
        else:
            gone = np.clip((1.0 - on_time) / np.maximum(1.0 - target, 1e-9), 1.0 / URGENCY_STEP, URGENCY_STEP)
            urgency = np.where(aimed, np.maximum(urgency * gone, 1.0), 1.0)
        costs.append(cost)
        if cost < best_cost and missed <= most_missed and held <= most_held:
            best, best_cost = level, cost
        if budget is not None and held > budget:
            dearer = max(dearer, 0.05) * (held / budget) ** 8
        if round_ == 0 and aimed.any():
            progress(1, ROUNDS + 1)
            continue  # Now that it is known what targets weigh, look again before moving.
        level = _step(level, seen.part_worth.mean(axis=0), carry, _spread(run), used)
        progress(round_ + 1, ROUNDS + 1)
    final = simulate_system(with_levels(system, best), years=years, replications=replications, seed=seed + ESTIMATE)
    progress(ROUNDS + 1, ROUNDS + 1)
    return CorrectedStocks(level=best, simulated=final, costs=tuple(costs))


def _first_urgency(quantity: dict[tuple[int, int], float], carrying: Array, worth: Array, aimed: Booleans) -> Array:
    """Weight of late units under which the parts of a product, as the plan stocks them, are worth what they cost."""
    cost, gain = np.zeros(len(aimed)), np.zeros(len(aimed))
    for (i, c), q in quantity.items():
        cost[i] += q * carrying[c]
        gain[i] += q * worth[c]
    weight = np.clip(cost / np.maximum(gain, 1e-300), 1.0, URGENCY_MOST)
    return np.where(aimed, weight, 1.0)


def _step(level: Array, worth: Array, carrying: Array, spread: Array, used: Array) -> Array:
    ratio = worth / np.maximum(carrying, 1e-300)
    move = np.where(ratio > 0.0, np.log(np.where(ratio > 0.0, ratio, 1.0)) / HAZARD, -STEP_NOTHING_WAITS)
    moved: Array = np.maximum(level + spread * np.clip(move, -STEP_MOST, STEP_MOST), 0.0)
    return np.where(used, moved, level)


def _spread(run: Simulated) -> Array:
    """Standard deviation of the net stock of every part."""
    seen = run.observed
    mean = seen.part_net.mean(axis=0)
    variance: Array = seen.part_square.mean(axis=0) - mean**2
    return np.sqrt(np.maximum(variance, 0.0))


def _carrying(scenario: Scenario) -> tuple[Array, Array]:
    """Yearly cost of a unit of each part on the shelf, and its value."""
    cost = scenario.components["unit_cost"].to_numpy(dtype=np.float64)
    return stock_prices(scenario.components, scenario.settings.holding_rate_per_year).carrying, cost
