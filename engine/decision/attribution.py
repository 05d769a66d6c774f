"""The objective split over products and named terms; the parts add up to the whole exactly.

Own costs stay with their product. A component's holding and stocking cost goes to its ATO products in proportion to
sum_w y_c[w] a_ci D_i[w], y the duals of (C3): who is demanded when the part is scarce pays for its stock. Overtime
goes to the products whose order-driven hours fall into overtime samples. CVaR is a term of its own, by tail weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, TERMS, Instance
from engine.economics.stock import measure_stock
from engine.search.recourse import Recourse, hours_needed, on_hand_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who causes what.

    Parameters
    ----------
    ledger : shape (I, terms)
        Money per year.
    inventory_value : shape (I,)
        Average value on hand: own finished stock, and the share of component stock.
    backlog : shape (I,)
        Mean late units at any time.
    late_per_day : shape (I,)
        Units a day delivered late.
    scrap_co2 : shape (I,)
        kg per year of what is written off.
    on_hand : shape (I,)
        Mean finished stock, units.
    part_on_hand : shape (C,)
        Mean component stock, units.
    share : shape (E,)
        Share of a component's stock cost borne by the product of each line.
    sample_cost : shape (W,)
        Yearly cost at the rate of each sample, without the risk term.
    """

    ledger: Array
    inventory_value: Array
    backlog: Array
    late_per_day: Array
    scrap_co2: Array
    on_hand: Array
    part_on_hand: Array
    share: Array
    sample_cost: Array

    @property
    def cost(self) -> Array:
        """Expected cost per product and year, shape (I,)."""
        total: Array = self.ledger.sum(axis=1)
        return total

    @property
    def objective(self) -> float:
        """Expected cost per year of the whole plan."""
        return float(self.ledger.sum())


def attribute(instance: Instance, recourse: Recourse, late_end: Array) -> Attribution:
    """Split the objective.

    Parameters
    ----------
    instance : Instance
        As built, finished stock not folded into the fixed costs.
    recourse : Recourse
    late_end : shape (I, W)
        Late ATO units at the end of the cycle under the plan's base stocks.
    """
    count, strategy = len(instance.products), recourse.strategy
    rows = np.arange(count)
    per_sample = np.zeros((count, instance.samples))
    ledger = instance.fixed[rows, strategy].copy()
    per_sample += ledger.sum(axis=1)[:, None]
    value, backlog, late_per_day = np.zeros(count), np.zeros(count), np.zeros(count)
    on_hand, scrap = np.zeros(count), np.zeros(count)

    def book(term: str, cost: Array, samples: Array | None = None) -> None:
        ledger[:, TERMS.index(term)] += cost
        per_sample[:] += cost[:, None] if samples is None else samples

    for i in np.flatnonzero(strategy == MTS).tolist():
        found = measure_stock(
            instance.stock, i, recourse.level[[i]], rate=float(instance.rate[i]), review_days=instance.review_days
        )
        on_hand[i], backlog[i], late_per_day[i] = found.on_hand[0], found.backlog[0], found.late_per_day[0]
    chosen = strategy == MTS
    level = np.where(chosen, np.nan_to_num(recourse.level), 0.0)[:, None]
    hand = np.where(chosen[:, None], np.maximum(level - instance.stock.net, 0.0), 0.0)
    short = np.where(chosen[:, None], np.maximum(instance.stock.net - level, 0.0), 0.0)
    for term, rate in (("holding", instance.holding), ("obsolescence", instance.obsolescence)):
        book(term, rate * on_hand, rate[:, None] * hand)
    book("late", instance.late * backlog, instance.late[:, None] * short)
    scrap += instance.co2 * _over(instance.obsolescence, instance.unit_cost) * on_hand
    value += instance.unit_cost * on_hand

    assembled = strategy == ATO
    waiting = np.where(assembled[:, None], recourse.late, 0.0)
    book("late", instance.late * waiting.mean(axis=1), instance.late[:, None] * waiting)
    backlog += waiting.mean(axis=1)
    late_per_day[assembled] = late_ato(instance, waiting, late_end)[assembled]
    backlog += np.where(assembled, instance.rate * instance.assembly_late_days, 0.0)
    made = strategy == MTO
    backlog += np.where(made, instance.rate * instance.make_late_days, 0.0)
    late_per_day += np.where(made, instance.rate * (1.0 - instance.make_on_time), 0.0)
    # MTO's and always-late ATO's lost margin is among the fixed terms already.
    lost = (chosen | (assembled & (instance.assembly_late_days <= 0.0))) * instance.lost * DAYS_PER_YEAR
    book("lost_margin", lost * late_per_day)

    parts, edges = instance.parts, instance.edges
    stock = on_hand_parts(instance, recourse)
    share = component_shares(instance, recourse)
    line_stock = share[:, None] * stock[edges.component]
    for term, rate in (("holding", parts.holding), ("obsolescence", parts.obsolescence)):
        cost = np.zeros((count, instance.samples))
        np.add.at(cost, edges.product, rate[edges.component][:, None] * line_stock)
        book(term, cost.mean(axis=1), cost)
    stocking = np.zeros(count)
    np.add.at(stocking, edges.product, share * parts.stocking[edges.component])
    book("stocking", stocking)
    np.add.at(value, edges.product, parts.unit_cost[edges.component] * line_stock.mean(axis=1))
    written_off = parts.co2 * _over(parts.obsolescence, parts.unit_cost)
    np.add.at(scrap, edges.product, written_off[edges.component] * line_stock.mean(axis=1))

    for term, cost in _overtime(instance, recourse).items():
        book(term, cost.mean(axis=1), cost)
    weights = recourse.tail - 1.0 / instance.samples
    ledger[:, TERMS.index("risk")] += instance.cvar_weight * (per_sample @ weights)
    return Attribution(
        ledger=ledger, inventory_value=value, backlog=backlog, late_per_day=late_per_day, scrap_co2=scrap,
        on_hand=on_hand, part_on_hand=stock.mean(axis=1), share=share, sample_cost=per_sample.sum(axis=0),
    )  # fmt: skip


