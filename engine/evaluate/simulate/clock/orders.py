"""Orders one by one: when they come in, how much they ask for, how long each may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.demand.streams import Array

# Demand without single orders (gamma, normal) comes in lots on this grid, each part of it by itself.
STEPS_PER_DAY = 2
# That of normal demand, which spreads less: two half days in a window of one are a coarse measure of it.
_FINE_STEPS_PER_DAY = 8
# A lot is sent once it is worth this part of a day's mean: smaller ones wait for the next.
LEAST_LOT_DAYS = 0.25
# Steps by which a lot may come off the grid. Of two lots exactly a lead time less a wait apart, which stand for half a
# day each, the supply of the earlier is in time for the later as often as not, and not always.
_OFF_THE_GRID = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStream:
    """The orders of one product over the horizon, in the order of time.

    Parameters
    ----------
    day : shape (orders,)
        When each comes in.
    units : shape (orders,)
    wait_days : shape (orders,) or None
        Days each customer gives until the goods leave; None where the product's own wait holds for all.
    unsent : shape (orders,) or None
        Of lots that stand for orders: units that come before an order and are in no lot before its own.
    """

    day: Array
    units: Array
    wait_days: Array | None = None
    unsent: Array | None = None

    def of(self, which: npt.NDArray[np.bool_]) -> OrderStream:
        """Some of the orders, shape (orders,)."""
        waits, unsent = (None if of is None else of[which] for of in (self.wait_days, self.unsent))
        return OrderStream(day=self.day[which], units=self.units[which], wait_days=waits, unsent=unsent)

    def times(self, factor: Array | float) -> OrderStream:
        """So many times the units, of each or shape (orders,)."""
        unsent = None if self.unsent is None else factor * self.unsent
        return replace(self, units=factor * self.units, unsent=unsent)

    def waits(self, wait: float) -> Array:
        """Days that each customer gives, those of the product where they say nothing; shape (orders,)."""
        waits = np.full(self.day.shape, wait)
        if self.wait_days is not None:
            waits = np.where(np.isnan(self.wait_days), wait, self.wait_days)
        return np.asarray(np.maximum(waits, 0.0))


class Orders(Protocol):
    """A source of orders."""

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """The orders of `days` days."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonOrders:
    """Orders at random instants; sizes constant, or gamma where they vary.

    Parameters
    ----------
    per_day : float
    size : float
        Mean units of an order.
    size_cv2 : float
        Squared coefficient of variation of the size.
    """

    per_day: float
    size: float = 1.0
    size_cv2: float = 0.0

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Orders of `days` days."""
        day = np.sort(rng.uniform(0.0, days, rng.poisson(self.per_day * days)))
        units = np.full(day.size, self.size)
        if self.size_cv2 > 1e-9:
            units = rng.gamma(1.0 / self.size_cv2, self.size * self.size_cv2, day.size)
        return OrderStream(day=day, units=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrders:
    """Orders at random instants, of sizes that were seen.

    Parameters
    ----------
    per_day : float
    sizes : tuple of float
        Units, each as often as another.
    """

    per_day: float
    sizes: tuple[float, ...]

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Orders of `days` days."""
        day = np.sort(rng.uniform(0.0, days, rng.poisson(self.per_day * days)))
        return OrderStream(day=day, units=rng.choice(np.asarray(self.sizes), day.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogarithmicOrders:
    """Orders at random instants whose sizes are logarithmic: their sum is negative binomial (Quenouille 1949).

    Parameters
    ----------
    mean_per_day : float
        Units.
    week_size : float
        Size r of the negative binomial week, variance = mean + mean^2 / r.
    """

    mean_per_day: float
    week_size: float

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Orders of `days` days."""
        p = self.week_size / (self.week_size + 7.0 * self.mean_per_day)
        per_day = -self.week_size / 7.0 * np.log(p)
        day = np.sort(rng.uniform(0.0, days, rng.poisson(per_day * days)))
        return OrderStream(day=day, units=rng.logseries(1.0 - p, day.size).astype(np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaLots:
    """A gamma process sent in small lots.

    Parameters
    ----------
    mean_per_day : float
        Units.
    week_cv : float
        Coefficient of variation of a week.
    """

    mean_per_day: float
    week_cv: float

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Lots of `days` days."""
        shape = 1.0 / (7.0 * self.week_cv**2 * STEPS_PER_DAY)
        scale = 7.0 * self.mean_per_day * self.week_cv**2
        return _lots(rng, rng.gamma(shape, scale, int(np.ceil(days * STEPS_PER_DAY))), self.mean_per_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalLots:
    """Brownian motion with drift sent in small lots; a lot below zero is netted with the ones after it.

    Parameters
    ----------
    mean_per_day, week_cv : float
        As in `GammaLots`; a CV of zero is steady demand.
    """

    mean_per_day: float
    week_cv: float

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Lots of `days` days."""
        steps = _FINE_STEPS_PER_DAY
        mean, sd = self.mean_per_day / steps, self.week_cv * self.mean_per_day * (7.0 / steps) ** 0.5
        return _lots(rng, rng.normal(mean, sd, int(np.ceil(days * steps))), self.mean_per_day, steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLots:
    """Whole weeks drawn from history, each sent evenly over its days in lots that are all alike.

    A full week sends more of them, not larger ones, as many times more as it is fuller: a lot stands for orders, and
    each counts alike.

    Parameters
    ----------
    weeks : tuple of float
        Units a week.
    """

    weeks: tuple[float, ...]

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Lots of `days` days; the week begins at any moment, the same in the whole run."""
        drawn = rng.choice(np.asarray(self.weeks), int(np.ceil(days / 7.0)) + 1)
        begin = 7.0 * (np.arange(drawn.size + 1) - rng.uniform(0.0, 1.0))
        least = LEAST_LOT_DAYS * float(np.mean(self.weeks)) / 7.0
        # Lot k is sent once (k + part) lots have come together since the first of the weeks began.
        total = np.concatenate([[0.0], np.cumsum(drawn)])
        part = rng.uniform(0.0, 1.0)
        worth = least * (np.arange(np.ceil(total[-1] / least)) + part) if least > 0.0 else np.zeros(0)
        day = np.interp(worth[worth < total[-1]], total, begin)
        day += _OFF_THE_GRID * LEAST_LOT_DAYS * rng.random(day.size)
        day = np.sort(day[(day >= 0.0) & (day < days)])
        return OrderStream(day=day, units=np.full(day.size, least), unsent=least * rng.random(day.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalOrders:
    """Orders with a season: more of them where demand comes in single orders, larger lots where it does not.

    Parameters
    ----------
    orders : Orders
        Of an even year.
    daily : tuple of float
        Factor of each day of the year, mean 1; the run begins on the first.
    in_orders : bool
    """

    orders: Orders
    daily: tuple[float, ...]
    in_orders: bool

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Orders of `days` days."""
        count = int(np.ceil(days))
        factor = np.asarray(self.daily)[np.arange(count) % len(self.daily)]
        if not self.in_orders:
            even = self.orders.draw(rng, days)
            lots = even.times(factor[np.minimum(even.day.astype(np.int64), count - 1)])
            return lots.of(lots.units > 0.0)
        passed = np.concatenate([[0.0], np.cumsum(factor)])
        even = self.orders.draw(rng, float(passed[-1]))
        day = np.interp(even.day, passed, np.arange(count + 1.0))
        return OrderStream(day=day[day < days], units=even.units[day < days])


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentOrders:
    """Orders of customers who wait differently, each of a segment by chance.

    A lot of demand without single orders is none: there each segment is a process of its own, of its share of the mean
    and of the variance; steady demand and resampled weeks are divided evenly.

    Parameters
    ----------
    orders : Orders
        Of all of them.
    share, wait_days : tuple of float
        Of the orders, and days that they give, by segment.
    """

    orders: Orders
    share: tuple[float, ...]
    wait_days: tuple[float, ...]

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Orders of `days` days."""
        share = np.asarray(self.share)
        share /= share.sum()
        parts = self._parts(rng, days, share.tolist())
        if parts:
            waits = np.repeat(np.asarray(self.wait_days), [part.day.size for part in parts])
            day, units, unsent = (
                np.concatenate([getattr(part, name) for part in parts]) for name in ("day", "units", "unsent")
            )
            turn = np.argsort(day, kind="stable")
            return OrderStream(day=day[turn], units=units[turn], wait_days=waits[turn], unsent=unsent[turn])
        drawn = self.orders.draw(rng, days)
        of = rng.choice(len(share), size=drawn.day.size, p=share)
        return replace(drawn, wait_days=np.asarray(self.wait_days)[of])

    def _parts(self, rng: np.random.Generator, days: float, share: list[float]) -> list[OrderStream]:
        """The lots of each segment; none of demand that comes in orders."""
        lots = self.orders
        if isinstance(lots, WeekLots):
            whole = lots.draw(rng, days)
            return [whole.times(part) for part in share]
        if not isinstance(lots, GammaLots | NormalLots):
            return []
        mean, cv = lots.mean_per_day, lots.week_cv
        made = (replace(lots, mean_per_day=part * mean, week_cv=cv / part**0.5) for part in share)
        return [each.draw(rng, days) for each in made]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedOrders:
    """The client's own order lines, from a random day on and round and round.

    Parameters
    ----------
    day : tuple of float
        Day of each line since the first day of the book, any time within it.
    units : tuple of float
    wait_days : tuple of float
        Days given until the goods leave; NaN where the product's own wait holds.
    order_units : tuple of float
        Units of the order that each line belongs to.
    span_days : float
        Length of the book.
    start : float
        Share of the book at which the replay begins, in [0, 1); the same for all products.
    """

    day: tuple[float, ...]
    units: tuple[float, ...]
    wait_days: tuple[float, ...]
    span_days: float
    start: float = 0.0
    order_units: tuple[float, ...] = ()

    def only(self, which: npt.NDArray[np.bool_]) -> ReplayedOrders:
        """Some of the lines, shape (lines,)."""
        day, units, waits, of = (
            tuple(np.asarray(values)[which].tolist())
            for values in (self.day, self.units, self.wait_days, self.order_units)
        )
        return replace(self, day=day, units=units, wait_days=waits, order_units=of)

    def draw(self, rng: np.random.Generator, days: float) -> OrderStream:
        """Lines of `days` days, each at a random hour of its day."""
        begin = np.floor(self.start * self.span_days)
        at = np.mod(np.asarray(self.day) - begin, self.span_days)
        rounds = int(np.ceil(days / self.span_days))
        turn = np.repeat(np.arange(rounds), at.size) * self.span_days
        day = np.tile(at, rounds) + turn + rng.uniform(0.0, 1.0, at.size * rounds)
        order = np.argsort(day, kind="stable")
        order = order[day[order] < days]
        waits = np.tile(np.asarray(self.wait_days), rounds)[order]
        return OrderStream(day=day[order], units=np.tile(np.asarray(self.units), rounds)[order], wait_days=waits)


def _lots(
    rng: np.random.Generator, steps: Array, mean_per_day: float, steps_per_day: int = STEPS_PER_DAY
) -> OrderStream:
    """Demand per step as lots: one whenever another `LEAST_LOT_DAYS` of mean demand has come together.

    An order comes at any place of what is sent with it, and finds more gone than the lots before its own: on average
    l (E T - Var T / E T) / 2, T the days between lots (renewal theory; Cox 1962, section 4.2). That is half a step
    where each sends a lot, and nothing where lots come at random.
    """
    # The least so far ahead: what is returned in one step is taken from the lots before it is sent.
    total = np.maximum.accumulate(np.maximum(np.cumsum(steps), 0.0))
    least = LEAST_LOT_DAYS * mean_per_day
    count = np.floor(total / least)
    sends = np.flatnonzero(np.diff(count, prepend=0.0) > 0.0)
    # The hour of the lots is the product's own and stays the same: whole days hold whole steps of demand.
    hour = rng.uniform(0.0, 1.0)
    day = (sends + hour + _OFF_THE_GRID * rng.random(sends.size)) / steps_per_day
    between = np.diff(sends) / steps_per_day
    most = mean_per_day * float(between.mean() - between.var() / between.mean()) if between.size else 0.0
    units = np.diff(total[sends], prepend=0.0)
    return OrderStream(day=day, units=units, unsent=most * rng.random(units.size))
