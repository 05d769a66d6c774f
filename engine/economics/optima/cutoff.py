"""Chooses, product by product, above which order size a stock leaves orders to be made to order.

A product with a cut-off q is two that share nothing: one of the orders up to q, made to stock, and one of those above,
made to order for customers who accept `large_order_target_days`. Demand that comes in orders at random times is thinned
into two independent parts, and the stock sees the first alone: its mean has its share of the units, its variance that
of the squares of order sizes, since both are sums over orders. The strategy MTS of such a product means both parts:
model and search see its stock, and the other part in the price of the choice.

The cut-off is that of the least cost on the scenario's own samples, so that other draws evaluate the same policy, and
that of the product by itself: a budget, risk or rule over several products changes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from engine.demand.counts import whole_cv
from engine.demand.distributions import own_cv
from engine.demand.order_sizes import Above, OrderSizes, SeenSizes, known_sizes
from engine.demand.streams import Array
from engine.economics.axes import Booleans, Integers
from engine.economics.instance import MTO, MTS, FinishedStock, Instance
from engine.economics.optima.large_orders import no_large_orders
from engine.economics.optima.lateness import lateness
from engine.economics.optima.stock import best_stock
from engine.economics.prices import price_table
from engine.errors import EngineError
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import Derived, derive
from engine.scenario.rules import free_of
from engine.scenario.scenario import Scenario, scenario_of
from engine.scenario.settings import Risk
from engine.words.reason import cause

# An instance without cut-offs from a scenario, a number of samples, a seed and what it is for: others of the same name
# are near it.
Build = Callable[[Scenario, int, int, str], Instance]
# A cut-off has to save more than this share of the cost.
_SAVES = 1e-6
_ROUNDING = 1e-12
# Choices kept between instances of one scenario.
_MOST_KEPT = 64
_ONE_BY_ONE: dict[str, object] = {**free_of(), "risk": Risk()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Products whose stock has a cut-off.

    Parameters
    ----------
    rows : shape (n,)
        Their places, ascending.
    sizes : shape (n,)
        Largest order that comes from stock, units.
    of : tuple of OrderSizes
        Of their orders.
    """

    rows: Integers
    sizes: Array
    of: tuple[OrderSizes, ...]

    @property
    def above(self) -> tuple[Above, ...]:
        """What comes in orders above each cut-off."""
        return tuple(sizes.above(cutoff) for sizes, cutoff in zip(self.of, self.sizes.tolist(), strict=True))


def with_cutoffs(instance: Instance, scenario: Scenario, derived: Derived, *, seed: int, build: Build) -> Instance:
    """The instance with make to stock under the best cut-off of each product, where one pays.

    Parameters
    ----------
    instance : Instance
        As it is without.
    scenario, derived
        It was built of.
    seed : int
        Of its samples.
    build : callable
    """
    cutoffs = best_cutoffs(scenario, derived, build)
    if not cutoffs.rows.size:
        return instance
    small, large = parts_of(scenario, derived, cutoffs)
    of_stock, to_order = build(small, instance.samples, seed, "chosen"), _made_to_order(large)
    every, above = no_large_orders(len(instance.products)), cutoffs.above
    numbers = {
        "cutoff": cutoffs.sizes, "orders": np.array([one.orders for one in above]),
        "volume": np.array([one.volume for one in above]),
        "target_days": large.products["lead_time_target_days"].to_numpy(dtype=float),
        "late_days": to_order.late_days, "on_time": to_order.on_time,
    }  # fmt: skip
    for name, values in numbers.items():
        getattr(every, name)[cutoffs.rows] = values
    choice, allowed, dropped = instance.prices.choice.copy(), instance.allowed.copy(), dict(instance.dropped)
    allowed[cutoffs.rows, MTS] &= of_stock.allowed[:, MTS]
    dropped |= {(int(cutoffs.rows[k]), MTS): why for (k, strategy), why in of_stock.dropped.items() if strategy == MTS}
    choice[cutoffs.rows, MTS] = of_stock.prices.choice[:, MTS] + to_order.choice
    stock = {field.name: getattr(instance.stock, field.name).copy() for field in fields(instance.stock)}
    for name, values in stock.items():
        values[cutoffs.rows] = getattr(of_stock.stock, name)
    return replace(
        instance, stock=FinishedStock(**stock), allowed=allowed, dropped=dropped, large=every,
        prices=replace(instance.prices, choice=choice),
    )  # fmt: skip


