"""All that is drawn of one replication before anything happens: orders, when they ask for what, lead times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from engine.demand.streams import Array, stream
from engine.evaluate.simulate.clock.observed import Horizon
from engine.evaluate.simulate.clock.orders import Orders, OrderStream, SegmentOrders
from engine.evaluate.simulate.clock.supply import Clock
from engine.evaluate.simulate.clock.system import LEAST, Good, LargeOrders, Shelf, System
from engine.evaluate.simulate.clock.ticks import on_ticks
from engine.scenario.arrays import Booleans

# Stocks, by their number, and what a unit takes of each.
Recipe = tuple[tuple[int, float], ...]


class Source(Enum):
    """What orders ask for."""

    SHELF = "finished goods"
    PARTS = "parts"
    WORK = "making"
    LARGE_WORK = "making beside a stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStock:
    """A stock of the run.

    Parameters
    ----------
    shelf : Shelf
    above : float
        Position above the reorder level at the start, for a batch.
    clock : Clock
    owner : int or None
        The good whose finished stock it is.
    """

    shelf: Shelf
    above: float
    clock: Clock
    owner: int | None

    @property
    def start(self) -> float:
        """Position at the start, with nothing on order; below zero it is owed."""
        return self.shelf.level + (self.above if self.shelf.batch > 0.0 else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Units that orders make a stock order, or that are bought for them.

    Parameters
    ----------
    stock : int
    at : shape (orders,)
        When the position of the stock falls; of what is bought, when it comes in.
    units : shape (orders,)
    bought : shape (orders,) or None
        When it was bought; None where the stock orders.
    at_once : bool
        The stock orders at that moment, whenever its next review is.
    """

    stock: int
    at: Array
    units: Array
    bought: Array | None = None
    at_once: bool = False

    def of(self, orders: Booleans) -> Claim:
        """The same of some orders, shape (orders,)."""
        bought = None if self.bought is None else self.bought[orders]
        return replace(self, at=self.at[orders], units=self.units[orders], bought=bought)


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """Units bought for orders that come before these need them, and lie there for nobody else.

    Parameters
    ----------
    stock : int
    since, until, units : shape (n,)
    """

    stock: int
    since: Array
    until: Array
    units: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Orders of a good in the order of asking, and what they ask for.

    Parameters
    ----------
    good : int
    source : Source
    at : shape (orders,)
        When each asks.
    units, day, due : shape (orders,)
    takes : shape (orders,)
        Days that making takes; of stock and parts, units of the order that a lot stands for.
    claims : tuple of Claim
    recipe, lying, covered : tuples of (int, float)
        Stocks and units of each in a unit: those that it is served from, those whose parts come for it just when it
        asks, those that have to cover an order that a lot stands for.
    early : tuple of Early
        Of parts that are bought for the orders at a review.
    counts : tuple of (float, float)
        L' of customers who wait differently, and how many orders a lot of theirs counts as; empty where each is one.
    """

    good: int
    source: Source
    at: Array
    units: Array
    day: Array
    due: Array
    takes: Array
    claims: tuple[Claim, ...] = ()
    recipe: Recipe = ()
    lying: Recipe = ()
    covered: Recipe = ()
    early: tuple[Early, ...] = ()
    counts: tuple[tuple[float, float], ...] = ()

    def in_turn(self) -> Asked:
        """The same in the order of asking: who gives more days may ask later than who orders after him."""
        turn = np.argsort(self.at, kind="stable")
        fields = ("at", "units", "day", "due", "takes")
        return replace(self, **{name: getattr(self, name)[turn] for name in fields})


@dataclass(slots=True)
class Drawn:
    """One replication, drawn.

    Parameters
    ----------
    system : System
    horizon : Horizon
    seed, replication : int
        Key of every random stream, with what it is for and the name of the good or part.
    """

    system: System
    horizon: Horizon
    seed: int
    replication: int
    stocks: list[DrawnStock] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    # Finished stocks follow the parts: number of the stock of each good.
    finished: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.system.parts:
            self._stock(part.shelf, "part " + part.name, None)
        for i, good in enumerate(self.system.goods):
            if good.shelf is not None:
                self.finished[i] = len(self.stocks)
                self._stock(good.shelf, "good " + good.name, i)
        for i, good in enumerate(self.system.goods):
            orders = self._orders(good.orders, "orders", good.name)
            counts = _counts(good, orders)
            for own, some in self._by_own_parts(good, orders):
                self.asked.append(replace(self._asked(i, good, some, own).in_turn(), counts=counts))
            if good.large is not None:
                self.asked.append(self._large(i, good, good.large))

    def stream(self, *key: str) -> np.random.Generator:
        """The generator of one purpose."""
        return stream(self.seed, "simulation", *key, str(self.replication))

    @property
    def moment_days(self) -> float:
        """Days that each count of a stock stands for where only certain moments count, else zero."""
        return self.system.review_days if self.system.period_end else 0.0

    def _orders(self, orders: Orders, *key: str) -> OrderStream:
        drawn = orders.draw(self.stream(*key), self.horizon.days)
        day, cv = on_ticks(drawn.day), self.system.common_factor_cv
        if cv > 0.0:
            rng = self.stream("common factor")
            phase = rng.uniform(0.0, 7.0)
            factor = rng.gamma(1.0 / cv**2, cv**2, int(self.horizon.days / 7.0) + 2)
            drawn = drawn.times(factor[((day + phase) / 7.0).astype(np.int64)])
        return replace(drawn, day=day)

    def _stock(self, shelf: Shelf, name: str, owner: int | None) -> None:
        u = self.stream("position", name).random()
        above = np.ceil(u * shelf.batch) if shelf.whole else u * shelf.batch
        clock = shelf.supply.clock(self.stream("supply", name), self.horizon.days)
        self.stocks.append(DrawnStock(shelf=shelf, above=float(above), clock=clock, owner=owner))

    def _by_own_parts(self, good: Good, orders: OrderStream) -> Iterator[tuple[frozenset[int], OrderStream]]:
        """Orders by the parts of varying lead time that can still come in time for them.

        Bought for an order they are its own, whoever waits for such parts.
        """
        slack = np.maximum(on_ticks(orders.waits(good.wait_days)) - on_ticks(good.assembly_days), 0.0)
        parts = [part for part, _ in good.parts if self._by_the_order(good, part)]
        in_time = np.array([~self.relies(part, orders.day, orders.day + slack) for part in parts])
        kind = 2 ** np.arange(len(parts)) @ in_time if parts else np.zeros(orders.day.shape)
        for one in np.unique(kind).astype(np.int64).tolist():
            yield frozenset(part for k, part in enumerate(parts) if one >> k & 1), orders.of(kind == one)

    def _by_the_order(self, good: Good, part: int) -> bool:
        """Whether a part of varying lead time is bought for single orders: not in lots, nor for segments."""
        shelf = self.system.parts[part].shelf
        return shelf.supply.random and not (shelf.supply.crossing or shelf.batch > 0.0 or good.dearness)

    def _asked(self, i: int, good: Good, orders: OrderStream, own: frozenset[int]) -> Asked:
        """When the orders of a good count for the supplier's orders, and when they need stock, parts or making.

        Parts of their own they do not ask the stock for.
        """
        waits = on_ticks(orders.waits(good.wait_days))
        due = orders.day + waits
        if good.shelf is not None:
            stock = self.finished[i]
            claim, review = self._claim(stock, orders, waits, 1.0), self.system.review_days
            seen = np.ceil(claim.at / review) * review if review > 0.0 else claim.at
            in_time = seen + self._lead(stock, seen) <= due + LEAST
            return Asked(
                good=i, source=Source.SHELF, at=due, units=orders.units, day=orders.day, due=due,
                takes=_order_sizes(good, orders, in_time), recipe=((stock, 1.0),), covered=((stock, 1.0),),
                claims=(claim,),
            )  # fmt: skip
        if good.parts:
            slack = np.maximum(waits - on_ticks(good.assembly_days), 0.0)
            drawn = self.system.drawn(good) - own
            claims, recipe, early = self._recipe(good, orders, slack, drawn)
            # Parts that are bought for an order come for all of it; what comes in just when its order needs it lies
            # there while that waits for other parts.
            late = [self.relies(part, orders.day, orders.day + slack) for part in drawn]
            return Asked(
                good=i, source=Source.PARTS, at=orders.day + slack, units=orders.units, day=orders.day, due=due,
                takes=_order_sizes(good, orders, bool(late) & ~np.any(late, axis=0)), claims=claims, recipe=recipe,
                lying=tuple(line for line in good.parts if line[0] not in drawn),
                covered=recipe if good.order_size is not None else (), early=early,
            )  # fmt: skip
        return Asked(
            good=i, source=Source.WORK, at=orders.day, units=orders.units, day=orders.day, due=due,
            takes=self._makes(good, orders),
        )  # fmt: skip

    def relies(self, part: int, day: Array, until: Array) -> Booleans:
        """Whether a part is too late for who orders on a day and needs it until another, all of shape (orders,)."""
        return np.asarray(self._lead(part, day) > until - day + LEAST)

    def _lead(self, stock: int, at: Array) -> Array:
        """Lead times of what is ordered at a time, shape of `at`; of what nobody knows before, the mean."""
        of = self.stocks[stock]
        return np.full(at.shape, of.shelf.supply.mean_days) if of.shelf.supply.crossing else of.clock.of(at)

    def _large(self, i: int, good: Good, large: LargeOrders) -> Asked:
        """Orders that are made beside a stock; it does not know of them."""
        orders = self._orders(large.orders, "large orders", good.name)
        return Asked(
            good=i, source=Source.LARGE_WORK, at=orders.day, units=orders.units, day=orders.day,
            due=orders.day + on_ticks(orders.waits(large.wait_days)), takes=self._makes(good, orders),
        )  # fmt: skip

    def _makes(self, good: Good, orders: OrderStream) -> Array:
        return on_ticks(good.make.quantile(self.stream("make", good.name).random(orders.day.size)))

    def _recipe(
        self, good: Good, orders: OrderStream, slack: Array, drawn: frozenset[int]
    ) -> tuple[tuple[Claim, ...], Recipe, tuple[Early, ...]]:
        claims, recipe, early = list[Claim](), list[tuple[int, float]](), list[Early]()
        for part, quantity in good.parts:
            shelf = self.system.parts[part].shelf
            # Of customers who wait differently one stock serves all by due date: what comes early for some is there
            # for the others.
            one_stock = bool(good.dearness) and part in drawn
            in_time = not (shelf.batch > 0.0 or shelf.supply.crossing or self.system.period_end or one_stock)
            if in_time and self.system.review_days > 0.0:
                early.append(self._early(part, orders, slack, quantity))
            if part not in drawn:
                continue  # Bought after the order, it is there when it is needed.
            recipe.append((part, quantity))
            if shelf.batch > 0.0 or one_stock:
                claims += self._by_the_stock(part, orders, slack, quantity)
                continue
            if shelf.supply.crossing and self.system.shared(good, part):
                claims.append(self._claim(part, orders, slack, quantity))
                continue
            lead = self.stocks[part].clock.of(orders.day)
            # What can still come in time is bought for its order; what cannot the stock has to cover.
            alone = shelf.supply.crossing | (lead <= slack + LEAST)
            comes = orders.day + np.maximum(slack, lead)
            bought = Claim(stock=part, at=comes, units=quantity * orders.units, bought=orders.day)
            stocked = self._claim(part, orders, slack, quantity)
            claims += [claim.of(which) for claim, which in ((bought, alone), (stocked, ~alone)) if which.any()]
        return tuple(claims), tuple(recipe), tuple(early)

    def _early(self, part: int, orders: OrderStream, slack: Array, quantity: float) -> Early:
        """What is bought at the last review that is in time; what comes after that is bought by itself."""
        review, lead = self.system.review_days, self.stocks[part].clock.of(orders.day)
        since_day, until = orders.day + np.maximum(slack - lead - review, 0.0), orders.day + slack
        since = on_ticks(np.ceil(since_day / review - LEAST) * review + lead)
        which = (lead <= slack + LEAST) & (since < until)
        return Early(stock=part, since=since[which], until=until[which], units=quantity * orders.units[which])

    def _by_the_stock(self, part: int, orders: OrderStream, slack: Array, quantity: float) -> list[Claim]:
        """At reviews; where a part can come after the order and the next review is too late, just in time for it.

        t_ci = 0 where LT_c <= (L' - assembly)+: such an order waits for no review. What comes for it is anybody's.
        """
        review = self.system.review_days
        at_review = self._claim(part, orders, slack, quantity)
        if review <= 0.0:
            return [at_review]
        clock = self.stocks[part].clock
        lead, latest = clock.of(orders.day), np.maximum(on_ticks(clock.latest(orders.day + slack)), orders.day)
        alone = (lead <= slack + LEAST) & (np.ceil(at_review.at / review - LEAST) * review > latest)
        by_itself = Claim(stock=part, at=latest, units=quantity * orders.units, at_once=True)
        return [claim.of(which) for claim, which in ((by_itself, alone), (at_review, ~alone)) if which.any()]

    def _claim(self, stock: int, orders: OrderStream, slack: Array, quantity: float) -> Claim:
        """Orders count from when they come in, or from when the review after would be too late for them."""
        latest = on_ticks(self.stocks[stock].clock.latest(orders.day + slack) - self.system.review_days)
        return Claim(stock=stock, at=np.maximum(orders.day, latest), units=quantity * orders.units)


def _order_sizes(good: Good, orders: OrderStream, in_time: Booleans) -> Array:
    """Units that the orders which lots stand for need to find, shape (orders,).

    With what comes before an order and is sent with it. A lot that supply is in time for stands for itself.
    """
    if good.order_size is None:
        return orders.units
    return np.where(in_time, orders.units, good.order_size + (0.0 if orders.unsent is None else orders.unsent))


def _counts(good: Good, orders: OrderStream) -> tuple[tuple[float, float], ...]:
    """How many orders a lot of each segment counts as: all lots together as many as there are, each segment its share.

    A small segment of demand that has no single orders sends nearly as many lots as a large one, only smaller ones.
    """
    of = good.orders
    if good.order_size is None or not isinstance(of, SegmentOrders) or orders.wait_days is None:
        return ()
    lots = [float((orders.wait_days == wait).sum()) for wait in of.wait_days]
    whole = sum(of.share)
    return tuple(
        (wait, share / whole * orders.day.size / count)
        for wait, share, count in zip(of.wait_days, of.share, lots, strict=True)
        if count > 0.0
    )
