"""Sizes of orders: those seen in order lines, or gamma; what lies above a size, of orders, units and variance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from scipy import special

from engine.demand.book.book import order_book
from engine.demand.book.pauses import Stretch
from engine.demand.distributions import CompoundPoisson, own_cv
from engine.demand.fitting.totals import bucket_of
from engine.demand.streams import Array
from engine.scenario.scenario import Scenario

# Most sizes that are tried as a cut-off.
MOST_CUTOFFS = 10
# Fewer orders than these say little of how large the next one is.
LEAST_ORDERS = 20
# Sizes whose CV is less are all alike.
_ALIKE = 1e-6
# Classes that gamma sizes are drawn from on each side of a cut-off.
_CLASSES = 1000
# Digits of a cut-off that stands for a size of gamma orders.
_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What of demand comes in orders above a size.

    Parameters
    ----------
    orders : float
        Share of the orders.
    volume : float
        Share of the units, E[X; X > q] / E[X].
    square : float
        Share of the variance of demand that comes in orders at random times, E[X^2; X > q] / E[X^2].
    """

    orders: float
    volume: float
    square: float


class OrderSizes(Protocol):
    """Sizes X of the orders of a product, units."""

    def above(self, size: float) -> Above:
        """What comes in orders above a size."""
        ...

    def cutoffs(self) -> Array:
        """Sizes to try as a cut-off, ascending: some orders lie above each, and some do not."""
        ...

    def parted(self, size: float) -> tuple[Array, Array]:
        """Sizes up to a cut-off and those above it, each as often as another on its side."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSizes:
    """Sizes of the orders of a book, each counting alike.

    Parameters
    ----------
    units : tuple of float
        Of each order, above zero.

    Examples
    --------
    Of ten orders one is of 41 units and the others of one each:

    >>> sizes = SeenSizes(units=(1.0,) * 9 + (41.0,))
    >>> sizes.above(1.0)
    Above(orders=0.1, volume=0.82, square=0.9946745562130177)
    >>> sizes.cutoffs().tolist()
    [1.0]
    """

    units: tuple[float, ...]

    def above(self, size: float) -> Above:
        """Sums over the orders above it."""
        units = np.asarray(self.units)
        beyond = units[units > size]
        return Above(
            orders=len(beyond) / len(units), volume=float(beyond.sum() / units.sum()),
            square=float((beyond**2).sum() / (units**2).sum()),
        )  # fmt: skip

    def cutoffs(self) -> Array:
        """Every size seen but the largest; of many those that leave even shares of the units above them."""
        return _seen_cutoffs(self.units)

    def parted(self, size: float) -> tuple[Array, Array]:
        """The orders themselves."""
        units = np.asarray(self.units)
        return units[units <= size], units[units > size]


# Every instance of a scenario asks again for the same products.
@lru_cache(maxsize=4096)
def _seen_cutoffs(units: tuple[float, ...]) -> Array:
    """Sizes to try of `SeenSizes`, worked out once for the same orders and not to be written to."""
    sizes: Array = np.unique(units)[:-1]
    if len(sizes) > MOST_CUTOFFS:
        seen = SeenSizes(units=units)
        volume = np.array([seen.above(float(size)).volume for size in sizes])
        wanted = np.arange(1, MOST_CUTOFFS + 1) / (MOST_CUTOFFS + 1)
        nearest = np.abs(volume[:, None] - wanted).argmin(axis=0)
        sizes = np.asarray(sizes[np.unique(nearest)])
    sizes.flags.writeable = False
    return sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaSizes:
    """Gamma sizes, as compound Poisson demand has them.

    Parameters
    ----------
    mean : float
        Units.
    cv : float
    """

    mean: float
    cv: float

    def above(self, size: float) -> Above:
        """E[X^n; X > q] = E[X^n] times the tail of a gamma of shape k + n at q, k = 1 / cv^2."""
        if self.cv < _ALIKE:
            beyond = float(self.mean > size)
            return Above(orders=beyond, volume=beyond, square=beyond)
        shape = 1.0 / self.cv**2
        orders, volume, square = special.gammaincc(shape + np.arange(3.0), size * shape / self.mean)
        return Above(orders=float(orders), volume=float(volume), square=float(square))

    def cutoffs(self) -> Array:
        """Sizes with even shares of the units above them, in two digits or whole units."""
        if self.cv < _ALIKE:
            return np.zeros(0)
        shape = 1.0 / self.cv**2
        above = np.arange(MOST_CUTOFFS, 0, -1) / (MOST_CUTOFFS + 1)
        sizes = special.gammainccinv(shape + 1.0, above) * self.mean / shape
        digits = np.minimum(np.floor(np.log10(sizes)) - (_DIGITS - 1), 0.0)
        rounded = np.unique(np.round(sizes / 10.0**digits) * 10.0**digits)
        return np.array([size for size in rounded if 0.0 < self.above(float(size)).orders < 1.0])

    def parted(self, size: float) -> tuple[Array, Array]:
        """Means of so many equally likely classes on each side."""
        shape, beyond = 1.0 / self.cv**2, self.above(size)
        sides: list[Array] = []
        for low, high, units, orders in (
            (0.0, 1.0 - beyond.orders, 1.0 - beyond.volume, 1.0 - beyond.orders),
            (1.0 - beyond.orders, 1.0, beyond.volume, beyond.orders),
        ):
            edges = special.gammaincinv(shape, np.linspace(low, high, _CLASSES + 1))
            # E[X; class] is the mean times what a gamma of one more in shape has in it.
            inside = np.asarray(np.diff(special.gammainc(shape + 1.0, edges)) * self.mean, dtype=np.float64)
            inside[-1] += self.mean * units - inside.sum()
            sides.append(inside * _CLASSES / orders)
        return sides[0], sides[1]


def with_order_sizes(
    scenario: Scenario, *, span: Stretch | None = None, pauses: tuple[Stretch, ...] = ()
) -> Scenario:
    """The scenario with the sizes of the orders of its products that may have a cut-off.

    Lines that are totals of weeks or months say nothing of orders, and a few orders too little.

    Parameters
    ----------
    scenario : Scenario
    span, pauses
        As of `order_book`, where the lines are some of a longer book.

    Returns
    -------
    Scenario
        The same object where no product asks for a cut-off, none has order lines, or they are there already.
    """
    asks = scenario.products["large_order_target_days"].notna()
    wanted = set(scenario.products.loc[asks, "product"]) & set(scenario.orders["product"]) - set(scenario.order_sizes)
    if not wanted:
        return scenario
    lines = order_book(scenario, dates_known=span is not None, span=span, pauses=pauses).lines
    lines = lines[lines["product"].isin(wanted) & (lines["quantity"] > 0.0)]
    by_product: dict[str, tuple[float, ...]] = dict.fromkeys(wanted, ())
    for name, rows in lines.groupby("product", sort=True):
        units = rows["quantity"].to_numpy(dtype=np.float64)
        named = bool(((rows["customer"] != "") | rows["numbered"]).any())
        sizes = np.sort(rows.groupby("order")["quantity"].sum().to_numpy(dtype=np.float64))
        totals = bucket_of(rows["order_date"].to_numpy(), units, named=named).totals
        if len(sizes) >= LEAST_ORDERS and not totals:
            by_product[str(name)] = tuple(sizes.tolist())
    return replace(scenario, order_sizes={**scenario.order_sizes, **by_product})


def known_sizes(scenario: Scenario, row: int) -> OrderSizes | None:
    """Sizes of the orders of a product; None where they are not known.

    Those seen in its order lines; else gamma with `order_size_cv`, or with the CV that compound Poisson demand implies.

    Parameters
    ----------
    scenario : Scenario
        With its order sizes (`with_order_sizes`).
    row : int
    """
    product = scenario.products.iloc[row]
    seen = scenario.order_sizes.get(str(product["product"]), ())
    if seen:
        return SeenSizes(units=seen)
    mean, cv = float(product["order_size"]), float(product["order_size_cv"])
    if np.isnan(cv) and product["distribution"] == "compound_poisson":
        cv_alone = own_cv(float(product["demand_cv"]), scenario.settings.demand.common_factor_cv)
        cv = (
            CompoundPoisson(mean_per_week=float(product["demand_per_week"]), cv=cv_alone, order_size=mean).size_cv2
            ** 0.5
        )
    return None if np.isnan(cv) else GammaSizes(mean=mean, cv=cv)
