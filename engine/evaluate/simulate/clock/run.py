"""One run of the clock: SimPy events over goods, shelves, parts and resources."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import numpy as np
import simpy

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.assembly import Reservation
from engine.evaluate.simulate.clock.drawn import Asked, Claim, Drawn, Source
from engine.evaluate.simulate.clock.observed import Observed, Recorder
from engine.evaluate.simulate.clock.queueing import Resource
from engine.evaluate.simulate.clock.steady import SteadyWork
from engine.evaluate.simulate.clock.stock import Stock
from engine.evaluate.simulate.clock.system import Use
from engine.evaluate.simulate.clock.tally import ON_TIME, Request, Tally
from engine.evaluate.simulate.clock.worth import LOOK_DAYS, Worth

Process = Generator[simpy.Event, Any, None]
# What happens to units of an order: units, day of the order, due day, days that making takes or the order's size.
Happening = Callable[[float, float, float, float], None]
# Digits of the units whose hours are drawn: rounding in the last ones must not turn the draws that follow.
UNIT_DIGITS = 9
# Stocks and what a unit takes of each.
Recipe = list[tuple[Stock[Any], float]]


class Replication:
    """One replication.

    Parameters
    ----------
    drawn : Drawn
    worth : Worth, optional
        What a unit is worth, to learn what one more unit of each part's base stock would save.
    """

    def __init__(self, drawn: Drawn, *, worth: Worth | None = None) -> None:
        self.drawn, self.worth = drawn, worth
        self.system, self.horizon = drawn.system, drawn.horizon
        system, horizon = self.system, self.horizon
        self.env = simpy.Environment()
        self.sampled = drawn.moment_days
        counts = {asked.good: asked.counts for asked in drawn.asked if asked.counts}
        self.tallies = [
            Tally(good.delivery_days, good.dearness, counts.get(i, ())) for i, good in enumerate(system.goods)
        ]
        self.resources = [Resource(server, system.bucket_days) for server in system.servers]
        self.work = [drawn.stream("hours", good.name) for good in system.goods]
        self.steady = SteadyWork(self.resources, int(horizon.days) + 2)
        self.stocks: list[Stock[Any]] = []
        # When the last delivery that was looked ahead to comes in.
        self.expected = [0.0] * len(drawn.stocks)
        self.registered: list[list[tuple[Array, Array]]] = [[] for _ in drawn.stocks]
        self.happenings: list[Happening] = []
        self.events: list[tuple[Array, ...]] = []
        for stock in drawn.stocks:
            give = self._grant if stock.owner is None else partial(self._ship, stock.owner)
            self.stocks.append(Stock(stock.shelf, stock.start, give, self.sampled))
        for asked in drawn.asked:
            self._plan(asked)
        self.recorder = Recorder(self.tallies, self.stocks, len(system.parts), drawn.finished, self.resources)

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

    def _plan(self, asked: Asked) -> None:
        """What orders set off at times known beforehand."""
        for claim in asked.claims:
            self._plan_claim(claim)
        for early in asked.early:
            none, what = np.zeros(early.since.shape), partial(self._lie, early.stock)
            self._happens(early.since, what, early.units, none, none, none)
            self._happens(early.until, what, -early.units, none, none, none)
        i, (recipe, lying) = asked.good, (
            [(self.stocks[stock], need) for stock, need in lines] for lines in (asked.recipe, asked.lying)
        )
        happening: Happening
        match asked.source:
            case Source.SHELF:
                happening = partial(self._sell, i)
            case Source.PARTS:
                happening = partial(self._reserve, i, recipe, lying, asked.covered)
            case Source.WORK:
                happening = partial(self._make, i)
            case Source.LARGE_WORK:
                happening = partial(self._make_large, i)
        self._happens(asked.at, happening, asked.units, asked.day, asked.due, asked.takes)

    def _plan_claim(self, claim: Claim) -> None:
        at, none = claim.stock, np.zeros(claim.at.shape)
        if claim.bought is not None:
            self._happens(claim.at, partial(self._come, at), claim.units, none, none, none)
        elif self.system.review_days > 0.0 and not claim.at_once:
            self.registered[at].append((claim.at, claim.units))
        else:
            self._happens(claim.at, partial(self._order_at_once, at), claim.units, none, none, none)

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
        stock = self.stocks[self.drawn.finished[i]]
        request = Request(day, due, units, size, short=size > units and not stock.covers(size))
        request.moments = stock.moments
        had = stock.take(request, units, self.env.now)
        if had > 0.0:
            self._ship(i, request, had)

    def _ship(self, i: int, request: Request, units: float) -> None:
        stock = self.stocks[self.drawn.finished[i]]
        stock.on_shelf -= units
        counted = self._counted(request.due, stock.moments - request.moments)
        self.tallies[i].deliver(request, units, self.env.now, counted)

    def _counted(self, asked: float, moments: int) -> float:
        """Days that a wait for stock since `asked` counts more than it took: a cycle for each moment that counts."""
        return moments * self.sampled - (self.env.now - asked) if self.sampled > 0.0 else 0.0

    def _lie(self, part: int, units: float, _day: float, _due: float, _takes: float) -> None:
        self.stocks[part].lie(units, self.env.now)

    def _reserve(  # noqa: PLR0917 (an order, and what it is made of)
        self, i: int, recipe: Recipe, just: Recipe, covered: tuple[tuple[int, float], ...], units: float, day: float,
        due: float, size: float,
    ) -> None:
        ordered, now = np.array([day]), np.array([self.env.now])
        short = size > units and not all(
            self.stocks[at].covers(need * size)
            or not self.drawn.relies(at, ordered, now)[0]
            for at, need in covered
        )
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
            cv2 = use.hours_cv**2 / round(units, UNIT_DIGITS)
            hours *= self.work[i].gamma(1.0 / cv2, cv2)
        return hours

    def _until_worked_off(self, marks: list[tuple[Resource, float]]) -> Process:
        env, bucket = self.env, self.system.bucket_days
        while True:
            days = max(r.days_until(mark, env.now) for r, mark in marks)
            if days <= 0.0:
                return
            # Overtime at the end of the bucket may have it done sooner, also where that is now.
            to_close = -env.now % bucket + ON_TIME
            yield env.timeout(min(days, to_close))

    # Replenishment -------------------------------------------------------------------------------------------------

    def _reviews(self) -> Process:
        env, review = self.env, self.system.review_days
        count = int(self.horizon.days / review) + 2
        counts = [np.zeros(count) for _ in self.stocks]
        for at, parts in enumerate(self.registered):
            for day, units in parts:
                seen = np.minimum((np.ceil(day / review)).astype(np.int64), count - 1)
                counts[at] += np.bincount(seen, weights=units, minlength=count)
        for k in range(1, count - 1):
            yield env.timeout(k * review - env.now)
            for at, stock in enumerate(self.stocks):
                stock.position -= counts[at][k]
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
        comes = self.expected[at] = max(self.expected[at], review + self.drawn.stocks[at].clock(review))
        stock = self.stocks[at]
        moment = self.env.timeout(comes - ON_TIME - self.env.now)
        moment.callbacks.append(lambda _event: stock.sample())

    def _come(self, at: int, units: float, _day: float, _due: float, _takes: float) -> None:
        self.stocks[at].receive(units, self.env.now)

    def _order_at_once(self, at: int, units: float, _day: float, _due: float, _takes: float) -> None:
        self.stocks[at].position -= units
        self._replenish(at)

    def _replenish(self, at: int) -> None:
        stock = self.stocks[at]
        units = stock.replenish(self.env.now)
        if units <= 0.0:
            return
        now, owner = self.env.now, self.drawn.stocks[at].owner
        takes = self.drawn.stocks[at].clock(now)
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
        rng = self.drawn.stream("looks")
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
