"""The objective split over products and named terms; the parts add up to the whole exactly.

Own costs stay with their product. A component's holding and stocking cost goes to its ATO products in proportion to
sum_w y_c[w] a_ci D_i[w], y the duals of (C3): who is demanded when the part is scarce pays for its stock. Overtime
goes to the products whose order-driven hours fall into overtime samples. CVaR is a term of its own, by tail weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import added_to, added_up
from engine.economics.instance import ATO, DAYS_PER_YEAR, MTO, MTS, TERMS, Instance, Integers
from engine.economics.optima.stock import late_units
from engine.search.recourse import Recourse, early_parts, hours_needed, on_hand_parts, parts_beside


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
    at_risk : shape (W,)
        The same with lost margin at its mean: what CVaR is of.
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
    at_risk: Array

    @property
    def cost(self) -> Array:
        """Expected cost per product and year, shape (I,)."""
        total: Array = self.ledger.sum(axis=1)
        return total

    @property
    def objective(self) -> float:
        """Expected cost per year of the whole plan."""
        return float(self.ledger.sum())


def attribute(instance: Instance, recourse: Recourse) -> Attribution:
    """Split the objective: measure times price, by product and sample.

    Parameters
    ----------
    instance : Instance
        As built, finished stock not folded into the prices of the choice.
    recourse : Recourse
    """
    return _Books(instance, recourse).attribution()


def ledger_of(instance: Instance, recourse: Recourse) -> Array:
    """The ledger of `attribute` alone, shape (I, terms): without risk what a cost hangs on in half the time."""
    return _Books(instance, recourse).ledger if instance.cvar_weight <= 0.0 else attribute(instance, recourse).ledger


class _Books:
    """Measures of a plan with their prices: booked as means by product and term, and sample by sample where asked.

    Parameters
    ----------
    instance : Instance
    recourse : Recourse

    Attributes
    ----------
    ledger : shape (I, terms)
        Without the term of risk.
    """

    def __init__(self, instance: Instance, recourse: Recourse) -> None:
        self.instance, self.recourse = instance, recourse
        strategy, prices, edges = recourse.strategy, instance.prices, instance.edges
        rows = np.arange(len(strategy))
        self.stock, self.assembled = finished_measures(instance, recourse), strategy == ATO
        self.waiting = waiting = np.where(self.assembled[:, None], recourse.late, 0.0)
        # MTO's late units, and those that assembly alone makes late, are priced with the choice already.
        self.became = instance.assembly_on_time[:, None] * _became_late(instance, recourse, waiting)
        self.late_units = self.stock.late_per_day[:, None] + self.became
        self.ledger = prices.choice[rows, strategy].copy()
        self.chosen = self.ledger.sum(axis=1)
        # Measures of the products, and of other rows with the product of each; each with its price by term.
        self.booked: list[tuple[Array, Array, Integers | None]] = []
        self._book(self.stock.on_hand, instance.carrying_terms)
        self._book(self.stock.backlog, prices.backlog)
        self._book(waiting, prices.waiting)
        self._book(DAYS_PER_YEAR * self.late_units.mean(axis=1)[:, None], prices.late_unit)
        # What was bought for an order lies on the shelf while the order waits for other parts.
        self._book(waiting, edges.bought.of_products(instance.part_carrying_terms, len(rows)))
        self.share, self.part_on_hand = component_shares(instance, recourse), on_hand_parts(instance, recourse)
        self.line_stock = self.share[:, None] * self.part_on_hand[edges.component]
        self.early, carrying = early_parts(instance, strategy), instance.part_carrying_terms
        # A part's stock and stocking, shared between its lines, and what lies there early for its own product.
        self._book(self.line_stock, carrying[edges.component], edges.product)
        self._book(self.share[:, None], prices.part_stocked[edges.component], edges.product)
        self._book(self.early, carrying[edges.early_component], edges.early_product)
        for hours, price in _hours(instance, recourse):
            for g, cost in enumerate(price):
                self._book(hours[g], np.broadcast_to(cost, self.ledger.shape))

    def _book(self, measure: Array, price: Array, product: Integers | None = None) -> None:
        """measure, shape (n, W) or (n, 1), times price, shape (n, terms), of each product or of the rows of some."""
        self.booked.append((measure, price, product))
        mean = measure.mean(axis=1)[:, None] * price
        if product is None:
            self.ledger += mean
        else:
            np.add.at(self.ledger, product, mean)

    def _per_sample(self) -> Array:
        """Yearly cost at the rate of each sample, shape (I, W)."""
        total: Array = np.repeat(self.chosen[:, None], self.instance.samples, axis=1)
        for measure, price, product in self.booked:
            costs = measure * price.sum(axis=1)[:, None]
            if product is None:
                total += costs
            else:
                total = added_to(total, costs, product)
        return total

    def attribution(self) -> Attribution:
        """All that is told of the plan."""
        instance, recourse, strategy, stock = self.instance, self.recourse, self.recourse.strategy, self.stock
        edges, parts, became, waiting = instance.edges, instance.parts, self.became, self.waiting
        per_sample, count = self._per_sample(), len(strategy)
        # Margin is lost by the year: beside its mean what falls into single samples, which the rule of risk leaves out.
        lost = instance.prices.late_unit.sum(axis=1)
        uneven = DAYS_PER_YEAR * (lost @ (became - became.mean(axis=1)[:, None]))
        weights, ledger = recourse.tail - 1.0 / instance.samples, self.ledger.copy()
        ledger[:, TERMS.index("risk")] += instance.cvar_weight * (per_sample @ weights)

        def on_hand(finished: Array, part: Array) -> Array:
            """Of a measure per unit, shape (I,) and (C,), what is on hand for each product, shape (I,)."""
            total = finished * stock.on_hand.mean(axis=1)
            np.add.at(total, edges.product, part[edges.component] * self.line_stock.mean(axis=1))
            np.add.at(total, edges.early_product, part[edges.early_component] * self.early.mean(axis=1))
            return np.asarray(total + edges.bought.of_products(part, count) * waiting.mean(axis=1))

        late_days = [instance.assembly_late_days, instance.make_late_days]
        by_choice = np.select([self.assembled, strategy == MTO], late_days, 0.0)
        by_choice += instance.large.beside(strategy == MTS) * instance.large.late_days
        return Attribution(
            ledger=ledger, inventory_value=on_hand(instance.unit_cost, parts.unit_cost),
            scrap_co2=on_hand(instance.co2 * instance.write_off_rate, parts.co2 * parts.write_off_rate),
            on_hand=stock.on_hand.mean(axis=1),
            backlog=(stock.backlog + waiting).mean(axis=1) + instance.rate * by_choice,
            late_per_day=_all_late_units(instance, strategy, self.late_units.mean(axis=1)),
            part_on_hand=(self.part_on_hand + parts_beside(instance, strategy, waiting)).mean(axis=1),
            share=self.share, sample_cost=per_sample.sum(axis=0) + uneven, at_risk=per_sample.sum(axis=0),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedMeasures:
    """Finished stock of a plan in every sample, zero where the product is not made to stock.

    Parameters
    ----------
    on_hand, backlog : shape (I, W)
        Units.
    late_per_day : shape (I,)
        Units a day delivered late.
    """

    on_hand: Array
    backlog: Array
    late_per_day: Array


def finished_on_hand(instance: Instance, recourse: Recourse) -> Array:
    """On-hand (S + V - D)+ of the plan's finished stocks and what is early, shape (I, W); zero where not to stock."""
    return np.maximum(_finished_gap(instance, recourse), 0.0) + _early(instance, recourse)


