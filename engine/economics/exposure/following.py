"""How stocks follow a season: by how much each level stands above its yearly mean, week by week.

A level covers the demand from its review on until the next delivery: mu + s, mu being mean demand of these days and s
the safety stock that the newsvendor's ratio asks for. In a week whose covered days have the factor phi it is
(mu + s) phi, and so S + (mu + s) (phi - 1): the swing (mu + s) (phi - 1) is a number known beforehand, and S alone is
decided. What a sample's window holds less the swing is therefore all that the rules see of a season.

The swing depends on demand, times, costs and budget of the scenario alone, never on samples or strategies. The swing of
a part is the sum of those of the products that take it, each by its own mean demand and its share in the variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.demand.counts import poisson_cv
from engine.demand.distributions import Empirical, Poisson, Process
from engine.demand.streams import Array
from engine.demand.year import DAYS, WEEKS, Year, comes_in_orders, week_of, year_of
from engine.economics.prices import ATO, MTS, Prices
from engine.scenario.arrays import Booleans
from engine.scenario.derived import Derived
from engine.scenario.scenario import Scenario
from engine.scenario.usage import part_lots, parts_per_unit

# Service that a level is taken to aim at, at least and at most.
_SERVICE = (0.05, 0.999)
# Most that a unit of money in stock may cost a year under a budget, and halvings on the way to what it does.
_DEAREST, _HALVINGS = 100.0, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Seasons of the products and the swings of the stocks that follow them.

    Parameters
    ----------
    year : Year
    in_orders : shape (I,)
        Demand comes in single orders: a season brings more of them, else it scales demand.
    wait_days, slack_days : shape (I,)
        L' and (L' - assembly)+, zero or more: how long before it is due demand was ordered.
    stock : shape (I, 52)
        Swing of finished stock in each week of the year, units.
    line : mapping of (int, int) to int
        Product and component to row of `lines`.
    lines : shape (E, 52)
        Swing of a part for one product, in units of the product.
    """

    year: Year
    in_orders: Booleans
    wait_days: Array
    slack_days: Array
    stock: Array
    line: Mapping[tuple[int, int], int]
    lines: Array

    def window_factor(self, product: int, due: Array, days: Array, *, part: bool = False) -> Array:
        """Mean factor of what falls due in a window, or after it where it is below zero, shape of `days`.

        Parameters
        ----------
        product : int
        due : shape (W,)
            Instants of the year at which the window ends.
        days : shape (..., W)
            Length; below zero it lies ahead.
        part : bool
            The window of a part, needed when assembly begins.
        """
        ordered = due - (self.slack_days if part else self.wait_days)[product]
        return self.year.mean(product, ordered - np.maximum(days, 0.0), np.abs(days))

    def stock_swing(self, product: int, review: Array) -> Array:
        """Swing of finished stock ordered at instants of the year, the same shape."""
        return np.asarray(self.stock[product, week_of(review)])

    def line_swing(self, product: int, component: int, review: Array) -> Array:
        """Swing of a part for one product, in units of the product; none where the product does not take it."""
        row = self.line.get((product, component))
        return np.zeros(np.shape(review)) if row is None else np.asarray(self.lines[row, week_of(review)])


