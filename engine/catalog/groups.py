"""Bundles of groups: one instance, screened and searched group by group, costs of other strategies from prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.catalog.block import pick
from engine.catalog.decisions import PRICES, SAMPLED, BlockCost, Decided
from engine.catalog.options import BatchOptions
from engine.catalog.rejected import Rejected
from engine.decision.attribution import attribute
from engine.decision.infeasible import conflicts, unserved
from engine.decision.plan import component_table, decision_table
from engine.decision.solve import decide_instance
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.instance import ATO, DAYS_PER_YEAR, TERMS, Instance
from engine.economics.stock import best_stock, decide_stock
from engine.program.highs import Status
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse

Integers = npt.NDArray[np.int64]
# The linear relaxation alone is within this of the optimum; what it proves is reported.
_RELAXED_GAP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Groups to be decided together.

    Parameters
    ----------
    scenario : Scenario
    group : shape (products,)
        Number of each product's group, 0 where it is lone.
    rows : shape (products,)
        Row of each product in the catalogue.
    """

    scenario: Scenario
    group: Integers
    rows: Integers

    def part(self, which: npt.NDArray[np.bool_]) -> Bundle:
        """Some products of the bundle: whole groups."""
        return Bundle(scenario=pick(self.scenario, which), group=self.group[which], rows=self.rows[which])


def decide_bundle(bundle: Bundle, options: BatchOptions) -> Decided:
    """Decide groups; a group that is infeasible is rejected with the reason, the others stand.

    Lost sales tie the products of one program together and go through the extensive form, so that a group with any
    is decided by itself, as is one beyond `largest_group`.
    """
    decided = Decided()
    products = bundle.scenario.products
    margin = (products["lost_share_if_late"] > 0.0).to_numpy()
    size = np.bincount(bundle.group)
    lone = bundle.group == 0
    apart = {
        int(number)
        for number in np.unique(bundle.group[~lone])
        if margin[bundle.group == number].any() or size[number] > options.largest_group
    }
    together = ~np.isin(bundle.group, list(apart)) & ~(lone & margin)
    if together.any():
        decided.add(_decide(bundle.part(together), options))
    for number in sorted(apart):
        decided.add(_decide(bundle.part(bundle.group == number), options))
    for i in np.flatnonzero(lone & margin).tolist():
        decided.add(_decide(bundle.part(np.arange(len(lone)) == i), options))
    return decided


def _decide(bundle: Bundle, options: BatchOptions) -> Decided:
    scenario = bundle.scenario
    instance = build_instance(scenario, samples=options.samples, seed=options.seed)
    alone = unserved(instance)
    if alone:
        return _without_unserved(bundle, options, {name: found.message for found in alone for name in found.concerns})
    large = len(instance.products) > options.largest_group
    gap = max(options.gap, _RELAXED_GAP) if large else options.gap
    found = decide_instance(instance, gap=gap)
    best = found.search.best
    if found.search.status is Status.INFEASIBLE or best is None:
        return _infeasible(bundle, options, instance)
    if instance.capacity is None and instance.cvar_weight <= 0.0:
        costs = price_moves(instance, best)
        basis = PRICES
    else:
        costs, basis = found.move_objectives(), SAMPLED
    attribution = attribute(instance, best)
    target = scenario.products["lead_time_target_days"].to_numpy(dtype=float)
    frame = decision_table(instance, best, attribution, costs, target)
    frame.insert(1, "family", scenario.products["family"].to_numpy())
    frame["basis"] = basis
    frame["group"] = bundle.group.astype(np.int32)
    terms = attribution.ledger.sum(axis=0)
    parts = component_table(instance, best, attribution)
    return Decided(
        decisions=[frame],
        components=[parts[parts["products_served"] > 0].reset_index(drop=True)],
        costs=[
            BlockCost(
                objective=attribution.objective,
                bound=min(found.search.bound, attribution.objective),
                terms={term: float(cost) for term, cost in zip(TERMS, terms, strict=True) if cost != 0.0},
            )
        ],
    )