def planned_cutoffs(scenario: Scenario, size: Array) -> Cutoffs:
    """Cut-offs that are given, shape (I,), NaN or infinite for none."""
    rows = np.flatnonzero(np.isfinite(size))
    sizes_of = tuple(sizes for i in rows.tolist() if (sizes := known_sizes(scenario, i)) is not None)
    if len(sizes_of) < len(rows):
        raise EngineError(cause("sizes_of_orders"))
    return Cutoffs(rows=rows, sizes=size[rows], of=sizes_of)


def best_cutoffs(scenario: Scenario, derived: Derived, build: Build) -> Cutoffs:
    """The cut-off of least cost of every product where one pays; the others are left out.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    build : callable
        As of `with_cutoffs`.
    """
    sizes = _possible(scenario, derived)
    settings = scenario.settings
    rows = np.array(list(sizes), dtype=np.int64)
    least = np.full(len(rows), np.inf)
    best = np.full(len(rows), np.inf)
    if not rows.size:
        return Cutoffs(rows=rows, sizes=best, of=())
    token = _token(scenario, derived, sizes)
    if token in _KEPT:
        best = _KEPT[token]
    else:
        tried = [(np.inf, *seen.cutoffs().tolist()) for seen in sizes.values()]
        for turn in range(max(len(one) for one in tried)):
            at = np.flatnonzero([turn < len(one) for one in tried])
            chosen = Cutoffs(
                rows=rows[at], sizes=np.array([tried[k][turn] for k in at.tolist()]),
                of=tuple(sizes[int(rows[k])] for k in at.tolist()),
            )  # fmt: skip
            small, large = parts_of(scenario, derived, chosen)
            stocked = build(small, settings.samples, settings.seed, f"tried {turn}")
            cost = _costs(chosen, stocked, _made_to_order(large))
            # No cut-off comes first, and of the others the smallest: a larger one has to save.
            better = cost < least[at] * (1.0 - _SAVES)
            least[at[better]], best[at[better]] = cost[better], chosen.sizes[better]
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[token] = best
    cut = np.flatnonzero(np.isfinite(best))
    return Cutoffs(
        rows=rows[cut], sizes=best[cut],
        of=tuple(sizes[int(rows[k])] for k in cut.tolist()),
    )  # fmt: skip


# Cut-offs of products, by what they depend on: other draws of one scenario ask for the same.
_KEPT: dict[str, Array] = {}


def _possible(scenario: Scenario, derived: Derived) -> dict[int, OrderSizes]:
    """Products that may have a cut-off, with the sizes of their orders.

    Of goods that use no scarce resource and have no season, and that may be made to order.
    """
    products = scenario.products
    asks = products["large_order_target_days"].notna().to_numpy(dtype=bool) & derived.allowed[:, MTS]
    if not asks.any():
        return {}
    seasons = scenario.seasons
    asks &= ~products["product"].isin({*scenario.routing["product"], *seasons["product"]}).to_numpy(dtype=bool)
    asks &= ~products["family"].isin(set(seasons["family"]) - {""}).to_numpy(dtype=bool)
    possible = {}
    for i in np.flatnonzero(asks).tolist():
        sizes = known_sizes(scenario, i)
        # A lock at MTS is kept by a stock with a cut-off too.
        to_order = STRATEGIES[MTO] in str(products["allowed"].iloc[i]).split("|")
        if to_order and sizes is not None and len(sizes.cutoffs()):
            possible[i] = sizes
    return possible