def following(
    scenario: Scenario, derived: Derived, prices: Prices, made: Sequence[Process]
) -> Following | None:
    """Seasons and swings of a scenario; None where no product has a season.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    prices : Prices
    made : sequence of Process
        One per product.
    """
    year = year_of(scenario)
    if year is None:
        return None
    products, parts = scenario.products, scenario.components
    review = scenario.settings.review_days
    since = review if scenario.settings.cost_timing == "period_end" else 0.5 * review
    in_orders = np.array([comes_in_orders(one) for one in made])
    wait = np.maximum(derived.wait_days, 0.0)
    slack = derived.slack_days
    daily = products["demand_per_week"].to_numpy(dtype=float) / 7.0
    # Variance of a day, and of the days of a cycle: t cv^2 (7 l)^2 / 7 + l^2 (var(LT) + R^2 / 12).
    variance = daily**2 * 7.0 * _weekly_cv(scenario, made) ** 2
    cycle = review**2 / 12.0
    keep = _carrying(prices.on_hand, prices.written_off, products["obsolescence_per_year"].to_numpy(dtype=float))
    part_keep = _carrying(
        prices.part_on_hand, prices.part_written_off, parts["obsolescence_per_year"].to_numpy(dtype=float)
    )
    late = prices.backlog.sum(axis=1)
    price = _budget_price(scenario, derived, late, keep, np.sqrt(
        np.maximum(derived.replenishment_days + since - wait, 0.0) * variance + daily**2 * cycle
    ))  # fmt: skip
    keep = keep + price * products["unit_cost"].to_numpy(dtype=float)
    part_keep = part_keep + price * parts["unit_cost"].to_numpy(dtype=float)
    stock = np.zeros((len(products), WEEKS))
    lead, lead_cv = derived.replenishment_days, derived.replenishment_cv
    for i in np.flatnonzero(year.seasonal & derived.allowed[:, MTS]).tolist():
        days = max(lead[i] + since - wait[i], 0.0)
        spread = days * variance[i] + daily[i] ** 2 * ((lead[i] * lead_cv[i]) ** 2 + cycle)
        service = _service(late[i], keep[i], derived.on_time_target[i])
        gain = _gain(daily[i] * days, spread, spread + derived.batch[i] ** 2 / 12.0, service, orders=in_orders[i])
        stock[i] = _swing(gain, year, i, days, whole=bool(derived.integer[i]))
    row = {str(name): i for i, name in enumerate(products["product"])}
    place = {str(name): c for c, name in enumerate(parts["component"])}
    part_lead, part_cv = (parts[name].to_numpy(dtype=float) for name in ("lead_time_days", "lead_time_cv"))
    lot = part_lots(scenario)
    bom = [
        (row[str(line.product)], place[str(line.component)], quantity)
        for line, quantity in zip(scenario.bom.itertuples(), parts_per_unit(scenario).tolist(), strict=True)
        if derived.allowed[row[str(line.product)], ATO]
    ]
    kit = np.zeros(len(products))
    for i, c, quantity in bom:
        kit[i] += quantity * part_keep[c]
    # Of each part: variance of what all products take, and the service that they ask for, by use.
    days_of, spread_of = np.zeros(len(bom)), np.zeros(len(bom))
    total, use, asked = (np.zeros(len(parts)) for _ in range(3))
    for e, (i, c, quantity) in enumerate(bom):
        if part_lead[c] <= slack[i] and part_cv[c] <= 0.0:
            continue
        days_of[e] = max(part_lead[c] + since - slack[i], 0.0)
        spread_of[e] = days_of[e] * variance[i] + daily[i] ** 2 * ((part_lead[c] * part_cv[c]) ** 2 + cycle)
        total[c] += quantity**2 * spread_of[e]
        use[c] += quantity * daily[i]
        # A unit short costs lateness, and the other parts that lie there; a unit too many its own keeping.
        asked[c] += quantity * daily[i] * _service(
            late[i] + kit[i] - quantity * part_keep[c], quantity * part_keep[c], derived.on_time_target[i]
        )
    lines, at = np.zeros((len(bom), WEEKS)), dict[tuple[int, int], int]()
    for e, (i, c, quantity) in enumerate(bom):
        at[i, c] = e
        if year.row[i] < 0 or days_of[e] <= 0.0:
            continue
        gain = _gain(
            daily[i] * days_of[e], quantity * spread_of[e], (total[c] + lot[c] ** 2 / 12.0), asked[c] / use[c],
            orders=in_orders[i], mean_of_all=use[c] * days_of[e], spread_of_all=total[c],
        )  # fmt: skip
        lines[e] = _swing(gain, year, i, days_of[e], whole=bool(derived.integer[i]))
    return Following(
        year=year, in_orders=in_orders, wait_days=wait, slack_days=slack, stock=stock, line=at, lines=lines
    )


