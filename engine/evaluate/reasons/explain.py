"""One product explained: three ledgers side by side, windows, base stocks, what binds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.decision.outcome import NoPlanError
from engine.decision.relaxation.infeasible import infeasible
from engine.decision.solve import DEFAULT_GAP, decide_instance
from engine.decision.tables.attribution import attribute
from engine.decision.whatif import best_stocks
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import ATO, MTO, MTS, TERMS, Instance
from engine.errors import EngineError
from engine.evaluate.reasons.limits import what_binds, why_not
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.rules import without_targets
from engine.scenario.scenario import Scenario
from engine.scenario.segments import segment_names
from engine.scenario.settings import nearest
from engine.search.recourse import Recourse
from engine.words.reason import Reason, cause

CHANGE_ONCE = "leaving today's strategy, once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one product is decided as it is.

    Parameters
    ----------
    product, strategy, currency : str
    samples : int
        On which the costs are measured.
    ledgers : pandas.DataFrame
        Terms as rows, MTS, ATO, MTO as columns, money per year; NaN where a strategy is not possible. The row
        ``other products`` is what the move changes elsewhere; the row ``total`` is the plan's cost_if.
    unavailable : dict of str to Reason
        Strategies that are not possible, and why.
    barred : pandas.DataFrame
        As `ledgers`, of strategies that a rule of this product alone forbids (locked, not among those allowed, an
        on-time target): what they would cost if it did not; NaN for all others.
    windows : pandas.DataFrame
        What each stock covers: item, lead_time_days, wait_days, mean_window_days, mean_demand, sd_demand, base_stock,
        mean_on_hand.
    binding : list of Reason
        What limits the choice.
    facts : dict of str to float
        Inputs a planner needs to check the numbers.
    """

    product: str
    strategy: str
    currency: str
    samples: int
    ledgers: pd.DataFrame
    unavailable: dict[str, Reason]
    barred: pd.DataFrame
    windows: pd.DataFrame
    binding: list[Reason]
    facts: dict[str, float]


def explain(scenario: Scenario, product: str, *, gap: float = DEFAULT_GAP) -> Explanation:
    """Explain one product of a scenario.

    Parameters
    ----------
    scenario : Scenario
    product : str
    gap : float
        Gap to which the scenario is decided first.

    Raises
    ------
    NoPlanError
        Where no plan keeps the rules; it names those in conflict.
    EngineError
        Where there is no such product.
    """
    scenario = complete(scenario)
    instance = build_instance(scenario)
    if product not in instance.products:
        near = nearest(product, list(instance.products))
        raise EngineError(cause("name_none", what=cause("a_product"), name=product, near=near))
    decided = decide_instance(instance, gap=gap, settle=True)
    best = decided.search.best
    if best is None:
        raise NoPlanError(scenario.name, infeasible(instance))
    i = instance.products.index(product)
    exact = np.full((len(instance.products), len(STRATEGIES)), -np.inf)
    exact[i] = np.inf
    more = decided.move_objectives(exact).objective[i] - best.objective
    return explain_plan(scenario, instance, best, product, more=more)


def explain_plan(
    scenario: Scenario, instance: Instance, recourse: Recourse, product: str, *,
    more: Array | None = None, cache: SampleCache | None = None,
) -> Explanation:
    """Explain one product of a plan that is already decided.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario, on its own seed.
    recourse : Recourse
    product : str
    more : shape (3,), optional
        What the plan tells that each strategy costs more a year, so that the ledgers add up to the same; worked out
        from their own stocks where it is left out or not finite.
    cache : SampleCache, optional
        That the instance was built with.
    """
    i = instance.products.index(product)
    chosen = int(recourse.strategy[i])
    ledgers: dict[str, list[float]] = {}
    windows: list[dict[str, object]] = []
    unavailable: dict[str, Reason] = {}
    binding: list[Reason] = []
    base, rules = attribute(instance, recourse).ledger[i].sum(), portfolio(instance)
    told = np.full(len(STRATEGIES), np.nan) if more is None else more
    for k, name in enumerate(STRATEGIES):
        moved = rules.moved(recourse.strategy, i, k)
        stocks = recourse if k == chosen else None
        if k != chosen and instance.allowed[i, k]:
            stocks = best_stocks(instance, moved, near=recourse)
        if stocks is None:
            unavailable[name] = why_not(scenario, instance, recourse.strategy, i, k)
            ledgers[name] = [np.nan] * (len(TERMS) + 2)
            continue
        ledger = attribute(instance, stocks).ledger[i]
        total = base + (float(told[k]) if np.isfinite(told[k]) else stocks.objective - recourse.objective)
        ledgers[name] = [*ledger, total - ledger.sum(), total]
        windows += _windows(scenario, instance, stocks, i, k)
        binding += what_binds(instance, stocks, i, k) if k == chosen else []
    return Explanation(
        product=product,
        strategy=STRATEGIES[chosen],
        currency=scenario.settings.currency,
        samples=instance.samples,
        ledgers=pd.DataFrame(ledgers, index=[*TERMS, "other products", "total"]),
        unavailable=unavailable,
        barred=_barred(scenario, instance, recourse, i, cache),
        windows=pd.DataFrame(windows),
        binding=binding,
        facts=_facts(scenario, instance, i),
    )