def parts_of(scenario: Scenario, derived: Derived, cut: Cutoffs) -> tuple[Scenario, Scenario]:
    """The orders from stock, and those above the cut-off, each as products of their own, named as in the scenario.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    cut : Cutoffs

    Returns
    -------
    small, large : Scenario
        Of the products of `cut` alone, without parts and resources, made to stock and made to order.
    """
    alone = scenario.products.iloc[cut.rows].reset_index(drop=True)
    alone = alone.assign(
        make_days=derived.make_days[cut.rows], replenishment_days=derived.replenishment_days[cut.rows],
        large_order_target_days=np.nan, locked="",
    )  # fmt: skip
    common = scenario.settings.demand.common_factor_cv
    above = cut.above
    orders, volume, square = (
        np.array([getattr(one, name) for one in above], dtype=np.float64) for name in ("orders", "volume", "square")
    )
    mean, size = (alone[name].to_numpy(dtype=float) for name in ("demand_per_week", "order_size"))
    cv = np.nan_to_num(alone["demand_cv"].to_numpy(dtype=float))
    # var = own cv^2 mean^2, of which a share of E[X^2] comes in orders up to q; a mean has its share of E[X]
    spread = np.sqrt(1.0 - square) / (1.0 - volume)
    cvs = [whole_cv(own_cv(float(one), common) * float(times), common) for one, times in zip(cv, spread, strict=True)]
    small = alone.assign(
        demand_per_week=mean * (1.0 - volume), demand_cv=cvs, order_size=size * (1.0 - volume) / (1.0 - orders),
        allowed=STRATEGIES[MTS],
    )  # fmt: skip
    # Where all orders come from stock there is no other part, and whatever stands for it is not looked at.
    of_units, of_orders = (np.where(orders > 0.0, share, 1.0) for share in (volume, orders))
    large = alone.assign(
        demand_per_week=mean * of_units, order_size=size * of_units / of_orders,
        allowed=STRATEGIES[MTO], change_cost=0.0,
        lead_time_target_days=scenario.products["large_order_target_days"].to_numpy(dtype=float)[cut.rows],
    )  # fmt: skip
    settings = scenario.settings.model_copy(update=_ONE_BY_ONE)
    # Weeks of the past, for those who draw from them.
    past = {name: scenario.table(name) for name in ("components", "orders", "stock_outs")}
    below = {
        name: tuple(sizes.parted(cutoff)[0].tolist())
        for name, sizes, cutoff in zip(alone["product"], cut.of, cut.sizes.tolist(), strict=True)
        if np.isfinite(cutoff) or isinstance(sizes, SeenSizes)
    }
    return (
        replace(scenario_of(settings, {**past, "products": small}), order_sizes=below),
        scenario_of(settings, {**past, "products": large}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadeToOrder:
    """Products all made to order; `choice` is the cost a year by term, `possible` whether targets are kept."""

    choice: Array
    late_days: Array
    on_time: Array
    possible: Booleans


def _made_to_order(large: Scenario) -> _MadeToOrder:
    """What making products to order costs and reaches; nothing of it hangs on samples."""
    derived = derive(large)
    late = lateness(large, derived)
    return _MadeToOrder(
        choice=price_table(large, derived, late).choice[:, MTO], late_days=late.make_days, on_time=late.make_on_time,
        possible=late.make_on_time >= derived.on_time_target - _ROUNDING,
    )  # fmt: skip


def _costs(cut: Cutoffs, small: Instance, large: _MadeToOrder) -> Array:
    """Cost a year of making to stock under cut-offs, shape (n,); inf where it cannot be."""
    stocked = np.where(small.allowed[:, MTS], best_stock(small).cost + small.choice[:, MTS], np.inf)
    to_order = np.where(large.possible, large.choice.sum(axis=1), np.inf)
    return np.where(np.isfinite(cut.sizes), stocked + to_order, stocked)


def _token(scenario: Scenario, derived: Derived, sizes: dict[int, OrderSizes]) -> str:
    """What the choice depends on, hashed."""
    state = hashlib.blake2b(digest_size=16)
    rows = list(sizes)
    state.update(pd.util.hash_pandas_object(scenario.products.iloc[rows], index=False).to_numpy().tobytes())
    state.update(scenario.settings.model_copy(update=_ONE_BY_ONE).model_dump_json(by_alias=True).encode())
    state.update(np.concatenate([derived.make_days[rows], derived.replenishment_days[rows]]).tobytes())
    state.update(repr((list(sizes.values()), len(scenario.orders))).encode())
    return state.hexdigest()
