"""The scenario in numbers: rates, prices and sampled windows, as arrays over products and samples.

Shapes: I products, C components, E bill-of-material lines, K component windows, G resources, W samples. Money is per
year, time in days. Every field names its axes, so that one method restricts them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers, along, take
from engine.economics.capacity import Capacity
from engine.economics.exposure.bought import Bought
from engine.economics.exposure.edges import Edges
from engine.economics.optima.large_orders import LargeOrders
from engine.economics.prices import ATO, DAYS_PER_YEAR, MTO, MTS, TERMS, Prices
from engine.economics.ties import Ties
from engine.words.reason import Reason

__all__ = [
    "ATO", "DAYS_PER_YEAR", "MTO", "MTS", "TERMS", "Booleans", "Bought", "Capacity", "Edges", "FinishedStock",
    "Instance", "Integers", "Parts",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedStock:
    """What the make-to-stock choice of each product faces.

    Parameters
    ----------
    position : shape (I, W)
        V, inventory position above the reorder level.
    demand : shape (I, W)
        D(t) at the observed instant; of goods that come in batches, below zero by what came before it falls due.
    reached : shape (I, W)
        D(t) and what comes of its own order up to and with a unit that falls due now (`engine.demand.own_order`): late
        where S + V is less. Where supply comes for its whole order (t <= 0), D(t) less what comes after the unit.
    whole : shape (I, W)
        D(t) and an order that falls due now, or D(t) where t <= 0: the order is whole where S + V is no less.
    early : shape (I, W)
        Units on the shelf until they fall due, where customers wait longer than the lead time:
        l min(L' - LT, R)^2 / (2 R), R > 0; of goods that come in batches zero, since `demand` has them.
    pace : shape (I, W)
        What falls due at the instant observed over its mean: how many units a sample stands for.
    order_pace : shape (I, W)
        The same of orders: a full week of history brings more of them, a common factor larger ones.
    batch : shape (I,)
        Q, zero where there is none.
    least, most : shape (I,)
        Bounds of the reorder level, from the on-time target (C6) and the shelf life.
    protected : shape (I,)
        Mean demand until what is ordered at the next review is there: the reorder level less this is safety stock.
    """

    position: Array = along("product", "sample")
    demand: Array = along("product", "sample")
    reached: Array = along("product", "sample")
    whole: Array = along("product", "sample")
    early: Array = along("product", "sample")
    pace: Array = along("product", "sample")
    order_pace: Array = along("product", "sample")
    batch: Array = along("product")
    least: Array = along("product")
    most: Array = along("product")
    protected: Array = along("product")

    @property
    def net(self) -> Array:
        """X = D - V, shape (I, W): a reorder level S is short by (X - S)+."""
        return self.demand - self.position

    @property
    def lowest(self) -> Array:
        """Least reorder level of a product that is made to stock, shape (I,): -Q, or what the target asks for."""
        return np.maximum(self.least, -self.batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Components.

    Parameters
    ----------
    unit_cost : shape (C,)
    write_off_rate : shape (C,)
        Share of the stock written off in a year.
    stocked_by_choice : shape (C,)
        Stocking is a decision of its own: there is a cost of stocking, or a minimum order quantity.
    batch : shape (C,)
        Minimum order quantity, zero where there is none.
    whole : shape (C,)
        Stocked in whole units.
    position : shape (C, W)
        V_c, inventory position above the reorder level.
    co2 : shape (C,)
        kg per unit.
    lead_time_days : shape (C,)
        Mean.
    """

    unit_cost: Array = along("component")
    write_off_rate: Array = along("component")
    stocked_by_choice: Booleans = along("component")
    batch: Array = along("component")
    whole: Booleans = along("component")
    position: Array = along("component", "sample")
    co2: Array = along("component")
    lead_time_days: Array = along("component")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Instance:
    """One decision problem in numbers.

    Parameters
    ----------
    products, components : tuple of str
    samples : int
    allowed : shape (I, 3)
        Strategies left after `locked`, `allowed` and what time rules out.
    dropped : mapping of (int, int) to Reason
        Product and strategy ruled out: why, in words.
    current : shape (I,)
        Current strategy, -1 where unknown.
    rate : shape (I,)
        Mean demand, units a day.
    unit_cost : shape (I,)
        Value of a finished unit.
    write_off_rate : shape (I,)
        Share of the finished stock written off in a year.
    integer, whole : shape (I,)
        Demand is drawn in whole units; sold in single units, and so stocked in whole ones.
    prices : Prices
        What a unit of each measure costs.
    wait_days : shape (I,)
        L', lead-time target less delivery; of segments the mean.
    assembly_late_days, make_late_days, make_on_time : shape (I,)
        (assembly - L')+, E(make - L')+ and P(make <= L').
    assembly_on_time : shape (I,)
        A, share of demand with assembly <= L': 1 or 0 where all customers wait alike.
    on_time_target : shape (I,)
        Zero where there is none.
    co2 : shape (I,)
        kg per unit.
    stock : FinishedStock
    large : LargeOrders
        Orders that products made to stock leave to be made to order.
    parts : Parts
    edges : Edges
    capacity : Capacity or None
    budget : float or None
        Most average inventory value (C7).
    max_changes : int or None
        Most changes against the current strategies (C8).
    ties : Ties
        Rules over the strategies of several products (C10, C11).
    cvar_weight, cvar_level : float
        Risk (C9).
    review_days : float
        R.
        stock_level : shape (I,), optional
        Best reorder levels of finished stock, where it is folded into the prices of the choice
        (`engine.economics.optima.stock.fold`).
    """

    products: tuple[str, ...] = along("product")
    components: tuple[str, ...] = along("component")
    samples: int
    allowed: Booleans = along("product")
    dropped: dict[tuple[int, int], Reason]
    current: Integers = along("product")
    rate: Array = along("product")
    unit_cost: Array = along("product")
    write_off_rate: Array = along("product")
    integer: Booleans = along("product")
    whole: Booleans = along("product")
    prices: Prices
    wait_days: Array = along("product")
    assembly_late_days: Array = along("product")
    make_late_days: Array = along("product")
    assembly_on_time: Array = along("product")
    make_on_time: Array = along("product")
    on_time_target: Array = along("product")
    co2: Array = along("product")
    stock: FinishedStock
    large: LargeOrders
    parts: Parts
    edges: Edges
    capacity: Capacity | None
    budget: float | None
    max_changes: int | None
    ties: Ties
    cvar_weight: float
    cvar_level: float
    review_days: float
    stock_level: Array | None = along("product", optional=True)

    @property
    def stock_decided(self) -> bool:
        """Whether finished stock is folded into the prices of the choice."""
        return self.stock_level is not None

    @property
    def stock_rate(self) -> Array:
        """Mean demand that finished stock serves, units a day, shape (I,): all but large orders."""
        return np.asarray(self.rate * (1.0 - self.large.volume))

    @property
    def part_target(self) -> Array:
        """Least share on time of the units that parts can make late, shape (I,): the target over A."""
        some = self.assembly_on_time > 0.0
        return np.divide(self.on_time_target, self.assembly_on_time, out=self.on_time_target.copy(), where=some)

    @property
    def part_lost(self) -> Array:
        """What a unit that waits for parts costs once where it is late by that, mean over all units, shape (I,)."""
        return self.lost * self.assembly_on_time

    @property
    def carrying_terms(self) -> Array:
        """What a finished unit on hand costs a year, what is written off of it included, shape (I, terms)."""
        return self.prices.on_hand + self.write_off_rate[:, None] * self.prices.written_off

    @property
    def part_carrying_terms(self) -> Array:
        """The same of parts, shape (C, terms)."""
        return self.prices.part_on_hand + self.parts.write_off_rate[:, None] * self.prices.part_written_off

    @property
    def carrying(self) -> Array:
        """What a finished unit on hand costs a year, shape (I,)."""
        return np.asarray(self.carrying_terms.sum(axis=1))

    @property
    def part_carrying(self) -> Array:
        """What a part on hand costs a year, shape (C,)."""
        return np.asarray(self.part_carrying_terms.sum(axis=1))

    @property
    def bought_carrying(self) -> Array:
        """What the parts bought for an order cost a year while a unit of it waits for others, shape (I,)."""
        return self.edges.bought.of_products(self.part_carrying, len(self.products))

    @property
    def part_stocking(self) -> Array:
        """What it costs a year to stock a part at all, shape (C,)."""
        return np.asarray(self.prices.part_stocked.sum(axis=1))

    @property
    def late(self) -> Array:
        """What a finished unit late costs a year, shape (I,)."""
        return np.asarray(self.prices.backlog.sum(axis=1))

    @property
    def waiting(self) -> Array:
        """What a unit that waits for parts costs a year, shape (I,)."""
        return np.asarray(self.prices.waiting.sum(axis=1))

    @property
    def lost(self) -> Array:
        """What a unit delivered late costs once, shape (I,)."""
        return np.asarray(self.prices.late_unit.sum(axis=1))

    @property
    def choice(self) -> Array:
        """What a strategy costs a year whatever the stocks, shape (I, 3)."""
        return np.asarray(self.prices.choice.sum(axis=2))

    @property
    def standing(self) -> Array:
        """What a strategy costs a year whatever the stocks, its choice and what comes early; shape (I, 3)."""
        cost = self.choice
        if not self.stock_decided:
            cost[:, MTS] += self.carrying * self.stock.early.mean(axis=1)
        early = self.part_carrying[self.edges.early_component] * self.edges.early.mean(axis=1)
        np.add.at(cost[:, ATO], self.edges.early_product, early)
        return cost

    @property
    def hour_prices(self) -> tuple[Array, Array]:
        """What an hour of overtime and an outsourced one cost, each of shape (G,)."""
        return self.prices.overtime.sum(axis=1), self.prices.outsourced.sum(axis=1)

    @property
    def ties_stocks(self) -> bool:
        """Whether finished stocks hang together, so that none can be decided by itself: a budget or risk."""
        return self.budget is not None or self.cvar_weight > 0.0

    @property
    def ties_products(self) -> bool:
        """Whether a rule over all products ties even those that share no part and no hour."""
        return self.ties_stocks or self.max_changes is not None

    @property
    def ties_strategies(self) -> bool:
        """Whether a rule ties the strategies of products to each other."""
        return self.max_changes is not None or bool(self.ties.tied.any())

    def parts_of(self, assembled: Booleans) -> Booleans:
        """Parts whose stock serves products that are assembled to order, shape (C,).

        Parameters
        ----------
        assembled : shape (I,)
        """
        served = np.zeros(len(self.components), dtype=bool)
        served[self.edges.component[assembled[self.edges.product]]] = True
        return served

    def untied(self) -> Instance:
        """The instance without the rules that hold strategies of several products together."""
        return replace(self, max_changes=None, ties=self.ties.without())

    def without_paths(self) -> Instance:
        """The instance without the paths of demand, by far its largest array, which only serving in turn asks for."""
        return replace(self, edges=replace(self.edges, paths=self.edges.paths[:, :0]))

    def restricted(self, *, products: Integers | None = None, samples: Integers | None = None) -> Instance:
        """The instance of some products alone, with the parts and resources that they use, or on some samples.

        Parameters
        ----------
        products : shape (n,), optional
            Ascending; a group, or else what they share with others is counted in full.
        samples : shape (n,), optional

        Returns
        -------
        Instance
        """
        chosen: dict[str, Integers] = {}
        dropped, capacity = self.dropped, self.capacity
        if samples is not None:
            chosen["sample"] = samples
        if products is not None:
            member = np.zeros(len(self.products), dtype=bool)
            member[products] = True
            lines = np.flatnonzero(member[self.edges.product] & self.allowed[self.edges.product, ATO])
            # Paths stay those of all: they are large, and found by `path`.
            place = {int(i): at for at, i in enumerate(products.tolist())}
            dropped = {(place[i], k): why for (i, k), why in dropped.items() if i in place}
            early = np.flatnonzero(member[self.edges.early_product])
            bought = np.flatnonzero(member[self.edges.bought.product])
            components = np.concatenate([
                self.edges.component[lines], self.edges.early_component[early], self.edges.bought.component[bought]
            ])  # fmt: skip
            chosen |= {
                "product": products, "line": lines, "component": np.unique(components), "early": early,
                "bought": bought,
                "window": np.unique(self.edges.window[lines]),
                "limit": np.flatnonzero(self.ties.limits.counted[:, products].any(axis=1)),
            }  # fmt: skip
            if capacity is not None:
                chosen["resource"] = np.flatnonzero(capacity.used[products].any(axis=0))
                capacity = capacity if chosen["resource"].size else None
        prices = self.prices
        if capacity is None:
            prices = replace(prices, overtime=prices.overtime[:0], outsourced=prices.outsourced[:0])
            chosen.pop("resource", None)
        bare = replace(self, capacity=capacity, dropped=dropped, prices=prices)
        return replace(take(bare, chosen), samples=self.samples if samples is None else len(samples))
