"""What limits a product's choice: why it cannot have a strategy, and what binds under the one it has."""

from __future__ import annotations

import numpy as np

from engine.decision.ties import barred, ties_of
from engine.economics.instance import ATO, MTS, Instance, Integers
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES
from engine.scenario.locks import locks_of
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse
from engine.words.reason import Reason

# Of the parts that decide lateness so many are named.
_PARTS_NAMED = 3


def why_not(scenario: Scenario, instance: Instance, strategy: Integers, i: int, k: int) -> Reason:
    """Why a product cannot have a strategy while the others keep theirs.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario.
    strategy : shape (I,)
        Of the plan.
    i, k : int
        The product, and the strategy that it does not have.
    """
    if not instance.allowed[i, k]:
        return instance.dropped.get((i, k)) or _not_offered(scenario, i, STRATEGIES[k])
    bars = barred(instance, portfolio(instance).moved(strategy, i, k))
    return Reason(kind="all_of", values={"bars": bars}) if bars else Reason(kind="no_stocks")


def _not_offered(scenario: Scenario, i: int, name: str) -> Reason:
    row = scenario.products.iloc[i]
    if row["locked"]:
        return next(lock for lock in locks_of(scenario) if lock.record == i).why
    if name not in row["allowed"].split("|"):
        return Reason(kind="not_allowed", values={"allowed": str(row["allowed"])})
    return Reason(kind="no_bom")


def what_binds(instance: Instance, recourse: Recourse, i: int, k: int) -> list[Reason]:
    """What limits product i under its strategy k.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse
        Stocks of the plan and what they bring.
    i, k : int
    """
    binding, large = ties_of(instance, recourse.strategy, i), instance.large
    if k == MTS and large.orders[i] > 0.0:
        shares = {"orders": float(large.orders[i]), "volume": float(large.volume[i])}
        binding.append(Reason(kind="cutoff", values={"size": float(large.cutoff[i]), **shares}))
    if k == MTS and np.isfinite(instance.stock.least[i]) and recourse.level[i] <= instance.stock.least[i] + 1e-6:
        binding.append(Reason(kind="target_binds", values={"target": float(instance.on_time_target[i])}))
    if k == MTS and np.isfinite(instance.stock.most[i]) and recourse.level[i] >= instance.stock.most[i] - 1e-6:
        binding.append(Reason(kind="life_binds"))
    if recourse.budget_price > 0.0:
        binding.append(Reason(kind="budget_binds", values={"price": recourse.budget_price}))
    if instance.capacity is not None:
        capacity = instance.capacity
        uses = (capacity.make_hours[i] + capacity.assemble_hours[i]) > 0.0
        share = (recourse.overtime > 1e-9).mean(axis=1)
        binding += [
            Reason(kind="overtime", values={"resource": capacity.names[g], "share": float(share[g])})
            for g in np.flatnonzero(uses & (share > 0.0))
        ]
    return binding + (_scarce_parts(instance, recourse, i) if k == ATO else [])


def _scarce_parts(instance: Instance, recourse: Recourse, i: int) -> list[Reason]:
    """Parts whose shortage decides lateness: their price over the samples is near what a unit costs to carry."""
    edges = instance.edges
    mine = np.flatnonzero(edges.product == i)
    scarce = recourse.prices[edges.component[mine]].sum(axis=1)
    full = instance.part_carrying[edges.component[mine]]
    ranked = [mine[a] for a in np.argsort(-scarce * edges.quantity[mine]) if scarce[a] > 0.5 * full[a] > 0.0]
    if not ranked:
        return []
    names = ", ".join(instance.components[int(edges.component[e])] for e in ranked[:_PARTS_NAMED])
    return [Reason(kind="scarce_parts", values={"parts": names})]
