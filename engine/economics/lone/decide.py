"""Decides lone products: three exact costs each, the least wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.distributions import NEXT_TO_POISSON
from engine.demand.streams import Array
from engine.economics.lone.demand import FAMILIES
from engine.economics.lone.early import early_units
from engine.economics.lone.lines import Kits, stocked_kits
from engine.economics.lone.mixture import Shortage, shortage
from engine.economics.lone.stock import BestStock, StockCase, best_stock
from engine.economics.lone.windows import (
    INSTANT,
    WINDOW_CLASSES,
    Exposure,
    ahead_at_review,
    ahead_windows,
    cycle_windows,
    fixed_windows,
    instant_windows,
    no_windows,
    window_classes,
)
from engine.economics.optima.lateness import lateness
from engine.economics.optima.losses import Family
from engine.economics.prices import ATO, DAYS_PER_YEAR, MTO, MTS, price_table
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.derived import Derived, derive
from engine.scenario.scenario import Scenario
from engine.scenario.segments import segments_of

# Strategies whose costs, or stocks, differ by no more than this share are ties.
_TIE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneDecisions:
    """Lone products decided by themselves.

    Parameters
    ----------
    exact : shape (I,)
        Decided here; the others need samples, and hold nothing below.
    allowed : shape (I, 3)
        Strategies left after time, targets and shelf life.
    cost : shape (I, 3)
        Expected cost a year, NaN where not allowed.
    strategy : shape (I,)
        -1 where no strategy is left.
    level : shape (I,)
        Reorder level of finished stock, NaN where the product is not made to stock.
    sets : shape (I,)
        Reorder level of every stocked part in sets, zero where the product is not assembled to order.
    ledger : shape (I, terms)
        Of the chosen strategy; the terms add up to its cost.
    backlog, late_per_day, otif, inventory_value, scrap_co2 : shape (I,)
        Of the chosen strategy: late units at any time, units a day late, share of orders on time in full, value on
        hand, kg a year written off.
    part_on_hand : shape (I,)
        Mean stock of the stocked parts in sets, zero where the product is not assembled to order.
    part_waiting : shape (I,)
        Mean units that wait for them.
    derived : Derived
    kits : Kits
    """

    exact: Booleans
    allowed: Booleans
    cost: Array
    strategy: Integers
    level: Array
    sets: Array
    ledger: Array
    backlog: Array
    late_per_day: Array
    otif: Array
    inventory_value: Array
    scrap_co2: Array
    part_on_hand: Array
    part_waiting: Array
    derived: Derived
    kits: Kits


def decide_lone(scenario: Scenario) -> LoneDecisions:
    """Decide products that share no component and use no scarce resource.

    Parameters
    ----------
    scenario : Scenario
        Checked, its demand columns filled in; without budget, change limit and CVaR.

    Returns
    -------
    LoneDecisions
        `exact` is false for products without a closed form: compound Poisson, empirical and constant demand, a common
        factor, parts with several windows, lots of parts beside other parts or of whole units, products that may
        leave large orders to be made to order, and those with a season or segments.
    """
    return _Lone(scenario).decide()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelves:
    """One shelf of each product: finished stock, or sets of its parts; all of shape (I,).

    Parameters
    ----------
    lead, cv, wait : days
        Lead time, its coefficient of variation, and what the customer leaves for it.
    batch, carrying, late, lost, target, life_days
        As of `StockCase` and `Shortage`.
    lots : bool
        Batches whose windows below zero count.
    bought_after : bool
        A lead time within the wait exposes nothing; one for all.
    """

    lead: Array
    cv: Array
    wait: Array
    batch: Array
    carrying: Array
    late: Array
    lost: Array
    target: Array
    life_days: Array
    lots: Booleans
    bought_after: bool


class _Lone:
    """The columns of lone products, and their costs strategy by strategy."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.settings = scenario, scenario.settings
        self.derived = derived = derive(scenario)
        self.lateness = lateness(scenario, derived)
        self.prices = prices = price_table(scenario, derived, self.lateness)
        self.kits = kits = stocked_kits(scenario, derived, prices)
        products = scenario.products
        self.count = len(products)
        self.rate = self.column("demand_per_week") / 7.0
        self.cv = np.nan_to_num(self.column("demand_cv"))
        family = products["distribution"].replace("", "gamma").to_numpy(dtype=object)
        nearly = self.cv**2 * self.rate * 7.0 - 1.0 < NEXT_TO_POISSON
        self.family = np.where(nearly & (family == "negative_binomial"), "poisson", family)
        self.variance = np.where(self.family == "poisson", self.rate, self.cv**2 * self.rate**2 * 7.0)
        self.late, lost = prices.backlog.sum(axis=1), prices.late_unit.sum(axis=1)
        # Where assembly alone is late every unit is, whatever the stock: that is in the price of the choice.
        self.counted = self.lateness.assembly_days <= 0.0
        target = derived.on_time_target
        self.allowed = derived.allowed.copy()
        self.allowed[:, ATO] &= (target <= 0.0) | (self.column("assembly_days") <= derived.wait_days + 1e-9)
        self.allowed[:, MTO] &= (target <= 0.0) | (self.lateness.make_on_time >= target - 1e-12)
        self.write_off = self.column("obsolescence_per_year")
        self.carrying = prices.on_hand + self.write_off[:, None] * prices.written_off
        timed = self.settings.cost_timing != "period_end"
        self.finished = _Shelves(
            lead=derived.replenishment_days, cv=derived.replenishment_cv, wait=derived.wait_days, batch=derived.batch,
            carrying=self.carrying.sum(axis=1), late=self.late, lost=lost, target=target,
            life_days=self.column("shelf_life_days"), lots=(derived.batch > 0.0) & timed, bought_after=False,
        )  # fmt: skip
        self.sets = _Shelves(
            lead=kits.lead_days, cv=kits.lead_cv, wait=kits.slack_days, batch=kits.batch,
            carrying=kits.carrying.sum(axis=1), late=self.late + kits.bought.sum(axis=1),
            lost=np.where(self.counted, lost, 0.0), target=target,
            life_days=np.full(self.count, np.nan), lots=(kits.batch > 0.0) & timed, bought_after=True,
        )  # fmt: skip

    def column(self, name: str) -> Array:
        return self.scenario.products[name].to_numpy(dtype=float)

    def closed(self) -> Booleans:
        """Products with a closed form."""
        kits = self.kits
        mask = np.isin(self.family, FAMILIES) & ((self.cv > 0.0) | (self.family == "poisson"))
        if self.settings.demand.common_factor_cv > 0.0:
            mask[:] = False
        # Stocks that follow a season, and windows of several segments, have none.
        products, seasons = self.scenario.products, self.scenario.seasons
        mask &= ~products["product"].isin(seasons["product"]).to_numpy(dtype=bool)
        mask &= ~products["family"].isin(set(seasons["family"]) - {""}).to_numpy(dtype=bool)
        mask[list(segments_of(self.scenario))] = False
        # Which orders come from stock is chosen on samples.
        mask &= np.isnan(self.column("large_order_target_days"))
        # Lots of parts are not in whole sets, so that only demand in parts of units meets them everywhere alike.
        one_batch = (kits.batches == 1) & (kits.count == 1) & ~self.derived.integer
        # A part stocked in whole units and taken in pieces leaves the rest of each on the shelf.
        in_pieces = np.isin(np.arange(self.count), kits.product[kits.in_pieces])
        kit = ~in_pieces & ((kits.count == 0) | (kits.same & ((kits.batches == 0) | one_batch)))
        return np.asarray(mask & (~self.allowed[:, ATO] | kit))

    def decide(self) -> LoneDecisions:
        exact = self.closed()
        stock = self._best(self.finished, exact & self.allowed[:, MTS])
        self.allowed[:, MTS] &= ~exact | stock.sellable
        sets = self._best(self.sets, exact & self.allowed[:, ATO] & (self.kits.count > 0))
        return self._result(exact, stock, sets)

    def _best(self, shelves: _Shelves, which: Booleans) -> BestStock:
        """The best stock of some products, zero for the others."""
        numbers = ("level", "on_hand", "backlog", "late_per_day", "otif", "need")
        best = BestStock(**{name: np.zeros(self.count) for name in numbers}, sellable=np.ones(self.count, dtype=bool))
        kinds = window_classes(
            shelves.lead, shelves.cv, shelves.wait, self.settings.review_days,
            noise_days=self.variance / self.rate**2, blunt=np.asarray(self.family == "normal"),
        )  # fmt: skip
        ahead = shelves.lots & ((shelves.lead < shelves.wait) | (shelves.cv > 0.0))
        for family in FAMILIES:
            for kind in range(WINDOW_CLASSES):
                # Products whose windows take the same nodes.
                alike = which & (self.family == family) & (kinds == kind)
                for below in (False, True):
                    chosen = np.flatnonzero(alike & (ahead == below))
                    if chosen.size:
                        best.put(chosen, best_stock(self._case(shelves, family, kind, chosen, below=below)))
        return best

    def _case(self, shelves: _Shelves, family: Family, kind: int, which: Integers, *, below: bool) -> StockCase:
        """The stocks of products whose windows take the same nodes, with windows below zero or without."""
        review, only = self.settings.review_days, shelves.bought_after
        times = shelves.lead[which], shelves.cv[which], shelves.wait[which]
        none = no_windows(len(which))

        def short(exposure: Exposure, ahead: Exposure = none) -> Shortage:
            return shortage(
                family, mean_per_day=self.rate[which], variance_per_day=self.variance[which], exposure=exposure,
                batch=shelves.batch[which], ahead=ahead,
            )  # fmt: skip

        over = cycle_windows(kind, *times, review, only_longer=only)
        due = short(over, ahead_windows(kind, *times, review) if below else none)
        now = due
        if self.settings.cost_timing == "period_end":
            now = short(fixed_windows(kind, *times, review, only_longer=only))
        if review > 0.0:
            # The mean of d/dt over a cycle, t from LT - L' to LT + R - L', is the difference of its ends over R.
            first, last = (fixed_windows(kind, *times, more, only_longer=only) for more in (0.0, review))
            start = short(first, ahead_at_review(kind, *times, review) if below else none)
            end, days = short(last), review
        else:
            (start, end), days = (short(windows) for windows in instant_windows(over)), INSTANT
        moment = Exposure(days=np.full((1, len(which)), INSTANT), weights=np.ones((1, len(which))))
        return StockCase(
            now=now, due=due, start=start, end=end, stretch_days=days, still=short(none, moment),
            rate=self.rate[which], carrying=shelves.carrying[which], late=shelves.late[which], lost=shelves.lost[which],
            target=shelves.target[which], life_days=shelves.life_days[which],
            order_size=self.column("order_size")[which], orders_per_day=self._orders_per_day(family, which),
        )  # fmt: skip

    def _orders_per_day(self, family: Family, which: Integers) -> Array:
        """Of negative binomial demand r ln(1 + l / r), size r of a day; of other families units, shape (n,)."""
        rate, variance = self.rate[which], self.variance[which]
        if family != "negative_binomial":
            return rate
        return np.asarray(rate**2 / (variance - rate) * np.log(variance / rate))

    def _result(self, exact: Booleans, stock: BestStock, sets: BestStock) -> LoneDecisions:
        kits, prices, rate, rows = self.kits, self.prices, self.rate, np.arange(self.count)
        derived, settings, late = self.derived, self.settings, self.lateness
        early = early_units(
            rate, derived.replenishment_days, derived.replenishment_cv, derived.wait_days, settings.early_days
        )
        # What comes early with a batch is in its windows.
        on_hand = stock.on_hand + np.where(self.finished.lots, 0.0, early)
        # measure x price, term by term
        ledgers = prices.choice.copy()
        ledgers[:, MTS] += _times(on_hand, self.carrying) + self._lateness(stock, stock.late_per_day)
        ledgers[:, ATO] += _times(sets.on_hand, kits.carrying) + kits.early + kits.stocking
        # What was bought for an order lies there while the order waits.
        ledgers[:, ATO] += _times(sets.backlog, kits.bought)
        ledgers[:, ATO] += self._lateness(sets, np.where(self.counted, sets.late_per_day, 0.0))
        cost = np.where(self.allowed & exact[:, None], ledgers.sum(axis=2), np.nan)
        nothing = np.zeros(self.count)
        of_sets = kits.value * sets.on_hand + kits.bought_value * sets.backlog + kits.early_value
        value = np.stack([self.column("unit_cost") * on_hand, of_sets, nothing], axis=1)
        strategy = _choose(cost, value, derived.current)
        ledger = ledgers[rows, np.maximum(strategy, 0)]
        ledger[(strategy < 0) | ~exact] = 0.0
        made, assembled, stocked = strategy == MTO, strategy == ATO, strategy == MTS
        scrap = self.column("co2_kg") * self.write_off * on_hand
        scrap_of_sets = kits.scrap_co2 * sets.on_hand + kits.bought_scrap_co2 * sets.backlog + kits.early_scrap_co2
        return LoneDecisions(
            exact=exact,
            allowed=self.allowed,
            cost=cost,
            strategy=strategy,
            level=np.where(stocked, stock.level, np.nan),
            sets=np.where(assembled, sets.level, 0.0),
            ledger=ledger,
            backlog=np.select(
                [stocked, assembled, made],
                [stock.backlog, sets.backlog + rate * late.assembly_days, rate * late.make_days],
                0.0,
            ),
            late_per_day=np.select(
                [stocked, assembled & ~self.counted, assembled, made],
                [stock.late_per_day, rate, sets.late_per_day, rate * (1.0 - late.make_on_time)],
                0.0,
            ),
            otif=np.select(
                [stocked, assembled & ~self.counted, assembled, made],
                [stock.otif, 0.0, np.where(kits.count > 0, sets.otif, 1.0), late.make_on_time],
                np.nan,
            ),
            inventory_value=np.where(strategy >= 0, value[rows, np.maximum(strategy, 0)], 0.0),
            scrap_co2=np.select([stocked, assembled], [scrap, scrap_of_sets], 0.0),
            part_on_hand=np.where(assembled, sets.on_hand, 0.0),
            part_waiting=np.where(assembled, sets.backlog, 0.0),
            derived=derived,
            kits=kits,
        )

    def _lateness(self, shelf: BestStock, late_per_day: Array) -> Array:
        """What waiting and late units cost a year, shape (I, terms)."""
        return _times(shelf.backlog, self.prices.backlog) + _times(DAYS_PER_YEAR * late_per_day, self.prices.late_unit)


def _choose(cost: Array, value: Array, current: Integers) -> Integers:
    """The cheapest strategy, shape (I,), -1 where none is left.

    Of ties the current one, else the one with less stock, else to order rather than to stock.

    Parameters
    ----------
    cost, value : shape (I, 3)
        Money a year, NaN where not allowed; value of the stock.
    current : shape (I,)
    """
    ranked = np.where(np.isnan(cost), np.inf, cost)
    least = ranked.min(axis=1)
    tied = np.isfinite(ranked) & (ranked <= (least + _TIE * np.maximum(least, 1.0))[:, None])
    held = np.where(tied, value, np.inf)
    few = held.min(axis=1)
    lean = tied & (held <= (few + _TIE * np.maximum(few, 1.0))[:, None])
    strategy = 2 - np.argmax(lean[:, ::-1], axis=1)
    mask = current >= 0
    strategy[mask] = np.where(tied[mask, current[mask]], current[mask], strategy[mask])
    return np.where(np.isfinite(least), strategy, -1)


def _times(measure: Array, price: Array) -> Array:
    """measure, shape (I,), x price, shape (I, terms)."""
    return measure[:, None] * price
