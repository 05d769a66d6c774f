"""What is decided after the strategies: stocks, late units, overtime, and the prices of stock."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_to, added_up, along
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.economics.per_instance import per_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Recourse:
    """Best stocks and second-stage decisions under given strategies.

    Parameters
    ----------
    strategy : shape (I,)
        Chosen strategy of each product.
    objective : float
        Money per year.
    program_value : float
        Least cost of the program under these strategies: below the objective where lost sales of finished stock stand
        in it by their convex envelope.
    level : shape (I,)
        Reorder level of finished stock, NaN where the product is not made to stock.
    base : shape (C,)
        Base stock of components, zero where none is held.
    late : shape (I, W)
        ATO units that are due and wait, at the observed instant.
    late_now : shape (I, W) or None
        The pace where an ATO unit that falls due at the instant is late, first come first served; None with hindsight,
        where only a bound of it is known.
    age : shape (I, W) or None
        Days since the oldest waiting unit fell due.
    prices : shape (C, W)
        Duals of (C3), money per year and unit; they sum to at most the carrying cost over the samples.
    overtime, outsourced : shape (G, W)
        Hours per bucket.
    budget_price : float
        Shadow price of the inventory budget (C7), money per year saved by one more unit of budget.
    tail : shape (W,)
        Weights of the samples in the CVaR, summing to one; equal weights where risk does not count.
    """

    strategy: Integers = along("product")
    objective: float
    program_value: float
    level: Array = along("product")
    base: Array = along("component")
    late: Array = along("product", "sample")
    late_now: Array | None = along("product", "sample", optional=True)
    age: Array | None = along("product", "sample", optional=True)
    prices: Array = along("component", "sample")
    overtime: Array = along("resource", "sample")
    outsourced: Array = along("resource", "sample")
    budget_price: float
    tail: Array = along("sample")

    def sample_weights(self, instance: Instance) -> Array:
        """What a sample's cost counts in the objective, (1 - cvar_weight) / W + cvar_weight tail; shape (W,)."""
        return np.asarray((1.0 - instance.cvar_weight) / instance.samples + instance.cvar_weight * self.tail)


def dispatch_hours(instance: Instance, strategy: Integers) -> tuple[Array, Array, bool]:
    """Overtime and outsourced hours under given strategies, the cheaper first (C5).

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)

    Returns
    -------
    overtime, outsourced : shape (G, W)
        Hours per bucket.
    feasible : bool
        False where hours remain that nobody can work.
    """
    capacity = instance.capacity
    if capacity is None:
        none = np.zeros((0, instance.samples))
        return none, none, True
    excess = np.maximum(hours_needed(instance, strategy) - capacity.hours[:, None], 0.0)
    outside, (overtime_price, outside_price) = capacity.outsourcing, instance.hour_prices
    first = outside & (outside_price < overtime_price)
    overtime = np.where(first[:, None], 0.0, np.minimum(excess, capacity.overtime[:, None]))
    outsourced = np.where(outside[:, None], excess - overtime, 0.0)
    unworked = excess - overtime - outsourced
    return overtime, outsourced, bool((unworked <= 1e-7 * (1.0 + capacity.hours[:, None])).all())


def hours_needed(instance: Instance, strategy: Integers) -> Array:
    """Hours per bucket in each sample, shape (G, W): order-driven ones from its demand, the others as paced."""
    capacity = instance.capacity
    if capacity is None:
        return np.zeros((0, instance.samples))
    rows = np.arange(len(strategy))
    mean = capacity.mean_hours(instance.rate)[rows, strategy]
    # sum_i hours_ig pace_i[w]
    steady = mean.T @ capacity.paced(rows, strategy, np.ones(len(rows)))
    driven = capacity.order_hours()[rows, strategy]
    total: Array = steady + driven.T @ capacity.demand
    return total


def on_hand_parts(instance: Instance, recourse: Recourse) -> Array:
    """Component stock on hand in each sample, the slack of (C3), shape (C, W); zero where nothing is stocked."""
    return parts_left(instance, recourse.strategy == ATO, recourse.base, recourse.late)


def parts_left(instance: Instance, assembled: Booleans, base: Array, late: Array) -> Array:
    """The same of what is no recourse: who is assembled, (I,), base stocks, (C,), and units that wait, (I, W)."""
    edges = instance.edges
    used, stocked = assembled[edges.product], instance.parts_of(assembled)
    hand = base[:, None] + instance.parts.position * stocked[:, None]
    moves = edges.quantity[used, None] * (late[edges.product[used]] - edges.windows[edges.window[used]])
    hand = added_to(hand, moves, edges.component[used])
    return np.where(stocked[:, None], hand, 0.0)


def parts_on_shelf(instance: Instance, recourse: Recourse) -> Array:
    """Parts on hand in each sample, whatever they wait for, shape (C, W)."""
    return on_hand_parts(instance, recourse) + parts_beside(instance, recourse.strategy, recourse.late)


def mean_parts_on_shelf(instance: Instance, recourse: Recourse) -> Array:
    """The same on average, shape (C,): it is linear in what a sample brings."""
    mean = replace(recourse, late=_mean(recourse.late))
    return np.asarray(parts_on_shelf(_mean_sample(instance), mean)[:, 0])


@per_instance
def _mean_sample(instance: Instance) -> Instance:
    """One sample in place of all: on average what covers parts, what is drawn of them and what comes early."""
    parts, edges = instance.parts, instance.edges
    return replace(
        instance, parts=replace(parts, position=_mean(parts.position)),
        edges=replace(edges, windows=_mean(edges.windows), early=_mean(edges.early)),
    )  # fmt: skip


def _mean(values: Array) -> Array:
    return np.asarray(values.mean(axis=1, keepdims=True))


def parts_beside(instance: Instance, strategy: Integers, late: Array) -> Array:
    """Parts on hand beside the stock of any, shape (C, W): what came early, and what was bought for orders that wait.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
    late : shape (I, W)
        Units that wait in each sample.
    """
    edges, count = instance.edges, len(instance.components)
    waiting = np.where((strategy == ATO)[:, None], late, 0.0)
    early = added_up(early_parts(instance, strategy), edges.early_component, count)
    return early + edges.bought.of_components(waiting, count)


def early_parts(instance: Instance, strategy: Integers) -> Array:
    """Parts that came early and lie there for their own product, shape (F, W); zero where it is not assembled."""
    edges = instance.edges
    return np.where((strategy[edges.early_product] == ATO)[:, None], edges.early, 0.0)