def finished_measures(instance: Instance, recourse: Recourse) -> FinishedMeasures:
    """On-hand, backlog (D - V - S)+ and late units of the plan's finished stocks."""
    gap, made = _finished_gap(instance, recourse), np.flatnonzero(recourse.strategy == MTS)
    late = np.zeros(len(gap))
    late[made] = late_units(instance.stock, made, recourse.level[made], rate=instance.stock_rate[made])
    return FinishedMeasures(
        on_hand=np.maximum(gap, 0.0) + _early(instance, recourse), backlog=np.maximum(-gap, 0.0), late_per_day=late
    )


def _finished_gap(instance: Instance, recourse: Recourse) -> Array:
    """S + V - D of what is made to stock, zero elsewhere, shape (I, W)."""
    made = recourse.strategy == MTS
    level = np.where(made, np.nan_to_num(recourse.level), 0.0)[:, None]
    return np.where(made[:, None], level - instance.stock.net, 0.0)


def _early(instance: Instance, recourse: Recourse) -> Array:
    return np.where((recourse.strategy == MTS)[:, None], instance.stock.early, 0.0)


def _became_late(instance: Instance, recourse: Recourse, waiting: Array) -> Array:
    """ATO units a day that fall due and are late, in every sample, shape (I, W); with hindsight at least so many."""
    if recourse.late_now is None:
        return np.asarray(waiting * instance.edges.late_rate)
    return np.asarray(instance.rate[:, None] * recourse.late_now)


