"""What is simulated, in physical terms: goods, shelves, parts, resources. No money, no formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.orders import Orders
from engine.evaluate.simulate.clock.supply import Supply

# Days below this are rounding.
LEAST = 1e-9
AT_ONCE = Supply(mean_days=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A stock and how it is replenished.

    Parameters
    ----------
    level : float
        Base stock, or the reorder level where there is a batch.
    batch : float
        Q of the (R, nQ) and (Q, r) policies; zero orders up to the level.
    whole : bool
        Stock moves in whole units: a position equal to the reorder level orders.
    supply : Supply
    swing : tuple of float
        Units above the level in each week of the year; empty where it is the same all year.
    """

    level: float
    supply: Supply
    batch: float = 0.0
    whole: bool = False
    swing: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Work of one unit at a resource.

    Parameters
    ----------
    resource : int
    hours_per_unit : float
    hours_cv : float
        Of one unit; 1 is exponential.
    """

    resource: int
    hours_per_unit: float
    hours_cv: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeOrders:
    """Orders of a good in stock that are made to order, since they are large.

    Parameters
    ----------
    orders : Orders
    wait_days : float
        L' of their customers.
    """

    orders: Orders
    wait_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A product as it is sold.

    Parameters
    ----------
    name : str
    orders : Orders
    wait_days : float
        L': days from order until the goods are to leave; of customers who wait differently the least.
    delivery_days : float
        From leaving to the customer.
    shelf : Shelf or None
        Finished stock where it is made to stock.
    parts : tuple of (int, float)
        Parts and quantities where it is assembled to order.
    assembly_days : float
        Time given to assembly.
    make : Supply
        Time given to making where it is made to order.
    large : LargeOrders or None
        Orders that do not come from the finished stock.
    uses : tuple of Use
        Work of every unit: with the replenishment order (MTS), at assembly (ATO), with the order (MTO).
    level_uses : tuple of Use
        Work that is done at a steady rate, not order by order (the make stage of ATO).
    mean_per_day : float
        Units, for the steady work.
    order_size : float or None
        Units of an order where the lots that are drawn are none; None where they are.
    season : tuple of float
        Factor of each day of the year on the steady work; empty where there is none.
    dearness : tuple of (float, float)
        L' of customers who wait differently, and their late cost over the mean of all; empty where all wait alike.
    """

    name: str
    orders: Orders
    wait_days: float = 0.0
    delivery_days: float = 0.0
    shelf: Shelf | None = None
    parts: tuple[tuple[int, float], ...] = ()
    assembly_days: float = 0.0
    make: Supply = AT_ONCE
    large: LargeOrders | None = None
    uses: tuple[Use, ...] = ()
    level_uses: tuple[Use, ...] = ()
    mean_per_day: float = 0.0
    order_size: float | None = None
    season: tuple[float, ...] = ()
    dearness: tuple[tuple[float, float], ...] = ()

    @property
    def longest_wait_days(self) -> float:
        """L' of the customers who wait longest."""
        return max((days for days, _ in self.dearness), default=self.wait_days)

    def steady_units(self, days: int) -> Array:
        """Units of each day that the steady work is done for, shape (days,)."""
        units = np.full(days, self.mean_per_day)
        return units * np.resize(np.asarray(self.season), days) if self.season else units


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component in stock.

    Parameters
    ----------
    name : str
    shelf : Shelf
    """

    name: str
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A shared resource, first come first served.

    Parameters
    ----------
    name : str
    hours_per_day : float
    overtime_per_bucket : float
        Most overtime hours in a bucket.
    outsourcing : bool
        Whether hours beyond can be bought.
    outsourcing_first : bool
        Whether they are cheaper than overtime.
    """

    name: str
    hours_per_day: float
    overtime_per_bucket: float = 0.0
    outsourcing: bool = False
    outsourcing_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Everything that is simulated.

    Parameters
    ----------
    goods, parts, servers : tuples
    review_days : float
        R; zero is continuous review.
    period_end : bool
        Each stock, and who waits for it, is counted just before the delivery of each review instead of all the time.
    bucket_days : float
        Period after which overtime is decided.
    common_factor_cv : float
        CV of a weekly factor on the demand of all goods.
    """

    goods: tuple[Good, ...]
    parts: tuple[Part, ...] = ()
    servers: tuple[Server, ...] = ()
    review_days: float = 7.0
    period_end: bool = False
    bucket_days: float = 7.0
    common_factor_cv: float = 0.0

    def shared(self, good: Good, part: int) -> bool:
        """Whether a good takes a part from a stock that is ordered before its orders come in."""
        slack = max(good.wait_days - good.assembly_days, 0.0)
        return self.parts[part].shelf.supply.mean_days > slack + LEAST

    def drawn(self, good: Good) -> frozenset[int]:
        """Parts that a good takes from stock: not those that come in just when they are needed after the order.

        The rest of a lot stays there.
        """
        slack = max(good.wait_days - good.assembly_days, 0.0)
        shelves = {part: self.parts[part].shelf for part, _ in good.parts}
        return frozenset(
            part for part, shelf in shelves.items()
            if shelf.supply.random or shelf.batch > 0.0 or shelf.supply.mean_days > slack + LEAST
        )