def late_ato(instance: Instance, waiting: Array, late_end: Array) -> Array:
    """Late ATO units a day, shape (I,): the end-of-cycle backlog over R, at most the demand rate (conservative).

    At R = 0 the cycle is a day where late units count in the decision, as in the program; elsewhere it is the share
    of time in which an arriving order finds others waiting.
    """
    late = np.minimum(late_end.mean(axis=1) / instance.cycle_days, instance.rate)
    if instance.review_days <= 0.0:
        waits = instance.rate * (waiting > 1e-9).mean(axis=1)
        late = np.where(instance.counts_late_units, late, waits)
    return np.where(instance.assembly_late_days > 0.0, instance.rate, late)


def component_shares(instance: Instance, recourse: Recourse) -> Array:
    """Share of each component's stock cost that falls to the product of each line, shape (E,)."""
    edges = instance.edges
    used = recourse.strategy[edges.product] == ATO
    demand = edges.quantity[:, None] * edges.windows[edges.window]
    weight = np.where(used, (recourse.prices[edges.component] * demand).sum(axis=1), 0.0)
    # Where prices vanish, mean use decides; where no sample has any demand, all who could use it share alike.
    for instead in (np.where(used, demand.mean(axis=1), 0.0), used.astype(np.float64)):
        weight = np.where(_by_component(instance, weight) <= 1e-12, instead, weight)
    return _over(weight, _by_component(instance, weight))


def _by_component(instance: Instance, weight: Array) -> Array:
    """Sum of a weight over the lines of each line's component, shape (E,)."""
    edges = instance.edges
    total = np.zeros(len(instance.components))
    np.add.at(total, edges.component, weight)
    return np.asarray(total[edges.component])


def _overtime(instance: Instance, recourse: Recourse) -> dict[str, Array]:
    """Yearly overtime and outsourcing cost of each product in each sample, shape (I, W)."""
    capacity = instance.capacity
    if capacity is None:
        return {}
    rows = np.arange(len(instance.products))
    steady = capacity.mean_hours(instance.rate)[rows, recourse.strategy]
    driven = capacity.order_hours()[rows, recourse.strategy]
    costs = {"overtime": np.zeros_like(capacity.demand), "outsourcing": np.zeros_like(capacity.demand)}
    rates = (capacity.overtime_cost, np.nan_to_num(capacity.outsourcing_cost))
    needed = hours_needed(capacity, instance.rate, recourse.strategy)
    for g in range(len(capacity.names)):
        ordered = driven[:, g][:, None] * capacity.demand
        total = ordered.sum(axis=0)
        # Where no hour is driven by orders, those who use the resource at the mean share its overtime.
        base = np.broadcast_to(steady[:, g][:, None], ordered.shape)
        split = np.where(total > 1e-12, _over(ordered, total), _over(base, np.maximum(needed[g], 1e-300)))
        for hours, rate, term in zip((recourse.overtime, recourse.outsourced), rates, costs, strict=True):
            costs[term] += split * (rate[g] * capacity.buckets_per_year * hours[g])[None, :]
    return costs


def _over(numerator: Array, denominator: Array) -> Array:
    """A quotient that is zero where the denominator is."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    zero = np.zeros(shape)
    quotient: Array = np.divide(numerator, denominator, out=zero, where=np.broadcast_to(denominator != 0.0, shape))
    return quotient