def _all_late_units(instance: Instance, strategy: Integers, counted: Array) -> Array:
    """Units a day delivered late, shape (I,): those of stocks, and those that the choice makes late."""
    always = np.where(strategy == ATO, instance.rate * (1.0 - instance.assembly_on_time), 0.0)
    made_late = instance.rate * (1.0 - instance.make_on_time)
    large = instance.rate * instance.large.beside(strategy == MTS) * (1.0 - instance.large.on_time)
    return np.where(strategy == MTO, made_late, counted + always + large)


def component_shares(instance: Instance, recourse: Recourse) -> Array:
    """Share of each component's stock cost that falls to the product of each line, shape (E,).

    weight_ci = sum_w y_c[w] (a_ci D_i(t_ci)[w])+. A window below zero, of who waits longer than a part in lots takes,
    holds what comes early: that is no demand upon the stock, and nobody is paid for the stock of others.
    """
    edges = instance.edges
    used = recourse.strategy[edges.product] == ATO
    demand = np.maximum(edges.demand, 0.0)
    weight = np.where(used, (recourse.prices[edges.component] * demand).sum(axis=1), 0.0)
    use = edges.quantity * instance.rate[edges.product]
    # Where prices vanish, mean demand decides; where no sample has any, mean use; without that all share alike.
    for instead in (np.where(used, demand.mean(axis=1), 0.0), np.where(used, use, 0.0), used.astype(np.float64)):
        weight = np.where(_by_component(instance, weight) <= 1e-12, instead, weight)
    return _over(weight, _by_component(instance, weight))


def _by_component(instance: Instance, weight: Array) -> Array:
    """Sum of a weight over the lines of each line's component, shape (E,)."""
    component = instance.edges.component
    return added_up(weight, component, len(instance.components))[component]


def _hours(instance: Instance, recourse: Recourse) -> list[tuple[Array, Array]]:
    """Hours a year of each resource and product in each sample, shape (G, I, W), beside their price by term."""
    capacity = instance.capacity
    if capacity is None:
        return []
    rows = np.arange(len(instance.products))
    steady = capacity.mean_hours(instance.rate)[rows, recourse.strategy]
    driven = capacity.order_hours()[rows, recourse.strategy]
    needed = hours_needed(instance, recourse.strategy)
    split = []
    for g in range(len(capacity.names)):
        ordered = driven[:, g][:, None] * capacity.demand
        total = ordered.sum(axis=0)
        # Where no hour is driven by orders, those who use the resource at the mean share its overtime.
        base = np.broadcast_to(capacity.paced(rows, recourse.strategy, steady[:, g]), ordered.shape)
        split.append(np.where(total > 1e-12, _over(ordered, total), _over(base, np.maximum(needed[g], 1e-300))))
    shares, yearly = np.stack(split), capacity.buckets_per_year
    return [
        (shares * (yearly * recourse.overtime)[:, None, :], instance.prices.overtime),
        (shares * (yearly * recourse.outsourced)[:, None, :], instance.prices.outsourced),
    ]


def _over(numerator: Array, denominator: Array) -> Array:
    """A quotient that is zero where the denominator is."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    zero = np.zeros(shape)
    quotient: Array = np.divide(numerator, denominator, out=zero, where=np.broadcast_to(denominator != 0.0, shape))
    return quotient
