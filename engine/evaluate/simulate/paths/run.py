"""One replication as whole paths: claims, orders, parts, work, finished stock, customers, once each in this order.

Nothing that comes later in this chain changes what is earlier in it: a stock orders by its position, which knows claims
but no delays; parts are given out in the order of asking; a resource works in turn. So no loop over events
is needed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.demand.streams import Array
from engine.evaluate.simulate.clock.drawn import Asked, Drawn, Source
from engine.evaluate.simulate.clock.observed import ARRAYS, Observed, add_leads, add_waits
from engine.evaluate.simulate.clock.tally import ON_TIME
from engine.evaluate.simulate.clock.worth import Worth
from engine.evaluate.simulate.paths.deliveries import Deliveries, whole_orders
from engine.evaluate.simulate.paths.levels import Batches, Level
from engine.evaluate.simulate.paths.looks import Looks
from engine.evaluate.simulate.paths.replenishment import moments, replenishments
from engine.evaluate.simulate.paths.served import Served, serve
from engine.evaluate.simulate.paths.service import Arrivals
from engine.evaluate.simulate.paths.shop import Jobs, Shop

# Turn of a stock order among what comes in at the same instant: after all that deliveries set off.
AFTER_DELIVERIES = 1e15


class PathReplication:
    """One replication.

    Parameters
    ----------
    drawn : Drawn
    worth : Worth, optional
        What a unit is worth, to learn what one more unit of each part's base stock would save.
    """

    def __init__(self, drawn: Drawn, *, worth: Worth | None = None) -> None:
        self.drawn, self.worth, self.goods = drawn, worth, drawn.system.goods
        self.batches = Batches.of(drawn.horizon, ON_TIME)
        stocks = range(len(drawn.stocks))
        self.ordered = [replenishments(drawn, at) for at in stocks]
        self.moments = [moments(drawn, at) - ON_TIME for at in stocks] if drawn.moment_days > 0.0 else []
        self.arrivals = {c: self._part_arrivals(c) for c in range(len(drawn.system.parts))}
        self.assembled = serve(drawn, Source.PARTS, self.arrivals)
        self.rows = {name: np.zeros((self.batches.count, self._columns(name))) for name in ARRAYS}
        # A good's jobs in this order: stock orders, then orders that are made beside the stock.
        self.jobs = {i: self._jobs(i) for i, good in enumerate(self.goods) if good.uses}
        self.shop = Shop(drawn, {i: Jobs.together(jobs) for i, jobs in self.jobs.items()})

    def observe(self, progress: Callable[[], None]) -> Observed:
        """What was seen in each batch after the warm-up."""
        progress()
        finished = {stock: self._finished_arrivals(i, stock) for i, stock in self.drawn.finished.items()}
        sold = serve(self.drawn, Source.SHELF, finished)
        deliveries = [
            *(self._sale(served) for served in sold.served),
            *(self._assembly(served) for served in self.assembled.served),
            *(self._making(asked) for asked in self.drawn.asked if asked.source in {Source.WORK, Source.LARGE_WORK}),
        ]
        leads: tuple[dict[float, float], ...] = tuple({} for _ in self.goods)
        waits: tuple[dict[float, tuple[float, float, float]], ...] = tuple({} for _ in self.goods)
        for each in deliveries:
            i, good = each.asked.good, self.goods[each.asked.good]
            for name, values in each.per_batch(self.batches, good.dearness).items():
                self.rows[name][:, i] += values
            add_leads(leads[i], each.leads(self.batches, good.delivery_days))
            if good.dearness:
                add_waits(waits[i], each.waits(self.batches))
        for i, stock in self.drawn.finished.items():
            self._count_finished(i, stock, finished[stock], sold.requests[stock].at, sold.requests[stock].units)
        for c in self.arrivals:
            self._count_part(c)
        self._count_work()
        daily = {
            name: values if name in {"part_worth", "queue_days"} else values / self.drawn.horizon.batch_days
            for name, values in self.rows.items()
        }
        for _ in range(self.batches.count):
            progress()
        return Observed(**daily, leads=leads, waits=waits)

    def _columns(self, name: str) -> int:
        if name.startswith("part_"):
            return len(self.drawn.system.parts)
        of_resources = name in {"worked", "overtime", "outsourced", "queue_days"}
        return len(self.drawn.system.servers if of_resources else self.goods)

    # Deliveries to stocks ------------------------------------------------------------------------------------------

    def _part_arrivals(self, part: int) -> Arrivals:
        """What its supplier sends, and what is bought for single orders."""
        ordered = self.ordered[part]
        claims = [claim for asked in self.drawn.asked for claim in asked.claims if claim.stock == part]
        bought = [(claim.at, claim.bought, claim.units) for claim in claims if claim.bought is not None]
        return Arrivals.of(
            self.drawn.stocks[part].start,
            np.concatenate([ordered.comes, *(at for at, _, _ in bought)]),
            np.concatenate([ordered.at, *(day for _, day, _ in bought)]),
            np.concatenate([ordered.units, *(units for _, _, units in bought)]),
        )

    def _finished_arrivals(self, i: int, stock: int) -> Arrivals:
        """Stock orders as they come from the shop, or from outside where no resource makes them."""
        ordered, comes = self.ordered[stock], self.ordered[stock].comes
        if self.goods[i].uses:
            at = slice(0, ordered.at.size)
            late, ready = self.shop.ready(i, self._planned(i))
            self._overrun(i, comes[late[at]], ordered.units[late[at]])
            comes = ready[at]
        return Arrivals.of(self.drawn.stocks[stock].start, comes, ordered.at, ordered.units)

    # Work ----------------------------------------------------------------------------------------------------------

    def _jobs(self, i: int) -> list[Jobs]:
        """The work of a good, in parts: stock orders, assemblies, orders that are made."""
        jobs = []
        if i in self.drawn.finished:
            stock = self.drawn.finished[i]
            ordered, review = self.ordered[stock], self.drawn.system.review_days
            takes = ordered.comes - ordered.at
            jobs.append(_jobs(ordered.at, ordered.units, takes, set_off=ordered.at - review, lots=True))
        for served in self.assembled.served:
            if served.asked.good == i:
                there = np.isfinite(served.at)
                order = served.pieces.order[there]
                jobs.append(
                    _jobs(
                        served.at[there], served.pieces.units[there], np.full(order.shape, self.goods[i].assembly_days),
                        set_off=served.set_off[there], rank=served.pieces.rank[there].astype(np.float64),
                        asked=served.asked.at[order],
                    )
                )  # fmt: skip
        jobs += [
            _jobs(asked.at, asked.units, asked.takes)
            for asked in self.drawn.asked
            if asked.good == i and asked.source in {Source.WORK, Source.LARGE_WORK}
        ]
        return jobs

    def _planned(self, i: int) -> Array:
        jobs = self.shop.jobs[i]
        return np.asarray(jobs.at + jobs.takes)

    def _worked(
        self, i: int, at: Array, takes: Array, units: Array, before: int | None = None
    ) -> tuple[Array, Array]:
        """When it is known that orders leave, and when they are ready: after the days given, or when the work is done.

        They come after so many of the good's jobs, or are the last of them.
        """
        if not self.goods[i].uses:
            return at, at + takes
        before = self.shop.jobs[i].at.size - at.size if before is None else before
        last = slice(before, before + at.size)
        over = self.shop.regular_days(i)[last] > takes
        _, ready = self.shop.ready(i, self._planned(i))
        self._overrun(i, at[over], units[over])
        return np.where(over, ready[last], at), np.where(over, ready[last], at + takes)

    def _overrun(self, i: int, at: Array, units: Array) -> None:
        self.rows["overrun_units"][:, i] += self.batches.sums(at, units)

    # Customers -----------------------------------------------------------------------------------------------------

    def _sale(self, served: Served) -> Deliveries:
        return _delivered(served, served.at, served.at, self._counted(served))

    def _assembly(self, served: Served) -> Deliveries:
        told_at, ready = served.at.copy(), served.at.copy()
        there = np.isfinite(served.at)
        i = served.asked.good
        takes = np.full(int(there.sum()), self.goods[i].assembly_days)
        before = 0
        for other in self.assembled.served:
            if other is served:
                break
            before += int(np.isfinite(other.at).sum()) if other.asked.good == i else 0
        told_at[there], ready[there] = self._worked(i, served.at[there], takes, served.pieces.units[there], before)
        return _delivered(served, told_at, ready, self._counted(served))

    def _making(self, asked: Asked) -> Deliveries:
        i = asked.good
        if asked.source is Source.LARGE_WORK:
            self.rows["large_units"][:, i] += self.batches.sums(asked.at, asked.units)
            self.rows["large_orders"][:, i] += self.batches.sums(asked.at)
        return whole_orders(asked, *self._worked(i, asked.at, asked.takes, asked.units))

    def _counted(self, served: Served) -> Array:
        """Days that a wait for stock counts more than it took: a cycle for each moment that counts, (pieces,).

        Who waits, waits for a delivery: the part that comes last was counted at least as often as any other.
        """
        if not self.moments:
            return np.zeros(served.at.shape)
        asked = served.asked.at[served.pieces.order]
        seen = [
            np.searchsorted(self.moments[stock], served.at, side="right")
            - np.searchsorted(self.moments[stock], asked, side="right")
            for stock, _ in served.asked.recipe
        ]
        most = np.max(seen, axis=0, initial=0) if seen else 0
        waited = np.where(np.isfinite(served.at), served.at, 0.0) - asked
        return np.asarray(most * self.drawn.moment_days - waited)

    # Counting ------------------------------------------------------------------------------------------------------

    def _areas(self, stock: int, level: Level, power: int = 1) -> Array:
        if self.moments:
            return level.moments(self.batches, self.moments[stock], self.drawn.moment_days, power=power)
        return level.areas(self.batches, power=power)

    def _net(self, arrivals: Arrivals, asked: Array, units: Array) -> Level:
        return Level.of(arrivals.level[0], [(arrivals.at, np.diff(arrivals.level)), (asked, -units)])

    def _count_finished(self, i: int, stock: int, arrivals: Arrivals, asked: Array, units: Array) -> None:
        net, rows = self._net(arrivals, asked, units), self.rows
        rows["on_hand"][:, i] = self._areas(stock, Level(at=net.at, value=np.maximum(net.value, 0.0)))
        rows["net_square"][:, i] = self._areas(stock, net, power=2)
        rows["batches"][:, i] = self.batches.sums(self.ordered[stock].at, self.ordered[stock].batches)
        rows["arrivals"][:, i] = self.batches.sums(arrivals.at)
        in_time = arrivals.nobody_waits(asked, units)
        rows["arrivals_in_time"][:, i] = self.batches.sums(arrivals.at[in_time])

    def _count_part(self, part: int) -> None:
        """A unit lies on the shelf until the rest of its order is there."""
        arrivals, requests = self.arrivals[part], self.assembled.requests[part]
        net, rows = self._net(arrivals, requests.at, requests.units), self.rows
        rows["part_net"][:, part] = self._areas(part, net)
        rows["part_square"][:, part] = self._areas(part, net, power=2)
        # What is owed from before the run never lies there.
        lies = np.maximum(arrivals.level, 0.0)
        jumps = [(arrivals.at, np.diff(lies))]
        for early in (early for asked in self.drawn.asked for early in asked.early if early.stock == part):
            jumps += [(early.since, early.units), (early.until, -early.units)]
        for served in self.assembled.served:
            for lines, lying in ((served.asked.recipe, False), (served.asked.lying, True)):
                for stock, need in lines:
                    if stock == part:
                        jumps += _shelf_jumps(served, need, lying=lying)
        # Sums of a whole run: what is left of an empty shelf is rounding.
        rows["part_on_hand"][:, part] = np.maximum(self._areas(part, Level.of(lies[0], jumps)), 0.0)

    def _count_work(self) -> None:
        rows, batches = self.rows, self.batches
        for r, queue in enumerate(self.shop.queues):
            rows["worked"][:, r] = queue.regular(batches)
            rows["overtime"][:, r], rows["outsourced"][:, r] = queue.in_overtime(batches)
        rows["queue_days"] = self.shop.queue_days(batches)
        if self.worth is not None:
            rows["part_worth"] = Looks(self.drawn, self.assembled, self.arrivals).worth(self.worth, batches)


def _jobs(
    at: Array, units: Array, takes: Array, *, set_off: Array | None = None, rank: Array | None = None,
    asked: Array | None = None, lots: bool = False,
) -> Jobs:  # fmt: skip
    return Jobs(
        at=at, units=units, takes=takes, set_off=at if set_off is None else set_off,
        rank=np.full(at.shape, AFTER_DELIVERIES) if rank is None else rank,
        asked=np.zeros(at.shape) if asked is None else asked, lots=np.full(at.shape, lots),
    )  # fmt: skip


def _delivered(served: Served, told_at: Array, ready: Array, counted: Array) -> Deliveries:
    asked = served.asked
    return Deliveries(
        asked=asked, order=served.pieces.order, units=served.pieces.units, known=told_at, ready=ready, counted=counted,
        least=np.minimum(asked.units, asked.takes), short=served.short,
    )  # fmt: skip


def _shelf_jumps(served: Served, need: float, *, lying: bool) -> list[tuple[Array, Array]]:
    """Units of a part that leave the shelf with each piece; what comes just for its order lies there from then on."""
    order, units = served.pieces.order, need * served.pieces.units
    jumps = [(served.at, -units)]
    return [(served.asked.at[order], units), *jumps] if lying else jumps
