"""One run of the clock: SimPy events over goods, shelves, parts and resources."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import numpy as np
import simpy

from engine.demand.streams import Array, stream
from engine.evaluate.simulate.clock.assembly import Reservation
from engine.evaluate.simulate.clock.observed import Horizon, Observed, Recorder
from engine.evaluate.simulate.clock.orders import Orders, OrderStream
from engine.evaluate.simulate.clock.queueing import Resource
from engine.evaluate.simulate.clock.steady import SteadyWork
from engine.evaluate.simulate.clock.stock import Stock
from engine.evaluate.simulate.clock.system import Good, LargeOrders, Shelf, System, Use
from engine.evaluate.simulate.clock.tally import ON_TIME, Request, Tally
from engine.evaluate.simulate.clock.worth import Worth

Process = Generator[simpy.Event, Any, None]
# What happens to units of an order: units, day of the order, due day, days that making takes or the order's size.
Happening = Callable[[float, float, float, float], None]
# Stocks and what a unit takes of each.
Recipe = list[tuple[Stock[Any], float]]

# Mean days between two looks at who waits for what.
LOOK_DAYS = 0.5


class Replication:
    """One replication.

    Parameters
    ----------
    system : System
    horizon : Horizon
    seed, replication : int
        Key of every random stream, with what it is for and the name of the good or part.
    worth : Worth, optional
        What a unit is worth, to learn what one more unit of each part's base stock would save.
    """

    def __init__(
        self, system: System, horizon: Horizon, *, seed: int, replication: int, worth: Worth | None = None
    ) -> None:
        self.worth = worth
        self.system, self.horizon, self.key = system, horizon, (seed, str(replication))
        self.env = simpy.Environment()
        self.sampled = system.review_days if system.period_end else 0.0
        self.tallies = [Tally(good.delivery_days, good.dearness) for good in system.goods]
        self.resources = [Resource(server, system.bucket_days) for server in system.servers]
        self.work = [self._stream("hours", good.name) for good in system.goods]
        self.steady = SteadyWork(self.resources, int(horizon.days) + 2)
        self.stocks: list[Stock[Any]] = []
        self.clocks: list[Callable[[float], float]] = []
        # When the last delivery that was looked ahead to comes in.
        self.expected: list[float] = []
        self.registered: list[list[tuple[Array, Array]]] = []
        self.happenings: list[Happening] = []
        self.events: list[tuple[Array, ...]] = []
        for part in system.parts:
            self._stock(part.shelf, "part " + part.name, self._grant)
        # Finished stocks follow the parts; whose they are.
        self.finished: dict[int, int] = {}
        self.owner: list[int | None] = [None] * len(self.stocks)
        for i, good in enumerate(system.goods):
            if good.shelf is not None:
                self.finished[i] = len(self.stocks)
                self.owner.append(i)
                self._stock(good.shelf, "good " + good.name, partial(self._ship, i))
        for i, good in enumerate(system.goods):
            self._plan(i, good, self._orders(good.orders, "orders", good.name))
            if good.large is not None:
                self._plan_large(i, good, good.large)
        self.recorder = Recorder(self.tallies, self.stocks, len(system.parts), self.finished, self.resources)

    def observe(self, progress: Callable[[], None]) -> Observed:
        """Run to the end; what was seen in each batch after the warm-up."""
        env = self.env
        env.process(self._customers())
        if self.system.review_days > 0.0:
            env.process(self._reviews())
        else:
            env.process(self._weeks())
        if self.resources:
            env.process(self._buckets())
            env.process(self.steady.follow(self.system.goods, env))
        if self.worth is not None:
            env.process(self._looks(self.worth))
        horizon = self.horizon
        env.run(until=max(horizon.warm_up_days, ON_TIME))
        self.recorder.reset(env.now)
        progress()
        for batch in range(horizon.batches):
            env.run(until=horizon.warm_up_days + (batch + 1) * horizon.batch_days)
            self.recorder.record(env.now, horizon.batch_days)
            progress()
        return self.recorder.observed()

    # Setting up ----------------------------------------------------------------------------------------------------

    def _stream(self, *key: str) -> np.random.Generator:
        return stream(self.key[0], "simulation", *key, self.key[1])

    def _orders(self, orders: Orders, *key: str) -> OrderStream:
        drawn = orders.draw(self._stream(*key), self.horizon.days)
        cv = self.system.common_factor_cv
        if cv <= 0.0:
            return drawn
        rng = self._stream("common factor")
        phase = rng.uniform(0.0, 7.0)
        factor = rng.gamma(1.0 / cv**2, cv**2, int(self.horizon.days / 7.0) + 2)
        units = drawn.units * factor[((drawn.day + phase) / 7.0).astype(np.int64)]
        return OrderStream(day=drawn.day, units=units, wait_days=drawn.wait_days)

    def _stock(self, shelf: Shelf, name: str, give: Callable[[Any, float], None]) -> None:
        u = self._stream("position", name).random()
        above = np.ceil(u * shelf.batch) if shelf.whole else u * shelf.batch
        self.stocks.append(Stock(shelf, float(above), give, self.sampled))
        self.clocks.append(shelf.supply.clock(self._stream("supply", name), self.horizon.days))
        self.expected.append(0.0)
        self.registered.append([])

    def _plan(self, i: int, good: Good, orders: OrderStream) -> None:
        """When the orders of a good count for the supplier's orders, and when they need stock, parts or making."""
        waits = orders.waits(good.wait_days)
        due = orders.day + waits
        if good.shelf is not None:
            self._register(self.finished[i], good.shelf, orders, waits, 1.0)
            sizes = self.system.order_sizes(good, orders, waits)
            self._happens(due, partial(self._sell, i), orders.units, orders.day, due, sizes)
        elif good.parts:
            slack = np.maximum(waits - good.assembly_days, 0.0)
            recipe = self._recipe(good, orders, slack)
            # Parts that are bought for an order come for all of it.
            drawn = [(self.stocks[part], need) for part, need in good.parts if self.system.shared(good, part)]
            sizes = self.system.order_sizes(good, orders, waits)
            # What comes in just when its order needs it lies there while that waits for other parts.
            just = [(self.stocks[part], need) for part, need in good.parts if part not in self.system.drawn(good)]
            reserve = partial(self._reserve, i, recipe, just, drawn if good.order_size is not None else [])
            self._happens(orders.day + slack, reserve, orders.units, orders.day, due, sizes)
        else:
            takes = good.make.quantile(self._stream("make", good.name).random(orders.day.size))
            self._happens(orders.day, partial(self._make, i), orders.units, orders.day, due, takes)

    def _plan_large(self, i: int, good: Good, large: LargeOrders) -> None:
        """Orders that are made beside a stock; it does not know of them."""
        orders = self._orders(large.orders, "large orders", good.name)
        takes = good.make.quantile(self._stream("make", good.name).random(orders.day.size))
        due = orders.day + orders.waits(large.wait_days)
        self._happens(orders.day, partial(self._make_large, i), orders.units, orders.day, due, takes)

    def _recipe(self, good: Good, orders: OrderStream, slack: Array) -> Recipe:
        recipe: Recipe = []
        for part, quantity in good.parts:
            shelf = self.system.parts[part].shelf
            if self.system.shared(good, part):
                self._register(part, shelf, orders, slack, quantity)
            elif shelf.supply.random:
                self._buy(part, orders, slack, quantity)
            else:
                continue  # Bought after the order, it comes in just when it is needed.
            recipe.append((self.stocks[part], quantity))
        return recipe

    def _register(self, at: int, shelf: Shelf, orders: OrderStream, slack: Array, quantity: float) -> None:
        """Orders count from when they come in, or from when the review after would be too late for them."""
        early = np.maximum(slack - shelf.supply.mean_days - self.system.review_days, 0.0)
        if self.system.review_days > 0.0:
            self.registered[at].append((orders.day + early, quantity * orders.units))
            return
        none = np.zeros(orders.day.shape)
        self._happens(orders.day + early, partial(self._order_at_once, at), quantity * orders.units, none, none, none)

    def _buy(self, part: int, orders: OrderStream, slack: Array, quantity: float) -> None:
        """A part bought for each order, to come in when it is needed, or as soon after as it can."""
        clock, stock = self.clocks[part], self.stocks[part]
        takes = np.array([clock(day) for day in orders.day.tolist()])
        comes = orders.day + np.maximum(slack, takes)
        none = np.zeros(comes.shape)

        def come(units: float, _day: float, _due: float, _takes: float) -> None:
            stock.receive(units, self.env.now)

        self._happens(comes, come, quantity * orders.units, none, none, none)

    def _happens(self, at: Array, what: Happening, *fields: Array) -> None:
        self.happenings.append(what)
        self.events.append((at, np.full(at.shape, len(self.happenings) - 1.0), *fields))

    # What happens --------------------------------------------------------------------------------------------------

    def _customers(self) -> Process:
        """Everything that orders set off at times known beforehand, in the order of time."""
        columns = [np.concatenate(column) for column in zip(*self.events, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        at, kind, units, day, due, takes = (column[order].tolist() for column in columns)
        env, happenings, now = self.env, self.happenings, 0.0
        for k in range(len(at)):
            if at[k] > now:
                yield env.timeout(at[k] - env.now)
                now = env.now
            happenings[int(kind[k])](units[k], day[k], due[k], takes[k])

    def _sell(self, i: int, units: float, day: float, due: float, size: float) -> None:
        stock = self.stocks[self.finished[i]]
        request = Request(day, due, units, size, short=size > units and not stock.covers(size))
        request.moments = stock.moments
        had = stock.take(request, units, self.env.now)
        if had > 0.0:
            self._ship(i, request, had)

    def _ship(self, i: int, request: Request, units: float) -> None:
        stock = self.stocks[self.finished[i]]
        stock.on_shelf -= units
        counted = self._counted(request.due, stock.moments - request.moments)
        self.tallies[i].deliver(request, units, self.env.now, counted)

    def _counted(self, asked: float, moments: int) -> float:
        """Days that a wait for stock since `asked` counts more than it took: a cycle for each moment that counts."""
        return moments * self.sampled - (self.env.now - asked) if self.sampled > 0.0 else 0.0

    def _reserve(  # noqa: PLR0917 (an order, and what it is made of)
        self, i: int, recipe: Recipe, just: Recipe, drawn: Recipe, units: float, day: float, due: float, size: float
    ) -> None:
        short = size > units and not all(stock.covers(need * size) for stock, need in drawn)
        request = Request(day, due, units, size, short=short)
        Reservation(i, request, recipe, just, partial(self._assemble, i)).reserve(units, self.env.now)

    def _grant(self, waiting: tuple[Reservation, int], amount: float) -> None:
        reservation, part = waiting
        reservation.grant(part, amount, self.env.now)

    def _assemble(self, i: int, request: Request, units: float, asked: float, moments: int) -> None:
        self._work_on(i, request, units, self.system.goods[i].assembly_days, self._counted(asked, moments))

    def _make(self, i: int, units: float, day: float, due: float, takes: float) -> None:
        self._work_on(i, Request(day, due, units), units, takes)

    def _make_large(self, i: int, units: float, day: float, due: float, takes: float) -> None:
        self.tallies[i].large_orders += 1
        self.tallies[i].large_units += units
        self._make(i, units, day, due, takes)

    def _work_on(self, i: int, request: Request, units: float, takes: float, counted: float = 0.0) -> None:
        """Units are in work for the days given, or for as long as the resources need if that is longer."""
        now = self.env.now
        if not self.system.goods[i].uses:
            self.tallies[i].deliver(request, units, now + takes, counted)
            return
        marks = self._queue(i, units)
        if max(r.days_until(mark, now) for r, mark in marks) <= takes:
            self.tallies[i].deliver(request, units, now + takes, counted)
        else:
            self.tallies[i].overrun_units += units
            deliver = partial(self.tallies[i].deliver, request, units, counted=counted)
            self.env.process(self._wait_for_work(deliver, marks, now + takes))

    def _wait_for_work(
        self, deliver: Callable[[float], None], marks: list[tuple[Resource, float]], planned: float
    ) -> Process:
        yield self.env.timeout(planned - self.env.now)
        yield from self._until_worked_off(marks)
        deliver(self.env.now)

    def _queue(self, i: int, units: float) -> list[tuple[Resource, float]]:
        """Join the queue of every resource; the hours that finish the job."""
        now, marks = self.env.now, []
        for use in self.system.goods[i].uses:
            resource = self.resources[use.resource]
            marks.append((resource, resource.add(self._hours(i, use, units), now)))
        return marks

    def _hours(self, i: int, use: Use, units: float) -> float:
        """Hours of so many units, each of them random by itself."""
        hours = units * use.hours_per_unit
        if use.hours_cv > 0.0 and units > 0.0:
            cv2 = use.hours_cv**2 / units
            hours *= self.work[i].gamma(1.0 / cv2, cv2)
        return hours

    def _until_worked_off(self, marks: list[tuple[Resource, float]]) -> Process:
        env, bucket = self.env, self.system.bucket_days
        while True:
            days = max(r.days_until(mark, env.now) for r, mark in marks)
            if days <= 0.0:
                return
            # Overtime at the end of the bucket may have it done sooner.
            to_close = bucket - env.now % bucket + ON_TIME
            yield env.timeout(min(days, to_close))

    # Replenishment -------------------------------------------------------------------------------------------------

    def _reviews(self) -> Process:
        env, review = self.env, self.system.review_days
        count = int(self.horizon.days / review) + 2
        known = [np.zeros(count) for _ in self.stocks]
        for at, parts in enumerate(self.registered):
            for day, units in parts:
                seen = np.minimum((np.ceil(day / review)).astype(np.int64), count - 1)
                known[at] += np.bincount(seen, weights=units, minlength=count)
        for k in range(1, count - 1):
            yield env.timeout(k * review - env.now)
            for at, stock in enumerate(self.stocks):
                stock.position -= known[at][k]
                self._replenish(at)
                if self.sampled > 0.0:
                    self._count_before_delivery(at, (k + 1) * review)

    def _weeks(self) -> Process:
        """Without reviews, a level that rises with the season orders when its week begins."""
        swinging = [at for at, stock in enumerate(self.stocks) if stock.swing]
        for day in range(1, int(self.horizon.days) + 1 if swinging else 0):
            yield self.env.timeout(day - self.env.now)
            for at in swinging:
                self._replenish(at)

    def _count_before_delivery(self, at: int, review: float) -> None:
        """Look at a stock just before what is ordered at the next review comes in, whether or not anything is.

        All that was ordered at the reviews before is there: exposure is lead time and review period (`exposure`).
        """
        comes = self.expected[at] = max(self.expected[at], review + self.clocks[at](review))
        stock = self.stocks[at]
        moment = self.env.timeout(comes - ON_TIME - self.env.now)
        moment.callbacks.append(lambda _event: stock.sample())

    def _order_at_once(self, at: int, units: float, _day: float, _due: float, _takes: float) -> None:
        self.stocks[at].position -= units
        self._replenish(at)

    def _replenish(self, at: int) -> None:
        stock = self.stocks[at]
        units = stock.replenish(self.env.now)
        if units <= 0.0:
            return
        now, owner = self.env.now, self.owner[at]
        takes = self.clocks[at](now)
        if owner is not None and self.system.goods[owner].uses:
            self.env.process(self._produce(at, owner, units, takes))
            return
        comes = now + takes
        if not stock.crossing:
            comes = stock.latest = max(stock.latest, comes)
        arrival = self.env.timeout(comes - now)
        arrival.callbacks.append(lambda _event: stock.receive(units, self.env.now))

    def _produce(self, at: int, owner: int, units: float, takes: float) -> Process:
        """A replenishment order in the shop: nobody waits for it, so its work is spread over the days it is given."""
        env, stock, uses = self.env, self.stocks[at], self.system.goods[owner].uses
        planned = stock.latest = max(stock.latest, env.now + takes)
        first = int(env.now) + 1
        days = int(planned) - first
        if days < 1:
            marks = self._queue(owner, units)
            if planned > env.now:
                yield env.timeout(planned - env.now)
        else:
            # A day's work comes in when the day begins, and the last day's has that day to be done.
            for use in uses:
                self.steady.spread(use, self._hours(owner, use, units), first, days)
            yield env.timeout(planned - env.now)
            marks = self.steady.done(uses, first + days - 1)
        if any(r.days_until(mark, env.now) > 0.0 for r, mark in marks):
            self.tallies[owner].overrun_units += units
            yield from self._until_worked_off(marks)
        stock.receive(units, env.now)

    # Work ----------------------------------------------------------------------------------------------------------

    def _buckets(self) -> Process:
        env, bucket = self.env, self.system.bucket_days
        k = 0
        while True:
            k += 1
            yield env.timeout(k * bucket - env.now)
            for resource in self.resources:
                resource.close_bucket(env.now)

    def _looks(self, worth: Worth) -> Process:
        """Look at the shelves now and then: who waits for one part alone."""
        rng = self._stream("looks")
        parts = self.stocks[: len(self.system.parts)]
        for stock, price in zip(parts, worth.carrying.tolist(), strict=True):
            stock.price = price
        while True:
            yield self.env.timeout(rng.uniform(0.0, 2.0 * LOOK_DAYS))
            self.recorder.looks += 1
            for c, stock in enumerate(parts):
                head: tuple[Reservation, int] | None = stock.first()
                if head is not None:
                    self.recorder.worth[c] += head[0].share(head[1]) * worth.of(head[0].good, c)