def _without_unserved(bundle: Bundle, options: BatchOptions, reasons: dict[str, str]) -> Decided:
    names = bundle.scenario.products["product"].astype(str).to_numpy()
    gone = np.isin(names, list(reasons))
    decided = Decided(
        rejected=[
            Rejected(table="products", row=int(bundle.rows[i]), product=names[i], column="on_time_target",
                     reason=reasons[names[i]])
            for i in np.flatnonzero(gone).tolist()
        ]
    )  # fmt: skip
    if not gone.all():
        decided.add(_decide(bundle.part(~gone), options))
    return decided


def _infeasible(bundle: Bundle, options: BatchOptions, instance: Instance) -> Decided:
    """Decide each group by itself, so that only those that cannot be are rejected."""
    numbers = np.unique(bundle.group)
    if len(numbers) > 1:
        decided = Decided()
        for number in numbers.tolist():
            decided.add(_decide(bundle.part(bundle.group == number), options))
        return decided
    reason = "; ".join(conflict.message for conflict in conflicts(instance))
    return Decided(
        rejected=[
            Rejected(table="products", row=int(row), product=str(name), column="", reason=reason)
            for row, name in zip(bundle.rows, bundle.scenario.products["product"], strict=True)
        ]
    )


def price_moves(instance: Instance, plan: Recourse) -> Array:
    """Objective after each move of one product, estimated from the plan's prices, shape (I, 3).

    By duality of the pooled program the same prices stay feasible when a product joins or leaves, so that a move costs
    at least this much (docs/screening.md); stocks re-optimised could not make it cheaper.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open, without capacity.
    plan : Recourse
    """
    optimum = best_stock(instance)
    fixed = decide_stock(instance, optimum).standing
    rows = np.arange(len(instance.products))
    strategy = plan.strategy
    worth = _pool_worth(instance, plan)
    change = fixed - fixed[rows, strategy][:, None]
    leaves = strategy == ATO
    change[leaves] -= worth[leaves, None]
    change[leaves, ATO] = 0.0
    change[~leaves, ATO] += worth[~leaves]
    # The plan is proven the best within the gap: no move is known to save anything.
    costs = np.where(instance.allowed, plan.objective + np.maximum(change, 0.0), np.nan)
    costs[rows, strategy] = plan.objective
    return costs


def _pool_worth(instance: Instance, plan: Recourse) -> Array:
    """What a product's terms are worth in the pooled program under the plan's prices, shape (I,)."""
    edges, parts, samples, carrying = instance.edges, instance.parts, instance.samples, instance.part_carrying
    used = np.zeros(len(instance.components), dtype=np.int64)
    assembled = plan.strategy == ATO
    np.add.at(used, edges.component[assembled[edges.product]], 1)
    prices = np.where(used[:, None] > 0, plan.prices, carrying[:, None] / samples)
    line = prices[edges.component]
    windows = edges.windows[edges.window]
    worth = np.zeros(len(instance.products))
    taken = edges.quantity * ((line * windows).sum(axis=1) - carrying[edges.component] * windows.mean(axis=1))
    np.add.at(worth, edges.product, taken)
    lost = np.where(instance.assembly_late_days > 0.0, 0.0, DAYS_PER_YEAR * instance.lost)
    back = (instance.late[:, None] + lost[:, None] * edges.late_rate) / samples
    np.add.at(back, edges.product, (carrying[edges.component] * edges.quantity / samples)[:, None])
    np.subtract.at(back, edges.product, edges.quantity[:, None] * line)
    worth += (np.minimum(back, 0.0) * edges.peak).sum(axis=1)
    # Fixed costs of parts that stand or fall with the product.
    steady = instance.part_stocking + carrying * parts.position.mean(axis=1) - (prices * parts.position).sum(axis=1)
    own = np.where(assembled[edges.product], used[edges.component] == 1, used[edges.component] == 0)
    np.add.at(worth, edges.product, np.where(own, steady[edges.component], 0.0))
    return worth