def _budget_price(scenario: Scenario, derived: Derived, late: Array, keep: Array, spread: Array) -> float:
    """What a unit of money in stock costs a year for finished stocks alone to keep the budget; zero without one.

    Their mean value is sum_i c_i (sigma_i (z Phi(z) + phi(z)) + Q_i / 2) where demand is taken for normal.

    Parameters
    ----------
    scenario : Scenario
    derived : Derived
    late, keep : shape (I,)
        What a unit late, and one on hand, costs a year.
    spread : shape (I,)
        Standard deviation of demand while a level lasts, units.
    """
    budget = scenario.settings.inventory_budget
    if budget is None:
        return 0.0
    made = derived.allowed[:, MTS]
    value = scenario.products["unit_cost"].to_numpy(dtype=float)

    def exceeds(price: float) -> bool:
        service = np.array([
            _service(*costs) for costs in zip(late, keep + price * value, derived.on_time_target, strict=True)
        ])  # fmt: skip
        z = special.ndtri(service)
        # E(z - N)+ = z P(N < z) + phi(z)
        units = spread * (z * service + np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)) + 0.5 * derived.batch
        return bool((value * units)[made].sum() > budget)

    if not exceeds(0.0):
        return 0.0
    low, high = 0.0, _DEAREST
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if exceeds(middle) else (low, middle)
    return high


def _weekly_cv(scenario: Scenario, made: Sequence[Process]) -> Array:
    cv = scenario.products["demand_cv"].to_numpy(dtype=float).copy()
    for i, one in enumerate(made):
        if np.isnan(cv[i]) and isinstance(one, Empirical):
            cv[i] = np.std(one.weeks) / max(float(np.mean(one.weeks)), 1e-300)
        elif np.isnan(cv[i]) and isinstance(one, Poisson):
            cv[i] = poisson_cv(one.mean_per_week, scenario.settings.demand.common_factor_cv)
    return np.asarray(np.nan_to_num(cv))


def _carrying(on_hand: Array, written_off: Array, rate: Array) -> Array:
    """What a unit on hand costs a year, shape (n,)."""
    return np.asarray((on_hand + rate[:, None] * written_off).sum(axis=1))


def _service(short: float, over: float, target: float) -> float:
    """The newsvendor's ratio, or the on-time target where that is more."""
    ratio = short / (short + over) if short + over > 0.0 else 0.0
    return min(max(ratio, target, _SERVICE[0]), _SERVICE[1])


def _gain(
    mean: float, spread: float, whole_spread: float, service: float, *, orders: bool,
    mean_of_all: float | None = None, spread_of_all: float | None = None,
) -> float:  # fmt: skip
    """Units by which a level rises where the factor of its days rises by 1: mu + z sigma_i^2 / sigma, z of a gamma.

    The standard deviation of scaled demand rises with the factor, that of more orders with its root.

    Parameters
    ----------
    mean, spread : float
        Mean, and variance or share in that of all.
    whole_spread : float
        Variance of all that the level covers, lots included.
    service : float
    orders : bool
    mean_of_all, spread_of_all : float, optional
        Of the demand of all products of a part, where `mean` and `spread` are those of one.
    """
    mu, sigma2 = mean_of_all or mean, spread_of_all or spread
    if mu <= 0.0 or sigma2 <= 0.0 or whole_spread <= 0.0:
        return mean
    z = (float(special.gammaincinv(mu**2 / sigma2, service)) * sigma2 / mu - mu) / sigma2**0.5
    return float(mean + (0.5 if orders else 1.0) * z * spread / whole_spread**0.5)


def _swing(gain: float, year: Year, product: int, days: float, *, whole: bool) -> Array:
    """Swing gain (phi - 1) by week, phi the mean factor of the days covered from the week's days on, shape (52,)."""
    start: Array = np.arange(DAYS, dtype=np.float64) + 0.5
    factor = year.mean(product, start, max(days, 1.0))
    week = week_of(start)
    phi = np.bincount(week, weights=factor, minlength=WEEKS) / np.bincount(week, minlength=WEEKS)
    # Levels of whole units swing by whole units.
    return np.asarray(np.round(gain * (phi - 1.0)) if whole else gain * (phi - 1.0))
