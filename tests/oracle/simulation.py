"""A plant simulated order by order: first come first served, parts reserved for orders that wait.

No formula of the model is in it: no windows, no ages, no distribution of demand over a lead time. Orders come one by
one and ask each shelf in the order in which they need their units; a unit is complete when the last of its parts is
there. Measured are the time that goods lie on shelves and that units wait past their due date, and the units that do.

Many runs lie behind one another on one axis of time, far enough apart not to meet. The lead time of an item is drawn
once for each run, as the contract draws it: lead times that do not cross, and are known when an order is placed.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tests.oracle.orders import draw_orders, order_rate, units_of
from tests.oracle.plant import ATO, MTO, MTS, Plant
from tests.oracle.shelf import NEARLY, Demands, Shelf

YEAR = 365.0
# Pieces of an order of continuous size: at most so many mean orders each.
PIECE = 0.5


@dataclass(frozen=True)
class Seen:
    """What was seen of one product or part; money is per year, shares of units.

    Parameters
    ----------
    on_hand : float
        Mean units on its shelf.
    backlog : float
        Mean units past their due date.
    late_share : float
        Units that were not there when they fell due.
    """

    on_hand: float = 0.0
    backlog: float = 0.0
    late_share: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """Measures of a plant under strategies and stocks."""

    plant: Plant
    products: tuple[Seen, ...]
    parts: tuple[Seen, ...]

    @property
    def holding(self) -> float:
        """Holding and obsolescence, money a year."""
        items, seen = (*self.plant.products, *self.plant.parts), (*self.products, *self.parts)
        return sum(item.carrying * of.on_hand for item, of in zip(items, seen, strict=True))

    @property
    def late(self) -> float:
        """Money a year."""
        return sum(made.late * seen.backlog for made, seen in zip(self.plant.products, self.products, strict=True))

    @property
    def lost(self) -> float:
        """Lost margin, money a year."""
        pairs = zip(self.plant.products, self.products, strict=True)
        return sum(made.lost * made.rate * YEAR * seen.late_share for made, seen in pairs)

    @property
    def cost(self) -> float:
        return self.holding + self.late + self.lost


class Simulation:
    """The orders of a plant, drawn once, under any strategies and stocks: common random numbers.

    Parameters
    ----------
    plant : Plant
    seed : int
    runs : int
    days : float
        Measured days of each run, in whole reviews.
    """

    def __init__(self, plant: Plant, *, seed: int, runs: int = 20, days: float = 3000.0) -> None:
        self.plant, self.seed, self.runs = plant, seed, runs
        self.finished_lead = [
            self._leads(made.replenishment, made.replenishment_cv, "goods", i) for i, made in enumerate(plant.products)
        ]
        self.part_lead = [self._leads(part.lead, part.lead_cv, "part", c) for c, part in enumerate(plant.parts)]
        begin, end = self._margins()
        if plant.review > 0.0:
            begin, days = (np.ceil(length / plant.review) * plant.review for length in (begin, days))
        self.window = (begin, begin + days)
        whole = begin + days + end
        review = plant.review if plant.review > 0.0 else 1.0
        self.apart = float(np.ceil((whole + end + 100.0) / review) * review)
        self.orders = [
            draw_orders(made, self._rng("orders", i), runs=runs, days=whole, apart=self.apart)
            for i, made in enumerate(plant.products)
        ]
        self.pieces = []
        for i, made in enumerate(plant.products):
            most = PIECE * made.rate / order_rate(made)
            order, upto, weight = units_of(self.orders[i], whole=made.whole, most=most, rng=self._rng("pieces", i))
            self.pieces.append((order, upto, weight))
        self.goods: dict[tuple[int, ...], Shelf] = {}
        self.kits: dict[tuple[int, ...], list[Shelf | None]] = {}

    def outcome(self, strategies, levels, part_levels) -> Outcome:
        """What strategies bring with reorder levels of finished stock and of parts, one each (unused: any)."""
        made = [Seen()] * len(self.plant.products)
        for i, strategy in enumerate(strategies):
            if strategy == MTS:
                made[i] = self.from_stock(i, float(levels[i]))
            if strategy == MTO:
                made[i] = self.to_order(i)
        assembled = tuple(i for i, strategy in enumerate(strategies) if strategy == ATO)
        parts = (Seen(),) * len(self.plant.parts)
        if assembled:
            waiting, parts = self.assembled(assembled, part_levels)
            for i, seen in zip(assembled, waiting, strict=True):
                made[i] = seen
        return Outcome(plant=self.plant, products=tuple(made), parts=parts)

    def from_stock(self, i: int, level: float) -> Seen:
        """A product made to stock."""
        (seen,), shelf = self.from_one_shelf((i,), level)
        return Seen(shelf.mean_net(level) + seen.backlog, seen.backlog, seen.late_share)

    def from_one_shelf(self, which: tuple[int, ...], level: float) -> tuple[list[Seen], Shelf]:
        """What waits of each of some products that are one good on one shelf, kept as the first is."""
        if which not in self.goods:
            first, product = which[0], self.plant.products[which[0]]
            begun = self._begun(product.batch, "goods begun", first, whole=product.whole)
            asked = []
            for i in which:
                orders = self.orders[i]
                asked.append(Demands(orders.time, orders.time + self.plant.products[i].wait, orders.size, orders.run))
            self.goods[which] = self._shelf(asked, self.finished_lead[first], product.batch, begun)
        shelf, waited = self.goods[which], []
        for at, i in enumerate(which):
            order, upto, weight = self.pieces[i]
            orders = self.orders[i]
            due = orders.time[order] + self.plant.products[i].wait
            ready = shelf.comes(shelf.before[at][order] + upto, orders.run[order], level)
            waited.append(self._waited(ready - due, due, orders.run[order], weight))
        return waited, shelf

    def to_order(self, i: int) -> Seen:
        """A product made to order: each order takes its own time."""
        product = self.plant.products[i]
        times = self._rng("make", i).permutation((np.arange(200_000) + 0.5) / 200_000)
        took = _gamma(product.make, product.make_cv, times)
        over = np.maximum(took - max(product.wait, 0.0), 0.0)
        return Seen(0.0, product.rate * float(over.mean()), float((over > NEARLY).mean()))

    def assembled(self, which: tuple[int, ...], levels) -> tuple[list[Seen], tuple[Seen, ...]]:
        """Products assembled to order from shared parts; what was seen of them, and of every part."""
        shelves, place = self._kit(which)
        waiting = []
        used = np.zeros(len(self.plant.parts))
        for i in which:
            product, orders = self.plant.products[i], self.orders[i]
            order, upto, weight = self.pieces[i]
            run = orders.run[order]
            needed = orders.time[order] + product.slack
            ready = needed.copy()
            for c, quantity in product.parts:
                shelf = shelves[c]
                position = shelf.before[place[c, i]][order] + quantity * upto
                comes = shelf.comes(position, run, float(levels[c]))
                ready = np.maximum(ready, np.where(shelf.own[place[c, i]][order], needed, comes))
            seen = self._waited(ready - needed, needed, run, weight)
            for c, quantity in product.parts:
                used[c] += quantity * seen.backlog
            over = max(product.assembly - product.wait, 0.0)
            late = 1.0 if over > 0.0 else seen.late_share
            waiting.append(Seen(0.0, seen.backlog + product.rate * over, late))
        parts = tuple(
            Seen() if shelf is None else Seen(shelf.mean_net(float(levels[c])) + used[c])
            for c, shelf in enumerate(shelves)
        )
        return waiting, parts

    def _kit(self, which: tuple[int, ...]):
        if which not in self.kits:
            shelves: list[Shelf | None] = []
            place: dict[tuple[int, int], int] = {}
            for c, part in enumerate(self.plant.parts):
                demands = []
                for i in which:
                    product, orders = self.plant.products[i], self.orders[i]
                    quantity = dict(product.parts).get(c)
                    if quantity is not None:
                        place[c, i] = len(demands)
                        needed = orders.time + product.slack
                        asked = quantity * orders.size
                        own = product.own_parts
                        demands.append(Demands(orders.time, needed, asked, orders.run, alone=True, own=own))
                users = [made for made in self.plant.products if c in dict(made.parts)]
                whole = all(made.whole and dict(made.parts)[c].is_integer() for made in users)
                begun = self._begun(part.lot, "part begun", c, whole=whole)
                shelves.append(self._shelf(demands, self.part_lead[c], part.lot, begun) if demands else None)
            self.kits[which] = (shelves, place)
        return self.kits[which]

    def _shelf(self, demands, lead, lot, begun) -> Shelf:
        return Shelf(
            demands, lead=lead, review=self.plant.review, lot=lot, begun=begun, apart=self.apart, window=self.window
        )

    def _waited(self, wait, due, run, weight) -> Seen:
        """Backlog by Little's law, and the share of late units, over what falls due in the windows."""
        since = due - run * self.apart
        inside = (since >= self.window[0]) & (since < self.window[1])
        wait, weight = np.maximum(wait[inside], 0.0), weight[inside]
        if not np.isfinite(wait).all():
            message = "a unit still waits when its run ends: longer margins are needed"
            raise AssertionError(message)
        days = self.runs * (self.window[1] - self.window[0])
        return Seen(0.0, float(weight @ wait) / days, float(weight @ (wait > NEARLY)) / float(weight.sum()))

    def _margins(self) -> tuple[float, float]:
        """Days before and after a window in which what is measured in it is decided."""
        plant = self.plant
        longest = max((float(lead.max()) for lead in (*self.finished_lead, *self.part_lead)), default=0.0)
        lots = [made.batch / made.rate for made in plant.products]
        # Where few products use a part, it takes longest until a lot of it is asked for.
        for c, part in enumerate(plant.parts):
            rates = [dict(made.parts)[c] * made.rate for made in plant.products if c in dict(made.parts)]
            if part.lot > 0.0 and rates:
                lots.append(part.lot / min(rates))
        slack = max((made.wait for made in plant.products), default=0.0)
        margin = longest + 2.0 * plant.review + max(slack, 0.0) + 5.0 * max(lots, default=0.0) + 30.0
        return margin, margin

    def _leads(self, mean: float, cv: float, kind: str, k: int) -> np.ndarray:
        share = (self._rng(f"{kind} lead", k).permutation(self.runs) + 0.5) / self.runs
        return _gamma(mean, cv, share)

    def _begun(self, lot: float, kind: str, k: int, *, whole: bool) -> np.ndarray:
        share = 1.0 - (self._rng(kind, k).permutation(self.runs) + self._rng(kind, k).uniform()) / self.runs
        return np.ceil(share * lot) if whole else share * lot

    def _rng(self, purpose: str, k: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, k, *purpose.encode()])


def _gamma(mean: float, cv: float, share: np.ndarray) -> np.ndarray:
    if cv <= 0.0 or mean <= 0.0:
        return np.full(len(share), float(mean))
    return stats.gamma.ppf(share, 1.0 / cv**2, scale=mean * cv**2)
