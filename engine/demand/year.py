"""The season of each product as a factor of every day of the year, and its mean over any stretch of days.

A year has 365 days. The factor of a day is that of its quarter, month or week; weeks count from the first of January,
and the last has eight days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.demand.distributions import CompoundPoisson, NegativeBinomial, Poisson, Process
from engine.demand.streams import Array, uniforms
from engine.scenario.arrays import Booleans, Integers
from engine.scenario.scenario import Scenario

DAYS, WEEKS = 365, 52
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=8)
def period_of_day(periods: int) -> Integers:
    """The period of each day of the year, counted from 0, shape (365,).

    Examples
    --------
    >>> period_of_day(12)[[0, 31, 364]].tolist(), period_of_day(52)[[6, 7, 364]].tolist()
    ([0, 1, 11], [0, 1, 51])
    """
    if periods == WEEKS:
        period = np.minimum(np.arange(DAYS) // 7, WEEKS - 1)
    else:
        period = np.repeat(np.arange(12), _MONTHS) * periods // 12
    period.setflags(write=False)
    return period


def days_factor(factors: Array) -> Array:
    """Factor of each day of the year, mean 1, shape (365,), from those of its quarters, months or weeks."""
    factor = factors[period_of_day(len(factors))]
    return np.asarray(factor / factor.mean())


def week_of(day: Array) -> Integers:
    """The week of the year, from 0, of instants in days since a first of January; the same shape."""
    return period_of_day(WEEKS)[np.mod(np.floor(day), DAYS).astype(np.int64)]


def comes_in_orders(made: Process) -> bool:
    """Whether demand comes in single orders, of which a season brings more; the season of other demand scales it."""
    return isinstance(made, Poisson | CompoundPoisson | NegativeBinomial)


def year_instants(seed: int, samples: int) -> Array:
    """The instant of the year at which each sample observes all items, days since the first of January."""
    return np.asarray(uniforms(seed, "instant of the year", "", 1, samples)[0] * DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The seasons of a scenario.

    Parameters
    ----------
    row : shape (I,)
        Row of `daily` of each product, -1 without a season.
    daily : shape (S, 365)
        Factor of each day, mean 1.
    """

    row: Integers
    daily: Array

    @property
    def seasonal(self) -> Booleans:
        """Which products have a season, shape (I,)."""
        return np.asarray(self.row >= 0)

    def mean(self, product: int, start: Array, days: Array | float) -> Array:
        """Mean factor of the days from a start on; that of the start where there are none.

        Parameters
        ----------
        product : int
        start : array
            Days since a first of January, of any year.
        days : array of the same shape, or float
        """
        row = self.row[product]
        if row < 0:
            return np.ones(np.broadcast_shapes(np.shape(start), np.shape(days)))
        length = np.maximum(days, _LEAST_DAYS)
        return np.asarray((self._since(row, start + length) - self._since(row, start)) / length)

    def _since(self, row: int, day: Array) -> Array:
        """The integral of the factor from day 0 on."""
        years, rest = np.divmod(day, DAYS)
        whole = np.concatenate([[0.0], np.cumsum(self.daily[row])])
        return np.asarray(years * whole[-1] + np.interp(rest, np.arange(DAYS + 1), whole))


# A stretch shorter than this is an instant.
_LEAST_DAYS = 1e-3


def year_of(scenario: Scenario) -> Year | None:
    """The seasons of the products, their own or those of their family; None where there is none.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    """
    table = scenario.seasons
    if not len(table):
        return None
    daily: list[Array] = []
    of: dict[tuple[str, str], int] = {}
    for key, rows in table.sort_values("period").groupby(["product", "family"], sort=True):
        factors = rows["factor"].to_numpy(dtype=float)
        product, family = (str(name) for name in key)
        even = bool((factors == factors[0]).all())
        of["product" if product else "family", product or family] = -1 if even else len(daily)
        if not even:
            daily.append(days_factor(factors))
    products = scenario.products
    row = [
        of.get(("product", str(name)), of.get(("family", str(family)), -1))
        for name, family in zip(products["product"], products["family"], strict=True)
    ]
    if max(row) < 0:
        return None
    return Year(row=np.array(row, dtype=np.int64), daily=np.stack(daily))