def _barred(
    scenario: Scenario, instance: Instance, recourse: Recourse, i: int, cache: SampleCache | None
) -> pd.DataFrame:
    """Ledgers of the strategies that a rule of product i alone forbids, the others as they are."""
    nothing = [np.nan] * (len(TERMS) + 2)
    ledgers = dict.fromkeys(STRATEGIES, nothing)
    index = [*TERMS, "other products", "total"]
    possible = [k for k in range(len(STRATEGIES)) if not instance.allowed[i, k] and not instance.ties.narrowed[i, k]]
    if not possible:
        return pd.DataFrame(ledgers, index=index)
    free = _freed(scenario, i, instance.samples, cache).untied()
    base = attribute(instance, recourse).ledger[i].sum()
    for k in possible:
        strategy = recourse.strategy.copy()
        strategy[i] = k
        stocks = best_stocks(free, strategy, near=recourse)
        if stocks is not None:
            ledger = attribute(free, stocks).ledger[i]
            total = base + stocks.objective - recourse.objective
            ledgers[STRATEGIES[k]] = [*ledger, total - ledger.sum(), total]
    return pd.DataFrame(ledgers, index=index)


def _freed(scenario: Scenario, i: int, samples: int, cache: SampleCache | None) -> Instance:
    """The instance with one product neither locked nor narrowed, and without a target that rules a strategy out."""
    products = scenario.products.copy()
    row = products.index[i]
    products.loc[row, ["locked", "allowed"]] = ["", "|".join(STRATEGIES)]
    opened = replace(scenario, products=products)
    free = build_instance(opened, samples=samples, cache=cache)
    if any(at == i for at, _ in free.dropped):
        free = build_instance(without_targets(opened, products.index == row), samples=samples, cache=cache)
    return free


def _facts(scenario: Scenario, instance: Instance, i: int) -> dict[str, float]:
    row, derived = scenario.products.iloc[i], derive(scenario)
    return {
        "demand a week": float(row["demand_per_week"]),
        "demand CV": float(row["demand_cv"]),
        "lead-time target, days": float(row["lead_time_target_days"]),
        "wait L' (target less delivery), days": float(instance.wait_days[i]),
        **_segment_facts(scenario, i),
        "replenishment, days": float(derived.replenishment_days[i]),
        "assembly, days": float(row["assembly_days"]),
        "make, days": float(derived.make_days[i]),
        "review every, days": float(instance.review_days),
        "unit cost": float(instance.unit_cost[i]),
        "carrying a unit for a year": float(instance.carrying[i]),
        "one unit late for a day": float(derived.late_cost_per_unit_day[i]),
        "batch": float(instance.stock.batch[i]),
        **_change_fact(scenario, instance, i),
    }


def _segment_facts(scenario: Scenario, i: int) -> dict[str, float]:
    """How long customers who wait differently wait; the product's own wait is their mean."""
    waits = derive(scenario).waits
    rows = np.flatnonzero((waits.product == i) & (waits.record >= 0))
    names = segment_names(scenario, waits.record[rows].tolist())
    return {
        f"wait of {name} ({share:.0%} of demand), days": float(days)
        for name, share, days in zip(names, waits.share[rows].tolist(), waits.wait_days[rows].tolist(), strict=True)
    }


def _change_fact(scenario: Scenario, instance: Instance, i: int) -> dict[str, float]:
    """What leaving today's strategy costs once; the ledgers carry it in equal parts over the years of payback."""
    once = float(scenario.products["change_cost"].iloc[i])
    return {CHANGE_ONCE: once} if once > 0.0 and instance.current[i] >= 0 else {}


def _windows(scenario: Scenario, instance: Instance, recourse: Recourse, i: int, k: int) -> list[dict[str, object]]:
    if k == MTO:
        return []
    if k == MTS:
        demand = instance.stock.demand[i]
        level = float(recourse.level[i])
        return [
            {
                "strategy": "MTS", "item": instance.products[i], "mean_demand": demand.mean(),
                "sd_demand": demand.std(), "base_stock": level,
                "mean_on_hand": np.maximum(level - instance.stock.net[i], 0.0).mean(),
                "lead_time_days": float(derive(scenario).replenishment_days[i]), "shared_with": 0,
            }
        ]  # fmt: skip
    edges = instance.edges
    rows: list[dict[str, object]] = []
    for e in np.flatnonzero(edges.product == i):
        c = int(edges.component[e])
        others = (edges.component == c) & (recourse.strategy[edges.product] == ATO) & (edges.product != i)
        demand = edges.quantity[e] * edges.windows[edges.window[e]]
        rows.append(
            {
                "strategy": "ATO", "item": instance.components[c], "mean_demand": demand.mean(),
                "sd_demand": demand.std(), "base_stock": float(recourse.base[c]), "mean_on_hand": np.nan,
                "lead_time_days": float(instance.parts.lead_time_days[c]), "shared_with": int(others.sum()),
            }
        )  # fmt: skip
    return rows
